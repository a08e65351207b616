//! Contigs of the reference, as VCF headers name them.

use model::genome::Assembly;

use crate::reference::chromosome_length;

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

/// Length of the mitochondrion in GRCh38. Units: bases. Source: NC_012920.1.
const MITOCHONDRION_LENGTH: u64 = 16_569;

/// Returns the 25 main sequences of GRCh38.
pub fn main_contigs() -> Vec<Contig> {
    let numbered = (1..=22).map(|number| number.to_string());
    let primary = numbered.chain(["X".to_owned(), "Y".to_owned()]).filter_map(|name| {
        let length = chromosome_length(Assembly::Grch38, &name)?;
        Some(Contig { name: format!("chr{name}"), length })
    });
    let mitochondrion = Contig { name: "chrM".to_owned(), length: MITOCHONDRION_LENGTH };
    primary.chain([mitochondrion]).collect()
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
