-- Test orders: what was asked never changes, what happened only grows.

CREATE TABLE test_order (
    id          UUID NOT NULL PRIMARY KEY,
    case_id     UUID NOT NULL REFERENCES patient_case (id),
    ordinal     BIGINT NOT NULL CHECK (ordinal >= 1),
    hospital    TEXT COLLATE "C" NOT NULL,
    laboratory  TEXT COLLATE "C" NOT NULL,
    product     TEXT COLLATE "C" NOT NULL,
    document    TEXT COLLATE "C" NOT NULL CHECK (document::json IS NOT NULL),
    recorded_at TIMESTAMPTZ NOT NULL,
    UNIQUE (case_id, ordinal)
);

CREATE TABLE order_event (
    order_id    UUID NOT NULL REFERENCES test_order (id),
    sequence    BIGINT NOT NULL CHECK (sequence >= 1),
    kind        TEXT COLLATE "C" NOT NULL,
    document    TEXT COLLATE "C" NOT NULL CHECK (document::json IS NOT NULL),
    result_id   UUID REFERENCES result (id),
    report_id   UUID REFERENCES report (id),
    recorded_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (order_id, sequence)
);
CREATE UNIQUE INDEX order_event_of_result ON order_event (result_id) WHERE result_id IS NOT NULL AND kind = 'result-received';
CREATE INDEX order_event_of_report ON order_event (report_id) WHERE report_id IS NOT NULL;

-- Derived: one row for each order, as lists show it. Can be dropped and rebuilt. Days are counted from 1 January of year 1, which is day 1.
CREATE TABLE order_summary (
    order_id          UUID NOT NULL PRIMARY KEY REFERENCES test_order (id),
    case_id           UUID NOT NULL,
    reference         TEXT COLLATE "C" NOT NULL,
    ordinal           BIGINT NOT NULL,
    hospital          TEXT COLLATE "C" NOT NULL,
    laboratory        TEXT COLLATE "C" NOT NULL,
    product           TEXT COLLATE "C" NOT NULL,
    step              TEXT COLLATE "C" NOT NULL,
    waits_for         TEXT COLLATE "C",
    counselling_waits BOOLEAN NOT NULL,
    since_day         BIGINT NOT NULL,
    start_day         BIGINT NOT NULL,
    ordered_day       BIGINT NOT NULL,
    consented_day     BIGINT,
    ended_day         BIGINT,
    explained         BOOLEAN NOT NULL,
    attempts          BIGINT NOT NULL,
    event_count       BIGINT NOT NULL
);
CREATE INDEX order_summary_by_waiting ON order_summary (waits_for, start_day, order_id);
CREATE INDEX order_summary_by_hospital ON order_summary (hospital, waits_for, start_day, order_id);
CREATE INDEX order_summary_by_laboratory ON order_summary (laboratory, waits_for, start_day, order_id);
CREATE INDEX order_summary_by_case ON order_summary (case_id, ordinal);

CREATE TRIGGER test_order_keeps BEFORE UPDATE OR DELETE ON test_order FOR EACH ROW EXECUTE FUNCTION record_is_immutable();
CREATE TRIGGER test_order_stays BEFORE TRUNCATE ON test_order FOR EACH STATEMENT EXECUTE FUNCTION record_is_immutable();
CREATE TRIGGER order_event_keeps BEFORE UPDATE OR DELETE ON order_event FOR EACH ROW EXECUTE FUNCTION record_is_immutable();
CREATE TRIGGER order_event_stays BEFORE TRUNCATE ON order_event FOR EACH STATEMENT EXECUTE FUNCTION record_is_immutable();
