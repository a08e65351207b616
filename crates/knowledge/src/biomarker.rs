//! Biomarker expressions: what must be found in a result for an evidence item to speak of it.
//!
//! One grammar serves CIViC's molecular profiles and our own tables:
//! `expression = all {"OR" all}`, `all = one {"AND" one}`, `one = ["NOT"] ("(" expression ")" | condition)`,
//! where a condition is a gene and an alteration (`EGFR L858R`), a fusion (`EML4::ALK Fusion`) or a
//! genome-wide marker (`MSI High`). A condition without gene takes the gene named before it.
//!
//! Not here: judging a result against an expression (`annotate`).

use model::{
    alteration::BiomarkerKind,
    gene::GeneSymbol,
    hgvs::protein::{AminoAcid, ProteinChange},
};

mod alteration;
mod parse;
pub mod ranges;

/// A biomarker expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Biomarker {
    /// Every part must hold.
    All(Vec<Biomarker>),
    /// One part must hold.
    Any(Vec<Biomarker>),
    /// The part must be shown not to hold.
    Not(Box<Biomarker>),
    /// One condition.
    Is(Condition),
}

/// A gene and what must have happened to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// Gene; `None` for fusions (which name their genes) and genome-wide markers.
    pub gene: Option<GeneSymbol>,
    /// What must have happened.
    pub alteration: Alteration,
}

/// What kind of change is asked for in an exon or in a stretch of the protein.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RangeClass {
    /// Any change of the protein.
    Mutation,
    /// Residues lost without loss of frame.
    InframeDeletion,
    /// Residues added without loss of frame.
    InframeInsertion,
    /// Loss of frame.
    Frameshift,
    /// The exons are left out of the transcript.
    Skipping,
}

/// A fusion partner.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Partner {
    /// This gene.
    Gene(GeneSymbol),
    /// Any gene.
    Any,
    /// No gene that is known, as sources write `?`.
    Unknown,
}

/// Which of a genome-wide marker's states is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MarkerState {
    /// High.
    High,
    /// Low or stable.
    Low,
}

/// Why a condition that was understood cannot be shown by the tests that this programme receives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NotMeasurable {
    /// Expression of a gene or protein, or where in the cell it is.
    Expression,
    /// Methylation, phosphorylation or another modification.
    Modification,
    /// A level in serum.
    Serum,
    /// An inherited polymorphism or star allele.
    Polymorphism,
    /// A transcript form or the exons at which a fusion joins.
    TranscriptForm,
    /// A domain whose bounds are not in our table.
    UnknownRange,
    /// An intron, an untranslated region or a part of a gene that results do not name.
    Noncoding,
    /// A change of copy number that results do not tell apart, such as copy-neutral loss of heterozygosity.
    AlleleCopy,
    /// A pattern over the genome other than TMB, MSI and LOH.
    Signature,
}

/// What must have happened to a gene, or which marker is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Alteration {
    /// This amino-acid change.
    Protein(ProteinChange),
    /// Any change of this codon's amino acid.
    Codon {
        /// The reference amino acid.
        reference: AminoAcid,
        /// Place. Units: 1-based codon number.
        position: u32,
    },
    /// A change of the protein at any other codon.
    NotCodon {
        /// Place. Units: 1-based codon number.
        position: u32,
    },
    /// This coding or non-coding change, in HGVS with `c.`.
    Coding(String),
    /// A change in exons. Units: 1-based, inclusive.
    Exon {
        /// First exon.
        first: u32,
        /// Last exon.
        last: u32,
        /// Kind of change.
        class: RangeClass,
    },
    /// A change in a domain. Units: 1-based codons, inclusive.
    Domain {
        /// First codon.
        first: u32,
        /// Last codon.
        last: u32,
        /// Kind of change.
        class: RangeClass,
        /// Whether the change must lie outside instead.
        outside: bool,
    },
    /// Loss of the gene's function.
    LossOfFunction,
    /// Loss of function of both alleles.
    BiallelicLoss,
    /// The protein ends too early.
    Truncating,
    /// Loss of frame.
    Frameshift,
    /// A change of a splice site.
    SpliceSite,
    /// A change known to activate: a protein change at a hotspot.
    Activating,
    /// Internal tandem duplication.
    InternalDuplication,
    /// Loss of exons 2 to 7 of EGFR (EGFRvIII).
    EgfrVariantIii,
    /// A change in the promoter.
    Promoter,
    /// Amplification.
    Amplification,
    /// Loss of copies: loss, deletion or homozygous deletion.
    CopyLoss,
    /// Any change of copy number.
    CopyNumber,
    /// A fusion of these partners, five-prime first.
    Fusion {
        /// Five-prime partner.
        five: Partner,
        /// Three-prime partner.
        three: Partner,
    },
    /// Any fusion or rearrangement of the gene.
    Rearranged,
    /// Any change of the protein.
    AnyMutation,
    /// Any change of the protein, of copy number or of structure.
    AnyAlteration,
    /// No change at all in a gene that the test covers.
    WildType,
    /// A genome-wide marker.
    Marker {
        /// Which marker.
        kind: BiomarkerKind,
        /// Which state.
        state: MarkerState,
    },
    /// Understood, but not to be seen in the results that this programme receives.
    NotMeasurable(NotMeasurable),
    /// Not understood; the text is kept.
    NotUnderstood(String),
}

