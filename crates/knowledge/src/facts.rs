//! What is known of genes, panels, hotspots and secondary findings.

use model::{
    gene::{GeneRole, GeneSymbol},
    text::LocalizedText,
};

/// Facts of a gene.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GeneFacts {
    /// Symbol.
    pub symbol: GeneSymbol,
    /// Former symbols and other names.
    pub aliases: Vec<String>,
    /// Part in cancer, when known.
    pub role: Option<GeneRole>,
    /// Name in both languages.
    pub name: LocalizedText,
    /// Cytogenetic band, such as `7p11.2`.
    pub location: Option<String>,
}

/// A gene panel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Panel {
    /// Name.
    pub name: String,
    /// Version, when the source names one.
    pub version: Option<String>,
    /// Whether it is for haematological tumours; `None` where not said.
    pub haematological: Option<bool>,
    /// Kind of sample, as written.
    pub sample: Option<String>,
    /// What is sequenced against what, as written.
    pub test_type: Option<String>,
    /// Genes that it reports on; may be a part where the whole list is not public.
    pub genes: Vec<GeneSymbol>,
    /// Other names.
    pub aliases: Vec<String>,
    /// A remark, such as that the gene list is not complete.
    pub note: Option<String>,
}

/// A codon at which tumours are often mutated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hotspot {
    /// Gene.
    pub gene: GeneSymbol,
    /// First codon. Units: 1-based.
    pub first: u32,
    /// Last codon. Units: 1-based, inclusive.
    pub last: u32,
    /// Kind, such as `missense`, `inframe`, `splice` or `3d`.
    pub kind: String,
    /// How many tumours of the source have it, when said.
    pub tumours: Option<u64>,
    /// A remark.
    pub note: Option<String>,
}

/// How many alleles must be altered for a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Zygosity {
    /// One altered allele is enough.
    Monoallelic,
    /// Both alleles must be altered.
    Biallelic,
}

/// A gene whose pathogenic germline variants are worth telling a patient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecondaryFindingGene {
    /// Gene.
    pub gene: GeneSymbol,
    /// Hereditary condition.
    pub condition: LocalizedText,
    /// How many alleles must be altered.
    pub zygosity: Zygosity,
    /// A remark.
    pub note: Option<String>,
}
