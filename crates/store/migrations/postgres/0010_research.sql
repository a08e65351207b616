-- Research projects: every permission as it was given, and every question that was asked under it.

CREATE TABLE research_project (
    id          UUID NOT NULL,
    revision    BIGINT NOT NULL CHECK (revision >= 1),
    number      TEXT COLLATE "C" NOT NULL,
    document    TEXT COLLATE "C" NOT NULL CHECK (document::json IS NOT NULL),
    recorded_by UUID,
    recorded_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (id, revision)
);
CREATE UNIQUE INDEX research_project_by_number ON research_project (number, revision);

CREATE TABLE research_question (
    id          UUID NOT NULL PRIMARY KEY,
    project_id  UUID NOT NULL,
    person_id   UUID NOT NULL,
    query       TEXT COLLATE "C" NOT NULL,
    outcome     TEXT COLLATE "C" NOT NULL,
    asked_at    TIMESTAMPTZ NOT NULL
);
CREATE INDEX research_question_by_project ON research_question (project_id, asked_at, id);

CREATE TRIGGER research_project_keeps BEFORE UPDATE OR DELETE ON research_project FOR EACH ROW EXECUTE FUNCTION record_is_immutable();
CREATE TRIGGER research_project_stays BEFORE TRUNCATE ON research_project FOR EACH STATEMENT EXECUTE FUNCTION record_is_immutable();
CREATE TRIGGER research_question_keeps BEFORE UPDATE OR DELETE ON research_question FOR EACH ROW EXECUTE FUNCTION record_is_immutable();
CREATE TRIGGER research_question_stays BEFORE TRUNCATE ON research_question FOR EACH STATEMENT EXECUTE FUNCTION record_is_immutable();
