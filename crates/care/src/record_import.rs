//! The portal's case CSV as entries into the clinical records of registered cases.
//!
//! Every cell becomes an entry as if it had been typed, named as imported. What stands in a record is never overwritten: a
//! value that contradicts it is entered beside it, and the field is contested until a person chooses. What a person chose
//! against an earlier import is not brought up again. Rows of a case are found by its registration number among the cases
//! of one hospital; a row of a repeated block is the record's own row where most of what both say agrees.
//!
//! Not here: who may import, where files come from, pages.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    io,
};

use access::audit::Entry;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use ingest::portal_csv::{CaseRead, PortalCases, ReadAt, RowProblems};
use model::{
    catalogue::{Catalogue, Item},
    clinical_record::{CellAddress, CellValue, ROW_REMOVED, RecordReader, Row, RowId, Value},
    identity::{CaseId, FieldEventId, PersonId},
    organisation::OrganisationCode,
    problem::{Problem, Severity},
};
use store::{
    EntrySource, FieldAddress, FieldEvent, FieldState, RecordError, Store, VALUE_CHARS_MAX,
    identifier_v7,
};

mod problems;

pub use problems::too_many_cases;

/// Items by which the portal tells cases apart; the case itself says them.
const OF_THE_CASE: [&str; 2] = ["facility_id", "registration_id"];
/// Findings that make a value unfit to be entered: nobody could choose it in a form.
const UNFIT: [&str; 2] = ["record.value.unreadable", "record.code.unknown"];

/// One entry that a file asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedEntry {
    /// The field.
    pub address: FieldAddress,
    /// What is entered.
    pub value: String,
    /// Whether something else stands in the field, beside which it is entered.
    pub contradicts: bool,
}

/// What a file changes in the record of one case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CasePlan {
    /// The case.
    pub case: CaseId,
    /// Its registration number.
    pub reference: String,
    /// Line of its first row in the file. Units: 1-based.
    pub line: u64,
    /// What is entered.
    pub entries: Vec<PlannedEntry>,
    /// How many cells say what the record says already.
    pub same: usize,
    /// How many cells say what a person chose against before.
    pub settled: usize,
}

impl CasePlan {
    /// Returns how many values are entered into fields in which nothing stands.
    pub fn filling(&self) -> usize {
        self.entries.len() - self.contradicting()
    }

    /// Returns how many values are entered beside another.
    pub fn contradicting(&self) -> usize {
        self.entries.iter().filter(|entry| entry.contradicts).count()
    }

    /// Makes the entries of a person at a moment; planned again at that moment they are the same.
    pub fn events(&self, person: PersonId, at: DateTime<Utc>) -> Vec<FieldEvent> {
        let event = |entry: &PlannedEntry| {
            let parts = ["portal import", &self.case.to_string(), entry.address.as_str()];
            FieldEvent {
                id: FieldEventId(identifier_v7(at, &parts)),
                case: self.case,
                address: entry.address.clone(),
                value: Some(entry.value.clone()),
                base: None,
                merged: Vec::new(),
                person,
                source: EntrySource::Import,
                saved_at: at,
            }
        };
        self.entries.iter().map(event).collect()
    }
}

/// What a case of a file is to the hospital.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Compared {
    /// One of its cases, and what is entered.
    Own(CasePlan),
    /// None that can be entered: nobody's, another hospital's, or one that the file has twice.
    Refused {
        /// The case of another hospital, for the audit log alone: nobody is told that there is one.
        elsewhere: Option<CaseId>,
    },
}

/// Why a plan could not be made.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// The file cannot be read.
    #[error("read the case CSV")]
    File(#[from] io::Error),
    /// The record cannot be read.
    #[error("read the record")]
    Record(#[from] RecordError),
}

/// A case CSV that is being compared with the records of a hospital's cases, at a moment; nothing is written.
///
/// One case is in memory at a time.
#[derive(Debug)]
pub struct Comparing<'a, S> {
    store: &'a Store,
    file: &'a PortalCases<S>,
    hospital: &'a OrganisationCode,
    at: DateTime<Utc>,
    place: usize,
    lines: HashMap<CaseId, u64>,
    of_rows: RowProblems,
    of_cases: Found,
}

