//! Why the record could not be read or written.
//!
//! What an error says of itself goes to logs, so it holds nothing of a person; [`RecordError::explain`] may
//! name the case to the one who asked.

use model::text::LocalizedText;

use crate::db;

/// Why the record could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// The engine refused or failed.
    #[error("could not {attempted} in the record")]
    Engine {
        /// What was attempted.
        attempted: &'static str,
        /// Why not.
        #[source]
        source: sqlx::Error,
    },
    /// A stored document could not be read.
    #[error("could not read the stored {what}")]
    Document {
        /// Which document.
        what: String,
        /// Why not.
        #[source]
        source: serde_json::Error,
    },
    /// A document could not be made ready for storing.
    #[error("could not write the {what} as JSON")]
    Write {
        /// Which document.
        what: &'static str,
        /// Why not.
        #[source]
        source: serde_json::Error,
    },
    /// Stored bytes could not be unpacked.
    #[error("could not pack or unpack the stored {what}")]
    Unpack {
        /// Which bytes.
        what: String,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// A stored value is not one that the programme writes.
    #[error("the record holds an impossible value of {what}")]
    Value {
        /// Which value.
        what: &'static str,
        /// The value.
        value: String,
    },
    /// Someone else revised the case in the meantime.
    #[error("the case has changed since it was read")]
    CaseChanged {
        /// The case.
        reference: String,
    },
    /// A consent says too little, or something impossible.
    #[error("the record does not take this consent")]
    Consent {
        /// Why not.
        #[source]
        source: model::consent::CheckConsentError,
    },
    /// A consent document is malformed.
    #[error("the record does not take this consent document")]
    ConsentDocument {
        /// Why not.
        #[source]
        source: model::consent::CheckDocumentError,
    },
    /// Someone else changed a document of the registry in the meantime.
    #[error("the {kind} {key} has changed since it was read")]
    RegistryChanged {
        /// Kind of document.
        kind: &'static str,
        /// What it is kept under.
        key: String,
    },
    /// A value may not be stored.
    #[error("the record does not take this {what}: {reason}")]
    Refused {
        /// Which value.
        what: &'static str,
        /// Why not.
        reason: &'static str,
    },
}

impl RecordError {
    /// Returns a function that wraps the engine's error with what was attempted.
    pub(crate) fn attempt(attempted: &'static str) -> impl Fn(sqlx::Error) -> Self + Copy {
        move |source| {
            if Cause::of(&source) == Cause::Disconnected {
                db::connection_broke();
            }
            Self::Engine { attempted, source }
        }
    }

    /// Returns what the engine says is wrong, in a few kinds that a user can act on.
    pub fn cause(&self) -> Cause {
        match self {
            Self::Engine { source, .. } => Cause::of(source),
            _ => Cause::Other,
        }
    }

    /// Returns what to tell the user.
    pub fn explain(&self) -> LocalizedText {
        match self {
            Self::Engine { source, .. } => Cause::of(source).explain(source),
            Self::CaseChanged { reference } => LocalizedText::new(
                format!(
                    "症例「{reference}」は読み込んだ後に更新されました。もう一度開いてやり直してください。"
                ),
                format!(
                    "The case “{reference}” has changed since it was read: open it again and retry."
                ),
            ),
            Self::Consent { source } => LocalizedText::new(
                format!("この同意は記録できません({source})。"),
                format!("This consent cannot be recorded: {source}."),
            ),
            Self::ConsentDocument { source } => LocalizedText::new(
                format!("この同意文書は記録できません({source})。"),
                format!("This consent document cannot be recorded: {source}."),
            ),
            Self::RegistryChanged { key, .. } => LocalizedText::new(
                format!(
                    "登録簿の「{key}」は読み込んだ後に更新されました。もう一度開いてやり直してください。"
                ),
                format!(
                    "“{key}” in the registry has changed since it was read: open it again and retry."
                ),
            ),
            Self::Refused { what, reason } => LocalizedText::new(
                format!("この値は記録できません({what}: {reason})。"),
                format!("This value cannot be recorded ({what}: {reason})."),
            ),
            Self::Document { .. }
            | Self::Write { .. }
            | Self::Unpack { .. }
            | Self::Value { .. } => LocalizedText::new(
                format!(
                    "記録に読めない文書があります({self})。tsumugi db check で調べてください。"
                ),
                format!(
                    "The record holds a document that cannot be read ({self}): examine it with `tsumugi db check`."
                ),
            ),
        }
    }
}

