//! Words of closed lists: each has a code that the record uses, and a label in both languages.

/// A code that no word of the list has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no {list} has the code {code:?}")]
pub struct UnknownOrderWord {
    /// What the list names, such as `order step`.
    pub list: &'static str,
    /// The code, cut to a length that can be shown.
    pub code: String,
}

/// Declares a closed list of words.
macro_rules! words {
    (
        $(#[$meta:meta])* pub enum $name:ident as $list:literal {
            $($(#[$doc:meta])* $word:ident = $code:literal, $ja:literal, $en:literal;)*
        }
    ) => {
        $(#[$meta])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
        )]
        #[serde(try_from = "String", into = "&'static str")]
        pub enum $name { $($(#[$doc])* $word),* }

        impl $name {
            /// Every word, in the order of the list.
            pub const ALL: &[Self] = &[$(Self::$word),*];

            /// Returns the code that the record uses.
            pub fn code(self) -> &'static str {
                match self { $(Self::$word => $code),* }
            }

            /// Returns the label in both languages.
            pub fn label(self) -> $crate::text::LocalizedText {
                match self { $(Self::$word => $crate::text::LocalizedText::of($ja, $en)),* }
            }
        }

        impl From<$name> for &'static str {
            fn from(word: $name) -> Self {
                word.code()
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::order::UnknownOrderWord;

            fn from_str(code: &str) -> Result<Self, Self::Err> {
                match code {
                    $($code => Ok(Self::$word),)*
                    other => Err($crate::order::UnknownOrderWord {
                        list: $list,
                        code: other.chars().take(64).collect(),
                    }),
                }
            }
        }

        impl TryFrom<String> for $name {
            type Error = $crate::order::UnknownOrderWord;

            fn try_from(code: String) -> Result<Self, Self::Error> {
                code.parse()
            }
        }
    };
}

pub(crate) use words;
