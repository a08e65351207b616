//! What changed between two releases, record by record.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::{
    release::{
        files::{Kind, LEVELS, ReleaseFiles},
        manifest::Source,
    },
    table::Table,
};

/// What changed from one release to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ReleaseDiff {
    /// The earlier release's identifier.
    pub from: String,
    /// The later release's identifier.
    pub to: String,
    /// Sources whose name, version, licence or digest is only in one of them.
    pub sources: SourceDiff,
    /// Whether the level table differs.
    pub level_table_changed: bool,
    /// The tables that differ, by file name without ending.
    pub tables: BTreeMap<&'static str, TableDiff>,
}

/// Sources only in one of two releases.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SourceDiff {
    /// Only in the later release.
    pub added: Vec<Source>,
    /// Only in the earlier release.
    pub removed: Vec<Source>,
}

/// What changed in a table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct TableDiff {
    /// Keys of records only in the later release.
    pub added: Vec<String>,
    /// Keys of records only in the earlier release.
    pub removed: Vec<String>,
    /// Records in both that differ.
    pub changed: Vec<RecordDiff>,
}

/// A record that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RecordDiff {
    /// Key.
    pub key: String,
    /// The columns that differ.
    pub fields: Vec<FieldDiff>,
}

/// A column that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldDiff {
    /// Column.
    pub column: &'static str,
    /// In the earlier release.
    pub from: String,
    /// In the later release.
    pub to: String,
}

impl ReleaseDiff {
    /// Returns whether nothing that matters differs.
    pub fn is_empty(&self) -> bool {
        self.tables.is_empty()
            && !self.level_table_changed
            && self.sources.added.is_empty()
            && self.sources.removed.is_empty()
    }
}

/// Compares two releases; the index of a record's source is compared by the source's name.
pub fn diff(from: &ReleaseFiles, to: &ReleaseFiles) -> ReleaseDiff {
    let mut tables = BTreeMap::new();
    for kind in Kind::ALL {
        let table = table_diff(kind, from, to);
        if table != TableDiff::default() {
            tables.insert(kind.file_name().trim_end_matches(".tsv"), table);
        }
    }
    let only_in = |one: &ReleaseFiles, other: &ReleaseFiles| {
        let known = &other.manifest.sources;
        one.manifest.sources.iter().filter(|source| !known.contains(source)).cloned().collect()
    };
    ReleaseDiff {
        from: from.manifest.id(),
        to: to.manifest.id(),
        sources: SourceDiff { added: only_in(to, from), removed: only_in(from, to) },
        level_table_changed: from.table(LEVELS) != to.table(LEVELS),
        tables,
    }
}

type Records<'a> = BTreeMap<String, Vec<&'a str>>;

fn records<'a>(kind: Kind, files: &'a ReleaseFiles) -> Records<'a> {
    let table = Table::read(files.table(kind.file_name()));
    let places: Vec<Option<usize>> =
        kind.columns().iter().map(|column| table.optional(column)).collect();
    let mut records = BTreeMap::new();
    for row in table {
        let cells: Vec<&str> = kind
            .columns()
            .iter()
            .zip(&places)
            .map(|(column, place)| {
                let cell = row.text(*place).unwrap_or_default();
                if *column == "source" { source_name(files, cell) } else { cell }
            })
            .collect();
        let key: Vec<&str> = kind
            .columns()
            .iter()
            .zip(&cells)
            .filter(|(column, _)| kind.key_columns().contains(column))
            .map(|(_, cell)| *cell)
            .collect();
        records.insert(key.join(" / "), cells);
    }
    records
}

fn source_name<'a>(files: &'a ReleaseFiles, index: &'a str) -> &'a str {
    let source = index.parse::<usize>().ok().and_then(|at| files.manifest.sources.get(at));
    source.map_or(index, |source| source.name.as_str())
}

fn table_diff(kind: Kind, from: &ReleaseFiles, to: &ReleaseFiles) -> TableDiff {
    let (before, after) = (records(kind, from), records(kind, to));
    let only_in = |one: &Records<'_>, other: &Records<'_>| {
        one.keys().filter(|key| !other.contains_key(*key)).cloned().collect()
    };
    let changed = before
        .iter()
        .filter_map(|(key, old)| {
            let new = after.get(key)?;
            let fields: Vec<FieldDiff> = kind
                .columns()
                .iter()
                .zip(old.iter().zip(new))
                .filter(|(_, (old, new))| old != new)
                .map(|(column, (old, new))| FieldDiff {
                    column,
                    from: (*old).to_owned(),
                    to: (*new).to_owned(),
                })
                .collect();
            (!fields.is_empty()).then(|| RecordDiff { key: key.clone(), fields })
        })
        .collect();
    TableDiff { added: only_in(&after, &before), removed: only_in(&before, &after), changed }
}
