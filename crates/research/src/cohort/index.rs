//! The index: what searches see at a moment, and how it changes.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
};

use arc_swap::ArcSwap;
use rayon::prelude::*;
use uuid::Uuid;

use super::{
    bitmap::Bitmap,
    case::CohortCase,
    dictionary::Dictionaries,
    item::Item,
    segment::{SEGMENT_CASES, Segment},
};

/// Most names of one kind, so that a name's number takes two bytes.
const MAX_NAMES: usize = 65_534;

/// Fewest cases that a thread lays out where a collection is put in.
const SHARE_CASES_MIN: usize = 1_024;

/// When parts of an index are put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CompactionLimits {
    /// Cases that came last are laid out anew with each change, up to this many.
    pub tail_cases: usize,
    /// Most cases that are put together while a change waits.
    pub merged_cases: usize,
    /// Most cases of a segment; at most 65,536.
    pub segment_cases: usize,
}

impl Default for CompactionLimits {
    fn default() -> Self {
        Self { tail_cases: 512, merged_cases: 8_192, segment_cases: SEGMENT_CASES }
    }
}

/// A change of what may be searched.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// A case is new or was revised.
    Put(Box<CohortCase>),
    /// A case may not be seen any more.
    Withdraw(Uuid),
}

/// Why a change could not be made.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ApplyChangeError {
    /// There are too many different names of one kind.
    #[error("index cases: more than {MAX_NAMES} different {0}")]
    TooManyNames(&'static str),
}

/// A segment and which of its cases are live.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    pub(crate) segment: Arc<Segment>,
    pub(crate) live: Arc<Bitmap>,
}

impl Part {
    fn of(segment: Segment) -> Self {
        let live = Bitmap::full(segment.len());
        Self { segment: Arc::new(segment), live: Arc::new(live) }
    }

    fn find(&self, id: Uuid) -> Option<usize> {
        self.segment.ordinals_of(id).find(|ordinal| self.live.contains(*ordinal))
    }

    /// Takes out the cases of a collection, by its number among the names.
    fn take_out_collection(&mut self, number: u32) {
        let Some(column) = self.segment.coded(Item::Collection) else { return };
        let mut others = Bitmap::empty(self.segment.len());
        column.postings.or_into(number + 1, &mut others);
        if !others.is_empty() {
            others.invert();
            Arc::make_mut(&mut self.live).and(&others);
        }
    }

    fn take_out(&mut self, id: Uuid) {
        if let Some(ordinal) = self.find(id) {
            Arc::make_mut(&mut self.live).remove(ordinal);
        }
    }
}

/// What searches see at one moment. It never changes.
#[derive(Clone, Debug, Default)]
pub struct CohortView {
    pub(crate) parts: Vec<Part>,
    pub(crate) dictionaries: Arc<Dictionaries>,
    generation: u64,
    /// One for each view, so that no cohort is taken for one of another view.
    moment: Arc<()>,
}

impl CohortView {
    /// Puts a view together, as a snapshot holds it.
    pub(crate) fn of_parts(parts: Vec<Part>, dictionaries: Arc<Dictionaries>) -> Self {
        Self { parts, dictionaries, ..Self::default() }
    }

    /// Returns how many cases can be found.
    pub fn cases(&self) -> u64 {
        self.parts.iter().map(|part| part.live.count()).sum()
    }

    /// Returns the same without the cases of other collections.
    pub fn of_collection(&self, collection: &str) -> Self {
        let number = self.dictionaries.collections.number(collection);
        let own = self.parts.iter().filter_map(|part| {
            let mut part = part.clone();
            let mut members = Bitmap::empty(part.segment.len());
            if let Some(column) = part.segment.coded(Item::Collection) {
                column.postings.or_into(number? + 1, &mut members);
            }
            Arc::make_mut(&mut part.live).and(&members);
            (!part.live.is_empty()).then_some(part)
        });
        Self::of_parts(own.collect(), Arc::clone(&self.dictionaries))
    }

    /// Returns the number of the change that made it.
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// Returns what tells the view from every other.
    pub(crate) fn moment(&self) -> &Arc<()> {
        &self.moment
    }

    /// Returns the names of genes, drugs, tumour types, hospitals and panels.
    pub fn dictionaries(&self) -> &Dictionaries {
        &self.dictionaries
    }

