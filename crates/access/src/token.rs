//! API tokens: what a program shows instead of a session, with a scope and an end.

use std::{collections::BTreeSet, fmt};

use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    action::Action,
    secret::{SECRET_BYTES, Secret, SecretDigest},
    word::UnknownWord,
};

/// What every token begins with, so that a lost one can be recognised and found.
const PREFIX: &str = "tsmg_";
/// Longest time that a token may last. Units: days.
pub const TOKEN_DAYS_MAX: i64 = 365;

/// A token as a program shows it. Its `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiToken(Secret);

impl fmt::Debug for ApiToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiToken(…)")
    }
}

impl ApiToken {
    /// Makes a token of random bytes.
    pub fn of_random(bytes: [u8; SECRET_BYTES]) -> Self {
        Self(Secret::of_random(bytes))
    }

    /// Reads a token as it was sent; `None` where the text cannot be one.
    pub fn read(text: &str) -> Option<Self> {
        text.strip_prefix(PREFIX).and_then(Secret::read).map(Self)
    }

    /// Returns the text, to be shown once.
    pub fn shown(&self) -> String {
        format!("{PREFIX}{}", self.0.text())
    }

    /// Returns the digest, which may be kept.
    pub fn digest(&self) -> SecretDigest {
        self.0.digest()
    }
}

/// What a token may be used for: some of what its person may do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TokenScope(BTreeSet<Action>);

impl TokenScope {
    /// What a token can be made for. Signing in, people and rights are not among it.
    pub const POSSIBLE: [Action; 12] = [
        Action::ReadCaseList,
        Action::ReadCase,
        Action::WriteCase,
        Action::SearchCases,
        Action::SearchProject,
        Action::ReadResult,
        Action::SendResult,
        Action::ReadReport,
        Action::CheckFile,
        Action::ReadKnowledge,
        Action::ReadOrder,
        Action::ReadProgramme,
    ];

    /// Makes a scope of actions; those that no token can be made for are left out.
    pub fn of(actions: impl IntoIterator<Item = Action>) -> Self {
        Self(actions.into_iter().filter(|action| Self::POSSIBLE.contains(action)).collect())
    }

    /// Reads a scope as it is kept: codes with blanks between.
    ///
    /// Errors: a code is none.
    pub fn read(text: &str) -> Result<Self, UnknownWord> {
        let actions =
            text.split_whitespace().map(str::parse).collect::<Result<Vec<Action>, _>>()?;
        Ok(Self::of(actions))
    }

    /// Returns the scope as it is kept.
    pub fn text(&self) -> String {
        self.0.iter().map(|action| action.code()).collect::<Vec<_>>().join(" ")
    }

    /// Returns whether an action is in it.
    pub fn allows(&self, action: Action) -> bool {
        self.0.contains(&action)
    }

    /// Returns the actions.
    pub fn actions(&self) -> impl Iterator<Item = Action> {
        self.0.iter().copied()
    }

    /// Returns whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Returns when a token of some days ends; within the limit.
pub fn token_end(now: DateTime<Utc>, days: i64) -> DateTime<Utc> {
    now + TimeDelta::days(days.clamp(1, TOKEN_DAYS_MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_recognised_and_never_shown_by_debug() {
        let token = ApiToken::of_random([9; SECRET_BYTES]);
        assert!(token.shown().starts_with("tsmg_"));
        assert_eq!(ApiToken::read(&token.shown()), Some(token.clone()));
        assert_eq!(ApiToken::read(&token.shown()[1..]), None);
        assert_eq!(ApiToken::read("tsmg_"), None);
        assert_eq!(format!("{token:?}"), "ApiToken(…)");
    }

    #[test]
    fn a_scope_is_read_back_and_never_holds_what_no_token_may() {
        let scope = TokenScope::of([Action::ReadCase, Action::ManagePeople, Action::SendResult]);
        assert!(scope.allows(Action::ReadCase) && !scope.allows(Action::ManagePeople));
        assert_eq!(TokenScope::read(&scope.text()).unwrap(), scope);
        assert!(TokenScope::read("read-case rule-the-world").is_err());
        let now = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
        assert_eq!(token_end(now, 9999), token_end(now, TOKEN_DAYS_MAX));
    }
}
