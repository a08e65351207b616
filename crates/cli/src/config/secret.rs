//! Secrets, from files that only the service may read.

use std::path::{Path, PathBuf};

use model::{
    problem::{Place, Problem},
    text::LocalizedText,
};

use super::Config;

/// Longest secret. Units: bytes.
const SECRET_BYTES_MAX: u64 = 64 * 1024;

/// The environment's names for files with secrets, and the values of the file that they win over.
const OVERRIDES: [(&str, &str); 3] = [
    ("TSUMUGI_RECORD_PASSWORD_FILE", "record.password_file"),
    ("TSUMUGI_TLS_KEY_FILE", "tls.key_file"),
    ("TSUMUGI_OIDC_CLIENT_SECRET_FILE", "oidc.client_secret_file"),
];

/// Puts the places that the environment names over those of the file.
pub(crate) fn override_paths(config: &mut Config, environment: impl Fn(&str) -> Option<PathBuf>) {
    for (name, key) in OVERRIDES {
        let Some(path) = environment(name).filter(|path| !path.as_os_str().is_empty()) else {
            continue;
        };
        match key {
            "record.password_file" => config.record.password_file = path,
            "tls.key_file" => config.tls.key_file = path,
            _ => config.oidc.client_secret_file = path,
        }
    }
}

/// Reads a secret; the line end that editors add is not part of it.
pub(crate) fn read_secret(path: &Path) -> std::io::Result<String> {
    if std::fs::metadata(path)?.len() > SECRET_BYTES_MAX {
        return Err(std::io::Error::new(std::io::ErrorKind::FileTooLarge, "larger than 64 KiB"));
    }
    let text = std::fs::read_to_string(path)?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

/// Finds what is wrong with a file that holds a secret. The secret itself is never told.
pub(crate) fn check_secret(key: &str, path: &Path, place: &Place) -> Vec<Problem> {
    let shown = path.display();
    let text = match read_secret(path) {
        Ok(text) => text,
        Err(error) => {
            return vec![Problem::error(
                "config.secret.read",
                place.clone(),
                LocalizedText::new(
                    format!("「{key}」のファイル {shown} を読めません({error})。"),
                    format!("The file {shown} of “{key}” cannot be read ({error})."),
                ),
                LocalizedText::of(
                    "場所と、サービスの利用者が読めることを確かめてください。",
                    "Check the place, and that the service's user may read it.",
                ),
            )];
        }
    };
    let mut problems = Vec::new();
    if text.is_empty() {
        problems.push(Problem::error(
            "config.secret.empty",
            place.clone(),
            LocalizedText::new(
                format!("「{key}」のファイル {shown} は空です。"),
                format!("The file {shown} of “{key}” is empty."),
            ),
            LocalizedText::of("秘密の値を書いてください。", "Write the secret into it."),
        ));
    }
    if read_by_others(path) {
        problems.push(Problem::warning(
            "config.secret.open",
            place.clone(),
            LocalizedText::new(
                format!("「{key}」のファイル {shown} を、この機械の誰もが読めます。"),
                format!("Everybody on this machine may read the file {shown} of “{key}”."),
            ),
            LocalizedText::new(
                format!("chmod 600 {shown} を実行してください。"),
                format!("Run chmod 600 {shown}."),
            ),
        ));
    }
    problems
}

#[cfg(unix)]
fn read_by_others(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).is_ok_and(|metadata| metadata.permissions().mode() & 0o004 != 0)
}

#[cfg(not(unix))]
fn read_by_others(_: &Path) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_places_come_from_the_environment() {
        let mut config = Config::default();
        override_paths(&mut config, |name| {
            (name == "TSUMUGI_TLS_KEY_FILE").then(|| PathBuf::from("/run/key"))
        });
        assert_eq!(config.tls.key_file, PathBuf::from("/run/key"));
        assert_eq!(config.record, Config::default().record);
    }

    #[test]
    fn a_secret_is_never_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        std::fs::write(&path, "canary-in-the-mine\n").unwrap();
        assert_eq!(read_secret(&path).unwrap(), "canary-in-the-mine");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
            let problems = check_secret("oidc.client_secret_file", &path, &Place::file());
            assert_eq!(problems.len(), 1);
            assert!(!format!("{problems:?}").contains("canary"));
        }
        std::fs::write(&path, "\n").unwrap();
        let problems = check_secret("oidc.client_secret_file", &path, &Place::file());
        assert!(problems.iter().any(|problem| problem.code == "config.secret.empty"));
    }
}
