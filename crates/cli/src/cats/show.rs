//! Problems on the terminal.

use std::io::{self, Write};

use model::{
    problem::{Place, Problem, Severity},
    text::Language,
};

/// Writes the problems of a file: place, severity, code, sentence, remedy.
pub(crate) fn problems(
    out: &mut impl Write,
    problems: &[Problem],
    language: Language,
) -> io::Result<()> {
    for problem in problems {
        let severity = severity(problem.severity, language);
        let message = problem.message.get(language);
        writeln!(out, "  {severity}  {message}  [{}]", problem.code)?;
        let place = place(&problem.place, language);
        if !place.is_empty() {
            writeln!(out, "      {place}")?;
        }
        writeln!(out, "      → {}", problem.remedy.get(language))?;
    }
    Ok(())
}

/// Returns a place as text: line, column and JSON pointer, as far as they are known.
fn place(place: &Place, language: Language) -> String {
    let line = match (place.line, place.column, language) {
        (Some(line), Some(column), Language::Ja) => format!("{line}行{column}列"),
        (Some(line), Some(column), Language::En) => format!("line {line}, column {column}"),
        (Some(line), None, Language::Ja) => format!("{line}行"),
        (Some(line), None, Language::En) => format!("line {line}"),
        (None, ..) => String::new(),
    };
    [line.as_str(), place.pointer.as_str()]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join("  ")
}

fn severity(severity: Severity, language: Language) -> &'static str {
    match (severity, language) {
        (Severity::Error, Language::Ja) => "エラー",
        (Severity::Warning, Language::Ja) => "警告",
        (Severity::Note, Language::Ja) => "注記",
        (Severity::Error, Language::En) => "error",
        (Severity::Warning, Language::En) => "warning",
        (Severity::Note, Language::En) => "note",
    }
}
