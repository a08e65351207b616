//! Problems of what values mean together. Source: the checks of the official tool beyond its schema;
//! the warnings are ours.

use model::{
    problem::{Place, Problem, Severity},
    text::LocalizedText,
};

use super::{both, quoted};

/// Makes the problem an error for an item that is reported, and a warning for one that is not.
pub(in super::super) fn by_reported(problem: Problem, reported: bool) -> Problem {
    let severity = if reported { Severity::Error } else { Severity::Warning };
    Problem { severity, ..problem }
}

pub(in super::super) fn item_id_repeated(pointer: String, id: &str, first: &str) -> Problem {
    Problem::error(
        "cats.item_id.duplicate",
        Place::pointer(pointer),
        both(
            format!("itemId「{}」は{first}でも使われています。", quoted(id)),
            format!("The itemId \"{}\" is already used at {first}.", quoted(id)),
        ),
        LocalizedText::of(
            "itemIdはファイル全体で重ならないようにしてください。",
            "Give every item of the file an itemId of its own.",
        ),
    )
}

pub(in super::super) fn sample_unknown(pointer: String, id: &str) -> Problem {
    Problem::error(
        "cats.sample.unknown",
        Place::pointer(pointer),
        both(
            format!("sampleItemId「{}」がsequencingSamplesにありません。", quoted(id)),
            format!("No entry of sequencingSamples has the itemId \"{}\".", quoted(id)),
        ),
        LocalizedText::of(
            "sequencingSamplesにある検体のitemIdを書いてください。",
            "Write the itemId of an entry of sequencingSamples.",
        ),
    )
}

pub(in super::super) fn item_unknown(pointer: String, id: &str) -> Problem {
    Problem::warning(
        "cats.item.unknown",
        Place::pointer(pointer),
        both(
            format!("itemId「{}」の項目がファイルにありません。", quoted(id)),
            format!("No item of the file has the itemId \"{}\".", quoted(id)),
        ),
        LocalizedText::of("itemIdを確かめてください。", "Check the itemId."),
    )
}

pub(in super::super) fn fusion_of_one_gene(pointer: String, gene: &str) -> Problem {
    Problem::error(
        "cats.fusion.same_gene",
        Place::pointer(pointer),
        both(
            format!("融合遺伝子の組が同じ遺伝子（{}）からなっています。", quoted(gene)),
            format!("The gene pair of the fusion names the same gene twice ({}).", quoted(gene)),
        ),
        LocalizedText::of(
            "2つの異なる遺伝子を書くか、rearrangementTypeを見直してください。",
            "Name two different genes, or reconsider rearrangementType.",
        ),
    )
}

pub(in super::super) fn fusion_pair_elsewhere(pointer: String, five: &str, three: &str) -> Problem {
    Problem::error(
        "cats.fusion.pair_not_at_breakends",
        Place::pointer(pointer),
        both(
            format!(
                "遺伝子の組（{}、{}）が2つの切断点の遺伝子と合いません。",
                quoted(five),
                quoted(three)
            ),
            format!(
                "The gene pair ({}, {}) does not match the genes at the two breakends.",
                quoted(five),
                quoted(three)
            ),
        ),
        LocalizedText::of(
            "組の一方を一方の切断点に、他方をもう一方の切断点に書いてください。",
            "Name one gene of the pair at each of the two breakends.",
        ),
    )
}

pub(in super::super) fn rearrangement_without_gene(pointer: String) -> Problem {
    Problem::error(
        "cats.rearrangement.no_gene",
        Place::pointer(pointer),
        LocalizedText::of(
            "どちらの切断点にも遺伝子名がありません。",
            "Neither breakend names a gene.",
        ),
        LocalizedText::of(
            "融合以外の再構成では、少なくとも一方にgeneSymbolを書いてください。",
            "Write geneSymbol at one breakend at least, unless it is a fusion.",
        ),
    )
}

pub(in super::super) fn gene_missing(pointer: String) -> Problem {
    Problem::warning(
        "cats.gene.missing",
        Place::pointer(pointer),
        LocalizedText::of(
            "報告される項目に遺伝子名がないため、エビデンスと照合できません。",
            "A reported item names no gene, so no evidence can be matched to it.",
        ),
        LocalizedText::of("geneSymbolを書いてください。", "Write geneSymbol."),
    )
}

