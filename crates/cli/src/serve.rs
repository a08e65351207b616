//! `tsumugi serve`: a site's pages, as its configuration file says.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
    time::Duration,
};

use access::{Role, session::SessionLimits};
use anyhow::Context;
use chrono::TimeDelta;
use knowledge::Release;
use model::{
    problem::{Problem, Severity, has_error},
    registration::RegistrationFormat,
    text::LocalizedText,
};
use server::{AppState, Clock, Door, OidcSettings, SignInRules, Tls};
use store::Store;

use crate::{
    audit::AuditFiles,
    config::{self, Config, SecondFactor, check::PublicUrl},
    listen::{Stop, listen},
    logs,
    record::{COULD_NOT_RUN, Failure, now, open_and_migrate, open_existing},
};

/// Exit code when the configuration has errors.
const CONFIGURATION_WRONG: u8 = 1;
/// Largest configuration file. Units: bytes.
const CONFIG_BYTES_MAX: u64 = 1 << 20;
const SECONDS_PER_DAY: u64 = 86_400;

/// Arguments of `tsumugi serve`.
#[derive(Debug, clap::Args)]
pub(crate) struct Serve {
    /// The configuration file; deploy/tsumugi.example.toml shows every value
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// Only look whether the configuration, its certificates, secrets and knowledge release can be used.
    ///
    /// Exit code 0: they can; 1: something is wrong.
    #[arg(long)]
    check_config: bool,
    /// Bring the record to this program's form first, making it where there is none
    #[arg(long)]
    migrate: bool,
}

impl Serve {
    /// Runs the command.
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let Some(config) = open_config(&self.config)? else {
            return Ok(ExitCode::from(CONFIGURATION_WRONG));
        };
        if self.check_config {
            println!("設定に誤りはありません。 The configuration can be used.");
            return Ok(ExitCode::SUCCESS);
        }
        logs::begin(&config.logs);
        let runtime = tokio::runtime::Runtime::new().context("start the runtime")?;
        runtime.block_on(serve(config, self.migrate))
    }
}

/// Reads and checks a configuration file, telling every problem; `None` where it has errors.
pub(crate) fn open_config(path: &Path) -> anyhow::Result<Option<Config>> {
    let size_bytes = std::fs::metadata(path)
        .with_context(|| format!("read the configuration {}", path.display()))?
        .len();
    anyhow::ensure!(size_bytes <= CONFIG_BYTES_MAX, "{} is larger than 1 MiB", path.display());
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("read the configuration {}", path.display()))?;
    let (mut config, places, mut problems) = config::read(&text);
    config::secret::override_paths(&mut config, environment);
    if !problems.iter().any(|problem| problem.code == "config.syntax") {
        problems.extend(config::check::check(&config, &places));
    }
    problems.sort_by_key(|problem| (problem.place.line.is_none(), problem.place.line));
    for problem in &problems {
        tell(path, problem);
    }
    Ok((!has_error(&problems)).then_some(config))
}

#[expect(clippy::disallowed_methods, reason = "the command line is where the environment is read")]
fn environment(name: &str) -> Option<PathBuf> {
    std::env::var(name).ok().map(PathBuf::from)
}

fn tell(path: &Path, problem: &Problem) {
    let (ja, en) = match problem.severity {
        Severity::Error => ("誤り", "error"),
        Severity::Warning => ("注意", "warning"),
        Severity::Note => ("参考", "note"),
    };
    let place = match (problem.place.line, problem.place.column) {
        (Some(line), Some(column)) => format!("{}:{line}:{column}", path.display()),
        _ => path.display().to_string(),
    };
    let (message, remedy) = (&problem.message, &problem.remedy);
    eprintln!("{place}: {ja} {en}\n  {} {}\n  {} {}", message.ja, remedy.ja, message.en, remedy.en);
}

/// Returns the record's URL with the password that its file holds.
///
/// Errors: the file cannot be read.
pub(crate) fn record_url(config: &Config) -> Result<String, Failure> {
    let file = &config.record.password_file;
    let url = &config.record.url;
    if file.as_os_str().is_empty() || url.starts_with("sqlite:") {
        return Ok(url.clone());
    }
    let password = config::secret::read_secret(file).map_err(|error| {
        let (ja, en) =
            ("パスワードのファイルを読めません", "The file with the password cannot be read");
        Failure::system(ja, en, &error)
    })?;
    Ok(with_password(url, &password))
}

