//! The portal's case CSV into the records of a hospital: choosing, preview, confirmation, outcome.

use std::{sync::Arc, time::Duration};

use access::{Action, Asked, Purpose, Relation, Rights};
use askama::Template;
use axum::{
    extract::{Query, State},
    response::{IntoResponse, Redirect, Response},
};
use model::organisation::OrganisationCode;
use serde::Deserialize;

use super::record_href;
use crate::{
    address,
    error::{PageError, Worded},
    form::{CheckedForm, CheckedMultipart},
    format,
    limits::{IMPORT_CASES_PER_PAGE, IMPORT_FILE_BYTES_MAX},
    page::{Page, Place, render},
    reader::{Id, Reader},
    record_import::{CaseLine, Import, Importer, Progress, Stage, Told},
    state::AppState,
    upload,
    viewer::Viewer,
    web::{
        fragment::Source,
        hospital::hospital_label,
        problems::{self, ProblemView, Verdict},
    },
};

/// Where a file is chosen.
const HREF: &str = "/cases/import";
/// Longest that a page waits for what goes on behind it.
const PATIENCE: Duration = Duration::from_secs(8);
/// The choice of cases in which the file contradicts the record.
const CONTRADICTING: &str = "contradicting";

struct HospitalChoice {
    code: String,
    label: String,
}

#[derive(Template)]
#[template(path = "clinical_record/import.html")]
struct ChooseTemplate {
    page: Page,
    hospitals: Vec<HospitalChoice>,
    chosen: String,
    mistake: Option<[String; 2]>,
    max: usize,
    max_shown: String,
}

/// Shows where a file is chosen.
pub(super) async fn show(
    State(state): State<AppState>,
    viewer: Viewer,
    reader: Reader,
) -> Result<Response, PageError> {
    let hospitals = hospitals_of(&state, &viewer)?;
    choose(&state, &reader, &hospitals, "", None).await
}

async fn choose(
    state: &AppState,
    reader: &Reader,
    hospitals: &[OrganisationCode],
    chosen: &str,
    mistake: Option<&PageError>,
) -> Result<Response, PageError> {
    let page = Page::new(state, reader, Place::InCases).await?;
    let registry = state.registry().await?;
    let max_shown = format::bytes(IMPORT_FILE_BYTES_MAX as u64);
    let words = |mistake: &PageError| match mistake {
        PageError::TooLarge => {
            [page.t2("import-too-large", "size", &max_shown), page.t("import-too-large-remedy")]
        }
        _ => [page.t("import-no-file"), page.t("import-no-file-remedy")],
    };
    let hospitals = hospitals.iter().map(|code| HospitalChoice {
        label: hospital_label(&page, &registry, code.as_str()),
        code: code.to_string(),
    });
    let template = ChooseTemplate {
        hospitals: hospitals.collect(),
        chosen: chosen.to_owned(),
        mistake: mistake.map(words),
        max: IMPORT_FILE_BYTES_MAX,
        max_shown,
        page,
    };
    let mut response = render(&template)?;
    if let Some(mistake) = mistake {
        *response.status_mut() = mistake.status();
        response.extensions_mut().insert(Worded);
    }
    Ok(response)
}

/// Takes a file, begins to compare it and leads to its preview; nothing is written.
pub(super) async fn send(
    State(state): State<AppState>,
    viewer: Viewer,
    reader: Reader,
    CheckedMultipart(multipart): CheckedMultipart,
) -> Result<Response, PageError> {
    let hospitals = hospitals_of(&state, &viewer)?;
    let sent = {
        let _permit = state.uploads.acquire().await.map_err(PageError::internal)?;
        upload::read_cases(multipart, &state.imports.folder).await?
    };
    let code = match (&hospitals[..], sent.hospital.as_str()) {
        ([only], "") => only.clone(),
        (_, code) => OrganisationCode::new(code),
    };
    let by = importer(&state, &viewer, &code)?;
    match sent.file {
        Ok(file) => {
            let id = state.imports.begin(&state, by, file)?;
            Ok(Redirect::to(&format!("{HREF}/{id}")).into_response())
        }
        Err(mistake) => choose(&state, &reader, &hospitals, code.as_str(), Some(&mistake)).await,
    }
}

/// What the address of a preview says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct PreviewQuery {
    only: String,
    page: usize,
}

struct LineView {
    href: String,
    reference: String,
    line: u64,
    filling: u64,
    same: u64,
    contradicting: u64,
    settled: u64,
}

struct Totals {
    cases: u64,
    filling: u64,
    same: u64,
    contradicting: u64,
    settled: u64,
}

#[derive(Template)]
#[template(path = "clinical_record/import_file.html")]
struct FileTemplate {
    page: Page,
    href: String,
    name: String,
    subtitle: String,
    heading: String,
    progress: Option<String>,
    failed: bool,
    entered: bool,
    refused: bool,
    can_be_entered: bool,
    question: String,
    verdict: Verdict,
    problems: Vec<ProblemView>,
    problems_left: u64,
    notes: Vec<ProblemView>,
    totals: Totals,
    lines: Vec<LineView>,
    only_contradicting: bool,
    range: String,
    before_href: Option<String>,
    next_href: Option<String>,
}

