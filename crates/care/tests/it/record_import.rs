//! The portal's case CSV into clinical records: what is entered, what stands beside what, and what keeps a file out.

use care::record_import::{CasePlan, Compared, Comparing};
use chrono::{DateTime, TimeDelta, Utc};
use ingest::portal_csv::{PortalCases, ReadOptions};
use model::{
    case::PatientCase,
    identity::{CaseId, FieldEventId, PersonId},
    organisation::OrganisationCode,
    problem::Problem,
};
use store::{EntrySource, FieldEvent, NewCase, SaveOutcome, Store};
use uuid::Uuid;

const HEADER: &str = "C.CAT調査結果.基本項目.施設ID,C.CAT調査結果.基本項目.登録ID,症例.基本情報.性別,症例.基本情報.年齢,\
                      症例.EP前レジメン情報.治療ライン,症例.EP前レジメン情報.投与開始日,症例.EP前レジメン情報.投与終了日";
const PERSON: PersonId = PersonId(Uuid::from_u128(7));

fn at(minute: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(1_790_000_000_000).unwrap() + TimeDelta::minutes(minute)
}

/// What a file changes, and what is wrong with it.
struct FilePlan {
    cases: Vec<CasePlan>,
    elsewhere: Vec<CaseId>,
    problems: Vec<Problem>,
}

struct Site {
    store: Store,
    _folder: tempfile::TempDir,
}

impl Site {
    /// Opens a record with a case in each of two hospitals.
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("r.db").display());
        let store = Store::open(&url).await.unwrap();
        store.migrate(at(0)).await.unwrap();
        let mut batch = store.begin().await.unwrap();
        for (number, hospital) in [("R-1", "H1"), ("R-2", "H1"), ("R-9", "H2")] {
            let document = PatientCase {
                reference: number.to_owned(),
                hospital: Some(hospital.to_owned()),
                ..PatientCase::default()
            };
            let id = CaseId(store::identifier_v7(at(0), &[number]));
            batch.register_case(&NewCase { id, document, revises: true }, at(0)).await.unwrap();
        }
        batch.commit().await.unwrap();
        Self { store, _folder: folder }
    }

    async fn plan(&self, rows: &str, minute: i64) -> FilePlan {
        let text = format!("{HEADER}\n{rows}\n");
        let options = ReadOptions::default();
        let file = PortalCases::open(text.as_bytes(), &options, &mut |_| ()).unwrap();
        let (file, hospital) = (file.value.unwrap(), OrganisationCode::new("H1"));
        let mut comparing = Comparing::new(&self.store, &file, &hospital, at(minute));
        let (mut cases, mut elsewhere) = (Vec::new(), Vec::new());
        while let Some(compared) = comparing.compare_next().await.unwrap() {
            match compared {
                Compared::Own(case) => cases.push(case),
                Compared::Refused { elsewhere: other } => elsewhere.extend(other),
            }
        }
        assert_eq!(comparing.compared(), file.len());
        FilePlan { cases, elsewhere, problems: comparing.problems() }
    }

    async fn enter(&self, plan: &FilePlan, minute: i64) -> Vec<SaveOutcome> {
        let events: Vec<_> =
            plan.cases.iter().flat_map(|case| case.events(PERSON, at(minute))).collect();
        self.save(&events).await
    }

    async fn save(&self, events: &[FieldEvent]) -> Vec<SaveOutcome> {
        let mut batch = self.store.begin().await.unwrap();
        let saved = batch.save_fields(events).await.unwrap();
        batch.commit().await.unwrap();
        saved.into_iter().map(|field| field.outcome).collect()
    }

    /// What each field of the first case says, values that stand side by side with a bar between them.
    async fn fields(&self) -> Vec<(String, String)> {
        let fields = self.store.record_fields(self.case().await).await.unwrap();
        let said = fields.into_iter().map(|(address, state)| {
            let mut values: Vec<_> =
                state.heads.iter().map(|head| head.value.clone().unwrap_or_default()).collect();
            values.sort();
            let address = address.as_str();
            let item = address.rsplit('/').next().unwrap().to_owned();
            (item, values.join("|"))
        });
        let mut said: Vec<_> = said.collect();
        said.sort();
        said
    }

    async fn case(&self) -> CaseId {
        self.store.case_by_reference("R-1").await.unwrap().unwrap().case
    }

    async fn type_in(&self, item: &str, value: Option<&str>, minute: i64) {
        let case = self.case().await;
        let fields = self.store.record_fields(case).await.unwrap();
        let address = fields.keys().find(|address| address.as_str().ends_with(item));
        let address = address.cloned().unwrap_or_else(|| item.parse().unwrap());
        let heads = fields.get(&address).map(|state| state.heads.clone()).unwrap_or_default();
        let mut seen = heads.iter().map(|head| head.event);
        let event = FieldEvent {
            id: FieldEventId(Uuid::from_u128(minute as u128)),
            case,
            address,
            value: value.map(str::to_owned),
            base: seen.next(),
            merged: seen.collect(),
            person: PERSON,
            source: EntrySource::Form,
            saved_at: at(minute),
        };
        assert_eq!(self.save(&[event]).await, [SaveOutcome::Saved]);
    }
}

fn counts(plan: &FilePlan) -> Vec<(usize, usize, usize, usize)> {
    let of = |case: &CasePlan| (case.filling(), case.same, case.contradicting(), case.settled);
    plan.cases.iter().map(of).collect()
}

fn codes(plan: &FilePlan) -> Vec<(&str, Option<u64>)> {
    let told = plan.problems.iter().filter(|problem| problem.code != "portal.header.missing");
    told.map(|problem| (&*problem.code, problem.place.line)).collect()
}

