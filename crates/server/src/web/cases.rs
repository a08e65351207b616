//! The case list: search, filters and pages, all in the address.

use access::Action;
use askama::Template;
use axum::{
    extract::{Query, State},
    response::Response,
};
use model::{case::Sex, evidence::EvidenceLevel, programme::Registry, tumour::TumourTypeCode};
use serde::Deserialize;
use store::{
    Attention, CaseFacet, CaseFilter, CaseScope, Cursor, FacetCount, LevelFilter, PageRequest,
};

use crate::{
    address,
    error::PageError,
    limits::{CASES_PER_PAGE, SEARCH_CHARS_MAX},
    page::{Page, Place, render},
    reader::Reader,
    reading::CaseListing,
    state::AppState,
    view::{CaseRowView, TumourView},
    viewer::Viewer,
    web::{
        clinical_record,
        facet::{Chip, Counted, Facet},
        hospital::hospital_label,
    },
};

/// Value of the level filter that stands for "no evidence".
const LEVEL_NOTHING: &str = "none";

/// What the address of the case list says. An empty value is not chosen.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct CasesQuery {
    /// Text searched for.
    pub(crate) q: String,
    /// Tumour type's code.
    pub(crate) tumour: String,
    /// Highest level's letter, or `none`.
    pub(crate) level: String,
    /// Sex.
    pub(crate) sex: String,
    /// Panel.
    pub(crate) panel: String,
    /// Hospital.
    pub(crate) hospital: String,
    /// What somebody should look at.
    pub(crate) state: String,
    /// Where the page before ended.
    pub(crate) after: String,
}

impl CasesQuery {
    fn pairs(&self) -> [(&'static str, &str); 7] {
        [
            ("q", &self.q),
            ("tumour", &self.tumour),
            ("level", &self.level),
            ("sex", &self.sex),
            ("panel", &self.panel),
            ("hospital", &self.hospital),
            ("state", &self.state),
        ]
    }

    /// Returns the address of the list with one filter set to a value, from its first page.
    fn href_with(&self, name: &str, value: &str) -> String {
        let pairs =
            self.pairs().map(|(each, kept)| (each, if each == name { value } else { kept }));
        address::with_query("/cases", &pairs)
    }

    fn href_after(&self, cursor: Cursor) -> String {
        let after = cursor.to_string();
        let mut pairs = self.pairs().to_vec();
        pairs.push(("after", &after));
        address::with_query("/cases", &pairs)
    }

    /// Returns the filter that the record understands; `None` where a value is none that exists.
    pub(crate) fn filter(&self) -> Option<CaseFilter> {
        let chosen = |value: &String| Some(value.clone()).filter(|value| !value.is_empty());
        let level = match self.level.as_str() {
            "" => LevelFilter::Any,
            LEVEL_NOTHING => LevelFilter::Nothing,
            letter => LevelFilter::Is(level_of(letter)?),
        };
        let sex = match self.sex.as_str() {
            "" => None,
            word => Some(sex_of(word)?),
        };
        let attention = match self.state.as_str() {
            "" => None,
            word => Some(attention_of(word)?),
        };
        Some(CaseFilter {
            scope: CaseScope::default(),
            tumour_types: chosen(&self.tumour).map(TumourTypeCode).into_iter().collect(),
            hospital: chosen(&self.hospital),
            panel: chosen(&self.panel),
            sex,
            level,
            attention,
            text: Some(self.q.trim().chars().take(SEARCH_CHARS_MAX).collect()),
        })
    }

    /// Returns which page is wanted; `None` where the place is none of this list's.
    pub(crate) fn page(&self) -> Option<PageRequest> {
        let after = match self.after.as_str() {
            "" => None,
            text => Some(text.parse::<Cursor>().ok()?),
        };
        Some(PageRequest { rows: u32::from(CASES_PER_PAGE), after })
    }
}

fn level_of(letter: &str) -> Option<EvidenceLevel> {
    EvidenceLevel::ALL.into_iter().find(|level| level.letter() == letter)
}

fn sex_of(word: &str) -> Option<Sex> {
    match word {
        "female" => Some(Sex::Female),
        "male" => Some(Sex::Male),
        "other" => Some(Sex::Other),
        _ => None,
    }
}

fn attention_of(word: &str) -> Option<Attention> {
    Attention::ALL.into_iter().find(|attention| attention_word(*attention) == word)
}

/// Returns the word of a state in an address.
pub(crate) fn attention_word(attention: Attention) -> &'static str {
    match attention {
        Attention::Rejected => "rejected",
        Attention::NoReport => "no-report",
        Attention::Warnings => "warnings",
        Attention::NoTumourType => "no-tumour-type",
    }
}

