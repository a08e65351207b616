//! The spellings of Oncotator, with which the older TCGA tables are written.
//!
//! `ELREA746del` and `NSRE31fs` name the residues in a row before the place of the first;
//! `709_710ET>D` and `771_771A>AYVMA` name the places before the residues.

use super::{AminoAcid, ProteinChange, Residue, ResidueRange};

/// Reads a change without `p.`; `None` where it is not spelt so.
pub(super) fn read(body: &str) -> Option<ProteinChange> {
    residues_first(body).or_else(|| places_first(body))
}

fn residues_first(body: &str) -> Option<ProteinChange> {
    let (residues, rest) = body.split_at_checked(body.find(|c: char| c.is_ascii_digit())?)?;
    let digits = rest.find(|c: char| !c.is_ascii_digit())?;
    let (position, word) = rest.split_at_checked(digits)?;
    let range = range(&letters(residues)?, position.parse().ok()?)?;
    match word {
        "del" => Some(ProteinChange::Deletion { range }),
        "fs" => Some(ProteinChange::Frameshift {
            residue: range.first,
            alternate: None,
            stop_after: None,
        }),
        _ => None,
    }
}

fn places_first(body: &str) -> Option<ProteinChange> {
    let (places, change) =
        body.split_at_checked(body.find(|c: char| !(c.is_ascii_digit() || c == '_'))?)?;
    let (first, last) = places.split_once('_')?;
    let (old, new) = change.split_once('>')?;
    let range = range(&letters(old)?, first.parse().ok()?)?;
    let fits = last.parse() == Ok(range.last.position);
    fits.then_some(ProteinChange::Delins { range, sequence: letters(new)? })
}

/// Reads one-letter codes, at least one.
fn letters(text: &str) -> Option<Vec<AminoAcid>> {
    let upper = |letter: char| letter.is_ascii_uppercase() || letter == '*';
    let read =
        |letter| Some(letter).filter(|letter| upper(*letter)).and_then(AminoAcid::from_letter);
    let residues: Vec<AminoAcid> = text.chars().map(read).collect::<Option<_>>()?;
    (!residues.is_empty()).then_some(residues)
}

fn range(residues: &[AminoAcid], first: u32) -> Option<ResidueRange> {
    let more = u32::try_from(residues.len()).ok()?.checked_sub(1)?;
    let last = first.checked_add(more).filter(|_| first > 0)?;
    Some(ResidueRange {
        first: Residue { amino_acid: *residues.first()?, position: first },
        last: Residue { amino_acid: *residues.last()?, position: last },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_older_tables_write() {
        for (written, hgvs) in [
            ("p.ELREA746del", "p.Glu746_Ala750del"),
            ("p.ELR746del", "p.Glu746_Arg748del"),
            ("p.NSRE31fs", "p.Asn31fs"),
            ("p.709_710ET>D", "p.Glu709_Thr710delinsAsp"),
            ("p.771_771A>AYVMA", "p.Ala771delinsAlaTyrValMetAla"),
        ] {
            let change: ProteinChange = written.parse().unwrap();
            assert_eq!(change.to_string(), hgvs, "{written}");
        }
    }

    #[test]
    fn refuses_what_does_not_add_up() {
        for written in [
            "p.709_711ET>D",
            "p.710_709ET>D",
            "p.del746",
            "p.EL0del",
            "p.709_710>D",
            "p.ET4294967295del",
        ] {
            assert!(written.parse::<ProteinChange>().is_err(), "{written}");
        }
    }
}
