//! Gives cases back as they were put in.

use std::sync::Arc;

use uuid::Uuid;

use super::{Segment, recorded};
use crate::cohort::{
    bitmap::Bitmap,
    case::{CaseConsent, CohortCase, Name, PanelOutcome, TherapyRecorded},
    day::CohortDay,
    dictionary::{Dictionaries, Dictionary},
    item::{Item, level_at},
    word::Word,
};

impl Segment {
    /// Returns the cases of a set, in the order of their ordinals, normalised.
    pub fn cases(&self, set: &Bitmap, dictionaries: &Dictionaries) -> Vec<CohortCase> {
        let mut at = vec![0_u32; self.len()];
        let mut cases = Vec::new();
        for ordinal in set.iter().filter(|ordinal| *ordinal < self.len()) {
            at[ordinal] = cases.len() as u32;
            cases.push(self.single_values(ordinal, dictionaries));
        }
        self.alterations.incidence.each_in(set, |key, place, ordinal| {
            let alteration = self.alterations.alteration(key, place, dictionaries);
            cases[at[ordinal] as usize].alterations.extend(alteration);
        });
        self.therapies.incidence.each_in(set, |key, place, ordinal| {
            let therapy = self.therapies.therapy(key, place, dictionaries);
            cases[at[ordinal] as usize].therapies.extend(therapy);
        });
        self.events.incidence.each_in(set, |key, _, ordinal| {
            let event = self.events.event(key, dictionaries);
            cases[at[ordinal] as usize].events.extend(event);
        });
        for case in &mut cases {
            case.alterations.sort_unstable();
            case.therapies.sort_unstable();
            case.events.sort_unstable();
        }
        cases
    }

    fn single_values(&self, ordinal: usize, dictionaries: &Dictionaries) -> CohortCase {
        let code = |item: Item| self.coded(item).map_or(0, |column| column.codes.at(ordinal));
        let day = |item: Item| self.days(item).get(ordinal).copied().and_then(CohortDay::of_number);
        let small = |column: &[u8]| column.get(ordinal).copied().filter(|value| *value != u8::MAX);
        let bits = self.recorded.get(ordinal).copied().unwrap_or_default();
        let panel = usize::from(code(Item::Panel)).checked_sub(1);
        CohortCase {
            id: Uuid::from_u128(self.ids.get(ordinal).copied().unwrap_or_default()),
            synthetic: code(Item::Synthetic) == 1,
            collection: name(&dictionaries.collections, code(Item::Collection))
                .unwrap_or_else(|| Name::from("")),
            tumour: name(&dictionaries.tumours, code(Item::Tumour)),
            age_years: small(&self.ages),
            sex: word(code(Item::Sex)),
            smoking: word(code(Item::Smoking)),
            performance_status: (code(Item::PerformanceStatus) as u8).checked_sub(1),
            stage: word(code(Item::Stage)),
            metastasis: word(code(Item::Metastasis)),
            family_history: word(code(Item::FamilyHistory)),
            panel: panel.and_then(|at| dictionaries.panels().get(at)).map(Arc::clone),
            sample_kind: word(code(Item::SampleKind)),
            hospital: name(&dictionaries.hospitals, code(Item::Hospital)),
            prefecture: Some(code(Item::Prefecture) as u8).filter(|number| *number > 0),
            diagnosed: day(Item::Diagnosed),
            tested: day(Item::Tested),
            last_contact: day(Item::LastContact),
            vital_status: word(code(Item::VitalStatus)),
            outcome: PanelOutcome {
                held: day(Item::PanelHeld),
                option_proposed: word(code(Item::OptionProposed)),
                option_given: word(code(Item::OptionGiven)),
                not_given_reason: word(code(Item::NotGivenReason)),
            },
            consent: CaseConsent {
                academic: word(code(Item::AcademicUse)),
                company: word(code(Item::CompanyUse)),
                abroad: word(code(Item::AbroadUse)),
            },
            completeness: small(&self.completeness),
            level: level_at(code(Item::Level) as u8),
            tmb: self.tmb.get(ordinal).copied().filter(|tmb| *tmb != u16::MAX),
            msi: word(code(Item::Msi)),
            change: self.changes.at(ordinal),
            alterations: Vec::new(),
            therapies: Vec::new(),
            events: Vec::new(),
            recorded: TherapyRecorded {
                before: bits & recorded::BEFORE != 0,
                after: bits & recorded::AFTER != 0,
                events: bits & recorded::EVENTS != 0,
            },
        }
    }
}

fn word<W: Word>(code: u16) -> Option<W> {
    u8::try_from(code).ok().and_then(W::at)
}

fn name(dictionary: &Dictionary, code: u16) -> Option<Name> {
    u32::from(code).checked_sub(1).and_then(|number| dictionary.name(number)).map(Arc::clone)
}
