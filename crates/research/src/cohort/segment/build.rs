//! Lays out cases as a segment.

use chrono::Datelike as _;

use super::{
    AlterationTable, EventTable, PYRAMID_BANDS, Postings, SEGMENT_CASES, Segment, TherapyTable,
    recorded,
};
use crate::cohort::{
    case::{CohortCase, Name},
    column::Coded,
    day::CohortDay,
    dictionary::{Dictionaries, Dictionary},
    item::{Item, age_band, level_place, tmb_band, year_place},
    tumour_change::ChangeColumn,
    word::{AlterationKind, Region, Word},
};

impl Segment {
    /// Lays out normalised cases whose names all have numbers; what is beyond a segment's length is left out.
    pub(crate) fn build(cases: &[CohortCase], dictionaries: &Dictionaries) -> Self {
        let cases = &*in_order(cases.get(..SEGMENT_CASES).unwrap_or(cases), dictionaries);
        let ids: Vec<u128> = cases.iter().map(|case| case.id.as_u128()).collect();
        let mut by_id: Vec<u16> = (0..cases.len()).map(|ordinal| ordinal as u16).collect();
        by_id.sort_unstable_by_key(|ordinal| ids[usize::from(*ordinal)]);
        let coded = Item::coded().iter().map(|item| {
            Coded::of(cases.iter().map(|case| code_of(*item, case, dictionaries)).collect())
        });
        let coded = coded.collect();
        let days = [
            days(cases, |case| case.diagnosed),
            days(cases, |case| case.tested),
            days(cases, CohortCase::treated),
            days(cases, |case| case.outcome.held),
            days(cases, |case| case.last_contact),
        ];
        let genes = Genes::of(cases, dictionaries);
        let therapies = TherapyTable::build(cases, dictionaries);
        let drugs = Postings::of_pairs(given(&therapies), cases.len());
        let segment = Self {
            by_id,
            coded,
            pyramid: Coded::of(cases.iter().map(|case| pyramid_code(case)).collect()),
            ages: cases.iter().map(|case| case.age_years.unwrap_or(u8::MAX)).collect(),
            completeness: cases.iter().map(|case| case.completeness.unwrap_or(u8::MAX)).collect(),
            tmb: cases.iter().map(|case| case.tmb.unwrap_or(u16::MAX)).collect(),
            days,
            recorded: cases.iter().map(|case| recorded_bits(case)).collect(),
            changes: ChangeColumn::of(cases),
            alterations: AlterationTable::build(cases, dictionaries),
            genes: Postings::of_pairs(genes.covered, cases.len()),
            genes_elsewhere: Postings::of_pairs(genes.elsewhere, cases.len()),
            gene_starts: genes.starts,
            gene_list: genes.list,
            therapies,
            drugs,
            events: EventTable::build(cases, dictionaries),
            ids,
        };
        debug_assert!(segment.is_whole());
        segment
    }
}

/// Returns cases as they lie: those of one tumour type side by side, because most searches are for one, and within it by
/// identifier. Of those with the same identifier the last one stays.
fn in_order<'c>(cases: &'c [CohortCase], dictionaries: &Dictionaries) -> Vec<&'c CohortCase> {
    let mut lying: Vec<&CohortCase> = cases.iter().rev().collect();
    lying.sort_by_key(|case| case.id);
    lying.dedup_by_key(|case| case.id);
    lying.sort_by_cached_key(|case| number(&dictionaries.tumours, case.tumour.as_ref()));
    lying
}

fn days(cases: &[&CohortCase], day: impl Fn(&CohortCase) -> Option<CohortDay>) -> Vec<u16> {
    cases.iter().map(|case| CohortDay::column(day(case))).collect()
}

fn place<W: Word>(word: Option<W>) -> u16 {
    word.map_or(0, |word| word.place().into())
}

fn number(dictionary: &Dictionary, name: Option<&Name>) -> u16 {
    name.and_then(|name| dictionary.number(name)).map_or(0, |number| number as u16 + 1)
}

