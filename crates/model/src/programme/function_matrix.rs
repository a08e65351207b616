//! What each kind of hospital does for a panel test: dated rule data, asked by the rest of the program.
//!
//! The rules are `function_matrix.tsv` beside this file. A cell that the sources leave open is absent and
//! answered with [`Duty::Unknown`]; a cell that is ours says so.

use std::{fmt, sync::LazyLock};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{DesignationKind, Period};

/// Something that is done for a panel test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Function {
    /// Explains the test to the patient and prepares the specimen.
    ExplainTest,
    /// Sequences.
    Sequencing,
    /// Holds the expert panel.
    ExpertPanel,
    /// Writes the report.
    Report,
    /// Explains the result to the patient.
    ExplainResult,
    /// Treats.
    Treatment,
    /// Research, advanced medical care, trials.
    Research,
    /// Trains people.
    Training,
}

impl Function {
    /// Every function, in the order of the patient's way.
    pub const ALL: [Self; 8] = [
        Self::ExplainTest,
        Self::Sequencing,
        Self::ExpertPanel,
        Self::Report,
        Self::ExplainResult,
        Self::Treatment,
        Self::Research,
        Self::Training,
    ];

    /// Returns the word of the table.
    pub fn word(self) -> &'static str {
        match self {
            Self::ExplainTest => "explain_test",
            Self::Sequencing => "sequencing",
            Self::ExpertPanel => "expert_panel",
            Self::Report => "report",
            Self::ExplainResult => "explain_result",
            Self::Treatment => "treatment",
            Self::Research => "research",
            Self::Training => "training",
        }
    }
}

/// What a rule says of a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Duty {
    /// The hospital does it itself.
    Required,
    /// The hospital sees to it, and may have another do it.
    OutsourcingAllowed,
    /// The hospital takes part in what its linked core or hub hospital does.
    JoinsLinked,
    /// The hospital may do it for its own cases only, and asks its linked hospital otherwise.
    OwnCases,
    /// The hospital cooperates.
    Cooperates,
    /// The sources do not say.
    Unknown,
}

impl Duty {
    const ALL: [Self; 6] = [
        Self::Required,
        Self::OutsourcingAllowed,
        Self::JoinsLinked,
        Self::OwnCases,
        Self::Cooperates,
        Self::Unknown,
    ];

    /// Returns the word of the table.
    pub fn word(self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::OutsourcingAllowed => "outsourcing_allowed",
            Self::JoinsLinked => "joins_linked",
            Self::OwnCases => "own_cases",
            Self::Cooperates => "cooperates",
            Self::Unknown => "unknown",
        }
    }
}

/// How sure a rule is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Mark {
    /// A source says it.
    Source,
    /// It is ours, inferred where the sources are silent or damaged.
    Inferred,
}

/// One cell of the matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MatrixCell {
    /// Version of the rules.
    pub rule: &'static str,
    /// Days on which it holds.
    pub period: Period,
    /// Kind of hospital.
    pub kind: DesignationKind,
    /// Function.
    pub function: Function,
    /// What it says.
    pub duty: Duty,
    /// How sure it is.
    pub mark: Mark,
    /// Where it comes from.
    pub source: &'static str,
}

/// What the rules say of a kind of hospital, a function and a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FunctionAnswer {
    /// What is said.
    pub duty: Duty,
    /// Version of the rules in force; `None` where none was.
    pub rule: Option<&'static str>,
    /// How sure it is; `None` where nothing is said.
    pub mark: Option<Mark>,
}

/// The rules of every time.
#[derive(Debug)]
pub struct FunctionMatrix {
    cells: Vec<MatrixCell>,
}

/// Why the table of rules cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("line {line} of the function matrix is malformed")]
pub struct ReadMatrixError {
    line: usize,
}

