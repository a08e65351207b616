//! Queries as JSON.
//!
//! Shape: an object whose members must all hold. `{"and":[…]}`, `{"or":[…]}`, `{"not":{…}}`; an item with a word, a
//! list of words, or bounds: `{"sex":"female"}`, `{"tumour":["LUAD","LUSC"]}`, `{"age":{"from":40,"to":60}}`;
//! `{"gene":"KRAS"}`, `{"drug":"sotorasib"}`, `{"unknown":"smoking"}`; and what a case may have several of:
//! `{"alteration":{"gene":"KRAS","change":"G12C","vaf":{"from":0.05}}}`, `{"therapy":{…}}`, `{"event":{…}}`. The
//! empty object finds every case.

use model::problem::{Place, Problem};
use serde_json::{Map, Value, json};

use super::{
    AlterationTerm, EventTerm, Query, Range, TherapyTerm,
    fields::{Several, Steps},
    problems,
    resolve::resolve,
    vocabulary::Vocabulary,
    written::{Bound, Bounds, Field, Placed, Written, WrittenValue},
};
use crate::cohort::{case::Name, word::Word};

/// Longest query as JSON. Units: bytes.
const MAX_BYTES: usize = 256 * 1024;

impl Query {
    /// Reads a query from JSON, or says what is wrong with it, each with its place.
    pub fn from_json(text: &str, vocabulary: &Vocabulary<'_>) -> Result<Self, Vec<Problem>> {
        if text.len() > MAX_BYTES {
            return Err(vec![*problems::too_long(MAX_BYTES)]);
        }
        // serde_json bounds the depth itself, well below what the stack allows.
        let value: Value =
            serde_json::from_str(text).map_err(|error| vec![*problems::not_json(&error)])?;
        Self::from_value(&value, vocabulary)
    }

    /// Reads a query from a JSON value.
    pub fn from_value(value: &Value, vocabulary: &Vocabulary<'_>) -> Result<Self, Vec<Problem>> {
        let mut bounds = Bounds::default();
        let written = query(value, "", &mut bounds).map_err(|problem| vec![*problem])?;
        resolve(written, vocabulary)
    }

    /// Writes the query as JSON that is read back the same.
    pub fn to_json(&self) -> Value {
        match self {
            Self::Everything => json!({}),
            Self::And(parts) => {
                json!({ "and": parts.iter().map(Self::to_json).collect::<Vec<_>>() })
            }
            Self::Or(parts) => json!({ "or": parts.iter().map(Self::to_json).collect::<Vec<_>>() }),
            Self::Not(inner) => json!({ "not": inner.to_json() }),
            Self::Unknown(item) => json!({ "unknown": item.code() }),
            Self::Is(item, codes) => json!({ item.code(): names(codes) }),
            Self::Within(item, range) => {
                json!({ item.code(): bounds_of(*range, Steps::of_item(*item)) })
            }
            Self::Alteration(term) => json!({ "alteration": alteration(term) }),
            Self::Therapy(term) => json!({ "therapy": therapy(term) }),
            Self::Event(term) => json!({ "event": event(term) }),
            Self::OncoTree(version) => json!({ "oncotree": names(std::slice::from_ref(version)) }),
        }
    }
}

fn names(names: &[Name]) -> Value {
    names.iter().map(|name| Value::from(&**name)).collect::<Vec<_>>().into()
}

fn words<W: Word>(words: &[W]) -> Value {
    words.iter().map(|word| Value::from(word.code())).collect::<Vec<_>>().into()
}

fn bounds_of(range: Range, steps: Steps) -> Value {
    let bound = |number: u16| {
        let text = steps.write(number);
        let number = text.parse::<serde_json::Number>().ok().filter(|_| steps != Steps::Days);
        number.map_or(Value::from(text), Value::from)
    };
    let mut bounds = Map::new();
    bounds.extend(range.low.map(|low| ("from".to_owned(), bound(low))));
    bounds.extend(range.high.map(|high| ("to".to_owned(), bound(high))));
    bounds.into()
}

