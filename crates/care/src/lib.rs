//! The findings report, and the intake of results that leads to it.

pub mod intake;
pub mod order;
pub mod record_import;
pub mod record_projection;
pub mod registration;
pub mod report;
pub mod vault;
