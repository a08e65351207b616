//! `tsumugi cohort summary`.

use std::io::{self, Write};

use knowledge::Release;
use model::text::Language;
use research::{
    answer::{drugs_table, facets_table, genes_table},
    cohort::{CohortPage, FacetValue, GeneShare, Item, PageRequest, Response, Word as _},
};
use serde_json::{Map, Value, json};
use table::Table;

use super::{Answering, Asked, Found, Unanswered};

/// Most genes that are listed.
const GENES_MAX: u64 = 65_534;

/// Arguments of `tsumugi cohort summary`.
#[derive(Debug, clap::Args)]
pub(crate) struct Summary {
    #[command(flatten)]
    asked: Asked,
    /// How many of the genes altered most often are listed
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u64).range(0..=GENES_MAX))]
    genes: u64,
}

impl Answering for Summary {
    type Answer = CohortPage;

    fn asked(&self) -> &Asked {
        &self.asked
    }

    fn answer(&self, found: &Found, _: &'static Release) -> Result<Self::Answer, Unanswered> {
        let request = PageRequest {
            genes: usize::try_from(self.genes).unwrap_or(usize::MAX),
            survival: None,
            ..PageRequest::default()
        };
        Ok(found.searched.view.page(&found.cases, &request))
    }

    fn tables(&self, page: &Self::Answer) -> Vec<(&'static str, Table)> {
        vec![
            ("genes", genes_table(page)),
            ("drugs", drugs_table(page)),
            ("facets", facets_table(page)),
        ]
    }

    fn add_json(&self, page: &Self::Answer, outcome: &mut Map<String, Value>) {
        outcome.extend(page.counts_json());
        outcome.insert("ages".to_owned(), ages(page));
    }

    fn write(&self, out: &mut impl Write, _: &Found, page: &Self::Answer) -> io::Result<()> {
        let asked = &self.asked;
        for facet in page.facets.iter().filter(|facet| !facet.values.is_empty()) {
            writeln!(out, "\n{}", facet.item.label().get(asked.lang))?;
            for value in &facet.values {
                let label = label(facet.item, value, asked.lang);
                writeln!(out, "  {:>8}  {label}", value.cases)?;
            }
            if facet.unknown > 0 {
                writeln!(out, "  {:>8}  {}", facet.unknown, asked.say("不明", "unknown"))?;
            }
        }
        if !page.genes.is_empty() {
            let head = asked.say(
                "遺伝子: 変異あり/検査済み(短い変異、コピー数、再構成)",
                "Genes: altered / tested (short variants, copy numbers, rearrangements)",
            );
            writeln!(out, "\n{head}")?;
        }
        for row in &page.genes {
            let share = |share: &GeneShare| match share.covered {
                0 => asked.say("未検査", "not tested").to_owned(),
                covered => format!("{}/{covered}", share.altered),
            };
            let kinds: Vec<String> = row.by_kind.iter().map(share).collect();
            writeln!(out, "  {:<12} {:>14}  ({})", row.gene, share(&row.any), kinds.join(", "))?;
        }
        if !page.drugs.is_empty() {
            let head = asked
                .say("薬剤: 症例数(最良効果ごとの治療数)", "Drugs: cases (lines by best response)");
            writeln!(out, "\n{head}")?;
        }
        for row in &page.drugs {
            let codes = ["?"].into_iter().chain(Response::ALL.iter().map(|each| each.code()));
            let lines: Vec<String> = codes
                .zip(&row.by_response)
                .filter(|(_, lines)| **lines > 0)
                .map(|(code, lines)| format!("{code} {lines}"))
                .collect();
            writeln!(out, "  {:<20} {:>8}  ({})", row.drug, row.cases, lines.join(", "))?;
        }
        Ok(())
    }
}

fn ages(page: &CohortPage) -> Value {
    let row = |row: &research::cohort::PyramidRow| json!({ "fromYears": row.from_years, "female": row.female, "male": row.male, "other": row.other });
    let rows: Vec<Value> = page.pyramid.iter().map(row).collect();
    json!({ "rows": rows, "unknown": page.unknown_age })
}

fn label(item: Item, value: &FacetValue, language: Language) -> String {
    let label = item.word_label(value.place).map(|label| label.get(language).to_owned());
    label.unwrap_or_else(|| value.code.to_string())
}
