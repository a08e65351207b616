//! A view as a file, so that a service begins without reading every document again.
//!
//! Shape: a head, the dictionaries, and one block for each segment. The head has a mark, the version of the layout,
//! a checksum of the closed lists (a word's place in its list is what a segment holds), and the place, length and
//! CRC-32 of each block; a CRC-32 of the head itself follows it. All numbers are little-endian. A snapshot is derived:
//! whatever is wrong with one, the index is built again from the record.
//!
//! Not here: files. The caller writes to a new file and puts it in the old one's place.

use std::{
    io::{self, Write},
    sync::Arc,
};

use rayon::prelude::*;

use self::{
    blocks::{Input, Laid},
    names::Names,
};
use super::{
    bitmap::Bitmap,
    index::{CohortView, Part},
    item::Item,
    segment::Segment,
};

mod blocks;
mod names;

/// What every snapshot begins with.
const MARK: &[u8; 8] = b"TSUMUGIC";
/// Version of the layout; every change of it gets the next number.
const VERSION: u32 = 2;
/// Most blocks of a snapshot.
const MAX_BLOCKS: u32 = 100_000;

/// Why a snapshot could not be opened; the index is then built from the record.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenSnapshotError {
    /// It is something else.
    #[error("open a cohort snapshot: this is none")]
    NoSnapshot,
    /// It was written by another version of the programme.
    #[error(
        "open a cohort snapshot: its layout has version {found}, and this programme's has {VERSION}"
    )]
    OtherVersion {
        /// The snapshot's version.
        found: u32,
    },
    /// It was written with other lists of words.
    #[error("open a cohort snapshot: it was written with other lists of words")]
    OtherWords,
    /// It is shorter than it says.
    #[error("open a cohort snapshot: it is cut off")]
    CutOff,
    /// A checksum does not fit.
    #[error("open a cohort snapshot: block {block} is damaged")]
    Damaged {
        /// Number of the block; 0 is the head.
        block: usize,
    },
}

impl CohortView {
    /// Writes the view as a snapshot.
    ///
    /// Errors: those of writing.
    pub fn write_snapshot(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut blocks = vec![Names::of(&self.dictionaries).to_bytes()?];
        for part in &self.parts {
            let mut block = Vec::new();
            part.live.words().to_vec().lay(&mut block);
            part.segment.lay(&mut block);
            blocks.push(block);
        }
        let mut head = Vec::new();
        head.extend_from_slice(MARK);
        head.extend_from_slice(&VERSION.to_le_bytes());
        head.extend_from_slice(&words_checksum().to_le_bytes());
        head.extend_from_slice(&(blocks.len() as u32).to_le_bytes());
        let mut place = (head.len() + blocks.len() * 20 + 4) as u64;
        for block in &blocks {
            head.extend_from_slice(&place.to_le_bytes());
            head.extend_from_slice(&(block.len() as u64).to_le_bytes());
            head.extend_from_slice(&crc32fast::hash(block).to_le_bytes());
            place += block.len() as u64;
        }
        out.write_all(&head)?;
        out.write_all(&crc32fast::hash(&head).to_le_bytes())?;
        blocks.iter().try_for_each(|block| out.write_all(block))
    }

    /// Opens a snapshot.
    ///
    /// Errors: bytes that are no snapshot, one of another version, or one that is damaged.
    pub fn open_snapshot(bytes: &[u8]) -> Result<Self, OpenSnapshotError> {
        let blocks = read_head(bytes)?;
        let (first, rest) = blocks.split_first().ok_or(OpenSnapshotError::CutOff)?;
        let damaged = |block: usize| OpenSnapshotError::Damaged { block: block + 1 };
        let names = Names::from_bytes(checked(bytes, first, 0)?).ok_or(damaged(0))?;
        let dictionaries = names.dictionaries();
        let parts = rest.par_iter().enumerate().map(|(at, block)| {
            let part = read_part(checked(bytes, block, at + 1)?);
            part.filter(|part| part.segment.fits(&dictionaries)).ok_or(damaged(at + 1))
        });
        let parts = parts.collect::<Result<Vec<_>, _>>()?;
        Ok(Self::of_parts(parts, Arc::new(dictionaries)))
    }
}

/// A block's place, length and checksum.
struct Block {
    place: u64,
    len: u64,
    checksum: u32,
}

fn read_head(bytes: &[u8]) -> Result<Vec<Block>, OpenSnapshotError> {
    use OpenSnapshotError as E;
    let mut input = Input::of(bytes);
    if input.take(MARK.len()) != Some(MARK) {
        return Err(E::NoSnapshot);
    }
    let version = input.number::<4>().map(u32::from_le_bytes).ok_or(E::CutOff)?;
    if version != VERSION {
        return Err(E::OtherVersion { found: version });
    }
    let words = input.number::<4>().map(u32::from_le_bytes).ok_or(E::CutOff)?;
    let count = input.number::<4>().map(u32::from_le_bytes).ok_or(E::CutOff)?;
    if count > MAX_BLOCKS {
        return Err(E::Damaged { block: 0 });
    }
    let mut blocks = Vec::new();
    for _ in 0..count {
        let place = input.number::<8>().map(u64::from_le_bytes).ok_or(E::CutOff)?;
        let len = input.number::<8>().map(u64::from_le_bytes).ok_or(E::CutOff)?;
        let checksum = input.number::<4>().map(u32::from_le_bytes).ok_or(E::CutOff)?;
        blocks.push(Block { place, len, checksum });
    }
    let head = bytes.get(..input.read()).ok_or(E::CutOff)?;
    let checksum = input.number::<4>().map(u32::from_le_bytes).ok_or(E::CutOff)?;
    if crc32fast::hash(head) != checksum {
        return Err(E::Damaged { block: 0 });
    }
    // Only now is it known that the checksum of the words is what was written.
    if words == words_checksum() { Ok(blocks) } else { Err(E::OtherWords) }
}

