//! What a clinical table says of its samples, read as a mapping says.

use std::collections::{BTreeMap, HashMap};

use ingest::clinical_table::{ClinicalTable, TableRow};
use knowledge::Release;
use model::{
    problem::{Place, Problem},
    text::LocalizedText,
};

use super::{
    change::ChangeRead,
    manifest::DayKind,
    mapping::{ItemRule, Mapping, values_of},
    problems,
};
use crate::cohort::{
    Answer, CohortCase, CohortDay, Item, ItemKind, Msi, SampleKind, Sex, Stage, VitalStatus,
    Word as _,
};

/// Most samples without a name, or named twice, and most unreadable values that are listed one by one.
const MAX_LISTED: usize = 1_000;
/// Greatest age that a case has. Units: years.
const MAX_AGE_YEARS: f64 = 120.0;
/// Greatest burden that a case has. Units: mutations per megabase.
const MAX_TMB: f64 = 655.0;

/// An item with the columns that say it.
struct Read<'m> {
    item: Item,
    rule: &'m ItemRule,
    columns: Vec<usize>,
}

/// What a table says, by sample.
#[derive(Default)]
pub(super) struct Clinical {
    /// Cases that are nothing but clinical, by sample.
    pub(super) cases: HashMap<String, CohortCase>,
    /// Line of each sample's row, in the order of the table. Units: 1-based.
    pub(super) lines: Vec<(String, u64)>,
    /// Column of the samples. Units: 0-based.
    pub(super) sample_column: usize,
}

/// Values that could not be read: column and text, and where and how often they stand.
type Misfits = BTreeMap<(usize, String), Misfit>;

struct Misfit {
    item: Item,
    line: u64,
    rows: u64,
}

/// Reads a table. `blank` makes the case of a sample of which nothing is known yet.
pub(super) fn read(
    table: &ClinicalTable,
    mapping: &Mapping,
    release: &Release,
    blank: impl Fn(&str) -> CohortCase,
) -> (Clinical, Vec<Problem>) {
    let rules = &mapping.clinical;
    let mut found = Vec::new();
    let mut column = |name: &str| {
        let at = table.column(name);
        if at.is_none() {
            found.push(table.missing_column(name));
        }
        at
    };
    let sample_column = column(&rules.sample);
    let reads: Vec<Read<'_>> = rules
        .items
        .iter()
        .filter_map(|(code, rule)| {
            let columns = rule.columns.iter().filter_map(|name| column(name)).collect();
            Some(Read { item: Item::of_code(code)?, rule, columns })
        })
        .collect();
    let mut change = rules.best_change.as_ref().and_then(|rule| ChangeRead::of(rule, &mut column));
    let Some(sample_column) = sample_column else { return (Clinical::default(), found) };
    let mut clinical = Clinical { sample_column, ..Clinical::default() };
    let mut first_lines = HashMap::<&str, u64>::new();
    let mut misfits = Misfits::new();
    for row in &table.rows {
        let sample = row.cell(sample_column);
        if sample.is_empty() {
            found.push(problems::sample_empty(row.line, sample_column, &rules.sample));
            continue;
        }
        if let Some(first) = first_lines.get(sample) {
            found.push(problems::sample_twice(row.line, sample_column, sample, *first));
            continue;
        }
        first_lines.insert(sample, row.line);
        let mut case = blank(sample);
        if rules.days == DayKind::SinceDiagnosis {
            case.diagnosed = CohortDay::of_number(0);
        }
        for read in &reads {
            read_item(&mut case, read, row, mapping, release, &mut misfits);
        }
        if let Some(change) = &mut change {
            case.change = change.read(row, &rules.unknown);
        }
        clinical.lines.push((sample.to_owned(), row.line));
        clinical.cases.insert(sample.to_owned(), case);
    }
    let listed = misfits.iter().map(|((column, written), misfit)| {
        let name = table.header.get(*column).map_or("", String::as_str);
        let remedy =
            remedy(misfit.item, written, rules.items.get(misfit.item.code()), release, rules.days);
        problems::value(misfit.line, *column, (name, written, misfit.rows), remedy)
    });
    let mut values: Vec<Problem> = listed.collect();
    values.extend(change.into_iter().flat_map(|change| change.finish(&table.header)));
    values.sort_by_key(|problem| (problem.place.line, problem.place.column));
    found.extend(values);
    (clinical, shortened(found))
}

/// Keeps as many problems as are listed, and counts the rest, as severe as the worst of them.
fn shortened(mut found: Vec<Problem>) -> Vec<Problem> {
    let rest = found.split_off(found.len().min(MAX_LISTED));
    if let Some(worst) = rest.iter().map(|problem| problem.severity).max() {
        let count = rest.len();
        let message = LocalizedText::new(
            format!("ほかに{count}件の問題があります。"),
            format!("There are {count} more problems."),
        );
        let remedy = LocalizedText::of(
            "表示された問題を直してから、もう一度読み込んでください。",
            "Mend the problems shown and read the file again.",
        );
        let more = Problem::note("table.more_problems", Place::file(), message, remedy);
        found.push(Problem { severity: worst, ..more });
    }
    found
}

