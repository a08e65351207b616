//! A research project: what the data-use review permitted, to whom, for what and until when.
//!
//! A permission is a list of bounds, and whatever it does not name is not permitted. Each change makes a new revision; earlier
//! ones stay.

use std::{collections::BTreeSet, fmt, str::FromStr};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::{
    consent::{DataUse, consent_words},
    identity::{PersonId, ProjectId},
    organisation::OrganisationCode,
    problem::{Place, Problem},
    text::LocalizedText,
};

/// Counts below this are hidden where a project does not say otherwise. Source: ours, not official.
pub const THRESHOLD: u32 = 10;
/// The least and the most below which counts may be hidden.
pub const THRESHOLDS: std::ops::RangeInclusive<u32> = 2..=1_000;
/// Longest title, purpose or population. Units: characters.
pub const TEXT_MAX_CHARS: usize = 2_000;
/// Most people of a project.
pub const MEMBERS_MAX: usize = 200;
/// Longest number. Units: characters.
const NUMBER_MAX_CHARS: usize = 24;

consent_words! {
    /// What a project may be given.
    pub enum ProjectService as "service of a project" {
        /// Counts, of which small ones are hidden.
        Counts = "counts", "件数", "Counts";
        /// A list of de-identified cases, one line each.
        List = "list", "症例の一覧", "List of cases";
        /// De-identified cases with their alterations and therapies.
        Records = "records", "症例の内容", "Records of cases";
        /// What may be seen, as a file.
        Download = "download", "ファイル", "Downloads";
    }
}

consent_words! {
    /// Where a project stands on a day.
    pub enum ProjectState as "state of a project" {
        /// Its permission has not begun.
        Future = "future", "開始前", "Not begun";
        /// It is permitted.
        Current = "current", "許可中", "Permitted";
        /// Its permission ended.
        Over = "over", "終了", "Ended";
        /// It was stopped before its end.
        Stopped = "stopped", "停止", "Stopped";
    }
}

/// The number by which people call a project, such as `R2026-001`.
///
/// Shape: at most 24 letters, digits and hyphens of ASCII, in capitals.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ProjectNumber(String);

/// Why a text is no number of a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a project's number has at most {NUMBER_MAX_CHARS} letters, digits and hyphens")]
pub struct ReadProjectNumberError;

impl ProjectNumber {
    /// Returns the number as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ProjectNumber {
    type Err = ReadProjectNumberError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
        let fits = (1..=NUMBER_MAX_CHARS).contains(&text.len()) && text.chars().all(is_plain);
        let begins = text.starts_with(|c: char| c.is_ascii_alphanumeric());
        (fits && begins).then(|| Self(text.to_ascii_uppercase())).ok_or(ReadProjectNumberError)
    }
}

impl TryFrom<String> for ProjectNumber {
    type Error = ReadProjectNumberError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<ProjectNumber> for String {
    fn from(number: ProjectNumber) -> Self {
        number.0
    }
}

impl fmt::Display for ProjectNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What was permitted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ResearchProject {
    /// The project.
    pub id: ProjectId,
    /// Number.
    pub number: ProjectNumber,
    /// Title.
    pub title: String,
    /// For what the data are used, as patients read it.
    pub purpose: String,
    /// Whose project it is.
    pub organisation: OrganisationCode,
    /// The uses for which the data are needed: a patient must allow every one.
    pub uses: BTreeSet<DataUse>,
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub until: NaiveDate,
    /// Day from which it is stopped, before its end.
    pub stopped: Option<NaiveDate>,
    /// Codes of the items that may be asked for and seen, with `alteration`, `therapy` and `event`.
    pub items: BTreeSet<String>,
    /// Query that bounds whose data may be used; empty bounds nothing.
    pub population: String,
    /// What it is given.
    pub services: BTreeSet<ProjectService>,
    /// Counts above 0 and below this are hidden.
    pub threshold: u32,
    /// The people who may use it.
    pub members: Vec<PersonId>,
}

impl ResearchProject {
    /// Returns where the project stands on a day.
    pub fn state_on(&self, day: NaiveDate) -> ProjectState {
        match self.stopped {
            Some(stopped) if stopped <= day => ProjectState::Stopped,
            _ if day < self.from => ProjectState::Future,
            _ if self.until < day => ProjectState::Over,
            _ => ProjectState::Current,
        }
    }

    /// Returns whether a person may use it on a day.
    pub fn admits(&self, person: PersonId, day: NaiveDate) -> bool {
        self.state_on(day) == ProjectState::Current && self.members.contains(&person)
    }

    /// Returns whether it is given a service.
    pub fn has(&self, service: ProjectService) -> bool {
        self.services.contains(&service)
    }

    /// Returns whether an item, or `alteration`, `therapy` or `event`, may be asked for and seen.
    pub fn may_see(&self, item: &str) -> bool {
        self.items.contains(item)
    }

