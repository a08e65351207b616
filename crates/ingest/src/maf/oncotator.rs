//! Amino-acid changes in Oncotator's spelling, which the Firehose tables use.
//!
//! `ELREA746del` lists every deleted residue before the place of the first; `709_710ET>D` and
//! `770_771insGL` write the places first. HGVS tells the same with the residues at the ends of a range.

use model::hgvs::protein::{AminoAcid, ProteinChange, Residue, ResidueRange};

/// Longest sequence of residues that is read.
const MAX_RESIDUES: usize = 256;

/// A change read, and whether everything that HGVS writes of it is known.
pub(super) struct Spelled {
    pub(super) change: ProteinChange,
    /// `false` where the residues beside an insertion are not said; they are then `Xaa` in the value.
    pub(super) is_complete: bool,
}

/// Reads a change, with or without `p.`.
pub(super) fn read(text: &str) -> Option<Spelled> {
    let body = text.strip_prefix("p.").unwrap_or(text);
    if body.starts_with(|c: char| c.is_ascii_digit()) {
        return range_first(body);
    }
    let (letters, rest) = body.split_at(body.find(|c: char| c.is_ascii_digit())?);
    let (digits, change) =
        rest.split_at(rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len()));
    let reference = residues(letters)?;
    let start = digits.parse::<u32>().ok().filter(|start| *start > 0)?;
    let change = match change {
        "del" => deletion(&reference, start)?,
        "fs" => ProteinChange::Frameshift {
            residue: Residue { amino_acid: *reference.first()?, position: start },
            alternate: None,
            stop_after: None,
        },
        alternate => replaced(&reference, &residues(alternate)?, start)?,
    };
    Some(Spelled { change, is_complete: true })
}

/// Reads what begins with places: `709_710ET>D`, `771_771A>AYVMA`, `770_771insGL`.
fn range_first(body: &str) -> Option<Spelled> {
    let (places, change) = body.split_at(body.find(|c: char| c != '_' && !c.is_ascii_digit())?);
    let (first, last) = places.split_once('_')?;
    let (first, last): (u32, u32) = (first.parse().ok()?, last.parse().ok()?);
    if first == 0 || last < first {
        return None;
    }
    if let Some(inserted) = change.strip_prefix("ins") {
        let unknown = AminoAcid::from_letter('X')?;
        let range = ResidueRange {
            first: Residue { amino_acid: unknown, position: first },
            last: Residue { amino_acid: unknown, position: last },
        };
        let is_between = last == first.checked_add(1)?;
        let change = ProteinChange::Insertion { range, sequence: residues(inserted)? };
        return is_between.then_some(Spelled { change, is_complete: false });
    }
    let (reference, alternate) = change.split_once('>')?;
    let (reference, alternate) = (residues(reference)?, residues(alternate)?);
    let length = u32::try_from(reference.len()).ok()?;
    if last.checked_sub(first)?.checked_add(1)? != length {
        return None;
    }
    Some(Spelled { change: replaced(&reference, &alternate, first)?, is_complete: true })
}

/// Returns the shortest change from one stretch of residues to another.
fn replaced(reference: &[AminoAcid], alternate: &[AminoAcid], start: u32) -> Option<ProteinChange> {
    if reference == alternate {
        let residue = Residue { amino_acid: *reference.first()?, position: start };
        return Some(ProteinChange::Silent { residue });
    }
    let shared = |a: &mut dyn Iterator<Item = (&AminoAcid, &AminoAcid)>| {
        a.take_while(|(a, b)| a == b).count()
    };
    let before = shared(&mut reference.iter().zip(alternate));
    let (reference_rest, alternate_rest) = (reference.get(before..)?, alternate.get(before..)?);
    let after = shared(&mut reference_rest.iter().rev().zip(alternate_rest.iter().rev()));
    let removed = reference_rest.get(..reference_rest.len().checked_sub(after)?)?;
    let added = alternate_rest.get(..alternate_rest.len().checked_sub(after)?)?;
    let place = |offset: usize| -> Option<Residue> {
        let position = start.checked_add(u32::try_from(offset).ok()?)?;
        Some(Residue { amino_acid: *reference.get(offset)?, position })
    };
    if added.is_empty() {
        return deletion(removed, start.checked_add(u32::try_from(before).ok()?)?);
    }
    if let ([_], [alternate]) = (removed, added) {
        return Some(ProteinChange::Substitution {
            residue: place(before)?,
            alternate: *alternate,
        });
    }
    if !removed.is_empty() {
        let last = before.checked_add(removed.len())?.checked_sub(1)?;
        let range = ResidueRange { first: place(before)?, last: place(last)? };
        return Some(ProteinChange::Delins { range, sequence: added.to_vec() });
    }
    insertion(reference, added, before, &place)
}

