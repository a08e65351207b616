//! What the address of the log's page says.

use access::{
    Action,
    audit::{Deed, Outcome, action_label},
};
use chrono::NaiveDate;
use model::identity::CaseId;
use serde::Deserialize;
use store::AuditFilter;
use uuid::Uuid;

use crate::{
    address, error::PageError, format, limits::SEARCH_CHARS_MAX, page::Page, state::AppState,
};

/// A word that can be chosen.
pub(super) struct Choice {
    pub(super) value: &'static str,
    pub(super) label: String,
    pub(super) chosen: bool,
}

/// What is looked for. An empty value does not matter.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct AuditQuery {
    /// A part of the name of who acted.
    pub(super) who: String,
    /// The case's reference.
    pub(super) case: String,
    /// The action's code.
    pub(super) action: String,
    /// How it ended.
    pub(super) outcome: String,
    /// First day.
    pub(super) from: String,
    /// Last day.
    pub(super) until: String,
    /// Where the page before ended.
    before: String,
}

impl AuditQuery {
    fn pairs(&self) -> [(&'static str, &str); 6] {
        [
            ("who", &self.who),
            ("case", &self.case),
            ("action", &self.action),
            ("outcome", &self.outcome),
            ("from", &self.from),
            ("until", &self.until),
        ]
    }

    pub(super) fn is_filtered(&self) -> bool {
        self.pairs().iter().any(|(_, value)| !value.is_empty())
    }

    /// Returns what is looked for, for the log itself.
    pub(super) fn said(&self) -> String {
        let said = self.pairs().into_iter().filter(|(_, value)| !value.is_empty());
        said.map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" ")
    }

    /// Returns the address of a page with this search.
    pub(super) fn href(&self, path: &str, before: Option<u64>) -> String {
        let before = before.map(|before| before.to_string()).unwrap_or_default();
        let mut pairs = self.pairs().to_vec();
        pairs.push(("before", &before));
        address::with_query(path, &pairs)
    }

    pub(super) fn before(&self) -> Result<Option<u64>, PageError> {
        match self.before.as_str() {
            "" => Ok(None),
            text => text.parse().map(Some).map_err(|_| PageError::BadRequest),
        }
    }

    /// Returns the filter that the record understands; a case that nobody knows has no entries.
    pub(super) async fn filter(&self, state: &AppState) -> Result<AuditFilter, PageError> {
        let case = match self.case.trim() {
            "" => None,
            reference => {
                let known = state.store.case_by_reference(reference).await;
                let known = known.map_err(PageError::internal)?;
                Some(known.map_or(CaseId(Uuid::nil()), |known| known.case))
            }
        };
        let outcome = match self.outcome.as_str() {
            "" => None,
            "done" => Some(Outcome::Done),
            "refused" => Some(Outcome::Refused),
            _ => return Err(PageError::BadRequest),
        };
        let until = day(&self.until)?.map(|day| day.succ_opt().ok_or(PageError::BadRequest));
        Ok(AuditFilter {
            name: Some(self.who.trim().chars().take(SEARCH_CHARS_MAX).collect()),
            case,
            action: Some(self.action.clone()).filter(|action| !action.is_empty()),
            outcome,
            from: day(&self.from)?.map(format::day_begins),
            until: until.transpose()?.map(format::day_begins),
            ..AuditFilter::default()
        })
    }

    pub(super) fn actions(&self, page: &Page) -> Vec<Choice> {
        let codes = Action::ALL.iter().map(|action| action.code());
        let codes = codes.chain(Deed::ALL.iter().map(|deed| deed.code()));
        codes
            .map(|value| Choice {
                value,
                label: page.text(&action_label(value)).to_owned(),
                chosen: self.action == value,
            })
            .collect()
    }

    pub(super) fn outcomes(&self, page: &Page) -> Vec<Choice> {
        [("done", "audit-done"), ("refused", "audit-refused")]
            .map(|(value, key)| Choice { value, label: page.t(key), chosen: self.outcome == value })
            .into()
    }
}

fn day(text: &str) -> Result<Option<NaiveDate>, PageError> {
    match text {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| PageError::BadRequest),
    }
}
