//! Changing keys: another site key wraps hospitals' keys anew, another key of a hospital seals its rows anew.

use access::vault::{HospitalKey, SiteVaultKey};
use chrono::TimeDelta;
use model::organisation::OrganisationCode;
use store::{RecordError, SealedIdentifier, Store, WrappedKey};

use super::{KeyWork, KeyWorkError, ROWS_AT_ONCE, by_key, hospital_keys, open_key, shut};

/// What wrapping anew did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rewrapped {
    /// Hospitals' keys of the record.
    pub keys: usize,
    /// Those that were wrapped now.
    pub wrapped: usize,
}

/// What changing a hospital's key did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rotated {
    /// The key that seals now.
    pub key_id: String,
    /// Whether it was made now; otherwise a change that had been broken off was finished.
    pub is_new: bool,
    /// Rows that were sealed anew now.
    pub resealed: u64,
}

/// Returns whether a site key wraps every hospital's key of a record.
///
/// Errors: the record fails.
pub async fn is_rewrapped(store: &Store, site_key_id: &str) -> Result<bool, RecordError> {
    let keys = by_key(store.all_vault_keys().await?);
    Ok(keys.iter().all(|wraps| wraps.iter().any(|wrap| wrap.site_key_id == site_key_id)))
}

/// Wraps every hospital's key that the newest key of the site does not wrap yet, all in one transaction.
///
/// The older wraps stay until they are retired, so that a server that has not read the new key goes on.
///
/// Errors: a key is not opened by any key of the site, or altered, or the record fails; then nothing was changed.
pub async fn rewrap(work: &KeyWork<'_>) -> Result<Rewrapped, KeyWorkError> {
    let newest = work.site.newest();
    let newest_id = newest.id();
    let mut batch = work.store.begin().await?;
    let keys = by_key(work.store.all_vault_keys().await?);
    let mut done = Rewrapped { keys: keys.len(), wrapped: 0 };
    for wraps in &keys {
        let Some(first) = wraps.first() else { continue };
        if wraps.iter().any(|wrap| wrap.site_key_id == newest_id) {
            continue;
        }
        let key = open_key(work.site, wraps)?.ok_or_else(|| shut(wraps))?;
        batch.insert_vault_key(&wrap(work, newest, &key, first.made_at)?).await?;
        let entry =
            work.entry("site vault key", &newest_id, &format!("wraps the key {}", key.id()));
        batch.append_audit(&entry.on_organisation(first.hospital.clone())).await?;
        done.wrapped += 1;
    }
    batch.commit().await?;
    Ok(done)
}

fn wrap(
    work: &KeyWork<'_>,
    site: &SiteVaultKey,
    key: &HospitalKey,
    made_at: chrono::DateTime<chrono::Utc>,
) -> Result<WrappedKey, KeyWorkError> {
    let wrapped = site.wrap(key, work.random()).map_err(|source| KeyWorkError::Key {
        hospital: key.hospital().clone(),
        key_id: key.id().to_owned(),
        source,
    })?;
    Ok(WrappedKey {
        hospital: key.hospital().clone(),
        key_id: key.id().to_owned(),
        site_key_id: site.id(),
        wrapped,
        made_at,
    })
}

/// Gives a hospital another key and seals every row of it anew, some rows in each transaction.
///
/// Where rows are still sealed by an older key, a change was broken off: then it is finished, and no other key is made.
/// `tick` is told how many rows were sealed anew, after each transaction.
///
/// Errors: a key or a row does not open, or the record fails; what was committed stays, and the call can be made again.
pub async fn rotate_hospital(
    work: &KeyWork<'_>,
    hospital: &OrganisationCode,
    mut tick: impl FnMut(u64),
) -> Result<Rotated, KeyWorkError> {
    let mut keys = hospital_keys(work.store, work.site, hospital).await?.all(hospital)?;
    let is_new = !is_broken_off(work.store, &keys).await?;
    if is_new {
        keys.insert(0, make_key(work, hospital).await?);
    }
    let mut rotated = Rotated { key_id: String::new(), is_new, resealed: 0 };
    let Some((newest, older)) = keys.split_first() else { return Ok(rotated) };
    newest.id().clone_into(&mut rotated.key_id);
    for old in older {
        loop {
            // What was sealed anew is no longer of the old key, so that the next rows come first.
            let rows =
                work.store.identifiers_of_key(hospital, old.id(), None, ROWS_AT_ONCE).await?;
            if rows.is_empty() {
                break;
            }
            rotated.resealed += reseal(work, newest, old, rows).await?;
            tick(rotated.resealed);
        }
    }
    Ok(rotated)
}

/// Returns whether some row is sealed by another key than the newest.
async fn is_broken_off(store: &Store, keys: &[HospitalKey]) -> Result<bool, KeyWorkError> {
    for key in keys.iter().skip(1) {
        if !store.identifiers_of_key(key.hospital(), key.id(), None, 1).await?.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Makes the hospital's newest key. From its commit on, whatever is entered is sealed by it.
async fn make_key(
    work: &KeyWork<'_>,
    hospital: &OrganisationCode,
) -> Result<HospitalKey, KeyWorkError> {
    let key = SiteVaultKey::hospital_key(hospital, work.random());
    let mut batch = work.store.begin().await?;
    let newest = work.store.vault_keys(hospital).await?.into_iter().next();
    // Also where the clock stands behind, the newest key is the newest.
    let after = newest.map(|newest| newest.made_at + TimeDelta::milliseconds(1));
    let made_at = after.map_or_else(|| (work.clock)(), |after| after.max((work.clock)()));
    batch.insert_vault_key(&wrap(work, work.site.newest(), &key, made_at)?).await?;
    let entry = work.entry("vault key", key.id(), "new key").on_organisation(hospital.clone());
    batch.append_audit(&entry).await?;
    batch.commit().await?;
    Ok(key)
}

/// Seals rows anew in one transaction, with its entry in the audit log, and returns how many.
async fn reseal(
    work: &KeyWork<'_>,
    newest: &HospitalKey,
    old: &HospitalKey,
    rows: Vec<SealedIdentifier>,
) -> Result<u64, KeyWorkError> {
    let mut batch = work.store.begin().await?;
    let mut resealed = 0;
    for row in rows {
        let nonce: [u8; 24] = work.random();
        let sealed = (row.nonce.as_slice(), row.ciphertext.as_slice());
        let anew = newest
            .reseal(work.permit, old, row.case, sealed, nonce)
            .map_err(|source| KeyWorkError::Row { case: row.case, source })?;
        let anew = SealedIdentifier {
            key_id: newest.id().to_owned(),
            nonce: nonce.to_vec(),
            ciphertext: anew.ciphertext,
            number_index: anew.number_index,
            ..row
        };
        resealed += u64::from(batch.reseal_identifier(&anew, old.id()).await?);
    }
    let detail = format!("{resealed} rows sealed anew, before by the key {}", old.id());
    let entry = work.entry("vault key", newest.id(), &detail);
    batch.append_audit(&entry.on_organisation(newest.hospital().clone())).await?;
    batch.commit().await?;
    Ok(resealed)
}
