-- The clinical record: what was entered into each field, by whom, on the ground of what. Nothing is overwritten.

CREATE TABLE field_event (
    id         UUID NOT NULL PRIMARY KEY,
    case_id    UUID NOT NULL REFERENCES patient_case (id),
    address    TEXT COLLATE "C" NOT NULL,
    value      TEXT COLLATE "C",
    base_id    UUID,
    merged     TEXT COLLATE "C",
    person_id  UUID NOT NULL,
    source     TEXT COLLATE "C" NOT NULL CHECK (source IN ('form', 'import', 'api')),
    saved_at   TIMESTAMPTZ NOT NULL
);
CREATE INDEX field_event_by_case ON field_event (case_id, saved_at, id);

-- Derived: the events of each field that no other has superseded. More than one value is a contested field.
CREATE TABLE record_cell (
    case_id    UUID NOT NULL,
    address    TEXT COLLATE "C" NOT NULL,
    event_id   UUID NOT NULL,
    value      TEXT COLLATE "C",
    person_id  UUID NOT NULL,
    source     TEXT COLLATE "C" NOT NULL,
    saved_at   TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (case_id, address, event_id)
);

-- Cases that were written to since what is derived of them was made, with the newest event.
CREATE TABLE record_pending (
    case_id    UUID NOT NULL PRIMARY KEY,
    event_id   UUID NOT NULL
);

-- Derived: how complete each case's record is.
CREATE TABLE record_completeness (
    case_id          UUID NOT NULL PRIMARY KEY,
    hospital         TEXT COLLATE "C",
    required_count   BIGINT NOT NULL,
    filled_count     BIGINT NOT NULL,
    problem_count    BIGINT NOT NULL,
    contested_count  BIGINT NOT NULL,
    catalogue        TEXT COLLATE "C" NOT NULL,
    opened_at        TIMESTAMPTZ NOT NULL,
    touched_at       TIMESTAMPTZ NOT NULL
);
CREATE INDEX record_completeness_by_hospital ON record_completeness (hospital, opened_at, case_id);

CREATE TRIGGER field_event_keeps BEFORE UPDATE OR DELETE ON field_event FOR EACH ROW EXECUTE FUNCTION record_is_immutable();
CREATE TRIGGER field_event_stays BEFORE TRUNCATE ON field_event FOR EACH STATEMENT EXECUTE FUNCTION record_is_immutable();