/// Problems of cases; of each severity as many as are listed.
#[derive(Debug, Default)]
struct Found {
    by_severity: BTreeMap<Severity, Vec<Problem>>,
    hidden: u64,
}

impl Found {
    fn add(&mut self, problem: Problem, max: usize) {
        let kept = self.by_severity.entry(problem.severity).or_default();
        if kept.len() < max {
            kept.push(problem);
        } else {
            self.hidden += 1;
        }
    }
}

impl<'a, S: ReadAt> Comparing<'a, S> {
    /// Begins with the first case.
    pub fn new(
        store: &'a Store,
        file: &'a PortalCases<S>,
        hospital: &'a OrganisationCode,
        at: DateTime<Utc>,
    ) -> Self {
        let (lines, of_rows, of_cases) = Default::default();
        Self { store, file, hospital, at, place: 0, lines, of_rows, of_cases }
    }

    /// Compares the next case; `None` after the last one.
    ///
    /// Errors: the file or the record cannot be read.
    pub async fn compare_next(&mut self) -> Result<Option<Compared>, PlanError> {
        if self.place >= self.file.len() {
            return Ok(None);
        }
        let (read, max) = (self.file.case(self.place)?, self.file.max_problems());
        self.place += 1;
        for problem in unfit(&read, self.at.date_naive()) {
            self.of_cases.add(problem, max);
        }
        let compared = match registered(self.store, &read, self.hospital).await? {
            Err((problem, elsewhere)) => {
                self.of_cases.add(problem, max);
                Compared::Refused { elsewhere }
            }
            Ok((case, reference)) => match self.lines.insert(case, read.line) {
                Some(first) => {
                    self.of_cases.add(problems::twice(read.line, &reference, first), max);
                    Compared::Refused { elsewhere: None }
                }
                None => {
                    let fields = self.store.record_fields(case).await?;
                    let events = self.store.field_events(case).await?;
                    let at = (case, reference, self.at);
                    Compared::Own(plan_case(at, &read, &fields, &events))
                }
            },
        };
        self.of_rows.merge(read.problems, max);
        Ok(Some(compared))
    }

    /// Returns how many of the file's cases were compared.
    pub fn compared(&self) -> usize {
        self.place
    }

    /// Returns what was found in the file so far; with an error nothing of it may be entered.
    pub fn problems(self) -> Vec<Problem> {
        let mut problems = self.file.problems(self.of_rows);
        problems.extend(self.of_cases.by_severity.into_values().rev().flatten());
        if self.of_cases.hidden > 0 {
            problems.push(problems::more(self.of_cases.hidden));
        }
        problems
    }
}

/// Enters what was planned of some cases in one transaction, each case with its audit entry; `by` says whose doing it is.
///
/// What was entered before is not entered again: broken off and compared anew, the rest follows. Errors: the record cannot be
/// written; then nothing of these cases is entered.
pub async fn enter(
    store: &Store,
    cases: &[CasePlan],
    (person, by): (PersonId, &Entry),
    hospital: &OrganisationCode,
    at: DateTime<Utc>,
) -> Result<(), RecordError> {
    let mut batch = store.begin().await?;
    let events: Vec<_> = cases.iter().flat_map(|case| case.events(person, at)).collect();
    batch.save_fields(&events).await?;
    for case in cases.iter().filter(|case| !case.entries.is_empty()) {
        let items = case.entries.iter().map(|entry| entry.address.as_str());
        let entry = by.clone().on_case(case.case, Some(hospital.clone())).with_items(items);
        batch.append_audit(&entry).await?;
    }
    batch.commit().await
}

/// Finds the hospital's case that a case of the file is; one of another hospital is told as if there were none.
async fn registered(
    store: &Store,
    read: &CaseRead,
    hospital: &OrganisationCode,
) -> Result<Result<(CaseId, String), (Problem, Option<CaseId>)>, RecordError> {
    let number = read.key.registration.as_deref().map(str::trim).unwrap_or_default();
    if number.is_empty() || is_masked(number) {
        return Ok(Err((problems::no_number(read.line), None)));
    }
    let revision = store.case_by_reference(number).await?;
    Ok(match revision {
        Some(own) if own.document.hospital.as_deref() == Some(hospital.as_str()) => {
            Ok((own.case, number.to_owned()))
        }
        other => Err((problems::unknown_number(read.line, number), other.map(|other| other.case))),
    })
}

