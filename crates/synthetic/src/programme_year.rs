//! The programme's first whole year of panel tests, September 2019 to August 2020, made to the sums that were published.
//!
//! How many tests each kind of hospital did in each month, how many hospitals did any, and how many patients at how many of them
//! were given the drug that the expert panel proposed, is as published; everything else is invented: which hospital did
//! which test, on which day, for whom.

use chrono::{Days, NaiveDate};
use model::{
    case::PatientCase,
    clinical_record::{CellAddress, ClinicalRecord},
    organisation::OrganisationCode,
    programme::{Designation, DesignationHistory, DesignationKind, Period, Registry},
    tumour::TumourTypeCode,
};

use crate::{
    Hospital, clinical::cell_of_meaning, draw::Draw, hospitals, registry::entry, tables::Tables,
};

/// Tests by kind of hospital and month. Source: the programme's published table, see docs/SOURCES.md.
const TESTS: &str = include_str!("../tables/tests_2019_2020.tsv");
/// Hospitals of each kind in that year, how many of them did a test, at how many a proposed drug was given, and to how many
/// patients, of whom the split by kind is invented.
const KINDS: [Kind; 3] = [
    Kind { word: "core", designated: 12, tested: 12, gave: 12, given: 230 },
    Kind { word: "hub", designated: 33, tested: 33, gave: 30, given: 205 },
    Kind { word: "partner", designated: 161, tested: 141, gave: 83, given: 172 },
];
/// Keeps the draws apart from those of other cases.
const SEED: u64 = 0x7965_6172;
/// One test of so many led to a proposal that was not followed.
const NOT_FOLLOWED_ONE_OF: u64 = 4;
/// First day on which a hospital is what it is.
const DESIGNATED: Option<NaiveDate> = NaiveDate::from_ymd_opt(2019, 4, 1);

struct Kind {
    word: &'static str,
    designated: usize,
    tested: usize,
    gave: usize,
    given: usize,
}

impl Kind {
    fn designation(&self) -> DesignationKind {
        match self.word {
            "core" => DesignationKind::Core,
            "hub" => DesignationKind::Hub,
            _ => DesignationKind::Partner,
        }
    }

    /// Returns the invented hospitals that are of the kind in that year.
    fn hospitals(&self) -> Vec<Hospital> {
        let all = hospitals();
        // One that became a core hospital later was a hub then.
        let later_core = KINDS.first().map_or(0, |core| core.designated);
        let is_of = |hospital: &&Hospital| match (self.word, hospital.kind) {
            ("core", DesignationKind::Core) => hospital.number <= later_core as u64,
            ("hub", DesignationKind::Core) => hospital.number > later_core as u64,
            ("hub", DesignationKind::Hub) => true,
            ("partner", kind) => kind.is_partner(),
            _ => false,
        };
        all.iter().filter(is_of).take(self.designated).cloned().collect()
    }
}

/// A test of that year.
#[derive(Clone, Debug, PartialEq)]
pub struct ProgrammeYearTest {
    /// The case; `synthetic` is always set, and its day of registration is that of the test.
    pub case: PatientCase,
    /// What the expert panel led to, in the clinical record's items.
    pub record: ClinicalRecord,
}

/// Returns the registry of that year: 12 core, 33 hub and 161 partner hospitals, all invented.
pub fn programme_year_registry() -> Registry {
    let mut registry = Registry::default();
    for kind in &KINDS {
        for hospital in kind.hospitals() {
            let mut history = DesignationHistory::new(hospital.code.clone());
            let designation = Designation {
                kind: kind.designation(),
                period: Period::since(DESIGNATED.unwrap_or_default()),
                seen_only: false,
                source: Some("合成 synthetic".to_owned()),
            };
            history
                .put(designation)
                .unwrap_or_else(|error| unreachable!("the first of a history: {error}"));
            registry.hospitals.insert(hospital.code.clone(), entry(&hospital));
            registry.designations.insert(hospital.code.clone(), history);
        }
    }
    registry
}

/// Returns the tests of that year, 7,467, in an order that is the same every time.
pub fn programme_year() -> Vec<ProgrammeYearTest> {
    let mut lines = TESTS.lines();
    let months: Vec<NaiveDate> = lines
        .next()
        .into_iter()
        .flat_map(|head| head.split('\t').skip(1))
        .filter_map(|month| format!("{month}-01").parse().ok())
        .collect();
    let mut tests = Vec::new();
    for line in lines {
        let mut cells = line.split('\t');
        let word = cells.next().unwrap_or_default();
        let Some(kind) = KINDS.iter().find(|kind| kind.word == word) else { continue };
        let counts = cells.filter_map(|cell| cell.parse::<usize>().ok());
        let days = months.iter().zip(counts).flat_map(|(month, count)| vec![*month; count]);
        of_kind(kind, &days.collect::<Vec<_>>(), &mut tests);
    }
    tests
}

