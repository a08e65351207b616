//! Well-known biomarkers in the tumour type they are known for, and in others.
//!
//! The starter release: every therapy and level, as an oncologist reads labels and guidelines. CIViC with
//! OncoTree and nothing of ours: levels that a separate script over the table of 2026-04-25 found (highest
//! source level of supporting sensitivity items whose molecular profile holds the alteration, A and B in
//! another tumour type becoming C).

use knowledge::Release;
use model::evidence::{
    DrugAccessibility::{ApprovedAbroad, ApprovedHere, ApprovedHereOtherIndication},
    EvidenceLevel,
};

use super::{File, civic_release, level_of, lines, public_release, report, therapies, therapy};

/// Checks all therapies and levels of the starter release: `A: Gefitinib; Osimertinib`.
#[track_caller]
fn expect(file: File, tumour: &str, wanted: &[&str]) {
    let found = therapies(&report(&file.result(), tumour, Release::starter()));
    assert_eq!(found, lines(wanted), "in {tumour}");
}

/// Checks therapies with CIViC alone, and that the starter's tables never lower a level.
#[track_caller]
fn expect_civic(file: impl Fn() -> File, tumour: &str, wanted: &[(&str, &str)]) {
    let (Some(civic), Some(public)) = (civic_release(), public_release()) else { return };
    let result = file().result();
    let [of_civic, of_public, of_starter] =
        [civic, public, Release::starter()].map(|release| report(&result, tumour, release));
    for (drug, level) in wanted {
        let found = level_of(&of_civic, drug);
        assert_eq!(found.map(EvidenceLevel::letter), Some(*level), "{drug} in {tumour}");
        let both = found.into_iter().chain(level_of(&of_starter, drug)).min();
        assert_eq!(level_of(&of_public, drug), both, "{drug} in {tumour} with both");
    }
}

#[test]
fn egfr_l858r() {
    let file = || File::new().missense("EGFR", "p.L858R");
    let drugs =
        "Afatinib; Amivantamab + Lazertinib; Dacomitinib; Erlotinib; Gefitinib; Osimertinib";
    expect(file(), "LUAD", &[&format!("A: {drugs}")]);
    expect(file(), "LUSC", &[&format!("A: {drugs}")]);
    expect(file(), "COADREAD", &[&format!("C: {drugs}")]);
    expect(file(), "AML", &[&format!("C: {drugs}")]);
    expect_civic(
        file,
        "LUAD",
        &[
            ("Gefitinib", "A"),
            ("Erlotinib", "B"),
            ("Afatinib", "A"),
            ("Dacomitinib", "A"),
            ("Osimertinib", "A"),
            ("Amivantamab + Lazertinib", "A"),
        ],
    );
    expect_civic(file, "COADREAD", &[("Gefitinib", "C"), ("Osimertinib", "C")]);
}

#[test]
fn egfr_resistance_comes_with_the_second_variant() {
    let file = || File::new().missense("EGFR", "p.L858R").missense("EGFR", "p.T790M");
    let found = therapies(&report(&file().result(), "LUAD", Release::starter()));
    for wanted in ["R Gefitinib", "R Erlotinib", "A Osimertinib"] {
        assert!(found.contains(wanted), "{wanted} in {found:?}");
    }
    let found = therapies(&report(
        &file().missense("EGFR", "p.C797S").result(),
        "LUAD",
        Release::starter(),
    ));
    assert!(found.contains("R Osimertinib"), "{found:?}");
}

#[test]
fn alk_fusion() {
    let file = || File::new().fusion("EML4", "ALK");
    let all = "Alectinib; Brigatinib; Ceritinib; Crizotinib; Lorlatinib";
    expect(file(), "LUAD", &[&format!("A: {all}")]);
    expect(File::new().fusion("KIF5B", "ALK"), "LUAD", &[&format!("A: {all}")]);
    expect(file(), "COADREAD", &[&format!("C: {all}")]);
    expect(file(), "IMT", &["A: Crizotinib", "C: Alectinib; Brigatinib; Ceritinib; Lorlatinib"]);
    expect(
        File::new().fusion("NPM1", "ALK"),
        "ALCLALKP",
        &["A: Alectinib; Crizotinib", "C: Brigatinib; Ceritinib; Lorlatinib"],
    );
    // A fusion that leaves out the kinase end of ALK is no ALK fusion.
    expect(File::new().fusion("ALK", "EML4"), "LUAD", &[]);
    expect_civic(
        file,
        "LUAD",
        &[
            ("Alectinib", "A"),
            ("Brigatinib", "A"),
            ("Ceritinib", "A"),
            ("Crizotinib", "A"),
            ("Lorlatinib", "B"),
        ],
    );
    expect_civic(
        file,
        "COADREAD",
        &[("Alectinib", "C"), ("Crizotinib", "C"), ("Lorlatinib", "C"), ("Entrectinib", "C")],
    );
    expect_civic(file, "IMT", &[("Crizotinib", "A"), ("Alectinib", "C")]);
}

