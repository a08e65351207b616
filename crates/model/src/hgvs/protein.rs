//! Amino-acid changes.
//!
//! Reads `p.Gln654Glu`, `p.(Gln654Glu)`, `NP_000537.3:p.Gln654Glu`, `p.Q654E`, `Q654E`,
//! `p.P1115fs*46`, `G21_G22insSG`, `E746_A750del`, `R233*`, `V600=`, `M1?` and their three-letter and
//! upper-case forms (`W288FS`, `Y772_A775DUP`, `I843DEL`, `V600_K601>E`), and Oncotator's spellings.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

mod oncotator;

/// Longest text that is tried. Units: bytes.
const MAX_LENGTH_BYTES: usize = 512;

/// One amino acid as its IUPAC one-letter code; `*` is the stop codon, `X` is unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AminoAcid(char);

/// One-letter and three-letter codes. Source: IUPAC-IUB 1983; `Ter` and `Sec` after HGVS.
const CODES: [(char, &str); 23] = [
    ('A', "Ala"),
    ('C', "Cys"),
    ('D', "Asp"),
    ('E', "Glu"),
    ('F', "Phe"),
    ('G', "Gly"),
    ('H', "His"),
    ('I', "Ile"),
    ('K', "Lys"),
    ('L', "Leu"),
    ('M', "Met"),
    ('N', "Asn"),
    ('P', "Pro"),
    ('Q', "Gln"),
    ('R', "Arg"),
    ('S', "Ser"),
    ('T', "Thr"),
    ('V', "Val"),
    ('W', "Trp"),
    ('Y', "Tyr"),
    ('U', "Sec"),
    ('*', "Ter"),
    ('X', "Xaa"),
];

impl AminoAcid {
    /// The stop codon.
    pub const STOP: Self = Self('*');

    /// Returns the amino acid of a one-letter code.
    pub fn from_letter(letter: char) -> Option<Self> {
        let upper = letter.to_ascii_uppercase();
        CODES.iter().find(|(code, _)| *code == upper).map(|(code, _)| Self(*code))
    }

    /// Returns the one-letter code.
    pub fn letter(self) -> char {
        self.0
    }

    /// Returns the three-letter code.
    pub fn three_letters(self) -> &'static str {
        CODES.iter().find(|(code, _)| *code == self.0).map_or("Xaa", |(_, three)| *three)
    }
}

/// An amino acid at a place in the protein.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Residue {
    /// The reference amino acid.
    pub amino_acid: AminoAcid,
    /// Place in the protein. Units: 1-based codon number.
    pub position: u32,
}

/// A stretch of the protein. Shape: `first <= last`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ResidueRange {
    /// First residue.
    pub first: Residue,
    /// Last residue, inclusive; the same as the first for a single one.
    pub last: Residue,
}

/// An amino-acid change.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "camelCase")]
pub enum ProteinChange {
    /// One amino acid for another; the stop codon for a nonsense change.
    Substitution {
        /// The reference residue.
        residue: Residue,
        /// The new amino acid.
        alternate: AminoAcid,
    },
    /// No change at a residue.
    Silent {
        /// The residue.
        residue: Residue,
    },
    /// Residues left out.
    Deletion {
        /// The residues.
        range: ResidueRange,
    },
    /// Residues put in between two neighbours.
    Insertion {
        /// The neighbours.
        range: ResidueRange,
        /// The new amino acids; empty where they are not said.
        sequence: Vec<AminoAcid>,
    },
    /// Residues doubled.
    Duplication {
        /// The residues.
        range: ResidueRange,
    },
    /// Residues replaced by others.
    Delins {
        /// The residues.
        range: ResidueRange,
        /// The new amino acids.
        sequence: Vec<AminoAcid>,
    },
    /// Reading frame shifted from a residue on.
    Frameshift {
        /// The first residue that changes.
        residue: Residue,
        /// What it changes to, where it is said.
        alternate: Option<AminoAcid>,
        /// Codons to the new stop. Units: codons, counted from the changed residue as 1.
        stop_after: Option<u32>,
    },
    /// The first codon is lost; what is made is not known.
    StartLost,
    /// The stop codon is lost.
    StopLost {
        /// The old stop codon.
        residue: Residue,
        /// What it changes to.
        alternate: AminoAcid,
    },
}

/// Text that is not an amino-acid change.
#[derive(Debug, thiserror::Error)]
#[error("cannot read {0:?} as an amino-acid change")]
pub struct ParseProteinChangeError(String);

