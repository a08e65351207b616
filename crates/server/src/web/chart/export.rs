//! A picture as a file that stands alone: SVG with its own style, and PNG.

use std::sync::{Arc, LazyLock};

use resvg::{
    tiny_skia::{Pixmap, Transform},
    usvg::{Options, Tree, fontdb::Database},
};

use super::{escaped, lines, width_of};

/// The style of pictures, as the pages have it.
const STYLE: &str = include_str!("../../../assets/chart.css");
/// The tokens of the pages, whose first block is that of light paper.
const TOKENS: &str = include_str!("../../../assets/tsumugi.css");
/// Width of a picture as PNG. Units: pixels.
const PNG_WIDTH: f32 = 1_920.0;
/// Most pixels of a PNG.
const PNG_PIXELS_MAX: f32 = 20_000_000.0;
/// Families that have Japanese, in the order in which they are wanted.
const FAMILIES: [&str; 6] = [
    "Noto Sans JP",
    "Noto Sans CJK JP",
    "Source Han Sans JP",
    "IPAexGothic",
    "IPAGothic",
    "TakaoGothic",
];
/// Room around the picture, and that of its title and of each line of words below it. Units: of the picture.
const MARGIN: f64 = 16.0;
const TITLE: f64 = 26.0;
const NOTE: f64 = 18.0;

/// Why a picture could not be made a PNG.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DrawPngError {
    /// The picture cannot be read.
    #[error("draw a picture as PNG: its SVG cannot be read")]
    Read(#[source] Box<resvg::usvg::Error>),
    /// There is no room for so many pixels.
    #[error("draw a picture as PNG: {width} × {height} is no size")]
    Size {
        /// Units: pixels.
        width: f32,
        /// Units: pixels.
        height: f32,
    },
    /// The pixels cannot be written.
    #[error("draw a picture as PNG: the pixels cannot be written")]
    Write(String),
}

/// The style with every token in place of its name, on light paper.
static ALONE: LazyLock<String> = LazyLock::new(|| {
    let block = TOKENS.split_once(":root {").map_or("", |(_, rest)| rest);
    let block = block.split_once('}').map_or(block, |(block, _)| block);
    let mut style = STYLE.split("/* screen */").next().unwrap_or_default().to_owned();
    let declarations = block.split(';').filter_map(|each| each.split_once(':'));
    for (name, value) in declarations {
        style = style.replace(&format!("var({})", name.trim()), value.trim());
    }
    let families = FAMILIES.map(|family| format!("'{family}'")).join(", ");
    format!("text {{ font-family: {families}, sans-serif; font-size: 11px }} {style}")
});

/// A sign of a picture and what it stands for.
pub(crate) struct Key {
    /// The sign, as a small picture.
    pub(crate) svg: String,
    /// What it stands for.
    pub(crate) label: String,
}

/// Returns keys in rows below a picture, and how high they are.
fn legend(keys: &[Key], width: f64, top: f64) -> (String, f64) {
    let mut text = String::new();
    let (mut x, mut y) = (MARGIN, top);
    for key in keys {
        let [_, _, sign, high] = view_box(&key.svg).unwrap_or([0.0, 0.0, 16.0, 16.0]);
        let wide = sign * 14.0 / high.max(14.0);
        let taken = wide + width_of(&key.label) + 22.0;
        if x > MARGIN && x + taken > width + MARGIN {
            (x, y) = (MARGIN, y + NOTE);
        }
        let sized =
            format!("<svg x=\"{x:.0}\" y=\"{:.0}\" width=\"{wide:.0}\" height=\"14\" ", y - 11.0);
        text.push_str(&without_links(&key.svg).replacen("<svg ", &sized, 1));
        text.push_str(&format!(
            "<text class=\"tick\" x=\"{:.0}\" y=\"{y:.0}\">{}</text>",
            x + wide + 6.0,
            escaped(&key.label)
        ));
        x += taken;
    }
    let rows = if keys.is_empty() { 0.0 } else { y - top + NOTE };
    (text, rows)
}

/// Returns a picture as a file of its own: its title above, its keys and notes below, and its style within. Links are
/// left out.
pub(crate) fn alone(svg: &str, title: &str, keys: &[Key], notes: &[String]) -> String {
    let [_, _, width, height] = view_box(svg).unwrap_or([0.0, 0.0, 720.0, 300.0]);
    let (legend, legend_high) = legend(keys, width, MARGIN + TITLE + height + NOTE);
    let notes: Vec<String> = notes.iter().flat_map(|note| lines(note, width)).collect();
    let below = legend_high + NOTE * notes.len() as f64;
    let (wide, high) = (width + MARGIN * 2.0, MARGIN * 2.0 + TITLE + height + below);
    let inner = without_links(svg);
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {wide:.0} {high:.0}\" width=\"{wide:.0}\" height=\"{high:.0}\">\
         <title>{0}</title><style>{1}</style><rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\
         <text class=\"title\" x=\"{MARGIN}\" y=\"{2:.0}\">{0}</text><g transform=\"translate({MARGIN} {3:.0})\">",
        escaped(title),
        *ALONE,
        MARGIN + 12.0,
        MARGIN + TITLE,
    );
    // The picture keeps its coordinates within one of its own size.
    let sized = format!("<svg width=\"{width:.0}\" height=\"{height:.0}\" ");
    text.push_str(&inner.replacen("<svg ", &sized, 1));
    text.push_str("</g>");
    text.push_str(&legend);
    for (at, note) in notes.iter().enumerate() {
        let y = MARGIN + TITLE + height + legend_high + NOTE * (at as f64 + 1.0);
        text.push_str(&format!(
            "<text class=\"tick\" x=\"{MARGIN}\" y=\"{y:.0}\">{}</text>",
            escaped(note)
        ));
    }
    text.push_str("</svg>\n");
    text
}

