//! Whether two things go together: in tables of counts, in ranks, and in many comparisons at once.
//!
//! Not here: survival, drawing, which things to compare.

mod chi_square;
mod co_alteration;
mod false_discovery;
mod fisher;
mod hypergeometric;
mod proportion;
mod rank_sum;
mod root;

pub use chi_square::{ChiSquareTest, TestTableError};
pub use co_alteration::{CoAlteration, Tendency};
pub use false_discovery::{AdjustError, benjamini_hochberg};
pub use fisher::{CompareFourfoldError, FisherTest, FourfoldTable};
pub use proportion::{EstimateProportionError, Proportion};
pub use rank_sum::{CompareRanksError, RankSumTest};