/// Returns what cannot be entered as an error, and what a case contradicts itself in as a warning.
fn unfit(read: &CaseRead, today: NaiveDate) -> Vec<Problem> {
    let reader = RecordReader::new(&read.record);
    let found = ingest::portal_csv::case_problems(&reader, Some(read.line), today);
    let mut found: Vec<Problem> = found
        .into_iter()
        .map(|problem| {
            let is_unfit = UNFIT.contains(&&*problem.code) && problem.severity > Severity::Note;
            let severity =
                if is_unfit { Severity::Error } else { problem.severity.min(Severity::Warning) };
            Problem { severity, ..problem }
        })
        .collect();
    for (address, value) in read.record.cells() {
        if value.written.chars().count() > VALUE_CHARS_MAX {
            found.push(problems::too_long(read.line, &address, VALUE_CHARS_MAX));
        }
    }
    found
}

fn is_masked(text: &str) -> bool {
    text.chars().all(|c| c == '*')
}

/// Returns a value as a form would send it.
fn entered(value: &CellValue) -> Option<String> {
    let text = value.written.replace("\r\n", "\n").replace('\r', "\n");
    let text: String =
        text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect();
    let text = text.trim();
    (!text.is_empty() && !is_masked(text)).then(|| text.to_owned())
}

/// Returns whether two texts say the same of an item, such as a day in two spellings.
fn says_the_same(item: &Item, one: &str, other: &str) -> bool {
    let (one, other) = (CellValue::of_entered(one), CellValue::of_entered(other));
    let read = one.read(item);
    one == other || (read != Value::Unreadable && read == other.read(item))
}

/// The rows of a block as the record has them: what each item's heads say.
type Known<'a> = BTreeMap<RowId, BTreeMap<String, &'a FieldState>>;

/// What a record says, and what it said.
struct Standing<'a> {
    single: BTreeMap<String, &'a FieldState>,
    blocks: BTreeMap<String, Known<'a>>,
    removed: BTreeSet<RowId>,
    /// Values that were imported before, by the address of their field.
    imported: HashSet<(&'a str, &'a str)>,
}

impl<'a> Standing<'a> {
    fn of(fields: &'a BTreeMap<FieldAddress, FieldState>, events: &'a [FieldEvent]) -> Self {
        let imported = events.iter().filter(|event| event.source == EntrySource::Import);
        let imported =
            imported.filter_map(|event| Some((event.address.as_str(), event.value.as_deref()?)));
        let mut standing = Self {
            single: BTreeMap::new(),
            blocks: BTreeMap::new(),
            removed: BTreeSet::new(),
            imported: imported.collect(),
        };
        for (address, state) in fields {
            match address.as_str().parse::<CellAddress>() {
                Ok(CellAddress { block: None, item }) => {
                    standing.single.insert(item.to_string(), state);
                }
                Ok(CellAddress { block: Some((block, row)), item }) => {
                    let rows = standing.blocks.entry(block.to_string()).or_default();
                    rows.entry(row).or_default().insert(item.to_string(), state);
                }
                Err(_) => {
                    let row =
                        address.as_str().split_once('/').and_then(|(_, row)| row.parse().ok());
                    if let Some(row) = row.filter(|_| state.value() == Some(ROW_REMOVED)) {
                        standing.removed.insert(RowId(row));
                    }
                }
            }
        }
        standing
    }
}

