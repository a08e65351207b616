//! The genes altered most often by cases, in the order of a cascade.

use askama::Template;
use axum::{
    extract::{Query as AddressQuery, State},
    response::Response,
};
use research::cohort::{
    AlterationClass, AlterationKind, Cascade, Cohort, CohortAlteration, CohortCase, CohortView,
    GeneRow, GeneShare, Name, PageRequest, Word as _,
};
use serde::Deserialize;

use super::{
    asked::{self, Asked, CohortHead, CohortPlace},
    chart_file, narrow,
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
        export::Key,
        oncoprint::{Cell, Glyph, Row, key, oncoprint},
    },
    web::picture_file::Picture,
};

/// Cases that are drawn at most.
pub(crate) const CASES: usize = 240;
/// How many genes may be chosen.
const GENES: [usize; 4] = [10, 20, 30, 40];
/// How many genes are shown where nothing is chosen.
pub(crate) const GENES_GIVEN: usize = 20;

/// What the address says.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct OncoprintAddress {
    pub(super) q: String,
    /// How many genes.
    pub(super) n: String,
}

/// Returns the number of genes that is asked for, if it may be.
pub(super) fn genes_asked(text: &str) -> usize {
    text.parse().ok().filter(|number| GENES.contains(number)).unwrap_or(GENES_GIVEN)
}

/// What is drawn.
pub(super) struct OncoprintCounts {
    pub(super) genes: Vec<GeneRow>,
    pub(super) cascade: Cascade,
}

impl OncoprintCounts {
    /// Counts the genes altered most often in a cohort, and takes the first cases by them.
    pub(super) fn of(view: &CohortView, cohort: &Cohort, genes: usize) -> Self {
        let request = PageRequest { genes, gene_kinds: true, ..PageRequest::count() };
        let genes = view.page(cohort, &request).genes;
        let names: Vec<Name> = genes.iter().map(|row| row.gene.clone()).collect();
        Self { cascade: view.cascade(cohort, &names, CASES), genes }
    }
}

fn glyph(own: &CohortAlteration) -> Glyph {
    match (own.kind, own.class) {
        (AlterationKind::Short, Some(AlterationClass::Missense)) => Glyph::Missense,
        (
            AlterationKind::Short,
            Some(AlterationClass::Nonsense | AlterationClass::Frameshift | AlterationClass::Splice),
        ) => Glyph::Truncating,
        (AlterationKind::Short, Some(AlterationClass::Inframe)) => Glyph::Inframe,
        (AlterationKind::CopyNumber, Some(AlterationClass::Amplification)) => Glyph::Amplification,
        (AlterationKind::CopyNumber, Some(AlterationClass::Gain)) => Glyph::Gain,
        (AlterationKind::CopyNumber, Some(AlterationClass::Loss)) => Glyph::Loss,
        (AlterationKind::CopyNumber, Some(AlterationClass::Deletion)) => Glyph::Deletion,
        (AlterationKind::Rearrangement, _) => Glyph::Rearrangement,
        _ => Glyph::Other,
    }
}

/// Returns what is known of a gene in a case.
pub(crate) fn cell(case: &CohortCase, gene: &str) -> Cell {
    let mut glyphs: Vec<Glyph> = case.covered_alterations(gene).map(glyph).collect();
    glyphs.sort_unstable();
    glyphs.dedup();
    match (glyphs.is_empty(), case.covers(gene)) {
        (false, _) => Cell::Altered(glyphs),
        (true, true) => Cell::NotAltered,
        (true, false) => Cell::NotCovered,
    }
}

struct GeneView {
    gene: String,
    href: String,
    altered: String,
    covered: String,
    percent: String,
    kinds: Vec<String>,
}

#[derive(Template)]
#[template(path = "search/oncoprint.html")]
struct OncoprintTemplate {
    page: Page,
    head: CohortHead,
    svg: String,
    legend: Vec<Key>,
    summary: String,
    sizes: Vec<ChoiceView>,
    genes: Vec<GeneView>,
    kinds: Vec<String>,
    files: [String; 2],
}

