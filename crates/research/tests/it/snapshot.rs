//! A snapshot opens as what was written, and says so when it cannot.

use research::cohort::{CohortIndex, CohortView, CompactionLimits, OpenSnapshotError, Query};

use crate::{
    evaluate::index,
    invented::{self, Lung, Stream},
};

fn written(view: &CohortView) -> Vec<u8> {
    let mut bytes = Vec::new();
    view.write_snapshot(&mut bytes).unwrap();
    bytes
}

#[test]
fn a_snapshot_opens_as_it_was_written() {
    let mut stream = Stream(20);
    let changed = index(&invented::cases(&mut stream, 250));
    let changes = (0..30).map(|_| {
        let case = invented::case(&mut stream, 9);
        research::cohort::Change::Put(Box::new(case))
    });
    let view = changed.apply(changes).unwrap();
    let opened = CohortView::open_snapshot(&written(&view)).unwrap();
    assert!(opened.every_case().eq(view.every_case()));
    for _ in 0..50 {
        let query = invented::query(&mut stream, 3);
        let (own, other) =
            (view.evaluate(&query, &Lung).unwrap(), opened.evaluate(&query, &Lung).unwrap());
        let request = research::cohort::PageRequest::default();
        assert_eq!(view.page(&own, &request), opened.page(&other, &request));
    }
    let again = CohortIndex::of_view(opened, CompactionLimits::default());
    let id = view.every_case().next().unwrap().id;
    let after = again.apply([research::cohort::Change::Withdraw(id)]).unwrap();
    assert_eq!(after.cases() + 1, view.cases());
}

#[test]
fn an_empty_index_has_a_snapshot_too() {
    let view = index(&[]).view();
    let opened = CohortView::open_snapshot(&written(&view)).unwrap();
    assert_eq!(opened.evaluate(&Query::Everything, &Lung).unwrap().cases(), 0);
}

#[test]
fn damaged_and_older_snapshots_are_recognised() {
    let mut stream = Stream(21);
    let view = index(&invented::cases(&mut stream, 60)).view();
    let bytes = written(&view);
    let open = |bytes: &[u8]| CohortView::open_snapshot(bytes).err();
    assert_eq!(open(b"something else"), Some(OpenSnapshotError::NoSnapshot));
    let mut older = bytes.clone();
    older[8] = 0;
    assert_eq!(open(&older), Some(OpenSnapshotError::OtherVersion { found: 0 }));
    for len in (0..bytes.len()).step_by(97) {
        assert!(open(&bytes[..len]).is_some(), "cut off at {len}");
    }
    for at in (0..bytes.len()).step_by(13) {
        let mut damaged = bytes.clone();
        damaged[at] ^= 1 << (at % 8);
        assert!(open(&damaged).is_some(), "a bit of byte {at} was turned");
    }
    assert_eq!(open(&bytes), None);
}
