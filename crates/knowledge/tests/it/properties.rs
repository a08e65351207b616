//! Whatever the input, nothing panics.

use knowledge::{
    Biomarker, Release,
    biomarker::Readability,
    build::{Draft, SourceFile, SourceKind},
};
use proptest::prelude::*;

use crate::results::{fusion, result, variant};

/// Pieces of which real profiles are made.
const PIECES: &[&str] = &[
    "EGFR",
    "BRAF",
    "v::ALK",
    "EML4::ALK",
    "A::?",
    "::",
    "L858R",
    "V600",
    "p.(",
    "G12/G13",
    "S34Y/F",
    "Exon 19 Deletion",
    "Exon 4-11 Deletion",
    "Exon 0",
    "exon",
    "Fusion",
    "Mutation",
    "AND",
    "OR",
    "NOT",
    "(",
    ")",
    " ( ",
    " ) ",
    "c.",
    "c.340+1G>A",
    "(c.232A>C)",
    "Splice Site",
    "TMB High",
    "MSI",
    "Wildtype",
    "Non-V600",
    "Non-",
    "/",
    "*",
    "rs123",
    "e6::e20",
    "Loss-of-function",
    "変異",
    "−",
    "\u{0}",
    "99999999999",
    "fs*",
    "delins",
    "reg_e@[IGH]::BCL2",
    "VIII",
    " ",
    "\t",
    "",
];

fn profile() -> impl Strategy<Value = String> {
    let pieces = prop::collection::vec((0..PIECES.len(), prop::bool::ANY), 0..14);
    pieces.prop_map(|pieces| {
        let mut text = String::new();
        for (at, space) in pieces {
            text += PIECES[at];
            if space {
                text.push(' ');
            }
        }
        text
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(5_000))]

    #[test]
    fn any_profile_is_read_without_a_panic(text in profile(), gene in prop::option::of("[A-Z0-9]{0,6}")) {
        let biomarker = Biomarker::parse(&text, gene.as_deref());
        prop_assert_eq!(&biomarker, &Biomarker::parse(&text, gene.as_deref()));
        let _ = (biomarker.readability(), biomarker.conditions().len());
    }

    #[test]
    fn any_text_is_read_without_a_panic(text in "\\PC{0,120}") {
        let _ = Biomarker::parse(&text, Some("EGFR")).readability();
    }

    #[test]
    fn any_change_is_annotated_without_a_panic(change in "(c\\.)?[A-Z0-9_*>?+=-]{0,24}", gene in "(EGFR|MET|TERT|FLT3|KIT|BRCA2|TP53)") {
        let result = fusion(variant(result(), &gene, &change), &gene, "ALK");
        let annotation = Release::starter().annotate(&result, None);
        prop_assert_eq!(annotation.findings.len(), 2);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn any_bytes_as_a_source_give_a_release_that_opens(
        bytes in prop::collection::vec(any::<u8>(), 0..400),
        at in 0..10_usize,
        cells in prop::collection::vec("[\\PC\t]{0,60}", 0..4),
    ) {
        let kinds = [
            (SourceKind::Civic, "id\tmolecular_profile\tgene\tdisease\tdoid\ttherapies\ttherapy_interaction_type\tevidence_level\tevidence_type\tevidence_direction\tsignificance\n"),
            (SourceKind::OncoTree, "{\"A\":{\"code\":\"A\",\"name\":\"n\",\"children\":"),
            (SourceKind::Hotspots, "gene\tcodon\tkind\n"),
            (SourceKind::Panels, "panel\tgenes\n"),
            (SourceKind::Approvals, "drug\tregion\ttumour_codes\tbiomarker\tapproved\n"),
            (SourceKind::SecondaryFindings, "gene\tcondition_en\tcondition_ja\tzygosity\n"),
            (SourceKind::Drugs, "id\tname_en\tname_ja\tclasses\taliases\n"),
            (SourceKind::Genes, "symbol\trole\n"),
            (SourceKind::Evidence, "id\tgene\tbiomarker\ttumour_codes\tdrugs\tevidence_type\tsignificance\tdirection\tstrength\treferences\n"),
            (SourceKind::TumourTypes, "code\tname_en\tparent\thaematological\n"),
        ];
        let (kind, header) = kinds[at];
        let mut text = Vec::from(header);
        text.extend(cells.join("\n").bytes());
        text.extend(&bytes);
        let mut draft = Draft::new();
        draft.add(&SourceFile::new(kind, "any", &text));
        let release = Release::from_files(&draft.finish("any", "1"));
        prop_assert!(release.is_ok(), "{:?}", release.err());
    }
}

/// Every public profile, with each letter in turn taken out, doubled or changed.
#[test]
fn mutated_public_profiles_are_read_without_a_panic() {
    let Some(profiles) = crate::biomarkers::profiles() else { return };
    let mut tried = 0_u64;
    for profile in &profiles {
        let letters: Vec<char> = profile.chars().collect();
        for at in 0..letters.len() {
            for change in 0..3 {
                let mut mutated = letters.clone();
                match change {
                    0 => {
                        mutated.remove(at);
                    }
                    1 => mutated.insert(at, letters[at]),
                    _ => mutated[at] = if letters[at] == '(' { ')' } else { '(' },
                }
                let text: String = mutated.into_iter().collect();
                let _ = Biomarker::parse(&text, None).readability();
                tried += 1;
            }
        }
    }
    assert!(tried > 100_000, "{tried}");
    assert_eq!(Biomarker::parse("", None).readability(), Readability::NotUnderstood);
}
