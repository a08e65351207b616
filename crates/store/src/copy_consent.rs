//! Copying consent documents, consent events and inquiries into another record.
//!
//! Codes and sessions of the patients' page are not copied: they belong to the site that issued them.

use std::collections::BTreeMap;

use model::{consent::ConsentDocument, identity::CaseId};

use crate::{
    copy::{CopyProgress, CopyRecordError, CopySummary, count, differs},
    copy_rows::{ConsentRow, KeptRow as _, Stretch},
    db::Store,
};

impl Store {
    pub(crate) async fn copy_consents(
        &self,
        target: &Store,
        summary: &mut CopySummary,
        tick: &mut impl FnMut(CopyProgress),
    ) -> Result<(), CopyRecordError> {
        self.copy_consent_documents(target, summary).await?;
        self.copy_consent_events(target, summary, tick).await?;
        self.copy_inquiries(target, summary, tick).await
    }

    async fn copy_consent_documents(
        &self,
        target: &Store,
        summary: &mut CopySummary,
    ) -> Result<(), CopyRecordError> {
        let there = target.consent_documents().await?;
        let mut batch = target.begin().await?;
        for document in self.consent_documents().await? {
            let same_version = |other: &&ConsentDocument| other.version == document.version;
            match there.iter().find(same_version) {
                Some(other) if *other == document => summary.already_there += 1,
                Some(_) => return Err(differs("consent document", &document.version)),
                None => {
                    batch.add_consent_document(&document).await?;
                    summary.copied += 1;
                }
            }
        }
        Ok(batch.commit().await?)
    }

    async fn copy_consent_events(
        &self,
        target: &Store,
        summary: &mut CopySummary,
        tick: &mut impl FnMut(CopyProgress),
    ) -> Result<(), CopyRecordError> {
        let (mut after, mut rows) = (None, 0);
        while let Some((first, last)) = ConsentRow::stretch(self, after.as_ref()).await? {
            let events = Stretch::<ConsentRow>::read(self, target, &first, &last).await?;
            let mut batch = target.begin().await?;
            events.write(&mut batch).await?;
            let newest: BTreeMap<CaseId, i64> =
                events.new_rows().map(|row| (CaseId(row.case_id), row.sequence)).collect();
            batch.refresh_consents(&newest).await?;
            batch.commit().await?;
            events.is_new.iter().for_each(|is_new| count(summary, *is_new));
            rows += events.rows.len() as u64;
            tick(CopyProgress { what: "同意 consents", rows });
            after = Some(last);
        }
        Ok(())
    }

    async fn copy_inquiries(
        &self,
        target: &Store,
        summary: &mut CopySummary,
        tick: &mut impl FnMut(CopyProgress),
    ) -> Result<(), CopyRecordError> {
        let (mut after, mut rows) = (None, 0);
        loop {
            let keys = self.inquiry_keys(after).await?;
            let Some(last) = keys.last().copied() else { return Ok(()) };
            after = Some(last);
            let mut batch = target.begin().await?;
            for id in keys {
                let Some(history) = self.inquiry(id).await? else { continue };
                let there = target.inquiry(id).await?;
                let known = there.as_ref().map_or(0, |other| other.events.len());
                let same = there.as_ref().is_none_or(|other| {
                    other.inquiry == history.inquiry && history.events.starts_with(&other.events)
                });
                if !same {
                    return Err(differs("inquiry", &id));
                }
                if there.is_none() {
                    batch.open_inquiry(&history.inquiry).await?;
                }
                for event in history.events.iter().skip(known) {
                    batch.insert_inquiry_event(event).await?;
                }
                count(summary, there.is_none() || known < history.events.len());
                rows += 1;
            }
            batch.commit().await?;
            tick(CopyProgress { what: "問い合わせ inquiries", rows });
        }
    }
}
