//! What happens to cases more than once: alterations, therapies, adverse events.
//!
//! Occurrences lie sorted by what they are (their key), and within it by case, so that a search goes over the
//! keys that match and then over exactly the cases that have them.

use super::bitmap::Bitmap;

/// Occurrences of keys in cases. An occurrence's further values lie in columns of the same order elsewhere.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Incidence {
    /// Where each key's occurrences begin, and where the last one's end.
    pub(crate) starts: Vec<u32>,
    /// The case of each occurrence.
    pub(crate) ordinals: Vec<u16>,
}

impl Incidence {
    /// Sorts occurrences by key, and returns them with the order in which they lie.
    ///
    /// `occurrences` are pairs of key and ordinal with ascending ordinals; the second part of what is
    /// returned holds, for each place, which of `occurrences` lies there.
    pub(crate) fn of(occurrences: &[(u32, u16)], keys: usize) -> (Self, Vec<u32>) {
        let mut starts = vec![0_u32; keys + 1];
        for (key, _) in occurrences {
            starts[*key as usize + 1] += 1;
        }
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        let mut next = starts.clone();
        let mut ordinals = vec![0_u16; occurrences.len()];
        let mut order = vec![0_u32; occurrences.len()];
        for (at, (key, ordinal)) in occurrences.iter().enumerate() {
            let place = &mut next[*key as usize];
            ordinals[*place as usize] = *ordinal;
            order[*place as usize] = at as u32;
            *place += 1;
        }
        (Self { starts, ordinals }, order)
    }

    /// Returns how many keys there are.
    pub(crate) fn keys(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// Returns where a key's occurrences lie.
    pub(crate) fn range(&self, key: usize) -> std::ops::Range<usize> {
        let at = |key: usize| self.starts.get(key).map_or(0, |start| *start as usize);
        at(key)..at(key + 1)
    }

    /// Adds every case of a key to a set.
    pub(crate) fn or_into(&self, key: usize, bitmap: &mut Bitmap) {
        for ordinal in &self.ordinals[self.range(key)] {
            bitmap.insert((*ordinal).into());
        }
    }

    /// Calls back with key, place and ordinal of every occurrence whose case is in a set.
    pub(crate) fn each_in(&self, bitmap: &Bitmap, mut found: impl FnMut(usize, usize, usize)) {
        for key in 0..self.keys() {
            for place in self.range(key) {
                let ordinal = usize::from(self.ordinals[place]);
                if bitmap.contains(ordinal) {
                    found(key, place, ordinal);
                }
            }
        }
    }

    /// Returns how much memory it takes. Units: bytes.
    pub(crate) fn bytes(&self) -> usize {
        self.starts.len() * 4 + self.ordinals.len() * 2
    }

    /// Returns whether it fits a number of keys and cases.
    pub(crate) fn is_whole(&self, keys: usize, cases: usize) -> bool {
        self.starts.len() == keys + 1
            && self.starts.first() == Some(&0)
            && self.starts.is_sorted()
            && self.starts.last().is_some_and(|end| *end as usize == self.ordinals.len())
            && self.ordinals.iter().all(|ordinal| usize::from(*ordinal) < cases)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn occurrences_lie_by_key_and_case() {
        let (incidence, order) = Incidence::of(&[(1, 0), (0, 0), (1, 2), (1, 2)], 3);
        assert!(incidence.is_whole(3, 3) && !incidence.is_whole(3, 2));
        assert_eq!(incidence.ordinals, [0, 0, 2, 2]);
        assert_eq!(order, [1, 0, 2, 3]);
        assert_eq!((incidence.range(1), incidence.range(2)), (1..4, 4..4));
        let mut set = Bitmap::empty(3);
        incidence.or_into(1, &mut set);
        assert_eq!(set.iter().collect::<Vec<_>>(), [0, 2]);
    }
}
