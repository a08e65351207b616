//! TMB, MSI and LOH to JSON.

use serde::Serialize;

use super::{OutputFile, reference_map::to_json};
use crate::cats::{
    document::{Document, OtherBiomarker},
    value::Number,
};

#[derive(Serialize)]
struct Output<'a> {
    #[serde(rename = "TMB", skip_serializing_if = "Option::is_none")]
    tmb: Option<Converted<'a>>,
    #[serde(rename = "MSI", skip_serializing_if = "Option::is_none")]
    msi: Option<Converted<'a>>,
    #[serde(rename = "LOH", skip_serializing_if = "Option::is_none")]
    loh: Option<Converted<'a>>,
}

#[derive(Serialize)]
struct Converted<'a> {
    origin: &'a str,
    state: &'a str,
    metrics: Vec<ConvertedMetric<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ConvertedMetric<'a> {
    value: Number,
    unit: Option<&'a str>,
    metric_type: Option<&'a str>,
}

/// An origin or state that the sender does not say is written as empty text, as the official converter
/// does. The official output has one place for each marker: the first reported one takes it.
pub(super) fn file(document: &Document) -> OutputFile {
    let marker = |kind: &str| {
        document
            .biomarkers()
            .iter()
            .find(|marker| marker.reported && marker.biomarker_type == kind)
            .map(convert)
    };
    let output = Output { tmb: marker("TMB"), msi: marker("MSI"), loh: marker("LOH") };
    OutputFile { name: "other_biomarker.json", bytes: to_json(&output) }
}

fn convert(marker: &OtherBiomarker) -> Converted<'_> {
    let metrics = marker.biomarker_metrics.iter().flatten().map(|metric| ConvertedMetric {
        value: metric.value,
        unit: metric.unit.text(),
        metric_type: metric.kind(),
    });
    Converted {
        origin: marker.biomarker_origin.as_deref().unwrap_or_default(),
        state: marker.state.text().unwrap_or_default(),
        metrics: metrics.collect(),
    }
}
