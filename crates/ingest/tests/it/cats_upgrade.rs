//! The steps from version to version, beyond what the official sample shows.

use ingest::cats::{self, Document, ReadOptions, Version, document::Rearrangement};
use serde_json::{Value, json};

use crate::golden;

/// Returns a golden document, changed.
fn document(case: &str, change: impl FnOnce(&mut Value)) -> Document {
    let path = golden::folder(&format!("cats/accept/{case}")).join("input.json");
    let mut value: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    change(&mut value);
    let reading = cats::read(&serde_json::to_vec(&value).unwrap(), &ReadOptions::default());
    assert!(reading.is_valid(), "{:?}", reading.problems);
    reading.value.unwrap()
}

fn rearrangement(document: &Document) -> &Rearrangement {
    &document.rearrangements()[0]
}

/// Upgrades and returns the outcome with the codes of its problems.
fn upgrade(document: &Document, to: Version) -> (Option<Document>, Vec<String>) {
    let reading = cats::upgrade(document, to);
    let codes = reading.problems.iter().map(|problem| problem.code.to_string()).collect();
    (reading.value, codes)
}

#[test]
fn renames_the_frameshift_fusion_and_its_label() {
    let old = document("first_version_1.0", |value| {
        value["metaData"]["configOptions"] = json!({
            "typeLabelsInterpretedAsKbGeneFusion": ["rearrangementType: frameshift gene fusion"],
        });
    });
    let (new, codes) = upgrade(&old, Version::V1_1_0);
    let new = new.unwrap();
    assert_eq!(codes, [""; 0]);
    assert_eq!(rearrangement(&new).rearrangement_type, "gene fusion and frameshift variant");
    let options = new.meta_data.config_options.as_ref().unwrap();
    assert_eq!(
        options.type_labels_interpreted_as_kb_gene_fusion.as_deref().unwrap(),
        ["rearrangementType: gene fusion and frameshift variant"]
    );
}

#[test]
fn a_missing_patch_leaves_the_release_bare() {
    for patch in [json!(null), json!("")] {
        let old = document("first_version_1.0", |value| {
            value["metaData"]["referenceGenome"]["patch"] = patch;
        });
        let new = upgrade(&old, Version::V1_1_0).0.unwrap();
        assert_eq!(new.release(), Some("GRCh37"));
    }
}

#[test]
fn takes_the_last_of_several_samples_and_says_so() {
    let old = document("first_version_1.0", |value| {
        let list = value["sequencingSamples"].as_array_mut().unwrap();
        list.push(json!({"itemId": "s2", "tumorOrNormal": "tumor", "testMethod": "DNA-seq"}));
        list.push(json!({"itemId": "r", "tumorOrNormal": "tumor", "testMethod": "RNA-seq"}));
    });
    let (new, codes) = upgrade(&old, Version::V1_2_0);
    let new = new.unwrap();
    assert_eq!(codes, ["cats.upgrade.sample_ambiguous"]);
    assert_eq!(new.short_variants()[0].sample_item_id.as_deref(), Some("s2"));
    assert_eq!(rearrangement(&new).sample_item_id.as_deref(), Some("r"));
}

#[test]
fn a_pair_that_fits_no_breakend_is_left_out_and_reported() {
    let old = document("first_version_1.0", |value| {
        // Only reported items must have fitting pairs.
        value["variants"]["rearrangements"][0]["reported"] = json!(false);
        value["variants"]["rearrangements"][0]["genePairs"] = json!(["ROS1-HLA-A", "A-B"]);
    });
    let (new, codes) = upgrade(&old, Version::V1_2_0);
    let pairs = rearrangement(&new.unwrap()).ordered_gene_pairs.clone().unwrap();
    assert_eq!(pairs, [[Some(String::from("ROS1")), Some(String::from("HLA-A"))]]);
    assert!(codes.contains(&String::from("cats.upgrade.pair_lost")), "{codes:?}");
}

#[test]
fn renames_the_unit_of_copy_number() {
    let old = document("fraction_depth_1.2.0", |value| {
        value["variants"]["shortVariants"][0]["alternateAlleleReadDepth"] = json!(16.0);
    });
    let (new, codes) = upgrade(&old, Version::V1_3_0);
    assert_eq!(codes, [""; 0]);
    let metrics = new.unwrap().copy_number_alterations()[0].copy_number_metrics.clone();
    assert_eq!(metrics.unwrap()[0].unit, "copy number");
}

#[test]
fn never_goes_back_and_stands_still_without_loss() {
    let document = document("every_member_1.2.1", |_| {});
    assert_eq!(upgrade(&document, Version::V1_2_0), (None, vec!["cats.upgrade.older".to_owned()]));
    assert_eq!(upgrade(&document, Version::V1_2_1), (Some(document.clone()), Vec::new()));
}
