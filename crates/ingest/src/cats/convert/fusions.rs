//! Gene fusions to BEDPE, and what a fusion and another rearrangement have in common.

use super::{
    OutputFile, Work,
    item::{Molecule, Origin, contig_name, field, genes},
    problems,
};
use crate::cats::document::{Breakend, Document, Rearrangement};

/// Most rows made of one rearrangement.
const MAX_ROWS_PER_ITEM: usize = 64;

/// One breakend with the gene that a row speaks of.
#[derive(Clone, Copy)]
struct Side<'a> {
    breakend: &'a Breakend,
    gene: Option<&'a str>,
}

pub(super) fn files(work: &mut Work<'_>) -> [OutputFile; 2] {
    [(Molecule::Dna, "dna_fusion.bedpe"), (Molecule::Rna, "rna_fusion.bedpe")].map(
        |(molecule, name)| {
            let mut text = String::new();
            for (index, item) in work.document.rearrangements().iter().enumerate() {
                if item.reported
                    && is_fusion(work.document, item)
                    && molecule_of(work.document, item) == molecule
                {
                    add(work, index, item, molecule, &mut text);
                }
            }
            OutputFile { name, bytes: text.into_bytes() }
        },
    )
}

/// Returns whether a rearrangement is a gene fusion in the document's own words.
pub(super) fn is_fusion(document: &Document, item: &Rearrangement) -> bool {
    crate::cats::fusion_words(document).contains(&item.rearrangement_type)
}

pub(super) fn molecule_of(document: &Document, item: &Rearrangement) -> Molecule {
    Molecule::of(document, item.sample_item_id.as_deref(), item.test_method.as_deref())
}

/// Returns the start of a reference map's key: molecule, origin and both places.
pub(super) fn key_start(
    document: &Document,
    item: &Rearrangement,
    molecule: Molecule,
    (a, b): (&Breakend, &Breakend),
) -> String {
    let sample = item.sample_item_id.as_deref();
    let origin = Origin::of(document, item.variant_origin.as_deref(), sample);
    format!(
        "{}_{}_{}:{}_{}-{}:{}-{}_-_",
        molecule.name(),
        origin.name(),
        a.chromosome,
        b.chromosome,
        a.start_position,
        a.end_position,
        b.start_position,
        b.end_position
    )
}

/// Adds the rows of one fusion.
///
/// Where the sender orders the genes there is one row for each pair, five-prime gene first, with strands;
/// otherwise the breakends keep their order, strands are `.`, and the map holds both orders of genes.
fn add(
    work: &mut Work<'_>,
    index: usize,
    item: &Rearrangement,
    molecule: Molecule,
    text: &mut String,
) {
    let [first, second] = item.breakends.as_slice() else {
        let pointer = format!("/variants/rearrangements/{index}/breakends");
        work.problems.push(problems::left_out(pointer, "breakends"));
        return;
    };
    let pairs: Vec<&Vec<Option<String>>> = item.ordered_gene_pairs.iter().flatten().collect();
    if pairs.is_empty() {
        let (ours, theirs) = (genes(&first.transcripts), genes(&second.transcripts));
        let combinations = ours.iter().flat_map(|a| theirs.iter().map(|b| (*a, *b)));
        for (a, b) in combinations.take(MAX_ROWS_PER_ITEM) {
            let five = Side { breakend: first, gene: a };
            let three = Side { breakend: second, gene: b };
            text.push_str(&row(work, five, three, (".", ".")));
            let start = key_start(work.document, item, molecule, (first, second));
            let name = |gene: Option<&str>| gene.unwrap_or("None").to_owned();
            work.map.add(format!("{start}fusion_{}|{}", name(a), name(b)), &item.item_id);
            work.map.add(format!("{start}fusion_{}|{}", name(b), name(a)), &item.item_id);
        }
        return;
    }
    for pair in pairs.into_iter().take(MAX_ROWS_PER_ITEM) {
        let gene = |at: usize| pair.get(at).and_then(|gene| gene.as_deref());
        let (five_gene, three_gene) = (gene(0), gene(1));
        let has = |breakend: &Breakend, gene| genes(&breakend.transcripts).contains(&gene);
        let straight = has(first, five_gene) && has(second, three_gene);
        let crossed = has(second, five_gene) && has(first, three_gene);
        let (five, three) = if crossed && !straight { (second, first) } else { (first, second) };
        let strands = (strand(five, "downstream"), strand(three, "upstream"));
        let five = Side { breakend: five, gene: five_gene };
        let three = Side { breakend: three, gene: three_gene };
        text.push_str(&row(work, five, three, strands));
        let start = key_start(work.document, item, molecule, (five.breakend, three.breakend));
        let key = format!(
            "{start}fusion_{}|{}",
            five_gene.unwrap_or("None"),
            three_gene.unwrap_or("None")
        );
        work.map.add(key, &item.item_id);
    }
}

/// Returns the strand on which a side is read, from where its mate lies on the reference.
///
/// The five-prime side is read towards the breakpoint: forward where its mate lies downstream. The
/// three-prime side is read away from it: forward where its mate lies upstream.
fn strand(breakend: &Breakend, forward: &str) -> &'static str {
    match breakend.mate_piece_location.as_deref() {
        Some(location) if location == forward => "+",
        Some("upstream" | "downstream") => "-",
        _ => ".",
    }
}

/// Returns one line: both places, name and score (`.`), strands, type, filter, six empty fields, two
/// `.`, two empty fields, and genes with their cytogenetic bands.
fn row(work: &Work<'_>, five: Side<'_>, three: Side<'_>, strands: (&str, &str)) -> String {
    let place = |side: Side<'_>| {
        let breakend = side.breakend;
        format!(
            "{}\t{}\t{}",
            field(&contig_name(&breakend.chromosome)),
            breakend.start_position,
            breakend.end_position
        )
    };
    let gene = |side: Side<'_>| field(side.gene.unwrap_or("None"));
    format!(
        "{}\t{}\t.\t.\t{}\t{}\tBND\tPASS\t\t\t\t\t\t\t.\t.\t\t\t{}::-{}:: {}\n",
        place(five),
        place(three),
        strands.0,
        strands.1,
        gene(five),
        gene(three),
        bands(work, five.breakend, three.breakend)
    )
}

/// Returns both bands, such as `p21-p23.2`, or `.` where the table is not given or does not know one.
fn bands(work: &Work<'_>, five: &Breakend, three: &Breakend) -> String {
    let band = |breakend: &Breakend| {
        let position = breakend.start_position.as_u64()?;
        work.helpers.cytobands?.at(&contig_name(&breakend.chromosome), position)
    };
    match (band(five), band(three)) {
        (Some(five), Some(three)) => format!("{}-{}", field(five), field(three)),
        _ => ".".to_owned(),
    }
}
