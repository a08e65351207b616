//! The cases that a command searches: collections, registered cases, or both.

use std::sync::Arc;

use knowledge::Release;
use model::text::{Language, LocalizedText};
use research::{
    cohort::{CohortIndex, CohortView, CompactionLimits},
    collection::{CollectionFolder, CollectionName, DayKind, Manifest},
};
use serde_json::{Map, Value, json};
use server::{AppState, Clock};

use super::Asked;
use crate::{
    demo::RECORD_FILE,
    record::{Failure, now, open_existing, runtime},
};

/// What registered cases are called.
const REGISTERED: &str = "registered";

/// The cases that a command searches.
pub(super) struct Searched {
    pub(super) view: Arc<CohortView>,
    /// What is written down of the collections.
    pub(super) manifests: Vec<Manifest>,
    /// Whether registered cases are among them.
    pub(super) has_registered: bool,
}

impl Searched {
    /// Opens what is named in a data folder.
    ///
    /// Errors: a collection that is not there or damaged, or a record that cannot be read.
    pub(super) fn open(
        asked: &Asked,
        release: &'static Release,
        query: &str,
    ) -> Result<Self, Failure> {
        let (data, named) = (&asked.data, &asked.collection);
        let folder = CollectionFolder::of_data(data);
        let has_registered = named.is_empty() || named.iter().any(|name| name == REGISTERED);
        let mut collections = Vec::new();
        let mut seen: Vec<&String> = Vec::new();
        for name in named.iter().filter(|name| *name != REGISTERED) {
            if seen.contains(&name) {
                continue;
            }
            seen.push(name);
            let known: Option<CollectionName> = name.parse().ok();
            let is_there = known.as_ref().is_some_and(|name| folder.has(name).unwrap_or(false));
            let Some(known) = known.filter(|_| is_there) else { return Err(absent(&folder, name)) };
            collections.push(folder.open(&known).map_err(|error| Failure(error.explain()))?);
        }
        let manifests = collections.iter().map(|each| each.manifest.clone()).collect();
        let registered =
            if has_registered { Some(registered(asked, release, query, &folder)?) } else { None };
        if let (Some(view), true) = (&registered, collections.is_empty()) {
            return Ok(Self { view: Arc::clone(view), manifests, has_registered });
        }
        if registered.is_none()
            && collections.len() == 1
            && let Some(only) = collections.pop()
        {
            return Ok(Self { view: Arc::new(only.view), manifests, has_registered });
        }
        let view = registered.map_or_else(CohortView::default, |view| view.as_ref().clone());
        let index = CohortIndex::of_view(view, CompactionLimits::default());
        for collection in collections {
            let cases = collection.view.every_case().collect();
            index.put_collection(collection.manifest.name.as_str(), cases).map_err(|error| {
                Failure::system(
                    "コレクションを合わせられません",
                    "The collections cannot be put together",
                    &error,
                )
            })?;
        }
        Ok(Self { view: index.view(), manifests, has_registered })
    }

    /// Returns what was searched.
    pub(super) fn to_json(&self) -> Map<String, Value> {
        let collections: Vec<Value> = self
            .manifests
            .iter()
            .map(|own| {
                json!({
                    "name": own.name,
                    "title": own.title,
                    "cases": own.cases,
                    "synthetic": own.synthetic,
                    "days": own.days,
                    "licence": own.licence,
                    "source": own.source,
                })
            })
            .collect();
        let mut searched = Map::new();
        searched.insert("collections".to_owned(), collections.into());
        searched.insert("registeredCases".to_owned(), self.has_registered.into());
        searched
    }

    /// Returns the names of the collections, registered cases among them.
    pub(super) fn names(&self) -> Vec<&str> {
        let registered = self.has_registered.then_some(REGISTERED);
        let collections = self.manifests.iter().map(|own| own.name.as_str());
        registered.into_iter().chain(collections).collect()
    }

    /// Returns a line for each collection.
    pub(super) fn lines(&self, language: Language) -> Vec<String> {
        let line = |own: &Manifest| {
            let (name, title) = (&own.name, own.title.get(language));
            let mut line = format!("{name}: {title}");
            let mut add = |ja: &str, en: &str| {
                line.push_str(if language == Language::Ja { ja } else { en });
            };
            if own.synthetic {
                add(" 【合成データ】", " [synthetic data]");
            }
            if own.days == DayKind::SinceDiagnosis {
                add("(日付は診断からの日数)", " (days are days since diagnosis)");
            }
            line
        };
        self.manifests.iter().map(line).collect()
    }
}

/// Reads the registered cases whose patients allow it.
fn registered(
    asked: &Asked,
    release: &'static Release,
    query: &str,
    folder: &CollectionFolder,
) -> Result<Arc<CohortView>, Failure> {
    let file = asked.data.join(RECORD_FILE);
    let url = match &asked.db {
        Some(url) => url.clone(),
        None if file.try_exists().unwrap_or(false) => format!("sqlite:{}", file.display()),
        None => return Err(absent(folder, REGISTERED)),
    };
    runtime()?.block_on(async {
        let store = open_existing(&url).await?;
        let clock: Clock = Arc::new(now);
        let state = AppState::new(store, release, clock, env!("CARGO_PKG_VERSION"));
        let view = server::registered_cases(&state, query).await;
        state.store.close().await;
        view.map_err(|error| {
            let cause =
                std::error::Error::source(&error).map_or_else(String::new, ToString::to_string);
            Failure::system("登録症例を読めません", "The registered cases cannot be read", &cause)
        })
    })
}

/// Says that there is no such collection, and which there are.
fn absent(folder: &CollectionFolder, name: &str) -> Failure {
    let stamps = folder.stamps().unwrap_or_default();
    let names: Vec<&str> = stamps.iter().map(|stamp| stamp.name.as_str()).collect();
    let near = crate::config::nearest(name, &names);
    let (offer_ja, offer_en) = match (near, names.is_empty()) {
        (Some(near), _) => (format!("もしかして: {near}"), format!("Did you mean: {near}?")),
        (None, true) => (
            format!(
                "{} にはまだ何もありません。`tsumugi import` で取り込めます。",
                folder.path().display()
            ),
            format!("{} has none yet; `tsumugi import` brings one in.", folder.path().display()),
        ),
        (None, false) => {
            let names = names.join(", ");
            (format!("あるもの: {names}"), format!("There are: {names}"))
        }
    };
    Failure(LocalizedText::new(
        format!("コレクション「{name}」はありません。{offer_ja}"),
        format!("There is no collection \"{name}\". {offer_en}"),
    ))
}
