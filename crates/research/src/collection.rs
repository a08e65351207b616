//! Collections: historical cohorts that are searched beside registered cases, or apart from them.
//!
//! *What is one?* An immutable snapshot of cases, and a manifest that says where they are from, under which licence,
//! whether they are invented and who may search them ([`Manifest`]).
//! *How does one come in?* [`CohortImport`] joins MAF files with a clinical table as a [`Mapping`] says;
//! [`PortalImport`] takes the portal's two exports. Both give cases and every problem found.
//! *Where does it lie?* In a [`CollectionFolder`]. The manifest is what makes a collection be there: it is put in place
//! last and in one step, so that a reader sees the old collection or the new one.
//!
//! Nobody whose data lie in a collection was asked by the programme: consent is unknown, never Yes. Whether research
//! users may search it, its manifest says.
//!
//! Not here: the clock, who may search, pages.

mod change;
mod clinical;
mod folder;
mod import;
mod manifest;
mod mapping;
mod portal;
mod problems;

pub use self::{
    folder::{Collection, CollectionFolder, OpenCollectionError, PutCollectionError, Stamp},
    import::{CohortImport, FileProblems, ImportCounts},
    manifest::{
        CollectionName, DayKind, Manifest, ParseCollectionNameError, ProblemCounts, SourceFile,
    },
    mapping::{
        About, ChangeRule, ClinicalRules, Covered, ItemRule, MafRules, Mapping, PanelRules,
        WithoutVariants,
    },
    portal::{PortalImport, PortalTaken, TakePortalError, portal_problems},
};

use sha2::{Digest as _, Sha256};
use uuid::Uuid;

/// Returns an identifier of a case: the same for the same name in the same collection, telling neither.
fn case_id(collection: &CollectionName, own: &str) -> Uuid {
    let mut hasher = Sha256::new();
    hasher.update(collection.as_str().as_bytes());
    hasher.update([0]);
    hasher.update(own.as_bytes());
    let digest = hasher.finalize();
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(digest).for_each(|(byte, of_digest)| *byte = of_digest);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

/// Returns the SHA-256 of some bytes, in hexadecimal digits.
pub fn digest(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}
