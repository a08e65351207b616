//! Copying test orders and sealed identifiers into another record.
//!
//! What is sealed is copied sealed; the site's vault key file goes by a way of its own.

use crate::{
    copy::{CopyProgress, CopyRecordError, CopySummary, count, differs},
    db::Store,
    order::NewOrder,
};

impl Store {
    pub(crate) async fn copy_orders(
        &self,
        target: &Store,
        summary: &mut CopySummary,
        tick: &mut impl FnMut(CopyProgress),
    ) -> Result<(), CopyRecordError> {
        let (mut after, mut rows) = (None, 0);
        loop {
            let keys = self.order_keys(after).await?;
            let Some(last) = keys.last().copied() else { return Ok(()) };
            after = Some(last);
            let mut batch = target.begin().await?;
            for id in keys {
                let Some(stored) = self.order(id).await? else { continue };
                let there = batch.order(id).await?;
                let known = there.as_ref().map_or(0, |other| other.events.len());
                let same = there.as_ref().is_none_or(|other| {
                    other.order == stored.order && stored.events.starts_with(&other.events)
                });
                if !same {
                    return Err(differs("order", &id));
                }
                if there.is_none() {
                    let new = NewOrder {
                        id,
                        order: stored.order.clone(),
                        recorded_at: stored.recorded_at,
                    };
                    if !batch.insert_order(&new).await? {
                        return Err(differs("order", &id));
                    }
                }
                for (sequence, event) in (1..).zip(&stored.events).skip(known) {
                    if !batch.insert_order_event(id, sequence, event).await? {
                        return Err(differs("order", &id));
                    }
                }
                let is_new = there.is_none() || known < stored.events.len();
                if is_new {
                    batch.refresh_order(&stored).await?;
                }
                count(summary, is_new);
                rows += 1;
            }
            batch.commit().await?;
            tick(CopyProgress { what: "検査依頼 orders", rows });
        }
    }

    pub(crate) async fn copy_identifiers(
        &self,
        target: &Store,
        summary: &mut CopySummary,
        tick: &mut impl FnMut(CopyProgress),
    ) -> Result<(), CopyRecordError> {
        let mut batch = target.begin().await?;
        for key in self.all_vault_keys().await? {
            let is_new = batch.insert_vault_key(&key).await?;
            count(summary, is_new);
        }
        batch.commit().await?;
        let (mut after, mut rows) = (None, 0);
        loop {
            let keys = self.identifier_keys(after).await?;
            let Some(last) = keys.last().copied() else { return Ok(()) };
            after = Some(last);
            let mut batch = target.begin().await?;
            for id in keys {
                let Some(sealed) = self.identifier(id).await? else { continue };
                let is_new = match target.identifier(id).await? {
                    Some(there) if there == sealed => false,
                    Some(_) => return Err(differs("identifier", &id)),
                    None => batch.insert_identifier(&sealed).await?,
                };
                count(summary, is_new);
                rows += 1;
            }
            batch.commit().await?;
            tick(CopyProgress { what: "封緘された氏名等 sealed identifiers", rows });
        }
    }
}
