//! De-identified cases of the synthetic nation in any number, for the cohort engine and its measurements.
//!
//! They are drawn directly, without documents, so that a million of them take seconds. Frequencies of tumour
//! types and of well-known alterations are those of `tables/*.tsv`; all others are invented here.
//!
//! Not here: the cases that the record store holds ([`crate::nation`]).

use std::sync::{Arc, OnceLock};

use chrono::NaiveDate;
use model::evidence::EvidenceLevel;
use research::cohort::{
    Answer, CaseConsent, CohortCase, CohortDay, Msi, Name, NotGivenReason, PanelOutcome,
    SampleKind, Sex, Stage, VitalStatus,
};
use uuid::Uuid;

use self::{panels::Panels, therapy::Regimens};
use crate::{
    Hospital,
    draw::Draw,
    tables::{Tables, Tumour},
};

mod alteration;
mod panels;
mod therapy;

/// Added to the seed, so that these draws are not those of the nation's documents.
const COHORT_SEED: u64 = 0x636f_686f_7274;
/// First day on which a case is tested, and over how many days they spread.
const FIRST_TEST: Option<NaiveDate> = NaiveDate::from_ymd_opt(2019, 6, 1);
const SPREAD_DAYS: u64 = 2_600;
/// The last day that any case knows of.
const HORIZON: Option<NaiveDate> = NaiveDate::from_ymd_opt(2026, 9, 30);

/// Returns de-identified cases, in the order of their numbers.
///
/// The same seed gives the same cases, whatever their number.
///
/// ```
/// let first = synthetic::cohort_cases(1, 3).next().expect("a nation of three has a first case");
/// assert!(first.synthetic);
/// ```
pub fn cohort_cases(seed: u64, cases: usize) -> impl Iterator<Item = CohortCase> + Send {
    (0..cases as u64).map(move |index| cohort_case(seed, index))
}

/// Returns the de-identified case of one number (from 0).
pub fn cohort_case(seed: u64, index: u64) -> CohortCase {
    let nation = Nation::get();
    let mut draw = Draw::new(seed ^ COHORT_SEED, index);
    let mut case = CohortCase::unknown(identifier(seed, index), Arc::clone(&nation.collection));
    case.synthetic = true;
    let tables = Tables::get();
    let tumour = draw
        .weighted(&tables.tumours, |tumour| tumour.weight)
        .unwrap_or_else(|| unreachable!("the embedded table has tumour types"));
    background(&mut case, &mut draw, tumour, nation);
    let dates = Dates::draw(&mut draw, tumour);
    let panel = panels::draw(&mut case, &mut draw, tumour, &nation.panels);
    markers(&mut case, &mut draw, tumour);
    if let Some(panel) = panel {
        alteration::draw(&mut case, &mut draw, tumour, panel);
    }
    outcome(&mut case, &mut draw, &dates);
    therapy::draw(&mut case, &mut draw, &dates, &nation.regimens);
    consent(&mut case, &mut draw);
    forget(&mut case, &mut draw);
    case.normalised()
}

/// What all cases share.
struct Nation {
    collection: Name,
    tumours: Vec<Name>,
    hospitals: Vec<(&'static Hospital, Name)>,
    panels: Panels,
    regimens: Regimens,
}

impl Nation {
    fn get() -> &'static Self {
        static NATION: OnceLock<Nation> = OnceLock::new();
        NATION.get_or_init(|| {
            let tables = Tables::get();
            let hospitals = tables.hospitals.iter();
            Self {
                collection: "registered".into(),
                tumours: tables.tumours.iter().map(|tumour| tumour.code.into()).collect(),
                hospitals: hospitals
                    .map(|hospital| (hospital, hospital.code.to_string().into()))
                    .collect(),
                panels: Panels::new(tables),
                regimens: Regimens::new(),
            }
        })
    }
}

fn identifier(seed: u64, index: u64) -> Uuid {
    let mut draw = Draw::new(seed ^ COHORT_SEED ^ 1, index);
    let high = draw.below(u64::MAX);
    let low = draw.below(1 << 40) << 24 | index & 0xFF_FFFF;
    uuid::Builder::from_u128(u128::from(high) << 64 | u128::from(low))
        .with_version(uuid::Version::Random)
        .with_variant(uuid::Variant::RFC4122)
        .into_uuid()
}

