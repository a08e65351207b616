//! Applications for a designation: application, committee opinion, decision, period.
//!
//! A core or hub hospital is designated by the minister after the opinion of a committee; a partner is chosen
//! by a core or hub hospital, and its papers are sent in half-yearly rounds. Every step is an event that is
//! only added to.

use std::fmt;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{DesignationKind, IntakeRound, Period};
use crate::organisation::OrganisationCode;

/// Longest text of a step. Units: characters.
pub const STEP_TEXT_MAX_CHARS: usize = 4_000;

/// Identifies an application (UUID version 7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ApplicationId(pub Uuid);

impl fmt::Display for ApplicationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// New, or of a hospital that is designated already.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ApplicationKind {
    /// For a first designation, or for another kind.
    New,
    /// For a further period of the same kind.
    Renewal,
}

/// What the committee, or the choosing hospital, thinks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Opinion {
    /// Suitable.
    Suitable,
    /// Suitable under conditions that the text gives.
    Conditional,
    /// Not suitable.
    Unsuitable,
}

impl Opinion {
    /// Every opinion.
    pub const ALL: [Self; 3] = [Self::Suitable, Self::Conditional, Self::Unsuitable];

    /// Returns the word of forms.
    pub fn word(self) -> &'static str {
        match self {
            Self::Suitable => "suitable",
            Self::Conditional => "conditional",
            Self::Unsuitable => "unsuitable",
        }
    }
}

/// What was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Decision {
    /// Designated for a period.
    Designated(Period),
    /// Refused.
    Refused,
}

/// A step of an application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "camelCase")]
pub enum ApplicationEvent {
    /// It was sent in.
    Submitted {
        /// Day.
        day: NaiveDate,
        /// What the applicant says.
        text: String,
    },
    /// The committee gave its opinion; for a partner, the core or hub hospital that chose it.
    OpinionGiven {
        /// Day.
        day: NaiveDate,
        /// The opinion.
        opinion: Opinion,
        /// Its reasons and conditions.
        text: String,
    },
    /// It was decided.
    Decided {
        /// Day.
        day: NaiveDate,
        /// The decision.
        decision: Decision,
        /// Its reasons.
        text: String,
    },
    /// The applicant took it back.
    Withdrawn {
        /// Day.
        day: NaiveDate,
        /// Why.
        text: String,
    },
}

impl ApplicationEvent {
    /// Returns the day of the step.
    pub fn day(&self) -> NaiveDate {
        match self {
            Self::Submitted { day, .. }
            | Self::OpinionGiven { day, .. }
            | Self::Decided { day, .. }
            | Self::Withdrawn { day, .. } => *day,
        }
    }

    fn text(&self) -> &str {
        match self {
            Self::Submitted { text, .. }
            | Self::OpinionGiven { text, .. }
            | Self::Decided { text, .. }
            | Self::Withdrawn { text, .. } => text,
        }
    }
}

/// Where an application is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ApplicationState {
    /// Waits for an opinion.
    Submitted,
    /// Waits for the decision.
    OpinionGiven,
    /// Ended with a designation.
    Designated,
    /// Ended without.
    Refused,
    /// Taken back.
    Withdrawn,
}

impl ApplicationState {
    /// Returns whether something still has to be done.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Submitted | Self::OpinionGiven)
    }
}

/// Why an application does not take a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StepApplicationError {
    /// The step does not follow from where the application is.
    #[error("the step does not follow from where the application is")]
    OutOfOrder,
    /// It is dated before the step before it.
    #[error("the step is dated before the one before it")]
    Backwards,
    /// The period ends before it begins.
    #[error("the period ends before it begins")]
    PeriodBackwards,
    /// An opinion, a refusal or a withdrawal needs reasons.
    #[error("the step needs reasons")]
    NoReason,
    /// The text is too long.
    #[error("the text is too long")]
    TooLong,
}

/// An application of one hospital.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Application {
    /// Identifier.
    pub id: ApplicationId,
    /// The hospital.
    pub hospital: OrganisationCode,
    /// As what it would be designated.
    pub wanted: DesignationKind,
    /// New or renewal.
    pub kind: ApplicationKind,
    /// For a partner: the core or hub hospital that chose it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chosen_by: Option<OrganisationCode>,
    /// For a partner: the round in which it is taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub round: Option<IntakeRound>,
    /// Its steps, oldest first; the first is its submission. Changed by [`Self::step`].
    pub events: Vec<ApplicationEvent>,
}

