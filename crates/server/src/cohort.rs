//! The cases that may be searched, in memory, and as the record has them at each search.
//!
//! The board follows the changes of cases in the order of their commits, before every search. A case is in it while its patient allows
//! the search by hospitals; where the record cannot be asked, the search fails rather than show what may be withdrawn. What it read is
//! kept in a file of the data folder, so that a server that starts again reads only what changed meanwhile.

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use chrono::NaiveDate;
use knowledge::{AnnotateOptions, Release};
use model::{
    consent::DataUse,
    identity::CaseId,
    organisation::OrganisationCode,
    programme::{Prefecture, Registry},
    tumour::TumourTypeCode,
};
use rayon::prelude::*;
use research::{
    cohort::{
        CaseDocuments, Change, CohortIndex, CohortView, CompactionLimits, Deidentification, Item,
        Query,
    },
    collection::CollectionFolder,
};
use store::{CASE_CHANGES_PAGE, CaseChange, NewestDocuments, RecordError, StoredDocuments};
use tokio::{sync::Mutex, time::Instant};
use uuid::Uuid;

use self::kept::KeptCases;
use crate::{
    checking,
    clinical::Clinical,
    collections::{CollectionShelf, Collections},
    error::PageError,
    state::AppState,
};

mod kept;

/// The collection of the cases that hospitals register.
pub(crate) const REGISTERED: &str = "registered";
/// Rest between two looks in the background.
const REST: Duration = Duration::from_millis(500);
/// Rest after the record failed.
const REST_AFTER_FAILURE: Duration = Duration::from_secs(5);
/// Shortest time between two files of what was read.
const KEEP_REST: Duration = Duration::from_secs(300);

/// Where each hospital is.
type Prefectures = BTreeMap<OrganisationCode, Prefecture>;

/// The cases that may be searched. Cloning shares them.
#[derive(Clone)]
pub(crate) struct CohortBoard(Arc<Board>);

struct Board {
    index: Arc<CohortIndex>,
    collections: Arc<CollectionShelf>,
    kept: KeptCases,
    deidentification: Deidentification<'static>,
    /// The last change that is in the index.
    followed: Mutex<Followed>,
    /// Whether the file of what was read before was looked for; before that nothing is put into the index.
    is_opened: AtomicBool,
    /// Whether everything was read once.
    is_whole: AtomicBool,
    /// Whether people work while cases are read for the first time.
    is_serving: AtomicBool,
    /// Cases that were read from the record, and how many there were when the first reading began.
    progress: [AtomicU64; 2],
}

/// How far the record was followed.
struct Followed {
    number: u64,
    case: CaseId,
    registry: Option<Arc<Registry>>,
    /// Where hospitals were when their cases were read.
    prefectures: Arc<Prefectures>,
    /// The number with which a file was written last, and when.
    kept: Option<(u64, Instant)>,
}

#[derive(Debug, thiserror::Error)]
#[error("the cases are still being read")]
struct StillReading;

impl CohortBoard {
    /// Makes an empty board; it is filled by the first question.
    pub(crate) fn new(release: &'static Release) -> Self {
        let nothing = Followed {
            number: 0,
            case: CaseId(Uuid::nil()),
            registry: None,
            prefectures: Arc::default(),
            kept: None,
        };
        Self(Arc::new(Board {
            index: Arc::new(CohortIndex::new(CompactionLimits::default())),
            collections: Arc::default(),
            kept: KeptCases::default(),
            deidentification: Deidentification::new(release),
            followed: Mutex::new(nothing),
            is_opened: AtomicBool::new(false),
            is_whole: AtomicBool::new(false),
            is_serving: AtomicBool::new(false),
            progress: Default::default(),
        }))
    }

    /// Returns how far the first reading is, as cases read and cases in all; `None` once it is done.
    pub(crate) fn filling(&self) -> Option<(u64, u64)> {
        let [done, all] = &self.0.progress;
        let progress = (done.load(Ordering::Relaxed), all.load(Ordering::Relaxed));
        (!self.0.is_whole.load(Ordering::Acquire)).then_some(progress)
    }

    /// Returns how many cases may be searched, with those of collections, and how many were read from the record.
    pub(crate) fn counts(&self) -> (u64, u64) {
        let [read, _] = &self.0.progress;
        (self.0.index.view().cases(), read.load(Ordering::Relaxed))
    }

    /// Returns the failure to answer from a part of the cases: for what has to be right or not be told at all.
    pub(crate) fn still_reading() -> PageError {
        PageError::RecordAway(Arc::new(StillReading))
    }

    /// Returns what may be searched now; while the first reading goes on, what there is of it.
    pub(crate) async fn view(&self, state: &AppState) -> Result<Arc<CohortView>, PageError> {
        match self.0.followed.try_lock() {
            Ok(mut followed) => self.follow(state, &mut followed).await?,
            // The first reading may take long; whoever comes meanwhile sees how far it is.
            Err(_) if !self.0.is_whole.load(Ordering::Acquire) => {}
            Err(_) => {
                // What somebody else followed may have been read before this question was asked.
                let mut followed = self.0.followed.lock().await;
                self.follow(state, &mut followed).await?;
            }
        }
        if self.0.is_opened.load(Ordering::Acquire) {
            self.0.collections.follow(&self.0.index).await;
        }
        Ok(self.0.index.view())
    }

