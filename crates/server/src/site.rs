//! What a site says of itself: under which name it is reached, and whether the way to it is encrypted.

use model::{registration::RegistrationFormat, text::LocalizedText};

/// What a site says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// Name.
    pub name: LocalizedText,
    /// Region whose approvals are "here" in reports made on the pages. ISO 3166 code.
    pub home_region: String,
    /// Form of the numbers under which cases are registered. The official one is not public.
    pub registration: RegistrationFormat,
    /// Name and port under which browsers reach the pages, as in the `Host` header; without one, only this
    /// machine's own names are answered.
    pub host: Option<String>,
    /// Whether browsers reach the pages by TLS, here or at a proxy before us; cookies are then marked so.
    pub encrypted: bool,
    /// How long browsers are told to use TLS only; 0 tells them nothing. Units: seconds.
    pub hsts_seconds: u64,
    /// Whether the counters are served beside the pages, for a demonstration on one machine.
    pub metrics_beside_pages: bool,
}

impl Default for Site {
    /// A demonstration that this machine alone reaches.
    fn default() -> Self {
        Self {
            name: LocalizedText::of("紡ぎ", "Tsumugi"),
            home_region: "JP".to_owned(),
            registration: RegistrationFormat::default(),
            host: None,
            encrypted: false,
            hsts_seconds: 0,
            metrics_beside_pages: true,
        }
    }
}

impl Site {
    /// Returns whether a request that names this host is for us.
    pub(crate) fn answers_to(&self, host: &str) -> bool {
        let Some(own) = &self.host else { return false };
        let default_port = if self.encrypted { ":443" } else { ":80" };
        let bare =
            |name: &str| name.strip_suffix(default_port).unwrap_or(name).to_ascii_lowercase();
        bare(own) == bare(host)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_port_need_not_be_said() {
        let site =
            Site { host: Some("Gene.example.org".to_owned()), encrypted: true, ..Site::default() };
        assert!(site.answers_to("gene.example.org"));
        assert!(site.answers_to("gene.example.org:443"));
        assert!(!site.answers_to("gene.example.org:80"));
        assert!(!site.answers_to("gene.example.org.evil.example"));
        assert!(!Site::default().answers_to("127.0.0.1"));
    }
}
