//! Moving a whole test result.

use model::{
    alteration::{CopyNumberAlteration, Rearrangement, ShortVariant},
    genome::{Assembly, Position1, Strand},
    problem::{Place, Problem},
    result::TestResult,
    text::LocalizedText,
};

use super::Chain;

/// Moves a result of GRCh37 to GRCh38, and returns it with what could not be moved.
///
/// A short variant without a counterpart keeps the whole result in GRCh37, since a result has one assembly;
/// a breakend or copy-number range without one loses its position. On the reverse strand alleles are
/// complemented. A result of another assembly is returned as it is.
pub fn lift(result: TestResult, chain: &Chain) -> (TestResult, Vec<Problem>) {
    if result.assembly != Some(Assembly::Grch37) {
        return (result, Vec::new());
    }
    let mut problems = Vec::new();
    let mut moved = Vec::with_capacity(result.short_variants.len());
    for (index, variant) in result.short_variants.iter().enumerate() {
        match short_variant(variant, chain) {
            Some(variant) => moved.push(variant),
            None => problems.push(not_liftable(&format!("/variants/shortVariants/{index}"), true)),
        }
    }
    if !problems.is_empty() {
        return (result, problems);
    }
    let mut lifted = TestResult {
        assembly: Some(Assembly::Grch38),
        lifted_from: Some(Assembly::Grch37),
        short_variants: moved,
        ..result
    };
    for (index, alteration) in lifted.copy_number_alterations.iter_mut().enumerate() {
        if !copy_number_alteration(alteration, chain) {
            problems.push(not_liftable(&format!("/variants/copyNumberAlterations/{index}"), false));
        }
    }
    for (index, rearrangement) in lifted.rearrangements.iter_mut().enumerate() {
        if !breakends(rearrangement, chain) {
            problems.push(not_liftable(&format!("/variants/rearrangements/{index}"), false));
        }
    }
    (lifted, problems)
}

fn short_variant(variant: &ShortVariant, chain: &Chain) -> Option<ShortVariant> {
    let length = u64::try_from(variant.reference.len()).ok()?;
    let last = variant.position.0.checked_add(length.checked_sub(1)?)?;
    let place = chain.lift(&variant.chromosome, variant.position, Position1(last))?;
    let mut moved =
        ShortVariant { chromosome: place.chromosome, position: place.first, ..variant.clone() };
    if place.strand == Strand::Reverse {
        moved.reference = reverse_complement(&variant.reference);
        moved.alternate = reverse_complement(&variant.alternate);
        for transcript in &mut moved.transcripts {
            transcript.strand = transcript.strand.map(|strand| match strand {
                Strand::Forward => Strand::Reverse,
                Strand::Reverse => Strand::Forward,
            });
        }
    }
    Some(moved)
}

/// Returns a sequence as the other strand spells it; what is no base stays.
pub(crate) fn reverse_complement(bases: &str) -> String {
    let complement = |base| match base {
        'A' => 'T',
        'C' => 'G',
        'G' => 'C',
        'T' => 'A',
        other => other,
    };
    bases.chars().rev().map(complement).collect()
}

/// Moves an alteration's range, or clears it and returns false.
fn copy_number_alteration(alteration: &mut CopyNumberAlteration, chain: &Chain) -> bool {
    let Some(chromosome) = alteration.chromosome.as_deref() else { return true };
    let moved = range(chromosome, alteration.start, alteration.end, chain);
    let is_moved = moved.is_some();
    match moved {
        Some(moved) => {
            alteration.chromosome = Some(moved.chromosome);
            (alteration.start, alteration.end) = (moved.start, moved.end);
        }
        None => (alteration.start, alteration.end) = (None, None),
    }
    is_moved
}

/// Moves the breakends, clears the positions of those that cannot be moved, and returns whether all could.
fn breakends(rearrangement: &mut Rearrangement, chain: &Chain) -> bool {
    let mut all_moved = true;
    for breakend in &mut rearrangement.breakends {
        let Some(chromosome) = breakend.chromosome.as_deref() else { continue };
        match range(chromosome, breakend.start, breakend.end, chain) {
            Some(moved) => {
                breakend.chromosome = Some(moved.chromosome);
                (breakend.start, breakend.end) = (moved.start, moved.end);
            }
            None => {
                (breakend.start, breakend.end) = (None, None);
                all_moved = false;
            }
        }
    }
    all_moved
}

/// A range whose ends were moved each on its own.
struct MovedRange {
    chromosome: String,
    start: Option<Position1>,
    end: Option<Position1>,
}

/// Moves a range by its two ends; `None` where an end has no counterpart or they come to lie on two chromosomes.
fn range(
    chromosome: &str,
    start: Option<Position1>,
    end: Option<Position1>,
    chain: &Chain,
) -> Option<MovedRange> {
    let place = |position: Position1| chain.lift(chromosome, position, position);
    match (start, end) {
        (None, None) => {
            Some(MovedRange { chromosome: chromosome.to_owned(), start: None, end: None })
        }
        (Some(only), None) | (None, Some(only)) => {
            let lifted = place(only)?;
            let (start, end) = (start.map(|_| lifted.first), end.map(|_| lifted.first));
            Some(MovedRange { chromosome: lifted.chromosome, start, end })
        }
        (Some(start), Some(end)) => {
            let (first, last) = (place(start)?, place(end)?);
            let (low, high) = (first.first.min(last.first), first.first.max(last.first));
            (first.chromosome == last.chromosome && first.strand == last.strand).then_some(
                MovedRange { chromosome: first.chromosome, start: Some(low), end: Some(high) },
            )
        }
    }
}

fn not_liftable(pointer: &str, keeps_all: bool) -> Problem {
    let remedy = if keeps_all {
        LocalizedText::of(
            "位置を確かめてください。結果全体をGRCh37のまま扱います。",
            "Check the position; the whole result stays in GRCh37.",
        )
    } else {
        LocalizedText::of(
            "位置を確かめてください。この項目は位置なしで扱います。",
            "Check the position; the item is kept without one.",
        )
    };
    Problem::warning(
        "cats.lift.failed",
        Place::pointer(pointer),
        LocalizedText::of(
            "この位置はGRCh38に変換できません。",
            "This position has no counterpart in GRCh38.",
        ),
        remedy,
    )
}

#[cfg(test)]
mod tests {
    use super::reverse_complement;

    #[test]
    fn complements_alleles() {
        assert_eq!(reverse_complement("TC"), "GA");
        assert_eq!(reverse_complement("*"), "*");
    }
}
