//! Code lists: those that come with the catalogue, and those that a user loads.

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap},
};

use serde::{Deserialize, Serialize};

use crate::text::{Language, LocalizedText};

/// Most codes of a loaded list.
const MAX_CODES: usize = 300_000;

/// How far a list can be trusted to be the portal's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Standing {
    /// All codes are known, from a public standard or because the user loaded the list.
    Whole,
    /// Some of the portal's codes are known; words without a number are ours.
    Partial,
    /// The portal's codes are not public: the codes are ours.
    Ours,
    /// The list is too large to come with us, and has not been loaded.
    ToLoad,
}

/// A code of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    /// The code.
    pub code: Cow<'static, str>,
    /// What it means to programs, such as `yes`, `dead` or `unknown`; empty where nothing asks.
    pub meaning: Cow<'static, str>,
    /// What it means to people.
    pub label: LocalizedText,
}

/// A code list.
#[derive(Clone, Debug)]
pub struct CodeList {
    /// Our stable code of the list.
    pub code: &'static str,
    /// How far it can be trusted.
    pub standing: Standing,
    /// What it is called.
    pub label: LocalizedText,
    /// Where it is from.
    pub source: Cow<'static, str>,
    codes: Vec<Code>,
    places: HashMap<Cow<'static, str>, usize>,
}

impl CodeList {
    pub(super) fn new(
        code: &'static str,
        standing: Standing,
        label: LocalizedText,
        source: &'static str,
    ) -> Self {
        Self {
            code,
            standing,
            label,
            source: Cow::Borrowed(source),
            codes: Vec::new(),
            places: HashMap::new(),
        }
    }

    /// Adds a code; returns whether it is new.
    pub(super) fn add(&mut self, code: Code) -> bool {
        let is_new = !self.places.contains_key(&code.code);
        if is_new {
            self.places.insert(code.code.clone(), self.codes.len());
            self.codes.push(code);
        }
        is_new
    }

    /// Returns the codes, in the order in which they are offered.
    pub fn codes(&self) -> &[Code] {
        &self.codes
    }

    /// Returns a code's entry.
    pub fn get(&self, code: &str) -> Option<&Code> {
        self.places.get(code).and_then(|place| self.codes.get(*place))
    }

    /// Returns the first code of a meaning.
    pub fn code_of(&self, meaning: &str) -> Option<&Code> {
        self.codes.iter().find(|code| code.meaning == meaning)
    }
}

/// All code lists, by their code.
#[derive(Clone, Debug, Default)]
pub struct CodeLists {
    lists: BTreeMap<&'static str, CodeList>,
}

