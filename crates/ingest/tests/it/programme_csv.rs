//! Tables of the programme registry: the example files, round trips, and input that is broken.

use std::{collections::BTreeSet, fs, path::PathBuf};

use ingest::programme_csv::{Merging, ProgrammeTable, read, write};
use model::{
    gene::GeneSymbol,
    organisation::OrganisationCode,
    problem::{Severity, has_error},
    programme::{
        Designation, DesignationHistory, DesignationKind, Hospital, Laboratory, LaboratoryKind,
        LaboratoryPaper, Link, LinkHistory, PanelProduct, PanelVersion, PaperKind, Period,
        Prefecture, Registry, ReportedThing, Requirement, RequirementChecklist, RequirementFinding,
        RequirementState, SampleKind,
    },
    text::LocalizedText,
};
use proptest::prelude::*;

fn merged(base: Registry, files: &[Vec<u8>]) -> Registry {
    let mut merging = Merging::onto(base);
    for bytes in files {
        let reading = read(bytes);
        assert!(!has_error(&reading.problems), "{:?}", reading.problems);
        let problems = merging.merge(&reading.value.unwrap());
        assert!(problems.is_empty(), "{problems:?}");
    }
    merging.finish()
}

fn example(name: &str) -> Vec<u8> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../examples/programme");
    fs::read(root.join(name)).unwrap()
}

#[test]
fn the_examples_hold_33_hubs_and_45_core_and_hub_hospitals_and_not_the_garbled_list() {
    let hubs = ["hubs_2021-02/hospitals.csv", "hubs_2021-02/designations.csv"].map(example);
    let hubs = merged(Registry::default(), &hubs);
    let day = "2021-02-01".parse().unwrap();
    assert_eq!(hubs.hospitals.len(), 33);
    assert_eq!(hubs.counts(day), [(DesignationKind::Hub, 33)].into());
    assert!(hubs.hospitals.values().all(|hospital| hospital.prefecture.is_some()));
    // Nothing is said of the time before the list.
    let before = "2020-01-01".parse().unwrap();
    assert_eq!(hubs.counts(before), [].into());

    let later = ["core_and_hub_2025-06/hospitals.csv", "core_and_hub_2025-06/designations.csv"];
    let alone = merged(Registry::default(), &later.map(example));
    let day_later = "2025-06-01".parse().unwrap();
    assert_eq!(alone.hospitals.len(), 45);
    assert_eq!(alone.counts(day_later), [(DesignationKind::Unknown, 45)].into());

    let both = merged(hubs, &later.map(example));
    assert_eq!(both.hospitals.len(), 52, "26 hospitals are in both lists");
    assert_eq!(both.counts(day)[&DesignationKind::Hub], 33);
    assert_eq!(both.counts(day_later)[&DesignationKind::Unknown], 45);
    assert!(both.flaws().is_empty());
    let partners = both.designations.values().flat_map(|history| &history.designations);
    assert!(partners.into_iter().all(|designation| !designation.kind.is_partner()));
    let mangled = ["横浜国立大学第一赤十字病院", "熊本大学医学部附属病院"];
    assert!(both.hospitals.values().all(|each| !mangled.contains(&each.name.ja.as_ref())));
}

#[test]
fn the_example_panels_say_what_the_sources_say_and_no_more() {
    let registry = merged(Registry::default(), &[example("panels/panels.csv")]);
    assert_eq!(registry.panels.len(), 6);
    let ncc = &registry.panels["ncc-oncopanel"];
    let counts: Vec<_> = ncc.versions.iter().map(|version| version.gene_count).collect();
    assert_eq!(counts, [Some(114), Some(124)]);
    assert_eq!(ncc.approved.unwrap().to_string(), "2018-12");
    let guardant = &registry.panels["guardant360-cdx"].versions[0];
    assert_eq!((guardant.gene_count, guardant.genes.as_ref()), (None, None));
    assert_eq!(guardant.covers(&GeneSymbol::new("EGFR")), None, "unknown is not no");
}

#[test]
fn reading_the_same_file_again_changes_nothing() {
    let files = ["hubs_2021-02/hospitals.csv", "hubs_2021-02/designations.csv"].map(example);
    let once = merged(Registry::default(), &files);
    assert_eq!(merged(once.clone(), &files), once);
}

