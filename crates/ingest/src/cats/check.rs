//! Judging a parsed file by the rules of a version.
//!
//! Not here: the rules (`rules`), and what values mean together (`semantics`).

use std::{
    collections::{HashMap, hash_map::Entry},
    hash::{Hash, Hasher},
};

use model::problem::Place;

use super::{
    json::{BlemishKind, Node, Value, push_index, push_key},
    problems::{Findings, file, schema},
    rules::{DOCUMENT, Form, List, Member, Pattern, Presence, Rule, Shape, Word},
    value::Number,
    version::Version,
};

/// Longest array whose items are compared with each other one by one.
const COMPARED_ONE_BY_ONE_MAX: usize = 64;

/// A Japanese and an English phrase.
pub(super) type Phrase = (&'static str, &'static str);

/// Judges a whole file by the rules of a version.
pub(super) fn check(root: &Node<'_>, version: Version, findings: &mut Findings) {
    Checker { version, path: Vec::new(), findings }.value(root, &DOCUMENT);
}

/// A step from an object or array to a value in it.
enum Step<'t> {
    Key(&'t str),
    Index(usize),
}

struct Checker<'t, 'f> {
    version: Version,
    path: Vec<Step<'t>>,
    findings: &'f mut Findings,
}

impl<'t> Checker<'t, '_> {
    fn pointer(&self) -> String {
        let mut pointer = String::new();
        for step in &self.path {
            match step {
                Step::Key(key) => push_key(&mut pointer, key),
                Step::Index(index) => push_index(&mut pointer, *index),
            }
        }
        pointer
    }

    fn wrong_type(&mut self, wanted: Phrase, node: &Node<'_>) {
        let problem = schema::wrong_type(self.pointer(), wanted, phrase_of(&node.value));
        self.findings.push(problem);
    }

    fn value(&mut self, node: &'t Node<'_>, rule: &Rule) {
        match (&node.value, &rule.form) {
            (Value::Null, _) if rule.nullable => {}
            // Reported when it was parsed; nothing more can be said of it.
            (Value::OutOfRange, _) => {}
            (Value::Text(text), Form::Text(pattern)) => self.text(text, *pattern),
            (Value::Text(text), Form::Word(words)) => self.word(text, words),
            (Value::Number(number), Form::Integer { min }) => self.integer(*number, *min, node),
            (Value::Number(number), Form::Number { min, max }) => {
                self.bounds(*number, *min, *max);
            }
            (Value::Flag(_), Form::Flag) => {}
            (Value::Object(_), Form::Object(shape)) => self.object(node, shape),
            (Value::List(items), Form::List(list)) => self.list(items, list),
            (Value::List(items), Form::GenePair) => self.gene_pair(items),
            (_, form) => self.wrong_type(phrase_wanted(form), node),
        }
    }

    fn text(&mut self, text: &str, pattern: Pattern) {
        if !pattern.accepts(text) {
            let problem = schema::pattern(self.pointer(), pattern, text);
            self.findings.push(problem);
        }
    }

    fn word(&mut self, text: &str, words: &[Word]) {
        let mut in_other_version = false;
        for word in words.iter().filter(|word| word.text == text) {
            if word.holds(self.version) {
                return;
            }
            in_other_version = true;
        }
        let allowed: Vec<&str> =
            words.iter().filter(|word| word.holds(self.version)).map(|word| word.text).collect();
        let problem = schema::word_unknown(self.pointer(), text, &allowed, in_other_version);
        self.findings.push(problem);
    }

    fn integer(&mut self, number: Number, min: Option<i64>, node: &Node<'_>) {
        // A float beyond exact integers is still an integer to JSON Schema.
        let is_integer = number.as_f64().fract() == 0.0;
        if !is_integer {
            self.wrong_type(phrase_wanted(&Form::Integer { min }), node);
        } else if number.as_i64().is_none() {
            let place = Place::pointer(self.pointer());
            self.findings.push(file::blemish(BlemishKind::NumberOutOfRange, place));
        } else if let Some(min) = min {
            self.bounds(number, Some(Number::Integer(min).as_f64()), None);
        }
    }

    fn bounds(&mut self, number: Number, min: Option<f64>, max: Option<f64>) {
        let value = number.as_f64();
        let is_within = min.is_none_or(|min| value >= min) && max.is_none_or(|max| value <= max);
        if !is_within {
            let written = number.to_string();
            let problem = schema::number_out_of_bounds(self.pointer(), &written, min, max);
            self.findings.push(problem);
        }
    }

    fn object(&mut self, node: &'t Node<'_>, shape: &Shape) {
        let Value::Object(members) = &node.value else { return };
        for member in members {
            self.path.push(Step::Key(&member.key));
            let mut known = shape.members.iter().filter(|rule| rule.name == member.key);
            match known.clone().find(|rule| rule.holds(self.version)) {
                Some(rule) => self.value(&member.node, &rule.rule),
                None => self.stranger(&member.key, known.next_back().map(Member::versions), shape),
            }
            self.path.pop();
        }
        for rule in shape.members.iter().filter(|rule| rule.holds(self.version)) {
            let is_missed = match rule.presence {
                Presence::Optional => false,
                Presence::Required => node.member(rule.name).is_none(),
                Presence::RequiredUnless(other) => {
                    node.member(rule.name).is_none() && node.member(other).is_none()
                }
            };
            if is_missed {
                let problem = schema::member_missing(self.pointer(), rule.name, self.version);
                self.findings.push(problem);
            }
        }
    }

    /// Reports a member that this version does not have.
    fn stranger(&mut self, key: &str, elsewhere: Option<(Version, Version)>, shape: &Shape) {
        let pointer = self.pointer();
        let problem = if let Some(versions) = elsewhere {
            schema::member_of_other_version(pointer, key, self.version, versions)
        } else {
            let meant = shape.members.iter().find(|rule| rule.name.eq_ignore_ascii_case(key));
            schema::member_unknown(pointer, key, meant.map(|rule| rule.name))
        };
        self.findings.push(problem);
    }

    fn list(&mut self, items: &'t [Node<'_>], list: &List) {
        self.length(items.len(), list.min, list.max);
        if list.unique {
            self.unique(items);
        }
        for (index, item) in items.iter().enumerate() {
            self.path.push(Step::Index(index));
            self.value(item, list.items);
            self.path.pop();
        }
    }

    fn length(&mut self, count: usize, min: usize, max: Option<usize>) {
        if count < min || max.is_some_and(|max| count > max) {
            let problem = schema::item_count(self.pointer(), count, min, max);
            self.findings.push(problem);
        }
    }

    /// Reports items that repeat an earlier one.
    fn unique(&mut self, items: &[Node<'_>]) {
        let mut repeated: Vec<(usize, usize)> = Vec::new();
        if items.len() <= COMPARED_ONE_BY_ONE_MAX {
            for (index, item) in items.iter().enumerate() {
                let earlier = items.iter().take(index).position(|other| other.value == item.value);
                repeated.extend(earlier.map(|first| (index, first)));
            }
        } else {
            let mut seen: HashMap<Hashed<'_>, usize> = HashMap::with_capacity(items.len());
            for (index, item) in items.iter().enumerate() {
                match seen.entry(Hashed(&item.value)) {
                    Entry::Occupied(first) => repeated.push((index, *first.get())),
                    Entry::Vacant(place) => {
                        place.insert(index);
                    }
                }
            }
        }
        for (index, first) in repeated {
            self.path.push(Step::Index(index));
            let problem = schema::items_equal(self.pointer(), first);
            self.path.pop();
            self.findings.push(problem);
        }
    }

    fn gene_pair(&mut self, items: &[Node<'_>]) {
        self.length(items.len(), 2, Some(2));
        for (index, item) in items.iter().enumerate() {
            if !matches!(item.value, Value::Text(_) | Value::Null) {
                self.path.push(Step::Index(index));
                self.wrong_type(("遺伝子名またはnull", "a gene symbol or null"), item);
                self.path.pop();
            }
        }
    }
}

/// A value with a hash that agrees with its equality.
struct Hashed<'v>(&'v Value<'v>);

impl PartialEq for Hashed<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl Eq for Hashed<'_> {}

impl Hash for Hashed<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        hash(self.0, state);
    }
}

