//! What can happen to an order.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::{
    failure::{CancelReason, FailureReason},
    word::words,
};
use crate::{
    identity::{PersonId, ReportId, ResultId},
    organisation::OrganisationCode,
};

words! {
    /// What happened to an order.
    pub enum OrderEventKind as "order event" {
        /// The test was ordered.
        Ordered = "ordered", "検査を依頼", "Ordered";
        /// The specimen is ready to be sent.
        SpecimenPrepared = "specimen-prepared", "検体を準備", "Specimen prepared";
        /// The specimen was sent.
        Sent = "sent", "検体を発送(出検)", "Specimen sent";
        /// The laboratory has the specimen.
        Received = "received", "検査機関が受領", "Received by the laboratory";
        /// The specimen was sequenced.
        Sequenced = "sequenced", "シークエンス完了", "Sequenced";
        /// The result came.
        ResultReceived = "result-received", "検査結果を受領", "Result received";
        /// The findings report was made.
        ReportMade = "report-made", "調査結果を作成", "Findings report made";
        /// The expert panel was held.
        PanelHeld = "panel-held", "エキスパートパネルを開催", "Expert panel held";
        /// The result was explained to the patient.
        Explained = "explained", "患者へ結果を説明", "Explained to the patient";
        /// A treatment that the test suggested was begun.
        TreatmentStarted = "treatment-started", "検査に基づく治療を開始", "Treatment begun";
        /// It was decided that no treatment follows from the test.
        NoTreatment = "no-treatment", "検査に基づく治療なしと決定", "No treatment follows";
        /// The analysis failed.
        AnalysisFailed = "analysis-failed", "解析不良", "Analysis failed";
        /// Another specimen is to be sent.
        Resubmitted = "resubmitted", "検体の再提出を決定", "Another specimen to be sent";
        /// The order was cancelled.
        Cancelled = "cancelled", "検査を中止", "Cancelled";
        /// After a cancellation, the analysis failure was recorded.
        FailureRecorded = "failure-recorded", "解析不良の内容を記録", "Analysis failure recorded";
        /// Genetic counselling was asked for.
        CounsellingAsked = "counselling-asked", "遺伝カウンセリングを依頼", "Genetic counselling asked for";
        /// Genetic counselling was given.
        CounsellingHeld = "counselling-held", "遺伝カウンセリングを実施", "Genetic counselling given";
        /// The event before was recorded by mistake.
        TakenBack = "taken-back", "直前の記録を取り消し", "Last entry taken back";
    }
}

impl OrderEventKind {
    /// Returns whether a person records it, and not the programme itself.
    pub fn is_by_hand(self) -> bool {
        !matches!(self, Self::Ordered | Self::ResultReceived | Self::ReportMade)
    }

    /// Returns whether the laboratory may record it.
    pub fn is_of_laboratory(self) -> bool {
        matches!(self, Self::Received | Self::Sequenced | Self::AnalysisFailed)
    }

    /// Returns whether it does not stand unless a reason of failure is given.
    pub fn needs_failure(self) -> bool {
        matches!(self, Self::AnalysisFailed | Self::FailureRecorded)
    }
}

/// Who recorded an event.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EventAuthor {
    /// The person; `None` for the programme itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonId>,
    /// Name as it was then; empty for the programme itself.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The organisation in which the person acted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation: Option<OrganisationCode>,
}

/// One thing that happened to an order; it never changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OrderEvent {
    /// What happened.
    pub kind: OrderEventKind,
    /// The day on which it happened.
    pub on: NaiveDate,
    /// Who recorded it.
    pub by: EventAuthor,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
    /// What else is to be said.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// Why the analysis failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<FailureReason>,
    /// Why the order was cancelled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancel: Option<CancelReason>,
    /// The result that came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<ResultId>,
    /// The report that was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report: Option<ReportId>,
}

impl OrderEvent {
    /// Makes an event that says nothing but what happened, when and by whom.
    pub fn new(
        kind: OrderEventKind,
        on: NaiveDate,
        by: EventAuthor,
        recorded_at: DateTime<Utc>,
    ) -> Self {
        Self {
            kind,
            on,
            by,
            recorded_at,
            note: String::new(),
            failure: None,
            cancel: None,
            result: None,
            report: None,
        }
    }
}
