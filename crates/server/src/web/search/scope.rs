//! Which collections a search goes through: registered cases alone unless another one is asked for.

use std::sync::Arc;

use knowledge::Release;
use research::{
    cohort::{Cohort, CohortView, EvaluateError, Item, Name, PageRequest, Query},
    collection::{DayKind, Manifest},
};

use super::{SearchAddress, narrow};
use crate::{cohort::REGISTERED, collections::Collections, format, page::Page};

/// Which collections a search goes through.
pub(crate) struct Scope {
    pub(crate) collections: Arc<Collections>,
    /// Whether the query says nothing of collections, so that registered cases alone are searched.
    pub(crate) is_registered_alone: bool,
    /// Cases that the scope has, whatever else is asked.
    pub(crate) of: u64,
    /// Cases that the rest of the query finds in each collection.
    pub(crate) counts: Vec<(Name, u64)>,
}

/// A collection that can be chosen.
pub(crate) struct ScopeView {
    pub(crate) label: String,
    pub(crate) count: String,
    pub(crate) href: String,
    pub(crate) current: bool,
}

/// What is told of a collection that is searched.
pub(crate) struct SourceView {
    pub(crate) title: String,
    pub(crate) source: String,
    pub(crate) licence: String,
    pub(crate) is_synthetic: bool,
    pub(crate) is_since_diagnosis: bool,
    pub(crate) is_for_research: bool,
}

/// Asks for registered cases.
pub(super) fn registered() -> Query {
    Query::is(Item::Collection, REGISTERED)
}

/// Returns the query that is evaluated: the one that was asked, in registered cases alone where it names no collection
/// and the view has any other; and whether it is so.
///
/// What the view has decides, not what is known of collections: one that is just being put in is in the view already.
pub(super) fn scoped(query: &Query, view: &CohortView) -> (Query, bool) {
    let others = view.dictionaries().collections();
    let is_alone = others.iter().any(|name| **name != *REGISTERED)
        && !query.uses().contains(Item::Collection.code());
    if !is_alone {
        return (query.clone(), false);
    }
    let mut parts = vec![registered()];
    parts.extend(narrow::parts(query));
    (Query::And(parts), true)
}

/// Returns how many cases the collections have that a query goes through, whatever else it asks.
pub(super) fn size(
    view: &CohortView,
    query: &Query,
    release: &Release,
) -> Result<u64, EvaluateError> {
    let (_, is_registered_alone) = scoped(query, view);
    let named = named(query);
    if is_registered_alone {
        return Ok(view.evaluate(&registered(), release)?.cases());
    }
    if named.is_empty() {
        return Ok(view.cases());
    }
    let names = named.iter().map(|name| Name::from(name.as_str())).collect();
    Ok(view.evaluate(&Query::Is(Item::Collection, names), release)?.cases())
}

impl Collections {
    /// Returns whether a query goes through nothing but collections whose days count from diagnosis, so that no case has
    /// a day of its test.
    pub(super) fn have_no_test(&self, query: &Query) -> bool {
        let named = named(query);
        !named.is_empty()
            && named.iter().all(|name| {
                let manifest = self.get(name);
                manifest.is_some_and(|manifest| manifest.days == DayKind::SinceDiagnosis)
            })
    }

    /// Returns the collections that a query goes through.
    fn searched(
        &self,
        query: &Query,
        is_registered_alone: bool,
    ) -> impl Iterator<Item = &Manifest> {
        let named = named(query);
        // A query that names collections in another way than one list may go through any of them.
        let is_searched = move |manifest: &&Manifest| {
            !is_registered_alone
                && (named.is_empty() || named.iter().any(|name| name == manifest.name.as_str()))
        };
        self.loaded.iter().filter(is_searched)
    }

    /// Returns whether a query goes through a collection whose cases are invented.
    pub(super) fn are_synthetic(&self, query: &Query, view: &CohortView) -> bool {
        let (_, is_registered_alone) = scoped(query, view);
        self.searched(query, is_registered_alone).any(|manifest| manifest.synthetic)
    }
}

impl Scope {
    /// Finds the cases of a query in its scope.
    pub(super) fn find(
        view: &CohortView,
        query: &Query,
        collections: Arc<Collections>,
        release: &Release,
    ) -> Result<(Cohort, Self), EvaluateError> {
        let (asked, is_registered_alone) = scoped(query, view);
        let cohort = view.evaluate(&asked, release)?;
        let of = size(view, query, release)?;
        let mut scope = Self { collections, is_registered_alone, of, counts: Vec::new() };
        if scope.collections.loaded.is_empty() {
            return Ok((cohort, scope));
        }
        let rest = view.evaluate(&Query::And(without_collection(query)), release)?;
        let request = PageRequest { facets: vec![Item::Collection], ..PageRequest::count() };
        let facets = view.page(&rest, &request).facets;
        let values = facets.into_iter().flat_map(|facet| facet.values);
        scope.counts = values.map(|value| (value.code, value.cases)).collect();
        Ok((cohort, scope))
    }

