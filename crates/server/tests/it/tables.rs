//! Tables as files: Parquet says what CSV says, with types, and of itself what the page says around it.

use access::Role;
use axum::http::StatusCode;
use testkit::parquet_file::ParquetText;

use crate::{
    fixture::{Answer, Service},
    search_charts::charted,
};

/// Asserts that two files say the same, cell by cell, and returns what the Parquet file says.
pub(crate) fn assert_alike(csv: &Answer, parquet: &Answer) -> ParquetText {
    assert_eq!(csv.status, StatusCode::OK, "{}", csv.text());
    assert_eq!(parquet.status, StatusCode::OK);
    assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(parquet.header("content-type"), "application/vnd.apache.parquet");
    let named = csv.header("content-disposition").replace(".csv\"", ".parquet\"");
    assert_eq!(parquet.header("content-disposition"), named);
    let read = ParquetText::of(&parquet.body);
    let mut reader = csv::Reader::from_reader(csv.body.as_slice());
    let heads: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let cells = |row: csv::StringRecord| row.iter().map(str::to_owned).collect::<Vec<_>>();
    let rows: Vec<Vec<String>> = reader.records().map(|row| cells(row.unwrap())).collect();
    assert_eq!(read.columns.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>(), heads);
    assert_eq!(read.rows, rows);
    assert_eq!(read.notes["synthetic"], "yes");
    assert_eq!(read.notes["program"], "Tsumugi 0.0.0-test");
    assert!(read.notes["release"].contains(' '), "{:?}", read.notes);
    read
}

async fn both(service: &Service, csv: &str) -> ParquetText {
    let parquet = service.get(&csv.replacen(".csv", ".parquet", 1)).await;
    assert_alike(&service.get(csv).await, &parquet)
}

#[tokio::test]
async fn every_table_of_the_search_is_the_same_as_parquet() {
    let service = charted().await;
    let genes = both(&service, "/search/table.csv?table=genes&q=sex%3Dmale").await;
    assert_eq!(genes.notes["question"], "sex=male");
    let tp53 = genes.rows.iter().find(|row| row[0] == "TP53").unwrap();
    assert_eq!(tp53[1..3], ["4", "14"]);
    assert_eq!(genes.columns[0].1, "BYTE_ARRAY String");
    assert!(genes.columns[1..].iter().all(|(_, kind)| kind == "INT64"), "{:?}", genes.columns);
    both(&service, "/search/table.csv?table=drugs").await;
    let facets = both(&service, "/search/table.csv?table=facets").await;
    // What is not known has the same word in both.
    assert!(facets.rows.iter().any(|row| row[..2] == ["stage", "unknown"]), "{:?}", facets.rows);
    let pairs = both(&service, "/search/pairs.csv?n=10").await;
    let row = pairs.rows.iter().find(|row| row[..2] == ["EGFR", "KRAS"]).unwrap();
    assert_eq!(row[2..7], ["0", "12", "12", "0", "0"], "the odds ratio of what excludes itself");
    assert_eq!(pairs.columns[6], ("odds_ratio".to_owned(), "DOUBLE".to_owned()));
    let compared = both(&service, "/search/compare.csv?q=gene%3DKRAS&q=gene%3DEGFR").await;
    assert_eq!(compared.notes["question"], "gene=KRAS | gene=EGFR");
    assert_eq!(compared.columns[1].0, "A altered: gene=KRAS");
    for table in ["months", "reach", "prefectures"] {
        both(&service, &format!("/statistics/table.csv?table={table}")).await;
    }
    for path in ["/search/table.parquet?table=people", "/search/compare.parquet"] {
        assert_eq!(service.get(path).await.status, StatusCode::BAD_REQUEST, "{path}");
    }
}

#[tokio::test]
async fn who_may_not_search_gets_no_file_and_who_may_is_written_down() {
    let service = charted().await;
    let path = "/search/table.parquet?table=genes&q=gene%3DKRAS";
    let stranger = service.seen_by("researcher", &[(Role::Researcher, "SYN-C001")]).await;
    assert_eq!(stranger.get(path).await.status, StatusCode::NOT_FOUND);
    let physician = service.seen_by("physician", &[(Role::Physician, "SYN-C001")]).await;
    assert_eq!(physician.get(path).await.status, StatusCode::OK);
    let entries = service.state.store.audit_entries(0, 10_000).await.unwrap();
    let own = entries.iter().map(|stored| &stored.entry);
    let own = own.filter(|entry| entry.action == "search-cases");
    let own: Vec<_> = own.filter(|entry| entry.detail.as_deref() == Some("gene=KRAS")).collect();
    assert_eq!(own.len(), 1);
    assert_eq!(own[0].person, Some(physician.person));
}
