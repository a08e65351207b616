//! Draws a result as a CATS document.

use serde_json::{Map, Value, json};

use crate::{
    draw::Draw,
    patient::{Design, Profile},
    tables::{Kind, Likely, Locus, Tables},
};

mod marker;

/// Identifiers of the sequenced samples within a file.
pub(crate) const TUMOUR_DNA: &str = "sample-tumor-dna";
const TUMOUR_RNA: &str = "sample-tumor-rna";
const NORMAL_DNA: &str = "sample-normal-dna";

/// Variants of no known meaning, now and then found and mostly left out of the report.
const OF_UNKNOWN_MEANING: [&str; 5] =
    ["SMAD4 W500L", "PIK3CA G634W", "EGFR V400M", "BRCA2 E1900K", "MLH1 E300K"];

/// At most this many fusions in one tumour.
const FUSIONS_MAX: usize = 1;

/// Draws a result.
pub(crate) fn draw(draw: &mut Draw, tables: &Tables, profile: &Profile, reference: &str) -> Value {
    let chosen = choose(draw, profile);
    let mut short = Vec::new();
    let mut copies = Vec::new();
    let mut fusions = Vec::new();
    for likely in chosen {
        match likely.kind {
            Kind::Somatic | Kind::Germline => {
                if let Some(locus) = tables.loci.get(likely.name) {
                    short.push(short_variant(draw, profile, locus, likely.kind, short.len()));
                }
            }
            Kind::Amplification | Kind::Deletion => {
                copies.extend(copy_number(draw, tables, profile, likely, copies.len()));
            }
            Kind::Fusion if fusions.len() < FUSIONS_MAX => {
                fusions.extend(fusion(draw, tables, profile, likely.name, fusions.len()));
            }
            Kind::Fusion => {}
        }
    }
    unknown_meaning(draw, tables, profile, &mut short);
    json!({
        "metaData": {
            "schemaVersion": "1.2.1",
            "referenceGenome": { "name": "GRCh38", "grcRelease": "GRCh38" },
            "comments": [{ "itemIds": [], "contents": ["Synthetic data: no patient exists."] }],
        },
        "testInfo": {
            "testId": format!("{reference}-T"),
            "testType": profile.design.cats(),
            "panelName": profile.panel.name,
            "panelVersion": profile.panel.version,
            "softwareName": "synthetic nation",
            "softwareVersion": env!("CARGO_PKG_VERSION"),
            "testForReferenceOnly": false,
        },
        "sequencingSamples": samples(draw, profile),
        "variants": {
            "shortVariants": short,
            "copyNumberAlterations": copies,
            "rearrangements": fusions,
        },
        "otherBiomarkers": marker::draw(draw, profile),
    })
}

/// Draws what is altered, as far as the test can see it.
fn choose(draw: &mut Draw, profile: &Profile) -> Vec<&'static Likely> {
    let mut chosen = Vec::new();
    let mut genes_with_variant: Vec<&str> = Vec::new();
    for likely in &profile.tumour.alterations {
        if !draw.happens(likely.per_mille) {
            continue;
        }
        let genes: Vec<&str> = match likely.kind {
            Kind::Fusion => likely.name.split("::").collect(),
            _ => likely.name.split(' ').take(1).collect(),
        };
        let covered = genes.iter().any(|gene| profile.panel.genes.contains(gene));
        let seen = match likely.kind {
            Kind::Deletion => profile.design != Design::CellFree,
            _ => true,
        };
        // Two independent hits in one oncogene are rare; the first drawn stands for both.
        let again = likely.kind == Kind::Somatic
            && genes.iter().any(|gene| genes_with_variant.contains(gene))
            && !second_hit_expected(likely.name);
        if !covered || !seen || again {
            continue;
        }
        if matches!(likely.kind, Kind::Somatic | Kind::Germline) {
            genes_with_variant.extend(genes);
        }
        chosen.push(likely);
    }
    chosen
}

/// Returns whether a variant comes on top of another in the same gene.
fn second_hit_expected(name: &str) -> bool {
    matches!(name, "EGFR T790M" | "EGFR C797S" | "KIT V654A" | "FLT3 D835Y")
        || name.starts_with("APC ")
        || name.starts_with("ARID1A ")
}

fn samples(draw: &mut Draw, profile: &Profile) -> Vec<Value> {
    let mut samples = Vec::new();
    let tumour_depth = match profile.design {
        Design::CellFree => draw.between(2500, 9000),
        Design::Paired | Design::TumourOnly => draw.between(350, 1400),
    };
    let mut tumour = json!({
        "itemId": TUMOUR_DNA, "tumorOrNormal": "tumor", "nucleicAcid": "DNA",
        "meanReadDepth": tumour_depth,
        "mappedReadsPercentage": 95.0 + rounded(draw.unit() * 4.9, 10.0),
        "suspectedSampleStates": [],
    });
    if profile.design != Design::CellFree && draw.happens(30) {
        set(&mut tumour, "suspectedSampleStates", json!(["deaminated"]));
    }
    samples.push(tumour);
    if profile.rna {
        samples.push(json!({
            "itemId": TUMOUR_RNA, "tumorOrNormal": "tumor", "nucleicAcid": "RNA",
            "totalReadCount": draw.between(9_000_000, 40_000_000),
        }));
    }
    if profile.design == Design::Paired {
        samples.push(json!({
            "itemId": NORMAL_DNA, "tumorOrNormal": "normal", "nucleicAcid": "DNA",
            "meanReadDepth": draw.between(150, 500),
        }));
    }
    samples
}

