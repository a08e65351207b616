//! From a query to the cases that it finds.
//!
//! Logic has three values. `found` gives the cases for which a query is true, `excluded` those for which it is
//! false; whatever is in neither is unknown. "And", "or" and "not" follow Kleene.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use rayon::prelude::*;
use uuid::Uuid;

use super::{
    bitmap::Bitmap,
    case::{CohortCase, Name},
    dictionary::Dictionaries,
    index::CohortView,
    item::{Item, ItemKind},
    query::{Query, Range},
    segment::Segment,
    word::{AlterationKind, Word as _},
};

mod terms;

/// Most terms of a query.
pub(crate) const MAX_TERMS: usize = 1_000;
/// As how many terms an alteration of any gene counts.
const WHOLE_TABLE_TERMS: usize = 50;
/// As how many terms a therapy counts, besides its names.
const THERAPY_TERMS: usize = 10;
/// As how many terms an adverse event counts, besides its codes.
const EVENT_TERMS: usize = 4;
/// Most terms that lie within each other.
pub(crate) const MAX_DEPTH: usize = 32;
/// Fewest segments for which the work is shared between threads.
const SHARED_FROM: usize = 2;

/// Says which tumour types lie below another.
pub trait TumourHierarchy: Sync {
    /// Returns the code and all codes below it, at whatever version the hierarchy is of.
    fn with_descendants(&self, code: &str) -> Vec<String>;
}

/// A hierarchy in which nothing lies below anything.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoHierarchy;

impl TumourHierarchy for NoHierarchy {
    fn with_descendants(&self, code: &str) -> Vec<String> {
        vec![code.to_owned()]
    }
}

impl TumourHierarchy for knowledge::Release {
    fn with_descendants(&self, code: &str) -> Vec<String> {
        let mut found = vec![code.to_owned()];
        let mut seen: HashSet<String> = found.iter().cloned().collect();
        let mut at = 0;
        while let Some(parent) = found.get(at).cloned() {
            let below = self.tumour_types().filter(|tumour| {
                tumour.parent.as_ref().is_some_and(|known| known.as_str() == parent)
            });
            let codes: Vec<_> = below.map(|tumour| tumour.code.as_str().to_owned()).collect();
            found.extend(codes.into_iter().filter(|code| seen.insert(code.clone())));
            at += 1;
        }
        found
    }
}

/// Why a query could not be evaluated.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum EvaluateError {
    /// It has too many terms.
    #[error("evaluate a query: more than {MAX_TERMS} terms")]
    TooManyTerms,
    /// Its terms lie too deep within each other.
    #[error("evaluate a query: terms lie more than {MAX_DEPTH} deep within each other")]
    TooDeep,
}

/// The cases that a query found in a view.
#[derive(Clone, Debug)]
pub struct Cohort {
    sets: Vec<Bitmap>,
    generation: u64,
    moment: Arc<()>,
}

/// Two cohorts are equal that have the same cases of the same view.
impl PartialEq for Cohort {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.moment, &other.moment) && self.sets == other.sets
    }
}

impl Eq for Cohort {}

impl Cohort {
    /// Returns how many cases were found.
    pub fn cases(&self) -> u64 {
        self.sets.iter().map(Bitmap::count).sum()
    }

    /// Returns the number of the change that made the view.
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// Returns what is in both; `None` where they were found in different views.
    pub fn both(&self, other: &Self) -> Option<Self> {
        self.combine(other, Bitmap::and)
    }

    /// Returns what is in either; `None` where they were found in different views.
    pub fn either(&self, other: &Self) -> Option<Self> {
        self.combine(other, Bitmap::or)
    }

    /// Returns what is in this and not in the other; `None` where they were found in different views.
    pub fn only(&self, other: &Self) -> Option<Self> {
        self.combine(other, Bitmap::and_not)
    }

    /// Returns how many cases are in both, and how many of those in a third too; `None` where they were found in
    /// different views.
    pub(crate) fn overlaps(&self, other: &Self, third: &Self) -> Option<(u64, u64)> {
        let same = |left: &Self, right: &Self| Arc::ptr_eq(&left.moment, &right.moment);
        (same(self, other) && same(self, third)).then(|| {
            let sets = self.sets.iter().zip(&other.sets).zip(&third.sets);
            let counts = sets.map(|((own, other), third)| own.overlaps(other, third));
            counts.fold((0, 0), |sum, each| (sum.0 + each.0, sum.1 + each.1))
        })
    }

