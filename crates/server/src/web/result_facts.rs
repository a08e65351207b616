//! What a result says, as tables.

use model::{
    alteration::{
        Biomarker, CopyNumberAlteration, Metric, Rearrangement, ShortVariant, WrittenChange,
    },
    result::{SequencedSample, TestResult},
};

use crate::{format, limits::ALTERATIONS_SHOWN_MAX, page::Page, view::Fact};

/// What a result says.
pub(crate) struct ResultFacts {
    /// The test.
    pub(crate) test: Vec<Fact>,
    /// Samples.
    pub(crate) samples: Vec<SampleView>,
    /// Short variants that are shown.
    pub(crate) variants: Vec<VariantView>,
    /// How many short variants there are.
    pub(crate) variant_count: u64,
    /// How many of them are not shown.
    pub(crate) variants_left: u64,
    /// Copy-number alterations.
    pub(crate) copies: Vec<AlterationView>,
    /// How many there are.
    pub(crate) copy_count: u64,
    /// Rearrangements.
    pub(crate) rearrangements: Vec<AlterationView>,
    /// How many there are.
    pub(crate) rearrangement_count: u64,
    /// Genome-wide markers.
    pub(crate) biomarkers: Vec<AlterationView>,
}

/// A sequenced sample.
pub(crate) struct SampleView {
    pub(crate) id: String,
    pub(crate) tissue: String,
    pub(crate) nucleic_acid: &'static str,
    pub(crate) depth: String,
    pub(crate) suspected: String,
}

/// A short variant.
pub(crate) struct VariantView {
    pub(crate) gene: String,
    pub(crate) protein: String,
    pub(crate) coding: String,
    pub(crate) place: String,
    pub(crate) frequency: String,
    pub(crate) depth: String,
    pub(crate) origin: String,
    pub(crate) reported: String,
}

/// Another alteration or a marker.
pub(crate) struct AlterationView {
    pub(crate) gene: String,
    pub(crate) kind: String,
    pub(crate) measured: String,
    pub(crate) reported: String,
}

/// What stands where the sender says nothing.
const NOTHING: &str = "–";

impl ResultFacts {
    /// Makes the tables of a result.
    pub(crate) fn of(page: &Page, result: &TestResult, digest: &str) -> Self {
        let shown = |count: usize| count.min(ALTERATIONS_SHOWN_MAX);
        let variant_count = result.short_variants.len();
        let variants = result.short_variants.iter().take(ALTERATIONS_SHOWN_MAX);
        let copies = result.copy_number_alterations.iter().take(ALTERATIONS_SHOWN_MAX);
        let rearrangements = result.rearrangements.iter().take(ALTERATIONS_SHOWN_MAX);
        let biomarkers = result.biomarkers.iter().take(ALTERATIONS_SHOWN_MAX);
        let samples = result.samples.iter().take(ALTERATIONS_SHOWN_MAX);
        Self {
            test: test_facts(page, result, digest),
            samples: samples.map(|sample| sample_view(page, sample)).collect(),
            variants: variants.map(|variant| variant_view(page, variant)).collect(),
            variant_count: variant_count as u64,
            variants_left: (variant_count - shown(variant_count)) as u64,
            copies: copies.map(|copy| copy_view(page, copy)).collect(),
            copy_count: result.copy_number_alterations.len() as u64,
            rearrangements: rearrangements.map(|each| rearrangement_view(page, each)).collect(),
            rearrangement_count: result.rearrangements.len() as u64,
            biomarkers: biomarkers.map(|marker| biomarker_view(page, marker)).collect(),
        }
    }
}

fn test_facts(page: &Page, result: &TestResult, digest: &str) -> Vec<Fact> {
    let test = &result.test;
    let assembly = match (result.assembly, result.lifted_from) {
        (Some(to), Some(from)) => {
            Some(page.words("assembly-lifted", &[("to", to.name()), ("from", from.name())]))
        }
        (assembly, _) => assembly.map(|assembly| assembly.name().to_owned()),
    };
    let software = test.software_name.as_ref().map(|name| match &test.software_version {
        Some(version) => format!("{name} {version}"),
        None => name.clone(),
    });
    let fact = |label, value| Fact { label, value };
    vec![
        fact(page.t("panel"), test.panel_name.clone()),
        fact(page.t("fact-panel-version"), test.panel_version.clone()),
        fact(page.t("fact-test-type"), test.test_type.map(|kind| page.test_type(kind))),
        fact(page.t("fact-test-id"), test.test_id.clone()),
        fact(page.t("fact-format"), Some(page.format(&result.source))),
        fact(page.t("fact-assembly"), assembly),
        fact(page.t("fact-software"), software),
        fact(page.t("fact-digest"), Some(short(digest))),
    ]
}

/// The beginning of a digest, enough to tell files apart by eye; the whole one is in the JSON.
fn short(digest: &str) -> String {
    const SHOWN: usize = 16;
    digest.chars().take(SHOWN).chain(['…']).collect()
}

