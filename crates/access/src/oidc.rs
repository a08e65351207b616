//! OpenID Connect, the part without a network: what is asked, and whether an answer may be believed.
//!
//! Source: OpenID Connect Core 1.0 (authorisation code flow), RFC 7636 (PKCE, S256), RFC 9207.
//!
//! Not here: requests (`server`), who a subject is to us (`store`).

use data_encoding::BASE64URL_NOPAD;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::secret::Secret;

mod id_token;

pub use id_token::{Expected, IdTokenClaims, JsonWebKeys, ReadIdTokenError, read_id_token};

/// Where a provider is asked. Shape: the parts that are used of `/.well-known/openid-configuration`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct ProviderPlaces {
    /// The provider's name for itself, an address.
    pub issuer: String,
    /// Where people sign in.
    pub authorization_endpoint: String,
    /// Where a code is exchanged.
    pub token_endpoint: String,
    /// Where the keys are.
    pub jwks_uri: String,
}

/// Why a provider's places are not used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProviderError {
    /// It names itself otherwise than we were told.
    #[error("the provider says that it is {said:?}, not {expected:?}")]
    OtherIssuer {
        /// What it says.
        said: String,
        /// What was configured.
        expected: String,
    },
    /// An address is neither `https` nor of this machine.
    #[error("the address {0:?} is not protected")]
    Unprotected(String),
}

impl ProviderPlaces {
    /// Checks that the places are those of the provider that was configured, and are protected.
    ///
    /// Errors: another issuer, or an address without TLS that is not of this machine.
    pub fn check(&self, issuer: &str) -> Result<(), ProviderError> {
        if self.issuer.trim_end_matches('/') != issuer.trim_end_matches('/') {
            let (said, expected) = (self.issuer.clone(), issuer.to_owned());
            return Err(ProviderError::OtherIssuer { said, expected });
        }
        for address in [&self.authorization_endpoint, &self.token_endpoint, &self.jwks_uri] {
            check_protected(address)?;
        }
        Ok(())
    }
}

/// Checks that an address is `https`, or of this machine.
///
/// Errors: it is neither.
pub fn check_protected(address: &str) -> Result<(), ProviderError> {
    let refused = || Err(ProviderError::Unprotected(address.chars().take(200).collect()));
    if address.starts_with("https://") {
        return Ok(());
    }
    let Some(rest) = address.strip_prefix("http://") else { return refused() };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    };
    if ["localhost", "127.0.0.1", "[::1]"].contains(&host) { Ok(()) } else { refused() }
}

/// The secrets of one sign-in at a provider.
#[derive(Clone, Debug)]
pub struct OidcFlow {
    /// Comes back with the answer: the answer belongs to this browser.
    pub state: Secret,
    /// Comes back in the token: the token belongs to this sign-in.
    pub nonce: Secret,
    /// Shown when the code is exchanged: the code belongs to us.
    pub verifier: Secret,
}

impl OidcFlow {
    /// Returns the address to which the person is sent.
    pub fn address(&self, places: &ProviderPlaces, client: &str, redirect: &str) -> String {
        let challenge = BASE64URL_NOPAD.encode(&Sha256::digest(self.verifier.text().as_bytes()));
        let pairs = [
            ("response_type", "code"),
            ("client_id", client),
            ("redirect_uri", redirect),
            ("scope", "openid profile email"),
            ("state", self.state.text()),
            ("nonce", self.nonce.text()),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ];
        let mark = if places.authorization_endpoint.contains('?') { '&' } else { '?' };
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        format!("{}{mark}{query}", places.authorization_endpoint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(issuer: &str, token: &str) -> ProviderPlaces {
        ProviderPlaces {
            issuer: issuer.to_owned(),
            authorization_endpoint: "https://id.example/authorize?tenant=1".to_owned(),
            token_endpoint: token.to_owned(),
            jwks_uri: "https://id.example/keys".to_owned(),
        }
    }

    #[test]
    fn only_the_configured_and_protected_provider_is_used() {
        let good = places("https://id.example", "https://id.example/token");
        assert_eq!(good.check("https://id.example/"), Ok(()));
        assert!(good.check("https://other.example").is_err());
        for token in [
            "http://id.example/token",
            "ftp://127.0.0.1/",
            "http://127.0.0.1.evil.example/",
            "http://localhost@evil.example/",
            "//x",
            "",
        ] {
            let refused = places("https://id.example", token).check("https://id.example");
            assert!(matches!(refused, Err(ProviderError::Unprotected(_))), "{token}");
        }
        assert_eq!(check_protected("http://127.0.0.1:9400/oauth2/token"), Ok(()));
    }

    #[test]
    fn the_challenge_is_that_of_rfc_7636_and_no_verifier_is_sent() {
        // Source: RFC 7636, appendix B.
        let verifier = Secret::read("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk").unwrap();
        let [state, nonce] = [1, 2].map(|byte| Secret::of_random([byte; 32]));
        let flow = OidcFlow { state, nonce, verifier };
        let places = places("https://id.example", "https://id.example/token");
        let address = flow.address(&places, "tsumugi", "https://h.example/sign-in/oidc/callback");
        assert!(address.starts_with("https://id.example/authorize?tenant=1&response_type=code"));
        assert!(address.contains("code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"));
        assert!(!address.contains(flow.verifier.text()));
        assert!(!format!("{flow:?}").contains(flow.verifier.text()));
    }
}
