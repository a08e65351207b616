//! What the research portal makes of told numbers: cohorts compared, pairs of genes, oncoprints and survival, as pages,
//! pictures and files, and for programs.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use model::{
    consent::Answer as Will,
    identity::PersonId,
    research_project::{ProjectService, ResearchProject},
};
use scraper::{Html, Selector};

use crate::{
    fixture::{Seen, Service, case, cats},
    html::assert_sound,
    research::{permit, permitted, researcher},
    search::answer_all,
    search_charts::charted,
    tables::assert_alike,
};

/// Asserts that a project's picture stands alone as SVG, with what was asked, and comes as PNG where there is a font.
async fn assert_picture(own: &Seen<'_>, chart: &str, said: &str) -> String {
    let svg = own.get(&format!("/research/R2026-001/chart.svg?chart={chart}")).await;
    assert_eq!(svg.status, StatusCode::OK, "{chart}: {}", svg.text());
    assert_eq!(svg.header("content-type"), "image/svg+xml");
    let text = svg.text().to_owned();
    assert!(text.contains(said) && text.contains("合成データ"), "{chart}: {text}");
    assert!(!text.contains("href") && !text.contains("var("), "{chart}: {text}");
    let png = own.get(&format!("/research/R2026-001/chart.png?chart={chart}")).await;
    let no_font = png.status == StatusCode::NOT_IMPLEMENTED;
    assert!(no_font || png.body.starts_with(b"\x89PNG"), "{chart}");
    text
}

