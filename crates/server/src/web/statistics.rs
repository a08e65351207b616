//! What the programme reached, for everybody: tests by month and kind of hospital, facilities, drugs proposed and given,
//! evidence levels, prefectures, consent, time until the report.
//!
//! Everybody sees counts that are safe to show. Those who may search all cases see every count, and each leads to its cases;
//! the programme office sees every count.

mod links;
mod picture;
mod table;
mod times;

use std::sync::{Arc, Mutex, PoisonError};

use access::{Action, Purpose, Relation};
use askama::Template;
use axum::{
    Router,
    extract::{Query as AddressQuery, State},
    response::Response,
    routing::get,
};
use chrono::NaiveDate;
use model::programme::Registry;
use research::{
    cohort::{CohortView, Item, Query},
    programme::{FacilityKind, Month, ProgrammeStatistics, Reach, Shown},
};
use serde::Deserialize;

use self::{
    links::Links,
    times::{Times, TimesView},
};
use crate::{
    address, cohort,
    error::PageError,
    format,
    page::{Page, Place, render},
    reader::Reader,
    state::AppState,
    viewer::Visitor,
    web::{
        search::{may_search, narrow},
        table_file,
    },
};

/// Counts from 1 to below this are not shown to everybody.
const THRESHOLD: u64 = model::research_project::THRESHOLD as u64;
/// Months of the period unless the address says otherwise.
const MONTHS: usize = 12;
/// Periods that are remembered.
const REMEMBERED_MAX: usize = 16;

/// The pages of the statistics.
pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/statistics", get(show))
        .route("/statistics/table.csv", get(table::file))
        .route("/statistics/table.parquet", get(table::file))
        .route("/api/statistics", get(table::json))
}

/// What the address says.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct StatisticsAddress {
    /// Last month, such as `2020-08`; the last whole month without it.
    pub(crate) to: String,
    /// How many months.
    pub(crate) months: String,
    /// Which table, for the CSV.
    pub(crate) table: String,
}

/// Month with which the programme's years begin: the first whole one began in September 2019.
const YEAR_BEGINS: u32 = 9;
/// The first whole one.
const FIRST_YEAR: Month = Month { year: 2019, month: YEAR_BEGINS };
/// Years that everybody is offered.
const YEARS_OFFERED: i32 = 6;

impl StatisticsAddress {
    /// Returns the first month and how many; what cannot be read is as if it were not there.
    fn period(&self, today: NaiveDate) -> (Month, usize) {
        let last = self.to.parse().unwrap_or_else(|_| Month::of(today).plus(-1));
        let months = self.months.parse().unwrap_or(MONTHS);
        let months = months.clamp(1, research::programme::MONTHS_MAX);
        (last.plus(1 - months as i32), months)
    }

    /// Returns the programme's year that everybody sees: the one that the last month is in, or the last whole one.
    ///
    /// Periods that share months could be subtracted from each other; years share none.
    fn year(&self, today: NaiveDate) -> (Month, usize) {
        let newest = last_whole_year(today);
        let asked = self.to.parse().map_or(newest, year_of);
        (asked.min(newest).max(FIRST_YEAR), MONTHS)
    }
}

/// Returns the first month of the programme's year that a month is in.
fn year_of(month: Month) -> Month {
    let begins = Month { year: month.year, month: YEAR_BEGINS };
    if month < begins { begins.plus(-12) } else { begins }
}

/// Returns the first month of the last year of the programme that is over.
fn last_whole_year(today: NaiveDate) -> Month {
    year_of(Month::of(today)).plus(-12)
}

/// Statistics that were counted, of one state of the cases.
#[derive(Clone, Default)]
pub(crate) struct StatisticsBoard(Arc<Mutex<Remembered>>);

#[derive(Default)]
struct Remembered {
    counted: Vec<Counted>,
    times: Option<(Arc<CohortView>, Arc<Times>)>,
}

#[derive(Clone)]
struct Counted {
    view: Arc<CohortView>,
    registry: Arc<Registry>,
    period: (Month, usize),
    whole: Arc<ProgrammeStatistics>,
    /// What everybody may see of it.
    safe: Arc<ProgrammeStatistics>,
}

/// What somebody may see of the statistics.
pub(super) struct Seen {
    pub(super) statistics: Arc<ProgrammeStatistics>,
    /// Whether every count is shown.
    pub(super) is_whole: bool,
    /// Whether counts lead to their cases.
    pub(super) leads: bool,
}

