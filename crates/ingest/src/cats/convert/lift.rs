//! Moves a document from GRCh37 to GRCh38, as the files that it is converted to need it.

use model::{
    genome::{Assembly, Position1, Strand},
    problem::Problem,
};

use super::problems;
use crate::{
    cats::{
        document::{Breakend, CopyNumberAlteration, Document, ShortVariant},
        value::Number,
    },
    lift::{Chain, Lifted, reverse_complement},
};

/// Returns the document on GRCh38, without the items that have no counterpart there; each of those is a
/// problem. A document on another assembly than GRCh37 is returned as it is.
pub fn lift_document(document: Document, chain: &Chain) -> (Document, Vec<Problem>) {
    if crate::cats::assembly(&document) != Some(Assembly::Grch37) {
        return (document, Vec::new());
    }
    let mut problems = Vec::new();
    let mut moved = document;
    if let Some(variants) = moved.variants.as_mut() {
        keep(&mut variants.short_variants, "shortVariants", &mut problems, |variant| {
            short_variant(variant, chain)
        });
        let name = "copyNumberAlterations";
        keep(&mut variants.copy_number_alterations, name, &mut problems, |alteration| {
            copy_number(alteration, chain)
        });
        keep(&mut variants.rearrangements, "rearrangements", &mut problems, |item| {
            item.breakends.iter_mut().all(|end| breakend(end, chain).is_some()).then_some(())
        });
    }
    let genome = &mut moved.meta_data.reference_genome;
    genome.name = None;
    genome.patch = crate::cats::value::Nullable::Absent;
    genome.grc_release = Some(Assembly::Grch38.name().to_owned());
    (moved, problems)
}

/// Keeps the items that could be moved.
fn keep<T>(
    items: &mut Option<Vec<T>>,
    name: &str,
    problems: &mut Vec<Problem>,
    mut shift: impl FnMut(&mut T) -> Option<()>,
) {
    let mut index = 0_usize;
    if let Some(items) = items {
        items.retain_mut(|item| {
            let is_moved = shift(item).is_some();
            if !is_moved {
                problems.push(problems::not_liftable(format!("/variants/{name}/{index}")));
            }
            index = index.saturating_add(1);
            is_moved
        });
    }
}

fn short_variant(variant: &mut ShortVariant, chain: &Chain) -> Option<()> {
    let first = variant.position.as_u64()?;
    let length = u64::try_from(variant.reference_allele.len()).ok()?;
    let last = first.checked_add(length.checked_sub(1)?)?;
    let place = chain.lift(&variant.chromosome, Position1(first), Position1(last))?;
    variant.position = number(place.first)?;
    if place.strand == Strand::Reverse {
        variant.reference_allele = reverse_complement(&variant.reference_allele);
        variant.alternate_allele = reverse_complement(&variant.alternate_allele);
    }
    variant.chromosome = place.chromosome;
    Some(())
}

fn copy_number(alteration: &mut CopyNumberAlteration, chain: &Chain) -> Option<()> {
    let Some(chromosome) = alteration.chromosome.clone() else { return Some(()) };
    let (Some(start), Some(end)) = (alteration.start_position, alteration.end_position) else {
        return Some(());
    };
    let (place, first, last) = range(&chromosome, start, end, chain)?;
    alteration.chromosome = Some(place.chromosome);
    alteration.start_position = Some(first);
    alteration.end_position = Some(last);
    Some(())
}

fn breakend(end: &mut Breakend, chain: &Chain) -> Option<()> {
    let (place, first, last) = range(&end.chromosome, end.start_position, end.end_position, chain)?;
    if place.strand == Strand::Reverse {
        // What lay upstream on the old forward strand lies downstream on the new one.
        end.mate_piece_location =
            end.mate_piece_location.take().map(|location| match location.as_str() {
                "upstream" => "downstream".to_owned(),
                "downstream" => "upstream".to_owned(),
                _ => location,
            });
    }
    end.chromosome = place.chromosome;
    (end.start_position, end.end_position) = (first, last);
    Some(())
}

/// Moves both ends, each on its own; `None` where they come to lie on two chromosomes or strands.
fn range(
    chromosome: &str,
    start: Number,
    end: Number,
    chain: &Chain,
) -> Option<(Lifted, Number, Number)> {
    let place = |at: Number| {
        let position = Position1(at.as_u64()?);
        chain.lift(chromosome, position, position)
    };
    let (a, b) = (place(start)?, place(end)?);
    if a.chromosome != b.chromosome || a.strand != b.strand {
        return None;
    }
    let (first, last) = (number(a.first.min(b.first))?, number(a.first.max(b.first))?);
    Some((a, first, last))
}

fn number(position: Position1) -> Option<Number> {
    i64::try_from(position.0).ok().map(Number::Integer)
}
