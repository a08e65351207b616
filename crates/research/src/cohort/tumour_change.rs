//! How far target lesions changed at best, case by case: what a waterfall is drawn of.
//!
//! Few collections say it and registered cases never do, so that a segment keeps a column only where any case has it.
//! Not here: what a mapping reads it from.

use std::cmp::Reverse;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    case::CohortCase,
    evaluate::Cohort,
    index::CohortView,
    word::{Response, Word as _},
};

/// Responses and unknown.
const RESPONSES: u16 = 6;
/// The code of a case without a measured change.
const UNKNOWN: u16 = u16::MAX;

/// Best change of the sum of diameters of target lesions against that at baseline. Source: RECIST 1.1.
///
/// Shape of its code: the tenths of a per cent above the least, times six, plus the place of the response, 0 for unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TumourChange {
    /// Change. Units: tenths of a per cent, -1,000 (nothing is left) to 9,000.
    pub tenths: i16,
    /// Best overall response, which counts new and other lesions too.
    pub response: Option<Response>,
}

/// A change beside the two lines that RECIST 1.1 draws.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ChangeClass {
    /// Growth of 20 % or more.
    Growth,
    /// Between the two lines.
    Between,
    /// Shrinkage of 30 % or more.
    Shrinkage,
}

impl ChangeClass {
    /// Every class, from growth to shrinkage.
    pub const ALL: [Self; 3] = [Self::Growth, Self::Between, Self::Shrinkage];

    /// Returns the class's name for programs.
    pub fn code(self) -> &'static str {
        match self {
            Self::Growth => "growth",
            Self::Between => "between",
            Self::Shrinkage => "shrinkage",
        }
    }
}

impl TumourChange {
    /// Least change: nothing is left. Units: per cent.
    pub const LEAST_PERCENT: i16 = -100;
    /// Greatest change that is kept. Units: per cent.
    pub const GREATEST_PERCENT: i16 = 900;
    /// Growth from which a sum of diameters has progressed. Units: per cent. Source: RECIST 1.1, section 4.3.1.
    pub const GROWTH_PERCENT: i16 = 20;
    /// Shrinkage from which a sum of diameters has responded. Units: per cent. Source: RECIST 1.1, section 4.3.1.
    pub const SHRINKAGE_PERCENT: i16 = -30;

    /// Makes a change of per cent, rounded to a tenth; `None` where it is no number or beyond what is kept.
    pub fn of_percent(percent: f64, response: Option<Response>) -> Option<Self> {
        let [least, greatest] = [Self::LEAST_PERCENT, Self::GREATEST_PERCENT].map(f64::from);
        // Within -1,000 and 9,000 by the bounds.
        let tenths = (percent * 10.0).round() as i16;
        (least..=greatest).contains(&percent).then_some(Self { tenths, response })
    }

    /// Returns the change. Units: per cent.
    pub fn percent(self) -> f64 {
        f64::from(self.tenths) / 10.0
    }

    /// Returns where it lies beside the lines of RECIST 1.1.
    pub fn class(self) -> ChangeClass {
        if self.tenths >= Self::GROWTH_PERCENT * 10 {
            ChangeClass::Growth
        } else if self.tenths <= Self::SHRINKAGE_PERCENT * 10 {
            ChangeClass::Shrinkage
        } else {
            ChangeClass::Between
        }
    }

    /// Returns whether it is within what is kept.
    pub(crate) fn is_kept(self) -> bool {
        (Self::LEAST_PERCENT * 10..=Self::GREATEST_PERCENT * 10).contains(&self.tenths)
    }

    fn code(self) -> u16 {
        let above = self.tenths.saturating_sub(Self::LEAST_PERCENT * 10);
        let response = self.response.map_or(0, |response| u16::from(response.place()));
        u16::try_from(above).unwrap_or_default().saturating_mul(RESPONSES) + response
    }

