//! Whose cases a project may use, and what it may ask of them.

use std::collections::BTreeSet;

use model::{
    consent::{ConsentPurpose, DataUse},
    problem::{Place, Problem},
    research_project::ResearchProject,
    text::LocalizedText,
};

use crate::cohort::{Item, Query, Vocabulary};

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

/// Returns what a query asks for that the permission does not name, one problem for each.
pub fn forbidden_items(project: &ResearchProject, query: &Query) -> Vec<Problem> {
    let may = |code: &str| project.may_see(code) && askable().any(|each| each == code);
    query.uses().into_iter().filter(|code| !may(code)).map(forbidden).collect()
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
        if !project.uses.iter().any(|each| is_secondary(*each)) {
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

fn is_secondary(data_use: DataUse) -> bool {
    model::research_project::secondary_uses().any(|each| each == data_use)
}
