//! Survival of a cohort as counts by day, from which curves are drawn.
//!
//! Not here: estimates and their intervals, which are statistics.

use stats::survival::{CountDaysError, DayCounts, DayTotals};

use super::{
    bitmap::Bitmap,
    column::Codes,
    item::Item,
    segment::Segment,
    word::{VitalStatus, Word as _},
};

/// Days that there may be between two days of the columns.
const EVERY_DAY: usize = 1 << 16;
/// Fewest cases among 64 for which all 64 are gone through.
const FEW_OF_64: u32 = 24;

/// When the clock of survival starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Clock {
    /// At diagnosis.
    Diagnosis,
    /// At the panel test.
    Test,
    /// At the first day of any therapy.
    Treatment,
}

impl Clock {
    fn item(self) -> Item {
        match self {
            Self::Diagnosis => Item::Diagnosed,
            Self::Test => Item::Tested,
            Self::Treatment => Item::Treated,
        }
    }
}

/// How many cases enter, die and are last seen alive on each day.
///
/// Units: days since the start of the clock.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SurvivalCounts {
    /// Cases that come under observation, by day.
    pub entered: Vec<u64>,
    /// Deaths, by day.
    pub died: Vec<u64>,
    /// Cases last seen alive, by day.
    pub censored: Vec<u64>,
    /// Cases that cannot be counted: a day or the vital status is not known, the last contact comes before
    /// the start, or, with delayed entry, not after the test.
    pub left_out: u64,
}

/// Counts while they are made, of every day that there may be.
///
/// Every case adds its weight somewhere, be it 0, so that nothing depends on a branch that cannot be foreseen.
pub(crate) struct DayByDay {
    /// By day, those last seen alive and those dead side by side.
    ends: Box<[u32]>,
    entries: Box<[u32]>,
    left_out: u64,
}

impl Default for DayByDay {
    fn default() -> Self {
        let zeros = |len: usize| vec![0; len].into_boxed_slice();
        Self { ends: zeros(2 * EVERY_DAY), entries: zeros(EVERY_DAY), left_out: 0 }
    }
}

impl DayByDay {
    /// Counts the cases of a set.
    pub(crate) fn count(&mut self, segment: &Segment, set: &Bitmap, clock: Clock, delayed: bool) {
        let Some(vital) = segment.coded(Item::VitalStatus) else { return };
        let Codes::Narrow(vital) = &vital.codes else { return };
        let days = Days {
            starts: segment.days(clock.item()),
            lasts: segment.days(Item::LastContact),
            tests: segment.days(Item::Tested),
            vital,
        };
        if delayed {
            self.count_days::<true>(&days, set);
        } else {
            self.count_days::<false>(&days, set);
        }
    }

    fn count_days<const DELAYED: bool>(&mut self, days: &Days<'_>, set: &Bitmap) {
        let (ends, entries) = (&mut *self.ends, &mut *self.entries);
        let mut counted = 0_u64;
        let mut asked = 0_u64;
        let dead = VitalStatus::Dead.place();
        let mut one = |ordinal: usize, weight: u32| {
            let (start, last) = (days.starts[ordinal], days.lasts[ordinal]);
            let status = days.vital[ordinal];
            // An unknown day is above every other, so that an unknown start comes after any last contact.
            let mut is_known = (last != u16::MAX) & (status != 0) & (start <= last);
            if DELAYED {
                let test = days.tests[ordinal];
                is_known &= (test != u16::MAX) & ((test <= start) | (test < last));
                let own = weight & u32::from(is_known).wrapping_neg();
                entries[usize::from(test.saturating_sub(start))] += own;
            }
            let own = weight & u32::from(is_known).wrapping_neg();
            let end = usize::from(last.wrapping_sub(start));
            ends[end << 1 | usize::from(status == dead)] += own;
            counted += u64::from(own);
            asked += u64::from(weight);
        };
        for (at, word) in set.words().iter().enumerate() {
            if word.count_ones() < FEW_OF_64 {
                let mut rest = *word;
                while rest != 0 {
                    one(at * 64 + rest.trailing_zeros() as usize, 1);
                    rest &= rest - 1;
                }
                continue;
            }
            for bit in 0..64.min(set.len() - at * 64) {
                one(at * 64 + bit, (word >> bit & 1) as u32);
            }
        }
        self.left_out += asked - counted;
        if !DELAYED && let Some(first) = entries.first_mut() {
            *first += counted as u32;
        }
    }

    /// Returns what was counted.
    pub(crate) fn counts(self) -> SurvivalCounts {
        SurvivalCounts {
            entered: used(self.entries.iter()),
            censored: used(self.ends.iter().step_by(2)),
            died: used(self.ends.iter().skip(1).step_by(2)),
            left_out: self.left_out,
        }
    }
}

/// The columns that survival is counted of.
struct Days<'a> {
    starts: &'a [u16],
    lasts: &'a [u16],
    tests: &'a [u16],
    vital: &'a [u8],
}

/// Returns counts without the zeros behind the last one.
fn used<'a>(counts: impl DoubleEndedIterator<Item = &'a u32> + ExactSizeIterator) -> Vec<u64> {
    let mut counts: Vec<u64> = counts.map(|count| u64::from(*count)).collect();
    let used = counts.iter().rposition(|count| *count > 0).map_or(0, |last| last + 1);
    counts.truncate(used);
    counts
}

impl SurvivalCounts {
    /// Returns the counts of one or several cohorts for the statistics of survival, one group each.
    ///
    /// Errors: too many groups, days or cases.
    pub fn to_day_counts(cohorts: &[Self]) -> Result<DayCounts, CountDaysError> {
        let groups: Vec<DayTotals<'_>> = cohorts
            .iter()
            .map(|own| DayTotals {
                entered: &own.entered,
                events: &own.died,
                censored: &own.censored,
            })
            .collect();
        DayCounts::of_days(&groups)
    }

    /// Adds the counts of other cases.
    #[must_use]
    pub fn with(mut self, other: &Self) -> Self {
        super::page::add(&mut self.entered, &other.entered);
        super::page::add(&mut self.died, &other.died);
        super::page::add(&mut self.censored, &other.censored);
        self.left_out += other.left_out;
        self
    }
}
