-- Derived: the newest change of each case, numbered in the order of commits, so that what is made of cases elsewhere
-- can follow them. Each site counts for itself.

CREATE TABLE case_change (
    case_id    UUID   NOT NULL PRIMARY KEY REFERENCES patient_case (id),
    number     BIGINT NOT NULL
);
CREATE INDEX case_change_by_number ON case_change (number);

CREATE TABLE case_change_count (
    one        BIGINT NOT NULL PRIMARY KEY CHECK (one = 1),
    number     BIGINT NOT NULL
);

INSERT INTO case_change (case_id, number) SELECT id, 1 FROM patient_case;
INSERT INTO case_change_count (one, number) VALUES (1, 1);
