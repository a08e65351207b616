//! `tsumugi audit prove`.

use std::{fs, path::PathBuf, process::ExitCode};

use access::audit::{ProofFile, Tree};
use model::text::LocalizedText;
use store::{AuditFilter, Store};

use super::{Place, file_failed, sign_failed};
use crate::record::{Failure, runtime};

/// Most entries of one proof.
const ENTRIES_MAX: usize = 10_000;
/// Entries read at once.
const ENTRIES_AT_ONCE: u32 = 500;

/// Arguments of `tsumugi audit prove`.
#[derive(Debug, clap::Args)]
pub(crate) struct Prove {
    #[command(flatten)]
    place: Place,
    /// Prove every entry about the case with this reference
    #[arg(long, value_name = "REFERENCE", required_unless_present = "entry")]
    case: Option<String>,
    /// Prove the entry with this number
    #[arg(long, value_name = "NUMBER", conflicts_with = "case")]
    entry: Option<u64>,
    /// The file to write
    #[arg(long, short, value_name = "FILE.json")]
    out: PathBuf,
}

impl Prove {
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        runtime()?.block_on(async {
            let (store, log) = self.place.open_to_sign().await?;
            let head = log.sign_head().await.map_err(|error| sign_failed(&error))?;
            let (Some(head), Some(key)) = (head, log.key()) else { return Err(not_whole()) };
            let entries = self.entries(&store).await?;
            let count = entries.len();
            let tree = Tree::of(store.audit_leaves(head.size).await?);
            store.close().await;
            let proof = ProofFile::of(&tree, head, &key, entries).ok_or_else(not_whole)?;
            let json = serde_json::to_vec_pretty(&proof)
                .map_err(|error| Failure::system("書けません", "Could not write", &error))?;
            fs::write(&self.out, json).map_err(|error| {
                file_failed("に書けません", "could not be written", &self.out, &error)
            })?;
            println!("{count} 件の証明を書きました。 Wrote the proof of {count} entries.");
            Ok(ExitCode::SUCCESS)
        })
    }

    /// Returns the entries to be proved, oldest first.
    async fn entries(&self, store: &Store) -> Result<Vec<(u64, String)>, Failure> {
        let mut entries = Vec::new();
        if let Some(number) = self.entry {
            let stored = store.audit_entry(number).await?.ok_or_else(|| nothing("entry"))?;
            entries.push((stored.sequence, stored.document));
        }
        if let Some(reference) = &self.case {
            let case = store.case_by_reference(reference).await?.ok_or_else(|| nothing("case"))?;
            let filter = AuditFilter { case: Some(case.case), ..AuditFilter::default() };
            let mut before = None;
            loop {
                let page = store.search_audit(&filter, before, ENTRIES_AT_ONCE).await?;
                let found = page.entries.into_iter();
                entries.extend(found.map(|stored| (stored.sequence, stored.document)));
                before = page.next_before;
                if before.is_none() || entries.len() >= ENTRIES_MAX {
                    break;
                }
            }
            entries.reverse();
        }
        if entries.is_empty() { Err(nothing("entry")) } else { Ok(entries) }
    }
}

fn nothing(what: &str) -> Failure {
    Failure(LocalizedText::new(
        format!("該当するものがありません({what})。"),
        format!("There is no such {what}."),
    ))
}

fn not_whole() -> Failure {
    Failure(LocalizedText::of(
        "監査記録がツリーヘッドと一致しないため、証明を作れません。tsumugi audit verify で調べてください。",
        "No proof can be made: the log is not what its tree head says. Examine it with `tsumugi audit verify`.",
    ))
}
