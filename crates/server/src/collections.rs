//! Historical collections beside the registered cases: loaded when the server starts, and when their files change.
//!
//! The folder is looked at now and then; a collection is opened when its manifest is new or another one. One that cannot be
//! opened is said so in the log and on the page of the search, and everything else goes on without it.

use std::{
    sync::{
        Arc, Mutex as StdMutex, OnceLock, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use model::text::LocalizedText;
use research::{
    cohort::CohortIndex,
    collection::{CollectionFolder, CollectionName, Manifest, Stamp},
};
use tokio::{sync::Mutex, time::Instant};

/// Rest between two looks at the folder.
const REST: Duration = Duration::from_secs(2);

/// What is known of the collections at one moment.
#[derive(Clone, Debug, Default)]
pub(crate) struct Collections {
    /// Those that are searched, by name.
    pub(crate) loaded: Vec<Manifest>,
    /// Those that could not be opened, and why.
    pub(crate) broken: Vec<(CollectionName, LocalizedText)>,
}

impl Collections {
    /// Returns what is written down of a collection.
    pub(crate) fn get(&self, name: &str) -> Option<&Manifest> {
        self.loaded.iter().find(|manifest| manifest.name.as_str() == name)
    }

    /// Returns the names of those that research users may search; of the others they must see nothing.
    pub(crate) fn for_research(&self) -> impl Iterator<Item = &CollectionName> {
        self.loaded.iter().filter(|manifest| manifest.research_use).map(|manifest| &manifest.name)
    }
}

/// Follows the folder of collections.
#[derive(Debug, Default)]
pub(crate) struct CollectionShelf {
    folder: OnceLock<CollectionFolder>,
    seen: Arc<Mutex<Seen>>,
    known: StdMutex<Arc<Collections>>,
    /// Whether everything was read once.
    is_whole: AtomicBool,
}

/// What the folder had at the last look.
#[derive(Debug, Default)]
struct Seen {
    stamps: Vec<Stamp>,
    looked: Option<Instant>,
}

impl CollectionShelf {
    /// Says in which folder collections lie; the first to say it decides.
    pub(crate) fn set_folder(&self, folder: CollectionFolder) {
        if self.folder.set(folder).is_err() {
            tracing::warn!("the folder of collections was set already");
        }
    }

    /// Returns what is known of the collections now.
    pub(crate) fn known(&self) -> Arc<Collections> {
        Arc::clone(&self.known.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Returns whether the collections are being read for the first time.
    pub(crate) fn is_filling(&self) -> bool {
        self.folder.get().is_some() && !self.is_whole.load(Ordering::Acquire)
    }

    /// Brings an index to what the folder has, unless that was done a moment ago or is being done.
    ///
    /// Whoever asks first waits until everything is read. Later ones search what there is, and what is new is read meanwhile.
    pub(crate) async fn follow(self: &Arc<Self>, index: &Arc<CohortIndex>) {
        let Some(folder) = self.folder.get().cloned() else { return };
        let Ok(mut seen) = Arc::clone(&self.seen).try_lock_owned() else { return };
        if seen.looked.is_some_and(|looked| looked.elapsed() < REST) {
            return;
        }
        let (shelf, index) = (Arc::clone(self), Arc::clone(index));
        let work = tokio::task::spawn_blocking(move || {
            let found = look(&folder, &seen.stamps, &shelf.known(), &index);
            if let Some((stamps, collections)) = found {
                seen.stamps = stamps;
                *shelf.known.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(collections);
            }
            seen.looked = Some(Instant::now());
            shelf.is_whole.store(true, Ordering::Release);
        });
        if self.is_filling()
            && let Err(error) = work.await
        {
            let cause = &error as &dyn std::error::Error;
            tracing::warn!(cause, "the collections could not be read");
        }
    }
}

/// Looks at the folder, and loads what has changed in it; `None` where nothing has.
fn look(
    folder: &CollectionFolder,
    before: &[Stamp],
    known: &Collections,
    index: &CohortIndex,
) -> Option<(Vec<Stamp>, Collections)> {
    let stamps = match folder.stamps() {
        Ok(stamps) => stamps,
        Err(error) => {
            let cause = &error as &dyn std::error::Error;
            tracing::warn!(cause, folder = %folder.path().display(), "the folder of collections cannot be read");
            return None;
        }
    };
    if stamps.as_slice() == before {
        return None;
    }
    let mut now = known.clone();
    let is_there = |name: &CollectionName| stamps.iter().any(|stamp| stamp.name == *name);
    for gone in before.iter().map(|stamp| &stamp.name).filter(|name| !is_there(name)) {
        put(index, gone, Vec::new(), &mut now);
        tracing::info!(collection = %gone, "the collection is gone");
    }
    for stamp in stamps.iter().filter(|stamp| !before.contains(stamp)) {
        let name = &stamp.name;
        match folder.open(name) {
            Ok(collection) => {
                let cases: Vec<_> = collection.view.every_case().collect();
                let count = cases.len();
                if put(index, name, cases, &mut now) {
                    now.loaded.push(collection.manifest);
                    tracing::info!(collection = %name, cases = count, "the collection is searched");
                }
            }
            Err(error) => {
                let told = error.explain();
                let cause = &error as &dyn std::error::Error;
                tracing::warn!(cause, remedy = %told.en, "a collection is left out");
                put(index, name, Vec::new(), &mut now);
                now.broken.push((name.clone(), told));
            }
        }
    }
    now.loaded.sort_by(|left, right| left.name.cmp(&right.name));
    Some((stamps, now))
}

/// Puts the cases of a collection in the place of those it had, and forgets what was known of it; returns whether they fit.
fn put(
    index: &CohortIndex,
    name: &CollectionName,
    cases: Vec<research::cohort::CohortCase>,
    now: &mut Collections,
) -> bool {
    now.loaded.retain(|manifest| manifest.name != *name);
    now.broken.retain(|(broken, _)| broken != name);
    match index.put_collection(name.as_str(), cases) {
        Ok(_) => true,
        Err(error) => {
            let cause = &error as &dyn std::error::Error;
            tracing::warn!(cause, collection = %name, "a collection does not fit beside the others");
            let told = LocalizedText::new(
                format!(
                    "コレクション「{name}」は名前が多すぎて、ほかと一緒に検索できません。分けて取り込んでください。"
                ),
                format!(
                    "The collection \"{name}\" has too many names to be searched beside the others. Split it."
                ),
            );
            now.broken.push((name.clone(), told));
            false
        }
    }
}
