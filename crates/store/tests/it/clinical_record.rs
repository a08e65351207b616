//! Entries into fields: nothing is lost, nothing is doubled, and what is derived follows.

use model::identity::{CaseId, FieldEventId, PersonId};
use store::{
    CaseCompleteness, CopyRecordError, EntrySource, FieldEvent, HistoryFilter, PageRequest,
    Recorder, RefusedEntry, SaveOutcome, SavedField, ScopedAddresses, Store, identifier_v7,
};
use uuid::Uuid;

use crate::fixture::{Record, moment, on_both_engines, record_many};

on_both_engines!(
    an_entry_is_read_again,
    the_matrix_of_conflicts,
    sending_again_does_not_double,
    one_batch_takes_several_entries_into_one_field,
    what_cannot_be_taken_costs_the_others_nothing,
    a_hundred_editors_lose_nothing,
    derived_fields_can_be_made_again,
    history_says_who_changed_what,
    a_copy_has_the_entries,
    completeness_follows_the_newest_entry,
);

const ANA: u128 = 1;
const BEN: u128 = 2;

fn id(number: u128) -> FieldEventId {
    FieldEventId(Uuid::from_u128(0x7000 + number))
}

async fn a_case(record: &Record) -> CaseId {
    record_many(&record.store, 2).await;
    record.store.case_by_reference("CASE-00001").await.unwrap().unwrap().case
}

fn entry(case: CaseId, number: u128, value: &str, base: Option<u128>) -> FieldEvent {
    FieldEvent {
        id: id(number),
        case,
        address: "diagnosis".parse().unwrap(),
        value: Some(value.to_owned()).filter(|value| !value.is_empty()),
        base: base.map(id),
        merged: Vec::new(),
        person: PersonId(Uuid::from_u128(if number.is_multiple_of(2) { BEN } else { ANA })),
        source: EntrySource::Form,
        saved_at: moment(i64::try_from(number).unwrap()),
    }
}

async fn save(store: &Store, entries: &[FieldEvent]) -> Vec<SavedField> {
    let mut batch = store.begin().await.unwrap();
    let saved = batch.save_fields(entries).await.unwrap();
    batch.commit().await.unwrap();
    saved
}

async fn save_one(store: &Store, entry: FieldEvent) -> SavedField {
    save(store, &[entry]).await.remove(0)
}

fn values(saved: &SavedField) -> Vec<&str> {
    saved.state.heads.iter().map(|head| head.value.as_deref().unwrap_or("")).collect()
}

async fn an_entry_is_read_again(record: Record) {
    let case = a_case(&record).await;
    let mut first = entry(case, 1, "腺癌\n二行目", None);
    first.address =
        "regimen_after/0190163d-8694-739b-aea5-966c26f8ad91/after_start".parse().unwrap();
    let saved = save_one(&record.store, first.clone()).await;
    assert_eq!(saved.outcome, SaveOutcome::Saved);
    let fields = record.store.record_fields(case).await.unwrap();
    assert_eq!(fields[&first.address], saved.state);
    assert_eq!(fields[&first.address].value(), Some("腺癌\n二行目"));
    assert_eq!(record.store.field_events(case).await.unwrap(), [first]);
    assert_eq!(record.store.counts().await.unwrap().field_events, 1);
    assert_eq!(record.store.check().await.unwrap().findings, []);
}

async fn the_matrix_of_conflicts(record: Record) {
    let case = a_case(&record).await;
    let store = &record.store;
    save_one(store, entry(case, 1, "a", None)).await;
    // In turn.
    assert_eq!(save_one(store, entry(case, 2, "b", Some(1))).await.outcome, SaveOutcome::Saved);
    // Nothing changed by the editor, though another has changed it since.
    let same = save_one(store, entry(case, 3, "a", Some(1))).await;
    assert_eq!((same.outcome.clone(), values(&same)), (SaveOutcome::Unchanged, vec!["b"]));
    // The same change by two.
    let agreed = save_one(store, entry(case, 4, "b", Some(1))).await;
    assert_eq!((agreed.outcome.clone(), values(&agreed)), (SaveOutcome::Saved, vec!["b"]));
    // Two changes of one state.
    let beside = save_one(store, entry(case, 5, "c", Some(2))).await;
    assert_eq!((beside.outcome.clone(), values(&beside)), (SaveOutcome::Contested, vec!["c", "b"]));
    // Emptied by a third who saw neither.
    let emptied = save_one(store, entry(case, 6, "", Some(1))).await;
    assert_eq!(values(&emptied), ["", "c", "b"]);
    // A choice that names all.
    let mut choice = entry(case, 7, "c", Some(5));
    choice.merged = vec![id(4), id(6)];
    let chosen = save_one(store, choice).await;
    assert_eq!((chosen.outcome.clone(), values(&chosen)), (SaveOutcome::Saved, vec!["c"]));
    // A base that is not there counts as not seen.
    let blind = save_one(store, entry(case, 8, "d", Some(999))).await;
    assert_eq!((blind.outcome.clone(), values(&blind)), (SaveOutcome::Contested, vec!["d", "c"]));
    assert_eq!(store.check().await.unwrap().findings, []);
}

