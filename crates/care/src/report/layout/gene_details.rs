//! Section 4 in words: each gene, its alterations, then every evidence item.

use model::{
    alteration::{
        Breakend, CopyNumberAlteration, Rearrangement, ShortVariant, TranscriptChange,
        VariantOrigin, WrittenChange,
    },
    gene::GeneSymbol,
    text::Language,
};

use super::{
    Block, Fact, Span, Tone, evidence_tables,
    speech::{
        Speech, decimal, fact, frequency, heading, hint, mono, paragraph, plain, shortened, strong,
    },
};
use crate::report::{
    FindingsReport,
    gene_details::{AlterationDetail, AlterationRecord, GeneDetail},
    labels,
};

/// Longest allele that is written out. Units: bases.
const ALLELE_MAX: usize = 40;
/// Most transcripts shown for one variant; JSON has them all.
const TRANSCRIPTS_MAX: usize = 3;
/// Most genes named for one copy-number alteration.
const GENES_MAX: usize = 20;

/// Section 4.
pub(super) fn blocks(report: &FindingsReport, speech: Speech) -> Vec<Block> {
    let mut blocks = Vec::new();
    if report.gene_details.is_empty() {
        blocks.push(paragraph(
            Tone::Hint,
            speech.say("変異のある遺伝子はありません。", "There is no altered gene."),
        ));
    }
    for gene in &report.gene_details {
        blocks.extend(gene_blocks(gene, speech));
    }
    for biomarker in &report.findings.biomarkers {
        let name = speech.label(labels::biomarker(biomarker.kind));
        if let Some(table) = evidence_tables::items(&name, &biomarker.evidence_items, speech) {
            blocks.push(heading(3, name));
            blocks.push(table);
        }
    }
    let wild_type =
        speech.say("変異のない遺伝子（野生型）", "Genes without alteration (wild type)");
    let items = &report.findings.wild_type.evidence_items;
    if let Some(table) = evidence_tables::items(wild_type, items, speech) {
        blocks.push(heading(3, wild_type));
        blocks.push(table);
    }
    blocks
}

fn gene_blocks(gene: &GeneDetail, speech: Speech) -> Vec<Block> {
    let mut title = vec![plain(gene.gene.to_string())];
    if let Some(name) = &gene.name {
        title.push(hint(format!(" {}", speech.text(name))));
    }
    let unknown = || speech.label(labels::UNKNOWN);
    let role = gene.role.map_or_else(unknown, |role| speech.label(labels::gene_role(role)));
    let location = gene.location.clone().map_or_else(unknown, Into::into);
    let mut blocks = vec![
        Block::Heading { level: 3, spans: title },
        Block::Paragraph {
            tone: Tone::Hint,
            spans: vec![
                plain(speech.say("役割：", "Role: ")),
                plain(role),
                plain(speech.say(" · 位置：", " · Location: ")),
                plain(location),
            ],
        },
    ];
    for alteration in &gene.alterations {
        blocks.extend(alteration_blocks(alteration, speech));
    }
    let caption = match speech.0 {
        Language::Ja => format!("{}のエビデンス全件", gene.gene),
        Language::En => format!("All evidence on {}", gene.gene),
    };
    let described_here = gene.alterations.iter().any(|a| a.described_under.is_none());
    match evidence_tables::items(&caption, &gene.evidence, speech) {
        Some(table) => blocks.push(table),
        None if described_here => blocks.push(paragraph(
            Tone::Hint,
            speech.say(
                "この知識リリースに該当するエビデンスはありません。",
                "This knowledge release holds no evidence for it.",
            ),
        )),
        None => {}
    }
    blocks
}