/// Plans the entries of one case.
fn plan_case(
    (case, reference, at): (CaseId, String, DateTime<Utc>),
    read: &CaseRead,
    fields: &BTreeMap<FieldAddress, FieldState>,
    events: &[FieldEvent],
) -> CasePlan {
    let standing = Standing::of(fields, events);
    let mut plan =
        CasePlan { case, reference, line: read.line, entries: Vec::new(), same: 0, settled: 0 };
    let catalogue = Catalogue::get();
    for item in catalogue.items().iter().filter(|item| item.block.is_none()) {
        let value = read.record.value(item.code).and_then(entered);
        let Some(value) = value.filter(|_| !OF_THE_CASE.contains(&item.code)) else { continue };
        let state = standing.single.get(item.code).copied();
        plan.cell(&standing, item, &CellAddress::single(item.code), value, state);
    }
    for block in catalogue.blocks() {
        let none = Known::new();
        let known = standing.blocks.get(block.code).unwrap_or(&none);
        let rows: Vec<&Row> = read.record.rows(block.code).map(|(_, row)| row).collect();
        for (place, own) in own_rows(&rows, known).into_iter().enumerate() {
            let Some(row) = rows.get(place) else { continue };
            let id = own.unwrap_or_else(|| new_row(case, block.code, place, at));
            for (code, value) in *row {
                let (Some(item), Some(value)) = (catalogue.item(code.as_str()), entered(value))
                else {
                    continue;
                };
                if standing.removed.contains(&id) {
                    plan.settled += 1;
                    continue;
                }
                let state = known.get(&id).and_then(|row| row.get(code.as_str())).copied();
                let address = CellAddress::in_row(block.code, id, code.as_str());
                plan.cell(&standing, item, &address, value, state);
            }
        }
    }
    plan
}

impl CasePlan {
    /// Decides on a cell by what stands in its field.
    fn cell(
        &mut self,
        standing: &Standing<'_>,
        item: &Item,
        address: &CellAddress,
        value: String,
        state: Option<&FieldState>,
    ) {
        let heads = state.map_or(&[][..], |state| state.heads.as_slice());
        let says = |head: &store::FieldHead| {
            head.value.as_deref().is_some_and(|head| says_the_same(item, head, &value))
        };
        if heads.iter().any(says) {
            self.same += 1;
            return;
        }
        let text = address.to_string();
        if standing.imported.contains(&(text.as_str(), value.as_str())) {
            self.settled += 1;
            return;
        }
        // An item of the catalogue is always an address.
        let Ok(address) = text.parse() else { return };
        self.entries.push(PlannedEntry { address, value, contradicts: !heads.is_empty() });
    }
}

/// Finds the record's row for each row of the file: the one with which it agrees in most, and in more than half, of what
/// both say. No row of the record is taken twice.
fn own_rows(rows: &[&Row], known: &Known<'_>) -> Vec<Option<RowId>> {
    let mut pairs = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        for (id, own) in known {
            let (mut agree, mut differ) = (0_usize, 0_usize);
            for (code, value) in *row {
                let said = own.get(code.as_str()).map(|state| state.heads.as_slice());
                let mut said = said
                    .unwrap_or_default()
                    .iter()
                    .filter_map(|head| head.value.as_deref())
                    .peekable();
                let (Some(value), Some(item)) =
                    (entered(value), Catalogue::get().item(code.as_str()))
                else {
                    continue;
                };
                if said.peek().is_none() {
                    continue;
                }
                if said.any(|head| says_the_same(item, head, &value)) {
                    agree += 1;
                } else {
                    differ += 1;
                }
            }
            if agree > differ {
                pairs.push((differ, std::cmp::Reverse(agree), at, *id));
            }
        }
    }
    pairs.sort_unstable();
    let mut found = vec![None; rows.len()];
    let mut taken = BTreeSet::new();
    for (_, _, at, id) in pairs {
        if let Some(own) = found.get_mut(at).filter(|own| own.is_none())
            && taken.insert(id)
        {
            *own = Some(id);
        }
    }
    found
}

/// Makes the identifier of a row that the record does not have; those of one file keep their order.
fn new_row(case: CaseId, block: &str, place: usize, at: DateTime<Utc>) -> RowId {
    let later = TimeDelta::milliseconds(i64::try_from(place).unwrap_or(0));
    let (case, place) = (case.to_string(), place.to_string());
    RowId(identifier_v7(at + later, &["portal import row", &case, block, &place]))
}
