//! The way of an order as a line of steps: what happened, when, by whom, and how long after the step before.

use model::order::{CancelReason, FailureReason, OrderEventKind, OrderState, OrderStep};
use store::StoredOrder;

use crate::{address, format, page::Page};

/// A step of the line.
pub(crate) struct TimelineStep {
    /// What happened.
    pub(crate) label: String,
    /// On which day.
    pub(crate) day: String,
    /// The same for programs.
    pub(crate) day_iso: String,
    /// How long after the step before.
    pub(crate) after: Option<String>,
    /// Who recorded it.
    pub(crate) by: String,
    /// What else was said.
    pub(crate) detail: Option<String>,
    /// Where it leads.
    pub(crate) href: Option<String>,
    /// Class of the style sheet.
    pub(crate) class: &'static str,
}

/// Class of the tag of a step.
pub(crate) fn step_class(step: OrderStep) -> &'static str {
    match step {
        OrderStep::Treated | OrderStep::Untreated => "met",
        OrderStep::Failed | OrderStep::FailureDue => "not",
        OrderStep::CancelledBeforeSending | OrderStep::CancelledAfterSending => "",
        _ => "unknown",
    }
}

/// Makes the line of what has happened; what was taken back is not in it.
pub(crate) fn passed(page: &Page, stored: &StoredOrder, state: &OrderState) -> Vec<TimelineStep> {
    let steps = state.passed.iter().filter_map(|passed| {
        let event = stored.events.get(passed.index)?;
        let reason = event.failure.map(FailureReason::label);
        let reason = reason.or_else(|| event.cancel.map(CancelReason::label));
        let reason = reason.map(|label| page.text(&label).to_owned());
        let note = Some(event.note.clone()).filter(|note| !note.is_empty());
        let said: Vec<String> = [reason, note].into_iter().flatten().collect();
        let programme = event.by.person.is_none() && event.by.name.is_empty();
        let by = match (&event.by.organisation, programme) {
            (_, true) => page.t("order-by-programme"),
            (Some(organisation), false) => format!("{} · {organisation}", event.by.name),
            (None, false) => event.by.name.clone(),
        };
        let href = match (event.report, event.result) {
            (Some(report), _) => Some(address::report(report)),
            (None, Some(result)) => Some(address::result(result)),
            (None, None) => None,
        };
        Some(TimelineStep {
            label: page.text(&passed.kind.label()).to_owned(),
            day: format::day(passed.on, page.language),
            day_iso: passed.on.to_string(),
            after: passed
                .days_after_last
                .map(|days| page.tn("order-after", u64::try_from(days).unwrap_or(0))),
            by,
            detail: Some(said.join(" · ")).filter(|said| !said.is_empty()),
            href,
            class: match passed.kind {
                OrderEventKind::AnalysisFailed | OrderEventKind::Cancelled => "bad",
                _ => "done",
            },
        })
    });
    steps.collect()
}

/// The steps that usually follow, for showing the way that lies ahead.
pub(crate) fn ahead(page: &Page, state: &OrderState) -> Vec<String> {
    const WAY: [OrderEventKind; 9] = [
        OrderEventKind::SpecimenPrepared,
        OrderEventKind::Sent,
        OrderEventKind::Received,
        OrderEventKind::Sequenced,
        OrderEventKind::ResultReceived,
        OrderEventKind::ReportMade,
        OrderEventKind::PanelHeld,
        OrderEventKind::Explained,
        OrderEventKind::TreatmentStarted,
    ];
    if state.step.is_closed() || state.step.is_cancelled() {
        return Vec::new();
    }
    let reached = match state.step {
        OrderStep::Ordered | OrderStep::Failed => 0,
        OrderStep::SpecimenReady => 1,
        OrderStep::Sent => 2,
        OrderStep::AtLaboratory => 3,
        OrderStep::Sequenced => 4,
        OrderStep::ResultHere => 5,
        OrderStep::ReportHere => 6,
        OrderStep::PanelDone => 7,
        OrderStep::Explained => 8,
        _ => WAY.len(),
    };
    WAY.iter().skip(reached).map(|kind| page.text(&kind.label()).to_owned()).collect()
}
