//! Sessions: how long one lasts, and how far its sign-in has come.

use chrono::{DateTime, TimeDelta, Utc};

/// How long sessions last. The default is ours: half an hour idle, twelve hours in all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionLimits {
    /// Longest without any request.
    pub idle: TimeDelta,
    /// Longest in all.
    pub absolute: TimeDelta,
}

impl Default for SessionLimits {
    fn default() -> Self {
        Self { idle: TimeDelta::minutes(30), absolute: TimeDelta::hours(12) }
    }
}

/// Longest between the password and the second factor.
const STEPS_BETWEEN_MAX: TimeDelta = TimeDelta::minutes(10);
/// How often it is written down that a session is in use, so that reading does not write each time.
const SEEN_EVERY: TimeDelta = TimeDelta::seconds(60);

/// How far a sign-in has come. Each step has a session of its own with a new token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionStage {
    /// The password was right; the second factor is asked for.
    SecondFactor,
    /// The password was right; a second factor has to be set up.
    Enrolment,
    /// Signed in.
    Open,
}

impl SessionStage {
    /// Returns the word in the record.
    pub fn word(self) -> &'static str {
        match self {
            Self::SecondFactor => "second-factor",
            Self::Enrolment => "enrolment",
            Self::Open => "open",
        }
    }

    /// Reads the word in the record.
    pub fn of(word: &str) -> Option<Self> {
        [Self::SecondFactor, Self::Enrolment, Self::Open]
            .into_iter()
            .find(|each| each.word() == word)
    }
}

/// When a session began and was last used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionTimes {
    /// When it began.
    pub began_at: DateTime<Utc>,
    /// When it was last seen in use.
    pub seen_at: DateTime<Utc>,
}

impl SessionTimes {
    /// Returns whether the session is over at a moment.
    pub fn is_over(&self, stage: SessionStage, limits: SessionLimits, now: DateTime<Utc>) -> bool {
        let age = now.signed_duration_since(self.began_at);
        let idle = now.signed_duration_since(self.seen_at);
        match stage {
            SessionStage::Open => age >= limits.absolute || idle >= limits.idle,
            SessionStage::SecondFactor | SessionStage::Enrolment => age >= STEPS_BETWEEN_MAX,
        }
    }

    /// Returns whether it is time to write down that the session is in use.
    pub fn is_to_be_seen(&self, now: DateTime<Utc>) -> bool {
        now.signed_duration_since(self.seen_at) >= SEEN_EVERY
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_ends_when_idle_and_at_last() {
        let began_at = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
        let limits = SessionLimits::default();
        let over = |stage, seen_minutes: i64, now_minutes: i64| {
            let seen_at = began_at + TimeDelta::minutes(seen_minutes);
            let now = began_at + TimeDelta::minutes(now_minutes);
            SessionTimes { began_at, seen_at }.is_over(stage, limits, now)
        };
        assert!(!over(SessionStage::Open, 0, 29));
        assert!(over(SessionStage::Open, 0, 30));
        assert!(!over(SessionStage::Open, 700, 719));
        assert!(over(SessionStage::Open, 719, 720), "twelve hours are the end, in use or not");
        assert!(!over(SessionStage::SecondFactor, 0, 9));
        assert!(over(SessionStage::SecondFactor, 9, 10), "being used does not prolong a step");
        let times = SessionTimes { began_at, seen_at: began_at };
        assert!(!times.is_to_be_seen(began_at + TimeDelta::seconds(59)));
        assert!(times.is_to_be_seen(began_at + TimeDelta::seconds(60)));
        assert_eq!(SessionStage::of("enrolment"), Some(SessionStage::Enrolment));
        assert_eq!(SessionStage::of("king"), None);
    }
}