    /// Returns a case, normalised; `None` where it cannot be found.
    pub fn case(&self, id: Uuid) -> Option<CohortCase> {
        self.parts.iter().find_map(|part| {
            let ordinal = part.find(id)?;
            let mut one = Bitmap::empty(part.segment.len());
            one.insert(ordinal);
            part.segment.cases(&one, &self.dictionaries).pop()
        })
    }

    /// Returns every case, normalised, in the order in which they lie.
    pub fn every_case(&self) -> impl Iterator<Item = CohortCase> + '_ {
        self.parts.iter().flat_map(|part| part.segment.cases(&part.live, &self.dictionaries))
    }

    /// Returns about how much memory its kinds of tables take. Units: bytes.
    pub fn memory(&self) -> Vec<(&'static str, usize)> {
        let mut all: Vec<(&'static str, usize)> = vec![("names", self.dictionaries.bytes())];
        for part in &self.parts {
            for (at, (name, bytes)) in part.segment.memory().into_iter().enumerate() {
                match all.get_mut(at + 1) {
                    Some((_, sum)) => *sum += bytes,
                    None => all.push((name, bytes)),
                }
            }
        }
        all
    }

    /// Returns about how much memory it takes. Units: bytes.
    pub fn bytes(&self) -> usize {
        self.memory().iter().map(|(_, bytes)| bytes).sum()
    }
}

/// The cases that may be searched. Readers take a view and never wait; writers wait for each other.
#[derive(Debug, Default)]
pub struct CohortIndex {
    view: ArcSwap<CohortView>,
    writing: Mutex<Writing>,
    limits: CompactionLimits,
}

/// What only the writer knows.
#[derive(Debug, Default)]
struct Writing {
    /// Cases that came last, which are the last part of the view.
    tail: Vec<CohortCase>,
    has_tail: bool,
}

impl CohortIndex {
    /// Makes an empty index.
    pub fn new(limits: CompactionLimits) -> Self {
        let segment_cases = limits.segment_cases.clamp(1, SEGMENT_CASES);
        let tail_cases = limits.tail_cases.clamp(1, segment_cases);
        let merged_cases = limits.merged_cases.clamp(tail_cases, segment_cases);
        let limits = CompactionLimits { tail_cases, merged_cases, segment_cases };
        Self { limits, ..Self::default() }
    }

    /// Makes an index that shows a view, such as one that a snapshot held.
    pub fn of_view(view: CohortView, limits: CompactionLimits) -> Self {
        let index = Self::new(limits);
        index.view.store(Arc::new(view));
        index
    }

    /// Makes an index of cases; of those with the same identifier the last one stays.
    ///
    /// Errors: more names of one kind than an index can hold.
    pub fn build(
        cases: impl IntoIterator<Item = CohortCase>,
        limits: CompactionLimits,
    ) -> Result<Self, ApplyChangeError> {
        let index = Self::new(limits);
        let view = build_view(cases, index.limits.segment_cases)?;
        index.view.store(Arc::new(view));
        Ok(index)
    }

    /// Returns what searches see now.
    pub fn view(&self) -> Arc<CohortView> {
        self.view.load_full()
    }

    /// Shows another view from now on, such as one that was built anew beside this one.
    ///
    /// Changes that were applied meanwhile and that the view does not have are lost; the caller applies them again.
    pub fn replace(&self, view: CohortView) {
        let mut writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        *writing = Writing::default();
        self.view.store(Arc::new(view));
    }

    /// Makes changes, all of them visible at once to whoever takes the next view.
    ///
    /// Errors: more names of one kind than an index can hold; then nothing is changed.
    pub fn apply(
        &self,
        changes: impl IntoIterator<Item = Change>,
    ) -> Result<Arc<CohortView>, ApplyChangeError> {
        // A writer that panicked left the old view in place, whose tail is rebuilt from that view.
        let mut writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let old = self.view.load_full();
        let mut dictionaries = Arc::clone(&old.dictionaries);
        let mut parts = old.parts.clone();
        let mut tail = writing.tail.clone();
        if writing.has_tail {
            parts.pop();
        }
        for change in changes {
            let id = match &change {
                Change::Put(case) => case.id,
                Change::Withdraw(id) => *id,
            };
            parts.iter_mut().for_each(|part| part.take_out(id));
            tail.retain(|case| case.id != id);
            if let Change::Put(case) = change {
                let case = case.normalised();
                if !dictionaries.knows(&case) {
                    Arc::make_mut(&mut dictionaries).intern(&case);
                    check_names(&dictionaries)?;
                }
                tail.push(case);
            }
            if tail.len() >= self.limits.tail_cases {
                parts.push(Part::of(Segment::build(&tail, &dictionaries)));
                tail.clear();
                self.compact(&mut parts, &dictionaries);
            }
        }
        parts.retain(|part| !part.live.is_empty());
        let has_tail = !tail.is_empty();
        if has_tail {
            parts.push(Part::of(Segment::build(&tail, &dictionaries)));
        }
        let generation = old.generation + 1;
        let view = Arc::new(CohortView { parts, dictionaries, generation, moment: Arc::default() });
        *writing = Writing { tail, has_tail };
        self.view.store(Arc::clone(&view));
        Ok(view)
    }

