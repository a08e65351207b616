//! What a short variant does to a gene, as far as the sender says.

use model::{
    alteration::{ShortVariant, TranscriptChange},
    hgvs::protein::ProteinChange,
};

/// Sequence Ontology terms that end the protein too early.
const TRUNCATING: [&str; 2] = ["stop_gained", "frameshift_variant"];
/// Terms of the two bases on either side of an exon.
const SPLICE: [&str; 3] =
    ["splice_acceptor_variant", "splice_donor_variant", "splice_site_variant"];
/// Terms that change the protein without ending it.
const ALTERING: [&str; 10] = [
    "missense_variant",
    "inframe_insertion",
    "inframe_deletion",
    "disruptive_inframe_insertion",
    "disruptive_inframe_deletion",
    "conservative_inframe_insertion",
    "conservative_inframe_deletion",
    "protein_altering_variant",
    "stop_lost",
    "transcript_ablation",
];
/// Terms that leave the protein as it is.
const SILENT: [&str; 17] = [
    "synonymous_variant",
    "stop_retained_variant",
    "start_retained_variant",
    "intron_variant",
    "5_prime_utr_variant",
    "3_prime_utr_variant",
    "upstream_gene_variant",
    "downstream_gene_variant",
    "intergenic_variant",
    "intragenic_variant",
    "non_coding_transcript_variant",
    "non_coding_transcript_exon_variant",
    "mature_mirna_variant",
    "splice_region_variant",
    "splice_polypyrimidine_tract_variant",
    "tf_binding_site_variant",
    "regulatory_region_variant",
];

/// What a variant does to a gene.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Effect {
    /// Whether the protein changes; `None` where nothing is said.
    pub(super) alters: Option<bool>,
    /// The protein ends too early or loses its frame.
    pub(super) truncates: bool,
    /// The frame is lost.
    pub(super) frameshift: bool,
    /// A splice site is changed.
    pub(super) splice: bool,
    /// The start codon is lost.
    pub(super) start_lost: bool,
}

impl Effect {
    /// Judges a transcript's change.
    pub(super) fn of(transcript: &TranscriptChange) -> Self {
        let has = |terms: &[&str]| {
            transcript.effects.iter().any(|effect| {
                let mut words = effect.split(['&', ',', ' ']);
                words.any(|word| terms.iter().any(|term| word.eq_ignore_ascii_case(term)))
            })
        };
        let place = coding(transcript).map_or(Place::Unknown, place);
        let change = transcript.protein_change.as_ref();
        let start_lost = matches!(change, Some(ProteinChange::StartLost))
            || has(&["start_lost", "initiator_codon_variant"]);
        let truncates = has(&TRUNCATING) || change.is_some_and(ProteinChange::is_truncating);
        let frameshift = has(&["frameshift_variant"])
            || matches!(change, Some(ProteinChange::Frameshift { .. }));
        let splice = has(&SPLICE) || place == Place::SpliceSite;
        let changed = change.map(|change| !matches!(change, ProteinChange::Silent { .. }));
        let alters = if truncates || splice || start_lost || changed == Some(true) {
            Some(true)
        } else if changed == Some(false) {
            Some(false)
        } else if has(&ALTERING) {
            Some(true)
        } else if has(&SILENT) || place == Place::Noncoding {
            Some(false)
        } else {
            None
        };
        Self { alters, truncates, frameshift, splice, start_lost }
    }

    /// Returns whether the gene's product is lost.
    pub(super) fn loses_function(self) -> bool {
        self.truncates || self.splice || self.start_lost
    }
}

/// Returns the coding change's HGVS, or else what was written.
pub(super) fn coding(transcript: &TranscriptChange) -> Option<&str> {
    let change = transcript.coding.as_ref()?;
    Some(change.hgvs.as_deref().unwrap_or(&change.written))
}

/// Where a coding change lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// In an exon, or not said.
    Unknown,
    /// One or two bases from an exon.
    SpliceSite,
    /// Deep in an intron, or in an untranslated region.
    Noncoding,
}

