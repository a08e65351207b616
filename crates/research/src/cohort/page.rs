//! The page of a cohort: everything that is counted of it at once.

use std::hint::black_box;

use rayon::prelude::*;

use super::{
    bitmap::{Bitmap, Members},
    case::Name,
    evaluate::Cohort,
    index::{CohortView, Part},
    item::{Item, ItemKind},
    query::{Query, Range},
    segment::PYRAMID_BANDS,
    survival::{Clock, DayByDay, SurvivalCounts},
};

mod drugs;
mod genes;
mod json;

pub use self::{
    drugs::DrugRow,
    genes::{GeneRow, GeneShare},
};

/// A set of at most this share of a segment is counted case by case. Units: one in so many.
const FEW: u64 = 12;
/// Pieces of work for each thread.
const CHUNKS: usize = 2;

/// What is to be counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageRequest {
    /// Items with words or names that are counted value by value.
    pub facets: Vec<Item>,
    /// How many of the most often altered genes.
    pub genes: usize,
    /// Whether those genes are counted for each kind of alteration too.
    pub gene_kinds: bool,
    /// Whether drugs are counted.
    pub drugs: bool,
    /// Whether the age pyramid is counted.
    pub pyramid: bool,
    /// When the clock of survival starts, and whether cases enter at their test.
    pub survival: Option<(Clock, bool)>,
}

impl PageRequest {
    /// Asks for the number of cases alone.
    pub fn count() -> Self {
        Self {
            facets: Vec::new(),
            genes: 0,
            gene_kinds: false,
            drugs: false,
            pyramid: false,
            survival: None,
        }
    }
}

impl Default for PageRequest {
    fn default() -> Self {
        Self {
            facets: Item::coded().to_vec(),
            genes: 50,
            gene_kinds: true,
            drugs: true,
            pyramid: true,
            survival: Some((Clock::Diagnosis, true)),
        }
    }
}

/// One value of an item and how many cases have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FacetValue {
    /// Code of the word or name.
    pub code: Name,
    /// Place of the word in the item's closed list (from 1); 0 for a name.
    pub place: u8,
    /// Cases.
    pub cases: u64,
}

/// The values of an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facet {
    /// The item.
    pub item: Item,
    /// Values that any case has: words in the order of their list, names by number of cases.
    pub values: Vec<FacetValue>,
    /// Cases whose value is not known.
    pub unknown: u64,
}

impl Facet {
    /// Returns the query that finds the cases of a value.
    pub fn query(&self, value: &FacetValue) -> Query {
        let year = |month_day: &str| {
            let text = format!("{}-{month_day}", value.code);
            text.parse().ok().map(super::day::CohortDay::number)
        };
        let low = |step: u16| (u16::from(value.place) - 1).saturating_mul(step);
        let is_last = value.place == self.item.words();
        match self.item {
            _ if value.place == 0 => Query::is(self.item, &value.code),
            Item::Year => {
                Query::Within(Item::Tested, Range { low: year("01-01"), high: year("12-31") })
            }
            Item::AgeBand => {
                let high = (!is_last).then(|| low(10) + 9);
                Query::Within(Item::Age, Range::of(low(10), high))
            }
            Item::TmbBand => {
                let high = (!is_last).then(|| low(100) + 99);
                Query::Within(Item::Tmb, Range::of(low(100), high))
            }
            item => Query::is(item, &value.code),
        }
    }
}

/// A row of the age pyramid.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PyramidRow {
    /// First age of the row, which has five years; the last row has all above. Units: years.
    pub from_years: u8,
    /// Women.
    pub female: u64,
    /// Men.
    pub male: u64,
    /// Cases of other or unknown sex.
    pub other: u64,
}

/// Everything that is counted of a cohort.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CohortPage {
    /// Cases of the cohort.
    pub cases: u64,
    /// Single-valued items.
    pub facets: Vec<Facet>,
    /// Genes that are altered most often.
    pub genes: Vec<GeneRow>,
    /// Drugs, by number of cases.
    pub drugs: Vec<DrugRow>,
    /// Ages, youngest first.
    pub pyramid: Vec<PyramidRow>,
    /// Cases of unknown age.
    pub unknown_age: u64,
    /// Survival, where it was asked for.
    pub survival: Option<SurvivalCounts>,
}

/// The cases of a cohort in one part, in the form in which they are counted.
pub(crate) struct Counted<'a> {
    pub(crate) part: &'a Part,
    pub(crate) set: &'a Bitmap,
    pub(crate) members: Members,
    /// The ordinals of the members, or of the rest, where they are few.
    few: Option<Vec<u16>>,
}

/// Cases whose lists are fetched together.
const FETCHED: usize = 64;

