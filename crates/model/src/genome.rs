//! Places on a reference genome.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A human reference assembly. Source: Genome Reference Consortium.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Assembly {
    /// GRCh37 (hg19), any patch.
    #[serde(rename = "GRCh37")]
    Grch37,
    /// GRCh38 (hg38), any patch.
    #[serde(rename = "GRCh38")]
    Grch38,
}

impl Assembly {
    /// Returns the name of the Genome Reference Consortium without patch.
    pub fn name(self) -> &'static str {
        match self {
            Self::Grch37 => "GRCh37",
            Self::Grch38 => "GRCh38",
        }
    }
}

impl fmt::Display for Assembly {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A name that is no assembly known here.
#[derive(Debug, thiserror::Error)]
#[error("unknown reference assembly {0:?}")]
pub struct ParseAssemblyError(String);

impl FromStr for Assembly {
    type Err = ParseAssemblyError;

    /// Reads `GRCh37`, `GRCh37.p13`, `hg19`, `37`, `GRCh38`, `GRCh38.p14`, `hg38` and `38`, in any case.
    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let lower = name.trim().to_ascii_lowercase();
        let base = lower.split('.').next().unwrap_or_default();
        match base {
            "grch37" | "hg19" | "37" | "b37" => Ok(Self::Grch37),
            "grch38" | "hg38" | "38" => Ok(Self::Grch38),
            _ => Err(ParseAssemblyError(name.chars().take(64).collect())),
        }
    }
}

/// A position on a sequence. Units: 1-based.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Position1(pub u64);

impl fmt::Display for Position1 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A strand of the reference sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Strand {
    /// The forward strand.
    #[serde(rename = "+")]
    Forward,
    /// The reverse strand.
    #[serde(rename = "-")]
    Reverse,
}

/// Returns a chromosome's name without the `chr` prefix; `M` becomes `MT`.
pub fn chromosome_without_prefix(name: &str) -> &str {
    let bare = match name.get(..3) {
        Some(prefix) if prefix.eq_ignore_ascii_case("chr") => &name[3..],
        _ => name,
    };
    if bare == "M" { "MT" } else { bare }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_patched_assembly_names() {
        assert_eq!("GRCh37.p13".parse::<Assembly>().unwrap(), Assembly::Grch37);
        assert_eq!("hg38".parse::<Assembly>().unwrap(), Assembly::Grch38);
        assert!("GRCh36".parse::<Assembly>().is_err());
    }

    #[test]
    fn strips_the_chromosome_prefix_only_once() {
        assert_eq!(chromosome_without_prefix("chr7"), "7");
        assert_eq!(chromosome_without_prefix("X"), "X");
        assert_eq!(chromosome_without_prefix("chrM"), "MT");
        assert_eq!(chromosome_without_prefix("染色体"), "染色体");
    }
}
