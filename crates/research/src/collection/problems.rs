//! What may be wrong with the files of a collection, and how to mend it.

use model::{
    problem::{Place, Problem},
    text::LocalizedText,
};

use crate::cohort::TumourChange;

/// Longest piece of a file that is repeated. Units: characters.
const MAX_QUOTED: usize = 60;
/// Least likeness of an offered name.
const LIKENESS: f64 = 0.75;
/// Most names that are offered or listed.
const MAX_LISTED: usize = 24;
/// Most names that are compared for likeness.
const MAX_COMPARED: usize = 10_000;

pub(super) fn quoted(text: &str) -> String {
    let mut short: String =
        text.chars().take(MAX_QUOTED).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

/// Offers the name that was probably meant, or lists those that there are.
pub(super) fn offer<'n>(written: &str, names: impl Iterator<Item = &'n str>) -> LocalizedText {
    let names: Vec<&str> = names.take(MAX_COMPARED).collect();
    let lower = written.to_lowercase();
    let like = |name: &&str| strsim::jaro_winkler(&name.to_lowercase(), &lower);
    let best = names.iter().map(|name| (like(name), *name)).max_by(|a, b| a.0.total_cmp(&b.0));
    match best.filter(|(likeness, _)| *likeness >= LIKENESS) {
        Some((_, name)) => {
            LocalizedText::new(format!("もしかして: {name}"), format!("Did you mean: {name}?"))
        }
        None => {
            let mut listed = names.iter().take(MAX_LISTED).copied().collect::<Vec<_>>().join(", ");
            if names.len() > MAX_LISTED {
                listed.push_str(", …");
            }
            LocalizedText::new(format!("使える名前: {listed}"), format!("Valid names: {listed}"))
        }
    }
}

pub(super) fn mapping_syntax(place: Place, said: &str, remedy: LocalizedText) -> Problem {
    let said = quoted(said);
    Problem::error(
        "mapping.syntax",
        place,
        LocalizedText::new(
            format!("対応表を読めません({said})。"),
            format!("The mapping cannot be read ({said})."),
        ),
        remedy,
    )
}

pub(super) fn mapping_item<'n>(
    place: Place,
    item: &str,
    names: impl Iterator<Item = &'n str>,
) -> Problem {
    let item = quoted(item);
    Problem::error(
        "mapping.item",
        place,
        LocalizedText::new(
            format!("「{item}」という、臨床表から読める項目はありません。"),
            format!("There is no item \"{item}\" that can be read from a clinical table."),
        ),
        offer(&item, names),
    )
}

pub(super) fn mapping_value<'n>(
    place: Place,
    item: &str,
    value: &str,
    names: impl Iterator<Item = &'n str>,
) -> Problem {
    let value = quoted(value);
    Problem::error(
        "mapping.value",
        place,
        LocalizedText::new(
            format!("項目「{item}」に「{value}」という値はありません。"),
            format!("The item \"{item}\" has no value \"{value}\"."),
        ),
        offer(&value, names),
    )
}

pub(super) fn mapping_empty(place: Place, what: &str) -> Problem {
    Problem::error(
        "mapping.empty",
        place,
        LocalizedText::new(format!("{what} が空です。"), format!("{what} is empty.")),
        LocalizedText::new(format!("{what} を書いてください。"), format!("Write {what}.")),
    )
}

pub(super) fn mapping_pattern(place: Place, pattern: &str) -> Problem {
    let pattern = quoted(pattern);
    Problem::warning(
        "mapping.maf.exception.unused",
        place,
        LocalizedText::new(
            format!("「{pattern}」に当たるMAFファイルがありません。"),
            format!("No MAF file fits \"{pattern}\"."),
        ),
        LocalizedText::of(
            "ファイル名を確かめてください。* は任意の文字の並びです。",
            "Check the name of the file; * stands for any letters.",
        ),
    )
}

pub(super) fn sample_empty(line: u64, column: usize, name: &str) -> Problem {
    Problem::error(
        "clinical.sample.missing",
        Place::line(line, Some(column as u64 + 1)),
        LocalizedText::new(
            format!("検体の列「{name}」が空です。"),
            format!("The sample's column \"{name}\" is empty."),
        ),
        LocalizedText::of(
            "MAFと同じ検体名を書くか、行を除いてください。",
            "Write the sample as the MAF names it, or take the row out.",
        ),
    )
}

pub(super) fn sample_twice(line: u64, column: usize, sample: &str, first: u64) -> Problem {
    let sample = quoted(sample);
    Problem::error(
        "clinical.sample.twice",
        Place::line(line, Some(column as u64 + 1)),
        LocalizedText::new(
            format!("検体「{sample}」の行が{first}行にもあります。"),
            format!("The sample \"{sample}\" has a row at line {first} too."),
        ),
        LocalizedText::of("検体ごとに1行だけにしてください。", "Keep one row for each sample."),
    )
}

