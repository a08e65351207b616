//! Alterations along a protein: a stem for each codon, as high as they are many.

use std::collections::BTreeMap;

use super::{Anchor, Drawing, axis, cut, width_of};
use crate::format;

const WIDTH: f64 = 960.0;
const LEFT: f64 = 52.0;
const RIGHT: f64 = 16.0;
const TOP: f64 = 34.0;
/// Height of the stems.
const STEMS: f64 = 190.0;
/// Height of the protein.
const PROTEIN: f64 = 22.0;
/// Stems that are named.
const NAMED: usize = 12;

/// What an alteration does, as far as the picture tells it: by shape and colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Mark {
    /// One amino acid for another: a disc.
    Missense,
    /// A protein cut short: a triangle.
    Truncating,
    /// Amino acids added or removed in frame: a square.
    Inframe,
    /// At a splice site: a lozenge.
    Splice,
    /// Anything else: a cross.
    Other,
}

impl Mark {
    /// Every mark, in the order of the legend.
    pub(crate) const ALL: [Self; 5] =
        [Self::Missense, Self::Truncating, Self::Inframe, Self::Splice, Self::Other];

    fn class(self) -> &'static str {
        match self {
            Self::Missense => "mark missense",
            Self::Truncating => "mark truncating",
            Self::Inframe => "mark inframe",
            Self::Splice => "mark splice",
            Self::Other => "mark other",
        }
    }

    /// Draws the mark around a place.
    pub(crate) fn draw(self, drawing: &mut Drawing, x: f64, y: f64, size: f64) {
        let path = match self {
            Self::Missense => format!(
                "M{:.1} {y:.1}a{size:.1} {size:.1} 0 1 0 {:.1} 0a{size:.1} {size:.1} 0 1 0 {:.1} 0Z",
                x - size,
                size * 2.0,
                size * -2.0
            ),
            Self::Truncating => format!(
                "M{x:.1} {:.1}L{:.1} {:.1}H{:.1}Z",
                y - size * 1.1,
                x + size * 1.1,
                y + size * 0.9,
                x - size * 1.1
            ),
            Self::Inframe => format!(
                "M{:.1} {:.1}h{2:.1}v{2:.1}h-{2:.1}Z",
                x - size * 0.9,
                y - size * 0.9,
                size * 1.8
            ),
            Self::Splice => format!(
                "M{x:.1} {:.1}L{:.1} {y:.1}L{x:.1} {:.1}L{:.1} {y:.1}Z",
                y - size * 1.2,
                x + size * 1.2,
                y + size * 1.2,
                x - size * 1.2
            ),
            Self::Other => format!(
                "M{:.1} {:.1}l{2:.1} {2:.1}m0 -{2:.1}l-{2:.1} {2:.1}",
                x - size * 0.8,
                y - size * 0.8,
                size * 1.6
            ),
        };
        drawing.path(&path, self.class());
    }
}

/// Alterations of one sort at one codon.
pub(crate) struct Head {
    /// Codon. Units: 1-based.
    pub(crate) codon: u16,
    /// What they do.
    pub(crate) mark: Mark,
    /// How many; `None` where that may not be told.
    pub(crate) count: Option<u64>,
}

/// A stretch of the protein.
pub(crate) struct Stretch {
    /// First codon.
    pub(crate) first: u32,
    /// Last codon.
    pub(crate) last: u32,
    /// What it is called.
    pub(crate) name: String,
    /// Whether it is drawn on the protein; below it otherwise.
    pub(crate) on_protein: bool,
}

/// What a codon is called and leads to.
pub(crate) struct CodonWords {
    /// Short name, such as `G12`.
    pub(crate) name: String,
    /// What is there, with counts.
    pub(crate) label: String,
    /// Where it leads.
    pub(crate) href: Option<String>,
}

