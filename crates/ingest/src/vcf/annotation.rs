//! What annotators write into INFO, each with its own fields.

use model::{alteration::TranscriptChange, hgvs::protein::AminoAcid};

use crate::maf::map::{TranscriptWords, known};

/// Which annotator wrote an INFO field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Dialect {
    /// Ensembl VEP.
    Vep,
    /// SnpEff.
    SnpEff,
    /// `bcftools csq`.
    Bcftools,
}

/// An INFO field that holds annotations, and the order of its parts.
#[derive(Debug)]
pub(super) struct Annotator {
    /// INFO key.
    pub(super) key: String,
    dialect: Dialect,
    fields: Vec<String>,
}

/// Most parts of one annotation.
const MAX_FIELDS: usize = 512;

/// One alternate allele as annotators may name it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Allele<'a> {
    /// Reference allele.
    pub(super) reference: &'a str,
    /// This alternate allele.
    pub(super) alternate: &'a str,
    /// Its number. Units: 1-based.
    pub(super) number: usize,
    /// Number of alternate alleles.
    pub(super) count: usize,
    /// Whether every allele of the record begins with the reference's first base.
    pub(super) shares_first_base: bool,
}

/// One annotation, with what decides its rank.
struct Entry {
    change: TranscriptChange,
    gene: Option<String>,
    picked: bool,
    preferred: bool,
    coding: bool,
    impact: u8,
}

impl Annotator {
    /// Returns the annotator of an INFO definition, if it is one.
    pub(super) fn of(id: &str, description: &str) -> Option<Self> {
        let lower = description.to_ascii_lowercase();
        let (dialect, order) = if lower.contains("bcftools/csq") || id == "BCSQ" {
            (Dialect::Bcftools, description.rsplit_once("Format: ").map(|(_, order)| order))
        } else if let Some((_, order)) = description.rsplit_once("Format: ")
            && order.contains('|')
            && order.to_ascii_lowercase().contains("consequence")
        {
            (Dialect::Vep, Some(order))
        } else if id == "ANN" && lower.contains("annotation") {
            (Dialect::SnpEff, description.split_once('\'').map(|(_, order)| order))
        } else {
            return None;
        };
        let fields: Vec<String> = order
            .unwrap_or_default()
            .split('|')
            .take(MAX_FIELDS)
            .map(|name| name.trim_matches([' ', '\'', '"', '[', ']']).to_ascii_lowercase())
            .collect();
        (fields.len() > 1).then(|| Self { key: id.to_owned(), dialect, fields })
    }

    /// Returns the transcripts that annotations say of an allele, the representative one first.
    ///
    /// Where the annotator picked one, that one comes first; otherwise one of the gene that is hit
    /// hardest, its canonical transcript if marked.
    pub(super) fn transcripts(
        &self,
        value: &str,
        allele: Allele<'_>,
        max: usize,
    ) -> Vec<TranscriptChange> {
        let mut entries: Vec<Entry> = value
            .split(',')
            .take(max.saturating_mul(allele.count.max(1)))
            .filter_map(|text| self.entry(text, allele))
            .take(max)
            .collect();
        let hardest = entries
            .iter()
            .min_by_key(|entry| (!entry.picked, entry.impact, !entry.coding))
            .and_then(|entry| entry.gene.clone());
        entries.sort_by_key(|entry| {
            let of_hardest = hardest.is_some() && entry.gene == hardest;
            (!entry.picked, !of_hardest, !entry.preferred, entry.impact, !entry.coding)
        });
        entries.into_iter().map(|entry| entry.change).collect()
    }

    fn entry(&self, text: &str, allele: Allele<'_>) -> Option<Entry> {
        let parts: Vec<&str> = text.split('|').take(MAX_FIELDS).collect();
        match self.dialect {
            Dialect::Vep => self.vep(&parts, allele),
            Dialect::SnpEff => self.snpeff(&parts, allele),
            Dialect::Bcftools => self.bcftools(&parts, allele),
        }
    }

