//! The knowledge release: its sources, counts and levels, and its evidence by gene.

use std::collections::BTreeSet;

use access::{Action, Purpose, Relation};
use askama::Template;
use axum::{
    extract::{Query, State},
    response::Response,
};
use knowledge::{Evidence, Release, TumourScope};
use model::{evidence::EvidenceLevel, tumour::TumourTypeCode};
use serde::Deserialize;

use crate::{
    error::PageError,
    format,
    limits::{EVIDENCE_SHOWN_MAX, SEARCH_CHARS_MAX},
    page::{Page, Place, render},
    reader::Reader,
    state::AppState,
    view::LevelView,
    viewer::Viewer,
};

struct CountView {
    shown: String,
    label: String,
    href: Option<&'static str>,
}

struct SourceView {
    name: String,
    version: String,
    licence: String,
    url: Option<String>,
    digest: String,
    digest_short: String,
    records: String,
}

struct LevelMeaning {
    level: Option<LevelView>,
    meaning: String,
}

#[derive(Template)]
#[template(path = "knowledge.html")]
struct KnowledgeTemplate {
    page: Page,
    name: String,
    version: String,
    id: String,
    notice: String,
    gene: String,
    genes: Vec<String>,
    counts: Vec<CountView>,
    sources: Vec<SourceView>,
    level_table: String,
    levels: Vec<LevelMeaning>,
}

/// Shows the release.
pub(crate) async fn show(
    State(state): State<AppState>,
    viewer: Viewer,
    reader: Reader,
) -> Result<Response, PageError> {
    state.permit(&viewer, Action::ReadKnowledge, Relation::Programme, Purpose::Care)?;
    let page = Page::new(&state, &reader, Place::Knowledge).await?;
    let manifest = state.release.manifest();
    let levels = EvidenceLevel::ALL.map(|level| LevelMeaning {
        level: Some(LevelView::of(&page, level)),
        meaning: page.level_meaning(level),
    });
    let template = KnowledgeTemplate {
        name: manifest.name.clone(),
        version: manifest.version.clone(),
        id: state.release.id().to_owned(),
        notice: page.text(&manifest.notice).to_owned(),
        gene: String::new(),
        genes: genes(state.release),
        counts: counts(&page, state.release),
        sources: manifest.sources.iter().map(source_view).collect(),
        level_table: format!("{} {}", manifest.level_table.name, manifest.level_table.version),
        levels: levels.into(),
        page,
    };
    render(&template)
}

fn counts(page: &Page, release: &Release) -> Vec<CountView> {
    let count = |number: usize, label, href| CountView {
        shown: format::grouped(number as u64),
        label,
        href,
    };
    vec![
        count(release.evidence().count(), page.t("count-evidence"), Some("/knowledge/evidence")),
        count(
            release.tumour_types().count(),
            page.t("count-tumour-types"),
            Some("/knowledge/tumour-types"),
        ),
        count(release.genes().count(), page.t("count-genes"), None),
        count(release.drugs().count(), page.t("count-drugs"), None),
        count(release.approvals().count(), page.t("count-approvals"), None),
        count(release.panels().count(), page.t("count-panels"), None),
        count(release.hotspots().count(), page.t("count-hotspots"), None),
    ]
}

fn source_view(source: &knowledge::Source) -> SourceView {
    let digits = source.digest.strip_prefix("sha256:").unwrap_or(&source.digest);
    SourceView {
        name: source.name.clone(),
        version: source.version.clone(),
        licence: source.licence.clone(),
        url: source.url.clone().filter(|url| url.starts_with("https://")),
        digest: source.digest.clone(),
        digest_short: digits.chars().take(12).collect(),
        records: format::grouped(source.records),
    }
}

/// Returns the genes that evidence speaks of, in the order of the alphabet.
fn genes(release: &Release) -> Vec<String> {
    let mut genes = BTreeSet::new();
    for evidence in release.evidence() {
        for condition in evidence.biomarker.conditions() {
            genes.extend(condition.genes().into_iter().map(|gene| gene.as_str().to_owned()));
        }
    }
    genes.into_iter().collect()
}

/// What the address of the evidence search says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct EvidenceQuery {
    gene: String,
}

struct ReferenceView {
    id: String,
    url: Option<String>,
}

struct EvidenceView {
    id: String,
    url: Option<String>,
    biomarker: String,
    tumours: String,
    drugs: String,
    kind: String,
    significance: String,
    strength: String,
    references: Vec<ReferenceView>,
}

