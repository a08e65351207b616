//! What was typed into a form that could not be taken: shown again, to be sent once more or copied.
//!
//! Nothing of it stays on the server: it goes back, in the answer, to the browser that sent it. Of a form with a file the other
//! fields go back, and the file is to be chosen again. Forms of signing in are not shown again. A patient's form says whose it is
//! (`crate::patient`), so that it is not recorded of another.

use std::{
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
};

use axum::{
    body::{Body, Bytes, HttpBody, to_bytes},
    extract::{DefaultBodyLimit, FromRequest, Multipart, Request},
    http::{HeaderValue, Method, header},
    middleware::Next,
    response::Response,
};
use futures_util::{StreamExt as _, stream};
use model::{
    catalogue::Catalogue,
    consent::{Answer, ConsentPurpose},
    inquiry::InquiryTopic,
};

use crate::{
    error::PageError,
    form::FORM_TOKEN_FIELD,
    limits::{FIELD_BYTES_MAX, RECORD_FORM_BYTES_MAX},
    page::Page,
    patient::OWNER_FIELD,
    upload::bare_name,
};

/// Fields that are never shown again; a form that has one cannot be sent again from the page that says so.
const SECRET_FIELDS: [&str; 4] = ["password", "current", "again", "code"];
/// Fields of forms whose words are known under another name than their own.
const KNOWN_FIELDS: [(&str, &str); 13] = [
    ("hospital", "facet-hospital"),
    ("tumour", "check-tumour"),
    ("reference", "check-reference"),
    ("intent", "check-intent"),
    ("topic", "desk-topic"),
    ("question", "my-question"),
    ("way", "consent-way"),
    ("document", "consent-document"),
    ("signed", "consent-signed"),
    ("witness", "consent-witness"),
    ("recipient", "consent-recipient"),
    ("identity", "consent-identity"),
    ("note", "consent-note"),
];

/// How much of a form with a file is kept until it is known whether it was taken: a form that is refused for its session is not
/// read further than this. Units: bytes.
const FILE_FORM_BYTES_KEPT: usize = 1 << 20;
/// Most fields of a form with a file. Units: fields.
const FILE_FORM_FIELDS_MAX: usize = 50;

/// What a form said that was not taken.
#[derive(Clone)]
pub(crate) struct LostPost {
    path: String,
    fields: Vec<(String, String)>,
    file: Option<LostFile>,
}

/// A file that was sent with a form, of which only the name is kept.
#[derive(Clone)]
pub(crate) struct LostFile {
    /// Name of the form's field.
    pub(crate) field: String,
    /// Name of the file.
    pub(crate) name: String,
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
    /// The file that is to be chosen again.
    pub(crate) file: Option<LostFile>,
}

impl LostPost {
    /// Returns whether it was sent on the patient's own pages.
    pub(crate) fn is_of_patient(&self) -> bool {
        self.path.starts_with("/my/")
    }

    fn of(path: String, body: &[u8]) -> Option<Self> {
        let fields: Vec<(String, String)> = form_urlencoded::parse(body)
            .filter(|(name, _)| name != FORM_TOKEN_FIELD)
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect();
        let says =
            |(name, value): &(String, String)| !value.trim().is_empty() && name != OWNER_FIELD;
        fields.iter().any(says).then_some(Self { path, fields, file: None })
    }

    /// Reads a form with a file to its end; the file is thrown away.
    async fn of_multipart(path: String, kind: HeaderValue, body: Body) -> Option<Self> {
        let mut request = Request::new(body);
        request.headers_mut().insert(header::CONTENT_TYPE, kind);
        // What is behind the body bounds it.
        DefaultBodyLimit::disable().apply(&mut request);
        let mut multipart = Multipart::from_request(request, &()).await.ok()?;
        let mut lost = Self { path, fields: Vec::new(), file: None };
        while let Ok(Some(mut field)) = multipart.next_field().await {
            let name = field.name().unwrap_or_default().to_owned();
            let file = field.file_name().map(ToOwned::to_owned);
            let mut bytes = Vec::new();
            while let Ok(Some(chunk)) = field.chunk().await {
                let room = FIELD_BYTES_MAX.saturating_sub(bytes.len());
                bytes.extend_from_slice(chunk.get(..room.min(chunk.len())).unwrap_or_default());
            }
            match file {
                Some(file) if !bytes.is_empty() => {
                    lost.file = Some(LostFile { field: name, name: bare_name(&file) });
                }
                Some(_) => {}
                None if name == FORM_TOKEN_FIELD => {}
                None if lost.fields.len() < FILE_FORM_FIELDS_MAX => {
                    lost.fields.push((name, String::from_utf8_lossy(&bytes).into_owned()));
                }
                None => return None,
            }
        }
        (lost.file.is_some() || !lost.fields.is_empty()).then_some(lost)
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
            file: self.file.clone(),
        }
    }
}

