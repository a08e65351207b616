//! What is written is read again, once, whole or not at all.

use model::identity::{CaseId, ResultId};
use store::{
    NewCase, NewOriginal, NewResult, PackedResult, PageRequest, RecordError, Registration,
    ResultFilter, ResultStatus, digest_of, identifier_v7,
};

use crate::fixture::{
    RELEASE, Record, moment, on_both_engines, patient_case, problem, record_many, record_one,
    register_release, test_result,
};

on_both_engines!(
    reads_what_was_written,
    writing_again_changes_nothing,
    an_uncommitted_batch_leaves_nothing,
    a_case_is_revised_and_never_changed,
    two_revisers_cannot_both_win,
    references_are_checked,
    a_rejected_result_is_kept_with_its_problems,
    nul_characters_do_no_harm,
    readers_see_whole_batches_while_one_writes,
);

async fn reads_what_was_written(record: Record) {
    let store = record.store;
    let mut batch = store.begin().await.unwrap();
    register_release(&mut batch).await;
    let (case, result, report) = record_one(&mut batch, 7).await;
    batch.commit().await.unwrap();

    let stored = store.case(case).await.unwrap().unwrap();
    assert_eq!(stored.document, patient_case(7));
    assert_eq!((stored.revision, stored.recorded_at), (1, moment(70)));
    assert_eq!(store.case_by_reference("CASE-00007").await.unwrap().unwrap(), stored);
    assert!(store.case_by_reference("CASE-00008").await.unwrap().is_none());

    let stored = store.result(result).await.unwrap().unwrap();
    assert_eq!(stored.document, Some(test_result(7)));
    assert_eq!(stored.problems, vec![problem(false)]);
    assert_eq!(stored.row.panel.as_deref(), Some("Invented Panel 2"));
    assert_eq!(stored.row.status, ResultStatus::Accepted);
    assert_eq!(stored.row.reference.as_deref(), Some("CASE-00007"));
    assert_eq!(store.results_of_case(case).await.unwrap(), vec![stored.row.clone()]);

    let original = store.original(&stored.row.digest).await.unwrap().unwrap();
    assert_eq!(original.bytes.as_deref(), Some(b"original 7".as_slice()));

    let stored = store.report(report).await.unwrap().unwrap();
    assert_eq!(stored.json, br#"{"findings":[7]}"#);
    assert!(stored.is_intact());
    assert_eq!(stored.release, RELEASE);
    assert_eq!(store.latest_report(case).await.unwrap().unwrap(), stored);
    assert_eq!(store.latest_report_of_result(result).await.unwrap().unwrap(), stored);
    assert_eq!(store.releases().await.unwrap().len(), 1);
    assert_eq!(store.release(RELEASE).await.unwrap().unwrap().name, "Invented");
}

async fn writing_again_changes_nothing(record: Record) {
    let store = record.store;
    record_many(&store, 5).await;
    let before = store.list_cases(&Default::default(), PageRequest::default()).await.unwrap();
    record_many(&store, 5).await;
    let after = store.list_cases(&Default::default(), PageRequest::default()).await.unwrap();
    assert_eq!(before, after);
    assert_eq!(after.total, 5);
    let case = after.rows[0].case;
    assert_eq!(store.results_of_case(case).await.unwrap().len(), 1);
    assert_eq!(store.reports_of_case(case).await.unwrap().len(), 1);
    assert_eq!(store.case_revisions(case).await.unwrap().len(), 1);
}

async fn an_uncommitted_batch_leaves_nothing(record: Record) {
    let store = record.store;
    for explicit in [true, false] {
        let mut batch = store.begin().await.unwrap();
        register_release(&mut batch).await;
        record_one(&mut batch, 1).await;
        if explicit {
            batch.rollback().await.unwrap();
        } else {
            drop(batch);
        }
        assert_eq!(
            store.list_cases(&Default::default(), Default::default()).await.unwrap().total,
            0
        );
        assert!(store.releases().await.unwrap().is_empty());
        assert!(store.known_digests().await.unwrap().is_empty());
    }
}

async fn a_case_is_revised_and_never_changed(record: Record) {
    let store = record.store;
    record_many(&store, 1).await;
    let first = store.case_by_reference("CASE-00000").await.unwrap().unwrap();
    let mut document = first.document.clone();
    document.hospital = Some("H9".to_owned());

    let mut batch = store.begin().await.unwrap();
    let unsure = NewCase { id: CaseId(identifier_v7(moment(9), &["x"])), document, revises: false };
    let kept = batch.register_case(&unsure, moment(9)).await.unwrap();
    assert_eq!(kept.registration, Registration::Unchanged);
    let sure = NewCase { revises: true, ..unsure };
    let revised = batch.register_case(&sure, moment(9)).await.unwrap();
    assert_eq!((revised.registration, revised.revision), (Registration::Revised, 2));
    batch.refresh_cases(&[revised.case]).await.unwrap();
    batch.commit().await.unwrap();

    assert_eq!(revised.case, first.case);
    assert_eq!(store.case(first.case).await.unwrap().unwrap().document, sure.document);
    let kept = store.case_revision(first.case, 1).await.unwrap().unwrap();
    assert_eq!(kept.document, first.document);
    assert!(store.case_revision(first.case, 3).await.unwrap().is_none());
    let row = store.case_row(first.case).await.unwrap().unwrap();
    assert_eq!(row.hospital.as_deref(), Some("H9"));
}

async fn two_revisers_cannot_both_win(record: Record) {
    let store = record.store;
    record_many(&store, 1).await;
    let read = store.case_by_reference("CASE-00000").await.unwrap().unwrap();
    let mut batch = store.begin().await.unwrap();
    batch.revise_case(read.case, read.revision, &read.document, moment(5)).await.unwrap();
    batch.commit().await.unwrap();
    let mut batch = store.begin().await.unwrap();
    let second = batch.revise_case(read.case, read.revision, &read.document, moment(6)).await;
    assert!(matches!(second, Err(RecordError::CaseChanged { .. })), "{second:?}");
}

async fn references_are_checked(record: Record) {
    let mut batch = record.store.begin().await.unwrap();
    for reference in ["", "  ", "a\nb", "a\0b", &"x".repeat(201)] {
        let mut document = patient_case(1);
        document.reference = reference.to_owned();
        let case = NewCase { id: CaseId(uuid::Uuid::nil()), document, revises: true };
        let refused = batch.register_case(&case, moment(0)).await;
        assert!(matches!(refused, Err(RecordError::Refused { .. })), "{reference:?}");
    }
}

async fn a_rejected_result_is_kept_with_its_problems(record: Record) {
    let store = record.store;
    let mut batch = store.begin().await.unwrap();
    let original = NewOriginal::of(b"broken").unwrap();
    batch.insert_original(&original, moment(1)).await.unwrap();
    let id = ResultId(identifier_v7(moment(1), &["broken"]));
    let problems = [problem(true), problem(false)];
    let content = PackedResult::of(original.digest, "", "broken.json", None, &problems).unwrap();
    let rejected = NewResult { id, case: None, content, received_at: moment(1) };
    assert!(batch.insert_result(&rejected).await.unwrap());
    batch.commit().await.unwrap();

    let stored = store.result(id).await.unwrap().unwrap();
    assert_eq!(stored.row.status, ResultStatus::Rejected);
    assert_eq!((stored.row.error_count, stored.row.warning_count), (1, 1));
    assert_eq!(stored.problems, problems);
    assert_eq!((stored.document, stored.row.case), (None, None));
    let rejected = Some(ResultStatus::Rejected);
    let text = Some("BROKEN".into());
    let filter = ResultFilter { status: rejected, text, ..ResultFilter::default() };
    assert_eq!(store.list_results(&filter, Default::default()).await.unwrap().total, 1);
    let accepted = Some(ResultStatus::Accepted);
    let filter = ResultFilter { status: accepted, ..ResultFilter::default() };
    assert_eq!(store.list_results(&filter, Default::default()).await.unwrap().total, 0);
    assert_eq!(store.list_cases(&Default::default(), Default::default()).await.unwrap().total, 0);
}

async fn nul_characters_do_no_harm(record: Record) {
    let store = record.store;
    let mut batch = store.begin().await.unwrap();
    let mut document = patient_case(1);
    document.hospital = Some("H\u{0}1".to_owned());
    document.diagnosis = Some("a\u{0}b".to_owned());
    let case = NewCase { id: CaseId(uuid::Uuid::nil()), document: document.clone(), revises: true };
    let registered = batch.register_case(&case, moment(0)).await.unwrap();
    let bytes = b"nul \0 bytes";
    let original = NewOriginal::of(bytes).unwrap();
    batch.insert_original(&original, moment(0)).await.unwrap();
    let mut result = test_result(1);
    result.test.panel_name = Some("P\u{0}".to_owned());
    let content =
        PackedResult::of(original.digest, "l\u{0}", "f\u{0}.json", Some(&result), &[]).unwrap();
    let new = NewResult {
        id: ResultId(uuid::Uuid::nil()),
        case: Some(registered.case),
        content,
        received_at: moment(0),
    };
    batch.insert_result(&new).await.unwrap();
    batch.refresh_cases(&[registered.case]).await.unwrap();
    batch.commit().await.unwrap();

    assert_eq!(store.case(registered.case).await.unwrap().unwrap().document, document);
    let stored = store.result(new.id).await.unwrap().unwrap();
    assert_eq!(stored.document, Some(result));
    assert_eq!(store.original(&digest_of(bytes)).await.unwrap().unwrap().bytes.unwrap(), bytes);
    let filter = store::CaseFilter {
        hospital: Some("H\u{0}1".into()),
        text: Some("\u{0}".into()),
        ..Default::default()
    };
    assert_eq!(store.list_cases(&filter, Default::default()).await.unwrap().total, 1);
}

async fn readers_see_whole_batches_while_one_writes(record: Record) {
    const BATCHES: u32 = 12;
    const CASES_PER_BATCH: u32 = 10;
    let store = record.store;
    record_many(&store, 0).await;
    let writer = {
        let store = store.clone();
        tokio::spawn(async move {
            for batch_number in 0..BATCHES {
                let mut batch = store.begin().await.unwrap();
                for number in 0..CASES_PER_BATCH {
                    record_one(&mut batch, batch_number * CASES_PER_BATCH + number).await;
                }
                batch.commit().await.unwrap();
            }
        })
    };
    let readers: Vec<_> = (0..4)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move {
                let mut last = 0;
                while last < u64::from(BATCHES * CASES_PER_BATCH) {
                    let digests = store.known_digests().await.unwrap().len() as u64;
                    assert_eq!(digests % u64::from(CASES_PER_BATCH), 0, "a batch was seen half");
                    let total = store
                        .list_cases(&Default::default(), Default::default())
                        .await
                        .unwrap()
                        .total;
                    assert!(total >= digests && digests >= last);
                    last = digests;
                }
            })
        })
        .collect();
    writer.await.unwrap();
    for reader in readers {
        reader.await.unwrap();
    }
}
