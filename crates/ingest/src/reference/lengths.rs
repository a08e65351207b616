//! Lengths of the primary chromosomes.
//!
//! Source: Genome Reference Consortium, GRCh37.p13 and GRCh38.p14 (primary assembly units).

use model::genome::{Assembly, chromosome_without_prefix};

/// Name, length in GRCh37, length in GRCh38. Units: bases.
///
/// The mitochondrion is left out: its length differs between distributions of GRCh37.
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

/// Returns the length of a primary chromosome, named with or without `chr`. Units: bases.
pub fn chromosome_length(assembly: Assembly, chromosome: &str) -> Option<u64> {
    let bare = chromosome_without_prefix(chromosome);
    let (_, in_37, in_38) = LENGTHS.iter().find(|(name, _, _)| *name == bare)?;
    Some(match assembly {
        Assembly::Grch37 => *in_37,
        Assembly::Grch38 => *in_38,
    })
}

/// Returns the assembly whose primary chromosomes all have the lengths given, if there is one.
///
/// Sequences that are no primary chromosome say nothing; at least one primary one is needed.
pub fn assembly_of<'a>(lengths: impl IntoIterator<Item = (&'a str, u64)>) -> Option<Assembly> {
    let (mut may_be_37, mut may_be_38, mut primary_count) = (true, true, 0_usize);
    for (name, length) in lengths {
        if let Some(expected) = chromosome_length(Assembly::Grch37, name) {
            may_be_37 &= length == expected;
            primary_count += 1;
        }
        if let Some(expected) = chromosome_length(Assembly::Grch38, name) {
            may_be_38 &= length == expected;
        }
    }
    match (primary_count, may_be_37, may_be_38) {
        (1.., true, false) => Some(Assembly::Grch37),
        (1.., false, true) => Some(Assembly::Grch38),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Assembly, assembly_of, chromosome_length};

    #[test]
    fn knows_an_assembly_by_its_lengths() {
        assert_eq!(assembly_of([("chr21", 46_709_983), ("chrUn_1", 5)]), Some(Assembly::Grch38));
        assert_eq!(assembly_of([("21", 48_129_895), ("MT", 16_569)]), Some(Assembly::Grch37));
        assert_eq!(assembly_of([("21", 48_129_895), ("22", 50_818_468)]), None);
        assert_eq!(assembly_of([("MT", 16_569)]), None);
        assert_eq!(chromosome_length(Assembly::Grch38, "chrX"), Some(156_040_895));
    }
}
