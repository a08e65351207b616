-- Who a patient is: sealed rows that only the hospital's own people can have opened. Nothing else in the record leads to a name.

-- Keys of hospitals, wrapped by the site's vault key, which is not in the record.
CREATE TABLE vault_key (
    hospital    TEXT NOT NULL,
    key_id      TEXT NOT NULL,
    site_key_id TEXT NOT NULL,
    wrapped     BLOB NOT NULL,
    made_at     TEXT NOT NULL,
    PRIMARY KEY (hospital, key_id, site_key_id)
) STRICT;

CREATE TABLE patient_identifier (
    id           BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    case_id      BLOB NOT NULL REFERENCES patient_case (id),
    hospital     TEXT NOT NULL,
    key_id       TEXT NOT NULL,
    nonce        BLOB NOT NULL CHECK (length(nonce) = 24),
    ciphertext   BLOB NOT NULL,
    number_index TEXT,
    recorded_by  BLOB CHECK (length(recorded_by) = 16),
    recorded_at  TEXT NOT NULL
) STRICT;
CREATE INDEX patient_identifier_by_case ON patient_identifier (case_id, recorded_at, id);
CREATE INDEX patient_identifier_by_number ON patient_identifier (hospital, number_index);

CREATE TRIGGER vault_key_keeps BEFORE UPDATE ON vault_key BEGIN SELECT RAISE(ABORT, 'the record is immutable: vault_key'); END;
CREATE TRIGGER vault_key_stays BEFORE DELETE ON vault_key BEGIN SELECT RAISE(ABORT, 'the record is immutable: vault_key'); END;
CREATE TRIGGER patient_identifier_keeps BEFORE UPDATE ON patient_identifier BEGIN SELECT RAISE(ABORT, 'the record is immutable: patient_identifier'); END;
CREATE TRIGGER patient_identifier_stays BEFORE DELETE ON patient_identifier BEGIN SELECT RAISE(ABORT, 'the record is immutable: patient_identifier'); END;
