//! `tsumugi import` and `tsumugi cohort`: historical cohorts in, counts out.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    path::Path,
    process::{Command, Output},
};

use knowledge::Release;
use serde_json::Value;
use testkit::parquet_file::ParquetText;

/// The mapping that is shipped as an example.
const TCGA_MAPPING: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/collections/tcga.toml");
/// Numbers counted by lifelines and scipy; the head of tcga.py says how.
const REFERENCE: &str = include_str!("../reference/tcga.json");

fn tsumugi(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tsumugi")).args(arguments).output().unwrap()
}

fn json(arguments: &[&str]) -> (i32, Value) {
    let output = tsumugi(&[arguments, &["--format", "json"]].concat());
    let value = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
        panic!("{error}: {}{}", text(&output.stdout), text(&output.stderr))
    });
    (output.status.code().unwrap(), value)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn near(found: &Value, expected: &Value, what: &str) {
    let number = |value: &Value| value.as_f64().unwrap_or_else(|| panic!("{what}: {value}"));
    if expected.is_null() {
        assert!(found.is_null(), "{what}: {found}");
        return;
    }
    let (found, expected) = (number(found), number(expected));
    assert!(
        (found - expected).abs() <= 1e-6 * expected.abs().max(1e-9),
        "{what}: {found} {expected}"
    );
}

/// Compares a group with what lifelines counted of it.
fn same_curve(group: &Value, expected: &Value, what: &str) {
    for key in ["cases", "deaths", "leftOut", "medianDays", "medianLowerDays", "medianUpperDays"] {
        near(&group[key], &expected[key], &format!("{what} {key}"));
    }
    let points = group["points"].as_array().unwrap();
    for expected in expected["points"].as_array().unwrap() {
        let day = expected["day"].as_f64().unwrap();
        let at = points.iter().rev().find(|point| point["day"].as_f64().unwrap() <= day).unwrap();
        for key in ["survival", "lower", "upper"] {
            near(&at[key], &expected[key], &format!("{what} day {day} {key}"));
        }
        let at_risk = group["atRisk"].as_array().unwrap();
        let at_risk = at_risk.iter().find(|each| each["day"].as_f64().unwrap() == day).unwrap();
        near(&at_risk["cases"], &expected["atRisk"], &format!("{what} day {day} at risk"));
    }
}

/// Counts in how many tumours each gene has a mutation that passes and is not silent, reading the tables plainly.
fn plain_counts(folder: &Path) -> (BTreeMap<String, u64>, BTreeSet<String>) {
    let release = Release::starter();
    let (mut genes, mut tumours) = (BTreeMap::<String, u64>::new(), BTreeSet::new());
    let mut files: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|each| each.unwrap().path()).collect();
    files.sort();
    for path in files {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let accepted: &[&str] = if name.starts_with("OV.") || name.starts_with("LAML.") {
            &["PASS", "wga"]
        } else {
            &["PASS"]
        };
        let table = zstd::decode_all(std::fs::File::open(&path).unwrap()).unwrap();
        let table = String::from_utf8(table).unwrap();
        let mut lines = table.lines();
        let head: Vec<&str> = lines.next().unwrap().split('\t').collect();
        let column = |name: &str| head.iter().position(|each| *each == name).unwrap();
        let (gene, class, sample, filter) = (
            column("Hugo_Symbol"),
            column("Variant_Classification"),
            column("Tumor_Sample_Barcode"),
            column("FILTER"),
        );
        let mut seen = HashMap::<String, BTreeSet<String>>::new();
        for line in lines {
            let cells: Vec<&str> = line.split('\t').collect();
            let own = seen.entry(cells[sample].to_owned()).or_default();
            let marks = cells[filter];
            let passes = marks.is_empty() || marks.split(',').all(|mark| accepted.contains(&mark));
            if passes && cells[class] != "Silent" {
                let written = cells[gene];
                let symbol = release.gene(written).map_or(written, |known| known.symbol.as_str());
                own.insert(symbol.to_owned());
            }
        }
        for (sample, own) in seen {
            assert!(tumours.insert(sample), "a tumour is in two files");
            own.into_iter().for_each(|gene| *genes.entry(gene).or_default() += 1);
        }
    }
    (genes, tumours)
}

