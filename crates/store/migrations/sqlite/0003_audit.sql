-- The audit log: entries by their place in the Merkle tree, and signed tree heads. Nothing of them is changed or
-- deleted. What stands beside `document` repeats it, to search by; verifying compares both.

CREATE TABLE audit_entry (
    sequence     INTEGER NOT NULL PRIMARY KEY CHECK (sequence >= 0),
    told_ms      INTEGER NOT NULL,
    person_id    BLOB,
    name         TEXT    NOT NULL,
    organisation TEXT,
    hospital     TEXT,
    case_id      BLOB,
    action       TEXT    NOT NULL,
    outcome      TEXT    NOT NULL CHECK (outcome IN ('done', 'refused')),
    document     TEXT    NOT NULL CHECK (json_valid(document)),
    leaf_hash    BLOB    NOT NULL CHECK (length(leaf_hash) = 32)
) STRICT, WITHOUT ROWID;
CREATE INDEX audit_entry_by_case ON audit_entry (case_id, sequence);
CREATE INDEX audit_entry_by_person ON audit_entry (person_id, sequence);
CREATE INDEX audit_entry_by_time ON audit_entry (told_ms);

CREATE TABLE audit_head (
    size      INTEGER NOT NULL CHECK (size >= 0),
    key_name  TEXT    NOT NULL,
    signed_ms INTEGER NOT NULL,
    root      BLOB    NOT NULL CHECK (length(root) = 32),
    signature BLOB    NOT NULL CHECK (length(signature) = 64),
    PRIMARY KEY (size, key_name)
) STRICT;

-- What appending needs to know of the tree: one row, brought up to date with each append.
CREATE TABLE audit_tree (
    number  INTEGER NOT NULL PRIMARY KEY CHECK (number = 1),
    size    INTEGER NOT NULL CHECK (size >= 0),
    peaks   BLOB    NOT NULL,
    last_ms INTEGER
) STRICT, WITHOUT ROWID;
INSERT INTO audit_tree (number, size, peaks, last_ms) VALUES (1, 0, x'', NULL);

CREATE TRIGGER audit_entry_keeps BEFORE UPDATE ON audit_entry BEGIN SELECT RAISE(ABORT, 'the record is immutable: audit_entry'); END;
CREATE TRIGGER audit_entry_stays BEFORE DELETE ON audit_entry BEGIN SELECT RAISE(ABORT, 'the record is immutable: audit_entry'); END;
CREATE TRIGGER audit_head_keeps BEFORE UPDATE ON audit_head BEGIN SELECT RAISE(ABORT, 'the record is immutable: audit_head'); END;
CREATE TRIGGER audit_head_stays BEFORE DELETE ON audit_head BEGIN SELECT RAISE(ABORT, 'the record is immutable: audit_head'); END;
CREATE TRIGGER audit_tree_grows BEFORE UPDATE ON audit_tree WHEN new.size < old.size BEGIN SELECT RAISE(ABORT, 'the record is immutable: audit_tree'); END;
CREATE TRIGGER audit_tree_stays BEFORE DELETE ON audit_tree BEGIN SELECT RAISE(ABORT, 'the record is immutable: audit_tree'); END;
