//! A picture as a file: SVG that stands alone, or PNG, as the address ends.

use axum::{
    extract::FromRequestParts,
    http::{HeaderValue, header, request::Parts},
    response::{IntoResponse, Response},
};

use super::chart::export::{self, Key};
use crate::{error::PageError, page::Page, state::AppState};

/// A picture with what a paper would print with it.
pub(crate) struct Picture {
    /// The picture; empty where there is nothing to draw.
    pub(crate) svg: String,
    pub(crate) title: String,
    /// What its signs stand for.
    pub(crate) keys: Vec<Key>,
    /// What it is of, how many, and how it was made.
    pub(crate) notes: Vec<String>,
}

/// The form that an address asks for by how it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PictureForm {
    /// A drawing.
    Svg,
    /// Pixels.
    Png,
}

impl<S: Sync> FromRequestParts<S> for PictureForm {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        match parts.uri.path().rsplit_once('.') {
            Some((_, "svg")) => Ok(Self::Svg),
            Some((_, "png")) => Ok(Self::Png),
            _ => Err(PageError::NotFound),
        }
    }
}

/// Makes the answer of a picture as a file of a name, to which its ending is added.
///
/// Errors: there is nothing to draw, or no font for a PNG.
pub(crate) async fn picture_file(
    state: &AppState,
    page: &Page,
    form: PictureForm,
    name: &str,
    picture: Picture,
) -> Result<Response, PageError> {
    if picture.svg.is_empty() {
        return Err(PageError::NotFound);
    }
    let mut notes = picture.notes;
    if page.synthetic {
        notes.push(format!("{}. {}", page.t("synthetic"), page.t("synthetic-detail")));
    }
    notes.push(format!("Tsumugi {} · {}", state.program_version, page.release_label));
    let alone = export::alone(&picture.svg, &picture.title, &picture.keys, &notes);
    let (bytes, media, ending) = match form {
        PictureForm::Svg => (alone.into_bytes(), "image/svg+xml", "svg"),
        PictureForm::Png => (png(state, alone).await?, "image/png", "png"),
    };
    let name = format!("attachment; filename=\"{name}.{ending}\"");
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(media)),
        (header::CONTENT_DISPOSITION, HeaderValue::from_str(&name).map_err(PageError::internal)?),
    ];
    Ok((headers, bytes).into_response())
}

async fn png(state: &AppState, alone: String) -> Result<Vec<u8>, PageError> {
    let permit = state.pdfs.clone().acquire_owned().await.map_err(PageError::internal)?;
    let work = tokio::task::spawn_blocking(move || {
        let _permit = permit;
        export::has_japanese_font().then(|| export::png(&alone))
    });
    let bytes = work.await.map_err(PageError::internal)?;
    bytes.ok_or(PageError::NoPng)?.map_err(PageError::internal)
}

/// Returns the line of a curve as a sign beside what it stands for.
pub(crate) fn curve_key(place: usize, label: String) -> Key {
    let svg =
        format!("<svg viewBox=\"0 0 26 14\"><path class=\"curve c{place}\" d=\"M0 8H26\"/></svg>");
    Key { svg, label }
}
