//! What every page has in common: the frame, its words and its counts.

use std::{borrow::Borrow, fmt::Display};

use access::Action;
use askama::Template;
use axum::response::{Html, IntoResponse, Response};
use chrono::NaiveDate;
use fluent_bundle::FluentValue;
use model::text::{Language, LocalizedText};

use crate::{
    assets::{self, AssetPaths},
    error::{PageError, Worded},
    form::FORM_TOKEN_FIELD,
    format,
    limits::HEALTH_TIME_MAX,
    locale::words,
    lost_post::{LostPost, LostPostView},
    reader::Reader,
    record,
    state::AppState,
    viewer::Viewer,
};

/// A place that the frame leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// What waits.
    Home,
    /// Case list.
    Cases,
    /// A page below the case list.
    InCases,
    /// Every case of the programme at once.
    Search,
    /// Research projects.
    Research,
    /// A page below the research projects.
    InResearch,
    /// Test orders by whose turn it is.
    Work,
    /// Registering a case.
    Registration,
    /// Consent documents and their versions.
    ConsentDocuments,
    /// Received results.
    Results,
    /// Checking a file.
    Check,
    /// Knowledge release.
    Knowledge,
    /// A page below the knowledge release.
    InKnowledge,
    /// Audit log.
    Audit,
    /// A page below the audit log.
    InAudit,
    /// Hospitals of the programme.
    Hospitals,
    /// A page below the hospitals.
    InHospitals,
    /// What the programme reached.
    Statistics,
    /// Test products.
    Panels,
    /// Laboratories.
    Laboratories,
    /// Programme office.
    Programme,
    /// A page below the programme office.
    InProgramme,
    /// Help.
    About,
    /// Signing in.
    SignIn,
    /// One's own settings.
    Me,
    /// Patient desk.
    Desk,
    /// The people of an organisation or of the site.
    People,
    /// Emergency openings, for review.
    BreakGlass,
    /// None of these.
    Elsewhere,
}

/// A link of the frame.
pub(crate) struct PlaceLink {
    /// Address.
    pub(crate) href: &'static str,
    /// Words.
    pub(crate) label: String,
    /// Number beside it.
    pub(crate) count: Option<String>,
    /// What the number counts, for those who hear the page.
    pub(crate) count_label: String,
    /// Whether the number counts what waits for somebody.
    pub(crate) waits: bool,
    /// Whether the reader is there.
    pub(crate) current: bool,
    /// `page` on the page itself, `true` below it.
    pub(crate) how_current: &'static str,
}

/// Who is signed in, as the frame says it.
pub(crate) struct WhoView {
    /// Name.
    pub(crate) name: String,
    /// Roles and organisations.
    pub(crate) roles: String,
}

/// The frame of a page and its words.
pub(crate) struct Page {
    /// Language.
    pub(crate) language: Language,
    /// Address of the same page in the other language.
    pub(crate) other_language_href: String,
    /// Addresses of what the page loads.
    pub(crate) assets: &'static AssetPaths,
    /// Whether invented cases can be seen.
    pub(crate) synthetic: bool,
    /// Whether the knowledge release is a demonstration.
    pub(crate) demonstration: bool,
    /// Name and version of the knowledge release.
    pub(crate) release_label: String,
    /// Version of OncoTree by whose hierarchy tumour types are asked for; `None` where the release does not say so.
    pub(crate) oncotree_version: Option<&'static str>,
    /// Version of this program.
    pub(crate) program_version: &'static str,
    /// Who is signed in.
    pub(crate) who: Option<WhoView>,
    place: Place,
    counts: record::FrameCounts,
    viewer: Option<Viewer>,
    today: NaiveDate,
    form_token: String,
}

impl Page {
    /// Makes the frame of a page.
    pub(crate) async fn new(
        state: &AppState,
        reader: &Reader,
        place: Place,
    ) -> Result<Self, PageError> {
        let counts = record::frame_counts(state, &reader.visitor).await?;
        Ok(Self::framed(state, reader, place, counts))
    }

    fn framed(
        state: &AppState,
        reader: &Reader,
        place: Place,
        counts: record::FrameCounts,
    ) -> Self {
        let manifest = state.release.manifest();
        let (viewer, today) = (reader.visitor.viewer.clone(), state.today());
        Self {
            who: viewer.as_ref().map(|viewer| WhoView::of(viewer, today, reader.language)),
            form_token: reader.visitor.form_token().to_owned(),
            language: reader.language,
            other_language_href: reader.other_language_href.clone(),
            assets: &assets::PATHS,
            synthetic: counts.synthetic
                || state.look_in.is_some()
                || viewer.as_ref().is_some_and(|viewer| viewer.synthetic),
            viewer,
            today,
            demonstration: manifest.demonstration,
            release_label: format!("{} {}", manifest.name, manifest.version),
            oncotree_version: state.release.oncotree_version(),
            program_version: state.program_version,
            place,
            counts,
        }
    }

