//! Reads a study's folder.

use std::{fs::File, io::Read, path::Path};

use model::{genome::chromosome_without_prefix, problem::Severity};

use super::{
    ReadStudyOptions,
    build::{Build, Seen},
    meta::Meta,
    problems,
    table::{Table, known},
};
use crate::{
    cats::{
        Document,
        document::{
            BiomarkerMetric, Breakend, CopyNumberAlteration, Expression, ExpressionLevelMetric,
            OtherBiomarker, Rearrangement, ShortVariant, Transcript,
        },
        value::{Nullable, Number},
    },
    maf,
    problem_list::ProblemList,
    reading::Reading,
    vcf,
};

/// Most files looked at in a folder.
const MAX_FILES: usize = 10_000;

/// Largest meta file. Units: bytes.
const MAX_META_BYTES: u64 = 1 << 20;

/// The short variants that our own and the official converter write beside a study.
const VCF_NAME: &str = "data_snv.vcf";

pub(super) fn read(folder: &Path, options: &ReadStudyOptions) -> Reading<Document> {
    let metas = match metas(folder) {
        Ok(metas) if !metas.is_empty() => metas,
        Ok(_) => return Reading::failed(vec![problems::no_study()]),
        Err(_) => {
            let name = folder.to_string_lossy();
            return Reading::failed(vec![problems::unreadable(&name, None)]);
        }
    };
    let mut build = Build::new(options.assembly);
    let clinical = find(&metas, "CLINICAL", "SAMPLE_ATTRIBUTES");
    let test_id = clinical
        .into_iter()
        .chain(&metas)
        .find_map(|meta| meta.get("cancer_study_identifier"))
        .unwrap_or_default()
        .to_owned();
    let other = metas
        .iter()
        .filter_map(|meta| meta.get("cancer_study_identifier"))
        .find(|id| *id != test_id);
    if let Some(other) = other {
        build.problems.add(problems::several_studies(&test_id, other));
    }
    // The order in which the official converter numbers its items.
    if let Some(meta) = find(&metas, "MUTATION_EXTENDED", "") {
        mutations(folder, meta, options, &mut build, &test_id);
    }
    let parts: [(&str, &str, Part); 4] = [
        ("COPY_NUMBER_ALTERATION", "DISCRETE", copy_numbers),
        ("STRUCTURAL_VARIANT", "", structural_variants),
        ("CLINICAL", "SAMPLE_ATTRIBUTES", biomarkers),
        ("MRNA_EXPRESSION", "CONTINUOUS", expressions),
    ];
    for (alteration, datatype, part) in parts {
        if let Some(meta) = find(&metas, alteration, datatype)
            && let Some(name) = data_name(meta, &mut build.problems)
            && let Some(table) = Table::read(folder, name, options, &mut build.problems)
        {
            part(&table, options, &mut build);
        }
    }
    if build.assembly.is_none() {
        build.problems.add(problems::no_build());
    }
    let found = std::mem::take(&mut build.problems);
    Reading::of(build.document(&test_id, options), found.finish())
}

/// Takes one table into the document.
type Part = fn(&Table, &ReadStudyOptions, &mut Build);

fn find<'a>(metas: &'a [Meta], alteration: &str, datatype: &str) -> Option<&'a Meta> {
    metas.iter().find(|meta| meta.is(alteration, datatype))
}

/// Returns the folder's meta files by name.
fn metas(folder: &Path) -> std::io::Result<Vec<Meta>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder)?.take(MAX_FILES) {
        let name = entry?.file_name();
        if let Some(name) = name.to_str()
            && name.starts_with("meta")
            && name.ends_with(".txt")
        {
            names.push(name.to_owned());
        }
    }
    names.sort_unstable();
    let mut metas = Vec::new();
    for name in names {
        let mut bytes = Vec::new();
        File::open(folder.join(&name))?.take(MAX_META_BYTES).read_to_end(&mut bytes)?;
        metas.push(Meta::of(&name, &String::from_utf8_lossy(&bytes)));
    }
    Ok(metas)
}

