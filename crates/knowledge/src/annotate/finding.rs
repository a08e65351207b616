//! From ways of meeting evidence to findings.

use std::collections::HashMap;

use model::{
    alteration::ShortVariant, evidence::EvidenceLevel, gene::GeneSymbol,
    hgvs::protein::ProteinChange, result::TestResult, tumour::TumourTypeCode,
};

use super::{
    AlterationRef, AnnotateOptions, Annotation, DrugMatch, EvidenceMatch, Finding, Specificity,
    access::Access,
    effect::Effect,
    evaluate::{Outcome, Way, evaluate},
    facts::Facts,
    known::Known,
    label,
    relation::{Patient, Related},
    secondary,
};
use crate::{
    evidence::Evidence,
    facts::Hotspot,
    level::{ApprovalState, LevelQuestion},
    release::{
        Release,
        index::{BiomarkerEntry, EvidenceEntry},
    },
};

/// Lays a result beside a release.
pub(super) fn annotate<'r>(
    release: &'r Release,
    result: &TestResult,
    tumour: Option<&TumourTypeCode>,
    options: &AnnotateOptions,
) -> Annotation<'r> {
    let facts = Facts::of(release, result);
    let patient = Patient::of(release, tumour);
    let mut findings = findings(release, result);
    let places: HashMap<AlterationRef, usize> =
        findings.iter().enumerate().map(|(at, finding)| (finding.alteration, at)).collect();
    let mut negatives = Vec::new();
    let index = release.index();
    let met: Vec<(&BiomarkerEntry, Vec<Way>)> = candidates(&facts)
        .filter_map(|entry| match evaluate(&facts, &entry.biomarker) {
            Outcome::Met(ways) => Some((entry, ways)),
            Outcome::NotMet | Outcome::Unknown => None,
        })
        .collect();
    let known = Known::of(&facts, release, &met);
    let access = Access::new(&facts, &patient, &known, &options.home);
    let mut relations: Vec<Option<Related>> = vec![None; index.scopes];
    for (entry, ways) in &met {
        for at in &entry.evidence {
            let Some(evidence) = release.evidence_at(*at) else { continue };
            let Some(shared) = index.evidence.get(*at) else { continue };
            let judged = relations.get(shared.scope).copied().flatten();
            let related = judged.unwrap_or_else(|| patient.relate(&facts, &evidence.tumours));
            if let Some(slot) = relations.get_mut(shared.scope) {
                *slot = Some(related);
            }
            let made = Match { release, access: &access, known: &known, evidence, shared, related };
            for way in ways {
                if way.alterations.is_empty() {
                    negatives.push(made.of(way, None));
                }
                for own in &way.alterations {
                    let finding = places.get(own).and_then(|place| findings.get_mut(*place));
                    if let Some(finding) = finding {
                        push_closest(&mut finding.matches, made.of(way, Some(*own)));
                    }
                }
            }
        }
    }
    for finding in &mut findings {
        sort(&mut finding.matches);
        finding.highest_level = highest(&finding.matches);
    }
    sort(&mut negatives);
    let tumour_known = patient.is_known();
    Annotation { findings, negatives, tumour_known }
}

/// Returns the biomarkers that the result could meet, in the release's order.
fn candidates<'a>(facts: &Facts<'a>) -> impl Iterator<Item = &'a BiomarkerEntry> + use<'a> {
    let index = facts.release.index();
    let mut places: Vec<usize> = index.biomarkers_without_alteration.clone();
    for gene in facts.altered_genes() {
        places.extend_from_slice(index.biomarkers_of_gene(gene));
    }
    if !facts.result.biomarkers.is_empty() {
        places.extend_from_slice(&index.biomarkers_on_markers);
    }
    places.sort_unstable();
    places.dedup();
    places.into_iter().filter_map(|place| index.biomarkers.get(place))
}

/// One evidence item beside one patient.
struct Match<'r, 'f, 'a> {
    release: &'r Release,
    access: &'f Access<'a, 'f>,
    known: &'f Known,
    evidence: &'r Evidence,
    shared: &'r EvidenceEntry,
    related: Related,
}

impl<'r> Match<'r, '_, '_> {
    fn of(&self, way: &Way, own: Option<AlterationRef>) -> EvidenceMatch<'r> {
        let evidence = self.evidence;
        let mut state = ApprovalState::None;
        let mut drugs: Vec<DrugMatch<'r>> = Vec::new();
        for (regimen, place) in evidence.regimens.iter().zip(&self.shared.regimens) {
            let reach = self.access.of(*place, &way.alterations);
            state = state.min(reach.state);
            drugs.push(DrugMatch { name: &regimen.name, accessibility: reach.accessibility });
        }
        let (level, level_rule) = self.release.levels().judge(&LevelQuestion {
            evidence_type: evidence.evidence_type,
            direction: evidence.direction,
            significance: evidence.significance,
            strength: evidence.strength,
            relation: self.related.for_level(),
            approval: state,
            effect: self.known.effect(way),
        });
        EvidenceMatch {
            evidence,
            specificity: way.specificity,
            relation: self.related.relation,
            narrower: self.related.narrower,
            level,
            level_rule,
            drugs,
            also: way.alterations.iter().copied().filter(|other| Some(*other) != own).collect(),
        }
    }
}

