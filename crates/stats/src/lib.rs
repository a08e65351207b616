//! Pure numbers: survival, association, rates and disclosure control.
//!
//! What enters are times, flags, counts and weights; what leaves are estimates with their uncertainty, or an error
//! that says what the data cannot answer. Every formula names its source.
//!
//! Not here: what the numbers mean (`model`), where they come from (`research`), how they are drawn (`server`),
//! reading or writing, a clock, randomness.

pub mod association;
pub mod disclosure;
mod linear;
mod sum;
pub mod survival;
mod tail;

pub use tail::{
    chi_square_tail, normal_quantile, normal_tail, normal_two_sided, student_two_sided,
};

/// An interval of confidence, or a pair of bounds.
///
/// Units: those of the estimate it belongs to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// The lower bound.
    pub lower: f64,
    /// The upper bound.
    pub upper: f64,
}
