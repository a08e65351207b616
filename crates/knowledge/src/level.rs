//! The table that turns (type, direction, significance, strength, tumour relation, approval, effect) into a level.
//!
//! The table is ours and not official; the scale A to F and R is that of the guidance by three Japanese
//! societies. Rows are tried from the top and the first that fits decides; each has an identifier, so
//! that a reader can be told why.

use model::evidence::{
    ClinicalSignificance, EvidenceDirection, EvidenceLevel, EvidenceType, SourceStrength,
};
use serde::Deserialize;

use crate::table::{MissingColumnError, Row, Table};

/// The table that ships in the binary.
pub(crate) const SHIPPED: &str = include_str!("../starter/levels.tsv");
/// Name of the shipped table.
pub const NAME: &str = "tsumugi-levels";
/// Version of the shipped table.
pub const VERSION: &str = "1";

/// Where the evidence's drug is approved for the biomarker found, strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ApprovalState {
    /// At home or by the FDA, for the biomarker found and the patient's tumour type.
    ThisTumour,
    /// At home or by the FDA, for the biomarker found in another tumour type, or the patient's is not known.
    OtherTumour,
    /// Not approved for the biomarker found, or not known to be.
    None,
}

/// How the patient's tumour type stands to the evidence's, as far as the level depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum LevelRelation {
    /// The same type.
    Same,
    /// A broader type that contains the patient's.
    Ancestor,
    /// Every tumour, or every solid one: the patient's too, but nothing is said of it by name.
    AllTumours,
    /// Another type.
    Other,
    /// Not known.
    Unknown,
}

/// What is known of the alteration that meets the evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum AlterationEffect {
    /// It is what the evidence names, or it is known or expected to act on the gene.
    Known,
    /// The evidence names any change of the gene, and what this one does is not known.
    Unknown,
}

/// What a row is tried on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LevelQuestion {
    /// What the evidence is about.
    pub evidence_type: EvidenceType,
    /// For or against.
    pub direction: Option<EvidenceDirection>,
    /// The claim.
    pub significance: Option<ClinicalSignificance>,
    /// The source's own strength.
    pub strength: SourceStrength,
    /// How the patient's tumour type stands to the evidence's.
    pub relation: LevelRelation,
    /// Where the drug is approved.
    pub approval: ApprovalState,
    /// What is known of the alteration that meets the evidence.
    pub effect: AlterationEffect,
}

/// A row: an empty list fits everything.
#[derive(Clone, Debug)]
struct Rule {
    id: String,
    evidence_types: Vec<EvidenceType>,
    directions: Vec<Option<EvidenceDirection>>,
    significances: Vec<Option<ClinicalSignificance>>,
    strengths: Vec<SourceStrength>,
    relations: Vec<LevelRelation>,
    approvals: Vec<ApprovalState>,
    effects: Vec<AlterationEffect>,
    level: Option<EvidenceLevel>,
}

/// The level table.
#[derive(Clone, Debug)]
pub struct LevelTable {
    rules: Vec<Rule>,
}

/// A level table that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadLevelTableError {
    /// A column is missing.
    #[error("cannot read the level table: no column {0:?}")]
    Column(String),
    /// A word is not known.
    #[error("cannot read the level table: unknown word {word:?} in line {line}")]
    Word {
        /// Line. Units: 1-based.
        line: u64,
        /// The word.
        word: String,
    },
}

impl From<MissingColumnError> for ReadLevelTableError {
    fn from(error: MissingColumnError) -> Self {
        Self::Column(error.0)
    }
}

impl LevelTable {
    /// Reads a level table.
    ///
    /// Errors: a column or a word that is not known.
    pub fn parse(text: &str) -> Result<Self, ReadLevelTableError> {
        let table = Table::read(text);
        let [id, kind, direction, significance, strength, relation, approval, effect, level] =
            table.columns([
                "rule_id",
                "evidence_type",
                "direction",
                "significance",
                "strength",
                "relation",
                "approval",
                "effect",
                "level",
            ])?;
        let mut rules = Vec::new();
        for row in table {
            rules.push(Rule {
                id: row.get(id).to_owned(),
                evidence_types: words(&row, kind)?,
                directions: optional_words(&row, direction)?,
                significances: optional_words(&row, significance)?,
                strengths: words(&row, strength)?,
                relations: words(&row, relation)?,
                approvals: row
                    .list(approval)
                    .filter(|word| *word != "*")
                    .map(|word| approval_state(word, row.line))
                    .collect::<Result<_, _>>()?,
                effects: words(&row, effect)?,
                level: match row.get(level) {
                    "" | "none" => None,
                    word => Some(read_word(word, row.line)?),
                },
            });
        }
        Ok(Self { rules })
    }

    /// Returns the level and the identifier of the row that decided; no row means no level.
    pub fn judge(&self, question: &LevelQuestion) -> (Option<EvidenceLevel>, &str) {
        self.rules
            .iter()
            .find(|rule| rule.fits(question))
            .map_or((None, "none"), |rule| (rule.level, rule.id.as_str()))
    }

    /// Returns every row's identifier in order.
    pub fn rule_ids(&self) -> impl Iterator<Item = &str> {
        self.rules.iter().map(|rule| rule.id.as_str())
    }
}

impl Rule {
    fn fits(&self, question: &LevelQuestion) -> bool {
        fits(&self.evidence_types, &question.evidence_type)
            && fits(&self.directions, &question.direction)
            && fits(&self.significances, &question.significance)
            && fits(&self.strengths, &question.strength)
            && fits(&self.relations, &question.relation)
            && fits(&self.approvals, &question.approval)
            && fits(&self.effects, &question.effect)
    }
}

fn fits<T: PartialEq>(allowed: &[T], value: &T) -> bool {
    allowed.is_empty() || allowed.contains(value)
}

fn approval_state(word: &str, line: u64) -> Result<ApprovalState, ReadLevelTableError> {
    match word {
        "thisTumour" => Ok(ApprovalState::ThisTumour),
        "otherTumour" => Ok(ApprovalState::OtherTumour),
        "none" => Ok(ApprovalState::None),
        _ => Err(ReadLevelTableError::Word { line, word: word.to_owned() }),
    }
}

fn words<T: serde::de::DeserializeOwned>(
    row: &Row<'_>,
    column: usize,
) -> Result<Vec<T>, ReadLevelTableError> {
    row.list(column).filter(|word| *word != "*").map(|word| read_word(word, row.line)).collect()
}

fn optional_words<T: serde::de::DeserializeOwned>(
    row: &Row<'_>,
    column: usize,
) -> Result<Vec<Option<T>>, ReadLevelTableError> {
    row.list(column)
        .filter(|word| *word != "*")
        .map(|word| if word == "none" { Ok(None) } else { read_word(word, row.line).map(Some) })
        .collect()
}

fn read_word<T: serde::de::DeserializeOwned>(
    word: &str,
    line: u64,
) -> Result<T, ReadLevelTableError> {
    from_word(word).ok_or_else(|| ReadLevelTableError::Word { line, word: word.to_owned() })
}

/// Reads a word of one of `model`'s vocabularies.
pub(crate) fn from_word<T: serde::de::DeserializeOwned>(word: &str) -> Option<T> {
    use serde::de::IntoDeserializer;
    let deserializer: serde::de::value::StrDeserializer<'_, serde::de::value::Error> =
        word.into_deserializer();
    T::deserialize(deserializer).ok()
}
