//! One act of a patient's will, as it was recorded.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::{
    answer::{Answer, Answers, FindingsRecipient},
    day_of,
    document::DocumentVersion,
    state::ConsentMark,
    word::consent_words,
};
use crate::identity::{CaseId, ConsentEventId, PersonId};

/// First day on which consent can have been signed: the programme did not exist before.
const FIRST_DAY: Option<NaiveDate> = NaiveDate::from_ymd_opt(2018, 1, 1);
/// Longest name of a witness. Units: characters.
const NAME_MAX_CHARS: usize = 100;
/// Longest note. Units: characters.
const NOTE_MAX_CHARS: usize = 1_000;

consent_words! {
    /// What an event does.
    pub enum ConsentKind as "kind of consent event" {
        /// Consent was given, or refused, for the first time.
        Given = "given", "同意の記録", "Consent recorded";
        /// The patient changed some answers.
        Changed = "changed", "意思の変更", "Change of will";
        /// The patient withdrew.
        Withdrawn = "withdrawn", "同意の撤回", "Withdrawal";
        /// An event that was recorded wrongly is replaced.
        Corrected = "corrected", "記録の訂正", "Correction of the record";
    }
}

consent_words! {
    /// How the patient said it.
    pub enum ConsentWay as "way of consent" {
        /// Signed on paper at the hospital.
        Paper = "paper", "紙(病院)", "On paper at the hospital";
        /// By the patient, on the patient's page.
        Electronic = "electronic", "電子(本人)", "Electronically by the patient";
        /// By telephone, after the caller's identity was checked.
        Telephone = "telephone", "電話", "By telephone";
        /// By letter.
        Letter = "letter", "手紙", "By letter";
        /// In a conversation at the hospital or the desk.
        InPerson = "in-person", "対面", "In person";
    }
}

/// Who put an event into the record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "is")]
pub enum Recorder {
    /// The patient, on the patient's page.
    Patient,
    /// A person of a hospital or of the patient desk.
    Staff {
        /// The person.
        person: PersonId,
        /// Name as colleagues see it.
        name: String,
    },
    /// The synthetic nation.
    Synthetic,
}

/// One act of a patient's will. It never changes; what was recorded wrongly is superseded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ConsentEvent {
    /// The event.
    pub id: ConsentEventId,
    /// The case.
    pub case: CaseId,
    /// What it does.
    pub kind: ConsentKind,
    /// What was answered; a purpose without an answer stays as it was.
    pub answers: Answers,
    /// To whom secondary findings are told, where that was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recipient: Option<FindingsRecipient>,
    /// Which document the patient had read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<DocumentVersion>,
    /// How it was said.
    pub way: ConsentWay,
    /// The day on which the patient signed or said it: the programme's day.
    pub signed_on: NaiveDate,
    /// Who witnessed it, by the name at work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub witness: Option<String>,
    /// Who recorded it.
    pub recorded_by: Recorder,
    /// When the record learnt of it.
    pub recorded_at: DateTime<Utc>,
    /// The event that this one replaces.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supersedes: Option<ConsentEventId>,
    /// Anything that belongs to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Why an event cannot be recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckConsentError {
    /// Nothing was answered.
    #[error("nothing was answered")]
    NoAnswer,
    /// The day of signature lies in the future.
    #[error("the day of signature lies in the future")]
    SignedInFuture,
    /// The day of signature lies before the programme began.
    #[error("the day of signature lies before the programme began")]
    SignedTooEarly,
    /// A consent on paper needs the name of a witness.
    #[error("a consent on paper needs a witness")]
    NoWitness,
    /// A consent needs the document that the patient had read.
    #[error("a consent needs its document")]
    NoDocument,
    /// A withdrawal cannot answer with yes.
    #[error("a withdrawal cannot say yes")]
    YesInWithdrawal,
    /// A correction names what it corrects, and nothing else does.
    #[error("a correction names what it corrects, and nothing else does")]
    Supersedes,
    /// A text is too long or has control characters.
    #[error("a text is too long or has control characters")]
    Text,
}

impl ConsentEvent {
    /// Returns the moment at which the record learnt of it, and what it says, for working out the state.
    pub fn mark(&self) -> ConsentMark {
        ConsentMark {
            id: self.id,
            signed_on: self.signed_on,
            recorded_at: self.recorded_at,
            answers: self.answers,
            supersedes: self.supersedes,
        }
    }