#[test]
fn kras_g12c() {
    let file = || File::new().missense("KRAS", "p.G12C");
    let combined = "Adagrasib + Cetuximab; Sotorasib + Panitumumab";
    let alone = "Adagrasib; Sotorasib";
    let resistance = "R: Cetuximab; Panitumumab";
    expect(file(), "LUAD", &[&format!("A: {alone}"), &format!("C: {combined}"), resistance]);
    expect(file(), "COADREAD", &[&format!("A: {combined}"), &format!("C: {alone}"), resistance]);
    expect(file(), "PAAD", &[&format!("C: {alone}; {combined}"), resistance]);
    // Another change of the codon is not G12C.
    expect(File::new().missense("KRAS", "p.G12D"), "LUAD", &[resistance]);
    expect_civic(file, "LUAD", &[("Sotorasib", "A"), ("Sotorasib + Panitumumab", "C")]);
    expect_civic(
        file,
        "COADREAD",
        &[("Sotorasib + Panitumumab", "A"), ("Adagrasib + Cetuximab", "A"), ("Sotorasib", "C")],
    );
    expect_civic(file, "PAAD", &[("Sotorasib", "C")]);
}

#[test]
fn braf_v600e_in_lung_colon_and_melanoma() {
    let file = || File::new().missense("BRAF", "p.V600E");
    expect(
        file(),
        "LUAD",
        &[
            "A: Dabrafenib + Trametinib; Encorafenib + Binimetinib",
            "C: Encorafenib + Cetuximab; Vemurafenib",
            "R: Vemurafenib",
        ],
    );
    // The tumour-agnostic approvals leave colorectal cancer out.
    expect(
        file(),
        "COADREAD",
        &[
            "A: Encorafenib + Cetuximab",
            "C: Dabrafenib + Trametinib; Encorafenib + Binimetinib; Vemurafenib",
            "R: Vemurafenib",
        ],
    );
    for melanoma in ["MEL", "SKCM", "ACRM"] {
        expect(
            file(),
            melanoma,
            &[
                "A: Dabrafenib + Trametinib; Encorafenib + Binimetinib; Vemurafenib",
                "C: Encorafenib + Cetuximab",
                "R: Vemurafenib",
            ],
        );
    }
    expect(
        file(),
        "PAAD",
        &[
            "A: Dabrafenib + Trametinib",
            "C: Encorafenib + Binimetinib; Encorafenib + Cetuximab; Vemurafenib",
            "R: Vemurafenib",
        ],
    );
    expect_civic(
        file,
        "LUAD",
        &[("Dabrafenib + Trametinib", "A"), ("Vemurafenib", "B"), ("Encorafenib + Cetuximab", "C")],
    );
    expect_civic(
        file,
        "COADREAD",
        &[("Encorafenib + Cetuximab", "A"), ("Dabrafenib + Trametinib", "B"), ("Vemurafenib", "C")],
    );
    expect_civic(
        file,
        "MEL",
        &[
            ("Dabrafenib + Trametinib", "A"),
            ("Vemurafenib", "A"),
            ("Encorafenib + Binimetinib", "A"),
            ("Encorafenib + Cetuximab", "C"),
        ],
    );
}

#[test]
fn erbb2_amplification() {
    let file = || File::new().copies("ERBB2", "amplification");
    let (alone, pair) = ("Trastuzumab", "Trastuzumab + Pertuzumab");
    let (deruxtecan, emtansine) = ("Trastuzumab deruxtecan", "Trastuzumab emtansine");
    let tucatinib = "Tucatinib + Trastuzumab";
    expect(
        file(),
        "IDC",
        &[
            &format!("A: Lapatinib; {alone}; {pair}; {deruxtecan}; {emtansine}"),
            &format!("C: {tucatinib}"),
        ],
    );
    expect(
        file(),
        "STAD",
        &[
            &format!("A: {alone}; {deruxtecan}"),
            &format!("C: Lapatinib; {pair}; {emtansine}; {tucatinib}"),
        ],
    );
    expect(
        file(),
        "COADREAD",
        &[
            &format!("A: {pair}; {tucatinib}"),
            &format!("C: Lapatinib; {alone}; {deruxtecan}; {emtansine}"),
        ],
    );
    expect(
        file(),
        "SDCA",
        &[
            &format!("A: {alone}"),
            &format!("C: Lapatinib; {pair}; {deruxtecan}; {emtansine}; {tucatinib}"),
        ],
    );
    expect(
        file(),
        "LUAD",
        &[&format!("C: Lapatinib; {alone}; {pair}; {deruxtecan}; {emtansine}; {tucatinib}")],
    );
    // A gain of few copies is no amplification.
    expect(File::new().copies("ERBB2", "gain"), "IDC", &[]);
    expect_civic(file, "IDC", &[(alone, "B"), (emtansine, "B"), ("Lapatinib", "B")]);
    expect_civic(file, "STAD", &[(alone, "A"), (deruxtecan, "B")]);
    expect_civic(file, "COADREAD", &[(pair, "B"), (alone, "C")]);
    expect_civic(file, "LUAD", &[(alone, "C"), (emtansine, "C")]);
}