fn attention_label(page: &Page, attention: Attention) -> String {
    match attention {
        Attention::Rejected => page.t("state-rejected"),
        Attention::NoReport => page.t("state-no-report"),
        Attention::Warnings => page.t("state-warnings"),
        Attention::NoTumourType => page.t("state-no-tumour"),
    }
}

#[derive(Template)]
#[template(path = "cases.html")]
struct CasesTemplate {
    page: Page,
    query: String,
    hidden: Vec<(&'static str, String)>,
    chips: Vec<Chip>,
    total: u64,
    all: u64,
    caption: String,
    rows: Vec<CaseRowView>,
    facets: Vec<Facet>,
    first_href: Option<String>,
    next_href: Option<String>,
    may_register: bool,
    may_import: bool,
}

/// Shows the case list.
pub(crate) async fn show(
    State(state): State<AppState>,
    viewer: Viewer,
    reader: Reader,
    Query(query): Query<CasesQuery>,
) -> Result<Response, PageError> {
    let listing = state.list_of(&viewer, Action::ReadCaseList).await?;
    let filter = query.filter().ok_or(PageError::BadRequest)?;
    let request = query.page().ok_or(PageError::BadRequest)?;
    let page = Page::new(&state, &reader, Place::Cases).await?;
    let listed = listing.cases(&filter, request).await?;
    let all = listing.count().await?;
    let registry = state.registry().await?;
    let facets = facets(&page, &state, &listing, &query, &filter).await?;
    let rows = listed.rows.iter().map(|row| CaseRowView::of(&page, &state, row)).collect();
    let hidden = query.pairs().into_iter().skip(1).filter(|(_, value)| !value.is_empty());
    let template = CasesTemplate {
        query: query.q.clone(),
        hidden: hidden.map(|(name, value)| (name, value.to_owned())).collect(),
        chips: chips(&page, &state, &registry, &query),
        total: listed.total,
        all,
        caption: page.t2("cases-caption", "size", CASES_PER_PAGE),
        rows,
        facets,
        first_href: request.after.map(|_| query.href_with("", "")),
        next_href: listed.next.map(|cursor| query.href_after(cursor)),
        may_import: clinical_record::import::leads(&state, &viewer),
        may_register: viewer.may(Action::RegisterCase, state.now().date_naive()),
        page,
    };
    render(&template)
}

fn chips(page: &Page, state: &AppState, registry: &Registry, query: &CasesQuery) -> Vec<Chip> {
    let tumour = || TumourView::of(page, state, &TumourTypeCode::new(&query.tumour)).line();
    let level = || {
        if query.level == LEVEL_NOTHING { page.t("level-no-evidence") } else { query.level.clone() }
    };
    let attention =
        || attention_of(&query.state).map_or(String::new(), |known| attention_label(page, known));
    let hospital = || hospital_label(page, registry, &query.hospital);
    let all = [
        ("q", &query.q, page.t("chip-search"), query.q.clone()),
        ("tumour", &query.tumour, page.t("facet-tumour"), tumour()),
        ("level", &query.level, page.t("facet-level"), level()),
        ("sex", &query.sex, page.t("facet-sex"), page.sex(sex_of(&query.sex))),
        ("panel", &query.panel, page.t("facet-panel"), query.panel.clone()),
        ("hospital", &query.hospital, page.t("facet-hospital"), hospital()),
        ("state", &query.state, page.t("facet-state"), attention()),
    ];
    all.into_iter()
        .filter(|(_, chosen, _, _)| !chosen.is_empty())
        .map(|(name, _, label, value)| Chip::of(page, label, value, query.href_with(name, "")))
        .collect()
}

/// Counts each facet among the cases that all other filters leave.
async fn facets(
    page: &Page,
    state: &AppState,
    listing: &CaseListing<'_>,
    query: &CasesQuery,
    filter: &CaseFilter,
) -> Result<Vec<Facet>, PageError> {
    let count = async |facet, filter: CaseFilter| listing.facet(facet, &filter).await;
    let levels = CaseFilter { level: LevelFilter::Any, ..filter.clone() };
    let levels = count(CaseFacet::Level, levels).await?;
    let tumours = CaseFilter { tumour_types: Vec::new(), ..filter.clone() };
    let tumours = count(CaseFacet::TumourType, tumours).await?;
    let panels = count(CaseFacet::Panel, CaseFilter { panel: None, ..filter.clone() }).await?;
    let sexes = count(CaseFacet::Sex, CaseFilter { sex: None, ..filter.clone() }).await?;
    let hospitals = CaseFilter { hospital: None, ..filter.clone() };
    let hospitals = count(CaseFacet::Hospital, hospitals).await?;
    let states = CaseFilter { attention: None, ..filter.clone() };
    let states = listing.attention(&states).await?;

    let choose = Choose { query };
    let plain = |value: &str| value.to_owned();
    let tumour = |code: &str| TumourView::of(page, state, &TumourTypeCode::new(code)).line();
    let registry = state.registry().await?;
    let hospital = |code: &str| hospital_label(page, &registry, code);
    let states = states.into_iter().filter(|(_, cases)| *cases > 0).map(|(attention, cases)| {
        let word = attention_word(attention);
        choose.counted("state", &query.state, word, attention_label(page, attention), cases)
    });
    Ok(vec![
        Facet::of("level", page.t("facet-level"), level_values(page, query, &levels)),
        Facet::of("state", page.t("facet-state"), states.collect()),
        Facet::of(
            "tumour",
            page.t("facet-tumour"),
            choose.values("tumour", &query.tumour, tumours, tumour),
        ),
        Facet::of(
            "panel",
            page.t("facet-panel"),
            choose.values("panel", &query.panel, panels, plain),
        ),
        Facet::of("sex", page.t("facet-sex"), {
            choose.values("sex", &query.sex, sexes, |word| page.sex(sex_of(word)))
        }),
        Facet::of(
            "hospital",
            page.t("facet-hospital"),
            choose.values("hospital", &query.hospital, hospitals, hospital),
        ),
    ])
}

/// Levels in the order of the scale, whatever their counts.
pub(crate) fn level_values(page: &Page, query: &CasesQuery, levels: &[FacetCount]) -> Vec<Counted> {
    let choose = Choose { query };
    let mut values = Vec::new();
    for level in EvidenceLevel::ALL {
        let letter = level.letter();
        let found = levels.iter().find(|count| count.value.as_deref() == Some(letter));
        if let Some(count) = found {
            let label = page.t2("level-label", "level", letter);
            values.push(choose.counted("level", &query.level, letter, label, count.cases));
        }
    }
    if let Some(count) = levels.iter().find(|count| count.value.is_none()) {
        let label = page.t("level-no-evidence");
        values.push(choose.counted("level", &query.level, LEVEL_NOTHING, label, count.cases));
    }
    values
}

/// Makes values that set one filter, or take it off where they are chosen.
struct Choose<'a> {
    query: &'a CasesQuery,
}

impl Choose<'_> {
    fn counted(&self, name: &str, chosen: &str, value: &str, label: String, count: u64) -> Counted {
        let current = chosen == value;
        let href = self.query.href_with(name, if current { "" } else { value });
        Counted { href, label, count, current }
    }

    fn values(
        &self,
        name: &str,
        chosen: &str,
        counts: Vec<FacetCount>,
        label: impl Fn(&str) -> String,
    ) -> Vec<Counted> {
        let known = counts.into_iter().filter_map(|count| Some((count.value?, count.cases)));
        known.map(|(value, n)| self.counted(name, chosen, &value, label(&value), n)).collect()
    }
}