#[test]
fn tcga_is_loaded_in_one_command_and_counts_as_others_count_it() {
    let (Some(maf), Some(clinical)) =
        (testkit::public_data::path("tcga/maf"), testkit::public_data::path("tcga/clinical.tsv"))
    else {
        return;
    };
    let data = tempfile::tempdir().unwrap();
    let data = data.path().to_str().unwrap();
    let (maf_name, clinical) = (maf.to_str().unwrap(), clinical.to_str().unwrap());
    let import =
        ["import", "cohort", "--maf", maf_name, "--clinical", clinical, "--mapping", TCGA_MAPPING];
    let (status, outcome) =
        json(&[&import[..], &["--collection", "tcga", "--data", data]].concat());
    assert_eq!(status, 0);
    let manifest = &outcome["collection"];
    assert_eq!(manifest["cases"], 6_886);
    assert_eq!(manifest["files"].as_array().unwrap().len(), 24);
    assert_eq!((&manifest["synthetic"], &manifest["researchUse"]), (&false.into(), &true.into()));
    let codes: Vec<&str> = outcome["files"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|file| file["problems"].as_array().unwrap())
        .map(|problem| problem["code"].as_str().unwrap())
        .collect();
    let count = |code: &str| codes.iter().filter(|each| **each == code).count();
    assert_eq!(count("maf.sample.without_clinical"), 54);
    assert_eq!(count("clinical.sample.without_variants"), 3);

    // The same name again needs --replace, and is told before the long work.
    let again = tsumugi(&[&import[..], &["--collection", "tcga", "--data", data]].concat());
    assert_eq!(again.status.code(), Some(2));
    assert!(text(&again.stderr).contains("--replace"), "{}", text(&again.stderr));

    let asked = ["--data", data, "--collection", "tcga"];
    let (status, summary) =
        json(&[&["cohort", "summary", "--genes", "65534"], &asked[..]].concat());
    assert_eq!((status, &summary["cases"]), (0, &6_886.into()));
    let (plain, tumours) = plain_counts(&maf);
    assert_eq!(tumours.len(), 6_886);
    let counted: BTreeMap<String, u64> = summary["genes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            let share = &row["byKind"]["short"];
            assert_eq!(share["covered"], 6_886, "an exome covers every gene: {}", row["gene"]);
            assert_eq!(row["byKind"]["copy_number"]["covered"], 0);
            assert_eq!(row["byKind"]["rearrangement"]["covered"], 0);
            (row["gene"].as_str().unwrap().to_owned(), share["altered"].as_u64().unwrap())
        })
        .collect();
    assert!(plain.len() > 18_000, "{}", plain.len());
    let differing: Vec<_> = plain
        .iter()
        .filter(|(gene, count)| counted.get(*gene) != Some(count))
        .map(|(gene, count)| (gene, count, counted.get(gene)))
        .collect();
    assert!(
        differing.is_empty(),
        "{} differ: {:?}",
        differing.len(),
        &differing[..differing.len().min(9)]
    );
    assert_eq!(counted.len(), plain.len());

    let reference: Value = serde_json::from_str(REFERENCE).unwrap();
    let days = ["--at-risk", "180,365,730,1095,1826"];
    let survival = |query: &str, by: &[&str]| {
        let fixed = ["cohort", "survival", "--query", query];
        let (status, outcome) = json(&[&fixed[..], &asked[..], &days[..], by].concat());
        assert_eq!(status, 0);
        outcome
    };
    let hnsc = survival("tumour=HNSC", &["--by", "gene=TP53"]);
    let expected = &reference["hnscByTp53"];
    same_curve(&hnsc["groups"][0], &expected["groups"]["with"], "TP53");
    same_curve(&hnsc["groups"][1], &expected["groups"]["without"], "not TP53");
    for key in ["chiSquare", "p", "degrees"] {
        near(&hnsc["logRank"][key], &expected["logRank"][key], key);
    }
    let kirc = survival("tumour=CCRCC", &["--by", "stage"]);
    let groups = kirc["groups"].as_array().unwrap();
    assert_eq!(groups.len(), 4);
    for (group, number) in groups.iter().zip(["1", "2", "3", "4"]) {
        same_curve(group, &reference["kircByStage"]["groups"][number], &format!("stage {number}"));
    }
    for key in ["chiSquare", "p", "degrees"] {
        near(&kirc["logRank"][key], &reference["kircByStage"]["logRank"][key], key);
    }
    let ov = survival("tumour=SOC", &[]);
    same_curve(&ov["groups"][0], &reference["ov"], "OV");
    assert!(ov["logRank"].is_null());
    // No case has a day of its test: with delayed entry nobody can be counted, and everybody is left out.
    let delayed = survival("tumour=SOC", &["--delayed-entry"]);
    assert_eq!(delayed["groups"][0]["leftOut"], delayed["cases"]);

    for (name, query, covariates) in
        [("hnscCox", "tumour=HNSC", "age,sex,gene=TP53"), ("kircCox", "tumour=CCRCC", "stage,age")]
    {
        let call = ["cohort", "cox", "--query", query, "--covariates", covariates];
        let (status, model) = json(&[&call[..], &asked[..]].concat());
        assert_eq!(status, 0);
        same_model(&model, &reference[name], name);
        // By these, too, nobody can be counted from a test that is not known.
        let (_, delayed) = json(&[&call[..], &asked[..], &["--delayed-entry"]].concat());
        assert_eq!(delayed["leftOut"], model["found"]);
        assert!(delayed["withoutModel"].is_string(), "{delayed:#}");
    }

    let genes = ["--genes", "TP53,KRAS,EGFR,STK11,KEAP1", "--query", "tumour=LUAD"];
    let tables = format!("{data}/tables");
    let kept = ["--tables", &tables];
    let (status, pairs) =
        json(&[&["cohort", "cooccurrence"], &asked[..], &genes[..], &kept[..]].concat());
    assert_eq!(status, 0);
    let table = both(&tables, "pairs");
    assert_eq!((table.rows.len(), table.rows[0][0].as_str()), (10, "TP53"));
    assert_eq!(table.rows[0][2], pairs["pairs"][0]["both"].to_string());
    let expected = reference["luadPairs"].as_array().unwrap();
    let pairs = pairs["pairs"].as_array().unwrap();
    assert_eq!(pairs.len(), expected.len());
    for (pair, expected) in pairs.iter().zip(expected) {
        for key in ["first", "second", "both", "onlyFirst", "onlySecond", "neither"] {
            assert_eq!(pair[key], expected[key], "{key} of {expected}");
        }
        for key in ["oddsRatio", "p", "q"] {
            near(&pair[key], &expected[key], &format!("{key} of {expected}"));
        }
    }
    let told =
        tsumugi(&[&["cohort", "cooccurrence", "--lang", "en"], &asked[..], &genes[..]].concat());
    assert!(text(&told.stdout).contains("q (BH)"));
}

