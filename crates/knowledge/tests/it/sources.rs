//! Sources with broken lines.

use knowledge::{
    Release,
    build::{Draft, SourceFile, SourceKind},
};

const CIVIC: &str = "id\tmolecular_profile\tgene\tvariant\tdisease\tdoid\ttherapies\ttherapy_interaction_type\tevidence_level\tevidence_type\tevidence_direction\tsignificance\tcitation_id\tcitation_source_type\n";

fn codes(kind: SourceKind, bytes: &[u8]) -> (Vec<(String, Option<u64>)>, u64, u64) {
    let mut draft = Draft::new();
    draft.add(&SourceFile::new(kind, "source", bytes));
    let found = draft
        .problems()
        .iter()
        .map(|found| (found.problem.code.to_string(), found.problem.place.line))
        .collect();
    for found in draft.problems() {
        let (message, remedy) = (&found.problem.message, &found.problem.remedy);
        for text in [message, remedy] {
            assert!(!text.ja.is_empty() && !text.en.is_empty());
        }
    }
    let files = draft.finish("x", "1");
    assert!(Release::from_files(&files).is_ok(), "what is kept can be read");
    let source = &files.manifest.sources[0];
    (found, source.records, source.skipped)
}

#[test]
fn broken_civic_lines_are_left_out_and_told_with_their_line() {
    let good = |id: &str| {
        format!(
            "{id}\tEGFR L858R\tEGFR\tL858R\tLung Adenocarcinoma\t3910\tErlotinib\t\tA\tPredictive\tSupports\tSensitivity/Response\t1\tPubMed\n"
        )
    };
    let mut bytes = Vec::from(CIVIC);
    bytes.extend(good("1").bytes());
    bytes.extend(b"2\tEGFR L858R\tEGFR\n");
    bytes.extend(good("3").replace("\tA\t", "\tZ\t").bytes());
    bytes.extend(good("1").bytes());
    bytes.extend(b"4\tEGFR \xff\xfe\tEGFR\n");
    bytes.extend(good("x5").bytes());
    bytes.extend(good("6").replace("EGFR L858R", "EGFR Sparkle Motion").bytes());
    bytes.extend(good("7").replace("3910", "99").replace("Lung Adeno", "Unheard-of ").bytes());
    bytes.extend(good("8").replace("Supports", "Maybe").bytes());
    let (mut found, records, skipped) = codes(SourceKind::Civic, &bytes);
    found.sort_by_key(|(_, line)| *line);
    let expected = [
        ("knowledge.line.cells", 3),
        ("knowledge.value.unknown", 4),
        ("knowledge.record.duplicate", 5),
        ("knowledge.line.encoding", 6),
        ("knowledge.value.unknown", 7),
        ("knowledge.biomarker.not_understood", 8),
        ("knowledge.tumour.no_code", 9),
        ("knowledge.value.unknown", 10),
    ];
    let expected: Vec<_> =
        expected.iter().map(|(code, line)| ((*code).to_owned(), Some(*line))).collect();
    assert_eq!(found, expected);
    assert_eq!((records, skipped), (3, 6));
}

#[test]
fn a_table_without_its_columns_is_not_used() {
    let (found, records, _) = codes(SourceKind::Civic, b"id\tname\n1\tx\n");
    assert_eq!(found, [("knowledge.column.missing".to_owned(), Some(1))]);
    assert_eq!(records, 0);
    for kind in [
        SourceKind::Hotspots,
        SourceKind::Panels,
        SourceKind::Approvals,
        SourceKind::SecondaryFindings,
        SourceKind::Drugs,
        SourceKind::Genes,
        SourceKind::Evidence,
        SourceKind::TumourTypes,
    ] {
        for bytes in [&b""[..], b"\0\0\0", b"\xff\xff", b"a\tb\n\t\n", b"\xef\xbb\xbf"] {
            let (found, records, _) = codes(kind, bytes);
            assert!(records == 0 && !found.is_empty(), "{kind:?} {found:?}");
        }
    }
}

#[test]
fn oncotree_of_any_shape_is_read_as_far_as_it_goes() {
    let code = |bytes: &[u8]| codes(SourceKind::OncoTree, bytes).0.first().cloned();
    assert_eq!(code(b"{").map(|c| c.0).as_deref(), Some("knowledge.file.json"));
    assert_eq!(code(b"[]").map(|c| c.0).as_deref(), Some("knowledge.json.shape"));
    let tree = r#"{"TISSUE":{"code":"TISSUE","name":"Tissue","children":{
        "LUNG":{"code":"LUNG","name":"Lung","tissue":"Lung","children":{"X":{"name":"no code"}}}}}}"#;
    let (found, records, skipped) = codes(SourceKind::OncoTree, tree.as_bytes());
    assert_eq!((found.len(), records, skipped), (1, 1, 1));
    let deep = format!("{}{}", r#"{"a":"#.repeat(5000), "}".repeat(5000));
    assert!(code(deep.as_bytes()).is_some());
    let nested = (0..60).fold("{}".to_owned(), |inner, at| {
        format!(r#"{{"C{at}":{{"code":"C{at}","name":"n","children":{inner}}}}}"#)
    });
    assert_eq!(code(nested.as_bytes()).map(|c| c.0).as_deref(), Some("knowledge.json.shape"));
}

#[test]
fn both_dates_of_oncotree_and_every_hotspot_and_panel_table_are_read() {
    for (kind, file, at_least) in [
        (SourceKind::OncoTree, "oncotree/oncotree_2021_11_02.json", 880),
        (SourceKind::OncoTree, "oncotree/oncotree_2025_10_03.json", 890),
        (SourceKind::Panels, "panels/gene_panels.tsv", 170),
        (SourceKind::Hotspots, "hotspots/hotspots_v2_and_3d_grch37.tsv.gz", 3000),
        (SourceKind::Hotspots, "hotspots/cancerhotspots_v2_GRCh37.tsv.gz", 900),
    ] {
        let Some(path) = testkit::public_data::path(file) else { return };
        let (found, records, skipped) = codes(kind, &std::fs::read(path).unwrap());
        assert!(records >= at_least && skipped == 0, "{file}: {records} {skipped} {found:?}");
    }
}
