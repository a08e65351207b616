//! Sets of cases of one segment, as plain words, and the kernels that count them.
//!
//! The kernels are plain loops that the compiler turns into vector instructions; `pulp` chooses the
//! processor's best set of them at run time, without unsafe code of ours.

use pulp::{Arch, Simd, WithSimd};

use super::segment::SEGMENT_CASES;

/// Cases of one segment by their ordinals. Shape: bit `o % 64` of word `o / 64` is ordinal `o`.
///
/// Bits beyond the segment's length are never set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bitmap {
    words: Box<[u64]>,
    len: usize,
}

impl Bitmap {
    /// Makes an empty set within a segment of a length.
    pub fn empty(len: usize) -> Self {
        Self { words: vec![0; words_of(len)].into_boxed_slice(), len }
    }

    /// Makes the set of every case of a segment.
    pub fn full(len: usize) -> Self {
        let mut all = Self { words: vec![u64::MAX; words_of(len)].into_boxed_slice(), len };
        all.trim();
        all
    }

    /// Makes a set of words; bits beyond the length are cleared, missing words are empty.
    pub(crate) fn of_words(mut words: Vec<u64>, len: usize) -> Self {
        words.resize(words_of(len), 0);
        let mut bitmap = Self { words: words.into_boxed_slice(), len };
        bitmap.trim();
        bitmap
    }

    /// Makes the set of the cases for which something holds.
    pub(crate) fn of_column<T: Copy>(column: &[T], holds: impl Fn(T) -> bool) -> Self {
        let mut bitmap = Self::empty(column.len());
        vectorised(
            #[inline(always)]
            || {
                for (word, values) in bitmap.words.iter_mut().zip(column.chunks(64)) {
                    let mut bytes = [0_u8; 64];
                    for (byte, value) in bytes.iter_mut().zip(values) {
                        *byte = u8::from(holds(*value));
                    }
                    *word = packed(&bytes);
                }
            },
        );
        bitmap
    }

    /// Returns the segment's length. Units: cases.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Returns whether no case is in the set.
    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|word| *word == 0)
    }

    /// Returns the words.
    pub(crate) fn words(&self) -> &[u64] {
        &self.words
    }

    /// Puts a case into the set; an ordinal beyond the length is ignored.
    pub fn insert(&mut self, ordinal: usize) {
        if ordinal < self.len
            && let Some(word) = self.words.get_mut(ordinal / 64)
        {
            *word |= 1 << (ordinal % 64);
        }
    }

    /// Takes a case out of the set.
    pub fn remove(&mut self, ordinal: usize) {
        if let Some(word) = self.words.get_mut(ordinal / 64) {
            *word &= !(1 << (ordinal % 64));
        }
    }

    /// Returns whether a case is in the set.
    pub fn contains(&self, ordinal: usize) -> bool {
        self.words.get(ordinal / 64).is_some_and(|word| word >> (ordinal % 64) & 1 == 1)
    }

    /// Returns how many cases are in the set.
    pub fn count(&self) -> u64 {
        vectorised(
            #[inline(always)]
            || count(&self.words),
        )
    }

    /// Returns how many cases are in both sets.
    pub fn and_count(&self, other: &[u64]) -> u64 {
        vectorised(
            #[inline(always)]
            || and_count(&self.words, other),
        )
    }

    /// Returns how many cases are in this set and another, and how many of those in a third too.
    pub(crate) fn overlaps(&self, other: &Self, third: &Self) -> (u64, u64) {
        vectorised(
            #[inline(always)]
            || {
                let (mut two, mut three) = (0, 0);
                for ((own, other), third) in self.words.iter().zip(&other.words).zip(&third.words) {
                    let both = own & other;
                    two += u64::from(both.count_ones());
                    three += u64::from((both & third).count_ones());
                }
                (two, three)
            },
        )
    }

    /// Adds how many cases within a third set are in this one alone and in the other alone, until both are enough.
    pub(crate) fn add_differences(
        &self,
        other: &Self,
        within: &Self,
        enough: u64,
        (own_alone, other_alone): &mut (u64, u64),
    ) {
        for ((own, other), within) in self.words.iter().zip(&other.words).zip(&within.words) {
            *own_alone += u64::from((own & !other & within).count_ones());
            *other_alone += u64::from((other & !own & within).count_ones());
            if *own_alone >= enough && *other_alone >= enough {
                return;
            }
        }
    }

    /// Returns whether, within a set, this is split into two others.
    pub(crate) fn is_split(&self, part: &Self, rest: &Self, within: &Self) -> bool {
        let others = part.words.iter().zip(&rest.words).zip(&within.words);
        self.words
            .iter()
            .zip(others)
            .all(|(own, ((part, rest), within))| (part & rest | (part | rest) ^ own) & within == 0)
    }

    /// Keeps what is in both sets.
    pub fn and(&mut self, other: &Self) {
        self.zip(other, |own, other| own & other);
    }

    /// Adds what is in the other set.
    pub fn or(&mut self, other: &Self) {
        self.zip(other, |own, other| own | other);
    }

    /// Takes out what is in the other set.
    pub fn and_not(&mut self, other: &Self) {
        self.zip(other, |own, other| own & !other);
    }

    /// Adds the cases of words of the same segment.
    pub(crate) fn or_words(&mut self, words: &[u64]) {
        for (own, other) in self.words.iter_mut().zip(words) {
            *own |= other;
        }
        self.trim();
    }

    /// Turns the set into its complement.
    pub fn invert(&mut self) {
        for word in &mut self.words {
            *word = !*word;
        }
        self.trim();
    }

    /// Calls back with each ordinal, ascending; quicker than [`Self::iter`] where there are many.
    #[inline(always)]
    pub(crate) fn for_each(&self, found: impl FnMut(usize)) {
        for_each(&self.words, found);
    }

    /// Returns the ordinals, ascending.
    pub fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.words.iter().enumerate().flat_map(|(at, word)| {
            let mut rest = *word;
            std::iter::from_fn(move || {
                let bit = rest.trailing_zeros() as usize;
                (rest != 0).then(|| {
                    rest &= rest - 1;
                    at * 64 + bit
                })
            })
        })
    }

    fn zip(&mut self, other: &Self, combine: impl Fn(u64, u64) -> u64) {
        for (own, other) in self.words.iter_mut().zip(&other.words) {
            *own = combine(*own, *other);
        }
    }

    fn trim(&mut self) {
        let used = self.len % 64;
        if used != 0
            && let Some(last) = self.words.last_mut()
        {
            *last &= (1 << used) - 1;
        }
    }
}

