//! Questions of research projects: who may ask, what was told before, what is told now.
//!
//! The questions of a project wait for each other, so that none is answered without knowing of the one before. A site has one
//! server: two that share a record would not wait for each other.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex as BlockingMutex, PoisonError},
};

use access::{Action, Purpose, Relation, audit::Entry};
use model::{
    identity::ProjectId,
    problem::{Place, Problem},
    research_project::{ProjectNumber, ResearchProject},
    text::LocalizedText,
};
use research::{
    cohort::{Clock, Cohort, CohortView, Item, PageRequest, Query, Vocabulary},
    project::{AskedBefore, Population, SafeCurve, SafePage, Unanswered, forbidden_items},
};
use store::{ProjectRevision, QUESTION_MAX_CHARS, ResearchQuestion};
use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::{
    cohort::{CohortBoard, REGISTERED},
    error::PageError,
    page::{self, Page},
    reader::Reader,
    state::AppState,
    viewer::Viewer,
};

/// Longest text of a query that is written down in the audit log. Units: characters.
const AUDITED_CHARS_MAX: usize = 400;

/// Most different questions of a project that are answered: each is compared with those before it.
const ANSWERED_MAX: usize = 500;

/// What came of a question, as the record keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Counts were told.
    Answered,
    /// It found too few cases.
    Few,
    /// It differed by too few cases from what was told before.
    Differs,
    /// It asked for what the permission does not name.
    Forbidden,
    /// It could not be read.
    Unreadable,
}

impl Outcome {
    /// Every outcome.
    const ALL: [Self; 5] =
        [Self::Answered, Self::Few, Self::Differs, Self::Forbidden, Self::Unreadable];

    /// Returns the word that the record uses.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Few => "few",
            Self::Differs => "differs",
            Self::Forbidden => "forbidden",
            Self::Unreadable => "unreadable",
        }
    }

    /// Returns the outcome of a word.
    pub(crate) fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.word() == word)
    }
}

/// What a project was told, as it is in one view of the cases.
struct Remembered {
    view: Arc<CohortView>,
    revision: u32,
    population: Population,
    asked: AskedBefore,
}

/// The projects that were asked about since the start. Cloning shares them.
#[derive(Clone, Default)]
pub(crate) struct ProjectBoard(Arc<BlockingMutex<HashMap<ProjectId, Memory>>>);

/// What one project was told; whoever holds it asks alone.
type Memory = Arc<Mutex<Option<Remembered>>>;

impl ProjectBoard {
    fn of(&self, project: ProjectId) -> Memory {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(all.entry(project).or_default())
    }
}

/// A question.
pub(crate) struct Question<'a> {
    /// The query as text.
    pub(crate) text: &'a str,
    /// When the clock of survival starts, and whether cases enter at their test; `None` asks for no survival.
    pub(crate) survival: Option<(Clock, bool)>,
}

/// What was found, and what of it is told.
pub(crate) struct Told {
    /// The permission under which it was told.
    pub(crate) project: ResearchProject,
    pub(crate) view: Arc<CohortView>,
    pub(crate) query: Query,
    pub(crate) cohort: Cohort,
    /// Cases of the project's population, where they are enough to be told.
    pub(crate) everybody: Option<u64>,
    pub(crate) page: Result<SafePage, Unanswered>,
    pub(crate) survival: Option<SafeCurve>,
}

impl Told {
    /// Begins a page or a file of what is told. It says so if any case found is invented, whatever else its reader may see.
    pub(crate) async fn page(&self, state: &AppState, reader: &Reader) -> Result<Page, PageError> {
        let mut page = Page::new(state, reader, page::Place::InResearch).await?;
        page.synthetic |= self.is_synthetic();
        Ok(page)
    }

    /// Returns whether any case found is invented.
    pub(crate) fn is_synthetic(&self) -> bool {
        let request = PageRequest { facets: vec![Item::Synthetic], ..PageRequest::count() };
        let facets = self.view.page(&self.cohort, &request).facets;
        facets.iter().flat_map(|facet| &facet.values).any(|value| &*value.code == "yes")
    }
}