#[test]
fn every_problem_is_told_at_once_with_its_place_and_remedy() {
    let hospitals = "code,name_ja,prefecture,colour\n\
        A1,病院甲,東京,red\n\
        bad code,病院乙,13,\n\
        A3,,13,\n\
        A4,病院丁,満州,\n\
        A5,病院戊\n\
        A1,病院甲の二,13,\n";
    let reading = read(hospitals.as_bytes());
    let mut merging = Merging::onto(Registry::default());
    let mut problems = reading.problems;
    problems.extend(merging.merge(&reading.value.unwrap()));
    let told: Vec<_> = problems
        .iter()
        .map(|problem| (problem.code.as_ref(), problem.place.line, problem.place.column))
        .collect();
    assert_eq!(
        told,
        [
            ("programme.column.unknown", Some(1), Some(4)),
            ("programme.row.cells", Some(6), None),
            ("programme.row.unsound", Some(3), None),
            ("programme.value.absent", Some(4), Some(2)),
            ("programme.value.unreadable", Some(5), Some(3)),
            ("programme.row.repeated", Some(7), None),
        ]
    );
    for problem in &problems {
        for text in [&problem.message, &problem.remedy] {
            assert!(!text.ja.is_empty() && !text.en.is_empty(), "{problem:?}");
        }
    }

    let designations = "hospital,kind,from,until,start\n\
        A1,hub,2020-01-01,2019-01-01,\n\
        A1,king,2020-01-01,,\n\
        A1,hub,2020-01-01,2022-03-31,\n\
        A1,core,2022-03-31,,\n\
        A9,core,2022-04-01,,maybe\n";
    let found = merging.merge(&read(designations.as_bytes()).value.unwrap());
    let codes: Vec<_> =
        found.iter().map(|problem| (problem.code.as_ref(), problem.place.line)).collect();
    assert_eq!(
        codes,
        [
            ("programme.period.backwards", Some(2)),
            ("programme.value.unreadable", Some(3)),
            ("programme.period.overlaps", Some(5)),
            ("programme.reference.absent", Some(6)),
            ("programme.value.unreadable", Some(6)),
        ]
    );
}

#[test]
fn bytes_of_either_encoding_are_read_and_others_refused() {
    let text = "code,name_ja,prefecture\nA1,試験病院,北海道\n";
    let plain = read(text.as_bytes());
    let marked = read(&[b"\xef\xbb\xbf", text.as_bytes()].concat());
    assert_eq!(plain.value, marked.value);
    let (shift_jis, _, _) = encoding_rs::SHIFT_JIS.encode(text);
    let converted = read(&shift_jis);
    assert_eq!(converted.value, plain.value);
    assert_eq!(converted.count(Severity::Note), 1);
    for (bytes, code) in [
        (&b"code,name_ja\xff\xfe\xff"[..], "programme.file.encoding"),
        (b"", "programme.file.empty"),
        (b"a,b,c\n1,2,3\n", "programme.table.unknown"),
        (b"code,name_ja,prefecture,code\n", "programme.column.repeated"),
    ] {
        let reading = read(bytes);
        assert!(reading.value.is_none() || code.ends_with("repeated"), "{code}");
        assert!(reading.problems.iter().any(|problem| problem.code == code), "{code}");
    }
}

#[test]
fn the_order_of_rows_and_columns_does_not_matter() {
    let hospitals = "prefecture,code,name_ja\n1,A1,甲\n".as_bytes().to_vec();
    let backward = "from,until,kind,hospital\n2022-04-01,,core,A1\n2020-01-01,2022-03-31,hub,A1\n";
    let registry = merged(Registry::default(), &[hospitals, backward.as_bytes().to_vec()]);
    assert_eq!(registry.designations[&OrganisationCode::new("A1")].designations.len(), 2);
}

fn day(number: u32) -> chrono::NaiveDate {
    chrono::NaiveDate::from_ymd_opt(2018, 1, 1).unwrap() + chrono::Days::new(u64::from(number))
}

fn text() -> impl Strategy<Value = String> {
    "[ -~あ-ん\"',\n\r|=漢𠮷]{1,12}"
}

fn some_text() -> impl Strategy<Value = Option<String>> {
    prop_oneof![Just(None), text().prop_map(Some)]
}

fn name() -> impl Strategy<Value = LocalizedText> {
    (text(), text()).prop_map(|(ja, en)| LocalizedText::new(format!("名{ja}"), en))
}

fn hospital(number: u8) -> impl Strategy<Value = Hospital> {
    (name(), 0_u8..48, name(), some_text(), any::<bool>()).prop_map(
        move |(name, place, contact, source, synthetic)| Hospital {
            code: OrganisationCode::new(&format!("H-{number}")),
            name,
            prefecture: Prefecture::of_number(place),
            contact,
            source,
            synthetic,
        },
    )
}

/// Periods of a few lengths one after the other, with gaps.
fn history(number: u8) -> impl Strategy<Value = DesignationHistory> {
    let one = (0_u32..400, 0_u32..90, 0_usize..6, any::<bool>(), some_text());
    prop::collection::vec(one, 1..5).prop_map(move |parts| {
        let mut history = DesignationHistory::new(OrganisationCode::new(&format!("H-{number}")));
        let mut at = 0;
        for (length, gap, kind, seen_only, source) in parts {
            let period = Period::between(day(at), day(at + length));
            at += length + gap + 1;
            let kind = DesignationKind::ALL[kind];
            history.put(Designation { kind, period, seen_only, source }).unwrap();
        }
        history
    })
}

