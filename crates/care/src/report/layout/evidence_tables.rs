//! Tables of evidence: by therapy for section 2, item by item for section 4.

use model::{
    evidence::{EvidenceDirection, EvidenceLevel, TumourRelation},
    text::Language,
};

use super::{
    Block, Cell, ColumnKind, Row, Span, Table, TagTone, Tone,
    speech::{Speech, column, grouped, hint, level, mono, plain, row, strong},
};
use crate::report::{
    evidence::{
        EvidenceGroup, EvidenceItem, EvidenceSummary, MatchSpecificity, TherapyInteraction,
    },
    labels,
};

/// Most summaries of one therapy that section 2 shows; section 4 has them all.
const SUMMARIES_MAX: usize = 4;
/// Most tumour types named in one cell.
const TUMOUR_TYPES_MAX: usize = 3;
/// Most reference numbers in one cell of section 2.
const REFERENCES_MAX: usize = 8;
/// Most therapies named in one line.
const NAMES_MAX: usize = 16;

/// Shows groups: one table of what matters most, and one line for each weaker level.
pub(super) fn groups(subject: &str, groups: &[EvidenceGroup], speech: Speech) -> Vec<Block> {
    let (shown, weak): (Vec<_>, Vec<_>) = groups.iter().partition(|group| is_shown(group));
    let mut blocks = Vec::new();
    if !shown.is_empty() {
        blocks.push(Block::Table(Table {
            caption: match speech.0 {
                Language::Ja => format!("{subject}：薬剤・エビデンスタイプごとの要約"),
                Language::En => format!("{subject}: summary by therapy or evidence type"),
            },
            columns: vec![
                column(speech.say("レベル", "Level"), ColumnKind::Level, 3),
                column(
                    speech.say("薬剤・エビデンスタイプ", "Therapy or evidence type"),
                    ColumnKind::RowHead,
                    14,
                ),
                column(speech.say("臨床的意義", "Significance"), ColumnKind::Text, 9),
                column(speech.say("がん種", "Tumour type"), ColumnKind::Text, 14),
                column(speech.say("件数", "Items"), ColumnKind::Number, 3),
                column(speech.say("文献", "References"), ColumnKind::Text, 7),
            ],
            rows: shown.iter().flat_map(|group| group_rows(group, speech)).collect(),
        }));
    }
    blocks.extend(weak_lines(&weak, speech));
    blocks
}

/// Returns whether a group has a row of its own: a level from A to D or R, or no therapy at all.
fn is_shown(group: &EvidenceGroup) -> bool {
    let strong = |level| level <= EvidenceLevel::D || level == EvidenceLevel::R;
    group.therapy.is_none() || group.summaries.iter().any(|s| s.level.is_some_and(strong))
}

fn group_rows(group: &EvidenceGroup, speech: Speech) -> Vec<Row> {
    let shown = group.summaries.len().min(SUMMARIES_MAX);
    let rest: usize = group.summaries.iter().skip(shown).map(|summary| summary.count).sum();
    let mut head = match &group.therapy {
        Some(therapy) => vec![
            strong(speech.text(&therapy.name)),
            Span::Break,
            speech.accessibility(therapy.accessibility),
        ],
        None => vec![strong(speech.label(labels::evidence_type(group.evidence_type)))],
    };
    if rest > 0 {
        head.push(Span::Break);
        head.push(hint(match speech.0 {
            Language::Ja => format!("ほか{rest}件は第4章"),
            Language::En => format!("{rest} more in section 4"),
        }));
    }
    let summaries = group.summaries.iter().take(shown).enumerate();
    summaries
        .map(|(index, summary)| {
            let mut cells = vec![Cell { column: 0, rows: 1, spans: vec![level(summary.level)] }];
            if index == 0 {
                let spans = std::mem::take(&mut head);
                cells.push(Cell { column: 1, rows: shown, spans });
            }
            cells.extend([
                Cell {
                    column: 2,
                    rows: 1,
                    spans: claim(summary.significance, summary.direction, speech),
                },
                Cell { column: 3, rows: 1, spans: tumour_types(summary, speech) },
                Cell { column: 4, rows: 1, spans: vec![plain(grouped(summary.count))] },
                Cell { column: 5, rows: 1, spans: references(&summary.references) },
            ]);
            Row { begins: index == 0, cells }
        })
        .collect()
}

fn claim(
    significance: Option<model::evidence::ClinicalSignificance>,
    direction: Option<EvidenceDirection>,
    speech: Speech,
) -> Vec<Span> {
    let mut spans = vec![plain(speech.label_or_unknown(significance.map(labels::significance)))];
    if direction == Some(EvidenceDirection::DoesNotSupport) {
        spans.push(Span::Break);
        spans.push(Span::Tag {
            tone: TagTone::Bad,
            text: speech.label(labels::direction(EvidenceDirection::DoesNotSupport)),
        });
    }
    spans
}

fn tumour_types(summary: &EvidenceSummary, speech: Speech) -> Vec<Span> {
    let relation = speech.label(labels::relation(summary.relation));
    let mut spans =
        vec![if summary.relation.is_this_tumour() { strong(relation) } else { plain(relation) }];
    if summary.tumour_types.is_empty() {
        return spans;
    }
    // Two names of the sources may be one in the reader's language.
    let mut all: Vec<&str> = Vec::new();
    for name in &summary.tumour_types {
        let name = name.get(speech.0);
        if !all.contains(&name) {
            all.push(name);
        }
    }
    let shown = all.len().min(TUMOUR_TYPES_MAX);
    let rest = all.split_off(shown).len();
    let mut names = speech.join(&all);
    if rest > 0 {
        names.push_str(&match speech.0 {
            Language::Ja => format!("ほか{rest}"),
            Language::En => format!(" and {rest} more"),
        });
    }
    spans.push(Span::Break);
    spans.push(hint(names));
    spans
}

