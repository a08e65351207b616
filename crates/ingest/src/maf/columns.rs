//! Which column holds what, by the names that the dialects give it.

/// A value that a row can say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub enum Field {
    /// Gene symbol.
    Gene,
    /// Reference assembly.
    Build,
    /// Chromosome.
    Chromosome,
    /// First base.
    Start,
    /// Kind of variant, such as `Missense_Mutation`.
    Classification,
    /// Reference allele.
    Reference,
    /// First tumour allele.
    Allele1,
    /// Second tumour allele.
    Allele2,
    /// Tumour sample.
    Tumour,
    /// Matched normal sample.
    Normal,
    /// Origin.
    MutationStatus,
    /// What was sequenced.
    SequenceSource,
    /// Coding change.
    Coding,
    /// Amino-acid change in three letters.
    Protein,
    /// Amino-acid change in one letter.
    ProteinShort,
    /// Amino acids, `E/K`.
    AminoAcids,
    /// Place in the protein, `2444/3056`.
    ProteinPosition,
    /// Transcript.
    Transcript,
    /// Strand of the transcript.
    TranscriptStrand,
    /// Exon, `50/63`.
    Exon,
    /// Sequence Ontology terms.
    Consequence,
    /// Depth.
    Depth,
    /// Depth of the reference allele.
    DepthReference,
    /// Depth of the alternate allele.
    DepthAlternate,
    /// Depth in the normal sample.
    NormalDepth,
    /// Frequency of the alternate allele.
    Frequency,
    /// Marks of the caller.
    Filter,
}

/// Number of fields.
const COUNT: usize = 27;

/// Column names of each field, best first; compared without regard to case.
const NAMES: [(Field, &[&str]); COUNT] = [
    (Field::Gene, &["Hugo_Symbol", "SYMBOL", "Gene_Symbol"]),
    (Field::Build, &["NCBI_Build", "Build"]),
    (Field::Chromosome, &["Chromosome", "Chrom", "Chr"]),
    (Field::Start, &["Start_Position", "Start"]),
    (Field::Classification, &["Variant_Classification"]),
    (Field::Reference, &["Reference_Allele"]),
    (Field::Allele1, &["Tumor_Seq_Allele1"]),
    (Field::Allele2, &["Tumor_Seq_Allele2", "Tumor_Allele"]),
    (Field::Tumour, &["Tumor_Sample_Barcode", "Tumor_Sample"]),
    (Field::Normal, &["Matched_Norm_Sample_Barcode"]),
    (Field::MutationStatus, &["Mutation_Status"]),
    (Field::SequenceSource, &["Sequence_Source"]),
    (Field::Coding, &["HGVSc", "cDNA_Change", "HGVS_coding_DNA_change"]),
    (Field::Protein, &["HGVSp", "HGVS_protein_change"]),
    (
        Field::ProteinShort,
        &["HGVSp_Short", "Protein_Change", "Amino_Acid_Change", "AAChange", "AA_Change"],
    ),
    (Field::AminoAcids, &["Amino_acids"]),
    (Field::ProteinPosition, &["Protein_position"]),
    (Field::Transcript, &["Transcript_ID", "Annotation_Transcript", "Feature"]),
    (Field::TranscriptStrand, &["TRANSCRIPT_STRAND", "STRAND_VEP"]),
    (Field::Exon, &["Exon_Number", "EXON", "Transcript_Exon"]),
    (Field::Consequence, &["Consequence", "One_Consequence"]),
    (Field::Depth, &["t_depth"]),
    (Field::DepthReference, &["t_ref_count"]),
    (Field::DepthAlternate, &["t_alt_count"]),
    (Field::NormalDepth, &["n_depth"]),
    (Field::Frequency, &["tumor_f", "t_vaf", "VAF", "i_tumor_vaf"]),
    (Field::Filter, &["FILTER"]),
];

/// Names without which a table is no MAF.
pub const REQUIRED: [&str; 5] = [
    "Chromosome",
    "Start_Position",
    "Reference_Allele",
    "Tumor_Seq_Allele2",
    "Tumor_Sample_Barcode",
];

/// Where each field is.
#[derive(Debug, Default)]
pub struct Columns {
    index: [Option<usize>; COUNT],
    /// Number of columns.
    pub width: usize,
    /// Column names written twice.
    pub doubled: Vec<String>,
}

impl Columns {
    /// Finds the fields in a header line.
    pub fn of(header: &str) -> Self {
        let names: Vec<String> =
            header.split('\t').map(|name| name.trim().to_ascii_lowercase()).collect();
        let mut index = [None; COUNT];
        for (field, aliases) in NAMES {
            let found = aliases
                .iter()
                .find_map(|alias| names.iter().position(|name| name.eq_ignore_ascii_case(alias)));
            if let Some(slot) = index.get_mut(field as usize) {
                *slot = found;
            }
        }
        let mut sorted: Vec<&String> = names.iter().filter(|name| !name.is_empty()).collect();
        sorted.sort_unstable();
        let mut doubled: Vec<String> = sorted
            .windows(2)
            .filter_map(|pair| match pair {
                [a, b] if a == b => Some((*a).clone()),
                _ => None,
            })
            .collect();
        doubled.dedup();
        Self { index, width: names.len(), doubled }
    }

    /// Returns the column of a field. Units: 0-based.
    pub fn get(&self, field: Field) -> Option<usize> {
        self.index.get(field as usize).copied().flatten()
    }

    /// Returns the names of required columns that are absent.
    pub fn missing(&self) -> Vec<&'static str> {
        let present = |name: &str| match name {
            "Chromosome" => self.get(Field::Chromosome).is_some(),
            "Start_Position" => self.get(Field::Start).is_some(),
            "Reference_Allele" => self.get(Field::Reference).is_some(),
            "Tumor_Seq_Allele2" => {
                self.get(Field::Allele2).is_some() || self.get(Field::Allele1).is_some()
            }
            _ => self.get(Field::Tumour).is_some(),
        };
        REQUIRED.into_iter().filter(|name| !present(name)).collect()
    }

    /// Returns whether a line is the header of a MAF table.
    pub fn is_header(line: &str) -> bool {
        let columns = Self::of(line);
        columns.width >= REQUIRED.len() && columns.missing().is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_every_field_at_its_place() {
        for (place, (field, names)) in NAMES.iter().enumerate() {
            assert_eq!(*field as usize, place);
            assert!(!names.is_empty());
        }
    }

    #[test]
    fn finds_columns_in_any_order_and_case() {
        let columns = Columns::of(
            "start_position\tCHROMOSOME\tReference_Allele\tTumor_Seq_Allele2\tTumor_Sample_Barcode\tx\tX",
        );
        assert!(columns.missing().is_empty());
        assert_eq!(columns.get(Field::Start), Some(0));
        assert_eq!(columns.get(Field::Gene), None);
        assert_eq!(columns.doubled, ["x"]);
        assert_eq!(Columns::of("a\tb").missing().len(), 5);
    }
}
