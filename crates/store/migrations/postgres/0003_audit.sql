-- The audit log: entries by their place in the Merkle tree, and signed tree heads. Nothing of them is changed or
-- deleted. What stands beside `document` repeats it, to search by; verifying compares both.

CREATE TABLE audit_entry (
    sequence     BIGINT NOT NULL PRIMARY KEY CHECK (sequence >= 0),
    told_ms      BIGINT NOT NULL,
    person_id    UUID,
    name         TEXT COLLATE "C" NOT NULL,
    organisation TEXT COLLATE "C",
    hospital     TEXT COLLATE "C",
    case_id      UUID,
    action       TEXT COLLATE "C" NOT NULL,
    outcome      TEXT COLLATE "C" NOT NULL CHECK (outcome IN ('done', 'refused')),
    document     TEXT COLLATE "C" NOT NULL CHECK (document::json IS NOT NULL),
    leaf_hash    BYTEA NOT NULL CHECK (length(leaf_hash) = 32)
);
CREATE INDEX audit_entry_by_case ON audit_entry (case_id, sequence);
CREATE INDEX audit_entry_by_person ON audit_entry (person_id, sequence);
CREATE INDEX audit_entry_by_time ON audit_entry (told_ms);

CREATE TABLE audit_head (
    size      BIGINT NOT NULL CHECK (size >= 0),
    key_name  TEXT COLLATE "C" NOT NULL,
    signed_ms BIGINT NOT NULL,
    root      BYTEA NOT NULL CHECK (length(root) = 32),
    signature BYTEA NOT NULL CHECK (length(signature) = 64),
    PRIMARY KEY (size, key_name)
);

-- What appending needs to know of the tree: one row, brought up to date with each append.
CREATE TABLE audit_tree (
    number  BIGINT NOT NULL PRIMARY KEY CHECK (number = 1),
    size    BIGINT NOT NULL CHECK (size >= 0),
    peaks   BYTEA NOT NULL,
    last_ms BIGINT
) WITH (fillfactor = 10);
INSERT INTO audit_tree (number, size, peaks, last_ms) VALUES (1, 0, '', NULL);

CREATE FUNCTION audit_tree_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF new.size < old.size THEN
        RAISE EXCEPTION 'the record is immutable: audit_tree' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN new;
END
$$;
CREATE TRIGGER audit_entry_keeps BEFORE UPDATE OR DELETE ON audit_entry FOR EACH ROW EXECUTE FUNCTION record_is_immutable();
CREATE TRIGGER audit_entry_stays BEFORE TRUNCATE ON audit_entry FOR EACH STATEMENT EXECUTE FUNCTION record_is_immutable();
CREATE TRIGGER audit_head_keeps BEFORE UPDATE OR DELETE ON audit_head FOR EACH ROW EXECUTE FUNCTION record_is_immutable();
CREATE TRIGGER audit_head_stays BEFORE TRUNCATE ON audit_head FOR EACH STATEMENT EXECUTE FUNCTION record_is_immutable();
CREATE TRIGGER audit_tree_grows BEFORE UPDATE ON audit_tree FOR EACH ROW EXECUTE FUNCTION audit_tree_only_grows();
CREATE TRIGGER audit_tree_stays BEFORE DELETE ON audit_tree FOR EACH ROW EXECUTE FUNCTION record_is_immutable();
