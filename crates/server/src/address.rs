//! Addresses of pages: made in one place, so that a link and its page agree.

use model::{
    consent::DocumentVersion,
    identity::{CaseId, ConsentEventId, OrderId, ReportId, ResultId},
    organisation::OrganisationCode,
    programme::ApplicationId,
};

/// Returns a path with a query; pairs without a value are left out.
pub(crate) fn with_query(path: &str, pairs: &[(&str, &str)]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    let mut any = false;
    for (name, value) in pairs.iter().filter(|(_, value)| !value.is_empty()) {
        query.append_pair(name, value);
        any = true;
    }
    if any { format!("{path}?{}", query.finish()) } else { path.to_owned() }
}

/// Address of a case.
pub(crate) fn case(id: CaseId) -> String {
    format!("/cases/{id}")
}

/// Address of a test order.
pub(crate) fn order(id: OrderId) -> String {
    format!("/orders/{id}")
}

/// Address of the test orders of a case.
pub(crate) fn orders_of_case(id: CaseId) -> String {
    format!("/cases/{id}/orders")
}

/// Address of who the patient of a case is.
pub(crate) fn identifiers(id: CaseId) -> String {
    format!("/cases/{id}/identifiers")
}

/// Address of a result.
pub(crate) fn result(id: ResultId) -> String {
    format!("/results/{id}")
}

/// Address of a report.
pub(crate) fn report(id: ReportId) -> String {
    format!("/reports/{id}")
}

/// Address of an entry of the audit log.
pub(crate) fn audit_entry(sequence: u64) -> String {
    format!("/audit/entries/{sequence}")
}

/// Address of the page that says who looked at a case.
pub(crate) fn audit_case(id: CaseId) -> String {
    format!("/audit/cases/{id}")
}

/// Address of a case's consent.
pub(crate) fn consent(id: CaseId) -> String {
    format!("/cases/{id}/consent")
}

/// Address of one event of a case's consent.
pub(crate) fn consent_event(case: CaseId, id: ConsentEventId) -> String {
    format!("/cases/{case}/consent/events/{id}")
}

/// Address of a version of a consent document.
pub(crate) fn consent_document(version: &DocumentVersion) -> String {
    // Both parts are of letters, digits, dots and hyphens.
    format!("/consent-documents/{}/{}", version.code, version.version)
}

/// Address of a hospital's public page.
pub(crate) fn hospital(code: &OrganisationCode) -> String {
    format!("/hospitals/{code}")
}

/// Address of a hospital in the programme office.
pub(crate) fn office_hospital(code: &OrganisationCode) -> String {
    format!("/programme/hospitals/{code}")
}

/// Address of an application.
pub(crate) fn application(id: ApplicationId) -> String {
    format!("/programme/applications/{id}")
}

/// Address of the same for programs.
pub(crate) fn api(path: &str) -> String {
    format!("/api{path}")
}

/// Longest path to which a sign-in leads back. Units: bytes.
const RETURN_BYTES_MAX: usize = 2_000;

/// Returns a path of this site to which a sign-in may lead back; the first page for anything else.
///
/// A browser takes `//host`, `/\\host` and control characters for another site's address.
pub(crate) fn same_site(path: &str) -> &str {
    let mut characters = path.chars();
    let is_path = characters.next() == Some('/')
        && !matches!(characters.next(), Some('/' | '\\'))
        && !path.contains(|c: char| c.is_control() || c == '\\')
        && path.len() <= RETURN_BYTES_MAX
        && !path.starts_with("/sign-")
        && !path.starts_with("/api/");
    if is_path { path } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_in_leads_back_to_this_site_only() {
        for path in ["/", "/cases", "/cases?q=%2F%2Fx&sex=female", "/reports/1/print"] {
            assert_eq!(same_site(path), path);
        }
        for elsewhere in [
            "",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "evil.example",
            "/\t/evil.example",
            "/a\r\nset-cookie: x",
            "javascript:alert(1)",
            "/sign-in?return=/sign-in",
            "/sign-out",
            "/x\\..\\y",
            "/api/cases",
        ] {
            assert_eq!(same_site(elsewhere), "/", "{elsewhere:?}");
        }
        assert_eq!(same_site(&format!("/{}", "x".repeat(3_000))), "/");
    }

    #[test]
    fn writes_only_what_is_chosen() {
        assert_eq!(with_query("/cases", &[("q", ""), ("sex", "")]), "/cases");
        assert_eq!(
            with_query("/cases", &[("q", "a&b 肺"), ("sex", "")]),
            "/cases?q=a%26b+%E8%82%BA"
        );
    }
}
