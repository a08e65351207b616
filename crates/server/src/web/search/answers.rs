//! Survival and pairs of genes of a search, for programs: what the shell tells of a cohort, over HTTP.

use axum::{
    Json,
    extract::{Query as AddressQuery, State},
    response::{IntoResponse, Response},
};
use model::problem::Problem;
use research::{
    answer::{
        AT_RISK_DAYS, AnswerError, CoxAnswer, CoxAsked, PairsAnswer, SurvivalAnswer, SurvivalAsked,
        WaterfallAnswer,
    },
    cohort::Clock,
};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{
    asked::{self, Asked},
    scope, table,
};
use crate::{error::PageError, reader::Reader, state::AppState, viewer::Viewer};

/// Most days on which those at risk are told.
const DAYS_MAX: usize = 50;

/// What the address of survival says.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct SurvivalAddress {
    /// The query as text.
    q: String,
    /// What is compared: an item, or a query and its opposite.
    by: String,
    /// When the clock starts.
    clock: String,
    /// As in the address of the search.
    entry: String,
    /// Days on which those at risk are told, with commas.
    at_risk: String,
}

/// What the address of hazard ratios says.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct CoxAddress {
    /// The query as text.
    q: String,
    /// Covariates, with commas: `age`, `tmb`, items, or queries.
    covariates: String,
    /// When the clock starts.
    clock: String,
    /// As in the address of the search.
    entry: String,
}

/// What the address of changes says.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct WaterfallAddress {
    /// The query as text.
    q: String,
}

/// What the address of pairs says.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct PairsAddress {
    /// The query as text.
    q: String,
    /// Symbols of genes, with commas.
    genes: String,
}

/// Tells the survival of what a query finds.
pub(crate) async fn survival(
    State(state): State<AppState>,
    viewer: Viewer,
    reader: Reader,
    AddressQuery(address): AddressQuery<SurvivalAddress>,
) -> Result<Response, PageError> {
    let Ok(days) = days(&address.at_risk) else { return Err(PageError::BadRequest) };
    let clock = clock(&address.clock)?;
    let asked = match asked::ask(&state, &viewer, std::slice::from_ref(&address.q)).await? {
        Ok(asked) => asked,
        Err(unread) => return Ok(refused(unread.problems)),
    };
    let question = SurvivalAsked {
        by: Some(address.by).filter(|by| !by.trim().is_empty()),
        clock,
        delayed_entry: is_delayed(&address.entry, &asked)?,
    };
    let (release, language) = (state.release, reader.language);
    let work = state.count(move || {
        let (query, cohort) = (asked.evaluated.first(), asked.cohorts.first());
        let cases = query.zip(cohort).ok_or(PageError::BadRequest)?;
        let answer = SurvivalAnswer::of(&asked.view, cases, question, release, language);
        let answer = match answer {
            Ok(answer) => answer,
            Err(AnswerError::Unread(problems)) => return Ok(Err(problems)),
            Err(error) => return Err(PageError::internal(error)),
        };
        let mut body = head(&asked)?;
        body.extend(answer.to_json(&days));
        Ok(Ok(body))
    });
    Ok(match work.await?? {
        Ok(body) => Json(Value::Object(body)).into_response(),
        Err(problems) => table::refused(&problems),
    })
}

/// Tells which of some genes are altered together, and which instead of each other.
pub(crate) async fn pairs(
    State(state): State<AppState>,
    viewer: Viewer,
    AddressQuery(address): AddressQuery<PairsAddress>,
) -> Result<Response, PageError> {
    let asked = match asked::ask(&state, &viewer, std::slice::from_ref(&address.q)).await? {
        Ok(asked) => asked,
        Err(unread) => return Ok(refused(unread.problems)),
    };
    let release = state.release;
    let work = state.count(move || {
        let (_, cohort) = asked.first()?;
        let genes = address.genes.split(',');
        let answer = match PairsAnswer::of(&asked.view, cohort, genes, release) {
            Ok(answer) => answer,
            Err(problems) => return Ok(Err(problems)),
        };
        let mut body = head(&asked)?;
        body.insert("pairs".to_owned(), answer.to_json());
        Ok::<_, PageError>(Ok(body))
    });
    Ok(match work.await?? {
        Ok(body) => Json(Value::Object(body)).into_response(),
        Err(problems) => table::refused(&problems),
    })
}

