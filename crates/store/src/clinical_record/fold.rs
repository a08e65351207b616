//! From events to what a field says: the same answer in whatever order the events are looked at.

use std::collections::{BTreeMap, HashMap, HashSet};

use model::identity::FieldEventId;

use super::{FieldAddress, FieldEvent, FieldHead, FieldState};

impl From<&FieldEvent> for FieldHead {
    fn from(event: &FieldEvent) -> Self {
        Self {
            event: event.id,
            value: event.value.clone(),
            person: event.person,
            source: event.source,
            saved_at: event.saved_at,
        }
    }
}

/// Returns what each field of one case says, from all its events in any order.
pub(crate) fn fold(events: &[FieldEvent]) -> BTreeMap<FieldAddress, FieldState> {
    let superseded: HashSet<FieldEventId> =
        events.iter().flat_map(FieldEvent::superseded).collect();
    let mut states: BTreeMap<FieldAddress, FieldState> = BTreeMap::new();
    for event in events.iter().filter(|event| !superseded.contains(&event.id)) {
        states.entry(event.address.clone()).or_default().heads.push(FieldHead::from(event));
    }
    for state in states.values_mut() {
        state.sort();
    }
    states
}

/// What is known of an event that an entry names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) value: Option<String>,
}

/// What to do with an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Decision {
    /// The editor changed nothing.
    Nothing,
    /// Record it, superseding these.
    Record { base: Option<FieldEventId>, merged: Vec<FieldEventId> },
}

/// Decides on an entry by what its editor had seen and by what the field says now.
///
/// `known` are the events of the same field that the entry names; one that is not there counts as not seen,
/// so that what was typed is kept beside what others typed.
pub(super) fn decide(
    entry: &FieldEvent,
    state: &FieldState,
    known: &HashMap<FieldEventId, Known>,
) -> Decision {
    let base = entry.base.filter(|base| known.contains_key(base));
    let mut merged: Vec<FieldEventId> = Vec::new();
    let mut add = |event: FieldEventId| {
        if Some(event) != base && event != entry.id && !merged.contains(&event) {
            merged.push(event);
        }
    };
    entry.merged.iter().filter(|event| known.contains_key(event)).for_each(|event| add(*event));
    let seen = base.and_then(|base| known.get(&base)).and_then(|known| known.value.as_deref());
    if entry.merged.is_empty() && seen == entry.value.as_deref() {
        return Decision::Nothing;
    }
    // Whoever entered the same meanwhile agrees with this entry.
    state.heads.iter().filter(|head| head.value == entry.value).for_each(|head| add(head.event));
    Decision::Record { base, merged }
}

