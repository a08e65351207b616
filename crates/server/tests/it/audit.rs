//! The audit log behind the pages: nothing is shown that is not written down.

use access::audit::{Entry, ProofFile, SigningKey, verify_lines};
use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use server::HeadsFile;
use store::AuditFilter;
use tempfile::TempDir;

use crate::{
    fixture::{Service, noon},
    html::assert_sound,
};

fn key() -> SigningKey {
    SigningKey::of_seed([5; 32]).unwrap()
}

/// A service whose log is signed, and the folder of its heads.
async fn signing() -> (Service, TempDir) {
    let service = Service::filled().await;
    let folder = TempDir::new().unwrap();
    service.state.audit.sign_with(key(), HeadsFile::at(folder.path().join("heads.ndjson")));
    (service, folder)
}

fn entry(number: u64) -> Entry {
    Entry::by_system(noon(), &format!("合成 {number}"), "read-case").with_detail("<b>理由</b>")
}

#[tokio::test(flavor = "multi_thread")]
async fn entries_of_many_requests_are_durable_before_they_are_answered() {
    let (service, folder) = signing().await;
    let waiting = (0..300).map(|number| {
        let (audit, store) = (service.state.audit.clone(), service.state.store.clone());
        tokio::spawn(async move {
            audit.record(entry(number)).await.unwrap();
            let name = Some(format!("合成 {number}"));
            let filter = AuditFilter { name, ..AuditFilter::default() };
            assert!(store.count_audit(&filter).await.unwrap() > 0, "{number}");
        })
    });
    for waiting in waiting.collect::<Vec<_>>() {
        waiting.await.unwrap();
    }
    service.state.audit.finish().await.unwrap();
    let (outside, flaws) = HeadsFile::at(folder.path().join("heads.ndjson")).read().unwrap();
    assert_eq!((outside.len(), flaws), (1, Vec::new()));
    let keys = Some(vec![key().public()]);
    let found = service.state.store.verify_audit(keys, outside).await.unwrap();
    assert_eq!((found.flaws.clone(), found.unsigned()), (vec![], 0));
    assert!(found.entries >= 301, "{}", found.entries);
}

#[tokio::test]
async fn without_the_log_nothing_is_shown() {
    let service = Service::filled().await;
    service.state.audit.record(entry(1)).await.unwrap();
    service.state.store.close().await;
    assert!(service.state.audit.record(entry(2)).await.is_err());
    let answer = service.get("/audit").await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(!answer.text().contains("合成 1"));
}

#[tokio::test]
async fn the_log_is_shown_searched_and_its_own_reading_written_down() {
    let (service, _folder) = signing().await;
    let case = service.state.store.case_by_reference("TS-0001").await.unwrap().unwrap().case;
    let read = entry(7).on_case(case, None).for_purpose("care").with_items(["EGFR"]);
    service.state.audit.record_all(vec![entry(6), read]).await.unwrap();
    for language in ["ja", "en"] {
        for path in ["/audit", "/audit?case=TS-0001&who=7", "/audit/entries/1"] {
            let mark = if path.contains('?') { '&' } else { '?' };
            let path = format!("{path}{mark}lang={language}");
            let answer = service.get(&path).await;
            assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text());
            assert_sound(&path, &answer);
            assert!(answer.text().contains("TS-0001"), "{path}");
            assert!(!answer.text().contains("<b>"), "{path}: hostile text got through");
        }
        let path = format!("/audit/cases/{case}?lang={language}");
        let answer = service.get(&path).await;
        assert_sound(&path, &answer);
        assert!(answer.text().contains("合成 7") && !answer.text().contains("合成 6"), "{path}");
    }
    let found = service.get("/audit?case=NOBODY").await;
    assert!(found.text().contains("条件に合う記録はありません"));
    let searched = service.get("/audit?action=read-audit&lang=en").await;
    assert!(searched.text().contains("case=NOBODY"), "the search is written down");
    for wrong in ["/audit?from=x", "/audit?outcome=x", "/audit?before=x"] {
        assert_eq!(service.get(wrong).await.status, StatusCode::BAD_REQUEST, "{wrong}");
    }
    for nothing in ["/audit/entries/99999", "/audit/entries/x", "/audit/entries/-1"] {
        assert_eq!(service.get(nothing).await.status, StatusCode::NOT_FOUND, "{nothing}");
    }
    let looks = service.state.audit.of_case(case).await.unwrap();
    let look = looks.iter().find(|look| look.name == "合成 7").unwrap();
    assert_eq!((look.times, &look.items[..]), (1, &["EGFR".to_owned()][..]));
}

#[tokio::test]
async fn what_is_taken_out_can_be_verified() {
    let (service, _folder) = signing().await;
    let entries = (0..2_500).map(entry).collect();
    service.state.audit.record_all(entries).await.unwrap();
    service.state.audit.sign_head().await.unwrap();
    let answer = service.get("/audit/export.ndjson").await;
    let found = verify_lines(&mut &answer.body[..], vec![key().public()], Vec::new()).unwrap();
    assert_eq!(found.flaws, []);
    assert!(found.entries > 2_500, "the export itself is in it");

    let csv = service.get("/audit/export.csv?who=2499").await;
    let lines: Vec<&str> = csv.text().lines().collect();
    assert_eq!(lines.len(), 2, "{}", csv.text());
    assert!(lines[0].starts_with("sequence,at,") && lines[1].contains("合成 2499"));

    let proof = service.get("/audit/entries/17/proof").await;
    let proof: ProofFile = serde_json::from_slice(&proof.body).unwrap();
    let checked = proof.check(Some(&key().public())).unwrap();
    assert_eq!(checked.entries[0].1.name, entry(17).name);
}

#[tokio::test]
async fn the_log_is_verified_on_request() {
    let (service, _folder) = signing().await;
    service.state.audit.record(entry(1)).await.unwrap();
    let before = service.get("/audit").await;
    assert!(before.text().contains("まだ検証していません"));
    let request = Request::post("/audit/verify")
        .header(header::HOST, "127.0.0.1:8080")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::COOKIE, service.cookie())
        .body(Body::from(format!("csrf={}", service.form_token())))
        .unwrap();
    let answer = service.send(request).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    assert!(service.get("/audit").await.text().contains("改変はありません"));
}
