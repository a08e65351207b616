//! The entry of a test panel: names, maker, approval, and its versions.

use std::collections::BTreeSet;

use askama::Template;
use axum::response::Response;
use model::{
    gene::GeneSymbol,
    programme::{PanelProduct, PanelVersion, PartialDate, ReportedThing, SampleKind},
    text::LocalizedText,
};

use super::{
    change::Refusal,
    entry::{BLANK_ROWS, Entry, FormView, row_says, rows},
};
use crate::{
    error::PageError,
    fields::Fields,
    page::{Page, render},
};

/// What makes a row of a version one that says something.
const VERSION: [&str; 6] = ["version", "from", "until", "gene_count", "genes", "source"];

struct BoxView {
    name: String,
    label: String,
    ticked: bool,
}

struct VersionRow {
    /// Units: 1-based.
    number: usize,
    prefix: String,
    samples: Vec<BoxView>,
    reports: Vec<BoxView>,
}

#[derive(Template)]
#[template(path = "programme/panel_entry.html")]
struct PanelTemplate {
    page: Page,
    form: FormView,
    versions: Vec<VersionRow>,
}

impl Entry for PanelProduct {
    const PATH: &'static str = "/programme/panels";
    const SHOWN_AT: &'static str = "/panels#panel-";

    fn to_fields(&self) -> Fields {
        let date =
            |date: Option<PartialDate>| date.map(|date| date.to_string()).unwrap_or_default();
        let companion = match self.companion_diagnostic {
            Some(true) => "yes",
            Some(false) => "no",
            None => "",
        };
        let mut fields = Fields::default()
            .with("name_ja", &*self.name.ja)
            .with("name_en", &*self.name.en)
            .with("maker", self.maker.clone().unwrap_or_default())
            .with("approved", date(self.approved))
            .with("insured", date(self.insured))
            .with("companion", companion)
            .with("synthetic", if self.synthetic { "yes" } else { "" })
            .with("rows", (self.versions.len() + BLANK_ROWS).to_string());
        for (at, version) in self.versions.iter().enumerate() {
            let prefix = prefix(at);
            let count = version.gene_count.map(|count| count.to_string()).unwrap_or_default();
            let values = [
                version.version.clone(),
                date(version.from),
                date(version.until),
                count,
                genes(version),
                version.source.clone().unwrap_or_default(),
            ];
            for (name, value) in VERSION.iter().zip(values) {
                fields = fields.with(&format!("{prefix}{name}"), value);
            }
            for kind in &version.samples {
                fields = fields.with(&format!("{prefix}sample-{}", kind.word()), "yes");
            }
            for thing in &version.reports {
                fields = fields.with(&format!("{prefix}reports-{}", thing.word()), "yes");
            }
        }
        fields
    }

    fn of_fields(code: &str, fields: &Fields) -> Result<Self, Refusal> {
        let mut panel = Self {
            code: code.to_owned(),
            name: LocalizedText::new(
                fields.text("name_ja").to_owned(),
                fields.text("name_en").to_owned(),
            ),
            maker: fields.said("maker"),
            approved: date(fields, "approved")?,
            insured: date(fields, "insured")?,
            companion_diagnostic: match fields.text("companion") {
                "yes" => Some(true),
                "no" => Some(false),
                _ => None,
            },
            versions: Vec::new(),
            synthetic: !fields.text("synthetic").is_empty(),
        };
        for at in rows(fields) {
            let prefix = prefix(at);
            let version = version(fields, &prefix)?;
            if !row_says(fields, &prefix, &VERSION)
                && version.samples.is_empty()
                && version.reports.is_empty()
            {
                continue;
            }
            if panel.versions.iter().any(|other| other.version == version.version) {
                return Err(Refusal::of(
                    "同じ版が 2 回書かれています。版の名前を変えるか、片方の行をすべて空にしてください。",
                    "A version is there twice: name one otherwise, or leave all of its row empty.",
                ));
            }
            panel.put_version(version);
        }
        if panel.is_sound() && model::programme::RegistryDocument::is_sound(&panel) {
            return Ok(panel);
        }
        Err(Refusal::of(
            "コードは英数字と - _ . で 40 字以内、日本語名は 200 字以内で書き、版を 1 つ以上書いてください。",
            "The code has up to 40 letters, digits and - _ .; the Japanese name up to 200 characters; there is at least one version.",
        ))
    }

