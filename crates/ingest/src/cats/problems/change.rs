//! Problems of bringing a document to a newer version.

use model::{
    problem::{Place, Problem},
    text::LocalizedText,
};

use super::{both, quoted};
use crate::cats::version::Version;

pub(in super::super) fn older(from: Version, to: Version) -> Problem {
    Problem::error(
        "cats.upgrade.older",
        Place::pointer("/metaData/schemaVersion"),
        both(
            format!("{from}版を、より古い{to}版に変えることはできません。"),
            format!("A file of version {from} cannot be brought back to version {to}."),
        ),
        LocalizedText::of("より新しい版を指定してください。", "Ask for a newer version."),
    )
}

pub(in super::super) fn sample_invented(pointer: String, id: &str) -> Problem {
    Problem::warning(
        "cats.upgrade.sample_invented",
        Place::pointer(pointer),
        both(
            format!("対応する検体がないため、仮の検体「{}」を加えました。", quoted(id)),
            format!("No sample corresponds, so the placeholder \"{}\" was added.", quoted(id)),
        ),
        LocalizedText::of(
            "sequencingSamplesとsampleItemIdを実際の検体に直してください。",
            "Put the actual sample into sequencingSamples and sampleItemId.",
        ),
    )
}

pub(in super::super) fn sample_ambiguous(pointer: &str, id: &str) -> Problem {
    Problem::warning(
        "cats.upgrade.sample_ambiguous",
        Place::pointer(pointer),
        both(
            format!("同じ種類の検体が2つ以上あるため、最後の「{}」に対応づけました。", quoted(id)),
            format!(
                "Several samples are of one kind; items were given to the last, \"{}\".",
                quoted(id)
            ),
        ),
        LocalizedText::of("sampleItemIdを確かめてください。", "Check sampleItemId."),
    )
}

pub(in super::super) fn pair_lost(pointer: String, pair: &str) -> Problem {
    Problem::warning(
        "cats.upgrade.pair_lost",
        Place::pointer(pointer),
        both(
            format!("遺伝子の組「{}」は切断点の遺伝子と合わないため、移せません。", quoted(pair)),
            format!(
                "The gene pair \"{}\" matches no genes at the breakends and was left out.",
                quoted(pair)
            ),
        ),
        LocalizedText::of("orderedGenePairsを書き足してください。", "Add it to orderedGenePairs."),
    )
}

pub(in super::super) fn method_missing(pointer: String) -> Problem {
    Problem::error(
        "cats.upgrade.method_missing",
        Place::pointer(pointer),
        LocalizedText::of(
            "testMethodがないため、検体に対応づけられません。",
            "Without testMethod the item cannot be given to a sample.",
        ),
        LocalizedText::of(
            "testMethodに「DNA-seq」または「RNA-seq」を書いてください。",
            "Write \"DNA-seq\" or \"RNA-seq\" as testMethod.",
        ),
    )
}
