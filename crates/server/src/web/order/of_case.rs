//! The orders of a case, and ordering a test: first whether the rule allows it, then what is asked.

use access::Action;
use askama::Template;
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use chrono::NaiveDate;
use model::{
    eligibility::{self, Answer, Facts, StandardTherapy},
    identity::CaseId,
    order::{OrderedSpecimen, ProductRules, SpecimenMaterial, TestOrder},
    organisation::OrganisationCode,
    programme::LaboratoryKind,
};
use serde::Deserialize;

use super::{event_form::NOTE_CHARS_MAX, show::Word, timeline::step_class};
use crate::{
    address,
    error::{PageError, Worded},
    form::CheckedForm,
    format,
    page::{Page, Place, render},
    reader::{Id, Reader},
    state::AppState,
    view::TagView,
    viewer::Viewer,
    web::work::{laboratory_name, product_name},
};

/// Longest name that a form may give. Units: characters.
const NAME_CHARS_MAX: usize = 200;

/// Why an order was not placed.
#[derive(Clone, Copy)]
enum Mistake {
    Incomplete,
    ConsentToCome,
    NotEligible,
}

struct OrderLine {
    href: String,
    number: String,
    product: String,
    laboratory: String,
    step: TagView,
    since: String,
    ordered: String,
}

/// Something that the record knows by a code and people by a name.
struct Known {
    code: String,
    name: String,
}

struct ReasonView {
    wording: String,
    class: &'static str,
    answer: String,
}

struct DecisionView {
    class: &'static str,
    verdict: String,
    rule: String,
    reasons: Vec<ReasonView>,
}

#[derive(Template)]
#[template(path = "order/of_case.html")]
struct OrdersTemplate {
    page: Page,
    reference: String,
    case_href: String,
    here: String,
    identifiers_href: Option<String>,
    lines: Vec<OrderLine>,
    may_order: bool,
    products: Vec<Known>,
    laboratories: Vec<Known>,
    materials: Vec<Word>,
    form: OrderForm,
    today: String,
    decision: Option<DecisionView>,
    mistake: Option<String>,
}

/// What the form says.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct OrderForm {
    solid: String,
    advanced: String,
    standard_therapy: String,
    candidate: String,
    /// Whether to order although the rule does not say that the patient is eligible.
    despite: String,
    product: String,
    laboratory: String,
    physician: String,
    consented_on: String,
    material: String,
    site: String,
    collected: String,
    tumour_content: String,
    normal: String,
    note: String,
}

impl OrderForm {
    fn facts(&self) -> Facts {
        let yes = |word: &str| match word {
            "yes" => Some(true),
            "no" => Some(false),
            _ => None,
        };
        Facts {
            solid_tumour: yes(&self.solid),
            advanced: yes(&self.advanced),
            standard_therapy: match self.standard_therapy.as_str() {
                "none" => Some(StandardTherapy::None),
                "ongoing" => Some(StandardTherapy::Ongoing),
                "expected" => Some(StandardTherapy::ExpectedToFinish),
                "finished" => Some(StandardTherapy::Finished),
                _ => None,
            },
            drug_therapy_candidate: yes(&self.candidate),
        }
    }

    fn specimens(&self) -> Result<Vec<OrderedSpecimen>, PageError> {
        let day = day_of(&self.collected)?;
        let percent = match self.tumour_content.trim() {
            "" => None,
            text => Some(text.parse::<u8>().map_err(|_| PageError::BadRequest)?),
        };
        if percent.is_some_and(|percent| percent > 100) {
            return Err(PageError::BadRequest);
        }
        let material: Option<SpecimenMaterial> = match self.material.as_str() {
            "" => None,
            code => Some(code.parse().map_err(|_| PageError::BadRequest)?),
        };
        let normal: Option<SpecimenMaterial> = match self.normal.as_str() {
            "" => None,
            code => Some(code.parse().map_err(|_| PageError::BadRequest)?),
        };
        let tumour = material.map(|material| OrderedSpecimen {
            material,
            site: Some(text_of(&self.site)).filter(|site| !site.is_empty()),
            collected: day,
            tumour_content_percent: percent,
        });
        let normal = normal.map(|material| OrderedSpecimen {
            material,
            site: None,
            collected: None,
            tumour_content_percent: None,
        });
        Ok([tumour, normal].into_iter().flatten().collect())
    }
}

fn text_of(text: &str) -> String {
    text.trim().chars().filter(|c| !c.is_control()).take(NAME_CHARS_MAX).collect()
}

fn day_of(text: &str) -> Result<Option<NaiveDate>, PageError> {
    match text.trim() {
        "" => Ok(None),
        day => day.parse().map(Some).map_err(|_| PageError::BadRequest),
    }
}

/// Shows the orders of a case, and the form for another.
pub(crate) async fn show(
    State(state): State<AppState>,
    viewer: Viewer,
    reader: Reader,
    Id(id): Id,
) -> Result<Response, PageError> {
    page_of(&state, &viewer, &reader, CaseId(id), OrderForm::default(), None, None).await
}

