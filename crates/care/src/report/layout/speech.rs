//! Saying things in the reader's language, and writing numbers.

use std::borrow::Cow;

use model::{
    alteration::Metric,
    evidence::{DrugAccessibility, EvidenceLevel},
    text::{Language, LocalizedText},
};

use crate::report::{
    labels,
    layout::{Block, Cell, Column, ColumnKind, Fact, Row, Span, TagTone, Tone},
};

/// The reader's language.
#[derive(Clone, Copy)]
pub(super) struct Speech(pub(super) Language);

impl Speech {
    /// Chooses between two texts.
    pub(super) fn say(self, ja: &'static str, en: &'static str) -> &'static str {
        match self.0 {
            Language::Ja => ja,
            Language::En => en,
        }
    }

    /// Chooses the reader's half of a text.
    pub(super) fn text(self, text: &LocalizedText) -> String {
        text.get(self.0).to_owned()
    }

    /// Chooses the reader's half of a constant label.
    pub(super) fn label(self, text: LocalizedText) -> Cow<'static, str> {
        match self.0 {
            Language::Ja => text.ja,
            Language::En => text.en,
        }
    }

    /// Returns the label, or that it is not known.
    pub(super) fn label_or_unknown(self, text: Option<LocalizedText>) -> Cow<'static, str> {
        self.label(text.unwrap_or(labels::UNKNOWN))
    }

    /// Returns the value, or that it is not known.
    pub(super) fn known(self, value: Option<String>) -> Span {
        match value.filter(|value| !value.is_empty()) {
            Some(value) => plain(value),
            None => hint(self.label(labels::UNKNOWN)),
        }
    }

    /// Joins words as the language does.
    pub(super) fn join<S: AsRef<str>>(self, words: &[S]) -> String {
        let separator = self.say("、", ", ");
        let mut joined = String::new();
        for word in words {
            if !joined.is_empty() {
                joined.push_str(separator);
            }
            joined.push_str(word.as_ref());
        }
        joined
    }

    /// Counts evidence items.
    pub(super) fn items(self, count: usize) -> String {
        match (self.0, count) {
            (Language::Ja, _) => format!("{}件", grouped(count)),
            (Language::En, 1) => "1 item".to_owned(),
            (Language::En, _) => format!("{} items", grouped(count)),
        }
    }

    /// Says an alteration's name; its English words become Japanese ones.
    pub(super) fn marker(self, label: &str) -> String {
        const WORDS: [(&str, &str); 16] = [
            (" homozygous deletion", "ホモ接合性欠失"),
            (" tandem duplication", "縦列重複"),
            (" no copy-number change", "コピー数変化なし"),
            (" copy-number alteration", "コピー数異常"),
            (" splice variant", "スプライシング異常"),
            (" exon skipping", "エクソンスキッピング"),
            (" skipping", "スキッピング"),
            (" amplification", "増幅"),
            (" duplication", "重複"),
            (" rearrangement", "再構成"),
            (" truncation", "短縮"),
            (" inversion", "逆位"),
            (" deletion", "欠失"),
            (" fusion", "融合"),
            (" gain", "増加"),
            (" loss", "減少"),
        ];
        if self.0 == Language::En {
            return label.to_owned();
        }
        for (english, japanese) in WORDS {
            if let Some(head) = label.strip_suffix(english) {
                return format!("{} {japanese}", head.replace(" exon ", " エクソン"));
            }
        }
        label.to_owned()
    }

    /// Says a unit; one that is not known stays as it was written.
    pub(super) fn unit(self, unit: &str) -> &str {
        match unit {
            "mutations-per-megabase" => self.say("変異/Mb", "mutations/Mb"),
            "copy number" | "absolute copy number" => self.say("コピー", "copies"),
            "fold-change" => self.say("倍", "fold"),
            "log2 fold-change" => self.say("（log2比）", "(log2 fold)"),
            other => other,
        }
    }

    /// Writes measured values with their units.
    pub(super) fn metrics(self, metrics: &[Metric]) -> String {
        let written = metrics.iter().map(|metric| {
            let unit = self.unit(metric.unit.as_deref().unwrap_or_default());
            format!("{} {unit}", decimal(metric.value)).trim_end().to_owned()
        });
        written.collect::<Vec<_>>().join(" · ")
    }

    /// Makes the framed word for how a drug can be reached.
    pub(super) fn accessibility(self, accessibility: DrugAccessibility) -> Span {
        let tone = match accessibility {
            DrugAccessibility::ApprovedHere => TagTone::Good,
            DrugAccessibility::ApprovedHereOtherIndication | DrugAccessibility::ApprovedAbroad => {
                TagTone::Care
            }
            DrugAccessibility::TrialOnly | DrugAccessibility::Unknown => TagTone::Plain,
        };
        Span::Tag { tone, text: self.label(labels::accessibility(accessibility)) }
    }
}

/// Plain text.
pub(super) fn plain(text: impl Into<Cow<'static, str>>) -> Span {
    Span::Text { text: text.into() }
}

