//! Whether the values make sense, each and together.

use std::ops::RangeInclusive;

use model::{
    problem::{Place, Problem},
    registration::RegistrationFormat,
    text::LocalizedText,
};

use super::{Config, OldestTls, Places, SecondFactor, secret::check_secret};

/// The address under which browsers reach the pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PublicUrl {
    /// Whether it begins with `https`.
    pub(crate) encrypted: bool,
    /// Name and port.
    pub(crate) host: String,
}

impl PublicUrl {
    /// Reads an address; `None` where it is not `http(s)://HOST[:PORT]` with nothing behind it.
    pub(crate) fn read(url: &str) -> Option<Self> {
        let (scheme, host) = url.split_once("://")?;
        let encrypted = match scheme {
            "https" => true,
            "http" => false,
            _ => return None,
        };
        let host = host.strip_suffix('/').unwrap_or(host);
        let allowed = |c: char| c.is_ascii_alphanumeric() || ".-:[]".contains(c);
        let fits = !host.is_empty() && host.chars().all(allowed);
        fits.then(|| Self { encrypted, host: host.to_owned() })
    }
}

/// Finds everything that is wrong with the values, in the order of the file.
pub(crate) fn check(config: &Config, places: &Places) -> Vec<Problem> {
    let mut found = Found { places, problems: Vec::new() };
    found.site(config);
    found.record(config);
    found.knowledge(config);
    found.ways(config);
    found.tls(config);
    found.sessions(config);
    found.oidc(config);
    found.limits(config);
    found.metrics(config);
    found.problems
}

struct Found<'p> {
    places: &'p Places,
    problems: Vec<Problem>,
}