    /// Returns how many cases within a third are in this alone and in the other alone, `enough` at most being looked for; `None`
    /// where they were found in different views.
    pub(crate) fn differences(
        &self,
        other: &Self,
        within: &Self,
        enough: u64,
    ) -> Option<(u64, u64)> {
        let same = |left: &Self, right: &Self| Arc::ptr_eq(&left.moment, &right.moment);
        (same(self, other) && same(self, within)).then(|| {
            let mut sum = (0, 0);
            for ((own, other), within) in self.sets.iter().zip(&other.sets).zip(&within.sets) {
                own.add_differences(other, within, enough, &mut sum);
            }
            sum
        })
    }

    /// Returns whether, within a cohort, one of three is split into the two others; false where they were found in different views.
    pub(crate) fn is_split(within: &Self, [one, two, three]: [&Self; 3]) -> bool {
        let same = |other: &Self| Arc::ptr_eq(&within.moment, &other.moment);
        let holds = |[whole, part, rest]: [&Self; 3]| {
            let sets = whole.sets.iter().zip(&part.sets).zip(&rest.sets).zip(&within.sets);
            sets.fold(true, |so_far, (((whole, part), rest), within)| {
                so_far && whole.is_split(part, rest, within)
            })
        };
        same(one)
            && same(two)
            && same(three)
            && (holds([one, two, three]) || holds([two, one, three]) || holds([three, one, two]))
    }

    fn combine(&self, other: &Self, combine: impl Fn(&mut Bitmap, &Bitmap)) -> Option<Self> {
        Arc::ptr_eq(&self.moment, &other.moment).then(|| {
            let mut combined = self.clone();
            for (own, other) in combined.sets.iter_mut().zip(&other.sets) {
                combine(own, other);
            }
            combined
        })
    }
}

impl CohortView {
    /// Finds the cases for which a query is true.
    ///
    /// Errors: the query has too many terms or too deep ones.
    pub fn evaluate(
        &self,
        query: &Query,
        hierarchy: &dyn TumourHierarchy,
    ) -> Result<Cohort, EvaluateError> {
        check_size(query)?;
        let tumours = self.tumours_of(query, hierarchy);
        let find = |part: &super::index::Part| {
            let search = Search {
                segment: &part.segment,
                dictionaries: &self.dictionaries,
                tumours: &tumours,
            };
            let mut found = search.found(query);
            found.and(&part.live);
            found
        };
        let sets = if self.parts.len() < SHARED_FROM {
            self.parts.iter().map(find).collect()
        } else {
            self.parts.par_iter().map(find).collect()
        };
        Ok(Cohort { sets, generation: self.generation(), moment: Arc::clone(self.moment()) })
    }

