//! Proportional hazards: what each covariate does to the hazard, the others being equal.

use crate::{Interval, chi_square_tail, normal_quantile, normal_two_sided};

use super::observation::ObservationTable;

mod covariates;
mod likelihood;
mod newton;

pub use covariates::{CheckCovariatesError, Covariates};

use self::{likelihood::RiskOrder, newton::Maximum};

/// How events at one time are ordered, which nobody saw.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TieHandling {
    /// Those with an event leave the risk set bit by bit.
    ///
    /// Source: Efron B, J Am Stat Assoc 1977;72:557.
    #[default]
    Efron,
    /// Those with an event all stay in the risk set.
    ///
    /// Source: Breslow N, Biometrics 1974;30:89.
    Breslow,
}

/// How a model is to be fitted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CoxOptions {
    /// How ties are handled.
    pub ties: TieHandling,
    /// The share of intervals that should hold the truth, above 0 and below 1.
    pub level: f64,
}

impl Default for CoxOptions {
    fn default() -> Self {
        Self { ties: TieHandling::default(), level: 0.95 }
    }
}

/// Why a model could not be fitted.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum FitCoxError {
    /// The level of confidence is not between 0 and 1.
    #[error(
        "fitting a proportional hazards model at the confidence level {0}: it must lie between 0 and 1"
    )]
    Level(f64),
    /// There are not as many rows of covariates as observations.
    #[error(
        "fitting a proportional hazards model: {observations} observations have {covariates} rows of covariates"
    )]
    Rows {
        /// Rows of observations.
        observations: usize,
        /// Rows of covariates.
        covariates: usize,
    },
    /// Nobody has the event.
    #[error("fitting a proportional hazards model: no case has the event")]
    NoEvents,
    /// A covariate is the same in all cases that are at risk together.
    #[error(
        "fitting a proportional hazards model: `{covariate}` is the same in all cases that are at risk together"
    )]
    NoContrast {
        /// Its name.
        covariate: String,
    },
    /// A covariate follows from those before it.
    #[error(
        "fitting a proportional hazards model: `{covariate}` is a combination of the covariates before it"
    )]
    Collinear {
        /// Its name.
        covariate: String,
    },
    /// The likelihood grows without end, because a covariate tells all events apart.
    #[error(
        "fitting a proportional hazards model: the hazard ratio of `{covariate}` grows without end; no event happens on one of its sides"
    )]
    Monotone {
        /// The covariate whose coefficient grows fastest.
        covariate: String,
    },
    /// No maximum was found.
    #[error(
        "fitting a proportional hazards model: no maximum of the likelihood after {iterations} steps"
    )]
    NotConverged {
        /// Steps that were made.
        iterations: usize,
    },
}

/// What a covariate does to the hazard.
#[derive(Debug, Clone, PartialEq)]
pub struct CoxCoefficient {
    /// Name of the covariate.
    pub covariate: String,
    /// Logarithm of the hazard ratio for one unit more.
    pub coefficient: f64,
    /// Its standard error.
    pub standard_error: f64,
    /// The coefficient over its standard error.
    pub z: f64,
    /// The probability of so large a z, on either side, if the covariate did nothing.
    pub p: f64,
    /// The hazard ratio for one unit more.
    pub hazard_ratio: f64,
    /// The interval of the hazard ratio.
    pub interval: Interval,
}

/// A test of all covariates at once.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GlobalTest {
    /// The statistic.
    pub chi_square: f64,
    /// Its degrees of freedom.
    pub degrees: usize,
    /// The probability of so large a statistic if no covariate did anything.
    pub p: f64,
}

impl GlobalTest {
    fn of(chi_square: f64, degrees: usize) -> Self {
        let chi_square = chi_square.max(0.0);
        Self { chi_square, degrees, p: chi_square_tail(chi_square, degrees) }
    }
}