impl Found<'_> {
    fn error(
        &mut self,
        key: &str,
        message: (&'static str, &'static str),
        remedy: (&'static str, &'static str),
    ) {
        let problem = Problem::error(
            "config.check",
            self.place(key),
            named(key, message),
            LocalizedText::of(remedy.0, remedy.1),
        );
        self.problems.push(problem);
    }

    fn warning(
        &mut self,
        key: &str,
        message: (&'static str, &'static str),
        remedy: (&'static str, &'static str),
    ) {
        let problem = Problem::warning(
            "config.check",
            self.place(key),
            named(key, message),
            LocalizedText::of(remedy.0, remedy.1),
        );
        self.problems.push(problem);
    }

    fn place(&self, key: &str) -> Place {
        self.places.of(key)
    }

    fn within(&mut self, key: &str, value: u64, bounds: &RangeInclusive<u64>) {
        if bounds.contains(&value) {
            return;
        }
        let (least, most) = (bounds.start(), bounds.end());
        self.problems.push(Problem::error(
            "config.range",
            self.place(key),
            LocalizedText::new(
                format!("「{key}」の値 {value} は使えません。"),
                format!("“{key}” cannot be {value}."),
            ),
            LocalizedText::new(
                format!("{least} 以上 {most} 以下にしてください。"),
                format!("Use {least} to {most}."),
            ),
        ));
    }

    fn site(&mut self, config: &Config) {
        for (key, name) in
            [("site.name_ja", &config.site.name_ja), ("site.name_en", &config.site.name_en)]
        {
            if name.trim().is_empty() {
                self.error(
                    key,
                    ("空です。", "is empty."),
                    ("施設の名前を書いてください。", "Write the site's name."),
                );
            }
        }
        if PublicUrl::read(&config.site.public_url).is_none() {
            self.error(
                "site.public_url",
                ("https://名前 の形ではありません。", "is not of the form https://NAME."),
                (
                    "パスを付けずに書いてください（例：https://gene.example.jp）。",
                    "Write it without a path, such as https://gene.example.jp.",
                ),
            );
        }
        let region = &config.site.home_region;
        if region.len() != 2 || !region.bytes().all(|byte| byte.is_ascii_uppercase()) {
            self.error(
                "site.home_region",
                (
                    "ISO 3166 の 2 文字の記号ではありません。",
                    "is not a code of two letters of ISO 3166.",
                ),
                ("日本は JP です。", "Japan is JP."),
            );
        }
        if let Err(error) = RegistrationFormat::parse(&config.site.registration_format) {
            let [ja, en] = error.explain();
            self.error(
                "site.registration_format",
                (ja, en),
                ("例：R{hospital}-{random:8}{check}", "For example: R{hospital}-{random:8}{check}"),
            );
        }
    }

    fn record(&mut self, config: &Config) {
        let (url, key) = (config.record.url.as_str(), "record.url");
        let is_postgres = url.starts_with("postgres://") || url.starts_with("postgresql://");
        if !is_postgres && !url.starts_with("sqlite:") {
            self.error(
                key,
                (
                    "sqlite:ファイル でも postgres://… でもありません。",
                    "is neither sqlite:FILE nor postgres://….",
                ),
                (
                    "例：postgres://tsumugi@localhost/tsumugi",
                    "For example postgres://tsumugi@localhost/tsumugi",
                ),
            );
        }
        if is_postgres && has_password(url) {
            self.error(
                key,
                ("パスワードが含まれています。", "holds a password."),
                ("パスワードを別のファイルに書き、record.password_file で指してください。", "Write the password into a file of its own and name it in record.password_file."),
            );
        }
        let file = &config.record.password_file;
        if file.as_os_str().is_empty() {
            return;
        }
        if !is_postgres {
            self.warning(
                "record.password_file",
                ("SQLite では使われません。", "is not used with SQLite."),
                ("消してください。", "Remove it."),
            );
            return;
        }
        let place = self.place("record.password_file");
        self.problems.extend(check_secret("record.password_file", file, &place));
    }

    fn knowledge(&mut self, config: &Config) {
        let (folder, key) = (&config.knowledge.release, "knowledge.release");
        if folder.as_os_str().is_empty() {
            self.warning(
                key,
                (
                    "空のため、組み込みの見本を使います。診療には使えません。",
                    "is empty, so the built-in demonstration is used. It is not for care.",
                ),
                (
                    "tsumugi knowledge build で作ったフォルダを書いてください。",
                    "Name a folder made by `tsumugi knowledge build`.",
                ),
            );
        } else if let Err(error) = knowledge::Release::open(folder) {
            self.problems.push(Problem::error(
                "config.knowledge",
                self.place(key),
                LocalizedText::new(
                    format!("知識リリース {} を開けません({error})。", folder.display()),
                    format!(
                        "The knowledge release {} cannot be opened ({error}).",
                        folder.display()
                    ),
                ),
                LocalizedText::of(
                    "tsumugi knowledge show で確かめてください。",
                    "Examine it with `tsumugi knowledge show`.",
                ),
            ));
        }
    }

    /// Looks at how browsers come here: address, encryption and name have to fit together.
    fn ways(&mut self, config: &Config) {
        let here = !config.tls.certificate_file.as_os_str().is_empty();
        let before = config.listen.behind_tls_proxy;
        if !config.listen.address.ip().is_loopback() && !here && !before {
            self.error(
                "listen.address",
                ("他の機械から届く番地ですが、暗号化がありません。", "can be reached by other machines, and nothing is encrypted."),
                ("[tls] に証明書を書くか、前に TLS のプロキシがあるなら behind_tls_proxy = true としてください。", "Name a certificate in [tls], or say behind_tls_proxy = true if a TLS proxy stands before it."),
            );
        }
        if here && before {
            self.warning(
                "listen.behind_tls_proxy",
                (
                    "[tls] の証明書と共に使われています。",
                    "is used together with a certificate in [tls].",
                ),
                ("どちらで暗号化を終えるかを決めてください。", "Decide where the encryption ends."),
            );
        }
        let Some(public) = PublicUrl::read(&config.site.public_url) else { return };
        if public.encrypted && !here && !before {
            self.error(
                "site.public_url",
                (
                    "https ですが、暗号化の設定がありません。",
                    "says https, and nothing is encrypted.",
                ),
                (
                    "[tls] に証明書を書くか、behind_tls_proxy = true としてください。",
                    "Name a certificate in [tls], or say behind_tls_proxy = true.",
                ),
            );
        }
        if !public.encrypted && (here || before) {
            self.error(
                "site.public_url",
                ("http ですが、通信は暗号化されます。", "says http, and the way is encrypted."),
                ("https:// に直してください。", "Write https://."),
            );
        }
    }

    fn tls(&mut self, config: &Config) {
        let tls = &config.tls;
        self.within("tls.reload_seconds", tls.reload_seconds.into(), &(1..=86_400));
        self.within("tls.hsts_days", tls.hsts_days.into(), &(0..=3_650));
        let (certificate, key) = (&tls.certificate_file, &tls.key_file);
        let (has_certificate, has_key) =
            (!certificate.as_os_str().is_empty(), !key.as_os_str().is_empty());
        if has_certificate != has_key {
            let missing = if has_certificate { "tls.key_file" } else { "tls.certificate_file" };
            self.error(
                missing,
                (
                    "空です。証明書と鍵は両方要ります。",
                    "is empty. The certificate needs its key and the key its certificate.",
                ),
                ("両方を書くか、両方を空にしてください。", "Write both, or neither."),
            );
            return;
        }
        if !has_certificate {
            return;
        }
        let place = self.place("tls.key_file");
        self.problems.extend(check_secret("tls.key_file", key, &place));
        if let Err(error) = server::Tls::open(certificate, key, oldest(tls.oldest_version)) {
            let because = std::error::Error::source(&error).map(|cause| format!(": {cause}"));
            let because = because.unwrap_or_default();
            self.problems.push(Problem::error(
                "config.tls",
                self.place("tls.certificate_file"),
                LocalizedText::new(
                    format!("証明書と鍵を使えません({error}{because})。"),
                    format!("The certificate and key cannot be used ({error}{because})."),
                ),
                LocalizedText::of(
                    "PEM の証明書の連なりと、その鍵のファイルを指してください。",
                    "Name a PEM file with the certificate's chain, and the file with its key.",
                ),
            ));
        }
    }

    fn sessions(&mut self, config: &Config) {
        let sessions = &config.sessions;
        self.within("sessions.idle_minutes", sessions.idle_minutes.into(), &(1..=1_440));
        self.within("sessions.absolute_hours", sessions.absolute_hours.into(), &(1..=168));
        if sessions.idle_minutes > sessions.absolute_hours.saturating_mul(60) {
            self.error(
                "sessions.idle_minutes",
                ("absolute_hours より長くなっています。", "is longer than absolute_hours."),
                ("短くしてください。", "Make it shorter."),
            );
        }
        if sessions.second_factor == SecondFactor::Nobody {
            self.warning(
                "sessions.second_factor",
                (
                    "nobody では、パスワードだけで患者の記録に届きます。",
                    "is nobody: a password alone reaches patients' records.",
                ),
                (
                    "見本でなければ staff か everyone にしてください。",
                    "Use staff or everyone, unless it is a demonstration.",
                ),
            );
        }
    }

    fn oidc(&mut self, config: &Config) {
        let oidc = &config.oidc;
        let secret = &oidc.client_secret_file;
        let said =
            [!oidc.issuer.is_empty(), !oidc.client_id.is_empty(), !secret.as_os_str().is_empty()];
        if said.iter().all(|each| !each) {
            return;
        }
        for (key, is_said) in
            ["oidc.issuer", "oidc.client_id", "oidc.client_secret_file"].iter().zip(said)
        {
            if !is_said {
                self.error(
                    key,
                    ("空です。", "is empty."),
                    (
                        "[oidc] の 3 つをすべて書くか、すべて空にしてください。",
                        "Write all three values of [oidc], or none.",
                    ),
                );
            }
        }
        let is_local = ["http://127.0.0.1", "http://localhost", "http://[::1]"]
            .iter()
            .any(|start| oidc.issuer.starts_with(start));
        if !oidc.issuer.is_empty() && !oidc.issuer.starts_with("https://") && !is_local {
            self.error(
                "oidc.issuer",
                ("https:// で始まりません。", "does not begin with https://."),
                (
                    "提供者の issuer の住所をそのまま書いてください。",
                    "Write the provider's issuer address as it is.",
                ),
            );
        }
        if !secret.as_os_str().is_empty() {
            let place = self.place("oidc.client_secret_file");
            self.problems.extend(check_secret("oidc.client_secret_file", secret, &place));
        }
    }

    fn limits(&mut self, config: &Config) {
        let limits = &config.limits;
        self.within("limits.connections", limits.connections as u64, &(1..=65_536));
        self.within("limits.page_seconds", limits.page_seconds.into(), &(1..=300));
        self.within("limits.drain_seconds", limits.drain_seconds.into(), &(0..=300));
    }

    fn metrics(&mut self, config: &Config) {
        if !config.metrics.serve {
            return;
        }
        let address = config.metrics.address;
        if address == config.listen.address {
            self.error(
                "metrics.address",
                ("画面と同じ番地です。", "is the address of the pages."),
                ("別のポートにしてください。", "Use another port."),
            );
        }
        if !address.ip().is_loopback() {
            self.warning(
                "metrics.address",
                ("他の機械から届く番地です。", "can be reached by other machines."),
                (
                    "監視の機械だけが届くようにしてください。",
                    "Let only the machine that watches reach it.",
                ),
            );
        }
    }
}

