//! Survival of the cohort, whole or compared by an item: curves with their intervals, those at risk, medians.
//!
//! Source: Kaplan and Meier 1958; with delayed entry Tsai, Jewell and Wang 1987; see `stats`.

use std::sync::Arc;

use research::{
    answer::hazard_ratio,
    cohort::{Clock, Item, PageRequest, Query, SurvivalCounts},
};
use stats::survival::{
    CountDaysError, KaplanMeierCurve, KaplanMeierOptions, LogRankTest, LogRankWeight,
    SurvivalQuantile,
};

use super::{COMPARED, Found, SearchAddress, asked, labels::ClinicLabels, narrow};
use crate::{error::PageError, format, page::Page, state::AppState};

/// Most groups that are compared.
const GROUPS_MAX: usize = 6;
/// Fewest cases of a group for which a curve is drawn.
const CASES_MIN: f64 = 5.0;
/// Fewest deaths of each of two groups for which their hazard ratio is told.
const DEATHS_MIN: u64 = 5;
/// Most cases of two groups whose hazard ratio is fitted while a page waits.
const HAZARD_CASES_MAX: u64 = 100_000;
/// Cases at risk below which a curve's first step says little.
const FEW_AT_RISK: f64 = 10.0;
/// Days of a month, for showing.
const MONTH_DAYS: f64 = 30.4375;
/// Width and height of the picture, and its margins. Units: of the picture.
const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 300.0;
const LEFT: f64 = 46.0;
const RIGHT: f64 = 12.0;
const TOP: f64 = 10.0;
const BOTTOM: f64 = 34.0;
/// Longest time that is drawn. Units: months.
const MONTHS_MAX: f64 = 120.0;

/// The survival card.
#[derive(Default)]
pub(crate) struct SurvivalView {
    pub(crate) title: String,
    pub(crate) note: String,
    pub(crate) left_out: String,
    /// A warning that a curve begins with few cases at risk; empty where none does.
    pub(crate) few: String,
    /// The picture; empty where there is nothing to draw.
    pub(crate) svg: String,
    pub(crate) months: Vec<String>,
    pub(crate) groups: Vec<GroupView>,
    pub(crate) test: String,
    pub(crate) clocks: Vec<ChoiceView>,
    pub(crate) entries: Vec<ChoiceView>,
    pub(crate) compared: Vec<ChoiceView>,
}

/// A choice as a link.
pub(crate) struct ChoiceView {
    pub(crate) label: String,
    pub(crate) href: String,
    pub(crate) current: bool,
}

/// One curve in words and numbers.
pub(crate) struct GroupView {
    pub(crate) label: String,
    /// Which line of the picture it is. Units: 0-based.
    pub(crate) place: usize,
    pub(crate) cases: String,
    pub(crate) deaths: String,
    pub(crate) median: String,
    pub(crate) one_year: String,
    pub(crate) at_risk: Vec<String>,
}

/// Makes the card.
pub(crate) async fn view(
    state: &AppState,
    page: &Page,
    address: &SearchAddress,
    found: &Found,
    labels: &ClinicLabels<'_>,
) -> Result<SurvivalView, PageError> {
    let (groups, fitted) = groups(state, page, address, found, labels).await?;
    let mut card = card(page, address.clock(), found.delayed, &groups, &fitted);
    if found.scope.collections.have_no_test(&found.query) {
        card.note = page.t("search-entry-collection");
    }
    let href = |changes: &[(&str, &str)]| address.href(changes);
    Ok(SurvivalView {
        clocks: clocks(page, address.clock(), &href),
        entries: entries(page, found.delayed, &href),
        compared: compared(page, address),
        ..card
    })
}

/// What is estimated of groups. It takes time: it is made where cases are counted.
pub(crate) struct Fitted {
    left_out: u64,
    /// The curves of groups that have enough cases, each with the place of its group. Units: 0-based.
    drawn: Vec<(usize, KaplanMeierCurve)>,
    /// The test of more than one curve; `None` where it cannot be made.
    test: Option<LogRankTest>,
    hazard: Hazard,
}

