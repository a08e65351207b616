//! Draws the genome-wide markers.

use serde_json::{Value, json};

use super::{TUMOUR_DNA, rounded};
use crate::{
    draw::Draw,
    patient::{Design, Profile},
};

/// From here on the burden is called high. Units: mutations per megabase.
const TMB_HIGH: f64 = 10.0;
/// From here on loss of heterozygosity is called high. Units: per cent.
const LOH_HIGH: f64 = 16.0;

/// Draws burden, microsatellite state and, on tumour-only tissue, loss of heterozygosity.
pub(crate) fn draw(draw: &mut Draw, profile: &Profile) -> Vec<Value> {
    if profile.tumour.haematological {
        return Vec::new();
    }
    let markers = profile.tumour.markers;
    let unstable = draw.happens(markers.msi_high_per_mille);
    let mut biomarkers = vec![
        burden(draw, profile, markers.tmb_median as f64, unstable),
        microsatellites(draw, profile, unstable),
    ];
    if profile.design == Design::TumourOnly {
        let high = draw.happens(markers.loh_high_per_mille);
        let percent =
            rounded(if high { 16.0 + draw.unit() * 22.0 } else { draw.unit() * 15.5 }, 10.0);
        let state = if percent >= LOH_HIGH { "high" } else { "low" };
        biomarkers.push(biomarker(profile, "LOH", percent, "%", "LOH score", state));
    }
    biomarkers
}

fn burden(draw: &mut Draw, profile: &Profile, median: f64, unstable: bool) -> Value {
    let spread = (1.0 + draw.bell() * 0.35).max(0.15);
    let value = rounded(if unstable { 22.0 + draw.unit() * 45.0 } else { median * spread }, 100.0);
    let state = if value >= TMB_HIGH { "high" } else { "low" };
    biomarker(profile, "TMB", value, "mutations-per-megabase", "mutations-per-megabase", state)
}

fn microsatellites(draw: &mut Draw, profile: &Profile, unstable: bool) -> Value {
    let undetermined = draw.happens(15);
    let percent =
        rounded(if unstable { 32.0 + draw.unit() * 50.0 } else { draw.unit() * 12.0 }, 10.0);
    let state = match (undetermined, unstable) {
        (true, _) => "cannot be determined",
        (false, true) => "high",
        (false, false) => "stable",
    };
    biomarker(profile, "MSI", percent, "%", "percentage of unstable sites", state)
}

fn biomarker(
    profile: &Profile,
    kind: &str,
    value: f64,
    unit: &str,
    metric: &str,
    state: &str,
) -> Value {
    json!({
        "itemId": format!("marker-{}", kind.to_ascii_lowercase()),
        "biomarkerType": kind,
        "biomarkerMetrics": [{ "value": value, "unit": unit, "metricType": metric }],
        "state": state,
        "sampleItemId": TUMOUR_DNA,
        "matched": profile.design == Design::Paired,
        "reported": true,
    })
}
