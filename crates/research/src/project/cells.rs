//! The counts of the parts of a cohort, and which of them are hidden.

use std::collections::HashMap;

use rayon::prelude::*;
use stats::disclosure::{Beforehand, SafeList};

use super::{SafeDrug, SafeFacet, SafeGene, SafePage, SafeValue, Unanswered, asked_before::Told};
use crate::cohort::{
    Answer, Cohort, CohortPage, CohortView, DrugRow, Facet, FacetValue, GeneRow, Item, Name,
    NoHierarchy, Query, TherapyTerm, Word,
};

/// Drugs that are counted.
const DRUGS: usize = 30;

/// Which part of a cohort is counted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Part {
    /// Those with a value of an item; `None` is unknown.
    Value(Item, Option<Name>),
    /// Those in which a gene is altered.
    Altered(Name),
    /// Those in which a gene is not altered.
    NotAltered(Name),
    /// Those who were given a drug.
    Given(Name),
}

/// The count of a part, and whether it was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cell {
    cases: u64,
    is_told: bool,
}

impl Cell {
    /// Returns the count, where it was told.
    pub(super) fn told(self) -> Option<u64> {
        Some(self.cases).filter(|_| self.is_told)
    }
}

/// Returns the cases that have what a part is of, in every cohort; `None` where that cannot be asked any more.
pub(super) fn holding(view: &CohortView, part: &Part) -> Option<Cohort> {
    let holds = match part {
        Part::Altered(gene) => {
            let [altered, _] = view.gene_sets(gene);
            return Some(altered);
        }
        Part::NotAltered(gene) => {
            let [_, not] = view.gene_sets(gene);
            return Some(not);
        }
        Part::Value(item, None) => Query::Unknown(*item),
        Part::Value(item, Some(code)) => {
            let place = item.word_place(code).unwrap_or(0);
            let value = FacetValue { code: code.clone(), place, cases: 0 };
            Facet { item: *item, values: Vec::new(), unknown: 0 }.query(&value)
        }
        Part::Given(drug) => given(drug),
    };
    view.evaluate(&holds, &NoHierarchy).ok()
}

fn given(drug: &Name) -> Query {
    let term = TherapyTerm { drugs: vec![drug.clone()], ..TherapyTerm::default() };
    Query::Therapy(Box::new(term))
}

/// The counts of the parts of a cohort.
pub(super) type Cells = HashMap<Part, Cell>;

/// A cohort whose parts are counted, beside those of which a project was told before.
pub(super) struct Hiding<'a> {
    pub(super) view: &'a CohortView,
    pub(super) cohort: &'a Cohort,
    pub(super) told: &'a [Told],
    pub(super) threshold: u64,
}

