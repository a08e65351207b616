//! Cookies: the session's and the form's. Both hold a secret and nothing else.

use access::secret::Secret;
use axum::http::{HeaderMap, HeaderValue, header};

/// A cookie of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cookie {
    /// The token of a session.
    Session,
    /// The secret behind the forms of somebody who is not signed in.
    Visit,
    /// The secret of a sign-in that is under way at a provider.
    Provider,
}

impl Cookie {
    /// Returns the name. With TLS the browser itself sees to it that no other host sets the cookie.
    fn name(self, secure: bool) -> &'static str {
        match (self, secure) {
            (Self::Session, true) => "__Host-tsumugi",
            (Self::Session, false) => "tsumugi",
            (Self::Visit, true) => "__Host-tsumugi-visit",
            (Self::Visit, false) => "tsumugi-visit",
            (Self::Provider, true) => "__Host-tsumugi-provider",
            (Self::Provider, false) => "tsumugi-provider",
        }
    }

    /// Reads the secret that the browser sent; a name that comes twice is none.
    pub(crate) fn read(self, headers: &HeaderMap, secure: bool) -> Option<Secret> {
        let name = self.name(secure);
        let mut found = headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .filter(|(each, _)| *each == name)
            .map(|(_, value)| value);
        let value = found.next()?;
        if found.next().is_some() { None } else { Secret::read(value) }
    }

    /// Returns the header that gives the secret to the browser until it is closed.
    pub(crate) fn set(self, secret: &Secret, secure: bool) -> HeaderValue {
        self.header(secret.text(), "", secure)
    }

    /// Returns the header that takes the cookie away.
    pub(crate) fn clear(self, secure: bool) -> HeaderValue {
        self.header("", "; Max-Age=0", secure)
    }

    fn header(self, value: &str, rest: &str, secure: bool) -> HeaderValue {
        let name = self.name(secure);
        let secure = if secure { "; Secure" } else { "" };
        let text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{rest}");
        // A secret's text is base64url, so that the header can always be made.
        HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(""))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_read_back_and_guarded() {
        let secret = Secret::of_random([5; 32]);
        let set = Cookie::Session.set(&secret, true);
        let text = set.to_str().unwrap();
        assert!(text.starts_with("__Host-tsumugi="));
        for guard in ["; Path=/", "; HttpOnly", "; SameSite=Lax", "; Secure"] {
            assert!(text.contains(guard), "{text}");
        }
        assert!(!Cookie::Session.set(&secret, false).to_str().unwrap().contains("Secure"));
        let mut headers = HeaderMap::new();
        let pair = format!("lang=ja; tsumugi={}", secret.text());
        headers.insert(header::COOKIE, HeaderValue::from_str(&pair).unwrap());
        assert_eq!(Cookie::Session.read(&headers, false), Some(secret.clone()));
        assert_eq!(
            Cookie::Session.read(&headers, true),
            None,
            "a plain name is not taken under TLS"
        );
        assert_eq!(Cookie::Visit.read(&headers, false), None);
        let twice = format!("tsumugi={}; tsumugi={}", secret.text(), secret.text());
        headers.insert(header::COOKIE, HeaderValue::from_str(&twice).unwrap());
        assert_eq!(Cookie::Session.read(&headers, false), None, "a cookie tossed in beside ours");
    }
}
