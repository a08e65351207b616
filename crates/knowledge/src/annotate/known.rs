//! Which alterations are known or expected to act on their gene.
//!
//! Much evidence names any mutation of a gene. A variant of which nothing is known meets it by the letter
//! only: it is shown, but it gets no level and counts for no approval.

use std::collections::HashSet;

use model::gene::GeneRole;

use super::{AlterationRef, Specificity, evaluate::Way, facts::Facts};
use crate::{
    biomarker::{Alteration, Biomarker, RangeClass},
    level::AlterationEffect,
    release::{Release, index::BiomarkerEntry},
};

/// The alterations that are known or expected to act.
pub(super) struct Known(HashSet<AlterationRef>);

impl Known {
    /// Gathers them: loss of function of a gene that is not only an oncogene, a change at a hotspot, and
    /// what evidence of the release names by its amino-acid change, its codon, or its exon and kind.
    pub(super) fn of(
        facts: &Facts<'_>,
        release: &Release,
        met: &[(&BiomarkerEntry, Vec<Way>)],
    ) -> Self {
        let mut known = HashSet::new();
        for found in facts.variants() {
            let role = release.gene(found.gene).and_then(|gene| gene.role);
            let lost = found.effect.loses_function() && role != Some(GeneRole::Oncogene);
            let at_hotspot = !found.effect.loses_function() && found.hits_hotspot(release);
            if lost || at_hotspot {
                known.insert(found.at);
            }
        }
        for (entry, ways) in met {
            let by_kind = names_kind(&entry.biomarker);
            for way in ways {
                let named = match way.specificity {
                    Specificity::ExactProtein | Specificity::Codon => true,
                    Specificity::Range => by_kind,
                    _ => false,
                };
                if named {
                    known.extend(&way.alterations);
                }
            }
        }
        Self(known)
    }

    /// Returns what is known of the alterations in a way of meeting evidence.
    ///
    /// Only a short variant that meets evidence on any change of its gene can be of unknown effect.
    pub(super) fn effect(&self, way: &Way) -> AlterationEffect {
        let unknown = way.specificity == Specificity::Gene
            && way
                .alterations
                .iter()
                .any(|own| matches!(own, AlterationRef::ShortVariant(_)) && !self.0.contains(own));
        if unknown { AlterationEffect::Unknown } else { AlterationEffect::Known }
    }
}

/// Returns whether an expression names an exon together with a kind of change, such as `Exon 19 Deletion`;
/// a mutation somewhere in an exon is not enough.
fn names_kind(biomarker: &Biomarker) -> bool {
    biomarker.conditions().iter().any(|condition| match condition.alteration {
        Alteration::Exon { class, .. } | Alteration::Domain { class, .. } => {
            class != RangeClass::Mutation
        }
        _ => false,
    })
}
