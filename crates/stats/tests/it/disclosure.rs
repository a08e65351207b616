//! Hidden cells cannot be worked out: by trying every table, and by exact bounds on larger ones.

use proptest::prelude::*;
use stats::disclosure::{
    CellPlace, CountTable, FeasibleInterval, HidingRules, SafeList, SafeTable, TotalsShown,
};

/// Every table of small counts that agrees with what is shown, tried one after the other.
struct Attacker<'a> {
    safe: &'a SafeTable,
    rows: usize,
    columns: usize,
    /// The largest count tried.
    cap: u64,
    counts: Vec<u64>,
    /// For each place, row by row with totals: the least and the most found.
    found: Vec<(u64, u64)>,
}

impl Attacker<'_> {
    fn shown(&self, row: Option<usize>, column: Option<usize>) -> Option<u64> {
        self.safe.count(CellPlace { row, column })
    }

    fn attempt(&mut self) {
        let cell = self.counts.len();
        let row_ends = cell > 0 && cell.is_multiple_of(self.columns);
        if row_ends {
            let row = cell / self.columns - 1;
            let total: u64 = self.counts[cell - self.columns..].iter().sum();
            if self.shown(Some(row), None).is_some_and(|shown| shown != total) {
                return;
            }
        }
        if cell == self.rows * self.columns {
            self.note();
            return;
        }
        let place = (Some(cell / self.columns), Some(cell % self.columns));
        let tries = match self.shown(place.0, place.1) {
            Some(count) => count..=count,
            None => 1..=self.cap,
        };
        for count in tries {
            self.counts.push(count);
            self.attempt();
            self.counts.pop();
        }
    }

    fn note(&mut self) {
        let full = CountTable::new(self.rows, self.columns, &self.counts).unwrap();
        let open = HidingRules { threshold: 0, ..HidingRules::default() };
        let full = SafeTable::of(&full, &open).unwrap();
        let places: Vec<CellPlace> = places(self.rows, self.columns).collect();
        let total = |place: &CellPlace| full.count(*place).unwrap();
        if places
            .iter()
            .any(|place| self.safe.count(*place).is_some_and(|shown| shown != total(place)))
        {
            return;
        }
        for (found, place) in self.found.iter_mut().zip(&places) {
            *found = (found.0.min(total(place)), found.1.max(total(place)));
        }
    }
}

fn places(rows: usize, columns: usize) -> impl Iterator<Item = CellPlace> {
    let row = move |row| (row < rows).then_some(row);
    let column = move |column| (column < columns).then_some(column);
    (0..=rows)
        .flat_map(move |r| (0..=columns).map(move |c| CellPlace { row: row(r), column: column(c) }))
}

fn table(
    rows: impl Strategy<Value = usize>,
    columns: impl Strategy<Value = usize>,
    count: impl Strategy<Value = u64> + Clone,
) -> impl Strategy<Value = (usize, usize, Vec<u64>)> {
    (rows, columns).prop_flat_map(move |(rows, columns)| {
        let counts = prop::collection::vec(count.clone(), rows * columns);
        (Just(rows), Just(columns), counts)
    })
}

fn totals() -> impl Strategy<Value = TotalsShown> {
    (any::<bool>(), any::<bool>(), any::<bool>()).prop_map(|(rows, columns, all)| TotalsShown {
        rows,
        columns,
        all,
    })
}

fn hide(rows: usize, columns: usize, counts: &[u64], rules: &HidingRules) -> SafeTable {
    SafeTable::of(&CountTable::new(rows, columns, counts).unwrap(), rules).unwrap()
}

fn spans(intervals: &[FeasibleInterval], threshold: u64) -> bool {
    intervals
        .iter()
        .all(|interval| interval.most.is_none_or(|most| most - interval.least >= threshold))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn trying_every_table_finds_the_same_bounds_and_none_too_narrow(
        (rows, columns, counts) in table(1..=2_usize, 1..=3_usize, prop_oneof![Just(0), 1..5_u64]),
    ) {
        let rules = HidingRules { threshold: 3, ..HidingRules::default() };
        let safe = hide(rows, columns, &counts, &rules);
        let open = (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column)));
        let hidden = open.filter(|(row, column)| {
            safe.count(CellPlace { row: Some(*row), column: Some(*column) }).is_none()
        });
        // Six cells that nothing limits would be half a million tables.
        prop_assume!(hidden.count() <= 5);
        let cap = counts.iter().max().unwrap() + 5;
        let mut attacker = Attacker {
            safe: &safe,
            rows,
            columns,
            cap,
            counts: Vec::new(),
            found: vec![(u64::MAX, 0); (rows + 1) * (columns + 1)],
        };
        attacker.attempt();
        let found: Vec<_> = places(rows, columns).zip(attacker.found.clone()).collect();
        let intervals = safe.feasible_intervals();
        prop_assert!(spans(&intervals, 3), "{intervals:?}");
        for interval in intervals {
            let (_, (least, most)) = found.iter().find(|(place, _)| *place == interval.place).unwrap();
            prop_assert!(most - least >= 3, "{interval:?}, tried {least} to {most}");
            prop_assert_eq!(interval.least, *least);
            match interval.most {
                // Within reach of the tries, the bound is the one found.
                Some(bound) if bound <= cap => prop_assert_eq!(bound, *most),
                Some(bound) => prop_assert!(bound >= *most),
                None => prop_assert!(*most >= cap),
            }
        }
    }
}

proptest! {
    #[test]
    fn no_hidden_count_of_a_larger_table_is_known_within_the_threshold(
        (rows, columns, counts) in table(1..=7_usize, 1..=9_usize, prop_oneof![
            3 => Just(0), 4 => 1..10_u64, 3 => 10..60_u64, 1 => 100..5_000_u64,
        ]),
        totals in totals(),
        threshold in prop_oneof![Just(10_u64), 2..30_u64],
    ) {
        let safe = hide(rows, columns, &counts, &HidingRules { threshold, totals });
        prop_assert!(spans(&safe.feasible_intervals(), threshold));
        for place in places(rows, columns) {
            let small = safe.count(place).is_some_and(|count| count > 0 && count < threshold);
            prop_assert!(!small, "{place:?} is shown");
        }
    }

    #[test]
    fn what_is_shown_is_true_and_zeros_are_shown(
        (rows, columns, counts) in table(1..=5_usize, 1..=5_usize, 0..40_u64),
    ) {
        let safe = hide(rows, columns, &counts, &HidingRules::default());
        for (cell, count) in counts.iter().enumerate() {
            let place = CellPlace { row: Some(cell / columns), column: Some(cell % columns) };
            prop_assert!(safe.count(place).is_none_or(|shown| shown == *count));
            prop_assert!(*count > 0 || safe.count(place) == Some(0));
        }
    }

    #[test]
    fn the_rest_of_a_list_leaves_its_hidden_counts_open(counts in prop::collection::vec(0..200_u64, 1..12)) {
        let list = SafeList::of(&counts, 10).unwrap();
        let hidden: Vec<u64> =
            counts.iter().zip(&list.counts).filter(|(_, shown)| shown.is_none()).map(|(count, _)| *count).collect();
        if list.total.is_some() && !hidden.is_empty() {
            let rest: u64 = hidden.iter().sum();
            let each_at_least = hidden.len() as u64;
            prop_assert!(hidden.len() > 1 && rest - each_at_least >= 10, "{list:?}");
        }
    }
}
