//! Registration numbers: how a hospital names a case to everybody else.
//!
//! A number is drawn at random and says nothing of the patient; who the patient is, only the hospital can look
//! up, in the vault (`access::vault`). The official form is not public. Ours: `R`, the hospital's code, `-`,
//! eight random characters and a check character. A running number would tell how many patients a hospital
//! has, and in which order they came; therefore there is none.
//!
//! Not here: making sure that a number is given once, which is the record's work.

use crate::organisation::OrganisationCode;

/// The letters and digits of a random part: without I, L, O and U, which are misread.
const RANDOM_ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Most random characters.
const RANDOM_MAX: usize = 24;
/// Fewest random characters: 2^30 numbers for each hospital.
const RANDOM_MIN: usize = 6;
/// Longest part of a hospital's code that enters a number. Units: characters.
const HOSPITAL_MAX_CHARS: usize = 12;
/// Form of the numbers where a site sets no other.
pub const OURS: &str = "R{hospital}-{random:8}{check}";

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Hospital,
    Random(usize),
    Check,
}

/// The form of registration numbers of a site.
///
/// Shape: text with `{hospital}`, `{random:N}` once, and `{check}` at the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistrationFormat {
    parts: Vec<Part>,
}

/// Why a form of registration numbers cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RegistrationFormatError {
    /// A field is none that exists, or is not closed.
    #[error("the registration format has an unknown field")]
    Field,
    /// There is no random part, or there are several, or it is too short or too long.
    #[error("the registration format needs one random part of 6 to 24 characters")]
    Random,
    /// The check character does not stand at the end.
    #[error("the registration format needs the check character at its end")]
    Check,
    /// A character is not a letter of A to Z, a digit or `-`.
    #[error("the registration format has a character that is not A to Z, 0 to 9 or -")]
    Character,
}

impl RegistrationFormatError {
    /// Says what is wrong, in Japanese and in English, as what follows the name of the setting.
    pub fn explain(self) -> [&'static str; 2] {
        match self {
            Self::Field => [
                "知らない項目があるか、} で閉じられていません。",
                "has a field that does not exist, or that is not closed by }.",
            ],
            Self::Random => [
                "6〜24文字の {random:N} をちょうど一つ必要とします。",
                "needs exactly one {random:N} of 6 to 24 characters.",
            ],
            Self::Check => {
                ["最後に {check} を一つ必要とします。", "needs one {check}, at its end."]
            }
            Self::Character => [
                "A〜Z、0〜9、- のほかの文字があります。",
                "has a character other than A to Z, 0 to 9 and -.",
            ],
        }
    }
}

impl Default for RegistrationFormat {
    fn default() -> Self {
        // A test parses it.
        Self::parse(OURS).unwrap_or(Self {
            parts: vec![Part::Text("R".to_owned()), Part::Random(8), Part::Check],
        })
    }
}

impl RegistrationFormat {
    /// Reads a form.
    ///
    /// Errors: see [`RegistrationFormatError`].
    pub fn parse(text: &str) -> Result<Self, RegistrationFormatError> {
        let mut parts = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            let Some(field) = rest.strip_prefix('{') else {
                let end = rest.find('{').unwrap_or(rest.len());
                let (plain, after) = rest.split_at(end);
                if !plain.chars().all(|c| c == '-' || value_of(c).is_some()) {
                    return Err(RegistrationFormatError::Character);
                }
                parts.push(Part::Text(plain.to_owned()));
                rest = after;
                continue;
            };
            let (name, after) = field.split_once('}').ok_or(RegistrationFormatError::Field)?;
            parts.push(part(name)?);
            rest = after;
        }
        let random = parts.iter().filter(|part| matches!(part, Part::Random(_))).count();
        if random != 1 {
            return Err(RegistrationFormatError::Random);
        }
        let checks = parts.iter().filter(|part| **part == Part::Check).count();
        if checks != 1 || parts.last() != Some(&Part::Check) {
            return Err(RegistrationFormatError::Check);
        }
        Ok(Self { parts })
    }

    /// Makes a number of a hospital's code and of random bytes; the same bytes give the same number.
    pub fn number(&self, hospital: &OrganisationCode, random: &[u8; 32]) -> String {
        let mut number = String::new();
        let mut left = random.iter();
        for part in &self.parts {
            match part {
                Part::Text(text) => number.push_str(text),
                Part::Hospital => number.push_str(&hospital_part(hospital)),
                Part::Random(count) => {
                    // 32 letters: five bits of each byte, so that each is as likely as the others.
                    let letters = left.by_ref().take(*count).filter_map(|byte| {
                        RANDOM_ALPHABET
                            .get(usize::from(byte & 31))
                            .map(|letter| char::from(*letter))
                    });
                    number.extend(letters);
                }
                Part::Check => number.extend(check_character(&number)),
            }
        }
        number
    }
}

