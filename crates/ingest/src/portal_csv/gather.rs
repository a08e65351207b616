//! From the rows of a case to its record.

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap, HashSet},
};

use model::{
    clinical_record::{BlockCode, CellValue, ClinicalRecord, ItemCode, Row as BlockRow, RowId},
    problem::Problem,
};

use super::{
    Held, NOTHING, RowLayout,
    columns::{Columns, Place},
    problems, said,
};

/// One row of a file.
pub(super) struct Row<'t> {
    /// Place among the file's rows. Units: 0-based.
    pub(super) number: u64,
    /// Units: 1-based.
    pub(super) line: u64,
    pub(super) cells: Vec<Cow<'t, str>>,
}

impl Row<'_> {
    /// Returns a cell that says something.
    pub(super) fn filled(&self, at: Option<usize>) -> Option<&str> {
        filled(self.cells.get(at?)?)
    }

    /// Returns what the cells of an item say.
    fn item(&self, place: &Place) -> Said<'_> {
        (self.filled(place.value), self.filled(place.label))
    }
}

/// Code and label of an item, each where it says something.
type Said<'t> = (Option<&'t str>, Option<&'t str>);

/// Returns the text of a cell that says something.
pub(super) fn filled(text: &str) -> Option<&str> {
    (!text.is_empty() && text != NOTHING).then_some(text)
}

/// What was found wrong in rows, as far as it is told.
#[derive(Clone, Debug, Default)]
pub struct RowProblems {
    /// Warnings with their rows.
    told: Vec<(u64, Problem)>,
    /// How many warnings are not among them.
    hidden: u64,
    /// How many labels without a code each column has.
    labels_alone: BTreeMap<usize, u64>,
}

impl RowProblems {
    pub(super) fn add(&mut self, row: u64, problem: Problem) {
        self.told.push((row, problem));
    }

    /// Adds what was found in other rows; of more than `max` warnings those of the first rows stay.
    pub fn merge(&mut self, other: Self, max: usize) {
        self.told.extend(other.told);
        self.hidden += other.hidden;
        for (at, count) in other.labels_alone {
            *self.labels_alone.entry(at).or_default() += count;
        }
        if self.told.len() > max.saturating_mul(2) {
            self.shorten(max);
        }
    }

    fn shorten(&mut self, max: usize) {
        self.told.sort_by_key(|(row, _)| *row);
        self.hidden += self.told.len().saturating_sub(max) as u64;
        self.told.truncate(max);
    }

    /// Returns the warnings in the order of the rows, how many more there are, and the labels without a code.
    pub(super) fn finish(mut self, max: usize) -> (Vec<Problem>, u64, BTreeMap<usize, u64>) {
        self.shorten(max);
        let told = self.told.into_iter().map(|(_, problem)| problem);
        (told.collect(), self.hidden, self.labels_alone)
    }
}

/// A case as its rows were gathered.
#[derive(Default)]
pub(super) struct Gathered {
    pub(super) record: ClinicalRecord,
    /// The row of each repeated block that each row holds.
    pub(super) blocks: Vec<Vec<(&'static str, RowId)>>,
    pub(super) problems: RowProblems,
}

/// Gathers the rows of one case. Of rows that contradict each other the first one counts.
pub(super) fn gather(columns: &Columns, rows: &[Row<'_>]) -> Gathered {
    let mut gathered = Gathered::default();
    let mut told = HashSet::new();
    for (at, row) in rows.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| rows.get(at));
        for place in &columns.single {
            gathered.single(place, row, before, &mut told);
        }
    }
    for (block, places) in &columns.blocks {
        gathered.block(block, places, rows);
    }
    gathered
}

impl Gathered {
    fn single(
        &mut self,
        place: &Place,
        row: &Row<'_>,
        before: Option<&Row<'_>>,
        told: &mut HashSet<&'static str>,
    ) {
        let item = row.item(place);
        if item == (None, None) {
            return;
        }
        self.count_label_alone(place, item);
        // Most rows repeat the one before; what that said is already known.
        if before.is_some_and(|before| before.item(place) == item) {
            return;
        }
        let code = place.item.code;
        let Some(first) = self.record.value(code) else {
            self.record.set_value(ItemCode::new(code), value(item));
            return;
        };
        let (written, label) = (item.0.unwrap_or_default(), item.1);
        if (first.written.as_str(), first.label.as_deref()) != (written, label) && told.insert(code)
        {
            let problem =
                problems::contradicts(row.line, place.value, place.item, &first.written, written);
            self.problems.add(row.number, problem);
        }
    }

    /// Gathers a repeated block; a row of it that several rows of the file repeat is one.
    fn block(&mut self, block: &'static str, places: &[Place], rows: &[Row<'_>]) {
        self.blocks.resize_with(rows.len(), Vec::new);
        let mut seen: HashMap<Vec<Said<'_>>, RowId> = HashMap::new();
        for (at, row) in rows.iter().enumerate() {
            if places.iter().all(|place| row.item(place) == (None, None)) {
                continue;
            }
            let items: Vec<_> = places.iter().map(|place| row.item(place)).collect();
            for (place, item) in places.iter().zip(&items) {
                self.count_label_alone(place, *item);
            }
            let next = RowId::numbered(u32::try_from(seen.len()).unwrap_or(u32::MAX));
            let id = *seen.entry(items).or_insert_with_key(|items| {
                let said = places.iter().zip(items).filter(|(_, item)| **item != (None, None));
                let cells: BlockRow = said
                    .map(|(place, item)| (ItemCode::new(place.item.code), value(*item)))
                    .collect();
                self.record.set_row(BlockCode::new(block), next, cells);
                next
            });
            if let Some(held) = self.blocks.get_mut(at) {
                held.push((block, id));
            }
        }
    }

    fn count_label_alone(&mut self, place: &Place, item: Said<'_>) {
        if let ((None, Some(_)), Some(at)) = (item, place.label) {
            *self.problems.labels_alone.entry(at).or_default() += 1;
        }
    }

    /// Returns what each row says beyond, or unlike, the record.
    pub(super) fn layouts(&self, columns: &Columns, rows: &[Row<'_>]) -> Vec<RowLayout> {
        let layouts = rows.iter().enumerate().map(|(at, row)| {
            let blocks = self.blocks.get(at).map_or(&[][..], Vec::as_slice);
            let mut layout = RowLayout {
                number: usize::try_from(row.number).unwrap_or(usize::MAX),
                line: row.line,
                width: (row.cells.len() != columns.held.len()).then_some(row.cells.len()),
                blocks: blocks.iter().map(|(block, id)| (BlockCode::new(*block), *id)).collect(),
                cells: Vec::new(),
            };
            for (at, text) in row.cells.iter().enumerate() {
                let held = columns.held.get(at).copied().unwrap_or(Held::Unknown);
                if text != said(held, &self.record, &layout) {
                    layout.cells.push((at, text.to_string()));
                }
            }
            layout
        });
        layouts.collect()
    }
}

fn value((written, label): Said<'_>) -> CellValue {
    CellValue {
        written: written.unwrap_or_default().to_owned(),
        label: label.map(str::to_owned),
        is_unknown: false,
    }
}
