//! Whether the person who asks may: every handler beyond the public pages begins here.
//!
//! What may not be known of is not found: existence is secret.

use std::collections::BTreeSet;

use access::{Action, Asked, Permit, Purpose, Relation, Rights, audit::Entry};
use model::{
    consent::DataUse,
    identity::{CaseId, ReportId, ResultId},
    organisation::OrganisationCode,
};
use store::{CaseScope, StoredReport, StoredResult};

use crate::{
    error::PageError,
    reading::{CaseListing, CaseReading},
    state::AppState,
    viewer::Viewer,
};

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
        self.decide(viewer, &asked).ok_or(PageError::NotFound)
    }

    /// Decides on what is asked; a refusal is told to who watches the log.
    pub(crate) fn decide(&self, viewer: &Viewer, asked: &Asked<'_>) -> Option<Permit> {
        let day = self.today();
        let decided = viewer
            .scope_allows(asked.action)
            .then(|| Rights::ours().decide(&viewer.actor, asked, day))
            .flatten();
        if decided.is_none() {
            tracing::info!(
                target: "security", person = %viewer.actor.person, action = %asked.action,
                relation = %asked.relation, "not permitted"
            );
        }
        decided
    }

    /// Permits what concerns a case, and writes it down, whether it was permitted or not; a case that may not be
    /// known of is not found.
    pub(crate) async fn permit_case(
        &self,
        viewer: &Viewer,
        action: Action,
        case: CaseId,
        purpose: Purpose,
    ) -> Result<Permit, PageError> {
        let found = self.store.hospital_of_case(case).await.map_err(PageError::internal)?;
        let hospital = found.ok_or(PageError::NotFound)?;
        let (now, actor) = (self.now(), &viewer.actor);
        match self.permit_case_of(viewer, action, case, hospital.as_ref(), purpose).await {
            Ok(permit) => {
                let entry = Entry::permitted(now, actor, &permit).on_case(case, hospital);
                self.audit.record(entry).await?;
                Ok(permit)
            }
            Err(PageError::NotFound) => {
                let entry = Entry::by_person(now, actor, action).on_case(case, hospital);
                self.audit.record(entry.for_purpose(purpose).refused()).await?;
                Err(PageError::NotFound)
            }
            Err(error) => Err(error),
        }
    }

    /// Permits a change of a case that writes itself down in its own transaction; only a refusal is written down
    /// here. A case that may not be known of is not found.
    pub(crate) async fn permit_change(
        &self,
        viewer: &Viewer,
        action: Action,
        case: CaseId,
        purpose: Purpose,
    ) -> Result<Permit, PageError> {
        let found = self.store.hospital_of_case(case).await.map_err(PageError::internal)?;
        let hospital = found.ok_or(PageError::NotFound)?;
        let permitted = self.permit_case_of(viewer, action, case, hospital.as_ref(), purpose).await;
        if let Err(PageError::NotFound) = permitted {
            let entry = Entry::by_person(self.now(), &viewer.actor, action).on_case(case, hospital);
            self.audit.record(entry.for_purpose(purpose).refused()).await?;
        }
        permitted
    }

    /// Returns whether a change of a case would be permitted, so that a page offers it; nothing is written down,
    /// for nothing was tried.
    pub(crate) async fn would_permit(
        &self,
        viewer: &Viewer,
        action: Action,
        case: CaseId,
        purpose: Purpose,
    ) -> Result<Option<Permit>, PageError> {
        let found = self.store.hospital_of_case(case).await.map_err(PageError::internal)?;
        let Some(hospital) = found else { return Ok(None) };
        match self.permit_case_of(viewer, action, case, hospital.as_ref(), purpose).await {
            Ok(permit) => Ok(Some(permit)),
            Err(PageError::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Permits what concerns a case of a hospital, trying each relation in which the case may stand.
    async fn permit_case_of(
        &self,
        viewer: &Viewer,
        action: Action,
        case: CaseId,
        hospital: Option<&OrganisationCode>,
        purpose: Purpose,
    ) -> Result<Permit, PageError> {
        let ask = |relation, organisation: Option<&OrganisationCode>, purpose| {
            let asked = Asked { action, relation, organisation, purpose, case: Some(case) };
            self.decide(viewer, &asked)
        };
        if let Some(hospital) = hospital {
            if let Some(permit) = ask(Relation::OwnHospital, Some(hospital), purpose) {
                return Ok(permit);
            }
            for chosen in self.chosen_by(hospital).await? {
                if let Some(permit) = ask(Relation::LinkedHospital, Some(&chosen), purpose) {
                    return Ok(permit);
                }
            }
        }
        for laboratory in self.laboratories_of(viewer, case).await? {
            if let Some(permit) = ask(Relation::ChosenLaboratory, Some(&laboratory), purpose) {
                return Ok(permit);
            }
        }
        if let Some(permit) = ask(Relation::Programme, None, purpose) {
            return self.known_to(permit).await;
        }
        let (person, now) = (viewer.actor.person, self.now());
        let opened = self.store.is_open_in_emergency(person, case, now).await;
        if opened.map_err(PageError::internal)? {
            return ask(Relation::Emergency, None, Purpose::Emergency).ok_or(PageError::NotFound);
        }
        Err(PageError::NotFound)
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

    /// Permits reading one case, and gives the reading.
    pub(crate) async fn read_case(
        &self,
        viewer: &Viewer,
        case: CaseId,
    ) -> Result<CaseReading<'_>, PageError> {
        let permit = self.permit_case(viewer, Action::ReadCase, case, Purpose::Care).await?;
        Ok(CaseReading::new(&self.store, &permit, case))
    }

    /// Permits reading one result, and gives it.
    pub(crate) async fn read_result(
        &self,
        viewer: &Viewer,
        result: ResultId,
    ) -> Result<StoredResult, PageError> {
        let found = self.store.result(result).await.map_err(PageError::internal)?;
        let found = found.ok_or(PageError::NotFound)?;
        let action = Action::ReadResult;
        match found.row.case {
            Some(case) => {
                self.refuse_other_laboratory(viewer, case, result).await?;
                self.permit_case(viewer, action, case, Purpose::Care).await?
            }
            // A rejected result without a case belongs to no hospital yet.
            None => self.permit(viewer, action, Relation::Programme, Purpose::Quality)?,
        };
        Ok(found)
    }

    /// Refuses a laboratory the result of another laboratory's order, though both test the same case, and writes it
    /// down.
    async fn refuse_other_laboratory(
        &self,
        viewer: &Viewer,
        case: CaseId,
        result: ResultId,
    ) -> Result<(), PageError> {
        let (action, purpose) = (Action::ReadResult, Purpose::Care);
        let permit = self.would_permit(viewer, action, case, purpose).await?;
        if permit.is_none_or(|permit| permit.relation() != Relation::ChosenLaboratory) {
            return Ok(());
        }
        let sender = self.store.laboratory_of_result(result).await.map_err(PageError::internal)?;
        let own = viewer.actor.organisations_on(self.today());
        if sender.is_none_or(|sender| own.contains(&&sender)) {
            return Ok(());
        }
        let entry = Entry::by_person(self.now(), &viewer.actor, action).on_case(case, None);
        self.audit.record(entry.for_purpose(purpose).refused()).await?;
        Err(PageError::NotFound)
    }

    /// Permits reading one report, and gives it with the reading of its case.
    pub(crate) async fn read_report(
        &self,
        viewer: &Viewer,
        report: ReportId,
    ) -> Result<(StoredReport, CaseReading<'_>), PageError> {
        let found = self.store.report(report).await.map_err(PageError::internal)?;
        let found = found.ok_or(PageError::NotFound)?;
        let permit =
            self.permit_case(viewer, Action::ReadReport, found.case, Purpose::Care).await?;
        let reading = CaseReading::new(&self.store, &permit, found.case);
        Ok((found, reading))
    }

    /// Permits a list of cases or of what belongs to them, and says of which hospitals.
    pub(crate) async fn list_of(
        &self,
        viewer: &Viewer,
        action: Action,
    ) -> Result<CaseListing<'_>, PageError> {
        let scope = self.scope_of(viewer, action).await?.ok_or(PageError::NotFound)?;
        Ok(CaseListing::new(&self.store, scope))
    }

    /// Returns of which hospitals a person may see a list; `None` of none at all.
    pub(crate) async fn scope_of(
        &self,
        viewer: &Viewer,
        action: Action,
    ) -> Result<Option<CaseScope>, PageError> {
        let day = self.today();
        if !viewer.may(action, day) {
            return Ok(None);
        }
        let rights = Rights::ours();
        let (mut hospitals, mut laboratories) = (BTreeSet::new(), BTreeSet::new());
        let mut registered = false;
        for membership in viewer.actor.memberships_on(day) {
            let allows = |relation| rights.allows(membership.role, action, relation, day);
            // The programme's own roles know of a case only where the patient agreed to registration.
            registered |= allows(Relation::Programme);
            if allows(Relation::OwnHospital) {
                hospitals.insert(membership.organisation.clone());
            }
            if allows(Relation::LinkedHospital) {
                hospitals.extend(self.partners_of(&membership.organisation).await?);
            }
            if allows(Relation::ChosenLaboratory) {
                laboratories.insert(membership.organisation.clone());
            }
        }
        let hospitals = hospitals.into_iter().collect();
        let laboratories = laboratories.into_iter().collect();
        Ok(Some(CaseScope::Seen { hospitals, registered, laboratories }))
    }
}
