//! How organisations stand to one another: who chose whom as core or hub, and which laboratory tests what.
//!
//! The guard asks here, so that there is one place where the registry and the test orders decide on rights.

use model::{identity::CaseId, organisation::OrganisationCode};

use crate::{error::PageError, state::AppState, viewer::Viewer};

impl AppState {
    /// Returns the partner hospitals that chose an organisation as their core or hub, today.
    pub(crate) async fn partners_of(
        &self,
        core_or_hub: &OrganisationCode,
    ) -> Result<Vec<OrganisationCode>, PageError> {
        let registry = self.registry().await?;
        Ok(registry.partners_of(core_or_hub, self.today()).into_iter().cloned().collect())
    }

    /// Returns the core and hub hospitals that a partner chose, today.
    pub(crate) async fn chosen_by(
        &self,
        partner: &OrganisationCode,
    ) -> Result<Vec<OrganisationCode>, PageError> {
        let registry = self.registry().await?;
        Ok(registry.linked_hospitals(partner, self.today()))
    }

    /// Returns those of the person's organisations that a test of a case was ordered from.
    pub(crate) async fn laboratories_of(
        &self,
        viewer: &Viewer,
        case: CaseId,
    ) -> Result<Vec<OrganisationCode>, PageError> {
        let own = viewer.actor.organisations_on(self.today());
        let chosen = self.store.laboratories_of_case(case).await.map_err(PageError::internal)?;
        Ok(chosen.into_iter().filter(|laboratory| own.contains(&laboratory)).collect())
    }
}
