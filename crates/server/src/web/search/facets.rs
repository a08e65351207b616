//! What a cohort consists of: values of items, altered genes with those tested for them, drugs with responses.

use knowledge::Release;
use model::tumour::TumourTypeCode;
use research::cohort::{
    AlterationKind, Facet as CountedFacet, GeneShare, Item, Labels as _, NameList, Query, Response,
    TherapyTerm, Word as _,
};
use stats::association::Proportion;

use super::{Found, SearchAddress, asked, labels::ClinicLabels, narrow};
use crate::{
    address, format,
    page::Page,
    web::facet::{Counted, Facet},
};

/// The items that are shown, in the order of the page.
pub(crate) const SHOWN: [Item; 17] = [
    Item::Tumour,
    Item::Sex,
    Item::AgeBand,
    Item::Stage,
    Item::PerformanceStatus,
    Item::Smoking,
    Item::Level,
    Item::Msi,
    Item::TmbBand,
    Item::Panel,
    Item::SampleKind,
    Item::OptionProposed,
    Item::OptionGiven,
    Item::VitalStatus,
    Item::Region,
    Item::Hospital,
    Item::Year,
];
/// Most levels of the hierarchy of tumour types.
const LEVELS_MAX: usize = 32;
/// Drugs that are shown.
const DRUGS: usize = 15;
/// Level of the intervals.
const LEVEL: f64 = 0.95;

/// A gene with how often it is altered.
pub(crate) struct GeneView {
    pub(crate) gene: String,
    /// Address of the pictures of the gene.
    pub(crate) gene_href: String,
    pub(crate) href: String,
    pub(crate) current: bool,
    pub(crate) altered: String,
    pub(crate) covered: String,
    pub(crate) percent: String,
    pub(crate) interval: String,
    /// Length of the bar. Units: per cent of the most often altered gene.
    pub(crate) share: u8,
    /// Of each kind: short variants, copy numbers, rearrangements.
    pub(crate) kinds: Vec<String>,
}

/// A drug with how patients responded.
pub(crate) struct DrugView {
    pub(crate) drug: String,
    pub(crate) href: String,
    pub(crate) current: bool,
    pub(crate) cases: String,
    pub(crate) before: String,
    pub(crate) after: String,
    /// How many lines of therapy were first, second and so on, in words.
    pub(crate) lines: String,
    /// Lines of therapy by response, in the order of the responses and then unknown.
    pub(crate) responses: Vec<ResponseView>,
    pub(crate) rate: String,
}

/// How many lines of therapy had a response.
pub(crate) struct ResponseView {
    pub(crate) code: &'static str,
    pub(crate) lines: String,
    /// Units: per cent of the drug's lines.
    pub(crate) share: u8,
}

/// Returns the items of the cohort as lists of links.
pub(crate) fn facets(
    page: &Page,
    address: &SearchAddress,
    found: &Found,
    labels: &ClinicLabels<'_>,
) -> Vec<Facet> {
    // An item of which nothing is known narrows nothing.
    let facets = found.page.facets.iter().filter(|facet| !facet.values.is_empty());
    let mut lists: Vec<Facet> = Vec::with_capacity(SHOWN.len() + 1);
    for facet in facets {
        if facet.item == Item::Tumour {
            lists.push(organs(page, address, found, labels, facet));
        }
        lists.push(of_item(page, address, found, labels, facet));
    }
    lists
}

/// Returns the organs of the tumour types: the first level of their hierarchy. A search for one finds all below it.
fn organs(
    page: &Page,
    address: &SearchAddress,
    found: &Found,
    labels: &ClinicLabels<'_>,
    facet: &CountedFacet,
) -> Facet {
    let mut cases: Vec<(TumourTypeCode, u64)> = Vec::new();
    for value in &facet.values {
        let organ = organ_of(labels.release, &value.code);
        match cases.iter_mut().find(|(known, _)| *known == organ) {
            Some((_, sum)) => *sum += value.cases,
            None => cases.push((organ, value.cases)),
        }
    }
    cases.sort_by_key(|(_, sum)| std::cmp::Reverse(*sum));
    let counted = |(organ, count): (TumourTypeCode, u64)| {
        let term = Query::is(Item::Tumour, organ.as_str());
        let (query, current) = narrow::toggled(&found.query, term);
        let label = labels.of_item(Item::Tumour, organ.as_str(), page.language);
        Counted { href: address.href_of(&query), label, count, current }
    };
    let mut values: Vec<Counted> = cases.into_iter().map(counted).collect();
    if facet.unknown > 0 {
        let (query, current) = narrow::toggled(&found.query, Query::Unknown(Item::Tumour));
        let (href, label) = (address.href_of(&query), page.t("unknown"));
        values.push(Counted { href, label, count: facet.unknown, current });
    }
    Facet::of("organ", page.t("search-organ"), values)
}

/// Returns the first level above a tumour type; the type itself where the release does not know it.
fn organ_of(release: &Release, code: &str) -> TumourTypeCode {
    let mut organ = TumourTypeCode::new(code);
    // A hierarchy of a release has no circle; whatever it has, this comes to an end.
    for _ in 0..LEVELS_MAX {
        match release.tumour_type(&organ).and_then(|known| known.parent.clone()) {
            Some(parent) => organ = parent,
            None => break,
        }
    }
    organ
}

