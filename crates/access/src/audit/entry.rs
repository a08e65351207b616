//! One entry, and the bytes that stand for it in the tree.
//!
//! # Canonical bytes, version 1
//!
//! UTF-8 JSON: one object without white space, its members in the order of [`Entry`]'s fields and left out
//! where there is nothing to say; the first is `"v":1`. Moments are RFC 3339 in UTC with three digits of a
//! second (`2026-11-26T09:00:00.123Z`), identifiers are lower-case UUIDs. In strings `"` and `\` are escaped with
//! `\`, control characters as `\b \t \n \f \r` or `\u00xx`; everything else stands for itself.
//!
//! The bytes are made once, when the entry is appended, and kept as they are: verifying hashes what was kept
//! and never writes an entry anew, so a later version can add members without touching what is there.

use chrono::{DateTime, Utc};
use model::{
    identity::{CaseId, PersonId},
    organisation::OrganisationCode,
};
use serde::{Deserialize, Serialize};

use super::moment;
use crate::{actor::Actor, permit::Permit};

/// Version of the canonical bytes that this program writes.
const VERSION: u8 = 1;
/// Longest text of one member; a longer one is cut. Units: characters.
const TEXT_MAX_CHARS: usize = 1_000;
/// Most items that one entry names; more are only counted.
const ITEMS_MAX: usize = 400;

/// How it ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It was done.
    #[default]
    Done,
    /// It was refused.
    Refused,
}

impl Outcome {
    /// Returns the word that the record uses.
    pub fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Refused => "refused",
        }
    }
}

/// What is written down of one act.
///
/// No text of it names a patient: a case stands by its identifier.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    #[serde(rename = "v")]
    version: u8,
    /// When, as the clock of the machine told. Units: milliseconds.
    #[serde(with = "moment")]
    pub at: DateTime<Utc>,
    /// How far the clock stood behind the entry before, where it had stepped back. Units: milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skew_ms: Option<i64>,
    /// Who; none where the system itself acts or nobody is known yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonId>,
    /// The name of who acts as it was then; of a part of the system where no person acts.
    pub name: String,
    /// The organisation for which the person acts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation: Option<OrganisationCode>,
    /// The role's code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// The code of an [`Action`](crate::Action) or a [`Deed`](super::Deed).
    pub action: String,
    /// The purpose's code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// How it ended.
    pub outcome: Outcome,
    /// The case that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<CaseId>,
    /// The hospital of the case, or another organisation that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hospital: Option<OrganisationCode>,
    /// What kind of thing it is about, such as `report`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The thing's identifier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Which items were read or changed, by code.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<String>,
    /// What else matters, such as the reason given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The address from which the request came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// The request, as the server's own log names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
}

/// Why kept bytes are no entry.
#[derive(Debug, thiserror::Error)]
pub enum ReadEntryError {
    /// They are not JSON of an entry's form.
    #[error("could not read an audit entry")]
    Form(#[source] serde_json::Error),
    /// They are of a version that this program does not know.
    #[error("the audit entry is of version {0}, which this program does not know")]
    Version(u8),
}

impl Entry {
    /// Makes an entry of an act of the system itself, such as the start of the server.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "words of closed lists and texts are given alike"
    )]
    pub fn by_system(at: DateTime<Utc>, part: &str, action: impl ToString) -> Self {
        Self {
            version: VERSION,
            at: moment::to_milliseconds(at),
            skew_ms: None,
            person: None,
            name: cut(part),
            organisation: None,
            role: None,
            action: cut(&action.to_string()),
            purpose: None,
            outcome: Outcome::Done,
            case: None,
            hospital: None,
            kind: None,
            id: None,
            items: Vec::new(),
            detail: None,
            address: None,
            request: None,
        }
    }

    /// Makes an entry of a person's act that needs no right, such as signing in, or that was refused.
    pub fn by_person(at: DateTime<Utc>, actor: &Actor, action: impl ToString) -> Self {
        let day = at.date_naive();
        let first = actor.memberships_on(day).next();
        Self {
            person: Some(actor.person),
            organisation: first.map(|membership| membership.organisation.clone()),
            role: first.map(|membership| membership.role.code().to_owned()),
            ..Self::by_system(at, &actor.name, action)
        }
    }

    /// Makes an entry of what a permit allows.
    pub fn permitted(at: DateTime<Utc>, actor: &Actor, permit: &Permit) -> Self {
        Self {
            person: Some(permit.person()),
            organisation: Some(permit.organisation().clone()),
            role: Some(permit.role().code().to_owned()),
            purpose: Some(permit.purpose().code().to_owned()),
            case: permit.case(),
            ..Self::by_system(at, &actor.name, permit.action())
        }
    }

    /// Says for which purpose.
    #[must_use]
    #[expect(
        clippy::needless_pass_by_value,
        reason = "words of closed lists and texts are given alike"
    )]
    pub fn for_purpose(self, purpose: impl ToString) -> Self {
        Self { purpose: Some(cut(&purpose.to_string())), ..self }
    }

    /// Says which case it is about, and of which hospital.
    #[must_use]
    pub fn on_case(self, case: CaseId, hospital: Option<OrganisationCode>) -> Self {
        Self { case: Some(case), hospital, ..self }
    }

    /// Says which organisation it is about.
    #[must_use]
    pub fn on_organisation(self, organisation: OrganisationCode) -> Self {
        Self { hospital: Some(organisation), ..self }
    }

    /// Says what else it is about.
    #[must_use]
    #[expect(
        clippy::needless_pass_by_value,
        reason = "words of closed lists and texts are given alike"
    )]
    pub fn about(self, kind: &str, id: impl ToString) -> Self {
        Self { kind: Some(cut(kind)), id: Some(cut(&id.to_string())), ..self }
    }

    /// Says which items were read or changed; beyond a limit they are only counted.
    #[must_use]
    pub fn with_items<T: AsRef<str>>(self, items: impl IntoIterator<Item = T>) -> Self {
        let mut items = items.into_iter();
        let mut kept: Vec<String> =
            items.by_ref().take(ITEMS_MAX).map(|item| cut(item.as_ref())).collect();
        let more = items.count();
        if more > 0 {
            kept.push(format!("+{more}"));
        }
        Self { items: kept, ..self }
    }

    /// Says that it was refused.
    #[must_use]
    pub fn refused(self) -> Self {
        Self { outcome: Outcome::Refused, ..self }
    }

    /// Says what else matters; nothing, where the text is empty.
    #[must_use]
    pub fn with_detail(self, detail: &str) -> Self {
        Self { detail: Some(cut(detail)).filter(|detail| !detail.is_empty()), ..self }
    }

    /// Says where the request came from and how the server's log names it.
    #[must_use]
    pub fn from_request(self, address: Option<&str>, request: Option<&str>) -> Self {
        Self { address: address.map(cut), request: request.map(cut), ..self }
    }

    /// Returns the canonical bytes, as text.
    ///
    /// Errors: none that an entry can cause; the writer's own are passed on.
    pub fn to_canonical(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(self)
    }

    /// Reads kept bytes.
    ///
    /// Errors: they are no entry, or of a version that this program does not know.
    pub fn of_canonical(bytes: &[u8]) -> Result<Self, ReadEntryError> {
        let entry: Self = serde_json::from_slice(bytes).map_err(ReadEntryError::Form)?;
        if entry.version == VERSION {
            Ok(entry)
        } else {
            Err(ReadEntryError::Version(entry.version))
        }
    }

    /// Returns what a place of keeping repeats of the entry, to search by.
    pub fn index(&self) -> Index<'_> {
        Index {
            at_ms: self.at.timestamp_millis(),
            person: self.person,
            name: &self.name,
            organisation: self.organisation.as_ref().map(OrganisationCode::as_str),
            hospital: self.hospital.as_ref().map(OrganisationCode::as_str),
            case: self.case,
            action: &self.action,
            outcome: self.outcome.word(),
        }
    }
}

