//! From a parsed tree to typed values, so that a text is scanned only once.

use serde::{
    Deserializer,
    de::{
        Error as _, IntoDeserializer, Visitor,
        value::{Error, MapDeserializer, SeqDeserializer},
    },
    forward_to_deserialize_any,
};

use super::{Node, Value};
use crate::cats::value::Number;

impl<'de> IntoDeserializer<'de> for &'de Node<'_> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for &'de Node<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match &self.value {
            Value::Null => visitor.visit_unit(),
            Value::Flag(flag) => visitor.visit_bool(*flag),
            Value::Number(Number::Integer(number)) => visitor.visit_i64(*number),
            Value::Number(Number::Decimal(number)) => visitor.visit_f64(*number),
            Value::OutOfRange => Err(Error::custom("number out of range")),
            Value::Text(text) => visitor.visit_borrowed_str(text),
            Value::List(items) => visitor.visit_seq(SeqDeserializer::new(items.iter())),
            Value::Object(members) => {
                let members = members.iter().map(|member| (member.key.as_ref(), &member.node));
                visitor.visit_map(MapDeserializer::new(members))
            }
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.value {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use crate::cats::{document::Document, json::parse};

    #[test]
    fn makes_the_same_document_as_serde_json() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/cats/accept");
        for entry in std::fs::read_dir(folder).unwrap() {
            let text = std::fs::read_to_string(entry.unwrap().path().join("input.json")).unwrap();
            let parsed = parse(&text).unwrap();
            let ours = Document::deserialize(&parsed.root).unwrap();
            assert_eq!(ours, serde_json::from_str(&text).unwrap());
        }
    }
}