impl Hiding<'_> {
    /// Hides what must be hidden of a page, and returns what is told of each part.
    ///
    /// Errors: the number of all cases would tell what must be hidden.
    pub(super) fn page(&self, page: &CohortPage) -> Result<(SafePage, Cells), Unanswered> {
        let mut cells = Cells::new();
        let facets = page.facets.iter().filter(|facet| !facet.values.is_empty());
        let mut facets = facets
            .map(|facet| self.facet(facet, page.cases).ok_or(Unanswered::Differs))
            .collect::<Result<Vec<_>, _>>()?;
        hide_outcomes(&mut facets, self.threshold);
        for (safe, counted) in facets.iter().flat_map(|safe| {
            let counted = page.facets.iter().find(|facet| facet.item == safe.item);
            counted.map(|counted| (safe, counted))
        }) {
            for value in &safe.values {
                let cases = match &value.code {
                    Some(code) => counted.values.iter().find(|each| each.code == *code),
                    None => None,
                }
                .map_or(counted.unknown, |each| each.cases);
                let cell = Cell { cases, is_told: value.cases.is_some() };
                cells.insert(Part::Value(safe.item, value.code.clone()), cell);
            }
        }
        let genes = self.genes(page, &mut cells)?;
        let drugs = self.drugs(page, &mut cells)?;
        Ok((SafePage { cases: page.cases, facets, genes, drugs }, cells))
    }

    /// Returns what is known beforehand of the count of a part, which are those whom a query finds.
    fn beforehand_of(&self, part: &Part, cases: u64, holds: &Query) -> Beforehand {
        // What cannot be compared is hidden.
        let holding = self.view.evaluate(holds, &NoHierarchy);
        holding.map_or(Beforehand::Neighbour, |holding| self.beforehand(part, cases, &holding))
    }

    /// Returns what is known beforehand of the count of a part, which lies within a set of cases.
    fn beforehand(&self, part: &Part, cases: u64, holding: &Cohort) -> Beforehand {
        let few = |count: u64| count > 0 && count < self.threshold;
        let mut known = Beforehand::Nothing;
        for told in self.told {
            match self.against_total(told, cases, holding) {
                Some(Beforehand::Nothing) => {}
                Some(Beforehand::Count) => known = Beforehand::Count,
                Some(Beforehand::Neighbour) | None => return Beforehand::Neighbour,
            }
            let is_told = told.cells.get(part).map(|cell| cell.is_told);
            match self.cohort.differences(&told.cohort, holding, self.threshold) {
                // The same cases: shown then, shown now; hidden then, hidden now.
                Some((0, 0)) => match is_told {
                    Some(true) => known = Beforehand::Count,
                    Some(false) => return Beforehand::Neighbour,
                    None => {}
                },
                Some((0, more) | (more, 0)) if few(more) => return Beforehand::Neighbour,
                Some(_) => {}
                None => return Beforehand::Neighbour,
            }
        }
        self.by_two(part, cases, holding).unwrap_or(known)
    }

    /// Returns what the number of all cases of an earlier cohort tells of the count of a part; `None` where the two cannot be
    /// compared.
    fn against_total(&self, told: &Told, cases: u64, holding: &Cohort) -> Option<Beforehand> {
        let total = told.cohort.cases();
        if total.abs_diff(cases) >= self.threshold {
            return Some(Beforehand::Nothing);
        }
        let (_, shared) = self.cohort.overlaps(&told.cohort, holding)?;
        let differ = (cases + total).saturating_sub(2 * shared);
        Some(match differ {
            0 => Beforehand::Count,
            _ if differ < self.threshold => Beforehand::Neighbour,
            _ => Beforehand::Nothing,
        })
    }

    /// Returns what two earlier counts of a part tell of this one, or this one and an earlier one of a hidden one.
    fn by_two(&self, part: &Part, cases: u64, holding: &Cohort) -> Option<Beforehand> {
        let of_part = |told: &'_ Told| told.cells.get(part).copied();
        let cells: Vec<(&Cohort, Cell)> =
            self.told.iter().filter_map(|told| Some((&told.cohort, of_part(told)?))).collect();
        let mut by_count: HashMap<u64, Vec<usize>> = HashMap::new();
        for (at, (_, cell)) in cells.iter().enumerate() {
            by_count.entry(cell.cases).or_default().push(at);
        }
        let mut known = None;
        for (at, (one, first)) in cells.iter().enumerate() {
            // One of the three counts is the sum of the two others.
            let count = first.cases;
            for sum in [cases + count, cases.abs_diff(count)] {
                for later in by_count.get(&sum).into_iter().flatten().filter(|later| **later > at) {
                    let (two, second) = &cells[*later];
                    let hidden = u8::from(!first.is_told) + u8::from(!second.is_told);
                    if hidden < 2 && Cohort::is_split(holding, [self.cohort, one, two]) {
                        if hidden == 1 {
                            return Some(Beforehand::Neighbour);
                        }
                        known = Some(Beforehand::Count);
                    }
                }
            }
        }
        known
    }

    /// Hides counts of an item; `None` where the number of all cases would tell a small one.
    fn facet(&self, facet: &Facet, cases: u64) -> Option<SafeFacet> {
        let item = facet.item;
        let known = facet
            .values
            .iter()
            .map(|value| (Some(value.code.clone()), value.place, value.cases, facet.query(value)));
        let unknown = (facet.unknown > 0).then_some((None, 0, facet.unknown, Query::Unknown(item)));
        let values: Vec<(Option<Name>, u8, u64, Query)> = known.chain(unknown).collect();
        let counts: Vec<u64> = values.iter().map(|(_, _, cases, _)| *cases).collect();
        debug_assert_eq!(counts.iter().sum::<u64>(), cases, "{item:?}");
        let beforehand: Vec<Beforehand> = values
            .par_iter()
            .map(|(code, _, cases, holds)| {
                self.beforehand_of(&Part::Value(item, code.clone()), *cases, holds)
            })
            .collect();
        let list = SafeList::beside(&counts, self.threshold, &beforehand).ok()??;
        list.total?;
        let mut values: Vec<SafeValue> = values
            .into_iter()
            .zip(list.counts)
            .map(|((code, place, ..), cases)| SafeValue { code, place, cases })
            .collect();
        // The place of a hidden count among names, which are in the order of their counts, would tell between which it lies.
        if values.iter().any(|value| value.place == 0 && value.code.is_some()) {
            let key = |value: &SafeValue| (value.code.is_none(), value.cases.is_none());
            values.sort_by(|left, right| {
                let by_count = right.cases.cmp(&left.cases).then(left.code.cmp(&right.code));
                key(left).cmp(&key(right)).then(by_count)
            });
        }
        Some(SafeFacet { item, values })
    }

    /// Returns whether a count, of which something is known beforehand, may be shown.
    ///
    /// Errors: it must be hidden, and it is that of all cases.
    fn may_show(&self, count: u64, all: u64, known: Beforehand) -> Result<bool, Unanswered> {
        match known {
            Beforehand::Neighbour if count == all => Err(Unanswered::Differs),
            Beforehand::Neighbour => Ok(count == 0),
            Beforehand::Count | Beforehand::Nothing => Ok(!few(count, self.threshold)),
        }
    }

    fn genes(&self, page: &CohortPage, cells: &mut Cells) -> Result<Vec<SafeGene>, Unanswered> {
        let of = |row: &GeneRow| {
            let [altered, not] = self.view.gene_sets(&row.gene);
            let share = row.any;
            let rest = share.covered.saturating_sub(share.altered);
            let parts = [
                (Part::Altered(row.gene.clone()), share.altered, altered),
                (Part::NotAltered(row.gene.clone()), rest, not),
            ];
            // Those whose test does not cover it make up all cases with the other two.
            let mut shown = !few(page.cases.saturating_sub(share.covered), self.threshold);
            for (part, count, holds) in &parts {
                shown &= self.may_show(*count, page.cases, self.beforehand(part, *count, holds))?;
            }
            let told = parts.map(|(part, cases, _)| (part, Cell { cases, is_told: shown }));
            Ok((SafeGene { gene: row.gene.clone(), share: shown.then_some(share) }, told))
        };
        let rows = page.genes.par_iter().map(of).collect::<Result<Vec<_>, _>>()?;
        let mut genes = Vec::with_capacity(rows.len());
        for (gene, told) in rows {
            genes.push(gene);
            cells.extend(told);
        }
        hide_small_panels(&mut genes, cells, self.threshold);
        genes.sort_by(|left, right| {
            let altered = |gene: &SafeGene| gene.share.map(|share| share.altered);
            altered(right).cmp(&altered(left)).then_with(|| left.gene.cmp(&right.gene))
        });
        Ok(genes)
    }

    fn drugs(&self, page: &CohortPage, cells: &mut Cells) -> Result<Vec<SafeDrug>, Unanswered> {
        let rows = page.drugs.get(..DRUGS.min(page.drugs.len())).unwrap_or_default();
        let of = |row: &DrugRow| {
            let part = Part::Given(row.drug.clone());
            let known = self.beforehand_of(&part, row.cases, &given(&row.drug));
            let rest = page.cases.saturating_sub(row.cases);
            let shown = self.may_show(row.cases, page.cases, known)? && !few(rest, self.threshold);
            let [_, complete, partial, others @ ..] = row.by_response;
            let (responded, not) = (complete + partial, others.iter().sum::<u64>());
            let enough = responded.min(not) >= self.threshold && shown;
            let rate = || (responded as f64 * 100.0 / (responded + not) as f64).round() as u32;
            let drug = SafeDrug {
                drug: row.drug.clone(),
                cases: shown.then_some(row.cases),
                responded: enough.then(rate),
            };
            Ok((drug, (part, Cell { cases: row.cases, is_told: shown })))
        };
        let rows = rows.par_iter().map(of).collect::<Result<Vec<_>, _>>()?;
        let (mut drugs, told): (Vec<_>, Vec<_>) = rows.into_iter().unzip();
        cells.extend(told);
        drugs.sort_by(|left: &SafeDrug, right: &SafeDrug| {
            right.cases.cmp(&left.cases).then_with(|| left.drug.cmp(&right.drug))
        });
        Ok(drugs)
    }
}

