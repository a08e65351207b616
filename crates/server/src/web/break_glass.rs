//! Opening a case in an emergency, and looking at such openings afterwards.

use access::{
    Action, Permit, Purpose, Relation,
    audit::Entry,
    break_glass::{self, ReviewVerdict},
};
use askama::Template;
use axum::{
    Router,
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use model::identity::CaseId;
use serde::Deserialize;
use store::{BreakGlass, BreakGlassReview, ListedBreakGlass};

use crate::{
    address,
    error::{PageError, Worded},
    form::CheckedForm,
    format,
    page::{Page, Place, render},
    reader::{Id, Reader},
    state::AppState,
    viewer::Viewer,
};

/// The pages of emergency openings.
pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/break-glass", get(list))
        .route("/break-glass/open", post(find))
        .route("/break-glass/{id}", get(ask).post(open))
        .route("/break-glass/{id}/review", post(review))
}

struct OpeningView {
    id: String,
    person: String,
    reference: String,
    reason: String,
    opened: String,
    reviewed: Option<ReviewView>,
    own: bool,
}

struct ReviewView {
    verdict: String,
    class: &'static str,
    note: String,
    when: String,
}

#[derive(Template)]
#[template(path = "break_glass/list.html")]
struct ListTemplate {
    page: Page,
    may_open: bool,
    may_review: bool,
    openings: Vec<OpeningView>,
    waiting: u64,
    mistake: Option<String>,
}

/// What the address says.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct ListQuery {
    mistake: String,
}

fn may(state: &AppState, viewer: &Viewer, action: Action, purpose: Purpose) -> bool {
    state.permit(viewer, action, Relation::Programme, purpose).is_ok()
}

/// Returns whether somebody reviews openings: those of the site, or of the own organisation's people.
async fn reviewable(
    state: &AppState,
    viewer: &Viewer,
) -> Result<Option<Vec<ListedBreakGlass>>, PageError> {
    let permit =
        |relation| state.permit(viewer, Action::ReviewBreakGlass, relation, Purpose::Audit);
    let everywhere = permit(Relation::Programme).is_ok();
    if !everywhere && permit(Relation::OwnHospital).is_err() {
        return Ok(None);
    }
    let all = state.store.break_glasses().await.map_err(PageError::internal)?;
    if everywhere {
        return Ok(Some(all));
    }
    let today = state.today();
    let rights = access::Rights::ours();
    let reviews = |each: &&access::Membership| {
        rights.allows(each.role, Action::ReviewBreakGlass, Relation::OwnHospital, today)
    };
    let ours: Vec<_> = viewer.actor.memberships_on(today).filter(reviews).collect();
    let mut openings = Vec::new();
    for each in all {
        let roles = state.store.memberships_of(each.opening.person).await;
        let roles = roles.map_err(PageError::internal)?;
        let of_ours = roles
            .iter()
            .any(|role| ours.iter().any(|own| own.organisation == role.membership.organisation));
        if of_ours {
            openings.push(each);
        }
    }
    Ok(Some(openings))
}

/// Shows the openings to those who review them, and the way to open to those who may.
pub(crate) async fn list(
    State(state): State<AppState>,
    viewer: Viewer,
    reader: Reader,
    Query(query): Query<ListQuery>,
) -> Result<Response, PageError> {
    let may_open = may(&state, &viewer, Action::BreakGlass, Purpose::Emergency);
    let openings = reviewable(&state, &viewer).await?;
    if !may_open && openings.is_none() {
        return Err(PageError::NotFound);
    }
    let page = Page::new(&state, &reader, Place::BreakGlass).await?;
    let may_review = openings.is_some();
    let openings = openings.unwrap_or_default();
    let waiting = openings.iter().filter(|each| each.review.is_none()).count() as u64;
    let views = openings.iter().map(|each| opening_view(&page, &viewer, each)).collect();
    let mistake = match query.mistake.as_str() {
        "reason" => Some(page.t("break-glass-reason-wrong")),
        "unknown" => Some(page.t("break-glass-unknown")),
        _ => None,
    };
    render(&ListTemplate { page, may_open, may_review, openings: views, waiting, mistake })
}

/// Counts the openings that wait for the reader's review.
pub(crate) async fn waiting(state: &AppState, viewer: &Viewer) -> Result<u64, PageError> {
    let openings = reviewable(state, viewer).await?.unwrap_or_default();
    Ok(openings.iter().filter(|each| each.review.is_none()).count() as u64)
}

fn opening_view(page: &Page, viewer: &Viewer, listed: &ListedBreakGlass) -> OpeningView {
    let reviewed = listed.review.as_ref().map(|review| ReviewView {
        verdict: match review.verdict {
            ReviewVerdict::Justified => page.t("break-glass-justified"),
            ReviewVerdict::NotJustified => page.t("break-glass-not-justified"),
        },
        class: match review.verdict {
            ReviewVerdict::Justified => "met",
            ReviewVerdict::NotJustified => "not",
        },
        note: review.note.clone(),
        when: format::moment(review.reviewed_at, page.language),
    });
    OpeningView {
        id: listed.opening.id.to_string(),
        person: listed.person_name.clone(),
        reference: listed.reference.clone(),
        reason: listed.opening.reason.clone(),
        opened: format::moment(listed.opening.opened_at, page.language),
        reviewed,
        own: listed.opening.person == viewer.actor.person,
    }
}

/// A case's reference, and why it is opened.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct FindForm {
    reference: String,
    reason: String,
}

