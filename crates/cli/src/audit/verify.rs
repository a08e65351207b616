//! `tsumugi audit verify`.

use std::{
    fs::File,
    io::BufReader,
    path::{Path, PathBuf},
    process::ExitCode,
};

use access::audit::{Flaw, SignedHead, Verification, VerifyingKey, verify_lines};
use model::text::LocalizedText;
use server::HeadsFile;

use super::{Place, file_failed, files::verifying_key};
use crate::record::{Failure, runtime};

/// Exit code when the log is not whole.
const TAMPERED: u8 = 1;
/// Flaws that are told.
const FLAWS_TOLD_MAX: usize = 10;
/// Bytes read from a file at once. Units: bytes.
const BUFFER_BYTES: usize = 4 << 20;

/// Arguments of `tsumugi audit verify`.
#[derive(Debug, clap::Args)]
pub(crate) struct Verify {
    /// A file that `tsumugi audit export` or the audit page wrote; without one, the record is verified
    #[arg(value_name = "FILE.ndjson")]
    file: Option<PathBuf>,
    #[command(flatten)]
    place: Place,
    /// The heads kept outside the record; those of the data folder unless given
    #[arg(long, value_name = "FILE")]
    heads: Option<PathBuf>,
    /// A key by which heads are verified; that of the data folder unless given
    #[arg(long = "key", value_name = "FILE")]
    keys: Vec<PathBuf>,
}

impl Verify {
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let found = match &self.file {
            Some(file) => {
                // A file may be older than the data folder: only heads that were named are held against it.
                let (outside, flaws) = match &self.heads {
                    Some(_) => self.outside()?,
                    None => Default::default(),
                };
                let mut found = verify_file(file, self.keys()?, outside)?;
                flaws.into_iter().for_each(|flaw| found.add(flaw));
                found
            }
            None => runtime()?.block_on(self.verify_record())?,
        };
        Ok(tell(&found))
    }

    fn keys(&self) -> Result<Vec<VerifyingKey>, Failure> {
        let own = [self.place.files().public_key_path()];
        let paths = if self.keys.is_empty() { &own[..] } else { &self.keys[..] };
        paths.iter().map(|path| verifying_key(path)).collect()
    }

    async fn verify_record(&self) -> Result<Verification, Failure> {
        let keys = self.keys()?;
        let (outside, flaws) = self.outside()?;
        let store = self.place.open().await?;
        let mut found = store.verify_audit(Some(keys), outside).await?;
        store.close().await;
        flaws.into_iter().for_each(|flaw| found.add(flaw));
        Ok(found)
    }

    /// Reads the heads kept outside the record.
    fn outside(&self) -> Result<(Vec<SignedHead>, Vec<Flaw>), Failure> {
        let heads = self.heads.as_ref().map(HeadsFile::at);
        let heads = heads.unwrap_or_else(|| self.place.files().heads());
        if self.heads.is_some() && !heads.path().is_file() {
            return Err(file_failed("がありません", "is not there", heads.path(), &"--heads"));
        }
        heads
            .read()
            .map_err(|error| file_failed("を読めません", "could not be read", heads.path(), &error))
    }
}

fn verify_file(
    path: &Path,
    keys: Vec<VerifyingKey>,
    outside: Vec<SignedHead>,
) -> Result<Verification, Failure> {
    let failed = |error| file_failed("を読めません", "could not be read", path, &error);
    let file = File::open(path).map_err(failed)?;
    let mut lines = BufReader::with_capacity(BUFFER_BYTES, file);
    verify_lines(&mut lines, keys, outside).map_err(failed)
}

fn tell(found: &Verification) -> ExitCode {
    for flaw in found.flaws.iter().take(FLAWS_TOLD_MAX) {
        let text = flaw.explain();
        println!("{}: {}\n  {}", flaw.code(), text.ja, text.en);
    }
    let told = found.flaws.len().min(FLAWS_TOLD_MAX);
    let more = found.flaws.len() as u64 - told as u64 + found.flaws_left_out;
    if more > 0 {
        println!("他 {more} 件 / and {more} more");
    }
    let size = found.newest.as_ref().map_or(0, |head| head.size);
    println!(
        "記録 entries: {}  ツリーヘッド heads: {}  署名済み signed: {size}  ルート root: {}",
        found.entries, found.heads, found.root
    );
    if !found.is_whole() {
        println!("改変または欠落があります。 Something was altered, removed, moved or cut off.");
        return ExitCode::from(TAMPERED);
    }
    let LocalizedText { ja, en } = if found.unsigned() > 0 {
        LocalizedText::new(
            format!("異常はありません。最後の {} 件はまだ署名されていません。", found.unsigned()),
            format!(
                "Everything is whole. The last {} entries are not signed yet.",
                found.unsigned()
            ),
        )
    } else {
        LocalizedText::of("異常はありません。", "Everything is whole.")
    };
    println!("{ja} {en}");
    ExitCode::SUCCESS
}
