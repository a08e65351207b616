//! Whether consent is whole: no event is missing, each says in its columns what its document says, and what
//! holds now follows from the events.

use model::consent::{ConsentEvent, ConsentState};
use std::collections::BTreeMap;

use crate::{
    check::{CheckReport, unreadable},
    consent::{NumberedConsent, after_everything},
    db::Store,
    error::RecordError,
    keys::KEYS_PAGE,
};

impl Store {
    pub(crate) async fn check_consents(&self, report: &mut CheckReport) -> Result<(), RecordError> {
        if let Err(error) = self.consent_documents().await {
            unreadable(report, "check.consent.document", "consent_document", error)?;
        }
        self.check_consent_events(report).await?;
        self.check_consent_columns(report).await?;
        self.check_inquiries(report).await
    }

    async fn check_consent_events(&self, report: &mut CheckReport) -> Result<(), RecordError> {
        let mut after = 0;
        loop {
            let events = match self.consent_events_after(after, KEYS_PAGE).await {
                Ok(events) => events,
                Err(error) => {
                    let subject = format!("consent_event > {after}");
                    return unreadable(report, "check.consent.event", &subject, error);
                }
            };
            let full = events.len() as i64 == KEYS_PAGE;
            for NumberedConsent { sequence, event } in events {
                if sequence != after + 1 {
                    let (ja, en) = (
                        "この番号の前の同意の出来事が失われています。",
                        "consent events before this number are missing.",
                    );
                    report.add("check.consent.gap", sequence.to_string(), ja, en);
                }
                after = sequence;
                if event.check().is_err() {
                    let (ja, en) = (
                        "同意の出来事の内容が正しくありません。",
                        "the consent event is not valid.",
                    );
                    report.add("check.consent.event", event.id.to_string(), ja, en);
                }
            }
            if !full {
                return Ok(());
            }
        }
    }

    /// Compares three tellings of the same: the columns, the documents, and what is kept as holding now.
    async fn check_consent_columns(&self, report: &mut CheckReport) -> Result<(), RecordError> {
        let end = after_everything();
        let held = match self.consents_at(end).await {
            Ok(held) => held,
            Err(error) => {
                return unreadable(report, "check.consent.columns", "consent_event", error);
            }
        };
        let mut kept = BTreeMap::new();
        let mut after = 0;
        loop {
            let page = match self.consents_after(after).await {
                Ok(page) => page,
                Err(error) => {
                    return unreadable(report, "check.consent.held", "case_consent", error);
                }
            };
            let Some(last) = page.last().map(|each| each.sequence) else { break };
            after = last;
            kept.extend(page.into_iter().map(|each| (each.case, each.answers)));
        }
        let (ja, en) = (
            "いま有効な同意が、同意の出来事と一致しません。",
            "what is kept as allowed now does not follow from the consent events.",
        );
        for (case, answers) in &held {
            if kept.remove(case).as_ref() != Some(answers) {
                report.add("check.consent.held", case.to_string(), ja, en);
                continue;
            }
            match self.consent_events(*case).await {
                Ok(events) => {
                    let marks: Vec<_> = events.iter().map(ConsentEvent::mark).collect();
                    if ConsentState::at(&marks, end).answers() != *answers {
                        let (ja, en) = (
                            "同意の出来事の列が文書と一致しません。",
                            "the columns of a consent event do not say what its document says.",
                        );
                        report.add("check.consent.columns", case.to_string(), ja, en);
                    }
                }
                Err(error) => {
                    unreadable(report, "check.consent.event", &case.to_string(), error)?;
                }
            }
        }
        for case in kept.keys() {
            report.add("check.consent.held", case.to_string(), ja, en);
        }
        Ok(())
    }

    async fn check_inquiries(&self, report: &mut CheckReport) -> Result<(), RecordError> {
        let mut after = None;
        loop {
            let keys = self.inquiry_keys(after).await?;
            let Some(last) = keys.last().copied() else { return Ok(()) };
            for id in keys {
                if let Err(error) = self.inquiry(id).await {
                    unreadable(report, "check.inquiry.document", &id.to_string(), error)?;
                }
            }
            after = Some(last);
        }
    }
}