/// Keeps one match for each item: the one with fewer partners, then the closer one.
fn push_closest<'r>(matches: &mut Vec<EvidenceMatch<'r>>, new: EvidenceMatch<'r>) {
    // Ways of one item come one after the other.
    let same = matches.last_mut().filter(|known| std::ptr::eq(known.evidence, new.evidence));
    match same {
        Some(known) => {
            let rank = |found: &EvidenceMatch<'_>| (found.also.len(), found.specificity);
            if rank(&new) < rank(known) {
                *known = new;
            }
        }
        None => matches.push(new),
    }
}

fn sort(matches: &mut [EvidenceMatch<'_>]) {
    matches.sort_by(|left, right| key(left).cmp(&key(right)));
}

/// Strongest level first, then the closest, then by identifier with numbers in their order.
fn key<'m>(
    found: &'m EvidenceMatch<'_>,
) -> (bool, Option<EvidenceLevel>, Specificity, usize, &'m str) {
    let id = found.evidence.id.as_str();
    (found.level.is_none(), found.level, found.specificity, id.len(), id)
}

fn highest(matches: &[EvidenceMatch<'_>]) -> Option<EvidenceLevel> {
    matches.iter().filter_map(|found| found.level).min()
}

/// Makes a finding of each reported alteration, without evidence yet.
fn findings<'r>(release: &'r Release, result: &TestResult) -> Vec<Finding<'r>> {
    let mut findings = Vec::new();
    let empty = |alteration, genes, label| Finding {
        alteration,
        genes,
        label,
        matches: Vec::new(),
        hotspot: None,
        secondary_finding: None,
        highest_level: None,
    };
    for (at, variant) in result.short_variants.iter().enumerate().filter(|(_, v)| v.reported) {
        findings.push(Finding {
            hotspot: hotspot(release, variant),
            secondary_finding: secondary::of_variant(release, result, variant),
            ..empty(
                AlterationRef::ShortVariant(at),
                variant_genes(variant),
                label::short_variant(variant),
            )
        });
    }
    let copies = result.copy_number_alterations.iter().enumerate();
    for (at, copy) in copies.filter(|(_, copy)| copy.reported) {
        findings.push(Finding {
            secondary_finding: secondary::of_genes(
                release,
                result,
                &copy.genes,
                copy.origin,
                copy.matched,
            ),
            ..empty(AlterationRef::CopyNumber(at), copy.genes.clone(), label::copy_number(copy))
        });
    }
    let rearrangements = result.rearrangements.iter().enumerate();
    for (at, found) in rearrangements.filter(|(_, found)| found.reported) {
        let genes: Vec<GeneSymbol> = found.genes().into_iter().cloned().collect();
        findings.push(Finding {
            secondary_finding: secondary::of_genes(
                release,
                result,
                &genes,
                found.origin,
                found.matched,
            ),
            ..empty(AlterationRef::Rearrangement(at), genes, label::rearrangement(found))
        });
    }
    for (at, marker) in result.biomarkers.iter().enumerate().filter(|(_, m)| m.reported) {
        findings.push(empty(AlterationRef::Biomarker(at), Vec::new(), label::marker(marker)));
    }
    findings
}

fn variant_genes(variant: &ShortVariant) -> Vec<GeneSymbol> {
    let mut genes: Vec<GeneSymbol> = Vec::new();
    for gene in variant.transcripts.iter().filter_map(|transcript| transcript.gene.as_ref()) {
        if !genes.contains(gene) {
            genes.push(gene.clone());
        }
    }
    genes
}

/// Returns the hotspot that a variant hits: a replaced residue, or residues lost or added without loss of frame.
fn hotspot<'r>(release: &'r Release, variant: &ShortVariant) -> Option<&'r Hotspot> {
    let transcript = variant.transcripts.iter().find(|transcript| transcript.gene.is_some())?;
    let change = transcript.protein_change.as_ref()?;
    let effect = Effect::of(transcript);
    if effect.alters != Some(true) || effect.truncates {
        return None;
    }
    let single = matches!(change, ProteinChange::Substitution { .. });
    let (first, last) = change.codons();
    let gene = transcript.gene.as_ref()?;
    release.hotspots_of(gene.as_str()).find(|hotspot| {
        let kind_fits = match hotspot.kind.as_str() {
            "inframe" => !single,
            "splice" | "nonsense" => false,
            _ => single,
        };
        kind_fits && hotspot.first <= last && hotspot.last >= first
    })
}
