//! Bytes in, model and problems out; and the writers.
//!
//! Every reader returns a [`reading::Reading`]: what could be read and every problem found.

pub mod cats;
pub mod lift;
pub mod reading;
pub mod reference;
