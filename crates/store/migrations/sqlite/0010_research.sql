-- Research projects: every permission as it was given, and every question that was asked under it.

CREATE TABLE research_project (
    id          BLOB    NOT NULL CHECK (length(id) = 16),
    revision    INTEGER NOT NULL CHECK (revision >= 1),
    number      TEXT    NOT NULL,
    document    TEXT    NOT NULL CHECK (json_valid(document)),
    recorded_by BLOB    CHECK (length(recorded_by) = 16),
    recorded_at TEXT    NOT NULL,
    PRIMARY KEY (id, revision)
) STRICT;
CREATE UNIQUE INDEX research_project_by_number ON research_project (number, revision);

CREATE TABLE research_question (
    id          BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    project_id  BLOB    NOT NULL CHECK (length(project_id) = 16),
    person_id   BLOB    NOT NULL CHECK (length(person_id) = 16),
    query       TEXT    NOT NULL,
    outcome     TEXT    NOT NULL,
    asked_at    TEXT    NOT NULL
) STRICT;
CREATE INDEX research_question_by_project ON research_question (project_id, asked_at, id);

CREATE TRIGGER research_project_keeps BEFORE UPDATE ON research_project BEGIN SELECT RAISE(ABORT, 'the record is immutable: research_project'); END;
CREATE TRIGGER research_project_stays BEFORE DELETE ON research_project BEGIN SELECT RAISE(ABORT, 'the record is immutable: research_project'); END;
CREATE TRIGGER research_question_keeps BEFORE UPDATE ON research_question BEGIN SELECT RAISE(ABORT, 'the record is immutable: research_question'); END;
CREATE TRIGGER research_question_stays BEFORE DELETE ON research_question BEGIN SELECT RAISE(ABORT, 'the record is immutable: research_question'); END;
