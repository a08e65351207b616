//! The report CSV as a test result with its evidence.
//!
//! The report CSV is a summary: it has neither the assembly nor both sides of a rearrangement, so those stay
//! unknown. What has no place in a test result stays in the case's record as written.

use model::{
    alteration::{
        Biomarker, BiomarkerKind, BiomarkerState, Breakend, CopyNumberAlteration, CopyNumberKind,
        GeneExpression, Metric, Rearrangement, RearrangementKind, ShortVariant, TranscriptChange,
        VariantOrigin, WrittenChange,
    },
    clinical_record::{ClinicalRecord, Row, RowId},
    gene::GeneSymbol,
    genome::{Position1, chromosome_without_prefix},
    hgvs::protein,
    result::{ResultFormat, TestDescription, TestResult},
};

use super::PortalCase;

/// What a findings report said of an alteration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Evidence {
    /// The alteration's row in the record; `item_id` of the alteration in the result.
    pub alteration: Option<RowId>,
    /// Type, such as `Predictive`, as written.
    pub evidence_type: Option<String>,
    /// Clinical significance, as written.
    pub significance: Option<String>,
    /// Hereditary disease, as written.
    pub hereditary_disease: Option<String>,
    /// Level A to F or R, as written.
    pub level: Option<String>,
    /// Drug, as written.
    pub drug: Option<String>,
    /// Accessibility of the drug, as written.
    pub accessibility: Option<String>,
}

/// A case of the report CSV.
#[derive(Clone, Debug, PartialEq)]
pub struct ReportedCase {
    /// The result, as far as the summary tells it.
    pub result: TestResult,
    /// The evidence, in the order of the file.
    pub evidence: Vec<Evidence>,
    /// Alterations that could not become one: their rows in the record.
    pub left_out: Vec<RowId>,
}

/// Makes a test result and evidence of a case of the report CSV.
pub fn reported_case(case: &PortalCase) -> ReportedCase {
    let (result, left_out) = result_of(&case.record);
    ReportedCase { result, evidence: evidence(case), left_out }
}

/// Makes a test result of the record of a case of the report CSV.
pub fn reported_result(record: &ClinicalRecord) -> TestResult {
    result_of(record).0
}

fn result_of(record: &ClinicalRecord) -> (TestResult, Vec<RowId>) {
    let mut result = TestResult {
        test: TestDescription { panel_name: single(record, "report_panel"), ..Default::default() },
        ..TestResult::empty(ResultFormat::PortalReport)
    };
    let mut left_out = Vec::new();
    for (id, row) in record.rows("alteration") {
        if !add_alteration(&mut result, id, row) {
            left_out.push(id);
        }
    }
    add_markers(&mut result, record);
    (result, left_out)
}

fn single(record: &ClinicalRecord, item: &str) -> Option<String> {
    let text = record.value(item)?.written.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

fn text<'a>(row: &'a Row, item: &str) -> Option<&'a str> {
    let text = row.get(item)?.written.trim();
    (!text.is_empty()).then_some(text)
}

/// Adds an alteration to the result; returns whether there is enough of it.
fn add_alteration(result: &mut TestResult, id: RowId, row: &Row) -> bool {
    match text(row, "alteration_kind") {
        Some("small_scale_variant") => {
            let variant = short_variant(id, row);
            let is_whole = variant.is_some();
            result.short_variants.extend(variant);
            is_whole
        }
        Some("copy_number_alteration") => {
            result.copy_number_alterations.push(copy_number(id, row));
            true
        }
        Some(kind @ ("fusion" | "rearrangement")) => {
            result.rearrangements.push(rearrangement(id, row, kind));
            true
        }
        Some("expression") => {
            result.expressions.push(expression(id, row));
            true
        }
        // The whole-genome markers have columns of their own, which say their values.
        Some("other_biomarker") => marker_kind(row).is_some(),
        _ => false,
    }
}

fn origin(row: &Row) -> Option<VariantOrigin> {
    match text(row, "alteration_origin")? {
        "Somatic" => Some(VariantOrigin::Somatic),
        "Germline" => Some(VariantOrigin::Germline),
        _ => None,
    }
}