impl Application {
    /// Returns where it is.
    pub fn state(&self) -> ApplicationState {
        match self.events.last() {
            None | Some(ApplicationEvent::Submitted { .. }) => ApplicationState::Submitted,
            Some(ApplicationEvent::OpinionGiven { .. }) => ApplicationState::OpinionGiven,
            Some(ApplicationEvent::Decided { decision: Decision::Designated(_), .. }) => {
                ApplicationState::Designated
            }
            Some(ApplicationEvent::Decided { decision: Decision::Refused, .. }) => {
                ApplicationState::Refused
            }
            Some(ApplicationEvent::Withdrawn { .. }) => ApplicationState::Withdrawn,
        }
    }

    /// Returns the day on which it was sent in.
    pub fn submitted(&self) -> Option<NaiveDate> {
        self.events.first().map(ApplicationEvent::day)
    }

    /// Returns the day of the newest step.
    pub fn latest(&self) -> Option<NaiveDate> {
        self.events.last().map(ApplicationEvent::day)
    }

    /// Takes a step.
    ///
    /// Errors: the step does not follow from where the application is; then nothing is changed.
    pub fn step(&mut self, event: ApplicationEvent) -> Result<(), StepApplicationError> {
        use ApplicationEvent as Event;
        let follows = match (&event, self.events.is_empty()) {
            (Event::Submitted { .. }, true) => true,
            (Event::OpinionGiven { .. }, false) => self.state() == ApplicationState::Submitted,
            (Event::Decided { .. }, false) => self.state() == ApplicationState::OpinionGiven,
            (Event::Withdrawn { .. }, false) => self.state().is_open(),
            _ => false,
        };
        if !follows {
            return Err(StepApplicationError::OutOfOrder);
        }
        if self.latest().is_some_and(|latest| event.day() < latest) {
            return Err(StepApplicationError::Backwards);
        }
        if let Event::Decided { decision: Decision::Designated(period), .. } = &event
            && !period.is_sound()
        {
            return Err(StepApplicationError::PeriodBackwards);
        }
        let needs_reason = match &event {
            Event::Submitted { .. } => false,
            Event::OpinionGiven { opinion, .. } => *opinion != Opinion::Suitable,
            Event::Decided { decision, .. } => *decision == Decision::Refused,
            Event::Withdrawn { .. } => true,
        };
        if needs_reason && event.text().trim().is_empty() {
            return Err(StepApplicationError::NoReason);
        }
        if event.text().chars().count() > STEP_TEXT_MAX_CHARS {
            return Err(StepApplicationError::TooLong);
        }
        self.events.push(event);
        Ok(())
    }

    /// Returns whether its steps are ones that could have been taken.
    pub fn is_sound(&self) -> bool {
        let mut again = Self { events: Vec::new(), ..self.clone() };
        !self.events.is_empty() && self.events.iter().all(|event| again.step(event.clone()).is_ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn application() -> Application {
        let submitted = ApplicationEvent::Submitted { day: day("2026-04-01"), text: String::new() };
        Application {
            id: ApplicationId(Uuid::nil()),
            hospital: OrganisationCode::new("H1"),
            wanted: DesignationKind::Hub,
            kind: ApplicationKind::New,
            chosen_by: None,
            round: None,
            events: vec![submitted],
        }
    }

    fn opinion(day_text: &str) -> ApplicationEvent {
        let text = String::new();
        ApplicationEvent::OpinionGiven { day: day(day_text), opinion: Opinion::Suitable, text }
    }

    fn decided(day_text: &str) -> ApplicationEvent {
        let period = Period::between(day("2026-10-01"), day("2030-09-30"));
        let decision = Decision::Designated(period);
        ApplicationEvent::Decided { day: day(day_text), decision, text: String::new() }
    }

    #[test]
    fn steps_follow_one_another() {
        let mut application = application();
        assert_eq!(application.step(decided("2026-05-01")), Err(StepApplicationError::OutOfOrder));
        assert_eq!(application.step(opinion("2026-03-31")), Err(StepApplicationError::Backwards));
        application.step(opinion("2026-05-01")).unwrap();
        application.step(decided("2026-06-01")).unwrap();
        assert_eq!(application.state(), ApplicationState::Designated);
        let withdrawn =
            ApplicationEvent::Withdrawn { day: day("2026-07-01"), text: "why".to_owned() };
        assert_eq!(application.step(withdrawn), Err(StepApplicationError::OutOfOrder));
        assert!(application.is_sound());
    }

    #[test]
    fn a_refusal_needs_reasons() {
        let mut application = application();
        application.step(opinion("2026-05-01")).unwrap();
        let refuse = |text: &str| ApplicationEvent::Decided {
            day: day("2026-06-01"),
            decision: Decision::Refused,
            text: text.to_owned(),
        };
        assert_eq!(application.step(refuse(" ")), Err(StepApplicationError::NoReason));
        application.step(refuse("no counsellor")).unwrap();
        assert_eq!(application.state(), ApplicationState::Refused);
    }
}
