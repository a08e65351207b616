//! Every report is as `report.schema.json` says.

use care::report::{json::REPORT_SCHEMA, to_json};

use crate::case::{Case, NAMES};

#[test]
fn every_report_follows_the_schema() {
    let schema: serde_json::Value = serde_json::from_str(REPORT_SCHEMA).unwrap();
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    for name in NAMES {
        let report: serde_json::Value =
            serde_json::from_slice(&to_json(&Case::read(name).report())).unwrap();
        let errors: Vec<String> = validator
            .iter_errors(&report)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{name}: {errors:#?}");
    }
}

#[test]
fn the_schema_refuses_what_is_not_a_report() {
    let schema: serde_json::Value = serde_json::from_str(REPORT_SCHEMA).unwrap();
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    let good: serde_json::Value =
        serde_json::from_slice(&to_json(&Case::read("lung_tumour_only").report())).unwrap();
    let spoil: [fn(&mut serde_json::Value); 4] = [
        |report| report["ninthSection"] = 9.into(),
        |report| report["findings"]["alterations"][0]["highestLevel"] = "Z".into(),
        |report| report["references"][0]["number"] = 0.into(),
        |report| report["disclaimer"]["cautions"][0]["text"]["ja"] = serde_json::Value::Null,
    ];
    for change in spoil {
        let mut bad = good.clone();
        change(&mut bad);
        assert!(!validator.is_valid(&bad));
    }
}
