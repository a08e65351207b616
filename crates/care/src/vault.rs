//! The vault's keys at work: opening hospitals' keys, changing keys, and proving that everything sealed still opens.
//!
//! A key is changed in steps, each of which can be the last before the machine stops: whatever was done, what is there
//! opens with the key file that is there. Nothing here gives out who a patient is.
//!
//! Not here: sealing itself and the key file's form (`access::vault`), the rows (`store`), and the file (`server`).

mod prove;
mod retire;
mod rotate;

use std::collections::BTreeMap;

use access::{
    Actor, Permit,
    audit::Entry,
    vault::{HospitalKey, SiteVaultKeys, VaultError},
};
use chrono::{DateTime, Utc};
use model::{identity::CaseId, organisation::OrganisationCode, text::LocalizedText};
use store::{RecordError, Store, WrappedKey};

pub use prove::{Proof, VaultFinding, prove};
pub use retire::{Retired, retire};
pub use rotate::{Rewrapped, Rotated, is_rewrapped, rewrap, rotate_hospital};

/// Rows that are sealed anew in one transaction, or proved at once.
const ROWS_AT_ONCE: u32 = 256;

/// Whoever changes keys, with the record, the clock and the randomness to do it.
pub struct KeyWork<'a> {
    /// The record.
    pub store: &'a Store,
    /// The site's keys, of which the newest wraps.
    pub site: &'a SiteVaultKeys,
    /// Who does it.
    pub actor: &'a Actor,
    /// The proof that they operate the site.
    pub permit: &'a Permit,
    /// The time.
    pub clock: &'a (dyn Fn() -> DateTime<Utc> + Send + Sync),
    /// Randomness for keys and nonces.
    pub random: &'a (dyn Fn(&mut [u8]) + Send + Sync),
}

impl KeyWork<'_> {
    fn random<const BYTES: usize>(&self) -> [u8; BYTES] {
        let mut bytes = [0; BYTES];
        (self.random)(&mut bytes);
        bytes
    }

    fn entry(&self, kind: &str, key_id: &str, detail: &str) -> Entry {
        let entry = Entry::permitted((self.clock)(), self.actor, self.permit);
        entry.about(kind, key_id).with_detail(detail)
    }
}

/// Why keys could not be opened or changed.
#[derive(Debug, thiserror::Error)]
pub enum KeyWorkError {
    /// None of the site's keys wrapped a hospital's key.
    #[error("no key of the file wrapped the key {key_id} of the hospital {hospital}")]
    NoSiteKey {
        /// The hospital.
        hospital: OrganisationCode,
        /// The hospital's key.
        key_id: String,
        /// The site's keys that wrapped it.
        wrapped_by: Vec<String>,
    },
    /// A hospital's key is not wrapped by the newest key of the site.
    #[error("the newest key of the file does not wrap the key {key_id} of the hospital {hospital}")]
    NotNewest {
        /// The hospital.
        hospital: OrganisationCode,
        /// The hospital's key.
        key_id: String,
    },
    /// A hospital's key was altered.
    #[error("could not open the key {key_id} of the hospital {hospital}")]
    Key {
        /// The hospital.
        hospital: OrganisationCode,
        /// The hospital's key.
        key_id: String,
        /// Why not.
        #[source]
        source: VaultError,
    },
    /// A hospital has no key.
    #[error("the hospital {0} has no key")]
    NoHospital(OrganisationCode),
    /// Who a patient is could not be opened, or not be sealed.
    #[error("could not open or seal who the patient of the case {case} is")]
    Row {
        /// The case.
        case: CaseId,
        /// Why not.
        #[source]
        source: VaultError,
    },
    /// Some of what is sealed does not open.
    #[error("{0} of what is sealed do not open")]
    NotProven(usize),
    /// The record failed.
    #[error("could not read or write the vault's rows")]
    Record(#[from] RecordError),
}

impl KeyWorkError {
    /// Returns what to tell the user.
    pub fn explain(&self) -> LocalizedText {
        match self {
            Self::NoSiteKey { hospital, key_id, wrapped_by } => LocalizedText::new(
                format!(
                    "施設 {hospital} の鍵 {key_id} は、この鍵ファイルでは開けません(サイトの鍵 {} が必要です)。この記録の vault.key を --data のフォルダーに戻してから、もう一度実行してください。",
                    wrapped_by.join("、")
                ),
                format!(
                    "The key {key_id} of the hospital {hospital} does not open with this key file (it needs the site key {}). Put this record's vault.key back into the folder of --data and run the command again.",
                    wrapped_by.join(" or ")
                ),
            ),
            Self::NotNewest { hospital, key_id } => LocalizedText::new(
                format!(
                    "施設 {hospital} の鍵 {key_id} は、まだ新しいサイトの鍵で包まれていません。先に tsumugi vault rotate --site を実行してください。何も変えていません。"
                ),
                format!(
                    "The key {key_id} of the hospital {hospital} is not wrapped by the newest site key yet: run `tsumugi vault rotate --site` first. Nothing was changed."
                ),
            ),
            Self::Key { hospital, key_id, .. } => LocalizedText::new(
                format!(
                    "施設 {hospital} の鍵 {key_id} が壊れています。控えの記録と比べてください(tsumugi db check --keys)。"
                ),
                format!(
                    "The key {key_id} of the hospital {hospital} is damaged: compare with a backup of the record (`tsumugi db check --keys`)."
                ),
            ),
            Self::NoHospital(hospital) => LocalizedText::new(
                format!(
                    "施設 {hospital} には鍵がありません。施設コードを確かめてください(tsumugi vault show)。"
                ),
                format!(
                    "The hospital {hospital} has no key: check the hospital's code (`tsumugi vault show`)."
                ),
            ),
            Self::Row { case, .. } => LocalizedText::new(
                format!(
                    "症例 {case} の氏名等を開けません。ここまでに封をし直したものはそのまま使えます。tsumugi db check --keys で調べ、控えから直してください。"
                ),
                format!(
                    "Who the patient of the case {case} is cannot be opened. What was sealed anew before stays good: look with `tsumugi db check --keys`, and mend it from a backup."
                ),
            ),
            Self::NotProven(count) => LocalizedText::new(
                format!(
                    "開けないものが {count} 件あります。古い鍵は残しました。tsumugi db check --keys で調べてください。"
                ),
                format!(
                    "{count} of what is sealed do not open, so the old keys stay: look with `tsumugi db check --keys`."
                ),
            ),
            Self::Record(error) => error.explain(),
        }
    }
}

/// A hospital's key that none of the site's keys opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShutKey {
    /// The hospital's key.
    pub key_id: String,
    /// The site's keys that wrapped it.
    pub wrapped_by: Vec<String>,
}

