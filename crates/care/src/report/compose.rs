//! Putting the eight sections together.

use knowledge::{AnnotateOptions, Release};

use super::{
    FindingsReport, ReportInput, altered, basic_items, candidate_trials, disclaimer,
    evidence_levels, findings, gene_details, references::Citations, software_versions,
};

/// Makes the findings report of a result with one knowledge release.
pub fn compose(input: &ReportInput<'_>, release: &Release) -> FindingsReport {
    compose_with(input, release, &AnnotateOptions::default())
}

/// Makes the findings report as [`compose`] does, for a patient who is treated where the options say.
pub fn compose_with(
    input: &ReportInput<'_>,
    release: &Release,
    options: &AnnotateOptions,
) -> FindingsReport {
    let tumour = input.case.and_then(|case| case.tumour_type.as_ref());
    let annotation = release.annotate_with(input.result, tumour, options);
    let basic_items = basic_items::compose(input, release);
    let haematological = basic_items.is_haematological(release);
    let altered = altered::gather(input.result, &annotation, haematological);
    let mut citations = Citations::default();
    let findings = findings::compose(
        input.result,
        &annotation,
        &altered,
        release,
        haematological,
        &mut citations,
    );
    let gene_details = gene_details::compose(&altered, release, &mut citations);
    let disclaimer = disclaimer::compose(
        input,
        &basic_items,
        &findings,
        release.manifest().demonstration,
        annotation.tumour_known,
    );
    FindingsReport {
        basic_items,
        findings,
        candidate_trials: candidate_trials::compose(),
        gene_details,
        references: citations.into_entries(),
        software_versions: software_versions::compose(input, release),
        evidence_level_definitions: evidence_levels::compose(release),
        disclaimer,
    }
}
