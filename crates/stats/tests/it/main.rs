//! Survival, association and disclosure compared with independent references.

mod association;
mod cox;
mod disclosure;
mod kaplan_meier;
mod log_rank;
mod nonsense;
mod properties;
mod public_data;
