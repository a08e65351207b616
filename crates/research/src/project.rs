//! What an approved research project sees of the cases: its population, counts that are safe to show, de-identified cases.
//!
//! *Whose cases?* Those whose patients allow every use of the project now, within the population of its permission
//! ([`Population`]).
//! *What may be asked?* The items of its permission ([`forbidden_items`]).
//! *What is answered?* A [`SafePage`]: counts below the project's threshold are hidden, and others with them from which they
//! could be worked out; a search that differs by too few cases from what the project was told before
//! ([`AskedBefore`]) gets no count.
//! *What of two cohorts, and of two genes?* What the pages of those cohorts tell, and nothing else: [`SafePairs`] are put together
//! of the pages of narrower questions, each of which is asked as any other.
//! *What of a case?* What the permission names ([`SeenCase`]), with years in place of days and ages in fives.

mod asked_before;
mod cells;
mod population;
mod safe_page;
mod safe_pairs;
mod safe_survival;
mod seen_case;
mod totals;

pub(crate) use self::population::may_ask;
pub use self::{
    asked_before::AskedBefore,
    population::{Population, askable, forbidden_items},
    safe_page::{SafeDrug, SafeFacet, SafeGene, SafePage, SafeValue, Unanswered},
    safe_pairs::SafePairs,
    safe_survival::{SafeCurve, SafePoint},
    seen_case::{SeenAlteration, SeenCase, SeenTherapy, without_germline},
};
