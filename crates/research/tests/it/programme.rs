//! The programme's statistics: the published year cell by cell, and what everybody may see.

use model::{
    case::PatientCase,
    clinical_record::ClinicalRecord,
    consent::{Answer, Answers},
    organisation::OrganisationCode,
};
use research::{
    cohort::{CaseDocuments, CohortCase, Deidentification},
    programme::{FacilityKind, Month, ProgrammeStatistics, Reach},
};
use uuid::Uuid;

/// The published table, typed again from the page that has it and not from the generator's file.
const CORE: [u64; 12] = [125, 166, 176, 180, 217, 191, 242, 200, 143, 219, 191, 163];
const HUB: [u64; 12] = [70, 128, 148, 199, 214, 241, 257, 222, 186, 291, 319, 239];
const PARTNER: [u64; 12] = [63, 110, 142, 163, 221, 291, 311, 302, 226, 293, 337, 281];
const ALL: [u64; 12] = [258, 404, 466, 542, 652, 723, 810, 724, 555, 803, 847, 683];

fn cohort_case(number: u128, case: &PatientCase, record: &ClinicalRecord) -> CohortCase {
    let registry = synthetic::programme_year_registry();
    let code = OrganisationCode::new(case.hospital.as_deref().unwrap_or_default());
    let consent = Answers::all(Answer::Yes);
    Deidentification::new(knowledge::Release::starter()).case(&CaseDocuments {
        id: Uuid::from_u128(number),
        collection: "registered",
        case,
        record: Some(record),
        result: None,
        annotation: None,
        tested: None,
        consent: &consent,
        prefecture: registry.hospitals.get(&code).and_then(|hospital| hospital.prefecture),
        today: "2020-12-01".parse().unwrap(),
    })
}

fn year() -> ProgrammeStatistics {
    let registry = synthetic::programme_year_registry();
    let deidentification = Deidentification::new(knowledge::Release::starter());
    let consent = Answers::all(Answer::Yes);
    let tests = synthetic::programme_year();
    let cases = tests.iter().zip(1..).map(|(test, number)| {
        let code = OrganisationCode::new(test.case.hospital.as_deref().unwrap_or_default());
        deidentification.case(&CaseDocuments {
            id: Uuid::from_u128(number),
            collection: "registered",
            case: &test.case,
            record: Some(&test.record),
            result: None,
            annotation: None,
            tested: None,
            consent: &consent,
            prefecture: registry.hospitals.get(&code).and_then(|hospital| hospital.prefecture),
            today: "2020-12-01".parse().unwrap(),
        })
    });
    ProgrammeStatistics::of(cases, &registry, "2019-09".parse().unwrap(), 12)
}

fn some(counts: &[u64]) -> Vec<Option<u64>> {
    counts.iter().copied().map(Some).collect()
}

#[test]
fn the_published_year_comes_out_cell_by_cell() {
    let year = year();
    let months: Vec<String> = year.months.iter().map(ToString::to_string).collect();
    assert_eq!((months[0].as_str(), months[11].as_str()), ("2019-09", "2020-08"));
    let [core, hub, partner, other] = year.facilities.as_slice() else { panic!("four kinds") };
    for (row, expected, total) in
        [(core, CORE, 2_213), (hub, HUB, 2_514), (partner, PARTNER, 2_740), (other, [0; 12], 0)]
    {
        assert_eq!(row.by_month, some(&expected), "{:?}", row.kind);
        assert_eq!(row.total, Some(total), "{:?}", row.kind);
    }
    assert_eq!(year.by_month, some(&ALL));
    assert_eq!(year.total, Some(7_467));
    let share = |part: u64| format!("{:.1}", part as f64 * 100.0 / 7_467.0);
    assert_eq!([2_213, 2_514, 2_740].map(share), ["29.6", "33.7", "36.7"]);
    // Facilities: 186 did a test, the 20 that did not are partners.
    let tested: Vec<u64> = year.facilities.iter().map(|row| row.with_tests).collect();
    let designated: Vec<u64> = year.facilities.iter().map(|row| row.designated).collect();
    assert_eq!((tested, designated), (vec![12, 33, 141, 0], vec![12, 33, 161, 0]));
    // The drug that was proposed was given to 607, which is 8.1 %, at 125 hospitals.
    assert_eq!(year.reach[0], Some(607));
    assert_eq!(share(607), "8.1");
    let gave: Vec<u64> = year.facilities.iter().map(|row| row.with_given).collect();
    assert_eq!(gave, [12, 30, 83, 0]);
    for row in &year.facilities {
        assert_eq!(row.reach.iter().flatten().sum::<u64>(), row.total.unwrap(), "{:?}", row.kind);
    }
    let places: u64 = year.prefectures.iter().filter_map(|row| row.total).sum();
    assert_eq!((places, year.prefectures.len()), (7_467, 48));
}

