//! Counts that may be shown: small ones are hidden, and enough others that nobody can work them out.
//!
//! A table goes out with its totals, and a total less what is shown is what is hidden. So a small count is hidden
//! together with others, chosen so that whoever knows every shown number, and that hidden counts are not 0, can narrow
//! none of the hidden ones down to fewer than `threshold + 1` consecutive values. [`SafeTable::feasible_intervals`]
//! works out, exactly, how far it can be narrowed down.
//!
//! Not here: what two different tables tell together (see who asks twice in `research`), tables of more than two
//! dimensions, what a reader knows from elsewhere, and what follows from knowing why a cell was chosen.

mod hide;
mod network;
mod table;

pub use hide::{Beforehand, FeasibleInterval, SafeList, SafeTable};
pub use table::{CellPlace, CountTable, HideCellsError, HidingRules, TotalsShown};