/// The hazard of the second of two groups beside that of the first.
enum Hazard {
    /// There are not two groups.
    NotAsked,
    /// It would say little.
    FewDeaths,
    /// It would take too long.
    ManyCases,
    /// There is no model.
    NoModel,
    /// The ratio with its interval, and the deaths of both groups.
    Ratio { ratio: [f64; 3], deaths: [u64; 2] },
}

impl Fitted {
    /// Estimates what is told of groups.
    ///
    /// Errors: too many groups, days or cases.
    pub(crate) fn of(groups: &[SurvivalCounts]) -> Result<Self, CountDaysError> {
        let days = SurvivalCounts::to_day_counts(groups)?;
        let options = KaplanMeierOptions::default();
        let mut drawn: Vec<(usize, KaplanMeierCurve)> = Vec::new();
        for at in 0..groups.len() {
            let table = days.risk_table(at);
            if table.cases() >= CASES_MIN
                && let Ok(curve) = KaplanMeierCurve::of(&table, &options)
            {
                drawn.push((at, curve));
            }
        }
        let tables: Vec<_> = drawn.iter().map(|(_, curve)| curve.table().clone()).collect();
        let pair = match drawn.as_slice() {
            [(first, _), (second, _)] => groups.get(*first).zip(groups.get(*second)),
            _ => None,
        };
        Ok(Self {
            left_out: groups.iter().map(|counts| counts.left_out).sum(),
            test: LogRankTest::of(&tables, LogRankWeight::default()).ok(),
            hazard: pair.map_or(Hazard::NotAsked, |(first, second)| Hazard::of([first, second])),
            drawn,
        })
    }
}

impl Hazard {
    fn of(groups: [&SurvivalCounts; 2]) -> Self {
        let deaths = groups.map(|counts| counts.died.iter().sum::<u64>());
        if deaths.iter().any(|deaths| *deaths < DEATHS_MIN) {
            return Self::FewDeaths;
        }
        let cases = groups.map(|counts| counts.entered.iter().sum::<u64>());
        if cases.iter().sum::<u64>() > HAZARD_CASES_MAX {
            return Self::ManyCases;
        }
        let model = hazard_ratio(groups).ok();
        let own = model.as_ref().and_then(|model| model.coefficients.first());
        own.map_or(Self::NoModel, |own| Self::Ratio {
            ratio: [own.hazard_ratio, own.interval.lower, own.interval.upper],
            deaths,
        })
    }

    /// Says it of two groups with their labels.
    fn words(&self, page: &Page, reference: &str, group: &str) -> String {
        let (ratio, deaths) = match self {
            Self::NotAsked => return String::new(),
            Self::FewDeaths => return page.tn("search-hazard-few", DEATHS_MIN),
            Self::ManyCases => return page.tn("search-hazard-many", HAZARD_CASES_MAX),
            Self::NoModel => return page.t("search-hazard-none"),
            Self::Ratio { ratio, deaths } => (ratio, deaths),
        };
        let [ratio, lower, upper] = ratio.map(asked::ratio);
        let [reference_deaths, group_deaths] = deaths.map(format::grouped);
        page.words(
            "search-hazard",
            &[
                ("ratio", &ratio),
                ("lower", &lower),
                ("upper", &upper),
                ("group", group),
                ("reference", reference),
                ("groupDeaths", &group_deaths),
                ("referenceDeaths", &reference_deaths),
            ],
        )
    }
}

