-- The clinical record: what was entered into each field, by whom, on the ground of what. Nothing is overwritten.

CREATE TABLE field_event (
    id         BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    case_id    BLOB NOT NULL REFERENCES patient_case (id),
    address    TEXT NOT NULL,
    value      TEXT,
    base_id    BLOB,
    merged     TEXT,
    person_id  BLOB NOT NULL,
    source     TEXT NOT NULL CHECK (source IN ('form', 'import', 'api')),
    saved_at   TEXT NOT NULL
) STRICT;
CREATE INDEX field_event_by_case ON field_event (case_id, saved_at, id);

-- Derived: the events of each field that no other has superseded. More than one value is a contested field.
CREATE TABLE record_cell (
    case_id    BLOB NOT NULL,
    address    TEXT NOT NULL,
    event_id   BLOB NOT NULL,
    value      TEXT,
    person_id  BLOB NOT NULL,
    source     TEXT NOT NULL,
    saved_at   TEXT NOT NULL,
    PRIMARY KEY (case_id, address, event_id)
) STRICT, WITHOUT ROWID;

-- Cases that were written to since what is derived of them was made, with the newest event.
CREATE TABLE record_pending (
    case_id    BLOB NOT NULL PRIMARY KEY,
    event_id   BLOB NOT NULL
) STRICT;

-- Derived: how complete each case's record is.
CREATE TABLE record_completeness (
    case_id          BLOB    NOT NULL PRIMARY KEY,
    hospital         TEXT,
    required_count   INTEGER NOT NULL,
    filled_count     INTEGER NOT NULL,
    problem_count    INTEGER NOT NULL,
    contested_count  INTEGER NOT NULL,
    catalogue        TEXT    NOT NULL,
    opened_at        TEXT    NOT NULL,
    touched_at       TEXT    NOT NULL
) STRICT;
CREATE INDEX record_completeness_by_hospital ON record_completeness (hospital, opened_at, case_id);

CREATE TRIGGER field_event_keeps BEFORE UPDATE ON field_event BEGIN SELECT RAISE(ABORT, 'the record is immutable: field_event'); END;
CREATE TRIGGER field_event_stays BEFORE DELETE ON field_event BEGIN SELECT RAISE(ABORT, 'the record is immutable: field_event'); END;
