//! Bringing a document to a newer version, one version after the other.
//!
//! What changes between versions is what the official format update changes. Two steps are known to
//! change the label only: 1.0 to 1.0.1, and (inferred) 1.2.1 to 1.3.0.

use model::problem::{Problem, Severity, has_error};

use super::{
    document::Document,
    problems::{change, schema},
    read::{ReadOptions, read},
    value::Nullable,
    version::Version,
    write::write,
};
use crate::reading::Reading;

mod samples;

/// Brings a document to a version, which must not be older than its own.
///
/// The value is there unless a step was impossible. Problems are what was assumed on the way, and every error
/// that the outcome has by the rules of its new version.
pub fn upgrade(document: &Document, to: Version) -> Reading<Document> {
    let Some(from) = document.version() else {
        let written = &document.meta_data.schema_version;
        return Reading::failed(vec![schema::version_unknown("/metaData/schemaVersion", written)]);
    };
    if from > to {
        return Reading::failed(vec![change::older(from, to)]);
    }
    let mut upgraded = document.clone();
    let mut problems = Vec::new();
    let mut at = from;
    while at < to {
        let Some(next) = at.next() else { break };
        step(&mut upgraded, next, &mut problems);
        at = next;
    }
    if has_error(&problems) {
        return Reading::failed(problems);
    }
    let options = ReadOptions { max_bytes: usize::MAX, ..ReadOptions::default() };
    let judged = read(&write(&upgraded), &options);
    problems.extend(judged.problems.into_iter().filter(|p| p.severity == Severity::Error));
    Reading::of(upgraded, problems)
}

/// Changes a document of the version before into one of the version given.
fn step(document: &mut Document, to: Version, problems: &mut Vec<Problem>) {
    match to {
        Version::V1_1_0 => {
            join_release(document);
            rename_fusion(document);
        }
        Version::V1_2_0 => {
            samples::associate(document, problems);
            order_gene_pairs(document, problems);
            type_metrics(document);
        }
        Version::V1_2_1 => rename_copy_number(document),
        Version::V1_0 | Version::V1_0_1 | Version::V1_3_0 => {}
    }
    document.meta_data.schema_version = to.name().to_owned();
}

/// 1.1.0 has one release where name and patch were two.
fn join_release(document: &mut Document) {
    let genome = &mut document.meta_data.reference_genome;
    let name = genome.name.clone().unwrap_or_default();
    let patch = genome.patch.text().filter(|patch| !patch.is_empty());
    genome.grc_release = Some(match patch {
        Some(patch) => format!("{name}.{patch}"),
        None => name,
    });
    genome.patch = Nullable::Absent;
}

/// 1.1.0 names one kind of fusion differently.
fn rename_fusion(document: &mut Document) {
    const OLD: &str = "frameshift gene fusion";
    const NEW: &str = "gene fusion and frameshift variant";
    let variants = document.variants.as_mut();
    for item in variants.into_iter().flat_map(|v| v.rearrangements.iter_mut().flatten()) {
        if item.rearrangement_type == OLD {
            item.rearrangement_type = NEW.to_owned();
        }
    }
    let Some(options) = document.meta_data.config_options.as_mut() else { return };
    let lists = [
        &mut options.type_labels_interpreted_as_kb_gene_fusion,
        &mut options.type_labels_interpreted_as_kb_rearrangement,
    ];
    for label in lists.into_iter().flat_map(|list| list.iter_mut().flatten()) {
        let is_old = label
            .split_once(':')
            .is_some_and(|(kind, word)| kind.trim() == "rearrangementType" && word.trim() == OLD);
        if is_old {
            *label = format!("rearrangementType: {NEW}");
        }
    }
}

/// 1.2.0 writes gene pairs as two genes in order, not as one text.
fn order_gene_pairs(document: &mut Document, problems: &mut Vec<Problem>) {
    let variants = document.variants.as_mut();
    let items = variants.into_iter().flat_map(|v| v.rearrangements.iter_mut().flatten());
    for (index, item) in items.enumerate() {
        let Some(written) = item.gene_pairs.take() else { continue };
        if written.is_empty() {
            continue;
        }
        let mut ordered = Vec::new();
        for pair in &written {
            match super::map::split_pair(item, pair) {
                Some((five, three)) => ordered.push(vec![Some(five.0), Some(three.0)]),
                None => {
                    let pointer = format!("/variants/rearrangements/{index}/orderedGenePairs");
                    problems.push(change::pair_lost(pointer, pair));
                }
            }
        }
        item.ordered_gene_pairs = Some(ordered);
    }
}

/// 1.2.0 gives every biomarker metric a type; the official update calls each a scalar.
fn type_metrics(document: &mut Document) {
    let markers = document.other_biomarkers.iter_mut().flatten();
    let of_markers = markers.flat_map(|marker| marker.biomarker_metrics.iter_mut().flatten());
    let organisms = document.non_human_contents.iter_mut().flatten();
    let of_organisms = organisms.flat_map(|organism| organism.content_metrics.iter_mut().flatten());
    for metric in of_markers.chain(of_organisms) {
        metric.metric_type = Some(String::from("scalar"));
    }
}

/// 1.2.1 names one unit of copy number differently.
fn rename_copy_number(document: &mut Document) {
    let variants = document.variants.as_mut();
    let items = variants.into_iter().flat_map(|v| v.copy_number_alterations.iter_mut().flatten());
    for metric in items.flat_map(|item| item.copy_number_metrics.iter_mut().flatten()) {
        if metric.unit == "absolute copy number" {
            metric.unit = String::from("copy number");
        }
    }
}
