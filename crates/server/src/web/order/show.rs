//! One order: where it stands and what is next, then its way.

use access::{Action, Relation};
use askama::Template;
use axum::{extract::State, response::Response};
use model::{
    identity::OrderId,
    order::{CancelReason, Counselling, FailureReason, OrderEvent, OrderEventKind},
    programme::Registry,
};

use super::timeline::{self, TimelineStep, step_class};
use crate::{
    address,
    error::PageError,
    format,
    limits::UPLOAD_BYTES_MAX,
    order_desk::author,
    page::{Page, Place, render},
    reader::{Id, Reader},
    state::AppState,
    view::{Fact, TagView},
    viewer::Viewer,
    web::hospital::hospital_label,
    web::work::{OrderRowView, laboratory_name, longest, pace_words, product_name},
};

/// A word that can be chosen.
pub(crate) struct Word {
    /// Code.
    pub(crate) code: &'static str,
    /// Label.
    pub(crate) label: String,
}

#[derive(Template)]
#[template(path = "order/show.html")]
struct OrderTemplate {
    page: Page,
    id: String,
    number: String,
    reference: String,
    case_href: String,
    orders_href: String,
    step: TagView,
    waits: Option<String>,
    row: OrderRowView,
    pace: String,
    facts: Vec<Fact>,
    passed: Vec<TimelineStep>,
    ahead: Vec<String>,
    /// What is likely next: a button each.
    next: Vec<Word>,
    next_needs_failure: bool,
    can_send: bool,
    upload_max: usize,
    upload_max_shown: String,
    can_fail: bool,
    can_cancel: bool,
    can_ask_counselling: bool,
    can_hold_counselling: bool,
    can_take_back: bool,
    failures: Vec<Word>,
    cancels: Vec<Word>,
    asks_failure: bool,
    today: String,
    seen: usize,
    mistake: Option<String>,
}

/// Shows an order.
pub(crate) async fn show(
    State(state): State<AppState>,
    viewer: Viewer,
    reader: Reader,
    Id(id): Id,
) -> Result<Response, PageError> {
    page_of(&state, &viewer, &reader, OrderId(id), None).await
}

/// Makes the page of an order, with what was wrong with a form.
pub(crate) async fn page_of(
    state: &AppState,
    viewer: &Viewer,
    reader: &Reader,
    id: OrderId,
    mistake: Option<String>,
) -> Result<Response, PageError> {
    let (stored, _) = state.read_order(viewer, id, Action::ReadOrder).await?;
    let advance = state.would_permit_order(viewer, Action::AdvanceOrder, &stored).await?;
    let send = state.would_permit_order(viewer, Action::SendResult, &stored).await?;
    let page = Page::new(state, reader, Place::Work).await?;
    let standing = stored.state().map_err(PageError::internal)?;
    let today = care::order::local_day(state.now());
    let pace = state.pace(today).await?;
    let registry = state.registry().await?;
    let row = state.store.order_row(id).await.map_err(PageError::internal)?;
    let row = row.ok_or(PageError::NotFound)?;
    let longest = longest(std::slice::from_ref(&row), today, &pace);
    let words = |kinds: &[OrderEventKind]| -> Vec<Word> {
        let can = kinds.iter().filter(|kind| {
            let Some(permit) = &advance else { return false };
            let of_laboratory = permit.relation() == Relation::ChosenLaboratory;
            let by = author(permit, viewer);
            let event = OrderEvent::new(**kind, today.max(standing.last_day()), by, state.now());
            (!of_laboratory || kind.is_of_laboratory()) && care::order::can_follow(&stored, event)
        });
        can.map(|kind| Word { code: kind.code(), label: page.text(&kind.label()).to_owned() })
            .collect()
    };
    let can = |kind: OrderEventKind| !words(&[kind]).is_empty();
    let next: Vec<OrderEventKind> = standing
        .step
        .next()
        .iter()
        .copied()
        .filter(|kind| *kind != OrderEventKind::AnalysisFailed)
        .collect();
    let order = &stored.order;
    let template = OrderTemplate {
        id: id.to_string(),
        number: stored.number(),
        reference: stored.reference.clone(),
        case_href: address::case(order.case),
        orders_href: address::orders_of_case(order.case),
        step: TagView {
            class: step_class(standing.step),
            label: page.text(&standing.step.label()).to_owned(),
        },
        waits: standing.waits_for().map(|word| page.text(&word.label()).to_owned()),
        row: OrderRowView::of(&page, &registry, &row, today, &pace, longest),
        pace: pace_words(&page, &pace),
        facts: facts(&page, &registry, &stored, standing.attempts, standing.counselling),
        passed: timeline::passed(&page, &stored, &standing),
        ahead: timeline::ahead(&page, &standing),
        next_needs_failure: next.iter().any(|kind| kind.needs_failure()),
        next: words(&next),
        can_send: send.is_some() && standing.step.awaits_result(),
        upload_max: UPLOAD_BYTES_MAX,
        upload_max_shown: format::bytes(UPLOAD_BYTES_MAX as u64),
        can_fail: can(OrderEventKind::AnalysisFailed),
        can_cancel: can(OrderEventKind::Cancelled),
        can_ask_counselling: can(OrderEventKind::CounsellingAsked),
        can_hold_counselling: can(OrderEventKind::CounsellingHeld),
        can_take_back: can(OrderEventKind::TakenBack),
        failures: FailureReason::ALL
            .iter()
            .map(|word| Word { code: word.code(), label: page.text(&word.label()).to_owned() })
            .collect(),
        cancels: CancelReason::ALL
            .iter()
            .map(|word| Word { code: word.code(), label: page.text(&word.label()).to_owned() })
            .collect(),
        asks_failure: order.rule.failure_after_cancellation && standing.was_sent,
        today: today.to_string(),
        seen: stored.events.len(),
        mistake,
        page,
    };
    render(&template)
}

fn facts(
    page: &Page,
    registry: &Registry,
    stored: &store::StoredOrder,
    attempts: u16,
    counselling: Counselling,
) -> Vec<Fact> {
    let order = &stored.order;
    let fact = |label, value: Option<String>| Fact { label, value };
    let specimens: Vec<String> = order
        .specimens
        .iter()
        .map(|specimen| {
            let material = page.text(&specimen.material.label()).to_owned();
            let percent = specimen.tumour_content_percent.map(|percent| format!("{percent} %"));
            let taken = specimen.collected.map(|day| format::day_short(day, page.language));
            let parts = [Some(material), specimen.site.clone(), percent, taken];
            parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
        })
        .collect();
    let counselling = match counselling {
        Counselling::NotAsked => page.t("order-counselling-not-asked"),
        Counselling::Asked => page.t("order-counselling-asked"),
        Counselling::Held => page.t("order-counselling-held"),
    };
    vec![
        fact(page.t("order-product"), Some(product_name(page, registry, &order.product))),
        fact(page.t("order-laboratory"), Some(laboratory_name(page, registry, &order.laboratory))),
        fact(
            page.t("order-hospital"),
            Some(hospital_label(page, registry, order.hospital.as_str())),
        ),
        fact(
            page.t("order-physician"),
            Some(order.physician.clone()).filter(|name| !name.is_empty()),
        ),
        fact(
            page.t("order-consented"),
            order.consented_on.map(|day| format::day(day, page.language)),
        ),
        fact(
            page.t("order-specimens"),
            Some(specimens.join(" / ")).filter(|text| !text.is_empty()),
        ),
        fact(page.t("order-attempts"), Some(attempts.to_string())),
        fact(page.t("order-counselling"), Some(counselling)),
    ]
}
