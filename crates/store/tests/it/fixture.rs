//! A fresh record on either engine, and invented things to put into it.

use chrono::{DateTime, Utc};
use model::{
    case::{PatientCase, Sex},
    evidence::EvidenceLevel,
    identity::{CaseId, ReportId, ResultId},
    problem::{Place, Problem},
    result::{ResultFormat, TestResult},
    text::LocalizedText,
    tumour::TumourTypeCode,
};
use store::{
    Batch, NewCase, NewOriginal, NewReport, NewResult, Packed, PackedResult, RegisteredRelease,
    Store, digest_of, identifier_v7,
};

/// The knowledge release that invented reports name.
pub(crate) const RELEASE: &str = "sha256:release";

/// A record in a place of its own, which goes when this is dropped.
pub(crate) struct Record {
    pub(crate) store: Store,
    pub(crate) url: String,
    _folder: tempfile::TempDir,
}

/// Makes an unmigrated record in SQLite.
pub(crate) async fn sqlite_empty() -> Option<Record> {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("record.db").display());
    let store = Store::open(&url).await.unwrap();
    Some(Record { store, url, _folder: folder })
}

/// Makes an unmigrated record in PostgreSQL, where it is installed.
pub(crate) async fn postgres_empty() -> Option<Record> {
    let url = testkit::postgres::database()?;
    let store = Store::open(&url).await.unwrap();
    Some(Record { store, url, _folder: tempfile::tempdir().unwrap() })
}

/// Makes a migrated record in SQLite.
pub(crate) async fn sqlite() -> Option<Record> {
    migrated(sqlite_empty().await).await
}

/// Makes a migrated record in PostgreSQL, where it is installed.
pub(crate) async fn postgres() -> Option<Record> {
    migrated(postgres_empty().await).await
}

async fn migrated(record: Option<Record>) -> Option<Record> {
    if let Some(record) = &record {
        record.store.migrate(moment(0)).await.unwrap();
    }
    record
}

/// Makes one test of each engine out of `async fn name(record: Record)`.
macro_rules! on_both_engines {
    ($($name:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                let Some(record) = crate::fixture::sqlite().await else { return };
                super::$name(record).await;
            })*
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                let Some(record) = crate::fixture::postgres().await else { return };
                super::$name(record).await;
            })*
        }
    };
}
pub(crate) use on_both_engines;

/// A moment some milliseconds after a fixed one.
pub(crate) fn moment(milliseconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(1_760_000_000_000 + milliseconds).unwrap()
}

/// An invented case.
pub(crate) fn patient_case(number: u32) -> PatientCase {
    PatientCase {
        reference: format!("CASE-{number:05}"),
        hospital: Some(format!("H{}", number % 3)),
        age_years: Some(40 + u16::try_from(number % 50).unwrap()),
        sex: Some(if number.is_multiple_of(2) { Sex::Female } else { Sex::Male }),
        tumour_type: Some(TumourTypeCode::new(["LUAD", "COAD", "MEL"][number as usize % 3])),
        diagnosis: Some("Invented diagnosis, 発明された診断".to_owned()),
        synthetic: true,
        ..PatientCase::default()
    }
}

/// An invented result.
pub(crate) fn test_result(number: u32) -> TestResult {
    let mut result = TestResult::empty(ResultFormat::Cats { version: "1.2.1".to_owned() });
    result.test.test_id = Some(format!("T{number}"));
    result.test.panel_name = Some("Invented Panel".to_owned());
    result.test.panel_version = Some("2".to_owned());
    result
}

/// An invented warning, or error.
pub(crate) fn problem(error: bool) -> Problem {
    let text = LocalizedText::of("試験用の問題\u{0}", "A problem for testing\u{0}");
    let make = if error { Problem::error } else { Problem::warning };
    make("test.problem", Place::pointer("/a/0"), text.clone(), text)
}

/// Registers the release that invented reports name.
pub(crate) async fn register_release(batch: &mut Batch) {
    let release = RegisteredRelease {
        id: RELEASE.to_owned(),
        name: "Invented".to_owned(),
        version: "1".to_owned(),
        demonstration: true,
        manifest: serde_json::json!({"notice": {"ja": "試験用", "en": "For tests"}}),
        registered_at: moment(0),
    };
    batch.register_release(&release).await.unwrap();
}

/// Records one invented case with a result and a report, as intake does, and returns what was made.
pub(crate) async fn record_one(batch: &mut Batch, number: u32) -> (CaseId, ResultId, ReportId) {
    let at = moment(i64::from(number) * 10);
    let bytes = format!("original {number}").into_bytes();
    let case = NewCase {
        id: CaseId(identifier_v7(at, &["case", &number.to_string()])),
        document: patient_case(number),
        revises: true,
    };
    let registered = batch.register_case(&case, at).await.unwrap();
    let original = NewOriginal::of(&bytes).unwrap();
    batch.insert_original(&original, at).await.unwrap();
    let id = ResultId(identifier_v7(at, &["result", &number.to_string()]));
    let content = PackedResult::of(
        original.digest,
        "",
        &format!("file{number}.json"),
        Some(&test_result(number)),
        &[problem(false)],
    )
    .unwrap();
    let result = NewResult { id, case: Some(registered.case), content, received_at: at };
    batch.insert_result(&result).await.unwrap();
    let report = report_on(registered.case, registered.revision, id, number, at);
    batch.add_report(&report).await.unwrap();
    batch.refresh_cases(&[registered.case]).await.unwrap();
    (registered.case, id, report.id)
}

/// An invented report.
pub(crate) fn report_on(
    case: CaseId,
    case_revision: u32,
    result: ResultId,
    number: u32,
    at: DateTime<Utc>,
) -> NewReport {
    let json = format!("{{\"findings\":[{number}]}}").into_bytes();
    NewReport {
        id: ReportId(identifier_v7(at, &["report", &number.to_string()])),
        result,
        case,
        case_revision,
        release: RELEASE.to_owned(),
        program_version: "0.0.0".to_owned(),
        digest: digest_of(&json),
        document: Packed::bytes("report", &json).unwrap(),
        highest_level: [Some(EvidenceLevel::A), Some(EvidenceLevel::R), None][number as usize % 3],
        finding_count: number % 4,
        composed_at: at,
    }
}

/// Records invented cases with the numbers from 0.
pub(crate) async fn record_many(store: &Store, cases: u32) {
    let mut batch = store.begin().await.unwrap();
    register_release(&mut batch).await;
    for number in 0..cases {
        record_one(&mut batch, number).await;
    }
    batch.commit().await.unwrap();
}
