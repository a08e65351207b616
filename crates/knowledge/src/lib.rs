//! Immutable releases of evidence, and matching alterations to them.
//!
//! A [`release::Release`] is a folder (or the tables compiled into the binary) that never changes once
//! made; its identifier is a digest of everything in it. [`release::Release::annotate`] lays a test
//! result beside it and says what is known, how strongly, and for which tumour type.
//!
//! Not here: how results are read (`ingest`), and how findings are laid out for a reader (`care`).

pub mod annotate;
pub mod biomarker;
pub mod build;
pub mod diff;
pub mod drug;
pub mod evidence;
pub mod facts;
pub mod level;
pub mod release;
mod table;
pub mod tumour;

pub use annotate::{
    AlterationRef, AnnotateOptions, Annotation, DrugMatch, EvidenceMatch, Finding,
    SecondaryFindingCandidate, Specificity,
};
pub use biomarker::{
    Biomarker,
    ranges::{ProteinRegion, RegionKind, protein_regions},
};
pub use drug::{Approval, Drug, Regimen};
pub use evidence::{Evidence, Interaction, Reference};
pub use facts::{GeneFacts, Hotspot, Panel, SecondaryFindingGene, Zygosity};
pub use level::LevelTable;
pub use release::{
    Release,
    files::ReleaseFiles,
    load::LoadTableError,
    manifest::{BiomarkerCounts, LevelTableName, Manifest, Source, TableDigest},
    open::OpenReleaseError,
};
pub use tumour::{TumourScope, TumourType};
