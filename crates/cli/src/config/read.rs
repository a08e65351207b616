//! From the file's text to values, with the place of each.

use std::{collections::BTreeMap, ops::Range};

use model::{
    problem::{Place, Problem},
    text::LocalizedText,
};
use serde::de::DeserializeOwned;
use toml::{
    Spanned,
    de::{DeTable, DeValue, ValueDeserializer},
};

use super::{
    Config,
    fields::{names_of, nearest},
};

/// The sections, in the order of the example file.
pub(crate) const SECTIONS: [&str; 12] = [
    "site",
    "record",
    "knowledge",
    "listen",
    "tls",
    "sessions",
    "oidc",
    "limits",
    "logs",
    "metrics",
    "keys",
    "collections",
];

/// Where in the file each value is, by `section.name`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Places {
    starts: Vec<usize>,
    spans: BTreeMap<String, usize>,
}

impl Places {
    fn new(text: &str) -> Self {
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let starts = std::iter::once(0).chain(breaks.map(|(at, _)| at + 1)).collect();
        Self { starts, spans: BTreeMap::new() }
    }

    /// Returns the place of a value, or of nothing where the file does not say it.
    pub(crate) fn of(&self, key: &str) -> Place {
        let place = self.spans.get(key).map_or_else(Place::file, |at| self.at(*at));
        Place { pointer: format!("/{}", key.replace('.', "/")), ..place }
    }

    fn at(&self, offset: usize) -> Place {
        let line = self.starts.partition_point(|start| *start <= offset);
        let start = line.checked_sub(1).and_then(|line| self.starts.get(line)).copied();
        let column = offset - start.unwrap_or(0) + 1;
        Place::line(line as u64, Some(column as u64))
    }
}

/// Reads the file's text. What is missing or wrong has its default.
pub(crate) fn read(text: &str) -> (Config, Places, Vec<Problem>) {
    let places = Places::new(text);
    let (document, mistakes) = DeTable::parse_recoverable(text);
    if !mistakes.is_empty() {
        let problems = mistakes.iter().map(|mistake| {
            let place = mistake.span().map_or_else(Place::file, |span| places.at(span.start));
            syntax(place, mistake.message())
        });
        return (Config::default(), places.clone(), problems.collect());
    }
    let mut reader = Reader { places, document: document.into_inner(), problems: Vec::new() };
    let config = Config {
        site: reader.section("site"),
        record: reader.section("record"),
        knowledge: reader.section("knowledge"),
        listen: reader.section("listen"),
        tls: reader.section("tls"),
        sessions: reader.section("sessions"),
        oidc: reader.section("oidc"),
        limits: reader.section("limits"),
        logs: reader.section("logs"),
        metrics: reader.section("metrics"),
        keys: reader.section("keys"),
        collections: reader.section("collections"),
    };
    let Reader { places, document, mut problems } = reader;
    for key in document.keys() {
        let place = places.at(key.span().start);
        problems.push(unknown("section", place, key.get_ref(), &SECTIONS));
    }
    problems.sort_by_key(|problem| (problem.place.line, problem.place.column));
    (config, places, problems)
}

struct Reader<'t> {
    places: Places,
    document: DeTable<'t>,
    problems: Vec<Problem>,
}

impl<'t> Reader<'t> {
    /// Takes a section out of the document; each value that is wrong is told and left out.
    fn section<T: DeserializeOwned + Default>(&mut self, name: &'static str) -> T {
        let Some(section) = self.document.remove(name) else { return T::default() };
        let span = section.span();
        self.places.spans.insert(name.to_owned(), span.start);
        let DeValue::Table(table) = section.into_inner() else {
            let place = self.places.at(span.start);
            self.problems.push(wrong(place, name, "a table was expected"));
            return T::default();
        };
        let names = names_of::<T>();
        let mut good = DeTable::new();
        for (key, value) in table {
            let full = format!("{name}.{}", key.get_ref());
            if !names.contains(&key.get_ref().as_ref()) {
                let place = self.places.at(key.span().start);
                self.problems.push(unknown("value", place, &full, names));
                continue;
            }
            self.places.spans.insert(full.clone(), value.span().start);
            let mut alone = DeTable::new();
            alone.insert(key.clone(), value.clone());
            match from_table::<T>(alone, &span) {
                Ok(_) => {
                    good.insert(key, value);
                }
                Err(error) => {
                    let place = self.places.at(value.span().start);
                    self.problems.push(wrong(place, &full, error.message()));
                }
            }
        }
        from_table(good, &span).unwrap_or_default()
    }
}

