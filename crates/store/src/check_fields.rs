//! Whether clinical records are whole: each entry names what is there, and each field says what its entries say.

use crate::{
    check::{CheckReport, unreadable},
    db::Store,
    error::RecordError,
};

impl Store {
    pub(crate) async fn check_fields(&self, report: &mut CheckReport) -> Result<(), RecordError> {
        let strays = self
            .count(
                "SELECT count(*) FROM record_cell f WHERE NOT EXISTS \
                 (SELECT 1 FROM field_event e WHERE e.id = f.event_id)",
            )
            .await?;
        if strays > 0 {
            let (ja, en) =
                ("入力の記録がない項目の値があります。", "values of fields without their entry.");
            report.add("check.field.entry", strays.to_string(), ja, en);
        }
        let mut after = None;
        loop {
            let keys = self.case_keys(after).await?;
            let Some(last) = keys.last().copied() else { return Ok(()) };
            after = Some(last);
            for case in keys {
                match self.fields_are_derived(case).await {
                    Ok(true) => {}
                    Ok(false) => {
                        let (ja, en) = (
                            "項目の値が入力の履歴と一致しません。",
                            "fields do not say what their entries say.",
                        );
                        report.add("check.field.derived", case.to_string(), ja, en);
                    }
                    Err(error) => {
                        unreadable(report, "check.field.event", &case.to_string(), error)?;
                        continue;
                    }
                }
                if !self.entries_hold_together(case).await? {
                    let (ja, en) = (
                        "入力のもとになった入力が失われています。",
                        "entries name entries that are missing.",
                    );
                    report.add("check.field.base", case.to_string(), ja, en);
                }
            }
        }
    }
}
