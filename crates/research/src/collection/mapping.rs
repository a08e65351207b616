//! What the columns of a historical cohort's files mean, as a TOML file.
//!
//! Shape: see `examples/collections/tcga.toml`. What is not written stays unknown; a column that a mapping does not name
//! is not read.

use std::collections::BTreeMap;

use knowledge::Release;
use model::{
    genome::Assembly,
    problem::{Place, Problem},
    text::LocalizedText,
};
use serde::Deserialize;

use super::{manifest::DayKind, problems};
use crate::cohort::{Item, ItemKind, Response, Word as _};

/// Largest mapping. Units: bytes.
const MAX_BYTES: usize = 1 << 20;
/// The items that a clinical table can say.
pub(super) const ITEMS: [Item; 16] = [
    Item::Tumour,
    Item::Age,
    Item::Sex,
    Item::Smoking,
    Item::PerformanceStatus,
    Item::Stage,
    Item::Metastasis,
    Item::FamilyHistory,
    Item::SampleKind,
    Item::Msi,
    Item::Tmb,
    Item::VitalStatus,
    Item::Diagnosed,
    Item::Tested,
    Item::LastContact,
    Item::PanelHeld,
];

/// What the files of a historical cohort mean.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// What is told of the collection.
    pub collection: About,
    /// How MAF files are read.
    #[serde(default)]
    pub maf: MafRules,
    /// What was tested.
    #[serde(default)]
    pub panel: PanelRules,
    /// How the clinical table is read.
    pub clinical: ClinicalRules,
}

/// What is told of a collection.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct About {
    /// What it is called, in Japanese.
    pub title_ja: String,
    /// What it is called, in English.
    pub title_en: String,
    /// What the licence of the data says.
    pub licence: String,
    /// Where the data are from, as they want to be cited.
    pub source: String,
    /// Whether its cases are invented.
    pub synthetic: bool,
    /// Whether research users may search it.
    #[serde(default)]
    pub research_use: bool,
}

/// How MAF files are read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MafRules {
    /// Assembly of files that do not say it.
    pub assembly: Option<String>,
    /// Marks in `FILTER`, besides `PASS` and nothing, with which a row counts.
    pub accepted_filters: Vec<String>,
    /// Words of `Variant_Classification` with which a row does not count.
    pub unreported_classifications: Vec<String>,
    /// Files for which other marks are accepted.
    pub exception: Vec<MafException>,
}

/// Files for which other marks are accepted.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MafException {
    /// Names of files; `*` stands for any letters.
    pub files: Vec<String>,
    /// Marks in `FILTER`, besides `PASS` and nothing, with which a row counts.
    pub accepted_filters: Vec<String>,
}

/// What was tested, the same for every case that has variants.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PanelRules {
    /// Name.
    pub name: Option<String>,
    /// Genes covered for short variants.
    pub short: Option<Covered>,
    /// Genes covered for copy numbers.
    pub copy_number: Option<Covered>,
    /// Genes covered for rearrangements.
    pub rearrangement: Option<Covered>,
}

/// Which genes are covered.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Covered {
    /// These, or one of the words `every_gene` and `none`.
    Word(CoveredWord),
    /// These.
    Genes(Vec<String>),
}

/// Which genes are covered, in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CoveredWord {
    /// Every gene that any file or the knowledge release names.
    EveryGene,
    /// None.
    None,
}

/// What becomes of rows of the clinical table whose sample no MAF has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WithoutVariants {
    /// They are cases of which it is not known what was tested.
    #[default]
    Keep,
    /// They are left out.
    LeaveOut,
}

/// How the clinical table is read.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClinicalRules {
    /// Column with the sample as the MAF names it.
    pub sample: String,
    /// Words that stand for unknown, besides nothing.
    #[serde(default)]
    pub unknown: Vec<String>,
    /// What days are.
    #[serde(default)]
    pub days: DayKind,
    /// What becomes of samples without variants.
    #[serde(default)]
    pub without_variants: WithoutVariants,
    /// Items by their code.
    #[serde(default)]
    pub items: BTreeMap<String, ItemRule>,
    /// How the best change of the target lesions is read.
    #[serde(default)]
    pub best_change: Option<ChangeRule>,
}

/// How the best change of the sum of diameters of target lesions is read. Source: RECIST 1.1.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeRule {
    /// Column with the change. Units: per cent of the sum at baseline; growth is above 0.
    pub column: String,
    /// Column with the best overall response.
    #[serde(default)]
    pub response: Option<String>,
    /// What the table writes for a response, and `CR`, `PR`, `SD`, `PD` or `NE` for it; an empty value is unknown. Without it the
    /// table writes those.
    #[serde(default)]
    pub values: BTreeMap<String, String>,
}

/// How an item is read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ItemRule {
    /// Columns; the first that says something counts.
    pub columns: Vec<String>,
    /// What the table writes, and the item's value for it; an empty value is unknown. Without it the table writes values.
    pub values: BTreeMap<String, String>,
}

