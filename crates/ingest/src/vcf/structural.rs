//! Breakends and symbolic alleles.

use std::collections::HashMap;

use model::{
    alteration::{
        Breakend, CopyNumberAlteration, CopyNumberKind, Metric, Rearrangement, RearrangementKind,
        TranscriptChange, VariantOrigin,
    },
    gene::GeneSymbol,
    genome::{Position1, chromosome_without_prefix},
    result::TestResult,
};

use super::{record::Record, sample::Values};

/// Most genes kept of one structural variant.
const MAX_GENES: usize = 1_000;

/// Returns whether an alternate allele is a breakend or symbolic.
pub(super) fn is_structural(alternate: &str) -> bool {
    alternate.starts_with('<')
        || alternate.contains(['[', ']'])
        || (alternate.len() > 1 && (alternate.starts_with('.') || alternate.ends_with('.')))
}

/// What an alternate allele brings along.
pub(super) struct Context<'a> {
    pub(super) item_id: String,
    pub(super) sample_item_id: Option<String>,
    pub(super) values: Option<&'a Values<'a>>,
    pub(super) transcripts: Vec<TranscriptChange>,
    pub(super) origin: Option<VariantOrigin>,
    pub(super) matched: Option<bool>,
    pub(super) reported: bool,
}

/// Identifiers of breakends that were read, and where their rearrangement is.
pub(super) type Mates = HashMap<String, usize>;

/// Adds a structural variant to the result; returns `false` where no annotation names a gene.
pub(super) fn add(
    result: &mut TestResult,
    mates: &mut Mates,
    record: &Record<'_>,
    alternate: &str,
    context: Context<'_>,
) -> bool {
    let genes = genes(&context.transcripts);
    if genes.is_empty() {
        return false;
    }
    let written = kind_written(record, alternate);
    let copies =
        context.values.and_then(|values| values.number("CN")).or_else(|| record.info.number("CN"));
    let is_copy_number = written.starts_with("CN") || copies.is_some();
    if is_copy_number {
        result.copy_number_alterations.push(copy_number(record, &written, copies, genes, context));
        return true;
    }
    // The second record of a pair of breakends adds its genes to the other side.
    if let Some(at) = record.info.get("MATEID").and_then(|mate| mates.get(mate))
        && let Some(rearrangement) = result.rearrangements.get_mut(*at)
        && let Some(other) = rearrangement.breakends.get_mut(1)
    {
        other.genes = genes;
        return true;
    }
    if record.id != "." {
        mates.insert(record.id.to_owned(), result.rearrangements.len());
    }
    result.rearrangements.push(rearrangement(record, alternate, written, genes, context));
    true
}

/// Returns the kind as the file writes it: the symbol, else `SVTYPE`.
fn kind_written(record: &Record<'_>, alternate: &str) -> String {
    let symbol = alternate.strip_prefix('<').and_then(|text| text.strip_suffix('>'));
    symbol.or_else(|| record.info.get("SVTYPE")).unwrap_or("BND").chars().take(64).collect()
}

fn copy_number(
    record: &Record<'_>,
    written: &str,
    copies: Option<f64>,
    genes: Vec<GeneSymbol>,
    context: Context<'_>,
) -> CopyNumberAlteration {
    let copies = copies.or_else(|| written.strip_prefix("CN").and_then(|text| text.parse().ok()));
    let kind = match (written.get(..3), copies) {
        (_, Some(copies)) if copies < 0.5 => Some(CopyNumberKind::HomozygousDeletion),
        (Some("DEL"), _) => Some(CopyNumberKind::Deletion),
        (Some("DUP"), _) => Some(CopyNumberKind::Duplication),
        _ => None,
    };
    let metric = |value| Metric { value, unit: Some("copy number".to_owned()), kind: None };
    CopyNumberAlteration {
        item_id: context.item_id,
        chromosome: Some(chromosome_without_prefix(record.chromosome).to_owned()),
        // The position of a symbolic allele is the base before it.
        start: record.position.checked_add(1).map(Position1),
        end: end(record),
        kind,
        metrics: copies.filter(|copies| copies.is_finite()).map(metric).into_iter().collect(),
        genes,
        sample_item_id: context.sample_item_id,
        origin: context.origin,
        matched: context.matched,
        reported: context.reported,
    }
}

