//! Coding and non-coding DNA changes.
//!
//! Reads `c.119G>A`, `119G>A`, `NM_000368.4:c.1960C>G`, `c.63_64insAGCGGC`, `c.3340delC`,
//! `c.579_580delinsTT`, `c.579_580delGCinsTT`, `c.790+1G>A`, `c.-124C>T`, `c.*70C>A`, `n.1295113C>T`
//! and writes them as HGVS asks: with a prefix, and without repeating what is deleted or doubled.

use std::fmt;

/// Longest text that is tried. Units: bytes.
const MAX_LENGTH_BYTES: usize = 1024;

/// Text that is not a coding change.
#[derive(Debug, thiserror::Error)]
#[error("cannot read {0:?} as a coding change")]
pub struct ParseCodingChangeError(String);

/// Returns the change in HGVS spelling, `c.` being assumed where no prefix is written.
///
/// Errors: text that does not follow the grammar; it is then kept as written by the caller.
///
/// ```
/// assert_eq!(model::hgvs::coding::normalise("119G>A").unwrap(), "c.119G>A");
/// assert_eq!(model::hgvs::coding::normalise("c.3340delC").unwrap(), "c.3340del");
/// ```
pub fn normalise(text: &str) -> Result<String, ParseCodingChangeError> {
    let fail = || ParseCodingChangeError(text.chars().take(64).collect());
    if text.len() > MAX_LENGTH_BYTES || !text.is_ascii() {
        return Err(fail());
    }
    let mut body = text.trim();
    if let Some((_, after)) = body.rsplit_once(':') {
        body = after;
    }
    let (prefix, rest) = match body.split_at_checked(2) {
        Some(("c." | "C.", rest)) => ("c.", rest),
        Some(("n." | "N.", rest)) => ("n.", rest),
        _ => ("c.", body),
    };
    let rest = rest.strip_prefix('(').and_then(|r| r.strip_suffix(')')).unwrap_or(rest);
    let (place, change) = split_place(rest).ok_or_else(fail)?;
    let change = match change.strip_prefix('>') {
        // Several bases replaced without saying which they were.
        Some(inserted) if place.contains('_') && bases(&inserted.to_ascii_uppercase()) => {
            Change::Delins(inserted.to_ascii_uppercase())
        }
        _ => normalise_change(change).ok_or_else(fail)?,
    };
    Ok(format!("{prefix}{place}{change}"))
}

/// Splits `63_64insAG` into `63_64` and `insAG`, checking the place's grammar.
fn split_place(text: &str) -> Option<(&str, &str)> {
    let end = text.find(|c: char| c.is_ascii_alphabetic() || c == '=' || c == '>')?;
    let (place, change) = text.split_at(end);
    let mut count = 0;
    for point in place.split('_') {
        count += 1;
        if !is_point(point) {
            return None;
        }
    }
    (count <= 2).then_some((place, change))
}

/// Returns whether text is a point such as `119`, `790+1`, `-124` or `*70`.
fn is_point(text: &str) -> bool {
    let base = text.strip_prefix(['-', '*']).unwrap_or(text);
    let (position, offset) = match base.find(['+', '-']) {
        Some(sign) => (&base[..sign], Some(&base[sign + 1..])),
        None => (base, None),
    };
    let is_number =
        |t: &str| !t.is_empty() && t.len() <= 10 && t.bytes().all(|b| b.is_ascii_digit());
    is_number(position) && offset.is_none_or(is_number)
}

fn normalise_change(change: &str) -> Option<Change> {
    let lower = change.to_ascii_lowercase();
    let after = |word: &str| lower.strip_prefix(word).map(str::to_ascii_uppercase);
    if change == "=" {
        return Some(Change::None);
    }
    if let Some((reference, alternate)) = change.split_once('>') {
        let (reference, alternate) =
            (reference.to_ascii_uppercase(), alternate.to_ascii_uppercase());
        return match (bases(&reference), bases(&alternate), reference.len(), alternate.len()) {
            (true, true, 1, 1) => Some(Change::Substitution(reference, alternate)),
            // Several bases replaced are a delins in HGVS.
            (true, true, _, _) => Some(Change::Delins(alternate)),
            _ => None,
        };
    }
    if let Some(rest) = after("del") {
        if let Some((deleted, inserted)) = rest.split_once("INS") {
            let readable = (deleted.is_empty() || bases(deleted)) && bases(inserted);
            return readable.then(|| Change::Delins(inserted.to_owned()));
        }
        return (rest.is_empty() || bases(&rest) || digits(&rest)).then_some(Change::Deletion);
    }
    if let Some(rest) = after("dup") {
        return (rest.is_empty() || bases(&rest) || digits(&rest)).then_some(Change::Duplication);
    }
    if let Some(rest) = after("inv") {
        return (rest.is_empty() || bases(&rest)).then_some(Change::Inversion);
    }
    let inserted = after("ins")?;
    bases(&inserted).then_some(Change::Insertion(inserted))
}

fn bases(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| matches!(b, b'A' | b'C' | b'G' | b'T' | b'N'))
}

fn digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

enum Change {
    None,
    Substitution(String, String),
    Delins(String),
    Deletion,
    Duplication,
    Inversion,
    Insertion(String),
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("="),
            Self::Substitution(reference, alternate) => write!(f, "{reference}>{alternate}"),
            Self::Delins(inserted) => write!(f, "delins{inserted}"),
            Self::Deletion => f.write_str("del"),
            Self::Duplication => f.write_str("dup"),
            Self::Inversion => f.write_str("inv"),
            Self::Insertion(inserted) => write!(f, "ins{inserted}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::normalise;

    #[test]
    fn reads_the_spellings_that_panels_write() {
        for (written, hgvs) in [
            ("c.119G>A", "c.119G>A"),
            ("119G>A", "c.119G>A"),
            ("NM_000368.4:c.1960C>G", "c.1960C>G"),
            ("c.63_64insAGCGGC", "c.63_64insAGCGGC"),
            ("c.3340delC", "c.3340del"),
            ("c.579_580delinsTT", "c.579_580delinsTT"),
            ("c.579_580delGCinsTT", "c.579_580delinsTT"),
            ("c.579_580GC>TT", "c.579_580delinsTT"),
            ("c.790+1g>a", "c.790+1G>A"),
            ("c.-124C>T", "c.-124C>T"),
            ("c.*70C>A", "c.*70C>A"),
            ("n.1295113C>T", "n.1295113C>T"),
            ("c.1_17del17", "c.1_17del"),
            ("265_451>CCGTA", "c.265_451delinsCCGTA"),
        ] {
            assert_eq!(normalise(written).unwrap(), hgvs, "{written}");
        }
    }

    #[test]
    fn refuses_what_is_no_coding_change() {
        for text in [
            "",
            "c.",
            "p.Q654E",
            "Q654E",
            "c.12",
            "c.1_2_3del",
            "c.119G>",
            "c.11Z>A",
            "c.11>A",
            "変異",
        ] {
            assert!(normalise(text).is_err(), "{text}");
        }
    }
}
