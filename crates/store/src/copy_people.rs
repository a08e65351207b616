//! Copying people, their roles, how they are recognised, and emergency openings into another record.
//!
//! Sessions, tokens, one-time links and counts of failures are not copied: they belong to the site that issued them.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{
    copy::{CopyProgress, CopyRecordError, CopySummary, count, differs},
    db::{Batch, Store, on_batch, on_readers},
    error::RecordError,
    keys::KEYS_PAGE,
    row::row,
};

row! {
    #[derive(PartialEq)]
    struct IdentityRow { id: Uuid, sign_in_name: String, synthetic: bool, created_at: DateTime<Utc> }
}
row! {
    #[derive(PartialEq)]
    struct RevisionRow {
        person_id: Uuid, revision: i64, name: String, state: String, by_id: Option<Uuid>,
        recorded_at: DateTime<Utc>,
    }
}
row! {
    #[derive(PartialEq)]
    struct RoleRow {
        id: Uuid, person_id: Uuid, organisation: String, role: String, from_day: String,
        until_day: Option<String>, by_id: Option<Uuid>, recorded_at: DateTime<Utc>,
    }
}
row! {
    #[derive(PartialEq)]
    struct EndRow {
        membership_id: Uuid, until_day: String, by_id: Option<Uuid>, recorded_at: DateTime<Utc>,
    }
}
row! {
    struct CredentialRow {
        password_hash: Option<String>, password_changed_at: Option<DateTime<Utc>>,
        totp_secret: Option<Vec<u8>>, totp_confirmed_at: Option<DateTime<Utc>>, totp_step: Option<i64>,
    }
}
row! {
    struct CodeRow { digest: String, used_at: Option<DateTime<Utc>> }
}
row! {
    struct ExternalRow { issuer: String, subject: String, linked_at: DateTime<Utc> }
}

/// A person as both records must have it.
#[derive(Debug, PartialEq)]
struct Whole {
    identity: IdentityRow,
    revisions: Vec<RevisionRow>,
    roles: Vec<RoleRow>,
    ends: Vec<EndRow>,
}

const KEYS: &str = "SELECT id FROM person WHERE id > $1 ORDER BY id LIMIT $2";
const IDENTITY: &str = "SELECT id, sign_in_name, synthetic, created_at FROM person WHERE id = $1";
const REVISIONS: &str = "SELECT person_id, revision, name, state, by_id, recorded_at FROM person_revision \
     WHERE person_id = $1 ORDER BY revision";
const ROLES: &str = "SELECT id, person_id, organisation, role, from_day, until_day, by_id, recorded_at \
     FROM membership WHERE person_id = $1 ORDER BY id";
const ENDS: &str = "SELECT e.membership_id, e.until_day, e.by_id, e.recorded_at FROM membership_end e \
     JOIN membership m ON m.id = e.membership_id WHERE m.person_id = $1 ORDER BY e.membership_id";
const CREDENTIAL: &str = "SELECT password_hash, password_changed_at, totp_secret, totp_confirmed_at, totp_step \
     FROM credential WHERE person_id = $1";
const CODES: &str = "SELECT digest, used_at FROM recovery_code WHERE person_id = $1";
const EXTERNAL: &str =
    "SELECT issuer, subject, linked_at FROM external_identity WHERE person_id = $1";

impl Store {
    pub(crate) async fn copy_people(
        &self,
        target: &Store,
        summary: &mut CopySummary,
        tick: &mut impl FnMut(CopyProgress),
    ) -> Result<(), CopyRecordError> {
        let (mut after, mut rows) = (Uuid::nil(), 0);
        loop {
            let keys = self.person_keys(after).await?;
            let Some(last) = keys.last().copied() else { break };
            after = last;
            let mut batch = target.begin().await?;
            for person in keys {
                let Some(whole) = self.whole_person(person).await? else { continue };
                let is_new = match target.whole_person(person).await? {
                    Some(there) if there == whole => false,
                    Some(there) if there.identity == whole.identity => {
                        self.add_to_person(&mut batch, &whole, &there).await?;
                        true
                    }
                    Some(_) => return Err(differs("person", &person)),
                    None => {
                        insert_identity(&mut batch, &whole.identity).await?;
                        insert_rest(&mut batch, &whole).await?;
                        self.copy_credential(&mut batch, person).await?;
                        true
                    }
                };
                count(summary, is_new);
                rows += 1;
            }
            batch.commit().await?;
            tick(CopyProgress { what: "利用者 people", rows });
        }
        self.copy_break_glasses(target, summary).await?;
        self.copy_saved_cohorts(target, summary).await
    }

