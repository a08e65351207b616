//! Signing in, step by step: what is asked for next, and the session that each step gets.
//!
//! Every step has a session of its own with a new token: a token that somebody planted or saw before is worth
//! nothing afterwards.

use access::{
    Membership, Role,
    audit::{Deed, Entry},
    password::{Password, PasswordHash, SALT_BYTES},
    secret::Secret,
    session::{SessionLimits, SessionStage, SessionTimes},
    throttle::{Failures, ThrottleSubject},
};
use axum::http::HeaderMap;
use axum::http::{HeaderValue, header};
use model::identity::PersonId;
use store::{Credential, SessionRecord};

use crate::{cookie::Cookie, error::PageError, oidc::OidcSettings, state::AppState, viewer};

/// How people sign in at this site.
#[derive(Clone, Debug, Default)]
pub struct SignInRules {
    /// How long sessions last.
    pub limits: SessionLimits,
    /// Roles for which a second factor is not asked for. The default asks everybody who has a role.
    pub without_second_factor: Vec<Role>,
    /// Whether a second factor is asked for whatever roles a person has, and of those who have none.
    pub second_factor_of_everyone: bool,
    /// The organisation's OpenID Connect provider, where it has one.
    pub provider: Option<OidcSettings>,
}

impl SignInRules {
    /// Returns whether a person with some roles must show a second factor.
    pub(crate) fn asks_for_second_factor<'a>(
        &self,
        memberships: impl IntoIterator<Item = &'a Membership>,
    ) -> bool {
        self.second_factor_of_everyone
            || memberships.into_iter().any(|each| {
                each.role.asks_for_second_factor()
                    && !self.without_second_factor.contains(&each.role)
            })
    }
}

/// What a sign-in has shown so far.
#[derive(Clone, Debug)]
pub(crate) struct Shown {
    /// Who.
    pub(crate) person: PersonId,
    /// Whether a second factor was shown.
    pub(crate) second_factor: bool,
    /// Where the person wanted to go.
    pub(crate) return_to: String,
}

/// A session that has begun.
#[derive(Debug)]
pub(crate) struct Begun {
    /// What gives the token to the browser.
    pub(crate) cookie: HeaderValue,
    /// What the sign-in asks for next.
    pub(crate) stage: SessionStage,
}

/// The session before, which the new one replaces.
pub(crate) async fn previous(
    state: &AppState,
    headers: &HeaderMap,
) -> Result<Option<SessionRecord>, PageError> {
    match Cookie::Session.read(headers, state.site.encrypted) {
        Some(secret) => state.store.session(&secret.digest()).await.map_err(PageError::internal),
        None => Ok(None),
    }
}

/// Begins the session of the next step and ends the one before, in one transaction.
pub(crate) async fn begin(
    state: &AppState,
    headers: &HeaderMap,
    shown: &Shown,
    stage: SessionStage,
) -> Result<Begun, PageError> {
    let before = previous(state, headers).await?;
    let (secret, now) = (Secret::of_random(state.random()), state.now());
    let client = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    let session = SessionRecord {
        id: state.new_id(),
        digest: secret.digest(),
        person: shown.person,
        stage,
        second_factor: shown.second_factor,
        client: client.unwrap_or_default().to_owned(),
        return_to: shown.return_to.clone(),
        times: SessionTimes { began_at: now, seen_at: now },
    };
    let mut batch = state.store.begin().await.map_err(PageError::internal)?;
    if let Some(before) = before {
        batch.end_session(before.person, before.id).await.map_err(PageError::internal)?;
    }
    batch
        .forget_sessions(now - state.sign_in.limits.absolute)
        .await
        .map_err(PageError::internal)?;
    batch.add_session(&session).await.map_err(PageError::internal)?;
    if stage == SessionStage::Open {
        let person = state.store.person(shown.person).await.map_err(PageError::internal)?;
        let person = person.ok_or(PageError::NotFound)?;
        let actor = viewer::actor(state, &person, shown.second_factor).await?;
        let entry = Entry::by_person(now, &actor, Deed::SignIn).about("session", session.id);
        let entry = if shown.second_factor { entry } else { entry.with_detail("one factor") };
        batch.append_audit(&entry).await.map_err(PageError::internal)?;
    }
    batch.commit().await.map_err(PageError::internal)?;
    if stage == SessionStage::Open {
        state.metrics.signed_in("accepted");
    }
    tracing::info!(
        target: "security", person = %shown.person, session = %session.id, stage = stage.word(),
        "a session begins"
    );
    Ok(Begun { cookie: Cookie::Session.set(&secret, state.site.encrypted), stage })
}

