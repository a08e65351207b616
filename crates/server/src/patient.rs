//! The patient's own way in: a one-time code with a second fact, and a short session.
//!
//! Nothing here is a person of the programme: a patient has no account and no role, and reaches one case.

use std::{
    collections::HashMap,
    net::{IpAddr, SocketAddr},
    sync::{Mutex, PoisonError},
};

use access::{
    Purpose,
    audit::{Deed, Entry},
    secret::{Secret, same_text},
};
use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::{HeaderMap, HeaderValue, Method, header, request::Parts},
    response::{IntoResponse, Redirect, Response},
};
use chrono::{DateTime, TimeDelta, Utc};
use model::identity::{CaseId, Digest, PersonId};
use ring::rand::{SecureRandom, SystemRandom};
use store::{NewCode, PatientSession, digest_of, identifier_v7};

use crate::{error::PageError, fields::Fields, looks, state::AppState};

/// How long a code opens the page.
pub(crate) const CODE_DAYS: i64 = 14;
/// How often a code may be tried.
pub(crate) const CODE_ATTEMPTS: u32 = 5;
/// How long a session lasts.
pub(crate) const SESSION_MINUTES: i64 = 15;
/// Letters and digits that nobody mistakes for one another: 32, so that each is worth five bits.
const ALPHABET: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
/// Signs of a code: 60 bits.
const CODE_CHARS: usize = 12;
/// Name of the field of a patient's form that says whose it is.
pub(crate) const OWNER_FIELD: &str = "of";
/// Where a patient is led whose session has ended.
pub(crate) const ENDED: &str = "/my?ended=1";
/// Name of the session's cookie.
const COOKIE: &str = "my";
/// Codes that may be wrong from one address within [`GUESS_WINDOW`].
const GUESSES_OF_ADDRESS: u32 = 20;
/// Codes that may be wrong from everywhere within [`GUESS_WINDOW`].
const GUESSES_OF_ALL: u32 = 1_000;
/// How long a wrong code is remembered.
const GUESS_WINDOW: TimeDelta = TimeDelta::minutes(15);
/// Most addresses remembered at once.
const ADDRESSES_MAX: usize = 10_000;

/// Which second fact is asked for beside the code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SecondFact {
    /// The year of birth.
    BirthYear,
    /// A word that patient and hospital agreed on.
    AgreedWord,
}

impl SecondFact {
    /// Returns the code in forms and in the record.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::BirthYear => "birth-year",
            Self::AgreedWord => "agreed-word",
        }
    }

    /// Returns the fact as it is digested; `None` where the text cannot be one.
    pub(crate) fn normal(self, text: &str) -> Option<String> {
        let text = plain(text).to_lowercase();
        let fits = match self {
            Self::BirthYear => text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit()),
            Self::AgreedWord => (4..=40).contains(&text.chars().count()),
        };
        fits.then_some(text)
    }
}

impl std::str::FromStr for SecondFact {
    type Err = ();

    fn from_str(code: &str) -> Result<Self, Self::Err> {
        [Self::BirthYear, Self::AgreedWord].into_iter().find(|fact| fact.code() == code).ok_or(())
    }
}

/// Returns text without blanks and hyphens, with full-width signs as their usual ones.
fn plain(text: &str) -> String {
    let usual = |c: char| match u32::from(c) {
        wide @ 0xff01..=0xff5e => char::from_u32(wide - 0xfee0).unwrap_or(c),
        _ => c,
    };
    let dash = |c: char| c.is_whitespace() || matches!(c, '-' | '‐' | '−' | 'ー' | '–');
    text.chars().map(usual).filter(|c| !dash(*c)).take(100).collect()
}

/// A code, to be shown once.
pub(crate) struct OneTimeCode(String);

impl OneTimeCode {
    /// Makes a code of random bytes.
    fn of_random(bytes: [u8; CODE_CHARS]) -> Self {
        let sign =
            |byte: &u8| ALPHABET.get(usize::from(byte % 32)).copied().map_or('2', char::from);
        Self(bytes.iter().map(sign).collect())
    }

    /// Reads a code as a patient types it.
    fn read(text: &str) -> Option<Self> {
        let text = plain(text).to_uppercase();
        let known = |byte: u8| ALPHABET.contains(&byte);
        (text.len() == CODE_CHARS && text.bytes().all(known)).then_some(Self(text))
    }

    /// Returns the code in groups of four.
    pub(crate) fn shown(&self) -> String {
        let signs: Vec<char> = self.0.chars().collect();
        signs.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join("-")
    }

    fn digest(&self) -> Digest {
        digest_of(self.0.as_bytes())
    }
}

