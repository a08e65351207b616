//! What holds at a moment, worked out of events.

use chrono::{DateTime, NaiveDate, Utc};

use super::{
    answer::{Answer, Answers},
    data_use::DataUse,
    day_of,
    purpose::ConsentPurpose,
};
use crate::identity::ConsentEventId;

/// Which past is asked about: the moment, and up to when what was recorded counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AsOf {
    /// The moment asked about.
    pub at: DateTime<Utc>,
    /// What was recorded after this moment does not count.
    pub known_by: DateTime<Utc>,
}

impl AsOf {
    /// Asks what the record said at a moment: "was this use allowed at T?"
    pub fn known_then(at: DateTime<Utc>) -> Self {
        Self { at, known_by: at }
    }

    /// Asks what held at a moment by what is known later: paper that came late, and corrections, count.
    pub fn known_by(at: DateTime<Utc>, known_by: DateTime<Utc>) -> Self {
        Self { at, known_by }
    }
}

/// What of an event decides the state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConsentMark {
    /// The event.
    pub id: ConsentEventId,
    /// The day on which the patient said it.
    pub signed_on: NaiveDate,
    /// When the record learnt of it.
    pub recorded_at: DateTime<Utc>,
    /// What was answered.
    pub answers: Answers,
    /// The event that it replaces.
    pub supersedes: Option<ConsentEventId>,
}

impl ConsentMark {
    /// The later day wins; on one day, what was recorded later; at one moment, what does not say yes.
    fn order(&self, answer: Answer) -> (NaiveDate, DateTime<Utc>, bool, ConsentEventId) {
        (self.signed_on, self.recorded_at, answer != Answer::Yes, self.id)
    }

    /// Returns whether an answer of it counts at a moment.
    ///
    /// A signature gives a day and no hour. On that day a refusal counts from the morning, a yes only from
    /// the moment at which it was recorded: where it is unsure, the answer is no.
    fn counts(&self, answer: Answer, day: NaiveDate, as_of: AsOf) -> bool {
        self.recorded_at <= as_of.known_by
            && (self.signed_on < day
                || self.signed_on == day && (answer != Answer::Yes || self.recorded_at <= as_of.at))
    }
}

/// An answer that holds, and where it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    /// The answer.
    pub answer: Answer,
    /// Since which day.
    pub since: NaiveDate,
    /// The event that says so.
    pub event: ConsentEventId,
}

/// What holds for one case at a moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConsentState {
    held: [Option<Held>; ConsentPurpose::COUNT],
}

impl ConsentState {
    /// Works out what holds, of a case's events in any order.
    pub fn at(marks: &[ConsentMark], as_of: AsOf) -> Self {
        let day = day_of(as_of.at);
        let known = |mark: &&ConsentMark| mark.recorded_at <= as_of.known_by;
        let superseded: Vec<_> =
            marks.iter().filter(known).filter_map(|mark| mark.supersedes).collect();
        let mut winners = [None; ConsentPurpose::COUNT];
        let mut held: [Option<Held>; ConsentPurpose::COUNT] = Default::default();
        for mark in marks.iter().filter(|mark| !superseded.contains(&mark.id)) {
            for (purpose, answer) in
                mark.answers.iter().filter(|(_, a)| mark.counts(*a, day, as_of))
            {
                let place = winners.get_mut(purpose.index()).zip(held.get_mut(purpose.index()));
                let Some((winner, held)) = place else { continue };
                if winner.is_none_or(|other| other < mark.order(answer)) {
                    *winner = Some(mark.order(answer));
                    *held = Some(Held { answer, since: mark.signed_on, event: mark.id });
                }
            }
        }
        Self { held }
    }

    /// Returns the answer that holds for a purpose, and where it comes from.
    pub fn of(&self, purpose: ConsentPurpose) -> Option<Held> {
        self.held.get(purpose.index()).copied().flatten()
    }

    /// Returns the answers that hold.
    pub fn answers(&self) -> Answers {
        ConsentPurpose::ALL.iter().fold(Answers::default(), |mut answers, purpose| {
            answers.set(*purpose, self.of(*purpose).map(|held| held.answer));
            answers
        })
    }

    /// Returns whether a use is allowed.
    pub fn allows(&self, data_use: DataUse) -> bool {
        data_use.is_allowed_by(&self.answers())
    }
}
