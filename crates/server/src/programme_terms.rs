//! The programme's words for values of the registry.

use model::programme::{
    ApplicationKind, ApplicationState, AssessmentOutcome, DesignationKind, Duty, Function,
    LaboratoryKind, Mark, Opinion, PaperKind, PartialDate, Period, ReportedThing, RequirementState,
    SampleKind, Verdict,
};

use crate::{format, page::Page, view::TagView};

impl Page {
    /// Words of a kind of designation.
    pub(crate) fn designation_kind(&self, kind: DesignationKind) -> String {
        match kind {
            DesignationKind::Core => self.t("kind-core"),
            DesignationKind::Hub => self.t("kind-hub"),
            DesignationKind::PanelPartner => self.t("kind-panel-partner"),
            DesignationKind::Partner => self.t("kind-partner"),
            DesignationKind::CancerCare => self.t("kind-cancer-care"),
            DesignationKind::Unknown => self.t("kind-unknown"),
        }
    }

    /// What a kind means to a patient.
    pub(crate) fn designation_meaning(&self, kind: DesignationKind) -> String {
        match kind {
            DesignationKind::Core => self.t("kind-core-meaning"),
            DesignationKind::Hub => self.t("kind-hub-meaning"),
            DesignationKind::PanelPartner => self.t("kind-panel-partner-meaning"),
            DesignationKind::Partner => self.t("kind-partner-meaning"),
            DesignationKind::CancerCare => self.t("kind-cancer-care-meaning"),
            DesignationKind::Unknown => self.t("kind-unknown-meaning"),
        }
    }

    /// Words of a function.
    pub(crate) fn function(&self, function: Function) -> String {
        match function {
            Function::ExplainTest => self.t("function-explain-test"),
            Function::Sequencing => self.t("function-sequencing"),
            Function::ExpertPanel => self.t("function-expert-panel"),
            Function::Report => self.t("function-report"),
            Function::ExplainResult => self.t("function-explain-result"),
            Function::Treatment => self.t("function-treatment"),
            Function::Research => self.t("function-research"),
            Function::Training => self.t("function-training"),
        }
    }

    /// Words of a duty.
    pub(crate) fn duty(&self, duty: Duty) -> String {
        match duty {
            Duty::Required => self.t("duty-required"),
            Duty::OutsourcingAllowed => self.t("duty-outsourcing"),
            Duty::JoinsLinked => self.t("duty-joins-linked"),
            Duty::OwnCases => self.t("duty-own-cases"),
            Duty::Cooperates => self.t("duty-cooperates"),
            Duty::Unknown => self.t("duty-unknown"),
        }
    }

    /// How sure a rule is.
    pub(crate) fn mark(&self, mark: Mark) -> String {
        match mark {
            Mark::Source => self.t("mark-source"),
            Mark::Inferred => self.t("mark-inferred"),
        }
    }

    /// A verdict as a tag.
    pub(crate) fn verdict_tag(&self, verdict: Verdict) -> TagView {
        let (class, label) = match verdict {
            Verdict::Yes => ("met", self.t("verdict-yes")),
            Verdict::No => ("not", self.t("verdict-no")),
            Verdict::Unknown => ("unknown", self.t("verdict-unknown")),
        };
        TagView { class, label }
    }

    /// A requirement's state as a tag.
    pub(crate) fn requirement_tag(&self, state: RequirementState) -> TagView {
        let (class, label) = match state {
            RequirementState::Met => ("met", self.t("requirement-met")),
            RequirementState::NotMet => ("not", self.t("requirement-not-met")),
            RequirementState::Unknown => ("unknown", self.t("requirement-unknown")),
        };
        TagView { class, label }
    }

