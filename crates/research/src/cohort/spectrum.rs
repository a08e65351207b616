//! The alterations of one gene in a cohort: what a lollipop is drawn of.

use std::collections::HashMap;

use super::{
    bitmap::{Members, vectorised},
    case::{CohortAlteration, Name},
    evaluate::Cohort,
    index::CohortView,
    word::{AlterationClass, AlterationKind},
};

/// One alteration of a gene and how often it occurs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpectrumRow {
    /// Kind.
    pub kind: AlterationKind,
    /// First and last codon. Units: 1-based, inclusive.
    pub codons: Option<(u16, u16)>,
    /// Class.
    pub class: Option<AlterationClass>,
    /// Protein change in one-letter spelling.
    pub change: Option<Name>,
    /// The other gene of a fusion.
    pub partner: Option<Name>,
    /// Occurrences in the cohort; a case that has it twice counts twice.
    pub occurrences: u64,
}

/// What makes rows the same.
type Key =
    (AlterationKind, Option<(u16, u16)>, Option<AlterationClass>, Option<Name>, Option<Name>);

impl CohortView {
    /// Returns the alterations of a gene in a cohort of this view, those that occur most often first.
    pub fn spectrum(&self, cohort: &Cohort, gene: &str) -> Vec<SpectrumRow> {
        let Some(number) = self.dictionaries.genes.number(gene) else { return Vec::new() };
        let mut rows = HashMap::<Key, u64>::new();
        for (part, set) in self.parts.iter().zip(self.sets_of(cohort)) {
            let table = &part.segment.alterations;
            let members = Members::of(set);
            for key in table.of_gene(number as u16) {
                let range = table.incidence.range(key);
                let ordinals = &table.incidence.ordinals[range.clone()];
                let occurrences = vectorised(
                    #[inline(always)]
                    || members.count_list(ordinals),
                );
                if occurrences == 0 {
                    continue;
                }
                let own = table.alteration(key, range.start, &self.dictionaries);
                if let Some(own) = own {
                    let CohortAlteration { kind, codons, class, change, partner, .. } = own;
                    *rows.entry((kind, codons, class, change, partner)).or_default() += occurrences;
                }
            }
        }
        let mut rows: Vec<SpectrumRow> = rows
            .into_iter()
            .map(|((kind, codons, class, change, partner), occurrences)| SpectrumRow {
                kind,
                codons,
                class,
                change,
                partner,
                occurrences,
            })
            .collect();
        rows.sort_unstable_by(|left, right| {
            let key =
                |row: &SpectrumRow| (row.kind, row.codons, row.change.clone(), row.partner.clone());
            right.occurrences.cmp(&left.occurrences).then_with(|| key(left).cmp(&key(right)))
        });
        rows
    }
}