/// Returns the data file's name, unless it leads out of the folder.
fn data_name<'a>(meta: &'a Meta, problems: &mut ProblemList) -> Option<&'a str> {
    let name = meta.get("data_filename").unwrap_or_default();
    let is_plain =
        !name.is_empty() && name != ".." && name != "." && !name.contains(['/', '\\', '\0', ':']);
    if !is_plain {
        problems.add(problems::bad_file_name(&meta.name, name));
    }
    is_plain.then_some(name)
}

fn mutations(
    folder: &Path,
    meta: &Meta,
    options: &ReadStudyOptions,
    build: &mut Build,
    test_id: &str,
) {
    let Some(name) = data_name(meta, &mut build.problems) else { return };
    let is_there = |name: &str| folder.join(name).try_exists().unwrap_or(true);
    if !is_there(name) && is_there(VCF_NAME) {
        build.problems.add(problems::vcf_instead_of_maf(name, VCF_NAME));
        vcf_variants(folder, options, build, test_id);
        return;
    }
    let Some(table) = Table::read(folder, name, options, &mut build.problems) else { return };
    maf_variants(&table, options, build);
}

/// The columns of a mutation table that the document can hold.
fn maf_variants(table: &Table, options: &ReadStudyOptions, build: &mut Build) {
    let required = [
        "Chromosome",
        "Start_Position",
        "Reference_Allele",
        "Tumor_Seq_Allele2",
        "Tumor_Sample_Barcode",
    ];
    let Some([chromosome, start, reference, alternate, tumour]) =
        table.require(required, &mut build.problems)
    else {
        return;
    };
    let column = |names: &[&str]| table.column(names);
    let (gene, build_column) = (column(&["Hugo_Symbol"]), column(&["NCBI_Build"]));
    let (transcript, coding) = (column(&["Transcript_ID"]), column(&["HGVSc"]));
    let protein = [column(&["HGVSp"]), column(&["HGVSp_Short"])];
    let (status, strand) = (column(&["Mutation_Status"]), column(&["Strand"]));
    let (depth, reads) = (column(&["t_depth"]), column(&["t_alt_count"]));
    for (line, fields) in &table.rows {
        if build.is_full(&table.name, options) {
            return;
        }
        if !take_build(table, *line, known(fields, build_column), build) {
            continue;
        }
        let position = known(fields, Some(start)).and_then(integer).filter(|p| *p > 0);
        let text = |at: usize| fields.get(at).map(String::as_str).unwrap_or_default();
        let bad = [
            (position.is_none(), "Start_Position", start),
            (!is_allele(text(reference)), "Reference_Allele", reference),
            (!is_allele(text(alternate)), "Tumor_Seq_Allele2", alternate),
            (text(chromosome).is_empty(), "Chromosome", chromosome),
            (text(tumour).is_empty(), "Tumor_Sample_Barcode", tumour),
        ];
        if let Some((_, name, at)) = bad.into_iter().find(|(is_bad, ..)| *is_bad) {
            build.problems.add(problems::bad_value(&table.name, *line, name, text(at)));
            continue;
        }
        let total = known(fields, depth).and_then(integer);
        let alternate_reads = known(fields, reads).and_then(integer);
        let frequency = frequency(alternate_reads, total);
        if frequency.is_none() {
            build.problems.add(problems::no_frequency(&table.name, Some(*line)));
        }
        let origin = known(fields, status).map(str::to_ascii_lowercase);
        let origin = origin.filter(|word| word == "somatic" || word == "germline");
        build.seen(
            text(tumour),
            Seen::ShortVariant { germline: origin.as_deref() == Some("germline") },
        );
        let transcript = transcript_of(
            known(fields, gene),
            known(fields, transcript),
            // The column is that of the reference, not of the transcript; the official converter copies it.
            fields.get(strand.unwrap_or(usize::MAX)).map(String::as_str),
            known(fields, coding),
            protein.iter().find_map(|at| known(fields, *at)),
        );
        build.short_variants.push(ShortVariant {
            item_id: build.variant_id(),
            chromosome: chromosome_without_prefix(text(chromosome)).to_owned(),
            position: Number::Integer(position.unwrap_or_default()),
            reference_allele: text(reference).to_owned(),
            alternate_allele: text(alternate).to_owned(),
            // Required by the format; the official converter writes 0 where the study does not say.
            alternate_allele_frequency: Number::Decimal(frequency.unwrap_or_default()),
            total_read_depth: total.map(Number::Integer),
            alternate_allele_read_depth: alternate_reads.map(Number::Integer),
            variant_type: None,
            transcripts: vec![transcript],
            test_method: None,
            sample_item_id: Some(text(tumour).to_owned()),
            variant_origin: origin,
            matched: None,
            reported: true,
        });
    }
}

