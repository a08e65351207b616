//! Judging whole expressions: three-valued, with the alterations that meet them.

use super::{
    AlterationRef, Specificity,
    condition::{Judgement, judge},
    facts::Facts,
};
use crate::biomarker::Biomarker;

/// Most ways of meeting one expression that are kept.
const MAX_WAYS: usize = 64;

/// One way in which a result meets an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Way {
    /// The alterations that take part, sorted; empty where only absences do.
    pub(super) alterations: Vec<AlterationRef>,
    /// How closely.
    pub(super) specificity: Specificity,
}

/// What judging an expression comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Met, in each of these ways.
    Met(Vec<Way>),
    /// Shown not to be met.
    NotMet,
    /// The result does not say.
    Unknown,
}

/// Judges an expression.
pub(super) fn evaluate(facts: &Facts<'_>, biomarker: &Biomarker) -> Outcome {
    match biomarker {
        Biomarker::Is(condition) => match judge(facts, condition) {
            Judgement::Met(met) => Outcome::Met(
                met.into_iter()
                    .map(|(at, specificity)| Way { alterations: vec![at], specificity })
                    .collect(),
            ),
            Judgement::MetByAbsence => met_by_absence(),
            Judgement::NotMet => Outcome::NotMet,
            Judgement::Unknown => Outcome::Unknown,
        },
        Biomarker::Not(part) => match evaluate(facts, part) {
            Outcome::Met(_) => Outcome::NotMet,
            Outcome::NotMet => met_by_absence(),
            Outcome::Unknown => Outcome::Unknown,
        },
        Biomarker::Any(parts) => any(facts, parts),
        Biomarker::All(parts) => all(facts, parts),
    }
}

fn met_by_absence() -> Outcome {
    Outcome::Met(vec![Way { alterations: Vec::new(), specificity: Specificity::WildType }])
}

fn any(facts: &Facts<'_>, parts: &[Biomarker]) -> Outcome {
    let mut ways: Vec<Way> = Vec::new();
    let mut unknown = false;
    for part in parts {
        match evaluate(facts, part) {
            Outcome::Met(more) => merge(&mut ways, more),
            Outcome::NotMet => {}
            Outcome::Unknown => unknown = true,
        }
    }
    match (ways.is_empty(), unknown) {
        (false, _) => Outcome::Met(ways),
        (true, true) => Outcome::Unknown,
        (true, false) => Outcome::NotMet,
    }
}

/// Adds ways; of two with the same alterations the closer one stays.
fn merge(ways: &mut Vec<Way>, more: Vec<Way>) {
    for way in more {
        let room = ways.len() < MAX_WAYS;
        match ways.iter_mut().find(|known| known.alterations == way.alterations) {
            Some(known) => known.specificity = known.specificity.min(way.specificity),
            None if room => ways.push(way),
            None => {}
        }
    }
}

fn all(facts: &Facts<'_>, parts: &[Biomarker]) -> Outcome {
    let mut ways = vec![Way { alterations: Vec::new(), specificity: Specificity::WildType }];
    let mut unknown = false;
    for part in parts {
        match evaluate(facts, part) {
            Outcome::Met(more) => {
                let mut joined = Vec::new();
                for way in &ways {
                    merge(&mut joined, more.iter().map(|other| join(way, other)).collect());
                }
                ways = joined;
            }
            Outcome::NotMet => return Outcome::NotMet,
            Outcome::Unknown => unknown = true,
        }
    }
    if unknown { Outcome::Unknown } else { Outcome::Met(ways) }
}

fn join(left: &Way, right: &Way) -> Way {
    let mut alterations = left.alterations.clone();
    alterations.extend_from_slice(&right.alterations);
    alterations.sort_unstable();
    alterations.dedup();
    let specificity = if alterations.len() > 1 {
        Specificity::Combination
    } else {
        left.specificity.min(right.specificity)
    };
    Way { alterations, specificity }
}
