//! Queries as text that people type and addresses carry.
//!
//! Shape: terms joined by `and` (which may be left out), `or`, `not` and parentheses; `not` binds most, then
//! `and`. A term is `item=value|value`, `item!=value`, `item=40..60`, `item>=40` (also `<`, `<=`, `>`), `gene=KRAS`,
//! `drug=sotorasib`, `unknown(smoking)`, `everything`, `nothing`, or `alteration(gene=KRAS change=G12C vaf>=0.05)`,
//! `therapy(drug=sotorasib side=after)`, `event(code=10002272 grade>=3)`. A value with other signs than letters, digits
//! and `_-+.*/` stands in double quotes, within which `\` takes the next sign as it is.

use model::problem::{Place, Problem};

use super::{
    Query,
    fields::Several,
    is_joining_word, problems,
    resolve::resolve,
    vocabulary::Vocabulary,
    written::{Bound, Bounds, Field, Placed, Written, WrittenValue},
};

mod write;

/// Longest query as text. Units: bytes.
const MAX_BYTES: usize = 64 * 1024;

impl Query {
    /// Reads a query from text, or says what is wrong with it, each with its place. Nothing finds every case.
    pub fn from_text(text: &str, vocabulary: &Vocabulary<'_>) -> Result<Self, Vec<Problem>> {
        if text.len() > MAX_BYTES {
            return Err(vec![*problems::too_long(MAX_BYTES)]);
        }
        let written = read(text).map_err(|problem| vec![*problem])?;
        resolve(written, vocabulary)
    }

    /// Writes the query as text that is read back the same.
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        write::query(self, &mut text, false);
        text
    }

    /// Writes the query as the value of an address's `q`, percent-encoded.
    pub fn to_url(&self) -> String {
        form_urlencoded::Serializer::new(String::new()).append_pair("q", &self.to_text()).finish()
    }

    /// Reads a query from an address's part behind `?`; without `q` it finds every case.
    pub fn from_url(text: &str, vocabulary: &Vocabulary<'_>) -> Result<Self, Vec<Problem>> {
        let pair = form_urlencoded::parse(text.as_bytes()).find(|(name, _)| name == "q");
        pair.map_or(Ok(Self::Everything), |(_, text)| Self::from_text(&text, vocabulary))
    }
}

/// A sign or word of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    /// A word or number.
    Word(String),
    /// Text in quotes.
    Quoted(String),
    /// `(`, `)`, `|`, `,`, `..`, or a comparison.
    Sign(&'static str),
}

const SIGNS: [&str; 11] = ["..", "<=", ">=", "!=", "=", ":", "<", ">", "(", ")", "|"];

/// Reads tokens, each with its place in the text. Units: bytes, 1-based.
fn tokens(text: &str) -> Result<Vec<(Token, u64)>, Box<Problem>> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let at = (text.len() - rest.len()) as u64 + 1;
        if first.is_whitespace() || first == ',' {
            rest = &rest[first.len_utf8()..];
        } else if let Some(sign) = SIGNS.into_iter().find(|sign| rest.starts_with(sign)) {
            tokens.push((Token::Sign(sign), at));
            rest = &rest[sign.len()..];
        } else if first == '"' {
            let (quoted, behind) = quoted(&rest[1..]).ok_or_else(|| {
                problems::syntax(Place::line(1, Some(at)), "\"", "閉じる「\"」", "a closing quote")
            })?;
            tokens.push((Token::Quoted(quoted), at));
            rest = behind;
        } else {
            let end = word_end(rest);
            if end == 0 {
                let sign: String = rest.chars().take(1).collect();
                let place = Place::line(1, Some(at));
                return Err(problems::syntax(
                    place,
                    &sign,
                    "条件(値は「\"」で囲めます)",
                    "a term; quote a value",
                ));
            }
            tokens.push((Token::Word(rest[..end].to_owned()), at));
            rest = &rest[end..];
        }
    }
    Ok(tokens)
}

/// Returns where a word ends; two dots end it too.
fn word_end(text: &str) -> usize {
    let end = text.find(|c: char| !is_plain(c)).unwrap_or(text.len());
    text[..end].find("..").unwrap_or(end)
}

