//! New recovery codes, shown once.

use askama::Template;
use axum::{extract::State, response::Response};
use serde::Deserialize;

use crate::{
    error::PageError,
    form::CheckedForm,
    page::{Page, Place, render},
    reader::Reader,
    state::AppState,
    viewer::Viewer,
    web::{
        me::{self, Said, is_own_password, permit},
        sign_in::enrolment::new_recovery_codes,
    },
};

/// What was typed.
#[derive(Deserialize)]
pub(crate) struct RenewForm {
    password: String,
}

#[derive(Template)]
#[template(path = "sign_in/recovery_codes.html")]
struct RecoveryTemplate {
    page: Page,
    codes: Vec<String>,
    return_to: String,
}

/// Makes new codes for whoever knows the password; those before no longer hold.
pub(crate) async fn renew(
    State(state): State<AppState>,
    viewer: Viewer,
    reader: Reader,
    CheckedForm(sent): CheckedForm<RenewForm>,
) -> Result<Response, PageError> {
    let person = permit(&state, &viewer)?.person();
    let page = Page::new(&state, &reader, Place::Me).await?;
    if !is_own_password(&state, &viewer, sent.password).await? {
        let mistake = Some(page.t("password-current-wrong"));
        return me::settings(&state, &viewer, page, Said { mistake, done: None }).await;
    }
    let codes = new_recovery_codes(&state, person).await?;
    render(&RecoveryTemplate { page, codes, return_to: "/me".to_owned() })
}
