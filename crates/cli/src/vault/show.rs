//! `tsumugi vault show`.

use std::process::ExitCode;

use access::vault::SiteVaultKey;
use server::read_vault_keys;

use super::Place;
use crate::record::{Failure, open_existing, runtime};

/// Shows the keys by their names, which tell nothing of them.
pub(super) fn run(place: &Place) -> Result<ExitCode, Failure> {
    let (url, folder) = place.url_and_folder()?;
    let site = read_vault_keys(&folder)?;
    let (keys, uses) = runtime()?.block_on(async {
        let store = open_existing(&url).await?;
        let read = (store.all_vault_keys().await?, store.vault_key_uses().await?);
        store.close().await;
        Ok::<_, Failure>(read)
    })?;
    println!("サイトの鍵 site keys");
    let names: Vec<String> = site.all().map(SiteVaultKey::id).collect();
    for (place, id) in names.iter().enumerate() {
        let wraps = keys.iter().filter(|key| key.site_key_id == *id).count();
        let newest = if place == 0 { "最新 newest" } else { "古い older" };
        println!("  {id}  {newest}  包む施設の鍵 wraps: {wraps}");
    }
    println!("施設の鍵 hospitals' keys");
    for key in &keys {
        let is_newest =
            !keys.iter().any(|other| other.hospital == key.hospital && other.made_at > key.made_at);
        let newest = if is_newest { "最新 newest" } else { "古い older" };
        let opens = if names.contains(&key.site_key_id) {
            ""
        } else {
            "  この鍵ファイルでは開けません does not open with this key file"
        };
        let sealed = uses
            .iter()
            .find(|one| one.hospital == key.hospital && one.key_id == key.key_id)
            .map_or(0, |one| one.rows);
        println!(
            "  {}  {}  {newest}  作成 made {}  包む鍵 wrapped by {}  封じた氏名等 seals: {sealed}{opens}",
            key.hospital,
            key.key_id,
            key.made_at.format("%Y-%m-%d"),
            key.site_key_id
        );
    }
    Ok(ExitCode::SUCCESS)
}
