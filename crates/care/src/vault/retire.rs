//! Retiring older keys, once nothing needs them.

use std::collections::BTreeSet;

use model::organisation::OrganisationCode;

use super::{KeyWork, KeyWorkError, by_key, prove};

/// What was retired.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Retired {
    /// Wraps by older keys of the site that went.
    pub wraps: u64,
    /// Hospitals' older keys that went.
    pub hospital_keys: u64,
    /// Hospitals' older keys that stay, because rows are sealed by them.
    pub needed: Vec<(OrganisationCode, String)>,
}

/// Takes out of the record whatever an older key of the site wrapped, and hospitals' older keys that seal nothing, all in one
/// transaction. Afterwards the newest key of the site opens everything, and the older ones may go out of the key file.
///
/// Errors: a hospital's key is not wrapped by the newest key of the site, or something sealed does not open with the newest
/// key alone, or the record fails; then nothing was changed.
pub async fn retire(work: &KeyWork<'_>, tick: impl FnMut(u64)) -> Result<Retired, KeyWorkError> {
    let newest = work.site.newest_alone();
    let newest_id = newest.newest().id();
    let keys = by_key(work.store.all_vault_keys().await?);
    for wraps in &keys {
        if let Some(first) = wraps.first()
            && !wraps.iter().any(|wrap| wrap.site_key_id == newest_id)
        {
            let (hospital, key_id) = (first.hospital.clone(), first.key_id.clone());
            return Err(KeyWorkError::NotNewest { hospital, key_id });
        }
    }
    let proof = prove(work.store, &newest, tick).await?;
    if proof.flaws() > 0 {
        return Err(KeyWorkError::NotProven(proof.flaws()));
    }
    let used = work.store.vault_key_uses().await?;
    let used: BTreeSet<_> = used.into_iter().map(|one| (one.hospital, one.key_id)).collect();
    let mut batch = work.store.begin().await?;
    let mut retired = Retired::default();
    for wraps in &keys {
        let Some(first) = wraps.first() else { continue };
        let is_older = keys
            .iter()
            .flatten()
            .any(|other| other.hospital == first.hospital && other.made_at > first.made_at);
        let is_used = used.contains(&(first.hospital.clone(), first.key_id.clone()));
        if is_older && is_used {
            retired.needed.push((first.hospital.clone(), first.key_id.clone()));
        }
        let goes = is_older && !is_used;
        let mut gone = 0;
        for wrap in wraps.iter().filter(|wrap| goes || wrap.site_key_id != newest_id) {
            gone += u64::from(batch.remove_vault_key(wrap).await?);
        }
        if goes {
            retired.hospital_keys += 1;
        } else {
            retired.wraps += gone;
        }
        if gone > 0 {
            let detail = if goes { "retired" } else { "retired wraps by older site keys" };
            let entry = work.entry("vault key", &first.key_id, detail);
            batch.append_audit(&entry.on_organisation(first.hospital.clone())).await?;
        }
    }
    batch.commit().await?;
    Ok(retired)
}
