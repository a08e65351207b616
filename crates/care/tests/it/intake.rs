//! Intake on both engines: each result once, in its case, with its report.

use access::audit::{Deed, Entry};
use care::intake::{
    Prepared, Received, Settings, prepare, reannotate, receive, receive_by, register_release,
};
use chrono::{DateTime, Utc};
use knowledge::Release;
use model::{case::PatientCase, tumour::TumourTypeCode};
use store::Store;

struct Record {
    store: Store,
    _folder: tempfile::TempDir,
}

async fn migrated(url: Option<String>) -> Option<Record> {
    let folder = tempfile::tempdir().unwrap();
    let url = match url {
        Some(url) => url,
        None => format!("sqlite:{}", folder.path().join("record.db").display()),
    };
    let store = Store::open(&url).await.unwrap();
    store.migrate(moment(0)).await.unwrap();
    register_release(&store, Release::starter(), moment(0)).await.unwrap();
    Some(Record { store, _folder: folder })
}

macro_rules! on_both_engines {
    ($($name:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                let record = super::migrated(None).await.unwrap();
                super::$name(&record.store).await;
            })*
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                let Some(url) = testkit::postgres::database() else { return };
                let record = super::migrated(Some(url)).await.unwrap();
                super::$name(&record.store).await;
            })*
        }
    };
}

on_both_engines!(
    a_batch_is_recorded_once,
    what_is_received_is_written_down,
    each_tumour_of_a_table_is_a_result_of_its_own,
    results_of_one_test_meet_in_one_case,
    a_rejected_file_is_kept_without_report,
    a_batch_that_fails_leaves_nothing,
);

const MAF: &str = "#version 2.4
Hugo_Symbol\tChromosome\tStart_Position\tEnd_Position\tStrand\tVariant_Classification\tVariant_Type\tReference_Allele\tTumor_Seq_Allele1\tTumor_Seq_Allele2\tTumor_Sample_Barcode\tNCBI_Build\tHGVSp_Short
EGFR\tchr7\t55191822\t55191822\t+\tMissense_Mutation\tSNP\tT\tT\tG\tTUMOUR-1\tGRCh38\tp.L858R
BRAF\tchr7\t140753336\t140753336\t+\tMissense_Mutation\tSNP\tA\tA\tT\tTUMOUR-2\tGRCh38\tp.V600E
";

fn moment(milliseconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(1_760_000_000_000 + milliseconds).unwrap()
}

fn prepared(bytes: &[u8], name: &str, case: Option<PatientCase>) -> Prepared {
    prepare(bytes, name, case, Release::starter(), &Settings::new("0.0.0")).unwrap()
}

async fn received(store: &Store, files: Vec<Prepared>, at: i64) -> Vec<Received> {
    receive(store, files, moment(at)).await.unwrap()
}

async fn a_batch_is_recorded_once(store: &Store) {
    let nation: Vec<_> = synthetic::nation(31, 60).collect();
    let files = || -> Vec<Prepared> {
        let one = |one: &synthetic::SyntheticCase| {
            prepared(&one.cats_json, &one.file_name, Some(one.case.clone()))
        };
        // The first file comes twice in one batch.
        nation.iter().chain(nation.first()).map(one).collect()
    };
    let first = received(store, files(), 1).await;
    assert_eq!(first.len(), 61);
    assert_eq!(first.iter().filter(|one| one.new).count(), 60);
    for one in first.iter().filter(|one| one.new) {
        assert_eq!(one.report.is_some(), one.accepted);
        assert!(!one.report_pending);
    }
    assert_eq!(first[0].result, first[60].result);
    let counts = store.counts().await.unwrap();
    let again = received(store, files(), 2).await;
    assert!(again.iter().all(|one| !one.new && one.report.is_none() && !one.report_pending));
    assert_eq!(store.counts().await.unwrap(), counts);
    assert_eq!(store.check().await.unwrap().findings, []);
    let row = store.case_row(first[1].case.unwrap()).await.unwrap().unwrap();
    assert!(row.synthetic && row.reference == nation[1].case.reference);
}

