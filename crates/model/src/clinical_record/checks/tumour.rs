//! The tumour: sex and organ, levels, metastases, markers of other organs.

use super::{Check, Checking, Trouble};
use crate::{
    catalogue::Catalogue,
    clinical_record::CellAddress,
    text::{Language, LocalizedText},
};

pub(super) const CHECKS: &[Check] = &[
    Check::error("record.tumour.organ_of_women", |checking| {
        organ_of_other_sex(checking, "male", &WOMEN)
    }),
    Check::error("record.tumour.organ_of_men", |checking| {
        organ_of_other_sex(checking, "female", &MEN)
    }),
    Check::warning("record.tumour.level1", level1),
    Check::warning("record.tumour.metastasis_denied", metastasis_denied),
    Check::warning("record.tumour.marker_of_other_organ", marker_of_other_organ),
    Check::warning("record.tumour.change_denied", change_denied),
    Check::warning("record.tumour.change_without_change", change_without_change),
];

/// Organs that only one sex has: first levels of OncoTree, and meanings of the list of organs.
struct Organs {
    levels: &'static [&'static str],
    sites: &'static [&'static str],
}

static WOMEN: Organs = Organs {
    levels: &["OVARY", "UTERUS", "CERVIX", "VULVA"],
    sites: &["ovary", "fallopian_tube", "uterus", "cervix", "vagina", "vulva"],
};
static MEN: Organs =
    Organs { levels: &["PROSTATE", "TESTIS", "PENIS"], sites: &["prostate", "testis"] };

fn organ_of_other_sex(checking: &Checking<'_>, sex: &str, organs: &Organs) -> Vec<Trouble> {
    if !checking.is("sex", sex) {
        return Vec::new();
    }
    let by_tumour = checking.reader.organ().filter(|organ| organs.levels.contains(organ));
    let by_site =
        checking.reader.meaning("sampling_organ").filter(|site| organs.sites.contains(site));
    let (organ, list, item) = match (by_tumour, by_site) {
        (Some(organ), _) => (organ, "oncotree_level1", "tumour_type"),
        (None, Some(site)) => (site, "organ", "sampling_organ"),
        (None, None) => return Vec::new(),
    };
    let label = |language| {
        let list = checking.lists().list(list);
        let code = list.and_then(|list| list.code_of(organ));
        code.map_or(organ, |code| code.label.get(language))
    };
    let (ja, en) = match sex {
        "male" => ("男性", "man"),
        _ => ("女性", "woman"),
    };
    vec![Trouble::of(
        &["sex", item],
        LocalizedText::new(
            format!("{ja}の患者のがん種または採取部位が「{}」です。", label(Language::Ja)),
            format!(
                "The tumour or specimen of a {en} is of the organ \"{}\".",
                label(Language::En)
            ),
        ),
        LocalizedText::of(
            "性別とがん種、別の患者と取り違えていないかを確かめてください。",
            "Check sex and tumour type, and that this is the right patient.",
        ),
    )]
}

fn level1(checking: &Checking<'_>) -> Vec<Trouble> {
    let pairs =
        [("tumour_type", "tumour_level1"), ("tumour_type_changed", "tumour_level1_changed")];
    let found = pairs.into_iter().filter_map(|(tumour_type, level1)| {
        let code = checking.record().value(tumour_type)?.written.trim();
        let level = checking.record().value(level1)?.written.trim();
        let expected = Catalogue::get().organ_of(code)?;
        if level.is_empty() || level == expected {
            return None;
        }
        let level: String = level.chars().take(24).collect();
        Some(Trouble::of(
            &[level1, tumour_type],
            LocalizedText::new(
                format!("がん種{code}のLEVEL1は{expected}ですが、{level}と入力されています。"),
                format!("The first level of {code} is {expected}, not {level}."),
            ),
            LocalizedText::of("がん種を選び直してください。", "Choose the tumour type again."),
        ))
    });
    found.collect()
}

fn metastasis_denied(checking: &Checking<'_>) -> Vec<Trouble> {
    if !checking.is("metastasis", "no") {
        return Vec::new();
    }
    let from_metastasis = checking.is("sampling_site", "metastasis");
    if checking.rows("metastasis_site").is_empty() && !from_metastasis {
        return Vec::new();
    }
    let other = if from_metastasis { "sampling_site" } else { "metastasis" };
    vec![Trouble::of(
        &["metastasis", other],
        LocalizedText::of(
            "登録時転移が「なし」ですが、転移部位または転移巣からの採取が入力されています。",
            "There was no metastasis at registration, yet a site or a specimen of one is entered.",
        ),
        LocalizedText::of(
            "転移の有無、転移部位、採取部位を確かめてください。",
            "Check whether there was a metastasis, its sites, and where the specimen is from.",
        ),
    )]
}