/// What a place of keeping repeats of an entry, to search by; verifying compares it with the entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Index<'a> {
    /// When. Units: milliseconds since 1970.
    pub at_ms: i64,
    /// Who.
    pub person: Option<PersonId>,
    /// Name.
    pub name: &'a str,
    /// For which organisation.
    pub organisation: Option<&'a str>,
    /// Hospital of the case.
    pub hospital: Option<&'a str>,
    /// The case.
    pub case: Option<CaseId>,
    /// What.
    pub action: &'a str,
    /// How it ended.
    pub outcome: &'a str,
}

/// Cuts a text to the limit. NUL goes, because not every place of keeping takes it.
fn cut(text: &str) -> String {
    let mut chars = text.chars().filter(|c| *c != '\0');
    let mut kept: String = chars.by_ref().take(TEXT_MAX_CHARS).collect();
    if chars.next().is_some() {
        kept.push('…');
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn at() -> DateTime<Utc> {
        DateTime::from_timestamp(1_780_000_000, 123_456_789).unwrap()
    }

    #[test]
    fn canonical_bytes_are_these() {
        let entry = Entry::by_system(at(), "server", "read-case")
            .for_purpose("care")
            .on_case(CaseId(Uuid::from_u128(7)), Some(OrganisationCode::new("H-1")))
            .about("report", 5)
            .with_items(["a\"b", "改行\n"])
            .refused();
        assert_eq!(
            entry.to_canonical().unwrap(),
            concat!(
                r#"{"v":1,"at":"2026-05-28T20:26:40.123Z","name":"server","action":"read-case","purpose":"care","#,
                r#""outcome":"refused","case":"00000000-0000-0000-0000-000000000007","hospital":"H-1","#,
                r#""kind":"report","id":"5","items":["a\"b","改行\n"]}"#
            )
        );
    }

    #[test]
    fn what_is_written_is_read() {
        let mut entry = Entry::by_system(at(), "a\u{1}b", "sign-in").with_detail("理由");
        entry.skew_ms = Some(12);
        let bytes = entry.to_canonical().unwrap();
        assert_eq!(Entry::of_canonical(bytes.as_bytes()).unwrap(), entry);
    }

    #[test]
    fn other_bytes_are_refused() {
        let bytes = Entry::by_system(at(), "x", "y").to_canonical().unwrap();
        let later = bytes.replace("\"v\":1", "\"v\":2");
        let refused = Entry::of_canonical(later.as_bytes());
        assert!(matches!(refused, Err(ReadEntryError::Version(2))), "{refused:?}");
        for wrong in ["", "{}", "[]", &bytes.replace("\"name\"", "\"nama\"")] {
            let refused = Entry::of_canonical(wrong.as_bytes());
            assert!(matches!(refused, Err(ReadEntryError::Form(_))), "{wrong}");
        }
    }

    #[test]
    fn texts_and_items_have_limits() {
        let entry = Entry::by_system(at(), "x", "y")
            .with_detail(&"長\0".repeat(2_000))
            .with_items((0..500).map(|n| n.to_string()));
        assert_eq!(entry.detail.unwrap().chars().count(), TEXT_MAX_CHARS + 1);
        assert_eq!(entry.items.len(), ITEMS_MAX + 1);
        assert_eq!(entry.items.last().unwrap(), "+100");
    }
}