fn alteration_blocks(alteration: &AlterationDetail, speech: Speech) -> Vec<Block> {
    if let Some(gene) = &alteration.described_under {
        return vec![Block::Paragraph {
            tone: Tone::Plain,
            spans: vec![
                strong(speech.marker(&alteration.label)),
                hint(match speech.0 {
                    Language::Ja => format!(" {gene}の項を参照"),
                    Language::En => format!(" see {gene}"),
                }),
            ],
        }];
    }
    let mut facts = match &alteration.record {
        Some(AlterationRecord::ShortVariant(variant)) => short_variant(variant, speech),
        Some(AlterationRecord::CopyNumberAlteration(change)) => copy_number(change, speech),
        Some(AlterationRecord::Rearrangement(change)) => rearrangement(change, speech),
        None => Vec::new(),
    };
    if let Some(hotspot) = &alteration.hotspot {
        let codons = if hotspot.first_codon == hotspot.last_codon {
            hotspot.first_codon.to_string()
        } else {
            format!("{}–{}", hotspot.first_codon, hotspot.last_codon)
        };
        facts.push(fact(
            speech.say("ホットスポット", "Hotspot"),
            vec![plain(match speech.0 {
                Language::Ja => format!("コドン{codons}（{}）", hotspot.kind),
                Language::En => format!("codon {codons} ({})", hotspot.kind),
            })],
        ));
    }
    let mut blocks = vec![heading(4, speech.marker(&alteration.label)), Block::Facts { facts }];
    if let Some(finding) = &alteration.secondary_finding {
        blocks.push(paragraph(Tone::Caution, speech.text(&finding.statement)));
    }
    blocks
}

fn origin(origin: Option<VariantOrigin>, matched: Option<bool>, speech: Speech) -> Fact {
    let mut text = speech.label_or_unknown(origin.map(labels::origin)).into_owned();
    if let Some(matched) = matched {
        text.push_str(if matched {
            speech.say("（正常検体と比較）", " (compared with matched normal)")
        } else {
            speech.say("（正常検体との比較なし）", " (no matched normal)")
        });
    }
    fact(speech.say("由来", "Origin"), vec![plain(text)])
}

fn sample(sample: Option<&String>, speech: Speech) -> Fact {
    fact(speech.say("検体", "Sample"), vec![speech.known(sample.cloned())])
}

fn short_variant(variant: &ShortVariant, speech: Speech) -> Vec<Fact> {
    let mut facts = Vec::new();
    for transcript in variant.transcripts.iter().take(TRANSCRIPTS_MAX) {
        facts.push(fact(
            speech.say("転写産物と変化", "Transcript and change"),
            transcript_spans(transcript, speech),
        ));
    }
    let rest = variant.transcripts.len().saturating_sub(TRANSCRIPTS_MAX);
    if rest > 0 {
        facts.push(fact(
            speech.say("他の転写産物", "Other transcripts"),
            vec![plain(rest.to_string())],
        ));
    }
    facts.push(fact(
        speech.say("ゲノム座標", "Genomic position"),
        vec![mono(format!(
            "chr{}:{} {}>{}",
            variant.chromosome,
            variant.position,
            shortened(&variant.reference, ALLELE_MAX),
            shortened(&variant.alternate, ALLELE_MAX)
        ))],
    ));
    facts.push(fact(
        speech.say("アレル頻度", "Allele frequency"),
        vec![speech.known(frequency(
            variant.allele_frequency,
            variant.depth_alternate,
            variant.depth_total,
        ))],
    ));
    facts.push(origin(variant.origin, variant.matched, speech));
    facts.push(sample(variant.sample_item_id.as_ref(), speech));
    facts
}

fn transcript_spans(transcript: &TranscriptChange, speech: Speech) -> Vec<Span> {
    let mut spans = vec![mono(
        transcript
            .transcript_id
            .clone()
            .unwrap_or_else(|| speech.say("転写産物不明", "transcript unknown").to_owned()),
    )];
    let mut change = |change: &Option<WrittenChange>| {
        let Some(change) = change else { return };
        spans.push(plain(" "));
        match &change.hgvs {
            Some(hgvs) => {
                spans.push(strong(shortened(hgvs, ALLELE_MAX * 2)));
                if *hgvs != change.written {
                    spans.push(hint(match speech.0 {
                        Language::Ja => {
                            format!("（原表記 {}）", shortened(&change.written, ALLELE_MAX))
                        }
                        Language::En => {
                            format!(" (written {})", shortened(&change.written, ALLELE_MAX))
                        }
                    }));
                }
            }
            None => spans.push(mono(shortened(&change.written, ALLELE_MAX * 2))),
        }
    };
    change(&transcript.coding);
    change(&transcript.protein);
    if let Some(exon) = transcript.exon {
        spans.push(hint(match speech.0 {
            Language::Ja => format!(" エクソン{exon}"),
            Language::En => format!(" exon {exon}"),
        }));
    }
    if !transcript.effects.is_empty() {
        spans.push(hint(format!(" {}", transcript.effects.join(", "))));
    }
    spans
}

