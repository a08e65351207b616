//! Documents as the record keeps them: JSON, and packed with zstd where they are large.

use std::io::Read;

use serde::{Serialize, de::DeserializeOwned};

use crate::error::RecordError;

/// Compression level: the fastest of zstd's normal levels, which packs JSON to about a tenth already.
const ZSTD_LEVEL: i32 = 1;
/// Largest size to which stored bytes are unpacked. Units: bytes.
const UNPACKED_MAX_BYTES: u64 = 1 << 30;

/// Bytes packed for storing. Making them is work for the processor, and needs no store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packed(pub(crate) Vec<u8>);

impl Packed {
    /// Packs bytes.
    ///
    /// Errors: there is not enough memory.
    pub fn bytes(what: &'static str, bytes: &[u8]) -> Result<Self, RecordError> {
        zstd::bulk::compress(bytes, ZSTD_LEVEL)
            .map(Self)
            .map_err(|source| RecordError::Unpack { what: what.to_owned(), source })
    }

    /// Writes a document as JSON and packs it.
    ///
    /// Errors: the document cannot be written as JSON, or there is not enough memory.
    pub fn json(what: &'static str, document: &impl Serialize) -> Result<Self, RecordError> {
        let bytes =
            serde_json::to_vec(document).map_err(|source| RecordError::Write { what, source })?;
        Self::bytes(what, &bytes)
    }

    /// Returns the packed size. Units: bytes.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns whether there are no bytes at all, which packing never leaves.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Unpacks bytes, up to a limit.
pub(crate) fn unpack(what: &str, packed: &[u8]) -> Result<Vec<u8>, RecordError> {
    let failed = |source| RecordError::Unpack { what: what.to_owned(), source };
    let decoder = zstd::stream::read::Decoder::new(packed).map_err(failed)?;
    let mut bytes = Vec::new();
    decoder.take(UNPACKED_MAX_BYTES + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > UNPACKED_MAX_BYTES {
        return Err(failed(std::io::Error::other("larger than anything that is stored")));
    }
    Ok(bytes)
}

/// Unpacks a document and reads its JSON.
pub(crate) fn unpack_json<T: DeserializeOwned>(
    what: &str,
    packed: &[u8],
) -> Result<T, RecordError> {
    let bytes = unpack(what, packed)?;
    serde_json::from_slice(&bytes)
        .map_err(|source| RecordError::Document { what: what.to_owned(), source })
}

/// Writes a small document as the JSON text that the record keeps, letter for letter.
///
/// PostgreSQL's own JSON types would refuse a NUL character or lose the wording.
pub(crate) fn json_text(
    what: &'static str,
    document: &impl Serialize,
) -> Result<String, RecordError> {
    serde_json::to_string(document).map_err(|source| RecordError::Write { what, source })
}

/// Reads a small document from its JSON text.
pub(crate) fn of_json_text<T: DeserializeOwned>(
    what: impl FnOnce() -> String,
    text: &str,
) -> Result<T, RecordError> {
    serde_json::from_str(text).map_err(|source| RecordError::Document { what: what(), source })
}

/// Returns whether bytes are one JSON value.
pub(crate) fn is_json(bytes: &[u8]) -> bool {
    serde_json::from_slice::<serde::de::IgnoredAny>(bytes).is_ok()
}

/// Returns text as both engines can keep and search it: PostgreSQL takes no NUL in text.
pub(crate) fn searchable<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    let mut text = String::new();
    for part in parts {
        if !text.is_empty() {
            text.push(' ');
        }
        text.extend(part.chars().filter(|c| *c != '\0').flat_map(char::to_lowercase));
    }
    text
}

/// Returns text without NUL, which PostgreSQL does not take.
pub(crate) fn without_nul(text: &str) -> String {
    text.chars().filter(|c| *c != '\0').collect()
}

/// Returns an SQL `LIKE` pattern that finds the text anywhere, with `\` as the escape.
pub(crate) fn like_anywhere(text: &str) -> String {
    let mut pattern = String::from("%");
    for c in searchable([text.trim()]).chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_unpacks() {
        let bytes = br#"{"a":1}"#.repeat(1000);
        let packed = Packed::bytes("test", &bytes).unwrap().0;
        assert!(packed.len() < bytes.len() / 10);
        assert_eq!(unpack("test", &packed).unwrap(), bytes);
        assert!(unpack("test", b"not zstd").is_err());
    }

    #[test]
    fn search_text_is_taken_literally() {
        assert_eq!(like_anywhere(" 50%_A\\ "), "%50\\%\\_a\\\\%");
        assert_eq!(searchable(["A\0B", "Ｃ"]), "ab ｃ");
    }
}
