//! `tsumugi audit export`.

use std::{
    fs::File,
    io::{BufWriter, Write},
    path::PathBuf,
    process::ExitCode,
};

use access::audit::{SignedHead, write_end_line, write_entry_line, write_head_line};
use store::Store;

use super::{Place, file_failed, sign_failed};
use crate::record::{Failure, runtime};

/// Entries read at once.
const ENTRIES_AT_ONCE: u32 = 4_096;

/// Arguments of `tsumugi audit export`.
#[derive(Debug, clap::Args)]
pub(crate) struct Export {
    #[command(flatten)]
    place: Place,
    /// The file to write
    #[arg(long, short, value_name = "FILE.ndjson")]
    out: PathBuf,
}

impl Export {
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        runtime()?.block_on(async {
            let (store, log) = self.place.open_to_sign().await?;
            log.sign_head().await.map_err(|error| sign_failed(&error))?;
            let heads = store.audit_heads().await?;
            let (end, count) = (heads.last().cloned(), heads.len() as u64);
            let size = end.as_ref().map_or(0, |head| head.size);
            let failed = |error: std::io::Error| {
                file_failed("に書けません", "could not be written", &self.out, &error)
            };
            let file = File::create(&self.out).map_err(failed)?;
            let mut to = BufWriter::new(file);
            let written = write_log(&store, heads, size, &mut to).await;
            store.close().await;
            written?.map_err(failed)?;
            if let Some(end) = &end {
                write_end_line(&mut to, end, count).map_err(failed)?;
            }
            to.into_inner()
                .map_err(|error| failed(error.into_error()))?
                .sync_all()
                .map_err(failed)?;
            println!("{size} 件を書き出しました。 Wrote {size} entries.");
            Ok(ExitCode::SUCCESS)
        })
    }
}

/// Writes every entry up to the newest head, and each head after the last entry that it covers.
async fn write_log(
    store: &Store,
    heads: Vec<SignedHead>,
    size: u64,
    to: &mut impl Write,
) -> Result<std::io::Result<()>, Failure> {
    let mut heads = heads.into_iter().peekable();
    let mut next = 0;
    loop {
        let entries = store.audit_entries(next, ENTRIES_AT_ONCE).await?;
        let Some(last) = entries.last() else { break };
        next = last.sequence + 1;
        for stored in entries.iter().filter(|stored| stored.sequence < size) {
            while let Some(head) = heads.next_if(|head| head.size <= stored.sequence) {
                if let Err(error) = write_head_line(to, &head) {
                    return Ok(Err(error));
                }
            }
            let written = write_entry_line(to, stored.sequence, stored.leaf, &stored.document);
            if let Err(error) = written {
                return Ok(Err(error));
            }
        }
        if next >= size {
            break;
        }
    }
    Ok(heads.try_for_each(|head| write_head_line(to, &head)))
}