/// Begins the session that follows a first factor that was right.
pub(crate) async fn after_first_factor(
    state: &AppState,
    headers: &HeaderMap,
    shown: &Shown,
) -> Result<Begun, PageError> {
    let (store, today) = (&state.store, state.today());
    let roles = store.memberships_of(shown.person).await.map_err(PageError::internal)?;
    let roles = roles.iter().map(|each| &each.membership).filter(|each| each.holds_on(today));
    let credential = store.credential(shown.person).await.map_err(PageError::internal)?;
    let stage = if shown.second_factor {
        SessionStage::Open
    } else if credential.totp_confirmed {
        SessionStage::SecondFactor
    } else if state.sign_in.asks_for_second_factor(roles) {
        SessionStage::Enrolment
    } else {
        SessionStage::Open
    };
    begin(state, headers, shown, stage).await
}

/// Looks at a name and a password; the answer takes as long for people who are not there.
pub(crate) async fn check_password(
    state: &AppState,
    sign_in_name: &str,
    password: Password,
) -> Result<Option<PersonId>, PageError> {
    let store = &state.store;
    let person = store.person_by_sign_in_name(sign_in_name).await.map_err(PageError::internal)?;
    let person = person.filter(|person| person.active);
    let credential = match &person {
        Some(person) => store.credential(person.id).await.map_err(PageError::internal)?,
        None => Credential::default(),
    };
    let right = verify(state, password, credential.password).await?;
    Ok(person.filter(|_| right).map(|person| person.id))
}

/// Verifies a password away from the threads that answer requests.
pub(crate) async fn verify(
    state: &AppState,
    password: Password,
    known: Option<PasswordHash>,
) -> Result<bool, PageError> {
    let permit = state.hashing.clone().acquire_owned().await.map_err(PageError::internal)?;
    let work = tokio::task::spawn_blocking(move || {
        let _permit = permit;
        password.verify(known.as_ref())
    });
    work.await.map_err(PageError::internal)
}

/// Hashes a password away from the threads that answer requests.
pub(crate) async fn hash(state: &AppState, password: Password) -> Result<PasswordHash, PageError> {
    let permit = state.hashing.clone().acquire_owned().await.map_err(PageError::internal)?;
    let salt = state.random::<SALT_BYTES>();
    let work = tokio::task::spawn_blocking(move || {
        let _permit = permit;
        password.hash(salt)
    });
    work.await.map_err(PageError::internal)?.map_err(PageError::internal)
}

/// What an attempt is counted for.
#[derive(Clone, Debug)]
pub(crate) struct Attempt {
    account: String,
    address: String,
}

impl Attempt {
    /// Names what an attempt is counted for.
    pub(crate) fn new(account: &str, address: &str) -> Self {
        Self { account: account.to_owned(), address: address.to_owned() }
    }

    fn subjects(&self) -> [(ThrottleSubject, &str); 2] {
        [(ThrottleSubject::Account, &self.account), (ThrottleSubject::Address, &self.address)]
    }

    /// Refuses an attempt that comes too soon after those that failed.
    pub(crate) async fn check(&self, state: &AppState) -> Result<(), PageError> {
        for (subject, value) in self.subjects() {
            let failures =
                state.store.failures(subject, value).await.map_err(PageError::internal)?;
            let wait = failures.and_then(|failures| subject.wait(failures, state.now()));
            if let Some(wait) = wait {
                tracing::warn!(
                    target: "security", subject = subject.word(), seconds = wait.num_seconds(),
                    "a sign-in was not looked at: too many failed"
                );
                state.metrics.signed_in("limited");
                return Err(PageError::TooManyAttempts);
            }
        }
        Ok(())
    }

    /// Counts a failure.
    pub(crate) async fn failed(&self, state: &AppState) -> Result<(), PageError> {
        let now = state.now();
        // What was typed as a name may be a password: it is written down nowhere.
        let entry = Entry::by_system(now, "sign-in", Deed::SignIn).refused();
        let entry = entry.from_request(Some(&self.address), None);
        let mut batch = state.store.begin().await.map_err(PageError::internal)?;
        batch.append_audit(&entry).await.map_err(PageError::internal)?;
        for (subject, value) in self.subjects() {
            let known = state.store.failures(subject, value).await.map_err(PageError::internal)?;
            let failures = Failures::with_another(known, now);
            batch.add_failure(subject, value, failures).await.map_err(PageError::internal)?;
        }
        batch.commit().await.map_err(PageError::internal)?;
        state.metrics.signed_in("refused");
        tracing::warn!(target: "security", address = self.address, "a sign-in failed");
        Ok(())
    }

    /// Forgets the account's failures: its person has signed in.
    pub(crate) async fn succeeded(&self, state: &AppState) -> Result<(), PageError> {
        let subject = ThrottleSubject::Account;
        let failures = state.store.failures(subject, &self.account).await;
        if failures.map_err(PageError::internal)?.is_none() {
            return Ok(());
        }
        let mut batch = state.store.begin().await.map_err(PageError::internal)?;
        batch.forget_failures(subject, &self.account).await.map_err(PageError::internal)?;
        batch.commit().await.map_err(PageError::internal)
    }
}
