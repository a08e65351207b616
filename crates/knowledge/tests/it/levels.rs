//! The level table answers every question once.

use std::collections::BTreeSet;

use knowledge::{
    Release,
    level::{AlterationEffect, ApprovalState, LevelQuestion, LevelRelation},
};
use model::evidence::{
    ClinicalSignificance as Significance, EvidenceDirection, EvidenceLevel, EvidenceType,
    SourceStrength,
};

const TYPES: [EvidenceType; 6] = [
    EvidenceType::Predictive,
    EvidenceType::Diagnostic,
    EvidenceType::Prognostic,
    EvidenceType::Predisposing,
    EvidenceType::Oncogenic,
    EvidenceType::Functional,
];
const DIRECTIONS: [Option<EvidenceDirection>; 3] =
    [None, Some(EvidenceDirection::Supports), Some(EvidenceDirection::DoesNotSupport)];
const SIGNIFICANCES: [Option<Significance>; 18] = [
    None,
    Some(Significance::Sensitivity),
    Some(Significance::ReducedSensitivity),
    Some(Significance::Resistance),
    Some(Significance::AdverseResponse),
    Some(Significance::Positive),
    Some(Significance::Negative),
    Some(Significance::BetterOutcome),
    Some(Significance::PoorOutcome),
    Some(Significance::Predisposition),
    Some(Significance::Protectiveness),
    Some(Significance::Oncogenicity),
    Some(Significance::GainOfFunction),
    Some(Significance::LossOfFunction),
    Some(Significance::DominantNegative),
    Some(Significance::Neomorphic),
    Some(Significance::UnalteredFunction),
    Some(Significance::Uncertain),
];
const STRENGTHS: [SourceStrength; 5] = [
    SourceStrength::Validated,
    SourceStrength::Clinical,
    SourceStrength::CaseStudy,
    SourceStrength::Preclinical,
    SourceStrength::Inferential,
];
const RELATIONS: [LevelRelation; 5] = [
    LevelRelation::Same,
    LevelRelation::Ancestor,
    LevelRelation::AllTumours,
    LevelRelation::Other,
    LevelRelation::Unknown,
];
const APPROVALS: [ApprovalState; 3] =
    [ApprovalState::ThisTumour, ApprovalState::OtherTumour, ApprovalState::None];

const EFFECTS: [AlterationEffect; 2] = [AlterationEffect::Known, AlterationEffect::Unknown];

fn questions() -> impl Iterator<Item = LevelQuestion> {
    TYPES.into_iter().flat_map(|evidence_type| {
        DIRECTIONS.into_iter().flat_map(move |direction| {
            SIGNIFICANCES.into_iter().flat_map(move |significance| {
                STRENGTHS.into_iter().flat_map(move |strength| {
                    RELATIONS.into_iter().flat_map(move |relation| {
                        APPROVALS.into_iter().flat_map(move |approval| {
                            EFFECTS.into_iter().map(move |effect| LevelQuestion {
                                evidence_type,
                                direction,
                                significance,
                                strength,
                                relation,
                                approval,
                                effect,
                            })
                        })
                    })
                })
            })
        })
    })
}

#[test]
fn every_question_has_an_answer_and_every_row_is_used() {
    let levels = Release::starter().levels();
    let mut used = BTreeSet::new();
    let mut count = 0;
    for question in questions() {
        let (_, rule) = levels.judge(&question);
        assert_ne!(rule, "none", "no row answers {question:?}");
        used.insert(rule.to_owned());
        count += 1;
    }
    assert_eq!(count, 6 * 3 * 18 * 5 * 5 * 3 * 2);
    let ids: Vec<String> = levels.rule_ids().map(str::to_owned).collect();
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "a row's identifier repeats");
    let unused: Vec<&String> = ids.iter().filter(|id| !used.contains(*id)).collect();
    assert!(unused.is_empty(), "rows that never decide: {unused:?}");
}

#[test]
fn what_must_hold_of_levels_holds() {
    let levels = Release::starter().levels();
    for question in questions() {
        let (level, rule) = levels.judge(&question);
        let here = matches!(
            question.relation,
            LevelRelation::Same | LevelRelation::Ancestor | LevelRelation::AllTumours
        );
        let told = || format!("{question:?} {rule} {level:?}");
        if question.direction != Some(EvidenceDirection::Supports) {
            assert_eq!(level, None, "{}", told());
        }
        // An approval for the patient's tumour is evidence in that tumour, whatever the item's own is.
        if matches!(level, Some(EvidenceLevel::A | EvidenceLevel::B)) {
            assert!(here || question.approval == ApprovalState::ThisTumour, "{}", told());
        }
        if level == Some(EvidenceLevel::R) {
            assert_eq!(question.evidence_type, EvidenceType::Predictive, "{}", told());
        }
        if question.effect == AlterationEffect::Unknown {
            assert!([None, Some(EvidenceLevel::F)].contains(&level), "{}", told());
        }
        if question.strength == SourceStrength::Preclinical {
            let low =
                [None, Some(EvidenceLevel::E), Some(EvidenceLevel::F), Some(EvidenceLevel::R)];
            assert!(low.contains(&level), "{}", told());
        }
        if question.evidence_type == EvidenceType::Predisposing {
            assert_eq!(level, None, "{}", told());
        }
    }
}

#[test]
fn the_steps_of_the_scale_are_as_written() {
    let levels = Release::starter().levels();
    let ask = |strength, relation, approval| {
        let question = LevelQuestion {
            evidence_type: EvidenceType::Predictive,
            direction: Some(EvidenceDirection::Supports),
            significance: Some(Significance::Sensitivity),
            strength,
            relation,
            approval,
            effect: AlterationEffect::Known,
        };
        levels.judge(&question).0.map(EvidenceLevel::letter)
    };
    use ApprovalState::{None as NotApproved, OtherTumour, ThisTumour};
    use LevelRelation::{AllTumours, Ancestor, Other, Same, Unknown};
    use SourceStrength::{CaseStudy, Clinical, Preclinical, Validated};
    assert_eq!(ask(Validated, Same, NotApproved), Some("A"));
    assert_eq!(ask(Clinical, Same, ThisTumour), Some("A"));
    assert_eq!(ask(Clinical, Ancestor, NotApproved), Some("B"));
    assert_eq!(ask(Clinical, AllTumours, NotApproved), Some("C"));
    assert_eq!(ask(Clinical, AllTumours, ThisTumour), Some("A"));
    assert_eq!(ask(Validated, Other, OtherTumour), Some("C"));
    assert_eq!(ask(Clinical, Unknown, NotApproved), Some("C"));
    assert_eq!(ask(CaseStudy, Same, NotApproved), Some("D"));
    assert_eq!(ask(CaseStudy, Other, OtherTumour), Some("C"));
    assert_eq!(ask(Preclinical, Same, ThisTumour), Some("E"));
}