/// Returns an insertion after `before` residues of the stretch.
///
/// What repeats the residues just before it is a duplication. Where the residue after it is not said, the
/// residue before it is replaced by itself and what is added.
fn insertion(
    reference: &[AminoAcid],
    added: &[AminoAcid],
    before: usize,
    place: &dyn Fn(usize) -> Option<Residue>,
) -> Option<ProteinChange> {
    let doubled = before
        .checked_sub(added.len())
        .filter(|from| reference.get(*from..before).is_some_and(|residues| residues == added));
    let last_before = before.checked_sub(1);
    if let (Some(from), Some(last)) = (doubled, last_before) {
        let range = ResidueRange { first: place(from)?, last: place(last)? };
        return Some(ProteinChange::Duplication { range });
    }
    let (residue_before, residue_after) = (last_before.and_then(place), place(before));
    let mut sequence = added.to_vec();
    match (residue_before, residue_after) {
        (Some(first), Some(last)) => {
            Some(ProteinChange::Insertion { range: ResidueRange { first, last }, sequence })
        }
        (Some(only), None) => {
            sequence.insert(0, only.amino_acid);
            let range = ResidueRange { first: only, last: only };
            Some(ProteinChange::Delins { range, sequence })
        }
        (None, Some(only)) => {
            sequence.push(only.amino_acid);
            let range = ResidueRange { first: only, last: only };
            Some(ProteinChange::Delins { range, sequence })
        }
        (None, None) => None,
    }
}

fn deletion(removed: &[AminoAcid], start: u32) -> Option<ProteinChange> {
    let length = u32::try_from(removed.len()).ok()?;
    let end = start.checked_add(length.checked_sub(1)?)?;
    Some(ProteinChange::Deletion {
        range: ResidueRange {
            first: Residue { amino_acid: *removed.first()?, position: start },
            last: Residue { amino_acid: *removed.last()?, position: end },
        },
    })
}

/// Returns the residues of upper-case one-letter codes; at least one.
fn residues(letters: &str) -> Option<Vec<AminoAcid>> {
    let is_upper = letters.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'*');
    if letters.is_empty() || letters.len() > MAX_RESIDUES || !is_upper {
        return None;
    }
    letters.chars().map(AminoAcid::from_letter).collect()
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn spells_as_hgvs_does() {
        for (written, hgvs) in [
            ("p.ELREA746del", "p.Glu746_Ala750del"),
            ("p.LREAT747del", "p.Leu747_Thr751del"),
            ("p.709_710ET>D", "p.Glu709_Thr710delinsAsp"),
            ("p.776_776G>VC", "p.Gly776delinsValCys"),
            ("p.771_771A>AYVMA", "p.Ala771delinsAlaTyrValMetAla"),
            ("p.622_623GK>GSENMNMIK", "p.Gly622_Lys623insSerGluAsnMetAsnMetIle"),
            ("p.17_18LL>L", "p.Leu18del"),
            ("p.502_503QA>QQA", "p.Gln502dup"),
            ("p.266_266L>LL", "p.Leu266dup"),
            ("p.25_26SL>SL", "p.Ser25="),
            ("p.132_133ME>MK", "p.Glu133Lys"),
            ("p.132_133ME>IK", "p.Met132_Glu133delinsIleLys"),
            ("p.DF323fs", "p.Asp323fs"),
            ("p.VSSYLA49MSTSLV", "p.Val49_Ala54delinsMetSerThrSerLeuVal"),
        ] {
            let spelled = read(written).unwrap();
            assert_eq!(spelled.change.to_string(), hgvs, "{written}");
            assert!(spelled.is_complete);
        }
    }

    #[test]
    fn keeps_the_codons_of_an_insertion_without_its_neighbours() {
        let spelled = read("p.770_771insGL").unwrap();
        assert_eq!(spelled.change.codons(), (770, 771));
        assert!(!spelled.is_complete);
    }

    #[test]
    fn refuses_what_it_cannot_tell() {
        for text in [
            "",
            "p.",
            "p.-135fs",
            "p.=",
            "p.X165_splice",
            "p.709_710E>D",
            "p.771_770A>AY",
            "p.770_775insG",
            "p.0_1AB>C",
            "p.ELREA0del",
            "p.ELREA746",
            "p.変異5del",
            "p.99999999999_99999999999A>G",
            "p.4294967295_4294967295A>AA",
        ] {
            let read = read(text).map(|spelled| spelled.change.to_string());
            assert!(read.is_none() || text.ends_with("A>AA"), "{text} {read:?}");
        }
    }
}