fn random<const N: usize>() -> Result<[u8; N], PageError> {
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes).map_err(|_| PageError::internal(NoRandomness))?;
    Ok(bytes)
}

/// The system gives no random bytes.
#[derive(Debug, thiserror::Error)]
#[error("could not get random bytes")]
struct NoRandomness;

/// Makes a code for a case with its second fact: what is shown once, and what the record keeps.
pub(crate) fn new_code(
    case: CaseId,
    fact: SecondFact,
    normal: &str,
    issued_by: PersonId,
    now: DateTime<Utc>,
) -> Result<(OneTimeCode, NewCode), PageError> {
    let code = OneTimeCode::of_random(random()?);
    let salt = hex::encode(random::<16>()?);
    let digest = code.digest();
    let new = NewCode {
        id: identifier_v7(now, &["one-time code", &digest.0]),
        case,
        fact: fact.code().to_owned(),
        fact_digest: fact_digest(&salt, normal),
        fact_salt: salt,
        digest,
        issued_by,
        issued_at: now,
        expires_at: now + TimeDelta::days(CODE_DAYS),
        attempts: CODE_ATTEMPTS,
    };
    Ok((code, new))
}

fn fact_digest(salt: &str, normal: &str) -> Digest {
    digest_of([salt, ":", normal].concat().as_bytes())
}

/// Wrong codes of the last minutes, by address.
#[derive(Debug, Default)]
pub(crate) struct Guesses(Mutex<GuessesByAddress>);

/// How many wrong codes an address gave, and since when.
type GuessesByAddress = HashMap<Option<IpAddr>, (u32, DateTime<Utc>)>;

impl Guesses {
    /// Returns whether an address has guessed too often, or everybody together has.
    fn are_too_many(&self, from: Option<IpAddr>, now: DateTime<Utc>) -> bool {
        let mut guesses = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        guesses.retain(|_, (_, since)| now.signed_duration_since(*since) < GUESS_WINDOW);
        let all: u32 = guesses.values().map(|(count, _)| *count).sum();
        let own = guesses.get(&from).map_or(0, |(count, _)| *count);
        own >= GUESSES_OF_ADDRESS || all >= GUESSES_OF_ALL || guesses.len() >= ADDRESSES_MAX
    }

    fn add(&self, from: Option<IpAddr>, now: DateTime<Utc>) {
        let mut guesses = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        guesses.entry(from).or_insert((0, now)).0 += 1;
    }
}

/// Where a request comes from, as far as the server knows.
pub(crate) struct Origin(Option<IpAddr>);

impl<S: Sync> FromRequestParts<S> for Origin {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let known = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        Ok(Self(known.map(|ConnectInfo(address)| address.ip())))
    }
}

/// Why a patient did not get in. Nothing says which of code and fact was wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// No such code can be used, or the second fact is another.
    Wrong,
    /// Too many wrong codes came from there.
    TooMany,
}

/// A way in that worked: the cookie to be set.
pub(crate) struct Entered {
    pub(crate) cookie: HeaderValue,
}

/// Lets a patient in who knows a code and its second fact.
pub(crate) async fn enter(
    state: &AppState,
    Origin(from): Origin,
    code: &str,
    fact: &str,
) -> Result<Result<Entered, Refused>, PageError> {
    let now = state.now();
    if state.guesses.are_too_many(from, now) {
        return Ok(Err(Refused::TooMany));
    }
    let wrong = || {
        state.guesses.add(from, now);
        Ok(Err(Refused::Wrong))
    };
    let Some(code) = OneTimeCode::read(code) else { return wrong() };
    let mut batch = state.store.begin().await.map_err(PageError::internal)?;
    let attempt = batch.try_code(&code.digest(), now).await.map_err(PageError::internal)?;
    let Some(attempt) = attempt else { return wrong() };
    let is_right = [SecondFact::BirthYear, SecondFact::AgreedWord].iter().any(|kind| {
        kind.normal(fact).is_some_and(|normal| {
            same_text(&fact_digest(&attempt.fact_salt, &normal).0, &attempt.fact_digest.0)
        })
    });
    if !is_right {
        // The attempt stays counted.
        batch.commit().await.map_err(PageError::internal)?;
        return wrong();
    }
    let secret = Secret::of_random(random()?);
    let until = now + TimeDelta::minutes(SESSION_MINUTES);
    let digest = Digest(secret.digest().0);
    batch.open_patient_session(&digest, &attempt, now, until).await.map_err(PageError::internal)?;
    let entry = Entry::by_system(now, looks::PATIENT, Deed::SignIn)
        .on_case(attempt.case, None)
        .for_purpose(Purpose::PatientRequest)
        .from_request(from.map(|address| address.to_string()).as_deref(), None);
    batch.append_audit(&entry).await.map_err(PageError::internal)?;
    batch.commit().await.map_err(PageError::internal)?;
    let cookie = cookie(state, secret.text(), SESSION_MINUTES * 60)?;
    Ok(Ok(Entered { cookie }))
}

