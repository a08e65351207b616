//! Merges rows into a registry.

use std::{collections::BTreeSet, str::FromStr};

use chrono::NaiveDate;
use model::{
    gene::GeneSymbol,
    organisation::OrganisationCode,
    problem::{Place, Problem},
    programme::{
        AssessmentOutcome, Designation, DesignationHistory, DesignationKind, Hospital, Laboratory,
        LaboratoryKind, LaboratoryPaper, Link, LinkHistory, PanelProduct, PanelVersion, PaperKind,
        PartialDate, Period, Prefecture, Registry, RegistryDocument, ReportedThing, Requirement,
        RequirementChecklist, RequirementFinding, RequirementState, ReviseDesignationError,
        SampleKind,
    },
    text::LocalizedText,
};

use super::{CsvRow, CsvTable, ProgrammeTable, SEPARATOR, problems};
use crate::problem_list::ProblemList;

/// A registry into which tables are merged, those that are referred to first.
#[derive(Debug)]
pub struct Merging {
    registry: Registry,
}

impl Merging {
    /// Begins with what is recorded already.
    pub fn onto(registry: Registry) -> Self {
        Self { registry }
    }

    /// Merges a table; a row with a problem is left out.
    pub fn merge(&mut self, table: &CsvTable) -> Vec<Problem> {
        let mut problems = ProblemList::default();
        let mut keys = BTreeSet::new();
        let mut rows: Vec<Row<'_>> =
            table.rows.iter().map(|row| Row { table, row, problems: Vec::new() }).collect();
        // Periods are put in their order, so that the order of rows does not matter.
        if table.table == ProgrammeTable::Designations {
            rows.sort_by_key(|row| (row.text("hospital").to_owned(), row.text("from").to_owned()));
        }
        for mut row in rows {
            let key = match table.table {
                ProgrammeTable::Hospitals => self.hospital(&mut row),
                ProgrammeTable::Designations => self.designation(&mut row),
                ProgrammeTable::Links => self.link(&mut row),
                ProgrammeTable::Requirements => self.requirement(&mut row),
                ProgrammeTable::Laboratories => self.laboratory(&mut row),
                ProgrammeTable::Papers => self.paper(&mut row),
                ProgrammeTable::Panels => self.panel(&mut row),
            };
            if let Some(key) = key
                && !keys.insert(key.clone())
            {
                row.problems.push(problems::repeated_row(row.row.line, &key));
            }
            row.problems.into_iter().for_each(|problem| problems.add(problem));
        }
        let mut found = problems.finish();
        found.sort_by_key(|problem| problem.place.line);
        found
    }

    /// Returns the registry with everything merged.
    pub fn finish(self) -> Registry {
        self.registry
    }

    fn hospital(&mut self, row: &mut Row<'_>) -> Option<String> {
        let hospital = Hospital {
            code: OrganisationCode::new(row.required("code")?),
            name: row.localized("name_ja", "name_en"),
            prefecture: row.parsed::<Prefecture>("prefecture", &PREFECTURE),
            contact: row.localized("contact_ja", "contact_en"),
            source: row.optional("source"),
            synthetic: row.flag("synthetic").unwrap_or_default(),
        };
        row.required("name_ja")?;
        let hospital = row.sound(hospital)?;
        let key = hospital.key();
        self.registry.hospitals.insert(hospital.code.clone(), hospital);
        Some(key)
    }