fn code_of(item: Item, case: &CohortCase, dictionaries: &Dictionaries) -> u16 {
    match item {
        Item::Tumour => number(&dictionaries.tumours, case.tumour.as_ref()),
        Item::Panel => {
            let panel = case.panel.as_ref().and_then(|panel| dictionaries.panel_number(panel));
            panel.map_or(0, |number| number as u16 + 1)
        }
        Item::Hospital => number(&dictionaries.hospitals, case.hospital.as_ref()),
        Item::Collection => number(&dictionaries.collections, Some(&case.collection)),
        Item::Sex => place(case.sex),
        Item::AgeBand => age_band(case.age_years).into(),
        Item::Smoking => place(case.smoking),
        Item::PerformanceStatus => case.performance_status.map_or(0, |grade| u16::from(grade) + 1),
        Item::Stage => place(case.stage),
        Item::Metastasis => place(case.metastasis),
        Item::FamilyHistory => place(case.family_history),
        Item::SampleKind => place(case.sample_kind),
        Item::Prefecture => case.prefecture.unwrap_or(0).into(),
        Item::Region => place(case.prefecture.and_then(Region::of_prefecture)),
        Item::Year => year_place(case.tested.map(|day| day.date().year())).into(),
        Item::VitalStatus => place(case.vital_status),
        Item::OptionProposed => place(case.outcome.option_proposed),
        Item::OptionGiven => place(case.outcome.option_given),
        Item::NotGivenReason => place(case.outcome.not_given_reason),
        Item::Msi => place(case.msi),
        Item::TmbBand => tmb_band(case.tmb).into(),
        Item::Level => level_place(case.level).into(),
        Item::AcademicUse => place(case.consent.academic),
        Item::CompanyUse => place(case.consent.company),
        Item::AbroadUse => place(case.consent.abroad),
        Item::Synthetic => 2 - u16::from(case.synthetic),
        Item::Age
        | Item::Tmb
        | Item::Completeness
        | Item::Diagnosed
        | Item::Tested
        | Item::Treated
        | Item::PanelHeld
        | Item::LastContact => 0,
    }
}

fn pyramid_code(case: &CohortCase) -> u16 {
    let band = case.age_years.map_or(0, |age| (u16::from(age) / 5).min(PYRAMID_BANDS - 1) + 1);
    band * 4 + place(case.sex)
}

fn recorded_bits(case: &CohortCase) -> u8 {
    let bit = |holds: bool, bit: u8| if holds { bit } else { 0 };
    bit(case.recorded.before, recorded::BEFORE)
        | bit(case.recorded.after, recorded::AFTER)
        | bit(case.recorded.events, recorded::EVENTS)
}

fn given(therapies: &TherapyTable) -> Vec<(u32, u16)> {
    let mut given = Vec::new();
    for key in 0..therapies.keys() {
        for drug in therapies.drugs_of(therapies.regimens[key]) {
            let range = therapies.incidence.range(key);
            let ordinals = &therapies.incidence.ordinals[range];
            given.extend(ordinals.iter().map(|ordinal| (u32::from(*drug), *ordinal)));
        }
    }
    given
}

/// Altered genes: in cases whose test covers them for the kind, and in others.
struct Genes {
    covered: Vec<(u32, u16)>,
    elsewhere: Vec<(u32, u16)>,
    starts: Vec<u32>,
    list: Vec<u16>,
}

impl Genes {
    fn of(cases: &[&CohortCase], dictionaries: &Dictionaries) -> Self {
        let mut genes =
            Self { covered: Vec::new(), elsewhere: Vec::new(), starts: vec![0], list: Vec::new() };
        for (ordinal, case) in cases.iter().enumerate() {
            let panel = case.panel.as_ref().and_then(|panel| dictionaries.panel_number(panel));
            let coverage = panel.and_then(|panel| dictionaries.covered(panel));
            let start = genes.list.len();
            for alteration in &case.alterations {
                let gene = dictionaries.genes.number(&alteration.gene).unwrap_or_default();
                let is_covered = |kind: AlterationKind| {
                    coverage.is_some_and(|coverage| coverage.covers(gene, kind))
                };
                let key = gene * 4;
                let kind_key = key + u32::from(alteration.kind.place());
                if is_covered(alteration.kind) {
                    genes.covered.extend([(key, ordinal as u16), (kind_key, ordinal as u16)]);
                    genes.list.push(gene as u16);
                } else {
                    genes.elsewhere.extend([(key, ordinal as u16), (kind_key, ordinal as u16)]);
                }
            }
            let own = &mut genes.list[start..];
            own.sort_unstable();
            let distinct = dedup(own);
            genes.list.truncate(start + distinct);
            genes.starts.push(genes.list.len() as u32);
        }
        genes
    }
}

/// Moves the distinct values of a sorted slice to its beginning and returns how many there are.
fn dedup(values: &mut [u16]) -> usize {
    let mut kept = 0;
    for at in 0..values.len() {
        if at == 0 || values[at] != values[kept - 1] {
            values[kept] = values[at];
            kept += 1;
        }
    }
    kept
}
