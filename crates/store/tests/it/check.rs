//! A check is silent on a whole record, and finds planted damage.

use store::{Packed, Store};

use crate::fixture::{
    Record, moment, on_both_engines, record_many, record_one, register_release, report_on,
};

on_both_engines!(
    a_whole_record_has_no_findings,
    a_wrong_digest_is_found,
    bytes_that_do_not_unpack_are_found,
    a_spoilt_report_is_found,
    a_lost_row_of_the_case_list_is_found,
    an_orphan_is_found,
    a_result_without_report_is_found,
);

async fn codes(store: &Store) -> Vec<&'static str> {
    let report = store.check().await.unwrap();
    for finding in &report.findings {
        assert!(finding.message.ja.contains(&finding.subject), "{finding:?}");
        assert!(!finding.message.en.is_empty());
    }
    report.findings.iter().map(|finding| finding.code).collect()
}

/// Changes the record behind the back of the triggers, as damage or a careless hand would.
pub(crate) async fn damage(url: &str, table: &str, sql: &str) {
    use sqlx::{AssertSqlSafe, Connection};
    if url.starts_with("sqlite:") {
        let options: sqlx::sqlite::SqliteConnectOptions = url.parse().unwrap();
        let options = options.foreign_keys(false);
        let mut connection = sqlx::SqliteConnection::connect_with(&options).await.unwrap();
        let drop =
            format!("DROP TRIGGER IF EXISTS {table}_keeps; DROP TRIGGER IF EXISTS {table}_stays;");
        sqlx::raw_sql(AssertSqlSafe(drop)).execute(&mut connection).await.unwrap();
        sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut connection).await.unwrap();
    } else {
        let mut connection = sqlx::PgConnection::connect(url).await.unwrap();
        let sql = format!("SET session_replication_role = replica; {sql}");
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
    }
}

async fn a_whole_record_has_no_findings(record: Record) {
    record_many(&record.store, 20).await;
    let report = record.store.check().await.unwrap();
    assert_eq!(report.findings, []);
    let counts = report.counts;
    assert_eq!((counts.cases, counts.revisions, counts.originals), (20, 20, 20));
    assert_eq!((counts.results, counts.reports, counts.releases), (20, 20, 1));
}

async fn a_wrong_digest_is_found(record: Record) {
    record_many(&record.store, 3).await;
    let digest = record.store.known_digests().await.unwrap().into_iter().next().unwrap();
    let other =
        format!("UPDATE original SET size_bytes = size_bytes + 1 WHERE digest = '{digest}'");
    damage(&record.url, "original", &other).await;
    assert_eq!(codes(&record.store).await, ["check.original.digest"]);
}

async fn bytes_that_do_not_unpack_are_found(record: Record) {
    record_many(&record.store, 3).await;
    let blob = if record.url.starts_with("sqlite:") { "x'00ff'" } else { "'\\x00ff'" };
    for table in ["original", "result"] {
        let column = if table == "original" { "content" } else { "problems" };
        damage(&record.url, table, &format!("UPDATE {table} SET {column} = {blob}")).await;
    }
    let mut found = codes(&record.store).await;
    found.dedup();
    assert_eq!(found, ["check.original.bytes", "check.result.document"]);
}

async fn a_spoilt_report_is_found(record: Record) {
    record_many(&record.store, 1).await;
    let case = record.store.case_by_reference("CASE-00000").await.unwrap().unwrap();
    let result = record.store.results_of_case(case.case).await.unwrap().remove(0);
    let mut batch = record.store.begin().await.unwrap();
    let mut spoilt = report_on(case.case, 1, result.id, 77, moment(5));
    spoilt.document = Packed::bytes("report", b"{\"findings\":[0]}").unwrap();
    batch.add_report(&spoilt).await.unwrap();
    batch.refresh_cases(&[case.case]).await.unwrap();
    batch.commit().await.unwrap();
    assert_eq!(codes(&record.store).await, ["check.report.digest"]);
}

async fn a_lost_row_of_the_case_list_is_found(record: Record) {
    record_many(&record.store, 3).await;
    damage(&record.url, "case_summary", "DELETE FROM case_summary WHERE reference = 'CASE-00001'")
        .await;
    assert_eq!(codes(&record.store).await, ["check.case_list"]);
    let mut batch = record.store.begin().await.unwrap();
    batch.rebuild_case_list().await.unwrap();
    batch.commit().await.unwrap();
    damage(&record.url, "case_summary", "UPDATE case_summary SET hospital = 'X'").await;
    assert_eq!(codes(&record.store).await, ["check.case_list"]);
}

async fn an_orphan_is_found(record: Record) {
    record_many(&record.store, 2).await;
    damage(&record.url, "knowledge_release", "DELETE FROM knowledge_release").await;
    assert_eq!(codes(&record.store).await, ["check.report.references"]);
    damage(&record.url, "original", "DELETE FROM original").await;
    assert_eq!(codes(&record.store).await, ["check.result.original", "check.report.references"]);
}

async fn a_result_without_report_is_found(record: Record) {
    let mut batch = record.store.begin().await.unwrap();
    register_release(&mut batch).await;
    record_one(&mut batch, 1).await;
    batch.commit().await.unwrap();
    damage(&record.url, "report", "DELETE FROM report").await;
    let found = codes(&record.store).await;
    assert!(found.contains(&"check.result.report"), "{found:?}");
    assert_eq!(record.store.count_results_without_report("sha256:release").await.unwrap(), 1);
}
