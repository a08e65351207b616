-- People, what they may do, and how they are recognised. Who was whom and could do what is truth and stays;
-- sessions, codes, links and counts of failures are for operation, and change.

CREATE TABLE person (
    id           UUID NOT NULL PRIMARY KEY,
    sign_in_name TEXT COLLATE "C" NOT NULL UNIQUE,
    synthetic    BOOLEAN NOT NULL,
    created_at   TIMESTAMPTZ NOT NULL
);

CREATE TABLE person_revision (
    person_id   UUID NOT NULL REFERENCES person (id),
    revision    BIGINT NOT NULL CHECK (revision >= 1),
    name        TEXT COLLATE "C" NOT NULL,
    state       TEXT COLLATE "C" NOT NULL CHECK (state IN ('active', 'inactive')),
    by_id       UUID,
    recorded_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (person_id, revision)
);

-- A role in an organisation from a day on; ending it earlier than was said is an entry of its own.
CREATE TABLE membership (
    id           UUID NOT NULL PRIMARY KEY,
    person_id    UUID NOT NULL REFERENCES person (id),
    organisation TEXT COLLATE "C" NOT NULL,
    role         TEXT COLLATE "C" NOT NULL,
    from_day     TEXT COLLATE "C" NOT NULL CHECK (length(from_day) = 10),
    until_day    TEXT COLLATE "C" CHECK (length(until_day) = 10),
    by_id        UUID,
    recorded_at  TIMESTAMPTZ NOT NULL
);
CREATE INDEX membership_by_person ON membership (person_id, id);
CREATE INDEX membership_by_organisation ON membership (organisation, person_id);

CREATE TABLE membership_end (
    membership_id UUID NOT NULL PRIMARY KEY REFERENCES membership (id),
    until_day     TEXT COLLATE "C" NOT NULL CHECK (length(until_day) = 10),
    by_id         UUID,
    recorded_at   TIMESTAMPTZ NOT NULL
);

CREATE TABLE break_glass (
    id        UUID NOT NULL PRIMARY KEY,
    person_id UUID NOT NULL REFERENCES person (id),
    case_id   UUID NOT NULL REFERENCES patient_case (id),
    reason    TEXT COLLATE "C" NOT NULL,
    opened_at TIMESTAMPTZ NOT NULL,
    ends_at   TIMESTAMPTZ NOT NULL
);
CREATE INDEX break_glass_by_person ON break_glass (person_id, case_id, ends_at);
CREATE INDEX break_glass_by_time ON break_glass (opened_at, id);

CREATE TABLE break_glass_review (
    break_glass_id UUID NOT NULL PRIMARY KEY REFERENCES break_glass (id),
    by_id          UUID NOT NULL REFERENCES person (id),
    verdict        TEXT COLLATE "C" NOT NULL CHECK (verdict IN ('justified', 'not-justified')),
    note           TEXT COLLATE "C" NOT NULL,
    reviewed_at    TIMESTAMPTZ NOT NULL
);

-- For operation from here on.

CREATE TABLE credential (
    person_id           UUID NOT NULL PRIMARY KEY REFERENCES person (id),
    password_hash       TEXT COLLATE "C",
    password_changed_at TIMESTAMPTZ,
    totp_secret         BYTEA,
    totp_confirmed_at   TIMESTAMPTZ,
    totp_step           BIGINT
);

CREATE TABLE recovery_code (
    person_id UUID NOT NULL REFERENCES person (id),
    digest    TEXT COLLATE "C" NOT NULL CHECK (length(digest) = 64),
    used_at   TIMESTAMPTZ,
    PRIMARY KEY (person_id, digest)
);

CREATE TABLE session (
    id        UUID NOT NULL PRIMARY KEY,
    digest    TEXT COLLATE "C" NOT NULL UNIQUE CHECK (length(digest) = 64),
    person_id UUID NOT NULL REFERENCES person (id),
    stage     TEXT COLLATE "C" NOT NULL CHECK (stage IN ('second-factor', 'enrolment', 'open')),
    factors   TEXT COLLATE "C" NOT NULL CHECK (factors IN ('one', 'two')),
    client    TEXT COLLATE "C" NOT NULL,
    return_to TEXT COLLATE "C" NOT NULL,
    began_at  TIMESTAMPTZ NOT NULL,
    seen_at   TIMESTAMPTZ NOT NULL
);
CREATE INDEX session_by_person ON session (person_id, began_at);