    /// Shows some cases as a collection from now on, in place of all that it had; without any it is gone.
    ///
    /// They are laid out at once and lie before all others, where changes of registered cases do not touch them.
    ///
    /// Errors: more names of one kind than an index can hold; then nothing is changed.
    pub fn put_collection(
        &self,
        collection: &str,
        cases: Vec<CohortCase>,
    ) -> Result<Arc<CohortView>, ApplyChangeError> {
        let mut writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let old = self.view.load_full();
        let mut dictionaries = Arc::clone(&old.dictionaries);
        let mut parts = old.parts.clone();
        if writing.has_tail {
            parts.pop();
        }
        let tail: Vec<CohortCase> =
            writing.tail.iter().filter(|case| &*case.collection != collection).cloned().collect();
        if let Some(number) = dictionaries.collections.number(collection) {
            parts.iter_mut().for_each(|part| part.take_out_collection(number));
        }
        let cases: Vec<CohortCase> = cases.into_par_iter().map(CohortCase::normalised).collect();
        if !cases.is_empty() {
            let names = Arc::make_mut(&mut dictionaries);
            cases.iter().for_each(|case| names.intern(case));
            check_names(names)?;
        }
        let share = cases.len().div_ceil(rayon::current_num_threads()).max(SHARE_CASES_MIN);
        let built: Vec<Part> = cases
            .par_chunks(share.min(self.limits.segment_cases))
            .map(|chunk| Part::of(Segment::build(chunk, &dictionaries)))
            .collect();
        parts.retain(|part| !part.live.is_empty());
        parts.splice(0..0, built);
        let has_tail = !tail.is_empty();
        if has_tail {
            parts.push(Part::of(Segment::build(&tail, &dictionaries)));
        }
        let generation = old.generation + 1;
        let view = Arc::new(CohortView { parts, dictionaries, generation, moment: Arc::default() });
        *writing = Writing { tail, has_tail };
        self.view.store(Arc::clone(&view));
        Ok(view)
    }

    /// Puts the last parts together while they are of about the same size, and one part that has few live
    /// cases left with what fits.
    fn compact(&self, parts: &mut Vec<Part>, dictionaries: &Dictionaries) {
        while let [.., before, last] = parts.as_slice() {
            let (earlier, later) = (before.live.count(), last.live.count());
            let both = usize::try_from(earlier + later).unwrap_or(usize::MAX);
            if earlier > later.saturating_mul(4) || both > self.limits.merged_cases {
                break;
            }
            let pair = parts.split_off(parts.len() - 2);
            parts.extend(put_together(&pair, dictionaries));
        }
        let sparse = parts.iter().position(|part| {
            let live = part.live.count();
            live * 2 < part.segment.len() as u64 && live <= self.limits.merged_cases as u64
        });
        if let Some(at) = sparse {
            let part = parts.remove(at);
            if let Some(rebuilt) = put_together(&[part], dictionaries) {
                parts.insert(at, rebuilt);
            }
        }
    }
}

fn put_together(parts: &[Part], dictionaries: &Dictionaries) -> Option<Part> {
    let cases: Vec<_> =
        parts.iter().flat_map(|part| part.segment.cases(&part.live, dictionaries)).collect();
    (!cases.is_empty()).then(|| Part::of(Segment::build(&cases, dictionaries)))
}

fn build_view(
    cases: impl IntoIterator<Item = CohortCase>,
    segment_cases: usize,
) -> Result<CohortView, ApplyChangeError> {
    let mut builder = ViewBuilder::new(segment_cases, rayon::current_num_threads());
    for case in cases {
        builder.push(case)?;
    }
    builder.finish()
}

