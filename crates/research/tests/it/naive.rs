//! The plainest reading of queries: case by case, straight from the cases.

use chrono::Datelike as _;
use research::cohort::{
    AlterationKind, AlterationTerm, CohortAlteration, CohortCase, CohortDay, EventTerm, Item,
    Query, Range, Region, Side, TherapyTerm, TumourHierarchy, Word,
};

/// Says whether a query is true of a case; `None` is unknown.
pub(crate) fn holds(
    query: &Query,
    case: &CohortCase,
    tumours: &dyn TumourHierarchy,
) -> Option<bool> {
    match query {
        Query::Everything | Query::OncoTree(_) => Some(true),
        Query::And(parts) => not(any(parts.iter().map(|part| not(holds(part, case, tumours))))),
        Query::Or(parts) => any(parts.iter().map(|part| holds(part, case, tumours))),
        Query::Not(inner) => not(holds(inner, case, tumours)),
        Query::Unknown(item) => Some(match number(case, *item) {
            Some(number) => number.is_none(),
            None => code(case, *item).is_none(),
        }),
        Query::Within(item, range) => number(case, *item)?.map(|number| range.contains(number)),
        Query::Is(item, codes) => {
            let own = code(case, *item)?;
            Some(codes.iter().any(|asked| match item {
                Item::Tumour => tumours.with_descendants(asked).contains(&own),
                _ => **asked == *own,
            }))
        }
        Query::Alteration(term) => alteration(term, case),
        Query::Therapy(term) => therapy(term, case),
        Query::Event(term) => event(term, case),
    }
}

fn not(value: Option<bool>) -> Option<bool> {
    value.map(|value| !value)
}

fn any(values: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let values: Vec<_> = values.collect();
    if values.contains(&Some(true)) {
        Some(true)
    } else if values.contains(&None) {
        None
    } else {
        Some(false)
    }
}

fn all(values: &[Option<bool>]) -> Option<bool> {
    not(any(values.iter().map(|value| not(*value))))
}

/// Returns a case's number or day; the outer `None` is for items that are no numbers.
fn number(case: &CohortCase, item: Item) -> Option<Option<u16>> {
    let day = match item {
        Item::Age => return Some(case.age_years.map(u16::from)),
        Item::Tmb => return Some(case.tmb),
        Item::Completeness => return Some(case.completeness.map(u16::from)),
        Item::Diagnosed => case.diagnosed,
        Item::Tested => case.tested,
        Item::Treated => case.therapies.iter().filter_map(|therapy| therapy.start).min(),
        Item::PanelHeld => case.outcome.held,
        Item::LastContact => case.last_contact,
        _ => return None,
    };
    Some(day.map(CohortDay::number))
}

fn word<W: Word>(word: Option<W>) -> Option<String> {
    word.map(|word| word.code().to_owned())
}

/// Returns the code of a case's word or name.
pub(crate) fn code(case: &CohortCase, item: Item) -> Option<String> {
    match item {
        Item::Tumour => case.tumour.as_deref().map(str::to_owned),
        Item::Panel => case.panel.as_ref().map(|panel| panel.name.to_string()),
        Item::Hospital => case.hospital.as_deref().map(str::to_owned),
        Item::Collection => Some(case.collection.to_string()),
        Item::Sex => word(case.sex),
        Item::AgeBand => case.age_years.map(|age| match age / 10 {
            10.. => "100+".to_owned(),
            decade => format!("{}-{}", decade * 10, decade * 10 + 9),
        }),
        Item::Smoking => word(case.smoking),
        Item::PerformanceStatus => case.performance_status.map(|grade| grade.to_string()),
        Item::Stage => word(case.stage),
        Item::Metastasis => word(case.metastasis),
        Item::FamilyHistory => word(case.family_history),
        Item::SampleKind => word(case.sample_kind),
        Item::Prefecture => case.prefecture.map(|number| format!("{number:02}")),
        Item::Region => word(case.prefecture.and_then(Region::of_prefecture)),
        Item::Year => case.tested.map(|day| day.date().year().to_string()),
        Item::VitalStatus => word(case.vital_status),
        Item::OptionProposed => word(case.outcome.option_proposed),
        Item::OptionGiven => word(case.outcome.option_given),
        Item::NotGivenReason => word(case.outcome.not_given_reason),
        Item::Msi => word(case.msi),
        Item::TmbBand => case.tmb.map(|tmb| match tmb / 100 {
            50.. => "50+".to_owned(),
            whole => whole.to_string(),
        }),
        Item::Level => case.level.map(|level| level.letter().to_owned()),
        Item::AcademicUse => word(case.consent.academic),
        Item::CompanyUse => word(case.consent.company),
        Item::AbroadUse => word(case.consent.abroad),
        Item::Synthetic => Some(if case.synthetic { "yes" } else { "no" }.to_owned()),
        _ => None,
    }
}

