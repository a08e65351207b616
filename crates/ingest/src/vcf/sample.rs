//! Which column is the tumour's, and what it says of depths.

use super::{ReadOptions, header::Header};

/// The tumour's column, and whether a matched normal is there.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Choice {
    /// The file has no sample columns.
    NoSamples,
    /// The tumour is in this column of the samples. Units: 0-based.
    Tumour {
        /// The column.
        index: usize,
        /// Columns of matched normals.
        normals: Vec<usize>,
    },
    /// The named sample is not in the file.
    NotThere,
    /// Several samples could be the tumour.
    Ambiguous,
}

/// Chooses the tumour's column.
pub(super) fn choose(header: &Header, options: &ReadOptions) -> Choice {
    let samples = &header.samples;
    if samples.is_empty() {
        return if options.sample.is_some() { Choice::NotThere } else { Choice::NoSamples };
    }
    // `TUMOR`, `Tumor-666` and `tumor_downsample` all say tumour; `tumorigenic` does not.
    let is_word = |sample: &str, words: [&str; 2]| {
        let mut parts = sample.split(|c: char| !c.is_ascii_alphanumeric());
        parts.any(|part| words.iter().any(|word| part.eq_ignore_ascii_case(word)))
    };
    let normals: Vec<usize> = (0..samples.len())
        .filter(|index| {
            samples.get(*index).is_some_and(|sample| {
                header.normals.contains(sample) || is_word(sample, ["NORMAL", "GERMLINE"])
            })
        })
        .collect();
    let only = |candidates: Vec<usize>| match candidates.as_slice() {
        [index] => Some(*index),
        _ => None,
    };
    let matching = |accepts: &dyn Fn(usize, &String) -> bool| {
        only(
            samples
                .iter()
                .enumerate()
                .filter(|(index, sample)| accepts(*index, sample))
                .map(|(index, _)| index)
                .collect(),
        )
    };
    if let Some(name) = &options.sample {
        return match matching(&|_, sample| sample == name) {
            Some(index) => tumour(index, samples.len(), normals),
            None => Choice::NotThere,
        };
    }
    let found = matching(&|_, sample| header.tumours.contains(sample))
        .or_else(|| matching(&|_, sample| is_word(sample, ["TUMOR", "TUMOUR"])))
        .or_else(|| matching(&|index, _| !normals.contains(&index)));
    match found {
        Some(index) => tumour(index, samples.len(), normals),
        None => Choice::Ambiguous,
    }
}

/// The one other sample of two is the normal, if the tumour is known.
fn tumour(index: usize, count: usize, mut normals: Vec<usize>) -> Choice {
    normals.retain(|normal| *normal != index);
    if normals.is_empty() && count == 2 {
        normals.push(1_usize.saturating_sub(index));
    }
    Choice::Tumour { index, normals }
}

/// What a record says of the tumour's reads.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Depths {
    /// All reads.
    pub(super) total: Option<f64>,
    /// Reads of the alternate allele.
    pub(super) alternate: Option<f64>,
    /// Frequency. Units: 0 to 1.
    pub(super) frequency: Option<f64>,
}

/// Values by key, as FORMAT and INFO give them.
pub(super) struct Values<'a> {
    pairs: Vec<(&'a str, &'a str)>,
}

/// Most keys read of one record.
const MAX_KEYS: usize = 4_096;

impl<'a> Values<'a> {
    /// Reads `GT:AD:DP` beside `0/1:10,5:15`; values may be fewer than keys.
    pub(super) fn of_sample(format: &'a str, sample: &'a str) -> Self {
        Self { pairs: format.split(':').zip(sample.split(':')).take(MAX_KEYS).collect() }
    }

    /// Reads `DP=5;SOMATIC`; a flag has empty text.
    pub(super) fn of_info(info: &'a str) -> Self {
        let pair = |text: &'a str| text.split_once('=').unwrap_or((text, ""));
        Self { pairs: info.split(';').take(MAX_KEYS).map(pair).collect() }
    }

