//! The programme's statistics: the published year from the record to the page, cell by cell; what everybody sees; where
//! numbers lead.

use access::Role;
use axum::http::StatusCode;
use model::{
    consent::{Answer, Answers, ConsentEvent, ConsentKind, ConsentWay, Recorder, day_of},
    identity::{CaseId, ConsentEventId, FieldEventId, PersonId},
};
use scraper::{Html, Selector};
use store::{EntrySource, FieldEvent, NewCase, identifier_v7};
use uuid::Uuid;

use crate::{
    fixture::{Service, noon},
    html::assert_sound,
};

/// The published table, typed again from the page that has it: the months from 2019-09, the sum, the share.
const PUBLISHED: [(&str, &str); 4] = [
    ("中核拠点病院", "125 166 176 180 217 191 242 200 143 219 191 163 2,213 29.6"),
    ("拠点病院", "70 128 148 199 214 241 257 222 186 291 319 239 2,514 33.7"),
    ("連携病院", "63 110 142 163 221 291 311 302 226 293 337 281 2,740 36.7"),
    ("計", "258 404 466 542 652 723 810 724 555 803 847 683 7,467 100.0"),
];
const PAGE: &str = "/statistics?to=2020-08&months=12";
/// Cases recorded in one transaction.
const AT_ONCE: usize = 1_000;

/// A service over the record of the published year; every patient allows everything.
async fn published_year() -> Service {
    let service = Service::empty().await;
    let store = &service.state.store;
    let mut batch = store.begin().await.unwrap();
    batch.record_registry(&synthetic::programme_year_registry(), None, noon()).await.unwrap();
    for document in synthetic::consent_documents() {
        batch.add_consent_document(&document).await.unwrap();
    }
    batch.commit().await.unwrap();
    for tests in synthetic::programme_year().chunks(AT_ONCE) {
        let mut batch = store.begin().await.unwrap();
        let mut entries = Vec::new();
        for test in tests {
            let id = CaseId(identifier_v7(noon(), &["case", &test.case.reference]));
            let new = NewCase { id, document: test.case.clone(), revises: true };
            let case = batch.register_case(&new, noon()).await.unwrap().case;
            batch.record_consent(&yes(case)).await.unwrap().unwrap();
            entries.extend(test.record.cells().map(|(address, value)| {
                let address = address.to_string();
                FieldEvent {
                    id: FieldEventId(identifier_v7(noon(), &[&case.to_string(), &address])),
                    case,
                    address: address.parse().unwrap(),
                    value: Some(value.entered().to_owned()),
                    base: None,
                    merged: Vec::new(),
                    person: PersonId(Uuid::nil()),
                    source: EntrySource::Import,
                    saved_at: noon(),
                }
            }));
        }
        batch.save_fields(&entries).await.unwrap();
        batch.commit().await.unwrap();
    }
    service
}

fn yes(case: CaseId) -> ConsentEvent {
    ConsentEvent {
        id: ConsentEventId(identifier_v7(noon(), &["consent", &case.to_string()])),
        case,
        kind: ConsentKind::Given,
        answers: Answers::all(Answer::Yes),
        document: synthetic::consent_documents().first().map(|each| each.version.clone()),
        way: ConsentWay::Paper,
        witness: Some("合成 立会人".to_owned()),
        recipient: None,
        note: None,
        recorded_by: Recorder::Synthetic,
        signed_on: day_of(noon()),
        recorded_at: noon(),
        supersedes: None,
    }
}

/// The rows of a table of the page, each as its head and its cells.
fn rows(page: &Html, table: &str) -> Vec<(String, String)> {
    let select = |text: &str| Selector::parse(text).unwrap();
    let text = |element: scraper::ElementRef<'_>| {
        element.text().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let table = page.select(&select(table)).next().expect(table);
    let row = |row: scraper::ElementRef<'_>| {
        let head = row.select(&select("th")).next().map(text).unwrap_or_default();
        let cells: Vec<String> = row.select(&select("td")).map(text).collect();
        (head, cells.join(" ").replace(" %", ""))
    };
    table.select(&select("tbody tr")).map(row).collect()
}

