//! A section's form as it comes back: every field with the entry it rests on.

use model::identity::FieldEventId;
use std::collections::HashMap;
use store::identifier_v7;
use uuid::Uuid;

use crate::{
    clinical::{Entered, Entering, ROW_PRESENT, ROW_REMOVED},
    error::PageError,
    limits::ENTRIES_MAX,
};

/// What a section's form says.
#[derive(Default)]
pub(super) struct Posted {
    values: Vec<(String, String)>,
    bases: HashMap<String, String>,
    merged: HashMap<String, String>,
    contested: HashMap<String, ()>,
    choose: Option<String>,
    rows: Vec<(String, &'static str)>,
    /// Block to which a row is to be added.
    pub(super) add: Option<String>,
    form: String,
}

impl Posted {
    /// Reads the fields of a form.
    pub(super) fn of(pairs: Vec<(String, String)>) -> Self {
        let mut posted = Self::default();
        for (name, value) in pairs {
            match name.split_once(':') {
                Some(("v", address)) => posted.values.push((address.to_owned(), value)),
                Some(("b", address)) => drop(posted.bases.insert(address.to_owned(), value)),
                Some(("m", address)) => drop(posted.merged.insert(address.to_owned(), value)),
                Some(("c", address)) => drop(posted.contested.insert(address.to_owned(), ())),
                _ => match name.as_str() {
                    "choose" => posted.choose = Some(value),
                    "add" => posted.add = Some(value),
                    "remove" => posted.rows.push((value, ROW_REMOVED)),
                    "restore" => posted.rows.push((value, ROW_PRESENT)),
                    "form" => posted.form = value,
                    _ => {}
                },
            }
        }
        posted
    }

    /// Returns what was entered, to be compared with what each field rests on.
    ///
    /// Identifiers follow from the form that was shown and from what was typed, so that a form sent twice is
    /// entered once.
    ///
    /// Errors: the form has too many fields, or an identifier in it is none.
    pub(super) fn entered(&self, entering: Entering) -> Result<Vec<Entered>, PageError> {
        if self.values.len() > ENTRIES_MAX || self.rows.len() > ENTRIES_MAX {
            return Err(PageError::TooLarge);
        }
        let chosen = self.choose.as_deref().and_then(|text| text.split_once('|'));
        let mut entered = Vec::new();
        for (address, value) in &self.values {
            let choice = chosen.filter(|(chosen, _)| chosen == address).map(|(_, value)| value);
            let contested = self.contested.contains_key(address);
            // An empty answer to a contested field chooses nothing.
            if contested && choice.is_none() && value.is_empty() {
                continue;
            }
            let value = choice.unwrap_or(value);
            let base = self.bases.get(address).map_or("", String::as_str);
            let merged = self.merged.get(address).map_or("", String::as_str);
            entered.push(Entered {
                id: self.identifier(entering, address, value, base),
                address: address.clone(),
                value: value.to_owned(),
                base: events(base)?.first().copied(),
                merged: if contested { events(merged)? } else { Vec::new() },
            });
        }
        for (address, value) in &self.rows {
            let base = self.bases.get(address).map_or("", String::as_str);
            entered.push(Entered {
                id: self.identifier(entering, address, value, base),
                address: address.clone(),
                value: (*value).to_owned(),
                base: events(base)?.first().copied(),
                merged: Vec::new(),
            });
        }
        Ok(entered)
    }

    fn identifier(
        &self,
        entering: Entering,
        address: &str,
        value: &str,
        base: &str,
    ) -> FieldEventId {
        let (case, person) = (entering.case.to_string(), entering.person.to_string());
        let made = entering.at;
        let parts = ["form", &self.form, &case, &person, address, value, base];
        // The moment is the form's, where it says one: sent again, the same form makes the same identifiers.
        let shown = self.form.parse::<i64>().ok().and_then(chrono::DateTime::from_timestamp_millis);
        FieldEventId(identifier_v7(shown.unwrap_or(made), &parts))
    }
}

/// Reads identifiers of events parted by blanks.
fn events(text: &str) -> Result<Vec<FieldEventId>, PageError> {
    let read = |word: &str| Uuid::try_parse(word).map(FieldEventId);
    text.split_whitespace().map(read).collect::<Result<_, _>>().map_err(|_| PageError::BadRequest)
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use model::identity::{CaseId, PersonId};
    use store::EntrySource;

    use super::*;

    fn entering() -> Entering {
        Entering {
            case: CaseId(Uuid::nil()),
            person: PersonId(Uuid::nil()),
            source: EntrySource::Form,
            at: DateTime::UNIX_EPOCH,
        }
    }

    fn entered(pairs: &[(&str, &str)]) -> Vec<Entered> {
        let pairs = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Posted::of(pairs.collect()).entered(entering()).unwrap()
    }

    #[test]
    fn the_same_form_makes_the_same_identifiers() {
        let form = [("form", "1790000000000"), ("v:age", "60"), ("b:age", "")];
        assert_eq!(entered(&form)[0].id, entered(&form)[0].id);
        let other = [("form", "1790000000001"), ("v:age", "60"), ("b:age", "")];
        assert_ne!(entered(&form)[0].id, entered(&other)[0].id);
    }

    #[test]
    fn an_empty_answer_to_a_contested_field_chooses_nothing() {
        let (one, two) = (Uuid::from_u128(1).to_string(), Uuid::from_u128(2).to_string());
        let form = [("v:age", ""), ("b:age", &*one), ("m:age", &*two), ("c:age", "1")];
        assert!(entered(&form).is_empty());
        let mut chosen = form.to_vec();
        chosen.push(("choose", "age|61"));
        let entered = entered(&chosen);
        assert_eq!((entered[0].value.as_str(), entered[0].merged.len()), ("61", 1));
    }

    #[test]
    fn a_forged_identifier_is_refused() {
        let posted = Posted::of(vec![
            ("v:age".to_owned(), "1".to_owned()),
            ("b:age".to_owned(), "'; --".to_owned()),
        ]);
        assert!(posted.entered(entering()).is_err());
    }
}
