-- Consent: documents and events that are never changed; what holds now is derived of them.

CREATE TABLE consent_document (
    code              TEXT COLLATE "C" NOT NULL,
    version           TEXT COLLATE "C" NOT NULL,
    effective_on   DATE NOT NULL,
    document          TEXT COLLATE "C" NOT NULL CHECK (document::json IS NOT NULL),
    recorded_at       TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (code, version)
);

-- `sequence` has no gaps and is the order of commits: whoever has read up to one number has missed nothing.
CREATE TABLE consent_event (
    id                UUID NOT NULL PRIMARY KEY,
    sequence          BIGINT NOT NULL UNIQUE CHECK (sequence >= 1),
    case_id           UUID NOT NULL REFERENCES patient_case (id),
    signed_on         DATE NOT NULL,
    recorded_at       TIMESTAMPTZ NOT NULL,
    answers           TEXT COLLATE "C" NOT NULL,
    supersedes_id UUID REFERENCES consent_event (id),
    document          TEXT COLLATE "C" NOT NULL CHECK (document::json IS NOT NULL)
);
CREATE INDEX consent_event_by_case ON consent_event (case_id, recorded_at, signed_on, id, answers, supersedes_id);

-- Derived: the answers that hold now. Can be dropped and rebuilt.
CREATE TABLE case_consent (
    case_id           UUID NOT NULL PRIMARY KEY REFERENCES patient_case (id),
    answers           TEXT COLLATE "C" NOT NULL,
    sequence          BIGINT NOT NULL
);
CREATE INDEX case_consent_by_sequence ON case_consent (sequence);

-- Operational: codes and sessions of the patients' page. Only digests of secrets are kept.
CREATE TABLE one_time_code (
    id                UUID NOT NULL PRIMARY KEY,
    case_id           UUID NOT NULL REFERENCES patient_case (id),
    digest            TEXT COLLATE "C" NOT NULL UNIQUE CHECK (length(digest) = 64),
    fact              TEXT COLLATE "C" NOT NULL,
    fact_salt         TEXT COLLATE "C" NOT NULL,
    fact_digest       TEXT COLLATE "C" NOT NULL CHECK (length(fact_digest) = 64),
    issued_by_id UUID NOT NULL,
    issued_at         TIMESTAMPTZ NOT NULL,
    expires_at        TIMESTAMPTZ NOT NULL,
    attempts_left     BIGINT NOT NULL CHECK (attempts_left >= 0),
    used_at           TIMESTAMPTZ,
    revoked_at        TIMESTAMPTZ
);
CREATE INDEX one_time_code_by_case ON one_time_code (case_id, issued_at);

CREATE TABLE patient_session (
    digest            TEXT COLLATE "C" NOT NULL PRIMARY KEY CHECK (length(digest) = 64),
    code_id           UUID NOT NULL UNIQUE REFERENCES one_time_code (id),
    case_id           UUID NOT NULL REFERENCES patient_case (id),
    opened_at         TIMESTAMPTZ NOT NULL,
    expires_at        TIMESTAMPTZ NOT NULL,
    ended_at          TIMESTAMPTZ
);

CREATE TABLE inquiry (
    id                UUID NOT NULL PRIMARY KEY,
    case_id           UUID REFERENCES patient_case (id),
    opened_at         TIMESTAMPTZ NOT NULL,
    document          TEXT COLLATE "C" NOT NULL CHECK (document::json IS NOT NULL)
);
CREATE INDEX inquiry_by_case ON inquiry (case_id, opened_at);
CREATE INDEX inquiry_by_time ON inquiry (opened_at, id);

CREATE TABLE inquiry_event (
    inquiry_id        UUID NOT NULL REFERENCES inquiry (id),
    number            BIGINT NOT NULL CHECK (number >= 1),
    recorded_at TIMESTAMPTZ NOT NULL,
    document          TEXT COLLATE "C" NOT NULL CHECK (document::json IS NOT NULL),
    PRIMARY KEY (inquiry_id, number)
);

CREATE TRIGGER consent_document_keeps BEFORE UPDATE OR DELETE ON consent_document FOR EACH ROW EXECUTE FUNCTION record_is_immutable();
CREATE TRIGGER consent_document_stays BEFORE TRUNCATE ON consent_document FOR EACH STATEMENT EXECUTE FUNCTION record_is_immutable();
CREATE TRIGGER consent_event_keeps BEFORE UPDATE OR DELETE ON consent_event FOR EACH ROW EXECUTE FUNCTION record_is_immutable();
CREATE TRIGGER consent_event_stays BEFORE TRUNCATE ON consent_event FOR EACH STATEMENT EXECUTE FUNCTION record_is_immutable();
CREATE TRIGGER inquiry_keeps BEFORE UPDATE OR DELETE ON inquiry FOR EACH ROW EXECUTE FUNCTION record_is_immutable();
CREATE TRIGGER inquiry_stays BEFORE TRUNCATE ON inquiry FOR EACH STATEMENT EXECUTE FUNCTION record_is_immutable();
CREATE TRIGGER inquiry_event_keeps BEFORE UPDATE OR DELETE ON inquiry_event FOR EACH ROW EXECUTE FUNCTION record_is_immutable();
CREATE TRIGGER inquiry_event_stays BEFORE TRUNCATE ON inquiry_event FOR EACH STATEMENT EXECUTE FUNCTION record_is_immutable();
