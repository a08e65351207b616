//! Source files and what they bring when their name, version and licence are not said.

use std::io::Read as _;

use model::problem::Problem;

use super::{Draft, Record, SourceProblem, civic, hotspots, oncotree, own, panels, problems};
use crate::{
    release::{digest, manifest::Source},
    table::{Row, Table},
};

/// Most bytes of an unpacked source that are read.
const MAX_UNPACKED_BYTES: u64 = 256 * 1024 * 1024;

/// What kind of source a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SourceKind {
    /// Clinical evidence of CIViC, tab-separated.
    Civic,
    /// OncoTree's tree, JSON.
    OncoTree,
    /// Hotspots: Cancer Hotspots tables or our own.
    Hotspots,
    /// Gene panels: a table of panel and genes, or our own.
    Panels,
    /// Approvals, our own table.
    Approvals,
    /// Secondary-finding genes, our own table.
    SecondaryFindings,
    /// Drugs, our own table.
    Drugs,
    /// Genes, our own table.
    Genes,
    /// Evidence, our own table.
    Evidence,
    /// Tumour types, our own table.
    TumourTypes,
}

impl SourceKind {
    /// Returns name, licence and address where the file's giver says none.
    pub fn defaults(self) -> (&'static str, &'static str, Option<&'static str>) {
        match self {
            Self::Civic => ("CIViC", "CC0-1.0", Some("https://civicdb.org/")),
            Self::OncoTree => ("OncoTree", "CC-BY-4.0", Some(crate::release::ONCOTREE)),
            Self::Hotspots => {
                ("Cancer Hotspots", "ODbL-1.0", Some("https://www.cancerhotspots.org/"))
            }
            Self::Panels => ("Gene panels", "ODbL-1.0", Some("https://www.cbioportal.org/")),
            Self::Approvals => ("Approvals", "", None),
            Self::SecondaryFindings => ("Secondary-finding genes", "", None),
            Self::Drugs => ("Drugs", "", None),
            Self::Genes => ("Genes", "", None),
            Self::Evidence => ("Evidence", "", None),
            Self::TumourTypes => ("Tumour types", "", None),
        }
    }
}

/// A source's bytes and what is said of it.
#[derive(Clone, Debug)]
pub struct SourceFile<'a> {
    /// Kind.
    pub kind: SourceKind,
    /// File name, for problems.
    pub file: String,
    /// Name.
    pub name: String,
    /// Version; empty where not known.
    pub version: String,
    /// Licence.
    pub licence: String,
    /// Where it comes from.
    pub url: Option<String>,
    /// The bytes as they are.
    pub bytes: &'a [u8],
}

impl<'a> SourceFile<'a> {
    /// Makes a source file with the known name, licence and address of its kind.
    pub fn new(kind: SourceKind, file: impl Into<String>, bytes: &'a [u8]) -> Self {
        let (name, licence, url) = kind.defaults();
        Self {
            kind,
            file: file.into(),
            name: name.to_owned(),
            version: String::new(),
            licence: licence.to_owned(),
            url: url.map(str::to_owned),
            bytes,
        }
    }
}

/// What reading a source gathers before it enters the draft.
pub(super) struct Intake<'d> {
    pub(super) draft: &'d mut Draft,
    file: String,
    taken: u64,
    skipped: u64,
    keys: std::collections::HashSet<String>,
}

impl Intake<'_> {
    /// Tells of a problem that costs no record.
    pub(super) fn note(&mut self, problem: Problem) {
        self.draft.problems.push(SourceProblem { file: self.file.clone(), problem });
    }

    /// Leaves a record out and says why.
    pub(super) fn skip(&mut self, problem: Problem) {
        self.skipped += 1;
        self.note(problem);
    }

    /// Takes a record.
    pub(super) fn take(&mut self, record: &Record<'_>) {
        self.taken += 1;
        self.draft.put(record);
    }

    /// Returns whether a key is new in this file; tells of it and leaves the record out otherwise.
    pub(super) fn is_new(&mut self, line: u64, key: &str) -> bool {
        let new = self.keys.insert(key.to_owned());
        if !new {
            self.skip(problems::duplicate(line, key));
        }
        new
    }

    /// Returns whether a record is as wide as the header; leaves it out otherwise.
    ///
    /// Missing cells at the end are empty ones, as spreadsheets write them.
    pub(super) fn has_width(&mut self, row: &Row<'_>, width: usize, at_least: usize) -> bool {
        let fits = (at_least..=width).contains(&row.width());
        if !fits {
            self.skip(problems::wrong_width(row.line, row.width(), width));
        }
        fits
    }
}

pub(super) fn add(draft: &mut Draft, file: &SourceFile<'_>) {
    let mut intake = Intake {
        draft,
        file: file.file.clone(),
        taken: 0,
        skipped: 0,
        keys: std::collections::HashSet::new(),
    };
    let unpacked = unpack(&mut intake, file.bytes);
    let bytes = unpacked.as_deref().unwrap_or(file.bytes);
    let text = readable_lines(&mut intake, bytes);
    let table = Table::read(&text);
    let read = match file.kind {
        SourceKind::Civic => civic::read(&mut intake, table),
        SourceKind::OncoTree => {
            oncotree::read(&mut intake, bytes);
            Ok(())
        }
        SourceKind::Hotspots => hotspots::read(&mut intake, &text),
        SourceKind::Panels => panels::read(&mut intake, table),
        SourceKind::Approvals => own::approvals(&mut intake, table),
        SourceKind::SecondaryFindings => own::secondary_findings(&mut intake, table),
        SourceKind::Drugs => own::drugs(&mut intake, table),
        SourceKind::Genes => own::genes(&mut intake, table),
        SourceKind::Evidence => own::evidence(&mut intake, table),
        SourceKind::TumourTypes => own::tumour_types(&mut intake, table),
    };
    if let Err(missing) = read {
        intake.note(problems::missing_column(&missing.0));
    }
    let (records, skipped) = (intake.taken, intake.skipped);
    draft.sources.push(Source {
        name: file.name.clone(),
        version: file.version.clone(),
        licence: file.licence.clone(),
        digest: format!("sha256:{}", digest(file.bytes)),
        url: file.url.clone(),
        records,
        skipped,
    });
}

/// Returns what a gzip file holds; `None` where it is no gzip file. What lies beyond the limit is not read.
fn unpack(intake: &mut Intake<'_>, bytes: &[u8]) -> Option<Vec<u8>> {
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return None;
    }
    let mut unpacked = Vec::new();
    let reader = flate2::read::MultiGzDecoder::new(bytes);
    let read = reader.take(MAX_UNPACKED_BYTES).read_to_end(&mut unpacked);
    let full = u64::try_from(unpacked.len()).unwrap_or(u64::MAX) >= MAX_UNPACKED_BYTES;
    if read.is_err() || full {
        intake.note(problems::broken_gzip());
    }
    Some(unpacked)
}

/// Returns the text with unreadable lines emptied and told of.
fn readable_lines(intake: &mut Intake<'_>, bytes: &[u8]) -> String {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return text.to_owned();
    }
    let mut text = String::with_capacity(bytes.len());
    for (at, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
        match std::str::from_utf8(line) {
            Ok(line) => text.push_str(line),
            Err(_) => intake.skip(problems::not_utf8(at as u64 + 1)),
        }
        text.push('\n');
    }
    text
}