    /// Returns a part by its name in the header.
    fn part<'a>(&self, parts: &[&'a str], name: &str) -> Option<&'a str> {
        let at = self.fields.iter().position(|field| field == name)?;
        parts.get(at).copied().and_then(known)
    }

    /// Returns a strand; `-` is a value here, not a word for unknown.
    fn strand<'a>(&self, parts: &[&'a str]) -> Option<&'a str> {
        let at = self.fields.iter().position(|field| field == "strand")?;
        parts.get(at).copied()
    }

    fn vep(&self, parts: &[&str], allele: Allele<'_>) -> Option<Entry> {
        match self.part(parts, "allele_num").and_then(|text| text.parse::<usize>().ok()) {
            Some(number) if number != allele.number => return None,
            Some(_) => {}
            None => {
                let at = self.fields.iter().position(|field| field == "allele");
                let written = at.and_then(|at| parts.get(at)).copied().unwrap_or_default();
                if !vep_names(written, allele) {
                    return None;
                }
            }
        }
        let is_transcript =
            self.part(parts, "feature_type").is_none_or(|kind| kind == "Transcript");
        let words = TranscriptWords {
            gene: self.part(parts, "symbol").or_else(|| self.part(parts, "hgnc")),
            transcript: self.part(parts, "feature").filter(|_| is_transcript),
            strand: self.strand(parts),
            exon: self.part(parts, "exon"),
            coding: self.part(parts, "hgvsc"),
            proteins: [self.part(parts, "hgvsp"), None],
            parts: match (self.part(parts, "amino_acids"), self.part(parts, "protein_position")) {
                (Some(amino_acids), Some(position)) => Some((amino_acids, position)),
                _ => None,
            },
        };
        let effects = effects(self.part(parts, "consequence"));
        Some(Entry {
            gene: words.gene.map(str::to_owned),
            picked: self.part(parts, "pick") == Some("1"),
            preferred: self.part(parts, "mane_select").is_some()
                || self.part(parts, "canonical") == Some("YES"),
            coding: self.part(parts, "biotype") == Some("protein_coding"),
            impact: self.part(parts, "impact").map_or_else(|| impact_of(&effects), impact),
            change: words.change(effects),
        })
    }

    fn snpeff(&self, parts: &[&str], allele: Allele<'_>) -> Option<Entry> {
        if self.part(parts, "allele")? != allele.alternate {
            return None;
        }
        let effects = effects(self.part(parts, "annotation"));
        let is_transcript = self.part(parts, "feature_type") == Some("transcript");
        // Between genes SnpEff writes the neighbours' names joined by a hyphen.
        let within = !effects.iter().any(|effect| effect.starts_with("intergenic"));
        // The rank counts introns where the effect lies in one.
        let exonic = !effects.iter().any(|effect| {
            effect.contains("intron") || effect.contains("donor") || effect.contains("acceptor")
        });
        let words = TranscriptWords {
            gene: self.part(parts, "gene_name").filter(|_| within),
            transcript: self.part(parts, "feature_id").filter(|_| is_transcript),
            strand: None,
            exon: self.part(parts, "rank").filter(|_| exonic),
            coding: self.part(parts, "hgvs.c"),
            proteins: [self.part(parts, "hgvs.p"), None],
            parts: None,
        };
        Some(Entry {
            gene: words.gene.map(str::to_owned),
            picked: false,
            preferred: false,
            coding: self.part(parts, "transcript_biotype") == Some("protein_coding"),
            impact: self.part(parts, "annotation_impact").map_or(3, impact),
            change: words.change(effects),
        })
    }

    fn bcftools(&self, parts: &[&str], allele: Allele<'_>) -> Option<Entry> {
        let consequence = parts.first().copied().and_then(known)?;
        // `@123` says that the consequence is written at position 123.
        if consequence.starts_with('@') {
            return None;
        }
        // Alleles are named by the DNA change only, and only there where it is written.
        if allele.count > 1
            && let Some(dna) = self.part(parts, "dna_change")
            && !dna.split('+').any(|change| names_alternate(change, allele))
        {
            return None;
        }
        let effects: Vec<String> = effects(Some(consequence.trim_start_matches('*')))
            .iter()
            .map(|effect| bcftools_term(effect))
            .collect();
        let written = self.part(parts, "amino_acid_change");
        let spelled = written.and_then(bcftools_protein);
        let words = TranscriptWords {
            gene: self.part(parts, "gene"),
            transcript: self.part(parts, "transcript"),
            strand: self.strand(parts),
            exon: None,
            coding: None,
            proteins: [spelled.as_deref(), written],
            parts: None,
        };
        let mut change = words.change(effects);
        if let (Some(protein), Some(written)) = (change.protein.as_mut(), written) {
            protein.written = written.to_owned();
        }
        Some(Entry {
            gene: words.gene.map(str::to_owned),
            picked: false,
            preferred: false,
            coding: self.part(parts, "biotype") == Some("protein_coding"),
            impact: impact_of(&change.effects),
            change,
        })
    }
}

