//! What a patient asks, and what becomes of it.
//!
//! An inquiry is opened once and then only added to; who is at it and whether it is answered follows from
//! what was added.

use chrono::{DateTime, Days, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    consent::{consent_words, day_of},
    identity::{CaseId, InquiryId, PersonId},
    text::Language,
};

/// Days within which an inquiry is to be answered. Source: ours, not official.
pub const ANSWER_WITHIN_DAYS: u64 = 14;
/// Longest question, answer or note. Units: characters.
pub const TEXT_MAX_CHARS: usize = 4_000;

consent_words! {
    /// How an inquiry came.
    pub enum InquiryWay as "way of inquiry" {
        /// From the patient's page.
        PatientPage = "patient-page", "本人のページ", "From the patient's page";
        /// By telephone.
        Telephone = "telephone", "電話", "By telephone";
        /// By letter.
        Letter = "letter", "手紙", "By letter";
        /// In person.
        InPerson = "in-person", "対面", "In person";
    }
}

consent_words! {
    /// What an inquiry is about.
    pub enum InquiryTopic as "topic of inquiry" {
        /// Who used the data, when and for what.
        WhoUsed = "who-used", "だれが自分のデータを使ったか", "Who used my data";
        /// Consent, its change or withdrawal.
        Consent = "consent", "同意・変更・撤回", "Consent, change or withdrawal";
        /// The result or the report.
        Result = "result", "検査結果・調査結果", "Result or report";
        /// Anything else.
        Other = "other", "その他", "Something else";
    }
}

consent_words! {
    /// What was done about an inquiry.
    pub enum InquiryStep as "step of an inquiry" {
        /// The caller's identity was checked; the note says how.
        IdentityChecked = "identity-checked", "本人確認", "Identity checked";
        /// Somebody took it over.
        Assigned = "assigned", "担当", "Assigned";
        /// Something was noted.
        Noted = "noted", "メモ", "Note";
        /// It was answered; the text is the answer.
        Answered = "answered", "回答", "Answered";
        /// It was closed.
        Closed = "closed", "終了", "Closed";
        /// It was opened again.
        Reopened = "reopened", "再開", "Reopened";
    }
}

consent_words! {
    /// Where an inquiry stands.
    pub enum InquiryStatus as "status of an inquiry" {
        /// Nobody is at it.
        Open = "open", "未対応", "Open";
        /// Somebody is at it.
        Assigned = "assigned", "対応中", "In hand";
        /// It was answered.
        Answered = "answered", "回答済み", "Answered";
        /// It was closed.
        Closed = "closed", "終了", "Closed";
    }
}

/// What a patient asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Inquiry {
    /// The inquiry.
    pub id: InquiryId,
    /// The case, where it is known.
    pub case: Option<CaseId>,
    /// How it came.
    pub way: InquiryWay,
    /// What it is about.
    pub topic: InquiryTopic,
    /// What was asked.
    pub question: String,
    /// Language in which the answer is wished.
    pub language: Language,
    /// When it came.
    pub opened_at: DateTime<Utc>,
    /// The day by which it is to be answered.
    pub due_on: NaiveDate,
}

/// Something that was done about an inquiry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct InquiryEvent {
    /// The inquiry.
    pub inquiry: InquiryId,
    /// Place among the inquiry's events. Units: 1-based.
    pub number: u32,
    /// What was done.
    pub step: InquiryStep,
    /// The answer or the note.
    pub text: String,
    /// Who did it.
    pub person: PersonId,
    /// The name as colleagues see it.
    pub person_name: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// Why a text of an inquiry cannot be recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the text is missing, too long or has control characters")]
pub struct CheckInquiryError;

/// Checks a question, answer or note.
///
/// Errors: it is empty, longer than 4,000 characters, or has control characters.
pub fn check_text(text: &str) -> Result<(), CheckInquiryError> {
    let control = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    let fits = !text.trim().is_empty() && text.chars().count() <= TEXT_MAX_CHARS;
    if fits && !text.contains(control) { Ok(()) } else { Err(CheckInquiryError) }
}

/// Returns the day by which an inquiry that comes at a moment is to be answered.
pub fn due_on(opened_at: DateTime<Utc>) -> NaiveDate {
    let day = day_of(opened_at);
    day.checked_add_days(Days::new(ANSWER_WITHIN_DAYS)).unwrap_or(day)
}

/// Where an inquiry stands after its events, in the order of their numbers.
pub fn status(events: &[InquiryEvent]) -> InquiryStatus {
    events.iter().fold(InquiryStatus::Open, |status, event| match event.step {
        InquiryStep::Assigned => match status {
            InquiryStatus::Answered | InquiryStatus::Closed => status,
            InquiryStatus::Open | InquiryStatus::Assigned => InquiryStatus::Assigned,
        },
        InquiryStep::Answered => InquiryStatus::Answered,
        InquiryStep::Closed => InquiryStatus::Closed,
        InquiryStep::Reopened => InquiryStatus::Open,
        InquiryStep::IdentityChecked | InquiryStep::Noted => status,
    })
}

/// Returns who took an inquiry over last.
pub fn assignee(events: &[InquiryEvent]) -> Option<&str> {
    let last = events.iter().rev().find(|event| event.step == InquiryStep::Assigned)?;
    Some(&last.person_name)
}

impl InquiryStatus {
    /// Returns whether an answer is still owed.
    pub fn waits(self) -> bool {
        matches!(self, Self::Open | Self::Assigned)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn events(steps: &[InquiryStep]) -> Vec<InquiryEvent> {
        let event = |(number, step): (usize, &InquiryStep)| InquiryEvent {
            inquiry: InquiryId(Uuid::nil()),
            number: u32::try_from(number).unwrap() + 1,
            step: *step,
            text: "x".to_owned(),
            person: PersonId(Uuid::nil()),
            person_name: format!("person {number}"),
            at: DateTime::UNIX_EPOCH,
        };
        steps.iter().enumerate().map(event).collect()
    }

    #[test]
    fn the_status_follows_from_what_was_done() {
        use InquiryStep as S;
        for (steps, expected) in [
            (&[][..], InquiryStatus::Open),
            (&[S::IdentityChecked, S::Noted], InquiryStatus::Open),
            (&[S::Assigned], InquiryStatus::Assigned),
            (&[S::Assigned, S::Answered], InquiryStatus::Answered),
            (&[S::Answered, S::Assigned], InquiryStatus::Answered),
            (&[S::Answered, S::Closed], InquiryStatus::Closed),
            (&[S::Answered, S::Closed, S::Reopened], InquiryStatus::Open),
        ] {
            assert_eq!(status(&events(steps)), expected, "{steps:?}");
        }
        assert_eq!(assignee(&events(&[S::Assigned, S::Noted, S::Assigned])), Some("person 2"));
    }

    #[test]
    fn an_inquiry_is_due_after_two_weeks_of_the_programmes_days() {
        assert_eq!(due_on("2026-11-20T16:00:00Z".parse().unwrap()).to_string(), "2026-12-05");
    }

    #[test]
    fn hostile_texts_are_refused() {
        assert_eq!(check_text("どこで使われましたか\nおしえてください"), Ok(()));
        for wrong in ["", "  ", "a\u{0}b", &"あ".repeat(4_001)] {
            assert_eq!(check_text(wrong), Err(CheckInquiryError));
        }
    }
}
