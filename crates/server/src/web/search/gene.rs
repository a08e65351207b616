//! One gene in a cohort: how often it is altered and in which tumour types, and its alterations along the protein.

use std::{collections::BTreeMap, sync::Arc};

use askama::Template;
use axum::{
    extract::{Query as AddressQuery, State},
    response::Response,
};
use knowledge::{RegionKind, protein_regions};
use research::cohort::{
    AlterationClass, AlterationKind, AlterationTerm, Cohort, CohortView, EvaluateError, GeneRow,
    GeneShare, Item, Name, PageRequest, Query, Range, SpectrumRow, TumourHierarchy, Vocabulary,
    Word as _,
};
use serde::Deserialize;
use stats::association::Proportion;

use super::{
    asked::{self, Asked, CohortHead, CohortPlace, search_href, with_term},
    chart_file,
    labels::ClinicLabels,
    narrow,
    survival::ChoiceView,
};
use crate::{
    address,
    error::PageError,
    format,
    page::{Page, render},
    reader::Reader,
    state::AppState,
    viewer::Viewer,
    web::chart::{
        Drawing,
        bars::{Bar, lying},
        export::Key,
        lollipop::{CodonWords, Head, Mark, Stretch, lollipop},
    },
    web::picture_file::Picture,
};

/// Tumour types in which the gene's share is shown.
const TUMOURS: usize = 20;
/// Alterations that are listed.
const CHANGES: usize = 60;
/// Other genes that are offered.
const OTHERS: usize = 20;
/// Codons that are drawn, those with the most occurrences.
const CODONS_DRAWN: usize = 400;
/// Level of intervals.
const LEVEL: f64 = 0.95;

/// What the address says.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct GeneAddress {
    pub(super) q: String,
    pub(super) gene: String,
}

/// What is counted of a gene.
pub(super) struct GeneCounts {
    pub(super) gene: Name,
    /// The gene in the whole cohort; `None` where no case has it and no panel covers it.
    pub(super) row: Option<GeneRow>,
    /// Its alterations.
    pub(super) spectrum: Vec<SpectrumRow>,
    /// Its share by tumour type, each with what lies below it, those with the most cases first.
    pub(super) by_tumour: Vec<(Name, GeneShare)>,
    /// The genes altered most often in the cohort.
    pub(super) others: Vec<Name>,
}

impl GeneCounts {
    /// Counts a gene in a cohort; without one, that which is altered most often.
    ///
    /// Errors: a tumour type cannot be asked for.
    pub(super) fn of(
        view: &CohortView,
        hierarchy: &dyn TumourHierarchy,
        cohort: &Cohort,
        gene: Option<Name>,
    ) -> Result<Option<Self>, EvaluateError> {
        let request =
            PageRequest { facets: vec![Item::Tumour], genes: OTHERS, ..PageRequest::count() };
        let page = view.page(cohort, &request);
        let others: Vec<Name> = page.genes.iter().map(|row| row.gene.clone()).collect();
        let Some(gene) = gene.or_else(|| others.first().cloned()) else { return Ok(None) };
        let one = [gene.clone()];
        let tumours = page.facets.first().map_or(&[][..], |facet| facet.values.as_slice());
        let mut by_tumour = Vec::new();
        for tumour in tumours.iter().take(TUMOURS) {
            let of_tumour = view.evaluate(&Query::is(Item::Tumour, &tumour.code), hierarchy)?;
            // Both were found in this view.
            let Some(narrowed) = cohort.both(&of_tumour) else { continue };
            let share = view.gene_rows(&narrowed, &one).pop().map(|row| row.any);
            by_tumour.push((tumour.code.clone(), share.unwrap_or_default()));
        }
        Ok(Some(Self {
            row: view.gene_rows(cohort, &one).pop(),
            spectrum: view.spectrum(cohort, &gene),
            by_tumour,
            others,
            gene,
        }))
    }
}

/// A row of a table with a number that leads somewhere.
struct LinkedRow {
    name: String,
    second: String,
    href: String,
    count: String,
}

