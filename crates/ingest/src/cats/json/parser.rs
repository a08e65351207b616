//! The parse itself.

use std::borrow::Cow;

use super::{
    BLEMISHES_MAX, Blemish, BlemishKind, DEPTH_MAX, Fault, INNER_ITEMS_MAX, ITEMS_MAX, MEMBERS_MAX,
    Member, NUMBER_BYTES_MAX, Node, OUTER_DEPTH_MAX, ParseFault, Parsed, TEXT_BYTES_MAX,
    VALUES_MAX, Value, push_index, push_key,
};
use crate::cats::value::Number;

/// Parses one JSON text.
///
/// Errors: the first place at which the text is no JSON, or passes a limit.
pub(in super::super) fn parse(text: &str) -> Result<Parsed<'_>, ParseFault> {
    let mut parser = Parser {
        text,
        bytes: text.as_bytes(),
        at: 0,
        depth: 0,
        values: 0,
        path: Vec::new(),
        blemishes: Vec::new(),
    };
    let root = parser.value().map_err(|fault| ParseFault { offset: parser.at, fault })?;
    parser.skip_blank();
    if parser.at < parser.bytes.len() {
        return Err(ParseFault { offset: parser.at, fault: Fault::TrailingText });
    }
    Ok(Parsed { root, blemishes: parser.blemishes })
}

/// A step of the path to the value being parsed.
enum Step<'a> {
    Key(Cow<'a, str>),
    Index(usize),
}

