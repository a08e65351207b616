//! Problems as a reader sees them: what, where, and how to mend it.

use model::problem::{Place, Problem, Severity};

use crate::{
    limits::PROBLEMS_SHOWN_MAX, page::Page, view::counts_by_severity, web::fragment::Source,
};

/// One problem.
pub(crate) struct ProblemView {
    /// Class of the style sheet.
    pub(crate) class: &'static str,
    /// Class of the severity's tag.
    pub(crate) tag: &'static str,
    /// Words of the severity.
    pub(crate) severity: String,
    /// What is wrong.
    pub(crate) message: String,
    /// Where, in words.
    pub(crate) place: String,
    /// Where, as JSON pointer.
    pub(crate) pointer: String,
    /// The part in question.
    pub(crate) fragment: Option<String>,
    /// How to mend it.
    pub(crate) remedy: String,
    /// Stable code.
    pub(crate) code: String,
    /// Whom it is for.
    pub(crate) audience: String,
}

/// The verdict on a file.
pub(crate) struct Verdict {
    /// Class of the style sheet.
    pub(crate) class: &'static str,
    /// The word.
    pub(crate) title: String,
    /// What it means.
    pub(crate) detail: String,
    /// Counts by severity.
    pub(crate) counts: String,
}

/// Problems as a page shows them.
pub(crate) struct ProblemViews {
    /// Errors and warnings, gravest first and otherwise in the order of the file.
    pub(crate) problems: Vec<ProblemView>,
    /// How many errors and warnings are not shown.
    pub(crate) left: u64,
    /// Notes: nothing has to be done about them.
    pub(crate) notes: Vec<ProblemView>,
}

/// Makes the views of problems.
pub(crate) fn views(page: &Page, problems: &[Problem], source: &Source) -> ProblemViews {
    let (notes, mut grave): (Vec<&Problem>, Vec<&Problem>) =
        problems.iter().partition(|problem| problem.severity == Severity::Note);
    grave.sort_by_key(|problem| std::cmp::Reverse(problem.severity));
    let left = grave.len().saturating_sub(PROBLEMS_SHOWN_MAX) as u64;
    let shown = |problems: Vec<&Problem>| {
        let first = problems.into_iter().take(PROBLEMS_SHOWN_MAX);
        first.map(|problem| view(page, problem, source)).collect()
    };
    ProblemViews { problems: shown(grave), left, notes: shown(notes) }
}

fn view(page: &Page, problem: &Problem, source: &Source) -> ProblemView {
    let (class, tag) = match problem.severity {
        Severity::Error => ("error", "not"),
        Severity::Warning => ("warning", "unknown"),
        Severity::Note => ("note", ""),
    };
    ProblemView {
        class,
        tag,
        severity: page.severity(problem.severity),
        message: page.text(&problem.message).to_owned(),
        place: place(page, &problem.place),
        pointer: problem.place.pointer.clone(),
        fragment: source.cut(&problem.place, &page.t("fragment-cut")),
        remedy: page.text(&problem.remedy).to_owned(),
        code: problem.code.to_string(),
        audience: page.audience(problem.audience),
    }
}

fn place(page: &Page, place: &Place) -> String {
    match (place.line, place.column) {
        (Some(line), Some(column)) => page.words(
            "place-line-column",
            &[("line", &line.to_string()), ("column", &column.to_string())],
        ),
        (Some(line), None) => page.t2("place-line", "line", line),
        (None, _) if place.pointer.is_empty() => page.t("place-file"),
        (None, _) => page.t("place-at"),
    }
}

/// Makes the verdict; `kept` tells a file in the record from one that was only checked.
pub(crate) fn verdict(page: &Page, problems: &[Problem], readable: bool, kept: bool) -> Verdict {
    let count = |severity| problems.iter().filter(|problem| problem.severity == severity).count();
    let [errors, warnings, notes] = [Severity::Error, Severity::Warning, Severity::Note].map(count);
    let counts = [errors, warnings, notes].map(|count| count as u64);
    let counts = counts_by_severity(page, counts);
    let (class, title, detail) = if errors > 0 || !readable {
        let detail = if kept {
            page.t("verdict-rejected-detail")
        } else {
            page.t("verdict-rejected-checked")
        };
        ("not", page.t("verdict-rejected"), detail)
    } else if warnings > 0 {
        ("warn", page.t("verdict-warnings"), page.t("verdict-warnings-detail"))
    } else {
        let detail = if kept {
            page.t("verdict-accepted-detail")
        } else {
            page.t("verdict-accepted-checked")
        };
        ("", page.t("verdict-accepted"), detail)
    };
    Verdict { class, title, detail, counts }
}
