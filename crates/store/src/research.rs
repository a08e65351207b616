//! Research projects with every permission that they had, and the questions asked under them.

use chrono::{DateTime, Utc};
use model::{
    identity::{PersonId, ProjectId},
    research_project::{ProjectNumber, ResearchProject},
};
use uuid::Uuid;

use crate::{
    copy::{CopyProgress, CopyRecordError, CopySummary, count, differs},
    db::{Batch, Store, on_batch, on_readers},
    document::{json_text, of_json_text},
    error::RecordError,
    identifier::{identifier_v7, to_milliseconds},
    keys::KEYS_PAGE,
    row::row,
};

/// Most projects that a list shows.
pub const PROJECTS_MAX: i64 = 2_000;
/// Most questions that a list shows: the newest.
pub const QUESTIONS_MAX: i64 = 500;
/// Longest question that is kept. Units: characters.
pub const QUESTION_MAX_CHARS: usize = 4_000;

/// A permission as it was given or changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProjectRevision {
    /// What was permitted.
    pub project: ResearchProject,
    /// Units: 1-based.
    pub revision: u32,
    /// Who recorded it; `None` is the program itself.
    pub recorded_by: Option<PersonId>,
    /// When.
    pub recorded_at: DateTime<Utc>,
}

/// A question that was asked under a permission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResearchQuestion {
    /// The project.
    pub project: ProjectId,
    /// Who asked.
    pub person: PersonId,
    /// The query as text.
    pub query: String,
    /// What came of it, as a word.
    pub outcome: String,
    /// When. Units: milliseconds matter, no more.
    pub asked_at: DateTime<Utc>,
}

row! {
    struct ProjectRow {
        document: String,
        revision: i64,
        recorded_by: Option<Uuid>,
        recorded_at: DateTime<Utc>,
    }
}

row! {
    struct QuestionRow {
        id: Uuid,
        project_id: Uuid,
        person_id: Uuid,
        query: String,
        outcome: String,
        asked_at: DateTime<Utc>,
    }
}

const NEWEST: &str = "SELECT document, revision, recorded_by, recorded_at FROM research_project p \
     WHERE revision = (SELECT max(revision) FROM research_project q WHERE q.id = p.id) \
     ORDER BY number LIMIT $1";
const EVERY_REVISION: &str = "SELECT document, revision, recorded_by, recorded_at \
     FROM research_project ORDER BY id, revision";
const OF_NUMBER: &str = "SELECT document, revision, recorded_by, recorded_at \
     FROM research_project WHERE number = $1 ORDER BY revision";
const QUESTIONS: &str = "SELECT id, project_id, person_id, query, outcome, asked_at \
     FROM research_question WHERE project_id = $1 ORDER BY asked_at DESC, id DESC LIMIT $2";
const QUESTIONS_AFTER: &str = "SELECT id, project_id, person_id, query, outcome, asked_at \
     FROM research_question WHERE id > $1 ORDER BY id LIMIT $2";
const TOLD: &str = "SELECT query FROM research_question WHERE project_id = $1 AND outcome = $2 \
     GROUP BY query ORDER BY min(asked_at), query";

impl Batch {
    /// Records a permission or its change; false where that revision is there already.
    ///
    /// Errors: the permission breaks its own rules, or the engine fails.
    pub async fn write_project(&mut self, new: &ProjectRevision) -> Result<bool, RecordError> {
        const INSERT: &str = "INSERT INTO research_project \
             (id, revision, number, document, recorded_by, recorded_at) \
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";
        if !new.project.problems().is_empty() {
            let reason = "it breaks the rules of permissions";
            return Err(RecordError::Refused { what: "permission", reason });
        }
        let text = json_text("research project", &new.project)?;
        on_batch!(self, |connection| {
            sqlx::query(INSERT)
                .bind(new.project.id.0)
                .bind(i64::from(new.revision))
                .bind(new.project.number.as_str())
                .bind(&text)
                .bind(new.recorded_by.map(|person| person.0))
                .bind(to_milliseconds(new.recorded_at))
                .execute(connection)
                .await
                .map(|done| done.rows_affected() == 1)
        })
        .map_err(RecordError::attempt("record a permission"))
    }

    /// Records a question; the same one of the same person at the same moment is recorded once.
    ///
    /// Errors: the engine fails.
    pub async fn record_question(&mut self, asked: &ResearchQuestion) -> Result<bool, RecordError> {
        const INSERT: &str = "INSERT INTO research_question \
             (id, project_id, person_id, query, outcome, asked_at) \
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";
        let asked_at = to_milliseconds(asked.asked_at);
        let query: String = asked.query.chars().take(QUESTION_MAX_CHARS).collect();
        let (project, person) = (asked.project.to_string(), asked.person.to_string());
        let id = identifier_v7(asked_at, &[&project, &person, &query, &asked.outcome]);
        on_batch!(self, |connection| {
            sqlx::query(INSERT)
                .bind(id)
                .bind(asked.project.0)
                .bind(asked.person.0)
                .bind(&query)
                .bind(&asked.outcome)
                .bind(asked_at)
                .execute(connection)
                .await
                .map(|done| done.rows_affected() == 1)
        })
        .map_err(RecordError::attempt("record a question"))
    }
}