/// The days that a case's course follows from. Units: days since 1900-01-01.
struct Dates {
    diagnosed: u16,
    tested: u16,
    last: u16,
    is_dead: bool,
}

impl Dates {
    fn draw(draw: &mut Draw, tumour: &Tumour) -> Self {
        let number = |date: Option<NaiveDate>| {
            date.and_then(CohortDay::of).map_or(0, |day| u64::from(day.number()))
        };
        let tested = number(FIRST_TEST) + draw.below(SPREAD_DAYS);
        let delay = halving(draw, 240) + draw.between(10, 60);
        // Tumours that grow faster are followed for a shorter time; the burden of mutations stands for nothing here.
        let half_life = 200 + u64::from(tumour.age_years < 60) * 150 + tumour.weight % 7 * 60;
        let end = tested + halving(draw, half_life) + 1;
        let seen_until = number(HORIZON).saturating_sub(draw.below(200));
        let is_dead = end <= seen_until;
        let last = if is_dead { end } else { seen_until.max(tested + draw.below(30)) };
        let day = |number: u64| u16::try_from(number).unwrap_or(u16::MAX - 1);
        Self { diagnosed: day(tested - delay), tested: day(tested), last: day(last), is_dead }
    }
}

/// Returns a time that half of all exceed by each half-life. Units: days, at most twelve half-lives.
fn halving(draw: &mut Draw, half_life: u64) -> u64 {
    let mut whole = 0;
    while whole < 11 && draw.happens(500) {
        whole += 1;
    }
    whole * half_life + draw.below(half_life)
}

fn background(case: &mut CohortCase, draw: &mut Draw, tumour: &Tumour, nation: &Nation) {
    let at = Tables::get().tumours.iter().position(|known| std::ptr::eq(known, tumour));
    case.tumour = at.and_then(|at| nation.tumours.get(at)).cloned();
    let is_female = draw.below(100) < tumour.female_percent;
    case.sex = Some(if is_female { Sex::Female } else { Sex::Male });
    let age = (tumour.age_years as f64 + draw.bell() * 11.0).round().clamp(1.0, 96.0);
    case.age_years = Some(age as u8);
    let answer = |holds: bool| Some(if holds { Answer::Yes } else { Answer::No });
    case.smoking = answer(draw.happens(if is_female { 220 } else { 610 }));
    let grades = [(0, 52), (1, 38), (2, 8), (3, 2)];
    case.performance_status = draw.weighted(&grades, |grade| grade.1).map(|grade| grade.0);
    let stages = [
        (Stage::One, 8),
        (Stage::Two, 14),
        (Stage::Three, 24),
        (Stage::Four, 54),
        (Stage::Zero, 1),
    ];
    case.stage = draw.weighted(&stages, |stage| stage.1).map(|stage| stage.0);
    case.metastasis = answer(draw.happens(720));
    case.family_history = answer(draw.happens(430));
    let hospital = draw.weighted(&nation.hospitals, |(hospital, _)| hospital.weight());
    case.hospital = hospital.map(|(_, code)| Arc::clone(code));
    case.prefecture = hospital.map(|(hospital, _)| hospital.prefecture.number());
    case.completeness = u8::try_from(draw.between(55, 100)).ok();
}

fn markers(case: &mut CohortCase, draw: &mut Draw, tumour: &Tumour) {
    let is_high = draw.happens(tumour.markers.msi_high_per_mille);
    case.msi = Some(if is_high { Msi::High } else { Msi::Stable });
    let usual = tumour.markers.tmb_median * 100;
    let burden =
        if is_high { draw.between(2_000, 8_000) } else { draw.between(usual / 4, usual * 2) };
    let hypermutated = draw.happens(4);
    let burden = if hypermutated { draw.between(10_000, 40_000) } else { burden };
    case.tmb = u16::try_from(burden).ok();
    case.sample_kind = case.sample_kind.or(Some(SampleKind::Ffpe));
}

