//! Opening a release and annotating results, with the public CIViC table where it is there.
//!
//! `cargo bench -p knowledge`. Results are like those of a panel test: 18 short variants, copy numbers, a fusion
//! and two markers each.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use knowledge::{
    Release,
    build::{Draft, SourceFile, SourceKind, write},
};
use model::{
    alteration::{
        Biomarker, BiomarkerKind, BiomarkerState, Breakend, CopyNumberAlteration, CopyNumberKind,
        Rearrangement, RearrangementKind, ShortVariant, TranscriptChange, WrittenChange,
    },
    gene::GeneSymbol,
    genome::Position1,
    result::{ResultFormat, TestResult, TestType},
    tumour::TumourTypeCode,
};

/// Variants as panels report them; every result takes some.
const VARIANTS: [(&str, &str); 24] = [
    ("TP53", "R175H"),
    ("KRAS", "G12C"),
    ("EGFR", "L858R"),
    ("EGFR", "T790M"),
    ("BRAF", "V600E"),
    ("PIK3CA", "H1047R"),
    ("APC", "R1450*"),
    ("STK11", "Q37*"),
    ("KEAP1", "E121V"),
    ("BRCA2", "S1982fs"),
    ("ATM", "R337C"),
    ("PTEN", "Q171*"),
    ("SMAD4", "R361H"),
    ("NF1", "R1947*"),
    ("ARID1A", "V1630fs*18"),
    ("CDKN2A", "R80*"),
    ("TERT", "c.-124C>T"),
    ("FGFR3", "S249C"),
    ("VHL", "L158Q"),
    ("MET", "c.3028+1G>T"),
    ("KIT", "D816V"),
    ("NRAS", "Q61R"),
    ("IDH1", "R132H"),
    ("TET2", "H434R"),
];

fn short_variant(at: usize) -> ShortVariant {
    let (gene, change) = VARIANTS[at % VARIANTS.len()];
    let written = WrittenChange { written: change.to_owned(), hgvs: None };
    let coding = change.starts_with("c.");
    ShortVariant {
        item_id: format!("v{at}"),
        chromosome: "1".to_owned(),
        position: Position1(1),
        reference: "A".to_owned(),
        alternate: "C".to_owned(),
        allele_frequency: Some(0.3),
        depth_total: Some(500.0),
        depth_alternate: Some(150.0),
        transcripts: vec![TranscriptChange {
            gene: Some(GeneSymbol::new(gene)),
            protein_change: change.parse().ok(),
            coding: coding.then(|| written.clone()),
            protein: (!coding).then_some(written),
            ..TranscriptChange::default()
        }],
        sample_item_id: None,
        origin: None,
        matched: None,
        reported: true,
    }
}

fn result(seed: usize) -> TestResult {
    let mut result = TestResult::empty(ResultFormat::Cats { version: "1.2.1".to_owned() });
    result.test.test_type = Some(TestType::TumourOnly);
    result.test.panel_name = Some("FoundationOne CDx".to_owned());
    result.short_variants = (0..18).map(|at| short_variant(seed + at)).collect();
    for (at, gene) in ["ERBB2", "MYC", "CDKN2A"].into_iter().enumerate() {
        result.copy_number_alterations.push(CopyNumberAlteration {
            item_id: format!("c{at}"),
            chromosome: None,
            start: None,
            end: None,
            kind: Some(if at < 2 { CopyNumberKind::Amplification } else { CopyNumberKind::Loss }),
            metrics: Vec::new(),
            genes: vec![GeneSymbol::new(gene)],
            sample_item_id: None,
            origin: None,
            matched: None,
            reported: true,
        });
    }
    let breakend =
        |gene: &str| Breakend { genes: vec![GeneSymbol::new(gene)], ..Breakend::default() };
    result.rearrangements.push(Rearrangement {
        item_id: "r".to_owned(),
        kind: RearrangementKind::Fusion,
        kind_written: "gene fusion".to_owned(),
        breakends: vec![breakend("EML4"), breakend("ALK")],
        gene_pairs: vec![(GeneSymbol::new("EML4"), GeneSymbol::new("ALK"))],
        skipped_exons: Vec::new(),
        supporting_reads: None,
        allele_frequency: None,
        sample_item_id: None,
        origin: None,
        matched: None,
        reported: true,
    });
    for (kind, state) in
        [(BiomarkerKind::Tmb, BiomarkerState::High), (BiomarkerKind::Msi, BiomarkerState::Stable)]
    {
        result.biomarkers.push(Biomarker {
            item_id: format!("{kind:?}"),
            kind,
            state: Some(state),
            metrics: Vec::new(),
            sample_item_id: None,
            origin: None,
            reported: true,
        });
    }
    result
}

/// Makes a release of the starter tables and, where they are there, the public sources.
fn draft() -> Draft {
    let mut draft = Draft::starter();
    for (kind, file) in [
        (SourceKind::OncoTree, "oncotree/oncotree_2025_10_03.json"),
        (SourceKind::Panels, "panels/gene_panels.tsv"),
        (SourceKind::Hotspots, "hotspots/hotspots_v2_and_3d_grch37.tsv.gz"),
        (SourceKind::Civic, "civic/civic_evidence_2026-04-25.tsv"),
    ] {
        let bytes = testkit::public_data::path(file).map(std::fs::read);
        if let Some(bytes) = bytes.transpose().expect("a public source can be read") {
            draft.add(&SourceFile::new(kind, file, &bytes));
        }
    }
    draft
}

fn benches(criterion: &mut Criterion) {
    let home = tempfile::tempdir().expect("a temporary folder");
    let dir = home.path().join("release");
    write::write(&draft().finish("bench", "1"), &dir).expect("the release is written");
    criterion.bench_function("open the full release", |bencher| {
        bencher.iter(|| Release::open(black_box(&dir)).expect("it opens"));
    });
    let release = Release::open(&dir).expect("it opens");
    let results: Vec<TestResult> = (0..18).map(result).collect();
    let tumour = TumourTypeCode::new("LUAD");
    criterion.bench_function("annotate 18 results with the full release", |bencher| {
        bencher.iter(|| {
            for result in &results {
                black_box(release.annotate(black_box(result), Some(&tumour)));
            }
        });
    });
    criterion.bench_function("annotate 18 results with the starter release", |bencher| {
        bencher.iter(|| {
            for result in &results {
                black_box(Release::starter().annotate(black_box(result), Some(&tumour)));
            }
        });
    });
}

criterion_group!(all, benches);
criterion_main!(all);