    async fn person_keys(&self, after: Uuid) -> Result<Vec<Uuid>, RecordError> {
        on_readers!(self, |pool| {
            sqlx::query_scalar(KEYS).bind(after).bind(KEYS_PAGE).fetch_all(pool).await
        })
        .map_err(RecordError::attempt("walk through the people"))
    }

    async fn whole_person(&self, person: Uuid) -> Result<Option<Whole>, RecordError> {
        let attempt = RecordError::attempt("read a person");
        let identity: Option<IdentityRow> = on_readers!(self, |pool| {
            sqlx::query_as(IDENTITY).bind(person).fetch_optional(pool).await
        })
        .map_err(attempt)?;
        let Some(identity) = identity else { return Ok(None) };
        let revisions = on_readers!(self, |pool| {
            sqlx::query_as(REVISIONS).bind(person).fetch_all(pool).await
        })
        .map_err(attempt)?;
        let roles =
            on_readers!(self, |pool| { sqlx::query_as(ROLES).bind(person).fetch_all(pool).await })
                .map_err(attempt)?;
        let ends =
            on_readers!(self, |pool| { sqlx::query_as(ENDS).bind(person).fetch_all(pool).await })
                .map_err(attempt)?;
        Ok(Some(Whole { identity, revisions, roles, ends }))
    }

    /// Adds what the target does not have yet of a person; what both have must be the same.
    async fn add_to_person(
        &self,
        batch: &mut Batch,
        whole: &Whole,
        there: &Whole,
    ) -> Result<(), CopyRecordError> {
        let same = whole.revisions.starts_with(&there.revisions)
            && there.roles.iter().all(|each| whole.roles.contains(each))
            && there.ends.iter().all(|each| whole.ends.contains(each));
        if !same {
            return Err(differs("person", &whole.identity.id));
        }
        Ok(insert_rest(batch, whole).await?)
    }

    async fn copy_credential(&self, batch: &mut Batch, person: Uuid) -> Result<(), RecordError> {
        let attempt = RecordError::attempt("copy how a person is recognised");
        let credential: Option<CredentialRow> = on_readers!(self, |pool| {
            sqlx::query_as(CREDENTIAL).bind(person).fetch_optional(pool).await
        })
        .map_err(attempt)?;
        if let Some(row) = credential {
            on_batch!(batch, |connection| {
                sqlx::query(
                    "INSERT INTO credential (person_id, password_hash, password_changed_at, totp_secret, \
                     totp_confirmed_at, totp_step) VALUES ($1, $2, $3, $4, $5, $6)",
                )
                .bind(person)
                .bind(row.password_hash)
                .bind(row.password_changed_at)
                .bind(row.totp_secret)
                .bind(row.totp_confirmed_at)
                .bind(row.totp_step)
                .execute(connection)
                .await
                .map(drop)
            })
            .map_err(attempt)?;
        }
        let codes: Vec<CodeRow> =
            on_readers!(self, |pool| { sqlx::query_as(CODES).bind(person).fetch_all(pool).await })
                .map_err(attempt)?;
        for code in codes {
            on_batch!(batch, |connection| {
                sqlx::query(
                    "INSERT INTO recovery_code (person_id, digest, used_at) VALUES ($1, $2, $3)",
                )
                .bind(person)
                .bind(code.digest)
                .bind(code.used_at)
                .execute(connection)
                .await
                .map(drop)
            })
            .map_err(attempt)?;
        }
        let linked: Vec<ExternalRow> = on_readers!(self, |pool| {
            sqlx::query_as(EXTERNAL).bind(person).fetch_all(pool).await
        })
        .map_err(attempt)?;
        for row in linked {
            on_batch!(batch, |connection| {
                sqlx::query(
                    "INSERT INTO external_identity (issuer, subject, person_id, linked_at) VALUES ($1, $2, $3, $4)",
                )
                .bind(row.issuer)
                .bind(row.subject)
                .bind(person)
                .bind(row.linked_at)
                .execute(connection)
                .await
                .map(drop)
            })
            .map_err(attempt)?;
        }
        Ok(())
    }