fn laboratory() -> impl Strategy<Value = Laboratory> {
    (name(), name(), 0_usize..3, text(), some_text(), 0_u32..900).prop_map(
        |(name, contact, kind, title, number, from)| {
            let mut laboratory = Laboratory {
                code: OrganisationCode::new("L1"),
                kind: LaboratoryKind::ALL[kind],
                name,
                contact,
                papers: Vec::new(),
                source: None,
                synthetic: true,
            };
            let period = Period { from: day(from), until: None };
            let title = format!("題{title}");
            let kind = PaperKind::ALL[kind];
            laboratory.put_paper(LaboratoryPaper { kind, period, title, number, outcome: None });
            laboratory
        },
    )
}

fn panel() -> impl Strategy<Value = PanelProduct> {
    let genes = prop::collection::btree_set("[A-Z][A-Z0-9-]{1,6}", 0..5);
    (name(), some_text(), text(), genes, 0_usize..6, prop::option::of(any::<bool>())).prop_map(
        |(name, maker, version, genes, sample, companion_diagnostic)| {
            let genes: BTreeSet<_> = genes.into_iter().map(GeneSymbol::new).collect();
            PanelProduct {
                code: "p.1".to_owned(),
                name,
                maker,
                approved: "2018-12".parse().ok(),
                insured: "2019".parse().ok(),
                companion_diagnostic,
                versions: vec![PanelVersion {
                    version,
                    from: "2019-06-01".parse().ok(),
                    until: None,
                    gene_count: Some(7),
                    genes: (!genes.is_empty()).then_some(genes),
                    samples: [SampleKind::ALL[sample]].into(),
                    reports: [ReportedThing::ALL[sample]].into(),
                    source: None,
                }],
                synthetic: false,
            }
        },
    )
}

fn registry() -> impl Strategy<Value = Registry> {
    let hospitals = (hospital(1), hospital(2), history(1), history(2));
    (hospitals, laboratory(), panel(), 0_u32..900, some_text()).prop_map(
        |((one, two, first, second), laboratory, panel, from, evidence)| {
            let mut registry = Registry::default();
            let mut links = LinkHistory::new(two.code.clone());
            let period = Period::since(day(from));
            links.put(Link { to: one.code.clone(), period, source: evidence.clone() });
            let mut checklist = RequirementChecklist::new(one.code.clone());
            let state = RequirementState::Met;
            let finding = RequirementFinding { state, evidence, checked: Some(day(from)) };
            checklist.findings.insert(Requirement::Trials, finding);
            registry.links.insert(two.code.clone(), links);
            registry.requirements.insert(one.code.clone(), checklist);
            for hospital in [one, two] {
                registry.hospitals.insert(hospital.code.clone(), hospital);
            }
            for history in [first, second] {
                registry.designations.insert(history.hospital.clone(), history);
            }
            registry.laboratories.insert(laboratory.code.clone(), laboratory);
            registry.panels.insert(panel.code.clone(), panel);
            registry
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_written_reads_back_the_same(registry in registry()) {
        let files = ProgrammeTable::ALL.map(|table| write(&registry, table).unwrap());
        prop_assert_eq!(merged(Registry::default(), &files), registry.clone());
        prop_assert_eq!(merged(registry.clone(), &files), registry);
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let reading = read(&bytes);
        prop_assert!(reading.value.is_some() || !reading.problems.is_empty());
    }

    #[test]
    fn no_cells_make_it_panic_and_designations_never_overlap(
        cells in prop::collection::vec(
            ("(H-[12])|.{0,3}", "core|hub|partner|.{0,4}", "20(18|19|2[0-9])-0[1-9]-[12][0-9]|.{0,10}", "(20(18|19|2[0-9])-0[1-9]-[12][0-9])?|.{0,10}"),
            0..20,
        ),
    ) {
        let mut text = "hospital,kind,from,until\n".to_owned();
        for (hospital, kind, from, until) in cells {
            text.push_str(&format!("{hospital},{kind},{from},{until}\n"));
        }
        let hospitals = b"code,name_ja,prefecture\nH-1,a,1\nH-2,b,2\n".to_vec();
        let mut merging = Merging::onto(merged(Registry::default(), &[hospitals]));
        if let Some(table) = read(text.as_bytes()).value {
            merging.merge(&table);
        }
        let registry = merging.finish();
        prop_assert!(registry.flaws().is_empty(), "{:?}", registry.flaws());
    }
}
