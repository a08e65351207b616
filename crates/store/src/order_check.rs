//! Whether orders and sealed identifiers are whole: events without a gap that can follow each other, the list
//! of orders that follows from them, and a key for each sealed row.

use crate::{
    check::{CheckReport, unreadable},
    db::Store,
    error::RecordError,
    order_list::OrderRow,
};

impl Store {
    pub(crate) async fn check_orders(&self, report: &mut CheckReport) -> Result<(), RecordError> {
        let gaps = self
            .count(
                "SELECT count(*) FROM order_event e WHERE e.sequence > 1 AND NOT EXISTS \
                 (SELECT 1 FROM order_event b WHERE b.order_id = e.order_id AND b.sequence = e.sequence - 1)",
            )
            .await?;
        if gaps > 0 {
            let (ja, en) = (
                "番号が飛んでいる依頼の記録があります。",
                "events of orders without the one before.",
            );
            report.add("check.order.gap", gaps.to_string(), ja, en);
        }
        let mut after = None;
        loop {
            let keys = self.order_keys(after).await?;
            let Some(last) = keys.last().copied() else { return Ok(()) };
            after = Some(last);
            for id in keys {
                let subject = id.to_string();
                match self.order(id).await {
                    Ok(Some(stored)) => {
                        let Ok(row) = OrderRow::of(&stored) else {
                            let (ja, en) = (
                                "依頼の記録の順序が成り立ちません。",
                                "the events of the order cannot follow each other.",
                            );
                            report.add("check.order.events", subject, ja, en);
                            continue;
                        };
                        if self.order_row(id).await?.as_ref() != Some(&row) {
                            let (ja, en) = (
                                "依頼の一覧が記録と一致しません。",
                                "the list of orders does not say what the record says.",
                            );
                            report.add("check.order.list", subject, ja, en);
                        }
                    }
                    Ok(None) => {}
                    Err(error) => unreadable(report, "check.order.document", &subject, error)?,
                }
            }
        }
    }

    pub(crate) async fn check_identifiers(
        &self,
        report: &mut CheckReport,
    ) -> Result<(), RecordError> {
        let without_key = self
            .count(
                "SELECT count(*) FROM patient_identifier i WHERE NOT EXISTS \
                 (SELECT 1 FROM vault_key k WHERE k.hospital = i.hospital AND k.key_id = i.key_id)",
            )
            .await?;
        if without_key > 0 {
            let (ja, en) = (
                "鍵のない氏名等の記録があります。開くことができません。",
                "sealed identifiers whose key is not there: they cannot be opened.",
            );
            report.add("check.identifier.key", without_key.to_string(), ja, en);
        }
        Ok(())
    }
}