fn within(range: Range, value: Option<u16>) -> Option<bool> {
    if range.is_open() { Some(true) } else { value.map(|value| range.contains(value)) }
}

fn among<T: PartialEq>(asked: &[T], value: Option<T>) -> Option<bool> {
    if asked.is_empty() { Some(true) } else { value.map(|value| asked.contains(&value)) }
}

fn is_such(term: &AlterationTerm, own: &CohortAlteration) -> Option<bool> {
    let is = |kind: AlterationKind| own.kind == kind;
    let only = |is_asked: bool, kind: bool, value: Option<bool>| {
        if is_asked && !kind { Some(false) } else { value }
    };
    let codons = if term.codons.is_open() {
        Some(true)
    } else {
        own.codons.map(|(first, last)| (first..=last).any(|codon| term.codons.contains(codon)))
    };
    let class = if term.classes.is_empty() {
        Some(true)
    } else if term.classes.iter().any(|class| class.kind() == own.kind) {
        own.class.map(|class| term.classes.contains(&class))
    } else {
        Some(false)
    };
    all(&[
        Some(term.genes.is_empty() || term.genes.contains(&own.gene)),
        Some(term.kinds.is_empty() || term.kinds.contains(&own.kind)),
        only(
            !term.changes.is_empty(),
            is(AlterationKind::Short),
            among(&term.changes, own.change.clone()),
        ),
        only(!term.codons.is_open(), is(AlterationKind::Short), codons),
        class,
        only(
            !term.partners.is_empty(),
            is(AlterationKind::Rearrangement),
            among(&term.partners, own.partner.clone()),
        ),
        among(&term.origins, own.origin),
        only(
            !term.allele_frequency.is_open(),
            !is(AlterationKind::CopyNumber),
            within(term.allele_frequency, own.allele_frequency),
        ),
        only(
            !term.copies.is_open(),
            is(AlterationKind::CopyNumber),
            within(term.copies, own.copies),
        ),
        among(&term.levels, own.level),
    ])
}

fn alteration(term: &AlterationTerm, case: &CohortCase) -> Option<bool> {
    let found = any(case.alterations.iter().map(|own| is_such(term, own)));
    if found != Some(false) {
        return found;
    }
    let panel = case.panel.as_ref()?;
    panel.coverage.as_ref()?;
    let may_be = |kind: AlterationKind| {
        let no_short = term.changes.is_empty() && term.codons.is_open();
        (no_short || kind == AlterationKind::Short)
            && (term.partners.is_empty() || kind == AlterationKind::Rearrangement)
            && (term.copies.is_open() || kind == AlterationKind::CopyNumber)
            && (term.allele_frequency.is_open() || kind != AlterationKind::CopyNumber)
            && (term.classes.is_empty() || term.classes.iter().any(|class| class.kind() == kind))
    };
    let is_covered = term.genes.iter().all(|gene| {
        if term.kinds.is_empty() {
            AlterationKind::ALL.iter().any(|kind| may_be(*kind) && panel.covers(gene, *kind))
        } else {
            term.kinds.iter().all(|kind| panel.covers(gene, *kind))
        }
    });
    is_covered.then_some(false)
}

fn therapy(term: &TherapyTerm, case: &CohortCase) -> Option<bool> {
    let found = any(case.therapies.iter().map(|own| {
        all(&[
            Some(term.drugs.is_empty() || own.drugs.iter().any(|drug| term.drugs.contains(drug))),
            Some(
                term.classes.is_empty()
                    || own.classes.iter().any(|class| term.classes.contains(class)),
            ),
            within(term.lines, own.line.map(u16::from)),
            Some(term.side.is_none_or(|side| side == own.side)),
            among(&term.responses, own.response),
            within(term.started, own.start.map(CohortDay::number)),
        ])
    }));
    let is_recorded = match term.side {
        Some(Side::Before) => case.recorded.before,
        Some(Side::After) => case.recorded.after,
        None => case.recorded.before && case.recorded.after,
    };
    if found == Some(false) && !is_recorded { None } else { found }
}

fn event(term: &EventTerm, case: &CohortCase) -> Option<bool> {
    let found = any(case.events.iter().map(|own| {
        all(&[
            Some(term.codes.is_empty() || term.codes.contains(&own.code)),
            within(term.grades, own.grade.map(u16::from)),
            Some(term.side.is_none_or(|side| side == own.side)),
        ])
    }));
    if found == Some(false) && !case.recorded.events { None } else { found }
}
