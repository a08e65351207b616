//! The research portal: who may ask, what is told, what is hidden, and what is written down.

use std::collections::BTreeSet;

use access::Role;
use axum::http::StatusCode;
use model::{
    consent::Answer as Will,
    identity::PersonId,
    research_project::{ProjectService, ResearchProject},
};
use research::project::askable;
use store::ProjectRevision;

use crate::{
    fixture::{HOSTILE, Seen, Service, case, cats, noon},
    html::assert_sound,
    search::answer_all,
    tables::assert_alike,
};

/// Cases of lung cancer with a KRAS alteration, and of others with one in BRAF.
const LUNG: usize = 6;
const OTHERS: usize = 4;

/// A service with cases of which each patient allows everything.
async fn agreed() -> Service {
    let service = Service::empty().await;
    service.fill_registry().await;
    service.fill_consent_documents().await;
    for number in 0..LUNG + OTHERS {
        let reference = reference(number);
        let is_lung = number < LUNG;
        let (tumour, gene, change) =
            if is_lung { ("LUAD", "KRAS", "G12C") } else { ("COAD", "BRAF", "V600E") };
        let document = cats(&format!("R-{number}"), gene, change);
        service.receive(case(&reference, Some(tumour)), "one.cats", &document).await;
        answer_all(&service, &reference, Will::Yes, 0).await;
    }
    service
}

fn reference(number: usize) -> String {
    format!("RS-{number:04}")
}

/// A permission for everything that can be asked, but for counts alone.
pub(crate) fn permitted(members: Vec<PersonId>) -> ResearchProject {
    use model::{consent::DataUse, identity::ProjectId, organisation::OrganisationCode};
    ResearchProject {
        id: ProjectId(uuid::Uuid::from_u128(9)),
        number: "R2026-001".parse().unwrap(),
        title: "試験".to_owned(),
        purpose: "試験用".to_owned(),
        organisation: OrganisationCode::new("SYN-UNIVERSITY"),
        uses: BTreeSet::from([DataUse::Academic]),
        from: "2026-04-01".parse().unwrap(),
        until: "2027-03-31".parse().unwrap(),
        stopped: None,
        items: askable().map(ToOwned::to_owned).collect(),
        population: String::new(),
        services: BTreeSet::from([ProjectService::Counts]),
        threshold: 3,
        members,
    }
}

/// Records a permission.
pub(crate) async fn permit(service: &Service, revision: u32, project: ResearchProject) {
    let new = ProjectRevision { project, revision, recorded_by: None, recorded_at: noon() };
    let mut batch = service.state.store.begin().await.unwrap();
    assert!(batch.write_project(&new).await.unwrap());
    batch.commit().await.unwrap();
}

/// Looks in as a researcher.
pub(crate) async fn researcher<'a>(service: &'a Service, name: &str) -> Seen<'a> {
    service.seen_by(name, &[(Role::Researcher, "SYN-UNIVERSITY")]).await
}

async fn told(seen: &Seen<'_>, query: &str) -> serde_json::Value {
    let answer = seen.get(&format!("/api/research/R2026-001/search?q={query}")).await;
    assert_eq!(answer.status, StatusCode::OK, "{query}: {}", answer.text());
    answer.json()
}

