//! What is written to standard error while the program runs.

use tracing_subscriber::{EnvFilter, fmt};

use crate::config::{LogFormat, LogLevel, Logs};

/// The rooms whose lines hold nothing of a person; of everything else only warnings are written, because a
/// library may write down an address or a value.
const OWN: [&str; 8] =
    ["tsumugi", "server", "store", "care", "knowledge", "ingest", "access", "model"];

/// Begins the log of a command: warnings, or what `RUST_LOG` asks for.
pub(crate) fn begin_for_command() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
}

/// Begins the log of a site.
pub(crate) fn begin(logs: &Logs) {
    let filter = EnvFilter::new(filter(logs.level));
    match logs.format {
        LogFormat::Text => fmt().with_env_filter(filter).with_writer(std::io::stderr).init(),
        LogFormat::Json => fmt()
            .json()
            .flatten_event(true)
            .with_current_span(true)
            .with_span_list(false)
            .with_env_filter(filter)
            .with_writer(std::io::stderr)
            .init(),
    }
    // What a panic says may hold a value; its place is enough to find the fault.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "the program met a state that it holds impossible");
    }));
}

fn filter(level: LogLevel) -> String {
    let word = match level {
        LogLevel::Error => "error",
        LogLevel::Warn => "warn",
        LogLevel::Info => "info",
        LogLevel::Debug => "debug",
    };
    let others = if level == LogLevel::Error { "error" } else { "warn" };
    let own = OWN.map(|room| format!(",{room}={word}")).concat();
    format!("{others}{own}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn libraries_are_not_made_talkative() {
        assert!(filter(LogLevel::Debug).starts_with("warn,tsumugi=debug,server=debug"));
        assert!(EnvFilter::try_new(filter(LogLevel::Error)).is_ok());
    }
}
