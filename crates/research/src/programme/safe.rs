//! What everybody may see of the statistics.

use stats::disclosure::{CellPlace, CountTable, HideCellsError, HidingRules, SafeList, SafeTable};

use super::{ProgrammeStatistics, Shown};

/// A table by rows and columns, with totals, that is safe to show.
struct Hidden {
    table: SafeTable,
    rows: Vec<usize>,
}

impl Hidden {
    /// Hides small counts of a table; rows without a case are left out, for they say nothing.
    fn of(rows: &[Vec<u64>], threshold: u64) -> Result<Option<Self>, HideCellsError> {
        let kept: Vec<usize> =
            (0..rows.len()).filter(|at| rows[*at].iter().any(|count| *count > 0)).collect();
        let Some(columns) = kept.first().map(|at| rows[*at].len()) else { return Ok(None) };
        let counts: Vec<u64> = kept.iter().flat_map(|at| rows[*at].iter().copied()).collect();
        let table = CountTable::new(kept.len(), columns, &counts)?;
        let rules = HidingRules { threshold, ..HidingRules::default() };
        Ok(Some(Self { table: SafeTable::of(&table, &rules)?, rows: kept }))
    }

    /// Returns a count; 0 in a row that has none.
    fn count(&self, row: Option<usize>, column: Option<usize>) -> Shown {
        let row = match row {
            Some(row) => match self.rows.iter().position(|kept| *kept == row) {
                Some(place) => Some(place),
                None => return Some(0),
            },
            None => None,
        };
        self.table.count(CellPlace { row, column })
    }
}

impl ProgrammeStatistics {
    /// Returns the statistics with counts from 1 to below a threshold hidden, and others from which they could be worked out.
    ///
    /// Each table is hidden by itself, so that a total is shown only where every table shows it.
    ///
    /// Errors: a count or a threshold that is too large.
    pub fn safe(&self, threshold: u64) -> Result<Self, HideCellsError> {
        let mut safe = self.clone();
        let known = |counts: &[Shown]| counts.iter().map(|count| count.unwrap_or(0)).collect();
        let months: Vec<Vec<u64>> =
            self.facilities.iter().map(|row| known(&row.by_month)).collect();
        let reach: Vec<Vec<u64>> = self.facilities.iter().map(|row| known(&row.reach)).collect();
        let places: Vec<Vec<u64>> = self.prefectures.iter().map(|row| known(&row.reach)).collect();
        let [months, reach, places] = [
            Hidden::of(&months, threshold)?,
            Hidden::of(&reach, threshold)?,
            Hidden::of(&places, threshold)?,
        ];
        // Without a test there is nothing to hide.
        let (Some(months), Some(reach), Some(places)) = (months, reach, places) else {
            return Ok(safe);
        };
        for (at, row) in safe.facilities.iter_mut().enumerate() {
            for (month, count) in row.by_month.iter_mut().enumerate() {
                *count = months.count(Some(at), Some(month));
            }
            for (place, count) in row.reach.iter_mut().enumerate() {
                *count = reach.count(Some(at), Some(place));
            }
            row.total = months.count(Some(at), None).and(reach.count(Some(at), None));
            if row.total.is_none() {
                row.by_month.iter_mut().chain(&mut row.reach).for_each(|count| *count = None);
            }
            // Which hospitals had so few tests would tell of them.
            row.hospitals.clear();
        }
        for (month, count) in safe.by_month.iter_mut().enumerate() {
            *count = months.count(None, Some(month));
        }
        for (place, count) in safe.reach.iter_mut().enumerate() {
            *count = reach.count(None, Some(place)).and(places.count(None, Some(place)));
        }
        for (at, row) in safe.prefectures.iter_mut().enumerate() {
            for (place, count) in row.reach.iter_mut().enumerate() {
                *count = places.count(Some(at), Some(place));
            }
            row.total = places.count(Some(at), None);
        }
        let counts: Vec<u64> = self.levels.iter().map(|(_, count)| count.unwrap_or(0)).collect();
        let levels = SafeList::of(&counts, threshold)?;
        for ((_, shown), count) in safe.levels.iter_mut().zip(levels.counts) {
            *shown = count;
        }
        let totals = [months.count(None, None), reach.count(None, None), places.count(None, None)];
        safe.total = totals.into_iter().chain([levels.total]).fold(self.total, Option::and);
        // What came before, less what came before the year before, would be that year's total.
        safe.earlier = None;
        if safe.total.is_none() {
            safe.hide_all();
        }
        Ok(safe)
    }

    /// Hides every count: where the total is a secret, no table may tell it.
    fn hide_all(&mut self) {
        let facilities = self.facilities.iter_mut();
        let rows = facilities
            .flat_map(|row| row.by_month.iter_mut().chain(&mut row.reach).chain([&mut row.total]));
        let places = self.prefectures.iter_mut();
        let places = places.flat_map(|row| row.reach.iter_mut().chain([&mut row.total]));
        let levels = self.levels.iter_mut().map(|(_, count)| count);
        let sums = self.by_month.iter_mut().chain(&mut self.reach);
        rows.chain(places).chain(levels).chain(sums).for_each(|count| *count = None);
    }
}
