//! Up to six cohorts beside each other: how many, what they share, how they differ.
//!
//! Each `q` of the address is one cohort. An empty one is left out, so that a form may have room for more; every case
//! is asked for as `everything`.

pub(crate) mod count;

use askama::Template;
use axum::{
    extract::{RawQuery, State},
    http::StatusCode,
    response::Response,
};
use research::cohort::{Clock, GeneShare, Item, Query};
use stats::association::Proportion;
use table::{Cell, Kind, Table};

use self::count::{ComparedGene, ComparedItem, Comparison, Tested};
use super::{
    ProblemLine, SearchAddress,
    asked::{self, Asked, CohortPlace, probability, ratio, search_href, text_of},
    labels::ClinicLabels,
    narrow, oncoprint,
    survival::{self, ChoiceView, Fitted, SurvivalView},
};
use crate::{
    error::{PageError, Worded},
    format,
    page::{Page, Place, render},
    reader::Reader,
    state::AppState,
    viewer::Viewer,
    web::{
        chart::bars::{Bar, lying},
        picture_file::Picture,
        table_file::{self, Form, table_file},
    },
};

/// Most cohorts beside each other.
pub(crate) const COHORTS_MAX: usize = 6;
/// What cohorts are called.
pub(crate) const LETTERS: [&str; COHORTS_MAX] = ["A", "B", "C", "D", "E", "F"];
/// Where the page is.
const PATH: &str = "/search/compare";
/// Values of an item with names that are shown.
const NAMES_SHOWN: usize = 10;
/// Genes of the picture.
const GENES_DRAWN: usize = 12;
/// Items by which a cohort can be cut into several.
pub(crate) const SPLIT: [Item; 7] = [
    Item::Sex,
    Item::AgeBand,
    Item::Stage,
    Item::Smoking,
    Item::Msi,
    Item::OptionProposed,
    Item::OptionGiven,
];

/// What the address says.
#[derive(Clone, Debug, Default)]
pub(crate) struct CompareAddress {
    pub(crate) texts: Vec<String>,
    pub(crate) clock: String,
    entry: String,
    /// Whether there were more cohorts than are compared.
    pub(crate) is_beyond: bool,
}

impl CompareAddress {
    /// Reads the part of an address behind `?`.
    pub(crate) fn read(query: &str) -> Self {
        let mut address = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "q" if value.trim().is_empty() => {}
                "q" if address.texts.len() < COHORTS_MAX => address.texts.push(value.into_owned()),
                "q" => address.is_beyond = true,
                "clock" => address.clock = value.into_owned(),
                "entry" => address.entry = value.into_owned(),
                _ => {}
            }
        }
        address
    }

    /// Returns the address of the page with some values put in place of those it has.
    pub(crate) fn href(&self, path: &str, changes: &[(&str, &str)]) -> String {
        let changed = |name: &str| changes.iter().find(|(each, _)| *each == name);
        let mut query = form_urlencoded::Serializer::new(String::new());
        for text in &self.texts {
            query.append_pair("q", text);
        }
        for (name, kept) in [("clock", &self.clock), ("entry", &self.entry)] {
            let value = changed(name).map_or(kept.as_str(), |(_, value)| value);
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        for (name, value) in changes.iter().filter(|(name, _)| !["clock", "entry"].contains(name)) {
            query.append_pair(name, value);
        }
        format!("{path}?{}", query.finish())
    }

    fn survival(&self, has_no_test: bool) -> (Clock, bool) {
        let address = SearchAddress {
            clock: self.clock.clone(),
            entry: self.entry.clone(),
            ..SearchAddress::default()
        };
        (address.clock(), address.is_delayed(has_no_test))
    }
}

/// Returns the address of a comparison of some queries.
pub(crate) fn href_of(path: &str, queries: &[Query]) -> String {
    let texts = queries.iter().map(Query::to_text).collect();
    CompareAddress { texts, ..CompareAddress::default() }.href(path, &[])
}

/// A cohort of the page.
struct CohortView {
    letter: &'static str,
    /// Which line of the pictures it is. Units: 0-based.
    place: usize,
    line: String,
    href: String,
    without_href: Option<String>,
    count: u64,
    share: String,
}

