//! Section 2 in words: the count first, then each alteration, then its evidence.

use model::{
    evidence::{DrugAccessibility, EvidenceLevel},
    text::Language,
};

use super::{
    Block, ColumnKind, Fact, Figure, Span, Table, TagTone, Tone, evidence_tables,
    speech::{
        Speech, column, decimal, fact, frequency, grouped, heading, hint, level, paragraph, plain,
        row, strong,
    },
};
use crate::report::{
    FindingsReport,
    counts::{Count, Counts, offers_therapy},
    evidence::EvidenceGroup,
    findings::{AlterationFinding, BiomarkerFinding, BiomarkerStatus, NonTherapyEvidence},
    labels,
};

/// Most therapies named in one cell of the overview.
const OVERVIEW_NAMES_MAX: usize = 5;

/// Section 2.
pub(super) fn blocks(report: &FindingsReport, speech: Speech) -> Vec<Block> {
    let findings = &report.findings;
    let mut blocks = vec![tally(&findings.counts, &findings.biomarkers, speech)];
    blocks.push(heading(3, speech.say("検出された変異", "Alterations found")));
    if findings.alterations.is_empty() {
        blocks.push(paragraph(
            Tone::Plain,
            speech.say(
                "検査機関が報告した変異はありません。",
                "The laboratory reports no alteration.",
            ),
        ));
    } else {
        blocks.push(Block::Table(overview(&findings.alterations, speech)));
    }
    blocks.push(Block::Table(biomarkers(&findings.biomarkers, speech)));
    blocks.push(heading(3, speech.say("検出数の内訳", "Counts")));
    blocks.push(Block::Facts { facts: counts(&findings.counts, speech) });
    blocks.extend(count_notes(&findings.counts, speech));
    blocks.extend(by_therapy(report, speech));
    if !findings.expressions.is_empty() {
        blocks.push(Block::Table(expressions(report, speech)));
    }
    blocks.extend(haematological(report, speech));
    blocks
}

fn tally(counts: &Counts, biomarkers: &[BiomarkerFinding], speech: Speech) -> Block {
    let mut figures = vec![
        Figure {
            label: speech.say("検出された変異", "Alterations"),
            value: grouped(counts.alterations.total),
            note: match speech.0 {
                Language::Ja => format!(
                    "体細胞 {} · 生殖細胞系列 {} · 不明 {}",
                    counts.by_origin.somatic.total,
                    counts.by_origin.germline.total,
                    counts.by_origin.unknown.total
                ),
                Language::En => format!(
                    "somatic {} · germline {} · not said {}",
                    counts.by_origin.somatic.total,
                    counts.by_origin.germline.total,
                    counts.by_origin.unknown.total
                ),
            },
        },
        Figure {
            label: speech.say("治療候補のある変異", "May lead to a therapy"),
            value: grouped(counts.alterations.actionable + counts.biomarkers.actionable),
            note: speech
                .say("レベルA〜D、TMB・MSI・LOHを含む", "levels A to D, with TMB, MSI and LOH")
                .to_owned(),
        },
        Figure {
            label: speech.say("二次的所見の候補", "Secondary-finding candidates"),
            value: grouped(counts.secondary_finding_candidates),
            note: String::new(),
        },
    ];
    figures.extend(biomarkers.iter().map(|biomarker| Figure {
        label: match biomarker.kind {
            model::alteration::BiomarkerKind::Tmb => "TMB",
            model::alteration::BiomarkerKind::Msi => "MSI",
            model::alteration::BiomarkerKind::Loh => "LOH",
        },
        value: state(biomarker, speech).into_owned(),
        note: speech.metrics(&biomarker.metrics),
    }));
    Block::Tally { figures }
}

fn state(biomarker: &BiomarkerFinding, speech: Speech) -> std::borrow::Cow<'static, str> {
    match (biomarker.status, biomarker.state) {
        (BiomarkerStatus::Reported, Some(state)) => speech.label(labels::biomarker_state(state)),
        (BiomarkerStatus::Reported, None) => speech.say("判定なし", "no verdict").into(),
        (BiomarkerStatus::ValueNotReported | BiomarkerStatus::NotReported, _) => {
            speech.say("報告なし", "not reported").into()
        }
    }
}

