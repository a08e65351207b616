-- Derived: the newest change of each case, numbered in the order of commits, so that what is made of cases elsewhere
-- can follow them. Each site counts for itself.

CREATE TABLE case_change (
    case_id    BLOB    NOT NULL PRIMARY KEY REFERENCES patient_case (id),
    number     INTEGER NOT NULL
) STRICT;
CREATE INDEX case_change_by_number ON case_change (number);

CREATE TABLE case_change_count (
    one        INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    number     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO case_change (case_id, number) SELECT id, 1 FROM patient_case;
INSERT INTO case_change_count (one, number) VALUES (1, 1);
