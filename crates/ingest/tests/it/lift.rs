//! Moving places and results from GRCh37 to GRCh38 by small chains of our own.

use std::{
    io::Write,
    path::Path,
    process::{Command, Stdio},
};

use ingest::{
    detect::{ReadOptions, read_any},
    lift::{Chain, ReadChainError, lift},
};
use model::{
    genome::{Assembly, Position1, Strand},
    result::TestResult,
};

use crate::seeded::Seeded;

/// Three chains with the lengths of the real chromosomes: forward in two blocks, reverse, and one that overlaps
/// the first with a better score.
const CHAIN: &str = "\
chain 5000 chr21 48129895 + 1000 5000 chr21 46709983 + 2000 6100 1
1500 100 200
2400

chain 3000 chr21 48129895 + 10000 12000 chr22 50818468 - 500 2500 2
2000

chain 9000 chr21 48129895 + 4000 4500 chr22 50818468 + 100 600 3
500
";

fn chain() -> Chain {
    Chain::read(CHAIN.as_bytes()).unwrap()
}

/// Returns where one base comes to lie, as text.
fn place(position: u64) -> Option<String> {
    let lifted = chain().lift("chr21", Position1(position), Position1(position))?;
    let strand = if lifted.strand == Strand::Forward { '+' } else { '-' };
    Some(format!("{}:{}{strand}", lifted.chromosome, lifted.first))
}

#[test]
fn moves_single_bases() {
    assert_eq!(place(1000), None);
    assert_eq!(place(1001).unwrap(), "21:2001+");
    assert_eq!(place(2500).unwrap(), "21:3500+");
    assert_eq!(place(2501), None, "between two blocks");
    assert_eq!(place(2601).unwrap(), "21:3701+");
    assert_eq!(place(5001), None);
    // The first base of the reverse chain is the last one counted from the other end.
    assert_eq!(place(10_001).unwrap(), format!("22:{}-", 50_818_468 - 500));
    assert_eq!(place(4_001).unwrap(), "22:101+", "the better score wins");
}

#[test]
fn moves_a_stretch_only_within_one_block() {
    let chain = chain();
    let lifted = |first, last| chain.lift("21", Position1(first), Position1(last));
    assert!(lifted(2499, 2501).is_none());
    assert!(lifted(2500, 2499).is_none());
    let reverse = lifted(10_001, 10_003).unwrap();
    assert_eq!(reverse.last.0 - reverse.first.0, 2);
    assert_eq!(reverse.last.0, 50_818_468 - 500);
    assert!(lifted(u64::MAX, u64::MAX).is_none());
}

/// A result in GRCh37 with one short variant, one copy-number range and one breakend.
fn result(position: u64) -> TestResult {
    serde_json::from_value(serde_json::json!({
        "source": {"format": "cats", "version": "1.2.1"},
        "assembly": "GRCh37",
        "test": {},
        "shortVariants": [{
            "itemId": "v", "chromosome": "21", "position": position, "reference": "TC",
            "alternate": "T", "reported": true,
            "transcripts": [{"strand": "+"}],
        }],
        "copyNumberAlterations": [{
            "itemId": "c", "chromosome": "21", "start": 10_101, "end": 10_201, "genes": [],
            "reported": true,
        }],
        "rearrangements": [{
            "itemId": "r", "kind": "deletion", "kindWritten": "deletion", "reported": true,
            "breakends": [{"chromosome": "21", "start": 2501, "end": 2501, "genes": []}],
        }],
    }))
    .unwrap()
}

#[test]
fn complements_alleles_on_the_reverse_strand() {
    let (lifted, problems) = lift(result(10_001), &chain());
    let variant = &lifted.short_variants[0];
    assert_eq!((variant.reference.as_str(), variant.alternate.as_str()), ("GA", "A"));
    assert_eq!((variant.chromosome.as_str(), variant.position.0), ("22", 50_818_468 - 501));
    assert_eq!(variant.transcripts[0].strand, Some(Strand::Reverse));
    assert_eq!(lifted.assembly, Some(Assembly::Grch38));
    assert_eq!(lifted.lifted_from, Some(Assembly::Grch37));
    let range = &lifted.copy_number_alterations[0];
    assert!(range.start < range.end);
    // The breakend lies between two blocks: it loses its position, and a problem says so.
    assert_eq!(lifted.rearrangements[0].breakends[0].start, None);
    let pointers: Vec<&str> = problems.iter().map(|p| p.place.pointer.as_str()).collect();
    assert_eq!(pointers, ["/variants/rearrangements/0"]);
}

#[test]
fn keeps_the_whole_result_when_a_variant_cannot_be_moved() {
    let before = result(7_000);
    let (after, problems) = lift(before.clone(), &chain());
    assert_eq!(after, before);
    assert_eq!(problems[0].code, "cats.lift.failed");
}

#[test]
fn reads_gzip_and_refuses_what_is_no_chain_from_37_to_38() {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(CHAIN.as_bytes()).unwrap();
    assert!(Chain::read(&gzip.finish().unwrap()[..]).is_ok());

    let read = |text: &str| Chain::read(text.as_bytes());
    let other_way =
        CHAIN.replace("48129895", "46709983").replace("chr21 46709983 + 2", "chr21 48129895 + 2");
    assert!(matches!(read(&other_way), Err(ReadChainError::OtherAssemblies)));
    assert!(matches!(read(""), Err(ReadChainError::OtherAssemblies)));
    assert!(matches!(read("1500 100 200\n"), Err(ReadChainError::Line(1))));
    assert!(matches!(read(&CHAIN.replace("2400", "two")), Err(ReadChainError::Line(3))));
    assert!(matches!(read(&CHAIN.replace("2400", "99999999999")), Err(ReadChainError::Line(3))));
    assert!(matches!(read(&"x".repeat(10_000)), Err(ReadChainError::Line(1))));
    assert!(matches!(Chain::read(&b"\x1f\x8b\x08broken"[..]), Err(ReadChainError::Read(_))));
}

