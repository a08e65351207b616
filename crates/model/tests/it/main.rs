//! Tests of the nouns and their rules through their public face.

mod consent;
mod order;