fn short_variant(
    draw: &mut Draw,
    profile: &Profile,
    locus: &Locus,
    kind: Kind,
    before: usize,
) -> Value {
    let depth = match profile.design {
        Design::CellFree => draw.between(1800, 8000),
        Design::Paired | Design::TumourOnly => draw.between(180, 1500),
    };
    let share = match (kind, profile.design) {
        (Kind::Germline, _) => 0.44 + draw.unit() * 0.12,
        (_, Design::CellFree) => 0.002 + draw.unit() * draw.unit() * 0.30,
        _ => profile.content_percent as f64 / 100.0 * (0.30 + draw.unit() * 0.35),
    };
    let alternate_depth = ((depth as f64 * share).round() as u64).max(3);
    let origin = match (kind, profile.design) {
        (Kind::Germline, Design::Paired) => Some("germline"),
        (_, Design::Paired) => Some("somatic"),
        (Kind::Germline, _) => None,
        _ => Some("likely somatic"),
    };
    let germline_seen = kind == Kind::Germline && profile.design == Design::Paired;
    let protein = (!locus.protein.is_empty()).then_some(locus.protein);
    let transcript = json!({
        "transcriptId": locus.transcript,
        "transcriptDatabaseName": "RefSeq",
        "geneSymbol": locus.gene,
        "strand": locus.strand,
        "cdsChange": locus.coding,
        "aminoAcidsChange": protein,
        "calculatedEffects": [locus.effect],
    });
    let mut variant = json!({
        "itemId": format!("short-{}", before + 1),
        "chromosome": locus.chromosome,
        "position": locus.position,
        "referenceAllele": locus.reference,
        "alternateAllele": locus.alternate,
        "alternateAlleleFrequency": rounded(alternate_depth as f64 / depth as f64, 10_000.0),
        "totalReadDepth": depth,
        "alternateAlleleReadDepth": alternate_depth,
        "transcripts": [transcript],
        "sampleItemId": if germline_seen { NORMAL_DNA } else { TUMOUR_DNA },
        "matched": profile.design == Design::Paired,
        "reported": true,
    });
    if let Some(origin) = origin {
        set(&mut variant, "variantOrigin", json!(origin));
    }
    variant
}

fn unknown_meaning(draw: &mut Draw, tables: &Tables, profile: &Profile, short: &mut Vec<Value>) {
    for id in OF_UNKNOWN_MEANING {
        let Some(locus) = tables.loci.get(id) else { continue };
        if !profile.panel.genes.contains(&locus.gene) || !draw.happens(60) {
            continue;
        }
        let mut variant = short_variant(draw, profile, locus, Kind::Somatic, short.len());
        let reported = draw.happens(400);
        set(&mut variant, "reported", json!(reported));
        short.push(variant);
    }
}

fn copy_number(
    draw: &mut Draw,
    tables: &Tables,
    profile: &Profile,
    likely: &Likely,
    before: usize,
) -> Option<Value> {
    let region = tables.regions.get(likely.name)?;
    let (kind, copies) = if likely.kind == Kind::Amplification {
        let lowest = if profile.design == Design::CellFree { 24 } else { 60 };
        ("amplification", draw.between(lowest, lowest + 180) as f64 / 10.0)
    } else if draw.happens(700) {
        ("homozygous deletion", 0.0)
    } else {
        ("loss", 1.0)
    };
    Some(json!({
        "itemId": format!("copy-{}", before + 1),
        "chromosome": region.chromosome,
        "startPosition": region.start,
        "endPosition": region.end,
        "copyNumberMetrics": [{ "value": copies, "unit": "copy number" }],
        "copyNumberAlterationType": kind,
        "transcripts": [{ "geneSymbol": likely.name }],
        "sampleItemId": TUMOUR_DNA,
        "variantOrigin": if profile.design == Design::Paired { "somatic" } else { "likely somatic" },
        "matched": profile.design == Design::Paired,
        "reported": true,
    }))
}

fn fusion(
    draw: &mut Draw,
    tables: &Tables,
    profile: &Profile,
    name: &str,
    before: usize,
) -> Option<Value> {
    let (five, three) = name.split_once("::")?;
    let breakends = [(five, "downstream"), (three, "upstream")].map(|(gene, side)| {
        let region = tables.regions.get(gene)?;
        let place = draw.between(region.start, region.end);
        Some(json!({
            "chromosome": region.chromosome,
            "startPosition": place,
            "endPosition": place,
            "matePieceLocation": side,
            "transcripts": [{ "geneSymbol": gene }],
        }))
    });
    let [Some(left), Some(right)] = breakends else { return None };
    Some(json!({
        "itemId": format!("fusion-{}", before + 1),
        "breakends": [left, right],
        "supportingReadCount": draw.between(12, 600),
        "orderedGenePairs": [[five, three]],
        "rearrangementNames": [format!("{five}-{three}")],
        "rearrangementType": "gene fusion",
        "sampleItemId": if profile.rna { TUMOUR_RNA } else { TUMOUR_DNA },
        "variantOrigin": if profile.design == Design::Paired { "somatic" } else { "likely somatic" },
        "matched": profile.design == Design::Paired,
        "reported": true,
    }))
}

/// Rounds to so many steps in one.
pub(crate) fn rounded(value: f64, steps: f64) -> f64 {
    (value * steps).round() / steps
}

/// Sets a key of an object.
pub(crate) fn set(object: &mut Value, key: &str, value: Value) {
    if let Some(members) = object.as_object_mut().map(|members: &mut Map<String, Value>| members) {
        members.insert(key.to_owned(), value);
    }
}
