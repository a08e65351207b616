//! The statistics for programs and spreadsheets. A hidden count is an empty cell, or null.

use axum::{
    Json,
    extract::{Query as AddressQuery, State},
    response::{IntoResponse, Response},
};
use model::evidence::EvidenceLevel;
use research::programme::{ProgrammeStatistics, Reach, Shown};
use serde_json::{Map, Value, json};
use table::{Cell, Kind, Table};

use super::{StatisticsAddress, see};
use crate::{
    error::PageError,
    page::{Page, Place},
    reader::Reader,
    state::AppState,
    web::table_file::{Form, table_file},
};

/// Gives one table as a file: `months`, `reach` or `prefectures`.
pub(crate) async fn file(
    State(state): State<AppState>,
    reader: Reader,
    form: Form,
    AddressQuery(asked): AddressQuery<StatisticsAddress>,
) -> Result<Response, PageError> {
    let seen = see(&state, &reader.visitor, &asked).await?;
    let table = match asked.table.as_str() {
        "months" => months(&seen.statistics),
        "reach" => reach(&seen.statistics),
        "prefectures" => prefectures(&seen.statistics),
        _ => return Err(PageError::BadRequest),
    };
    let months = &seen.statistics.months;
    let [first, last] = [months.first(), months.last()]
        .map(|month| month.map_or_else(String::new, ToString::to_string));
    let page = Page::new(&state, &reader, Place::Statistics).await?;
    let name = format!("programme-{}", asked.table);
    table_file(&page, form, &name, &table, &format!("{first}/{last}"))
}

fn cells(name: &str, counts: &[Shown], total: Shown) -> Vec<Cell> {
    let counts = counts.iter().copied().chain([total]).map(Cell::from);
    std::iter::once(name.to_owned().into()).chain(counts).collect()
}

fn begun(first: &'static str, names: impl Iterator<Item = String>) -> Table {
    let counts = names.chain(["total".to_owned()]).map(|name| (name, Kind::Integer));
    Table::of_columns(std::iter::once((first.to_owned(), Kind::Words)).chain(counts))
}

fn months(counted: &ProgrammeStatistics) -> Table {
    let facilities = counted.facilities.iter();
    begun("kind", counted.months.iter().map(ToString::to_string))
        .with_rows(facilities.map(|row| cells(row.kind.word(), &row.by_month, row.total)))
        .with_rows([cells("all", &counted.by_month, counted.total)])
}

fn reaches(first: &'static str) -> Table {
    begun(first, Reach::ALL.iter().map(|reach| reach.word().to_owned()))
}

fn reach(counted: &ProgrammeStatistics) -> Table {
    let facilities = counted.facilities.iter();
    reaches("kind")
        .with_rows(facilities.map(|row| cells(row.kind.word(), &row.reach, row.total)))
        .with_rows([cells("all", &counted.reach, counted.total)])
}

fn prefectures(counted: &ProgrammeStatistics) -> Table {
    reaches("prefecture").with_rows(counted.prefectures.iter().map(|row| {
        let number = row.prefecture.map(|prefecture| format!("{:02}", prefecture.number()));
        cells(number.as_deref().unwrap_or("unknown"), &row.reach, row.total)
    }))
}

fn by_word(counts: &[Shown]) -> Map<String, Value> {
    let words = Reach::ALL.iter().map(|reach| reach.word().to_owned());
    words.zip(counts).map(|(word, count)| (word, json!(count))).collect()
}

/// Gives all of the statistics.
pub(crate) async fn json(
    State(state): State<AppState>,
    reader: Reader,
    AddressQuery(asked): AddressQuery<StatisticsAddress>,
) -> Result<Response, PageError> {
    let seen = see(&state, &reader.visitor, &asked).await?;
    let counted = &seen.statistics;
    let facilities = counted.facilities.iter().map(|row| {
        json!({
            "kind": row.kind.word(),
            "byMonth": row.by_month,
            "total": row.total,
            "reach": by_word(&row.reach),
            "designated": row.designated,
            "withTests": row.with_tests,
            "withGiven": row.with_given,
        })
    });
    let levels = counted
        .levels
        .iter()
        .map(|(level, cases)| json!({ "level": level.map(EvidenceLevel::letter), "cases": cases }));
    let prefectures = counted.prefectures.iter().map(|row| {
        let number = row.prefecture.map(|prefecture| format!("{:02}", prefecture.number()));
        json!({ "prefecture": number, "reach": by_word(&row.reach), "total": row.total })
    });
    let body = json!({
        "months": counted.months.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "whole": seen.is_whole,
        "facilities": facilities.collect::<Vec<_>>(),
        "byMonth": counted.by_month,
        "total": counted.total,
        "earlier": counted.earlier,
        "reach": by_word(&counted.reach),
        "levels": levels.collect::<Vec<_>>(),
        "prefectures": prefectures.collect::<Vec<_>>(),
    });
    Ok(Json(body).into_response())
}