fn view_box(svg: &str) -> Option<[f64; 4]> {
    let text = svg.split_once("viewBox=\"")?.1.split_once('"')?.0;
    let numbers: Vec<f64> = text.split(' ').filter_map(|each| each.parse().ok()).collect();
    numbers.try_into().ok()
}

/// Returns the picture with its links as groups: an address of the site leads nowhere from a file.
fn without_links(svg: &str) -> String {
    let mut text = String::with_capacity(svg.len());
    let mut rest = svg;
    while let Some(at) = rest.find("<a ") {
        text.push_str(rest.get(..at).unwrap_or_default());
        text.push_str("<g>");
        let after = rest.get(at..).unwrap_or_default();
        rest = after.split_once('>').map_or("", |(_, after)| after);
    }
    text.push_str(rest);
    text.replace("</a>", "</g>")
}

/// The fonts of this machine, read once.
static FONTS: LazyLock<Arc<Database>> = LazyLock::new(|| {
    let mut fonts = Database::new();
    fonts.load_system_fonts();
    Arc::new(fonts)
});

/// Returns whether this machine has a font in which Japanese can be drawn.
pub(crate) fn has_japanese_font() -> bool {
    FONTS
        .faces()
        .any(|face| face.families.iter().any(|(family, _)| FAMILIES.contains(&family.as_str())))
}

/// Draws a picture that stands alone as PNG.
///
/// Errors: the picture cannot be read or has no size that can be drawn.
pub(crate) fn png(alone: &str) -> Result<Vec<u8>, DrawPngError> {
    let options = Options { fontdb: Arc::clone(&FONTS), ..Options::default() };
    let tree =
        Tree::from_str(alone, &options).map_err(|error| DrawPngError::Read(Box::new(error)))?;
    let size = tree.size();
    let scale =
        (PNG_WIDTH / size.width()).min((PNG_PIXELS_MAX / (size.width() * size.height())).sqrt());
    let (width, height) = (size.width() * scale, size.height() * scale);
    // A size is positive and finite, and bounded by the line above.
    let pixmap = Pixmap::new(width.ceil() as u32, height.ceil() as u32);
    let mut pixmap = pixmap.ok_or(DrawPngError::Size { width, height })?;
    resvg::render(&tree, Transform::from_scale(scale, scale), &mut pixmap.as_mut());
    pixmap.encode_png().map_err(|error| DrawPngError::Write(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::chart::{Anchor, Drawing};

    fn picture() -> String {
        let mut drawing = Drawing::new(100.0, 50.0, "a picture");
        drawing.linked(Some("/search"), "all", |drawing| {
            drawing.rect([10.0, 10.0, 80.0, 30.0], "bar");
        });
        drawing.text(50.0, 20.0, Anchor::Middle, "tick", "12");
        drawing.finish()
    }

    #[test]
    fn a_picture_stands_alone() {
        let key = Key { svg: picture(), label: "a < b".to_owned() };
        let text = alone(&picture(), "A & B", &[key], &["n = 12".to_owned()]);
        assert!(text.contains("a &lt; b"), "{text}");
        assert!(text.contains("A &amp; B") && text.contains("n = 12"), "{text}");
        assert!(!text.contains("<a ") && !text.contains("href"), "{text}");
        assert!(!text.contains("var("), "every token has its value: {text}");
        let tree = Tree::from_str(&text, &Options::default()).unwrap();
        assert_eq!(tree.size().width(), 132.0);
    }

    #[test]
    fn a_png_has_the_colours_of_the_page() {
        let bytes = png(&alone(&picture(), "", &[], &[])).unwrap();
        assert_eq!(&bytes[..8], b"\x89PNG\r\n\x1a\n");
        let drawn = Pixmap::decode_png(&bytes).unwrap();
        // The middle of the bar is indigo, the corner is paper.
        let scale = drawn.width() as f64 / 132.0;
        let at = |x: f64, y: f64| drawn.pixel((x * scale) as u32, (y * scale) as u32).unwrap();
        let bar = at(MARGIN + 20.0, MARGIN + TITLE + 30.0);
        assert_eq!((bar.red(), bar.green(), bar.blue()), (0x1f, 0x4e, 0x79));
        assert_eq!((at(1.0, 1.0).red(), at(1.0, 1.0).alpha()), (255, 255));
        assert!(png("<svg").is_err());
    }
}
