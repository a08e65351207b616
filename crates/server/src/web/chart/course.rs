//! One case's course along time: therapies, the test, the last contact.

use super::{Anchor, Drawing, cut, width_of};

const WIDTH: f64 = 960.0;
const NAMES: f64 = 230.0;
const RIGHT: f64 = 40.0;
const TOP: f64 = 30.0;
const LINE: f64 = 28.0;
/// Days of a month, for showing.
const MONTH_DAYS: f64 = 30.4375;
/// How long a line is drawn of which only the first day is known. Units: days.
const OPEN_DAYS: f64 = 30.0;

/// A line of therapy. Units: days from the day that is 0.
pub(crate) struct Line {
    /// Drugs.
    pub(crate) name: String,
    /// First day.
    pub(crate) start: i32,
    /// Last day; `None` where it is not known.
    pub(crate) end: Option<i32>,
    /// What stands in it, such as the response.
    pub(crate) word: String,
    /// Class of its colour.
    pub(crate) class: &'static str,
    /// All of it in words.
    pub(crate) label: String,
}

/// A day that is marked.
pub(crate) struct Moment {
    /// Day. Units: days from the day that is 0.
    pub(crate) day: i32,
    /// What it is.
    pub(crate) name: String,
    /// Class of its line.
    pub(crate) class: &'static str,
}

/// Draws a course; the last moment is the end of what is known.
pub(crate) fn course(label: &str, lines: &[Line], moments: &[Moment], below: &str) -> String {
    let days = lines.iter().flat_map(|line| [Some(line.start), line.end]).flatten();
    let days = days.chain(moments.iter().map(|moment| moment.day)).map(f64::from);
    let (first, last) =
        days.fold((0.0_f64, 0.0_f64), |(first, last), day| (first.min(day), last.max(day)));
    let span = (last - first).max(MONTH_DAYS);
    let x = |day: f64| NAMES + (day - first) / span * (WIDTH - NAMES - RIGHT);
    let bottom = TOP + LINE * lines.len().max(1) as f64;
    let mut drawing = Drawing::new(WIDTH, bottom + 44.0, label);
    let months = span / MONTH_DAYS;
    let step = [1.0, 3.0, 6.0, 12.0, 24.0, 60.0, 120.0];
    let step = step.into_iter().find(|step| months / step <= 10.0).unwrap_or(240.0);
    let mut month = (first / MONTH_DAYS / step).ceil() * step;
    while month * MONTH_DAYS <= last + 1.0 {
        let at = x(month * MONTH_DAYS);
        drawing.line([at, TOP, at, bottom], "grid");
        // Minus zero is zero.
        drawing.text(at, bottom + 15.0, Anchor::Middle, "tick", &format!("{:.0}", month + 0.0));
        month += step;
    }
    drawing.text(WIDTH - RIGHT, bottom + 36.0, Anchor::End, "tick", below);
    for (at, line) in lines.iter().enumerate() {
        let y = TOP + LINE * at as f64;
        let name = cut(&line.name, NAMES - 14.0);
        drawing.text(NAMES - 10.0, y + 18.0, Anchor::End, "name", &name);
        let begin = x(f64::from(line.start));
        let end = line.end.map_or(f64::from(line.start) + OPEN_DAYS, f64::from);
        let width = (x(end.min(last.max(f64::from(line.start)))) - begin).max(4.0);
        drawing.linked(None, &line.label, |drawing| {
            drawing.rect([begin, y + 6.0, width, LINE - 12.0], line.class);
            if line.end.is_none() {
                let edge = begin + width;
                drawing.path(&format!("M{edge:.1} {:.1}v{:.1}", y + 4.0, LINE - 8.0), "open-end");
            }
        });
        let room = WIDTH - begin - width - width_of(&line.word) - 8.0;
        let (place, anchor) = if room > 0.0 {
            (begin + width + 6.0, Anchor::Start)
        } else {
            (begin - 6.0, Anchor::End)
        };
        drawing.text(place, y + 18.0, anchor, "name", &line.word);
    }
    let mut taken: Vec<(f64, f64)> = Vec::new();
    for moment in moments {
        let at = x(f64::from(moment.day));
        drawing.line([at, TOP - 4.0, at, bottom + 2.0], moment.class);
        let half = width_of(&moment.name) / 2.0 + 3.0;
        let middle = at.clamp(half, WIDTH - half);
        let is_free = |row: &(f64, f64)| (row.0 - middle).abs() > row.1 + half;
        let y = if taken.iter().all(is_free) { TOP - 8.0 } else { TOP - 20.0 };
        taken.push((middle, half));
        drawing.text(middle, y, Anchor::Middle, "name", &moment.name);
    }
    drawing.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_lie_where_their_days_are() {
        let line = |start, end| Line {
            name: "drug".into(),
            start,
            end,
            word: "PR".into(),
            class: "line",
            label: String::new(),
        };
        let lines = [line(-200, Some(-100)), line(0, Some(200)), line(100, None)];
        let moments = [Moment { day: 0, name: "test".into(), class: "moment" }];
        let svg = course("course", &lines, &moments, "months");
        let boxes: Vec<(f64, f64)> = svg
            .split("<rect class=\"line\" x=\"")
            .skip(1)
            .map(|own| {
                let number = |text: &str| text.split('"').next().unwrap().parse().unwrap();
                (number(own), number(own.split("width=\"").nth(1).unwrap()))
            })
            .collect();
        assert_eq!(boxes.len(), 3);
        assert!((boxes[1].1 / boxes[0].1 - 2.0).abs() < 0.01, "{boxes:?}");
        assert!(boxes[0].0 < boxes[1].0 && boxes[1].0 < boxes[2].0);
        assert_eq!(svg.matches("open-end").count(), 1);
        assert!(course("nothing", &[], &[], "months").contains("svg"));
    }
}
