//! `tsumugi audit check-proof`.

use std::{
    fs::File,
    io::Read as _,
    path::{Path, PathBuf},
    process::ExitCode,
};

use access::audit::{ProofFile, action_label, purpose_label};

use super::{file_failed, files::verifying_key};
use crate::record::Failure;

/// Exit code when the proof proves nothing.
const PROVES_NOTHING: u8 = 1;
/// Largest proof that is read. Units: bytes.
const PROOF_BYTES_MAX: u64 = 64 << 20;

/// Arguments of `tsumugi audit check-proof`.
#[derive(Debug, clap::Args)]
pub(crate) struct CheckProof {
    /// The proof
    #[arg(value_name = "FILE.json")]
    file: PathBuf,
    /// The programme's public key, from where you trust it
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
}

impl CheckProof {
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let known = self.key.as_deref().map(verifying_key).transpose()?;
        let proof = read(&self.file)?;
        let checked = match proof.check(known.as_ref()) {
            Ok(checked) => checked,
            Err(error) => {
                println!("証明は成り立ちません。 The proof does not hold: {error}");
                return Ok(ExitCode::from(PROVES_NOTHING));
            }
        };
        for (sequence, entry) in &checked.entries {
            let action = action_label(&entry.action);
            let purpose = entry.purpose.as_deref().map(purpose_label);
            let (ja, en) = purpose.map_or_else(Default::default, |label| (label.ja, label.en));
            println!(
                "{sequence}  {}  {}  {} / {}  {ja} {en}  {}",
                entry.at.format("%Y-%m-%d %H:%M:%S UTC"),
                entry.name,
                action.ja,
                action.en,
                entry.outcome.word(),
            );
        }
        println!(
            "{} 件とも監査記録にあります。 All {0} entries are in the log.",
            checked.entries.len()
        );
        if known.is_none() {
            println!(
                "注意: 証明自身の鍵で確かめました。信頼できる所で得た公開鍵と同じか確かめてください。\n\
                 Note: checked by the proof's own key. Compare it with the public key from where you trust it:\n{}",
                checked.key.to_text().trim_end()
            );
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn read(path: &Path) -> Result<ProofFile, Failure> {
    let failed = |error: &dyn std::fmt::Display| {
        file_failed("を証明として読めません", "could not be read as a proof", path, error)
    };
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(|error| failed(&error))?;
    file.take(PROOF_BYTES_MAX).read_to_end(&mut bytes).map_err(|error| failed(&error))?;
    serde_json::from_slice(&bytes).map_err(|error| failed(&error))
}