fn sample_view(page: &Page, sample: &SequencedSample) -> SampleView {
    SampleView {
        id: sample.item_id.clone(),
        tissue: sample.tissue.map_or_else(|| NOTHING.to_owned(), |tissue| page.tissue(tissue)),
        nucleic_acid: match sample.nucleic_acid {
            Some(model::result::NucleicAcid::Dna) => "DNA",
            Some(model::result::NucleicAcid::Rna) => "RNA",
            None => NOTHING,
        },
        depth: sample.depth_mean.map_or_else(|| NOTHING.to_owned(), format::quantity),
        suspected: or_nothing(sample.suspected_states.join(&page.t("list-separator"))),
    }
}

fn variant_view(page: &Page, variant: &ShortVariant) -> VariantView {
    let transcript = variant.transcripts.first();
    let gene = transcript.and_then(|each| each.gene.as_ref()).map(ToString::to_string);
    let change = |change: Option<&WrittenChange>| match change {
        Some(change) => change.hgvs.as_ref().unwrap_or(&change.written).clone(),
        None => NOTHING.to_owned(),
    };
    VariantView {
        gene: gene.unwrap_or_else(|| NOTHING.to_owned()),
        protein: change(transcript.and_then(|each| each.protein.as_ref())),
        coding: change(transcript.and_then(|each| each.coding.as_ref())),
        place: format!(
            "{}:{} {}>{}",
            variant.chromosome,
            format::grouped(variant.position.0),
            allele(&variant.reference),
            allele(&variant.alternate)
        ),
        frequency: variant.allele_frequency.map_or_else(|| NOTHING.to_owned(), format::frequency),
        depth: variant.depth_total.map_or_else(|| NOTHING.to_owned(), format::quantity),
        origin: variant.origin.map_or_else(|| NOTHING.to_owned(), |origin| page.origin(origin)),
        reported: yes(page, variant.reported),
    }
}

/// Shortens a long allele; the whole one is in the JSON.
fn allele(bases: &str) -> String {
    const SHOWN: usize = 12;
    let count = bases.chars().count();
    if count <= SHOWN {
        return bases.to_owned();
    }
    let head = bases.chars().take(SHOWN).collect::<String>();
    format!("{head}…({count})")
}

fn copy_view(page: &Page, copy: &CopyNumberAlteration) -> AlterationView {
    let genes = copy.genes.iter().map(ToString::to_string).collect::<Vec<_>>();
    AlterationView {
        gene: or_nothing(genes.join(&page.t("list-separator"))),
        kind: copy.kind.map_or_else(|| NOTHING.to_owned(), |kind| page.copy_number(kind)),
        measured: metrics(page, &copy.metrics),
        reported: yes(page, copy.reported),
    }
}

fn rearrangement_view(page: &Page, each: &Rearrangement) -> AlterationView {
    let pairs = each.gene_pairs.iter().map(|(five, three)| format!("{five}::{three}"));
    let pairs = pairs.collect::<Vec<_>>().join(&page.t("list-separator"));
    let genes = if pairs.is_empty() {
        let genes = each.genes().into_iter().map(ToString::to_string).collect::<Vec<_>>();
        genes.join(&page.t("list-separator"))
    } else {
        pairs
    };
    AlterationView {
        gene: or_nothing(genes),
        kind: page.rearrangement(each.kind),
        measured: each
            .supporting_reads
            .map_or_else(|| NOTHING.to_owned(), |reads| reads.to_string()),
        reported: yes(page, each.reported),
    }
}

fn biomarker_view(page: &Page, marker: &Biomarker) -> AlterationView {
    let state = marker.state.map(|state| page.biomarker_state(state));
    AlterationView {
        gene: page.biomarker(marker.kind),
        kind: state.unwrap_or_else(|| NOTHING.to_owned()),
        measured: metrics(page, &marker.metrics),
        reported: yes(page, marker.reported),
    }
}

fn metrics(page: &Page, metrics: &[Metric]) -> String {
    let values = metrics.iter().map(|metric| match &metric.unit {
        Some(unit) => format!("{} {}", format::quantity(metric.value), unit_words(page, unit)),
        None => format::quantity(metric.value),
    });
    or_nothing(values.collect::<Vec<_>>().join(" / "))
}

/// Words of the units that the national format names; any other stands as written.
fn unit_words(page: &Page, unit: &str) -> String {
    match unit {
        "mutations-per-megabase" => page.t("unit-tmb"),
        "copy number" => page.t("unit-copies"),
        other => other.to_owned(),
    }
}

fn yes(page: &Page, yes: bool) -> String {
    if yes { page.t("yes") } else { page.t("no") }
}

fn or_nothing(text: String) -> String {
    if text.is_empty() { NOTHING.to_owned() } else { text }
}
