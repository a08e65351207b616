//! Section 4: each altered gene with its alterations and evidence in full.

use knowledge::{EvidenceMatch, Finding, Release};
use model::{
    alteration::{CopyNumberAlteration, Rearrangement, ShortVariant},
    gene::{GeneRole, GeneSymbol},
    text::LocalizedText,
};
use serde::{Deserialize, Serialize};

use super::{
    altered::{Alteration, Altered},
    evidence::{self, EvidenceItem},
    references::Citations,
    secondary_finding::{self, SecondaryFinding},
};

/// One altered gene.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GeneDetail {
    /// Symbol.
    pub gene: GeneSymbol,
    /// Name, where the release knows it.
    pub name: Option<LocalizedText>,
    /// Part in cancer, where the release knows it.
    pub role: Option<GeneRole>,
    /// Cytogenetic band, where the release knows it.
    pub location: Option<String>,
    /// Its alterations.
    pub alterations: Vec<AlterationDetail>,
    /// All evidence items on them, highest level first.
    pub evidence: Vec<EvidenceItem>,
}

/// One alteration in detail.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AlterationDetail {
    /// Identifier of the item in the result.
    pub item_id: String,
    /// How it is called.
    pub label: String,
    /// The hotspot at which it lies.
    pub hotspot: Option<HotspotDetail>,
    /// Set where a germline variant would be worth telling the patient.
    pub secondary_finding: Option<SecondaryFinding>,
    /// The gene under which this alteration is described; `null` where it is this one.
    pub described_under: Option<GeneSymbol>,
    /// Everything the result says of it; `null` where it is described under another gene.
    pub record: Option<AlterationRecord>,
}

/// What the result says of an alteration, as it was received.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "alterationType", content = "values", rename_all = "camelCase")]
pub enum AlterationRecord {
    /// A substitution, insertion or deletion of few bases.
    ShortVariant(ShortVariant),
    /// A copy-number alteration.
    CopyNumberAlteration(CopyNumberAlteration),
    /// A rearrangement.
    Rearrangement(Rearrangement),
}

/// Codons that tumours often mutate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HotspotDetail {
    /// First codon. Units: 1-based.
    pub first_codon: u32,
    /// Last codon. Units: 1-based, inclusive.
    pub last_codon: u32,
    /// Kind as the source writes it.
    pub kind: String,
    /// In how many tumours of the source it was seen.
    pub tumours: Option<u64>,
}

/// Makes section 4, in the order in which section 2 names the genes.
pub(super) fn compose<'r>(
    altered: &[Altered<'_, 'r>],
    release: &Release,
    citations: &mut Citations<'r>,
) -> Vec<GeneDetail> {
    let mut genes: Vec<&GeneSymbol> = Vec::new();
    for finding in altered.iter().flat_map(|altered| &altered.findings) {
        for gene in in_order(finding) {
            if !genes.contains(&gene) {
                genes.push(gene);
            }
        }
    }
    genes.into_iter().map(|gene| gene_detail(gene, altered, release, citations)).collect()
}

/// Returns a finding's genes, the one that its evidence speaks of first.
fn in_order<'f>(finding: &'f Finding<'_>) -> Vec<&'f GeneSymbol> {
    let main = main_gene(finding);
    let others = finding.genes.iter().filter(|gene| Some(*gene) != main);
    main.into_iter().chain(others).collect()
}

/// Returns the gene that most of a finding's evidence names; without evidence, the last of a fusion
/// (the kinase, as a rule) and the first of anything else.
fn main_gene<'f>(finding: &'f Finding<'_>) -> Option<&'f GeneSymbol> {
    if let [only] = finding.genes.as_slice() {
        return Some(only);
    }
    let named =
        |gene: &GeneSymbol| finding.matches.iter().filter(|matched| names(matched, gene)).count();
    // The last of equals wins, which is the three-prime gene of a fusion.
    match finding.genes.iter().max_by_key(|gene| named(gene)) {
        Some(gene) if named(gene) > 0 => Some(gene),
        _ if finding.label.contains("::") => finding.genes.last(),
        _ => finding.genes.first(),
    }
}

fn names(matched: &EvidenceMatch<'_>, gene: &GeneSymbol) -> bool {
    let separates = |character: char| !character.is_ascii_alphanumeric() && character != '-';
    matched.evidence.biomarker_label.split(separates).any(|word| word == gene.as_str())
}

fn gene_detail<'r>(
    gene: &GeneSymbol,
    altered: &[Altered<'_, 'r>],
    release: &Release,
    citations: &mut Citations<'r>,
) -> GeneDetail {
    let facts = release.gene(gene.as_str());
    let mut alterations = Vec::new();
    let mut matches = Vec::new();
    for altered in altered {
        let of_gene = altered.findings.iter().filter(|finding| finding.genes.contains(gene));
        let mut described = false;
        for finding in of_gene {
            let main = main_gene(finding);
            if main == Some(gene) {
                let id = altered.alteration.item_id();
                matches.extend(finding.matches.iter().map(|matched| (Some(id), matched)));
            }
            if !described {
                alterations.push(alteration_detail(gene, altered, finding, main));
                described = true;
            }
        }
    }
    GeneDetail {
        gene: gene.clone(),
        name: facts.map(|facts| facts.name.clone()),
        role: facts.and_then(|facts| facts.role),
        location: facts.and_then(|facts| facts.location.clone()),
        alterations,
        evidence: evidence::list(matches.into_iter(), release, citations),
    }
}

fn alteration_detail(
    gene: &GeneSymbol,
    altered: &Altered<'_, '_>,
    finding: &Finding<'_>,
    main: Option<&GeneSymbol>,
) -> AlterationDetail {
    let elsewhere = main.filter(|main| *main != gene);
    AlterationDetail {
        item_id: altered.alteration.item_id().to_owned(),
        label: finding.label.clone(),
        hotspot: finding.hotspot.map(|hotspot| HotspotDetail {
            first_codon: hotspot.first,
            last_codon: hotspot.last,
            kind: hotspot.kind.clone(),
            tumours: hotspot.tumours,
        }),
        secondary_finding: secondary_finding::of_finding(altered.alteration, finding),
        described_under: elsewhere.cloned(),
        record: elsewhere.is_none().then(|| match altered.alteration {
            Alteration::ShortVariant(variant) => AlterationRecord::ShortVariant(variant.clone()),
            Alteration::CopyNumber(copy_number) => {
                AlterationRecord::CopyNumberAlteration(copy_number.clone())
            }
            Alteration::Rearrangement(rearrangement) => {
                AlterationRecord::Rearrangement(rearrangement.clone())
            }
        }),
    }
}
