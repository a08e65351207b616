//! The patient desk: inquiries with their due days, finding a case by what a caller says, and who used its data.

mod case;
mod inquiry;

use access::{Action, Permit, Purpose, Relation};
use askama::Template;
use axum::{
    Router,
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use chrono::NaiveDate;
use model::{
    consent::day_of,
    identity::InquiryId,
    inquiry::{
        Inquiry, InquiryStatus, InquiryTopic, InquiryWay, assignee, check_text, due_on, status,
    },
    text::Language,
};
use store::{InquiryHistory, identifier_v7};

use crate::{
    error::{PageError, Worded},
    fields::Fields,
    form::CheckedForm,
    format,
    page::{Page, Place, render},
    reader::Reader,
    state::AppState,
    view::TagView,
    viewer::Viewer,
};

/// Returns the addresses of the desk.
pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/desk", get(show).post(open))
        .route("/desk/inquiries/{id}", get(inquiry::show).post(inquiry::add))
        .route("/desk/cases", get(case::find))
        .route("/desk/cases/{id}", get(case::show))
}

/// A choice in a list.
struct Choice {
    value: &'static str,
    label: String,
}

/// A row of the list of inquiries.
struct InquiryRow {
    href: String,
    question: String,
    topic: String,
    way: String,
    opened: String,
    due: String,
    overdue: bool,
    assignee: String,
    state: TagView,
}

#[derive(Template)]
#[template(path = "desk/show.html")]
struct DeskTemplate {
    page: Page,
    waiting: Vec<InquiryRow>,
    done: Vec<InquiryRow>,
    overdue: u64,
    topics: Vec<Choice>,
    ways: Vec<Choice>,
    fields: Fields,
    mistake: Option<String>,
}

/// Permits work at the desk.
fn permit(state: &AppState, viewer: &Viewer) -> Result<Permit, PageError> {
    let purpose = Purpose::PatientRequest;
    state.permit(viewer, Action::AnswerInquiry, Relation::Programme, purpose)
}

/// How many inquiries wait for an answer.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Waiting {
    /// All of them.
    pub(crate) waiting: u64,
    /// Those whose day has passed.
    pub(crate) overdue: u64,
}

/// Counts the inquiries that wait, for whoever works at the desk.
pub(crate) async fn waiting(state: &AppState, viewer: &Viewer) -> Result<Waiting, PageError> {
    if permit(state, viewer).is_err() {
        return Ok(Waiting::default());
    }
    let all = state.store.inquiries().await.map_err(PageError::internal)?;
    let open = || all.iter().filter(|history| status(&history.events).waits());
    let today = day_of(state.now());
    let is_overdue = |history: &&InquiryHistory| history.inquiry.due_on < today;
    Ok(Waiting {
        waiting: open().count() as u64,
        overdue: open().filter(is_overdue).count() as u64,
    })
}

/// Shows where an inquiry stands.
pub(crate) fn status_tag(page: &Page, status: InquiryStatus) -> TagView {
    let class = match status {
        InquiryStatus::Open => "not",
        InquiryStatus::Assigned => "unknown",
        InquiryStatus::Answered => "met",
        InquiryStatus::Closed => "",
    };
    TagView { class, label: page.text(&status.label()).to_owned() }
}

/// Shows the desk.
pub(crate) async fn show(
    State(state): State<AppState>,
    viewer: Viewer,
    reader: Reader,
    Query(fields): Query<Fields>,
) -> Result<Response, PageError> {
    permit(&state, &viewer)?;
    let missing = fields.is("missing", "1");
    let fields = Fields::default().with("way", "telephone").with("topic", "who-used");
    desk(&state, &reader, fields, missing.then_some(Mistake::NoSuchCase)).await
}

/// Why something at the desk was not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mistake {
    NoSuchCase,
    Question,
}

