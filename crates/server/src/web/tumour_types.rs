//! The tumour types of the release as trees, one for each tissue.

use std::collections::{BTreeMap, HashMap, HashSet};

use access::{Action, Purpose, Relation};
use askama::Template;
use axum::{
    extract::{Query, State},
    response::Response,
};
use knowledge::{Release, TumourType};
use model::tumour::TumourTypeCode;
use serde::Deserialize;

use crate::{
    address,
    error::PageError,
    format,
    limits::SEARCH_CHARS_MAX,
    page::{Page, Place, render},
    reader::Reader,
    state::AppState,
    viewer::Viewer,
};

/// How deep a branch is drawn; deeper ones are drawn at this depth.
const DEPTH_MAX: usize = 8;

/// What the address says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct TumourTypesQuery {
    q: String,
}

/// One line of a tree. The template draws lines; depth is a class, so that no page needs a style.
struct Line {
    depth: usize,
    name: String,
    code: String,
    href: String,
    found: bool,
}

struct Tissue {
    id: usize,
    name: String,
    head: Option<Line>,
    count: String,
    lines: Vec<Line>,
}

#[derive(Template)]
#[template(path = "tumour_types.html")]
struct TumourTypesTemplate {
    page: Page,
    total: u64,
    query: String,
    matches: u64,
    tissues: Vec<Tissue>,
}

/// Shows the tumour types, all or those that fit a search with what they belong to.
pub(crate) async fn show(
    State(state): State<AppState>,
    viewer: Viewer,
    reader: Reader,
    Query(query): Query<TumourTypesQuery>,
) -> Result<Response, PageError> {
    state.permit(&viewer, Action::ReadKnowledge, Relation::Programme, Purpose::Care)?;
    let page = Page::new(&state, &reader, Place::InKnowledge).await?;
    let text: String = query.q.trim().chars().take(SEARCH_CHARS_MAX).collect();
    let found = find(state.release, &text);
    let template = TumourTypesTemplate {
        total: state.release.tumour_types().count() as u64,
        matches: found.len() as u64,
        tissues: tissues(&page, state.release, &found, !text.is_empty()),
        query: text,
        page,
    };
    render(&template)
}

/// Returns the codes of the types whose code or name has the text.
fn find<'a>(release: &'a Release, text: &str) -> HashSet<&'a TumourTypeCode> {
    let wanted = text.to_lowercase();
    release
        .tumour_types()
        .filter(|tumour| {
            tumour.code.as_str().to_lowercase().contains(&wanted)
                || tumour.name.ja.to_lowercase().contains(&wanted)
                || tumour.name.en.to_lowercase().contains(&wanted)
        })
        .map(|tumour| &tumour.code)
        .collect()
}

fn tissues(
    page: &Page,
    release: &Release,
    found: &HashSet<&TumourTypeCode>,
    searching: bool,
) -> Vec<Tissue> {
    let shown = with_ancestors(release, found);
    let mut children: HashMap<&TumourTypeCode, Vec<&TumourType>> = HashMap::new();
    let mut roots: BTreeMap<&str, Vec<&TumourType>> = BTreeMap::new();
    for tumour in release.tumour_types().filter(|tumour| shown.contains(&tumour.code)) {
        match tumour.parent.as_ref().filter(|parent| shown.contains(parent)) {
            Some(parent) => children.entry(parent).or_default().push(tumour),
            None => roots.entry(&tumour.tissue).or_default().push(tumour),
        }
    }
    let mut tissues = Vec::new();
    for (id, (tissue, roots)) in roots.into_iter().enumerate() {
        let mut lines = Vec::new();
        let mut open: Vec<(usize, &TumourType)> =
            roots.into_iter().rev().map(|root| (0, root)).collect();
        while let Some((depth, tumour)) = open.pop() {
            lines.push(Line {
                depth,
                name: page.text(&tumour.name).to_owned(),
                code: tumour.code.as_str().to_owned(),
                href: address::with_query("/cases", &[("tumour", tumour.code.as_str())]),
                found: searching && found.contains(&tumour.code),
            });
            // A parent is drawn once, so a circle in a release cannot keep this loop going.
            let below = children.remove(&tumour.code).unwrap_or_default();
            let deeper = (depth + 1).min(DEPTH_MAX);
            open.extend(below.into_iter().rev().map(|child| (deeper, child)));
        }
        let count = format::grouped(lines.len() as u64);
        // A tissue's only root names the tissue in the reader's language.
        let roots = lines.iter().filter(|line| line.depth == 0).count();
        let head = (roots == 1).then(|| lines.remove(0));
        let name = head.as_ref().map_or_else(|| tissue.to_owned(), |line| line.name.clone());
        tissues.push(Tissue { id, name, head, count, lines });
    }
    tissues
}

fn with_ancestors<'a>(
    release: &'a Release,
    found: &HashSet<&'a TumourTypeCode>,
) -> HashSet<&'a TumourTypeCode> {
    let mut shown = HashSet::new();
    for code in found {
        let mut at = Some(*code);
        while let Some(code) = at.filter(|code| shown.insert(*code)) {
            at = release.tumour_type(code).and_then(|tumour| tumour.parent.as_ref());
        }
    }
    shown
}