    /// Returns everything for which the permission cannot be kept; the pointer names the field.
    ///
    /// Not here: whether the population is a query, which only who knows the cases can say.
    pub fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut refuse = |wrong: bool, field: &str, (ja, en): (&str, &str)| {
            if wrong {
                problems.push(problem(field, ja, en));
            }
        };
        let is_text = |text: &str| {
            !text.trim().is_empty()
                && text.chars().count() <= TEXT_MAX_CHARS
                && !text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
        };
        let text =
            ("1文字以上2,000文字以内で入力してください。", "Enter between 1 and 2,000 characters.");
        refuse(!is_text(&self.title), "title", text);
        refuse(!is_text(&self.purpose), "purpose", text);
        refuse(
            !self.population.is_empty() && !is_text(&self.population),
            "population",
            ("2,000文字以内で入力してください。", "Enter at most 2,000 characters."),
        );
        refuse(
            self.until < self.from,
            "until",
            ("終了日を開始日以後にしてください。", "Let the last day not be before the first."),
        );
        refuse(
            self.uses.is_empty() || !self.uses.iter().all(|each| is_secondary(*each)),
            "uses",
            (
                "学術研究、企業の研究開発などから1つ以上選んでください。",
                "Choose at least one of academic and company research.",
            ),
        );
        refuse(
            !self.has(ProjectService::Counts),
            "services",
            ("件数は必ず含めてください。", "Counts belong to every permission."),
        );
        refuse(
            self.has(ProjectService::Records) && !self.has(ProjectService::List),
            "services",
            (
                "症例の内容には、症例の一覧も必要です。",
                "Records of cases need the list of cases too.",
            ),
        );
        refuse(
            !THRESHOLDS.contains(&self.threshold),
            "threshold",
            ("2から1,000までの数にしてください。", "Enter a number from 2 to 1,000."),
        );
        refuse(
            self.members.len() > MEMBERS_MAX,
            "members",
            ("200人以内にしてください。", "Name at most 200 people."),
        );
        problems
    }
}

/// Returns the uses of data that a project can be permitted.
pub fn secondary_uses() -> impl Iterator<Item = DataUse> {
    DataUse::ALL.iter().copied().filter(|each| is_secondary(*each))
}

fn is_secondary(data_use: DataUse) -> bool {
    use DataUse as U;
    matches!(data_use, U::Academic | U::AcademicAbroad | U::Company | U::CompanyAbroad)
}

fn problem(field: &str, ja: &str, en: &str) -> Problem {
    let message = LocalizedText::new(
        format!("利活用課題の「{field}」が使えません。"),
        format!("The project's “{field}” cannot be used."),
    );
    let place = Place::pointer(format!("/{field}"));
    let remedy = LocalizedText::new(ja.to_owned(), en.to_owned());
    Problem::error("project.field", place, message, remedy).for_data_entry()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn project() -> ResearchProject {
        ResearchProject {
            id: ProjectId(Uuid::nil()),
            number: "r2026-001".parse().unwrap(),
            title: "KRAS".to_owned(),
            purpose: "To learn.".to_owned(),
            organisation: OrganisationCode::new("UNI-1"),
            uses: BTreeSet::from([DataUse::Academic]),
            from: "2026-04-01".parse().unwrap(),
            until: "2027-03-31".parse().unwrap(),
            stopped: None,
            items: BTreeSet::from(["tumour".to_owned()]),
            population: String::new(),
            services: BTreeSet::from([ProjectService::Counts]),
            threshold: THRESHOLD,
            members: vec![PersonId(Uuid::from_u128(1))],
        }
    }

    #[test]
    fn a_project_admits_its_people_on_its_days_alone() {
        let (own, other) = (PersonId(Uuid::from_u128(1)), PersonId(Uuid::from_u128(2)));
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let mut kept = project();
        for (on, state) in [
            ("2026-03-31", ProjectState::Future),
            ("2026-04-01", ProjectState::Current),
            ("2027-03-31", ProjectState::Current),
            ("2027-04-01", ProjectState::Over),
        ] {
            assert_eq!(kept.state_on(day(on)), state);
            assert_eq!(kept.admits(own, day(on)), state == ProjectState::Current);
            assert!(!kept.admits(other, day(on)));
        }
        kept.stopped = Some(day("2026-06-01"));
        assert!(kept.admits(own, day("2026-05-31")) && !kept.admits(own, day("2026-06-01")));
    }

    #[test]
    fn a_permission_that_bounds_nothing_is_refused_field_by_field() {
        assert_eq!(project().problems(), []);
        let wrong = ResearchProject {
            title: " ".to_owned(),
            until: "2026-03-01".parse().unwrap(),
            uses: BTreeSet::from([DataUse::Recontact]),
            services: BTreeSet::from([ProjectService::Records]),
            threshold: 1,
            population: "x\u{0}".to_owned(),
            ..project()
        };
        let fields: Vec<_> =
            wrong.problems().iter().map(|each| each.place.pointer.clone()).collect();
        let expected =
            ["/title", "/population", "/until", "/uses", "/services", "/services", "/threshold"];
        assert_eq!(fields, expected);
    }

    #[test]
    fn numbers_are_plain() {
        assert_eq!(project().number.as_str(), "R2026-001");
        for wrong in ["", "-1", "a b", "課題", "../x", &"A".repeat(25)] {
            assert_eq!(wrong.parse::<ProjectNumber>(), Err(ReadProjectNumberError), "{wrong}");
        }
    }
}
