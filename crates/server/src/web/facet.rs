//! Lists of links with bars: what a list consists of, and the way to narrow it.

use crate::{format, limits::FACET_VALUES_MAX, page::Page};

/// One value of a facet.
pub(crate) struct FacetValue {
    /// Where the link leads: to the list with this value chosen, or without it where it is chosen already.
    pub(crate) href: String,
    /// Words.
    pub(crate) label: String,
    /// How many.
    pub(crate) count: String,
    /// Length of the bar. Units: per cent of the longest.
    pub(crate) share: u8,
    /// Whether it is chosen.
    pub(crate) current: bool,
}

/// A list of links with bars.
pub(crate) struct Facet {
    /// Identifier on the page.
    pub(crate) id: &'static str,
    /// Words.
    pub(crate) title: String,
    /// Values in the order of the list.
    pub(crate) values: Vec<FacetValue>,
    /// How many values are not shown.
    pub(crate) rest: u64,
}

/// A value before it is drawn.
pub(crate) struct Counted {
    /// Where the link leads.
    pub(crate) href: String,
    /// Words.
    pub(crate) label: String,
    /// How many.
    pub(crate) count: u64,
    /// Whether it is chosen.
    pub(crate) current: bool,
}

impl Facet {
    /// Makes a facet of counted values; keeps a chosen one even where it would be cut off.
    pub(crate) fn of(id: &'static str, title: String, counted: Vec<Counted>) -> Self {
        let longest = counted.iter().map(|value| value.count).max().unwrap_or(0);
        let all = counted.len();
        let values = counted
            .into_iter()
            .enumerate()
            .filter(|(rank, value)| *rank < FACET_VALUES_MAX || value.current)
            .map(|(_, value)| FacetValue {
                href: value.href,
                label: value.label,
                count: format::grouped(value.count),
                share: format::percent(value.count, longest),
                current: value.current,
            })
            .collect::<Vec<_>>();
        let rest = all.saturating_sub(values.len()) as u64;
        Self { id, title, values, rest }
    }
}

/// A chosen filter, which can be taken off.
pub(crate) struct Chip {
    /// Name of the filter.
    pub(crate) label: String,
    /// Chosen value.
    pub(crate) value: String,
    /// Address without it.
    pub(crate) href: String,
    /// Words for taking it off.
    pub(crate) remove: String,
}

impl Chip {
    /// Makes a chip.
    pub(crate) fn of(page: &Page, label: String, value: String, href: String) -> Self {
        let remove = page.t2("chip-remove", "what", format!("{label} {value}"));
        Self { label, value, href, remove }
    }
}
