//! Case CSVs of the portal between their preview and their confirmation.
//!
//! A file that was sent waits in the data folder, for the program alone, and still does when the program has started again: then it is
//! compared anew. It is its sender's alone, kept for a time that is bounded, and read one case at a time. Comparing and entering
//! go on behind the pages; what they have come to is told to whoever waits.

mod waiting;

use std::{
    fs::File,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use access::{Action, Actor, Permit, Purpose, audit::Entry};
use care::record_import::{CasePlan, Compared, Comparing, PlanError, enter, too_many_cases};
use chrono::{DateTime, Utc};
use ingest::portal_csv::{PortalCases, ReadOptions};
use model::{
    catalogue::Document,
    identity::{CaseId, PersonId},
    organisation::OrganisationCode,
    problem::{Problem, has_error},
};
use tokio::sync::{Semaphore, watch};
use uuid::Uuid;

pub(crate) use waiting::{Arriving, Waiting, WaitingFolder};

use crate::{
    audit::AuditError,
    error::PageError,
    limits::{
        IMPORT_CASES_MAX, IMPORT_FILE_BYTES_MAX, IMPORT_KEPT_TIME_MAX, IMPORTS_AT_ONCE,
        IMPORTS_KEPT_MAX,
    },
    state::AppState,
};

/// Most cases whose entries, or the entries of their being looked at, are one transaction.
const BATCH_CASES: usize = 64;
/// Most that the rows of one case may take. Units: bytes.
const CASE_BYTES_MAX: usize = 16 << 20;
/// How often waiting files are looked through.
const SWEEPING_REST: Duration = Duration::from_secs(5 * 60);
/// What the audit log says of a preview.
const PREVIEW: &str = "preview of a portal case CSV";
/// What the audit log says of what was entered.
const ENTERED: &str = "portal case CSV";

/// How far something is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Progress {
    /// Cases done.
    pub(crate) done: usize,
    /// Cases in the file; 0 while that is not known.
    pub(crate) total: usize,
}

/// Where a file stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// It is being compared with the records.
    Comparing(Progress),
    /// It was compared, and nothing is written.
    Compared,
    /// It is being entered.
    Entering(Progress),
    /// It was entered.
    Entered,
    /// It could not be compared, or not be entered to its end.
    Failed,
}

impl Stage {
    /// Returns whether nothing goes on.
    pub(crate) fn is_settled(self) -> bool {
        !matches!(self, Self::Comparing(_) | Self::Entering(_))
    }
}

/// What a file changes in one case.
#[derive(Clone, Debug)]
pub(crate) struct CaseLine {
    /// The case.
    pub(crate) case: CaseId,
    /// Its registration number.
    pub(crate) reference: String,
    /// Line of its first row. Units: 1-based.
    pub(crate) line: u64,
    /// Values entered where nothing stands.
    pub(crate) filling: usize,
    /// Values that stand already.
    pub(crate) same: usize,
    /// Values entered beside others.
    pub(crate) contradicting: usize,
    /// Values against which a person chose before.
    pub(crate) settled: usize,
}

impl CaseLine {
    fn of(plan: &CasePlan) -> Self {
        Self {
            case: plan.case,
            reference: plan.reference.clone(),
            line: plan.line,
            filling: plan.filling(),
            same: plan.same,
            contradicting: plan.contradicting(),
            settled: plan.settled,
        }
    }

    /// Returns how many values are entered.
    pub(crate) fn entered(&self) -> usize {
        self.filling + self.contradicting
    }
}

/// What a file comes to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Outcome {
    /// The hospital's cases, in the order of the file.
    pub(crate) cases: Vec<CaseLine>,
    /// Everything found.
    pub(crate) problems: Vec<Problem>,
}

impl Outcome {
    /// Returns whether there is something to enter and nothing against it.
    pub(crate) fn can_be_entered(&self) -> bool {
        !has_error(&self.problems) && self.cases.iter().any(|case| case.entered() > 0)
    }
}

/// What is told of a file.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    /// Where it stands.
    pub(crate) stage: Stage,
    /// What it comes to, as far as that is known.
    pub(crate) outcome: Arc<Outcome>,
}

/// A file as it was sent.
#[derive(Debug)]
pub(crate) struct SentCases {
    /// Its name, without folders.
    pub(crate) name: String,
    /// Its size. Units: bytes.
    pub(crate) bytes: u64,
    /// Its bytes.
    pub(crate) arriving: Arriving,
}

/// A file that waits, or is worked on.
#[derive(Debug)]
pub(crate) struct Import {
    /// What is known of it.
    pub(crate) waiting: Waiting,
    file: Mutex<Option<Arc<PortalCases<File>>>>,
    told: watch::Sender<Told>,
}

