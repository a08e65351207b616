//! What items of every kind have in common.

use crate::cats::document::{Document, Transcript};

/// DNA or RNA, as it is written in a reference map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Molecule {
    Dna,
    Rna,
}

impl Molecule {
    pub(crate) const ALL: [Self; 2] = [Self::Dna, Self::Rna];

    /// Returns what an item was seen in: by its sample since 1.2.0, by its own method before; DNA where
    /// neither says so, since most panels sequence DNA alone and an item must not be lost.
    pub(crate) fn of(document: &Document, sample: Option<&str>, method: Option<&str>) -> Self {
        let sample = sample
            .and_then(|id| document.samples().iter().find(|sample| sample.item_id == id))
            .and_then(|sample| sample.nucleic_acid.as_deref().or(sample.test_method.as_deref()));
        match sample.or(method) {
            Some("RNA" | "RNA-seq") => Self::Rna,
            _ => Self::Dna,
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Dna => "DNA",
            Self::Rna => "RNA",
        }
    }
}

/// Somatic or germline, the two files that short variants go to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    Somatic,
    Germline,
}

impl Origin {
    /// Returns the group of an origin: the likely ones go with the certain ones. Where the sender does
    /// not say, what was seen in a normal sample is germline and the rest is somatic.
    pub(crate) fn of(document: &Document, origin: Option<&str>, sample: Option<&str>) -> Self {
        match origin {
            Some("germline" | "likely germline") => Self::Germline,
            Some(_) => Self::Somatic,
            None => {
                let is_normal = sample
                    .and_then(|id| document.samples().iter().find(|sample| sample.item_id == id))
                    .is_some_and(|sample| sample.tumor_or_normal == "normal");
                if is_normal { Self::Germline } else { Self::Somatic }
            }
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Somatic => "somatic",
            Self::Germline => "germline",
        }
    }
}

/// Returns the gene symbols of transcripts, each once; a transcript without gene gives `None`.
pub(crate) fn genes(transcripts: &[Transcript]) -> Vec<Option<&str>> {
    let mut genes = Vec::new();
    for transcript in transcripts {
        let gene = transcript.gene_symbol.text();
        if !genes.contains(&gene) {
            genes.push(gene);
        }
    }
    if genes.is_empty() {
        genes.push(None);
    }
    genes
}

/// Returns a chromosome's name in the reference: `chr1`, `chrX`, `chrM`.
pub(crate) fn contig_name(chromosome: &str) -> String {
    match chromosome.strip_prefix("chr").unwrap_or(chromosome) {
        "MT" => "chrM".to_owned(),
        bare => format!("chr{bare}"),
    }
}

/// Returns text that fits into one field of a tab-separated line.
pub(crate) fn field(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
