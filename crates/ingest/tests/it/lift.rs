//! Moving places and results from GRCh37 to GRCh38 by small chains of our own.

use std::{
    io::Write,
    path::Path,
    process::{Command, Stdio},
};

use ingest::lift::{Chain, ReadChainError, lift};
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
    let is_there = Command::new("python3")
        .args(["-c", "import pyliftover"])
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if !is_there {
        eprintln!("SKIPPED: python3 with pyliftover is absent (pip install pyliftover)");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (chain_path, places) = (folder.path().join("own.chain"), folder.path().join("places"));
    std::fs::write(&chain_path, CHAIN).unwrap();
    let mut seeded = Seeded(38);
    let positions: Vec<u64> = (0..3_000).map(|_| 900 + seeded.next() % 12_000).collect();
    let lines: Vec<String> = positions.iter().map(|p| format!("chr21 {}", p - 1)).collect();
    std::fs::write(&places, lines.join("\n")).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/pyliftover_places.py");
    let output =
        Command::new("python3").arg(script).arg(&chain_path).arg(&places).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let theirs = String::from_utf8(output.stdout).unwrap();
    assert_eq!(theirs.lines().count(), positions.len());
    let chain = Chain::open(&chain_path).unwrap();
    for (position, theirs) in positions.into_iter().zip(theirs.lines()) {
        let lifted = chain.lift("chr21", Position1(position), Position1(position));
        let ours = lifted.map_or(String::from("-"), |lifted| {
            let strand = if lifted.strand == Strand::Forward { '+' } else { '-' };
            format!("chr{}\t{}\t{strand}", lifted.chromosome, lifted.first.0 - 1)
        });
        assert_eq!(ours, theirs, "position {position}");
    }
}
