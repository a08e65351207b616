//! Making releases of sources.
//!
//! A [`Draft`] takes sources one after the other; a record of a later source replaces the same record of
//! an earlier one, and what it leaves empty stays. Every source is read to its end: broken records are
//! left out and told of with their line.
//!
//! Not here: opening releases (`release`).

use std::collections::BTreeMap;

use model::{problem::Problem, text::LocalizedText};

use crate::{
    biomarker::{Biomarker, Readability},
    level,
    release::{
        digest,
        files::{Kind, LEVELS, ReleaseFiles},
        manifest::{BiomarkerCounts, LevelTableName, Manifest, Source, TableDigest},
    },
    table::write_row,
};

mod civic;
mod doid;
mod hotspots;
mod oncotree;
mod own;
mod panels;
mod problems;
pub mod source;
mod starter;
pub mod write;

pub use source::{SourceFile, SourceKind};

/// A release in the making.
#[derive(Debug, Default)]
pub struct Draft {
    sources: Vec<Source>,
    records: BTreeMap<Kind, BTreeMap<Vec<String>, Vec<String>>>,
    problems: Vec<SourceProblem>,
    demonstration: bool,
}

/// A problem and the source that has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceProblem {
    /// The source's file name, or its name where there is no file.
    pub file: String,
    /// The problem.
    pub problem: Problem,
}

/// One record on its way into the draft: values by column name.
pub(crate) struct Record<'a> {
    kind: Kind,
    cells: Vec<(&'static str, std::borrow::Cow<'a, str>)>,
}

impl<'a> Record<'a> {
    pub(crate) fn new(kind: Kind) -> Self {
        Self { kind, cells: Vec::new() }
    }

    pub(crate) fn with(
        mut self,
        column: &'static str,
        value: impl Into<std::borrow::Cow<'a, str>>,
    ) -> Self {
        debug_assert!(self.kind.columns().contains(&column), "{column}");
        self.cells.push((column, value.into()));
        self
    }
}

impl Draft {
    /// Makes a draft with nothing in it.
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes a draft of the tables that ship in the binary.
    pub fn starter() -> Self {
        let mut draft = Self { demonstration: true, ..Self::default() };
        starter::add(&mut draft);
        draft
    }

    /// Reads a source and lays it on what is there.
    pub fn add(&mut self, file: &SourceFile<'_>) {
        source::add(self, file);
    }

    /// Returns every problem found so far.
    pub fn problems(&self) -> &[SourceProblem] {
        &self.problems
    }

    /// Returns the index that the next source will have, as text.
    fn next_source(&self) -> String {
        self.sources.len().to_string()
    }

    fn put(&mut self, record: &Record<'_>) {
        let kind = record.kind;
        let source = self.next_source();
        let cell = |column: &str| {
            if column == "source" {
                return source.as_str();
            }
            let found = record.cells.iter().find(|(name, _)| *name == column);
            found.map_or("", |(_, value)| value.as_ref())
        };
        let key: Vec<String> =
            kind.key_columns().iter().map(|column| cell(column).to_owned()).collect();
        let row: Vec<String> =
            kind.columns().iter().map(|column| cell(column).to_owned()).collect();
        let rows = self.records.entry(kind).or_default();
        match rows.get_mut(&key) {
            Some(earlier) => {
                for (old, new) in earlier.iter_mut().zip(row) {
                    if !new.is_empty() {
                        *old = new;
                    }
                }
            }
            None => {
                rows.insert(key, row);
            }
        }
    }

    /// Makes the release's files.
    pub fn finish(&self, name: &str, version: &str) -> ReleaseFiles {
        let mut tables = BTreeMap::new();
        let mut digests = BTreeMap::new();
        let nothing = BTreeMap::new();
        for kind in Kind::ALL {
            let rows = self.records.get(&kind).unwrap_or(&nothing);
            let mut text = String::new();
            write_row(&mut text, kind.columns().iter().copied());
            for row in rows.values() {
                write_row(&mut text, row.iter().map(String::as_str));
            }
            let records = rows.len() as u64;
            digests.insert(
                kind.file_name().to_owned(),
                TableDigest { sha256: digest(text.as_bytes()), records },
            );
            tables.insert(kind.file_name().to_owned(), text);
        }
        let levels = level::SHIPPED.to_owned();
        let records = levels.lines().count().saturating_sub(1) as u64;
        digests
            .insert(LEVELS.to_owned(), TableDigest { sha256: digest(levels.as_bytes()), records });
        tables.insert(LEVELS.to_owned(), levels);
        let (biomarkers, evidence_without_tumour_code) = self.count_evidence();
        let manifest = Manifest {
            format: Manifest::FORMAT,
            name: name.to_owned(),
            version: version.to_owned(),
            demonstration: self.demonstration,
            notice: notice(self.demonstration),
            sources: self.sources.clone(),
            level_table: LevelTableName {
                name: level::NAME.to_owned(),
                version: level::VERSION.to_owned(),
            },
            biomarkers,
            evidence_without_tumour_code,
            tables: digests,
        };
        ReleaseFiles { manifest, tables }
    }

    fn count_evidence(&self) -> (BiomarkerCounts, u64) {
        let mut counts = BiomarkerCounts::default();
        let mut without_code = 0;
        let mut seen = std::collections::HashSet::new();
        let column = |name| Kind::Evidence.columns().iter().position(|column| *column == name);
        let (gene, biomarker, codes) =
            (column("gene"), column("biomarker"), column("tumour_codes"));
        let cell = |row: &[String], at: Option<usize>| {
            at.and_then(|at| row.get(at)).cloned().unwrap_or_default()
        };
        for row in self.records.get(&Kind::Evidence).into_iter().flat_map(BTreeMap::values) {
            without_code += u64::from(cell(row, codes).is_empty());
            let gene = cell(row, gene);
            let text = cell(row, biomarker);
            if !seen.insert((gene.clone(), text.clone())) {
                continue;
            }
            let gene = Some(gene.as_str()).filter(|gene| !gene.is_empty());
            *match Biomarker::parse(&text, gene).readability() {
                Readability::Matchable => &mut counts.matchable,
                Readability::NotMeasurable => &mut counts.not_measurable,
                Readability::NotUnderstood => &mut counts.not_understood,
            } += 1;
        }
        (counts, without_code)
    }
}

fn notice(demonstration: bool) -> LocalizedText {
    if demonstration {
        LocalizedText::of(
            "この知識リリースは動作を示すための見本であり、診療に用いてはなりません。",
            "This knowledge release is for demonstration and must not be used for care.",
        )
    } else {
        LocalizedText::of(
            "エビデンスレベルは本プログラムの表で割り当てたもので、公式のものではありません。診療に用いる前に原典を確認してください。",
            "Evidence levels are assigned by this programme's own table and are not official. Check the sources before using them for care.",
        )
    }
}
