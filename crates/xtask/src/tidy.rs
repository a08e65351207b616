//! The checks of `cargo xtask tidy`.

use std::{path::Path, process::ExitCode};

use self::tree::Tree;

mod dependencies;
mod files;
mod migrations;
mod tree;

/// A broken rule: where, and what to do.
type Complaint = String;

/// A check of the whole tree.
type Check = fn(&Tree) -> Vec<Complaint>;

/// Runs every check on the workspace, prints what is broken, and counts.
pub(crate) fn run(root: &Path) -> anyhow::Result<ExitCode> {
    let tree = Tree::read(root)?;
    let checks: [(&str, Check); 6] = [
        ("rooms use only rooms above them", dependencies::order),
        ("dependencies are pinned in one place", dependencies::pinned),
        ("only their room knows SQL and HTTP", dependencies::confined),
        ("files have clinic names and a length that can be read", files::names_and_lengths),
        ("text is clean", files::text),
        ("migrations are twins", migrations::twins),
    ];
    let mut broken = 0;
    for (rule, check) in checks {
        for complaint in check(&tree) {
            println!("{rule}: {complaint}");
            broken += 1;
        }
    }
    println!("tidy: {} files, {} checks, {broken} complaints", tree.files.len(), checks.len());
    Ok(if broken == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
