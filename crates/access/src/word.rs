//! Words of a closed list: each has a code that tables and the record use.

/// A code that no word of the list has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no {list} has the code {code:?}")]
pub struct UnknownWord {
    /// What the list names, such as `role`.
    pub list: &'static str,
    /// The code, cut to a length that can be shown.
    pub code: String,
}

/// Declares a closed list of words with codes and labels in both languages.
macro_rules! words {
    (
        $(#[$meta:meta])* $visibility:vis enum $name:ident as $list:literal {
            $($(#[$doc:meta])* $word:ident = $code:literal, $ja:literal, $en:literal;)*
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        $visibility enum $name { $($(#[$doc])* $word),* }

        impl $name {
            /// Every word, in the order of the list.
            pub const ALL: &[Self] = &[$(Self::$word),*];

            /// Returns the code that tables and the record use.
            pub fn code(self) -> &'static str {
                match self { $(Self::$word => $code),* }
            }

            /// Returns the label in both languages.
            pub fn label(self) -> model::text::LocalizedText {
                match self { $(Self::$word => model::text::LocalizedText::of($ja, $en)),* }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.code())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::word::UnknownWord;

            fn from_str(code: &str) -> Result<Self, Self::Err> {
                match code {
                    $($code => Ok(Self::$word),)*
                    other => Err($crate::word::UnknownWord {
                        list: $list,
                        code: other.chars().take(64).collect(),
                    }),
                }
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.code())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let code = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                code.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

pub(crate) use words;
