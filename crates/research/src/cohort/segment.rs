//! A segment: at most 65,536 cases in columns, postings and incidences; it never changes.

use uuid::Uuid;

pub(crate) use self::{alterations::AlterationTable, events::EventTable, therapies::TherapyTable};
use super::dictionary::Dictionaries;
use super::{
    bitmap::Bitmap,
    column::Coded,
    item::{CODED, Item},
    posting::Postings,
    tumour_change::ChangeColumn,
};

mod alterations;
mod build;
mod decode;
mod events;
mod therapies;

/// Most cases of a segment, so that an ordinal within one takes two bytes.
pub(crate) const SEGMENT_CASES: usize = 65_536;

/// Bits of what was recorded completely.
pub(crate) mod recorded {
    /// Therapies before the panel.
    pub(crate) const BEFORE: u8 = 1;
    /// Therapies after the panel.
    pub(crate) const AFTER: u8 = 2;
    /// Adverse events.
    pub(crate) const EVENTS: u8 = 4;
}

/// Bands of the age pyramid. Units: five years each, the last one open.
pub(crate) const PYRAMID_BANDS: u16 = 20;

/// Days that a case has, in the order of the columns.
pub(crate) const DAYS: usize = 5;

/// At most 65,536 cases, laid out for searching and counting.
///
/// Shape of a gene's key in the postings: four times its number, plus the place of the kind of alteration,
/// 0 for any.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// Identifiers, by ordinal.
    pub(crate) ids: Vec<u128>,
    /// Ordinals in the order of the identifiers.
    pub(crate) by_id: Vec<u16>,
    /// A column for each item whose values are words or names.
    pub(crate) coded: Vec<Coded>,
    /// Band of five years and sex: `(band + 1) * 4 + sex`, 0 to 3 where the age is unknown.
    pub(crate) pyramid: Coded,
    /// Ages; 255 is unknown.
    pub(crate) ages: Vec<u8>,
    /// How far the record is filled; 255 is unknown.
    pub(crate) completeness: Vec<u8>,
    /// Mutational burdens; 65,535 is unknown.
    pub(crate) tmb: Vec<u16>,
    /// Days of diagnosis, test, first therapy, panel, last contact; 65,535 is unknown.
    pub(crate) days: [Vec<u16>; DAYS],
    /// What was recorded completely.
    pub(crate) recorded: Vec<u8>,
    /// Best changes of target lesions.
    pub(crate) changes: ChangeColumn,
    /// Alterations.
    pub(crate) alterations: AlterationTable,
    /// Altered genes in cases whose test covers them for the kind.
    pub(crate) genes: Postings,
    /// Altered genes in all other cases.
    pub(crate) genes_elsewhere: Postings,
    /// Where each case's altered and covered genes begin in the list, and where the last one's end.
    pub(crate) gene_starts: Vec<u32>,
    /// Altered and covered genes, case by case.
    pub(crate) gene_list: Vec<u16>,
    /// Therapies.
    pub(crate) therapies: TherapyTable,
    /// Cases that were given each drug.
    pub(crate) drugs: Postings,
    /// Adverse events.
    pub(crate) events: EventTable,
}

impl Segment {
    /// Returns how many cases it has, superseded ones included.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Returns whether it has no case.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Returns the column of an item whose values are words or names.
    pub(crate) fn coded(&self, item: Item) -> Option<&Coded> {
        self.coded.get(item as usize)
    }

    /// Returns the column of an item that is a day.
    pub(crate) fn days(&self, item: Item) -> &[u16] {
        let at = (item as usize).checked_sub(Item::Diagnosed as usize);
        at.and_then(|at| self.days.get(at)).map_or(&[], Vec::as_slice)
    }

