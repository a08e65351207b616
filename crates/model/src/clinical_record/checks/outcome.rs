//! The outcome: death, last contact, and what contradicts them.

use super::{Check, Checking, DATES, Trouble, said};
use crate::{
    clinical_record::{CellAddress, PANEL_SIDES},
    text::LocalizedText,
};

pub(super) const CHECKS: &[Check] = &[
    Check::error("record.outcome.died_before_last_contact", |checking| {
        checking.in_order("last_contact", "died")
    }),
    Check::error("record.outcome.died_before_registered", |checking| {
        checking.in_order("registered", "died")
    }),
    Check::error("record.outcome.alive_with_death", alive_with_death),
    Check::warning("record.outcome.dead_without_day", dead_without_day),
    Check::error("record.outcome.therapy_after_death", therapy_after_death),
    Check::warning("record.outcome.last_contact_before_therapy", last_contact_before_therapy),
    Check::warning("record.outcome.reason_is_death", reason_is_death),
];

fn alive_with_death(checking: &Checking<'_>) -> Vec<Trouble> {
    let item = ["died", "death_cause"].into_iter().find(|item| checking.has(item));
    let Some(item) = item.filter(|_| checking.is("outcome", "alive")) else { return Vec::new() };
    vec![Trouble::of(
        &["outcome", item],
        said(&[item], |[label]| {
            LocalizedText::new(
                format!("転帰が「生存」ですが「{}」が入力されています。", label.ja),
                format!("The patient is alive, yet \"{}\" is filled.", label.en),
            )
        }),
        LocalizedText::of(
            "転帰を直すか、死亡日と死因を消してください。",
            "Mend the outcome, or clear day and cause of death.",
        ),
    )]
}

fn dead_without_day(checking: &Checking<'_>) -> Vec<Trouble> {
    let is_asked = checking.record().value("died").is_some_and(|value| value.is_unknown);
    if !checking.is("outcome", "dead") || checking.has("died") || is_asked {
        return Vec::new();
    }
    vec![Trouble::of(
        &["died", "outcome"],
        LocalizedText::of(
            "転帰が「死亡」ですが、死亡日が入力されていません。",
            "The patient is dead, but the day of death is not entered.",
        ),
        LocalizedText::of(
            "日が分からないときは年月だけでも入力してください。",
            "Where the day is not known, enter at least the month.",
        ),
    )]
}

fn therapy_after_death(checking: &Checking<'_>) -> Vec<Trouble> {
    let Some(died) = checking.day("died") else { return Vec::new() };
    let mut found = Vec::new();
    for side in &PANEL_SIDES {
        for (id, row) in checking.rows(side.regimens) {
            let late = [side.start, side.end].into_iter().find_map(|item| {
                let day = checking.reader.day_in(row, item)?;
                died.is_before(day).then_some((item, day))
            });
            let Some((item, day)) = late else { continue };
            found.push(Trouble::new(
                vec![CellAddress::in_row(side.regimens, id, item), CellAddress::single("died")],
                said(&[item], |[label]| {
                    LocalizedText::new(
                        format!("「{}」({day})が死亡日({died})より後です。", label.ja),
                        format!("\"{}\" ({day}) is after the day of death ({died}).", label.en),
                    )
                }),
                DATES,
            ));
        }
    }
    found
}

fn last_contact_before_therapy(checking: &Checking<'_>) -> Vec<Trouble> {
    let Some(contact) = checking.day("last_contact") else { return Vec::new() };
    if checking.has("died") {
        return Vec::new();
    }
    let mut found = Vec::new();
    for side in &PANEL_SIDES {
        for (id, row) in checking.rows(side.regimens) {
            let Some(start) = checking.reader.day_in(row, side.start) else { continue };
            if !contact.is_before(start) {
                continue;
            }
            found.push(Trouble::new(
                vec![
                    CellAddress::single("last_contact"),
                    CellAddress::in_row(side.regimens, id, side.start),
                ],
                LocalizedText::new(
                    format!("最終生存確認日({contact})より後に治療が始まっています({start})。"),
                    format!(
                        "A therapy began ({start}) after the last day known alive ({contact})."
                    ),
                ),
                LocalizedText::of(
                    "最終生存確認日を新しい受診日に直してください。",
                    "Bring the last day known alive up to the latest visit.",
                ),
            ));
        }
    }
    found
}

fn reason_is_death(checking: &Checking<'_>) -> Vec<Trouble> {
    if !checking.is("not_given_reason", "death") || !checking.is("outcome", "alive") {
        return Vec::new();
    }
    vec![Trouble::of(
        &["not_given_reason", "outcome"],
        LocalizedText::of(
            "投与しなかった理由が「死亡」ですが、転帰が「生存」です。",
            "The drug was not given because of death, but the outcome is alive.",
        ),
        LocalizedText::of(
            "理由と転帰のどちらが正しいかを確かめてください。",
            "Find out whether the reason or the outcome is right.",
        ),
    )]
}

#[cfg(test)]
pub(super) const CASES: &[(&str, &str, &str)] = &[
    (
        "record.outcome.died_before_last_contact",
        "last_contact=2025/5/2 died=2025/5/1",
        "last_contact=2025/5/1 died=2025/5",
    ),
    (
        "record.outcome.died_before_registered",
        "registered=2025/5/2 died=2025/5/1",
        "registered=2025/5/1 died=2025/5/1",
    ),
    (
        "record.outcome.alive_with_death",
        "outcome=C37987 died=2025/5/1",
        "outcome=C28554 died=2025/5/1",
    ),
    (
        "record.outcome.alive_with_death",
        "outcome=C37987 death_cause=cancer",
        "outcome=C37987 last_contact=2025/5/1",
    ),
    ("record.outcome.dead_without_day", "outcome=C28554", "outcome=C28554 died=2025/5"),
    (
        "record.outcome.therapy_after_death",
        "died=2025/5/1 after_start@0=2025/6/1",
        "died=2025/5/1 after_start@0=2025/5/1",
    ),
    (
        "record.outcome.therapy_after_death",
        "died=2025/5/1 before_start@0=2025/1/1 before_end@0=2025/6/1",
        "died=2025/5/1 before_start@0=2025/1/1 before_end@0=2025/4/1",
    ),
    (
        "record.outcome.last_contact_before_therapy",
        "last_contact=2025/5/1 after_start@0=2025/6/1",
        "last_contact=2025/6/1 after_start@0=2025/6/1",
    ),
    (
        "record.outcome.reason_is_death",
        "not_given_reason=death outcome=C37987",
        "not_given_reason=death outcome=C28554",
    ),
];
