//! The reference sequence and the lift-over chain that a user names, opened once for all commands.

use std::path::PathBuf;

use ingest::{cats::ReadOptions, lift::Chain, reference::Reference};

/// Options that name files of the genome.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct GenomeFiles {
    /// Indexed FASTA (plain or bgzip) with which reference alleles of CATS files are compared
    #[arg(long, value_name = "FASTA")]
    pub(crate) reference: Option<PathBuf>,
    /// UCSC chain from GRCh37 to GRCh38 (hg19ToHg38), plain or gzip; results on GRCh37 are lifted with it
    #[arg(long, value_name = "FILE")]
    pub(crate) chain: Option<PathBuf>,
}

/// The files, opened.
#[derive(Default)]
pub(crate) struct OpenedGenomeFiles {
    /// The reference sequence.
    pub(crate) reference: Option<Reference>,
    /// The chain.
    pub(crate) chain: Option<Chain>,
}

impl GenomeFiles {
    /// Opens what is named.
    ///
    /// Errors: a file cannot be read, has no index, or is not what it should be.
    pub(crate) fn open(&self) -> anyhow::Result<OpenedGenomeFiles> {
        let reference = self.reference.as_deref().map(Reference::open).transpose()?;
        let chain = self.chain.as_deref().map(Chain::open).transpose()?;
        Ok(OpenedGenomeFiles { reference, chain })
    }
}

impl OpenedGenomeFiles {
    /// Returns how CATS files are read beside them.
    pub(crate) fn cats_options(&self) -> ReadOptions<'_> {
        ReadOptions {
            reference: self.reference.as_ref(),
            chain: self.chain.as_ref(),
            ..ReadOptions::default()
        }
    }
}
