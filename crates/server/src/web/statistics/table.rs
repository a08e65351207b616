//! The statistics for programs and spreadsheets. A hidden count is an empty cell, or null.

use axum::{
    Json,
    extract::{Query as AddressQuery, State},
    response::{IntoResponse, Response},
};
use model::evidence::EvidenceLevel;
use research::programme::{ProgrammeStatistics, Reach, Shown};
use serde_json::{Map, Value, json};

use super::{StatisticsAddress, see};
use crate::{error::PageError, reader::Reader, state::AppState, web::csv_file};

/// Gives one table as CSV: `months`, `reach` or `prefectures`.
pub(crate) async fn csv(
    State(state): State<AppState>,
    reader: Reader,
    AddressQuery(asked): AddressQuery<StatisticsAddress>,
) -> Result<Response, PageError> {
    let seen = see(&state, &reader.visitor, &asked).await?;
    let rows = match asked.table.as_str() {
        "months" => months(&seen.statistics),
        "reach" => reach(&seen.statistics),
        "prefectures" => prefectures(&seen.statistics),
        _ => return Err(PageError::BadRequest),
    };
    csv_file(rows, &format!("programme-{}.csv", asked.table))
}

fn cell(count: Shown) -> String {
    count.map(|count| count.to_string()).unwrap_or_default()
}

fn cells(name: &str, counts: &[Shown], total: Shown) -> Vec<String> {
    let counts = counts.iter().copied().chain([total]).map(cell);
    std::iter::once(name.to_owned()).chain(counts).collect()
}

fn head<'a>(first: &str, names: impl Iterator<Item = String> + 'a) -> Vec<String> {
    std::iter::once(first.to_owned()).chain(names).chain(["total".to_owned()]).collect()
}

fn months(counted: &ProgrammeStatistics) -> Vec<Vec<String>> {
    let mut rows = vec![head("kind", counted.months.iter().map(ToString::to_string))];
    let facilities = counted.facilities.iter();
    rows.extend(facilities.map(|row| cells(row.kind.word(), &row.by_month, row.total)));
    rows.push(cells("all", &counted.by_month, counted.total));
    rows
}

fn reach_head(first: &str) -> Vec<String> {
    head(first, Reach::ALL.iter().map(|reach| reach.word().to_owned()))
}

fn reach(counted: &ProgrammeStatistics) -> Vec<Vec<String>> {
    let mut rows = vec![reach_head("kind")];
    let facilities = counted.facilities.iter();
    rows.extend(facilities.map(|row| cells(row.kind.word(), &row.reach, row.total)));
    rows.push(cells("all", &counted.reach, counted.total));
    rows
}

fn prefectures(counted: &ProgrammeStatistics) -> Vec<Vec<String>> {
    let mut rows = vec![reach_head("prefecture")];
    rows.extend(counted.prefectures.iter().map(|row| {
        let number = row.prefecture.map(|prefecture| format!("{:02}", prefecture.number()));
        cells(number.as_deref().unwrap_or("unknown"), &row.reach, row.total)
    }));
    rows
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
