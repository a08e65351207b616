//! `tsumugi cohort survival`.

use std::{
    io::{self, Write},
    process::ExitCode,
};

use research::{
    answer::{AT_RISK_DAYS, AnswerError, SurvivalAnswer, SurvivalAsked},
    cohort::Clock,
};
use serde_json::Value;
use stats::survival::SurvivalQuantile;

use super::{Asked, Found, unwritten};
use crate::{
    outcome::Format,
    record::{Failure, Knowledge},
};

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

impl Survival {
    /// Runs the command.
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let release = Knowledge::open(self.asked.knowledge.as_ref())?.into_static();
        let found = match self.asked.find(release)? {
            Ok(found) => found,
            Err(problems) => return self.asked.refuse(&problems),
        };
        let question = SurvivalAsked {
            by: self.by.clone(),
            clock: self.start,
            delayed_entry: self.delayed_entry,
        };
        let (view, cases) = (&found.searched.view, (&found.query, &found.cases));
        let answer = match SurvivalAnswer::of(view, cases, question, release, self.asked.lang) {
            Ok(answer) => answer,
            Err(AnswerError::Unread(problems)) => return self.asked.refuse(&problems),
            Err(error) => {
                let (ja, en) = ("生存期間を数えられません", "Survival cannot be counted");
                return Err(Failure::system(ja, en, &error));
            }
        };
        self.asked.keep(&found, &[("survival", answer.to_table())], release)?;
        match self.asked.format {
            Format::Json => {
                let mut outcome = found.to_json();
                outcome.extend(answer.to_json(&self.at_risk));
                self.asked.print_json(&Value::Object(outcome))?;
            }
            Format::Text => {
                let mut out = io::stdout().lock();
                self.text(&mut out, &found, &answer).map_err(unwritten)?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }

    fn text(&self, out: &mut impl Write, found: &Found, answer: &SurvivalAnswer) -> io::Result<()> {
        let asked = &self.asked;
        found.head(asked, out)?;
        let start = match self.start {
            Clock::Diagnosis => {
                asked.say("診断からの全生存期間", "Overall survival from diagnosis")
            }
            Clock::Test => asked.say("検査からの全生存期間", "Overall survival from the test"),
            Clock::Treatment => {
                asked.say("治療開始からの全生存期間", "Overall survival from the first therapy")
            }
        };
        let entry = if self.delayed_entry {
            asked.say(
            "検査日から観察(遅延登録を補正。登録症例の検査日は登録日で代えています)",
            "observed from the test (delayed entry; of registered cases, from the day of registration, which stands for it)",
        )
        } else {
            asked.say("遅延登録の補正なし", "not corrected for delayed entry")
        };
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

    fn median(&self, median: SurvivalQuantile) -> String {
        let months = |days: Option<f64>| match days {
            Some(days) => format!("{:.1}", days / MONTH_DAYS),
            None => self.asked.say("未到達", "not reached").to_owned(),
        };
        format!("{} ({}–{})", months(median.time), months(median.lower), months(median.upper))
    }
}
