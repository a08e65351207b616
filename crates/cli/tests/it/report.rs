//! `tsumugi report`: formats, exit statuses, and positions lifted where a chain is given.

use std::{
    collections::BTreeSet,
    fs,
    path::Path,
    process::{Command, Output},
};

use serde_json::Value;

/// The eight sections, as the JSON form names them.
const SECTIONS: [&str; 8] = [
    "basicItems",
    "candidateTrials",
    "disclaimer",
    "evidenceLevelDefinitions",
    "findings",
    "geneDetails",
    "references",
    "softwareVersions",
];

/// A stretch of 7 that moves 100 bases on: our own, and not the real chain.
const CHAIN: &str =
    "chain 1000 chr7 159138663 + 0 1000000 chr7 159345973 + 100 1000100 1\n1000000\n\n";

fn report(input: &Path, output: &Path, more: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tsumugi"));
    command.arg("report").arg(input).args(["--tumour-type", "LUAD", "-o"]).arg(output);
    command.args(more).output().unwrap()
}

/// A result on GRCh37 with EGFR L858R, at a place that our chain covers.
fn document() -> Value {
    serde_json::json!({
        "metaData": {"schemaVersion": "1.2.1", "referenceGenome": {"grcRelease": "GRCh37"}},
        "testInfo": {
            "testId": "SYN-9", "testType": "tumor-only",
            "panelName": "Synthetic Panel 50", "panelVersion": "1.0"
        },
        "variants": {"shortVariants": [{
            "itemId": "v1", "chromosome": "7", "position": 5000,
            "referenceAllele": "T", "alternateAllele": "G", "alternateAlleleFrequency": 0.3,
            "transcripts": [{
                "transcriptId": "NM_005228.5", "transcriptDatabaseName": "RefSeq",
                "geneSymbol": "EGFR", "cdsChange": "c.2573T>G", "aminoAcidsChange": "L858R",
                "calculatedEffects": ["missense_variant"]
            }],
            "sampleItemId": "s1", "variantOrigin": "somatic", "reported": true
        }]},
        "sequencingSamples": [{"itemId": "s1", "tumorOrNormal": "tumor", "nucleicAcid": "DNA"}]
    })
}

#[test]
fn json_has_eight_sections_and_names_the_assembly_it_was_lifted_to() {
    let folder = tempfile::tempdir().unwrap();
    let (input, output) = (folder.path().join("r.cats"), folder.path().join("r.json"));
    let chain = folder.path().join("own.chain");
    fs::write(&input, document().to_string()).unwrap();
    fs::write(&chain, CHAIN).unwrap();

    let assembly = |more: &[&str]| {
        let run = report(&input, &output, more);
        assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
        let report: Value = serde_json::from_slice(&fs::read(&output).unwrap()).unwrap();
        let keys: BTreeSet<&str> = report.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(keys, BTreeSet::from(SECTIONS));
        assert!(report["findings"].to_string().contains("EGFR p.Leu858Arg"));
        report["basicItems"].to_string()
    };
    assert!(assembly(&[]).contains("GRCh37"));
    let lifted = assembly(&["--chain", chain.to_str().unwrap()]);
    assert!(lifted.contains("GRCh38"), "{lifted}");
}

#[test]
fn the_same_input_gives_the_same_page_and_bad_input_gives_none() {
    let folder = tempfile::tempdir().unwrap();
    let (input, output) = (folder.path().join("r.cats"), folder.path().join("r.html"));
    fs::write(&input, document().to_string()).unwrap();
    let page = || {
        let run = report(&input, &output, &["--format", "html", "--lang", "en"]);
        assert!(run.status.success());
        fs::read(&output).unwrap()
    };
    assert_eq!(page(), page());

    let mut broken = document();
    broken["variants"]["shortVariants"][0]["position"] = 0.into();
    fs::write(&input, broken.to_string()).unwrap();
    fs::remove_file(&output).unwrap();
    assert_eq!(report(&input, &output, &[]).status.code(), Some(1));
    fs::write(&input, "{").unwrap();
    assert_eq!(report(&input, &output, &[]).status.code(), Some(2));
    assert!(!output.try_exists().unwrap());
}