fn with_password(url: &str, password: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, place) = rest.split_at(end);
    let (user, host) = authority.rsplit_once('@').unwrap_or(("", authority));
    let escaped = password.bytes().map(|byte| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    });
    format!("{scheme}://{user}:{}@{host}{place}", escaped.collect::<String>())
}

async fn serve(config: Config, migrate: bool) -> anyhow::Result<ExitCode> {
    let opened = async {
        let url = record_url(&config)?;
        if migrate { open_and_migrate(&url).await } else { open_existing(&url).await }
    };
    let store = match opened.await {
        Ok(store) => store,
        Err(failure) => {
            eprintln!("{failure}");
            return Ok(ExitCode::from(COULD_NOT_RUN));
        }
    };
    if let Err(failure) = crate::vault::require_key_file(&store, &config.keys.folder).await {
        eprintln!("{failure}");
        return Ok(ExitCode::from(COULD_NOT_RUN));
    }
    let Some(listener) = listen(config.listen.address, "listen.address").await else {
        return Ok(ExitCode::from(COULD_NOT_RUN));
    };
    let state = state_of(&config, store)?;
    if let Err(failure) = AuditFiles::in_folder(&config.keys.folder).sign(&state.audit) {
        eprintln!("{failure}");
        return Ok(ExitCode::from(COULD_NOT_RUN));
    }
    let stop = Stop::begin();
    let watching = if config.metrics.serve {
        let Some(listener) = listen(config.metrics.address, "metrics.address").await else {
            return Ok(ExitCode::from(COULD_NOT_RUN));
        };
        let until = stop.clone().wait();
        Some(tokio::spawn(server::serve_operations(state.clone(), listener, until)))
    } else {
        None
    };
    let door = Door {
        tls: open_tls(&config, &stop)?,
        connections_max: config.limits.connections,
        drain_time_max: Duration::from_secs(config.limits.drain_seconds.into()),
        ..Door::plain(listener)
    };
    let address = door.listener.local_addr().context("read the address listened on")?;
    println!("公開しています / Serving {} on {address}", config.site.public_url);
    let served = server::serve(state.clone(), door, stop.wait()).await;
    if let Some(watching) = watching {
        watching.await.context("wait for the counters' server to end")??;
    }
    state.store.close().await;
    served?;
    Ok(ExitCode::SUCCESS)
}

fn state_of(config: &Config, store: Store) -> anyhow::Result<AppState> {
    let folder = &config.knowledge.release;
    let release: &'static Release = if folder.as_os_str().is_empty() {
        Release::starter()
    } else {
        let opened = Release::open(folder)
            .with_context(|| format!("open the knowledge release {}", folder.display()))?;
        Box::leak(Box::new(opened))
    };
    let clock: Clock = Arc::new(now);
    let page_time_max = Duration::from_secs(config.limits.page_seconds.into());
    let mut state = AppState::new(store, release, clock, env!("CARGO_PKG_VERSION"))
        .with_page_time_max(page_time_max)
        .with_data_folder(&config.collections.data);
    let public = PublicUrl::read(&config.site.public_url);
    let public = public.context("the public address was checked")?;
    let vault = server::open_vault_key(&config.keys.folder).context("open the vault key")?;
    state.vault_key = Some(Arc::new(vault));
    state.site = Arc::new(server::Site {
        name: LocalizedText::new(config.site.name_ja.clone(), config.site.name_en.clone()),
        home_region: config.site.home_region.clone(),
        registration: RegistrationFormat::parse(&config.site.registration_format)
            .context("read the form of registration numbers")?,
        host: Some(public.host),
        encrypted: public.encrypted,
        hsts_seconds: u64::from(config.tls.hsts_days) * SECONDS_PER_DAY,
        metrics_beside_pages: false,
    });
    state.site_key = server::open_site_key(&config.keys.folder, &state.random)
        .context("open the site's key file")?;
    state.sign_in = Arc::new(sign_in_rules(config)?);
    Ok(state)
}