fn read_item(
    case: &mut CohortCase,
    read: &Read<'_>,
    row: &TableRow,
    mapping: &Mapping,
    release: &Release,
    misfits: &mut Misfits,
) {
    for column in &read.columns {
        let written = row.cell(*column);
        let is_unknown = mapping.clinical.unknown.iter().any(|word| word == written);
        if written.is_empty() || is_unknown {
            continue;
        }
        let value = match read.rule.values.get(written) {
            Some(value) if value.is_empty() => continue,
            Some(value) => Some(value.as_str()),
            // A list that has words names them all; numbers and days may be written as they are.
            None if read.rule.values.is_empty() || is_plain(read.item) => Some(written),
            None => None,
        };
        let days = mapping.clinical.days;
        if value.is_some_and(|value| set(case, read.item, value, days, release).is_some()) {
            return;
        }
        let misfit = misfits.entry((*column, written.to_owned()));
        misfit.or_insert(Misfit { item: read.item, line: row.line, rows: 0 }).rows += 1;
    }
}

fn is_plain(item: Item) -> bool {
    matches!(item.kind(), ItemKind::Number | ItemKind::Day)
}

/// Sets an item; `None` where the value is none of its values.
fn set(
    case: &mut CohortCase,
    item: Item,
    value: &str,
    days: DayKind,
    release: &Release,
) -> Option<()> {
    let number = |most: f64| {
        let number = value.parse::<f64>().ok();
        number.filter(|number| (0.0..=most).contains(number))
    };
    match item {
        Item::Tumour => {
            let known = release.tumour_types().find(|tumour| tumour.code.as_str() == value)?;
            case.tumour = Some(known.code.as_str().into());
        }
        Item::Age => case.age_years = Some(number(MAX_AGE_YEARS)? as u8),
        Item::Tmb => case.tmb = Some((number(MAX_TMB)? * 100.0).round() as u16),
        Item::Sex => case.sex = Some(Sex::of_code(value)?),
        Item::Smoking => case.smoking = Some(Answer::of_code(value)?),
        Item::PerformanceStatus => {
            case.performance_status = Some(item.word_place(value)?.saturating_sub(1));
        }
        Item::Stage => case.stage = Some(Stage::of_code(value)?),
        Item::Metastasis => case.metastasis = Some(Answer::of_code(value)?),
        Item::FamilyHistory => case.family_history = Some(Answer::of_code(value)?),
        Item::SampleKind => case.sample_kind = Some(SampleKind::of_code(value)?),
        Item::Msi => case.msi = Some(Msi::of_code(value)?),
        Item::VitalStatus => case.vital_status = Some(VitalStatus::of_code(value)?),
        Item::Diagnosed => case.diagnosed = Some(day(value, days)?),
        Item::Tested => case.tested = Some(day(value, days)?),
        Item::LastContact => case.last_contact = Some(day(value, days)?),
        Item::PanelHeld => case.outcome.held = Some(day(value, days)?),
        _ => return None,
    }
    Some(())
}

/// Reads a day of the calendar, or whole days since diagnosis.
fn day(value: &str, days: DayKind) -> Option<CohortDay> {
    match days {
        DayKind::Calendar => value.parse().ok(),
        DayKind::SinceDiagnosis => {
            let number = value.parse::<f64>().ok().filter(|number| number.fract() == 0.0)?;
            let fits = (0.0..f64::from(u16::MAX)).contains(&number);
            fits.then_some(number as u16).and_then(CohortDay::of_number)
        }
    }
}

/// Says what may stand in place of a value that cannot be read.
fn remedy(
    item: Item,
    written: &str,
    rule: Option<&ItemRule>,
    release: &Release,
    days: DayKind,
) -> LocalizedText {
    match item {
        Item::Age => {
            LocalizedText::of("0〜120の年齢を書いてください。", "Write an age of 0 to 120.")
        }
        Item::Tmb => {
            LocalizedText::of("0〜655の数を書いてください。", "Write a number of 0 to 655.")
        }
        _ if item.kind() == ItemKind::Day && days == DayKind::SinceDiagnosis => LocalizedText::of(
            "診断からの日数を0以上の整数で書いてください。",
            "Write whole days since diagnosis, from 0.",
        ),
        _ if item.kind() == ItemKind::Day => LocalizedText::of(
            "年-月-日(例: 2026-11-27)で書いてください。",
            "Write year-month-day, such as 2026-11-27.",
        ),
        _ => {
            let keys = rule.into_iter().flat_map(|rule| rule.values.keys().cloned());
            let mut names: Vec<String> = keys.collect();
            if names.is_empty() {
                names = values_of(item, release);
            }
            let offered = problems::offer(written, names.iter().map(String::as_str));
            LocalizedText::new(
                format!("対応表のvaluesに加えてください。{}", offered.ja),
                format!("Add it to the values of the mapping. {}", offered.en),
            )
        }
    }
}
