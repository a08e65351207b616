//! Checking the registry: every revision reads, and the newest ones keep the rules.

use model::programme::{
    Application, DesignationHistory, DocumentKind, Hospital, Laboratory, LinkHistory, PanelProduct,
    RegistryDocument, RegistryFlaw, RequirementChecklist,
};

use super::RegistryRow;
use crate::{
    check::{CheckReport, unreadable},
    db::Store,
    error::RecordError,
};

impl Store {
    /// Adds what is wrong with the registry to a report.
    pub(crate) async fn check_registry(&self, report: &mut CheckReport) -> Result<(), RecordError> {
        let mut readable = true;
        for kind in DocumentKind::ALL {
            let mut after = (String::new(), 0);
            loop {
                let rows = match self.registry_page(kind.word(), &after).await {
                    Ok(rows) => rows,
                    Err(error) => {
                        unreadable(report, "check.registry.document", kind.word(), error)?;
                        readable = false;
                        break;
                    }
                };
                let Some(last) = rows.last() else { break };
                after = (last.document_key.clone(), last.revision);
                for row in rows {
                    let subject = format!("{} {}", kind.word(), row.document_key);
                    if let Err(error) = read_as(kind, row) {
                        unreadable(report, "check.registry.document", &subject, error)?;
                        readable = false;
                    }
                }
            }
        }
        if readable {
            for flaw in self.registry().await?.flaws() {
                add_flaw(report, &flaw);
            }
        }
        Ok(())
    }
}

fn add_flaw(report: &mut CheckReport, flaw: &RegistryFlaw) {
    match flaw {
        RegistryFlaw::HospitalAbsent { kind, hospital } => report.add(
            "check.registry.hospital",
            format!("{kind} {hospital}"),
            "登録簿にない病院を参照しています。",
            "it refers to a hospital that is not in the registry.",
        ),
        RegistryFlaw::Unsound { kind, key } => report.add(
            "check.registry.rule",
            format!("{kind} {key}"),
            "登録簿の規則に反しています。",
            "it breaks the rules of its kind.",
        ),
    }
}

fn read_as(kind: DocumentKind, row: RegistryRow) -> Result<(), RecordError> {
    fn read<D: RegistryDocument>(row: RegistryRow) -> Result<(), RecordError> {
        row.read::<D>().map(drop)
    }
    match kind {
        DocumentKind::Hospital => read::<Hospital>(row),
        DocumentKind::Designation => read::<DesignationHistory>(row),
        DocumentKind::Link => read::<LinkHistory>(row),
        DocumentKind::Requirement => read::<RequirementChecklist>(row),
        DocumentKind::Application => read::<Application>(row),
        DocumentKind::Laboratory => read::<Laboratory>(row),
        DocumentKind::PanelProduct => read::<PanelProduct>(row),
    }
}
