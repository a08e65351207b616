//! Where a cell of a record is.

use std::{
    borrow::{Borrow, Cow},
    fmt,
    str::FromStr,
};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use uuid::Uuid;

/// Longest code of an item or block. Units: bytes.
const MAX_CODE_BYTES: usize = 64;

macro_rules! code {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Cow<'static, str>);

        impl $name {
            /// Makes a code of text; one that the catalogue holds is not copied.
            pub fn new(code: impl Into<Cow<'static, str>>) -> Self {
                Self(code.into())
            }

            /// Returns the code's text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(code: &str) -> Self {
                Self(Cow::Owned(code.to_owned()))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

code!(
    /// The code of an item, which the catalogue may or may not have.
    ItemCode
);
code!(
    /// The code of a repeated block, which the catalogue may or may not have.
    BlockCode
);

/// Identifies a row of a repeated block within its case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RowId(pub Uuid);

impl RowId {
    /// The row that a rule asks for and that nobody has made yet.
    pub const UNMADE: Self = Self(Uuid::nil());

    /// Makes the identifier of a row that was read from a file, by its number in its case and block.
    ///
    /// Rows that people make have a UUID of version 7 instead. Units of the number: 0-based.
    pub fn numbered(number: u32) -> Self {
        Self(Uuid::from_u128(u128::from(number) + 1))
    }

    /// Returns whether the row is one that nobody has made yet.
    pub fn is_unmade(self) -> bool {
        self == Self::UNMADE
    }
}

impl fmt::Display for RowId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Where a cell is. Shape as text: `sex`, or `regimen_after/ROW/after_start`.
///
/// ```
/// use model::clinical_record::CellAddress;
/// let text = "regimen_after/0190163d-8694-739b-aea5-966c26f8ad91/after_start";
/// let address: CellAddress = text.parse().unwrap();
/// assert_eq!(address.item.as_str(), "after_start");
/// assert_eq!(address.to_string(), text);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CellAddress {
    /// The row of a repeated block; `None` for an item that a case has once.
    pub block: Option<(BlockCode, RowId)>,
    /// The item.
    pub item: ItemCode,
}

impl CellAddress {
    /// Addresses an item that a case has once.
    pub fn single(item: impl Into<ItemCode>) -> Self {
        Self { block: None, item: item.into() }
    }

    /// Addresses an item of a row.
    pub fn in_row(block: impl Into<BlockCode>, row: RowId, item: impl Into<ItemCode>) -> Self {
        Self { block: Some((block.into(), row)), item: item.into() }
    }
}

impl fmt::Display for CellAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.block {
            None => self.item.fmt(f),
            Some((block, row)) => write!(f, "{block}/{row}/{}", self.item),
        }
    }
}

/// A text that is no address of a cell.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("read the address of a cell: {0:?} is neither ITEM nor BLOCK/ROW/ITEM")]
pub struct ParseCellAddressError(String);

impl FromStr for CellAddress {
    type Err = ParseCellAddressError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || ParseCellAddressError(text.chars().take(160).collect());
        let mut parts = text.split('/');
        let address = match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some(item), None, ..) if is_code(item) => Self::single(item),
            (Some(block), Some(row), Some(item), None) if is_code(block) && is_code(item) => {
                let row = Uuid::parse_str(row).map_err(|_| error())?;
                Self::in_row(block, RowId(row), item)
            }
            _ => return Err(error()),
        };
        Ok(address)
    }
}

fn is_code(text: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    !text.is_empty() && text.len() <= MAX_CODE_BYTES && text.bytes().all(allowed)
}

impl Serialize for CellAddress {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for CellAddress {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_is_no_address() {
        let long = "a".repeat(65);
        for text in ["", "/", "Sex", "a b", "a/b", "a/b/c", "a/b/c/d", "性別", &long] {
            assert!(text.parse::<CellAddress>().is_err(), "{text:?}");
        }
        let row = RowId::numbered(7);
        let whole = format!("family_member/{row}/family_age");
        assert_eq!(whole.parse(), Ok(CellAddress::in_row("family_member", row, "family_age")));
        assert!(format!("{whole}/").parse::<CellAddress>().is_err());
    }

    #[test]
    fn is_text_in_json() {
        let address = CellAddress::single("sex");
        let json = serde_json::to_string(&address).unwrap();
        assert_eq!(json, "\"sex\"");
        assert_eq!(serde_json::from_str::<CellAddress>(&json).unwrap(), address);
        assert!(serde_json::from_str::<CellAddress>("\"a/b\"").is_err());
    }

    #[test]
    fn numbered_rows_keep_their_order() {
        assert!(RowId::numbered(1) < RowId::numbered(2));
        assert!(!RowId::numbered(0).is_unmade());
    }
}