fn said(fields: &[(&str, &str)]) -> Vec<(String, String)> {
    fields.iter().map(|(item, value)| ((*item).to_owned(), (*value).to_owned())).collect()
}

#[tokio::test]
async fn cells_are_entered_once_and_named_as_imported() {
    let site = Site::new().await;
    let rows = "F,R-1,2,60,1,2024/1/5,NA\nF,R-1,2,60,2,2024/6/1,NA\nF,R-2,1,NA,NA,NA,NA";
    let planned = site.plan(rows, 1).await;
    assert_eq!(codes(&planned), []);
    assert_eq!(counts(&planned), [(6, 0, 0, 0), (1, 0, 0, 0)]);
    assert!(site.fields().await.is_empty(), "a preview writes nothing");
    site.enter(&planned, 1).await;
    let expected = [
        ("age", "60"),
        ("before_line", "1"),
        ("before_line", "2"),
        ("before_start", "2024/1/5"),
        ("before_start", "2024/6/1"),
        ("sex", "2"),
    ];
    assert_eq!(site.fields().await, said(&expected));
    let events = site.store.field_events(site.case().await).await.unwrap();
    assert!(events.iter().all(|event| event.source == EntrySource::Import));
    let again = site.plan(rows, 2).await;
    assert_eq!(counts(&again), [(0, 6, 0, 0), (0, 1, 0, 0)]);
    // The same day in another spelling is the same day.
    let again = site.plan("F,R-1,2,60,1,2024-01-05,NA", 3).await;
    assert_eq!(counts(&again), [(0, 4, 0, 0)]);
}

#[tokio::test]
async fn what_contradicts_stands_beside_until_a_person_chooses_and_is_not_brought_up_again() {
    let site = Site::new().await;
    site.type_in("age", Some("61"), 1).await;
    let rows = "F,R-1,2,60,1,2024/1/5,NA";
    let planned = site.plan(rows, 2).await;
    assert_eq!(counts(&planned), [(3, 0, 1, 0)]);
    let outcomes = site.enter(&planned, 2).await;
    assert_eq!(outcomes.iter().filter(|outcome| **outcome == SaveOutcome::Contested).count(), 1);
    assert!(site.fields().await.contains(&("age".to_owned(), "60|61".to_owned())));
    assert_eq!(counts(&site.plan(rows, 3).await), [(0, 4, 0, 0)], "it stands there already");
    site.type_in("age", Some("61"), 4).await;
    assert!(site.fields().await.contains(&("age".to_owned(), "61".to_owned())));
    assert_eq!(counts(&site.plan(rows, 5).await), [(0, 3, 0, 1)]);
    // What somebody emptied on purpose is not filled again either.
    site.type_in("sex", None, 6).await;
    assert_eq!(counts(&site.plan(rows, 7).await), [(0, 2, 0, 2)]);
}

#[tokio::test]
async fn a_row_of_a_block_is_the_records_own_where_most_of_it_agrees() {
    let site = Site::new().await;
    site.enter(&site.plan("F,R-1,NA,NA,1,2024/1/5,2024/5/1", 1).await, 1).await;
    // The same regimen ended on another day; and one that the record does not have.
    let planned = site.plan("F,R-1,NA,NA,1,2024/1/5,2024/5/9\nF,R-1,NA,NA,2,2024/6/1,NA", 2).await;
    assert_eq!(counts(&planned), [(2, 2, 1, 0)]);
    site.enter(&planned, 2).await;
    let expected = [
        ("before_end", "2024/5/1|2024/5/9"),
        ("before_line", "1"),
        ("before_line", "2"),
        ("before_start", "2024/1/5"),
        ("before_start", "2024/6/1"),
    ];
    assert_eq!(site.fields().await, said(&expected));
    // A row that was taken away stays away.
    let case = site.case().await;
    let fields = site.store.record_fields(case).await.unwrap();
    let first = fields.iter().find(|(_, state)| state.value() == Some("2024/6/1")).unwrap().0;
    let row = first.as_str().rsplit_once('/').unwrap().0.to_owned();
    site.type_in(&row, Some("removed"), 3).await;
    let again = site.plan("F,R-1,NA,NA,2,2024/6/1,NA", 4).await;
    assert_eq!(counts(&again), [(0, 0, 0, 2)]);
}

#[tokio::test]
async fn whatever_cannot_be_entered_is_told_with_its_line() {
    let site = Site::new().await;
    let rows = "F,R-1,2,60,NA,NA,NA\n\
                F,R-9,2,60,NA,NA,NA\n\
                F,R-7,2,60,NA,NA,NA\n\
                F,********,2,60,NA,NA,NA\n\
                G,R-1,2,60,NA,NA,NA\n\
                F,R-2,5,sixty,1";
    let planned = site.plan(rows, 1).await;
    let other = site.store.case_by_reference("R-9").await.unwrap().unwrap().case;
    assert_eq!(planned.elsewhere, [other], "for the audit log");
    let mut found = codes(&planned);
    found.sort_by_key(|(_, line)| *line);
    let expected = [
        ("record_import.number.unknown", Some(3)),
        ("record_import.number.unknown", Some(4)),
        ("portal.row.no_case", Some(5)),
        ("record_import.number.missing", Some(5)),
        ("record_import.number.twice", Some(6)),
        ("portal.row.width", Some(7)),
        ("record.value.unreadable", Some(7)),
        ("record.code.unknown", Some(7)),
    ];
    assert_eq!(found, expected);
    assert!(model::problem::has_error(&planned.problems));
    let errors = planned
        .problems
        .iter()
        .filter(|problem| problem.severity == model::problem::Severity::Error);
    assert_eq!(errors.count(), 7, "all but the row that is a case of its own");
    assert!(planned.problems.iter().all(|problem| !problem.remedy.ja.is_empty()));
}
