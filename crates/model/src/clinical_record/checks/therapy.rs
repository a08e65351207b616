//! Regimens: dates, lines, responses, and one regimen entered twice.

use super::{Check, Checking, DATES, Trouble, filled, said};
use crate::{
    clinical_record::{CellAddress, Day, PANEL_SIDES, PanelSide, Row, RowId},
    text::LocalizedText,
};

pub(super) const CHECKS: &[Check] = &[
    Check::error("record.therapy.end_before_start", end_before_start),
    Check::error("record.therapy.progressed_before_start", progressed_before_start),
    Check::error("record.therapy.wrong_side", wrong_side),
    Check::warning("record.therapy.before_diagnosis", before_diagnosis),
    Check::error("record.therapy.continues_with_end", continues_with_end),
    Check::warning("record.therapy.denied", denied),
    Check::warning("record.therapy.without_rows", without_rows),
    Check::error("record.therapy.response_without_therapy", response_without_therapy),
    Check::warning("record.therapy.line_order", line_order),
    Check::warning("record.therapy.line_gap", line_gap),
    Check::warning("record.therapy.entered_twice", entered_twice),
    Check::note("record.therapy.progression_without_day", progression_without_day),
    Check::warning("record.therapy.stopped_by_no_event", stopped_by_no_event),
];

/// Calls a function for every regimen of both sides.
fn each<'a>(
    checking: &Checking<'a>,
    find: impl Fn(&'static PanelSide, RowId, &'a Row) -> Option<Trouble>,
) -> Vec<Trouble> {
    let mut found = Vec::new();
    for side in &PANEL_SIDES {
        let rows = checking.rows(side.regimens).into_iter();
        found.extend(rows.filter_map(|(id, row)| find(side, id, row)));
    }
    found
}

