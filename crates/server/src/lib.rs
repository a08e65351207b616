//! Pages and interfaces: HTTP in, HTML and JSON out.
//!
//! Every page is made on the server and works without script; its words are in `locales/`, its look in
//! `assets/tsumugi.css`. A handler reads from `store`, `knowledge` and `care`, turns what it read into a
//! view in the reader's words, and renders a template of `templates/`.
//!
//! Not here: rules of medicine (`knowledge`, `care`), what is wrong with a file (`ingest`), SQL (`store`).

mod address;
mod api;
mod arrival;
mod assets;
mod audit;
mod checking;
mod client;
mod clinical;
mod cohort;
mod collections;
mod consents;
mod cookie;
mod counting;
mod error;
mod fields;
mod following;
mod form;
mod format;
mod guard;
mod headers;
mod health;
pub mod limits;
mod links;
pub mod locale;
mod look_in;
mod looks;
mod lost_post;
mod metrics;
mod oidc;
mod order_desk;
mod page;
mod patient;
mod programme_terms;
mod project;
mod qr;
mod randomness;
mod reader;
mod reading;
mod record;
mod record_import;
mod registered;
mod registry;
mod request_log;
mod router;
mod serve;
mod sign_in;
mod site;
mod site_key;
mod state;
mod terms;
mod tls;
mod upload;
mod vault;
mod view;
mod viewer;
mod web;

pub use audit::{AuditError, AuditLog, HeadsFile, HeadsFileError, Look, SignHeadError};
pub use consents::ConsentBoard;
pub use look_in::{LookIn, LookInPerson};
pub use metrics::Metrics;
pub use oidc::OidcSettings;
pub use randomness::{Random, of_system as random_of_system};
pub use registered::{ReadRegisteredError, registered_cases};
pub use router::router;
pub use serve::{Door, ServeError, serve, serve_operations};
pub use sign_in::SignInRules;
pub use site::Site;
pub use site_key::{OpenSiteKeyError, SITE_KEY_FILE, open_site_key};
pub use state::{AppState, Clock, Filling};
pub use tls::{OldestTls, Tls, TlsError};
pub use vault::{
    KeyFolderLock, OpenVaultKeyError, VAULT_KEY_FILE, VaultKeyFile, lock_key_folder,
    open_vault_key, put_vault_keys, read_vault_keys,
};
