//! What the programme reached: tests by month and kind of hospital, facilities, drugs proposed and given, evidence levels,
//! prefectures.
//!
//! A test is a case whose patient allows registration, on the day of its test. What is not known of a case is counted as
//! not known. What everybody may see is [`ProgrammeStatistics::safe`].

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    str::FromStr,
};

use chrono::{Datelike, NaiveDate};
use model::{
    evidence::EvidenceLevel,
    organisation::OrganisationCode,
    programme::{DesignationKind, Prefecture, Registry},
};

use crate::cohort::{Answer, CohortCase};

mod safe;

/// Most months of a period.
pub const MONTHS_MAX: usize = 60;

/// A month. Shape in text: `2019-09`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Month {
    /// Year.
    pub year: i32,
    /// Month, 1 to 12.
    pub month: u32,
}

/// Text that is no month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a month is written as a year and a month, such as 2019-09")]
pub struct ReadMonthError;

impl Month {
    /// Returns the month of a day.
    pub fn of(day: NaiveDate) -> Self {
        Self { year: day.year(), month: day.month() }
    }

    /// Returns the month so many later.
    #[must_use]
    pub fn plus(self, months: i32) -> Self {
        let number = self.number() + months;
        Self { year: number.div_euclid(12), month: number.rem_euclid(12).unsigned_abs() + 1 }
    }

    /// Returns the first day.
    pub fn first_day(self) -> Option<NaiveDate> {
        NaiveDate::from_ymd_opt(self.year, self.month, 1)
    }

    /// Returns the last day.
    pub fn last_day(self) -> Option<NaiveDate> {
        self.plus(1).first_day()?.pred_opt()
    }

    fn number(self) -> i32 {
        self.year * 12 + self.month as i32 - 1
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

impl FromStr for Month {
    type Err = ReadMonthError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (year, month) = text.split_once('-').ok_or(ReadMonthError)?;
        let is_plain =
            |text: &str, length| text.len() == length && text.bytes().all(|b| b.is_ascii_digit());
        if !is_plain(year, 4) || !is_plain(month, 2) {
            return Err(ReadMonthError);
        }
        let read = Self {
            year: year.parse().map_err(|_| ReadMonthError)?,
            month: month.parse().map_err(|_| ReadMonthError)?,
        };
        read.first_day().map(|_| read).ok_or(ReadMonthError)
    }
}

/// What hospitals are put together as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FacilityKind {
    /// Core hospitals.
    Core,
    /// Hub hospitals.
    Hub,
    /// Partner hospitals, with or without a panel of their own.
    Partner,
    /// Everything else: not of the programme then, or not known.
    Other,
}

impl FacilityKind {
    /// Every kind, in the order of the tables.
    pub const ALL: [Self; 4] = [Self::Core, Self::Hub, Self::Partner, Self::Other];

    /// Returns the word of tables.
    pub fn word(self) -> &'static str {
        match self {
            Self::Core => "core",
            Self::Hub => "hub",
            Self::Partner => "partner",
            Self::Other => "other",
        }
    }

    fn of(kind: Option<DesignationKind>) -> Self {
        match kind {
            Some(DesignationKind::Core) => Self::Core,
            Some(DesignationKind::Hub) => Self::Hub,
            Some(DesignationKind::Partner | DesignationKind::PanelPartner) => Self::Partner,
            Some(DesignationKind::CancerCare | DesignationKind::Unknown) | None => Self::Other,
        }
    }
}

/// How far a test led.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reach {
    /// The drug that the panel proposed was given.
    Given,
    /// It was not given.
    NotGiven,
    /// A drug was proposed; whether it was given is not known.
    GivenUnknown,
    /// No drug was proposed.
    NotProposed,
    /// Whether one was proposed is not known.
    Unknown,
}

impl Reach {
    /// All of them, in the order of the tables.
    pub const ALL: [Self; 5] =
        [Self::Given, Self::NotGiven, Self::GivenUnknown, Self::NotProposed, Self::Unknown];