/// Makes the card of some groups with their labels, without what can be chosen.
pub(super) fn card(
    page: &Page,
    clock: Clock,
    is_delayed: bool,
    groups: &[String],
    fitted: &Fitted,
) -> SurvivalView {
    let drawn = &fitted.drawn;
    let months = ticks(drawn);
    let label = |at: usize| groups.get(at).map_or("", String::as_str);
    let mut test = String::new();
    if drawn.len() > 1 {
        test = log_rank(page, fitted.test.as_ref());
    }
    if let [(first, _), (second, _)] = drawn.as_slice() {
        let hazard = fitted.hazard.words(page, label(*first), label(*second));
        test = format!("{test} {hazard}").trim().to_owned();
    }
    let views = drawn.iter().enumerate();
    let views = views
        .map(|(place, (at, curve))| group_view(page, label(*at).to_owned(), place, curve, &months));
    SurvivalView {
        title: match clock {
            Clock::Diagnosis => page.t("search-survival-diagnosis"),
            Clock::Test => page.t("search-survival-test"),
            Clock::Treatment => page.t("search-survival-treatment"),
        },
        note: match (clock, is_delayed) {
            (Clock::Test, _) => [page.t("search-entry-test"), page.t("search-test-day")].join(" "),
            (_, true) => [page.t("search-entry-delayed"), page.t("search-test-day")].join(" "),
            (_, false) => page.t("search-entry-naive"),
        },
        few: if drawn.iter().any(|(_, curve)| begins_with_few(curve)) {
            page.t("search-few-early")
        } else {
            String::new()
        },
        left_out: match fitted.left_out {
            0 => String::new(),
            left_out => page.tn("search-left-out", left_out),
        },
        svg: if drawn.is_empty() { String::new() } else { svg(page, drawn, &months) },
        groups: views.collect(),
        months: months.iter().map(|month| format!("{month:.0}")).collect(),
        test,
        ..SurvivalView::default()
    }
}

fn log_rank(page: &Page, test: Option<&LogRankTest>) -> String {
    let Some(test) = test else { return page.t("search-no-test") };
    let p = if test.p < 0.0001 { "< 0.0001".to_owned() } else { format!("= {:.4}", test.p) };
    let chi = format!("{:.2}", test.chi_square);
    let degrees = test.degrees.to_string();
    page.words("search-log-rank", &[("p", &p), ("chi", &chi), ("degrees", &degrees)])
}

/// Returns whether few cases are at risk at the first death: with delayed entry the first step is then large.
fn begins_with_few(curve: &KaplanMeierCurve) -> bool {
    let first = curve.points().iter().find(|point| point.events > 0.0);
    first.is_some_and(|point| point.at_risk < FEW_AT_RISK)
}

/// Returns the address of the page with some values put in place of those it has.
type Href<'a> = &'a dyn Fn(&[(&str, &str)]) -> String;

/// Returns when the clock may start.
pub(super) fn clocks(page: &Page, clock: Clock, href: Href<'_>) -> Vec<ChoiceView> {
    [
        (Clock::Diagnosis, "diagnosis", page.t("search-clock-diagnosis")),
        (Clock::Test, "test", page.t("search-clock-test")),
        (Clock::Treatment, "treatment", page.t("search-clock-treatment")),
    ]
    .map(|(each, value, label)| ChoiceView {
        label,
        href: format!("{}#survival", href(&[("clock", value)])),
        current: each == clock,
    })
    .into()
}

/// Returns whether delayed entry may be corrected.
pub(super) fn entries(page: &Page, delayed: bool, href: Href<'_>) -> Vec<ChoiceView> {
    [
        (true, "delayed", page.t("search-corrected")),
        (false, "naive", page.t("search-not-corrected")),
    ]
    .map(|(each, value, label)| ChoiceView {
        label,
        href: format!("{}#survival", href(&[("entry", value)])),
        current: each == delayed,
    })
    .into()
}

fn compared(page: &Page, address: &SearchAddress) -> Vec<ChoiceView> {
    let nothing = ChoiceView {
        label: page.t("search-by-nothing"),
        href: format!("{}#survival", address.href(&[("by", "")])),
        current: address.by.is_empty(),
    };
    let item = |item: &Item| ChoiceView {
        label: page.text(&item.label()).to_owned(),
        href: format!("{}#survival", address.href(&[("by", item.code())])),
        current: address.by == item.code(),
    };
    std::iter::once(nothing).chain(COMPARED.iter().map(item)).collect()
}

