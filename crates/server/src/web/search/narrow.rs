//! Narrowing a search by one more term, and widening it by taking one off.

use research::cohort::{Labels, Query};

use super::SearchAddress;
use crate::{page::Page, web::facet::Chip};

/// Returns the terms of a query that must all hold.
pub(crate) fn parts(query: &Query) -> Vec<Query> {
    match query {
        Query::Everything => Vec::new(),
        Query::And(parts) => parts.clone(),
        other => vec![other.clone()],
    }
}

/// Joins terms that must all hold.
pub(crate) fn joined(mut parts: Vec<Query>) -> Query {
    match parts.len() {
        0 => Query::Everything,
        1 => parts.remove(0),
        _ => Query::And(parts),
    }
}

/// Returns the query with a term put in, or taken off where it is in already; and whether it was in.
pub(crate) fn toggled(query: &Query, term: Query) -> (Query, bool) {
    let mut parts = parts(query);
    let before = parts.len();
    parts.retain(|part| *part != term);
    let was_in = parts.len() < before;
    if !was_in {
        parts.push(term);
    }
    (joined(parts), was_in)
}

/// Returns the terms as chips that can be taken off.
pub(crate) fn chips(
    page: &Page,
    address: &SearchAddress,
    query: &Query,
    labels: &dyn Labels,
) -> Vec<Chip> {
    let parts = parts(query);
    let chip = |at: usize| {
        let mut rest = parts.clone();
        let part = rest.remove(at);
        let line = part.to_line(page.language, labels);
        Chip::of(page, String::new(), line, address.href_of(&joined(rest)))
    };
    (0..parts.len()).map(chip).collect()
}

/// Returns a share in per cent with one digit, in words.
pub(crate) fn share(page: &Page, part: u64, whole: u64) -> String {
    page.t2("search-share", "share", percent(part, whole))
}

/// Returns a share in per cent with one digit.
pub(crate) fn percent(part: u64, whole: u64) -> String {
    if whole == 0 {
        return "–".to_owned();
    }
    format!("{:.1} %", part as f64 * 100.0 / whole as f64)
}

#[cfg(test)]
mod tests {
    use research::cohort::Item;

    use super::*;

    #[test]
    fn a_term_is_put_in_and_taken_off() {
        let female = Query::is(Item::Sex, "female");
        let (one, was_in) = toggled(&Query::Everything, female.clone());
        assert_eq!((&one, was_in), (&female, false));
        let (two, _) = toggled(&one, Query::gene("KRAS"));
        assert_eq!(two, Query::And(vec![female.clone(), Query::gene("KRAS")]));
        let (back, was_in) = toggled(&two, female);
        assert_eq!((back, was_in), (Query::gene("KRAS"), true));
        assert_eq!(toggled(&one, one.clone()), (Query::Everything, true));
    }

    #[test]
    fn a_share_of_nothing_is_no_number() {
        assert_eq!(percent(1, 3), "33.3 %");
        assert_eq!(percent(0, 0), "–");
    }
}