pub(in super::super) fn depth_exceeds_total(
    pointer: String,
    alternate: f64,
    total: f64,
) -> Problem {
    Problem::warning(
        "cats.depth.alternate_exceeds_total",
        Place::pointer(pointer),
        both(
            format!("変異アレルのリード数（{alternate}）が全リード数（{total}）を超えています。"),
            format!(
                "The alternate allele has more reads ({alternate}) than there are in all ({total})."
            ),
        ),
        LocalizedText::of("2つの値を確かめてください。", "Check the two values."),
    )
}

pub(in super::super) fn frequency_disagrees(
    pointer: String,
    written: f64,
    counted: f64,
) -> Problem {
    Problem::warning(
        "cats.frequency.disagrees",
        Place::pointer(pointer),
        both(
            format!("アレル頻度（{written}）がリード数からの値（{counted:.3}）と大きく違います。"),
            format!(
                "The allele frequency ({written}) is far from that of the reads ({counted:.3})."
            ),
        ),
        LocalizedText::of(
            "割合（0〜1）で書かれているか、リード数が正しいかを確かめてください。",
            "Check that it is written as a fraction of 1, and the read counts.",
        ),
    )
}

pub(in super::super) fn range_reversed(pointer: String, start: i64, end: i64) -> Problem {
    Problem::warning(
        "cats.range.reversed",
        Place::pointer(pointer),
        both(
            format!("終わり（{end}）が始まり（{start}）より前にあります。"),
            format!("The end ({end}) lies before the start ({start})."),
        ),
        LocalizedText::of("2つの位置を確かめてください。", "Check the two positions."),
    )
}

pub(in super::super) fn alleles_equal(pointer: String) -> Problem {
    Problem::warning(
        "cats.allele.same",
        Place::pointer(pointer),
        LocalizedText::of(
            "参照アレルと変異アレルが同じです。",
            "The reference and the alternate allele are the same.",
        ),
        LocalizedText::of("アレルを確かめてください。", "Check the alleles."),
    )
}

pub(in super::super) fn germline_without_normal(pointer: String, origin: &str) -> Problem {
    Problem::warning(
        "cats.origin.without_normal",
        Place::pointer(pointer),
        both(
            format!("対照の正常検体がない検査なのに、由来が「{}」とされています。", quoted(origin)),
            format!(
                "The origin is said to be \"{}\", although the test has no matched normal sample.",
                quoted(origin)
            ),
        ),
        LocalizedText::of(
            "生殖細胞系列と確定するには確認検査が必要です。「likely germline」の使用も検討してください。",
            "A germline origin needs a confirmatory test; consider \"likely germline\".",
        ),
    )
}

pub(in super::super) fn normal_sample_missing(pointer: &str) -> Problem {
    Problem::warning(
        "cats.test_type.no_normal_sample",
        Place::pointer(pointer),
        LocalizedText::of(
            "正常検体との対の検査とされていますが、sequencingSamplesに正常検体がありません。",
            "The test is said to have a matched normal, but sequencingSamples has no normal sample.",
        ),
        LocalizedText::of(
            "testTypeとsequencingSamplesを確かめてください。",
            "Check testType and sequencingSamples.",
        ),
    )
}

pub(in super::super) fn protein_unreadable(pointer: String, text: &str) -> Problem {
    Problem::warning(
        "cats.protein.unreadable",
        Place::pointer(pointer),
        both(
            format!("アミノ酸変化「{}」を読み取れません。", quoted(text)),
            format!("The amino-acid change \"{}\" cannot be read.", quoted(text)),
        ),
        LocalizedText::of(
            "HGVSの書き方（例：p.Gln654Glu）にしてください。書かれたままでも保存はされます。",
            "Write it in HGVS, such as p.Gln654Glu; it is kept as written.",
        ),
    )
}

pub(in super::super) fn coding_unreadable(pointer: String, text: &str) -> Problem {
    Problem::warning(
        "cats.coding.unreadable",
        Place::pointer(pointer),
        both(
            format!("塩基変化「{}」を読み取れません。", quoted(text)),
            format!("The coding change \"{}\" cannot be read.", quoted(text)),
        ),
        LocalizedText::of(
            "HGVSの書き方（例：c.119G>A）にしてください。書かれたままでも保存はされます。",
            "Write it in HGVS, such as c.119G>A; it is kept as written.",
        ),
    )
}

pub(in super::super) fn marker_repeated(pointer: String, marker: &str) -> Problem {
    Problem::warning(
        "cats.biomarker.repeated",
        Place::pointer(pointer),
        both(
            format!("同じ検体の{}が2つ以上報告されています。", quoted(marker)),
            format!("{} is reported more than once for the same sample.", quoted(marker)),
        ),
        LocalizedText::of("どちらを用いるか確かめてください。", "Find out which one is meant."),
    )
}
