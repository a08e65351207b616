//! The portal's case CSV on its pages: preview, confirmation, outcome, and whom it lets in.

use std::{path::Path, sync::Arc};

use access::{
    Role,
    audit::{Entry, Outcome},
};
use axum::{
    body::Body,
    http::{StatusCode, header},
};
use model::identity::{CaseId, FieldEventId};
use store::{EntrySource, FieldEvent};
use uuid::Uuid;

use crate::{
    fixture::{Answer, HOSPITAL, HOSTILE, Seen, Service, add_person, case, form_with_file, noon},
    html::assert_sound,
    restart::started_again,
};

const HEADER: &str = "C.CAT調査結果.基本項目.施設ID,C.CAT調査結果.基本項目.登録ID,症例.基本情報.性別,\
                      症例.基本情報.年齢,症例.EP前レジメン情報.治療ライン,症例.EP前レジメン情報.投与開始日";
const IMPORT: &str = "/cases/import";

fn csv(rows: &[&str]) -> Vec<u8> {
    format!("{HEADER}\n{}\n", rows.join("\n")).into_bytes()
}

async fn case_id(service: &Service, reference: &str) -> CaseId {
    service.state.store.case_by_reference(reference).await.unwrap().unwrap().case
}

/// What stands in each field of a case; values side by side with a bar between them.
async fn fields(service: &Service, reference: &str) -> Vec<(String, String)> {
    let fields =
        service.state.store.record_fields(case_id(service, reference).await).await.unwrap();
    let mut said = Vec::new();
    for (address, state) in fields {
        let mut values: Vec<_> =
            state.heads.iter().map(|head| head.value.clone().unwrap_or_default()).collect();
        values.sort();
        let item = address.as_str().rsplit('/').next().unwrap().to_owned();
        said.push((item, values.join("|")));
    }
    said.sort();
    said
}

async fn type_in(service: &Service, reference: &str, item: &str, value: &str) {
    let person = add_person(&service.state.store, "typist", &[(Role::Coordinator, HOSPITAL)]).await;
    let event = FieldEvent {
        id: FieldEventId(Uuid::from_u128(77)),
        case: case_id(service, reference).await,
        address: item.parse().unwrap(),
        value: Some(value.to_owned()),
        base: None,
        merged: Vec::new(),
        person,
        source: EntrySource::Form,
        saved_at: noon(),
    };
    let mut batch = service.state.store.begin().await.unwrap();
    batch.save_fields(&[event]).await.unwrap();
    batch.commit().await.unwrap();
}

/// Sends a file and opens its preview.
async fn preview(seen: &Seen<'_>, file: &[u8]) -> (String, Answer) {
    let answer = seen.send_file(IMPORT, ("症例.csv", file)).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    let place = answer.header("location").to_owned();
    let shown = seen.get(&place).await;
    assert_eq!(shown.status, StatusCode::OK, "{}", shown.text());
    assert_sound(&place, &shown);
    (place, shown)
}

/// The audit log.
async fn audit_log(service: &Service) -> Vec<Entry> {
    let stored = service.state.store.audit_entries(0, 1_000).await.unwrap();
    stored.into_iter().map(|stored| stored.entry).collect()
}

/// Entries of the audit log on a case.
async fn audit_of(service: &Service, case: CaseId) -> Vec<Entry> {
    let entries = audit_log(service).await.into_iter();
    entries.filter(|entry| entry.case == Some(case)).collect()
}

