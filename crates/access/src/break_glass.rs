//! Opening a case in an emergency: with a reason, for an hour, and looked at afterwards by another person.

use chrono::{DateTime, TimeDelta, Utc};
use model::identity::PersonId;

/// How long a case stays open.
pub const BREAK_GLASS_LASTS: TimeDelta = TimeDelta::hours(1);
/// Shortest reason. Units: characters.
pub const REASON_CHARS_MIN: usize = 10;
/// Longest reason. Units: characters.
pub const REASON_CHARS_MAX: usize = 1_000;

/// Why a case is not opened, or an opening not reviewed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BreakGlassError {
    /// There is no reason, or none that can be reviewed.
    #[error(
        "the reason has fewer than {REASON_CHARS_MIN} or more than {REASON_CHARS_MAX} characters"
    )]
    Reason,
    /// The reviewer is the person who opened the case.
    #[error("an emergency opening is not reviewed by the person who made it")]
    OwnReview,
}

/// Reads a reason.
///
/// Errors: it is too short to be reviewed, or too long.
pub fn reason(text: &str) -> Result<String, BreakGlassError> {
    let reason: String = text.trim().chars().filter(|c| !c.is_control() || *c == '\n').collect();
    let count = reason.chars().count();
    let distinct = reason.chars().collect::<std::collections::BTreeSet<_>>().len();
    if !(REASON_CHARS_MIN..=REASON_CHARS_MAX).contains(&count) || distinct < 4 {
        return Err(BreakGlassError::Reason);
    }
    Ok(reason)
}

/// Returns when an opening ends.
pub fn end_of(opened_at: DateTime<Utc>) -> DateTime<Utc> {
    opened_at + BREAK_GLASS_LASTS
}

/// Checks that somebody may review an opening: anybody with the right but the person who made it.
///
/// Errors: it is the same person.
pub fn check_reviewer(opened_by: PersonId, reviewer: PersonId) -> Result<(), BreakGlassError> {
    if opened_by == reviewer { Err(BreakGlassError::OwnReview) } else { Ok(()) }
}

/// What a review found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReviewVerdict {
    /// It was justified.
    Justified,
    /// It was not, and is followed up.
    NotJustified,
}

impl ReviewVerdict {
    /// Returns the word in the record.
    pub fn word(self) -> &'static str {
        match self {
            Self::Justified => "justified",
            Self::NotJustified => "not-justified",
        }
    }

    /// Reads the word in the record.
    pub fn of(word: &str) -> Option<Self> {
        [Self::Justified, Self::NotJustified].into_iter().find(|each| each.word() == word)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_reason_says_something() {
        for wrong in ["", "           ", "emergency", "aaaaaaaaaaaaaaaa", &"x y z w".repeat(999)] {
            assert_eq!(reason(wrong), Err(BreakGlassError::Reason), "{wrong:?}");
        }
        assert_eq!(
            reason(" 救急外来に搬送、意識なし\u{0} "),
            Ok("救急外来に搬送、意識なし".to_owned())
        );
    }

    #[test]
    fn nobody_reviews_oneself() {
        let [one, other] = [1, 2].map(|number| PersonId(Uuid::from_u128(number)));
        assert_eq!(check_reviewer(one, one), Err(BreakGlassError::OwnReview));
        assert_eq!(check_reviewer(one, other), Ok(()));
    }
}
