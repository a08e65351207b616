//! How segments lie in a block: their fields in order, each list with its length before it.

use crate::cohort::{
    column::{Coded, Codes},
    incidence::Incidence,
    posting::Postings,
    segment::{AlterationTable, EventTable, Segment, TherapyTable},
    tumour_change::ChangeColumn,
};

/// Bytes that are read from the front.
pub(super) struct Input<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Input<'a> {
    pub(super) fn of(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// Takes some bytes; `None` where there are fewer.
    pub(super) fn take(&mut self, len: usize) -> Option<&'a [u8]> {
        let taken = self.bytes.get(self.at..self.at.checked_add(len)?)?;
        self.at += len;
        Some(taken)
    }

    /// Takes the bytes of a number.
    pub(super) fn number<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    /// Returns how many bytes were taken.
    pub(super) fn read(&self) -> usize {
        self.at
    }

    /// Returns whether nothing is left.
    pub(super) fn is_at_end(&self) -> bool {
        self.at == self.bytes.len()
    }

    fn len(&mut self) -> Option<usize> {
        usize::try_from(u64::from_le_bytes(self.number()?)).ok()
    }
}

/// Something that can be laid into a block and taken from it.
pub(super) trait Laid: Sized {
    /// Appends it to a block.
    fn lay(&self, block: &mut Vec<u8>);

    /// Takes it from the front; `None` where that is not possible.
    fn take_from(input: &mut Input<'_>) -> Option<Self>;
}

macro_rules! numbers {
    ($($number:ty),*) => { $(
        impl Laid for Vec<$number> {
            fn lay(&self, block: &mut Vec<u8>) {
                block.extend_from_slice(&(self.len() as u64).to_le_bytes());
                block.extend(self.iter().flat_map(|number| number.to_le_bytes()));
            }

            fn take_from(input: &mut Input<'_>) -> Option<Self> {
                const SIZE: usize = size_of::<$number>();
                let len = input.len()?;
                let bytes = input.take(len.checked_mul(SIZE)?)?;
                let (chunks, _) = bytes.as_chunks::<SIZE>();
                Some(chunks.iter().map(|chunk| <$number>::from_le_bytes(*chunk)).collect())
            }
        }
    )* };
}

numbers!(u8, u16, u32, u64, u128);

impl Laid for usize {
    fn lay(&self, block: &mut Vec<u8>) {
        block.extend_from_slice(&(*self as u64).to_le_bytes());
    }

    fn take_from(input: &mut Input<'_>) -> Option<Self> {
        input.len()
    }
}

impl Laid for String {
    fn lay(&self, block: &mut Vec<u8>) {
        self.as_bytes().to_vec().lay(block);
    }

    fn take_from(input: &mut Input<'_>) -> Option<Self> {
        Self::from_utf8(Vec::take_from(input)?).ok()
    }
}

impl Laid for Codes {
    fn lay(&self, block: &mut Vec<u8>) {
        match self {
            Self::Narrow(codes) => {
                block.push(1);
                codes.lay(block);
            }
            Self::Wide(codes) => {
                block.push(2);
                codes.lay(block);
            }
        }
    }

    fn take_from(input: &mut Input<'_>) -> Option<Self> {
        match input.take(1)? {
            [1] => Vec::take_from(input).map(Self::Narrow),
            [2] => Vec::take_from(input).map(Self::Wide),
            _ => None,
        }
    }
}

impl Laid for Vec<Coded> {
    fn lay(&self, block: &mut Vec<u8>) {
        self.len().lay(block);
        self.iter().for_each(|column| column.lay(block));
    }

    fn take_from(input: &mut Input<'_>) -> Option<Self> {
        // Each takes at least a byte, so that a wrong length ends with the input.
        let len = input.len()?;
        (0..len).map(|_| Coded::take_from(input)).collect()
    }
}

impl<const N: usize> Laid for [Vec<u16>; N] {
    fn lay(&self, block: &mut Vec<u8>) {
        self.iter().for_each(|column| column.lay(block));
    }

    fn take_from(input: &mut Input<'_>) -> Option<Self> {
        let columns: Option<Vec<_>> = (0..N).map(|_| Vec::take_from(input)).collect();
        columns?.try_into().ok()
    }
}

macro_rules! fields {
    ($($name:ident { $($field:ident),* })*) => { $(
        impl Laid for $name {
            fn lay(&self, block: &mut Vec<u8>) {
                $(self.$field.lay(block);)*
            }

            fn take_from(input: &mut Input<'_>) -> Option<Self> {
                Some(Self { $($field: Laid::take_from(input)?),* })
            }
        }
    )* };
}

fields! {
    Postings { keys, counts, places, lists, bits, len }
    Incidence { starts, ordinals }
    Coded { codes, postings }
    ChangeColumn { codes }
    AlterationTable {
        genes, kinds, firsts, last_codons, classes, changes, text, text_ends, incidence, values, flags
    }
    TherapyTable {
        drug_ends, drugs, class_ends, classes, regimens, lines, sides, responses, incidence, starts, ends,
        case_starts, case_keys
    }
    EventTable { codes, grades, sides, incidence }
    Segment {
        ids, by_id, coded, pyramid, ages, completeness, tmb, days, recorded, changes, alterations,
        genes, genes_elsewhere, gene_starts, gene_list, therapies, drugs, events
    }
}
