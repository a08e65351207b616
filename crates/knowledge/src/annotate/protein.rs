//! Comparing amino-acid changes as values.

use model::hgvs::protein::{AminoAcid, ProteinChange, Residue, ResidueRange};

/// Reads spellings of older tables that name every residue: `ELREA746del` (E746_A750del), `VRRCPH173fs`
/// (V173fs) and `LREA747S` (L747_A750delinsS).
pub(super) fn old_spelling(written: &str) -> Option<ProteinChange> {
    let text = written.strip_prefix("p.").unwrap_or(written);
    let letters = |text: &str| -> Option<Vec<AminoAcid>> {
        let upper = text.chars().all(|c| c.is_ascii_uppercase() || c == '*');
        if upper { text.chars().map(AminoAcid::from_letter).collect() } else { None }
    };
    let digits = text.find(|c: char| c.is_ascii_digit())?;
    let after = text.get(digits..)?;
    let end = after.find(|c: char| !c.is_ascii_digit())?;
    let residues = letters(text.get(..digits)?).filter(|residues| residues.len() >= 2)?;
    let position: u32 = after.get(..end)?.parse().ok().filter(|position| *position > 0)?;
    let length = u32::try_from(residues.len()).ok()?;
    let first = Residue { amino_acid: *residues.first()?, position };
    let last =
        Residue { amino_acid: *residues.last()?, position: position.checked_add(length - 1)? };
    let range = ResidueRange { first, last };
    match after.get(end..)? {
        "del" => Some(ProteinChange::Deletion { range }),
        "fs" => {
            Some(ProteinChange::Frameshift { residue: first, alternate: None, stop_after: None })
        }
        new => letters(new).map(|sequence| ProteinChange::Delins { range, sequence }),
    }
}

/// Returns the codons that a change names where it cannot be read, such as `770_771insGL`. Units: 1-based.
pub(super) fn written_codons(written: &str) -> Option<(u32, u32)> {
    let text = written.strip_prefix("p.").unwrap_or(written);
    let numbers = text.split(|c: char| !c.is_ascii_digit()).filter(|number| !number.is_empty());
    let mut numbers = numbers.map_while(|number| number.parse::<u32>().ok());
    let first = numbers.next().filter(|first| *first > 0)?;
    let last = if text.contains('_') { numbers.next().unwrap_or(first) } else { first };
    (first <= last).then_some((first, last))
}

/// Returns whether two amino-acid changes are the same one, allowing for what one of them leaves unsaid.
///
/// A frameshift is the same when its first residue is and neither new residue nor stop differ; a
/// duplication is the same as the insertion of the doubled residues behind them.
pub(super) fn same(left: &ProteinChange, right: &ProteinChange) -> bool {
    use ProteinChange::{Delins, Duplication, Frameshift, Insertion};
    if left == right {
        return true;
    }
    match (left, right) {
        (
            Frameshift { residue: a, alternate: new_a, stop_after: stop_a },
            Frameshift { residue: b, alternate: new_b, stop_after: stop_b },
        ) => {
            a == b
                && agree(new_a.as_ref(), new_b.as_ref())
                && agree(stop_a.as_ref(), stop_b.as_ref())
        }
        (Duplication { range }, Insertion { range: gap, sequence })
        | (Insertion { range: gap, sequence }, Duplication { range }) => {
            let length = range.last.position.saturating_sub(range.first.position) + 1;
            gap.first == range.last
                && u32::try_from(sequence.len()).is_ok_and(|given| given == length)
                && sequence.first() == Some(&range.first.amino_acid)
                && sequence.last() == Some(&range.last.amino_acid)
        }
        (Delins { .. }, Insertion { range: gap, sequence: inserted })
        | (Insertion { range: gap, sequence: inserted }, Delins { .. }) => {
            let delins = if matches!(left, Delins { .. }) { left } else { right };
            let Delins { range, sequence } = delins else { return false };
            // `D770delinsDG` puts G behind D770.
            range.first == range.last
                && gap.first == range.first
                && sequence.split_first().is_some_and(|(first, rest)| {
                    *first == range.first.amino_acid && rest == inserted.as_slice()
                })
        }
        _ => false,
    }
}

fn agree<T: PartialEq>(left: Option<&T>, right: Option<&T>) -> bool {
    left.is_none() || right.is_none() || left == right
}

