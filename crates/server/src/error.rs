//! What can go wrong between a request and its page, and how it is told.
//!
//! Handlers return [`PageError`]; the middleware [`tell`] words it: an RFC 9457 problem document for
//! programs, a page in the reader's language for people. The cause goes to the log and never outside.

use std::{any::Any, error::Error, sync::Arc};

use axum::{
    Json,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use serde::Serialize;
use store::{Cause, RecordError};

use crate::{
    address, locale::words, lost_post::LostPost, page::error_page, patient::ENDED, reader::Reader,
    state::AppState,
};

/// After how long a request that found us busy should be tried again. Units: seconds.
const RETRY_SECONDS: u16 = 5;
/// Keys of what is said when a form came after its session had ended.
const SESSION_OVER: [&str; 3] =
    ["error-session-over", "error-session-over-detail", "error-session-over-remedy"];
/// Keys of what is said to a patient when something was typed into a form and the session had ended.
const PATIENT_OVER: [&str; 3] =
    ["error-session-over", "error-patient-over-detail", "error-patient-over-remedy"];
/// Keys of what is said when a form came with the token of a session before.
const SEND_AGAIN: [&str; 3] =
    ["error-send-again", "error-send-again-detail", "error-send-again-remedy"];

/// Why a request has no page.
#[derive(Clone, Debug, thiserror::Error)]
pub(crate) enum PageError {
    /// Nothing is known under this address; also the answer for what the reader may not know of.
    #[error("nothing at this address")]
    NotFound,
    /// The request cannot be understood.
    #[error("the request cannot be understood")]
    BadRequest,
    /// A form came without a file.
    #[error("no file in the form")]
    NoFile,
    /// The tumour type is none that the release knows.
    #[error("unknown tumour type")]
    UnknownTumourType,
    /// The case reference cannot be used.
    #[error("case reference cannot be used")]
    BadReference,
    /// One case cannot be given for a file of several samples.
    #[error("one case for several samples")]
    SeveralSamples,
    /// The order is closed or cancelled, or has its result.
    #[error("the order takes no result")]
    NoResultDue,
    /// The same bytes are in the record as the result of another case.
    #[error("the file is the result of another case")]
    ResultElsewhere,
    /// The file is larger than the limit.
    #[error("the file is too large")]
    TooLarge,
    /// The body is not of a kind that the address takes.
    #[error("the body is of another media type")]
    UnsupportedMedia,
    /// The address is longer than the limit.
    #[error("the address is too long")]
    AddressTooLong,
    /// The fields of the head are larger than the limit.
    #[error("the head of the request is too large")]
    HeadTooLarge,
    /// The body did not arrive in the time allowed.
    #[error("the body came too slowly")]
    SlowBody,
    /// The address does not take this method.
    #[error("method not allowed")]
    MethodNotAllowed,
    /// Nobody is signed in.
    #[error("nobody is signed in")]
    SignInRequired,
    /// The patient's session has ended.
    #[error("the patient's session has ended")]
    PatientAway,
    /// The form carries another session's token, or none.
    #[error("the form does not belong to this session")]
    StaleForm,
    /// Too many sign-ins failed.
    #[error("too many sign-ins failed")]
    TooManyAttempts,
    /// The sign-in at the provider did not come to a good end.
    #[error("the sign-in at the provider failed")]
    ProviderSignIn,
    /// Another site made the browser send the request.
    #[error("request made by another site")]
    ForeignRequest,
    /// The request took longer than the limit.
    #[error("the request took too long")]
    TooSlow,
    /// PDF cannot be made on this machine; the text says what is missing.
    #[error("PDF cannot be made here")]
    NoPdf(#[source] Arc<dyn Error + Send + Sync>),
    /// PNG cannot be made on this machine, which has no Japanese font.
    #[error("PNG cannot be made here")]
    NoPng,
    /// The record cannot be reached, or another program holds it; trying again will help.
    #[error("the record is away or busy")]
    RecordAway(#[source] Arc<dyn Error + Send + Sync>),
    /// Anything that is not the requester's doing.
    #[error("internal error")]
    Internal(#[source] Arc<dyn Error + Send + Sync>),
}

impl PageError {
    /// Makes an internal error of a failure below; a record that is away for a while is told as that.
    pub(crate) fn internal(cause: impl Error + Send + Sync + 'static) -> Self {
        if is_record_away(&cause) {
            return Self::RecordAway(Arc::new(cause));
        }
        Self::Internal(Arc::new(cause))
    }

    fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::NOT_FOUND => Self::NotFound,
            StatusCode::METHOD_NOT_ALLOWED => Self::MethodNotAllowed,
            StatusCode::PAYLOAD_TOO_LARGE => Self::TooLarge,
            StatusCode::REQUEST_TIMEOUT => Self::SlowBody,
            StatusCode::UNSUPPORTED_MEDIA_TYPE => Self::UnsupportedMedia,
            StatusCode::URI_TOO_LONG => Self::AddressTooLong,
            StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => Self::HeadTooLarge,
            status if status.is_client_error() => Self::BadRequest,
            _ => Self::Internal(Arc::new(Unworded(status))),
        }
    }

    /// Returns whether the reader can mend it in the form that was sent.
    pub(crate) fn is_of_form(&self) -> bool {
        matches!(
            self,
            Self::NoFile
                | Self::UnknownTumourType
                | Self::BadReference
                | Self::SeveralSamples
                | Self::NoResultDue
                | Self::ResultElsewhere
                | Self::TooLarge
        )
    }

    /// Returns whether what was typed into a form goes with the answer, because nothing is wrong with it.
    pub(crate) fn loses_the_form(&self) -> bool {
        matches!(
            self,
            Self::SignInRequired
                | Self::PatientAway
                | Self::StaleForm
                | Self::TooSlow
                | Self::RecordAway(_)
                | Self::Internal(_)
        )
    }

    /// Returns the answer's status.
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::BadRequest
            | Self::NoFile
            | Self::UnknownTumourType
            | Self::BadReference
            | Self::SeveralSamples => StatusCode::BAD_REQUEST,
            Self::NoResultDue | Self::ResultElsewhere => StatusCode::CONFLICT,
            Self::SignInRequired | Self::PatientAway => StatusCode::UNAUTHORIZED,
            Self::StaleForm => StatusCode::FORBIDDEN,
            Self::TooManyAttempts => StatusCode::TOO_MANY_REQUESTS,
            Self::ProviderSignIn => StatusCode::BAD_REQUEST,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::UnsupportedMedia => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::AddressTooLong => StatusCode::URI_TOO_LONG,
            Self::HeadTooLarge => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Self::SlowBody => StatusCode::REQUEST_TIMEOUT,
            Self::ForeignRequest => StatusCode::FORBIDDEN,
            Self::TooSlow | Self::RecordAway(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::NoPdf(_) | Self::NoPng => StatusCode::NOT_IMPLEMENTED,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Keys of the title, of the sentence that says what happened, and of the remedy.
    pub(crate) fn keys(&self) -> [&'static str; 3] {
        match self {
            Self::NotFound => {
                ["error-not-found", "error-not-found-detail", "error-not-found-remedy"]
            }
            Self::BadRequest => {
                ["error-bad-request", "error-bad-request-detail", "error-bad-request-remedy"]
            }
            Self::NoFile => ["error-no-file", "error-no-file-detail", "error-no-file-remedy"],
            Self::UnknownTumourType => {
                ["error-tumour-type", "error-tumour-type-detail", "error-tumour-type-remedy"]
            }
            Self::BadReference => {
                ["error-reference", "error-reference-detail", "error-reference-remedy"]
            }
            Self::SeveralSamples => {
                ["error-several", "error-several-detail", "error-several-remedy"]
            }
            Self::NoResultDue => {
                ["error-no-result-due", "error-no-result-due-detail", "error-no-result-due-remedy"]
            }
            Self::ResultElsewhere => {
                ["error-elsewhere", "error-elsewhere-detail", "error-elsewhere-remedy"]
            }
            Self::TooLarge => {
                ["error-too-large", "error-too-large-detail", "error-too-large-remedy"]
            }
            Self::UnsupportedMedia => ["error-media", "error-media-detail", "error-media-remedy"],
            Self::AddressTooLong => {
                ["error-address-long", "error-address-long-detail", "error-address-long-remedy"]
            }
            Self::HeadTooLarge => ["error-head", "error-head-detail", "error-head-remedy"],
            Self::SlowBody => {
                ["error-slow-body", "error-slow-body-detail", "error-slow-body-remedy"]
            }
            Self::RecordAway(_) => {
                ["error-record-away", "error-record-away-detail", "error-record-away-remedy"]
            }
            Self::MethodNotAllowed => {
                ["error-method", "error-method-detail", "error-method-remedy"]
            }
            Self::ForeignRequest => {
                ["error-foreign", "error-foreign-detail", "error-foreign-remedy"]
            }
            Self::PatientAway => PATIENT_OVER,
            Self::SignInRequired => {
                ["error-sign-in", "error-sign-in-detail", "error-sign-in-remedy"]
            }
            Self::StaleForm => {
                ["error-stale-form", "error-stale-form-detail", "error-stale-form-remedy"]
            }
            Self::TooManyAttempts => {
                ["error-attempts", "error-attempts-detail", "error-attempts-remedy"]
            }
            Self::ProviderSignIn => {
                ["error-provider", "error-provider-detail", "error-provider-remedy"]
            }
            Self::TooSlow => ["error-too-slow", "error-too-slow-detail", "error-too-slow-remedy"],
            Self::NoPng => ["error-no-png", "error-no-png-detail", "error-no-png-remedy"],
            Self::NoPdf(_) => ["error-no-pdf", "error-no-pdf-detail", "error-no-pdf-remedy"],
            Self::Internal(_) => {
                ["error-internal", "error-internal-detail", "error-internal-remedy"]
            }
        }
    }
}

/// Returns whether the cause, at its root, is a record that is away for a while.
fn is_record_away(cause: &(dyn Error + 'static)) -> bool {
    let mut next = Some(cause);
    while let Some(error) = next {
        if let Some(record) = error.downcast_ref::<RecordError>() {
            return matches!(record.cause(), Cause::Disconnected | Cause::Locked);
        }
        next = error.source();
    }
    false
}

/// An answer that a library made without words.
#[derive(Debug, thiserror::Error)]
#[error("answer {0} without words")]
struct Unworded(StatusCode);

/// A handler that panicked: a defect of ours, which costs one answer and not the server.
#[derive(Debug, thiserror::Error)]
#[error("a handler panicked")]
struct Panicked;

/// Answers for a handler that panicked. What it said may hold what it was working on, and goes nowhere.
pub(crate) fn panicked(_said: Box<dyn Any + Send>) -> Response {
    PageError::internal(Panicked).into_response()
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Marks an answer that says itself what went wrong.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Worded;

/// A problem document. Source: RFC 9457.
#[derive(Debug, Serialize)]
struct ProblemDocument {
    #[serde(rename = "type")]
    kind: String,
    title: String,
    status: u16,
    detail: String,
    remedy: String,
    instance: String,
}

/// Words every answer that reports a failure.
pub(crate) async fn tell(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let reader = Reader::of_request(&request);
    let for_program = is_for_program(request.uri(), request.headers());
    let sign_in = sign_in_address(&request);
    let path = request.uri().path().to_owned();
    let response = next.run(request).await;
    let status = response.status();
    let fails = status.is_client_error() || status.is_server_error();
    if !fails || response.extensions().get::<Worded>().is_some() {
        return response;
    }
    let error = response
        .extensions()
        .get::<PageError>()
        .cloned()
        .unwrap_or_else(|| PageError::of_status(status));
    let lost = response.extensions().get::<LostPost>().cloned();
    if matches!(error, PageError::SignInRequired) && !for_program && lost.is_none() {
        return Redirect::to(&sign_in).into_response();
    }
    if matches!(error, PageError::PatientAway) && !for_program && lost.is_none() {
        return Redirect::to(ENDED).into_response();
    }
    if let PageError::Internal(cause) | PageError::NoPdf(cause) | PageError::RecordAway(cause) =
        &error
    {
        // The request's span says which route; the address itself may name a person.
        tracing::error!(cause = cause.as_ref() as &dyn Error, "request failed");
    }
    let mut worded = if for_program {
        problem_document(&error, &reader, path)
    } else {
        page(&state, &error, &reader, lost.as_ref()).await
    };
    if lost.is_some() {
        worded.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    *worded.status_mut() = error.status();
    if matches!(error, PageError::SignInRequired) {
        let scheme = HeaderValue::from_static("Bearer realm=\"tsumugi\"");
        worded.headers_mut().insert(header::WWW_AUTHENTICATE, scheme);
    }
    for kept in [header::ALLOW, header::RETRY_AFTER] {
        if let Some(value) = response.headers().get(&kept) {
            worded.headers_mut().insert(kept, value.clone());
        }
    }
    if error.status() == StatusCode::SERVICE_UNAVAILABLE {
        worded.headers_mut().entry(header::RETRY_AFTER).or_insert(HeaderValue::from(RETRY_SECONDS));
    }
    worded
}

/// Returns the address of the sign-in that leads back to what was asked for.
fn sign_in_address(request: &Request) -> String {
    let wanted = match *request.method() {
        Method::GET | Method::HEAD => request.uri().path_and_query().map(ToString::to_string),
        // What was posted is not asked for again: it goes with the page that says so.
        _ => None,
    };
    let wanted = wanted.filter(|wanted| wanted != "/").unwrap_or_default();
    address::with_query("/sign-in", &[("return", &wanted)])
}

fn problem_document(error: &PageError, reader: &Reader, path: String) -> Response {
    let [title, detail, remedy] = error.keys().map(|key| words(reader.language, key, &[]));
    let document = ProblemDocument {
        kind: format!("/about#{}", error.keys()[0]),
        title,
        status: error.status().as_u16(),
        detail,
        remedy,
        instance: path,
    };
    let mut response = Json(document).into_response();
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    response
}

async fn page(
    state: &AppState,
    error: &PageError,
    reader: &Reader,
    lost: Option<&LostPost>,
) -> Response {
    let keys = match (error, lost) {
        (PageError::SignInRequired, Some(_)) => SESSION_OVER,
        (PageError::StaleForm, Some(_)) => SEND_AGAIN,
        _ => error.keys(),
    };
    error_page(state, reader, error.status().as_u16(), keys, lost).await
}

/// Returns whether a program asks: under `/api/`, or with `Accept` naming JSON and not HTML.
fn is_for_program(uri: &Uri, headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or("");
    uri.path().starts_with("/api/") || (accept.contains("json") && !accept.contains("text/html"))
}

#[cfg(test)]
mod tests {
    use axum::{Router, body::Body, routing::get};
    use tower::ServiceExt as _;
    use tower_http::catch_panic::CatchPanicLayer;

    use super::*;

    #[tokio::test]
    async fn a_panic_costs_one_answer() {
        let broken = Router::<()>::new()
            .route(
                "/",
                get(async || -> &'static str { std::panic::panic_any("what it worked on") }),
            )
            .layer(CatchPanicLayer::custom(panicked));
        let answer = broken.oneshot(Request::new(Body::empty())).await.unwrap();
        assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert!(matches!(answer.extensions().get(), Some(PageError::Internal(_))));
        let body = axum::body::to_bytes(answer.into_body(), 1_000).await.unwrap();
        assert!(body.is_empty(), "what it said goes nowhere");
    }
}
