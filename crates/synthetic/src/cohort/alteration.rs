//! Alterations of a case: the well-known ones of its tumour type, and passengers.

use std::{
    collections::HashMap,
    sync::{Arc, OnceLock},
};

use model::{evidence::EvidenceLevel, hgvs::protein::ProteinChange};
use research::cohort::{
    AlterationClass, AlterationKind, CohortAlteration, CohortCase, Name, Origin,
};

use super::panels::DrawnPanel;
use crate::{
    draw::Draw,
    tables::{Kind, Likely, Tables, Tumour},
};

/// One-letter amino acids.
const AMINO_ACIDS: [char; 20] = [
    'A', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'K', 'L', 'M', 'N', 'P', 'Q', 'R', 'S', 'T', 'V', 'W',
    'Y',
];
/// How often an allele frequency or number of copies is not said. Units: per mille.
const UNSAID_PER_MILLE: u64 = 60;

/// A well-known alteration as cases have it.
type Known = HashMap<&'static str, Vec<CohortAlteration>>;

pub(super) fn draw(case: &mut CohortCase, draw: &mut Draw, tumour: &Tumour, panel: &DrawnPanel) {
    for likely in &tumour.alterations {
        if draw.happens(likely.per_mille) {
            known(case, draw, likely, panel);
        }
    }
    let burden = u64::from(case.tmb.unwrap_or(400)).min(6_000);
    let most = panel.passengers * 2 + panel.passengers * burden / 2_000;
    for _ in 0..draw.below(most + 1) {
        passenger(case, draw, panel);
    }
    case.level = case.alterations.iter().filter_map(|alteration| alteration.level).min();
}

fn known(case: &mut CohortCase, draw: &mut Draw, likely: &Likely, panel: &DrawnPanel) {
    static KNOWN: OnceLock<HashMap<bool, Known>> = OnceLock::new();
    let all = KNOWN.get_or_init(|| {
        let tables = Tables::get();
        let mut all = HashMap::<bool, Known>::new();
        for likely in tables.tumours.iter().flat_map(|tumour| &tumour.alterations) {
            let is_deletion = likely.kind == Kind::Deletion;
            all.entry(is_deletion).or_default().entry(likely.name).or_insert_with(|| form(likely));
        }
        all
    });
    let forms = all.get(&(likely.kind == Kind::Deletion)).and_then(|known| known.get(likely.name));
    for form in forms.into_iter().flatten() {
        if !panel.coverage.covers(&form.gene, form.kind) {
            continue;
        }
        let mut alteration = form.clone();
        let is_germline = likely.kind == Kind::Germline;
        alteration.origin = Some(if is_germline { Origin::Germline } else { Origin::Somatic });
        let levels = [
            (Some(EvidenceLevel::A), 14),
            (Some(EvidenceLevel::B), 5),
            (Some(EvidenceLevel::C), 22),
            (Some(EvidenceLevel::D), 16),
            (Some(EvidenceLevel::E), 6),
            (Some(EvidenceLevel::F), 32),
            (None, 5),
        ];
        alteration.level = draw.weighted(&levels, |level| level.1).and_then(|level| level.0);
        values(&mut alteration, draw);
        case.alterations.push(alteration);
    }
}

fn values(alteration: &mut CohortAlteration, draw: &mut Draw) {
    if draw.happens(UNSAID_PER_MILLE) {
        return;
    }
    if alteration.kind == AlterationKind::CopyNumber {
        let is_gain = alteration.class == Some(AlterationClass::Amplification);
        alteration.copies = Some(if is_gain { 60 + draw.below(200) } else { draw.below(5) } as u16);
    } else if alteration.origin == Some(Origin::Germline) {
        alteration.allele_frequency = Some((4_000 + draw.below(2_000)) as u16);
    } else {
        alteration.allele_frequency = Some((100 + draw.below(70) * draw.below(100)) as u16);
    }
}

