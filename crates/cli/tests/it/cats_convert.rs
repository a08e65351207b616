//! `tsumugi cats convert` and `from-cbioportal`: what they write, and with which exit status.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Calls the binary and returns its exit status.
fn tsumugi(arguments: &[&str]) -> i32 {
    let output = Command::new(env!("CARGO_BIN_EXE_tsumugi")).args(arguments).output().unwrap();
    output.status.code().unwrap()
}

fn golden(path: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ingest/tests/golden");
    folder.join(path).display().to_string()
}

fn names(folder: &Path) -> BTreeSet<String> {
    let Ok(entries) = fs::read_dir(folder) else { return BTreeSet::new() };
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

fn text(path: &Path) -> String {
    PathBuf::from(path).into_os_string().into_string().unwrap()
}

/// A valid document on an assembly.
fn document(folder: &Path, assembly: &str) -> String {
    let path = folder.join(format!("{assembly}.json"));
    let document = serde_json::json!({
        "metaData": {"schemaVersion": "1.2.1", "referenceGenome": {"grcRelease": assembly}},
        "testInfo": {"testId": "T1", "testType": "tumor-only", "panelName": "P", "panelVersion": "1"},
        "sequencingSamples": [
            {"itemId": "s1", "tumorOrNormal": "tumor", "nucleicAcid": "DNA"}
        ],
        "variants": {"shortVariants": [{
            "itemId": "v1", "chromosome": "7", "position": 55_191_822,
            "referenceAllele": "T", "alternateAllele": "G", "alternateAlleleFrequency": 0.25,
            "transcripts": [{"transcriptId": "NM_005228.5", "transcriptDatabaseName": "RefSeq",
                "geneSymbol": "EGFR", "cdsChange": "c.2573T>G", "aminoAcidsChange": "p.L858R"}],
            "sampleItemId": "s1", "variantOrigin": "somatic", "reported": true
        }]}
    });
    fs::write(&path, document.to_string()).unwrap();
    text(&path)
}

#[test]
fn a_valid_file_converts_to_every_form() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let file = document(folder.path(), "GRCh38");
    let status =
        tsumugi(&["cats", "convert", &file, "--to", "vcf,bed,bedpe,json", "--out", &text(&out)]);
    assert_eq!(status, 0);
    let expected = [
        "copy_number_alteration.bed",
        "dna_except_fusion.json",
        "dna_fusion.bedpe",
        "expression.json",
        "other_biomarker.json",
        "reference_map.json",
        "rna_except_fusion.json",
        "rna_fusion.bedpe",
        "short_variant_germline.vcf",
        "short_variant_somatic.vcf",
    ];
    assert_eq!(names(&out), expected.map(str::to_owned).into());
    let vcf = fs::read_to_string(out.join("short_variant_somatic.vcf")).unwrap();
    assert!(vcf.ends_with("chr7\t55191822\t.\tT\tG\t.\t.\tAF=0.25;TRANSCRIPT=NM_005228.5\n"));

    let study = folder.path().join("study");
    let status = tsumugi(&["cats", "convert", &file, "--to", "cbioportal", "--out", &text(&study)]);
    assert_eq!(status, 0);
    assert!(names(&study.join("case_lists")).contains("cases_all.txt"));

    let back = folder.path().join("back.json");
    let arguments = ["cats", "from-cbioportal", &text(&study), "--out", &text(&back)];
    // Genes do not go through the VCF of a study, and CATS requires a transcript.
    assert_eq!(tsumugi(&[&arguments[..], &["--assembly", "GRCh38"]].concat()), 1);
    assert!(fs::read_to_string(&back).unwrap().contains("55191822"));
}

#[test]
fn nothing_is_written_of_what_cannot_be_converted() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let convert = |file: &str, more: &[&str]| {
        let arguments = ["cats", "convert", file, "--to", "vcf", "--out", &text(&out)];
        tsumugi(&[&arguments[..], more].concat())
    };
    let on_37 = document(folder.path(), "GRCh37");
    let on_38 = document(folder.path(), "GRCh38");
    assert_eq!(convert(&on_37, &[]), 1, "needs a chain");
    assert_eq!(convert(&golden("convert/rules/input.json"), &[]), 1, "breaks rules");
    assert_eq!(convert("/no/such/file", &[]), 2);
    assert_eq!(convert(&on_38, &["--cytoband", &on_38]), 2);
    assert_eq!(convert(&on_38, &["--reference", "/no/such.fa"]), 2);
    assert_eq!(names(&out), BTreeSet::new());
}

#[test]
fn a_study_with_broken_rows_is_written_and_said() {
    let folder = tempfile::tempdir().unwrap();
    let out = text(&folder.path().join("out.json"));
    let study = golden("cbioportal/study");
    assert_eq!(tsumugi(&["cats", "from-cbioportal", &study, "--out", &out]), 1);
    assert_eq!(names(folder.path()), ["out.json".to_owned()].into());
    let nowhere = text(&folder.path().join("nowhere.json"));
    assert_eq!(tsumugi(&["cats", "from-cbioportal", "/no/such", "--out", &nowhere]), 2);
    assert_eq!(names(folder.path()).len(), 1);
}
