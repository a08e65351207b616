//! Pictures of counts: plain numbers in, SVG out.
//!
//! Only classes are used, so that the style sheet decides on colours; no picture speaks by colour alone. A count that
//! may not be told is `None` and is drawn as such. What a part leads to is an address that the caller makes.
//!
//! Not here: what is counted (`research`), which tests belong to it (`stats`), the pages.

pub(crate) mod bars;
pub(crate) mod course;
pub(crate) mod export;
pub(crate) mod lollipop;
pub(crate) mod oncoprint;
pub(crate) mod triangle;
pub(crate) mod waterfall;

/// An SVG under way. Units: of the picture; text is about 11 of them high.
pub(crate) struct Drawing {
    width: f64,
    height: f64,
    label: String,
    body: String,
    has_links: bool,
}

/// Where a text stands at its place.
#[derive(Clone, Copy)]
pub(crate) enum Anchor {
    /// It begins there.
    Start,
    /// Its middle is there.
    Middle,
    /// It ends there.
    End,
}

impl Anchor {
    fn word(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Middle => "middle",
            Self::End => "end",
        }
    }
}

impl Drawing {
    /// Begins a picture with a name for those who hear it.
    pub(crate) fn new(width: f64, height: f64, label: &str) -> Self {
        Self { width, height, label: label.to_owned(), body: String::new(), has_links: false }
    }

    /// Draws a rectangle.
    pub(crate) fn rect(&mut self, [x, y, width, height]: [f64; 4], class: &str) {
        self.body.push_str(&format!(
            "<rect class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\"/>"
        ));
    }

    /// Draws a path.
    pub(crate) fn path(&mut self, d: &str, class: &str) {
        self.body.push_str(&format!("<path class=\"{class}\" d=\"{d}\"/>"));
    }

    /// Draws a line.
    pub(crate) fn line(&mut self, [x1, y1, x2, y2]: [f64; 4], class: &str) {
        self.path(&format!("M{x1:.1} {y1:.1}L{x2:.1} {y2:.1}"), class);
    }

    /// Writes words.
    pub(crate) fn text(&mut self, x: f64, y: f64, anchor: Anchor, class: &str, words: &str) {
        let (anchor, words) = (anchor.word(), escaped(words));
        self.body.push_str(&format!(
            "<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{words}</text>"
        ));
    }

    /// Writes words that rise from a place, for the heads of narrow columns.
    pub(crate) fn rising_text(&mut self, x: f64, y: f64, class: &str, words: &str) {
        let words = escaped(words);
        self.body.push_str(&format!(
            "<text class=\"{class}\" transform=\"translate({x:.1} {y:.1}) rotate(-55)\">{words}</text>"
        ));
    }

    /// Draws what lies within a link; without an address it is drawn alone.
    ///
    /// The keyboard passes it by: what a picture leads to is in the table beside it too.
    pub(crate) fn linked(&mut self, href: Option<&str>, label: &str, draw: impl FnOnce(&mut Self)) {
        if let Some(href) = href {
            self.has_links = true;
            let (href, label) = (escaped(href), escaped(label));
            self.body
                .push_str(&format!("<a href=\"{href}\" tabindex=\"-1\" aria-label=\"{label}\">"));
        } else {
            self.body.push_str("<g>");
        }
        self.body.push_str(&format!("<title>{}</title>", escaped(label)));
        draw(self);
        self.body.push_str(if href.is_some() { "</a>" } else { "</g>" });
    }

    /// Ends the picture.
    pub(crate) fn finish(self) -> String {
        let Self { width, height, body, .. } = self;
        let label = escaped(&self.label);
        // A picture is one thing to those who hear the page, unless parts of it lead somewhere.
        let role = if self.has_links { "group" } else { "img" };
        format!(
            "<svg class=\"chart\" viewBox=\"0 0 {width:.0} {height:.0}\" role=\"{role}\" aria-label=\"{label}\">{body}</svg>"
        )
    }
}

/// Returns text as it stands in SVG and in its attributes.
pub(crate) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c if c.is_control() => safe.push(' '),
            c => safe.push(c),
        }
    }
    safe
}

/// Returns the first number at or above another of which an axis is easily read, and its step: 1, 2 or 5 times a
/// power of ten, at most five of them.
pub(crate) fn axis(highest: f64) -> (f64, f64) {
    if !(highest > 0.0 && highest.is_finite()) {
        return (1.0, 1.0);
    }
    let mut power = 10_f64.powf((highest / 5.0).log10().floor());
    if !power.is_normal() {
        power = 1.0;
    }
    let step = [1.0, 2.0, 5.0, 10.0].map(|each| each * power);
    let step = step.into_iter().find(|step| highest / step <= 5.0).unwrap_or(10.0 * power);
    ((highest / step).ceil() * step, step)
}

/// Returns about how wide words are. Units: of the picture; wide signs count as two.
pub(crate) fn width_of(words: &str) -> f64 {
    words.chars().map(|c| if c.is_ascii() { 6.2 } else { 11.5 }).sum()
}

/// Breaks words into lines of a width: at spaces, and where there is none, anywhere.
pub(crate) fn lines(words: &str, width: f64) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in words.split_inclusive(' ') {
        let line = lines.last().map_or(0.0, |line| width_of(line));
        if line > 0.0 && line + width_of(word) > width && width_of(word) <= width {
            lines.push(String::new());
        }
        for c in word.chars() {
            if lines.last().is_some_and(|line| width_of(line) + width_of(&c.to_string()) > width) {
                lines.push(String::new());
            }
            if let Some(line) = lines.last_mut() {
                line.push(c);
            }
        }
    }
    lines
}

/// Cuts words to a width, with a sign where something is left out.
pub(crate) fn cut(words: &str, width: f64) -> String {
    if width_of(words) <= width {
        return words.to_owned();
    }
    let mut kept = String::new();
    for c in words.chars() {
        kept.push(c);
        if width_of(&kept) + 8.0 > width {
            kept.pop();
            break;
        }
    }
    kept.push('…');
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_is_easily_read() {
        assert_eq!(axis(7.0), (8.0, 2.0));
        assert_eq!(axis(5.0), (5.0, 1.0));
        assert_eq!(axis(1_234.0), (1_500.0, 500.0));
        for wrong in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert_eq!(axis(wrong), (1.0, 1.0));
        }
        let (end, step) = axis(1e-320);
        assert!(end.is_finite() && step > 0.0);
    }

    #[test]
    fn words_are_escaped_and_cut() {
        let mut drawing = Drawing::new(10.0, 10.0, "\"><script>");
        drawing.linked(Some("/search?q=a&b"), "a<b", |drawing| {
            drawing.text(1.0, 2.0, Anchor::End, "tick", "<&>");
        });
        let svg = drawing.finish();
        assert!(!svg.contains("<script>") && svg.contains("&lt;&amp;&gt;"), "{svg}");
        assert!(svg.contains("role=\"group\"") && svg.contains("q=a&amp;b"), "{svg}");
        assert_eq!(cut("protein kinase domain", 1_000.0), "protein kinase domain");
        assert_eq!(cut("protein kinase domain", 60.0), "protein …");
        assert_eq!(lines("one two three", 50.0), ["one two ", "three"]);
        assert_eq!(lines("検査を受けた日", 40.0), ["検査を", "受けた", "日"]);
        assert_eq!(lines("", 40.0), [""]);
    }
}
