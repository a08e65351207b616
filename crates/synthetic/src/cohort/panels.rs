//! Panels of the cohort: the nation's own, a large one, and one whose genes are not known.

use std::sync::Arc;

use knowledge::Release;
use research::cohort::{
    AlterationKind, CohortCase, CohortPanel, Name, PanelCoverage, SampleKind, Word as _,
};

use crate::{
    draw::Draw,
    tables::{Tables, Tumour},
};

/// The panel of the starter knowledge whose public gene list the large panel takes.
const LARGE: &str = "FoundationOne CDx";
/// Genes whose rearrangements the panels of tissue report.
const REARRANGED: [&str; 14] = [
    "ALK", "BRAF", "EGFR", "ETV6", "EWSR1", "FGFR1", "FGFR2", "FGFR3", "MET", "NTRK1", "NTRK2",
    "NTRK3", "RET", "ROS1",
];
/// How often no test is known. Units: per mille.
const NO_TEST_PER_MILLE: u64 = 12;

/// A panel with its genes in the order of how often passengers lie in them.
pub(super) struct DrawnPanel {
    pub(super) panel: Arc<CohortPanel>,
    /// What the laboratory could have reported, whether or not its list is known.
    pub(super) coverage: PanelCoverage,
    /// Usual number of passengers.
    pub(super) passengers: u64,
    sample: SampleKind,
    weight: u64,
}

/// All panels.
pub(super) struct Panels {
    tissue: Vec<DrawnPanel>,
    haematological: Vec<DrawnPanel>,
}

impl Panels {
    pub(super) fn new(tables: &Tables) -> Self {
        use AlterationKind as K;
        let own = |id: &str| -> Vec<Name> {
            let panel = tables.panels.get(id);
            panel.map(|panel| names(panel.genes.iter().copied())).unwrap_or_default()
        };
        let large = Release::starter().panel(LARGE, None);
        let large =
            large.map(|panel| names(panel.genes.iter().map(model::gene::GeneSymbol::as_str)));
        let large = large.unwrap_or_default();
        let fused: Vec<Name> = names(REARRANGED);
        let tissue = |genes: &[Name]| PanelCoverage {
            rearrangement: fused.iter().filter(|gene| genes.contains(gene)).cloned().collect(),
            ..PanelCoverage::of(genes, &[K::Short, K::CopyNumber])
        };
        let known = |name: &str, coverage: PanelCoverage, passengers, sample, weight| DrawnPanel {
            panel: CohortPanel::new(name, Some(coverage.clone())),
            coverage,
            passengers,
            sample,
            weight,
        };
        let unknown = DrawnPanel {
            panel: CohortPanel::new("Synthetic Panel of unknown genes", None),
            coverage: tissue(&large),
            passengers: 9,
            sample: SampleKind::Ffpe,
            weight: 5,
        };
        let liquid = PanelCoverage {
            rearrangement: fused.clone(),
            ..PanelCoverage::of(&large, &[K::Short])
        };
        let rna = PanelCoverage::of(&own("rna"), K::ALL);
        Self {
            tissue: vec![
                known("Synthetic Panel 50", tissue(&own("tissue")), 5, SampleKind::Ffpe, 18),
                known("Synthetic Panel 324", tissue(&large), 12, SampleKind::Ffpe, 50),
                known("Synthetic DNA and RNA Panel 70", rna, 6, SampleKind::Ffpe, 12),
                known("Synthetic Liquid Panel 324", liquid, 9, SampleKind::Plasma, 15),
                unknown,
            ],
            haematological: vec![known(
                "Synthetic Haem Panel 40",
                PanelCoverage::of(&own("haem"), K::ALL),
                3,
                SampleKind::BoneMarrow,
                1,
            )],
        }
    }
}

fn names<'a>(genes: impl IntoIterator<Item = &'a str>) -> Vec<Name> {
    genes.into_iter().map(Name::from).collect()
}

/// Draws the test of a case; `None` where none is known.
pub(super) fn draw<'p>(
    case: &mut CohortCase,
    draw: &mut Draw,
    tumour: &Tumour,
    panels: &'p Panels,
) -> Option<&'p DrawnPanel> {
    let choices = if tumour.haematological { &panels.haematological } else { &panels.tissue };
    let chosen = draw.weighted(choices, |panel| panel.weight)?;
    if draw.happens(NO_TEST_PER_MILLE) {
        return None;
    }
    case.panel = Some(Arc::clone(&chosen.panel));
    case.sample_kind = Some(chosen.sample);
    Some(chosen)
}
