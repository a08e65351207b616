//! Any bytes go through reading, mapping, upgrading and writing without a panic, and keep their promises.

#![no_main]

use ingest::cats::{self, ReadOptions, Version};
use libfuzzer_sys::fuzz_target;
use model::problem::has_error;

fuzz_target!(|bytes: &[u8]| {
    let options = ReadOptions::default();
    let reading = cats::read(bytes, &options);
    let Some(document) = &reading.value else {
        assert!(has_error(&reading.problems), "nothing was read, and no error says why");
        return;
    };
    assert!(reading.problems.iter().all(|problem| problem.code != "cats.document.unreadable"));
    cats::to_result(document);
    let _ = cats::upgrade(document, Version::LATEST);
    if reading.is_valid() {
        let again = cats::read(&cats::write(document), &options);
        assert!(again.is_valid(), "what was written is not valid: {:?}", again.problems);
        assert_eq!(again.value.as_ref(), Some(document));
    }
});
