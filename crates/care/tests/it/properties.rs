//! What must hold of every report.

use std::collections::BTreeSet;

use care::report::{
    FindingsReport, RenderPdfError, counts::offers_therapy, disclaimer::CautionWeight, html_body,
    pdf::Fonts, to_html, to_json, to_pdf,
};
use model::{alteration::BiomarkerKind, text::Language, tumour::TumourTypeCode};

use crate::case::{Case, NAMES};

const SECTIONS: [&str; 8] = [
    "basicItems",
    "findings",
    "candidateTrials",
    "geneDetails",
    "references",
    "softwareVersions",
    "evidenceLevelDefinitions",
    "disclaimer",
];

fn codes(report: &FindingsReport) -> Vec<&str> {
    report.disclaimer.cautions.iter().map(|caution| caution.code.as_ref()).collect()
}

/// The keys of an object in the order in which they are written.
struct Keys(Vec<String>);

impl<'de> serde::Deserialize<'de> for Keys {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Keys;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<M: serde::de::MapAccess<'de>>(self, mut map: M) -> Result<Keys, M::Error> {
                let mut keys = Vec::new();
                while let Some((key, _)) = map.next_entry::<String, serde::de::IgnoredAny>()? {
                    keys.push(key);
                }
                Ok(Keys(keys))
            }
        }
        deserializer.deserialize_map(Visitor)
    }
}

#[test]
fn there_are_exactly_eight_sections_in_order() {
    for name in NAMES {
        let json = to_json(&Case::read(name).report());
        let Keys(keys) = serde_json::from_slice(&json).unwrap();
        assert_eq!(keys, SECTIONS);
        let html = html_body(&Case::read(name).report(), Language::Ja);
        assert_eq!(html.matches("<h2 ").count(), 8);
        assert_eq!(html.matches("<section ").count(), 8);
    }
}

#[test]
fn a_report_read_back_from_json_is_the_same() {
    for name in NAMES {
        let report = Case::read(name).report();
        let read: FindingsReport = serde_json::from_slice(&to_json(&report)).unwrap();
        assert_eq!(read, report);
    }
}

#[test]
fn references_are_numbered_from_one_and_all_are_cited() {
    for name in NAMES {
        let report = Case::read(name).report();
        let numbers: Vec<u32> = report.references.iter().map(|entry| entry.number).collect();
        assert_eq!(numbers, (1..).take(numbers.len()).collect::<Vec<u32>>());
        let ids: BTreeSet<&str> = report.references.iter().map(|entry| entry.id.as_str()).collect();
        assert_eq!(ids.len(), report.references.len());
        let groups = report
            .findings
            .alterations
            .iter()
            .flat_map(|alteration| &alteration.evidence)
            .chain(report.findings.biomarkers.iter().flat_map(|marker| &marker.evidence))
            .chain(report.findings.wild_type.markers.iter().flat_map(|marker| &marker.evidence));
        let cited: BTreeSet<u32> = groups
            .flat_map(|group| &group.summaries)
            .flat_map(|summary| summary.references.iter().copied())
            .collect();
        assert_eq!(cited, numbers.into_iter().collect::<BTreeSet<u32>>());
    }
}

#[test]
fn counts_agree_with_what_is_listed() {
    for name in NAMES {
        let findings = Case::read(name).report().findings;
        let counts = &findings.counts;
        assert_eq!(counts.alterations.total, findings.alterations.len());
        let actionable = findings
            .alterations
            .iter()
            .filter(|alteration| alteration.evidence.iter().any(offers_therapy))
            .count();
        assert_eq!(counts.alterations.actionable, actionable);
        let kinds = &counts.by_kind;
        assert_eq!(
            kinds.short_variant.total
                + kinds.copy_number_alteration.total
                + kinds.fusion.total
                + kinds.other_rearrangement.total,
            counts.alterations.total
        );
        let levels: usize = counts.by_level.iter().map(|entry| entry.count).sum();
        assert_eq!(levels, counts.alterations.total + counts.biomarkers.total);
    }
}

#[test]
fn strongest_evidence_comes_first() {
    let report = Case::read("lung_tumour_only").report();
    let levels: Vec<_> = report
        .findings
        .alterations
        .iter()
        .map(|alteration| alteration.highest_level.map_or("Z", |level| level.letter()))
        .collect();
    assert!(levels.is_sorted(), "{levels:?}");
    assert_eq!(levels.first(), Some(&"A"));
}

#[test]
fn all_three_markers_are_always_stated() {
    for name in NAMES {
        let findings = Case::read(name).report().findings;
        for kind in [BiomarkerKind::Tmb, BiomarkerKind::Msi, BiomarkerKind::Loh] {
            assert!(
                findings.biomarkers.iter().any(|marker| marker.kind == kind),
                "{name} {kind:?}"
            );
        }
    }
}

