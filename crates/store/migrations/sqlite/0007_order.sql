-- Test orders: what was asked never changes, what happened only grows.

CREATE TABLE test_order (
    id          BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    case_id     BLOB    NOT NULL REFERENCES patient_case (id),
    ordinal     INTEGER NOT NULL CHECK (ordinal >= 1),
    hospital    TEXT    NOT NULL,
    laboratory  TEXT    NOT NULL,
    product     TEXT    NOT NULL,
    document    TEXT    NOT NULL CHECK (json_valid(document)),
    recorded_at TEXT    NOT NULL,
    UNIQUE (case_id, ordinal)
) STRICT;

CREATE TABLE order_event (
    order_id    BLOB    NOT NULL REFERENCES test_order (id),
    sequence    INTEGER NOT NULL CHECK (sequence >= 1),
    kind        TEXT    NOT NULL,
    document    TEXT    NOT NULL CHECK (json_valid(document)),
    result_id   BLOB    REFERENCES result (id),
    report_id   BLOB    REFERENCES report (id),
    recorded_at TEXT    NOT NULL,
    PRIMARY KEY (order_id, sequence)
) STRICT;
CREATE UNIQUE INDEX order_event_of_result ON order_event (result_id) WHERE result_id IS NOT NULL AND kind = 'result-received';
CREATE INDEX order_event_of_report ON order_event (report_id) WHERE report_id IS NOT NULL;

-- Derived: one row for each order, as lists show it. Can be dropped and rebuilt. Days are counted from 1 January of year 1, which is day 1.
CREATE TABLE order_summary (
    order_id          BLOB    NOT NULL PRIMARY KEY REFERENCES test_order (id),
    case_id           BLOB    NOT NULL,
    reference         TEXT    NOT NULL,
    ordinal           INTEGER NOT NULL,
    hospital          TEXT    NOT NULL,
    laboratory        TEXT    NOT NULL,
    product           TEXT    NOT NULL,
    step              TEXT    NOT NULL,
    waits_for         TEXT,
    counselling_waits INTEGER NOT NULL CHECK (counselling_waits IN (0, 1)),
    since_day         INTEGER NOT NULL,
    start_day         INTEGER NOT NULL,
    ordered_day       INTEGER NOT NULL,
    consented_day     INTEGER,
    ended_day         INTEGER,
    explained         INTEGER NOT NULL CHECK (explained IN (0, 1)),
    attempts          INTEGER NOT NULL,
    event_count       INTEGER NOT NULL
) STRICT;
CREATE INDEX order_summary_by_waiting ON order_summary (waits_for, start_day, order_id);
CREATE INDEX order_summary_by_hospital ON order_summary (hospital, waits_for, start_day, order_id);
CREATE INDEX order_summary_by_laboratory ON order_summary (laboratory, waits_for, start_day, order_id);
CREATE INDEX order_summary_by_case ON order_summary (case_id, ordinal);

CREATE TRIGGER test_order_keeps BEFORE UPDATE ON test_order BEGIN SELECT RAISE(ABORT, 'the record is immutable: test_order'); END;
CREATE TRIGGER test_order_stays BEFORE DELETE ON test_order BEGIN SELECT RAISE(ABORT, 'the record is immutable: test_order'); END;
CREATE TRIGGER order_event_keeps BEFORE UPDATE ON order_event BEGIN SELECT RAISE(ABORT, 'the record is immutable: order_event'); END;
CREATE TRIGGER order_event_stays BEFORE DELETE ON order_event BEGIN SELECT RAISE(ABORT, 'the record is immutable: order_event'); END;
