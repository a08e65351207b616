//! Adverse events beside the regimens that they belong to.

use super::{Check, Checking, DATES, Trouble, filled};
use crate::{
    clinical_record::{CellAddress, Day, PANEL_SIDES, PanelSide, Row},
    text::LocalizedText,
};

pub(super) const CHECKS: &[Check] = &[
    Check::warning("record.adverse_event.grade3_without_event", grade3_without_event),
    Check::warning("record.adverse_event.grade3_denied", grade3_denied),
    Check::warning("record.adverse_event.before_therapy", before_therapy),
    Check::error("record.adverse_event.after_death", after_death),
    Check::error("record.adverse_event.fatal_but_alive", fatal_but_alive),
    Check::error("record.adverse_event.without_name", without_name),
    Check::warning("record.adverse_event.wrong_side", wrong_side),
    Check::warning("record.adverse_event.without_therapy", without_therapy),
];

/// From this grade on an event is asked for by the regimen. Source: CTCAE v5.0 grades.
const SEVERE: [&str; 3] = ["3", "4", "5"];

fn is_severe(checking: &Checking<'_>, row: &Row, side: &PanelSide) -> bool {
    let grade = row.get(side.event_grade).map(|value| value.written.trim());
    let meaning = grade.and_then(|grade| checking.lists().meaning("grade", grade));
    meaning.is_some_and(|grade| SEVERE.contains(&grade))
}

fn grade3_without_event(checking: &Checking<'_>) -> Vec<Trouble> {
    let mut found = Vec::new();
    for side in &PANEL_SIDES {
        let events = checking.rows(side.events);
        if events.iter().any(|(_, row)| is_severe(checking, row, side)) {
            continue;
        }
        let regimens = checking.rows(side.regimens);
        let says_so = |row| checking.row_is(row, side.grade3, "yes");
        let addresses: Vec<_> = regimens
            .into_iter()
            .filter(|(_, row)| says_so(row))
            .map(|(id, _)| CellAddress::in_row(side.regimens, id, side.grade3))
            .collect();
        if addresses.is_empty() {
            continue;
        }
        found.push(Trouble::new(
            addresses,
            LocalizedText::of(
                "Grade3以上の有害事象が「あり」ですが、その有害事象の行がありません。",
                "A regimen had adverse events of grade 3 or above, but no such event is entered.",
            ),
            LocalizedText::of(
                "有害事象の名称、日付、Gradeを追加してください。",
                "Add the event with its name, day and grade.",
            ),
        ));
    }
    found
}

fn grade3_denied(checking: &Checking<'_>) -> Vec<Trouble> {
    let mut found = Vec::new();
    for side in &PANEL_SIDES {
        let regimens = checking.rows(side.regimens);
        let all_deny = !regimens.is_empty()
            && regimens.iter().all(|(_, row)| checking.row_is(row, side.grade3, "no"));
        if !all_deny {
            continue;
        }
        let severe = checking.rows(side.events).into_iter();
        for (id, _) in severe.filter(|(_, row)| is_severe(checking, row, side)) {
            found.push(Trouble::new(
                vec![CellAddress::in_row(side.events, id, side.event_grade)],
                LocalizedText::of(
                    "Grade3以上の有害事象がありますが、どのレジメンも「Grade3以上なし」です。",
                    "There is an event of grade 3 or above, but every regimen says there was none.",
                ),
                LocalizedText::of(
                    "該当するレジメンのGrade3以上の有無を直してください。",
                    "Mend the answer of the regimen that the event belongs to.",
                ),
            ));
        }
    }
    found
}

fn before_therapy(checking: &Checking<'_>) -> Vec<Trouble> {
    let mut found = Vec::new();
    for side in &PANEL_SIDES {
        let regimens = checking.rows(side.regimens);
        let starts: Vec<Day> = regimens
            .iter()
            .filter_map(|(_, row)| checking.reader.day_in(row, side.start))
            .collect();
        let Some(first) = starts.iter().min_by_key(|day| day.first) else { continue };
        for (id, row) in checking.rows(side.events) {
            let Some(day) = checking.reader.day_in(row, side.event_date) else { continue };
            if day.is_before(*first) {
                found.push(Trouble::new(
                    vec![CellAddress::in_row(side.events, id, side.event_date)],
                    LocalizedText::new(
                        format!("有害事象の日({day})が、最初の投与開始日({first})より前です。"),
                        format!("The event ({day}) is before the first day of therapy ({first})."),
                    ),
                    DATES,
                ));
            }
        }
    }
    found
}

fn after_death(checking: &Checking<'_>) -> Vec<Trouble> {
    let Some(died) = checking.day("died") else { return Vec::new() };
    let mut found = Vec::new();
    for side in &PANEL_SIDES {
        for (id, row) in checking.rows(side.events) {
            let Some(day) = checking.reader.day_in(row, side.event_date) else { continue };
            if died.is_before(day) {
                found.push(Trouble::new(
                    vec![
                        CellAddress::in_row(side.events, id, side.event_date),
                        CellAddress::single("died"),
                    ],
                    LocalizedText::new(
                        format!("有害事象の日({day})が死亡日({died})より後です。"),
                        format!("The event ({day}) is after the day of death ({died})."),
                    ),
                    DATES,
                ));
            }
        }
    }
    found
}

