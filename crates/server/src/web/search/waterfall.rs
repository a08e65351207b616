//! The waterfall of a search: how far target lesions changed at best, in the cases of which that is known.

use research::{
    answer::WaterfallAnswer,
    cohort::{ChangeClass, MeasuredCase, Response as BestResponse, TumourChange, Word as _},
};

use super::{SearchAddress, chart_file};
use crate::{
    address, format,
    page::Page,
    web::{
        chart::waterfall::{Fall, Level, Row, waterfall},
        table_file,
    },
};

/// Most bars of the picture.
const BARS_MAX: usize = 240;
/// Place of the row of those whose response is not known.
const UNKNOWN_ROW: usize = BestResponse::ALL.len();

/// The card of the waterfall; nothing where no case is measured.
#[derive(Default)]
pub(super) struct WaterfallView {
    pub(super) svg: String,
    /// How many are measured, and the change in the middle.
    pub(super) summary: String,
    /// Which cases have a bar, where not all have.
    pub(super) thinned: String,
    /// The responses that any measured case has, as the heads of the table.
    pub(super) responses: Vec<String>,
    pub(super) classes: Vec<ClassView>,
    pub(super) bars: Vec<BarView>,
    pub(super) files: [String; 2],
    pub(super) table: [String; 2],
}

/// A row of the table: changes beside the lines of RECIST.
pub(super) struct ClassView {
    pub(super) label: String,
    pub(super) cases: String,
    /// One for each response of the heads.
    pub(super) counts: Vec<String>,
}

/// A bar in words.
pub(super) struct BarView {
    pub(super) place: String,
    pub(super) change: String,
    pub(super) response: String,
    pub(super) href: String,
}

impl WaterfallView {
    /// Makes the card.
    pub(super) fn of(page: &Page, address: &SearchAddress, answer: &WaterfallAnswer) -> Self {
        if answer.measured.is_empty() {
            return Self::default();
        }
        let is_there = |response: &Option<BestResponse>| {
            answer.measured.iter().any(|own| own.change.response == *response)
        };
        let responses: Vec<_> = responses().filter(is_there).collect();
        let class = |class: ChangeClass| ClassView {
            label: class_label(page, class),
            cases: format::grouped(answer.count(class, None)),
            counts: responses
                .iter()
                .map(|response| format::grouped(answer.count(class, Some(*response))))
                .collect(),
        };
        let bar = |(place, own): &(usize, &MeasuredCase)| BarView {
            place: format::grouped(*place as u64 + 1),
            change: percent(own.change),
            response: response_word(page, own.change.response),
            href: href(own),
        };
        let (q, csv) = (address.q.as_str(), "/search/table.csv");
        Self {
            svg: draw(page, answer),
            summary: summary(page, answer),
            thinned: thinned(page, answer),
            responses: responses.iter().map(|own| response_word(page, *own)).collect(),
            classes: ChangeClass::ALL.map(class).into_iter().collect(),
            bars: drawn(answer).iter().map(bar).collect(),
            files: chart_file::hrefs(&[("chart", "waterfall"), ("q", q)]),
            table: table_file::hrefs(&address::with_query(
                csv,
                &[("q", q), ("table", "waterfall")],
            )),
        }
    }
}

fn responses() -> impl Iterator<Item = Option<BestResponse>> {
    BestResponse::ALL.iter().copied().map(Some).chain([None])
}

/// Returns the cases that have a bar, each with its place among the measured: all, or one in the middle of every so many.
fn drawn(answer: &WaterfallAnswer) -> Vec<(usize, &MeasuredCase)> {
    let every = every(answer);
    answer.measured.iter().enumerate().skip(every / 2).step_by(every).collect()
}

fn every(answer: &WaterfallAnswer) -> usize {
    answer.measured.len().div_ceil(BARS_MAX).max(1)
}