    /// Returns the words of a key.
    pub(crate) fn t(&self, key: &str) -> String {
        words(self.language, key, &[])
    }

    /// Returns the words of a key with one text filled in.
    pub(crate) fn t2(&self, key: &str, name: &str, value: impl Display) -> String {
        words(self.language, key, &[(name, FluentValue::from(value.to_string()))])
    }

    /// Returns the words of a key with several texts filled in.
    pub(crate) fn words(&self, key: &str, values: &[(&str, &str)]) -> String {
        let values = values.iter().map(|(name, value)| (*name, FluentValue::from(*value)));
        words(self.language, key, &values.collect::<Vec<_>>())
    }

    /// Returns the words of a key with a number: `$n` to choose the plural by, `$shown` to show.
    pub(crate) fn tn(&self, key: &str, number: impl Borrow<u64>) -> String {
        let number = *number.borrow();
        let values = [
            ("n", FluentValue::from(number)),
            ("shown", FluentValue::from(format::grouped(number))),
        ];
        words(self.language, key, &values)
    }

    /// Returns the hidden field that every form which changes something carries.
    pub(crate) fn csrf(&self) -> String {
        format!("<input type=\"hidden\" name=\"{FORM_TOKEN_FIELD}\" value=\"{}\">", self.form_token)
    }

    /// Returns whether the reader has a right in any relation, so that a page shows where it leads.
    pub(crate) fn may(&self, action: Action) -> bool {
        self.viewer.as_ref().is_some_and(|viewer| viewer.may(action, self.today))
    }

    /// Returns a text in the reader's language.
    pub(crate) fn text<'a>(&self, text: &'a LocalizedText) -> &'a str {
        text.get(self.language)
    }

    /// Returns a number with its digits grouped.
    pub(crate) fn number(&self, number: impl Borrow<u64>) -> String {
        format::grouped(*number.borrow())
    }

    /// Returns the tag of the page's language.
    pub(crate) fn tag(&self) -> &'static str {
        self.language.tag()
    }

    /// Returns the tag of the other language.
    pub(crate) fn other_tag(&self) -> &'static str {
        match self.language {
            Language::Ja => Language::En.tag(),
            Language::En => Language::Ja.tag(),
        }
    }

    /// Returns the links of the frame: those that lead the reader somewhere.
    pub(crate) fn places(&self) -> Vec<PlaceLink> {
        let cases = Some(self.counts.cases);
        let waiting = Some(self.counts.waiting).filter(|count| *count > 0);
        let orders = Some(self.counts.orders).filter(|count| *count > 0);
        let signed_in = self.viewer.is_some();
        let list = self.may(Action::ReadCaseList);
        let all = [
            (signed_in, self.link("/", self.t("nav-home"), [Place::Home; 2], waiting, true)),
            (
                list,
                self.link(
                    "/cases",
                    self.t("nav-cases"),
                    [Place::Cases, Place::InCases],
                    cases,
                    false,
                ),
            ),
            (
                self.may(Action::SearchCases),
                self.link("/search", self.t("nav-search"), [Place::Search; 2], None, false),
            ),
            (
                self.may(Action::SearchProject) || self.may(Action::ReadProjects),
                self.link(
                    "/research",
                    self.t("nav-research"),
                    [Place::Research, Place::InResearch],
                    None,
                    false,
                ),
            ),
            (
                self.may(Action::ReadOrder),
                self.link("/work", self.t("nav-work"), [Place::Work; 2], orders, true),
            ),
            (
                self.may(Action::RegisterCase),
                self.link(
                    "/registration",
                    self.t("nav-registration"),
                    [Place::Registration; 2],
                    None,
                    false,
                ),
            ),
            (
                self.may(Action::ReadResult),
                self.link("/results", self.t("nav-results"), [Place::Results; 2], None, false),
            ),
            (
                self.may(Action::CheckFile),
                self.link("/check", self.t("nav-check"), [Place::Check; 2], None, false),
            ),
            (
                self.may(Action::ReadKnowledge),
                self.link(
                    "/knowledge",
                    self.t("nav-knowledge"),
                    [Place::Knowledge, Place::InKnowledge],
                    None,
                    false,
                ),
            ),
            (
                self.may(Action::AnswerInquiry),
                self.link("/desk", self.t("desk-title"), [Place::Desk; 2], None, false),
            ),
            (
                self.may(Action::ManagePeople),
                self.link("/people", self.t("nav-people"), [Place::People; 2], None, false),
            ),
            (
                self.may(Action::ReviewBreakGlass) || self.may(Action::BreakGlass),
                self.link(
                    "/break-glass",
                    self.t("nav-break-glass"),
                    [Place::BreakGlass; 2],
                    None,
                    false,
                ),
            ),
            (
                self.may(Action::ReadAudit),
                self.link(
                    "/audit",
                    self.t("nav-audit"),
                    [Place::Audit, Place::InAudit],
                    None,
                    false,
                ),
            ),
            (
                true,
                self.link(
                    "/hospitals",
                    self.t("nav-hospitals"),
                    [Place::Hospitals, Place::InHospitals],
                    None,
                    false,
                ),
            ),
            (
                true,
                self.link(
                    "/statistics",
                    self.t("nav-statistics"),
                    [Place::Statistics; 2],
                    None,
                    false,
                ),
            ),
            (true, self.link("/panels", self.t("nav-panels"), [Place::Panels; 2], None, false)),
            (
                true,
                self.link(
                    "/laboratories",
                    self.t("nav-laboratories"),
                    [Place::Laboratories; 2],
                    None,
                    false,
                ),
            ),
            (
                self.may(Action::ReadProgramme),
                self.link(
                    "/programme",
                    self.t("nav-programme"),
                    [Place::Programme, Place::InProgramme],
                    None,
                    false,
                ),
            ),
            (
                self.may(Action::ManageConsentDocuments),
                self.link(
                    "/consent-documents",
                    self.t("documents-title"),
                    [Place::ConsentDocuments; 2],
                    None,
                    false,
                ),
            ),
            (true, self.link("/about", self.t("nav-about"), [Place::About; 2], None, false)),
        ];
        all.into_iter().filter(|(leads, _)| *leads).map(|(_, link)| link).collect()
    }

    /// Returns whether the case list leads the reader somewhere.
    pub(crate) fn sees_cases(&self) -> bool {
        self.may(Action::ReadCaseList)
    }

    /// Returns whether the reader may check files.
    pub(crate) fn checks_files(&self) -> bool {
        self.may(Action::CheckFile)
    }

    /// Returns whether the page is a step of signing in.
    pub(crate) fn is_sign_in(&self) -> bool {
        self.place == Place::SignIn
    }

    /// Returns whether the page is the reader's own settings.
    pub(crate) fn is_me(&self) -> bool {
        self.place == Place::Me
    }

    fn link(
        &self,
        href: &'static str,
        label: String,
        [here, below]: [Place; 2],
        count: Option<u64>,
        waits: bool,
    ) -> PlaceLink {
        let count_label = if waits { self.t("count-waits") } else { self.t("count-cases") };
        PlaceLink {
            href,
            label,
            count: count.map(format::grouped),
            count_label,
            waits,
            current: self.place == here || self.place == below,
            how_current: if self.place == here { "page" } else { "true" },
        }
    }
}

