//! Queries are written in three ways and read back the same; what is wrong is told with its place.

use research::cohort::{
    CohortIndex, CompactionLimits, Item, NoHierarchy, NoLabels, Query, Vocabulary,
};

use crate::invented::{self, Lung, Stream};

/// Returns an index that has every name of the invented cases.
fn index() -> CohortIndex {
    let mut stream = Stream(9);
    let cases = invented::cases(&mut stream, 400);
    CohortIndex::build(cases, CompactionLimits::default()).unwrap()
}

#[test]
fn queries_are_read_back_as_they_were_written() {
    let view = index().view();
    let vocabulary = Vocabulary::of(view.dictionaries());
    let mut stream = Stream(10);
    for _ in 0..2_000 {
        let query = invented::query(&mut stream, 4);
        let text = query.to_text();
        assert_eq!(Query::from_text(&text, &vocabulary).as_ref(), Ok(&query), "{text}");
        let json = query.to_json().to_string();
        assert_eq!(Query::from_json(&json, &vocabulary).as_ref(), Ok(&query), "{json}");
        assert_eq!(Query::from_url(&query.to_url(), &vocabulary).as_ref(), Ok(&query));
        for language in model::text::Language::ALL {
            assert!(!query.to_line(language, &NoLabels).is_empty());
        }
    }
}

fn read(text: &str) -> Result<Query, Vec<model::problem::Problem>> {
    let view = index().view();
    Query::from_text(text, &Vocabulary::of(view.dictionaries()))
}

fn code(text: &str) -> String {
    read(text).unwrap_err().first().map(|problem| problem.code.to_string()).unwrap_or_default()
}

#[test]
fn a_query_says_what_it_asks_about() {
    let query = read("sex=male and not (drug=olaparib or unknown(hospital)) and age>4").unwrap();
    let used: Vec<_> = query.uses().into_iter().collect();
    assert_eq!(used, ["age", "hospital", "sex", "therapy"]);
}

#[test]
fn text_is_read_as_people_type_it() {
    let same = [
        ("gene=KRAS sex=female", "gene=KRAS and sex=female"),
        ("age<40", "age<=39"),
        ("age>40", "age>=41"),
        ("tmb>=10", "tmb>=10"),
        ("vaf", ""),
        ("not (sex=male or age=40..60)", "not (sex=male or age=40..60)"),
        ("sex!=male", "not sex=male"),
        ("tested=2024", "tested=2024-01-01..2024-12-31"),
        ("tested>2024-02", "tested>=2024-03-01"),
        ("tested<2024-02", "tested<=2024-01-31"),
        ("alteration(gene=KRAS, change=p.Gly12Cys)", "alteration(gene=KRAS change=G12C)"),
        ("age=40..", "age>=40"),
        ("age=..40 OR sex=male", "age<=40 or sex=male"),
        ("", "everything"),
    ];
    for (typed, meant) in same.into_iter().filter(|(_, meant)| !meant.is_empty()) {
        assert_eq!(read(typed).map(|query| query.to_text()).as_deref(), Ok(meant), "{typed}");
    }
}

#[test]
fn what_is_wrong_is_told_with_its_place_and_a_remedy() {
    let view = index().view();
    let vocabulary = Vocabulary::of(view.dictionaries());
    let problems = Query::from_text("sex=male and gene=KRAZ", &vocabulary).unwrap_err();
    let problem = problems.first().unwrap();
    assert_eq!((problem.code.as_ref(), problem.place.column), ("query.value", Some(19)));
    assert_eq!(problem.remedy.en, "Did you mean: KRAS?");
    let json = r#"{"or":[{"sex":"male"},{"therapy":{"drugs":"olaparib"}}]}"#;
    let problems = Query::from_json(json, &vocabulary).unwrap_err();
    let problem = problems.first().unwrap();
    assert_eq!(problem.place.pointer, "/or/1/therapy/drugs");
    assert_eq!(problem.remedy.en, "Did you mean: drug?");
    for (text, expected) in [
        ("gen=KRAS", "query.item"),
        ("gene=KRAS alteration=G12C", "query.group"),
        ("sex=woman", "query.value"),
        ("age=60..40", "query.range.reversed"),
        ("age=old", "query.number"),
        ("age<0", "query.number"),
        ("tested=2024-13", "query.number"),
        ("gene=", "query.syntax"),
        ("gene=KRAS)", "query.syntax"),
        ("(gene=KRAS", "query.syntax"),
        ("gene=\"KRAS", "query.syntax"),
        ("sex=male and", "query.syntax"),
        ("; drop table cases", "query.syntax"),
        ("alteration(gen=KRAS)", "query.field"),
        ("sex=1..2", "query.shape"),
        ("unknown(genes)", "query.value"),
    ] {
        assert_eq!(code(text), expected, "{text}");
    }
}

