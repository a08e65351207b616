//! Values whose exact form matters when a document is written again.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A number as written: `2` and `2.0` are equal in meaning and kept apart in form.
#[derive(Clone, Copy, Debug)]
pub enum Number {
    /// Written without fraction and exponent.
    Integer(i64),
    /// Written with a fraction or an exponent; finite.
    Decimal(f64),
}

impl Number {
    /// Returns the value as a floating-point number.
    #[expect(clippy::cast_precision_loss, reason = "counts and positions stay far below 2^53")]
    pub fn as_f64(self) -> f64 {
        match self {
            Self::Integer(value) => value as f64,
            Self::Decimal(value) => value,
        }
    }

    /// Returns the value as an integer, where it is one; `3.0` is.
    pub fn as_i64(self) -> Option<i64> {
        match self {
            Self::Integer(value) => Some(value),
            Self::Decimal(value) => integer_of(value),
        }
    }

    /// Returns the value as an integer that is not negative, where it is one.
    pub fn as_u64(self) -> Option<u64> {
        self.as_i64().and_then(|value| u64::try_from(value).ok())
    }
}

/// Returns the integer that a float stands for exactly.
fn integer_of(value: f64) -> Option<i64> {
    /// Every integer up to this is exact in a 64-bit float.
    const EXACT_MAX: f64 = 9_007_199_254_740_992.0;
    let is_exact = value.fract() == 0.0 && value.abs() <= EXACT_MAX;
    #[expect(clippy::cast_possible_truncation, reason = "checked to be integral and in range")]
    is_exact.then_some(value as i64)
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Integer(a), Self::Integer(b)) => a == b,
            _ => self.as_f64() == other.as_f64(),
        }
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Integer(value) => value.fmt(f),
            Self::Decimal(value) if value.fract() == 0.0 && value.abs() < 1e16 => {
                write!(f, "{value:.1}")
            }
            Self::Decimal(value) => value.fmt(f),
        }
    }
}

impl From<i64> for Number {
    fn from(value: i64) -> Self {
        Self::Integer(value)
    }
}

impl From<f64> for Number {
    fn from(value: f64) -> Self {
        Self::Decimal(value)
    }
}

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Integer(value) => serializer.serialize_i64(*value),
            Self::Decimal(value) => serializer.serialize_f64(*value),
        }
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = Number;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number")
            }

            fn visit_i64<E: de::Error>(self, value: i64) -> Result<Number, E> {
                Ok(Number::Integer(value))
            }

            fn visit_u64<E: de::Error>(self, value: u64) -> Result<Number, E> {
                i64::try_from(value)
                    .map(Number::Integer)
                    .map_err(|_| E::custom("number beyond the range of 64-bit integers"))
            }

            fn visit_f64<E: de::Error>(self, value: f64) -> Result<Number, E> {
                Ok(Number::Decimal(value))
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

/// A member that may be absent, `null` or have a value; writing keeps the three apart.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Nullable<T> {
    /// The member is not written.
    #[default]
    Absent,
    /// The member is written as `null`.
    Null,
    /// The member has a value.
    Value(T),
}

impl<T> Nullable<T> {
    /// Returns the value, if there is one.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::Null => None,
        }
    }

    /// Returns whether the member is not written at all.
    pub fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }
}

impl Nullable<String> {
    /// Returns the text, if there is one.
    pub fn text(&self) -> Option<&str> {
        self.value().map(String::as_str)
    }
}

impl<T> From<Option<T>> for Nullable<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Self::Value)
    }
}

impl<T: Serialize> Serialize for Nullable<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value().serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Nullable<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::deserialize(deserializer).map(Self::from)
    }
}

#[cfg(test)]
mod tests {
    use super::{Nullable, Number};

    #[test]
    fn keeps_the_form_of_numbers() {
        for text in ["1", "1.0", "15.9", "-2.1147", "0"] {
            let number: Number = serde_json::from_str(text).unwrap();
            assert_eq!(serde_json::to_string(&number).unwrap(), text);
            assert_eq!(number.to_string(), text);
        }
        assert!(serde_json::from_str::<Number>("18446744073709551615").is_err());
    }

    #[test]
    fn knows_integers() {
        assert_eq!(Number::Decimal(3.0).as_i64(), Some(3));
        assert_eq!(Number::Decimal(15.9).as_i64(), None);
        assert_eq!(Number::Decimal(1e300).as_i64(), None);
        assert_eq!(Number::Integer(-1).as_u64(), None);
    }

    #[test]
    fn tells_null_from_absent() {
        let null: Nullable<String> = serde_json::from_str("null").unwrap();
        assert_eq!(null, Nullable::Null);
        assert!(Nullable::<String>::default().is_absent());
    }
}
