//! The cases of a cohort, de-identified: a hospital's own are linked, others are not.

use access::{Action, Relation};
use model::{identity::CaseId, organisation::OrganisationCode};
use research::cohort::{CohortCase, Item, Word as _};

use super::labels::ClinicLabels;
use crate::{address, page::Page, state::AppState, view::LevelView, viewer::Viewer};

/// Alterations of a case that are shown.
const ALTERATIONS: usize = 4;
/// Drugs of a case that are shown.
const DRUGS: usize = 3;

/// A case of the list.
pub(crate) struct CaseView {
    pub(crate) number: String,
    /// Address of the case where it is one of the reader's own hospital.
    pub(crate) href: Option<String>,
    /// Address of the de-identified course.
    pub(crate) course_href: String,
    pub(crate) hospital: String,
    pub(crate) who: String,
    pub(crate) tumour: String,
    pub(crate) alterations: String,
    pub(crate) level: Option<LevelView>,
    pub(crate) drugs: String,
    pub(crate) response: String,
    pub(crate) vital: String,
}

/// Makes the rows of some cases, the first of which has a place in the cohort. Units: 0-based.
pub(crate) fn views(
    state: &AppState,
    viewer: &Viewer,
    page: &Page,
    labels: &ClinicLabels<'_>,
    cases: &[CohortCase],
    from: usize,
) -> Vec<CaseView> {
    let day = state.today();
    let rights = access::Rights::ours();
    let own: Vec<OrganisationCode> = viewer
        .actor
        .memberships_on(day)
        .filter(|each| rights.allows(each.role, Action::ReadCase, Relation::OwnHospital, day))
        .map(|each| each.organisation.clone())
        .collect();
    let is_own = |case: &CohortCase| {
        case.hospital.as_ref().is_some_and(|code| own.iter().any(|each| each.as_str() == &**code))
    };
    let view = |(at, case): (usize, &CohortCase)| CaseView {
        number: crate::format::grouped((from + at) as u64 + 1),
        href: is_own(case).then(|| address::case(CaseId(case.id))),
        course_href: address::with_query("/search/case", &[("id", &case.id.to_string())]),
        hospital: case.hospital.as_ref().map_or_else(
            || collection(page, state, case),
            |code| labels.of_item(Item::Hospital, code, page.language),
        ),
        who: who(page, case),
        tumour: case.tumour.as_ref().map_or_else(
            || page.t("unknown"),
            |code| labels.of_item(Item::Tumour, code, page.language),
        ),
        alterations: alterations(page, case),
        level: case.level.map(|level| LevelView::of(page, level)),
        drugs: drugs(page, labels, case),
        response: best_response(page, case),
        vital: case
            .vital_status
            .map_or_else(|| page.t("unknown"), |status| page.text(&status.label()).to_owned()),
    };
    cases.iter().enumerate().map(view).collect()
}

/// Returns the title of the collection of a case that no hospital registered.
fn collection(page: &Page, state: &AppState, case: &CohortCase) -> String {
    let collections = state.cohort.collections();
    let manifest = collections.get(&case.collection);
    manifest.map_or_else(String::new, |manifest| page.text(&manifest.title).to_owned())
}

fn who(page: &Page, case: &CohortCase) -> String {
    let age = case.age_years.map(|age| page.tn("search-years", u64::from(age)));
    let sex = case.sex.map(|sex| page.text(&sex.label()).to_owned());
    let known: Vec<String> = [age, sex].into_iter().flatten().collect();
    if known.is_empty() { page.t("unknown") } else { known.join(" ") }
}

fn alterations(page: &Page, case: &CohortCase) -> String {
    if case.panel.is_none() {
        return page.t("unknown");
    }
    let mut sorted: Vec<_> = case.alterations.iter().collect();
    // Those with evidence come first.
    sorted.sort_by_key(|alteration| (alteration.level.is_none(), alteration.level));
    let name = |alteration: &&research::cohort::CohortAlteration| {
        let what = alteration.change.as_deref().map(ToOwned::to_owned);
        let partner = alteration.partner.as_deref().map(|partner| format!("::{partner}"));
        let class = alteration.class.map(|class| page.text(&class.label()).to_owned());
        match (what, partner, class) {
            (Some(change), ..) => format!("{} {change}", alteration.gene),
            (None, Some(partner), _) => format!("{}{partner}", alteration.gene),
            (None, None, Some(class)) => format!("{} {class}", alteration.gene),
            (None, None, None) => alteration.gene.to_string(),
        }
    };
    listed(sorted.iter().map(name).collect(), ALTERATIONS)
}

fn drugs(page: &Page, labels: &ClinicLabels<'_>, case: &CohortCase) -> String {
    let mut names: Vec<String> = Vec::new();
    for drug in case.therapies.iter().flat_map(|line| &line.drugs) {
        let name = labels.drug(drug, page.language);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    listed(names, DRUGS)
}

fn best_response(page: &Page, case: &CohortCase) -> String {
    let responses = case.therapies.iter().filter_map(|line| line.response);
    let best = responses.min_by_key(|response| response.place());
    // A collection without lines of therapy may say the best response of the case.
    let best = best.or_else(|| case.change.and_then(|change| change.response));
    best.map_or_else(|| page.t("unknown"), |response| response.code().to_owned())
}

fn listed(mut names: Vec<String>, at_most: usize) -> String {
    let more = names.len().saturating_sub(at_most);
    names.truncate(at_most);
    let mut text = names.join(", ");
    if more > 0 {
        text.push_str(&format!(" +{more}"));
    }
    if text.is_empty() { "–".to_owned() } else { text }
}
