//! Small random cases and queries over few names, so that everything meets everything.

use std::sync::Arc;

use model::evidence::EvidenceLevel;
use research::cohort::{
    AdverseEvent, AlterationClass, AlterationKind, AlterationTerm, Answer, CaseConsent,
    CohortAlteration, CohortCase, CohortDay, CohortPanel, EventTerm, Item, ItemKind, Msi, Name,
    NotGivenReason, Origin, PanelCoverage, PanelOutcome, Query, Range, Response, SampleKind, Sex,
    Side, Stage, TherapyLine, TherapyRecorded, TherapyTerm, TumourChange, TumourHierarchy,
    VitalStatus, Word,
};
use uuid::Uuid;

pub(crate) const GENES: [&str; 6] = ["TP53", "KRAS", "EGFR", "ALK", "EML4", "BRCA2"];
pub(crate) const TUMOURS: [&str; 5] = ["LUNG", "NSCLC", "LUAD", "LUSC", "PAAD"];
pub(crate) const DRUGS: [&str; 4] = ["sotorasib", "olaparib", "FOLFOX \"6\"", "cisplatin"];
const CLASSES: [&str; 3] = ["platinum", "PARP inhibitor", "KRAS G12C inhibitor"];
const EVENTS: [&str; 3] = ["10002272", "10012727", "10016256"];
const CHANGES: [&str; 4] = ["G12C", "G12D", "L858R", "R273H"];
const HOSPITALS: [&str; 3] = ["H1", "H2", "H 3"];
const COLLECTIONS: [&str; 2] = ["registered", "historical"];

/// Lung with its types below it.
#[derive(Debug)]
pub(crate) struct Lung;

impl TumourHierarchy for Lung {
    fn with_descendants(&self, code: &str) -> Vec<String> {
        let below: &[&str] = match code {
            "LUNG" => &["NSCLC", "LUAD", "LUSC"],
            "NSCLC" => &["LUAD", "LUSC"],
            _ => &[],
        };
        std::iter::once(code).chain(below.iter().copied()).map(str::to_owned).collect()
    }
}

/// A random stream. Source: SplitMix64, Steele, Lea and Flood 2014.
#[derive(Debug)]
pub(crate) struct Stream(pub(crate) u64);

impl Stream {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ z >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ z >> 31
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound.max(1) as u64) as usize
    }

    pub(crate) fn happens(&mut self, per_cent: u64) -> bool {
        self.next() % 100 < per_cent
    }

    fn one<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }

    fn name(&mut self, all: &[&str]) -> Name {
        self.one(all).into()
    }

    fn maybe<T>(&mut self, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        self.happens(70).then(|| make(self))
    }

    fn word<W: Word>(&mut self) -> Option<W> {
        self.maybe(|stream| stream.one(W::ALL))
    }

    fn some<T: Clone>(&mut self, mut make: impl FnMut(&mut Self) -> T) -> Vec<T> {
        (0..self.below(3)).map(|_| make(self)).collect()
    }

    fn day(&mut self) -> Option<CohortDay> {
        // Now and then a day so long ago that it is followed by more days than a table has.
        let first = if self.happens(8) { 1_000 } else { 40_000 };
        self.maybe(|stream| CohortDay::of_number(first + stream.below(60) as u16)).flatten()
    }
}

fn panels() -> Vec<Arc<CohortPanel>> {
    use AlterationKind as K;
    let genes = |some: &[&str]| some.iter().map(|gene| Name::from(*gene)).collect::<Vec<_>>();
    let all = PanelCoverage::of(&genes(&GENES), K::ALL);
    let short = PanelCoverage::of(&genes(&GENES[..4]), &[K::Short]);
    let mixed = PanelCoverage { rearrangement: genes(&["ALK"]), ..short.clone() };
    vec![
        CohortPanel::new("All", Some(all)),
        CohortPanel::new("Short", Some(short)),
        CohortPanel::new("Mixed", Some(mixed.clone())),
        CohortPanel::new("Mixed", Some(PanelCoverage { copy_number: genes(&["EGFR"]), ..mixed })),
        CohortPanel::new("Unknown genes", None),
    ]
}