fn overview(alterations: &[AlterationFinding], speech: Speech) -> Table {
    let rows = alterations.iter().map(|alteration| {
        row(vec![
            vec![level(alteration.highest_level)],
            marker(alteration, speech),
            vec![
                plain(speech.label(labels::alteration_kind(alteration.kind))),
                Span::Break,
                hint(origin(alteration, speech)),
            ],
            vec![speech.known(measured(alteration, speech))],
            therapies(&alteration.evidence, speech),
        ])
    });
    Table {
        caption: speech
            .say(
                "変異の一覧（エビデンスレベルの高い順）",
                "Alterations, highest evidence level first",
            )
            .to_owned(),
        columns: vec![
            column(speech.say("レベル", "Level"), ColumnKind::Level, 3),
            column(speech.say("マーカー", "Marker"), ColumnKind::RowHead, 14),
            column(speech.say("種類・由来", "Kind and origin"), ColumnKind::Text, 9),
            column(speech.say("頻度・量", "Frequency or amount"), ColumnKind::Text, 7),
            column(speech.say("薬剤", "Therapies"), ColumnKind::Text, 17),
        ],
        rows: rows.collect(),
    }
}

fn marker(alteration: &AlterationFinding, speech: Speech) -> Vec<Span> {
    let mut spans = vec![strong(speech.marker(&alteration.label))];
    if alteration.hotspot {
        spans.push(plain(" "));
        spans.push(Span::Tag {
            tone: TagTone::Plain,
            text: speech.say("ホットスポット", "hotspot").into(),
        });
    }
    if let Some(finding) = &alteration.secondary_finding {
        spans.push(Span::Break);
        spans.push(Span::Tag {
            tone: TagTone::Care,
            text: if finding.confirmed {
                speech.say("二次的所見の候補", "secondary-finding candidate").into()
            } else {
                speech
                    .say("二次的所見の候補（未確定）", "secondary-finding candidate (unconfirmed)")
                    .into()
            },
        });
    } else if alteration.origin.is_some_and(model::alteration::VariantOrigin::is_germline) {
        spans.push(Span::Break);
        spans.push(Span::Tag {
            tone: TagTone::Care,
            text: speech.say("生殖細胞系列", "germline").into(),
        });
    }
    spans
}

fn origin(alteration: &AlterationFinding, speech: Speech) -> String {
    let origin = match alteration.origin {
        Some(origin) => speech.label(labels::origin(origin)),
        None => speech.say("由来不明", "origin not said").into(),
    };
    match alteration.nucleic_acid {
        Some(acid) => format!("{origin} · {}", speech.label(labels::nucleic_acid(acid))),
        None => origin.into_owned(),
    }
}

fn measured(alteration: &AlterationFinding, speech: Speech) -> Option<String> {
    let frequency =
        frequency(alteration.allele_frequency, alteration.depth_alternate, alteration.depth_total);
    let metrics = speech.metrics(&alteration.metrics);
    let reads = alteration.supporting_reads.map(|reads| match speech.0 {
        Language::Ja => format!("{reads}リード"),
        Language::En => format!("{reads} reads"),
    });
    let parts: Vec<String> =
        frequency.into_iter().chain(Some(metrics).filter(|m| !m.is_empty())).chain(reads).collect();
    (!parts.is_empty()).then(|| parts.join(" · "))
}

