//! The entry of a hospital: code, names, prefecture, window for patients.

use askama::Template;
use axum::{
    extract::{Path, State},
    response::Response,
};
use model::{
    organisation::OrganisationCode,
    programme::{Hospital, Prefecture, RegistryDocument},
    text::LocalizedText,
};
use serde::Deserialize;

use super::change::{Change, ChangeError, Refusal, lead_to, permit_manage, said};
use crate::{
    address,
    error::PageError,
    form::CheckedForm,
    page::{Page, Place, render},
    reader::Reader,
    state::AppState,
    viewer::Viewer,
};

/// The form as it was sent.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct EntryForm {
    revision: u32,
    code: String,
    name_ja: String,
    name_en: String,
    prefecture: String,
    contact_ja: String,
    contact_en: String,
    source: String,
    synthetic: String,
}

impl EntryForm {
    fn of(hospital: &Hospital, revision: u32) -> Self {
        Self {
            revision,
            code: hospital.code.to_string(),
            name_ja: hospital.name.ja.to_string(),
            name_en: hospital.name.en.to_string(),
            prefecture: hospital.prefecture.map(|each| each.to_string()).unwrap_or_default(),
            contact_ja: hospital.contact.ja.to_string(),
            contact_en: hospital.contact.en.to_string(),
            source: hospital.source.clone().unwrap_or_default(),
            synthetic: if hospital.synthetic { "yes".to_owned() } else { String::new() },
        }
    }

    fn hospital(&self) -> Result<Hospital, Refusal> {
        let text =
            |ja: &str, en: &str| LocalizedText::new(ja.trim().to_owned(), en.trim().to_owned());
        let prefecture =
            match self.prefecture.as_str() {
                "" => None,
                number => Some(number.parse::<Prefecture>().map_err(|_| {
                    Refusal::of("都道府県を選んでください。", "Choose a prefecture.")
                })?),
            };
        let hospital = Hospital {
            code: OrganisationCode::new(&self.code),
            name: text(&self.name_ja, &self.name_en),
            prefecture,
            contact: text(&self.contact_ja, &self.contact_en),
            source: said(&self.source),
            synthetic: !self.synthetic.is_empty(),
        };
        if hospital.is_sound() {
            return Ok(hospital);
        }
        Err(Refusal::of(
            "コードは英数字と - _ . で 40 字以内、日本語名は 200 字以内で書いてください。",
            "The code has up to 40 letters, digits and - _ .; the Japanese name up to 200 characters.",
        ))
    }
}

struct PrefectureChoice {
    value: String,
    label: String,
    chosen: bool,
}

#[derive(Template)]
#[template(path = "programme/hospital_entry.html")]
struct EntryTemplate {
    page: Page,
    form: EntryForm,
    action: String,
    new: bool,
    refusal: Option<String>,
    prefectures: Vec<PrefectureChoice>,
}

/// Shows the form of a new hospital.
pub(crate) async fn show_new(
    State(state): State<AppState>,
    reader: Reader,
    viewer: Viewer,
) -> Result<Response, PageError> {
    permit_manage(&state, &viewer)?;
    form_page(&state, &reader, EntryForm::default(), true, None).await
}

/// Records a new hospital.
pub(crate) async fn create(
    State(state): State<AppState>,
    reader: Reader,
    viewer: Viewer,
    CheckedForm(form): CheckedForm<EntryForm>,
) -> Result<Response, PageError> {
    let form = EntryForm { revision: 0, ..form };
    take(&state, &reader, &viewer, form, true).await
}

/// Shows the form of a hospital.
pub(crate) async fn show(
    State(state): State<AppState>,
    reader: Reader,
    viewer: Viewer,
    Path(code): Path<String>,
) -> Result<Response, PageError> {
    permit_manage(&state, &viewer)?;
    let found = state.store.registry_document::<Hospital>(&code).await;
    let found = found.map_err(PageError::internal)?.ok_or(PageError::NotFound)?;
    let form = EntryForm::of(&found.document, found.revision);
    form_page(&state, &reader, form, false, None).await
}

/// Records a hospital's entry as a new revision.
pub(crate) async fn revise(
    State(state): State<AppState>,
    reader: Reader,
    viewer: Viewer,
    Path(code): Path<String>,
    CheckedForm(form): CheckedForm<EntryForm>,
) -> Result<Response, PageError> {
    // The code is what everything else refers to; it is not changed.
    take(&state, &reader, &viewer, EntryForm { code, ..form }, false).await
}

async fn take(
    state: &AppState,
    reader: &Reader,
    viewer: &Viewer,
    form: EntryForm,
    new: bool,
) -> Result<Response, PageError> {
    let permit = permit_manage(state, viewer)?;
    let recorded = async {
        let hospital = form.hospital()?;
        let mut change = Change::begin(state, viewer, &permit).await?;
        change.record(&hospital, form.revision).await?;
        change.commit().await?;
        Ok(hospital.code)
    };
    match recorded.await {
        Ok(code) => Ok(lead_to(&address::office_hospital(&code))),
        Err(ChangeError::Refused(refusal)) => {
            form_page(state, reader, form, new, Some(&refusal)).await
        }
        Err(ChangeError::Page(error)) => Err(error),
    }
}

async fn form_page(
    state: &AppState,
    reader: &Reader,
    form: EntryForm,
    new: bool,
    refusal: Option<&Refusal>,
) -> Result<Response, PageError> {
    let page = Page::new(state, reader, Place::InProgramme).await?;
    let choice = |prefecture: Prefecture| PrefectureChoice {
        chosen: form.prefecture == prefecture.to_string(),
        label: page.text(prefecture.name()).to_owned(),
        value: prefecture.to_string(),
    };
    let action = if new {
        "/programme/hospitals/new".to_owned()
    } else {
        format!("{}/entry", address::office_hospital(&OrganisationCode::new(&form.code)))
    };
    let template = EntryTemplate {
        action,
        new,
        refusal: refusal.map(|refusal| refusal.get(page.language)),
        prefectures: Prefecture::all().map(choice).collect(),
        form,
        page,
    };
    render(&template)
}
