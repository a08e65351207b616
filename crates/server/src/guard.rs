//! Whether the person who asks may: every handler beyond the public pages begins here.
//!
//! What may not be known of is not found: existence is secret.

use access::{Action, Asked, Permit, Purpose, Relation, Rights};
use model::{identity::CaseId, organisation::OrganisationCode};

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
        relations
            .into_iter()
            .filter(|(relation, _)| *relation != Relation::OwnHospital || hospital.is_some())
            .find_map(|(relation, organisation)| {
                let asked = Asked { action, relation, organisation, purpose, case: Some(case) };
                Rights::ours().decide(&viewer.actor, &asked, day)
            })
            .ok_or(PageError::NotFound)
    }
}