/// Takes a row's assembly; returns `false`, with a problem, where it is another than the study's.
fn take_build(table: &Table, line: u64, written: Option<&str>, build: &mut Build) -> bool {
    let Some(written) = written else { return true };
    match (maf::map::assembly(written), build.assembly) {
        (Some(assembly), None) => {
            build.assembly = Some(assembly);
            true
        }
        (Some(assembly), Some(known)) if assembly == known => true,
        _ => {
            build.problems.add(problems::mixed_builds(&table.name, line, written));
            false
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "read counts stay far below 2^53")]
fn frequency(reads: Option<i64>, depth: Option<i64>) -> Option<f64> {
    let (reads, depth) = (reads?, depth?);
    (depth > 0 && (0..=depth).contains(&reads)).then(|| reads as f64 / depth as f64)
}

/// Short variants of the VCF that stands beside a study without its MAF.
fn vcf_variants(folder: &Path, options: &ReadStudyOptions, build: &mut Build, test_id: &str) {
    let Ok(file) = File::open(folder.join(VCF_NAME)) else {
        build.problems.add(problems::unreadable(VCF_NAME, None));
        return;
    };
    let vcf_options = vcf::ReadOptions {
        max_bytes: options.max_file_bytes,
        max_variants: options.max_items,
        ..vcf::ReadOptions::default()
    };
    let reading = vcf::read_from(file, &vcf_options);
    for problem in reading.problems {
        if problem.severity == Severity::Error {
            build.problems.add(problem);
        }
    }
    for (_, result) in reading.value.unwrap_or_default() {
        for variant in result.short_variants {
            let Ok(position) = i64::try_from(variant.position.0) else { continue };
            if variant.allele_frequency.is_none() {
                build.problems.add(problems::no_frequency(VCF_NAME, None));
            }
            build.seen(test_id, Seen::ShortVariant { germline: false });
            build.short_variants.push(ShortVariant {
                item_id: build.variant_id(),
                chromosome: variant.chromosome,
                position: Number::Integer(position),
                reference_allele: variant.reference,
                alternate_allele: variant.alternate,
                alternate_allele_frequency: Number::Decimal(
                    variant.allele_frequency.unwrap_or_default(),
                ),
                total_read_depth: None,
                alternate_allele_read_depth: None,
                variant_type: None,
                transcripts: Vec::new(),
                test_method: None,
                sample_item_id: Some(test_id.to_owned()),
                variant_origin: None,
                matched: None,
                reported: true,
            });
        }
    }
}

/// A matrix of genes by samples: 2 amplification, 1 gain, -1 and -2 loss, 0 nothing.
fn copy_numbers(table: &Table, options: &ReadStudyOptions, build: &mut Build) {
    matrix(table, options, build, |build, line, gene, sample, text| {
        let kind = match text.parse::<f64>() {
            Ok(2.0) => "amplification",
            Ok(1.0) => "gain",
            Ok(value) if [-1.0, -1.5, -2.0].contains(&value) => "loss",
            Ok(0.0) => return,
            _ => {
                build.problems.add(problems::bad_value(&table.name, line, sample, text));
                return;
            }
        };
        build.seen(sample, Seen::CopyNumber);
        build.copy_numbers.push(CopyNumberAlteration {
            item_id: build.variant_id(),
            copy_number_alteration_type: kind.to_owned(),
            transcripts: vec![gene_only(gene)],
            sample_item_id: Some(sample.to_owned()),
            reported: true,
            ..CopyNumberAlteration::default()
        });
    });
}

/// A matrix of genes by samples; zero is no expression.
fn expressions(table: &Table, options: &ReadStudyOptions, build: &mut Build) {
    matrix(table, options, build, |build, line, gene, sample, text| {
        let Some(value) = number(text) else {
            build.problems.add(problems::bad_value(&table.name, line, sample, text));
            return;
        };
        if value.as_f64() == 0.0 {
            return;
        }
        build.seen(sample, Seen::Expression);
        let count = build.expressions.len().saturating_add(1);
        build.expressions.push(Expression {
            item_id: format!("expression-{count}"),
            transcripts: vec![gene_only(gene)],
            expression_level_metrics: vec![ExpressionLevelMetric {
                value,
                // A study does not say the unit.
                unit: String::new(),
                statistic_type: Nullable::Absent,
                sample_size: Nullable::Absent,
                is_control: None,
            }],
            sample_item_id: Some(sample.to_owned()),
            reported: true,
            ..Expression::default()
        });
    });
}

/// Calls for each gene and sample whose value is known.
fn matrix(
    table: &Table,
    options: &ReadStudyOptions,
    build: &mut Build,
    mut take: impl FnMut(&mut Build, u64, &str, &str, &str),
) {
    let Some([gene]) = table.require(["Hugo_Symbol"], &mut build.problems) else { return };
    let entrez = table.column(&["Entrez_Gene_Id"]);
    let samples: Vec<(usize, &String)> = table
        .header
        .iter()
        .enumerate()
        .filter(|(at, name)| *at != gene && Some(*at) != entrez && !name.is_empty())
        .collect();
    for (line, fields) in &table.rows {
        if build.is_full(&table.name, options) {
            return;
        }
        let Some(symbol) = known(fields, Some(gene)) else {
            build.problems.add(problems::bad_value(&table.name, *line, "Hugo_Symbol", ""));
            continue;
        };
        // The official converter writes expression rows with one empty field too many.
        let shift = usize::from(
            fields.len() == table.header.len().saturating_add(1)
                && fields.get(2).is_some_and(String::is_empty),
        );
        for (at, sample) in &samples {
            if let Some(text) = known(fields, at.checked_add(shift)) {
                take(build, *line, symbol, sample, text);
            }
        }
    }
}

fn structural_variants(table: &Table, options: &ReadStudyOptions, build: &mut Build) {
    let required =
        ["Sample_Id", "Site1_Chromosome", "Site1_Position", "Site2_Chromosome", "Site2_Position"];
    let Some([sample, chromosome_1, position_1, chromosome_2, position_2]) =
        table.require(required, &mut build.problems)
    else {
        return;
    };
    let site = |number: usize, name: &str| table.column(&[&format!("Site{number}_{name}")]);
    let genes = [site(1, "Hugo_Symbol"), site(2, "Hugo_Symbol")];
    let transcripts = [
        table.column(&["Site1_Ensembl_Transcript_Id", "Site1_RefSeq_Transcript_Id"]),
        table.column(&["Site2_Ensembl_Transcript_Id", "Site2_RefSeq_Transcript_Id"]),
    ];
    let (class, build_column) = (table.column(&["Class"]), table.column(&["NCBI_Build"]));
    for (line, fields) in &table.rows {
        if build.is_full(&table.name, options) {
            return;
        }
        if !take_build(table, *line, known(fields, build_column), build) {
            continue;
        }
        let Some(sample) = known(fields, Some(sample)) else {
            build.problems.add(problems::bad_value(&table.name, *line, "Sample_Id", ""));
            continue;
        };
        let places = [(chromosome_1, position_1), (chromosome_2, position_2)];
        let breakends: Option<Vec<Breakend>> = places
            .into_iter()
            .zip(genes.into_iter().zip(transcripts))
            .map(|((chromosome, position), (gene, transcript))| {
                let position =
                    known(fields, Some(position)).and_then(integer).filter(|p| *p > 0)?;
                Some(Breakend {
                    chromosome: chromosome_without_prefix(known(fields, Some(chromosome))?)
                        .to_owned(),
                    start_position: Number::Integer(position),
                    end_position: Number::Integer(position),
                    mate_piece_location: None,
                    transcripts: vec![transcript_of(
                        known(fields, gene),
                        known(fields, transcript),
                        None,
                        None,
                        None,
                    )],
                    supporting_read_count: None,
                    total_read_count: None,
                    alternate_allele_frequency: None,
                })
            })
            .collect();
        let Some(breakends) = breakends else {
            build.problems.add(problems::bad_value(&table.name, *line, "Site1/Site2", ""));
            continue;
        };
        build.seen(sample, Seen::Rearrangement);
        build.rearrangements.push(Rearrangement {
            item_id: build.variant_id(),
            breakends,
            // As the official converter does, the word is kept although CATS may not know it.
            rearrangement_type: known(fields, class).unwrap_or("other").to_owned(),
            sample_item_id: Some(sample.to_owned()),
            reported: true,
            ..Rearrangement::default()
        });
    }
}

/// TMB and MSI of the clinical sample table.
fn biomarkers(table: &Table, options: &ReadStudyOptions, build: &mut Build) {
    let Some([sample]) = table.require(["SAMPLE_ID"], &mut build.problems) else { return };
    let markers = [("TMB", "TMB_NONSYNONYMOUS"), ("MSI", "MSI_SENSOR_SCORE")]
        .map(|(kind, name)| (kind, name, table.column(&[name])));
    for (line, fields) in &table.rows {
        if build.is_full(&table.name, options) {
            return;
        }
        for (kind, name, column) in markers {
            let Some(text) = known(fields, column) else { continue };
            let (Some(value), Some(sample)) = (number(text), known(fields, Some(sample))) else {
                build.problems.add(problems::bad_value(&table.name, *line, name, text));
                continue;
            };
            build.seen(sample, Seen::Biomarker);
            let count = build.biomarkers.len().saturating_add(1);
            build.biomarkers.push(OtherBiomarker {
                item_id: format!("biomarker-{count}"),
                biomarker_type: kind.to_owned(),
                biomarker_metrics: Some(vec![BiomarkerMetric {
                    value,
                    unit: Nullable::Null,
                    metric_type: Some(name.to_owned()),
                    type_: None,
                }]),
                sample_item_id: Some(sample.to_owned()),
                reported: true,
                ..OtherBiomarker::default()
            });
        }
    }
}

fn gene_only(gene: &str) -> Transcript {
    Transcript { gene_symbol: Nullable::Value(gene.to_owned()), ..Transcript::default() }
}

fn transcript_of(
    gene: Option<&str>,
    transcript: Option<&str>,
    strand: Option<&str>,
    coding: Option<&str>,
    protein: Option<&str>,
) -> Transcript {
    let value =
        |text: Option<&str>| text.map_or(Nullable::Absent, |text| Nullable::Value(text.to_owned()));
    let database = transcript.and_then(|id| match id {
        id if id.starts_with("ENST") => Some("Ensembl"),
        id if id.starts_with("NM_") || id.starts_with("NR_") => Some("RefSeq"),
        _ => None,
    });
    Transcript {
        transcript_id: value(transcript),
        transcript_database_name: value(database),
        gene_symbol: value(gene),
        strand: value(strand.filter(|strand| matches!(*strand, "+" | "-"))),
        cds_change: value(coding),
        amino_acids_change: value(protein),
        ..Transcript::default()
    }
}

fn is_allele(text: &str) -> bool {
    text == "-"
        || (!text.is_empty()
            && text
                .bytes()
                .all(|byte| matches!(byte.to_ascii_uppercase(), b'A' | b'C' | b'G' | b'T' | b'N')))
}

fn integer(text: &str) -> Option<i64> {
    text.parse().ok()
}

/// Returns a number in the form in which it is written.
fn number(text: &str) -> Option<Number> {
    let decimal = || text.parse::<f64>().ok().filter(|n| n.is_finite()).map(Number::Decimal);
    integer(text).map(Number::Integer).or_else(decimal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_file_name_leads_out_of_the_folder() {
        for name in ["", "..", "../x", "/etc/passwd", "a\\b", "c:x"] {
            let meta = Meta::of("meta_x.txt", &format!("data_filename: {name}\n"));
            assert_eq!(data_name(&meta, &mut ProblemList::default()), None, "{name}");
        }
        let meta = Meta::of("meta_x.txt", "data_filename: data_x.txt\n");
        assert_eq!(data_name(&meta, &mut ProblemList::default()), Some("data_x.txt"));
    }

    #[test]
    fn a_frequency_needs_both_counts() {
        assert_eq!(frequency(Some(5), Some(20)), Some(0.25));
        assert_eq!(frequency(Some(21), Some(20)), None);
        assert_eq!(frequency(None, Some(20)), None);
        assert_eq!(frequency(Some(0), Some(0)), None);
    }
}