fn sign_in_rules(config: &Config) -> anyhow::Result<SignInRules> {
    let Config { sessions, oidc, site, .. } = config;
    let provider = if oidc.issuer.is_empty() {
        None
    } else {
        let file = &oidc.client_secret_file;
        let secret = (!file.as_os_str().is_empty()).then(|| config::secret::read_secret(file));
        let secret = secret.transpose().context("read the provider's secret")?;
        Some(OidcSettings {
            issuer: oidc.issuer.clone(),
            client_id: oidc.client_id.clone(),
            client_secret: secret.map(Into::into),
            site: site.public_url.clone(),
            label: site.name_ja.clone(),
            trusted_second_factor: false,
        })
    };
    Ok(SignInRules {
        limits: SessionLimits {
            idle: TimeDelta::minutes(sessions.idle_minutes.into()),
            absolute: TimeDelta::hours(sessions.absolute_hours.into()),
        },
        without_second_factor: match sessions.second_factor {
            SecondFactor::Staff | SecondFactor::Everyone => Vec::new(),
            SecondFactor::Nobody => Role::ALL.to_vec(),
        },
        second_factor_of_everyone: sessions.second_factor == SecondFactor::Everyone,
        provider,
    })
}

/// Opens the certificate and keeps it fresh until the program stops.
fn open_tls(config: &Config, stop: &Stop) -> anyhow::Result<Option<Arc<Tls>>> {
    let tls = &config.tls;
    if tls.certificate_file.as_os_str().is_empty() {
        return Ok(None);
    }
    let oldest = config::check::oldest(tls.oldest_version);
    let opened = Tls::open(&tls.certificate_file, &tls.key_file, oldest)
        .context("open the certificate and its key")?;
    let opened = Arc::new(opened);
    let every = Duration::from_secs(tls.reload_seconds.into());
    tokio::spawn(keep_fresh(Arc::clone(&opened), every, stop.clone()));
    Ok(Some(opened))
}

async fn keep_fresh(tls: Arc<Tls>, every: Duration, stop: Stop) {
    let mut hang_up = HangUp::new();
    let mut stopped = std::pin::pin!(stop.wait());
    loop {
        tokio::select! {
            () = tokio::time::sleep(every) => {}
            () = hang_up.wait() => {}
            () = &mut stopped => return,
        }
        match tls.reload() {
            Ok(true) => tracing::info!("new connections use the new certificate"),
            Ok(false) => {}
            Err(error) => {
                let cause = &error as &dyn std::error::Error;
                tracing::warn!(cause, "the certificate could not be read again; the old one stays");
            }
        }
    }
}

/// The signal that asks a service to read its files again.
struct HangUp(#[cfg(unix)] Option<tokio::signal::unix::Signal>);

impl HangUp {
    #[cfg(unix)]
    fn new() -> Self {
        use tokio::signal::unix::{SignalKind, signal};
        Self(signal(SignalKind::hangup()).ok())
    }

    #[cfg(not(unix))]
    fn new() -> Self {
        Self()
    }

    async fn wait(&mut self) {
        #[cfg(unix)]
        if let Some(signal) = &mut self.0
            && signal.recv().await.is_some()
        {
            return;
        }
        std::future::pending::<()>().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Sessions;

    #[test]
    fn who_needs_a_second_factor_is_as_configured() {
        for (second_factor, everyone, without) in [
            (SecondFactor::Staff, false, 0),
            (SecondFactor::Everyone, true, 0),
            (SecondFactor::Nobody, false, Role::ALL.len()),
        ] {
            let sessions = Sessions { second_factor, ..Sessions::default() };
            let rules = sign_in_rules(&Config { sessions, ..Config::default() }).unwrap();
            assert_eq!(rules.second_factor_of_everyone, everyone, "{second_factor:?}");
            assert_eq!(rules.without_second_factor.len(), without, "{second_factor:?}");
        }
    }

    #[test]
    fn a_password_of_any_letters_goes_into_the_url() {
        assert_eq!(
            with_password("postgres://ana@db:5432/x?host=/run", "a@b/c:d é"),
            "postgres://ana:a%40b%2Fc%3Ad%20%C3%A9@db:5432/x?host=/run"
        );
        assert_eq!(with_password("postgres://db/x", "p"), "postgres://:p@db/x");
    }
}
