//! What a hospital is to the programme, and since when.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::Period;
use crate::organisation::OrganisationCode;

/// What a hospital is to the programme.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum DesignationKind {
    /// Core hospital (がんゲノム医療中核拠点病院).
    Core,
    /// Hub hospital (がんゲノム医療拠点病院).
    Hub,
    /// Partner that may hold its own expert panel, on its own cases only.
    PanelPartner,
    /// Partner hospital (がんゲノム医療連携病院).
    Partner,
    /// Designated cancer care hospital (がん診療連携拠点病院等): outside the programme, refers patients.
    CancerCare,
    /// Designated, but the source does not say as what.
    Unknown,
}

impl DesignationKind {
    /// Every kind, in the order in which lists show them.
    pub const ALL: [Self; 6] =
        [Self::Core, Self::Hub, Self::PanelPartner, Self::Partner, Self::CancerCare, Self::Unknown];

    /// Returns the word of tables and addresses.
    pub fn word(self) -> &'static str {
        match self {
            Self::Core => "core",
            Self::Hub => "hub",
            Self::PanelPartner => "panel_partner",
            Self::Partner => "partner",
            Self::CancerCare => "cancer_care",
            Self::Unknown => "unknown",
        }
    }

    /// Reads the word of tables and addresses.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// Returns whether it is one of the two kinds of partner.
    pub fn is_partner(self) -> bool {
        matches!(self, Self::PanelPartner | Self::Partner)
    }

    /// Returns whether patients can have a panel test there.
    pub fn is_of_programme(self) -> bool {
        self != Self::CancerCare
    }
}

/// One stretch of time in which a hospital was one thing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Designation {
    /// As what.
    pub kind: DesignationKind,
    /// When.
    pub period: Period,
    /// Whether the first day is the day it began; otherwise it is a day on which a source says that it
    /// was so, and it may have begun before.
    #[serde(default)]
    pub seen_only: bool,
    /// Where it comes from: a list, a notice, an application.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

/// What is known of a hospital on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing<'a> {
    /// It is designated.
    Designated(&'a Designation),
    /// It is not.
    NotDesignated,
    /// The record does not say.
    Unknown,
}

impl Standing<'_> {
    /// Returns as what it is designated.
    pub fn kind(&self) -> Option<DesignationKind> {
        match self {
            Self::Designated(designation) => Some(designation.kind),
            Self::NotDesignated | Self::Unknown => None,
        }
    }
}

/// Why a history does not take a designation.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReviseDesignationError {
    /// It ends before it begins.
    #[error("the period ends before it begins")]
    Backwards,
    /// Another designation holds on some of its days.
    #[error("the period overlaps the one from {0}")]
    Overlaps(NaiveDate),
    /// There is none from that day.
    #[error("no designation begins on {0}")]
    Absent(NaiveDate),
}

/// Everything that a hospital was, in order. The periods never overlap.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DesignationHistory {
    /// The hospital.
    pub hospital: OrganisationCode,
    /// Its designations, oldest first. Changed by [`Self::put`] and [`Self::end`].
    pub designations: Vec<Designation>,
}

impl DesignationHistory {
    /// Makes a history without designations.
    pub fn new(hospital: OrganisationCode) -> Self {
        Self { hospital, designations: Vec::new() }
    }

    /// Adds a designation; one from the same day is a correction and replaces it.
    ///
    /// Errors: the period runs backwards, or overlaps another; then nothing is changed.
    pub fn put(&mut self, designation: Designation) -> Result<(), ReviseDesignationError> {
        if !designation.period.is_sound() {
            return Err(ReviseDesignationError::Backwards);
        }
        let from = designation.period.from;
        let others = || self.designations.iter().filter(|other| other.period.from != from);
        if let Some(other) = others().find(|other| other.period.overlaps(&designation.period)) {
            return Err(ReviseDesignationError::Overlaps(other.period.from));
        }
        self.designations.retain(|other| other.period.from != from);
        self.designations.push(designation);
        self.designations.sort_by_key(|designation| designation.period.from);
        Ok(())
    }