fn place(coding: &str) -> Place {
    let body = body(coding);
    let offsets = intron_offsets(body);
    if offsets.iter().any(|offset| offset.unsigned_abs() <= 2) {
        return Place::SpliceSite;
    }
    let ends: Vec<&str> = positions(body).collect();
    let is_noncoding = |end: &&str| end.starts_with(['-', '*']) || offset(end).is_some();
    if !ends.is_empty() && ends.iter().all(is_noncoding) {
        Place::Noncoding
    } else {
        Place::Unknown
    }
}

fn body(coding: &str) -> &str {
    let body = coding.rsplit_once(':').map_or(coding, |(_, after)| after);
    body.trim_start_matches("c.").trim_start_matches("n.")
}

/// Returns the one or two positions that a coding change names, with their offsets.
fn positions(body: &str) -> impl Iterator<Item = &str> {
    let end = body
        .find(|c: char| !(c.is_ascii_digit() || matches!(c, '+' | '-' | '*' | '_')))
        .unwrap_or(body.len());
    body.get(..end).unwrap_or_default().split('_').filter(|text| !text.is_empty())
}

/// Returns a position's offset into the intron.
fn offset(position: &str) -> Option<i32> {
    let digits = position.trim_start_matches(['-', '*']);
    let at = digits.find(['+', '-'])?;
    digits.get(at..)?.parse().ok()
}

fn intron_offsets(body: &str) -> Vec<i32> {
    positions(body).filter_map(offset).collect()
}

/// Returns the coding base and offset of the first and last position. Units: 1-based coding bases.
pub(super) fn coding_bounds(coding: &str) -> Option<[(i32, i32); 2]> {
    let mut bounds = positions(body(coding)).map(|position| {
        let base = position
            .find(['+', '-'])
            .filter(|at| *at > 0)
            .map_or(position, |at| position.get(..at).unwrap_or_default());
        Some((base.parse::<i32>().ok()?, offset(position).unwrap_or(0)))
    });
    let first = bounds.next()??;
    let last = bounds.next().map_or(Some(first), |bound| bound)?;
    Some([first, last])
}

/// Exon 14 of MET. Source: RefSeq NM_000245 and NM_001127500, and the exon's place on both assemblies.
mod met_exon_14 {
    /// First and last coding base on the transcripts in use.
    pub(super) const CODING: [(i32, i32); 2] = [(2888, 3028), (2942, 3082)];
    /// First and last base on GRCh37 and GRCh38. Units: 1-based.
    pub(super) const GRCH37: (u64, u64) = (116_411_903, 116_412_043);
    pub(super) const GRCH38: (u64, u64) = (116_771_849, 116_771_989);
    /// How far into the intron before the exon a change still counts. Units: bases.
    pub(super) const BEFORE: u64 = 30;
    /// How far into the intron behind it.
    pub(super) const AFTER: u64 = 6;
}

/// Returns whether a variant of MET changes a splice site of exon 14.
pub(super) fn skips_met_exon_14(
    variant: &ShortVariant,
    transcript: &TranscriptChange,
    assembly: Option<model::genome::Assembly>,
) -> bool {
    use met_exon_14::{AFTER, BEFORE, CODING, GRCH37, GRCH38};
    if let Some([from, to]) = coding(transcript).and_then(coding_bounds) {
        let transcript_id = transcript.transcript_id.as_deref().unwrap_or_default();
        return CODING.iter().enumerate().any(|(at, (first, last))| {
            // A transcript that is named decides which numbers count.
            let other = ["NM_001127500", "NM_000245"].get(at).copied().unwrap_or_default();
            if transcript_id.starts_with(other) {
                return false;
            }
            let before = |(base, offset): (i32, i32)| {
                base == *first && (-(BEFORE as i32)..0).contains(&offset)
            };
            let after =
                |(base, offset): (i32, i32)| base == *last && (0..=AFTER as i32).contains(&offset);
            before(from) || before(to) || after(from) || after(to)
        });
    }
    let (first, last) = match assembly {
        Some(model::genome::Assembly::Grch37) => GRCH37,
        Some(model::genome::Assembly::Grch38) => GRCH38,
        None => return false,
    };
    let Some(length) = u64::try_from(variant.reference.len()).ok().filter(|length| *length > 0)
    else {
        return false;
    };
    let (start, end) = (variant.position.0, variant.position.0.saturating_add(length - 1));
    let overlaps = |from: u64, to: u64| start <= to && end >= from;
    variant.chromosome == "7"
        && (overlaps(first - BEFORE, first - 1) || overlaps(last, last + AFTER))
}

