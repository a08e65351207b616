//! MAF files and a clinical table as the cases of a collection.
//!
//! Files are read one after the other, and of each variant only what a search needs is kept, so that memory is that
//! of the largest file and of the cases.

use std::{
    collections::{BTreeSet, HashMap},
    io::Read,
};

use ingest::{clinical_table, maf};
use knowledge::{AnnotateOptions, Release};
use model::{
    problem::{Problem, Severity},
    result::TestResult,
    tumour::TumourTypeCode,
};
use rayon::prelude::*;

use super::{
    case_id,
    clinical::{self, Clinical},
    manifest::{CollectionName, ProblemCounts},
    mapping::{Covered, CoveredWord, Mapping, WithoutVariants},
    problems,
};
use crate::cohort::{
    CohortCase, CohortIndex, CohortPanel, CohortView, CompactionLimits, Deidentification, Name,
    PanelCoverage,
};

/// The problems of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileProblems {
    /// The file's name.
    pub file: String,
    /// What was found.
    pub problems: Vec<Problem>,
}

/// How much was read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ImportCounts {
    /// Tumours of a MAF file.
    pub tumours: u64,
    /// Variants that count.
    pub reported: u64,
    /// Variants that do not, because of their filter or classification.
    pub not_reported: u64,
}

/// A case that a MAF file has.
struct Tumour {
    /// The file, by its place among the files.
    file: usize,
    case: CohortCase,
}

/// A collection while it is read. Begin with the clinical table, add each MAF file, and finish.
pub struct CohortImport<'a> {
    name: CollectionName,
    mapping: &'a Mapping,
    release: &'a Release,
    deidentification: Deidentification<'a>,
    annotate: AnnotateOptions,
    clinical: Clinical,
    clinical_file: String,
    files: Vec<String>,
    tumours: Vec<Tumour>,
    /// Place of each sample among the tumours.
    places: HashMap<String, usize>,
    genes: BTreeSet<Name>,
    problems: Vec<FileProblems>,
}

impl<'a> CohortImport<'a> {
    /// Begins with the clinical table.
    pub fn begin(
        name: CollectionName,
        mapping: &'a Mapping,
        release: &'a Release,
        annotate: AnnotateOptions,
        clinical_file: &str,
        source: impl Read,
    ) -> Self {
        let reading = clinical_table::read_from(source);
        let mut problems = reading.problems;
        let synthetic = mapping.collection.synthetic;
        let blank = |sample: &str| blank(&name, sample, synthetic);
        let clinical = reading.value.map(|table| clinical::read(&table, mapping, release, blank));
        let (clinical, found) = clinical.unwrap_or_default();
        problems.extend(found);
        Self {
            mapping,
            release,
            deidentification: Deidentification::new(release),
            annotate,
            clinical,
            clinical_file: clinical_file.to_owned(),
            files: Vec::new(),
            tumours: Vec::new(),
            places: HashMap::new(),
            genes: BTreeSet::new(),
            problems: vec![FileProblems { file: clinical_file.to_owned(), problems }],
            name,
        }
    }

    /// Adds a MAF file.
    pub fn add_maf(&mut self, file: &str, source: impl Read) -> ImportCounts {
        let options = maf::ReadOptions {
            assembly: self.mapping.assembly(),
            accepted_filters: self.mapping.accepted_filters(file).to_vec(),
            unreported_classifications: self.mapping.maf.unreported_classifications.clone(),
            ..maf::ReadOptions::default()
        };
        let reading = maf::read_from(source, &options);
        let mut found = reading.problems;
        let at = self.files.len();
        self.files.push(file.to_owned());
        let mut counts = ImportCounts::default();
        let mut results = reading.value.unwrap_or_default();
        results.retain(|(sample, result)| {
            let other = self.places.get(sample).and_then(|place| self.tumours.get(*place));
            if let Some(other) = other {
                let other = self.files.get(other.file).map_or("", String::as_str);
                found.push(problems::sample_in_two_files(first_line(result), sample, other));
            }
            other.is_none()
        });
        let written: BTreeSet<&str> = results
            .iter()
            .flat_map(|(_, result)| &result.short_variants)
            .filter_map(|variant| variant.transcripts.first()?.gene.as_ref())
            .map(model::gene::GeneSymbol::as_str)
            .collect();
        let genes: Vec<Name> =
            written.into_iter().map(|gene| self.deidentification.gene(gene)).collect();
        self.genes.extend(genes);
        for (sample, result) in &results {
            let reported = result.short_variants.iter().filter(|own| own.reported).count();
            counts.tumours += 1;
            counts.reported += reported as u64;
            counts.not_reported += (result.short_variants.len() - reported) as u64;
            if !self.clinical.cases.contains_key(sample) {
                found.push(problems::without_clinical(first_line(result), sample));
            }
        }
        let import = &*self;
        let cases: Vec<(String, CohortCase)> = results
            .into_par_iter()
            .map(|(sample, result)| {
                let case = import.case(&sample, &result);
                (sample, case)
            })
            .collect();
        for (sample, case) in cases {
            self.places.insert(sample, self.tumours.len());
            self.tumours.push(Tumour { file: at, case });
        }
        self.problems.push(FileProblems { file: file.to_owned(), problems: found });
        counts
    }

