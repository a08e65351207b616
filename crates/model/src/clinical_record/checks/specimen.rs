//! The specimen: failed analyses, tumour content, words where "other" was chosen.

use super::{Check, Checking, Trouble, said};
use crate::text::LocalizedText;

pub(super) const CHECKS: &[Check] = &[
    Check::error("record.specimen.failure_reason", failure_reason),
    Check::warning("record.specimen.reason_without_failure", reason_without_failure),
    Check::note("record.specimen.content_low", content_low),
    Check::warning("record.specimen.content_of_plasma", content_of_plasma),
    Check::warning("record.specimen.other_in_words", other_in_words),
];

/// Below this, panels usually cannot be relied on. Units: per cent.
const CONTENT_PERCENT_MIN: f64 = 10.0;

/// Source: input practice of the programme, cancelled after shipping counts as a failed analysis.
fn failure_reason(checking: &Checking<'_>) -> Vec<Trouble> {
    if !checking.is("test_failed", "yes") || checking.has("test_failure_reason") {
        return Vec::new();
    }
    vec![Trouble::of(
        &["test_failure_reason", "test_failed"],
        LocalizedText::of(
            "解析不良が「あり」ですが、理由が入力されていません。",
            "The analysis failed, but no reason is entered.",
        ),
        LocalizedText::of(
            "理由を選んでください。出検後に中止した場合もここに入力します。",
            "Choose the reason; a test cancelled after shipping is entered here too.",
        ),
    )]
}

fn reason_without_failure(checking: &Checking<'_>) -> Vec<Trouble> {
    if !checking.is("test_failed", "no") || !checking.has("test_failure_reason") {
        return Vec::new();
    }
    vec![Trouble::of(
        &["test_failed", "test_failure_reason"],
        LocalizedText::of(
            "解析不良が「なし」ですが、理由が入力されています。",
            "The analysis did not fail, yet a reason is entered.",
        ),
        LocalizedText::of(
            "解析不良の有無を直すか、理由を消してください。",
            "Mend whether it failed, or clear the reason.",
        ),
    )]
}

fn content_low(checking: &Checking<'_>) -> Vec<Trouble> {
    let content = checking.reader.number("tumour_content");
    let Some(content) = content.filter(|content| (0.0..CONTENT_PERCENT_MIN).contains(content))
    else {
        return Vec::new();
    };
    vec![Trouble::of(
        &["tumour_content"],
        LocalizedText::new(
            format!("腫瘍細胞含有割合が{content}%と低い値です。"),
            format!("The tumour cell content is as low as {content} per cent."),
        ),
        LocalizedText::of(
            "単位が%か、割合(0〜1)で入力していないかを確かめてください。",
            "Check that it is in per cent and not a fraction from 0 to 1.",
        ),
    )]
}

fn content_of_plasma(checking: &Checking<'_>) -> Vec<Trouble> {
    if !checking.is("specimen_kind", "plasma") || !checking.has("tumour_content") {
        return Vec::new();
    }
    vec![Trouble::of(
        &["tumour_content", "specimen_kind"],
        LocalizedText::of(
            "検体が血漿ですが、腫瘍細胞含有割合が入力されています。",
            "The specimen is plasma, yet a tumour cell content is entered.",
        ),
        LocalizedText::of(
            "検体種別を確かめ、血漿なら割合を消してください。",
            "Check the kind of specimen; for plasma clear the content.",
        ),
    )]
}

fn other_in_words(checking: &Checking<'_>) -> Vec<Trouble> {
    let pairs = [
        ("specimen_kind", "specimen_kind_other"),
        ("sampling_method", "sampling_method_other"),
        ("sampling_organ", "sampling_organ_other"),
    ];
    let lacking = pairs
        .into_iter()
        .filter(|(item, words)| checking.is(item, "other") && !checking.has(words));
    let found = lacking.map(|(item, words)| {
        Trouble::of(
            &[words, item],
            said(&[item], |[label]| {
                LocalizedText::new(
                    format!("「{}」が「その他」ですが、内容が書かれていません。", label.ja),
                    format!("\"{}\" is \"other\", but not said in words.", label.en),
                )
            }),
            LocalizedText::of("内容を文字で入力してください。", "Write in words what it is."),
        )
    });
    found.collect()
}

#[cfg(test)]
pub(super) const CASES: &[(&str, &str, &str)] = &[
    (
        "record.specimen.failure_reason",
        "test_failed=1",
        "test_failed=1 test_failure_reason=low_dna",
    ),
    ("record.specimen.failure_reason", "test_failed=1 test_failure_reason=~", "test_failed=0"),
    (
        "record.specimen.reason_without_failure",
        "test_failed=0 test_failure_reason=low_dna",
        "test_failed=1 test_failure_reason=low_dna",
    ),
    ("record.specimen.content_low", "tumour_content=5", "tumour_content=10"),
    (
        "record.specimen.content_of_plasma",
        "specimen_kind=plasma tumour_content=30",
        "specimen_kind=1 tumour_content=30",
    ),
    (
        "record.specimen.other_in_words",
        "specimen_kind=other",
        "specimen_kind=other specimen_kind_other=pleural~fluid",
    ),
    ("record.specimen.other_in_words", "sampling_organ=C17649", "sampling_organ=C12468"),
];
