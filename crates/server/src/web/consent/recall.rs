//! What a withdrawal could recall, and what it could not: said plainly, on the copy that is kept.

use access::audit::{Deed, Outcome};
use model::consent::{ConsentEvent, ConsentKind, ConsentPurpose};

use super::{Subject, recording::is_everything};
use crate::{audit::Look, error::PageError, format, page::Page, state::AppState};

/// What became of data after a withdrawal.
pub(crate) struct Recall {
    /// What ended at once.
    pub(crate) recalled: Vec<String>,
    /// What had happened already and stays.
    pub(crate) stays: Vec<String>,
}

/// Lists what a withdrawal could and could not recall; `None` for other events.
pub(crate) async fn of(
    state: &AppState,
    page: &Page,
    subject: &Subject,
    event: &ConsentEvent,
) -> Result<Option<Recall>, PageError> {
    if event.kind != ConsentKind::Withdrawn {
        return Ok(None);
    }
    let mut recalled = Vec::new();
    for (purpose, _) in event.answers.iter() {
        recalled.push(ended(page, purpose));
    }
    if is_everything(event) {
        let codes = state.store.codes_of_case(subject.case).await.map_err(PageError::internal)?;
        let taken_back = codes.iter().filter(|code| code.revoked_at == Some(event.recorded_at));
        let count = taken_back.count() as u64;
        if count > 0 {
            recalled.push(page.tn("recall-codes", count));
        }
    }
    let reports = state.store.reports_of_case(subject.case).await.map_err(PageError::internal)?;
    let before = reports.iter().filter(|report| report.composed_at <= event.recorded_at);
    let mut stays = Vec::new();
    let reports = before.count() as u64;
    if reports > 0 {
        stays.push(page.tn("recall-reports", reports));
    }
    let looks = state.audit.of_case(subject.case).await?;
    let before = |look: &&Look| look.outcome == Outcome::Done && look.first_at <= event.recorded_at;
    let times = |is_such: fn(&str) -> bool| {
        let such = looks.iter().filter(before).filter(|look| is_such(&look.action));
        such.map(|look| u64::from(look.times)).sum::<u64>()
    };
    let (reads, exports) = (times(|action| action.starts_with("read-")), times(is_export));
    if reads > 0 {
        stays.push(page.tn("recall-reads", reads));
    }
    if exports > 0 {
        stays.push(page.tn("recall-exports", exports));
    }
    stays.push(page.t("recall-history"));
    Ok(Some(Recall { recalled, stays }))
}

fn is_export(action: &str) -> bool {
    action == Deed::Export.code()
}

fn ended(page: &Page, purpose: ConsentPurpose) -> String {
    match purpose {
        ConsentPurpose::Registration => page.t("recall-registration"),
        ConsentPurpose::AcademicUse => page.t("recall-academic"),
        ConsentPurpose::CompanyUse => page.t("recall-company"),
        ConsentPurpose::AbroadUse => page.t("recall-abroad"),
        ConsentPurpose::Recontact => page.t("recall-recontact"),
        ConsentPurpose::SecondaryFindings => page.t("recall-findings"),
        ConsentPurpose::SpecimenStorage => page.t("recall-storage"),
        ConsentPurpose::SpecimenDistribution => page.t("recall-distribution"),
    }
}

/// Says since when a withdrawal is in force.
pub(crate) fn in_force_since(page: &Page, event: &ConsentEvent) -> String {
    page.t2("recall-since", "when", format::moment(event.recorded_at, page.language))
}
