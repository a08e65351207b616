//! The report as a reader sees it: one language, in words, ready for HTML and PDF alike.
//!
//! [`layout()`] turns a [`FindingsReport`] into sections of [`Block`]s. The two templates draw the same
//! blocks, so that paper and screen cannot say different things.

use std::borrow::Cow;

use model::text::Language;
use serde::Serialize;

use super::FindingsReport;

mod basic_items;
mod endings;
mod evidence_tables;
mod findings;
mod gene_details;
mod speech;

/// A report laid out in one language.
#[derive(Clone, Debug, Serialize)]
pub struct Layout {
    /// BCP 47 tag.
    pub language: &'static str,
    /// Title of the document.
    pub title: &'static str,
    /// Case, tumour type and panel in one line.
    pub subtitle: String,
    /// What every printed page says of itself: case and knowledge release.
    pub identity: String,
    /// What must be seen first.
    pub head_cautions: Vec<String>,
    /// Words of the frame.
    pub words: FrameWords,
    /// The eight sections.
    pub sections: Vec<Section>,
}

/// Words that the templates themselves need.
#[derive(Clone, Debug, Serialize)]
pub struct FrameWords {
    /// Heading of the table of contents.
    pub contents: &'static str,
    /// Label of the cautions at the head.
    pub cautions: &'static str,
    /// Said of a level ring to those who cannot see it.
    pub level: &'static str,
    /// Said of the absence of a level.
    pub no_level: &'static str,
    /// Link to the contents for those who use a keyboard.
    pub skip: &'static str,
    /// Said of a reference number.
    pub reference: &'static str,
}

/// One of the eight sections.
#[derive(Clone, Debug, Serialize)]
pub struct Section {
    /// Number. Units: 1 to 8.
    pub number: usize,
    /// Anchor.
    pub id: &'static str,
    /// Title.
    pub title: &'static str,
    /// Content.
    pub blocks: Vec<Block>,
}

/// A piece of a section.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "block", rename_all = "camelCase")]
pub enum Block {
    /// A heading below the section's; `level` is 3 or 4.
    Heading {
        /// Level. Units: 3 or 4.
        level: u8,
        /// Text.
        spans: Vec<Span>,
    },
    /// A paragraph.
    Paragraph {
        /// How it looks.
        tone: Tone,
        /// Text.
        spans: Vec<Span>,
    },
    /// Labels with values.
    Facts {
        /// The facts.
        facts: Vec<Fact>,
    },
    /// Few large numbers.
    Tally {
        /// The numbers.
        figures: Vec<Figure>,
    },
    /// A table.
    Table(Table),
    /// A list.
    List {
        /// Items.
        items: Vec<Vec<Span>>,
        /// Whether items carry the numbers by which they are cited.
        numbered: bool,
    },
}

/// How a paragraph looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Tone {
    /// As text.
    Plain,
    /// As an explanation.
    Hint,
    /// As something that must be heeded.
    Caution,
}

/// A label with a value.
#[derive(Clone, Debug, Serialize)]
pub struct Fact {
    /// Label.
    pub label: &'static str,
    /// Value.
    pub spans: Vec<Span>,
}

/// A large number.
#[derive(Clone, Debug, Serialize)]
pub struct Figure {
    /// What is counted.
    pub label: &'static str,
    /// The number, or a short word.
    pub value: String,
    /// What else there is to say.
    pub note: String,
}

/// A table.
#[derive(Clone, Debug, Serialize)]
pub struct Table {
    /// What it shows.
    pub caption: String,
    /// Columns.
    pub columns: Vec<Column>,
    /// Rows.
    pub rows: Vec<Row>,
}

/// A column of a table.
#[derive(Clone, Debug, Serialize)]
pub struct Column {
    /// Head.
    pub title: &'static str,
    /// What it holds.
    pub kind: ColumnKind,
    /// Share of the width. Units: any; only the proportion counts.
    pub share: u32,
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum ColumnKind {
    /// Text.
    Text,
    /// What the row is about.
    RowHead,
    /// Numbers.
    Number,
    /// A level ring.
    Level,
}

/// A row of a table.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// Whether it begins a new subject.
    pub begins: bool,
    /// Cells; those that a cell above reaches into are left out.
    pub cells: Vec<Cell>,
}

