//! The portal's CSV files: the public samples cell by cell, other headers, hostile bytes.

use ingest::{
    portal_csv::{self, CaseVerdict, PortalCases, PortalFile, ReadOptions, RowProblems},
    reading::Reading,
};
use model::{
    catalogue::{Catalogue, Document, Phase},
    clinical_record::RowId,
    problem::{Severity, has_error},
};
use proptest::prelude::*;

use crate::seeded::Seeded;

/// Bytes read piece by piece, as from a disk that gives few at once.
struct Slow<'b>(&'b [u8]);

impl portal_csv::ReadAt for Slow<'_> {
    fn length(&self) -> std::io::Result<u64> {
        self.0.length()
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> std::io::Result<usize> {
        let few = buffer.len().min(7);
        self.0.read_at(&mut buffer[..few], offset)
    }
}

fn read(text: &[u8]) -> Reading<PortalFile> {
    portal_csv::read(text, &ReadOptions::default())
}

/// Cuts a file into cells as any reader of CSV does.
fn cells(bytes: &[u8]) -> Vec<Vec<String>> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes);
    let rows = reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect());
    rows.collect()
}

fn codes<T>(reading: &Reading<T>) -> Vec<&str> {
    reading.problems.iter().map(|problem| &*problem.code).collect()
}

/// A case CSV with two cases: one of two regimens and one adverse event, one of a single row.
fn small() -> String {
    let header = [
        "C.CAT調査結果.基本項目.ハッシュID",
        "症例.基本情報.性別",
        "症例.基本情報.性別.名称.",
        "症例.EP前レジメン情報.治療ライン",
        "症例.EP前レジメン情報.治療ライン.名称.",
        "症例.EP前レジメン情報.投与開始日",
        "症例.EP前副作用情報.CTCAEv5.0名称日本語",
    ];
    [
        header.join(","),
        "ID_1,2,女,1,１次治療,2020/1/1,貧血".to_owned(),
        "ID_2,1,男,NA,NA,,NA".to_owned(),
        "ID_1,2,女,2,\"2次,治療\",2020/6/1,貧血".to_owned(),
    ]
    .join("\r\n")
}

#[test]
fn the_public_samples_are_written_again_byte_by_byte() {
    for (name, document, cases, rows) in [
        ("felis/sample_clinical.csv", Document::Case, 99, 104),
        ("felis/sample_report.csv", Document::Report, 99, 258),
    ] {
        let Some(path) = testkit::public_data::path(name) else { return };
        let bytes = std::fs::read(path).unwrap();
        let reading = read(&bytes);
        let file = reading.value.as_ref().unwrap();
        assert_eq!(file.document, document);
        let names: Vec<_> =
            Catalogue::get().columns(document).iter().map(|column| column.name).collect();
        assert_eq!(file.header, names, "the catalogue has other columns than {name}");
        assert_eq!(file.cases.len(), cases);
        assert_eq!(file.cases.iter().map(|case| case.rows.len()).sum::<usize>(), rows);
        let written = portal_csv::write(file);
        assert_eq!(cells(&written), cells(&bytes), "{name}");
        assert!(written == bytes, "{name} has the same cells but other bytes");
        assert!(!has_error(&reading.problems), "{:?}", codes(&reading));
    }
}

#[test]
fn nearly_every_cell_of_the_samples_is_said_by_the_records() {
    let Some(path) = testkit::public_data::path("felis/sample_clinical.csv") else { return };
    let file = read(&std::fs::read(path).unwrap()).value.unwrap();
    let kept = |blank: bool| {
        let cells = file.cases.iter().flat_map(|case| &case.rows).flat_map(|row| &row.cells);
        cells.filter(|(_, text)| text.is_empty() == blank).count()
    };
    // Rows of one case that contradict each other in an item that a case has once; the rest are empty cells.
    assert!(kept(false) < 20, "{} cells are kept beside the records", kept(false));
    let some = file.cases.iter().filter(|case| case.record.value("sex").is_some()).count();
    assert_eq!(some, 99);
}

