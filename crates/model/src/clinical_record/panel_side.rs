//! The two sides of the panel: the same items before and after it, by their codes in the catalogue.

/// The items of one side.
#[derive(Debug)]
pub struct PanelSide {
    /// Block of the regimens.
    pub regimens: &'static str,
    /// Line of therapy.
    pub line: &'static str,
    /// Where it was given.
    pub place: &'static str,
    /// Name of the regimen.
    pub regimen: &'static str,
    /// Its drugs, in the order in which one is preferred to the next.
    pub drugs: [&'static str; 4],
    /// First day.
    pub start: &'static str,
    /// Last day.
    pub end: &'static str,
    /// Whether it goes on.
    pub continues: &'static str,
    /// Why it ended.
    pub end_reason: &'static str,
    /// Best response.
    pub response: &'static str,
    /// Day of progression.
    pub progressed: &'static str,
    /// Whether there was an adverse event of grade 3 or above.
    pub grade3: &'static str,
    /// Adverse events for which it was stopped.
    pub stop_events: [&'static str; 4],
    /// Block of the adverse events.
    pub events: &'static str,
    /// The adverse event: its code, then its names.
    pub event_names: [&'static str; 3],
    /// Day of the adverse event.
    pub event_date: &'static str,
    /// Worst grade.
    pub event_grade: &'static str,
}

/// Before and after.
pub static PANEL_SIDES: [PanelSide; 2] = [
    PanelSide {
        regimens: "regimen_before",
        line: "before_line",
        place: "before_place",
        regimen: "before_regimen",
        drugs: [
            "before_drug_yj_en",
            "before_drug_yj_ja",
            "before_drug_generic",
            "before_drug_brand",
        ],
        start: "before_start",
        end: "before_end",
        continues: "before_continues",
        end_reason: "before_end_reason",
        response: "before_response",
        progressed: "before_progressed",
        grade3: "before_grade3",
        stop_events: [
            "before_stop_event",
            "before_stop_event_ja",
            "before_stop_event_en",
            "before_unknown",
        ],
        events: "adverse_event_before",
        event_names: ["before_event", "before_event_ja", "before_event_en"],
        event_date: "before_event_date",
        event_grade: "before_event_grade",
    },
    PanelSide {
        regimens: "regimen_after",
        line: "after_line",
        place: "after_place",
        regimen: "after_regimen",
        drugs: ["after_drug_yj_en", "after_drug_yj_ja", "after_drug_generic", "after_drug_brand"],
        start: "after_start",
        end: "after_end",
        continues: "after_continues",
        end_reason: "after_end_reason",
        response: "after_response",
        progressed: "after_progressed",
        grade3: "after_grade3",
        stop_events: [
            "after_stop_event",
            "after_stop_event_ja",
            "after_stop_event_en",
            "after_unknown",
        ],
        events: "adverse_event_after",
        event_names: ["after_event", "after_event_ja", "after_event_en"],
        event_date: "after_event_date",
        event_grade: "after_event_grade",
    },
];
