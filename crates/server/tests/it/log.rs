//! What the service writes into its log while tests run, at the level that says most.

use std::{
    io::Write,
    sync::{Arc, Mutex, OnceLock},
};

use tracing_subscriber::fmt::MakeWriter;

/// The log of every test of this process, in memory.
#[derive(Clone, Debug, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<u8>>>);

static LOG: OnceLock<Log> = OnceLock::new();

/// Begins to write the log down, of every room and every library.
pub(crate) fn begin() -> Log {
    LOG.get_or_init(|| {
        let log = Log::default();
        tracing_subscriber::fmt()
            .with_max_level(tracing::Level::DEBUG)
            .with_ansi(false)
            .with_writer(log.clone())
            .init();
        log
    })
    .clone()
}

impl Log {
    /// Returns what was written so far.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }

    /// Asserts that requests of a route were logged and none of some words were, in whatever form.
    pub(crate) fn assert_without(&self, route: &str, canaries: &[&str]) {
        let text = self.text();
        assert!(text.contains("answered"), "no request was logged");
        assert!(text.contains(route), "no request of {route} was logged");
        for canary in canaries {
            let escaped: String = canary.escape_unicode().collect();
            let sent: String = form_urlencoded::byte_serialize(canary.as_bytes()).collect();
            for form in [*canary, escaped.as_str(), sent.as_str()] {
                assert!(!text.contains(form), "{canary} stands in the log");
            }
        }
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}
