//! Who may do what: actors, roles, purposes of use, and the one table of rights; and how a person is recognised:
//! passwords, second factors, sessions, tokens.
//!
//! Reading or changing anything of a patient needs a [`Permit`], which only [`Rights::decide`] makes, of an
//! [`Actor`], of what is [`Asked`], and of the day.
//!
//! Not here: HTTP, SQL, a clock, randomness. Moments and random bytes are passed in.

mod action;
mod actor;
pub mod audit;
pub mod break_glass;
pub mod oidc;
pub mod password;
mod permit;
mod purpose;
pub mod recovery;
mod relation;
mod rights;
mod role;
pub mod seal;
pub mod secret;
pub mod session;
pub mod throttle;
pub mod token;
pub mod totp;
pub mod vault;
mod word;

pub use action::Action;
pub use actor::{Actor, Membership};
pub use permit::Permit;
pub use purpose::Purpose;
pub use relation::Relation;
pub use rights::{Asked, ReadRightsError, Right, Rights};
pub use role::Role;
pub use word::UnknownWord;
