//! What a command counts, as tables in a folder: each as CSV for people and as Parquet for programs.

use std::{fs, io, path::Path};

use table::{Table, TableForm};

use super::Found;
use crate::record::Failure;

/// Why a table could not be kept.
#[derive(Debug, thiserror::Error)]
enum KeepTableError {
    #[error("{0}")]
    Write(#[from] table::WriteTableError),
    #[error("{0}")]
    Folder(#[from] io::Error),
}

impl Found {
    /// Writes tables into a folder, where one was asked for; files of their names are overwritten.
    pub(super) fn keep_tables(
        &self,
        folder: Option<&Path>,
        release: &str,
        tables: &[(&str, Table)],
    ) -> Result<(), Failure> {
        let Some(folder) = folder else { return Ok(()) };
        let sources = self.searched.manifests.iter();
        let sources = sources.map(|own| format!("{} ({})", own.source, own.licence));
        let notes = [
            ("question", self.query.to_text()),
            ("collections", self.searched.names().join(", ")),
            ("sources", sources.collect::<Vec<_>>().join(" | ")),
            ("synthetic", if self.has_synthetic() { "yes" } else { "no" }.to_owned()),
            ("release", release.to_owned()),
            ("program", format!("Tsumugi {}", env!("CARGO_PKG_VERSION"))),
        ];
        let keep = || -> Result<(), KeepTableError> {
            fs::create_dir_all(folder)?;
            for (name, table) in tables {
                for form in TableForm::ALL {
                    let bytes = match form {
                        TableForm::Csv => table.to_csv()?,
                        TableForm::Parquet => table.to_parquet(&notes)?,
                    };
                    fs::write(folder.join(format!("{name}.{}", form.extension())), bytes)?;
                }
            }
            Ok(())
        };
        keep().map_err(|error| {
            let (ja, en) = ("表を書けません", "The tables cannot be written");
            Failure::system(ja, en, &error)
        })
    }
}
