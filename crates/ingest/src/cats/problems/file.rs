//! Problems of the bytes and of the JSON text.

use model::{
    problem::{Place, Problem},
    text::LocalizedText,
};

use super::both;
use crate::cats::json::{
    BlemishKind, DEPTH_MAX, Fault, INNER_ITEMS_MAX, ITEMS_MAX, MEMBERS_MAX, TEXT_BYTES_MAX,
    VALUES_MAX,
};

pub(in super::super) fn too_large(bytes: u64, max_bytes: usize) -> Problem {
    Problem::error(
        "cats.file.too_large",
        Place::file(),
        both(
            format!("ファイルが大きすぎます（{bytes}バイト、上限は{max_bytes}バイト）。"),
            format!("The file is too large: {bytes} bytes; the limit is {max_bytes} bytes."),
        ),
        LocalizedText::of(
            "1回の検査の結果だけが入っているか確かめてください。",
            "Make sure that the file holds the result of one test only.",
        ),
    )
}

pub(in super::super) fn empty() -> Problem {
    Problem::error(
        "cats.file.empty",
        Place::file(),
        LocalizedText::of("ファイルが空です。", "The file is empty."),
        LocalizedText::of(
            "検査機関から受け取り直してください。",
            "Fetch the file from the laboratory again.",
        ),
    )
}

pub(in super::super) fn wrong_encoding(place: Place, seen_ja: &str, seen_en: &str) -> Problem {
    Problem::error(
        "cats.encoding.not_utf8",
        place,
        both(
            format!("文字コードがUTF-8ではありません（{seen_ja}）。"),
            format!("The file is not encoded in UTF-8 ({seen_en})."),
        ),
        LocalizedText::of(
            "文字コードをUTF-8（BOMなし）にして書き出してください。",
            "Write the file in UTF-8 without a byte order mark.",
        ),
    )
}

pub(in super::super) fn byte_order_mark() -> Problem {
    Problem::error(
        "cats.encoding.byte_order_mark",
        Place::line(1, Some(1)),
        LocalizedText::of(
            "ファイルの先頭にBOM（バイト順マーク）があります。",
            "The file begins with a byte order mark.",
        ),
        LocalizedText::of(
            "BOMを付けずにUTF-8で書き出してください。",
            "Write the file in UTF-8 without a byte order mark.",
        ),
    )
}

pub(in super::super) fn nul_byte(place: Place) -> Problem {
    Problem::error(
        "cats.encoding.nul",
        place,
        LocalizedText::of(
            "値が0のバイト（NUL）が含まれています。",
            "The file contains a byte of value zero (NUL).",
        ),
        LocalizedText::of(
            "転送中に壊れたおそれがあります。受け取り直してください。",
            "The file may be damaged: fetch it again.",
        ),
    )
}

