-- People, what they may do, and how they are recognised. Who was whom and could do what is truth and stays;
-- sessions, codes, links and counts of failures are for operation, and change.

CREATE TABLE person (
    id           BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    sign_in_name TEXT NOT NULL UNIQUE,
    synthetic    INTEGER NOT NULL CHECK (synthetic IN (0, 1)),
    created_at   TEXT NOT NULL
) STRICT;

CREATE TABLE person_revision (
    person_id   BLOB    NOT NULL REFERENCES person (id),
    revision    INTEGER NOT NULL CHECK (revision >= 1),
    name        TEXT    NOT NULL,
    state       TEXT    NOT NULL CHECK (state IN ('active', 'inactive')),
    by_id       BLOB,
    recorded_at TEXT    NOT NULL,
    PRIMARY KEY (person_id, revision)
) STRICT;

-- A role in an organisation from a day on; ending it earlier than was said is an entry of its own.
CREATE TABLE membership (
    id           BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    person_id    BLOB NOT NULL REFERENCES person (id),
    organisation TEXT NOT NULL,
    role         TEXT NOT NULL,
    from_day     TEXT NOT NULL CHECK (length(from_day) = 10),
    until_day    TEXT CHECK (length(until_day) = 10),
    by_id        BLOB,
    recorded_at  TEXT NOT NULL
) STRICT;
CREATE INDEX membership_by_person ON membership (person_id, id);
CREATE INDEX membership_by_organisation ON membership (organisation, person_id);

CREATE TABLE membership_end (
    membership_id BLOB NOT NULL PRIMARY KEY REFERENCES membership (id),
    until_day     TEXT NOT NULL CHECK (length(until_day) = 10),
    by_id         BLOB,
    recorded_at   TEXT NOT NULL
) STRICT;

CREATE TABLE break_glass (
    id          BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    person_id   BLOB NOT NULL REFERENCES person (id),
    case_id     BLOB NOT NULL REFERENCES patient_case (id),
    reason      TEXT NOT NULL,
    opened_at   TEXT NOT NULL,
    ends_at     TEXT NOT NULL
) STRICT;
CREATE INDEX break_glass_by_person ON break_glass (person_id, case_id, ends_at);
CREATE INDEX break_glass_by_time ON break_glass (opened_at, id);

CREATE TABLE break_glass_review (
    break_glass_id BLOB NOT NULL PRIMARY KEY REFERENCES break_glass (id),
    by_id          BLOB NOT NULL REFERENCES person (id),
    verdict        TEXT NOT NULL CHECK (verdict IN ('justified', 'not-justified')),
    note           TEXT NOT NULL,
    reviewed_at    TEXT NOT NULL
) STRICT;

-- For operation from here on.

CREATE TABLE credential (
    person_id           BLOB NOT NULL PRIMARY KEY REFERENCES person (id),
    password_hash       TEXT,
    password_changed_at TEXT,
    totp_secret         BLOB,
    totp_confirmed_at   TEXT,
    totp_step           INTEGER
) STRICT;

CREATE TABLE recovery_code (
    person_id BLOB NOT NULL REFERENCES person (id),
    digest    TEXT NOT NULL CHECK (length(digest) = 64),
    used_at   TEXT,
    PRIMARY KEY (person_id, digest)
) STRICT;

CREATE TABLE session (
    id        BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    digest    TEXT NOT NULL UNIQUE CHECK (length(digest) = 64),
    person_id BLOB NOT NULL REFERENCES person (id),
    stage     TEXT NOT NULL CHECK (stage IN ('second-factor', 'enrolment', 'open')),
    factors   TEXT NOT NULL CHECK (factors IN ('one', 'two')),
    client    TEXT NOT NULL,
    return_to TEXT NOT NULL,
    began_at  TEXT NOT NULL,
    seen_at   TEXT NOT NULL
) STRICT;
CREATE INDEX session_by_person ON session (person_id, began_at);

