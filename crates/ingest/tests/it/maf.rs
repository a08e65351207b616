//! MAF tables: public cohorts counted, dialects, and our own small tables.

use ingest::maf::{self, ReadOptions, Tumours};
use model::{
    alteration::{ShortVariant, TranscriptChange},
    genome::Assembly,
    hgvs::protein::ProteinChange,
    problem::{Problem, Severity},
};

use crate::golden;

fn public(relative: &str) -> Option<Vec<u8>> {
    testkit::public_data::path(relative).map(|path| std::fs::read(path).unwrap())
}

fn read_all(bytes: &[u8], options: &ReadOptions) -> (Tumours, Vec<Problem>) {
    let reading = maf::read(bytes, options);
    (reading.value.expect("a table"), reading.problems)
}

fn variants(tumours: &Tumours) -> impl Iterator<Item = &ShortVariant> {
    tumours.iter().flat_map(|(_, result)| &result.short_variants)
}

fn codes(problems: &[Problem]) -> Vec<&str> {
    problems.iter().map(|problem| problem.code.as_ref()).collect()
}

/// Cohort, rows, tumours, rows whose FILTER is empty or PASS.
///
/// Counted with: `zstd -dc F | tail -n +2 | awk -F'\t' '{n++; t[$10]=1; if($22==""||$22=="PASS")p++}
/// END{for(k in t)c++; print n,c,p+0}'`.
const COHORTS: [(&str, usize, usize, usize); 23] = [
    ("ACC.MC3", 10190, 92, 10116),
    ("BLCA.MC3", 137632, 411, 137632),
    ("BRCA.MC3", 114289, 1026, 114289),
    ("CHOL.MC3", 2491, 36, 2358),
    ("COAD.Firehose", 182901, 367, 182901),
    ("DLBC.MC3", 6541, 37, 6481),
    ("GBM.MC3", 62003, 399, 47017),
    ("HNSC.MC3", 101146, 509, 95140),
    ("KICH.MC3", 2860, 66, 2819),
    ("KIRC.MC3", 26450, 370, 25569),
    ("LAML.MC3", 7339, 138, 0),
    ("LUAD.Firehose", 184787, 533, 184787),
    ("LUSC.Firehose", 62084, 178, 62084),
    ("MESO.MC3", 3363, 82, 3240),
    ("OV.MC3", 46758, 411, 6018),
    ("PRAD.MC3", 29153, 498, 28255),
    ("READ.MC3", 57625, 150, 30994),
    ("SARC.MC3", 23542, 239, 19188),
    ("STAD.Firehose", 175665, 393, 175665),
    ("THCA.MC3", 10294, 500, 7060),
    ("THYM.MC3", 3540, 123, 3111),
    ("UCEC.Firehose", 170338, 248, 170338),
    ("UVM.MC3", 1781, 80, 1750),
];

#[test]
fn every_tcga_cohort_has_the_counted_rows_and_tumours() {
    let mut unread = 0;
    for (cohort, rows, tumours, reported) in COHORTS {
        let Some(bytes) = public(&format!("tcga/maf/{cohort}.maf.zst")) else { return };
        let (read, problems) = read_all(&bytes, &ReadOptions::default());
        assert!(
            problems.iter().all(|problem| problem.severity < Severity::Error),
            "{cohort}: {:?}",
            problems.iter().find(|problem| problem.severity == Severity::Error)
        );
        assert_eq!(variants(&read).count(), rows, "{cohort}");
        assert_eq!(read.len(), tumours, "{cohort}");
        assert_eq!(variants(&read).filter(|v| v.reported).count(), reported, "{cohort}");
        assert!(read.iter().all(|(_, result)| result.assembly == Some(Assembly::Grch37)));
        unread +=
            variants(&read).flat_map(|variant| &variant.transcripts).filter(is_unread).count();
    }
    // Of 1.4 million amino-acid changes, those without a place (`p.-135fs`) or end (`p.M1_?7`) stay unread.
    assert_eq!(unread, 110);
}

/// Returns whether an amino-acid change is written, is one, and was not read.
fn is_unread(transcript: &&TranscriptChange) -> bool {
    let written = transcript.protein.as_ref().map(|protein| protein.written.as_str());
    transcript.protein_change.is_none()
        && written.is_some_and(|written| !written.ends_with("_splice") && written != "p.=")
}

