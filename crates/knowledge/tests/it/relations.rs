//! How the patient's tumour type stands to the evidence's.

use knowledge::{
    Release,
    build::{Draft, SourceFile, SourceKind},
};
use model::{evidence::TumourRelation, tumour::TumourTypeCode};

use crate::results::{copies, result, variant};

fn release() -> Release {
    let mut draft = Draft::starter();
    let header = "id\tgene\tbiomarker\ttumour_codes\tdrugs\tevidence_type\tsignificance\tdirection\tstrength\treferences\n";
    let rows: String = [
        ("X1", "NSCLC"),
        ("X2", "LUAD"),
        ("X3", "COADREAD"),
        ("X4", ""),
        ("X5", "!COADREAD"),
        ("X6", "*haematological"),
        ("X7", "NOSUCHCODE"),
        ("X8", "*any"),
    ]
    .iter()
    .map(|(id, codes)| {
        format!("{id}\tEGFR\tEGFR L858R\t{codes}\tosimertinib\tpredictive\tsensitivity\tsupports\tclinical\tPMID:1\n")
    })
    .collect();
    let table = format!("{header}{rows}");
    draft.add(&SourceFile::new(SourceKind::Evidence, "own.tsv", table.as_bytes()));
    assert_eq!(draft.problems(), &[]);
    Release::from_files(&draft.finish("own", "1")).unwrap()
}

fn relations(tumour: Option<&str>) -> Vec<(String, TumourRelation, bool)> {
    let release = release();
    let tumour = tumour.map(TumourTypeCode::new);
    let result = variant(result(), "EGFR", "L858R");
    let annotation = release.annotate(&result, tumour.as_ref());
    let mut found: Vec<_> = annotation.findings[0]
        .matches
        .iter()
        .filter(|found| found.evidence.id.starts_with('X'))
        .map(|found| (found.evidence.id.clone(), found.relation, found.narrower))
        .collect();
    found.sort_by(|a, b| a.0.cmp(&b.0));
    found
}

#[test]
fn follows_the_hierarchy_up_and_not_down() {
    use TumourRelation::{Ancestor, Other, Same};
    let expected = |relations: [(TumourRelation, bool); 8]| {
        (1..).zip(relations).map(|(at, (r, n))| (format!("X{at}"), r, n)).collect::<Vec<_>>()
    };
    let plain = |relation| (relation, false);
    assert_eq!(
        relations(Some("LUAD")),
        expected([
            plain(Ancestor),
            plain(Same),
            plain(Other),
            plain(Ancestor),
            plain(Ancestor),
            plain(Other),
            plain(Other),
            plain(Ancestor)
        ])
    );
    // Evidence for a narrower type than the patient's counts as another type, and says so.
    assert_eq!(
        relations(Some("NSCLC"))[..2],
        expected([
            plain(Same),
            (Other, true),
            plain(Other),
            plain(Other),
            plain(Other),
            plain(Other),
            plain(Other),
            plain(Other)
        ])[..2]
    );
    // A type that is left out is left out with what lies below it.
    assert_eq!(relations(Some("COAD"))[4].1, Other);
    assert_eq!(relations(Some("COAD"))[3].1, Ancestor);
    // Solid is not blood.
    assert_eq!(relations(Some("AML"))[3].1, Other);
    assert_eq!(relations(Some("AML"))[5].1, Ancestor);
}

#[test]
fn an_unknown_tumour_is_neither_this_nor_another() {
    for tumour in [None, Some("NOSUCHCODE")] {
        assert!(
            relations(tumour).iter().all(|(_, relation, _)| *relation == TumourRelation::Unknown)
        );
    }
}

#[test]
fn a_subtype_must_be_shown_by_its_biomarker() {
    let Some(files) = crate::civic::full_files() else { return };
    let release = Release::from_files(files).unwrap();
    let breast = TumourTypeCode::new("IDC");
    let relation_of = |result: &model::result::TestResult| {
        let annotation = release.annotate(result, Some(&breast));
        annotation
            .findings
            .iter()
            .flat_map(|finding| &finding.matches)
            .find(|found| found.evidence.doid.as_deref() == Some("0060079"))
            .map(|found| found.relation)
    };
    let mutated = variant(result(), "PIK3CA", "H1047R");
    assert_eq!(relation_of(&mutated), Some(TumourRelation::Unknown));
    let both = copies(mutated, "ERBB2", model::alteration::CopyNumberKind::Amplification);
    assert_eq!(relation_of(&both), Some(TumourRelation::Ancestor));
}