#[derive(Template)]
#[template(path = "evidence.html")]
struct EvidenceTemplate {
    page: Page,
    gene: String,
    gene_facts: Option<String>,
    genes: Vec<String>,
    total: u64,
    left: u64,
    items: Vec<EvidenceView>,
}

/// Shows the evidence on a gene, or the genes that there is evidence on.
pub(crate) async fn evidence(
    State(state): State<AppState>,
    viewer: Viewer,
    reader: Reader,
    Query(query): Query<EvidenceQuery>,
) -> Result<Response, PageError> {
    state.permit(&viewer, Action::ReadKnowledge, Relation::Programme, Purpose::Care)?;
    let page = Page::new(&state, &reader, Place::InKnowledge).await?;
    let written: String = query.gene.trim().chars().take(SEARCH_CHARS_MAX).collect();
    let gene = symbol(state.release, &written);
    let mut found = state
        .release
        .evidence()
        .filter(|evidence| !gene.is_empty() && speaks_of(evidence, &gene))
        .collect::<Vec<_>>();
    found.sort_by_key(|evidence| evidence.strength);
    let total = found.len();
    let items = found.into_iter().take(EVIDENCE_SHOWN_MAX);
    let items = items.map(|evidence| evidence_view(&page, &state, evidence)).collect();
    let template = EvidenceTemplate {
        gene_facts: gene_facts(&page, state.release, &gene),
        gene,
        genes: genes(state.release),
        total: total as u64,
        left: total.saturating_sub(EVIDENCE_SHOWN_MAX) as u64,
        items,
        page,
    };
    render(&template)
}

/// Returns the gene's present symbol where the text is a symbol or an alias, in any case.
fn symbol(release: &Release, written: &str) -> String {
    let upper = written.to_uppercase();
    let known = release.gene(written).or_else(|| release.gene(&upper));
    known.map_or(upper, |facts| facts.symbol.as_str().to_owned())
}

fn speaks_of(evidence: &Evidence, gene: &str) -> bool {
    let conditions = evidence.biomarker.conditions();
    conditions.iter().any(|each| each.genes().iter().any(|symbol| symbol.as_str() == gene))
}

fn gene_facts(page: &Page, release: &Release, gene: &str) -> Option<String> {
    let facts = release.gene(gene)?;
    let parts = [
        Some(page.text(&facts.name).to_owned()).filter(|name| !name.is_empty()),
        facts.role.map(|role| page.gene_role(role)),
        facts.location.clone(),
    ];
    Some(parts.into_iter().flatten().collect::<Vec<_>>().join(" · "))
}

fn evidence_view(page: &Page, state: &AppState, evidence: &Evidence) -> EvidenceView {
    let drugs = evidence.regimens.iter().map(|regimen| page.text(&regimen.name).to_owned());
    let claim = evidence.significance.map(|claim| page.significance(claim));
    let claim = claim.unwrap_or_else(|| "–".to_owned());
    let refuted = evidence.direction == Some(model::evidence::EvidenceDirection::DoesNotSupport);
    EvidenceView {
        id: evidence.id.clone(),
        url: evidence.url.clone().filter(|url| url.starts_with("https://")),
        biomarker: evidence.biomarker_label.clone(),
        tumours: tumours(page, state.release, &evidence.tumours, &evidence.tumour_type_name),
        drugs: drugs.collect::<Vec<_>>().join(&page.t("list-separator")),
        kind: page.evidence_type(evidence.evidence_type),
        significance: if refuted { page.t2("not-supported", "claim", claim) } else { claim },
        strength: page.strength(evidence.strength),
        references: evidence
            .references
            .iter()
            .map(|reference| ReferenceView {
                id: reference.id.clone(),
                url: reference.url.clone().filter(|url| url.starts_with("https://")),
            })
            .collect(),
    }
}

fn tumours(page: &Page, release: &Release, scope: &TumourScope, written: &str) -> String {
    let mut names = Vec::new();
    match (scope.any_solid, scope.any_haematological) {
        (true, true) => names.push(page.t("any-tumour")),
        (true, false) => names.push(page.t("any-solid")),
        (false, true) => names.push(page.t("any-haematological")),
        (false, false) => {}
    }
    names.extend(scope.codes.iter().map(|code| name_of(page, release, code)));
    if names.is_empty() {
        names.push(if written.is_empty() { page.t("unknown") } else { written.to_owned() });
    }
    names.join(&page.t("list-separator"))
}

fn name_of(page: &Page, release: &Release, code: &TumourTypeCode) -> String {
    let known = release.tumour_type(code);
    known.map_or_else(|| code.to_string(), |known| page.text(&known.name).to_owned())
}