/// Compares a model with what lifelines fitted.
fn same_model(model: &Value, expected: &Value, what: &str) {
    for key in ["cases", "deaths", "unknownCovariates", "logLikelihood"] {
        near(&model[key], &expected[key], &format!("{what} {key}"));
    }
    for key in ["chiSquare", "p", "degrees"] {
        near(&model["likelihoodRatio"][key], &expected["likelihoodRatio"][key], what);
    }
    let covariates = model["covariates"].as_array().unwrap();
    assert_eq!(covariates.len(), expected["covariates"].as_array().unwrap().len());
    for (own, expected) in covariates.iter().zip(expected["covariates"].as_array().unwrap()) {
        assert_eq!(own["covariate"], expected["covariate"]);
        for key in ["coefficient", "standardError", "hazardRatio", "lower", "upper", "p"] {
            near(&own[key], &expected[key], &format!("{what} {} {key}", own["covariate"]));
        }
    }
}

/// Asserts that both files of a table say the same, and returns what the Parquet file says.
fn both(folder: &str, name: &str) -> ParquetText {
    let read =
        |ending: &str| std::fs::read(Path::new(folder).join(format!("{name}.{ending}"))).unwrap();
    let parquet = ParquetText::of(&read("parquet"));
    let csv = read("csv");
    let mut reader = csv::Reader::from_reader(csv.as_slice());
    let rows = reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect());
    assert_eq!(parquet.rows, rows.collect::<Vec<Vec<String>>>(), "{name}");
    parquet
}

/// A folder with a small MAF, its clinical table and its mapping.
struct Small {
    folder: tempfile::TempDir,
}

