//! How many are at risk, have their event, are censored or enter at each distinct time.

use crate::Interval;

/// Share of the total below which a rest of the risk set is rounding of fractional weights.
const ROUNDING: f64 = 1e-12;

/// One distinct time of a risk table.
///
/// Units: `time` as the observations; the counts are cases, or sums of weights.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RiskStep {
    /// The time.
    pub time: f64,
    /// Those at risk at this time, before anything happens at it.
    pub at_risk: f64,
    /// Those whose event happens at this time.
    pub events: f64,
    /// Those censored at this time.
    pub censored: f64,
    /// Those who enter at this time, and are at risk after it.
    pub entered: f64,
}

impl RiskStep {
    /// Returns how many are at risk right after this time.
    pub fn at_risk_after(&self) -> f64 {
        self.at_risk - self.events - self.censored + self.entered
    }
}

/// Whoever is at risk, at each distinct time at which something happens, in order.
#[derive(Debug, Clone, PartialEq)]
pub struct RiskTable {
    start: f64,
    at_start: f64,
    steps: Vec<RiskStep>,
}

impl RiskTable {
    /// Makes a table of those at risk from the start and of steps in increasing time, whose `at_risk` it fills in.
    pub(crate) fn fill(at_start: f64, mut steps: Vec<RiskStep>) -> Self {
        let total = at_start + steps.iter().map(|step| step.entered).sum::<f64>();
        let mut at_risk = at_start;
        for step in &mut steps {
            let leaving = step.events + step.censored;
            // Fractional weights do not add up to the last bit: a risk set that all leave becomes empty.
            step.at_risk =
                if (at_risk - leaving).abs() <= ROUNDING * total { leaving } else { at_risk };
            at_risk = step.at_risk_after();
        }
        Self { start: 0.0, at_start, steps }
    }

    /// Returns the time from which the table counts: 0, or its landmark.
    pub fn start(&self) -> f64 {
        self.start
    }

    /// Returns how many are under observation from the start.
    pub fn at_start(&self) -> f64 {
        self.at_start
    }

    /// Returns the steps in increasing time.
    pub fn steps(&self) -> &[RiskStep] {
        &self.steps
    }

    /// Returns how many cases there are, early and late, or the sum of their weights.
    pub fn cases(&self) -> f64 {
        self.at_start + self.steps.iter().map(|step| step.entered).sum::<f64>()
    }

    /// Returns how many have their event.
    pub fn events(&self) -> f64 {
        self.steps.iter().map(|step| step.events).sum()
    }

    /// Tells whether any case enters after the start.
    pub fn has_delayed_entry(&self) -> bool {
        self.steps.iter().any(|step| step.entered > 0.0)
    }

    /// Returns how many are at risk at `time`: entered before it and not yet gone.
    ///
    /// Source: R `summary.survfit`, `n.risk` at given times.
    pub fn at_risk(&self, time: f64) -> f64 {
        let before = self.steps.partition_point(|step| step.time < time);
        match self.steps.get(before) {
            Some(step) if step.time == time => step.at_risk,
            _ if before == 0 => self.at_start,
            _ => self.steps[before - 1].at_risk_after(),
        }
    }

    /// Returns the earliest time right after which at least `minimum` are at risk, or `None` if there never are so many.
    ///
    /// It is a landmark from which a curve with delayed entry stands on enough cases.
    pub fn earliest_with_at_risk(&self, minimum: f64) -> Option<f64> {
        if self.at_start >= minimum {
            return Some(self.start);
        }
        self.steps.iter().find(|step| step.at_risk_after() >= minimum).map(|step| step.time)
    }

    /// Returns the table of those still at risk right after `landmark`, and of what comes after it.
    ///
    /// A curve of it is the survival conditional on being alive at the landmark, with times still counted from the
    /// original start.
    pub fn from_landmark(&self, landmark: f64) -> Self {
        let first = self.steps.partition_point(|step| step.time <= landmark);
        let at_start =
            if first == 0 { self.at_start } else { self.steps[first - 1].at_risk_after() };
        Self { start: landmark.max(self.start), at_start, steps: self.steps[first..].to_vec() }
    }

    /// Returns the stretches of time, before the last exit, in which nobody was under observation.
    ///
    /// A curve runs level through them for want of data: survival there is not known.
    pub fn unobserved_intervals(&self) -> Vec<Interval> {
        let mut empty_since = (self.at_start <= 0.0).then_some(self.start);
        let mut stretches = Vec::new();
        for step in &self.steps {
            let after = step.at_risk_after();
            if let Some(lower) = empty_since
                && after > 0.0
            {
                if step.time > lower {
                    stretches.push(Interval { lower, upper: step.time });
                }
                empty_since = None;
            } else if empty_since.is_none() && after <= 0.0 {
                empty_since = Some(step.time);
            }
        }
        stretches
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(time: f64, events: f64, censored: f64, entered: f64) -> RiskStep {
        RiskStep { time, at_risk: 0.0, events, censored, entered }
    }

    #[test]
    fn counts_those_who_entered_before_and_have_not_left() {
        let table = RiskTable::fill(
            0.0,
            vec![step(1.0, 0.0, 0.0, 2.0), step(3.0, 1.0, 1.0, 3.0), step(5.0, 3.0, 0.0, 0.0)],
        );
        assert_eq!(table.at_risk(1.0), 0.0, "who enters at 1 is at risk after it");
        assert_eq!(table.at_risk(2.0), 2.0);
        assert_eq!(table.at_risk(3.0), 2.0);
        assert_eq!(table.at_risk(5.0), 3.0);
        assert_eq!(table.at_risk(5.1), 0.0);
        assert_eq!(table.cases(), 5.0);
    }

    #[test]
    fn finds_the_stretches_without_anybody() {
        let table = RiskTable::fill(
            0.0,
            vec![
                step(1.0, 0.0, 0.0, 1.0),
                step(2.0, 0.0, 1.0, 0.0),
                step(4.0, 0.0, 0.0, 2.0),
                step(6.0, 2.0, 0.0, 0.0),
            ],
        );
        let expected = [Interval { lower: 0.0, upper: 1.0 }, Interval { lower: 2.0, upper: 4.0 }];
        assert_eq!(table.unobserved_intervals(), expected);
        assert_eq!(table.earliest_with_at_risk(2.0), Some(4.0));
        assert_eq!(table.earliest_with_at_risk(3.0), None);
        assert_eq!(table.from_landmark(4.0).at_start(), 2.0);
        assert_eq!(table.from_landmark(4.0).events(), 2.0);
    }

    #[test]
    fn fractional_weights_leave_an_empty_risk_set() {
        let table = RiskTable::fill(
            0.1 + 0.2 + 0.3,
            vec![step(1.0, 0.3, 0.0, 0.0), step(2.0, 0.2, 0.0, 0.0), step(3.0, 0.1, 0.0, 0.0)],
        );
        assert_eq!(table.steps()[2].at_risk, 0.1);
    }
}
