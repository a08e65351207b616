//! Research on registered cases: the cohort engine behind the two search portals.
//!
//! Everything here works on de-identified cases ([`cohort::CohortCase`]) that one function makes of the
//! record's documents ([`cohort::Deidentification::case`]). The index is derived and can be dropped and rebuilt.
//!
//! Not here: who may search (`access`), statistics (`stats`), pages (`server`), SQL (`store`).

pub mod cohort;
