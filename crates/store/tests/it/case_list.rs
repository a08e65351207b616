//! The case list: pages, filters, facets, and that it can be rebuilt.

use model::{evidence::EvidenceLevel, tumour::TumourTypeCode};
use store::{CaseFilter, CaseRow, FacetCount, LevelFilter, PageRequest, Store};

use crate::fixture::{Record, on_both_engines, record_many};

on_both_engines!(pages_follow_each_other, filters_narrow, facets_count, rebuilding_changes_nothing);

async fn all(store: &Store, filter: &CaseFilter, rows: u32) -> Vec<CaseRow> {
    let mut found = Vec::new();
    let mut request = PageRequest { rows, after: None };
    for _page in 0..1_000 {
        let page = store.list_cases(filter, request).await.unwrap();
        assert!(page.rows.len() <= rows as usize);
        found.extend(page.rows);
        match page.next {
            // Through text, as it goes through a URL.
            Some(next) => request.after = Some(next.to_string().parse().unwrap()),
            None => {
                assert_eq!(found.len() as u64, page.total);
                return found;
            }
        }
    }
    panic!("the pages do not end");
}

async fn pages_follow_each_other(record: Record) {
    record_many(&record.store, 25).await;
    let whole = all(&record.store, &CaseFilter::default(), 500).await;
    let references: Vec<_> = whole.iter().map(|row| row.reference.as_str()).collect();
    assert_eq!(references[0], "CASE-00024", "newest first");
    assert_eq!(references.len(), 25);
    for rows in [1, 7, 25] {
        assert_eq!(all(&record.store, &CaseFilter::default(), rows).await, whole);
    }
    let row = &whole[0];
    assert_eq!((row.result_count, row.rejected_count, row.warning_count), (1, 0, 1));
    assert_eq!(row.panel.as_deref(), Some("Invented Panel 2"));
    assert!(row.latest_report.is_some() && row.synthetic);
}

async fn filters_narrow(record: Record) {
    record_many(&record.store, 12).await;
    let count = async |filter: CaseFilter| all(&record.store, &filter, 5).await.len();
    let any = CaseFilter::default;
    let codes = |codes: &[&str]| codes.iter().map(|code| TumourTypeCode::new(*code)).collect();
    assert_eq!(count(CaseFilter { tumour_types: codes(&["LUAD"]), ..any() }).await, 4);
    assert_eq!(count(CaseFilter { tumour_types: codes(&["LUAD", "MEL"]), ..any() }).await, 8);
    assert_eq!(count(CaseFilter { hospital: Some("H1".into()), ..any() }).await, 4);
    let level = LevelFilter::Is(EvidenceLevel::A);
    assert_eq!(count(CaseFilter { level, ..any() }).await, 4);
    assert_eq!(count(CaseFilter { level: LevelFilter::Nothing, ..any() }).await, 4);
    for (text, cases) in
        [("case-0000", 10), ("invented panel", 12), ("診断", 12), ("%", 0), ("_", 0), (" ", 12)]
    {
        assert_eq!(count(CaseFilter { text: Some(text.into()), ..any() }).await, cases, "{text:?}");
    }
    let both = CaseFilter { hospital: Some("H1".into()), text: Some("00001".into()), ..any() };
    assert_eq!(count(both).await, 1);
}

async fn facets_count(record: Record) {
    record_many(&record.store, 10).await;
    let facets = record.store.case_facets(&CaseFilter::default()).await.unwrap();
    let counted = |value: Option<&str>, cases| FacetCount { value: value.map(Into::into), cases };
    assert_eq!(
        facets.tumour_types,
        [counted(Some("LUAD"), 4), counted(Some("COAD"), 3), counted(Some("MEL"), 3)]
    );
    assert_eq!(facets.levels.iter().find(|count| count.value.is_none()).unwrap().cases, 3);
    let one = CaseFilter { hospital: Some("H2".into()), ..Default::default() };
    assert_eq!(record.store.case_facets(&one).await.unwrap().hospitals, [counted(Some("H2"), 3)]);
}

async fn rebuilding_changes_nothing(record: Record) {
    record_many(&record.store, 10).await;
    let before = all(&record.store, &CaseFilter::default(), 500).await;
    let mut batch = record.store.begin().await.unwrap();
    batch.rebuild_case_list().await.unwrap();
    batch.commit().await.unwrap();
    assert_eq!(all(&record.store, &CaseFilter::default(), 500).await, before);
}
