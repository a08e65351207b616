//! cBioPortal studies, both ways, against the official converter's public samples.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use crate::golden;
use ingest::{
    cats::{self, Document},
    cbioportal::{ReadStudyOptions, read_study, study_files, write_study},
};

fn document(relative: &str) -> Option<Document> {
    let path = testkit::public_data::path(relative)?;
    cats::read(&std::fs::read(path).unwrap(), &cats::ReadOptions::default()).value
}

fn options() -> ReadStudyOptions {
    ReadStudyOptions {
        panel_name: "testPanel".to_owned(),
        panel_version: "1.0".to_owned(),
        ..ReadStudyOptions::default()
    }
}

#[test]
fn a_study_becomes_the_official_document() {
    let Some(folder) = testkit::public_data::path("cats/cBioPortal2cats/input") else { return };
    let reading = read_study(&folder, &options());
    let ours: serde_json::Value =
        serde_json::from_slice(&cats::write(&reading.value.unwrap())).unwrap();
    let official = folder.join("../output/output_cats_format.json");
    let official: serde_json::Value =
        serde_json::from_slice(&std::fs::read(official).unwrap()).unwrap();
    assert_eq!(ours, official);
    let codes: Vec<&str> = reading.problems.iter().map(|p| p.code.as_ref()).collect();
    assert_eq!(
        codes,
        ["cbioportal.study.several", "cbioportal.frequency.absent", "cbioportal.frequency.absent"]
    );
}

/// Meta files and case lists as key and value, tables as rows of fields.
fn parsed(name: &str, text: &str) -> BTreeSet<Vec<String>> {
    let is_pairs = name.contains("meta_") || name.contains("case_lists");
    let fields = |line: &str| -> Vec<String> {
        if is_pairs {
            line.splitn(2, ':').map(|part| part.trim().to_owned()).collect()
        } else {
            line.split('\t').map(str::to_owned).collect()
        }
    };
    text.lines()
        .enumerate()
        .map(|(at, line)| {
            let mut row = fields(line);
            // Rows keep their order, pairs need none.
            if !is_pairs {
                row.insert(0, at.to_string());
            }
            row
        })
        .collect()
}

fn files_below(folder: &Path, prefix: &str, found: &mut BTreeMap<String, String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            files_below(&entry.path(), &format!("{name}/"), found);
        } else {
            found.insert(name, std::fs::read_to_string(entry.path()).unwrap());
        }
    }
}

#[test]
fn a_document_becomes_the_official_study() {
    let Some(document) = document("cats/cats2cBioPortal/input/input_cats_format.json") else {
        return;
    };
    let official = testkit::public_data::path("cats/cats2cBioPortal/output").unwrap();
    let (mut expected, mut written) = (BTreeMap::new(), BTreeMap::new());
    files_below(&official, "", &mut expected);
    let folder = tempfile::tempdir().unwrap();
    let notes = write_study(&document, folder.path()).unwrap();
    files_below(folder.path(), "", &mut written);
    assert_eq!(written.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
    assert_eq!(written.len(), 19);
    for (name, text) in &expected {
        assert_eq!(parsed(name, &written[name]), parsed(name, text), "{name}");
    }
    let codes: Vec<&str> = notes.iter().map(|note| note.code.as_ref()).collect();
    assert_eq!(codes, ["cbioportal.write.hg19", "cbioportal.write.vcf"]);
}

#[test]
fn what_a_study_can_hold_survives_the_round_trip() {
    let Some(before) = document("cats/cats2cBioPortal/input/input_cats_format.json") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    write_study(&before, folder.path()).unwrap();
    let after = read_study(folder.path(), &options()).value.unwrap();

    let places = |document: &Document| -> Vec<(String, String, String, String)> {
        let place = |v: &cats::document::ShortVariant| {
            let (reference, alternate) = (v.reference_allele.clone(), v.alternate_allele.clone());
            (v.chromosome.clone(), v.position.to_string(), reference, alternate)
        };
        document.short_variants().iter().map(place).collect()
    };
    assert_eq!(places(&after), places(&before));
    let copies = |document: &Document| -> Vec<(String, Option<String>)> {
        let copy = |a: &cats::document::CopyNumberAlteration| {
            let gene = a.transcripts[0].gene_symbol.text().map(str::to_owned);
            (a.copy_number_alteration_type.clone(), gene)
        };
        document.copy_number_alterations().iter().map(copy).collect()
    };
    assert_eq!(copies(&after), copies(&before));
    let rearrangements = |document: &Document| -> Vec<(String, Vec<String>)> {
        let one = |r: &cats::document::Rearrangement| {
            let ends = r.breakends.iter().map(|end| {
                let gene = end.transcripts[0].gene_symbol.text().unwrap_or_default();
                format!("{}:{} {gene}", end.chromosome, end.start_position)
            });
            (r.rearrangement_type.clone(), ends.collect())
        };
        document.rearrangements().iter().map(one).collect()
    };
    assert_eq!(rearrangements(&after), rearrangements(&before));
    let markers = |document: &Document| -> Vec<(String, String)> {
        let one = |m: &cats::document::OtherBiomarker| {
            let value = m.biomarker_metrics.as_ref().unwrap()[0].value.to_string();
            (m.biomarker_type.clone(), value)
        };
        document.biomarkers().iter().map(one).collect()
    };
    assert_eq!(markers(&after), markers(&before));
    let expressions = |document: &Document| -> Vec<(Option<String>, String)> {
        let one = |e: &cats::document::Expression| {
            let gene = e.transcripts[0].gene_symbol.text().map(str::to_owned);
            (gene, e.expression_level_metrics[0].value.to_string())
        };
        document.gene_expressions().iter().map(one).collect()
    };
    assert_eq!(expressions(&after), expressions(&before));
}

#[test]
fn a_folder_without_a_study_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let reading = read_study(folder.path(), &options());
    assert!(reading.value.is_none());
    assert_eq!(reading.problems[0].code, "cbioportal.study.absent");
    let reading = read_study(&folder.path().join("nowhere"), &options());
    assert_eq!(reading.problems[0].code, "cbioportal.read");
}

#[test]
fn no_text_of_a_document_breaks_a_table() {
    let document: Document = serde_json::from_value(serde_json::json!({
        "metaData": {"schemaVersion": "1.2.0", "referenceGenome": {"grcRelease": "GRCh38"}},
        "testInfo": {"testId": "a\tb\nc", "testType": "tumor-only", "panelName": "p", "panelVersion": "1"},
        "variants": {"copyNumberAlterations": [{
            "itemId": "v1", "copyNumberAlterationType": "amplification",
            "transcripts": [{"geneSymbol": "MY\tCN\n"}], "reported": true
        }]}
    }))
    .unwrap();
    let files = study_files(&document).value.unwrap();
    let table = files.iter().find(|file| file.path == "data_cna_discrete.txt").unwrap();
    let text = String::from_utf8(table.bytes.clone()).unwrap();
    assert_eq!(text, "Hugo_Symbol\tEntrez_Gene_Id\ta b c\nMY CN \t\t2\n");
}

#[test]
fn a_small_study_reads_as_accepted() {
    let case = "cbioportal/study";
    let reading = read_study(&golden::folder(case), &options());
    let value = serde_json::json!({
        "document": reading.value.unwrap(),
        "problems": reading.problems,
    });
    golden::check(&format!("{case}/expected"), "document.json", &format!("{value:#}\n"));
}
