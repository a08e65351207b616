//! Writes a document as a study of one sample, named after the test.

use model::{genome::Assembly, problem::Problem};

use super::problems;
use crate::{
    cats::{
        Document, assembly,
        convert::item::{Molecule, contig_name, field, genes},
        document::{CopyNumberAlteration, Rearrangement},
        fusion_words,
    },
    reading::Reading,
};

mod texts;

/// A file of a study.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StudyFile {
    /// Path below the study's folder.
    pub path: &'static str,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Returns the files of the study that a document makes, with notes on what to do before importing them.
///
/// Items that are not reported are left out. A kind of data without items has no files.
pub fn study_files(document: &Document) -> Reading<Vec<StudyFile>> {
    let id = field(&document.test_info.test_id);
    let mut study = Study { id: &id, files: Vec::new() };
    let mut notes: Vec<Problem> = Vec::new();
    if assembly(document) == Some(Assembly::Grch38) {
        notes.push(problems::says_hg19());
    }
    study.add("meta_study.txt", &texts::lines(texts::META_STUDY));
    study.add("meta_clinical_patient.txt", &texts::lines(texts::META_CLINICAL_PATIENT));
    study.add("data_clinical_patient.txt", &texts::clinical_header(texts::CLINICAL_PATIENT));
    study.add("meta_clinical_sample.txt", &texts::lines(texts::META_CLINICAL_SAMPLE));
    study.add("data_clinical_sample.txt", &clinical_sample(document));

    let short_variants = short_variants(document);
    if let Some(text) = &short_variants {
        notes.push(problems::needs_vcf2maf());
        study.add("meta_mutations_extended.txt", &texts::lines(texts::META_MUTATIONS));
        study.add("data_snv.vcf", text);
    }
    let copy_numbers = copy_numbers(document);
    if let Some(text) = &copy_numbers {
        study.add("meta_cna_discrete.txt", &texts::lines(texts::META_COPY_NUMBERS));
        study.add("data_cna_discrete.txt", text);
    }
    if let Some(text) = expressions(document) {
        study.add("meta_expression.txt", &texts::lines(texts::META_EXPRESSIONS));
        study.add("data_expression.txt", &text);
    }
    if let Some(text) = fusions(document) {
        study.add("meta_fusion.txt", &texts::lines(texts::META_FUSIONS));
        study.add("data_fusion.txt", &text);
    }
    if let Some(text) = structural_variants(document) {
        study.add("meta_sv.txt", &texts::lines(texts::META_STRUCTURAL_VARIANTS));
        study.add("data_sv.txt", &text);
    }
    study.add("case_lists/cases_all.txt", &texts::lines(texts::CASES_ALL));
    if short_variants.is_some() {
        study.add("case_lists/cases_sequenced.txt", &texts::lines(texts::CASES_SEQUENCED));
    }
    if copy_numbers.is_some() {
        study.add("case_lists/cases_cna.txt", &texts::lines(texts::CASES_COPY_NUMBERS));
    }
    if short_variants.is_some() && copy_numbers.is_some() {
        study.add("case_lists/cases_cnaseq.txt", &texts::lines(texts::CASES_BOTH));
    }
    Reading::of(study.files, notes)
}

/// Files of one study.
struct Study<'a> {
    id: &'a str,
    files: Vec<StudyFile>,
}

impl Study<'_> {
    /// Adds a file, with the study's identifier in the places marked for it.
    fn add(&mut self, path: &'static str, text: &str) {
        let text = text.replace(texts::STUDY, self.id);
        self.files.push(StudyFile { path, bytes: text.into_bytes() });
    }
}

/// The header, and one row with TMB and MSI.
fn clinical_sample(document: &Document) -> String {
    let marker = |kind: &str| {
        document
            .biomarkers()
            .iter()
            .filter(|marker| marker.reported && marker.biomarker_type == kind)
            .flat_map(|marker| marker.biomarker_metrics.iter().flatten())
            .next()
            .map(|metric| metric.value.to_string())
            .unwrap_or_default()
    };
    // Patient, sample, eleven attributes that a document does not say, TMB and MSI.
    format!(
        "{}\t{}{}{}\t{}\n",
        texts::clinical_header(texts::CLINICAL_SAMPLE),
        texts::STUDY,
        "\t".repeat(12),
        marker("TMB"),
        marker("MSI")
    )
}

fn short_variants(document: &Document) -> Option<String> {
    let mut text = texts::VCF_HEADER.to_owned();
    let mut found = false;
    for variant in document.short_variants().iter().filter(|variant| variant.reported) {
        found = true;
        text.push_str(&format!(
            "{}\t{}\t.\t{}\t{}\t.\t.\t.\n",
            field(&contig_name(&variant.chromosome)),
            variant.position,
            field(&variant.reference_allele),
            field(&variant.alternate_allele)
        ));
    }
    found.then_some(text)
}