/// Reads `0.21 (105/502)`: frequency, alternate depth, depth. Units: 0 to 1; reads.
fn allele_frequency(text: &str) -> Option<(f64, Option<(f64, f64)>)> {
    let (number, depths) = match text.split_once('(') {
        Some((number, rest)) => (number, rest.trim_end().strip_suffix(')')),
        None => (text, None),
    };
    let frequency = number.trim().parse::<f64>().ok();
    let frequency = frequency.filter(|frequency| (0.0..=1.0).contains(frequency))?;
    let depths = depths.and_then(|depths| {
        let (alternate, total) = depths.split_once('/')?;
        let count = |text: &str| text.trim().parse::<u32>().ok().map(f64::from);
        let (alternate, total) = (count(alternate)?, count(total)?);
        (alternate <= total).then_some((alternate, total))
    });
    Some((frequency, depths))
}

fn gene(row: &Row) -> Option<GeneSymbol> {
    text(row, "alteration_gene").or_else(|| text(row, "alteration_marker")).map(GeneSymbol::new)
}

fn short_variant(id: RowId, row: &Row) -> Option<ShortVariant> {
    let position = text(row, "alteration_position")?.parse::<u64>().ok();
    let frequency = text(row, "alteration_allele_frequency").and_then(allele_frequency);
    let depths = frequency.and_then(|(_, depths)| depths);
    Some(ShortVariant {
        item_id: id.to_string(),
        chromosome: chromosome_without_prefix(text(row, "alteration_chromosome")?).to_owned(),
        position: Position1(position.filter(|position| *position > 0)?),
        reference: text(row, "alteration_reference")?.to_owned(),
        alternate: text(row, "alteration_alternate")?.to_owned(),
        allele_frequency: frequency.map(|(frequency, _)| frequency),
        depth_total: depths.map(|(_, total)| total),
        depth_alternate: depths.map(|(alternate, _)| alternate),
        transcripts: vec![transcript(row)],
        sample_item_id: None,
        origin: origin(row),
        matched: None,
        reported: true,
    })
}

fn transcript(row: &Row) -> TranscriptChange {
    let change = text(row, "alteration_change");
    let written = |text: &str, hgvs| WrittenChange { written: text.to_owned(), hgvs };
    let is_coding = |text: &str| text.starts_with("c.") || text.starts_with("n.");
    let (coding, protein) = match change {
        Some(text) if is_coding(text) => (Some(written(text, Some(text.to_owned()))), None),
        Some(text) => (None, Some(written(text, protein::normalise(text)))),
        None => (None, None),
    };
    TranscriptChange {
        transcript_id: text(row, "alteration_transcript").map(str::to_owned),
        gene: gene(row),
        protein_change: protein
            .as_ref()
            .and_then(|change| change.hgvs.as_deref())
            .and_then(|hgvs| hgvs.parse().ok()),
        coding,
        protein,
        ..TranscriptChange::default()
    }
}

fn copy_number(id: RowId, row: &Row) -> CopyNumberAlteration {
    let kind =
        text(row, "alteration_change").and_then(|word| match word.to_ascii_lowercase().as_str() {
            "amplification" => Some(CopyNumberKind::Amplification),
            "gain" => Some(CopyNumberKind::Gain),
            "duplication" => Some(CopyNumberKind::Duplication),
            "loss" => Some(CopyNumberKind::Loss),
            "deletion" => Some(CopyNumberKind::Deletion),
            "homozygous deletion" => Some(CopyNumberKind::HomozygousDeletion),
            _ => None,
        });
    CopyNumberAlteration {
        item_id: id.to_string(),
        chromosome: text(row, "alteration_chromosome")
            .map(|name| chromosome_without_prefix(name).to_owned()),
        start: None,
        end: None,
        kind,
        metrics: text(row, "alteration_copy_number").and_then(metric).into_iter().collect(),
        genes: gene(row).into_iter().collect(),
        sample_item_id: None,
        origin: origin(row),
        matched: None,
        reported: true,
    }
}

fn rearrangement(id: RowId, row: &Row, kind: &str) -> Rearrangement {
    let marker = text(row, "alteration_marker").unwrap_or_default();
    // `::` is HGVS's sign; a hyphen may be part of a gene's name, so a name is cut at a single one only.
    let parts: Vec<&str> = if marker.contains("::") {
        marker.split("::").collect()
    } else {
        marker.split('-').collect()
    };
    let genes: Vec<GeneSymbol> = match parts.as_slice() {
        [five, three] if !five.is_empty() && !three.is_empty() => {
            vec![GeneSymbol::new(*five), GeneSymbol::new(*three)]
        }
        _ if marker.is_empty() => Vec::new(),
        _ => vec![GeneSymbol::new(marker)],
    };
    let breakends = genes
        .iter()
        .map(|gene| Breakend { genes: vec![gene.clone()], ..Breakend::default() })
        .collect();
    let gene_pairs = match genes.as_slice() {
        [five, three] => vec![(five.clone(), three.clone())],
        _ => Vec::new(),
    };
    let reads = text(row, "alteration_reads").and_then(|reads| reads.parse().ok());
    Rearrangement {
        item_id: id.to_string(),
        kind: if kind == "fusion" { RearrangementKind::Fusion } else { RearrangementKind::Other },
        kind_written: text(row, "alteration_change").unwrap_or(kind).to_owned(),
        breakends,
        gene_pairs,
        skipped_exons: Vec::new(),
        supporting_reads: reads,
        allele_frequency: text(row, "alteration_allele_frequency")
            .and_then(allele_frequency)
            .map(|(frequency, _)| frequency),
        sample_item_id: None,
        origin: origin(row),
        matched: None,
        reported: true,
    }
}

