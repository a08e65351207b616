//! Whether one more number of cases would tell how many a few of them are.
//!
//! Two numbers of cohorts that differ by three cases tell of those three. So do three numbers: those of two cohorts and of
//! either. A number is therefore refused where it, with one or two told before and with that of the whole population, each added
//! or taken off, makes the number of fewer cases than the threshold. The parts of a page that were told, such as those of a
//! tumour type, are numbers of cohorts too: with each, and with each two of one page, the same is asked.
//!
//! Source: differences and trackers as in Denning DE, Denning PJ, Schwartz MD, ACM Trans Database Syst 1979;4:76; the
//! bound of two earlier numbers is ours.

use rayon::prelude::*;

use super::cells::{self, Cells, Part};
use crate::cohort::{Cohort, CohortView};

/// Returns whether the number of cases of a cohort would tell, with those told before, of fewer cases than the threshold.
pub(super) fn would_tell<'a>(
    cohort: &Cohort,
    everybody: &Cohort,
    told: impl Iterator<Item = &'a Cohort>,
    threshold: u64,
) -> bool {
    let new = New { cohort, cases: cohort.cases(), all: everybody.cases(), threshold };
    let mut told: Vec<Told<'_>> =
        told.map(|cohort| Told { cohort, cases: cohort.cases() }).collect();
    told.sort_by_key(|each| each.cases);
    new.regions([0, 0], [0, 0, 0], 0).tell(threshold)
        || told.par_iter().any(|one| new.tells_with(one, &told))
}

/// Returns whether it would tell of fewer cases with the parts of a page that was told.
pub(super) fn would_tell_with_parts(
    view: &CohortView,
    cohort: &Cohort,
    everybody: &Cohort,
    (page, parts): (&Cohort, &Cells),
    threshold: u64,
) -> bool {
    let new = New { cohort, cases: cohort.cases(), all: everybody.cases(), threshold };
    // What cannot be compared is denied.
    let Some((with_page, _)) = cohort.overlaps(page, page) else { return true };
    let outside = (new.cases + page.cases()).saturating_sub(with_page);
    // Cases of the new cohort beyond the page, and those in neither, stay in every sum of its parts but one.
    if new.cases - with_page >= threshold && new.all.saturating_sub(outside) >= threshold {
        return false;
    }
    let mut told = vec![PartOfPage { part: None, cases: page.cases(), with_new: with_page }];
    for (part, cell) in parts {
        let Some(cases) = cell.told() else { continue };
        let holding = cells::holding(view, part);
        let shared = holding.as_ref().and_then(|holding| cohort.overlaps(page, holding));
        let Some((_, with_new)) = shared else { return true };
        told.push(PartOfPage { part: Some(part), cases, with_new });
    }
    let cohort_of = |part: &PartOfPage<'_>| match part.part {
        Some(part) => cells::holding(view, part)?.both(page),
        None => Some(page.clone()),
    };
    told.iter().enumerate().any(|(at, one)| {
        let alone = PartOfPage { part: None, cases: 0, with_new: 0 };
        let pairs = told.iter().skip(at + 1).filter(|two| new.might_tell(one, two));
        let pairs: Vec<_> = pairs.collect();
        if pairs.is_empty() && !new.might_tell(one, &alone) {
            return false;
        }
        let Some(first) = cohort_of(one) else { return true };
        let first = Told { cases: one.cases, cohort: &first };
        new.tells_with(&first, &[])
            || pairs.into_iter().any(|two| {
                let Some(second) = cohort_of(two) else { return true };
                let second = Told { cases: two.cases, cohort: &second };
                let with = cohort.overlaps(first.cohort, first.cohort);
                with.is_none_or(|(with, _)| new.tells_with_both(&first, &second, with))
            })
    })
}

/// A part of a page that was told, or the page itself.
struct PartOfPage<'a> {
    part: Option<&'a Part>,
    cases: u64,
    /// Cases of the new cohort in it.
    with_new: u64,
}

/// A cohort of which a count was told.
struct Told<'a> {
    cohort: &'a Cohort,
    cases: u64,
}

/// A cohort whose count is asked for.
struct New<'a> {
    cohort: &'a Cohort,
    cases: u64,
    /// Cases of the whole population.
    all: u64,
    threshold: u64,
}

