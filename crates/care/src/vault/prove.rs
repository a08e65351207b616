//! Proving that everything sealed opens, without giving any of it out.

use access::vault::{HospitalKey, SiteVaultKeys, VaultError};
use model::text::LocalizedText;
use store::Store;

use super::{KeyWorkError, ROWS_AT_ONCE, by_key, open_key};

/// Most findings that are kept; more are only counted.
const FINDINGS_MAX: usize = 1_000;

/// One thing that does not open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VaultFinding {
    /// Stable code, such as `check.vault.row`.
    pub code: &'static str,
    /// What is wrong with what.
    pub message: LocalizedText,
}

/// What was proved.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proof {
    /// Hospitals' keys that open.
    pub keys: u64,
    /// Rows that open.
    pub rows: u64,
    /// What does not open; empty where everything does.
    pub findings: Vec<VaultFinding>,
    /// Findings beyond the limit.
    pub findings_left_out: usize,
}

impl Proof {
    fn add(&mut self, code: &'static str, ja: String, en: String) {
        if self.findings.len() < FINDINGS_MAX {
            self.findings.push(VaultFinding { code, message: LocalizedText::new(ja, en) });
        } else {
            self.findings_left_out += 1;
        }
    }

    /// Returns how much does not open.
    pub fn flaws(&self) -> usize {
        self.findings.len() + self.findings_left_out
    }
}

/// Opens every hospital's key and with it every row that it sealed. `tick` is told how many rows were opened.
///
/// Errors: the record fails.
pub async fn prove(
    store: &Store,
    site: &SiteVaultKeys,
    mut tick: impl FnMut(u64),
) -> Result<Proof, KeyWorkError> {
    let mut proof = Proof::default();
    for wraps in by_key(store.all_vault_keys().await?) {
        let Some(first) = wraps.first() else { continue };
        let (hospital, key_id) = (&first.hospital, &first.key_id);
        match open_key(site, &wraps) {
            Ok(Some(key)) => {
                proof.keys += 1;
                prove_rows(store, &key, &mut proof, &mut tick).await?;
            }
            Ok(None) => proof.add(
                "check.vault.site_key",
                format!("施設 {hospital} の鍵 {key_id}: この鍵ファイルでは開けません。"),
                format!(
                    "the key {key_id} of the hospital {hospital}: this key file does not open it."
                ),
            ),
            Err(KeyWorkError::Key { .. }) => proof.add(
                "check.vault.key",
                format!("施設 {hospital} の鍵 {key_id}: 壊れています。"),
                format!("the key {key_id} of the hospital {hospital} is damaged."),
            ),
            Err(error) => return Err(error),
        }
    }
    Ok(proof)
}

async fn prove_rows(
    store: &Store,
    key: &HospitalKey,
    proof: &mut Proof,
    tick: &mut impl FnMut(u64),
) -> Result<(), KeyWorkError> {
    let mut after = None;
    loop {
        let rows = store.identifiers_of_key(key.hospital(), key.id(), after, ROWS_AT_ONCE).await?;
        let Some(last) = rows.last().map(|row| row.id) else { return Ok(()) };
        for row in rows {
            let sealed = (row.nonce.as_slice(), row.ciphertext.as_slice());
            match key.prove(row.case, sealed, row.number_index.as_deref()) {
                Ok(()) => proof.rows += 1,
                Err(VaultError::NumberIndex) => proof.add(
                    "check.vault.number",
                    format!("{}: 氏名等の記録が、別の患者番号で見つかります。", row.id),
                    format!("{}: a sealed identifier is found by another patient number.", row.id),
                ),
                Err(_) => proof.add(
                    "check.vault.row",
                    format!("{}: 氏名等の記録が、その鍵で開きません。", row.id),
                    format!("{}: a sealed identifier does not open with its key.", row.id),
                ),
            }
        }
        tick(proof.rows);
        after = Some(last);
    }
}
