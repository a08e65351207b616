//! Work on the repository itself.
//!
//! `cargo xtask tidy` checks what the compiler and clippy do not: which room may use which, file
//! lengths and names, twin migrations, pinned dependencies, crate READMEs. `cargo xtask rights` writes the table
//! of rights into the documents.

use std::{path::Path, process::ExitCode};

use anyhow::Context as _;

mod tidy;

fn main() -> anyhow::Result<ExitCode> {
    let task = std::env::args().nth(1);
    match task.as_deref() {
        Some("tidy") => {
            let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
            let root = root.canonicalize().context("finding the workspace folder")?;
            tidy::run(&root)
        }
        Some("rights") => {
            let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
            let page = root.join("docs/RIGHTS.md");
            std::fs::write(&page, access::Rights::ours().to_markdown())
                .with_context(|| format!("writing {}", page.display()))?;
            Ok(ExitCode::SUCCESS)
        }
        _ => {
            eprintln!("usage: cargo xtask tidy | rights");
            Ok(ExitCode::from(2))
        }
    }
}
