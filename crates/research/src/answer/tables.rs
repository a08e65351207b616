//! What is answered as tables, for spreadsheets and programs that read files.

use stats::survival::KaplanMeierCurve;
use table::{Cell, Kind, Table};

use super::{PairAnswer, PairsAnswer, SurvivalAnswer, SurvivalGroup};
use crate::cohort::{AlterationKind, CohortPage, DrugRow, Facet, GeneRow, Response, Word as _};

const COUNT: Kind = Kind::Integer;

/// Returns the genes of a page: cases with the gene altered of those whose test covers it, of any kind and of each.
pub fn genes_table(page: &CohortPage) -> Table {
    let columns = [("gene", Kind::Words), ("altered", COUNT), ("covered", COUNT)]
        .map(|(name, kind)| (name.to_owned(), kind));
    let kinds = AlterationKind::ALL.iter().flat_map(|kind| {
        ["altered", "covered"].map(|share| (format!("{}_{share}", kind.code()), COUNT))
    });
    let row = |row: &GeneRow| {
        let shares = std::iter::once(&row.any).chain(&row.by_kind);
        let counts = shares.flat_map(|share| [share.altered.into(), share.covered.into()]);
        std::iter::once(row.gene.to_string().into()).chain(counts).collect()
    };
    Table::of_columns(columns.into_iter().chain(kinds)).with_rows(page.genes.iter().map(row))
}

/// Returns the drugs of a page: cases that were given each, and lines of therapy with it by side of the panel and best response.
pub fn drugs_table(page: &CohortPage) -> Table {
    let counts = ["cases", "lines_before_panel", "lines_after_panel", "unknown"];
    let responses = Response::ALL.iter().map(|response| response.code());
    let columns = counts.into_iter().chain(responses).map(|name| (name, COUNT));
    let row = |row: &DrugRow| {
        let counts = [row.cases].into_iter().chain(row.by_side).chain(row.by_response);
        std::iter::once(row.drug.to_string().into()).chain(counts.map(Cell::from)).collect()
    };
    Table::of_columns(std::iter::once(("drug", Kind::Words)).chain(columns))
        .with_rows(page.drugs.iter().map(row))
}

/// Returns the items of a page, a row for each value; the cases of which it is not known have the value `unknown`.
pub fn facets_table(page: &CohortPage) -> Table {
    let rows = |facet: &Facet| -> Vec<Vec<Cell>> {
        let values = facet.values.iter().map(|value| (value.code.to_string(), value.cases));
        let values = values.chain([("unknown".to_owned(), facet.unknown)]);
        let item = facet.item.code();
        values.map(|(value, cases)| vec![item.into(), value.into(), cases.into()]).collect()
    };
    Table::of_columns([("item", Kind::Words), ("value", Kind::Words), ("cases", COUNT)])
        .with_rows(page.facets.iter().flat_map(rows))
}

impl PairsAnswer {
    /// Returns the pairs, with the odds ratio of Fisher's test and its interval of 95 %.
    pub fn to_table(&self) -> Table {
        let words = ["first", "second"].map(|name| (name, Kind::Words));
        let counts = ["both", "only_first", "only_second", "neither"].map(|name| (name, COUNT));
        let numbers = ["odds_ratio", "odds_ratio_lower", "odds_ratio_upper", "p", "q"]
            .map(|name| (name, Kind::Number));
        let row = |own: &PairAnswer| -> Vec<Cell> {
            let pair = &own.pair;
            let mut cells: Vec<Cell> =
                vec![pair.first.to_string().into(), pair.second.to_string().into()];
            let counts = [pair.both, pair.only_first, pair.only_second, pair.neither];
            cells.extend(counts.map(Cell::from));
            let odds = own.odds();
            cells.extend([
                odds.map(|odds| odds.odds_ratio).into(),
                odds.map(|odds| odds.interval.lower).into(),
                odds.map(|odds| odds.interval.upper).into(),
                own.test.map(|test| test.p).into(),
                own.test.map(|test| test.q).into(),
            ]);
            cells
        };
        Table::of_columns(words.into_iter().chain(counts).chain(numbers))
            .with_rows(self.pairs.iter().map(row))
    }
}

impl SurvivalAnswer {
    /// Returns the curves, a row for each day on which something happens in a group.
    pub fn to_table(&self) -> Table {
        let counts = ["day", "at_risk", "deaths", "censored"].map(|name| (name, COUNT));
        let numbers = ["survival", "standard_error", "lower", "upper"];
        let numbers = numbers.map(|name| (name, Kind::Number));
        let rows = |group: &SurvivalGroup| -> Vec<Vec<Cell>> {
            let points = group.curve.iter().flat_map(KaplanMeierCurve::points);
            let row = |point: &stats::survival::KaplanMeierPoint| {
                // Days and cases are whole.
                let counts = [point.time, point.at_risk, point.events, point.censored];
                let mut cells = vec![group.label.clone().into()];
                cells.extend(counts.map(|count| Cell::Integer(count as i64)));
                cells.extend([
                    point.survival.into(),
                    Cell::from(point.standard_error),
                    point.interval.map(|interval| interval.lower).into(),
                    point.interval.map(|interval| interval.upper).into(),
                ]);
                cells
            };
            points.map(row).collect()
        };
        let columns = std::iter::once(("group", Kind::Words)).chain(counts).chain(numbers);
        Table::of_columns(columns).with_rows(self.groups.iter().flat_map(rows))
    }
}