impl Small {
    fn new() -> Self {
        let small = Self { folder: tempfile::tempdir().unwrap() };
        small.write(
            "a.maf",
            "Hugo_Symbol\tNCBI_Build\tChromosome\tStart_Position\tVariant_Classification\tReference_Allele\t\
             Tumor_Seq_Allele2\tTumor_Sample_Barcode\tHGVSp_Short\n\
             KRAS\t37\t12\t25398284\tMissense_Mutation\tC\tA\tS1\tp.G12V\n\
             TP53\t37\t17\t7578406\tMissense_Mutation\tC\tT\tS2\tp.R175H\n",
        );
        small.write("clinical.csv", "Sample,Sex\nS1,F\nS2,M\n");
        small.write(
            "mapping.toml",
            "[collection]\ntitle_ja = \"昔\"\ntitle_en = \"Old\"\nlicence = \"CC0\"\nsource = \"a test\"\n\
             synthetic = true\n[panel]\nshort = \"every_gene\"\n[clinical]\nsample = \"Sample\"\n\
             [clinical.items.sex]\ncolumns = [\"Sex\"]\nvalues = { F = \"female\", M = \"male\" }\n",
        );
        small
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.folder.path().join(name), text).unwrap();
    }

    fn import(&self, more: &[&str]) -> (i32, Value) {
        let [maf, clinical, mapping, data] =
            ["a.maf", "clinical.csv", "mapping.toml", "data"].map(|name| self.path(name));
        let fixed =
            ["import", "cohort", "--maf", &maf, "--clinical", &clinical, "--mapping", &mapping];
        json(&[&fixed[..], &["--collection", "old", "--data", &data], more].concat())
    }

    fn summary(&self) -> (i32, Value) {
        json(&["cohort", "summary", "--data", &self.path("data"), "--collection", "old"])
    }
}

#[test]
fn what_is_wrong_changes_nothing_that_is_there() {
    let small = Small::new();
    let (status, outcome) = small.import(&[]);
    assert_eq!((status, &outcome["imported"]), (0, &true.into()));
    assert_eq!(outcome["collection"]["mapping"]["name"], "mapping.toml");
    let (status, summary) = small.summary();
    assert_eq!((status, &summary["cases"], &summary["synthetic"]), (0, &2.into(), &true.into()));

    small.write("clinical.csv", "Sample,Sex\nS1,F\nS1,M\n");
    let (status, outcome) = small.import(&["--replace"]);
    assert_eq!((status, &outcome["imported"]), (1, &false.into()));
    assert_eq!(outcome["files"][0]["file"], "clinical.csv");
    assert_eq!(outcome["files"][0]["problems"][0]["line"], 3);
    assert_eq!(small.summary().1["cases"], 2);

    let good = std::fs::read_to_string(small.path("mapping.toml")).unwrap();
    small.write("mapping.toml", &good.replace("\"female\"", "\"femal\""));
    let (status, outcome) = small.import(&["--replace"]);
    assert_eq!(status, 1);
    assert_eq!(outcome["files"][0]["problems"][0]["remedy"]["en"], "Did you mean: female?");
    small.write("mapping.toml", &good);

    small.write("clinical.csv", "Sample,Sex\nS1,F\n");
    let (status, _) = small.import(&["--replace"]);
    assert_eq!(status, 0);
    let (_, summary) = small.summary();
    let sex = summary["facets"].as_array().unwrap().iter().find(|facet| facet["item"] == "sex");
    assert_eq!((&summary["cases"], &sex.unwrap()["unknown"]), (&2.into(), &1.into()));
    let missing = tsumugi(&[
        "import",
        "cohort",
        "--maf",
        "/no/such",
        "--clinical",
        "/no",
        "--mapping",
        "/no",
        "--collection",
        "x",
    ]);
    assert_eq!(missing.status.code(), Some(2));
    let bad_name = tsumugi(&[
        "import",
        "portal",
        "--cases",
        "a",
        "--reports",
        "b",
        "--licence",
        "x",
        "--collection",
        "../x",
    ]);
    assert_eq!(bad_name.status.code(), Some(2));
}