    /// Follows one designation by another: the one in force is ended on the day before.
    ///
    /// Errors: as [`Self::put`]; then nothing is changed.
    pub fn follow(&mut self, designation: Designation) -> Result<(), ReviseDesignationError> {
        let from = designation.period.from;
        let mut followed = self.clone();
        for other in &mut followed.designations {
            if other.period.from < from && other.period.holds(from) {
                other.period.until = from.pred_opt();
            }
        }
        followed.put(designation)?;
        *self = followed;
        Ok(())
    }

    /// Sets the last day of the designation that begins on a day.
    ///
    /// Errors: there is none, or it would overlap another or run backwards; then nothing is changed.
    pub fn end(&mut self, from: NaiveDate, until: NaiveDate) -> Result<(), ReviseDesignationError> {
        let found = self.designations.iter().find(|other| other.period.from == from);
        let mut ended = found.ok_or(ReviseDesignationError::Absent(from))?.clone();
        ended.period.until = Some(until);
        self.put(ended)
    }

    /// Returns whether every period is sound, in order and apart from the others.
    pub fn is_sound(&self) -> bool {
        let mut rebuilt = Self::new(self.hospital.clone());
        let all_put =
            self.designations.iter().all(|designation| rebuilt.put(designation.clone()).is_ok());
        all_put && rebuilt == *self
    }

    /// Returns what is known of a day.
    ///
    /// A day before a designation of which only a later day was seen is unknown, not undesignated.
    pub fn on(&self, day: NaiveDate) -> Standing<'_> {
        let in_force = self.designations.iter().find(|each| each.period.holds(day));
        if let Some(designation) = in_force {
            return Standing::Designated(designation);
        }
        let next = self.designations.iter().find(|each| each.period.from > day);
        if next.is_some_and(|next| next.seen_only) {
            Standing::Unknown
        } else {
            Standing::NotDesignated
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn designation(kind: DesignationKind, from: &str, until: Option<&str>) -> Designation {
        let period = Period { from: day(from), until: until.map(day) };
        Designation { kind, period, seen_only: false, source: None }
    }

    fn history() -> DesignationHistory {
        DesignationHistory::new(OrganisationCode::new("H1"))
    }

    #[test]
    fn periods_stay_apart() {
        let mut history = history();
        history
            .put(designation(DesignationKind::Partner, "2020-01-01", Some("2020-12-31")))
            .unwrap();
        let overlapping = designation(DesignationKind::Hub, "2020-12-31", None);
        let refused = history.put(overlapping).unwrap_err();
        assert_eq!(refused, ReviseDesignationError::Overlaps(day("2020-01-01")));
        history.put(designation(DesignationKind::Hub, "2021-01-01", None)).unwrap();
        assert_eq!(history.on(day("2020-12-31")).kind(), Some(DesignationKind::Partner));
        assert_eq!(history.on(day("2030-01-01")).kind(), Some(DesignationKind::Hub));
        assert_eq!(history.on(day("2019-12-31")), Standing::NotDesignated);
        assert!(history.is_sound());
    }

    #[test]
    fn a_correction_replaces_and_an_end_ends() {
        let mut history = history();
        history.put(designation(DesignationKind::Hub, "2020-01-01", None)).unwrap();
        history.put(designation(DesignationKind::Core, "2020-01-01", None)).unwrap();
        assert_eq!(history.designations.len(), 1);
        history.end(day("2020-01-01"), day("2020-06-30")).unwrap();
        assert_eq!(history.on(day("2020-07-01")), Standing::NotDesignated);
        assert!(history.end(day("2020-01-01"), day("2019-01-01")).is_err());
        assert!(history.end(day("1999-01-01"), day("2019-01-01")).is_err());
    }

    #[test]
    fn a_renewal_follows_what_was_in_force() {
        let mut history = history();
        history.put(designation(DesignationKind::Partner, "2020-01-01", None)).unwrap();
        history.follow(designation(DesignationKind::PanelPartner, "2023-04-01", None)).unwrap();
        assert_eq!(history.on(day("2023-03-31")).kind(), Some(DesignationKind::Partner));
        assert_eq!(history.on(day("2023-04-01")).kind(), Some(DesignationKind::PanelPartner));
    }

    #[test]
    fn before_a_day_on_which_it_was_seen_nothing_is_known() {
        let mut history = history();
        let mut seen = designation(DesignationKind::Hub, "2025-06-01", None);
        seen.seen_only = true;
        history.put(seen).unwrap();
        assert_eq!(history.on(day("2024-01-01")), Standing::Unknown);
    }
}