fn references(numbers: &[u32]) -> Vec<Span> {
    if numbers.is_empty() {
        return vec![hint("–")];
    }
    let shown = numbers.iter().copied().take(REFERENCES_MAX).collect();
    let mut spans = vec![Span::References { numbers: shown }];
    let rest = numbers.len().saturating_sub(REFERENCES_MAX);
    if rest > 0 {
        spans.push(hint(format!(" +{rest}")));
    }
    spans
}

/// One line for therapies of level E, and one for those without a level.
fn weak_lines(weak: &[&EvidenceGroup], speech: Speech) -> Vec<Block> {
    let mut blocks = Vec::new();
    for (wanted, label) in [
        (
            true,
            speech.say(
                " 前臨床などの弱い根拠のみ：",
                " Only preclinical or similarly weak evidence: ",
            ),
        ),
        (false, speech.say("レベルの付かない根拠のみ：", "Only evidence without a level: ")),
    ] {
        let groups: Vec<_> =
            weak.iter().filter(|group| group.highest_level.is_some() == wanted).collect();
        let Some(first) = groups.first() else { continue };
        let names: Vec<String> = groups
            .iter()
            .take(NAMES_MAX)
            .filter_map(|group| group.therapy.as_ref())
            .map(|therapy| speech.text(&therapy.name))
            .collect();
        let mut text = speech.join(&names);
        let rest = groups.len().saturating_sub(NAMES_MAX);
        if rest > 0 {
            text.push_str(&match speech.0 {
                Language::Ja => format!("ほか{rest}剤（第4章）"),
                Language::En => format!(" and {rest} more (section 4)"),
            });
        }
        let mut spans = Vec::new();
        if wanted {
            spans.push(level(first.highest_level));
        }
        spans.extend([plain(label), plain(text)]);
        blocks.push(Block::Paragraph { tone: Tone::Hint, spans });
    }
    blocks
}

/// Shows every item.
pub(super) fn items(caption: &str, items: &[EvidenceItem], speech: Speech) -> Option<Block> {
    if items.is_empty() {
        return None;
    }
    Some(Block::Table(Table {
        caption: format!("{caption} · {}", speech.items(items.len())),
        columns: vec![
            column(speech.say("レベル", "Level"), ColumnKind::Level, 3),
            column(
                speech.say("薬剤・臨床的意義", "Therapy and significance"),
                ColumnKind::RowHead,
                12,
            ),
            column(speech.say("がん種", "Tumour type"), ColumnKind::Text, 9),
            column(speech.say("種類・強さ", "Type and strength"), ColumnKind::Text, 7),
            column(speech.say("バイオマーカー", "Biomarker"), ColumnKind::Text, 10),
            column(speech.say("出典・文献", "Source and references"), ColumnKind::Text, 7),
        ],
        rows: items.iter().map(|item| item_row(item, speech)).collect(),
    }))
}

fn item_row(item: &EvidenceItem, speech: Speech) -> Row {
    let mut therapy = Vec::new();
    if !item.therapies.is_empty() {
        let names: Vec<String> =
            item.therapies.iter().map(|therapy| speech.text(&therapy.name)).collect();
        let joined = match item.interaction {
            Some(TherapyInteraction::Combination) => names.join(" + "),
            Some(TherapyInteraction::Sequential) => names.join(" → "),
            Some(TherapyInteraction::Substitutes) | None => speech.join(&names),
        };
        therapy.push(strong(joined));
        therapy.push(Span::Break);
    }
    therapy.extend(claim(item.significance, item.direction, speech));
    let relation = speech.label(labels::relation(item.relation));
    let mut tumour = vec![if item.relation == TumourRelation::Same {
        strong(relation)
    } else {
        plain(relation)
    }];
    if let Some(name) = &item.tumour_type {
        tumour.push(Span::Break);
        tumour.push(hint(speech.text(name)));
    }
    let identifier = match &item.url {
        Some(url) => Span::Link { url: url.clone(), text: item.id.clone() },
        None => mono(item.id.clone()),
    };
    let mut source = vec![identifier];
    if !item.references.is_empty() {
        source.push(plain(" "));
        source.push(Span::References { numbers: item.references.clone() });
    }
    row(vec![
        vec![level(item.level)],
        therapy,
        tumour,
        vec![
            plain(speech.label(labels::evidence_type(item.evidence_type))),
            Span::Break,
            hint(speech.label(labels::strength(item.strength))),
        ],
        vec![
            plain(item.biomarker.clone()),
            Span::Break,
            hint(specificity(item.specificity, speech)),
        ],
        source,
    ])
}

fn specificity(specificity: MatchSpecificity, speech: Speech) -> &'static str {
    match specificity {
        MatchSpecificity::ExactProtein => speech.say("同じアミノ酸変化", "same change"),
        MatchSpecificity::Codon => speech.say("同じコドン", "same codon"),
        MatchSpecificity::Range => speech.say("同じ領域", "same region"),
        MatchSpecificity::VariantClass => speech.say("同じ変異の種類", "same class of variant"),
        MatchSpecificity::CopyNumber => speech.say("コピー数", "copy number"),
        MatchSpecificity::Fusion => speech.say("融合", "fusion"),
        MatchSpecificity::Gene => speech.say("遺伝子単位", "any alteration of the gene"),
        MatchSpecificity::Biomarker => speech.say("バイオマーカー", "genome-wide marker"),
        MatchSpecificity::Combination => speech.say("組み合わせ", "combination"),
        MatchSpecificity::WildType => speech.say("野生型", "wild type"),
    }
}