    /// Returns the text of a key, if it is there and not `.`.
    pub(super) fn get(&self, key: &str) -> Option<&'a str> {
        self.pairs
            .iter()
            .find(|(known, _)| *known == key)
            .map(|(_, value)| *value)
            .filter(|value| *value != ".")
    }

    /// Returns whether a flag or key is there.
    pub(super) fn has(&self, key: &str) -> bool {
        self.pairs.iter().any(|(known, _)| *known == key)
    }

    /// Returns the numbers of a key; a missing one is `None`.
    pub(super) fn numbers(&self, key: &str) -> Vec<Option<f64>> {
        let number = |text: &str| text.parse::<f64>().ok().filter(|n| n.is_finite() && *n >= 0.0);
        self.get(key)
            .map(|text| text.split(',').take(256).map(number).collect())
            .unwrap_or_default()
    }

    /// Returns the only or first number of a key.
    pub(super) fn number(&self, key: &str) -> Option<f64> {
        self.numbers(key).first().copied().flatten()
    }
}

/// Returns the depths of an alternate allele. `number` counts from 1, `count` is of all alternates.
pub(super) fn depths(
    values: &Values<'_>,
    (reference, alternate): (&str, &str),
    number: usize,
    count: usize,
) -> Depths {
    let (reads, whole) = alternate_reads(values, (reference, alternate), number, count);
    let frequency = frequency(values, number, count).or(match (reads, whole) {
        (Some(reads), Some(whole)) if whole > 0.0 && reads <= whole => Some(reads / whole),
        _ => None,
    });
    Depths { total: values.number("DP"), alternate: reads, frequency }
}

/// Returns the frequency that the caller itself writes.
fn frequency(values: &Values<'_>, number: usize, count: usize) -> Option<f64> {
    for key in ["AF", "FA", "VF", "VAF"] {
        let found = values.numbers(key);
        let value = match found.len() {
            1 if count == 1 => found.first(),
            length if length == count => found.get(number.checked_sub(1)?),
            _ => None,
        };
        if let Some(value) = value.copied().flatten().filter(|value| *value <= 1.0) {
            return Some(value);
        }
    }
    // VarScan writes per cent.
    let percent =
        values.get("FREQ").filter(|_| count == 1)?.strip_suffix('%')?.parse::<f64>().ok()?;
    (0.0..=100.0).contains(&percent).then_some(percent / 100.0)
}

/// Returns the reads of the alternate allele, and the reads to divide them by.
fn alternate_reads(
    values: &Values<'_>,
    (reference, alternate): (&str, &str),
    number: usize,
    count: usize,
) -> (Option<f64>, Option<f64>) {
    let sum = |numbers: &[Option<f64>]| numbers.iter().copied().sum::<Option<f64>>();
    let allelic = values.numbers("AD");
    if allelic.len() == count.saturating_add(1) {
        return (allelic.get(number).copied().flatten(), sum(&allelic));
    }
    // VarScan: AD is the alternate's alone, RD the reference's.
    if let ([alternate], Some(reference)) = (allelic.as_slice(), values.number("RD")) {
        return (*alternate, alternate.map(|reads| reads + reference));
    }
    // SomaticSniper: reference forward and reverse, alternate forward and reverse.
    if let ([a, b, c, d], 1) = (values.numbers("DP4").as_slice(), count) {
        return (sum(&[*c, *d]), sum(&[*a, *b, *c, *d]));
    }
    // Strelka: reads of tier 1 by base, or for indels by allele.
    let tier1 = |base: &str| match base {
        "A" => values.number("AU"),
        "C" => values.number("CU"),
        "G" => values.number("GU"),
        "T" => values.number("TU"),
        _ => None,
    };
    let (of_reference, of_alternate) = (tier1(reference), tier1(alternate));
    if of_alternate.is_some() {
        return (of_alternate, sum(&[of_reference, of_alternate]));
    }
    let (of_reference, of_alternate) = (values.number("TAR"), values.number("TIR"));
    if count == 1 && of_alternate.is_some() {
        return (of_alternate, sum(&[of_reference, of_alternate]));
    }
    (None, None)
}

