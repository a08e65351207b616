//! The site's keys in a backup: they go in only when asked for, and come back beside none that is there.

use std::{
    fs::{self, File, OpenOptions},
    io,
    path::Path,
};

use model::text::LocalizedText;
use server::{SITE_KEY_FILE, VAULT_KEY_FILE};

use crate::{
    audit::files::{HEADS_FILE, KEY_FILE, PUBLIC_KEY_FILE},
    record::Failure,
};

/// Files of a site's key folder, by the names that they have in a backup as well.
pub(crate) const KEY_FILES: [&str; 5] =
    [VAULT_KEY_FILE, SITE_KEY_FILE, KEY_FILE, PUBLIC_KEY_FILE, HEADS_FILE];

/// Takes the keys of a folder into a backup's parts, and returns which there were.
///
/// It is done before the record is read: the signed heads then tell of no entry that the record does not have yet.
///
/// Errors: a file cannot be read, or there is none.
pub(crate) fn take(from: &Path, parts: &Path) -> Result<Vec<&'static str>, Failure> {
    let mut taken = Vec::new();
    for name in KEY_FILES {
        match copy_for_owner(&from.join(name), &parts.join(name)) {
            Ok(()) => taken.push(name),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(failed(&from.join(name), &error)),
        }
    }
    if taken.is_empty() {
        return Err(Failure(LocalizedText::new(
            format!("{} に鍵がありません。控えは作っていません。", from.display()),
            format!("There are no keys in {}. No backup was made.", from.display()),
        )));
    }
    Ok(taken)
}

/// Makes sure that keys can be put into a folder: that there are some, and that none is there.
///
/// Errors: the backup holds no key, or the folder has one of them already.
pub(crate) fn require_room(keys: &[&str], folder: &Path) -> Result<(), Failure> {
    if keys.is_empty() {
        return Err(Failure(LocalizedText::of(
            "この控えに鍵は入っていません。何も書いていません。--keys-into なしで戻してください。",
            "This backup holds no keys. Nothing was written: restore it without --keys-into.",
        )));
    }
    for path in keys.iter().map(|name| folder.join(name)) {
        if path.try_exists().unwrap_or(true) {
            return Err(Failure(LocalizedText::new(
                format!(
                    "{} は既にあります。鍵は上書きしません。何も書いていません。空のフォルダーを指定してください。",
                    path.display()
                ),
                format!(
                    "{} is there already, and a key is never written over. Nothing was written: name an empty folder.",
                    path.display()
                ),
            )));
        }
    }
    Ok(())
}

/// Puts keys from a backup's parts into a folder, for their owner only.
///
/// Errors: the folder cannot be written to, or a key came meanwhile.
pub(crate) fn put(keys: &[&str], parts: &Path, folder: &Path) -> Result<(), Failure> {
    make_folder(folder).map_err(|error| failed(folder, &error))?;
    for name in keys {
        let place = folder.join(name);
        copy_for_owner(&parts.join(name), &place).map_err(|error| failed(&place, &error))?;
    }
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(|error| failed(folder, &error))
}

fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Copies a file to a place where there is none, which only its owner may read.
fn copy_for_owner(from: &Path, to: &Path) -> io::Result<()> {
    let mut source = File::open(from)?;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut target = options.open(to)?;
    io::copy(&mut source, &mut target)?;
    target.sync_all()
}

fn failed(path: &Path, error: &io::Error) -> Failure {
    let (ja, en) = (
        format!("鍵のファイル {} を写せません", path.display()),
        format!("The key file {} cannot be copied", path.display()),
    );
    Failure::system(&ja, &en, error)
}