/// Names the therapies of levels A to D, one line for each level and access, and those of level R;
/// where there are none, what else is known.
fn therapies(groups: &[EvidenceGroup], speech: Speech) -> Vec<Span> {
    let mut lines: Vec<(EvidenceLevel, DrugAccessibility, Vec<String>)> = Vec::new();
    for group in groups.iter().filter(|group| offers_therapy(group)) {
        let (Some(highest), Some(therapy)) = (group.highest_level, &group.therapy) else {
            continue;
        };
        let name = speech.text(&therapy.name);
        let same = |line: &&mut (EvidenceLevel, DrugAccessibility, Vec<String>)| {
            line.0 == highest && line.1 == therapy.accessibility
        };
        match lines.iter_mut().find(same) {
            Some((_, _, names)) => names.push(name),
            None => lines.push((highest, therapy.accessibility, vec![name])),
        }
    }
    lines.sort_by_key(|(highest, accessibility, _)| (*highest, *accessibility));
    let mut spans = Vec::new();
    for (highest, accessibility, names) in &lines {
        begin_line(&mut spans);
        spans.extend([level(Some(*highest)), plain(" "), speech.accessibility(*accessibility)]);
        spans.push(plain(format!(" {}", some_of(names, speech))));
    }
    let resists = |group: &&EvidenceGroup| {
        group.summaries.iter().any(|summary| summary.level == Some(EvidenceLevel::R))
    };
    let resistant: Vec<String> = groups
        .iter()
        .filter(resists)
        .filter_map(|group| group.therapy.as_ref())
        .map(|therapy| speech.text(&therapy.name))
        .collect();
    if !resistant.is_empty() {
        begin_line(&mut spans);
        spans.extend([
            level(Some(EvidenceLevel::R)),
            plain(" "),
            Span::Tag { tone: TagTone::Bad, text: speech.say("耐性", "resistance").into() },
            plain(format!(" {}", some_of(&resistant, speech))),
        ]);
    }
    if spans.is_empty() {
        spans = without_therapy(groups, speech);
    }
    spans
}

fn begin_line(spans: &mut Vec<Span>) {
    if !spans.is_empty() {
        spans.push(Span::Break);
    }
}

/// Names the first few.
fn some_of(names: &[String], speech: Speech) -> String {
    let shown: Vec<&String> = names.iter().take(OVERVIEW_NAMES_MAX).collect();
    let mut text = speech.join(&shown);
    let rest = names.len().saturating_sub(OVERVIEW_NAMES_MAX);
    if rest > 0 {
        text.push_str(&match speech.0 {
            Language::Ja => format!("ほか{rest}剤"),
            Language::En => format!(" and {rest} more"),
        });
    }
    text
}

/// Says what is known besides therapies, or that nothing is.
fn without_therapy(groups: &[EvidenceGroup], speech: Speech) -> Vec<Span> {
    let mut spans = Vec::new();
    for group in groups.iter().filter(|group| group.therapy.is_none()) {
        let Some(summary) = group.summaries.first() else { continue };
        begin_line(&mut spans);
        if summary.level.is_some() {
            spans.extend([level(summary.level), plain(" ")]);
        }
        let claim = speech.label_or_unknown(summary.significance.map(labels::significance));
        spans.push(plain(claim));
        let relation = speech.label(labels::relation(summary.relation));
        spans.push(hint(match speech.0 {
            Language::Ja => format!("（{relation}）"),
            Language::En => format!(" ({relation})"),
        }));
    }
    if spans.is_empty() {
        spans.push(hint(speech.say("該当するエビデンスなし", "no evidence")));
    }
    spans
}

fn biomarkers(biomarkers: &[BiomarkerFinding], speech: Speech) -> Table {
    let rows = biomarkers.iter().map(|biomarker| {
        let status = match biomarker.status {
            BiomarkerStatus::Reported => strong(state(biomarker, speech)),
            BiomarkerStatus::ValueNotReported => hint(speech.say(
                "値はあるが検査機関が報告対象としていない",
                "has a value that the laboratory does not report",
            )),
            BiomarkerStatus::NotReported => {
                hint(speech.say("この検査では報告されていない", "not reported by this test"))
            }
        };
        let value = speech.metrics(&biomarker.metrics);
        row(vec![
            vec![level(biomarker.highest_level)],
            vec![plain(speech.label(labels::biomarker(biomarker.kind)))],
            vec![status],
            vec![if value.is_empty() { hint("–") } else { plain(value) }],
            if biomarker.is_reported() {
                therapies(&biomarker.evidence, speech)
            } else {
                vec![hint("–")]
            },
        ])
    });
    Table {
        caption: speech.say("ゲノム全体のバイオマーカー", "Genome-wide markers").to_owned(),
        columns: vec![
            column(speech.say("レベル", "Level"), ColumnKind::Level, 3),
            column(speech.say("バイオマーカー", "Marker"), ColumnKind::RowHead, 14),
            column(speech.say("判定", "Verdict"), ColumnKind::Text, 9),
            column(speech.say("値", "Value"), ColumnKind::Text, 7),
            column(speech.say("薬剤", "Therapies"), ColumnKind::Text, 17),
        ],
        rows: rows.collect(),
    }
}