/// A field of the form.
pub(crate) struct FieldView {
    pub(crate) letter: &'static str,
    pub(crate) text: String,
    pub(crate) problems: Vec<ProblemLine>,
}

/// A number that leads to its cases.
struct LinkedCount {
    count: String,
    href: Option<String>,
}

struct OverlapView {
    pair: String,
    both: LinkedCount,
    only: [LinkedCount; 2],
    unsaid: [String; 2],
    /// Where they are compared without what they share; none where they share nothing.
    separate_href: Option<String>,
}

/// A value of an item in each cohort.
pub(crate) struct ValueView {
    pub(crate) label: String,
    pub(crate) cells: Vec<ShareView>,
}

/// A count and its share of the known.
pub(crate) struct ShareView {
    /// `None` is hidden.
    pub(crate) count: Option<String>,
    /// Empty where it is hidden of how many.
    pub(crate) percent: String,
    pub(crate) href: String,
    /// Length of the bar. Units: per cent.
    pub(crate) share: u8,
    pub(crate) place: usize,
}

/// An item in each cohort.
pub(crate) struct ItemView {
    pub(crate) id: &'static str,
    pub(crate) title: String,
    pub(crate) values: Vec<ValueView>,
    /// `None` is hidden.
    pub(crate) unknown: Vec<Option<String>>,
    pub(crate) test: String,
    pub(crate) rest: u64,
}

/// A gene in each cohort.
pub(crate) struct GeneView {
    pub(crate) gene: String,
    pub(crate) cells: Vec<ShareView>,
    pub(crate) odds: String,
    pub(crate) p: String,
    pub(crate) q: String,
    pub(crate) is_discovery: bool,
}

/// A way to cut one cohort into several.
pub(crate) struct SplitView {
    pub(crate) label: String,
    pub(crate) href: String,
}

#[derive(Template)]
#[template(path = "search/compare.html")]
struct CompareTemplate {
    page: Page,
    fields: Vec<FieldView>,
    beyond: bool,
    views: Vec<ChoiceView>,
    cohorts: Vec<CohortView>,
    all: u64,
    splits: Vec<SplitView>,
    overlaps: Vec<OverlapView>,
    separate: bool,
    items: Vec<ItemView>,
    genes: Vec<GeneView>,
    has_odds: bool,
    genes_svg: String,
    survival: SurvivalView,
    svg_genes_href: String,
    png_genes_href: String,
    svg_survival_href: String,
    png_survival_href: String,
    tables: [String; 2],
}

/// Shows the comparison.
pub(crate) async fn show(
    State(state): State<AppState>,
    viewer: Viewer,
    reader: Reader,
    RawQuery(query): RawQuery,
) -> Result<Response, PageError> {
    let address = CompareAddress::read(query.as_deref().unwrap_or_default());
    let asked = asked::ask(&state, &viewer, &address.texts).await?;
    let page = match &asked {
        Ok(asked) => asked.page(&state, &reader).await?,
        Err(_) => Page::new(&state, &reader, Place::Search).await?,
    };
    let fields = fields(&address.texts);
    let mut template = CompareTemplate {
        views: asked::views(
            &page,
            address.texts.first().map_or("", String::as_str),
            CohortPlace::Compare,
        ),
        fields,
        beyond: address.is_beyond,
        cohorts: Vec::new(),
        all: 0,
        splits: Vec::new(),
        overlaps: Vec::new(),
        separate: true,
        items: Vec::new(),
        genes: Vec::new(),
        has_odds: false,
        genes_svg: String::new(),
        survival: SurvivalView::default(),
        svg_genes_href: chart_href(&address, "svg", "compare-genes"),
        png_genes_href: chart_href(&address, "png", "compare-genes"),
        svg_survival_href: chart_href(&address, "svg", "compare-survival"),
        png_survival_href: chart_href(&address, "png", "compare-survival"),
        tables: table_file::hrefs(&address.href("/search/compare.csv", &[])),
        page,
    };
    let mut status = StatusCode::OK;
    match asked {
        Ok(asked) => fill(&state, &mut template, &address, asked).await?,
        Err(unread) => {
            status = StatusCode::UNPROCESSABLE_ENTITY;
            for (at, problem) in unread.problems {
                if let Some(field) = template.fields.get_mut(at) {
                    field.problems.push(ProblemLine::of(&template.page, &problem));
                }
            }
        }
    }
    if address.is_beyond {
        status = StatusCode::UNPROCESSABLE_ENTITY;
    }
    let mut response = render(&template)?;
    if status != StatusCode::OK {
        *response.status_mut() = status;
        response.extensions_mut().insert(Worded);
    }
    Ok(response)
}