fn copy_numbers(document: &Document) -> Option<String> {
    let mut text = format!("Hugo_Symbol\tEntrez_Gene_Id\t{}\n", texts::STUDY);
    let mut found = false;
    for alteration in document.copy_number_alterations().iter().filter(|a| a.reported) {
        let Some(level) = level(alteration) else { continue };
        for gene in genes(&alteration.transcripts).into_iter().flatten() {
            found = true;
            text.push_str(&format!("{}\t\t{level}\n", field(gene)));
        }
    }
    found.then_some(text)
}

/// Returns the level of a copy-number kind.
///
/// The official sample shows amplification as 2 and loss as -2; the other kinds are ours.
fn level(alteration: &CopyNumberAlteration) -> Option<i8> {
    match alteration.copy_number_alteration_type.as_str() {
        "amplification" => Some(2),
        "gain" | "duplication" => Some(1),
        "loss" | "deletion" | "homozygous deletion" => Some(-2),
        "neutral" => Some(0),
        _ => None,
    }
}

fn expressions(document: &Document) -> Option<String> {
    let mut text = format!("Hugo_Symbol\tEntrez_Gene_Id\t{}\n", texts::STUDY);
    let mut found = false;
    for expression in document.gene_expressions().iter().filter(|e| e.reported) {
        let metrics = &expression.expression_level_metrics;
        let own = metrics.iter().find(|metric| metric.is_control != Some(true));
        let Some(metric) = own.or_else(|| metrics.first()) else { continue };
        for gene in genes(&expression.transcripts).into_iter().flatten() {
            found = true;
            // The official converter writes one empty field too many, so that the value stands beyond the
            // header's last column; our own reader knows it.
            text.push_str(&format!("{}\t\t\t{}\n", field(gene), metric.value));
        }
    }
    found.then_some(text)
}

/// Returns the words for support in DNA and in RNA.
fn support(document: &Document, item: &Rearrangement) -> (&'static str, &'static str) {
    let sample = item.sample_item_id.as_deref();
    match Molecule::of(document, sample, item.test_method.as_deref()) {
        Molecule::Dna => ("yes", "no"),
        Molecule::Rna => ("no", "yes"),
    }
}

/// Returns the first gene of each side; empty where there is none.
fn side_genes(item: &Rearrangement) -> [String; 2] {
    [0, 1].map(|at| {
        let side = item.breakends.get(at);
        let gene = side.and_then(|end| genes(&end.transcripts).into_iter().flatten().next());
        gene.map(field).unwrap_or_default()
    })
}

fn fusions(document: &Document) -> Option<String> {
    let words = fusion_words(document);
    let mut text = format!("{}\n", texts::FUSION_HEADER.join("\t"));
    let mut found = false;
    for item in document.rearrangements() {
        if !item.reported || !words.contains(&item.rearrangement_type) {
            continue;
        }
        found = true;
        let [gene, _] = side_genes(item);
        let (dna, rna) = support(document, item);
        // The official converter writes the sample in place of the gene, and the first gene twice.
        text.push_str(&format!(
            "{study}\t\tNA\t{study}\t{gene}-{gene} fusion\t{dna}\t{rna}\tunknown\tunknown\t\n",
            study = texts::STUDY
        ));
    }
    found.then_some(text)
}

fn structural_variants(document: &Document) -> Option<String> {
    let release = assembly(document).map_or("NA", Assembly::name);
    let mut text = format!("{}\n", texts::STRUCTURAL_VARIANT_HEADER.join("\t"));
    let mut found = false;
    for item in document.rearrangements().iter().filter(|item| item.reported) {
        let [first, second] = item.breakends.as_slice() else { continue };
        found = true;
        let [gene_1, gene_2] = side_genes(item);
        let (dna, rna) = support(document, item);
        let site = |gene: &str, end: &crate::cats::document::Breakend| {
            let chromosome = field(&end.chromosome);
            format!("NA\t{gene}\t\t\t{chromosome}\t{}\t", end.start_position)
        };
        text.push_str(&format!(
            "{}\t{}\t{}\tNA\t{release}\t{dna}\t{rna}\t{}{gene_1}-{gene_2}\t{}{}\tNA\t\t{}\n",
            texts::STUDY,
            site(&gene_1, first),
            site(&gene_2, second),
            "NA\t".repeat(8),
            "NA\t".repeat(4),
            field(&item.rearrangement_type),
            ["NA"; 5].join("\t"),
        ));
    }
    found.then_some(text)
}