/// Shows the oncoprint.
pub(crate) async fn show(
    State(state): State<AppState>,
    viewer: Viewer,
    reader: Reader,
    AddressQuery(address): AddressQuery<OncoprintAddress>,
) -> Result<Response, PageError> {
    let (page, asked) = match asked::open(&state, &viewer, &reader, &address.q).await? {
        Ok(opened) => opened,
        Err(answer) => return Ok(answer),
    };
    let genes = genes_asked(&address.n);
    let (asked, counted) = counted(&state, asked, genes).await?;
    let head = CohortHead::of(&state, &page, &asked, CohortPlace::Oncoprint)?;
    let number = genes.to_string();
    let size = |size: &usize| ChoiceView {
        label: page.tn("onco-genes", *size as u64),
        href: address::with_query(
            "/search/oncoprint",
            &[("q", &head.text), ("n", &size.to_string())],
        ),
        current: *size == genes,
    };
    render(&OncoprintTemplate {
        svg: drawn(&page, &head.text, &counted),
        legend: legend(&page, page.t("onco-not-altered")),
        summary: summary(&page, head.count, &counted),
        sizes: GENES.iter().map(size).collect(),
        genes: counted.genes.iter().map(|row| gene_view(&page, &head.text, row)).collect(),
        kinds: super::facets::kind_labels(&page),
        files: chart_file::hrefs(&[("chart", "oncoprint"), ("q", &head.text), ("n", &number)]),
        head,
        page,
    })
}

/// Counts away from the threads that answer.
pub(super) async fn counted(
    state: &AppState,
    asked: Asked,
    genes: usize,
) -> Result<(Asked, OncoprintCounts), PageError> {
    let work = state.count(move || {
        let counted =
            asked.first().map(|(_, cohort)| OncoprintCounts::of(&asked.view, cohort, genes));
        counted.map(|counted| (asked, counted))
    });
    work.await?
}

fn gene_view(page: &Page, text: &str, row: &GeneRow) -> GeneView {
    GeneView {
        gene: row.gene.to_string(),
        href: gene_href(text, &row.gene),
        altered: format::grouped(row.any.altered),
        covered: format::grouped(row.any.covered),
        percent: narrow::percent(row.any.altered, row.any.covered),
        kinds: row
            .by_kind
            .iter()
            .map(|kind| match kind.covered {
                0 => page.t("search-not-tested"),
                _ => format::grouped(kind.altered),
            })
            .collect(),
    }
}

fn gene_href(text: &str, gene: &str) -> String {
    address::with_query("/search/gene", &[("q", text), ("gene", gene)])
}

/// A gene of the picture.
pub(crate) struct Line {
    pub(crate) gene: Name,
    /// Share altered, in words.
    pub(crate) value: String,
    pub(crate) href: String,
}

/// Draws genes by cases.
pub(crate) fn draw(page: &Page, lines: &[Line], cases: &[CohortCase]) -> String {
    if cases.is_empty() {
        return String::new();
    }
    let row = |line: &Line| Row {
        name: line.gene.to_string(),
        value: line.value.clone(),
        href: Some(line.href.clone()),
        cells: cases.iter().map(|case| cell(case, &line.gene)).collect(),
    };
    let rows: Vec<Row> = lines.iter().map(row).collect();
    oncoprint(&page.t("onco-label"), &rows, &page.t("onco-not-covered"))
}

/// Returns how often a gene is altered, as it stands beside its line.
pub(crate) fn share(share: GeneShare) -> String {
    let GeneShare { altered, covered } = share;
    format!("{} ({altered}/{covered})", narrow::percent(altered, covered))
}

fn drawn(page: &Page, text: &str, counted: &OncoprintCounts) -> String {
    let line = |row: &GeneRow| Line {
        gene: row.gene.clone(),
        value: share(row.any),
        href: gene_href(text, &row.gene),
    };
    let lines: Vec<Line> = counted.genes.iter().map(line).collect();
    draw(page, &lines, &counted.cascade.cases)
}

/// Says how many of the cohort's cases are drawn, and what the others are.
pub(super) fn summary(page: &Page, cases: u64, counted: &OncoprintCounts) -> String {
    let drawn = format::grouped(counted.cascade.cases.len() as u64);
    let altered = format::grouped(counted.cascade.altered);
    let rest = format::grouped(cases.saturating_sub(counted.cascade.altered));
    page.words("onco-summary", &[("drawn", &drawn), ("altered", &altered), ("rest", &rest)])
}