fn of_item(
    page: &Page,
    address: &SearchAddress,
    found: &Found,
    labels: &ClinicLabels<'_>,
    facet: &CountedFacet,
) -> Facet {
    let item = facet.item;
    let counted = |label: String, term: Query, count: u64| {
        let (query, current) = narrow::toggled(&found.query, term);
        Counted { href: address.href_of(&query), label, count, current }
    };
    let mut values: Vec<Counted> = facet
        .values
        .iter()
        .map(|value| {
            let word = item.word_label(value.place).map(|label| page.text(&label).to_owned());
            let label = word.unwrap_or_else(|| labels.of_item(item, &value.code, page.language));
            counted(label, facet.query(value), value.cases)
        })
        .collect();
    if facet.unknown > 0 {
        values.push(counted(page.t("unknown"), Query::Unknown(item), facet.unknown));
    }
    Facet::of(item.code(), page.text(&item.label()).to_owned(), values)
}

/// Returns the genes, each with the cases whose test could have found it altered.
pub(crate) fn genes(page: &Page, own: &SearchAddress, found: &Found) -> Vec<GeneView> {
    let rows = &found.page.genes;
    let rate = |share: GeneShare| match share.covered {
        0 => 0.0,
        covered => share.altered as f64 / covered as f64,
    };
    let highest = rows.iter().map(|row| rate(row.any)).fold(0.0, f64::max);
    let view = |row: &research::cohort::GeneRow| {
        let (query, current) = narrow::toggled(&found.query, Query::gene(&row.gene));
        let share = row.any;
        let interval = Proportion::of(share.altered, share.covered, LEVEL).map_or_else(
            |_| String::new(),
            |known| {
                let [low, high] = [known.interval.lower, known.interval.upper];
                format!("{:.1}–{:.1}", low * 100.0, high * 100.0)
            },
        );
        let length = if highest > 0.0 { rate(share) / highest * 100.0 } else { 0.0 };
        GeneView {
            gene: row.gene.to_string(),
            gene_href: address::with_query(
                "/search/gene",
                &[("q", &asked::text_of(&found.query)), ("gene", &row.gene)],
            ),
            href: own.href_of(&query),
            current,
            altered: format::grouped(share.altered),
            covered: format::grouped(share.covered),
            percent: narrow::percent(share.altered, share.covered),
            interval,
            share: length.round().clamp(0.0, 100.0) as u8,
            kinds: row
                .by_kind
                .iter()
                .map(|kind| match kind.covered {
                    0 => page.t("search-not-tested"),
                    _ => format::grouped(kind.altered),
                })
                .collect(),
        }
    };
    rows.iter().map(view).collect()
}

/// Returns the labels of the kinds of alterations, in the order of a gene's counts.
pub(crate) fn kind_labels(page: &Page) -> Vec<String> {
    AlterationKind::ALL.iter().map(|kind| page.text(&kind.label()).to_owned()).collect()
}

/// Tells how many lines of therapy with a drug were first, second and so on; unknown last.
fn lines_of(page: &Page, [unknown, known @ ..]: [u64; 6]) -> String {
    let last = known.len();
    let named = (1..).zip(known).map(|(line, count)| {
        let name = if line == last { format!("{line}+") } else { line.to_string() };
        (name, count)
    });
    let told = named.chain([(page.t("unknown"), unknown)]).filter(|(_, count)| *count > 0);
    let told = told.map(|(name, count)| format!("{name}: {}", format::grouped(count)));
    told.collect::<Vec<_>>().join(" · ")
}

/// Returns the drugs that were given most often.
pub(crate) fn drugs(
    page: &Page,
    address: &SearchAddress,
    found: &Found,
    labels: &ClinicLabels<'_>,
) -> Vec<DrugView> {
    let view = |row: &research::cohort::DrugRow| {
        let term = TherapyTerm { drugs: vec![row.drug.clone()], ..TherapyTerm::default() };
        let (query, current) = narrow::toggled(&found.query, Query::Therapy(Box::new(term)));
        let [unknown, known @ ..] = &row.by_response;
        let lines: u64 = row.by_response.iter().sum();
        let known_sum: u64 = known.iter().sum();
        let responded: u64 = known.iter().take(2).sum();
        let codes = Response::ALL.iter().map(|response| response.code()).chain(["unknown"]);
        let counts = known.iter().chain([unknown]);
        let responses = codes.zip(counts).map(|(code, count)| ResponseView {
            code,
            lines: format::grouped(*count),
            share: format::percent(*count, lines),
        });
        DrugView {
            drug: labels
                .label(NameList::Drug, &row.drug, page.language)
                .unwrap_or_else(|| row.drug.to_string()),
            href: address.href_of(&query),
            current,
            cases: format::grouped(row.cases),
            before: format::grouped(row.by_side[0]),
            after: format::grouped(row.by_side[1]),
            lines: lines_of(page, row.by_line),
            responses: responses.collect(),
            rate: match known_sum {
                0 => "–".to_owned(),
                _ => format!("{} ({responded}/{known_sum})", narrow::percent(responded, known_sum)),
            },
        }
    };
    found.page.drugs.iter().take(DRUGS).map(view).collect()
}