fn cells(side: &PanelSide, id: RowId, items: &[&'static str]) -> Vec<CellAddress> {
    items.iter().map(|item| CellAddress::in_row(side.regimens, id, *item)).collect()
}

/// Finds a day of a row that is before another day of it.
fn days_in_order(
    checking: &Checking<'_>,
    pick: impl Fn(&'static PanelSide) -> (&'static str, &'static str),
) -> Vec<Trouble> {
    each(checking, |side, id, row| {
        let (first, second) = pick(side);
        let earlier = checking.reader.day_in(row, first)?;
        let later = checking.reader.day_in(row, second)?;
        if !later.is_before(earlier) {
            return None;
        }
        let message = said(&[first, second], |[a, b]| {
            LocalizedText::new(
                format!("「{}」({later})が「{}」({earlier})より前です。", b.ja, a.ja),
                format!("\"{}\" ({later}) is before \"{}\" ({earlier}).", b.en, a.en),
            )
        });
        Some(Trouble::new(cells(side, id, &[second, first]), message, DATES))
    })
}

fn end_before_start(checking: &Checking<'_>) -> Vec<Trouble> {
    days_in_order(checking, |side| (side.start, side.end))
}

fn progressed_before_start(checking: &Checking<'_>) -> Vec<Trouble> {
    days_in_order(checking, |side| (side.start, side.progressed))
}

fn wrong_side(checking: &Checking<'_>) -> Vec<Trouble> {
    let Some(panel) = checking.day("panel_held") else { return Vec::new() };
    each(checking, |side, id, row| {
        let start = checking.reader.day_in(row, side.start)?;
        let is_before_side = side.regimens == "regimen_before";
        let is_wrong = if is_before_side { panel.is_before(start) } else { start.is_before(panel) };
        if !is_wrong {
            return None;
        }
        let message = if is_before_side {
            LocalizedText::new(
                format!("パネル前のレジメンが、開催日({panel})より後の{start}に始まっています。"),
                format!("A regimen before the panel began on {start}, after the panel ({panel})."),
            )
        } else {
            LocalizedText::new(
                format!("パネル後のレジメンが、開催日({panel})より前の{start}に始まっています。"),
                format!("A regimen after the panel began on {start}, before the panel ({panel})."),
            )
        };
        let mut addresses = cells(side, id, &[side.start]);
        addresses.push(CellAddress::single("panel_held"));
        Some(Trouble::new(
            addresses,
            message,
            LocalizedText::of(
                "日付を直すか、パネル前・後の正しい欄に移してください。",
                "Mend the date, or move the regimen to the other side of the panel.",
            ),
        ))
    })
}

fn before_diagnosis(checking: &Checking<'_>) -> Vec<Trouble> {
    let Some(diagnosed) = checking.day("diagnosed") else { return Vec::new() };
    each(checking, |side, id, row| {
        let start = checking.reader.day_in(row, side.start)?;
        if !start.is_before(diagnosed) {
            return None;
        }
        Some(Trouble::new(
            cells(side, id, &[side.start]),
            LocalizedText::new(
                format!("投与開始日({start})が診断日({diagnosed})より前です。"),
                format!("The therapy began ({start}) before the diagnosis ({diagnosed})."),
            ),
            LocalizedText::of(
                "別のがんの治療でないか、診断日が再発の日でないかを確かめてください。",
                "Check that it is not for another cancer, and that the diagnosis is not that of the relapse.",
            ),
        ))
    })
}

fn continues_with_end(checking: &Checking<'_>) -> Vec<Trouble> {
    each(checking, |side, id, row| {
        let item = [side.end, side.end_reason].into_iter().find(|item| filled(row, item))?;
        if !checking.row_is(row, side.continues, "yes") {
            return None;
        }
        let message = said(&[item], |[label]| {
            LocalizedText::new(
                format!("レジメンが継続中ですが「{}」が入力されています。", label.ja),
                format!("The regimen continues, yet \"{}\" is filled.", label.en),
            )
        });
        Some(Trouble::new(
            cells(side, id, &[side.continues, item]),
            message,
            LocalizedText::of(
                "継続区分を直すか、終了日と終了理由を消してください。",
                "Mend whether it continues, or clear day and reason of the end.",
            ),
        ))
    })
}

fn denied(checking: &Checking<'_>) -> Vec<Trouble> {
    let rows = checking.rows("regimen_before").len();
    if rows == 0 || !checking.is("therapy_before", "no") {
        return Vec::new();
    }
    vec![Trouble::of(
        &["therapy_before"],
        LocalizedText::new(
            format!("薬物療法の実施が「なし」ですが、パネル前のレジメンが{rows}行あります。"),
            format!("There was no drug therapy, yet {rows} regimens before the panel are entered."),
        ),
        LocalizedText::of(
            "有無を「あり」に直すか、行を消してください。",
            "Change the answer to yes, or remove the rows.",
        ),
    )]
}

fn without_rows(checking: &Checking<'_>) -> Vec<Trouble> {
    if !checking.is("therapy_before", "yes") || !checking.rows("regimen_before").is_empty() {
        return Vec::new();
    }
    vec![Trouble::of(
        &["therapy_before"],
        LocalizedText::of(
            "薬物療法の実施が「あり」ですが、パネル前のレジメンがありません。",
            "There was drug therapy, but no regimen before the panel is entered.",
        ),
        LocalizedText::of("レジメンを追加してください。", "Add the regimens."),
    )]
}

fn has_drug(side: &PanelSide, row: &Row) -> bool {
    filled(row, side.regimen) || side.drugs.iter().any(|item| filled(row, item))
}

fn response_without_therapy(checking: &Checking<'_>) -> Vec<Trouble> {
    each(checking, |side, id, row| {
        let is_judged =
            checking.reader.meaning_in(row, side.response).is_some_and(|response| response != "ne");
        if !is_judged || has_drug(side, row) || filled(row, side.start) {
            return None;
        }
        Some(Trouble::new(
            cells(side, id, &[side.response, side.start]),
            LocalizedText::of(
                "最良総合効果がありますが、薬剤も投与開始日もありません。",
                "There is a best response, but neither a drug nor a first day.",
            ),
            LocalizedText::of(
                "薬剤と投与開始日を入力してください。",
                "Enter the drug and the first day.",
            ),
        ))
    })
}

/// Returns the lines of therapy of both sides with their first days.
fn lines(checking: &Checking<'_>) -> Vec<(u32, Option<Day>, CellAddress)> {
    let mut lines = Vec::new();
    for side in &PANEL_SIDES {
        for (id, row) in checking.rows(side.regimens) {
            let written = row.get(side.line).map(|value| value.written.trim());
            let code = written.and_then(|code| checking.lists().meaning("therapy_line", code));
            let Some(line) = code.and_then(|line| line.parse().ok()) else { continue };
            let start = checking.reader.day_in(row, side.start);
            lines.push((line, start, CellAddress::in_row(side.regimens, id, side.line)));
        }
    }
    lines.sort_by_key(|(line, start, _)| (*line, start.map(|day| day.first)));
    lines
}

fn line_order(checking: &Checking<'_>) -> Vec<Trouble> {
    let lines = lines(checking);
    let found = lines.windows(2).filter_map(|pair| {
        let [(earlier, Some(first), a), (later, Some(second), b)] = pair else { return None };
        if earlier == later || !second.is_before(*first) {
            return None;
        }
        Some(Trouble::new(
            vec![b.clone(), a.clone()],
            LocalizedText::new(
                format!("{later}次治療({second}開始)が{earlier}次治療({first}開始)より先に始まっています。"),
                format!("Line {later} (from {second}) began before line {earlier} (from {first})."),
            ),
            LocalizedText::of(
                "治療ラインと投与開始日を確かめてください。",
                "Check the lines and the first days.",
            ),
        ))
    });
    found.collect()
}

fn line_gap(checking: &Checking<'_>) -> Vec<Trouble> {
    let lines = lines(checking);
    let found = lines.windows(2).filter_map(|pair| {
        let [(earlier, _, a), (later, _, b)] = pair else { return None };
        if later.saturating_sub(*earlier) < 2 {
            return None;
        }
        Some(Trouble::new(
            vec![b.clone(), a.clone()],
            LocalizedText::new(
                format!("{earlier}次治療の次が{later}次治療で、間の治療がありません。"),
                format!("Line {later} follows line {earlier}; what was between is missing."),
            ),
            LocalizedText::of(
                "抜けている治療を追加するか、治療ラインを直してください。",
                "Add what is missing, or mend the line.",
            ),
        ))
    });
    found.collect()
}

fn drug_name(side: &PanelSide, row: &Row) -> Option<String> {
    side.drugs.iter().chain([&side.regimen]).find_map(|item| {
        let text = row.get(*item)?.written.trim();
        (!text.is_empty()).then(|| text.to_lowercase())
    })
}

/// Source: input practice of the programme: a regimen given here and elsewhere is one regimen, of this hospital if
/// at least one dose was given here.
fn entered_twice(checking: &Checking<'_>) -> Vec<Trouble> {
    let mut found = Vec::new();
    for side in &PANEL_SIDES {
        let rows = checking.rows(side.regimens);
        for (place, (id, row)) in rows.iter().enumerate() {
            let twin = rows.iter().skip(place + 1).find(|(_, other)| {
                let places = [
                    checking.reader.meaning_in(row, side.place),
                    checking.reader.meaning_in(other, side.place),
                ];
                let in_two = places.contains(&Some("own")) && places.contains(&Some("other"));
                in_two && is_same_course(checking, side, row, other)
            });
            let Some((other, _)) = twin else { continue };
            let mut addresses = cells(side, *id, &[side.place]);
            addresses.extend(cells(side, *other, &[side.place]));
            found.push(Trouble::new(
                addresses,
                LocalizedText::of(
                    "自施設と他施設で行った同じレジメンが2行になっています。",
                    "One regimen, given here and elsewhere, is entered as two.",
                ),
                LocalizedText::of(
                    "1行にまとめ、自施設で1回でも投与していれば「自施設」を選んでください。",
                    "Make it one row, of this hospital if at least one dose was given here.",
                ),
            ));
        }
    }
    found
}

fn is_same_course(checking: &Checking<'_>, side: &PanelSide, one: &Row, other: &Row) -> bool {
    let same_drug = drug_name(side, one).is_some_and(|name| Some(name) == drug_name(side, other));
    let line = |row: &Row| row.get(side.line).map(|value| value.written.trim().to_owned());
    let overlap = || {
        let day = |row, item| checking.reader.day_in(row, item);
        let ends_before = |row, next| {
            let (end, start) = (day(row, side.end)?, day(next, side.start)?);
            Some(end.is_before(start))
        };
        ends_before(one, other) != Some(true) && ends_before(other, one) != Some(true)
    };
    same_drug && (line(one) == line(other) || overlap())
}

fn progression_without_day(checking: &Checking<'_>) -> Vec<Trouble> {
    each(checking, |side, id, row| {
        let is_known = row.get(side.progressed).is_some_and(|value| value.is_unknown);
        if is_known || filled(row, side.progressed) || !checking.row_is(row, side.response, "pd") {
            return None;
        }
        Some(Trouble::new(
            cells(side, id, &[side.progressed, side.response]),
            LocalizedText::of(
                "最良総合効果がPDですが、増悪確認日がありません。",
                "The best response is progression, but the day it was seen is missing.",
            ),
            LocalizedText::of(
                "増悪を確認した日を入力してください。",
                "Enter the day on which progression was seen.",
            ),
        ))
    })
}

fn stopped_by_no_event(checking: &Checking<'_>) -> Vec<Trouble> {
    each(checking, |side, id, row| {
        let is_stopped = checking.row_is(row, side.end_reason, "adverse_event");
        if !is_stopped || side.stop_events.iter().any(|item| filled(row, item)) {
            return None;
        }
        Some(Trouble::new(
            cells(side, id, &[side.stop_events[0], side.end_reason]),
            LocalizedText::of(
                "有害事象による中止ですが、その有害事象名がありません。",
                "The regimen was stopped by an adverse event, but the event is not named.",
            ),
            LocalizedText::of(
                "有害事象名を入力し、分からないときは「不明」を選んでください。",
                "Name the event, or say that it is not known.",
            ),
        ))
    })
}

#[cfg(test)]
pub(super) const CASES: &[(&str, &str, &str)] = &[
    (
        "record.therapy.end_before_start",
        "before_start@0=2024/5/1 before_end@0=2024/4/1",
        "before_start@0=2024/5/1 before_end@0=2024/5",
    ),
    (
        "record.therapy.end_before_start",
        "after_start@0=2024/5/1 after_end@0=2024/4/30",
        "after_start@0=2024/5/1 after_end@0=2024/5/1",
    ),
    (
        "record.therapy.progressed_before_start",
        "after_start@0=2024/5/1 after_progressed@0=2024/4/30",
        "after_start@0=2024/5/1 after_progressed@0=2024/6/30",
    ),
    (
        "record.therapy.wrong_side",
        "panel_held=2024/5/1 before_start@0=2024/6/1",
        "panel_held=2024/5/1 before_start@0=2024/5/1",
    ),
    (
        "record.therapy.wrong_side",
        "panel_held=2024/5/1 after_start@0=2024/4/1",
        "panel_held=2024/5/1 after_start@0=2024/5",
    ),
    (
        "record.therapy.before_diagnosis",
        "diagnosed=2024/5/1 before_start@0=2024/4/1",
        "diagnosed=2024/5/1 before_start@0=2024/5/1",
    ),
    (
        "record.therapy.continues_with_end",
        "before_continues@0=continues before_end@0=2024/1/1",
        "before_continues@0=ended before_end@0=2024/1/1",
    ),
    (
        "record.therapy.continues_with_end",
        "after_continues@0=continues after_end_reason@0=planned",
        "after_continues@0=continues after_start@0=2024/1/1",
    ),
    (
        "record.therapy.denied",
        "therapy_before=0 before_start@0=2024/1/1",
        "therapy_before=1 before_start@0=2024/1/1",
    ),
    ("record.therapy.without_rows", "therapy_before=1", "therapy_before=0"),
    (
        "record.therapy.response_without_therapy",
        "before_response@0=C18058",
        "before_response@0=C18058 before_regimen@0=A",
    ),
    (
        "record.therapy.response_without_therapy",
        "after_response@0=C4870",
        "after_response@0=C62222",
    ),
    (
        "record.therapy.line_order",
        "before_line@0=1 before_start@0=2024/5/1 before_line@1=2 before_start@1=2024/1/1",
        "before_line@0=1 before_start@0=2024/1/1 before_line@1=2 before_start@1=2024/5/1",
    ),
    (
        "record.therapy.line_gap",
        "before_line@0=1 after_line@0=3",
        "before_line@0=1 before_line@1=2 after_line@0=3",
    ),
    (
        "record.therapy.entered_twice",
        "before_place@0=own before_drug_generic@0=A before_line@0=1 before_place@1=other before_drug_generic@1=a before_line@1=1",
        "before_place@0=own before_drug_generic@0=A before_line@0=1 before_place@1=own before_drug_generic@1=a before_line@1=1",
    ),
    (
        "record.therapy.entered_twice",
        "after_place@0=own after_regimen@0=A after_line@0=1 after_place@1=other after_regimen@1=A after_line@1=2",
        "after_place@0=own after_regimen@0=A after_line@0=1 after_end@0=2024/1/1 after_place@1=other after_regimen@1=A after_line@1=2 after_start@1=2024/9/1",
    ),
    (
        "record.therapy.progression_without_day",
        "before_regimen@0=A before_response@0=C35571",
        "before_regimen@0=A before_response@0=C35571 before_progressed@0=2024/1/1",
    ),
    (
        "record.therapy.stopped_by_no_event",
        "before_end_reason@0=adverse_event",
        "before_end_reason@0=adverse_event before_stop_event_ja@0=貧血",
    ),
    (
        "record.therapy.stopped_by_no_event",
        "after_end_reason@0=adverse_event",
        "after_end_reason@0=adverse_event after_unknown@0=1",
    ),
];
