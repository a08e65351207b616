//! May this hospital hold an expert panel on this case on this day?

use chrono::NaiveDate;
use serde::Serialize;

use super::{Duty, Function, FunctionMatrix, Mark, Registry, Standing};
use crate::{organisation::OrganisationCode, text::LocalizedText};

/// Yes, no, or not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Verdict {
    /// It may.
    Yes,
    /// It may not.
    No,
    /// The record or the rules do not say.
    Unknown,
}

/// Why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum PanelReason {
    /// Its kind holds panels, and the case is its own.
    HoldsForOwnCase,
    /// Its kind holds panels, and the case's hospital is linked to it.
    HoldsForLinkedCase,
    /// Its kind holds panels for its own cases only, and the case is another's.
    OwnCasesOnly,
    /// Its kind takes part in the panel of its linked core or hub hospital.
    AsksLinked,
    /// The case's hospital is linked to another one.
    LinkedElsewhere,
    /// No link of the case's hospital is recorded.
    LinkNotRecorded,
    /// The hospital is not designated on that day.
    NotDesignated,
    /// The record does not say what the hospital is on that day.
    StandingUnknown,
    /// The rules do not say whether its kind holds panels.
    RuleUnknown,
}

impl PanelReason {
    /// Returns the reason in words.
    pub fn text(self) -> LocalizedText {
        let (ja, en) = match self {
            Self::HoldsForOwnCase => (
                "エキスパートパネルを実施する種別であり、自施設の症例です。",
                "Its kind holds expert panels, and the case is its own.",
            ),
            Self::HoldsForLinkedCase => (
                "エキスパートパネルを実施する種別であり、症例の病院はこの病院と連携しています。",
                "Its kind holds expert panels, and the case's hospital is linked to it.",
            ),
            Self::OwnCasesOnly => (
                "自施設の症例に限ってエキスパートパネルを実施できる種別ですが、他施設の症例です。",
                "Its kind may hold expert panels on its own cases only, and the case is another hospital's.",
            ),
            Self::AsksLinked => (
                "連携する中核拠点病院または拠点病院にエキスパートパネルを依頼する種別です。",
                "Its kind asks the core or hub hospital it is linked to for the expert panel.",
            ),
            Self::LinkedElsewhere => (
                "症例の病院は、この日には別の病院と連携しています。",
                "On that day the case's hospital is linked to another hospital.",
            ),
            Self::LinkNotRecorded => (
                "症例の病院の連携先が記録されていないため、判断できません。",
                "No link of the case's hospital is recorded, so it cannot be said.",
            ),
            Self::NotDesignated => {
                ("この日には指定を受けていません。", "The hospital is not designated on that day.")
            }
            Self::StandingUnknown => (
                "この日の指定の状況が記録されていないため、判断できません。",
                "The record does not say what the hospital is on that day.",
            ),
            Self::RuleUnknown => {
                ("この日の規則からは判断できません。", "The rules of that day do not say.")
            }
        };
        LocalizedText::of(ja, en)
    }
}

/// The answer, with what it rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PanelAnswer {
    /// Yes, no, or not known.
    pub verdict: Verdict,
    /// Why.
    pub reason: PanelReason,
    /// Version of the function matrix that was asked, where one was in force.
    pub rule: Option<&'static str>,
    /// How sure the rule is.
    pub mark: Option<Mark>,
    /// Hospitals that the case's panel can be asked of: those its hospital is linked to on that day.
    pub ask: Vec<OrganisationCode>,
}

