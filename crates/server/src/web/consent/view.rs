//! Answers and events in the reader's words.

use model::{
    consent::{Answer, Answers, ConsentEvent, ConsentKind, ConsentPurpose, ConsentState, Recorder},
    identity::ConsentEventId,
};

use super::Subject;
use crate::{
    address, format,
    page::Page,
    view::{Fact, TagView, iso},
};

/// A purpose and the answer that holds for it.
pub(crate) struct AnswerView {
    pub(crate) code: &'static str,
    pub(crate) label: String,
    pub(crate) explanation: String,
    pub(crate) answer: TagView,
    pub(crate) since: String,
    /// The answers that are offered.
    pub(crate) choices: Vec<ChoiceView>,
}

/// An answer that is offered.
pub(crate) struct ChoiceView {
    pub(crate) code: &'static str,
    pub(crate) label: String,
}

/// One event of the history.
pub(crate) struct EventView {
    pub(crate) href: String,
    pub(crate) kind: TagView,
    pub(crate) signed: String,
    pub(crate) recorded: String,
    pub(crate) recorded_iso: String,
    pub(crate) way: String,
    pub(crate) by: String,
    pub(crate) document: Option<(String, String)>,
    pub(crate) answers: Vec<(String, TagView)>,
    pub(crate) note: Option<String>,
    pub(crate) superseded: bool,
}

/// Shows an answer.
pub(crate) fn answer(page: &Page, answer: Option<Answer>) -> TagView {
    match answer {
        Some(answer) => {
            let class = match answer {
                Answer::Yes => "met",
                Answer::No => "not",
                Answer::Later => "unknown",
            };
            TagView { class, label: page.text(&answer.label()).to_owned() }
        }
        None => TagView { class: "", label: page.t("consent-unanswered") },
    }
}

/// Shows every purpose with the answer that holds.
pub(crate) fn answers(page: &Page, state: &ConsentState) -> Vec<AnswerView> {
    let view = |purpose: &ConsentPurpose| {
        let held = state.of(*purpose);
        let offered = Answer::ALL
            .iter()
            .filter(|answer| **answer != Answer::Later || purpose.may_be_later())
            .map(|answer| ChoiceView {
                code: answer.code(),
                label: page.text(&answer.label()).to_owned(),
            });
        AnswerView {
            code: purpose.code(),
            label: page.text(&purpose.label()).to_owned(),
            explanation: page.text(&purpose.explanation()).to_owned(),
            answer: answer(page, held.map(|held| held.answer)),
            since: held
                .map(|held| format::day_short(held.since, page.language))
                .unwrap_or_default(),
            choices: offered.collect(),
        }
    };
    ConsentPurpose::ALL.iter().map(view).collect()
}

/// Shows every event, newest first.
pub(crate) fn history(
    page: &Page,
    events: &[ConsentEvent],
    href: impl Fn(&ConsentEvent) -> String,
) -> Vec<EventView> {
    events.iter().rev().map(|each| event(page, events, each, href(each))).collect()
}

/// Shows one event.
pub(crate) fn event(
    page: &Page,
    events: &[ConsentEvent],
    event: &ConsentEvent,
    href: String,
) -> EventView {
    let class = match event.kind {
        ConsentKind::Given => "met",
        ConsentKind::Changed | ConsentKind::Corrected => "unknown",
        ConsentKind::Withdrawn => "not",
    };
    EventView {
        href,
        kind: TagView { class, label: page.text(&event.kind.label()).to_owned() },
        signed: format::day(event.signed_on, page.language),
        recorded: format::moment(event.recorded_at, page.language),
        recorded_iso: iso(event.recorded_at),
        way: page.text(&event.way.label()).to_owned(),
        by: recorder(page, &event.recorded_by),
        document: event
            .document
            .as_ref()
            .map(|version| (address::consent_document(version), version.to_string())),
        answers: answered(page, &event.answers),
        note: event.note.clone(),
        superseded: events.iter().any(|other| other.supersedes == Some(event.id)),
    }
}

fn answered(page: &Page, answers: &Answers) -> Vec<(String, TagView)> {
    let one = |(purpose, given): (ConsentPurpose, Answer)| {
        (page.text(&purpose.label()).to_owned(), answer(page, Some(given)))
    };
    answers.iter().map(one).collect()
}

fn recorder(page: &Page, recorder: &Recorder) -> String {
    match recorder {
        Recorder::Patient => page.t("consent-by-patient"),
        Recorder::Staff { name, .. } => name.clone(),
        Recorder::Synthetic => page.t("consent-by-synthetic"),
    }
}

/// Returns the facts of one event for its copy.
pub(crate) fn facts(page: &Page, event: &ConsentEvent) -> Vec<Fact> {
    let fact = |label, value| Fact { label, value };
    let recipient = event.recipient.map(|recipient| page.text(&recipient.label()).to_owned());
    vec![
        fact(page.t("consent-signed"), Some(format::day(event.signed_on, page.language))),
        fact(page.t("consent-way"), Some(page.text(&event.way.label()).to_owned())),
        fact(page.t("consent-witness"), event.witness.clone().or_else(|| Some("–".to_owned()))),
        fact(page.t("consent-by"), Some(recorder(page, &event.recorded_by))),
        fact(page.t("consent-recorded"), Some(format::moment(event.recorded_at, page.language))),
        fact(page.t("consent-recipient"), recipient.or_else(|| Some("–".to_owned()))),
        fact(page.t("consent-receipt"), Some(event.id.to_string())),
    ]
}

/// Finds an event of a case.
pub(crate) fn find(subject: &Subject, id: ConsentEventId) -> Option<&ConsentEvent> {
    subject.events.iter().find(|event| event.id == id)
}
