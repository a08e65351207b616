//! CIViC's evidence table.
//!
//! Columns read: `id molecular_profile gene disease doid therapies therapy_interaction_type evidence_level
//! evidence_type evidence_direction significance citation_id citation_source_type civic_url`. Source levels
//! A to E are validated, clinical, case study, preclinical and inferential.

use super::{Record, doid, problems, source::Intake};
use crate::{
    biomarker::{Biomarker, Readability},
    release::files::Kind,
    table::{MissingColumnError, Row, Table},
};

/// Most drugs of one item that are read.
const MAX_DRUGS: usize = 32;

pub(super) fn read(intake: &mut Intake<'_>, table: Table<'_>) -> Result<(), MissingColumnError> {
    let columns = Columns::find(&table)?;
    let width = table.width();
    for row in table {
        if intake.has_width(&row, width, columns.significance + 1)
            && intake.is_new(row.line, row.get(columns.id))
        {
            item(intake, &columns, &row);
        }
    }
    Ok(())
}

struct Columns {
    id: usize,
    profile: usize,
    gene: Option<usize>,
    disease: usize,
    doid: usize,
    therapies: usize,
    interaction: usize,
    level: usize,
    kind: usize,
    direction: usize,
    significance: usize,
    citation: Option<usize>,
    register: Option<usize>,
    url: Option<usize>,
}

impl Columns {
    fn find(table: &Table<'_>) -> Result<Self, MissingColumnError> {
        Ok(Self {
            id: table.column("id")?,
            profile: table.column("molecular_profile")?,
            gene: table.optional("gene"),
            disease: table.column("disease")?,
            doid: table.column("doid")?,
            therapies: table.column("therapies")?,
            interaction: table.column("therapy_interaction_type")?,
            level: table.column("evidence_level")?,
            kind: table.column("evidence_type")?,
            direction: table.column("evidence_direction")?,
            significance: table.column("significance")?,
            citation: table.optional("citation_id"),
            register: table.optional("citation_source_type"),
            url: table.optional("civic_url"),
        })
    }
}

fn item(intake: &mut Intake<'_>, columns: &Columns, row: &Row<'_>) {
    let words = match Words::read(columns, row) {
        Ok(words) => words,
        Err((column, value, wanted)) => {
            intake.skip(problems::wrong_value(row.line, column, value, wanted));
            return;
        }
    };
    let (id, profile) = (row.get(columns.id), row.get(columns.profile));
    if !id.bytes().all(|byte| byte.is_ascii_digit()) || id.is_empty() {
        intake.skip(problems::wrong_value(row.line, "id", id, "1234"));
        return;
    }
    if profile.is_empty() {
        intake.skip(problems::empty_value(row.line, "molecular_profile"));
        return;
    }
    let gene = row.text(columns.gene).filter(|gene| !gene.contains("::")).unwrap_or_default();
    // Profiles name their genes; the gene column only tells of those that do not.
    if Biomarker::parse(profile, None).readability() == Readability::NotUnderstood {
        intake.note(problems::not_understood(row.line, profile));
    }
    let disease = row.get(columns.disease);
    let scope = doid::lookup(row.get(columns.doid), disease);
    let tumour_matters = !matches!(words.kind, "functional" | "oncogenic") || !disease.is_empty();
    if scope.is_none() && tumour_matters {
        intake.note(problems::no_tumour_code(row.line, disease));
    }
    let (codes, requires) = scope.unwrap_or_default();
    let drugs: Vec<String> = row.list(columns.therapies).take(MAX_DRUGS).map(regimen).collect();
    let joint = if words.interaction == "combination" { "+" } else { "|" };
    let register = match row.text(columns.register) {
        None | Some("PubMed") => "PMID",
        Some(other) => other,
    };
    let references =
        row.text(columns.citation).map(|id| format!("{register}:{id}")).unwrap_or_default();
    intake.take(
        &Record::new(Kind::Evidence)
            .with("id", format!("EID{id}"))
            .with("gene", if profile.contains(' ') { "" } else { gene })
            .with("biomarker", profile)
            .with("tumour_name", disease)
            .with("doid", row.get(columns.doid))
            .with("tumour_codes", codes)
            .with("tumour_requires", requires)
            .with("drugs", drugs.join(joint))
            .with("interaction", words.interaction)
            .with("evidence_type", words.kind)
            .with("direction", words.direction)
            .with("significance", words.significance)
            .with("strength", words.strength)
            .with("references", references)
            .with("url", row.text(columns.url).unwrap_or_default()),
    );
}