struct Parser<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    depth: usize,
    values: usize,
    path: Vec<Step<'a>>,
    blemishes: Vec<Blemish>,
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn skip_blank(&mut self) {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let is_blank = |byte: &u8| matches!(byte, b' ' | b'\n' | b'\r' | b'\t');
        self.at += rest.iter().position(|byte| !is_blank(byte)).unwrap_or(rest.len());
    }

    /// Steps over one byte that must stand here.
    fn expect(&mut self, byte: u8) -> Result<(), Fault> {
        match self.peek() {
            Some(found) if found == byte => {
                self.at += 1;
                Ok(())
            }
            Some(_) => Err(Fault::Unexpected),
            None => Err(Fault::Truncated),
        }
    }

    fn blemish(&mut self, offset: usize, kind: BlemishKind) {
        if self.blemishes.len() >= BLEMISHES_MAX {
            return;
        }
        let mut pointer = String::new();
        for step in &self.path {
            match step {
                Step::Key(key) => push_key(&mut pointer, key),
                Step::Index(index) => push_index(&mut pointer, *index),
            }
        }
        self.blemishes.push(Blemish { offset, kind, pointer });
    }

    fn value(&mut self) -> Result<Node<'a>, Fault> {
        self.skip_blank();
        self.values += 1;
        if self.values > VALUES_MAX {
            return Err(Fault::TooManyValues);
        }
        let offset = self.at;
        let value = match self.peek().ok_or(Fault::Truncated)? {
            b'{' => self.nested(Self::object)?,
            b'[' => self.nested(Self::list)?,
            b'"' => Value::Text(self.string()?),
            b't' => self.word("true", Value::Flag(true))?,
            b'f' => self.word("false", Value::Flag(false))?,
            b'n' => self.word("null", Value::Null)?,
            b'-' | b'0'..=b'9' => self.number()?,
            _ => return Err(Fault::Unexpected),
        };
        Ok(Node { offset, value })
    }

    /// Parses an array or object one level deeper.
    fn nested(
        &mut self,
        inner: fn(&mut Self) -> Result<Value<'a>, Fault>,
    ) -> Result<Value<'a>, Fault> {
        if self.depth >= DEPTH_MAX {
            return Err(Fault::TooDeep);
        }
        self.depth += 1;
        self.at += 1;
        let value = inner(self);
        self.depth -= 1;
        value
    }

    fn word(&mut self, word: &str, value: Value<'a>) -> Result<Value<'a>, Fault> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        if rest.starts_with(word.as_bytes()) {
            self.at += word.len();
            return Ok(value);
        }
        let is_cut = word.as_bytes().starts_with(rest);
        Err(if is_cut { Fault::Truncated } else { Fault::Unexpected })
    }

    fn list(&mut self) -> Result<Value<'a>, Fault> {
        let mut items = Vec::new();
        self.skip_blank();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(Value::List(items));
        }
        let items_max = if self.depth > OUTER_DEPTH_MAX { INNER_ITEMS_MAX } else { ITEMS_MAX };
        loop {
            if items.len() >= items_max {
                return Err(Fault::TooManyItems);
            }
            self.path.push(Step::Index(items.len()));
            let item = self.value();
            self.path.pop();
            items.push(item?);
            if self.ends(b']')? {
                return Ok(Value::List(items));
            }
        }
    }

    fn object(&mut self) -> Result<Value<'a>, Fault> {
        let mut members: Vec<Member<'a>> = Vec::new();
        self.skip_blank();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(Value::Object(members));
        }
        loop {
            if members.len() >= MEMBERS_MAX {
                return Err(Fault::TooManyMembers);
            }
            self.skip_blank();
            let key_offset = self.at;
            let key = self.string()?;
            self.path.push(Step::Key(key.clone()));
            if members.iter().any(|member| member.key == key) {
                self.blemish(key_offset, BlemishKind::DuplicateKey);
            }
            self.skip_blank();
            let node = self.expect(b':').and_then(|()| self.value());
            self.path.pop();
            members.push(Member { key, node: node? });
            if self.ends(b'}')? {
                return Ok(Value::Object(members));
            }
        }
    }

    /// Steps over a comma, or over the end of an array or object and returns true.
    fn ends(&mut self, close: u8) -> Result<bool, Fault> {
        self.skip_blank();
        match self.peek() {
            Some(b',') => {
                self.at += 1;
                Ok(false)
            }
            Some(byte) if byte == close => {
                self.at += 1;
                Ok(true)
            }
            Some(_) => Err(Fault::Unexpected),
            None => Err(Fault::Truncated),
        }
    }

    fn number(&mut self) -> Result<Value<'a>, Fault> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        let is_zero_first = self.peek() == Some(b'0');
        let whole = self.digits()?;
        if is_zero_first && whole > 1 {
            return Err(Fault::BadNumber);
        }
        let mut is_decimal = false;
        if self.peek() == Some(b'.') {
            is_decimal = true;
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            is_decimal = true;
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            self.digits()?;
        }
        let text = self.text.get(start..self.at).unwrap_or_default();
        let number = if text.len() > NUMBER_BYTES_MAX {
            None
        } else if is_decimal {
            text.parse().ok().filter(|value: &f64| value.is_finite()).map(Number::Decimal)
        } else {
            text.parse().ok().map(Number::Integer)
        };
        if number.is_none() {
            self.blemish(start, BlemishKind::NumberOutOfRange);
        }
        Ok(number.map_or(Value::OutOfRange, Value::Number))
    }

    /// Steps over at least one digit and returns how many there were.
    fn digits(&mut self) -> Result<usize, Fault> {
        let start = self.at;
        while let Some(b'0'..=b'9') = self.peek() {
            self.at += 1;
        }
        match self.at - start {
            0 if self.peek().is_none() => Err(Fault::Truncated),
            0 => Err(Fault::BadNumber),
            count => Ok(count),
        }
    }

    fn string(&mut self) -> Result<Cow<'a, str>, Fault> {
        let opening = self.at;
        self.expect(b'"')?;
        let start = self.at;
        self.plain();
        if self.peek() == Some(b'"') {
            let text = self.text.get(start..self.at).ok_or(Fault::BadText)?;
            self.at += 1;
            self.check_length(opening, text.len());
            return Ok(Cow::Borrowed(text));
        }
        let mut owned = String::new();
        let mut from = start;
        loop {
            owned.push_str(self.text.get(from..self.at).ok_or(Fault::BadText)?);
            match self.peek() {
                None => return Err(Fault::Truncated),
                Some(b'"') => break,
                Some(b'\\') => owned.push(self.escape()?),
                Some(_) => return Err(Fault::BadText),
            }
            from = self.at;
            self.plain();
        }
        self.at += 1;
        self.check_length(opening, owned.len());
        if owned.contains('\0') {
            self.blemish(opening, BlemishKind::NulInText);
        }
        Ok(Cow::Owned(owned))
    }

    fn check_length(&mut self, offset: usize, bytes: usize) {
        if bytes > TEXT_BYTES_MAX {
            self.blemish(offset, BlemishKind::TextTooLong);
        }
    }

    /// Steps over characters that stand for themselves.
    fn plain(&mut self) {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let is_special = |byte: &u8| *byte == b'"' || *byte == b'\\' || *byte < 0x20;
        self.at += rest.iter().position(is_special).unwrap_or(rest.len());
    }

    /// Reads an escape, the backslash standing at the current place.
    fn escape(&mut self) -> Result<char, Fault> {
        self.at += 1;
        let letter = self.peek().ok_or(Fault::Truncated)?;
        self.at += 1;
        Ok(match letter {
            b'"' => '"',
            b'\\' => '\\',
            b'/' => '/',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => return self.unicode(),
            _ => return Err(Fault::BadEscape),
        })
    }

    /// Reads four hexadecimal digits, and the second half of a surrogate pair after a first one.
    fn unicode(&mut self) -> Result<char, Fault> {
        let first = self.hex()?;
        let code = match first {
            0xD800..=0xDBFF => {
                let mark = self.bytes.get(self.at..self.at.saturating_add(2));
                if mark != Some(b"\\u") {
                    return Err(Fault::BadEscape);
                }
                self.at += 2;
                match self.hex()? {
                    second @ 0xDC00..=0xDFFF => {
                        0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00)
                    }
                    _ => return Err(Fault::BadEscape),
                }
            }
            _ => first,
        };
        char::from_u32(code).ok_or(Fault::BadEscape)
    }

    fn hex(&mut self) -> Result<u32, Fault> {
        let end = self.at.saturating_add(4);
        let digits = self.bytes.get(self.at..end).ok_or(Fault::Truncated)?;
        let mut code = 0;
        for digit in digits {
            let value = char::from(*digit).to_digit(16).ok_or(Fault::BadEscape)?;
            code = code * 16 + value;
        }
        self.at = end;
        Ok(code)
    }
}

