//! Survival of a cohort as counts by day, from which curves are drawn.
//!
//! Not here: estimates and their intervals, which are statistics.

use super::{
    bitmap::Bitmap,
    item::Item,
    segment::Segment,
    word::{VitalStatus, Word as _},
};

/// Days that are counted without looking for them. Units: days; about 45 years.
const NEAR_DAYS: usize = 16_384;

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

impl SurvivalCounts {
    /// Counts the cases of a set.
    pub(crate) fn count(segment: &Segment, set: &Bitmap, clock: Clock, delayed: bool) -> Self {
        let starts = segment.days(clock.item());
        let lasts = segment.days(Item::LastContact);
        let tests = segment.days(Item::Tested);
        let Some(vital) = segment.coded(Item::VitalStatus) else { return Self::default() };
        let dead = u16::from(VitalStatus::Dead.place());
        // One place for those alive and one for those dead, so that a case's status chooses without a branch.
        let mut ends = vec![[0_u32; 2]; NEAR_DAYS];
        let mut entries = vec![0_u32; NEAR_DAYS];
        let mut counts = Self::default();
        for ordinal in set.iter() {
            let (start, last, test) = (starts[ordinal], lasts[ordinal], tests[ordinal]);
            let status = vital.codes.at(ordinal);
            let known = start != u16::MAX && last != u16::MAX && status != 0;
            let entry = if delayed { test.saturating_sub(start) } else { 0 };
            let is_late = delayed && (test == u16::MAX || entry > 0 && last <= test);
            if !known || last < start || is_late {
                counts.left_out += 1;
                continue;
            }
            let end = usize::from(last - start);
            let is_dead = status == dead;
            if end < NEAR_DAYS {
                ends[end][usize::from(is_dead)] += 1;
                entries[usize::from(entry)] += 1;
            } else {
                bump(if is_dead { &mut counts.died } else { &mut counts.censored }, end);
                bump(&mut counts.entered, entry.into());
            }
        }
        add_near(&mut counts.censored, ends.iter().map(|end| end[0]));
        add_near(&mut counts.died, ends.iter().map(|end| end[1]));
        add_near(&mut counts.entered, entries.into_iter());
        counts
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

fn bump(counts: &mut Vec<u64>, day: usize) {
    if counts.len() <= day {
        counts.resize(day + 1, 0);
    }
    counts[day] += 1;
}

/// Adds counts of the first days, without the zeros behind the last one.
fn add_near(counts: &mut Vec<u64>, near: impl DoubleEndedIterator<Item = u32> + ExactSizeIterator) {
    let near: Vec<u64> = near.map(u64::from).collect();
    let used = near.iter().rposition(|count| *count > 0).map_or(0, |last| last + 1);
    super::page::add(counts, near.get(..used).unwrap_or_default());
}
