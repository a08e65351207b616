//! What can be wrong with a CSV file of the portal.

use model::{
    catalogue::Item,
    problem::{Place, Problem},
    text::LocalizedText,
};

/// Longest stretch of the file's own text repeated in a sentence. Units: characters.
const MAX_QUOTED_CHARACTERS: usize = 64;
/// Most column names listed in a sentence.
const MAX_NAMES: usize = 12;

fn quote(text: &str) -> String {
    text.chars().take(MAX_QUOTED_CHARACTERS).map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn column(at: usize) -> Option<u64> {
    u64::try_from(at).ok().map(|at| at.saturating_add(1))
}

/// The export that the columns are compared with.
const EXPORT_AGAIN: LocalizedText = LocalizedText::of(
    "ポータルから「全データ出力」で出力し直してください。",
    "Export the file from the portal again, with all data.",
);

pub(super) fn too_large(bytes: u64, max: usize) -> Problem {
    Problem::error(
        "portal.file.too_large",
        Place::file(),
        LocalizedText::new(
            format!("ファイルが{bytes}バイトで、上限の{max}バイトを超えています。"),
            format!("The file has {bytes} bytes; at most {max} are read."),
        ),
        LocalizedText::of("ファイルを分けてください。", "Split the file."),
    )
}

pub(super) fn not_utf8(line: u64) -> Problem {
    Problem::error(
        "portal.encoding.not_utf8",
        Place::line(line, None),
        LocalizedText::of(
            "文字コードがUTF-8ではありません。表計算ソフトで保存し直すとShift_JISになることがあります。",
            "The file is not UTF-8; spreadsheet programs may have saved it as Shift_JIS.",
        ),
        LocalizedText::of(
            "ポータルから出力したままのファイルを使うか、「CSV UTF-8」で保存してください。",
            "Use the file as the portal wrote it, or save it as \"CSV UTF-8\".",
        ),
    )
    .for_data_entry()
}

pub(super) fn empty() -> Problem {
    Problem::error(
        "portal.file.empty",
        Place::file(),
        LocalizedText::of("ファイルが空です。", "The file is empty."),
        EXPORT_AGAIN,
    )
}

pub(super) fn no_rows() -> Problem {
    Problem::warning(
        "portal.file.no_rows",
        Place::line(1, None),
        LocalizedText::of("見出しの下に行がありません。", "There is no row below the header."),
        EXPORT_AGAIN,
    )
}

pub(super) fn too_wide(width: usize, max: usize) -> Problem {
    Problem::error(
        "portal.header.width",
        Place::line(1, None),
        LocalizedText::new(
            format!("列が{width}個あり、上限の{max}個を超えています。"),
            format!("There are {width} columns; at most {max} are read."),
        ),
        EXPORT_AGAIN,
    )
}

pub(super) fn not_the_portals() -> Problem {
    Problem::error(
        "portal.header.unknown",
        Place::line(1, None),
        LocalizedText::of(
            "症例CSVともレポートCSVとも分かる列がありません。",
            "No column tells whether it is the case CSV or the report CSV.",
        ),
        LocalizedText::of(
            "1行目に列名がある、ポータルの出力ファイルを選んでください。",
            "Choose a file of the portal, with the column names on its first line.",
        ),
    )
}

pub(super) fn other_document(is_case: bool) -> Problem {
    let (ja, en) = if is_case {
        ("レポートCSVではなく症例CSVです。", "This is the case CSV, not the report CSV.")
    } else {
        ("症例CSVではなくレポートCSVです。", "This is the report CSV, not the case CSV.")
    };
    Problem::error(
        "portal.header.other_document",
        Place::line(1, None),
        LocalizedText::of(ja, en),
        LocalizedText::of("もう一方のファイルを選んでください。", "Choose the other file."),
    )
}

pub(super) fn missing_columns(missing: &[&str]) -> Problem {
    let count = missing.len();
    let names = missing.iter().take(MAX_NAMES).copied().collect::<Vec<_>>();
    let more = if count > MAX_NAMES { ", …" } else { "" };
    let (ja, en) = (names.join("、"), names.join(", "));
    Problem::warning(
        "portal.header.missing",
        Place::line(1, None),
        LocalizedText::new(
            format!("項目表にある列が{count}個ありません: {ja}{more}。"),
            format!("{count} columns of the catalogue are missing: {en}{more}."),
        ),
        LocalizedText::of(
            "出力の版が違うときはそのままでかまいません。そうでなければ出力し直してください。",
            "Nothing has to be done if the export is of another version; otherwise export it again.",
        ),
    )
}

pub(super) fn unknown_column(at: usize, name: &str) -> Problem {
    let name = quote(name);
    Problem::warning(
        "portal.header.extra",
        Place::line(1, column(at)),
        LocalizedText::new(
            format!("列「{name}」は項目表にありません。値はそのまま保存します。"),
            format!(
                "The column \"{name}\" is not in the catalogue; its values are kept as they are."
            ),
        ),
        LocalizedText::of(
            "新しい項目であれば、項目表への追加を管理者に依頼してください。",
            "If it is a new item, ask the administrator to add it to the catalogue.",
        ),
    )
}

pub(super) fn doubled_column(at: usize, name: &str) -> Problem {
    let name = quote(name);
    Problem::error(
        "portal.header.doubled",
        Place::line(1, column(at)),
        LocalizedText::new(
            format!("列「{name}」が二度あります。最初の列を使いました。"),
            format!("The column \"{name}\" occurs twice; the first one was used."),
        ),
        LocalizedText::of("列名を一つずつにしてください。", "Name each column once."),
    )
}

pub(super) fn other_order() -> Problem {
    Problem::note(
        "portal.header.order",
        Place::line(1, None),
        LocalizedText::of(
            "列の順序が項目表と違います。列名で読み取りました。",
            "The columns stand in another order than in the catalogue; they were found by name.",
        ),
        LocalizedText::of("対応は不要です。", "Nothing has to be done."),
    )
}

pub(super) fn too_many_rows(line: u64, max: usize) -> Problem {
    Problem::error(
        "portal.row.too_many",
        Place::line(line, None),
        LocalizedText::new(
            format!("行が上限の{max}行を超えたため、ここから先は読んでいません。"),
            format!("There are more than {max} rows; nothing was read from here on."),
        ),
        LocalizedText::of("ファイルを分けてください。", "Split the file."),
    )
}

pub(super) fn case_too_large(line: u64, max: usize) -> Problem {
    Problem::error(
        "portal.case.too_large",
        Place::line(line, None),
        LocalizedText::new(
            format!("一つの症例の行が上限の{max}バイトを超えています。"),
            format!("The rows of one case have more than {max} bytes."),
        ),
        LocalizedText::of(
            "閉じていない二重引用符や、同じハッシュIDの付いた別の症例がないか確かめてください。",
            "Look for a double quote that is not closed, or other cases with the same hash ID.",
        ),
    )
}

pub(super) fn row_width(line: u64, found: usize, expected: usize) -> Problem {
    Problem::error(
        "portal.row.width",
        Place::line(line, None),
        LocalizedText::new(
            format!("セルが{found}個で、見出しの{expected}個と違います。"),
            format!("The row has {found} cells where the header has {expected}."),
        ),
        LocalizedText::of(
            "コンマや引用符を含むセルが二重引用符で囲まれているか確かめてください。",
            "Check that cells with commas or quotes stand in double quotes.",
        ),
    )
}

pub(super) fn no_case(line: u64) -> Problem {
    Problem::warning(
        "portal.row.no_case",
        Place::line(line, None),
        LocalizedText::of(
            "登録IDもハッシュIDもないため、この行だけで一つの症例としました。",
            "The row has neither registration ID nor hash ID and was taken for a case of its own.",
        ),
        LocalizedText::of("IDの列を含めて出力してください。", "Export the columns of the IDs too."),
    )
}

pub(super) fn contradicts(
    line: u64,
    at: Option<usize>,
    item: &Item,
    first: &str,
    other: &str,
) -> Problem {
    let (first, other) = (quote(first), quote(other));
    Problem::warning(
        "portal.case.contradicts",
        Place::line(line, at.and_then(column)),
        LocalizedText::new(
            format!(
                "「{}」が同じ症例の前の行では「{first}」、この行では「{other}」です。",
                item.label.ja
            ),
            format!(
                "\"{}\" is \"{first}\" in an earlier row of the case and \"{other}\" in this one.",
                item.label.en
            ),
        ),
        LocalizedText::of(
            "症例に一つの項目なので、正しい値にそろえてください。",
            "A case has the item once; enter the right value everywhere.",
        ),
    )
    .for_data_entry()
}

pub(super) fn label_alone(at: usize, count: u64) -> Problem {
    Problem::note(
        "portal.cell.label_alone",
        Place::line(1, column(at)),
        LocalizedText::new(
            format!("この名称の列に、コードのない名称が{count}個あります。そのまま保存します。"),
            format!(
                "This column of labels has {count} labels without a code; they are kept as they are."
            ),
        ),
        LocalizedText::of(
            "コードの列が空でないか確かめてください。",
            "Check that the column of codes is not empty.",
        ),
    )
}

pub(super) fn report_without_case(line: u64, name: &str) -> Problem {
    let name = quote(name);
    Problem::warning(
        "portal.pair.no_case",
        Place::line(line, None),
        LocalizedText::new(
            format!("レポートCSVの「{name}」が症例CSVにありません。"),
            format!("\"{name}\" of the report CSV is not in the case CSV."),
        ),
        LocalizedText::of(
            "二つのファイルを同じ条件で出力してください。",
            "Export both files with the same filter.",
        ),
    )
}

pub(super) fn case_without_report(line: u64, name: &str) -> Problem {
    let name = quote(name);
    Problem::note(
        "portal.pair.no_report",
        Place::line(line, None),
        LocalizedText::new(
            format!("症例CSVの「{name}」に調査結果がありません。"),
            format!("\"{name}\" of the case CSV has no findings report."),
        ),
        LocalizedText::of(
            "解析不良や検査の中止でないかを確かめてください。",
            "Find out whether the analysis failed or the test was cancelled.",
        ),
    )
}
