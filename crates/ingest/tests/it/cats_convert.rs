//! Conversions give the same content as the official converter's public samples.

use std::{collections::BTreeMap, path::PathBuf};

use ingest::cats::{
    self,
    convert::{Cytobands, Helpers, OutputFile, Target, convert},
};
use model::problem::Problem;

use crate::golden;

/// The bands that the samples' fusions lie in, in the form of UCSC's table.
const BANDS: &str = "chr2\t0\t4400000\tp25.3\tgneg\n\
    chr2\t27700000\t29800000\tp23.2\tgpos25\n\
    chr2\t41500000\t47500000\tp21\tgpos50\n\
    chr14\t0\t3700000\tp13\tgneg\n";

fn sample(folder: &str, file: &str) -> Option<PathBuf> {
    testkit::public_data::path(&format!("cats/c-cat/{folder}/{file}"))
}

fn text(folder: &str, file: &str) -> Option<String> {
    sample(folder, file).map(|path| std::fs::read_to_string(path).unwrap())
}

fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap()
}

fn converted(
    folder: &str,
    targets: &[Target],
) -> Option<(BTreeMap<&'static str, String>, Vec<Problem>)> {
    let input = sample(folder, "input/input_cats_format.json")?;
    let read = cats::read(&std::fs::read(input).unwrap(), &cats::ReadOptions::default());
    let bands = Cytobands::read(BANDS).unwrap();
    let helpers = Helpers {
        reference_name: Some("GRCh38.d1.vd1.fa"),
        cytobands: Some(&bands),
        ..Helpers::default()
    };
    let reading = convert(&read.value.unwrap(), targets, &helpers);
    let files = reading.value.unwrap();
    let named = |file: OutputFile| (file.name, String::from_utf8(file.bytes).unwrap());
    Some((files.into_iter().map(named).collect(), reading.problems))
}

/// Splits a VCF into its contigs, its other header lines (sorted) and its records.
fn vcf_parts(text: &str) -> (Vec<&str>, Vec<&str>, Vec<&str>) {
    let contigs = text.lines().filter(|line| line.starts_with("##contig")).collect();
    let mut header: Vec<&str> = text
        .lines()
        .filter(|line| line.starts_with('#') && !line.starts_with("##contig"))
        .collect();
    header.sort_unstable();
    (contigs, header, text.lines().filter(|line| !line.starts_with('#')).collect())
}

#[test]
fn short_variants_equal_the_official_vcf() {
    let Some((files, problems)) = converted("short_variants", &[Target::Vcf]) else { return };
    assert!(problems.is_empty());
    for origin in ["somatic", "germline"] {
        let name = format!("output/output_short_variant_{origin}.vcf");
        let official = text("short_variants", &name).unwrap();
        let (official_contigs, official_header, official_records) = vcf_parts(&official);
        let ours = &files[format!("short_variant_{origin}.vcf").as_str()];
        let (contigs, header, records) = vcf_parts(ours);
        assert_eq!(records, official_records);
        assert_eq!(header, official_header);
        assert_eq!(contigs, official_contigs[..25], "the main contigs, with their lengths");
    }
    let map = text("short_variants", "output/output_reference_map.json").unwrap();
    assert_eq!(json(&files["reference_map.json"]), json(&map));
}

#[test]
fn contigs_come_from_the_index_where_it_is_given() {
    let Some(official) = text("short_variants", "output/output_short_variant_somatic.vcf") else {
        return;
    };
    // An index made of the official header's own contigs gives the whole file back, byte for byte.
    let index: String = vcf_parts(&official)
        .0
        .iter()
        .map(|line| {
            let (name, length) = line
                .trim_start_matches("##contig=<ID=")
                .trim_end_matches('>')
                .split_once(",length=")
                .unwrap();
            format!("{name}\t{length}\t0\t60\t61\n")
        })
        .collect();
    let contigs = cats::convert::read_index(&index).unwrap();
    assert_eq!(contigs.len(), 2779);
    let input = sample("short_variants", "input/input_cats_format.json").unwrap();
    let read = cats::read(&std::fs::read(input).unwrap(), &cats::ReadOptions::default());
    let helpers = Helpers {
        reference_name: Some("GRCh38.d1.vd1.fa"),
        contigs: Some(&contigs),
        ..Helpers::default()
    };
    let files = convert(&read.value.unwrap(), &[Target::Vcf], &helpers).value.unwrap();
    assert_eq!(String::from_utf8(files[0].bytes.clone()).unwrap(), official);
}

#[test]
fn copy_numbers_equal_the_official_bed() {
    let Some((files, problems)) = converted("copy_number_alterations", &[Target::Bed]) else {
        return;
    };
    assert!(problems.is_empty());
    let folder = "copy_number_alterations";
    let bed = text(folder, "output/output_copy_number_alteration.bed").unwrap();
    assert_eq!(files["copy_number_alteration.bed"], bed);
    let map = text(folder, "output/output_reference_map.json").unwrap();
    assert_eq!(json(&files["reference_map.json"]), json(&map));
}