    /// Says in which data folder historical collections lie, and what was read is kept.
    pub(crate) fn read_folder(&self, data: &Path) {
        self.0.collections.set_folder(CollectionFolder::of_data(data));
        self.0.kept.set_folder(data);
    }

    /// Returns whether collections are being read for the first time, so that they are not searched yet.
    pub(crate) fn is_reading_collections(&self) -> bool {
        self.0.collections.is_filling()
    }

    /// Returns the collections that are searched beside registered cases. Nobody asked their patients: whether research
    /// users may search one, [`Collections::for_research`] says.
    pub(crate) fn collections(&self) -> Arc<Collections> {
        self.0.collections.known()
    }

    /// Reads the cases in the background, and goes on following them, so that no search waits for much.
    pub(crate) fn begin(&self, state: &AppState) {
        self.0.is_serving.store(true, Ordering::Relaxed);
        let (board, state) = (self.clone(), state.clone());
        tokio::spawn(async move {
            loop {
                let rest = match board.view(&state).await {
                    Ok(_) => {
                        board.keep(&state, KEEP_REST).await;
                        REST
                    }
                    Err(error) => {
                        tracing::warn!(
                            cause = &error as &dyn std::error::Error,
                            "could not read the cases that may be searched; trying again"
                        );
                        REST_AFTER_FAILURE
                    }
                };
                tokio::time::sleep(rest).await;
            }
        });
    }

    /// Writes the file of what was read where it has changed, unless one was written a moment ago.
    pub(crate) async fn keep(&self, state: &AppState, rest: Duration) {
        // Whoever reads for the first time holds the lock for long; a server that stops does not wait for it.
        if !self.0.is_whole.load(Ordering::Acquire) {
            return;
        }
        let mut followed = self.0.followed.lock().await;
        let (number, now) = (followed.number, Instant::now());
        if followed.kept.is_some_and(|(kept, at)| kept == number || now - at < rest) {
            return;
        }
        // Whether or not it could be written: it is tried again only after the rest.
        followed.kept = Some((number, now));
        let (view, prefectures) = (self.0.index.view(), Arc::clone(&followed.prefectures));
        let last = CaseChange { number, case: followed.case };
        drop(followed);
        if let Err(error) = self.0.kept.write(state, &view, last, &prefectures).await {
            let cause = &error as &dyn std::error::Error;
            tracing::warn!(
                cause,
                "what was read for searches could not be kept for the next start"
            );
        }
    }

    async fn follow(&self, state: &AppState, followed: &mut Followed) -> Result<(), PageError> {
        let board = &self.0;
        if !board.is_opened.load(Ordering::Acquire) {
            if let Some(kept) = board.kept.open(state).await.map_err(PageError::internal)? {
                board.index.replace(kept.view);
                followed.prefectures = Arc::new(kept.prefectures);
                (followed.number, followed.case) = (kept.last.number, kept.last.case);
                followed.kept = Some((kept.last.number, Instant::now()));
                board.is_whole.store(true, Ordering::Release);
            }
            board.is_opened.store(true, Ordering::Release);
        }
        self.follow_registry(state, followed).await?;
        let newest = state.store.newest_case_change().await.map_err(PageError::internal)?;
        if newest == followed.number && board.is_whole.load(Ordering::Acquire) {
            return Ok(());
        }
        if !board.is_whole.load(Ordering::Acquire) {
            let counts = state.store.case_counts().await.map_err(PageError::internal)?;
            board.progress[1].store(counts.cases, Ordering::Relaxed);
        }
        let mut last = CaseChange { number: followed.number, case: followed.case };
        let mut read = read_after(state, last).await.map_err(PageError::internal)?;
        // What was read is laid out while the next cases are read.
        while let Some(end) = read.last {
            let begun = Instant::now();
            last = end;
            let (count, is_end) = (read.count, read.is_end);
            let next = async {
                if is_end { Ok(ReadCases::default()) } else { read_after(state, last).await }
            };
            let laid = self.lay(state, &followed.prefectures, read.documents);
            let (next, laid) = tokio::join!(next, laid);
            laid?;
            (followed.number, followed.case) = (last.number, last.case);
            board.progress[0].fetch_add(count, Ordering::Relaxed);
            read = next.map_err(PageError::internal)?;
            // The first reading leaves people half of the time; who follows a change is waited for.
            let is_first = !board.is_whole.load(Ordering::Acquire);
            if is_first && !is_end && board.is_serving.load(Ordering::Relaxed) {
                tokio::time::sleep(begun.elapsed()).await;
            }
        }
        // A change of many cases may have been followed to its middle; its number is behind it now.
        followed.number = followed.number.max(newest);
        board.is_whole.store(true, Ordering::Release);
        Ok(())
    }

