//! The cases that may be searched, in memory, and as the record has them at each search.
//!
//! The board follows the changes of cases in the order of their commits, before every search. A case is in it while its patient allows
//! the search by hospitals; where the record cannot be asked, the search fails rather than show what may be withdrawn.

use std::{
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
    clinical_record::ClinicalRecord,
    consent::{Answers, DataUse},
    identity::CaseId,
    programme::{Prefecture, Registry},
    result::TestResult,
    tumour::TumourTypeCode,
};
use rayon::prelude::*;
use research::{
    cohort::{CaseDocuments, Change, CohortIndex, CohortView, CompactionLimits, Deidentification},
    collection::CollectionFolder,
};
use store::{CASE_CHANGES_PAGE, CaseChange, CaseRevision, ResultStatus};
use tokio::sync::Mutex;
use uuid::Uuid;

use crate::{
    checking,
    clinical::Clinical,
    collections::{CollectionShelf, Collections},
    error::PageError,
    state::AppState,
};

/// The collection of the cases that hospitals register.
pub(crate) const REGISTERED: &str = "registered";
/// Rest between two looks in the background.
const REST: Duration = Duration::from_millis(500);
/// Rest after the record failed.
const REST_AFTER_FAILURE: Duration = Duration::from_secs(5);
/// Cases read from the record at once.
const READS_AT_ONCE: usize = 8;

/// The cases that may be searched. Cloning shares them.
#[derive(Clone)]
pub(crate) struct CohortBoard(Arc<Board>);

struct Board {
    index: Arc<CohortIndex>,
    collections: Arc<CollectionShelf>,
    deidentification: Deidentification<'static>,
    /// The last change that is in the index.
    followed: Mutex<Followed>,
    /// Whether everything was read once.
    is_whole: AtomicBool,
    /// Number of the change that is followed now, and of the newest when that began.
    progress: [AtomicU64; 2],
}

#[derive(Clone, Copy)]
struct Followed {
    number: u64,
    case: CaseId,
}

/// The documents of a case as the record has them.
struct Documents {
    id: CaseId,
    revision: CaseRevision,
    record: ClinicalRecord,
    result: Option<TestResult>,
    consent: Answers,
    prefecture: Option<Prefecture>,
}

#[derive(Debug, thiserror::Error)]
#[error("the cases are still being read")]
struct StillReading;

impl CohortBoard {
    /// Makes an empty board; it is filled by the first question.
    pub(crate) fn new(release: &'static Release) -> Self {
        Self(Arc::new(Board {
            index: Arc::new(CohortIndex::new(CompactionLimits::default())),
            collections: Arc::default(),
            deidentification: Deidentification::new(release),
            followed: Mutex::new(Followed { number: 0, case: CaseId(Uuid::nil()) }),
            is_whole: AtomicBool::new(false),
            progress: Default::default(),
        }))
    }

    /// Returns how far the first reading is, as cases read and cases in all; `None` once it is done.
    pub(crate) fn filling(&self) -> Option<(u64, u64)> {
        let [done, all] = &self.0.progress;
        let progress = (done.load(Ordering::Relaxed), all.load(Ordering::Relaxed));
        (!self.0.is_whole.load(Ordering::Acquire)).then_some(progress)
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
        self.0.collections.follow(&self.0.index).await;
        Ok(self.0.index.view())
    }

