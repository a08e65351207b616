//! `tsumugi cohort cooccurrence`.

use std::{
    io::{self, Write},
    process::ExitCode,
};

use research::answer::PairsAnswer;
use serde_json::Value;

use super::{Asked, Found, unwritten};
use crate::{
    outcome::Format,
    record::{Failure, Knowledge},
};

/// Arguments of `tsumugi cohort cooccurrence`.
#[derive(Debug, clap::Args)]
pub(crate) struct Cooccurrence {
    #[command(flatten)]
    asked: Asked,
    /// Genes, two or more, separated by commas; at most 200
    #[arg(long, value_name = "GENES", value_delimiter = ',', required = true)]
    genes: Vec<String>,
}

impl Cooccurrence {
    /// Runs the command.
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let release = Knowledge::open(self.asked.knowledge.as_ref())?.into_static();
        let found = match self.asked.find(release)? {
            Ok(found) => found,
            Err(problems) => return self.asked.refuse(&problems),
        };
        let genes = self.genes.iter().map(String::as_str);
        let answer = match PairsAnswer::of(&found.searched.view, &found.cases, genes, release) {
            Ok(answer) => answer,
            Err(problems) => return self.asked.refuse(&problems),
        };
        self.asked.keep(&found, &[("pairs", answer.to_table())], release)?;
        match self.asked.format {
            Format::Json => {
                let mut outcome = found.to_json();
                outcome.insert("pairs".to_owned(), answer.to_json());
                self.asked.print_json(&Value::Object(outcome))?;
            }
            Format::Text => {
                let mut out = io::stdout().lock();
                text(&mut out, &self.asked, &found, &answer).map_err(unwritten)?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn text(
    out: &mut impl Write,
    asked: &Asked,
    found: &Found,
    answer: &PairsAnswer,
) -> io::Result<()> {
    found.head(asked, out)?;
    let head = asked.say(
        "遺伝子の組\t両方\t前のみ\t後のみ\tなし\t検査済み\tオッズ比\tp(Fisher)\tq(BH)",
        "genes\tboth\tfirst only\tsecond only\tneither\ttested\todds ratio\tp (Fisher)\tq (BH)",
    );
    writeln!(out, "\n{head}")?;
    for one in &answer.pairs {
        let pair = &one.pair;
        let ratio = match one.table().odds_ratio() {
            Some(ratio) if ratio.is_finite() => format!("{ratio:.4}"),
            Some(_) => "∞".to_owned(),
            None => "–".to_owned(),
        };
        let (p, q) = one.test.as_ref().map_or_else(
            || ("–".to_owned(), "–".to_owned()),
            |test| (format!("{:.4e}", test.p), format!("{:.4e}", test.q)),
        );
        writeln!(
            out,
            "{}–{}\t{}\t{}\t{}\t{}\t{}\t{ratio}\t{p}\t{q}",
            pair.first,
            pair.second,
            pair.both,
            pair.only_first,
            pair.only_second,
            pair.neither,
            one.tested()
        )?;
    }
    Ok(())
}
