//! Which core or hub hospital chose a partner.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::Period;
use crate::organisation::OrganisationCode;

/// A link of a partner to the core or hub hospital that chose it, and that it asks for expert panels.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Link {
    /// The core or hub hospital.
    pub to: OrganisationCode,
    /// Since when and until when.
    pub period: Period,
    /// Where it comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

/// Every link of one partner. A partner may be linked to several hospitals at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LinkHistory {
    /// The partner.
    pub hospital: OrganisationCode,
    /// Its links, by first day.
    pub links: Vec<Link>,
}

impl LinkHistory {
    /// Makes a history without links.
    pub fn new(hospital: OrganisationCode) -> Self {
        Self { hospital, links: Vec::new() }
    }

    /// Adds a link, or replaces the one to the same hospital from the same day.
    pub fn put(&mut self, link: Link) {
        let same = |other: &Link| other.to == link.to && other.period.from == link.period.from;
        self.links.retain(|other| !same(other));
        self.links.push(link);
        self.links
            .sort_by(|one, other| (one.period.from, &one.to).cmp(&(other.period.from, &other.to)));
    }

    /// Returns the hospitals that it is linked to on a day.
    pub fn on(&self, day: NaiveDate) -> impl Iterator<Item = &OrganisationCode> {
        self.links.iter().filter(move |link| link.period.holds(day)).map(|link| &link.to)
    }
}
