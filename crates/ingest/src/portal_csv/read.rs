//! From bytes to cases.

use super::{
    FileForm, PortalFile, ReadOptions, gather::RowProblems, problems, source::PortalCases,
};
use crate::reading::Reading;

/// The byte order mark of UTF-8.
const MARK: &[u8] = b"\xef\xbb\xbf";

pub(super) fn read(bytes: &[u8], options: &ReadOptions) -> Reading<PortalFile> {
    let opened = PortalCases::open(bytes, options, &mut |_| ());
    let Ok(Reading { value: Some(cases), .. }) = opened else {
        // Reading from memory does not fail, so it is the file that was refused.
        let problems = opened.map_or_else(|_| vec![problems::empty()], |reading| reading.problems);
        return Reading::failed(problems);
    };
    let mut of_rows = RowProblems::default();
    let mut read = Vec::with_capacity(cases.len());
    for place in 0..cases.len() {
        if let Ok((case, problems)) = cases.whole_case(place) {
            of_rows.merge(problems, options.max_problems);
            read.push(case);
        }
    }
    let file = PortalFile {
        document: cases.document(),
        header: cases.outline.header.clone(),
        cases: read,
        form: form(bytes),
    };
    Reading::of(file, cases.problems(of_rows))
}

fn form(bytes: &[u8]) -> FileForm {
    let rest = bytes.strip_prefix(MARK);
    let text = rest.unwrap_or(bytes);
    let first = memchr::memchr(b'\n', text);
    FileForm {
        has_mark: rest.is_some(),
        has_carriage_returns: first
            .and_then(|at| text.get(..at))
            .is_some_and(|line| line.ends_with(b"\r")),
        ends_with_line_end: text.ends_with(b"\n") || text.ends_with(b"\r"),
    }
}