struct TumourView {
    name: String,
    href: String,
    percent: String,
    altered: String,
    covered: String,
    interval: String,
}

struct KindView {
    name: String,
    altered: String,
    covered: String,
    percent: String,
}

struct RegionView {
    name: String,
    codons: String,
    source: String,
}

#[derive(Template)]
#[template(path = "search/gene.html")]
struct GeneTemplate {
    page: Page,
    head: CohortHead,
    gene: String,
    others: Vec<ChoiceView>,
    percent: String,
    altered: String,
    covered: String,
    narrow_href: String,
    kinds: Vec<KindView>,
    lollipop: String,
    legend: Vec<Key>,
    regions: Vec<RegionView>,
    without_codon: String,
    changes: Vec<LinkedRow>,
    changes_rest: u64,
    copies: Vec<LinkedRow>,
    partners: Vec<LinkedRow>,
    tumours: Vec<TumourView>,
    tumours_svg: String,
    lollipop_files: [String; 2],
    tumours_files: [String; 2],
}

/// Shows the gene.
pub(crate) async fn show(
    State(state): State<AppState>,
    viewer: Viewer,
    reader: Reader,
    AddressQuery(address): AddressQuery<GeneAddress>,
) -> Result<Response, PageError> {
    let (page, asked) = match asked::open(&state, &viewer, &reader, &address.q).await? {
        Ok(opened) => opened,
        Err(answer) => return Ok(answer),
    };
    let (asked, counted) = match counted(&state, asked, &address.gene).await? {
        Ok(counted) => counted,
        Err(unread) => {
            let text = gene_query(&address.gene).to_text();
            return super::unread(&state, page, &text, &unread);
        }
    };
    let head = CohortHead::of(&state, &page, &asked, CohortPlace::Gene)?;
    let Some(counted) = counted else {
        return render(&empty(page, head));
    };
    render(&filled(&state, page, head, &asked, &counted)?)
}

fn gene_query(gene: &str) -> Query {
    Query::gene(gene.trim())
}

/// Counts the gene that the address names; one that nobody knows is told as a query with it would be.
pub(super) async fn counted(
    state: &AppState,
    asked: Asked,
    gene: &str,
) -> Result<Result<(Asked, Option<GeneCounts>), asked::Unread>, PageError> {
    let named = Some(gene.trim()).filter(|gene| !gene.is_empty());
    if let Some(gene) = named {
        let vocabulary = Vocabulary::of(asked.view.dictionaries()).with_release(state.release);
        if let Err(problems) = Query::from_text(&gene_query(gene).to_text(), &vocabulary) {
            let problems = problems.into_iter().map(|problem| (0, problem)).collect();
            return Ok(Err(asked::Unread { view: Arc::clone(&asked.view), problems }));
        }
    }
    let (gene, release) = (named.map(Name::from), state.release);
    let work = state.count(move || {
        let counted = match asked.first() {
            Ok((_, cohort)) => {
                GeneCounts::of(&asked.view, release, cohort, gene).map_err(PageError::internal)
            }
            Err(error) => Err(error),
        };
        counted.map(|counted| (asked, counted))
    });
    work.await?.map(Ok)
}

fn empty(page: Page, head: CohortHead) -> GeneTemplate {
    GeneTemplate {
        page,
        head,
        gene: String::new(),
        others: Vec::new(),
        percent: String::new(),
        altered: String::new(),
        covered: String::new(),
        narrow_href: String::new(),
        kinds: Vec::new(),
        lollipop: String::new(),
        legend: Vec::new(),
        regions: Vec::new(),
        without_codon: String::new(),
        changes: Vec::new(),
        changes_rest: 0,
        copies: Vec::new(),
        partners: Vec::new(),
        tumours: Vec::new(),
        tumours_svg: String::new(),
        lollipop_files: [String::new(), String::new()],
        tumours_files: [String::new(), String::new()],
    }
}