/// Counts what the address asks, and hides what the visitor may not see.
pub(super) async fn see(
    state: &AppState,
    visitor: &Visitor,
    address: &StatisticsAddress,
) -> Result<Seen, PageError> {
    let registry = state.registry().await?;
    let viewer = visitor.viewer.as_ref();
    let leads = match viewer {
        Some(viewer) => may_search(state, viewer).await?,
        None => false,
    };
    let purpose = Purpose::Administration;
    let of_office = viewer.is_some_and(|viewer| {
        state.permit(viewer, Action::ManageProgramme, Relation::Programme, purpose).is_ok()
    });
    let is_whole = leads || of_office;
    let today = state.today();
    let period = if is_whole { address.period(today) } else { address.year(today) };
    let counted = count(state, &registry, period).await?;
    let statistics = if is_whole { counted.whole } else { counted.safe };
    Ok(Seen { statistics, is_whole, leads })
}

async fn count(
    state: &AppState,
    registry: &Arc<Registry>,
    period: (Month, usize),
) -> Result<Counted, PageError> {
    let view = state.cohort.view(state).await?;
    if state.cohort.filling().is_some() {
        return Err(cohort::CohortBoard::still_reading());
    }
    let board = state.statistics.clone();
    let is_same = |each: &Counted| {
        Arc::ptr_eq(&each.view, &view)
            && Arc::ptr_eq(&each.registry, registry)
            && each.period == period
    };
    if let Some(known) = board.lock().counted.iter().find(|each| is_same(each)) {
        return Ok(known.clone());
    }
    let (counted, hospitals, release) = (Arc::clone(&view), Arc::clone(registry), state.release);
    let (first, months) = period;
    let work = tokio::task::spawn_blocking(move || {
        let registered = Query::is(Item::Collection, cohort::REGISTERED);
        let cohort = counted.evaluate(&registered, release).map_err(PageError::internal)?;
        let cases = counted.list(&cohort, 0, usize::MAX);
        let whole = ProgrammeStatistics::of(cases, &hospitals, first, months);
        let safe = whole.safe(THRESHOLD).map_err(PageError::internal)?;
        Ok::<_, PageError>((Arc::new(whole), Arc::new(safe)))
    });
    let (whole, safe) = work.await.map_err(PageError::internal)??;
    let counted = Counted { view, registry: Arc::clone(registry), period, whole, safe };
    let mut remembered = board.lock();
    // Of an earlier state of the cases nothing is asked any more.
    remembered.counted.retain(|each| Arc::ptr_eq(&each.view, &counted.view));
    if remembered.counted.len() >= REMEMBERED_MAX {
        remembered.counted.clear();
    }
    remembered.counted.push(counted.clone());
    Ok(counted)
}

