//! Copy-number alterations to BED.

use super::{
    OutputFile, Work,
    item::{Molecule, Origin, contig_name, field, genes},
    problems,
};
use crate::cats::document::CopyNumberAlteration;

/// Columns: chromosome, start, end, kind and gene, first metric, strand (always `.`).
///
/// The official sample shows one row: a loss of one gene with two metrics gives `Deletion` and the first
/// metric. One row for each gene, the other kinds' words and `.` for a missing metric are ours.
pub(super) fn file(work: &mut Work<'_>) -> OutputFile {
    let document = work.document;
    let mut text = String::new();
    for (index, alteration) in document.copy_number_alterations().iter().enumerate() {
        if !alteration.reported {
            continue;
        }
        let Some((chromosome, start, end)) = place(alteration) else {
            let pointer = format!("/variants/copyNumberAlterations/{index}");
            work.problems.push(problems::left_out(pointer, "position"));
            continue;
        };
        let sample = alteration.sample_item_id.as_deref();
        let molecule = Molecule::of(document, sample, alteration.test_method.as_deref());
        let origin = Origin::of(document, alteration.variant_origin.as_deref(), sample);
        let kind = kind(&alteration.copy_number_alteration_type);
        let metric = alteration
            .copy_number_metrics
            .iter()
            .flatten()
            .next()
            .map_or_else(|| ".".to_owned(), |metric| metric.value.to_string());
        for gene in genes(&alteration.transcripts) {
            let gene = field(gene.unwrap_or("None"));
            let contig = field(&contig_name(chromosome));
            text.push_str(&format!("{contig}\t{start}\t{end}\t{kind} {gene}\t{metric}\t.\n"));
            let key = format!(
                "{}_{}_{chromosome}_{start}-{end}_-_{kind}_{gene}",
                molecule.name(),
                origin.name()
            );
            work.map.add(key, &alteration.item_id);
        }
    }
    OutputFile { name: "copy_number_alteration.bed", bytes: text.into_bytes() }
}

fn place(alteration: &CopyNumberAlteration) -> Option<(&str, u64, u64)> {
    let position = |number: Option<crate::cats::value::Number>| number?.as_u64();
    Some((
        alteration.chromosome.as_deref()?,
        position(alteration.start_position)?,
        position(alteration.end_position)?,
    ))
}

/// Returns the knowledge base's word for a kind.
fn kind(word: &str) -> &'static str {
    match word {
        "amplification" => "Amplification",
        "gain" => "Gain",
        "duplication" => "Duplication",
        "neutral" => "Neutral",
        "loss" | "deletion" | "homozygous deletion" => "Deletion",
        _ => "Other",
    }
}
