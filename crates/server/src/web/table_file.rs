//! A table as a file: CSV for people, Parquet for programs, as the address ends.

use axum::{
    extract::FromRequestParts,
    http::{HeaderValue, header, request::Parts},
    response::{IntoResponse, Response},
};
use table::{Table, TableForm};

use crate::{error::PageError, page::Page};

/// The form that an address asks for by how it ends.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Form(TableForm);

impl<S: Sync> FromRequestParts<S> for Form {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let ending = parts.uri.path().rsplit_once('.').map(|(_, ending)| ending);
        let form = ending.and_then(TableForm::of_extension);
        form.map(Self).ok_or(PageError::NotFound)
    }
}

/// Makes the answer of a table as a file of a name, to which its ending is added.
///
/// A Parquet file says of itself what a page says around its table: the question, whether any of it is invented, and by what it
/// was made.
pub(crate) fn table_file(
    page: &Page,
    Form(form): Form,
    name: &str,
    table: &Table,
    question: &str,
) -> Result<Response, PageError> {
    let bytes = match form {
        TableForm::Csv => table.to_csv(),
        TableForm::Parquet => table.to_parquet(&[
            ("question", question.to_owned()),
            ("synthetic", if page.synthetic { "yes" } else { "no" }.to_owned()),
            ("release", page.release_label.clone()),
            ("program", format!("Tsumugi {}", page.program_version)),
        ]),
    };
    let bytes = bytes.map_err(PageError::internal)?;
    let name = format!("attachment; filename=\"{name}.{}\"", form.extension());
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(form.media_type())),
        (header::CONTENT_DISPOSITION, HeaderValue::from_str(&name).map_err(PageError::internal)?),
    ];
    Ok((headers, bytes).into_response())
}

/// Returns the addresses of a table in each form, from that of its CSV.
pub(crate) fn hrefs(csv: &str) -> [String; 2] {
    [csv.to_owned(), csv.replacen(".csv", ".parquet", 1)]
}
