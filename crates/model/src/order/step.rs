//! Where an order stands, and the table of moves.

use super::{event::OrderEventKind, word::words};

words! {
    /// Where an order stands.
    pub enum OrderStep as "order step" {
        /// Ordered; the specimen is to be prepared.
        Ordered = "ordered", "検体の準備待ち", "Specimen to be prepared";
        /// The specimen is ready; it is to be sent.
        SpecimenReady = "specimen-ready", "検体の発送待ち", "Specimen to be sent";
        /// On its way to the laboratory.
        Sent = "sent", "検査機関へ輸送中", "On its way to the laboratory";
        /// At the laboratory; it is to be sequenced.
        AtLaboratory = "at-laboratory", "シークエンス待ち", "To be sequenced";
        /// Sequenced; the result is to come.
        Sequenced = "sequenced", "検査結果待ち", "Result to come";
        /// The result is here; the report is to be made.
        ResultHere = "result-here", "調査結果の作成待ち", "Report to be made";
        /// The report is here; the panel is to be held.
        ReportHere = "report-here", "エキスパートパネル待ち", "Panel to be held";
        /// The panel was held; the patient is to be told.
        PanelDone = "panel-done", "患者への説明待ち", "Patient to be told";
        /// The patient knows; the treatment is to be decided.
        Explained = "explained", "治療方針の決定待ち", "Treatment to be decided";
        /// A treatment that the test suggested was begun.
        Treated = "treated", "検査に基づく治療を開始", "Treatment begun";
        /// No treatment follows from the test.
        Untreated = "untreated", "検査に基づく治療なし", "No treatment follows";
        /// The analysis failed; it is to be decided whether another specimen is sent.
        Failed = "failed", "解析不良(再提出の判断待ち)", "Analysis failed, to be decided";
        /// Cancelled before the specimen was sent: nothing more is to be entered.
        CancelledBeforeSending = "cancelled-before-sending", "出検前に中止", "Cancelled before sending";
        /// Cancelled after the specimen was sent; the analysis failure is to be recorded.
        FailureDue = "failure-due", "出検後に中止(解析不良の入力待ち)", "Cancelled after sending, failure to be recorded";
        /// Cancelled after the specimen was sent, and all is recorded.
        CancelledAfterSending = "cancelled-after-sending", "出検後に中止", "Cancelled after sending";
    }
}

words! {
    /// Whose turn it is.
    pub enum WaitsFor as "whose turn" {
        /// The pathologist prepares the specimen.
        Pathologist = "pathologist", "病理医", "Pathologist";
        /// The coordinator.
        Coordinator = "coordinator", "コーディネーター", "Coordinator";
        /// The laboratory.
        Laboratory = "laboratory", "検査機関", "Laboratory";
        /// The centre makes the report.
        Centre = "centre", "センター", "Centre";
        /// The physician.
        Physician = "physician", "主治医", "Physician";
        /// The genetic counsellor.
        GeneticCounsellor = "genetic-counsellor", "遺伝カウンセラー", "Genetic counsellor";
    }
}

use OrderEventKind as Kind;
use OrderStep as Step;

/// Which event leads from which step to which. Cancelling is not here: where it leads depends on whether the
/// specimen was sent.
///
/// Steps that nobody recorded may be jumped over: a result that has come proves that the specimen was sent.
/// A panel may be left out, as the programme's rules allow in some cases; who decides that is not judged here.
pub(super) const MOVES: &[(Step, Kind, Step)] = &[
    (Step::Ordered, Kind::SpecimenPrepared, Step::SpecimenReady),
    (Step::Ordered, Kind::Sent, Step::Sent),
    (Step::Ordered, Kind::Received, Step::AtLaboratory),
    (Step::Ordered, Kind::ResultReceived, Step::ResultHere),
    (Step::SpecimenReady, Kind::Sent, Step::Sent),
    (Step::SpecimenReady, Kind::Received, Step::AtLaboratory),
    (Step::SpecimenReady, Kind::ResultReceived, Step::ResultHere),
    (Step::Sent, Kind::Received, Step::AtLaboratory),
    (Step::Sent, Kind::Sequenced, Step::Sequenced),
    (Step::Sent, Kind::AnalysisFailed, Step::Failed),
    (Step::Sent, Kind::ResultReceived, Step::ResultHere),
    (Step::AtLaboratory, Kind::Sequenced, Step::Sequenced),
    (Step::AtLaboratory, Kind::AnalysisFailed, Step::Failed),
    (Step::AtLaboratory, Kind::ResultReceived, Step::ResultHere),
    (Step::Sequenced, Kind::AnalysisFailed, Step::Failed),
    (Step::Sequenced, Kind::ResultReceived, Step::ResultHere),
    (Step::Failed, Kind::Resubmitted, Step::Ordered),
    // A laboratory may still report what it could read.
    (Step::Failed, Kind::ResultReceived, Step::ResultHere),
    (Step::ResultHere, Kind::ResultReceived, Step::ResultHere),
    (Step::ResultHere, Kind::ReportMade, Step::ReportHere),
    (Step::ReportHere, Kind::ResultReceived, Step::ResultHere),
    (Step::ReportHere, Kind::ReportMade, Step::ReportHere),
    (Step::ReportHere, Kind::PanelHeld, Step::PanelDone),
    (Step::ReportHere, Kind::Explained, Step::Explained),
    (Step::PanelDone, Kind::ResultReceived, Step::PanelDone),
    (Step::PanelDone, Kind::ReportMade, Step::PanelDone),
    (Step::PanelDone, Kind::Explained, Step::Explained),
    (Step::Explained, Kind::ResultReceived, Step::Explained),
    (Step::Explained, Kind::ReportMade, Step::Explained),
    (Step::Explained, Kind::TreatmentStarted, Step::Treated),
    (Step::Explained, Kind::NoTreatment, Step::Untreated),
    (Step::Treated, Kind::ReportMade, Step::Treated),
    (Step::Untreated, Kind::ReportMade, Step::Untreated),
    (Step::FailureDue, Kind::FailureRecorded, Step::CancelledAfterSending),
];