/// Returns the labels of the groups that the address asks to compare, the largest ones, and what is estimated of them.
async fn groups(
    state: &AppState,
    page: &Page,
    address: &SearchAddress,
    found: &Found,
    labels: &ClinicLabels<'_>,
) -> Result<(Vec<String>, Fitted), PageError> {
    let item = Item::of_code(&address.by).filter(|item| COMPARED.contains(item));
    let facet = found.page.facets.iter().find(|facet| Some(facet.item) == item);
    let Some(facet) = facet else {
        let whole = found.page.survival.clone().unwrap_or_default();
        let fitted = state.count(move || Fitted::of(&[whole])).await?;
        return Ok((vec![page.t("search-whole")], fitted.map_err(PageError::internal)?));
    };
    let mut values: Vec<_> = facet.values.iter().collect();
    values.sort_by_key(|value| std::cmp::Reverse(value.cases));
    values.truncate(GROUPS_MAX);
    values.sort_by_key(|value| value.place);
    let asked: Vec<(String, Query)> = values
        .iter()
        .map(|value| {
            let word = facet.item.word_label(value.place);
            let label = word.map_or_else(
                || labels.of_item(facet.item, &value.code, page.language),
                |label| page.text(&label).to_owned(),
            );
            let mut parts = narrow::parts(&found.evaluated);
            parts.push(facet.query(value));
            (label, Query::And(parts))
        })
        .collect();
    let request =
        PageRequest { survival: Some((address.clock(), found.delayed)), ..PageRequest::count() };
    let (view, release) = (Arc::clone(&found.view), state.release);
    let work = state.count(move || {
        let count = |(label, query): (String, Query)| {
            let cohort = view.evaluate(&query, release).ok()?;
            Some((label, view.page(&cohort, &request).survival.unwrap_or_default()))
        };
        let (labels, counts): (Vec<String>, Vec<SurvivalCounts>) =
            asked.into_iter().filter_map(count).unzip();
        Fitted::of(&counts).map(|fitted| (labels, fitted))
    });
    work.await?.map_err(PageError::internal)
}

/// Returns the months under the picture: at most seven steps to the end of the longest curve.
fn ticks(drawn: &[(usize, KaplanMeierCurve)]) -> Vec<f64> {
    let last = |curve: &KaplanMeierCurve| curve.points().last().map_or(0.0, |point| point.time);
    let longest = drawn.iter().map(|(_, curve)| last(curve)).fold(0.0, f64::max);
    let months = (longest / MONTH_DAYS).clamp(1.0, MONTHS_MAX);
    let step = [1.0, 3.0, 6.0, 12.0, 24.0].into_iter().find(|step| months / step <= 6.0);
    let step = step.unwrap_or(24.0);
    let steps = (months / step).ceil() as usize;
    (0..=steps).map(|at| at as f64 * step).collect()
}

fn group_view(
    page: &Page,
    label: String,
    place: usize,
    curve: &KaplanMeierCurve,
    months: &[f64],
) -> GroupView {
    let table = curve.table();
    let year = curve.point_at(365.25).filter(|point| point.time <= 365.25);
    let one_year = year.map_or_else(
        || "–".to_owned(),
        |point| match point.interval {
            Some(interval) => format!(
                "{:.1} % ({:.1}–{:.1})",
                point.survival * 100.0,
                interval.lower * 100.0,
                interval.upper * 100.0
            ),
            None => format!("{:.1} %", point.survival * 100.0),
        },
    );
    GroupView {
        label,
        place,
        cases: format::grouped(table.cases() as u64),
        deaths: format::grouped(table.events() as u64),
        median: median(page, curve.median()),
        one_year,
        at_risk: months
            .iter()
            .map(|month| format::grouped(curve.at_risk(month * MONTH_DAYS) as u64))
            .collect(),
    }
}

fn median(page: &Page, median: SurvivalQuantile) -> String {
    let months = |days: Option<f64>| {
        days.map_or_else(
            || page.t("search-not-reached"),
            |days| format!("{:.1}", days / MONTH_DAYS),
        )
    };
    format!("{} ({}–{})", months(median.time), months(median.lower), months(median.upper))
}

/// Where times and shares lie in the picture.
struct Axes {
    last_month: f64,
}

impl Axes {
    fn x(&self, days: f64) -> f64 {
        let share = days / MONTH_DAYS / self.last_month;
        LEFT + share.clamp(0.0, 1.0) * (WIDTH - LEFT - RIGHT)
    }

