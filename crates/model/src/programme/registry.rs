//! The whole registry in memory, and what is asked of it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};
use serde::{Serialize, de::DeserializeOwned};

use super::{
    Application, ApplicationId, Designation, DesignationHistory, DesignationKind, Hospital,
    Laboratory, LinkHistory, PanelProduct, Prefecture, RequirementChecklist, Standing,
};
use crate::{organisation::OrganisationCode, text::Language};

/// Longest code of a hospital, laboratory or panel. Units: characters.
pub const CODE_MAX_CHARS: usize = 40;
/// Longest name. Units: characters.
pub const NAME_MAX_CHARS: usize = 200;

/// A kind of document of the registry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DocumentKind {
    /// [`Hospital`].
    Hospital,
    /// [`DesignationHistory`].
    Designation,
    /// [`LinkHistory`].
    Link,
    /// [`RequirementChecklist`].
    Requirement,
    /// [`Application`].
    Application,
    /// [`Laboratory`].
    Laboratory,
    /// [`PanelProduct`].
    PanelProduct,
}

impl DocumentKind {
    /// Every kind, in the order in which they refer to one another.
    pub const ALL: [Self; 7] = [
        Self::Hospital,
        Self::Designation,
        Self::Link,
        Self::Requirement,
        Self::Application,
        Self::Laboratory,
        Self::PanelProduct,
    ];

    /// Returns the word of the record.
    pub fn word(self) -> &'static str {
        match self {
            Self::Hospital => "hospital",
            Self::Designation => "designation",
            Self::Link => "link",
            Self::Requirement => "requirement",
            Self::Application => "application",
            Self::Laboratory => "laboratory",
            Self::PanelProduct => "panel_product",
        }
    }
}

/// A document that the registry keeps: each change is a new revision of the whole of it.
pub trait RegistryDocument: Serialize + DeserializeOwned + PartialEq {
    /// Its kind.
    const KIND: DocumentKind;

    /// Returns what it is kept under; unique among its kind.
    fn key(&self) -> String;

    /// Returns whether it keeps the rules of its kind, by itself.
    fn is_sound(&self) -> bool;
}

/// Returns whether a code can be part of an address and of a table.
pub fn is_sound_code(code: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    !code.is_empty()
        && code.chars().count() <= CODE_MAX_CHARS
        && code.chars().all(plain)
        && code.starts_with(|c: char| c.is_ascii_alphanumeric())
}

fn is_sound_name(name: &str) -> bool {
    !name.trim().is_empty() && name.chars().count() <= NAME_MAX_CHARS
}

macro_rules! document {
    ($name:ident, $kind:ident, |$self:ident| $key:expr, $sound:expr) => {
        impl RegistryDocument for $name {
            const KIND: DocumentKind = DocumentKind::$kind;

            fn key(&$self) -> String {
                $key
            }

            fn is_sound(&$self) -> bool {
                $sound
            }
        }
    };
}

document!(
    Hospital,
    Hospital,
    |self| self.code.to_string(),
    is_sound_code(self.code.as_str()) && is_sound_name(&self.name.ja)
);
document!(
    DesignationHistory,
    Designation,
    |self| self.hospital.to_string(),
    DesignationHistory::is_sound(self)
);
document!(
    LinkHistory,
    Link,
    |self| self.hospital.to_string(),
    self.links.iter().all(|link| link.period.is_sound() && link.to != self.hospital)
);
document!(RequirementChecklist, Requirement, |self| self.hospital.to_string(), true);
document!(Application, Application, |self| self.id.to_string(), Application::is_sound(self));
document!(
    Laboratory,
    Laboratory,
    |self| self.code.to_string(),
    is_sound_code(self.code.as_str())
        && is_sound_name(&self.name.ja)
        && self.papers.iter().all(|paper| paper.period.is_sound())
);
document!(
    PanelProduct,
    PanelProduct,
    |self| self.code.clone(),
    is_sound_code(&self.code) && is_sound_name(&self.name.ja) && PanelProduct::is_sound(self)
);

