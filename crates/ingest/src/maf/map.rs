//! From the words of a MAF row to the model's.

use model::{
    alteration::{TranscriptChange, VariantOrigin, WrittenChange},
    gene::GeneSymbol,
    genome::{Assembly, Strand},
    hgvs::{coding, protein::ProteinChange},
    result::NucleicAcid,
};

use super::oncotator;

/// Words that MAF tables write where nothing is known.
const UNKNOWN_WORDS: [&str; 9] =
    ["", ".", "-", "NA", "N/A", "null", "NULL", "__UNKNOWN__", "[Not Available]"];

/// Returns the text, or `None` where it is a word for unknown.
pub fn known(text: &str) -> Option<&str> {
    let trimmed = text.trim();
    (!UNKNOWN_WORDS.contains(&trimmed)).then_some(trimmed)
}

/// Returns the Sequence Ontology terms of a `Variant_Classification`; `None` for a word not known.
///
/// The table is ours. A splice site is told apart into donor and acceptor only by its coding change.
pub fn effects(classification: &str, coding: Option<&str>) -> Option<Vec<String>> {
    let term = match classification {
        "Frame_Shift_Del" | "Frame_Shift_Ins" => "frameshift_variant",
        "In_Frame_Del" => "inframe_deletion",
        "In_Frame_Ins" => "inframe_insertion",
        "Missense_Mutation" | "Missense" => "missense_variant",
        "Nonsense_Mutation" => "stop_gained",
        "Silent" => "synonymous_variant",
        "Splice_Site" => splice_site(coding),
        "Splice_Region" => "splice_region_variant",
        "Translation_Start_Site" | "Start_Codon_SNP" | "Start_Codon_Del" | "Start_Codon_Ins" => {
            "start_lost"
        }
        "Nonstop_Mutation" | "Stop_Codon_Del" | "Stop_Codon_Ins" => "stop_lost",
        "De_novo_Start_InFrame" | "De_novo_Start_OutOfFrame" => {
            "5_prime_UTR_premature_start_codon_gain_variant"
        }
        "3'UTR" => "3_prime_UTR_variant",
        "5'UTR" => "5_prime_UTR_variant",
        "3'Flank" => "downstream_gene_variant",
        "5'Flank" => "upstream_gene_variant",
        "IGR" => "intergenic_variant",
        "Intron" => "intron_variant",
        "RNA" | "lincRNA" => "non_coding_transcript_exon_variant",
        _ => return None,
    };
    Some(vec![term.to_owned()])
}

/// Returns the term of a splice site: `c.494+1G>A` lies after an exon, `c.495-2A>T` before one.
fn splice_site(coding: Option<&str>) -> &'static str {
    let body = coding.and_then(|text| text.rsplit_once("c.")).map_or("", |(_, body)| body);
    let place = body.split(|c: char| c.is_ascii_alphabetic()).next().unwrap_or_default();
    let near = |sign: char| {
        place.split('_').any(|point| {
            matches!(point.trim_start_matches(['-', '*']).split_once(sign), Some((_, "1" | "2")))
        })
    };
    match (near('+'), near('-')) {
        (true, false) => "splice_donor_variant",
        (false, true) => "splice_acceptor_variant",
        _ => "splice_site_variant",
    }
}

/// Returns the origin that a `Mutation_Status` says.
pub fn origin(status: &str) -> Option<VariantOrigin> {
    match status.trim().to_ascii_lowercase().as_str() {
        "somatic" => Some(VariantOrigin::Somatic),
        "germline" => Some(VariantOrigin::Germline),
        _ => None,
    }
}

/// Returns the nucleic acid of a `Sequence_Source`. Source: SRA library strategies.
pub fn nucleic_acid(source: &str) -> Option<NucleicAcid> {
    match source.trim().to_ascii_uppercase().as_str() {
        "WGS" | "WXS" | "WGA" => Some(NucleicAcid::Dna),
        "RNA-SEQ" => Some(NucleicAcid::Rna),
        _ => None,
    }
}

/// Returns the assembly of an `NCBI_Build`, such as `37`, `GRCh38`, `hg19` or `GRCh37-lite`.
pub fn assembly(build: &str) -> Option<Assembly> {
    match build {
        "hs37d5" => Some(Assembly::Grch37),
        _ => build.split('-').next().unwrap_or_default().parse().ok(),
    }
}

/// Returns the strand of `1`, `+`, `+1`, `-1` or `-`.
pub fn strand(text: &str) -> Option<Strand> {
    match text.trim() {
        "1" | "+" | "+1" => Some(Strand::Forward),
        "-1" | "-" => Some(Strand::Reverse),
        _ => None,
    }
}

/// Returns the exon of `50/63` or `50`.
pub fn exon(text: &str) -> Option<u32> {
    text.split('/').next().unwrap_or_default().trim().parse().ok().filter(|exon| *exon > 0)
}

/// Returns a coding change as written, and in HGVS where it could be read.
pub fn coding(text: &str) -> WrittenChange {
    WrittenChange { written: text.to_owned(), hgvs: coding::normalise(text).ok() }
}