impl ProteinChange {
    /// Returns the codons that the change touches. Units: 1-based, inclusive.
    pub fn codons(&self) -> (u32, u32) {
        match self {
            Self::Substitution { residue, .. }
            | Self::Silent { residue }
            | Self::Frameshift { residue, .. }
            | Self::StopLost { residue, .. } => (residue.position, residue.position),
            Self::Deletion { range }
            | Self::Insertion { range, .. }
            | Self::Duplication { range }
            | Self::Delins { range, .. } => (range.first.position, range.last.position),
            Self::StartLost => (1, 1),
        }
    }

    /// Returns whether the protein ends too early or loses its frame or its start.
    pub fn is_truncating(&self) -> bool {
        match self {
            Self::Frameshift { .. } | Self::StartLost => true,
            Self::Substitution { alternate, .. } => *alternate == AminoAcid::STOP,
            Self::Delins { sequence, .. } | Self::Insertion { sequence, .. } => {
                sequence.contains(&AminoAcid::STOP)
            }
            Self::Silent { .. }
            | Self::Deletion { .. }
            | Self::Duplication { .. }
            | Self::StopLost { .. } => false,
        }
    }

    /// Returns the one-letter spelling without `p.`, such as `Q654E`.
    pub fn short(&self) -> String {
        self.spell(&|amino_acid| amino_acid.letter().to_string())
    }

    fn spell(&self, name: &dyn Fn(AminoAcid) -> String) -> String {
        let residue = |r: &Residue| format!("{}{}", name(r.amino_acid), r.position);
        let range = |r: &ResidueRange| {
            if r.first == r.last {
                residue(&r.first)
            } else {
                format!("{}_{}", residue(&r.first), residue(&r.last))
            }
        };
        let sequence = |s: &[AminoAcid]| s.iter().map(|a| name(*a)).collect::<String>();
        match self {
            Self::Substitution { residue: r, alternate } => {
                format!("{}{}", residue(r), name(*alternate))
            }
            Self::Silent { residue: r } => format!("{}=", residue(r)),
            Self::Deletion { range: r } => format!("{}del", range(r)),
            Self::Insertion { range: r, sequence: s } => format!("{}ins{}", range(r), sequence(s)),
            Self::Duplication { range: r } => format!("{}dup", range(r)),
            Self::Delins { range: r, sequence: s } => format!("{}delins{}", range(r), sequence(s)),
            Self::Frameshift { residue: r, alternate, stop_after } => {
                let alternate = alternate.map(name).unwrap_or_default();
                let stop = stop_after
                    .map(|codons| format!("{}{codons}", name(AminoAcid::STOP)))
                    .unwrap_or_default();
                format!("{}{alternate}fs{stop}", residue(r))
            }
            Self::StartLost => format!("{}1?", name(AminoAcid('M'))),
            Self::StopLost { residue: r, alternate } => {
                format!("{}{}ext*?", residue(r), name(*alternate))
            }
        }
    }
}

impl fmt::Display for ProteinChange {
    /// Writes HGVS with three-letter codes, such as `p.Gln654Glu`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "p.{}", self.spell(&|amino_acid| amino_acid.three_letters().to_owned()))
    }
}

impl FromStr for ProteinChange {
    type Err = ParseProteinChangeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let fail = || ParseProteinChangeError(text.chars().take(64).collect());
        if text.len() > MAX_LENGTH_BYTES || !text.is_ascii() {
            return Err(fail());
        }
        let mut body = text.trim();
        if let Some((_, after)) = body.rsplit_once(':') {
            body = after;
        }
        body = body.strip_prefix("p.").or_else(|| body.strip_prefix("P.")).unwrap_or(body);
        body = body.strip_prefix('(').and_then(|b| b.strip_suffix(')')).unwrap_or(body);
        let mut reader = Reader { rest: body };
        let change = reader.change().filter(|_| reader.rest.is_empty());
        change.or_else(|| oncotator::read(body)).ok_or_else(fail)
    }
}

