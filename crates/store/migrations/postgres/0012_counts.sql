-- What every page counts beside its links, without reading documents: refused results, cases of a hospital, registered cases.

CREATE INDEX result_rejected ON result (case_id) WHERE status = 'rejected';
CREATE INDEX case_summary_by_kind ON case_summary (hospital, synthetic, case_id);
CREATE INDEX case_consent_registered ON case_consent (case_id) WHERE substr(answers, 1, 1) = 'y';
