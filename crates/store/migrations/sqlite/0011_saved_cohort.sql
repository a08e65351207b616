-- Queries of the clinical search that people keep under a name, for themselves or with their hospital. What is taken off
-- stays, with who took it off.

CREATE TABLE saved_cohort (
    id           BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    person_id    BLOB NOT NULL REFERENCES person (id),
    organisation TEXT,
    name         TEXT NOT NULL,
    query        TEXT NOT NULL,
    saved_at     TEXT NOT NULL
) STRICT;
CREATE INDEX saved_cohort_by_person ON saved_cohort (person_id, saved_at);
CREATE INDEX saved_cohort_by_organisation ON saved_cohort (organisation, saved_at);

CREATE TABLE saved_cohort_end (
    saved_cohort_id BLOB NOT NULL PRIMARY KEY REFERENCES saved_cohort (id),
    by_id           BLOB NOT NULL REFERENCES person (id),
    ended_at        TEXT NOT NULL
) STRICT;

CREATE TRIGGER saved_cohort_keeps BEFORE UPDATE ON saved_cohort BEGIN SELECT RAISE(ABORT, 'the record is immutable: saved_cohort'); END;
CREATE TRIGGER saved_cohort_stays BEFORE DELETE ON saved_cohort BEGIN SELECT RAISE(ABORT, 'the record is immutable: saved_cohort'); END;
CREATE TRIGGER saved_cohort_end_keeps BEFORE UPDATE ON saved_cohort_end BEGIN SELECT RAISE(ABORT, 'the record is immutable: saved_cohort_end'); END;
CREATE TRIGGER saved_cohort_end_stays BEFORE DELETE ON saved_cohort_end BEGIN SELECT RAISE(ABORT, 'the record is immutable: saved_cohort_end'); END;
