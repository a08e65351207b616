//! `tsumugi demo`: a synthetic nation and its pages.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use crate::listen::{Stop, listen};
use anyhow::Context;
use chrono::{DateTime, Utc};
use knowledge::Release;
use server::{AppState, Clock, Door};
use store::Store;

use crate::audit::AuditFiles;

mod consent;
mod fill;
mod orders;
mod people;
mod project;
mod record;
mod registry;

/// Most cases that a demo makes.
const CASES_MAX: u64 = 1_000_000;
/// Name of the record within the data folder.
pub(crate) const RECORD_FILE: &str = "record.sqlite";

/// Arguments of `tsumugi demo`.
#[derive(Debug, clap::Args)]
pub(crate) struct Demo {
    /// How many synthetic cases there are to be; with more than last time, the rest is added.
    #[arg(long, default_value_t = 2000, value_parser = clap::value_parser!(u64).range(0..=CASES_MAX))]
    cases: u64,
    /// Folder of the record; made where there is none.
    #[arg(long, default_value = "tsumugi-data", value_name = "DIR")]
    data: PathBuf,
    /// Address and port on which pages are served.
    #[arg(long, default_value = "127.0.0.1:8080", value_name = "ADDRESS:PORT")]
    listen: SocketAddr,
    /// Serve to other machines too. The demo asks for no password: everybody who reaches the address looks in as
    /// anybody.
    #[arg(long)]
    open_to_everyone_without_sign_in: bool,
}

impl Demo {
    /// Runs the command.
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        if !self.listen.ip().is_loopback() && !self.open_to_everyone_without_sign_in {
            eprintln!(
                "{} は他の機械から届く番地です。デモはパスワードなしで誰としてでも見られるため、127.0.0.1 だけで待ち受けます。\n\
                 それでも公開するときは --open-to-everyone-without-sign-in を付けてください。\n\
                 {0} can be reached by other machines. The demo asks for no password, so pages are served on 127.0.0.1 only.\n\
                 To serve them all the same, add --open-to-everyone-without-sign-in.",
                self.listen
            );
            return Ok(ExitCode::from(2));
        }
        let runtime = tokio::runtime::Runtime::new().context("start the runtime")?;
        runtime.block_on(self.serve())
    }

    async fn serve(self) -> anyhow::Result<ExitCode> {
        let Some(listener) = listen(self.listen, "--listen").await else {
            return Ok(ExitCode::from(2));
        };
        let store = open(&self.data).await?;
        let release = Release::starter();
        let clock: Clock = Arc::new(now);
        let mut state = AppState::new(store, release, clock, env!("CARGO_PKG_VERSION"))
            .with_data_folder(&self.data);
        if let Err(failure) = AuditFiles::in_folder(&self.data).sign(&state.audit) {
            eprintln!("{failure}");
            return Ok(ExitCode::from(2));
        }
        let vault = server::open_vault_key(&self.data).context("open the vault key")?;
        state.vault_key = Some(Arc::new(vault));
        state.loopback_only = !self.open_to_everyone_without_sign_in;
        state.site_key =
            server::open_site_key(&self.data, &state.random).context("open the site's key file")?;
        let look_in = people::look_in(&state.store, now()).await?;
        project::record(&state.store, &look_in, now()).await?;
        state.look_in = Some(Arc::new(look_in));
        let address = listener.local_addr().context("read the address listened on")?;

        let told = Stop::begin();
        let stop = Arc::new(AtomicBool::new(false));
        registry::fill(&state.store, now()).await?;
        let filling = fill::begin(&state, self.cases, Arc::clone(&stop)).await?;
        println!("開いてください / Open: http://{address}/   （終了 / to stop: Ctrl-C）");
        let served = server::serve(state.clone(), Door::plain(listener), told.wait()).await;
        stop.store(true, Ordering::Relaxed);
        filling.await.context("wait for the filling to end")??;
        state.store.close().await;
        served?;
        Ok(ExitCode::SUCCESS)
    }
}

/// The one place of the demo that reads the clock.
#[expect(
    clippy::disallowed_methods,
    reason = "a command's main path reads the clock and passes it on"
)]
fn now() -> DateTime<Utc> {
    Utc::now()
}

async fn open(data: &Path) -> anyhow::Result<Store> {
    make_folder(data).with_context(|| format!("make the data folder {}", data.display()))?;
    let file = data.join(RECORD_FILE);
    let url = format!("sqlite:{}", file.display());
    let store = Store::open(&url).await.with_context(|| format!("open {}", file.display()))?;
    store.migrate(now()).await.with_context(|| format!("migrate {}", file.display()))?;
    Ok(store)
}

/// Makes a folder that only its owner may read: uploaded results end up in it.
fn make_folder(data: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(data)
}
