//! What templates show: values already in the reader's words.

use chrono::{DateTime, Utc};
use model::{evidence::EvidenceLevel, tumour::TumourTypeCode};
use store::{CaseRow, ResultRow, ResultStatus};

use crate::{address, format, page::Page, state::AppState};

/// An evidence level in its ring.
#[derive(Clone)]
pub(crate) struct LevelView {
    /// Class of the style sheet.
    pub(crate) class: &'static str,
    /// The letter.
    pub(crate) letter: &'static str,
    /// The words.
    pub(crate) label: String,
}

impl LevelView {
    /// Makes the view of a level.
    pub(crate) fn of(page: &Page, level: EvidenceLevel) -> Self {
        let class = match level {
            EvidenceLevel::A => "a",
            EvidenceLevel::B => "b",
            EvidenceLevel::C => "c",
            EvidenceLevel::D => "d",
            EvidenceLevel::E => "e",
            EvidenceLevel::F => "f",
            EvidenceLevel::R => "r",
        };
        let letter = level.letter();
        Self { class, letter, label: page.t2("level-label", "level", letter) }
    }
}

/// A word with its colour.
pub(crate) struct TagView {
    /// Class of the style sheet.
    pub(crate) class: &'static str,
    /// The word.
    pub(crate) label: String,
}

/// A name beside a value that may be unknown.
pub(crate) struct Fact {
    /// Name.
    pub(crate) label: String,
    /// Value.
    pub(crate) value: Option<String>,
}

/// A tumour type.
#[derive(Clone)]
pub(crate) struct TumourView {
    /// Code.
    pub(crate) code: String,
    /// Name in the reader's language.
    pub(crate) name: String,
}

impl TumourView {
    /// Makes the view of a tumour type; a code that the release does not know stands for itself.
    pub(crate) fn of(page: &Page, state: &AppState, code: &TumourTypeCode) -> Self {
        let name = state.release.tumour_type(code).map(|known| page.text(&known.name).to_owned());
        Self { code: code.as_str().to_owned(), name: name.unwrap_or_default() }
    }

    /// Name and code on one line.
    pub(crate) fn line(&self) -> String {
        if self.name.is_empty() {
            self.code.clone()
        } else {
            format!("{} {}", self.name, self.code)
        }
    }
}

/// A row of the case list.
pub(crate) struct CaseRowView {
    /// Address.
    pub(crate) href: String,
    /// Reference.
    pub(crate) reference: String,
    /// Tumour type.
    pub(crate) tumour: Option<TumourView>,
    /// Age and sex.
    pub(crate) person: String,
    /// Panel.
    pub(crate) panel: String,
    /// Highest level.
    pub(crate) level: Option<LevelView>,
    /// How many alterations are reported.
    pub(crate) alterations: String,
    /// What somebody should look at.
    pub(crate) state: Option<TagView>,
    /// Day in the list.
    pub(crate) listed: String,
    /// The same for programs.
    pub(crate) listed_iso: String,
}

impl CaseRowView {
    /// Makes the view of a row.
    pub(crate) fn of(page: &Page, state: &AppState, row: &CaseRow) -> Self {
        let tumour = row.tumour_type.as_ref().map(|code| TumourView::of(page, state, code));
        Self {
            href: address::case(row.case),
            reference: row.reference.clone(),
            tumour,
            person: page.person(row.age_years, row.sex),
            panel: row.panel.clone().unwrap_or_else(|| "–".to_owned()),
            level: row.highest_level.map(|level| LevelView::of(page, level)),
            alterations: format::grouped(u64::from(row.reported_count)),
            state: case_state(page, row),
            listed: format::day_short(format::local_day(row.listed_at), page.language),
            listed_iso: iso(row.listed_at),
        }
    }
}

fn case_state(page: &Page, row: &CaseRow) -> Option<TagView> {
    let (class, label) = if row.rejected_count > 0 {
        ("not", page.t("state-rejected"))
    } else if row.latest_report.is_none() {
        ("unknown", page.t("state-no-report"))
    } else if row.warning_count > 0 {
        ("unknown", page.t("state-warnings"))
    } else {
        return None;
    };
    Some(TagView { class, label })
}

/// A row of a list of results.
pub(crate) struct ResultRowView {
    /// Address.
    pub(crate) href: String,
    /// Case, as reference and address.
    pub(crate) case: Option<CaseLink>,
    /// Accepted or not.
    pub(crate) state: TagView,
    /// File name, with the sample's label where a file holds several.
    pub(crate) file_name: String,
    /// Panel.
    pub(crate) panel: String,
    /// How many alterations are reported.
    pub(crate) alterations: String,
    /// Counts of problems.
    pub(crate) problems: String,
    /// When it came.
    pub(crate) received: String,
    /// The same for programs.
    pub(crate) received_iso: String,
}

/// A link to a case.
pub(crate) struct CaseLink {
    /// Address.
    pub(crate) href: String,
    /// Reference.
    pub(crate) reference: String,
}

impl ResultRowView {
    /// Makes the view of a row.
    pub(crate) fn of(page: &Page, row: &ResultRow) -> Self {
        let case = row.case.zip(row.reference.clone());
        Self {
            href: address::result(row.id),
            case: case.map(|(id, reference)| CaseLink { href: address::case(id), reference }),
            state: status_tag(page, row),
            file_name: file_name(row),
            panel: row.panel.clone().unwrap_or_else(|| "–".to_owned()),
            alterations: format::grouped(u64::from(row.reported_count)),
            problems: problem_counts(page, row),
            received: format::moment(row.received_at, page.language),
            received_iso: iso(row.received_at),
        }
    }
}

/// File name, with the sample's label where a file holds several.
pub(crate) fn file_name(row: &ResultRow) -> String {
    if row.label.is_empty() {
        row.file_name.clone()
    } else {
        format!("{} · {}", row.file_name, row.label)
    }
}

fn status_tag(page: &Page, row: &ResultRow) -> TagView {
    match row.status {
        ResultStatus::Accepted => TagView { class: "met", label: page.t("status-accepted") },
        ResultStatus::Rejected => TagView { class: "not", label: page.t("status-rejected") },
    }
}

fn problem_counts(page: &Page, row: &ResultRow) -> String {
    let counts = [row.error_count, row.warning_count, row.note_count].map(u64::from);
    counts_by_severity(page, counts)
}

/// Says how many errors, warnings and notes there are, leaving out what there is none of.
pub(crate) fn counts_by_severity(page: &Page, [errors, warnings, notes]: [u64; 3]) -> String {
    let parts = [
        (errors > 0).then(|| page.tn("problem-errors", errors)),
        (warnings > 0).then(|| page.tn("problem-warnings", warnings)),
        (notes > 0).then(|| page.tn("problem-notes", notes)),
    ];
    let said = parts.into_iter().flatten().collect::<Vec<_>>();
    if said.is_empty() { page.t("problems-summary-none") } else { said.join(" · ") }
}

/// A moment as programs read it.
pub(crate) fn iso(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}
