//! From the first page along every link: nothing is missing, and nothing fails.

use std::collections::{BTreeSet, VecDeque};

use axum::http::StatusCode;
use scraper::{Html, Selector};

use crate::{fixture::Service, html::assert_sound};

/// Pages visited; filters can be combined without end.
const PAGES_MAX: usize = 400;

#[tokio::test]
async fn every_link_leads_somewhere() {
    let service = Service::filled().await;
    let link = Selector::parse("[href], [src]").unwrap();
    let mut seen = BTreeSet::new();
    let mut waiting = VecDeque::from(["/".to_owned()]);
    let mut kinds = BTreeSet::new();
    while let Some(path) = waiting.pop_front() {
        if seen.len() >= PAGES_MAX {
            break;
        }
        let answer = service.get(&path).await;
        let pdf_without_font =
            path.ends_with("/pdf") && answer.status == StatusCode::NOT_IMPLEMENTED;
        assert!(answer.status == StatusCode::OK || pdf_without_font, "{path}: {}", answer.status);
        if !answer.header("content-type").starts_with("text/html") {
            continue;
        }
        assert_sound(&path, &answer);
        kinds.insert(path.split(['/', '?']).nth(1).unwrap_or_default().to_owned());
        let page = Html::parse_document(answer.text());
        for element in page.select(&link) {
            let address = element.attr("href").or(element.attr("src")).unwrap_or_default();
            let address = address.split('#').next().unwrap_or_default();
            if address.starts_with('/') && seen.insert(address.to_owned()) {
                waiting.push_back(address.to_owned());
            }
        }
    }
    for kind in ["cases", "results", "reports", "check", "knowledge", "about"] {
        assert!(kinds.contains(kind), "{kind} cannot be reached: {kinds:?}");
    }
}
