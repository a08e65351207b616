//! How long somebody waits after failed sign-ins: longer each time, for the account and for the address.

use chrono::{DateTime, TimeDelta, Utc};

/// What is counted: the attempts on an account, or those from an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ThrottleSubject {
    /// One account, wherever the attempts come from.
    Account,
    /// One address, whichever accounts are tried. Many people of a hospital share one.
    Address,
}

/// Failures that were counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Failures {
    /// How many in a row.
    pub count: u32,
    /// When the last one was.
    pub last_at: DateTime<Utc>,
}

/// Failures are forgotten after this time without one.
const FORGOTTEN_AFTER: TimeDelta = TimeDelta::hours(12);
/// Longest wait for an account: somebody else's attempts must not lock a physician out for the day.
const ACCOUNT_WAIT_MAX_SECONDS: i64 = 15 * 60;
/// Longest wait for an address.
const ADDRESS_WAIT_MAX_SECONDS: i64 = 60 * 60;

impl ThrottleSubject {
    /// Failures that cost nothing: people mistype.
    fn free(self) -> u32 {
        match self {
            Self::Account => 4,
            Self::Address => 30,
        }
    }

    fn wait_max_seconds(self) -> i64 {
        match self {
            Self::Account => ACCOUNT_WAIT_MAX_SECONDS,
            Self::Address => ADDRESS_WAIT_MAX_SECONDS,
        }
    }

    /// Returns the word in the record.
    pub fn word(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Address => "address",
        }
    }

    /// Returns how long is still to be waited before another attempt is looked at; `None` when it may be now.
    ///
    /// An attempt that comes too early is not looked at, and does not count.
    pub fn wait(self, failures: Failures, now: DateTime<Utc>) -> Option<TimeDelta> {
        let costly = failures.count.saturating_sub(self.free());
        if costly == 0 {
            return None;
        }
        // 5 s, 10 s, 20 s … up to the longest.
        let doubled = 5_i64.checked_shl(costly - 1).filter(|seconds| *seconds > 0);
        let seconds = doubled.unwrap_or(i64::MAX).min(self.wait_max_seconds());
        let since = now.signed_duration_since(failures.last_at);
        let rest = TimeDelta::seconds(seconds) - since;
        (rest > TimeDelta::zero()).then_some(rest)
    }
}

impl Failures {
    /// Returns the count with one more failure.
    pub fn with_another(known: Option<Self>, now: DateTime<Utc>) -> Self {
        let recent =
            known.filter(|known| now.signed_duration_since(known.last_at) < FORGOTTEN_AFTER);
        Self { count: recent.map_or(0, |known| known.count).saturating_add(1), last_at: now }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_grows_and_has_an_end() {
        let start = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
        let wait = |count| {
            ThrottleSubject::Account
                .wait(Failures { count, last_at: start }, start)
                .map_or(0, |wait| wait.num_seconds())
        };
        assert_eq!([0, 4, 5, 6, 7, 12, 13, 100].map(wait), [0, 0, 5, 10, 20, 640, 900, 900]);
        let later = Failures { count: 5, last_at: start };
        assert!(ThrottleSubject::Account.wait(later, start + TimeDelta::seconds(5)).is_none());
        assert!(
            ThrottleSubject::Address.wait(later, start).is_none(),
            "a hospital shares one address"
        );
        let many = Failures { count: 31, last_at: start };
        assert!(ThrottleSubject::Address.wait(many, start).is_some());
    }

    #[test]
    fn failures_are_forgotten() {
        let start = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
        let first = Failures::with_another(None, start);
        let second = Failures::with_another(Some(first), start + TimeDelta::hours(11));
        assert_eq!((first.count, second.count), (1, 2));
        assert_eq!(Failures::with_another(Some(second), start + TimeDelta::hours(24)).count, 1);
    }
}
