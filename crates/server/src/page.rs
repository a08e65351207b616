//! What every page has in common: the frame, its words and its counts.

use std::{borrow::Borrow, fmt::Display};

use askama::Template;
use axum::response::{Html, IntoResponse, Response};
use fluent_bundle::FluentValue;
use model::text::{Language, LocalizedText};

use crate::{
    assets::{self, AssetPaths},
    error::{PageError, Worded},
    format,
    limits::HEALTH_TIME_MAX,
    locale::words,
    reader::Reader,
    record,
    state::AppState,
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
    /// Version of this program.
    pub(crate) program_version: &'static str,
    place: Place,
    counts: record::FrameCounts,
}

impl Page {
    /// Makes the frame of a page.
    pub(crate) async fn new(
        state: &AppState,
        reader: &Reader,
        place: Place,
    ) -> Result<Self, PageError> {
        let counts = record::frame_counts(state).await?;
        Ok(Self::framed(state, reader, place, counts))
    }

    fn framed(
        state: &AppState,
        reader: &Reader,
        place: Place,
        counts: record::FrameCounts,
    ) -> Self {
        let manifest = state.release.manifest();
        Self {
            language: reader.language,
            other_language_href: reader.other_language_href.clone(),
            assets: &assets::PATHS,
            synthetic: counts.synthetic > 0,
            demonstration: manifest.demonstration,
            release_label: format!("{} {}", manifest.name, manifest.version),
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
    pub(crate) fn csrf(&self) -> &'static str {
        ""
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

    /// Returns the links of the frame.
    pub(crate) fn places(&self) -> Vec<PlaceLink> {
        let cases = Some(self.counts.cases);
        let waiting = Some(self.counts.waiting).filter(|count| *count > 0);
        vec![
            self.link("/", self.t("nav-home"), [Place::Home; 2], waiting, true),
            self.link("/cases", self.t("nav-cases"), [Place::Cases, Place::InCases], cases, false),
            self.link("/results", self.t("nav-results"), [Place::Results; 2], None, false),
            self.link("/check", self.t("nav-check"), [Place::Check; 2], None, false),
            self.link(
                "/knowledge",
                self.t("nav-knowledge"),
                [Place::Knowledge, Place::InKnowledge],
                None,
                false,
            ),
            self.link("/audit", self.t("nav-audit"), [Place::Audit, Place::InAudit], None, false),
            self.link(
                "/hospitals",
                self.t("nav-hospitals"),
                [Place::Hospitals, Place::InHospitals],
                None,
                false,
            ),
            self.link("/panels", self.t("nav-panels"), [Place::Panels; 2], None, false),
            self.link(
                "/laboratories",
                self.t("nav-laboratories"),
                [Place::Laboratories; 2],
                None,
                false,
            ),
            self.link(
                "/programme",
                self.t("nav-programme"),
                [Place::Programme, Place::InProgramme],
                None,
                false,
            ),
            self.link("/about", self.t("nav-about"), [Place::About; 2], None, false),
        ]
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
}

/// Makes the page that says what went wrong; it needs nothing that can fail.
pub(crate) async fn error_page(
    state: &AppState,
    reader: &Reader,
    place: Place,
    status: u16,
    keys: [&'static str; 3],
) -> Response {
    // A record that is away must not be waited for again.
    let counted = tokio::time::timeout(HEALTH_TIME_MAX, record::frame_counts(state)).await;
    let counts = counted.ok().and_then(Result::ok).unwrap_or_default();
    let [title, detail, remedy] = keys.map(|key| words(reader.language, key, &[]));
    let page = Page::framed(state, reader, place, counts);
    let mut response = match (ErrorTemplate { page, title, detail, remedy, status }).render() {
        Ok(html) => Html(html).into_response(),
        Err(_) => words(reader.language, "error-internal", &[]).into_response(),
    };
    response.extensions_mut().insert(Worded);
    response
}
