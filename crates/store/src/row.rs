//! Rows of either engine as plain structures.

/// Declares a structure that is read by column name from a row of either engine.
///
/// It does what sqlx's derive does; the derive would compile SQLite a second time for the build itself.
macro_rules! row {
    ($(#[$meta:meta])* $visibility:vis struct $name:ident { $($field_visibility:vis $field:ident: $type:ty),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug)]
        $visibility struct $name { $($field_visibility $field: $type),* }

        impl<'r, R: sqlx::Row> sqlx::FromRow<'r, R> for $name
        where
            &'static str: sqlx::ColumnIndex<R>,
            $($type: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,)*
        {
            fn from_row(row: &'r R) -> Result<Self, sqlx::Error> {
                Ok(Self { $($field: row.try_get(stringify!($field))?),* })
            }
        }
    };
}

pub(crate) use row;

/// Most rows written or named by one statement: far below both engines' limits on parameters.
pub(crate) const STATEMENT_ROWS_MAX: usize = 256;
