//! The pictures of the clinical search: their pages, what they count, their files, and addresses that nobody makes in
//! good faith.

use access::Role;
use axum::http::StatusCode;
use model::{case::Sex, consent::Answer};
use scraper::{Html, Selector};
use serde_json::json;

use crate::{
    fixture::{Service, case, cats},
    html::assert_sound,
    search::{answer_all, count},
};

/// Cases of the record, of which every second has KRAS altered, the others EGFR, and every third TP53 besides.
const CASES: usize = 24;
/// Every address below the search that shows something.
const ADDRESSES: [&str; 20] = [
    "/search/compare",
    "/search/compare?q=gene%3DKRAS",
    "/search/compare?q=gene%3DKRAS&q=gene%3DEGFR&clock=test&entry=naive",
    "/search/compare.csv?q=gene%3DKRAS&q=gene%3DEGFR",
    "/search/gene?gene=KRAS",
    "/search/gene?q=sex%3Dfemale",
    "/search/oncoprint",
    "/search/oncoprint?n=10&q=sex%3Dfemale",
    "/search/pairs",
    "/search/pairs.csv?n=10",
    "/search/chart.svg?chart=oncoprint",
    "/search/chart.svg?chart=pairs",
    "/search/chart.svg?chart=lollipop&gene=KRAS",
    "/search/chart.svg?chart=gene-tumours&gene=KRAS",
    "/search/chart.svg?chart=compare-genes&q=gene%3DKRAS&q=gene%3DEGFR",
    "/search/chart.svg?chart=age",
    "/search/chart.svg?chart=genes",
    "/search/chart.svg?chart=item&item=sex",
    "/search/chart.png?chart=oncoprint",
    "/search/chart.png?chart=item&item=tumour",
];

pub(crate) async fn charted() -> Service {
    let service = Service::filled().await;
    service.fill_consent_documents().await;
    for at in 0..CASES {
        let (gene, change) = if at % 2 == 0 { ("KRAS", "G12D") } else { ("EGFR", "L858R") };
        let mut file = cats(&format!("C-{at}"), gene, change);
        file["testInfo"]["panelName"] = json!("Synthetic Panel 50");
        if at % 3 == 0 {
            let mut second = file["variants"]["shortVariants"][0].clone();
            second["itemId"] = json!("sv-2");
            second["position"] = json!(7_674_220);
            second["transcripts"][0]["geneSymbol"] = json!("TP53");
            second["transcripts"][0]["aminoAcidsChange"] = json!("p.R248Q");
            file["variants"]["shortVariants"].as_array_mut().unwrap().push(second);
        }
        let reference = format!("CH-{at:04}");
        let mut own = case(&reference, Some(if at % 4 == 0 { "LUAD" } else { "COAD" }));
        own.sex = Some(if at < 10 { Sex::Female } else { Sex::Male });
        service.receive(own, &format!("chart-{at}.cats"), &file).await;
        answer_all(&service, &reference, Answer::Yes, 0).await;
    }
    service
}

fn page(text: &str) -> Html {
    Html::parse_document(text)
}

#[tokio::test]
async fn every_page_is_sound_and_every_file_stands_alone() {
    let service = charted().await;
    for path in ADDRESSES {
        for language in ["ja", "en"] {
            let answer = service.get_with(path, &[("accept-language", language)]).await;
            let no_font = answer.status == StatusCode::NOT_IMPLEMENTED && path.contains(".png");
            assert!(answer.status == StatusCode::OK || no_font, "{path}: {}", answer.status);
            if path.contains("chart.svg") {
                assert_eq!(answer.header("content-type"), "image/svg+xml");
                assert!(answer.header("content-disposition").starts_with("attachment"));
                let text = answer.text();
                assert!(text.starts_with("<svg xmlns="), "{path}");
                assert!(!text.contains("var(") && !text.contains("href"), "{path}: {text}");
                let said = if language == "ja" { "合成データ" } else { "Synthetic data" };
                assert!(text.contains(said), "{path}: says that it is synthetic");
            } else if path.contains(".png") {
                assert!(no_font || answer.body.starts_with(b"\x89PNG"), "{path}");
            } else if path.contains(".csv") {
                assert!(answer.text().lines().count() > 2, "{path}: {}", answer.text());
            } else {
                assert_sound(path, &answer);
            }
        }
    }
}

