//! Where the parts of a backup lie while it is made or restored: beside its place, for its maker's eyes only.

use std::path::Path;

use tempfile::TempDir;

use crate::record::Failure;

/// Makes a folder beside a file; it goes when it is dropped.
///
/// Errors: the place cannot be written to.
pub(crate) fn folder_beside(file: &Path) -> Result<TempDir, Failure> {
    let parent = parent_of(file);
    let mut builder = tempfile::Builder::new();
    builder.prefix(".tsumugi-part-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(std::fs::Permissions::from_mode(0o700));
    }
    builder.tempdir_in(parent).map_err(|error| {
        let (ja, en) = (
            format!("{} に書き込めません", parent.display()),
            format!("{} cannot be written to", parent.display()),
        );
        Failure::system(&ja, &en, &error)
    })
}

/// Returns the folder of a file.
pub(crate) fn parent_of(file: &Path) -> &Path {
    file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}
