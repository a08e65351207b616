//! `tsumugi vault`: the keys that seal who patients are.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use access::{
    Action, Actor, Asked, Permit, Purpose, Relation, Rights,
    vault::{SiteVaultKey, SiteVaultKeys, VaultError},
};
use care::{
    order::local_day,
    vault::{KeyWork, KeyWorkError, Proof},
};
use model::{organisation::OrganisationCode, text::LocalizedText};
use server::{KeyFolderLock, OpenVaultKeyError, lock_key_folder, put_vault_keys, read_vault_keys};
use store::Store;

use crate::{
    backup::WhichRecord,
    person::actor_named,
    record::{Failure, finish, now, open_existing, runtime},
};

mod show;

/// Rows between two lines that say how far a proof is.
const ROWS_BETWEEN_LINES: u64 = 1_000;

/// Calls of `tsumugi vault`.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Vault {
    /// Show the site's and the hospitals' keys, and how many sealed rows need each.
    Show(Place),
    /// Change keys, while the site goes on; broken off at any moment and run again, it goes on where it was.
    ///
    /// A new site key wraps every hospital's key anew. A new key of a hospital seals what is entered from now on, and
    /// everything that stands is sealed anew under it. Older keys still open until `tsumugi vault retire`.
    Rotate(Rotate),
    /// Take out the older keys, once everything is proved to open without them.
    ///
    /// Backups made before open only with the key file of their time: keep it with them.
    Retire(Retire),
}

/// The record and the folder of its keys.
#[derive(Debug, clap::Args)]
pub(crate) struct Place {
    /// Which record
    #[command(flatten)]
    record: WhichRecord,
    /// The folder with the keys, where the record is named by --db; a configuration file says it itself
    #[arg(long, value_name = "DIR", default_value = "tsumugi-data")]
    data: PathBuf,
}

/// Arguments of `tsumugi vault rotate`.
#[derive(Debug, clap::Args)]
pub(crate) struct Rotate {
    #[command(flatten)]
    what: What,
    #[command(flatten)]
    place: Place,
    /// Sign-in name of the person who does it, who operates the site
    #[arg(long, value_name = "NAME")]
    by: String,
}

/// Which keys are changed.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = true)]
pub(crate) struct What {
    /// The site key, which wraps the hospitals' keys
    #[arg(long)]
    site: bool,
    /// The key of a hospital, by its code; can be given several times
    #[arg(long, value_name = "CODE", conflicts_with = "every_hospital")]
    hospital: Vec<String>,
    /// The key of every hospital
    #[arg(long)]
    every_hospital: bool,
}

/// Arguments of `tsumugi vault retire`.
#[derive(Debug, clap::Args)]
pub(crate) struct Retire {
    #[command(flatten)]
    place: Place,
    /// Sign-in name of the person who does it, who operates the site
    #[arg(long, value_name = "NAME")]
    by: String,
}

impl Vault {
    /// Runs the command.
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        Ok(finish(match self {
            Self::Show(place) => show::run(&place),
            Self::Rotate(rotate) => rotate.run(),
            Self::Retire(retire) => retire.run(),
        }))
    }
}

impl From<OpenVaultKeyError> for Failure {
    fn from(error: OpenVaultKeyError) -> Self {
        Self(error.explain())
    }
}

impl From<KeyWorkError> for Failure {
    fn from(error: KeyWorkError) -> Self {
        tracing::debug!(?error, "keys could not be opened or changed");
        Self(error.explain())
    }
}

impl Place {
    /// Returns the record's URL and the folder of the keys.
    fn url_and_folder(&self) -> Result<(String, PathBuf), Failure> {
        let (url, folder) = self.record.url_and_keys()?;
        Ok((url, folder.unwrap_or_else(|| self.data.clone())))
    }
}

/// Somebody who operates the site, at work on its keys.
struct AtWork {
    store: Store,
    folder: PathBuf,
    keys: SiteVaultKeys,
    lock: KeyFolderLock,
    actor: Actor,
    permit: Permit,
}