async fn sending_again_does_not_double(record: Record) {
    let case = a_case(&record).await;
    let store = &record.store;
    let first = save_one(store, entry(case, 1, "a", None)).await;
    assert_eq!(save_one(store, entry(case, 1, "a", None)).await, first);
    save_one(store, entry(case, 2, "b", Some(1))).await;
    let late = save_one(store, entry(case, 1, "a", None)).await;
    assert_eq!((late.outcome.clone(), values(&late)), (SaveOutcome::Saved, vec!["b"]));
    let other = save_one(store, entry(case, 1, "z", None)).await;
    assert_eq!(other.outcome, SaveOutcome::Refused(RefusedEntry::IdentifierTaken));
    assert_eq!(store.field_events(case).await.unwrap().len(), 2);
}

async fn one_batch_takes_several_entries_into_one_field(record: Record) {
    let case = a_case(&record).await;
    let entries = [
        entry(case, 1, "a", None),
        entry(case, 1, "a", None),
        entry(case, 2, "b", Some(1)),
        entry(case, 3, "c", Some(1)),
    ];
    let saved = save(&record.store, &entries).await;
    assert_eq!(values(&saved[3]), ["c", "b"]);
    let fields = record.store.record_fields(case).await.unwrap();
    assert_eq!(fields[&entries[0].address], saved[3].state);
    assert_eq!(record.store.check().await.unwrap().findings, []);
}

async fn what_cannot_be_taken_costs_the_others_nothing(record: Record) {
    let case = a_case(&record).await;
    let nobody = CaseId(Uuid::from_u128(99));
    let long = "長".repeat(4_001);
    let mut crowded = entry(case, 5, "x", None);
    crowded.merged = (100..200).map(id).collect();
    let entries = [
        entry(nobody, 1, "a", None),
        entry(case, 2, "a\u{0}b", None),
        entry(case, 3, &long, None),
        crowded,
        entry(case, 4, "'; DROP TABLE field_event; --", None),
    ];
    let outcomes: Vec<SaveOutcome> =
        save(&record.store, &entries).await.into_iter().map(|saved| saved.outcome).collect();
    let refused = SaveOutcome::Refused;
    assert_eq!(outcomes[0], refused(RefusedEntry::NoCase));
    assert_eq!(outcomes[1], refused(RefusedEntry::Value));
    assert_eq!(outcomes[2], refused(RefusedEntry::Value));
    assert_eq!(outcomes[3], refused(RefusedEntry::Merged));
    assert_eq!(outcomes[4], SaveOutcome::Saved);
    assert_eq!(record.store.field_events(case).await.unwrap().len(), 1);
}

async fn a_hundred_editors_lose_nothing(record: Record) {
    let case = a_case(&record).await;
    let recorder = Recorder::new(record.store.clone());
    let editors = (0..100_u128).map(|editor| {
        let recorder = recorder.clone();
        tokio::spawn(async move {
            for turn in 0..5_u128 {
                let number = editor * 100 + turn;
                let base = (turn > 0).then(|| number - 1);
                let mut entry = entry(case, number, &format!("{editor}:{turn}"), base);
                entry.address = format!("item_{editor}").parse().unwrap();
                let saved = recorder.save(vec![entry], Vec::new()).await.unwrap();
                assert_eq!(saved[0].outcome, SaveOutcome::Saved);
            }
        })
    });
    for editor in editors.collect::<Vec<_>>() {
        editor.await.unwrap();
    }
    let fields = record.store.record_fields(case).await.unwrap();
    assert_eq!(fields.len(), 100);
    for (address, state) in fields {
        let editor = address.as_str().trim_start_matches("item_");
        assert_eq!(state.value(), Some(format!("{editor}:4").as_str()));
    }
    assert_eq!(record.store.field_events(case).await.unwrap().len(), 500);
}

async fn derived_fields_can_be_made_again(record: Record) {
    let case = a_case(&record).await;
    let store = &record.store;
    for (number, base) in [(1, None), (2, Some(1)), (3, Some(1)), (4, Some(3)), (5, None)] {
        save_one(store, entry(case, number, &format!("v{number}"), base)).await;
    }
    let before = store.record_fields(case).await.unwrap();
    let mut events = store.field_events(case).await.unwrap();
    events.reverse();
    let mut batch = store.begin().await.unwrap();
    batch.rebuild_fields(case, &events).await.unwrap();
    batch.commit().await.unwrap();
    assert_eq!(store.record_fields(case).await.unwrap(), before);
}