fn expression(id: RowId, row: &Row) -> GeneExpression {
    let number = |item| text(row, item).and_then(|text| text.parse::<f64>().ok());
    let finite = |number: &f64| number.is_finite();
    let tpm = number("alteration_tpm_tumour").filter(finite);
    GeneExpression {
        item_id: id.to_string(),
        gene: gene(row),
        read_count: number("alteration_reads").filter(finite),
        metrics: tpm
            .map(|value| Metric { value, unit: Some("TPM".to_owned()), kind: None })
            .into_iter()
            .collect(),
        sample_item_id: None,
        reported: true,
    }
}

fn marker_kind(row: &Row) -> Option<BiomarkerKind> {
    match text(row, "alteration_marker")? {
        "TMB" => Some(BiomarkerKind::Tmb),
        "MSI" => Some(BiomarkerKind::Msi),
        "LOH" => Some(BiomarkerKind::Loh),
        _ => None,
    }
}

/// Reads a number with its unit, such as `6.3Muts/Mb`.
fn metric(text: &str) -> Option<Metric> {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let value = number.parse::<f64>().ok().filter(|value| value.is_finite())?;
    let unit = unit.trim();
    Some(Metric { value, unit: (!unit.is_empty()).then(|| unit.to_owned()), kind: None })
}

fn add_markers(result: &mut TestResult, record: &ClinicalRecord) {
    let markers = [
        ("report_tmb", BiomarkerKind::Tmb),
        ("report_msi", BiomarkerKind::Msi),
        ("report_loh", BiomarkerKind::Loh),
    ];
    for (item, kind) in markers {
        let Some(written) = single(record, item) else { continue };
        let lower = written.to_ascii_lowercase();
        let state = [
            ("high", BiomarkerState::High),
            ("low", BiomarkerState::Low),
            ("stable", BiomarkerState::Stable),
            ("intermediate", BiomarkerState::Intermediate),
        ];
        let state = state.into_iter().find(|(word, _)| lower.contains(word)).map(|(_, s)| s);
        result.biomarkers.push(Biomarker {
            item_id: item.to_owned(),
            kind,
            state,
            metrics: metric(&written).into_iter().collect(),
            sample_item_id: None,
            origin: None,
            reported: true,
        });
    }
}

fn evidence(case: &PortalCase) -> Vec<Evidence> {
    let mut all = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for layout in &case.rows {
        let Some(id) = layout.block("evidence") else { continue };
        let alteration = layout.block("alteration");
        let Some(row) = case.record.row("evidence", id) else { continue };
        // A row that the file repeats for other reasons is told once.
        if !seen.insert((alteration, id)) {
            continue;
        }
        let cell = |item| text(row, item).map(str::to_owned);
        all.push(Evidence {
            alteration,
            evidence_type: cell("evidence_type"),
            significance: cell("evidence_significance"),
            hereditary_disease: cell("evidence_hereditary_disease"),
            level: cell("evidence_level"),
            drug: cell("evidence_drug"),
            accessibility: cell("evidence_accessibility"),
        });
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_frequency_with_its_depths() {
        assert_eq!(allele_frequency("0.21 (105/502)"), Some((0.21, Some((105.0, 502.0)))));
        assert_eq!(allele_frequency("0.5"), Some((0.5, None)));
        assert_eq!(allele_frequency("0.5 (9/3)"), Some((0.5, None)));
        assert_eq!(allele_frequency("21%"), None);
        assert_eq!(allele_frequency("1.2"), None);
    }

    #[test]
    fn reads_a_number_with_its_unit() {
        let metric = metric("6.3Muts/Mb").unwrap();
        assert_eq!((metric.value, metric.unit.as_deref()), (6.3, Some("Muts/Mb")));
        assert!(super::metric("high").is_none() && super::metric("1.2.3").is_none());
    }
}