impl Mapping {
    /// Reads a mapping, or says all that is wrong with it, each with its place.
    pub fn read(text: &str, release: &Release) -> Result<Self, Vec<Problem>> {
        if text.len() > MAX_BYTES {
            let remedy = LocalizedText::of("短くしてください。", "Make it shorter.");
            return Err(vec![problems::mapping_syntax(Place::file(), "> 1 MiB", remedy)]);
        }
        let mapping: Self = toml::from_str(text).map_err(|error| vec![syntax(text, &error)])?;
        let problems = mapping.check(text, release);
        if problems.is_empty() { Ok(mapping) } else { Err(problems) }
    }

    /// Returns the marks that are accepted in a file.
    pub fn accepted_filters(&self, file: &str) -> &[String] {
        let fits = |each: &&MafException| each.files.iter().any(|pattern| is_like(pattern, file));
        let exception = self.maf.exception.iter().find(fits);
        exception.map_or(&self.maf.accepted_filters, |each| &each.accepted_filters)
    }

    /// Returns the assembly of files that do not say it.
    pub fn assembly(&self) -> Option<Assembly> {
        self.maf.assembly.as_ref().and_then(|name| name.parse().ok())
    }

    /// Returns warnings about exceptions that no file fits.
    pub(super) fn unused_exceptions(&self, files: &[String]) -> Vec<Problem> {
        let patterns = self.maf.exception.iter().flat_map(|each| &each.files);
        let unused = patterns.filter(|pattern| !files.iter().any(|file| is_like(pattern, file)));
        unused.map(|pattern| problems::mapping_pattern(Place::file(), pattern)).collect()
    }

    fn check(&self, text: &str, release: &Release) -> Vec<Problem> {
        let mut found = Vec::new();
        let place = |name: &str| place_of(text, name);
        if let Some(name) = &self.maf.assembly
            && self.assembly().is_none()
        {
            let names = ["GRCh37", "GRCh38"].into_iter();
            found.push(problems::mapping_value(place(name), "assembly", name, names));
        }
        let texts = [
            ("collection.title_ja", &self.collection.title_ja),
            ("collection.title_en", &self.collection.title_en),
            ("collection.licence", &self.collection.licence),
            ("collection.source", &self.collection.source),
            ("clinical.sample", &self.clinical.sample),
        ];
        for (name, _) in texts.iter().filter(|(_, text)| text.trim().is_empty()) {
            let key = name.rsplit('.').next().unwrap_or(name);
            found.push(problems::mapping_empty(place(key), name));
        }
        if let Some(rule) = &self.clinical.best_change {
            found.extend(rule.check(text));
        }
        for (code, rule) in &self.clinical.items {
            let Some(item) = Item::of_code(code).filter(|item| ITEMS.contains(item)) else {
                let names = ITEMS.iter().map(|item| item.code());
                found.push(problems::mapping_item(place(code), code, names));
                continue;
            };
            if rule.columns.is_empty() {
                let name = format!("clinical.items.{code}.columns");
                found.push(problems::mapping_empty(place(code), &name));
            }
            for value in rule.values.values().filter(|value| !value.is_empty()) {
                if !is_value(item, value, release) {
                    let names = values_of(item, release);
                    let names = names.iter().map(String::as_str);
                    found.push(problems::mapping_value(place(value), code, value, names));
                }
            }
        }
        found
    }
}

impl ChangeRule {
    fn check(&self, text: &str) -> Vec<Problem> {
        let mut found = Vec::new();
        let empty = |name: &str| {
            let name = format!("clinical.best_change.{name}");
            problems::mapping_empty(place_of(text, "best_change"), &name)
        };
        if self.column.trim().is_empty() {
            found.push(empty("column"));
        }
        if self.response.as_ref().map_or(!self.values.is_empty(), |name| name.trim().is_empty()) {
            found.push(empty("response"));
        }
        let is_wrong = |value: &&String| !value.is_empty() && Response::of_code(value).is_none();
        for value in self.values.values().filter(is_wrong) {
            let names = Response::ALL.iter().map(|response| response.code());
            found.push(problems::mapping_value(place_of(text, value), "best_change", value, names));
        }
        found
    }
}

/// Returns whether a value may stand for an item.
fn is_value(item: Item, value: &str, release: &Release) -> bool {
    match item.kind() {
        ItemKind::Word => item.word_place(value).is_some(),
        ItemKind::Name => release.tumour_types().any(|tumour| tumour.code.as_str() == value),
        ItemKind::Number => value.parse::<f64>().is_ok(),
        ItemKind::Day => value.parse::<crate::cohort::CohortDay>().is_ok(),
    }
}

/// Returns the values of an item, where they are a list.
pub(super) fn values_of(item: Item, release: &Release) -> Vec<String> {
    match item.kind() {
        ItemKind::Word => {
            (1..=item.words()).filter_map(|at| item.word_code(at).map(Into::into)).collect()
        }
        ItemKind::Name => {
            release.tumour_types().map(|tumour| tumour.code.as_str().to_owned()).collect()
        }
        ItemKind::Number => vec!["65".to_owned()],
        ItemKind::Day => vec!["2026-11-27".to_owned()],
    }
}

