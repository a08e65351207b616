//! Tells the assembly of a file by what its header says.

use model::genome::{Assembly, chromosome_without_prefix};

/// Lengths of the main chromosomes: name, GRCh37, GRCh38. Source: Genome Reference Consortium.
const LENGTHS: [(&str, u64, u64); 24] = [
    ("1", 249_250_621, 248_956_422),
    ("2", 243_199_373, 242_193_529),
    ("3", 198_022_430, 198_295_559),
    ("4", 191_154_276, 190_214_555),
    ("5", 180_915_260, 181_538_259),
    ("6", 171_115_067, 170_805_979),
    ("7", 159_138_663, 159_345_973),
    ("8", 146_364_022, 145_138_636),
    ("9", 141_213_431, 138_394_717),
    ("10", 135_534_747, 133_797_422),
    ("11", 135_006_516, 135_086_622),
    ("12", 133_851_895, 133_275_309),
    ("13", 115_169_878, 114_364_328),
    ("14", 107_349_540, 107_043_718),
    ("15", 102_531_392, 101_991_189),
    ("16", 90_354_753, 90_338_345),
    ("17", 81_195_210, 83_257_441),
    ("18", 78_077_248, 80_373_285),
    ("19", 59_128_983, 58_617_616),
    ("20", 63_025_520, 64_444_167),
    ("21", 48_129_895, 46_709_983),
    ("22", 51_304_566, 50_818_468),
    ("X", 155_270_560, 156_040_895),
    ("Y", 59_373_566, 57_227_415),
];

/// Returns the assembly whose chromosome has this length.
pub(super) fn by_length(contig: &str, length: u64) -> Option<Assembly> {
    let name = chromosome_without_prefix(contig);
    let (_, grch37, grch38) = LENGTHS.iter().find(|(known, _, _)| *known == name)?;
    match length {
        length if length == *grch37 => Some(Assembly::Grch37),
        length if length == *grch38 => Some(Assembly::Grch38),
        _ => None,
    }
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