    /// Returns the choices: registered cases, each collection, and all together. None where there is no collection.
    pub(crate) fn choices(
        &self,
        page: &Page,
        address: &SearchAddress,
        query: &Query,
    ) -> Vec<ScopeView> {
        if self.collections.loaded.is_empty() {
            return Vec::new();
        }
        let count_of = |name: &str| {
            self.counts.iter().find(|(own, _)| **own == *name).map_or(0, |(_, count)| *count)
        };
        let named = named(query);
        let href = |names: &[&str]| {
            let mut parts = without_collection(query);
            if !names.is_empty() {
                let names = names.iter().map(|name| Name::from(*name)).collect();
                parts.push(Query::Is(Item::Collection, names));
            }
            address.href_of(&match parts.len() {
                0 => Query::Everything,
                _ => Query::And(parts),
            })
        };
        let mut choices = vec![ScopeView {
            label: page.t("search-registered"),
            count: format::grouped(count_of(REGISTERED)),
            href: href(&[]),
            current: self.is_registered_alone || named == [REGISTERED],
        }];
        let mut every = vec![REGISTERED];
        for manifest in &self.collections.loaded {
            let name = manifest.name.as_str();
            every.push(name);
            choices.push(ScopeView {
                label: page.text(&manifest.title).to_owned(),
                count: format::grouped(count_of(name)),
                href: href(&[name]),
                current: named == [name],
            });
        }
        choices.push(ScopeView {
            label: page.t("search-everywhere"),
            count: format::grouped(self.counts.iter().map(|(_, count)| count).sum()),
            href: href(&every),
            current: every.iter().all(|name| named.iter().any(|own| own == name)),
        });
        choices
    }

    /// Returns what is told of the collections that are searched.
    pub(crate) fn sources(&self, page: &Page, query: &Query) -> Vec<SourceView> {
        let view = |manifest: &Manifest| SourceView {
            title: page.text(&manifest.title).to_owned(),
            source: manifest.source.clone(),
            licence: manifest.licence.clone(),
            is_synthetic: manifest.synthetic,
            is_since_diagnosis: manifest.days == DayKind::SinceDiagnosis,
            is_for_research: self.collections.for_research().any(|name| *name == manifest.name),
        };
        self.collections.searched(query, self.is_registered_alone).map(view).collect()
    }
}

/// Returns the collections that a term of the query names.
fn named(query: &Query) -> Vec<String> {
    let parts = narrow::parts(query);
    let named = parts.iter().find_map(|part| match part {
        Query::Is(Item::Collection, names) => Some(names.iter().map(ToString::to_string).collect()),
        _ => None,
    });
    named.unwrap_or_default()
}

/// Returns the terms of a query but for those that name collections.
fn without_collection(query: &Query) -> Vec<Query> {
    let mut parts = narrow::parts(query);
    parts.retain(|part| !matches!(part, Query::Is(Item::Collection, _)));
    parts
}

#[cfg(test)]
mod tests {
    use research::cohort::{CohortCase, CohortIndex, CompactionLimits};
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_term_that_names_collections_is_found_and_taken_off() {
        let tcga = Query::is(Item::Collection, "tcga");
        let query = Query::And(vec![Query::gene("KRAS"), tcga.clone()]);
        assert_eq!(named(&query), ["tcga"]);
        assert_eq!(without_collection(&query), [Query::gene("KRAS")]);
        assert!(named(&Query::Everything).is_empty());
        let case = |name: &str, number| CohortCase::unknown(Uuid::from_u128(number), name.into());
        let view = |names: &[&str]| {
            let cases: Vec<_> = names.iter().zip(0..).map(|(name, at)| case(name, at)).collect();
            CohortIndex::build(cases, CompactionLimits::default()).unwrap().view()
        };
        let (alone, both) = (view(&[REGISTERED]), view(&[REGISTERED, "tcga", "tcga"]));
        assert_eq!(scoped(&query, &both), (query.clone(), false));
        assert_eq!(scoped(&Query::Everything, &alone), (Query::Everything, false));
        assert_eq!(scoped(&Query::Everything, &both), (Query::And(vec![registered()]), true));
        let release = Release::starter();
        assert_eq!(size(&both, &Query::Everything, release).unwrap(), 1);
        assert_eq!(size(&both, &query, release).unwrap(), 2);
        assert_eq!(size(&both, &tcga.negated(), release).unwrap(), 3);
    }
}
