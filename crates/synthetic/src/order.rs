//! The way of an invented test order: which steps it went, and when.
//!
//! Everything follows from the seed and the number; a step that lies after "today" has not happened yet.

use chrono::{Days, NaiveDate};
use model::{
    case::PatientCase,
    order::{CancelReason, FailureReason, OrderEventKind, SpecimenMaterial},
};

use crate::draw::Draw;

/// Keeps the draws of orders apart from those of cases.
const STREAM: u64 = 1 << 40;

/// One step of an invented order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderStepDrawn {
    /// What happened.
    pub kind: OrderEventKind,
    /// On which day.
    pub on: NaiveDate,
    /// Why the analysis failed.
    pub failure: Option<FailureReason>,
    /// Why it was cancelled.
    pub cancel: Option<CancelReason>,
}

/// An invented order, ready to be recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderDrawn {
    /// Product's code.
    pub product: &'static str,
    /// Laboratory's code.
    pub laboratory: &'static str,
    /// What the specimen is made of.
    pub material: SpecimenMaterial,
    /// Day of the patient's consent.
    pub consented_on: NaiveDate,
    /// Day of the order.
    pub ordered_on: NaiveDate,
    /// The steps, the order itself first.
    pub steps: Vec<OrderStepDrawn>,
}

/// Draws the order of a case whose result came on a day, or which has no result that was accepted.
pub fn order(
    seed: u64,
    index: u64,
    case: &PatientCase,
    result_on: Option<NaiveDate>,
    today: NaiveDate,
) -> Option<OrderDrawn> {
    let mut draw = Draw::new(seed, STREAM + index);
    let consented_on = case.registered?;
    let (product, material) = match case.specimen_kind.as_deref() {
        Some("血漿") => ("SYN-liquid", SpecimenMaterial::Plasma),
        Some("骨髄液") => ("SYN-haem", SpecimenMaterial::BoneMarrow),
        _ if draw.below(4) == 0 => ("SYN-rna", SpecimenMaterial::Ffpe),
        _ => ("SYN-tissue", SpecimenMaterial::Ffpe),
    };
    let laboratory = if draw.below(3) == 0 { "SYN-L02" } else { "SYN-L01" };
    let mut way = Way { steps: Vec::new(), day: consented_on, today, over: false };
    way.step(OrderEventKind::Ordered, 0);
    way.step(OrderEventKind::SpecimenPrepared, draw.between(1, 3));
    way.step(OrderEventKind::Sent, draw.between(1, 3));
    way.step(OrderEventKind::Received, 1);
    way.step(OrderEventKind::Sequenced, draw.between(7, 12));
    match result_on {
        Some(day) => {
            way.until(OrderEventKind::ResultReceived, day);
            way.step(OrderEventKind::ReportMade, 0);
            way.step(OrderEventKind::PanelHeld, draw.between(5, 18));
            way.step(OrderEventKind::Explained, draw.between(2, 14));
            let treated = draw.below(100) < 9;
            let last = if treated {
                OrderEventKind::TreatmentStarted
            } else {
                OrderEventKind::NoTreatment
            };
            way.step(last, draw.between(1, 21));
        }
        None => without_result(&mut way, &mut draw),
    }
    let steps = way.steps;
    Some(OrderDrawn {
        product,
        laboratory,
        material,
        consented_on,
        ordered_on: consented_on,
        steps,
    })
}

/// Nothing came: long ago, the analysis failed or the test was stopped; of late, it is under way.
fn without_result(way: &mut Way, draw: &mut Draw) {
    let failed = draw.below(10) < 6;
    let failure = [
        FailureReason::NucleicAcidTooLittle,
        FailureReason::TumourContentLow,
        FailureReason::NucleicAcidPoor,
        FailureReason::DepthTooLow,
    ];
    if failed {
        way.step(OrderEventKind::AnalysisFailed, draw.between(8, 20));
        let index = usize::try_from(draw.below(failure.len() as u64)).unwrap_or(0);
        way.reason(failure.get(index).copied(), None);
    }
    let cancel =
        if draw.below(2) == 0 { CancelReason::ConditionWorse } else { CancelReason::PatientWish };
    way.step(OrderEventKind::Cancelled, draw.between(40, 70));
    way.reason(None, Some(cancel));
}

