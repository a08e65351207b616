//! From bytes to everything that will be recorded of them. No store, no clock.

use ingest::detect::{ReadOptions, ReadResult, read_any};
use knowledge::{AnnotateOptions, Release};
use model::{
    case::PatientCase,
    evidence::EvidenceLevel,
    identity::{Digest, OrderId},
    organisation::OrganisationCode,
    problem::{Problem, Severity, has_error},
    result::TestResult,
    text::LocalizedText,
};
use store::{NewOriginal, Packed, PackedResult, RecordError, digest_of};

use super::reference::case_of;
use crate::report::{ReportInput, compose_with, to_json};

/// How intake reads and reports.
#[derive(Clone, Debug)]
pub struct Settings<'a> {
    /// Version of the program, named in every report.
    pub program_version: &'a str,
    /// How files are read.
    pub read: ReadOptions<'a>,
    /// Where patients are treated.
    pub annotate: AnnotateOptions,
    /// Largest file whose bytes are kept. Units: bytes.
    pub kept_max_bytes: usize,
    /// Who sends, where it is known: two laboratories may give the same test identifier.
    pub sender: Option<OrganisationCode>,
    /// The test order that the result is for, where the sender names it.
    pub order: Option<OrderId>,
}

impl<'a> Settings<'a> {
    /// Makes the usual settings.
    pub fn new(program_version: &'a str) -> Self {
        let read = ReadOptions::default();
        let kept_max_bytes = read.cats.max_bytes;
        let annotate = AnnotateOptions::default();
        Self { program_version, read, annotate, kept_max_bytes, sender: None, order: None }
    }
}

/// Everything that will be recorded of one file.
#[derive(Clone, Debug)]
pub struct Prepared {
    pub(super) digest: Digest,
    pub(super) file_name: String,
    /// `None` where the bytes are known to be recorded already.
    pub(super) original: Option<NewOriginal>,
    pub(super) results: Vec<PreparedResult>,
    /// The case document that came with the file.
    pub(super) case: Option<PatientCase>,
    pub(super) sender: Option<OrganisationCode>,
    pub(super) order: Option<OrderId>,
    first_error: Option<LocalizedText>,
}

impl Prepared {
    /// Returns the digest of the file's bytes.
    pub fn digest(&self) -> &Digest {
        &self.digest
    }

    /// Returns the file's name.
    pub fn file_name(&self) -> &str {
        &self.file_name
    }

    /// Returns the first error of a rejected file.
    pub fn first_error(&self) -> Option<LocalizedText> {
        self.first_error.clone()
    }

    /// Returns about how much memory it takes. Units: bytes.
    pub fn weight_bytes(&self) -> usize {
        let original = self.original.as_ref().and_then(|original| original.content.as_ref());
        let results = self.results.iter().map(|result| {
            result.content.document.as_ref().map_or(0, Packed::len)
                + result.report.as_ref().map_or(0, |report| report.document.len())
        });
        original.map_or(0, Packed::len) + results.sum::<usize>()
    }
}

#[derive(Clone, Debug)]
pub(super) struct PreparedResult {
    pub(super) content: PackedResult,
    /// The case; `None` for a rejected file that came without one.
    pub(super) case: Option<PatientCase>,
    /// Accepted results have a report.
    pub(super) report: Option<PreparedReport>,
    /// The laboratory's identifier of the test.
    pub(super) test_id: Option<String>,
}

/// A report's bytes, packed, with what lists show of it.
#[derive(Clone, Debug)]
pub(super) struct PreparedReport {
    pub(super) release: String,
    pub(super) program_version: String,
    pub(super) digest: Digest,
    pub(super) document: Packed,
    pub(super) highest_level: Option<EvidenceLevel>,
    pub(super) finding_count: u32,
}

