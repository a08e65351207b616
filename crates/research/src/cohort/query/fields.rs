//! The fields of terms that a case may meet several times, and the steps of numbers.

use model::clinical_record::Day;

use crate::cohort::{day::CohortDay, item::Item};

/// How a number is written and kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Steps {
    /// Whole numbers up to a highest.
    Whole(u16),
    /// Decimal numbers up to a highest, kept as so many steps each.
    Parts { highest: u16, steps: u16 },
    /// Days.
    Days,
}

impl Steps {
    pub(super) const AGE: Self = Self::Whole(120);
    pub(super) const PERCENT: Self = Self::Whole(100);
    pub(super) const TMB: Self = Self::Parts { highest: 655, steps: 100 };
    pub(super) const SHARE: Self = Self::Parts { highest: 1, steps: 10_000 };
    pub(super) const COPIES: Self = Self::Parts { highest: 6_553, steps: 10 };
    pub(super) const CODON: Self = Self::Whole(u16::MAX);
    pub(super) const LINE: Self = Self::Whole(255);
    pub(super) const GRADE: Self = Self::Whole(5);

    /// Returns the steps of an item that is a number or a day.
    pub(super) fn of_item(item: Item) -> Self {
        match item {
            Item::Age => Self::AGE,
            Item::Completeness => Self::PERCENT,
            Item::Tmb => Self::TMB,
            _ => Self::Days,
        }
    }

    /// Returns how such a number is written.
    pub(super) fn example(self) -> &'static str {
        match self {
            Self::Whole(_) => "12",
            Self::Parts { .. } => "0.5",
            Self::Days => "2026-11-27",
        }
    }

    /// Reads a number or day; of a month or year the first day, or the last.
    pub(super) fn read(self, text: &str, last: bool) -> Option<u16> {
        match self {
            Self::Whole(highest) => text.parse().ok().filter(|number| *number <= highest),
            Self::Parts { highest, steps } => {
                let number: f64 = text.parse().ok()?;
                let is_within = number >= 0.0 && number <= f64::from(highest);
                // Within 0 and 65,535 by the line above.
                is_within.then(|| (number * f64::from(steps)).round() as u16)
            }
            Self::Days => {
                let day = Day::read(text)?;
                CohortDay::of(if last { day.last } else { day.first }).map(CohortDay::number)
            }
        }
    }

    /// Writes a number or day so that it is read back the same.
    pub(super) fn write(self, number: u16) -> String {
        match self {
            Self::Whole(_) => number.to_string(),
            Self::Parts { steps, .. } => (f64::from(number) / f64::from(steps)).to_string(),
            Self::Days => {
                CohortDay::of_number(number).map(|day| day.to_string()).unwrap_or_default()
            }
        }
    }
}

/// Something that a case may have several of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Several {
    Alteration,
    Therapy,
    Event,
}

impl Several {
    pub(super) const ALL: [Self; 3] = [Self::Alteration, Self::Therapy, Self::Event];

    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Alteration => "alteration",
            Self::Therapy => "therapy",
            Self::Event => "event",
        }
    }

    pub(super) fn of_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|several| several.code() == code)
    }

    /// Returns the names of its fields.
    pub(super) fn fields(self) -> &'static [&'static str] {
        match self {
            Self::Alteration => &[
                "gene", "kind", "change", "codon", "class", "partner", "origin", "vaf", "copies",
                "level",
            ],
            Self::Therapy => &["drug", "class", "line", "side", "response", "started"],
            Self::Event => &["code", "grade", "side"],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_back_as_written() {
        for steps in [Steps::AGE, Steps::TMB, Steps::SHARE, Steps::COPIES, Steps::Days] {
            for number in [0, 1, 7, 99, 100, 120] {
                let text = steps.write(number);
                assert_eq!(steps.read(&text, false), Some(number), "{steps:?} {text}");
            }
        }
        for number in 0..=10_000 {
            assert_eq!(Steps::SHARE.read(&Steps::SHARE.write(number), true), Some(number));
        }
        for wrong in ["", "-1", "1e9", "NaN", "inf", "５", "121"] {
            assert_eq!(Steps::AGE.read(wrong, false), None, "{wrong}");
        }
        assert_eq!(Steps::SHARE.read("1.5", false), None);
    }

    #[test]
    fn a_month_begins_and_ends() {
        let day = |text: &str| text.parse::<CohortDay>().unwrap().number();
        assert_eq!(Steps::Days.read("2024-02", false), Some(day("2024-02-01")));
        assert_eq!(Steps::Days.read("2024-02", true), Some(day("2024-02-29")));
    }
}
