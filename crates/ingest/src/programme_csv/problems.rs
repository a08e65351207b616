//! What can be wrong with a table of the registry; told to the person who keeps it.

use model::{
    problem::{Place, Problem},
    text::LocalizedText,
};

use super::{CELL_MAX_CHARS, FILE_MAX_BYTES, ProgrammeTable, ROWS_MAX};

/// Longest stretch of a file's own text repeated in a sentence. Units: characters.
const QUOTED_MAX_CHARS: usize = 64;

/// Returns a file's own text, short and without control characters.
pub(super) fn quote(text: &str) -> String {
    text.chars().take(QUOTED_MAX_CHARS).map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn error(
    code: &'static str,
    place: Place,
    message: LocalizedText,
    remedy: LocalizedText,
) -> Problem {
    Problem::error(code, place, message, remedy).for_data_entry()
}

pub(super) fn too_large() -> Problem {
    let mebibytes = FILE_MAX_BYTES >> 20;
    error(
        "programme.file.too_large",
        Place::file(),
        LocalizedText::new(
            format!("ファイルが大きすぎます（上限 {mebibytes} MiB）。"),
            format!("The file is too large; {mebibytes} MiB is the limit."),
        ),
        LocalizedText::of("ファイルを分けてください。", "Split the file."),
    )
}

pub(super) fn encoding() -> Problem {
    error(
        "programme.file.encoding",
        Place::file(),
        LocalizedText::of(
            "文字コードが UTF-8 でも Shift_JIS でもありません。",
            "The text is neither UTF-8 nor Shift_JIS.",
        ),
        LocalizedText::of(
            "UTF-8（BOM はあってもなくてもよい）で保存し直してください。",
            "Save it again as UTF-8, with or without a byte order mark.",
        ),
    )
}

pub(super) fn was_shift_jis() -> Problem {
    Problem::note(
        "programme.file.shift_jis",
        Place::file(),
        LocalizedText::of("Shift_JIS として読みました。", "It was read as Shift_JIS."),
        LocalizedText::of(
            "名前の文字が正しいか確かめ、次からは UTF-8 で保存してください。",
            "Check that names read well, and save it as UTF-8 from now on.",
        ),
    )
    .for_data_entry()
}

pub(super) fn empty() -> Problem {
    error(
        "programme.file.empty",
        Place::file(),
        LocalizedText::of("ファイルに見出し行がありません。", "The file has no header."),
        LocalizedText::of(
            "1 行目に列名を書いてください。",
            "Write the names of the columns on the first line.",
        ),
    )
}

pub(super) fn unknown_table(closest: ProgrammeTable, missing: &[&str]) -> Problem {
    let missing = missing.join(", ");
    error(
        "programme.table.unknown",
        Place::line(1, None),
        LocalizedText::new(
            format!(
                "見出しから表の種類が分かりません。いちばん近い {closest} には列 {missing} が足りません。"
            ),
            format!(
                "The header is that of no table; the closest, {closest}, lacks the columns {missing}."
            ),
        ),
        LocalizedText::of(
            "examples/programme の表を手本に、列名を直してください。",
            "Correct the names of the columns after the tables in examples/programme.",
        ),
    )
}

pub(super) fn unknown_column(column: u64, name: &str) -> Problem {
    let name = quote(name);
    Problem::warning(
        "programme.column.unknown",
        Place::line(1, Some(column)),
        LocalizedText::new(
            format!("列「{name}」は使われません。"),
            format!("The column “{name}” is not used."),
        ),
        LocalizedText::of(
            "不要ならそのままで構いません。必要なら列名の綴りを確かめてください。",
            "Leave it if it is not needed; otherwise check how its name is spelt.",
        ),
    )
    .for_data_entry()
}

pub(super) fn repeated_column(column: u64, name: &str) -> Problem {
    let name = quote(name);
    error(
        "programme.column.repeated",
        Place::line(1, Some(column)),
        LocalizedText::new(
            format!("列「{name}」が 2 つあります。"),
            format!("The column “{name}” is there twice."),
        ),
        LocalizedText::of("どちらか一方にしてください。", "Keep one of them."),
    )
}

pub(super) fn malformed(line: u64) -> Problem {
    error(
        "programme.row.malformed",
        Place::line(line, None),
        LocalizedText::of("この行は CSV として読めません。", "This line is not CSV."),
        LocalizedText::of("引用符を確かめてください。", "Check the quotation marks."),
    )
}

pub(super) fn cell_count(line: u64, found: usize, wanted: usize) -> Problem {
    error(
        "programme.row.cells",
        Place::line(line, None),
        LocalizedText::new(
            format!("この行には {found} 個の値がありますが、見出しは {wanted} 列です。"),
            format!("The row has {found} values, the header {wanted} columns."),
        ),
        LocalizedText::of(
            "値の数を見出しに合わせてください。カンマを含む値は引用符で囲みます。",
            "Give as many values as columns; put a value with a comma in quotation marks.",
        ),
    )
}

pub(super) fn too_many_rows() -> Problem {
    error(
        "programme.rows.too_many",
        Place::file(),
        LocalizedText::new(
            format!("行が多すぎます（上限 {ROWS_MAX}）。"),
            format!("There are too many rows; {ROWS_MAX} is the limit."),
        ),
        LocalizedText::of("ファイルを分けてください。", "Split the file."),
    )
}

pub(super) fn too_long(line: u64, column: u64) -> Problem {
    error(
        "programme.cell.too_long",
        Place::line(line, Some(column)),
        LocalizedText::new(
            format!("値が長すぎます（上限 {CELL_MAX_CHARS} 字）。"),
            format!("The value is too long; {CELL_MAX_CHARS} characters is the limit."),
        ),
        LocalizedText::of("値を短くしてください。", "Shorten it."),
    )
}

pub(super) fn absent(place: Place, column: &str) -> Problem {
    error(
        "programme.value.absent",
        place,
        LocalizedText::new(format!("{column} が空です。"), format!("{column} is empty.")),
        LocalizedText::new(
            format!("{column} を書いてください。"),
            format!("Give {column} a value."),
        ),
    )
}

pub(super) fn value(place: Place, column: &str, text: &str, wanted: &LocalizedText) -> Problem {
    let text = quote(text);
    error(
        "programme.value.unreadable",
        place,
        LocalizedText::new(
            format!("{column} の「{text}」は読めません。"),
            format!("“{text}” in {column} cannot be read."),
        ),
        LocalizedText::new(
            format!("{} を書いてください。", wanted.ja),
            format!("Write {}.", wanted.en),
        ),
    )
}

pub(super) fn backwards(place: Place) -> Problem {
    error(
        "programme.period.backwards",
        place,
        LocalizedText::of("until が from より前の日です。", "until is a day before from."),
        LocalizedText::of("日付を直してください。", "Correct the dates."),
    )
}

pub(super) fn overlaps(place: Place, hospital: &str, from: &str) -> Problem {
    let hospital = quote(hospital);
    error(
        "programme.period.overlaps",
        place,
        LocalizedText::new(
            format!("{hospital} の指定期間が、{from} からの期間と重なります。"),
            format!("The designation of {hospital} overlaps the one from {from}."),
        ),
        LocalizedText::new(
            format!("{from} からの期間に until を入れた行を加えるか、日付を直してください。"),
            format!("Add a row that gives the one from {from} an until, or correct the dates."),
        ),
    )
}

pub(super) fn repeated_row(line: u64, key: &str) -> Problem {
    let key = quote(key);
    Problem::warning(
        "programme.row.repeated",
        Place::line(line, None),
        LocalizedText::new(
            format!("「{key}」の行が 2 つあります。後の行を使いました。"),
            format!("“{key}” has two rows; the later one was used."),
        ),
        LocalizedText::of("片方を消してください。", "Remove one of them."),
    )
    .for_data_entry()
}

pub(super) fn no_such(place: Place, column: &str, code: &str) -> Problem {
    let code = quote(code);
    error(
        "programme.reference.absent",
        place,
        LocalizedText::new(
            format!("{column} の「{code}」が登録簿にも、一緒に読んだ表にもありません。"),
            format!(
                "“{code}” in {column} is neither in the registry nor in the tables read with it."
            ),
        ),
        LocalizedText::of(
            "先に、または一緒に、病院や検査機関の表を読み込んでください。",
            "Read the table of hospitals or laboratories before it or together with it.",
        ),
    )
}

pub(super) fn unsound(place: Place, key: &str) -> Problem {
    let key = quote(key);
    error(
        "programme.row.unsound",
        place,
        LocalizedText::new(
            format!("「{key}」は登録簿の規則に合いません（記号の形、名前の長さなど）。"),
            format!("“{key}” breaks the registry's rules (form of the code, length of the name)."),
        ),
        LocalizedText::of(
            "記号は英数字と - _ . で 40 字以内、名前は 200 字以内にしてください。",
            "Codes have up to 40 letters, digits and - _ ., names up to 200 characters.",
        ),
    )
}