impl AtWork {
    async fn begin(place: &Place, by: &str) -> Result<Self, Failure> {
        let (url, folder) = place.url_and_folder()?;
        // What is missing is told before a file comes to lie beside it.
        read_vault_keys(&folder)?;
        let lock = lock_key_folder(&folder)?;
        let keys = read_vault_keys(&folder)?;
        let store = open_existing(&url).await?;
        let actor = actor_named(&store, by).await?;
        let asked = Asked {
            action: Action::Operate,
            relation: Relation::Programme,
            organisation: None,
            purpose: Purpose::Administration,
            case: None,
        };
        let Some(permit) = Rights::ours().decide(&actor, &asked, local_day(now())) else {
            return Err(Failure(LocalizedText::new(
                format!(
                    "「{by}」は鍵を変えられません。システム管理者(site-administrator)の役割を持つ人を --by に指定してください。"
                ),
                format!(
                    "\"{by}\" may not change keys: name somebody with the role site-administrator by --by."
                ),
            )));
        };
        Ok(Self { store, folder, keys, lock, actor, permit })
    }

    fn work<'a>(&'a self, random: &'a (dyn Fn(&mut [u8]) + Send + Sync)) -> KeyWork<'a> {
        let Self { store, keys, actor, permit, .. } = self;
        KeyWork { store, site: keys, actor, permit, clock: &now, random }
    }

    /// Puts keys into the key file, and works with them from now on.
    fn put(&mut self, keys: SiteVaultKeys) -> Result<(), Failure> {
        put_vault_keys(&self.lock, &self.folder, &keys)?;
        self.keys = keys;
        Ok(())
    }

    /// Changes the site key, or finishes changing it.
    async fn rotate_site(&mut self) -> Result<(), Failure> {
        care::vault::require_open(&self.store, &self.keys).await?;
        let random = server::random_of_system();
        let newest = self.keys.newest().id();
        let is_broken_off = !care::vault::is_rewrapped(&self.store, &newest).await?;
        if is_broken_off && !self.keys.older().is_empty() {
            println!(
                "途中で終わっていた交換を続けます。 Going on with a change that was broken off."
            );
        } else {
            let mut bytes = [0; 32];
            random(&mut bytes);
            let keys = self.keys.with_newer(SiteVaultKey::new(bytes)).map_err(too_many)?;
            // From here on the file opens whatever either key wrapped.
            self.put(keys)?;
        }
        let done = care::vault::rewrap(&self.work(&*random)).await?;
        println!(
            "サイトの鍵 site key: {}  包み直した施設の鍵 hospitals' keys wrapped anew: {} / {}",
            self.keys.newest().id(),
            done.wrapped,
            done.keys
        );
        Ok(())
    }

    /// Changes the key of a hospital, or finishes changing it.
    async fn rotate_hospital(&self, hospital: &OrganisationCode) -> Result<(), Failure> {
        let random = server::random_of_system();
        let all: u64 = self
            .store
            .vault_key_uses()
            .await?
            .iter()
            .filter_map(|one| (one.hospital == *hospital).then_some(one.rows))
            .sum();
        let done = care::vault::rotate_hospital(&self.work(&*random), hospital, |rows| {
            eprintln!("{hospital}: 封をし直した氏名等 sealed anew {rows} / {all}");
        })
        .await?;
        let begun = if done.is_new {
            "新しい鍵 new key"
        } else {
            "途中だった交換の鍵 key of a change that was broken off"
        };
        println!(
            "施設 hospital {hospital}: {begun} {}  封をし直した氏名等 identifiers sealed anew: {}",
            done.key_id, done.resealed
        );
        Ok(())
    }
}

fn too_many(_: VaultError) -> Failure {
    Failure(LocalizedText::of(
        "鍵ファイルに古い鍵が多すぎます。先に tsumugi vault retire を実行してください。何も変えていません。",
        "The key file holds too many older keys: run `tsumugi vault retire` first. Nothing was changed.",
    ))
}