fn hash<H: Hasher>(value: &Value<'_>, state: &mut H) {
    match value {
        Value::Null | Value::OutOfRange => 0_u8.hash(state),
        Value::Flag(flag) => flag.hash(state),
        // Adding zero makes -0.0 and 0.0 alike.
        Value::Number(number) => (number.as_f64() + 0.0).to_bits().hash(state),
        Value::Text(text) => text.hash(state),
        Value::List(items) => {
            items.len().hash(state);
            items.iter().for_each(|item| hash(&item.value, state));
        }
        Value::Object(members) => {
            members.len().hash(state);
            // Sorted by key, since the order of members does not matter.
            let mut keys: Vec<(&str, &Value<'_>)> =
                members.iter().map(|member| (member.key.as_ref(), &member.node.value)).collect();
            keys.sort_unstable_by_key(|(key, _)| *key);
            for (key, value) in keys {
                key.hash(state);
                hash(value, state);
            }
        }
    }
}

fn phrase_wanted(form: &Form) -> Phrase {
    match form {
        Form::Text(_) => ("文字列", "a text"),
        Form::Word(_) => ("決められた語", "one of the defined words"),
        Form::Integer { .. } => ("整数", "an integer"),
        Form::Number { .. } => ("数値", "a number"),
        Form::Flag => ("trueまたはfalse", "true or false"),
        Form::Object(_) => ("オブジェクト", "an object"),
        Form::List(_) => ("配列", "an array"),
        Form::GenePair => ("2つの遺伝子の配列", "an array of two genes"),
    }
}

/// Names the kind of a value, in Japanese and English.
pub(super) fn phrase_of(value: &Value<'_>) -> Phrase {
    match value {
        Value::Null => ("null", "null"),
        Value::Flag(_) => ("真偽値", "true or false"),
        Value::Number(number) if number.as_f64().fract() != 0.0 => {
            ("小数", "a number with a fraction")
        }
        Value::Number(_) | Value::OutOfRange => ("数値", "a number"),
        Value::Text(_) => ("文字列", "a text"),
        Value::List(_) => ("配列", "an array"),
        Value::Object(_) => ("オブジェクト", "an object"),
    }
}
