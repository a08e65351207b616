//! Who looked at a case.

use access::{Action, Purpose};
use askama::Template;
use axum::{extract::State, response::Response};
use model::identity::CaseId;

use super::row;
use crate::{
    address,
    error::PageError,
    page::{Page, Place, render},
    reader::{Id, Reader},
    state::AppState,
    viewer::Viewer,
    web::who_looked::WhoLooked,
};

#[derive(Template)]
#[template(path = "audit/case.html")]
struct CaseTemplate {
    page: Page,
    reference: String,
    case_href: String,
    who_looked: WhoLooked,
}

/// Shows who looked at a case, when and for what.
pub(super) async fn show(
    State(state): State<AppState>,
    reader: Reader,
    viewer: Viewer,
    Id(id): Id,
) -> Result<Response, PageError> {
    let id = CaseId(id);
    state.permit_case(&viewer, Action::ReadAudit, id, Purpose::Audit).await?;
    let page = Page::new(&state, &reader, Place::InAudit).await?;
    let reference = row::reference(&state, id).await?.ok_or(PageError::NotFound)?;
    let template = CaseTemplate {
        who_looked: WhoLooked::of(&page, &state, id).await?,
        case_href: address::case(id),
        reference,
        page,
    };
    render(&template)
}