fn outcome(case: &mut CohortCase, draw: &mut Draw, dates: &Dates) {
    case.diagnosed = CohortDay::of_number(dates.diagnosed);
    case.tested = CohortDay::of_number(dates.tested);
    case.last_contact = CohortDay::of_number(dates.last);
    case.vital_status = Some(if dates.is_dead { VitalStatus::Dead } else { VitalStatus::Alive });
    let held = dates.tested + 30 + draw.below(40) as u16;
    if held > dates.last {
        return;
    }
    let has_level = case.level.is_some_and(|level| level <= EvidenceLevel::D);
    let is_proposed = draw.happens(if has_level { 620 } else { 60 });
    let is_given = draw.happens(330);
    let reasons = [
        (NotGivenReason::OtherTherapy, 30),
        (NotGivenReason::Condition, 25),
        (NotGivenReason::Death, 15),
        (NotGivenReason::NotEligible, 12),
        (NotGivenReason::NoAccess, 8),
        (NotGivenReason::PatientWish, 6),
        (NotGivenReason::Other, 4),
    ];
    let answer = |holds: bool| Some(if holds { Answer::Yes } else { Answer::No });
    case.outcome = PanelOutcome {
        held: CohortDay::of_number(held),
        option_proposed: answer(is_proposed),
        option_given: answer(is_given).filter(|_| is_proposed),
        not_given_reason: draw
            .weighted(&reasons, |reason| reason.1)
            .map(|reason| reason.0)
            .filter(|_| is_proposed && !is_given),
    };
}

fn consent(case: &mut CohortCase, draw: &mut Draw) {
    let mut answer =
        |per_mille: u64| Some(if draw.happens(per_mille) { Answer::Yes } else { Answer::No });
    case.consent = CaseConsent { academic: answer(996), company: answer(940), abroad: answer(900) };
}

/// Leaves out some of what is known of a case, as happens in life.
fn forget(case: &mut CohortCase, draw: &mut Draw) {
    if draw.happens(60) {
        case.smoking = None;
    }
    if draw.happens(25) {
        case.performance_status = None;
    }
    if draw.happens(180) {
        case.stage = None;
    }
    if draw.happens(20) {
        case.metastasis = None;
    }
    if draw.happens(90) {
        case.family_history = None;
    }
    if draw.happens(30) {
        case.diagnosed = None;
    }
    if draw.happens(50) {
        case.vital_status = None;
        case.last_contact = None;
    }
    if draw.happens(4) {
        case.age_years = None;
    }
    if draw.happens(70) {
        case.msi = None;
    }
    if draw.happens(80) {
        case.tmb = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_nation_is_the_beginning_of_a_large_one() {
        let small: Vec<_> = cohort_cases(7, 20).collect();
        let large: Vec<_> = cohort_cases(7, 50).take(20).collect();
        assert_eq!(small, large);
        assert_ne!(cohort_cases(8, 1).next(), small.into_iter().next());
    }

    #[test]
    fn cases_look_like_those_of_a_programme() {
        let cases: Vec<_> = cohort_cases(1, 4_000).collect();
        assert!(cases.iter().all(|case| case.synthetic));
        let ids: std::collections::HashSet<_> = cases.iter().map(|case| case.id).collect();
        assert_eq!(ids.len(), cases.len());
        let mean = |count: &dyn Fn(&CohortCase) -> usize| {
            cases.iter().map(count).sum::<usize>() as f64 / cases.len() as f64
        };
        let alterations = mean(&|case| case.alterations.len());
        let therapies = mean(&|case| case.therapies.len());
        assert!((9.0..15.0).contains(&alterations), "{alterations} alterations a case");
        assert!((2.0..4.0).contains(&therapies), "{therapies} therapies a case");
        let dead = mean(&|case| usize::from(case.vital_status == Some(VitalStatus::Dead)));
        assert!((0.3..0.9).contains(&dead), "{dead} dead");
        for case in &cases {
            assert!(case.last_contact.is_none_or(|last| case.tested.is_none_or(|day| day <= last)));
        }
    }
}
