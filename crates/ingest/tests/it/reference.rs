//! Reference alleles against small FASTA files whose indexes claim the lengths of real chromosomes.

use std::{
    io::Write,
    path::{Path, PathBuf},
};

use ingest::{
    cats::{self, ReadOptions},
    lift::Chain,
    reference::{OpenReferenceError, ReadReferenceError, Reference},
};
use model::genome::{Assembly, Position1};
use serde_json::{Value, json};

/// The first bases of the invented chromosome 21; lower case is soft masking.
const BASES: &str = "ACGTacgtAACCGGTT";
const LENGTH_37: u64 = 48_129_895;
const LENGTH_38: u64 = 46_709_983;

/// Writes a FASTA of one sequence with an index that claims a length, and returns its path.
fn fasta(folder: &Path, file: &str, name: &str, length: u64) -> PathBuf {
    let path = folder.join(file);
    let text = format!(">{name}\n{BASES}\n");
    if file.ends_with(".gz") {
        let mut writer = noodles_bgzf::io::Writer::new(std::fs::File::create(&path).unwrap());
        writer.write_all(text.as_bytes()).unwrap();
        writer.finish().unwrap();
        // An index of no further blocks: the whole text is in the first.
        std::fs::write(folder.join(format!("{file}.gzi")), [0; 8]).unwrap();
    } else {
        std::fs::write(&path, text).unwrap();
    }
    let offset = name.len() + 2;
    let index = format!("{name}\t{length}\t{offset}\t{length}\t{}\n", length + 1);
    std::fs::write(folder.join(format!("{file}.fai")), index).unwrap();
    path
}

/// A document with one short variant on chromosome 21.
fn document(release: &str, position: u64, reference: &str) -> Value {
    json!({
        "metaData": {"schemaVersion": "1.2.1", "referenceGenome": {"grcRelease": release}},
        "testInfo": {"testId": "t", "testType": "tumor-only", "panelName": "p", "panelVersion": "1"},
        "sequencingSamples": [{"itemId": "s", "tumorOrNormal": "tumor", "nucleicAcid": "DNA"}],
        "variants": {"shortVariants": [{
            "itemId": "v", "chromosome": "21", "position": position, "referenceAllele": reference,
            "alternateAllele": "N", "alternateAlleleFrequency": 0.5, "sampleItemId": "s",
            "reported": true,
            "transcripts": [{
                "transcriptId": null, "transcriptDatabaseName": null, "geneSymbol": "RUNX1",
                "cdsChange": null, "aminoAcidsChange": null,
            }],
        }]},
    })
}

/// Returns the codes that reading a document with helpers yields.
fn codes(document: &Value, reference: Option<&Reference>, chain: Option<&Chain>) -> Vec<String> {
    let options = ReadOptions { reference, chain, ..ReadOptions::default() };
    let reading = cats::read(&serde_json::to_vec(document).unwrap(), &options);
    reading.problems.iter().map(|problem| problem.code.to_string()).collect()
}

#[test]
fn compares_reference_alleles_plain_and_bgzip() {
    let folder = tempfile::tempdir().unwrap();
    for (file, name) in [("a.fa", "chr21"), ("b.fa.gz", "21")] {
        let reference = Reference::open(&fasta(folder.path(), file, name, LENGTH_38)).unwrap();
        assert_eq!(reference.assembly(), Assembly::Grch38);
        let check = |position, allele| {
            codes(&document("GRCh38.p14", position, allele), Some(&reference), None)
        };
        assert_eq!(check(1, "ACG"), [""; 0], "{file}");
        assert_eq!(check(5, "ACGT"), [""; 0], "{file}: soft-masked");
        assert_eq!(check(2, "G"), ["cats.reference.mismatch"], "{file}");
        assert_eq!(
            check(LENGTH_38, "AC"),
            ["cats.reference.unreadable"],
            "{file}: beyond the chromosome"
        );
    }
}

#[test]
fn a_reference_of_another_assembly_is_a_problem() {
    let folder = tempfile::tempdir().unwrap();
    let of_37 = Reference::open(&fasta(folder.path(), "37.fa", "21", LENGTH_37)).unwrap();
    assert_eq!(
        codes(&document("GRCh38", 1, "A"), Some(&of_37), None),
        ["cats.reference.wrong_assembly"]
    );
    assert_eq!(
        codes(&document("GRCh37", 1, "A"), Some(&of_37), None),
        ["cats.assembly.not_lifted"]
    );
    let unknown = fasta(folder.path(), "mouse.fa", "21", 12_345);
    assert!(matches!(Reference::open(&unknown), Err(OpenReferenceError::UnknownAssembly { .. })));
    std::fs::remove_file(folder.path().join("37.fa.fai")).unwrap();
    let without_index = Reference::open(&folder.path().join("37.fa"));
    assert!(matches!(without_index, Err(OpenReferenceError::Open { .. })));
}

#[test]
fn with_a_chain_a_file_of_37_is_compared_with_38() {
    let folder = tempfile::tempdir().unwrap();
    let of_38 = Reference::open(&fasta(folder.path(), "38.fa", "chr21", LENGTH_38)).unwrap();
    let chain = format!("chain 1 chr21 {LENGTH_37} + 100 110 chr21 {LENGTH_38} + 0 10 1\n10\n");
    let chain = Chain::read(chain.as_bytes()).unwrap();
    let check =
        |position, allele| codes(&document("GRCh37", position, allele), Some(&of_38), Some(&chain));
    assert_eq!(check(101, "ACG"), [""; 0]);
    assert_eq!(check(101, "C"), ["cats.reference.mismatch"]);
    assert_eq!(check(300, "C"), ["cats.lift.failed", "cats.reference.not_checked"]);
    let without_chain = codes(&document("GRCh37", 101, "ACG"), Some(&of_38), None);
    assert_eq!(without_chain, ["cats.assembly.not_lifted", "cats.reference.wrong_assembly"]);
}

#[test]
fn a_chain_moves_the_result_too() {
    let chain = format!("chain 1 chr21 {LENGTH_37} + 100 110 chr21 {LENGTH_38} + 0 10 1\n10\n");
    let chain = Chain::read(chain.as_bytes()).unwrap();
    let reading = cats::read(
        &serde_json::to_vec(&document("GRCh37", 101, "ACG")).unwrap(),
        &ReadOptions::default(),
    );
    let read = reading.value.unwrap();
    let lifted = cats::to_lifted_result(&read, Some(&chain));
    assert_eq!((lifted.assembly, lifted.short_variants[0].position.0), (Some(Assembly::Grch38), 1));
    assert_eq!(cats::to_lifted_result(&read, None), cats::to_result(&read));
}

#[test]
fn bounds_what_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let reference = Reference::open(&fasta(folder.path(), "a.fa", "21", LENGTH_38)).unwrap();
    let bases = |name: &str, first, last| reference.bases(name, Position1(first), Position1(last));
    assert_eq!(bases("chr21", 5, 8).unwrap(), "ACGT");
    assert!(matches!(bases("22", 1, 1), Err(ReadReferenceError::NoSequence(_))));
    for (first, last) in [(0, 1), (2, 1), (1, 1_000_000), (1, u64::MAX), (LENGTH_38, LENGTH_38 + 1)]
    {
        let read = bases("21", first, last);
        assert!(matches!(read, Err(ReadReferenceError::OutOfSequence { .. })), "{first}-{last}");
    }
}