#[tokio::test]
async fn numbers_of_a_comparison_lead_to_as_many_cases() {
    let service = charted().await;
    let answer = service.get("/search/compare?q=gene%3DKRAS&q=gene%3DTP53").await;
    let shown = page(answer.text());
    let counts = Selector::parse(".count-cell").unwrap();
    let counts: Vec<String> = shown.select(&counts).map(|cell| cell.text().collect()).collect();
    assert_eq!(counts, ["12", "8"]);
    let links = Selector::parse("section[aria-labelledby='overlaps'] td.num a").unwrap();
    let mut numbers = Vec::new();
    for link in shown.select(&links) {
        let number: u64 = link.text().collect::<String>().parse().unwrap();
        let query = link.attr("href").unwrap().split_once("?q=").unwrap().1;
        assert_eq!(count(&service, query).await, number, "{query}");
        numbers.push(number);
    }
    // Every sixth case has both; TP53 is altered in every third.
    assert_eq!(numbers, [8, 4, 4]);
    assert!(answer.text().contains("検定は行いません"), "cohorts that share cases are not tested");
    let separate = service.get("/search/compare?q=gene%3DKRAS&q=gene%3DEGFR").await;
    let csv = service.get("/search/compare.csv?q=gene%3DKRAS&q=gene%3DEGFR").await;
    let row = csv.text().lines().find(|line| line.starts_with("KRAS,")).unwrap();
    assert!(row.starts_with("KRAS,12,12,0,12,"), "{row}");
    // Fisher's test of 12 of 12 and none of 12: 2 / (24 over 12).
    let p: f64 = row.split(',').rev().nth(1).unwrap().parse().unwrap();
    assert!((p - 2.0 / 2_704_156.0).abs() < 1e-15, "{p}");
    assert!(separate.text().contains("&#60; 0.0001"), "{}", separate.text());
}

#[tokio::test]
async fn cohorts_that_cannot_be_read_or_are_too_many_are_told() {
    let service = charted().await;
    let answer = service.get("/search/compare?q=gene%3DKRAS&q=gene%3DKRASS").await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let shown = page(answer.text());
    let wrong = Selector::parse("input[aria-invalid='true']").unwrap();
    let wrong: Vec<_> = shown.select(&wrong).filter_map(|field| field.attr("value")).collect();
    assert_eq!(wrong, ["gene=KRASS"], "what was typed stays, at its field");
    let seven = format!("/search/compare?{}", ["q=everything"; 7].join("&"));
    let answer = service.get(&seven).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_sound(&seven, &answer);
    assert!(answer.text().contains("6 つまで"), "{}", answer.text());
    let hostile = "%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E";
    let many = vec![format!("q={hostile}"); 40].join("&");
    for (path, status) in [
        (format!("/search/compare?{many}"), StatusCode::UNPROCESSABLE_ENTITY),
        (format!("/search/compare?q=&q=&clock={hostile}"), StatusCode::OK),
        (format!("/search/gene?gene={hostile}"), StatusCode::UNPROCESSABLE_ENTITY),
        ("/search/gene?gene=KRASS".to_owned(), StatusCode::UNPROCESSABLE_ENTITY),
        (format!("/search/gene?q={hostile}"), StatusCode::UNPROCESSABLE_ENTITY),
        ("/search/gene?gene=MYC&q=age%3D90..20".to_owned(), StatusCode::UNPROCESSABLE_ENTITY),
        (format!("/search/oncoprint?n={hostile}"), StatusCode::OK),
        ("/search/oncoprint?n=-1".to_owned(), StatusCode::OK),
        ("/search/pairs?n=99999999999999999999999".to_owned(), StatusCode::OK),
        ("/search/pairs?q=nothing".to_owned(), StatusCode::OK),
        ("/search/oncoprint?q=nothing".to_owned(), StatusCode::OK),
        ("/search/gene?q=nothing".to_owned(), StatusCode::OK),
        ("/search/compare?q=nothing&q=nothing".to_owned(), StatusCode::OK),
        (format!("/search/case?id={hostile}"), StatusCode::NOT_FOUND),
        ("/search/case".to_owned(), StatusCode::NOT_FOUND),
        ("/search/case?id=00000000-0000-0000-0000-000000000000".to_owned(), StatusCode::NOT_FOUND),
        ("/search/chart.svg".to_owned(), StatusCode::BAD_REQUEST),
        (format!("/search/chart.svg?chart={hostile}"), StatusCode::BAD_REQUEST),
        ("/search/chart.svg?chart=item&item=nowhere".to_owned(), StatusCode::BAD_REQUEST),
        ("/search/chart.png?chart=pairs&q=nothing".to_owned(), StatusCode::NOT_FOUND),
        ("/search/chart.svg?chart=course&id=x".to_owned(), StatusCode::NOT_FOUND),
        ("/search/compare.csv".to_owned(), StatusCode::BAD_REQUEST),
    ] {
        let answer = service.get(&path).await;
        assert_eq!(answer.status, status, "{path}: {}", answer.text());
        assert_sound(&path, &answer);
        assert!(!answer.text().contains("<script>alert"), "{path}");
    }
}

