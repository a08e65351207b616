//! The words: the same keys in both languages, and every key that is used exists.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use model::text::Language;
use server::locale::FILES;

fn keys(language: Language) -> BTreeMap<String, String> {
    let files = FILES.iter().filter(|(each, _)| *each == language).flat_map(|(_, files)| *files);
    let mut keys = BTreeMap::new();
    for file in files {
        let resource = fluent_bundle::FluentResource::try_new((*file).to_owned());
        let resource = resource.unwrap_or_else(|(_, errors)| panic!("{language}: {errors:?}"));
        for entry in resource.entries() {
            let fluent_syntax::ast::Entry::Message(message) = entry else { continue };
            let text = format!("{:?}", message.value);
            let twice = keys.insert(message.id.name.to_owned(), text);
            assert!(twice.is_none(), "{language}: {} twice", message.id.name);
        }
    }
    keys
}

/// Returns the variables of a message, by its syntax tree.
fn variables(tree: &str) -> BTreeSet<String> {
    let parts = tree.split("VariableReference { id: Identifier { name: \"").skip(1);
    parts.filter_map(|part| part.split('"').next()).map(str::to_owned).collect()
}

#[test]
fn both_languages_have_the_same_keys_and_variables() {
    let (ja, en) = (keys(Language::Ja), keys(Language::En));
    let names = |keys: &BTreeMap<String, String>| keys.keys().cloned().collect::<BTreeSet<_>>();
    let (only_ja, only_en) = (&names(&ja) - &names(&en), &names(&en) - &names(&ja));
    assert!(only_ja.is_empty() && only_en.is_empty(), "ja only {only_ja:?}, en only {only_en:?}");
    for (key, ja) in &ja {
        let (in_ja, in_en) = (variables(ja), variables(&en[key]));
        // A plural is chosen by `n` in English alone.
        let without_n = |set: BTreeSet<String>| {
            set.into_iter().filter(|name| name != "n" && name != "shown").collect::<BTreeSet<_>>()
        };
        assert_eq!(without_n(in_ja), without_n(in_en), "{key}");
    }
}

/// Returns the keys that templates and code ask for, by the calls that take one.
fn used() -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut used = BTreeSet::new();
    let mut folders = vec![root.join("src"), root.join("templates")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            for call in [".t(", ".t2(", ".tn(", ".words("] {
                for part in text.split(call).skip(1) {
                    let part = part.trim_start();
                    if let Some(key) =
                        part.strip_prefix('"').and_then(|rest| rest.split('"').next())
                    {
                        used.insert(key.to_owned());
                    }
                }
            }
            for key in text.split('"').filter(|text| text.starts_with("error-")) {
                used.insert(key.to_owned());
            }
        }
    }
    used
}

#[test]
fn every_key_that_is_used_exists_and_every_key_is_used() {
    let there: BTreeSet<String> = keys(Language::Ja).into_keys().collect();
    let used = used();
    assert!(used.len() > 100, "only {} keys found: does the search still work?", used.len());
    let missing = &used - &there;
    assert!(missing.is_empty(), "used but not there: {missing:?}");
    let idle = &there - &used;
    assert!(idle.is_empty(), "there but not used: {idle:?}");
}
