//! The line loop.

use std::{collections::BTreeMap, io::Read};

use model::{
    alteration::{ShortVariant, TranscriptChange},
    genome::{Position1, chromosome_without_prefix},
    problem::Severity,
    result::{ResultFormat, SequencedSample, TestResult, TissueKind},
};

use super::{
    ReadOptions,
    annotation::Allele,
    header::Header,
    problems,
    record::{Record, is_bases},
    sample::{self, Choice, Values},
    structural::{self, Context, Mates},
};
use crate::{
    compressed,
    lines::{Line, Lines},
    problem_list::ProblemList,
    reading::Reading,
};

/// Most different `FILTER` marks counted.
const MAX_FILTER_MARKS: usize = 1_000;

type Results = Vec<(String, TestResult)>;

pub(super) fn read(source: impl Read, options: &ReadOptions) -> Reading<Results> {
    let mut problems = ProblemList::new(options.max_problems);
    let reader = match compressed::open(source, options.max_bytes) {
        Ok(reader) => reader,
        Err(error) => {
            problems.push_always(problems::unreadable(&error, 1));
            return Reading::failed(problems.finish());
        }
    };
    let mut lines = Lines::new(reader, options.max_line_bytes);
    let Some(header) = read_header(&mut lines, options, &mut problems) else {
        return Reading::failed(problems.finish());
    };
    let Some((tumour, normals)) = choose(&header, options, &mut problems, lines.number) else {
        return Reading::failed(problems.finish());
    };
    let mut file = File::new(options, header, tumour, &normals, problems);
    loop {
        let number = lines.number.saturating_add(1);
        match lines.next_line() {
            Ok(Some(line)) => {
                if !file.line(number, &line) {
                    break;
                }
            }
            Ok(None) => break,
            Err(error) => {
                file.problems.push_always(problems::unreadable(&error, number));
                break;
            }
        }
    }
    file.finish()
}

/// Reads up to and with the `#CHROM` line.
fn read_header<R: std::io::BufRead>(
    lines: &mut Lines<R>,
    options: &ReadOptions,
    problems: &mut ProblemList,
) -> Option<Header> {
    let mut header = Header::default();
    loop {
        let number = lines.number.saturating_add(1);
        let text = match lines.next_line() {
            Ok(Some(Line::Text(text))) => text,
            Ok(Some(Line::TooLong)) => continue,
            Ok(None) => {
                problems.push_always(problems::no_header(number));
                return None;
            }
            Err(error) => {
                problems.push_always(problems::unreadable(&error, number));
                return None;
            }
        };
        // Descriptions may be in any encoding; only names and numbers are taken from them.
        let text = String::from_utf8_lossy(text);
        let text = text.trim_start_matches('\u{feff}');
        if text.starts_with("##") {
            header.meta(text);
            continue;
        }
        if text.trim().is_empty() {
            continue;
        }
        let columns: Vec<&str> = text.split('\t').collect();
        if columns.first() != Some(&"#CHROM") || columns.len() < 8 {
            problems.push_always(problems::no_header(number));
            return None;
        }
        let samples = columns.get(9..).unwrap_or_default();
        if samples.len() > options.max_samples {
            let (found, max) = (samples.len(), options.max_samples);
            problems.push_always(problems::too_many_samples(number, found, max));
            return None;
        }
        header.samples = samples.iter().map(|name| (*name).to_owned()).collect();
        return Some(header);
    }
}

/// Chooses the tumour's column, and says which; `None` where it cannot be told.
fn choose(
    header: &Header,
    options: &ReadOptions,
    problems: &mut ProblemList,
    line: u64,
) -> Option<(Option<usize>, Vec<usize>)> {
    match sample::choose(header, options) {
        Choice::NoSamples => Some((None, Vec::new())),
        Choice::Tumour { index, normals } => {
            if header.samples.len() > 1
                && let Some(name) = header.samples.get(index)
            {
                problems.push_always(problems::chosen(line, name, &header.samples));
            }
            Some((Some(index), normals))
        }
        Choice::NotThere => {
            let wanted = options.sample.as_deref().unwrap_or_default();
            problems.push_always(problems::not_there(line, wanted, &header.samples));
            None
        }
        Choice::Ambiguous => {
            problems.push_always(problems::ambiguous(line, &header.samples));
            None
        }
    }
}