CREATE TABLE api_token (
    id         UUID NOT NULL PRIMARY KEY,
    digest     TEXT COLLATE "C" NOT NULL UNIQUE CHECK (length(digest) = 64),
    person_id  UUID NOT NULL REFERENCES person (id),
    name       TEXT COLLATE "C" NOT NULL,
    scope      TEXT COLLATE "C" NOT NULL,
    made_at    TIMESTAMPTZ NOT NULL,
    ends_at    TIMESTAMPTZ NOT NULL,
    used_at    TIMESTAMPTZ,
    revoked_at TIMESTAMPTZ
);
CREATE INDEX api_token_by_person ON api_token (person_id, made_at);

CREATE TABLE invitation (
    digest    TEXT COLLATE "C" NOT NULL PRIMARY KEY CHECK (length(digest) = 64),
    person_id UUID NOT NULL REFERENCES person (id),
    by_id     UUID,
    made_at   TIMESTAMPTZ NOT NULL,
    ends_at   TIMESTAMPTZ NOT NULL,
    used_at   TIMESTAMPTZ
);
CREATE INDEX invitation_by_person ON invitation (person_id, made_at);

CREATE TABLE sign_in_failure (
    subject       TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    failure_count BIGINT NOT NULL,
    last_at       TIMESTAMPTZ NOT NULL
);

CREATE TABLE external_identity (
    issuer    TEXT COLLATE "C" NOT NULL,
    subject   TEXT COLLATE "C" NOT NULL,
    person_id UUID NOT NULL REFERENCES person (id),
    linked_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (issuer, subject)
);
CREATE INDEX external_identity_by_person ON external_identity (person_id);

-- Sign-ins under way at a provider. Whoever brings the answer must have the browser that asked.
CREATE TABLE oidc_flow (
    digest         TEXT COLLATE "C" NOT NULL PRIMARY KEY CHECK (length(digest) = 64),
    browser_digest TEXT COLLATE "C" NOT NULL CHECK (length(browser_digest) = 64),
    nonce          TEXT COLLATE "C" NOT NULL,
    verifier       TEXT COLLATE "C" NOT NULL,
    person_id      UUID REFERENCES person (id),
    return_to      TEXT COLLATE "C" NOT NULL,
    ends_at        TIMESTAMPTZ NOT NULL
);

CREATE TRIGGER person_keeps BEFORE UPDATE OR DELETE ON person FOR EACH ROW EXECUTE FUNCTION record_is_immutable();
CREATE TRIGGER person_stays BEFORE TRUNCATE ON person FOR EACH STATEMENT EXECUTE FUNCTION record_is_immutable();
CREATE TRIGGER person_revision_keeps BEFORE UPDATE OR DELETE ON person_revision FOR EACH ROW EXECUTE FUNCTION record_is_immutable();
CREATE TRIGGER person_revision_stays BEFORE TRUNCATE ON person_revision FOR EACH STATEMENT EXECUTE FUNCTION record_is_immutable();
CREATE TRIGGER membership_keeps BEFORE UPDATE OR DELETE ON membership FOR EACH ROW EXECUTE FUNCTION record_is_immutable();
CREATE TRIGGER membership_stays BEFORE TRUNCATE ON membership FOR EACH STATEMENT EXECUTE FUNCTION record_is_immutable();
CREATE TRIGGER membership_end_keeps BEFORE UPDATE OR DELETE ON membership_end FOR EACH ROW EXECUTE FUNCTION record_is_immutable();
CREATE TRIGGER membership_end_stays BEFORE TRUNCATE ON membership_end FOR EACH STATEMENT EXECUTE FUNCTION record_is_immutable();
CREATE TRIGGER break_glass_keeps BEFORE UPDATE OR DELETE ON break_glass FOR EACH ROW EXECUTE FUNCTION record_is_immutable();
CREATE TRIGGER break_glass_stays BEFORE TRUNCATE ON break_glass FOR EACH STATEMENT EXECUTE FUNCTION record_is_immutable();
CREATE TRIGGER break_glass_review_keeps BEFORE UPDATE OR DELETE ON break_glass_review FOR EACH ROW EXECUTE FUNCTION record_is_immutable();
CREATE TRIGGER break_glass_review_stays BEFORE TRUNCATE ON break_glass_review FOR EACH STATEMENT EXECUTE FUNCTION record_is_immutable();
