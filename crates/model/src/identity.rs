//! Identifiers made by the programme itself.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! identifier {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

identifier!(
    /// Identifies a patient case (UUID version 7).
    CaseId
);
identifier!(
    /// Identifies a received test result (UUID version 7).
    ResultId
);
identifier!(
    /// Identifies a findings report (UUID version 7).
    ReportId
);
identifier!(
    /// Identifies an entry into a field of a clinical record; given by whoever enters (a UUID).
    FieldEventId
);

identifier!(
    /// Identifies a person who uses the programme (UUID version 7).
    PersonId
);

identifier!(
    /// Identifies a test order (UUID version 7).
    OrderId
);

identifier!(
    /// Identifies an act of a patient's will (UUID version 7).
    ConsentEventId
);
identifier!(
    /// Identifies an inquiry of a patient (UUID version 7).
    InquiryId
);
identifier!(
    /// Identifies a research project (UUID version 7).
    ProjectId
);

/// A SHA-256 digest. Shape: 64 lower-case hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Digest(pub String);

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