fn filled(
    state: &AppState,
    page: Page,
    head: CohortHead,
    asked: &Asked,
    counted: &GeneCounts,
) -> Result<GeneTemplate, PageError> {
    let (query, _) = asked.first()?;
    let labels = asked.labels(state);
    let any = counted.row.as_ref().map(|row| row.any).unwrap_or_default();
    let gene = &*counted.gene;
    let files =
        |chart: &str| chart_file::hrefs(&[("chart", chart), ("q", &head.text), ("gene", gene)]);
    let other = |other: &Name| ChoiceView {
        label: other.to_string(),
        href: address::with_query("/search/gene", &[("q", &head.text), ("gene", other)]),
        current: *other == counted.gene,
    };
    let changes = changes(&page, query, counted);
    let changes_rest = changes.len().saturating_sub(CHANGES) as u64;
    let no_codon: u64 =
        short(counted).filter(|row| row.codons.is_none()).map(|row| row.occurrences).sum();
    let kind = |(kind, share): (&AlterationKind, &GeneShare)| KindView {
        name: page.text(&kind.label()).to_owned(),
        altered: format::grouped(share.altered),
        covered: format::grouped(share.covered),
        percent: narrow::percent(share.altered, share.covered),
    };
    Ok(GeneTemplate {
        others: counted.others.iter().map(other).collect(),
        percent: narrow::percent(any.altered, any.covered),
        altered: format::grouped(any.altered),
        covered: format::grouped(any.covered),
        narrow_href: search_href(&with_term(query, Query::gene(gene))),
        kinds: counted
            .row
            .iter()
            .flat_map(|row| AlterationKind::ALL.iter().zip(&row.by_kind))
            .map(kind)
            .collect(),
        lollipop: lollipop_picture(&page, query, counted),
        legend: legend(&page),
        regions: regions(gene),
        without_codon: if no_codon > 0 {
            page.tn("gene-without-codon", no_codon)
        } else {
            String::new()
        },
        changes: changes.into_iter().take(CHANGES).collect(),
        changes_rest,
        copies: copies(&page, query, counted),
        partners: partners(&page, query, counted),
        tumours: tumours(&page, query, counted, &labels),
        tumours_svg: tumours_picture(&page, query, counted, &labels),
        lollipop_files: files("lollipop"),
        tumours_files: files("gene-tumours"),
        gene: gene.to_owned(),
        page,
        head,
    })
}

fn short(counted: &GeneCounts) -> impl Iterator<Item = &SpectrumRow> {
    counted.spectrum.iter().filter(|row| row.kind == AlterationKind::Short)
}

fn mark(class: Option<AlterationClass>) -> Mark {
    match class {
        Some(AlterationClass::Missense) => Mark::Missense,
        Some(AlterationClass::Nonsense | AlterationClass::Frameshift) => Mark::Truncating,
        Some(AlterationClass::Inframe) => Mark::Inframe,
        Some(AlterationClass::Splice) => Mark::Splice,
        _ => Mark::Other,
    }
}

fn mark_label(page: &Page, mark: Mark) -> String {
    match mark {
        Mark::Missense => page.t("mark-missense"),
        Mark::Truncating => page.t("mark-truncating"),
        Mark::Inframe => page.t("mark-inframe"),
        Mark::Splice => page.t("mark-splice"),
        Mark::Other => page.t("mark-other"),
    }
}

fn legend(page: &Page) -> Vec<Key> {
    Mark::ALL
        .map(|mark| {
            let label = mark_label(page, mark);
            let mut drawing = Drawing::new(16.0, 16.0, &label);
            mark.draw(&mut drawing, 8.0, 8.0, 5.0);
            Key { svg: drawing.finish(), label }
        })
        .into()
}

/// Returns the heads of the lollipop: occurrences by codon and mark.
fn heads(counted: &GeneCounts) -> BTreeMap<u16, BTreeMap<Mark, u64>> {
    let mut by_codon: BTreeMap<u16, BTreeMap<Mark, u64>> = BTreeMap::new();
    for row in short(counted) {
        if let Some((first, _)) = row.codons {
            *by_codon.entry(first).or_default().entry(mark(row.class)).or_default() +=
                row.occurrences;
        }
    }
    by_codon
}

