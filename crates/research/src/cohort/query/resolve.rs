//! From what was written to a query, with every name looked up.

use std::{borrow::Cow, sync::Arc};

use model::{
    evidence::EvidenceLevel,
    problem::{Place, Problem},
};

use super::{
    AlterationTerm, EventTerm, Query, Range, TherapyTerm,
    fields::{Several, Steps},
    problems,
    vocabulary::{NameList, Vocabulary},
    written::{Bound, Field, Placed, Written, WrittenValue},
};
use crate::cohort::{
    case::Name,
    evaluate::{EvaluateError, check_size},
    item::{Item, ItemKind},
    word::Word,
};

/// Makes a query of what was written, or says everything that is wrong with it.
pub(super) fn resolve(
    written: Written,
    vocabulary: &Vocabulary<'_>,
) -> Result<Query, Vec<Problem>> {
    let mut resolver = Resolver { vocabulary, problems: Vec::new() };
    let query = resolver.query(written);
    match check_size(&query) {
        Err(EvaluateError::TooManyTerms) => {
            resolver.tell(*problems::too_many_terms(Place::file()));
        }
        Err(EvaluateError::TooDeep) => resolver.tell(*problems::too_deep(Place::file())),
        Ok(()) => {}
    }
    if resolver.problems.is_empty() { Ok(query) } else { Err(resolver.problems) }
}

/// Conditions that belong together, each with an example.
const GROUPS: [(&str, &str); 3] = [
    ("alteration", "alteration(gene=KRAS change=G12C)"),
    ("therapy", "therapy(drug=sotorasib side=after)"),
    ("event", "event(code=10002272 grade>=3)"),
];
/// Most problems that are told of one query.
const MAX_PROBLEMS: usize = 20;

struct Resolver<'a> {
    vocabulary: &'a Vocabulary<'a>,
    problems: Vec<Problem>,
}

