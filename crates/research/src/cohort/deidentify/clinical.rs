//! What is taken from a clinical record.

use chrono::NaiveDate;
use model::{
    catalogue::Phase,
    clinical_record::{PANEL_SIDES, PanelSide, RecordReader, Row},
};

use super::Deidentification;
use crate::cohort::{
    case::{AdverseEvent, CohortCase, Name, PanelOutcome, TherapyLine, TherapyRecorded},
    day::CohortDay,
    word::{Answer, NotGivenReason, Response, SampleKind, Sex, Side, Stage, VitalStatus, Word},
};

/// What parts drugs that were written into one cell.
const BETWEEN_DRUGS: [char; 9] = ['+', '＋', ',', '，', '、', ';', '；', '/', '／'];

/// The sides in the order of [`PANEL_SIDES`].
const SIDES: [Side; 2] = [Side::Before, Side::After];

impl Deidentification<'_> {
    /// Takes what the record says; what it does not say stays as the case's document has it.
    pub(super) fn clinical(
        &self,
        case: &mut CohortCase,
        reader: &RecordReader<'_>,
        today: NaiveDate,
    ) {
        background(case, reader);
        let completeness = reader.completeness(today, Phase::FollowUp).percent();
        case.completeness = u8::try_from(completeness).ok();
        for (side, items) in SIDES.into_iter().zip(&PANEL_SIDES) {
            let therapies = reader.record.rows(items.regimens);
            case.therapies.extend(therapies.map(|(_, row)| self.therapy(reader, row, side, items)));
            let events = reader.record.rows(items.events);
            case.events.extend(events.filter_map(|(_, row)| event(reader, row, side, items)));
        }
        case.recorded = recorded(case, reader);
    }

    fn therapy(
        &self,
        reader: &RecordReader<'_>,
        row: &Row,
        side: Side,
        items: &PanelSide,
    ) -> TherapyLine {
        let written = items.drugs.iter().find_map(|item| {
            row.get(*item).map(|cell| cell.written.trim()).filter(|text| !text.is_empty())
        });
        let mut drugs: Vec<Name> = Vec::new();
        let mut classes: Vec<Name> = Vec::new();
        let parts = written.into_iter().flat_map(|text| text.split(BETWEEN_DRUGS));
        for part in parts.map(|part| part.trim().to_lowercase()).filter(|part| !part.is_empty()) {
            match self.drugs.get(&part) {
                Some(drug) => {
                    drugs.push(drug.id.as_str().into());
                    classes.extend(drug.classes.iter().map(|class| Name::from(class.as_str())));
                }
                None => drugs.push(part.into()),
            }
        }
        let day = |item| reader.day_in(row, item).and_then(exact);
        let meaning = |item: &str| row_meaning(reader, row, item);
        TherapyLine {
            start: day(items.start),
            end: day(items.end),
            side,
            line: meaning(items.line).and_then(|line| line.parse().ok()),
            drugs,
            classes,
            response: meaning(items.response)
                .and_then(|response| Response::of_code(&response.to_uppercase())),
        }
    }
}

fn background(case: &mut CohortCase, reader: &RecordReader<'_>) {
    let meaning = |item: &str| reader.meaning(item);
    let answer = |item: &str| reader.meaning(item).and_then(Answer::of_code);
    let day = |item: &str| reader.day(item).and_then(exact);
    let written = |item: &str| {
        let cell = reader.record.value(item)?;
        Some(cell.written.trim()).filter(|text| !text.is_empty() && !cell.is_unknown)
    };
    let changed = if meaning("diagnosis_changed") == Some("yes") {
        written("tumour_type_changed")
    } else {
        None
    };
    let tumour = changed.or_else(|| written("tumour_type")).map(Name::from);
    case.tumour = tumour.or(case.tumour.take());
    let age = reader.number("age").filter(|age| (0.0..=120.0).contains(age));
    case.age_years = age.map(|age| age as u8).or(case.age_years);
    case.sex = meaning("sex").and_then(Sex::of_code).or(case.sex);
    case.smoking = answer("smoking");
    let grade = meaning("performance_status").and_then(|grade| grade.parse().ok());
    case.performance_status = grade.or(case.performance_status);
    case.stage = meaning("first_stage").and_then(stage);
    case.metastasis = answer("metastasis");
    case.family_history = answer("family_history");
    case.sample_kind = meaning("specimen_kind").and_then(SampleKind::of_code).or(case.sample_kind);
    case.diagnosed = day("diagnosed");
    case.tested = case.tested.or_else(|| day("registered"));
    case.vital_status = meaning("outcome").and_then(VitalStatus::of_code);
    let died = day("died").filter(|_| case.vital_status == Some(VitalStatus::Dead));
    case.last_contact = died.or_else(|| day("last_contact"));
    case.outcome = PanelOutcome {
        held: day("panel_held"),
        option_proposed: answer("option_presented"),
        option_given: answer("presented_given"),
        not_given_reason: meaning("not_given_reason").and_then(NotGivenReason::of_code),
    };
}

fn stage(meaning: &str) -> Option<Stage> {
    Some(match meaning {
        "stage_0" => Stage::Zero,
        "stage_i" => Stage::One,
        "stage_ii" => Stage::Two,
        "stage_iii" => Stage::Three,
        "stage_iv" => Stage::Four,
        _ => return None,
    })
}

fn exact(day: model::clinical_record::Day) -> Option<CohortDay> {
    CohortDay::of(day.first).filter(|_| day.is_exact())
}

/// Returns what an item of a row means, where it is known.
fn row_meaning(reader: &RecordReader<'_>, row: &Row, item: &str) -> Option<String> {
    let list = model::catalogue::Catalogue::get().item(item)?.list?;
    let cell = row.get(item).filter(|cell| !cell.is_unknown)?;
    let meaning = reader.lists.meaning(list, cell.written.trim())?;
    (meaning != "unknown").then(|| meaning.to_owned())
}

fn event(
    reader: &RecordReader<'_>,
    row: &Row,
    side: Side,
    items: &PanelSide,
) -> Option<AdverseEvent> {
    let [code, ..] = items.event_names;
    let code = row.get(code).map(|cell| cell.written.trim());
    let grade = row_meaning(reader, row, items.event_grade).and_then(|grade| grade.parse().ok());
    Some(AdverseEvent { code: code.filter(|code| !code.is_empty())?.into(), grade, side })
}

/// Says of what the absence means something.
///
/// Therapies before the panel are complete where the record says that there were none, or has some. Those after it
/// where it has some, or says that neither the proposed drug nor another was given. Adverse events where every regimen
/// says whether there was one of grade 3 or above.
fn recorded(case: &CohortCase, reader: &RecordReader<'_>) -> TherapyRecorded {
    let has = |side: Side| case.therapies.iter().any(|therapy| therapy.side == side);
    let before = match reader.meaning("therapy_before") {
        Some("yes") => has(Side::Before),
        Some("no") => true,
        _ => false,
    };
    let no_other = reader.meaning("other_drug_given") == Some("no");
    let none_given = no_other && case.outcome.option_given != Some(Answer::Yes);
    let after = has(Side::After) || none_given;
    let says = |items: &PanelSide| {
        reader.record.rows(items.regimens).all(|(_, row)| {
            let meaning = row_meaning(reader, row, items.grade3);
            meaning.is_some_and(|meaning| ["yes", "no"].contains(&meaning.as_str()))
        })
    };
    TherapyRecorded { before, after, events: before && PANEL_SIDES.iter().all(says) }
}