#[cfg(test)]
mod tests {
    use super::{BlemishKind, DEPTH_MAX, Fault, INNER_ITEMS_MAX, Value, parse};

    fn fault(text: &str) -> (Fault, usize) {
        let fault = parse(text).expect_err(text);
        (fault.fault, fault.offset)
    }

    #[test]
    fn says_where_a_text_stops_being_json() {
        assert_eq!(fault(""), (Fault::Truncated, 0));
        assert_eq!(fault(r#"{"a": [1, 2"#), (Fault::Truncated, 11));
        assert_eq!(fault(r#"{"a" 1}"#), (Fault::Unexpected, 5));
        assert_eq!(fault("[1,]"), (Fault::Unexpected, 3));
        assert_eq!(fault("[01]"), (Fault::BadNumber, 3));
        assert_eq!(fault("tru"), (Fault::Truncated, 0));
        assert_eq!(fault("{} {}"), (Fault::TrailingText, 3));
        assert_eq!(fault("\"a\nb\""), (Fault::BadText, 2));
        assert_eq!(fault(r#""\ud800""#).0, Fault::BadEscape);
        assert_eq!(fault("NaN").0, Fault::Unexpected);
    }

    #[test]
    fn bounds_depth() {
        let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert!(parse(&nested(DEPTH_MAX)).is_ok());
        assert_eq!(fault(&nested(DEPTH_MAX + 1)).0, Fault::TooDeep);
        assert_eq!(fault(&"[".repeat(1_000_000)).0, Fault::TooDeep);
    }

    #[test]
    fn bounds_arrays_by_their_depth() {
        let long = vec!["1"; INNER_ITEMS_MAX + 1].join(",");
        assert!(parse(&format!("[[[{long}]]]")).is_ok());
        assert_eq!(fault(&format!("[[[[{long}]]]]")).0, Fault::TooManyItems);
    }

    #[test]
    fn sees_both_of_two_equal_keys() {
        let parsed = parse(r#"{"a": {"b": 1, "\u0062": 2}}"#).unwrap();
        let blemish = &parsed.blemishes[0];
        assert_eq!(blemish.kind, BlemishKind::DuplicateKey);
        assert_eq!((blemish.pointer.as_str(), blemish.offset), ("/a/b", 15));
    }

    #[test]
    fn reads_escapes_and_bounds_numbers() {
        let parsed = parse(r#"["\u00e9\ud83e\uddec\n", 1e400, 9223372036854775808, -0, "\u0000"]"#);
        let parsed = parsed.unwrap();
        let Value::List(items) = &parsed.root.value else { panic!("no list") };
        assert!(matches!(&items[0].value, Value::Text(text) if text == "é🧬\n"));
        let kinds: Vec<_> = parsed.blemishes.iter().map(|b| b.kind).collect();
        assert_eq!(
            kinds,
            [BlemishKind::NumberOutOfRange, BlemishKind::NumberOutOfRange, BlemishKind::NulInText]
        );
    }

    #[test]
    fn compares_as_json_schema_does() {
        let equal = |a: &str, b: &str| parse(a).unwrap().root.value == parse(b).unwrap().root.value;
        assert!(equal(r#"{"a":1,"b":[null]}"#, r#"{"b":[null],"a":1.0}"#));
        assert!(!equal("[1]", "[true]"));
        assert!(!equal("[0]", "[false]"));
    }

    #[test]
    fn agrees_with_serde_json_on_plain_texts() {
        for text in [
            "null",
            " [ 1 , -2.5e3 , \"x\" ] ",
            "{\"a\":{\"b\":[]},\"c\":true}",
            "[1",
            "{,}",
            "+1",
            ".5",
            "1.",
            "[\"\\x\"]",
            "\"\u{7f}\"",
        ] {
            let theirs = serde_json::from_str::<serde_json::Value>(text).is_ok();
            assert_eq!(parse(text).is_ok(), theirs, "{text}");
        }
    }
}
