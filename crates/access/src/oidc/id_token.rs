//! Reading an ID token: its signature, and that it was made for us, now, and for this sign-in.

use chrono::{DateTime, TimeDelta, Utc};
use data_encoding::BASE64URL_NOPAD;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};
use serde::{Deserialize, de::DeserializeOwned};

use crate::secret::same_text;

/// Longest token that is looked at. Units: bytes.
const TOKEN_BYTES_MAX: usize = 16 * 1024;
/// How far the provider's clock may be off.
const CLOCK_OFF_MAX: TimeDelta = TimeDelta::seconds(120);

/// A provider's public keys. Source: RFC 7517.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct JsonWebKeys {
    keys: Vec<JsonWebKey>,
}

#[derive(Clone, Debug, Deserialize)]
struct JsonWebKey {
    kty: String,
    #[serde(default)]
    kid: Option<String>,
    #[serde(default, rename = "use")]
    usage: Option<String>,
    #[serde(default)]
    crv: Option<String>,
    #[serde(default)]
    n: Option<String>,
    #[serde(default)]
    e: Option<String>,
    #[serde(default)]
    x: Option<String>,
    #[serde(default)]
    y: Option<String>,
}

/// What a token must say to be believed.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    /// The provider.
    pub issuer: &'a str,
    /// Our name at the provider.
    pub client: &'a str,
    /// The secret of this sign-in.
    pub nonce: &'a str,
    /// The present moment.
    pub now: DateTime<Utc>,
}

/// What a token that may be believed says of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdTokenClaims {
    /// The person's identifier at the provider, which never changes.
    pub subject: String,
    /// Name, to be shown only.
    pub name: Option<String>,
    /// How the person was recognised. Source: RFC 8176.
    pub methods: Vec<String>,
}

impl IdTokenClaims {
    /// Returns whether the provider says that it asked for a second factor.
    pub fn second_factor(&self) -> bool {
        self.methods.iter().any(|method| ["mfa", "otp", "hwk", "sc"].contains(&method.as_str()))
    }
}

/// Why a token is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadIdTokenError {
    /// It is no signed token, or too long.
    #[error("the ID token has not the shape of one")]
    Shape,
    /// It is signed in a way that is not taken, or not at all.
    #[error("the ID token is signed neither by RS256 nor by ES256")]
    Algorithm,
    /// None of the provider's keys made the signature.
    #[error("the ID token was not signed by the provider's key")]
    Signature,
    /// It was made by another provider.
    #[error("the ID token is of another issuer")]
    Issuer,
    /// It was made for another program.
    #[error("the ID token is for another client")]
    Audience,
    /// It has ended, or is not valid yet.
    #[error("the ID token is not valid at this moment")]
    Time,
    /// It belongs to another sign-in: it was replayed.
    #[error("the ID token belongs to another sign-in")]
    Nonce,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    #[serde(default)]
    kid: Option<String>,
    #[serde(default)]
    crit: Option<serde_json::Value>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    exp: f64,
    iat: f64,
    #[serde(default)]
    nbf: Option<f64>,
    #[serde(default)]
    azp: Option<String>,
    #[serde(default)]
    nonce: Option<String>,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    amr: Vec<String>,
}

/// Reads a token and believes it only where everything holds.
///
/// Errors: what does not hold.
pub fn read_id_token(
    token: &str,
    keys: &JsonWebKeys,
    expected: &Expected<'_>,
) -> Result<IdTokenClaims, ReadIdTokenError> {
    if token.len() > TOKEN_BYTES_MAX {
        return Err(ReadIdTokenError::Shape);
    }
    let (signed, signature) = token.rsplit_once('.').ok_or(ReadIdTokenError::Shape)?;
    let (header, claims) = signed.split_once('.').ok_or(ReadIdTokenError::Shape)?;
    let header: Header = part(header)?;
    let signature = decoded(signature).ok_or(ReadIdTokenError::Shape)?;
    if header.crit.is_some() || !["RS256", "ES256"].contains(&header.alg.as_str()) {
        return Err(ReadIdTokenError::Algorithm);
    }
    let mut candidates = keys.keys.iter().filter(|key| {
        key.usage.as_deref().is_none_or(|usage| usage == "sig")
            && (header.kid.is_none() || key.kid.is_none() || key.kid == header.kid)
    });
    if !candidates.any(|key| key.made(&header.alg, signed.as_bytes(), &signature)) {
        return Err(ReadIdTokenError::Signature);
    }
    let claims: Claims = part(claims)?;
    claims.check(expected)?;
    Ok(IdTokenClaims { subject: claims.sub, name: claims.name, methods: claims.amr })
}