/// Counts tumours with a gene's amino-acid change in one-letter spelling.
fn carriers(tumours: &Tumours, gene: &str, change: &str) -> usize {
    let carries = |variant: &&ShortVariant| {
        variant.transcripts.iter().any(|transcript| {
            transcript.gene.as_ref().is_some_and(|symbol| symbol.as_str() == gene)
                && transcript.protein_change.as_ref().is_some_and(|p| p.short() == change)
        })
    };
    tumours.iter().filter(|(_, r)| r.short_variants.iter().find(carries).is_some()).count()
}

/// Counted with `awk -F'\t' '$1=="KRAS" && $13=="p.G12C"{t[$10]=1} END{for(k in t)c++; print c}'`.
#[test]
fn known_hotspots_have_the_counted_carriers() {
    for (cohort, gene, change, expected) in [
        ("LUAD.Firehose", "KRAS", "G12C", 62),
        ("LUAD.Firehose", "EGFR", "L858R", 21),
        ("GBM.MC3", "IDH1", "R132H", 23),
        ("THCA.MC3", "BRAF", "V600E", 293),
    ] {
        let Some(bytes) = public(&format!("tcga/maf/{cohort}.maf.zst")) else { return };
        let (tumours, _) = read_all(&bytes, &ReadOptions::default());
        assert_eq!(carriers(&tumours, gene, change), expected, "{gene} {change}");
    }
}

#[test]
fn frequencies_are_alternate_over_depth() {
    let Some(bytes) = public("tcga/maf/THCA.MC3.maf.zst") else { return };
    let (tumours, _) = read_all(&bytes, &ReadOptions::default());
    let frequencies: Vec<f64> = variants(&tumours)
        .filter(|variant| {
            variant.transcripts.iter().any(|t| {
                t.gene.as_ref().is_some_and(|gene| gene.as_str() == "BRAF")
                    && t.protein_change.as_ref().is_some_and(|p| p.short() == "V600E")
            })
        })
        .map(|variant| variant.allele_frequency.unwrap())
        .collect();
    assert_eq!(frequencies.len(), 293);
    let mean = frequencies.iter().sum::<f64>() / 293.0;
    // awk: s+=$18/$16 over the same rows gives 0.334605.
    assert!((mean - 0.334605).abs() < 1e-6, "{mean}");
}

#[test]
fn accepted_filters_report_whole_genome_amplified_cohorts() {
    let Some(bytes) = public("tcga/maf/LAML.MC3.maf.zst") else { return };
    let options =
        ReadOptions { accepted_filters: vec!["wga".to_owned()], ..ReadOptions::default() };
    let (tumours, problems) = read_all(&bytes, &options);
    assert_eq!(variants(&tumours).filter(|v| v.reported).count(), 7236);
    assert!(codes(&problems).contains(&"maf.filter.not_reported"));
}

/// Rows counted with `zcat -f F | grep -v '^#' | tail -n +2 | grep -c .`, for the two tables with bare
/// carriage returns after `tr '\r' '\n'`.
#[test]
fn other_dialects_lose_no_row_without_saying_so() {
    for (file, rows, left_out) in [
        ("annotation/vcf2maf/test_output.vep_isoforms.maf", 20, 0),
        ("annotation/vcf2maf/test.maf", 20, 0),
        ("annotation/vcf2maf/minimalist_test_maf.tsv", 645, 0),
        ("annotation/funcotator/ExampleMafFileForTests.maf", 7, 7),
        ("annotation/funcotator/PIK3CA_INDELS.oncotatorAnnotated.maf.gz", 57, 0),
        ("annotation/funcotator/PIK3CA_SNPS.oncotatorAnnotated.maf.gz", 15, 0),
        ("annotation/funcotator/regressionTestVariantSet1_expected.maf.gz", 198, 0),
        ("maftools_laml/APL_primary.maf.gz", 269, 4),
        ("maftools_laml/APL_relapse.maf.gz", 161, 1),
        ("maftools_laml/brca.maf.gz", 1913, 0),
    ] {
        let Some(bytes) = public(file) else { return };
        let (tumours, problems) = read_all(&bytes, &ReadOptions::default());
        let errors: Vec<&Problem> =
            problems.iter().filter(|p| p.severity == Severity::Error).collect();
        assert_eq!(variants(&tumours).count() + errors.len(), rows, "{file}: {errors:?}");
        assert_eq!(errors.len(), left_out, "{file}: {errors:?}");
    }
}

