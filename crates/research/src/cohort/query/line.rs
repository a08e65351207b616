//! A query as one line that people read.

use model::text::Language;

use super::{
    AlterationTerm, EventTerm, Query, Range, TherapyTerm, fields::Steps, vocabulary::NameList,
};
use crate::cohort::{case::Name, item::Item, word::Word};

/// Names as people know them, which the caller has.
pub trait Labels {
    /// Returns what a name is called in a language; `None` shows the name itself.
    fn label(&self, list: NameList, name: &str, language: Language) -> Option<String>;
}

/// Shows every name as it is.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoLabels;

impl Labels for NoLabels {
    fn label(&self, _: NameList, _: &str, _: Language) -> Option<String> {
        None
    }
}

impl Query {
    /// Returns the query as one line in a language, for people; it is not read back.
    pub fn to_line(&self, language: Language, labels: &dyn Labels) -> String {
        Line { language, labels }.query(self, false)
    }
}

struct Line<'l> {
    language: Language,
    labels: &'l dyn Labels,
}

impl Line<'_> {
    fn say<'t>(&self, ja: &'t str, en: &'t str) -> &'t str {
        match self.language {
            Language::Ja => ja,
            Language::En => en,
        }
    }

    fn query(&self, query: &Query, is_within: bool) -> String {
        match query {
            Query::Everything => self.say("すべての症例", "every case").to_owned(),
            Query::And(parts) if parts.is_empty() => self.query(&Query::Everything, is_within),
            Query::Or(parts) if parts.is_empty() => self.say("該当なし", "no case").to_owned(),
            Query::And(parts) => self.joined(parts, self.say(" かつ ", " and "), is_within),
            Query::Or(parts) => self.joined(parts, self.say(" または ", " or "), is_within),
            Query::Not(inner) => {
                let inner = self.query(inner, true);
                match self.language {
                    Language::Ja => format!("{inner} でない"),
                    Language::En => format!("not {inner}"),
                }
            }
            Query::Unknown(item) => {
                let label = item.label();
                let label = label.get(self.language);
                match self.language {
                    Language::Ja => format!("{label}が不明"),
                    Language::En => format!("{label}: not known"),
                }
            }
            Query::Is(item, codes) => {
                let words: Vec<_> = codes.iter().map(|code| self.word(*item, code)).collect();
                self.pair(item.label().get(self.language), &self.any(&words))
            }
            Query::Within(item, range) => {
                let range = self.range(*range, Steps::of_item(*item));
                self.pair(item.label().get(self.language), &range)
            }
            Query::Alteration(term) => self.alteration(term),
            Query::Therapy(term) => self.therapy(term),
            Query::Event(term) => self.event(term),
            Query::OncoTree(version) => {
                let what = self.say("がん種の階層", "hierarchy of tumour types");
                self.pair(what, &format!("OncoTree {version}"))
            }
        }
    }

    fn joined(&self, parts: &[Query], sign: &str, is_within: bool) -> String {
        let parts: Vec<_> = parts.iter().map(|part| self.query(part, true)).collect();
        let joined = parts.join(sign);
        if is_within { format!("({joined})") } else { joined }
    }

    fn pair(&self, name: &str, value: &str) -> String {
        format!("{name}{}{value}", self.say("：", ": "))
    }

    fn any(&self, values: &[String]) -> String {
        values.join(self.say("・", " or "))
    }

    fn word(&self, item: Item, code: &str) -> String {
        if let Some(list) = NameList::of_item(item) {
            return self.name(list, code);
        }
        let label = item.word_place(code).and_then(|place| item.word_label(place));
        label.map_or_else(|| code.to_owned(), |label| label.get(self.language).to_owned())
    }

    fn name(&self, list: NameList, name: &str) -> String {
        self.labels.label(list, name, self.language).unwrap_or_else(|| name.to_owned())
    }

    fn names(&self, list: NameList, names: &[Name]) -> String {
        self.any(&names.iter().map(|name| self.name(list, name)).collect::<Vec<_>>())
    }

    fn words<W: Word>(&self, words: &[W]) -> String {
        self.any(
            &words
                .iter()
                .map(|word| word.label().get(self.language).to_owned())
                .collect::<Vec<_>>(),
        )
    }

    fn range(&self, range: Range, steps: Steps) -> String {
        let write = |number: u16| steps.write(number);
        match (range.low, range.high) {
            (Some(low), Some(high)) if low == high => write(low),
            (Some(low), Some(high)) => format!("{}–{}", write(low), write(high)),
            (Some(low), None) => format!("{}{}", write(low), self.say("以上", " or more")),
            (None, Some(high)) => format!("{}{}", write(high), self.say("以下", " or less")),
            (None, None) => self.say("既知", "known").to_owned(),
        }
    }

    fn alteration(&self, term: &AlterationTerm) -> String {
        let mut parts = Vec::new();
        if !term.genes.is_empty() {
            parts.push(self.names(NameList::Gene, &term.genes));
        }
        if !term.changes.is_empty() {
            parts.push(self.any(&term.changes.iter().map(ToString::to_string).collect::<Vec<_>>()));
        }
        let mut range = |name: &str, range: Range, steps| {
            if !range.is_open() {
                parts.push(format!("{name} {}", self.range(range, steps)));
            }
        };
        range(self.say("コドン", "codon"), term.codons, Steps::CODON);
        range(self.say("アレル頻度", "allele frequency"), term.allele_frequency, Steps::SHARE);
        range(self.say("コピー数", "copies"), term.copies, Steps::COPIES);
        let letters: Vec<_> = term.levels.iter().map(|level| level.letter().to_owned()).collect();
        let partners = self.names(NameList::Gene, &term.partners);
        let lists = [
            ("", self.words(&term.kinds)),
            ("", self.words(&term.classes)),
            ("", self.words(&term.origins)),
            (self.say("相手", "with"), partners),
            (self.say("レベル", "level"), self.any(&letters)),
        ];
        for (name, value) in lists.into_iter().filter(|(_, value)| !value.is_empty()) {
            parts.push(format!("{name} {value}").trim().to_owned());
        }
        self.pair(self.say("変異", "altered"), &parts.join(self.say("、", ", ")))
    }

    fn therapy(&self, term: &TherapyTerm) -> String {
        let mut parts = vec![
            self.names(NameList::Drug, &term.drugs),
            self.names(NameList::DrugClass, &term.classes),
            self.words(term.side.as_slice()),
            self.words(&term.responses),
        ];
        if !term.lines.is_open() {
            let lines = self.range(term.lines, Steps::LINE);
            parts.push(format!("{} {lines}", self.say("治療ライン", "line")));
        }
        if !term.started.is_open() {
            let days = self.range(term.started, Steps::Days);
            parts.push(format!("{} {days}", self.say("開始日", "started")));
        }
        parts.retain(|part| !part.is_empty());
        self.pair(self.say("薬物療法", "therapy"), &parts.join(self.say("、", ", ")))
    }

    fn event(&self, term: &EventTerm) -> String {
        let mut parts =
            vec![self.names(NameList::Event, &term.codes), self.words(term.side.as_slice())];
        if !term.grades.is_open() {
            parts.push(format!("Grade {}", self.range(term.grades, Steps::GRADE)));
        }
        parts.retain(|part| !part.is_empty());
        self.pair(self.say("有害事象", "adverse event"), &parts.join(self.say("、", ", ")))
    }
}
