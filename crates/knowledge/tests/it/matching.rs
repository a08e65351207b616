//! Which alterations meet which biomarkers.

use std::sync::OnceLock;

use knowledge::{
    AlterationRef, Annotation, Release, Specificity,
    build::{Draft, SourceFile, SourceKind},
};
use model::{
    alteration::{BiomarkerKind, BiomarkerState, CopyNumberKind, RearrangementKind, VariantOrigin},
    result::{TestResult, TestType},
};

use crate::results::{
    copies, covering, effect, fusion, marker, rearranged, result, skipped, variant,
};

/// Biomarkers under test, each as one evidence item whose identifier is the biomarker.
const BIOMARKERS: &[&str] = &[
    "EGFR L858R",
    "EGFR Exon 19 Deletion",
    "EGFR Exon 20 Insertion",
    "EGFR L858R OR EGFR Exon 19 Deletion",
    "EGFR T790M AND EGFR L858R",
    "EGFR T790M AND NOT EGFR C797S",
    "EGFR VIII",
    "BRAF V600",
    "BRAF Non-V600",
    "KRAS G12/G13",
    "KRAS Wildtype AND NRAS Wildtype",
    "U2AF1 S34Y/F",
    "MET Exon 14 Skipping Mutation",
    "FLT3 ITD",
    "FLT3 TKD MUTATION",
    "KIT Exon 11 Mutation",
    "TP53 Mutation",
    "TP53 Truncating Mutation",
    "TP53 DNA Binding Domain Mutation",
    "TP53 Wildtype",
    "BRCA2 Loss-of-function",
    "PALB2 Biallelic Inactivation",
    "VHL Splice Site (c.340+1G>A)",
    "VHL N150fs (c.448delA)",
    "CHEK2 1100DELC",
    "TERT Promoter Mutation",
    "ERBB2 Amplification",
    "CDKN2A Loss",
    "EGFR Copy Number Variation",
    "v::ALK Fusion",
    "EML4::ALK Fusion",
    "FGFR2::v Fusion",
    "EWSR1 Fusion",
    "BCR::ABL1 Fusion AND ( ABL1 F317L OR ABL1 T315I )",
    "TMB High",
    "MSI High",
    "LOH High",
    "MET Amplification AND NOT KRAS Mutation",
    "EGFR Overexpression",
    "PIK3CA Exon 21 Mutation",
    "CTNNB1 Activating Mutation",
];

fn release() -> &'static Release {
    static RELEASE: OnceLock<Release> = OnceLock::new();
    RELEASE.get_or_init(|| {
        let mut table = "id\tgene\tbiomarker\ttumour_codes\tdrugs\tevidence_type\tsignificance\tdirection\tstrength\treferences\n".to_owned();
        for biomarker in BIOMARKERS {
            table += &format!("{biomarker}\t\t{biomarker}\t\t\tpredictive\tsensitivity\tsupports\tclinical\tPMID:1\n");
        }
        let genes = "symbol\tname_en\tname_ja\trole\tlocation\taliases\nERBB2\tx\tx\toncogene\t\tHER2\n";
        let hotspots = "gene\tcodon\tkind\nCTNNB1\t33\tmissense\n";
        let mut draft = Draft::new();
        draft.add(&SourceFile::new(SourceKind::Evidence, "own", table.as_bytes()));
        draft.add(&SourceFile::new(SourceKind::Genes, "genes", genes.as_bytes()));
        draft.add(&SourceFile::new(SourceKind::Hotspots, "hotspots", hotspots.as_bytes()));
        assert_eq!(draft.problems(), &[]);
        Release::from_files(&draft.finish("own", "1")).unwrap()
    })
}