/// Draws the picture; empty where no case is measured.
pub(super) fn draw(page: &Page, answer: &WaterfallAnswer) -> String {
    if answer.measured.is_empty() {
        return String::new();
    }
    let bar = |(_, own): &(usize, &MeasuredCase)| {
        let response = own.change.response;
        Fall {
            percent: own.change.percent(),
            row: response.map_or(UNKNOWN_ROW, |response| usize::from(response.place()) - 1),
            label: format!("{} · {}", percent(own.change), response_word(page, response)),
            href: Some(href(own)),
        }
    };
    let bars: Vec<Fall> = drawn(answer).iter().map(bar).collect();
    let rows: Vec<Row> = responses()
        .map(|response| Row { name: response_word(page, response), class: fall_class(response) })
        .collect();
    let level = |percent: i16, words: String| Level { percent: percent.into(), words };
    let levels = [
        level(TumourChange::GROWTH_PERCENT, page.t("waterfall-growth")),
        level(TumourChange::SHRINKAGE_PERCENT, page.t("waterfall-shrinkage")),
    ];
    waterfall(&page.t("waterfall-title"), &bars, &rows, &levels, &page.t("waterfall-unit"))
}

/// Says how many cases are measured, and the change in the middle.
pub(super) fn summary(page: &Page, answer: &WaterfallAnswer) -> String {
    let measured = answer.measured.len() as u64;
    let middle = answer.median_percent().map(signed).unwrap_or_default();
    page.words(
        "waterfall-summary",
        &[
            ("measured", &format::grouped(measured)),
            ("all", &format::grouped(answer.cases)),
            ("unmeasured", &format::grouped(answer.cases.saturating_sub(measured))),
            ("middle", &middle),
        ],
    )
}

/// Says which cases have a bar, where not all have.
pub(super) fn thinned(page: &Page, answer: &WaterfallAnswer) -> String {
    match every(answer) {
        1 => String::new(),
        every => {
            let bars = format::grouped(drawn(answer).len() as u64);
            page.words("waterfall-thinned", &[("every", &every.to_string()), ("bars", &bars)])
        }
    }
}

/// Returns a change in words.
pub(super) fn percent(change: TumourChange) -> String {
    format!("{} %", signed(change.percent()))
}

fn signed(percent: f64) -> String {
    // Minus zero is zero.
    let percent = percent + 0.0;
    if percent > 0.0 { format!("+{percent:.1}") } else { format!("{percent:.1}") }
}

fn response_word(page: &Page, response: Option<BestResponse>) -> String {
    response.map_or_else(|| page.t("unknown"), |response| response.code().to_owned())
}

fn class_label(page: &Page, class: ChangeClass) -> String {
    match class {
        ChangeClass::Growth => page.t("waterfall-class-growth"),
        ChangeClass::Between => page.t("waterfall-class-between"),
        ChangeClass::Shrinkage => page.t("waterfall-class-shrinkage"),
    }
}

fn fall_class(response: Option<BestResponse>) -> &'static str {
    match response {
        Some(BestResponse::Complete) => "fall cr",
        Some(BestResponse::Partial) => "fall pr",
        Some(BestResponse::Stable) => "fall sd",
        Some(BestResponse::Progressive) => "fall pd",
        Some(BestResponse::NotEvaluable) => "fall ne",
        None => "fall not-said",
    }
}

fn href(own: &MeasuredCase) -> String {
    address::with_query("/search/case", &[("id", &own.id.to_string())])
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_large_cohort_is_thinned_evenly() {
        let answer = |cases: usize| WaterfallAnswer {
            cases: cases as u64,
            measured: (0..cases)
                .map(|at| MeasuredCase {
                    id: Uuid::from_u128(at as u128),
                    change: TumourChange { tenths: 500 - at as i16, response: None },
                })
                .collect(),
        };
        let places = |cases| {
            let answer = answer(cases);
            drawn(&answer).iter().map(|(place, _)| *place).collect::<Vec<_>>()
        };
        assert_eq!(places(BARS_MAX), (0..BARS_MAX).collect::<Vec<_>>());
        assert_eq!(places(BARS_MAX + 1).first(), Some(&1));
        for cases in [241, 1_000, 1_201] {
            let places = places(cases);
            assert!(places.len() <= BARS_MAX && places.len() >= BARS_MAX / 2, "{}", places.len());
            let step = places[1] - places[0];
            assert!(places.windows(2).all(|pair| pair[1] - pair[0] == step));
        }
    }

    #[test]
    fn a_change_is_written_with_its_sign() {
        assert_eq!(signed(12.0), "+12.0");
        assert_eq!(signed(-0.0), "0.0");
        assert_eq!(signed(-33.3), "-33.3");
    }
}