impl StatisticsBoard {
    fn lock(&self) -> std::sync::MutexGuard<'_, Remembered> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads consent and times, once for each state of the cases.
async fn times(state: &AppState) -> Result<Arc<Times>, PageError> {
    let view = state.cohort.view(state).await?;
    if let Some((of, times)) = &state.statistics.lock().times
        && Arc::ptr_eq(of, &view)
    {
        return Ok(Arc::clone(times));
    }
    let times = Arc::new(Times::read(state).await?);
    state.statistics.lock().times = Some((view, Arc::clone(&times)));
    Ok(times)
}

/// A count with the way to its cases.
pub(super) struct CountView {
    pub(super) count: Option<String>,
    pub(super) href: Option<String>,
}

impl CountView {
    fn of(count: Shown, href: Option<String>) -> Self {
        let has_some = count.is_some_and(|count| count > 0);
        Self { count: count.map(format::grouped), href: href.filter(|_| has_some) }
    }
}

/// A row of counts with their sum and its share of all.
struct RowView {
    label: String,
    counts: Vec<CountView>,
    total: CountView,
    share: String,
}

/// The hospitals of a kind in numbers.
struct FacilitiesView {
    label: String,
    designated: String,
    with_tests: String,
    without_tests: String,
    with_given: String,
}

/// A count with a bar.
struct BarView {
    label: String,
    count: CountView,
    detail: String,
    /// Units: per cent of the longest.
    share: u8,
}

/// A choice of the period.
struct PeriodView {
    label: String,
    href: String,
    current: bool,
}

#[derive(Template)]
#[template(path = "statistics.html")]
struct StatisticsTemplate {
    page: Page,
    to: String,
    period: String,
    periods: Vec<PeriodView>,
    is_whole: bool,
    leads: bool,
    threshold: u64,
    total: Option<String>,
    ever: Option<String>,
    with_tests: String,
    designated: String,
    given: Option<String>,
    given_share: String,
    picture: String,
    months: Vec<String>,
    tests: Vec<RowView>,
    all: RowView,
    facilities: Vec<FacilitiesView>,
    reaches: Vec<String>,
    reach: Vec<RowView>,
    levels: Vec<BarView>,
    prefectures: Vec<BarView>,
    undated: u64,
    times: TimesView,
    months_table: [String; 2],
    reach_table: [String; 2],
    prefectures_table: [String; 2],
    json_href: String,
}

/// Shows the statistics.
pub(crate) async fn show(
    State(state): State<AppState>,
    reader: Reader,
    AddressQuery(asked): AddressQuery<StatisticsAddress>,
) -> Result<Response, PageError> {
    let seen = see(&state, &reader.visitor, &asked).await?;
    let page = Page::new(&state, &reader, Place::Statistics).await?;
    let times = times::view(&page, &*times(&state).await?, seen.is_whole);
    render(&template(page, &asked, &seen, times, state.today()))
}

fn template(
    page: Page,
    asked: &StatisticsAddress,
    seen: &Seen,
    times: TimesView,
    today: NaiveDate,
) -> StatisticsTemplate {
    let counted = &*seen.statistics;
    let links = Links { statistics: counted, leads: seen.leads };
    let last = counted.months.last().map(ToString::to_string).unwrap_or_default();
    let first = counted.months.first().map(ToString::to_string).unwrap_or_default();
    let sum = |count: fn(&research::programme::FacilityRow) -> u64| {
        let programme = counted.facilities.iter().filter(|row| row.kind != FacilityKind::Other);
        programme.map(count).sum::<u64>()
    };
    let [given, ..] = counted.reach;
    let address = |table: &str| {
        let months = counted.months.len().to_string();
        let pairs = [("to", last.as_str()), ("months", months.as_str()), ("table", table)];
        table_file::hrefs(&address::with_query("/statistics/table.csv", &pairs))
    };
    let ever = counted.total.zip(counted.earlier).map(|(total, earlier)| total + earlier);
    StatisticsTemplate {
        period: format!("{first} – {last}"),
        periods: if seen.is_whole {
            periods(&page, asked, &last, counted.months.len())
        } else {
            years(counted, today)
        },
        is_whole: seen.is_whole,
        leads: seen.leads,
        threshold: THRESHOLD,
        total: counted.total.map(format::grouped),
        ever: ever.map(format::grouped),
        with_tests: format::grouped(sum(|row| row.with_tests)),
        designated: format::grouped(sum(|row| row.designated)),
        given: given.map(format::grouped),
        given_share: share(given, counted.total),
        picture: picture::months(&page, counted),
        months: counted.months.iter().map(ToString::to_string).collect(),
        tests: tests(&page, counted, &links),
        all: all(&page, counted, &links),
        facilities: facilities(&page, counted),
        reaches: Reach::ALL.iter().map(|reach| reach_label(&page, *reach)).collect(),
        reach: reach(&page, counted, &links),
        levels: levels(&page, counted, &links),
        prefectures: prefectures(&page, counted, &links),
        undated: if seen.is_whole { counted.undated } else { 0 },
        times,
        months_table: address("months"),
        reach_table: address("reach"),
        prefectures_table: address("prefectures"),
        json_href: address::with_query(
            "/api/statistics",
            &[("to", &last), ("months", &counted.months.len().to_string())],
        ),
        to: last,
        page,
    }
}

fn periods(page: &Page, asked: &StatisticsAddress, last: &str, months: usize) -> Vec<PeriodView> {
    let to = if asked.to.is_empty() { "" } else { last };
    [12, 24, 36, 60]
        .map(|each| PeriodView {
            label: page.tn("statistics-months", each as u64),
            href: address::with_query("/statistics", &[("to", to), ("months", &each.to_string())]),
            current: each == months,
        })
        .into()
}

/// Returns the years that everybody is offered, the newest first.
fn years(counted: &ProgrammeStatistics, today: NaiveDate) -> Vec<PeriodView> {
    let year = |at: i32| {
        let first = last_whole_year(today).plus(-12 * at);
        let last = first.plus(11);
        PeriodView {
            label: format!("{first} – {last}"),
            href: address::with_query("/statistics", &[("to", &last.to_string())]),
            current: counted.months.first() == Some(&first),
        }
    };
    (0..YEARS_OFFERED).map(year).collect()
}

fn share(part: Shown, whole: Shown) -> String {
    part.zip(whole).map_or_else(|| "–".to_owned(), |(part, whole)| narrow::percent(part, whole))
}

fn kind_label(page: &Page, kind: FacilityKind) -> String {
    match kind {
        FacilityKind::Core => page.t("statistics-core"),
        FacilityKind::Hub => page.t("statistics-hub"),
        FacilityKind::Partner => page.t("statistics-partner"),
        FacilityKind::Other => page.t("statistics-other"),
    }
}

fn reach_label(page: &Page, reach: Reach) -> String {
    match reach {
        Reach::Given => page.t("statistics-given"),
        Reach::NotGiven => page.t("statistics-not-given"),
        Reach::GivenUnknown => page.t("statistics-given-unknown"),
        Reach::NotProposed => page.t("statistics-not-proposed"),
        Reach::Unknown => page.t("statistics-proposed-unknown"),
    }
}

/// Returns the rows that say something: other hospitals only where they have a test.
fn rows(counted: &ProgrammeStatistics) -> impl Iterator<Item = &research::programme::FacilityRow> {
    let says = |row: &&research::programme::FacilityRow| {
        row.kind != FacilityKind::Other || row.total != Some(0)
    };
    counted.facilities.iter().filter(says)
}

fn tests(page: &Page, counted: &ProgrammeStatistics, links: &Links<'_>) -> Vec<RowView> {
    let row = |row: &research::programme::FacilityRow| RowView {
        label: kind_label(page, row.kind),
        counts: row
            .by_month
            .iter()
            .zip(&counted.months)
            .map(|(count, month)| CountView::of(*count, links.of_kind_in(row, *month)))
            .collect(),
        total: CountView::of(row.total, links.of_kind(row)),
        share: share(row.total, counted.total),
    };
    rows(counted).map(row).collect()
}

fn all(page: &Page, counted: &ProgrammeStatistics, links: &Links<'_>) -> RowView {
    let months = counted.by_month.iter().zip(&counted.months);
    RowView {
        label: page.t("statistics-all"),
        counts: months.map(|(count, month)| CountView::of(*count, links.month(*month))).collect(),
        total: CountView::of(counted.total, links.period()),
        share: share(counted.total, counted.total),
    }
}

fn facilities(page: &Page, counted: &ProgrammeStatistics) -> Vec<FacilitiesView> {
    let programme = counted.facilities.iter().filter(|row| row.kind != FacilityKind::Other);
    let view = |row: &research::programme::FacilityRow| FacilitiesView {
        label: kind_label(page, row.kind),
        designated: format::grouped(row.designated),
        with_tests: format::grouped(row.with_tests),
        without_tests: format::grouped(row.designated.saturating_sub(row.with_tests)),
        with_given: format::grouped(row.with_given),
    };
    programme.map(view).collect()
}

fn reach(page: &Page, counted: &ProgrammeStatistics, links: &Links<'_>) -> Vec<RowView> {
    let row = |row: &research::programme::FacilityRow| RowView {
        label: kind_label(page, row.kind),
        counts: row
            .reach
            .iter()
            .zip(Reach::ALL)
            .map(|(count, reach)| CountView::of(*count, links.reach_of_kind(row, reach)))
            .collect(),
        total: CountView::of(row.total, links.of_kind(row)),
        share: share(row.reach[0], row.total),
    };
    let whole = RowView {
        label: page.t("statistics-all"),
        counts: counted
            .reach
            .iter()
            .zip(Reach::ALL)
            .map(|(count, reach)| CountView::of(*count, links.reach(reach)))
            .collect(),
        total: CountView::of(counted.total, links.period()),
        share: share(counted.reach[0], counted.total),
    };
    rows(counted).map(row).chain([whole]).collect()
}

fn levels(page: &Page, counted: &ProgrammeStatistics, links: &Links<'_>) -> Vec<BarView> {
    let longest = counted.levels.iter().filter_map(|(_, count)| *count).max().unwrap_or(0);
    let view = |(level, count): &(Option<model::evidence::EvidenceLevel>, Shown)| BarView {
        label: match level {
            Some(level) => level.letter().to_owned(),
            None => page.t("statistics-no-level"),
        },
        count: CountView::of(*count, links.level(*level)),
        detail: share(*count, counted.total),
        share: format::percent(count.unwrap_or(0), longest),
    };
    counted.levels.iter().filter(|(_, count)| *count != Some(0)).map(view).collect()
}

fn prefectures(page: &Page, counted: &ProgrammeStatistics, links: &Links<'_>) -> Vec<BarView> {
    let totals = counted.prefectures.iter().filter_map(|row| row.total);
    let longest = totals.max().unwrap_or(0);
    let view = |row: &research::programme::PrefectureRow| {
        let [given, ..] = row.reach;
        BarView {
            label: match row.prefecture {
                Some(prefecture) => prefecture.short(page.language).to_owned(),
                None => page.t("unknown"),
            },
            count: CountView::of(row.total, links.prefecture(row.prefecture)),
            detail: match given {
                _ if row.total == Some(0) => "–".to_owned(),
                Some(given) => {
                    format!("{} ({})", format::grouped(given), share(Some(given), row.total))
                }
                None => page.t("research-hidden"),
            },
            share: format::percent(row.total.unwrap_or(0), longest),
        }
    };
    let says = |row: &&research::programme::PrefectureRow| {
        row.prefecture.is_some() || row.total != Some(0)
    };
    counted.prefectures.iter().filter(says).map(view).collect()
}