/// Returns whether a genotype denies an allele: it is called, and the allele is not in it.
pub(super) fn denies(genotype: Option<&str>, number: usize) -> bool {
    let Some(genotype) = genotype else { return false };
    let called: Vec<usize> =
        genotype.split(['/', '|']).take(64).filter_map(|text| text.parse().ok()).collect();
    !called.is_empty() && !called.contains(&number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(samples: &[&str], tumours: &[&str], normals: &[&str]) -> Header {
        let owned =
            |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let mut header = Header::default();
        header.samples = owned(samples);
        header.tumours = owned(tumours);
        header.normals = owned(normals);
        header
    }

    fn chosen(header: &Header) -> Choice {
        choose(header, &ReadOptions::default())
    }

    #[test]
    fn chooses_the_tumour_or_refuses() {
        let tumour = |index, normals: &[usize]| Choice::Tumour { index, normals: normals.to_vec() };
        assert_eq!(chosen(&header(&["A", "B"], &["B"], &[])), tumour(1, &[0]));
        assert_eq!(chosen(&header(&["NORMAL", "TUMOR"], &[], &[])), tumour(1, &[0]));
        assert_eq!(chosen(&header(&["Normal-666", "Tumor-666"], &[], &[])), tumour(1, &[0]));
        assert_eq!(chosen(&header(&["A", "B"], &[], &["A"])), tumour(1, &[0]));
        assert_eq!(chosen(&header(&["A"], &[], &[])), tumour(0, &[]));
        assert_eq!(chosen(&header(&["A", "B"], &[], &[])), Choice::Ambiguous);
        assert_eq!(chosen(&header(&[], &[], &[])), Choice::NoSamples);
        let named = ReadOptions { sample: Some("C".to_owned()), ..ReadOptions::default() };
        assert_eq!(choose(&header(&["A", "B"], &[], &[]), &named), Choice::NotThere);
    }

    #[test]
    fn reads_depths_of_every_caller() {
        let of = |format, sample, alleles, number, count| {
            depths(&Values::of_sample(format, sample), alleles, number, count)
        };
        let depths = |total, alternate, frequency| Depths { total, alternate, frequency };
        assert_eq!(
            of("GT:AD:DP", "0/1:30,10:41", ("A", "C"), 1, 1),
            depths(Some(41.0), Some(10.0), Some(0.25))
        );
        assert_eq!(
            of("AD:AF", "5,3,2:0.3,0.2", ("A", "G"), 2, 2),
            depths(None, Some(2.0), Some(0.2))
        );
        assert_eq!(
            of("RD:AD:FREQ", "6:2:25%", ("A", "C"), 1, 1),
            depths(None, Some(2.0), Some(0.25))
        );
        assert_eq!(
            of("DP:AU:CU:GU:TU", "8:6,7:2,2:0,0:0,0", ("A", "C"), 1, 1),
            depths(Some(8.0), Some(2.0), Some(0.25))
        );
        assert_eq!(of("DP4", "3,3,1,1", ("A", "C"), 1, 1), depths(None, Some(2.0), Some(0.25)));
        assert_eq!(
            of("TAR:TIR", "6,6:2,2", ("A", "AC"), 1, 1),
            depths(None, Some(2.0), Some(0.25))
        );
        assert_eq!(
            of("GT:AD:DP", "0/1:.,21:54", ("A", "C"), 1, 1),
            depths(Some(54.0), Some(21.0), None)
        );
        assert_eq!(of("GT:AD", "0/1", ("A", "C"), 1, 1), Depths::default());
    }

    #[test]
    fn a_called_genotype_can_deny_an_allele() {
        assert!(denies(Some("0/0"), 1));
        assert!(denies(Some("0|2"), 1));
        assert!(!denies(Some("0/1"), 1));
        assert!(!denies(Some("./."), 1));
        assert!(!denies(None, 1));
    }
}
