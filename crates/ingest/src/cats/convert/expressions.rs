//! Gene expressions to JSON.

use serde::Serialize;

use super::{OutputFile, rearrangements::ConvertedTranscript, reference_map::to_json};
use crate::cats::{
    document::{Document, ExpressionLevelMetric},
    value::Number,
};

#[derive(Serialize)]
struct Output<'a> {
    expressions: Vec<Converted<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Converted<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    read_count: Option<Number>,
    transcripts: Vec<ConvertedTranscript>,
    expression_level_metrics: &'a [ExpressionLevelMetric],
}

pub(super) fn file(document: &Document) -> OutputFile {
    let reported = document.gene_expressions().iter().filter(|expression| expression.reported);
    let expressions = reported.map(|expression| Converted {
        read_count: expression.read_count,
        transcripts: expression
            .transcripts
            .iter()
            .map(|transcript| ConvertedTranscript {
                gene_symbol: transcript.gene_symbol.text().map(str::to_owned),
            })
            .collect(),
        expression_level_metrics: &expression.expression_level_metrics,
    });
    let output = Output { expressions: expressions.collect() };
    OutputFile { name: "expression.json", bytes: to_json(&output) }
}
