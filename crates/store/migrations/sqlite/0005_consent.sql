-- Consent: documents and events that are never changed; what holds now is derived of them.

CREATE TABLE consent_document (
    code           TEXT NOT NULL,
    version        TEXT NOT NULL,
    effective_on   TEXT NOT NULL,
    document       TEXT NOT NULL CHECK (json_valid(document)),
    recorded_at    TEXT NOT NULL,
    PRIMARY KEY (code, version)
) STRICT;

-- `sequence` has no gaps and is the order of commits: whoever has read up to one number has missed nothing.
CREATE TABLE consent_event (
    id          BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    sequence    INTEGER NOT NULL UNIQUE CHECK (sequence >= 1),
    case_id     BLOB    NOT NULL REFERENCES patient_case (id),
    signed_on   TEXT    NOT NULL,
    recorded_at TEXT    NOT NULL,
    answers     TEXT    NOT NULL,
    supersedes_id BLOB    REFERENCES consent_event (id),
    document    TEXT    NOT NULL CHECK (json_valid(document))
) STRICT;
CREATE INDEX consent_event_by_case ON consent_event (case_id, recorded_at, signed_on, id, answers, supersedes_id);

-- Derived: the answers that hold now. Can be dropped and rebuilt.
CREATE TABLE case_consent (
    case_id  BLOB    NOT NULL PRIMARY KEY REFERENCES patient_case (id),
    answers  TEXT    NOT NULL,
    sequence INTEGER NOT NULL
) STRICT;
CREATE INDEX case_consent_by_sequence ON case_consent (sequence);

-- Operational: codes and sessions of the patients' page. Only digests of secrets are kept.
CREATE TABLE one_time_code (
    id            BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    case_id       BLOB    NOT NULL REFERENCES patient_case (id),
    digest        TEXT    NOT NULL UNIQUE CHECK (length(digest) = 64),
    fact          TEXT    NOT NULL,
    fact_salt     TEXT    NOT NULL,
    fact_digest   TEXT    NOT NULL CHECK (length(fact_digest) = 64),
    issued_by_id BLOB    NOT NULL,
    issued_at     TEXT    NOT NULL,
    expires_at    TEXT    NOT NULL,
    attempts_left INTEGER NOT NULL CHECK (attempts_left >= 0),
    used_at       TEXT,
    revoked_at    TEXT
) STRICT;
CREATE INDEX one_time_code_by_case ON one_time_code (case_id, issued_at);

CREATE TABLE patient_session (
    digest     TEXT NOT NULL PRIMARY KEY CHECK (length(digest) = 64),
    code_id    BLOB NOT NULL UNIQUE REFERENCES one_time_code (id),
    case_id    BLOB NOT NULL REFERENCES patient_case (id),
    opened_at  TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    ended_at   TEXT
) STRICT;

CREATE TABLE inquiry (
    id        BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    case_id   BLOB REFERENCES patient_case (id),
    opened_at TEXT NOT NULL,
    document  TEXT NOT NULL CHECK (json_valid(document))
) STRICT;
CREATE INDEX inquiry_by_case ON inquiry (case_id, opened_at);
CREATE INDEX inquiry_by_time ON inquiry (opened_at, id);

CREATE TABLE inquiry_event (
    inquiry_id BLOB    NOT NULL REFERENCES inquiry (id),
    number     INTEGER NOT NULL CHECK (number >= 1),
    recorded_at TEXT    NOT NULL,
    document   TEXT    NOT NULL CHECK (json_valid(document)),
    PRIMARY KEY (inquiry_id, number)
) STRICT;

CREATE TRIGGER consent_document_keeps BEFORE UPDATE ON consent_document BEGIN SELECT RAISE(ABORT, 'the record is immutable: consent_document'); END;
CREATE TRIGGER consent_document_stays BEFORE DELETE ON consent_document BEGIN SELECT RAISE(ABORT, 'the record is immutable: consent_document'); END;
CREATE TRIGGER consent_event_keeps BEFORE UPDATE ON consent_event BEGIN SELECT RAISE(ABORT, 'the record is immutable: consent_event'); END;
CREATE TRIGGER consent_event_stays BEFORE DELETE ON consent_event BEGIN SELECT RAISE(ABORT, 'the record is immutable: consent_event'); END;
CREATE TRIGGER inquiry_keeps BEFORE UPDATE ON inquiry BEGIN SELECT RAISE(ABORT, 'the record is immutable: inquiry'); END;
CREATE TRIGGER inquiry_stays BEFORE DELETE ON inquiry BEGIN SELECT RAISE(ABORT, 'the record is immutable: inquiry'); END;
CREATE TRIGGER inquiry_event_keeps BEFORE UPDATE ON inquiry_event BEGIN SELECT RAISE(ABORT, 'the record is immutable: inquiry_event'); END;
CREATE TRIGGER inquiry_event_stays BEFORE DELETE ON inquiry_event BEGIN SELECT RAISE(ABORT, 'the record is immutable: inquiry_event'); END;