/// A way that is being walked; it ends at today.
struct Way {
    steps: Vec<OrderStepDrawn>,
    day: NaiveDate,
    today: NaiveDate,
    over: bool,
}

impl Way {
    fn step(&mut self, kind: OrderEventKind, days: u64) {
        if let Some(day) = self.day.checked_add_days(Days::new(days)) {
            self.until(kind, day);
        }
    }

    fn until(&mut self, kind: OrderEventKind, day: NaiveDate) {
        self.over |= day > self.today;
        if self.over {
            return;
        }
        self.day = self.day.max(day);
        self.steps.push(OrderStepDrawn { kind, on: self.day, failure: None, cancel: None });
    }

    fn reason(&mut self, failure: Option<FailureReason>, cancel: Option<CancelReason>) {
        if let (false, Some(step)) = (self.over, self.steps.last_mut()) {
            step.failure = failure;
            step.cancel = cancel;
        }
    }
}

/// Returns an invented name and its kana, of which nobody thinks that it is real.
pub fn invented_name(index: u64) -> (String, String) {
    const FAMILY: [(&str, &str); 4] =
        [("合成", "ゴウセイ"), ("架空", "カクウ"), ("試験", "シケン"), ("見本", "ミホン")];
    const GIVEN: [(&str, &str); 6] = [
        ("太郎", "タロウ"),
        ("花子", "ハナコ"),
        ("一郎", "イチロウ"),
        ("幸子", "サチコ"),
        ("次郎", "ジロウ"),
        ("和子", "カズコ"),
    ];
    let pick = |length: usize, number: u64| usize::try_from(number % length as u64).unwrap_or(0);
    let family = FAMILY[pick(FAMILY.len(), index)];
    let given = GIVEN[pick(GIVEN.len(), index / FAMILY.len() as u64)];
    (format!("{} {}", family.0, given.0), format!("{} {}", family.1, given.1))
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use model::{
        identity::CaseId,
        order::{EventAuthor, OrderEvent, OrderState, ProductRule, TestOrder},
        organisation::OrganisationCode,
    };

    use super::*;

    /// Every invented way is one that the state machine walks.
    #[test]
    fn invented_orders_can_happen() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 26).unwrap();
        let at = DateTime::parse_from_rfc3339("2026-11-26T03:00:00Z").unwrap().to_utc();
        let mut closed = 0;
        for (index, synthetic) in (0..200).zip(crate::nation(1, 200)) {
            let case = synthetic.case;
            let result = case.registered.filter(|_| index % 3 > 0).map(|day| day + Days::new(24));
            let drawn = order(1, index, &case, result, today).unwrap();
            assert_eq!(drawn, order(1, index, &case, result, today).unwrap());
            let asked = TestOrder {
                case: CaseId(uuid::Uuid::nil()),
                ordinal: 1,
                hospital: OrganisationCode::new("H"),
                laboratory: OrganisationCode::new(drawn.laboratory),
                product: drawn.product.to_owned(),
                specimens: Vec::new(),
                physician: String::new(),
                ordered_on: drawn.ordered_on,
                consented_on: Some(drawn.consented_on),
                rule: ProductRule { failure_after_cancellation: false, version: String::new() },
            };
            let events: Vec<OrderEvent> = drawn
                .steps
                .iter()
                .map(|step| OrderEvent {
                    failure: step.failure,
                    cancel: step.cancel,
                    ..OrderEvent::new(step.kind, step.on, EventAuthor::default(), at)
                })
                .collect();
            let state = OrderState::after(&asked, &events).unwrap();
            closed += u32::from(state.step.is_closed());
        }
        assert!(closed > 100, "{closed}");
    }
}