#[test]
fn large_and_deep_queries_are_answered() {
    let many = vec!["gene=KRAS"; 10_000].join(" or ");
    assert_eq!(code(&many), "query.too_long");
    assert_eq!(code(&vec!["gene=ALK"; 1_500].join(" ")), "query.too_large");
    assert_eq!(code(&format!("gene={}", vec!["ALK"; 10_000].join("|"))), "query.too_large");
    assert_eq!(code(&format!("{}age=1", "(".repeat(30_000))), "query.too_deep");
    assert_eq!(code(&format!("{}age=1", "not ".repeat(10_000))), "query.too_deep");
    let view = index().view();
    let vocabulary = Vocabulary::of(view.dictionaries());
    let json = |text: &str| {
        let problems = Query::from_json(text, &vocabulary).unwrap_err();
        problems.first().map(|problem| problem.code.to_string()).unwrap_or_default()
    };
    let parts = vec![r#"{"gene":"ALK"}"#; 10_000].join(",");
    assert_eq!(json(&format!(r#"{{"or":[{parts}]}}"#)), "query.too_large");
    let deep = format!("{}{{}}{}", r#"{"not":"#.repeat(50), "}".repeat(50));
    assert_eq!(json(&deep), "query.too_deep");
    assert_eq!(json(&r#"{"not":"#.repeat(20_000)), "query.json");
    assert_eq!(json("[1]"), "query.shape");
    let any_gene = vec!["alteration(vaf>=0.1)"; 21].join(" or ");
    assert_eq!(code(&any_gene), "query.too_large", "each goes through every alteration");
    assert_eq!(json(r#"{"age":{"form":40}}"#), "query.field");
    assert_eq!(json(r#"{"age":{"from":60,"to":40}}"#), "query.range.reversed");
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(400))]

    /// Whatever is typed is read or answered with a problem that has a place.
    #[test]
    fn nothing_that_is_typed_is_met_with_silence(text in "\\PC{0,80}", bytes in ".{0,40}") {
        let view = small_index().view();
        let vocabulary = Vocabulary::of(view.dictionaries());
        for text in [text.clone(), bytes.clone(), format!("gene={text}"), format!("age={bytes}..")] {
            match Query::from_text(&text, &vocabulary) {
                Ok(query) => {
                    let again = Query::from_text(&query.to_text(), &vocabulary);
                    proptest::prop_assert_eq!(again, Ok(query));
                }
                Err(problems) => {
                    proptest::prop_assert!(!problems.is_empty());
                    let has_words = problems.iter().all(|own| {
                        !own.message.ja.is_empty() && !own.remedy.en.is_empty()
                    });
                    proptest::prop_assert!(has_words);
                }
            }
            let json = serde_json::json!({ "gene": text, "age": bytes }).to_string();
            let json = Query::from_json(&json, &vocabulary);
            proptest::prop_assert!(json.is_ok() || json.is_err_and(|own| !own.is_empty()));
        }
    }
}

fn small_index() -> CohortIndex {
    let mut stream = Stream(9);
    CohortIndex::build(invented::cases(&mut stream, 5), CompactionLimits::default()).unwrap()
}

#[test]
fn queries_exclude_each_other_by_how_they_are_written() {
    let cases: Vec<_> = synthetic::cohort_cases(3, 2_000).collect();
    let index = CohortIndex::build(cases, CompactionLimits::default()).unwrap();
    let view = index.view();
    let vocabulary = Vocabulary::of(view.dictionaries());
    let query = |text: &str| Query::from_text(text, &vocabulary).expect(text);
    for (one, other, excludes) in [
        ("sex=male", "sex=female", true),
        ("sex=male and gene=TP53", "gene=KRAS and sex=female", true),
        ("sex=male|female", "sex=female", false),
        ("gene=TP53", "not gene=TP53", true),
        ("gene=TP53", "gene=KRAS", false),
        ("tumour=LUAD", "tumour=COADREAD", true),
        ("age<60", "age>=60", true),
        ("age<=60", "age>=60", false),
        ("unknown(stage)", "stage=4", true),
        ("everything", "sex=male", false),
    ] {
        let [one, other] = [query(one), query(other)];
        assert_eq!(one.excludes(&other, &NoHierarchy), excludes, "{one:?} {other:?}");
        assert_eq!(other.excludes(&one, &NoHierarchy), excludes, "{other:?} {one:?}");
        if excludes {
            let found = |query| view.evaluate(query, &NoHierarchy).unwrap();
            let both = found(&one).both(&found(&other)).unwrap();
            assert_eq!(both.cases(), 0, "{one:?} {other:?}");
        }
    }
    // A tumour type does not exclude what lies below it.
    let tumour = |code: &str| Query::is(Item::Tumour, code);
    assert!(!tumour("LUNG").excludes(&tumour("LUAD"), &Lung));
    assert!(tumour("LUNG").excludes(&tumour("BREAST"), &Lung));
}

#[test]
fn a_query_may_name_the_version_of_oncotree_that_is_at_hand_and_no_other() {
    let view = index().view();
    let release = knowledge::Release::starter();
    let version = release.oncotree_version().unwrap();
    let vocabulary = Vocabulary::of(view.dictionaries()).with_release(release);
    let text = format!("oncotree={version} and tumour=LUAD");
    let named = Query::from_text(&text, &vocabulary).unwrap();
    assert_eq!(named.to_text(), text);
    assert_eq!(Query::from_json(&named.to_json().to_string(), &vocabulary).as_ref(), Ok(&named));
    assert_eq!(Query::from_url(&named.to_url(), &vocabulary).as_ref(), Ok(&named));
    let json = format!("{{\"oncotree\": \"{version}\"}}");
    let version_alone = Query::from_json(&json, &vocabulary).unwrap();
    let found = |query| view.evaluate(query, release).unwrap().cases();
    let plain = Query::is(Item::Tumour, "LUAD");
    assert!(found(&plain) > 0);
    assert_eq!(found(&named), found(&plain));
    assert_eq!(found(&version_alone), view.cases());
    assert!(named.to_line(model::text::Language::En, &NoLabels).contains("OncoTree 2025-10-03"));
    // Another version is refused with that which is valid; so is any where none is at hand.
    let problems = Query::from_text("oncotree=2021-11-02 tumour=LUAD", &vocabulary).unwrap_err();
    assert_eq!((problems.len(), problems[0].code.as_ref()), (1, "query.oncotree"));
    assert!(problems[0].remedy.en.contains(version), "{problems:?}");
    let without = Vocabulary::of(view.dictionaries());
    assert!(Query::from_text(&text, &without).is_err());
}
