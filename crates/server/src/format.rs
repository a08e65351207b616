//! Numbers, dates and quantities as a reader expects to see them.

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, Utc};
use model::text::Language;

/// Offset of the programme's local time from UTC. Units: seconds. Japan has no summer time.
const LOCAL_OFFSET_SECONDS: i32 = 9 * 3600;

/// Returns a whole number with its digits in groups of three.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Returns a day in the reader's way of writing: `2026年11月20日`, `20 Nov 2026`.
pub(crate) fn day(day: NaiveDate, language: Language) -> String {
    match language {
        Language::Ja => format!("{}年{}月{}日", day.year(), day.month(), day.day()),
        Language::En => day.format("%-d %b %Y").to_string(),
    }
}

/// Returns a day for a dense table: `2026/11/20`, `20 Nov 2026`.
pub(crate) fn day_short(day: NaiveDate, language: Language) -> String {
    match language {
        Language::Ja => day.format("%Y/%m/%d").to_string(),
        Language::En => day.format("%-d %b %Y").to_string(),
    }
}

/// Returns a moment in local time, with its zone in English.
pub(crate) fn moment(at: DateTime<Utc>, language: Language) -> String {
    let local = local(at);
    match language {
        Language::Ja => format!("{} {}", day(local.date_naive(), language), local.format("%H:%M")),
        Language::En => {
            format!("{}, {} JST", day(local.date_naive(), language), local.format("%H:%M"))
        }
    }
}

/// Returns the time of day of a moment, local.
pub(crate) fn clock(at: DateTime<Utc>, language: Language) -> String {
    let local = local(at).format("%H:%M");
    match language {
        Language::Ja => local.to_string(),
        Language::En => format!("{local} JST"),
    }
}

/// Returns the local day of a moment.
pub(crate) fn local_day(at: DateTime<Utc>) -> NaiveDate {
    local(at).date_naive()
}

/// Returns the moment at which a local day begins.
pub(crate) fn day_begins(day: NaiveDate) -> DateTime<Utc> {
    let midnight = day.and_time(chrono::NaiveTime::MIN).and_utc();
    let offset = chrono::TimeDelta::seconds(i64::from(LOCAL_OFFSET_SECONDS));
    midnight.checked_sub_signed(offset).unwrap_or(midnight)
}

/// Returns a moment to the second, for a log.
pub(crate) fn moment_exact(at: DateTime<Utc>) -> String {
    local(at).format("%Y-%m-%d %H:%M:%S").to_string()
}

/// Returns the time of day of a moment in local time.
pub(crate) fn time_of_day(at: DateTime<Utc>) -> String {
    local(at).format("%H:%M").to_string()
}

fn local(at: DateTime<Utc>) -> DateTime<FixedOffset> {
    match FixedOffset::east_opt(LOCAL_OFFSET_SECONDS) {
        Some(offset) => at.with_timezone(&offset),
        None => at.fixed_offset(),
    }
}

/// Returns a size in the unit that a person would use.
pub(crate) fn bytes(size: u64) -> String {
    const STEP: u64 = 1024;
    if size < STEP {
        return format!("{size} B");
    }
    if size < STEP * STEP {
        return tenths(size, STEP, "KiB");
    }
    tenths(size, STEP * STEP, "MiB")
}

fn tenths(size: u64, unit: u64, name: &str) -> String {
    let whole = size / unit;
    let tenth = (size % unit) * 10 / unit;
    if whole >= 100 || tenth == 0 {
        format!("{} {name}", grouped(whole))
    } else {
        format!("{whole}.{tenth} {name}")
    }
}

/// Returns a share of a whole. Units: whole per cent, at least 1 for what is not nothing.
pub(crate) fn percent(part: u64, whole: u64) -> u8 {
    if whole == 0 || part == 0 {
        return 0;
    }
    let share = part.saturating_mul(100) / whole;
    u8::try_from(share.clamp(1, 100)).unwrap_or(100)
}

/// Returns a frequency between 0 and 1 with the digits that a laboratory can measure.
pub(crate) fn frequency(value: f64) -> String {
    if value.is_finite() { format!("{:.1} %", value * 100.0) } else { "–".to_owned() }
}

/// Returns a measured value without digits that say nothing.
pub(crate) fn quantity(value: f64) -> String {
    if !value.is_finite() {
        return "–".to_owned();
    }
    let text = format!("{value:.2}");
    let trimmed = text.trim_end_matches('0').trim_end_matches('.');
    if trimmed.is_empty() || trimmed == "-0" { "0".to_owned() } else { trimmed.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_digits_in_threes() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1_000), "1,000");
        assert_eq!(grouped(12_345_678), "12,345,678");
    }

    #[test]
    fn writes_days_as_each_language_does() {
        let date = NaiveDate::from_ymd_opt(2026, 3, 9).unwrap();
        assert_eq!(day(date, Language::Ja), "2026年3月9日");
        assert_eq!(day(date, Language::En), "9 Mar 2026");
        assert_eq!(day_short(date, Language::Ja), "2026/03/09");
    }

    #[test]
    fn shows_local_time_across_midnight() {
        let at = DateTime::parse_from_rfc3339("2026-03-09T18:30:00Z").unwrap().to_utc();
        assert_eq!(moment(at, Language::Ja), "2026年3月10日 03:30");
        assert_eq!(moment(at, Language::En), "10 Mar 2026, 03:30 JST");
    }

    #[test]
    fn a_local_day_begins_the_evening_before() {
        let day = NaiveDate::from_ymd_opt(2026, 3, 10).unwrap();
        assert_eq!(day_begins(day).to_rfc3339(), "2026-03-09T15:00:00+00:00");
        assert_eq!(local_day(day_begins(day)), day);
        assert_eq!(moment_exact(day_begins(day)), "2026-03-10 00:00:00");
    }

    #[test]
    fn never_hides_a_small_share() {
        assert_eq!(percent(1, 100_000), 1);
        assert_eq!(percent(0, 10), 0);
        assert_eq!(percent(10, 10), 100);
        assert_eq!(percent(3, 0), 0);
    }

    #[test]
    fn writes_sizes_and_quantities() {
        assert_eq!(bytes(900), "900 B");
        assert_eq!(bytes(1536), "1.5 KiB");
        assert_eq!(bytes(64 * 1024 * 1024), "64 MiB");
        assert_eq!(quantity(6.30), "6.3");
        assert_eq!(quantity(12.0), "12");
        assert_eq!(quantity(f64::NAN), "–");
        assert_eq!(frequency(0.3086), "30.9 %");
    }
}
