//! The pictures of the first page of a search that are lists or tables there, drawn for files; and the distribution
//! of the mutational burden, which is a picture on the page too.

use research::cohort::{CohortPage, Facet, Item, PyramidRow, Query};
use stats::association::Proportion;

use super::{asked::search_href, labels::ClinicLabels, narrow};
use crate::{
    format,
    page::Page,
    web::chart::{
        Anchor, Drawing, axis,
        bars::{Bar, Column, columns, lying},
    },
};

/// Bars of a picture of an item, genes or drugs.
const BARS: usize = 25;
/// Burden from which a tumour is called high. Units: mutations per megabase. Source: the companion diagnostic of
/// pembrolizumab in Japan (FoundationOne CDx), 10 or more.
const TMB_HIGH: u8 = 10;
/// A number stands under every so many bands of the burden.
const TMB_TICKS: u8 = 5;

/// Draws a list of bars that are counts.
fn counts(label: &str, counted: Vec<(String, u64)>, below: &str) -> String {
    let all: u64 = counted.iter().map(|(_, cases)| *cases).sum();
    let bar = |(name, cases): (String, u64)| Bar {
        name,
        percent: if all > 0 { cases as f64 / all as f64 * 100.0 } else { 0.0 },
        value: format!("{} ({})", format::grouped(cases), narrow::percent(cases, all)),
        interval: None,
        href: None,
        series: 0,
    };
    let bars: Vec<Bar> = counted.into_iter().take(BARS).map(bar).collect();
    if bars.is_empty() { String::new() } else { lying(label, &bars, below) }
}

/// Draws the values of an item; empty where nothing is known of it.
pub(super) fn item(
    page: &Page,
    labels: &ClinicLabels<'_>,
    counted: &CohortPage,
    item: Item,
) -> String {
    let Some(facet) = counted.facets.iter().find(|facet| facet.item == item) else {
        return String::new();
    };
    let label = |value: &research::cohort::FacetValue| {
        let word = item.word_label(value.place).map(|label| page.text(&label).to_owned());
        word.unwrap_or_else(|| labels.of_item(item, &value.code, page.language))
    };
    let mut values: Vec<(String, u64)> =
        facet.values.iter().map(|value| (label(value), value.cases)).collect();
    if facet.unknown > 0 {
        values.push((page.t("unknown"), facet.unknown));
    }
    counts(page.text(&item.label()), values, &page.t("chart-percent-cases"))
}

/// Draws the genes altered most often with their intervals.
pub(super) fn genes(page: &Page, counted: &CohortPage) -> String {
    let bar = |row: &research::cohort::GeneRow| {
        let share = row.any;
        let known = Proportion::of(share.altered, share.covered, 0.95).ok()?;
        let percent = narrow::percent(share.altered, share.covered);
        Some(Bar {
            name: row.gene.to_string(),
            percent: known.share * 100.0,
            value: format!("{percent} ({}/{})", share.altered, share.covered),
            interval: Some((known.interval.lower * 100.0, known.interval.upper * 100.0)),
            href: None,
            series: 0,
        })
    };
    let bars: Vec<Bar> = counted.genes.iter().take(BARS).filter_map(bar).collect();
    if bars.is_empty() {
        return String::new();
    }
    lying(&page.t("search-genes"), &bars, &page.t("chart-percent-altered"))
}

/// Draws the drugs by how many cases were given them, each with its response rate.
pub(super) fn drugs(page: &Page, labels: &ClinicLabels<'_>, counted: &CohortPage) -> String {
    let bar = |row: &research::cohort::DrugRow| {
        let known: u64 = row.by_response.iter().skip(1).sum();
        let responded: u64 = row.by_response.iter().skip(1).take(2).sum();
        let rate = match known {
            0 => page.t("unknown"),
            _ => format!("{} ({responded}/{known})", narrow::percent(responded, known)),
        };
        let share = Proportion::of(responded, known, 0.95).ok();
        Bar {
            name: labels.drug(&row.drug, page.language),
            percent: share.map_or(0.0, |share| share.share * 100.0),
            value: rate,
            interval: share
                .map(|share| (share.interval.lower * 100.0, share.interval.upper * 100.0)),
            href: None,
            series: 2,
        }
    };
    let bars: Vec<Bar> = counted.drugs.iter().take(BARS).map(bar).collect();
    if bars.is_empty() {
        return String::new();
    }
    lying(&page.t("search-drugs"), &bars, &page.t("chart-percent-responded"))
}

fn tmb_facet(counted: &CohortPage) -> Option<&Facet> {
    counted.facets.iter().find(|facet| facet.item == Item::TmbBand && !facet.values.is_empty())
}

