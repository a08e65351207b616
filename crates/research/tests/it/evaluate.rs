//! The engine finds what the naive reading finds.
//!
//! `COHORT_CASES` sets how many pairs of cohort and query are tried; 2,000 unless it says otherwise.

use research::cohort::{
    AlterationKind, AlterationTerm, CohortAlteration, CohortCase, CohortIndex, CompactionLimits,
    Query,
};

use crate::{
    invented::{self, Lung, Stream},
    naive,
};

/// Queries tried on one cohort.
const QUERIES: u64 = 20;

/// Returns how many pairs of cohort and query are to be tried.
pub(crate) fn pairs() -> u64 {
    option_env!("COHORT_CASES").and_then(|pairs| pairs.parse().ok()).unwrap_or(2_000)
}

/// Returns an index of small segments, so that a few cases fill several.
pub(crate) fn index(cases: &[CohortCase]) -> CohortIndex {
    let limits = CompactionLimits { tail_cases: 8, merged_cases: 70, segment_cases: 70 };
    CohortIndex::build(cases.iter().cloned(), limits).unwrap()
}

#[test]
fn random_queries_find_what_the_naive_reading_finds() {
    for round in 0..pairs().div_ceil(QUERIES) {
        let mut stream = Stream(round);
        let count = 1 + stream.below(200);
        let cases = invented::cases(&mut stream, count);
        let index = index(&cases);
        let view = index.view();
        let normalised: Vec<_> = cases.into_iter().map(CohortCase::normalised).collect();
        for _ in 0..QUERIES {
            let query = invented::query(&mut stream, 4);
            let cohort = view.evaluate(&query, &Lung).unwrap();
            let mut found: Vec<_> =
                view.list(&cohort, 0, usize::MAX).iter().map(|case| case.id).collect();
            found.sort();
            let naive =
                normalised.iter().filter(|case| naive::holds(&query, case, &Lung) == Some(true));
            let mut naive: Vec<_> = naive.map(|case| case.id).collect();
            naive.sort();
            assert_eq!(found, naive, "round {round}: {}", query.to_text());
            assert_eq!(cohort.cases() as usize, naive.len());
        }
    }
}

#[test]
fn a_case_comes_back_as_it_was_put_in() {
    let mut stream = Stream(1);
    let cases = invented::cases(&mut stream, 300);
    let mut back: Vec<_> = index(&cases).view().every_case().collect();
    let mut normalised: Vec<_> = cases.into_iter().map(CohortCase::normalised).collect();
    back.sort_by_key(|case| case.id);
    normalised.sort_by_key(|case| case.id);
    assert_eq!(back, normalised);
}

#[test]
fn of_cases_with_the_same_identifier_the_last_one_stays() {
    let cases = invented::cases(&mut Stream(3), 1);
    let of = |tumour: &str| CohortCase { tumour: Some(tumour.into()), ..cases[0].clone() };
    for tumours in [["LUAD", "COAD"], ["COAD", "LUAD"]] {
        let view = index(&tumours.map(of)).view();
        let found: Vec<_> = view.every_case().filter_map(|case| case.tumour).collect();
        assert_eq!(found, [tumours[1].into()]);
    }
}

#[test]
fn a_partner_that_no_case_has_is_no_partner() {
    let mut case = CohortCase::unknown(uuid::Uuid::nil(), "registered".into());
    let fused = CohortAlteration::new("ALK".into(), AlterationKind::Rearrangement);
    case.alterations = vec![CohortAlteration { partner: Some("KIF5B".into()), ..fused.clone() }];
    let term = AlterationTerm { partners: vec!["EML4".into()], ..AlterationTerm::default() };
    let query = Query::Alteration(Box::new(term));
    let found = |case: &CohortCase| {
        index(std::slice::from_ref(case)).view().evaluate(&query, &Lung).unwrap().cases()
    };
    assert_eq!(found(&case), 0);
    case.alterations = vec![CohortAlteration { partner: Some("EML4".into()), ..fused }];
    assert_eq!(found(&case), 1);
}

#[test]
fn cohorts_are_sets() {
    let mut stream = Stream(2);
    let view = index(&invented::cases(&mut stream, 300)).view();
    let find = |query: &Query| view.evaluate(query, &Lung).unwrap();
    let (left, right) = (find(&Query::gene("TP53")), find(&Query::gene("KRAS")));
    let both = find(&Query::And(vec![Query::gene("TP53"), Query::gene("KRAS")]));
    assert_eq!(left.both(&right).unwrap(), both);
    let only = left.only(&right).unwrap();
    assert_eq!(only.cases() + both.cases(), left.cases());
    assert_eq!(left.either(&right).unwrap().cases(), only.cases() + right.cases());
    assert!(both.cases() > 0 && only.cases() > 0);
}

#[test]
fn a_list_is_cut_into_pages() {
    let mut stream = Stream(3);
    let view = index(&invented::cases(&mut stream, 300)).view();
    let cohort = view.evaluate(&Query::gene("TP53"), &Lung).unwrap();
    let whole = view.list(&cohort, 0, usize::MAX);
    let mut pages = Vec::new();
    for from in (0..whole.len() + 50).step_by(50) {
        let page = view.list(&cohort, from, 50);
        assert!(page.len() <= 50);
        pages.extend(page);
    }
    assert_eq!(pages, whole);
    assert!(whole.len() > 100);
}

#[test]
fn large_and_deep_queries_are_refused() {
    let view = index(&[]).view();
    let many = Query::Or(vec![Query::gene("TP53"); 10_000]);
    assert!(view.evaluate(&many, &Lung).is_err());
    let deep = (0..33).fold(Query::Everything, |inner, _| Query::Not(Box::new(inner)));
    assert!(view.evaluate(&deep, &Lung).is_err());
    assert_eq!(view.evaluate(&Query::Everything, &Lung).unwrap().cases(), 0);
}
