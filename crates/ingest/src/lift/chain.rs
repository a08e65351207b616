//! The chain file and the places it moves.

use std::{
    collections::HashMap,
    fs::File,
    io::{self, BufRead, BufReader, Read},
    path::{Path, PathBuf},
};

use flate2::bufread::MultiGzDecoder;
use model::genome::{Assembly, Position1, Strand, chromosome_without_prefix};

use crate::reference::assembly_of;

/// Most blocks of a chain file; the one from hg19 to hg38 has some 25,000.
const BLOCKS_MAX: usize = 20_000_000;
/// Longest line. Units: bytes.
const LINE_BYTES_MAX: u64 = 4_096;

/// A chain could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadChainError {
    /// The file could not be opened.
    #[error("opening the chain {path}", path = .path.display())]
    Open {
        /// The chain file.
        path: PathBuf,
        /// What went wrong.
        #[source]
        source: io::Error,
    },
    /// The bytes could not be read or unpacked.
    #[error("reading the chain")]
    Read(#[source] io::Error),
    /// A line does not follow the chain format.
    #[error("reading line {0} of the chain: it does not follow the UCSC chain format")]
    Line(u64),
    /// There are more blocks than are read.
    #[error("the chain has more than {BLOCKS_MAX} blocks")]
    TooManyBlocks,
    /// The sequence lengths are not those of GRCh37 and GRCh38.
    #[error(
        "the chain does not lead from GRCh37 to GRCh38: the lengths of its sequences say otherwise"
    )]
    OtherAssemblies,
}

/// A stretch that both assemblies have alike. Units: 0-based, end not included.
#[derive(Clone, Copy, Debug)]
struct Block {
    from_start: u64,
    from_end: u64,
    /// Greatest `from_end` of this block and those before it.
    reach: u64,
    /// Start on the strand of `chain`.
    to_start: u64,
    chain: usize,
}

/// What a header says that all blocks of a chain share.
#[derive(Debug)]
struct Header {
    score: f64,
    to_name: String,
    to_size: u64,
    to_strand: Strand,
}

/// A place in the new assembly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lifted {
    /// Chromosome without `chr`.
    pub chromosome: String,
    /// First base. Units: 1-based, on the forward strand.
    pub first: Position1,
    /// Last base. Units: 1-based, inclusive, on the forward strand.
    pub last: Position1,
    /// Strand of the new assembly that matches the old one's forward strand.
    pub strand: Strand,
}

/// A chain from GRCh37 to GRCh38.
#[derive(Debug)]
pub struct Chain {
    headers: Vec<Header>,
    /// Blocks of each old chromosome, by their start.
    blocks: HashMap<String, Vec<Block>>,
}

impl Chain {
    /// Opens a chain file, plain or compressed with gzip.
    ///
    /// Errors: an unreadable file, a line that is no chain, assemblies other than GRCh37 and GRCh38.
    pub fn open(path: &Path) -> Result<Self, ReadChainError> {
        let file = File::open(path)
            .map_err(|source| ReadChainError::Open { path: path.to_owned(), source })?;
        Self::read(BufReader::new(file))
    }

    /// Reads a chain, plain or compressed with gzip, as its first bytes tell.
    ///
    /// Errors: as [`Chain::open`].
    pub fn read(mut source: impl BufRead) -> Result<Self, ReadChainError> {
        let is_gzip = source.fill_buf().map_err(ReadChainError::Read)?.starts_with(&[0x1f, 0x8b]);
        if is_gzip {
            Self::read_plain(BufReader::new(MultiGzDecoder::new(source)))
        } else {
            Self::read_plain(source)
        }
    }

    fn read_plain(mut source: impl BufRead) -> Result<Self, ReadChainError> {
        let mut reading = ChainReading::default();
        let mut line = String::new();
        for number in 1.. {
            line.clear();
            let length = (&mut source)
                .take(LINE_BYTES_MAX)
                .read_line(&mut line)
                .map_err(ReadChainError::Read)?;
            if length == 0 {
                break;
            }
            reading.line(line.trim()).ok_or(ReadChainError::Line(number))?;
            if reading.block_count > BLOCKS_MAX {
                return Err(ReadChainError::TooManyBlocks);
            }
        }
        reading.finish()
    }

