//! The row loop.

use std::{
    collections::{BTreeMap, HashMap},
    io::Read,
};

use model::{
    alteration::ShortVariant,
    genome::{Position1, chromosome_without_prefix},
    problem::{Problem, Severity},
    result::{ResultFormat, SequencedSample, TestResult, TissueKind},
};

use super::{
    ReadOptions, Tumours,
    columns::{Columns, Field},
    map::{self, TranscriptWords, known},
    problems,
};
use crate::{
    compressed,
    lines::{Line, Lines},
    problem_list::ProblemList,
    reading::Reading,
};

/// Most lines looked at before the header must have come.
const MAX_COMMENT_LINES: u64 = 100_000;

/// Most different `FILTER` marks counted.
const MAX_FILTER_MARKS: usize = 1_000;

pub(super) fn read(source: impl Read, options: &ReadOptions) -> Reading<Tumours> {
    let mut problems = ProblemList::new(options.max_problems);
    let opened = compressed::open(source, options.max_bytes);
    let reader = match opened {
        Ok(reader) => reader,
        Err(error) => {
            problems.push_always(problems::unreadable(&error, 1));
            return Reading { value: None, problems: problems.finish() };
        }
    };
    let mut lines = Lines::new(reader, options.max_line_bytes);
    let Some((columns, header)) = read_header(&mut lines, options, &mut problems) else {
        return Reading { value: None, problems: problems.finish() };
    };
    let mut table = Table {
        options,
        columns,
        header,
        tumours: Vec::new(),
        places: HashMap::new(),
        latest: None,
        variants: 0,
        not_reported: 0,
        unreported_classes: 0,
        filter_marks: BTreeMap::new(),
        build_seen: options.assembly.is_some(),
        problems,
    };
    loop {
        let number = lines.number.saturating_add(1);
        match lines.next_line() {
            Ok(Some(line)) => {
                table.line(number, &line);
                if table.variants > options.max_variants {
                    let max = options.max_variants;
                    table.problems.push_always(problems::too_many_variants(number, max));
                    break;
                }
            }
            Ok(None) => break,
            Err(error) => {
                table.problems.push_always(problems::unreadable(&error, number));
                break;
            }
        }
    }
    table.finish()
}

/// Reads up to and with the header line.
fn read_header<R: std::io::BufRead>(
    lines: &mut Lines<R>,
    options: &ReadOptions,
    problems: &mut ProblemList,
) -> Option<(Columns, String)> {
    loop {
        let number = lines.number.saturating_add(1);
        let text = match lines.next_line() {
            Ok(Some(Line::Text(text))) => text,
            Ok(Some(Line::TooLong)) => {
                problems.push_always(problems::too_long(number, options.max_line_bytes));
                return None;
            }
            Ok(None) => {
                problems.push_always(problems::no_header(number, &super::columns::REQUIRED));
                return None;
            }
            Err(error) => {
                problems.push_always(problems::unreadable(&error, number));
                return None;
            }
        };
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
        let comment = text.starts_with(b"#") || text.iter().all(u8::is_ascii_whitespace);
        if comment && number < MAX_COMMENT_LINES {
            continue;
        }
        let Ok(text) = std::str::from_utf8(text) else {
            problems.push_always(problems::not_utf8(number));
            return None;
        };
        let columns = Columns::of(text);
        if columns.width > options.max_columns {
            problems.push_always(problems::too_wide(number, columns.width, options.max_columns));
            return None;
        }
        let missing = columns.missing();
        if !missing.is_empty() {
            problems.push_always(problems::no_header(number, &missing));
            return None;
        }
        for name in &columns.doubled {
            problems.push(Severity::Warning, || problems::doubled_column(number, name));
        }
        return Some((columns, text.to_owned()));
    }
}

/// What has been read so far.
struct Table<'a> {
    options: &'a ReadOptions,
    columns: Columns,
    header: String,
    tumours: Tumours,
    places: HashMap<String, usize>,
    latest: Option<usize>,
    variants: usize,
    not_reported: u64,
    unreported_classes: u64,
    filter_marks: BTreeMap<String, u64>,
    build_seen: bool,
    problems: ProblemList,
}

/// One row's fields by name.
struct Row<'a> {
    number: u64,
    fields: Vec<&'a str>,
    columns: &'a Columns,
}

