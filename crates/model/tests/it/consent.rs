//! What holds follows from the events alone, in whatever order they were recorded or are read.

use chrono::{DateTime, TimeDelta, Utc};
use model::{
    consent::{Answer, Answers, AsOf, ConsentMark, ConsentPurpose, ConsentState, DataUse, day_of},
    identity::ConsentEventId,
};
use proptest::prelude::*;
use uuid::Uuid;

fn moment(hours: i64) -> DateTime<Utc> {
    let begin: DateTime<Utc> = "2026-04-01T00:00:00Z".parse().unwrap();
    begin + TimeDelta::hours(hours)
}

fn answers() -> impl Strategy<Value = Answers> {
    proptest::collection::vec(0..4_u8, ConsentPurpose::COUNT).prop_map(|letters| {
        let text: String =
            letters.iter().map(|letter| ["-", "y", "n", "l"][*letter as usize]).collect();
        text.parse().unwrap()
    })
}

/// Events of one case: recorded within ten days, signed up to three days before.
fn marks() -> impl Strategy<Value = Vec<ConsentMark>> {
    let one = (0..240_i64, 0..4_i64, answers(), proptest::option::weighted(0.2, 0..8_u128));
    proptest::collection::vec(one, 0..8).prop_map(|events| {
        type Drawn = (i64, i64, Answers, Option<u128>);
        let mark = |(number, drawn): (usize, Drawn)| {
            let (hours, days_before, answers, supersedes) = drawn;
            ConsentMark {
                id: ConsentEventId(Uuid::from_u128(number as u128)),
                signed_on: day_of(moment(hours) - TimeDelta::days(days_before)),
                recorded_at: moment(hours),
                answers,
                supersedes: supersedes.map(|other| ConsentEventId(Uuid::from_u128(other))),
            }
        };
        events.into_iter().enumerate().map(mark).collect()
    })
}

proptest! {
    /// The order in which events are read does not matter.
    #[test]
    fn the_order_of_reading_does_not_matter(marks in marks(), hours in 0..300_i64, turn in 0..8_usize) {
        let as_of = AsOf::known_then(moment(hours));
        let mut others = marks.clone();
        others.reverse();
        let turn = turn.min(others.len());
        others.rotate_left(turn);
        prop_assert_eq!(ConsentState::at(&marks, as_of), ConsentState::at(&others, as_of));
    }

    /// What is recorded later never changes what the record said then.
    #[test]
    fn the_past_of_the_record_never_changes(marks in marks(), hours in 0..300_i64) {
        let as_of = AsOf::known_then(moment(hours));
        let known: Vec<_> = marks.iter().filter(|m| m.recorded_at <= as_of.at).copied().collect();
        prop_assert_eq!(ConsentState::at(&marks, as_of), ConsentState::at(&known, as_of));
    }

    /// By what is known now, the order of recording matters only among events of one day.
    #[test]
    fn the_order_of_recording_matters_only_within_a_day(marks in marks(), shift in 0..500_i64) {
        let mut marks = marks;
        marks.sort_by_key(|mark| mark.signed_on);
        marks.dedup_by_key(|mark| mark.signed_on);
        marks.iter_mut().for_each(|mark| mark.supersedes = None);
        let late = moment(2_000);
        let now = AsOf::known_by(late, late);
        let before = ConsentState::at(&marks, now);
        for (place, mark) in marks.iter_mut().enumerate() {
            mark.recorded_at = moment(240 + (shift * (place as i64 + 3)) % 97);
        }
        prop_assert_eq!(before, ConsentState::at(&marks, now));
    }

    /// After everything was refused, nothing is allowed, until something new is signed.
    #[test]
    fn a_withdrawal_ends_every_use(marks in marks()) {
        let mut marks = marks;
        let withdrawn_at = moment(260);
        marks.push(ConsentMark {
            id: ConsentEventId(Uuid::from_u128(100)),
            signed_on: day_of(withdrawn_at),
            recorded_at: withdrawn_at,
            answers: Answers::all(Answer::No),
            supersedes: None,
        });
        for later in [0, 1, 24, 900] {
            let at = withdrawn_at + TimeDelta::hours(later);
            let state = ConsentState::at(&marks, AsOf::known_then(at));
            for data_use in DataUse::ALL {
                prop_assert!(!state.allows(*data_use));
            }
        }
    }

    /// Taking one yes away never allows more.
    #[test]
    fn fewer_yes_never_allow_more(answers in answers(), place in 0..ConsentPurpose::COUNT) {
        let mut fewer = answers;
        fewer.set(ConsentPurpose::ALL[place], Some(Answer::Later));
        for data_use in DataUse::ALL {
            prop_assert!(!data_use.is_allowed_by(&fewer) || data_use.is_allowed_by(&answers));
        }
    }
}