    /// Moves a stretch that must be alike, base by base, in both assemblies.
    ///
    /// `None` where no single block holds the whole stretch. Of several, the one of the best score is taken.
    /// Units: 1-based, inclusive.
    pub fn lift(&self, chromosome: &str, first: Position1, last: Position1) -> Option<Lifted> {
        let blocks = self.blocks.get(chromosome_without_prefix(chromosome))?;
        let start = first.0.checked_sub(1)?;
        let end = last.0;
        if end <= start {
            return None;
        }
        let after = blocks.partition_point(|block| block.from_start <= start);
        let candidates = blocks.get(..after)?.iter().rev();
        let mut best: Option<(&Block, &Header)> = None;
        for block in candidates.take_while(|block| block.reach > start) {
            let header = self.headers.get(block.chain)?;
            let is_better = best.is_none_or(|(_, other)| header.score > other.score);
            if block.from_end >= end && is_better {
                best = Some((block, header));
            }
        }
        let (block, header) = best?;
        let to_start = block.to_start.checked_add(start - block.from_start)?;
        let to_end = to_start.checked_add(end - start)?;
        let (first, last) = match header.to_strand {
            Strand::Forward => (to_start.checked_add(1)?, to_end),
            Strand::Reverse => (
                header.to_size.checked_sub(to_end)?.checked_add(1)?,
                header.to_size.checked_sub(to_start)?,
            ),
        };
        Some(Lifted {
            chromosome: header.to_name.clone(),
            first: Position1(first),
            last: Position1(last),
            strand: header.to_strand,
        })
    }
}

/// The state of a reading: the current chain and what was gathered.
#[derive(Default)]
struct ChainReading {
    headers: Vec<Header>,
    blocks: HashMap<String, Vec<Block>>,
    from_lengths: HashMap<String, u64>,
    to_lengths: HashMap<String, u64>,
    block_count: usize,
    current: Option<Current>,
}

struct Current {
    from_name: String,
    from_at: u64,
    to_at: u64,
}

impl ChainReading {
    /// Takes one line; `None` where it does not follow the format.
    fn line(&mut self, line: &str) -> Option<()> {
        if line.is_empty() || line.starts_with('#') {
            return Some(());
        }
        let fields: Vec<&str> = line.split_ascii_whitespace().collect();
        if fields.first() == Some(&"chain") {
            return self.header(&fields);
        }
        self.block(&fields)
    }

    fn header(&mut self, fields: &[&str]) -> Option<()> {
        let text = |index: usize| fields.get(index).copied();
        let number = |index: usize| text(index)?.parse::<u64>().ok();
        let from_name = chromosome_without_prefix(text(2)?).to_owned();
        let to_name = chromosome_without_prefix(text(7)?).to_owned();
        let (from_size, to_size) = (number(3)?, number(8)?);
        let to_strand = match text(9)? {
            "+" => Strand::Forward,
            "-" => Strand::Reverse,
            _ => return None,
        };
        if text(4)? != "+" || number(6)? > from_size || number(11)? > to_size {
            return None;
        }
        self.current =
            Some(Current { from_name: from_name.clone(), from_at: number(5)?, to_at: number(10)? });
        self.from_lengths.insert(from_name, from_size);
        self.to_lengths.insert(to_name.clone(), to_size);
        let score = text(1)?.parse().ok()?;
        self.headers.push(Header { score, to_name, to_size, to_strand });
        Some(())
    }

    fn block(&mut self, fields: &[&str]) -> Option<()> {
        let number = |index: usize| fields.get(index)?.parse::<u64>().ok();
        let current = self.current.as_mut()?;
        let chain = self.headers.len().checked_sub(1)?;
        let size = number(0)?;
        let from_end = current.from_at.checked_add(size)?;
        let to_end = current.to_at.checked_add(size)?;
        let is_within = self.from_lengths.get(&current.from_name).is_some_and(|l| from_end <= *l)
            && self.headers.get(chain).is_some_and(|header| to_end <= header.to_size);
        if !is_within {
            return None;
        }
        let block = Block {
            from_start: current.from_at,
            from_end,
            reach: from_end,
            to_start: current.to_at,
            chain,
        };
        self.blocks.entry(current.from_name.clone()).or_default().push(block);
        self.block_count += 1;
        match fields.len() {
            1 => self.current = None,
            3 => {
                current.from_at = from_end.checked_add(number(1)?)?;
                current.to_at = to_end.checked_add(number(2)?)?;
            }
            _ => return None,
        }
        Some(())
    }

    fn finish(mut self) -> Result<Chain, ReadChainError> {
        let assembly = |lengths: &HashMap<String, u64>| {
            assembly_of(lengths.iter().map(|(name, length)| (name.as_str(), *length)))
        };
        let is_37_to_38 = assembly(&self.from_lengths) == Some(Assembly::Grch37)
            && assembly(&self.to_lengths) == Some(Assembly::Grch38);
        if !is_37_to_38 {
            return Err(ReadChainError::OtherAssemblies);
        }
        for blocks in self.blocks.values_mut() {
            blocks.sort_unstable_by_key(|block| (block.from_start, block.from_end));
            let mut reach = 0;
            for block in blocks {
                reach = reach.max(block.from_end);
                block.reach = reach;
            }
        }
        Ok(Chain { headers: self.headers, blocks: self.blocks })
    }
}
