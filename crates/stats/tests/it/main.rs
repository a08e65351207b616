//! Survival, association and disclosure compared with independent references.

mod kaplan_meier;
mod log_rank;
mod public_data;