fn fatal_but_alive(checking: &Checking<'_>) -> Vec<Trouble> {
    if !checking.is("outcome", "alive") {
        return Vec::new();
    }
    let mut found = Vec::new();
    for side in &PANEL_SIDES {
        for (id, row) in checking.rows(side.events) {
            if checking.row_is(row, side.event_grade, "5") {
                found.push(Trouble::new(
                    vec![
                        CellAddress::in_row(side.events, id, side.event_grade),
                        CellAddress::single("outcome"),
                    ],
                    LocalizedText::of(
                        "Grade5(死亡)の有害事象がありますが、転帰が「生存」です。",
                        "There is an event of grade 5 (death), but the patient is alive.",
                    ),
                    LocalizedText::of(
                        "Gradeと転帰のどちらが正しいかを確かめてください。",
                        "Find out whether the grade or the outcome is right.",
                    ),
                ));
            }
        }
    }
    found
}

fn without_name(checking: &Checking<'_>) -> Vec<Trouble> {
    let mut found = Vec::new();
    for side in &PANEL_SIDES {
        for (id, row) in checking.rows(side.events) {
            if side.event_names.iter().any(|item| filled(row, item)) {
                continue;
            }
            let [code, ..] = side.event_names;
            found.push(Trouble::new(
                vec![CellAddress::in_row(side.events, id, code)],
                LocalizedText::of(
                    "有害事象の行に名称もコードもありません。",
                    "A row of adverse events has neither name nor code.",
                ),
                LocalizedText::of(
                    "CTCAE v5.0の名称を選ぶか、行を消してください。",
                    "Choose the name of CTCAE v5.0, or remove the row.",
                ),
            ));
        }
    }
    found
}

fn wrong_side(checking: &Checking<'_>) -> Vec<Trouble> {
    let Some(panel) = checking.day("panel_held") else { return Vec::new() };
    let [before, after] = &PANEL_SIDES;
    let day = |row: &Row, side: &PanelSide| checking.reader.day_in(row, side.event_date);
    let late = checking.rows(before.events).into_iter().filter_map(|(id, row)| {
        let is_late = panel.is_before(day(row, before)?);
        is_late.then(|| CellAddress::in_row(before.events, id, before.event_date))
    });
    let early = checking.rows(after.events).into_iter().filter_map(|(id, row)| {
        let is_early = day(row, after)?.is_before(panel);
        is_early.then(|| CellAddress::in_row(after.events, id, after.event_date))
    });
    let found = late.chain(early).map(|address| {
        Trouble::new(
            vec![address, CellAddress::single("panel_held")],
            LocalizedText::new(
                format!(
                    "有害事象の日が、エキスパートパネル開催日({panel})の前後で逆の欄にあります。"
                ),
                format!("The event stands on the wrong side of the expert panel ({panel})."),
            ),
            LocalizedText::of(
                "日付を直すか、パネル前・後の正しい欄に移してください。",
                "Mend the date, or move the row to the other side of the panel.",
            ),
        )
    });
    found.collect()
}

fn without_therapy(checking: &Checking<'_>) -> Vec<Trouble> {
    let mut found = Vec::new();
    for side in &PANEL_SIDES {
        let events = checking.rows(side.events);
        let Some((id, _)) = events.first() else { continue };
        if checking.rows(side.regimens).is_empty() {
            found.push(Trouble::new(
                vec![CellAddress::in_row(side.events, *id, side.event_names[0])],
                LocalizedText::of(
                    "有害事象がありますが、その前後のレジメンが一つもありません。",
                    "There are adverse events, but no regimen that they could belong to.",
                ),
                LocalizedText::of(
                    "レジメンを追加するか、パネル前・後の欄を確かめてください。",
                    "Add the regimen, or check on which side of the panel it was.",
                ),
            ));
        }
    }
    found
}

#[cfg(test)]
pub(super) const CASES: &[(&str, &str, &str)] = &[
    (
        "record.adverse_event.grade3_without_event",
        "before_grade3@0=1",
        "before_grade3@0=1 before_event@0=10002272 before_event_grade@0=3",
    ),
    (
        "record.adverse_event.grade3_without_event",
        "after_grade3@0=1 after_event_ja@0=貧血 after_event_grade@0=2",
        "after_grade3@0=0 after_event_ja@0=貧血 after_event_grade@0=2",
    ),
    (
        "record.adverse_event.grade3_denied",
        "before_grade3@0=0 before_event_ja@0=貧血 before_event_grade@0=4",
        "before_grade3@0=0 before_grade3@1=1 before_event_ja@0=貧血 before_event_grade@0=4",
    ),
    (
        "record.adverse_event.before_therapy",
        "before_start@0=2024/2/1 before_event_date@0=2024/1/1",
        "before_start@0=2024/2/1 before_event_date@0=2024/2",
    ),
    (
        "record.adverse_event.after_death",
        "died=2025/1/1 after_event_date@0=2025/2/1",
        "died=2025/1/1 after_event_date@0=2025/1/1",
    ),
    (
        "record.adverse_event.fatal_but_alive",
        "outcome=C37987 after_event_grade@0=5",
        "outcome=C28554 after_event_grade@0=5",
    ),
    (
        "record.adverse_event.without_name",
        "after_event_grade@0=3",
        "after_event_grade@0=3 after_event_en@0=Anemia",
    ),
    (
        "record.adverse_event.wrong_side",
        "panel_held=2025/1/10 before_event_date@0=2025/2/1",
        "panel_held=2025/1/10 before_event_date@0=2025/1/10",
    ),
    (
        "record.adverse_event.wrong_side",
        "panel_held=2025/1/10 after_event_date@0=2024/12/1",
        "panel_held=2025/1/10 after_event_date@0=2025/1",
    ),
    (
        "record.adverse_event.without_therapy",
        "after_event_ja@0=貧血",
        "after_event_ja@0=貧血 after_start@0=2025/1/1",
    ),
];
