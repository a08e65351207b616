//! Rearrangements other than gene fusions to JSON, DNA and RNA apart.

use serde::Serialize;

use super::{
    OutputFile, Work,
    fusions::{is_fusion, key_start, molecule_of},
    item::{Molecule, contig_name, genes},
    problems,
    reference_map::to_json,
};
use crate::cats::{document::Rearrangement, value::Number};

#[derive(Serialize)]
struct Output {
    rearrangements: Vec<Converted>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Converted {
    breakends: Vec<ConvertedBreakend>,
    skipped_exon_ranges: Vec<ConvertedExons>,
    rearrangement_type: String,
    cytoband: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ConvertedBreakend {
    chromosome: String,
    start_position: Number,
    end_position: Number,
    transcripts: Vec<ConvertedTranscript>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ConvertedTranscript {
    pub(super) gene_symbol: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ConvertedExons {
    exon_range: Vec<Number>,
}

pub(super) fn files(work: &mut Work<'_>) -> [OutputFile; 2] {
    Molecule::ALL.map(|molecule| {
        let mut rearrangements = Vec::new();
        for (index, item) in work.document.rearrangements().iter().enumerate() {
            let is_ours = item.reported
                && !is_fusion(work.document, item)
                && molecule_of(work.document, item) == molecule;
            if is_ours {
                rearrangements.extend(convert(work, index, item, molecule));
            }
        }
        let name = match molecule {
            Molecule::Dna => "dna_except_fusion.json",
            Molecule::Rna => "rna_except_fusion.json",
        };
        OutputFile { name, bytes: to_json(&Output { rearrangements }) }
    })
}

fn convert(
    work: &mut Work<'_>,
    index: usize,
    item: &Rearrangement,
    molecule: Molecule,
) -> Option<Converted> {
    let [first, second] = item.breakends.as_slice() else {
        let pointer = format!("/variants/rearrangements/{index}/breakends");
        work.problems.push(problems::left_out(pointer, "breakends"));
        return None;
    };
    // The knowledge base calls what is not specified a rearrangement; other words stay.
    let kind = match item.rearrangement_type.as_str() {
        "other" => "rearrangements",
        word => word,
    };
    let gene = genes(&first.transcripts).first().copied().flatten().unwrap_or("None");
    let start = key_start(work.document, item, molecule, (first, second));
    work.map.add(format!("{start}{}_{gene}", kind.replace(' ', "-")), &item.item_id);
    let breakends = item.breakends.iter().map(|breakend| ConvertedBreakend {
        chromosome: breakend.chromosome.clone(),
        start_position: breakend.start_position,
        end_position: breakend.end_position,
        transcripts: breakend
            .transcripts
            .iter()
            .map(|transcript| ConvertedTranscript {
                gene_symbol: transcript.gene_symbol.text().map(str::to_owned),
            })
            .collect(),
    });
    let exons = item
        .skipped_exon_ranges
        .iter()
        .flatten()
        .map(|range| ConvertedExons { exon_range: range.exon_range.clone() });
    Some(Converted {
        breakends: breakends.collect(),
        skipped_exon_ranges: exons.collect(),
        rearrangement_type: kind.to_owned(),
        // The official converter writes both places here, not bands.
        cytoband: format!(
            "{}:{}-{}:{}",
            contig_name(&first.chromosome),
            first.start_position,
            contig_name(&second.chromosome),
            second.start_position
        ),
    })
}
