//! JSON with places: a bounded parse into a tree that remembers where each value stands.
//!
//! `serde_json` takes the last of two equal keys, knows no line for a value once it is parsed, and bounds
//! depth only. A validator must name the place of each mistake and see both keys, hence this parser.
//! Strings without escapes are borrowed from the input. Not here: what the values mean.

use std::borrow::Cow;

use super::value::Number;

mod parser;
mod typed;

pub(super) use parser::parse;

/// Deepest nesting of arrays and objects; the deepest valid file has 8.
pub(super) const DEPTH_MAX: usize = 32;
/// Most items of a list of samples, variants or the like.
pub(super) const ITEMS_MAX: usize = 200_000;
/// Most items of an array within such an item; they are searched one by one.
pub(super) const INNER_ITEMS_MAX: usize = 1_000;
/// Deepest level of arrays that are lists of items: those in `variants` and in `metaData`.
const OUTER_DEPTH_MAX: usize = 3;
/// Most members of one object; the largest that is known has 19. Equal keys are searched one by one.
pub(super) const MEMBERS_MAX: usize = 100;
/// Most values of one file, which bounds memory.
pub(super) const VALUES_MAX: usize = 4_000_000;
/// Longest text. Units: bytes.
pub(super) const TEXT_BYTES_MAX: usize = 1024 * 1024;
/// Longest number. Units: bytes.
const NUMBER_BYTES_MAX: usize = 400;
/// Most blemishes kept of one file.
const BLEMISHES_MAX: usize = 1_000;

/// A value and where it begins. Units: bytes from the start of the text.
#[derive(Debug)]
pub(super) struct Node<'a> {
    pub(super) offset: usize,
    pub(super) value: Value<'a>,
}

/// A JSON value.
#[derive(Debug)]
pub(super) enum Value<'a> {
    Null,
    Flag(bool),
    Number(Number),
    /// A number beyond the range of 64-bit values; it has been reported as a blemish.
    OutOfRange,
    Text(Cow<'a, str>),
    List(Vec<Node<'a>>),
    Object(Vec<Member<'a>>),
}

/// A member of an object.
#[derive(Debug)]
pub(super) struct Member<'a> {
    pub(super) key: Cow<'a, str>,
    pub(super) node: Node<'a>,
}

impl<'a> Node<'a> {
    /// Returns the value of a member, the first of that name.
    pub(super) fn member(&self, key: &str) -> Option<&Node<'a>> {
        let Value::Object(members) = &self.value else { return None };
        members.iter().find(|member| member.key == key).map(|member| &member.node)
    }

    /// Returns the node that a JSON pointer names, or the nearest one above it that exists.
    pub(super) fn nearest(&self, pointer: &str) -> &Node<'a> {
        let mut node = self;
        for step in pointer.split('/').skip(1) {
            let next = match &node.value {
                Value::Object(_) => node.member(&step.replace("~1", "/").replace("~0", "~")),
                Value::List(items) => step.parse().ok().and_then(|at: usize| items.get(at)),
                _ => None,
            };
            match next {
                Some(found) => node = found,
                None => return node,
            }
        }
        node
    }
}

impl PartialEq for Value<'_> {
    /// Compares as JSON Schema does: members in any order, `1` equal to `1.0`.
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Flag(a), Self::Flag(b)) => a == b,
            (Self::Number(a), Self::Number(b)) => a == b,
            (Self::Text(a), Self::Text(b)) => a == b,
            (Self::List(a), Self::List(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.value == b.value)
            }
            (Self::Object(a), Self::Object(b)) => {
                a.len() == b.len()
                    && a.iter().enumerate().all(|(at, member)| {
                        // Two like objects nearly always have their members in the same order.
                        let same_place = b.get(at).filter(|m| m.key == member.key);
                        same_place
                            .or_else(|| b.iter().find(|m| m.key == member.key))
                            .is_some_and(|m| m.node.value == member.node.value)
                    })
            }
            _ => false,
        }
    }
}

/// Something wrong that does not keep the rest from being read.
#[derive(Debug)]
pub(super) struct Blemish {
    pub(super) offset: usize,
    pub(super) kind: BlemishKind,
    /// Where it is, as a JSON pointer.
    pub(super) pointer: String,
}

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BlemishKind {
    DuplicateKey,
    NumberOutOfRange,
    TextTooLong,
    NulInText,
}

/// What ends a parse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    Truncated,
    Unexpected,
    BadNumber,
    BadText,
    BadEscape,
    TrailingText,
    TooDeep,
    TooManyItems,
    TooManyMembers,
    TooManyValues,
}

/// Where and why a parse ended.
#[derive(Debug)]
pub(super) struct ParseFault {
    pub(super) offset: usize,
    pub(super) fault: Fault,
}

/// A parsed text.
#[derive(Debug)]
pub(super) struct Parsed<'a> {
    pub(super) root: Node<'a>,
    pub(super) blemishes: Vec<Blemish>,
}

/// Appends a member's name to a JSON pointer. Source: RFC 6901.
pub(super) fn push_key(pointer: &mut String, key: &str) {
    pointer.push('/');
    for letter in key.chars() {
        match letter {
            '~' => pointer.push_str("~0"),
            '/' => pointer.push_str("~1"),
            other => pointer.push(other),
        }
    }
}

/// Appends an item's index to a JSON pointer.
pub(super) fn push_index(pointer: &mut String, index: usize) {
    pointer.push('/');
    pointer.push_str(&index.to_string());
}
