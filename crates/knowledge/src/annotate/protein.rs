//! Comparing amino-acid changes as values.

use model::hgvs::protein::{AminoAcid, ProteinChange};

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