/// Takes a named regimen such as `Ipilimumab/Nivolumab Regimen` apart into its drugs.
fn regimen(name: &str) -> String {
    match name.strip_suffix(" Regimen").filter(|drugs| drugs.contains('/')) {
        Some(drugs) => drugs.replace('/', "+"),
        // `+` joins drugs in our tables and cannot be part of a name.
        None => name.replace('+', " "),
    }
}

struct Words {
    kind: &'static str,
    direction: &'static str,
    significance: &'static str,
    strength: &'static str,
    interaction: &'static str,
}

type Wrong<'a> = (&'static str, &'a str, &'static str);

impl Words {
    fn read<'a>(columns: &Columns, row: &Row<'a>) -> Result<Self, Wrong<'a>> {
        let strength = match row.get(columns.level) {
            "A" => "validated",
            "B" => "clinical",
            "C" => "caseStudy",
            "D" => "preclinical",
            "E" => "inferential",
            other => return Err(("evidence_level", other, "A B C D E")),
        };
        let kind = match row.get(columns.kind) {
            "Predictive" => "predictive",
            "Diagnostic" => "diagnostic",
            "Prognostic" => "prognostic",
            "Predisposing" => "predisposing",
            "Oncogenic" => "oncogenic",
            "Functional" => "functional",
            other => {
                let wanted = "Predictive Diagnostic Prognostic Predisposing Oncogenic Functional";
                return Err(("evidence_type", other, wanted));
            }
        };
        let direction = match row.get(columns.direction) {
            "Supports" => "supports",
            "Does Not Support" => "doesNotSupport",
            "" | "N/A" => "",
            other => return Err(("evidence_direction", other, "Supports, Does Not Support, N/A")),
        };
        let interaction = match row.get(columns.interaction) {
            "" => "",
            "Combination" => "combination",
            "Substitutes" => "substitutes",
            "Sequential" => "sequential",
            other => {
                let wanted = "Combination Substitutes Sequential";
                return Err(("therapy_interaction_type", other, wanted));
            }
        };
        let significance = significance(row.get(columns.significance))?;
        Ok(Self { kind, direction, significance, strength, interaction })
    }
}

fn significance(word: &str) -> Result<&'static str, Wrong<'_>> {
    Ok(match word {
        "Sensitivity/Response" => "sensitivity",
        "Reduced Sensitivity" => "reducedSensitivity",
        "Resistance" => "resistance",
        "Adverse Response" => "adverseResponse",
        "Positive" => "positive",
        "Negative" => "negative",
        "Better Outcome" => "betterOutcome",
        "Poor Outcome" => "poorOutcome",
        "Predisposition" => "predisposition",
        "Protectiveness" => "protectiveness",
        "Oncogenicity" => "oncogenicity",
        "Gain of Function" => "gainOfFunction",
        "Loss of Function" => "lossOfFunction",
        "Dominant Negative" => "dominantNegative",
        "Neomorphic" => "neomorphic",
        "Unaltered Function" => "unalteredFunction",
        "Uncertain Significance" | "Unknown" => "uncertain",
        "" | "N/A" => "",
        other => {
            let wanted = "Sensitivity/Response, Resistance, Positive, Poor Outcome … (CIViC)";
            return Err(("significance", other, wanted));
        }
    })
}