/// A set in which other cases are counted, by its own members or by the rest of its segment, whichever are fewer.
///
/// Cases of one tumour type lie side by side, so that many a set has its members in few places: what lies before and behind
/// them is not looked at.
#[derive(Clone, Debug)]
pub(crate) struct Members {
    /// Words of the largest segment. An ordinal of two bytes always lies within, so that no bound is checked.
    words: Box<[u64; SEGMENT_CASES / 64]>,
    /// Words from the first to the last that is not empty.
    used: std::ops::Range<u16>,
    /// Whether those words are few.
    is_narrow: bool,
    /// Whether the words have the rest.
    is_rest: bool,
    cases: u64,
}

impl Members {
    /// Members that take at most this share of the words are looked for in lists. Units: one in so many.
    const NARROW: usize = 4;

    /// Makes them of a set.
    pub(crate) fn of(set: &Bitmap) -> Self {
        let cases = set.count();
        let is_rest = cases * 2 > set.len as u64;
        let mut rest;
        let lying = if is_rest {
            rest = set.clone();
            rest.invert();
            &rest
        } else {
            set
        };
        let mut words = Box::new([0; SEGMENT_CASES / 64]);
        for (word, own) in words.iter_mut().zip(&lying.words) {
            *word = *own;
        }
        let start = words.iter().position(|word| *word != 0).unwrap_or(0) as u16;
        let end = words.iter().rposition(|word| *word != 0).map_or(0, |last| last as u16 + 1);
        let is_narrow = usize::from(end - start) * Self::NARROW <= set.words.len();
        Self { words, used: start..end, is_narrow, is_rest, cases }
    }

    /// Returns how many cases the set has.
    pub(crate) fn cases(&self) -> u64 {
        self.cases
    }

    /// Returns whether cases of the rest are counted.
    pub(crate) fn is_rest(&self) -> bool {
        self.is_rest
    }

    /// Returns the ordinals of the members, or those of the rest.
    pub(crate) fn ordinals(&self) -> Vec<u16> {
        let mut ordinals = Vec::new();
        for_each(&*self.words, |ordinal| ordinals.push(ordinal as u16));
        ordinals
    }

    /// Counts ascending ordinals that are in the set; to be called from a vectorised closure.
    #[inline(always)]
    pub(crate) fn count_list(&self, ordinals: &[u16]) -> u64 {
        let mut near = ordinals;
        if self.is_narrow {
            let start = ordinals.partition_point(|ordinal| ordinal >> 6 < self.used.start);
            let end = ordinals.partition_point(|ordinal| ordinal >> 6 < self.used.end);
            near = ordinals.get(start..end).unwrap_or_default();
        }
        let mut sum = 0;
        for ordinal in near {
            sum += self.words[usize::from(ordinal >> 6)] >> (ordinal & 63) & 1;
        }
        if self.is_rest { ordinals.len() as u64 - sum } else { sum }
    }

    /// Counts the cases of words, so many in all, that are in the set; to be called from a vectorised closure.
    #[inline(always)]
    pub(crate) fn count_bits(&self, bits: &[u64], all: u32) -> u64 {
        let used = usize::from(self.used.start)..usize::from(self.used.end).min(bits.len());
        let near = bits.get(used.clone()).unwrap_or_default();
        let sum = and_count(&self.words[usize::from(self.used.start)..], near);
        if self.is_rest { u64::from(all).saturating_sub(sum) } else { sum }
    }
}

