//! How a regimen can be reached, and whether it is approved for the biomarker found.

use std::{cell::RefCell, collections::HashMap};

use model::evidence::DrugAccessibility;

use super::{
    AlterationRef,
    evaluate::{Outcome, evaluate},
    facts::Facts,
    known::Known,
    relation::Patient,
};
use crate::{
    drug::Approval,
    level::{AlterationEffect, ApprovalState},
};

/// Approvals as they bear on one patient.
pub(super) struct Access<'a, 'f> {
    facts: &'f Facts<'a>,
    patient: &'f Patient<'a>,
    known: &'f Known,
    home: &'f str,
    /// How the result meets an approval's biomarker and whether the tumour is the approved one, by approval.
    judged: RefCell<HashMap<usize, (Outcome, bool)>>,
}

/// The best that approvals say of a regimen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reach {
    pub(super) accessibility: DrugAccessibility,
    pub(super) state: ApprovalState,
}

impl<'a, 'f> Access<'a, 'f> {
    pub(super) fn new(
        facts: &'f Facts<'a>,
        patient: &'f Patient<'a>,
        known: &'f Known,
        home: &'f str,
    ) -> Self {
        Self { facts, patient, known, home, judged: RefCell::new(HashMap::new()) }
    }

    /// Judges one of the release's distinct regimens for the alterations that meet the evidence.
    pub(super) fn of(&self, regimen: usize, alterations: &[AlterationRef]) -> Reach {
        let release = self.facts.release;
        let mut here = false;
        let mut state = ApprovalState::None;
        let Some(regimen) = release.index().regimens.get(regimen) else {
            return Reach { accessibility: DrugAccessibility::Unknown, state };
        };
        for at in &regimen.approvals {
            let Some(approval) = release.approval_at(*at) else { continue };
            let (meets, this_tumour) = self.meets(*at, approval, alterations);
            if !meets {
                continue;
            }
            here |= this_tumour && approval.region == self.home;
            // Level A and C ask for an approval that names the biomarker.
            if approval.biomarker.is_some() {
                let found = if this_tumour {
                    ApprovalState::ThisTumour
                } else {
                    ApprovalState::OtherTumour
                };
                state = state.min(found);
            }
        }
        let accessibility = if here {
            DrugAccessibility::ApprovedHere
        } else if regimen.regions.contains(self.home) {
            DrugAccessibility::ApprovedHereOtherIndication
        } else if regimen.approved_somewhere {
            DrugAccessibility::ApprovedAbroad
        } else if regimen.investigational {
            DrugAccessibility::TrialOnly
        } else {
            DrugAccessibility::Unknown
        };
        Reach { accessibility, state }
    }

    /// Returns whether an approval's biomarker is met by these alterations, and whether its tumour is the patient's.
    fn meets(&self, at: usize, approval: &Approval, alterations: &[AlterationRef]) -> (bool, bool) {
        let mut judged = self.judged.borrow_mut();
        let (outcome, this_tumour) = judged.entry(at).or_insert_with(|| {
            let outcome = match &approval.biomarker {
                Some(biomarker) => evaluate(self.facts, biomarker),
                None => Outcome::Unknown,
            };
            let related = self.patient.relate(self.facts, &approval.tumours);
            (outcome, related.relation.is_this_tumour())
        });
        let meets = match (&approval.biomarker, outcome) {
            (None, _) => true,
            (Some(_), Outcome::Met(ways)) => ways.iter().any(|way| {
                let shared = way.alterations.iter().any(|own| alterations.contains(own))
                    || (way.alterations.is_empty() && alterations.is_empty());
                shared && self.known.effect(way) == AlterationEffect::Known
            }),
            (Some(_), Outcome::NotMet | Outcome::Unknown) => false,
        };
        (meets, *this_tumour)
    }
}
