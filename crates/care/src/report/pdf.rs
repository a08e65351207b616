//! The report as PDF, set by typst from the same layout as the HTML.
//!
//! Fonts are those of the machine; a Japanese one must be among them, because names in a result may
//! be Japanese in a report of either language. The same report and fonts give the same bytes: the
//! document carries no date.

use std::sync::OnceLock;

use model::text::Language;
use typst::{
    Library, LibraryExt, World,
    diag::{FileError, FileResult},
    foundations::{Bytes, Datetime, Duration, Smart},
    syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot},
    text::{Font, FontBook},
    utils::LazyHash,
};
use typst_kit::fonts::FontStore;

use super::{FindingsReport, layout::layout};

const TEMPLATE: &str = include_str!("../../templates/report/report.typ");
const TEMPLATE_PATH: &str = "/report.typ";
const DATA_PATH: &str = "/report.json";

/// Families with Japanese letters, best first.
const JAPANESE_FAMILIES: [&str; 12] = [
    "Noto Sans CJK JP",
    "Noto Sans JP",
    "Source Han Sans JP",
    "BIZ UDPGothic",
    "IPAexGothic",
    "IPAPGothic",
    "IPAGothic",
    "Hiragino Sans",
    "Yu Gothic",
    "Meiryo",
    "Noto Serif CJK JP",
    "IPAexMincho",
];

/// Families with letters of one width, best first.
const MONOSPACED_FAMILIES: [&str; 4] =
    ["Noto Sans Mono CJK JP", "Noto Sans Mono", "DejaVu Sans Mono", "Liberation Mono"];

/// Why a report could not be set as PDF.
#[derive(Debug, thiserror::Error)]
pub enum RenderPdfError {
    /// The machine has no font with Japanese letters.
    #[error(
        "cannot set the report as PDF: no Japanese font was found on this machine (日本語フォントが見つかりません); on Debian or Ubuntu install the package fonts-noto-cjk"
    )]
    NoJapaneseFont,
    /// The layout could not be handed to the template.
    #[error("cannot hand the report to the PDF template")]
    EncodeLayout(#[source] serde_json::Error),
    /// The template could not be set.
    #[error("cannot set the report as PDF: {0}")]
    Typeset(String),
}

/// Writes the report as PDF.
///
/// Errors: when no Japanese font is installed, or the template cannot be set.
pub fn to_pdf(report: &FindingsReport, language: Language) -> Result<Vec<u8>, RenderPdfError> {
    static FONTS: OnceLock<Fonts> = OnceLock::new();
    FONTS.get_or_init(Fonts::of_this_machine).render(report, language)
}

/// Fonts and template, read once and used for every report.
pub struct Fonts {
    store: FontStore,
    families: Vec<&'static str>,
    monospaced: Option<&'static str>,
    library: LazyHash<Library>,
}

impl Fonts {
    /// Looks for fonts where the operating system keeps them.
    pub fn of_this_machine() -> Self {
        Self::of(typst_kit::fonts::system())
    }

    /// Uses the given fonts, as far as the report needs them.
    pub fn of<S: typst_kit::fonts::FontSource>(
        fonts: impl IntoIterator<Item = (S, typst::text::FontInfo)>,
    ) -> Self {
        let mut found: Vec<(S, typst::text::FontInfo)> = fonts
            .into_iter()
            .filter(|(_, info)| {
                let family = info.family.as_str();
                JAPANESE_FAMILIES.contains(&family) || MONOSPACED_FAMILIES.contains(&family)
            })
            .collect();
        let present = |family: &&'static str| found.iter().any(|(_, info)| info.family == *family);
        let families: Vec<&'static str> =
            JAPANESE_FAMILIES.iter().copied().filter(present).take(1).collect();
        let monospaced = MONOSPACED_FAMILIES.iter().copied().find(present);
        found.retain(|(_, info)| {
            families.contains(&info.family.as_str()) || monospaced == Some(info.family.as_str())
        });
        let mut store = FontStore::new();
        store.extend(found);
        Self {
            store,
            families,
            monospaced,
            library: LazyHash::new(<Library as LibraryExt>::default()),
        }
    }

    /// Writes the report as PDF.
    ///
    /// Errors: as [`to_pdf`].
    pub fn render(
        &self,
        report: &FindingsReport,
        language: Language,
    ) -> Result<Vec<u8>, RenderPdfError> {
        let Some(family) = self.families.first() else {
            return Err(RenderPdfError::NoJapaneseFont);
        };
        let layout = layout(report, language);
        let data = serde_json::json!({
            "layout": layout,
            "family": family,
            "monospaced": self.monospaced.unwrap_or(family),
            "program": report.software_versions.program.name,
        });
        let data = serde_json::to_vec(&data).map_err(RenderPdfError::EncodeLayout)?;
        let desk = Desk {
            fonts: self,
            template: Source::new(file(TEMPLATE_PATH)?, TEMPLATE.to_owned()),
            data_id: file(DATA_PATH)?,
            data: Bytes::new(data),
        };
        let document = typst::compile(&desk).output.map_err(|errors| sentence(&errors))?;
        let options = typst_pdf::PdfOptions {
            creator: Smart::Custom(Some("Tsumugi".to_owned())),
            ident: Smart::Custom(layout.identity),
            ..typst_pdf::PdfOptions::default()
        };
        let pdf = typst_pdf::pdf(&document, &options).map_err(|errors| sentence(&errors))?;
        // What typst remembers between documents is of little use here and would grow without bound.
        typst::comemo::evict(CACHED_REPORTS_MAX);
        Ok(pdf)
    }
}

/// How many reports typst may remember its work for.
const CACHED_REPORTS_MAX: usize = 2;

fn file(path: &str) -> Result<FileId, RenderPdfError> {
    let path =
        VirtualPath::new(path).map_err(|error| RenderPdfError::Typeset(format!("{error:?}")))?;
    Ok(RootedPath::new(VirtualRoot::Project, path).intern())
}

fn sentence(errors: &[typst::diag::SourceDiagnostic]) -> RenderPdfError {
    let messages: Vec<&str> = errors.iter().map(|error| error.message.as_str()).collect();
    RenderPdfError::Typeset(messages.join("; "))
}

/// What typst may see: two files in memory and the fonts. No clock, no disk, no network.
struct Desk<'a> {
    fonts: &'a Fonts,
    template: Source,
    data_id: FileId,
    data: Bytes,
}

impl World for Desk<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &self.fonts.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        self.fonts.store.book()
    }

    fn main(&self) -> FileId {
        self.template.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.template.id() {
            return Ok(self.template.clone());
        }
        Err(FileError::AccessDenied)
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id == self.data_id {
            return Ok(self.data.clone());
        }
        Err(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.fonts.store.font(index)
    }

    fn today(&self, _offset: Option<Duration>) -> Option<Datetime> {
        None
    }
}
