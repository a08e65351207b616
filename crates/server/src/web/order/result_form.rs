//! Sending the result of an order from its page.

use access::Action;
use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use model::identity::OrderId;

use super::show;
use crate::{
    address, checking,
    error::{PageError, Worded},
    form::CheckedMultipart,
    locale::words,
    reader::{Id, Reader},
    state::AppState,
    upload,
    viewer::Viewer,
};

/// Takes a file as the order's result and shows what came of it; what cannot be taken is said on the order's page.
pub(crate) async fn send(
    State(state): State<AppState>,
    viewer: Viewer,
    reader: Reader,
    Id(id): Id,
    CheckedMultipart(multipart): CheckedMultipart,
) -> Result<Response, PageError> {
    let id = OrderId(id);
    // Asked before anything is read; asked again, and written down, when the file is taken.
    let order = state.store.order(id).await.map_err(PageError::internal)?;
    let order = order.ok_or(PageError::NotFound)?;
    if state.would_permit_order(&viewer, Action::SendResult, &order).await?.is_none() {
        return Err(PageError::NotFound);
    }
    let _permit = state.uploads.acquire().await.map_err(PageError::internal)?;
    let sent = upload::read(multipart).await?;
    let kept = match sent.file() {
        Ok(file) => checking::keep_for_order(&state, &viewer, file, id).await,
        Err(error) => Err(error),
    };
    match kept {
        Ok(kept) => Ok(Redirect::to(&address::result(kept.id)).into_response()),
        Err(mistake) if mistake.is_of_form() => {
            let [_, detail, remedy] = mistake.keys().map(|key| words(reader.language, key, &[]));
            let told = format!("{detail} {remedy}");
            let mut page = show::page_of(&state, &viewer, &reader, id, Some(told)).await?;
            *page.status_mut() = mistake.status();
            page.extensions_mut().insert(Worded);
            Ok(page)
        }
        Err(error) => Err(error),
    }
}
