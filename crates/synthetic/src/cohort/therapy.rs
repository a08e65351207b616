//! Therapies of a case and their adverse events.

use std::sync::Arc;

use research::cohort::{
    AdverseEvent, CohortCase, CohortDay, Name, Response, Side, TherapyLine, TherapyRecorded,
};

use super::Dates;
use crate::draw::Draw;

/// A regimen as written here: drugs, their classes, how often it is given, and the gene it is given for.
type WrittenRegimen = (&'static str, &'static str, u64, Option<&'static str>);

/// Regimens; invented frequencies.
const REGIMENS: [WrittenRegimen; 28] = [
    ("carboplatin+paclitaxel", "platinum+taxane", 90, None),
    ("fluorouracil+oxaliplatin", "fluoropyrimidine+platinum", 90, None),
    ("fluorouracil+irinotecan", "fluoropyrimidine+topoisomerase inhibitor", 70, None),
    ("gemcitabine+paclitaxel", "nucleoside analogue+taxane", 80, None),
    ("cisplatin+gemcitabine", "nucleoside analogue+platinum", 50, None),
    ("docetaxel", "taxane", 50, None),
    ("pembrolizumab", "PD-1 antibody", 60, None),
    ("nivolumab", "PD-1 antibody", 45, None),
    ("bevacizumab+fluorouracil+oxaliplatin", "VEGF antibody+fluoropyrimidine+platinum", 40, None),
    ("cisplatin+pemetrexed", "antifolate+platinum", 30, None),
    ("capecitabine", "fluoropyrimidine", 30, None),
    ("eribulin", "microtubule inhibitor", 16, None),
    ("doxorubicin", "anthracycline", 25, None),
    ("letrozole+palbociclib", "CDK4/6 inhibitor+aromatase inhibitor", 18, None),
    ("regorafenib", "Multikinase inhibitor", 14, None),
    ("ramucirumab+paclitaxel", "VEGFR antibody+taxane", 22, None),
    ("trastuzumab+pertuzumab", "HER2 antibody", 10, Some("ERBB2")),
    ("trastuzumab deruxtecan", "HER2 antibody-drug conjugate", 14, Some("ERBB2")),
    ("osimertinib", "EGFR inhibitor", 40, Some("EGFR")),
    ("alectinib", "ALK inhibitor", 40, Some("ALK")),
    ("sotorasib", "KRAS G12C inhibitor", 12, Some("KRAS")),
    ("dabrafenib+trametinib", "BRAF inhibitor+MEK inhibitor", 30, Some("BRAF")),
    ("olaparib", "PARP inhibitor", 30, Some("BRCA2")),
    ("niraparib", "PARP inhibitor", 30, Some("BRCA1")),
    ("imatinib", "ABL, KIT and PDGFR inhibitor", 40, Some("KIT")),
    ("pemigatinib", "FGFR inhibitor", 30, Some("FGFR2")),
    ("entrectinib", "TRK and ROS1 inhibitor", 40, Some("NTRK1")),
    ("selpercatinib", "RET inhibitor", 40, Some("RET")),
];

/// Adverse events of CTCAE v5.0 and how often they come.
const EVENTS: [(&str, u64); 10] = [
    ("10029366", 34),
    ("10002272", 18),
    ("10035528", 14),
    ("10012727", 9),
    ("10016256", 8),
    ("10028813", 6),
    ("10034620", 5),
    ("10037844", 3),
    ("10035742", 2),
    ("10019150", 1),
];

/// A regimen with its names.
struct Regimen {
    drugs: Vec<Name>,
    classes: Vec<Name>,
    weight: u64,
    gene: Option<&'static str>,
}

/// All regimens and adverse events.
pub(super) struct Regimens {
    regimens: Vec<Regimen>,
    events: Vec<(Name, u64)>,
}

impl Regimens {
    pub(super) fn new() -> Self {
        let split = |text: &str| text.split('+').map(Name::from).collect();
        let regimens = REGIMENS.iter().map(|(drugs, classes, weight, gene)| Regimen {
            drugs: split(drugs),
            classes: split(classes),
            weight: *weight,
            gene: *gene,
        });
        let events = EVENTS.iter().map(|(code, weight)| ((*code).into(), *weight));
        Self { regimens: regimens.collect(), events: events.collect() }
    }
}

pub(super) fn draw(case: &mut CohortCase, draw: &mut Draw, dates: &Dates, regimens: &Regimens) {
    case.recorded = TherapyRecorded {
        before: !draw.happens(40),
        after: !draw.happens(90),
        events: !draw.happens(110),
    };
    let lines =
        draw.weighted(&[(0, 6), (1, 20), (2, 28), (3, 22), (4, 14), (5, 6), (6, 4)], |line| line.1);
    let before = lines.map_or(0, |line| line.0);
    let span = u64::from(dates.tested - dates.diagnosed);
    let step = span / (before + 1);
    for line in 0..before {
        let start = u64::from(dates.diagnosed) + line * step + draw.below(step.max(1));
        one_line(case, draw, regimens, Side::Before, line + 1, start, step);
    }
    let left = u64::from(dates.last.saturating_sub(dates.tested));
    let after =
        u64::from(left > 60 && draw.happens(620)) + u64::from(left > 240 && draw.happens(300));
    for line in 0..after {
        let start = u64::from(dates.tested) + 35 + line * left / 2;
        one_line(case, draw, regimens, Side::After, before + line + 1, start, left / 2);
    }
}

fn one_line(
    case: &mut CohortCase,
    draw: &mut Draw,
    regimens: &Regimens,
    side: Side,
    line: u64,
    start: u64,
    days: u64,
) {
    let altered = |gene: &str| case.alterations.iter().any(|alteration| *alteration.gene == *gene);
    let weight = |regimen: &Regimen| match (regimen.gene, side) {
        (None, _) => regimen.weight,
        (Some(gene), Side::After) if altered(gene) => regimen.weight * 20,
        (Some(gene), Side::Before) if altered(gene) => regimen.weight * 2,
        (Some(_), _) => 0,
    };
    let Some(regimen) = draw.weighted(&regimens.regimens, weight) else { return };
    let responses = if regimen.gene.is_some() { [6, 34, 34, 18, 8] } else { [3, 22, 38, 28, 9] };
    let choices = [
        (Response::Complete, 0),
        (Response::Partial, 1),
        (Response::Stable, 2),
        (Response::Progressive, 3),
        (Response::NotEvaluable, 4),
    ];
    let response = draw.weighted(&choices, |(_, at)| responses[*at]).map(|choice| choice.0);
    let day = |number: u64| u16::try_from(number).ok().and_then(CohortDay::of_number);
    case.therapies.push(TherapyLine {
        start: day(start).filter(|_| !draw.happens(30)),
        end: day(start + draw.below(days.max(1))).filter(|_| !draw.happens(150)),
        side,
        line: u8::try_from(line).ok().filter(|_| !draw.happens(40)),
        drugs: regimen.drugs.clone(),
        classes: regimen.classes.clone(),
        response: response.filter(|_| !draw.happens(90)),
    });
    if draw.happens(260)
        && let Some((code, _)) = draw.weighted(&regimens.events, |event| event.1)
    {
        let grade = draw.weighted(&[(2, 20), (3, 62), (4, 17), (5, 1)], |grade| grade.1);
        case.events.push(AdverseEvent {
            code: Arc::clone(code),
            grade: grade.map(|grade| grade.0).filter(|_| !draw.happens(50)),
            side,
        });
    }
}