/// Applies a recorded event to what its field said before.
pub(super) fn apply(state: &mut FieldState, event: &FieldEvent) {
    let superseded: HashSet<FieldEventId> = event.superseded().collect();
    state.heads.retain(|head| !superseded.contains(&head.event));
    state.heads.push(FieldHead::from(event));
    state.sort();
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use model::identity::{CaseId, PersonId};
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::clinical_record::EntrySource;

    fn id(number: u128) -> FieldEventId {
        FieldEventId(Uuid::from_u128(number))
    }

    fn event(number: u128, value: Option<&str>, base: Option<u128>, merged: &[u128]) -> FieldEvent {
        FieldEvent {
            id: id(number),
            case: CaseId(Uuid::nil()),
            address: "item".parse().unwrap(),
            value: value.map(str::to_owned),
            base: base.map(id),
            merged: merged.iter().copied().map(id).collect(),
            person: PersonId(Uuid::nil()),
            source: EntrySource::Form,
            saved_at: DateTime::from_timestamp_millis(i64::try_from(number).unwrap()).unwrap(),
        }
    }

    fn state(events: &[FieldEvent]) -> FieldState {
        fold(events).remove(&"item".parse().unwrap()).unwrap_or_default()
    }

    fn known(events: &[FieldEvent]) -> HashMap<FieldEventId, Known> {
        events.iter().map(|event| (event.id, Known { value: event.value.clone() })).collect()
    }

    fn decided(entry: &FieldEvent, before: &[FieldEvent]) -> Decision {
        decide(entry, &state(before), &known(before))
    }

    #[test]
    fn one_after_the_other_is_no_conflict() {
        let events = [event(1, Some("a"), None, &[]), event(2, Some("b"), Some(1), &[])];
        assert_eq!(state(&events).value(), Some("b"));
        assert!(!state(&events).is_contested());
    }

    #[test]
    fn two_who_did_not_see_each_other_stand_side_by_side_until_somebody_chooses() {
        let mut events = vec![
            event(1, Some("a"), None, &[]),
            event(2, Some("b"), Some(1), &[]),
            event(3, Some("c"), Some(1), &[]),
        ];
        assert!(state(&events).is_contested());
        assert_eq!(state(&events).value(), None);
        let choice = event(4, Some("b"), Some(2), &[3]);
        let Decision::Record { base, merged } = decided(&choice, &events) else {
            panic!("a choice is recorded though its value is the base's");
        };
        assert_eq!((base, merged), (Some(id(2)), vec![id(3)]));
        events.push(choice);
        assert_eq!(state(&events).value(), Some("b"));
    }

    #[test]
    fn what_was_not_changed_is_not_recorded() {
        let before = [event(1, Some("a"), None, &[]), event(2, Some("b"), Some(1), &[])];
        // The editor's page still shows "a", and so does the form that came back.
        assert_eq!(decided(&event(9, Some("a"), Some(1), &[]), &before), Decision::Nothing);
        assert_eq!(decided(&event(9, None, None, &[]), &[]), Decision::Nothing);
        assert_ne!(decided(&event(9, None, Some(2), &[]), &before), Decision::Nothing);
    }

    #[test]
    fn equal_values_are_no_conflict() {
        let before = [event(1, Some("a"), None, &[]), event(2, Some("b"), Some(1), &[])];
        let Decision::Record { base, merged } =
            decided(&event(9, Some("b"), Some(1), &[]), &before)
        else {
            panic!("it was entered, so it is recorded");
        };
        assert_eq!((base, merged), (Some(id(1)), vec![id(2)]));
    }

    #[test]
    fn a_base_that_is_not_there_counts_as_not_seen() {
        let before = [event(1, Some("a"), None, &[])];
        let entry = event(9, Some("b"), Some(77), &[78]);
        assert_eq!(decided(&entry, &before), Decision::Record { base: None, merged: vec![] });
    }

    /// What one editor does: which of the events so far it had seen, and what it typed.
    type Step = (prop::sample::Index, bool, u8);

    /// Lets editors work one after the other as the record does, and returns events and final state.
    fn play(steps: &[Step]) -> (Vec<FieldEvent>, FieldState) {
        let (mut events, mut present) = (Vec::<FieldEvent>::new(), FieldState::default());
        for (number, (seen, chooses, typed)) in (1..).zip(steps) {
            let base =
                if events.is_empty() { None } else { Some(events[seen.index(events.len())].id) };
            let mut entry = event(number, Some(&format!("v{}", typed % 3)), None, &[]);
            entry.base = base;
            if *chooses {
                entry.merged = present.heads.iter().map(|head| head.event).collect();
            }
            if let Decision::Record { base, merged } = decide(&entry, &present, &known(&events)) {
                (entry.base, entry.merged) = (base, merged);
                apply(&mut present, &entry);
                events.push(entry);
            }
        }
        (events, present)
    }

    proptest! {
        #[test]
        fn folding_gives_the_same_in_any_order_and_as_one_by_one(
            steps in prop::collection::vec(any::<Step>(), 0..24),
            order in any::<prop::sample::Index>(),
        ) {
            let (mut events, present) = play(&steps);
            prop_assert_eq!(&state(&events), &present);
            events.reverse();
            if !events.is_empty() {
                let middle = order.index(events.len());
                events.rotate_left(middle);
            }
            prop_assert_eq!(&state(&events), &present);
        }

        #[test]
        fn no_entry_is_lost_unless_a_later_one_names_it(
            steps in prop::collection::vec(any::<Step>(), 0..24),
        ) {
            let (events, present) = play(&steps);
            for event in &events {
                let named = events.iter().any(|other| other.superseded().any(|id| id == event.id));
                let shown = present.heads.iter().any(|head| head.event == event.id);
                prop_assert!(named != shown, "{:?}", event.id);
            }
            // Values that stand side by side differ: equal ones have become one.
            for (index, head) in present.heads.iter().enumerate() {
                prop_assert!(present.heads[..index].iter().all(|other| other.value != head.value));
            }
        }
    }
}