impl Claims {
    fn check(&self, expected: &Expected<'_>) -> Result<(), ReadIdTokenError> {
        if self.iss.trim_end_matches('/') != expected.issuer.trim_end_matches('/') {
            return Err(ReadIdTokenError::Issuer);
        }
        let for_us = match &self.aud {
            Audience::One(one) => one == expected.client,
            Audience::Several(several) => {
                several.iter().any(|one| one == expected.client)
                    && (several.len() == 1 || self.azp.is_some())
            }
        };
        let by_us = self.azp.as_deref().is_none_or(|party| party == expected.client);
        if !for_us || !by_us {
            return Err(ReadIdTokenError::Audience);
        }
        let now = expected.now.timestamp() as f64;
        let off = CLOCK_OFF_MAX.num_seconds() as f64;
        let begun = self.iat <= now + off && self.nbf.is_none_or(|begin| begin <= now + off);
        if self.exp <= now - off || !begun || self.sub.is_empty() {
            return Err(ReadIdTokenError::Time);
        }
        if !self.nonce.as_deref().is_some_and(|nonce| same_text(nonce, expected.nonce)) {
            return Err(ReadIdTokenError::Nonce);
        }
        Ok(())
    }
}

impl JsonWebKey {
    /// Returns whether this key made a signature.
    fn made(&self, algorithm: &str, message: &[u8], signature: &[u8]) -> bool {
        let field = |field: &Option<String>| field.as_deref().and_then(decoded);
        match (algorithm, self.kty.as_str()) {
            ("RS256", "RSA") => {
                let (Some(n), Some(e)) = (field(&self.n), field(&self.e)) else { return false };
                let key = RsaPublicKeyComponents { n: &n, e: &e };
                key.verify(&RSA_PKCS1_2048_8192_SHA256, message, signature).is_ok()
            }
            ("ES256", "EC") if self.crv.as_deref() == Some("P-256") => {
                let (Some(x), Some(y)) = (field(&self.x), field(&self.y)) else { return false };
                let point = [&[4_u8][..], &x, &y].concat();
                let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point);
                key.verify(message, signature).is_ok()
            }
            _ => false,
        }
    }
}

fn decoded(text: &str) -> Option<Vec<u8>> {
    BASE64URL_NOPAD.decode(text.trim_end_matches('=').as_bytes()).ok()
}

fn part<T: DeserializeOwned>(text: &str) -> Result<T, ReadIdTokenError> {
    let bytes = decoded(text).ok_or(ReadIdTokenError::Shape)?;
    serde_json::from_slice(&bytes).map_err(|_| ReadIdTokenError::Shape)
}