    /// Says in which data folder historical collections lie.
    pub(crate) fn read_collections(&self, data: &Path) {
        self.0.collections.set_folder(CollectionFolder::of_data(data));
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
        let (board, state) = (self.clone(), state.clone());
        tokio::spawn(async move {
            loop {
                let rest = match board.view(&state).await {
                    Ok(_) => REST,
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

    async fn follow(&self, state: &AppState, followed: &mut Followed) -> Result<(), PageError> {
        let newest = state.store.newest_case_change().await.map_err(PageError::internal)?;
        if newest == followed.number && self.0.is_whole.load(Ordering::Acquire) {
            return Ok(());
        }
        let registry = state.registry().await?;
        let today = state.today();
        if !self.0.is_whole.load(Ordering::Acquire) {
            let counts = state.store.case_counts().await.map_err(PageError::internal)?;
            self.0.progress[1].store(counts.cases, Ordering::Relaxed);
        }
        loop {
            let page = state.store.case_changes_after(followed.number, followed.case).await;
            let page = page.map_err(PageError::internal)?;
            let more = page.len() as i64 >= CASE_CHANGES_PAGE;
            let last = page.last().copied();
            let documents = read_documents(state, &registry, &page).await?;
            let (board, annotate) = (Arc::clone(&self.0), checking::annotate_options(state));
            let work = tokio::task::spawn_blocking(move || {
                let changes: Vec<Change> = documents
                    .into_par_iter()
                    .map(|each| board.change(&each, &annotate, today))
                    .collect();
                board.index.apply(changes).map(drop)
            });
            work.await.map_err(PageError::internal)?.map_err(PageError::internal)?;
            if let Some(CaseChange { case, number }) = last {
                *followed = Followed { number, case };
                self.0.progress[0].fetch_add(page.len() as u64, Ordering::Relaxed);
            }
            if !more {
                break;
            }
        }
        // A change of many cases may have been followed to its middle; its number is behind it now.
        followed.number = followed.number.max(newest);
        self.0.is_whole.store(true, Ordering::Release);
        Ok(())
    }
}

impl Board {
    /// Makes what the search sees of a case; nothing where its patient does not allow it.
    fn change(
        &self,
        documents: &Documents,
        annotate: &AnnotateOptions,
        today: NaiveDate,
    ) -> Change {
        let id = documents.id.0;
        if !DataUse::ClinicalSearch.is_allowed_by(&documents.consent) {
            return Change::Withdraw(id);
        }
        let case = &documents.revision.document;
        let tumour: Option<&TumourTypeCode> = case.tumour_type.as_ref();
        let release = self.deidentification.release();
        let annotation =
            documents.result.as_ref().map(|result| release.annotate_with(result, tumour, annotate));
        Change::Put(Box::new(self.deidentification.case(&CaseDocuments {
            id,
            collection: REGISTERED,
            case,
            record: Some(&documents.record),
            result: documents.result.as_ref(),
            annotation: annotation.as_ref(),
            // The day of registration stands for that of the test: the record has no other for every case.
            tested: None,
            consent: &documents.consent,
            prefecture: documents.prefecture,
            today,
        })))
    }
}

async fn read_documents(
    state: &AppState,
    registry: &Registry,
    changes: &[CaseChange],
) -> Result<Vec<Documents>, PageError> {
    let mut documents = Vec::with_capacity(changes.len());
    for chunk in changes.chunks(READS_AT_ONCE) {
        let reads = chunk.iter().map(|change| read_case(state, registry, change.case));
        let read = futures_util::future::try_join_all(reads).await?;
        documents.extend(read.into_iter().flatten());
    }
    Ok(documents)
}

/// Reads the documents of a case; `None` where there is no such case.
async fn read_case(
    state: &AppState,
    registry: &Registry,
    id: CaseId,
) -> Result<Option<Documents>, PageError> {
    let store = &state.store;
    let Some(revision) = store.case(id).await.map_err(PageError::internal)? else {
        return Ok(None);
    };
    // Of the record itself: what the board of consents last read may be older than the change that is followed.
    let consent = store.case_consent(id).await.map_err(PageError::internal)?;
    let consent = consent.map(|consent| consent.answers).unwrap_or_default();
    let clinical = Clinical::of(store.record_fields(id).await.map_err(PageError::internal)?);
    let results = store.results_of_case(id).await.map_err(PageError::internal)?;
    // The newest comes first.
    let newest = results.into_iter().find(|row| row.status == ResultStatus::Accepted);
    let result = match newest {
        Some(row) => store.result(row.id).await.map_err(PageError::internal)?,
        None => None,
    };
    let result = result.and_then(|stored| stored.document);
    let hospital = revision.document.hospital.as_deref();
    let prefecture = hospital.and_then(|code| {
        registry.hospitals.get(&model::organisation::OrganisationCode::new(code))?.prefecture
    });
    let record = clinical.record;
    Ok(Some(Documents { id, revision, record, result, consent, prefecture }))
}
