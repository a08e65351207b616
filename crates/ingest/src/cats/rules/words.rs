//! The closed vocabularies.

use super::Word;
use crate::cats::version::Version::{V1_0_1, V1_1_0, V1_2_0, V1_2_1, V1_3_0};

const fn w(text: &'static str) -> Word {
    Word::new(text)
}

pub(super) static TISSUE: &[Word] = &[w("tumor"), w("normal")];
pub(super) static NUCLEIC_ACID: &[Word] = &[w("DNA"), w("RNA")];
pub(super) static TEST_METHOD: &[Word] = &[w("DNA-seq"), w("RNA-seq")];
pub(super) static SAMPLE_STATE: &[Word] =
    &[w("contaminated"), w("deaminated"), w("fragmentated"), w("degraded")];
pub(super) static TEST_TYPE: &[Word] = &[
    w("tumor-only"),
    w("tumor and matched-normal"),
    w("tumor-only (cell-free)"),
    w("tumor (cell-free) and matched-normal"),
];
pub(super) static VARIANT_TYPE: &[Word] =
    &[w("SNV"), w("insertion"), w("deletion"), w("delins"), w("MNV"), w("indel")];
pub(super) static ORIGIN: &[Word] =
    &[w("somatic"), w("germline"), w("likely somatic"), w("likely germline")];
pub(super) static DATABASE: &[Word] = &[w("RefSeq"), w("Ensembl")];
pub(super) static STRAND: &[Word] = &[w("+"), w("-")];
pub(super) static SIDE: &[Word] = &[w("upstream"), w("downstream")];
pub(super) static BIOMARKER: &[Word] = &[w("TMB"), w("MSI"), w("LOH")];
pub(super) static EXPRESSION_UNIT: &[Word] = &[w("TPM"), w("FPKM"), w("FPM"), w("RPKM"), w("RPM")];
pub(super) static STATISTIC: &[Word] = &[w("mean"), w("median"), w("standard deviation")];

/// Both copy-number units occur in samples labelled 1.3.0.
pub(super) static COPY_NUMBER_UNIT: &[Word] = &[
    w("copy number").since(V1_2_1),
    w("absolute copy number").until(V1_2_0),
    w("absolute copy number").since(V1_3_0),
    w("fold-change"),
    w("log2 fold-change"),
    w("fraction-of-gene"),
];
/// A sample labelled 1.3.0 writes the word `null`.
pub(super) static BIOMARKER_STATE: &[Word] = &[
    w("high"),
    w("low"),
    w("stable"),
    w("intermediate"),
    w("cannot be determined"),
    w("null").since(V1_3_0),
];
pub(super) static COPY_NUMBER_TYPE: &[Word] = &[
    w("amplification"),
    w("gain"),
    w("duplication"),
    w("loss"),
    w("deletion"),
    w("homozygous deletion"),
    w("neutral"),
];
pub(super) static REARRANGEMENT_TYPE: &[Word] = &[
    w("gene fusion"),
    w("gene fusion and frameshift variant").since(V1_1_0),
    w("frameshift gene fusion").until(V1_0_1),
    w("bidirectional gene fusion"),
    w("duplication"),
    w("tandem duplication"),
    w("deletion"),
    w("inversion"),
    w("truncation"),
    w("splice variant"),
    w("exon skipping"),
    w("other"),
];

/// Which laboratory words may be taken as a concept of the knowledge base.
pub(super) mod labels {
    use super::{V1_0_1, V1_1_0, Word, w};

    pub(in super::super) static AMPLIFICATION: &[Word] = &[
        w("copyNumberAlterationType: amplification"),
        w("copyNumberAlterationType: gain"),
        w("copyNumberAlterationType: duplication"),
        w("rearrangementType: duplication"),
    ];
    pub(in super::super) static LOSS: &[Word] = &[
        w("copyNumberAlterationType: loss"),
        w("copyNumberAlterationType: deletion"),
        w("copyNumberAlterationType: homozygous deletion"),
        w("rearrangementType: deletion"),
        w("rearrangementType: exon skipping"),
    ];
    pub(in super::super) static GENE_FUSION: &[Word] = &[
        w("rearrangementType: gene fusion"),
        w("rearrangementType: gene fusion and frameshift variant").since(V1_1_0),
        w("rearrangementType: frameshift gene fusion").until(V1_0_1),
        w("rearrangementType: bidirectional gene fusion"),
        w("rearrangementType: other"),
    ];
    pub(in super::super) static DUPLICATION: &[Word] = &[
        w("rearrangementType: duplication"),
        w("rearrangementType: tandem duplication"),
        w("rearrangementType: other"),
        w("copyNumberAlterationType: duplication"),
        w("copyNumberAlterationType: amplification"),
        w("copyNumberAlterationType: gain"),
    ];
    pub(in super::super) static DELETION: &[Word] = &[
        w("rearrangementType: deletion"),
        w("rearrangementType: truncation"),
        w("rearrangementType: splice variant"),
        w("rearrangementType: exon skipping"),
        w("rearrangementType: other"),
        w("copyNumberAlterationType: deletion"),
        w("copyNumberAlterationType: homozygous deletion"),
        w("copyNumberAlterationType: loss"),
    ];
    pub(in super::super) static INVERSION: &[Word] = &[
        w("rearrangementType: inversion"),
        w("rearrangementType: truncation"),
        w("rearrangementType: other"),
    ];
    pub(in super::super) static TRUNCATION: &[Word] = &[
        w("rearrangementType: truncation"),
        w("rearrangementType: deletion"),
        w("rearrangementType: inversion"),
        w("rearrangementType: other"),
        w("copyNumberAlterationType: loss"),
        w("copyNumberAlterationType: deletion"),
        w("copyNumberAlterationType: homozygous deletion"),
    ];
    pub(in super::super) static EXON_SKIPPING: &[Word] = &[
        w("rearrangementType: exon skipping"),
        w("rearrangementType: splice variant"),
        w("rearrangementType: deletion"),
        w("rearrangementType: other"),
    ];
    pub(in super::super) static REARRANGEMENT: &[Word] = &[
        w("rearrangementType: gene fusion"),
        w("rearrangementType: gene fusion and frameshift variant").since(V1_1_0),
        w("rearrangementType: frameshift gene fusion").until(V1_0_1),
        w("rearrangementType: bidirectional gene fusion"),
        w("rearrangementType: duplication"),
        w("rearrangementType: tandem duplication"),
        w("rearrangementType: deletion"),
        w("rearrangementType: inversion"),
        w("rearrangementType: truncation"),
        w("rearrangementType: splice variant"),
        w("rearrangementType: exon skipping"),
        w("rearrangementType: other"),
        w("copyNumberAlterationType: amplification"),
        w("copyNumberAlterationType: gain"),
        w("copyNumberAlterationType: duplication"),
        w("copyNumberAlterationType: loss"),
        w("copyNumberAlterationType: deletion"),
        w("copyNumberAlterationType: homozygous deletion"),
    ];
}
