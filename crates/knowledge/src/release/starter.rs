//! The release that ships in the binary.

use super::Release;
use crate::build::Draft;

/// Makes the starter release of its tables.
pub(super) fn release() -> Release {
    let files = Draft::starter().finish("tsumugi-starter", env!("CARGO_PKG_VERSION"));
    // A test makes this release; its tables are part of the binary and cannot differ from what was tested.
    match Release::from_files(&files) {
        Ok(release) => release,
        Err(error) => unreachable!("the shipped tables are read by a test: {error}"),
    }
}