/// Draws a lollipop picture. Beside the stems stands what they count.
pub(crate) fn lollipop(
    label: &str,
    heads: &[Head],
    stretches: &[Stretch],
    words: &BTreeMap<u16, CodonWords>,
    beside: &str,
    below: &str,
) -> String {
    let mut codons: BTreeMap<u16, Vec<&Head>> = BTreeMap::new();
    for head in heads {
        codons.entry(head.codon).or_default().push(head);
    }
    let sum = |heads: &[&Head]| heads.iter().filter_map(|head| head.count).sum::<u64>();
    let highest = codons.values().map(|heads| sum(heads)).max().unwrap_or(0);
    let last = codons.keys().next_back().map_or(0, |codon| u32::from(*codon));
    let of_stretches = stretches.iter().map(|each| each.last).max().unwrap_or(0);
    // Where the protein ends is not known: a little more of it is drawn, with an open end.
    let last = of_stretches.max(last + last / 12).max(1);
    let below_rows = if stretches.iter().any(|each| !each.on_protein) { 20.0 } else { 0.0 };
    let height = TOP + STEMS + PROTEIN + below_rows + 44.0;
    let (end, step) = axis(highest as f64);
    let y = |count: f64| TOP + (1.0 - count / end) * STEMS;
    let x = |codon: f64| LEFT + (codon / f64::from(last)).clamp(0.0, 1.0) * (WIDTH - LEFT - RIGHT);
    let mut drawing = Drawing::new(WIDTH, height, label);
    let mut at = 0.0;
    while at <= end {
        drawing.line([LEFT, y(at), WIDTH - RIGHT, y(at)], "grid");
        if at.fract() == 0.0 {
            let words = format::grouped(at as u64);
            drawing.text(LEFT - 6.0, y(at) + 4.0, Anchor::End, "tick", &words);
        }
        at += step;
    }
    drawing.text(LEFT, 12.0, Anchor::Start, "tick", beside);
    protein(&mut drawing, stretches, &x);
    let axis_top = TOP + STEMS + PROTEIN + below_rows;
    let (_, codon_step) = axis(f64::from(last));
    let mut codon = 0.0;
    while codon <= f64::from(last) {
        let words = format!("{}", codon.max(1.0));
        drawing.text(x(codon.max(1.0)), axis_top + 17.0, Anchor::Middle, "tick", &words);
        codon += codon_step;
    }
    drawing.text(WIDTH - RIGHT, height - 6.0, Anchor::End, "tick", below);
    let mut by_height: Vec<(&u16, u64)> =
        codons.iter().map(|(codon, heads)| (codon, sum(heads))).collect();
    by_height.sort_by_key(|(codon, count)| (std::cmp::Reverse(*count), **codon));
    let named: Vec<u16> = by_height.iter().take(NAMED).map(|(codon, _)| **codon).collect();
    let mut names = Names::default();
    // The highest come last, so that nothing lies over them.
    for (codon, count) in by_height.iter().rev() {
        let heads = codons.get(codon).map_or(&[][..], Vec::as_slice);
        let own = words.get(codon);
        let label = own.map_or("", |own| own.label.as_str());
        drawing.linked(own.and_then(|own| own.href.as_deref()), label, |drawing| {
            stem(drawing, heads, x(f64::from(**codon)), &y);
        });
        if let Some(own) = own
            && named.contains(codon)
        {
            names.wanted.push((*count, x(f64::from(**codon)), y(*count as f64), own.name.clone()));
        }
    }
    names.write(&mut drawing);
    drawing.finish()
}

fn stem(drawing: &mut Drawing, heads: &[&Head], x: f64, y: &impl Fn(f64) -> f64) {
    let mut sorted: Vec<&&Head> = heads.iter().collect();
    sorted.sort_by_key(|head| (std::cmp::Reverse(head.count), head.mark));
    let total: u64 = heads.iter().filter_map(|head| head.count).sum();
    drawing.line([x, TOP + STEMS, x, y(total as f64)], "stem");
    let mut reached = 0;
    for head in sorted {
        match head.count {
            Some(count) => {
                reached += count;
                head.mark.draw(drawing, x, y(reached as f64), 4.5);
            }
            None => drawing.rect([x - 4.0, TOP + STEMS - 14.0, 8.0, 8.0], "hidden"),
        }
    }
}