fn chart_href(address: &CompareAddress, format: &str, chart: &str) -> String {
    address.href(&format!("/search/chart.{format}"), &[("chart", chart)])
}

/// Returns the fields of the form: what is asked, and room for one more.
pub(crate) fn fields(texts: &[String]) -> Vec<FieldView> {
    let wanted = (texts.len() + 1).clamp(2, COHORTS_MAX);
    let text = |at: usize| texts.get(at).cloned().unwrap_or_default();
    let field = |(at, letter)| FieldView { letter, text: text(at), problems: Vec::new() };
    LETTERS.into_iter().enumerate().take(wanted).map(field).collect()
}

/// Counts the cohorts away from the threads that answer.
pub(super) async fn compared(
    state: &AppState,
    asked: Asked,
    survival: (Clock, bool),
) -> Result<(Asked, Comparison), PageError> {
    let release = state.release;
    let work = state.count(move || {
        let comparison =
            Comparison::of(&asked.view, release, &asked.evaluated, &asked.cohorts, survival);
        (asked, comparison)
    });
    work.await
}

/// Estimates the survival of the cohorts away from the threads that answer.
async fn fitted(state: &AppState, comparison: &Comparison) -> Result<Fitted, PageError> {
    let counts = comparison.pages.iter().map(|page| page.survival.clone().unwrap_or_default());
    let counts: Vec<_> = counts.collect();
    state.count(move || Fitted::of(&counts)).await?.map_err(PageError::internal)
}

async fn fill(
    state: &AppState,
    template: &mut CompareTemplate,
    address: &CompareAddress,
    asked: Asked,
) -> Result<(), PageError> {
    template.all = asked.of;
    if asked.queries.is_empty() {
        return Ok(());
    }
    let (clock, is_delayed) = address.survival(asked.has_no_test);
    let (asked, comparison) = compared(state, asked, (clock, is_delayed)).await?;
    let (page, labels) = (&template.page, asked.labels(state));
    template.cohorts = cohorts(page, &asked, &comparison, &labels);
    if asked.queries.len() == 1 {
        template.splits = splits(page, &asked, &comparison);
    }
    // Where one of them names a collection, what the others go through must be said too, so that links count the same.
    let names_one = |query: &Query| query.uses().contains(Item::Collection.code());
    let linked =
        if asked.queries.iter().any(names_one) { &asked.evaluated } else { &asked.queries };
    template.overlaps = overlaps(linked, &comparison);
    template.separate = comparison.is_separate();
    template.items = comparison
        .items
        .iter()
        .map(|item| item_view(page, item, &asked.queries, &labels, &search_href))
        .collect();
    template.genes = gene_views(&asked.queries, &comparison.genes, &search_href);
    template.has_odds = asked.queries.len() == 2;
    template.genes_svg = genes_picture(page, &comparison.genes);
    let fitted = fitted(state, &comparison).await?;
    let card = survival_card(page, &asked, (&comparison, &fitted), &labels, address);
    let href = |changes: &[(&str, &str)]| address.href(PATH, changes);
    template.survival = SurvivalView {
        clocks: survival::clocks(page, clock, &href),
        entries: survival::entries(page, is_delayed, &href),
        ..card
    };
    Ok(())
}

