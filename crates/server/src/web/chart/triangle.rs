//! Pairs of things as a triangle of cells.

use super::{Anchor, Drawing};

const CELL: f64 = 30.0;
const NAMES: f64 = 92.0;
const TOP: f64 = 78.0;

/// Which way a pair leans.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lean {
    /// Together.
    Together,
    /// One instead of the other.
    Apart,
    /// Neither.
    Neither,
    /// It cannot be said.
    Unknown,
}

/// A pair.
pub(crate) struct Pair {
    /// Place of the first of them. Units: 0-based.
    pub(crate) first: usize,
    /// Place of the second, after the first. Units: 0-based.
    pub(crate) second: usize,
    /// Which way it leans.
    pub(crate) lean: Lean,
    /// How strongly, from 1 to 3.
    pub(crate) strength: u8,
    /// Whether it is more than chance.
    pub(crate) is_discovery: bool,
    /// The pair in words.
    pub(crate) label: String,
    /// Where it leads.
    pub(crate) href: Option<String>,
}

/// Draws the pairs: a sign stands where a pair is more than chance, so that colour is not needed.
pub(crate) fn triangle(label: &str, names: &[String], pairs: &[Pair]) -> String {
    let lines = names.len().saturating_sub(1).max(1) as f64;
    // Room for the last name, which rises to the right.
    let mut drawing = Drawing::new(NAMES + CELL * lines + 70.0, TOP + CELL * lines + 6.0, label);
    for (at, name) in names.iter().enumerate() {
        if at + 1 < names.len() {
            let x = NAMES + CELL * at as f64 + CELL / 2.0;
            drawing.rising_text(x + 2.0, TOP - 6.0, "name", &super::cut(name, 84.0));
        }
        if at > 0 {
            let y = TOP + CELL * (at - 1) as f64 + CELL / 2.0 + 4.0;
            drawing.text(NAMES - 8.0, y, Anchor::End, "name", &super::cut(name, NAMES - 10.0));
        }
    }
    for pair in pairs.iter().filter(|pair| pair.first < pair.second) {
        let x = NAMES + CELL * pair.first as f64;
        let y = TOP + CELL * (pair.second - 1) as f64;
        let lean = match pair.lean {
            Lean::Together => "together",
            Lean::Apart => "apart",
            Lean::Neither => "neither",
            Lean::Unknown => "unsaid",
        };
        let class = format!("pair {lean} w{}", pair.strength.clamp(1, 3));
        drawing.linked(pair.href.as_deref(), &pair.label, |drawing| {
            drawing.rect([x + 1.0, y + 1.0, CELL - 2.0, CELL - 2.0], &class);
            let sign = match pair.lean {
                Lean::Together if pair.is_discovery => "+",
                Lean::Apart if pair.is_discovery => "−",
                Lean::Unknown => "·",
                _ => "",
            };
            if !sign.is_empty() {
                drawing.text(x + CELL / 2.0, y + CELL / 2.0 + 5.0, Anchor::Middle, "sign", sign);
            }
        });
    }
    drawing.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_stands_only_where_it_is_more_than_chance() {
        let pair = |second, lean, is_discovery| Pair {
            first: 0,
            second,
            lean,
            strength: 2,
            is_discovery,
            label: String::new(),
            href: None,
        };
        let names = ["A", "B", "C", "D"].map(str::to_owned);
        let pairs = [
            pair(1, Lean::Together, true),
            pair(2, Lean::Together, false),
            pair(3, Lean::Apart, true),
        ];
        let svg = triangle("pairs", &names, &pairs);
        assert_eq!(svg.matches("class=\"sign\"").count(), 2);
        assert_eq!(svg.matches(">+<").count(), 1);
        assert_eq!(svg.matches("pair together w2").count(), 2);
        assert!(triangle("none", &[], &[]).contains("svg"));
    }
}