#[test]
fn a_bad_query_or_name_is_told_with_what_was_meant() {
    let small = Small::new();
    small.import(&[]);
    let data = small.path("data");
    let asked = ["--data", &data, "--collection", "old"];
    let refused = |arguments: &[&str]| {
        let (status, outcome) = json(&[arguments, &asked[..]].concat());
        assert_eq!(status, 1, "{arguments:?}");
        outcome["problems"][0].clone()
    };
    let problem = refused(&["cohort", "summary", "--query", "sex=femal"]);
    assert_eq!((&problem["line"], &problem["column"]), (&1.into(), &5.into()));
    assert!(problem["remedy"]["en"].as_str().unwrap().contains("female"));
    let problem = refused(&["cohort", "survival", "--by", "stag"]);
    assert!(problem["remedy"]["en"].as_str().unwrap().contains("stage"), "{problem}");
    let problem = refused(&["cohort", "cooccurrence", "--genes", "KRAS,TP5"]);
    assert!(problem["remedy"]["en"].as_str().unwrap().contains("TP53"), "{problem}");
    small.write("query.json", "{\"gene\": \"KRAS\"}");
    let query = small.path("query.json");
    let (status, found) = json(&[&["cohort", "summary", "--query", &query], &asked[..]].concat());
    assert_eq!((status, &found["cases"]), (0, &1.into()));

    let absent = tsumugi(&["cohort", "summary", "--data", &data, "--collection", "olf"]);
    assert_eq!(absent.status.code(), Some(2));
    assert!(text(&absent.stderr).contains("Did you mean: old?"), "{}", text(&absent.stderr));
    let no_record = tsumugi(&["cohort", "summary", "--data", &data]);
    assert_eq!(no_record.status.code(), Some(2));
    assert!(text(&no_record.stderr).contains("old"), "{}", text(&no_record.stderr));
    let snapshot = std::fs::read_dir(small.folder.path().join("data/collections")).unwrap();
    let snapshot = snapshot
        .map(|each| each.unwrap().path())
        .find(|path| path.extension().unwrap() == "cohort");
    std::fs::write(snapshot.unwrap(), b"TSUMUGIC damaged").unwrap();
    let damaged = tsumugi(&["cohort", "summary", "--data", &data, "--collection", "old"]);
    assert_eq!(damaged.status.code(), Some(2));
    assert!(text(&damaged.stderr).contains("--replace"), "{}", text(&damaged.stderr));
}

#[test]
fn the_public_portal_exports_are_a_collection() {
    let (Some(cases), Some(reports)) = (
        testkit::public_data::path("felis/sample_clinical.csv"),
        testkit::public_data::path("felis/sample_report.csv"),
    ) else {
        return;
    };
    let data = tempfile::tempdir().unwrap();
    let data = data.path().to_str().unwrap();
    let (cases, reports) = (cases.to_str().unwrap(), reports.to_str().unwrap());
    let (status, outcome) = json(&[
        "import",
        "portal",
        "--cases",
        cases,
        "--reports",
        reports,
        "--data",
        data,
        "--collection",
        "felis",
        "--licence",
        "MIT, Copyright (c) 2026 Masachika Ikegami",
        "--synthetic",
    ]);
    assert_eq!(status, 0, "{outcome:#}");
    let count = outcome["collection"]["cases"].as_u64().unwrap();
    assert!(count > 50, "{count}");
    let (status, summary) = json(&["cohort", "summary", "--data", data, "--collection", "felis"]);
    assert_eq!(
        (status, summary["cases"].as_u64(), &summary["synthetic"]),
        (0, Some(count), &true.into())
    );
    // What its panels cover is unknown to the built-in release: alterations are found, and no share is told.
    assert_eq!(summary["genes"].as_array().unwrap().len(), 0, "{summary:#}");
    let query = ["--query", "gene=TP53", "--collection", "felis"];
    let (_, altered) = json(&[&["cohort", "summary", "--data", data], &query[..]].concat());
    assert!(altered["cases"].as_u64().unwrap() > 10, "{altered:#}");
    let tables = format!("{data}/tables");
    for call in
        [&["summary"][..], &["survival", "--by", "sex"], &["cooccurrence", "--genes", "TP53,KRAS"]]
    {
        let kept = ["--data", data, "--collection", "felis", "--tables", &tables];
        let kept = tsumugi(&[&["cohort"], call, &kept[..]].concat());
        assert_eq!(kept.status.code(), Some(0), "{}", text(&kept.stderr));
    }
    let facets = both(&tables, "facets");
    assert_eq!(
        (facets.notes["synthetic"].as_str(), facets.notes["collections"].as_str()),
        ("yes", "felis")
    );
    assert!(facets.notes["sources"].contains("Masachika"), "{:?}", facets.notes);
    let sexes =
        facets.rows.iter().filter(|row| row[0] == "sex").map(|row| row[2].parse::<u64>().unwrap());
    assert_eq!(sexes.sum::<u64>(), count);
    let survival = both(&tables, "survival");
    assert!(survival.rows.len() > 20, "{}", survival.rows.len());
    assert_eq!(survival.columns[5], ("survival".to_owned(), "DOUBLE".to_owned()));
    assert!(both(&tables, "pairs").rows.is_empty(), "what the panels cover is not known");
    assert!(both(&tables, "genes").columns.len() > 3);
    both(&tables, "drugs");
    let told =
        tsumugi(&["cohort", "summary", "--data", data, "--collection", "felis", "--lang", "en"]);
    assert!(text(&told.stdout).contains("[synthetic data]"), "{}", text(&told.stdout));
}