/// Returns whether a file's name is like a pattern, in which `*` stands for any letters.
fn is_like(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = name.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    let Some(last) = parts.next_back() else { return rest.is_empty() };
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// Returns the first line in which a key or value is written. Units: 1-based.
fn place_of(text: &str, written: &str) -> Place {
    let is_there = |line: &&str| {
        line.match_indices(written).any(|(at, _)| {
            let before = line[..at].chars().next_back();
            let after = line[at + written.len()..].chars().next();
            let parts = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric() && c != '_');
            parts(before) && parts(after)
        })
    };
    let line = text.lines().position(|line| is_there(&line) && !line.trim_start().starts_with('#'));
    line.map_or_else(Place::file, |line| Place::line(line as u64 + 1, None))
}

/// Says what the TOML reader said, with the name that was probably meant.
fn syntax(text: &str, error: &toml::de::Error) -> Problem {
    let place = error.span().map_or_else(Place::file, |span| {
        let before = text.get(..span.start).unwrap_or_default();
        let line = before.matches('\n').count() as u64 + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().len() as u64 + 1;
        Place::line(line, Some(column))
    });
    // serde writes names between backquotes: what was found, and what may stand there.
    let said = error.message();
    let mut names = said.split('`').skip(1).step_by(2);
    let remedy = match names.next() {
        Some(found) if said.starts_with("unknown") => {
            let names: Vec<&str> = names.collect();
            problems::offer(found, names.into_iter())
        }
        _ => LocalizedText::of(
            "examples/collections/tcga.toml の形を見てください。",
            "See examples/collections/tcga.toml for the form.",
        ),
    };
    problems::mapping_syntax(place, said, remedy)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &str = r#"
[collection]
title_ja = "昔"
title_en = "Old"
licence = "CC0"
source = "a test"
synthetic = true
[maf]
accepted_filters = []
[[maf.exception]]
files = ["OV.*", "LAML.*.zst"]
accepted_filters = ["wga"]
[clinical]
sample = "Sample"
[clinical.items.sex]
columns = ["Gender"]
values = { F = "female", M = "male", U = "" }
"#;

    #[test]
    fn exceptions_are_by_the_names_of_files() {
        let mapping = Mapping::read(SMALL, Release::starter()).unwrap();
        assert_eq!(mapping.accepted_filters("OV.MC3.maf.zst"), ["wga"]);
        assert_eq!(mapping.accepted_filters("LAML.MC3.maf.zst"), ["wga"]);
        assert!(mapping.accepted_filters("LAML.MC3.maf").is_empty());
        assert!(mapping.accepted_filters("GBM.OV.maf").is_empty());
        assert!(is_like("*", "") && is_like("a*b*c", "aXbYc") && is_like("abc", "abc"));
        assert!(!is_like("a*b*c", "acb") && !is_like("abc", "abcd"));
        let unused = mapping.unused_exceptions(&["OV.maf".to_owned()]);
        assert_eq!(unused.len(), 1);
        assert!(unused[0].message.en.contains("LAML"));
    }

    #[test]
    fn a_wrong_mapping_is_told_with_its_place_and_what_was_meant() {
        let wrong = |from: &str, to: &str| {
            Mapping::read(&SMALL.replace(from, to), Release::starter()).unwrap_err().remove(0)
        };
        let key = wrong("sample = ", "sampel = ");
        assert_eq!((key.code.as_ref(), key.place.line), ("mapping.syntax", Some(14)));
        assert_eq!(key.remedy.en, "Did you mean: sample?");
        let item = wrong("items.sex", "items.sax");
        assert_eq!((item.code.as_ref(), item.place.line), ("mapping.item", Some(15)));
        assert_eq!(item.remedy.en, "Did you mean: sex?");
        let value = wrong("\"female\"", "\"femal\"");
        assert_eq!((value.code.as_ref(), value.place.line), ("mapping.value", Some(17)));
        assert_eq!(value.remedy.en, "Did you mean: female?");
        assert_eq!(wrong("\"Gender\"", "").code, "mapping.empty");
        assert_eq!(wrong("\"CC0\"", "\" \"").place.line, Some(5));
        let change = |rule: &str| {
            let text = SMALL.replace("[clinical]", &format!("[clinical]\nbest_change = {rule}"));
            Mapping::read(&text, Release::starter())
        };
        assert!(change("{ column = \"C\" }").is_ok());
        assert!(change("{ column = \"C\", response = \"R\", values = { P = \"PR\" } }").is_ok());
        let told = |rule: &str| change(rule).unwrap_err().remove(0);
        assert_eq!(told("{ column = \" \" }").code, "mapping.empty");
        assert_eq!(told("{ column = \"C\", values = { P = \"PR\" } }").code, "mapping.empty");
        let response = told("{ column = \"C\", response = \"R\", values = { P = \"PX\" } }");
        assert_eq!((response.code.as_ref(), response.place.line), ("mapping.value", Some(14)));
        assert_eq!(wrong("[maf]", "[maf]\nassembly = \"hg17\"").code, "mapping.value");
        assert_eq!(wrong("synthetic = true", "").code, "mapping.syntax");
    }
}
