//! What was typed into a form that could not be taken: shown again, to be sent once more or copied.
//!
//! Nothing of it stays on the server: it goes back, in the answer, to the browser that sent it. Forms with files
//! and forms of signing in are not shown again.

use std::{
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
};

use axum::{
    body::{Body, Bytes, HttpBody, to_bytes},
    extract::Request,
    http::{Method, header},
    middleware::Next,
    response::Response,
};
use model::{
    catalogue::Catalogue,
    consent::{Answer, ConsentPurpose},
};

use crate::{error::PageError, form::FORM_TOKEN_FIELD, limits::RECORD_FORM_BYTES_MAX, page::Page};

/// Fields that are never shown again; a form that has one cannot be sent again from the page that says so.
const SECRET_FIELDS: [&str; 4] = ["password", "current", "again", "code"];
/// Fields of forms whose words are known under another name than their own.
const KNOWN_FIELDS: [(&str, &str); 7] = [
    ("way", "consent-way"),
    ("document", "consent-document"),
    ("signed", "consent-signed"),
    ("witness", "consent-witness"),
    ("recipient", "consent-recipient"),
    ("identity", "consent-identity"),
    ("note", "consent-note"),
];

/// What a form said that was not taken.
#[derive(Clone)]
pub(crate) struct LostPost {
    path: String,
    fields: Vec<(String, String)>,
}

impl std::fmt::Debug for LostPost {
    /// Says nothing of what was typed.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LostPost").finish_non_exhaustive()
    }
}

/// What the page shows of it.
pub(crate) struct LostPostView {
    /// Where the form is sent again; `None` where it has to be filled in anew.
    pub(crate) action: Option<String>,
    /// Fields as they were sent, but for the token.
    pub(crate) fields: Vec<(String, String)>,
    /// What was typed, with the words for each field.
    pub(crate) typed: Vec<(String, String)>,
}

impl LostPost {
    fn of(path: String, body: &[u8]) -> Option<Self> {
        let fields: Vec<(String, String)> = form_urlencoded::parse(body)
            .filter(|(name, _)| name != FORM_TOKEN_FIELD)
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect();
        fields.iter().any(|(_, value)| !value.trim().is_empty()).then_some(Self { path, fields })
    }

    /// Words it for a page.
    pub(crate) fn view(&self, page: &Page) -> LostPostView {
        let secret = |name: &str| SECRET_FIELDS.contains(&name);
        let typed = self.fields.iter().filter(|(name, value)| {
            !value.trim().is_empty() && !secret(name) && !is_technical(name)
        });
        let again = !self.fields.iter().any(|(name, _)| secret(name));
        LostPostView {
            action: again.then(|| self.path.clone()),
            fields: if again { self.fields.clone() } else { Vec::new() },
            typed: typed
                .map(|(name, value)| (label(page, name), value_in_words(page, name, value)))
                .collect(),
        }
    }
}

/// Returns whether a field is what a form carries for us and nobody typed it.
fn is_technical(name: &str) -> bool {
    ["form", "seen", "base"].contains(&name)
        || matches!(name.split_once(':'), Some(("b" | "m" | "c", _)))
}

fn label(page: &Page, name: &str) -> String {
    if let Some(address) = name.strip_prefix("v:") {
        let code = address.rsplit('/').next().unwrap_or(address);
        let item = Catalogue::get().item(code);
        return item.map_or_else(|| address.to_owned(), |item| page.text(&item.label).to_owned());
    }
    if let Some(code) = name.strip_prefix("answer-") {
        let purpose = ConsentPurpose::ALL.iter().find(|purpose| purpose.to_string() == code);
        return purpose
            .map_or_else(|| name.to_owned(), |purpose| page.text(&purpose.label()).to_owned());
    }
    let known = KNOWN_FIELDS.iter().find(|(known, _)| *known == name);
    known.map_or_else(|| name.to_owned(), |(_, key)| page.t(key))
}

/// Returns an answer to a purpose in words, and anything else as it was typed.
fn value_in_words(page: &Page, name: &str, value: &str) -> String {
    let answer = name.strip_prefix("answer-").and_then(|_| value.parse::<Answer>().ok());
    answer.map_or_else(|| value.to_owned(), |answer| page.text(&answer.label()).to_owned())
}

/// Keeps what a form says until it is known whether it was taken, and gives it to the answer where it was not.
pub(crate) async fn remember(request: Request, next: Next) -> Response {
    if !is_form(&request) {
        return next.run(request).await;
    }
    let path = request.uri().path().to_owned();
    let mut lent = None;
    let request = request.map(|body| {
        let shared = Arc::new(Mutex::new(Lent { body, seen: Vec::new() }));
        lent = Some(Arc::clone(&shared));
        Body::new(LentBody(shared))
    });
    let mut response = next.run(request).await;
    let lost = response.extensions().get::<PageError>().is_some_and(PageError::loses_the_form);
    let Some(lent) = lent.filter(|_| lost) else { return response };
    let (mut bytes, rest) = {
        let mut lent = lent.lock().unwrap_or_else(PoisonError::into_inner);
        (std::mem::take(&mut lent.seen), std::mem::take(&mut lent.body))
    };
    let Ok(rest) = to_bytes(rest, RECORD_FORM_BYTES_MAX).await else { return response };
    bytes.extend_from_slice(&rest);
    if let Some(lost) = LostPost::of(path, &bytes) {
        response.extensions_mut().insert(lost);
    }
    response
}

fn is_form(request: &Request) -> bool {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let path = request.uri().path();
    *request.method() == Method::POST
        && kind.is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"))
        && !["/sign-in", "/sign-out", "/my/"].iter().any(|outside| path.starts_with(outside))
}

/// A body that was lent to a handler, and what the handler has read of it.
struct Lent {
    body: Body,
    seen: Vec<u8>,
}

struct LentBody(Arc<Mutex<Lent>>);

impl LentBody {
    fn with<T>(&self, read: impl FnOnce(&mut Lent) -> T) -> T {
        read(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl HttpBody for LentBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, axum::Error>>> {
        self.with(|lent| {
            let frame = Pin::new(&mut lent.body).poll_frame(context);
            if let Poll::Ready(Some(Ok(frame))) = &frame
                && let Some(bytes) = frame.data_ref()
            {
                lent.seen.extend_from_slice(bytes);
            }
            frame
        })
    }

    fn is_end_stream(&self) -> bool {
        self.with(|lent| lent.body.is_end_stream())
    }

    fn size_hint(&self) -> http_body::SizeHint {
        self.with(|lent| lent.body.size_hint())
    }
}
