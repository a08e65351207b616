//! Closed lists of words, each with a code and a label in both languages.

/// A code that no word of a list has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no {list} has the code {code:?}")]
pub struct UnknownWord {
    /// What the list names, such as `consent purpose`.
    pub list: &'static str,
    /// The code, cut to a length that can be shown.
    pub code: String,
}

/// Declares a closed list of words with codes and labels in both languages.
macro_rules! consent_words {
    (
        $(#[$meta:meta])* pub enum $name:ident as $list:literal {
            $($(#[$doc:meta])* $word:ident = $code:literal, $ja:literal, $en:literal;)*
        }
    ) => {
        $(#[$meta])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord,
            serde::Serialize, serde::Deserialize,
        )]
        pub enum $name { $($(#[$doc])* #[serde(rename = $code)] $word),* }

        impl $name {
            /// Every word, in the order of the list.
            pub const ALL: &[Self] = &[$(Self::$word),*];

            /// Returns the code that forms and the record use.
            pub fn code(self) -> &'static str {
                match self { $(Self::$word => $code),* }
            }

            /// Returns the label in both languages.
            pub fn label(self) -> $crate::text::LocalizedText {
                match self { $(Self::$word => $crate::text::LocalizedText::of($ja, $en)),* }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.code())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::consent::UnknownWord;

            fn from_str(code: &str) -> Result<Self, Self::Err> {
                match code {
                    $($code => Ok(Self::$word),)*
                    other => Err($crate::consent::UnknownWord {
                        list: $list,
                        code: other.chars().take(64).collect(),
                    }),
                }
            }
        }
    };
}

pub(crate) use consent_words;
