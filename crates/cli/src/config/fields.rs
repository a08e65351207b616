//! The names that a section knows, and the one that was probably meant.

use serde::{
    de::{self, DeserializeOwned, Visitor, value::Error},
    forward_to_deserialize_any,
};

/// Fewest letters in which a name may differ for it to be suggested.
const DISTANCE_MAX: usize = 3;

/// Listens to which fields a type asks for, and gives it nothing.
struct Listener<'a>(&'a mut &'static [&'static str]);

impl<'de> de::Deserializer<'de> for Listener<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Error> {
        Err(de::Error::custom("only a section has fields"))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Error> {
        *self.0 = fields;
        Err(de::Error::custom("the fields are known now"))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
        unit_struct newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

/// Returns the names of a section's values.
pub(crate) fn names_of<T: DeserializeOwned>() -> &'static [&'static str] {
    let mut names: &'static [&'static str] = &[];
    // It always ends with an error: the names are what is wanted.
    let _nothing = T::deserialize(Listener(&mut names));
    names
}

/// Returns the name that was probably meant.
pub(crate) fn nearest<'n>(written: &str, names: &[&'n str]) -> Option<&'n str> {
    let near = names.iter().map(|name| (distance(written, name), *name));
    near.filter(|(distance, name)| *distance <= DISTANCE_MAX.min(name.len() / 2))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// Counts the letters to add, drop or change to make one word of another.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (line, letter) in one.chars().enumerate() {
        let mut diagonal = line;
        let mut left = line + 1;
        if let Some(first) = row.first_mut() {
            *first = left;
        }
        for (cell, compared) in row.iter_mut().skip(1).zip(&other) {
            let changed = diagonal + usize::from(letter != *compared);
            diagonal = *cell;
            left = changed.min(left + 1).min(diagonal + 1);
            *cell = left;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Site, Tls};

    #[test]
    fn a_section_tells_its_names() {
        assert_eq!(
            names_of::<Site>(),
            ["name_ja", "name_en", "public_url", "home_region", "registration_format"]
        );
        assert!(names_of::<u32>().is_empty());
    }

    #[test]
    fn suggests_what_is_near_and_nothing_else() {
        let names = names_of::<Tls>();
        assert_eq!(nearest("certificat_file", names), Some("certificate_file"));
        assert_eq!(nearest("keyfile", names), Some("key_file"));
        assert_eq!(nearest("colour", names), None);
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
    }
}