    /// Returns what a search may see of a tumour; its panel is set when all files were read.
    fn case(&self, sample: &str, result: &TestResult) -> CohortCase {
        let known = self.clinical.cases.get(sample).cloned();
        let synthetic = self.mapping.collection.synthetic;
        let mut case = known.unwrap_or_else(|| blank(&self.name, sample, synthetic));
        let tumour = case.tumour.as_deref().map(TumourTypeCode::new);
        let annotation = self.release.annotate_with(result, tumour.as_ref(), &self.annotate);
        self.deidentification.alterations(&mut case, result, Some(&annotation));
        case
    }

    /// Ends the reading: the cases as a view, where nothing that was found is an error; and all that was found.
    pub fn finish(mut self) -> (Option<CohortView>, Vec<FileProblems>) {
        let panel = self.panel();
        let is_kept = self.mapping.clinical.without_variants == WithoutVariants::Keep;
        let mut cases = Vec::with_capacity(self.tumours.len());
        for Tumour { case, .. } in std::mem::take(&mut self.tumours) {
            cases.push(CohortCase { panel: Some(panel.clone()), ..case });
        }
        let mut found = Vec::new();
        for (sample, line) in std::mem::take(&mut self.clinical.lines) {
            if self.places.contains_key(&sample) {
                continue;
            }
            let column = self.clinical.sample_column;
            found.push(problems::without_variants(line, column, &sample, is_kept));
            cases.extend(self.clinical.cases.remove(&sample).filter(|_| is_kept));
        }
        found.extend(self.mapping.unused_exceptions(&self.files));
        let of_clinical = self.problems.iter_mut().find(|each| each.file == self.clinical_file);
        if let Some(own) = of_clinical {
            own.problems.extend(found);
        }
        if cases.is_empty() {
            self.say(problems::nothing());
        }
        if self.problems.iter().any(|each| model::problem::has_error(&each.problems)) {
            return (None, self.problems);
        }
        match CohortIndex::build(cases, CompactionLimits::default()) {
            Ok(index) => (Some(index.view().as_ref().clone()), self.problems),
            Err(error) => {
                self.say(problems::too_many_names(&error.to_string()));
                (None, self.problems)
            }
        }
    }

    fn say(&mut self, problem: Problem) {
        let file = self.name.to_string();
        self.problems.push(FileProblems { file, problems: vec![problem] });
    }

    /// Returns the panel of every tumour that a MAF file has.
    fn panel(&self) -> std::sync::Arc<CohortPanel> {
        let rules = &self.mapping.panel;
        let genes = |covered: &Option<Covered>| -> Vec<Name> {
            match covered {
                None | Some(Covered::Word(CoveredWord::None)) => Vec::new(),
                Some(Covered::Genes(genes)) => {
                    genes.iter().map(|gene| self.deidentification.gene(gene)).collect()
                }
                Some(Covered::Word(CoveredWord::EveryGene)) => {
                    let known = self.release.genes().map(|gene| gene.symbol.as_str().into());
                    self.genes.iter().cloned().chain(known).collect()
                }
            }
        };
        let is_known = [&rules.short, &rules.copy_number, &rules.rearrangement];
        let coverage = is_known.iter().any(|each| each.is_some()).then(|| PanelCoverage {
            short: genes(&rules.short),
            copy_number: genes(&rules.copy_number),
            rearrangement: genes(&rules.rearrangement),
        });
        let name = rules.name.as_deref().unwrap_or(self.name.as_str());
        CohortPanel::new(name, coverage)
    }
}

impl FileProblems {
    /// Counts the warnings and notes of some files.
    pub fn count(files: &[Self]) -> ProblemCounts {
        let of = |severity: Severity| {
            let problems = files.iter().flat_map(|file| &file.problems);
            problems.filter(|problem| problem.severity == severity).count() as u64
        };
        ProblemCounts { warnings: of(Severity::Warning), notes: of(Severity::Note) }
    }
}

fn blank(name: &CollectionName, sample: &str, synthetic: bool) -> CohortCase {
    let case = CohortCase::unknown(case_id(name, sample), name.as_str().into());
    CohortCase { synthetic, ..case }
}

/// Returns the line of a result's first variant. Units: 1-based.
fn first_line(result: &TestResult) -> u64 {
    let first = result.short_variants.first();
    let line = first.and_then(|variant| variant.item_id.strip_prefix("line-"));
    line.and_then(|line| line.parse().ok()).unwrap_or(1)
}
