//! The words of the pages, in both languages, from Fluent files embedded in the binary.
//!
//! Not here: texts that data carries itself (`model::text::LocalizedText`), such as problems.

use std::sync::LazyLock;

use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};
use model::text::Language;
use unic_langid::{LanguageIdentifier, langid};

/// The Fluent files, by language. A test asserts that all languages have the same keys.
pub const FILES: [(Language, &[&str]); 2] = [
    (
        Language::Ja,
        &[
            include_str!("../locales/ja/frame.ftl"),
            include_str!("../locales/ja/home.ftl"),
            include_str!("../locales/ja/cases.ftl"),
            include_str!("../locales/ja/consent.ftl"),
            include_str!("../locales/ja/my.ftl"),
            include_str!("../locales/ja/desk.ftl"),
            include_str!("../locales/ja/clinical_record.ftl"),
            include_str!("../locales/ja/record_import.ftl"),
            include_str!("../locales/ja/result.ftl"),
            include_str!("../locales/ja/research.ftl"),
            include_str!("../locales/ja/search.ftl"),
            include_str!("../locales/ja/statistics.ftl"),
            include_str!("../locales/ja/chart.ftl"),
            include_str!("../locales/ja/knowledge.ftl"),
            include_str!("../locales/ja/check.ftl"),
            include_str!("../locales/ja/hospitals.ftl"),
            include_str!("../locales/ja/programme.ftl"),
            include_str!("../locales/ja/about.ftl"),
            include_str!("../locales/ja/audit.ftl"),
            include_str!("../locales/ja/error.ftl"),
            include_str!("../locales/ja/order.ftl"),
            include_str!("../locales/ja/identifier.ftl"),
            include_str!("../locales/ja/terms.ftl"),
            include_str!("../locales/ja/sign_in.ftl"),
        ],
    ),
    (
        Language::En,
        &[
            include_str!("../locales/en/frame.ftl"),
            include_str!("../locales/en/home.ftl"),
            include_str!("../locales/en/cases.ftl"),
            include_str!("../locales/en/consent.ftl"),
            include_str!("../locales/en/my.ftl"),
            include_str!("../locales/en/desk.ftl"),
            include_str!("../locales/en/clinical_record.ftl"),
            include_str!("../locales/en/record_import.ftl"),
            include_str!("../locales/en/result.ftl"),
            include_str!("../locales/en/research.ftl"),
            include_str!("../locales/en/search.ftl"),
            include_str!("../locales/en/statistics.ftl"),
            include_str!("../locales/en/chart.ftl"),
            include_str!("../locales/en/knowledge.ftl"),
            include_str!("../locales/en/check.ftl"),
            include_str!("../locales/en/hospitals.ftl"),
            include_str!("../locales/en/programme.ftl"),
            include_str!("../locales/en/about.ftl"),
            include_str!("../locales/en/audit.ftl"),
            include_str!("../locales/en/error.ftl"),
            include_str!("../locales/en/order.ftl"),
            include_str!("../locales/en/identifier.ftl"),
            include_str!("../locales/en/terms.ftl"),
            include_str!("../locales/en/sign_in.ftl"),
        ],
    ),
];

static JA: LazyLock<FluentBundle<FluentResource>> =
    LazyLock::new(|| bundle(Language::Ja, langid!("ja")));
static EN: LazyLock<FluentBundle<FluentResource>> =
    LazyLock::new(|| bundle(Language::En, langid!("en")));

fn bundle(language: Language, id: LanguageIdentifier) -> FluentBundle<FluentResource> {
    let mut bundle = FluentBundle::new_concurrent(vec![id]);
    // Bidirectional isolation marks would be copied with the text; neither language needs them.
    bundle.set_use_isolating(false);
    let files = FILES.iter().filter(|(each, _)| *each == language).flat_map(|(_, files)| *files);
    for file in files {
        // A broken line is left out by the parser; the locale test reads every file strictly.
        let resource = match FluentResource::try_new((*file).to_owned()) {
            Ok(resource) | Err((resource, _)) => resource,
        };
        bundle.add_resource_overriding(resource);
    }
    bundle
}

/// Returns the words of a key in a language, filled with values; the key itself when there is none.
pub(crate) fn words(language: Language, key: &str, values: &[(&str, FluentValue<'_>)]) -> String {
    let bundle = match language {
        Language::Ja => &*JA,
        Language::En => &*EN,
    };
    let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) else {
        tracing::error!(key, "no words for a key");
        return key.to_owned();
    };
    let mut arguments = FluentArgs::new();
    for (name, value) in values {
        arguments.set((*name).to_owned(), value.clone());
    }
    let mut mistakes = Vec::new();
    let text = bundle.format_pattern(pattern, Some(&arguments), &mut mistakes);
    if !mistakes.is_empty() {
        tracing::error!(key, ?mistakes, "words could not be filled");
    }
    text.into_owned()
}