impl Import {
    /// Returns what is known when nothing goes on, or after a time.
    pub(crate) async fn told_within(&self, patience: Duration) -> Told {
        let mut told = self.told.subscribe();
        let settled = told.wait_for(|told| told.stage.is_settled());
        if let Ok(Ok(settled)) = tokio::time::timeout(patience, settled).await {
            return settled.clone();
        }
        self.told.borrow().clone()
    }

    fn move_to(&self, stage: Stage) {
        self.told.send_modify(|told| told.stage = stage);
    }

    fn settle(&self, stage: Stage, outcome: Outcome) {
        self.told.send_replace(Told { stage, outcome: Arc::new(outcome) });
    }

    fn file(&self) -> std::sync::MutexGuard<'_, Option<Arc<PortalCases<File>>>> {
        self.file.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_kept_at(&self, now: DateTime<Utc>) -> bool {
        !self.told.borrow().stage.is_settled() || self.waiting.is_kept_at(now)
    }
}

/// Who imports.
#[derive(Clone)]
pub(crate) struct Importer {
    /// The person.
    pub(crate) actor: Arc<Actor>,
    /// The right to read the hospital's cases.
    pub(crate) reading: Permit,
    /// The right to enter into their records.
    pub(crate) writing: Permit,
}

/// Why a file could not be compared or entered.
#[derive(Debug, thiserror::Error)]
enum ImportError {
    #[error("compare the case CSV")]
    Plan(#[from] PlanError),
    #[error("write the record")]
    Record(#[from] store::RecordError),
    #[error("write down whose records were compared")]
    Audit(#[from] AuditError),
}

/// The files that wait. Cloning shares it.
#[derive(Clone, Debug)]
pub(crate) struct ImportDesk {
    imports: Arc<Mutex<Vec<Arc<Import>>>>,
    at_once: Arc<Semaphore>,
    /// Where the files lie.
    pub(crate) folder: WaitingFolder,
}

impl Default for ImportDesk {
    fn default() -> Self {
        let at_once = Arc::new(Semaphore::new(IMPORTS_AT_ONCE));
        Self { imports: Arc::default(), at_once, folder: WaitingFolder::default() }
    }
}

impl ImportDesk {
    fn imports(&self) -> std::sync::MutexGuard<'_, Vec<Arc<Import>>> {
        self.imports.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns a person's own file; another's is not found.
    pub(crate) fn of(&self, id: Uuid, person: PersonId, now: DateTime<Utc>) -> Option<Arc<Import>> {
        let mut imports = self.imports();
        self.let_go(&mut imports, |import| !import.is_kept_at(now));
        let own =
            |import: &&Arc<Import>| import.waiting.id == id && import.waiting.person == person;
        imports.iter().find(own).cloned()
    }

    /// Returns a person's own file that has waited since before the program started.
    pub(crate) fn left(&self, id: Uuid, person: PersonId, now: DateTime<Utc>) -> Option<Waiting> {
        let waiting = self.folder.find(id)?;
        (waiting.person == person && waiting.is_kept_at(now)).then_some(waiting)
    }

    /// Forgets a file, unless it is being entered.
    pub(crate) fn forget(&self, id: Uuid) {
        let entering = |import: &Import| matches!(import.told.borrow().stage, Stage::Entering(_));
        self.let_go(&mut self.imports(), |import| import.waiting.id == id && !entering(import));
    }

    /// Throws away what waited for too long, now and again, also what nobody has asked for since the program started.
    pub(crate) fn begin_sweeping(&self, state: &AppState) {
        let (folder, clock) = (self.folder.clone(), Arc::clone(&state.clock));
        tokio::spawn(async move {
            loop {
                let (folder, now) = (folder.clone(), clock());
                let swept = tokio::task::spawn_blocking(move || folder.sweep(now)).await;
                if swept.is_err() {
                    return;
                }
                tokio::time::sleep(SWEEPING_REST).await;
            }
        });
    }

    fn let_go(&self, imports: &mut Vec<Arc<Import>>, goes: impl Fn(&Import) -> bool) {
        imports.retain(|import| {
            let goes = goes(import);
            if goes {
                self.folder.remove(import.waiting.id);
            }
            !goes
        });
    }

    /// Keeps a file in the place of what its sender had before, and of the oldest that waits where there are too many.
    /// Returns the one that is kept, which somebody else may have opened at the same moment.
    fn keep(&self, import: &Arc<Import>) -> Result<Arc<Import>, PageError> {
        let mut imports = self.imports();
        let Waiting { id, person, sent_at, .. } = import.waiting;
        if let Some(kept) = imports.iter().find(|kept| kept.waiting.id == id) {
            return Ok(Arc::clone(kept));
        }
        let waits = |import: &Import| import.told.borrow().stage.is_settled();
        self.let_go(&mut imports, |kept| {
            !kept.is_kept_at(sent_at) || (kept.waiting.person == person && waits(kept))
        });
        // What has waited since before the program started, and was not asked for yet.
        let mut left = self.folder.all();
        left.retain(|waiting| {
            let opened = imports.iter().any(|kept| kept.waiting.id == waiting.id);
            if waiting.person == person && waiting.id != id && !opened {
                self.folder.remove(waiting.id);
                return false;
            }
            waiting.id != id && !opened
        });
        let mut left = left.into_iter();
        while imports.len() + left.len() >= IMPORTS_KEPT_MAX {
            let gone = if let Some(oldest) = left.next() {
                oldest.id
            } else {
                let oldest = imports.iter().position(|kept| waits(kept));
                imports.remove(oldest.ok_or(PageError::TooSlow)?).waiting.id
            };
            self.folder.remove(gone);
        }
        imports.push(Arc::clone(import));
        Ok(Arc::clone(import))
    }

    /// Begins to compare a file that was sent, and says under which identifier.
    ///
    /// Errors: as many are being compared as may be, or the file cannot be kept.
    pub(crate) fn begin(
        &self,
        state: &AppState,
        by: Importer,
        sent: SentCases,
    ) -> Result<Uuid, PageError> {
        let SentCases { name, bytes, arriving } = sent;
        let waiting = Waiting {
            id: state.new_id(),
            person: by.actor.person,
            hospital: by.writing.organisation().clone(),
            name,
            bytes,
            sent_at: state.now(),
        };
        let id = waiting.id;
        let file = self.folder.keep(arriving, &waiting).map_err(PageError::internal)?;
        let begun = self.compare_behind(state, by, waiting, file);
        if begun.is_err() {
            self.folder.remove(id);
        }
        begun.map(|_| id)
    }

    /// Begins to compare a file anew that has waited since before the program started.
    ///
    /// Errors: it is gone, or as many are being compared as may be.
    pub(crate) fn begin_again(
        &self,
        state: &AppState,
        by: Importer,
        left: Waiting,
    ) -> Result<Arc<Import>, PageError> {
        let file = self.folder.open(left.id).map_err(|_| PageError::NotFound)?;
        self.compare_behind(state, by, left, file)
    }

    fn compare_behind(
        &self,
        state: &AppState,
        by: Importer,
        waiting: Waiting,
        file: File,
    ) -> Result<Arc<Import>, PageError> {
        let told = Told {
            stage: Stage::Comparing(Progress::default()),
            outcome: Arc::new(Outcome::default()),
        };
        let told = watch::Sender::new(told);
        let import = Arc::new(Import { waiting, file: Mutex::default(), told });
        let kept = self.keep(&import)?;
        if !Arc::ptr_eq(&kept, &import) {
            return Ok(kept);
        }
        let (desk, state) = (self.clone(), state.clone());
        tokio::spawn(async move {
            let compared = {
                let import = Arc::clone(&import);
                desk.work(async move { compare(&state, &import, &by, file).await }).await
            };
            desk.end(&import, compared);
            tokio::time::sleep(IMPORT_KEPT_TIME_MAX).await;
            desk.forget(import.waiting.id);
        });
        Ok(kept)
    }

    /// Begins to enter a file that was compared; asked a second time, or for a file that cannot be entered, nothing happens.
    pub(crate) fn confirm(&self, state: &AppState, import: &Arc<Import>, by: Importer) {
        let begun = import.told.send_if_modified(|told| {
            let begins = told.stage == Stage::Compared && told.outcome.can_be_entered();
            if begins {
                told.stage = Stage::Entering(Progress::default());
            }
            begins
        });
        if !begun {
            return;
        }
        let (desk, state, import) = (self.clone(), state.clone(), Arc::clone(import));
        tokio::spawn(async move {
            let entered = {
                let import = Arc::clone(&import);
                desk.work(async move { enter_all(&state, &import, &by).await }).await
            };
            // What was entered needs the file no longer, and what failed is compared anew.
            *import.file() = None;
            desk.folder.remove(import.waiting.id);
            desk.end(&import, entered);
        });
    }

    /// Does work beside the threads that answer requests, a few at once.
    async fn work<F>(&self, work: F) -> Result<(), ImportError>
    where
        F: Future<Output = Result<(), ImportError>> + Send + 'static,
    {
        let Ok(_turn) = self.at_once.acquire().await else { return Ok(()) };
        let handle = tokio::runtime::Handle::current();
        let done = tokio::task::spawn_blocking(move || handle.block_on(work)).await;
        done.unwrap_or_else(|error| Err(PlanError::File(std::io::Error::other(error)).into()))
    }

    fn end(&self, import: &Import, done: Result<(), ImportError>) {
        if let Err(error) = done {
            let cause = &error as &dyn std::error::Error;
            tracing::warn!(cause, "a portal case CSV could not be imported");
            import.move_to(Stage::Failed);
        }
    }
}

/// Compares a file with the records, and writes down whose were looked at before anything is told of them.
async fn compare(
    state: &AppState,
    import: &Import,
    by: &Importer,
    file: File,
) -> Result<(), ImportError> {
    let options = ReadOptions {
        max_bytes: IMPORT_FILE_BYTES_MAX,
        max_case_bytes: CASE_BYTES_MAX,
        document: Some(Document::Case),
        ..ReadOptions::default()
    };
    let reading = PortalCases::open(file, &options, &mut |_| ()).map_err(PlanError::File)?;
    let mut outcome = Outcome::default();
    let Some(file) = reading.value else {
        outcome.problems = reading.problems;
        import.settle(Stage::Compared, outcome);
        return Ok(());
    };
    if file.len() > IMPORT_CASES_MAX {
        outcome.problems.push(too_many_cases(file.len(), IMPORT_CASES_MAX));
        import.settle(Stage::Compared, outcome);
        return Ok(());
    }
    let at = state.now();
    let looked = Entry::permitted(at, &by.actor, &by.reading).with_detail(PREVIEW);
    let tried = Entry::by_person(at, &by.actor, Action::WriteCase)
        .for_purpose(Purpose::Registration)
        .with_detail(PREVIEW)
        .refused();
    let mut entries = Vec::with_capacity(BATCH_CASES);
    let mut comparing = Comparing::new(&state.store, &file, &import.waiting.hospital, at);
    while let Some(compared) = comparing.compare_next().await? {
        match compared {
            Compared::Own(plan) => {
                outcome.cases.push(CaseLine::of(&plan));
                let hospital = Some(import.waiting.hospital.clone());
                entries.push(looked.clone().on_case(plan.case, hospital));
            }
            Compared::Refused { elsewhere: Some(case) } => {
                let revision = state.store.case(case).await?;
                let hospital = revision.and_then(|revision| revision.document.hospital);
                let hospital = hospital.as_deref().map(OrganisationCode::new);
                entries.push(tried.clone().on_case(case, hospital));
            }
            Compared::Refused { elsewhere: None } => {}
        }
        if entries.len() >= BATCH_CASES {
            state.audit.record_all(std::mem::take(&mut entries)).await?;
            let (done, total) = (comparing.compared(), file.len());
            import.move_to(Stage::Comparing(Progress { done, total }));
        }
    }
    if !entries.is_empty() {
        state.audit.record_all(entries).await?;
    }
    outcome.problems = comparing.problems();
    if outcome.can_be_entered() {
        *import.file() = Some(Arc::new(file));
    }
    import.settle(Stage::Compared, outcome);
    Ok(())
}

/// Enters a file, some cases in each transaction, as the records stand now.
async fn enter_all(state: &AppState, import: &Import, by: &Importer) -> Result<(), ImportError> {
    let file = import.file().clone();
    let Some(file) = file else { return Ok(()) };
    let at = state.now();
    let entry = Entry::permitted(at, &by.actor, &by.writing).with_detail(ENTERED);
    let mut outcome = Outcome::default();
    let mut plans: Vec<CasePlan> = Vec::with_capacity(BATCH_CASES);
    let mut comparing = Comparing::new(&state.store, &file, &import.waiting.hospital, at);
    loop {
        let compared = comparing.compare_next().await?;
        let is_last = compared.is_none();
        if let Some(Compared::Own(plan)) = compared {
            outcome.cases.push(CaseLine::of(&plan));
            plans.push(plan);
        }
        if plans.len() >= BATCH_CASES || (is_last && !plans.is_empty()) {
            enter(&state.store, &plans, (by.actor.person, &entry), &import.waiting.hospital, at)
                .await?;
            let values = plans.iter().map(|plan| plan.entries.len()).sum();
            state.metrics.saved("field", values);
            state.following.touch(state);
            plans.clear();
            let (done, total) = (comparing.compared(), file.len());
            import.move_to(Stage::Entering(Progress { done, total }));
        }
        if is_last {
            break;
        }
    }
    outcome.problems = comparing.problems();
    import.settle(Stage::Entered, outcome);
    Ok(())
}
