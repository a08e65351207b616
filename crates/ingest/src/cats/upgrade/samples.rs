//! The step to 1.2.0 that gives every item to a sample.
//!
//! Up to 1.1.0 an item names a method (DNA or RNA sequencing) and an origin; from 1.2.0 it names the sample.
//! Somatic items belong to the tumour sample, germline ones to the normal sample. Where there is none, a
//! placeholder is added under the name that the official update uses, and a warning says so.

use model::problem::{Problem, has_error};

use crate::cats::{
    document::{Document, SequencingSample},
    problems::change,
};

/// What tells samples apart before 1.2.0.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Kind {
    nucleic_acid: &'static str,
    tissue: &'static str,
}

const DNA_TUMOUR: Kind = Kind { nucleic_acid: "DNA", tissue: "tumor" };
const RNA_TUMOUR: Kind = Kind { nucleic_acid: "RNA", tissue: "tumor" };

impl Kind {
    fn of(method: Option<&str>, tissue: &'static str) -> Option<Self> {
        let nucleic_acid = match method? {
            "DNA-seq" => "DNA",
            "RNA-seq" => "RNA",
            _ => return None,
        };
        Some(Self { nucleic_acid, tissue })
    }

    /// Returns the name that the official update gives to a sample that the file lacks.
    fn placeholder(self) -> &'static str {
        match (self.nucleic_acid, self.tissue) {
            ("DNA", "tumor") => "dummy-sample-1",
            ("DNA", _) => "dummy-sample-2",
            (_, "tumor") => "dummy-sample-3",
            _ => "dummy-sample-4",
        }
    }
}

fn tissue_of(origin: Option<&str>) -> &'static str {
    match origin {
        Some("germline" | "likely germline") => "normal",
        _ => "tumor",
    }
}

/// Finds samples for items, and remembers those it had to invent.
struct Samples<'p> {
    known: Vec<(Kind, String)>,
    invented: Vec<Kind>,
    problems: &'p mut Vec<Problem>,
}

impl Samples<'_> {
    /// Returns the sample of a kind, the last of several, or a placeholder.
    fn find(&mut self, kind: Kind, pointer: &dyn Fn() -> String) -> String {
        if let Some((_, id)) = self.known.iter().rfind(|(known, _)| *known == kind) {
            return id.clone();
        }
        let id = kind.placeholder();
        self.problems.push(change::sample_invented(pointer(), id));
        self.known.push((kind, id.to_owned()));
        self.invented.push(kind);
        id.to_owned()
    }
}

/// Turns methods into samples throughout a document.
pub(super) fn associate(document: &mut Document, problems: &mut Vec<Problem>) {
    let known = convert_samples(document, problems);
    let mut samples = Samples { known, invented: Vec::new(), problems };
    associate_variants(document, &mut samples);
    for (index, marker) in document.other_biomarkers.iter_mut().flatten().enumerate() {
        let kind = Kind { tissue: tissue_of(marker.biomarker_origin.as_deref()), ..DNA_TUMOUR };
        let pointer = || format!("/otherBiomarkers/{index}");
        marker.sample_item_id.get_or_insert_with(|| samples.find(kind, &pointer));
    }
    for (index, item) in document.expressions.iter_mut().flatten().enumerate() {
        let pointer = || format!("/expressions/{index}");
        item.sample_item_id.get_or_insert_with(|| samples.find(RNA_TUMOUR, &pointer));
    }
    for (index, item) in document.non_human_contents.iter_mut().flatten().enumerate() {
        let pointer = || format!("/nonHumanContents/{index}");
        item.sample_item_id.get_or_insert_with(|| samples.find(DNA_TUMOUR, &pointer));
    }
    if samples.known.is_empty() {
        // From 1.2.0 a file names at least one sample.
        samples.find(DNA_TUMOUR, &|| String::from("/sequencingSamples"));
    }
    let invented = samples.invented;
    let list = document.sequencing_samples.get_or_insert_default();
    list.extend(invented.into_iter().map(placeholder_sample));
}

fn placeholder_sample(kind: Kind) -> SequencingSample {
    SequencingSample {
        item_id: kind.placeholder().to_owned(),
        tumor_or_normal: kind.tissue.to_owned(),
        nucleic_acid: Some(kind.nucleic_acid.to_owned()),
        ..SequencingSample::default()
    }
}

/// Gives each sample its nucleic acid, and returns the samples by kind.
fn convert_samples(document: &mut Document, problems: &mut Vec<Problem>) -> Vec<(Kind, String)> {
    let mut known: Vec<(Kind, String)> = Vec::new();
    for (index, sample) in document.sequencing_samples.iter_mut().flatten().enumerate() {
        let tissue = if sample.tumor_or_normal == "normal" { "normal" } else { "tumor" };
        let Some(kind) = Kind::of(sample.test_method.as_deref(), tissue) else {
            problems.push(change::method_missing(format!("/sequencingSamples/{index}")));
            continue;
        };
        sample.nucleic_acid = Some(kind.nucleic_acid.to_owned());
        sample.test_method = None;
        if known.iter().any(|(other, _)| *other == kind) {
            problems.push(change::sample_ambiguous("/sequencingSamples", &sample.item_id));
        }
        known.push((kind, sample.item_id.clone()));
    }
    known
}

fn associate_variants(document: &mut Document, samples: &mut Samples<'_>) {
    if has_error(samples.problems) {
        return;
    }
    let Some(variants) = document.variants.as_mut() else { return };
    macro_rules! associate {
        ($list:expr, $name:literal) => {
            for (index, item) in $list.iter_mut().flatten().enumerate() {
                let pointer = || format!(concat!("/variants/", $name, "/{}"), index);
                let tissue = tissue_of(item.variant_origin.as_deref());
                let Some(kind) = Kind::of(item.test_method.as_deref(), tissue) else {
                    samples.problems.push(change::method_missing(pointer()));
                    continue;
                };
                item.test_method = None;
                item.sample_item_id = Some(samples.find(kind, &pointer));
            }
        };
    }
    associate!(variants.short_variants, "shortVariants");
    associate!(variants.copy_number_alterations, "copyNumberAlterations");
    associate!(variants.rearrangements, "rearrangements");
}
