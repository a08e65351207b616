//! What the pages of several cohorts, of pairs and of cases tell, for programs: the same numbers, asked, hidden and written down by
//! the same means as the pages, under the same permission. A hidden number is null.

use axum::{
    Json,
    extract::{Path, Query as AddressQuery, RawQuery, State},
    response::{IntoResponse as _, Response},
};
use model::problem::Problem;
use research::{answer::PairsAnswer, cohort::CohortCase};
use serde_json::{Map, Value, json};

use super::{
    compare::{self, Compared},
    oncoprint::Drawn,
    pairs,
    search::{ProjectAddress, text_of},
    table::{refused, survival_json, unanswered},
};
use crate::{
    error::PageError,
    project::Told,
    state::AppState,
    viewer::Viewer,
    web::{
        chart::oncoprint::Cell,
        search::{
            compare::{
                CompareAddress, LETTERS,
                count::{ComparedGene, ComparedItem, Tested},
            },
            oncoprint::cell,
        },
    },
};

/// Tells what is told of cohorts beside each other.
pub(crate) async fn compare(
    State(state): State<AppState>,
    viewer: Viewer,
    Path(number): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, PageError> {
    let address = CompareAddress::read(query.as_deref().unwrap_or_default());
    if address.texts.is_empty() || address.is_beyond {
        return Err(PageError::BadRequest);
    }
    let clock = compare::clock(&address);
    let answered = compare::answered(&state, &viewer, &number, &address, clock).await?;
    let Some(compared) = Compared::of(&answered, state.release) else {
        let problems = answered.cohorts.into_iter().filter_map(Result::err).flatten();
        return Ok(refused(&problems.collect::<Vec<Problem>>()));
    };
    let cohort = |(letter, told): (&str, &Told)| {
        json!({
            "letter": letter,
            "query": text_of(&told.query),
            "unanswered": unanswered(told),
            "cases": told.page.as_ref().ok().map(|page| page.cases),
            "survival": told.survival.as_ref().map(survival_json),
        })
    };
    let told = answered.cohorts.iter().flatten();
    let cohorts: Vec<Value> = LETTERS.into_iter().zip(told).map(cohort).collect();
    let body = json!({
        "project": answered.project.number,
        "threshold": answered.project.threshold,
        "oncotree": state.release.oncotree_version(),
        "clock": clock.code(),
        "cohorts": cohorts,
        "excludeEachOther": compared.is_separate,
        "items": compared.items.iter().map(item_json).collect::<Vec<_>>(),
        "genes": compared.genes.iter().map(gene_json).collect::<Vec<_>>(),
    });
    Ok(Json(body).into_response())
}

fn item_json(item: &ComparedItem) -> Value {
    let value = |value: &crate::web::search::compare::count::ComparedValue| json!({ "code": value.code, "cases": value.cases });
    json!({
        "item": item.item.code(),
        "values": item.values.iter().map(value).collect::<Vec<_>>(),
        "known": item.known,
        "unknown": item.unknown,
        "test": item.tested.map(test_json),
    })
}

fn gene_json(gene: &ComparedGene) -> Value {
    let shares = || gene.shares.iter();
    json!({
        "gene": gene.gene,
        "altered": shares().map(|share| share.map(|own| own.altered)).collect::<Vec<_>>(),
        "covered": shares().map(|share| share.map(|own| own.covered)).collect::<Vec<_>>(),
        "test": gene.tested.map(test_json),
    })
}

fn test_json(test: Tested) -> Value {
    // JSON has no infinity: such a number is told in letters.
    let number = |number: f64| match number.is_finite() {
        true => json!(number),
        false => json!("infinite"),
    };
    let odds = test.odds.map(|(ratio, lower, upper)| {
        json!({ "ratio": number(ratio), "lower": number(lower), "upper": number(upper) })
    });
    json!({ "p": test.p, "q": test.q, "odds": odds })
}

/// Returns what every answer of one cohort says of it.
fn head(state: &AppState, told: &Told) -> Map<String, Value> {
    let pairs = [
        ("project", json!(told.project.number)),
        ("query", text_of(&told.query).into()),
        ("threshold", told.project.threshold.into()),
        ("oncotree", json!(state.release.oncotree_version())),
        ("unanswered", json!(unanswered(told))),
        ("cases", json!(told.page.as_ref().ok().map(|page| page.cases))),
    ];
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// Tells which genes are altered together, as far as pages say that were told.
pub(crate) async fn pairs(
    State(state): State<AppState>,
    viewer: Viewer,
    Path(number): Path<String>,
    AddressQuery(address): AddressQuery<ProjectAddress>,
) -> Result<Response, PageError> {
    let counted = match pairs::counted(&state, &viewer, &number, &address).await? {
        Ok(counted) => counted,
        Err(problems) => return Ok(refused(&problems)),
    };
    let mut body = head(&state, &counted.told);
    body.insert("genes".to_owned(), json!(counted.pairs.genes));
    body.insert("questions".to_owned(), counted.questions.into());
    body.insert("pairs".to_owned(), PairsAnswer::tested(counted.pairs.told).to_json());
    body.insert("hidden".to_owned(), json!(counted.pairs.hidden));
    body.insert("problems".to_owned(), json!(counted.problems));
    Ok(Json(Value::Object(body)).into_response())
}

/// Tells in which cases genes are altered, where the permission shows cases with their alterations.
pub(crate) async fn oncoprint(
    State(state): State<AppState>,
    viewer: Viewer,
    Path(number): Path<String>,
    AddressQuery(address): AddressQuery<ProjectAddress>,
) -> Result<Response, PageError> {
    let drawn = Drawn::of(&state, &viewer, &number, &address, false).await?;
    let told = match &drawn.asked.told {
        Ok(told) => told,
        Err(problems) => return Ok(refused(problems)),
    };
    let gene = |(gene, share): &(research::cohort::Name, research::cohort::GeneShare)| json!({ "gene": gene, "altered": share.altered, "covered": share.covered });
    let case = |case: &CohortCase| -> Value {
        drawn.genes.iter().map(|(gene, _)| cell_json(&cell(case, gene))).collect()
    };
    let mut body = head(&state, told);
    body.insert("genes".to_owned(), drawn.genes.iter().map(gene).collect());
    body.insert("altered".to_owned(), drawn.altered.into());
    body.insert("drawn".to_owned(), drawn.cases.iter().map(case).collect());
    Ok(Json(Value::Object(body)).into_response())
}

/// Returns what a cell shows: marks, none where the gene is not altered as far as is shown, null where the test does not cover it.
fn cell_json(cell: &Cell) -> Value {
    match cell {
        Cell::Altered(glyphs) => glyphs.iter().map(|glyph| glyph.code()).collect(),
        Cell::NotAltered => json!([]),
        Cell::NotCovered => Value::Null,
    }
}