impl Resolver<'_> {
    /// Goes down what was written, whose depth its reader has bounded.
    fn query(&mut self, written: Written) -> Query {
        match written {
            Written::Everything => Query::Everything,
            Written::And(parts) => match self.parts(parts) {
                mut parts if parts.len() == 1 => parts.pop().unwrap_or_default(),
                parts if parts.is_empty() => Query::Everything,
                parts => Query::And(parts),
            },
            Written::Or(parts) => match self.parts(parts) {
                mut parts if parts.len() == 1 => parts.pop().unwrap_or_default(),
                parts => Query::Or(parts),
            },
            Written::Not(inner) => Query::Not(Box::new(self.query(*inner))),
            Written::Item(field) => self.item(field),
            Written::Several(name, fields) => self.several(&name, fields),
        }
    }

    fn parts(&mut self, parts: Vec<Written>) -> Vec<Query> {
        parts.into_iter().map(|part| self.query(part)).collect()
    }

    fn item(&mut self, field: Field) -> Query {
        match field.name.text.as_str() {
            "gene" => {
                let genes = self.names(NameList::Gene, field);
                Query::Alteration(Box::new(AlterationTerm { genes, ..AlterationTerm::default() }))
            }
            "drug" => {
                let drugs = self.names(NameList::Drug, field);
                Query::Therapy(Box::new(TherapyTerm { drugs, ..TherapyTerm::default() }))
            }
            "unknown" => {
                let items = self.words(field, ("項目", "item"), &item_codes(), Item::of_code);
                let mut parts: Vec<_> = items.into_iter().map(Query::Unknown).collect();
                if parts.len() == 1 { parts.pop().unwrap_or_default() } else { Query::Or(parts) }
            }
            "oncotree" => self.oncotree(field),
            name => match (Item::of_code(name), GROUPS.iter().find(|(group, _)| *group == name)) {
                (Some(item), _) => self.item_value(item, field),
                (None, Some((_, example))) => {
                    self.tell(*problems::group_as_item(field.name.place.clone(), name, example));
                    Query::Everything
                }
                (None, None) => {
                    let valid = item_codes();
                    let further = ["gene", "drug", "unknown", "oncotree"];
                    let groups = GROUPS.iter().map(|(group, _)| *group);
                    let valid = valid.iter().map(String::as_str).chain(further).chain(groups);
                    let place = field.name.place.clone();
                    let what = ("項目", "item");
                    self.tell(*problems::unknown_name("query.item", place, what, name, valid));
                    Query::Everything
                }
            },
        }
    }

    /// The version of OncoTree by which tumour types are meant: only one is at hand.
    fn oncotree(&mut self, field: Field) -> Query {
        let own = self.vocabulary.oncotree_version();
        let what = ("OncoTree の版", "version of OncoTree");
        let mut query = Query::Everything;
        for value in self.values(field) {
            if own == Some(value.text.as_str()) {
                query = Query::OncoTree(value.text.into());
            } else {
                let valid = own.into_iter();
                let (place, text) = (value.place, &value.text);
                self.tell(*problems::unknown_name("query.oncotree", place, what, text, valid));
            }
        }
        query
    }

    fn item_value(&mut self, item: Item, field: Field) -> Query {
        match item.kind() {
            ItemKind::Name => match NameList::of_item(item) {
                Some(list) => Query::Is(item, self.names(list, field)),
                None => Query::Everything,
            },
            ItemKind::Word => {
                let codes: Vec<String> = (1..=item.words())
                    .filter_map(|place| item.word_code(place).map(Cow::into_owned))
                    .collect();
                let label = item.label();
                let find = |code: &str| item.word_place(code).map(|_| Name::from(code));
                Query::Is(item, self.words(field, (&label.ja, &label.en), &codes, find))
            }
            ItemKind::Number | ItemKind::Day => {
                Query::Within(item, self.range(field, Steps::of_item(item)))
            }
        }
    }

    fn several(&mut self, name: &Placed, fields: Vec<Field>) -> Query {
        let Some(several) = Several::of_code(&name.text) else {
            let valid = Several::ALL.iter().map(|several| several.code());
            let what = ("項目", "item");
            let place = name.place.clone();
            self.tell(*problems::unknown_name("query.item", place, what, &name.text, valid));
            return Query::Everything;
        };
        match several {
            Several::Alteration => {
                let mut term = AlterationTerm::default();
                for field in fields {
                    self.alteration_field(&mut term, field);
                }
                Query::Alteration(Box::new(term))
            }
            Several::Therapy => {
                let mut term = TherapyTerm::default();
                for field in fields {
                    self.therapy_field(&mut term, field);
                }
                Query::Therapy(Box::new(term))
            }
            Several::Event => {
                let mut term = EventTerm::default();
                for field in fields {
                    self.event_field(&mut term, field);
                }
                Query::Event(Box::new(term))
            }
        }
    }

    fn alteration_field(&mut self, term: &mut AlterationTerm, field: Field) {
        match field.name.text.as_str() {
            "gene" => term.genes = self.names(NameList::Gene, field),
            "partner" => term.partners = self.names(NameList::Gene, field),
            "kind" => term.kinds = self.closed(field, ("種類", "kind")),
            "class" => term.classes = self.closed(field, ("分類", "class")),
            "origin" => term.origins = self.closed(field, ("由来", "origin")),
            "change" => term.changes = self.changes(field),
            "codon" => term.codons = self.range(field, Steps::CODON),
            "vaf" => term.allele_frequency = self.range(field, Steps::SHARE),
            "copies" => term.copies = self.range(field, Steps::COPIES),
            "level" => {
                let letters: Vec<String> =
                    EvidenceLevel::ALL.iter().map(|level| level.letter().to_owned()).collect();
                let find = |code: &str| {
                    EvidenceLevel::ALL.into_iter().find(|level| level.letter() == code)
                };
                term.levels = self.words(field, ("レベル", "level"), &letters, find);
            }
            _ => self.unknown_field(Several::Alteration, &field),
        }
    }

    fn therapy_field(&mut self, term: &mut TherapyTerm, field: Field) {
        match field.name.text.as_str() {
            "drug" => term.drugs = self.names(NameList::Drug, field),
            "class" => term.classes = self.names(NameList::DrugClass, field),
            "line" => term.lines = self.range(field, Steps::LINE),
            "side" => term.side = self.closed(field, ("前後", "side")).pop(),
            "response" => term.responses = self.closed(field, ("効果", "response")),
            "started" => term.started = self.range(field, Steps::Days),
            _ => self.unknown_field(Several::Therapy, &field),
        }
    }

    fn event_field(&mut self, term: &mut EventTerm, field: Field) {
        match field.name.text.as_str() {
            "code" => term.codes = self.names(NameList::Event, field),
            "grade" => term.grades = self.range(field, Steps::GRADE),
            "side" => term.side = self.closed(field, ("前後", "side")).pop(),
            _ => self.unknown_field(Several::Event, &field),
        }
    }

    fn unknown_field(&mut self, several: Several, field: &Field) {
        let (place, what) = (field.name.place.clone(), ("欄", "field"));
        let valid = several.fields().iter().copied();
        self.tell(*problems::unknown_name("query.field", place, what, &field.name.text, valid));
    }

    fn values(&mut self, field: Field) -> Vec<Placed> {
        let values = match field.value {
            WrittenValue::Any(values) => values,
            WrittenValue::Between { .. } => {
                self.tell(*problems::wrong_shape(field.name.place, "値", "values, not a range"));
                return Vec::new();
            }
        };
        if values.is_empty() {
            self.tell(*problems::missing_value(field.name.place));
        }
        values
    }

    fn names(&mut self, list: NameList, field: Field) -> Vec<Name> {
        let mut names = Vec::new();
        for value in self.values(field) {
            if self.vocabulary.knows(list, &value.text) {
                names.push(Arc::from(value.text));
            } else if self.problems.len() < MAX_PROBLEMS {
                let valid = self.vocabulary.names(list);
                let valid = valid.iter().map(String::as_str);
                let (place, what) = (value.place, list.what());
                self.tell(*problems::unknown_name("query.value", place, what, &value.text, valid));
            }
        }
        names
    }

    fn words<T>(
        &mut self,
        field: Field,
        what: (&str, &str),
        valid: &[String],
        find: impl Fn(&str) -> Option<T>,
    ) -> Vec<T> {
        let mut words = Vec::new();
        for value in self.values(field) {
            if let Some(word) = find(&value.text) {
                words.push(word);
            } else {
                let valid = valid.iter().map(String::as_str);
                self.tell(*problems::unknown_name(
                    "query.value",
                    value.place,
                    what,
                    &value.text,
                    valid,
                ));
            }
        }
        words
    }

    fn closed<W: Word>(&mut self, field: Field, what: (&str, &str)) -> Vec<W> {
        let codes: Vec<String> = W::ALL.iter().map(|word| word.code().to_owned()).collect();
        self.words(field, what, &codes, W::of_code)
    }

    fn changes(&mut self, field: Field) -> Vec<Name> {
        let short = |text: &str| {
            let change = text.parse::<model::hgvs::protein::ProteinChange>().ok();
            change.map_or_else(|| Name::from(text), |change| change.short().into())
        };
        self.values(field).iter().map(|value| short(&value.text)).collect()
    }

    fn range(&mut self, field: Field, steps: Steps) -> Range {
        let place = field.name.place;
        match field.value {
            WrittenValue::Any(mut values) => match (values.pop(), values.is_empty()) {
                (Some(value), true) => {
                    let low = self.number(&value, steps, false);
                    Range { low, high: self.number(&value, steps, true) }
                }
                (Some(_), false) => {
                    self.tell(*problems::wrong_shape(
                        place,
                        "1つの値か範囲",
                        "one value or a range",
                    ));
                    Range::default()
                }
                (None, _) => {
                    self.tell(*problems::missing_value(place));
                    Range::default()
                }
            },
            WrittenValue::Between { low, high } => {
                let range = Range {
                    low: low.and_then(|bound| self.bound(&bound, steps, false)),
                    high: high.and_then(|bound| self.bound(&bound, steps, true)),
                };
                if matches!((range.low, range.high), (Some(low), Some(high)) if low > high) {
                    self.tell(*problems::reversed(place));
                }
                range
            }
        }
    }

    /// Reads a bound. One that is not included moves by one step: from the end of what was written where it is
    /// the low one, as "after 2024" begins with 2025.
    fn bound(&mut self, bound: &Bound, steps: Steps, high: bool) -> Option<u16> {
        let number = self.number(&bound.written, steps, high == bound.included)?;
        let moved = match (bound.included, high) {
            (true, _) => Some(number),
            (false, false) => number.checked_add(1),
            (false, true) => number.checked_sub(1),
        };
        if moved.is_none() {
            let (place, text) = (bound.written.place.clone(), &bound.written.text);
            self.tell(*problems::not_a_number(place, text, steps.example()));
        }
        moved
    }

    fn number(&mut self, written: &Placed, steps: Steps, last: bool) -> Option<u16> {
        let number = steps.read(&written.text, last);
        if number.is_none() {
            let place = written.place.clone();
            self.tell(*problems::not_a_number(place, &written.text, steps.example()));
        }
        number
    }

    fn tell(&mut self, problem: Problem) {
        if self.problems.len() < MAX_PROBLEMS && !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }
}

fn item_codes() -> Vec<String> {
    Item::ALL.iter().map(|item| item.code().to_owned()).collect()
}
