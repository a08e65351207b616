//! Reading the expression grammar.

use model::{alteration::BiomarkerKind, gene::GeneSymbol};

use super::{Alteration, Biomarker, Condition, MarkerState, NotMeasurable, alteration};

/// Longest expression that is read. Units: bytes.
const MAX_LENGTH_BYTES: usize = 8192;
/// Deepest nesting that is read.
const MAX_DEPTH: usize = 16;

/// Reads an expression; what is not understood is kept as text.
pub(super) fn expression(text: &str, gene: Option<&str>) -> Biomarker {
    let text = text.trim();
    if text.len() > MAX_LENGTH_BYTES {
        return not_understood(text);
    }
    let mut reader = Reader { rest: text, gene: gene.map(str::to_owned) };
    match reader.any(0) {
        Some(biomarker) if reader.rest.trim().is_empty() => biomarker,
        _ => not_understood(text),
    }
}

fn not_understood(text: &str) -> Biomarker {
    Biomarker::Is(Condition {
        gene: None,
        alteration: Alteration::NotUnderstood(text.chars().take(200).collect()),
    })
}

/// Reads from the front.
struct Reader<'a> {
    rest: &'a str,
    gene: Option<String>,
}

impl Reader<'_> {
    fn any(&mut self, depth: usize) -> Option<Biomarker> {
        let mut parts = vec![self.all(depth)?];
        while self.word("OR") {
            parts.push(self.all(depth)?);
        }
        Some(if parts.len() == 1 { parts.pop()? } else { Biomarker::Any(parts) })
    }

    fn all(&mut self, depth: usize) -> Option<Biomarker> {
        let mut parts = vec![self.one(depth)?];
        while self.word("AND") {
            parts.push(self.one(depth)?);
        }
        Some(if parts.len() == 1 { parts.pop()? } else { Biomarker::All(parts) })
    }

    fn one(&mut self, depth: usize) -> Option<Biomarker> {
        if depth >= MAX_DEPTH {
            return None;
        }
        if self.word("NOT") {
            return Some(Biomarker::Not(Box::new(self.one(depth + 1)?)));
        }
        self.rest = self.rest.trim_start();
        if let Some(inside) = self.rest.strip_prefix('(') {
            self.rest = inside;
            let biomarker = self.any(depth + 1)?;
            self.rest = self.rest.trim_start().strip_prefix(')')?;
            return Some(biomarker);
        }
        let text = self.condition_text();
        (!text.is_empty()).then(|| self.condition(&text))
    }

    /// Takes a joining word when it stands here by itself.
    fn word(&mut self, word: &str) -> bool {
        let rest = self.rest.trim_start();
        let Some(head) = rest.get(..word.len()) else { return false };
        let Some(tail) = rest.get(word.len()..) else { return false };
        let ends = tail.starts_with(|c: char| c.is_whitespace() || c == '(');
        if !head.eq_ignore_ascii_case(word) || !ends {
            return false;
        }
        self.rest = tail;
        true
    }

    /// Takes text up to the next joining word or closing bracket at this level.
    fn condition_text(&mut self) -> String {
        let mut words = Vec::new();
        let mut depth = 0_usize;
        let mut rest = self.rest.trim_start();
        while !rest.is_empty() {
            let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
            let (word, tail) = rest.split_at(end);
            if depth == 0 && ["AND", "OR"].iter().any(|join| word.eq_ignore_ascii_case(join)) {
                break;
            }
            let mut cut = None;
            for (at, c) in word.char_indices() {
                match c {
                    '(' => depth += 1,
                    ')' if depth == 0 => {
                        cut = Some(at);
                        break;
                    }
                    ')' => depth -= 1,
                    _ => {}
                }
            }
            if let Some(at) = cut {
                let (inside, after) = rest.split_at(at);
                words.push(inside);
                rest = after;
                break;
            }
            words.push(word);
            rest = tail.trim_start();
        }
        self.rest = rest;
        words.retain(|word| !word.is_empty());
        words.join(" ")
    }

    fn condition(&mut self, text: &str) -> Biomarker {
        if let Some(alteration) = marker(text) {
            return Biomarker::Is(Condition { gene: None, alteration });
        }
        let (head, tail) = text.split_once(' ').unwrap_or((text, ""));
        if head.contains("::") {
            return alteration::fusion(head, tail);
        }
        let inherits = self.gene.is_some()
            && (tail.is_empty() || tail.starts_with('(') || alteration::begins_alteration(head));
        if inherits {
            return alteration::of_gene(self.gene.as_deref().unwrap_or_default(), text);
        }
        if tail.is_empty() {
            return not_understood(text);
        }
        self.gene = Some(head.to_owned());
        alteration::of_gene(head, tail)
    }
}

/// Reads a genome-wide marker.
fn marker(text: &str) -> Option<Alteration> {
    let lower = text.to_ascii_lowercase().replace(['-', '_'], " ");
    let mut words = lower.split_whitespace();
    let kind = match words.next()? {
        "tmb" => BiomarkerKind::Tmb,
        "msi" => BiomarkerKind::Msi,
        "loh" => BiomarkerKind::Loh,
        "kataegis" | "methylation" | "hrd" => {
            return Some(Alteration::NotMeasurable(NotMeasurable::Signature));
        }
        _ => return None,
    };
    let state = match words.next()? {
        "high" | "h" => MarkerState::High,
        "low" | "l" | "stable" => MarkerState::Low,
        _ => return None,
    };
    // A marker measured in blood is another one than that of tissue: it is not told apart in results.
    Some(match words.next() {
        None => Alteration::Marker { kind, state },
        Some(_) => Alteration::NotMeasurable(NotMeasurable::Signature),
    })
}

/// Makes a condition of a gene.
pub(super) fn is(gene: &str, alteration: Alteration) -> Biomarker {
    Biomarker::Is(Condition { gene: Some(GeneSymbol::new(gene)), alteration })
}
