//! For each value, the cases that have it: a bitmap where many do, a list where few do.

use super::bitmap::{Bitmap, Members, vectorised, words_of};

/// The cases of a segment that have one value.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Posting<'a> {
    /// Ordinals, ascending, each once.
    List(&'a [u16]),
    /// Bits, as in [`Bitmap`].
    Bits(&'a [u64]),
}

impl Posting<'_> {
    /// Returns how many of the cases, so many in all, are in a set; to be called from a vectorised closure.
    #[inline(always)]
    pub(crate) fn count_in(self, members: &Members, all: u32) -> u64 {
        match self {
            Self::List(ordinals) => members.count_list(ordinals),
            Self::Bits(bits) => members.count_bits(bits, all),
        }
    }

    /// Adds the cases to a set.
    pub(crate) fn or_into(self, bitmap: &mut Bitmap) {
        match self {
            Self::List(ordinals) => {
                ordinals.iter().for_each(|ordinal| bitmap.insert((*ordinal).into()));
            }
            Self::Bits(bits) => bitmap.or_words(bits),
        }
    }
}

/// The postings of many values of one segment, by the values' keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Postings {
    /// Keys, ascending.
    pub(crate) keys: Vec<u32>,
    /// How many cases each key has.
    pub(crate) counts: Vec<u32>,
    /// Where each key's cases are: twice the place in `lists`, or twice the place in `bits` and one.
    pub(crate) places: Vec<u32>,
    /// Ordinals of the keys that few cases have.
    pub(crate) lists: Vec<u16>,
    /// Words of the keys that many cases have.
    pub(crate) bits: Vec<u64>,
    /// Cases of the segment.
    pub(crate) len: usize,
}

impl Postings {
    /// Makes postings of pairs of key and ordinal; a pair may come more than once.
    pub(crate) fn of_pairs(mut pairs: Vec<(u32, u16)>, len: usize) -> Self {
        pairs.sort_unstable();
        pairs.dedup();
        let mut postings = Self { len, ..Self::default() };
        let mut ordinals = Vec::new();
        for run in pairs.chunk_by(|left, right| left.0 == right.0) {
            let Some((key, _)) = run.first() else { continue };
            ordinals.clear();
            ordinals.extend(run.iter().map(|(_, ordinal)| *ordinal));
            postings.push(*key, &ordinals);
        }
        postings
    }

    /// Makes postings of a column of codes, each of which is a key.
    pub(crate) fn of_codes(codes: impl ExactSizeIterator<Item = u16> + Clone) -> Self {
        let len = codes.len();
        let highest = codes.clone().max().unwrap_or_default();
        let mut starts = vec![0_usize; usize::from(highest) + 2];
        for code in codes.clone() {
            starts[usize::from(code) + 1] += 1;
        }
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        let mut next = starts.clone();
        let mut sorted = vec![0_u16; len];
        for (ordinal, code) in codes.enumerate() {
            let place = &mut next[usize::from(code)];
            sorted[*place] = ordinal as u16;
            *place += 1;
        }
        let mut postings = Self { len, ..Self::default() };
        for (code, range) in starts.windows(2).enumerate() {
            let ordinals = &sorted[range[0]..range[1]];
            if !ordinals.is_empty() {
                postings.push(code as u32, ordinals);
            }
        }
        postings
    }

    fn push(&mut self, key: u32, ordinals: &[u16]) {
        let words = words_of(self.len);
        self.keys.push(key);
        self.counts.push(ordinals.len() as u32);
        // A list of as many ordinals as words takes a quarter of the room, and about the same time to count.
        if ordinals.len() <= words {
            self.places.push((self.lists.len() as u32) << 1);
            self.lists.extend_from_slice(ordinals);
        } else {
            self.places.push((self.bits.len() as u32) << 1 | 1);
            let start = self.bits.len();
            self.bits.resize(start + words, 0);
            for ordinal in ordinals {
                self.bits[start + usize::from(ordinal >> 6)] |= 1 << (ordinal & 63);
            }
        }
    }