    fn designation(&mut self, row: &mut Row<'_>) -> Option<String> {
        let hospital = self.known_hospital(row, "hospital");
        let kind = row.word(
            "kind",
            DesignationKind::of_word,
            &DesignationKind::ALL.map(DesignationKind::word),
        );
        let period = row.period();
        let seen_only = row.word(
            "start",
            |word| match word {
                "" | "exact" => Some(false),
                "seen" => Some(true),
                _ => None,
            },
            &["exact", "seen"],
        );
        let (hospital, kind, period, seen_only) = (hospital?, kind?, period?, seen_only?);
        let source = row.optional("source");
        let history = self
            .registry
            .designations
            .entry(hospital.clone())
            .or_insert_with(|| DesignationHistory::new(hospital.clone()));
        match history.put(Designation { kind, period, seen_only, source }) {
            Ok(()) => Some(format!("{hospital} {}", period.from)),
            Err(ReviseDesignationError::Overlaps(from)) => {
                let place = row.place("from");
                row.problems.push(problems::overlaps(place, hospital.as_str(), &from.to_string()));
                None
            }
            Err(ReviseDesignationError::Backwards | ReviseDesignationError::Absent(_)) => {
                row.problems.push(problems::backwards(row.place("until")));
                None
            }
        }
    }

    fn link(&mut self, row: &mut Row<'_>) -> Option<String> {
        let hospital = self.known_hospital(row, "hospital");
        let to = self.known_hospital(row, "linked_to");
        let period = row.period();
        let (hospital, to, period) = (hospital?, to?, period?);
        let mut history = self
            .registry
            .links
            .get(&hospital)
            .cloned()
            .unwrap_or_else(|| LinkHistory::new(hospital.clone()));
        let key = format!("{hospital} {to} {}", period.from);
        history.put(Link { to, period, source: row.optional("source") });
        let history = row.sound(history)?;
        self.registry.links.insert(hospital, history);
        Some(key)
    }

    fn requirement(&mut self, row: &mut Row<'_>) -> Option<String> {
        let hospital = self.known_hospital(row, "hospital");
        let numbered = |word: &str| word.parse().ok().and_then(Requirement::of_number);
        let requirement =
            row.word("requirement", numbered, &["1", "2", "3", "4", "5", "6", "7", "8"]);
        let state = row.word(
            "state",
            RequirementState::of_word,
            &RequirementState::ALL.map(RequirementState::word),
        );
        let evidence = row.optional("evidence");
        let checked = row.parsed::<NaiveDate>("checked", &DAY);
        let (hospital, requirement, state) = (hospital?, requirement?, state?);
        let checklist = self
            .registry
            .requirements
            .entry(hospital.clone())
            .or_insert_with(|| RequirementChecklist::new(hospital.clone()));
        checklist.findings.insert(requirement, RequirementFinding { state, evidence, checked });
        Some(format!("{hospital} {}", requirement.number()))
    }

    fn laboratory(&mut self, row: &mut Row<'_>) -> Option<String> {
        let code = OrganisationCode::new(row.required("code")?);
        let kind = row.word(
            "kind",
            |word| LaboratoryKind::ALL.into_iter().find(|kind| kind.word() == word),
            &LaboratoryKind::ALL.map(LaboratoryKind::word),
        )?;
        row.required("name_ja")?;
        let papers = self.registry.laboratories.get(&code).map(|there| there.papers.clone());
        let laboratory = Laboratory {
            code: code.clone(),
            kind,
            name: row.localized("name_ja", "name_en"),
            contact: row.localized("contact_ja", "contact_en"),
            papers: papers.unwrap_or_default(),
            source: row.optional("source"),
            synthetic: row.flag("synthetic").unwrap_or_default(),
        };
        let laboratory = row.sound(laboratory)?;
        let key = laboratory.key();
        self.registry.laboratories.insert(code, laboratory);
        Some(key)
    }

    fn paper(&mut self, row: &mut Row<'_>) -> Option<String> {
        let code = OrganisationCode::new(row.required("laboratory")?);
        let kind = row.word(
            "paper",
            |word| PaperKind::ALL.into_iter().find(|kind| kind.word() == word),
            &PaperKind::ALL.map(PaperKind::word),
        );
        let period = row.period();
        let outcome = row.word(
            "outcome",
            |word| match word {
                "" => Some(None),
                word => {
                    AssessmentOutcome::ALL.into_iter().find(|each| each.word() == word).map(Some)
                }
            },
            &AssessmentOutcome::ALL.map(AssessmentOutcome::word),
        );
        let title = row.required("title")?.to_owned();
        let (kind, period, outcome) = (kind?, period?, outcome?);
        let Some(laboratory) = self.registry.laboratories.get_mut(&code) else {
            row.problems.push(problems::no_such(
                row.place("laboratory"),
                "laboratory",
                code.as_str(),
            ));
            return None;
        };
        let key = format!("{code} {} {title} {}", kind.word(), period.from);
        let number = row.optional("number");
        laboratory.put_paper(LaboratoryPaper { kind, period, title, number, outcome });
        Some(key)
    }