async fn desk(
    state: &AppState,
    reader: &Reader,
    fields: Fields,
    mistake: Option<Mistake>,
) -> Result<Response, PageError> {
    let page = Page::new(state, reader, Place::Desk).await?;
    let all = state.store.inquiries().await.map_err(PageError::internal)?;
    let today = day_of(state.now());
    let (mut waiting, mut done) = (Vec::new(), Vec::new());
    for history in &all {
        let waits = status(&history.events).waits();
        let list = if waits { &mut waiting } else { &mut done };
        list.push((history.inquiry.due_on, row(&page, history, today)));
    }
    // What is due first stands first.
    waiting.sort_by_key(|(due_on, _)| *due_on);
    let rows = |list: Vec<(NaiveDate, InquiryRow)>| list.into_iter().map(|(_, row)| row).collect();
    let waiting: Vec<InquiryRow> = rows(waiting);
    let topic = |topic: &InquiryTopic| Choice {
        value: topic.code(),
        label: page.text(&topic.label()).to_owned(),
    };
    let way =
        |way: &InquiryWay| Choice { value: way.code(), label: page.text(&way.label()).to_owned() };
    let by_people = InquiryWay::ALL.iter().filter(|way| **way != InquiryWay::PatientPage);
    let template = DeskTemplate {
        overdue: waiting.iter().filter(|row| row.overdue).count() as u64,
        waiting,
        done: rows(done),
        topics: InquiryTopic::ALL.iter().map(topic).collect(),
        ways: by_people.map(way).collect(),
        mistake: mistake.map(|mistake| match mistake {
            Mistake::NoSuchCase => page.t("desk-no-such-case"),
            Mistake::Question => page.t("desk-mistake-question"),
        }),
        fields,
        page,
    };
    let mut response = render(&template)?;
    if mistake == Some(Mistake::Question) {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        response.extensions_mut().insert(Worded);
    }
    Ok(response)
}

fn row(page: &Page, history: &InquiryHistory, today: NaiveDate) -> InquiryRow {
    let InquiryHistory { inquiry, events } = history;
    let status = status(events);
    InquiryRow {
        href: format!("/desk/inquiries/{}", inquiry.id),
        question: inquiry.question.chars().take(80).collect(),
        topic: page.text(&inquiry.topic.label()).to_owned(),
        way: page.text(&inquiry.way.label()).to_owned(),
        opened: format::day_short(day_of(inquiry.opened_at), page.language),
        due: format::day_short(inquiry.due_on, page.language),
        overdue: status.waits() && inquiry.due_on < today,
        assignee: assignee(events).unwrap_or("–").to_owned(),
        state: status_tag(page, status),
    }
}

/// Opens an inquiry that came by telephone, by letter or in person.
pub(crate) async fn open(
    State(state): State<AppState>,
    viewer: Viewer,
    reader: Reader,
    CheckedForm(fields): CheckedForm<Fields>,
) -> Result<Response, PageError> {
    let permit = permit(&state, &viewer)?;
    let question = fields.text("question").to_owned();
    let (way, topic) = (fields.word::<InquiryWay>("way"), fields.word::<InquiryTopic>("topic"));
    let Some((way, topic)) = way.zip(topic).filter(|_| check_text(&question).is_ok()) else {
        return desk(&state, &reader, fields, Some(Mistake::Question)).await;
    };
    let case = match fields.text("reference") {
        "" => None,
        reference => {
            let found = state.store.case_by_reference(reference).await;
            match found.map_err(PageError::internal)? {
                Some(revision) => Some(revision.case),
                None => return desk(&state, &reader, fields, Some(Mistake::NoSuchCase)).await,
            }
        }
    };
    let now = state.now();
    let parts = ["inquiry", &permit.person().to_string(), &question];
    let language = if fields.is("language", "en") { Language::En } else { Language::Ja };
    let inquiry = Inquiry {
        id: InquiryId(identifier_v7(now, &parts)),
        case,
        way,
        topic,
        question,
        language,
        opened_at: now,
        due_on: due_on(now),
    };
    let mut batch = state.store.begin().await.map_err(PageError::internal)?;
    batch.open_inquiry(&inquiry).await.map_err(PageError::internal)?;
    batch.commit().await.map_err(PageError::internal)?;
    Ok(Redirect::to(&format!("/desk/inquiries/{}", inquiry.id)).into_response())
}
