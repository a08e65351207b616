//! The registry's pages: the public ones, and the office's changes.

use axum::http::StatusCode;
use model::{
    organisation::OrganisationCode,
    programme::{
        Application, DesignationHistory, DesignationKind, Hospital, Laboratory, PanelProduct,
        RequirementChecklist, RequirementState,
    },
};
use scraper::{Html, Selector};

use crate::{fixture::Service, html::assert_sound};

fn count(html: &Html, selector: &str) -> usize {
    html.select(&Selector::parse(selector).unwrap()).count()
}

#[tokio::test]
async fn the_map_has_47_tiles_and_says_which_are_covered() {
    let service = Service::filled().await;
    let answer = service.get("/hospitals").await;
    let html = assert_sound("/hospitals", &answer);
    assert_eq!(count(&html, ".tile-map > li"), 47);
    assert_eq!(count(&html, ".tile.covered"), 47);
    assert!(answer.text().contains("すべての都道府県に"));
    for (words, number) in [("中核拠点病院", "13"), ("拠点病院", "32")] {
        assert!(answer.text().contains(&format!("<b>{number}</b> <span>{words}")), "{words}");
    }
    let empty = Service::empty().await;
    let answer = empty.get("/hospitals").await;
    let html = assert_sound("/hospitals", &answer);
    assert_eq!(count(&html, ".tile.uncovered"), 47);
    assert!(answer.text().contains("47 都道府県のうち 0"));
}