    /// Reads the cases of hospitals anew that the registry has elsewhere now.
    async fn follow_registry(
        &self,
        state: &AppState,
        followed: &mut Followed,
    ) -> Result<(), PageError> {
        let registry = state.registry().await?;
        if followed.registry.as_ref().is_some_and(|known| Arc::ptr_eq(known, &registry)) {
            return Ok(());
        }
        let now = Arc::new(prefectures(&registry));
        if self.0.is_whole.load(Ordering::Acquire) && now != followed.prefectures {
            let cases = self.0.cases_elsewhere(&followed.prefectures, &now)?;
            for page in cases.chunks(usize::try_from(CASE_CHANGES_PAGE).unwrap_or(1)) {
                let documents = state.store.case_documents(page).await;
                self.lay(state, &now, documents.map_err(PageError::internal)?).await?;
                self.0.progress[0].fetch_add(page.len() as u64, Ordering::Relaxed);
            }
            // The file has them where they were.
            followed.kept = None;
        }
        followed.prefectures = now;
        followed.registry = Some(registry);
        Ok(())
    }

    /// Puts cases into the index as their documents are.
    async fn lay(
        &self,
        state: &AppState,
        prefectures: &Arc<Prefectures>,
        documents: Vec<StoredDocuments>,
    ) -> Result<(), PageError> {
        let (board, annotate) = (Arc::clone(&self.0), checking::annotate_options(state));
        let (prefectures, today) = (Arc::clone(prefectures), state.today());
        let work = tokio::task::spawn_blocking(move || {
            let changes = documents.into_par_iter().map(|stored| {
                let documents = stored.read().map_err(PageError::internal)?;
                Ok(board.change(documents, &prefectures, &annotate, today))
            });
            let changes = changes.collect::<Result<Vec<Change>, PageError>>()?;
            board.index.apply(changes).map(drop).map_err(PageError::internal)
        });
        work.await.map_err(PageError::internal)?
    }
}

impl Board {
    /// Makes what the search sees of a case; nothing where its patient does not allow it.
    fn change(
        &self,
        documents: NewestDocuments,
        prefectures: &Prefectures,
        annotate: &AnnotateOptions,
        today: NaiveDate,
    ) -> Change {
        let NewestDocuments { revision, consent, fields, result } = documents;
        let id = revision.case.0;
        if !DataUse::ClinicalSearch.is_allowed_by(&consent) {
            return Change::Withdraw(id);
        }
        let case = &revision.document;
        let record = Clinical::of(fields).record;
        let tumour: Option<&TumourTypeCode> = case.tumour_type.as_ref();
        let release = self.deidentification.release();
        let annotation =
            result.as_ref().map(|result| release.annotate_with(result, tumour, annotate));
        let hospital = case.hospital.as_deref().map(OrganisationCode::new);
        Change::Put(Box::new(self.deidentification.case(&CaseDocuments {
            id,
            collection: REGISTERED,
            case,
            record: Some(&record),
            result: result.as_ref(),
            annotation: annotation.as_ref(),
            // The day of registration stands for that of the test: the record has no other for every case.
            tested: None,
            consent: &consent,
            prefecture: hospital.and_then(|code| prefectures.get(&code)).copied(),
            today,
        })))
    }

    /// Returns the registered cases of the hospitals that two states of the registry have at different places.
    fn cases_elsewhere(
        &self,
        before: &Prefectures,
        now: &Prefectures,
    ) -> Result<Vec<CaseId>, PageError> {
        let codes = before.keys().chain(now.keys());
        let moved = codes.filter(|code| before.get(*code) != now.get(*code));
        let moved = moved.map(|code| code.as_str().into()).collect();
        let own = Query::And(vec![
            Query::Is(Item::Hospital, moved),
            Query::is(Item::Collection, REGISTERED),
        ]);
        let view = self.index.view();
        let found = view.evaluate(&own, self.deidentification.release());
        let found = found.map_err(PageError::internal)?;
        Ok(view.ids(&found).map(CaseId).collect())
    }
}

/// Returns where each hospital of a registry is.
fn prefectures(registry: &Registry) -> Prefectures {
    let hospitals = registry.hospitals.iter();
    hospitals.filter_map(|(code, hospital)| Some((code.clone(), hospital.prefecture?))).collect()
}

/// Cases that changed.
#[derive(Default)]
struct ReadCases {
    documents: Vec<StoredDocuments>,
    /// How many changes they are of.
    count: u64,
    /// The last of the changes.
    last: Option<CaseChange>,
    /// Whether there were no more.
    is_end: bool,
}

/// Reads the next cases that changed after a change.
async fn read_after(state: &AppState, after: CaseChange) -> Result<ReadCases, RecordError> {
    let page = state.store.case_changes_after(after.number, after.case).await?;
    let cases: Vec<CaseId> = page.iter().map(|change| change.case).collect();
    Ok(ReadCases {
        documents: state.store.case_documents(&cases).await?,
        count: page.len() as u64,
        last: page.last().copied(),
        is_end: (page.len() as i64) < CASE_CHANGES_PAGE,
    })
}