/// Opens the case with a reference. Whether there is one is told only to who gave a reason, which is written down.
pub(crate) async fn find(
    State(state): State<AppState>,
    viewer: Viewer,
    CheckedForm(sent): CheckedForm<FindForm>,
) -> Result<Response, PageError> {
    let purpose = Purpose::Emergency;
    let permit = state.permit(&viewer, Action::BreakGlass, Relation::Programme, purpose)?;
    let Ok(reason) = break_glass::reason(&sent.reason) else {
        return Ok(Redirect::to("/break-glass?mistake=reason").into_response());
    };
    let reference = sent.reference.trim();
    let found = state.store.case_by_reference(reference).await.map_err(PageError::internal)?;
    let Some(found) = found else {
        tracing::warn!(
            target: "security", person = %viewer.actor.person, reason,
            "an emergency opening of a case that is not there"
        );
        return Ok(Redirect::to("/break-glass?mistake=unknown").into_response());
    };
    record(&state, &viewer, &permit, found.case, reason).await
}

#[derive(Template)]
#[template(path = "break_glass/ask.html")]
struct AskTemplate {
    page: Page,
    id: String,
    reason: String,
    wrong: bool,
}

/// Asks for the reason. The page is the same whether or not there is such a case.
pub(crate) async fn ask(
    State(state): State<AppState>,
    viewer: Viewer,
    reader: Reader,
    Id(id): Id,
) -> Result<Response, PageError> {
    state.permit(&viewer, Action::BreakGlass, Relation::Programme, Purpose::Emergency)?;
    let page = Page::new(&state, &reader, Place::BreakGlass).await?;
    render(&AskTemplate { page, id: id.to_string(), reason: String::new(), wrong: false })
}

/// Why a case is opened.
#[derive(Deserialize)]
pub(crate) struct ReasonForm {
    #[serde(default)]
    reason: String,
}

/// Opens the case for an hour.
pub(crate) async fn open(
    State(state): State<AppState>,
    viewer: Viewer,
    reader: Reader,
    Id(id): Id,
    CheckedForm(sent): CheckedForm<ReasonForm>,
) -> Result<Response, PageError> {
    let purpose = Purpose::Emergency;
    let permit = state.permit(&viewer, Action::BreakGlass, Relation::Programme, purpose)?;
    let Ok(reason) = break_glass::reason(&sent.reason) else {
        let page = Page::new(&state, &reader, Place::BreakGlass).await?;
        let template = AskTemplate { page, id: id.to_string(), reason: sent.reason, wrong: true };
        let mut response = render(&template)?;
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        response.extensions_mut().insert(Worded);
        return Ok(response);
    };
    let case = CaseId(id);
    state.store.case(case).await.map_err(PageError::internal)?.ok_or(PageError::NotFound)?;
    record(&state, &viewer, &permit, case, reason).await
}

/// Writes the opening down, and leads to the case.
async fn record(
    state: &AppState,
    viewer: &Viewer,
    permit: &Permit,
    case: CaseId,
    reason: String,
) -> Result<Response, PageError> {
    let now = state.now();
    let opening = BreakGlass {
        id: state.new_id(),
        person: permit.person(),
        case,
        reason,
        opened_at: now,
        ends_at: break_glass::end_of(now),
    };
    let mut batch = state.store.begin().await.map_err(PageError::internal)?;
    batch.break_glass(&opening).await.map_err(PageError::internal)?;
    let entry = Entry::permitted(now, &viewer.actor, permit).on_case(case, None);
    let entry = entry.about("break-glass", opening.id).with_detail(&opening.reason);
    batch.append_audit(&entry).await.map_err(PageError::internal)?;
    batch.commit().await.map_err(PageError::internal)?;
    tracing::warn!(
        target: "security", person = %opening.person, case = %case, opening = %opening.id,
        "a case was opened in an emergency"
    );
    Ok(Redirect::to(&address::case(case)).into_response())
}

/// What a review found.
#[derive(Deserialize)]
pub(crate) struct ReviewForm {
    verdict: String,
    #[serde(default)]
    note: String,
}

/// Records the review of an opening that somebody else made.
pub(crate) async fn review(
    State(state): State<AppState>,
    viewer: Viewer,
    Id(id): Id,
    CheckedForm(sent): CheckedForm<ReviewForm>,
) -> Result<Response, PageError> {
    let openings = reviewable(&state, &viewer).await?.ok_or(PageError::NotFound)?;
    let found = openings.iter().find(|each| each.opening.id == id).ok_or(PageError::NotFound)?;
    let by = viewer.actor.person;
    break_glass::check_reviewer(found.opening.person, by).map_err(|_| PageError::NotFound)?;
    let verdict = ReviewVerdict::of(&sent.verdict).ok_or(PageError::BadRequest)?;
    let note: String = sent.note.trim().chars().take(break_glass::REASON_CHARS_MAX).collect();
    let review = BreakGlassReview { by, verdict, note, reviewed_at: state.now() };
    let mut batch = state.store.begin().await.map_err(PageError::internal)?;
    batch.review_break_glass(id, &review).await.map_err(PageError::internal)?;
    let entry = Entry::by_person(state.now(), &viewer.actor, Action::ReviewBreakGlass);
    let entry = entry.on_case(found.opening.case, None).about("break-glass", id);
    let entry = entry.with_detail(verdict.word());
    batch.append_audit(&entry).await.map_err(PageError::internal)?;
    batch.commit().await.map_err(PageError::internal)?;
    tracing::info!(
        target: "security", by = %by, opening = %id, verdict = verdict.word(),
        "an emergency opening was reviewed"
    );
    Ok(Redirect::to("/break-glass").into_response())
}
