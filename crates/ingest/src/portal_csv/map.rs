//! From rows to cases, and from records to rows.

use std::collections::{HashMap, HashSet};

use model::{
    catalogue::{Catalogue, CodeLists, Document, Item},
    clinical_record::{
        BlockCode, CellAddress, CellValue, ClinicalRecord, ItemCode, Row as Cells, RowId,
    },
    problem::Severity,
};

use super::{
    CaseKey, FileForm, Held, NOTHING, PortalCase, PortalFile, RowLayout,
    columns::{Columns, Place},
    problems,
    read::Row,
    said, usual_header,
};
use crate::problem_list::ProblemList;

/// Returns the text of a cell that says something.
fn filled(text: &str) -> Option<&str> {
    (!text.is_empty() && text != NOTHING).then_some(text)
}

/// Gathers rows into cases.
pub(super) fn cases(
    columns: &Columns,
    rows: &[Row],
    problems: &mut ProblemList,
) -> Vec<PortalCase> {
    let mut gathering = Gathering { columns, cases: Vec::new(), places: HashMap::new() };
    let mut labels_alone = HashMap::new();
    for (number, row) in rows.iter().enumerate() {
        gathering.row(number, row, &mut labels_alone, problems);
    }
    let mut alone: Vec<_> = labels_alone.into_iter().collect();
    alone.sort_unstable();
    for (at, count) in alone {
        problems.push(Severity::Note, || problems::label_alone(at, count));
    }
    let mut cases: Vec<PortalCase> = gathering.cases.into_iter().map(|case| case.case).collect();
    for case in &mut cases {
        keep_the_rest(case, columns, rows);
    }
    cases
}

/// A case while its rows come in.
struct Open {
    case: PortalCase,
    /// Rows of blocks that were seen, so that one repeated in several rows of the file is one.
    seen: HashMap<(&'static str, Cells), RowId>,
    counts: HashMap<&'static str, u32>,
    /// Items that were reported to contradict.
    told: HashSet<&'static str>,
}

struct Gathering<'a> {
    columns: &'a Columns,
    cases: Vec<Open>,
    places: HashMap<CaseKey, usize>,
}

impl Gathering<'_> {
    fn row(
        &mut self,
        number: usize,
        row: &Row,
        labels_alone: &mut HashMap<usize, u64>,
        problems: &mut ProblemList,
    ) {
        let place = self.place(row, problems);
        let Some(open) = self.cases.get_mut(place) else { return };
        for place in &self.columns.single {
            let Some(value) = cell(row, place, labels_alone) else { continue };
            let item = place.item;
            let address = CellAddress::single(item.code);
            match open.case.record.get(&address) {
                None => open.case.record.set(&address, Some(value)),
                Some(first) if *first != value => {
                    if open.told.insert(item.code) {
                        let (line, first) = (row.line, first.written.clone());
                        problems.push(Severity::Warning, || {
                            problems::contradicts(line, place.value, item, &first, &value.written)
                        });
                    }
                }
                Some(_) => {}
            }
        }
        let mut layout = RowLayout {
            number,
            line: row.line,
            width: (row.cells.len() != self.columns.held.len()).then_some(row.cells.len()),
            ..RowLayout::default()
        };
        for (block, places) in &self.columns.blocks {
            let cells: Cells = places
                .iter()
                .filter_map(|place| {
                    Some((ItemCode::new(place.item.code), cell(row, place, labels_alone)?))
                })
                .collect();
            if !cells.is_empty() {
                let id = open.row_of(block, cells);
                layout.blocks.push((BlockCode::new(*block), id));
            }
        }
        open.case.rows.push(layout);
    }

    /// Returns the place of a row's case, opening it at its first row.
    fn place(&mut self, row: &Row, problems: &mut ProblemList) -> usize {
        let text = |item: &str| {
            let at = self.columns.value_of(item)?;
            filled(row.cell(at)).map(str::to_owned)
        };
        let key = CaseKey {
            facility: text("facility_id"),
            registration: text("registration_id"),
            hash: text("hash_id"),
        };
        let is_named = key.name() != "?";
        if is_named && let Some(place) = self.places.get(&key) {
            return *place;
        }
        let place = self.cases.len();
        if is_named {
            self.places.insert(key.clone(), place);
        } else {
            problems.push(Severity::Warning, || problems::no_case(row.line));
        }
        self.cases.push(Open {
            case: PortalCase { key, ..PortalCase::default() },
            seen: HashMap::new(),
            counts: HashMap::new(),
            told: HashSet::new(),
        });
        place
    }
}

