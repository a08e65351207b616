//! Section 8: cautions and disclaimer, made from the facts of this very report.

use std::borrow::Cow;

use model::{
    genome::Assembly,
    result::{ResultFormat, TestResult},
    text::LocalizedText,
};
use serde::{Deserialize, Serialize};

use super::{ReportInput, basic_items::BasicItems, findings::Findings};

/// Section 8.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Disclaimer {
    /// The cautions, gravest first.
    pub cautions: Vec<Caution>,
}

/// One caution.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Caution {
    /// Stable code.
    pub code: Cow<'static, str>,
    /// How it must be shown.
    pub weight: CautionWeight,
    /// The sentence.
    pub text: LocalizedText,
}

/// How a caution must be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum CautionWeight {
    /// At the head of the report too.
    Head,
    /// In section 8.
    Body,
}

/// Code of the note by which the CATS reader says that no reference sequence was at hand.
const REFERENCE_NOT_CHECKED: &str = "reference.not_checked";

/// Makes section 8.
pub(super) fn compose(
    input: &ReportInput<'_>,
    basic_items: &BasicItems,
    findings: &Findings,
    demonstration: bool,
    tumour_known: bool,
) -> Disclaimer {
    let mut cautions = Vec::new();
    let mut add = |weight, code: &'static str, ja: &'static str, en: &'static str| {
        cautions.push(Caution {
            code: Cow::Borrowed(code),
            weight,
            text: LocalizedText::of(ja, en),
        });
    };
    head(&mut add, basic_items, demonstration, tumour_known);
    about_the_test(&mut add, input.result, findings);
    about_the_file(&mut add, input, findings);
    always(&mut add);
    Disclaimer { cautions }
}

type Add<'a> = dyn FnMut(CautionWeight, &'static str, &'static str, &'static str) + 'a;

fn head(add: &mut Add<'_>, basic_items: &BasicItems, demonstration: bool, tumour_known: bool) {
    if basic_items.synthetic {
        add(
            CautionWeight::Head,
            "synthetic",
            "この症例は合成データです。実在の患者のものではありません。",
            "This case is synthetic. It does not describe a real patient.",
        );
    }
    if demonstration {
        add(
            CautionWeight::Head,
            "demonstration",
            "実演用の知識リリースで作成しました。診療には使用できません。",
            "Made with a demonstration knowledge release. Not for use in care.",
        );
    }
    if basic_items.input_problems.errors > 0 {
        add(
            CautionWeight::Head,
            "inputErrors",
            "入力に誤りがあります。読み取れた範囲だけで作成したため、結果が欠けている可能性があります。",
            "The input has errors. The report covers only what could be read, so results may be missing.",
        );
    }
    if basic_items.tumour_type.is_none() {
        add(
            CautionWeight::Head,
            "tumourTypeMissing",
            "がん種が指定されていないため、エビデンスを本がん種と他がん種に分けられません。レベルは低めに付いていることがあります。",
            "No tumour type was given, so evidence cannot be told apart as this or another tumour type. Levels may be lower than they should be.",
        );
    } else if !tumour_known {
        add(
            CautionWeight::Head,
            "tumourTypeUnknown",
            "指定されたがん種コードがこの知識リリースにないため、エビデンスを本がん種と他がん種に分けられません。",
            "This knowledge release does not know the tumour type's code, so evidence cannot be told apart as this or another tumour type.",
        );
    }
}

