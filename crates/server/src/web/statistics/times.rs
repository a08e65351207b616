//! How many patients allow what, and how long it takes from consent to the report.

use chrono::NaiveDate;
use model::consent::{Answer, Answers, ConsentPurpose};

use super::{THRESHOLD, share};
use crate::{error::PageError, format, page::Page, state::AppState};

/// The answers to one purpose.
pub(super) struct ConsentView {
    pub(super) label: String,
    /// Share of yes among those who answered yes or no; a dash where counts are hidden.
    pub(super) share: String,
    pub(super) yes: Option<String>,
    pub(super) no: Option<String>,
}

/// Consent and times.
pub(super) struct TimesView {
    pub(super) consents: Vec<ConsentView>,
    /// Quartiles of the days from consent to report; `None` where too few are known.
    pub(super) quartiles: Option<[i64; 3]>,
    pub(super) reports: Option<String>,
}

/// The purposes that are told.
const TOLD: [ConsentPurpose; 4] = [
    ConsentPurpose::Registration,
    ConsentPurpose::AcademicUse,
    ConsentPurpose::CompanyUse,
    ConsentPurpose::AbroadUse,
];

/// Answers and times of every case and order of the record.
pub(super) struct Times {
    /// How many cases have each set of answers.
    answers: Vec<(Answers, u64)>,
    /// Days from consent to report, fewest first.
    days: Vec<i64>,
}

impl Times {
    pub(super) async fn read(state: &AppState) -> Result<Self, PageError> {
        let answers = state.store.consent_counts().await.map_err(PageError::internal)?;
        let times = state.store.report_times().await.map_err(PageError::internal)?;
        Ok(Self { answers, days: days(&times) })
    }
}

/// Shows answers and times.
pub(super) fn view(page: &Page, times: &Times, is_whole: bool) -> TimesView {
    let count = |purpose: ConsentPurpose, answer: Answer| -> u64 {
        let with = times.answers.iter().filter(|(answers, _)| answers.get(purpose) == Some(answer));
        with.map(|(_, cases)| cases).sum()
    };
    let is_shown = |count: u64| is_whole || count == 0 || count >= THRESHOLD;
    let consent = |purpose: &ConsentPurpose| {
        let (yes, no) = (count(*purpose, Answer::Yes), count(*purpose, Answer::No));
        let both = is_shown(yes) && is_shown(no);
        let shown = |count: u64| is_whole.then(|| format::grouped(count));
        // Counts of two purposes could be subtracted: everybody sees whole per cent.
        let rate = || match (yes + no, is_whole) {
            (0, _) => "–".to_owned(),
            (_, true) => share(Some(yes), Some(yes + no)),
            (all, false) => format!("{:.0} %", yes as f64 * 100.0 / all as f64),
        };
        ConsentView {
            label: page.text(&purpose.label()).to_owned(),
            share: if both { rate() } else { "–".to_owned() },
            yes: shown(yes),
            no: shown(no),
        }
    };
    let days = &times.days;
    let enough = days.len() as u64 >= THRESHOLD || is_whole && !days.is_empty();
    TimesView {
        consents: TOLD.iter().map(consent).collect(),
        quartiles: if enough { quartiles(days) } else { None },
        reports: enough.then(|| format::grouped(days.len() as u64)),
    }
}

/// Returns the days from consent to report, fewest first; a report before the consent is a mistake and not counted.
fn days(times: &[(NaiveDate, NaiveDate)]) -> Vec<i64> {
    let days = times.iter().map(|(consented, reported)| (*reported - *consented).num_days());
    let mut days: Vec<i64> = days.filter(|days| *days >= 0).collect();
    days.sort_unstable();
    days
}

/// Returns the lower quartile, the median and the upper quartile: the least value that so large a share does not exceed.
fn quartiles(sorted: &[i64]) -> Option<[i64; 3]> {
    let at = |quarter: usize| sorted.get((sorted.len() * quarter).div_ceil(4).checked_sub(1)?);
    Some([*at(1)?, *at(2)?, *at(3)?])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quartiles_are_values_that_were_seen() {
        assert_eq!(quartiles(&[]), None);
        assert_eq!(quartiles(&[7]), Some([7, 7, 7]));
        assert_eq!(quartiles(&[1, 2, 3, 4]), Some([1, 2, 3]));
        assert_eq!(quartiles(&[1, 2, 3, 4, 5]), Some([2, 3, 4]));
    }

    #[test]
    fn a_report_before_its_consent_is_not_counted() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let times = [
            (day("2026-01-10"), day("2026-02-09")),
            (day("2026-01-10"), day("2026-01-09")),
            (day("2026-01-10"), day("2026-01-20")),
        ];
        assert_eq!(days(&times), [10, 30]);
    }
}
