//! Entries of the registry that are one form each: laboratories and panels.
//!
//! A form names the revision that its editor had seen. Whoever sends later than another keeps what was typed, sees what was
//! recorded meanwhile beside it, and can record it over that.

use axum::{
    extract::{Path, State},
    response::Response,
};
use model::{organisation::OrganisationCode, programme::RegistryDocument};
use store::RegistryRevision;

use super::change::{Change, ChangeError, Refusal, lead_to, permit_manage};
use crate::{
    error::PageError,
    fields::Fields,
    form::CheckedForm,
    format,
    page::{Page, Place},
    reader::Reader,
    state::AppState,
    viewer::Viewer,
};

/// Rows that a form has beyond those with something in them.
pub(super) const BLANK_ROWS: usize = 2;
/// Most rows of a form that are read.
const ROWS_MAX: usize = 200;

/// A document of the registry that is one form.
pub(crate) trait Entry: RegistryDocument + Send + Sync + 'static {
    /// Where its forms are.
    const PATH: &'static str;
    /// Where it is shown, with the beginning of its mark on that page.
    const SHOWN_AT: &'static str;

    /// Returns the fields of its form.
    fn to_fields(&self) -> Fields;

    /// Reads the fields of a form.
    ///
    /// Errors: what is to be mended.
    fn of_fields(code: &str, fields: &Fields) -> Result<Self, Refusal>;

    /// Says all of it, one line for each part.
    fn lines(&self, page: &Page) -> Vec<String>;

    /// Makes the page of the form.
    fn render(page: Page, form: FormView) -> Result<Response, PageError>;
}

/// A revision in words.
pub(crate) struct RevisionView {
    pub(crate) number: u32,
    pub(crate) at: String,
    pub(crate) who: String,
    /// What it says that the revision before it did not.
    pub(crate) changed: Vec<String>,
}

/// A form as it is shown.
pub(crate) struct FormView {
    pub(crate) action: String,
    pub(crate) is_new: bool,
    pub(crate) code: String,
    pub(crate) fields: Fields,
    /// The revision that is recorded over.
    pub(crate) revision: u32,
    pub(crate) refusal: Option<String>,
    /// What was recorded meanwhile and the form says otherwise.
    pub(crate) newest: Vec<String>,
    pub(crate) revisions: Vec<RevisionView>,
}

/// Returns the places of the rows that a form was sent with.
pub(super) fn rows(fields: &Fields) -> std::ops::Range<usize> {
    0..fields.text("rows").parse().unwrap_or(0).min(ROWS_MAX)
}

/// Reads what a row says; nothing where it says nothing.
pub(super) fn row_says(fields: &Fields, prefix: &str, names: &[&str]) -> bool {
    names.iter().any(|name| !fields.text(&format!("{prefix}{name}")).is_empty())
}

/// Shows the form of a new entry.
pub(crate) async fn show_new<D: Entry>(
    State(state): State<AppState>,
    reader: Reader,
    viewer: Viewer,
) -> Result<Response, PageError> {
    permit_manage(&state, &viewer)?;
    let fields = Fields::default().with("rows", BLANK_ROWS.to_string());
    form_page::<D>(&state, &reader, None, fields, None).await
}

/// Shows the form of an entry.
pub(crate) async fn show<D: Entry>(
    State(state): State<AppState>,
    reader: Reader,
    viewer: Viewer,
    Path(code): Path<String>,
) -> Result<Response, PageError> {
    permit_manage(&state, &viewer)?;
    let newest = newest::<D>(&state, &code).await?.ok_or(PageError::NotFound)?;
    form_page::<D>(&state, &reader, Some(&code), newest.document.to_fields(), None).await
}

