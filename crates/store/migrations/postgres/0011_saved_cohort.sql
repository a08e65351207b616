-- Queries of the clinical search that people keep under a name, for themselves or with their hospital. What is taken off
-- stays, with who took it off.

CREATE TABLE saved_cohort (
    id           UUID NOT NULL PRIMARY KEY,
    person_id    UUID NOT NULL REFERENCES person (id),
    organisation TEXT COLLATE "C",
    name         TEXT COLLATE "C" NOT NULL,
    query        TEXT COLLATE "C" NOT NULL,
    saved_at     TIMESTAMPTZ NOT NULL
);
CREATE INDEX saved_cohort_by_person ON saved_cohort (person_id, saved_at);
CREATE INDEX saved_cohort_by_organisation ON saved_cohort (organisation, saved_at);

CREATE TABLE saved_cohort_end (
    saved_cohort_id UUID NOT NULL PRIMARY KEY REFERENCES saved_cohort (id),
    by_id           UUID NOT NULL REFERENCES person (id),
    ended_at        TIMESTAMPTZ NOT NULL
);

CREATE TRIGGER saved_cohort_keeps BEFORE UPDATE OR DELETE ON saved_cohort FOR EACH ROW EXECUTE FUNCTION record_is_immutable();
CREATE TRIGGER saved_cohort_stays BEFORE TRUNCATE ON saved_cohort FOR EACH STATEMENT EXECUTE FUNCTION record_is_immutable();
CREATE TRIGGER saved_cohort_end_keeps BEFORE UPDATE OR DELETE ON saved_cohort_end FOR EACH ROW EXECUTE FUNCTION record_is_immutable();
CREATE TRIGGER saved_cohort_end_stays BEFORE TRUNCATE ON saved_cohort_end FOR EACH STATEMENT EXECUTE FUNCTION record_is_immutable();