async fn history_says_who_changed_what(record: Record) {
    let case = a_case(&record).await;
    let store = &record.store;
    save_one(store, entry(case, 1, "a", None)).await;
    save_one(store, entry(case, 2, "b", Some(1))).await;
    save_one(store, entry(case, 3, "c", Some(1))).await;
    let mut choice = entry(case, 4, "b", Some(2));
    choice.merged = vec![id(3)];
    save_one(store, choice).await;
    let mut other = entry(case, 5, "x", None);
    other.address = format!("family_member/{}/family_age", Uuid::from_u128(1)).parse().unwrap();
    save_one(store, other).await;
    let all = HistoryFilter::default();
    let first =
        store.field_history(case, &all, PageRequest { rows: 2, after: None }).await.unwrap();
    assert_eq!((first.total, first.rows.len()), (5, 2));
    assert_eq!(first.rows[1].before.as_deref(), Some("b"));
    assert_eq!(first.rows[1].set_aside, ["c"]);
    let rest = PageRequest { rows: 50, after: first.next };
    let rest = store.field_history(case, &all, rest).await.unwrap();
    assert_eq!(rest.rows.iter().map(|row| row.event.id).collect::<Vec<_>>(), [id(3), id(2), id(1)]);
    let of_ben = HistoryFilter { person: Some(PersonId(Uuid::from_u128(BEN))), addresses: None };
    assert_eq!(store.field_history(case, &of_ben, PageRequest::default()).await.unwrap().total, 2);
    let beginnings = vec!["family_member/".to_owned()];
    let addresses = Some(ScopedAddresses { items: vec!["diagnosis_2".to_owned()], beginnings });
    let of_block = HistoryFilter { person: None, addresses };
    assert_eq!(
        store.field_history(case, &of_block, PageRequest::default()).await.unwrap().total,
        1
    );
}

async fn a_copy_has_the_entries(record: Record) {
    let case = a_case(&record).await;
    save_one(&record.store, entry(case, 1, "a", None)).await;
    save_one(&record.store, entry(case, 2, "b", None)).await;
    let target = crate::fixture::sqlite().await.unwrap();
    record.store.copy_to(&target.store, |_| ()).await.unwrap();
    let again = record.store.copy_to(&target.store, |_| ()).await.unwrap();
    assert_eq!(again.copied, 0);
    let (ours, theirs) = (&record.store, &target.store);
    assert_eq!(ours.field_events(case).await.unwrap(), theirs.field_events(case).await.unwrap());
    assert_eq!(ours.record_fields(case).await.unwrap(), theirs.record_fields(case).await.unwrap());
    assert_eq!(theirs.pending_cases(10).await.unwrap().len(), 1);
    assert_eq!(theirs.check().await.unwrap().findings, []);
    // An entry that the target alone has is not passed over.
    save_one(theirs, entry(case, 3, "c", Some(2))).await;
    let refused = ours.copy_to(theirs, |_| ()).await.unwrap_err();
    assert!(
        matches!(refused, CopyRecordError::Differs { what: "record of case", .. }),
        "{refused:?}"
    );
}

async fn completeness_follows_the_newest_entry(record: Record) {
    let case = a_case(&record).await;
    let store = &record.store;
    save_one(store, entry(case, 1, "a", None)).await;
    let pending = store.pending_case(case).await.unwrap().unwrap();
    save_one(store, entry(case, 2, "b", Some(1))).await;
    let row = CaseCompleteness {
        case,
        hospital: Some("H1".to_owned()),
        required: 10,
        filled: 4,
        problems: 1,
        contested: 0,
        catalogue: "test".to_owned(),
        opened_at: moment(0),
        touched_at: moment(2),
    };
    let put = async |row: &CaseCompleteness, pending| {
        let mut batch = store.begin().await.unwrap();
        batch.put_completeness(row, pending).await.unwrap();
        batch.commit().await.unwrap();
    };
    put(&row, pending).await;
    // Written to again in the meantime: it still waits.
    let pending = store.pending_case(case).await.unwrap().unwrap();
    assert_eq!(pending.event, id(2));
    put(&row, pending).await;
    assert_eq!(store.pending_cases(10).await.unwrap(), []);
    assert_eq!(store.case_completeness(case).await.unwrap(), Some(row.clone()));
    let hospitals = store.hospital_completeness(None).await.unwrap();
    let ours = hospitals.iter().find(|row| row.hospital.as_deref() == Some("H1")).unwrap();
    assert_eq!((ours.cases, ours.untouched, ours.required, ours.filled), (1, 0, 10, 4));
    assert_eq!(ours.oldest_incomplete, Some(moment(0)));
    let of_others = store.hospital_completeness(Some(&["H0".to_owned()])).await.unwrap();
    assert_eq!(of_others.len(), 1);
    assert_eq!(store.incomplete_cases(Some("H1"), 5).await.unwrap()[0].counts, row);
    assert_eq!(identifier_v7(moment(0), &["x"]).get_version_num(), 7);
    // A backup has the entries; what is derived of them is made again where it is restored.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("snapshot.sqlite");
    store.snapshot_into(&path, moment(9), |_| ()).await.unwrap();
    let snapshot = Store::open_existing(&format!("sqlite:{}", path.display())).await.unwrap();
    assert_eq!(snapshot.field_events(case).await.unwrap(), store.field_events(case).await.unwrap());
    snapshot.close().await;
}
