-- The record: immutable documents and what they refer to. Nothing here is changed or deleted.

CREATE TABLE knowledge_release (
    id            TEXT    NOT NULL PRIMARY KEY,
    name          TEXT    NOT NULL,
    version       TEXT    NOT NULL,
    demonstration INTEGER NOT NULL CHECK (demonstration IN (0, 1)),
    manifest      TEXT    NOT NULL CHECK (json_valid(manifest)),
    registered_at TEXT    NOT NULL
) STRICT;

CREATE TABLE patient_case (
    id         BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    reference  TEXT NOT NULL UNIQUE,
    created_at TEXT NOT NULL
) STRICT;

CREATE TABLE case_revision (
    case_id     BLOB    NOT NULL REFERENCES patient_case (id),
    revision    INTEGER NOT NULL CHECK (revision >= 1),
    document    TEXT    NOT NULL CHECK (json_valid(document)),
    hospital    TEXT,
    tumour_type TEXT,
    sex         TEXT,
    age_years   INTEGER,
    synthetic   INTEGER NOT NULL CHECK (synthetic IN (0, 1)),
    search_text TEXT    NOT NULL,
    recorded_at TEXT    NOT NULL,
    PRIMARY KEY (case_id, revision)
) STRICT;

-- The bytes as they came, compressed; `content` is null where a file was too large to be kept.
CREATE TABLE original (
    digest            TEXT    NOT NULL PRIMARY KEY CHECK (length(digest) = 64),
    size_bytes        INTEGER NOT NULL CHECK (size_bytes >= 0),
    content           BLOB,
    first_received_at TEXT    NOT NULL
) STRICT;

CREATE TABLE result (
    id             BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    case_id        BLOB    REFERENCES patient_case (id),
    digest         TEXT    NOT NULL REFERENCES original (digest),
    label          TEXT    NOT NULL,
    file_name      TEXT    NOT NULL,
    status         TEXT    NOT NULL CHECK (status IN ('accepted', 'rejected')),
    panel          TEXT,
    document       BLOB,
    problems       BLOB    NOT NULL,
    error_count    INTEGER NOT NULL,
    warning_count  INTEGER NOT NULL,
    note_count     INTEGER NOT NULL,
    reported_count INTEGER NOT NULL,
    search_text    TEXT    NOT NULL,
    received_at    TEXT    NOT NULL,
    UNIQUE (digest, label),
    CHECK (status = 'rejected' OR (case_id IS NOT NULL AND document IS NOT NULL))
) STRICT;
CREATE INDEX result_by_case ON result (case_id, received_at, id);
CREATE INDEX result_by_time ON result (received_at, id);

CREATE TABLE report (
    id              BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    result_id       BLOB    NOT NULL REFERENCES result (id),
    case_id         BLOB    NOT NULL,
    case_revision   INTEGER NOT NULL,
    release_id      TEXT    NOT NULL REFERENCES knowledge_release (id),
    program_version TEXT    NOT NULL,
    digest          TEXT    NOT NULL CHECK (length(digest) = 64),
    document        BLOB    NOT NULL,
    highest_level   TEXT,
    finding_count   INTEGER NOT NULL,
    composed_at     TEXT    NOT NULL,
    FOREIGN KEY (case_id, case_revision) REFERENCES case_revision (case_id, revision),
    UNIQUE (result_id, case_revision, release_id, digest)
) STRICT;
CREATE INDEX report_by_case ON report (case_id, composed_at, id);

-- Derived: one row for each case, as the case list shows it. Can be dropped and rebuilt.
CREATE TABLE case_summary (
    case_id          BLOB    NOT NULL PRIMARY KEY REFERENCES patient_case (id),
    revision         INTEGER NOT NULL,
    reference        TEXT    NOT NULL,
    hospital         TEXT,
    tumour_type      TEXT,
    sex              TEXT,
    age_years        INTEGER,
    synthetic        INTEGER NOT NULL,
    panel            TEXT,
    result_count     INTEGER NOT NULL,
    rejected_count   INTEGER NOT NULL,
    reported_count   INTEGER NOT NULL,
    warning_count    INTEGER NOT NULL,
    latest_result_id BLOB,
    latest_report_id BLOB,
    highest_level    TEXT,
    finding_count    INTEGER NOT NULL,
    search_text      TEXT    NOT NULL,
    listed_at        TEXT    NOT NULL
) STRICT;
CREATE INDEX case_summary_by_time ON case_summary (listed_at, case_id);
CREATE INDEX case_summary_by_tumour_type ON case_summary (tumour_type, listed_at, case_id);
CREATE INDEX case_summary_by_hospital ON case_summary (hospital, listed_at, case_id);

CREATE TRIGGER knowledge_release_keeps BEFORE UPDATE ON knowledge_release BEGIN SELECT RAISE(ABORT, 'the record is immutable: knowledge_release'); END;
CREATE TRIGGER knowledge_release_stays BEFORE DELETE ON knowledge_release BEGIN SELECT RAISE(ABORT, 'the record is immutable: knowledge_release'); END;
CREATE TRIGGER patient_case_keeps BEFORE UPDATE ON patient_case BEGIN SELECT RAISE(ABORT, 'the record is immutable: patient_case'); END;
CREATE TRIGGER patient_case_stays BEFORE DELETE ON patient_case BEGIN SELECT RAISE(ABORT, 'the record is immutable: patient_case'); END;
CREATE TRIGGER case_revision_keeps BEFORE UPDATE ON case_revision BEGIN SELECT RAISE(ABORT, 'the record is immutable: case_revision'); END;
CREATE TRIGGER case_revision_stays BEFORE DELETE ON case_revision BEGIN SELECT RAISE(ABORT, 'the record is immutable: case_revision'); END;
CREATE TRIGGER original_keeps BEFORE UPDATE ON original BEGIN SELECT RAISE(ABORT, 'the record is immutable: original'); END;
CREATE TRIGGER original_stays BEFORE DELETE ON original BEGIN SELECT RAISE(ABORT, 'the record is immutable: original'); END;
CREATE TRIGGER result_keeps BEFORE UPDATE ON result BEGIN SELECT RAISE(ABORT, 'the record is immutable: result'); END;
CREATE TRIGGER result_stays BEFORE DELETE ON result BEGIN SELECT RAISE(ABORT, 'the record is immutable: result'); END;
CREATE TRIGGER report_keeps BEFORE UPDATE ON report BEGIN SELECT RAISE(ABORT, 'the record is immutable: report'); END;
CREATE TRIGGER report_stays BEFORE DELETE ON report BEGIN SELECT RAISE(ABORT, 'the record is immutable: report'); END;
