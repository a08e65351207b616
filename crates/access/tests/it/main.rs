//! Tests of what is decided on rights.

mod rights;
