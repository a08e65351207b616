//! Who reads: the language that a request asks for, and where it came from.

use std::convert::Infallible;

use axum::{
    extract::{FromRequestParts, Path, Request},
    http::{HeaderMap, HeaderValue, Uri, header, request::Parts},
    middleware::Next,
    response::Response,
};
use model::text::Language;
use uuid::Uuid;

use crate::{error::PageError, viewer::Visitor};

/// Name of the cookie that keeps the chosen language; it holds nothing else.
const COOKIE: &str = "lang";
/// Name of the query parameter that chooses the language.
pub(crate) const PARAMETER: &str = "lang";

/// What a page must know of the request that asked for it.
#[derive(Clone, Debug)]
pub(crate) struct Reader {
    /// Language of the page.
    pub(crate) language: Language,
    /// Address of the same page in the other language.
    pub(crate) other_language_href: String,
    /// Who reads.
    pub(crate) visitor: Visitor,
}

impl<S: Sync> FromRequestParts<S> for Reader {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let visitor = parts.extensions.get::<Visitor>().cloned().unwrap_or_default();
        Ok(Self { visitor, ..Self::of(&parts.uri, &parts.headers) })
    }
}

impl Reader {
    /// Reads the language: the query first, then the cookie, then what the browser accepts.
    pub(crate) fn of(uri: &Uri, headers: &HeaderMap) -> Self {
        let language = from_query(uri)
            .or_else(|| from_cookie(headers))
            .or_else(|| from_accept(headers))
            .unwrap_or_default();
        let other_language_href = with_language(uri, other(language));
        Self { language, other_language_href, visitor: Visitor::default() }
    }

    /// Reads the language and who reads.
    pub(crate) fn of_request(request: &Request) -> Self {
        let visitor = request.extensions().get::<Visitor>().cloned().unwrap_or_default();
        Self { visitor, ..Self::of(request.uri(), request.headers()) }
    }
}

/// The identifier in an address; one that is none is of nothing that is there.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Id(pub(crate) Uuid);

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        match Path::<Uuid>::from_request_parts(parts, state).await {
            Ok(Path(id)) => Ok(Self(id)),
            Err(_) => Err(PageError::NotFound),
        }
    }
}

fn other(language: Language) -> Language {
    match language {
        Language::Ja => Language::En,
        Language::En => Language::Ja,
    }
}

fn from_query(uri: &Uri) -> Option<Language> {
    pairs(uri.query().unwrap_or_default())
        .find(|(name, _)| *name == PARAMETER)
        .and_then(|(_, value)| value.parse().ok())
}

fn pairs(query: &str) -> impl Iterator<Item = (&str, &str)> {
    query.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")))
}

fn from_cookie(headers: &HeaderMap) -> Option<Language> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == COOKIE)
        .and_then(|(_, value)| value.parse().ok())
}

/// Reads `Accept-Language`; the highest weight wins, the first among equals.
fn from_accept(headers: &HeaderMap) -> Option<Language> {
    let accepted = headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?;
    let mut best: Option<(f32, Language)> = None;
    for range in accepted.split(',') {
        let mut parts = range.split(';');
        let tag = parts.next().unwrap_or_default().trim();
        let primary = tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
        let Ok(language) = primary.parse::<Language>() else { continue };
        let weight = parts
            .find_map(|part| part.trim().strip_prefix("q="))
            .map_or(1.0, |text| text.parse::<f32>().unwrap_or(0.0));
        if weight > 0.0 && best.is_none_or(|(highest, _)| weight > highest) {
            best = Some((weight, language));
        }
    }
    best.map(|(_, language)| language)
}

fn with_language(uri: &Uri, language: Language) -> String {
    let kept = pairs(uri.query().unwrap_or_default())
        .filter(|(name, _)| !name.is_empty() && *name != PARAMETER)
        .map(|(name, value)| format!("{name}={value}&"))
        .collect::<String>();
    format!("{}?{kept}{PARAMETER}={language}", uri.path())
}

/// Keeps a language chosen in the query in a cookie, and says on what the answer depends.
pub(crate) async fn remember_language(request: Request, next: Next) -> Response {
    let chosen = from_query(request.uri());
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    if let Some(language) = chosen {
        let cookie =
            format!("{COOKIE}={language}; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly");
        if let Ok(value) = HeaderValue::from_str(&cookie) {
            headers.append(header::SET_COOKIE, value);
        }
    }
    headers.append(header::VARY, HeaderValue::from_static("Accept-Language, Cookie"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn language(uri: &str, fields: &[(header::HeaderName, &str)]) -> Language {
        let mut headers = HeaderMap::new();
        for (name, value) in fields {
            headers.append(name, HeaderValue::from_str(value).unwrap());
        }
        Reader::of(&uri.parse().unwrap(), &headers).language
    }

    #[test]
    fn the_query_wins_over_the_cookie_and_the_cookie_over_the_browser() {
        let cookie = (header::COOKIE, "a=b; lang=en");
        let accept = (header::ACCEPT_LANGUAGE, "ja,en;q=0.5");
        assert_eq!(language("/?lang=ja", &[cookie.clone(), accept.clone()]), Language::Ja);
        assert_eq!(language("/", &[cookie, accept.clone()]), Language::En);
        assert_eq!(language("/", &[accept]), Language::Ja);
    }

    #[test]
    fn weighs_accepted_languages() {
        let weigh = |text| language("/", &[(header::ACCEPT_LANGUAGE, text)]);
        assert_eq!(weigh("fr, en-GB;q=0.8, ja;q=0.9"), Language::Ja);
        assert_eq!(weigh("en-US,en;q=0.9,ja;q=0.8"), Language::En);
        assert_eq!(weigh("ja;q=0, en;q=0.1"), Language::En);
        assert_eq!(weigh("de"), Language::Ja);
        assert_eq!(weigh(";;;q=,,"), Language::Ja);
    }

    #[test]
    fn the_switch_keeps_the_rest_of_the_address() {
        let reader =
            Reader::of(&"/cases?q=a%26b&lang=ja&sex=f".parse().unwrap(), &HeaderMap::new());
        assert_eq!(reader.other_language_href, "/cases?q=a%26b&sex=f&lang=en");
    }
}
