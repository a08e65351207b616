//! The vault at work: opening who a patient is for the patient's own hospital, and writing down that it was done.
//!
//! Not here: sealing itself (`access::vault`), and the rows (`store`).

use std::{
    fs::OpenOptions,
    io::{ErrorKind, Read, Write},
    path::Path,
    sync::Arc,
};

use access::{
    Action, Asked, Permit, Purpose, Relation, Rights,
    audit::Entry,
    vault::{HospitalKey, PatientIdentity, SiteVaultKey, VaultError},
};
use chrono::{DateTime, Utc};
use model::{identity::CaseId, organisation::OrganisationCode};
use store::{Batch, SealedIdentifier, WrappedKey, identifier_v7};

use crate::{error::PageError, state::AppState, viewer::Viewer};

/// Name of the file that holds the vault key, beside the record and never in it.
pub const VAULT_KEY_FILE: &str = "vault.key";
/// Largest key file that is read. Units: bytes.
const KEY_FILE_BYTES_MAX: u64 = 1024;

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

/// Why the vault key file could not be read or made.
#[derive(Debug, thiserror::Error)]
pub enum OpenVaultKeyError {
    /// The file could not be read or written.
    #[error("could not read or make the vault key file")]
    File(#[from] std::io::Error),
    /// The file does not hold a key.
    #[error("the vault key file does not hold a key")]
    Key(#[from] VaultError),
    /// Others than the owner may read the file.
    #[error("the vault key file may be read by others than its owner")]
    OpenToOthers,
}

/// Reads the vault key of a folder; makes it where there is none, for its owner only.
///
/// Errors: see [`OpenVaultKeyError`].
pub fn open_vault_key(folder: &Path) -> Result<SiteVaultKey, OpenVaultKeyError> {
    let path = folder.join(VAULT_KEY_FILE);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(&path) {
        Ok(mut file) => {
            let key = SiteVaultKey::new(random());
            file.write_all(key.file_text().as_bytes())?;
            file.sync_all()?;
            Ok(key)
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => read_vault_key(&path),
        Err(error) => Err(error.into()),
    }
}

fn read_vault_key(path: &Path) -> Result<SiteVaultKey, OpenVaultKeyError> {
    let file = std::fs::File::open(path)?;
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::PermissionsExt::mode(&file.metadata()?.permissions());
        if mode & 0o077 != 0 {
            return Err(OpenVaultKeyError::OpenToOthers);
        }
    }
    let mut text = String::new();
    file.take(KEY_FILE_BYTES_MAX).read_to_string(&mut text)?;
    Ok(SiteVaultKey::read(&text)?)
}

/// Who a patient is, as it was opened.
pub(crate) struct OpenedIdentity {
    /// Who the patient is.
    pub(crate) identity: PatientIdentity,
    /// When it was recorded.
    pub(crate) recorded_at: DateTime<Utc>,
}

impl AppState {
    fn vault_key(&self) -> Result<Arc<SiteVaultKey>, PageError> {
        self.vault_key.clone().ok_or_else(|| PageError::internal(VaultError::KeyFile))
    }

    /// Returns the keys of a hospital that this site's key unwraps, newest first.
    async fn hospital_keys(
        &self,
        hospital: &OrganisationCode,
    ) -> Result<Vec<HospitalKey>, PageError> {
        let site = self.vault_key()?;
        let site_id = site.id();
        let wrapped = self.store.vault_keys(hospital).await.map_err(PageError::internal)?;
        let ours = wrapped.iter().filter(|key| key.site_key_id == site_id);
        ours.map(|key| site.unwrap(hospital, &key.key_id, &key.wrapped))
            .collect::<Result<_, _>>()
            .map_err(PageError::internal)
    }

    /// Returns the newest key of a hospital, making the first one.
    async fn key_for_writing(
        &self,
        batch: &mut Batch,
        hospital: &OrganisationCode,
    ) -> Result<HospitalKey, PageError> {
        if let Some(key) = self.hospital_keys(hospital).await?.into_iter().next() {
            return Ok(key);
        }
        let site = self.vault_key()?;
        let key = SiteVaultKey::hospital_key(hospital, random());
        let wrapped = WrappedKey {
            hospital: hospital.clone(),
            key_id: key.id().to_owned(),
            site_key_id: site.id(),
            wrapped: site.wrap(&key, random()).map_err(PageError::internal)?,
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
        let sealed = self.store.identifier_of_case(case).await.map_err(PageError::internal)?;
        let Some(sealed) = sealed.filter(|sealed| sealed.hospital == hospital) else {
            return Ok(None);
        };
        let keys = self.hospital_keys(&hospital).await?;
        let key = keys.iter().find(|key| key.id() == sealed.key_id);
        let key = key.ok_or_else(|| PageError::internal(VaultError::Open))?;
        let identity = key
            .open(&permit, case, &sealed.nonce, &sealed.ciphertext)
            .map_err(PageError::internal)?;
        Ok(Some(OpenedIdentity { identity, recorded_at: sealed.recorded_at }))
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
            let keys = self.hospital_keys(hospital).await?;
            let indexes: Vec<String> =
                keys.iter().filter_map(|key| key.number_index(number)).collect();
            let cases = self.store.cases_of_number(hospital, &indexes).await;
            found.extend(cases.map_err(PageError::internal)?);
            let entry = Entry::permitted(self.now(), &viewer.actor, &permit)
                .on_organisation(hospital.clone())
                .about("patient number search", found.len());
            self.audit.record(entry).await?;
        }
        Ok(found)
    }

    /// Returns the hospital of a case.
    pub(crate) async fn hospital_of(
        &self,
        case: CaseId,
    ) -> Result<Option<OrganisationCode>, PageError> {
        let revision = self.store.case(case).await.map_err(PageError::internal)?;
        Ok(revision
            .and_then(|revision| revision.document.hospital)
            .map(|code| OrganisationCode::new(&code)))
    }

    /// Returns the reference of a case that may be known of.
    pub(crate) async fn reference_of(&self, case: CaseId) -> Result<String, PageError> {
        let revision = self.store.case(case).await.map_err(PageError::internal)?;
        Ok(revision.ok_or(PageError::NotFound)?.document.reference)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_file_is_made_once_and_for_its_owner_only() {
        let folder = tempfile::tempdir().unwrap();
        let first = open_vault_key(folder.path()).unwrap();
        let again = open_vault_key(folder.path()).unwrap();
        assert_eq!(first.id(), again.id());
        let path = folder.path().join(VAULT_KEY_FILE);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
            let refused = open_vault_key(folder.path());
            assert!(matches!(refused, Err(OpenVaultKeyError::OpenToOthers)));
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        }
        std::fs::write(&path, "no key").unwrap();
        assert!(matches!(open_vault_key(folder.path()), Err(OpenVaultKeyError::Key(_))));
    }
}
