//! The cohort engine: cases in, counts out.
//!
//! *Where does a case come from?* [`CohortCase`] is all that a search may see of a case.
//! *Where does it lie?* In a [`Segment`] of at most 65,536 cases: dictionary-coded columns,
//! posting lists and bitmaps for every value, and the alterations, therapies and adverse events of all
//! cases sorted by what they are. A segment never changes.
//! *What does a search see?* A [`CohortView`]: segments, what of them is still live, and the
//! dictionaries, as they were at one moment. [`CohortIndex`] changes by putting a new view in the
//! old one's place, so that no reader waits.
//! *How is a search asked?* As a [`Query`], which is evaluated to a [`Cohort`]; a
//! [`CohortPage`] counts it.
//!
//! ```
//! use model::text::Language;
//! use research::cohort::*;
//!
//! let cases = synthetic::cohort_cases(1, 500);
//! let index = CohortIndex::build(cases, CompactionLimits::default())?;
//! let view = index.view();
//! let vocabulary = Vocabulary::of(view.dictionaries());
//! let query = Query::from_text("gene=KRAS and not age<50", &vocabulary).expect("a good query");
//! assert_eq!(query.to_line(Language::En, &NoLabels), "altered: KRAS and not Age: 49 or less");
//! let cohort = view.evaluate(&query, &NoHierarchy)?;
//! let page = view.page(&cohort, &PageRequest::default());
//! assert_eq!(page.cases, cohort.cases());
//! assert_eq!(page.genes[0].gene.as_ref(), "KRAS");
//! let problems = Query::from_text("gen=KRAS", &vocabulary).expect_err("there is no item gen");
//! assert_eq!(problems[0].remedy.en, "Did you mean: gene?");
//! let first = view.list(&cohort, 0, 1).pop().expect("someone has KRAS altered");
//! index.apply([Change::Withdraw(first.id)])?;
//! assert_eq!(index.view().cases(), 499);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Unknown is a value of its own everywhere: a case whose value is not known is neither in a search nor in
//! its opposite, and a test that does not cover a gene says nothing of it.

mod bitmap;
mod cascade;
mod case;
mod column;
mod day;
mod deidentify;
mod dictionary;
mod evaluate;
mod incidence;
mod index;
mod item;
mod page;
mod pairs;
mod panel;
mod posting;
mod query;
mod segment;
mod snapshot;
mod spectrum;
mod survival;
mod tumour_change;
mod word;

pub(crate) use self::item::{age_band, tmb_band};
pub use self::{
    bitmap::Bitmap,
    cascade::Cascade,
    case::{
        AdverseEvent, CaseConsent, CohortAlteration, CohortCase, Name, PanelOutcome, TherapyLine,
        TherapyRecorded,
    },
    day::CohortDay,
    deidentify::{CaseDocuments, Deidentification},
    dictionary::Dictionaries,
    evaluate::{Cohort, EvaluateError, NoHierarchy, TumourHierarchy},
    index::{ApplyChangeError, Change, CohortIndex, CohortView, CompactionLimits, ViewBuilder},
    item::{Item, ItemKind},
    page::{CohortPage, DrugRow, Facet, FacetValue, GeneRow, GeneShare, PageRequest, PyramidRow},
    pairs::GenePair,
    panel::{CohortPanel, PanelCoverage},
    query::{
        AlterationTerm, EventTerm, Labels, NameList, NoLabels, Query, Range, TherapyTerm,
        Vocabulary,
    },
    segment::Segment,
    snapshot::OpenSnapshotError,
    spectrum::SpectrumRow,
    survival::{Clock, SurvivalCounts},
    tumour_change::{ChangeClass, MeasuredCase, TumourChange},
    word::{
        AlterationClass, AlterationKind, Answer, Msi, NotGivenReason, Origin, Region, Response,
        SampleKind, Sex, Side, Stage, VitalStatus, Word,
    },
};
