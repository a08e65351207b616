//! The report as HTML: a page of its own, or a fragment for the server's page.
//!
//! Everything that comes from outside is escaped by the templates. No script, no request to
//! anywhere; links lead to literature only.

use askama::Template;
use model::text::Language;

use super::{
    FindingsReport,
    layout::{Block, Cell, ColumnKind, Layout, Section, Span, Table, TagTone, Tone, layout},
};

/// Gives the style sheet of reports, for screen and paper.
///
/// It is the same for every report, so a server can serve it as a file of its own.
pub fn report_css() -> &'static str {
    include_str!("../../templates/report/report.css")
}

/// Gives the style sheet that puts a report's identity and the page number on each printed page.
pub fn print_css(report: &FindingsReport, language: Language) -> String {
    margin_boxes(&layout(report, language))
}

/// Writes a complete page with its styles within.
pub fn to_html(report: &FindingsReport, language: Language) -> String {
    let layout = layout(report, language);
    let page = Page {
        css: report_css(),
        margin_css: margin_boxes(&layout),
        body: body(&layout),
        layout: &layout,
    };
    rendered(&page)
}

/// Writes the sections alone, in an `<article>` whose headings begin with `<h2>`.
pub fn html_body(report: &FindingsReport, language: Language) -> String {
    body(&layout(report, language))
}

#[derive(Template)]
#[template(path = "report/page.html", whitespace = "suppress")]
struct Page<'a> {
    css: &'static str,
    margin_css: String,
    body: String,
    layout: &'a Layout,
}

#[derive(Template)]
#[template(path = "report/body.html", whitespace = "suppress")]
struct Body<'a> {
    layout: &'a Layout,
}

#[derive(Template)]
#[template(path = "report/blocks.html", whitespace = "suppress")]
struct Blocks<'a> {
    layout: &'a Layout,
    section: &'a Section,
}

#[derive(Template)]
#[template(path = "report/spans.html", whitespace = "suppress")]
struct Spans<'a> {
    layout: &'a Layout,
    spans: &'a [Span],
}

impl Body<'_> {
    fn blocks(&self, section: &Section) -> String {
        rendered(&Blocks { layout: self.layout, section })
    }
}

impl Blocks<'_> {
    fn spans(&self, spans: &[Span]) -> String {
        rendered(&Spans { layout: self.layout, spans })
    }
}

impl Spans<'_> {
    fn level_class(&self, letter: &str) -> String {
        format!("level {}", letter.to_ascii_lowercase())
    }
}

fn body(layout: &Layout) -> String {
    rendered(&Body { layout })
}

/// Renders a template into text; writing to a string cannot fail.
fn rendered(template: &impl Template) -> String {
    template.render().unwrap_or_default()
}

impl Tone {
    fn class(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Hint => "hint",
            Self::Caution => "caution",
        }
    }
}

impl TagTone {
    fn class(self) -> &'static str {
        match self {
            Self::Plain => "tag",
            Self::Good => "tag good",
            Self::Care => "tag care",
            Self::Bad => "tag bad",
        }
    }
}

impl Table {
    fn kind_of(&self, cell: &Cell) -> ColumnKind {
        self.columns.get(cell.column).map_or(ColumnKind::Text, |column| column.kind)
    }
}

impl ColumnKind {
    fn class(self) -> &'static str {
        match self {
            Self::Text => "",
            Self::RowHead => "head",
            Self::Number => "num",
            Self::Level => "ring",
        }
    }

    fn is_row_head(self) -> bool {
        self == Self::RowHead
    }
}

fn margin_boxes(layout: &Layout) -> String {
    format!(
        "@page {{ @bottom-left {{ content: \"{}\"; }} @bottom-right {{ content: counter(page) \" / \" counter(pages); }} }}\n",
        css_string(&format!("{} · {}", layout.title, layout.identity))
    )
}

/// Writes text so that it stays within a CSS string and within a `<style>` element.
fn css_string(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_alphanumeric() || matches!(character, ' ' | '.' | '-' | '·') {
            written.push(character);
        } else {
            written.push_str(&format!("\\{:x} ", u32::from(character)));
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_reference_cannot_leave_the_style_sheet() {
        let written = css_string("\"}</style><script>\\\n症例-1");
        assert!(!written.contains(['"', '<', '}', '\n']));
        assert!(!written.contains("\\\\"));
        assert!(written.ends_with("症例-1"));
    }
}
