//! `tsumugi cohort survival`.

use std::{
    io::{self, Write},
    process::ExitCode,
};

use knowledge::Release;
use model::problem::Problem;
use research::cohort::{Clock, Item, ItemKind, PageRequest, Query, SurvivalCounts, Vocabulary};
use serde_json::{Value, json};
use stats::survival::{
    KaplanMeierCurve, KaplanMeierOptions, LogRankTest, LogRankWeight, SurvivalQuantile,
};

use crate::outcome::Format;

use super::{Asked, Found, evaluate, read, unwritten};
use crate::record::{Failure, Knowledge};

/// Most groups that are compared.
const GROUPS_MAX: usize = 50;
/// Days of a month, for showing.
const MONTH_DAYS: f64 = 30.4375;
/// When those at risk are told, where nothing else is asked. Units: days; 0 to 5 years.
const AT_RISK_DAYS: [u32; 6] = [0, 365, 730, 1_095, 1_461, 1_826];

/// Arguments of `tsumugi cohort survival`.
#[derive(Debug, clap::Args)]
pub(crate) struct Survival {
    #[command(flatten)]
    asked: Asked,
    /// What is compared: an item, such as stage, or a query, such as gene=TP53, and its opposite
    #[arg(long, value_name = "EXPR")]
    by: Option<String>,
    /// When the clock starts
    #[arg(long, value_enum, default_value_t = Start::Diagnosis)]
    start: Start,
    /// Count cases as observed from the day of their test: only who lived until then was registered
    #[arg(long)]
    delayed_entry: bool,
    /// Days at which those at risk are told
    #[arg(long, value_name = "DAYS", value_delimiter = ',', default_values_t = AT_RISK_DAYS)]
    at_risk: Vec<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Start {
    /// At diagnosis.
    Diagnosis,
    /// At the test.
    Test,
    /// At the first day of any therapy.
    Treatment,
}

impl Start {
    fn clock(self) -> Clock {
        match self {
            Self::Diagnosis => Clock::Diagnosis,
            Self::Test => Clock::Test,
            Self::Treatment => Clock::Treatment,
        }
    }

    fn code(self) -> &'static str {
        match self {
            Self::Diagnosis => "diagnosis",
            Self::Test => "test",
            Self::Treatment => "treatment",
        }
    }
}

/// A group, its days, and its curve where anybody can be counted.
struct Group {
    query: Query,
    label: String,
    counts: SurvivalCounts,
    curve: Option<KaplanMeierCurve>,
}

