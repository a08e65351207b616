//! MAF files with a clinical table as a collection: what is joined, what is covered, and everything that is wrong.

use knowledge::{AnnotateOptions, Release};
use model::problem::{Problem, Severity};
use research::{
    answer::WaterfallAnswer,
    cohort::{
        AlterationKind, AlterationTerm, ChangeClass, CohortView, Item, NoHierarchy, PageRequest,
        Query, Response, VitalStatus,
    },
    collection::{CohortImport, FileProblems, Mapping},
};

const MAPPING: &str = r#"
[collection]
title_ja = "昔のコホート"
title_en = "An old cohort"
licence = "CC0"
source = "a test"
synthetic = true
[maf]
assembly = "GRCh37"
unreported_classifications = ["Silent"]
[[maf.exception]]
files = ["amplified.*"]
accepted_filters = ["wga"]
[panel]
name = "Exome"
short = "every_gene"
copy_number = "none"
[clinical]
sample = "Sample"
unknown = ["NA"]
days = "since_diagnosis"
[clinical.items.tumour]
columns = ["Cancer"]
values = { Lung = "LUAD", Colon = "COAD" }
[clinical.items.age]
columns = ["Age"]
[clinical.items.stage]
columns = ["Stage", "Clinical"]
values = { I = "1", II = "2", X = "" }
[clinical.items.vital]
columns = ["Dead"]
values = { 0 = "alive", 1 = "dead" }
[clinical.items.last_contact]
columns = ["Days"]
"#;

const HEAD: &str = "Hugo_Symbol\tChromosome\tStart_Position\tVariant_Classification\tReference_Allele\t\
                    Tumor_Seq_Allele2\tTumor_Sample_Barcode\tHGVSp_Short\tFILTER\n";

fn row(gene: &str, class: &str, sample: &str, change: &str, filter: &str) -> String {
    format!("{gene}\t1\t100\t{class}\tA\tT\t{sample}\t{change}\t{filter}\n")
}

struct Outcome {
    view: Option<CohortView>,
    files: Vec<FileProblems>,
}

impl Outcome {
    fn of(mapping: &str, clinical: &str, mafs: &[(&str, String)]) -> Self {
        let release = Release::starter();
        let mapping = Mapping::read(mapping, release).expect("a good mapping");
        let mut import = CohortImport::begin(
            "old".parse().unwrap(),
            &mapping,
            release,
            AnnotateOptions::default(),
            "clinical.tsv",
            clinical.as_bytes(),
        );
        for (name, text) in mafs {
            import.add_maf(name, text.as_bytes());
        }
        let (view, files) = import.finish();
        Self { view, files }
    }

    fn problem(&self, file: &str, code: &str) -> &Problem {
        let own = self.files.iter().filter(|each| each.file == file);
        let mut problems = own.flat_map(|each| &each.problems);
        let found = problems.find(|problem| problem.code == code);
        found.unwrap_or_else(|| panic!("{file} has no {code}: {:#?}", self.files))
    }

    fn count(&self, query: &Query) -> u64 {
        self.view.as_ref().unwrap().evaluate(query, &NoHierarchy).unwrap().cases()
    }
}