#[test]
fn items_that_the_laboratory_does_not_report_are_left_out() {
    let findings = Case::read("lung_tumour_only").report().findings;
    assert!(findings.alterations.iter().all(|alteration| alteration.item_id != "sv-5"));
    assert_eq!(findings.counts.not_reported_items, 1);
}

#[test]
fn tumour_only_germline_candidates_are_said_to_be_unconfirmed() {
    let report = Case::read("lung_tumour_only").report();
    let brca2 = report.findings.alterations.iter().find(|a| a.item_id == "sv-4").unwrap();
    let candidate = brca2.secondary_finding.as_ref().unwrap();
    assert!(!candidate.confirmed);
    assert!(candidate.statement.en.contains("unconfirmed"));
    assert!(candidate.statement.ja.contains("未確定"));
    assert!(codes(&report).contains(&"germlineUnconfirmed"));
    assert!(codes(&report).contains(&"secondaryFindings"));

    let matched = Case::read("leukaemia_matched").report();
    let brca1 = matched.findings.alterations.iter().find(|a| a.item_id == "h-4").unwrap();
    assert!(brca1.secondary_finding.as_ref().unwrap().confirmed);
    assert!(!codes(&matched).contains(&"germlineUnconfirmed"));
}

#[test]
fn only_haematological_reports_have_diagnosis_and_prognosis() {
    assert!(Case::read("lung_tumour_only").report().findings.haematological.is_none());
    let tables = Case::read("leukaemia_matched").report().findings.haematological.unwrap();
    assert!(!tables.prognosis.is_empty());
    assert!(!tables.diagnosis.is_empty());

    let mut panel_only = Case::read("leukaemia_matched");
    panel_only.case = None;
    assert!(panel_only.report().findings.haematological.is_some(), "the panel says so");
}

#[test]
fn cautions_follow_from_the_facts_of_the_report() {
    let lung = Case::read("lung_tumour_only").report();
    for code in ["synthetic", "demonstration", "sampleQuality", "referenceAlleleNotChecked"] {
        assert!(codes(&lung).contains(&code), "{code}: {:?}", codes(&lung));
    }
    let empty = Case::read("nothing_found").report();
    assert!(!codes(&empty).contains(&"synthetic"));
    assert!(codes(&empty).contains(&"tumourTypeMissing"));

    let mut unknown = Case::read("lung_tumour_only");
    unknown.case.as_mut().unwrap().tumour_type = Some(TumourTypeCode::new("NOSUCH"));
    let unknown = unknown.report();
    let caution =
        unknown.disclaimer.cautions.iter().find(|caution| caution.code == "tumourTypeUnknown");
    assert_eq!(caution.unwrap().weight, CautionWeight::Head);
}

#[test]
fn text_from_outside_cannot_become_markup() {
    let report = Case::read("lung_tumour_only").report();
    for language in Language::ALL {
        let html = to_html(&report, language);
        assert!(!html.contains("<script"), "script");
        assert!(!html.contains("<b>bold"), "bold");
        assert!(html.contains("&#60;script&#62;") || html.contains("&lt;script&gt;"));
        assert!(!html.contains("SYN-<LUNG>"));
    }
}

#[test]
fn a_page_asks_nothing_of_the_network() {
    let html = to_html(&Case::read("lung_tumour_only").report(), Language::En);
    for word in [" src=", "url(", "@import", "<link", "<script", "<img", "<iframe"] {
        assert!(!html.contains(word), "{word}");
    }
}

#[test]
fn a_pdf_is_made_in_both_languages() {
    let report = Case::read("leukaemia_matched").report();
    for language in Language::ALL {
        let pdf = to_pdf(&report, language).unwrap();
        assert!(pdf.starts_with(b"%PDF-"));
        let tag = format!("/Lang({language})");
        let text = String::from_utf8_lossy(&pdf);
        assert!(text.contains(&tag) || text.contains(&format!("/Lang ({language})")), "{tag}");
    }
}

#[test]
fn without_a_japanese_font_the_error_names_the_package() {
    let fonts = Fonts::of(Vec::<(typst_kit_font::NoFont, _)>::new());
    let error = fonts.render(&Case::read("nothing_found").report(), Language::En).unwrap_err();
    assert!(matches!(error, RenderPdfError::NoJapaneseFont));
    assert!(error.to_string().contains("fonts-noto-cjk"));
}

mod typst_kit_font {
    /// A font that there is not.
    pub(super) struct NoFont;

    impl typst_kit::fonts::FontSource for NoFont {
        fn load(&self) -> Option<typst::text::Font> {
            None
        }
    }
}