    fn y(&self, share: f64) -> f64 {
        TOP + (1.0 - share.clamp(0.0, 1.0)) * (HEIGHT - TOP - BOTTOM)
    }
}

/// Draws the curves with their bands. Only classes are used, so that the style sheet decides on colours.
fn svg(page: &Page, drawn: &[(usize, KaplanMeierCurve)], months: &[f64]) -> String {
    let axes = Axes { last_month: months.last().copied().unwrap_or(1.0) };
    let label = page.t("search-curve-label");
    let mut text = format!(
        "<svg class=\"curves\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{label}\">"
    );
    for share in [0.0, 0.25, 0.5, 0.75, 1.0] {
        let (y, right, percent) = (axes.y(share), WIDTH - RIGHT, share * 100.0);
        text.push_str(&format!("<path class=\"grid\" d=\"M{LEFT} {y:.1}H{right:.1}\"/>"));
        text.push_str(&tick(LEFT - 6.0, y + 4.0, "end", &format!("{percent:.0} %")));
    }
    for month in months {
        let x = axes.x(month * MONTH_DAYS);
        text.push_str(&tick(x, HEIGHT - BOTTOM + 16.0, "middle", &format!("{month:.0}")));
    }
    text.push_str(&tick(WIDTH - RIGHT, HEIGHT - 3.0, "end", &page.t("search-months")));
    for (place, (_, curve)) in drawn.iter().enumerate() {
        text.push_str(&curve_and_band(&axes, curve, place));
    }
    text.push_str("</svg>");
    text
}

fn tick(x: f64, y: f64, anchor: &str, words: &str) -> String {
    format!(
        "<text class=\"tick\" x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{words}</text>"
    )
}

/// Draws a step line, and around it the band from the upper bounds there to the lower ones back.
fn curve_and_band(axes: &Axes, curve: &KaplanMeierCurve, place: usize) -> String {
    let begin = format!("M{:.1} {:.1}", axes.x(0.0), axes.y(1.0));
    let (mut line, mut band) = (begin.clone(), begin);
    let mut lower = Vec::new();
    let (mut low, mut high) = (1.0, 1.0);
    for point in curve.points().iter().filter(|point| point.events > 0.0) {
        let x = axes.x(point.time);
        lower.push((x, low));
        (low, high) = point.interval.map_or((low, high), |each| (each.lower, each.upper));
        lower.push((x, low));
        line.push_str(&format!("H{x:.1}V{:.1}", axes.y(point.survival)));
        band.push_str(&format!("H{x:.1}V{:.1}", axes.y(high)));
    }
    let end = axes.x(curve.points().last().map_or(0.0, |point| point.time));
    line.push_str(&format!("H{end:.1}"));
    band.push_str(&format!("H{end:.1}V{:.1}", axes.y(low)));
    for (x, share) in lower.iter().rev() {
        band.push_str(&format!("H{x:.1}V{:.1}", axes.y(*share)));
    }
    format!(
        "<path class=\"band c{place}\" d=\"{band}Z\"/><path class=\"curve c{place}\" d=\"{line}\"/>"
    )
}

#[cfg(test)]
mod tests {
    use stats::survival::DayCounts;

    use super::*;

    fn curve(exits: &[(u32, bool)]) -> KaplanMeierCurve {
        let mut days = DayCounts::new(1, 5_000).unwrap();
        for (exit, event) in exits {
            days.add(0, *exit, *event).unwrap();
        }
        KaplanMeierCurve::of(&days.risk_table(0), &KaplanMeierOptions::default()).unwrap()
    }

    #[test]
    fn months_are_few_and_reach_the_end() {
        let short = ticks(&[(0, curve(&[(20, true), (25, false)]))]);
        assert_eq!(short, [0.0, 1.0]);
        let long = ticks(&[(0, curve(&[(200, true), (1_500, false)]))]);
        assert!(long.len() <= 8 && *long.last().unwrap() >= 1_500.0 / MONTH_DAYS, "{long:?}");
    }
}