impl New<'_> {
    fn regions(&self, told: [u64; 2], overlaps: [u64; 3], three: u64) -> Regions {
        Regions::of([self.cases, told[0], told[1]], overlaps, three, self.all)
    }

    /// Returns whether the count would tell of a few cases with one told before, or with that and another of those.
    fn tells_with(&self, one: &Told<'_>, told: &[Told<'_>]) -> bool {
        // Of another view there is nothing to compare: deny.
        let Some((with_one, _)) = self.cohort.overlaps(one.cohort, one.cohort) else { return true };
        let pair = self.regions([one.cases, 0], [with_one, 0, 0], 0);
        pair.tell(self.threshold)
            || self.sizes_that_might_tell(one.cases).any(|(least, most)| {
                let from = told.partition_point(|each| each.cases < least);
                let until = told.partition_point(|each| each.cases <= most);
                told.get(from..until)
                    .unwrap_or_default()
                    .iter()
                    .any(|two| self.tells_with_both(one, two, with_one))
            })
    }

    fn tells_with_both(&self, one: &Told<'_>, two: &Told<'_>, with_one: u64) -> bool {
        let with_two = self.cohort.overlaps(two.cohort, two.cohort);
        let between = one.cohort.overlaps(two.cohort, self.cohort);
        let (Some((with_two, _)), Some((between, three))) = (with_two, between) else {
            return true;
        };
        let overlaps = [with_one, with_two, between];
        self.regions([one.cases, two.cases], overlaps, three).tell(self.threshold)
    }

    /// Returns whether a sum of the count and those of two parts can depend on a few cases alone, for all that their sizes say.
    fn might_tell(&self, one: &PartOfPage<'_>, two: &PartOfPage<'_>) -> bool {
        // Either the two have nearly all of the new cohort, or all three have nearly everybody.
        let cover = one.with_new + two.with_new + self.threshold > self.cases;
        let exhaust = one.cases + two.cases + self.cases + self.threshold > self.all;
        (cover || exhaust)
            && self
                .sizes_that_might_tell(one.cases)
                .any(|(least, most)| (least..=most).contains(&two.cases))
    }

    /// Returns between which sizes another cohort must be so that a sum of the counts can depend on a few cases alone.
    ///
    /// No case counts more than four times in a sum, so that one of few cases is itself small.
    fn sizes_that_might_tell(&self, one: u64) -> impl Iterator<Item = (u64, u64)> {
        let whole = |number: u64| i128::from(number);
        let (new, one, all) = (whole(self.cases), whole(one), whole(self.all));
        let most = whole(self.threshold) * MOST_TIMES;
        [-1, 1].into_iter().flat_map(move |first| {
            [-1, 0, 1].into_iter().flat_map(move |every| {
                let sum = new + first * one + every * all;
                [sum, -sum].map(|size| {
                    let bound = |size: i128| u64::try_from(size.max(0)).unwrap_or(u64::MAX);
                    (bound(size - most), bound(size + most))
                })
            })
        })
    }
}

/// How often a case can count in a sum of three counts and that of everybody.
const MOST_TIMES: i128 = 4;

/// How many cases are in each of the regions that three cohorts make of a population.
///
/// Shape: bit 0 of a place is the new cohort, bits 1 and 2 the earlier ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Regions([u64; 8]);

impl Regions {
    /// Works the regions out of sizes, of overlaps (new and first, new and second, first and second) and of that of all three.
    fn of(sizes: [u64; 3], overlaps: [u64; 3], three: u64, all: u64) -> Self {
        let [new, one, two] = sizes;
        let [new_one, new_two, one_two] = overlaps;
        // A count that does not fit another is of a fault; nothing is taken off below nothing.
        let less = |whole: u64, parts: u64| whole.saturating_sub(parts);
        let any = less(new + one + two + three, new_one + new_two + one_two);
        Self([
            less(all, any),
            less(new + three, new_one + new_two),
            less(one + three, new_one + one_two),
            less(new_one, three),
            less(two + three, new_two + one_two),
            less(new_two, three),
            less(one_two, three),
            three,
        ])
    }

    /// Returns whether some sum of the counts, each added or taken off, depends on some cases, and on fewer than the threshold.
    fn tell(self, threshold: u64) -> bool {
        let signs = [-1_i8, 0, 1];
        signs.iter().any(|one| {
            signs.iter().any(|two| {
                signs.iter().any(|all| {
                    let depends: u64 = (0..8)
                        .filter(|region| weight(*region, *one, *two, *all) != 0)
                        .map(|region| self.0[region])
                        .sum();
                    depends > 0 && depends < threshold
                })
            })
        })
    }
}

fn weight(region: usize, one: i8, two: i8, all: i8) -> i8 {
    let bit = |at: usize| (region >> at & 1) as i8;
    bit(0) + one * bit(1) + two * bit(2) + all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_follow_from_sizes_and_overlaps() {
        // Of ten cases: new 0-5, one 3-7, two 5-9.
        let regions = Regions::of([6, 5, 5], [3, 1, 3], 1, 10);
        assert_eq!(regions, Regions([0, 3, 0, 2, 2, 0, 2, 1]));
        assert_eq!(regions.0.iter().sum::<u64>(), 10);
    }

    #[test]
    fn a_few_cases_more_or_less_are_told() {
        let pair = |overlap, one| Regions::of([100, one, 0], [overlap, 0, 0], 0, 1_000).tell(10);
        assert!(pair(100, 103), "three more");
        assert!(pair(97, 97), "three less");
        assert!(!pair(100, 110), "ten more");
        assert!(!pair(50, 100));
        assert!(pair(0, 895), "all but five are in either");
        assert!(!pair(100, 100), "the same cases tell nothing new");
    }

    #[test]
    fn a_small_overlap_is_told_by_either() {
        // Two of 100 with three in common; new is either.
        assert!(Regions::of([197, 100, 100], [100, 100, 3], 3, 1_000).tell(10));
        // The same with thirty in common.
        assert!(!Regions::of([170, 100, 100], [100, 100, 30], 30, 1_000).tell(10));
    }
}