    /// Checks that the event says enough, and nothing impossible.
    ///
    /// Errors: the first thing that is missing or impossible.
    pub fn check(&self) -> Result<(), CheckConsentError> {
        let corrects = self.kind == ConsentKind::Corrected;
        if self.answers.is_empty() && !corrects {
            return Err(CheckConsentError::NoAnswer);
        }
        if self.signed_on > day_of(self.recorded_at) {
            return Err(CheckConsentError::SignedInFuture);
        }
        if FIRST_DAY.is_some_and(|first| self.signed_on < first) {
            return Err(CheckConsentError::SignedTooEarly);
        }
        if corrects != self.supersedes.is_some() {
            return Err(CheckConsentError::Supersedes);
        }
        let says_yes = self.answers.iter().any(|(_, answer)| answer == Answer::Yes);
        if self.kind == ConsentKind::Withdrawn && says_yes {
            return Err(CheckConsentError::YesInWithdrawal);
        }
        self.check_texts()?;
        if says_yes && self.document.is_none() {
            return Err(CheckConsentError::NoDocument);
        }
        let on_paper = self.way == ConsentWay::Paper && self.kind != ConsentKind::Withdrawn;
        if on_paper && says_yes && self.witness.is_none() {
            return Err(CheckConsentError::NoWitness);
        }
        Ok(())
    }

    fn check_texts(&self) -> Result<(), CheckConsentError> {
        let fits = |text: Option<&str>, max: usize| {
            text.is_none_or(|text| {
                let control = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
                !text.trim().is_empty() && text.chars().count() <= max && !text.contains(control)
            })
        };
        if fits(self.witness.as_deref(), NAME_MAX_CHARS)
            && fits(self.note.as_deref(), NOTE_MAX_CHARS)
        {
            Ok(())
        } else {
            Err(CheckConsentError::Text)
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::consent::ConsentPurpose;

    fn paper() -> ConsentEvent {
        ConsentEvent {
            id: ConsentEventId(Uuid::from_u128(1)),
            case: CaseId(Uuid::from_u128(2)),
            kind: ConsentKind::Given,
            answers: Answers::all(Answer::Yes),
            recipient: None,
            document: Some(DocumentVersion { code: "demo".to_owned(), version: "1".to_owned() }),
            way: ConsentWay::Paper,
            signed_on: "2026-11-20".parse().unwrap(),
            witness: Some("合成 証人".to_owned()),
            recorded_by: Recorder::Synthetic,
            recorded_at: "2026-11-20T03:00:00Z".parse().unwrap(),
            supersedes: None,
            note: None,
        }
    }

    fn refused(change: impl Fn(&mut ConsentEvent)) -> CheckConsentError {
        let mut event = paper();
        change(&mut event);
        event.check().unwrap_err()
    }

    #[test]
    fn a_consent_on_paper_needs_its_day_its_document_and_a_witness() {
        assert_eq!(paper().check(), Ok(()));
        assert_eq!(refused(|event| event.witness = None), CheckConsentError::NoWitness);
        assert_eq!(refused(|event| event.document = None), CheckConsentError::NoDocument);
        let tomorrow = "2026-11-21".parse().unwrap();
        assert_eq!(refused(|event| event.signed_on = tomorrow), CheckConsentError::SignedInFuture);
        let long_ago = "1999-01-01".parse().unwrap();
        assert_eq!(refused(|event| event.signed_on = long_ago), CheckConsentError::SignedTooEarly);
        assert_eq!(
            refused(|event| event.answers = Answers::default()),
            CheckConsentError::NoAnswer
        );
        let hostile = Some("a\u{0}b".to_owned());
        assert_eq!(refused(|event| event.note = hostile.clone()), CheckConsentError::Text);
    }

    #[test]
    fn the_day_is_the_programmes_own() {
        // 16:00 UTC is the next day in Japan already.
        let mut event = paper();
        event.recorded_at = "2026-11-19T16:00:00Z".parse().unwrap();
        assert_eq!(event.check(), Ok(()));
        event.recorded_at = "2026-11-19T14:59:59Z".parse().unwrap();
        assert_eq!(event.check(), Err(CheckConsentError::SignedInFuture));
    }

    #[test]
    fn a_withdrawal_says_no_and_a_correction_names_its_event() {
        let withdraw = |event: &mut ConsentEvent| event.kind = ConsentKind::Withdrawn;
        assert_eq!(refused(withdraw), CheckConsentError::YesInWithdrawal);
        let mut event = paper();
        withdraw(&mut event);
        event.answers = Answers::default().with(ConsentPurpose::CompanyUse, Answer::No);
        (event.document, event.witness) = (None, None);
        assert_eq!(event.check(), Ok(()));
        assert_eq!(
            refused(|event| event.kind = ConsentKind::Corrected),
            CheckConsentError::Supersedes
        );
        let other = Some(ConsentEventId(Uuid::from_u128(9)));
        assert_eq!(refused(|event| event.supersedes = other), CheckConsentError::Supersedes);
    }

    #[test]
    fn an_event_survives_json() {
        let event = paper();
        let text = serde_json::to_string(&event).unwrap();
        assert!(text.contains("\"company-use\":\"yes\""), "{text}");
        assert_eq!(serde_json::from_str::<ConsentEvent>(&text).unwrap(), event);
    }
}
