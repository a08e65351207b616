//! Problems with the rules of a version.

use model::{
    problem::{Place, Problem},
    text::LocalizedText,
};

use super::{both, quoted};
use crate::cats::{rules::Pattern, version::Version};

pub(in super::super) fn version_missing(pointer: &str) -> Problem {
    Problem::error(
        "cats.version.missing",
        Place::pointer(pointer),
        LocalizedText::of(
            "版（metaData.schemaVersion）が書かれていないため、検査できません。",
            "The version (metaData.schemaVersion) is missing, so the file cannot be judged.",
        ),
        LocalizedText::new(
            format!("{}のいずれかを文字列で書いてください。", version_names()),
            format!("Write one of {} as a text.", version_names()),
        ),
    )
}

pub(in super::super) fn version_unknown(pointer: &str, written: &str) -> Problem {
    Problem::error(
        "cats.version.unknown",
        Place::pointer(pointer),
        both(
            format!("版「{}」は知られていません。", quoted(written)),
            format!("The version \"{}\" is not known.", quoted(written)),
        ),
        LocalizedText::new(
            format!("読める版は{}です。", version_names()),
            format!("The versions that can be read are {}.", version_names()),
        ),
    )
}

fn version_names() -> String {
    Version::ALL.map(Version::name).join(", ")
}

pub(in super::super) fn version_inferred(version: Version) -> Problem {
    Problem::note(
        "cats.version.inferred",
        Place::pointer("/metaData/schemaVersion"),
        both(
            format!(
                "{version}版の公式の規則は公開されていないため、公開見本から推定した規則で検査しました。"
            ),
            format!(
                "No official rules of {version} are public; the file was judged by rules inferred from samples."
            ),
        ),
        LocalizedText::of("対応は不要です。", "Nothing has to be done."),
    )
}

pub(in super::super) fn wrong_type(
    pointer: String,
    wanted: (&'static str, &'static str),
    found: (&'static str, &'static str),
) -> Problem {
    Problem::error(
        "cats.type",
        Place::pointer(pointer),
        both(
            format!("{}であるべきところに{}があります。", wanted.0, found.0),
            format!("Expected {}, found {}.", wanted.1, found.1),
        ),
        both(format!("{}を書いてください。", wanted.0), format!("Write {}.", wanted.1)),
    )
}

pub(in super::super) fn member_missing(pointer: String, name: &str, version: Version) -> Problem {
    Problem::error(
        "cats.member.missing",
        Place::pointer(pointer),
        both(
            format!("必須の項目「{name}」がありません。"),
            format!("The required member \"{name}\" is missing."),
        ),
        both(
            format!("{version}版の規則に従って「{name}」を書いてください。"),
            format!("Add \"{name}\" as version {version} asks."),
        ),
    )
}

pub(in super::super) fn member_unknown(
    pointer: String,
    name: &str,
    meant: Option<&str>,
) -> Problem {
    let name = quoted(name);
    let remedy = match meant {
        Some(meant) => both(
            format!("「{meant}」の書き誤りではありませんか。"),
            format!("Did you mean \"{meant}\"?"),
        ),
        None => LocalizedText::of(
            "この項目を取り除くか、名前を確かめてください。",
            "Remove the member or check its name.",
        ),
    };
    Problem::error(
        "cats.member.unknown",
        Place::pointer(pointer),
        both(
            format!("項目「{name}」は、どの版のCATSにもありません。"),
            format!("No version of CATS has the member \"{name}\" here."),
        ),
        remedy,
    )
}

pub(in super::super) fn member_of_other_version(
    pointer: String,
    name: &str,
    version: Version,
    (since, until): (Version, Version),
) -> Problem {
    let (ja, en) = if version > until {
        (
            format!("項目「{name}」は{until}版までのもので、{version}版にはありません。"),
            format!(
                "The member \"{name}\" was removed after version {until}; version {version} has none."
            ),
        )
    } else {
        (
            format!("項目「{name}」は{since}版からのもので、{version}版にはありません。"),
            format!("The member \"{name}\" came with version {since}; version {version} has none."),
        )
    };
    Problem::error(
        "cats.member.other_version",
        Place::pointer(pointer),
        both(ja, en),
        LocalizedText::of(
            "schemaVersionが正しいか確かめるか、「tsumugi cats upgrade」で版を上げてください。",
            "Check schemaVersion, or bring the file to a newer version with \"tsumugi cats upgrade\".",
        ),
    )
}

