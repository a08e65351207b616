//! Who a patient is: shown and recorded in the patient's own hospital, found by the hospital's number, and the
//! registration of a new case.

use access::{Action, Asked, Purpose, Relation, Rights, vault::PatientIdentity};
use askama::Template;
use axum::{
    Router,
    extract::State,
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use chrono::NaiveDate;
use model::{
    case::{PatientCase, Sex},
    identity::CaseId,
    organisation::OrganisationCode,
};
use serde::Deserialize;

use crate::{
    address, checking,
    error::PageError,
    form::CheckedForm,
    format,
    page::{Page, Place, render},
    reader::{Id, Reader},
    state::AppState,
    viewer::Viewer,
};

/// Longest value that is kept. Units: characters.
const VALUE_CHARS_MAX: usize = 200;

/// The pages of who patients are.
pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/cases/{id}/identifiers", get(show).post(record))
        .route("/registration", get(registration).post(register))
        .route("/registration/find", post(find))
}

/// What the form of an identity says.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct IdentityForm {
    name: String,
    kana: String,
    born: String,
    hospital_number: String,
    insurance_number: String,
    address: String,
    telephone: String,
    // Of a registration only.
    hospital: String,
    sex: String,
    age: String,
    tumour: String,
}

impl IdentityForm {
    fn identity(&self) -> Result<PatientIdentity, PageError> {
        let text = |text: &str| -> String {
            text.trim().chars().filter(|c| !c.is_control()).take(VALUE_CHARS_MAX).collect()
        };
        let born: Option<NaiveDate> = match self.born.trim() {
            "" => None,
            day => Some(day.parse().map_err(|_| PageError::BadRequest)?),
        };
        Ok(PatientIdentity {
            name: text(&self.name),
            kana: text(&self.kana),
            born,
            hospital_number: text(&self.hospital_number),
            insurance_number: text(&self.insurance_number),
            address: text(&self.address),
            telephone: text(&self.telephone),
        })
    }
}

struct Field {
    name: &'static str,
    label: String,
    value: String,
    kind: &'static str,
}

#[derive(Template)]
#[template(path = "identifier/show.html")]
struct IdentifierTemplate {
    page: Page,
    reference: String,
    case_href: String,
    here: String,
    recorded: Option<String>,
    may_write: bool,
    fields: Vec<Field>,
}

fn fields(page: &Page, identity: &PatientIdentity) -> Vec<Field> {
    let born = identity.born.map(|day| day.to_string()).unwrap_or_default();
    let field =
        |name, label, value: &str, kind| Field { name, label, value: value.to_owned(), kind };
    vec![
        field("name", page.t("identifier-name"), &identity.name, "text"),
        field("kana", page.t("identifier-kana"), &identity.kana, "text"),
        field("born", page.t("identifier-born"), &born, "date"),
        field(
            "hospital_number",
            page.t("identifier-hospital-number"),
            &identity.hospital_number,
            "text",
        ),
        field(
            "insurance_number",
            page.t("identifier-insurance-number"),
            &identity.insurance_number,
            "text",
        ),
        field("address", page.t("identifier-address"), &identity.address, "text"),
        field("telephone", page.t("identifier-telephone"), &identity.telephone, "tel"),
    ]
}

/// Answers that no browser and no proxy keeps.
fn not_kept(mut response: Response) -> Response {
    let value = axum::http::HeaderValue::from_static("no-store");
    response.headers_mut().insert(axum::http::header::CACHE_CONTROL, value);
    response
}

/// Shows who the patient of a case is.
pub(crate) async fn show(
    State(state): State<AppState>,
    viewer: Viewer,
    reader: Reader,
    Id(id): Id,
) -> Result<Response, PageError> {
    let case = CaseId(id);
    let opened = state.read_identity(&viewer, case).await?;
    let write =
        state.permit_identity(&viewer, Action::WriteIdentifier, case, Purpose::Registration).await;
    let reference = state.reference_of(case).await?;
    let page = Page::new(&state, &reader, Place::InCases).await?;
    let recorded = opened.as_ref().map(|opened| {
        page.t2("identifier-recorded", "when", format::moment(opened.recorded_at, page.language))
    });
    let identity = opened.map(|opened| opened.identity).unwrap_or_default();
    let template = IdentifierTemplate {
        case_href: address::case(case),
        here: address::identifiers(case),
        recorded,
        may_write: write.is_ok(),
        fields: fields(&page, &identity),
        reference,
        page,
    };
    Ok(not_kept(render(&template)?))
}

/// Records who the patient of a case is.
pub(crate) async fn record(
    State(state): State<AppState>,
    viewer: Viewer,
    Id(id): Id,
    CheckedForm(form): CheckedForm<IdentityForm>,
) -> Result<Response, PageError> {
    let case = CaseId(id);
    let (permit, hospital) = state
        .permit_identity(&viewer, Action::WriteIdentifier, case, Purpose::Registration)
        .await?;
    let identity = form.identity()?;
    let mut batch = state.store.begin().await.map_err(PageError::internal)?;
    state.write_identity(&mut batch, &viewer, &permit, &hospital, case, &identity).await?;
    batch.commit().await.map_err(PageError::internal)?;
    Ok(Redirect::to(&address::identifiers(case)).into_response())
}

