//! Whether the person who asks may: every handler beyond the public pages begins here.
//!
//! What may not be known of is not found: existence is secret.

use access::{Action, Asked, Permit, Purpose, Relation, Rights};
use model::{consent::DataUse, identity::CaseId, organisation::OrganisationCode};

use crate::{error::PageError, state::AppState, viewer::Viewer};

impl AppState {
    /// Permits what concerns no case, such as reading the knowledge release.
    pub(crate) fn permit(
        &self,
        viewer: &Viewer,
        action: Action,
        relation: Relation,
        purpose: Purpose,
    ) -> Result<Permit, PageError> {
        let asked = Asked { action, relation, organisation: None, purpose, case: None };
        let day = self.now().date_naive();
        Rights::ours().decide(&viewer.actor, &asked, day).ok_or(PageError::NotFound)
    }

    /// Permits what concerns a case; a case that may not be known of is not found.
    pub(crate) async fn permit_case(
        &self,
        viewer: &Viewer,
        action: Action,
        case: CaseId,
        purpose: Purpose,
    ) -> Result<Permit, PageError> {
        let revision = self.store.case(case).await.map_err(PageError::internal)?;
        let revision = revision.ok_or(PageError::NotFound)?;
        let hospital = revision.document.hospital.as_deref().map(OrganisationCode::new);
        let day = self.now().date_naive();
        let own = if viewer.demonstration { None } else { hospital.as_ref() };
        let relations = [(Relation::OwnHospital, own), (Relation::Programme, None)];
        let permit = relations
            .into_iter()
            .filter(|(relation, _)| *relation != Relation::OwnHospital || hospital.is_some())
            .find_map(|(relation, organisation)| {
                let asked = Asked { action, relation, organisation, purpose, case: Some(case) };
                Rights::ours().decide(&viewer.actor, &asked, day)
            })
            .ok_or(PageError::NotFound)?;
        self.known_to(permit).await
    }

    /// Lets the programme's own roles know of a case only where the patient agreed to registration.
    ///
    /// What concerns the will itself is known to them all the same: a refusal has to be recorded and answered.
    async fn known_to(&self, permit: Permit) -> Result<Permit, PageError> {
        let of_will = [
            Action::ReadConsent,
            Action::RecordConsent,
            Action::AnswerInquiry,
            Action::ReadAudit,
            Action::ReviewBreakGlass,
        ];
        let (Some(case), Relation::Programme) = (permit.case(), permit.relation()) else {
            return Ok(permit);
        };
        if of_will.contains(&permit.action()) {
            return Ok(permit);
        }
        let registered = self.consents.allows(case, DataUse::Registration).await;
        if registered.map_err(PageError::internal)? { Ok(permit) } else { Err(PageError::NotFound) }
    }
}