/// Everything that the registry says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Registry {
    /// Hospitals, by code.
    pub hospitals: BTreeMap<OrganisationCode, Hospital>,
    /// What they were and are.
    pub designations: BTreeMap<OrganisationCode, DesignationHistory>,
    /// Whom partners are linked to.
    pub links: BTreeMap<OrganisationCode, LinkHistory>,
    /// Checklists.
    pub requirements: BTreeMap<OrganisationCode, RequirementChecklist>,
    /// Applications.
    pub applications: BTreeMap<ApplicationId, Application>,
    /// Laboratories.
    pub laboratories: BTreeMap<OrganisationCode, Laboratory>,
    /// Panels, by code.
    pub panels: BTreeMap<String, PanelProduct>,
}

/// What is looked for among hospitals; nothing chosen finds all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HospitalFilter {
    /// Words that the name, the code or the prefecture hold, all of them.
    pub text: String,
    /// Prefecture.
    pub prefecture: Option<Prefecture>,
    /// Kind on the day.
    pub kind: Option<DesignationKind>,
}

/// Something in the registry that refers to what is not there, or breaks a rule.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RegistryFlaw {
    /// A document is of a hospital that is not in the registry.
    HospitalAbsent {
        /// Which kind of document.
        kind: &'static str,
        /// The hospital's code.
        hospital: OrganisationCode,
    },
    /// A document breaks the rules of its kind.
    Unsound {
        /// Which kind of document.
        kind: &'static str,
        /// Its key.
        key: String,
    },
}

impl Registry {
    /// Returns a hospital's name in a language; `None` for a code that the registry does not know.
    pub fn hospital_name(&self, code: &str, language: Language) -> Option<&str> {
        self.hospitals.get(&OrganisationCode::new(code)).map(|hospital| hospital.name(language))
    }