/// Returns the query of the cases with an alteration of a gene that touches a codon.
fn codon_query(query: &Query, gene: &Name, codon: u16) -> Query {
    let term = AlterationTerm {
        genes: vec![gene.clone()],
        codons: Range::of(codon, codon),
        ..AlterationTerm::default()
    };
    with_term(query, Query::Alteration(Box::new(term)))
}

/// Draws the alterations along the protein; those at one codon lead to the cases with any of them.
pub(super) fn lollipop_picture(page: &Page, query: &Query, counted: &GeneCounts) -> String {
    let mut by_codon: Vec<(u16, BTreeMap<Mark, u64>)> = heads(counted).into_iter().collect();
    if by_codon.is_empty() {
        return String::new();
    }
    by_codon.sort_by_key(|(_, marks)| std::cmp::Reverse(marks.values().sum::<u64>()));
    by_codon.truncate(CODONS_DRAWN);
    let mut words = BTreeMap::new();
    let mut drawn = Vec::new();
    for (codon, marks) in &by_codon {
        let at_codon =
            || short(counted).filter(|row| row.codons.is_some_and(|(first, _)| first == *codon));
        // What occurs most often comes first in the spectrum.
        let most = at_codon().find_map(|row| row.change.as_deref());
        let all: Vec<String> = at_codon()
            .take(6)
            .map(|row| {
                let change = row.change.as_deref().map_or_else(|| page.t("unknown"), str::to_owned);
                format!("{change} {}", format::grouped(row.occurrences))
            })
            .collect();
        let letter = most.and_then(|change| change.chars().next()).filter(char::is_ascii_uppercase);
        let name = letter.map_or_else(|| codon.to_string(), |letter| format!("{letter}{codon}"));
        let href = Some(search_href(&codon_query(query, &counted.gene, *codon)));
        let label = format!("{} {name}: {}", counted.gene, all.join(", "));
        words.insert(*codon, CodonWords { name, label, href });
        drawn.extend(marks.iter().map(|(mark, count)| Head {
            codon: *codon,
            mark: *mark,
            count: Some(*count),
        }));
    }
    let stretches: Vec<Stretch> = protein_regions(&counted.gene)
        .into_iter()
        .map(|region| Stretch {
            first: region.first,
            last: region.last,
            on_protein: region.kind == RegionKind::Domain,
            name: match region.kind {
                RegionKind::Domain => region.name.to_owned(),
                RegionKind::Exon => page.t2("gene-exon", "exon", region.name),
            },
        })
        .collect();
    lollipop(
        &page.t2("gene-lollipop-label", "gene", &counted.gene),
        &drawn,
        &stretches,
        &words,
        &page.t("gene-occurrences"),
        &page.t("gene-codon"),
    )
}

fn regions(gene: &str) -> Vec<RegionView> {
    let view = |region: knowledge::ProteinRegion| RegionView {
        name: match region.kind {
            RegionKind::Domain => region.name.to_owned(),
            RegionKind::Exon => format!("exon {}", region.name),
        },
        codons: format!("{}–{}", region.first, region.last),
        source: region.source.to_owned(),
    };
    protein_regions(gene).into_iter().map(view).collect()
}

fn changes(page: &Page, query: &Query, counted: &GeneCounts) -> Vec<LinkedRow> {
    let row = |row: &SpectrumRow| {
        let mut term =
            AlterationTerm { genes: vec![counted.gene.clone()], ..AlterationTerm::default() };
        match (&row.change, row.codons) {
            (Some(change), _) => term.changes = vec![change.clone()],
            (None, Some((first, last))) => term.codons = Range::of(first, last),
            (None, None) => term.kinds = vec![AlterationKind::Short],
        }
        term.classes.extend(row.class.filter(|_| row.change.is_none()));
        let class = row.class.map(|class| page.text(&class.label()).to_owned());
        LinkedRow {
            name: row.change.as_deref().map_or_else(|| page.t("unknown"), str::to_owned),
            second: class.unwrap_or_else(|| page.t("unknown")),
            href: search_href(&with_term(query, Query::Alteration(Box::new(term)))),
            count: format::grouped(row.occurrences),
        }
    };
    short(counted).map(row).collect()
}

