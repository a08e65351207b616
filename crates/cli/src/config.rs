//! The configuration file, `tsumugi.toml`: typed, with every mistake told at once.
//!
//! `deploy/tsumugi.example.toml` shows every value with its default. Secrets are never in the file: it names
//! the files that hold them. The environment can only say where these files are, so that a service manager can
//! put them where it likes.

use std::{net::SocketAddr, path::PathBuf};

use serde::Deserialize;

pub(crate) mod check;
pub(crate) mod fields;
pub(crate) mod read;
pub(crate) mod secret;

pub(crate) use fields::nearest;
pub(crate) use read::{Places, read};

/// Everything that a site decides for itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Config {
    /// What the site is called and where it is.
    pub(crate) site: Site,
    /// Where the record lies.
    pub(crate) record: Record,
    /// The knowledge release.
    pub(crate) knowledge: Knowledge,
    /// Where pages are served.
    pub(crate) listen: Listen,
    /// Encryption of the way to the pages.
    pub(crate) tls: Tls,
    /// Sessions of people who are signed in.
    pub(crate) sessions: Sessions,
    /// Sign-in by the organisation's own provider.
    pub(crate) oidc: Oidc,
    /// Bounds.
    pub(crate) limits: Limits,
    /// What is written to standard error.
    pub(crate) logs: Logs,
    /// Counters for Prometheus.
    pub(crate) metrics: Metrics,
    /// Files with keys of the site's own.
    pub(crate) keys: Keys,
    /// Historical cohorts.
    pub(crate) collections: Collections,
}

/// What the site is called and where it is.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Site {
    /// Name in Japanese.
    pub(crate) name_ja: String,
    /// Name in English.
    pub(crate) name_en: String,
    /// Address under which browsers reach the pages, without a path. Requests under another name are refused.
    pub(crate) public_url: String,
    /// Region whose approvals are "here" when reports say how a drug can be reached. ISO 3166 code.
    pub(crate) home_region: String,
    /// Form of registration numbers: `{hospital}`, `{random:N}` once, and `{check}` at the end.
    pub(crate) registration_format: String,
}

impl Default for Site {
    fn default() -> Self {
        Self {
            name_ja: "紡ぎ".to_owned(),
            name_en: "Tsumugi".to_owned(),
            public_url: "http://127.0.0.1:8080".to_owned(),
            home_region: "JP".to_owned(),
            registration_format: model::registration::OURS.to_owned(),
        }
    }
}

/// Where the record lies.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Record {
    /// `sqlite:FILE`, or `postgres://USER@HOST/DATABASE` without a password.
    pub(crate) url: String,
    /// File with the password of PostgreSQL; empty for none. `TSUMUGI_RECORD_PASSWORD_FILE` wins over it.
    pub(crate) password_file: PathBuf,
}

impl Default for Record {
    fn default() -> Self {
        Self { url: "sqlite:tsumugi-data/record.sqlite".to_owned(), password_file: PathBuf::new() }
    }
}

/// The knowledge release.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Knowledge {
    /// Folder of a release made by `tsumugi knowledge build`; empty for the built-in demonstration release,
    /// which is not for care.
    pub(crate) release: PathBuf,
}

/// Where pages are served.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Listen {
    /// Address and port.
    pub(crate) address: SocketAddr,
    /// Whether a proxy before this program ends the encryption and nothing else can reach the address.
    pub(crate) behind_tls_proxy: bool,
}

impl Default for Listen {
    fn default() -> Self {
        Self { address: SocketAddr::from(([127, 0, 0, 1], 8080)), behind_tls_proxy: false }
    }
}

/// Encryption of the way to the pages.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Tls {
    /// PEM file with the certificate and the certificates that lead to its root; empty for no encryption.
    pub(crate) certificate_file: PathBuf,
    /// PEM file with the certificate's private key. `TSUMUGI_TLS_KEY_FILE` wins over it.
    pub(crate) key_file: PathBuf,
    /// Oldest version of TLS that is spoken: "1.2" or "1.3".
    pub(crate) oldest_version: OldestTls,
    /// How often the two files are looked at for a new certificate; SIGHUP does it at once. Units: seconds.
    pub(crate) reload_seconds: u32,
    /// How long browsers are told to use encryption only; 0 tells them nothing. Units: days.
    pub(crate) hsts_days: u32,
}

impl Default for Tls {
    fn default() -> Self {
        Self {
            certificate_file: PathBuf::new(),
            key_file: PathBuf::new(),
            oldest_version: OldestTls::V12,
            reload_seconds: 60,
            hsts_days: 365,
        }
    }
}