#[test]
fn small_tables_read_as_accepted() {
    for case in ["maf/dialects", "maf/broken"] {
        let bytes = std::fs::read(golden::folder(case).join("input.maf")).unwrap();
        let (tumours, problems) = read_all(&bytes, &ReadOptions::default());
        golden::check_reading(case, &tumours, &problems);
    }
}

#[test]
fn limits_are_kept_and_said() {
    let header =
        "Chromosome\tStart_Position\tReference_Allele\tTumor_Seq_Allele2\tTumor_Sample_Barcode";
    let rows: String = (0..20).map(|n| format!("1\tx{n}\tA\tC\tT\n")).collect();
    let table = format!("{header}\n{rows}1\t5\tA\tC\tT\n");
    let (tumours, problems) =
        read_all(table.as_bytes(), &ReadOptions { max_problems: 3, ..ReadOptions::default() });
    assert_eq!(variants(&tumours).count(), 1);
    assert_eq!(
        codes(&problems),
        ["maf.position", "maf.position", "maf.position", "maf.build.absent", "table.more_problems"]
    );
    assert_eq!(problems[4].message.en, "There are 17 more problems.");

    let short = ReadOptions { max_bytes: 100, ..ReadOptions::default() };
    assert!(codes(&maf::read(table.as_bytes(), &short).problems).contains(&"maf.size.limit"));
    let narrow = ReadOptions { max_columns: 4, ..ReadOptions::default() };
    assert!(maf::read(table.as_bytes(), &narrow).value.is_none());
    let lines = ReadOptions { max_line_bytes: 10, ..ReadOptions::default() };
    assert_eq!(codes(&maf::read(table.as_bytes(), &lines).problems), ["maf.line.too_long"]);
    let few = ReadOptions { max_tumours: 1, ..ReadOptions::default() };
    let two = format!("{header}\n1\t5\tA\tC\tT\n1\t5\tA\tC\tU\n");
    assert!(codes(&maf::read(two.as_bytes(), &few).problems).contains(&"maf.tumours.limit"));
    let one = ReadOptions { max_variants: 1, ..ReadOptions::default() };
    let (tumours, problems) = read_all(two.as_bytes(), &one);
    assert_eq!(variants(&tumours).count(), 1);
    assert!(codes(&problems).contains(&"maf.variants.limit"));
    let just = ReadOptions { max_variants: 2, ..ReadOptions::default() };
    assert!(!codes(&read_all(two.as_bytes(), &just).1).contains(&"maf.variants.limit"));
}

#[test]
fn compressed_and_plain_tables_are_the_same() {
    let plain = std::fs::read(golden::folder("maf/dialects").join("input.maf")).unwrap();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut gzip, &plain).unwrap();
    let expected = maf::read(&plain, &ReadOptions::default());
    for bytes in [gzip.finish().unwrap(), zstd::encode_all(&plain[..], 3).unwrap()] {
        assert_eq!(maf::read(&bytes, &ReadOptions::default()), expected);
        let cut = maf::read(&bytes[..bytes.len() / 2], &ReadOptions::default());
        assert!(codes(&cut.problems).contains(&"maf.read"), "{:?}", codes(&cut.problems));
    }
    let returns: Vec<u8> =
        plain.iter().map(|byte| if *byte == b'\n' { b'\r' } else { *byte }).collect();
    assert_eq!(maf::read(&returns, &ReadOptions::default()), expected);
}

/// Firehose spells them `p.ELREA746del`. Tumours with an in-frame deletion in exon 19 of EGFR were counted
/// by place: `awk -F'\t' '$1=="EGFR" && $6=="In_Frame_Del" && $4>=55242415 && $4<=55242513{t[$10]=1}'`.
#[test]
fn exon_19_deletions_are_read_from_oncotators_spelling() {
    let Some(bytes) = public("tcga/maf/LUAD.Firehose.maf.zst") else { return };
    let (tumours, _) = read_all(&bytes, &ReadOptions::default());
    let deleted = |variant: &ShortVariant| {
        variant.transcripts.iter().any(|transcript| {
            transcript.gene.as_ref().is_some_and(|gene| gene.as_str() == "EGFR")
                && matches!(
                    transcript.protein_change.as_ref().map(|p| (p, p.codons())),
                    Some((ProteinChange::Deletion { .. }, (729..=761, 729..=761)))
                )
        })
    };
    let carriers = tumours.iter().filter(|(_, r)| r.short_variants.iter().any(deleted)).count();
    assert_eq!(carriers, 23);
}
