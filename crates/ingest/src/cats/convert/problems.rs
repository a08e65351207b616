//! What can keep an item from being converted.

use model::{
    problem::{Place, Problem},
    text::LocalizedText,
};

pub(super) fn not_on_grch38(release: Option<&str>) -> Problem {
    let release: String = release.unwrap_or("?").chars().take(32).collect();
    Problem::error(
        "cats.convert.assembly",
        Place::pointer("/metaData/referenceGenome"),
        LocalizedText::new(
            format!("位置が{release}のものです。変換先はGRCh38です。"),
            format!("Positions are on {release}; what is converted to is on GRCh38."),
        ),
        LocalizedText::of(
            "チェインファイルを与えてGRCh38へ移してください。",
            "Give a chain file so that positions are lifted to GRCh38.",
        ),
    )
}

/// An item that the output format cannot hold.
pub(super) fn left_out(pointer: String, member: &'static str) -> Problem {
    Problem::warning(
        "cats.convert.left_out",
        Place::pointer(pointer),
        LocalizedText::new(
            format!("{member}が使えないため、この項目を変換しませんでした。"),
            format!("The item was not converted, because {member} cannot be used."),
        ),
        LocalizedText::new(
            format!("{member}を正しく書いてください。"),
            format!("Correct {member}."),
        ),
    )
}

/// An item whose position has no counterpart in GRCh38.
pub(super) fn not_liftable(pointer: String) -> Problem {
    Problem::warning(
        "cats.convert.not_liftable",
        Place::pointer(pointer),
        LocalizedText::of(
            "位置をGRCh38へ移せないため、この項目を変換しませんでした。",
            "The item was not converted, because its position has no counterpart in GRCh38.",
        ),
        LocalizedText::of("位置を確かめてください。", "Check the position."),
    )
}
