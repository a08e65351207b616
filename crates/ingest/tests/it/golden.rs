//! Golden folders: `tests/golden/<case>/{input.*,expected.*}`, accepted with `BLESS=1`.

use std::path::{Path, PathBuf};

/// Returns the folder of a case.
pub(crate) fn folder(case: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(case)
}

/// Compares with the expected file of a case, or writes it where `BLESS` is set.
pub(crate) fn check(case: &str, file: &str, actual: &str) {
    let path = folder(case).join(file);
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, actual).unwrap();
        return;
    }
    let expected = std::fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{}: {error}; accept with BLESS=1", path.display()));
    assert_eq!(actual, expected, "{}; accept with BLESS=1", path.display());
}

/// Compares results and problems as indented JSON.
pub(crate) fn check_reading(
    case: &str,
    results: &[(String, model::result::TestResult)],
    problems: &[model::problem::Problem],
) {
    let value = serde_json::json!({ "results": results, "problems": problems });
    check(case, "expected.json", &format!("{value:#}\n"));
}
