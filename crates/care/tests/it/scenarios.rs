//! What an oncologist expects of the report: the right drugs at the right level, in the right and in the
//! wrong tumour type, with the starter release and with one made of public sources.

mod aggregation;
mod known_biomarkers;
mod lung_tumours;

use std::{collections::BTreeSet, sync::OnceLock};

use care::report::{FindingsReport, ReportInput, compose, evidence::EvidenceGroup};
use ingest::detect::{ReadOptions, read_any};
use knowledge::{
    Release,
    build::{Draft, SourceFile, SourceKind},
};
use model::{
    case::PatientCase,
    evidence::{DrugAccessibility, EvidenceLevel, EvidenceType},
    result::TestResult,
    tumour::TumourTypeCode,
};
use serde_json::{Value, json};

/// Makes a release of OncoTree and CIViC on a draft, or `None` where they are absent.
fn release_on(mut draft: Draft) -> Option<Release> {
    for (kind, file) in [
        (SourceKind::OncoTree, "oncotree/oncotree_2025_10_03.json"),
        (SourceKind::Civic, "civic/civic_evidence_2026-04-25.tsv"),
    ] {
        let bytes = std::fs::read(testkit::public_data::path(file)?).unwrap();
        draft.add(&SourceFile::new(kind, file, &bytes));
    }
    Some(Release::from_files(&draft.finish("public", "test")).unwrap())
}

/// Returns the release of CIViC and OncoTree alone.
fn civic_release() -> Option<&'static Release> {
    static RELEASE: OnceLock<Option<Release>> = OnceLock::new();
    RELEASE.get_or_init(|| release_on(Draft::new())).as_ref()
}

/// Returns the release of CIViC and OncoTree on the starter tables.
fn public_release() -> Option<&'static Release> {
    static RELEASE: OnceLock<Option<Release>> = OnceLock::new();
    RELEASE.get_or_init(|| release_on(Draft::starter())).as_ref()
}

/// Makes the report of a result for a tumour type.
fn report(result: &TestResult, tumour: &str, release: &Release) -> FindingsReport {
    let case = PatientCase {
        reference: "SCENARIO".to_owned(),
        tumour_type: Some(TumourTypeCode::new(tumour)),
        synthetic: true,
        ..PatientCase::default()
    };
    compose(
        &ReportInput { result, case: Some(&case), problems: &[], program_version: "0.0.0-test" },
        release,
    )
}

/// Returns all summaries by therapy of a report: alterations, markers and genes without alteration.
fn groups(report: &FindingsReport) -> impl Iterator<Item = &EvidenceGroup> {
    let findings = &report.findings;
    let alterations = findings.alterations.iter().flat_map(|finding| &finding.evidence);
    let markers = findings.biomarkers.iter().flat_map(|finding| &finding.evidence);
    let wild_type = findings.wild_type.groups();
    alterations.chain(markers).chain(wild_type)
}

/// Returns each therapy with each of its levels, as `A Osimertinib`.
fn therapies(report: &FindingsReport) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for group in groups(report).filter(|group| group.evidence_type == EvidenceType::Predictive) {
        let Some(therapy) = &group.therapy else { continue };
        for level in group.summaries.iter().filter_map(|summary| summary.level) {
            found.insert(format!("{level} {}", therapy.name.en));
        }
    }
    found
}

/// Takes lines such as `A: Gefitinib; Osimertinib` apart into `A Gefitinib` and `A Osimertinib`.
fn lines(lines: &[&str]) -> BTreeSet<String> {
    lines
        .iter()
        .filter_map(|line| line.split_once(": "))
        .flat_map(|(level, drugs)| drugs.split("; ").map(move |drug| format!("{level} {drug}")))
        .collect()
}

/// Returns a therapy's drugs without regard to order and case.
fn drugs(name: &str) -> Vec<String> {
    let mut drugs: Vec<String> = name.split(" + ").map(str::to_lowercase).collect();
    drugs.sort();
    drugs
}

/// Returns the highest level of a therapy's support.
fn level_of(report: &FindingsReport, name: &str) -> Option<EvidenceLevel> {
    therapy(report, name)?.0
}

