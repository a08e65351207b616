//! Tells the assembly of a file by what its header says.

use model::genome::Assembly;

use crate::reference::assembly_of;

/// Returns the assembly whose chromosome has this length.
pub(super) fn by_length(contig: &str, length: u64) -> Option<Assembly> {
    assembly_of([(contig, length)])
}

/// Returns the assembly that a path or name speaks of, such as `/data/GRCh38.d1.vd1.fa` or `b37`.
pub(super) fn by_name(text: &str) -> Option<Assembly> {
    let lower = text.to_ascii_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    match (says(&["grch37", "hg19", "b37", "hs37d5"]), says(&["grch38", "hg38", "b38", "hs38"])) {
        (true, false) => Some(Assembly::Grch37),
        (false, true) => Some(Assembly::Grch38),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_assemblies_by_length_and_by_name() {
        assert_eq!(by_length("chr7", 159_345_973), Some(Assembly::Grch38));
        assert_eq!(by_length("7", 159_138_663), Some(Assembly::Grch37));
        assert_eq!(by_length("7", 5), None);
        assert_eq!(by_name("file:///x/GRCh38.d1.vd1.fa"), Some(Assembly::Grch38));
        assert_eq!(by_name("HG19"), Some(Assembly::Grch37));
        assert_eq!(by_name("/x/hg19ToHg38/ref.fa"), None);
    }
}
