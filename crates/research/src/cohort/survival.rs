//! Survival of a cohort as counts by day, from which curves are drawn.
//!
//! Not here: estimates and their intervals, which are statistics.

use stats::survival::{CountDaysError, DayCounts, DayTotals};

use super::{
    bitmap::{Bitmap, vectorised},
    column::Codes,
    item::Item,
    segment::Segment,
    word::VitalStatus,
};

/// Days that are counted in a table of fixed size. Units: days; about 45 years.
const NEAR_DAYS: usize = 16_384;
/// Fewest cases among 64 for which all 64 are gone through.
const FEW_OF_64: u32 = 24;

/// When the clock of survival starts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Clock {
    /// At diagnosis.
    #[default]
    Diagnosis,
    /// At the panel test.
    Test,
    /// At the first day of any therapy.
    Treatment,
}

impl Clock {
    /// Every start.
    pub const ALL: [Self; 3] = [Self::Diagnosis, Self::Test, Self::Treatment];

    /// Returns the start as addresses and outcomes write it.
    pub fn code(self) -> &'static str {
        match self {
            Self::Diagnosis => "diagnosis",
            Self::Test => "test",
            Self::Treatment => "treatment",
        }
    }

    /// Returns the start that is written so.
    pub fn of_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|clock| clock.code() == code)
    }

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

/// Counts while they are made.
///
/// Every case adds its weight somewhere, be it 0, so that nothing depends on a branch that cannot be foreseen.
pub(crate) struct DayByDay {
    /// By day, those last seen alive and those dead side by side.
    ends: Box<[u32; 2 * NEAR_DAYS]>,
    entries: Box<[u32; NEAR_DAYS]>,
    /// Those followed for longer.
    late: Vec<Course>,
    left_out: u64,
}

impl Default for DayByDay {
    fn default() -> Self {
        Self {
            ends: Box::new([0; 2 * NEAR_DAYS]),
            entries: Box::new([0; NEAR_DAYS]),
            late: Vec::new(),
            left_out: 0,
        }
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
        let (starts, _) = days.starts.as_chunks::<64>();
        let (lasts, _) = days.lasts.as_chunks::<64>();
        let (tests, _) = days.tests.as_chunks::<64>();
        let (vital, _) = days.vital.as_chunks::<64>();
        let columns = starts.iter().zip(lasts).zip(tests).zip(vital);
        let mut columns = columns.map(|(((start, last), test), vital)| (start, last, test, vital));
        vectorised(
            #[inline(always)]
            || {
                for (at, word) in set.words().iter().enumerate() {
                    let chunk = columns.next();
                    match chunk {
                        Some(chunk) if word.count_ones() >= FEW_OF_64 => {
                            self.count_chunk::<DELAYED>(chunk, *word);
                        }
                        _ => {
                            let mut rest = *word;
                            while rest != 0 {
                                let ordinal = at * 64 + rest.trailing_zeros() as usize;
                                self.count_one(days.course::<DELAYED>(ordinal));
                                rest &= rest - 1;
                            }
                        }
                    }
                }
            },
        );
    }

    /// Counts those of 64 cases that are in a set: first where each belongs, which takes no branches, then there.
    #[inline(always)]
    fn count_chunk<const DELAYED: bool>(&mut self, chunk: Chunk<'_>, word: u64) {
        let (starts, lasts, tests, vital) = chunk;
        let mut ends = [0_u16; 64];
        let mut entries = [0_u16; 64];
        let mut weights = [0_u16; 64];
        let mut far = 0_u16;
        for at in 0..64 {
            let course = Course::of::<DELAYED>(starts[at], lasts[at], tests[at], vital[at]);
            let is_near = course.end < NEAR_DAYS as u16;
            let kept = u16::from(course.is_known & is_near).wrapping_neg();
            ends[at] = (course.end << 1 | u16::from(course.is_dead)) & kept;
            entries[at] = course.entry & kept;
            weights[at] = kept & (word >> at) as u16 & 1;
            far |= u16::from(course.is_known & !is_near);
        }
        let mut counted = 0;
        for at in 0..64 {
            let weight = u32::from(weights[at]);
            self.ends[usize::from(ends[at]) % (2 * NEAR_DAYS)] += weight;
            if DELAYED {
                self.entries[usize::from(entries[at]) % NEAR_DAYS] += weight;
            }
            counted += weight;
        }
        if !DELAYED {
            self.entries[0] += counted;
        }
        self.left_out += u64::from(word.count_ones() - counted);
        if far != 0 {
            for at in (0..64).filter(|at| word >> at & 1 == 1) {
                let course = Course::of::<DELAYED>(starts[at], lasts[at], tests[at], vital[at]);
                if course.is_known && course.end >= NEAR_DAYS as u16 {
                    self.left_out -= 1;
                    self.late.push(course);
                }
            }
        }
    }

    #[inline(always)]
    fn count_one(&mut self, course: Course) {
        if !course.is_known {
            self.left_out += 1;
        } else if course.end < NEAR_DAYS as u16 {
            let end = course.end << 1 | u16::from(course.is_dead);
            self.ends[usize::from(end) % (2 * NEAR_DAYS)] += 1;
            self.entries[usize::from(course.entry) % NEAR_DAYS] += 1;
        } else {
            self.late.push(course);
        }
    }

    /// Returns what was counted.
    pub(crate) fn counts(self) -> SurvivalCounts {
        let mut counts = SurvivalCounts {
            entered: used(self.entries.iter()),
            censored: used(self.ends.iter().step_by(2)),
            died: used(self.ends.iter().skip(1).step_by(2)),
            left_out: self.left_out,
        };
        for course in self.late {
            add_at(&mut counts.entered, course.entry.into());
            let ends = if course.is_dead { &mut counts.died } else { &mut counts.censored };
            add_at(ends, course.end.into());
        }
        counts
    }
}

/// Adds one to a count in a table that grows as it must.
fn add_at(counts: &mut Vec<u64>, at: usize) {
    if counts.len() <= at {
        counts.resize(at + 1, 0);
    }
    counts[at] += 1;
}

/// The columns that survival is counted of.
struct Days<'a> {
    starts: &'a [u16],
    lasts: &'a [u16],
    tests: &'a [u16],
    vital: &'a [u8],
}

/// 64 cases of those columns: starts, last contacts, tests and vital status.
type Chunk<'a> = (&'a [u16; 64], &'a [u16; 64], &'a [u16; 64], &'a [u8; 64]);

impl Days<'_> {
    #[inline(always)]
    fn course<const DELAYED: bool>(&self, at: usize) -> Course {
        Course::of::<DELAYED>(self.starts[at], self.lasts[at], self.tests[at], self.vital[at])
    }
}

/// How a case was observed. Units: days since the start of the clock.
#[derive(Clone, Copy)]
struct Course {
    entry: u16,
    end: u16,
    is_dead: bool,
    is_known: bool,
}

impl Course {
    #[inline(always)]
    fn of<const DELAYED: bool>(start: u16, last: u16, test: u16, status: u8) -> Self {
        // An unknown day is above every other, so that an unknown start comes after any last contact.
        let mut is_known = (last != u16::MAX) & (status != 0) & (start <= last);
        let mut entry = 0;
        if DELAYED {
            is_known &= (test != u16::MAX) & ((test <= start) | (test < last));
            entry = test.saturating_sub(start);
        }
        let is_dead = status == VitalStatus::Dead as u8 + 1;
        Self { entry, end: last.wrapping_sub(start), is_dead, is_known }
    }
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