CREATE TABLE api_token (
    id         BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    digest     TEXT NOT NULL UNIQUE CHECK (length(digest) = 64),
    person_id  BLOB NOT NULL REFERENCES person (id),
    name       TEXT NOT NULL,
    scope      TEXT NOT NULL,
    made_at    TEXT NOT NULL,
    ends_at    TEXT NOT NULL,
    used_at    TEXT,
    revoked_at TEXT
) STRICT;
CREATE INDEX api_token_by_person ON api_token (person_id, made_at);

CREATE TABLE invitation (
    digest    TEXT NOT NULL PRIMARY KEY CHECK (length(digest) = 64),
    person_id BLOB NOT NULL REFERENCES person (id),
    by_id     BLOB,
    made_at   TEXT NOT NULL,
    ends_at   TEXT NOT NULL,
    used_at   TEXT
) STRICT;
CREATE INDEX invitation_by_person ON invitation (person_id, made_at);

CREATE TABLE sign_in_failure (
    subject       TEXT    NOT NULL PRIMARY KEY,
    failure_count INTEGER NOT NULL,
    last_at       TEXT    NOT NULL
) STRICT;

CREATE TABLE external_identity (
    issuer    TEXT NOT NULL,
    subject   TEXT NOT NULL,
    person_id BLOB NOT NULL REFERENCES person (id),
    linked_at TEXT NOT NULL,
    PRIMARY KEY (issuer, subject)
) STRICT;
CREATE INDEX external_identity_by_person ON external_identity (person_id);

-- Sign-ins under way at a provider. Whoever brings the answer must have the browser that asked.
CREATE TABLE oidc_flow (
    digest         TEXT NOT NULL PRIMARY KEY CHECK (length(digest) = 64),
    browser_digest TEXT NOT NULL CHECK (length(browser_digest) = 64),
    nonce          TEXT NOT NULL,
    verifier       TEXT NOT NULL,
    person_id      BLOB REFERENCES person (id),
    return_to      TEXT NOT NULL,
    ends_at        TEXT NOT NULL
) STRICT;

CREATE TRIGGER person_keeps BEFORE UPDATE ON person BEGIN SELECT RAISE(ABORT, 'the record is immutable: person'); END;
CREATE TRIGGER person_stays BEFORE DELETE ON person BEGIN SELECT RAISE(ABORT, 'the record is immutable: person'); END;
CREATE TRIGGER person_revision_keeps BEFORE UPDATE ON person_revision BEGIN SELECT RAISE(ABORT, 'the record is immutable: person_revision'); END;
CREATE TRIGGER person_revision_stays BEFORE DELETE ON person_revision BEGIN SELECT RAISE(ABORT, 'the record is immutable: person_revision'); END;
CREATE TRIGGER membership_keeps BEFORE UPDATE ON membership BEGIN SELECT RAISE(ABORT, 'the record is immutable: membership'); END;
CREATE TRIGGER membership_stays BEFORE DELETE ON membership BEGIN SELECT RAISE(ABORT, 'the record is immutable: membership'); END;
CREATE TRIGGER membership_end_keeps BEFORE UPDATE ON membership_end BEGIN SELECT RAISE(ABORT, 'the record is immutable: membership_end'); END;
CREATE TRIGGER membership_end_stays BEFORE DELETE ON membership_end BEGIN SELECT RAISE(ABORT, 'the record is immutable: membership_end'); END;
CREATE TRIGGER break_glass_keeps BEFORE UPDATE ON break_glass BEGIN SELECT RAISE(ABORT, 'the record is immutable: break_glass'); END;
CREATE TRIGGER break_glass_stays BEFORE DELETE ON break_glass BEGIN SELECT RAISE(ABORT, 'the record is immutable: break_glass'); END;
CREATE TRIGGER break_glass_review_keeps BEFORE UPDATE ON break_glass_review BEGIN SELECT RAISE(ABORT, 'the record is immutable: break_glass_review'); END;
CREATE TRIGGER break_glass_review_stays BEFORE DELETE ON break_glass_review BEGIN SELECT RAISE(ABORT, 'the record is immutable: break_glass_review'); END;