fn copy_number(change: &CopyNumberAlteration, speech: Speech) -> Vec<Fact> {
    let place = change.chromosome.as_ref().map(|chromosome| match (change.start, change.end) {
        (Some(start), Some(end)) => format!("chr{chromosome}:{start}-{end}"),
        _ => format!("chr{chromosome}"),
    });
    let named: Vec<&str> = change.genes.iter().take(GENES_MAX).map(GeneSymbol::as_str).collect();
    let mut genes = speech.join(&named);
    let rest = change.genes.len().saturating_sub(GENES_MAX);
    if rest > 0 {
        genes.push_str(&match speech.0 {
            Language::Ja => format!("ほか{rest}遺伝子"),
            Language::En => format!(" and {rest} more"),
        });
    }
    vec![
        fact(
            speech.say("コピー数の変化", "Copy-number change"),
            vec![plain(speech.label_or_unknown(change.kind.map(labels::copy_number)))],
        ),
        fact(
            speech.say("測定値", "Measured values"),
            vec![speech.known(Some(speech.metrics(&change.metrics)))],
        ),
        fact(
            speech.say("ゲノム座標", "Genomic position"),
            vec![place.map_or_else(|| speech.known(None), mono)],
        ),
        fact(speech.say("含まれる遺伝子", "Genes"), vec![speech.known(Some(genes))]),
        origin(change.origin, change.matched, speech),
        sample(change.sample_item_id.as_ref(), speech),
    ]
}

fn rearrangement(change: &Rearrangement, speech: Speech) -> Vec<Fact> {
    let mut facts = vec![fact(
        speech.say("構造異常の種類", "Kind of rearrangement"),
        vec![
            plain(speech.label(labels::rearrangement(change.kind))),
            hint(format!(" ({})", change.kind_written)),
        ],
    )];
    if !change.gene_pairs.is_empty() {
        let pairs: Vec<String> =
            change.gene_pairs.iter().map(|(five, three)| format!("{five}::{three}")).collect();
        facts.push(fact(
            speech.say("融合産物（5′::3′）", "Fusion product (5′::3′)"),
            vec![strong(speech.join(&pairs))],
        ));
    }
    for breakend in &change.breakends {
        facts.push(fact(speech.say("切断点", "Breakend"), vec![breakend_span(breakend, speech)]));
    }
    for exons in &change.skipped_exons {
        let gene = exons.gene.as_ref().map(ToString::to_string).unwrap_or_default();
        let range = if exons.first == exons.last {
            exons.first.to_string()
        } else {
            format!("{}–{}", exons.first, exons.last)
        };
        facts.push(fact(
            speech.say("スキップされたエクソン", "Skipped exons"),
            vec![plain(format!("{gene} {range}").trim().to_owned())],
        ));
    }
    facts.push(fact(
        speech.say("支持リード数", "Supporting reads"),
        vec![speech.known(change.supporting_reads.map(|reads| reads.to_string()))],
    ));
    if let Some(frequency) = change.allele_frequency {
        facts.push(fact(
            speech.say("アレル頻度", "Allele frequency"),
            vec![plain(decimal(frequency))],
        ));
    }
    facts.push(origin(change.origin, change.matched, speech));
    facts.push(sample(change.sample_item_id.as_ref(), speech));
    facts
}

fn breakend_span(breakend: &Breakend, speech: Speech) -> Span {
    let mut text = match (&breakend.chromosome, breakend.start) {
        (Some(chromosome), Some(start)) => format!("chr{chromosome}:{start}"),
        (Some(chromosome), None) => format!("chr{chromosome}"),
        (None, _) => speech.label(labels::UNKNOWN).into_owned(),
    };
    if let Some(end) = breakend.end.filter(|end| Some(*end) != breakend.start) {
        text.push_str(&format!("-{end}"));
    }
    if !breakend.genes.is_empty() {
        let genes: Vec<&str> = breakend.genes.iter().map(GeneSymbol::as_str).collect();
        text.push_str(&format!(" ({})", genes.join(", ")));
    }
    mono(text)
}