    fn panel(&mut self, row: &mut Row<'_>) -> Option<String> {
        let code = row.required("code")?.trim().to_owned();
        row.required("name_ja")?;
        let version = panel_version(row);
        let companion_diagnostic = row.flag("companion_diagnostic");
        let approved = row.parsed::<PartialDate>("approved", &PARTIAL_DATE);
        let insured = row.parsed::<PartialDate>("insured", &PARTIAL_DATE);
        if !row.problems.is_empty() {
            return None;
        }
        let versions = self.registry.panels.get(&code).map(|there| there.versions.clone());
        let mut panel = PanelProduct {
            code: code.clone(),
            name: row.localized("name_ja", "name_en"),
            maker: row.optional("maker"),
            approved,
            insured,
            companion_diagnostic,
            versions: versions.unwrap_or_default(),
            synthetic: row.flag("synthetic").unwrap_or_default(),
        };
        let key = format!("{code} {}", version.version);
        panel.put_version(version);
        let panel = row.sound(panel)?;
        self.registry.panels.insert(code, panel);
        Some(key)
    }

    fn known_hospital(&self, row: &mut Row<'_>, column: &'static str) -> Option<OrganisationCode> {
        let code = OrganisationCode::new(row.required(column)?);
        if self.registry.hospitals.contains_key(&code) {
            return Some(code);
        }
        row.problems.push(problems::no_such(row.place(column), column, code.as_str()));
        None
    }
}

fn panel_version(row: &mut Row<'_>) -> PanelVersion {
    let genes: BTreeSet<GeneSymbol> = row.several("genes").map(GeneSymbol::new).collect();
    PanelVersion {
        version: row.text("version").to_owned(),
        from: row.parsed::<PartialDate>("from", &PARTIAL_DATE),
        until: row.parsed::<PartialDate>("until", &PARTIAL_DATE),
        gene_count: row.parsed::<u32>("gene_count", &WHOLE_NUMBER),
        genes: (!genes.is_empty()).then_some(genes),
        samples: row.words("samples", SampleKind::of_word, SampleKind::ALL, SampleKind::word),
        reports: row.words(
            "reports",
            ReportedThing::of_word,
            ReportedThing::ALL,
            ReportedThing::word,
        ),
        source: row.optional("source"),
    }
}

const PREFECTURE: LocalizedText =
    LocalizedText::of("都道府県名か JIS の番号", "a prefecture's name or JIS number");
const DAY: LocalizedText = LocalizedText::of("2026-04-01 の形の日付", "a day such as 2026-04-01");
const PARTIAL_DATE: LocalizedText = LocalizedText::of(
    "2018、2018-12、2018-12-25 の形の日付",
    "a date such as 2018, 2018-12 or 2018-12-25",
);
const WHOLE_NUMBER: LocalizedText = LocalizedText::of("整数", "a whole number");

/// A row with what is wrong with it.
struct Row<'a> {
    table: &'a CsvTable,
    row: &'a CsvRow,
    problems: Vec<Problem>,
}

