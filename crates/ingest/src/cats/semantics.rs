//! What the values of a document mean together, beyond the rules for each.
//!
//! Errors here are those that the official tool raises beyond its schema, for items that are reported;
//! for items that are not they are warnings. The other warnings are ours: [`plausible`] doubts single
//! items, [`genome`] looks at assembly and reference.

use std::collections::{HashMap, HashSet};

use super::{
    document::{Document, Rearrangement},
    json::{push_index, push_key},
    map::{fusion_words, split_pair},
    problems::{Findings, meaning},
    read::ReadOptions,
};

mod genome;
mod plausible;

/// Checks a whole document.
pub(super) fn check(document: &Document, options: &ReadOptions<'_>, findings: &mut Findings) {
    identities(document, findings);
    rearrangements(document, findings);
    plausible::check(document, findings);
    genome::check(document, options, findings);
}

/// Makes a JSON pointer of a list, an index and a member.
pub(super) fn pointer(list: &str, index: usize, member: &str) -> String {
    let mut pointer = list.to_owned();
    push_index(&mut pointer, index);
    if !member.is_empty() {
        push_key(&mut pointer, member);
    }
    pointer
}

pub(super) const SHORT_VARIANTS: &str = "/variants/shortVariants";
pub(super) const COPY_NUMBER_ALTERATIONS: &str = "/variants/copyNumberAlterations";
pub(super) const REARRANGEMENTS: &str = "/variants/rearrangements";
pub(super) const BIOMARKERS: &str = "/otherBiomarkers";
const COMPOSITES: &str = "/compositeBiomarkers";
const EXPRESSIONS: &str = "/expressions";
const ORGANISMS: &str = "/nonHumanContents";
const SAMPLES: &str = "/sequencingSamples";

/// An item as far as identity goes.
struct Item<'d> {
    list: &'static str,
    index: usize,
    id: &'d str,
    sample: Option<&'d str>,
    reported: bool,
}

/// Returns every item of the document that has an identifier, samples first.
fn items(document: &Document) -> Vec<Item<'_>> {
    let mut items = Vec::new();
    for (index, sample) in document.samples().iter().enumerate() {
        items.push(Item {
            list: SAMPLES,
            index,
            id: &sample.item_id,
            sample: None,
            reported: true,
        });
    }
    macro_rules! add {
        ($list:expr, $values:expr) => {
            for (index, item) in $values.iter().enumerate() {
                items.push(Item {
                    list: $list,
                    index,
                    id: &item.item_id,
                    sample: item.sample_item_id.as_deref(),
                    reported: item.reported,
                });
            }
        };
    }
    add!(SHORT_VARIANTS, document.short_variants());
    add!(COPY_NUMBER_ALTERATIONS, document.copy_number_alterations());
    add!(REARRANGEMENTS, document.rearrangements());
    add!(BIOMARKERS, document.biomarkers());
    for (index, item) in document.composites().iter().enumerate() {
        let (id, reported) = (item.item_id.as_str(), item.reported);
        items.push(Item { list: COMPOSITES, index, id, sample: None, reported });
    }
    add!(EXPRESSIONS, document.gene_expressions());
    add!(ORGANISMS, document.organisms());
    items
}

/// Checks that identifiers are unique and that what refers to one finds it.
fn identities(document: &Document, findings: &mut Findings) {
    let items = items(document);
    let mut places: HashMap<&str, (&'static str, usize)> = HashMap::with_capacity(items.len());
    for item in &items {
        if let Some((list, index)) = places.get(item.id) {
            let first = pointer(list, *index, "");
            let here = pointer(item.list, item.index, "itemId");
            findings.push(meaning::item_id_repeated(here, item.id, &first));
        } else {
            places.insert(item.id, (item.list, item.index));
        }
    }
    let samples: HashSet<&str> =
        document.samples().iter().map(|sample| sample.item_id.as_str()).collect();
    for item in &items {
        let Some(sample) = item.sample else { continue };
        if !samples.contains(sample) {
            let here = pointer(item.list, item.index, "sampleItemId");
            let problem = meaning::sample_unknown(here, sample);
            findings.push(meaning::by_reported(problem, item.reported));
        }
    }
    for (index, composite) in document.composites().iter().enumerate() {
        for (at, id) in composite.component_item_ids.iter().enumerate() {
            if !places.contains_key(id.as_str()) {
                let list = pointer(COMPOSITES, index, "componentItemIds");
                findings.push(meaning::item_unknown(pointer(&list, at, ""), id));
            }
        }
    }
    for (index, comment) in document.meta_data.comments.iter().flatten().enumerate() {
        for (at, id) in comment.item_ids.iter().enumerate() {
            if !places.contains_key(id.as_str()) {
                let list = pointer("/metaData/comments", index, "itemIds");
                findings.push(meaning::item_unknown(pointer(&list, at, ""), id));
            }
        }
    }
}

fn rearrangements(document: &Document, findings: &mut Findings) {
    let fusion_words = fusion_words(document);
    for (index, rearranged) in document.rearrangements().iter().enumerate() {
        if fusion_words.contains(&rearranged.rearrangement_type) {
            fusion(rearranged, index, findings);
        } else {
            let is_known =
                |transcript: &super::document::Transcript| transcript.gene_symbol.text().is_some();
            let has_gene =
                rearranged.breakends.iter().any(|end| end.transcripts.iter().any(is_known));
            if !has_gene {
                let here = pointer(REARRANGEMENTS, index, "breakends");
                let problem = meaning::rearrangement_without_gene(here);
                findings.push(meaning::by_reported(problem, rearranged.reported));
            }
        }
    }
}

/// Checks that a fusion's pairs are made of two genes, one at each breakend.
fn fusion(rearranged: &Rearrangement, index: usize, findings: &mut Findings) {
    let list = pointer(REARRANGEMENTS, index, "orderedGenePairs");
    let is_at = |end: usize, gene: Option<&str>| {
        rearranged.breakends.get(end).is_some_and(|breakend| {
            breakend.transcripts.iter().any(|transcript| transcript.gene_symbol.text() == gene)
        })
    };
    for (at, pair) in rearranged.ordered_gene_pairs.iter().flatten().enumerate() {
        let gene = |index: usize| pair.get(index).and_then(Option::as_deref);
        let (five, three) = (gene(0), gene(1));
        let here = pointer(&list, at, "");
        let problem = if five == three {
            meaning::fusion_of_one_gene(here, five.unwrap_or("null"))
        } else if !(is_at(0, five) && is_at(1, three) || is_at(1, five) && is_at(0, three)) {
            let (five, three) = (five.unwrap_or("null"), three.unwrap_or("null"));
            meaning::fusion_pair_elsewhere(here, five, three)
        } else {
            continue;
        };
        findings.push(meaning::by_reported(problem, rearranged.reported));
    }
    let list = pointer(REARRANGEMENTS, index, "genePairs");
    for (at, pair) in rearranged.gene_pairs.iter().flatten().enumerate() {
        let is_of_two = split_pair(rearranged, pair).is_some_and(|(five, three)| five != three);
        if !is_of_two {
            let (five, three) = pair.split_once('-').unwrap_or((pair, ""));
            let problem = meaning::fusion_pair_elsewhere(pointer(&list, at, ""), five, three);
            findings.push(meaning::by_reported(problem, rearranged.reported));
        }
    }
}