fn copies(page: &Page, query: &Query, counted: &GeneCounts) -> Vec<LinkedRow> {
    let mut classes: BTreeMap<Option<AlterationClass>, u64> = BTreeMap::new();
    for row in counted.spectrum.iter().filter(|row| row.kind == AlterationKind::CopyNumber) {
        *classes.entry(row.class).or_default() += row.occurrences;
    }
    let row = |(class, occurrences): (Option<AlterationClass>, u64)| {
        let term = AlterationTerm {
            genes: vec![counted.gene.clone()],
            kinds: vec![AlterationKind::CopyNumber],
            classes: class.into_iter().collect(),
            ..AlterationTerm::default()
        };
        LinkedRow {
            name: class
                .map_or_else(|| page.t("unknown"), |class| page.text(&class.label()).to_owned()),
            second: String::new(),
            href: search_href(&with_term(query, Query::Alteration(Box::new(term)))),
            count: format::grouped(occurrences),
        }
    };
    classes.into_iter().map(row).collect()
}

fn partners(page: &Page, query: &Query, counted: &GeneCounts) -> Vec<LinkedRow> {
    let rows = counted.spectrum.iter().filter(|row| row.kind == AlterationKind::Rearrangement);
    let row = |row: &SpectrumRow| {
        let term = AlterationTerm {
            genes: vec![counted.gene.clone()],
            kinds: vec![AlterationKind::Rearrangement],
            partners: row.partner.clone().into_iter().collect(),
            classes: row.class.into_iter().collect(),
            ..AlterationTerm::default()
        };
        LinkedRow {
            name: row.partner.as_deref().map_or_else(
                || page.t("gene-no-partner"),
                |partner| format!("{}::{partner}", counted.gene),
            ),
            second: row
                .class
                .map_or_else(|| page.t("unknown"), |class| page.text(&class.label()).to_owned()),
            href: search_href(&with_term(query, Query::Alteration(Box::new(term)))),
            count: format::grouped(row.occurrences),
        }
    };
    rows.take(CHANGES).map(row).collect()
}

fn tumour_href(query: &Query, gene: &str, tumour: &str) -> String {
    let narrowed = with_term(query, Query::is(Item::Tumour, tumour));
    search_href(&with_term(&narrowed, Query::gene(gene)))
}

fn tumours(
    page: &Page,
    query: &Query,
    counted: &GeneCounts,
    labels: &ClinicLabels<'_>,
) -> Vec<TumourView> {
    let view = |(tumour, share): &(Name, GeneShare)| {
        let known = Proportion::of(share.altered, share.covered, LEVEL);
        TumourView {
            name: labels.of_item(Item::Tumour, tumour, page.language),
            href: tumour_href(query, &counted.gene, tumour),
            percent: match share.covered {
                0 => page.t("search-not-tested"),
                _ => narrow::percent(share.altered, share.covered),
            },
            altered: format::grouped(share.altered),
            covered: format::grouped(share.covered),
            interval: known.map_or_else(
                |_| String::new(),
                |known| {
                    let [low, high] = [known.interval.lower, known.interval.upper];
                    format!("{:.1}–{:.1}", low * 100.0, high * 100.0)
                },
            ),
        }
    };
    counted.by_tumour.iter().map(view).collect()
}

/// Draws the gene's share by tumour type.
pub(super) fn tumours_picture(
    page: &Page,
    query: &Query,
    counted: &GeneCounts,
    labels: &ClinicLabels<'_>,
) -> String {
    let bar = |(tumour, share): &(Name, GeneShare)| {
        let known = Proportion::of(share.altered, share.covered, LEVEL).ok()?;
        let percent = narrow::percent(share.altered, share.covered);
        Some(Bar {
            name: labels.of_item(Item::Tumour, tumour, page.language),
            percent: known.share * 100.0,
            value: format!("{percent} ({}/{})", share.altered, share.covered),
            interval: Some((known.interval.lower * 100.0, known.interval.upper * 100.0)),
            href: Some(tumour_href(query, &counted.gene, tumour)),
            series: 0,
        })
    };
    let bars: Vec<Bar> = counted.by_tumour.iter().filter_map(bar).collect();
    if bars.is_empty() {
        return String::new();
    }
    let label = page.t2("gene-tumours", "gene", &counted.gene);
    lying(&label, &bars, &page.t("chart-percent-altered"))
}