fn rearrangement(
    record: &Record<'_>,
    alternate: &str,
    written: String,
    genes: Vec<GeneSymbol>,
    context: Context<'_>,
) -> Rearrangement {
    let is_fusion = context
        .transcripts
        .iter()
        .flat_map(|transcript| &transcript.effects)
        .any(|effect| matches!(effect.as_str(), "gene_fusion" | "bidirectional_gene_fusion"));
    let kind = match written.as_str() {
        _ if is_fusion => RearrangementKind::Fusion,
        "DUP:TANDEM" => RearrangementKind::TandemDuplication,
        "DUP" => RearrangementKind::Duplication,
        "DEL" => RearrangementKind::Deletion,
        "INV" => RearrangementKind::Inversion,
        _ => RearrangementKind::Other,
    };
    let position = Some(Position1(record.position));
    let first = Breakend {
        chromosome: Some(chromosome_without_prefix(record.chromosome).to_owned()),
        start: position,
        end: position,
        genes,
    };
    let (chromosome, position) = mate(record, alternate);
    let second = Breakend { chromosome, start: position, end: position, genes: Vec::new() };
    Rearrangement {
        item_id: context.item_id,
        kind,
        kind_written: written,
        breakends: vec![first, second],
        // The file does not say which gene is the five-prime one.
        gene_pairs: Vec::new(),
        skipped_exons: Vec::new(),
        supporting_reads: context.values.and_then(supporting_reads),
        allele_frequency: None,
        sample_item_id: context.sample_item_id,
        origin: context.origin,
        matched: context.matched,
        reported: context.reported,
    }
}

/// Returns the other side: of `]15:80623247]C`, or by `CHR2` and `END`.
fn mate(record: &Record<'_>, alternate: &str) -> (Option<String>, Option<Position1>) {
    let place = alternate.split(['[', ']']).nth(1).and_then(|place| place.rsplit_once(':'));
    if let Some((chromosome, position)) = place {
        let chromosome = chromosome.trim_start_matches('<').trim_end_matches('>');
        return (
            Some(chromosome_without_prefix(chromosome).to_owned()),
            position.parse().ok().map(Position1),
        );
    }
    let chromosome = record.info.get("CHR2").unwrap_or(record.chromosome);
    (Some(chromosome_without_prefix(chromosome).to_owned()), end(record))
}

fn end(record: &Record<'_>) -> Option<Position1> {
    record.info.get("END").and_then(|text| text.parse().ok()).map(Position1)
}

/// Returns read pairs and split reads that support the variant, as Delly and Manta write them.
fn supporting_reads(values: &Values<'_>) -> Option<i64> {
    let delly = [values.number("DV"), values.number("RV")];
    let alternate = |key: &str| values.numbers(key).get(1).copied().flatten();
    let manta = [alternate("PR"), alternate("SR")];
    let counts = if delly.iter().any(Option::is_some) { delly } else { manta };
    let found: Vec<f64> = counts.into_iter().flatten().collect();
    if found.is_empty() {
        return None;
    }
    let sum: f64 = found.iter().sum();
    #[expect(clippy::cast_possible_truncation, reason = "checked to be in range")]
    (sum < 1e15).then_some(sum as i64)
}

/// Returns the genes that are hit, each once; being merely near a gene is no hit.
fn genes(transcripts: &[TranscriptChange]) -> Vec<GeneSymbol> {
    let mut genes: Vec<GeneSymbol> = Vec::new();
    for transcript in transcripts {
        let near = |effect: &String| {
            matches!(
                effect.as_str(),
                "upstream_gene_variant" | "downstream_gene_variant" | "intergenic_variant"
            )
        };
        if !transcript.effects.is_empty() && transcript.effects.iter().all(near) {
            continue;
        }
        let Some(gene) = &transcript.gene else { continue };
        // SnpEff joins the genes of a fusion.
        for symbol in gene.as_str().split('&').filter(|symbol| !symbol.is_empty()) {
            if genes.len() < MAX_GENES && !genes.iter().any(|known| known.as_str() == symbol) {
                genes.push(GeneSymbol::new(symbol));
            }
        }
    }
    genes
}