fn is_plain(c: char) -> bool {
    c.is_alphanumeric() || "_-+.*/%".contains(c)
}

fn quoted(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut signs = text.char_indices();
    while let Some((at, sign)) = signs.next() {
        match sign {
            '"' => return Some((value, &text[at + 1..])),
            '\\' => value.push(signs.next()?.1),
            sign => value.push(sign),
        }
    }
    None
}

fn read(text: &str) -> Result<Written, Box<Problem>> {
    let tokens = tokens(text)?;
    let mut reader =
        Reader { tokens: &tokens, at: 0, bounds: Bounds::default(), end: text.len() as u64 + 1 };
    if tokens.is_empty() {
        return Ok(Written::Everything);
    }
    let query = reader.any()?;
    match reader.peek() {
        None => Ok(query),
        Some(_) => Err(reader.unexpected("条件", "a term, \"and\" or \"or\"")),
    }
}

struct Reader<'t> {
    tokens: &'t [(Token, u64)],
    at: usize,
    bounds: Bounds,
    end: u64,
}

impl Reader<'_> {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at).map(|(token, _)| token)
    }

    fn place(&self) -> Place {
        Place::line(1, Some(self.tokens.get(self.at).map_or(self.end, |(_, at)| *at)))
    }

    fn unexpected(&self, ja: &str, en: &str) -> Box<Problem> {
        let found = match self.peek() {
            Some(Token::Word(word) | Token::Quoted(word)) => word.clone(),
            Some(Token::Sign(sign)) => (*sign).to_owned(),
            None => String::new(),
        };
        problems::syntax(self.place(), &found, ja, en)
    }

    fn take_sign(&mut self, sign: &str) -> bool {
        let is_there = matches!(self.peek(), Some(Token::Sign(there)) if *there == sign);
        self.at += usize::from(is_there);
        is_there
    }

    fn is_word(&self, word: &str) -> bool {
        matches!(self.peek(), Some(Token::Word(there)) if there.eq_ignore_ascii_case(word))
    }

    fn take_word(&mut self, word: &str) -> bool {
        let is_there = self.is_word(word);
        self.at += usize::from(is_there);
        is_there
    }

    fn any(&mut self) -> Result<Written, Box<Problem>> {
        let mut parts = vec![self.all()?];
        while self.take_word("or") {
            parts.push(self.all()?);
        }
        Ok(single_or(parts, Written::Or))
    }

    fn all(&mut self) -> Result<Written, Box<Problem>> {
        let mut parts = vec![self.one()?];
        loop {
            let joined = self.take_word("and");
            let goes_on = match self.peek() {
                Some(Token::Word(_)) => !self.is_word("or"),
                Some(Token::Sign(sign)) => *sign == "(",
                Some(Token::Quoted(_)) | None => false,
            };
            if !joined && !goes_on {
                break;
            }
            parts.push(self.one()?);
        }
        Ok(single_or(parts, Written::And))
    }

    fn one(&mut self) -> Result<Written, Box<Problem>> {
        let place = self.place();
        self.bounds.enter(&place)?;
        let query = if self.take_word("not") {
            Written::Not(Box::new(self.one()?))
        } else if self.take_sign("(") {
            let inner = self.any()?;
            self.close()?;
            inner
        } else {
            self.term()?
        };
        self.bounds.leave();
        Ok(query)
    }

    fn close(&mut self) -> Result<(), Box<Problem>> {
        if self.take_sign(")") {
            Ok(())
        } else {
            Err(self.unexpected("「)」", "a closing parenthesis"))
        }
    }

    fn term(&mut self) -> Result<Written, Box<Problem>> {
        let name = self.name()?;
        let is_opened = matches!(self.peek(), Some(Token::Sign("(")));
        match name.text.as_str() {
            "everything" => return Ok(Written::Everything),
            "nothing" => return Ok(Written::Or(Vec::new())),
            "unknown" if is_opened => {
                self.at += 1;
                let value = WrittenValue::Any(self.values()?);
                self.close()?;
                return Ok(Written::Item(Field { name, value }));
            }
            code if is_opened && Several::of_code(code).is_some() => {
                self.at += 1;
                self.bounds.count(1, &name.place)?;
                let mut fields = Vec::new();
                while !self.take_sign(")") {
                    let name = self.name()?;
                    let (value, is_negated) = self.value()?;
                    if is_negated {
                        return Err(problems::syntax(
                            name.place,
                            "!=",
                            "「=」",
                            "\"=\" within parentheses",
                        ));
                    }
                    fields.push(Field { name, value });
                }
                return Ok(Written::Several(name, fields));
            }
            _ => {}
        }
        let (value, is_negated) = self.value()?;
        let item = Written::Item(Field { name, value });
        Ok(if is_negated { Written::Not(Box::new(item)) } else { item })
    }

    fn name(&mut self) -> Result<Placed, Box<Problem>> {
        let place = self.place();
        match self.peek() {
            Some(Token::Word(word))
                if !is_joining_word(word) || ["everything", "nothing"].contains(&word.as_str()) =>
            {
                let text = word.clone();
                self.at += 1;
                Ok(Placed { text, place })
            }
            _ => Err(self.unexpected("項目名(例: gene=KRAS)", "an item, such as gene=KRAS")),
        }
    }

    /// Reads a comparison with its values, and whether it is negated.
    fn value(&mut self) -> Result<(WrittenValue, bool), Box<Problem>> {
        let Some(Token::Sign(sign)) = self.peek().cloned() else {
            return Err(self.unexpected("「=」などの記号", "a sign such as \"=\""));
        };
        if !["=", ":", "!=", "<", "<=", ">", ">="].contains(&sign) {
            return Err(self.unexpected("「=」などの記号", "a sign such as \"=\""));
        }
        self.at += 1;
        let place = self.place();
        if sign.starts_with(['<', '>']) {
            self.bounds.count(1, &place)?;
            let bound = Bound { written: self.single()?, included: sign.len() == 2 };
            let value = if sign.starts_with('<') {
                WrittenValue::Between { low: None, high: Some(bound) }
            } else {
                WrittenValue::Between { low: Some(bound), high: None }
            };
            return Ok((value, false));
        }
        let is_negated = sign == "!=";
        if self.take_sign("..") {
            self.bounds.count(1, &place)?;
            let high = Some(Bound { written: self.single()?, included: true });
            return Ok((WrittenValue::Between { low: None, high }, is_negated));
        }
        let mut values = self.values()?;
        if self.take_sign("..") {
            let (Some(low), true) = (values.pop(), values.is_empty()) else {
                return Err(problems::wrong_shape(place, "1つの範囲", "one range"));
            };
            let has_high = matches!(self.peek(), Some(Token::Word(word)) if word.starts_with(|c: char| c.is_ascii_digit()));
            let high = if has_high {
                Some(Bound { written: self.single()?, included: true })
            } else {
                None
            };
            let low = Some(Bound { written: low, included: true });
            return Ok((WrittenValue::Between { low, high }, is_negated));
        }
        Ok((WrittenValue::Any(values), is_negated))
    }

    fn values(&mut self) -> Result<Vec<Placed>, Box<Problem>> {
        let mut values = vec![self.single()?];
        while self.take_sign("|") {
            values.push(self.single()?);
        }
        let place = self.place();
        self.bounds.count(values.len(), &place)?;
        Ok(values)
    }

    fn single(&mut self) -> Result<Placed, Box<Problem>> {
        let place = self.place();
        match self.peek() {
            Some(Token::Word(text) | Token::Quoted(text)) => {
                let text = text.clone();
                self.at += 1;
                Ok(Placed { text, place })
            }
            _ => Err(self.unexpected("値", "a value")),
        }
    }
}

fn single_or(mut parts: Vec<Written>, join: impl Fn(Vec<Written>) -> Written) -> Written {
    match (parts.len(), parts.pop()) {
        (1, Some(only)) => only,
        (_, last) => {
            parts.extend(last);
            join(parts)
        }
    }
}
