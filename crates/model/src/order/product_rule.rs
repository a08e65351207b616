//! What a test product asks of those who cancel, by the day of the order.

use std::sync::LazyLock;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// Version of the table of rules.
const VERSION: &str = "ours-1";
/// Stands in the table for every other product.
const ANY: &str = "*";

/// What a product asks of those who cancel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProductRule {
    /// Whether an order cancelled after sending wants the analysis failure recorded.
    pub failure_after_cancellation: bool,
    /// Version of the table that said so.
    pub version: String,
}

struct Line {
    product: String,
    failure_after_cancellation: bool,
    from: NaiveDate,
}

/// The table of rules; a site's own can be read in its place.
pub struct ProductRules {
    version: String,
    lines: Vec<Line>,
}

/// Why a table of product rules cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("line {line} of the product rules is not `product, yes or no, day, note`")]
pub struct ReadProductRulesError {
    line: usize,
}

static OURS: LazyLock<ProductRules> = LazyLock::new(|| {
    // A test reads the table strictly.
    ProductRules::read(include_str!("product_rule.tsv"), VERSION)
        .unwrap_or(ProductRules { version: VERSION.to_owned(), lines: Vec::new() })
});

impl ProductRules {
    /// Returns the table that ships. Source: the input practice of the programme's public questions and answers.
    pub fn ours() -> &'static Self {
        &OURS
    }

    /// Reads a table. Shape: tab-separated `product failure_after_cancellation from note`, with a head.
    ///
    /// Errors: a line has other columns, or a day that is none.
    pub fn read(table: &str, version: &str) -> Result<Self, ReadProductRulesError> {
        let mut lines = Vec::new();
        for (index, text) in table.lines().enumerate().skip(1) {
            let wrong = || ReadProductRulesError { line: index + 1 };
            let fields: Vec<&str> = text.split('\t').collect();
            let [product, required, from, _note] = fields[..] else { return Err(wrong()) };
            let failure_after_cancellation = match required {
                "yes" => true,
                "no" => false,
                _ => return Err(wrong()),
            };
            lines.push(Line {
                product: plain(product),
                failure_after_cancellation,
                from: from.parse().map_err(|_| wrong())?,
            });
        }
        Ok(Self { version: version.to_owned(), lines })
    }

    /// Returns the rule of a product, by its code or name, on a day: the newest line that begins by then.
    ///
    /// A product that no line names follows the line `*`; without one nothing is asked.
    pub fn of(&self, product: &str, day: NaiveDate) -> ProductRule {
        let wanted = plain(product);
        let newest = |name: &str| {
            let named = self.lines.iter().filter(|line| line.product == name && line.from <= day);
            named.max_by_key(|line| line.from)
        };
        let line = newest(&wanted).or_else(|| newest(ANY));
        ProductRule {
            failure_after_cancellation: line.is_some_and(|line| line.failure_after_cancellation),
            version: self.version.clone(),
        }
    }
}

/// Returns a name without what is written now so, now otherwise: case, blanks, marks.
fn plain(name: &str) -> String {
    if name == ANY {
        return ANY.to_owned();
    }
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on(day: &str) -> NaiveDate {
        day.parse().unwrap()
    }

    #[test]
    fn the_shipped_table_is_read_and_names_the_products_of_the_contract() {
        let rules = ProductRules::read(include_str!("product_rule.tsv"), "t").unwrap();
        let asks = |product, day| rules.of(product, on(day)).failure_after_cancellation;
        assert!(asks("FoundationOne CDx", "2026-01-01"));
        assert!(asks("foundationone-cdx", "2026-01-01"));
        assert!(asks("FoundationOne® Liquid CDx", "2026-01-01"));
        assert!(!asks("Synthetic panel", "2026-01-01"));
        assert!(!asks("FoundationOne Liquid CDx", "2020-01-01"), "not sold then");
    }

    #[test]
    fn a_line_that_is_wrong_is_named() {
        for wrong in ["a\tyes", "a\tmaybe\t2026-01-01\t", "a\tno\t2026-13-01\t"] {
            let error = ProductRules::read(&format!("head\n{wrong}"), "t").err().unwrap();
            assert!(error.to_string().contains("line 2"), "{wrong}");
        }
    }
}