    /// An application's state as a tag.
    pub(crate) fn application_tag(&self, state: ApplicationState) -> TagView {
        let (class, label) = match state {
            ApplicationState::Submitted => ("unknown", self.t("application-submitted")),
            ApplicationState::OpinionGiven => ("unknown", self.t("application-opinion-given")),
            ApplicationState::Designated => ("met", self.t("application-designated")),
            ApplicationState::Refused => ("not", self.t("application-refused")),
            ApplicationState::Withdrawn => ("not", self.t("application-withdrawn")),
        };
        TagView { class, label }
    }

    /// Words of an opinion.
    pub(crate) fn opinion(&self, opinion: Opinion) -> String {
        match opinion {
            Opinion::Suitable => self.t("opinion-suitable"),
            Opinion::Conditional => self.t("opinion-conditional"),
            Opinion::Unsuitable => self.t("opinion-unsuitable"),
        }
    }

    /// Words of a kind of application.
    pub(crate) fn application_kind(&self, kind: ApplicationKind) -> String {
        match kind {
            ApplicationKind::New => self.t("application-new"),
            ApplicationKind::Renewal => self.t("application-renewal"),
        }
    }

    /// Words of a kind of laboratory.
    pub(crate) fn laboratory_kind(&self, kind: LaboratoryKind) -> String {
        match kind {
            LaboratoryKind::TestingLaboratory => self.t("laboratory-testing"),
            LaboratoryKind::SequencingCompany => self.t("laboratory-sequencing"),
            LaboratoryKind::Developer => self.t("laboratory-developer"),
        }
    }

    /// Words of a kind of paper.
    pub(crate) fn paper_kind(&self, kind: PaperKind) -> String {
        match kind {
            PaperKind::Certification => self.t("paper-certification"),
            PaperKind::Contract => self.t("paper-contract"),
            PaperKind::ExternalAssessment => self.t("paper-assessment"),
        }
    }

    /// An assessment's outcome as a tag.
    pub(crate) fn outcome_tag(&self, outcome: AssessmentOutcome) -> TagView {
        let (class, label) = match outcome {
            AssessmentOutcome::Passed => ("met", self.t("outcome-passed")),
            AssessmentOutcome::Findings => ("unknown", self.t("outcome-findings")),
            AssessmentOutcome::Failed => ("not", self.t("outcome-failed")),
        };
        TagView { class, label }
    }

    /// Words of a kind of sample.
    pub(crate) fn sample_kind(&self, kind: SampleKind) -> String {
        match kind {
            SampleKind::Ffpe => self.t("sample-ffpe"),
            SampleKind::MatchedBlood => self.t("sample-matched-blood"),
            SampleKind::Plasma => self.t("sample-plasma"),
            SampleKind::BloodOrMarrow => self.t("sample-blood-or-marrow"),
            SampleKind::BuccalOrNail => self.t("sample-buccal-or-nail"),
            SampleKind::Rna => self.t("sample-rna"),
        }
    }

    /// Words of what a panel reports.
    pub(crate) fn reported_thing(&self, thing: ReportedThing) -> String {
        match thing {
            ReportedThing::ShortVariants => self.t("reports-short-variants"),
            ReportedThing::CopyNumber => self.t("reports-copy-number"),
            ReportedThing::Fusions => self.t("reports-fusions"),
            ReportedThing::ExonSkipping => self.t("reports-exon-skipping"),
            ReportedThing::Expression => self.t("reports-expression"),
            ReportedThing::Tmb => self.t("reports-tmb"),
            ReportedThing::Msi => self.t("reports-msi"),
            ReportedThing::Germline => self.t("reports-germline"),
        }
    }

    /// A period on one line.
    pub(crate) fn period(&self, period: Period) -> String {
        let from = format::day(period.from, self.language);
        match period.until {
            Some(until) => {
                let until = format::day(until, self.language);
                self.words("period-between", &[("from", &from), ("until", &until)])
            }
            None => self.t2("period-since", "from", from),
        }
    }

    /// A day, month or year, as far as it is known.
    pub(crate) fn partial_date(&self, date: PartialDate) -> String {
        if date.is_day() { format::day(date.first_day(), self.language) } else { date.to_string() }
    }
}