#[test]
fn registered_cases_are_asked_for_in_the_audit_log() {
    let data = tempfile::tempdir().unwrap();
    let file = |name: &str| data.path().join(name).display().to_string();
    let migrated =
        tsumugi(&["db", "migrate", "--db", &format!("sqlite:{}", file("record.sqlite"))]);
    assert_eq!(migrated.status.code(), Some(0), "{}", text(&migrated.stderr));
    let folder = data.path().to_str().unwrap();
    let (status, summary) = json(&["cohort", "summary", "--data", folder, "--query", "sex=female"]);
    assert_eq!(
        (status, &summary["cases"], &summary["registeredCases"]),
        (0, &0.into(), &true.into())
    );
    let exported = tsumugi(&["audit", "export", "--data", folder, "-o", &file("log.ndjson")]);
    assert_eq!(exported.status.code(), Some(0), "{}", text(&exported.stderr));
    let log = std::fs::read_to_string(file("log.ndjson")).unwrap();
    assert!(log.contains("search-cases") && log.contains("sex=female"), "{log}");
}

#[test]
fn changes_of_tumour_size_are_read_told_and_kept_as_tables() {
    let small = Small::new();
    let mapping = std::fs::read_to_string(small.path("mapping.toml")).unwrap();
    let rule =
        "[clinical.best_change]\ncolumn = \"Change\"\nresponse = \"Best\"\n[clinical.items.sex]";
    small.write("mapping.toml", &mapping.replace("[clinical.items.sex]", rule));
    small.write("clinical.csv", "Sample,Sex,Change,Best\nS1,F,-41.25,PR\nS2,M,135 %,PD\n");
    let (status, outcome) = small.import(&[]);
    let problem = &outcome["files"][0]["problems"][0];
    assert_eq!((status, &problem["line"], &problem["column"]), (1, &3.into(), &3.into()));
    assert!(problem["remedy"]["ja"].as_str().unwrap().contains("記号を付けずに"), "{problem}");
    small.write("clinical.csv", "Sample,Sex,Change,Best\nS1,F,-41.25,PR\nS2,M,35,PD\nS3,M,,SD\n");
    assert_eq!(small.import(&[]).0, 0);
    let [data, tables] = ["data", "tables"].map(|name| small.path(name));
    let asked = ["cohort", "waterfall", "--data", &data, "--collection", "old"];
    let (status, told) = json(&[&asked[..], &["--tables", &tables]].concat());
    assert_eq!((status, &told["cases"], &told["measured"]), (0, &3.into(), &2.into()));
    let changes = told["changes"].as_array().unwrap();
    let percents: Vec<_> = changes.iter().map(|own| own["percent"].as_f64().unwrap()).collect();
    assert_eq!(percents, [35.0, -41.3], "from growth to shrinkage, to a tenth");
    let table = both(&tables, "waterfall");
    assert_eq!(table.rows[1][2..], ["-41.3", "PR", "shrinkage"], "{:?}", table.rows);
    assert_eq!(table.rows[0][1], changes[0]["case"].as_str().unwrap());
    let read = tsumugi(&[&asked[..], &["--query", "sex=male", "--lang", "en"]].concat());
    let read = text(&read.stdout);
    assert!(read.contains("Measured: 1 / 2") && read.contains("\t+35.0\tPD"), "{read}");
}
