//! `tsumugi cohort survival`.

use std::io::{self, Write};

use knowledge::Release;
use research::{
    answer::{AT_RISK_DAYS, SurvivalAnswer, SurvivalAsked},
    cohort::Clock,
};
use serde_json::{Map, Value};
use stats::survival::SurvivalQuantile;
use table::Table;

use super::{Answering, Asked, Found, Unanswered};

/// Days of a month, for showing.
const MONTH_DAYS: f64 = 30.4375;

/// Arguments of `tsumugi cohort survival`.
#[derive(Debug, clap::Args)]
pub(crate) struct Survival {
    #[command(flatten)]
    asked: Asked,
    /// What is compared: an item, such as stage, or a query, such as gene=TP53, and its opposite
    #[arg(long, value_name = "EXPR")]
    by: Option<String>,
    /// When the clock starts
    #[arg(long, value_name = "diagnosis|test|treatment", default_value = "diagnosis", value_parser = clock)]
    start: Clock,
    /// Count cases as observed from the day of their test, of registered cases that of registration: only who lived until then was registered
    #[arg(long)]
    delayed_entry: bool,
    /// Days at which those at risk are told
    #[arg(long, value_name = "DAYS", value_delimiter = ',', default_values_t = AT_RISK_DAYS)]
    at_risk: Vec<u32>,
}

pub(super) fn clock(text: &str) -> Result<Clock, String> {
    let codes = Clock::ALL.map(Clock::code).join(", ");
    Clock::of_code(text).ok_or_else(|| format!("not one of: {codes}"))
}

impl Answering for Survival {
    type Answer = SurvivalAnswer;

    fn asked(&self) -> &Asked {
        &self.asked
    }

    fn answer(&self, found: &Found, release: &'static Release) -> Result<Self::Answer, Unanswered> {
        let question = SurvivalAsked {
            by: self.by.clone(),
            clock: self.start,
            delayed_entry: self.delayed_entry,
        };
        let (view, cases) = (&found.searched.view, (&found.query, &found.cases));
        SurvivalAnswer::of(view, cases, question, release, self.asked.lang).map_err(|error| {
            let (ja, en) = ("生存期間を数えられません", "Survival cannot be counted");
            Unanswered::of(error, ja, en)
        })
    }

    fn tables(&self, answer: &Self::Answer) -> Vec<(&'static str, Table)> {
        vec![("survival", answer.to_table())]
    }

    fn add_json(&self, answer: &Self::Answer, outcome: &mut Map<String, Value>) {
        outcome.extend(answer.to_json(&self.at_risk));
    }

    fn write(&self, out: &mut impl Write, _: &Found, answer: &Self::Answer) -> io::Result<()> {
        let asked = &self.asked;
        let start = match self.start {
            Clock::Diagnosis => {
                asked.say("診断からの全生存期間", "Overall survival from diagnosis")
            }
            Clock::Test => asked.say("検査からの全生存期間", "Overall survival from the test"),
            Clock::Treatment => {
                asked.say("治療開始からの全生存期間", "Overall survival from the first therapy")
            }
        };
        let entry = asked.entry(self.delayed_entry);
        writeln!(out, "{start}, {entry}")?;
        for group in &answer.groups {
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
        if let Some(test) = &answer.test {
            let (chi, degrees, p) = (test.chi_square, test.degrees, test.p);
            let name = asked.say("ログランク検定", "Log-rank test");
            let freedom = asked.say("自由度", "degrees of freedom");
            writeln!(out, "\n{name}: p = {p:.6e} (χ² = {chi:.6}, {freedom} {degrees})")?;
        } else if answer.groups.len() > 1 {
            writeln!(
                out,
                "\n{}",
                asked.say("群を比べられません。", "The groups cannot be compared.")
            )?;
        }
        Ok(())
    }
}

impl Survival {
    fn median(&self, median: SurvivalQuantile) -> String {
        let months = |days: Option<f64>| match days {
            Some(days) => format!("{:.1}", days / MONTH_DAYS),
            None => self.asked.say("未到達", "not reached").to_owned(),
        };
        format!("{} ({}–{})", months(median.time), months(median.lower), months(median.upper))
    }
}
