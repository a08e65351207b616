//! Queries written as text that is read back the same.

use std::fmt::Write as _;

use super::is_plain;
use crate::cohort::{
    case::Name,
    query::{AlterationTerm, EventTerm, Query, Range, TherapyTerm, fields::Steps},
    word::Word,
};

/// Appends a query, in parentheses where it is within another and joins several.
pub(super) fn query(asked: &Query, text: &mut String, is_within: bool) {
    match asked {
        Query::Everything => text.push_str("everything"),
        Query::And(parts) if parts.is_empty() => text.push_str("everything"),
        Query::Or(parts) if parts.is_empty() => text.push_str("nothing"),
        Query::And(parts) => write_joined(parts, " and ", text, is_within),
        Query::Or(parts) => write_joined(parts, " or ", text, is_within),
        Query::Not(inner) => {
            text.push_str("not ");
            query(inner, text, true);
        }
        Query::Unknown(item) => {
            let _ = write!(text, "unknown({})", item.code());
        }
        Query::Is(item, codes) => write_any(item.code(), codes.iter().map(|code| &**code), text),
        Query::Within(item, range) => write_range(item.code(), *range, Steps::of_item(*item), text),
        Query::Alteration(term) if is_gene_only(term) => {
            write_any("gene", term.genes.iter().map(|gene| &**gene), text);
        }
        Query::Alteration(term) => write_alteration(term, text),
        Query::Therapy(term) => write_therapy(term, text),
        Query::Event(term) => write_event(term, text),
        Query::OncoTree(version) => write_any("oncotree", std::iter::once(&**version), text),
    }
}

fn is_gene_only(term: &AlterationTerm) -> bool {
    let alone = AlterationTerm { genes: term.genes.clone(), ..AlterationTerm::default() };
    !term.genes.is_empty() && alone == *term
}

fn write_joined(parts: &[Query], sign: &str, text: &mut String, is_within: bool) {
    if is_within {
        text.push('(');
    }
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            text.push_str(sign);
        }
        query(part, text, true);
    }
    if is_within {
        text.push(')');
    }
}

fn write_any<'a>(name: &str, values: impl Iterator<Item = &'a str>, text: &mut String) {
    text.push_str(name);
    for (at, value) in values.enumerate() {
        text.push(if at == 0 { '=' } else { '|' });
        let is_plain_word =
            !value.is_empty() && value.chars().all(is_plain) && !value.contains("..");
        if is_plain_word {
            text.push_str(value);
        } else {
            let _ = write!(text, "\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""));
        }
    }
}

fn write_range(name: &str, range: Range, steps: Steps, text: &mut String) {
    let write = |number: u16| steps.write(number);
    let _ = match (range.low, range.high) {
        (Some(low), Some(high)) if low == high => write!(text, "{name}={}", write(low)),
        (Some(low), Some(high)) => write!(text, "{name}={}..{}", write(low), write(high)),
        (Some(low), None) => write!(text, "{name}>={}", write(low)),
        (None, Some(high)) => write!(text, "{name}<={}", write(high)),
        (None, None) => write!(text, "{name}>={}", write(0)),
    };
}

/// Writes the fields of a term, each only where something is asked of it.
struct Fields<'t> {
    text: &'t mut String,
    is_first: bool,
}

impl<'t> Fields<'t> {
    fn open(name: &str, text: &'t mut String) -> Self {
        text.push_str(name);
        text.push('(');
        Self { text, is_first: true }
    }

    fn close(self) {
        self.text.push(')');
    }

    fn space(&mut self) {
        if !self.is_first {
            self.text.push(' ');
        }
        self.is_first = false;
    }

    fn names(&mut self, name: &str, names: &[Name]) {
        if !names.is_empty() {
            self.space();
            write_any(name, names.iter().map(|name| &**name), self.text);
        }
    }

    fn words<W: Word>(&mut self, name: &str, words: &[W]) {
        if !words.is_empty() {
            self.space();
            write_any(name, words.iter().map(|word| word.code()), self.text);
        }
    }

    fn range(&mut self, name: &str, range: Range, steps: Steps) {
        if !range.is_open() {
            self.space();
            write_range(name, range, steps, self.text);
        }
    }
}

fn write_alteration(term: &AlterationTerm, text: &mut String) {
    let mut fields = Fields::open("alteration", text);
    fields.names("gene", &term.genes);
    fields.words("kind", &term.kinds);
    fields.names("change", &term.changes);
    fields.range("codon", term.codons, Steps::CODON);
    fields.words("class", &term.classes);
    fields.names("partner", &term.partners);
    fields.words("origin", &term.origins);
    fields.range("vaf", term.allele_frequency, Steps::SHARE);
    fields.range("copies", term.copies, Steps::COPIES);
    let levels: Vec<Name> = term.levels.iter().map(|level| level.letter().into()).collect();
    fields.names("level", &levels);
    fields.close();
}

fn write_therapy(term: &TherapyTerm, text: &mut String) {
    let mut fields = Fields::open("therapy", text);
    fields.names("drug", &term.drugs);
    fields.names("class", &term.classes);
    fields.range("line", term.lines, Steps::LINE);
    fields.words("side", term.side.as_slice());
    fields.words("response", &term.responses);
    fields.range("started", term.started, Steps::Days);
    fields.close();
}

fn write_event(term: &EventTerm, text: &mut String) {
    let mut fields = Fields::open("event", text);
    fields.names("code", &term.codes);
    fields.range("grade", term.grades, Steps::GRADE);
    fields.words("side", term.side.as_slice());
    fields.close();
}
