//! Section 1 in words.

use model::result::{ResultFormat, SequencedSample};

use super::{
    Block, ColumnKind, Fact, Span, Table, TagTone, Tone,
    speech::{Speech, column, decimal, fact, grouped, hint, mono, paragraph, plain, row, strong},
};
use crate::report::{FindingsReport, basic_items::BasicItems, labels};

/// The line below the title.
pub(super) fn subtitle(report: &FindingsReport, speech: Speech) -> String {
    let items = &report.basic_items;
    let mut parts = vec![tumour_type(items, speech)];
    let age = items.age_years.map(|age| match speech.0 {
        model::text::Language::Ja => format!("{age}歳"),
        model::text::Language::En => format!("{age} years"),
    });
    let sex = items.sex.map(|sex| speech.label(labels::sex(sex)).into_owned());
    let person: Vec<String> = age.into_iter().chain(sex).collect();
    if !person.is_empty() {
        parts.push(person.join(speech.say(" ", ", ")));
    }
    parts.extend(panel(items));
    parts.join(" · ")
}

/// What every printed page says of itself.
pub(super) fn identity(report: &FindingsReport, speech: Speech) -> String {
    let reference = report
        .basic_items
        .reference
        .clone()
        .unwrap_or_else(|| speech.say("症例番号不明", "case reference unknown").to_owned());
    let release = &report.software_versions.knowledge_release;
    let digest: String = release.id.trim_start_matches("sha256:").chars().take(12).collect();
    format!("{reference} · {} {} ({digest})", release.name, release.version)
}

/// Section 1.
pub(super) fn blocks(report: &FindingsReport, speech: Speech) -> Vec<Block> {
    let items = &report.basic_items;
    let mut blocks = vec![
        Block::Facts { facts: case_facts(items, speech) },
        Block::Facts { facts: test_facts(items, speech) },
    ];
    if !items.samples.is_empty() {
        blocks.push(Block::Table(samples(&items.samples, speech)));
    }
    blocks.extend(problems(items, speech));
    blocks
}

fn tumour_type(items: &BasicItems, speech: Speech) -> String {
    match &items.tumour_type {
        None => speech.say("がん種不明", "tumour type unknown").to_owned(),
        Some(tumour) => match &tumour.name {
            Some(name) => match speech.0 {
                model::text::Language::Ja => format!("{}（{}）", name.ja, tumour.code),
                model::text::Language::En => format!("{} ({})", name.en, tumour.code),
            },
            None => tumour.code.to_string(),
        },
    }
}

fn panel(items: &BasicItems) -> Option<String> {
    let name = items.test.panel_name.clone()?;
    match &items.test.panel_version {
        Some(version) => Some(format!("{name} {version}")),
        None => Some(name),
    }
}

fn case_facts(items: &BasicItems, speech: Speech) -> Vec<Fact> {
    let known = |value: Option<String>| vec![speech.known(value)];
    let mut reference = known(items.reference.clone());
    if items.synthetic {
        reference.push(plain(" "));
        reference.push(Span::Tag {
            tone: TagTone::Care,
            text: speech.say("合成データ", "synthetic data").into(),
        });
    }
    let mut tumour = match &items.tumour_type {
        None => known(None),
        Some(_) => vec![strong(tumour_type(items, speech))],
    };
    if items.tumour_type.as_ref().is_some_and(|tumour| tumour.name.is_none()) {
        tumour.push(hint(
            speech
                .say(" この知識リリースにないコード", " code not known to this knowledge release"),
        ));
    }
    vec![
        fact(speech.say("症例番号", "Case reference"), reference),
        fact(speech.say("登録施設", "Hospital"), known(items.hospital.clone())),
        fact(
            speech.say("年齢", "Age"),
            known(items.age_years.map(|age| match speech.0 {
                model::text::Language::Ja => format!("{age}歳"),
                model::text::Language::En => format!("{age} years"),
            })),
        ),
        fact(
            speech.say("性別", "Sex"),
            known(items.sex.map(|sex| speech.label(labels::sex(sex)).into_owned())),
        ),
        fact(speech.say("がん種（OncoTree）", "Tumour type (OncoTree)"), tumour),
        fact(speech.say("病理診断名", "Diagnosis"), known(items.diagnosis.clone())),
        fact(
            speech.say("ECOG PS", "ECOG performance status"),
            known(items.performance_status.map(|status| status.to_string())),
        ),
        fact(
            speech.say("登録日", "Registered"),
            known(items.registered.map(|day| day.to_string())),
        ),
        fact(speech.say("検体種別", "Specimen"), known(items.specimen.kind.clone())),
        fact(speech.say("採取部位", "Specimen site"), known(items.specimen.site.clone())),
        fact(
            speech.say("検体採取日", "Specimen collected"),
            known(items.specimen.collected.map(|day| day.to_string())),
        ),
        fact(
            speech.say("腫瘍細胞割合", "Tumour cell content"),
            known(items.specimen.tumour_content_percent.map(|percent| format!("{percent} %"))),
        ),
    ]
}

