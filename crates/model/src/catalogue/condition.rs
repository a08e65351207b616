//! Conditions of the catalogue's rules, as data.

/// The subject that stands for the first level of OncoTree, and not for an item.
pub const ORGAN: &str = "organ";

/// What must hold for a rule to apply: every term. Shape in the tables: `metastasis=yes&organ=LUNG/BREAST`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Condition {
    /// The terms; none means always.
    pub terms: Vec<Term>,
}

/// One term: an item's meaning, or the organ, is one of several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// Code of an item, or [`ORGAN`].
    pub subject: &'static str,
    /// The meanings, of which one must be the item's.
    pub any_of: Vec<&'static str>,
}

impl Condition {
    /// Reads a condition; `None` where the text has another shape.
    pub(super) fn read(text: &'static str) -> Option<Self> {
        if text.is_empty() {
            return Some(Self::default());
        }
        let terms = text.split('&').map(|term| {
            let (subject, meanings) = term.split_once('=')?;
            let any_of: Vec<_> = meanings.split('/').collect();
            let is_whole = !subject.is_empty() && any_of.iter().all(|word| !word.is_empty());
            is_whole.then_some(Term { subject, any_of })
        });
        terms.collect::<Option<Vec<_>>>().map(|terms| Self { terms })
    }

    /// Returns whether the condition holds always.
    pub fn is_always(&self) -> bool {
        self.terms.is_empty()
    }

    /// Returns whether the condition holds, where `meaning` tells what a subject means.
    ///
    /// `None` where a subject's meaning is not known and no other term is false.
    pub fn holds<'m>(&self, meaning: impl Fn(&str) -> Option<&'m str>) -> Option<bool> {
        let mut outcome = Some(true);
        for term in &self.terms {
            match meaning(term.subject) {
                Some(word) if term.any_of.contains(&word) => {}
                Some(_) => return Some(false),
                None => outcome = None,
            }
        }
        outcome
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_terms_and_refuses_what_is_none() {
        let condition = Condition::read("metastasis=yes&organ=LUNG/BREAST").unwrap();
        assert_eq!(condition.terms[1].any_of, ["LUNG", "BREAST"]);
        assert!(Condition::read("").unwrap().is_always());
        for text in ["metastasis", "=yes", "a=", "a=b&", "a=b//c"] {
            assert!(Condition::read(text).is_none(), "{text}");
        }
    }

    #[test]
    fn unknown_is_not_no() {
        let condition = Condition::read("a=yes&b=yes").unwrap();
        let of = |a: Option<&'static str>, b: Option<&'static str>| {
            condition.holds(|subject| if subject == "a" { a } else { b })
        };
        assert_eq!(of(Some("yes"), Some("yes")), Some(true));
        assert_eq!(of(Some("yes"), None), None);
        assert_eq!(of(None, Some("no")), Some(false));
    }
}