fn from_table<T: DeserializeOwned>(
    table: DeTable<'_>,
    span: &Range<usize>,
) -> Result<T, toml::de::Error> {
    T::deserialize(ValueDeserializer::from(Spanned::new(span.clone(), DeValue::Table(table))))
}

fn syntax(place: Place, message: &str) -> Problem {
    Problem::error(
        "config.syntax",
        place,
        LocalizedText::new(
            format!("TOML として読めません({message})。"),
            format!("This is not TOML ({message})."),
        ),
        LocalizedText::of(
            "deploy/tsumugi.example.toml の書き方に合わせてください。",
            "Write it as deploy/tsumugi.example.toml does.",
        ),
    )
}

fn unknown(what: &str, place: Place, written: &str, names: &[&str]) -> Problem {
    let last = written.rsplit('.').next().unwrap_or(written);
    let remedy = match nearest(last, names) {
        Some(meant) => LocalizedText::new(
            format!("「{meant}」のことですか。綴りを直してください。"),
            format!("Did you mean “{meant}”? Correct the spelling."),
        ),
        None => LocalizedText::new(
            format!("使えるのは {} です。", names.join("、")),
            format!("Known here: {}.", names.join(", ")),
        ),
    };
    let message = if what == "section" {
        LocalizedText::new(
            format!("区分「{written}」はありません。"),
            format!("There is no section “{written}”."),
        )
    } else {
        LocalizedText::new(
            format!("設定「{written}」はありません。"),
            format!("There is no value “{written}”."),
        )
    };
    Problem::error("config.unknown", place, message, remedy)
}

fn wrong(place: Place, key: &str, because: &str) -> Problem {
    let because = because.trim_end().replace('\n', " ");
    Problem::error(
        "config.value",
        place,
        LocalizedText::new(
            format!("「{key}」の値を読めません({because})。"),
            format!("The value of “{key}” cannot be read ({because})."),
        ),
        LocalizedText::of(
            "deploy/tsumugi.example.toml の同じ項目に合わせてください。",
            "Write it as the same line of deploy/tsumugi.example.toml does.",
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_every_mistake_with_its_place() {
        let text = "[site]\nname_jp = \"x\"\nhome_region = 3\n\n[listen]\naddress = \"nowhere\"\n\n[lgos]\n";
        let (config, _, problems) = read(text);
        assert_eq!(config, Config::default());
        let said: Vec<_> = problems
            .iter()
            .map(|problem| {
                (problem.place.line.unwrap(), problem.place.column.unwrap(), &*problem.code)
            })
            .collect();
        assert_eq!(
            said,
            [
                (2, 1, "config.unknown"),
                (3, 15, "config.value"),
                (6, 11, "config.value"),
                (8, 2, "config.unknown")
            ]
        );
        assert!(problems[0].remedy.en.contains("name_ja"), "{}", problems[0].remedy.en);
        assert!(problems[3].remedy.ja.contains("logs"), "{}", problems[3].remedy.ja);
    }

    #[test]
    fn what_is_right_stays_when_something_beside_it_is_wrong() {
        let text = "[tls]\nhsts_days = 30\nreload_seconds = \"often\"\noldest_version = \"1.3\"\n";
        let (config, places, problems) = read(text);
        assert_eq!(config.tls.hsts_days, 30);
        assert_eq!(config.tls.oldest_version, super::super::OldestTls::V13);
        assert_eq!(problems.len(), 1);
        assert_eq!(places.of("tls.hsts_days").line, Some(2));
        assert_eq!(places.of("tls.key_file").line, None);
    }

    #[test]
    fn text_that_is_not_toml_is_told_with_its_place() {
        let (config, _, problems) = read("[site\nname_ja = \n");
        assert_eq!(config, Config::default());
        assert!(!problems.is_empty());
        assert!(problems.iter().all(|problem| problem.code == "config.syntax"));
        assert_eq!(problems[0].place.line, Some(1));
    }
}
