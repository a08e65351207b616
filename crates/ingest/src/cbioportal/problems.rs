//! What can be wrong with a study.

use model::{
    problem::{Place, Problem},
    text::LocalizedText,
};

/// Longest stretch of a file's own text repeated in a sentence. Units: characters.
const MAX_QUOTED_CHARACTERS: usize = 64;

fn quote(text: &str) -> String {
    text.chars().take(MAX_QUOTED_CHARACTERS).map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// A file or folder that cannot be read.
pub(super) fn unreadable(name: &str, line: Option<u64>) -> Problem {
    let name = quote(name);
    let place = line.map_or_else(Place::file, |line| Place::line(line, None));
    Problem::error(
        "cbioportal.read",
        place,
        LocalizedText::new(
            format!("{name}を最後まで読めませんでした。"),
            format!("{name} could not be read to its end."),
        ),
        LocalizedText::of(
            "ファイルがあるか、壊れていないか、大きすぎないかを確かめてください。",
            "Check that the file is there, not damaged and not too large.",
        ),
    )
}

pub(super) fn no_study() -> Problem {
    Problem::error(
        "cbioportal.study.absent",
        Place::file(),
        LocalizedText::of(
            "フォルダーにcBioPortalの研究(meta_*.txt)がありません。",
            "The folder holds no cBioPortal study (meta_*.txt).",
        ),
        LocalizedText::of(
            "研究のファイルがあるフォルダーを指定してください。",
            "Name the folder that holds the study's files.",
        ),
    )
}

pub(super) fn several_studies(first: &str, other: &str) -> Problem {
    let (first, other) = (quote(first), quote(other));
    Problem::warning(
        "cbioportal.study.several",
        Place::file(),
        LocalizedText::new(
            format!(
                "研究の識別子が一つではありません({first}、{other})。「{first}」を使いました。"
            ),
            format!(
                "There is more than one study identifier ({first}, {other}); \"{first}\" was used."
            ),
        ),
        LocalizedText::of(
            "cancer_study_identifierをそろえてください。",
            "Give every file the same cancer_study_identifier.",
        ),
    )
}

pub(super) fn bad_file_name(meta: &str, name: &str) -> Problem {
    let (meta, name) = (quote(meta), quote(name));
    Problem::error(
        "cbioportal.file_name",
        Place::file(),
        LocalizedText::new(
            format!(
                "{meta}のdata_filename「{name}」は、同じフォルダーのファイル名ではありません。"
            ),
            format!(
                "data_filename \"{name}\" in {meta} is not the name of a file in the same folder."
            ),
        ),
        LocalizedText::of("ファイル名だけを書いてください。", "Give the name of the file alone."),
    )
}

pub(super) fn missing_columns(name: &str, line: u64, missing: &[&str]) -> Problem {
    let (name, missing) = (quote(name), missing.join(", "));
    Problem::error(
        "cbioportal.columns",
        Place::line(line, None),
        LocalizedText::new(
            format!("{name}に必要な列がありません: {missing}。"),
            format!("{name} lacks required columns: {missing}."),
        ),
        LocalizedText::of("列を加えてください。", "Add the columns."),
    )
}

/// A row that is left out because of one of its values.
pub(super) fn bad_value(name: &str, line: u64, column: &str, text: &str) -> Problem {
    let (name, text) = (quote(name), quote(text));
    Problem::error(
        "cbioportal.value",
        Place::line(line, None),
        LocalizedText::new(
            format!("{name}の{column}「{text}」は使えないため、この値を読み飛ばしました。"),
            format!("{column} \"{text}\" in {name} cannot be used and was left out."),
        ),
        LocalizedText::new(format!("{column}を直してください。"), format!("Correct {column}.")),
    )
}

pub(super) fn no_frequency(name: &str, line: Option<u64>) -> Problem {
    let name = quote(name);
    Problem::warning(
        "cbioportal.frequency.absent",
        line.map_or_else(Place::file, |line| Place::line(line, None)),
        LocalizedText::new(
            format!("{name}に深度がなく、頻度は不明です。CATSで必須のため0と書きました。"),
            format!(
                "{name} gives no depths, so the frequency is unknown; it was written as 0, because CATS requires one."
            ),
        ),
        LocalizedText::of(
            "t_depthとt_alt_countを書いてください。",
            "Give t_depth and t_alt_count.",
        ),
    )
}

pub(super) fn mixed_builds(name: &str, line: u64, build: &str) -> Problem {
    let (name, build) = (quote(name), quote(build));
    Problem::error(
        "cbioportal.build.mixed",
        Place::line(line, None),
        LocalizedText::new(
            format!("{name}の参照ゲノム({build})がほかと違うため、この行を読み飛ばしました。"),
            format!(
                "The assembly ({build}) in {name} differs from the rest; the line was left out."
            ),
        ),
        LocalizedText::of(
            "一つの研究は一つの参照ゲノムで書いてください。",
            "Write a study on one assembly.",
        ),
    )
}

pub(super) fn no_build() -> Problem {
    Problem::error(
        "cbioportal.build.absent",
        Place::file(),
        LocalizedText::of(
            "参照ゲノムがどこにも書かれていません。",
            "Nothing says the reference assembly.",
        ),
        LocalizedText::of("--assemblyで指定してください。", "Name it with --assembly."),
    )
}

pub(super) fn too_many(name: &str, max: usize) -> Problem {
    let name = quote(name);
    Problem::error(
        "cbioportal.limit",
        Place::file(),
        LocalizedText::new(
            format!("{name}の行または項目が上限の{max}件を超えたため、残りを読みませんでした。"),
            format!("{name} has more than {max} rows or items; the rest was not read."),
        ),
        LocalizedText::of("研究を分けてください。", "Split the study."),
    )
}

pub(super) fn vcf_instead_of_maf(maf: &str, vcf: &str) -> Problem {
    let (maf, vcf) = (quote(maf), quote(vcf));
    Problem::note(
        "cbioportal.vcf",
        Place::file(),
        LocalizedText::new(
            format!(
                "{maf}がないため、{vcf}から短い変異を読みました。遺伝子とアミノ酸変化は不明です。"
            ),
            format!(
                "{maf} is not there, so short variants were read from {vcf}; genes and amino-acid changes are unknown."
            ),
        ),
        LocalizedText::of(
            "vcf2mafでMAFにすると、遺伝子も読めます。",
            "Turn it into a MAF with vcf2maf to have genes too.",
        ),
    )
}

/// The study's meta file says hg19 whatever the document says.
pub(super) fn says_hg19() -> Problem {
    Problem::note(
        "cbioportal.write.hg19",
        Place::pointer("/metaData/referenceGenome"),
        LocalizedText::of(
            "公式の変換にならい、meta_study.txtにhg19と書きました。位置はGRCh38のものです。",
            "As the official converter does, meta_study.txt says hg19; positions are on GRCh38.",
        ),
        LocalizedText::of(
            "cBioPortalに取り込む前に、hg38に書き換えてください。",
            "Change it to hg38 before importing the study into cBioPortal.",
        ),
    )
}

/// Short variants go out as VCF, while the meta file names a MAF.
pub(super) fn needs_vcf2maf() -> Problem {
    Problem::note(
        "cbioportal.write.vcf",
        Place::pointer("/variants/shortVariants"),
        LocalizedText::of(
            "短い変異はdata_snv.vcfに書きました。取り込むにはMAFが必要です。",
            "Short variants were written to data_snv.vcf; importing them needs a MAF.",
        ),
        LocalizedText::of(
            "vcf2mafでdata_mutations_extended.mafを作ってください。",
            "Make data_mutations_extended.maf of it with vcf2maf.",
        ),
    )
}