/// How far an expression can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Readability {
    /// A result can satisfy it.
    Matchable,
    /// It was understood, but no result can show it.
    NotMeasurable,
    /// It was not understood.
    NotUnderstood,
}

impl Biomarker {
    /// Reads an expression. A condition without gene takes `gene` until one is named.
    ///
    /// Never fails: what is not understood becomes [`Alteration::NotUnderstood`].
    pub fn parse(text: &str, gene: Option<&str>) -> Self {
        parse::expression(text, gene)
    }

    /// Names every gene by what `symbol` returns for it.
    pub(crate) fn rename(&mut self, symbol: &dyn Fn(&str) -> Option<GeneSymbol>) {
        match self {
            Self::All(parts) | Self::Any(parts) => {
                for part in parts {
                    part.rename(symbol);
                }
            }
            Self::Not(part) => part.rename(symbol),
            Self::Is(condition) => condition.rename(symbol),
        }
    }

    /// Returns every condition, left to right.
    pub fn conditions(&self) -> Vec<&Condition> {
        let mut conditions = Vec::new();
        self.collect(&mut conditions);
        conditions
    }

    fn collect<'a>(&'a self, into: &mut Vec<&'a Condition>) {
        match self {
            Self::All(parts) | Self::Any(parts) => {
                for part in parts {
                    part.collect(into);
                }
            }
            Self::Not(part) => part.collect(into),
            Self::Is(condition) => into.push(condition),
        }
    }

    /// Returns how far the expression can be used.
    pub fn readability(&self) -> Readability {
        match self {
            Self::All(parts) => parts.iter().map(Self::readability).max(),
            Self::Any(parts) => parts.iter().map(Self::readability).min(),
            Self::Not(part) => Some(part.readability()),
            Self::Is(condition) => Some(condition.alteration.readability()),
        }
        .unwrap_or(Readability::NotUnderstood)
    }

    /// Returns whether a result without any alteration could satisfy the expression.
    pub fn may_hold_without_alteration(&self) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(Self::may_hold_without_alteration),
            Self::Any(parts) => parts.iter().any(Self::may_hold_without_alteration),
            Self::Not(_) => true,
            Self::Is(condition) => condition.alteration == Alteration::WildType,
        }
    }
}

impl Alteration {
    /// Returns how far the condition can be used.
    pub fn readability(&self) -> Readability {
        match self {
            Self::NotMeasurable(_) => Readability::NotMeasurable,
            Self::NotUnderstood(_) => Readability::NotUnderstood,
            _ => Readability::Matchable,
        }
    }
}

impl Condition {
    fn rename(&mut self, symbol: &dyn Fn(&str) -> Option<GeneSymbol>) {
        let partners = match &mut self.alteration {
            Alteration::Fusion { five, three } => vec![five, three],
            _ => Vec::new(),
        };
        let partners = partners.into_iter().filter_map(|partner| match partner {
            Partner::Gene(gene) => Some(gene),
            Partner::Any | Partner::Unknown => None,
        });
        for gene in partners.chain(&mut self.gene) {
            if let Some(present) = symbol(gene.as_str()) {
                *gene = present;
            }
        }
    }

    /// Returns the genes that the condition names.
    pub fn genes(&self) -> Vec<&GeneSymbol> {
        match (&self.gene, &self.alteration) {
            (_, Alteration::Fusion { five, three }) => [five, three]
                .into_iter()
                .filter_map(|partner| match partner {
                    Partner::Gene(gene) => Some(gene),
                    Partner::Any | Partner::Unknown => None,
                })
                .collect(),
            (Some(gene), _) => vec![gene],
            (None, _) => Vec::new(),
        }
    }
}
