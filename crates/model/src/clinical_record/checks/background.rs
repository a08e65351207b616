//! Background: smoking, ages, family, other cancers, performance status.

use super::{Check, Checking, Trouble, said};
use crate::text::LocalizedText;

pub(super) const CHECKS: &[Check] = &[
    Check::error("record.background.smoking_years", smoking_years),
    Check::warning("record.background.smoking_denied", smoking_denied),
    Check::error("record.background.onset_age", onset_age),
    Check::warning("record.background.childhood_age", childhood_age),
    Check::error("record.background.performance_status", performance_status),
    Check::warning("record.background.performance_status_poor", performance_status_poor),
    Check::warning("record.background.family_denied", |checking| {
        denied(checking, "family_history", "family_member", "family_cancer")
    }),
    Check::warning("record.background.other_cancer_denied", |checking| {
        denied(checking, "other_organ_cancer", "other_cancer", "other_cancer_site")
    }),
    Check::warning("record.background.hereditary_denied", |checking| {
        denied(checking, "hereditary_disease", "hereditary_disease", "hereditary_disease_name")
    }),
];

/// Childhood, adolescent and young adult cancers end here. Units: years.
const CHILDHOOD_AND_YOUNG_ADULT_MAX: f64 = 39.0;
/// With a performance status from here on drug therapy is seldom given. Units: grade.
const POOR_STATUS_MIN: &[&str] = &["3", "4"];

fn smoking_years(checking: &Checking<'_>) -> Vec<Trouble> {
    let reader = checking.reader;
    let (Some(years), Some(age)) = (reader.number("smoking_years"), reader.number("age")) else {
        return Vec::new();
    };
    if years <= age {
        return Vec::new();
    }
    vec![Trouble::of(
        &["smoking_years", "age"],
        LocalizedText::new(
            format!("喫煙年数({years}年)が年齢({age}歳)を超えています。"),
            format!("The patient smoked for {years} years but is {age} years old."),
        ),
        LocalizedText::of(
            "喫煙年数と1日本数を取り違えていないか確かめてください。",
            "Look whether years and cigarettes a day were swapped.",
        ),
    )]
}

fn smoking_denied(checking: &Checking<'_>) -> Vec<Trouble> {
    let is_positive =
        |item: &&'static str| checking.reader.number(item).is_some_and(|number| number > 0.0);
    let written = ["smoking_years", "smoking_per_day"].into_iter().find(is_positive);
    let Some(item) = written.filter(|_| checking.is("smoking", "no")) else { return Vec::new() };
    vec![Trouble::of(
        &["smoking", item],
        said(&[item], |[label]| {
            LocalizedText::new(
                format!("喫煙歴が「なし」ですが「{}」が入力されています。", label.ja),
                format!("The patient has not smoked, yet \"{}\" is filled.", label.en),
            )
        }),
        LocalizedText::of(
            "喫煙歴の有無を直すか、年数と本数を消してください。",
            "Mend whether the patient smoked, or clear years and cigarettes.",
        ),
    )]
}

fn onset_age(checking: &Checking<'_>) -> Vec<Trouble> {
    let reader = checking.reader;
    let (Some(onset), Some(age)) = (reader.number("onset_age"), reader.number("age")) else {
        return Vec::new();
    };
    if onset <= age {
        return Vec::new();
    }
    vec![Trouble::of(
        &["onset_age", "age"],
        LocalizedText::new(
            format!("発症年齢({onset}歳)が登録時の年齢({age}歳)を超えています。"),
            format!("The age at onset ({onset}) is above the age at registration ({age})."),
        ),
        LocalizedText::of("両方の年齢を確かめてください。", "Check both ages."),
    )]
}

fn childhood_age(checking: &Checking<'_>) -> Vec<Trouble> {
    let age = checking.reader.number("onset_age").or_else(|| checking.reader.number("age"));
    let is_old = age.is_some_and(|age| age > CHILDHOOD_AND_YOUNG_ADULT_MAX);
    if !is_old || !checking.is("childhood_cancer", "yes") {
        return Vec::new();
    }
    vec![Trouble::of(
        &["childhood_cancer", "age"],
        LocalizedText::of(
            "小児がん等に該当しますが、年齢が40歳以上です。",
            "The case counts as childhood cancer, but the patient is 40 or older.",
        ),
        LocalizedText::of(
            "該当するか、また発症年齢を確かめてください。",
            "Check whether it applies, and the age at onset.",
        ),
    )]
}

