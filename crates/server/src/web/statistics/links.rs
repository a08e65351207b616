//! From a number to the search that finds its cases.

use model::{evidence::EvidenceLevel, programme::Prefecture};
use research::{
    cohort::{CohortDay, Item, Query, Range},
    programme::{FacilityKind, FacilityRow, Month, ProgrammeStatistics, Reach},
};

use crate::{address, web::search::narrow};

/// Longest query that an address carries. Units: bytes.
const QUERY_BYTES_MAX: usize = 3_500;

/// The ways from the numbers of some statistics.
pub(super) struct Links<'a> {
    pub(super) statistics: &'a ProgrammeStatistics,
    /// Whether the reader may go there.
    pub(super) leads: bool,
}

impl Links<'_> {
    fn href(&self, parts: Vec<Query>) -> Option<String> {
        if !self.leads {
            return None;
        }
        let text = narrow::joined(parts).to_text();
        // A query of very many hospitals does not fit an address.
        (text.len() <= QUERY_BYTES_MAX).then(|| address::with_query("/search", &[("q", &text)]))
    }

    fn days(first: Option<Month>, last: Option<Month>) -> Query {
        let number =
            |day: Option<chrono::NaiveDate>| day.and_then(CohortDay::of).map(CohortDay::number);
        let low = number(first.and_then(Month::first_day));
        Query::Within(Item::Tested, Range { low, high: number(last.and_then(Month::last_day)) })
    }

    fn whole_period(&self) -> Query {
        let months = &self.statistics.months;
        Self::days(months.first().copied(), months.last().copied())
    }

    /// Returns the hospitals of a kind; `None` where a search by them would find other cases too, or not all.
    fn hospitals(&self, row: &FacilityRow) -> Option<Query> {
        let others = self.statistics.facilities.iter().filter(|other| other.kind != row.kind);
        let mut others = others.flat_map(|other| &other.hospitals);
        let is_apart = !others.any(|code| row.hospitals.contains(code));
        let codes = row.hospitals.iter().map(|code| code.as_str().into());
        // Cases without a hospital are among the others.
        let is_known = row.kind != FacilityKind::Other && !row.hospitals.is_empty();
        (is_apart && is_known).then(|| Query::Is(Item::Hospital, codes.collect()))
    }

    pub(super) fn period(&self) -> Option<String> {
        self.href(vec![self.whole_period()])
    }

    pub(super) fn month(&self, month: Month) -> Option<String> {
        self.href(vec![Self::days(Some(month), Some(month))])
    }

    pub(super) fn of_kind(&self, row: &FacilityRow) -> Option<String> {
        self.href(vec![self.hospitals(row)?, self.whole_period()])
    }

    pub(super) fn of_kind_in(&self, row: &FacilityRow, month: Month) -> Option<String> {
        self.href(vec![self.hospitals(row)?, Self::days(Some(month), Some(month))])
    }

    pub(super) fn reach_of_kind(&self, row: &FacilityRow, reach: Reach) -> Option<String> {
        let own = vec![self.hospitals(row)?, self.whole_period()];
        self.href(own.into_iter().chain(of_reach(reach)).collect())
    }

    pub(super) fn reach(&self, reach: Reach) -> Option<String> {
        self.href([self.whole_period()].into_iter().chain(of_reach(reach)).collect())
    }

    pub(super) fn level(&self, level: Option<EvidenceLevel>) -> Option<String> {
        let term = match level {
            Some(level) => Query::is(Item::Level, level.letter()),
            None => Query::Unknown(Item::Level),
        };
        self.href(vec![self.whole_period(), term])
    }

    pub(super) fn prefecture(&self, prefecture: Option<Prefecture>) -> Option<String> {
        let term = match prefecture {
            Some(prefecture) => Query::is(Item::Prefecture, &format!("{:02}", prefecture.number())),
            None => Query::Unknown(Item::Prefecture),
        };
        self.href(vec![self.whole_period(), term])
    }
}

/// Returns the terms that hold for a test that led so far.
fn of_reach(reach: Reach) -> Vec<Query> {
    let proposed = |code| Query::is(Item::OptionProposed, code);
    let given = |code| Query::is(Item::OptionGiven, code);
    let not_given = || Query::Or(vec![given("no"), Query::Unknown(Item::OptionGiven)]);
    match reach {
        Reach::Given => vec![given("yes")],
        Reach::NotGiven => vec![proposed("yes"), given("no")],
        Reach::GivenUnknown => vec![proposed("yes"), Query::Unknown(Item::OptionGiven)],
        Reach::NotProposed => vec![proposed("no"), not_given()],
        Reach::Unknown => vec![Query::Unknown(Item::OptionProposed), not_given()],
    }
}