/// Why a list could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadCodeListError {
    /// The catalogue has no such list.
    #[error("load codes: there is no list {0:?}")]
    UnknownList(String),
    /// The first line does not name the columns.
    #[error("load codes of {0}: the first line must name the columns code, label_ja and label_en")]
    NoHeader(&'static str),
    /// A line has too few columns or no code.
    #[error("load codes of {list}: line {line} has no code or no labels")]
    BrokenLine {
        /// The list.
        list: &'static str,
        /// The line. Units: 1-based.
        line: usize,
    },
    /// A code is there twice.
    #[error("load codes of {list}: line {line} repeats a code")]
    Doubled {
        /// The list.
        list: &'static str,
        /// The line. Units: 1-based.
        line: usize,
    },
    /// There are more codes than any list has.
    #[error("load codes of {0}: more than {MAX_CODES} codes")]
    TooMany(&'static str),
}

impl CodeLists {
    pub(super) fn add(&mut self, list: CodeList) {
        self.lists.insert(list.code, list);
    }

    pub(super) fn list_mut(&mut self, code: &str) -> Option<&mut CodeList> {
        self.lists.get_mut(code)
    }

    /// Returns every list.
    pub fn all(&self) -> impl Iterator<Item = &CodeList> {
        self.lists.values()
    }

    /// Returns a list by its code.
    pub fn list(&self, code: &str) -> Option<&CodeList> {
        self.lists.get(code)
    }

    /// Returns what a code of a list means to programs; `None` where that is not known.
    pub fn meaning(&self, list: &str, code: &str) -> Option<&str> {
        let meaning = &*self.list(list)?.get(code)?.meaning;
        (!meaning.is_empty()).then_some(meaning)
    }

    /// Returns what a code of a list means to people; `None` where that is not known.
    pub fn label(&self, list: &str, code: &str, language: Language) -> Option<&str> {
        self.list(list)?.get(code).map(|code| code.label.get(language))
    }

    /// Replaces a list by the user's own, and returns how many codes it has.
    ///
    /// Shape: tab-separated; the first line names the columns `code`, `label_ja`, `label_en` and, where
    /// programs shall understand the codes, `meaning` with the words of the embedded list.
    ///
    /// Errors: see [`LoadCodeListError`]; the list stays as it was.
    ///
    /// ```
    /// use model::catalogue::{Catalogue, Standing};
    /// let mut lists = Catalogue::get().lists().clone();
    /// let tsv = "code\tlabel_ja\tlabel_en\n10002272\t貧血\tAnemia\n";
    /// assert_eq!(lists.load("ctcae", tsv).unwrap(), 1);
    /// assert_eq!(lists.list("ctcae").unwrap().standing, Standing::Whole);
    /// ```
    pub fn load(&mut self, list: &str, tsv: &str) -> Result<usize, LoadCodeListError> {
        let unknown = || LoadCodeListError::UnknownList(list.chars().take(64).collect());
        let old = self.lists.get(list).ok_or_else(unknown)?;
        let name = old.code;
        let mut new = CodeList::new(name, Standing::Whole, old.label.clone(), "loaded by the user");
        let mut lines = tsv.strip_prefix('\u{feff}').unwrap_or(tsv).lines().enumerate();
        let header: Vec<&str> =
            lines.next().map(|(_, line)| line.split('\t').collect()).unwrap_or_default();
        let column = |wanted: &str| header.iter().position(|column| column.trim() == wanted);
        let (Some(code), Some(ja), Some(en)) =
            (column("code"), column("label_ja"), column("label_en"))
        else {
            return Err(LoadCodeListError::NoHeader(name));
        };
        let meaning = column("meaning");
        for (index, line) in lines.filter(|(_, line)| !line.trim().is_empty()) {
            let number = index.saturating_add(1);
            let cells: Vec<&str> = line.split('\t').map(str::trim).collect();
            let cell = |at: usize| cells.get(at).filter(|cell| !cell.is_empty()).copied();
            let (Some(code), Some(ja), Some(en)) = (cell(code), cell(ja), cell(en)) else {
                return Err(LoadCodeListError::BrokenLine { list: name, line: number });
            };
            if new.codes.len() >= MAX_CODES {
                return Err(LoadCodeListError::TooMany(name));
            }
            let is_new = new.add(Code {
                code: Cow::Owned(code.to_owned()),
                meaning: meaning.and_then(cell).unwrap_or_default().to_owned().into(),
                label: LocalizedText::new(ja.to_owned(), en.to_owned()),
            });
            if !is_new {
                return Err(LoadCodeListError::Doubled { list: name, line: number });
            }
        }
        let count = new.codes.len();
        self.lists.insert(name, new);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Catalogue;

    #[test]
    fn knows_codes_of_public_standards() {
        let lists = Catalogue::get().lists();
        for (list, code, meaning) in [
            ("response", "C4870", "cr"),
            ("response", "C18058", "pr"),
            ("response", "C18213", "sd"),
            ("response", "C35571", "pd"),
            ("response", "C62222", "ne"),
            ("outcome", "C28554", "dead"),
            ("sex", "2", "female"),
            ("performance_status", "4", "4"),
        ] {
            assert_eq!(lists.meaning(list, code), Some(meaning), "{list} {code}");
        }
        assert_eq!(lists.meaning("response", "C1"), None);
        assert_eq!(lists.label("grade", "3", Language::En), Some("Grade 3: severe"));
        assert_eq!(lists.list("response").unwrap().code_of("pd").unwrap().code, "C35571");
    }

    #[test]
    fn a_loaded_list_takes_the_place_of_the_embedded_one() {
        let mut lists = Catalogue::get().lists().clone();
        let tsv = "code\tlabel_ja\tlabel_en\tmeaning\n1\t計画通り\tPlanned\tplanned\n\n2\t無効\tNo effect\t\n";
        assert_eq!(lists.load("end_reason", tsv).unwrap(), 2);
        assert_eq!(lists.meaning("end_reason", "1"), Some("planned"));
        assert_eq!(lists.meaning("end_reason", "2"), None);
        assert_eq!(lists.meaning("end_reason", "ineffective"), None);
    }

    #[test]
    fn a_broken_list_is_refused_and_changes_nothing() {
        let mut lists = Catalogue::get().lists().clone();
        let header = "code\tlabel_ja\tlabel_en\n";
        for (list, text, part) in [
            ("no_such", header.to_owned(), "no list"),
            ("icd10", "C34\t肺\tLung\n".to_owned(), "first line"),
            ("icd10", String::new(), "first line"),
            ("icd10", format!("{header}C34\t肺\n"), "line 2"),
            ("icd10", format!("{header}C34\t肺\tLung\nC34\t肺\tLung\n"), "repeats"),
        ] {
            let error = lists.load(list, &text).unwrap_err().to_string();
            assert!(error.contains(part), "{error}");
        }
        assert_eq!(lists.list("icd10").unwrap().standing, Standing::ToLoad);
    }
}
