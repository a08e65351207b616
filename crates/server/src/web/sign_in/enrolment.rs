//! Setting up the second factor: a QR code for the phone, a first code to show that it works, then the recovery
//! codes, once.

use access::{
    recovery::{RECOVERY_CODES, RecoveryCode},
    session::SessionStage,
    totp::TotpSecret,
};
use askama::Template;
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use model::identity::PersonId;
use qrcode::{Color, EcLevel, QrCode};
use serde::Deserialize;

use crate::{
    client::Client,
    error::{PageError, Worded},
    form::CheckedForm,
    page::{Page, Place, render},
    reader::Reader,
    sign_in::{self, Attempt, Shown},
    state::AppState,
    web::sign_in::second_factor::{owner, totp_step, waiting},
};

/// Name under which phones list the code.
const ISSUER: &str = "Tsumugi";

/// What was typed.
#[derive(Deserialize)]
pub(crate) struct CodeForm {
    #[serde(default)]
    code: String,
}

#[derive(Template)]
#[template(path = "sign_in/enrolment.html")]
struct EnrolmentTemplate {
    page: Page,
    wrong: bool,
    qr: QrView,
    typed: String,
    account: String,
}

#[derive(Template)]
#[template(path = "sign_in/recovery_codes.html")]
struct RecoveryTemplate {
    page: Page,
    codes: Vec<String>,
    return_to: String,
}

/// A QR code as one path of squares.
pub(crate) struct QrView {
    /// Width and height, with the quiet zone. Units: squares.
    pub(crate) size: usize,
    /// The path's data.
    pub(crate) path: String,
}

impl QrView {
    /// Draws a text.
    pub(crate) fn of(text: &str) -> Result<Self, PageError> {
        /// Empty squares on each side. Source: ISO/IEC 18004.
        const QUIET: usize = 4;
        let code = QrCode::with_error_correction_level(text, EcLevel::M);
        let code = code.map_err(PageError::internal)?;
        let width = code.width();
        let dark = code.to_colors().into_iter().enumerate().filter(|(_, c)| *c == Color::Dark);
        let path = dark.map(|(index, _)| {
            format!("M{} {}h1v1h-1z", QUIET + index % width, QUIET + index / width)
        });
        Ok(Self { size: width + 2 * QUIET, path: path.collect() })
    }
}

/// Shows the QR code of the secret that the person was offered.
pub(crate) async fn show(
    State(state): State<AppState>,
    reader: Reader,
) -> Result<Response, PageError> {
    let Some(session) = waiting(&reader, SessionStage::Enrolment) else {
        return Ok(Redirect::to("/sign-in").into_response());
    };
    form(&state, &reader, session.person, false).await
}

async fn form(
    state: &AppState,
    reader: &Reader,
    person: PersonId,
    wrong: bool,
) -> Result<Response, PageError> {
    let page = Page::new(state, reader, Place::SignIn).await?;
    let recorded = state.store.person(person).await.map_err(PageError::internal)?;
    let account = recorded.ok_or(PageError::NotFound)?.sign_in_name;
    let secret = offered(state, person).await?;
    let qr = QrView::of(&secret.address(ISSUER, &account))?;
    render(&EnrolmentTemplate { page, wrong, qr, typed: secret.typed(), account })
}

/// Returns the secret that was offered and not confirmed yet, so that a page loaded again shows the same; makes
/// one where there is none.
async fn offered(state: &AppState, person: PersonId) -> Result<TotpSecret, PageError> {
    let credential = state.store.credential(person).await.map_err(PageError::internal)?;
    if credential.totp_confirmed {
        return Err(PageError::NotFound);
    }
    let known = credential.totp_sealed.and_then(|sealed| {
        // One that was sealed with a lost key is replaced: nobody uses it yet.
        TotpSecret::of_bytes(&state.site_key.open(&owner(person), &sealed).ok()?)
    });
    if let Some(secret) = known {
        return Ok(secret);
    }
    let secret = TotpSecret::of_random(state.random());
    let sealed = state.site_key.seal(state.random(), &owner(person), secret.bytes());
    let sealed = sealed.map_err(PageError::internal)?;
    let mut batch = state.store.begin().await.map_err(PageError::internal)?;
    batch.offer_totp(person, &sealed).await.map_err(PageError::internal)?;
    batch.commit().await.map_err(PageError::internal)?;
    Ok(secret)
}

/// Takes the first code, and shows the recovery codes.
pub(crate) async fn take(
    State(state): State<AppState>,
    mut reader: Reader,
    client: Client,
    headers: HeaderMap,
    CheckedForm(sent): CheckedForm<CodeForm>,
) -> Result<Response, PageError> {
    let Some(session) = waiting(&reader, SessionStage::Enrolment) else {
        return Ok(Redirect::to("/sign-in").into_response());
    };
    let person = session.person;
    let attempt = Attempt::new(&person.to_string(), &client.address);
    attempt.check(&state).await?;
    let Some(step) = totp_step(&state, person, &sent.code).await? else {
        attempt.failed(&state).await?;
        let mut response = form(&state, &reader, person, true).await?;
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        response.extensions_mut().insert(Worded);
        return Ok(response);
    };
    let mut batch = state.store.begin().await.map_err(PageError::internal)?;
    batch.use_totp_step(person, step).await.map_err(PageError::internal)?;
    batch.confirm_totp(person, state.now()).await.map_err(PageError::internal)?;
    batch.commit().await.map_err(PageError::internal)?;
    let codes = new_recovery_codes(&state, person).await?;
    let shown = Shown { person, second_factor: true, return_to: session.return_to.clone() };
    let begun = sign_in::begin(&state, &headers, &shown, SessionStage::Open).await?;
    // The page has no form: the token of the session before is not needed any more.
    reader.visitor.unfinished = None;
    let page = Page::new(&state, &reader, Place::SignIn).await?;
    let template = RecoveryTemplate { page, codes, return_to: shown.return_to };
    Ok(([(header::SET_COOKIE, begun.cookie)], render(&template)?).into_response())
}

/// Makes recovery codes, which replace those before, and returns them to be shown once.
pub(crate) async fn new_recovery_codes(
    state: &AppState,
    person: PersonId,
) -> Result<Vec<String>, PageError> {
    let codes: Vec<RecoveryCode> =
        (0..RECOVERY_CODES).map(|_| RecoveryCode::of_random(state.random())).collect();
    let digests: Vec<_> = codes.iter().map(RecoveryCode::digest).collect();
    let mut batch = state.store.begin().await.map_err(PageError::internal)?;
    batch.replace_recovery_codes(person, &digests).await.map_err(PageError::internal)?;
    batch.commit().await.map_err(PageError::internal)?;
    tracing::info!(target: "security", person = %person, "recovery codes were made");
    Ok(codes.iter().map(RecoveryCode::shown).collect())
}