/// Returns whether VEP's allele names the alternate: without the first base where all alleles share it.
fn vep_names(written: &str, allele: Allele<'_>) -> bool {
    if written == allele.alternate {
        return true;
    }
    let differs_in_length = allele.reference.len() != allele.alternate.len();
    if allele.shares_first_base && (differs_in_length || allele.count > 1) {
        let trimmed = allele.alternate.get(1..).unwrap_or_default();
        return written == trimmed || (trimmed.is_empty() && written == "-");
    }
    allele.count == 1 && written == "-" && allele.alternate.len() < allele.reference.len()
        || symbolic_name(allele.alternate).is_some_and(|name| {
            let words = [("DEL", "deletion"), ("DUP", "duplication"), ("INS", "insertion")];
            words.iter().any(|(symbol, word)| name.starts_with(symbol) && written == *word)
                || allele.count == 1
        })
        || (allele.count == 1 && allele.alternate.contains(['[', ']']))
}

fn symbolic_name(alternate: &str) -> Option<&str> {
    alternate.strip_prefix('<').and_then(|text| text.strip_suffix('>'))
}

/// Returns whether a change such as `140753336A>T` leads to the alternate allele.
fn names_alternate(change: &str, allele: Allele<'_>) -> bool {
    change.rsplit_once('>').is_some_and(|(_, to)| to == allele.alternate)
}

/// Most effects kept of one annotation.
const MAX_EFFECTS: usize = 32;

fn effects(joined: Option<&str>) -> Vec<String> {
    joined
        .unwrap_or_default()
        .split('&')
        .filter_map(known)
        .take(MAX_EFFECTS)
        .map(str::to_owned)
        .collect()
}

/// Returns the rank of an impact: 0 is the hardest.
fn impact(word: &str) -> u8 {
    match word {
        "HIGH" => 0,
        "MODERATE" => 1,
        "LOW" => 2,
        _ => 3,
    }
}

/// Returns the rank of the hardest effect, for annotators that name none.
fn impact_of(effects: &[String]) -> u8 {
    let rank = |effect: &String| match effect.as_str() {
        "transcript_ablation"
        | "splice_acceptor_variant"
        | "splice_donor_variant"
        | "stop_gained"
        | "frameshift_variant"
        | "stop_lost"
        | "start_lost" => 0,
        "missense_variant"
        | "inframe_insertion"
        | "inframe_deletion"
        | "protein_altering_variant" => 1,
        "synonymous_variant" | "splice_region_variant" | "stop_retained_variant" => 2,
        _ => 3,
    };
    effects.iter().map(rank).min().unwrap_or(3)
}

