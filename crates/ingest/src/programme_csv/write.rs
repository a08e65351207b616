//! Writes the tables of a registry.

use std::{collections::BTreeSet, io};

use model::{
    programme::{PanelProduct, PanelVersion, Prefecture, Registry, ReportedThing, SampleKind},
    text::LocalizedText,
};

use super::{ProgrammeTable, SEPARATOR};

/// Byte order mark, by which spreadsheets know UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Writes one table of a registry as UTF-8 with a byte order mark, its rows in the order of their keys.
///
/// Errors: there is not enough memory.
pub fn write(registry: &Registry, table: ProgrammeTable) -> io::Result<Vec<u8>> {
    let mut writer = csv::WriterBuilder::new().from_writer(BYTE_ORDER_MARK.to_vec());
    writer.write_record(table.columns())?;
    for row in rows(registry, table) {
        writer.write_record(row)?;
    }
    writer.into_inner().map_err(|error| io::Error::other(error.to_string()))
}

fn rows(registry: &Registry, table: ProgrammeTable) -> Vec<Vec<String>> {
    match table {
        ProgrammeTable::Hospitals => hospitals(registry),
        ProgrammeTable::Designations => designations(registry),
        ProgrammeTable::Links => links(registry),
        ProgrammeTable::Requirements => requirements(registry),
        ProgrammeTable::Laboratories => laboratories(registry),
        ProgrammeTable::Papers => papers(registry),
        ProgrammeTable::Panels => registry.panels.values().flat_map(panel).collect(),
    }
}

fn hospitals(registry: &Registry) -> Vec<Vec<String>> {
    let row = |hospital: &model::programme::Hospital| {
        let prefecture = hospital.prefecture.map(Prefecture::name);
        let [name_ja, name_en] = both(&hospital.name);
        let [contact_ja, contact_en] = both(&hospital.contact);
        vec![
            hospital.code.to_string(),
            name_ja,
            prefecture.map(|name| name.ja.to_string()).unwrap_or_default(),
            name_en,
            contact_ja,
            contact_en,
            or_empty(hospital.source.as_ref()),
            yes_or_no(hospital.synthetic),
        ]
    };
    registry.hospitals.values().map(row).collect()
}

fn designations(registry: &Registry) -> Vec<Vec<String>> {
    let histories = registry.designations.values();
    histories
        .flat_map(|history| {
            history.designations.iter().map(|designation| {
                vec![
                    history.hospital.to_string(),
                    designation.kind.word().to_owned(),
                    designation.period.from.to_string(),
                    or_empty(designation.period.until.as_ref()),
                    if designation.seen_only { "seen" } else { "exact" }.to_owned(),
                    or_empty(designation.source.as_ref()),
                ]
            })
        })
        .collect()
}

fn links(registry: &Registry) -> Vec<Vec<String>> {
    let histories = registry.links.values();
    histories
        .flat_map(|history| {
            history.links.iter().map(|link| {
                vec![
                    history.hospital.to_string(),
                    link.to.to_string(),
                    link.period.from.to_string(),
                    or_empty(link.period.until.as_ref()),
                    or_empty(link.source.as_ref()),
                ]
            })
        })
        .collect()
}

fn requirements(registry: &Registry) -> Vec<Vec<String>> {
    let checklists = registry.requirements.values();
    checklists
        .flat_map(|checklist| {
            checklist.findings.iter().map(|(requirement, finding)| {
                vec![
                    checklist.hospital.to_string(),
                    requirement.number().to_string(),
                    finding.state.word().to_owned(),
                    or_empty(finding.evidence.as_ref()),
                    or_empty(finding.checked.as_ref()),
                ]
            })
        })
        .collect()
}

fn laboratories(registry: &Registry) -> Vec<Vec<String>> {
    let row = |laboratory: &model::programme::Laboratory| {
        let [name_ja, name_en] = both(&laboratory.name);
        let [contact_ja, contact_en] = both(&laboratory.contact);
        vec![
            laboratory.code.to_string(),
            laboratory.kind.word().to_owned(),
            name_ja,
            name_en,
            contact_ja,
            contact_en,
            or_empty(laboratory.source.as_ref()),
            yes_or_no(laboratory.synthetic),
        ]
    };
    registry.laboratories.values().map(row).collect()
}

fn papers(registry: &Registry) -> Vec<Vec<String>> {
    let laboratories = registry.laboratories.values();
    laboratories
        .flat_map(|laboratory| {
            laboratory.papers.iter().map(|paper| {
                vec![
                    laboratory.code.to_string(),
                    paper.kind.word().to_owned(),
                    paper.title.clone(),
                    paper.period.from.to_string(),
                    or_empty(paper.period.until.as_ref()),
                    or_empty(paper.number.as_ref()),
                    paper.outcome.map_or("", |outcome| outcome.word()).to_owned(),
                ]
            })
        })
        .collect()
}

fn panel(panel: &PanelProduct) -> Vec<Vec<String>> {
    let [name_ja, name_en] = both(&panel.name);
    let row = |version: &PanelVersion| {
        let genes = version.genes.iter().flatten().map(ToString::to_string);
        vec![
            panel.code.clone(),
            name_ja.clone(),
            version.version.clone(),
            name_en.clone(),
            or_empty(panel.maker.as_ref()),
            or_empty(panel.approved.as_ref()),
            or_empty(panel.insured.as_ref()),
            panel.companion_diagnostic.map(yes_or_no).unwrap_or_default(),
            or_empty(version.from.as_ref()),
            or_empty(version.until.as_ref()),
            or_empty(version.gene_count.as_ref()),
            joined(genes),
            words(&version.samples, SampleKind::word),
            words(&version.reports, ReportedThing::word),
            or_empty(version.source.as_ref()),
            yes_or_no(panel.synthetic),
        ]
    };
    panel.versions.iter().map(row).collect()
}

fn both(text: &LocalizedText) -> [String; 2] {
    [text.ja.to_string(), text.en.to_string()]
}

fn or_empty(value: Option<&impl ToString>) -> String {
    value.map(ToString::to_string).unwrap_or_default()
}

fn yes_or_no(value: bool) -> String {
    if value { "yes" } else { "no" }.to_owned()
}

fn words<T: Copy>(values: &BTreeSet<T>, word: impl Fn(T) -> &'static str) -> String {
    joined(values.iter().map(|value| word(*value).to_owned()))
}

fn joined(values: impl Iterator<Item = String>) -> String {
    values.collect::<Vec<_>>().join(&SEPARATOR.to_string())
}