fn alteration(stream: &mut Stream) -> CohortAlteration {
    let mut one = CohortAlteration::new(stream.name(&GENES), stream.one(AlterationKind::ALL));
    let codon = 10 + stream.below(6) as u16;
    one.codons = stream.maybe(|stream| (codon, codon + stream.below(3) as u16));
    one.class = stream.word::<AlterationClass>();
    one.change = stream.maybe(|stream| stream.name(&CHANGES));
    one.partner = stream.maybe(|stream| stream.name(&GENES));
    one.origin = stream.word::<Origin>();
    one.allele_frequency = stream.maybe(|stream| stream.below(10) as u16 * 1_000);
    one.copies = stream.maybe(|stream| stream.below(10) as u16 * 10);
    one.level = stream.maybe(|stream| stream.one(&EvidenceLevel::ALL));
    one
}

fn therapy(stream: &mut Stream) -> TherapyLine {
    TherapyLine {
        start: stream.day(),
        end: stream.day(),
        side: stream.one(Side::ALL),
        line: stream.maybe(|stream| 1 + stream.below(4) as u8),
        drugs: stream.some(|stream| stream.name(&DRUGS)),
        classes: stream.some(|stream| stream.name(&CLASSES)),
        response: stream.word::<Response>(),
    }
}

/// Returns a random case, whose identifier has one of so many values.
pub(crate) fn case(stream: &mut Stream, ids: usize) -> CohortCase {
    let id = Uuid::from_u128(stream.below(ids) as u128 * 0x1_0000_0001);
    let mut case = CohortCase::unknown(id, stream.name(&COLLECTIONS));
    case.synthetic = stream.happens(50);
    case.tumour = stream.maybe(|stream| stream.name(&TUMOURS));
    case.age_years = stream.maybe(|stream| stream.below(130) as u8);
    case.sex = stream.word::<Sex>();
    case.smoking = stream.word::<Answer>();
    case.performance_status = stream.maybe(|stream| stream.below(5) as u8);
    case.stage = stream.word::<Stage>();
    case.metastasis = stream.word::<Answer>();
    case.family_history = stream.word::<Answer>();
    case.panel = stream.maybe(|stream| {
        let panels = panels();
        Arc::clone(&panels[stream.below(panels.len())])
    });
    case.sample_kind = stream.word::<SampleKind>();
    case.hospital = stream.maybe(|stream| stream.name(&HOSPITALS));
    case.prefecture = stream.maybe(|stream| 1 + stream.below(47) as u8);
    case.diagnosed = stream.day();
    case.tested = stream.day();
    case.last_contact = stream.day();
    case.vital_status = stream.word::<VitalStatus>();
    case.outcome = PanelOutcome {
        held: stream.day(),
        option_proposed: stream.word::<Answer>(),
        option_given: stream.word::<Answer>(),
        not_given_reason: stream.word::<NotGivenReason>(),
    };
    case.consent = CaseConsent {
        academic: stream.word::<Answer>(),
        company: stream.word::<Answer>(),
        abroad: stream.word::<Answer>(),
    };
    case.completeness = stream.maybe(|stream| stream.below(101) as u8);
    case.level = stream.maybe(|stream| stream.one(&EvidenceLevel::ALL));
    case.tmb = stream.maybe(|stream| stream.below(6_000) as u16);
    case.msi = stream.word::<Msi>();
    // Beyond the bounds now and then: such a change is unknown.
    case.change = stream.maybe(|stream| TumourChange {
        tenths: stream.below(2_500) as i16 - 1_100,
        response: stream.word::<Response>(),
    });
    case.alterations = (0..stream.below(6)).map(|_| alteration(stream)).collect();
    case.therapies = (0..stream.below(4)).map(|_| therapy(stream)).collect();
    case.events = (0..stream.below(3))
        .map(|_| AdverseEvent {
            code: stream.name(&EVENTS),
            grade: stream.maybe(|stream| 1 + stream.below(5) as u8),
            side: stream.one(Side::ALL),
        })
        .collect();
    case.recorded = TherapyRecorded {
        before: stream.happens(70),
        after: stream.happens(70),
        events: stream.happens(70),
    };
    case
}

/// Returns a number of random cases with identifiers of their own.
pub(crate) fn cases(stream: &mut Stream, count: usize) -> Vec<CohortCase> {
    (0..count)
        .map(|number| CohortCase { id: Uuid::from_u128(number as u128), ..case(stream, 1) })
        .collect()
}

