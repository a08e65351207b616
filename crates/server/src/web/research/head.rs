//! The head of a page of a project's search: what was asked, how many there are, and the other pages of the same cases.

use model::research_project::{ProjectService, ResearchProject};
use research::project::Unanswered;

use super::{
    oncoprint,
    search::{Links, ProjectAddress, text_of},
};
use crate::{
    address, format,
    page::Page,
    project::Told,
    web::search::{labels::ClinicLabels, survival::ChoiceView},
};

/// The pages of the cases that a search found.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum ProjectPlace {
    /// Everything at once.
    Overview,
    /// Genes by cases.
    Oncoprint,
    /// Pairs of genes.
    Pairs,
    /// Beside other cohorts.
    Compare,
}

/// Returns the links to those pages that the permission allows.
pub(super) fn views(
    page: &Page,
    project: &ResearchProject,
    text: &str,
    current: ProjectPlace,
) -> Vec<ChoiceView> {
    let genes = project.may_see("alteration");
    [
        (ProjectPlace::Overview, "search", page.t("view-overview"), true),
        (ProjectPlace::Oncoprint, "oncoprint", page.t("view-oncoprint"), oncoprint::may(project)),
        (ProjectPlace::Pairs, "pairs", page.t("view-pairs"), genes),
        (ProjectPlace::Compare, "compare", page.t("view-compare"), true),
    ]
    .into_iter()
    .filter(|(.., may)| *may)
    .map(|(place, path, label, _)| ChoiceView {
        label,
        href: address::with_query(&format!("/research/{}/{path}", project.number), &[("q", text)]),
        current: place == current,
    })
    .collect()
}

/// Says why a search gets no count.
pub(super) fn unanswered(page: &Page, project: &ResearchProject, why: Unanswered) -> String {
    let threshold = u64::from(project.threshold);
    match why {
        Unanswered::Few => page.tn("research-few", threshold),
        Unanswered::Differs => page.tn("research-differs", threshold),
    }
}

/// The head of a page.
pub(super) struct Head {
    pub(super) number: String,
    pub(super) title: String,
    pub(super) line: String,
    /// Cases in words; empty where they are not told.
    pub(super) count: String,
    pub(super) everybody: Option<u64>,
    /// Why nothing is told; empty where something is.
    pub(super) unanswered: String,
    pub(super) search_href: String,
    pub(super) views: Vec<ChoiceView>,
}

impl Head {
    /// Makes the head of a page of what was told.
    pub(super) fn of(
        page: &Page,
        labels: &ClinicLabels<'_>,
        told: &Told,
        place: ProjectPlace,
    ) -> Self {
        let project = &told.project;
        let number = project.number.to_string();
        let text = text_of(&told.query);
        let address = ProjectAddress::default();
        let (count, unanswered) = match &told.page {
            Ok(counts) => (format::grouped(counts.cases), String::new()),
            Err(why) => (String::new(), unanswered(page, project, *why)),
        };
        Self {
            title: project.title.clone(),
            line: told.query.to_line(page.language, labels),
            count,
            everybody: told.everybody,
            unanswered,
            search_href: Links::of(&number, &address).query(&told.query),
            views: views(page, project, &text, place),
            number,
        }
    }
}

/// Returns what was asked, of how many, as a note below a picture.
pub(super) fn note(page: &Page, labels: &ClinicLabels<'_>, told: &Told) -> String {
    let line = told.query.to_line(page.language, labels);
    match &told.page {
        Ok(counts) => format!("{line} (n = {})", format::grouped(counts.cases)),
        Err(_) => line,
    }
}

/// Returns whether what is shown may be had as a file.
pub(super) fn may_download(project: &ResearchProject) -> bool {
    project.has(ProjectService::Download)
}
