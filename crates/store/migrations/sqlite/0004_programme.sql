-- The programme registry: hospitals, designations, links, requirements, applications, laboratories, panels.
-- Each change is a new revision of one whole document; the newest one counts, none is changed or deleted.

CREATE TABLE registry_revision (
    kind         TEXT    NOT NULL CHECK (kind IN ('hospital', 'designation', 'link', 'requirement', 'application', 'laboratory', 'panel_product')),
    document_key TEXT    NOT NULL CHECK (document_key <> ''),
    revision     INTEGER NOT NULL CHECK (revision >= 1),
    document     TEXT    NOT NULL CHECK (json_valid(document)),
    recorder_id  BLOB    CHECK (length(recorder_id) = 16),
    recorded_at  TEXT    NOT NULL,
    PRIMARY KEY (kind, document_key, revision)
) STRICT;

CREATE TRIGGER registry_revision_keeps BEFORE UPDATE ON registry_revision BEGIN SELECT RAISE(ABORT, 'the record is immutable: registry_revision'); END;
CREATE TRIGGER registry_revision_stays BEFORE DELETE ON registry_revision BEGIN SELECT RAISE(ABORT, 'the record is immutable: registry_revision'); END;