/// Tells how far target lesions changed, in the cases of which that is known.
pub(crate) async fn waterfall(
    State(state): State<AppState>,
    viewer: Viewer,
    AddressQuery(address): AddressQuery<WaterfallAddress>,
) -> Result<Response, PageError> {
    let asked = match asked::ask(&state, &viewer, std::slice::from_ref(&address.q)).await? {
        Ok(asked) => asked,
        Err(unread) => return Ok(refused(unread.problems)),
    };
    let work = state.count(move || {
        let (_, cohort) = asked.first()?;
        let answer = WaterfallAnswer::of(&asked.view, cohort);
        let mut body = head(&asked)?;
        body.extend(answer.to_json());
        Ok::<_, PageError>(body)
    });
    Ok(Json(Value::Object(work.await??)).into_response())
}

/// Tells the hazard ratios of what a query finds.
pub(crate) async fn cox(
    State(state): State<AppState>,
    viewer: Viewer,
    AddressQuery(address): AddressQuery<CoxAddress>,
) -> Result<Response, PageError> {
    let clock = clock(&address.clock)?;
    let asked = match asked::ask(&state, &viewer, std::slice::from_ref(&address.q)).await? {
        Ok(asked) => asked,
        Err(unread) => return Ok(refused(unread.problems)),
    };
    let question = CoxAsked {
        covariates: address.covariates.split(',').map(ToOwned::to_owned).collect(),
        clock,
        delayed_entry: is_delayed(&address.entry, &asked)?,
    };
    let release = state.release;
    let work = state.count(move || {
        let (query, cohort) = (asked.evaluated.first(), asked.cohorts.first());
        let cases = query.zip(cohort).ok_or(PageError::BadRequest)?;
        let answer = match CoxAnswer::of(&asked.view, cases, question, release) {
            Ok(answer) => answer,
            Err(AnswerError::Unread(problems)) => return Ok(Err(problems)),
            Err(error) => return Err(PageError::internal(error)),
        };
        let mut body = head(&asked)?;
        let found = body.remove("cases").unwrap_or_default();
        body.insert("found".to_owned(), found);
        body.extend(answer.to_json());
        Ok(Ok(body))
    });
    Ok(match work.await?? {
        Ok(body) => Json(Value::Object(body)).into_response(),
        Err(problems) => table::refused(&problems),
    })
}

fn clock(code: &str) -> Result<Clock, PageError> {
    match code {
        "" => Ok(Clock::default()),
        code => Clock::of_code(code).ok_or(PageError::BadRequest),
    }
}

/// Returns whether cases count as observed from their test: where nothing is asked, if any can have one.
fn is_delayed(entry: &str, asked: &Asked) -> Result<bool, PageError> {
    match entry {
        "" => Ok(!asked.has_no_test),
        "delayed" => Ok(true),
        "naive" => Ok(false),
        _ => Err(PageError::BadRequest),
    }
}

/// Returns what every answer says of the search.
fn head(asked: &Asked) -> Result<Map<String, Value>, PageError> {
    let (query, cohort) = asked.first()?;
    let (_, is_registered_alone) = scope::scoped(query, &asked.view);
    let mut head = Map::new();
    head.insert("query".to_owned(), query.to_text().into());
    head.insert("expression".to_owned(), query.to_json());
    head.insert("cases".to_owned(), cohort.cases().into());
    head.insert("of".to_owned(), asked.of.into());
    head.insert("registeredAlone".to_owned(), is_registered_alone.into());
    Ok(head)
}

fn refused(problems: Vec<(usize, Problem)>) -> Response {
    let problems: Vec<Problem> = problems.into_iter().map(|(_, problem)| problem).collect();
    table::refused(&problems)
}

fn days(text: &str) -> Result<Vec<u32>, std::num::ParseIntError> {
    if text.is_empty() {
        return Ok(AT_RISK_DAYS.to_vec());
    }
    text.split(',').take(DAYS_MAX).map(|day| day.trim().parse()).collect()
}
