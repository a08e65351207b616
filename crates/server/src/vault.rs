//! The vault at work: opening who a patient is for the patient's own hospital, and writing down that it was done.
//!
//! Keys may be changed while the server runs: they are read from the record each time, and the key file is read again when a
//! hospital's key needs a site key that the server does not have yet.
//!
//! Not here: sealing itself (`access::vault`), the rows (`store`), and changing keys (`care::vault`).

mod key_file;

pub use key_file::{
    KeyFolderLock, OpenVaultKeyError, VAULT_KEY_FILE, VaultKeyFile, lock_key_folder,
    open_vault_key, put_vault_keys, read_vault_keys,
};

use access::{
    Action, Asked, Permit, Purpose, Relation, Rights,
    audit::Entry,
    vault::{HospitalKey, PatientIdentity, SiteVaultKey, VaultError},
};
use care::vault::{HospitalKeys, hospital_keys};
use chrono::{DateTime, Utc};
use model::{identity::CaseId, organisation::OrganisationCode};
use store::{Batch, SealedIdentifier, WrappedKey, identifier_v7};

use crate::{error::PageError, state::AppState, viewer::Viewer};

/// Returns random bytes of the operating system, for keys, nonces and registration numbers.
///
/// Without them nothing can be kept secret, and nothing is: then the process ends.
pub(crate) fn random<const BYTES: usize>() -> [u8; BYTES] {
    let mut bytes = [0; BYTES];
    if getrandom::fill(&mut bytes).is_err() {
        tracing::error!("the operating system gives no randomness");
        std::process::abort();
    }
    bytes
}

/// How often it is looked again where a key was changed between two looks.
const LOOKS_MAX: usize = 4;

/// Who a patient is, as it was opened.
pub(crate) struct OpenedIdentity {
    /// Who the patient is.
    pub(crate) identity: PatientIdentity,
    /// When it was recorded.
    pub(crate) recorded_at: DateTime<Utc>,
}

impl AppState {
    fn vault_key(&self) -> Result<&VaultKeyFile, PageError> {
        self.vault_key.as_deref().ok_or_else(|| PageError::internal(VaultError::KeyFile))
    }

    /// Returns the keys of a hospital, newest first.
    async fn hospital_keys(&self, hospital: &OrganisationCode) -> Result<HospitalKeys, PageError> {
        let file = self.vault_key()?;
        let known = file.keys();
        let keys = hospital_keys(&self.store, &known, hospital).await;
        let keys = keys.map_err(PageError::internal)?;
        if keys.shut.is_empty() {
            return Ok(keys);
        }
        // Another key of the site has come since the file was read.
        let read = file.read_again().map_err(PageError::internal)?;
        hospital_keys(&self.store, &read, hospital).await.map_err(PageError::internal)
    }

    /// Returns the newest key of a hospital, making the first one.
    ///
    /// It is read within the batch: a key that is changed at the same moment comes wholly before it or after it.
    async fn key_for_writing(
        &self,
        batch: &mut Batch,
        hospital: &OrganisationCode,
    ) -> Result<HospitalKey, PageError> {
        let keys = self.hospital_keys(hospital).await?;
        if let Some(key) = keys.newest_open() {
            return Ok(key.clone());
        }
        if keys.newest.is_some() {
            // To make another would hide that the key file is not this record's.
            return Err(PageError::internal(VaultError::Open));
        }
        let site = self.vault_key()?.read_again().map_err(PageError::internal)?;
        let key = SiteVaultKey::hospital_key(hospital, random());
        let wrapped = WrappedKey {
            hospital: hospital.clone(),
            key_id: key.id().to_owned(),
            site_key_id: site.newest().id(),
            wrapped: site.newest().wrap(&key, random()).map_err(PageError::internal)?,
            made_at: self.now(),
        };
        batch.insert_vault_key(&wrapped).await.map_err(PageError::internal)?;
        Ok(key)
    }

    /// Permits something about who the patient of a case is: in the own hospital only.
    pub(crate) async fn permit_identity(
        &self,
        viewer: &Viewer,
        action: Action,
        case: CaseId,
        purpose: Purpose,
    ) -> Result<(Permit, OrganisationCode), PageError> {
        let hospital = self.hospital_of(case).await?.ok_or(PageError::NotFound)?;
        let permit = self.permit_case(viewer, action, case, purpose).await?;
        if permit.relation() != Relation::OwnHospital {
            return Err(PageError::NotFound);
        }
        Ok((permit, hospital))
    }

    /// Opens who the patient of a case is, once it is written down that it was opened.
    pub(crate) async fn read_identity(
        &self,
        viewer: &Viewer,
        case: CaseId,
    ) -> Result<Option<OpenedIdentity>, PageError> {
        let (permit, hospital) =
            self.permit_identity(viewer, Action::ReadIdentifier, case, Purpose::Care).await?;
        let entry = Entry::permitted(self.now(), &viewer.actor, &permit)
            .on_case(case, Some(hospital.clone()))
            .about("identifier", case);
        self.audit.record(entry).await?;
        let Some((sealed, key)) = self.sealed_with_key(case, &hospital).await? else {
            return Ok(None);
        };
        let identity = key
            .open(&permit, case, &sealed.nonce, &sealed.ciphertext)
            .map_err(PageError::internal)?;
        Ok(Some(OpenedIdentity { identity, recorded_at: sealed.recorded_at }))
    }