fn test_facts(items: &BasicItems, speech: Speech) -> Vec<Fact> {
    let test = &items.test;
    let known = |value: Option<String>| vec![speech.known(value)];
    let mut assembly = known(test.assembly.map(|assembly| assembly.to_string()));
    if let Some(from) = test.lifted_from {
        assembly.push(hint(match speech.0 {
            model::text::Language::Ja => format!("（{from}から変換）"),
            model::text::Language::En => format!(" (lifted from {from})"),
        }));
    }
    let software = test.software_name.clone().map(|name| match &test.software_version {
        Some(version) => format!("{name} {version}"),
        None => name,
    });
    let source = match &test.source {
        ResultFormat::Cats { version } => format!("CATS {version}"),
        ResultFormat::Maf => "MAF".to_owned(),
        ResultFormat::Vcf => "VCF".to_owned(),
        ResultFormat::CBioPortal => "cBioPortal".to_owned(),
        ResultFormat::PortalReport => speech.say("レポートCSV", "report CSV").to_owned(),
    };
    vec![
        fact(speech.say("遺伝子パネル", "Gene panel"), known(panel(items))),
        fact(
            speech.say("検査の種類", "Type of test"),
            known(test.test_type.map(|kind| speech.label(labels::test_type(kind)).into_owned())),
        ),
        fact(speech.say("検査番号", "Test identifier"), known(test.test_id.clone())),
        fact(speech.say("解析ソフトウェア", "Laboratory software"), known(software)),
        fact(speech.say("参照ゲノム", "Reference assembly"), assembly),
        fact(speech.say("入力形式", "Input format"), vec![plain(source)]),
    ]
}

fn samples(samples: &[SequencedSample], speech: Speech) -> Table {
    let rows = samples.iter().map(|sample| {
        let states = if sample.suspected_states.is_empty() {
            hint(speech.say("指摘なし", "nothing stated"))
        } else {
            Span::Tag {
                tone: TagTone::Care,
                text: suspected(&sample.suspected_states, speech).into(),
            }
        };
        row(vec![
            vec![mono(sample.item_id.clone())],
            vec![plain(speech.label_or_unknown(sample.tissue.map(labels::tissue)))],
            vec![plain(speech.label_or_unknown(sample.nucleic_acid.map(labels::nucleic_acid)))],
            vec![speech.known(sample.depth_mean.map(decimal))],
            vec![speech.known(sample.depth_median.map(decimal))],
            vec![states],
        ])
    });
    Table {
        caption: speech.say("シークエンスした検体", "Sequenced samples").to_owned(),
        columns: vec![
            column(speech.say("検体", "Sample"), ColumnKind::RowHead, 3),
            column(speech.say("組織", "Tissue"), ColumnKind::Text, 2),
            column(speech.say("核酸", "Nucleic acid"), ColumnKind::Text, 2),
            column(speech.say("平均深度", "Mean depth"), ColumnKind::Number, 2),
            column(speech.say("深度の中央値", "Median depth"), ColumnKind::Number, 2),
            column(speech.say("品質の疑い", "Suspected quality"), ColumnKind::Text, 4),
        ],
        rows: rows.collect(),
    }
}

fn problems(items: &BasicItems, speech: Speech) -> Vec<Block> {
    let found = &items.input_problems;
    if found.codes.is_empty() {
        return vec![paragraph(
            Tone::Hint,
            speech.say("入力の指摘はありません。", "No problem was found in the input."),
        )];
    }
    let rows = found.codes.iter().map(|problem| {
        row(vec![
            vec![strong(speech.label(labels::severity(problem.severity)))],
            vec![plain(speech.text(&problem.message)), Span::Break, mono(problem.code.clone())],
            vec![plain(grouped(problem.count))],
        ])
    });
    vec![Block::Table(Table {
        caption: speech.say("入力の指摘", "Problems found in the input").to_owned(),
        columns: vec![
            column(speech.say("重さ", "Severity"), ColumnKind::RowHead, 2),
            column(
                speech.say("内容（最初の1件）", "What (the first of each)"),
                ColumnKind::Text,
                12,
            ),
            column(speech.say("件数", "Count"), ColumnKind::Number, 2),
        ],
        rows: rows.collect(),
    })]
}

/// Says the states that the laboratory suspects; a word that is not known stays as it was written.
fn suspected(states: &[String], speech: Speech) -> String {
    let said: Vec<&str> = states
        .iter()
        .map(|state| match state.as_str() {
            "contaminated" => speech.say("汚染", "contaminated"),
            "deaminated" => speech.say("脱アミノ化", "deaminated"),
            "fragmentated" => speech.say("断片化", "fragmented"),
            "degraded" => speech.say("分解", "degraded"),
            other => other,
        })
        .collect();
    speech.join(&said)
}