fn about_the_test(add: &mut Add<'_>, result: &TestResult, findings: &Findings) {
    let has_normal = result.test.test_type.map(model::result::TestType::has_matched_normal);
    if has_normal != Some(true) {
        add(
            CautionWeight::Body,
            "germlineUnconfirmed",
            "正常検体との比較がない、または不明な検査のため、検出された変異が体細胞か生殖細胞系列かは確定していません。",
            "The test has no matched normal sample, or does not say so. Whether an alteration is somatic or germline is not confirmed.",
        );
    }
    if findings.counts.secondary_finding_candidates > 0 {
        add(
            CautionWeight::Body,
            "secondaryFindings",
            "二次的所見の候補があります。開示にあたっては、患者の意思の確認、エキスパートパネルでの検討、必要に応じた確認検査と遺伝カウンセリングが必要です。",
            "There are secondary-finding candidates. Before disclosure they need the patient's wish, discussion by the expert panel, and confirmatory testing and genetic counselling where called for.",
        );
    }
    if result.test.reference_only == Some(true) {
        add(
            CautionWeight::Body,
            "referenceOnly",
            "検査機関は、この検査を参考用としています。",
            "The laboratory calls this test for reference only.",
        );
    }
    if result.samples.iter().any(|sample| !sample.suspected_states.is_empty()) {
        add(
            CautionWeight::Body,
            "sampleQuality",
            "検査機関は検体の品質の低下を疑っています。偽陽性および偽陰性に注意してください。",
            "The laboratory suspects poor quality of a sample. Beware of false positive and false negative results.",
        );
    }
    if !findings.biomarkers.iter().all(super::findings::BiomarkerFinding::is_reported) {
        add(
            CautionWeight::Body,
            "biomarkersNotReported",
            "この検査が報告していないバイオマーカー（TMB、MSI、LOH）があります。陰性を意味するものではありません。",
            "This test does not report all of TMB, MSI and LOH. That a marker is not reported does not mean that it is negative.",
        );
    }
    add(
        CautionWeight::Body,
        "coverage",
        "検出されなかった変異がないとは限りません。検査の対象領域、検出限界、腫瘍細胞割合に左右されます。",
        "An alteration that was not found may still be there. This depends on the regions tested, the limit of detection and the tumour cell content.",
    );
}

fn about_the_file(add: &mut Add<'_>, input: &ReportInput<'_>, findings: &Findings) {
    let result = input.result;
    if findings.counts.not_reported_items > 0 {
        add(
            CautionWeight::Body,
            "notReportedItems",
            "検査機関が報告対象としていない項目は、この報告に含めていません。",
            "Items that the laboratory does not include in its report are left out.",
        );
    }
    if reference_not_checked(input) {
        add(
            CautionWeight::Body,
            "referenceAlleleNotChecked",
            "変異の参照塩基は、参照ゲノム配列と照合していません。",
            "The reference alleles of variants were not checked against the reference genome sequence.",
        );
    }
    match (result.assembly, result.lifted_from) {
        (Some(_), Some(_)) => add(
            CautionWeight::Body,
            "assemblyLifted",
            "ゲノム座標は別の参照ゲノムから変換したものです。",
            "Genomic positions were lifted from another reference assembly.",
        ),
        (Some(Assembly::Grch37), None) => add(
            CautionWeight::Body,
            "assemblyGrch37",
            "ゲノム座標はGRCh37によります。GRCh38の座標とは異なります。",
            "Genomic positions refer to GRCh37 and differ from those of GRCh38.",
        ),
        (None, _) => add(
            CautionWeight::Body,
            "assemblyUnknown",
            "参照ゲノムの版が不明のため、ゲノム座標の解釈に注意してください。",
            "The reference assembly is not known. Read genomic positions with care.",
        ),
        (Some(Assembly::Grch38), None) => {}
    }
}

/// Returns whether reference alleles were left unchecked: the reader of CATS says when it could not
/// check them, and the other readers never do.
fn reference_not_checked(input: &ReportInput<'_>) -> bool {
    if input.result.short_variants.is_empty() {
        return false;
    }
    let is_cats = matches!(input.result.source, ResultFormat::Cats { .. });
    !is_cats || input.problems.iter().any(|problem| problem.code.contains(REFERENCE_NOT_CHECKED))
}

fn always(add: &mut Add<'_>) {
    add(
        CautionWeight::Body,
        "levelsNotOfficial",
        "エビデンスレベルと薬剤への到達性は本プログラム独自の基準によるもので、公式な判定ではありません。",
        "Evidence levels and drug accessibility follow this programme's own rules and are not official.",
    );
    add(
        CautionWeight::Body,
        "decision",
        "本報告はエキスパートパネルの参考資料です。治療方針は、患者の状態とあわせて担当医が決定します。",
        "This report is material for the expert panel. The treating physician decides on treatment with regard to the patient's condition.",
    );
    add(
        CautionWeight::Body,
        "currency",
        "知識は記載したリリースの時点のものです。その後に得られた知見や承認の変更は反映していません。",
        "Knowledge is that of the release named here. Later findings and changes of approval are not included.",
    );
}
