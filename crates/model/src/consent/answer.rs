//! Answers to the purposes.

use std::{collections::BTreeMap, fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::{purpose::ConsentPurpose, word::consent_words};

consent_words! {
    /// What a patient answered for one purpose.
    pub enum Answer as "answer" {
        /// Yes.
        Yes = "yes", "はい", "Yes";
        /// No.
        No = "no", "いいえ", "No";
        /// Not decided yet; not a yes.
        Later = "later", "後で決める", "Decide later";
    }
}

consent_words! {
    /// To whom secondary findings are told.
    pub enum FindingsRecipient as "recipient of findings" {
        /// The patient alone.
        Patient = "patient", "本人だけ", "The patient alone";
        /// The patient, and the family named at the hospital.
        PatientAndFamily = "patient-and-family", "本人と家族", "The patient and the family";
        /// The family named at the hospital, where the patient cannot be told any more.
        FamilyInstead = "family-instead", "本人が聞けないときは家族", "The family, if the patient cannot be told";
    }
}

impl Answer {
    fn letter(self) -> char {
        match self {
            Self::Yes => 'y',
            Self::No => 'n',
            Self::Later => 'l',
        }
    }
}

/// An answer for each purpose; a purpose that was not spoken of has none.
///
/// Shape in JSON: an object of purpose codes. Shape in tables: a letter for each purpose in the order of
/// [`ConsentPurpose::ALL`], `-` for none, such as `yyn-l---`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "BTreeMap<ConsentPurpose, Answer>", into = "BTreeMap<ConsentPurpose, Answer>")]
pub struct Answers([Option<Answer>; ConsentPurpose::COUNT]);

impl Answers {
    /// Returns the same answer for every purpose.
    pub fn all(answer: Answer) -> Self {
        Self([Some(answer); ConsentPurpose::COUNT])
    }

    /// Returns the answer for a purpose.
    pub fn get(&self, purpose: ConsentPurpose) -> Option<Answer> {
        self.0.get(purpose.index()).copied().flatten()
    }

    /// Sets the answer for a purpose.
    pub fn set(&mut self, purpose: ConsentPurpose, answer: Option<Answer>) {
        if let Some(place) = self.0.get_mut(purpose.index()) {
            *place = answer;
        }
    }

    /// Returns these answers with one more.
    #[must_use]
    pub fn with(mut self, purpose: ConsentPurpose, answer: Answer) -> Self {
        self.set(purpose, Some(answer));
        self
    }

    /// Returns the purposes that were answered, with their answers.
    pub fn iter(&self) -> impl Iterator<Item = (ConsentPurpose, Answer)> {
        ConsentPurpose::ALL.iter().filter_map(|purpose| Some((*purpose, self.get(*purpose)?)))
    }

    /// Returns whether nothing was answered.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(Option::is_none)
    }

    /// Returns whether a purpose was answered with yes.
    pub fn is_yes(&self, purpose: ConsentPurpose) -> bool {
        self.get(purpose) == Some(Answer::Yes)
    }
}

impl From<BTreeMap<ConsentPurpose, Answer>> for Answers {
    fn from(map: BTreeMap<ConsentPurpose, Answer>) -> Self {
        map.into_iter()
            .fold(Self::default(), |answers, (purpose, answer)| answers.with(purpose, answer))
    }
}

impl From<Answers> for BTreeMap<ConsentPurpose, Answer> {
    fn from(answers: Answers) -> Self {
        answers.iter().collect()
    }
}

impl fmt::Display for Answers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use fmt::Write as _;
        self.0.iter().try_for_each(|answer| f.write_char(answer.map_or('-', Answer::letter)))
    }
}

/// A text that does not hold answers.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a row of answers: {0:?}")]
pub struct ParseAnswersError(String);

impl FromStr for Answers {
    type Err = ParseAnswersError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let failed = || ParseAnswersError(text.chars().take(32).collect());
        let mut answers = Self::default();
        // A row written before a purpose was added is shorter; its answer is unknown.
        for (place, letter) in text.bytes().enumerate() {
            let answer = match letter {
                b'y' => Some(Answer::Yes),
                b'n' => Some(Answer::No),
                b'l' => Some(Answer::Later),
                b'-' => None,
                _ => return Err(failed()),
            };
            *answers.0.get_mut(place).ok_or_else(failed)? = answer;
        }
        Ok(answers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_written_in_both_shapes_and_read_back() {
        let answers = Answers::default()
            .with(ConsentPurpose::Registration, Answer::Yes)
            .with(ConsentPurpose::SecondaryFindings, Answer::Later);
        assert_eq!(answers.to_string(), "y----l--");
        assert_eq!(answers.to_string().parse(), Ok(answers));
        assert_eq!(
            "y".parse(),
            Ok(Answers::default().with(ConsentPurpose::Registration, Answer::Yes))
        );
        for wrong in ["x", "y----l---", "はい"] {
            assert!(wrong.parse::<Answers>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn only_yes_is_yes() {
        let answers = Answers::default().with(ConsentPurpose::AcademicUse, Answer::Later);
        assert!(!answers.is_yes(ConsentPurpose::AcademicUse));
        assert!(!answers.is_yes(ConsentPurpose::CompanyUse));
        assert!(Answers::all(Answer::Yes).is_yes(ConsentPurpose::CompanyUse));
    }
}