/// Permits asking under a project, and gives its permission; a project that one has no part in is not found.
pub(crate) async fn permit(
    state: &AppState,
    viewer: &Viewer,
    number: &str,
    detail: &str,
) -> Result<ResearchProject, PageError> {
    let detail: String = detail.chars().take(AUDITED_CHARS_MAX).collect();
    let permit =
        state.permit(viewer, Action::SearchProject, Relation::OwnProject, Purpose::Research)?;
    let revision = newest(state, number).await?;
    let day = state.today();
    if revision.project.admits(viewer.actor.person, day) {
        let entry = Entry::permitted(state.now(), &viewer.actor, &permit);
        let entry = entry.about("project", &revision.project.number).with_detail(&detail);
        state.audit.record(entry).await?;
        return Ok(revision.project);
    }
    let entry = Entry::by_person(state.now(), &viewer.actor, Action::SearchProject);
    let entry = entry.about("project", &revision.project.number);
    state.audit.record(entry.for_purpose(Purpose::Research).refused()).await?;
    Err(PageError::NotFound)
}

/// Returns the permission of a number as it is now.
pub(crate) async fn newest(state: &AppState, number: &str) -> Result<ProjectRevision, PageError> {
    let number: ProjectNumber = number.parse().map_err(|_| PageError::NotFound)?;
    let revisions = state.store.project_revisions(&number).await.map_err(PageError::internal)?;
    revisions.into_iter().next_back().ok_or(PageError::NotFound)
}

/// Asks one question under a project, and writes down who asked what and what came of it, before anything is shown.
///
/// The inner error is why the question cannot be asked.
pub(crate) async fn ask(
    state: &AppState,
    viewer: &Viewer,
    project: &ResearchProject,
    question: &Question<'_>,
) -> Result<Result<Told, Vec<Problem>>, PageError> {
    let asking = Asking::begin(state, viewer, project).await?;
    Ok(asking.ask(state, viewer, question).await?.1)
}

/// Questions that are answered of the same cases, while nobody else asks under the project.
pub(crate) struct Asking {
    memory: OwnedMutexGuard<Option<Remembered>>,
    /// The permission as it was when the questions began.
    pub(crate) project: ResearchProject,
    revision: u32,
    view: Arc<CohortView>,
}

impl Asking {
    /// Waits until nobody else asks under a project.
    pub(crate) async fn begin(
        state: &AppState,
        viewer: &Viewer,
        project: &ResearchProject,
    ) -> Result<Self, PageError> {
        let memory = state.projects.of(project.id).lock_owned().await;
        // Whoever waited may have been overtaken by a change of the permission.
        let ProjectRevision { project, revision, .. } =
            newest(state, project.number.as_str()).await?;
        if !project.admits(viewer.actor.person, state.today()) {
            return Err(PageError::NotFound);
        }
        let view = state.cohort.view(state).await?;
        // Of a part of the cases no number is right, nor is it known what it tells.
        if state.cohort.filling().is_some() {
            return Err(CohortBoard::still_reading());
        }
        Ok(Self { memory, project, revision, view })
    }

    /// Asks a question, and writes down who asked what and what came of it, before anything is shown.
    ///
    /// The inner error is why the question cannot be asked.
    pub(crate) async fn ask(
        self,
        state: &AppState,
        viewer: &Viewer,
        question: &Question<'_>,
    ) -> Result<(Self, Result<Told, Vec<Problem>>), PageError> {
        let project = &self.project;
        let vocabulary = Vocabulary::of(self.view.dictionaries()).with_release(state.release);
        let is_too_long = question.text.chars().count() > QUESTION_MAX_CHARS;
        let query = if is_too_long {
            Err(vec![too_long()])
        } else {
            Query::from_text(question.text, &vocabulary).map_err(without_names)
        };
        let query = match query {
            Ok(query) => query,
            Err(problems) => {
                write_down(state, viewer, project, question.text, Outcome::Unreadable).await?;
                return Ok((self, Err(problems)));
            }
        };
        let text = query.to_text();
        let told = state.store.queries_with_outcome(project.id, Outcome::Answered.word()).await;
        let told = told.map_err(PageError::internal)?;
        let mut problems = forbidden_items(project, &query);
        if text.chars().count() > QUESTION_MAX_CHARS {
            problems.push(too_long());
        }
        if told.len() >= ANSWERED_MAX && !told.contains(&text) {
            problems.push(too_many());
        }
        if !problems.is_empty() {
            write_down(state, viewer, project, &text, Outcome::Forbidden).await?;
            return Ok((self, Err(problems)));
        }
        let Self { mut memory, project, revision, view } = self;
        let (own, release, survival) = (project.clone(), state.release, question.survival);
        let (asked_view, asked_query) = (Arc::clone(&view), query.clone());
        let work = state.count(move || {
            let is_current = |known: &Remembered| {
                Arc::ptr_eq(&known.view, &asked_view) && known.revision == revision
            };
            // What was found stays here while it is worked on, so that nobody who gives up waiting makes it be found anew.
            if !memory.as_ref().is_some_and(is_current) {
                *memory = Some(remember(Arc::clone(&asked_view), &own, revision, &told, release)?);
            }
            let Some(known) = memory.as_mut() else { return Err(PageError::NotFound) };
            let query = known.population.within(&asked_query);
            let cohort = known.view.evaluate(&query, release).map_err(PageError::internal)?;
            let page = known.asked.answer(&known.view, &own, &cohort);
            let curve = survival.and_then(|(clock, delayed)| {
                known.asked.survival(&known.view, &own, &cohort, clock, delayed)
            });
            let everybody = known.asked.everybody().cases();
            Ok::<_, PageError>((memory, cohort, page, curve, everybody))
        });
        let (memory, cohort, page, survival, everybody) = work.await??;
        let outcome = match &page {
            Ok(_) => Outcome::Answered,
            Err(Unanswered::Few) => Outcome::Few,
            Err(Unanswered::Differs) => Outcome::Differs,
        };
        let everybody = Some(everybody).filter(|cases| *cases >= project.threshold.into());
        write_down(state, viewer, &project, &text, outcome).await?;
        let told = Told {
            project: project.clone(),
            view: Arc::clone(&view),
            query,
            cohort,
            everybody,
            page,
            survival,
        };
        Ok((Self { memory, project, revision, view }, Ok(told)))
    }
}

