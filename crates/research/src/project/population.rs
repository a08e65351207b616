//! Whose cases a project may use, and what it may ask of them.

use std::collections::BTreeSet;

use chrono::Datelike;
use model::{
    consent::ConsentPurpose,
    problem::{Place, Problem},
    research_project::{ResearchProject, secondary_uses},
    text::LocalizedText,
};

use crate::cohort::{CohortDay, Item, ItemKind, Query, Range, Vocabulary};

/// What a permission can name besides items.
const TERMS: [&str; 3] = ["alteration", "therapy", "event"];

/// Returns the codes of everything that a permission can name: no hospital, nothing about consent or the state of records.
pub fn askable() -> impl Iterator<Item = &'static str> {
    let never = [
        Item::Hospital,
        Item::Prefecture,
        Item::Collection,
        Item::AcademicUse,
        Item::CompanyUse,
        Item::AbroadUse,
        Item::Completeness,
        Item::Synthetic,
    ];
    let items = Item::ALL.iter().filter(move |item| !never.contains(item));
    items.map(|item| item.code()).chain(TERMS)
}

/// Returns whether an item, or a kind of term, may be asked for and seen under a permission.
pub(crate) fn may_ask(project: &ResearchProject, code: &str) -> bool {
    project.may_see(code) && askable().any(|each| each == code)
}

/// Returns what a query asks for that the permission does not name, or more finely than any project may, one problem for each.
///
/// Days are bounded by whole months, ages by fives, burdens by whole mutations: finer bounds could close in on one case.
/// Neither origin nor allele frequency, from which origin could be guessed, is asked for.
pub fn forbidden_items(project: &ResearchProject, query: &Query) -> Vec<Problem> {
    let mut problems: Vec<Problem> =
        query.uses().into_iter().filter(|code| !may_ask(project, code)).map(forbidden).collect();
    let mut open = vec![query];
    while let Some(query) = open.pop() {
        match query {
            Query::And(parts) | Query::Or(parts) => open.extend(parts),
            Query::Not(inner) => open.push(inner),
            Query::Within(item, range) if !is_coarse(*item, *range) => {
                problems.push(too_fine(item.code()));
            }
            Query::Alteration(term)
                if !term.origins.is_empty()
                    || !term.allele_frequency.is_open()
                    || !term.copies.is_open() =>
            {
                problems.push(too_fine("alteration"));
            }
            Query::Therapy(term) if !is_whole_months(term.started) => {
                problems.push(too_fine("therapy"));
            }
            _ => {}
        }
    }
    problems
}

/// Years that ages are bounded by. Units: years.
const AGE_STEP: u16 = 5;
/// One mutation per megabase, in the steps of a burden.
const TMB_STEP: u16 = 100;

fn is_coarse(item: Item, range: Range) -> bool {
    match item {
        Item::Age => is_stepped(range, AGE_STEP),
        Item::Tmb => is_stepped(range, TMB_STEP),
        _ if item.kind() == ItemKind::Day => is_whole_months(range),
        _ => true,
    }
}

/// Returns whether a range begins with a step and ends before one.
fn is_stepped(range: Range, step: u16) -> bool {
    range.low.is_none_or(|low| low.is_multiple_of(step))
        && range.high.is_none_or(|high| high.saturating_add(1).is_multiple_of(step))
}

/// Returns whether a range of days begins with a month and ends with one.
fn is_whole_months(range: Range) -> bool {
    let first = |number: Option<u16>| {
        number.and_then(CohortDay::of_number).is_none_or(|day| day.date().day() == 1)
    };
    first(range.low) && first(range.high.map(|high| high.saturating_add(1)))
}

fn too_fine(code: &str) -> Problem {
    let message = LocalizedText::new(
        format!("「{code}」の条件が細かすぎます。"),
        format!("The bounds of “{code}” are too fine."),
    );
    let remedy = LocalizedText::of(
        "年齢は 5 歳きざみ（例 age>=70、age<75）、日付は月の初めから月の終わりまで、TMB は整数にしてください。変異の由来、アレル頻度、コピー数では検索できません。",
        "Bound ages by fives (such as age>=70, age<75), days by whole months, TMB by whole numbers. Origin, allele frequency and copies cannot be asked for.",
    );
    Problem::error("project.fine", Place::file(), message, remedy).for_data_entry()
}

fn forbidden(code: &str) -> Problem {
    let message = LocalizedText::new(
        format!("「{code}」は、この課題の許可に含まれていません。"),
        format!("“{code}” is not in the project's permission."),
    );
    let remedy = LocalizedText::of(
        "許可された項目だけで検索するか、変更を申請してください。",
        "Ask for permitted items only, or apply for a change.",
    );
    Problem::error("project.item", Place::file(), message, remedy).for_data_entry()
}

/// The cases that a project may use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Population(Query);

impl Population {
    /// Returns the population of a permission among the cases of a collection.
    ///
    /// Errors: the permission's population is no query that can be read.
    pub fn of(
        project: &ResearchProject,
        collection: &str,
        vocabulary: &Vocabulary<'_>,
    ) -> Result<Self, Vec<Problem>> {
        let purposes: BTreeSet<ConsentPurpose> =
            project.uses.iter().flat_map(|each| each.needs()).copied().collect();
        let mut parts = vec![Query::is(Item::Collection, collection)];
        for purpose in purposes {
            match purpose {
                // Who did not allow registration is in no index.
                ConsentPurpose::Registration => {}
                ConsentPurpose::AcademicUse => parts.push(Query::is(Item::AcademicUse, "yes")),
                ConsentPurpose::CompanyUse => parts.push(Query::is(Item::CompanyUse, "yes")),
                ConsentPurpose::AbroadUse => parts.push(Query::is(Item::AbroadUse, "yes")),
                // The index knows of no other; nobody is in the population then.
                _ => parts.push(nobody()),
            }
        }
        if !secondary_uses().any(|each| project.uses.contains(&each)) {
            parts.push(nobody());
        }
        if !project.population.trim().is_empty() {
            parts.push(Query::from_text(&project.population, vocabulary)?);
        }
        Ok(Self(Query::And(parts)))
    }

    /// Returns the query that finds everybody of the population.
    pub fn everybody(&self) -> &Query {
        &self.0
    }

    /// Returns a query within the population.
    pub fn within(&self, query: &Query) -> Query {
        match (&self.0, query) {
            (all, Query::Everything) => all.clone(),
            (Query::And(parts), query) => {
                Query::And(parts.iter().cloned().chain([query.clone()]).collect())
            }
            (all, query) => Query::And(vec![all.clone(), query.clone()]),
        }
    }
}

fn nobody() -> Query {
    Query::Or(Vec::new())
}
