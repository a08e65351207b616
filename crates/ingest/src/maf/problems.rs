//! What can be wrong with a MAF table.

use model::{
    problem::{Place, Problem},
    text::LocalizedText,
};

/// Longest stretch of the file's own text repeated in a sentence. Units: characters.
const MAX_QUOTED_CHARACTERS: usize = 64;

pub(super) fn quote(text: &str) -> String {
    text.chars().take(MAX_QUOTED_CHARACTERS).map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn at(line: u64, column: Option<usize>) -> Place {
    let column = column.and_then(|column| u64::try_from(column).ok()).map(|c| c.saturating_add(1));
    Place::line(line, column)
}

pub(super) fn unreadable(error: &std::io::Error, line: u64) -> Problem {
    let too_large = error.kind() == std::io::ErrorKind::FileTooLarge;
    let (code, ja, en) = if too_large {
        (
            "maf.size.limit",
            "展開後の大きさが上限を超えています。",
            "The file is larger than allowed after decompression.",
        )
    } else {
        (
            "maf.read",
            "ファイルを最後まで読めませんでした。",
            "The file could not be read to its end.",
        )
    };
    Problem::error(
        code,
        Place::line(line, None),
        LocalizedText::of(ja, en),
        LocalizedText::of(
            "ファイルが壊れていないか、途中で切れていないかを確かめてください。",
            "Check that the file is not damaged or cut off.",
        ),
    )
}

pub(super) fn no_header(line: u64, missing: &[&str]) -> Problem {
    let missing = missing.join(", ");
    Problem::error(
        "maf.header.missing",
        Place::line(line, None),
        LocalizedText::new(
            format!("MAFの見出し行に必要な列がありません: {missing}。"),
            format!("The header line of the MAF lacks required columns: {missing}."),
        ),
        LocalizedText::of(
            "注釈行(#)の次に、タブ区切りの見出し行を置いてください。",
            "Put a tab-separated header line after the comment lines (#).",
        ),
    )
}

pub(super) fn too_wide(line: u64, width: usize, max: usize) -> Problem {
    Problem::error(
        "maf.header.width",
        Place::line(line, None),
        LocalizedText::new(
            format!("列が{width}個あり、上限の{max}個を超えています。"),
            format!("There are {width} columns; at most {max} are read."),
        ),
        LocalizedText::of("不要な列を除いてください。", "Leave out columns that are not needed."),
    )
}

pub(super) fn doubled_column(line: u64, name: &str) -> Problem {
    let name = quote(name);
    Problem::warning(
        "maf.header.doubled",
        Place::line(line, None),
        LocalizedText::new(
            format!("列名「{name}」が二度あります。最初の列を使いました。"),
            format!("The column name \"{name}\" occurs twice; the first column was used."),
        ),
        LocalizedText::of("列名を一つずつにしてください。", "Name each column once."),
    )
}

pub(super) fn too_long(line: u64, max: usize) -> Problem {
    Problem::error(
        "maf.line.too_long",
        Place::line(line, None),
        LocalizedText::new(
            format!("行が上限の{max}バイトを超えたため、読み飛ばしました。"),
            format!("The line is longer than {max} bytes and was left out."),
        ),
        LocalizedText::of(
            "行が壊れていないか確かめてください。",
            "Check that the line is not damaged.",
        ),
    )
}

pub(super) fn not_utf8(line: u64) -> Problem {
    Problem::error(
        "maf.line.encoding",
        Place::line(line, None),
        LocalizedText::of(
            "行がUTF-8ではないため、読み飛ばしました。",
            "The line is not UTF-8 and was left out.",
        ),
        LocalizedText::of("ファイルをUTF-8で保存してください。", "Save the file as UTF-8."),
    )
}

pub(super) fn field_count(line: u64, found: usize, expected: usize) -> Problem {
    Problem::warning(
        "maf.line.field_count",
        Place::line(line, None),
        LocalizedText::new(
            format!("列の数が{found}個で、見出し行の{expected}個と違います。"),
            format!("The line has {found} fields where the header has {expected}."),
        ),
        LocalizedText::of(
            "タブの過不足がないか確かめてください。",
            "Check for missing or extra tab characters.",
        ),
    )
}

pub(super) fn required_empty(line: u64, column: Option<usize>, name: &str) -> Problem {
    Problem::error(
        "maf.value.missing",
        at(line, column),
        LocalizedText::new(
            format!("{name}が空のため、この行を読み飛ばしました。"),
            format!("{name} is empty, so the line was left out."),
        ),
        LocalizedText::new(format!("{name}を書いてください。"), format!("Give {name}.")),
    )
}

pub(super) fn not_a_position(line: u64, column: Option<usize>, text: &str) -> Problem {
    let text = quote(text);
    Problem::error(
        "maf.position",
        at(line, column),
        LocalizedText::new(
            format!(
                "Start_Position「{text}」は1以上の整数ではありません。この行を読み飛ばしました。"
            ),
            format!(
                "Start_Position \"{text}\" is not a whole number from 1; the line was left out."
            ),
        ),
        LocalizedText::of("1から数えた位置を書いてください。", "Give a position counted from 1."),
    )
}

pub(super) fn not_an_allele(line: u64, column: Option<usize>, text: &str) -> Problem {
    let text = quote(text);
    Problem::error(
        "maf.allele",
        at(line, column),
        LocalizedText::new(
            format!("「{text}」は塩基配列ではありません。この行を読み飛ばしました。"),
            format!("\"{text}\" is not a base sequence; the line was left out."),
        ),
        LocalizedText::of(
            "A、C、G、T、Nの並びか、塩基がないことを示す「-」を書いてください。",
            "Write A, C, G, T and N, or \"-\" for no base.",
        ),
    )
}

pub(super) fn no_change(line: u64) -> Problem {
    Problem::error(
        "maf.allele.same",
        Place::line(line, None),
        LocalizedText::of(
            "腫瘍の塩基が参照と同じため、変異になりません。この行を読み飛ばしました。",
            "The tumour alleles equal the reference, so there is no variant; the line was left out.",
        ),
        LocalizedText::of(
            "Tumor_Seq_Allele2に変異した塩基を書いてください。",
            "Write the changed bases in Tumor_Seq_Allele2.",
        ),
    )
}

pub(super) fn not_a_number(line: u64, column: Option<usize>, name: &str, text: &str) -> Problem {
    let text = quote(text);
    Problem::warning(
        "maf.number",
        at(line, column),
        LocalizedText::new(
            format!("{name}「{text}」は0以上の数ではないため、不明としました。"),
            format!("{name} \"{text}\" is not a number from 0 and was taken as unknown."),
        ),
        LocalizedText::of("数を書くか、空にしてください。", "Write a number, or leave it empty."),
    )
}

pub(super) fn depth_order(line: u64) -> Problem {
    Problem::warning(
        "maf.depth.order",
        Place::line(line, None),
        LocalizedText::of(
            "t_alt_countがt_depthより大きいため、頻度を不明としました。",
            "t_alt_count is larger than t_depth, so the frequency was taken as unknown.",
        ),
        LocalizedText::of("深度を確かめてください。", "Check the depths."),
    )
}

pub(super) fn unknown_build(line: u64, column: Option<usize>, text: &str) -> Problem {
    let text = quote(text);
    Problem::error(
        "maf.build.unknown",
        at(line, column),
        LocalizedText::new(
            format!(
                "NCBI_Build「{text}」は知られていない参照ゲノムです。この行を読み飛ばしました。"
            ),
            format!("NCBI_Build \"{text}\" is no assembly known here; the line was left out."),
        ),
        LocalizedText::of("GRCh37かGRCh38と書いてください。", "Write GRCh37 or GRCh38."),
    )
}

pub(super) fn mixed_builds(line: u64, column: Option<usize>, text: &str) -> Problem {
    let text = quote(text);
    Problem::error(
        "maf.build.mixed",
        at(line, column),
        LocalizedText::new(
            format!("同じ腫瘍の前の行と参照ゲノム({text})が違います。この行を読み飛ばしました。"),
            format!(
                "The assembly ({text}) differs from earlier lines of the tumour; the line was left out."
            ),
        ),
        LocalizedText::of(
            "一つの腫瘍は一つの参照ゲノムで書いてください。",
            "Write each tumour on one assembly.",
        ),
    )
}

pub(super) fn no_build() -> Problem {
    Problem::warning(
        "maf.build.absent",
        Place::file(),
        LocalizedText::of(
            "参照ゲノムがどの行にも書かれていないため、不明としました。",
            "No line says the reference assembly; it was taken as unknown.",
        ),
        LocalizedText::of(
            "NCBI_Build列を加えるか、参照ゲノムを指定して読み込んでください。",
            "Add the column NCBI_Build, or name the assembly when reading.",
        ),
    )
}

pub(super) fn unknown_classification(line: u64, column: Option<usize>, text: &str) -> Problem {
    let text = quote(text);
    Problem::note(
        "maf.classification.unknown",
        at(line, column),
        LocalizedText::new(
            format!(
                "Variant_Classification「{text}」に当たる変異の影響を知らないため、不明としました。"
            ),
            format!(
                "No effect is known for Variant_Classification \"{text}\"; it was taken as unknown."
            ),
        ),
        LocalizedText::of(
            "MAFの語彙にある語なら、このまま使えます。",
            "Nothing has to be done if the word is meant so.",
        ),
    )
}

pub(super) fn repeated_header(line: u64) -> Problem {
    Problem::note(
        "maf.header.repeated",
        Place::line(line, None),
        LocalizedText::of(
            "見出し行がもう一度あったため、読み飛ばしました。",
            "The header line occurs again and was passed over.",
        ),
        LocalizedText::of(
            "ファイルをつなげたのなら、このまま使えます。",
            "Nothing has to be done if files were joined.",
        ),
    )
}

pub(super) fn too_many_tumours(line: u64, max: usize) -> Problem {
    Problem::error(
        "maf.tumours.limit",
        Place::line(line, None),
        LocalizedText::new(
            format!(
                "腫瘍が上限の{max}件を超えています。この行からの新しい腫瘍は読みませんでした。"
            ),
            format!("There are more than {max} tumours; new ones from this line on were left out."),
        ),
        LocalizedText::of("ファイルを分けてください。", "Split the file."),
    )
}

pub(super) fn not_reported(rows: u64, marks: &str) -> Problem {
    let marks: String = marks.chars().take(500).collect();
    Problem::note(
        "maf.filter.not_reported",
        Place::file(),
        LocalizedText::new(
            format!("FILTERの印により、{rows}行を報告の対象外としました({marks})。"),
            format!("{rows} lines are kept but not reported because of FILTER ({marks})."),
        ),
        LocalizedText::of(
            "その印の行も報告するなら、受け入れる印として指定してください。",
            "To report such lines too, name the mark among the accepted ones.",
        ),
    )
}

pub(super) fn classification_left_out(rows: u64, words: &[String]) -> Problem {
    let words: String = words.join(", ").chars().take(500).collect();
    Problem::note(
        "maf.classification.not_reported",
        Place::file(),
        LocalizedText::new(
            format!("Variant_Classificationにより、{rows}行を報告の対象外としました({words})。"),
            format!(
                "{rows} lines are kept but not reported because of Variant_Classification ({words})."
            ),
        ),
        LocalizedText::of(
            "その分類の行も数えるなら、除く分類の一覧から外してください。",
            "To count such lines too, take the word off the list of those left out.",
        ),
    )
}

pub(super) fn too_many_variants(line: u64, max: usize) -> Problem {
    Problem::error(
        "maf.variants.limit",
        Place::line(line, None),
        LocalizedText::new(
            format!("変異が上限の{max}件を超えたため、この行から先を読みませんでした。"),
            format!("There are more than {max} variants; from this line on nothing was read."),
        ),
        LocalizedText::of("ファイルを分けてください。", "Split the file."),
    )
}
