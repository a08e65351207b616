//! What a patient allowed: purposes, answers, documents, events, and the state that follows from them.
//!
//! Only events are kept; what holds is always worked out of them. Two times matter: the day on which the
//! patient signed, and the moment at which the record learnt of it. A question about a past moment is
//! therefore asked in one of two ways, [`AsOf::known_then`] and [`AsOf::known_by`].
//!
//! Unknown is not yes: a use is allowed only where every purpose that it needs was answered with yes.
//!
//! Not here: who may record consent (`access`), and how events are kept (`store`).

mod answer;
mod data_use;
mod document;
mod event;
mod purpose;
mod state;
pub(crate) mod word;

use chrono::{DateTime, FixedOffset, NaiveDate, Utc};

pub use answer::{Answer, Answers, FindingsRecipient, ParseAnswersError};
pub use data_use::{DataUse, Denied};
pub use document::{CheckDocumentError, ConsentDocument, DocumentVersion};
pub use event::{CheckConsentError, ConsentEvent, ConsentKind, ConsentWay, Recorder};
pub use purpose::ConsentPurpose;
pub use state::{AsOf, ConsentMark, ConsentState, Held};
pub use word::UnknownWord;
pub(crate) use word::consent_words;

/// Offset of the programme's days from UTC. Units: seconds. Japan has no summer time.
const DAY_OFFSET_SECONDS: i32 = 9 * 3600;

/// Returns the programme's day (Japan) in which a moment lies.
pub fn day_of(at: DateTime<Utc>) -> NaiveDate {
    match FixedOffset::east_opt(DAY_OFFSET_SECONDS) {
        Some(offset) => at.with_timezone(&offset).date_naive(),
        None => at.date_naive(),
    }
}
