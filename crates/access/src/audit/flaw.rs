//! What is wrong with a log, and where.

use model::text::LocalizedText;

/// Where something is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// At an entry. Units: 0-based.
    Entry(u64),
    /// Among entries, from the first up to before the second. Units: 0-based.
    Entries(u64, u64),
    /// At the head over so many entries.
    Head(u64),
    /// At a line of a file. Units: 1-based.
    Line(u64),
    /// At the end.
    End,
}

/// One thing that is wrong with a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// Another entry stands where one was expected: something was removed, inserted or moved.
    Sequence {
        /// Number expected.
        expected: u64,
        /// Number found.
        found: u64,
    },
    /// An entry's bytes are not those of its hash.
    Altered {
        /// The entry.
        sequence: u64,
    },
    /// An entry's bytes have its hash but are no entry.
    NoEntry {
        /// The entry.
        sequence: u64,
    },
    /// What is kept beside an entry to search by is not what the entry says.
    Index {
        /// The entry.
        sequence: u64,
    },
    /// The entries do not give the root that was signed.
    Root {
        /// Size of the newest head before that agrees.
        agreed: u64,
        /// Size of the head that does not.
        size: u64,
    },
    /// A head covers more entries than there are.
    CutOff {
        /// How many there are.
        entries: u64,
        /// How many were signed.
        signed: u64,
    },
    /// A head's signature does not hold.
    Signature {
        /// The head's size.
        size: u64,
    },
    /// A head was signed by a key that was not given.
    UnknownKey {
        /// The head's size.
        size: u64,
        /// The key's name.
        key: String,
    },
    /// A head that lies outside the record is missing in it.
    HeadMissing {
        /// The head's size.
        size: u64,
    },
    /// The state kept for appending is not that of the entries.
    State {
        /// How many entries there are.
        entries: u64,
        /// How many the state says.
        kept: u64,
    },
    /// A line of a file is not one that the program writes.
    Line {
        /// The line.
        line: u64,
    },
    /// A head stands in a file where no head of its size can stand.
    HeadMoved {
        /// The line.
        line: u64,
    },
    /// A file does not hold as many heads as its end says.
    HeadsLost {
        /// How many the end says.
        told: u64,
        /// How many there are.
        found: u64,
    },
    /// A file does not end with a head over all its entries.
    NoEnd,
    /// A value in the record has a form that the program never writes.
    Unreadable {
        /// What was read.
        what: String,
    },
}

impl Flaw {
    /// Returns where it is.
    pub fn place(&self) -> Place {
        match self {
            Self::Sequence { expected: sequence, .. }
            | Self::Altered { sequence }
            | Self::NoEntry { sequence }
            | Self::Index { sequence } => Place::Entry(*sequence),
            Self::Root { agreed, size } => Place::Entries(*agreed, *size),
            Self::Signature { size }
            | Self::UnknownKey { size, .. }
            | Self::HeadMissing { size } => Place::Head(*size),
            Self::Line { line } | Self::HeadMoved { line } => Place::Line(*line),
            Self::CutOff { .. }
            | Self::State { .. }
            | Self::HeadsLost { .. }
            | Self::NoEnd
            | Self::Unreadable { .. } => Place::End,
        }
    }

