//! cBioPortal study files: a study into one CATS document, and a document into a study.
//!
//! The rules were derived from the official converter's public samples, and both directions give the same
//! content as those, also where the official output is plainly mistaken: each such place is marked in the
//! code as the official converter's behaviour, and the caller is told of what matters by a note.
//!
//! Not here: MAF tables outside of a study (`maf`), and other kinds of cBioPortal data.

use std::path::Path;

use model::{genome::Assembly, problem::Problem};

use crate::{
    cats::Document,
    output::{WriteFilesError, write_files},
    reading::Reading,
};

mod build;
mod meta;
mod problems;
mod read;
mod table;
mod write;

pub use write::{StudyFile, study_files};

/// What a study does not say of the test, and limits.
#[derive(Clone, Debug)]
pub struct ReadStudyOptions {
    /// Kind of test in the words of CATS, such as `tumor-only`.
    pub test_type: String,
    /// Name of the gene panel.
    pub panel_name: String,
    /// Version of the gene panel.
    pub panel_version: String,
    /// Assembly; without it the study's own `NCBI_Build`.
    pub assembly: Option<Assembly>,
    /// Largest file. Units: bytes.
    pub max_file_bytes: u64,
    /// Longest line. Units: bytes.
    pub max_line_bytes: usize,
    /// Most rows of a table.
    pub max_rows: usize,
    /// Most items of the document.
    pub max_items: usize,
}

impl Default for ReadStudyOptions {
    fn default() -> Self {
        Self {
            test_type: "tumor-only".to_owned(),
            panel_name: "unknown".to_owned(),
            panel_version: "unknown".to_owned(),
            assembly: None,
            max_file_bytes: 512 << 20,
            max_line_bytes: 4 << 20,
            max_rows: 1_000_000,
            max_items: 1_000_000,
        }
    }
}

/// Reads a study's folder into a CATS document of version 1.2.0.
///
/// The value is `None` where the folder holds no study.
pub fn read_study(folder: &Path, options: &ReadStudyOptions) -> Reading<Document> {
    read::read(folder, options)
}

/// Writes a document as a study's files, all or none, and returns what should be known of them.
///
/// Errors: a file cannot be written.
pub fn write_study(document: &Document, folder: &Path) -> Result<Vec<Problem>, WriteFilesError> {
    let reading = study_files(document);
    let files = reading.value.unwrap_or_default();
    write_files(folder, files.iter().map(|file| (file.path, file.bytes.as_slice())))?;
    Ok(reading.problems)
}