fn checked<'a>(bytes: &'a [u8], block: &Block, at: usize) -> Result<&'a [u8], OpenSnapshotError> {
    let end = block.place.checked_add(block.len).and_then(|end| usize::try_from(end).ok());
    let range = usize::try_from(block.place).ok().zip(end);
    let own = range.and_then(|(start, end)| bytes.get(start..end));
    let own = own.ok_or(OpenSnapshotError::CutOff)?;
    if crc32fast::hash(own) == block.checksum {
        Ok(own)
    } else {
        Err(OpenSnapshotError::Damaged { block: at + 1 })
    }
}

fn read_part(block: &[u8]) -> Option<Part> {
    let mut input = Input::of(block);
    let live = Vec::<u64>::take_from(&mut input)?;
    let segment = Segment::take_from(&mut input)?;
    let is_whole = input.is_at_end() && segment.is_whole();
    let live = Bitmap::of_words(live, segment.len());
    is_whole.then(|| Part { segment: Arc::new(segment), live: Arc::new(live) })
}

/// Returns a checksum of every item and word in the order of their places.
fn words_checksum() -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    for item in Item::ALL {
        hasher.update(item.code().as_bytes());
        for place in 1..=item.words() {
            let code = item.word_code(place).unwrap_or_default();
            hasher.update(b"\t");
            hasher.update(code.as_bytes());
        }
        hasher.update(b"\n");
    }
    use super::word::{AlterationClass, AlterationKind, Origin, Response, Side, Word as _};
    let codes = AlterationKind::ALL
        .iter()
        .map(|word| word.code())
        .chain(AlterationClass::ALL.iter().map(|word| word.code()))
        .chain(Origin::ALL.iter().map(|word| word.code()))
        .chain(Response::ALL.iter().map(|word| word.code()))
        .chain(Side::ALL.iter().map(|word| word.code()));
    codes.for_each(|code| hasher.update(code.as_bytes()));
    hasher.finalize()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::cohort::{
        AdverseEvent, AlterationKind, CohortAlteration, CohortCase, CohortDay, CohortIndex,
        CohortPanel, CompactionLimits, NoHierarchy, PageRequest, PanelCoverage, Query, Side,
        TherapyLine,
    };

    fn view() -> Arc<CohortView> {
        let genes = ["KRAS".into(), "TP53".into()];
        let coverage = PanelCoverage::of(&genes, &[AlterationKind::Short]);
        let panel = CohortPanel::new("P", Some(coverage));
        let cases = (0..90_u16).map(|number| {
            let mut case = CohortCase::unknown(Uuid::from_u128(number.into()), "registered".into());
            case.panel = Some(Arc::clone(&panel));
            case.age_years = Some((number % 80) as u8);
            let mut own = CohortAlteration::new("KRAS".into(), AlterationKind::Short);
            own.change = Some(if number % 2 == 0 { "G12C" } else { "E1_A2del" }.into());
            own.codons = Some((12, 12));
            case.alterations = vec![own];
            case.therapies = vec![TherapyLine {
                start: CohortDay::of_number(40_000 + number),
                end: None,
                side: Side::Before,
                line: Some(1),
                drugs: vec!["cisplatin".into()],
                classes: vec!["platinum".into()],
                response: None,
            }];
            case.events =
                vec![AdverseEvent { code: "1".into(), grade: Some(3), side: Side::After }];
            case
        });
        let limits = CompactionLimits { tail_cases: 4, merged_cases: 40, segment_cases: 40 };
        CohortIndex::build(cases, limits).unwrap().view()
    }

    /// Whatever passes the checks can be searched and counted.
    fn use_it(view: &CohortView) {
        for query in [Query::Everything, Query::gene("KRAS").negated()] {
            let cohort = view.evaluate(&query, &NoHierarchy).unwrap();
            assert_eq!(view.page(&cohort, &PageRequest::default()).cases, cohort.cases());
        }
        assert!(view.every_case().count() <= 90);
    }

    #[test]
    fn damaged_segments_are_refused_or_harmless_even_where_the_checksum_fits() {
        let view = view();
        let mut block = Vec::new();
        view.parts[0].live.words().to_vec().lay(&mut block);
        view.parts[0].segment.lay(&mut block);
        let mut refused = 0;
        for at in (0..block.len()).step_by(5) {
            let mut damaged = block.clone();
            damaged[at] ^= [0x01, 0x80, 0xFF][at % 3];
            let part = read_part(&damaged);
            match part.filter(|part| part.segment.fits(&view.dictionaries)) {
                Some(part) => {
                    let names = Arc::clone(&view.dictionaries);
                    use_it(&CohortView::of_parts(vec![part], names));
                }
                None => refused += 1,
            }
        }
        assert!(refused > 100, "{refused} of {} refused", block.len() / 5);
    }
}
