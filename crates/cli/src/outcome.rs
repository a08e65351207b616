//! How commands show what came of them.

/// Form of the outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// For reading in a terminal.
    Text,
    /// For programs.
    Json,
}
