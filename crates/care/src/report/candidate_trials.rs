//! Section 3: clinical trials that may fit the patient.
//!
//! This release has no source of trials, so the list is empty and says why.

use model::text::LocalizedText;
use serde::{Deserialize, Serialize};

/// Section 3.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CandidateTrials {
    /// The trials; always empty until a source of trials exists.
    pub trials: Vec<CandidateTrial>,
    /// Why the list is empty; `null` when it is not.
    pub empty_reason: Option<LocalizedText>,
}

/// A trial that may fit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CandidateTrial {
    /// Identifier in its registry.
    pub id: String,
    /// Title.
    pub title: LocalizedText,
}

/// Makes section 3.
pub(super) fn compose() -> CandidateTrials {
    CandidateTrials {
        trials: Vec::new(),
        empty_reason: Some(LocalizedText::of(
            "この知識リリースには臨床試験の情報源が含まれていないため、候補となる臨床試験を検索していません。適合する試験がないという意味ではありません。",
            "This knowledge release holds no source of clinical trials, so no search was made. An empty list does not mean that no trial fits.",
        )),
    }
}
