//! `tsumugi cohort cooccurrence`.

use std::{
    io::{self, Write},
    process::ExitCode,
};

use knowledge::Release;
use model::problem::Problem;
use research::cohort::{GenePair, Name, Query, Vocabulary};
use serde_json::{Value, json};
use stats::association::{CoAlteration, FourfoldTable, Tendency};

use crate::outcome::Format;

use super::{Asked, Found, unwritten};
use crate::record::{Failure, Knowledge};

/// Arguments of `tsumugi cohort cooccurrence`.
#[derive(Debug, clap::Args)]
pub(crate) struct Cooccurrence {
    #[command(flatten)]
    asked: Asked,
    /// Genes, two or more, separated by commas; at most 200
    #[arg(long, value_name = "GENES", value_delimiter = ',', required = true)]
    genes: Vec<String>,
}

/// Two genes and how they go together; `None` where one is altered in all cases or in none.
type Compared = (GenePair, Option<CoAlteration>);

impl Cooccurrence {
    /// Runs the command.
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let release = Knowledge::open(self.asked.knowledge.as_ref())?.into_static();
        let found = match self.asked.find(release)? {
            Ok(found) => found,
            Err(problems) => return self.asked.refuse(&problems),
        };
        let genes = match self.genes(&found, release) {
            Ok(genes) => genes,
            Err(problems) => return self.asked.refuse(&problems),
        };
        let pairs = found.searched.view.gene_pairs(&found.cases, &genes);
        let tables: Vec<FourfoldTable> = pairs.iter().map(table).collect();
        let compared = CoAlteration::of_pairs(&tables);
        let compared: Vec<Compared> = pairs.into_iter().zip(compared).collect();
        match self.asked.format {
            Format::Json => {
                let mut outcome = found.to_json();
                let pairs: Vec<Value> = compared.iter().map(pair).collect();
                outcome.insert("pairs".to_owned(), pairs.into());
                self.asked.print_json(&Value::Object(outcome))?;
            }
            Format::Text => {
                let mut out = io::stdout().lock();
                text(&mut out, &self.asked, &found, &compared).map_err(unwritten)?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }

    /// Returns the genes, or what is wrong with their names.
    fn genes(&self, found: &Found, release: &Release) -> Result<Vec<Name>, Vec<Problem>> {
        let names = found.searched.view.dictionaries();
        let vocabulary = Vocabulary::of(names).with_release(release);
        let mut genes: Vec<Name> = Vec::new();
        let mut problems = Vec::new();
        for written in self.genes.iter().map(|gene| gene.trim()).filter(|gene| !gene.is_empty()) {
            // As a term, so that a name that is not known is answered as everywhere else.
            match Query::from_text(&Query::gene(written).to_text(), &vocabulary) {
                Ok(_) if genes.iter().any(|gene| &**gene == written) => {}
                Ok(_) => genes.push(written.into()),
                Err(found) => problems.extend(found),
            }
        }
        if problems.is_empty() { Ok(genes) } else { Err(problems) }
    }
}

fn table(pair: &GenePair) -> FourfoldTable {
    FourfoldTable {
        both: pair.both,
        only_first: pair.only_first,
        only_second: pair.only_second,
        neither: pair.neither,
    }
}

fn odds_ratio(pair: &GenePair) -> Option<f64> {
    table(pair).odds_ratio()
}

fn tested(pair: &GenePair) -> u64 {
    pair.both + pair.only_first + pair.only_second + pair.neither
}

fn tendency(of: &CoAlteration) -> &'static str {
    match of.tendency() {
        Tendency::CoOccurrence => "co-occurrence",
        Tendency::MutualExclusivity => "mutual-exclusivity",
        Tendency::None => "none",
    }
}

fn pair((pair, of): &Compared) -> Value {
    // JSON has no infinity: such a ratio is told in letters.
    let ratio = odds_ratio(pair).map(|ratio| match ratio.is_finite() {
        true => json!(ratio),
        false => json!("infinite"),
    });
    json!({
        "first": pair.first,
        "second": pair.second,
        "tested": tested(pair),
        "both": pair.both,
        "onlyFirst": pair.only_first,
        "onlySecond": pair.only_second,
        "neither": pair.neither,
        "oddsRatio": ratio,
        "p": of.map(|of| of.p),
        "q": of.map(|of| of.q),
        "tendency": of.as_ref().map(tendency),
    })
}

fn text(
    out: &mut impl Write,
    asked: &Asked,
    found: &Found,
    compared: &[Compared],
) -> io::Result<()> {
    found.head(asked, out)?;
    let head = asked.say(
        "遺伝子の組\t両方\t前のみ\t後のみ\tなし\t検査済み\tオッズ比\tp(Fisher)\tq(BH)",
        "genes\tboth\tfirst only\tsecond only\tneither\ttested\todds ratio\tp (Fisher)\tq (BH)",
    );
    writeln!(out, "\n{head}")?;
    for (pair, of) in compared {
        let ratio = match odds_ratio(pair) {
            Some(ratio) if ratio.is_finite() => format!("{ratio:.4}"),
            Some(_) => "∞".to_owned(),
            None => "–".to_owned(),
        };
        let (p, q) = of.as_ref().map_or_else(
            || ("–".to_owned(), "–".to_owned()),
            |of| (format!("{:.4e}", of.p), format!("{:.4e}", of.q)),
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
            tested(pair)
        )?;
    }
    Ok(())
}
