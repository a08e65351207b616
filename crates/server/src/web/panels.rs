//! Test products: gene panels with their versions, for everybody.

use askama::Template;
use axum::{extract::State, response::Response};
use model::programme::{PanelProduct, PanelVersion};

use crate::{
    error::PageError,
    format,
    page::{Page, Place, render},
    reader::Reader,
    state::AppState,
    view::Fact,
};

struct PanelView {
    id: String,
    name: String,
    facts: Vec<Fact>,
    versions: Vec<VersionView>,
    synthetic: bool,
}

struct VersionView {
    version: Option<String>,
    genes: Option<String>,
    gene_list: Option<String>,
    samples: Option<String>,
    reports: Option<String>,
    source: Option<String>,
}

#[derive(Template)]
#[template(path = "hospitals/panels.html")]
struct PanelsTemplate {
    page: Page,
    panels: Vec<PanelView>,
}

/// Shows the panels.
pub(crate) async fn show(
    State(state): State<AppState>,
    reader: Reader,
) -> Result<Response, PageError> {
    let registry = state.registry().await?;
    let page = Page::new(&state, &reader, Place::Panels).await?;
    let panels = registry.panels.values().map(|panel| view(&page, panel)).collect();
    render(&PanelsTemplate { panels, page })
}

fn view(page: &Page, panel: &PanelProduct) -> PanelView {
    let fact = |label, value| Fact { label, value };
    let date =
        |date: Option<model::programme::PartialDate>| date.map(|date| page.partial_date(date));
    let yes_or_no = |yes| if yes { page.t("yes") } else { page.t("no") };
    PanelView {
        id: format!("panel-{}", panel.code),
        name: panel.name(page.language).to_owned(),
        facts: vec![
            fact(page.t("panel-maker"), panel.maker.clone()),
            fact(page.t("panel-approved"), date(panel.approved)),
            fact(page.t("panel-insured"), date(panel.insured)),
            fact(page.t("panel-companion"), panel.companion_diagnostic.map(yes_or_no)),
        ],
        versions: panel.versions.iter().map(|version| version_view(page, version)).collect(),
        synthetic: panel.synthetic,
    }
}

fn version_view(page: &Page, version: &PanelVersion) -> VersionView {
    let joined =
        |words: Vec<String>| (!words.is_empty()).then(|| words.join(&page.t("list-separator")));
    let genes = version.genes.as_ref();
    VersionView {
        version: Some(version.version.clone()).filter(|text| !text.is_empty()),
        genes: version.gene_count.map(|count| format::grouped(u64::from(count))),
        gene_list: genes.map(|genes| {
            genes.iter().map(model::gene::GeneSymbol::as_str).collect::<Vec<_>>().join(" ")
        }),
        samples: joined(version.samples.iter().map(|kind| page.sample_kind(*kind)).collect()),
        reports: joined(version.reports.iter().map(|thing| page.reported_thing(*thing)).collect()),
        source: version.source.clone(),
    }
}
