//! Annotated VCF: public files of many callers and annotators counted, and our own small files.

use ingest::vcf::{self, ReadOptions};
use model::{
    alteration::{ShortVariant, VariantOrigin},
    genome::Assembly,
    problem::{Problem, Severity},
    result::TestResult,
};

use crate::golden;

fn public(relative: &str) -> Option<Vec<u8>> {
    testkit::public_data::path(relative).map(|path| std::fs::read(path).unwrap())
}

fn read_one(bytes: &[u8], options: &ReadOptions) -> (String, TestResult, Vec<Problem>) {
    let reading = vcf::read(bytes, options);
    let (name, result) = reading.value.expect("a result").remove(0);
    (name, result, reading.problems)
}

fn codes(problems: &[Problem]) -> Vec<&str> {
    problems.iter().map(|problem| problem.code.as_ref()).collect()
}

/// File, tumour, alternate alleles that are base sequences, and lines whose FILTER is PASS or `.`.
///
/// Counted with: `zcat -f F | awk -F'\t' '!/^#/ {k=split($5,a,","); for(i=1;i<=k;i++) if
/// (a[i]!~/[<\[\]]/ && a[i]!="." && a[i]!="*") v++} END{print v}'`.
const FILES: [(&str, &str, usize); 30] = [
    ("vcf2maf/test.vcf", "TUMOR", 24),
    ("vcf2maf/test_b37.vcf", "TUMOR", 25),
    ("vcf2maf/test_b38.vcf", "TUMOR", 25),
    ("vcf2maf/test_delly.vcf", "TUMOR", 3),
    ("vcf2maf/test_grch38.vcf", "TUMOR", 24),
    ("vcf2maf/test_maf2vcf.vcf", "TUMOR", 23),
    ("vcf2maf/test_merged.vcf", "TUMOR", 577),
    ("vcf2maf/test_muse.vcf", "TUMOR", 434),
    ("vcf2maf/test_mutect.vcf", "TUMOR", 500),
    ("vcf2maf/test_pindel.vcf", "TUMOR", 32),
    ("vcf2maf/test_sniper.vcf", "TUMOR", 171),
    ("vcf2maf/test_strelka.vcf", "TUMOR", 240),
    (
        "pcgr/T001-BRCA.grch37.vcf.gz",
        "TCGA-A2-A04W-01A-31D-A10Y-09_TCGA-A2-A04W-10A-01D-A110-09",
        196,
    ),
    (
        "pcgr/T001-BRCA.grch38.vcf.gz",
        "TCGA-A2-A04W-01A-31D-A10Y-09_TCGA-A2-A04W-10A-01D-A110-09",
        196,
    ),
    (
        "pcgr/T001-COAD.grch37.vcf.gz",
        "TCGA-A6-2686-01A-01D-1408-10_TCGA-A6-2686-10A-01D-2188-10",
        3317,
    ),
    ("vatools/complex_indel.readcount.vcf.gz", "TUMOR", 2),
    ("vatools/input.protein_coding.vcf", "Tumor-666", 1),
    ("vatools/input.vcf.gz", "H_NJ-HCC1395-HCC1395", 76),
    ("vatools/mnp.readcount.vcf.gz", "TUMOR", 2),
    ("funcotator/0816201804HC0_R01C01.pik3ca.vcf", "0816201804HC0_R01C01", 21),
    ("funcotator/PIK3CA_INDELS.vcf", "", 57),
    ("funcotator/Three_sample_somatic.vcf", "TUMOR", 8),
    ("funcotator/regressionTestVariantSet1.vcf", "", 198),
    ("umccr/test-benchmark.vcf.gz", "MB", 1),
    ("umccr/test-ensemble.vcf.gz", "tumor_downsample", 1),
    ("umccr/test-mutect2.vcf.gz", "tumor_downsample", 24),
    ("umccr/test-sage.vcf.gz", "PRJ180253_E190-T01-D", 2),
    ("umccr/test-strelka2.vcf.gz", "tumor_downsample", 37),
    ("umccr/test-tso500-tumoronly.vcf.gz", "PTC_TSO200609VD_L2000553.bam", 31),
    ("umccr/test-vardict.vcf.gz", "tumor_downsample", 236),
];

#[test]
fn every_public_file_has_the_counted_variants() {
    for (file, tumour, variants) in FILES {
        let Some(bytes) = public(&format!("annotation/{file}")) else { return };
        let (name, result, problems) = read_one(&bytes, &ReadOptions::default());
        let errors: Vec<&Problem> =
            problems.iter().filter(|p| p.severity == Severity::Error).collect();
        assert!(errors.is_empty(), "{file}: {errors:?}");
        assert_eq!(name, tumour, "{file}");
        assert_eq!(result.short_variants.len(), variants, "{file}");
    }
}

