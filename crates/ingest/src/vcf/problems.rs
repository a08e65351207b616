//! What can be wrong with a VCF.

use model::{
    problem::{Place, Problem},
    text::LocalizedText,
};

/// Longest stretch of the file's own text repeated in a sentence. Units: characters.
const MAX_QUOTED_CHARACTERS: usize = 64;

/// Most sample names listed in a sentence.
const MAX_LISTED_SAMPLES: usize = 20;

pub(super) fn quote(text: &str) -> String {
    text.chars().take(MAX_QUOTED_CHARACTERS).map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn list(samples: &[String]) -> String {
    let mut names: Vec<String> =
        samples.iter().take(MAX_LISTED_SAMPLES).map(|name| quote(name)).collect();
    if samples.len() > MAX_LISTED_SAMPLES {
        names.push("…".to_owned());
    }
    names.join(", ")
}

pub(super) fn unreadable(error: &std::io::Error, line: u64) -> Problem {
    let too_large = error.kind() == std::io::ErrorKind::FileTooLarge;
    let (code, message) = if too_large {
        (
            "vcf.size.limit",
            LocalizedText::of(
                "展開後の大きさが上限を超えています。",
                "The file is larger than allowed after decompression.",
            ),
        )
    } else {
        (
            "vcf.read",
            LocalizedText::of(
                "ファイルを最後まで読めませんでした。",
                "The file could not be read to its end.",
            ),
        )
    };
    Problem::error(
        code,
        Place::line(line, None),
        message,
        LocalizedText::of(
            "ファイルが壊れていないか、途中で切れていないかを確かめてください。",
            "Check that the file is not damaged or cut off.",
        ),
    )
}

pub(super) fn no_header(line: u64) -> Problem {
    Problem::error(
        "vcf.header.missing",
        Place::line(line, None),
        LocalizedText::of(
            "VCFの見出し行(#CHROM)がないか、列が足りません。",
            "The header line of the VCF (#CHROM) is missing or has too few columns.",
        ),
        LocalizedText::of(
            "#CHROMからINFOまでの8列の見出し行を置いてください。",
            "Put a header line with the eight columns from #CHROM to INFO.",
        ),
    )
}

pub(super) fn too_many_samples(line: u64, found: usize, max: usize) -> Problem {
    Problem::error(
        "vcf.samples.limit",
        Place::line(line, None),
        LocalizedText::new(
            format!("検体の列が{found}個あり、上限の{max}個を超えています。"),
            format!("There are {found} sample columns; at most {max} are read."),
        ),
        LocalizedText::of("検体を分けてください。", "Split the file by sample."),
    )
}

pub(super) fn ambiguous(line: u64, samples: &[String]) -> Problem {
    let names = list(samples);
    Problem::error(
        "vcf.sample.ambiguous",
        Place::line(line, None),
        LocalizedText::new(
            format!("どの列が腫瘍の検体か分かりません({names})。"),
            format!("It cannot be told which column is the tumour ({names})."),
        ),
        LocalizedText::of(
            "腫瘍の検体名を指定するか、見出しに##tumor_sampleを書いてください。",
            "Name the tumour sample, or write ##tumor_sample in the header.",
        ),
    )
}

pub(super) fn not_there(line: u64, wanted: &str, samples: &[String]) -> Problem {
    let (wanted, names) = (quote(wanted), list(samples));
    Problem::error(
        "vcf.sample.absent",
        Place::line(line, None),
        LocalizedText::new(
            format!("指定された検体「{wanted}」がありません。ある検体: {names}。"),
            format!("There is no sample \"{wanted}\"; there are: {names}."),
        ),
        LocalizedText::of("検体名を確かめてください。", "Check the name of the sample."),
    )
}

pub(super) fn chosen(line: u64, tumour: &str, samples: &[String]) -> Problem {
    let (tumour, names) = (quote(tumour), list(samples));
    Problem::note(
        "vcf.sample.chosen",
        Place::line(line, None),
        LocalizedText::new(
            format!("「{tumour}」を腫瘍の検体として読みました(検体: {names})。"),
            format!("\"{tumour}\" was read as the tumour (samples: {names})."),
        ),
        LocalizedText::of(
            "違うときは、腫瘍の検体名を指定してください。",
            "Name the tumour sample if this is not so.",
        ),
    )
}

pub(super) fn no_assembly() -> Problem {
    Problem::warning(
        "vcf.assembly.absent",
        Place::file(),
        LocalizedText::of(
            "見出しから参照ゲノムが分からないため、不明としました。",
            "The header does not say the reference assembly; it was taken as unknown.",
        ),
        LocalizedText::of(
            "##contigか##referenceを書くか、参照ゲノムを指定して読み込んでください。",
            "Write ##contig or ##reference, or name the assembly when reading.",
        ),
    )
}

pub(super) fn no_annotation() -> Problem {
    Problem::warning(
        "vcf.annotation.absent",
        Place::file(),
        LocalizedText::of(
            "遺伝子の注釈(CSQ、ANN、BCSQ)がないため、遺伝子とアミノ酸変化は不明です。",
            "There are no gene annotations (CSQ, ANN or BCSQ), so genes and amino-acid changes are unknown.",
        ),
        LocalizedText::of(
            "VEP、SnpEff、bcftools csqのいずれかで注釈を付けてください。",
            "Annotate the file with VEP, SnpEff or bcftools csq.",
        ),
    )
}

pub(super) fn too_long(line: u64, max: usize) -> Problem {
    Problem::error(
        "vcf.line.too_long",
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
        "vcf.line.encoding",
        Place::line(line, None),
        LocalizedText::of(
            "行がUTF-8ではないため、読み飛ばしました。",
            "The line is not UTF-8 and was left out.",
        ),
        LocalizedText::of("ファイルをUTF-8で保存してください。", "Save the file as UTF-8."),
    )
}

pub(super) fn too_few_fields(line: u64, found: usize) -> Problem {
    Problem::error(
        "vcf.line.fields",
        Place::line(line, None),
        LocalizedText::new(
            format!("行に{found}列しかないため、読み飛ばしました。8列以上が必要です。"),
            format!("The line has only {found} fields and was left out; eight are needed."),
        ),
        LocalizedText::of(
            "タブの過不足がないか確かめてください。",
            "Check for missing tab characters.",
        ),
    )
}

pub(super) fn sample_field_missing(line: u64) -> Problem {
    Problem::warning(
        "vcf.line.sample",
        Place::line(line, None),
        LocalizedText::of(
            "行に腫瘍の検体の列がないため、深度を不明としました。",
            "The line lacks the tumour's column, so its depths were taken as unknown.",
        ),
        LocalizedText::of(
            "列の数を見出しと合わせてください。",
            "Give the line as many columns as the header.",
        ),
    )
}

pub(super) fn not_a_position(line: u64, text: &str) -> Problem {
    let text = quote(text);
    Problem::error(
        "vcf.position",
        Place::line(line, Some(2)),
        LocalizedText::new(
            format!("位置「{text}」は1以上の整数ではありません。この行を読み飛ばしました。"),
            format!("The position \"{text}\" is not a whole number from 1; the line was left out."),
        ),
        LocalizedText::of("1から数えた位置を書いてください。", "Give a position counted from 1."),
    )
}

pub(super) fn not_an_allele(line: u64, column: u64, text: &str) -> Problem {
    let text = quote(text);
    Problem::error(
        "vcf.allele",
        Place::line(line, Some(column)),
        LocalizedText::new(
            format!("「{text}」は塩基配列ではないため、読み飛ばしました。"),
            format!("\"{text}\" is not a base sequence and was left out."),
        ),
        LocalizedText::of(
            "塩基をA、C、G、T、Nで書いてください。",
            "Write bases as A, C, G, T and N.",
        ),
    )
}

pub(super) fn too_many_alternates(line: u64, found: usize, max: usize) -> Problem {
    Problem::error(
        "vcf.alternates.limit",
        Place::line(line, Some(5)),
        LocalizedText::new(
            format!(
                "変異した塩基が{found}種類あり、上限の{max}種類を超えたため、行を読み飛ばしました。"
            ),
            format!("There are {found} alternate alleles, more than {max}; the line was left out."),
        ),
        LocalizedText::of("行を分けてください。", "Split the line."),
    )
}

pub(super) fn too_many_variants(line: u64, max: usize) -> Problem {
    Problem::error(
        "vcf.variants.limit",
        Place::line(line, None),
        LocalizedText::new(
            format!("変異が上限の{max}件を超えたため、この行から先を読みませんでした。"),
            format!("There are more than {max} variants; from this line on nothing was read."),
        ),
        LocalizedText::of(
            "体細胞変異だけを残すなどして、ファイルを小さくしてください。",
            "Make the file smaller, for example by keeping somatic variants only.",
        ),
    )
}

pub(super) fn not_reported(filtered: u64, marks: &str, denied: u64) -> Problem {
    let marks: String = marks.chars().take(500).collect();
    Problem::note(
        "vcf.not_reported",
        Place::file(),
        LocalizedText::new(
            format!(
                "報告の対象外とした変異: FILTERによる{filtered}件({marks})、腫瘍の遺伝型にない{denied}件。"
            ),
            format!(
                "Variants kept but not reported: {filtered} because of FILTER ({marks}), {denied} that the tumour's genotype denies."
            ),
        ),
        LocalizedText::of(
            "FILTERの印のある変異も報告するなら、受け入れる印として指定してください。",
            "To report variants with a FILTER mark too, name the mark among the accepted ones.",
        ),
    )
}

pub(super) fn structural_left_out(count: u64) -> Problem {
    Problem::note(
        "vcf.structural.left_out",
        Place::file(),
        LocalizedText::new(
            format!("遺伝子の注釈がない構造変異{count}件は読み込みませんでした。"),
            format!("{count} structural variants without a gene annotation were left out."),
        ),
        LocalizedText::of(
            "必要なら、遺伝子の注釈を付けてください。",
            "Annotate them with genes if they are needed.",
        ),
    )
}