pub(super) fn value(
    line: u64,
    column: usize,
    (name, written, rows): (&str, &str, u64),
    remedy: LocalizedText,
) -> Problem {
    let written = quoted(written);
    Problem::warning(
        "clinical.value",
        Place::line(line, Some(column as u64 + 1)),
        LocalizedText::new(
            format!("列「{name}」の値「{written}」({rows}行)を読めないため、不明としました。"),
            format!(
                "The value \"{written}\" of the column \"{name}\" ({rows} rows) cannot be read and was \
                 taken as unknown."
            ),
        ),
        remedy,
    )
}

pub(super) fn change(
    line: u64,
    column: usize,
    (name, written, rows): (&str, &str, u64),
) -> Problem {
    let written = quoted(written);
    let [least, greatest] = [TumourChange::LEAST_PERCENT, TumourChange::GREATEST_PERCENT];
    Problem::error(
        "clinical.best_change",
        Place::line(line, Some(column as u64 + 1)),
        LocalizedText::new(
            format!("列「{name}」の値「{written}」（{rows}行）は、径和の変化率ではありません。"),
            format!(
                "The value \"{written}\" of the column \"{name}\" ({rows} rows) is no change of a sum of \
                 diameters."
            ),
        ),
        LocalizedText::new(
            format!(
                "ベースラインの径和からの変化率を、% の記号を付けずに {least} から {greatest} の数で書いてください\
                 （例: -35.5）。不明なら空にするか、対応表の unknown に加えてください。"
            ),
            format!(
                "Write the change from the sum at baseline in per cent, without the sign %, as a number from \
                 {least} to {greatest}, such as -35.5. Leave it empty where it is not known, or add the word to \
                 unknown in the mapping."
            ),
        ),
    )
}

pub(super) fn changes_as_shares(line: u64, column: usize, name: &str, rows: u64) -> Problem {
    Problem::warning(
        "clinical.best_change.shares",
        Place::line(line, Some(column as u64 + 1)),
        LocalizedText::new(
            format!("列「{name}」の{rows}件の変化率は、すべて -1 % から 1 % の間です。"),
            format!("All {rows} changes of the column \"{name}\" are between -1 % and 1 %."),
        ),
        LocalizedText::of(
            "比（-0.35 など）で書かれていれば、100 倍して % にしてください。",
            "If they are shares, such as -0.35, multiply them by 100.",
        ),
    )
}

pub(super) fn without_variants(line: u64, column: usize, sample: &str, is_kept: bool) -> Problem {
    let sample = quoted(sample);
    let (ja, en) = if is_kept {
        ("検査の内容は不明としました。", "what was tested is unknown.")
    } else {
        ("対応表のとおり除きました。", "it was left out, as the mapping says.")
    };
    Problem::warning(
        "clinical.sample.without_variants",
        Place::line(line, Some(column as u64 + 1)),
        LocalizedText::new(
            format!("検体「{sample}」はどのMAFにもありません。{ja}"),
            format!("The sample \"{sample}\" is in no MAF: {en}"),
        ),
        LocalizedText::of(
            "MAFが足りているか、検体名が同じ書き方かを確かめてください。",
            "Check that no MAF is lacking and that samples are spelt the same.",
        ),
    )
}

pub(super) fn without_clinical(line: u64, sample: &str) -> Problem {
    let sample = quoted(sample);
    Problem::warning(
        "maf.sample.without_clinical",
        Place::line(line, None),
        LocalizedText::new(
            format!("検体「{sample}」は臨床表にありません。臨床の項目を不明としました。"),
            format!("The sample \"{sample}\" is not in the clinical table: its items are unknown."),
        ),
        LocalizedText::of(
            "臨床表が足りているか、検体名が同じ書き方かを確かめてください。",
            "Check that the clinical table is whole and that samples are spelt the same.",
        ),
    )
}

pub(super) fn sample_in_two_files(line: u64, sample: &str, other: &str) -> Problem {
    let (sample, other) = (quoted(sample), quoted(other));
    Problem::error(
        "maf.sample.twice",
        Place::line(line, None),
        LocalizedText::new(
            format!("検体「{sample}」は {other} にもあります。"),
            format!("The sample \"{sample}\" is in {other} too."),
        ),
        LocalizedText::of(
            "検体ごとに1つのMAFだけに入れてください。",
            "Keep each sample in one MAF only.",
        ),
    )
}

pub(super) fn nothing() -> Problem {
    Problem::error(
        "collection.empty",
        Place::file(),
        LocalizedText::of("症例が1件もありません。", "There is no case."),
        LocalizedText::of(
            "MAFと臨床表を確かめてください。",
            "Check the MAF and the clinical table.",
        ),
    )
}

pub(super) fn too_many_names(what: &str) -> Problem {
    Problem::error(
        "collection.names",
        Place::file(),
        LocalizedText::new(
            format!("異なる名前が多すぎます({what})。"),
            format!("There are too many different names ({what})."),
        ),
        LocalizedText::of("コレクションを分けてください。", "Split the collection."),
    )
}
