//! Public data sets that lie beside the checkout and never enter it.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
};

/// Returns the path of a public data set, such as `cats/schema.json`, or `None` where the folder is absent.
///
/// The folder is `../shared/data` beside the checkout. A test that needs it returns early on `None`,
/// after this has said so on standard error, past the test runner's capture; in continuous integration
/// (`CI` is set) absence fails the test.
pub fn path(relative: &str) -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let path = root.join(relative);
    match path.try_exists() {
        Ok(true) => Some(path),
        Ok(false) | Err(_) if std::env::var_os("CI").is_some() => {
            panic!("continuous integration must have the public data set {}", path.display())
        }
        Ok(false) | Err(_) => {
            let line = format!("SKIPPED: the public data set {} is absent", path.display());
            // Nothing can be done when standard error is closed.
            let _ = writeln!(std::io::stderr(), "{line}");
            None
        }
    }
}

/// Returns the path of the real lift-over chain from GRCh37 to GRCh38, or `None` where it is absent.
///
/// It is not ours to ship: the environment variable `TSUMUGI_TEST_CHAIN` names the file, which
/// `.ci/run` takes from a Python package. Absence is said as for [`path`].
pub fn chain() -> Option<PathBuf> {
    match std::env::var_os("TSUMUGI_TEST_CHAIN") {
        Some(chain) => Some(PathBuf::from(chain)),
        None if std::env::var_os("CI").is_some() => {
            panic!("continuous integration must name a chain in TSUMUGI_TEST_CHAIN")
        }
        None => {
            // Nothing can be done when standard error is closed.
            let _ = writeln!(
                std::io::stderr(),
                "SKIPPED: TSUMUGI_TEST_CHAIN names no lift-over chain (hg19ToHg38)"
            );
            None
        }
    }
}
