//! Why an event cannot follow.

use chrono::NaiveDate;

use super::{event::OrderEventKind, step::OrderStep};
use crate::text::LocalizedText;

/// Why an event cannot follow the ones before it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OrderRefusal {
    /// An order begins with its being ordered, once.
    #[error("an order begins with being ordered, and only once")]
    Beginning,
    /// The event cannot happen where the order stands.
    #[error("{} cannot follow when the order is at {}", kind.code(), step.code())]
    Move {
        /// Where the order stands.
        step: OrderStep,
        /// The event.
        kind: OrderEventKind,
    },
    /// The order is closed.
    #[error("the order is closed ({})", step.code())]
    Closed {
        /// How it was closed.
        step: OrderStep,
    },
    /// The result is here: there is nothing left to cancel.
    #[error("the result is here already, so the order cannot be cancelled")]
    ResultIsHere,
    /// The day lies before the day of the event before.
    #[error("{on} lies before {last}, the day of the event before")]
    Earlier {
        /// The day given.
        on: NaiveDate,
        /// The day of the event before.
        last: NaiveDate,
    },
    /// The day has not come yet.
    #[error("{on} has not come yet")]
    Future {
        /// The day given.
        on: NaiveDate,
    },
    /// The reason of the failure is missing.
    #[error("the reason of the failure is missing")]
    NoFailureReason,
    /// The reason of the cancellation is missing.
    #[error("the reason of the cancellation is missing")]
    NoCancelReason,
    /// Another reason was chosen and not said.
    #[error("the note does not say which other reason")]
    NoNote,
    /// There is nothing that could be taken back.
    #[error("there is no entry that can be taken back")]
    NothingToTakeBack,
    /// Counselling was asked for already, or was not asked for.
    #[error("counselling cannot be recorded here")]
    Counselling,
}

impl OrderRefusal {
    /// Returns what to tell the user.
    pub fn explain(&self) -> LocalizedText {
        match self {
            Self::Beginning => LocalizedText::of(
                "依頼は一度だけ行えます。",
                "A test is ordered once, at the beginning.",
            ),
            Self::Move { step, kind } => {
                let (step, kind) = (step.label(), kind.label());
                LocalizedText::new(
                    format!("現在「{}」のため、「{}」は記録できません。", step.ja, kind.ja),
                    format!("“{}” cannot be recorded now: the order is at “{}”.", kind.en, step.en),
                )
            }
            Self::Closed { step } => {
                let step = step.label();
                LocalizedText::new(
                    format!("この依頼は終わっています({})。", step.ja),
                    format!("This order is closed ({}).", step.en),
                )
            }
            Self::ResultIsHere => LocalizedText::of(
                "検査結果が届いているため、中止できません。",
                "The result is here already, so the order cannot be cancelled.",
            ),
            Self::Earlier { on, last } => LocalizedText::new(
                format!("日付 {on} は、直前の記録の日付 {last} より前です。"),
                format!("The day {on} lies before {last}, the day of the entry before."),
            ),
            Self::Future { on } => LocalizedText::new(
                format!("日付 {on} はまだ来ていません。"),
                format!("The day {on} has not come yet."),
            ),
            Self::NoFailureReason => LocalizedText::of(
                "解析不良の理由を選んでください。",
                "Choose why the analysis failed.",
            ),
            Self::NoCancelReason => LocalizedText::of(
                "中止の理由を選んでください。",
                "Choose why the order is cancelled.",
            ),
            Self::NoNote => LocalizedText::of(
                "「その他」の内容を備考に書いてください。",
                "Say in the note which other reason it is.",
            ),
            Self::NothingToTakeBack => LocalizedText::of(
                "取り消せる記録がありません。届いた結果や作成された調査結果は取り消せません。",
                "There is no entry to take back: results that came and reports that were made stay.",
            ),
            Self::Counselling => LocalizedText::of(
                "遺伝カウンセリングは、調査結果ができてから依頼し、依頼の後に実施を記録します。",
                "Genetic counselling is asked for once there is a report, and recorded once it was asked for.",
            ),
        }
    }
}
