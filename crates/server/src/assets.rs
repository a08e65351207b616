//! The style sheet, the little script and the mark, embedded and served under names that change with them.

use std::sync::LazyLock;

use axum::{
    body::Bytes,
    extract::Path,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use care::report::report_css;
use sha2::{Digest, Sha256};

use crate::error::PageError;

/// Bytes served from `/assets/` under a name with the digest of its content.
struct Asset {
    name: String,
    media_type: &'static str,
    bytes: Bytes,
}

impl Asset {
    fn new(stem: &str, extension: &str, media_type: &'static str, bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        let digest = hex::encode(Sha256::digest(&bytes));
        let short = digest.get(..16).unwrap_or(&digest);
        Self { name: format!("{stem}.{short}.{extension}"), media_type, bytes }
    }

    fn path(&self) -> String {
        format!("/assets/{}", self.name)
    }
}

/// Where a page finds what it loads.
pub(crate) struct AssetPaths {
    /// Style sheet.
    pub(crate) style: String,
    /// Style sheet of a report that stands alone.
    pub(crate) report_style: String,
    /// Script that enhances the drop area.
    pub(crate) script: String,
    /// Script that saves each field of the clinical record at once.
    pub(crate) autosave: String,
    /// Mark shown by browsers.
    pub(crate) mark: String,
}

static ASSETS: LazyLock<[Asset; 5]> = LazyLock::new(|| {
    [
        Asset::new(
            "tsumugi",
            "css",
            "text/css; charset=utf-8",
            // The report's own style comes first, so that the pages' tokens win inside the frame; after them
            // what one noun's pages alone need.
            [
                report_css(),
                include_str!("../assets/tsumugi.css"),
                include_str!("../assets/order.css"),
                include_str!("../assets/audit.css"),
                include_str!("../assets/consent.css"),
                include_str!("../assets/chart.css"),
                include_str!("../assets/search.css"),
                include_str!("../assets/hospitals.css"),
                include_str!("../assets/sign_in.css"),
                include_str!("../assets/clinical_record.css"),
            ]
            .join("\n"),
        ),
        Asset::new("report", "css", "text/css; charset=utf-8", report_css().to_owned()),
        Asset::new(
            "drop",
            "js",
            "text/javascript; charset=utf-8",
            include_str!("../assets/drop.js"),
        ),
        Asset::new(
            "autosave",
            "js",
            "text/javascript; charset=utf-8",
            include_str!("../assets/autosave.js"),
        ),
        Asset::new("mark", "svg", "image/svg+xml", include_str!("../assets/mark.svg")),
    ]
});

/// The paths of the assets of this build.
pub(crate) static PATHS: LazyLock<AssetPaths> = LazyLock::new(|| {
    let [style, report_style, script, autosave, mark] = &*ASSETS;
    AssetPaths {
        style: style.path(),
        report_style: report_style.path(),
        script: script.path(),
        autosave: autosave.path(),
        mark: mark.path(),
    }
});

/// Serves one asset; a name with another digest is another build's and is not found.
pub(crate) async fn serve(Path(name): Path<String>) -> Result<Response, PageError> {
    let asset = ASSETS.iter().find(|asset| asset.name == name).ok_or(PageError::NotFound)?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(asset.media_type)),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable")),
    ];
    Ok((headers, asset.bytes.clone()).into_response())
}