/// What an engine's error means to the person who has to mend it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Another process is writing for too long.
    Locked,
    /// There is no room left.
    Full,
    /// The disk refuses to be read or written.
    Disk,
    /// The connection was lost or could not be made.
    Disconnected,
    /// The file is damaged, or is no database.
    Damaged,
    /// The tables are not there.
    NotMigrated,
    /// The place or the account may only be read.
    ReadOnly,
    /// Anything else.
    Other,
}

impl Cause {
    /// Reads the cause from the engine's own code.
    pub(crate) fn of(error: &sqlx::Error) -> Self {
        match error {
            sqlx::Error::Io(io) if io.kind() == std::io::ErrorKind::StorageFull => Self::Full,
            sqlx::Error::Io(_)
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed
            | sqlx::Error::Protocol(_) => Self::Disconnected,
            // One writer: waiting for a connection means waiting for another write.
            sqlx::Error::PoolTimedOut => Self::Locked,
            sqlx::Error::Database(database) => {
                let code = database.code().unwrap_or_default();
                Self::of_code(&code, database.message())
            }
            _ => Self::Other,
        }
    }

    fn of_code(code: &str, message: &str) -> Self {
        // PostgreSQL's codes have five characters; SQLite's are numbers whose low byte is the primary code.
        if code.len() == 5 {
            return match code {
                "53100" => Self::Full,
                "55P03" | "40P01" | "40001" => Self::Locked,
                "42P01" => Self::NotMigrated,
                "25006" | "42501" => Self::ReadOnly,
                "XX001" | "XX002" => Self::Damaged,
                other if other.starts_with("08") || other.starts_with("57P") => Self::Disconnected,
                _ => Self::Other,
            };
        }
        match code.parse::<u32>().unwrap_or_default() & 0xff {
            5 | 6 => Self::Locked,
            8 => Self::ReadOnly,
            10 => Self::Disk,
            11 | 26 => Self::Damaged,
            13 => Self::Full,
            1 if message.starts_with("no such table") => Self::NotMigrated,
            _ => Self::Other,
        }
    }

    pub(crate) fn explain(self, source: &sqlx::Error) -> LocalizedText {
        let (ja, en) = match self {
            Self::Locked => (
                "別の処理が記録に書き込んでいるため、待ち時間を過ぎました。その処理が終わってから再実行してください。",
                "Another process kept writing to the record for too long: run this again when it has ended.",
            ),
            Self::Full => (
                "記録の置き場所に空きがありません。空きを作ってから再実行してください。途中の書き込みは残っていません。",
                "There is no room left where the record lies: make room and run this again. Nothing half written was kept.",
            ),
            Self::Disk => (
                "記録のディスクを読み書きできません。空き容量とディスクの状態を確かめて再実行してください。途中の書き込みは残っていません。",
                "The disk on which the record lies refuses to be read or written: check its room and state and run this again. Nothing half written was kept.",
            ),
            Self::Disconnected => (
                "データベースとの接続が切れました。起動を確かめて再実行してください。確定した分は失われていません。",
                "The connection to the database was lost: check that it runs and run this again. Nothing committed is lost.",
            ),
            Self::Damaged => (
                "記録のファイルが壊れているか、データベースではありません。控えから戻すか、場所を確かめてください。",
                "The record's file is damaged or is not a database: check the place, or restore it from a backup.",
            ),
            Self::NotMigrated => (
                "記録の表がまだありません。先に tsumugi db migrate を実行してください。",
                "The record has no tables yet: run `tsumugi db migrate` first.",
            ),
            Self::ReadOnly => (
                "記録に書き込む権限がありません。権限を確かめてください。",
                "The record may not be written to: check the permissions.",
            ),
            Self::Other => {
                return LocalizedText::new(
                    format!("データベースが処理を断りました({source})。"),
                    format!("The database refused ({source})."),
                );
            }
        };
        LocalizedText::of(ja, en)
    }
}