#[test]
fn everybody_may_see_the_published_year_and_no_small_count() {
    let year = year();
    let safe = year.safe(10).unwrap();
    // No cell of the published table is small, so that none is hidden.
    for (row, full) in safe.facilities.iter().zip(&year.facilities) {
        assert_eq!(row.by_month, full.by_month);
        assert!(row.hospitals.is_empty());
    }
    assert_eq!(safe.total, Some(7_467));
    let small = |count: &Option<u64>| count.is_some_and(|count| (1..10).contains(&count));
    for row in &safe.prefectures {
        assert!(!row.reach.iter().any(small), "{row:?}");
        let hidden = row.reach.iter().filter(|count| count.is_none()).count();
        assert!(
            hidden != 1 || row.total.is_none(),
            "one hidden count of a row is no secret: {row:?}"
        );
    }
    assert!(year.prefectures.iter().flat_map(|row| &row.reach).any(small));
}

#[test]
fn what_is_not_known_is_counted_as_not_known() {
    let registry = synthetic::programme_year_registry();
    let known = synthetic::programme_year();
    let mut cases = Vec::new();
    let mut case = |change: &dyn Fn(&mut PatientCase, &mut ClinicalRecord)| {
        let mut one = known[0].clone();
        change(&mut one.case, &mut one.record);
        let number = cases.len() as u128;
        cases.push(cohort_case(number, &one.case, &one.record));
    };
    case(&|case, _| case.registered = None);
    case(&|case, _| case.registered = "2019-08-31".parse().ok());
    case(&|case, _| case.registered = "2020-09-01".parse().ok());
    case(&|case, record| {
        case.hospital = None;
        *record = ClinicalRecord::default();
    });
    let counted = ProgrammeStatistics::of(cases, &registry, "2019-09".parse().unwrap(), 12);
    assert_eq!((counted.total, counted.undated, counted.earlier), (Some(1), 1, Some(1)));
    let other = counted.facilities.iter().find(|row| row.kind == FacilityKind::Other).unwrap();
    let unknown = Reach::ALL.iter().position(|reach| *reach == Reach::Unknown).unwrap();
    assert_eq!((other.total, other.reach[unknown]), (Some(1), Some(1)));
    assert_eq!(counted.prefectures.last().unwrap().total, Some(1));
    let hidden = counted.safe(10).unwrap();
    assert_eq!((hidden.total, hidden.earlier), (None, None));
}

#[test]
fn months_are_read_and_counted_on() {
    let month: Month = "2019-11".parse().unwrap();
    assert_eq!(month.plus(2).to_string(), "2020-01");
    assert_eq!(month.plus(-11).to_string(), "2018-12");
    assert_eq!(month.last_day().unwrap().to_string(), "2019-11-30");
    for wrong in ["", "2019", "2019-13", "2019-00", "19-01", "2019-1", "+019-01", "2019-01-01"] {
        assert!(wrong.parse::<Month>().is_err(), "{wrong}");
    }
}