    /// Returns what a hospital is on a day. A hospital that the registry does not know is unknown.
    pub fn standing(&self, hospital: &OrganisationCode, day: NaiveDate) -> Standing<'_> {
        match self.designations.get(hospital) {
            Some(history) => history.on(day),
            None if self.hospitals.contains_key(hospital) => Standing::NotDesignated,
            None => Standing::Unknown,
        }
    }

    /// Returns the core and hub hospitals that a partner is linked to on a day.
    pub fn linked_hospitals(
        &self,
        partner: &OrganisationCode,
        day: NaiveDate,
    ) -> Vec<OrganisationCode> {
        let links = self.links.get(partner);
        links.map(|links| links.on(day).cloned().collect()).unwrap_or_default()
    }

    /// Returns the partners that are linked to a hospital on a day.
    pub fn partners_of(
        &self,
        hospital: &OrganisationCode,
        day: NaiveDate,
    ) -> Vec<&OrganisationCode> {
        let partners = self.links.values().filter(|links| links.on(day).any(|to| to == hospital));
        partners.map(|links| &links.hospital).collect()
    }

    /// Returns how many hospitals of each kind there are on a day.
    pub fn counts(&self, day: NaiveDate) -> BTreeMap<DesignationKind, usize> {
        let mut counts = BTreeMap::new();
        for code in self.hospitals.keys() {
            if let Some(kind) = self.standing(code, day).kind() {
                *counts.entry(kind).or_default() += 1;
            }
        }
        counts
    }

    /// Returns how many hospitals of the programme each prefecture has on a day; all 47 are there.
    pub fn coverage(&self, day: NaiveDate) -> BTreeMap<Prefecture, usize> {
        let mut coverage: BTreeMap<_, _> = Prefecture::all().map(|each| (each, 0)).collect();
        for hospital in self.hospitals.values() {
            let kind = self.standing(&hospital.code, day).kind();
            if let Some(prefecture) = hospital.prefecture
                && kind.is_some_and(DesignationKind::is_of_programme)
            {
                *coverage.entry(prefecture).or_default() += 1;
            }
        }
        coverage
    }

    /// Returns the hospitals that a filter finds on a day, by prefecture, kind and code.
    pub fn search(&self, filter: &HospitalFilter, day: NaiveDate) -> Vec<&Hospital> {
        let words: Vec<String> = filter.text.split_whitespace().map(str::to_lowercase).collect();
        let mut found: Vec<_> = self
            .hospitals
            .values()
            .filter(|hospital| {
                filter.prefecture.is_none_or(|wanted| hospital.prefecture == Some(wanted))
            })
            .filter(|hospital| says_all(hospital, &words))
            .map(|hospital| (self.standing(&hospital.code, day).kind(), hospital))
            .filter(|(kind, _)| filter.kind.is_none_or(|wanted| *kind == Some(wanted)))
            .collect();
        let rank = |kind: Option<DesignationKind>| {
            DesignationKind::ALL.into_iter().position(|each| Some(each) == kind).unwrap_or(99)
        };
        found.sort_by_key(|(kind, hospital)| {
            (hospital.prefecture.map_or(99, Prefecture::number), rank(*kind), &hospital.code)
        });
        found.into_iter().map(|(_, hospital)| hospital).collect()
    }

    /// Returns the designations that end from a day on within so many days, the next first.
    pub fn expiring(
        &self,
        day: NaiveDate,
        within_days: u64,
    ) -> Vec<(&OrganisationCode, &Designation, NaiveDate)> {
        let last = day.checked_add_days(Days::new(within_days)).unwrap_or(NaiveDate::MAX);
        let mut expiring: Vec<_> = self
            .designations
            .values()
            .filter_map(|history| {
                let Standing::Designated(designation) = history.on(day) else { return None };
                let until = designation.period.until.filter(|until| *until <= last)?;
                // One that is followed by the next without a gap does not expire.
                let followed = until
                    .succ_opt()
                    .is_some_and(|next| matches!(history.on(next), Standing::Designated(_)));
                (!followed).then_some((&history.hospital, designation, until))
            })
            .collect();
        expiring.sort_by_key(|(hospital, _, until)| (*until, *hospital));
        expiring
    }

    /// Returns what breaks the rules of the registry.
    pub fn flaws(&self) -> BTreeSet<RegistryFlaw> {
        let mut flaws = BTreeSet::new();
        let mut look = |kind: DocumentKind, key: String, sound: bool| {
            if !sound {
                flaws.insert(RegistryFlaw::Unsound { kind: kind.word(), key });
            }
        };
        macro_rules! look_at {
            ($($map:ident),*) => {
                $(for (key, document) in &self.$map {
                    let (key, own_key) = (key.to_string(), document.key());
                    let sound = key == own_key && document.is_sound();
                    look(kind_of(document), key, sound);
                })*
            };
        }
        look_at!(hospitals, designations, links, requirements, applications, laboratories, panels);
        let mut refers = |kind: DocumentKind, hospital: &OrganisationCode| {
            if !self.hospitals.contains_key(hospital) {
                let hospital = hospital.clone();
                flaws.insert(RegistryFlaw::HospitalAbsent { kind: kind.word(), hospital });
            }
        };
        self.designations.keys().for_each(|code| refers(DocumentKind::Designation, code));
        self.requirements.keys().for_each(|code| refers(DocumentKind::Requirement, code));
        for links in self.links.values() {
            refers(DocumentKind::Link, &links.hospital);
            links.links.iter().for_each(|link| refers(DocumentKind::Link, &link.to));
        }
        for application in self.applications.values() {
            refers(DocumentKind::Application, &application.hospital);
        }
        flaws
    }
}

fn kind_of<D: RegistryDocument>(_: &D) -> DocumentKind {
    D::KIND
}

fn says_all(hospital: &Hospital, words: &[String]) -> bool {
    let prefecture = hospital.prefecture.map(Prefecture::name);
    let said = [
        hospital.name.ja.as_ref(),
        hospital.name.en.as_ref(),
        hospital.code.as_str(),
        prefecture.map_or("", |name| name.ja.as_ref()),
        prefecture.map_or("", |name| name.en.as_ref()),
    ]
    .join("\n")
    .to_lowercase();
    words.iter().all(|word| said.contains(word.as_str()))
}
