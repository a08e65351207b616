//! Cytogenetic bands, from the table that the UCSC Genome Browser publishes as `cytoBand.txt`.
//!
//! The table is not ours to ship; it is given by path.

use std::collections::HashMap;

/// Bands by chromosome.
#[derive(Clone, Debug, Default)]
pub struct Cytobands {
    bands: HashMap<String, Vec<Band>>,
}

#[derive(Clone, Debug)]
struct Band {
    /// Units: 0-based, exclusive of the base before the band's first.
    start: u64,
    /// Units: 1-based, inclusive.
    end: u64,
    name: String,
}

/// Most rows read; the table of GRCh38 has 1,549.
const MAX_ROWS: usize = 100_000;

/// Why a table of cytogenetic bands could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadCytobandsError {
    /// A row has no chromosome, start, end and name.
    #[error("row {0} of the cytoband table has no chromosome, start, end and name")]
    Row(usize),
    /// The table is longer than any genome's.
    #[error("the cytoband table has more than {MAX_ROWS} rows")]
    TooMany,
}

impl Cytobands {
    /// Reads the table: chromosome, start (0-based), end, name, stain; separated by tabs.
    ///
    /// Errors: a row that is not of this form.
    pub fn read(text: &str) -> Result<Self, ReadCytobandsError> {
        let mut bands: HashMap<String, Vec<Band>> = HashMap::new();
        for (index, line) in text.lines().enumerate() {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if index >= MAX_ROWS {
                return Err(ReadCytobandsError::TooMany);
            }
            let mut fields = line.split('\t');
            let mut next = || fields.next().unwrap_or_default();
            let (chromosome, start, end, name) = (next(), next(), next(), next());
            match (start.parse(), end.parse()) {
                (Ok(start), Ok(end)) if !chromosome.is_empty() && start < end => {
                    let band = Band { start, end, name: name.to_owned() };
                    bands.entry(chromosome.to_owned()).or_default().push(band);
                }
                _ => return Err(ReadCytobandsError::Row(index.saturating_add(1))),
            }
        }
        Ok(Self { bands })
    }

    /// Returns the band at a position, such as `p21`. Units: 1-based.
    pub fn at(&self, contig: &str, position: u64) -> Option<&str> {
        self.bands
            .get(contig)?
            .iter()
            .find(|band| band.start < position && position <= band.end)
            .map(|band| band.name.as_str())
            .filter(|name| !name.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_band_at_its_first_and_last_base() {
        let bands = Cytobands::read(
            "chr2\t0\t4400000\tp25.3\tgneg\nchr2\t4400000\t6900000\tp25.2\tgpos50\n",
        )
        .unwrap();
        assert_eq!(bands.at("chr2", 1), Some("p25.3"));
        assert_eq!(bands.at("chr2", 4_400_000), Some("p25.3"));
        assert_eq!(bands.at("chr2", 4_400_001), Some("p25.2"));
        assert_eq!(bands.at("chr2", 0), None);
        assert_eq!(bands.at("chr3", 5), None);
        assert!(Cytobands::read("chr2\tx\t5\tp1").is_err());
    }
}
