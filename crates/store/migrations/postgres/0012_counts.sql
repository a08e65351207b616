-- What every page counts beside its links, by small indexes alone: refused results, cases of a hospital, registered cases, and
-- orders that wait for somebody.

CREATE INDEX result_rejected ON result (received_at, id, case_id) WHERE status = 'rejected';
CREATE INDEX case_summary_by_kind ON case_summary (hospital, synthetic, case_id);
CREATE INDEX case_consent_registered ON case_consent (case_id) WHERE substr(answers, 1, 1) = 'y';
CREATE INDEX order_summary_open ON order_summary (waits_for, counselling_waits) WHERE waits_for IS NOT NULL OR counselling_waits;
CREATE INDEX order_summary_open_of_hospital ON order_summary (hospital, waits_for, counselling_waits)
    WHERE waits_for IS NOT NULL OR counselling_waits;
CREATE INDEX order_summary_open_of_laboratory ON order_summary (laboratory, waits_for, counselling_waits)
    WHERE waits_for IS NOT NULL OR counselling_waits;