/// Shows where a file stands: how far it is, what it would change, or what it changed.
pub(super) async fn show_file(
    State(state): State<AppState>,
    viewer: Viewer,
    reader: Reader,
    Id(id): Id,
    Query(query): Query<PreviewQuery>,
) -> Result<Response, PageError> {
    let (import, _) = own(&state, &viewer, id)?;
    let told = import.told_within(PATIENCE).await;
    let page = Page::new(&state, &reader, Place::InCases).await?;
    let registry = state.registry().await?;
    let hospital = hospital_label(&page, &registry, import.waiting.hospital.as_str());
    render(&file_template(page, &import, &told, &query, &hospital))
}

fn file_template(
    page: Page,
    import: &Import,
    told: &Told,
    query: &PreviewQuery,
    hospital: &str,
) -> FileTemplate {
    let outcome = &told.outcome;
    let href = format!("{HREF}/{}", import.waiting.id);
    let only_contradicting = query.only == CONTRADICTING;
    let listed: Vec<&CaseLine> =
        outcome.cases.iter().filter(|case| !only_contradicting || case.contradicting > 0).collect();
    let last = listed.len().saturating_sub(1) / IMPORT_CASES_PER_PAGE;
    let at = query.page.min(last);
    let start = at * IMPORT_CASES_PER_PAGE;
    let shown: Vec<LineView> =
        listed.iter().skip(start).take(IMPORT_CASES_PER_PAGE).map(|case| line(case)).collect();
    let to = |number: usize| {
        let only = if only_contradicting { CONTRADICTING } else { "" };
        let pairs = [("only", only), ("page", &*number.to_string())];
        format!("{}#cases", address::with_query(&href, &pairs))
    };
    let totals = totals(&outcome.cases);
    let size = format::bytes(import.waiting.bytes);
    let sent = format::moment(import.waiting.sent_at, page.language);
    let subtitle = [("hospital", hospital), ("size", &*size), ("sent", &*sent)];
    let entered = told.stage == Stage::Entered;
    let views = problems::views(&page, &outcome.problems, &Source::Nothing);
    let heading = match told.stage {
        Stage::Comparing(_) | Stage::Entering(_) | Stage::Failed => page.t("import-title"),
        Stage::Compared => page.t("import-preview"),
        Stage::Entered => page.t("import-outcome"),
    };
    let range = [
        ("from", format::grouped((start + 1).min(listed.len()) as u64)),
        ("to", format::grouped((start + shown.len()) as u64)),
        ("all", format::grouped(listed.len() as u64)),
    ];
    let range = range.each_ref().map(|(name, value)| (*name, value.as_str()));
    let values = totals.filling + totals.contradicting;
    let question = [("values", format::grouped(values)), ("cases", format::grouped(changed(told)))];
    let question = question.each_ref().map(|(name, value)| (*name, value.as_str()));
    FileTemplate {
        name: import.waiting.name.clone(),
        subtitle: page.words("import-subtitle", &subtitle),
        heading,
        progress: progress(&page, told.stage),
        failed: told.stage == Stage::Failed,
        entered,
        refused: told.stage == Stage::Compared && model::problem::has_error(&outcome.problems),
        can_be_entered: told.stage == Stage::Compared && outcome.can_be_entered(),
        question: page.words("import-question", &question),
        verdict: verdict(&page, told),
        problems: views.problems,
        problems_left: views.left,
        notes: views.notes,
        totals,
        lines: shown,
        only_contradicting,
        range: page.words("import-range", &range),
        before_href: at.checked_sub(1).map(to),
        next_href: (at < last).then(|| to(at + 1)),
        href,
        page,
    }
}

fn changed(told: &Told) -> u64 {
    told.outcome.cases.iter().filter(|case| case.entered() > 0).count() as u64
}

fn progress(page: &Page, stage: Stage) -> Option<String> {
    let (Stage::Comparing(Progress { done, total }) | Stage::Entering(Progress { done, total })) =
        stage
    else {
        return None;
    };
    if total == 0 {
        return Some(page.t("import-begins"));
    }
    let (done, total) = (format::grouped(done as u64), format::grouped(total as u64));
    Some(page.words("import-progress", &[("done", &done), ("total", &total)]))
}