/// Returns the Sequence Ontology term of a word of `bcftools csq`.
fn bcftools_term(word: &str) -> String {
    match word {
        "missense" => "missense_variant",
        "synonymous" => "synonymous_variant",
        "frameshift" => "frameshift_variant",
        "splice_acceptor" => "splice_acceptor_variant",
        "splice_donor" => "splice_donor_variant",
        "splice_region" => "splice_region_variant",
        "inframe_altering" => "protein_altering_variant",
        "stop_retained" => "stop_retained_variant",
        "start_retained" => "start_retained_variant",
        "5_prime_utr" => "5_prime_UTR_variant",
        "3_prime_utr" => "3_prime_UTR_variant",
        "non_coding" => "non_coding_transcript_variant",
        "intron" => "intron_variant",
        "intergenic" => "intergenic_variant",
        "coding_sequence" => "coding_sequence_variant",
        other => other,
    }
    .to_owned()
}

/// Returns `V600E` of `600V>600E`, and `V600=` of `600V`; other forms are not simple changes.
fn bcftools_protein(text: &str) -> Option<String> {
    let residue = |text: &str| {
        let end = text.find(|c: char| !c.is_ascii_digit())?;
        let (position, letters) = text.split_at(end);
        let mut letters = letters.chars();
        let letter = letters.next().filter(|c| AminoAcid::from_letter(*c).is_some())?;
        (letters.next().is_none() && !position.is_empty()).then(|| (position.to_owned(), letter))
    };
    match text.split_once('>') {
        Some((from, to)) => {
            let ((position, from), (same, to)) = (residue(from)?, residue(to)?);
            (position == same).then(|| format!("p.{from}{position}{to}"))
        }
        None => residue(text).map(|(position, letter)| format!("p.{letter}{position}=")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allele<'a>(reference: &'a str, alternate: &'a str) -> Allele<'a> {
        let shares_first_base = reference.get(..1) == alternate.get(..1);
        Allele { reference, alternate, number: 1, count: 1, shares_first_base }
    }

    #[test]
    fn reads_the_order_of_fields_from_the_header() {
        let vep = Annotator::of(
            "CSQ",
            "Consequence annotations from Ensembl VEP. Format: Allele|Consequence|SYMBOL|Feature_type|Feature|HGVSc|HGVSp|PICK",
        )
        .unwrap();
        let value = "T|upstream_gene_variant|NEAR|Transcript|ENST2||,T|missense_variant|BRAF|Transcript|ENST1|ENST1:c.1799T>A|ENSP1:p.Val600Glu|1";
        let transcripts = vep.transcripts(value, allele("A", "T"), 10);
        assert_eq!(transcripts.len(), 2);
        assert_eq!(transcripts[0].protein_change.as_ref().unwrap().short(), "V600E");
        assert_eq!(transcripts[1].gene.as_ref().unwrap().as_str(), "NEAR");
        assert!(Annotator::of("DP", "Depth").is_none());
    }

    #[test]
    fn reads_snpeff_without_taking_introns_for_exons() {
        let snpeff = Annotator::of(
            "ANN",
            "Functional annotations: 'Allele | Annotation | Annotation_Impact | Gene_Name | Gene_ID | Feature_Type | Feature_ID | Transcript_BioType | Rank | HGVS.c | HGVS.p '",
        )
        .unwrap();
        let value = "T|splice_donor_variant&intron_variant|HIGH|TP53|G|transcript|NM_1|protein_coding|5/10|c.1+1G>A|";
        let transcripts = snpeff.transcripts(value, allele("C", "T"), 10);
        assert_eq!(transcripts[0].exon, None);
        assert_eq!(transcripts[0].effects.len(), 2);
        assert!(snpeff.transcripts(value, allele("C", "G"), 10).is_empty());
    }

    #[test]
    fn spells_what_bcftools_writes() {
        assert_eq!(bcftools_protein("600V>600E").as_deref(), Some("p.V600E"));
        assert_eq!(bcftools_protein("600V").as_deref(), Some("p.V600="));
        assert_eq!(bcftools_protein("12GA>12G*"), None);
        assert_eq!(bcftools_protein("12"), None);
    }

    #[test]
    fn knows_how_vep_names_alleles() {
        assert!(vep_names("T", allele("C", "T")));
        assert!(vep_names("-", allele("CA", "C")));
        assert!(vep_names("AT", allele("C", "CAT")));
        assert!(!vep_names("AT", allele("C", "CAG")));
    }
}