/// Draws the survival of the cohorts; they are tested only where they share no case.
pub(super) fn survival_card(
    page: &Page,
    asked: &Asked,
    (comparison, fitted): (&Comparison, &Fitted),
    labels: &ClinicLabels<'_>,
    address: &CompareAddress,
) -> SurvivalView {
    let (clock, is_delayed) = address.survival(asked.has_no_test);
    let group = |(letter, query): (&str, &Query)| {
        format!("{letter}  {}", query.to_line(page.language, labels))
    };
    let groups: Vec<String> = LETTERS.into_iter().zip(&asked.queries).map(group).collect();
    let mut card = survival::card(page, clock, is_delayed, &groups, fitted);
    if !comparison.is_separate() && groups.len() > 1 {
        card.test = page.t("compare-not-tested");
    }
    card
}

fn cohorts(
    page: &Page,
    asked: &Asked,
    comparison: &Comparison,
    labels: &ClinicLabels<'_>,
) -> Vec<CohortView> {
    let all = asked.of;
    let view = |(place, (query, counted)): (usize, (&Query, &research::cohort::CohortPage))| {
        let mut rest = asked.queries.clone();
        rest.remove(place);
        CohortView {
            letter: LETTERS.get(place).copied().unwrap_or_default(),
            place,
            line: query.to_line(page.language, labels),
            href: search_href(query),
            without_href: (!rest.is_empty()).then(|| href_of(PATH, &rest)),
            count: counted.cases,
            share: narrow::percent(counted.cases, all),
        }
    };
    asked.queries.iter().zip(&comparison.pages).enumerate().map(view).collect()
}

fn splits(page: &Page, asked: &Asked, comparison: &Comparison) -> Vec<SplitView> {
    let Some(query) = asked.queries.first() else { return Vec::new() };
    let Some(counted) = comparison.pages.first() else { return Vec::new() };
    let facets = counted.facets.iter().filter(|facet| SPLIT.contains(&facet.item));
    facets
        .filter(|facet| facet.values.len() > 1)
        .map(|facet| {
            let mut values: Vec<_> = facet.values.iter().collect();
            values.sort_by_key(|value| std::cmp::Reverse(value.cases));
            values.truncate(COHORTS_MAX);
            values.sort_by_key(|value| value.place);
            let part = |value| asked::with_term(query, facet.query(value));
            let parts: Vec<Query> = values.into_iter().map(part).collect();
            SplitView {
                label: page.text(&facet.item.label()).to_owned(),
                href: href_of(PATH, &parts),
            }
        })
        .collect()
}

fn overlaps(queries: &[Query], comparison: &Comparison) -> Vec<OverlapView> {
    let view = |overlap: &count::Overlap| {
        let (first, second) = overlap.pair;
        let (one, other) = (queries.get(first)?, queries.get(second)?);
        let only = [count::only(one, other), count::only(other, one)];
        let counted = |at: usize| LinkedCount {
            count: overlap.only[at].map_or_else(|| "–".to_owned(), format::grouped),
            href: overlap.only[at].map(|_| search_href(&only[at])),
        };
        Some(OverlapView {
            pair: format!("{} · {}", LETTERS.get(first)?, LETTERS.get(second)?),
            both: LinkedCount {
                count: format::grouped(overlap.both),
                href: Some(search_href(&count::both(one, other))),
            },
            only: [counted(0), counted(1)],
            unsaid: overlap
                .unsaid
                .map(|cases| cases.map_or_else(|| "–".to_owned(), format::grouped)),
            separate_href: (overlap.both > 0).then(|| href_of(PATH, &only)),
        })
    };
    comparison.overlaps.iter().filter_map(view).collect()
}