#[tokio::test]
async fn a_preview_tells_case_by_case_and_writes_nothing_until_it_is_confirmed() {
    let service = Service::filled().await;
    let seen = service.seen_by("coordinator", &[(Role::Coordinator, HOSPITAL)]).await;
    type_in(&service, "TS-0001", "age", "61").await;
    let before = fields(&service, "TS-0001").await;
    let file =
        csv(&["F,TS-0001,2,60,1,2024/1/5", "F,TS-0001,2,60,2,2024/6/1", "F,TS-0002,1,55,NA,NA"]);
    let (place, shown) = preview(&seen, &file).await;
    for words in
        ["まだ何も書いていません", "TS-0001", "TS-0002", "並べます", "2 症例に 8 個の値を入れます"]
    {
        assert!(shown.text().contains(words), "{words}: {}", shown.text());
    }
    assert_eq!(fields(&service, "TS-0001").await, before, "a preview writes nothing");
    let looked = audit_of(&service, case_id(&service, "TS-0001").await).await;
    let is_look = |entry: &&Entry| {
        entry.action == "read-case"
            && entry.outcome == Outcome::Done
            && entry.detail.as_deref() == Some("preview of a portal case CSV")
    };
    assert_eq!(looked.iter().filter(is_look).count(), 1, "{looked:?}");
    let english = seen.get(&format!("{place}?lang=en")).await;
    assert!(english.text().contains("8 values are entered, in 2 cases"), "{}", english.text());
    let only = seen.get(&format!("{place}?only=contradicting")).await;
    assert!(only.text().contains("TS-0001") && !only.text().contains(">TS-0002<"));

    let answer = seen.post(&format!("{place}/confirm"), &[]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    let outcome = seen.get(&place).await;
    assert_sound(&place, &outcome);
    let record = format!("{}/record", service.case_path("TS-0001").await);
    for words in ["記入しました", "選んでください", &record] {
        assert!(outcome.text().contains(words), "{words}: {}", outcome.text());
    }
    let said = fields(&service, "TS-0001").await;
    for (item, value) in [("age", "60|61"), ("sex", "2"), ("before_start", "2024/6/1")] {
        assert!(said.contains(&(item.to_owned(), value.to_owned())), "{item}: {said:?}");
    }
    let wrote = audit_of(&service, case_id(&service, "TS-0001").await).await;
    let is_entry = |entry: &&Entry| {
        entry.action == "write-case" && entry.detail.as_deref() == Some("portal case CSV")
    };
    assert_eq!(wrote.iter().filter(is_entry).count(), 1, "{wrote:?}");

    // Pressed a second time, and sent a second time, nothing more is entered.
    seen.post(&format!("{place}/confirm"), &[]).await;
    let (_, again) = preview(&seen, &file).await;
    assert!(again.text().contains("新しく入る値はありません"), "{}", again.text());
    assert_eq!(fields(&service, "TS-0001").await, said);
    let log = audit_log(&service).await;
    assert_eq!(log.iter().filter(is_entry).count(), 2, "one for each case");
}

#[tokio::test]
async fn a_file_with_an_error_is_told_with_line_and_remedy_and_enters_nothing() {
    let service = Service::filled().await;
    let elsewhere =
        model::case::PatientCase { hospital: Some("SYN-C001".to_owned()), ..case("TS-0900", None) };
    let id = CaseId(store::identifier_v7(noon(), &["elsewhere"]));
    let mut batch = service.state.store.begin().await.unwrap();
    let new = store::NewCase { id, document: elsewhere, revises: true };
    batch.register_case(&new, noon()).await.unwrap();
    batch.commit().await.unwrap();
    let seen = service.seen_by("coordinator", &[(Role::Coordinator, HOSPITAL)]).await;
    let file = csv(&[
        "F,TS-0001,2,60,NA,NA",
        "F,TS-0900,2,60,NA,NA",
        "F,TS-4040,2,60,NA,NA",
        "F,TS-0002,2,sixty,NA,NA",
    ]);
    let (place, shown) = preview(&seen, &file).await;
    assert!(shown.text().contains("このままでは取り込めません"), "{}", shown.text());
    // A case of another hospital is told in the same words as one that nobody has.
    let unknown = |number: &str| format!("登録番号「{number}」の症例は、この施設にありません。");
    for number in ["TS-0900", "TS-4040"] {
        assert!(shown.text().contains(&unknown(number)), "{number}");
    }
    assert!(!shown.text().contains(&id.to_string()) && !shown.text().contains("SYN-C001"));
    for words in
        ["3 行目", "4 行目", "5 行目", "ほかの施設の行は除いてください", "record.value.unreadable"]
    {
        assert!(shown.text().contains(words), "{words}: {}", shown.text());
    }
    assert!(!shown.text().contains(&format!("{place}/confirm")), "nothing to confirm");
    let english = seen.get(&format!("{place}?lang=en")).await;
    assert!(english.text().contains("Take the rows of other hospitals out."));
    let answer = seen.post(&format!("{place}/confirm"), &[]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert!(fields(&service, "TS-0001").await.is_empty(), "a forged confirmation enters nothing");
    let tried = audit_of(&service, id).await;
    let is_refusal =
        |entry: &&Entry| entry.action == "write-case" && entry.outcome == Outcome::Refused;
    assert_eq!(tried.iter().filter(is_refusal).count(), 1, "{tried:?}");
}

#[tokio::test]
async fn whoever_may_not_write_the_hospitals_records_is_not_let_in() {
    let service = Service::filled().await;
    let seen = service.seen_by("coordinator", &[(Role::Coordinator, HOSPITAL)]).await;
    assert!(seen.get("/cases").await.text().contains(IMPORT));
    assert!(seen.get("/completeness").await.text().contains(IMPORT));
    assert_sound(IMPORT, &seen.get(IMPORT).await);
    let file = csv(&["F,TS-0001,2,60,NA,NA"]);
    let (place, _) = preview(&seen, &file).await;

    let reader = service.seen_by("reader", &[(Role::PanelMember, HOSPITAL)]).await;
    assert!(!reader.get("/cases").await.text().contains(IMPORT));
    assert_eq!(reader.get(IMPORT).await.status, StatusCode::NOT_FOUND);
    let sent = reader.send_file(IMPORT, ("症例.csv", &file)).await;
    assert_eq!(sent.status, StatusCode::NOT_FOUND);
    // A colleague may import files, but neither sees nor confirms another's.
    let colleague = service.seen_by("colleague", &[(Role::Coordinator, HOSPITAL)]).await;
    assert_eq!(colleague.get(&place).await.status, StatusCode::NOT_FOUND);
    let answer = colleague.post(&format!("{place}/confirm"), &[]).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    let answer = colleague.post(&format!("{place}/discard"), &[]).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert!(fields(&service, "TS-0001").await.is_empty());
    // Of another hospital, the same number is nobody's.
    let other = service.seen_by("other", &[(Role::Coordinator, "SYN-C001")]).await;
    let (_, shown) = preview(&other, &file).await;
    assert!(shown.text().contains("この施設にありません"));

    let answer = seen.post(&format!("{place}/discard"), &[]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(seen.get(&place).await.status, StatusCode::NOT_FOUND, "thrown away");
}

#[tokio::test]
async fn a_file_waits_for_an_hour_and_what_is_no_case_csv_is_said_so() {
    let service = Service::filled().await;
    let seen = service.seen_by("coordinator", &[(Role::Coordinator, HOSPITAL)]).await;
    let (place, _) = preview(&seen, &csv(&["F,TS-0001,2,60,NA,NA"])).await;
    for (minutes, status) in
        [(20, StatusCode::OK), (20, StatusCode::OK), (21, StatusCode::NOT_FOUND)]
    {
        service.pass(minutes * 60);
        assert_eq!(seen.get(&place).await.status, status);
    }

    for bytes in [&b"hello"[..], &[0, 1, 2, 3], HOSTILE.as_bytes(), "a,b\n1,2\n".as_bytes()] {
        let (_, shown) = preview(&seen, bytes).await;
        assert!(shown.text().contains("このままでは取り込めません"), "{}", shown.text());
        assert!(shown.text().contains("直し方"), "{}", shown.text());
    }
    let empty = seen.send_file(IMPORT, ("空.csv", b"")).await;
    assert_eq!(empty.status, StatusCode::BAD_REQUEST);
    assert_sound(IMPORT, &empty);
    assert!(empty.text().contains("ポータルから出力した症例CSVを選んで"));
}

/// Sends a file as whoever has every role, and returns where its preview is.
async fn sent(service: &Service, file: &[u8]) -> String {
    let fields = [("hospital", HOSPITAL)];
    let (request, body) =
        form_with_file(IMPORT, &service.form_token(), &fields, Some(("症例.csv", file)));
    let request = request.header(header::COOKIE, service.cookie()).body(Body::from(body)).unwrap();
    let answer = service.send(request).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    answer.header("location").to_owned()
}

/// Names of the files that wait, sorted.
fn waiting(data: &Path) -> Vec<String> {
    let Ok(files) = std::fs::read_dir(data.join("imports")) else { return Vec::new() };
    let mut names: Vec<String> =
        files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Only its owner may read a file or look into a folder.
#[cfg(unix)]
fn assert_private(path: &Path) {
    let mode = std::os::unix::fs::MetadataExt::mode(&std::fs::metadata(path).unwrap());
    assert_eq!(mode & 0o077, 0, "{} may be read by others", path.display());
}

#[tokio::test]
async fn a_file_waits_also_while_the_server_starts_again() {
    let data = tempfile::tempdir().unwrap();
    let service = started_again(Service::filled().await, data.path());
    let place = sent(&service, &csv(&["F,TS-0001,2,60,NA,NA"])).await;
    let shown = service.get(&place).await;
    assert!(shown.text().contains("まだ何も書いていません"), "{}", shown.text());
    let id = place.rsplit('/').next().unwrap().to_owned();
    assert_eq!(waiting(data.path()), [format!("{id}.csv"), format!("{id}.json")]);
    #[cfg(unix)]
    {
        let folder = data.path().join("imports");
        assert_private(&folder);
        waiting(data.path()).iter().for_each(|name| assert_private(&folder.join(name)));
    }

    // It is there again, compared with the records as they stand now, and for nobody else.
    type_in(&service, "TS-0001", "age", "61").await;
    let service = started_again(service, data.path());
    let colleague = service.seen_by("colleague", &[(Role::Coordinator, HOSPITAL)]).await;
    assert_eq!(colleague.get(&place).await.status, StatusCode::NOT_FOUND);
    let shown = service.get(&place).await;
    assert_eq!(shown.status, StatusCode::OK, "{}", shown.text());
    assert_sound(&place, &shown);
    assert!(shown.text().contains("症例.csv") && shown.text().contains("並べます"));
    let answer = service.post(&format!("{place}/confirm"), &[]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    assert!(service.get(&place).await.text().contains("記入しました"));
    let said = fields(&service, "TS-0001").await;
    assert!(said.contains(&("age".to_owned(), "60|61".to_owned())), "{said:?}");
    assert_eq!(waiting(data.path()), Vec::<String>::new(), "what was entered waits no longer");
    drop(colleague);
    let service = started_again(service, data.path());
    assert_eq!(service.get(&place).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_waited_too_long_was_thrown_away_or_was_replaced_is_on_no_disk() {
    let data = tempfile::tempdir().unwrap();
    let service = started_again(Service::filled().await, data.path());
    let file = csv(&["F,TS-0001,2,60,NA,NA"]);
    let first = sent(&service, &file).await;
    service.get(&first).await;
    // Also after a start a new file takes the place of the one before.
    let service = started_again(service, data.path());
    let second = sent(&service, &file).await;
    service.get(&second).await;
    assert_eq!(waiting(data.path()).len(), 2);
    assert_eq!(service.get(&first).await.status, StatusCode::NOT_FOUND);
    let service = started_again(service, data.path());
    let answer = service.post(&format!("{second}/discard"), &[]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    assert_eq!(waiting(data.path()), Vec::<String>::new());

    // Nobody asks for it any more: the program throws it away by itself, and what was left half sent too.
    let third = sent(&service, &file).await;
    service.get(&third).await;
    let half = data.path().join("imports/.tmpHALF");
    std::fs::write(&half, "half").unwrap();
    let long_ago = std::fs::File::options().write(true).open(&half).unwrap();
    long_ago.set_modified(std::time::SystemTime::UNIX_EPOCH).unwrap();
    let service = service.with(|state| {
        let later: server::Clock = Arc::new(|| noon() + chrono::TimeDelta::minutes(61));
        let store = state.store.clone();
        let begun =
            server::AppState::new(store, knowledge::Release::starter(), later, "0.0.0-test");
        *state = begun.with_data_folder(data.path());
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let stop = tokio::time::sleep(std::time::Duration::from_millis(500));
    server::serve(service.state.clone(), server::Door::plain(listener), stop).await.unwrap();
    assert_eq!(waiting(data.path()), Vec::<String>::new());
}
