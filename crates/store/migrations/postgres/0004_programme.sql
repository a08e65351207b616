-- The programme registry: hospitals, designations, links, requirements, applications, laboratories, panels.
-- Each change is a new revision of one whole document; the newest one counts, none is changed or deleted.

CREATE TABLE registry_revision (
    kind         TEXT COLLATE "C" NOT NULL CHECK (kind IN ('hospital', 'designation', 'link', 'requirement', 'application', 'laboratory', 'panel_product')),
    document_key TEXT COLLATE "C" NOT NULL CHECK (document_key <> ''),
    revision     BIGINT NOT NULL CHECK (revision >= 1),
    document     TEXT COLLATE "C" NOT NULL CHECK (document::json IS NOT NULL),
    recorder_id  UUID,
    recorded_at  TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (kind, document_key, revision)
);

CREATE TRIGGER registry_revision_keeps BEFORE UPDATE OR DELETE ON registry_revision FOR EACH ROW EXECUTE FUNCTION record_is_immutable();
CREATE TRIGGER registry_revision_stays BEFORE TRUNCATE ON registry_revision FOR EACH STATEMENT EXECUTE FUNCTION record_is_immutable();