fn counts(counts: &Counts, speech: Speech) -> Vec<Fact> {
    let line = |name: &'static str, count: &Count| {
        let mut spans = vec![strong(grouped(count.total))];
        if count.actionable > 0 {
            spans.push(hint(match speech.0 {
                Language::Ja => format!("（うち治療候補あり {}）", count.actionable),
                Language::En => format!(" ({} may lead to a therapy)", count.actionable),
            }));
        }
        fact(name, spans)
    };
    let kinds = &counts.by_kind;
    let origins = &counts.by_origin;
    let acids = &counts.by_nucleic_acid;
    vec![
        line(speech.say("塩基置換・挿入・欠失", "Short variants"), &kinds.short_variant),
        line(speech.say("体細胞", "Somatic"), &origins.somatic),
        line(speech.say("コピー数異常", "Copy number"), &kinds.copy_number_alteration),
        line(speech.say("生殖細胞系列", "Germline"), &origins.germline),
        line(speech.say("融合遺伝子", "Fusions"), &kinds.fusion),
        line(speech.say("由来不明", "Origin not said"), &origins.unknown),
        line(speech.say("その他の構造異常", "Other rearrangements"), &kinds.other_rearrangement),
        line(speech.say("DNAで検出", "Seen in DNA"), &acids.dna),
        line(speech.say("TMB・MSI・LOHの報告", "TMB, MSI, LOH"), &counts.biomarkers),
        line(speech.say("RNAで検出", "Seen in RNA"), &acids.rna),
        line(speech.say("変異の合計", "All alterations"), &counts.alterations),
        line(speech.say("DNA・RNAの別不明", "DNA or RNA not said"), &acids.unknown),
    ]
}

fn count_notes(counts: &Counts, speech: Speech) -> Vec<Block> {
    let mut blocks = Vec::new();
    if !counts.therapies_by_accessibility.is_empty() {
        let parts: Vec<String> = counts
            .therapies_by_accessibility
            .iter()
            .map(|entry| {
                format!(
                    "{} {}",
                    speech.label(labels::accessibility(entry.accessibility)),
                    entry.count
                )
            })
            .collect();
        let label = speech.say("レベルA〜Dの薬剤：", "Therapies of levels A to D: ");
        blocks.push(paragraph(Tone::Hint, format!("{label}{}", parts.join(" · "))));
    }
    if counts.not_reported_items > 0 {
        blocks.push(paragraph(
            Tone::Hint,
            match speech.0 {
                Language::Ja => format!(
                    "検査機関が報告対象としていない{}件は含めていません。",
                    grouped(counts.not_reported_items)
                ),
                Language::En => format!(
                    "Items that the laboratory does not report are left out: {}.",
                    grouped(counts.not_reported_items)
                ),
            },
        ));
    }
    blocks
}

fn by_therapy(report: &FindingsReport, speech: Speech) -> Vec<Block> {
    let findings = &report.findings;
    let mut blocks = Vec::new();
    let mut add = |title: String, groups: &[EvidenceGroup], extra: Option<String>| {
        if groups.is_empty() && extra.is_none() {
            return;
        }
        blocks.push(heading(4, title.clone()));
        if let Some(extra) = extra {
            blocks.push(paragraph(Tone::Caution, extra));
        }
        blocks.extend(evidence_tables::groups(&title, groups, speech));
    };
    for alteration in &findings.alterations {
        let secondary =
            alteration.secondary_finding.as_ref().map(|finding| speech.text(&finding.statement));
        add(speech.marker(&alteration.label), &alteration.evidence, secondary);
    }
    for biomarker in findings.biomarkers.iter().filter(|biomarker| biomarker.is_reported()) {
        let title = format!(
            "{}: {}",
            speech.label(labels::biomarker(biomarker.kind)),
            state(biomarker, speech)
        );
        add(title, &biomarker.evidence, None);
    }
    for marker in &findings.wild_type.markers {
        let title = match speech.0 {
            Language::Ja => format!("変異のない遺伝子（野生型）：{}", marker.biomarker),
            Language::En => format!("Genes without alteration: {}", marker.biomarker),
        };
        add(title, &marker.evidence, None);
    }
    if !blocks.is_empty() {
        blocks.insert(0, heading(3, speech.say("変異ごとのエビデンス", "Evidence by alteration")));
    }
    blocks
}