fn mark(id: u128, signed_on: &str, recorded_at: &str, answer: Answer) -> ConsentMark {
    ConsentMark {
        id: ConsentEventId(Uuid::from_u128(id)),
        signed_on: signed_on.parse().unwrap(),
        recorded_at: recorded_at.parse().unwrap(),
        answers: Answers::all(answer),
        supersedes: None,
    }
}

#[test]
fn paper_that_comes_late_answers_the_two_questions_differently() {
    let paper = mark(1, "2026-04-01", "2026-04-10T03:00:00Z", Answer::Yes);
    let at = "2026-04-05T03:00:00Z".parse().unwrap();
    let now = "2026-05-01T00:00:00Z".parse().unwrap();
    assert!(!ConsentState::at(&[paper], AsOf::known_then(at)).allows(DataUse::Academic));
    assert!(ConsentState::at(&[paper], AsOf::known_by(at, now)).allows(DataUse::Academic));
}

#[test]
fn on_the_day_of_signature_a_refusal_counts_from_the_morning_and_a_yes_when_recorded() {
    let now = "2026-05-01T00:00:00Z".parse().unwrap();
    let morning = "2026-04-01T00:30:00Z".parse().unwrap();
    let yes = mark(1, "2026-04-01", "2026-04-01T03:00:00Z", Answer::Yes);
    assert!(!ConsentState::at(&[yes], AsOf::known_by(morning, now)).allows(DataUse::Academic));
    let before = mark(2, "2026-03-01", "2026-03-01T03:00:00Z", Answer::Yes);
    let no = mark(3, "2026-04-01", "2026-04-01T03:00:00Z", Answer::No);
    assert!(
        !ConsentState::at(&[before, no], AsOf::known_by(morning, now)).allows(DataUse::Academic)
    );
    assert!(ConsentState::at(&[before, no], AsOf::known_then(morning)).allows(DataUse::Academic));
}

#[test]
fn of_two_answers_at_one_moment_the_refusal_counts() {
    let at = "2026-04-01T03:00:00Z".parse().unwrap();
    for ids in [[1, 2], [2, 1]] {
        let yes = mark(ids[0], "2026-04-01", "2026-04-01T03:00:00Z", Answer::Yes);
        let no = mark(ids[1], "2026-04-01", "2026-04-01T03:00:00Z", Answer::No);
        assert!(!ConsentState::at(&[yes, no], AsOf::known_then(at)).allows(DataUse::Academic));
    }
}

#[test]
fn a_corrected_event_counted_until_its_correction_was_recorded() {
    let wrong = mark(1, "2026-04-01", "2026-04-01T03:00:00Z", Answer::Yes);
    let right = ConsentMark {
        supersedes: Some(wrong.id),
        ..mark(2, "2026-03-31", "2026-04-20T03:00:00Z", Answer::No)
    };
    let between = "2026-04-10T03:00:00Z".parse().unwrap();
    let now = "2026-05-01T00:00:00Z".parse().unwrap();
    let events = [wrong, right];
    assert!(ConsentState::at(&events, AsOf::known_then(between)).allows(DataUse::Company));
    assert!(!ConsentState::at(&events, AsOf::known_by(between, now)).allows(DataUse::Company));
    assert!(!ConsentState::at(&events, AsOf::known_then(now)).allows(DataUse::Company));
}
