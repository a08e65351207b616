//! Therapies before and after the panel, their adverse events, and the outcome.

use chrono::NaiveDate;
use model::{catalogue::Catalogue, clinical_record::CellAddress};

use super::{Course, HORIZON, Sheet, after};

/// Drugs by generic name, in Japanese and English, and how often they are given.
const DRUGS: [(&str, &str, u64); 10] = [
    ("パクリタキセル", "paclitaxel", 15),
    ("カルボプラチン", "carboplatin", 15),
    ("フルオロウラシル", "fluorouracil", 14),
    ("オキサリプラチン", "oxaliplatin", 12),
    ("ゲムシタビン", "gemcitabine", 12),
    ("イリノテカン", "irinotecan", 10),
    ("ドセタキセル", "docetaxel", 8),
    ("ペムブロリズマブ", "pembrolizumab", 8),
    ("シスプラチン", "cisplatin", 4),
    ("トラスツズマブ", "trastuzumab", 2),
];

/// Adverse events of CTCAE v5.0: code, names, and how often they come.
const EVENTS: [(&str, &str, &str, u64); 6] = [
    ("10029366", "好中球数減少", "Neutrophil count decreased", 40),
    ("10002272", "貧血", "Anemia", 20),
    ("10035528", "血小板数減少", "Platelet count decreased", 15),
    ("10012727", "下痢", "Diarrhea", 10),
    ("10016256", "疲労", "Fatigue", 10),
    ("10028813", "悪心", "Nausea", 5),
];

/// Shortest time that one line of therapy takes. Units: days.
const LINE_DAYS_MIN: u64 = 60;

/// The items of one side of the panel that differ in name only.
struct Side {
    regimens: &'static str,
    events: &'static str,
    prefix: &'static str,
}

const BEFORE: Side =
    Side { regimens: "regimen_before", events: "adverse_event_before", prefix: "before" };
const AFTER: Side =
    Side { regimens: "regimen_after", events: "adverse_event_after", prefix: "after" };

impl Side {
    /// Returns the code of an item of this side.
    fn item(&self, name: &str) -> &'static str {
        let code = format!("{}_{name}", self.prefix);
        match Catalogue::get().item(&code) {
            Some(item) => item.code,
            None => unreachable!("the catalogue has the item {code}"),
        }
    }
}

/// A course of one regimen.
struct Regimen {
    row: u32,
    line: u64,
    start: NaiveDate,
    end: NaiveDate,
}

pub(super) fn fill(sheet: &mut Sheet<'_>, course: &Course) {
    let lines = before_the_panel(sheet, course);
    let horizon = HORIZON.unwrap_or(NaiveDate::MAX);
    let held = after(course.registered, sheet.draw.between(30, 70));
    let mut latest = course.registered;
    if held <= horizon {
        sheet.put("panel_held", held);
        latest = after_the_panel(sheet, held, lines, horizon);
    }
    outcome(sheet, latest, horizon);
}

/// Fills the regimens before the panel and returns how many lines there were.
fn before_the_panel(sheet: &mut Sheet<'_>, course: &Course) -> u64 {
    let days = (course.registered - course.diagnosed).num_days();
    let span = u64::try_from(days).unwrap_or_default();
    let most = (span / LINE_DAYS_MIN).min(4);
    let lines = if most == 0 { 0 } else { sheet.draw.between(1, most) };
    sheet.put("therapy_before", if lines == 0 { "no" } else { "yes" });
    for line in 1..=lines {
        let segment = span / lines;
        let start = after(course.diagnosed, (line - 1) * segment + sheet.draw.below(segment / 6));
        let end = after(start, sheet.draw.between(21, segment * 2 / 3));
        let row = u32::try_from(line - 1).unwrap_or_default();
        regimen(sheet, &BEFORE, &Regimen { row, line, start, end });
        let purpose = sheet.pick(&[("palliative", 70), ("adjuvant", 20), ("neoadjuvant", 10)]);
        sheet.put_in((BEFORE.regimens, row), "before_purpose", purpose);
    }
    lines
}