#[test]
fn rows_of_a_case_become_one_record_with_repeated_blocks() {
    let file = read(small().as_bytes()).value.unwrap();
    assert_eq!(file.cases.len(), 2);
    let record = &file.cases[0].record;
    let sex = record.value("sex").unwrap();
    assert_eq!((sex.written.as_str(), sex.label.as_deref()), ("2", Some("女")));
    let starts: Vec<_> = record
        .rows("regimen_before")
        .map(|(id, row)| (id, row["before_start"].written.clone()))
        .collect();
    assert_eq!(starts[0], (RowId::numbered(0), "2020/1/1".to_owned()));
    assert_eq!(starts[1], (RowId::numbered(1), "2020/6/1".to_owned()));
    // The event is repeated in both rows of the file, and is one.
    assert_eq!(record.rows("adverse_event_before").count(), 1);
    let other = &file.cases[1];
    assert_eq!(other.record.rows("regimen_before").count(), 0);
    assert_eq!(other.rows[0].cells, [(5, String::new())]);
    assert_eq!(other.rows[0].line, 3);
    assert_eq!(portal_csv::write(&file), small().as_bytes());
}

#[test]
fn another_versions_header_is_read_reported_and_written_again() {
    let text = small().replacen("症例.EP前レジメン情報.投与開始日", "症例.基本情報.新しい項目", 1);
    let reading = read(text.as_bytes());
    let found = codes(&reading);
    assert!(found.contains(&"portal.header.missing") && found.contains(&"portal.header.extra"));
    let missing =
        reading.problems.iter().find(|problem| problem.code == "portal.header.missing").unwrap();
    assert!(missing.message.en.contains("363 columns"), "{}", missing.message.en);
    let file = reading.value.unwrap();
    assert_eq!(portal_csv::write(&file), text.as_bytes());

    let reordered: Vec<String> = small()
        .lines()
        .map(|line| {
            let mut fields: Vec<&str> = line.splitn(3, ',').collect();
            fields.swap(0, 1);
            fields.join(",")
        })
        .collect();
    let reordered = reordered.join("\n") + "\n";
    let reading = read(reordered.as_bytes());
    assert!(codes(&reading).contains(&"portal.header.order"));
    let file = reading.value.unwrap();
    assert_eq!(file.cases.len(), 2);
    assert_eq!(portal_csv::write(&file), reordered.as_bytes());
}

#[test]
fn rows_that_contradict_are_kept_and_told() {
    let text = "C.CAT調査結果.基本項目.ハッシュID,症例.基本情報.年齢\nID_1,60\nID_1,61\nID_1,61\n";
    let reading = read(text.as_bytes());
    let told: Vec<_> = reading
        .problems
        .iter()
        .filter(|problem| problem.code == "portal.case.contradicts")
        .collect();
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].place.line, told[0].place.column), (Some(3), Some(2)));
    let file = reading.value.unwrap();
    assert_eq!(file.cases[0].record.value("age").unwrap().written, "60");
    assert_eq!(portal_csv::write(&file), text.as_bytes());
}

#[test]
fn files_that_are_none_of_the_portals_are_refused_with_a_reason() {
    let big = ReadOptions { max_bytes: 10, ..ReadOptions::default() };
    let of = |text: &[u8], options: &ReadOptions| {
        let reading = portal_csv::read(text, options);
        assert!(reading.value.is_none() && has_error(&reading.problems));
        reading.problems[0].code.to_string()
    };
    let usual = ReadOptions::default();
    assert_eq!(of(b"", &usual), "portal.file.empty");
    assert_eq!(of(b"a,b\n1,2\n", &usual), "portal.header.unknown");
    assert_eq!(of("症例".as_bytes(), &usual), "portal.header.unknown");
    assert_eq!(of(b"\x8f\xc7\x97\xe1,x\n", &usual), "portal.encoding.not_utf8");
    assert_eq!(of(small().as_bytes(), &big), "portal.file.too_large");
    let reports = ReadOptions { document: Some(Document::Report), ..ReadOptions::default() };
    assert_eq!(of(small().as_bytes(), &reports), "portal.header.other_document");
    let narrow = ReadOptions { max_columns: 2, ..ReadOptions::default() };
    assert_eq!(of(small().as_bytes(), &narrow), "portal.header.width");
}

