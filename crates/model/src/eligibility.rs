//! Whether a patient may have a panel test of a solid tumour, by the rule in force on the day.
//!
//! The rule is data (`crates/model/catalogue/eligibility.tsv`): versions with their days, and clauses, of
//! which those of alternative `*` must all hold, and all of at least one numbered alternative. The
//! wording follows documents of the programme of March 2021 and June 2025; the day on which one took the
//! other's place is that of the later document.
//!
//! A clause that is not known is never taken for one that does not hold. The physician decides; this
//! tells what the rule says of what is known.
//!
//! Not here: tests for tumours of blood and lymph, whose rule differs by disease and is not held.

use std::sync::OnceLock;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::{clinical_record::RecordReader, text::LocalizedText};

/// A clause of the rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Clause {
    /// The tumour is solid.
    SolidTumour,
    /// It is locally advanced or metastatic.
    Advanced,
    /// Standard therapy is finished, or expected to finish.
    StandardTherapyFinished,
    /// There is no standard therapy.
    NoStandardTherapy,
    /// The physician expects drug therapy after the test.
    DrugTherapyCandidate,
}

impl Clause {
    fn of_word(word: &str) -> Option<Self> {
        match word {
            "solid_tumour" => Some(Self::SolidTumour),
            "advanced" => Some(Self::Advanced),
            "standard_therapy_finished" => Some(Self::StandardTherapyFinished),
            "no_standard_therapy" => Some(Self::NoStandardTherapy),
            "drug_therapy_candidate" => Some(Self::DrugTherapyCandidate),
            _ => None,
        }
    }
}

/// How far standard therapy is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum StandardTherapy {
    /// There is none for the tumour.
    None,
    /// It is going on, and its end is not in sight.
    Ongoing,
    /// It is going on, and expected to finish.
    ExpectedToFinish,
    /// It is finished.
    Finished,
}

/// What is known of a patient. Every fact may be unknown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Facts {
    /// Whether the tumour is solid.
    #[serde(default)]
    pub solid_tumour: Option<bool>,
    /// Whether it is locally advanced or metastatic.
    #[serde(default)]
    pub advanced: Option<bool>,
    /// How far standard therapy is.
    #[serde(default)]
    pub standard_therapy: Option<StandardTherapy>,
    /// Whether the physician expects drug therapy after the test.
    #[serde(default)]
    pub drug_therapy_candidate: Option<bool>,
}

/// First levels of OncoTree whose tumours are not solid.
const NOT_SOLID: [&str; 2] = ["LYMPH", "MYELOID"];

impl Facts {
    /// Takes from a clinical record what it tells; the rest must be asked of the physician.
    ///
    /// A metastasis tells that the tumour is advanced; none does not tell the contrary, for it may be locally advanced.
    pub fn of_record(reader: RecordReader<'_>) -> Self {
        Self {
            solid_tumour: reader.organ().map(|organ| !NOT_SOLID.contains(&organ)),
            advanced: (reader.meaning("metastasis") == Some("yes")).then_some(true),
            standard_therapy: None,
            drug_therapy_candidate: None,
        }
    }

    /// Returns these facts, and the other's where these are unknown.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            solid_tumour: self.solid_tumour.or(other.solid_tumour),
            advanced: self.advanced.or(other.advanced),
            standard_therapy: self.standard_therapy.or(other.standard_therapy),
            drug_therapy_candidate: self.drug_therapy_candidate.or(other.drug_therapy_candidate),
        }
    }

    /// Returns whether a clause holds; `None` where that is not known.
    pub fn holds(&self, clause: Clause) -> Option<bool> {
        use StandardTherapy::{ExpectedToFinish, Finished};
        match clause {
            Clause::SolidTumour => self.solid_tumour,
            Clause::Advanced => self.advanced,
            Clause::StandardTherapyFinished => {
                self.standard_therapy.map(|state| matches!(state, Finished | ExpectedToFinish))
            }
            Clause::NoStandardTherapy => {
                self.standard_therapy.map(|state| state == StandardTherapy::None)
            }
            Clause::DrugTherapyCandidate => self.drug_therapy_candidate,
        }
    }
}

/// What the rule says of a patient.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Answer {
    /// The rule is met.
    Eligible,
    /// The rule is not met, whatever the unknown facts are.
    NotEligible,
    /// It depends on facts that are not known.
    Unknown,
}

/// A version of the rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Name of the version; every decision records it.
    pub version: &'static str,
    /// First day on which it holds.
    pub from: NaiveDate,
    /// Last day on which it holds; `None` where it still does.
    pub until: Option<NaiveDate>,
    /// Its clauses.
    pub clauses: Vec<RuleClause>,
}