/// Returns whether a change replaces the residue at a codon without ending the protein. Units: 1-based.
pub(super) fn changes_codon(change: &ProteinChange, reference: AminoAcid, position: u32) -> bool {
    match change {
        ProteinChange::Substitution { residue, alternate } => {
            residue.position == position
                && residue.amino_acid == reference
                && *alternate != AminoAcid::STOP
        }
        ProteinChange::Delins { range, .. } => {
            let fits = |residue: &model::hgvs::protein::Residue| {
                residue.position != position || residue.amino_acid == reference
            };
            (range.first.position..=range.last.position).contains(&position)
                && fits(&range.first)
                && fits(&range.last)
                && !change.is_truncating()
        }
        _ => false,
    }
}

/// Returns how many residues a change adds (positive) or takes away; `None` where it is neither or not said.
pub(super) fn growth(change: &ProteinChange) -> Option<i64> {
    let length = |range: &model::hgvs::protein::ResidueRange| {
        i64::from(range.last.position) - i64::from(range.first.position) + 1
    };
    match change {
        ProteinChange::Deletion { range } => Some(-length(range)),
        ProteinChange::Duplication { range } => Some(length(range)),
        ProteinChange::Insertion { sequence, .. } => {
            Some(i64::try_from(sequence.len()).unwrap_or(i64::MAX).max(1))
        }
        ProteinChange::Delins { range, sequence } if !change.is_truncating() => {
            let new = i64::try_from(sequence.len()).unwrap_or(i64::MAX);
            Some(new.saturating_sub(length(range))).filter(|growth| *growth != 0)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn are_same(left: &str, right: &str) -> bool {
        let read = |text: &str| text.parse::<ProteinChange>().unwrap();
        same(&read(left), &read(right)) && same(&read(right), &read(left))
    }

    #[test]
    fn compares_values_and_not_spellings() {
        assert!(
            are_same("p.Leu858Arg", "L858R") && are_same("E746_A750del", "p.E746_A750delELREA")
        );
        assert!(are_same("W288fs", "p.Trp288CysfsTer12") && are_same("P1175FS*5", "P1175Lfs*5"));
        assert!(
            are_same("A767_V769dup", "V769_D770insASV")
                && are_same("D770delinsDG", "D770_N771insG")
        );
        assert!(!are_same("P1175fs*5", "P1175fs*6") && !are_same("L858R", "L858Q"));
        assert!(!are_same("A767_V769dup", "V769_D770insASP"));
    }

    #[test]
    fn reads_old_spellings_that_name_every_residue() {
        let read = |text: &str| old_spelling(text).map(|change| change.short());
        assert_eq!(read("p.ELREA746del").as_deref(), Some("E746_A750del"));
        assert_eq!(read("p.VRRCPH173fs").as_deref(), Some("V173fs"));
        assert_eq!(read("p.LREA747S").as_deref(), Some("L747_A750delinsS"));
        for text in ["L858R", "p.", "", "770_771insGL", "ELREA0del", "変異12del", "AA4294967295del"]
        {
            assert_eq!(read(text), None, "{text}");
        }
        assert_eq!(written_codons("p.770_771insGL"), Some((770, 771)));
        assert_eq!(written_codons("p.E746fs*3"), Some((746, 746)));
        assert_eq!(written_codons("p.?"), None);
    }

    #[test]
    fn a_codon_is_not_met_by_truncation_or_another_residue() {
        let changes = |text: &str| {
            let val = AminoAcid::from_letter('V').unwrap();
            changes_codon(&text.parse().unwrap(), val, 600)
        };
        assert!(changes("V600E") && changes("V600_K601delinsE"));
        assert!(!changes("V600*") && !changes("V600fs") && !changes("L600E") && !changes("V600="));
    }

    #[test]
    fn knows_what_grows_and_shrinks() {
        let growth = |text: &str| growth(&text.parse().unwrap());
        assert_eq!(growth("E746_A750del"), Some(-5));
        assert_eq!(growth("L747_P753delinsS"), Some(-6));
        assert_eq!(growth("D770delinsGY"), Some(1));
        assert_eq!(growth("A767_V769dup"), Some(3));
        assert_eq!(growth("L858R"), None);
    }
}