impl Rotate {
    fn run(self) -> Result<ExitCode, Failure> {
        runtime()?.block_on(async {
            let mut at_work = AtWork::begin(&self.place, &self.by).await?;
            if self.what.site {
                at_work.rotate_site().await?;
            }
            let mut hospitals: Vec<OrganisationCode> =
                self.what.hospital.iter().map(|code| OrganisationCode::new(code)).collect();
            if self.what.every_hospital {
                let keys = at_work.store.all_vault_keys().await?;
                hospitals = keys.into_iter().map(|key| key.hospital).collect();
                hospitals.dedup();
            }
            for hospital in &hospitals {
                at_work.rotate_hospital(hospital).await?;
            }
            at_work.store.close().await;
            println!(
                "古い鍵はまだ残っています。確かめて外すには: tsumugi vault retire\n\
                 The older keys are still there. To prove that nothing needs them and take them out: tsumugi vault retire"
            );
            Ok(ExitCode::SUCCESS)
        })
    }
}

impl Retire {
    fn run(self) -> Result<ExitCode, Failure> {
        runtime()?.block_on(async {
            let mut at_work = AtWork::begin(&self.place, &self.by).await?;
            let random = server::random_of_system();
            let mut told = 0;
            let opened = |rows: u64| {
                if rows >= told + ROWS_BETWEEN_LINES {
                    told = rows;
                    eprintln!("確かめた氏名等 identifiers proved: {rows}");
                }
            };
            let retired = care::vault::retire(&at_work.work(&*random), opened).await?;
            let older = at_work.keys.older().len();
            if older > 0 {
                let alone = at_work.keys.newest_alone();
                at_work.put(alone)?;
            }
            at_work.store.close().await;
            for (hospital, key_id) in &retired.needed {
                println!(
                    "施設 {hospital} の古い鍵 {key_id} はまだ使われています。 The older key {key_id} of the hospital \
                     {hospital} is still needed: tsumugi vault rotate --hospital {hospital}"
                );
            }
            println!(
                "外した鍵 retired: サイトの鍵 site keys {older}  施設の鍵 hospitals' keys {}  古い包み wraps {}",
                retired.hospital_keys, retired.wraps
            );
            println!(
                "これより前の控えは、そのときの vault.key でだけ開けます。控えと一緒に、別に保管してください。\n\
                 Backups made before open only with the vault.key of their time: keep that with them, apart from this site."
            );
            Ok(ExitCode::SUCCESS)
        })
    }
}

/// Proves that keys open everything sealed in a record.
pub(crate) async fn prove(store: &Store, keys: &SiteVaultKeys) -> Result<Proof, Failure> {
    Ok(care::vault::prove(store, keys, |_| ()).await?)
}

/// Tells what a proof found, and returns whether everything opens.
pub(crate) fn tell_proof(proof: &Proof) -> bool {
    for finding in &proof.findings {
        println!("{}: {}\n  {}", finding.code, finding.message.ja, finding.message.en);
    }
    if proof.findings_left_out > 0 {
        println!("他 {0} 件 / and {0} more", proof.findings_left_out);
    }
    println!(
        "開いた施設の鍵 hospitals' keys opened: {}  開いた氏名等 identifiers opened: {}",
        proof.keys, proof.rows
    );
    proof.flaws() == 0
}

/// Tells why a key file could not be read.
pub(crate) fn unreadable(error: OpenVaultKeyError) -> Failure {
    error.into()
}

/// Makes sure that the key file is there where a record has something sealed: another one would open none of it.
pub(crate) async fn require_key_file(store: &Store, folder: &Path) -> Result<(), Failure> {
    if !store.all_vault_keys().await?.is_empty() {
        read_vault_keys(folder)?;
    }
    Ok(())
}

/// Keeps others from changing keys while a backup takes them; a folder that cannot be written to has nobody who could.
pub(crate) fn lock_out_changes(folder: &Path) -> Result<Option<KeyFolderLock>, Failure> {
    match lock_key_folder(folder) {
        Err(error @ OpenVaultKeyError::Busy { .. }) => Err(error.into()),
        lock => Ok(lock.ok()),
    }
}