/// Returns an item in words; where the count of a value leads, `href` says.
pub(crate) fn item_view(
    page: &Page,
    item: &ComparedItem,
    queries: &[Query],
    labels: &ClinicLabels<'_>,
    href: &dyn Fn(&Query) -> String,
) -> ItemView {
    let is_named = item.values.iter().any(|value| value.place == 0);
    let shown = if is_named { NAMES_SHOWN } else { usize::MAX };
    let value_view = |value: &count::ComparedValue| {
        let word = item.item.word_label(value.place).map(|label| page.text(&label).to_owned());
        let facet = research::cohort::Facet { item: item.item, values: Vec::new(), unknown: 0 };
        let own =
            research::cohort::FacetValue { code: value.code.clone(), place: value.place, cases: 0 };
        let term = facet.query(&own);
        let cell = |(place, (cases, known)): (usize, (&Option<u64>, &Option<u64>))| ShareView {
            count: cases.map(format::grouped),
            percent: cases
                .zip(*known)
                .map_or_else(String::new, |(cases, known)| narrow::percent(cases, known)),
            href: queries
                .get(place)
                .map(|query| href(&asked::with_term(query, term.clone())))
                .unwrap_or_default(),
            share: cases.zip(*known).map_or(0, |(cases, known)| format::percent(cases, known)),
            place,
        };
        ValueView {
            label: word.unwrap_or_else(|| labels.of_item(item.item, &value.code, page.language)),
            cells: value.cases.iter().zip(&item.known).enumerate().map(cell).collect(),
        }
    };
    ItemView {
        id: item.item.code(),
        title: page.text(&item.item.label()).to_owned(),
        values: item.values.iter().take(shown).map(value_view).collect(),
        unknown: item.unknown.iter().map(|cases| cases.map(format::grouped)).collect(),
        test: item.tested.map_or_else(String::new, |tested| test_words(page, tested)),
        rest: item.values.len().saturating_sub(shown) as u64,
    }
}

fn test_words(page: &Page, tested: Tested) -> String {
    let (p, q) = (probability(tested.p), probability(tested.q));
    page.words("compare-item-test", &[("p", &p), ("q", &q)])
}

/// Returns genes in words; where a count leads, `href` says.
pub(crate) fn gene_views(
    queries: &[Query],
    genes: &[ComparedGene],
    href: &dyn Fn(&Query) -> String,
) -> Vec<GeneView> {
    let view = |gene: &ComparedGene| {
        let cell = |(place, share): (usize, &Option<GeneShare>)| {
            let count = |share: &GeneShare| {
                format!("{}/{}", format::grouped(share.altered), format::grouped(share.covered))
            };
            let known = share.unwrap_or_default();
            ShareView {
                count: share.as_ref().map(count),
                percent: narrow::percent(known.altered, known.covered),
                href: queries
                    .get(place)
                    .map(|query| href(&asked::with_term(query, Query::gene(&gene.gene))))
                    .unwrap_or_default(),
                share: format::percent(known.altered, known.covered),
                place,
            }
        };
        let odds = gene.tested.and_then(|tested| tested.odds);
        let dash = || "–".to_owned();
        GeneView {
            gene: gene.gene.to_string(),
            cells: gene.shares.iter().enumerate().map(cell).collect(),
            odds: odds.map_or_else(dash, |(odds, low, high)| {
                format!("{} ({}–{})", ratio(odds), ratio(low), ratio(high))
            }),
            p: gene.tested.map_or_else(dash, |tested| probability(tested.p)),
            q: gene.tested.map_or_else(dash, |tested| probability(tested.q)),
            is_discovery: gene.tested.is_some_and(|tested| tested.q < 0.05),
        }
    };
    genes.iter().map(view).collect()
}

/// Draws how often genes are altered, the cohorts below each other; what is hidden has no bar.
pub(crate) fn genes_picture(page: &Page, genes: &[ComparedGene]) -> String {
    let mut bars = Vec::new();
    for gene in genes.iter().take(GENES_DRAWN) {
        for (series, share) in gene.shares.iter().enumerate() {
            let Some(share) = share else { continue };
            let known = Proportion::of(share.altered, share.covered, 0.95).ok();
            let letter = LETTERS.get(series).copied().unwrap_or_default();
            bars.push(Bar {
                name: format!("{} {letter}", gene.gene),
                percent: known.map_or(0.0, |known| known.share * 100.0),
                value: oncoprint::share(*share),
                interval: known
                    .map(|known| (known.interval.lower * 100.0, known.interval.upper * 100.0)),
                href: None,
                series,
            });
        }
    }
    if bars.is_empty() {
        return String::new();
    }
    lying(&page.t("compare-genes-picture"), &bars, &page.t("chart-percent-altered"))
}

