//! Reads a result of any format, told apart by what the file holds and not by its name.
//!
//! Plain, gzip and zstd files are taken alike. The name is asked only where the content says nothing, so
//! that an empty or damaged file is judged by the rules of the format it was meant to be.

use std::io::Read;

use model::{
    problem::{Place, Problem},
    result::TestResult,
    text::LocalizedText,
};

use crate::{cats, compressed, lift::lift, maf, reading::Reading, vcf};

/// Bytes looked at to tell the format. Units: bytes.
const MAX_LOOK_BYTES: u64 = 1 << 16;

/// A format that results come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// CATS, the national result format.
    Cats,
    /// Mutation Annotation Format.
    Maf,
    /// Annotated Variant Call Format.
    Vcf,
}

/// How files of each format are read.
#[derive(Clone, Debug, Default)]
pub struct ReadOptions<'a> {
    /// For CATS. Its chain lifts tables on GRCh37 too.
    pub cats: cats::ReadOptions<'a>,
    /// For MAF.
    pub maf: maf::ReadOptions,
    /// For VCF.
    pub vcf: vcf::ReadOptions,
}

/// One result of a file; a table may hold many.
#[derive(Clone, Debug, PartialEq)]
pub struct ReadResult {
    /// Name of the tumour sample within the file; `None` where a file holds one result by its nature.
    pub label: Option<String>,
    /// The result.
    pub result: TestResult,
}

/// Tells the format of a file by its content, and by its name where the content does not say.
pub fn format_of(bytes: &[u8], file_name: &str) -> Option<Format> {
    let mut start = Vec::new();
    let look = compressed::open(bytes, u64::MAX)
        .and_then(|reader| reader.take(MAX_LOOK_BYTES).read_to_end(&mut start));
    // Damaged compressed data may still have begun readably.
    let _ = look;
    by_content(&start).or_else(|| by_name(file_name))
}

fn by_content(start: &[u8]) -> Option<Format> {
    let start = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start);
    let text = String::from_utf8_lossy(start);
    let text = text.trim_start();
    if text.starts_with('{') || text.starts_with('[') {
        return Some(Format::Cats);
    }
    if text.starts_with("##fileformat=VCF") || text.starts_with("#CHROM\tPOS\t") {
        return Some(Format::Vcf);
    }
    let mut lines = text.split(['\n', '\r']).filter(|line| !line.trim().is_empty());
    if lines.clone().any(|line| line.starts_with("#CHROM\tPOS\t")) {
        return Some(Format::Vcf);
    }
    let header = lines.find(|line| !line.starts_with('#'));
    header.is_some_and(maf::columns::Columns::is_header).then_some(Format::Maf)
}

fn by_name(file_name: &str) -> Option<Format> {
    let lower = file_name.to_ascii_lowercase();
    let bare = [".gz", ".bgz", ".zst"]
        .iter()
        .find_map(|ending| lower.strip_suffix(ending))
        .unwrap_or(&lower);
    let ends = |endings: &[&str]| endings.iter().any(|ending| bare.ends_with(ending));
    match () {
        () if ends(&[".cats", ".json"]) => Some(Format::Cats),
        () if ends(&[".maf"]) => Some(Format::Maf),
        () if ends(&[".vcf", ".bcf"]) => Some(Format::Vcf),
        () => None,
    }
}

/// Reads a file of any format.
///
/// The value is `None` where the format is not known or the file has no usable form.
pub fn read_any(
    bytes: &[u8],
    file_name: &str,
    options: &ReadOptions<'_>,
) -> Reading<Vec<ReadResult>> {
    match format_of(bytes, file_name) {
        Some(Format::Cats) => read_cats(bytes, options),
        Some(Format::Maf) => lifted(maf::read(bytes, &options.maf).map(labelled), options),
        Some(Format::Vcf) => lifted(vcf::read(bytes, &options.vcf).map(labelled), options),
        None => Reading::failed(vec![unknown_format()]),
    }
}

fn read_cats(bytes: &[u8], options: &ReadOptions<'_>) -> Reading<Vec<ReadResult>> {
    let is_compressed =
        bytes.starts_with(&[0x1f, 0x8b]) || bytes.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]);
    let mut decompressed = Vec::new();
    let json = if is_compressed {
        // One byte more than allowed is let through, so that the reader itself says it is too large.
        let limit = (options.cats.max_bytes as u64).saturating_add(1);
        let read = compressed::open(bytes, u64::MAX)
            .and_then(|reader| reader.take(limit).read_to_end(&mut decompressed));
        if read.is_err() {
            return Reading::failed(vec![damaged()]);
        }
        &decompressed
    } else {
        bytes
    };
    cats::read(json, &options.cats).map(|document| {
        let result = cats::to_lifted_result(&document, options.cats.chain);
        vec![ReadResult { label: None, result }]
    })
}

