//! Assembly, positions and reference alleles.

use model::{
    genome::{Assembly, Position1, chromosome_without_prefix},
    result::TestResult,
};

use super::{COPY_NUMBER_ALTERATIONS, REARRANGEMENTS, SHORT_VARIANTS, pointer};
use crate::{
    cats::{
        document::Document,
        map::{assembly, to_result},
        problems::{Findings, genome, meaning},
        read::ReadOptions,
        value::Number,
    },
    lift::lift,
    reference::{Reference, chromosome_length},
};

/// Looks at the assembly, at positions, and at reference alleles where a reference is given.
pub(super) fn check(document: &Document, options: &ReadOptions<'_>, findings: &mut Findings) {
    let assembly = assembly(document);
    if assembly.is_none() {
        findings.push(genome::assembly_unknown(document.release().unwrap_or_default()));
    }
    positions(document, assembly, findings);
    let lifted = match (assembly, options.chain) {
        (Some(Assembly::Grch37), Some(chain)) => {
            let (result, problems) = lift(to_result(document), chain);
            problems.into_iter().for_each(|problem| findings.push(problem));
            Some(result)
        }
        (Some(Assembly::Grch37), None) => {
            findings.push(genome::not_lifted());
            None
        }
        _ => None,
    };
    let Some(reference) = options.reference else {
        if !document.short_variants().is_empty() {
            findings.push(genome::reference_not_checked());
        }
        return;
    };
    if document.short_variants().is_empty() {
        return;
    }
    if assembly == Some(reference.assembly()) {
        reference_alleles(&to_result(document), reference, findings);
        return;
    }
    match lifted {
        Some(result) if result.assembly == Some(reference.assembly()) => {
            reference_alleles(&result, reference, findings);
        }
        // What could not be lifted has been reported, and so could not be compared.
        Some(_) if reference.assembly() == Assembly::Grch38 => {
            findings.push(genome::reference_not_checked());
        }
        _ => findings.push(genome::reference_of_other_assembly(assembly, reference.assembly())),
    }
}

/// Doubts chromosomes and positions that the assembly does not have.
fn positions(document: &Document, assembly: Option<Assembly>, findings: &mut Findings) {
    let mut doubt = |chromosome: &str, place: &str, positions: &[(&str, Option<Number>)]| {
        let bare = chromosome_without_prefix(chromosome);
        let Some(length) = chromosome_length(assembly.unwrap_or(Assembly::Grch38), bare) else {
            if bare != "MT" {
                let place = format!("{place}/chromosome");
                findings.push(genome::chromosome_unknown(place, chromosome));
            }
            return;
        };
        let Some(assembly) = assembly else { return };
        for (member, position) in positions {
            if let Some(position) = position.and_then(Number::as_u64)
                && position > length
            {
                let place = format!("{place}/{member}");
                findings.push(genome::beyond_chromosome(place, position, length, assembly));
            }
        }
    };
    for (index, item) in document.short_variants().iter().enumerate() {
        let place = pointer(SHORT_VARIANTS, index, "");
        doubt(&item.chromosome, &place, &[("position", Some(item.position))]);
    }
    for (index, item) in document.copy_number_alterations().iter().enumerate() {
        let Some(chromosome) = item.chromosome.as_deref() else { continue };
        let range = [("startPosition", item.start_position), ("endPosition", item.end_position)];
        doubt(chromosome, &pointer(COPY_NUMBER_ALTERATIONS, index, ""), &range);
    }
    for (index, item) in document.rearrangements().iter().enumerate() {
        let breakends = pointer(REARRANGEMENTS, index, "breakends");
        for (at, end) in item.breakends.iter().enumerate() {
            let range = [
                ("startPosition", Some(end.start_position)),
                ("endPosition", Some(end.end_position)),
            ];
            doubt(&end.chromosome, &pointer(&breakends, at, ""), &range);
        }
    }
}

/// Compares reference alleles with the reference sequence.
fn reference_alleles(result: &TestResult, reference: &Reference, findings: &mut Findings) {
    for (index, variant) in result.short_variants.iter().enumerate() {
        let here = pointer(SHORT_VARIANTS, index, "referenceAllele");
        let length = variant.reference.len() as u64;
        let last = variant.position.0.saturating_add(length.saturating_sub(1));
        let problem = match reference.bases(&variant.chromosome, variant.position, Position1(last))
        {
            Ok(found) if found == variant.reference => continue,
            Ok(found) => {
                let (chromosome, position) = (&variant.chromosome, variant.position);
                let place = format!("{} {chromosome}:{position}", reference.assembly());
                genome::reference_differs(here, &variant.reference, &found, &place)
            }
            Err(error) => genome::reference_unreadable(here, &error.to_string()),
        };
        findings.push(meaning::by_reported(problem, variant.reported));
    }
}
