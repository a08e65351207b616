//! What can keep a case CSV from being entered.

use model::{
    catalogue::Catalogue,
    clinical_record::CellAddress,
    problem::{Place, Problem, Severity},
    text::LocalizedText,
};

/// Longest stretch of the file's own text repeated in a sentence. Units: characters.
const MAX_QUOTED_CHARACTERS: usize = 64;

fn quote(text: &str) -> String {
    text.chars().take(MAX_QUOTED_CHARACTERS).map(|c| if c.is_control() { ' ' } else { c }).collect()
}

pub(super) fn no_number(line: u64) -> Problem {
    Problem::error(
        "record_import.number.missing",
        Place::line(line, None),
        LocalizedText::of(
            "登録IDがないか、伏せられているため、どの症例か分かりません。",
            "The registration ID is missing or masked, so that nothing tells which case it is.",
        ),
        LocalizedText::of(
            "登録IDを伏せずに出力してください。",
            "Export the file with registration IDs that are not masked.",
        ),
    )
    .for_data_entry()
}

pub(super) fn unknown_number(line: u64, number: &str) -> Problem {
    let number = quote(number);
    Problem::error(
        "record_import.number.unknown",
        Place::line(line, None),
        LocalizedText::new(
            format!("登録番号「{number}」の症例は、この施設にありません。"),
            format!("This hospital has no case with the registration number \"{number}\"."),
        ),
        LocalizedText::of(
            "番号を確かめるか、症例を登録してから取り込んでください。ほかの施設の行は除いてください。",
            "Check the number, or register the case first. Take the rows of other hospitals out.",
        ),
    )
    .for_data_entry()
}

pub(super) fn twice(line: u64, number: &str, first: u64) -> Problem {
    let number = quote(number);
    Problem::error(
        "record_import.number.twice",
        Place::line(line, None),
        LocalizedText::new(
            format!("登録番号「{number}」は、{first}行に別の症例としてもあります。"),
            format!("The registration number \"{number}\" is another case's too, at line {first}."),
        ),
        LocalizedText::of(
            "施設IDとハッシュIDが行によって違わないか確かめてください。",
            "Check whether facility ID and hash ID differ between its rows.",
        ),
    )
    .for_data_entry()
}

pub(super) fn too_long(line: u64, address: &CellAddress, max: usize) -> Problem {
    let label = Catalogue::get().item(address.item.as_str()).map(|item| item.label.clone());
    let label = label.unwrap_or_default();
    Problem::error(
        "record_import.value.too_long",
        Place { line: Some(line), ..Place::pointer(format!("/{address}")) },
        LocalizedText::new(
            format!("「{}」が{max}文字を超えています。", label.ja),
            format!("\"{}\" has more than {max} characters.", label.en),
        ),
        LocalizedText::of("短くしてください。", "Shorten it."),
    )
    .for_data_entry()
}

pub(super) fn more(count: u64) -> Problem {
    Problem {
        severity: Severity::Note,
        ..Problem::error(
            "record_import.problems.more",
            Place::file(),
            LocalizedText::new(
                format!("ほかに{count}件あります。"),
                format!("There are {count} more of these."),
            ),
            LocalizedText::of(
                "上のものを直してから、もう一度取り込んでください。",
                "Mend those above, then import the file again.",
            ),
        )
        .for_data_entry()
    }
}

/// Says that a file has more cases than are taken at once.
pub fn too_many_cases(cases: usize, max: usize) -> Problem {
    Problem::error(
        "record_import.cases.too_many",
        Place::file(),
        LocalizedText::new(
            format!("症例が{cases}件あり、一度に取り込める{max}件を超えています。"),
            format!("The file has {cases} cases, more than the {max} that are taken at once."),
        ),
        LocalizedText::of(
            "ファイルを分けるか、コマンド tsumugi record import で取り込んでください。",
            "Split the file, or enter it with the command tsumugi record import.",
        ),
    )
    .for_data_entry()
}