/// The keys of a hospital.
#[derive(Debug, Default)]
pub struct HospitalKeys {
    /// Those that open, newest first.
    pub open: Vec<HospitalKey>,
    /// Those that do not, newest first.
    pub shut: Vec<ShutKey>,
    /// The name of the newest, whether it opens or not.
    pub newest: Option<String>,
}

impl HospitalKeys {
    /// Returns the key for sealing; `None` where the hospital has none yet, or where it is shut.
    pub fn newest_open(&self) -> Option<&HospitalKey> {
        self.open.first().filter(|key| self.newest.as_deref() == Some(key.id()))
    }

    /// Returns all keys of a hospital, newest first.
    ///
    /// Errors: one is shut, or there is none.
    fn all(self, hospital: &OrganisationCode) -> Result<Vec<HospitalKey>, KeyWorkError> {
        match self.shut.into_iter().next() {
            Some(shut) => Err(KeyWorkError::NoSiteKey {
                hospital: hospital.clone(),
                key_id: shut.key_id,
                wrapped_by: shut.wrapped_by,
            }),
            None if self.open.is_empty() => Err(KeyWorkError::NoHospital(hospital.clone())),
            None => Ok(self.open),
        }
    }
}

/// Opens the keys of a hospital that the site's keys open.
///
/// Errors: one was altered, or the record fails.
pub async fn hospital_keys(
    store: &Store,
    site: &SiteVaultKeys,
    hospital: &OrganisationCode,
) -> Result<HospitalKeys, KeyWorkError> {
    let wrapped = store.vault_keys(hospital).await?;
    let mut keys = HospitalKeys {
        newest: wrapped.first().map(|key| key.key_id.clone()),
        ..HospitalKeys::default()
    };
    for wraps in by_key(wrapped) {
        match open_key(site, &wraps)? {
            Some(key) => keys.open.push(key),
            None => keys.shut.extend(wraps.first().map(|first| ShutKey {
                key_id: first.key_id.clone(),
                wrapped_by: wraps.iter().map(|wrap| wrap.site_key_id.clone()).collect(),
            })),
        }
    }
    Ok(keys)
}

/// Makes sure that the site's keys open every hospital's key of a record.
///
/// Errors: one does not open, or was altered, or the record fails.
pub async fn require_open(store: &Store, site: &SiteVaultKeys) -> Result<(), KeyWorkError> {
    for wraps in by_key(store.all_vault_keys().await?) {
        if open_key(site, &wraps)?.is_none() {
            return Err(shut(&wraps));
        }
    }
    Ok(())
}

/// Tells that none of the site's keys opens a key.
fn shut(wraps: &[WrappedKey]) -> KeyWorkError {
    let first = wraps.first();
    KeyWorkError::NoSiteKey {
        hospital: OrganisationCode::new(first.map_or("", |wrap| wrap.hospital.as_str())),
        key_id: first.map(|wrap| wrap.key_id.clone()).unwrap_or_default(),
        wrapped_by: wraps.iter().map(|wrap| wrap.site_key_id.clone()).collect(),
    }
}

/// Puts the wraps of each key together, keeping the order in which the keys come.
fn by_key(wrapped: Vec<WrappedKey>) -> Vec<Vec<WrappedKey>> {
    let mut places: BTreeMap<(OrganisationCode, String), usize> = BTreeMap::new();
    let mut keys: Vec<Vec<WrappedKey>> = Vec::new();
    for wrap in wrapped {
        let next = keys.len();
        let place = *places.entry((wrap.hospital.clone(), wrap.key_id.clone())).or_insert(next);
        match keys.get_mut(place) {
            Some(wraps) => wraps.push(wrap),
            None => keys.push(vec![wrap]),
        }
    }
    keys
}

/// Opens a hospital's key by one of its wraps; `None` where the site has none of the keys that wrapped it.
fn open_key(
    site: &SiteVaultKeys,
    wraps: &[WrappedKey],
) -> Result<Option<HospitalKey>, KeyWorkError> {
    let mut damaged = None;
    for wrap in wraps {
        match site.unwrap(&wrap.site_key_id, &wrap.hospital, &wrap.key_id, &wrap.wrapped) {
            Ok(Some(key)) => return Ok(Some(key)),
            Ok(None) => {}
            Err(source) => {
                let (hospital, key_id) = (wrap.hospital.clone(), wrap.key_id.clone());
                damaged = Some(KeyWorkError::Key { hospital, key_id, source });
            }
        }
    }
    damaged.map_or(Ok(None), Err)
}
