//! What may be wrong with a query, and how to mend it.

use model::{
    problem::{Place, Problem},
    text::LocalizedText,
};

use crate::cohort::evaluate::{MAX_DEPTH, MAX_TERMS};

/// Most names that a remedy lists.
const MAX_LISTED: usize = 24;
/// Most names that are offered for a name that is not known.
const MAX_OFFERED: usize = 3;
/// Least likeness of an offered name.
const LIKENESS: f64 = 0.75;
/// Longest piece of a query that is repeated. Units: characters.
const MAX_QUOTED: usize = 60;
/// Most names that are compared for likeness.
const MAX_COMPARED: usize = 100_000;

fn problem(
    code: &'static str,
    place: Place,
    message: LocalizedText,
    remedy: LocalizedText,
) -> Box<Problem> {
    Box::new(Problem::error(code, place, message, remedy).for_data_entry())
}

pub(super) fn quoted(text: &str) -> String {
    let mut short: String = text.chars().take(MAX_QUOTED).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

pub(super) fn too_many_terms(place: Place) -> Box<Problem> {
    problem(
        "query.too_large",
        place,
        LocalizedText::new(
            format!("検索条件が{MAX_TERMS}個を超えています。"),
            format!("The query has more than {MAX_TERMS} terms."),
        ),
        LocalizedText::of(
            "条件を減らすか、コホートを保存して組み合わせてください。",
            "Use fewer terms, or save cohorts and combine them.",
        ),
    )
}

pub(super) fn too_long(longest_bytes: usize) -> Box<Problem> {
    problem(
        "query.too_long",
        Place::file(),
        LocalizedText::new(
            format!("検索条件が{longest_bytes}バイトを超えています。"),
            format!("The query is longer than {longest_bytes} bytes."),
        ),
        LocalizedText::of("条件を短くしてください。", "Make it shorter."),
    )
}

pub(super) fn too_deep(place: Place) -> Box<Problem> {
    problem(
        "query.too_deep",
        place,
        LocalizedText::new(
            format!("検索条件の入れ子が{MAX_DEPTH}段を超えています。"),
            format!("Terms lie more than {MAX_DEPTH} deep within each other."),
        ),
        LocalizedText::of(
            "かっこや「でない」を減らしてください。",
            "Use fewer parentheses and negations.",
        ),
    )
}

pub(super) fn syntax(
    place: Place,
    found: &str,
    expected_ja: &str,
    expected_en: &str,
) -> Box<Problem> {
    let found = quoted(found);
    let (found_ja, found_en) = if found.is_empty() {
        ("検索条件がここで終わっています。".to_owned(), "The query ends here.".to_owned())
    } else {
        (format!("「{found}」はここに書けません。"), format!("{found:?} cannot stand here."))
    };
    problem(
        "query.syntax",
        place,
        LocalizedText::new(found_ja, found_en),
        LocalizedText::new(
            format!("{expected_ja}を書いてください。"),
            format!("Write {expected_en}."),
        ),
    )
}

pub(super) fn not_json(error: &serde_json::Error) -> Box<Problem> {
    let place = Place::line(error.line() as u64, Some(error.column() as u64));
    problem(
        "query.json",
        place,
        LocalizedText::of("JSONとして読めません。", "This cannot be read as JSON."),
        LocalizedText::of(
            "例: {\"gene\":\"KRAS\"} のように書いてください。",
            "Write it like {\"gene\":\"KRAS\"}.",
        ),
    )
}

pub(super) fn wrong_shape(place: Place, ja: &str, en: &str) -> Box<Problem> {
    problem(
        "query.shape",
        place,
        LocalizedText::of("値の形が違います。", "The value has the wrong shape."),
        LocalizedText::new(format!("{ja}を書いてください。"), format!("Write {en}.")),
    )
}

/// A name that is not among those that may stand at its place.
pub(super) fn unknown_name<'a>(
    code: &'static str,
    place: Place,
    (what_ja, what_en): (&str, &str),
    written: &str,
    valid: impl Iterator<Item = &'a str>,
) -> Box<Problem> {
    let valid: Vec<&str> = valid.take(MAX_COMPARED).collect();
    let written_lower = written.to_lowercase();
    let mut alike: Vec<(f64, &str)> = valid
        .iter()
        .map(|name| (strsim::jaro_winkler(&name.to_lowercase(), &written_lower), *name))
        .filter(|(likeness, _)| *likeness >= LIKENESS)
        .collect();
    alike.sort_by(|left, right| right.0.total_cmp(&left.0).then(left.1.cmp(right.1)));
    alike.truncate(MAX_OFFERED);
    let offered: Vec<&str> = alike.iter().map(|(_, name)| *name).collect();
    let (remedy_ja, remedy_en) = if !offered.is_empty() {
        (
            format!("もしかして: {}", offered.join("、")),
            format!("Did you mean: {}?", offered.join(", ")),
        )
    } else {
        let listed = valid.iter().take(MAX_LISTED).copied().collect::<Vec<_>>().join(", ");
        let more = if valid.len() > MAX_LISTED { ", …" } else { "" };
        (format!("使える名前: {listed}{more}"), format!("Valid names: {listed}{more}"))
    };
    let written = quoted(written);
    problem(
        code,
        place,
        LocalizedText::new(
            format!("「{written}」という{what_ja}はありません。"),
            format!("There is no {what_en} {written:?}."),
        ),
        LocalizedText::new(remedy_ja, remedy_en),
    )
}

/// A group of conditions on one alteration, therapy or event, written as if it had one value.
pub(super) fn group_as_item(place: Place, name: &str, example: &str) -> Box<Problem> {
    problem(
        "query.group",
        place,
        LocalizedText::new(
            format!("「{name}」は条件をかっこの中に並べます。"),
            format!("The conditions of “{name}” stand in parentheses."),
        ),
        LocalizedText::new(format!("例: {example}"), format!("For example: {example}")),
    )
}

pub(super) fn not_a_number(place: Place, written: &str, example: &str) -> Box<Problem> {
    let written = quoted(written);
    problem(
        "query.number",
        place,
        LocalizedText::new(
            format!("「{written}」は数や日付として読めないか、範囲を外れています。"),
            format!("{written:?} is no number or date, or beyond its bounds."),
        ),
        LocalizedText::new(
            format!("例: {example} のように書いてください。"),
            format!("Write it like {example}."),
        ),
    )
}

pub(super) fn reversed(place: Place) -> Box<Problem> {
    problem(
        "query.range.reversed",
        place,
        LocalizedText::of("範囲の下限が上限を超えています。", "The range ends before it begins."),
        LocalizedText::of("下限と上限を入れ替えてください。", "Swap its two ends."),
    )
}

pub(super) fn missing_value(place: Place) -> Box<Problem> {
    problem(
        "query.value.missing",
        place,
        LocalizedText::of("値がありません。", "A value is missing."),
        LocalizedText::of("値を1つ以上書いてください。", "Write at least one value."),
    )
}
