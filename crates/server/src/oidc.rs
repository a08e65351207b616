//! Speaking with an OpenID Connect provider: where it is, its keys, and the exchange of a code.
//!
//! What may be believed of an answer is decided by `access::oidc`.

use std::{fmt, sync::Arc, time::Duration};

use access::oidc::{
    Expected, IdTokenClaims, JsonWebKeys, ProviderError, ProviderPlaces, ReadIdTokenError,
    check_protected, read_id_token,
};
use axum::{
    body::{Body, to_bytes},
    http::{Request, StatusCode, header},
};
use chrono::{DateTime, Utc};
use hyper_rustls::HttpsConnectorBuilder;
use hyper_util::{client::legacy::Client, rt::TokioExecutor};
use serde::{Deserialize, de::DeserializeOwned};

/// How the organisation's provider is used.
#[derive(Clone)]
pub struct OidcSettings {
    /// The provider's name for itself, an address.
    pub issuer: String,
    /// Our name at the provider.
    pub client_id: String,
    /// Our secret at the provider.
    pub client_secret: Option<Arc<str>>,
    /// Address of this site as people's browsers know it, without a path.
    pub site: String,
    /// What the button says, such as the organisation's name.
    pub label: String,
    /// Whether the provider itself always asks for a second factor, whatever its tokens say.
    pub trusted_second_factor: bool,
}

impl fmt::Debug for OidcSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OidcSettings")
            .field("issuer", &self.issuer)
            .field("client_id", &self.client_id)
            .field("site", &self.site)
            .finish_non_exhaustive()
    }
}

/// Longest answer of a provider that is read. Units: bytes.
const ANSWER_BYTES_MAX: usize = 256 * 1024;
/// Longest that a provider may take for one answer.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(10);
/// Where a provider says what it is. Source: OpenID Connect Discovery 1.0.
const DISCOVERY_PATH: &str = "/.well-known/openid-configuration";
/// Path to which a provider sends people back.
pub(crate) const CALLBACK_PATH: &str = "/sign-in/oidc/callback";

/// Why a provider's answer is of no use.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AskProviderError {
    /// The connection cannot be made ready.
    #[error("could not make the connection to the provider ready")]
    Connector(#[source] tokio_rustls::rustls::Error),
    /// The request cannot be written.
    #[error("could not write the request to the provider")]
    Request(#[source] axum::http::Error),
    /// The provider cannot be reached.
    #[error("could not reach the provider")]
    Reach(#[source] hyper_util::client::legacy::Error),
    /// The answer cannot be read, or is too long.
    #[error("could not read the provider's answer")]
    Read(#[source] axum::Error),
    /// The provider takes too long.
    #[error("the provider took too long")]
    Slow,
    /// The provider refuses.
    #[error("the provider answered {0}")]
    Refused(StatusCode),
    /// The answer is not what it should be.
    #[error("the provider's answer is not what the standard says")]
    Shape(#[source] serde_json::Error),
    /// The provider is not the one that was configured, or not protected.
    #[error("the provider is not used")]
    Provider(#[from] ProviderError),
    /// The token is not believed.
    #[error("the provider's token is not believed")]
    Token(#[from] ReadIdTokenError),
}

#[derive(Deserialize)]
struct TokenAnswer {
    id_token: String,
}

impl OidcSettings {
    /// Returns the address to which the provider sends people back.
    pub(crate) fn redirect(&self) -> String {
        format!("{}{CALLBACK_PATH}", self.site.trim_end_matches('/'))
    }

    /// Asks the provider where everything is.
    pub(crate) async fn places(&self) -> Result<ProviderPlaces, AskProviderError> {
        let address = format!("{}{DISCOVERY_PATH}", self.issuer.trim_end_matches('/'));
        check_protected(&address)?;
        let places: ProviderPlaces = get(&address).await?;
        places.check(&self.issuer)?;
        Ok(places)
    }

    /// Exchanges a code, and returns what the provider says of the person where it may be believed.
    pub(crate) async fn exchange(
        &self,
        code: &str,
        verifier: &str,
        nonce: &str,
        now: DateTime<Utc>,
    ) -> Result<IdTokenClaims, AskProviderError> {
        let places = self.places().await?;
        let redirect = self.redirect();
        let form = form_urlencoded::Serializer::new(String::new())
            .extend_pairs([
                ("grant_type", "authorization_code"),
                ("code", code),
                ("redirect_uri", &redirect),
                ("client_id", &self.client_id),
                ("code_verifier", verifier),
            ])
            .finish();
        let mut request = Request::post(&places.token_endpoint)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ACCEPT, "application/json");
        if let Some(secret) = &self.client_secret {
            request = request.header(header::AUTHORIZATION, basic(&self.client_id, secret));
        }
        let request = request.body(Body::from(form)).map_err(AskProviderError::Request)?;
        let answer: TokenAnswer = ask(request).await?;
        let keys: JsonWebKeys = get(&places.jwks_uri).await?;
        let expected = Expected { issuer: &self.issuer, client: &self.client_id, nonce, now };
        Ok(read_id_token(&answer.id_token, &keys, &expected)?)
    }
}

/// Writes the name and secret of a client. Source: RFC 6749, section 2.3.1.
fn basic(client: &str, secret: &str) -> String {
    let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let pair = format!("{}:{}", encoded(client), encoded(secret));
    format!("Basic {}", data_encoding::BASE64.encode(pair.as_bytes()))
}

async fn get<T: DeserializeOwned>(address: &str) -> Result<T, AskProviderError> {
    let request = Request::get(address).header(header::ACCEPT, "application/json");
    ask(request.body(Body::empty()).map_err(AskProviderError::Request)?).await
}

async fn ask<T: DeserializeOwned>(request: Request<Body>) -> Result<T, AskProviderError> {
    let asking = async {
        let connector = HttpsConnectorBuilder::new()
            .with_provider_and_webpki_roots(tokio_rustls::rustls::crypto::ring::default_provider())
            .map_err(AskProviderError::Connector)?
            .https_or_http()
            .enable_http1()
            .build();
        let client = Client::builder(TokioExecutor::new()).build(connector);
        let response = client.request(request).await.map_err(AskProviderError::Reach)?;
        let status = response.status();
        let body = Body::new(response.into_body());
        let bytes = to_bytes(body, ANSWER_BYTES_MAX).await.map_err(AskProviderError::Read)?;
        if !status.is_success() {
            return Err(AskProviderError::Refused(status));
        }
        serde_json::from_slice(&bytes).map_err(AskProviderError::Shape)
    };
    tokio::time::timeout(ANSWER_TIME_MAX, asking).await.map_err(|_| AskProviderError::Slow)?
}