pub(in super::super) fn word_unknown(
    pointer: String,
    word: &str,
    allowed: &[&str],
    in_other_version: bool,
) -> Problem {
    let word = quoted(word);
    let (code, ja, en) = if in_other_version {
        (
            "cats.word.other_version",
            format!("語「{word}」は、別の版のCATSの語です。"),
            format!("The word \"{word}\" belongs to another version of CATS."),
        )
    } else {
        (
            "cats.word.unknown",
            format!("語「{word}」は、ここでは使えません。"),
            format!("The word \"{word}\" is not allowed here."),
        )
    };
    Problem::error(
        code,
        Place::pointer(pointer),
        both(ja, en),
        both(
            format!("次のいずれかを書いてください：{}", allowed.join("、")),
            format!("Write one of: {}.", allowed.join(", ")),
        ),
    )
}

pub(in super::super) fn pattern(pointer: String, pattern: Pattern, text: &str) -> Problem {
    let (ja, en) = match pattern {
        Pattern::Line | Pattern::Any => {
            ("空でない1行の文字列", "a text of one line that is not empty")
        }
        Pattern::Unbroken => ("空白を含まない文字列", "a text without white space"),
        Pattern::Release => ("「GRCh38」のようにGRCで始まる名前", "a release such as \"GRCh38\""),
        Pattern::Chromosome => ("英数字の染色体名", "a chromosome name of letters and digits"),
        Pattern::Bases => ("大文字の塩基（A, C, G, T, N）", "upper-case bases (A, C, G, T, N)"),
        Pattern::BasesOrStar => {
            ("大文字の塩基（A, C, G, T, N）または*", "upper-case bases (A, C, G, T, N) or *")
        }
        Pattern::Version => ("数字と点", "digits and dots"),
    };
    Problem::error(
        "cats.pattern",
        Place::pointer(pointer),
        both(
            format!("「{}」は{ja}ではありません。", quoted(text)),
            format!("\"{}\" is not {en}.", quoted(text)),
        ),
        both(format!("{ja}を書いてください。"), format!("Write {en}.")),
    )
}

pub(in super::super) fn number_out_of_bounds(
    pointer: String,
    value: &str,
    min: Option<f64>,
    max: Option<f64>,
) -> Problem {
    let (ja, en) = match (min, max) {
        (Some(min), Some(max)) => {
            (format!("{min}以上{max}以下"), format!("between {min} and {max}"))
        }
        (Some(min), None) => (format!("{min}以上"), format!("at least {min}")),
        (None, Some(max)) => (format!("{max}以下"), format!("at most {max}")),
        (None, None) => (String::from("数値"), String::from("a number")),
    };
    Problem::error(
        "cats.number.bounds",
        Place::pointer(pointer),
        both(format!("{value}は{ja}ではありません。"), format!("{value} is not {en}.")),
        both(
            format!("{ja}の値にしてください。単位の取り違えも確かめてください。"),
            format!("Write a value {en}, and check its unit."),
        ),
    )
}

pub(in super::super) fn item_count(
    pointer: String,
    count: usize,
    min: usize,
    max: Option<usize>,
) -> Problem {
    let (ja, en) = match max {
        Some(max) if max == min => (format!("ちょうど{min}個"), format!("exactly {min}")),
        Some(max) => (format!("{min}個以上{max}個以下"), format!("{min} to {max}")),
        None => (format!("{min}個以上"), format!("at least {min}")),
    };
    Problem::error(
        "cats.array.length",
        Place::pointer(pointer),
        both(
            format!("要素が{count}個ありますが、{ja}でなければなりません。"),
            format!("The array has {count} items; it must have {en}."),
        ),
        LocalizedText::of("要素の数を直してください。", "Correct the number of items."),
    )
}

pub(in super::super) fn items_equal(pointer: String, first: usize) -> Problem {
    Problem::error(
        "cats.array.repeated",
        Place::pointer(pointer),
        both(
            format!("同じ内容の要素が前にもあります（{first}番、0から数えて）。"),
            format!("The item repeats an earlier one (number {first}, counted from 0)."),
        ),
        LocalizedText::of("重なった要素を取り除いてください。", "Remove the repeated item."),
    )
}
