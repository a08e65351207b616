//! The programme: who takes part, as what, since when, and what that allows.
//!
//! The registry's documents are small and few, so [`Registry`] holds all of them and answers from memory.
//! Days are passed in. What no source says is `None` or `Unknown`, and unknown is never taken for no.
//!
//! Not here: how documents are kept (`store`), read from tables (`ingest`) or changed by whom (`server`).

pub mod application;
pub mod designation;
pub mod function_matrix;
pub mod hospital;
pub mod intake_round;
pub mod laboratory;
pub mod link;
pub mod panel_holding;
pub mod panel_product;
pub mod partial_date;
pub mod period;
pub mod prefecture;
pub mod registry;
pub mod requirement;

pub use application::{
    Application, ApplicationEvent, ApplicationId, ApplicationKind, ApplicationState, Decision,
    Opinion, StepApplicationError,
};
pub use designation::{
    Designation, DesignationHistory, DesignationKind, ReviseDesignationError, Standing,
};
pub use function_matrix::{Duty, Function, FunctionAnswer, FunctionMatrix, Mark};
pub use hospital::Hospital;
pub use intake_round::IntakeRound;
pub use laboratory::{AssessmentOutcome, Laboratory, LaboratoryKind, LaboratoryPaper, PaperKind};
pub use link::{Link, LinkHistory};
pub use panel_holding::{PanelAnswer, PanelReason, Verdict};
pub use panel_product::{PanelProduct, PanelVersion, ReportedThing, SampleKind};
pub use partial_date::PartialDate;
pub use period::Period;
pub use prefecture::Prefecture;
pub use registry::{DocumentKind, HospitalFilter, Registry, RegistryDocument, RegistryFlaw};
pub use requirement::{Requirement, RequirementChecklist, RequirementFinding, RequirementState};
