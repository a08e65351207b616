//! Who looked at a case, in the patient's and the desk's words.

use access::audit::{Outcome, action_label, purpose_label, role_label};
use model::identity::CaseId;

use crate::{audit::Look, error::PageError, format, page::Page, state::AppState, view::iso};

/// What one person did on one day for one purpose.
pub(crate) struct LookView {
    pub(crate) at: String,
    pub(crate) at_iso: String,
    pub(crate) who: String,
    pub(crate) organisation: String,
    pub(crate) what: String,
    pub(crate) why: String,
}

/// Returns who did what with a case, newest first; what was refused is not among it.
pub(crate) async fn of_case(
    state: &AppState,
    page: &Page,
    case: CaseId,
) -> Result<Vec<LookView>, PageError> {
    let looks = state.audit.of_case(case).await?;
    let done = looks.iter().filter(|look| look.outcome == Outcome::Done);
    Ok(done.map(|look| view(page, look)).collect())
}

fn view(page: &Page, look: &Look) -> LookView {
    let label = |label: model::text::LocalizedText| page.text(&label).to_owned();
    let role = look.role.as_deref().map(|role| label(role_label(role)));
    let organisation = look.organisation.as_ref().map(ToString::to_string);
    let what = label(action_label(&look.action));
    let times = u64::from(look.times);
    LookView {
        at: format::moment(look.last_at, page.language),
        at_iso: iso(look.last_at),
        who: if look.name == PATIENT { page.t("consent-by-patient") } else { look.name.clone() },
        organisation: [role, organisation].into_iter().flatten().collect::<Vec<_>>().join(" · "),
        what: if times > 1 { format!("{what} ({})", page.tn("looks-times", times)) } else { what },
        why: look.purpose.as_deref().map(|code| label(purpose_label(code))).unwrap_or_default(),
    }
}

/// How the audit log names a patient who acts: no patient has a name in it.
pub(crate) const PATIENT: &str = "patient";