#[test]
fn agrees_with_pyliftover() {
    let folder = tempfile::tempdir().unwrap();
    let chain_path = folder.path().join("own.chain");
    std::fs::write(&chain_path, CHAIN).unwrap();
    let mut seeded = Seeded(38);
    let places = (0..3_000).map(|_| ("21", 900 + seeded.next() % 12_000)).collect::<Vec<_>>();
    compare_with_pyliftover(&chain_path, &places);
}

#[test]
fn agrees_with_pyliftover_on_the_real_chain() {
    let Some(chain_path) = testkit::public_data::chain() else { return };
    let mut seeded = Seeded(1938);
    let chromosomes = ["1", "2", "7", "9", "12", "17", "19", "22", "X", "Y"];
    let places = (0..20_000)
        .map(|index| (chromosomes[index % chromosomes.len()], 1 + seeded.next() % 160_000_000));
    compare_with_pyliftover(&chain_path, &places.collect::<Vec<_>>());
}

/// Moves each place by both, and asserts that they agree.
fn compare_with_pyliftover(chain_path: &Path, places: &[(&str, u64)]) {
    let is_there = Command::new("python3")
        .args(["-c", "import pyliftover"])
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if !is_there {
        assert!(std::env::var_os("CI").is_none(), "continuous integration must have pyliftover");
        // Past the test runner's capture; nothing can be done when standard error is closed.
        let line = "SKIPPED: python3 with pyliftover is absent (pip install pyliftover)";
        let _ = writeln!(std::io::stderr(), "{line}");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("places");
    let lines: Vec<String> =
        places.iter().map(|(chromosome, place)| format!("chr{chromosome} {}", place - 1)).collect();
    std::fs::write(&list, lines.join("\n")).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/pyliftover_places.py");
    let output = Command::new("python3").arg(script).arg(chain_path).arg(&list).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let theirs = String::from_utf8(output.stdout).unwrap();
    assert_eq!(theirs.lines().count(), places.len());
    let chain = Chain::open(chain_path).unwrap();
    for ((chromosome, position), theirs) in places.iter().zip(theirs.lines()) {
        let lifted = chain.lift(chromosome, Position1(*position), Position1(*position));
        let ours = lifted.map_or(String::from("-"), |lifted| {
            let strand = if lifted.strand == Strand::Forward { '+' } else { '-' };
            format!("chr{}\t{}\t{strand}", lifted.chromosome, lifted.first.0 - 1)
        });
        assert_eq!(ours, theirs, "{chromosome}:{position}");
    }
}

#[test]
fn moves_every_hotspot_to_where_its_table_on_grch38_has_it() {
    let Some(chain_path) = testkit::public_data::chain() else { return };
    let Some(before) = table("hotspots/cancerhotspots_v2_GRCh37.tsv.gz") else { return };
    let Some(after) = table("hotspots/cancerhotspots_v2_GRCh38.tsv.gz") else { return };
    let chain = Chain::open(&chain_path).unwrap();
    let place = |line: &str| {
        let mut fields = line.split('\t');
        let chromosome = fields.next().unwrap().to_owned();
        (chromosome, fields.next().unwrap().parse::<u64>().unwrap())
    };
    assert_eq!(before.lines().count(), 3_181);
    for (before, after) in before.lines().zip(after.lines()) {
        let (chromosome, position) = place(before);
        let at = Position1(position);
        let lifted = chain.lift(&chromosome, at, at).unwrap_or_else(|| panic!("{before}"));
        assert_eq!((lifted.chromosome, lifted.first.0), place(after), "{before}");
    }
}

fn table(relative: &str) -> Option<String> {
    let file = std::fs::File::open(testkit::public_data::path(relative)?).unwrap();
    Some(std::io::read_to_string(flate2::read::GzDecoder::new(file)).unwrap())
}

#[test]
fn tables_are_lifted_as_cats_files_are() {
    let chain = chain();
    let mut options = ReadOptions::default();
    options.cats.chain = Some(&chain);
    let maf = |position: u64| {
        format!(
            "Hugo_Symbol\tNCBI_Build\tChromosome\tStart_Position\tReference_Allele\tTumor_Seq_Allele2\tTumor_Sample_Barcode\n\
             RUNX1\tGRCh37\t21\t{position}\tC\tT\tS1\nRUNX1\tGRCh37\t21\t1001\tG\tA\tS2\n"
        )
    };
    let read = read_any(maf(10_001).as_bytes(), "a.maf", &options);
    let results = read.value.unwrap();
    let first = &results[0].result;
    assert_eq!(first.lifted_from, Some(Assembly::Grch37));
    let variant = &first.short_variants[0];
    assert_eq!((variant.chromosome.as_str(), variant.position.0), ("22", 50_818_468 - 500));
    assert_eq!((variant.reference.as_str(), variant.alternate.as_str()), ("G", "A"));
    assert!(read.problems.iter().all(|problem| problem.code != "detect.lift.failed"));

    // One sample that cannot be moved stays where it is, is told of, and keeps no other back.
    let read = read_any(maf(7_000).as_bytes(), "a.maf", &options);
    let results = read.value.unwrap();
    assert_eq!(results[0].result.assembly, Some(Assembly::Grch37));
    assert_eq!(results[1].result.assembly, Some(Assembly::Grch38));
    let told: Vec<_> =
        read.problems.iter().filter(|problem| problem.code == "detect.lift.failed").collect();
    assert_eq!(told.len(), 1);
    assert!(told[0].message.en.contains("S1"), "{}", told[0].message.en);
}