/// Makes the tests of one kind of hospital, of which only the months are known.
fn of_kind(kind: &Kind, months: &[NaiveDate], tests: &mut Vec<ProgrammeYearTest>) {
    let hospitals: Vec<Hospital> = kind.hospitals().into_iter().take(kind.tested).collect();
    let weights: u64 = hospitals.iter().map(Hospital::weight).sum();
    let mut given = 0;
    for (at, month) in months.iter().enumerate() {
        let index = tests.len() as u64;
        let mut draw = Draw::new(SEED, index);
        // Each hospital does one, then those with more patients do more.
        let hospital = match hospitals.get(at) {
            Some(hospital) => hospital,
            None => {
                let mut place = draw.below(weights);
                let chosen = hospitals.iter().find(|hospital| {
                    let weight = hospital.weight();
                    let is_here = place < weight;
                    place = place.saturating_sub(weight);
                    is_here
                });
                let Some(hospital) = chosen.or(hospitals.first()) else { return };
                hospital
            }
        };
        let place = hospitals.iter().position(|each| each.code == hospital.code).unwrap_or(0);
        let gives = place < kind.gave && given < kind.given && (at < kind.gave || draw.below(3) == 0)
            // As many places are left as are still to be given.
            || place < kind.gave && kind.given - given >= months.len() - at;
        given += usize::from(gives);
        tests.push(test(index, hospital, *month, gives, &mut draw));
    }
    // Those that were left over go to the last tests at hospitals that give.
    let gave: Vec<OrganisationCode> =
        hospitals.iter().take(kind.gave).map(|hospital| hospital.code.clone()).collect();
    let start = tests.len() - months.len();
    for test in tests.iter_mut().skip(start).rev() {
        if given == kind.given {
            break;
        }
        let is_at = test
            .case
            .hospital
            .as_deref()
            .is_some_and(|code| gave.iter().any(|each| each.as_str() == code));
        if is_at && !was_given(test) {
            test.record = outcome(Some(true));
            given += 1;
        }
    }
}

fn was_given(test: &ProgrammeYearTest) -> bool {
    test.record == outcome(Some(true))
}

fn test(
    index: u64,
    hospital: &Hospital,
    month: NaiveDate,
    given: bool,
    draw: &mut Draw,
) -> ProgrammeYearTest {
    let day = month.checked_add_days(Days::new(draw.below(28))).unwrap_or(month);
    let tumours = &Tables::get().tumours;
    let tumour = draw.weighted(tumours, |tumour| tumour.weight);
    let record = if given {
        outcome(Some(true))
    } else if draw.below(NOT_FOLLOWED_ONE_OF) == 0 {
        outcome(Some(false))
    } else {
        outcome(None)
    };
    let case = PatientCase {
        reference: format!("合成2020-{index:05}"),
        hospital: Some(hospital.code.to_string()),
        age_years: Some(30 + draw.below(55) as u16),
        tumour_type: tumour.map(|tumour| TumourTypeCode::new(tumour.code)),
        registered: Some(day),
        synthetic: true,
        ..PatientCase::default()
    };
    ProgrammeYearTest { case, record }
}

/// Writes what the panel led to: whether the drug that it proposed was given; `None` where it proposed none.
fn outcome(given: Option<bool>) -> ClinicalRecord {
    let mut record = ClinicalRecord::default();
    let mut answer = |item: &'static str, yes: bool| {
        let cell = cell_of_meaning(item, if yes { "yes" } else { "no" });
        record.set(&CellAddress::single(item), Some(cell));
    };
    answer("option_presented", given.is_some());
    if let Some(given) = given {
        answer("presented_given", given);
    }
    record
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    #[test]
    fn the_year_has_the_published_sums() {
        let tests = programme_year();
        assert_eq!(tests.len(), 7_467);
        let registry = programme_year_registry();
        let mut tested: BTreeMap<DesignationKind, BTreeSet<&str>> = BTreeMap::new();
        let mut gave = tested.clone();
        for test in &tests {
            let code = test.case.hospital.as_deref().unwrap();
            let day = test.case.registered.unwrap();
            let kind = registry.standing(&OrganisationCode::new(code), day).kind().unwrap();
            tested.entry(kind).or_default().insert(code);
            if was_given(test) {
                gave.entry(kind).or_default().insert(code);
            }
        }
        let sizes = |sets: &BTreeMap<DesignationKind, BTreeSet<&str>>| {
            sets.values().map(BTreeSet::len).collect::<Vec<_>>()
        };
        assert_eq!(sizes(&tested), [12, 33, 141]);
        assert_eq!(sizes(&gave), [12, 30, 83]);
        assert_eq!(tests.iter().filter(|test| was_given(test)).count(), 607);
        assert_eq!(registry.hospitals.len(), 206);
    }
}
