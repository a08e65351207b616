//! Versions of the CATS schema.

use std::{fmt, str::FromStr};

/// A version of the CATS schema.
///
/// The only official schema that is public is that of 1.2.1. The rules of 1.0 to 1.2.0 follow from what
/// the official format update changes between them. **The rules of 1.3.0 are inferred, not official:**
/// they are those of 1.2.1 together with what public samples labelled 1.3.0 write differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Version {
    /// 1.0, the first.
    V1_0,
    /// 1.0.1; nothing but the label is known to differ from 1.0.
    V1_0_1,
    /// 1.1.0: one `grcRelease` in place of name and patch.
    V1_1_0,
    /// 1.2.0: items name their sample, fusions order their genes, metrics have a type.
    V1_2_0,
    /// 1.2.1: `copy number` in place of `absolute copy number`. The official schema.
    V1_2_1,
    /// 1.3.0, inferred from samples: biomarker metrics may say `type`, and both copy-number units occur.
    V1_3_0,
}

impl Version {
    /// Every version, oldest first.
    pub const ALL: [Self; 6] =
        [Self::V1_0, Self::V1_0_1, Self::V1_1_0, Self::V1_2_0, Self::V1_2_1, Self::V1_3_0];

    /// The newest version that is read.
    pub const LATEST: Self = Self::V1_3_0;

    /// Returns the text that a file writes as `schemaVersion`.
    pub fn name(self) -> &'static str {
        match self {
            Self::V1_0 => "1.0",
            Self::V1_0_1 => "1.0.1",
            Self::V1_1_0 => "1.1.0",
            Self::V1_2_0 => "1.2.0",
            Self::V1_2_1 => "1.2.1",
            Self::V1_3_0 => "1.3.0",
        }
    }

    /// Returns the version that follows, if there is one.
    pub fn next(self) -> Option<Self> {
        Self::ALL.into_iter().find(|version| *version > self)
    }

    /// Returns whether the rules were inferred from samples rather than published.
    pub fn is_inferred(self) -> bool {
        self == Self::V1_3_0
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Text that names no CATS version known here.
#[derive(Debug, thiserror::Error)]
#[error("unknown CATS version {0:?}: use one of 1.0, 1.0.1, 1.1.0, 1.2.0, 1.2.1, 1.3.0")]
pub struct ParseVersionError(String);

impl FromStr for Version {
    type Err = ParseVersionError;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|version| version.name() == name)
            .ok_or_else(|| ParseVersionError(name.chars().take(32).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::Version;

    #[test]
    fn reads_its_own_names_and_no_others() {
        for version in Version::ALL {
            assert_eq!(version.name().parse::<Version>().unwrap(), version);
        }
        assert!("1.2".parse::<Version>().is_err());
        assert!("2.0".parse::<Version>().is_err());
    }

    #[test]
    fn steps_reach_the_latest() {
        assert_eq!(Version::V1_0.next(), Some(Version::V1_0_1));
        assert_eq!(Version::LATEST.next(), None);
    }
}
