//! How long until an event, when not every case has been followed to it, or from the beginning.
//!
//! Three tables lead to the same place. [`ObservationTable`] holds one row for each case with times of any unit;
//! [`DayCounts`] holds only how many entered, had their event or were censored on each whole day, in one pass and
//! without sorting; both become a [`RiskTable`], from which curves, numbers at risk and log-rank tests derive.
//!
//! **Who is at risk.** A case is at risk at time `t` when `entry < t <= exit`: whoever enters at `t` is not yet at
//! risk of what happens at `t`, whoever is censored at `t` still is. A case without an entry time, or with entry 0, is
//! under observation from the start. This is the convention of R's `Surv(start, stop, event)`.
//!
//! **Delayed entry.** When the clock starts before a case could have been registered (at diagnosis, while cases are
//! registered by a later test), those who died before never appear, and a curve that counts the rest from the start is
//! too high. The entry time puts each case into the risk set only from its registration on. Three troubles come with
//! it, and each is reported rather than hidden: before the first entry nothing is known
//! ([`RiskTable::unobserved_intervals`]); while the risk set is still small one event can bring the curve to zero for
//! good ([`KaplanMeierCurve::collapse`]); and the estimate holds only when entering says nothing about the prognosis.
//! The remedy for the second is to ask conditionally: [`RiskTable::from_landmark`], at a time that
//! [`RiskTable::earliest_with_at_risk`] proposes.
//!
//! Not here: competing risks, time-varying covariates, drawing.

mod cox;
mod day_counts;
mod kaplan_meier;
mod log_rank;
mod observation;
mod risk_table;

pub use cox::{
    CheckCovariatesError, Covariates, CoxCoefficient, CoxModel, CoxOptions, FitCoxError,
    GlobalTest, TieHandling,
};
pub use day_counts::{CountDaysError, DayColumns, DayCounts, DayTotals};
pub use kaplan_meier::{
    Collapse, ConfidenceScale, DrawCurveError, KaplanMeierCurve, KaplanMeierOptions,
    KaplanMeierPoint, RestrictedMean, SurvivalQuantile,
};
pub use log_rank::{CompareGroupsError, LogRankGroup, LogRankTest, LogRankWeight};
pub use observation::{CheckObservationsError, ObservationTable};
pub use risk_table::{RiskStep, RiskTable};