    /// Returns the sets of a cohort, part by part; none where it was found in another view.
    pub(crate) fn sets_of<'c>(&self, cohort: &'c Cohort) -> &'c [Bitmap] {
        if Arc::ptr_eq(self.moment(), &cohort.moment) { &cohort.sets } else { &[] }
    }

    /// Returns the live cases in which a gene is altered in a kind that their test covers, and all others whose test covers it for
    /// any kind: those that a page counts.
    pub(crate) fn gene_sets(&self, gene: &str) -> [Cohort; 2] {
        let names = &self.dictionaries;
        let number = names.genes.number(gene);
        let sets = self.parts.iter().map(|part| {
            let mut altered = Bitmap::empty(part.segment.len());
            let mut not = altered.clone();
            if let (Some(number), Some(panels)) = (number, part.segment.coded(Item::Panel)) {
                if let Some((_, posting)) = part.segment.genes.get(number * 4) {
                    posting.or_into(&mut altered);
                }
                let kinds = AlterationKind::ALL;
                for (panel, coverage) in names.coverages().iter().enumerate() {
                    if kinds.iter().any(|kind| coverage.covers(number, *kind)) {
                        panels.postings.or_into(panel as u32 + 1, &mut not);
                    }
                }
                not.and_not(&altered);
                altered.and(&part.live);
                not.and(&part.live);
            }
            (altered, not)
        });
        let (altered, not) = sets.unzip();
        let cohort = |sets| Cohort {
            sets,
            generation: self.generation(),
            moment: Arc::clone(self.moment()),
        };
        [cohort(altered), cohort(not)]
    }

    /// Returns the identifiers of a cohort of this view, without laying its cases out.
    pub fn ids<'a>(&'a self, cohort: &'a Cohort) -> impl Iterator<Item = Uuid> + 'a {
        let sets = self.parts.iter().zip(self.sets_of(cohort));
        sets.flat_map(|(part, set)| set.iter().filter_map(|ordinal| part.segment.id(ordinal)))
    }

    /// Returns some cases of a cohort of this view, in the order in which they lie.
    ///
    /// Units: `from` is 0-based.
    pub fn list(&self, cohort: &Cohort, from: usize, at_most: usize) -> Vec<CohortCase> {
        let mut skip = from;
        let mut cases = Vec::new();
        for (part, set) in self.parts.iter().zip(self.sets_of(cohort)) {
            let count = usize::try_from(set.count()).unwrap_or(usize::MAX);
            if skip >= count {
                skip -= count;
                continue;
            }
            let mut chosen = Bitmap::empty(set.len());
            let left = at_most.saturating_sub(cases.len());
            set.iter().skip(skip).take(left).for_each(|ordinal| chosen.insert(ordinal));
            skip = 0;
            cases.extend(part.segment.cases(&chosen, &self.dictionaries));
            if cases.len() >= at_most {
                break;
            }
        }
        cases
    }
}

/// Returns as how many terms a query counts, without those within it; one that goes through everything that any case
/// has counts as many.
fn weight(query: &Query) -> usize {
    match query {
        Query::Is(_, values) => values.len().max(1),
        Query::Alteration(term) if term.genes.is_empty() => WHOLE_TABLE_TERMS + term.changes.len(),
        Query::Alteration(term) => term.genes.len() + term.changes.len() + term.partners.len(),
        Query::Therapy(term) => THERAPY_TERMS + term.drugs.len() + term.classes.len(),
        Query::Event(term) => EVENT_TERMS + term.codes.len(),
        _ => 1,
    }
}

/// Counts a query's terms without descending deeper than is allowed.
pub(crate) fn check_size(query: &Query) -> Result<(), EvaluateError> {
    let mut terms = 0_usize;
    let mut open = vec![(query, 1_usize)];
    while let Some((query, depth)) = open.pop() {
        if depth > MAX_DEPTH {
            return Err(EvaluateError::TooDeep);
        }
        terms += weight(query);
        match query {
            Query::And(parts) | Query::Or(parts) => {
                open.extend(parts.iter().map(|part| (part, depth + 1)));
            }
            Query::Not(inner) => open.push((inner, depth + 1)),
            _ => {}
        }
        if terms > MAX_TERMS {
            return Err(EvaluateError::TooManyTerms);
        }
    }
    Ok(())
}

/// The codes in the column of tumour types that each asked code stands for.
type TumourKeys = HashMap<Name, Vec<u32>>;

impl CohortView {
    /// Looks up every tumour type of a query with those below it, once for all segments.
    fn tumours_of(&self, query: &Query, hierarchy: &dyn TumourHierarchy) -> TumourKeys {
        let mut keys = TumourKeys::new();
        let mut open = vec![query];
        while let Some(query) = open.pop() {
            match query {
                Query::And(parts) | Query::Or(parts) => open.extend(parts),
                Query::Not(inner) => open.push(inner),
                Query::Is(Item::Tumour, codes) => {
                    for code in codes.iter().filter(|code| !code.is_empty()) {
                        keys.entry(code.clone()).or_insert_with(|| {
                            let below = hierarchy.with_descendants(code);
                            let number = |code: &String| self.dictionaries.tumours.number(code);
                            below.iter().filter_map(|code| Some(number(code)? + 1)).collect()
                        });
                    }
                }
                _ => {}
            }
        }
        keys
    }
}

/// A search in one segment.
struct Search<'a> {
    segment: &'a Segment,
    dictionaries: &'a Dictionaries,
    tumours: &'a TumourKeys,
}