/// A clause of a version of the rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleClause {
    /// The alternative that it belongs to; `None` where it must hold in any.
    pub alternative: Option<u8>,
    /// What it asks.
    pub clause: Clause,
    /// Its wording.
    pub wording: LocalizedText,
}

/// A clause as it stands with a patient.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Reason {
    /// The clause.
    pub clause: Clause,
    /// The alternative that it belongs to; `None` where it must hold in any.
    pub alternative: Option<u8>,
    /// Whether it holds; `None` where that is not known.
    pub holds: Option<bool>,
    /// Its wording.
    pub wording: LocalizedText,
}

/// What the rule says of a patient, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Decision {
    /// The answer.
    pub answer: Answer,
    /// Version of the rule.
    pub rule_version: &'static str,
    /// Every clause, in the rule's order.
    pub reasons: Vec<Reason>,
}

impl Decision {
    /// Returns the clauses that are not known, of which the answer may depend.
    pub fn open_questions(&self) -> impl Iterator<Item = &Reason> {
        self.reasons.iter().filter(|reason| reason.holds.is_none())
    }
}

impl Rule {
    /// Returns every version, the oldest first.
    pub fn all() -> &'static [Self] {
        static RULES: OnceLock<Vec<Rule>> = OnceLock::new();
        RULES.get_or_init(|| read(include_str!("../catalogue/eligibility.tsv")))
    }

    /// Returns the version in force on a day.
    pub fn on(date: NaiveDate) -> Option<&'static Self> {
        Self::all()
            .iter()
            .find(|rule| rule.from <= date && rule.until.is_none_or(|until| date <= until))
    }

    /// Returns what this version says of a patient.
    pub fn decide(&self, facts: &Facts) -> Decision {
        let reasons: Vec<Reason> = self
            .clauses
            .iter()
            .map(|clause| Reason {
                clause: clause.clause,
                alternative: clause.alternative,
                holds: facts.holds(clause.clause),
                wording: clause.wording.clone(),
            })
            .collect();
        let all_of = |alternative: Option<u8>| {
            let own = reasons.iter().filter(|reason| reason.alternative == alternative);
            all(own.map(|reason| reason.holds))
        };
        let mut alternatives: Vec<_> =
            reasons.iter().filter_map(|reason| reason.alternative).collect();
        alternatives.dedup();
        let some = any(alternatives.into_iter().map(|alternative| all_of(Some(alternative))));
        let answer = match all([all_of(None), some].into_iter()) {
            Some(true) => Answer::Eligible,
            Some(false) => Answer::NotEligible,
            None => Answer::Unknown,
        };
        Decision { answer, rule_version: self.version, reasons }
    }
}

/// Returns what the rule of a day says of a patient; `None` on days before the first rule.
///
/// ```
/// use model::eligibility::{Answer, Facts, StandardTherapy, decide};
/// let facts = Facts {
///     solid_tumour: Some(true),
///     standard_therapy: Some(StandardTherapy::None),
///     drug_therapy_candidate: Some(true),
///     ..Facts::default()
/// };
/// let day = "2025-07-01".parse().unwrap();
/// assert_eq!(decide(&facts, day).unwrap().answer, Answer::Eligible);
/// ```
pub fn decide(facts: &Facts, date: NaiveDate) -> Option<Decision> {
    Rule::on(date).map(|rule| rule.decide(facts))
}

/// Returns whether all hold: false if one does not, else unknown if one is.
fn all(mut answers: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    answers
        .try_fold(Some(true), |so_far, answer| match answer {
            Some(false) => Err(()),
            Some(true) => Ok(so_far),
            None => Ok(None),
        })
        .unwrap_or(Some(false))
}

/// Returns whether one holds: true if one does, else unknown if one is.
fn any(answers: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    all(answers.map(|answer| answer.map(|holds| !holds))).map(|holds| !holds)
}

