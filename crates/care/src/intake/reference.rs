//! The reference of a case that is known only through its result.

use model::{
    case::PatientCase, identity::Digest, organisation::OrganisationCode, result::TestResult,
};

/// Digits of the digest that tell such cases apart.
const DIGEST_DIGITS: usize = 16;

/// Makes up the reference of a case that came without a case document.
///
/// - a table's tumour sample: `sample:` and its name;
/// - otherwise, where the result has a test identifier: `test:`, the sender where it is known or else the
///   panel's name, `:`, and the identifier; the identifier alone where neither is known;
/// - otherwise, or where these cannot be a reference: `file:` and the first 16 digits of the file's
///   digest, with the label after it where there is one.
///
/// So two results of one test belong to one case, two laboratories that give the same identifier do not share
/// one, and a result never joins a case that a hospital
/// registered under a reference of its own, as those have no such prefix.
pub fn reference_of(
    result: &TestResult,
    label: Option<&str>,
    digest: &Digest,
    sender: Option<&OrganisationCode>,
) -> String {
    let origin = sender.map(OrganisationCode::as_str).or(result.test.panel_name.as_deref());
    let origin = origin.map_or_else(String::new, |origin| format!("{}:", origin.trim()));
    let named = match (label, result.test.test_id.as_deref()) {
        (Some(label), _) => Some(format!("sample:{label}")),
        (None, Some(test_id)) if !test_id.trim().is_empty() => {
            Some(format!("test:{origin}{test_id}"))
        }
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
pub(super) fn case_of(
    result: &TestResult,
    label: Option<&str>,
    digest: &Digest,
    sender: Option<&OrganisationCode>,
) -> PatientCase {
    PatientCase { reference: reference_of(result, label, digest, sender), ..PatientCase::default() }
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
        let of = |test_id, label| reference_of(&result(test_id), label, &digest, None);
        assert_eq!(of(Some("T1"), None), "test:T1");
        assert_eq!(of(Some("T1"), Some("TCGA-1")), "sample:TCGA-1");
        assert_eq!(of(None, None), "file:2d711642b726b044");
        assert_eq!(of(Some("a\0b"), None), "file:2d711642b726b044");
        let long = "x".repeat(300);
        assert!(of(None, Some(&long)).starts_with("file:2d711642b726b044:"));
        assert_ne!(of(None, Some(&long)), of(None, Some(&"y".repeat(300))));
    }

    #[test]
    fn two_laboratories_with_the_same_test_identifier_share_no_case() {
        let digest = store::digest_of(b"x");
        let mut result = result(Some("T1"));
        let of = |result: &TestResult, sender: Option<&str>| {
            let sender = sender.map(OrganisationCode::new);
            reference_of(result, None, &digest, sender.as_ref())
        };
        assert_eq!(of(&result, Some("LAB-A")), "test:LAB-A:T1");
        assert_eq!(of(&result, Some("LAB-B")), "test:LAB-B:T1");
        result.test.panel_name = Some("Panel".to_owned());
        assert_eq!(of(&result, None), "test:Panel:T1");
        assert_eq!(of(&result, Some("LAB-A")), "test:LAB-A:T1");
    }
}
