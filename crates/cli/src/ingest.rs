//! `tsumugi ingest`.
//!
//! Threads read and prepare files; one writer records them in batches, each a transaction. Ended at any
//! moment and run again, it goes on where the last committed batch ended.

use std::{
    collections::BTreeSet,
    path::PathBuf,
    process::ExitCode,
    sync::atomic::AtomicUsize,
    thread,
    time::{Duration, Instant},
};

use access::audit::{Deed, Entry};
use care::intake::{Prepared, Received, Settings, reannotate_with, receive_by, register_release};
use model::{identity::Digest, text::LocalizedText};
use store::Store;
use tokio::sync::mpsc::{self, Receiver};

use crate::genome_files::GenomeFiles;
use crate::record::{DEFAULT_RECORD, Failure, Knowledge, finish, now, open_and_migrate, runtime};

mod folder;
pub(crate) mod progress;
mod summary;
mod worker;

use progress::Progress;
use summary::Summary;
use worker::{Done, Outcome, Work};

/// Most files recorded in one transaction.
const BATCH_FILES_MAX: usize = 512;
/// Packed size at which a transaction is large enough. Units: bytes.
const BATCH_MAX_BYTES: usize = 16 << 20;
/// How long a transaction waits for more files.
const BATCH_WAIT: Duration = Duration::from_millis(300);
/// Files that are prepared and wait for the writer.
const WAITING_FILES_MAX: usize = 128;
/// Most threads.
const THREADS_MAX: usize = 64;

/// Arguments of `tsumugi ingest`.
#[derive(Debug, clap::Args)]
pub(crate) struct Ingest {
    /// Folder with results: NAME.cats, .json, .maf or .vcf, plain or compressed; NAME.case.json beside one is its case
    folder: PathBuf,
    /// The record: sqlite:FILE or postgres://…; it is made where there is none
    #[arg(long, value_name = "URL", default_value = DEFAULT_RECORD)]
    db: String,
    /// Folder of a knowledge release; without it the built-in demonstration release
    #[arg(long, value_name = "DIR")]
    knowledge: Option<PathBuf>,
    /// Threads that read and report; without it as many as there are processors
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
    /// Region whose approvals are "here": ISO 3166 code
    #[arg(long, value_name = "CODE", default_value = "JP", value_parser = crate::record::region)]
    home_region: String,
    #[command(flatten)]
    genome: GenomeFiles,
}

impl Ingest {
    /// Runs the command.
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        Ok(finish(self.ingest()))
    }

    fn ingest(self) -> Result<ExitCode, Failure> {
        let found = folder::list(&self.folder).map_err(|error| {
            Failure(LocalizedText::new(
                format!("フォルダ {} を読めません({error})。", self.folder.display()),
                format!("The folder {} cannot be read ({error}).", self.folder.display()),
            ))
        })?;
        let knowledge = Knowledge::open(self.knowledge.as_ref())?;
        let release = knowledge.release();
        let genome = self.genome.open().map_err(|error| {
            Failure(LocalizedText::new(
                format!("参照配列またはチェーンのファイルを使えません({error:#})。"),
                format!("The reference or the chain file cannot be used ({error:#})."),
            ))
        })?;
        let mut settings = Settings::new(env!("CARGO_PKG_VERSION"));
        settings.annotate.home.clone_from(&self.home_region);
        settings.read.cats.reference = genome.reference.as_ref();
        settings.read.cats.chain = genome.chain.as_ref();
        let runtime = runtime()?;

        let store = runtime.block_on(open_and_migrate(&self.db))?;
        runtime.block_on(register_release(&store, release, now()))?;
        let known = runtime.block_on(store.known_digests())?;
        let rejected_before = runtime.block_on(store.rejected_digests())?;

        let processors = thread::available_parallelism().map_or(1, usize::from);
        let threads = self.threads.unwrap_or(processors).clamp(1, THREADS_MAX);
        let work = Work {
            files: &found.results,
            next: AtomicUsize::new(0),
            known: &known,
            release,
            settings: &settings,
        };
        let (sender, receiver) = mpsc::channel(WAITING_FILES_MAX);
        let mut writer = Writer {
            store: &store,
            files: &found.results,
            rejected_before: &rejected_before,
            summary: Summary { ignored: found.ignored, ..Summary::default() },
            progress: Progress::begin(found.results.len() as u64, "ファイル files"),
            reports_pending: false,
        };
        let written = thread::scope(|scope| {
            for _thread in 0..threads {
                let sender = sender.clone();
                let work = &work;
                scope.spawn(move || work.run(&sender));
            }
            drop(sender);
            runtime.block_on(writer.write(receiver))
        });
        writer.progress.end();
        written?;
        if writer.reports_pending {
            let (version, options) = (settings.program_version, &settings.annotate);
            let adding = reannotate_with(&store, release, version, options, now, |_| ());
            runtime.block_on(adding)?;
        }
        runtime.block_on(store.close());
        let unreadable = found.unreadable.into_iter().map(|(path, reason)| {
            let text = LocalizedText::new(
                format!("開けません({reason})。"),
                format!("It cannot be opened ({reason})."),
            );
            (path, text)
        });
        let mut summary = writer.summary;
        summary.unreadable.extend(unreadable);
        println!("{}", summary.to_string().trim_end());
        Ok(summary.exit_code())
    }
}

