//! `tsumugi cats convert`.

use std::{
    ffi::OsString,
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Context;
use ingest::{
    cats::{
        self, Document, Version,
        convert::{Contig, Cytobands, Helpers, Target},
    },
    cbioportal,
    output::write_files,
    reading::Reading,
};
use model::{
    problem::{Problem, has_error},
    text::Language,
};

use super::{
    ALL_VALID, SOME_INVALID, UNREADABLE,
    files::{self, FileBytes},
    show,
};
use crate::genome_files::{GenomeFiles, OpenedGenomeFiles};

/// Largest table that helps: FASTA index or cytobands. Units: bytes.
const MAX_TABLE_BYTES: usize = 64 << 20;

/// Arguments of `tsumugi cats convert`.
#[derive(Debug, clap::Args)]
pub(crate) struct Convert {
    /// File to convert.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// What to make; several may be given, separated by commas.
    #[arg(long, value_enum, value_delimiter = ',', required = true)]
    to: Vec<To>,
    /// Folder for the outcome; made if it is not there.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Files of the genome; the VCF names the contigs of the reference, and a file on GRCh37 needs the chain.
    #[command(flatten)]
    genome: GenomeFiles,
    /// UCSC table of cytogenetic bands of GRCh38 (cytoBand.txt); without it the bands of fusions are `.`.
    #[arg(long, value_name = "FILE")]
    cytoband: Option<PathBuf>,
    /// Language of messages: ja or en.
    #[arg(long, default_value = "ja")]
    lang: Language,
}

/// What to make of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum To {
    /// Short variants: somatic and germline VCF.
    Vcf,
    /// Copy-number alterations: BED.
    Bed,
    /// Gene fusions: DNA and RNA BEDPE.
    Bedpe,
    /// Other rearrangements, expressions and biomarkers: JSON.
    Json,
    /// Study files for cBioPortal.
    Cbioportal,
}

impl To {
    fn target(self) -> Option<Target> {
        match self {
            Self::Vcf => Some(Target::Vcf),
            Self::Bed => Some(Target::Bed),
            Self::Bedpe => Some(Target::Bedpe),
            Self::Json => Some(Target::Json),
            Self::Cbioportal => None,
        }
    }
}

/// What stands beside the document, opened.
struct Beside {
    genome: OpenedGenomeFiles,
    reference_name: Option<String>,
    contigs: Option<Vec<Contig>>,
    cytobands: Option<Cytobands>,
}

impl Convert {
    /// Runs the command.
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let beside = match self.open_beside() {
            Ok(beside) => beside,
            Err(error) => {
                eprintln!("Error: {error:#}");
                return Ok(ExitCode::from(UNREADABLE));
            }
        };
        let options = beside.genome.cats_options();
        let reading = match files::read(&self.file, options.max_bytes) {
            Ok(FileBytes::Whole(bytes)) => cats::read(&bytes, &options),
            Ok(FileBytes::TooLarge(bytes)) => cats::refuse_by_size(bytes, &options),
            Err(error) => {
                eprintln!("Error: {}: {error}", self.file.display());
                return Ok(ExitCode::from(UNREADABLE));
            }
        };
        let is_valid = reading.is_valid();
        let Some(document) = reading.value.filter(|_| is_valid) else {
            return self.refuse(&reading.problems);
        };
        // Up to 1.1.0 items say in other words what is converted here.
        let upgraded = match document.version() {
            Some(version) if version < Version::V1_2_0 => cats::upgrade(&document, Version::V1_2_0),
            _ => Reading::of(document, Vec::new()),
        };
        let Some(document) = upgraded.value.filter(|_| !has_error(&upgraded.problems)) else {
            return self.refuse(&upgraded.problems);
        };
        let (document, mut told) = match &beside.genome.chain {
            Some(chain) => cats::convert::lift_document(document, chain),
            None => (document, Vec::new()),
        };
        self.convert(&document, &beside, &mut told)
    }

    fn convert(
        &self,
        document: &Document,
        beside: &Beside,
        told: &mut Vec<Problem>,
    ) -> anyhow::Result<ExitCode> {
        let mut outputs: Vec<(String, Vec<u8>)> = Vec::new();
        let targets: Vec<Target> = self.to.iter().filter_map(|to| to.target()).collect();
        if !targets.is_empty() {
            let helpers = Helpers {
                reference_name: beside.reference_name.as_deref(),
                contigs: beside.contigs.as_deref(),
                cytobands: beside.cytobands.as_ref(),
            };
            let converted = cats::convert::convert(document, &targets, &helpers);
            told.extend(converted.problems);
            let Some(files) = converted.value else { return self.refuse(told) };
            outputs.extend(files.into_iter().map(|file| (file.name.to_owned(), file.bytes)));
        }
        if self.to.contains(&To::Cbioportal) {
            let study = cbioportal::study_files(document);
            told.extend(study.problems);
            let files = study.value.unwrap_or_default();
            outputs.extend(files.into_iter().map(|file| (file.path.to_owned(), file.bytes)));
        }
        let files = outputs.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice()));
        write_files(&self.out, files)
            .with_context(|| format!("writing below {}", self.out.display()))?;
        show::problems(&mut io::stderr().lock(), told, self.lang)?;
        let mut out = crate::outcome::out();
        for (name, _) in &outputs {
            writeln!(out, "{}", self.out.join(name).display())?;
        }
        Ok(ExitCode::from(ALL_VALID))
    }

    fn open_beside(&self) -> anyhow::Result<Beside> {
        let genome = self.genome.open()?;
        let contigs = self.genome.reference.as_deref().map(contigs_of).transpose()?;
        let reference_name = self
            .genome
            .reference
            .as_deref()
            .and_then(Path::file_name)
            .map(|name| name.to_string_lossy().into_owned());
        let read_bands = |path: &Path| -> anyhow::Result<Cytobands> {
            let text = text_of(path)?;
            Cytobands::read(&text).with_context(|| format!("reading {}", path.display()))
        };
        let cytobands = self.cytoband.as_deref().map(read_bands).transpose()?;
        Ok(Beside { genome, reference_name, contigs, cytobands })
    }

    /// Says why nothing was written.
    fn refuse(&self, problems: &[Problem]) -> anyhow::Result<ExitCode> {
        let mut err = io::stderr().lock();
        let verdict = match self.lang {
            Language::Ja => "変換できません。何も書き出していません",
            Language::En => "not converted, nothing was written",
        };
        writeln!(err, "{}: {verdict}", self.file.display())?;
        show::problems(&mut err, problems, self.lang)?;
        Ok(ExitCode::from(SOME_INVALID))
    }
}

/// Reads the contigs of the index beside a FASTA file.
fn contigs_of(fasta: &Path) -> anyhow::Result<Vec<Contig>> {
    let mut index = OsString::from(fasta);
    index.push(".fai");
    let path = PathBuf::from(index);
    cats::convert::read_index(&text_of(&path)?)
        .with_context(|| format!("reading {}", path.display()))
}

/// Reads a helping table whole.
fn text_of(path: &Path) -> anyhow::Result<String> {
    let bytes = match files::read(path, MAX_TABLE_BYTES) {
        Ok(FileBytes::Whole(bytes)) => bytes,
        Ok(FileBytes::TooLarge(bytes)) => {
            anyhow::bail!("{} is too large ({bytes} bytes)", path.display())
        }
        Err(error) => {
            return Err(error).with_context(|| format!("reading {}", path.display()));
        }
    };
    String::from_utf8(bytes).with_context(|| format!("reading {} as UTF-8", path.display()))
}