async fn page_of(
    state: &AppState,
    viewer: &Viewer,
    reader: &Reader,
    case: CaseId,
    form: OrderForm,
    decision: Option<eligibility::Decision>,
    mistake: Option<Mistake>,
) -> Result<Response, PageError> {
    let orders = state.read_orders_of_case(viewer, case).await?;
    let permit = state.permit_case(viewer, Action::OrderTest, case, access::Purpose::Testing).await;
    let reference = state.reference_of(case).await?;
    let page = Page::new(state, reader, Place::InCases).await?;
    let registry = state.registry().await?;
    let who =
        state.permit_identity(viewer, Action::ReadIdentifier, case, access::Purpose::Care).await;
    let language = page.language;
    let lines = orders.iter().filter_map(|stored| {
        let standing = stored.state().ok()?;
        Some(OrderLine {
            href: address::order(stored.id),
            number: stored.number(),
            product: product_name(&page, &registry, &stored.order.product),
            laboratory: laboratory_name(&page, &registry, &stored.order.laboratory),
            step: TagView {
                class: step_class(standing.step),
                label: page.text(&standing.step.label()).to_owned(),
            },
            since: format::day_short(standing.since, language),
            ordered: format::day_short(stored.order.ordered_on, language),
        })
    });
    let products = registry
        .panels
        .values()
        .map(|panel| Known { code: panel.code.clone(), name: panel.name(language).to_owned() });
    let laboratories = registry
        .laboratories
        .values()
        .filter(|laboratory| laboratory.kind == LaboratoryKind::TestingLaboratory)
        .map(|laboratory| Known {
            code: laboratory.code.to_string(),
            name: laboratory.name(language).to_owned(),
        });
    let template = OrdersTemplate {
        case_href: address::case(case),
        here: address::orders_of_case(case),
        identifiers_href: who.is_ok().then(|| address::identifiers(case)),
        lines: lines.collect(),
        may_order: permit.is_ok(),
        products: products.collect(),
        laboratories: laboratories.collect(),
        materials: SpecimenMaterial::ALL
            .iter()
            .map(|word| Word { code: word.code(), label: page.text(&word.label()).to_owned() })
            .collect(),
        today: care::order::local_day(state.now()).to_string(),
        decision: decision.map(|decision| decision_view(&page, &decision)),
        mistake: mistake.map(|mistake| match mistake {
            Mistake::Incomplete => page.t("order-incomplete"),
            Mistake::ConsentToCome => page.t("order-consent-future"),
            Mistake::NotEligible => page.t("order-not-placed"),
        }),
        reference,
        form,
        page,
    };
    render(&template)
}

fn decision_view(page: &Page, decision: &eligibility::Decision) -> DecisionView {
    let (class, verdict) = match decision.answer {
        Answer::Eligible => ("", page.t("order-eligible")),
        Answer::NotEligible => ("not", page.t("order-not-eligible")),
        Answer::Unknown => ("warn", page.t("order-eligibility-unknown")),
    };
    let reasons = decision.reasons.iter().map(|reason| {
        let (class, answer) = match reason.holds {
            Some(true) => ("met", page.t("order-holds")),
            Some(false) => ("not", page.t("order-holds-not")),
            None => ("unknown", page.t("order-holds-unknown")),
        };
        let wording = page.text(&reason.wording).to_owned();
        ReasonView { wording, class, answer }
    });
    DecisionView {
        class,
        verdict,
        rule: page.t2("order-rule", "version", decision.rule_version),
        reasons: reasons.collect(),
    }
}

/// Places an order, unless the rule does not say that the patient is eligible and nobody says "all the same".
pub(crate) async fn place(
    State(state): State<AppState>,
    viewer: Viewer,
    reader: Reader,
    Id(id): Id,
    CheckedForm(form): CheckedForm<OrderForm>,
) -> Result<Response, PageError> {
    let case = CaseId(id);
    let purpose = access::Purpose::Testing;
    let permit = state.permit_case(&viewer, Action::OrderTest, case, purpose).await?;
    let today = care::order::local_day(state.now());
    let decision = eligibility::decide(&form.facts(), today);
    let eligible = decision.as_ref().is_none_or(|each| each.answer == Answer::Eligible);
    let again = |form, decision, mistake| {
        let page = page_of(&state, &viewer, &reader, case, form, decision, mistake);
        async {
            let mut page = page.await?;
            *page.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            page.extensions_mut().insert(Worded);
            Ok(page)
        }
    };
    if text_of(&form.product).is_empty() || text_of(&form.laboratory).is_empty() {
        return again(form, decision, Some(Mistake::Incomplete)).await;
    }
    let consented_on = day_of(&form.consented_on)?;
    if consented_on.is_some_and(|day| day > today) {
        return again(form, decision, Some(Mistake::ConsentToCome)).await;
    }
    if !eligible && form.despite != "yes" {
        return again(form, decision, Some(Mistake::NotEligible)).await;
    }
    let hospital = match state.hospital_of(case).await? {
        Some(hospital) => hospital,
        None => permit.organisation().clone(),
    };
    let product = text_of(&form.product);
    let rule_words = decision.as_ref().map(|each| {
        let answer = match each.answer {
            Answer::Eligible => "eligible",
            Answer::NotEligible => "not eligible, ordered all the same",
            Answer::Unknown => "eligibility unknown, ordered all the same",
        };
        format!("{answer} ({})", each.rule_version)
    });
    let said: String = form.note.trim().chars().take(NOTE_CHARS_MAX).collect();
    let note = [rule_words, Some(said).filter(|said| !said.is_empty())];
    let order = TestOrder {
        case,
        ordinal: 1,
        hospital,
        laboratory: OrganisationCode::new(&text_of(&form.laboratory)),
        rule: ProductRules::ours().of(&product, today),
        product,
        specimens: form.specimens()?,
        physician: Some(text_of(&form.physician))
            .filter(|name| !name.is_empty())
            .unwrap_or_else(|| viewer.actor.name.clone()),
        ordered_on: today,
        consented_on,
    };
    let note = note.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let placed = state.place_order(&permit, &viewer, order, note).await;
    let placed = placed.map_err(PageError::internal)?;
    Ok(Redirect::to(&address::order(placed.id)).into_response())
}
