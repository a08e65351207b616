//! Any bytes go through reading a CSV file of the portal and writing it again without a panic or a lost cell.

#![no_main]

use ingest::portal_csv::{self, PortalCase, ReadOptions};
use libfuzzer_sys::fuzz_target;
use model::problem::has_error;

fuzz_target!(|bytes: &[u8]| {
    let options = ReadOptions { max_bytes: 1 << 20, ..ReadOptions::default() };
    let reading = portal_csv::read(bytes, &options);
    let Some(file) = &reading.value else {
        assert!(has_error(&reading.problems), "nothing was read, and no error says why");
        return;
    };
    let written = portal_csv::write(file);
    let again = portal_csv::read(&written, &options).value.expect("what was written is read");
    assert_eq!(without_lines(again.cases), without_lines(file.cases.clone()), "a cell was lost");
    for case in &file.cases {
        drop(portal_csv::reported_case(case));
    }
});

/// Forgets the lines, which empty lines of the first file shift.
fn without_lines(mut cases: Vec<PortalCase>) -> Vec<PortalCase> {
    for row in cases.iter_mut().flat_map(|case| &mut case.rows) {
        row.line = 0;
    }
    cases
}
