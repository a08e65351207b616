//! One field of a form: what it says, who said so, and what is wrong with it.

use model::{
    catalogue::{Catalogue, CodeList, Item, ItemType},
    clinical_record::{CellAddress, Completeness, Finding},
    problem::Severity,
};
use store::{FieldHead, FieldState};

use super::Names;
use crate::{clinical::Clinical, format, page::Page};

/// Longest value that a form takes. Units: characters.
const VALUE_CHARS: usize = store::VALUE_CHARS_MAX;
/// Code lists up to this length are shown whole. Units: codes.
const SELECT_CODES_MAX: usize = 60;
/// Widest value of a narrow field. Units: characters.
const SHORT_CHARS: usize = 64;

/// A code that can be chosen.
pub(super) struct Choice {
    pub(super) code: String,
    pub(super) label: String,
    pub(super) chosen: bool,
}

/// One of several things that people entered.
pub(super) struct Standing {
    pub(super) value: String,
    pub(super) shown: String,
    pub(super) who: String,
    pub(super) when: String,
}

/// Something wrong with a field.
pub(super) struct Trouble {
    pub(super) class: &'static str,
    pub(super) severity: String,
    pub(super) message: String,
    pub(super) remedy: String,
}

/// A field of a form.
pub(super) struct FieldView {
    pub(super) id: String,
    pub(super) address: String,
    pub(super) label: String,
    pub(super) unit: String,
    pub(super) hint: String,
    pub(super) required: bool,
    pub(super) missing: bool,
    pub(super) kind: &'static str,
    pub(super) input_mode: &'static str,
    pub(super) value: String,
    pub(super) base: String,
    pub(super) merged: String,
    pub(super) contested: Vec<Standing>,
    pub(super) choices: Vec<Choice>,
    pub(super) list: Option<&'static str>,
    pub(super) saved: String,
    pub(super) troubles: Vec<Trouble>,
    pub(super) length_max: usize,
}

/// What fields are made of.
pub(super) struct Making<'a, 'n> {
    pub(super) page: &'a Page,
    pub(super) clinical: &'a Clinical,
    pub(super) findings: &'a [Finding],
    pub(super) completeness: &'a Completeness,
    pub(super) names: &'n mut Names<'a>,
}

impl Making<'_, '_> {
    /// Makes the view of an item.
    pub(super) async fn field(&mut self, item: &'static Item, cell: &CellAddress) -> FieldView {
        let page = self.page;
        let address = cell.to_string();
        let state = self.clinical.field(&address);
        let list = item.list.and_then(|list| Catalogue::get().lists().list(list));
        let value = state.value().unwrap_or_default().to_owned();
        let contested = self.standing(&state, list).await;
        let is_missing = |missing: &CellAddress| {
            let same_block = match (&missing.block, &cell.block) {
                (Some((ours, row)), Some((theirs, there))) => {
                    ours == theirs && (row == there || row.is_unmade())
                }
                (None, None) => true,
                _ => false,
            };
            missing.item == cell.item && same_block
        };
        let missing = self.completeness.missing.iter().any(is_missing);
        let selectable =
            list.filter(|list| !list.codes().is_empty() && list.codes().len() <= SELECT_CODES_MAX);
        let (kind, input_mode) = match item.item_type {
            _ if selectable.is_some() => ("select", ""),
            ItemType::Code => ("list", "text"),
            ItemType::Date => ("text", "text"),
            ItemType::Integer => ("text", "numeric"),
            ItemType::Decimal => ("text", "decimal"),
            ItemType::Text => ("text", "text"),
        };
        let is_text = item.item_type == ItemType::Text;
        FieldView {
            id: address.replace('/', "-"),
            label: page.text(&item.label).to_owned(),
            unit: unit(page, item),
            hint: hint(page, item),
            required: missing || item.requirement.is_some(),
            missing,
            kind,
            input_mode,
            base: state.heads.first().map(|head| head.event.to_string()).unwrap_or_default(),
            merged: others(&state),
            choices: selectable.map(|list| choices(page, list, &value)).unwrap_or_default(),
            list: if kind == "list" { item.list } else { None },
            saved: self.saved(&state).await,
            troubles: self.troubles(cell),
            length_max: if is_text { VALUE_CHARS } else { SHORT_CHARS },
            value,
            contested,
            address,
        }
    }