/// Returns the server's word for the oldest version.
pub(crate) fn oldest(version: OldestTls) -> server::OldestTls {
    match version {
        OldestTls::V12 => server::OldestTls::Tls12,
        OldestTls::V13 => server::OldestTls::Tls13,
    }
}

fn named(key: &str, (ja, en): (&str, &str)) -> LocalizedText {
    LocalizedText::new(format!("「{key}」は{ja}"), format!("“{key}” {en}"))
}

fn has_password(url: &str) -> bool {
    let authority = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = authority.split(['/', '?']).next().unwrap_or_default();
    let in_authority = authority.rsplit_once('@').is_some_and(|(user, _)| user.contains(':'));
    in_authority || url.contains("?password=") || url.contains("&password=")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::read;

    fn complaints(text: &str) -> Vec<String> {
        let (config, places, problems) = read(text);
        assert!(problems.is_empty(), "{problems:?}");
        let found = check(&config, &places);
        found
            .iter()
            .map(|problem| format!("{:?} {}", problem.severity, problem.place.pointer))
            .collect()
    }

    #[test]
    fn the_defaults_are_for_one_machine_and_say_so() {
        assert_eq!(complaints(""), ["Warning /knowledge/release"]);
    }

    #[test]
    fn other_machines_are_reached_by_encryption_only() {
        let open = "[listen]\naddress = \"0.0.0.0:443\"\n";
        assert!(complaints(open).contains(&"Error /listen/address".to_owned()));
        let behind = "[site]\npublic_url = \"https://gene.example.jp\"\n[listen]\naddress = \"0.0.0.0:80\"\nbehind_tls_proxy = true\n";
        assert!(!complaints(behind).iter().any(|each| each.starts_with("Error")));
        let pretending = "[site]\npublic_url = \"https://gene.example.jp\"\n";
        assert_eq!(
            complaints(pretending),
            ["Warning /knowledge/release", "Error /site/public_url"]
        );
    }

    #[test]
    fn passwords_stay_out_of_the_file_and_of_messages() {
        let text = "[record]\nurl = \"postgres://ana:canary@db/x\"\n";
        let (config, places, _) = read(text);
        let found = check(&config, &places);
        assert!(found.iter().any(|problem| problem.place.line == Some(2)));
        assert!(!format!("{found:?}").contains("canary"));
        assert!(has_password("postgres://db/x?user=a&password=b"));
        assert!(!has_password("postgres://ana@db:5432/x?host=/tmp/a:b@c"));
    }

    #[test]
    fn every_mistake_is_found_at_once() {
        let text = "[site]\nname_en = \" \"\npublic_url = \"gene.example.jp/x\"\nhome_region = \"Japan\"\nregistration_format = \"R{hospital}\"\n\
            [record]\nurl = \"mysql://x\"\n[knowledge]\nrelease = \"/nowhere\"\n[tls]\nkey_file = \"/nowhere\"\n\
            [sessions]\nidle_minutes = 0\n[oidc]\nissuer = \"http://idp.example.jp\"\n[limits]\npage_seconds = 0\n\
            [metrics]\naddress = \"127.0.0.1:8080\"\n";
        let errors = complaints(text).iter().filter(|each| each.starts_with("Error")).count();
        assert_eq!(errors, 13, "{:#?}", complaints(text));
    }

    #[test]
    fn reads_public_addresses() {
        let read = |url| PublicUrl::read(url).map(|public| (public.encrypted, public.host));
        assert_eq!(read("https://gene.example.jp"), Some((true, "gene.example.jp".to_owned())));
        assert_eq!(read("http://[::1]:8080/"), Some((false, "[::1]:8080".to_owned())));
        for wrong in
            ["gene.example.jp", "https://", "https://a/b", "https://u@a", "ftp://a", "https://a b"]
        {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