/// Returns a description in HGVS spelling, those included that name no residue and are no [`ProteinChange`].
///
/// `p.?` is an effect that is not known, which is also what HGVS asks for at a splice site that panels write
/// as `splice site 2212-1_2214del`; `p.=` is no change, `p.0` no protein. `None` where the text is neither.
///
/// ```
/// use model::hgvs::protein::normalise;
/// assert_eq!(normalise("G40D").as_deref(), Some("p.Gly40Asp"));
/// assert_eq!(normalise("splice site 892-2A>G").as_deref(), Some("p.?"));
/// assert_eq!(normalise("EGFR"), None);
/// ```
pub fn normalise(text: &str) -> Option<String> {
    if let Ok(change) = text.parse::<ProteinChange>() {
        return Some(change.to_string());
    }
    let body = text.trim();
    let body = body.rsplit_once(':').map_or(body, |(_, after)| after);
    let body = body.strip_prefix("p.").unwrap_or(body);
    let body = body.strip_prefix('(').and_then(|b| b.strip_suffix(')')).unwrap_or(body);
    let is_splice_site = body
        .split_at_checked("splice site".len())
        .is_some_and(|(words, _)| words.eq_ignore_ascii_case("splice site"));
    match body {
        "?" => Some(String::from("p.?")),
        "=" => Some(String::from("p.=")),
        "0" => Some(String::from("p.0")),
        "0?" => Some(String::from("p.0?")),
        _ => is_splice_site.then(|| String::from("p.?")),
    }
}