#[tokio::test]
async fn pictures_draw_each_case_once_and_tell_what_was_not_tested() {
    let service = charted().await;
    // A case whose panel covers nothing that is known: EGFR of it is found, and is no share of anything.
    answer_all(&service, "TS-0001", Answer::Yes, 0).await;
    let gene = service.get("/search/gene?gene=KRAS").await;
    assert!(gene.text().contains("<small>12 / 24</small>"), "{}", gene.text());
    let shown = page(gene.text());
    let stem = Selector::parse("svg a[aria-label^='KRAS G12']").unwrap();
    let href = shown.select(&stem).next().unwrap().attr("href").unwrap().to_owned();
    let query = href.split_once("?q=").unwrap().1;
    assert_eq!(count(&service, query).await, 12, "{href}");
    let onco = service.get("/search/oncoprint?n=10").await;
    // 12 of KRAS, 12 of EGFR and 8 of TP53, and one in the legend.
    assert_eq!(onco.text().matches("\"onco missense\"").count(), 33, "{}", onco.text());
    let pairs = service.get("/search/pairs.csv?n=10").await;
    let row = pairs.text().lines().find(|line| line.starts_with("EGFR,KRAS,")).unwrap();
    assert!(row.starts_with("EGFR,KRAS,0,12,12,0,"), "{row}");
}

