//! Copying sealed identifiers and the keys' rows into another record, which may have been copied to before keys were changed.
//!
//! What is sealed is copied sealed; the site's vault key file goes by a way of its own.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use model::{
    identity::{CaseId, PersonId},
    organisation::OrganisationCode,
};

use crate::{
    copy::{CopyProgress, CopyRecordError, CopySummary, count, differs},
    copy_rows::{IdentifierRow, KeptRow as _, Stretch},
    db::Store,
    patient_identifier::SealedIdentifier,
    vault_key::WrappedKey,
};

const WHAT: &str = "identifier";

/// Returns when a row's key was made; `None` where it is not among the keys.
fn age_of(keys: &[WrappedKey], row: &IdentifierRow) -> Option<DateTime<Utc>> {
    let mut keys = keys.iter();
    let key = keys.find(|key| key.hospital.as_str() == row.hospital && key.key_id == row.key_id)?;
    Some(key.made_at)
}

impl Store {
    pub(crate) async fn copy_identifiers(
        &self,
        target: &Store,
        summary: &mut CopySummary,
        tick: &mut impl FnMut(CopyProgress),
    ) -> Result<(), CopyRecordError> {
        let mut keys = self.bring_keys(target, summary).await?;
        let (mut after, mut rows) = (None, 0);
        while let Some((first, last)) = IdentifierRow::stretch(self, after.as_ref()).await? {
            let stretch = Stretch::<IdentifierRow>::read(self, target, &first, &last).await?;
            if stretch.rows.iter().any(|row| age_of(&keys, row).is_none()) {
                // A key was changed while the copy went on.
                keys = self.bring_keys(target, &mut CopySummary::default()).await?;
            }
            let mut batch = target.begin().await?;
            stretch.write(&mut batch).await?;
            batch.commit().await?;
            let resealed = target.copy_seals(&stretch.rows, (&first, &last)).await?;
            for (row, is_new) in stretch.rows.iter().zip(&stretch.is_new) {
                count(summary, *is_new || resealed.contains(&row.id));
            }
            rows += stretch.rows.len() as u64;
            tick(CopyProgress { what: "封緘された氏名等 sealed identifiers", rows });
            after = Some(last);
        }
        target.remove_keys_gone_from(&keys).await
    }

    /// Gives the target the keys that it has not, and returns all of them.
    async fn bring_keys(
        &self,
        target: &Store,
        summary: &mut CopySummary,
    ) -> Result<Vec<WrappedKey>, CopyRecordError> {
        let keys = self.all_vault_keys().await?;
        let mut batch = target.begin().await?;
        for key in &keys {
            let is_new = batch.insert_vault_key(key).await?;
            count(summary, is_new);
        }
        batch.commit().await?;
        Ok(keys)
    }

    /// Puts the source's seals on rows that a later key has sealed there, and returns which.
    async fn copy_seals(
        &self,
        rows: &[IdentifierRow],
        (first, last): (&uuid::Uuid, &uuid::Uuid),
    ) -> Result<Vec<uuid::Uuid>, CopyRecordError> {
        let there = IdentifierRow::between(self, first, last).await?;
        let there: HashMap<_, _> = there.iter().map(|row| (row.id, row)).collect();
        let differing: Vec<_> =
            rows.iter().filter_map(|row| Some((row, *there.get(&row.id)?))).collect();
        let differing: Vec<_> = differing.into_iter().filter(|(row, own)| row != own).collect();
        if differing.is_empty() {
            return Ok(Vec::new());
        }
        let keys = self.all_vault_keys().await?;
        let mut batch = self.begin().await?;
        let mut resealed = Vec::with_capacity(differing.len());
        for (row, own) in differing {
            let ages = age_of(&keys, row).zip(age_of(&keys, own));
            let is_later = ages.is_some_and(|(theirs, ours)| theirs > ours);
            if !is_later || !batch.reseal_identifier(&sealed_of(row), &own.key_id).await? {
                return Err(differs(WHAT, &row.id));
            }
            resealed.push(row.id);
        }
        batch.commit().await?;
        Ok(resealed)
    }

    /// Takes out what the source has retired.
    async fn remove_keys_gone_from(&self, source: &[WrappedKey]) -> Result<(), CopyRecordError> {
        let there = self.all_vault_keys().await?;
        let mut batch = self.begin().await?;
        for key in there.iter().filter(|key| !source.contains(key)) {
            let of_hospital = || source.iter().filter(|other| other.hospital == key.hospital);
            let is_retired = of_hospital()
                .any(|other| other.key_id == key.key_id || other.made_at > key.made_at);
            if !is_retired {
                return Err(differs("vault key", &key.key_id));
            }
            batch.remove_vault_key(key).await?;
        }
        Ok(batch.commit().await?)
    }
}

fn sealed_of(row: &IdentifierRow) -> SealedIdentifier {
    SealedIdentifier {
        id: row.id,
        case: CaseId(row.case_id),
        hospital: OrganisationCode::new(&row.hospital),
        key_id: row.key_id.clone(),
        nonce: row.nonce.clone(),
        ciphertext: row.ciphertext.clone(),
        number_index: row.number_index.clone(),
        recorded_by: row.recorded_by.map(PersonId),
        recorded_at: row.recorded_at,
    }
}