#[test]
fn rows_without_a_case_or_of_another_width_are_told_and_kept() {
    let text = small() + "\r\nNA,1,男\r\nID_3,1,男,NA,NA,NA,NA,more";
    let reading = read(text.as_bytes());
    let found = codes(&reading);
    assert!(found.contains(&"portal.row.no_case"));
    assert_eq!(found.iter().filter(|code| **code == "portal.row.width").count(), 2);
    let file = reading.value.unwrap();
    assert_eq!(file.cases.len(), 4);
    assert_eq!(portal_csv::write(&file), text.as_bytes());
    let few = ReadOptions { max_rows: 2, ..ReadOptions::default() };
    let reading = portal_csv::read(text.as_bytes(), &few);
    assert!(codes(&reading).contains(&"portal.row.too_many"));
}

#[test]
fn the_report_csv_becomes_results_and_evidence() {
    let Some(path) = testkit::public_data::path("felis/sample_report.csv") else { return };
    let file = read(&std::fs::read(path).unwrap()).value.unwrap();
    let reported: Vec<_> = file.cases.iter().map(portal_csv::reported_case).collect();
    let count = |of: fn(&model::result::TestResult) -> usize| {
        reported.iter().map(|case| of(&case.result)).sum::<usize>()
    };
    assert!(count(|result| result.short_variants.len()) > 90);
    assert!(count(|result| result.rearrangements.len()) > 0);
    assert_eq!(count(|result| result.biomarkers.len()), 99);
    let evidence = reported.iter().flat_map(|case| &case.evidence);
    assert!(evidence.clone().any(|evidence| evidence.level.as_deref() == Some("A")));
    assert!(evidence.clone().all(|evidence| evidence.alteration.is_some()));
    let first = &reported[0].result;
    assert_eq!(first.test.panel_name.as_deref(), Some("NCC oncopanel v4.1"));
    let variants = reported.iter().flat_map(|case| &case.result.short_variants);
    let with_depth = variants.clone().filter(|variant| variant.depth_total == Some(502.0));
    assert!(with_depth.count() > 0);
}

#[test]
fn checks_are_told_at_the_line_of_the_case() {
    let header =
        "C.CAT調査結果.基本項目.ハッシュID,症例.基本情報.性別,症例.基本情報.がん種.OncoTree.\n";
    let file = read((header.to_owned() + "ID_1,2,LUAD\nID_2,1,HGSOC\n").as_bytes()).value.unwrap();
    let today = chrono::NaiveDate::from_ymd_opt(2026, 4, 1).unwrap();
    let lists = Catalogue::get().lists();
    let verdicts: Vec<CaseVerdict> = portal_csv::check(&file, lists, today, Phase::Registration);
    assert!(verdicts[0].problems.is_empty());
    let problem = &verdicts[1].problems[0];
    assert_eq!((&*problem.code, problem.place.line), ("record.tumour.organ_of_women", Some(3)));
    assert!(verdicts[0].completeness.filled >= 2);
    let reports = read(
        "C.CAT調査結果.基本項目.ハッシュID,C.CAT調査結果.サマリ.体細胞変異数\nID_2,3\nID_9,1\n"
            .as_bytes(),
    );
    let pair = portal_csv::check_pair(&file, &reports.value.unwrap());
    let found: Vec<_> = pair.iter().map(|problem| &*problem.code).collect();
    assert_eq!(found, ["portal.pair.no_case", "portal.pair.no_report"]);
}

