//! The same for programs: JSON in camelCase, failures as RFC 9457 problem documents.

pub(crate) mod cases;
pub(crate) mod clinical_record;
pub(crate) mod description;
pub(crate) mod hospitals;
pub(crate) mod orders;
pub(crate) mod panels;
pub(crate) mod reports;
pub(crate) mod results;