    /// Returns the word of tables.
    pub fn word(self) -> &'static str {
        match self {
            Self::Given => "given",
            Self::NotGiven => "not_given",
            Self::GivenUnknown => "given_unknown",
            Self::NotProposed => "not_proposed",
            Self::Unknown => "unknown",
        }
    }

    fn of(case: &CohortCase) -> Self {
        match (case.outcome.option_proposed, case.outcome.option_given) {
            (_, Some(Answer::Yes)) => Self::Given,
            (Some(Answer::Yes), Some(Answer::No)) => Self::NotGiven,
            (Some(Answer::Yes), None) => Self::GivenUnknown,
            (Some(Answer::No), _) => Self::NotProposed,
            (None, Some(Answer::No) | None) => Self::Unknown,
        }
    }
}

/// A count that may be hidden.
pub type Shown = Option<u64>;

/// The hospitals of a kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FacilityRow {
    /// The kind.
    pub kind: FacilityKind,
    /// Tests, by month.
    pub by_month: Vec<Shown>,
    /// Tests of all months.
    pub total: Shown,
    /// How far the tests led, in the order of [`Reach::ALL`].
    pub reach: [Shown; 5],
    /// Hospitals that were of the kind on the last day of the period.
    pub designated: u64,
    /// Of those, hospitals with a test in the period.
    pub with_tests: u64,
    /// Of those, hospitals at which a proposed drug was given.
    pub with_given: u64,
    /// Hospitals whose tests the row counts.
    pub hospitals: Vec<OrganisationCode>,
}

/// A prefecture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrefectureRow {
    /// The prefecture; `None` is not known.
    pub prefecture: Option<Prefecture>,
    /// How far the tests led, in the order of [`Reach::ALL`].
    pub reach: [Shown; 5],
    /// Tests.
    pub total: Shown,
}

/// What the programme reached in some months.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProgrammeStatistics {
    /// The months.
    pub months: Vec<Month>,
    /// Kinds of hospital, in the order of [`FacilityKind::ALL`].
    pub facilities: Vec<FacilityRow>,
    /// Tests of all kinds, by month.
    pub by_month: Vec<Shown>,
    /// Tests of all kinds and months.
    pub total: Shown,
    /// How far the tests led, in the order of [`Reach::ALL`].
    pub reach: [Shown; 5],
    /// Best evidence levels; `None` is none found, or no result.
    pub levels: Vec<(Option<EvidenceLevel>, Shown)>,
    /// Prefectures from north to south, then not known; those without a test too.
    pub prefectures: Vec<PrefectureRow>,
    /// Tests before the period.
    pub earlier: Shown,
    /// Cases whose day of the test is not known, which no table counts.
    pub undated: u64,
}

/// Counts while they are made.
#[derive(Default)]
struct Counting {
    by_month: BTreeMap<(FacilityKind, Month), u64>,
    reach: BTreeMap<(FacilityKind, Reach), u64>,
    levels: BTreeMap<Option<EvidenceLevel>, u64>,
    prefectures: BTreeMap<(Option<u8>, Reach), u64>,
    hospitals: BTreeMap<FacilityKind, BTreeSet<OrganisationCode>>,
    tested: BTreeSet<OrganisationCode>,
    given: BTreeSet<OrganisationCode>,
    earlier: u64,
    undated: u64,
}

impl ProgrammeStatistics {
    /// Counts cases in so many months from a first one; more than [`MONTHS_MAX`] are not counted.
    pub fn of(
        cases: impl IntoIterator<Item = CohortCase>,
        registry: &Registry,
        first: Month,
        months: usize,
    ) -> Self {
        let months: Vec<Month> =
            (0..months.clamp(1, MONTHS_MAX) as i32).map(|at| first.plus(at)).collect();
        let mut counting = Counting::default();
        for case in cases {
            counting.add(&case, registry, &months);
        }
        counting.tables(registry, months)
    }
}