/// Returns an amino-acid change as written, in HGVS and as a value.
///
/// Older tables write the stop codon `X`; it is read so only where the row says it is a nonsense
/// mutation. `%3D` is the equals sign of an escaped VCF field. Where HGVS is not followed, Oncotator's
/// spelling is tried.
pub fn protein(text: &str, is_nonsense: bool) -> (WrittenChange, Option<ProteinChange>) {
    let unescaped;
    let readable = if text.contains("%3") {
        unescaped = text.replace("%3D", "=").replace("%3d", "=");
        unescaped.as_str()
    } else {
        text
    };
    let change = match readable.strip_suffix('X') {
        Some(start) if is_nonsense => format!("{start}*").parse(),
        _ => readable.parse::<ProteinChange>(),
    }
    .ok();
    let (change, is_complete) = match change {
        Some(change) => (Some(change), true),
        None => match oncotator::read(readable) {
            Some(spelled) => (Some(spelled.change), spelled.is_complete),
            None => (None, false),
        },
    };
    let hgvs = change.as_ref().filter(|_| is_complete).map(ToString::to_string);
    (WrittenChange { written: text.to_owned(), hgvs }, change)
}

/// Returns an amino-acid change made of VEP's `Amino_acids` (`E/K`) and `Protein_position`
/// (`2444/3056`), for single residues only.
pub fn protein_of_parts(amino_acids: &str, position: &str) -> Option<String> {
    let position: u32 = position.split('/').next()?.trim().parse().ok()?;
    let (from, to) = match amino_acids.split_once('/') {
        Some((from, to)) => (from, to),
        None => (amino_acids, "="),
    };
    // `X` stands for a frame that is shifted, not for an amino acid.
    let single = |text: &str| text.len() == 1 && text.is_ascii() && text != "X";
    (single(from) && single(to)).then(|| format!("p.{from}{position}{to}"))
}

/// What a row says of a transcript.
#[derive(Default)]
pub struct TranscriptWords<'a> {
    /// Gene symbol.
    pub gene: Option<&'a str>,
    /// Transcript.
    pub transcript: Option<&'a str>,
    /// Strand.
    pub strand: Option<&'a str>,
    /// Exon.
    pub exon: Option<&'a str>,
    /// Coding change.
    pub coding: Option<&'a str>,
    /// Amino-acid changes in several spellings, best first.
    pub proteins: [Option<&'a str>; 2],
    /// `Amino_acids` and `Protein_position`.
    pub parts: Option<(&'a str, &'a str)>,
}

impl TranscriptWords<'_> {
    /// Makes the model's value; `effects` as already mapped.
    pub fn change(&self, effects: Vec<String>) -> TranscriptChange {
        let is_nonsense = effects.iter().any(|effect| effect == "stop_gained");
        let mut protein = None;
        for text in self.proteins.into_iter().flatten() {
            let read = self::protein(text, is_nonsense);
            if read.1.is_some() {
                protein = Some(read);
                break;
            }
            protein = protein.or(Some(read));
        }
        if protein.is_none()
            && let Some((amino_acids, position)) = self.parts
        {
            protein = protein_of_parts(amino_acids, position)
                .map(|text| self::protein(&text, is_nonsense))
                .filter(|(_, change)| change.is_some());
        }
        let (protein, protein_change) = match protein {
            Some((written, change)) => (Some(written), change),
            None => (None, None),
        };
        TranscriptChange {
            transcript_id: self.transcript.map(str::to_owned),
            gene: self.gene.map(GeneSymbol::new),
            strand: self.strand.and_then(strand),
            coding: self.coding.map(coding),
            protein,
            protein_change,
            effects,
            exon: self.exon.and_then(exon),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_splice_donor_from_acceptor_by_the_coding_change() {
        let term = |coding: &str| effects("Splice_Site", Some(coding)).unwrap().remove(0);
        assert_eq!(term("c.494+1G>A"), "splice_donor_variant");
        assert_eq!(term("ENST1.1:c.495-2A>T"), "splice_acceptor_variant");
        assert_eq!(term("c.-12-1G>A"), "splice_acceptor_variant");
        assert_eq!(term("c.-12+1G>A"), "splice_donor_variant");
        assert_eq!(term("c.494+5G>A"), "splice_site_variant");
        assert_eq!(term("c.494G>A"), "splice_site_variant");
        assert_eq!(effects("Splice_Site", None).unwrap(), ["splice_site_variant"]);
        assert_eq!(effects("ITD", None), None);
    }

    #[test]
    fn reads_an_old_stop_only_in_a_nonsense_row() {
        assert_eq!(protein("E946X", true).0.hgvs.as_deref(), Some("p.Glu946Ter"));
        assert_eq!(protein("p.E946X", false).0.hgvs.as_deref(), Some("p.Glu946Xaa"));
        assert_eq!(protein("p.Leu5%3D", false).0.hgvs.as_deref(), Some("p.Leu5="));
        assert_eq!(protein("p.X165_splice", false).1, None);
    }

    #[test]
    fn makes_a_change_of_single_residues_only() {
        assert_eq!(protein_of_parts("E/K", "2444/3056").as_deref(), Some("p.E2444K"));
        assert_eq!(protein_of_parts("L", "7").as_deref(), Some("p.L7="));
        assert_eq!(protein_of_parts("EL/K", "7-8"), None);
        assert_eq!(protein_of_parts("E/K", ""), None);
        assert_eq!(protein_of_parts("S/X", "1982"), None);
    }

    #[test]
    fn reads_build_names() {
        assert_eq!(assembly("37"), Some(Assembly::Grch37));
        assert_eq!(assembly("GRCh37-lite"), Some(Assembly::Grch37));
        assert_eq!(assembly("hg38"), Some(Assembly::Grch38));
        assert_eq!(assembly("mm10"), None);
    }

    #[test]
    fn knows_words_for_unknown() {
        assert_eq!(known(" NA "), None);
        assert_eq!(known("."), None);
        assert_eq!(known("EGFR"), Some("EGFR"));
    }
}
