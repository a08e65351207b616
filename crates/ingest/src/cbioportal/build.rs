//! Gathers the items of a document from a study's tables.

use model::genome::Assembly;

use super::{ReadStudyOptions, problems};
use crate::{
    cats::{
        Document, Version,
        document::{
            CopyNumberAlteration, Expression, MetaData, OtherBiomarker, Rearrangement,
            ReferenceGenome, SequencingSample, ShortVariant, TestInfo, Variants,
        },
    },
    problem_list::ProblemList,
};

/// What is known of a sample.
struct Sample {
    id: String,
    germline: bool,
    somatic_or_other: bool,
    genomic: bool,
    expressed: bool,
}

/// What a sample was seen in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Seen {
    /// A short variant, of germline origin or not.
    ShortVariant {
        /// Whether it is of germline origin.
        germline: bool,
    },
    /// A copy-number alteration.
    CopyNumber,
    /// A rearrangement.
    Rearrangement,
    /// A biomarker of the sample.
    Biomarker,
    /// A gene expression.
    Expression,
}

/// A document in the making.
#[derive(Default)]
pub(super) struct Build {
    pub(super) short_variants: Vec<ShortVariant>,
    pub(super) copy_numbers: Vec<CopyNumberAlteration>,
    pub(super) rearrangements: Vec<Rearrangement>,
    pub(super) biomarkers: Vec<OtherBiomarker>,
    pub(super) expressions: Vec<Expression>,
    pub(super) assembly: Option<Assembly>,
    pub(super) problems: ProblemList,
    samples: Vec<Sample>,
}

impl Build {
    /// Begins a document on an assembly, where that is known beforehand.
    pub(super) fn new(assembly: Option<Assembly>) -> Self {
        Self { assembly, ..Self::default() }
    }

    /// Returns the identifier of the next variant.
    pub(super) fn variant_id(&self) -> String {
        let count = self
            .short_variants
            .len()
            .saturating_add(self.copy_numbers.len())
            .saturating_add(self.rearrangements.len());
        format!("variant-{}", count.saturating_add(1))
    }

    /// Returns whether no more items are taken.
    pub(super) fn is_full(&mut self, name: &str, options: &ReadStudyOptions) -> bool {
        let counts = [
            self.short_variants.len(),
            self.copy_numbers.len(),
            self.rearrangements.len(),
            self.expressions.len(),
            self.biomarkers.len(),
        ];
        let is_full = counts.iter().sum::<usize>() >= options.max_items;
        if is_full {
            self.problems.add(problems::too_many(name, options.max_items));
        }
        is_full
    }

    /// Takes note of a sample.
    pub(super) fn seen(&mut self, id: &str, seen: Seen) {
        let at = self.samples.iter().position(|sample| sample.id == id).unwrap_or_else(|| {
            self.samples.push(Sample {
                id: id.to_owned(),
                germline: false,
                somatic_or_other: false,
                genomic: false,
                expressed: false,
            });
            self.samples.len().saturating_sub(1)
        });
        let Some(sample) = self.samples.get_mut(at) else { return };
        match seen {
            Seen::ShortVariant { germline: true } => sample.germline = true,
            _ => sample.somatic_or_other = true,
        }
        match seen {
            Seen::ShortVariant { .. } | Seen::CopyNumber => sample.genomic = true,
            Seen::Expression => sample.expressed = true,
            Seen::Rearrangement | Seen::Biomarker => {}
        }
    }

    /// Makes the document.
    ///
    /// A sample with nothing but germline variants is normal, any other tumour. One with expressions and
    /// without short variants or copy numbers is RNA, any other DNA: a study does not say it otherwise, and
    /// this is what the official converter's sample shows.
    pub(super) fn document(self, test_id: &str, options: &ReadStudyOptions) -> Document {
        let samples = self.samples.iter().map(|sample| SequencingSample {
            item_id: sample.id.clone(),
            tumor_or_normal: match (sample.germline, sample.somatic_or_other) {
                (true, false) => "normal".to_owned(),
                _ => "tumor".to_owned(),
            },
            nucleic_acid: Some(match (sample.expressed, sample.genomic) {
                (true, false) => "RNA".to_owned(),
                _ => "DNA".to_owned(),
            }),
            ..SequencingSample::default()
        });
        let some = |length: usize| length > 0;
        let samples: Vec<SequencingSample> = samples.collect();
        Document {
            meta_data: MetaData {
                schema_version: Version::V1_2_0.name().to_owned(),
                reference_genome: ReferenceGenome {
                    grc_release: self.assembly.map(|assembly| assembly.name().to_owned()),
                    ..ReferenceGenome::default()
                },
                ..MetaData::default()
            },
            test_info: TestInfo {
                test_id: test_id.to_owned(),
                test_type: options.test_type.clone(),
                panel_name: options.panel_name.clone(),
                panel_version: options.panel_version.clone(),
                ..TestInfo::default()
            },
            variants: Some(Variants {
                short_variants: some(self.short_variants.len()).then_some(self.short_variants),
                copy_number_alterations: some(self.copy_numbers.len()).then_some(self.copy_numbers),
                rearrangements: some(self.rearrangements.len()).then_some(self.rearrangements),
            }),
            other_biomarkers: some(self.biomarkers.len()).then_some(self.biomarkers),
            expressions: some(self.expressions.len()).then_some(self.expressions),
            sequencing_samples: Some(samples),
            ..Document::default()
        }
    }
}
