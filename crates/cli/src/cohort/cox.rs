//! `tsumugi cohort cox`.

use std::io::{self, Write};

use knowledge::Release;
use research::{
    answer::{CoxAnswer, CoxAsked},
    cohort::Clock,
};
use serde_json::{Map, Value};
use table::Table;

use super::{Answering, Asked, Found, Unanswered, survival::clock};

/// Arguments of `tsumugi cohort cox`.
#[derive(Debug, clap::Args)]
pub(crate) struct Cox {
    #[command(flatten)]
    asked: Asked,
    /// Covariates with commas: age, tmb, an item such as stage, or a query such as gene=TP53 beside its opposite
    #[arg(long, value_name = "EXPR,…", value_delimiter = ',', required = true)]
    covariates: Vec<String>,
    /// When the clock starts
    #[arg(long, value_name = "diagnosis|test|treatment", default_value = "diagnosis", value_parser = clock)]
    start: Clock,
    /// Count cases as observed from the day of their test, of registered cases that of registration: only who lived until then was registered
    #[arg(long)]
    delayed_entry: bool,
}

impl Answering for Cox {
    type Answer = CoxAnswer;

    fn asked(&self) -> &Asked {
        &self.asked
    }

    fn answer(&self, found: &Found, release: &'static Release) -> Result<Self::Answer, Unanswered> {
        let question = CoxAsked {
            covariates: self.covariates.clone(),
            clock: self.start,
            delayed_entry: self.delayed_entry,
        };
        let cases = (&found.query, &found.cases);
        CoxAnswer::of(&found.searched.view, cases, question, release).map_err(|error| {
            let (ja, en) = ("ハザード比を求められません", "Hazard ratios cannot be told");
            Unanswered::of(error, ja, en)
        })
    }

    fn tables(&self, answer: &Self::Answer) -> Vec<(&'static str, Table)> {
        vec![("cox", answer.to_table())]
    }

    fn add_json(&self, answer: &Self::Answer, outcome: &mut Map<String, Value>) {
        // How many the query finds, and how many of them are in the model.
        let found = outcome.remove("cases").unwrap_or_default();
        outcome.insert("found".to_owned(), found);
        outcome.extend(answer.to_json());
    }

    fn write(&self, out: &mut impl Write, _: &Found, answer: &Self::Answer) -> io::Result<()> {
        let asked = &self.asked;
        let method = asked.say(
            "Cox 回帰(同時刻の死亡は Efron の方法、95 % 信頼区間)。比例ハザードは仮定で、検定していません。",
            "Cox model (ties by Efron's method, 95 % intervals). Proportional hazards are assumed, not tested.",
        );
        let entry = asked.entry(answer.asked.delayed_entry);
        writeln!(out, "{method}\n{}, {entry}", answer.asked.clock.code())?;
        writeln!(
            out,
            "{}: {}; {}: {}",
            asked.say("数えられない症例", "not counted"),
            answer.left_out,
            asked.say("共変量が不明な症例", "covariate unknown"),
            answer.unknown
        )?;
        let model = match &answer.model {
            Ok(model) => model,
            Err(why) => {
                let no_model = asked.say("モデルを作れません", "There is no model");
                return writeln!(out, "\n{no_model}: {why}");
            }
        };
        writeln!(
            out,
            "{}: {} ({} {})\n",
            asked.say("モデルの症例", "Cases of the model"),
            model.cases,
            asked.say("死亡", "deaths"),
            model.events
        )?;
        let head = asked.say(
            "共変量\t基準\tハザード比\t下限\t上限\tp",
            "covariate\treference\thazard ratio\tlower\tupper\tp",
        );
        writeln!(out, "{head}")?;
        for (own, reference) in model.coefficients.iter().zip(&answer.references) {
            let reference = if reference.is_empty() { "–" } else { reference };
            writeln!(
                out,
                "{}\t{reference}\t{:.4}\t{:.4}\t{:.4}\t{:.4e}",
                own.covariate, own.hazard_ratio, own.interval.lower, own.interval.upper, own.p
            )?;
        }
        let test = model.likelihood_ratio;
        writeln!(
            out,
            "\n{}: χ² = {:.4}, {} {}, p = {:.4e}",
            asked.say("尤度比検定", "Likelihood ratio test"),
            test.chi_square,
            asked.say("自由度", "degrees of freedom"),
            test.degrees,
            test.p
        )
    }
}