impl Survival {
    /// Runs the command.
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let release = Knowledge::open(self.asked.knowledge.as_ref())?.into_static();
        let found = match self.asked.find(release)? {
            Ok(found) => found,
            Err(problems) => return self.asked.refuse(&problems),
        };
        let compared = match self.compared(&found, release) {
            Ok(compared) => compared,
            Err(problems) => return self.asked.refuse(&problems),
        };
        let groups = self.groups(&found, compared, release)?;
        let tables: Vec<_> =
            groups.iter().filter_map(|own| Some(own.curve.as_ref()?.table().clone())).collect();
        let test = LogRankTest::of(&tables, LogRankWeight::default()).ok();
        match self.asked.format {
            Format::Json => {
                let mut outcome = found.to_json();
                outcome.insert("start".to_owned(), self.start.code().into());
                outcome.insert("delayedEntry".to_owned(), self.delayed_entry.into());
                outcome.insert("by".to_owned(), json!(self.by));
                let groups: Vec<Value> = groups.iter().map(|group| self.group(group)).collect();
                outcome.insert("groups".to_owned(), groups.into());
                outcome.insert("logRank".to_owned(), json!(test.as_ref().map(log_rank)));
                self.asked.print_json(&Value::Object(outcome))?;
            }
            Format::Text => {
                let mut out = io::stdout().lock();
                self.text(&mut out, &found, &groups, test.as_ref()).map_err(unwritten)?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }

    /// Returns the queries that are compared, each with its label; one of every case where nothing is.
    fn compared(
        &self,
        found: &Found,
        release: &Release,
    ) -> Result<Vec<(String, Query)>, Vec<Problem>> {
        let Some(by) = &self.by else {
            return Ok(vec![(self.asked.say("全体", "all").to_owned(), Query::Everything)]);
        };
        let coded =
            Item::of_code(by).filter(|item| matches!(item.kind(), ItemKind::Word | ItemKind::Name));
        if let Some(item) = coded {
            let request = PageRequest { facets: vec![item], ..PageRequest::count() };
            let page = found.searched.view.page(&found.cases, &request);
            let facets = page.facets.iter();
            let groups = facets.flat_map(|facet| {
                facet.values.iter().map(|value| {
                    let label = item.word_label(value.place);
                    let label = label.map(|label| label.get(self.asked.lang).to_owned());
                    (label.unwrap_or_else(|| value.code.to_string()), facet.query(value))
                })
            });
            return Ok(groups.take(GROUPS_MAX).collect());
        }
        let names = found.searched.view.dictionaries();
        let vocabulary = Vocabulary::of(names).with_release(release);
        let is_word = by.chars().all(|sign| sign.is_alphanumeric() || sign == '_');
        // A word alone is an item that does not exist; as a term it is answered with those that do.
        let query =
            if is_word { read(&format!("{by}=1"), &vocabulary) } else { read(by, &vocabulary) }?;
        let other = query.clone().negated();
        Ok(vec![(query.to_text(), query), (other.to_text(), other)])
    }

    fn groups(
        &self,
        found: &Found,
        compared: Vec<(String, Query)>,
        release: &Release,
    ) -> Result<Vec<Group>, Failure> {
        let request = PageRequest {
            survival: Some((self.start.clock(), self.delayed_entry)),
            ..PageRequest::count()
        };
        let options = KaplanMeierOptions::default();
        let mut groups = Vec::with_capacity(compared.len());
        for (label, query) in compared {
            let both = Query::And(vec![found.query.clone(), query.clone()]);
            let cases = evaluate(&found.searched, &both, release)?;
            let page = found.searched.view.page(&cases, &request);
            let counts = page.survival.unwrap_or_default();
            let days = SurvivalCounts::to_day_counts(std::slice::from_ref(&counts));
            let days = days.map_err(|error| {
                Failure::system("生存期間を数えられません", "Survival cannot be counted", &error)
            })?;
            let curve = days.curve(0, &options).ok();
            groups.push(Group { query, label, counts, curve });
        }
        Ok(groups)
    }

    fn group(&self, group: &Group) -> Value {
        let mut value = json!({
            "label": group.label,
            "query": group.query.to_text(),
            "leftOut": group.counts.left_out,
            "cases": 0,
        });
        if let (Some(curve), Some(value)) = (&group.curve, value.as_object_mut()) {
            let median = curve.median();
            let at_risk: Vec<Value> = self
                .at_risk
                .iter()
                .map(|day| json!({ "day": day, "cases": curve.at_risk(f64::from(*day)) }))
                .collect();
            let points: Vec<Value> = curve
                .points()
                .iter()
                .map(|point| {
                    json!({
                        "day": point.time,
                        "atRisk": point.at_risk,
                        "deaths": point.events,
                        "censored": point.censored,
                        "survival": point.survival,
                        "standardError": point.standard_error,
                        "lower": point.interval.map(|interval| interval.lower),
                        "upper": point.interval.map(|interval| interval.upper),
                    })
                })
                .collect();
            value.insert("cases".to_owned(), curve.table().cases().into());
            value.insert("deaths".to_owned(), curve.table().events().into());
            value.insert("medianDays".to_owned(), json!(median.time));
            value.insert("medianLowerDays".to_owned(), json!(median.lower));
            value.insert("medianUpperDays".to_owned(), json!(median.upper));
            value.insert("atRisk".to_owned(), at_risk.into());
            value.insert("points".to_owned(), points.into());
            let collapse = curve.collapse().map(|own| own.time);
            value.insert("zeroFromDayThoughObservedLater".to_owned(), json!(collapse));
        }
        value
    }

    fn text(
        &self,
        out: &mut impl Write,
        found: &Found,
        groups: &[Group],
        test: Option<&LogRankTest>,
    ) -> io::Result<()> {
        let asked = &self.asked;
        found.head(asked, out)?;
        let start = match self.start {
            Start::Diagnosis => {
                asked.say("診断からの全生存期間", "Overall survival from diagnosis")
            }
            Start::Test => asked.say("検査からの全生存期間", "Overall survival from the test"),
            Start::Treatment => {
                asked.say("治療開始からの全生存期間", "Overall survival from the first therapy")
            }
        };
        let entry = if self.delayed_entry {
            asked.say("検査日から観察(遅延登録を補正)", "observed from the test (delayed entry)")
        } else {
            asked.say("遅延登録の補正なし", "not corrected for delayed entry")
        };
        writeln!(out, "{start}, {entry}")?;
        for group in groups {
            let left_out = group.counts.left_out;
            let uncounted = asked.say("数えられない症例", "not counted");
            let Some(curve) = &group.curve else {
                writeln!(out, "\n{}: 0 ({uncounted} {left_out})", group.label)?;
                continue;
            };
            let (cases, deaths) = (curve.table().cases(), curve.table().events());
            writeln!(
                out,
                "\n{}: {cases} ({} {deaths}, {uncounted} {left_out})",
                group.label,
                asked.say("死亡", "deaths")
            )?;
            let median = self.median(curve.median());
            writeln!(
                out,
                "  {}: {median}",
                asked.say("中央値(月、95%信頼区間)", "Median in months (95 % interval)")
            )?;
            let (days, risk, share) = (
                asked.say("日", "day"),
                asked.say("リスク集合", "at risk"),
                asked.say("生存率(95%信頼区間)", "survival (95 % interval)"),
            );
            writeln!(out, "  {days:>6}  {risk:>8}  {share}")?;
            for day in &self.at_risk {
                let time = f64::from(*day);
                let at_risk = curve.at_risk(time);
                let last = curve.points().last().map_or(0.0, |point| point.time);
                let survival = match curve.point_at(time) {
                    _ if time > last => "–".to_owned(),
                    None => "1.000".to_owned(),
                    Some(point) => match point.interval {
                        Some(bounds) => {
                            format!(
                                "{:.3} ({:.3}–{:.3})",
                                point.survival, bounds.lower, bounds.upper
                            )
                        }
                        None => format!("{:.3}", point.survival),
                    },
                };
                writeln!(out, "  {day:>6}  {at_risk:>8}  {survival}")?;
            }
        }
        if let Some(test) = test {
            let (chi, degrees, p) = (test.chi_square, test.degrees, test.p);
            let name = asked.say("ログランク検定", "Log-rank test");
            let freedom = asked.say("自由度", "degrees of freedom");
            writeln!(out, "\n{name}: p = {p:.6e} (χ² = {chi:.6}, {freedom} {degrees})")?;
        } else if groups.len() > 1 {
            writeln!(
                out,
                "\n{}",
                asked.say("群を比べられません。", "The groups cannot be compared.")
            )?;
        }
        Ok(())
    }

    fn median(&self, median: SurvivalQuantile) -> String {
        let months = |days: Option<f64>| match days {
            Some(days) => format!("{:.1}", days / MONTH_DAYS),
            None => self.asked.say("未到達", "not reached").to_owned(),
        };
        format!("{} ({}–{})", months(median.time), months(median.lower), months(median.upper))
    }
}

fn log_rank(test: &LogRankTest) -> Value {
    let group = |group: &stats::survival::LogRankGroup| json!({ "cases": group.cases, "observed": group.observed, "expected": group.expected });
    json!({
        "chiSquare": test.chi_square,
        "degrees": test.degrees,
        "p": test.p,
        "groups": test.groups.iter().map(group).collect::<Vec<_>>(),
    })
}
