//! Observations with times of any unit, checked once.

use std::collections::BTreeMap;

use super::risk_table::{RiskStep, RiskTable};

mod check;

pub use check::CheckObservationsError;

use self::check::{WEIGHTS, check_length, check_times};

/// One row for each case: when it entered, when and how it left, its weight and its stratum.
///
/// Units: times of one unit throughout, counted from the start of the clock.
///
/// ```
/// use stats::survival::{KaplanMeierCurve, KaplanMeierOptions, ObservationTable};
///
/// let table = ObservationTable::new(vec![2.5, 4.0, 6.0], vec![true, false, true])?
///     .with_entry(vec![0.0, 1.0, 3.0])?;
/// let curve = KaplanMeierCurve::of(&table.risk_table(), &KaplanMeierOptions::default())?;
/// assert_eq!(curve.survival_at(2.5), Some(0.5));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct ObservationTable {
    exit: Vec<f64>,
    event: Vec<bool>,
    entry: Option<Vec<f64>>,
    weight: Option<Vec<f64>>,
    stratum: Option<Vec<usize>>,
}

impl ObservationTable {
    /// Takes exit times, and whether each case left by its event rather than by censoring.
    ///
    /// Errors: no row, columns of different lengths, a time that is negative, infinite or not a number.
    pub fn new(exit: Vec<f64>, event: Vec<bool>) -> Result<Self, CheckObservationsError> {
        if exit.is_empty() {
            return Err(CheckObservationsError::Empty);
        }
        check_length("event", event.len(), exit.len())?;
        check_times("exit", &exit)?;
        Ok(Self { exit, event, entry: None, weight: None, stratum: None })
    }

    /// Adds the times at which cases came under observation; 0 is from the start.
    ///
    /// Errors: another length, a time that is negative, infinite or not a number, an exit that is not after its entry.
    pub fn with_entry(mut self, entry: Vec<f64>) -> Result<Self, CheckObservationsError> {
        check_length("entry", entry.len(), self.exit.len())?;
        check_times("entry", &entry)?;
        let early = entry.iter().zip(&self.exit).position(|(entry, exit)| exit <= entry);
        if let Some(row) = early {
            let (entry, exit) = (entry[row], self.exit[row]);
            return Err(CheckObservationsError::NeverAtRisk { row, entry, exit });
        }
        self.entry = Some(entry);
        Ok(self)
    }

    /// Adds weights: a case of weight 2 counts as two cases.
    ///
    /// Errors: another length, a weight outside of a millionth to a million.
    pub fn with_weight(mut self, weight: Vec<f64>) -> Result<Self, CheckObservationsError> {
        check_length("weight", weight.len(), self.exit.len())?;
        if let Some(row) = weight.iter().position(|weight| !WEIGHTS.contains(weight)) {
            return Err(CheckObservationsError::Weight { row, value: weight[row] });
        }
        self.weight = Some(weight);
        Ok(self)
    }

    /// Adds the stratum of each case, by any numbers.
    ///
    /// Errors: another length.
    pub fn with_stratum(mut self, stratum: Vec<usize>) -> Result<Self, CheckObservationsError> {
        check_length("stratum", stratum.len(), self.exit.len())?;
        self.stratum = Some(stratum);
        Ok(self)
    }

    /// Returns how many rows there are.
    pub fn rows(&self) -> usize {
        self.exit.len()
    }

    /// Returns the exit times.
    pub fn exit(&self) -> &[f64] {
        &self.exit
    }

    /// Returns whether each case left by its event.
    pub fn event(&self) -> &[bool] {
        &self.event
    }

    /// Returns the entry times, where there are any.
    pub fn entry(&self) -> Option<&[f64]> {
        self.entry.as_deref()
    }

    /// Returns the weights, where there are any.
    pub fn weight(&self) -> Option<&[f64]> {
        self.weight.as_deref()
    }

    /// Returns the strata, where there are any.
    pub fn stratum(&self) -> Option<&[usize]> {
        self.stratum.as_deref()
    }

    /// Returns the risk table of all rows, strata aside.
    pub fn risk_table(&self) -> RiskTable {
        self.table_of(0..self.rows())
    }

    /// Returns the risk tables of each group, for rows of group `group[row]`, numbered from 0; strata aside.
    ///
    /// Errors: another length, or a group outside of `groups`.
    pub fn risk_tables(
        &self,
        group: &[usize],
        groups: usize,
    ) -> Result<Vec<RiskTable>, CheckObservationsError> {
        let mut strata = self.grouped(group, groups, None)?;
        Ok(strata.pop().unwrap_or_default())
    }

    /// Returns for each stratum, in the order of their numbers, the risk tables of each group.
    ///
    /// Errors: another length, or a group outside of `groups`.
    pub fn risk_tables_by_stratum(
        &self,
        group: &[usize],
        groups: usize,
    ) -> Result<Vec<Vec<RiskTable>>, CheckObservationsError> {
        self.grouped(group, groups, self.stratum())
    }

    fn grouped(
        &self,
        group: &[usize],
        groups: usize,
        stratum: Option<&[usize]>,
    ) -> Result<Vec<Vec<RiskTable>>, CheckObservationsError> {
        check_length("group", group.len(), self.rows())?;
        if let Some(row) = group.iter().position(|group| *group >= groups) {
            let group = group[row];
            return Err(CheckObservationsError::UnknownGroup { row, group, groups });
        }
        let mut strata = BTreeMap::new();
        for row in 0..self.rows() {
            let stratum = stratum.map_or(0, |stratum| stratum[row]);
            let rows = strata.entry(stratum).or_insert_with(|| vec![Vec::new(); groups]);
            rows[group[row]].push(row);
        }
        let table = |rows: Vec<usize>| self.table_of(rows.into_iter());
        Ok(strata.into_values().map(|rows| rows.into_iter().map(table).collect()).collect())
    }