async fn assert_no_picture(own: &Seen<'_>, chart: &str) {
    for ending in ["svg", "png"] {
        let path = format!("/research/R2026-001/chart.{ending}?chart={chart}");
        assert_eq!(own.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

/// Returns what the cells of a section's table say.
fn cells(page: &str, section: &str) -> Vec<String> {
    let rows = Selector::parse(&format!("section[aria-labelledby='{section}'] tbody td")).unwrap();
    let html = Html::parse_document(page);
    let text = |cell: scraper::ElementRef<'_>| cell.text().collect::<String>().trim().to_owned();
    html.select(&rows).map(text).collect()
}

#[tokio::test]
async fn cohorts_are_compared_by_told_numbers_alone() {
    let service = charted().await;
    let (own, mut project) = with_few_items(&service).await;
    let base = "/research/R2026-001";
    let compare = format!("{base}/compare?q=sex%3Dfemale&q=sex%3Dmale");
    let page = own.get(&compare).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text());
    assert_sound(&compare, &page);
    let genes = cells(page.text(), "genes");
    for told in ["50.0 %5/10", "50.0 %7/14", "40.0 %4/10", "28.6 %4/14"] {
        assert!(genes.iter().any(|cell| cell == told), "{told}: {genes:?}");
    }
    assert!(genes.iter().any(|cell| cell == "0.6734"), "TP53 by Fisher's test: {genes:?}");
    // Each cohort is a question of the project.
    let asked = service.state.store.questions_of_project(project.id).await.unwrap();
    let asked: BTreeSet<_> =
        asked.iter().map(|each| (each.query.as_str(), each.outcome.as_str())).collect();
    assert_eq!(asked, [("sex=female", "answered"), ("sex=male", "answered")].into());
    // Cohorts that may share cases are not tested, and what they share is not told.
    let page = own.get(&format!("{base}/compare?q=gene%3DKRAS&q=sex%3Dmale")).await;
    let genes = cells(page.text(), "genes");
    let is_number = |cell: &String| cell.parse::<f64>().is_ok();
    assert!(genes.iter().any(|cell| cell == "–") && !genes.iter().any(is_number), "{genes:?}");
    assert!(page.text().contains("重なりの件数は表示しません"), "{}", page.text());
    // No file without the permission for one.
    let file = format!("{base}/compare.csv?q=sex%3Dfemale&q=sex%3Dmale");
    assert_eq!(own.get(&file).await.status, StatusCode::NOT_FOUND);
    assert!(!page.text().contains("chart.svg"), "nor a picture");
    let both = "compare-genes&q=sex%3Dmale&q=sex%3Dfemale";
    assert_no_picture(&own, both).await;
    project.services.insert(ProjectService::Download);
    permit(&service, 2, project.clone()).await;
    assert!(assert_picture(&own, both, "n = 14").await.contains("TP53 B"), "told of either");
    let csv = own.get(&file).await;
    assert!(csv.text().lines().any(|own| own.starts_with("TP53,4,10,4,14,")), "{}", csv.text());
    assert_alike(&csv, &own.get(&file.replace(".csv", ".parquet")).await);
    // What is too few has neither number nor bar, and is not tested.
    project.threshold = 5;
    permit(&service, 3, project).await;
    let few = format!("{base}/compare?q=sex%3Dmale&q=sex%3Dfemale+and+gene%3DTP53");
    let page = own.get(&few).await;
    assert_sound(&few, &page);
    assert!(page.text().contains("<td class=\"num none\">非表示</td>"), "{}", page.text());
    let chart = "compare-genes&q=sex%3Dmale&q=sex%3Dfemale+and+gene%3DTP53";
    let hidden = assert_picture(&own, chart, "n = 14").await;
    assert!(hidden.contains("TP53 A") || hidden.contains("EGFR A"), "{hidden}");
    assert!(!hidden.contains("TP53 B") && !hidden.contains("n = 4"), "{hidden}");
    // Nobody's days are known: there is no curve to draw.
    assert_no_picture(&own, "compare-survival&q=sex%3Dmale").await;
    let genes = cells(page.text(), "genes");
    assert!(genes.iter().any(|cell| cell == "50.0 %7/14"), "{genes:?}");
    assert!(!genes.iter().any(|cell| cell.contains("4/")), "few with TP53: {genes:?}");
    assert!(genes.iter().any(|cell| cell == "非表示") && !genes.iter().any(is_number), "{genes:?}");
    let html = Html::parse_document(page.text());
    let bars = |class: &str| {
        let bars = format!("section[aria-labelledby='genes'] rect.{class}");
        html.select(&Selector::parse(&bars).unwrap()).count()
    };
    assert!(bars("s0") > 0 && bars("s1") == 0);
    // A query that cannot be asked is told beside its field.
    let wrong = own.get(&format!("{base}/compare?q=sex%3Dmale&q=hospital%3DH-042")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_sound("wrong", &wrong);
    assert!(wrong.text().contains("aria-invalid"), "{}", wrong.text());
    let stranger = researcher(&service, "stranger").await;
    for path in
        ["compare?q=everything", "compare", "pairs", "oncoprint", "pairs.csv", "pairs.parquet"]
    {
        let answer = stranger.get(&format!("{base}/{path}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
    }
}

/// A permission for few items: of so few cases, the values of many would tell of each other.
fn few_items(members: Vec<PersonId>) -> ResearchProject {
    let items = ["sex", "alteration", "panel"].map(ToOwned::to_owned).into();
    ResearchProject { items, ..permitted(members) }
}

/// A researcher with such a permission.
async fn with_few_items(service: &Service) -> (Seen<'_>, ResearchProject) {
    let own = researcher(service, "own").await;
    let project = few_items(vec![own.person]);
    permit(service, 1, project.clone()).await;
    (own, project)
}

/// What a project is told for programs.
async fn api(seen: &Seen<'_>, path: &str) -> serde_json::Value {
    let answer = seen.get(&format!("/api/research/R2026-001/{path}")).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text());
    answer.json()
}

async fn outcomes(service: &Service, project: &ResearchProject) -> Vec<(String, String)> {
    let asked = service.state.store.questions_of_project(project.id).await.unwrap();
    let mut asked: Vec<_> = asked.into_iter().map(|each| (each.query, each.outcome)).collect();
    asked.sort();
    asked
}

#[tokio::test]
async fn programs_are_told_of_cohorts_what_the_page_tells_and_no_more() {
    let service = charted().await;
    let (own, mut project) = with_few_items(&service).await;
    let asked = "compare?q=sex%3Dfemale&q=sex%3Dmale";
    let told = api(&own, asked).await;
    let written = outcomes(&service, &project).await;
    let both = ["sex=female", "sex=male"].map(|each| (each.to_owned(), "answered".to_owned()));
    assert_eq!(written, both, "a program's questions are written down as a page's are");
    assert_eq!(told["excludeEachOther"], true);
    let cohorts = told["cohorts"].as_array().unwrap();
    let cases: Vec<_> = cohorts.iter().map(|own| own["cases"].as_u64()).collect();
    assert_eq!(cases, [Some(10), Some(14)]);
    let gene = |told: &serde_json::Value, name: &str| {
        let mut genes = told["genes"].as_array().unwrap().iter();
        genes.find(|own| own["gene"] == name).cloned()
    };
    let tp53 = gene(&told, "TP53").unwrap();
    assert_eq!(tp53["altered"], serde_json::json!([4, 4]));
    assert_eq!(tp53["covered"], serde_json::json!([10, 14]));
    let p = tp53["test"]["p"].as_f64().unwrap();
    assert_eq!(format!("{p:.4}"), "0.6734", "as on the page");
    let page = own.get(&format!("/research/R2026-001/{asked}")).await;
    let genes = cells(page.text(), "genes");
    for own in told["genes"].as_array().unwrap() {
        for at in 0..2 {
            let cell = format!("{}/{}", own["altered"][at], own["covered"][at]);
            assert!(genes.iter().any(|each| each.ends_with(&cell)), "{cell}: {genes:?}");
        }
    }
    assert!(page.text().contains("/api/research/R2026-001/compare?q=sex%3Dfemale"));
    // What the page hides, programs are not told either; and what was told to one is remembered for the other.
    project.threshold = 5;
    permit(&service, 2, project.clone()).await;
    let few = "compare?q=sex%3Dmale&q=sex%3Dfemale+and+gene%3DTP53";
    let told = api(&own, few).await;
    assert_eq!(told["cohorts"][1]["unanswered"], "few");
    assert!(told["cohorts"][1]["cases"].is_null() && told["cohorts"][1]["survival"].is_null());
    for own in told["genes"].as_array().unwrap() {
        assert!(own["altered"][1].is_null() && own["covered"][1].is_null(), "{own}");
        assert!(own["test"].is_null(), "{own}");
    }
    let known = told["items"].as_array().unwrap();
    assert!(known.iter().all(|item| item["known"][1].is_null()), "{known:?}");
    let page = own.get(&format!("/research/R2026-001/{few}")).await;
    let genes = cells(page.text(), "genes");
    let hidden = genes.iter().filter(|cell| *cell == "非表示").count();
    let nulls = |at: usize| {
        let genes = told["genes"].as_array().unwrap().iter();
        genes.filter(|own| own["altered"][at].is_null()).count()
    };
    assert_eq!(hidden, nulls(0) + nulls(1), "{genes:?}");
    // One case less than all who were told of: nobody learns of that case by the other way.
    let everybody = api(&own, "compare?q=everything").await;
    assert!(everybody["cohorts"][0]["cases"].as_u64().unwrap() >= 24);
    for path in ["/api/research/R2026-001/compare?q=not+sex%3Dmale+or+gene%3DTP53"] {
        let program = own.get(path).await.json();
        let page = own.get(&path.replace("/api", "")).await;
        let is_hidden = program["cohorts"][0]["unanswered"].is_string();
        assert_eq!(page.text().contains("<td class=\"num none\">非表示</td>"), is_hidden);
    }
    // What cannot be asked is told as a problem, and a stranger is told nothing.
    let wrong = own.get("/api/research/R2026-001/compare?q=hospital%3DH-042").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.json()["problems"][0]["remedy"]["en"].is_string(), "{}", wrong.text());
    let seven = "&q=everything".repeat(7);
    for path in ["compare".to_owned(), format!("compare?{seven}")] {
        let answer = own.get(&format!("/api/research/R2026-001/{path}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{path}");
    }
    let stranger = researcher(&service, "stranger").await;
    for path in ["compare?q=everything", "pairs", "oncoprint"] {
        let answer = stranger.get(&format!("/api/research/R2026-001/{path}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn programs_are_told_of_pairs_what_the_page_tells_and_no_more() {
    let service = charted().await;
    let (own, mut project) = with_few_items(&service).await;
    let told = api(&own, "pairs").await;
    let written = outcomes(&service, &project).await;
    service.pass(1);
    let page = own.get("/research/R2026-001/pairs").await;
    let shown = cells(page.text(), "table");
    let pairs = told["pairs"].as_array().unwrap();
    assert_eq!((pairs.len(), told["hidden"].as_array().unwrap().len()), (2, 1), "{told}");
    for (pair, row) in pairs.iter().zip(shown.chunks(9)) {
        let counts = ["both", "onlyFirst", "onlySecond", "neither", "tested"];
        assert_eq!(row[..5], counts.map(|key| pair[key].to_string()), "{shown:?}");
    }
    assert_eq!(told["hidden"][0], serde_json::json!(["EGFR", "KRAS"]));
    assert_eq!(shown.last().unwrap(), "非表示");
    assert_eq!(told["questions"].as_u64(), Some(4));
    let again = outcomes(&service, &project).await;
    let distinct = |asked: &[(String, String)]| asked.iter().cloned().collect::<BTreeSet<_>>();
    assert_eq!(distinct(&written), distinct(&again), "both ask the same");
    assert_eq!(again.len(), 2 * written.len(), "and both are written down");
    let wrong = own.get("/api/research/R2026-001/pairs?q=hospital%3DH-042").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    project.items.remove("alteration");
    permit(&service, 2, project).await;
    assert_eq!(own.get("/api/research/R2026-001/pairs").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn programs_are_told_of_cases_what_the_oncoprint_draws_and_each_look_is_written_down() {
    let service = charted().await;
    let own = researcher(&service, "own").await;
    let mut project = permitted(vec![own.person]);
    permit(&service, 1, project.clone()).await;
    let path = "/api/research/R2026-001/oncoprint?q=gene%3DKRAS";
    assert_eq!(own.get(path).await.status, StatusCode::NOT_FOUND, "counts alone are permitted");
    project.services.extend([ProjectService::List, ProjectService::Records]);
    permit(&service, 2, project).await;
    let store = &service.state.store;
    let looks = async || {
        let entries = store.audit_entries(0, 10_000).await.unwrap();
        let is_look = |stored: &&store::StoredEntry| {
            stored.entry.action == "search-project" && stored.entry.case.is_some()
        };
        entries.iter().filter(is_look).count()
    };
    let before = looks().await;
    let told = own.get(path).await;
    assert_eq!(told.status, StatusCode::OK, "{}", told.text());
    for secret in ["H-042", "CH-0000", "C-0"] {
        assert!(!told.text().contains(secret), "{secret}");
    }
    let told = told.json();
    let drawn = told["drawn"].as_array().unwrap();
    assert_eq!(looks().await - before, drawn.len(), "one entry for each case that is told");
    let marks = drawn.iter().flat_map(|case| case.as_array().unwrap());
    let missense = marks.filter(|cell| **cell == serde_json::json!(["missense"])).count();
    assert_eq!((drawn.len(), missense), (12, 12 + 4), "KRAS in all, TP53 in every third");
    let page = own.get("/research/R2026-001/oncoprint?q=gene%3DKRAS").await;
    let html = Html::parse_document(page.text());
    let drawn = Selector::parse(".chart-wide rect.missense").unwrap();
    assert_eq!(html.select(&drawn).count(), missense);
    let shown = cells(page.text(), "table");
    for own in told["genes"].as_array().unwrap() {
        assert!(shown.contains(&own["altered"].to_string()), "{own}: {shown:?}");
    }
    let wrong = own.get("/api/research/R2026-001/oncoprint?q=gene%3D").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
}

/// Cases of each sex that were tested early in 2025: three of each died in the second month, five were seen in the autumn of 2026.
async fn followed() -> Service {
    let service = Service::empty().await;
    service.fill_registry().await;
    service.fill_consent_documents().await;
    for number in 0..16_u32 {
        let reference = format!("FO-{number:04}");
        let document = cats(&format!("F-{number}"), "KRAS", "G12C");
        let mut own = case(&reference, Some("LUAD"));
        own.registered = "2025-01-10".parse().ok();
        own.sex =
            Some(if number % 2 == 0 { model::case::Sex::Female } else { model::case::Sex::Male });
        service.receive(own, "one.cats", &document).await;
        answer_all(&service, &reference, Will::Yes, 0).await;
        let list = model::catalogue::Catalogue::get().lists().list("outcome").unwrap();
        let is_dead = number < 6;
        let (outcome, item, day) = match is_dead {
            true => (list.code_of("dead"), "died", "2025-03-01"),
            false => (list.code_of("alive"), "last_contact", "2026-10-01"),
        };
        let entry = |at: u32, address: &str, value: &str| {
            let id = format!("00000000-0000-7000-8000-{:012}", number * 10 + at);
            serde_json::json!({ "id": id, "address": address, "value": value, "base": null })
        };
        let entries = [entry(0, "outcome", &outcome.unwrap().code), entry(1, item, day)];
        let path = format!("{}/record/cells", service.case_path(&reference).await);
        let saved =
            service.post_json(&path, &serde_json::json!({ "entries": entries })).await.json();
        for result in saved["results"].as_array().unwrap() {
            assert_eq!(result["outcome"], "saved", "{saved}");
        }
    }
    service
}

#[tokio::test]
async fn the_survival_of_cohorts_is_a_picture_and_numbers_where_enough_is_known() {
    let service = followed().await;
    let own = researcher(&service, "own").await;
    let mut project = few_items(vec![own.person]);
    let chart = "compare-survival&q=sex%3Dfemale&q=sex%3Dmale";
    project.services.insert(ProjectService::Download);
    permit(&service, 1, project.clone()).await;
    // Without the items that a curve is made of there is none.
    assert_no_picture(&own, chart).await;
    project.items.extend(["tested", "last_contact", "vital"].map(ToOwned::to_owned));
    permit(&service, 2, project.clone()).await;
    let svg = assert_picture(&own, chart, "n = 8").await;
    for place in 0..2 {
        let curve = format!("<path class=\"curve c{place}\"");
        assert_eq!(svg.matches(&curve).count(), 2, "a curve and its key: {svg}");
    }
    // Three of eight died in the second month.
    let told = api(&own, "compare?q=sex%3Dfemale&q=sex%3Dmale").await;
    for cohort in told["cohorts"].as_array().unwrap() {
        let steps = &cohort["survival"]["steps"];
        assert_eq!(*steps, serde_json::json!([{ "month": 2, "survivalPercent": 63 }]), "{cohort}");
    }
    let page = own.get("/research/R2026-001/compare?q=sex%3Dfemale&q=sex%3Dmale").await;
    assert_eq!(page.text().matches("2: 63 %").count(), 2, "{}", page.text());
    assert!(page.text().contains("chart.svg?q=sex%3Dfemale"), "{}", page.text());
    // Fewer deaths than the threshold are not told, in a picture neither.
    project.threshold = 4;
    permit(&service, 3, project.clone()).await;
    assert_no_picture(&own, chart).await;
    let told = api(&own, "compare?q=sex%3Dfemale&q=sex%3Dmale").await;
    assert!(told["cohorts"].as_array().unwrap().iter().all(|own| own["survival"].is_null()));
    // Nor is there a file without the permission for one.
    project.threshold = 3;
    project.services.remove(&ProjectService::Download);
    permit(&service, 4, project).await;
    assert_no_picture(&own, chart).await;
}

#[tokio::test]
async fn pairs_are_made_of_told_numbers_alone() {
    let service = charted().await;
    let (own, mut project) = with_few_items(&service).await;
    let pairs = "/research/R2026-001/pairs";
    let page = own.get(pairs).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text());
    assert_sound(pairs, &page);
    let told = cells(page.text(), "table");
    assert_eq!(told[..5], ["4", "8", "4", "8", "24"], "EGFR or KRAS with TP53: {told:?}");
    assert_eq!(told.last().unwrap(), "非表示", "nobody has both EGFR and KRAS: {told:?}");
    let asked = service.state.store.questions_of_project(project.id).await.unwrap();
    let asked: BTreeSet<&str> = asked.iter().map(|each| each.query.as_str()).collect();
    let made = ["everything", "gene=EGFR", "gene=KRAS", "not gene=EGFR", "not gene=KRAS"];
    assert_eq!(asked, made.into());
    // No file without the permission for one; a query that cannot be asked leads to where it can be mended.
    let file = format!("{pairs}.csv");
    assert_eq!(own.get(&file).await.status, StatusCode::NOT_FOUND);
    let led = own.get(&format!("{pairs}?q=hospital%3DH-042")).await;
    assert_eq!(led.status, StatusCode::SEE_OTHER);
    assert_no_picture(&own, "pairs").await;
    project.services.insert(ProjectService::Download);
    permit(&service, 2, project.clone()).await;
    assert_picture(&own, "pairs", "EGFR · TP53: 4 / 24").await;
    let csv = own.get(&file).await;
    assert!(csv.text().lines().any(|own| own.starts_with("EGFR,TP53,4,8,4,8,")), "{}", csv.text());
    assert_alike(&csv, &own.get(&format!("{pairs}.parquet")).await);
    project.items.remove("alteration");
    permit(&service, 3, project).await;
    assert_eq!(own.get(pairs).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_oncoprint_needs_the_permission_for_records_and_is_in_the_log_of_each_case() {
    let service = charted().await;
    let own = researcher(&service, "own").await;
    let mut project = permitted(vec![own.person]);
    let path = "/research/R2026-001/oncoprint?q=gene%3DKRAS";
    let search = "/research/R2026-001/search?q=gene%3DKRAS";
    for (revision, services) in
        [(1, vec![ProjectService::Counts]), (2, vec![ProjectService::Counts, ProjectService::List])]
    {
        project.services = services.into_iter().collect();
        permit(&service, revision, project.clone()).await;
        assert_eq!(own.get(path).await.status, StatusCode::NOT_FOUND, "revision {revision}");
        assert!(!own.get(search).await.text().contains("/oncoprint"), "revision {revision}");
    }
    project.services.insert(ProjectService::Records);
    // The genes that a test covers tell which panel it was.
    project.items.remove("panel");
    permit(&service, 3, project.clone()).await;
    assert_eq!(own.get(path).await.status, StatusCode::NOT_FOUND);
    project.items.insert("panel".to_owned());
    permit(&service, 4, project.clone()).await;
    assert!(own.get(search).await.text().contains("/oncoprint"));
    assert_no_picture(&own, "oncoprint&q=gene%3DKRAS").await;
    let page = own.get(path).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text());
    assert_sound(path, &page);
    let html = Html::parse_document(page.text());
    let drawn = Selector::parse(".chart-wide rect.missense").unwrap();
    assert_eq!(html.select(&drawn).count(), 12 + 4, "KRAS in all, TP53 in every third");
    for secret in ["H-042", "CH-0000", "C-0"] {
        assert!(!page.text().contains(secret), "{secret}");
    }
    let store = &service.state.store;
    let entries = store.audit_entries(0, 10_000).await.unwrap();
    for (reference, expected) in [("CH-0000", 1), ("CH-0022", 1), ("CH-0001", 0)] {
        let case = store.case_by_reference(reference).await.unwrap().unwrap().case;
        let look = |stored: &&store::StoredEntry| {
            stored.entry.action == "search-project" && stored.entry.case == Some(case)
        };
        assert_eq!(entries.iter().filter(look).count(), expected, "{reference}");
    }
    project.services.insert(ProjectService::Download);
    permit(&service, 5, project).await;
    let svg = assert_picture(&own, "oncoprint&q=gene%3DKRAS", "n = 12").await;
    // KRAS in all, TP53 in every third, and one in the legend.
    assert_eq!(svg.matches("onco missense").count(), 12 + 4 + 1);
}