/// Important text.
pub(super) fn strong(text: impl Into<Cow<'static, str>>) -> Span {
    Span::Strong { text: text.into() }
}

/// Text in letters of one width.
pub(super) fn mono(text: impl Into<Cow<'static, str>>) -> Span {
    Span::Mono { text: text.into() }
}

/// Quieter text.
pub(super) fn hint(text: impl Into<Cow<'static, str>>) -> Span {
    Span::Hint { text: text.into() }
}

/// A level ring, or nothing.
pub(super) fn level(level: Option<EvidenceLevel>) -> Span {
    Span::Level { letter: level.map_or("", EvidenceLevel::letter) }
}

/// A paragraph of one text.
pub(super) fn paragraph(tone: Tone, text: impl Into<Cow<'static, str>>) -> Block {
    Block::Paragraph { tone, spans: vec![plain(text)] }
}

/// A heading of one text.
pub(super) fn heading(depth: u8, text: impl Into<Cow<'static, str>>) -> Block {
    Block::Heading { level: depth, spans: vec![plain(text)] }
}

/// A label with a value.
pub(super) fn fact(label: &'static str, spans: Vec<Span>) -> Fact {
    Fact { label, spans }
}

/// A column.
pub(super) fn column(title: &'static str, kind: ColumnKind, share: u32) -> Column {
    Column { title, kind, share }
}

/// A row whose cells fill the columns in order.
pub(super) fn row(cells: Vec<Vec<Span>>) -> Row {
    let cells = cells.into_iter().enumerate();
    Row {
        begins: true,
        cells: cells.map(|(column, spans)| Cell { column, rows: 1, spans }).collect(),
    }
}

/// Writes a whole number with its thousands grouped.
pub(super) fn grouped(number: impl TryInto<u64>) -> String {
    let Ok(number) = number.try_into() else { return String::new() };
    group_digits(&number.to_string())
}

/// Groups the digits of a whole number, which may have a sign.
fn group_digits(number: &str) -> String {
    let (sign, digits) = match number.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", number),
    };
    let mut written = String::with_capacity(number.len() + number.len() / 3);
    written.push_str(sign);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index) % 3 == 0 {
            written.push(',');
        }
        written.push(digit);
    }
    written
}

/// Writes a number with at most three decimals.
pub(super) fn decimal(number: f64) -> String {
    if !number.is_finite() {
        return "–".to_owned();
    }
    let written = format!("{number:.3}");
    let trimmed = written.trim_end_matches('0').trim_end_matches('.');
    // A number that is small but not zero must not look like zero.
    if number != 0.0 && trimmed.trim_start_matches('-') == "0" {
        return format!("{number:.1e}");
    }
    match trimmed.split_once('.') {
        Some((whole, fraction)) => format!("{}.{fraction}", group_digits(whole)),
        None => group_digits(trimmed),
    }
}

/// Writes an allele frequency, with the reads when they are whole numbers.
pub(super) fn frequency(
    frequency: Option<f64>,
    alternate: Option<f64>,
    total: Option<f64>,
) -> Option<String> {
    let frequency = frequency.map(decimal);
    let reads = match (alternate, total) {
        (Some(alternate), Some(total)) if total > 0.0 => {
            Some(format!("{}/{}", decimal(alternate), decimal(total)))
        }
        _ => None,
    };
    match (frequency, reads) {
        (Some(frequency), Some(reads)) => Some(format!("{frequency} ({reads})")),
        (Some(frequency), None) => Some(frequency),
        (None, reads) => reads,
    }
}

/// Shortens text that would break the page. Units: characters.
pub(super) fn shortened(text: &str, characters_max: usize) -> String {
    let length = text.chars().count();
    if length <= characters_max {
        return text.to_owned();
    }
    let kept: String = text.chars().take(characters_max.saturating_sub(1)).collect();
    format!("{kept}…({length})")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_thousands() {
        assert_eq!(grouped(0_usize), "0");
        assert_eq!(grouped(999_usize), "999");
        assert_eq!(grouped(1_000_usize), "1,000");
        assert_eq!(grouped(1_234_567_usize), "1,234,567");
    }

    #[test]
    fn writes_few_decimals_and_never_a_false_zero() {
        assert_eq!(decimal(0.3100), "0.31");
        assert_eq!(decimal(12.0), "12");
        assert_eq!(decimal(-1204.25), "-1,204.25");
        assert_eq!(decimal(0.0), "0");
        assert_eq!(decimal(0.000_04), "4.0e-5");
        assert_eq!(decimal(f64::NAN), "–");
    }

    #[test]
    fn shows_reads_beside_the_frequency() {
        assert_eq!(frequency(Some(0.21), Some(105.0), Some(502.0)).unwrap(), "0.21 (105/502)");
        assert_eq!(frequency(None, None, Some(502.0)), None);
    }

    #[test]
    fn shortens_by_characters() {
        assert_eq!(shortened("ACGT", 4), "ACGT");
        assert_eq!(shortened("ACGTACGT", 4), "ACG…(8)");
        assert_eq!(shortened("塩基塩基", 3), "塩基…(4)");
    }
}