fn performance_status(checking: &Checking<'_>) -> Vec<Trouble> {
    let Some(value) = checking.record().value("performance_status") else { return Vec::new() };
    let text = value.written.trim();
    let is_number = text.parse::<i64>().is_ok();
    let is_known = checking.reader.meaning("performance_status").is_some();
    if !is_number || is_known {
        return Vec::new();
    }
    let text: String = text.chars().take(8).collect();
    vec![Trouble::of(
        &["performance_status"],
        LocalizedText::new(
            format!("ECOG PSは0から4ですが、{text}と入力されています。"),
            format!("The ECOG performance status is from 0 to 4, not {text}."),
        ),
        LocalizedText::of(
            "死亡(PS 5)は転帰に入力し、PSには登録時の状態を選んでください。",
            "Enter death (grade 5) as the outcome, and here the status at registration.",
        ),
    )]
}

fn performance_status_poor(checking: &Checking<'_>) -> Vec<Trouble> {
    let status = checking.reader.meaning("performance_status");
    if !status.is_some_and(|status| POOR_STATUS_MIN.contains(&status)) {
        return Vec::new();
    }
    vec![Trouble::of(
        &["performance_status"],
        LocalizedText::of(
            "登録時のPSが3以上です。薬物療法の適応となるかが検査の条件です。",
            "The performance status at registration is 3 or worse; the test is for candidates for drug therapy.",
        ),
        LocalizedText::of(
            "登録時の値かを確かめ、主治医の判断を記録に残してください。",
            "Check that it is the status at registration, and keep the physician's judgement on record.",
        ),
    )]
}

/// Finds rows of a block that the question before it denies.
fn denied(
    checking: &Checking<'_>,
    question: &'static str,
    block: &'static str,
    item: &'static str,
) -> Vec<Trouble> {
    if !checking.is(question, "no") || checking.rows(block).is_empty() {
        return Vec::new();
    }
    vec![Trouble::of(
        &[question],
        said(&[question, item], |[question, item]| {
            LocalizedText::new(
                format!("「{}」が「なし」ですが、「{}」の行があります。", question.ja, item.ja),
                format!("\"{}\" is no, yet there are rows with \"{}\".", question.en, item.en),
            )
        }),
        LocalizedText::of(
            "有無を「あり」に直すか、行を消してください。",
            "Change the answer to yes, or remove the rows.",
        ),
    )]
}

#[cfg(test)]
pub(super) const CASES: &[(&str, &str, &str)] = &[
    ("record.background.smoking_years", "age=50 smoking_years=60", "age=50 smoking_years=30"),
    (
        "record.background.smoking_denied",
        "smoking=0 smoking_per_day=20",
        "smoking=0 smoking_years=0",
    ),
    ("record.background.smoking_denied", "smoking=0 smoking_years=5", "smoking=1 smoking_years=5"),
    ("record.background.onset_age", "age=50 onset_age=51", "age=50 onset_age=50"),
    ("record.background.childhood_age", "age=40 childhood_cancer=1", "age=39 childhood_cancer=1"),
    (
        "record.background.childhood_age",
        "age=60 onset_age=45 childhood_cancer=1",
        "age=60 onset_age=12 childhood_cancer=1",
    ),
    ("record.background.performance_status", "performance_status=5", "performance_status=4"),
    ("record.background.performance_status", "performance_status=-1", "performance_status=99"),
    ("record.background.performance_status_poor", "performance_status=3", "performance_status=2"),
    (
        "record.background.family_denied",
        "family_history=0 family_age@0=50",
        "family_history=1 family_age@0=50",
    ),
    (
        "record.background.other_cancer_denied",
        "other_organ_cancer=0 other_cancer_site@0=C12468",
        "other_organ_cancer=9 other_cancer_site@0=C12468",
    ),
    (
        "record.background.hereditary_denied",
        "hereditary_disease=0 hereditary_disease_name@0=lynch",
        "hereditary_disease=1 hereditary_disease_name@0=lynch",
    ),
];