    fn table_of(&self, rows: impl Iterator<Item = usize> + Clone) -> RiskTable {
        let exit = |row: usize| (self.exit[row], self.event[row]);
        let left = self.tally(rows.clone(), exit);
        let late = self.entry.as_ref().map_or_else(Vec::new, |entry| {
            self.tally(rows.filter(|row| entry[*row] > 0.0), |row| (entry[row], false))
        });
        let total = |tally: &[Tally]| tally.iter().map(|tally| tally.weight).sum::<f64>();
        let at_start = total(&left) - total(&late);
        let mut steps: Vec<RiskStep> = Vec::with_capacity(left.len() + late.len());
        let mut late = late.into_iter().peekable();
        for tally in left {
            while let Some(entry) = late.next_if(|entry| entry.time <= tally.time) {
                step_at(&mut steps, entry.time).entered += entry.weight;
            }
            let step = step_at(&mut steps, tally.time);
            if tally.event {
                step.events += tally.weight;
            } else {
                step.censored += tally.weight;
            }
        }
        // Whoever enters leaves later, so that no entry is left over.
        RiskTable::fill(at_start, steps)
    }

    /// Returns the distinct times of rows in order, once for events and once for the rest, each with its weight.
    fn tally(
        &self,
        rows: impl Iterator<Item = usize>,
        of: impl Fn(usize) -> (f64, bool),
    ) -> Vec<Tally> {
        // The bits of numbers that are not negative are ordered as the numbers, and leave the sign for the event.
        let key = |row: usize| {
            let (time, event) = of(row);
            (time + 0.0).to_bits() << 1 | u64::from(event)
        };
        let mut tallies = Vec::new();
        let mut push = |key: u64, weight: f64| {
            let tally = Tally { time: f64::from_bits(key >> 1), event: key & 1 == 1, weight };
            match tallies.last_mut() {
                Some(Tally { time, event, weight: sum })
                    if *time == tally.time && *event == tally.event =>
                {
                    *sum += weight;
                }
                _ => tallies.push(tally),
            }
        };
        if let Some(weight) = &self.weight {
            let mut keys: Vec<(u64, f64)> = rows.map(|row| (key(row), weight[row])).collect();
            keys.sort_unstable_by(|one, two| one.0.cmp(&two.0).then(one.1.total_cmp(&two.1)));
            keys.into_iter().for_each(|(key, weight)| push(key, weight));
        } else {
            let mut keys: Vec<u64> = rows.map(key).collect();
            keys.sort_unstable();
            keys.into_iter().for_each(|key| push(key, 1.0));
        }
        tallies
    }
}

/// How much happened at a time.
struct Tally {
    time: f64,
    event: bool,
    weight: f64,
}

/// Returns the step of a time that is not before the last step.
fn step_at(steps: &mut Vec<RiskStep>, time: f64) -> &mut RiskStep {
    if steps.last().is_none_or(|step| step.time != time) {
        steps.push(RiskStep { time, at_risk: 0.0, events: 0.0, censored: 0.0, entered: 0.0 });
    }
    let last = steps.len() - 1;
    &mut steps[last]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_which_row_is_wrong() {
        use CheckObservationsError as Wrong;
        assert_eq!(ObservationTable::new(Vec::new(), Vec::new()), Err(Wrong::Empty));
        for value in [f64::NAN, f64::INFINITY, -1.0] {
            let table = ObservationTable::new(vec![1.0, value], vec![true; 2]);
            assert!(matches!(table, Err(Wrong::Time { column: "exit", row: 1, .. })), "{value}");
            let good = ObservationTable::new(vec![1.0, 2.0], vec![true; 2]).unwrap();
            let entered = good.clone().with_entry(vec![0.0, value]);
            assert!(matches!(entered, Err(Wrong::Time { column: "entry", row: 1, .. })), "{value}");
            let weighted = good.with_weight(vec![1.0, value]);
            assert!(matches!(weighted, Err(Wrong::Weight { row: 1, .. })), "{value}");
        }
        let good = ObservationTable::new(vec![1.0, 2.0], vec![true; 2]).unwrap();
        let late = good.clone().with_entry(vec![0.0, 2.0]);
        assert_eq!(late, Err(Wrong::NeverAtRisk { row: 1, entry: 2.0, exit: 2.0 }));
        assert!(matches!(good.clone().with_weight(vec![1.0]), Err(Wrong::ColumnLength { .. })));
        assert!(matches!(good.risk_tables(&[0, 1], 1), Err(Wrong::UnknownGroup { row: 1, .. })));
    }

    #[test]
    fn tells_events_entries_and_censorings_of_one_time_apart() {
        let table = ObservationTable::new(vec![3.0, 3.0, 3.0, 5.5], vec![true, false, true, false])
            .unwrap()
            .with_entry(vec![0.0, 1.5, 0.0, 3.0])
            .unwrap()
            .risk_table();
        let steps = [
            RiskStep { time: 1.5, at_risk: 2.0, events: 0.0, censored: 0.0, entered: 1.0 },
            RiskStep { time: 3.0, at_risk: 3.0, events: 2.0, censored: 1.0, entered: 1.0 },
            RiskStep { time: 5.5, at_risk: 1.0, events: 0.0, censored: 1.0, entered: 0.0 },
        ];
        assert_eq!(table.steps(), steps);
        assert_eq!(table.at_start(), 2.0);
    }
}