fn marker_of_other_organ(checking: &Checking<'_>) -> Vec<Trouble> {
    let catalogue = Catalogue::get();
    let mut found = Vec::new();
    for section in catalogue.sections() {
        if checking.reader.holds(&section.applies, None) != Some(false) {
            continue;
        }
        let filled: Vec<_> = catalogue
            .items_of_section(section.code)
            .filter(|item| {
                checking.has(item.code) && checking.reader.meaning(item.code) != Some("unknown")
            })
            .map(|item| CellAddress::single(item.code))
            .collect();
        if filled.is_empty() {
            continue;
        }
        found.push(Trouble::new(
            filled,
            LocalizedText::new(
                format!("がん種が異なりますが、「{}」に入力があります。", section.label.ja),
                format!("\"{}\" is filled, but the tumour is another one.", section.label.en),
            ),
            LocalizedText::of(
                "がん種を確かめ、合わない項目は消してください。",
                "Check the tumour type, and clear what does not belong to it.",
            ),
        ));
    }
    found
}

fn change_denied(checking: &Checking<'_>) -> Vec<Trouble> {
    if !checking.is("diagnosis_changed", "no") || !checking.has("tumour_type_changed") {
        return Vec::new();
    }
    vec![Trouble::of(
        &["diagnosis_changed", "tumour_type_changed"],
        LocalizedText::of(
            "病名変更が「なし」ですが、変更後のがん種が入力されています。",
            "The diagnosis was not changed, yet a tumour type after the change is entered.",
        ),
        LocalizedText::of(
            "病名変更の有無を直すか、変更後のがん種を消してください。",
            "Mend whether it was changed, or clear the tumour type after the change.",
        ),
    )]
}

fn change_without_change(checking: &Checking<'_>) -> Vec<Trouble> {
    let written = |item: &str| checking.record().value(item).map(|value| value.written.trim());
    let same = match (written("tumour_type"), written("tumour_type_changed")) {
        (Some(before), Some(after)) => !before.is_empty() && before == after,
        _ => false,
    };
    if !same || !checking.is("diagnosis_changed", "yes") {
        return Vec::new();
    }
    vec![Trouble::of(
        &["tumour_type_changed", "tumour_type"],
        LocalizedText::of(
            "病名変更が「あり」ですが、がん種が変更前と同じです。",
            "The diagnosis was changed, but the tumour type is the same as before.",
        ),
        LocalizedText::of(
            "変更後のがん種を選び直すか、病名変更を「なし」にしてください。",
            "Choose the tumour type after the change, or say that nothing was changed.",
        ),
    )]
}

#[cfg(test)]
pub(super) const CASES: &[(&str, &str, &str)] = &[
    ("record.tumour.organ_of_women", "sex=1 tumour_type=HGSOC", "sex=2 tumour_type=HGSOC"),
    ("record.tumour.organ_of_women", "sex=1 tumour_level1=CERVIX", "sex=0 tumour_level1=CERVIX"),
    ("record.tumour.organ_of_women", "sex=1 sampling_organ=C12404", "sex=1 sampling_organ=C12468"),
    ("record.tumour.organ_of_men", "sex=2 tumour_type=PRAD", "sex=1 tumour_type=PRAD"),
    ("record.tumour.organ_of_men", "sex=2 sampling_organ=C12412", "sex=1 sampling_organ=C12412"),
    (
        "record.tumour.level1",
        "tumour_type=LUAD tumour_level1=BREAST",
        "tumour_type=LUAD tumour_level1=LUNG",
    ),
    (
        "record.tumour.metastasis_denied",
        "metastasis=0 metastasis_site@0=C12468",
        "metastasis=1 metastasis_site@0=C12468",
    ),
    (
        "record.tumour.metastasis_denied",
        "metastasis=0 sampling_site=2",
        "metastasis=0 sampling_site=1",
    ),
    (
        "record.tumour.marker_of_other_organ",
        "tumour_type=LUAD breast_er=positive",
        "tumour_type=IDC breast_er=positive",
    ),
    (
        "record.tumour.marker_of_other_organ",
        "tumour_type=IDC lung_pdl1_positive=50",
        "tumour_type=IDC lung_pdl1=9",
    ),
    (
        "record.tumour.change_denied",
        "diagnosis_changed=0 tumour_type_changed=PAAD",
        "diagnosis_changed=1 tumour_type_changed=PAAD",
    ),
    (
        "record.tumour.change_without_change",
        "diagnosis_changed=1 tumour_type=PAAD tumour_type_changed=PAAD",
        "diagnosis_changed=1 tumour_type=CUP tumour_type_changed=PAAD",
    ),
];
