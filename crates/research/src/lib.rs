//! Research on registered cases: the cohort engine behind the two search portals.
//!
//! Everything here works on de-identified cases ([`cohort::CohortCase`]) that one function makes of the
//! record's documents ([`cohort::Deidentification::case`]). The index is derived and can be dropped and rebuilt.
//! What a research project may see of it is made in [`project`].
//!
//! Historical cohorts are brought in as [`collection`]s, each an immutable snapshot with a manifest.
//!
//! Not here: who may search (`access`), statistics (`stats`), pages (`server`), SQL (`store`).

pub mod answer;
pub mod cohort;
pub mod collection;
pub mod programme;
pub mod project;
