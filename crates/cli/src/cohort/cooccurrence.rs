//! `tsumugi cohort cooccurrence`.

use std::io::{self, Write};

use knowledge::Release;
use research::answer::PairsAnswer;
use serde_json::{Map, Value};
use table::Table;

use super::{Answering, Asked, Found, Unanswered};

/// Arguments of `tsumugi cohort cooccurrence`.
#[derive(Debug, clap::Args)]
pub(crate) struct Cooccurrence {
    #[command(flatten)]
    asked: Asked,
    /// Genes, two or more, separated by commas; at most 200
    #[arg(long, value_name = "GENES", value_delimiter = ',', required = true)]
    genes: Vec<String>,
}

impl Answering for Cooccurrence {
    type Answer = PairsAnswer;

    fn asked(&self) -> &Asked {
        &self.asked
    }

    fn answer(&self, found: &Found, release: &'static Release) -> Result<Self::Answer, Unanswered> {
        let genes = self.genes.iter().map(String::as_str);
        PairsAnswer::of(&found.searched.view, &found.cases, genes, release)
            .map_err(Unanswered::Unread)
    }

    fn tables(&self, answer: &Self::Answer) -> Vec<(&'static str, Table)> {
        vec![("pairs", answer.to_table())]
    }

    fn add_json(&self, answer: &Self::Answer, outcome: &mut Map<String, Value>) {
        outcome.insert("pairs".to_owned(), answer.to_json());
    }

    fn write(&self, out: &mut impl Write, _: &Found, answer: &Self::Answer) -> io::Result<()> {
        let asked = &self.asked;
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
}