/// What has been read so far.
struct File<'a> {
    options: &'a ReadOptions,
    header: Header,
    tumour: Option<usize>,
    name: String,
    matched: Option<bool>,
    result: TestResult,
    mates: Mates,
    filtered: u64,
    filter_marks: BTreeMap<String, u64>,
    denied: u64,
    structural_left_out: u64,
    problems: ProblemList,
}

impl<'a> File<'a> {
    fn new(
        options: &'a ReadOptions,
        header: Header,
        tumour: Option<usize>,
        normals: &[usize],
        problems: ProblemList,
    ) -> Self {
        let mut result = TestResult::empty(ResultFormat::Vcf);
        result.assembly = options.assembly.or(header.assembly());
        let name = tumour.and_then(|index| header.samples.get(index)).cloned().unwrap_or_default();
        let sample = |item_id: &String, tissue| SequencedSample {
            item_id: item_id.clone(),
            tissue: Some(tissue),
            ..SequencedSample::default()
        };
        if tumour.is_some() {
            result.samples.push(sample(&name, TissueKind::Tumour));
        }
        for normal in normals.iter().filter_map(|index| header.samples.get(*index)) {
            result.samples.push(sample(normal, TissueKind::Normal));
        }
        Self {
            options,
            header,
            tumour,
            name,
            matched: (!normals.is_empty()).then_some(true),
            result,
            mates: Mates::new(),
            filtered: 0,
            filter_marks: BTreeMap::new(),
            denied: 0,
            structural_left_out: 0,
            problems,
        }
    }

    /// Takes one line; returns `false` when nothing more is to be read.
    fn line(&mut self, number: u64, line: &Line<'_>) -> bool {
        let text = match line {
            Line::Text(text) => *text,
            Line::TooLong => {
                let max = self.options.max_line_bytes;
                self.problems.push(Severity::Error, || problems::too_long(number, max));
                return true;
            }
        };
        if text.starts_with(b"#") || text.iter().all(u8::is_ascii_whitespace) {
            return true;
        }
        let Ok(text) = std::str::from_utf8(text) else {
            self.problems.push(Severity::Error, || problems::not_utf8(number));
            return true;
        };
        let count = self
            .result
            .short_variants
            .len()
            .saturating_add(self.result.rearrangements.len())
            .saturating_add(self.result.copy_number_alterations.len());
        if count >= self.options.max_variants {
            let max = self.options.max_variants;
            self.problems.push_always(problems::too_many_variants(number, max));
            return false;
        }
        match Record::of(number, text, self.options.max_alternates) {
            Ok(record) => self.record(&record),
            Err(problem) => self.problems.push(problem.severity, || *problem),
        }
        true
    }

    fn record(&mut self, record: &Record<'_>) {
        let values = match self.tumour {
            Some(index) => {
                let values = record.sample(index);
                if values.is_none() {
                    self.problems
                        .push(Severity::Warning, || problems::sample_field_missing(record.line));
                }
                values
            }
            None => None,
        };
        let passes = self.passes(record.filter);
        for (at, alternate) in record.alternates.iter().enumerate() {
            // No alternate, an allele missing because of a deletion around it, and the blocks of gVCF.
            if matches!(*alternate, "." | "*" | "<*>" | "<NON_REF>" | "") {
                continue;
            }
            let number = at.saturating_add(1);
            self.alternate(record, values.as_ref(), alternate, number, passes);
        }
    }

    fn alternate(
        &mut self,
        record: &Record<'_>,
        values: Option<&Values<'_>>,
        alternate: &str,
        number: usize,
        passes: bool,
    ) {
        let structural = structural::is_structural(alternate);
        if !structural && !is_bases(alternate) {
            self.problems
                .push(Severity::Error, || problems::not_an_allele(record.line, 5, alternate));
            return;
        }
        let denied = sample::denies(values.and_then(|values| values.get("GT")), number);
        self.denied = self.denied.saturating_add(u64::from(denied && passes));
        let reported = passes && !denied;
        let item_id = match record.alternates.len() {
            1 => format!("line-{}", record.line),
            _ => format!("line-{}-{number}", record.line),
        };
        let sample_item_id = self.tumour.is_some().then(|| self.name.clone());
        let transcripts = self.transcripts(record, alternate, number);
        let origin = record.origin(values);
        if structural {
            let matched = self.matched;
            let context =
                Context { item_id, sample_item_id, values, transcripts, origin, matched, reported };
            if !structural::add(&mut self.result, &mut self.mates, record, alternate, context) {
                self.structural_left_out = self.structural_left_out.saturating_add(1);
            }
            return;
        }
        let depths = self.depths(record, values, alternate, number);
        self.result.short_variants.push(ShortVariant {
            item_id,
            chromosome: chromosome_without_prefix(record.chromosome).to_owned(),
            position: Position1(record.position),
            reference: record.reference.to_ascii_uppercase(),
            alternate: alternate.to_ascii_uppercase(),
            allele_frequency: depths.frequency,
            depth_total: depths.total,
            depth_alternate: depths.alternate,
            transcripts,
            sample_item_id,
            origin,
            matched: self.matched,
            reported,
        });
    }