impl FunctionMatrix {
    /// Returns the rules that the program ships.
    pub fn get() -> &'static Self {
        static MATRIX: LazyLock<FunctionMatrix> = LazyLock::new(|| {
            FunctionMatrix::read(include_str!("function_matrix.tsv"))
                .unwrap_or_else(|error| unreachable!("a test reads the embedded table: {error}"))
        });
        &MATRIX
    }

    /// Reads a table of rules.
    ///
    /// Errors: a line is malformed.
    pub fn read(table: &'static str) -> Result<Self, ReadMatrixError> {
        let rows = table.lines().enumerate().filter(|(_, row)| !row.starts_with('#')).skip(1);
        let cells = rows
            .map(|(index, row)| cell(row).ok_or(ReadMatrixError { line: index + 1 }))
            .collect::<Result<_, _>>()?;
        Ok(Self { cells })
    }

    /// Returns every cell.
    pub fn cells(&self) -> &[MatrixCell] {
        &self.cells
    }

    /// Returns the versions with their days, oldest first.
    pub fn rules(&self) -> Vec<(&'static str, Period)> {
        let mut rules: Vec<_> = self.cells.iter().map(|cell| (cell.rule, cell.period)).collect();
        rules.sort_by_key(|(_, period)| period.from);
        rules.dedup();
        rules
    }

    /// Returns what a kind of hospital does on a day.
    pub fn function(
        &self,
        kind: DesignationKind,
        function: Function,
        day: NaiveDate,
    ) -> FunctionAnswer {
        let rule = self.rules().into_iter().find(|(_, period)| period.holds(day));
        let rule = rule.map(|(rule, _)| rule);
        let found = self
            .cells
            .iter()
            .find(|cell| cell.kind == kind && cell.function == function && cell.period.holds(day));
        FunctionAnswer {
            duty: found.map_or(Duty::Unknown, |cell| cell.duty),
            rule,
            mark: found.map(|cell| cell.mark),
        }
    }
}

fn cell(row: &'static str) -> Option<MatrixCell> {
    let cells: Vec<&'static str> = row.split('\t').collect();
    let [rule, from, until, kind, function, duty, mark, source] = cells.as_slice() else {
        return None;
    };
    let until = if until.is_empty() { None } else { Some(until.parse().ok()?) };
    Some(MatrixCell {
        rule,
        period: Period { from: from.parse().ok()?, until },
        kind: DesignationKind::of_word(kind)?,
        function: Function::ALL.into_iter().find(|each| each.word() == *function)?,
        duty: Duty::ALL.into_iter().find(|each| each.word() == *duty)?,
        mark: match *mark {
            "source" => Mark::Source,
            "inferred" => Mark::Inferred,
            _ => return None,
        },
        source,
    })
}

impl fmt::Display for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(kind: DesignationKind, function: Function, day: &str) -> FunctionAnswer {
        FunctionMatrix::get().function(kind, function, day.parse().unwrap())
    }

    #[test]
    fn the_table_is_read_and_no_cell_is_said_twice() {
        let matrix = FunctionMatrix::read(include_str!("function_matrix.tsv")).unwrap();
        for (at, one) in matrix.cells().iter().enumerate() {
            assert!(!one.source.is_empty());
            for other in matrix.cells().iter().skip(at + 1) {
                let same = one.kind == other.kind && one.function == other.function;
                assert!(!same || !one.period.overlaps(&other.period), "{one:?} {other:?}");
            }
        }
        let rules = matrix.rules();
        assert_eq!(
            rules.iter().map(|(rule, _)| *rule).collect::<Vec<_>>(),
            ["2017", "2021", "2025"]
        );
    }

    #[test]
    fn the_table_of_2021_is_as_the_source_prints_it() {
        use Duty::{Cooperates as C, JoinsLinked as J, OutsourcingAllowed as O, Required as R};
        let printed = [
            (DesignationKind::Core, [R, O, R, R, R, R, R, R]),
            (DesignationKind::Hub, [R, O, R, R, R, R, C, C]),
            (DesignationKind::Partner, [R, O, J, R, R, R, C, C]),
        ];
        for (kind, duties) in printed {
            for (function, duty) in Function::ALL.into_iter().zip(duties) {
                let answer = ask(kind, function, "2021-03-05");
                assert_eq!(answer.duty, duty, "{kind:?} {function:?}");
                assert_eq!((answer.rule, answer.mark), (Some("2021"), Some(Mark::Source)));
            }
        }
    }

    #[test]
    fn what_no_rule_says_is_unknown_and_not_no() {
        assert_eq!(ask(DesignationKind::Core, Function::ExpertPanel, "2017-12-24").rule, None);
        for kind in [DesignationKind::Unknown, DesignationKind::CancerCare] {
            assert_eq!(ask(kind, Function::ExpertPanel, "2025-06-01").duty, Duty::Unknown);
        }
        let hub_before_hubs = ask(DesignationKind::Hub, Function::ExpertPanel, "2018-06-01");
        assert_eq!(hub_before_hubs.duty, Duty::Unknown);
    }

    #[test]
    fn each_day_is_under_the_rules_of_its_time() {
        let partner = |day| ask(DesignationKind::Partner, Function::Research, day);
        assert_eq!(partner("2019-06-30").rule, Some("2017"));
        assert_eq!(partner("2019-07-01").rule, Some("2021"));
        assert_eq!(partner("2022-08-01").rule, Some("2025"));
    }
}