    /// Returns the ordinals of a case, of which at most one is live.
    pub(crate) fn ordinals_of(&self, id: Uuid) -> impl Iterator<Item = usize> + '_ {
        let id = id.as_u128();
        let id_at = |ordinal: u16| self.ids.get(usize::from(ordinal)).copied().unwrap_or_default();
        let start = self.by_id.partition_point(|ordinal| id_at(*ordinal) < id);
        let rest = self.by_id.get(start..).unwrap_or_default().iter();
        rest.map(|ordinal| usize::from(*ordinal))
            .take_while(move |ordinal| self.ids.get(*ordinal).is_some_and(|known| *known == id))
    }

    /// Returns the identifier of a case.
    pub fn id(&self, ordinal: usize) -> Option<Uuid> {
        self.ids.get(ordinal).map(|id| Uuid::from_u128(*id))
    }

    /// Returns the altered and covered genes of a case.
    pub(crate) fn genes_of(&self, ordinal: usize) -> &[u16] {
        let at = |at: usize| self.gene_starts.get(at).map_or(0, |start| *start as usize);
        self.gene_list.get(at(ordinal)..at(ordinal + 1)).unwrap_or_default()
    }

    /// Returns the cases whose record has some bit set of what was recorded completely.
    pub(crate) fn recorded(&self, bits: u8) -> Bitmap {
        Bitmap::of_column(&self.recorded, |recorded| recorded & bits == bits)
    }

    /// Returns whether its parts fit each other, so that no search can go beyond them.
    pub(crate) fn is_whole(&self) -> bool {
        let cases = self.len();
        let lengths = [
            self.by_id.len(),
            self.ages.len(),
            self.completeness.len(),
            self.tmb.len(),
            self.recorded.len(),
        ];
        let postings = [&self.genes, &self.genes_elsewhere, &self.drugs];
        cases <= SEGMENT_CASES
            && lengths.iter().all(|len| *len == cases)
            && self.days.iter().all(|days| days.len() == cases)
            && self.by_id.iter().all(|ordinal| usize::from(*ordinal) < cases)
            && self.coded.len() == CODED
            && self.coded.iter().chain([&self.pyramid]).all(|column| column.is_whole(cases))
            && postings.iter().all(|postings| postings.len == cases && postings.is_whole())
            && self.changes.is_whole(cases)
            && self.gene_starts.len() == cases + 1
            && self.gene_starts.is_sorted()
            && self.gene_starts.last().is_some_and(|end| *end as usize == self.gene_list.len())
            && self.alterations.is_whole(cases)
            && self.therapies.is_whole(cases)
            && self.events.is_whole(cases)
    }

    /// Returns whether every number of a name is one of the dictionaries'.
    pub(crate) fn fits(&self, dictionaries: &Dictionaries) -> bool {
        let below = |numbers: &[u16], names: usize| {
            numbers.iter().all(|number| usize::from(*number) < names)
        };
        let genes = dictionaries.genes().len();
        let postings = [&self.genes, &self.genes_elsewhere];
        postings.iter().all(|own| own.keys.iter().all(|key| (*key as usize) < genes * 4))
            && self.drugs.keys.iter().all(|key| (*key as usize) < dictionaries.drugs().len())
            && below(&self.gene_list, genes)
            && below(&self.alterations.genes, genes)
            && below(&self.therapies.drugs, dictionaries.drugs().len())
            && below(&self.therapies.classes, dictionaries.drug_classes().len())
            && below(&self.events.codes, dictionaries.adverse_events().len())
    }

    /// Returns how much memory each kind of table takes. Units: bytes.
    pub(crate) fn memory(&self) -> [(&'static str, usize); 8] {
        let columns: usize = self.coded.iter().map(Coded::bytes).sum();
        let one_case = 16 + 2 + 1 + 1 + 2 + 2 * DAYS + 1;
        let changes = self.changes.codes.len() * 2;
        let lists = self.gene_starts.len() * 4 + self.gene_list.len() * 2;
        [
            ("identifiers, numbers and days", self.len() * one_case + self.len() / 8 + changes),
            ("words and names", columns + self.pyramid.bytes()),
            ("alterations", self.alterations.bytes()),
            ("altered genes", self.genes.bytes() + self.genes_elsewhere.bytes()),
            ("altered genes by case", lists),
            ("therapies", self.therapies.bytes()),
            ("drugs", self.drugs.bytes()),
            ("adverse events", self.events.bytes()),
        ]
    }
}
