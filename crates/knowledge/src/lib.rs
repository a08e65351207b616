//! Immutable releases of evidence, and matching alterations to them.