impl Search<'_> {
    /// Returns the cases for which a query is true.
    fn found(&self, query: &Query) -> Bitmap {
        match query {
            Query::Everything | Query::OncoTree(_) => self.every_case(),
            Query::And(parts) => self.all(parts, Self::found),
            Query::Or(parts) => self.any(parts, Self::found),
            Query::Not(inner) => self.excluded(inner),
            Query::Unknown(item) => self.unknown(*item),
            Query::Is(item, codes) => self.is(*item, codes),
            Query::Within(item, range) => self.within(*item, *range),
            Query::Alteration(term) => self.alteration(term).0,
            Query::Therapy(term) => self.therapy(term).0,
            Query::Event(term) => self.event(term).0,
        }
    }

    /// Returns the cases for which a query is false.
    fn excluded(&self, query: &Query) -> Bitmap {
        let rest = |mut possible: Bitmap, known: Bitmap| {
            possible.invert();
            possible.and(&known);
            possible
        };
        match query {
            Query::Everything | Query::OncoTree(_) => Bitmap::empty(self.segment.len()),
            Query::And(parts) => self.any(parts, Self::excluded),
            Query::Or(parts) => self.all(parts, Self::excluded),
            Query::Not(inner) => self.found(inner),
            Query::Unknown(item) => {
                let mut known = self.unknown(*item);
                known.invert();
                known
            }
            Query::Is(item, _) | Query::Within(item, _) => {
                let mut known = self.unknown(*item);
                known.invert();
                rest(self.found(query), known)
            }
            Query::Alteration(term) => rest(self.alteration(term).1, self.covered(term)),
            Query::Therapy(term) => rest(self.therapy(term).1, self.therapies_recorded(term.side)),
            Query::Event(term) => rest(self.event(term).1, self.events_recorded()),
        }
    }

    fn every_case(&self) -> Bitmap {
        Bitmap::full(self.segment.len())
    }

    fn all(&self, parts: &[Query], set: impl Fn(&Self, &Query) -> Bitmap) -> Bitmap {
        let mut sets = parts.iter().map(|part| set(self, part));
        let first = sets.next().unwrap_or_else(|| self.every_case());
        sets.fold(first, |mut all, next| {
            all.and(&next);
            all
        })
    }

    fn any(&self, parts: &[Query], set: impl Fn(&Self, &Query) -> Bitmap) -> Bitmap {
        parts.iter().fold(Bitmap::empty(self.segment.len()), |mut any, part| {
            any.or(&set(self, part));
            any
        })
    }

    fn unknown(&self, item: Item) -> Bitmap {
        let mut unknown = Bitmap::empty(self.segment.len());
        match item {
            Item::Age => return Bitmap::of_column(&self.segment.ages, |age| age == u8::MAX),
            Item::Completeness => {
                return Bitmap::of_column(&self.segment.completeness, |percent| percent == u8::MAX);
            }
            Item::Tmb => return Bitmap::of_column(&self.segment.tmb, |tmb| tmb == u16::MAX),
            _ if item.kind() == ItemKind::Day => {
                return Bitmap::of_column(self.segment.days(item), |day| day == u16::MAX);
            }
            _ => {}
        }
        if let Some(column) = self.segment.coded(item) {
            column.postings.or_into(0, &mut unknown);
        }
        unknown
    }

    fn within(&self, item: Item, range: Range) -> Bitmap {
        // Plain bounds, below what stands for unknown, so that the columns are gone through without branches.
        let low = range.low.unwrap_or(0);
        let high = range.high.unwrap_or(u16::MAX).min(u16::MAX - 1);
        let small = |column: &[u8]| {
            let low = u8::try_from(low).unwrap_or(u8::MAX);
            let high = u8::try_from(high).unwrap_or(u8::MAX).min(u8::MAX - 1);
            Bitmap::of_column(column, |value| (value >= low) & (value <= high))
        };
        let wide =
            |column: &[u16]| Bitmap::of_column(column, |value| (value >= low) & (value <= high));
        match item {
            Item::Age => small(&self.segment.ages),
            Item::Completeness => small(&self.segment.completeness),
            Item::Tmb => wide(&self.segment.tmb),
            _ if item.kind() == ItemKind::Day => wide(self.segment.days(item)),
            _ => Bitmap::empty(self.segment.len()),
        }
    }
}
