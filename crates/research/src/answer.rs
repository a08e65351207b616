//! What is answered of a cohort to programs and at the shell: counted once, with one form as JSON and one as tables.
//!
//! Not here: who may ask, and words for people.

use model::problem::Problem;

mod cox;
mod pairs;
mod survival;
mod tables;
mod waterfall;

pub use self::{
    cox::{CoxAnswer, CoxAsked, NoModel, hazard_ratio},
    pairs::{PairAnswer, PairsAnswer},
    survival::{AT_RISK_DAYS, SurvivalAnswer, SurvivalAsked, SurvivalGroup},
    tables::{drugs_table, facets_table, genes_table},
    waterfall::WaterfallAnswer,
};
use crate::cohort::EvaluateError;

/// Why nothing is answered.
#[derive(Debug, thiserror::Error)]
pub enum AnswerError {
    /// A query or a name cannot be read.
    #[error("answer of a cohort: a query or a name cannot be read")]
    Unread(Vec<Problem>),
    /// A query cannot be evaluated.
    #[error("answer of a cohort: evaluate a query")]
    Evaluate(#[from] EvaluateError),
    /// Survival cannot be counted.
    #[error("answer of a cohort: count survival")]
    Survival(#[from] stats::survival::CountDaysError),
}
