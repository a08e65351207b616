//! Which cells of a table are hidden, and what remains to be known of them.

use super::{
    network::{Known, Network},
    table::{CellPlace, CountTable, HideCellsError, HidingRules, TotalsShown},
};

/// Cost of hiding any cell, so that few are hidden.
const COST_OF_CELL: u64 = 1_000;

/// Cost of each doubling of a hidden count, so that small ones are hidden rather than large ones.
const COST_OF_DOUBLING: u64 = 100;

/// Cost of hiding the total of a row or column.
const COST_OF_TOTAL: u64 = 20_000;

/// Cost of hiding the total of all.
const COST_OF_GRAND_TOTAL: u64 = 2_000_000;

/// What can be worked out of a hidden count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FeasibleInterval {
    /// Where it stands.
    pub place: CellPlace,
    /// The least that it can be.
    pub least: u64,
    /// The most that it can be; `None` when nothing limits it.
    pub most: Option<u64>,
}

/// What a reader knows of a count of a list from elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Beforehand {
    /// Nothing.
    #[default]
    Nothing,
    /// The count itself, so that hiding it hides nothing.
    Count,
    /// So much that this count would tell a small one.
    Neighbour,
}

/// A table whose small counts are hidden, with enough others that they cannot be worked out.
///
/// Source: complementary cell suppression: Cox LH, J Am Stat Assoc 1980;75:377; one cell after the other along the
/// cheapest circle of cells, as in Kelly JP, Golden BL, Assad AA, Networks 1992;22:397.
///
/// ```
/// use stats::disclosure::{CellPlace, CountTable, HidingRules, SafeTable};
///
/// let table = CountTable::new(2, 2, &[3, 40, 50, 60])?;
/// let safe = SafeTable::of(&table, &HidingRules::default())?;
/// assert_eq!(safe.count(CellPlace { row: Some(0), column: Some(0) }), None);
/// assert_eq!(safe.count(CellPlace { row: Some(1), column: Some(1) }), None, "or the 3 could be worked out");
/// assert_eq!(safe.count(CellPlace { row: None, column: None }), Some(153));
/// # Ok::<(), stats::disclosure::HideCellsError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SafeTable {
    table: CountTable,
    known: Vec<Known>,
}

impl SafeTable {
    /// Hides what the rules say, and what it takes.
    ///
    /// Counts of 0 are shown always. Where the table is so small that nothing else helps, totals are hidden too.
    ///
    /// Errors: a threshold that is too large.
    pub fn of(table: &CountTable, rules: &HidingRules) -> Result<Self, HideCellsError> {
        Self::beside(table, rules, &[])
    }

    /// Does the same where counts, row by row, are known from elsewhere or must be hidden for what is.
    fn beside(
        table: &CountTable,
        rules: &HidingRules,
        beforehand: &[Beforehand],
    ) -> Result<Self, HideCellsError> {
        rules.check()?;
        let small = |count: u64| count > 0 && count < rules.threshold;
        let of_cell = |cell: usize| {
            let place = table.place(cell);
            let known = place.row.zip(place.column);
            known.and_then(|(row, column)| beforehand.get(row * table.columns + column))
        };
        let mut known: Vec<Known> = (0..table.cells.len())
            .map(|cell| match (table.cells[cell], of_cell(cell)) {
                _ if is_withheld(table.place(cell), rules.totals) => Known::Withheld,
                (0, _) => Known::Fixed,
                (_, Some(Beforehand::Neighbour)) => Known::Hidden,
                (count, _) if small(count) => Known::Hidden,
                (_, Some(Beforehand::Count)) => Known::Fixed,
                (count, _) => Known::Shown { cost: cost(table.place(cell), count) },
            })
            .collect();
        let mut to_protect: Vec<usize> =
            (0..known.len()).filter(|cell| known[*cell] == Known::Hidden).collect();
        // The smallest need the most; what they need covers others.
        to_protect.sort_by_key(|cell| table.cells[*cell]);
        let network = Network::of(table);
        for cell in to_protect {
            let Some(rise) = network.rise(&known, cell, rules.threshold) else { continue };
            if rise >= rules.threshold || rise + network.fall(&known, cell) >= rules.threshold {
                continue;
            }
            for cover in network.cheapest_cover(&known, cell, rules.threshold) {
                if known[cover] != Known::Withheld {
                    known[cover] = Known::Hidden;
                }
            }
        }
        Ok(Self { table: table.clone(), known })
    }

    /// Returns a count that is shown; `None` when it is hidden, does not go out, or does not exist.
    pub fn count(&self, place: CellPlace) -> Option<u64> {
        let cell = self.table.cell(place)?;
        match self.known[cell] {
            Known::Shown { .. } | Known::Fixed => Some(self.table.cells[cell]),
            Known::Hidden | Known::Withheld => None,
        }
    }

    /// Returns the places of the hidden counts.
    pub fn hidden(&self) -> Vec<CellPlace> {
        self.hidden_cells().map(|cell| self.table.place(cell)).collect()
    }

    /// Returns what can be worked out of every hidden count from everything that is shown.
    ///
    /// It is the audit of the hiding: no interval is narrower than the threshold.
    pub fn feasible_intervals(&self) -> Vec<FeasibleInterval> {
        let network = Network::of(&self.table);
        self.hidden_cells()
            .map(|cell| {
                let count = self.table.cells[cell];
                FeasibleInterval {
                    place: self.table.place(cell),
                    least: count - network.fall(&self.known, cell),
                    most: network.rise(&self.known, cell, u64::MAX).map(|rise| count + rise),
                }
            })
            .collect()
    }