/// Draws the distribution of the mutational burden; a column leads to its cases.
pub(super) fn tmb(page: &Page, query: &Query, counted: &CohortPage) -> String {
    let Some(facet) = tmb_facet(counted) else { return String::new() };
    let last = facet.values.iter().map(|value| value.place).max().unwrap_or(1);
    let column = |place: u8| {
        let value = facet.values.iter().find(|value| value.place == place);
        let cases = value.map_or(0, |value| value.cases);
        // The first band is that below one mutation per megabase.
        let low = place - 1;
        let is_open = place == Item::TmbBand.words();
        let words = if is_open { format!("{low}+") } else { format!("{low}–{place}") };
        let ticked = low.is_multiple_of(TMB_TICKS);
        let href = value.map(|value| {
            let (narrowed, _) = narrow::toggled(query, facet.query(value));
            search_href(&narrowed)
        });
        Column {
            tick: if ticked { low.to_string() } else { String::new() },
            label: page
                .words("tmb-column", &[("band", &words), ("cases", &format::grouped(cases))]),
            count: Some(cases),
            href,
            strong: low >= TMB_HIGH,
        }
    };
    let drawn: Vec<Column> = (1..=last.max(TMB_HIGH + 5)).map(column).collect();
    columns(&page.t("tmb-label"), &drawn, &page.t("tmb-unit"), &page.t("search-cases"))
}

/// Says how many cases have a high burden, of those whose burden is known.
pub(super) fn tmb_summary(page: &Page, counted: &CohortPage) -> String {
    let Some(facet) = tmb_facet(counted) else { return String::new() };
    let known: u64 = facet.values.iter().map(|value| value.cases).sum();
    let is_high = |value: &&research::cohort::FacetValue| value.place > TMB_HIGH;
    let high: u64 = facet.values.iter().filter(is_high).map(|value| value.cases).sum();
    page.words(
        "tmb-summary",
        &[
            ("high", &format::grouped(high)),
            ("known", &format::grouped(known)),
            ("share", &narrow::percent(high, known)),
            ("unknown", &format::grouped(facet.unknown)),
        ],
    )
}

/// Draws the age pyramid.
pub(super) fn ages(page: &Page, counted: &CohortPage) -> String {
    const WIDTH: f64 = 720.0;
    const LINE: f64 = 18.0;
    const MIDDLE: f64 = 72.0;
    const SIDE: f64 = 50.0;
    let all = |row: &&PyramidRow| row.female + row.male + row.other > 0;
    let rows = &counted.pyramid;
    let Some(first) = rows.iter().position(|row| all(&row)) else { return String::new() };
    let last = rows.iter().rposition(|row| all(&row)).unwrap_or(first);
    let shown: Vec<&PyramidRow> = rows.iter().skip(first).take(last + 1 - first).rev().collect();
    let longest = shown.iter().map(|row| row.female.max(row.male)).max().unwrap_or(0);
    let (end, step) = axis(longest as f64);
    let room = (WIDTH - MIDDLE) / 2.0 - SIDE;
    let (left, right) = ((WIDTH - MIDDLE) / 2.0, (WIDTH + MIDDLE) / 2.0);
    let bottom = 24.0 + LINE * shown.len() as f64;
    let mut drawing = Drawing::new(WIDTH, bottom + 20.0, &page.t("search-pyramid"));
    drawing.text(left, 14.0, Anchor::End, "name", &page.t("search-women"));
    drawing.text(right, 14.0, Anchor::Start, "name", &page.t("search-men"));
    let mut at = 0.0;
    while at <= end {
        for (x, sign) in [(left, -1.0), (right, 1.0)] {
            let x = x + sign * at / end * room;
            drawing.line([x, 20.0, x, bottom], "grid");
            drawing.text(x, bottom + 14.0, Anchor::Middle, "tick", &format::grouped(at as u64));
        }
        at += step;
    }
    for (place, row) in shown.iter().enumerate() {
        let y = 24.0 + LINE * place as f64;
        let label = format!("{}–{}", row.from_years, row.from_years + 4);
        drawing.text(WIDTH / 2.0, y + 12.0, Anchor::Middle, "name", &label);
        let length = |cases: u64| cases as f64 / end * room;
        drawing.rect([left - length(row.female), y + 2.0, length(row.female), LINE - 4.0], "bar");
        drawing.rect([right, y + 2.0, length(row.male), LINE - 4.0], "bar s2");
        let number = |cases: u64| format::grouped(cases);
        let end = left - length(row.female) - 4.0;
        drawing.text(end, y + 12.0, Anchor::End, "tick", &number(row.female));
        let end = right + length(row.male) + 4.0;
        drawing.text(end, y + 12.0, Anchor::Start, "tick", &number(row.male));
    }
    drawing.finish()
}