/// Returns whether a variant lies in the promoter of TERT, or upstream of any gene's coding sequence.
pub(super) fn in_promoter(
    variant: &ShortVariant,
    transcript: &TranscriptChange,
    gene: &str,
    assembly: Option<model::genome::Assembly>,
) -> bool {
    let upstream = coding(transcript).and_then(coding_bounds);
    if let Some([(base, _), _]) = upstream {
        return (-500..0).contains(&base);
    }
    // Source: TERT promoter at c.-57 to c.-260, 5p15.33.
    let range = match assembly {
        Some(model::genome::Assembly::Grch37) => 1_295_161..=1_295_364,
        Some(model::genome::Assembly::Grch38) => 1_295_046..=1_295_249,
        None => return false,
    };
    gene == "TERT" && variant.chromosome == "5" && range.contains(&variant.position.0)
}

#[cfg(test)]
mod tests {
    use model::alteration::WrittenChange;

    use super::*;

    fn transcript(coding: &str, protein: &str, effects: &[&str]) -> TranscriptChange {
        TranscriptChange {
            coding: (!coding.is_empty())
                .then(|| WrittenChange { written: coding.to_owned(), hgvs: None }),
            protein_change: protein.parse().ok(),
            effects: effects.iter().map(|effect| (*effect).to_owned()).collect(),
            ..TranscriptChange::default()
        }
    }

    #[test]
    fn judges_by_protein_effect_and_place() {
        let alters = |c: &str, p: &str, e: &[&str]| Effect::of(&transcript(c, p, e)).alters;
        assert_eq!(alters("c.2573T>G", "L858R", &[]), Some(true));
        assert_eq!(alters("", "", &["synonymous_variant"]), Some(false));
        assert_eq!(alters("c.462A>C", "P154=", &[]), Some(false));
        assert_eq!(alters("c.-124C>T", "", &[]), Some(false));
        assert_eq!(alters("c.100+45A>G", "", &[]), Some(false));
        assert_eq!(alters("c.1641+2T>G", "", &["intron_variant"]), Some(true));
        assert_eq!(alters("", "", &[]), None);
        assert_eq!(alters("c.462A>C", "", &[]), None);
    }

    #[test]
    fn knows_what_loses_function() {
        let loses =
            |c: &str, p: &str, e: &[&str]| Effect::of(&transcript(c, p, e)).loses_function();
        assert!(loses("", "R405*", &[]) && loses("c.341-2A>C", "", &[]));
        assert!(loses("", "", &["splice_donor_variant&intron_variant"]));
        assert!(loses("", "M1?", &[]) && loses("", "E405fs*61", &[]));
        assert!(!loses("c.341-9A>C", "", &[]) && !loses("", "L858R", &["missense_variant"]));
    }

    #[test]
    fn finds_met_exon_14_on_both_transcripts() {
        let variant = |position: u64, reference: &str| ShortVariant {
            item_id: String::new(),
            chromosome: "7".to_owned(),
            position: model::genome::Position1(position),
            reference: reference.to_owned(),
            alternate: "A".to_owned(),
            allele_frequency: None,
            depth_total: None,
            depth_alternate: None,
            transcripts: Vec::new(),
            sample_item_id: None,
            origin: None,
            matched: None,
            reported: true,
        };
        let skips = |coding: &str, position: u64| {
            let assembly = Some(model::genome::Assembly::Grch37);
            skips_met_exon_14(&variant(position, "G"), &transcript(coding, "", &[]), assembly)
        };
        assert!(
            skips("c.3028G>A", 1) && skips("c.3082+1G>T", 1) && skips("c.2888-18_2888-2del", 1)
        );
        assert!(!skips("c.3000G>A", 1) && !skips("c.2888-90A>G", 1));
        assert!(skips("", 116_412_044) && !skips("", 116_412_000));
    }

    #[test]
    fn never_fails_on_strange_coding_text() {
        for text in
            ["c.", "c.−213− ?_463 ?del", "c.*", "c.-", "c.+", "c.9999999999+1G>A", "変異", "c.1-_"]
        {
            let change = transcript(text, "", &[]);
            let _ = Effect::of(&change);
            let _ = coding_bounds(text);
        }
    }
}
