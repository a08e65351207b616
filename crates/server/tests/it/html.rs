//! What every page must be: well formed, and free of what the policy forbids.

use std::collections::HashSet;

use scraper::{Html, Selector};

use crate::fixture::Answer;

/// Elements that have no end tag.
const VOID: [&str; 14] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
    "track", "wbr",
];

/// Asserts that a page is well formed and obeys the policy.
pub(crate) fn assert_sound(path: &str, answer: &Answer) -> Html {
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8", "{path}");
    let text = answer.text();
    let page = Html::parse_document(text);
    assert_eq!(page.errors, Vec::<String>::new(), "{path}: the parser found errors");
    assert_balanced(path, text);
    assert_unique_ids(path, &page);
    assert_references_resolve(path, &page);
    assert_nothing_inline(path, &page);
    assert_landmarks(path, &page);
    page
}

fn select(text: &str) -> Selector {
    Selector::parse(text).unwrap()
}

/// Asserts that every start tag has its end tag: the parser forgives much that is a mistake in a template.
fn assert_balanced(path: &str, text: &str) {
    let mut open: Vec<String> = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        let end = rest.find('>').unwrap_or_else(|| panic!("{path}: a tag without end"));
        let tag = &rest[..end];
        rest = &rest[end + 1..];
        if tag.starts_with('!') {
            continue;
        }
        let name: String =
            tag.trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).collect();
        if tag.starts_with('/') {
            assert_eq!(
                open.pop().as_deref(),
                Some(name.as_str()),
                "{path}: </{name}> closes another"
            );
        } else if !VOID.contains(&name.as_str()) && !tag.ends_with('/') {
            open.push(name);
        }
    }
    assert_eq!(open, Vec::<String>::new(), "{path}: not closed");
}

fn assert_unique_ids(path: &str, page: &Html) {
    let mut seen = HashSet::new();
    for element in page.select(&select("[id]")) {
        let id = element.attr("id").unwrap();
        assert!(seen.insert(id), "{path}: the identifier {id} twice");
    }
}

fn assert_references_resolve(path: &str, page: &Html) {
    let ids: HashSet<&str> =
        page.select(&select("[id]")).filter_map(|element| element.attr("id")).collect();
    for attribute in ["for", "aria-labelledby", "aria-describedby", "list"] {
        for element in page.select(&select(&format!("[{attribute}]"))) {
            for id in element.attr(attribute).unwrap().split_whitespace() {
                assert!(ids.contains(id), "{path}: {attribute}={id} leads nowhere");
            }
        }
    }
    for element in page.select(&select("a[href^='#']")) {
        let id = element.attr("href").unwrap().trim_start_matches('#');
        assert!(ids.contains(id), "{path}: the link to #{id} leads nowhere");
    }
}

fn assert_nothing_inline(path: &str, page: &Html) {
    assert_eq!(page.select(&select("style")).count(), 0, "{path}: a style element");
    for element in page.select(&select("*")) {
        for (name, value) in element.value().attrs() {
            assert!(!name.starts_with("on"), "{path}: inline script in {name}");
            assert_ne!(name, "style", "{path}: inline style");
            let loads =
                matches!(name, "src" | "srcset" | "data" | "poster" | "action" | "formaction");
            let linked = name == "href" && element.value().name() != "a";
            if loads || linked {
                assert!(value.starts_with('/'), "{path}: {name}={value} leaves the origin");
                assert!(!value.starts_with("//"), "{path}: {name}={value} leaves the origin");
            }
            if name == "href" {
                let safe = ["/", "#", "https://"].iter().any(|start| value.starts_with(start));
                assert!(safe, "{path}: href={value}");
            }
        }
    }
    for script in page.select(&select("script")) {
        assert!(script.attr("src").is_some(), "{path}: inline script");
        assert_eq!(script.text().collect::<String>().trim(), "", "{path}: inline script");
    }
}

fn assert_landmarks(path: &str, page: &Html) {
    assert_eq!(page.select(&select("h1")).count(), 1, "{path}: one first heading");
    assert_eq!(page.select(&select("main")).count(), 1, "{path}: one main part");
    let language = page.root_element().attr("lang").unwrap_or_default();
    assert!(["ja", "en"].contains(&language), "{path}: language {language}");
    for field in page.select(&select("input:not([type=hidden]), select, textarea")) {
        let id = field.attr("id").unwrap_or_default();
        let labelled = page.select(&select(&format!("label[for='{id}']"))).count() == 1
            || page.select(&select("label input")).any(|inner| inner.id() == field.id());
        assert!(labelled, "{path}: a field without label: {id}");
    }
    for table in page.select(&select("table")) {
        assert_eq!(table.select(&select("caption")).count(), 1, "{path}: a table without caption");
        for head in table.select(&select("th")) {
            assert!(head.attr("scope").is_some(), "{path}: a heading cell without scope");
        }
    }
}