fn verdict(page: &Page, told: &Told) -> Verdict {
    let problems = &told.outcome.problems;
    let counts = problems::verdict(page, problems, true, false).counts;
    let is_refused = model::problem::has_error(problems);
    let (class, title, detail) = match told.stage {
        Stage::Comparing(_) => {
            ("calm", page.t("import-comparing"), page.t("import-comparing-detail"))
        }
        Stage::Entering(_) => ("calm", page.t("import-entering"), page.t("import-entering-detail")),
        Stage::Failed => ("not", page.t("import-failed"), page.t("import-failed-detail")),
        Stage::Entered if is_refused => {
            ("warn", page.t("import-entered-partly"), page.t("import-entered-partly-detail"))
        }
        Stage::Entered => ("", page.t("import-entered"), page.t("import-entered-detail")),
        Stage::Compared if is_refused => {
            ("not", page.t("import-refused"), page.t("import-refused-detail"))
        }
        Stage::Compared if changed(told) == 0 => {
            ("", page.t("import-nothing-new"), page.t("import-nothing-new-detail"))
        }
        Stage::Compared => ("calm", page.t("import-ready"), page.t("import-ready-detail")),
    };
    Verdict { class, title, detail, counts }
}

fn line(case: &CaseLine) -> LineView {
    LineView {
        href: record_href(case.case),
        reference: case.reference.clone(),
        line: case.line,
        filling: case.filling as u64,
        same: case.same as u64,
        contradicting: case.contradicting as u64,
        settled: case.settled as u64,
    }
}

fn totals(cases: &[CaseLine]) -> Totals {
    let sum = |of: fn(&CaseLine) -> usize| cases.iter().map(of).sum::<usize>() as u64;
    Totals {
        cases: cases.len() as u64,
        filling: sum(|case| case.filling),
        same: sum(|case| case.same),
        contradicting: sum(|case| case.contradicting),
        settled: sum(|case| case.settled),
    }
}

/// A form with nothing but its token.
#[derive(Debug, Deserialize)]
pub(super) struct Empty {}

/// Begins to enter a file.
pub(super) async fn confirm(
    State(state): State<AppState>,
    viewer: Viewer,
    Id(id): Id,
    CheckedForm(Empty {}): CheckedForm<Empty>,
) -> Result<Response, PageError> {
    let (import, by) = own(&state, &viewer, id)?;
    state.imports.confirm(&state, &import, by);
    Ok(Redirect::to(&format!("{HREF}/{id}")).into_response())
}

/// Throws a file away.
pub(super) async fn discard(
    State(state): State<AppState>,
    viewer: Viewer,
    Id(id): Id,
    CheckedForm(Empty {}): CheckedForm<Empty>,
) -> Result<Response, PageError> {
    own(&state, &viewer, id)?;
    state.imports.forget(id);
    Ok(Redirect::to(HREF).into_response())
}

/// Finds a file that the viewer sent and may still import.
fn own(
    state: &AppState,
    viewer: &Viewer,
    id: uuid::Uuid,
) -> Result<(Arc<Import>, Importer), PageError> {
    let (person, now) = (viewer.actor.person, state.now());
    if let Some(import) = state.imports.of(id, person, now) {
        let by = importer(state, viewer, &import.waiting.hospital)?;
        return Ok((import, by));
    }
    let left = state.imports.left(id, person, now).ok_or(PageError::NotFound)?;
    let by = importer(state, viewer, &left.hospital)?;
    let import = state.imports.begin_again(state, by.clone(), left)?;
    Ok((import, by))
}

/// Permits reading and writing the records of a hospital's cases.
fn importer(
    state: &AppState,
    viewer: &Viewer,
    hospital: &OrganisationCode,
) -> Result<Importer, PageError> {
    let permit = |action| {
        let (relation, purpose) = (Relation::OwnHospital, Purpose::Registration);
        let asked = Asked { action, relation, organisation: Some(hospital), purpose, case: None };
        state.decide(viewer, &asked).ok_or(PageError::NotFound)
    };
    Ok(Importer {
        actor: Arc::clone(&viewer.actor),
        reading: permit(Action::ReadCase)?,
        writing: permit(Action::WriteCase)?,
    })
}

/// Returns the hospitals whose cases' records the viewer may write.
fn hospitals_of(state: &AppState, viewer: &Viewer) -> Result<Vec<OrganisationCode>, PageError> {
    state.permit(viewer, Action::WriteCase, Relation::OwnHospital, Purpose::Registration)?;
    let day = state.today();
    let own = viewer.actor.memberships_on(day).filter(|membership| {
        let may =
            |action| Rights::ours().allows(membership.role, action, Relation::OwnHospital, day);
        may(Action::ReadCase) && may(Action::WriteCase)
    });
    let mut codes: Vec<OrganisationCode> = own.map(|own| own.organisation.clone()).collect();
    codes.sort_unstable();
    codes.dedup();
    Ok(codes)
}

/// Returns whether the viewer may import, so that a page leads here.
pub(crate) fn leads(state: &AppState, viewer: &Viewer) -> bool {
    let day = state.today();
    viewer.scope_allows(Action::WriteCase)
        && viewer.actor.memberships_on(day).any(|each| {
            Rights::ours().allows(each.role, Action::WriteCase, Relation::OwnHospital, day)
        })
}