impl<'a> Row<'a> {
    /// Returns a cell as it is written; empty where the file has no such column.
    fn text(&self, column: &str) -> &'a str {
        let at = self.at(column);
        at.and_then(|at| self.row.cells.get(at)).map_or("", String::as_str)
    }

    fn at(&self, column: &str) -> Option<usize> {
        let columns = self.table.table.columns();
        let known = columns.iter().position(|name| *name == column)?;
        self.table.columns.get(known).copied().flatten()
    }

    fn place(&self, column: &str) -> Place {
        Place::line(self.row.line, self.at(column).map(|at| at as u64 + 1))
    }

    fn optional(&self, column: &str) -> Option<String> {
        let text = self.text(column);
        (!text.is_empty()).then(|| text.to_owned())
    }

    fn required(&mut self, column: &str) -> Option<&'a str> {
        let text = self.text(column);
        if text.trim().is_empty() {
            self.problems.push(problems::absent(self.place(column), column));
            return None;
        }
        Some(text)
    }

    fn localized(&self, ja: &str, en: &str) -> LocalizedText {
        LocalizedText::new(self.text(ja).to_owned(), self.text(en).to_owned())
    }

    fn unreadable(&mut self, column: &str, wanted: &LocalizedText) {
        let problem = problems::value(self.place(column), column, self.text(column), wanted);
        self.problems.push(problem);
    }

    /// Reads a cell; `None` where it is empty, and with a problem where it cannot be read.
    fn parsed<T: FromStr>(&mut self, column: &str, wanted: &LocalizedText) -> Option<T> {
        let text = self.text(column).trim();
        if text.is_empty() {
            return None;
        }
        let value = text.parse().ok();
        if value.is_none() {
            self.unreadable(column, wanted);
        }
        value
    }

    fn flag(&mut self, column: &str) -> Option<bool> {
        match self.text(column).trim() {
            "" => None,
            "yes" | "true" | "1" => Some(true),
            "no" | "false" | "0" => Some(false),
            _ => {
                self.unreadable(column, &LocalizedText::of("yes か no", "yes or no"));
                None
            }
        }
    }

    fn word<T>(
        &mut self,
        column: &str,
        of_word: impl Fn(&str) -> Option<T>,
        words: &[&str],
    ) -> Option<T> {
        let value = of_word(self.text(column).trim());
        if value.is_none() {
            self.unreadable(column, &one_of(words));
        }
        value
    }

    fn several(&self, column: &str) -> impl Iterator<Item = &'a str> + use<'a> {
        self.text(column).split(SEPARATOR).map(str::trim).filter(|value| !value.is_empty())
    }

    fn words<T: Copy + Ord>(
        &mut self,
        column: &str,
        of_word: impl Fn(&str) -> Option<T>,
        all: &[T],
        word_of: impl Fn(T) -> &'static str,
    ) -> BTreeSet<T> {
        let mut found = BTreeSet::new();
        for word in self.several(column) {
            match of_word(word) {
                Some(value) => {
                    found.insert(value);
                }
                None => {
                    let words: Vec<&str> = all.iter().map(|value| word_of(*value)).collect();
                    self.unreadable(column, &one_of(&words));
                }
            }
        }
        found
    }

    fn period(&mut self) -> Option<Period> {
        let before = self.problems.len();
        self.required("from");
        let from = self.parsed::<NaiveDate>("from", &DAY);
        let until = self.parsed::<NaiveDate>("until", &DAY);
        if self.problems.len() > before {
            return None;
        }
        let period = Period { from: from?, until };
        if !period.is_sound() {
            self.problems.push(problems::backwards(self.place("until")));
            return None;
        }
        Some(period)
    }

    /// Returns the document when nothing is wrong with the row and it keeps the rules of its kind.
    fn sound<D: RegistryDocument>(&mut self, document: D) -> Option<D> {
        if !self.problems.is_empty() {
            return None;
        }
        if !document.is_sound() {
            let place = Place::line(self.row.line, None);
            self.problems.push(problems::unsound(place, &document.key()));
            return None;
        }
        Some(document)
    }
}

fn one_of(words: &[&str]) -> LocalizedText {
    let words = words.join(", ");
    LocalizedText::new(format!("{words} のいずれか"), format!("one of {words}"))
}