fn object(fields: impl IntoIterator<Item = (&'static str, bool, Value)>) -> Value {
    let asked = fields.into_iter().filter(|(_, is_asked, _)| *is_asked);
    Value::Object(asked.map(|(name, _, value)| (name.to_owned(), value)).collect())
}

fn alteration(term: &AlterationTerm) -> Value {
    let letters: Vec<_> = term.levels.iter().map(|level| Value::from(level.letter())).collect();
    let range = |range: Range, steps| (!range.is_open(), bounds_of(range, steps));
    let (codons, share) =
        (range(term.codons, Steps::CODON), range(term.allele_frequency, Steps::SHARE));
    let copies = range(term.copies, Steps::COPIES);
    object([
        ("gene", !term.genes.is_empty(), names(&term.genes)),
        ("kind", !term.kinds.is_empty(), words(&term.kinds)),
        ("change", !term.changes.is_empty(), names(&term.changes)),
        ("codon", codons.0, codons.1),
        ("class", !term.classes.is_empty(), words(&term.classes)),
        ("partner", !term.partners.is_empty(), names(&term.partners)),
        ("origin", !term.origins.is_empty(), words(&term.origins)),
        ("vaf", share.0, share.1),
        ("copies", copies.0, copies.1),
        ("level", !term.levels.is_empty(), letters.into()),
    ])
}

fn therapy(term: &TherapyTerm) -> Value {
    let side = term.side.map_or(Value::Null, |side| side.code().into());
    object([
        ("drug", !term.drugs.is_empty(), names(&term.drugs)),
        ("class", !term.classes.is_empty(), names(&term.classes)),
        ("line", !term.lines.is_open(), bounds_of(term.lines, Steps::LINE)),
        ("side", term.side.is_some(), side),
        ("response", !term.responses.is_empty(), words(&term.responses)),
        ("started", !term.started.is_open(), bounds_of(term.started, Steps::Days)),
    ])
}

fn event(term: &EventTerm) -> Value {
    let side = term.side.map_or(Value::Null, |side| side.code().into());
    object([
        ("code", !term.codes.is_empty(), names(&term.codes)),
        ("grade", !term.grades.is_open(), bounds_of(term.grades, Steps::GRADE)),
        ("side", term.side.is_some(), side),
    ])
}

fn query(value: &Value, pointer: &str, bounds: &mut Bounds) -> Result<Written, Box<Problem>> {
    let place = Place::pointer(pointer);
    let Value::Object(members) = value else {
        return Err(problems::wrong_shape(place, "オブジェクト", "an object"));
    };
    bounds.enter(&place)?;
    let mut parts = Vec::new();
    for (name, value) in members {
        parts.push(member(name, value, &format!("{pointer}/{}", escaped(name)), bounds)?);
    }
    bounds.leave();
    Ok(if parts.is_empty() { Written::Everything } else { Written::And(parts) })
}

fn member(
    name: &str,
    value: &Value,
    pointer: &str,
    bounds: &mut Bounds,
) -> Result<Written, Box<Problem>> {
    let place = Place::pointer(pointer);
    let placed = Placed { text: name.to_owned(), place: place.clone() };
    let list = |bounds: &mut Bounds| {
        let Value::Array(values) = value else {
            return Err(problems::wrong_shape(place.clone(), "配列", "an array"));
        };
        let parts = values.iter().enumerate();
        parts.map(|(at, part)| query(part, &format!("{pointer}/{at}"), bounds)).collect()
    };
    match name {
        "and" => Ok(Written::And(list(bounds)?)),
        "or" => Ok(Written::Or(list(bounds)?)),
        "not" => Ok(Written::Not(Box::new(query(value, pointer, bounds)?))),
        _ if Several::of_code(name).is_some() => {
            let Value::Object(members) = value else {
                return Err(problems::wrong_shape(place, "オブジェクト", "an object"));
            };
            bounds.count(1, &place)?;
            let mut fields = Vec::new();
            for (name, value) in members {
                let pointer = format!("{pointer}/{}", escaped(name));
                let name = Placed { text: name.clone(), place: Place::pointer(&pointer) };
                fields.push(Field { name, value: field_value(value, &pointer, bounds)? });
            }
            Ok(Written::Several(placed, fields))
        }
        _ => Ok(Written::Item(Field { name: placed, value: field_value(value, pointer, bounds)? })),
    }
}

fn field_value(
    value: &Value,
    pointer: &str,
    bounds: &mut Bounds,
) -> Result<WrittenValue, Box<Problem>> {
    let place = Place::pointer(pointer);
    match value {
        Value::Array(values) => {
            bounds.count(values.len(), &place)?;
            let values = values.iter().enumerate();
            let values = values.map(|(at, value)| single(value, &format!("{pointer}/{at}")));
            Ok(WrittenValue::Any(values.collect::<Result<_, _>>()?))
        }
        Value::Object(members) => {
            bounds.count(1, &place)?;
            let bound = |name: &str, included: bool| {
                let value = members.get(name)?;
                let written = single(value, &format!("{pointer}/{name}"));
                Some(written.map(|written| Bound { written, included }))
            };
            if let Some(name) = members
                .keys()
                .find(|name| !["from", "to", "above", "below"].contains(&name.as_str()))
            {
                let place = Place::pointer(format!("{pointer}/{}", escaped(name)));
                let valid = ["from", "to", "above", "below"].into_iter();
                let what = ("範囲の端", "end of a range");
                return Err(problems::unknown_name("query.field", place, what, name, valid));
            }
            Ok(WrittenValue::Between {
                low: bound("from", true).or_else(|| bound("above", false)).transpose()?,
                high: bound("to", true).or_else(|| bound("below", false)).transpose()?,
            })
        }
        _ => {
            bounds.count(1, &place)?;
            Ok(WrittenValue::Any(vec![single(value, pointer)?]))
        }
    }
}

fn single(value: &Value, pointer: &str) -> Result<Placed, Box<Problem>> {
    let place = Place::pointer(pointer);
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::Null | Value::Array(_) | Value::Object(_) => {
            return Err(problems::wrong_shape(place, "文字列か数", "a text or a number"));
        }
    };
    Ok(Placed { text, place })
}

/// Writes a name as a part of a JSON pointer. Source: RFC 6901.
fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