/// Runs plain loops with the best instructions of the processor that is found.
///
/// Only what is inlined is compiled for them: mark the closure and what it calls `#[inline(always)]`.
#[inline(always)]
pub(crate) fn vectorised<T>(work: impl FnMut() -> T) -> T {
    Arch::new().dispatch(Loops(work))
}

/// Loops to run. `FnMut`, because a closure that is called as `FnOnce` is called by a function that is not inlined.
struct Loops<F>(F);

impl<T, F: FnMut() -> T> WithSimd for Loops<F> {
    type Output = T;

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, _: S) -> T {
        (self.0)()
    }
}

/// Returns how many words hold a number of bits.
pub(crate) fn words_of(len: usize) -> usize {
    len.div_ceil(64)
}

/// Calls back with each ordinal of words, ascending.
#[inline(always)]
fn for_each(words: &[u64], mut found: impl FnMut(usize)) {
    for (at, word) in words.iter().enumerate() {
        let mut rest = *word;
        if rest == u64::MAX {
            (at * 64..at * 64 + 64).for_each(&mut found);
            continue;
        }
        while rest != 0 {
            found(at * 64 + rest.trailing_zeros() as usize);
            rest &= rest - 1;
        }
    }
}

/// Counts bits; to be called from a vectorised closure.
#[inline(always)]
pub(crate) fn count(words: &[u64]) -> u64 {
    let mut sum = 0;
    for word in words {
        sum += u64::from(word.count_ones());
    }
    sum
}

/// Counts the bits of two sets together; to be called from a vectorised closure.
#[inline(always)]
pub(crate) fn and_count(left: &[u64], right: &[u64]) -> u64 {
    let mut sum = 0;
    for (left, right) in left.iter().zip(right) {
        sum += u64::from((left & right).count_ones());
    }
    sum
}

/// Makes a word of 64 bytes that are 0 or 1, the first of which becomes the lowest bit.
#[inline(always)]
fn packed(bytes: &[u8; 64]) -> u64 {
    let (eights, _) = bytes.as_chunks::<8>();
    eights.iter().enumerate().fold(0, |word, (at, eight)| {
        // The product brings the lowest bits of the eight bytes side by side into the highest byte.
        let bits = u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56;
        word | bits << (at * 8)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_are_sets() {
        let mut some = Bitmap::empty(130);
        for ordinal in [0, 63, 64, 129, 130, 1000] {
            some.insert(ordinal);
        }
        assert_eq!(some.iter().collect::<Vec<_>>(), [0, 63, 64, 129]);
        assert_eq!((some.count(), some.len(), some.is_empty()), (4, 130, false));
        let mut rest = some.clone();
        rest.invert();
        assert_eq!(rest.count(), 126);
        assert_eq!(rest.and_count(some.words()), 0);
        rest.or(&some);
        assert_eq!(rest, Bitmap::full(130));
        rest.and_not(&some);
        assert!(!rest.contains(63) && rest.contains(65));
        some.remove(63);
        assert!(!some.contains(63) && !some.contains(5000));
        assert_eq!(Members::of(&some).count_list(&[0, 1, 63, 129]), 2);
    }

    #[test]
    fn members_are_counted_wherever_they_lie() {
        let every: Vec<u16> = (0..SEGMENT_CASES).map(|ordinal| ordinal as u16).collect();
        for (from, to) in [(0, 0), (0, 1), (63, 65), (700, 900), (65_500, 65_536), (0, 65_536)] {
            let mut set = Bitmap::empty(SEGMENT_CASES);
            (from..to).step_by(3).for_each(|ordinal| set.insert(ordinal));
            let mut not = set.clone();
            not.invert();
            for (set, is_rest) in [(set, false), (not, true)] {
                let members = Members::of(&set);
                assert_eq!(members.is_rest(), is_rest);
                assert_eq!(members.count_list(&every), set.count(), "{from} to {to}, {is_rest}");
                let full = Bitmap::full(SEGMENT_CASES);
                assert_eq!(members.count_bits(full.words(), SEGMENT_CASES as u32), set.count());
                assert_eq!(members.count_bits(&[], 0), 0);
                let some: Vec<u16> = every.iter().copied().step_by(9).collect();
                let both = some.iter().filter(|ordinal| set.contains((**ordinal).into())).count();
                assert_eq!(members.count_list(&some), both as u64, "{from} to {to}, {is_rest}");
                let inside = |ordinal: &u16| set.contains((*ordinal).into()) != is_rest;
                let lying: Vec<u16> = every.iter().copied().filter(inside).collect();
                assert_eq!(members.ordinals(), lying);
            }
        }
    }

    #[test]
    fn a_column_becomes_the_set_of_what_holds() {
        let column: Vec<u8> = (0..200).map(|at| (at % 7) as u8).collect();
        let set = Bitmap::of_column(&column, |value| value == 3);
        let naive: Vec<_> = (0..200).filter(|at| at % 7 == 3).collect();
        assert_eq!(set.iter().collect::<Vec<_>>(), naive);
    }
}