    async fn copy_break_glasses(
        &self,
        target: &Store,
        summary: &mut CopySummary,
    ) -> Result<(), CopyRecordError> {
        let mut batch = target.begin().await?;
        for listed in self.break_glasses().await? {
            let there = target.break_glass(listed.opening.id).await?;
            match &there {
                Some(there) if there.opening != listed.opening => {
                    return Err(differs("emergency opening", &listed.opening.id));
                }
                Some(_) => {}
                None => batch.break_glass(&listed.opening).await?,
            }
            let reviewed = there.as_ref().is_some_and(|there| there.review.is_some());
            if let Some(review) = listed.review.as_ref().filter(|_| !reviewed) {
                batch.review_break_glass(listed.opening.id, review).await?;
            }
            count(summary, there.is_none());
        }
        Ok(batch.commit().await?)
    }
}

async fn insert_identity(batch: &mut Batch, row: &IdentityRow) -> Result<(), RecordError> {
    on_batch!(batch, |connection| {
        sqlx::query(
            "INSERT INTO person (id, sign_in_name, synthetic, created_at) VALUES ($1, $2, $3, $4)",
        )
        .bind(row.id)
        .bind(&row.sign_in_name)
        .bind(row.synthetic)
        .bind(row.created_at)
        .execute(connection)
        .await
        .map(drop)
    })
    .map_err(RecordError::attempt("copy a person"))
}

/// Inserts revisions, roles and their ends; those that are there stay.
async fn insert_rest(batch: &mut Batch, whole: &Whole) -> Result<(), RecordError> {
    let attempt = RecordError::attempt("copy a person's roles");
    for row in &whole.revisions {
        on_batch!(batch, |connection| {
            sqlx::query(
                "INSERT INTO person_revision (person_id, revision, name, state, by_id, recorded_at) \
                 VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
            )
            .bind(row.person_id)
            .bind(row.revision)
            .bind(&row.name)
            .bind(&row.state)
            .bind(row.by_id)
            .bind(row.recorded_at)
            .execute(connection)
            .await
            .map(drop)
        })
        .map_err(attempt)?;
    }
    for row in &whole.roles {
        on_batch!(batch, |connection| {
            sqlx::query(
                "INSERT INTO membership (id, person_id, organisation, role, from_day, until_day, by_id, recorded_at) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
            )
            .bind(row.id)
            .bind(row.person_id)
            .bind(&row.organisation)
            .bind(&row.role)
            .bind(&row.from_day)
            .bind(&row.until_day)
            .bind(row.by_id)
            .bind(row.recorded_at)
            .execute(connection)
            .await
            .map(drop)
        })
        .map_err(attempt)?;
    }
    for row in &whole.ends {
        on_batch!(batch, |connection| {
            sqlx::query(
                "INSERT INTO membership_end (membership_id, until_day, by_id, recorded_at) VALUES ($1, $2, $3, $4) \
                 ON CONFLICT DO NOTHING",
            )
            .bind(row.membership_id)
            .bind(&row.until_day)
            .bind(row.by_id)
            .bind(row.recorded_at)
            .execute(connection)
            .await
            .map(drop)
        })
        .map_err(attempt)?;
    }
    Ok(())
}
