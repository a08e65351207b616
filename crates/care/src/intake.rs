//! Intake: from a file's bytes to a recorded result with its findings report.
//!
//! [`prepare`] is work for the processor alone and can run on many threads; [`receive`] records what was
//! prepared, one transaction for each batch, and can be repeated: the same bytes are recorded once.
//! [`reannotate`] adds reports of another release, and never changes one.
//!
//! Not here: finding files, threads and progress (`cli`), and pages (`server`).

mod prepare;
mod reannotate;
mod receive;
mod reference;

pub use prepare::{Prepared, Settings, prepare, prepare_oversized, prepare_revision};
pub use reannotate::{Reannotated, reannotate, reannotate_with};
pub use receive::{Received, receive, receive_by, receive_dated, register_release};
pub use reference::reference_of;