fn protein(drawing: &mut Drawing, stretches: &[Stretch], x: &impl Fn(f64) -> f64) {
    let top = TOP + STEMS;
    drawing.rect([LEFT, top + 6.0, WIDTH - LEFT - RIGHT, PROTEIN - 12.0], "protein");
    let end = WIDTH - RIGHT + 3.0;
    drawing.path(&format!("M{end:.1} {top:.1}v{PROTEIN:.1}"), "open-end");
    for stretch in stretches {
        let begin = x(f64::from(stretch.first.saturating_sub(1)));
        let width = (x(f64::from(stretch.last)) - begin).max(1.0);
        let y = if stretch.on_protein { top } else { top + PROTEIN + 3.0 };
        let height = if stretch.on_protein { PROTEIN } else { 14.0 };
        let class = if stretch.on_protein { "domain" } else { "exon" };
        let label = format!("{} {}–{}", stretch.name, stretch.first, stretch.last);
        drawing.linked(None, &label, |drawing| {
            drawing.rect([begin, y, width, height], class);
            if width > 20.0 {
                let name = cut(&stretch.name, width - 4.0);
                let middle = y + height / 2.0 + 4.0;
                drawing.text(begin + width / 2.0, middle, Anchor::Middle, "name", &name);
            }
        });
    }
}

/// Names over the stems, none over another.
#[derive(Default)]
struct Names {
    wanted: Vec<(u64, f64, f64, String)>,
}

impl Names {
    fn write(mut self, drawing: &mut Drawing) {
        // Those of high stems are written first; who finds no room stays without.
        self.wanted.sort_by_key(|(count, ..)| std::cmp::Reverse(*count));
        let mut taken: Vec<[f64; 3]> = Vec::new();
        for (_, x, y, name) in &self.wanted {
            let half = width_of(name) / 2.0 + 2.0;
            let middle = x.clamp(LEFT + half, WIDTH - RIGHT - half);
            let (left, right) = (middle - half, middle + half);
            let above = y - 9.0;
            let is_free = taken
                .iter()
                .all(|[from, to, line]| right < *from || *to < left || (line - above).abs() > 12.0);
            if is_free {
                taken.push([left, right, above]);
                drawing.text(middle, above, Anchor::Middle, "name", name);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stems_are_as_high_as_they_are_many() {
        let heads = [
            Head { codon: 12, mark: Mark::Missense, count: Some(30) },
            Head { codon: 12, mark: Mark::Inframe, count: Some(10) },
            Head { codon: 61, mark: Mark::Missense, count: Some(20) },
            Head { codon: 146, mark: Mark::Other, count: None },
        ];
        let named = CodonWords { name: "G12".into(), label: "40".into(), href: None };
        let words = BTreeMap::from([(12, named)]);
        let svg = lollipop("KRAS", &heads, &[], &words, "cases", "codon");
        let tops: Vec<f64> = svg
            .split("class=\"stem\" d=\"M")
            .skip(1)
            .map(|stem| {
                let end = stem.split('L').nth(1).unwrap().split('"').next().unwrap();
                end.split(' ').nth(1).unwrap().parse().unwrap()
            })
            .collect();
        let foot = TOP + STEMS;
        // Drawn from the lowest to the highest.
        assert_eq!(tops.len(), 3);
        assert!((tops[0] - foot).abs() < 0.1, "a hidden count has no height: {tops:?}");
        assert!(((foot - tops[2]) / (foot - tops[1]) - 2.0).abs() < 0.01, "{tops:?}");
        assert!(svg.contains(">G12</text>") && svg.contains("class=\"hidden\""));
        assert!(lollipop("none", &[], &[], &BTreeMap::new(), "", "").contains("protein"));
    }
}