/// Lays cases out as they come, so that only those of the segments that are being filled are held as such.
#[derive(Debug)]
pub struct ViewBuilder {
    dictionaries: Dictionaries,
    parts: Vec<Part>,
    waiting: Vec<CohortCase>,
    segment_cases: usize,
    at_once: usize,
}

impl Default for ViewBuilder {
    /// Fills one segment at a time.
    fn default() -> Self {
        Self::new(SEGMENT_CASES, 1)
    }
}

impl ViewBuilder {
    fn new(segment_cases: usize, at_once: usize) -> Self {
        Self {
            dictionaries: Dictionaries::default(),
            parts: Vec::new(),
            waiting: Vec::new(),
            segment_cases,
            at_once: segment_cases.saturating_mul(at_once.max(1)),
        }
    }

    /// Adds a case.
    ///
    /// Errors: more names of one kind than an index can hold.
    pub fn push(&mut self, case: CohortCase) -> Result<(), ApplyChangeError> {
        let case = case.normalised();
        self.dictionaries.intern(&case);
        self.waiting.push(case);
        if self.waiting.len() >= self.at_once { self.lay_out() } else { Ok(()) }
    }

    /// Returns the view of all cases; of those with the same identifier the last one stays.
    ///
    /// Errors: more names of one kind than an index can hold.
    pub fn finish(mut self) -> Result<CohortView, ApplyChangeError> {
        self.lay_out()?;
        keep_last(&mut self.parts);
        Ok(CohortView::of_parts(self.parts, Arc::new(self.dictionaries)))
    }

    fn lay_out(&mut self) -> Result<(), ApplyChangeError> {
        check_names(&self.dictionaries)?;
        let dictionaries = &self.dictionaries;
        let built = self.waiting.par_chunks(self.segment_cases);
        let built: Vec<Part> =
            built.map(|cases| Part::of(Segment::build(cases, dictionaries))).collect();
        self.parts.extend(built);
        self.waiting.clear();
        Ok(())
    }
}

/// Takes out all but the last of the cases with the same identifier.
fn keep_last(parts: &mut [Part]) {
    let mut ids: Vec<(u128, usize, usize)> = Vec::new();
    for (at, part) in parts.iter().enumerate() {
        ids.extend(part.segment.ids.iter().enumerate().map(|(ordinal, id)| (*id, at, ordinal)));
    }
    ids.par_sort_unstable();
    for pair in ids.windows(2) {
        if let [(earlier, at, ordinal), (later, ..)] = pair
            && earlier == later
            && let Some(part) = parts.get_mut(*at)
        {
            Arc::make_mut(&mut part.live).remove(*ordinal);
        }
    }
}

fn check_names(dictionaries: &Dictionaries) -> Result<(), ApplyChangeError> {
    let counts = [
        ("genes", dictionaries.genes().len()),
        ("drugs", dictionaries.drugs().len()),
        ("classes of drugs", dictionaries.drug_classes().len()),
        ("tumour types", dictionaries.tumours().len()),
        ("hospitals", dictionaries.hospitals().len()),
        ("collections", dictionaries.collections().len()),
        ("adverse events", dictionaries.adverse_events().len()),
        ("panels", dictionaries.panels().len()),
    ];
    match counts.iter().find(|(_, count)| *count > MAX_NAMES) {
        Some((what, _)) => Err(ApplyChangeError::TooManyNames(what)),
        None => Ok(()),
    }
}

impl Dictionaries {
    /// Returns whether every name of a case has a number.
    fn knows(&self, case: &CohortCase) -> bool {
        let mut panels = HashSet::new();
        let panel = case.panel.as_ref();
        panels.extend(panel.and_then(|panel| self.panel_number(panel)));
        let knows = |dictionary: &super::dictionary::Dictionary, name: &str| {
            dictionary.number(name).is_some()
        };
        (panel.is_none() || !panels.is_empty())
            && knows(&self.collections, &case.collection)
            && case.tumour.iter().all(|name| knows(&self.tumours, name))
            && case.hospital.iter().all(|name| knows(&self.hospitals, name))
            && case.alterations.iter().all(|alteration| {
                knows(&self.genes, &alteration.gene)
                    && alteration.partner.iter().all(|name| knows(&self.genes, name))
            })
            && case.therapies.iter().all(|therapy| {
                therapy.drugs.iter().all(|name| knows(&self.drugs, name))
                    && therapy.classes.iter().all(|name| knows(&self.classes, name))
            })
            && case.events.iter().all(|event| knows(&self.events, &event.code))
    }
}