/// Why a text could not be parsed to its end.
pub(in super::super) fn not_json(fault: Fault, place: Place) -> Problem {
    let (code, message) = match fault {
        Fault::Truncated => (
            "cats.json.truncated",
            LocalizedText::of(
                "ファイルが途中で終わっています。",
                "The file ends before the JSON text is complete.",
            ),
        ),
        Fault::TooDeep => (
            "cats.json.too_deep",
            both(
                format!("入れ子が深すぎます（上限は{DEPTH_MAX}段）。"),
                format!(
                    "Arrays and objects are nested too deeply; the limit is {DEPTH_MAX} levels."
                ),
            ),
        ),
        Fault::TooManyItems => (
            "cats.json.array_too_long",
            both(
                format!(
                    "配列の要素が多すぎます（上限は{ITEMS_MAX}個、項目の中の配列は{INNER_ITEMS_MAX}個）。"
                ),
                format!(
                    "An array has too many items; the limit is {ITEMS_MAX}, and {INNER_ITEMS_MAX} within an item."
                ),
            ),
        ),
        Fault::TooManyMembers => (
            "cats.json.object_too_large",
            both(
                format!("1つのオブジェクトの項目が多すぎます（上限は{MEMBERS_MAX}個）。"),
                format!("An object has too many members; the limit is {MEMBERS_MAX}."),
            ),
        ),
        Fault::TooManyValues => (
            "cats.json.too_many_values",
            both(
                format!("値が多すぎます（上限は{VALUES_MAX}個）。"),
                format!("The file holds too many values; the limit is {VALUES_MAX}."),
            ),
        ),
        Fault::Unexpected => (
            "cats.json.syntax",
            LocalizedText::of(
                "JSONとして正しくない文字があります。",
                "A character stands where JSON does not allow it.",
            ),
        ),
        Fault::BadNumber => (
            "cats.json.syntax",
            LocalizedText::of(
                "数値の書き方がJSONとして正しくありません。",
                "A number is not written as JSON asks.",
            ),
        ),
        Fault::BadText => (
            "cats.json.syntax",
            LocalizedText::of(
                "文字列の中に改行などの制御文字がそのまま入っています。",
                "A text contains a raw control character, such as a line break.",
            ),
        ),
        Fault::BadEscape => (
            "cats.json.syntax",
            LocalizedText::of(
                "文字列の中の「\\」による表記が正しくありません。",
                "An escape sequence in a text is not valid.",
            ),
        ),
        Fault::TrailingText => (
            "cats.json.syntax",
            LocalizedText::of(
                "JSONの終わりの後に余分な文字があります。",
                "There is text after the end of the JSON value.",
            ),
        ),
    };
    let remedy = match fault {
        Fault::Truncated => LocalizedText::of(
            "転送が途切れたおそれがあります。受け取り直してください。",
            "The transfer may have been cut off: fetch the file again.",
        ),
        _ => LocalizedText::of(
            "示した箇所を見て、書き出したシステムを直してください。",
            "Look at the place shown and correct the system that wrote the file.",
        ),
    };
    Problem::error(code, place, message, remedy)
}

/// Something wrong with one value or key of a text that could be parsed.
pub(in super::super) fn blemish(kind: BlemishKind, place: Place) -> Problem {
    match kind {
        BlemishKind::DuplicateKey => Problem::error(
            "cats.json.duplicate_key",
            place,
            LocalizedText::of(
                "同じ名前の項目が1つのオブジェクトに2回以上あります。",
                "A member of this name occurs more than once in the object.",
            ),
            LocalizedText::of(
                "どちらの値が正しいか確かめ、1つだけ残してください。",
                "Find out which value is right and keep only that one.",
            ),
        ),
        BlemishKind::NumberOutOfRange => Problem::error(
            "cats.number.out_of_range",
            place,
            LocalizedText::of(
                "数値が扱える範囲を超えています。",
                "The number is beyond the range that can be represented.",
            ),
            LocalizedText::of(
                "64ビットの整数または小数で表せる値にしてください。",
                "Write a value that fits a 64-bit integer or floating-point number.",
            ),
        ),
        BlemishKind::TextTooLong => Problem::error(
            "cats.text.too_long",
            place,
            both(
                format!("文字列が長すぎます（上限は{TEXT_BYTES_MAX}バイト）。"),
                format!("The text is too long; the limit is {TEXT_BYTES_MAX} bytes."),
            ),
            LocalizedText::of("短くしてください。", "Shorten the text."),
        ),
        BlemishKind::NulInText => Problem::error(
            "cats.text.nul",
            place,
            LocalizedText::of(
                "文字列に\\u0000が含まれています。",
                "The text contains the character \\u0000.",
            ),
            LocalizedText::of("その文字を取り除いてください。", "Remove the character."),
        ),
    }
}

pub(in super::super) fn too_many_problems(omitted: usize) -> Problem {
    Problem::error(
        "cats.problems.too_many",
        Place::file(),
        both(
            format!("問題が多いため、ほかの{omitted}件は表示していません。"),
            format!("There are {omitted} more problems that are not shown."),
        ),
        LocalizedText::of(
            "表示された問題を直してから、もう一度検査してください。",
            "Correct the problems shown and validate again.",
        ),
    )
}

/// The rules found nothing wrong, and still the document could not be made.
pub(in super::super) fn unreadable(reason: &str) -> Problem {
    Problem::error(
        "cats.document.unreadable",
        Place::file(),
        both(
            format!("内容を読み取れませんでした（{reason}）。"),
            format!("The content could not be read ({reason})."),
        ),
        LocalizedText::of(
            "このファイルを添えて開発者に知らせてください。",
            "Report this to the developers together with the file.",
        ),
    )
}
