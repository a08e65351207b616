//! Single values: readable, plausible, of the list.

use super::{Cell, Check, Checking, Trouble};
use crate::{
    catalogue::{Item, Standing},
    clinical_record::Value,
    problem::Severity,
    text::LocalizedText,
};

pub(super) const CHECKS: &[Check] = &[
    Check::error("record.value.unreadable", unreadable),
    Check::warning("record.value.range", out_of_range),
    Check::warning("record.code.unknown", unknown_code),
    Check::warning("record.code.label", other_label),
    Check::note("record.item.unknown", unknown_item),
];

/// Longest stretch of the person's own text repeated in a sentence. Units: characters.
const MAX_QUOTED_CHARACTERS: usize = 40;

fn quote(text: &str) -> String {
    text.chars().take(MAX_QUOTED_CHARACTERS).map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// Calls a function for every cell of an item that the catalogue has.
fn each(
    checking: &Checking<'_>,
    find: impl Fn(&Item, &Cell<'_>) -> Option<Trouble>,
) -> Vec<Trouble> {
    checking.cells.iter().filter_map(|cell| find(cell.item?, cell)).collect()
}

fn unreadable(checking: &Checking<'_>) -> Vec<Trouble> {
    each(checking, |item, cell| {
        let is_blank = cell.value.written.trim().is_empty();
        if is_blank || cell.read != Value::Unreadable {
            return None;
        }
        let (label, text) = (&item.label, quote(&cell.value.written));
        Some(Trouble::new(
            vec![cell.address()],
            LocalizedText::new(
                format!("「{}」の「{text}」を読み取れません。", label.ja),
                format!("\"{text}\" cannot be read as \"{}\".", label.en),
            ),
            LocalizedText::of(
                "日付は2024/4/1のように、数は半角数字だけで入力してください。",
                "Write dates like 2024/4/1 and numbers in digits alone.",
            ),
        ))
    })
}

fn out_of_range(checking: &Checking<'_>) -> Vec<Trouble> {
    each(checking, |item, cell| {
        let (low, high) = item.range?;
        let number = match cell.read {
            Value::Integer(number) => number as f64,
            Value::Decimal(number) => number,
            _ => return None,
        };
        if (low..=high).contains(&number) {
            return None;
        }
        let label = &item.label;
        Some(Trouble::new(
            vec![cell.address()],
            LocalizedText::new(
                format!("「{}」の{number}は{low}から{high}の範囲にありません。", label.ja),
                format!("\"{}\" is {number}, which is not from {low} to {high}.", label.en),
            ),
            LocalizedText::of(
                "桁や単位の誤りがないか確かめてください。",
                "Look for a wrong digit or a wrong unit.",
            ),
        ))
    })
}

fn unknown_code(checking: &Checking<'_>) -> Vec<Trouble> {
    each(checking, |item, cell| {
        let Value::Code(code) = cell.read else { return None };
        let list = checking.lists().list(item.list?)?;
        if list.get(code).is_some() || list.standing == Standing::ToLoad {
            return None;
        }
        let label = &item.label;
        let severity = match list.standing {
            Standing::Whole => Severity::Warning,
            Standing::Partial | Standing::Ours | Standing::ToLoad => Severity::Note,
        };
        let code = quote(code);
        let trouble = Trouble::new(
            vec![cell.address()],
            LocalizedText::new(
                format!(
                    "「{}」のコード「{code}」は一覧にありません。そのまま保存しました。",
                    label.ja
                ),
                format!(
                    "The code \"{code}\" of \"{}\" is not in the list; it was kept as it is.",
                    label.en
                ),
            ),
            LocalizedText::of(
                "選択肢から選び直すか、コード表を読み込んでください。",
                "Choose from the list, or load the code list that has it.",
            ),
        );
        Some(trouble.with_severity(severity))
    })
}

fn other_label(checking: &Checking<'_>) -> Vec<Trouble> {
    each(checking, |item, cell| {
        let label = cell.value.label.as_deref()?.trim();
        let Value::Code(code) = cell.read else { return None };
        let list = checking.lists().list(item.list?)?;
        let known = list.get(code).filter(|_| list.standing == Standing::Whole)?;
        let fits = label.is_empty()
            || label == code
            || known.label.ja.starts_with(label)
            || known.label.en.starts_with(label)
            || known.meaning.eq_ignore_ascii_case(label);
        if fits {
            return None;
        }
        let (label, code) = (quote(label), quote(code));
        let (ja, en) = (&known.label.ja, &known.label.en);
        Some(Trouble::new(
            vec![cell.address()],
            LocalizedText::new(
                format!(
                    "「{}」のコード「{code}」は「{ja}」ですが、名称は「{label}」です。",
                    item.label.ja
                ),
                format!(
                    "The code \"{code}\" of \"{}\" means \"{en}\", but the label beside it is \"{label}\".",
                    item.label.en
                ),
            ),
            LocalizedText::of(
                "コードと名称のどちらが正しいかを確かめてください。",
                "Find out whether the code or the label is right.",
            ),
        ))
    })
}

fn unknown_item(checking: &Checking<'_>) -> Vec<Trouble> {
    let unknown = checking.cells.iter().filter(|cell| {
        let block = cell.row.map(|(block, _)| block.as_str());
        cell.item.is_none_or(|item| item.block != block)
    });
    let found = unknown.map(|cell| {
        let name = quote(cell.code.as_str());
        Trouble::new(
            vec![cell.address()],
            LocalizedText::new(
                format!("項目「{name}」は項目表のこの場所にありません。値はそのまま保存しました。"),
                format!("The item \"{name}\" has no such place in the catalogue; its value was kept as it is."),
            ),
            LocalizedText::of(
                "項目表の版が合っているかを管理者に確かめてください。",
                "Ask the administrator whether the catalogue's version is the right one.",
            ),
        )
    });
    found.collect()
}

#[cfg(test)]
pub(super) const CASES: &[(&str, &str, &str)] = &[
    ("record.value.unreadable", "diagnosed=last~spring", "diagnosed=2024年4月"),
    ("record.value.unreadable", "age=sixty", "age=６０"),
    ("record.value.range", "tumour_content=120", "tumour_content=100"),
    ("record.value.range", "age=150", "age=0"),
    ("record.value.range", "after_weight@0=5200", "after_weight@0=52.5"),
    ("record.code.unknown", "before_response@0=C9999", "before_response@0=C18058"),
    ("record.code.unknown", "sex=3", "tumour_category=C12408"),
    ("record.code.label", "before_response@0=C18213|PR", "before_response@0=C18213|SD"),
    ("record.code.label", "sex=1|女", "sex=2|女"),
    ("record.code.label", "performance_status=1|2", "performance_status=1|1"),
    ("record.item.unknown", "shoe_size=42", "age=42"),
];