/// Reads a file, judges it, annotates it and makes its reports.
///
/// A file with an error is rejected as a whole: its bytes and problems are kept, and it has no report.
/// Where no case document came with it, a case is made up ([`reference_of`](super::reference_of)).
///
/// Errors: a document cannot be packed, which means that memory is short.
pub fn prepare(
    bytes: &[u8],
    file_name: &str,
    case: Option<PatientCase>,
    release: &Release,
    settings: &Settings<'_>,
) -> Result<Prepared, RecordError> {
    let original = if bytes.len() > settings.kept_max_bytes {
        NewOriginal { digest: digest_of(bytes), size_bytes: bytes.len() as u64, content: None }
    } else {
        NewOriginal::of(bytes)?
    };
    let reading = read_any(bytes, file_name, &settings.read);
    let read = reading.value.unwrap_or_default();
    let results = if has_error(&reading.problems) || read.is_empty() {
        // A single result is shown with its problems; of a table with errors no tumour is singled out.
        let shown = match read.as_slice() {
            [only] => Some(&only.result),
            _ => None,
        };
        vec![rejected(&original.digest, file_name, shown, &reading.problems, case.clone())?]
    } else {
        let accept = |one: &ReadResult| {
            accepted(
                one,
                &original.digest,
                file_name,
                &reading.problems,
                case.as_ref(),
                release,
                settings,
            )
        };
        read.iter().map(accept).collect::<Result<Vec<_>, _>>()?
    };
    Ok(Prepared {
        digest: original.digest.clone(),
        file_name: file_name.to_owned(),
        original: Some(original),
        results,
        case,
        sender: settings.sender.clone(),
        order: settings.order,
        first_error: first_error(&reading.problems),
    })
}

/// Prepares a file that is too large to be read: it is rejected, and its bytes are not kept.
///
/// Errors: a document cannot be packed, which means that memory is short.
pub fn prepare_oversized(
    digest: Digest,
    size_bytes: u64,
    file_name: &str,
    case: Option<PatientCase>,
    settings: &Settings<'_>,
) -> Result<Prepared, RecordError> {
    let problems = ingest::cats::refuse_by_size(size_bytes, &settings.read.cats).problems;
    Ok(Prepared {
        results: vec![rejected(&digest, file_name, None, &problems, case.clone())?],
        original: Some(NewOriginal { digest: digest.clone(), size_bytes, content: None }),
        digest,
        file_name: file_name.to_owned(),
        case,
        sender: settings.sender.clone(),
        order: settings.order,
        first_error: first_error(&problems),
    })
}

fn first_error(problems: &[Problem]) -> Option<LocalizedText> {
    let error = problems.iter().find(|problem| problem.severity == Severity::Error)?;
    Some(error.message.clone())
}

/// Prepares what may be new of a file whose bytes are recorded already: its case.
pub fn prepare_revision(digest: Digest, file_name: &str, case: Option<PatientCase>) -> Prepared {
    let file_name = file_name.to_owned();
    Prepared {
        digest,
        file_name,
        original: None,
        results: Vec::new(),
        case,
        sender: None,
        order: None,
        first_error: None,
    }
}

fn rejected(
    digest: &Digest,
    file_name: &str,
    shown: Option<&TestResult>,
    problems: &[Problem],
    case: Option<PatientCase>,
) -> Result<PreparedResult, RecordError> {
    let content = PackedResult::of(digest.clone(), "", file_name, shown, problems)?;
    Ok(PreparedResult { content, case, report: None, test_id: None })
}

fn accepted(
    one: &ReadResult,
    digest: &Digest,
    file_name: &str,
    problems: &[Problem],
    case: Option<&PatientCase>,
    release: &Release,
    settings: &Settings<'_>,
) -> Result<PreparedResult, RecordError> {
    let label = one.label.as_deref();
    let case = match case {
        Some(case) => case.clone(),
        None => case_of(&one.result, label, digest, settings.sender.as_ref()),
    };
    let content = PackedResult::of(
        digest.clone(),
        label.unwrap_or_default(),
        file_name,
        Some(&one.result),
        problems,
    )?;
    let version = settings.program_version;
    let options = &settings.annotate;
    let report = prepare_report(&one.result, &case, problems, release, version, options)?;
    let test_id = one.result.test.test_id.clone();
    Ok(PreparedResult { content, case: Some(case), report: Some(report), test_id })
}

/// Makes a report's bytes, packed.
pub(super) fn prepare_report(
    result: &TestResult,
    case: &PatientCase,
    problems: &[Problem],
    release: &Release,
    program_version: &str,
    options: &AnnotateOptions,
) -> Result<PreparedReport, RecordError> {
    let input = ReportInput { result, case: Some(case), problems, program_version };
    let report = compose_with(&input, release, options);
    let json = to_json(&report);
    let levels = &report.findings.counts.by_level;
    let with_level = levels.iter().filter(|entry| entry.level.is_some());
    let finding_count = with_level.map(|entry| entry.count).sum::<usize>();
    Ok(PreparedReport {
        release: release.id().to_owned(),
        program_version: program_version.to_owned(),
        digest: digest_of(&json),
        document: Packed::bytes("report", &json)?,
        highest_level: levels.iter().find_map(|entry| entry.level),
        finding_count: u32::try_from(finding_count).unwrap_or(u32::MAX),
    })
}
