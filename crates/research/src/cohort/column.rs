//! Columns of codes, each with the postings of its values.

use super::{bitmap::Members, posting::Postings};

/// Codes of the cases of a segment, in as few bytes as they need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Codes {
    /// Codes below 256.
    Narrow(Vec<u8>),
    /// Codes below 65,536.
    Wide(Vec<u16>),
}

impl Codes {
    /// Makes a column, as narrow as it may be.
    pub(crate) fn of(codes: Vec<u16>) -> Self {
        if codes.iter().all(|code| *code < 256) {
            Self::Narrow(codes.iter().map(|code| *code as u8).collect())
        } else {
            Self::Wide(codes)
        }
    }

    /// Returns a case's code.
    #[inline(always)]
    pub(crate) fn at(&self, ordinal: usize) -> u16 {
        match self {
            Self::Narrow(codes) => codes.get(ordinal).copied().unwrap_or_default().into(),
            Self::Wide(codes) => codes.get(ordinal).copied().unwrap_or_default(),
        }
    }

    /// Returns how many cases it has.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Narrow(codes) => codes.len(),
            Self::Wide(codes) => codes.len(),
        }
    }
}

/// A column with its postings. The code 0 stands for unknown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Coded {
    pub(crate) codes: Codes,
    pub(crate) postings: Postings,
}

impl Coded {
    /// Makes a column of codes.
    pub(crate) fn of(codes: Vec<u16>) -> Self {
        let postings = Postings::of_codes(codes.iter().copied());
        Self { codes: Codes::of(codes), postings }
    }

    /// Counts the codes of a few cases into a histogram that grows as it must.
    pub(crate) fn count_few(&self, ordinals: &[u16], counts: &mut Vec<u64>) {
        let mut count = |code: usize| {
            if counts.len() <= code {
                counts.resize(code + 1, 0);
            }
            counts[code] += 1;
        };
        match &self.codes {
            Codes::Narrow(codes) => {
                ordinals.iter().for_each(|ordinal| count(codes[usize::from(*ordinal)].into()));
            }
            Codes::Wide(codes) => {
                ordinals.iter().for_each(|ordinal| count(codes[usize::from(*ordinal)].into()));
            }
        }
    }

    /// Lengthens a histogram so that every code has a place.
    fn make_room(&self, counts: &mut Vec<u64>) {
        let highest = self.postings.keys.last().map_or(0, |key| *key as usize);
        if counts.len() <= highest {
            counts.resize(highest + 1, 0);
        }
    }

    /// Turns counts of the codes of all cases but those of a set into counts of the set's.
    pub(crate) fn count_rest(&self, counts: &mut Vec<u64>) {
        self.make_room(counts);
        for (key, all) in self.postings.keys.iter().zip(&self.postings.counts) {
            let count = &mut counts[*key as usize];
            *count = u64::from(*all).saturating_sub(*count);
        }
    }

    /// Counts the codes of a set into a histogram that grows as it must.
    ///
    /// Every case has one code, so that the code of most cases is what the others leave.
    pub(crate) fn count_many(&self, members: &Members, counts: &mut Vec<u64>) {
        let most = self.postings.most_frequent();
        self.make_room(counts);
        let mut others = 0;
        self.postings.count_all(members, most, |code, count| {
            others += count;
            counts[code as usize] += count;
        });
        if let Some(most) = most {
            counts[most as usize] += members.cases().saturating_sub(others);
        }
    }

    /// Returns how much memory it takes. Units: bytes.
    pub(crate) fn bytes(&self) -> usize {
        let codes = match &self.codes {
            Codes::Narrow(codes) => codes.len(),
            Codes::Wide(codes) => codes.len() * 2,
        };
        codes + self.postings.bytes()
    }

    /// Returns whether it fits a number of cases.
    pub(crate) fn is_whole(&self, cases: usize) -> bool {
        self.codes.len() == cases
            && self.postings.len == cases
            && self.postings.is_whole()
            && self.postings.keys.last().is_none_or(|key| *key <= u16::MAX.into())
    }
}