/// Records a new entry.
pub(crate) async fn create<D: Entry>(
    State(state): State<AppState>,
    reader: Reader,
    viewer: Viewer,
    CheckedForm(fields): CheckedForm<Fields>,
) -> Result<Response, PageError> {
    let permit = permit_manage(&state, &viewer)?;
    let code = OrganisationCode::new(fields.text("code")).to_string();
    let recorded = async {
        let document = D::of_fields(&code, &fields)?;
        let there = newest::<D>(&state, &code).await?;
        if there.is_some_and(|there| there.document != document) {
            return Err(Refusal::of(
                "そのコードはすでに登録簿にあります。別のコードにしてください。",
                "That code is in the registry already: choose another.",
            )
            .into());
        }
        let mut change = Change::begin(&state, &viewer, &permit).await?;
        change.record(&document, 0).await?;
        change.commit().await
    };
    match recorded.await {
        Ok(()) => Ok(lead_to(&format!("{}{code}", D::SHOWN_AT))),
        Err(ChangeError::Refused(refusal)) => {
            form_page::<D>(&state, &reader, None, fields, Some(refusal)).await
        }
        Err(ChangeError::Page(error)) => Err(error),
    }
}

/// Records an entry as a new revision.
pub(crate) async fn revise<D: Entry>(
    State(state): State<AppState>,
    reader: Reader,
    viewer: Viewer,
    Path(code): Path<String>,
    CheckedForm(fields): CheckedForm<Fields>,
) -> Result<Response, PageError> {
    let permit = permit_manage(&state, &viewer)?;
    newest::<D>(&state, &code).await?.ok_or(PageError::NotFound)?;
    let recorded = async {
        let document = D::of_fields(&code, &fields)?;
        let mut change = Change::begin(&state, &viewer, &permit).await?;
        change.record(&document, fields.text("revision").parse().unwrap_or(0)).await?;
        change.commit().await
    };
    match recorded.await {
        Ok(()) => Ok(lead_to(&format!("{}{code}", D::SHOWN_AT))),
        Err(ChangeError::Refused(refusal)) => {
            form_page::<D>(&state, &reader, Some(&code), fields, Some(refusal)).await
        }
        Err(ChangeError::Page(error)) => Err(error),
    }
}

async fn newest<D: Entry>(
    state: &AppState,
    code: &str,
) -> Result<Option<RegistryRevision<D>>, PageError> {
    state.store.registry_document::<D>(code).await.map_err(PageError::internal)
}

async fn form_page<D: Entry>(
    state: &AppState,
    reader: &Reader,
    code: Option<&str>,
    fields: Fields,
    refusal: Option<Refusal>,
) -> Result<Response, PageError> {
    let page = Page::new(state, reader, Place::InProgramme).await?;
    let mut revisions = Vec::new();
    let mut meanwhile = Vec::new();
    let mut revision = 0;
    if let Some(code) = code {
        let kept = state.store.registry_revisions::<D>(code).await.map_err(PageError::internal)?;
        if let Some(newest) = kept.first() {
            revision = newest.revision;
            // What is sent next is recorded over what is shown here, and no longer over what its editor had seen.
            if fields.text("revision").parse().is_ok_and(|seen: u32| seen != revision) {
                let own = D::of_fields(code, &fields).map(|own| own.lines(&page));
                let own = own.unwrap_or_default();
                meanwhile = newest.document.lines(&page);
                meanwhile.retain(|line| !own.contains(line));
            }
        }
        for (at, each) in kept.iter().enumerate() {
            let mut changed = each.document.lines(&page);
            if let Some(before) = kept.get(at + 1) {
                let before = before.document.lines(&page);
                changed.retain(|line| !before.contains(line));
            } else {
                changed.clear();
            }
            let who = match each.recorded_by {
                Some(person) => {
                    let found = state.store.person(person).await.map_err(PageError::internal)?;
                    found.map_or_else(|| person.to_string(), |found| found.name)
                }
                None => page.t("research-by-program"),
            };
            let at = format::moment(each.recorded_at, page.language);
            revisions.push(RevisionView { number: each.revision, at, who, changed });
        }
    }
    let refusal = refusal.map(|refusal| refusal.get(page.language));
    let form = FormView {
        action: format!("{}/{}", D::PATH, code.unwrap_or("new")),
        is_new: code.is_none(),
        code: code.map_or_else(|| fields.text("code").to_owned(), ToOwned::to_owned),
        refusal,
        newest: meanwhile,
        fields,
        revision,
        revisions,
    };
    D::render(page, form)
}