impl Open {
    /// Returns the identifier of a block's row, which is a new one unless the same cells were there before.
    fn row_of(&mut self, block: &'static str, cells: Cells) -> RowId {
        if let Some(id) = self.seen.get(&(block, cells.clone())) {
            return *id;
        }
        let count = self.counts.entry(block).or_default();
        let id = RowId::numbered(*count);
        *count = count.saturating_add(1);
        for (item, value) in &cells {
            let address = CellAddress::in_row(block, id, item.as_str());
            self.case.record.set(&address, Some(value.clone()));
        }
        self.seen.insert((block, cells), id);
        id
    }
}

/// Reads an item's cell with its label.
fn cell(row: &Row, place: &Place, labels_alone: &mut HashMap<usize, u64>) -> Option<CellValue> {
    let written = place.value.and_then(|at| filled(row.cell(at)));
    let label = place.label.and_then(|at| filled(row.cell(at)));
    if let (None, Some(_), Some(at)) = (written, label, place.label) {
        let count = labels_alone.entry(at).or_default();
        *count = count.saturating_add(1);
    }
    let value = CellValue {
        written: written.unwrap_or_default().to_owned(),
        label: label.map(str::to_owned),
        is_unknown: false,
    };
    (written.is_some() || label.is_some()).then_some(value)
}

/// Keeps every cell that the case's record does not say again.
fn keep_the_rest(case: &mut PortalCase, columns: &Columns, rows: &[Row]) {
    for layout in &mut case.rows {
        let Some(row) = rows.get(layout.number) else { continue };
        let mut kept = Vec::new();
        for (at, text) in row.cells.iter().enumerate() {
            let held = columns.held.get(at).copied().unwrap_or(Held::Unknown);
            if text != said(held, &case.record, layout) {
                kept.push((at, text.to_owned()));
            }
        }
        layout.cells = kept;
    }
}

/// Returns a record with the Japanese label of every code beside it, as the portal writes it.
pub fn labelled(record: &ClinicalRecord, lists: &CodeLists) -> ClinicalRecord {
    let mut labelled = record.clone();
    for (address, value) in record.cells() {
        let item = Catalogue::get().item(address.item.as_str());
        let Some(item) = item.filter(|item| item.label_column.is_some()) else { continue };
        if value.label.is_some() || value.is_unknown {
            continue;
        }
        if let Some(label) = label_of(item, &value.written, lists) {
            labelled.set(&address, Some(CellValue::labelled(&*value.written, label)));
        }
    }
    labelled
}

fn label_of(item: &Item, code: &str, lists: &CodeLists) -> Option<String> {
    let entry = lists.list(item.list?)?.get(code)?;
    Some(entry.label.ja.clone().into_owned())
}

/// Makes a case CSV of records: as many rows a case as its longest repeated block, single items in each.
pub fn case_file(records: impl IntoIterator<Item = ClinicalRecord>) -> PortalFile {
    let mut number = 0_usize;
    let cases = records.into_iter().map(|record| {
        let text = |item: &str| record.value(item).map(|value| value.written.clone());
        let key = CaseKey {
            facility: text("facility_id"),
            registration: text("registration_id"),
            hash: text("hash_id"),
        };
        let blocks: Vec<(&str, Vec<RowId>)> = Catalogue::get()
            .blocks()
            .iter()
            .map(|block| (block.code, record.rows(block.code).map(|(id, _)| id).collect()))
            .collect();
        let count = blocks.iter().map(|(_, ids)| ids.len()).max().unwrap_or_default().max(1);
        let rows = (0..count).map(|place| {
            let held = blocks
                .iter()
                .filter_map(|(block, ids)| ids.get(place).map(|id| (BlockCode::new(*block), *id)));
            let layout = RowLayout {
                number,
                line: u64::try_from(number).unwrap_or(u64::MAX).saturating_add(2),
                blocks: held.collect(),
                ..RowLayout::default()
            };
            number = number.saturating_add(1);
            layout
        });
        let rows = rows.collect();
        PortalCase { key, record, rows }
    });
    PortalFile {
        document: Document::Case,
        cases: cases.collect(),
        header: usual_header(Document::Case),
        form: FileForm::default(),
    }
}