fn after_the_panel(
    sheet: &mut Sheet<'_>,
    held: NaiveDate,
    lines: u64,
    horizon: NaiveDate,
) -> NaiveDate {
    let presented = sheet.draw.happens(420);
    sheet.put("option_presented", if presented { "yes" } else { "no" });
    let given = presented && sheet.draw.happens(220);
    let other = !given && sheet.draw.happens(450);
    if presented {
        sheet.put("presented_given", if given { "yes" } else { "no" });
    }
    if presented && !given {
        let reasons = [
            ("other_therapy", 30),
            ("condition", 25),
            ("not_eligible", 20),
            ("no_access", 15),
            ("patient_wish", 10),
        ];
        let reason = sheet.pick(&reasons);
        sheet.put("not_given_reason", reason);
    }
    let start = after(held, sheet.draw.between(7, 60));
    let end = after(start, sheet.draw.between(21, 200));
    if (given || other) && end <= horizon {
        regimen(sheet, &AFTER, &Regimen { row: 0, line: lines + 1, start, end });
        let policy = if given {
            sheet.pick(&[("insured", 45), ("trial", 35), ("patient_proposed", 20)])
        } else {
            "insured"
        };
        sheet.put_in((AFTER.regimens, 0), "after_policy", policy);
        let height = sheet.draw.between(145, 180);
        sheet.put_in((AFTER.regimens, 0), "after_height", height);
        let weight = sheet.draw.between(40, 85);
        sheet.put_in((AFTER.regimens, 0), "after_weight", weight);
    } else if given {
        // The therapy has only begun to be planned: nothing is told of it yet.
        sheet.record.set(&CellAddress::single("presented_given"), None);
        return held;
    } else {
        return held;
    }
    if !given {
        sheet.put("other_drug_given", "yes");
    }
    end
}

fn regimen(sheet: &mut Sheet<'_>, side: &Side, course: &Regimen) {
    let row = (side.regimens, course.row);
    sheet.put_in(row, side.item("line"), course.line);
    let place = sheet.pick(&[("own", 85), ("other", 15)]);
    sheet.put_in(row, side.item("place"), place);
    let drug = sheet.draw.weighted(&DRUGS, |drug| drug.2).map_or(DRUGS[0], |drug| *drug);
    sheet.put_in(row, side.item("regimen"), drug.1);
    sheet.put_in(row, side.item("drug_yj_en"), drug.1);
    sheet.put_in(row, side.item("drug_yj_ja"), drug.0);
    let status = sheet.pick(&[("approved", 88), ("off_label", 6), ("trial", 6)]);
    sheet.put_in(row, side.item("drug_status"), status);
    sheet.put_in(row, side.item("start"), course.start);
    sheet.put_in(row, side.item("end"), course.end);
    sheet.put_in(row, side.item("continues"), "no");
    let response = sheet.pick(&[("cr", 3), ("pr", 28), ("sd", 35), ("pd", 26), ("ne", 8)]);
    sheet.put_in(row, side.item("response"), response);
    if response == "pd" {
        sheet.put_in(row, side.item("progressed"), course.end);
    }
    let severe = sheet.draw.happens(240);
    sheet.put_in(row, side.item("grade3"), if severe { "yes" } else { "no" });
    let reason = match (response, severe && sheet.draw.happens(300)) {
        ("pd", _) => "ineffective",
        (_, true) => "adverse_event",
        (_, false) => "planned",
    };
    sheet.put_in(row, side.item("end_reason"), reason);
    if severe {
        adverse_event(sheet, side, course, reason == "adverse_event");
    }
}

fn adverse_event(sheet: &mut Sheet<'_>, side: &Side, course: &Regimen, stopped: bool) {
    let event = sheet.draw.weighted(&EVENTS, |event| event.3).map_or(EVENTS[0], |event| *event);
    let place = u32::try_from(sheet.record.rows(side.events).count()).unwrap_or(course.row);
    let row = (side.events, place);
    let days = u64::try_from((course.end - course.start).num_days()).unwrap_or_default();
    let day = after(course.start, sheet.draw.below(days));
    sheet.put_in(row, side.item("event_date"), day);
    sheet.put_in(row, side.item("event_en"), event.2);
    sheet.put_in(row, side.item("event_ja"), event.1);
    sheet.put_in(row, side.item("event"), event.0);
    let grade = sheet.pick(&[("3", 80), ("4", 20)]);
    sheet.put_in(row, side.item("event_grade"), grade);
    if stopped {
        let regimen = (side.regimens, course.row);
        sheet.put_in(regimen, side.item("stop_event_ja"), event.1);
        sheet.put_in(regimen, side.item("stop_event_en"), event.2);
        sheet.put_in(regimen, side.item("stop_event"), event.0);
        sheet.put_in(regimen, side.item("stop_grade"), grade);
    }
}

fn outcome(sheet: &mut Sheet<'_>, latest: NaiveDate, horizon: NaiveDate) {
    let last = after(latest, sheet.draw.between(10, 400));
    let died = last <= horizon && sheet.draw.happens(560);
    sheet.put("outcome", if died { "dead" } else { "alive" });
    sheet.put("last_contact", last.min(horizon));
    if died {
        sheet.put("died", last);
        let cause = sheet.pick(&[("cancer", 90), ("other", 7), ("treatment", 3)]);
        sheet.put("death_cause", cause);
    }
    sheet.put("database_updated", horizon);
}
