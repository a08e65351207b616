//! TLS by rustls: a chain and a key from PEM files, read again when they change.

use std::{
    fmt, io,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
};

use sha2::{Digest, Sha256};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        self, ServerConfig, SupportedProtocolVersion,
        crypto::ring,
        pki_types::{CertificateDer, PrivateKeyDer, pem, pem::PemObject},
        version::{TLS12, TLS13},
    },
};

/// Largest certificate or key file that is read. Units: bytes.
const PEM_BYTES_MAX: u64 = 1 << 20;

const TLS12_AND_13: [&SupportedProtocolVersion; 2] = [&TLS12, &TLS13];
const TLS13_ONLY: [&SupportedProtocolVersion; 1] = [&TLS13];

/// The oldest version of TLS that is spoken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OldestTls {
    /// TLS 1.2, for hospital networks whose browsers or inspecting proxies need it.
    #[default]
    Tls12,
    /// TLS 1.3.
    Tls13,
}

/// Why TLS cannot be spoken.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file could not be read.
    #[error("could not read {path}")]
    Read {
        /// The file.
        path: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// A file is not PEM, or holds nothing of what is needed.
    #[error("could not find a {wanted} in {path}")]
    Pem {
        /// What was looked for.
        wanted: &'static str,
        /// The file.
        path: PathBuf,
        /// Why not.
        #[source]
        source: pem::Error,
    },
    /// The certificate file is empty of certificates.
    #[error("there is no certificate in {path}")]
    NoCertificate {
        /// The file.
        path: PathBuf,
    },
    /// The certificate and the key cannot be used together.
    #[error("could not use the certificate with the key")]
    Unusable(#[source] rustls::Error),
}

/// The certificate in use, and where it comes from.
pub struct Tls {
    certificate: PathBuf,
    key: PathBuf,
    oldest: OldestTls,
    current: RwLock<Current>,
}

struct Current {
    config: Arc<ServerConfig>,
    digest: [u8; 32],
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls").field("certificate", &self.certificate).finish_non_exhaustive()
    }
}

impl Tls {
    /// Reads the certificate chain and the key.
    ///
    /// Errors: a file cannot be read or holds neither, or the two do not belong together.
    pub fn open(certificate: &Path, key: &Path, oldest: OldestTls) -> Result<Self, TlsError> {
        let current = RwLock::new(read(certificate, key, oldest)?);
        Ok(Self { certificate: certificate.to_owned(), key: key.to_owned(), oldest, current })
    }

    /// Reads the files again and returns whether they have changed; new connections use what they hold now.
    ///
    /// Errors: as [`Self::open`]; then the certificate in use stays in use.
    pub fn reload(&self) -> Result<bool, TlsError> {
        let read = read(&self.certificate, &self.key, self.oldest)?;
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        if current.digest == read.digest {
            return Ok(false);
        }
        *current = read;
        Ok(true)
    }

    /// Returns what greets a new connection.
    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        TlsAcceptor::from(Arc::clone(&current.config))
    }
}

fn read(certificate: &Path, key: &Path, oldest: OldestTls) -> Result<Current, TlsError> {
    let (chain_pem, key_pem) = (read_file(certificate)?, read_file(key)?);
    let of_pem = |wanted, path: &Path| {
        let path = path.to_owned();
        move |source| TlsError::Pem { wanted, path, source }
    };
    let chain = CertificateDer::pem_slice_iter(&chain_pem)
        .collect::<Result<Vec<_>, _>>()
        .map_err(of_pem("certificate", certificate))?;
    if chain.is_empty() {
        return Err(TlsError::NoCertificate { path: certificate.to_owned() });
    }
    let private = PrivateKeyDer::from_pem_slice(&key_pem).map_err(of_pem("private key", key))?;
    let versions: &[&SupportedProtocolVersion] = match oldest {
        OldestTls::Tls12 => &TLS12_AND_13,
        OldestTls::Tls13 => &TLS13_ONLY,
    };
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(versions)
        .map_err(TlsError::Unusable)?
        .with_no_client_auth()
        .with_single_cert(chain, private)
        .map_err(TlsError::Unusable)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    let mut hasher = Sha256::new();
    hasher.update(&chain_pem);
    hasher.update(&key_pem);
    Ok(Current { config: Arc::new(config), digest: hasher.finalize().into() })
}

fn read_file(path: &Path) -> Result<Vec<u8>, TlsError> {
    let failed = |source| TlsError::Read { path: path.to_owned(), source };
    let size_bytes = std::fs::metadata(path).map_err(failed)?.len();
    if size_bytes > PEM_BYTES_MAX {
        return Err(failed(io::Error::new(io::ErrorKind::FileTooLarge, "larger than 1 MiB")));
    }
    std::fs::read(path).map_err(failed)
}