/// Reads from the front of ASCII text.
struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn change(&mut self) -> Option<ProteinChange> {
        let first = self.residue()?;
        if first.position == 1 && self.word("?") {
            return Some(ProteinChange::StartLost);
        }
        let last = if self.word("_") { self.residue()? } else { first };
        if last.position < first.position {
            return None;
        }
        let range = ResidueRange { first, last };
        if self.word("delins") {
            return Some(ProteinChange::Delins {
                range,
                sequence: self.sequence_of_at_least_one()?,
            });
        }
        if self.word(">") {
            return Some(ProteinChange::Delins {
                range,
                sequence: self.sequence_of_at_least_one()?,
            });
        }
        if self.word("del") {
            // Older spellings repeat what is deleted.
            self.sequence();
            return Some(ProteinChange::Deletion { range });
        }
        if self.word("dup") {
            self.sequence();
            return Some(ProteinChange::Duplication { range });
        }
        if self.word("ins") {
            return Some(ProteinChange::Insertion { range, sequence: self.sequence() });
        }
        if first != last {
            return None;
        }
        self.single(first)
    }

    fn single(&mut self, residue: Residue) -> Option<ProteinChange> {
        if self.word("=") {
            return Some(ProteinChange::Silent { residue });
        }
        if let Some(frameshift) = self.frameshift(residue, None) {
            return Some(frameshift);
        }
        let alternate = self.amino_acid()?;
        if let Some(frameshift) = self.frameshift(residue, Some(alternate)) {
            return Some(frameshift);
        }
        if self.word("ext") {
            self.rest = "";
            return Some(ProteinChange::StopLost { residue, alternate });
        }
        if residue.amino_acid == alternate {
            return Some(ProteinChange::Silent { residue });
        }
        if residue.amino_acid == AminoAcid::STOP {
            return Some(ProteinChange::StopLost { residue, alternate });
        }
        Some(ProteinChange::Substitution { residue, alternate })
    }

    fn frameshift(
        &mut self,
        residue: Residue,
        alternate: Option<AminoAcid>,
    ) -> Option<ProteinChange> {
        if !self.word("fs") {
            return None;
        }
        let marked = self.word("*") || self.word("Ter") || self.word("X");
        let stop_after = if marked && !self.word("?") { Some(self.number()?) } else { None };
        Some(ProteinChange::Frameshift { residue, alternate, stop_after })
    }

    fn residue(&mut self) -> Option<Residue> {
        let amino_acid = self.amino_acid()?;
        let position = self.number()?;
        (position > 0).then_some(Residue { amino_acid, position })
    }

    /// Reads a three-letter code when one stands here, else a one-letter code.
    fn amino_acid(&mut self) -> Option<AminoAcid> {
        if let Some(three) = self.rest.get(..3) {
            let known = CODES.iter().find(|(_, code)| *code == three);
            if let Some((letter, _)) = known {
                self.rest = &self.rest[3..];
                return Some(AminoAcid(*letter));
            }
        }
        let letter = self.rest.chars().next()?;
        if !(letter.is_ascii_uppercase() || letter == '*') {
            return None;
        }
        let amino_acid = AminoAcid::from_letter(letter)?;
        self.rest = &self.rest[1..];
        Some(amino_acid)
    }

    fn sequence(&mut self) -> Vec<AminoAcid> {
        let mut sequence = Vec::new();
        while let Some(amino_acid) = self.amino_acid() {
            sequence.push(amino_acid);
        }
        sequence
    }

    fn sequence_of_at_least_one(&mut self) -> Option<Vec<AminoAcid>> {
        let sequence = self.sequence();
        (!sequence.is_empty()).then_some(sequence)
    }

    fn number(&mut self) -> Option<u32> {
        let end = self.rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(self.rest.len());
        let number = self.rest.get(..end)?.parse().ok()?;
        self.rest = &self.rest[end..];
        Some(number)
    }

    /// Takes a word in lower case, or in upper case as older tables write it.
    fn word(&mut self, word: &str) -> bool {
        let Some(head) = self.rest.get(..word.len()) else { return false };
        let matches = head == word || (word.len() > 1 && head == word.to_ascii_uppercase());
        if matches {
            self.rest = &self.rest[word.len()..];
        }
        matches
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn normal(text: &str) -> String {
        text.parse::<ProteinChange>().map_or_else(|e| e.to_string(), |change| change.to_string())
    }

    #[test]
    fn reads_the_spellings_that_panels_write() {
        for (written, hgvs) in [
            ("p.Q654E", "p.Gln654Glu"),
            ("G40D", "p.Gly40Asp"),
            ("p.Gln654Glu", "p.Gln654Glu"),
            ("p.(Gln654Glu)", "p.Gln654Glu"),
            ("NP_000537.3:p.Arg175His", "p.Arg175His"),
            ("p.P1115fs*46", "p.Pro1115fsTer46"),
            ("p.P1115Lfs*46", "p.Pro1115LeufsTer46"),
            ("p.Pro1115LeufsTer46", "p.Pro1115LeufsTer46"),
            ("p.Arg97ProfsTer?", "p.Arg97Profs"),
            ("W288FS", "p.Trp288fs"),
            ("G21_G22insSG", "p.Gly21_Gly22insSerGly"),
            ("p.E193_P194delinsDS", "p.Glu193_Pro194delinsAspSer"),
            ("E746_A750del", "p.Glu746_Ala750del"),
            ("I843DEL", "p.Ile843del"),
            ("Y772_A775DUP", "p.Tyr772_Ala775dup"),
            ("A767_V769dupASV", "p.Ala767_Val769dup"),
            ("V600_K601>E", "p.Val600_Lys601delinsGlu"),
            ("R233*", "p.Arg233Ter"),
            ("P154=", "p.Pro154="),
            ("M1?", "p.Met1?"),
            ("*757L", "p.Ter757Leuext*?"),
        ] {
            assert_eq!(normal(written), hgvs, "{written}");
        }
    }

    #[test]
    fn normalises_what_names_no_residue() {
        for (written, hgvs) in [
            ("p.?", Some("p.?")),
            ("p.(=)", Some("p.=")),
            ("NP_000537.3:p.0?", Some("p.0?")),
            ("splice site 2212-1_2214delGACA", Some("p.?")),
            ("Splice Site", Some("p.?")),
            ("V600E", Some("p.Val600Glu")),
            ("splice", None),
            ("スプライス", None),
            ("", None),
        ] {
            assert_eq!(super::normalise(written).as_deref(), hgvs, "{written}");
        }
    }

    #[test]
    fn refuses_what_is_no_change() {
        for text in [
            "",
            "p.",
            "EGFR",
            "Exon 19 Deletion",
            "V600",
            "p.Q0E",
            "E750_A746del",
            "p.変異",
            "p.Q99999999999E",
        ] {
            assert!(text.parse::<ProteinChange>().is_err(), "{text}");
        }
    }

    #[test]
    fn writes_and_reads_the_same_change() {
        for text in ["V600E", "E746_A750del", "A763_Y764insFQEA", "P1115fs*46", "R233*", "M1?"] {
            let change: ProteinChange = text.parse().unwrap();
            assert_eq!(change.short(), text);
            assert_eq!(change.to_string().parse::<ProteinChange>().unwrap(), change);
        }
    }

    #[test]
    fn knows_what_truncates() {
        let truncates = |text: &str| text.parse::<ProteinChange>().unwrap().is_truncating();
        assert!(truncates("R233*") && truncates("P1115fs*46") && truncates("M1?"));
        assert!(!truncates("V600E") && !truncates("E746_A750del"));
    }
}