    /// Returns the sealed row of a case with the key that opens it.
    async fn sealed_with_key(
        &self,
        case: CaseId,
        hospital: &OrganisationCode,
    ) -> Result<Option<(SealedIdentifier, HospitalKey)>, PageError> {
        for _ in 0..LOOKS_MAX {
            let sealed = self.store.identifier_of_case(case).await.map_err(PageError::internal)?;
            let Some(sealed) = sealed.filter(|sealed| sealed.hospital == *hospital) else {
                return Ok(None);
            };
            let keys = self.hospital_keys(hospital).await?;
            if let Some(key) = keys.open.into_iter().find(|key| key.id() == sealed.key_id) {
                return Ok(Some((sealed, key)));
            }
            // Between the two looks the row may have been sealed anew and its key been retired.
        }
        Err(PageError::internal(VaultError::Open))
    }

    /// Seals who the patient of a case is into a batch, with its entry in the audit log.
    pub(crate) async fn write_identity(
        &self,
        batch: &mut Batch,
        viewer: &Viewer,
        permit: &Permit,
        hospital: &OrganisationCode,
        case: CaseId,
        identity: &PatientIdentity,
    ) -> Result<(), PageError> {
        let key = self.key_for_writing(batch, hospital).await?;
        let nonce: [u8; 24] = random();
        let now = self.now();
        let unique = hex::encode(nonce);
        let sealed = SealedIdentifier {
            id: identifier_v7(now, &["identifier", &case.to_string(), &unique]),
            case,
            hospital: hospital.clone(),
            key_id: key.id().to_owned(),
            nonce: nonce.to_vec(),
            ciphertext: key.seal(permit, case, nonce, identity).map_err(PageError::internal)?,
            number_index: key.number_index(&identity.hospital_number),
            recorded_by: Some(permit.person()),
            recorded_at: now,
        };
        batch.insert_identifier(&sealed).await.map_err(PageError::internal)?;
        let entry = Entry::permitted(now, &viewer.actor, permit)
            .on_case(case, Some(hospital.clone()))
            .about("identifier", case);
        batch.append_audit(&entry).await.map_err(PageError::internal)
    }

    /// Finds the cases of a patient number in the hospitals where the person may read who patients are.
    pub(crate) async fn cases_of_number(
        &self,
        viewer: &Viewer,
        number: &str,
    ) -> Result<Vec<CaseId>, PageError> {
        let day = care::order::local_day(self.now());
        let mut found = Vec::new();
        for hospital in viewer.actor.organisations_on(day) {
            let asked = Asked {
                action: Action::ReadIdentifier,
                relation: Relation::OwnHospital,
                organisation: Some(hospital),
                purpose: Purpose::Care,
                case: None,
            };
            let Some(permit) = Rights::ours().decide(&viewer.actor, &asked, day) else { continue };
            found.extend(self.cases_of_number_in(hospital, number).await?);
            let entry = Entry::permitted(self.now(), &viewer.actor, &permit)
                .on_organisation(hospital.clone())
                .about("patient number search", found.len());
            self.audit.record(entry).await?;
        }
        Ok(found)
    }

    /// Finds the cases of a hospital by a patient number, whichever of its keys their rows are sealed by.
    async fn cases_of_number_in(
        &self,
        hospital: &OrganisationCode,
        number: &str,
    ) -> Result<Vec<CaseId>, PageError> {
        let mut keys = self.hospital_keys(hospital).await?;
        for _ in 0..LOOKS_MAX {
            let indexes: Vec<String> =
                keys.open.iter().filter_map(|key| key.number_index(number)).collect();
            let cases = self.store.cases_of_number(hospital, &indexes).await;
            let cases = cases.map_err(PageError::internal)?;
            let again = self.hospital_keys(hospital).await?;
            if again.newest == keys.newest {
                return Ok(cases);
            }
            // Rows may have been sealed by a key that came after the keys were read.
            keys = again;
        }
        Err(PageError::internal(VaultError::Open))
    }

    /// Returns the hospital of a case.
    pub(crate) async fn hospital_of(
        &self,
        case: CaseId,
    ) -> Result<Option<OrganisationCode>, PageError> {
        let found = self.store.hospital_of_case(case).await.map_err(PageError::internal)?;
        Ok(found.flatten())
    }

    /// Returns the reference of a case that may be known of.
    pub(crate) async fn reference_of(&self, case: CaseId) -> Result<String, PageError> {
        let revision = self.store.case(case).await.map_err(PageError::internal)?;
        Ok(revision.ok_or(PageError::NotFound)?.document.reference)
    }
}