impl Registry {
    /// Answers whether a hospital may hold an expert panel on a case of a hospital on a day.
    pub fn may_hold_panel(
        &self,
        hospital: &OrganisationCode,
        case_hospital: &OrganisationCode,
        day: NaiveDate,
    ) -> PanelAnswer {
        let ask = self.linked_hospitals(case_hospital, day);
        let designation = match self.standing(hospital, day) {
            Standing::Designated(designation) => designation,
            Standing::NotDesignated => return bare(Verdict::No, PanelReason::NotDesignated, ask),
            Standing::Unknown => return bare(Verdict::Unknown, PanelReason::StandingUnknown, ask),
        };
        let rules = FunctionMatrix::get();
        let answer = rules.function(designation.kind, Function::ExpertPanel, day);
        let own = hospital == case_hospital;
        let (verdict, reason) = match answer.duty {
            Duty::Required if own => (Verdict::Yes, PanelReason::HoldsForOwnCase),
            Duty::Required if ask.contains(hospital) => {
                (Verdict::Yes, PanelReason::HoldsForLinkedCase)
            }
            Duty::Required if ask.is_empty() => (Verdict::Unknown, PanelReason::LinkNotRecorded),
            Duty::Required => (Verdict::No, PanelReason::LinkedElsewhere),
            Duty::OwnCases if own => (Verdict::Yes, PanelReason::HoldsForOwnCase),
            Duty::OwnCases => (Verdict::No, PanelReason::OwnCasesOnly),
            Duty::JoinsLinked => (Verdict::No, PanelReason::AsksLinked),
            Duty::OutsourcingAllowed | Duty::Cooperates | Duty::Unknown => {
                (Verdict::Unknown, PanelReason::RuleUnknown)
            }
        };
        PanelAnswer { verdict, reason, rule: answer.rule, mark: answer.mark, ask }
    }
}

fn bare(verdict: Verdict, reason: PanelReason, ask: Vec<OrganisationCode>) -> PanelAnswer {
    PanelAnswer { verdict, reason, rule: None, mark: None, ask }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::programme::{
        Designation, DesignationHistory, DesignationKind, Link, LinkHistory, Period,
    };

    fn code(text: &str) -> OrganisationCode {
        OrganisationCode::new(text)
    }

    fn registry() -> Registry {
        let since: NaiveDate = "2023-04-01".parse().unwrap();
        let mut registry = Registry::default();
        for (name, kind) in [
            ("core", DesignationKind::Core),
            ("hub", DesignationKind::Hub),
            ("able", DesignationKind::PanelPartner),
            ("partner", DesignationKind::Partner),
            ("lost", DesignationKind::Unknown),
        ] {
            let mut history = DesignationHistory::new(code(name));
            let period = Period::since(since);
            history.put(Designation { kind, period, seen_only: false, source: None }).unwrap();
            registry.designations.insert(code(name), history);
        }
        for (from, to) in [("partner", "core"), ("able", "hub")] {
            let mut links = LinkHistory::new(code(from));
            links.put(Link { to: code(to), period: Period::since(since), source: None });
            registry.links.insert(code(from), links);
        }
        registry
    }

    #[test]
    fn each_kind_is_answered_with_its_reason() {
        use PanelReason as R;
        use Verdict::{No, Unknown, Yes};
        let registry = registry();
        let day = "2025-06-01".parse().unwrap();
        for (hospital, case, verdict, reason) in [
            ("core", "core", Yes, R::HoldsForOwnCase),
            ("core", "partner", Yes, R::HoldsForLinkedCase),
            ("hub", "partner", No, R::LinkedElsewhere),
            ("hub", "elsewhere", Unknown, R::LinkNotRecorded),
            ("able", "able", Yes, R::HoldsForOwnCase),
            ("able", "partner", No, R::OwnCasesOnly),
            ("partner", "partner", No, R::AsksLinked),
            ("lost", "lost", Unknown, R::RuleUnknown),
            ("nowhere", "nowhere", Unknown, R::StandingUnknown),
        ] {
            let answer = registry.may_hold_panel(&code(hospital), &code(case), day);
            assert_eq!((answer.verdict, answer.reason), (verdict, reason), "{hospital} {case}");
            assert!(!answer.reason.text().en.is_empty());
        }
        let partner = registry.may_hold_panel(&code("partner"), &code("partner"), day);
        assert_eq!(partner.ask, [code("core")]);
        assert_eq!((partner.rule, partner.mark), (Some("2025"), Some(Mark::Source)));
        let before = "2023-03-31".parse().unwrap();
        let answer = registry.may_hold_panel(&code("core"), &code("core"), before);
        assert_eq!(answer.reason, R::NotDesignated);
    }
}