    /// Returns how many keys there are.
    pub(crate) fn keys(&self) -> usize {
        self.keys.len()
    }

    /// Returns the posting at a place among the keys, with its key and its count.
    #[inline(always)]
    pub(crate) fn at(&self, index: usize) -> (u32, u32, Posting<'_>) {
        let (key, count, place) = (self.keys[index], self.counts[index], self.places[index]);
        let start = (place >> 1) as usize;
        let posting = if place & 1 == 0 {
            Posting::List(&self.lists[start..start + count as usize])
        } else {
            Posting::Bits(&self.bits[start..start + words_of(self.len)])
        };
        (key, count, posting)
    }

    /// Returns the posting of a key, with its count.
    pub(crate) fn get(&self, key: u32) -> Option<(u32, Posting<'_>)> {
        let index = self.keys.binary_search(&key).ok()?;
        let (_, count, posting) = self.at(index);
        Some((count, posting))
    }

    /// Returns every posting with its key and count.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u32, u32, Posting<'_>)> {
        (0..self.keys()).map(|index| self.at(index))
    }

    /// Adds the cases of a key to a set.
    pub(crate) fn or_into(&self, key: u32, bitmap: &mut Bitmap) {
        if let Some((_, posting)) = self.get(key) {
            posting.or_into(bitmap);
        }
    }

    /// Returns the key that most cases have.
    pub(crate) fn most_frequent(&self) -> Option<u32> {
        let counts = self.keys.iter().zip(&self.counts);
        counts.max_by_key(|(_, count)| **count).map(|(key, _)| *key)
    }

    /// Calls back with each key but one and how many cases of a set have it, where any has.
    pub(crate) fn count_all(
        &self,
        members: &Members,
        but: Option<u32>,
        mut found: impl FnMut(u32, u64),
    ) {
        vectorised(
            #[inline(always)]
            || {
                for (key, all, posting) in self.iter() {
                    if Some(key) == but {
                        continue;
                    }
                    let count = posting.count_in(members, all);
                    if count > 0 {
                        found(key, count);
                    }
                }
            },
        );
    }

    /// Returns how much memory it takes. Units: bytes.
    pub(crate) fn bytes(&self) -> usize {
        self.keys.len() * 12 + self.lists.len() * 2 + self.bits.len() * 8
    }

    /// Returns whether every place lies within and every ordinal is one of the segment's.
    pub(crate) fn is_whole(&self) -> bool {
        let lengths = self.counts.len() == self.keys.len() && self.places.len() == self.keys.len();
        let within = |(count, place): (&u32, &u32)| {
            let start = (place >> 1) as usize;
            if place & 1 == 0 {
                start + *count as usize <= self.lists.len()
            } else {
                start + words_of(self.len) <= self.bits.len()
            }
        };
        lengths
            && self.keys.is_sorted()
            && self.counts.iter().zip(&self.places).all(within)
            && self.lists.iter().all(|ordinal| usize::from(*ordinal) < self.len)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_pairs_make_the_same_postings() {
        let codes: Vec<u16> = (0..1000).map(|at| if at % 50 == 0 { 900 } else { at % 3 }).collect();
        let pairs = codes.iter().enumerate().map(|(at, code)| (u32::from(*code), at as u16));
        let by_pairs = Postings::of_pairs(pairs.collect(), 1000);
        let by_codes = Postings::of_codes(codes.iter().copied());
        assert_eq!(by_pairs, by_codes);
        assert!(by_codes.is_whole());
        assert!(matches!(by_codes.get(1), Some((_, Posting::Bits(_)))));
        assert!(
            matches!(by_codes.get(900), Some((20, Posting::List(_)))) || by_codes.lists.is_empty()
        );
        assert!(by_codes.get(3).is_none());
        let mut set = Bitmap::empty(1000);
        by_codes.or_into(900, &mut set);
        assert_eq!(set.count(), 20);
        let mut counts = Vec::new();
        by_codes.count_all(&Members::of(&set), None, |key, count| counts.push((key, count)));
        assert_eq!(counts, [(900, 20)]);
    }
}