fn few(count: u64, threshold: u64) -> bool {
    count > 0 && count < threshold
}

/// Hides genes of which those tested differ by few from those tested for another: they would tell how many had a panel that
/// has the one and not the other.
fn hide_small_panels(genes: &mut [SafeGene], cells: &mut Cells, threshold: u64) {
    let covered = genes.iter().filter_map(|gene| gene.share.map(|share| share.covered));
    let mut covered: Vec<u64> = covered.collect();
    covered.sort_unstable();
    covered.dedup();
    let mut kept: Vec<u64> = Vec::new();
    for count in covered {
        if kept.last().is_none_or(|last| count - last >= threshold) {
            kept.push(count);
        }
    }
    let hidden =
        |gene: &&mut SafeGene| gene.share.is_some_and(|share| !kept.contains(&share.covered));
    for gene in genes.iter_mut().filter(hidden) {
        gene.share = None;
        for part in [Part::Altered(gene.gene.clone()), Part::NotAltered(gene.gene.clone())] {
            if let Some(cell) = cells.get_mut(&part) {
                cell.is_told = false;
            }
        }
    }
}

/// Hides whether a drug was given where that, with what was proposed, would tell of few: of those who were proposed one and of
/// whom it is not known.
fn hide_outcomes(facets: &mut [SafeFacet], threshold: u64) {
    let of = |facets: &[SafeFacet], item: Item, code: &str| {
        let facet = facets.iter().find(|facet| facet.item == item)?;
        let value = facet.values.iter().find(|value| value.code.as_deref() == Some(code));
        value.map_or(Some(0), |value| value.cases)
    };
    let reasons = facets.iter().find(|facet| facet.item == Item::NotGivenReason);
    let reasons = reasons.map(|facet| {
        let known = facet.values.iter().filter(|value| value.code.is_some());
        known.filter_map(|value| value.cases).sum::<u64>()
    });
    let [yes, no] = [Answer::Yes, Answer::No].map(Word::code);
    let known = [
        of(facets, Item::OptionProposed, yes),
        of(facets, Item::OptionGiven, yes),
        of(facets, Item::OptionGiven, no),
    ];
    let mut hide = |item: Item| {
        let facet = facets.iter_mut().find(|facet| facet.item == item);
        facet.into_iter().flat_map(|facet| &mut facet.values).for_each(|value| value.cases = None);
    };
    let [proposed, given, not_given] = known;
    if let (Some(proposed), Some(given), Some(not)) = (proposed, given, not_given)
        && few(proposed.saturating_sub(given + not), threshold)
    {
        hide(Item::OptionGiven);
    }
    // Nor how many of those who were not given it have no reason, or a reason without being known not to have got it.
    if let (Some(not), Some(reasons)) = (not_given, reasons)
        && few(not.abs_diff(reasons), threshold)
    {
        hide(Item::NotGivenReason);
    }
}
