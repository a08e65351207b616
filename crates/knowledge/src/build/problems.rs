//! What can be wrong with a source.

use model::{
    problem::{Place, Problem},
    text::LocalizedText,
};

/// Cuts a value to what a sentence can hold.
fn shown(value: &str) -> String {
    value.chars().take(80).collect()
}

pub(super) fn not_utf8(line: u64) -> Problem {
    Problem::error(
        "knowledge.line.encoding",
        Place::line(line, None),
        LocalizedText::of(
            "この行は UTF-8 ではないため読めません。",
            "This line cannot be read because it is not UTF-8.",
        ),
        LocalizedText::of("ファイルを UTF-8 で保存し直してください。", "Save the file as UTF-8."),
    )
}

pub(super) fn missing_column(column: &str) -> Problem {
    let column = shown(column);
    Problem::error(
        "knowledge.column.missing",
        Place::line(1, None),
        LocalizedText::new(
            format!("必要な列「{column}」がありません。このファイルは使われませんでした。"),
            format!("The column {column:?} is missing. This file was not used."),
        ),
        LocalizedText::of(
            "見出し行を確かめ、タブ区切りの正しい表を渡してください。",
            "Check the header row and give the right tab-separated table.",
        ),
    )
}

pub(super) fn wrong_width(line: u64, found: usize, expected: usize) -> Problem {
    Problem::error(
        "knowledge.line.cells",
        Place::line(line, None),
        LocalizedText::new(
            format!("この行には {found} 個の値がありますが、見出しは {expected} 列です。"),
            format!("This line has {found} values but the header has {expected} columns."),
        ),
        LocalizedText::of(
            "行の途中に改行や余分なタブがないか確かめてください。",
            "Look for a line end or a stray tab within the record.",
        ),
    )
}

pub(super) fn wrong_value(line: u64, column: &str, value: &str, wanted: &str) -> Problem {
    let (column, value) = (shown(column), shown(value));
    Problem::error(
        "knowledge.value.unknown",
        Place::line(line, None),
        LocalizedText::new(
            format!("列「{column}」の値「{value}」は使えません。"),
            format!("The value {value:?} cannot stand in the column {column:?}."),
        ),
        LocalizedText::new(
            format!("次のいずれかにしてください: {wanted}"),
            format!("Use one of: {wanted}"),
        ),
    )
}

pub(super) fn empty_value(line: u64, column: &str) -> Problem {
    let column = shown(column);
    Problem::error(
        "knowledge.value.empty",
        Place::line(line, None),
        LocalizedText::new(
            format!("列「{column}」が空です。"),
            format!("The column {column:?} is empty."),
        ),
        LocalizedText::of("値を入れてください。", "Fill in the value."),
    )
}

pub(super) fn duplicate(line: u64, key: &str) -> Problem {
    let key = shown(key);
    Problem::error(
        "knowledge.record.duplicate",
        Place::line(line, None),
        LocalizedText::new(
            format!("「{key}」は同じファイルの前の行に既にあります。"),
            format!("{key:?} already stands in an earlier line of this file."),
        ),
        LocalizedText::of(
            "重複した行を除いてください。前の行が使われました。",
            "Remove the repeated line. The earlier one was used.",
        ),
    )
}

pub(super) fn not_json(error: &serde_json::Error) -> Problem {
    let (line, column) = (error.line() as u64, error.column() as u64);
    Problem::error(
        "knowledge.file.json",
        Place::line(line.max(1), Some(column.max(1))),
        LocalizedText::of(
            "JSON として読めません。このファイルは使われませんでした。",
            "This cannot be read as JSON. The file was not used.",
        ),
        LocalizedText::of(
            "OncoTree の API または配布物から JSON を取り直してください。",
            "Fetch the JSON again from OncoTree.",
        ),
    )
}

pub(super) fn wrong_json(pointer: String, wanted: LocalizedText) -> Problem {
    Problem::error(
        "knowledge.json.shape",
        Place::pointer(pointer),
        wanted,
        LocalizedText::of(
            "OncoTree の木構造の JSON を渡してください。",
            "Give OncoTree's tree as JSON.",
        ),
    )
}

pub(super) fn not_understood(line: u64, biomarker: &str) -> Problem {
    let biomarker = shown(biomarker);
    Problem::note(
        "knowledge.biomarker.not_understood",
        Place::line(line, None),
        LocalizedText::new(
            format!(
                "バイオマーカー「{biomarker}」の書き方を解釈できません。照合には使われません。"
            ),
            format!("The biomarker {biomarker:?} is not understood. It is kept but never matched."),
        ),
        LocalizedText::of(
            "照合が必要なら、文書にある書き方で自作の表に加えてください。",
            "If it must match, add it to a table of your own in a documented spelling.",
        ),
    )
}

pub(super) fn no_tumour_code(line: u64, name: &str) -> Problem {
    let name = shown(name);
    Problem::note(
        "knowledge.tumour.no_code",
        Place::line(line, None),
        LocalizedText::new(
            format!(
                "がん種「{name}」に対応する OncoTree コードがありません。がん種との関係は不明になります。"
            ),
            format!(
                "The tumour type {name:?} has no OncoTree code here. Its relation to a patient's tumour stays unknown."
            ),
        ),
        LocalizedText::of(
            "対応が明らかなら、DOID 対応表に加えてください。",
            "If the code is clear, add it to the DOID table.",
        ),
    )
}

pub(super) fn broken_gzip() -> Problem {
    Problem::error(
        "knowledge.file.gzip",
        Place::file(),
        LocalizedText::of(
            "gzip の中身を最後まで読めません。読めた行だけを使いました。",
            "The gzip file could not be read to its end. Only the lines before that were used.",
        ),
        LocalizedText::of("ファイルを取り直してください。", "Fetch the file again."),
    )
}
