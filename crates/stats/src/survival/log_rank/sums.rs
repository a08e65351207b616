//! What a comparison of groups sums over times and strata.

use crate::{
    chi_square_tail,
    linear::Factors,
    survival::risk_table::{RiskStep, RiskTable},
};

use super::{CompareGroupsError, LogRankGroup, LogRankTest, LogRankWeight};

/// Share of its own variance below which what a group adds to the others counts as nothing.
const PIVOT_TOLERANCE: f64 = 1e-10;

/// What is summed over times and strata.
pub(super) struct Sums {
    groups: Vec<LogRankGroup>,
    variance: Vec<f64>,
    at_risk: Vec<f64>,
}

impl Sums {
    pub(super) fn new(size: usize) -> Self {
        let groups = vec![LogRankGroup::default(); size];
        Self { groups, variance: vec![0.0; size * size], at_risk: vec![0.0; size] }
    }

    pub(super) fn add_stratum(&mut self, tables: &[RiskTable], weight: LogRankWeight) {
        for (group, table) in self.groups.iter_mut().zip(tables) {
            group.cases += table.cases();
            group.observed += table.events();
        }
        let mut walks: Vec<Walk<'_>> = tables.iter().map(Walk::new).collect();
        let mut events_of = vec![0.0; tables.len()];
        let mut survival = Survival::default();
        for time in event_times(tables) {
            for (group, walk) in walks.iter_mut().enumerate() {
                (self.at_risk[group], events_of[group]) = walk.to(time);
            }
            let at_risk: f64 = self.at_risk.iter().sum();
            let events: f64 = events_of.iter().sum();
            let factor = survival.weigh(weight, at_risk, events);
            self.add_time(&events_of, at_risk, events, factor);
        }
    }

    fn add_time(&mut self, events_of: &[f64], at_risk: f64, events: f64, factor: f64) {
        let size = self.groups.len();
        let spread = if at_risk > 1.0 {
            factor * factor * events * (at_risk - events) / (at_risk - 1.0)
        } else {
            0.0
        };
        for (group, of_group) in events_of.iter().enumerate() {
            let share = self.at_risk[group] / at_risk;
            self.groups[group].expected += events * share;
            self.groups[group].weighted_difference += factor * (of_group - events * share);
            if spread == 0.0 || share == 0.0 {
                continue;
            }
            self.variance[group * size + group] += spread * share;
            for other in 0..size {
                self.variance[group * size + other] -=
                    spread * share * self.at_risk[other] / at_risk;
            }
        }
    }

    pub(super) fn finish(self) -> Result<LogRankTest, CompareGroupsError> {
        let size = self.groups.len();
        if self.groups.iter().all(|group| group.observed <= 0.0) {
            return Err(CompareGroupsError::NoEvents);
        }
        // The differences add up to nothing, so that one group says nothing new: the last pivot vanishes.
        let factors = Factors::of(&self.variance, size, PIVOT_TOLERANCE);
        let differences: Vec<f64> =
            self.groups.iter().map(|group| group.weighted_difference).collect();
        let degrees = factors.rank();
        if degrees == 0 {
            return Err(CompareGroupsError::NeverTogether);
        }
        let chi_square = factors.inverse_form(&differences).max(0.0);
        let p = chi_square_tail(chi_square, degrees);
        Ok(LogRankTest { groups: self.groups, chi_square, degrees, p })
    }
}

/// Returns the distinct times at which somebody of any group has the event.
fn event_times(tables: &[RiskTable]) -> Vec<f64> {
    let mut times: Vec<f64> = tables
        .iter()
        .flat_map(RiskTable::steps)
        .filter(|step| step.events > 0.0)
        .map(|step| step.time)
        .collect();
    // The times of each group are in order already, which the stable sort makes use of.
    times.sort_by(f64::total_cmp);
    times.dedup();
    times
}

/// A walk along the steps of a table, by increasing times.
struct Walk<'a> {
    at_risk: f64,
    rest: &'a [RiskStep],
}

impl<'a> Walk<'a> {
    fn new(table: &'a RiskTable) -> Self {
        Self { at_risk: table.at_start(), rest: table.steps() }
    }

    /// Returns those at risk and the events at a time.
    fn to(&mut self, time: f64) -> (f64, f64) {
        while let [step, rest @ ..] = self.rest
            && step.time < time
        {
            self.at_risk = step.at_risk_after();
            self.rest = rest;
        }
        match self.rest {
            [step, ..] if step.time == time => (step.at_risk, step.events),
            _ => (self.at_risk, 0.0),
        }
    }
}

/// The survival of all groups together, as weights need it.
struct Survival {
    kaplan_meier: f64,
    peto: f64,
}

impl Default for Survival {
    fn default() -> Self {
        Self { kaplan_meier: 1.0, peto: 1.0 }
    }
}

impl Survival {
    /// Returns the weight of a time, and goes past it.
    fn weigh(&mut self, weight: LogRankWeight, at_risk: f64, events: f64) -> f64 {
        let before = self.kaplan_meier;
        self.kaplan_meier *= 1.0 - events / at_risk;
        self.peto *= 1.0 - events / (at_risk + 1.0);
        match weight {
            LogRankWeight::Equal => 1.0,
            LogRankWeight::GehanBreslow => at_risk,
            LogRankWeight::TaroneWare => at_risk.sqrt(),
            LogRankWeight::PetoPeto => self.peto,
            LogRankWeight::FlemingHarrington { p, q } => before.powf(p) * (1.0 - before).powf(q),
        }
    }
}