/// Goes over the lists of few cases.
///
/// Their places in memory lie far apart, and a list's length decides what comes next, so that a processor would wait for
/// each. The beginnings of some are read first, which depend on nothing and are fetched side by side.
pub(super) fn for_lists<'s, T: Copy + 's>(
    few: &[u16],
    list: impl Fn(usize) -> &'s [T],
    mut each: impl FnMut(&'s [T]),
) {
    for some in few.chunks(FETCHED) {
        for ordinal in some {
            black_box(list((*ordinal).into()).first().copied());
        }
        some.iter().for_each(|ordinal| each(list((*ordinal).into())));
    }
}

impl<'a> Counted<'a> {
    fn of(part: &'a Part, set: &'a Bitmap) -> Self {
        let members = Members::of(set);
        let (cases, all) = (members.cases(), part.segment.len() as u64);
        let few = (cases.min(all - cases) * FEW < all).then(|| members.ordinals());
        Self { part, set, members, few }
    }
}

/// Counts of one part, by code.
#[derive(Default)]
struct PartCounts {
    facets: Vec<Vec<u64>>,
    panels: Vec<u64>,
    pyramid: Vec<u64>,
    drugs: drugs::DrugCounts,
    genes: Vec<u64>,
    survival: Option<SurvivalCounts>,
}

impl PartCounts {
    fn of(
        counted: &Counted<'_>,
        request: &PageRequest,
        with_genes: bool,
        days: Option<&mut DayByDay>,
    ) -> Self {
        let segment = &counted.part.segment;
        let count = |column: &super::column::Coded| {
            let mut counts = Vec::new();
            match &counted.few {
                Some(few) => {
                    column.count_few(few, &mut counts);
                    if counted.members.is_rest() {
                        column.count_rest(&mut counts);
                    }
                }
                None => column.count_many(&counted.members, &mut counts),
            }
            counts
        };
        let of_item = |item: Item| segment.coded(item).map(count).unwrap_or_default();
        let mut counts = Self {
            facets: request.facets.iter().map(|item| of_item(*item)).collect(),
            panels: of_item(Item::Panel),
            ..Self::default()
        };
        if request.pyramid {
            counts.pyramid = count(&segment.pyramid);
        }
        if request.drugs {
            counts.drugs = drugs::count(counted);
        }
        if with_genes {
            counts.genes = genes::count_case_by_case(counted);
        }
        if let (Some((clock, delayed)), Some(days)) = (request.survival, days) {
            days.count(segment, counted.set, clock, delayed);
        }
        counts
    }

    fn add(mut self, other: Self) -> Self {
        self.facets.resize(self.facets.len().max(other.facets.len()), Vec::new());
        for (own, other) in self.facets.iter_mut().zip(&other.facets) {
            add(own, other);
        }
        add(&mut self.panels, &other.panels);
        add(&mut self.pyramid, &other.pyramid);
        add(&mut self.genes, &other.genes);
        self.drugs.add(&other.drugs);
        self.survival = match (self.survival, other.survival) {
            (Some(own), Some(other)) => Some(own.with(&other)),
            (own, other) => own.or(other),
        };
        self
    }
}

/// Adds counts by code.
pub(crate) fn add(own: &mut Vec<u64>, other: &[u64]) {
    if own.len() < other.len() {
        own.resize(other.len(), 0);
    }
    for (own, other) in own.iter_mut().zip(other) {
        *own += other;
    }
}

impl CohortView {
    /// Counts a cohort that was found in this view; of another view's there is nothing to count.
    pub fn page(&self, cohort: &Cohort, request: &PageRequest) -> CohortPage {
        // Once into the pool, so that a page waits once for others and not before each of its parts.
        rayon::scope(|_| self.page_in_pool(cohort, request))
    }

    fn page_in_pool(&self, cohort: &Cohort, request: &PageRequest) -> CohortPage {
        let counted = self.counted(cohort);
        let cases = counted.iter().map(|counted| counted.members.cases()).sum::<u64>();
        let lying: u64 = self.parts.iter().map(|part| part.segment.len() as u64).sum();
        let case_by_case = request.genes > 0 && cases * FEW < lying;
        // Few chunks, so that the days of survival are added up seldom.
        let chunk = counted.len().div_ceil(rayon::current_num_threads() * CHUNKS).max(1);
        let mut counts = counted
            .par_chunks(chunk)
            .map(|counted| {
                let mut days = request.survival.map(|_| DayByDay::default());
                let of = |counted| PartCounts::of(counted, request, case_by_case, days.as_mut());
                let counts = counted.iter().map(of).fold(PartCounts::default(), PartCounts::add);
                PartCounts { survival: days.map(DayByDay::counts), ..counts }
            })
            .reduce(PartCounts::default, PartCounts::add);
        let genes = if request.genes == 0 {
            Vec::new()
        } else {
            let most = if case_by_case {
                genes::most(&counts.genes, request.genes, &self.dictionaries)
            } else {
                genes::count_set_by_set(self, &counted, request.genes)
            };
            genes::rows(self, &counted, &most, &counts.panels, request.gene_kinds)
        };
        let (rows, unknown_age) = pyramid(&counts.pyramid);
        CohortPage {
            cases,
            facets: self.facets(request, &counts.facets, cases),
            genes,
            drugs: counts.drugs.rows(&self.dictionaries),
            pyramid: if request.pyramid { rows } else { Vec::new() },
            unknown_age,
            survival: request.survival.map(|_| counts.survival.take().unwrap_or_default()),
        }
    }

    /// Counts some genes in a cohort of this view, in the order given, each among the cases whose test covers it.
    ///
    /// A gene that no case has and no panel covers is left out.
    pub fn gene_rows(&self, cohort: &Cohort, genes: &[Name]) -> Vec<GeneRow> {
        let counted = self.counted(cohort);
        let mut panels = Vec::new();
        for part in &counted {
            let counts = PartCounts::of(part, &PageRequest::count(), false, None);
            add(&mut panels, &counts.panels);
        }
        let number = |gene: &Name| self.dictionaries.genes.number(gene);
        let numbers: Vec<u32> = genes.iter().filter_map(number).collect();
        let altered =
            genes::count_keys(&counted, &numbers.iter().map(|gene| gene * 4).collect::<Vec<_>>());
        let genes: Vec<(u32, u64)> = numbers.into_iter().zip(altered).collect();
        genes::rows(self, &counted, &genes, &panels, true)
    }

    /// Returns the cases of a cohort part by part, without parts that have none.
    fn counted<'a>(&'a self, cohort: &'a Cohort) -> Vec<Counted<'a>> {
        let parts = self.parts.iter().zip(self.sets_of(cohort));
        let found: Vec<_> = parts.filter(|(_, set)| !set.is_empty()).collect();
        found.into_par_iter().map(|(part, set)| Counted::of(part, set)).collect()
    }

    fn facets(&self, request: &PageRequest, counts: &[Vec<u64>], cases: u64) -> Vec<Facet> {
        let no_counts = Vec::new();
        let counts = counts.iter().chain(std::iter::repeat(&no_counts));
        let items = request.facets.iter().zip(counts);
        items.map(|(item, counts)| self.facet(*item, counts, cases)).collect()
    }

    fn facet(&self, item: Item, counts: &[u64], cases: u64) -> Facet {
        let known = counts.iter().enumerate().skip(1).filter(|(_, count)| **count > 0);
        let mut values: Vec<FacetValue> = known
            .filter_map(|(code, count)| {
                let place = if item.kind() == ItemKind::Word { code as u8 } else { 0 };
                Some(FacetValue { code: self.code_name(item, code)?, place, cases: *count })
            })
            .collect();
        if item.kind() == ItemKind::Name {
            // Two panels may share a name and differ in what they cover.
            values.sort_unstable_by(|left, right| left.code.cmp(&right.code));
            values.dedup_by(|later, earlier| {
                let same = later.code == earlier.code;
                if same {
                    earlier.cases += later.cases;
                }
                same
            });
            values.sort_by_key(|value| std::cmp::Reverse(value.cases));
        }
        let known: u64 = values.iter().map(|value| value.cases).sum();
        let unknown = cases.saturating_sub(known);
        Facet { item, values, unknown }
    }

    /// Returns the word or name of a code in an item's column.
    fn code_name(&self, item: Item, code: usize) -> Option<Name> {
        let at = code.checked_sub(1)?;
        let names = &self.dictionaries;
        match item {
            Item::Tumour => names.tumours().get(at).cloned(),
            Item::Hospital => names.hospitals().get(at).cloned(),
            Item::Collection => names.collections().get(at).cloned(),
            Item::Panel => names.panels().get(at).map(|panel| panel.name.clone()),
            _ => item.word_code(u8::try_from(code).ok()?).map(|code| code.as_ref().into()),
        }
    }
}

fn pyramid(counts: &[u64]) -> (Vec<PyramidRow>, u64) {
    let at = |code: u16| counts.get(usize::from(code)).copied().unwrap_or_default();
    let rows = (0..PYRAMID_BANDS).map(|band| {
        let code = (band + 1) * 4;
        PyramidRow {
            from_years: (band * 5) as u8,
            female: at(code + 1),
            male: at(code + 2),
            other: at(code) + at(code + 3),
        }
    });
    (rows.collect(), (0..4).map(at).sum())
}