fn good() -> (String, Vec<(&'static str, String)>) {
    let clinical = "Sample\tCancer\tAge\tStage\tClinical\tDead\tDays\n\
                    S1\tLung\t61\tI\tII\t1\t400\n\
                    S2\tColon\t70.5\tX\tII\t0\t10\n\
                    S3\tColon\tNA\t\t\t\t\n\
                    S4\tLung\t50\tI\t\t1\t5\n";
    let mafs = vec![
        (
            "one.maf",
            [
                HEAD,
                &row("KRAS", "Missense_Mutation", "S1", "p.G12C", "PASS"),
                &row("TP53", "Silent", "S1", "p.P36=", "PASS"),
                &row("TP53", "Missense_Mutation", "S2", "p.R175H", "oxog"),
                &row("APC", "Nonsense_Mutation", "S2", "p.R876*", ""),
            ]
            .concat(),
        ),
        (
            "amplified.maf",
            [
                HEAD,
                &row("NPM1", "Missense_Mutation", "S3", "p.A2T", "wga"),
                &row("FLT3", "Missense_Mutation", "S3", "p.D835Y", "oxog,wga"),
            ]
            .concat(),
        ),
    ];
    (clinical.to_owned(), mafs)
}

#[test]
fn cases_are_joined_and_count_as_the_mapping_says() {
    let (clinical, mafs) = good();
    let outcome = Outcome::of(MAPPING, &clinical, &mafs);
    // S4 has no variants: what was tested is not known, but the case is one.
    assert_eq!(outcome.count(&Query::Everything), 4);
    for (gene, altered, not) in
        [("KRAS", 1, 2), ("TP53", 0, 3), ("APC", 1, 2), ("NPM1", 1, 2), ("FLT3", 0, 3)]
    {
        assert_eq!(outcome.count(&Query::gene(gene)), altered, "{gene}");
        assert_eq!(
            outcome.count(&Query::gene(gene).negated()),
            not,
            "not {gene}: every gene was covered"
        );
        let copies = Query::Alteration(Box::new(AlterationTerm {
            genes: vec![gene.into()],
            kinds: vec![AlterationKind::CopyNumber],
            ..AlterationTerm::default()
        }));
        assert_eq!(outcome.count(&copies.negated()), 0, "copy numbers of {gene} were not");
    }
    let view = outcome.view.as_ref().unwrap();
    let cohort = view.evaluate(&Query::Everything, &NoHierarchy).unwrap();
    let page = view.page(&cohort, &PageRequest::default());
    let kras = page.genes.iter().find(|row| &*row.gene == "KRAS").unwrap();
    let covered: Vec<u64> = kras.by_kind.iter().map(|share| share.covered).collect();
    assert_eq!(covered, [3, 0, 0], "an exome says nothing of copy numbers and fusions");
    assert_eq!(outcome.count(&Query::is(Item::Stage, "1")), 2);
    assert_eq!(
        outcome.count(&Query::is(Item::Stage, "2")),
        1,
        "the first column that says something"
    );
    assert_eq!(outcome.count(&Query::Unknown(Item::Age)), 1);
    assert_eq!(outcome.count(&Query::is(Item::Synthetic, "yes")), 4);
    let case =
        view.list(&view.evaluate(&Query::gene("KRAS"), &NoHierarchy).unwrap(), 0, 1).remove(0);
    assert_eq!(case.tumour.as_deref(), Some("LUAD"));
    assert_eq!(case.vital_status, Some(VitalStatus::Dead));
    assert_eq!((case.diagnosed.unwrap().number(), case.last_contact.unwrap().number()), (0, 400));
    assert_eq!(case.consent, Default::default(), "nobody was asked");
    assert!(case.level.is_some(), "KRAS G12C in lung has evidence");
    assert_eq!(
        outcome.problem("clinical.tsv", "clinical.sample.without_variants").place.line,
        Some(5)
    );
    assert_eq!(
        outcome.problem("amplified.maf", "maf.filter.not_reported").severity,
        Severity::Note
    );
    let left_out = outcome.problem("one.maf", "maf.classification.not_reported");
    assert!(left_out.message.en.starts_with("1 lines"), "{}", left_out.message.en);
}

#[test]
fn samples_without_variants_are_left_out_where_the_mapping_says_so() {
    let (clinical, mafs) = good();
    let mapping = MAPPING.replace("days =", "without_variants = \"leave_out\"\ndays =");
    let outcome = Outcome::of(&mapping, &clinical, &mafs);
    assert_eq!(outcome.count(&Query::Everything), 3);
}

#[test]
fn the_same_files_give_the_same_cases() {
    let (clinical, mafs) = good();
    let bytes = |mafs: &[(&str, String)]| {
        let mut bytes = Vec::new();
        let view = Outcome::of(MAPPING, &clinical, mafs).view.unwrap();
        view.write_snapshot(&mut bytes).unwrap();
        bytes
    };
    assert_eq!(bytes(&mafs), bytes(&mafs));
}

#[test]
fn everything_that_is_wrong_is_told_at_once() {
    let clinical = "Sample\tCancer\tAge\tStage\tClinical\tDead\tDays\n\
                    \tLung\t61\tI\t\t1\t400\n\
                    S1\tLnug\tsixty\tI\t\t1\t-3\n\
                    S1\tLung\t61\tI\t\t1\t400\n";
    let mafs = [
        ("one.maf", [HEAD, &row("KRAS", "Missense_Mutation", "S1", "p.G12C", "")].concat()),
        ("two.maf", [HEAD, &row("TP53", "Missense_Mutation", "S1", "p.R175H", "")].concat()),
        ("three.maf", [HEAD, &row("TP53", "Missense_Mutation", "S9", "p.R175H", "")].concat()),
        ("four.maf", "Hugo_Symbol\tChromosome\nKRAS\t12\n".to_owned()),
    ];
    let outcome = Outcome::of(MAPPING, clinical, &mafs);
    assert!(outcome.view.is_none());
    let place = |file, code| {
        let place = &outcome.problem(file, code).place;
        (place.line, place.column)
    };
    assert_eq!(place("clinical.tsv", "clinical.sample.missing"), (Some(2), Some(1)));
    assert_eq!(place("clinical.tsv", "clinical.sample.twice"), (Some(4), Some(1)));
    assert_eq!(place("two.maf", "maf.sample.twice").0, Some(2));
    assert_eq!(place("three.maf", "maf.sample.without_clinical").0, Some(2));
    assert!(
        outcome.problem("four.maf", "maf.header.missing").message.en.contains("Start_Position")
    );
    assert_eq!(place("clinical.tsv", "mapping.maf.exception.unused"), (None, None));
    let values: Vec<&Problem> = outcome.files[0]
        .problems
        .iter()
        .filter(|problem| problem.code == "clinical.value")
        .collect();
    let places: Vec<_> = values.iter().map(|own| (own.place.line, own.place.column)).collect();
    assert_eq!(places, [(Some(3), Some(2)), (Some(3), Some(3)), (Some(3), Some(7))]);
    assert!(values[0].remedy.en.contains("Did you mean: Lung?"), "{}", values[0].remedy.en);
    assert!(values[2].remedy.en.contains("since diagnosis"));
    for problem in outcome.files.iter().flat_map(|file| &file.problems) {
        let texts =
            [&problem.message.ja, &problem.message.en, &problem.remedy.ja, &problem.remedy.en];
        assert!(texts.iter().all(|text| !text.is_empty()), "{problem:?}");
    }
}

#[test]
fn a_column_that_is_not_there_and_nothing_at_all_are_errors() {
    let outcome = Outcome::of(MAPPING, "Sample\tCancer\tAge\nS1\tLung\t61\n", &[]);
    assert!(outcome.view.is_none());
    let missing = outcome.problem("clinical.tsv", "clinical.column.missing");
    assert_eq!((missing.severity, missing.place.line), (Severity::Error, Some(1)));
    assert!(missing.remedy.en.contains("Sample, Cancer, Age"));
    let empty = "Sample\tCancer\tAge\tStage\tClinical\tDead\tDays\n";
    let outcome = Outcome::of(MAPPING, empty, &[]);
    assert_eq!(outcome.problem("old", "collection.empty").severity, Severity::Error);
}

/// A mapping with the change, and a table of samples with it and the response.
fn with_change(changes: &[(&str, &str)]) -> Outcome {
    let rule = "best_change = { column = \"Change\", response = \"Best\", values = { P = \"PR\", S = \"SD\", X = \"\" } }\n";
    let mapping =
        MAPPING.replace("[clinical.items.tumour]", &format!("{rule}[clinical.items.tumour]"));
    let mut clinical =
        "Sample\tCancer\tAge\tStage\tClinical\tDead\tDays\tChange\tBest\n".to_owned();
    for (at, (change, best)) in changes.iter().enumerate() {
        clinical.push_str(&format!("S{at}\tLung\t61\tI\t\t1\t400\t{change}\t{best}\n"));
    }
    Outcome::of(&mapping, &clinical, &[])
}

#[test]
fn the_best_change_is_read_with_its_response() {
    let outcome =
        with_change(&[("-35.54", "P"), ("", "S"), ("NA", "P"), ("12", "X"), ("-100", "")]);
    let view = outcome.view.as_ref().unwrap();
    let everyone = view.evaluate(&Query::Everything, &NoHierarchy).unwrap();
    let answer = WaterfallAnswer::of(view, &everyone);
    let read = answer.measured.iter().map(|own| (own.change.percent(), own.change.response));
    assert_eq!(
        read.collect::<Vec<_>>(),
        [(12.0, None), (-35.5, Some(Response::Partial)), (-100.0, None)]
    );
    assert_eq!((answer.cases, answer.count(ChangeClass::Shrinkage, None)), (5, 2));
}

#[test]
fn a_change_that_cannot_be_one_refuses_the_table_and_says_where_it_stands() {
    let outcome = with_change(&[("-35", "P"), ("-135", "P"), ("20%", "S"), ("-135", "Q")]);
    assert!(outcome.view.is_none());
    let problem = outcome.problem("clinical.tsv", "clinical.best_change");
    assert_eq!(problem.severity, Severity::Error);
    assert_eq!((problem.place.line, problem.place.column), (Some(3), Some(8)));
    assert!(problem.message.en.contains("\"-135\"") && problem.message.en.contains("2 rows"));
    assert!(problem.remedy.ja.contains("-100 から 900"), "{}", problem.remedy.ja);
    let of_file = outcome.files.iter().flat_map(|file| &file.problems);
    assert_eq!(of_file.filter(|own| own.code == "clinical.best_change").count(), 2);
    // A response is of a case whose change is known, or nobody's.
    assert!(
        outcome
            .files
            .iter()
            .all(|file| file.problems.iter().all(|own| !own.message.en.contains("\"Q\"")))
    );
    let outcome = with_change(&[("-35", "Q")]);
    let problem = outcome.problem("clinical.tsv", "clinical.value");
    assert_eq!((problem.severity, problem.place.column), (Severity::Warning, Some(9)));
}

#[test]
fn changes_that_look_like_shares_are_told() {
    let shares = with_change(&[("-0.35", "P"), ("0.2", ""), ("0", ""), ("-1", ""), ("0.1", "")]);
    assert!(shares.view.is_some());
    assert_eq!(shares.problem("clinical.tsv", "clinical.best_change.shares").place.line, Some(2));
    let percents = with_change(&[("-35", "P"), ("0.2", ""), ("0", ""), ("-1", ""), ("0.1", "")]);
    assert!(percents.files[0].problems.iter().all(|own| own.code != "clinical.best_change.shares"));
}