/// Oldest version of TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub(crate) enum OldestTls {
    /// TLS 1.2.
    #[serde(rename = "1.2")]
    V12,
    /// TLS 1.3.
    #[serde(rename = "1.3")]
    V13,
}

/// Sessions of people who are signed in.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Sessions {
    /// How long a session lasts without a request. Units: minutes.
    pub(crate) idle_minutes: u32,
    /// How long a session lasts at most. Units: hours.
    pub(crate) absolute_hours: u32,
    /// Who needs a second factor: "staff" for everyone with a staff role, "everyone", or "nobody".
    pub(crate) second_factor: SecondFactor,
}

impl Default for Sessions {
    fn default() -> Self {
        Self { idle_minutes: 30, absolute_hours: 12, second_factor: SecondFactor::Staff }
    }
}

/// Who needs a second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum SecondFactor {
    /// Everyone with a staff role.
    Staff,
    /// Everyone.
    Everyone,
    /// Nobody: for demonstrations.
    Nobody,
}

/// Sign-in by the organisation's own OpenID Connect provider.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Oidc {
    /// The provider's issuer address; empty for no such sign-in.
    pub(crate) issuer: String,
    /// Name under which this site is known to the provider.
    pub(crate) client_id: String,
    /// File with the secret that the provider gave. `TSUMUGI_OIDC_CLIENT_SECRET_FILE` wins over it.
    pub(crate) client_secret_file: PathBuf,
}

/// Bounds.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Limits {
    /// Connections at once.
    pub(crate) connections: usize,
    /// Longest that a page may take. Units: seconds.
    pub(crate) page_seconds: u32,
    /// Longest that running requests are waited for when the server stops. Units: seconds.
    pub(crate) drain_seconds: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { connections: 1024, page_seconds: 15, drain_seconds: 20 }
    }
}

/// What is written to standard error. No line holds a name, a reference or an address with a number in it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Logs {
    /// "text" for people, "json" for programs.
    pub(crate) format: LogFormat,
    /// "error", "warn", "info" or "debug".
    pub(crate) level: LogLevel,
}

impl Default for Logs {
    fn default() -> Self {
        Self { format: LogFormat::Text, level: LogLevel::Info }
    }
}

/// Form of a line of log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LogFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// How much is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LogLevel {
    /// What failed.
    Error,
    /// And what should be looked at.
    Warn,
    /// And every request.
    Info,
    /// And what helps to find a fault.
    Debug,
}

/// Counters for Prometheus, with `/healthz` and `/readyz`, on an address of their own.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Metrics {
    /// Whether counters are served.
    pub(crate) serve: bool,
    /// Address and port; whoever reaches it reads the counters, which hold nothing of a person.
    pub(crate) address: SocketAddr,
}

impl Default for Metrics {
    fn default() -> Self {
        Self { serve: true, address: SocketAddr::from(([127, 0, 0, 1], 9464)) }
    }
}

/// Files with keys of the site's own, and the signed heads of its audit log. A backup holds them only when asked to
/// (`--with-keys`).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Keys {
    /// Folder with the keys, which only the service's user may read; keys that are not there are made.
    pub(crate) folder: PathBuf,
}

impl Default for Keys {
    fn default() -> Self {
        Self { folder: PathBuf::from("tsumugi-data") }
    }
}

/// Historical cohorts, which are searched beside registered cases.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Collections {
    /// The data folder that `tsumugi import --data` was given; without collections in it nothing is missing.
    pub(crate) data: PathBuf,
}

impl Default for Collections {
    fn default() -> Self {
        Self { data: PathBuf::from("tsumugi-data") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXAMPLE: &str = include_str!("../../../deploy/tsumugi.example.toml");

    #[test]
    fn the_example_shows_every_value_with_its_default() {
        let (config, places, problems) = read(EXAMPLE);
        assert_eq!(problems, []);
        assert_eq!(config, Config::default());
        let sections: [(&str, &[&str]); 12] = [
            ("site", fields::names_of::<Site>()),
            ("record", fields::names_of::<Record>()),
            ("knowledge", fields::names_of::<Knowledge>()),
            ("listen", fields::names_of::<Listen>()),
            ("tls", fields::names_of::<Tls>()),
            ("sessions", fields::names_of::<Sessions>()),
            ("oidc", fields::names_of::<Oidc>()),
            ("limits", fields::names_of::<Limits>()),
            ("logs", fields::names_of::<Logs>()),
            ("metrics", fields::names_of::<Metrics>()),
            ("keys", fields::names_of::<Keys>()),
            ("collections", fields::names_of::<Collections>()),
        ];
        for (section, names) in sections {
            for name in names {
                let key = format!("{section}.{name}");
                assert!(places.of(&key).line.is_some(), "the example does not show {key}");
            }
        }
    }
}
