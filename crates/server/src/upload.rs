//! Reading a form with a file: bounded, and patient with files that are too large.

use std::io::Write as _;

use axum::{
    body::Bytes,
    extract::{Multipart, multipart::Field},
};

use crate::{
    error::PageError,
    limits::{FIELD_BYTES_MAX, IMPORT_FILE_BYTES_MAX, UPLOAD_BYTES_MAX},
    record_import::{SentCases, WaitingFolder},
};

/// Longest file name that is kept. Units: characters.
const FILE_NAME_CHARS_MAX: usize = 200;

/// A file as it was sent.
#[derive(Clone, Debug)]
pub(crate) struct SentFile {
    /// Its name, without folders.
    pub(crate) name: String,
    /// Its bytes.
    pub(crate) bytes: Bytes,
}

/// A form as it was sent.
#[derive(Clone, Debug, Default)]
pub(crate) struct Form {
    file: Option<SentFile>,
    too_large: bool,
    /// Tumour type as entered.
    pub(crate) tumour: String,
    /// Case reference as entered.
    pub(crate) reference: String,
    /// Whether the file is to be taken into the record.
    pub(crate) keep: bool,
}

impl Form {
    /// Returns the file.
    pub(crate) fn file(&self) -> Result<&SentFile, PageError> {
        if self.too_large {
            return Err(PageError::TooLarge);
        }
        self.file.as_ref().ok_or(PageError::NoFile)
    }
}

/// Reads a form. A file beyond the limit is read to its end and thrown away, so that the browser is
/// there to hear what is wrong.
pub(crate) async fn read(mut multipart: Multipart) -> Result<Form, PageError> {
    let mut form = Form::default();
    while let Some(field) = multipart.next_field().await.map_err(|_| PageError::BadRequest)? {
        match field.name().unwrap_or_default() {
            "file" => read_file(field, &mut form).await?,
            "tumour" => form.tumour = read_text(field).await?,
            "reference" => form.reference = read_text(field).await?,
            "intent" => form.keep = read_text(field).await? == "keep",
            _ => {}
        }
    }
    Ok(form)
}

async fn read_file(mut field: Field<'_>, form: &mut Form) -> Result<(), PageError> {
    let name = bare_name(field.file_name().unwrap_or_default());
    let mut bytes = Vec::new();
    while let Some(chunk) = field.chunk().await.map_err(|_| PageError::TooLarge)? {
        if form.too_large {
            continue;
        }
        if bytes.len().saturating_add(chunk.len()) > UPLOAD_BYTES_MAX {
            form.too_large = true;
            bytes = Vec::new();
        } else {
            bytes.extend_from_slice(&chunk);
        }
    }
    if !bytes.is_empty() {
        form.file = Some(SentFile { name, bytes: bytes.into() });
    }
    Ok(())
}

async fn read_text(mut field: Field<'_>) -> Result<String, PageError> {
    let mut bytes = Vec::new();
    while let Some(chunk) = field.chunk().await.map_err(|_| PageError::BadRequest)? {
        if bytes.len().saturating_add(chunk.len()) > FIELD_BYTES_MAX {
            return Err(PageError::BadRequest);
        }
        bytes.extend_from_slice(&chunk);
    }
    let text = String::from_utf8(bytes).map_err(|_| PageError::BadRequest)?;
    Ok(text.trim().to_owned())
}

/// A form with a case CSV as it was sent.
#[derive(Debug)]
pub(crate) struct CasesForm {
    /// Code of the hospital as entered.
    pub(crate) hospital: String,
    /// The file, or what is wrong with it.
    pub(crate) file: Result<SentCases, PageError>,
}

/// Reads a form with a case CSV, which goes to the disk as it comes; one beyond the limit is read to its end.
pub(crate) async fn read_cases(
    mut multipart: Multipart,
    folder: &WaitingFolder,
) -> Result<CasesForm, PageError> {
    let mut form = CasesForm { hospital: String::new(), file: Err(PageError::NoFile) };
    while let Some(field) = multipart.next_field().await.map_err(|_| PageError::BadRequest)? {
        match field.name() {
            Some("hospital") => form.hospital = read_text(field).await?,
            Some("file") => form.file = read_to_disk(field, folder).await?,
            _ => {}
        }
    }
    Ok(form)
}

async fn read_to_disk(
    mut field: Field<'_>,
    folder: &WaitingFolder,
) -> Result<Result<SentCases, PageError>, PageError> {
    let name = bare_name(field.file_name().unwrap_or_default());
    let mut arriving = folder.receive().map_err(PageError::internal)?;
    let (mut bytes, max) = (0_u64, IMPORT_FILE_BYTES_MAX as u64);
    while let Some(chunk) = field.chunk().await.map_err(|_| PageError::TooLarge)? {
        bytes += chunk.len() as u64;
        if bytes <= max {
            arriving.file.write_all(&chunk).map_err(PageError::internal)?;
        }
    }
    Ok(match bytes {
        0 => Err(PageError::NoFile),
        bytes if bytes > max => Err(PageError::TooLarge),
        bytes => Ok(SentCases { name, bytes, arriving }),
    })
}

/// Returns a file's name without folders and control characters.
pub(crate) fn bare_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let bare: String = last.chars().filter(|c| !c.is_control()).take(FILE_NAME_CHARS_MAX).collect();
    if bare.trim().is_empty() { "unnamed".to_owned() } else { bare }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_only_the_last_part_of_a_name() {
        assert_eq!(bare_name("C:\\data\\検査.cats"), "検査.cats");
        assert_eq!(bare_name("../../etc/passwd"), "passwd");
        assert_eq!(bare_name("a\r\nb\0.json"), "ab.json");
        assert_eq!(bare_name("dir/"), "unnamed");
        assert_eq!(bare_name(&"x".repeat(999)).chars().count(), FILE_NAME_CHARS_MAX);
    }
}
