//! Who looked at a case, as a part of any page: `{% include "part/who_looked.html" %}` with a field `who_looked`.

use std::collections::BTreeSet;

use access::audit::{Outcome, action_label, purpose_label, role_label};
use model::identity::CaseId;

use crate::{audit::Look, error::PageError, format, page::Page, state::AppState};

/// Most rows that are shown.
const ROWS_MAX: usize = 300;

/// Who looked at a case, when and for what; newest first.
pub(crate) struct WhoLooked {
    /// How many people.
    pub(crate) people: u64,
    /// How often in all.
    pub(crate) times: u64,
    /// What each person did on each day.
    pub(crate) rows: Vec<LookView>,
    /// Rows that are not shown.
    pub(crate) rest: u64,
}

/// What one person did with the case on one day.
pub(crate) struct LookView {
    /// The day.
    pub(crate) day: String,
    /// From when to when.
    pub(crate) time: String,
    /// Name.
    pub(crate) who: String,
    /// Role and organisation.
    pub(crate) as_what: String,
    /// Action.
    pub(crate) action: String,
    /// Whether it was refused.
    pub(crate) refused: bool,
    /// Purpose.
    pub(crate) purpose: String,
    /// Which items.
    pub(crate) items: Vec<String>,
    /// How often.
    pub(crate) times: String,
}

impl WhoLooked {
    /// Reads from the log who looked at a case. The page itself has to ask for the right first.
    pub(crate) async fn of(page: &Page, state: &AppState, case: CaseId) -> Result<Self, PageError> {
        let looks = state.audit.of_case(case).await?;
        let people: BTreeSet<_> = looks.iter().map(|look| (look.person, &look.name)).collect();
        Ok(Self {
            people: people.len() as u64,
            times: looks.iter().map(|look| u64::from(look.times)).sum(),
            rows: looks.iter().take(ROWS_MAX).map(|look| view(page, look)).collect(),
            rest: looks.len().saturating_sub(ROWS_MAX) as u64,
        })
    }
}

fn view(page: &Page, look: &Look) -> LookView {
    let (first, last) = (format::time_of_day(look.first_at), format::time_of_day(look.last_at));
    let role = look.role.as_deref().map(|code| page.text(&role_label(code)).to_owned());
    let organisation = look.organisation.as_ref().map(ToString::to_string);
    let purpose = look.purpose.as_deref().map(|code| page.text(&purpose_label(code)).to_owned());
    LookView {
        day: format::day_short(look.day, page.language),
        time: if first == last { first } else { format!("{first} – {last}") },
        who: look.name.clone(),
        as_what: [role, organisation].into_iter().flatten().collect::<Vec<_>>().join(" · "),
        action: page.text(&action_label(&look.action)).to_owned(),
        refused: look.outcome == Outcome::Refused,
        purpose: purpose.unwrap_or_default(),
        items: look.items.clone(),
        times: format::grouped(u64::from(look.times)),
    }
}