fn part(name: &str) -> Result<Part, RegistrationFormatError> {
    match name {
        "hospital" => Ok(Part::Hospital),
        "check" => Ok(Part::Check),
        other => {
            let count = other.strip_prefix("random:").ok_or(RegistrationFormatError::Field)?;
            let count = count.parse().map_err(|_| RegistrationFormatError::Random)?;
            if (RANDOM_MIN..=RANDOM_MAX).contains(&count) {
                Ok(Part::Random(count))
            } else {
                Err(RegistrationFormatError::Random)
            }
        }
    }
}

/// Returns the letters and digits of a hospital's code; a code without any adds nothing.
fn hospital_part(hospital: &OrganisationCode) -> String {
    let plain = hospital.as_str().chars().map(|c| c.to_ascii_uppercase());
    plain.filter(|c| value_of(*c).is_some()).take(HOSPITAL_MAX_CHARS).collect()
}

/// Value of a letter or digit in the check.
fn value_of(c: char) -> Option<u32> {
    matches!(c, '0'..='9' | 'A'..='Z').then(|| c.to_digit(36)).flatten()
}

/// Returns the check character of a text; `None` where the text has no letter and no digit.
///
/// Source: ISO 7064, MOD 37,36: finds every single mistyped character and every swap of two neighbours but few.
pub fn check_character(text: &str) -> Option<char> {
    let mut values = text.chars().filter_map(value_of).peekable();
    values.peek()?;
    let product = values.fold(36, after);
    char::from_digit((37 - product) % 36, 36).map(|c| c.to_ascii_uppercase())
}

/// Returns whether the last letter or digit of a text is its check character.
pub fn has_check_character(text: &str) -> bool {
    let Some((head, check)) = text.char_indices().last().map(|(at, c)| (text.split_at(at).0, c))
    else {
        return false;
    };
    check_character(head) == Some(check)
}

fn after(product: u32, value: u32) -> u32 {
    let sum = match (product + value) % 36 {
        0 => 36,
        sum => sum,
    };
    (sum * 2) % 37
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Source: the Global Release Identifier standard's example, which uses MOD 37,36.
    #[test]
    fn the_check_character_is_that_of_a_published_number() {
        assert_eq!(check_character("A1-2425G-ABC1234002"), Some('M'));
        assert!(has_check_character("A12425GABC1234002M"));
        assert!(!has_check_character("A12425GABC1234003M"));
        assert!(!has_check_character(""));
        assert_eq!(check_character("患者"), None);
    }

    #[test]
    fn every_mistyped_character_is_found() {
        let number =
            RegistrationFormat::default().number(&OrganisationCode::new("H-042"), &[7; 32]);
        assert_eq!(number.len(), 1 + 4 + 1 + 8 + 1);
        assert!(number.starts_with("RH042-"));
        assert!(has_check_character(&number), "{number}");
        for (at, right) in number.char_indices().filter(|(_, c)| *c != '-') {
            for wrong in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ".chars().filter(|c| *c != right) {
                let mut typed: Vec<char> = number.chars().collect();
                typed[at] = wrong;
                let typed: String = typed.into_iter().collect();
                assert!(!has_check_character(&typed), "{typed} for {number}");
            }
        }
    }

    #[test]
    fn the_random_part_tells_numbers_apart_and_the_hospital_is_bounded() {
        let format = RegistrationFormat::default();
        let hospital = OrganisationCode::new(&"合成中核病院 ab-1".repeat(20));
        let one = format.number(&hospital, &[1; 32]);
        assert_ne!(one, format.number(&hospital, &[2; 32]));
        assert!(one.chars().count() <= 1 + HOSPITAL_MAX_CHARS + 1 + 8 + 1);
        assert!(one.is_ascii());
    }

    #[test]
    fn forms_that_cannot_be_used_are_refused() {
        use RegistrationFormatError as E;
        let error = |text: &str| RegistrationFormat::parse(text).unwrap_err();
        assert_eq!(error("R{hospital}{check}"), E::Random);
        assert_eq!(error("R{random:8}{random:8}{check}"), E::Random);
        assert_eq!(error("R{random:4}{check}"), E::Random);
        assert_eq!(error("R{random:x}{check}"), E::Random);
        assert_eq!(error("R{check}{random:8}"), E::Check);
        assert_eq!(error("R{random:8}"), E::Check);
        assert_eq!(error("r{random:8}{check}"), E::Character);
        assert_eq!(error("R{name}{check}"), E::Field);
        assert_eq!(error("R{random:8"), E::Field);
        assert!(RegistrationFormat::parse(OURS).is_ok());
    }
}