impl Store {
    /// Returns every project as it is permitted now, by number.
    ///
    /// Errors: the engine fails, or a document cannot be read.
    pub async fn projects(&self) -> Result<Vec<ProjectRevision>, RecordError> {
        let rows: Vec<ProjectRow> = on_readers!(self, |pool| {
            sqlx::query_as(NEWEST).bind(PROJECTS_MAX).fetch_all(pool).await
        })
        .map_err(RecordError::attempt("read projects"))?;
        revisions(rows)
    }

    /// Returns every permission of a project, the first one first; none where there is no such project.
    ///
    /// Errors: the engine fails, or a document cannot be read.
    pub async fn project_revisions(
        &self,
        number: &ProjectNumber,
    ) -> Result<Vec<ProjectRevision>, RecordError> {
        let rows: Vec<ProjectRow> = on_readers!(self, |pool| {
            sqlx::query_as(OF_NUMBER).bind(number.as_str()).fetch_all(pool).await
        })
        .map_err(RecordError::attempt("read a project"))?;
        revisions(rows)
    }

    /// Returns the newest questions of a project, newest first.
    ///
    /// Errors: the engine fails.
    pub async fn questions_of_project(
        &self,
        project: ProjectId,
    ) -> Result<Vec<ResearchQuestion>, RecordError> {
        let rows: Vec<QuestionRow> = on_readers!(self, |pool| {
            sqlx::query_as(QUESTIONS).bind(project.0).bind(QUESTIONS_MAX).fetch_all(pool).await
        })
        .map_err(RecordError::attempt("read questions"))?;
        Ok(rows.into_iter().map(question).collect())
    }

    /// Returns the different queries of a project that had an outcome, in the order in which each was first asked.
    ///
    /// Errors: the engine fails.
    pub async fn queries_with_outcome(
        &self,
        project: ProjectId,
        outcome: &str,
    ) -> Result<Vec<String>, RecordError> {
        on_readers!(self, |pool| {
            sqlx::query_scalar(TOLD).bind(project.0).bind(outcome).fetch_all(pool).await
        })
        .map_err(RecordError::attempt("read questions"))
    }

    /// Copies projects and questions into another record.
    pub(crate) async fn copy_research(
        &self,
        target: &Store,
        summary: &mut CopySummary,
        tick: &mut impl FnMut(CopyProgress),
    ) -> Result<(), CopyRecordError> {
        let there = target.every_project_revision().await?;
        let mut batch = target.begin().await?;
        for own in self.every_project_revision().await? {
            let same = |other: &&ProjectRevision| {
                (other.project.id, other.revision) == (own.project.id, own.revision)
            };
            match there.iter().find(same) {
                Some(other) if *other == own => summary.already_there += 1,
                Some(_) => return Err(differs("research project", &own.project.number)),
                None => count(summary, batch.write_project(&own).await?),
            }
        }
        batch.commit().await?;
        let (mut after, mut rows) = (Uuid::nil(), 0);
        loop {
            let found: Vec<QuestionRow> = on_readers!(self, |pool| {
                sqlx::query_as(QUESTIONS_AFTER).bind(after).bind(KEYS_PAGE).fetch_all(pool).await
            })
            .map_err(RecordError::attempt("read questions"))?;
            let Some(last) = found.last() else { return Ok(()) };
            after = last.id;
            let mut batch = target.begin().await?;
            for row in found {
                count(summary, batch.record_question(&question(row)).await?);
                rows += 1;
            }
            batch.commit().await?;
            tick(CopyProgress { what: "利活用の検索 research questions", rows });
        }
    }

    async fn every_project_revision(&self) -> Result<Vec<ProjectRevision>, RecordError> {
        let rows: Vec<ProjectRow> =
            on_readers!(self, |pool| sqlx::query_as(EVERY_REVISION).fetch_all(pool).await)
                .map_err(RecordError::attempt("read projects"))?;
        revisions(rows)
    }
}

fn revisions(rows: Vec<ProjectRow>) -> Result<Vec<ProjectRevision>, RecordError> {
    let revision = |row: ProjectRow| {
        let number = row.revision;
        Ok(ProjectRevision {
            project: of_json_text(|| format!("revision {number} of a project"), &row.document)?,
            revision: u32::try_from(number)
                .map_err(|_| RecordError::Value { what: "revision", value: number.to_string() })?,
            recorded_by: row.recorded_by.map(PersonId),
            recorded_at: row.recorded_at,
        })
    };
    rows.into_iter().map(revision).collect()
}

fn question(row: QuestionRow) -> ResearchQuestion {
    ResearchQuestion {
        project: ProjectId(row.project_id),
        person: PersonId(row.person_id),
        query: row.query,
        outcome: row.outcome,
        asked_at: row.asked_at,
    }
}