#[derive(Template)]
#[template(path = "identifier/registration.html")]
struct RegistrationTemplate {
    page: Page,
    hospitals: Vec<String>,
    may_register: bool,
    may_find: bool,
    fields: Vec<Field>,
    found: Option<Vec<(String, String)>>,
}

/// Returns the hospitals in which a person may do something.
fn hospitals_of(state: &AppState, viewer: &Viewer, action: Action) -> Vec<OrganisationCode> {
    let day = care::order::local_day(state.now());
    let own = viewer.actor.organisations_on(day).into_iter().filter(|hospital| {
        let asked = Asked {
            action,
            relation: Relation::OwnHospital,
            organisation: Some(*hospital),
            purpose: Purpose::Registration,
            case: None,
        };
        Rights::ours().decide(&viewer.actor, &asked, day).is_some()
    });
    own.cloned().collect()
}

async fn registration_page(
    state: &AppState,
    viewer: &Viewer,
    reader: &Reader,
    found: Option<Vec<(String, String)>>,
) -> Result<Response, PageError> {
    let hospitals = hospitals_of(state, viewer, Action::RegisterCase);
    let may_find = !hospitals_of(state, viewer, Action::ReadIdentifier).is_empty();
    if hospitals.is_empty() && !may_find {
        return Err(PageError::NotFound);
    }
    let page = Page::new(state, reader, Place::Registration).await?;
    let template = RegistrationTemplate {
        may_register: !hospitals.is_empty(),
        may_find,
        hospitals: hospitals.iter().map(ToString::to_string).collect(),
        fields: fields(&page, &PatientIdentity::default()),
        found,
        page,
    };
    Ok(not_kept(render(&template)?))
}

/// Shows the forms of registering a case and of finding one by the hospital's patient number.
pub(crate) async fn registration(
    State(state): State<AppState>,
    viewer: Viewer,
    reader: Reader,
) -> Result<Response, PageError> {
    registration_page(&state, &viewer, &reader, None).await
}

/// Registers a case under a new number, with who the patient is in the vault.
pub(crate) async fn register(
    State(state): State<AppState>,
    viewer: Viewer,
    CheckedForm(form): CheckedForm<IdentityForm>,
) -> Result<Response, PageError> {
    let wanted = OrganisationCode::new(&form.hospital);
    let hospital = hospitals_of(&state, &viewer, Action::RegisterCase)
        .into_iter()
        .find(|hospital| *hospital == wanted)
        .ok_or(PageError::NotFound)?;
    let document = PatientCase {
        age_years: match form.age.trim() {
            "" => None,
            age => Some(age.parse().map_err(|_| PageError::BadRequest)?),
        },
        sex: match form.sex.as_str() {
            "female" => Some(Sex::Female),
            "male" => Some(Sex::Male),
            "other" => Some(Sex::Other),
            _ => None,
        },
        tumour_type: checking::tumour_type(state.release, &form.tumour)?,
        registered: Some(care::order::local_day(state.now())),
        synthetic: ["DEMO"].contains(&hospital.as_str()) || hospital.as_str().starts_with("SYN-"),
        ..PatientCase::default()
    };
    let identity = form.identity()?;
    let now = state.now();
    let mut batch = state.store.begin().await.map_err(PageError::internal)?;
    let random = crate::vault::random::<32>;
    let (registered, _) = care::registration::register_case(
        &mut batch,
        &state.site.registration,
        &hospital,
        document,
        now,
        random,
    )
    .await
    .map_err(PageError::internal)?;
    let case = registered.case;
    let permits = [Action::RegisterCase, Action::WriteIdentifier].map(|action| {
        let asked = Asked {
            action,
            relation: Relation::OwnHospital,
            organisation: Some(&hospital),
            purpose: Purpose::Registration,
            case: Some(case),
        };
        Rights::ours().decide(&viewer.actor, &asked, care::order::local_day(now))
    });
    let [Some(register), write] = permits else { return Err(PageError::NotFound) };
    let entry = access::audit::Entry::permitted(now, &viewer.actor, &register)
        .on_case(case, Some(hospital.clone()))
        .about("case", case);
    batch.append_audit(&entry).await.map_err(PageError::internal)?;
    if let (Some(write), true) = (write, identity != PatientIdentity::default()) {
        state.write_identity(&mut batch, &viewer, &write, &hospital, case, &identity).await?;
    }
    batch.commit().await.map_err(PageError::internal)?;
    Ok(Redirect::to(&address::case(case)).into_response())
}

/// What the form of the search says. It is sent as a form, so that the number stands in no address and no log.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct FindForm {
    number: String,
}

/// Finds cases by the hospital's patient number.
pub(crate) async fn find(
    State(state): State<AppState>,
    viewer: Viewer,
    reader: Reader,
    CheckedForm(form): CheckedForm<FindForm>,
) -> Result<Response, PageError> {
    let number: String = form.number.chars().take(VALUE_CHARS_MAX).collect();
    let mut found = Vec::new();
    for case in state.cases_of_number(&viewer, &number).await? {
        found.push((address::case(case), state.reference_of(case).await?));
    }
    registration_page(&state, &viewer, &reader, Some(found)).await
}
