//! From the record's documents to what a search may see of a case.
//!
//! This is the only way by which a registered case comes into the cohort index. Nothing is taken but what is named here: no name,
//! no reference, no free text, no date of birth. What a document does not say, or says only to the month, stays unknown.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use chrono::NaiveDate;
use knowledge::{Annotation, Drug, Release};
use model::{
    case::{self, PatientCase},
    clinical_record::{ClinicalRecord, RecordReader},
    consent::{Answer as ConsentAnswer, Answers, ConsentPurpose},
    programme::Prefecture,
    result::TestResult,
};
use uuid::Uuid;

use super::{
    case::{CaseConsent, CohortCase, Name},
    day::CohortDay,
    panel::CohortPanel,
    word::{Answer, SampleKind, Sex},
};

mod clinical;
mod genomic;

/// The documents of one case.
#[derive(Clone, Copy, Debug)]
pub struct CaseDocuments<'a> {
    /// Opaque identifier that the search shows; it must not be told what it is made of.
    pub id: Uuid,
    /// The collection that the case belongs to, such as `registered`.
    pub collection: &'a str,
    /// The case.
    pub case: &'a PatientCase,
    /// Its clinical record.
    pub record: Option<&'a ClinicalRecord>,
    /// Its test result that counts, if any was accepted.
    pub result: Option<&'a TestResult>,
    /// What the release knows of that result.
    pub annotation: Option<&'a Annotation<'a>>,
    /// Day of the test; without it the day of registration stands for it.
    pub tested: Option<NaiveDate>,
    /// What the patient allows now.
    pub consent: &'a Answers,
    /// Where the hospital is.
    pub prefecture: Option<Prefecture>,
    /// The day for which completeness is told.
    pub today: NaiveDate,
}

/// What decides which panel a case was tested with.
#[derive(Debug, PartialEq, Eq, Hash)]
struct PanelKey {
    name: String,
    genes: Vec<Name>,
    is_tissue: bool,
    is_rna: bool,
}

/// Makes de-identified cases; knows the names of drugs and the panels of a knowledge release.
#[derive(Debug)]
pub struct Deidentification<'r> {
    release: &'r Release,
    drugs: HashMap<String, &'r Drug>,
    /// Panels by name and version, and by what a file says that it covers, so that cases share them.
    panels: Mutex<HashMap<PanelKey, Arc<CohortPanel>>>,
}

impl<'r> Deidentification<'r> {
    /// Prepares to use the names of a release.
    pub fn new(release: &'r Release) -> Self {
        let mut drugs = HashMap::new();
        for drug in release.drugs() {
            let names = [drug.id.as_str(), &drug.name.ja, &drug.name.en];
            let aliases = drug.aliases.iter().map(String::as_str);
            for name in names.into_iter().chain(aliases) {
                drugs.entry(name.to_lowercase()).or_insert(drug);
            }
        }
        Self { release, drugs, panels: Mutex::default() }
    }

    /// Returns the release whose names are used.
    pub fn release(&self) -> &'r Release {
        self.release
    }

    /// Returns what a search may see of a case.
    pub fn case(&self, documents: &CaseDocuments<'_>) -> CohortCase {
        let mut case = CohortCase::unknown(documents.id, documents.collection.into());
        self.registration(&mut case, documents);
        if let Some(record) = documents.record {
            self.clinical(&mut case, &RecordReader::new(record), documents.today);
        }
        if let Some(result) = documents.result {
            self.genomic(&mut case, result, documents.annotation);
        }
        case.normalised()
    }

    fn registration(&self, case: &mut CohortCase, documents: &CaseDocuments<'_>) {
        let own = documents.case;
        case.synthetic = own.synthetic;
        case.tumour = own.tumour_type.as_ref().map(|code| code.as_str().into());
        case.age_years = own.age_years.and_then(|age| u8::try_from(age).ok());
        case.sex = own.sex.map(|sex| match sex {
            case::Sex::Female => Sex::Female,
            case::Sex::Male => Sex::Male,
            case::Sex::Other => Sex::Other,
        });
        case.performance_status = own.performance_status;
        case.sample_kind = own.specimen_kind.as_deref().and_then(sample_kind);
        case.hospital = own.hospital.as_deref().map(Name::from);
        case.prefecture = documents.prefecture.map(Prefecture::number);
        case.tested = documents.tested.or(own.registered).and_then(CohortDay::of);
        let answer = |purpose| match documents.consent.get(purpose) {
            Some(ConsentAnswer::Yes) => Some(Answer::Yes),
            Some(ConsentAnswer::No) => Some(Answer::No),
            Some(ConsentAnswer::Later) | None => None,
        };
        case.consent = CaseConsent {
            academic: answer(ConsentPurpose::AcademicUse),
            company: answer(ConsentPurpose::CompanyUse),
            abroad: answer(ConsentPurpose::AbroadUse),
        };
    }

    /// Returns a gene's present symbol.
    pub(crate) fn gene(&self, written: &str) -> Name {
        self.release.gene(written).map_or(written, |gene| gene.symbol.as_str()).into()
    }

    fn shared_panel(
        &self,
        key: PanelKey,
        make: impl FnOnce(&[Name]) -> Arc<CohortPanel>,
    ) -> Arc<CohortPanel> {
        let mut panels = self.panels.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(panel) = panels.get(&key) {
            return Arc::clone(panel);
        }
        let panel = make(&key.genes);
        panels.insert(key, Arc::clone(&panel));
        panel
    }
}

/// Returns the kind of a specimen that a case's document names by the label of either language.
fn sample_kind(label: &str) -> Option<SampleKind> {
    use super::word::Word as _;
    SampleKind::ALL.iter().copied().find(|kind| {
        let labels = kind.label();
        labels.ja == label || labels.en == label
    })
}
