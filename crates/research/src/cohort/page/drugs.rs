//! Drugs: how many cases and lines of therapy, and how they responded.

use super::{Counted, add, for_lists};
use crate::cohort::{bitmap::vectorised, case::Name, dictionary::Dictionaries};

/// Responses and unknown.
const RESPONSES: usize = 6;
/// Lines of therapy that are told apart; the last one has all above, and the first place is unknown.
const LINES: usize = 6;

/// A drug of a cohort.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DrugRow {
    /// Drug.
    pub drug: Name,
    /// Cases that were given it.
    pub cases: u64,
    /// Lines of therapy with it, by best response: unknown first, then in the order of the responses.
    pub by_response: [u64; RESPONSES],
    /// Lines of therapy with it, by line: unknown first, then 1 to 4, then 5 and above.
    pub by_line: [u64; LINES],
    /// Lines of therapy with it, before and after the panel.
    pub by_side: [u64; 2],
}

/// Counts of one part.
#[derive(Default)]
pub(super) struct DrugCounts {
    cases: Vec<u64>,
    lines: Vec<u64>,
}

/// Counts by drug that lie beside each other.
const WIDTH: usize = RESPONSES + LINES + 2;

/// Counts the drugs of one part.
pub(super) fn count(counted: &Counted<'_>) -> DrugCounts {
    let segment = &counted.part.segment;
    let table = &segment.therapies;
    let members = &counted.members;
    let mut counts = DrugCounts::default();
    segment.drugs.count_all(members, None, |drug, cases| {
        let drug = drug as usize;
        if counts.cases.len() <= drug {
            counts.cases.resize(drug + 1, 0);
        }
        counts.cases[drug] = cases;
    });
    counts.lines.resize(counts.cases.len() * WIDTH, 0);
    let lines: Vec<u64> = match &counted.few {
        Some(few) => {
            let mut lines = vec![0; table.keys()];
            let count = |keys: &[u32]| keys.iter().for_each(|key| lines[*key as usize] += 1);
            for_lists(few, |ordinal| table.keys_of(ordinal), count);
            if members.is_rest() {
                for (key, lines) in lines.iter_mut().enumerate() {
                    *lines = (table.incidence.range(key).len() as u64).saturating_sub(*lines);
                }
            }
            lines
        }
        None => {
            let ordinals = table.incidence.ordinals.as_slice();
            let mut lines = vec![0; table.keys()];
            // A plain loop, so that all of it is compiled for the processor that was found.
            vectorised(
                #[inline(always)]
                || {
                    for (key, lines) in lines.iter_mut().enumerate() {
                        *lines = members.count_list(&ordinals[table.incidence.range(key)]);
                    }
                },
            );
            lines
        }
    };
    for (key, lines) in lines.into_iter().enumerate().filter(|(_, lines)| *lines > 0) {
        for drug in table.drugs_of(table.regimens[key]) {
            let start = usize::from(*drug) * WIDTH;
            let Some(own) = counts.lines.get_mut(start..start + WIDTH) else { continue };
            own[usize::from(table.responses[key])] += lines;
            own[RESPONSES + usize::from(table.lines[key]).min(LINES - 1)] += lines;
            own[RESPONSES + LINES + usize::from(table.sides[key] - 1)] += lines;
        }
    }
    counts
}

impl DrugCounts {
    pub(super) fn add(&mut self, other: &Self) {
        add(&mut self.cases, &other.cases);
        add(&mut self.lines, &other.lines);
    }

    /// Makes the rows, those of most cases first, then by name.
    pub(super) fn rows(&self, names: &Dictionaries) -> Vec<DrugRow> {
        let with_cases = self.cases.iter().enumerate().filter(|(_, cases)| **cases > 0);
        let mut rows: Vec<DrugRow> = with_cases
            .filter_map(|(drug, cases)| {
                let own = self.lines.get(drug * WIDTH..(drug + 1) * WIDTH)?;
                let (by_response, rest) = own.split_first_chunk::<RESPONSES>()?;
                let (by_line, by_side) = rest.split_first_chunk::<LINES>()?;
                Some(DrugRow {
                    drug: names.drugs.name(drug as u32)?.clone(),
                    cases: *cases,
                    by_response: *by_response,
                    by_line: *by_line,
                    by_side: *by_side.first_chunk()?,
                })
            })
            .collect();
        rows.sort_unstable_by(|left, right| {
            right.cases.cmp(&left.cases).then_with(|| left.drug.cmp(&right.drug))
        });
        rows
    }
}