/// Returns what the cohorts are, for notes below a picture.
pub(super) fn notes(page: &Page, asked: &Asked, state: &AppState) -> Vec<String> {
    let labels = asked.labels(state);
    let note = |((letter, query), cohort): ((&str, &Query), &research::cohort::Cohort)| {
        let line = query.to_line(page.language, &labels);
        format!("{letter}  {line} (n = {})", format::grouped(cohort.cases()))
    };
    LETTERS.into_iter().zip(&asked.queries).zip(&asked.cohorts).map(note).collect()
}

/// Gives the genes of a comparison as a table.
pub(crate) async fn file(
    State(state): State<AppState>,
    viewer: Viewer,
    reader: Reader,
    form: Form,
    RawQuery(query): RawQuery,
) -> Result<Response, PageError> {
    let address = CompareAddress::read(query.as_deref().unwrap_or_default());
    let asked = asked::ask(&state, &viewer, &address.texts).await?;
    let Ok(asked) = asked else { return Err(PageError::BadRequest) };
    if asked.queries.is_empty() || address.is_beyond {
        return Err(PageError::BadRequest);
    }
    let survival = address.survival(asked.has_no_test);
    let (asked, comparison) = compared(&state, asked, survival).await?;
    let page = asked.page(&state, &reader).await?;
    let table = table(&asked.queries, &comparison.genes);
    table_file(&page, form, "comparison", &table, &question(&asked.queries))
}

/// Returns the queries of a comparison as one text, as the audit log has them.
pub(crate) fn question(queries: &[Query]) -> String {
    queries.iter().map(Query::to_text).collect::<Vec<_>>().join(" | ")
}

/// Returns the genes of a comparison as a table.
pub(crate) fn table(queries: &[Query], genes: &[ComparedGene]) -> Table {
    let mut columns = vec![("gene".to_owned(), Kind::Words)];
    for (letter, query) in LETTERS.into_iter().zip(queries) {
        columns.push((format!("{letter} altered: {}", text_of(query)), Kind::Integer));
        columns.push((format!("{letter} covered"), Kind::Integer));
    }
    let numbers = ["odds_ratio", "odds_ratio_lower", "odds_ratio_upper", "p", "q"];
    columns.extend(numbers.map(|name| (name.to_owned(), Kind::Number)));
    let row = |gene: &ComparedGene| {
        let mut cells = vec![gene.gene.to_string().into()];
        for share in &gene.shares {
            let counts = [share.map(|share| share.altered), share.map(|share| share.covered)];
            cells.extend(counts.map(Cell::from));
        }
        let odds = gene.tested.and_then(|tested| tested.odds);
        let numbers = [
            odds.map(|odds| odds.0),
            odds.map(|odds| odds.1),
            odds.map(|odds| odds.2),
            gene.tested.map(|tested| tested.p),
            gene.tested.map(|tested| tested.q),
        ];
        cells.extend(numbers.map(Cell::from));
        cells
    };
    Table::of_columns(columns).with_rows(genes.iter().map(row))
}

/// Draws one picture of a comparison.
pub(super) async fn picture(
    state: &AppState,
    page: &Page,
    asked: Asked,
    address: &CompareAddress,
    is_survival: bool,
) -> Result<Picture, PageError> {
    let survival = address.survival(asked.has_no_test);
    let (asked, comparison) = compared(state, asked, survival).await?;
    let mut notes = notes(page, &asked, state);
    if is_survival {
        let fitted = fitted(state, &comparison).await?;
        let labels = asked.labels(state);
        let card = survival_card(page, &asked, (&comparison, &fitted), &labels, address);
        // The keys say what the cohorts are.
        notes.clear();
        notes.extend(super::chart_file::at_risk(page, &card));
        notes.extend([card.note.clone(), page.t("search-survival-method"), card.test.clone()]);
        let keys = super::chart_file::curve_keys(&card);
        return Ok(Picture { svg: card.svg, title: card.title, keys, notes });
    }
    notes.push(page.t("search-genes-hint"));
    let title = page.t("compare-genes-picture");
    let svg = genes_picture(page, &comparison.genes);
    Ok(Picture { svg, title, keys: Vec::new(), notes })
}
