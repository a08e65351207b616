//! Who may do what: actors, roles, purposes of use, and the one table of rights.
//!
//! Reading or changing anything of a patient needs a [`Permit`], which only [`Rights::decide`] makes, of an
//! [`Actor`], of what is [`Asked`], and of the day.
//!
//! Not here: HTTP, SQL, a clock. Times and days are passed in.

mod action;
mod actor;
mod permit;
mod purpose;
mod relation;
mod rights;
mod role;
mod word;

pub use action::Action;
pub use actor::{Actor, Membership};
pub use permit::Permit;
pub use purpose::Purpose;
pub use relation::Relation;
pub use rights::{Asked, ReadRightsError, Right, Rights};
pub use role::Role;
pub use word::UnknownWord;
