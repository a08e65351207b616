//! The public CIViC table with OncoTree, hotspots and panels on the starter tables: right drugs and levels in
//! the right and in the wrong tumour type.

use std::sync::OnceLock;

use knowledge::{
    Annotation, EvidenceMatch, Release,
    build::{Draft, SourceFile, SourceKind},
    release::files::ReleaseFiles,
};
use model::{
    alteration::{BiomarkerKind, BiomarkerState, CopyNumberKind},
    evidence::{EvidenceLevel, TumourRelation},
    result::TestResult,
    tumour::TumourTypeCode,
};

use crate::results::{copies, fusion, marker, result, variant};

/// Makes the files of the full release of public sources, or `None` where they are absent.
pub(crate) fn full_files() -> Option<&'static ReleaseFiles> {
    static FILES: OnceLock<Option<ReleaseFiles>> = OnceLock::new();
    FILES.get_or_init(|| full_draft().map(|draft| draft.finish("full", "test"))).as_ref()
}

pub(crate) fn full_draft() -> Option<Draft> {
    let mut draft = Draft::starter();
    for (kind, file) in [
        (SourceKind::OncoTree, "oncotree/oncotree_2025_10_03.json"),
        (SourceKind::Panels, "panels/gene_panels.tsv"),
        (SourceKind::Civic, "civic/civic_evidence_2026-04-25.tsv"),
    ] {
        let bytes = std::fs::read(testkit::public_data::path(file)?).unwrap();
        draft.add(&SourceFile::new(kind, file, &bytes));
    }
    Some(draft)
}

fn full() -> Option<&'static Release> {
    static RELEASE: OnceLock<Option<Release>> = OnceLock::new();
    RELEASE.get_or_init(|| Some(Release::from_files(full_files()?).unwrap())).as_ref()
}

/// Returns the strongest level at which a drug is named, of either release.
fn level(
    annotation: &Annotation<'_>,
    source: &str,
    drug: &str,
) -> Option<(EvidenceLevel, TumourRelation)> {
    let named = |found: &&EvidenceMatch<'_>| {
        found.evidence.id.starts_with(source)
            && found.drugs.iter().any(|regimen| regimen.name.en.eq_ignore_ascii_case(drug))
    };
    annotation
        .findings
        .iter()
        .flat_map(|finding| &finding.matches)
        .filter(named)
        .filter_map(|found| Some((found.level?, found.relation)))
        .min()
}

struct Case {
    name: &'static str,
    result: TestResult,
    drug: &'static str,
    /// Tumour type, and the letter with the starter's and with CIViC's evidence (`-` for none).
    tumours: &'static [(&'static str, &'static str, &'static str)],
}

fn cases() -> Vec<Case> {
    vec![
        Case {
            name: "EGFR L858R",
            result: variant(result(), "EGFR", "L858R"),
            drug: "Osimertinib",
            tumours: &[("LUAD", "A", "A"), ("COADREAD", "C", "C"), ("MEL", "C", "C")],
        },
        Case {
            name: "ALK fusion",
            result: fusion(result(), "EML4", "ALK"),
            drug: "Alectinib",
            tumours: &[("LUAD", "A", "A"), ("COADREAD", "C", "C")],
        },
        Case {
            name: "KRAS G12C",
            result: variant(result(), "KRAS", "p.Gly12Cys"),
            drug: "Sotorasib",
            tumours: &[("LUAD", "A", "A"), ("MEL", "C", "C")],
        },
        Case {
            name: "BRAF V600E",
            result: variant(result(), "BRAF", "V600E"),
            drug: "Dabrafenib + Trametinib",
            tumours: &[("LUAD", "A", "A"), ("MEL", "A", "A")],
        },
        Case {
            name: "ERBB2 amplification",
            result: copies(result(), "ERBB2", CopyNumberKind::Amplification),
            drug: "Trastuzumab",
            tumours: &[("IDC", "A", "A"), ("MEL", "C", "C")],
        },
        Case {
            name: "NTRK fusion",
            result: fusion(result(), "ETV6", "NTRK3"),
            drug: "Larotrectinib",
            tumours: &[("THPA", "A", "A"), ("LUAD", "A", "A"), ("BLL", "C", "C")],
        },
        Case {
            name: "MSI high",
            result: marker(result(), BiomarkerKind::Msi, BiomarkerState::High),
            drug: "Pembrolizumab",
            tumours: &[("COADREAD", "A", "-"), ("UCEC", "A", "-")],
        },
        Case {
            name: "MSI high, doublet",
            result: marker(result(), BiomarkerKind::Msi, BiomarkerState::High),
            drug: "Nivolumab + Ipilimumab",
            tumours: &[("COADREAD", "A", "A"), ("COAD", "A", "A"), ("PAAD", "C", "C")],
        },
        Case {
            name: "BRCA2 loss of function",
            result: variant(result(), "BRCA2", "p.Ser1982fs"),
            drug: "Olaparib",
            tumours: &[("HGSOC", "A", "A"), ("PRAD", "A", "A"), ("MEL", "C", "C")],
        },
    ]
}

#[test]
fn gives_the_right_drugs_at_the_right_level_in_right_and_wrong_tumours() {
    let full = full();
    let mut wrong = Vec::new();
    for case in cases() {
        for (tumour, starter, civic) in case.tumours {
            let code = TumourTypeCode::new(*tumour);
            let letter = |release: &Release, source: &str| {
                let annotation = release.annotate(&case.result, Some(&code));
                assert!(annotation.tumour_known, "{tumour}");
                level(&annotation, source, case.drug)
                    .map_or("-".to_owned(), |(level, _)| level.to_string())
            };
            let found = letter(Release::starter(), "TS");
            if found != *starter {
                wrong.push(format!("{} {tumour} starter: {found}, not {starter}", case.name));
            }
            if let Some(full) = full {
                let found = letter(full, "EID");
                if found != *civic {
                    wrong.push(format!("{} {tumour} CIViC: {found}, not {civic}", case.name));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Evidence on any mutation of a gene says nothing of a variant that nobody knows.
#[test]
fn a_variant_of_unknown_effect_gets_no_level() {
    for release in [Some(Release::starter()), full()].into_iter().flatten() {
        for (gene, unknown, known, tumour) in [
            ("EGFR", "A1013V", "L858R", "LUAD"),
            ("BRCA2", "T2412I", "S1982fs", "PRAD"),
            ("PIK3CA", "R310C", "H1047R", "IDC"),
        ] {
            let tumour = TumourTypeCode::new(tumour);
            let highest = |change: &str| {
                let annotation = release.annotate(&variant(result(), gene, change), Some(&tumour));
                let finding = &annotation.findings[0];
                (finding.highest_level, finding.matches.len())
            };
            let (level, _) = highest(unknown);
            assert!(
                level.is_none() || level == Some(EvidenceLevel::F),
                "{gene} {unknown} {level:?}"
            );
            assert!(
                highest(known).0.is_some_and(|level| level <= EvidenceLevel::B),
                "{gene} {known}"
            );
        }
    }
}
