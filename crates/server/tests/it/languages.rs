//! The language of a page: the address first, then the cookie, then the browser.

use crate::fixture::Service;

#[tokio::test]
async fn the_chosen_language_is_remembered() {
    let service = Service::empty().await;
    let chosen = service.get("/?lang=en").await;
    assert!(chosen.text().contains("<html lang=\"en\">"));
    assert!(chosen.header("set-cookie").starts_with("lang=en;"));
    assert!(chosen.header("set-cookie").contains("HttpOnly"));
    let later = service.get_with("/", &[("cookie", "lang=en")]).await;
    assert!(later.text().contains("<html lang=\"en\">"));
    assert!(later.headers.get("set-cookie").is_none());
    let browser = service.get_with("/", &[("accept-language", "en-GB,en;q=0.9")]).await;
    assert!(browser.text().contains("<html lang=\"en\">"));
    let neither = service.get_with("/", &[("accept-language", "fr")]).await;
    assert!(neither.text().contains("<html lang=\"ja\">"));
    assert!(neither.header("vary").contains("Accept-Language"));
}

#[tokio::test]
async fn the_switch_leads_to_the_same_page() {
    let service = Service::filled().await;
    let answer = service.get("/cases?tumour=LUAD&lang=ja").await;
    assert!(answer.text().contains("href=\"/cases?tumour=LUAD&#38;lang=en\""), "{}", answer.text());
}
