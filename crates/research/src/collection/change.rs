//! What a clinical table says of the best change of target lesions.
//!
//! A change that cannot be one refuses the table: it tells that the column is not what the mapping takes it for.

use std::collections::BTreeMap;

use ingest::clinical_table::TableRow;
use model::problem::Problem;

use super::{mapping::ChangeRule, problems};
use crate::cohort::{Response, TumourChange, Word as _};

/// Fewest changes of which it is said that they look like shares of one.
const SHARES_MIN: u64 = 5;

/// The columns of the change, and what was found in them.
pub(super) struct ChangeRead<'m> {
    rule: &'m ChangeRule,
    change: usize,
    response: Option<usize>,
    /// By column and text: where it stands first, and how often.
    misfits: BTreeMap<(usize, String), (u64, u64)>,
    /// The first line with a change, and how many there are.
    known: Option<(u64, u64)>,
    /// Whether a change was beyond one in either direction.
    has_percents: bool,
}

impl<'m> ChangeRead<'m> {
    /// Finds the columns; `None` where there is no column of changes.
    pub(super) fn of(
        rule: &'m ChangeRule,
        column: &mut dyn FnMut(&str) -> Option<usize>,
    ) -> Option<Self> {
        let response = rule.response.as_ref().and_then(|name| column(name));
        let change = column(&rule.column)?;
        let misfits = BTreeMap::new();
        Some(Self { rule, change, response, misfits, known: None, has_percents: false })
    }

    /// Reads a row; `None` where the change is not known.
    pub(super) fn read(&mut self, row: &TableRow, unknown: &[String]) -> Option<TumourChange> {
        let is_known = |text: &&str| !text.is_empty() && !unknown.iter().any(|word| word == text);
        let written = Some(row.cell(self.change)).filter(is_known)?;
        let percent = written.parse::<f64>().ok();
        let change = percent.and_then(|percent| TumourChange::of_percent(percent, None));
        let Some(change) = change else {
            self.misfit(self.change, written, row.line);
            return None;
        };
        self.known = Some(self.known.map_or((row.line, 1), |(line, rows)| (line, rows + 1)));
        self.has_percents |= percent.is_some_and(|percent| percent.abs() > 1.0);
        Some(TumourChange { response: self.response_of(row, is_known), ..change })
    }

    fn response_of(
        &mut self,
        row: &TableRow,
        is_known: impl Fn(&&str) -> bool,
    ) -> Option<Response> {
        let column = self.response?;
        let written = Some(row.cell(column)).filter(is_known)?;
        let code = match self.rule.values.get(written) {
            Some(code) if code.is_empty() => return None,
            Some(code) => code.as_str(),
            None if self.rule.values.is_empty() => written,
            None => "",
        };
        let response = Response::of_code(code);
        if response.is_none() {
            self.misfit(column, written, row.line);
        }
        response
    }

    fn misfit(&mut self, column: usize, written: &str, line: u64) {
        self.misfits.entry((column, written.to_owned())).or_insert((line, 0)).1 += 1;
    }

    /// Says what could not be read.
    pub(super) fn finish(self, header: &[String]) -> Vec<Problem> {
        let name = |column: usize| header.get(column).map_or("", String::as_str);
        let told = |((column, written), (line, rows)): (&(usize, String), &(u64, u64))| {
            let what = (name(*column), written.as_str(), *rows);
            if *column == self.change {
                return problems::change(*line, *column, what);
            }
            let written_as = self.rule.values.keys().map(String::as_str);
            let codes = Response::ALL.iter().map(|response| response.code());
            let names: Vec<&str> = match self.rule.values.is_empty() {
                true => codes.collect(),
                false => written_as.collect(),
            };
            problems::value(*line, *column, what, problems::offer(written, names.into_iter()))
        };
        let mut found: Vec<Problem> = self.misfits.iter().map(told).collect();
        let shares = self.known.filter(|(_, rows)| *rows >= SHARES_MIN && !self.has_percents);
        if let Some((line, rows)) = shares {
            found.push(problems::changes_as_shares(line, self.change, name(self.change), rows));
        }
        found
    }
}