fn read(text: &'static str) -> Vec<Rule> {
    let mut rules: Vec<Rule> = Vec::new();
    for line in text.lines().skip(1) {
        let cells: Vec<&'static str> = line.split('\t').collect();
        let [version, from, until, alternative, clause, ja, en] = cells.as_slice() else {
            unreachable!("every line of the embedded rule has seven cells: {line}")
        };
        let (Ok(from), Some(clause)) = (from.parse(), Clause::of_word(clause)) else {
            unreachable!("the embedded rule has days and clauses: {line}")
        };
        let clause = RuleClause {
            alternative: alternative.parse().ok(),
            clause,
            wording: LocalizedText::of(ja, en),
        };
        match rules.last_mut().filter(|rule| rule.version == *version) {
            Some(rule) => rule.clauses.push(clause),
            None => {
                rules.push(Rule {
                    version,
                    from,
                    until: until.parse().ok(),
                    clauses: vec![clause],
                });
            }
        }
    }
    rules
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clinical_record::{CellAddress, CellValue, ClinicalRecord};

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn facts(
        solid: Option<bool>,
        advanced: Option<bool>,
        therapy: Option<StandardTherapy>,
        candidate: Option<bool>,
    ) -> Facts {
        Facts {
            solid_tumour: solid,
            advanced,
            standard_therapy: therapy,
            drug_therapy_candidate: candidate,
        }
    }

    fn answer(facts: &Facts) -> Answer {
        decide(facts, day("2025-07-01")).unwrap().answer
    }

    #[test]
    fn every_combination_of_facts_follows_the_rule() {
        use StandardTherapy::{ExpectedToFinish, Finished, None as NoTherapy, Ongoing};
        let flags = [Some(true), Some(false), None];
        let states = [Some(NoTherapy), Some(Ongoing), Some(ExpectedToFinish), Some(Finished), None];
        let mut counts = [0; 3];
        for solid in flags {
            for advanced in flags {
                for therapy in states {
                    for candidate in flags {
                        let answer = answer(&facts(solid, advanced, therapy, candidate));
                        // The rule written out again, with every unknown fact tried both ways.
                        let mut met = Vec::new();
                        for s in [true, false].into_iter().filter(|s| solid.is_none_or(|k| k == *s))
                        {
                            for a in [true, false]
                                .into_iter()
                                .filter(|a| advanced.is_none_or(|k| k == *a))
                            {
                                for t in states
                                    .into_iter()
                                    .flatten()
                                    .filter(|t| therapy.is_none_or(|k| k == *t))
                                {
                                    for c in [true, false]
                                        .into_iter()
                                        .filter(|c| candidate.is_none_or(|k| k == *c))
                                    {
                                        let finished = matches!(t, Finished | ExpectedToFinish);
                                        met.push(s && c && (t == NoTherapy || a && finished));
                                    }
                                }
                            }
                        }
                        let expected = if met.iter().all(|met| *met) {
                            Answer::Eligible
                        } else if met.iter().any(|met| *met) {
                            Answer::Unknown
                        } else {
                            Answer::NotEligible
                        };
                        let facts = facts(solid, advanced, therapy, candidate);
                        // Without a state of therapy the two alternatives are judged apart, which may leave
                        // open what both together would settle; it never settles what is open.
                        assert!(
                            answer == expected || answer == Answer::Unknown,
                            "{facts:?}: {answer:?}, not {expected:?}"
                        );
                        if therapy.is_some() {
                            assert_eq!(answer, expected, "{facts:?}");
                        }
                        counts[answer as usize] += 1;
                    }
                }
            }
        }
        assert!(counts.iter().all(|count| *count >= 5), "{counts:?}");
    }

    #[test]
    fn unknown_is_not_no() {
        assert_eq!(answer(&Facts::default()), Answer::Unknown);
        let haematological = Facts { solid_tumour: Some(false), ..Facts::default() };
        assert_eq!(answer(&haematological), Answer::NotEligible);
        let decision = decide(&Facts::default(), day("2025-07-01")).unwrap();
        assert_eq!(decision.open_questions().count(), 5);
    }

    #[test]
    fn the_version_of_the_day_is_recorded() {
        let version =
            |date: &str| decide(&Facts::default(), day(date)).map(|decision| decision.rule_version);
        assert_eq!(version("2019-05-31"), None);
        assert_eq!(version("2021-03-05"), Some("2021"));
        assert_eq!(version("2025-05-31"), Some("2021"));
        assert_eq!(version("2025-06-01"), Some("2025"));
        assert_eq!(version("2030-01-01"), Some("2025"));
        for rule in Rule::all() {
            assert_eq!(rule.clauses.len(), 5);
        }
    }

    #[test]
    fn a_record_tells_some_facts_and_never_a_no_it_does_not_know() {
        let mut record = ClinicalRecord::default();
        let set = |record: &mut ClinicalRecord, item: &str, code: &str| {
            record.set(&CellAddress::single(item), Some(CellValue::written(code)));
        };
        assert_eq!(Facts::of_record(RecordReader::new(&record)), Facts::default());
        set(&mut record, "tumour_type", "PAAD");
        set(&mut record, "metastasis", "0");
        let facts = Facts::of_record(RecordReader::new(&record));
        assert_eq!((facts.solid_tumour, facts.advanced), (Some(true), None));
        set(&mut record, "tumour_type", "AML");
        set(&mut record, "metastasis", "1");
        let facts = Facts::of_record(RecordReader::new(&record));
        assert_eq!((facts.solid_tumour, facts.advanced), (Some(false), Some(true)));
        let asked = Facts { advanced: Some(false), ..Facts::default() };
        assert_eq!(asked.or(facts).advanced, Some(false));
    }
}