/// Returns the highest level of a therapy's support, and how it can be reached.
fn therapy(
    report: &FindingsReport,
    name: &str,
) -> Option<(Option<EvidenceLevel>, DrugAccessibility)> {
    let of_name = groups(report).filter_map(|group| {
        let therapy = group.therapy.as_ref()?;
        let levels = group.summaries.iter().filter_map(|summary| summary.level);
        let support = levels.filter(|level| *level != EvidenceLevel::R).min();
        (drugs(&therapy.name.en) == drugs(name)).then_some((support, therapy.accessibility))
    });
    of_name.min_by_key(|(level, _)| level.map_or(u8::MAX, |level| level as u8))
}

/// A small CATS file in the making.
struct File {
    short: Vec<Value>,
    copies: Vec<Value>,
    fusions: Vec<Value>,
    markers: Vec<Value>,
    panel: &'static str,
}

const SAMPLE: &str = "tumour";

impl File {
    /// A tumour-only result of a panel whose gene list is not known.
    fn new() -> Self {
        Self {
            short: Vec::new(),
            copies: Vec::new(),
            fusions: Vec::new(),
            markers: Vec::new(),
            panel: "A panel of unknown genes",
        }
    }

    fn panel(mut self, name: &'static str) -> Self {
        self.panel = name;
        self
    }

    /// Adds a short variant. The place is that of no variant: reports rest on the protein change.
    fn variant(mut self, gene: &str, protein: &str, effect: &str) -> Self {
        self.short.push(json!({
            "itemId": format!("short-{}", self.short.len() + 1),
            "chromosome": "7", "position": 55_000_000 + self.short.len(),
            "referenceAllele": "T", "alternateAllele": "G", "alternateAlleleFrequency": 0.31,
            "transcripts": [{
                "transcriptId": null, "transcriptDatabaseName": null, "geneSymbol": gene,
                "strand": null, "cdsChange": null, "aminoAcidsChange": protein,
                "calculatedEffects": [effect],
            }],
            "sampleItemId": SAMPLE, "reported": true,
        }));
        self
    }

    fn missense(self, gene: &str, protein: &str) -> Self {
        self.variant(gene, protein, "missense_variant")
    }

    fn copies(mut self, gene: &str, kind: &str) -> Self {
        self.copies.push(json!({
            "itemId": format!("copy-{}", self.copies.len() + 1),
            "copyNumberAlterationType": kind, "transcripts": [{ "geneSymbol": gene }],
            "sampleItemId": SAMPLE, "reported": true,
        }));
        self
    }

    fn fusion(mut self, five: &str, three: &str) -> Self {
        let breakend = |gene: &str| {
            json!({
                "chromosome": "2", "startPosition": 100, "endPosition": 100,
                "transcripts": [{ "geneSymbol": gene }],
            })
        };
        self.fusions.push(json!({
            "itemId": format!("fusion-{}", self.fusions.len() + 1),
            "breakends": [breakend(five), breakend(three)],
            "orderedGenePairs": [[five, three]],
            "rearrangementType": "gene fusion", "sampleItemId": SAMPLE, "reported": true,
        }));
        self
    }

    fn marker(mut self, kind: &str, state: &str) -> Self {
        self.markers.push(json!({
            "itemId": format!("marker-{}", self.markers.len() + 1),
            "biomarkerType": kind, "state": state, "sampleItemId": SAMPLE, "reported": true,
        }));
        self
    }

    /// Writes the file and reads it as every file is read.
    fn result(self) -> TestResult {
        let document = json!({
            "metaData": {
                "schemaVersion": "1.2.1",
                "referenceGenome": { "grcRelease": "GRCh38" },
            },
            "testInfo": {
                "testId": "scenario", "testType": "tumor-only",
                "panelName": self.panel, "panelVersion": "1.0",
            },
            "sequencingSamples": [
                { "itemId": SAMPLE, "tumorOrNormal": "tumor", "nucleicAcid": "DNA" },
            ],
            "variants": {
                "shortVariants": self.short,
                "copyNumberAlterations": self.copies,
                "rearrangements": self.fusions,
            },
            "otherBiomarkers": self.markers,
        });
        let bytes = document.to_string().into_bytes();
        let reading = read_any(&bytes, "scenario.cats", &ReadOptions::default());
        assert!(!model::problem::has_error(&reading.problems), "{:#?}", reading.problems);
        reading.value.unwrap().remove(0).result
    }
}