/// Draws one picture of a gene.
pub(super) fn picture(
    state: &AppState,
    page: &Page,
    asked: &Asked,
    counted: &GeneCounts,
    is_lollipop: bool,
) -> Result<Picture, PageError> {
    let (query, _) = asked.first()?;
    let mut notes = chart_file::notes(state, page, asked)?;
    if is_lollipop {
        notes.push(page.t("gene-lollipop-hint"));
        let svg = lollipop_picture(page, query, counted);
        let title = page.t2("gene-lollipop", "gene", &counted.gene);
        return Ok(Picture { svg, title, keys: legend(page), notes });
    }
    notes.push(page.t("search-genes-hint"));
    let svg = tumours_picture(page, query, counted, &asked.labels(state));
    let title = page.t2("gene-tumours", "gene", &counted.gene);
    Ok(Picture { svg, title, keys: Vec::new(), notes })
}

#[cfg(test)]
mod tests {
    use research::cohort::{CohortCase, CohortIndex, CompactionLimits, NoHierarchy};

    use super::*;

    fn counted(text: &str, gene: Option<&str>) -> (Vec<CohortCase>, GeneCounts) {
        let cases: Vec<_> = synthetic::cohort_cases(3, 3_000).collect();
        let index = CohortIndex::build(cases.clone(), CompactionLimits::default()).unwrap();
        let view = index.view();
        let query = Query::from_text(text, &Vocabulary::of(view.dictionaries())).unwrap();
        let cohort = view.evaluate(&query, &NoHierarchy).unwrap();
        let gene = gene.map(Name::from);
        let counts = GeneCounts::of(&view, &NoHierarchy, &cohort, gene).unwrap();
        (cases, counts.unwrap())
    }

    #[test]
    fn a_gene_is_counted_by_tumour_type_and_codon_as_one_would_by_hand() {
        let (cases, counts) = counted("sex=male", Some("KRAS"));
        let men = || cases.iter().filter(|case| case.sex == Some(research::cohort::Sex::Male));
        let any = counts.row.as_ref().unwrap().any;
        assert_eq!(any.covered, men().filter(|case| case.covers("KRAS")).count() as u64);
        assert_eq!(any.altered, men().filter(|case| case.is_altered("KRAS")).count() as u64);
        assert!(counts.by_tumour.len() > 5);
        for (tumour, share) in &counts.by_tumour {
            let own = || men().filter(|case| case.tumour.as_ref() == Some(tumour));
            assert_eq!(share.covered, own().filter(|case| case.covers("KRAS")).count() as u64);
            assert_eq!(share.altered, own().filter(|case| case.is_altered("KRAS")).count() as u64);
        }
        let heads = heads(&counts);
        let by_hand: u64 = men()
            .flat_map(|case| &case.alterations)
            .filter(|own| &*own.gene == "KRAS" && own.codons.is_some_and(|(first, _)| first == 12))
            .count() as u64;
        assert_eq!(heads[&12].values().sum::<u64>(), by_hand);
        assert!(by_hand > 20, "{by_hand}");
    }

    #[test]
    fn without_a_gene_the_one_altered_most_often_is_shown() {
        let (cases, counts) = counted("", None);
        let altered = |gene: &str| cases.iter().filter(|case| case.is_altered(gene)).count();
        let most = counts.others.iter().map(|gene| altered(gene)).max().unwrap();
        assert_eq!(altered(&counts.gene), most);
        assert_eq!(
            codon_query(&Query::Everything, &"KRAS".into(), 12).to_text(),
            "alteration(gene=KRAS codon=12)"
        );
    }
}
