-- Who a patient is: sealed rows that only the hospital's own people can have opened. Nothing else in the record leads to a name.

-- Keys of hospitals, wrapped by the site's vault key, which is not in the record.
CREATE TABLE vault_key (
    hospital    TEXT COLLATE "C" NOT NULL,
    key_id      TEXT COLLATE "C" NOT NULL,
    site_key_id TEXT COLLATE "C" NOT NULL,
    wrapped     BYTEA NOT NULL,
    made_at     TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (hospital, key_id, site_key_id)
);

CREATE TABLE patient_identifier (
    id           UUID NOT NULL PRIMARY KEY,
    case_id      UUID NOT NULL REFERENCES patient_case (id),
    hospital     TEXT COLLATE "C" NOT NULL,
    key_id       TEXT COLLATE "C" NOT NULL,
    nonce        BYTEA NOT NULL CHECK (length(nonce) = 24),
    ciphertext   BYTEA NOT NULL,
    number_index TEXT COLLATE "C",
    recorded_by  UUID,
    recorded_at  TIMESTAMPTZ NOT NULL
);
CREATE INDEX patient_identifier_by_case ON patient_identifier (case_id, recorded_at, id);
CREATE INDEX patient_identifier_by_number ON patient_identifier (hospital, number_index);

CREATE TRIGGER vault_key_keeps BEFORE UPDATE OR DELETE ON vault_key FOR EACH ROW EXECUTE FUNCTION record_is_immutable();
CREATE TRIGGER vault_key_stays BEFORE TRUNCATE ON vault_key FOR EACH STATEMENT EXECUTE FUNCTION record_is_immutable();
CREATE TRIGGER patient_identifier_keeps BEFORE UPDATE OR DELETE ON patient_identifier FOR EACH ROW EXECUTE FUNCTION record_is_immutable();
CREATE TRIGGER patient_identifier_stays BEFORE TRUNCATE ON patient_identifier FOR EACH STATEMENT EXECUTE FUNCTION record_is_immutable();
