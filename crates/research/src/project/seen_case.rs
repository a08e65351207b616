//! A case as a project may see it.

use std::borrow::Cow;

use model::{
    evidence::EvidenceLevel,
    research_project::{ProjectService, ResearchProject},
};
use serde::Serialize;

use crate::cohort::{
    AlterationKind, CohortCase, CohortDay, Item, Name, Origin, Region, Response, Side, Word,
};

/// Years that ages are put together in. Units: years.
const AGE_STEP: u8 = 5;
/// Age from which ages are not told apart. Units: years.
const AGE_LAST: u8 = 90;
/// Mean length of a month. Units: days.
const MONTH_DAYS: f64 = 365.25 / 12.0;

/// A case with what a permission names, and nothing else.
///
/// Years stand for days, ages are put together in fives and those of 90 and above into one, and courses are told in months
/// since diagnosis. Whatever is not known or not permitted is absent.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SeenCase {
    /// Name of the case in this project alone.
    pub name: String,
    /// Whether the case is invented.
    pub synthetic: bool,
    /// Values of items by their codes, as words of queries; numbers and years as digits.
    pub items: Vec<(&'static str, String)>,
    /// Alterations; empty unless records may be seen.
    pub alterations: Vec<SeenAlteration>,
    /// Lines of therapy; empty unless records may be seen.
    pub therapies: Vec<SeenTherapy>,
}

/// An alteration.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SeenAlteration {
    /// Gene.
    pub gene: Name,
    /// Code of its kind.
    pub kind: &'static str,
    /// Code of its class.
    pub class: Option<&'static str>,
    /// Protein change in one-letter spelling.
    pub change: Option<Name>,
    /// The other gene of a fusion.
    pub partner: Option<Name>,
    /// Best evidence level.
    pub level: Option<&'static str>,
}

/// A line of therapy.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SeenTherapy {
    /// Code of before or after the panel.
    pub side: &'static str,
    /// Line of therapy.
    pub line: Option<u8>,
    /// Codes of the drugs.
    pub drugs: Vec<Name>,
    /// Code of the best response.
    pub response: Option<&'static str>,
    /// Start. Units: months since diagnosis, rounded down.
    pub start_month: Option<i32>,
    /// How long it lasted. Units: months, rounded down.
    pub months: Option<i32>,
}

impl SeenCase {
    /// Makes what a project sees of a case.
    ///
    /// `name` is the case's name in the project; it must not be told from the case's identifier without a secret.
    ///
    /// What is known to be of the germline is left out: it can tell of relatives.
    pub fn of(case: &CohortCase, project: &ResearchProject, name: String) -> Self {
        let may = |item: &&Item| super::may_ask(project, item.code());
        let items = Item::ALL.iter().filter(may);
        let items = items.filter_map(|item| Some((item.code(), value(case, *item)?))).collect();
        let records = project.has(ProjectService::Records);
        let mut seen = Self { name, synthetic: case.synthetic, items, ..Self::default() };
        if records && project.may_see("alteration") {
            let is_shown =
                |each: &&crate::cohort::CohortAlteration| each.origin != Some(Origin::Germline);
            seen.alterations = case
                .alterations
                .iter()
                .filter(is_shown)
                .map(|each| SeenAlteration {
                    gene: each.gene.clone(),
                    kind: AlterationKind::code(each.kind),
                    class: each.class.map(Word::code),
                    change: each.change.clone(),
                    partner: each.partner.clone(),
                    level: each.level.map(EvidenceLevel::letter),
                })
                .collect();
        }
        if records && project.may_see("therapy") {
            seen.therapies = case
                .therapies
                .iter()
                .map(|each| SeenTherapy {
                    side: Side::code(each.side),
                    line: each.line,
                    drugs: each.drugs.clone(),
                    response: each.response.map(Response::code),
                    start_month: months(case.diagnosed, each.start),
                    months: months(each.start, each.end),
                })
                .collect();
        }
        seen
    }
}

/// Returns a case without what is known to be of the germline, as projects see alterations.
pub fn without_germline(mut case: CohortCase) -> CohortCase {
    case.alterations.retain(|each| each.origin != Some(Origin::Germline));
    case
}

/// Returns the whole months between two days.
fn months(from: Option<CohortDay>, until: Option<CohortDay>) -> Option<i32> {
    let days = i32::from(until?.number()) - i32::from(from?.number());
    Some((f64::from(days) / MONTH_DAYS).floor() as i32)
}

fn value(case: &CohortCase, item: Item) -> Option<String> {
    let word = |code: Option<&'static str>| code.map(ToOwned::to_owned);
    let year = |day: Option<CohortDay>| day.map(|day| day.date().format("%Y").to_string());
    match item {
        Item::Tumour => case.tumour.as_deref().map(ToOwned::to_owned),
        Item::Panel => case.panel.as_ref().map(|panel| panel.name.to_string()),
        Item::Sex => word(case.sex.map(Word::code)),
        Item::Age => case.age_years.map(age),
        Item::AgeBand => place(item, crate::cohort::age_band(case.age_years)),
        Item::Smoking => word(case.smoking.map(Word::code)),
        Item::PerformanceStatus => case.performance_status.map(|each| each.to_string()),
        Item::Stage => word(case.stage.map(Word::code)),
        Item::Metastasis => word(case.metastasis.map(Word::code)),
        Item::FamilyHistory => word(case.family_history.map(Word::code)),
        Item::SampleKind => word(case.sample_kind.map(Word::code)),
        Item::Region => {
            let region = case.prefecture.and_then(Region::of_prefecture);
            word(region.map(Word::code))
        }
        Item::Year | Item::Tested => year(case.tested),
        Item::Diagnosed => year(case.diagnosed),
        Item::Treated => year(case.treated()),
        Item::PanelHeld => year(case.outcome.held),
        Item::LastContact => year(case.last_contact),
        Item::VitalStatus => word(case.vital_status.map(Word::code)),
        Item::OptionProposed => word(case.outcome.option_proposed.map(Word::code)),
        Item::OptionGiven => word(case.outcome.option_given.map(Word::code)),
        Item::NotGivenReason => word(case.outcome.not_given_reason.map(Word::code)),
        Item::Msi => word(case.msi.map(Word::code)),
        Item::Tmb => case.tmb.map(|tmb| format!("{:.1}", f64::from(tmb) / 100.0)),
        Item::TmbBand => place(item, crate::cohort::tmb_band(case.tmb)),
        Item::Level => case.level.map(|level| level.letter().to_owned()),
        Item::Hospital
        | Item::Collection
        | Item::Prefecture
        | Item::AcademicUse
        | Item::CompanyUse
        | Item::AbroadUse
        | Item::Completeness
        | Item::Synthetic => None,
    }
}

fn place(item: Item, place: u8) -> Option<String> {
    item.word_code(place).map(Cow::into_owned)
}

fn age(years: u8) -> String {
    let low = years / AGE_STEP * AGE_STEP;
    if years >= AGE_LAST { format!("{AGE_LAST}+") } else { format!("{low}-{}", low + AGE_STEP - 1) }
}