/// Takes the names that other cases have out of what is said of a query.
fn without_names(problems: Vec<Problem>) -> Vec<Problem> {
    // The version of OncoTree is no name that cases have.
    let (own, others): (Vec<Problem>, Vec<Problem>) =
        problems.into_iter().partition(|problem| problem.code == "query.oncotree");
    let plain = |problem: Problem| Problem {
        remedy: LocalizedText::of(
            "書き方と名前を確かめてください。使える項目は課題の許可にあります。",
            "Check how it is written and the names. The permission says which items can be asked for.",
        ),
        ..problem
    };
    own.into_iter().chain(others.into_iter().map(plain)).collect()
}

fn too_long() -> Problem {
    let message = LocalizedText::of("検索式が長すぎます。", "The query is too long.");
    let remedy =
        LocalizedText::of("4,000 文字以内にしてください。", "Use at most 4,000 characters.");
    Problem::error("project.long", Place::file(), message, remedy).for_data_entry()
}

fn too_many() -> Problem {
    let message = LocalizedText::of(
        "この課題では、これ以上新しい検索に答えられません。",
        "No further search of this project can be answered.",
    );
    let remedy = LocalizedText::of(
        "これまでの検索は引き続き見られます。続ける場合は、審査の事務局に相談してください。",
        "Earlier searches can still be seen. Ask the review board's office how to go on.",
    );
    Problem::error("project.full", Place::file(), message, remedy).for_data_entry()
}

fn remember(
    view: Arc<CohortView>,
    project: &ResearchProject,
    revision: u32,
    told: &[String],
    release: &'static knowledge::Release,
) -> Result<Remembered, PageError> {
    let vocabulary = Vocabulary::of(view.dictionaries()).with_release(release);
    // A population that cannot be read any more is nobody's.
    let population = Population::of(project, REGISTERED, &vocabulary)
        .map_err(|problems| PageError::internal(UnreadablePopulation(problems.len())))?;
    let mut asked =
        AskedBefore::nothing(&population, &view, release).map_err(PageError::internal)?;
    let mut queries: Vec<Query> = Vec::with_capacity(told.len());
    for text in told {
        match Query::from_text(text, &vocabulary) {
            Ok(query) => queries.push(query),
            // A name that no case has any more finds nobody.
            Err(_) => {
                let number = &project.number;
                tracing::warn!(project = %number, "a kept question cannot be read any more");
            }
        }
    }
    asked.ask_again(&queries, &population, &view, project, release);
    Ok(Remembered { view, revision, population, asked })
}

#[derive(Debug, thiserror::Error)]
#[error("the population of a research project cannot be read: {0} problems")]
struct UnreadablePopulation(usize);

async fn write_down(
    state: &AppState,
    viewer: &Viewer,
    project: &ResearchProject,
    text: &str,
    outcome: Outcome,
) -> Result<(), PageError> {
    let question = ResearchQuestion {
        project: project.id,
        person: viewer.actor.person,
        query: text.to_owned(),
        outcome: outcome.word().to_owned(),
        asked_at: state.now(),
    };
    let mut batch = state.store.begin().await.map_err(PageError::internal)?;
    batch.record_question(&question).await.map_err(PageError::internal)?;
    batch.commit().await.map_err(PageError::internal)
}