/// The one that records.
struct Writer<'a> {
    store: &'a Store,
    files: &'a [PathBuf],
    rejected_before: &'a BTreeSet<Digest>,
    summary: Summary,
    progress: Progress,
    reports_pending: bool,
}

impl Writer<'_> {
    async fn write(&mut self, mut receiver: Receiver<Done>) -> Result<(), Failure> {
        while let Some(first) = receiver.recv().await {
            let mut batch = Vec::new();
            let mut weight_bytes = self.sort(first, &mut batch);
            let begun = Instant::now();
            while batch.len() < BATCH_FILES_MAX && weight_bytes < BATCH_MAX_BYTES {
                let left = BATCH_WAIT.saturating_sub(begun.elapsed());
                match tokio::time::timeout(left, receiver.recv()).await {
                    Ok(Some(done)) => weight_bytes += self.sort(done, &mut batch),
                    Ok(None) | Err(_) => break,
                }
            }
            self.record(batch).await?;
        }
        Ok(())
    }

    /// Counts what needs no writing, and puts the rest into the batch; returns how much memory that takes.
    fn sort(&mut self, done: Done, batch: &mut Vec<(usize, Prepared)>) -> usize {
        let path = || self.files.get(done.file).cloned().unwrap_or_default();
        match done.outcome {
            Outcome::Ready(prepared) => {
                let weight_bytes = prepared.weight_bytes();
                batch.push((done.file, *prepared));
                return weight_bytes;
            }
            Outcome::Known(digest) => {
                self.summary.already_there += 1;
                if self.rejected_before.contains(&digest) {
                    let path = path();
                    self.summary.rejected.push((path, None));
                }
            }
            Outcome::Unreadable(reason) => {
                let path = path();
                self.summary.unreadable.push((path, reason));
            }
        }
        self.progress.add(1);
        0
    }

    async fn record(&mut self, batch: Vec<(usize, Prepared)>) -> Result<(), Failure> {
        if batch.is_empty() {
            return Ok(());
        }
        let mut places = Vec::with_capacity(batch.len());
        let mut prepared = Vec::with_capacity(batch.len());
        for (file, one) in batch {
            places.push((file, one.first_error()));
            prepared.push(one);
        }
        let now = now();
        let by = Entry::by_system(now, "tsumugi ingest", Deed::TakeIn);
        let received = receive_by(self.store, prepared, now, &by).await?;
        for (at, (file, first_error)) in places.iter().enumerate() {
            let of_file: Vec<&Received> = received.iter().filter(|one| one.file == at).collect();
            self.count(*file, first_error.as_ref(), &of_file);
        }
        self.progress.add(places.len() as u64);
        Ok(())
    }

    fn count(&mut self, file: usize, first_error: Option<&LocalizedText>, received: &[&Received]) {
        let path = || self.files.get(file).cloned().unwrap_or_default();
        if received.iter().any(|one| !one.new) {
            self.summary.already_there += 1;
            self.summary.revised += u64::from(received.iter().any(|one| one.report_pending));
        }
        if received.iter().any(|one| !one.accepted) {
            let path = path();
            self.summary.rejected.push((path, first_error.cloned()));
        }
        let new = received.iter().filter(|one| one.new && one.accepted).count();
        self.summary.new += new as u64;
        self.reports_pending |= received.iter().any(|one| one.report_pending);
    }
}