#[tokio::test]
async fn hospitals_are_found_by_name_prefecture_and_kind() {
    let service = Service::filled().await;
    let found = service.get("/hospitals?prefecture=47&lang=en").await;
    let html = assert_sound("/hospitals", &found);
    assert_eq!(count(&html, ".hospital-list > li"), 2);
    assert!(found.text().contains("Synthetic Okinawa Partner Hospital"));
    let found = service.get("/hospitals?q=okinawa+236").await;
    assert_eq!(count(&assert_sound("/hospitals", &found), ".hospital-list > li"), 1);
    let found = service.get("/hospitals?kind=core").await;
    assert_eq!(count(&assert_sound("/hospitals", &found), ".hospital-list > li"), 13);
    let found = service.get("/hospitals?q=nowhere").await;
    assert!(found.text().contains("条件に合う病院はありません"));
    for wrong in ["/hospitals?prefecture=48", "/hospitals?kind=king"] {
        assert_eq!(service.get(wrong).await.status, StatusCode::BAD_REQUEST, "{wrong}");
    }
    assert_eq!(service.get("/hospitals/NONE").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_hospital_says_whether_it_may_hold_a_panel_and_whom_it_asks() {
    let service = Service::filled().await;
    let partner = service.get("/hospitals/SYN-P001?lang=en").await;
    assert!(partner.text().contains("asks the core or hub hospital"), "{}", partner.text());
    assert!(partner.text().contains("Rules of 2025"));
    let able = service.get("/hospitals/functions?hospital=SYN-P006&lang=en").await;
    assert!(able.text().contains("the case is its own"));
    let others = "/hospitals/functions?hospital=SYN-P006&case=SYN-P001&lang=en";
    assert!(service.get(others).await.text().contains("on its own cases only"));
    let before = "/hospitals/functions?hospital=SYN-C001&day=2017-01-01&lang=en";
    assert!(service.get(before).await.text().contains("not designated on that day"));
    let wrong = service.get("/hospitals/functions?day=yesterday").await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn cases_show_the_hospitals_name() {
    let service = Service::filled().await;
    let mut case = crate::fixture::case("TS-0042", Some("LUAD"));
    case.hospital = Some("SYN-C001".to_owned());
    service.receive(case, "named.cats", &crate::fixture::cats("T-42", "EGFR", "L858R")).await;
    let page = service.get(&service.case_path("TS-0042").await).await;
    assert!(page.text().contains("合成北海道中核病院001"));
    let list = service.get("/cases?lang=en").await;
    assert!(list.text().contains("Synthetic Hokkaido Core Hospital 001"));
}

#[tokio::test]
async fn the_interface_gives_hospitals_and_panels() {
    let service = Service::filled().await;
    let hospitals = service.get("/api/hospitals?kind=hub").await.json();
    assert_eq!(hospitals["total"], 32);
    assert_eq!(hospitals["hospitals"][0]["kind"], "hub");
    assert_eq!(hospitals["day"], "2026-11-20");
    let panels = service.get("/api/panels").await.json();
    assert_eq!(panels["total"], 4);
    let table = service.get("/programme/tables/hospitals.csv").await;
    assert_eq!(table.status, StatusCode::OK);
    assert!(table.text().starts_with("\u{feff}code,name_ja"));
    assert_eq!(service.get("/programme/tables/x.csv").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_hospital_is_recorded_and_revised_and_the_slower_editor_loses_nothing() {
    let service = Service::filled().await;
    let new = [("code", "NEW-1"), ("name_ja", "新しい病院"), ("prefecture", "01")];
    let made = service.post("/programme/hospitals/new", &new).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.text());
    assert_eq!(made.header("location"), "/programme/hospitals/NEW-1");
    let again = service.post("/programme/hospitals/new", &new).await;
    assert_eq!(again.status, StatusCode::SEE_OTHER, "sent twice by mistake: {}", again.text());
    let entry = "/programme/hospitals/NEW-1/entry";
    let first = [("revision", "1"), ("name_ja", "先の名前")];
    assert_eq!(service.post(entry, &first).await.status, StatusCode::SEE_OTHER);
    let late = [("revision", "1"), ("name_ja", "遅れた名前")];
    let refused = service.post(entry, &late).await;
    assert_eq!(refused.status, StatusCode::OK);
    assert_sound(entry, &refused);
    assert!(refused.text().contains("読み込んだ後に更新されました"));
    assert!(refused.text().contains("遅れた名前"), "what was typed is still there");
    let kept = service.state.store.registry_document::<Hospital>("NEW-1").await.unwrap().unwrap();
    assert_eq!((kept.revision, kept.document.name.ja.as_ref()), (2, "先の名前"));
    let bad = [("code", "not a code"), ("name_ja", "名")];
    let refused = service.post("/programme/hospitals/new", &bad).await;
    assert!(refused.text().contains("記録していません"));
}

/// Returns every field of the form of a page, as a browser would send it.
fn fields_of(page: &str) -> Vec<(String, String)> {
    let html = Html::parse_document(page);
    let mut fields = Vec::new();
    let form = "main form[method='post']";
    let inputs = format!("{form} input[name]:not([type='checkbox']), {form} input[checked]");
    for input in html.select(&Selector::parse(&inputs).unwrap()) {
        let value = input.attr("value").unwrap_or_default();
        fields.push((input.attr("name").unwrap().to_owned(), value.to_owned()));
    }
    for select in html.select(&Selector::parse(&format!("{form} select")).unwrap()) {
        let chosen = select.select(&Selector::parse("option[selected]").unwrap()).next();
        let value = chosen.and_then(|option| option.attr("value")).unwrap_or_default();
        fields.push((select.attr("name").unwrap().to_owned(), value.to_owned()));
    }
    for area in html.select(&Selector::parse(&format!("{form} textarea")).unwrap()) {
        fields.push((area.attr("name").unwrap().to_owned(), area.text().collect()));
    }
    fields.retain(|(name, _)| name != "csrf");
    fields
}

/// Returns fields with one changed.
fn with(fields: &[(String, String)], name: &str, value: &str) -> Vec<(String, String)> {
    let mut fields = fields.to_vec();
    fields.retain(|(own, _)| own != name);
    fields.push((name.to_owned(), value.to_owned()));
    fields
}

async fn send(
    service: &Service,
    path: &str,
    fields: &[(String, String)],
) -> crate::fixture::Answer {
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    service.post(path, &fields).await
}

#[tokio::test]
async fn laboratories_and_panels_are_recorded_by_form_and_what_was_not_changed_stays() {
    let service = Service::filled().await;
    let registry = service.state.store.registry().await.unwrap();
    let store = &service.state.store;
    // A form that is sent as it was shown changes nothing.
    for (code, laboratory) in &registry.laboratories {
        let path = format!("/programme/laboratories/{code}");
        let shown = service.get(&path).await;
        assert_sound(&path, &shown);
        let sent = send(&service, &path, &fields_of(shown.text())).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text());
        let kept = store.registry_document::<Laboratory>(code.as_str()).await.unwrap().unwrap();
        assert_eq!((kept.revision, &kept.document), (1, laboratory));
    }
    for (code, panel) in &registry.panels {
        let path = format!("/programme/panels/{code}");
        let shown = service.get(&path).await;
        assert_sound(&path, &shown);
        let sent = send(&service, &path, &fields_of(shown.text())).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text());
        let kept = store.registry_document::<PanelProduct>(code).await.unwrap().unwrap();
        assert_eq!((kept.revision, &kept.document), (1, panel));
    }
    // New ones; a mistake is told, and what was typed stays.
    let blank = fields_of(service.get("/programme/panels/new").await.text());
    let named = with(&with(&blank, "code", "NEW-PANEL"), "name_ja", "新しい検査");
    let none = send(&service, "/programme/panels/new", &named).await;
    assert_sound("/programme/panels/new", &none);
    assert!(none.text().contains("版を 1 つ以上") && none.text().contains("新しい検査"));
    let whole =
        with(&with(&named, "version-0-version", "1.0"), "version-0-genes", "KRAS, EGFR\nTP53");
    let whole = with(&with(&whole, "version-0-sample-ffpe", "yes"), "approved", "2026-04");
    let made = send(&service, "/programme/panels/new", &whole).await;
    assert_eq!(made.header("location"), "/panels#panel-NEW-PANEL", "{}", made.text());
    let kept =
        store.registry_document::<PanelProduct>("NEW-PANEL").await.unwrap().unwrap().document;
    let genes = kept.versions[0].genes.as_ref().unwrap();
    assert_eq!(genes.iter().map(ToString::to_string).collect::<Vec<_>>(), ["EGFR", "KRAS", "TP53"]);
    let taken = send(&service, "/programme/panels/new", &with(&whole, "name_ja", "別の検査")).await;
    assert!(taken.text().contains("すでに登録簿にあります"), "{}", taken.text());
    let wrong = send(&service, "/programme/panels/new", &with(&whole, "approved", "soon")).await;
    assert!(wrong.text().contains("2018-12-25") && wrong.text().contains("記録していません"));
    let blank = fields_of(service.get("/programme/laboratories/new").await.text());
    let laboratory = with(&with(&blank, "code", "NEW-LAB"), "name_ja", "新しい検査会社");
    let laboratory = with(&laboratory, "kind", "testing_laboratory");
    let made = send(&service, "/programme/laboratories/new", &laboratory).await;
    assert_eq!(made.header("location"), "/laboratories#laboratory-NEW-LAB", "{}", made.text());
}

#[tokio::test]
async fn the_slower_editor_of_a_laboratory_sees_what_was_recorded_meanwhile() {
    let service = Service::filled().await;
    let code = service.state.store.registry().await.unwrap().laboratories.keys().next().cloned();
    let code = code.unwrap().to_string();
    let path = format!("/programme/laboratories/{code}");
    let shown = fields_of(service.get(&path).await.text());
    let row = shown.iter().filter(|(name, _)| name.ends_with("-title")).count() - 1;
    let paper = |fields: &[(String, String)], title: &str| {
        let named = |name: &str| format!("paper-{row}-{name}");
        let fields = with(fields, &named("title"), title);
        let fields = with(&fields, &named("kind"), "contract");
        with(&fields, &named("from"), "2026-04-01")
    };
    let first = send(&service, &path, &paper(&shown, "先の契約")).await;
    assert_eq!(first.status, StatusCode::SEE_OTHER, "{}", first.text());
    let late = send(&service, &path, &paper(&shown, "遅れた契約")).await;
    assert_eq!(late.status, StatusCode::OK);
    assert_sound(&path, &late);
    assert!(late.text().contains("読み込んだ後に更新されました"), "{}", late.text());
    let html = Html::parse_document(late.text());
    let newest = Selector::parse("section[aria-labelledby='newest'] li").unwrap();
    let lines: Vec<String> = html.select(&newest).map(|line| line.text().collect()).collect();
    assert!(lines.len() == 1 && lines[0].contains("先の契約"), "{lines:?}");
    // Sent again, it is recorded over what was shown; both are in the history.
    let again = fields_of(late.text());
    assert!(again.iter().any(|(_, value)| value == "遅れた契約"), "what was typed is still there");
    let done = send(&service, &path, &again).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
    let page = service.get(&path).await;
    assert!(page.text().contains("先の契約") && page.text().contains("遅れた契約"));
    let kept = service.state.store.registry_document::<Laboratory>(&code).await.unwrap().unwrap();
    let titles: Vec<&str> = kept.document.papers.iter().map(|paper| paper.title.as_str()).collect();
    assert!(kept.revision == 3 && titles.contains(&"遅れた契約") && !titles.contains(&"先の契約"));
    // Nobody but the office changes them.
    let researcher = service.seen_by("researcher", &[(access::Role::Researcher, "SYN-U")]).await;
    for path in [path.as_str(), "/programme/laboratories/new", "/programme/panels/new"] {
        assert_eq!(researcher.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(researcher.post(path, &[("code", "X")]).await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn designations_never_overlap() {
    let service = Service::filled().await;
    let path = "/programme/hospitals/SYN-P001/designations";
    let overlapping = [("revision", "1"), ("kind", "hub"), ("from", "2026-01-01")];
    let refused = service.post(path, &overlapping).await;
    assert_eq!(refused.status, StatusCode::OK);
    assert!(refused.text().contains("重なります"), "{}", refused.text());
    let ended =
        [("revision", "1"), ("kind", "partner"), ("from", "2019-10-01"), ("until", "2025-12-31")];
    assert_eq!(service.post(path, &ended).await.status, StatusCode::SEE_OTHER);
    let then = [("revision", "2"), ("kind", "hub"), ("from", "2026-01-01")];
    assert_eq!(service.post(path, &then).await.status, StatusCode::SEE_OTHER);
    let page = service.get("/hospitals/SYN-P001?lang=en").await;
    assert!(page.text().contains("Hub hospital"));
}

#[tokio::test]
async fn an_application_goes_its_way_to_a_designation() {
    let service = Service::filled().await;
    let sent = [
        ("hospital", "SYN-P001"),
        ("wanted", "hub"),
        ("day", "2026-11-01"),
        ("text", "拠点になりたい"),
    ];
    let made = service.post("/programme/applications/new", &sent).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.text());
    let path = made.header("location").to_owned();
    let id = path.rsplit('/').next().unwrap();
    let early = [("revision", "1"), ("decision", "refused"), ("day", "2026-11-05"), ("text", "x")];
    let refused = service.post(&format!("{path}/decision"), &early).await;
    assert!(refused.text().contains("次の段階に進んでいます"), "no decision without an opinion");
    let opinion = [("revision", "1"), ("opinion", "suitable"), ("day", "2026-11-05")];
    let given = service.post(&format!("{path}/opinion"), &opinion).await;
    assert_eq!(given.status, StatusCode::SEE_OTHER, "{}", given.text());
    let page = service.get(&path).await;
    assert_sound(&path, &page);
    assert!(page.text().contains("決定待ち"));
    let decision = [
        ("revision", "2"),
        ("decision", "designated"),
        ("day", "2026-11-10"),
        ("from", "2027-04-01"),
        ("until", "2031-03-31"),
    ];
    let decided = service.post(&format!("{path}/decision"), &decision).await;
    assert_eq!(decided.status, StatusCode::SEE_OTHER, "{}", decided.text());
    let store = &service.state.store;
    let history =
        store.registry_document::<DesignationHistory>("SYN-P001").await.unwrap().unwrap().document;
    let on = |day: &str| history.on(day.parse().unwrap()).kind();
    assert_eq!(on("2027-03-31"), Some(DesignationKind::Partner));
    assert_eq!(on("2027-04-01"), Some(DesignationKind::Hub));
    assert_eq!(on("2031-04-01"), None);
    let application = store.registry_document::<Application>(id).await.unwrap().unwrap();
    assert_eq!((application.revision, application.document.events.len()), (3, 3));
    let entries = store.audit_entries(0, 100).await.unwrap();
    let decided = entries.iter().filter(|each| each.entry.action == "decide-designation");
    let kinds: Vec<_> = decided.filter_map(|each| each.entry.kind.as_deref()).collect();
    assert_eq!(kinds, ["application", "designation"], "written down in the same transaction");
    let withdrawn = [("revision", "3"), ("day", "2026-11-11"), ("text", "遅い")];
    let refused = service.post(&format!("{path}/withdrawal"), &withdrawn).await;
    assert!(refused.text().contains("記録していません"));
}

#[tokio::test]
async fn a_partner_needs_the_hospital_that_chose_it_and_is_linked_to_it() {
    let service = Service::filled().await;
    let sent = |chosen_by: &'static str| {
        [
            ("hospital", "HOSTILE"),
            ("wanted", "partner"),
            ("day", "2026-11-01"),
            ("chosen_by", chosen_by),
            ("round", "2026-2"),
        ]
    };
    let path = "/programme/applications/new";
    assert!(service.post(path, &sent("SYN-P002")).await.text().contains("記録していません"));
    let made = service.post(path, &sent("SYN-C001")).await;
    let path = made.header("location").to_owned();
    let opinion = [("revision", "1"), ("opinion", "suitable"), ("day", "2026-11-05")];
    service.post(&format!("{path}/opinion"), &opinion).await;
    let decision = [
        ("revision", "2"),
        ("decision", "designated"),
        ("day", "2026-11-10"),
        ("from", "2026-12-01"),
    ];
    let decided = service.post(&format!("{path}/decision"), &decision).await;
    assert_eq!(decided.status, StatusCode::SEE_OTHER, "{}", decided.text());
    let hostile = OrganisationCode::new("HOSTILE");
    let linked = service.state.store.linked_hospitals(&hostile, "2026-12-01".parse().unwrap());
    assert_eq!(linked.await.unwrap(), [OrganisationCode::new("SYN-C001")]);
}

#[tokio::test]
async fn requirements_are_recorded_with_their_evidence() {
    let service = Service::filled().await;
    let path = "/programme/hospitals/SYN-P001/requirements";
    let bare = service.post(path, &[("revision", "0"), ("state_3", "met")]).await;
    assert!(bare.text().contains("根拠を書いてください"), "{}", bare.text());
    let fields = [("revision", "0"), ("state_3", "met"), ("evidence_3", "遺伝カウンセラー 2 名")];
    assert_eq!(service.post(path, &fields).await.status, StatusCode::SEE_OTHER);
    let kept = service.state.store.registry_document::<RequirementChecklist>("SYN-P001").await;
    let kept = kept.unwrap().unwrap().document;
    assert_eq!(kept.state(model::programme::Requirement::Counselling), RequirementState::Met);
    assert_eq!(kept.met_count(), 1);
    assert!(service.get(path).await.text().contains("1 / 8 を満たす"));
}

#[tokio::test]
async fn what_ends_soon_waits_for_the_office() {
    let service = Service::filled().await;
    let page = service.get("/programme?lang=en").await;
    let html = assert_sound("/programme", &page);
    // Five core and five hub hospitals end on 2027-03-31, 131 days after the test's noon.
    assert!(page.text().contains("131 days left"), "{}", page.text());
    assert!(count(&html, "table tbody tr") >= 10 + 3);
    assert!(page.text().contains("Waits for a decision"));
}