#[test]
fn ntrk_fusion() {
    let file = || File::new().fusion("ETV6", "NTRK3");
    for tumour in ["THPA", "LUAD", "SYNS", "COADREAD"] {
        expect(file(), tumour, &["A: Entrectinib; Larotrectinib"]);
        expect_civic(file, tumour, &[("Entrectinib", "A"), ("Larotrectinib", "A")]);
    }
    expect(File::new().fusion("TPM3", "NTRK1"), "PAAD", &["A: Entrectinib; Larotrectinib"]);
    // The approvals are for solid tumours.
    expect(file(), "BLL", &["C: Entrectinib; Larotrectinib"]);
    // A point mutation is no fusion.
    expect(File::new().missense("NTRK3", "p.R100C"), "THPA", &[]);
}

#[test]
fn msi_high() {
    let file = || File::new().marker("MSI", "high");
    expect(file(), "COADREAD", &["A: Nivolumab; Nivolumab + Ipilimumab; Pembrolizumab"]);
    for tumour in ["UCEC", "PAAD", "STAD"] {
        expect(file(), tumour, &["A: Pembrolizumab", "C: Nivolumab; Nivolumab + Ipilimumab"]);
    }
    expect(file(), "AML", &["C: Nivolumab; Nivolumab + Ipilimumab; Pembrolizumab"]);
    for state in ["stable", "cannot be determined"] {
        expect(File::new().marker("MSI", state), "COADREAD", &[]);
    }
    expect_civic(file, "COADREAD", &[("Nivolumab + Ipilimumab", "A")]);
    expect_civic(file, "PAAD", &[("Nivolumab + Ipilimumab", "C")]);
}

#[test]
fn brca2_loss() {
    let truncated = || File::new().variant("BRCA2", "p.R2318*", "stop_gained");
    let deleted = || File::new().copies("BRCA2", "homozygous deletion");
    for file in [truncated, deleted] {
        expect(file(), "HGSOC", &["A: Niraparib; Olaparib; Rucaparib", "C: Talazoparib"]);
        expect(file(), "IDC", &["A: Olaparib; Talazoparib", "C: Niraparib; Rucaparib"]);
        expect(file(), "PRAD", &["A: Olaparib; Rucaparib", "C: Niraparib; Talazoparib"]);
        expect(file(), "PAAD", &["A: Olaparib", "C: Niraparib; Rucaparib; Talazoparib"]);
        expect(file(), "COADREAD", &["C: Niraparib; Olaparib; Rucaparib; Talazoparib"]);
    }
    // One copy lost leaves the other, and a missense change of no known effect is no loss.
    expect(File::new().copies("BRCA2", "loss"), "HGSOC", &[]);
    expect(File::new().missense("BRCA2", "p.E1900K"), "HGSOC", &[]);
    expect_civic(
        truncated,
        "HGSOC",
        &[("Olaparib", "A"), ("Rucaparib", "A"), ("Niraparib", "A"), ("Talazoparib", "B")],
    );
    expect_civic(truncated, "PRAD", &[("Olaparib", "A"), ("Rucaparib", "C")]);
    expect_civic(truncated, "PAAD", &[("Olaparib", "A")]);
    expect_civic(truncated, "COADREAD", &[("Olaparib", "C")]);
}

#[test]
fn wild_type_evidence_needs_a_test_that_covers_the_genes() {
    let covered = File::new().panel("Synthetic Panel 50");
    let found = therapies(&report(&covered.result(), "COADREAD", Release::starter()));
    assert!(found.contains("A Cetuximab") && found.contains("A Panitumumab"), "{found:?}");
    let unknown = therapies(&report(&File::new().result(), "COADREAD", Release::starter()));
    assert!(unknown.is_empty(), "{unknown:?}");
    let mutated = File::new().panel("Synthetic Panel 50").missense("NRAS", "p.Q61R");
    let found = therapies(&report(&mutated.result(), "COADREAD", Release::starter()));
    assert!(found.contains("R Cetuximab") && !found.contains("A Cetuximab"), "{found:?}");
}

#[test]
fn how_a_drug_can_be_reached() {
    let egfr = || File::new().missense("EGFR", "p.L858R").result();
    let kras = || File::new().missense("KRAS", "p.G12C").result();
    let msi = || File::new().marker("MSI", "high").result();
    for (result, tumour, drug, wanted) in [
        (egfr(), "LUAD", "Osimertinib", ApprovedHere),
        (egfr(), "COADREAD", "Osimertinib", ApprovedHereOtherIndication),
        (kras(), "LUAD", "Sotorasib", ApprovedHere),
        (kras(), "LUAD", "Adagrasib", ApprovedAbroad),
        (kras(), "COADREAD", "Adagrasib + Cetuximab", ApprovedAbroad),
        (msi(), "PAAD", "Pembrolizumab", ApprovedHere),
        (msi(), "PAAD", "Nivolumab", ApprovedHereOtherIndication),
    ] {
        let found = therapy(&report(&result, tumour, Release::starter()), drug);
        assert_eq!(found.map(|found| found.1), Some(wanted), "{drug} in {tumour}");
    }
}
