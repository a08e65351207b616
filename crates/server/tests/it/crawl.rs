//! From the first page along every link: nothing is missing, and nothing fails.

use std::collections::{BTreeSet, HashMap, VecDeque};

use axum::http::StatusCode;
use scraper::{Html, Selector};

use crate::{fixture::Service, html::assert_sound};

/// Addresses visited that differ in their query alone.
const VISITS_OF_ONE_PAGE: usize = 12;
/// The same of pictures as pixels, which a build for tests draws slowly.
const VISITS_OF_ONE_PNG: usize = 2;

#[tokio::test]
async fn every_link_leads_somewhere() {
    let service = Service::filled().await;
    let link = Selector::parse("[href], [src]").unwrap();
    let mut seen = BTreeSet::new();
    let mut waiting = VecDeque::from(["/".to_owned()]);
    let mut kinds = BTreeSet::new();
    let mut visits = HashMap::new();
    while let Some(path) = waiting.pop_front() {
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
            // Filters combine without end: a few of each page are enough.
            let page = address.split('?').next().unwrap_or_default().to_owned();
            let visits = visits.entry(page).or_insert(0_usize);
            let is_png = address.split('?').next().is_some_and(|page| page.ends_with(".png"));
            let most = if is_png { VISITS_OF_ONE_PNG } else { VISITS_OF_ONE_PAGE };
            let wanted = address.starts_with('/') && *visits < most;
            if wanted && seen.insert(address.to_owned()) {
                *visits += 1;
                waiting.push_back(address.to_owned());
            }
        }
    }
    for kind in [
        "cases",
        "results",
        "reports",
        "check",
        "knowledge",
        "about",
        "hospitals",
        "panels",
        "programme",
    ] {
        assert!(kinds.contains(kind), "{kind} cannot be reached: {kinds:?}");
    }
}