fn range(stream: &mut Stream, low: u16, spread: usize) -> Range {
    let first = low + stream.below(spread) as u16;
    let second = low + stream.below(spread) as u16;
    match stream.below(4) {
        0 => Range::of(first.min(second), first.max(second)),
        1 => Range::of(first, None),
        2 => Range::of(None, first),
        _ => Range::of(first, first),
    }
}

fn maybe_range(stream: &mut Stream, low: u16, spread: usize) -> Range {
    if stream.happens(20) { range(stream, low, spread) } else { Range::default() }
}

fn rarely<T: Clone>(stream: &mut Stream, make: impl FnMut(&mut Stream) -> T) -> Vec<T> {
    if stream.happens(25) { stream.some(make) } else { Vec::new() }
}

fn term(stream: &mut Stream) -> Query {
    match stream.below(9) {
        0..=2 => {
            let item = stream.one(Item::coded());
            let mut values = vec![code(stream, item)];
            if stream.happens(40) {
                values.push(code(stream, item));
            }
            Query::Is(item, values)
        }
        3 => {
            let numbers = [Item::Age, Item::Tmb, Item::Completeness, Item::Tested, Item::Treated];
            let item = stream.one(&numbers);
            let (low, spread) = match item {
                Item::Age | Item::Completeness => (0, 101),
                Item::Tmb => (0, 6_000),
                _ => (40_000, 60),
            };
            Query::Within(item, range(stream, low, spread))
        }
        4 => Query::Unknown(stream.one(Item::ALL)),
        5 | 6 => Query::Alteration(Box::new(AlterationTerm {
            genes: if stream.happens(80) { vec![stream.name(&GENES)] } else { Vec::new() },
            kinds: rarely(stream, |stream| stream.one(AlterationKind::ALL)),
            changes: rarely(stream, |stream| stream.name(&CHANGES)),
            codons: maybe_range(stream, 10, 8),
            classes: rarely(stream, |stream| stream.one(AlterationClass::ALL)),
            partners: rarely(stream, |stream| stream.name(&GENES)),
            origins: rarely(stream, |stream| stream.one(Origin::ALL)),
            allele_frequency: maybe_range(stream, 0, 10_001),
            copies: maybe_range(stream, 0, 100),
            levels: rarely(stream, |stream| stream.one(&EvidenceLevel::ALL)),
        })),
        7 => Query::Therapy(Box::new(TherapyTerm {
            drugs: rarely(stream, |stream| stream.name(&DRUGS)),
            classes: rarely(stream, |stream| stream.name(&CLASSES)),
            lines: maybe_range(stream, 1, 4),
            side: stream.happens(40).then(|| stream.one(Side::ALL)),
            responses: rarely(stream, |stream| stream.one(Response::ALL)),
            started: maybe_range(stream, 40_000, 60),
        })),
        _ => Query::Event(Box::new(EventTerm {
            codes: rarely(stream, |stream| stream.name(&EVENTS)),
            grades: maybe_range(stream, 1, 5),
            side: stream.happens(40).then(|| stream.one(Side::ALL)),
        })),
    }
}

fn code(stream: &mut Stream, item: Item) -> Name {
    match (item, item.kind()) {
        (Item::Tumour, _) => stream.name(&TUMOURS),
        (Item::Panel, _) => stream.name(&["All", "Short", "Mixed", "Unknown genes"]),
        (Item::Hospital, _) => stream.name(&HOSPITALS),
        (Item::Collection, _) => stream.name(&COLLECTIONS),
        (_, ItemKind::Word) => {
            let place = 1 + stream.below(item.words().into()) as u8;
            item.word_code(place).map(|code| code.as_ref().into()).unwrap_or_default()
        }
        _ => "".into(),
    }
}

/// Returns a random query, at most so deep.
pub(crate) fn query(stream: &mut Stream, depth: usize) -> Query {
    if depth == 0 || stream.happens(40) {
        return term(stream);
    }
    let parts =
        |stream: &mut Stream| (0..2 + stream.below(2)).map(|_| query(stream, depth - 1)).collect();
    match stream.below(5) {
        0 | 1 => Query::And(parts(stream)),
        2 | 3 => Query::Or(parts(stream)),
        _ => Query::Not(Box::new(query(stream, depth - 1))),
    }
}