    /// Returns a stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Sequence { .. } => "audit.sequence",
            Self::Altered { .. } => "audit.altered",
            Self::NoEntry { .. } => "audit.no-entry",
            Self::Index { .. } => "audit.index",
            Self::Root { .. } => "audit.root",
            Self::CutOff { .. } => "audit.cut-off",
            Self::Signature { .. } => "audit.signature",
            Self::UnknownKey { .. } => "audit.unknown-key",
            Self::HeadMissing { .. } => "audit.head-missing",
            Self::State { .. } => "audit.state",
            Self::Line { .. } => "audit.line",
            Self::HeadMoved { .. } => "audit.head-moved",
            Self::HeadsLost { .. } => "audit.heads-lost",
            Self::NoEnd => "audit.no-end",
            Self::Unreadable { .. } => "audit.unreadable",
        }
    }

    /// Returns what to tell.
    pub fn explain(&self) -> LocalizedText {
        let (ja, en) = match self {
            Self::Sequence { expected, found } => (
                format!(
                    "記録 {expected} があるべき所に記録 {found} があります。削除、挿入または並べ替えがありました。"
                ),
                format!(
                    "entry {found} stands where entry {expected} should be: something was removed, inserted or moved."
                ),
            ),
            Self::Altered { sequence } => (
                format!("記録 {sequence} の内容がハッシュと一致しません。書き換えがありました。"),
                format!("the bytes of entry {sequence} are not those of its hash: it was altered."),
            ),
            Self::NoEntry { sequence } => (
                format!("記録 {sequence} を監査記録として読めません。"),
                format!("entry {sequence} cannot be read as an audit entry."),
            ),
            Self::Index { sequence } => (
                format!("記録 {sequence} の検索用の値が内容と一致しません。書き換えがありました。"),
                format!(
                    "what is kept to search entry {sequence} by is not what the entry says: it was altered."
                ),
            ),
            Self::Root { agreed, size } => (
                format!(
                    "記録 {agreed} から {} までが、署名された時の内容と一致しません。書き換え、削除または並べ替えがありました。",
                    size.saturating_sub(1)
                ),
                format!(
                    "entries {agreed} to {} are not what was signed: something was altered, removed or moved.",
                    size.saturating_sub(1)
                ),
            ),
            Self::CutOff { entries, signed } => (
                format!(
                    "署名された時は {signed} 件ありましたが、{entries} 件しかありません。末尾が切り取られています。"
                ),
                format!(
                    "{signed} entries were signed, but there are {entries}: the end was cut off."
                ),
            ),
            Self::Signature { size } => (
                format!("{size} 件までのツリーヘッドの署名が正しくありません。"),
                format!("the signature of the tree head over {size} entries does not hold."),
            ),
            Self::UnknownKey { size, key } => (
                format!(
                    "{size} 件までのツリーヘッドは、渡されていない鍵 {key} で署名されています。"
                ),
                format!(
                    "the tree head over {size} entries was signed by key {key}, which was not given."
                ),
            ),
            Self::HeadMissing { size } => (
                format!(
                    "データベースの外に控えたツリーヘッド({size} 件まで)が、データベースにありません。"
                ),
                format!(
                    "the tree head over {size} entries that lies outside the database is missing in it."
                ),
            ),
            Self::State { entries, kept } => (
                format!("追記のための状態({kept} 件)が、記録({entries} 件)と一致しません。"),
                format!(
                    "the state kept for appending ({kept} entries) is not that of the entries ({entries})."
                ),
            ),
            Self::Line { line } => (
                format!("{line} 行目は、このプログラムの書く行ではありません。"),
                format!("line {line} is not one that this program writes."),
            ),
            Self::HeadMoved { line } => (
                format!("{line} 行目のツリーヘッドは、その位置にあるはずがありません。"),
                format!("the tree head on line {line} cannot stand there."),
            ),
            Self::HeadsLost { told, found } => (
                format!(
                    "末尾の行はツリーヘッドが {told} 個あるとしていますが、{found} 個です。削除または挿入がありました。"
                ),
                format!(
                    "the end says that there are {told} tree heads, but there are {found}: one was removed or inserted."
                ),
            ),
            Self::NoEnd => (
                "すべての記録を覆うツリーヘッドで終わっていません。末尾が切り取られています。"
                    .to_owned(),
                "it does not end with a tree head over all entries: the end was cut off."
                    .to_owned(),
            ),
            Self::Unreadable { what } => (
                format!("値の形が正しくありません({what})。"),
                format!("a value has a form that the program never writes ({what})."),
            ),
        };
        LocalizedText::new(ja, en)
    }
}
