//! Copying test orders into another record.

use std::collections::HashSet;

use uuid::Uuid;

use crate::{
    copy::{CopyProgress, CopyRecordError, CopySummary, count},
    copy_rows::{KeptRow as _, OrderEventRow, OrderRow, Stretch},
    db::Store,
};

impl Store {
    pub(crate) async fn copy_orders(
        &self,
        target: &Store,
        summary: &mut CopySummary,
        tick: &mut impl FnMut(CopyProgress),
    ) -> Result<(), CopyRecordError> {
        let (mut after, mut rows) = (None, 0);
        while let Some((first, last)) = OrderRow::stretch(self, after.as_ref()).await? {
            let orders = Stretch::<OrderRow>::read(self, target, &first, &last).await?;
            let events = Stretch::<OrderEventRow>::read(self, target, &first, &last).await?;
            events.require_nothing_else(&orders.rows.iter().map(|row| row.id).collect())?;
            let new = orders.new_rows().map(|row| row.id);
            let changed: HashSet<Uuid> =
                new.chain(events.new_rows().map(|row| row.order_id)).collect();
            let mut stored = self.orders_between(first, last).await?;
            stored.retain(|order| changed.contains(&order.id.0));
            let mut batch = target.begin().await?;
            orders.write(&mut batch).await?;
            events.write(&mut batch).await?;
            batch.refresh_orders(&stored).await?;
            batch.commit().await?;
            orders.rows.iter().for_each(|row| count(summary, changed.contains(&row.id)));
            rows += orders.rows.len() as u64;
            tick(CopyProgress { what: "検査依頼 orders", rows });
            after = Some(last);
        }
        Ok(())
    }
}