async fn what_is_received_is_written_down(store: &Store) {
    let by = Entry::by_system(moment(1), "test", Deed::TakeIn);
    let two = || vec![prepared(MAF.as_bytes(), "two.maf", None)];
    let received = receive_by(store, two(), moment(1), &by).await.unwrap();
    let entries = store.audit_entries(0, 10).await.unwrap();
    let told = |index: usize| (entries[index].entry.case, entries[index].entry.id.clone());
    assert_eq!(entries.len(), 2);
    for (index, one) in received.iter().enumerate() {
        assert_eq!(told(index), (one.case, Some(one.result.to_string())));
    }
    // What was there already is not written down again; a case that it revises is.
    receive_by(store, two(), moment(2), &by).await.unwrap();
    assert_eq!(store.counts().await.unwrap().audit_entries, 2);
    let one = synthetic::nation(32, 50).find(|one| one.flaw.is_none()).unwrap();
    let file = |case| vec![prepared(&one.cats_json, "a.cats", Some(case))];
    receive_by(store, file(one.case.clone()), moment(3), &by).await.unwrap();
    let revised = PatientCase { diagnosis: Some("改訂".to_owned()), ..one.case.clone() };
    receive_by(store, file(revised), moment(4), &by).await.unwrap();
    let entries = store.audit_entries(2, 10).await.unwrap();
    assert_eq!(entries.len(), 2);
    assert_eq!((&entries[1].entry.id, entries[1].entry.case), (&None, entries[0].entry.case));
}

async fn each_tumour_of_a_table_is_a_result_of_its_own(store: &Store) {
    let files = vec![prepared(MAF.as_bytes(), "two.maf", None)];
    let two = received(store, files, 1).await;
    let labels: Vec<&str> = two.iter().map(|one| one.label.as_str()).collect();
    assert_eq!(labels, ["TUMOUR-1", "TUMOUR-2"]);
    for (one, gene) in two.iter().zip(["EGFR", "BRAF"]) {
        let case = store.case(one.case.unwrap()).await.unwrap().unwrap();
        assert_eq!(case.document.reference, format!("sample:{}", one.label));
        let report = store.report(one.report.unwrap()).await.unwrap().unwrap();
        assert!(String::from_utf8(report.json).unwrap().contains(gene));
    }
    let counts = store.counts().await.unwrap();
    assert_eq!((counts.originals, counts.results, counts.reports), (1, 2, 2));
}

async fn results_of_one_test_meet_in_one_case(store: &Store) {
    let mut one = synthetic::nation(32, 50).find(|one| one.flaw.is_none()).unwrap();
    let alone = received(store, vec![prepared(&one.cats_json, "a.cats", None)], 1).await;
    let case = store.case(alone[0].case.unwrap()).await.unwrap().unwrap();
    assert!(case.document.reference.starts_with("test:"), "{}", case.document.reference);
    // The hospital says more under the same reference; then another version of the file comes.
    let mut known = case.document.clone();
    known.tumour_type = Some(TumourTypeCode::new("LUAD"));
    let mut batch = store.begin().await.unwrap();
    batch.revise_case(case.case, 1, &known, moment(2)).await.unwrap();
    batch.refresh_cases(&[case.case]).await.unwrap();
    batch.commit().await.unwrap();
    one.cats_json.push(b'\n');
    let second = received(store, vec![prepared(&one.cats_json, "b.cats", None)], 3).await;
    assert_eq!(second[0].case, alone[0].case);
    assert!(second[0].report.is_none() && second[0].report_pending, "{second:?}");

    let done = reannotate(store, Release::starter(), "0.0.0", || moment(4), |_| ()).await.unwrap();
    assert_eq!(done.reports, 2, "one for each result, of the case's newest revision");
    let reports = store.reports_of_case(case.case).await.unwrap();
    assert_eq!(reports.iter().filter(|report| report.case_revision == 2).count(), 2);
    assert_eq!(store.check().await.unwrap().findings, []);
}

async fn a_rejected_file_is_kept_without_report(store: &Store) {
    let case = PatientCase { reference: "H1-1".to_owned(), ..PatientCase::default() };
    let file = prepared(b"{\"metaData\": {", "broken.cats", Some(case));
    assert!(file.first_error().is_some());
    let one = received(store, vec![file], 1).await.remove(0);
    assert!(one.new && !one.accepted && one.report.is_none());
    let stored = store.result(one.result).await.unwrap().unwrap();
    assert!(stored.row.error_count > 0);
    assert_eq!(stored.row.reference.as_deref(), Some("H1-1"));
    let row = store.case_row(one.case.unwrap()).await.unwrap().unwrap();
    assert_eq!((row.rejected_count, row.result_count), (1, 0));
}

async fn a_batch_that_fails_leaves_nothing(store: &Store) {
    let bad = PatientCase { reference: "a\nb".to_owned(), ..PatientCase::default() };
    let files =
        vec![prepared(MAF.as_bytes(), "two.maf", None), prepared(b"{}", "bad.cats", Some(bad))];
    assert!(receive(store, files, moment(1)).await.is_err());
    let counts = store.counts().await.unwrap();
    assert_eq!((counts.originals, counts.results, counts.cases), (0, 0, 0));
}
