//! The 47 prefectures.

use std::{fmt, str::FromStr, sync::LazyLock};

use serde::{Deserialize, Serialize};

use crate::text::{Language, LocalizedText};

/// How many prefectures there are.
pub const PREFECTURES: usize = 47;

/// A prefecture. Shape: its number, 1 to 47, two digits in text. Source: JIS X 0401.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Prefecture(u8);

/// Text that names no prefecture.
#[derive(Debug, thiserror::Error)]
#[error("no prefecture is called {0:?}")]
pub struct ParsePrefectureError(String);

static NAMES: LazyLock<Vec<LocalizedText>> = LazyLock::new(|| {
    let rows = include_str!("prefectures.tsv").lines().skip(1);
    rows.map(|row| {
        let mut cells = row.split('\t').skip(1);
        let mut cell = || cells.next().unwrap_or_default();
        LocalizedText::of(cell(), cell())
    })
    .collect()
});

impl Prefecture {
    /// Returns the prefecture of a number from 1 to 47.
    pub fn of_number(number: u8) -> Option<Self> {
        (1..=PREFECTURES).contains(&usize::from(number)).then_some(Self(number))
    }

    /// Returns all of them, from north to south.
    pub fn all() -> impl Iterator<Item = Self> {
        (1..=47).map(Self)
    }

    /// Returns the number, 1 to 47.
    pub fn number(self) -> u8 {
        self.0
    }

    /// Returns the names.
    pub fn name(self) -> &'static LocalizedText {
        static NONE: LocalizedText = LocalizedText::of("", "");
        NAMES.get(usize::from(self.0) - 1).unwrap_or(&NONE)
    }

    /// Returns the Japanese name without its last character 都・府・県, as tight places show it.
    pub fn short(self, language: Language) -> &'static str {
        let name = self.name().get(language);
        if language == Language::En || name == "北海道" {
            return name;
        }
        name.strip_suffix(['都', '府', '県']).unwrap_or(name)
    }
}

impl fmt::Display for Prefecture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}", self.0)
    }
}

impl From<Prefecture> for String {
    fn from(prefecture: Prefecture) -> Self {
        prefecture.to_string()
    }
}

impl TryFrom<String> for Prefecture {
    type Error = ParsePrefectureError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl FromStr for Prefecture {
    type Err = ParsePrefectureError;

    /// Reads a number (`1`, `01`), the Japanese name with or without its last character, or the English one.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        let number = text.parse().ok().filter(|_| text.len() <= 2).and_then(Self::of_number);
        let named = || {
            Self::all().find(|prefecture| {
                let name = prefecture.name();
                name.ja == text
                    || prefecture.short(Language::Ja) == text
                    || name.en.eq_ignore_ascii_case(text)
            })
        };
        let unknown = || ParsePrefectureError(text.chars().take(32).collect());
        number.or_else(named).ok_or_else(unknown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_prefecture_is_found_by_its_number_and_names() {
        assert_eq!(NAMES.len(), PREFECTURES);
        for prefecture in Prefecture::all() {
            let name = prefecture.name();
            for text in [&prefecture.to_string(), &name.ja.to_string(), &name.en.to_string()] {
                assert_eq!(text.parse::<Prefecture>().unwrap(), prefecture, "{text}");
            }
        }
        assert_eq!("京都".parse::<Prefecture>().unwrap().number(), 26);
        assert_eq!("東京".parse::<Prefecture>().unwrap().number(), 13);
        for wrong in ["0", "48", "", "満州", "001"] {
            assert!(wrong.parse::<Prefecture>().is_err(), "{wrong}");
        }
    }
}