/// Asserts that cases read one at a time, the last one first, are those of the whole file, with the same problems.
fn is_read_case_by_case(bytes: &[u8]) {
    let options = ReadOptions { max_problems: 3, ..ReadOptions::default() };
    let whole = portal_csv::read(bytes, &options);
    let mut seen = Vec::new();
    let mut look = |piece: &[u8]| seen.extend_from_slice(piece);
    let opened = PortalCases::open(Slow(bytes), &options, &mut look).unwrap();
    let Some(cases) = opened.value else {
        assert!(whole.value.is_none());
        assert_eq!(opened.problems, whole.problems);
        return;
    };
    assert_eq!(seen, bytes);
    let file = whole.value.unwrap();
    assert_eq!(cases.len(), file.cases.len());
    let mut problems = RowProblems::default();
    for (place, expected) in file.cases.iter().enumerate().rev() {
        let read = cases.case(place).unwrap();
        assert_eq!((&read.key, &read.record), (&expected.key, &expected.record));
        assert_eq!(read.line, expected.rows[0].line);
        let named = expected.key.is_named().then_some(place);
        assert_eq!(cases.place_of(&read.key), named);
        problems.merge(read.problems, options.max_problems);
    }
    assert_eq!(cases.problems(problems), whole.problems);
}

#[test]
fn the_public_samples_are_read_case_by_case() {
    for name in ["felis/sample_clinical.csv", "felis/sample_report.csv"] {
        let Some(path) = testkit::public_data::path(name) else { return };
        is_read_case_by_case(&std::fs::read(path).unwrap());
    }
}

#[test]
fn a_file_that_is_cut_off_anywhere_is_told_or_read() {
    let text = small() + "\r\nID_2,1,\"男\n性\",3,三,,\"\"\"\"\r\n\r\nID_3,2,女,NA,NA,NA,NA";
    for end in 0..=text.len() {
        is_read_case_by_case(&text.as_bytes()[..end]);
        keeps_its_promises(&text.as_bytes()[..end]);
    }
}

#[test]
fn a_case_without_end_is_told_and_the_others_are_read() {
    let options = ReadOptions { max_case_bytes: 40, ..ReadOptions::default() };
    let header = "C.CAT調査結果.基本項目.ハッシュID,症例.基本情報.年齢\n";
    let text = format!("{header}ID_1,60\n{}ID_3,70\n", "ID_2,61\n".repeat(9));
    let reading = portal_csv::read(text.as_bytes(), &options);
    let told = &reading.problems;
    let told = told.iter().filter(|problem| problem.code == "portal.case.too_large");
    assert_eq!(told.map(|problem| problem.place.line).collect::<Vec<_>>(), [Some(8)]);
    assert!(has_error(&reading.problems));
    assert_eq!(reading.value.unwrap().cases.len(), 3);
}

/// What the rows of a case say together: sex with its label, regimens, events.
#[derive(Debug, Default, PartialEq)]
struct ByHand {
    name: String,
    sex: Option<(String, String)>,
    regimens: Vec<[String; 3]>,
    events: Vec<String>,
}

/// Gathers the rows of [`small`]'s columns with none of the reader's parts.
fn by_hand(bytes: &[u8]) -> Vec<ByHand> {
    let said = |text: &String| if text == "NA" { String::new() } else { text.clone() };
    let mut cases: Vec<ByHand> = Vec::new();
    for row in cells(bytes).into_iter().skip(1) {
        let cell = |at: usize| row.get(at).map(said).unwrap_or_default();
        let name = cell(0);
        let known = cases.iter().position(|case| !name.is_empty() && case.name == name);
        let place = known.unwrap_or(cases.len());
        if place == cases.len() {
            cases.push(ByHand { name, ..ByHand::default() });
        }
        let case = &mut cases[place];
        let sex = (cell(1), cell(2));
        if case.sex.is_none() && sex != Default::default() {
            case.sex = Some(sex);
        }
        let regimen = [cell(3), cell(4), cell(5)];
        if regimen.iter().any(|text| !text.is_empty()) && !case.regimens.contains(&regimen) {
            case.regimens.push(regimen);
        }
        let event = cell(6);
        if !event.is_empty() && !case.events.contains(&event) {
            case.events.push(event);
        }
    }
    cases
}