impl OrderStep {
    /// Returns whether nothing more is to happen.
    pub fn is_closed(self) -> bool {
        matches!(
            self,
            Self::Treated
                | Self::Untreated
                | Self::CancelledBeforeSending
                | Self::CancelledAfterSending
        )
    }

    /// Returns whether the order was given up.
    pub fn is_cancelled(self) -> bool {
        matches!(
            self,
            Self::CancelledBeforeSending | Self::CancelledAfterSending | Self::FailureDue
        )
    }

    /// Returns whether a result can still be attached.
    pub fn awaits_result(self) -> bool {
        matches!(
            self,
            Self::Ordered
                | Self::SpecimenReady
                | Self::Sent
                | Self::AtLaboratory
                | Self::Sequenced
                | Self::Failed
        )
    }

    /// Returns whether the order can be cancelled.
    pub fn can_be_cancelled(self) -> bool {
        self.awaits_result()
    }

    /// Returns whose turn it is; `None` where nothing is to be done.
    pub fn waits_for(self) -> Option<WaitsFor> {
        match self {
            Self::Ordered => Some(WaitsFor::Pathologist),
            Self::SpecimenReady | Self::ReportHere | Self::FailureDue => {
                Some(WaitsFor::Coordinator)
            }
            Self::Sent | Self::AtLaboratory | Self::Sequenced => Some(WaitsFor::Laboratory),
            Self::ResultHere => Some(WaitsFor::Centre),
            Self::PanelDone | Self::Explained | Self::Failed => Some(WaitsFor::Physician),
            Self::Treated
            | Self::Untreated
            | Self::CancelledBeforeSending
            | Self::CancelledAfterSending => None,
        }
    }

    /// Returns what a person would usually record next, the likeliest first.
    pub fn next(self) -> &'static [OrderEventKind] {
        match self {
            Self::Ordered => &[Kind::SpecimenPrepared],
            Self::SpecimenReady => &[Kind::Sent],
            Self::Sent => &[Kind::Received],
            Self::AtLaboratory => &[Kind::Sequenced, Kind::AnalysisFailed],
            Self::Sequenced => &[Kind::AnalysisFailed],
            Self::ReportHere => &[Kind::PanelHeld, Kind::Explained],
            Self::PanelDone => &[Kind::Explained],
            Self::Explained => &[Kind::TreatmentStarted, Kind::NoTreatment],
            Self::Failed => &[Kind::Resubmitted],
            Self::FailureDue => &[Kind::FailureRecorded],
            Self::ResultHere
            | Self::Treated
            | Self::Untreated
            | Self::CancelledBeforeSending
            | Self::CancelledAfterSending => &[],
        }
    }
}

/// Returns where an event leads; `None` where it cannot happen.
pub(super) fn move_of(step: OrderStep, kind: OrderEventKind) -> Option<OrderStep> {
    MOVES.iter().find(|(from, by, _)| *from == step && *by == kind).map(|(.., to)| *to)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_move_stands_twice_and_every_step_can_be_reached() {
        for (index, (from, by, _)) in MOVES.iter().enumerate() {
            let twice = MOVES[..index].iter().any(|(step, kind, _)| step == from && kind == by);
            assert!(!twice, "{from:?} by {by:?} stands twice");
        }
        let by_rule = [Step::CancelledBeforeSending, Step::FailureDue];
        for step in OrderStep::ALL {
            let reached = MOVES.iter().any(|(.., to)| to == step);
            assert!(reached || by_rule.contains(step), "{step:?} is never reached");
        }
    }

    #[test]
    fn what_is_offered_next_can_happen_and_closed_steps_wait_for_nobody() {
        for step in OrderStep::ALL {
            for kind in step.next() {
                assert!(move_of(*step, *kind).is_some(), "{step:?} offers {kind:?}");
                assert!(kind.is_by_hand());
            }
            assert_eq!(step.waits_for().is_none(), step.is_closed(), "{step:?}");
        }
    }

    #[test]
    fn codes_are_read_back() {
        for step in OrderStep::ALL {
            assert_eq!(step.code().parse::<OrderStep>().unwrap(), *step);
        }
        assert!("x".repeat(200).parse::<OrderStep>().unwrap_err().code.len() <= 64);
    }
}