    fn of_code(code: u16) -> Option<Self> {
        let above = i16::try_from(code / RESPONSES).ok()?;
        // At most 10,922 by the line above.
        let tenths = above + Self::LEAST_PERCENT * 10;
        let response = Response::at((code % RESPONSES) as u8);
        Some(Self { tenths, response }).filter(|own| own.is_kept())
    }
}

/// The changes of a segment's cases: nothing where no case has one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ChangeColumn {
    pub(crate) codes: Vec<u16>,
}

impl ChangeColumn {
    pub(crate) fn of(cases: &[&CohortCase]) -> Self {
        if cases.iter().all(|case| case.change.is_none()) {
            return Self::default();
        }
        let code = |case: &&CohortCase| case.change.map_or(UNKNOWN, TumourChange::code);
        Self { codes: cases.iter().map(code).collect() }
    }

    pub(crate) fn at(&self, ordinal: usize) -> Option<TumourChange> {
        self.codes.get(ordinal).copied().and_then(TumourChange::of_code)
    }

    /// Returns whether it fits a segment of so many cases.
    pub(crate) fn is_whole(&self, cases: usize) -> bool {
        let is_known = |code: &u16| *code == UNKNOWN || TumourChange::of_code(*code).is_some();
        self.codes.is_empty() || (self.codes.len() == cases && self.codes.iter().all(is_known))
    }
}

/// A case of which a change is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MeasuredCase {
    /// The case.
    pub id: Uuid,
    /// Its change.
    pub change: TumourChange,
}

impl CohortView {
    /// Returns the measured cases of a cohort of this view, from growth to shrinkage.
    pub fn measured(&self, cohort: &Cohort) -> Vec<MeasuredCase> {
        let mut measured = Vec::new();
        for (part, set) in self.parts.iter().zip(self.sets_of(cohort)) {
            let column = &part.segment.changes;
            if column.codes.is_empty() {
                continue;
            }
            measured.extend(set.iter().filter_map(|ordinal| {
                Some(MeasuredCase { id: part.segment.id(ordinal)?, change: column.at(ordinal)? })
            }));
        }
        let order = |own: &MeasuredCase| (Reverse(own.change.tenths), own.change.response, own.id);
        measured.sort_unstable_by_key(order);
        measured
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cohort::{CohortIndex, CompactionLimits};

    #[test]
    fn every_change_is_given_back_as_it_was_put_in() {
        let responses = Response::ALL.iter().copied().map(Some).chain([None]);
        for response in responses {
            for tenths in -1_000..=9_000 {
                let own = TumourChange { tenths, response };
                assert_eq!(TumourChange::of_code(own.code()), Some(own));
            }
        }
        assert_eq!(TumourChange::of_code(UNKNOWN), None);
        assert_eq!(Response::ALL.len() + 1, usize::from(RESPONSES));
    }

    #[test]
    fn a_column_takes_two_bytes_a_case_and_only_where_any_case_has_a_change() {
        let bytes = |changed: u128| {
            let cases = (0..500).map(|number| {
                let mut case = CohortCase::unknown(Uuid::from_u128(number), "old".into());
                case.change =
                    (number < changed).then_some(TumourChange { tenths: -5, response: None });
                case
            });
            let index = CohortIndex::build(cases, CompactionLimits::default()).unwrap();
            index.view().bytes()
        };
        assert_eq!(bytes(1), bytes(0) + 2 * 500);
        assert_eq!(bytes(500), bytes(1));
    }

    #[test]
    fn a_change_lies_beside_the_lines_of_recist() {
        let of = |percent: f64| TumourChange::of_percent(percent, None);
        let class = |percent: f64| of(percent).unwrap().class();
        assert_eq!(class(20.0), ChangeClass::Growth);
        assert_eq!(class(19.9), ChangeClass::Between);
        assert_eq!(class(-29.9), ChangeClass::Between);
        assert_eq!(class(-30.0), ChangeClass::Shrinkage);
        assert_eq!(of(-33.333).unwrap().percent(), -33.3);
        for wrong in [-100.1, 900.1, f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(of(wrong), None, "{wrong}");
        }
    }
}
