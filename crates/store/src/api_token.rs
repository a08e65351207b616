//! API tokens: their digests, scopes and ends.

use access::{secret::SecretDigest, token::TokenScope};
use chrono::{DateTime, Utc};
use model::identity::PersonId;
use uuid::Uuid;

use crate::{
    db::{Batch, Store, on_batch, on_readers},
    document::without_nul,
    error::RecordError,
    identifier::to_milliseconds,
    row::row,
};

/// Most tokens of one person that are listed.
const TOKENS_MAX: i64 = 200;

/// A token to be kept, or that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenRecord {
    /// Identifier, by which it is listed and revoked.
    pub id: Uuid,
    /// Digest of the token.
    pub digest: SecretDigest,
    /// Whose.
    pub person: PersonId,
    /// What the person calls it.
    pub name: String,
    /// What it may be used for.
    pub scope: TokenScope,
    /// When it was made.
    pub made_at: DateTime<Utc>,
    /// When it ends.
    pub ends_at: DateTime<Utc>,
    /// When it was last used.
    pub used_at: Option<DateTime<Utc>>,
    /// When it was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
}

impl TokenRecord {
    /// Returns whether it may be used at a moment.
    pub fn holds_at(&self, now: DateTime<Utc>) -> bool {
        self.revoked_at.is_none() && now < self.ends_at
    }
}

row! {
    pub(crate) struct TokenRow {
        id: Uuid, digest: String, person_id: Uuid, name: String, scope: String, made_at: DateTime<Utc>,
        ends_at: DateTime<Utc>, used_at: Option<DateTime<Utc>>, revoked_at: Option<DateTime<Utc>>,
    }
}

impl TokenRow {
    pub(crate) fn read(self) -> Result<TokenRecord, RecordError> {
        let scope = TokenScope::read(&self.scope);
        let scope = scope.map_err(|_| RecordError::Value { what: "scope", value: self.scope })?;
        Ok(TokenRecord {
            id: self.id,
            digest: SecretDigest(self.digest),
            person: PersonId(self.person_id),
            name: self.name,
            scope,
            made_at: self.made_at,
            ends_at: self.ends_at,
            used_at: self.used_at,
            revoked_at: self.revoked_at,
        })
    }
}

/// The columns of [`TokenRow`], of a table that is called `c`.
pub(crate) const TOKEN_COLUMNS: &str = "SELECT c.id, c.digest, c.person_id, c.name, c.scope, c.made_at, c.ends_at, c.used_at, c.revoked_at";

impl Batch {
    /// Keeps a new token.
    ///
    /// Errors: the engine fails.
    pub async fn add_token(&mut self, token: &TokenRecord) -> Result<(), RecordError> {
        const SQL: &str = "INSERT INTO api_token (id, digest, person_id, name, scope, made_at, ends_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)";
        on_batch!(self, |connection| {
            sqlx::query(SQL)
                .bind(token.id)
                .bind(&token.digest.0)
                .bind(token.person.0)
                .bind(without_nul(&token.name))
                .bind(token.scope.text())
                .bind(to_milliseconds(token.made_at))
                .bind(to_milliseconds(token.ends_at))
                .execute(connection)
                .await
                .map(drop)
        })
        .map_err(RecordError::attempt("keep a token"))
    }

    /// Writes down that a token was used.
    ///
    /// Errors: the engine fails.
    pub async fn see_token(&mut self, token: Uuid, at: DateTime<Utc>) -> Result<(), RecordError> {
        const SQL: &str = "UPDATE api_token SET used_at = $2 WHERE id = $1";
        on_batch!(self, |connection| {
            sqlx::query(SQL)
                .bind(token)
                .bind(to_milliseconds(at))
                .execute(connection)
                .await
                .map(drop)
        })
        .map_err(RecordError::attempt("note the use of a token"))
    }

    /// Revokes a person's token; returns false where the person has none that could be.
    ///
    /// Errors: the engine fails.
    pub async fn revoke_token(
        &mut self,
        person: PersonId,
        token: Uuid,
        at: DateTime<Utc>,
    ) -> Result<bool, RecordError> {
        const SQL: &str = "UPDATE api_token SET revoked_at = $3 WHERE id = $1 AND person_id = $2 AND revoked_at IS NULL";
        on_batch!(self, |connection| {
            sqlx::query(SQL)
                .bind(token)
                .bind(person.0)
                .bind(to_milliseconds(at))
                .execute(connection)
                .await
                .map(|done| done.rows_affected() == 1)
        })
        .map_err(RecordError::attempt("revoke a token"))
    }

    /// Revokes every token of a person.
    ///
    /// Errors: the engine fails.
    pub async fn revoke_tokens_of(
        &mut self,
        person: PersonId,
        at: DateTime<Utc>,
    ) -> Result<(), RecordError> {
        const SQL: &str =
            "UPDATE api_token SET revoked_at = $2 WHERE person_id = $1 AND revoked_at IS NULL";
        on_batch!(self, |connection| {
            sqlx::query(SQL)
                .bind(person.0)
                .bind(to_milliseconds(at))
                .execute(connection)
                .await
                .map(drop)
        })
        .map_err(RecordError::attempt("revoke a person's tokens"))
    }
}

impl Store {
    /// Returns a person's tokens, the newest first.
    ///
    /// Errors: the engine fails.
    pub async fn tokens_of(&self, person: PersonId) -> Result<Vec<TokenRecord>, RecordError> {
        let rows: Vec<TokenRow> = on_readers!(self, |pool| {
            let mut query = sqlx::QueryBuilder::new(TOKEN_COLUMNS);
            query.push(" FROM api_token c WHERE person_id = ").push_bind(person.0);
            query.push(" ORDER BY made_at DESC, id DESC LIMIT ").push_bind(TOKENS_MAX);
            query.build_query_as().fetch_all(pool).await
        })
        .map_err(RecordError::attempt("list the tokens"))?;
        rows.into_iter().map(TokenRow::read).collect()
    }
}
