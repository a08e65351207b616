//! Any bytes go through telling formats apart and reading tables without a panic, and keep their promises.

#![no_main]

use ingest::detect::{ReadOptions, read_any};
use libfuzzer_sys::fuzz_target;
use model::problem::has_error;

/// Names that decide only where the content is silent.
const NAMES: [&str; 4] = ["x.maf", "x.vcf", "x.cats", "x"];

fuzz_target!(|bytes: &[u8]| {
    let name = NAMES[bytes.len() % NAMES.len()];
    let mut options = ReadOptions::default();
    // Small limits keep compressed bombs from filling the time.
    options.maf.max_bytes = 1 << 20;
    options.vcf.max_bytes = 1 << 20;
    options.cats.max_bytes = 1 << 20;
    let reading = read_any(bytes, name, &options);
    let Some(results) = &reading.value else {
        assert!(has_error(&reading.problems), "nothing was read, and no error says why");
        return;
    };
    for variant in results.iter().flat_map(|read| &read.result.short_variants) {
        let frequency = variant.allele_frequency;
        // A table's frequency is checked; CATS keeps what the sender wrote and says what is wrong with it.
        let is_table = results.iter().all(|read| read.label.is_some());
        assert!(!is_table || frequency.is_none_or(|f| (0.0..=1.0).contains(&f)));
    }
});