impl<'a> Row<'a> {
    /// Returns a field's text, or `None` where it is absent or unknown.
    fn get(&self, field: Field) -> Option<&'a str> {
        self.columns.get(field).and_then(|at| self.fields.get(at)).copied().and_then(known)
    }

    /// Returns text in which `-` and the words of other fields have no special meaning.
    fn verbatim(&self, field: Field) -> Option<&'a str> {
        let text = self.columns.get(field).and_then(|at| self.fields.get(at)).copied()?.trim();
        (!text.is_empty() && text != "." && text != "NA").then_some(text)
    }
}

impl Table<'_> {
    fn line(&mut self, number: u64, line: &Line<'_>) {
        let text = match line {
            Line::Text(text) => *text,
            Line::TooLong => {
                let max = self.options.max_line_bytes;
                self.problems.push(Severity::Error, || problems::too_long(number, max));
                return;
            }
        };
        if text.is_empty() || text.starts_with(b"#") || text.iter().all(u8::is_ascii_whitespace) {
            return;
        }
        let Ok(text) = std::str::from_utf8(text) else {
            self.problems.push(Severity::Error, || problems::not_utf8(number));
            return;
        };
        if text == self.header {
            self.problems.push(Severity::Note, || problems::repeated_header(number));
            return;
        }
        let mut fields = Vec::with_capacity(self.columns.width);
        fields.extend(text.split('\t').take(self.options.max_columns));
        if fields.len() != self.columns.width {
            let (found, expected) = (fields.len(), self.columns.width);
            self.problems
                .push(Severity::Warning, || problems::field_count(number, found, expected));
        }
        // The columns are lent to the row while problems are added, so they are taken out meanwhile.
        let columns = std::mem::take(&mut self.columns);
        let row = Row { number, fields, columns: &columns };
        if let Err(problem) = self.row(&row) {
            self.problems.push(problem.severity, || *problem);
        }
        self.columns = columns;
    }

    /// Adds one row's variant to its tumour.
    fn row(&mut self, row: &Row<'_>) -> Result<(), Box<Problem>> {
        let required = |field, name: &'static str| {
            row.get(field).ok_or_else(|| {
                Box::new(problems::required_empty(row.number, row.columns.get(field), name))
            })
        };
        // Any word names a tumour, also one that stands for unknown elsewhere in the table.
        let tumour = row.verbatim(Field::Tumour).ok_or_else(|| {
            let column = row.columns.get(Field::Tumour);
            Box::new(problems::required_empty(row.number, column, "Tumor_Sample_Barcode"))
        })?;
        let chromosome = required(Field::Chromosome, "Chromosome")?;
        let start = required(Field::Start, "Start_Position")?;
        let position =
            start.parse::<u64>().ok().filter(|position| *position > 0).ok_or_else(|| {
                Box::new(problems::not_a_position(row.number, row.columns.get(Field::Start), start))
            })?;
        let (reference, alternate) = self.alleles(row)?;
        if self.variants >= self.options.max_variants {
            // Counted once more, so that the row loop sees that there are more.
            self.variants = self.variants.saturating_add(1);
            return Ok(());
        }
        let place = self.place_of(row, tumour)?;
        self.assembly(row, place)?;
        let variant = self.variant(row, tumour, chromosome, position, (reference, alternate));
        let normal = row.get(Field::Normal);
        let Some((_, result)) = self.tumours.get_mut(place) else { return Ok(()) };
        if let Some(normal) = normal.filter(|_| variant.matched == Some(true))
            && result.sample(normal).is_none()
            && result.samples.len() < 64
        {
            result.samples.push(SequencedSample {
                item_id: normal.to_owned(),
                tissue: Some(TissueKind::Normal),
                nucleic_acid: row.get(Field::SequenceSource).and_then(map::nucleic_acid),
                ..SequencedSample::default()
            });
        }
        result.short_variants.push(variant);
        self.variants = self.variants.saturating_add(1);
        Ok(())
    }

    /// Returns reference and alternate allele.
    fn alleles<'r>(&self, row: &Row<'r>) -> Result<(&'r str, &'r str), Box<Problem>> {
        let missing = |field, name: &'static str| {
            Box::new(problems::required_empty(row.number, row.columns.get(field), name))
        };
        let reference = row
            .verbatim(Field::Reference)
            .ok_or_else(|| missing(Field::Reference, "Reference_Allele"))?;
        let candidates = [Field::Allele2, Field::Allele1];
        let written: Vec<(Field, &str)> = candidates
            .into_iter()
            .filter_map(|field| row.verbatim(field).map(|allele| (field, allele)))
            .collect();
        if written.is_empty() {
            return Err(missing(Field::Allele2, "Tumor_Seq_Allele2"));
        }
        let Some((field, alternate)) =
            written.into_iter().find(|(_, allele)| !allele.eq_ignore_ascii_case(reference))
        else {
            return Err(Box::new(problems::no_change(row.number)));
        };
        for (field, allele) in [(Field::Reference, reference), (field, alternate)] {
            if !is_allele(allele) {
                let column = row.columns.get(field);
                return Err(Box::new(problems::not_an_allele(row.number, column, allele)));
            }
        }
        Ok((reference, alternate))
    }

    /// Returns where the tumour's result is, making it at its first row.
    fn place_of(&mut self, row: &Row<'_>, tumour: &str) -> Result<usize, Box<Problem>> {
        if let Some(latest) = self.latest
            && self.tumours.get(latest).is_some_and(|(name, _)| name == tumour)
        {
            return Ok(latest);
        }
        let place = match self.places.get(tumour) {
            Some(place) => *place,
            None if self.tumours.len() >= self.options.max_tumours => {
                let max = self.options.max_tumours;
                return Err(Box::new(problems::too_many_tumours(row.number, max)));
            }
            None => {
                let mut result = TestResult::empty(ResultFormat::Maf);
                result.assembly = self.options.assembly;
                result.samples.push(SequencedSample {
                    item_id: tumour.to_owned(),
                    tissue: Some(TissueKind::Tumour),
                    nucleic_acid: row.get(Field::SequenceSource).and_then(map::nucleic_acid),
                    ..SequencedSample::default()
                });
                let place = self.tumours.len();
                self.tumours.push((tumour.to_owned(), result));
                self.places.insert(tumour.to_owned(), place);
                place
            }
        };
        self.latest = Some(place);
        Ok(place)
    }

    /// Sets the tumour's assembly from the row's, and refuses a row on another one.
    fn assembly(&mut self, row: &Row<'_>, place: usize) -> Result<(), Box<Problem>> {
        let Some(build) = row.get(Field::Build) else { return Ok(()) };
        let column = row.columns.get(Field::Build);
        self.build_seen = true;
        let Some(assembly) = map::assembly(build) else {
            return Err(Box::new(problems::unknown_build(row.number, column, build)));
        };
        let Some((_, result)) = self.tumours.get_mut(place) else { return Ok(()) };
        match result.assembly {
            None => {
                result.assembly = Some(assembly);
                Ok(())
            }
            Some(known) if known == assembly => Ok(()),
            Some(_) => Err(Box::new(problems::mixed_builds(row.number, column, build))),
        }
    }

    fn variant(
        &mut self,
        row: &Row<'_>,
        tumour: &str,
        chromosome: &str,
        position: u64,
        (reference, alternate): (&str, &str),
    ) -> ShortVariant {
        let depth_total = self.number(row, Field::Depth, "t_depth");
        let depth_reference = self.number(row, Field::DepthReference, "t_ref_count");
        let depth_alternate = self.number(row, Field::DepthAlternate, "t_alt_count");
        let whole = depth_total.or(match (depth_reference, depth_alternate) {
            (Some(reference), Some(alternate)) => Some(reference + alternate),
            _ => None,
        });
        let allele_frequency = match (self.number(row, Field::Frequency, "VAF"), depth_alternate) {
            (Some(frequency), _) if frequency <= 1.0 => Some(frequency),
            (_, Some(alternate)) => match whole {
                Some(whole) if whole > 0.0 && alternate <= whole => Some(alternate / whole),
                Some(whole) if alternate > whole => {
                    self.problems.push(Severity::Warning, || problems::depth_order(row.number));
                    None
                }
                _ => None,
            },
            _ => None,
        };
        ShortVariant {
            item_id: format!("line-{}", row.number),
            chromosome: chromosome_without_prefix(chromosome).to_owned(),
            position: Position1(position),
            reference: reference.to_ascii_uppercase(),
            alternate: alternate.to_ascii_uppercase(),
            allele_frequency,
            depth_total,
            depth_alternate,
            transcripts: self.transcripts(row),
            sample_item_id: Some(tumour.to_owned()),
            origin: row.get(Field::MutationStatus).and_then(map::origin),
            matched: matched(row),
            reported: self.reported(row),
        }
    }

    /// Returns the one transcript that a row speaks of, or none.
    fn transcripts(&mut self, row: &Row<'_>) -> Vec<model::alteration::TranscriptChange> {
        let coding = row.get(Field::Coding);
        let classification = row.get(Field::Classification);
        let effects = match (row.get(Field::Consequence), classification) {
            (Some(terms), _) => {
                terms.split(['&', ',', ';']).filter_map(known).take(32).map(str::to_owned).collect()
            }
            (None, Some(word)) => map::effects(word, coding).unwrap_or_else(|| {
                let column = row.columns.get(Field::Classification);
                self.problems.push(Severity::Note, || {
                    problems::unknown_classification(row.number, column, word)
                });
                Vec::new()
            }),
            (None, None) => Vec::new(),
        };
        let words = TranscriptWords {
            gene: row.get(Field::Gene).filter(|gene| *gene != "Unknown"),
            transcript: row.get(Field::Transcript),
            strand: row.verbatim(Field::TranscriptStrand),
            exon: row.get(Field::Exon),
            coding,
            proteins: [row.get(Field::Protein), row.get(Field::ProteinShort)],
            parts: match (row.get(Field::AminoAcids), row.get(Field::ProteinPosition)) {
                (Some(amino_acids), Some(position)) => Some((amino_acids, position)),
                _ => None,
            },
        };
        let change = words.change(effects);
        let says_something = change.gene.is_some()
            || change.transcript_id.is_some()
            || change.protein.is_some()
            || change.coding.is_some()
            || !change.effects.is_empty();
        if says_something { vec![change] } else { Vec::new() }
    }

    /// Returns a number from 0, or `None` with a problem where the text is none.
    fn number(&mut self, row: &Row<'_>, field: Field, name: &'static str) -> Option<f64> {
        let text = row.get(field)?;
        let number = text.parse::<f64>().ok().filter(|number| number.is_finite() && *number >= 0.0);
        if number.is_none() {
            self.problems.push(Severity::Warning, || {
                problems::not_a_number(row.number, row.columns.get(field), name, text)
            });
        }
        number
    }

    /// Returns whether the row is reported, and counts why one is not.
    fn reported(&mut self, row: &Row<'_>) -> bool {
        let left_out = &self.options.unreported_classifications;
        let class = row.get(Field::Classification);
        let has_class = !class.is_some_and(|class| left_out.iter().any(|each| each == class));
        // The marks are counted first, so that what they leave out is told whatever else is left out.
        let passes = self.passes_filter(row);
        if passes && !has_class {
            self.unreported_classes = self.unreported_classes.saturating_add(1);
        }
        passes && has_class
    }

    /// Returns whether the caller's marks let a row pass, and counts those that do not.
    fn passes_filter(&mut self, row: &Row<'_>) -> bool {
        let Some(filter) = row.get(Field::Filter) else { return true };
        let accepts = |mark: &str| {
            mark == "PASS" || self.options.accepted_filters.iter().any(|accepted| accepted == mark)
        };
        if filter.split([';', ',']).all(accepts) {
            return true;
        }
        self.not_reported = self.not_reported.saturating_add(1);
        if let Some(count) = self.filter_marks.get_mut(filter) {
            *count = count.saturating_add(1);
        } else if self.filter_marks.len() < MAX_FILTER_MARKS {
            self.filter_marks.insert(filter.to_owned(), 1);
        }
        false
    }

    fn finish(mut self) -> Reading<Tumours> {
        if !self.build_seen && !self.tumours.is_empty() {
            self.problems.push_always(problems::no_build());
        }
        if self.not_reported > 0 {
            let mut marks: Vec<(&String, &u64)> = self.filter_marks.iter().collect();
            marks.sort_by(|a, b| b.1.cmp(a.1).then_with(|| a.0.cmp(b.0)));
            let marks = marks
                .iter()
                .take(8)
                .map(|(mark, count)| format!("{}: {count}", problems::quote(mark)))
                .collect::<Vec<_>>()
                .join(", ");
            self.problems.push_always(problems::not_reported(self.not_reported, &marks));
        }
        if self.unreported_classes > 0 {
            let words = &self.options.unreported_classifications;
            let rows = self.unreported_classes;
            self.problems.push_always(problems::classification_left_out(rows, words));
        }
        Reading { value: Some(self.tumours), problems: self.problems.finish() }
    }
}

/// Returns whether a matched normal was used: named, and not only by vcf2maf's default word.
fn matched(row: &Row<'_>) -> Option<bool> {
    let normal = row.get(Field::Normal)?;
    (normal != "NORMAL" || row.get(Field::NormalDepth).is_some()).then_some(true)
}

/// Returns whether text is a base sequence or the sign for no base.
fn is_allele(text: &str) -> bool {
    text == "-"
        || text
            .bytes()
            .all(|byte| matches!(byte.to_ascii_uppercase(), b'A' | b'C' | b'G' | b'T' | b'N'))
}