/// Moves the results of a table to GRCh38 where a chain is given, and says what could not be moved.
fn lifted(
    mut reading: Reading<Vec<ReadResult>>,
    options: &ReadOptions<'_>,
) -> Reading<Vec<ReadResult>> {
    let Some(chain) = options.cats.chain else { return reading };
    let Some(results) = reading.value.take() else { return reading };
    let moved = results.into_iter().map(|ReadResult { label, result }| {
        let (result, unmoved) = lift(result, chain);
        if !unmoved.is_empty() {
            reading.problems.push(not_lifted(label.as_deref(), &result, unmoved.len()));
        }
        ReadResult { label, result }
    });
    reading.value = Some(moved.collect());
    reading
}

fn not_lifted(label: Option<&str>, result: &TestResult, count: usize) -> Problem {
    let sample = label.unwrap_or("–");
    let (ja, en) = if result.lifted_from.is_some() {
        ("その項目は位置なしで扱います。", "They are kept without a position.")
    } else {
        ("この検体の結果はGRCh37のまま扱います。", "The sample's result stays in GRCh37.")
    };
    Problem::warning(
        "detect.lift.failed",
        Place::file(),
        LocalizedText::new(
            format!("検体「{sample}」の{count}か所はGRCh38に変換できません。{ja}"),
            format!("{count} places of sample “{sample}” have no counterpart in GRCh38. {en}"),
        ),
        LocalizedText::of(
            "チェインファイルと、ファイルの参照配列の版を確かめてください。",
            "Check the chain file, and the assembly that the file names.",
        ),
    )
}

fn labelled(results: Vec<(String, TestResult)>) -> Vec<ReadResult> {
    // A table without sample columns has one result without a name.
    let labelled = |(label, result): (String, TestResult)| ReadResult {
        label: (!label.is_empty()).then_some(label),
        result,
    };
    results.into_iter().map(labelled).collect()
}

fn unknown_format() -> Problem {
    Problem::error(
        "detect.format.unknown",
        Place::file(),
        LocalizedText::of(
            "CATS、MAF、VCFのどの形式でもないファイルです。",
            "The file is none of CATS, MAF and VCF.",
        ),
        LocalizedText::of(
            "検査結果のファイルかどうかを確かめてください。",
            "Check that it is a file of test results.",
        ),
    )
    .for_data_entry()
}

fn damaged() -> Problem {
    Problem::error(
        "detect.compression",
        Place::file(),
        LocalizedText::of(
            "圧縮されたファイルを展開できませんでした。",
            "The compressed file could not be decompressed.",
        ),
        LocalizedText::of(
            "ファイルが壊れていないか、途中で切れていないかを確かめてください。",
            "Check that the file is not damaged or cut off.",
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAF: &[u8] =
        b"#version 2.4\nChromosome\tStart_Position\tReference_Allele\tTumor_Seq_Allele2\tTumor_Sample_Barcode\n";

    #[test]
    fn tells_formats_by_content_before_name() {
        assert_eq!(format_of(b" {\"metaData\": {}}", "x.maf"), Some(Format::Cats));
        assert_eq!(format_of(MAF, "x.json"), Some(Format::Maf));
        assert_eq!(format_of(b"##fileformat=VCFv4.2\n", "x"), Some(Format::Vcf));
        assert_eq!(format_of(b"##x=1\n#CHROM\tPOS\tID\n", "x"), Some(Format::Vcf));
        assert_eq!(format_of(&zstd::encode_all(MAF, 1).unwrap(), "x"), Some(Format::Maf));
    }

    #[test]
    fn asks_the_name_only_where_the_content_is_silent() {
        assert_eq!(format_of(b"", "a.vcf.gz"), Some(Format::Vcf));
        assert_eq!(format_of(b"", "a.cats"), Some(Format::Cats));
        assert_eq!(format_of(b"hello", "a.txt"), None);
        let read = read_any(b"hello", "a.txt", &ReadOptions::default());
        assert_eq!(read.problems[0].code, "detect.format.unknown");
    }
}