/// A cell of a table.
#[derive(Clone, Debug, Serialize)]
pub struct Cell {
    /// The column it stands in. Units: 0-based.
    pub column: usize,
    /// How many rows it reaches over.
    pub rows: usize,
    /// Content.
    pub spans: Vec<Span>,
}

/// A stretch of text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "span", rename_all = "camelCase")]
pub enum Span {
    /// Text.
    Text {
        /// Text.
        text: Cow<'static, str>,
    },
    /// Important text.
    Strong {
        /// Text.
        text: Cow<'static, str>,
    },
    /// Text in letters of one width.
    Mono {
        /// Text.
        text: Cow<'static, str>,
    },
    /// Quieter text.
    Hint {
        /// Text.
        text: Cow<'static, str>,
    },
    /// An evidence level as a letter in a ring.
    Level {
        /// The letter.
        letter: &'static str,
    },
    /// A word in a frame.
    Tag {
        /// Which colour goes with the word.
        tone: TagTone,
        /// The word.
        text: Cow<'static, str>,
    },
    /// Numbers of references.
    References {
        /// The numbers.
        numbers: Vec<u32>,
    },
    /// A link to another page.
    Link {
        /// Address; always begins with `https://`.
        url: String,
        /// Text.
        text: String,
    },
    /// The number under which an item of the list of references is cited.
    Anchor {
        /// The number.
        number: u32,
    },
    /// A new line.
    Break,
}

/// Which colour goes with a word in a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum TagTone {
    /// None.
    Plain,
    /// At hand.
    Good,
    /// Take care.
    Care,
    /// Speaks against.
    Bad,
}

/// Lays a report out in a language.
pub fn layout(report: &FindingsReport, language: Language) -> Layout {
    let speech = speech::Speech(language);
    let sections = [
        ("basic-items", speech.say("基本項目", "Basic items"), basic_items::blocks(report, speech)),
        ("findings", speech.say("調査結果", "Findings"), findings::blocks(report, speech)),
        (
            "candidate-trials",
            speech.say("候補となる臨床試験一覧", "Candidate clinical trials"),
            endings::candidate_trials(report, speech),
        ),
        (
            "gene-details",
            speech.say("変異遺伝子の詳細", "Details of altered genes"),
            gene_details::blocks(report, speech),
        ),
        ("references", speech.say("参考文献", "References"), endings::references(report, speech)),
        (
            "software-versions",
            speech.say(
                "使用したソフトウェアとデータベースのバージョン",
                "Software and database versions",
            ),
            endings::software_versions(report, speech),
        ),
        (
            "evidence-levels",
            speech.say("エビデンスレベルの定義", "Definition of evidence levels"),
            endings::evidence_levels(report, speech),
        ),
        (
            "disclaimer",
            speech.say("注意事項・免責事項", "Cautions and disclaimer"),
            endings::disclaimer(report, speech),
        ),
    ];
    Layout {
        language: language.tag(),
        title: speech.say("がんゲノムプロファイリング調査結果", "Cancer genomic findings report"),
        subtitle: basic_items::subtitle(report, speech),
        identity: basic_items::identity(report, speech),
        head_cautions: endings::head_cautions(report, speech),
        words: FrameWords {
            contents: speech.say("目次", "Contents"),
            cautions: speech.say("重要な注意", "Important cautions"),
            level: speech.say("レベル", "level"),
            no_level: speech.say("レベルなし", "no level"),
            skip: speech.say("本文へ移動", "Skip to content"),
            reference: speech.say("参考文献", "reference"),
        },
        sections: sections
            .into_iter()
            .zip(1..)
            .map(|((id, title, blocks), number)| Section { number, id, title, blocks })
            .collect(),
    }
}