fn glyph_label(page: &Page, glyph: Glyph) -> String {
    match glyph {
        Glyph::Amplification => page.text(&AlterationClass::Amplification.label()).to_owned(),
        Glyph::Gain => page.text(&AlterationClass::Gain.label()).to_owned(),
        Glyph::Loss => page.text(&AlterationClass::Loss.label()).to_owned(),
        Glyph::Deletion => page.text(&AlterationClass::Deletion.label()).to_owned(),
        Glyph::Rearrangement => page.text(&AlterationKind::Rearrangement.label()).to_owned(),
        Glyph::Truncating => page.t("onco-truncating"),
        Glyph::Missense => page.t("mark-missense"),
        Glyph::Inframe => page.t("mark-inframe"),
        Glyph::Other => page.t("mark-other"),
    }
}

/// Returns what the cells stand for; what one without an alteration says is told by the page.
pub(crate) fn legend(page: &Page, not_altered: String) -> Vec<Key> {
    let of = |cell: Cell, label: String| Key { svg: key(&label, &cell), label };
    let glyph = |glyph: Glyph| of(Cell::Altered(vec![glyph]), glyph_label(page, glyph));
    let mut legend: Vec<Key> = Glyph::ALL.into_iter().map(glyph).collect();
    legend.push(of(Cell::NotAltered, not_altered));
    legend.push(of(Cell::NotCovered, page.t("onco-not-covered")));
    legend
}

/// Draws the oncoprint for a file.
pub(super) fn picture(
    state: &AppState,
    page: &Page,
    asked: &Asked,
    counted: &OncoprintCounts,
) -> Result<Picture, PageError> {
    let (query, cohort) = asked.first()?;
    let mut notes = chart_file::notes(state, page, asked)?;
    notes.push(summary(page, cohort.cases(), counted));
    notes.push(page.t("onco-key"));
    let svg = drawn(page, &asked::text_of(query), counted);
    let keys = legend(page, page.t("onco-not-altered"));
    Ok(Picture { svg, title: page.t("onco-title"), keys, notes })
}

#[cfg(test)]
mod tests {
    use research::cohort::{CohortIndex, CompactionLimits, NoHierarchy, Query};

    use super::*;

    #[test]
    fn cells_say_what_is_known_of_each_case() {
        let cases: Vec<_> = synthetic::cohort_cases(5, 1_500).collect();
        let index = CohortIndex::build(cases.clone(), CompactionLimits::default()).unwrap();
        let view = index.view();
        let cohort = view.evaluate(&Query::Everything, &NoHierarchy).unwrap();
        let counted = OncoprintCounts::of(&view, &cohort, 20);
        assert_eq!((counted.genes.len(), counted.cascade.cases.len()), (20, CASES));
        let any = |case: &&CohortCase| counted.genes.iter().any(|row| case.is_altered(&row.gene));
        assert_eq!(counted.cascade.altered, cases.iter().filter(any).count() as u64);
        // The first cases of the whole order, as one sorts by hand.
        let key = |case: &CohortCase| -> Vec<bool> {
            counted.genes.iter().map(|row| !case.is_altered(&row.gene)).collect()
        };
        let mut by_hand: Vec<Vec<bool>> = cases.iter().filter(any).map(key).collect();
        by_hand.sort();
        by_hand.truncate(CASES);
        let drawn: Vec<Vec<bool>> = counted.cascade.cases.iter().map(key).collect();
        assert_eq!(drawn, by_hand);
        let cells = |wanted: fn(&Cell) -> bool| {
            let all = counted
                .cascade
                .cases
                .iter()
                .flat_map(|case| counted.genes.iter().map(|row| cell(case, &row.gene)));
            all.filter(wanted).count()
        };
        assert!(cells(|cell| *cell == Cell::NotCovered) > 0, "panels differ in what they cover");
        assert!(cells(|cell| *cell == Cell::NotAltered) > 0);
        let altered: usize = drawn.iter().flatten().filter(|is_not| !**is_not).count();
        assert_eq!(cells(|cell| matches!(cell, Cell::Altered(_))), altered);
    }

    #[test]
    fn a_number_of_genes_that_is_not_offered_is_not_taken() {
        assert_eq!(genes_asked("30"), 30);
        for wrong in ["", "0", "-1", "31", "99999999999999999999", "x"] {
            assert_eq!(genes_asked(wrong), GENES_GIVEN, "{wrong}");
        }
    }
}