#[test]
fn rearrangements_equal_the_official_bedpe_and_json() {
    let targets = [Target::Bedpe, Target::Json];
    let Some((files, problems)) = converted("rearrangements", &targets) else { return };
    assert!(problems.is_empty());
    for molecule in ["dna", "rna"] {
        let name = format!("output/output_{molecule}_fusion.bedpe");
        let bedpe = text("rearrangements", &name).unwrap();
        assert_eq!(files[format!("{molecule}_fusion.bedpe").as_str()], bedpe);
        let name = format!("output/output_{molecule}_except_fusion.json");
        let official = text("rearrangements", &name).unwrap();
        assert_eq!(
            json(&files[format!("{molecule}_except_fusion.json").as_str()]),
            json(&official)
        );
    }
    let map = text("rearrangements", "output/output_reference_map.json").unwrap();
    assert_eq!(json(&files["reference_map.json"]), json(&map));
}

#[test]
fn expressions_and_biomarkers_equal_the_official_json() {
    for (folder, official, ours) in [
        ("expressions", "output/output_expression.json", "expression.json"),
        ("other_biomarkers", "output/output_other_biomarker.json", "other_biomarker.json"),
    ] {
        let Some((files, problems)) = converted(folder, &[Target::Json]) else { return };
        assert!(problems.is_empty());
        assert_eq!(json(&files[ours]), json(&text(folder, official).unwrap()));
    }
}

fn own(case: &str) -> cats::Document {
    let path = golden::folder(case).join("input.json");
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// Checks every converted file but the VCF's contigs, and the problems.
fn check(case: &str, files: Vec<OutputFile>, problems: &[Problem]) {
    let mut text = String::new();
    for file in files {
        text.push_str(&format!("== {}\n", file.name));
        for line in String::from_utf8(file.bytes).unwrap().lines() {
            if !line.starts_with("##contig") {
                text.push_str(line);
                text.push('\n');
            }
        }
    }
    for problem in problems {
        text.push_str(&format!(
            "! {} {} {}\n",
            problem.code, problem.place.pointer, problem.message.en
        ));
    }
    golden::check(case, "expected.txt", &text);
}

#[test]
fn our_own_rules_convert_as_accepted() {
    let case = "convert/rules";
    let reading = convert(&own(case), &Target::ALL, &Helpers::default());
    check(case, reading.value.unwrap(), &reading.problems);
}

#[test]
fn a_document_on_grch37_is_lifted_or_refused() {
    let case = "convert/lifted";
    let refused = convert(&own(case), &Target::ALL, &Helpers::default());
    assert!(refused.value.is_none());
    assert_eq!(refused.problems[0].code, "cats.convert.assembly");

    let chain = std::fs::read(golden::folder(case).join("small.chain")).unwrap();
    let chain = ingest::lift::Chain::read(&chain[..]).unwrap();
    let (lifted, mut problems) = cats::convert::lift_document(own(case), &chain);
    let reading = convert(&lifted, &Target::ALL, &Helpers::default());
    problems.extend(reading.problems);
    check(case, reading.value.unwrap(), &problems);
}

/// The samples are on GRCh37 and refused so; labelled GRCh38, which is enough for counting, all is converted.
#[test]
fn every_aggregation_sample_converts_whole() {
    let Some(root) = testkit::public_data::path("cats/aggregation/input") else { return };
    let mut totals = [0_usize; 4];
    for folder in std::fs::read_dir(root).unwrap() {
        for file in std::fs::read_dir(folder.unwrap().path()).unwrap() {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            let mut document = cats::read(&bytes, &cats::ReadOptions::default()).value.unwrap();
            let refused = convert(&document, &Target::ALL, &Helpers::default());
            assert!(refused.value.is_none(), "all of them are on GRCh37");
            document.meta_data.reference_genome.grc_release = Some("GRCh38".to_owned());
            let reading = convert(&document, &Target::ALL, &Helpers::default());
            assert!(reading.problems.is_empty(), "{:?}", reading.problems);
            let files: BTreeMap<&str, String> = reading
                .value
                .unwrap()
                .into_iter()
                .map(|file| (file.name, String::from_utf8(file.bytes).unwrap()))
                .collect();
            let rows = |names: [&str; 2]| {
                let lines = names.into_iter().flat_map(|name| files[name].lines());
                lines.filter(|line| !line.starts_with('#')).count()
            };
            let short = rows(["short_variant_somatic.vcf", "short_variant_germline.vcf"]);
            let reported = document.short_variants().iter().filter(|v| v.reported).count();
            assert_eq!(short, reported);
            totals[0] += 1;
            totals[1] += short;
            totals[2] += files["copy_number_alteration.bed"].lines().count();
            totals[3] += rows(["dna_fusion.bedpe", "rna_fusion.bedpe"]);
        }
    }
    // Counted by hand in the samples' JSON: reported items by kind, all rearrangements being fusions.
    assert_eq!(totals, [18, 254, 64, 7]);
}