fn as_by_hand(file: &PortalFile) -> Vec<ByHand> {
    let cases = file.cases.iter().map(|case| {
        let cell = |row: &model::clinical_record::Row, item: &str| {
            let value = row.get(item);
            let text = value.map(|value| value.written.clone()).unwrap_or_default();
            (text, value.and_then(|value| value.label.clone()).unwrap_or_default())
        };
        let regimens = case.record.rows("regimen_before").map(|(_, row)| {
            let (line, label) = cell(row, "before_line");
            [line, label, cell(row, "before_start").0]
        });
        let events = case.record.rows("adverse_event_before");
        let events = events.map(|(_, row)| row.values().next().unwrap().written.clone());
        ByHand {
            name: case.key.hash.clone().unwrap_or_default(),
            sex: case
                .record
                .value("sex")
                .map(|sex| (sex.written.clone(), sex.label.clone().unwrap_or_default())),
            regimens: regimens.collect(),
            events: events.collect(),
        }
    });
    cases.collect()
}

/// Whatever the bytes: no panic, an error where nothing was read, and the same cells again where something was.
fn keeps_its_promises(bytes: &[u8]) {
    let reading = read(bytes);
    let Some(file) = &reading.value else {
        assert!(has_error(&reading.problems));
        return;
    };
    let written = portal_csv::write(file);
    assert_eq!(cells(&written), cells(bytes));
    let again = read(&written).value.unwrap();
    assert_eq!(again.cases.len(), file.cases.len());
    for case in &file.cases {
        drop(portal_csv::reported_case(case));
    }
}

#[test]
fn damaged_files_keep_their_cells() {
    const STRANGE: [&[u8]; 12] = [
        b",",
        b"\"",
        b"\"\"",
        b"\r",
        b"\n",
        b"\r\n",
        b"NA",
        b"",
        b"\xef\xbb\xbf",
        b"\0",
        b"ID_2",
        b"\xff",
    ];
    let original = small().into_bytes();
    for seed in 0..1_000 {
        let mut seeded = Seeded(seed);
        let mut bytes = original.clone();
        for _ in 0..=seeded.below(4) {
            let at = seeded.below(bytes.len() + 1);
            let end = (at + seeded.below(12)).min(bytes.len());
            let strange = seeded.pick(&STRANGE).to_vec();
            bytes.splice(at..end, strange);
        }
        keeps_its_promises(&bytes);
        is_read_case_by_case(&bytes);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_cells_below_the_header_are_kept(
        rows in prop::collection::vec(prop::collection::vec("(NA|ID_[12]|[ -~あ\r\n\"]{0,6})", 0..9), 0..12),
    ) {
        let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
        let small = small();
        writer.write_record(small.lines().next().unwrap().split(',')).unwrap();
        for row in rows.iter().filter(|row| !row.is_empty()) {
            writer.write_record(row).unwrap();
        }
        let bytes = writer.into_inner().unwrap();
        keeps_its_promises(&bytes);
        is_read_case_by_case(&bytes);
    }

    #[test]
    fn rows_of_cases_that_lie_between_each_other_are_gathered(
        rows in prop::collection::vec(
            ("(NA|ID_[1-4])", "(NA||1|2)", "(NA|男|女)", "(NA|[12])", "(NA|次)", "(|NA|2020/1/[1-3])", "(NA|貧血|悪心)"),
            1..40,
        ),
    ) {
        let mut writer = csv::Writer::from_writer(Vec::new());
        let small = small();
        writer.write_record(small.lines().next().unwrap().split(',')).unwrap();
        for (name, sex, label, line, line_label, start, event) in &rows {
            writer.write_record([name, sex, label, line, line_label, start, event]).unwrap();
        }
        let bytes = writer.into_inner().unwrap();
        is_read_case_by_case(&bytes);
        prop_assert_eq!(as_by_hand(&read(&bytes).value.unwrap()), by_hand(&bytes));
    }
}

#[test]
fn severities_of_header_differences_do_not_refuse_the_file() {
    let reading = read(small().as_bytes());
    assert!(reading.value.is_some() && reading.count(Severity::Error) == 0);
}