impl Counting {
    fn add(&mut self, case: &CohortCase, registry: &Registry, months: &[Month]) {
        let Some(day) = case.tested.map(crate::cohort::CohortDay::date) else {
            self.undated += 1;
            return;
        };
        let month = Month::of(day);
        let [Some(first), Some(last)] = [months.first(), months.last()] else { return };
        if month < *first {
            self.earlier += 1;
        }
        if month < *first || *last < month {
            return;
        }
        let hospital = case.hospital.as_deref().map(OrganisationCode::new);
        let standing = hospital.as_ref().and_then(|code| registry.standing(code, day).kind());
        let (kind, reach) = (FacilityKind::of(standing), Reach::of(case));
        *self.by_month.entry((kind, month)).or_default() += 1;
        *self.reach.entry((kind, reach)).or_default() += 1;
        *self.levels.entry(case.level).or_default() += 1;
        *self.prefectures.entry((case.prefecture, reach)).or_default() += 1;
        if let Some(hospital) = hospital {
            if reach == Reach::Given {
                self.given.insert(hospital.clone());
            }
            self.tested.insert(hospital.clone());
            self.hospitals.entry(kind).or_default().insert(hospital);
        }
    }

    fn tables(self, registry: &Registry, months: Vec<Month>) -> ProgrammeStatistics {
        let last_day = months.last().and_then(|month| month.last_day());
        let standing = |code: &OrganisationCode| {
            FacilityKind::of(last_day.and_then(|day| registry.standing(code, day).kind()))
        };
        let of_kind = |kind: FacilityKind| -> Vec<&OrganisationCode> {
            let all = registry.hospitals.keys();
            all.filter(|code| kind != FacilityKind::Other && standing(code) == kind).collect()
        };
        let sum = |counts: &[u64]| Some(counts.iter().sum::<u64>());
        let facilities = FacilityKind::ALL.map(|kind| {
            let by_month: Vec<u64> = months
                .iter()
                .map(|month| self.by_month.get(&(kind, *month)).copied().unwrap_or(0))
                .collect();
            let reach = |reach: Reach| self.reach.get(&(kind, reach)).copied().or(Some(0));
            let designated = of_kind(kind);
            let among = |set: &BTreeSet<OrganisationCode>| {
                designated.iter().filter(|code| set.contains(**code)).count() as u64
            };
            FacilityRow {
                kind,
                total: sum(&by_month),
                by_month: by_month.into_iter().map(Some).collect(),
                reach: Reach::ALL.map(reach),
                designated: designated.len() as u64,
                with_tests: among(&self.tested),
                with_given: among(&self.given),
                hospitals: self.hospitals.get(&kind).into_iter().flatten().cloned().collect(),
            }
        });
        let column = |at: usize| {
            let counts =
                facilities.iter().filter_map(|row| row.by_month.get(at).copied().flatten());
            Some(counts.sum::<u64>())
        };
        let reach = |reach: Reach| {
            let counts = self.reach.iter().filter(|((_, each), _)| *each == reach);
            Some(counts.map(|(_, count)| count).sum::<u64>())
        };
        let by_month: Vec<Shown> = (0..months.len()).map(column).collect();
        let levels = EvidenceLevel::ALL.iter().copied().map(Some).chain([None]);
        let levels =
            levels.map(|level| (level, Some(self.levels.get(&level).copied().unwrap_or(0))));
        ProgrammeStatistics {
            total: Some(by_month.iter().flatten().sum()),
            by_month,
            reach: Reach::ALL.map(reach),
            levels: levels.collect(),
            prefectures: self.prefectures(),
            earlier: Some(self.earlier),
            undated: self.undated,
            facilities: facilities.into(),
            months,
        }
    }

    fn prefectures(&self) -> Vec<PrefectureRow> {
        let all = Prefecture::all().map(Some).chain([None]);
        let row = |prefecture: Option<Prefecture>| {
            let number = prefecture.map(Prefecture::number);
            let count = |reach| self.prefectures.get(&(number, reach)).copied().unwrap_or(0);
            let reach = Reach::ALL.map(count);
            PrefectureRow { prefecture, total: Some(reach.iter().sum()), reach: reach.map(Some) }
        };
        all.map(row).collect()
    }
}
