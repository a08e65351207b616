//! Reading a CATS file: one call from bytes to a document and everything that is wrong with it.

use model::{
    problem::{Place, Problem},
    text::LocalizedText,
};

use super::document::Document;
use crate::{lift::Chain, reading::Reading, reference::Reference};

/// Limits and helpers of a reading.
#[derive(Clone, Copy, Debug)]
pub struct ReadOptions<'a> {
    /// Largest file that is read. Units: bytes.
    pub max_bytes: usize,
    /// Reference sequence to compare reference alleles with; without it they are not checked, which a note says.
    pub reference: Option<&'a Reference>,
    /// Chain from GRCh37 to GRCh38; without it GRCh37 stays as it is, which a note says.
    pub chain: Option<&'a Chain>,
}

impl Default for ReadOptions<'_> {
    fn default() -> Self {
        Self { max_bytes: 64 * 1024 * 1024, reference: None, chain: None }
    }
}

/// Reads a file and judges it by the rules of its own version.
pub fn read(bytes: &[u8], options: &ReadOptions<'_>) -> Reading<Document> {
    if bytes.len() > options.max_bytes {
        return Reading::failed(vec![Problem::error(
            "cats.file.too_large",
            Place::file(),
            LocalizedText::of("ファイルが大きすぎます。", "The file is too large."),
            LocalizedText::of("ファイルを分けてください。", "Split the file."),
        )]);
    }
    match serde_json::from_slice(bytes) {
        Ok(document) => Reading::of(document, Vec::new()),
        Err(error) => Reading::failed(vec![Problem::error(
            "cats.json.syntax",
            Place::line(error.line() as u64, Some(error.column() as u64)),
            LocalizedText::new(
                format!("JSONとして読めません（{error}）。"),
                format!("The file cannot be read as JSON ({error})."),
            ),
            LocalizedText::of(
                "示した箇所を直してください。",
                "Correct the text at the place shown.",
            ),
        )]),
    }
}