#[tokio::test]
async fn a_course_is_seen_while_the_patient_allows_it() {
    let service = charted().await;
    let physician = service.seen_by("physician", &[(Role::Physician, "SYN-C001")]).await;
    let list = physician.get("/search?q=gene%3DKRAS").await;
    let shown = page(list.text());
    let link = Selector::parse("a[href^='/search/case?id=']").unwrap();
    let href = shown.select(&link).next().unwrap().attr("href").unwrap().to_owned();
    let course = physician.get(&href).await;
    assert_eq!(course.status, StatusCode::OK, "{}", course.text());
    assert_sound(&href, &course);
    assert!(course.text().contains("G12D"), "{}", course.text());
    assert!(!course.text().contains("CH-0"), "no reference is shown");
    assert!(!course.text().contains("2026-") && !course.text().contains("2026/"), "no date");
    for at in (0..CASES).step_by(2) {
        answer_all(&service, &format!("CH-{at:04}"), Answer::No, 1).await;
    }
    assert_eq!(physician.get(&href).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn only_who_may_search_sees_any_of_it_and_it_is_written_down() {
    let service = charted().await;
    for (name, role, organisation) in [
        ("researcher", Role::Researcher, "SYN-C001"),
        ("laboratory", Role::Laboratory, "SYN-L01"),
        ("elsewhere", Role::Physician, "NOT-IN-THE-REGISTRY"),
    ] {
        let stranger = service.seen_by(name, &[(role, organisation)]).await;
        for path in ADDRESSES.into_iter().chain(["/search/case?id=x"]) {
            assert_eq!(stranger.get(path).await.status, StatusCode::NOT_FOUND, "{name} {path}");
        }
    }
    let physician = service.seen_by("physician", &[(Role::Physician, "SYN-C001")]).await;
    for path in ADDRESSES {
        let status = physician.get(path).await.status;
        let is_fine = status == StatusCode::OK || status == StatusCode::NOT_IMPLEMENTED;
        assert!(is_fine, "{path}: {status}");
    }
    let entries = service.state.store.audit_entries(0, 10_000).await.unwrap();
    let own = entries.iter().map(|stored| &stored.entry);
    let own = own.filter(|entry| entry.person == Some(physician.person));
    let searched: Vec<_> = own.filter(|entry| entry.action == "search-cases").collect();
    assert_eq!(searched.len(), ADDRESSES.len(), "each of them once");
    let both = searched.iter().filter(|e| e.detail.as_deref() == Some("gene=KRAS | gene=EGFR"));
    assert_eq!(both.count(), 3);
}

#[tokio::test]
async fn cohorts_are_kept_under_a_name_and_shared_with_ones_hospital() {
    let service = charted().await;
    let mut keeper = crate::browser::Browser::new(&service);
    keeper.cookies.insert("tsumugi".to_owned(), service.cookie().split_once('=').unwrap().1.into());
    assert_sound("/search/saved", &keeper.get("/search/saved?q=gene%3DKRAS").await);
    let saved = |name: &'static str, share: &'static str| {
        [("name", name), ("q", "gene=KRAS"), ("share", share)]
    };
    let answer = keeper.submit("/search/saved", &saved("肺の \"><script>", "")).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    keeper.get("/search/saved").await;
    let answer = keeper.submit("/search/saved", &saved("院内で共有", "SYN-C001")).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    // What is empty, not readable, or shared with strangers is not kept.
    keeper.get("/search/saved").await;
    let answer = keeper.submit("/search/saved", &saved("  ", "")).await;
    assert_eq!(answer.header("location"), "/search/saved?q=gene%3DKRAS&mistake=name");
    let answer = keeper.get("/search/saved?mistake=name").await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let answer = keeper.submit("/search/saved", &saved("x", "SYN-C002")).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    keeper.get("/search/saved").await;
    let answer = keeper.submit("/search/saved", &[("name", "x"), ("q", "gene=KRASS")]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let list = keeper.get("/search/saved").await;
    assert_sound("/search/saved", &list);
    let own = page(list.text());
    let boxes = Selector::parse("input[type='checkbox'][value='gene=KRAS']").unwrap();
    assert_eq!(own.select(&boxes).count(), 2);
    assert!(!list.text().contains("<script>"), "names are text");

    let colleague = service.seen_by("colleague", &[(Role::Physician, "SYN-C001")]).await;
    let seen = colleague.get("/search/saved").await;
    assert!(seen.text().contains("院内で共有") && !seen.text().contains("肺の"), "{}", seen.text());
    assert!(!seen.text().contains("/end\""), "only who keeps it takes it off");
    let elsewhere = service.seen_by("elsewhere", &[(Role::Physician, "SYN-C002")]).await;
    assert!(!elsewhere.get("/search/saved").await.text().contains("院内で共有"));
    let stranger = service.seen_by("stranger", &[(Role::Researcher, "SYN-C001")]).await;
    assert_eq!(stranger.get("/search/saved").await.status, StatusCode::NOT_FOUND);

    let ends = Selector::parse("form[action$='/end']").unwrap();
    let ends: Vec<_> =
        own.select(&ends).map(|form| form.attr("action").unwrap().to_owned()).collect();
    assert_eq!(ends.len(), 2);
    for end in &ends {
        assert_eq!(keeper.submit(end, &[]).await.status, StatusCode::SEE_OTHER);
        assert_eq!(keeper.submit(end, &[]).await.status, StatusCode::NOT_FOUND, "off already");
    }
    assert!(!colleague.get("/search/saved").await.text().contains("院内で共有"));
    let entries = service.state.store.audit_entries(0, 10_000).await.unwrap();
    let of = |detail: &str| {
        let entries = entries.iter().map(|stored| &stored.entry);
        entries.filter(|entry| entry.detail.as_deref() == Some(detail)).count()
    };
    assert_eq!((of("save"), of("take off")), (2, 2));
}
