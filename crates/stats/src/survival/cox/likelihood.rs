//! The partial likelihood, its gradient and its information.

use std::collections::BTreeMap;

use crate::{linear::dot, sum::Sum, survival::observation::ObservationTable};

use super::{TieHandling, covariates::Standardised};

/// Share of the risk set that taking cases out may leave before its sums are made anew.
const CANCELLATION: f64 = 1e-6;

/// Cases in the order in which the likelihood meets them: within strata, from the last exit to the first.
pub(super) struct RiskOrder {
    size: usize,
    ties: TieHandling,
    strata: Vec<Stratum>,
}

struct Stratum {
    exit: Vec<f64>,
    event: Vec<bool>,
    weight: Vec<f64>,
    /// One row after the other.
    covariates: Vec<f64>,
    entry: Vec<f64>,
    /// Rows from the last entry to the first, of those that enter after the start.
    by_entry: Vec<usize>,
}

/// The logarithm of the partial likelihood at some coefficients, and how it changes there.
pub(super) struct Evaluation {
    pub(super) log_likelihood: f64,
    pub(super) gradient: Vec<f64>,
    /// Minus the second derivatives, one row after the other.
    pub(super) information: Vec<f64>,
}

impl RiskOrder {
    pub(super) fn of(table: &ObservationTable, cells: &Standardised, ties: TieHandling) -> Self {
        let mut rows_of: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for row in 0..table.rows() {
            let stratum = table.stratum().map_or(0, |stratum| stratum[row]);
            rows_of.entry(stratum).or_default().push(row);
        }
        let size = cells.scale.len();
        let strata = rows_of.into_values().map(|rows| Stratum::of(table, cells, rows)).collect();
        Self { size, ties, strata }
    }

    /// Returns the number of covariates.
    pub(super) fn size(&self) -> usize {
        self.size
    }

    /// Returns how far the linear predictors of two cases of a stratum can be apart.
    pub(super) fn spread(&self, coefficients: &[f64]) -> f64 {
        let of_stratum = |stratum: &Stratum| {
            let (mut least, mut most) = (f64::INFINITY, f64::NEG_INFINITY);
            for row in stratum.covariates.chunks_exact(self.size) {
                let predictor = dot(row, coefficients);
                least = least.min(predictor);
                most = most.max(predictor);
            }
            most - least
        };
        self.strata.iter().map(of_stratum).fold(0.0, f64::max)
    }

    pub(super) fn evaluate(&self, coefficients: &[f64]) -> Evaluation {
        let mut sums = Sums {
            log_likelihood: Sum::default(),
            gradient: vec![Sum::default(); self.size],
            information: vec![0.0; self.size * self.size],
        };
        for stratum in &self.strata {
            stratum.evaluate(coefficients, self.ties, &mut sums);
        }
        for row in 0..self.size {
            for column in 0..row {
                sums.information[column * self.size + row] =
                    sums.information[row * self.size + column];
            }
        }
        Evaluation {
            log_likelihood: sums.log_likelihood.value(),
            gradient: sums.gradient.iter().map(Sum::value).collect(),
            information: sums.information,
        }
    }
}

impl Stratum {
    fn of(table: &ObservationTable, cells: &Standardised, mut rows: Vec<usize>) -> Self {
        let size = cells.scale.len();
        rows.sort_by(|one, two| table.exit()[*two].total_cmp(&table.exit()[*one]));
        let pick = |from: &[f64]| rows.iter().map(|row| from[*row]).collect::<Vec<f64>>();
        let entry = table.entry().map_or_else(Vec::new, pick);
        let mut by_entry: Vec<usize> = (0..entry.len()).filter(|row| entry[*row] > 0.0).collect();
        by_entry.sort_by(|one, two| entry[*two].total_cmp(&entry[*one]));
        Self {
            exit: pick(table.exit()),
            event: rows.iter().map(|row| table.event()[*row]).collect(),
            weight: table.weight().map_or_else(|| vec![1.0; rows.len()], pick),
            covariates: rows
                .iter()
                .flat_map(|row| &cells.cells[row * size..(row + 1) * size])
                .copied()
                .collect(),
            entry,
            by_entry,
        }
    }