    fn lines(&self, page: &Page) -> Vec<String> {
        let line = |label: String, value: &str| format!("{label}: {value}");
        let date = |date: Option<PartialDate>| {
            date.map_or_else(|| page.t("unknown"), |date| page.partial_date(date))
        };
        let yes_or_no = |yes: bool| page.t(if yes { "yes" } else { "no" });
        let mut lines = vec![
            line(page.t("name-ja"), &self.name.ja),
            line(page.t("name-en"), &self.name.en),
            line(page.t("panel-maker"), self.maker.as_deref().unwrap_or_default()),
            line(page.t("panel-approved"), &date(self.approved)),
            line(page.t("panel-insured"), &date(self.insured)),
            line(
                page.t("panel-companion"),
                &self.companion_diagnostic.map_or_else(|| page.t("unknown"), yes_or_no),
            ),
            line(page.t("invented"), &yes_or_no(self.synthetic)),
        ];
        lines.extend(self.versions.iter().map(|version| {
            let samples = version.samples.iter().map(|kind| page.sample_kind(*kind));
            let reports = version.reports.iter().map(|thing| page.reported_thing(*thing));
            let parts = [version.version.clone(), date(version.from), date(version.until)];
            let count = version.gene_count.map(|count| count.to_string());
            let listed = Some(genes(version)).filter(|genes| !genes.is_empty());
            let parts = parts.into_iter().chain(count).chain(listed).chain(samples).chain(reports);
            let parts: Vec<String> = parts.chain(version.source.clone()).collect();
            line(page.t("panel-version"), &parts.join(" · "))
        }));
        lines
    }

    fn render(page: Page, form: FormView) -> Result<Response, PageError> {
        let fields = &form.fields;
        let ticked = |prefix: &str, word: &str, label: String| {
            let name = format!("{prefix}{word}");
            BoxView { ticked: fields.is(&name, "yes"), name, label }
        };
        let row = |at: usize| {
            let prefix = prefix(at);
            let (samples, reports) = (format!("{prefix}sample-"), format!("{prefix}reports-"));
            let sample = |kind: &SampleKind| ticked(&samples, kind.word(), page.sample_kind(*kind));
            let reported =
                |thing: &ReportedThing| ticked(&reports, thing.word(), page.reported_thing(*thing));
            VersionRow {
                number: at + 1,
                samples: SampleKind::ALL.iter().map(sample).collect(),
                reports: ReportedThing::ALL.iter().map(reported).collect(),
                prefix,
            }
        };
        let versions = rows(fields).map(row).collect();
        render(&PanelTemplate { page, versions, form })
    }
}

fn prefix(at: usize) -> String {
    format!("version-{at}-")
}

fn genes(version: &PanelVersion) -> String {
    let genes = version.genes.iter().flatten().map(GeneSymbol::as_str);
    genes.collect::<Vec<_>>().join(" ")
}

fn date(fields: &Fields, name: &str) -> Result<Option<PartialDate>, Refusal> {
    let date = fields.said(name).map(|text| text.parse::<PartialDate>()).transpose();
    date.map_err(|_| {
        Refusal::of(
            "日付を 2018、2018-12、2018-12-25 のどれかの形で書いてください。",
            "Write the date as 2018, 2018-12 or 2018-12-25.",
        )
    })
}

fn version(fields: &Fields, prefix: &str) -> Result<PanelVersion, Refusal> {
    let named = |name: &str| format!("{prefix}{name}");
    let count = fields.said(&named("gene_count")).map(|text| text.parse::<u32>()).transpose();
    let count = count.map_err(|_| {
        Refusal::of(
            "遺伝子数を整数で書いてください。",
            "Write the number of genes as a whole number.",
        )
    })?;
    let text = fields.text(&named("genes"));
    let split = text.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '、'));
    let genes: BTreeSet<GeneSymbol> =
        split.filter(|gene| !gene.is_empty()).map(GeneSymbol::new).collect();
    let is = |name: String| fields.is(&name, "yes");
    Ok(PanelVersion {
        version: fields.text(&named("version")).to_owned(),
        from: date(fields, &named("from"))?,
        until: date(fields, &named("until"))?,
        gene_count: count,
        genes: (!genes.is_empty()).then_some(genes),
        samples: SampleKind::ALL
            .iter()
            .filter(|kind| is(named(&format!("sample-{}", kind.word()))))
            .copied()
            .collect(),
        reports: ReportedThing::ALL
            .iter()
            .filter(|thing| is(named(&format!("reports-{}", thing.word()))))
            .copied()
            .collect(),
        source: fields.said(&named("source")),
    })
}
