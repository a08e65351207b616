//! What the panel presented, and what was done of it.

use super::{Check, Checking, Trouble};
use crate::text::LocalizedText;

pub(super) const CHECKS: &[Check] = &[
    Check::error("record.panel.given_but_not_presented", given_but_not_presented),
    Check::warning("record.panel.given_without_regimen", given_without_regimen),
    Check::warning("record.panel.not_given_without_reason", not_given_without_reason),
    Check::warning("record.panel.reason_though_given", reason_though_given),
    Check::warning("record.panel.other_drug_without_regimen", other_drug_without_regimen),
];

fn given_but_not_presented(checking: &Checking<'_>) -> Vec<Trouble> {
    if !checking.is("presented_given", "yes") || !checking.is("option_presented", "no") {
        return Vec::new();
    }
    vec![Trouble::of(
        &["presented_given", "option_presented"],
        LocalizedText::of(
            "治療薬の選択肢が提示されていませんが、提示された治療薬を投与したと入力されています。",
            "The panel presented no drug, yet the presented drug was given.",
        ),
        LocalizedText::of(
            "エキスパートパネルの記録を確かめてください。",
            "Look it up in the panel's record.",
        ),
    )]
}

fn given_without_regimen(checking: &Checking<'_>) -> Vec<Trouble> {
    let has_rows = !checking.rows("regimen_after").is_empty();
    if has_rows || !checking.is("presented_given", "yes") {
        return Vec::new();
    }
    vec![Trouble::of(
        &["presented_given"],
        LocalizedText::of(
            "提示された治療薬を投与しましたが、パネル後のレジメンがありません。",
            "The presented drug was given, but there is no regimen after the panel.",
        ),
        LocalizedText::of(
            "投与したレジメンを追加してください。",
            "Add the regimen that was given.",
        ),
    )]
}

fn not_given_without_reason(checking: &Checking<'_>) -> Vec<Trouble> {
    let is_presented = checking.is("option_presented", "yes");
    let is_given = !checking.is("presented_given", "no");
    if !is_presented || is_given || checking.has("not_given_reason") {
        return Vec::new();
    }
    vec![Trouble::of(
        &["not_given_reason", "presented_given"],
        LocalizedText::of(
            "提示された治療薬を投与しなかった理由がありません。",
            "There is no reason why the presented drug was not given.",
        ),
        LocalizedText::of("理由を選んでください。", "Choose the reason."),
    )]
}

fn reason_though_given(checking: &Checking<'_>) -> Vec<Trouble> {
    if !checking.is("presented_given", "yes") || !checking.has("not_given_reason") {
        return Vec::new();
    }
    vec![Trouble::of(
        &["not_given_reason", "presented_given"],
        LocalizedText::of(
            "提示された治療薬を投与しましたが、投与しなかった理由が入力されています。",
            "The presented drug was given, yet there is a reason why it was not.",
        ),
        LocalizedText::of(
            "投与の有無を直すか、理由を消してください。",
            "Mend whether it was given, or clear the reason.",
        ),
    )]
}

fn other_drug_without_regimen(checking: &Checking<'_>) -> Vec<Trouble> {
    let has_rows = !checking.rows("regimen_after").is_empty();
    if has_rows || !checking.is("other_drug_given", "yes") {
        return Vec::new();
    }
    vec![Trouble::of(
        &["other_drug_given"],
        LocalizedText::of(
            "提示薬と異なる薬剤を投与しましたが、パネル後のレジメンがありません。",
            "A drug other than the presented one was given, but there is no regimen after the panel.",
        ),
        LocalizedText::of(
            "投与したレジメンを追加してください。",
            "Add the regimen that was given.",
        ),
    )]
}

#[cfg(test)]
pub(super) const CASES: &[(&str, &str, &str)] = &[
    (
        "record.panel.given_but_not_presented",
        "presented_given=1 option_presented=0",
        "presented_given=1 option_presented=1",
    ),
    (
        "record.panel.given_without_regimen",
        "presented_given=1",
        "presented_given=1 after_start@0=2025/1/1",
    ),
    (
        "record.panel.not_given_without_reason",
        "option_presented=1 presented_given=0",
        "option_presented=1 presented_given=0 not_given_reason=no_access",
    ),
    (
        "record.panel.not_given_without_reason",
        "option_presented=1 presented_given=0 not_given_reason=~",
        "option_presented=0 presented_given=0",
    ),
    (
        "record.panel.reason_though_given",
        "presented_given=1 not_given_reason=no_access",
        "presented_given=0 not_given_reason=no_access",
    ),
    (
        "record.panel.other_drug_without_regimen",
        "other_drug_given=1",
        "other_drug_given=1 after_regimen@0=A",
    ),
];