/// A fitted model of proportional hazards, with strata, weights and delayed entry where the observations have them.
///
/// ```
/// use stats::survival::{Covariates, CoxModel, CoxOptions, ObservationTable};
///
/// let table = ObservationTable::new(vec![4.0, 3.0, 9.0, 1.0, 2.0, 7.0], vec![true, true, true, true, false, true])?;
/// let covariates = Covariates::new(vec!["treated".to_owned()], vec![vec![1.0, 0.0, 1.0, 1.0, 0.0, 0.0]])?;
/// let model = CoxModel::fit(&table, &covariates, &CoxOptions::default())?;
/// assert!(model.coefficients[0].interval.lower < model.coefficients[0].hazard_ratio);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Source: Cox DR, J R Stat Soc B 1972;34:187; tests as Kalbfleisch JD, Prentice RL, *The Statistical Analysis of
/// Failure Time Data*, 2nd ed. 2002, section 4.2; delayed entry and strata as risk sets.
#[derive(Debug, Clone, PartialEq)]
pub struct CoxModel {
    /// One for each covariate, in the order given.
    pub coefficients: Vec<CoxCoefficient>,
    /// The variance of the coefficients and their covariances.
    ///
    /// Shape: as many rows as covariates, one after the other.
    pub covariance: Vec<f64>,
    /// Cases, each once whatever its weight.
    pub cases: usize,
    /// Events, each once whatever its weight.
    pub events: usize,
    /// The logarithm of the partial likelihood without covariates.
    pub log_likelihood_null: f64,
    /// The logarithm of the partial likelihood at its maximum.
    pub log_likelihood: f64,
    /// The likelihood ratio test.
    pub likelihood_ratio: GlobalTest,
    /// Wald's test.
    pub wald: GlobalTest,
    /// The score test.
    pub score: GlobalTest,
    /// Steps to the maximum.
    pub iterations: usize,
}

impl CoxModel {
    /// Fits a model.
    ///
    /// Errors: a level outside of 0 and 1, other rows than observations, no event, a covariate without contrast or made of
    /// others, a likelihood without maximum.
    pub fn fit(
        table: &ObservationTable,
        covariates: &Covariates,
        options: &CoxOptions,
    ) -> Result<Self, FitCoxError> {
        if !(options.level > 0.0 && options.level < 1.0) {
            return Err(FitCoxError::Level(options.level));
        }
        if table.rows() != covariates.rows() {
            let (observations, covariates) = (table.rows(), covariates.rows());
            return Err(FitCoxError::Rows { observations, covariates });
        }
        let events = table.event().iter().filter(|event| **event).count();
        if events == 0 {
            return Err(FitCoxError::NoEvents);
        }
        let standard = covariates.standardised(table.weight());
        if let Some(constant) = standard.scale.iter().position(|scale| *scale <= 0.0) {
            let covariate = covariates.names()[constant].clone();
            return Err(FitCoxError::NoContrast { covariate });
        }
        let order = RiskOrder::of(table, &standard, options.ties);
        let maximum = Maximum::of(&order, covariates.names())?;
        Ok(Self::describe(&maximum, covariates, &standard.scale, options, (table.rows(), events)))
    }

    fn describe(
        maximum: &Maximum,
        covariates: &Covariates,
        scale: &[f64],
        options: &CoxOptions,
        (cases, events): (usize, usize),
    ) -> Self {
        let size = scale.len();
        let deviation = normal_quantile(f64::midpoint(1.0, options.level));
        let mut covariance = vec![0.0; size * size];
        for row in 0..size {
            let inverse = maximum.factors.inverse_row(row);
            for column in 0..size {
                covariance[row * size + column] = inverse[column] / scale[row] / scale[column];
            }
        }
        let coefficients = (0..size)
            .map(|row| {
                let coefficient = maximum.coefficients[row] / scale[row];
                let standard_error = covariance[row * size + row].sqrt();
                let z = coefficient / standard_error;
                let half = deviation * standard_error;
                CoxCoefficient {
                    covariate: covariates.names()[row].clone(),
                    coefficient,
                    standard_error,
                    z,
                    p: normal_two_sided(z),
                    hazard_ratio: coefficient.exp(),
                    interval: Interval {
                        lower: (coefficient - half).exp(),
                        upper: (coefficient + half).exp(),
                    },
                }
            })
            .collect();
        let (null, best) = (maximum.log_likelihood_null, maximum.log_likelihood);
        Self {
            coefficients,
            covariance,
            cases,
            events,
            log_likelihood_null: null,
            log_likelihood: best,
            likelihood_ratio: GlobalTest::of(2.0 * (best - null), size),
            wald: GlobalTest::of(maximum.wald, size),
            score: GlobalTest::of(maximum.score, size),
            iterations: maximum.iterations,
        }
    }
}
