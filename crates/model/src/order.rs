//! Test orders: what was asked of which laboratory for whom, and how far it has come.
//!
//! An order is what was asked, which never changes, and a list of [`OrderEvent`]s, which only grows. Everything
//! else follows from them: [`OrderState::after`] says where the order stands and for whom it waits, and refuses
//! an event that cannot follow with the reason.
//!
//! Not here: whether a patient may be tested at all (`eligibility`), the panel's own work, and who may record
//! what (`access`).

mod event;
mod failure;
mod pace;
mod product_rule;
mod refusal;
mod specimen;
mod state;
mod step;
mod word;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

pub use self::{
    event::{EventAuthor, OrderEvent, OrderEventKind},
    failure::{CancelReason, FailureReason},
    pace::{Interval, Pace},
    product_rule::{ProductRule, ProductRules, ReadProductRulesError},
    refusal::OrderRefusal,
    specimen::{OrderedSpecimen, SpecimenMaterial},
    state::{Counselling, OrderState, PassedStep},
    step::{OrderStep, WaitsFor},
    word::UnknownOrderWord,
};
use crate::{identity::CaseId, organisation::OrganisationCode};

/// What was asked: one panel test of one patient, by one hospital, of one laboratory.
///
/// Shape in JSON: camelCase keys. It never changes; what happens afterwards is an [`OrderEvent`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TestOrder {
    /// The patient's case.
    pub case: CaseId,
    /// Which order of the case it is. Units: 1-based.
    pub ordinal: u16,
    /// The hospital that orders.
    pub hospital: OrganisationCode,
    /// The laboratory that tests.
    pub laboratory: OrganisationCode,
    /// Code or name of the test product.
    pub product: String,
    /// What is sent to the laboratory.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub specimens: Vec<OrderedSpecimen>,
    /// Name of the physician who orders.
    pub physician: String,
    /// Day of the order.
    pub ordered_on: NaiveDate,
    /// Day on which the patient consented to the test.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consented_on: Option<NaiveDate>,
    /// The rule of the product as it was on the day of the order.
    pub rule: ProductRule,
}

impl TestOrder {
    /// Returns the number that a laboratory gives with a result: the case's registration number, `-` and the
    /// ordinal.
    pub fn number(&self, reference: &str) -> String {
        format!("{reference}-{}", self.ordinal)
    }
}
