//! The entry of a laboratory or company: names, whom to ask, its papers.

use askama::Template;
use axum::response::Response;
use model::{
    organisation::OrganisationCode,
    programme::{
        AssessmentOutcome, Laboratory, LaboratoryKind, LaboratoryPaper, PaperKind, Period,
        RegistryDocument as _,
    },
    text::LocalizedText,
};

use super::{
    change::{Refusal, day_of, optional_day_of},
    entry::{BLANK_ROWS, Entry, FormView, row_says, rows},
};
use crate::{
    error::PageError,
    fields::Fields,
    page::{Page, render},
};

/// What a row of a paper has.
const PAPER: [&str; 6] = ["kind", "title", "number", "from", "until", "outcome"];

struct Choice {
    value: &'static str,
    label: String,
    chosen: bool,
}

struct PaperRow {
    /// Units: 1-based.
    number: usize,
    prefix: String,
    kinds: Vec<Choice>,
    outcomes: Vec<Choice>,
}

#[derive(Template)]
#[template(path = "programme/laboratory_entry.html")]
struct LaboratoryTemplate {
    page: Page,
    form: FormView,
    kinds: Vec<Choice>,
    papers: Vec<PaperRow>,
}

impl Entry for Laboratory {
    const PATH: &'static str = "/programme/laboratories";
    const SHOWN_AT: &'static str = "/laboratories#laboratory-";

    fn to_fields(&self) -> Fields {
        let mut fields = Fields::default()
            .with("kind", self.kind.word())
            .with("name_ja", &*self.name.ja)
            .with("name_en", &*self.name.en)
            .with("contact_ja", &*self.contact.ja)
            .with("contact_en", &*self.contact.en)
            .with("source", self.source.clone().unwrap_or_default())
            .with("synthetic", if self.synthetic { "yes" } else { "" })
            .with("rows", (self.papers.len() + BLANK_ROWS).to_string());
        for (at, paper) in self.papers.iter().enumerate() {
            let until = paper.period.until.map(|day| day.to_string()).unwrap_or_default();
            let values = [
                paper.kind.word().to_owned(),
                paper.title.clone(),
                paper.number.clone().unwrap_or_default(),
                paper.period.from.to_string(),
                until,
                paper.outcome.map(AssessmentOutcome::word).unwrap_or_default().to_owned(),
            ];
            for (name, value) in PAPER.iter().zip(values) {
                fields = fields.with(&format!("{}{name}", prefix(at)), value);
            }
        }
        fields
    }

    fn of_fields(code: &str, fields: &Fields) -> Result<Self, Refusal> {
        let text = |ja: &str, en: &str| {
            LocalizedText::new(fields.text(ja).to_owned(), fields.text(en).to_owned())
        };
        let kind = LaboratoryKind::ALL.into_iter().find(|kind| fields.is("kind", kind.word()));
        let mut laboratory = Self {
            code: OrganisationCode::new(code),
            kind: kind.ok_or_else(no_kind)?,
            name: text("name_ja", "name_en"),
            contact: text("contact_ja", "contact_en"),
            papers: Vec::new(),
            source: fields.said("source"),
            synthetic: !fields.text("synthetic").is_empty(),
        };
        for at in rows(fields) {
            if row_says(fields, &prefix(at), &["title", "number", "from", "until"]) {
                laboratory.put_paper(paper(fields, &prefix(at))?);
            }
        }
        if laboratory.is_sound() {
            return Ok(laboratory);
        }
        Err(Refusal::of(
            "コードは英数字と - _ . で 40 字以内、日本語名は 200 字以内で書き、書類の終わりの日は始まりの日以後にしてください。",
            "The code has up to 40 letters, digits and - _ .; the Japanese name up to 200 characters; no paper ends before it begins.",
        ))
    }

    fn lines(&self, page: &Page) -> Vec<String> {
        let line = |label: String, value: &str| format!("{label}: {value}");
        let mut lines = vec![
            line(page.t("laboratory-kind"), &page.laboratory_kind(self.kind)),
            line(page.t("name-ja"), &self.name.ja),
            line(page.t("name-en"), &self.name.en),
            line(page.t("laboratory-contact-ja"), &self.contact.ja),
            line(page.t("laboratory-contact-en"), &self.contact.en),
            line(page.t("hospital-source"), self.source.as_deref().unwrap_or_default()),
            line(page.t("invented"), &page.t(if self.synthetic { "yes" } else { "no" })),
        ];
        lines.extend(self.papers.iter().map(|paper| {
            let outcome = paper.outcome.map(|outcome| page.outcome_tag(outcome).label);
            let parts = [
                Some(page.paper_kind(paper.kind)),
                Some(paper.title.clone()),
                paper.number.clone(),
                Some(page.period(paper.period)),
                outcome,
            ];
            let parts: Vec<String> = parts.into_iter().flatten().collect();
            line(page.t("laboratory-papers"), &parts.join(" · "))
        }));
        lines
    }

    fn render(page: Page, form: FormView) -> Result<Response, PageError> {
        let fields = &form.fields;
        let kind = |kind: LaboratoryKind| Choice {
            value: kind.word(),
            label: page.laboratory_kind(kind),
            chosen: fields.is("kind", kind.word()),
        };
        let row = |at: usize| {
            let prefix = prefix(at);
            let kind = |kind: PaperKind| Choice {
                value: kind.word(),
                label: page.paper_kind(kind),
                chosen: fields.is_of(&prefix, "kind", kind.word()),
            };
            let outcome = |outcome: AssessmentOutcome| Choice {
                value: outcome.word(),
                label: page.outcome_tag(outcome).label,
                chosen: fields.is_of(&prefix, "outcome", outcome.word()),
            };
            PaperRow {
                number: at + 1,
                kinds: PaperKind::ALL.into_iter().map(kind).collect(),
                outcomes: AssessmentOutcome::ALL.into_iter().map(outcome).collect(),
                prefix,
            }
        };
        let (kinds, papers) =
            (LaboratoryKind::ALL.into_iter().map(kind).collect(), rows(fields).map(row).collect());
        render(&LaboratoryTemplate { page, kinds, papers, form })
    }
}

fn prefix(at: usize) -> String {
    format!("paper-{at}-")
}

fn no_kind() -> Refusal {
    Refusal::of("種別を選んでください。", "Choose a kind.")
}

fn paper(fields: &Fields, prefix: &str) -> Result<LaboratoryPaper, Refusal> {
    let field = |name: &str| fields.text(&format!("{prefix}{name}"));
    let kind = PaperKind::ALL.into_iter().find(|kind| kind.word() == field("kind"));
    let outcome = AssessmentOutcome::ALL.into_iter().find(|each| each.word() == field("outcome"));
    let title = field("title");
    if title.is_empty() {
        return Err(Refusal::of(
            "書類の名称を書いてください。行を消すときは、その行をすべて空にします。",
            "Write the paper's title. To take a row off, leave all of it empty.",
        ));
    }
    Ok(LaboratoryPaper {
        kind: kind.ok_or_else(no_kind)?,
        period: Period { from: day_of(field("from"))?, until: optional_day_of(field("until"))? },
        title: title.to_owned(),
        number: fields.said(&format!("{prefix}number")),
        outcome,
    })
}
