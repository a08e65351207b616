//! The rules of every version, as data.
//!
//! One table serves all versions: each member and each word says since and until which version it holds.
//! [`table`] holds the rules, this module their vocabulary. Source of 1.2.1: the official JSON Schema; of
//! the others: see [`Version`].

use super::version::Version;

mod table;
mod words;

pub(super) use table::DOCUMENT;

/// What an object may hold.
#[derive(Debug)]
pub(super) struct Shape {
    pub(super) members: &'static [Member],
}

/// One member of an object, within a range of versions.
#[derive(Clone, Copy, Debug)]
pub(super) struct Member {
    pub(super) name: &'static str,
    pub(super) presence: Presence,
    pub(super) rule: Rule,
    since: Version,
    until: Version,
}

/// Whether a member must be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Presence {
    /// It may be left out.
    Optional,
    /// It must be there.
    Required,
    /// It must be there unless the other member is.
    RequiredUnless(&'static str),
}

/// What a value must be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rule {
    pub(super) form: Form,
    pub(super) nullable: bool,
}

/// The form of a value.
#[derive(Clone, Copy, Debug)]
pub(super) enum Form {
    /// Text of a pattern.
    Text(Pattern),
    /// One of several words.
    Word(&'static [Word]),
    /// An integer; `3.0` is one.
    Integer { min: Option<i64> },
    /// Any number within a range.
    Number { min: Option<f64>, max: Option<f64> },
    /// True or false.
    Flag,
    /// An object.
    Object(&'static Shape),
    /// An array.
    List(List),
    /// A pair of gene symbols, either of which may be null.
    GenePair,
}

/// An array's rules.
#[derive(Clone, Copy, Debug)]
pub(super) struct List {
    pub(super) items: &'static Rule,
    pub(super) min: usize,
    pub(super) max: Option<usize>,
    pub(super) unique: bool,
}

/// A pattern of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pattern {
    /// Anything: not empty, on one line.
    Line,
    /// Not empty, without white space.
    Unbroken,
    /// A release of the Genome Reference Consortium: `GRC` and more.
    Release,
    /// A chromosome: letters, digits, `_` and `-`.
    Chromosome,
    /// Bases A, C, G, T and N.
    Bases,
    /// Bases A, C, G, T and N, and `*`.
    BasesOrStar,
    /// Digits and dots.
    Version,
    /// Anything, even nothing.
    Any,
}

/// A word, within a range of versions.
#[derive(Clone, Copy, Debug)]
pub(super) struct Word {
    pub(super) text: &'static str,
    since: Version,
    until: Version,
}

impl Member {
    const fn new(name: &'static str, presence: Presence, rule: Rule) -> Self {
        Self { name, presence, rule, since: Version::V1_0, until: Version::LATEST }
    }

    /// Holds since a version.
    const fn since(self, since: Version) -> Self {
        Self { since, ..self }
    }

    /// Holds up to a version, that one included.
    const fn until(self, until: Version) -> Self {
        Self { until, ..self }
    }

    /// Returns whether the rule holds in a version.
    pub(super) fn holds(&self, version: Version) -> bool {
        self.since <= version && version <= self.until
    }

    /// Returns the first and the last version of the rule.
    pub(super) fn versions(&self) -> (Version, Version) {
        (self.since, self.until)
    }
}

impl Word {
    const fn new(text: &'static str) -> Self {
        Self { text, since: Version::V1_0, until: Version::LATEST }
    }

    const fn since(self, since: Version) -> Self {
        Self { since, ..self }
    }

    const fn until(self, until: Version) -> Self {
        Self { until, ..self }
    }

    /// Returns whether the word holds in a version.
    pub(super) fn holds(&self, version: Version) -> bool {
        self.since <= version && version <= self.until
    }
}

impl Rule {
    const fn of(form: Form) -> Self {
        Self { form, nullable: false }
    }

    const fn or_null(self) -> Self {
        Self { nullable: true, ..self }
    }
}

impl Pattern {
    /// Returns whether text follows the pattern.
    pub(super) fn accepts(self, text: &str) -> bool {
        let all =
            |is_allowed: fn(&u8) -> bool| !text.is_empty() && text.bytes().all(|b| is_allowed(&b));
        match self {
            Self::Any => true,
            Self::Line => !text.is_empty() && !has_line_break(text),
            Self::Unbroken => {
                // The separators U+001C to U+001F are white space to the official tool, not to Rust.
                let is_blank = |c: char| c.is_whitespace() || matches!(c, '\u{1c}'..='\u{1f}');
                !text.is_empty() && !text.contains(is_blank)
            }
            Self::Release => text
                .strip_prefix("GRC")
                .is_some_and(|rest| !rest.is_empty() && !has_line_break(rest)),
            Self::Chromosome => all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-')),
            Self::Bases => all(|b| matches!(b, b'A' | b'C' | b'G' | b'T' | b'N')),
            Self::BasesOrStar => all(|b| matches!(b, b'A' | b'C' | b'G' | b'T' | b'N' | b'*')),
            Self::Version => all(|b| b.is_ascii_digit() || *b == b'.'),
        }
    }
}

fn has_line_break(text: &str) -> bool {
    text.contains(['\n', '\r', '\u{2028}', '\u{2029}'])
}

#[cfg(test)]
mod tests {
    use super::Pattern;

    #[test]
    fn patterns_accept_and_refuse() {
        assert!(Pattern::Line.accepts("染色体 7"));
        assert!(!Pattern::Line.accepts("") && !Pattern::Line.accepts("a\nb"));
        assert!(!Pattern::Unbroken.accepts("NM 1") && Pattern::Unbroken.accepts("NM_1"));
        assert!(Pattern::Release.accepts("GRCh38") && !Pattern::Release.accepts("GRC"));
        assert!(
            Pattern::Chromosome.accepts("chr1_KI270706v1-x") && !Pattern::Chromosome.accepts("1:2")
        );
        assert!(Pattern::Bases.accepts("ACGTN") && !Pattern::Bases.accepts("acgt"));
        assert!(Pattern::BasesOrStar.accepts("*") && !Pattern::Bases.accepts("*"));
    }
}