fn expressions(report: &FindingsReport, speech: Speech) -> Table {
    let rows =
        report.findings.expressions.iter().map(|expression| {
            row(vec![
                vec![strong(expression.gene.as_ref().map_or_else(
                    || speech.label(labels::UNKNOWN).into_owned(),
                    ToString::to_string,
                ))],
                vec![speech.known(expression.read_count.map(decimal))],
                vec![speech.known(Some(speech.metrics(&expression.metrics)))],
            ])
        });
    Table {
        caption: speech.say("遺伝子発現", "Gene expressions").to_owned(),
        columns: vec![
            column(speech.say("遺伝子", "Gene"), ColumnKind::RowHead, 5),
            column(speech.say("リード数", "Reads"), ColumnKind::Number, 5),
            column(speech.say("発現量", "Level of expression"), ColumnKind::Text, 8),
        ],
        rows: rows.collect(),
    }
}

fn haematological(report: &FindingsReport, speech: Speech) -> Vec<Block> {
    let Some(tables) = &report.findings.haematological else { return Vec::new() };
    let mut blocks = vec![heading(
        3,
        speech.say("造血器腫瘍：診断と予後", "Haematological tumour: diagnosis and prognosis"),
    )];
    for (evidence, caption, none) in [
        (
            &tables.diagnosis,
            speech.say("診断に関するエビデンス", "Evidence on the diagnosis"),
            speech.say("診断に関するエビデンスはありません。", "No evidence on the diagnosis."),
        ),
        (
            &tables.prognosis,
            speech.say("予後に関するエビデンス", "Evidence on the prognosis"),
            speech.say("予後に関するエビデンスはありません。", "No evidence on the prognosis."),
        ),
    ] {
        if evidence.is_empty() {
            blocks.push(paragraph(Tone::Hint, none));
        } else {
            blocks.push(Block::Table(non_therapy(caption, evidence, speech)));
        }
    }
    blocks
}

fn non_therapy(caption: &str, evidence: &[NonTherapyEvidence], speech: Speech) -> Table {
    let rows = evidence.iter().map(|item| {
        let mut claim =
            vec![plain(speech.label_or_unknown(item.significance.map(labels::significance)))];
        if let Some(model::evidence::EvidenceDirection::DoesNotSupport) = item.direction {
            claim.push(Span::Break);
            claim.push(Span::Tag {
                tone: TagTone::Bad,
                text: speech.say("支持しない", "does not support").into(),
            });
        }
        row(vec![
            vec![level(item.level)],
            vec![strong(speech.marker(&item.label))],
            claim,
            vec![speech.known(item.tumour_type.as_ref().map(|name| speech.text(name)))],
            vec![
                plain(speech.label(labels::relation(item.relation))),
                Span::Break,
                hint(speech.label(labels::strength(item.strength))),
            ],
            vec![Span::References { numbers: item.references.clone() }],
        ])
    });
    Table {
        caption: caption.to_owned(),
        columns: vec![
            column(speech.say("レベル", "Level"), ColumnKind::Level, 3),
            column(speech.say("マーカー", "Marker"), ColumnKind::RowHead, 10),
            column(speech.say("意義", "Significance"), ColumnKind::Text, 8),
            column(speech.say("がん種", "Tumour type"), ColumnKind::Text, 10),
            column(speech.say("関係・強さ", "Relation and strength"), ColumnKind::Text, 8),
            column(speech.say("文献", "References"), ColumnKind::Text, 5),
        ],
        rows: rows.collect(),
    }
}
