//! The maximum of the partial likelihood, by Newton's method with step halving.

use crate::linear::{Factors, dot};

use super::{FitCoxError, likelihood::RiskOrder};

/// Most steps towards the maximum.
const STEP_LIMIT: usize = 80;

/// Most times that one step is halved.
const HALVING_LIMIT: usize = 40;

/// How much the likelihood may still be expected to grow at its maximum.
const EXPECTED_GROWTH: f64 = 1e-18;

/// How little it grows when a step that still moves the cases apart is taken for one of a likelihood without maximum.
const MONOTONE_GROWTH: f64 = 1e-9;

/// How far a step moves the linear predictors of two cases apart when the likelihood has no maximum.
///
/// Newton's method moves them by about 1 in each step then, and by next to nothing near a maximum.
const MONOTONE_SPREAD: f64 = 0.1;

/// Share of its own information below which a covariate counts as a combination of others.
const COLLINEAR: f64 = 1e-9;

/// Share of the information of a covariate of unit variance, for each event, below which it has no contrast.
const NO_CONTRAST: f64 = 1e-12;

/// Share of the likelihood that rounding may take away from one step to the next.
const ROUNDING: f64 = 1e-13;

/// The maximum of a partial likelihood.
pub(super) struct Maximum {
    pub(super) coefficients: Vec<f64>,
    pub(super) factors: Factors,
    pub(super) log_likelihood_null: f64,
    pub(super) log_likelihood: f64,
    pub(super) score: f64,
    pub(super) wald: f64,
    pub(super) iterations: usize,
}

impl Maximum {
    pub(super) fn of(order: &RiskOrder, names: &[String]) -> Result<Self, FitCoxError> {
        let size = order.size();
        let mut coefficients = vec![0.0; size];
        let mut here = order.evaluate(&coefficients);
        let largest = (0..size).map(|row| here.information[row * size + row]).fold(0.0, f64::max);
        let flat = |row: &usize| here.information[row * size + row] <= NO_CONTRAST * largest;
        if let Some(row) = (0..size).find(flat) {
            return Err(FitCoxError::NoContrast { covariate: names[row].clone() });
        }
        let mut factors = Factors::of(&here.information, size, COLLINEAR);
        if let Some(row) = factors.first_left_out() {
            return Err(FitCoxError::Collinear { covariate: names[row].clone() });
        }
        let log_likelihood_null = here.log_likelihood;
        let score = factors.inverse_form(&here.gradient);

        for iterations in 0..STEP_LIMIT {
            let step = factors.solve(&here.gradient);
            let growth = dot(&step, &here.gradient);
            if growth < MONOTONE_GROWTH && order.spread(&step) > MONOTONE_SPREAD {
                return Err(monotone(order, &step, names));
            }
            if growth < EXPECTED_GROWTH {
                return Ok(Self {
                    wald: quadratic_form(&here.information, &coefficients),
                    coefficients,
                    factors,
                    log_likelihood_null,
                    log_likelihood: here.log_likelihood,
                    score,
                    iterations,
                });
            }
            let mut length = 1.0;
            let mut halvings = 0;
            (coefficients, here) = loop {
                let ahead: Vec<f64> = coefficients
                    .iter()
                    .zip(&step)
                    .map(|(from, step)| from + length * step)
                    .collect();
                let there = order.evaluate(&ahead);
                let allowed = here.log_likelihood - ROUNDING * here.log_likelihood.abs();
                if there.log_likelihood >= allowed {
                    break (ahead, there);
                }
                halvings += 1;
                length *= 0.5;
                if halvings == HALVING_LIMIT {
                    return Err(FitCoxError::NotConverged { iterations });
                }
            };
            factors = Factors::of(&here.information, size, f64::EPSILON);
            if factors.first_left_out().is_some() {
                return Err(monotone(order, &step, names));
            }
        }
        Err(FitCoxError::NotConverged { iterations: STEP_LIMIT })
    }
}

/// Returns the error that names the covariate which moves the cases farthest apart.
fn monotone(order: &RiskOrder, step: &[f64], names: &[String]) -> FitCoxError {
    let alone = |row: usize| {
        let mut lone = vec![0.0; step.len()];
        lone[row] = step[row];
        order.spread(&lone)
    };
    let farthest = (0..step.len()).max_by(|one, two| alone(*one).total_cmp(&alone(*two)));
    FitCoxError::Monotone { covariate: names[farthest.unwrap_or(0)].clone() }
}

fn quadratic_form(matrix: &[f64], vector: &[f64]) -> f64 {
    matrix.chunks_exact(vector.len()).zip(vector).map(|(row, value)| value * dot(row, vector)).sum()
}
