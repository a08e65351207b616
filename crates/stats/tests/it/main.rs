//! Survival, association and disclosure compared with independent references.

mod kaplan_meier;
mod public_data;
