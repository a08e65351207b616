//! Reading a CATS file: one call from bytes to a document and everything that is wrong with it.
//!
//! The steps: size and encoding ([`encoding`](super::encoding)), JSON with places (`json`), the rules of
//! the file's own version (`check`), the typed document, and its meaning (`semantics`).

use model::problem::{Place, Problem, has_error};
use serde::Deserialize;

use super::{
    check,
    document::Document,
    encoding,
    json::{self, Node, Value},
    problems::{Findings, file, schema},
    semantics,
    version::Version,
};
use crate::{lift::Chain, reading::Reading, reference::Reference};

/// Largest file that is read unless the caller says otherwise. Units: bytes.
pub const FILE_BYTES_MAX: usize = 64 * 1024 * 1024;

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
        Self { max_bytes: FILE_BYTES_MAX, reference: None, chain: None }
    }
}

/// Makes the reading of a file that was not read because of its size.
pub fn refuse_by_size(bytes: u64, options: &ReadOptions<'_>) -> Reading<Document> {
    Reading::failed(vec![file::too_large(bytes, options.max_bytes)])
}

/// Reads a file and judges it by the rules of its own version.
///
/// The value is there whenever every member has its type and none that all versions need is missing,
/// even if there are errors. Problems are in the order of the file, those of meaning after those of form.
///
/// ```
/// let reading = ingest::cats::read(b"{\"metaData\": {}}", &Default::default());
/// assert!(!reading.is_valid());
/// assert_eq!(reading.problems[0].code, "cats.version.missing");
/// ```
pub fn read(bytes: &[u8], options: &ReadOptions<'_>) -> Reading<Document> {
    if bytes.len() > options.max_bytes {
        return refuse_by_size(bytes.len() as u64, options);
    }
    let mut findings = Findings::default();
    let Some(text) = encoding::text(bytes, &mut findings) else {
        return Reading::failed(findings.into_problems());
    };
    let parsed = match json::parse(text) {
        Ok(parsed) => parsed,
        Err(fault) => {
            findings.push(file::not_json(fault.fault, encoding::place(text, fault.offset)));
            return Reading::failed(findings.into_problems());
        }
    };
    for blemish in &parsed.blemishes {
        let place = encoding::place(text, blemish.offset);
        let place = Place { pointer: blemish.pointer.clone(), ..place };
        findings.push(file::blemish(blemish.kind, place));
    }
    let value = match version(&parsed.root) {
        Ok(version) => {
            if version.is_inferred() {
                findings.push(schema::version_inferred(version));
            }
            check::check(&parsed.root, version, &mut findings);
            document(&parsed.root, options, &mut findings)
        }
        Err(problem) => {
            findings.push(*problem);
            None
        }
    };
    let mut problems = findings.into_problems();
    locate(&mut problems, text, &parsed.root);
    Reading { value, problems }
}

/// Returns the text that a file writes as its version, even where nothing else of it can be used.
pub fn written_version(bytes: &[u8]) -> Option<String> {
    let text = encoding::text(bytes, &mut Findings::default())?;
    let parsed = json::parse(text).ok()?;
    match &parsed.root.member("metaData")?.member("schemaVersion")?.value {
        Value::Text(written) => Some(written.to_string()),
        _ => None,
    }
}

/// Returns the version that a file claims, or why it cannot be told.
fn version(root: &Node<'_>) -> Result<Version, Box<Problem>> {
    if !matches!(root.value, Value::Object(_)) {
        let found = check::phrase_of(&root.value);
        let problem = schema::wrong_type(String::new(), ("オブジェクト", "an object"), found);
        return Err(Box::new(problem));
    }
    const POINTER: &str = "/metaData/schemaVersion";
    match root.member("metaData").and_then(|meta| meta.member("schemaVersion")) {
        Some(Node { value: Value::Text(written), .. }) => {
            written.parse().map_err(|_| Box::new(schema::version_unknown(POINTER, written)))
        }
        Some(_) | None => Err(Box::new(schema::version_missing(POINTER))),
    }
}

/// Makes the typed document and checks what its values mean.
fn document(
    root: &Node<'_>,
    options: &ReadOptions<'_>,
    findings: &mut Findings,
) -> Option<Document> {
    match Document::deserialize(root) {
        Ok(document) => {
            semantics::check(&document, options, findings);
            Some(document)
        }
        Err(error) => {
            if !has_error(&findings.problems) {
                findings.push(file::unreadable(&error.to_string()));
            }
            None
        }
    }
}

/// Adds line and column to problems that have a pointer only.
fn locate(problems: &mut [Problem], text: &str, root: &Node<'_>) {
    /// Codes that speak of the whole document and still have a place, its beginning.
    const OF_ROOT: [&str; 2] = ["cats.member.missing", "cats.type"];
    let lines = encoding::Lines::of(text, problems.len());
    for problem in problems.iter_mut().filter(|problem| problem.place.line.is_none()) {
        let is_whole_file = problem.place.pointer.is_empty();
        if is_whole_file && !OF_ROOT.contains(&problem.code.as_ref()) {
            continue;
        }
        let offset = root.nearest(&problem.place.pointer).offset;
        let (line, column) = lines.place(offset);
        (problem.place.line, problem.place.column) = (Some(line), Some(column));
    }
}
