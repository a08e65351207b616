//! Sections 3 and 5 to 8 in words.

use super::{
    Block, ColumnKind, Span, Table, Tone,
    speech::{Speech, column, fact, grouped, level, mono, paragraph, plain, row, strong},
};
use crate::report::{
    FindingsReport, disclaimer::CautionWeight, labels, software_versions::NamedVersion,
};

/// Section 3.
pub(super) fn candidate_trials(report: &FindingsReport, speech: Speech) -> Vec<Block> {
    let trials = &report.candidate_trials;
    let mut blocks: Vec<Block> = Vec::new();
    if let Some(reason) = &trials.empty_reason {
        blocks.push(paragraph(Tone::Plain, speech.text(reason)));
    }
    if !trials.trials.is_empty() {
        let items = trials.trials.iter().map(|trial| {
            vec![mono(trial.id.clone()), plain(" "), plain(speech.text(&trial.title))]
        });
        blocks.push(Block::List { items: items.collect(), numbered: false });
    }
    blocks
}

/// Section 5.
pub(super) fn references(report: &FindingsReport, speech: Speech) -> Vec<Block> {
    if report.references.is_empty() {
        return vec![paragraph(
            Tone::Hint,
            speech.say("引用した文献はありません。", "No literature is cited."),
        )];
    }
    let items = report.references.iter().map(|entry| {
        let text = match &entry.url {
            Some(url) => Span::Link { url: url.clone(), text: entry.id.clone() },
            None => plain(entry.id.clone()),
        };
        vec![Span::Anchor { number: entry.number }, text]
    });
    vec![Block::List { items: items.collect(), numbered: true }]
}

/// Section 6.
pub(super) fn software_versions(report: &FindingsReport, speech: Speech) -> Vec<Block> {
    let versions = &report.software_versions;
    let release = &versions.knowledge_release;
    let named = |named: &NamedVersion| {
        let version = named.version.clone();
        vec![plain(format!("{} ", named.name)), speech.known(version)]
    };
    let mut facts = vec![
        fact(speech.say("報告作成ソフトウェア", "Report software"), named(&versions.program)),
        fact(
            speech.say("報告の形式", "Report format"),
            vec![plain(versions.report_format.clone())],
        ),
        fact(
            speech.say("エビデンスレベルの表", "Evidence level table"),
            named(&versions.level_table),
        ),
        fact(
            speech.say("知識リリース", "Knowledge release"),
            vec![strong(format!("{} {}", release.name, release.version))],
        ),
        fact(
            speech.say("知識リリースの識別子", "Knowledge release identifier"),
            vec![mono(release.id.clone())],
        ),
    ];
    if let Some(laboratory) = &versions.laboratory_software {
        facts.push(fact(speech.say("解析ソフトウェア", "Laboratory software"), named(laboratory)));
    }
    let rows = release.sources.iter().map(|source| {
        let digest = source.digest.trim_start_matches("sha256:");
        row(vec![
            vec![plain(source.name.clone())],
            vec![plain(source.version.clone())],
            vec![plain(source.licence.clone())],
            vec![plain(grouped(source.records))],
            vec![mono(digest.chars().take(16).collect::<String>())],
        ])
    });
    vec![
        Block::Facts { facts },
        paragraph(Tone::Hint, speech.text(&release.notice)),
        Block::Table(Table {
            caption: speech
                .say(
                    "知識リリースの情報源（ダイジェストはSHA-256の先頭16桁）",
                    "Sources of the knowledge release (digest: first 16 digits of SHA-256)",
                )
                .to_owned(),
            columns: vec![
                column(speech.say("情報源", "Source"), ColumnKind::RowHead, 6),
                column(speech.say("バージョン", "Version"), ColumnKind::Text, 3),
                column(speech.say("ライセンス", "Licence"), ColumnKind::Text, 3),
                column(speech.say("件数", "Records"), ColumnKind::Number, 2),
                column(speech.say("ダイジェスト", "Digest"), ColumnKind::Text, 4),
            ],
            rows: rows.collect(),
        }),
    ]
}

/// Section 7.
pub(super) fn evidence_levels(report: &FindingsReport, speech: Speech) -> Vec<Block> {
    let definitions = &report.evidence_level_definitions;
    let levels = definitions.levels.iter().map(|definition| {
        row(vec![
            vec![level(Some(definition.level))],
            vec![plain(speech.text(&definition.definition))],
        ])
    });
    let relations = definitions.relations.iter().map(|definition| {
        row(vec![
            vec![strong(speech.label(labels::relation(definition.relation)))],
            vec![plain(speech.text(&definition.definition))],
        ])
    });
    let accessibilities = definitions.accessibilities.iter().map(|definition| {
        row(vec![
            vec![speech.accessibility(definition.accessibility)],
            vec![plain(speech.text(&definition.definition))],
        ])
    });
    let two_columns = |title, kind, share| {
        vec![
            column(title, kind, share),
            column(speech.say("意味", "Meaning"), ColumnKind::Text, 16 - share),
        ]
    };
    vec![
        paragraph(Tone::Plain, speech.text(&definitions.statement)),
        Block::Table(Table {
            caption: speech.say("エビデンスレベル", "Evidence levels").to_owned(),
            columns: two_columns(speech.say("レベル", "Level"), ColumnKind::Level, 1),
            rows: levels.collect(),
        }),
        Block::Table(Table {
            caption: speech.say("がん種の関係", "Tumour relation").to_owned(),
            columns: two_columns(speech.say("関係", "Relation"), ColumnKind::RowHead, 4),
            rows: relations.collect(),
        }),
        Block::Table(Table {
            caption: speech.say("薬剤への到達性", "Access to the drug").to_owned(),
            columns: two_columns(speech.say("到達性", "Access"), ColumnKind::RowHead, 4),
            rows: accessibilities.collect(),
        }),
    ]
}

/// Section 8.
pub(super) fn disclaimer(report: &FindingsReport, speech: Speech) -> Vec<Block> {
    let items = report.disclaimer.cautions.iter().map(|caution| {
        let text = speech.text(&caution.text);
        vec![match caution.weight {
            CautionWeight::Head => strong(text),
            CautionWeight::Body => plain(text),
        }]
    });
    vec![Block::List { items: items.collect(), numbered: false }]
}

/// What must be seen first.
pub(super) fn head_cautions(report: &FindingsReport, speech: Speech) -> Vec<String> {
    let cautions = report.disclaimer.cautions.iter();
    cautions
        .filter(|caution| caution.weight == CautionWeight::Head)
        .map(|caution| speech.text(&caution.text))
        .collect()
}
