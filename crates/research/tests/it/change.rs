//! An index that was changed step by step equals one that was built at once.

use std::collections::BTreeMap;

use research::cohort::{
    Change, CohortCase, CohortIndex, CompactionLimits, Item, PageRequest, Query,
};
use uuid::Uuid;

use crate::{
    evaluate::{index, pairs},
    invented::{self, Lung, Stream},
};

fn sorted(cases: impl Iterator<Item = CohortCase>) -> BTreeMap<Uuid, CohortCase> {
    let mut count = 0;
    let sorted: BTreeMap<_, _> =
        cases.inspect(|_| count += 1).map(|case| (case.id, case)).collect();
    assert_eq!(sorted.len(), count, "no identifier comes twice");
    sorted
}

#[test]
fn changed_and_rebuilt_are_equal() {
    for round in 0..pairs().div_ceil(100) {
        let mut stream = Stream(round ^ 0xC0FFEE);
        let limits = CompactionLimits {
            tail_cases: 1 + stream.below(10),
            merged_cases: 5 + stream.below(60),
            segment_cases: 10 + stream.below(60),
        };
        let first: Vec<_> =
            (0..stream.below(80)).map(|_| invented::case(&mut stream, 60)).collect();
        let changed = CohortIndex::build(first.iter().cloned(), limits).unwrap();
        let mut expected = BTreeMap::new();
        expected.extend(first.into_iter().map(|case| (case.id, case.normalised())));
        for _ in 0..20 {
            let mut changes = Vec::new();
            for _ in 0..stream.below(12) {
                let case = invented::case(&mut stream, 60);
                if stream.happens(30) {
                    expected.remove(&case.id);
                    changes.push(Change::Withdraw(case.id));
                } else {
                    expected.insert(case.id, case.clone().normalised());
                    changes.push(Change::Put(Box::new(case)));
                }
            }
            changed.apply(changes).unwrap();
            assert_eq!(sorted(changed.view().every_case()), expected, "round {round}");
        }
        let cases: Vec<_> = expected.values().cloned().collect();
        let rebuilt = index(&cases);
        let (left, right) = (changed.view(), rebuilt.view());
        assert_eq!(left.cases(), right.cases());
        for query in [Query::Everything, invented::query(&mut stream, 3)] {
            let (found, again) =
                (left.evaluate(&query, &Lung).unwrap(), right.evaluate(&query, &Lung).unwrap());
            let request = PageRequest::default();
            let mut pages = [left.page(&found, &request), right.page(&again, &request)];
            for page in &mut pages {
                for facet in &mut page.facets {
                    facet.values.sort_by(|a, b| a.code.cmp(&b.code));
                }
            }
            let [page, page_again] = pages;
            assert_eq!(page, page_again, "round {round}: {}", query.to_text());
        }
    }
}

#[test]
fn a_view_that_was_taken_does_not_change() {
    let mut stream = Stream(5);
    let index = index(&invented::cases(&mut stream, 100));
    let before = index.view();
    let cohort = before.evaluate(&Query::Everything, &Lung).unwrap();
    let id = before.every_case().next().unwrap().id;
    let after = index.apply([Change::Withdraw(id)]).unwrap();
    assert_eq!((before.cases(), after.cases()), (100, 99));
    assert!(before.case(id).is_some() && after.case(id).is_none());
    assert_eq!(before.list(&cohort, 0, 1)[0].id, id);
    let now = after.evaluate(&Query::Everything, &Lung).unwrap();
    assert_eq!(cohort.both(&now), None, "cohorts of different moments are not combined");
    assert_eq!(after.page(&cohort, &PageRequest::default()).cases, 0);
    assert!(after.list(&cohort, 0, 10).is_empty());
}

#[test]
fn another_view_takes_the_place_of_the_first() {
    let mut stream = Stream(7);
    let cases = invented::cases(&mut stream, 90);
    let own = index(&cases);
    own.apply([Change::Withdraw(cases[1].id)]).unwrap();
    own.replace(index(&cases[..50]).view().as_ref().clone());
    let case = CohortCase { id: Uuid::from_u128(1 << 80), ..cases[0].clone() };
    let view = own.apply([Change::Put(Box::new(case.clone()))]).unwrap();
    assert_eq!(view.cases(), 51);
    assert_eq!(view.case(case.id), Some(case.normalised()));
}

#[test]
fn of_cases_with_one_identifier_the_last_stays() {
    let mut stream = Stream(6);
    let mut cases = invented::cases(&mut stream, 200);
    let last = CohortCase { id: cases[3].id, ..cases[9].clone() };
    cases.push(last.clone());
    let view = index(&cases).view();
    assert_eq!(view.cases(), 200);
    assert_eq!(view.case(last.id), Some(last.normalised()));
}

#[test]
fn a_collection_is_put_beside_the_others_and_taken_away_whole() {
    for round in 0..pairs().div_ceil(200) {
        let mut stream = Stream(round ^ 0x00C0_11EC);
        let limits = CompactionLimits { tail_cases: 4, merged_cases: 20, segment_cases: 20 };
        let changed = CohortIndex::new(limits);
        let mut expected = BTreeMap::new();
        for step in 0..12_u64 {
            let collection = ["registered", "old", "older"][stream.below(3)];
            let cases: Vec<CohortCase> = (0..stream.below(50))
                .map(|at| {
                    let mut case = invented::case(&mut stream, 60);
                    let at = step * 1_000 + at as u64;
                    case.id = Uuid::from_u128((u128::from(round) << 64) + u128::from(at));
                    case.collection = collection.into();
                    case
                })
                .collect();
            if collection != "registered" {
                expected.retain(|_, case: &mut CohortCase| &*case.collection != collection);
            }
            expected.extend(cases.iter().cloned().map(|case| (case.id, case.normalised())));
            if collection == "registered" {
                changed.apply(cases.into_iter().map(|case| Change::Put(Box::new(case)))).unwrap();
            } else {
                changed.put_collection(collection, cases).unwrap();
            }
            assert_eq!(sorted(changed.view().every_case()), expected, "round {round} step {step}");
        }
        let view = changed.view();
        let old = view.evaluate(&Query::is(Item::Collection, "old"), &Lung).unwrap();
        let own = expected.values().filter(|case| &*case.collection == "old").count();
        assert_eq!(old.cases(), own as u64);
        changed.put_collection("old", Vec::new()).unwrap();
        assert_eq!(changed.view().cases(), (expected.len() - own) as u64);
    }
}