#[cfg(test)]
mod tests {
    use ring::{
        rand::SystemRandom,
        signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair},
    };
    use serde_json::{Value, json};

    use super::*;

    struct Provider {
        pair: EcdsaKeyPair,
        random: SystemRandom,
    }

    impl Provider {
        fn new() -> Self {
            let random = SystemRandom::new();
            let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
            let document = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
            let pair = EcdsaKeyPair::from_pkcs8(algorithm, document.as_ref(), &random).unwrap();
            Self { pair, random }
        }

        fn keys(&self) -> JsonWebKeys {
            let point = self.pair.public_key().as_ref();
            let [x, y] = [&point[1..33], &point[33..]].map(|half| BASE64URL_NOPAD.encode(half));
            let key =
                json!({ "kty": "EC", "crv": "P-256", "kid": "1", "use": "sig", "x": x, "y": y });
            serde_json::from_value(json!({ "keys": [key] })).unwrap()
        }

        fn token(&self, header: &Value, claims: &Value) -> String {
            let [header, claims] =
                [header, claims].map(|part| BASE64URL_NOPAD.encode(part.to_string().as_bytes()));
            let signed = format!("{header}.{claims}");
            let signature = self.pair.sign(&self.random, signed.as_bytes()).unwrap();
            format!("{signed}.{}", BASE64URL_NOPAD.encode(signature.as_ref()))
        }
    }

    const NOW: i64 = 1_700_000_000;

    fn claims() -> Value {
        json!({
            "iss": "https://id.example", "sub": "hanako", "aud": "tsumugi", "nonce": "n-1",
            "iat": NOW - 5, "exp": NOW + 300, "amr": ["pwd", "otp"], "name": "Hanako",
        })
    }

    fn read(token: &str, keys: &JsonWebKeys) -> Result<IdTokenClaims, ReadIdTokenError> {
        let now = DateTime::from_timestamp(NOW, 0).unwrap();
        let expected =
            Expected { issuer: "https://id.example", client: "tsumugi", nonce: "n-1", now };
        read_id_token(token, keys, &expected)
    }

    #[test]
    fn a_token_that_holds_is_believed() {
        let provider = Provider::new();
        let token = provider.token(&json!({ "alg": "ES256", "kid": "1" }), &claims());
        let read = read(&token, &provider.keys()).unwrap();
        assert_eq!(read.subject, "hanako");
        assert!(read.second_factor());
    }

    #[test]
    fn a_token_that_does_not_hold_is_refused_for_its_reason() {
        let provider = Provider::new();
        let header = json!({ "alg": "ES256", "kid": "1" });
        let with = |name: &str, value: Value| {
            let mut claims = claims();
            claims[name] = value;
            read(&provider.token(&header, &claims), &provider.keys()).unwrap_err()
        };
        assert_eq!(with("iss", json!("https://evil.example")), ReadIdTokenError::Issuer);
        assert_eq!(with("aud", json!("other")), ReadIdTokenError::Audience);
        assert_eq!(with("aud", json!(["tsumugi", "other"])), ReadIdTokenError::Audience);
        assert_eq!(with("azp", json!("other")), ReadIdTokenError::Audience);
        assert_eq!(with("exp", json!(NOW - 121)), ReadIdTokenError::Time);
        assert_eq!(with("iat", json!(NOW + 999)), ReadIdTokenError::Time);
        assert_eq!(with("nbf", json!(NOW + 999)), ReadIdTokenError::Time);
        assert_eq!(with("sub", json!("")), ReadIdTokenError::Time);
        assert_eq!(with("nonce", json!("n-2")), ReadIdTokenError::Nonce, "a replayed token");
        assert_eq!(with("nonce", Value::Null), ReadIdTokenError::Nonce);
    }

    #[test]
    fn a_forged_token_is_refused() {
        let (provider, forger) = (Provider::new(), Provider::new());
        let keys = provider.keys();
        let header = json!({ "alg": "ES256", "kid": "1" });
        assert_eq!(
            read(&forger.token(&header, &claims()), &keys),
            Err(ReadIdTokenError::Signature)
        );
        let good = provider.token(&header, &claims());
        let parts: Vec<&str> = good.split('.').collect();
        let mut altered = claims();
        altered["sub"] = json!("taro");
        let altered = BASE64URL_NOPAD.encode(altered.to_string().as_bytes());
        let altered = format!("{}.{altered}.{}", parts[0], parts[2]);
        assert_eq!(read(&altered, &keys), Err(ReadIdTokenError::Signature));
        for algorithm in ["none", "HS256", "RS512", ""] {
            let token = provider.token(&json!({ "alg": algorithm }), &claims());
            assert_eq!(read(&token, &keys), Err(ReadIdTokenError::Algorithm), "{algorithm}");
        }
        let token = provider.token(&json!({ "alg": "RS256", "kid": "1" }), &claims());
        assert_eq!(read(&token, &keys), Err(ReadIdTokenError::Signature), "another kind of key");
        let unsigned = format!("{}.{}.", parts[0], parts[1]);
        assert_eq!(read(&unsigned, &keys), Err(ReadIdTokenError::Signature));
        for shape in ["", ".", "..", "a.b", "a.b.c", &"x.".repeat(9999)] {
            assert_eq!(read(shape, &keys), Err(ReadIdTokenError::Shape), "{shape:.20}");
        }
        assert_eq!(read(&good, &JsonWebKeys::default()), Err(ReadIdTokenError::Signature));
    }
}
