//! Tables with seeded damage: whatever the bytes, reading ends with a value or problems and never panics.

use ingest::{cbioportal, detect, maf, vcf};

use crate::{golden, seeded::Seeded};

/// Damaged files tried of each kind.
const ROUNDS: u64 = 20_000;

/// Bytes that tables give a meaning to, and some that none has.
const STRANGE: [&[u8]; 16] = [
    b"\t",
    b"\n",
    b"\r",
    b"",
    b"\0",
    b"\xff\xfe",
    b"-",
    b".",
    b"|",
    b",",
    b";",
    b"=",
    b"%3D",
    b"99999999999999999999",
    b"\xe6\x9f\x93\xe8\x89\xb2",
    b"<DEL>",
];

/// Changes a few stretches: takes out, puts in, doubles or swaps.
fn damaged(original: &[u8], seed: u64) -> Vec<u8> {
    let mut seeded = Seeded(seed);
    let mut bytes = original.to_vec();
    for _ in 0..=seeded.below(6) {
        let at = seeded.below(bytes.len() + 1);
        let end = (at + seeded.below(24)).min(bytes.len());
        match seeded.below(5) {
            0 => drop(bytes.drain(at..end)),
            1 => {
                let strange = seeded.pick(&STRANGE).to_vec();
                bytes.splice(at..end, strange);
            }
            2 => {
                let copy = bytes[at..end].to_vec();
                bytes.splice(at..at, copy);
            }
            3 => bytes[at..end].iter_mut().for_each(|byte| *byte ^= 1 << (seed % 8)),
            _ => bytes.truncate(bytes.len().saturating_sub(seeded.below(200))),
        }
    }
    bytes
}

fn inputs(kind: &str, cases: &[&str]) -> Vec<Vec<u8>> {
    let path =
        |case: &&str| golden::folder(&format!("{kind}/{case}")).join(format!("input.{kind}"));
    cases.iter().map(|case| std::fs::read(path(case)).unwrap()).collect()
}

#[test]
fn damaged_maf_never_panics() {
    let inputs = inputs("maf", &["dialects", "broken"]);
    let mut read = 0;
    for seed in 0..ROUNDS {
        let input = &inputs[usize::try_from(seed).unwrap() % inputs.len()];
        let reading = maf::read(&damaged(input, seed), &maf::ReadOptions::default());
        assert!(reading.value.is_some() || !reading.problems.is_empty());
        read += usize::from(reading.value.is_some_and(|tumours| !tumours.is_empty()));
    }
    assert!(read > 5_000, "most damage leaves rows to read: {read}");
}

#[test]
fn damaged_vcf_never_panics() {
    let inputs = inputs("vcf", &["vep", "snpeff", "bcftools", "structural", "broken", "sites"]);
    let mut read = 0;
    for seed in 0..ROUNDS {
        let input = &inputs[usize::try_from(seed).unwrap() % inputs.len()];
        let reading = vcf::read(&damaged(input, seed), &vcf::ReadOptions::default());
        assert!(reading.value.is_some() || !reading.problems.is_empty());
        read += usize::from(reading.value.is_some());
    }
    assert!(read > 5_000, "most damage leaves a header to read: {read}");
}

#[test]
fn damaged_compressed_bytes_never_panic() {
    let inputs = inputs("maf", &["dialects"]);
    let packed = zstd::encode_all(&inputs[0][..], 3).unwrap();
    for seed in 0..ROUNDS / 4 {
        let bytes = damaged(&packed, seed);
        let reading = detect::read_any(&bytes, "x.maf", &detect::ReadOptions::default());
        assert!(reading.value.is_some() || !reading.problems.is_empty());
    }
}

/// Each file of a small study of ours is damaged in turn; files go through the disk, so fewer are tried.
#[test]
fn damaged_studies_never_panic() {
    let folder = tempfile::tempdir().unwrap();
    let source = golden::folder("cbioportal/study");
    let files: Vec<(String, Vec<u8>)> = std::fs::read_dir(source)
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().is_file())
        .map(|entry| {
            (entry.file_name().to_string_lossy().into_owned(), std::fs::read(entry.path()).unwrap())
        })
        .collect();
    for (name, bytes) in &files {
        std::fs::write(folder.path().join(name), bytes).unwrap();
    }
    for seed in 0..ROUNDS / 4 {
        let (name, bytes) = &files[usize::try_from(seed).unwrap() % files.len()];
        std::fs::write(folder.path().join(name), damaged(bytes, seed)).unwrap();
        let options = cbioportal::ReadStudyOptions::default();
        let reading = cbioportal::read_study(folder.path(), &options);
        assert!(reading.value.is_some() || !reading.problems.is_empty());
        if let Some(document) = reading.value {
            assert!(cbioportal::study_files(&document).value.is_some());
        }
        std::fs::write(folder.path().join(name), bytes).unwrap();
    }
}