/// Returns the cookie that ends a session in the browser.
pub(crate) fn no_cookie(state: &AppState) -> Result<HeaderValue, PageError> {
    cookie(state, "", 0)
}

fn cookie(state: &AppState, value: &str, seconds: i64) -> Result<HeaderValue, PageError> {
    // On this machine alone there is no TLS, and a browser would not keep the cookie.
    let secure = if state.loopback_only { "" } else { "; Secure" };
    let text =
        format!("{COOKIE}={value}; Path=/my; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}");
    HeaderValue::from_str(&text).map_err(PageError::internal)
}

fn secret_of(headers: &HeaderMap) -> Option<Secret> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(name, _)| *name == COOKIE)
        .find_map(|(_, value)| Secret::read(value))
}

/// A patient with an open session. Without one, the request is led to the page that asks for a code.
#[derive(Clone, Debug)]
pub(crate) struct Patient {
    pub(crate) session: PatientSession,
    pub(crate) digest: Digest,
}

impl Patient {
    /// Returns the open session that a request names.
    pub(crate) async fn of(
        state: &AppState,
        headers: &HeaderMap,
    ) -> Result<Option<Self>, PageError> {
        let Some(secret) = secret_of(headers) else { return Ok(None) };
        let digest = Digest(secret.digest().0);
        let session = state.store.patient_session(&digest, state.now()).await;
        let session = session.map_err(PageError::internal)?;
        Ok(session.map(|session| Self { session, digest }))
    }

    /// Returns the case.
    pub(crate) fn case(&self) -> CaseId {
        self.session.case
    }

    /// Returns the name by which a form knows whose it is, without saying whose.
    pub(crate) fn name_in_forms(&self, state: &AppState) -> String {
        state.site_key.name_within("my", &self.case().to_string())
    }

    /// Refuses a form that was shown to another patient: what somebody typed is not recorded of who came after.
    pub(crate) fn check_own(&self, state: &AppState, fields: &Fields) -> Result<(), PageError> {
        let is_own = fields.is(OWNER_FIELD, &self.name_in_forms(state));
        if is_own { Ok(()) } else { Err(PageError::BadRequest) }
    }
}

impl FromRequestParts<AppState> for Patient {
    type Rejection = Response;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &AppState,
    ) -> Result<Self, Self::Rejection> {
        match Self::of(state, &parts.headers).await {
            Ok(Some(patient)) => Ok(patient),
            // What was typed goes back with the answer; without anything typed, it is led to the door as a page is.
            Ok(None) if parts.method == Method::POST => Err(PageError::PatientAway.into_response()),
            Ok(None) => Err(Redirect::to(ENDED).into_response()),
            Err(error) => Err(error.into_response()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_people_type_it() {
        let code = OneTimeCode::of_random([0, 1, 2, 3, 8, 9, 10, 11, 31, 30, 255, 64]);
        assert_eq!(code.shown(), "2345-ABCD-ZYZ2");
        for typed in ["2345-abcd-zyz2", " 2345 ABCD ZYZ2 ", "２３４５－ＡＢＣＤ－ＺＹＺ２"]
        {
            assert_eq!(OneTimeCode::read(typed).unwrap().digest(), code.digest(), "{typed}");
        }
        for wrong in ["", "2345-ABCD-ZYZ", "2345-ABCD-ZYZO", "'; DROP TABLE", &"A".repeat(99_999)] {
            assert!(OneTimeCode::read(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn a_second_fact_is_read_as_people_type_it() {
        assert_eq!(SecondFact::BirthYear.normal(" １９７０ ").as_deref(), Some("1970"));
        assert_eq!(SecondFact::BirthYear.normal("70"), None);
        assert_eq!(SecondFact::AgreedWord.normal("さくら さく").as_deref(), Some("さくらさく"));
        assert_eq!(SecondFact::AgreedWord.normal("abc"), None);
    }

    #[test]
    fn guesses_are_forgotten_after_a_while() {
        let guesses = Guesses::default();
        let now = DateTime::UNIX_EPOCH;
        for _ in 0..GUESSES_OF_ADDRESS {
            assert!(!guesses.are_too_many(None, now));
            guesses.add(None, now);
        }
        assert!(guesses.are_too_many(None, now));
        let other = Some(IpAddr::from([192, 0, 2, 1]));
        assert!(!guesses.are_too_many(other, now));
        assert!(!guesses.are_too_many(None, now + GUESS_WINDOW));
    }
}