#[tokio::test]
async fn only_its_people_may_ask_on_its_days() {
    let service = agreed().await;
    let own = researcher(&service, "own").await;
    let other = researcher(&service, "other").await;
    let physician = service.seen_by("physician", &[(Role::Physician, "SYN-C001")]).await;
    let board = service.seen_by("board", &[(Role::BoardMember, "SYN-BOARD")]).await;
    // A physician who was named is no researcher.
    permit(&service, 1, permitted(vec![own.person, physician.person])).await;
    let pages = ["/research/R2026-001/search", "/api/research/R2026-001/search"];
    for path in pages {
        assert_eq!(own.get(path).await.status, StatusCode::OK, "{path}");
        for seen in [&other, &physician, &board] {
            assert_eq!(seen.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        let stranger = service.get_as_stranger(path).await;
        assert_ne!(stranger.status, StatusCode::OK, "{path}");
    }
    assert_eq!(own.get("/research/R2026-009/search").await.status, StatusCode::NOT_FOUND);
    assert_eq!(own.get("/research/%2e%2e%2fx/search").await.status, StatusCode::NOT_FOUND);
    // The board sees what was asked, and may not ask; the other researcher sees nothing.
    assert!(board.get("/research/R2026-001").await.text().contains("試験用"));
    assert_eq!(other.get("/research/R2026-001").await.status, StatusCode::NOT_FOUND);
    assert!(!other.get("/research").await.text().contains("R2026-001"));
    assert_eq!(physician.get("/research").await.status, StatusCode::NOT_FOUND);
    let waits = "<a href=\"/research\"><b>1</b>";
    assert!(own.get("/").await.text().contains(waits), "it can be searched today");
    assert!(!other.get("/").await.text().contains(waits));
    // Neither before, nor after, nor while it is stopped.
    for (revision, from, until, stopped) in [
        (2, "2026-12-01", "2027-03-31", None),
        (3, "2026-04-01", "2026-11-19", None),
        (4, "2026-04-01", "2027-03-31", Some("2026-11-20")),
    ] {
        let mut project = permitted(vec![own.person]);
        (project.from, project.until) = (from.parse().unwrap(), until.parse().unwrap());
        project.stopped = stopped.map(|day: &str| day.parse().unwrap());
        permit(&service, revision, project).await;
        for path in pages {
            assert_eq!(own.get(path).await.status, StatusCode::NOT_FOUND, "{revision} {path}");
        }
        assert!(!own.get("/").await.text().contains(waits), "{revision}");
    }
}

#[tokio::test]
async fn a_withdrawal_is_out_of_an_open_search_at_the_next_question() {
    let service = agreed().await;
    let own = researcher(&service, "own").await;
    permit(&service, 1, permitted(vec![own.person])).await;
    assert_eq!(told(&own, "").await["cases"], LUNG + OTHERS);
    assert_eq!(told(&own, "gene%3DKRAS").await["cases"], LUNG);
    answer_all(&service, &reference(0), Will::No, 1).await;
    assert_eq!(told(&own, "gene%3DKRAS").await["cases"], LUNG - 1);
    assert_eq!(told(&own, "").await["cases"], LUNG + OTHERS - 1);
}

#[tokio::test]
async fn small_counts_and_small_differences_are_hidden() {
    let service = agreed().await;
    let own = researcher(&service, "own").await;
    let mut project = permitted(vec![own.person]);
    project.threshold = 5;
    permit(&service, 1, project).await;
    // Four of ten have colon cancer: neither they nor the other six can be told.
    let few = told(&own, "tumour%3DCOAD").await;
    assert_eq!((&few["unanswered"], &few["cases"]), (&"few".into(), &serde_json::Value::Null));
    let rest = told(&own, "gene%3DKRAS").await;
    assert_eq!(rest["unanswered"], "differs", "with everybody's number it tells of the four");
    assert_eq!(rest["facets"], serde_json::json!([]));
    let answer = own.get("/research/R2026-001/search?q=gene%3DKRAS").await;
    assert_sound("/research/R2026-001/search", &answer);
    assert!(!answer.text().contains("<p class=\"big\">"), "{}", answer.text());
    assert!(answer.text().contains("5 例未満"), "{}", answer.text());
    assert_eq!(told(&own, "age%3E%3D110").await["unanswered"], "few", "none is told as few");
    let everybody = told(&own, "").await;
    let facets = everybody["facets"].as_array().unwrap();
    let tumours = facets.iter().find(|facet| facet["item"] == "tumour").unwrap();
    for value in tumours["values"].as_array().unwrap() {
        assert!(value["cases"].is_null(), "{tumours}");
    }
    // What was asked is there for the board, with what came of it.
    let board = service.seen_by("board", &[(Role::BoardMember, "SYN-BOARD")]).await;
    let log = board.get("/research/R2026-001").await;
    assert_sound("/research/R2026-001", &log);
    for words in ["tumour=COAD", "少数のため非表示", "差が少数のため非表示", "件数を表示"]
    {
        assert!(log.text().contains(words), "{words}: {}", log.text());
    }
}

#[tokio::test]
async fn what_is_not_permitted_is_neither_asked_nor_listed() {
    let service = agreed().await;
    let own = researcher(&service, "own").await;
    let mut project = permitted(vec![own.person]);
    project.items = ["tumour", "sex"].map(ToOwned::to_owned).into();
    permit(&service, 1, project.clone()).await;
    let answer = own.get("/api/research/R2026-001/search?q=gene%3DKRAS").await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(answer.json()["problems"][0]["code"], "project.item");
    let page = own.get("/research/R2026-001/search?q=hospital%3DH-042").await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_sound("/research/R2026-001/search", &page);
    assert_eq!(told(&own, "").await["genes"], serde_json::json!([]));
    // Counts alone: no list, no file.
    for path in ["cases", "cases.csv", "cases.parquet"] {
        let answer = own.get(&format!("/research/R2026-001/{path}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
    }
    project.services.insert(ProjectService::List);
    permit(&service, 2, project.clone()).await;
    let list = own.get("/research/R2026-001/cases").await;
    assert_eq!(list.status, StatusCode::OK);
    assert_sound("/research/R2026-001/cases", &list);
    for secret in ["H-042", "RS-0000", "KRAS", "G12C"] {
        assert!(!list.text().contains(secret), "{secret}");
    }
    for path in ["cases.csv", "cases.parquet", "table.parquet?table=genes"] {
        let answer = own.get(&format!("/research/R2026-001/{path}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
    }
    project.services.extend([ProjectService::Records, ProjectService::Download]);
    project.items.extend(["alteration", "year"].map(ToOwned::to_owned));
    permit(&service, 3, project).await;
    let file = own.get("/research/R2026-001/cases.csv?q=gene%3DKRAS").await;
    assert_eq!(file.status, StatusCode::OK);
    assert_eq!(file.text().lines().count(), LUNG + 1);
    assert!(file.text().contains("G12C"));
    let parquet = own.get("/research/R2026-001/cases.parquet?q=gene%3DKRAS").await;
    let parquet = assert_alike(&file, &parquet);
    assert_eq!(parquet.notes["question"], "gene=KRAS");
    assert!(parquet.columns.contains(&("year".to_owned(), "INT64".to_owned())));
    // Each look at a case is in the log, for the patient to see.
    let first = service.state.store.case_by_reference(&reference(0)).await.unwrap().unwrap().case;
    let entries = service.state.store.audit_entries(0, 10_000).await.unwrap();
    let looks = entries.iter().filter(|stored| {
        stored.entry.action == "search-project" && stored.entry.case == Some(first)
    });
    assert_eq!(looks.count(), 3, "the list and the files");
}

#[tokio::test]
async fn permissions_are_recorded_by_form_and_changes_do_not_overwrite_each_other() {
    let service = agreed().await;
    let centre = service.seen_by("centre", &[(Role::CentreStaff, "SYN-CENTRE")]).await;
    let own = researcher(&service, "own").await;
    assert_eq!(own.get("/research/new").await.status, StatusCode::NOT_FOUND);
    assert_sound("/research/new", &centre.get("/research/new").await);
    let fields = [
        ("number", "R2026-007"),
        ("title", HOSTILE),
        ("purpose", HOSTILE),
        ("organisation", "SYN-UNIVERSITY"),
        ("from", "2026-11-01"),
        ("until", "2027-10-31"),
        ("use-academic", "yes"),
        ("service-counts", "yes"),
        ("item-tumour", "yes"),
        ("item-alteration", "yes"),
        ("item-hospital", "yes"),
        ("threshold", "3"),
        ("population", "tumour=LUAD"),
        ("members", "own\nown"),
    ];
    assert_eq!(own.post("/research/new", &fields).await.status, StatusCode::NOT_FOUND);
    let made = centre.post("/research/new", &fields).await;
    assert_eq!(made.header("location"), "/research/R2026-007", "{}", made.text());
    let project = &service.state.store.projects().await.unwrap()[0].project;
    assert_eq!(project.members, [own.person]);
    assert!(!project.items.contains("hospital"), "what nobody may ask is not taken");
    assert_sound("/research/R2026-007", &own.get("/research/R2026-007").await);
    assert_sound("/research/R2026-007/edit", &centre.get("/research/R2026-007/edit").await);
    assert_sound("/research", &centre.get("/research").await);
    let asked = own.get("/api/research/R2026-007/search").await.json();
    assert_eq!(asked["cases"], LUNG, "{asked}");
    // The same number again, a form that was open while somebody else changed it, and mistakes: the words typed stay.
    let change = |field: &'static str, value: &'static str| {
        let mut fields = fields.to_vec();
        fields.retain(|(name, _)| *name != field);
        fields.push((field, value));
        fields
    };
    let again = centre.post("/research/new", &fields).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    let mut next = change("title", "次");
    next.push(("revision", "1"));
    let changed = centre.post("/research/R2026-007/edit", &next).await;
    assert_eq!(changed.status, StatusCode::SEE_OTHER);
    let late = centre.post("/research/R2026-007/edit", &next).await;
    assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
    for (field, value) in [
        ("number", "../x"),
        ("members", "nobody"),
        ("population", "tumour=NOWHERE"),
        ("until", "2026-10-01"),
        ("from", "soon"),
        ("threshold", "-1"),
        ("use-academic", ""),
        ("title", ""),
    ] {
        let mut wrong = change(field, value);
        if field != "number" {
            wrong.retain(|(name, _)| *name != "number");
            wrong.push(("number", "R2026-008"));
        }
        let refused = centre.post("/research/new", &wrong).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{field}");
        assert_sound("/research/new", &refused);
        assert!(refused.text().contains("SYN-UNIVERSITY"), "{field}");
    }
    assert_eq!(service.state.store.projects().await.unwrap().len(), 1);
}

#[tokio::test]
async fn its_pages_are_sound_and_hostile_addresses_harmless() {
    let service = agreed().await;
    let own = researcher(&service, "own").await;
    let mut project = permitted(vec![own.person]);
    project.services = ProjectService::ALL.iter().copied().collect();
    permit(&service, 1, project).await;
    let hostile = "%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E";
    for (path, status) in [
        ("/research".to_owned(), StatusCode::OK),
        ("/research/R2026-001".to_owned(), StatusCode::OK),
        ("/research/R2026-001/search?q=gene%3DKRAS&clock=diagnosis".to_owned(), StatusCode::OK),
        ("/research/R2026-001/search?q=age%3E%3D110".to_owned(), StatusCode::OK),
        ("/research/R2026-001/cases?from=50".to_owned(), StatusCode::OK),
        (
            format!("/research/R2026-001/search?q={hostile}&clock={hostile}"),
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
    ] {
        let answer = own.get(&path).await;
        assert_eq!(answer.status, status, "{path}: {}", answer.text());
        assert_sound(&path, &answer);
    }
    let long = format!("/research/R2026-001/search?q={}", "age%3E%3D50+and+".repeat(400));
    let answer = own.get(&long).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.text());
    // What other cases have is not listed as a remedy.
    let names = own.get("/research/R2026-001/search?q=hospital%3Dnowhere").await;
    assert_eq!(names.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(!names.text().contains("H-042"), "{}", names.text());
    for table in ["genes", "drugs", "facets"] {
        let csv = own.get(&format!("/research/R2026-001/table.csv?table={table}")).await;
        let parquet = own.get(&format!("/research/R2026-001/table.parquet?table={table}")).await;
        assert_alike(&csv, &parquet);
    }
    // Of OncoTree only one version is at hand: it is told, and another is refused with its name.
    let told = told(&own, "oncotree%3D2025-10-03").await;
    assert_eq!((&told["oncotree"], &told["cases"]), (&"2025-10-03".into(), &10.into()));
    let wrong = own.get("/research/R2026-001/search?q=oncotree%3D2021-11-02").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text().contains("2025-10-03"), "{}", wrong.text());
    let unknown = own.get("/research/R2026-001/table.csv?table=people").await;
    assert_eq!(unknown.status, StatusCode::BAD_REQUEST);
}