#[tokio::test]
async fn the_published_year_is_on_the_page_cell_by_cell() {
    let service = published_year().await;
    let answer = service.get_as_stranger(PAGE).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let page = assert_sound(PAGE, &answer);
    let expected = PUBLISHED.map(|(head, cells)| (head.to_owned(), cells.to_owned()));
    assert_eq!(rows(&page, "table.months"), expected);
    // 186 hospitals did a test, 20 did not, all of them partners; 125 gave a proposed drug.
    let facilities = rows(&page, "section[aria-labelledby='facilities-title'] table");
    let cells: Vec<&str> = facilities.iter().map(|(_, cells)| cells.as_str()).collect();
    assert_eq!(cells, ["12 12 0 12", "33 33 0 30", "161 141 20 83"]);
    let reach = rows(&page, "section[aria-labelledby='reach-title'] table");
    let all = &reach.last().unwrap().1;
    assert!(all.starts_with("607 ") && all.ends_with(" 7,467 8.1"), "{all}");
    let text = answer.text();
    for words in ["7,467", "186", "/ 206 施設", "8.1 %"] {
        assert!(text.contains(words), "{words}");
    }
    assert!(!text.contains("href=\"/search?"), "nobody is led to cases who may not search");

    // The same by the interface, and as a file.
    let json = service.get("/api/statistics?to=2020-08&months=12").await.json();
    assert_eq!((&json["total"], &json["whole"]), (&7_467.into(), &true.into()));
    let csv = service.get("/statistics/table.csv?to=2020-08&months=12&table=months").await;
    let lines: Vec<&str> = csv.text().lines().collect();
    assert_eq!(lines[1], "core,125,166,176,180,217,191,242,200,143,219,191,163,2213");
    assert_eq!(lines[5], "all,258,404,466,542,652,723,810,724,555,803,847,683,7467");

    // Every number leads whoever may search to as many cases.
    let whole = service.get(PAGE).await;
    assert_sound(PAGE, &whole);
    assert_numbers_lead(&service, whole.text()).await;
}

/// Asserts that links from numbers find as many cases; of many links, every fifth.
async fn assert_numbers_lead(service: &Service, text: &str) {
    let page = Html::parse_document(text);
    let links = Selector::parse("td a[href^='/search?']").unwrap();
    let links: Vec<(String, String)> = page
        .select(&links)
        .map(|link| (link.value().attr("href").unwrap().to_owned(), link.text().collect()))
        .collect();
    assert!(links.len() > 80, "{}", links.len());
    for (href, number) in links.iter().step_by(5) {
        let found = service.get(&href.replace("/search?", "/api/search?")).await;
        assert_eq!(found.status, StatusCode::OK, "{href}");
        let expected: u64 = number.replace(',', "").parse().unwrap();
        assert_eq!(found.json()["cases"], expected, "{href}");
    }
}

#[tokio::test]
async fn small_numbers_are_for_those_who_may_see_them() {
    let service = Service::filled().await;
    for page in
        ["/statistics", "/statistics?to=2026-11&months=60", "/statistics?to=nowhere&months=-1"]
    {
        for answer in [service.get_as_stranger(page).await, service.get(page).await] {
            assert_eq!(answer.status, StatusCode::OK, "{page}");
            assert_sound(page, &answer);
        }
    }
    let mut batch = service.state.store.begin().await.unwrap();
    for document in synthetic::consent_documents() {
        batch.add_consent_document(&document).await.unwrap();
    }
    for reference in ["TS-0001", "TS-0002"] {
        let case = service.state.store.case_by_reference(reference).await.unwrap().unwrap().case;
        batch.record_consent(&yes(case)).await.unwrap().unwrap();
    }
    batch.commit().await.unwrap();
    let path = "/api/statistics?to=2026-11&months=12";
    let office = service.seen_by("office", &[(Role::ProgrammeOffice, "SYN-OFFICE")]).await;
    let researcher = service.seen_by("researcher", &[(Role::Researcher, "SYN-U")]).await;
    let total = |answer: crate::fixture::Answer| answer.json()["total"].clone();
    assert_eq!(total(service.get(path).await), 2);
    assert_eq!(total(office.get(path).await), 2);
    let office = office.get("/statistics?to=2026-11").await;
    assert!(!office.text().contains("href=\"/search?"), "the office sees numbers and no cases");
    // Others see whole years of the programme alone, whatever they ask: what is shared by two periods could be subtracted.
    for asked in [path, "/api/statistics?to=2026-03&months=1", "/api/statistics?months=13"] {
        let year = researcher.get(asked).await.json();
        assert_eq!(
            (&year["months"][0], &year["months"][11]),
            (&"2025-09".into(), &"2026-08".into())
        );
        assert_eq!(year["months"].as_array().unwrap().len(), 12, "{asked}");
    }
    service.pass(300 * 24 * 3_600);
    let year = service.get_as_stranger("/statistics/table.csv?table=months").await;
    assert!(year.text().starts_with("kind,2026-09,2026-10,2026-11"), "{}", year.text());
    let mut cells = year.text().lines().skip(1).flat_map(|line| line.split(',').skip(1));
    assert!(cells.all(str::is_empty), "two cases are not told: {}", year.text());
    assert!(service.get_as_stranger("/statistics").await.text().contains("非表示"));
}
