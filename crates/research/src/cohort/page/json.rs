//! What is counted of a cohort, for programs.

use serde_json::{Map, Value, json};

use super::{CohortPage, Facet, GeneRow, GeneShare};
use crate::cohort::word::{AlterationKind, Response, Word as _};

impl CohortPage {
    /// Returns the items, genes and drugs that were counted.
    ///
    /// Shape: `facets`: `{item, values: [{code, cases}], unknown}`; `genes`: `{gene, any: {altered, covered}, byKind}`,
    /// where `covered` is the denominator; `drugs`: `{drug, cases, linesByResponse}`.
    pub fn counts_json(&self) -> Map<String, Value> {
        let facet = |facet: &Facet| {
            let values = facet.values.iter();
            let values = values.map(|value| json!({ "code": value.code, "cases": value.cases }));
            json!({
                "item": facet.item.code(),
                "values": values.collect::<Vec<_>>(),
                "unknown": facet.unknown,
            })
        };
        let share =
            |share: &GeneShare| json!({ "altered": share.altered, "covered": share.covered });
        let gene = |row: &GeneRow| {
            let kinds = AlterationKind::ALL.iter().zip(&row.by_kind);
            let kinds: Map<String, Value> =
                kinds.map(|(kind, each)| (kind.code().to_owned(), share(each))).collect();
            json!({ "gene": row.gene, "any": share(&row.any), "byKind": kinds })
        };
        let drugs = self.drugs.iter().map(|row| {
            let codes = ["unknown"].into_iter().chain(Response::ALL.iter().map(|each| each.code()));
            let lines: Map<String, Value> = codes
                .zip(&row.by_response)
                .map(|(code, lines)| (code.to_owned(), json!(lines)))
                .collect();
            json!({ "drug": row.drug, "cases": row.cases, "linesByResponse": lines })
        });
        let facets: Vec<Value> = self.facets.iter().map(facet).collect();
        let genes: Vec<Value> = self.genes.iter().map(gene).collect();
        let mut counts = Map::new();
        counts.insert("facets".to_owned(), facets.into());
        counts.insert("genes".to_owned(), genes.into());
        counts.insert("drugs".to_owned(), drugs.collect::<Vec<_>>().into());
        counts
    }
}
