//! The reference of a case that is known only through its result.

use model::{case::PatientCase, identity::Digest, result::TestResult};

/// Digits of the digest that tell such cases apart.
const DIGEST_DIGITS: usize = 16;

/// Makes up the reference of a case that came without a case document.
///
/// - a table's tumour sample: `sample:` and its name;
/// - otherwise, where the result has a test identifier: `test:` and the identifier;
/// - otherwise, or where these cannot be a reference: `file:` and the first 16 digits of the file's
///   digest, with the label after it where there is one.
///
/// So two results of one test belong to one case, and a result never joins a case that a hospital
/// registered under a reference of its own, as those have no such prefix.
pub fn reference_of(result: &TestResult, label: Option<&str>, digest: &Digest) -> String {
    let named = match (label, result.test.test_id.as_deref()) {
        (Some(label), _) => Some(format!("sample:{label}")),
        (None, Some(test_id)) if !test_id.trim().is_empty() => Some(format!("test:{test_id}")),
        (None, _) => None,
    };
    let digits: String = digest.0.chars().take(DIGEST_DIGITS).collect();
    named.filter(|reference| store::check_reference(reference).is_ok()).unwrap_or_else(|| {
        let place = label.map(|label| store::digest_of(label.as_bytes()).0);
        match place {
            None => format!("file:{digits}"),
            // A name that cannot be a reference still tells tumours apart.
            Some(name) => {
                format!("file:{digits}:{}", name.chars().take(DIGEST_DIGITS).collect::<String>())
            }
        }
    })
}

/// Makes the case that a result alone speaks of: everything but the reference is unknown.
pub(super) fn case_of(result: &TestResult, label: Option<&str>, digest: &Digest) -> PatientCase {
    PatientCase { reference: reference_of(result, label, digest), ..PatientCase::default() }
}

#[cfg(test)]
mod tests {
    use model::result::ResultFormat;

    use super::*;

    fn result(test_id: Option<&str>) -> TestResult {
        let mut result = TestResult::empty(ResultFormat::Maf);
        result.test.test_id = test_id.map(Into::into);
        result
    }

    #[test]
    fn references_say_where_they_come_from() {
        let digest = store::digest_of(b"x");
        let of = |test_id, label| reference_of(&result(test_id), label, &digest);
        assert_eq!(of(Some("T1"), None), "test:T1");
        assert_eq!(of(Some("T1"), Some("TCGA-1")), "sample:TCGA-1");
        assert_eq!(of(None, None), "file:2d711642b726b044");
        assert_eq!(of(Some("a\0b"), None), "file:2d711642b726b044");
        let long = "x".repeat(300);
        assert!(of(None, Some(&long)).starts_with("file:2d711642b726b044:"));
        assert_ne!(of(None, Some(&long)), of(None, Some(&"y".repeat(300))));
    }
}