impl WhoView {
    fn of(viewer: &Viewer, today: NaiveDate, language: Language) -> Self {
        /// Roles that are named; more are only counted.
        const NAMED: usize = 2;
        let mut roles: Vec<String> = viewer
            .actor
            .memberships_on(today)
            .map(|each| format!("{} · {}", each.role.label().get(language), each.organisation))
            .collect();
        let more = roles.len().saturating_sub(NAMED);
        roles.truncate(NAMED);
        if more > 0 {
            roles.push(format!("+{more}"));
        }
        Self { name: viewer.actor.name.clone(), roles: roles.join(", ") }
    }
}

/// Replaces control characters, which files may hold and HTML may not.
pub(crate) fn without_control(html: String) -> String {
    let forbidden = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    if html.contains(forbidden) { html.replace(forbidden, "\u{fffd}") } else { html }
}

/// Renders a template as an HTML answer.
pub(crate) fn render(template: &impl Template) -> Result<Response, PageError> {
    let html = template.render().map_err(PageError::internal)?;
    Ok(Html(without_control(html)).into_response())
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorTemplate {
    page: Page,
    title: String,
    detail: String,
    remedy: String,
    status: u16,
    lost: Option<LostPostView>,
    /// Whether it is said on the patient's own pages.
    is_patient: bool,
}

/// Makes the page that says what went wrong; it needs nothing that can fail.
pub(crate) async fn error_page(
    state: &AppState,
    reader: &Reader,
    status: u16,
    keys: [&'static str; 3],
    lost: Option<&LostPost>,
) -> Response {
    // A record that is away must not be waited for again.
    let counted =
        tokio::time::timeout(HEALTH_TIME_MAX, record::frame_counts(state, &reader.visitor)).await;
    let counts = counted.ok().and_then(Result::ok).unwrap_or_default();
    let [title, detail, remedy] = keys.map(|key| words(reader.language, key, &[]));
    let page = Page::framed(state, reader, Place::Elsewhere, counts);
    let is_patient = lost.is_some_and(LostPost::is_of_patient);
    let lost = lost.map(|lost| lost.view(&page));
    let template = ErrorTemplate { page, title, detail, remedy, status, lost, is_patient };
    let mut response = match template.render() {
        Ok(html) => Html(html).into_response(),
        Err(_) => words(reader.language, "error-internal", &[]).into_response(),
    };
    response.extensions_mut().insert(Worded);
    response
}
