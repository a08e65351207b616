-- The record: immutable documents and what they refer to. Nothing here is changed or deleted.

CREATE TABLE knowledge_release (
    id                TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    name              TEXT COLLATE "C" NOT NULL,
    version           TEXT COLLATE "C" NOT NULL,
    demonstration     BOOLEAN NOT NULL,
    manifest          TEXT COLLATE "C" NOT NULL CHECK (manifest::json IS NOT NULL),
    registered_at     TIMESTAMPTZ NOT NULL
);

CREATE TABLE patient_case (
    id                UUID NOT NULL PRIMARY KEY,
    reference         TEXT COLLATE "C" NOT NULL UNIQUE,
    created_at        TIMESTAMPTZ NOT NULL
);

CREATE TABLE case_revision (
    case_id           UUID NOT NULL REFERENCES patient_case (id),
    revision          BIGINT NOT NULL CHECK (revision >= 1),
    document          TEXT COLLATE "C" NOT NULL CHECK (document::json IS NOT NULL),
    hospital          TEXT COLLATE "C",
    tumour_type       TEXT COLLATE "C",
    sex               TEXT COLLATE "C",
    age_years         BIGINT,
    synthetic         BOOLEAN NOT NULL,
    search_text       TEXT COLLATE "C" NOT NULL,
    recorded_at       TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (case_id, revision)
);

-- The bytes as they came, compressed; `content` is null where a file was too large to be kept.
CREATE TABLE original (
    digest            TEXT COLLATE "C" NOT NULL PRIMARY KEY CHECK (length(digest) = 64),
    size_bytes        BIGINT NOT NULL CHECK (size_bytes >= 0),
    content           BYTEA,
    first_received_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE result (
    id                UUID NOT NULL PRIMARY KEY,
    case_id           UUID REFERENCES patient_case (id),
    digest            TEXT COLLATE "C" NOT NULL REFERENCES original (digest),
    label             TEXT COLLATE "C" NOT NULL,
    file_name         TEXT COLLATE "C" NOT NULL,
    status            TEXT COLLATE "C" NOT NULL CHECK (status IN ('accepted', 'rejected')),
    panel             TEXT COLLATE "C",
    document          BYTEA,
    problems          BYTEA NOT NULL,
    error_count       BIGINT NOT NULL,
    warning_count     BIGINT NOT NULL,
    note_count        BIGINT NOT NULL,
    reported_count    BIGINT NOT NULL,
    search_text       TEXT COLLATE "C" NOT NULL,
    received_at       TIMESTAMPTZ NOT NULL,
    UNIQUE (digest, label),
    CHECK (status = 'rejected' OR (case_id IS NOT NULL AND document IS NOT NULL))
);
CREATE INDEX result_by_case ON result (case_id, received_at, id);
CREATE INDEX result_by_time ON result (received_at, id);

CREATE TABLE report (
    id                UUID NOT NULL PRIMARY KEY,
    result_id         UUID NOT NULL REFERENCES result (id),
    case_id           UUID NOT NULL,
    case_revision     BIGINT NOT NULL,
    release_id        TEXT COLLATE "C" NOT NULL REFERENCES knowledge_release (id),
    program_version   TEXT COLLATE "C" NOT NULL,
    digest            TEXT COLLATE "C" NOT NULL CHECK (length(digest) = 64),
    document          BYTEA NOT NULL,
    highest_level     TEXT COLLATE "C",
    finding_count     BIGINT NOT NULL,
    composed_at       TIMESTAMPTZ NOT NULL,
    FOREIGN KEY (case_id, case_revision) REFERENCES case_revision (case_id, revision),
    UNIQUE (result_id, case_revision, release_id, digest)
);
CREATE INDEX report_by_case ON report (case_id, composed_at, id);

-- Derived: one row for each case, as the case list shows it. Can be dropped and rebuilt.
CREATE TABLE case_summary (
    case_id           UUID NOT NULL PRIMARY KEY REFERENCES patient_case (id),
    revision          BIGINT NOT NULL,
    reference         TEXT COLLATE "C" NOT NULL,
    hospital          TEXT COLLATE "C",
    tumour_type       TEXT COLLATE "C",
    sex               TEXT COLLATE "C",
    age_years         BIGINT,
    synthetic         BOOLEAN NOT NULL,
    panel             TEXT COLLATE "C",
    result_count      BIGINT NOT NULL,
    rejected_count    BIGINT NOT NULL,
    reported_count    BIGINT NOT NULL,
    warning_count     BIGINT NOT NULL,
    latest_result_id  UUID,
    latest_report_id  UUID,
    highest_level     TEXT COLLATE "C",
    finding_count     BIGINT NOT NULL,
    search_text       TEXT COLLATE "C" NOT NULL,
    listed_at         TIMESTAMPTZ NOT NULL
);
CREATE INDEX case_summary_by_time ON case_summary (listed_at, case_id);
CREATE INDEX case_summary_by_tumour_type ON case_summary (tumour_type, listed_at, case_id);
CREATE INDEX case_summary_by_hospital ON case_summary (hospital, listed_at, case_id);

CREATE FUNCTION record_is_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the record is immutable: %', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER knowledge_release_keeps BEFORE UPDATE OR DELETE ON knowledge_release FOR EACH ROW EXECUTE FUNCTION record_is_immutable();
CREATE TRIGGER knowledge_release_stays BEFORE TRUNCATE ON knowledge_release FOR EACH STATEMENT EXECUTE FUNCTION record_is_immutable();
CREATE TRIGGER patient_case_keeps BEFORE UPDATE OR DELETE ON patient_case FOR EACH ROW EXECUTE FUNCTION record_is_immutable();
CREATE TRIGGER patient_case_stays BEFORE TRUNCATE ON patient_case FOR EACH STATEMENT EXECUTE FUNCTION record_is_immutable();
CREATE TRIGGER case_revision_keeps BEFORE UPDATE OR DELETE ON case_revision FOR EACH ROW EXECUTE FUNCTION record_is_immutable();
CREATE TRIGGER case_revision_stays BEFORE TRUNCATE ON case_revision FOR EACH STATEMENT EXECUTE FUNCTION record_is_immutable();
CREATE TRIGGER original_keeps BEFORE UPDATE OR DELETE ON original FOR EACH ROW EXECUTE FUNCTION record_is_immutable();
CREATE TRIGGER original_stays BEFORE TRUNCATE ON original FOR EACH STATEMENT EXECUTE FUNCTION record_is_immutable();
CREATE TRIGGER result_keeps BEFORE UPDATE OR DELETE ON result FOR EACH ROW EXECUTE FUNCTION record_is_immutable();
CREATE TRIGGER result_stays BEFORE TRUNCATE ON result FOR EACH STATEMENT EXECUTE FUNCTION record_is_immutable();
CREATE TRIGGER report_keeps BEFORE UPDATE OR DELETE ON report FOR EACH ROW EXECUTE FUNCTION record_is_immutable();
CREATE TRIGGER report_stays BEFORE TRUNCATE ON report FOR EACH STATEMENT EXECUTE FUNCTION record_is_immutable();

-- The bytes are compressed already.
ALTER TABLE original ALTER COLUMN content SET STORAGE EXTERNAL;
ALTER TABLE result ALTER COLUMN document SET STORAGE EXTERNAL;
ALTER TABLE result ALTER COLUMN problems SET STORAGE EXTERNAL;
ALTER TABLE report ALTER COLUMN document SET STORAGE EXTERNAL;