    fn evaluate(&self, coefficients: &[f64], ties: TieHandling, sums: &mut Sums) {
        let size = coefficients.len();
        let mut predictors: Vec<f64> =
            self.covariates.chunks_exact(size).map(|row| dot(row, coefficients)).collect();
        let largest = predictors.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        predictors.iter_mut().for_each(|predictor| *predictor -= largest);
        let risk = |row: usize| self.weight[row] * predictors[row].exp();
        let covariates = |row: usize| &self.covariates[row * size..(row + 1) * size];

        let (mut at_risk, mut leaving) = (Moments::new(size), Moments::new(size));
        let (mut first, mut gone) = (0, 0);
        while first < self.exit.len() {
            let time = self.exit[first];
            let same = self.exit[first..].iter().take_while(|exit| **exit == time).count();
            let rows = first..first + same;
            first = rows.end;
            rows.clone().for_each(|row| at_risk.add(risk(row), covariates(row)));
            if !self.event[rows.clone()].contains(&true) {
                continue;
            }
            let before = at_risk.total.value();
            while let Some(&row) = self.by_entry.get(gone)
                && self.entry[row] >= time
            {
                at_risk.add(-risk(row), covariates(row));
                gone += 1;
            }
            if at_risk.total.value() < CANCELLATION * before {
                at_risk.clear();
                let entered = |row: &usize| self.entry[*row] < time;
                (0..first).filter(entered).for_each(|row| at_risk.add(risk(row), covariates(row)));
            }
            leaving.clear();
            let (mut count, mut weight) = (0, 0.0);
            for row in rows.filter(|row| self.event[*row]) {
                leaving.add(risk(row), covariates(row));
                count += 1;
                weight += self.weight[row];
                sums.log_likelihood.add(self.weight[row] * predictors[row]);
                for (gradient, value) in sums.gradient.iter_mut().zip(covariates(row)) {
                    gradient.add(self.weight[row] * value);
                }
            }
            match ties {
                TieHandling::Breslow => sums.take_out(&at_risk, &leaving, 0.0, weight),
                TieHandling::Efron => {
                    let each = weight / f64::from(count);
                    for earlier in 0..count {
                        let share = f64::from(earlier) / f64::from(count);
                        sums.take_out(&at_risk, &leaving, share, each);
                    }
                }
            }
        }
    }
}

/// Sums over a set of cases of their risk, and of their covariates and products of covariates weighted by it.
///
/// Cases come and go by the hundred thousand, and what was rounded on the way would stay.
struct Moments {
    total: Sum,
    first: Vec<Sum>,
    /// The lower triangle, one row after the other.
    second: Vec<Sum>,
}

impl Moments {
    fn new(size: usize) -> Self {
        let sums = |count| vec![Sum::default(); count];
        Self { total: Sum::default(), first: sums(size), second: sums(size * (size + 1) / 2) }
    }

    fn clear(&mut self) {
        self.total = Sum::default();
        self.first.fill(Sum::default());
        self.second.fill(Sum::default());
    }

    fn add(&mut self, risk: f64, covariates: &[f64]) {
        self.total.add(risk);
        let mut second = self.second.iter_mut();
        for (row, (sum, value)) in self.first.iter_mut().zip(covariates).enumerate() {
            let weighted = risk * value;
            sum.add(weighted);
            for (sum, other) in second.by_ref().take(row + 1).zip(covariates) {
                sum.add(weighted * other);
            }
        }
    }
}

/// An evaluation while it is summed up.
struct Sums {
    log_likelihood: Sum,
    gradient: Vec<Sum>,
    /// The lower triangle of a square.
    information: Vec<f64>,
}

impl Sums {
    /// Takes out of the likelihood what an event of some weight owes to its risk set, less a share of those leaving.
    fn take_out(&mut self, at_risk: &Moments, leaving: &Moments, share: f64, weight: f64) {
        let size = self.gradient.len();
        let less = |all: &Sum, leaving: &Sum| all.value() - share * leaving.value();
        let total = less(&at_risk.total, &leaving.total);
        self.log_likelihood.add(-weight * total.ln());
        let mean = |row: usize| less(&at_risk.first[row], &leaving.first[row]) / total;
        let mut place = 0;
        for row in 0..size {
            let of_row = mean(row);
            self.gradient[row].add(-weight * of_row);
            for column in 0..=row {
                let product = less(&at_risk.second[place], &leaving.second[place]) / total;
                self.information[row * size + column] += weight * (product - of_row * mean(column));
                place += 1;
            }
        }
    }
}
