//! Contigs of the reference, as VCF headers name them.

/// A sequence of the reference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contig {
    /// Name, such as `chr1`.
    pub name: String,
    /// Length. Units: bases.
    pub length: u64,
}

/// Most contigs read from an index; GRCh38 with decoys and viruses has fewer than 4,000.
const MAX_CONTIGS: usize = 1_000_000;

/// Lengths of chr1 to chr22, X, Y and M of GRCh38. Source: Genome Reference Consortium.
const MAIN: [(&str, u64); 25] = [
    ("chr1", 248_956_422),
    ("chr2", 242_193_529),
    ("chr3", 198_295_559),
    ("chr4", 190_214_555),
    ("chr5", 181_538_259),
    ("chr6", 170_805_979),
    ("chr7", 159_345_973),
    ("chr8", 145_138_636),
    ("chr9", 138_394_717),
    ("chr10", 133_797_422),
    ("chr11", 135_086_622),
    ("chr12", 133_275_309),
    ("chr13", 114_364_328),
    ("chr14", 107_043_718),
    ("chr15", 101_991_189),
    ("chr16", 90_338_345),
    ("chr17", 83_257_441),
    ("chr18", 80_373_285),
    ("chr19", 58_617_616),
    ("chr20", 64_444_167),
    ("chr21", 46_709_983),
    ("chr22", 50_818_468),
    ("chrX", 156_040_895),
    ("chrY", 57_227_415),
    ("chrM", 16_569),
];

/// Returns the 25 main sequences of GRCh38.
pub fn main_contigs() -> Vec<Contig> {
    MAIN.iter().map(|(name, length)| Contig { name: (*name).to_owned(), length: *length }).collect()
}

/// Why a FASTA index could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadIndexError {
    /// A line does not begin with a name and a length.
    #[error("line {0} of the FASTA index has no name and length")]
    Line(usize),
    /// There are more contigs than any reference has.
    #[error("the FASTA index has more than {MAX_CONTIGS} lines")]
    TooMany,
}

/// Reads the contigs of a FASTA index (`.fai`).
///
/// Errors: a line without name and length.
pub fn read_index(text: &str) -> Result<Vec<Contig>, ReadIndexError> {
    let mut contigs = Vec::new();
    for (index, line) in text.lines().enumerate() {
        if contigs.len() >= MAX_CONTIGS {
            return Err(ReadIndexError::TooMany);
        }
        let mut fields = line.split('\t');
        let contig = match (fields.next(), fields.next().and_then(|text| text.parse().ok())) {
            (Some(name), Some(length)) if !name.is_empty() => {
                Contig { name: name.to_owned(), length }
            }
            _ => return Err(ReadIndexError::Line(index.saturating_add(1))),
        };
        contigs.push(contig);
    }
    Ok(contigs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_names_and_lengths() {
        let contigs = read_index("chr1\t248956422\t112\t60\t61\nHPV\t7299\t1\t2\t3\n").unwrap();
        assert_eq!(contigs[1], Contig { name: "HPV".to_owned(), length: 7299 });
        assert!(read_index("chr1\n").is_err());
        assert_eq!(main_contigs().len(), 25);
    }
}
