//! "Was this use allowed at that moment?", asked in both ways.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime, Utc};
use model::consent::{AsOf, DataUse};

use super::Subject;
use crate::{fields::Fields, format, page::Page, view::TagView};

/// Offset of the programme's local time from UTC. Units: seconds.
const LOCAL_OFFSET_SECONDS: i32 = 9 * 3600;

/// The question, and its answer where one was asked.
pub(crate) struct PastView {
    pub(crate) day: String,
    pub(crate) time: String,
    pub(crate) mistake: bool,
    pub(crate) asked: Option<AskedView>,
}

/// What held at the moment.
pub(crate) struct AskedView {
    pub(crate) when: String,
    pub(crate) uses: Vec<PastUse>,
}

/// A use, as the record said then, and as it is known now.
pub(crate) struct PastUse {
    pub(crate) label: String,
    pub(crate) then: TagView,
    pub(crate) now: TagView,
}

/// Answers the question in the fields `at` (a day) and `time`.
pub(crate) fn answer(
    page: &Page,
    subject: &Subject,
    fields: &Fields,
    now: DateTime<Utc>,
) -> PastView {
    let (day, time) = (fields.text("at").to_owned(), fields.text("time").to_owned());
    let moment = moment(&day, &time);
    let asked = moment.map(|at| {
        let then = subject.state_at(AsOf::known_then(at));
        let known = subject.state_at(AsOf::known_by(at, now));
        let tag = |allowed| match allowed {
            true => TagView { class: "met", label: page.t("consent-allowed") },
            false => TagView { class: "not", label: page.t("consent-not-allowed") },
        };
        let one = |data_use: &DataUse| PastUse {
            label: page.text(&data_use.label()).to_owned(),
            then: tag(then.allows(*data_use)),
            now: tag(known.allows(*data_use)),
        };
        let uses = DataUse::ALL.iter().map(one).collect();
        AskedView { when: format::moment(at, page.language), uses }
    });
    PastView { mistake: !day.is_empty() && asked.is_none(), day, time, asked }
}

/// Reads a local day and time; without a time, the end of the day is meant.
fn moment(day: &str, time: &str) -> Option<DateTime<Utc>> {
    let day: NaiveDate = day.parse().ok()?;
    let last = NaiveTime::from_hms_opt(23, 59, 59);
    let time = if time.is_empty() { last } else { NaiveTime::parse_from_str(time, "%H:%M").ok() };
    let local = day.and_time(time?);
    let offset = FixedOffset::east_opt(LOCAL_OFFSET_SECONDS)?;
    Some(local.and_local_timezone(offset).single()?.to_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_local_time() {
        let read = |day, time| moment(day, time).map(|at| at.to_rfc3339());
        assert_eq!(read("2026-11-20", "09:00").as_deref(), Some("2026-11-20T00:00:00+00:00"));
        assert_eq!(read("2026-11-20", "").as_deref(), Some("2026-11-20T14:59:59+00:00"));
        for (day, time) in [("", ""), ("2026-13-01", ""), ("2026-11-20", "25:00"), ("<b>", "x")] {
            assert_eq!(read(day, time), None, "{day} {time}");
        }
    }
}