#[test]
fn several_possible_tumours_are_refused_until_one_is_named() {
    let Some(bytes) = public("annotation/umccr/test-sage2-multitumor.vcf.gz") else { return };
    let refused = vcf::read(&bytes, &ReadOptions::default());
    assert!(refused.value.is_none());
    assert_eq!(codes(&refused.problems), ["vcf.sample.ambiguous"]);
    let named = ReadOptions { sample: Some("APGI_1965".to_owned()), ..ReadOptions::default() };
    let (name, result, _) = read_one(&bytes, &named);
    assert_eq!((name.as_str(), result.assembly), ("APGI_1965", Some(Assembly::Grch38)));
    let [variant] = result.short_variants.as_slice() else { panic!("one variant") };
    assert_eq!(variant.allele_frequency, Some(0.291));
    assert_eq!((variant.depth_total, variant.depth_alternate), (Some(55.0), Some(16.0)));
    let absent = ReadOptions { sample: Some("X".to_owned()), ..ReadOptions::default() };
    assert_eq!(codes(&vcf::read(&bytes, &absent).problems), ["vcf.sample.absent"]);
}

/// Counted by STATUS with awk: 182 Germline, 10 LikelySomatic, 13 StrongSomatic; 10 of other status bear
/// the flag SOMATIC.
#[test]
fn callers_own_words_give_the_origin() {
    let Some(bytes) = public("annotation/umccr/test-vardict.vcf.gz") else { return };
    let (_, result, _) = read_one(&bytes, &ReadOptions::default());
    let count = |origin| {
        let is = |variant: &&ShortVariant| variant.origin == Some(origin);
        result.short_variants.iter().filter(is).count()
    };
    assert_eq!(count(VariantOrigin::Germline), 182);
    assert_eq!(count(VariantOrigin::Somatic), 23);
    assert_eq!(count(VariantOrigin::LikelySomatic), 10);
}

/// Every annotated line's first annotation that hits hardest names the representative gene: SnpEff
/// writes it first.
#[test]
fn snpeff_annotations_keep_their_first_gene() {
    for file in ["umccr/test-mutect2.vcf.gz", "umccr/test-vardict.vcf.gz"] {
        let Some(bytes) = public(&format!("annotation/{file}")) else { return };
        let (_, result, _) = read_one(&bytes, &ReadOptions::default());
        let text = decompressed(&bytes);
        let firsts: Vec<&str> = text
            .lines()
            .filter(|line| !line.starts_with('#'))
            .map(|line| line.split("ANN=").nth(1).unwrap().split('|').nth(3).unwrap())
            .collect();
        assert_eq!(firsts.len(), result.short_variants.len());
        for (first, variant) in firsts.iter().zip(&result.short_variants) {
            let impact_is_modifier = variant.transcripts[0].effects.iter().all(|effect| {
                effect.contains("stream") || effect.contains("intron") || effect.contains("UTR")
            });
            let gene = variant.transcripts[0].gene.as_ref().map(model::gene::GeneSymbol::as_str);
            assert!(gene == Some(first) || impact_is_modifier, "{file} {}", variant.item_id);
        }
    }
}

fn decompressed(bytes: &[u8]) -> String {
    let mut text = String::new();
    let mut decoder = flate2::read::MultiGzDecoder::new(bytes);
    std::io::Read::read_to_string(&mut decoder, &mut text).unwrap();
    text
}

#[test]
fn vep_annotations_give_protein_changes() {
    let Some(bytes) = public("annotation/vatools/input.protein_coding.vcf") else { return };
    let (_, result, _) = read_one(&bytes, &ReadOptions::default());
    let transcripts = &result.short_variants[0].transcripts;
    assert_eq!(transcripts.len(), 1);
    assert!(transcripts[0].protein_change.is_some());
}

#[test]
fn small_files_read_as_accepted() {
    for case in
        ["vcf/vep", "vcf/snpeff", "vcf/bcftools", "vcf/structural", "vcf/broken", "vcf/sites"]
    {
        let bytes = std::fs::read(golden::folder(case).join("input.vcf")).unwrap();
        let reading = vcf::read(&bytes, &ReadOptions::default());
        golden::check_reading(case, &reading.value.unwrap_or_default(), &reading.problems);
    }
}

#[test]
fn limits_are_kept_and_said() {
    let file = "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n\
        1\t5\t.\tA\tC\t.\t.\t.\n1\t6\t.\tA\tC,G,T\t.\t.\t.\n1\t7\t.\tA\tC\t.\t.\t.\n";
    let codes_of = |options: ReadOptions| {
        let problems = vcf::read(file.as_bytes(), &options).problems;
        problems.iter().map(|problem| problem.code.to_string()).collect::<Vec<_>>()
    };
    let few = ReadOptions { max_alternates: 2, ..ReadOptions::default() };
    assert!(codes_of(few).contains(&"vcf.alternates.limit".to_owned()));
    let few = ReadOptions { max_variants: 1, ..ReadOptions::default() };
    assert!(codes_of(few).contains(&"vcf.variants.limit".to_owned()));
    let small = ReadOptions { max_bytes: 90, ..ReadOptions::default() };
    assert!(codes_of(small).contains(&"vcf.size.limit".to_owned()));
    let short = ReadOptions { max_line_bytes: 10, ..ReadOptions::default() };
    assert_eq!(codes_of(short), ["vcf.header.missing"]);
    assert_eq!(codes(&vcf::read(b"", &ReadOptions::default()).problems), ["vcf.header.missing"]);
}