    fn hidden_cells(&self) -> impl Iterator<Item = usize> {
        (0..self.known.len()).filter(|cell| self.known[*cell] == Known::Hidden)
    }
}

/// A list of counts with its total, whose small counts are hidden, with enough others that they cannot be worked out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SafeList {
    /// The counts in the order given; `None` is hidden.
    pub counts: Vec<Option<u64>>,
    /// The total; `None` is hidden.
    pub total: Option<u64>,
}

impl SafeList {
    /// Hides the counts below a threshold, and what it takes.
    ///
    /// The counts must make up the total: of a list in which a case can stand several times, no count follows from others.
    ///
    /// Errors: no count, too many, a count or a threshold that is too large.
    pub fn of(counts: &[u64], threshold: u64) -> Result<Self, HideCellsError> {
        Ok(Self::list(&Self::table(counts, threshold, &[])?, counts.len()))
    }

    /// Does the same where some counts are known from elsewhere; `None` where nothing that can be hidden is enough.
    ///
    /// Shape: `beforehand` has a place for each count, in their order; what it lacks is not known.
    ///
    /// ```
    /// use stats::disclosure::{Beforehand, SafeList};
    ///
    /// let list = SafeList::beside(&[30, 40, 90], 10, &[Beforehand::Neighbour])?.expect("40 can cover 30");
    /// assert_eq!((list.counts, list.total), (vec![None, None, Some(90)], Some(160)));
    /// let known = [Beforehand::Neighbour, Beforehand::Count, Beforehand::Count];
    /// assert_eq!(SafeList::beside(&[30, 40, 90], 10, &known)?.expect("the total can cover it").total, None);
    /// # Ok::<(), stats::disclosure::HideCellsError>(())
    /// ```
    ///
    /// Errors: as [`Self::of`].
    pub fn beside(
        counts: &[u64],
        threshold: u64,
        beforehand: &[Beforehand],
    ) -> Result<Option<Self>, HideCellsError> {
        let safe = Self::table(counts, threshold, beforehand)?;
        let is_wide = |each: &FeasibleInterval| {
            each.most.is_none_or(|most| most.saturating_sub(each.least) >= threshold)
        };
        let holds = safe.feasible_intervals().iter().all(is_wide);
        Ok(holds.then(|| Self::list(&safe, counts.len())))
    }

    fn table(
        counts: &[u64],
        threshold: u64,
        beforehand: &[Beforehand],
    ) -> Result<SafeTable, HideCellsError> {
        let totals = TotalsShown { rows: false, columns: false, all: true };
        let table = CountTable::new(1, counts.len(), counts)?;
        SafeTable::beside(&table, &HidingRules { threshold, totals }, beforehand)
    }

    fn list(safe: &SafeTable, counts: usize) -> Self {
        let shown = |column| safe.count(CellPlace { row: Some(0), column: Some(column) });
        Self {
            counts: (0..counts).map(shown).collect(),
            total: safe.count(CellPlace { row: None, column: None }),
        }
    }
}

fn is_withheld(place: CellPlace, shown: TotalsShown) -> bool {
    match (place.row, place.column) {
        (Some(_), Some(_)) => false,
        (Some(_), None) => !shown.rows,
        (None, Some(_)) => !shown.columns,
        (None, None) => !shown.all,
    }
}

fn cost(place: CellPlace, count: u64) -> u64 {
    let of_kind = match (place.row, place.column) {
        (Some(_), Some(_)) => COST_OF_CELL,
        (None, None) => COST_OF_GRAND_TOTAL,
        _ => COST_OF_TOTAL,
    };
    of_kind + COST_OF_DOUBLING * u64::from(count.max(1).ilog2())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_hides_a_second_count_for_a_lone_small_one() {
        let list = SafeList::of(&[3, 200, 0, 40], 10).unwrap();
        assert_eq!(list.counts, [None, Some(200), Some(0), None]);
        assert_eq!(list.total, Some(243));
    }

    #[test]
    fn two_small_counts_of_a_list_need_no_third_if_they_leave_room() {
        let list = SafeList::of(&[9, 9, 500], 10).unwrap();
        assert_eq!(list, SafeList { counts: vec![None, None, Some(500)], total: Some(518) });
        let narrow = SafeList::of(&[2, 3, 500], 10).unwrap();
        assert_eq!(narrow.counts, [None; 3], "2 and 3 make 5: too narrow");
    }

    #[test]
    fn a_total_that_is_small_itself_is_hidden() {
        let list = SafeList::of(&[2, 3], 10).unwrap();
        assert_eq!(list, SafeList { counts: vec![None; 2], total: None });
        let none = SafeList::of(&[0, 0], 10).unwrap();
        assert_eq!(none, SafeList { counts: vec![Some(0); 2], total: Some(0) });
    }

    #[test]
    fn nothing_small_is_nothing_hidden() {
        let table = CountTable::new(2, 2, &[10, 0, 30, 40]).unwrap();
        let safe = SafeTable::of(&table, &HidingRules::default()).unwrap();
        assert!(safe.hidden().is_empty());
        assert!(safe.feasible_intervals().is_empty());
    }
}