    async fn standing(&mut self, state: &FieldState, list: Option<&CodeList>) -> Vec<Standing> {
        let mut standing = Vec::new();
        if !state.is_contested() {
            return standing;
        }
        for head in &state.heads {
            let value = head.value.clone().unwrap_or_default();
            standing.push(Standing {
                shown: shown(self.page, head, list),
                value,
                who: self.names.of(self.page, head.person).await,
                when: format::moment(head.saved_at, self.page.language),
            });
        }
        standing
    }

    /// Says when and by whom the field was saved.
    async fn saved(&mut self, state: &FieldState) -> String {
        let Some(head) = state.heads.first().filter(|_| !state.is_contested()) else {
            return String::new();
        };
        let who = self.names.of(self.page, head.person).await;
        let when = format::moment(head.saved_at, self.page.language);
        self.page.words("field-saved", &[("when", &when), ("who", &who)])
    }

    fn troubles(&self, cell: &CellAddress) -> Vec<Trouble> {
        let about = |finding: &&Finding| finding.addresses.contains(cell);
        self.findings.iter().filter(about).map(|finding| trouble(self.page, finding)).collect()
    }
}

/// Makes the view of what a check found.
pub(super) fn trouble(page: &Page, finding: &Finding) -> Trouble {
    let (class, severity) = match finding.severity {
        Severity::Error => ("error", page.t("severity-error")),
        Severity::Warning => ("warning", page.t("severity-warning")),
        Severity::Note => ("note", page.t("severity-note")),
    };
    Trouble {
        class,
        severity,
        message: page.text(&finding.message).to_owned(),
        remedy: page.text(&finding.remedy).to_owned(),
    }
}

/// Returns what somebody entered, with the words of its code.
fn shown(page: &Page, head: &FieldHead, list: Option<&CodeList>) -> String {
    match head.value.as_deref() {
        None => page.t("field-emptied"),
        Some(value) => match list.and_then(|list| list.get(value)) {
            Some(code) => format!("{} {}", value, page.text(&code.label)),
            None => value.to_owned(),
        },
    }
}

/// The further events of a contested field, as the form carries them.
fn others(state: &FieldState) -> String {
    let others = state.heads.iter().skip(1).map(|head| head.event.to_string());
    others.collect::<Vec<_>>().join(" ")
}

fn choices(page: &Page, list: &CodeList, value: &str) -> Vec<Choice> {
    let known = list.codes().iter().map(|code| Choice {
        code: code.code.to_string(),
        label: page.text(&code.label).to_owned(),
        chosen: code.code == value,
    });
    let mut choices: Vec<Choice> = known.collect();
    // An unknown code is kept and shown as it is.
    if !value.is_empty() && list.get(value).is_none() {
        choices.push(Choice { code: value.to_owned(), label: value.to_owned(), chosen: true });
    }
    choices
}

fn unit(page: &Page, item: &Item) -> String {
    match item.unit {
        "" => String::new(),
        "years" => page.t("unit-years"),
        "per cent" => page.t("unit-percent"),
        "cigarettes per day" => page.t("unit-cigarettes"),
        unit => unit.to_owned(),
    }
}

fn hint(page: &Page, item: &Item) -> String {
    match (item.item_type, item.range) {
        (ItemType::Date, _) => page.t("field-hint-date"),
        (_, Some((least, most))) => {
            let range = format!("{}–{}", format::quantity(least), format::quantity(most));
            page.t2("field-hint-range", "range", range)
        }
        _ => String::new(),
    }
}