fn met(annotation: &Annotation<'static>) -> Vec<&'static str> {
    let mut labels: Vec<&'static str> = annotation
        .findings
        .iter()
        .flat_map(|finding| &finding.matches)
        .chain(&annotation.negatives)
        .map(|found| found.evidence.biomarker_label.as_str())
        .collect();
    labels.sort_unstable();
    labels.dedup();
    labels
}

#[track_caller]
fn assert_met(result: &TestResult, expected: &[&str]) {
    let mut expected = expected.to_vec();
    expected.sort_unstable();
    assert_eq!(met(&release().annotate(result, None)), expected);
}

#[test]
fn amino_acid_changes_are_compared_as_values() {
    let both = "EGFR L858R OR EGFR Exon 19 Deletion";
    for spelling in ["L858R", "p.L858R", "p.Leu858Arg", "p.(Leu858Arg)"] {
        assert_met(&variant(result(), "EGFR", spelling), &["EGFR L858R", both]);
    }
    assert_met(&variant(result(), "EGFR", "L858Q"), &[]);
    assert_met(&variant(result(), "EGFR", "E746_A750del"), &["EGFR Exon 19 Deletion", both]);
    assert_met(&variant(result(), "EGFR", "L747_P753delinsS"), &["EGFR Exon 19 Deletion", both]);
    assert_met(&variant(result(), "EGFR", "A767_V769dup"), &["EGFR Exon 20 Insertion"]);
    // Older tables spell every residue, or leave the neighbours out.
    assert_met(&variant(result(), "EGFR", "p.ELREA746del"), &["EGFR Exon 19 Deletion", both]);
    let inserted = effect(variant(result(), "EGFR", "p.770_771insGL"), "inframe_insertion");
    assert_met(&inserted, &["EGFR Exon 20 Insertion"]);
    assert_met(&variant(result(), "EGFR", "T790M"), &[]);
}

#[test]
fn codons_ranges_and_classes_are_told_apart() {
    assert_met(&variant(result(), "BRAF", "V600K"), &["BRAF V600"]);
    assert_met(&variant(result(), "BRAF", "K601E"), &["BRAF Non-V600"]);
    assert_met(&variant(result(), "BRAF", "V600="), &[]);
    assert_met(&variant(result(), "BRAF", "V600*"), &[]);
    assert_met(&variant(result(), "KRAS", "G13D"), &["KRAS G12/G13"]);
    assert_met(&variant(result(), "U2AF1", "S34F"), &["U2AF1 S34Y/F"]);
    assert_met(&variant(result(), "U2AF1", "S34T"), &[]);
    assert_met(&variant(result(), "KIT", "V560D"), &["KIT Exon 11 Mutation"]);
    assert_met(&variant(result(), "KIT", "D816V"), &[]);
    assert_met(&variant(result(), "FLT3", "D835Y"), &["FLT3 TKD MUTATION"]);
    assert_met(&variant(result(), "FLT3", "Y599_D600insSTDYVDFREY"), &["FLT3 ITD"]);
    assert_met(&variant(result(), "PIK3CA", "H1047R"), &["PIK3CA Exon 21 Mutation"]);
    assert_met(&variant(result(), "CTNNB1", "S33C"), &["CTNNB1 Activating Mutation"]);
    assert_met(&variant(result(), "CTNNB1", "S33*"), &[]);
}

#[test]
fn any_mutation_is_not_a_silent_one() {
    let domain = "TP53 DNA Binding Domain Mutation";
    assert_met(&variant(result(), "TP53", "R175H"), &["TP53 Mutation", domain]);
    assert_met(&variant(result(), "TP53", "R175="), &[]);
    assert_met(&effect(variant(result(), "TP53", "c.375G>A"), "synonymous_variant"), &[]);
    assert_met(&effect(variant(result(), "TP53", "c.100+40G>A"), "intron_variant"), &[]);
    // What a change does is not said: it is neither taken for a mutation nor for none.
    assert_met(&variant(result(), "TP53", "c.375G>A"), &[]);
    let truncated = ["TP53 Mutation", "TP53 Truncating Mutation", domain];
    assert_met(&variant(result(), "TP53", "R213*"), &truncated);
    let mut unreported = variant(result(), "TP53", "R175H");
    unreported.short_variants[0].reported = false;
    assert!(release().annotate(&unreported, None).findings.is_empty());
}

#[test]
fn loss_of_function_is_truncation_splice_start_or_homozygous_deletion() {
    for change in ["S1982fs", "R2318*", "M1?", "c.7977-1G>C", "c.68-2A>G"] {
        assert_met(&variant(result(), "BRCA2", change), &["BRCA2 Loss-of-function"]);
    }
    assert_met(&variant(result(), "BRCA2", "T2412I"), &[]);
    let homozygous = copies(result(), "BRCA2", CopyNumberKind::HomozygousDeletion);
    assert_met(&homozygous, &["BRCA2 Loss-of-function"]);
    assert_met(&copies(result(), "BRCA2", CopyNumberKind::Loss), &[]);
    let one = variant(result(), "PALB2", "L531fs");
    assert_met(&one, &[]);
    assert_met(&variant(one, "PALB2", "R414*"), &["PALB2 Biallelic Inactivation"]);
}

#[test]
fn coding_changes_and_promoters_are_found() {
    assert_met(&variant(result(), "VHL", "c.340+1G>A"), &["VHL Splice Site (c.340+1G>A)"]);
    assert_met(&variant(result(), "VHL", "N150fs"), &["VHL N150fs (c.448delA)"]);
    assert_met(&variant(result(), "CHEK2", "c.1100del"), &["CHEK2 1100DELC"]);
    assert_met(&variant(result(), "TERT", "c.-124C>T"), &["TERT Promoter Mutation"]);
}

#[test]
fn met_exon_14_skipping_is_found_as_rearrangement_and_as_splice_variant() {
    let label = ["MET Exon 14 Skipping Mutation"];
    assert_met(&skipped(result(), "MET", 14, 14), &label);
    assert_met(&skipped(result(), "MET", 13, 14), &[]);
    assert_met(&variant(result(), "MET", "c.3028G>A"), &label);
    assert_met(&variant(result(), "MET", "c.3082+1G>T"), &label);
    assert_met(&variant(result(), "MET", "c.1000+1G>T"), &[]);
    assert_met(&skipped(result(), "EGFR", 2, 7), &["EGFR VIII"]);
}

#[test]
fn a_gain_is_no_amplification_and_a_loss_no_mutation() {
    let amplified = copies(result(), "HER2", CopyNumberKind::Amplification);
    assert_met(&amplified, &["ERBB2 Amplification"]);
    assert_met(&copies(result(), "ERBB2", CopyNumberKind::Gain), &[]);
    for kind in [CopyNumberKind::Loss, CopyNumberKind::Deletion, CopyNumberKind::HomozygousDeletion]
    {
        assert_met(&copies(result(), "CDKN2A", kind), &["CDKN2A Loss"]);
    }
    let gain = copies(result(), "EGFR", CopyNumberKind::Gain);
    assert_met(&gain, &["EGFR Copy Number Variation"]);
    assert_met(&copies(result(), "EGFR", CopyNumberKind::Neutral), &[]);
}

#[test]
fn fusions_respect_order_where_there_is_one() {
    assert_met(&fusion(result(), "EML4", "ALK"), &["EML4::ALK Fusion", "v::ALK Fusion"]);
    assert_met(&fusion(result(), "KIF5B", "ALK"), &["v::ALK Fusion"]);
    assert_met(&fusion(result(), "ALK", "EML4"), &[]);
    let unordered = rearranged(result(), RearrangementKind::Fusion, ["ALK", "EML4"], false);
    assert_met(&unordered, &["EML4::ALK Fusion", "v::ALK Fusion"]);
    assert_met(&fusion(result(), "FGFR2", "BICC1"), &["FGFR2::v Fusion"]);
    assert_met(&fusion(result(), "BICC1", "FGFR2"), &[]);
    assert_met(&fusion(result(), "EWSR1", "FLI1"), &["EWSR1 Fusion"]);
    assert_met(&rearranged(result(), RearrangementKind::Deletion, ["EML4", "ALK"], false), &[]);
    let tandem =
        rearranged(result(), RearrangementKind::TandemDuplication, ["FLT3", "FLT3"], false);
    assert_met(&tandem, &["FLT3 ITD"]);
}

#[test]
fn markers_are_met_by_their_state_only() {
    for (kind, label) in [
        (BiomarkerKind::Tmb, "TMB High"),
        (BiomarkerKind::Msi, "MSI High"),
        (BiomarkerKind::Loh, "LOH High"),
    ] {
        assert_met(&marker(result(), kind, BiomarkerState::High), &[label]);
        for state in [BiomarkerState::Low, BiomarkerState::Stable, BiomarkerState::Undetermined] {
            assert_met(&marker(result(), kind, state), &[]);
        }
    }
}

#[test]
fn combinations_name_each_other() {
    let result = variant(variant(result(), "EGFR", "L858R"), "EGFR", "T790M");
    let annotation = release().annotate(&result, None);
    let found = annotation.findings[1]
        .matches
        .iter()
        .find(|found| found.evidence.biomarker_label == "EGFR T790M AND EGFR L858R")
        .unwrap();
    assert_eq!(found.specificity, Specificity::Combination);
    assert_eq!(found.also, [AlterationRef::ShortVariant(0)]);
    let leukaemia = variant(fusion(crate::results::result(), "BCR", "ABL1"), "ABL1", "T315I");
    assert_met(&leukaemia, &["BCR::ABL1 Fusion AND ( ABL1 F317L OR ABL1 T315I )"]);
}

#[test]
fn absence_counts_only_where_the_test_covers_the_gene() {
    let wild = "KRAS Wildtype AND NRAS Wildtype";
    assert_met(&result(), &[]);
    assert_met(&covering(result(), &["KRAS"]), &[]);
    let covered = covering(result(), &["KRAS", "NRAS"]);
    assert_met(&covered, &[wild]);
    let annotation = release().annotate(&covered, None);
    assert_eq!((annotation.findings.len(), annotation.negatives.len()), (0, 1));
    assert_eq!(annotation.negatives[0].specificity, Specificity::WildType);
    assert_met(&variant(covered.clone(), "KRAS", "G12D"), &["KRAS G12/G13"]);
    // A variant whose effect is not said keeps the gene from being called unaltered.
    assert_met(&variant(covered.clone(), "KRAS", "c.35G>A"), &[]);
    let mut unreported = variant(covered, "KRAS", "Q61H");
    unreported.short_variants[0].reported = false;
    assert_met(&unreported, &[]);

    let not = "EGFR T790M AND NOT EGFR C797S";
    assert_met(&variant(covering(result(), &["EGFR"]), "EGFR", "T790M"), &[not]);
    let both = variant(variant(covering(result(), &["EGFR"]), "EGFR", "T790M"), "EGFR", "C797S");
    assert_met(&both, &[]);
    let amplified = copies(result(), "MET", CopyNumberKind::Amplification);
    assert_met(&amplified, &[]);
    assert_met(&covering(amplified, &["KRAS"]), &["MET Amplification AND NOT KRAS Mutation"]);
}

#[test]
fn a_germline_origin_is_confirmed_only_with_a_matched_normal() {
    let release = Release::starter();
    let candidate = |test: TestType, origin: Option<VariantOrigin>, change: &str| {
        let mut result = variant(result(), "BRCA2", change);
        result.test.test_type = Some(test);
        result.short_variants[0].matched = None;
        result.short_variants[0].origin = origin;
        let annotation = release.annotate(&result, None);
        annotation.findings[0].secondary_finding.map(|candidate| candidate.confirmed)
    };
    use TestType::{TumourAndMatchedNormal as Paired, TumourOnly};
    let germline = Some(VariantOrigin::Germline);
    assert_eq!(candidate(Paired, germline, "S1982fs"), Some(true));
    assert_eq!(candidate(Paired, Some(VariantOrigin::Somatic), "S1982fs"), None);
    assert_eq!(candidate(Paired, Some(VariantOrigin::LikelyGermline), "S1982fs"), Some(false));
    assert_eq!(candidate(TumourOnly, None, "S1982fs"), Some(false));
    assert_eq!(candidate(TumourOnly, germline, "S1982fs"), Some(false));
    assert_eq!(candidate(TumourOnly, None, "S1982="), None);
}