/// Returns whether a field is what a form carries for us and nobody typed it.
fn is_technical(name: &str) -> bool {
    ["form", "seen", "base", "rows", "revision", OWNER_FIELD].contains(&name)
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

/// Returns an answer to a purpose, or another choice, in words, and anything else as it was typed.
fn value_in_words(page: &Page, name: &str, value: &str) -> String {
    match (name, value) {
        ("intent", "check") => return page.t("check-only"),
        ("intent", "keep") => return page.t("check-keep"),
        ("topic", code) => {
            let topic = InquiryTopic::ALL.iter().find(|topic| topic.code() == code);
            return topic
                .map_or_else(|| code.to_owned(), |topic| page.text(&topic.label()).to_owned());
        }
        _ => {}
    }
    let answer = name.strip_prefix("answer-").and_then(|_| value.parse::<Answer>().ok());
    answer.map_or_else(|| value.to_owned(), |answer| page.text(&answer.label()).to_owned())
}

/// Keeps what a form says until it is known whether it was taken, and gives it to the answer where it was not.
pub(crate) async fn remember(request: Request, next: Next) -> Response {
    let Some(kind) = FormKind::of(&request) else { return next.run(request).await };
    let path = request.uri().path().to_owned();
    let keeps = match kind {
        FormKind::Plain => RECORD_FORM_BYTES_MAX,
        FormKind::WithFile(_) => FILE_FORM_BYTES_KEPT,
    };
    let mut lent = None;
    let request = request.map(|body| {
        let shared = Arc::new(Mutex::new(Lent { body, seen: Some(Vec::new()), keeps }));
        lent = Some(Arc::clone(&shared));
        Body::new(LentBody(shared))
    });
    let mut response = next.run(request).await;
    let lost = response.extensions().get::<PageError>().is_some_and(PageError::loses_the_form);
    let Some(lent) = lent.filter(|_| lost) else { return response };
    let (seen, rest) = {
        let mut lent = lent.lock().unwrap_or_else(PoisonError::into_inner);
        (lent.seen.take(), std::mem::take(&mut lent.body))
    };
    let Some(seen) = seen else { return response };
    let lost = match kind {
        FormKind::Plain => {
            let Ok(rest) = to_bytes(rest, RECORD_FORM_BYTES_MAX).await else { return response };
            LostPost::of(path, &[&seen[..], &rest[..]].concat())
        }
        FormKind::WithFile(kind) => {
            let seen = stream::once(async { Ok::<_, axum::Error>(Bytes::from(seen)) });
            let body = Body::from_stream(seen.chain(rest.into_data_stream()));
            LostPost::of_multipart(path, kind, body).await
        }
    };
    if let Some(lost) = lost {
        response.extensions_mut().insert(lost);
    }
    response
}

/// How the fields of a form are written.
enum FormKind {
    /// As an address writes them.
    Plain,
    /// In parts, with the value of `Content-Type`.
    WithFile(HeaderValue),
}

impl FormKind {
    fn of(request: &Request) -> Option<Self> {
        let path = request.uri().path();
        let is_door =
            ["/sign-in", "/sign-out", "/my/leave"].iter().any(|door| path.starts_with(door));
        if *request.method() != Method::POST || is_door || path == "/my" {
            return None;
        }
        let kind = request.headers().get(header::CONTENT_TYPE)?;
        let words = kind.to_str().ok()?;
        if words.starts_with("application/x-www-form-urlencoded") {
            return Some(Self::Plain);
        }
        words.starts_with("multipart/form-data").then(|| Self::WithFile(kind.clone()))
    }
}

/// A body that was lent to a handler, and what the handler has read of it; `None` where that is too much to be kept.
struct Lent {
    body: Body,
    seen: Option<Vec<u8>>,
    /// Units: bytes.
    keeps: usize,
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
                let keeps = lent.keeps;
                let room = |seen: &Vec<u8>| seen.len().saturating_add(bytes.len()) <= keeps;
                lent.seen = lent.seen.take().filter(room).map(|mut seen| {
                    seen.extend_from_slice(bytes);
                    seen
                });
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
