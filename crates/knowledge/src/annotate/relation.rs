//! How the patient's tumour type stands to the evidence's.

use model::{evidence::TumourRelation, tumour::TumourTypeCode};

use super::{evaluate::Outcome, evaluate::evaluate, facts::Facts};
use crate::{
    level::LevelRelation,
    release::Release,
    tumour::{TumourScope, TumourType},
};

/// Most steps from a type to its root; a tree that goes round ends here.
const MAX_STEPS: usize = 64;

/// The patient's tumour type and every broader one, nearest first.
pub(super) struct Patient<'a> {
    path: Vec<&'a TumourType>,
}

/// A relation, and whether the evidence is for a narrower type within the patient's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Related {
    pub(super) relation: TumourRelation,
    pub(super) narrower: bool,
    /// The scope holds every tumour and does not name the patient's.
    pub(super) by_all: bool,
}

impl Related {
    /// Returns the relation as the level table words it.
    pub(super) fn for_level(self) -> LevelRelation {
        match self.relation {
            TumourRelation::Same => LevelRelation::Same,
            TumourRelation::Ancestor if self.by_all => LevelRelation::AllTumours,
            TumourRelation::Ancestor => LevelRelation::Ancestor,
            TumourRelation::Other => LevelRelation::Other,
            TumourRelation::Unknown => LevelRelation::Unknown,
        }
    }
}

impl<'a> Patient<'a> {
    /// Looks up the patient's tumour type.
    pub(super) fn of(release: &'a Release, tumour: Option<&TumourTypeCode>) -> Self {
        Self { path: tumour.map_or_else(Vec::new, |code| upward(release, code).collect()) }
    }

    /// Returns whether the type is known to the release.
    pub(super) fn is_known(&self) -> bool {
        !self.path.is_empty()
    }

    /// Returns how the patient's type stands to a scope.
    ///
    /// A narrower type than the patient's counts as another one: whether the patient has it is not said.
    pub(super) fn relate(&self, facts: &Facts<'_>, scope: &TumourScope) -> Related {
        let plain = |relation| Related { relation, narrower: false, by_all: false };
        let Some(own) = self.path.first() else { return plain(TumourRelation::Unknown) };
        if scope.is_unknown() {
            return plain(TumourRelation::Unknown);
        }
        if self.path.iter().any(|tumour| scope.except.contains(&tumour.code)) {
            return plain(TumourRelation::Other);
        }
        let everywhere =
            if own.haematological { scope.any_haematological } else { scope.any_solid };
        let named = self.path.iter().any(|tumour| scope.codes.contains(&tumour.code));
        let relation = if scope.codes.contains(&own.code) {
            TumourRelation::Same
        } else if everywhere || named {
            TumourRelation::Ancestor
        } else {
            let narrower = scope
                .codes
                .iter()
                .any(|code| upward(facts.release, code).any(|tumour| tumour.code == own.code));
            return Related { narrower, ..plain(TumourRelation::Other) };
        };
        let subtype_shown = scope
            .requires
            .as_ref()
            .is_none_or(|requires| matches!(evaluate(facts, requires), Outcome::Met(_)));
        let relation = if subtype_shown { relation } else { TumourRelation::Unknown };
        Related { by_all: everywhere && !named, ..plain(relation) }
    }
}

/// Returns a type and every broader one, nearest first.
fn upward<'a>(
    release: &'a Release,
    code: &TumourTypeCode,
) -> impl Iterator<Item = &'a TumourType> + use<'a> {
    std::iter::successors(release.tumour_type(code), |tumour| {
        tumour.parent.as_ref().and_then(|parent| release.tumour_type(parent))
    })
    .take(MAX_STEPS)
}
