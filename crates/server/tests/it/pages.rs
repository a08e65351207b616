//! Every page in both languages.

use axum::http::StatusCode;

use crate::{
    fixture::{HOSTILE, Service},
    html::assert_sound,
};

#[tokio::test]
async fn every_page_is_sound_in_both_languages() {
    let service = Service::filled().await;
    for page in service.every_page().await {
        for language in ["ja", "en"] {
            let mark = if page.contains('?') { '&' } else { '?' };
            let path = format!("{page}{mark}lang={language}");
            let answer = service.get(&path).await;
            assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text());
            let html = assert_sound(&path, &answer);
            assert_eq!(html.root_element().attr("lang"), Some(language), "{path}");
            assert!(!answer.text().contains("<script>alert"), "{path}: hostile text got through");
            assert!(!answer.text().contains("<img src=x"), "{path}: hostile text got through");
        }
    }
}

#[tokio::test]
async fn an_empty_record_has_friendly_pages() {
    let service = Service::empty().await;
    for (path, words) in [
        ("/", "まだ症例がありません"),
        ("/cases", "条件に合う症例はありません"),
        ("/results", "該当する検査結果はありません"),
    ] {
        let answer = service.get(path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert_sound(path, &answer);
        assert!(answer.text().contains(words), "{path}");
        assert!(!answer.text().contains("class=\"band\""), "{path}: no synthetic data here");
    }
}

#[tokio::test]
async fn synthetic_data_is_named_on_every_page() {
    let service = Service::filled().await;
    for page in service.every_page().await {
        let answer = service.get(&page).await;
        assert!(answer.text().contains("合成"), "{page}");
    }
}

#[tokio::test]
async fn a_result_says_what_is_wrong_where_and_how_to_mend_it() {
    let service = Service::filled().await;
    let answer = service.get(&service.result_path("TS-0003").await).await;
    let text = answer.text();
    assert!(text.contains("受理できません"), "{text}");
    assert!(text.contains("/variants/shortVariants/0/sampleItemId"));
    assert!(text.contains("&#34;sampleItemId&#34;: &#34;nowhere&#34;"), "the part in question");
    assert!(text.contains("直し方"));
    let english = service.get(&format!("{}?lang=en", service.result_path("TS-0003").await)).await;
    assert!(english.text().contains("Not accepted"));
    assert!(english.text().contains("How to mend it"));
}

#[tokio::test]
async fn a_case_gives_its_answer_first() {
    let service = Service::filled().await;
    let answer = service.get(&service.case_path("TS-0001").await).await;
    let text = answer.text();
    let verdict = text.find("最も高いエビデンスレベル").expect("the answer");
    let facts = text.find("症例の情報").expect("the facts");
    assert!(verdict < facts);
    assert!(text.contains("64 歳"));
    assert!(text.contains("2026年11月1日"));
    let none = service.get(&service.case_path("TS-0003").await).await;
    assert!(none.text().contains("調査結果はまだありません"));
}

#[tokio::test]
async fn the_case_list_is_searched_filtered_and_its_chips_are_taken_off() {
    let service = Service::filled().await;
    let answer = service.get("/cases?tumour=LUAD&q=TS-0001").await;
    let text = answer.text();
    assert!(text.contains("TS-0001") && !text.contains("TS-0002"));
    assert!(text.contains("href=\"/cases?q=TS-0001\""), "the chip of the tumour type");
    assert!(text.contains("href=\"/cases?tumour=LUAD\""), "the chip of the search");
    assert!(text.contains("aria-current=\"true\""));
    for wrong in ["/cases?level=Z", "/cases?sex=x", "/cases?state=x", "/cases?after=x"] {
        assert_eq!(service.get(wrong).await.status, StatusCode::BAD_REQUEST, "{wrong}");
    }
}

#[tokio::test]
async fn hostile_text_is_shown_as_text() {
    let service = Service::filled().await;
    let reference = format!("TS-{HOSTILE}");
    for path in [service.case_path(&reference).await, service.result_path(&reference).await] {
        let answer = service.get(&path).await;
        assert!(
            answer.text().contains("&lt;script&gt;alert(1)&#60;/script&#62;")
                || answer.text().contains("&#60;script&#62;alert(1)&#60;/script&#62;"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn evidence_is_found_by_gene_and_by_alias() {
    let service = Service::filled().await;
    let answer = service.get("/knowledge/evidence?gene=egfr&lang=en").await;
    assert!(answer.text().contains("EGFR"), "{}", answer.text());
    assert!(answer.text().contains("https://pubmed.ncbi.nlm.nih.gov/"));
    let nothing = service.get("/knowledge/evidence?gene=NOSUCHGENE&lang=en").await;
    assert!(nothing.text().contains("holds no evidence on NOSUCHGENE"));
}
