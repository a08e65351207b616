//! Consent documents in their versions: public to read, the programme office adds new ones.

use access::{Action, Purpose, Relation, audit::Entry};
use askama::Template;
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use model::{
    consent::{ConsentDocument, ConsentPurpose, DocumentVersion, day_of},
    text::{Language, LocalizedText},
};
use store::RecordError;

use crate::{
    address,
    error::PageError,
    fields::Fields,
    form::CheckedForm,
    format,
    page::{Page, Place, render},
    reader::Reader,
    state::AppState,
    viewer::Viewer,
};

/// A version in the list.
struct VersionView {
    href: String,
    title: String,
    version: String,
    from: String,
    in_use: bool,
    demonstration: bool,
}

/// A part of a document's text.
pub(crate) enum Block {
    /// A heading.
    Heading(String),
    /// A paragraph.
    Paragraph(String),
}

/// A document as it is read.
pub(crate) struct DocumentView {
    pub(crate) title: String,
    pub(crate) version: String,
    pub(crate) from: String,
    pub(crate) demonstration: bool,
    pub(crate) blocks: Vec<Block>,
    pub(crate) purposes: Vec<(String, String)>,
}

/// A purpose that may be ticked.
struct PurposeChoice {
    code: &'static str,
    label: String,
}

#[derive(Template)]
#[template(path = "consent/documents.html")]
struct DocumentsTemplate {
    page: Page,
    versions: Vec<VersionView>,
    can_add: bool,
    fields: Fields,
    mistake: bool,
    purposes: Vec<PurposeChoice>,
}

#[derive(Template)]
#[template(path = "consent/document.html")]
struct DocumentTemplate {
    page: Page,
    document: DocumentView,
}

/// Shows every version.
pub(crate) async fn list(
    State(state): State<AppState>,
    viewer: Viewer,
    reader: Reader,
) -> Result<Response, PageError> {
    let permit = permit(&state, &viewer);
    shown(&state, &reader, permit.is_ok(), Fields::default(), false).await
}

fn permit(state: &AppState, viewer: &Viewer) -> Result<access::Permit, PageError> {
    let purpose = Purpose::Administration;
    state.permit(viewer, Action::ManageConsentDocuments, Relation::Programme, purpose)
}

async fn shown(
    state: &AppState,
    reader: &Reader,
    can_add: bool,
    fields: Fields,
    mistake: bool,
) -> Result<Response, PageError> {
    let documents = state.store.consent_documents().await.map_err(PageError::internal)?;
    let page = Page::new(state, reader, Place::ConsentDocuments).await?;
    let in_use = ConsentDocument::in_use_on(&documents, day_of(state.now()));
    let version = |document: &ConsentDocument| VersionView {
        href: address::consent_document(&document.version),
        title: page.text(&document.title).to_owned(),
        version: document.version.version.clone(),
        from: format::day(document.effective_from, page.language),
        in_use: in_use.iter().any(|each| each.version == document.version),
        demonstration: document.demonstration,
    };
    let purpose = |purpose: &ConsentPurpose| PurposeChoice {
        code: purpose.code(),
        label: page.text(&purpose.label()).to_owned(),
    };
    let template = DocumentsTemplate {
        versions: documents.iter().rev().map(version).collect(),
        can_add,
        fields,
        mistake,
        purposes: ConsentPurpose::ALL.iter().map(purpose).collect(),
        page,
    };
    render(&template)
}

/// Adds a version.
pub(crate) async fn add(
    State(state): State<AppState>,
    viewer: Viewer,
    reader: Reader,
    CheckedForm(fields): CheckedForm<Fields>,
) -> Result<Response, PageError> {
    let permit = permit(&state, &viewer)?;
    let Some(document) = document_of(&state, &fields) else {
        return shown(&state, &reader, true, fields, true).await;
    };
    let mut batch = state.store.begin().await.map_err(PageError::internal)?;
    match batch.add_consent_document(&document).await {
        Ok(true) => {
            let entry = Entry::permitted(state.now(), &viewer.actor, &permit)
                .about("consent document", &document.version);
            batch.append_audit(&entry).await.map_err(PageError::internal)?;
            batch.commit().await.map_err(PageError::internal)?;
            let href = address::consent_document(&document.version);
            Ok(Redirect::to(&href).into_response())
        }
        Ok(false) | Err(RecordError::ConsentDocument { .. }) => {
            batch.rollback().await.map_err(PageError::internal)?;
            shown(&state, &reader, true, fields, true).await
        }
        Err(error) => Err(PageError::internal(error)),
    }
}

fn document_of(state: &AppState, fields: &Fields) -> Option<ConsentDocument> {
    let both = |ja: &str, en: &str| {
        LocalizedText::new(fields.text(ja).to_owned(), fields.text(en).replace('\r', ""))
    };
    let is_asked = |purpose: &&ConsentPurpose| fields.is(&format!("asks-{purpose}"), "on");
    Some(ConsentDocument {
        version: DocumentVersion {
            code: fields.text("code").to_owned(),
            version: fields.text("version").to_owned(),
        },
        title: both("title-ja", "title-en"),
        body: both("body-ja", "body-en"),
        purposes: ConsentPurpose::ALL.iter().filter(is_asked).copied().collect(),
        effective_from: fields.day("from")?,
        demonstration: fields.is("demonstration", "on"),
        recorded_at: state.now(),
    })
}

/// Reads one version.
pub(crate) async fn read(
    state: &AppState,
    code: &str,
    version: &str,
) -> Result<ConsentDocument, PageError> {
    let documents = state.store.consent_documents().await.map_err(PageError::internal)?;
    let wanted =
        |each: &ConsentDocument| each.version.code == code && each.version.version == version;
    documents.into_iter().find(wanted).ok_or(PageError::NotFound)
}

/// Shows one version; everybody may read it.
pub(crate) async fn show(
    State(state): State<AppState>,
    reader: Reader,
    Path((code, version)): Path<(String, String)>,
) -> Result<Response, PageError> {
    let document = read(&state, &code, &version).await?;
    let page = Page::new(&state, &reader, Place::ConsentDocuments).await?;
    let document = view(&page, &document);
    render(&DocumentTemplate { page, document })
}

/// Returns a document in the reader's language.
pub(crate) fn view(page: &Page, document: &ConsentDocument) -> DocumentView {
    let words = |purpose: &ConsentPurpose| {
        let (label, explanation) = (purpose.label(), purpose.explanation());
        (page.text(&label).to_owned(), page.text(&explanation).to_owned())
    };
    DocumentView {
        title: page.text(&document.title).to_owned(),
        version: document.version.to_string(),
        from: format::day(document.effective_from, page.language),
        demonstration: document.demonstration,
        blocks: blocks(document, page.language),
        purposes: document.purposes.iter().map(words).collect(),
    }
}

fn blocks(document: &ConsentDocument, language: Language) -> Vec<Block> {
    let text = document.body.get(language).replace('\r', "");
    let block = |part: &str| match part.strip_prefix("# ") {
        Some(heading) => Block::Heading(heading.to_owned()),
        None => Block::Paragraph(part.to_owned()),
    };
    text.split("\n\n").map(str::trim).filter(|part| !part.is_empty()).map(block).collect()
}