/// Makes what cases have of a well-known alteration.
fn form(likely: &Likely) -> Vec<CohortAlteration> {
    let tables = Tables::get();
    let copies = |class: AlterationClass| {
        let gene = Name::from(likely.name);
        let mut alteration = CohortAlteration::new(gene, AlterationKind::CopyNumber);
        alteration.class = Some(class);
        vec![alteration]
    };
    match likely.kind {
        Kind::Amplification => copies(AlterationClass::Amplification),
        Kind::Deletion => copies(AlterationClass::Deletion),
        Kind::Fusion => {
            let genes: Vec<Name> = likely.name.split("::").map(Name::from).collect();
            let one = |gene: &Name, partner: &Name| {
                let mut alteration =
                    CohortAlteration::new(Arc::clone(gene), AlterationKind::Rearrangement);
                alteration.class = Some(AlterationClass::Fusion);
                alteration.partner = Some(Arc::clone(partner));
                alteration
            };
            match genes.as_slice() {
                [five, three] => vec![one(five, three), one(three, five)],
                _ => Vec::new(),
            }
        }
        Kind::Somatic | Kind::Germline => {
            let Some(locus) = tables.loci.get(likely.name) else { return Vec::new() };
            let mut alteration = CohortAlteration::new(locus.gene.into(), AlterationKind::Short);
            if let Ok(change) = locus.protein.parse::<ProteinChange>() {
                let (first, last) = change.codons();
                alteration.codons = u16::try_from(first).ok().zip(u16::try_from(last).ok());
                alteration.change = Some(change.short().into());
            }
            alteration.class = Some(match locus.effect {
                "missense_variant" => AlterationClass::Missense,
                "stop_gained" => AlterationClass::Nonsense,
                "frameshift_variant" => AlterationClass::Frameshift,
                "inframe_deletion" | "inframe_insertion" => AlterationClass::Inframe,
                effect if effect.starts_with("splice") => AlterationClass::Splice,
                _ => AlterationClass::OtherShort,
            });
            vec![alteration]
        }
    }
}

/// Adds an alteration that means nothing, in a gene of the panel; the first genes have the most.
fn passenger(case: &mut CohortCase, draw: &mut Draw, panel: &DrawnPanel) {
    let is_copy_number = draw.happens(160);
    let kind = if is_copy_number { AlterationKind::CopyNumber } else { AlterationKind::Short };
    let genes = panel.coverage.genes(kind);
    let spread = genes.len() as u64;
    // The lesser of two draws, spread over the list by a step that has no common divisor with its length.
    let at = draw.below(spread).min(draw.below(spread)).wrapping_mul(37) % spread.max(1);
    let Some(gene) = genes.get(at as usize) else { return };
    let mut alteration = CohortAlteration::new(Arc::clone(gene), kind);
    if is_copy_number {
        let classes = [
            (AlterationClass::Amplification, 30),
            (AlterationClass::Gain, 30),
            (AlterationClass::Loss, 30),
            (AlterationClass::Deletion, 10),
        ];
        alteration.class = draw.weighted(&classes, |class| class.1).map(|class| class.0);
    } else {
        short_variant(&mut alteration, draw, at);
    }
    alteration.origin = Some(if draw.happens(50) { Origin::Germline } else { Origin::Somatic });
    if draw.happens(100) {
        alteration.origin = None;
    }
    if draw.happens(120) {
        alteration.level = Some(EvidenceLevel::F);
    }
    values(&mut alteration, draw);
    case.alterations.push(alteration);
}

fn short_variant(alteration: &mut CohortAlteration, draw: &mut Draw, gene: u64) {
    let length = 200 + gene % 23 * 60;
    let codon = draw.below(length).min(draw.below(length)) + 2;
    // What stands at a codon is the same for every case.
    let from = AMINO_ACIDS[(codon.wrapping_mul(7) + gene) as usize % AMINO_ACIDS.len()];
    let to = AMINO_ACIDS[draw.below(20) as usize % AMINO_ACIDS.len()];
    let classes = [
        (AlterationClass::Missense, 70),
        (AlterationClass::Nonsense, 8),
        (AlterationClass::Frameshift, 10),
        (AlterationClass::Inframe, 4),
        (AlterationClass::Splice, 5),
        (AlterationClass::OtherShort, 3),
    ];
    let class = draw.weighted(&classes, |class| class.1).map(|class| class.0);
    alteration.class = class;
    let change = match class {
        Some(AlterationClass::Missense) if from != to => format!("{from}{codon}{to}"),
        Some(AlterationClass::Nonsense) => format!("{from}{codon}*"),
        Some(AlterationClass::Frameshift) => format!("{from}{codon}fs"),
        Some(AlterationClass::Inframe) => format!("{from}{codon}del"),
        _ => {
            alteration.class = Some(AlterationClass::Splice);
            return;
        }
    };
    alteration.change = Some(change.into());
    alteration.codons = u16::try_from(codon).ok().map(|codon| (codon, codon));
}