    /// Returns the tumour's depths: its column's, or INFO's where there are no columns. PCGR's own
    /// tags in INFO are of the tumour in any case.
    fn depths(
        &self,
        record: &Record<'_>,
        values: Option<&Values<'_>>,
        alternate: &str,
        number: usize,
    ) -> sample::Depths {
        let alleles = (record.reference, alternate);
        let count = record.alternates.len();
        let mut depths = match (values, self.tumour) {
            (Some(values), _) => sample::depths(values, alleles, number, count),
            (None, None) => sample::depths(&record.info, alleles, number, count),
            (None, Some(_)) => sample::Depths::default(),
        };
        if count == 1 {
            let frequency = record.info.number("TVAF").filter(|value| *value <= 1.0);
            depths.frequency = depths.frequency.or(frequency);
            depths.total = depths.total.or_else(|| record.info.number("TDP"));
        }
        depths
    }

    fn transcripts(
        &self,
        record: &Record<'_>,
        alternate: &str,
        number: usize,
    ) -> Vec<TranscriptChange> {
        let first = record.reference.get(..1);
        let bases = record.alternates.iter().filter(|alternate| is_bases(alternate));
        let allele = Allele {
            reference: record.reference,
            alternate,
            number,
            count: record.alternates.len(),
            shares_first_base: bases.clone().all(|alternate| alternate.get(..1) == first),
        };
        self.header
            .annotators
            .iter()
            .filter_map(|annotator| Some((annotator, record.info.get(&annotator.key)?)))
            .map(|(annotator, value)| {
                annotator.transcripts(value, allele, self.options.max_transcripts)
            })
            .find(|transcripts| !transcripts.is_empty())
            .unwrap_or_default()
    }

    /// Returns whether `FILTER` lets a variant be reported, and counts the marks of one that it does not.
    fn passes(&mut self, filter: &str) -> bool {
        let accepts = |mark: &str| {
            matches!(mark, "PASS" | "." | "")
                || self.options.accepted_filters.iter().any(|accepted| accepted == mark)
        };
        if filter.split(';').all(accepts) {
            return true;
        }
        self.filtered = self.filtered.saturating_add(1);
        if let Some(count) = self.filter_marks.get_mut(filter) {
            *count = count.saturating_add(1);
        } else if self.filter_marks.len() < MAX_FILTER_MARKS {
            self.filter_marks.insert(filter.to_owned(), 1);
        }
        false
    }

    fn finish(mut self) -> Reading<Results> {
        if self.result.assembly.is_none() {
            self.problems.push_always(problems::no_assembly());
        }
        if self.header.annotators.is_empty() {
            self.problems.push_always(problems::no_annotation());
        }
        if self.filtered > 0 || self.denied > 0 {
            let mut marks: Vec<(&String, &u64)> = self.filter_marks.iter().collect();
            marks.sort_by(|a, b| b.1.cmp(a.1).then_with(|| a.0.cmp(b.0)));
            let marks: Vec<String> = marks
                .iter()
                .take(8)
                .map(|(mark, count)| format!("{}: {count}", problems::quote(mark)))
                .collect();
            let marks = if marks.is_empty() { "-".to_owned() } else { marks.join(", ") };
            self.problems.push_always(problems::not_reported(self.filtered, &marks, self.denied));
        }
        if self.structural_left_out > 0 {
            self.problems.push_always(problems::structural_left_out(self.structural_left_out));
        }
        Reading::of(vec![(self.name, self.result)], self.problems.finish())
    }
}
