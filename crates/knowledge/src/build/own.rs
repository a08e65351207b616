//! Our own tables; the same that the starter release is made of.

use super::{Record, problems, source::Intake};
use crate::{
    biomarker::{Biomarker, Readability},
    level::from_word,
    release::files::Kind,
    table::{MissingColumnError, Row, Table},
};

type Read = Result<(), MissingColumnError>;

/// Evidence: `id gene biomarker tumour_codes drugs evidence_type significance direction strength references note_ja note_en`.
pub(super) fn evidence(intake: &mut Intake<'_>, table: Table<'_>) -> Read {
    let [id, gene, biomarker, codes, drugs, kind, significance, direction, strength, references] =
        table.columns([
            "id",
            "gene",
            "biomarker",
            "tumour_codes",
            "drugs",
            "evidence_type",
            "significance",
            "direction",
            "strength",
            "references",
        ])?;
    let (note_ja, note_en) = (table.optional("note_ja"), table.optional("note_en"));
    let (name, url) = (table.optional("tumour_name"), table.optional("url"));
    let width = table.width();
    for row in table {
        if !intake.has_width(&row, width, references + 1)
            || !has_text(intake, &row, &[(id, "id"), (biomarker, "biomarker")])
            || !intake.is_new(row.line, row.get(id))
        {
            continue;
        }
        if let Some((column, value, wanted)) =
            wrong_word(&row, kind, significance, direction, strength)
        {
            intake.skip(problems::wrong_value(row.line, column, value, wanted));
            continue;
        }
        let parsed = Biomarker::parse(row.get(biomarker), Some(row.get(gene)));
        if parsed.readability() == Readability::NotUnderstood {
            intake.note(problems::not_understood(row.line, row.get(biomarker)));
        }
        let regimens: Vec<&str> = row.list(drugs).collect();
        let interaction = if regimens.len() > 1 { "substitutes" } else { "" };
        intake.take(
            &Record::new(Kind::Evidence)
                .with("id", row.get(id))
                .with("gene", row.get(gene))
                .with("biomarker", row.get(biomarker))
                .with("tumour_name", row.text(name).unwrap_or_default())
                .with("tumour_codes", any_solid_when_empty(&row, codes))
                .with("drugs", row.get(drugs))
                .with("interaction", interaction)
                .with("evidence_type", row.get(kind))
                .with("direction", row.get(direction))
                .with("significance", row.get(significance))
                .with("strength", row.get(strength))
                .with("references", row.get(references))
                .with("url", row.text(url).unwrap_or_default())
                .with("note_ja", row.text(note_ja).unwrap_or_default())
                .with("note_en", row.text(note_en).unwrap_or_default()),
        );
    }
    Ok(())
}

fn wrong_word<'a>(
    row: &Row<'a>,
    kind: usize,
    significance: usize,
    direction: usize,
    strength: usize,
) -> Option<(&'static str, &'a str, &'static str)> {
    use model::evidence::{ClinicalSignificance, EvidenceDirection, EvidenceType, SourceStrength};
    let known = |at: usize, is: fn(&str) -> bool, may_be_empty: bool| {
        let word = row.get(at);
        is(word) || (may_be_empty && word.is_empty())
    };
    if !known(kind, |word| from_word::<EvidenceType>(word).is_some(), false) {
        let wanted = "predictive diagnostic prognostic predisposing oncogenic functional";
        return Some(("evidence_type", row.get(kind), wanted));
    }
    if !known(significance, |word| from_word::<ClinicalSignificance>(word).is_some(), true) {
        let wanted = "sensitivity resistance reducedSensitivity adverseResponse positive negative betterOutcome poorOutcome predisposition protectiveness oncogenicity gainOfFunction lossOfFunction …";
        return Some(("significance", row.get(significance), wanted));
    }
    if !known(direction, |word| from_word::<EvidenceDirection>(word).is_some(), true) {
        return Some(("direction", row.get(direction), "supports doesNotSupport"));
    }
    if !known(strength, |word| from_word::<SourceStrength>(word).is_some(), false) {
        let wanted = "validated clinical caseStudy preclinical inferential";
        return Some(("strength", row.get(strength), wanted));
    }
    None
}

/// Tumour types: `code name_en name_ja parent tissue doids haematological`.
pub(super) fn tumour_types(intake: &mut Intake<'_>, table: Table<'_>) -> Read {
    copy(
        intake,
        table,
        Kind::TumourTypes,
        &["code", "name_en", "name_ja", "parent", "tissue", "doids", "haematological"],
        &["code", "name_en"],
        &["code"],
    )
}

/// Drugs: `id name_en name_ja classes aliases`.
pub(super) fn drugs(intake: &mut Intake<'_>, table: Table<'_>) -> Read {
    copy(
        intake,
        table,
        Kind::Drugs,
        &["id", "name_en", "name_ja", "classes", "aliases"],
        &["id", "name_en"],
        &["id"],
    )
}

/// Genes: `symbol name_en name_ja role location aliases`.
pub(super) fn genes(intake: &mut Intake<'_>, table: Table<'_>) -> Read {
    copy(
        intake,
        table,
        Kind::Genes,
        &["symbol", "name_en", "name_ja", "role", "location", "aliases"],
        &["symbol"],
        &["symbol"],
    )
}

/// Panels: `name version kind sample test_type genes aliases note`.
pub(super) fn panels(intake: &mut Intake<'_>, table: Table<'_>) -> Read {
    copy(
        intake,
        table,
        Kind::Panels,
        &["name", "version", "kind", "sample", "test_type", "genes", "aliases", "note"],
        &["name"],
        &["name", "version"],
    )
}

/// Secondary-finding genes: `gene condition_en condition_ja zygosity note`.
pub(super) fn secondary_findings(intake: &mut Intake<'_>, table: Table<'_>) -> Read {
    copy(
        intake,
        table,
        Kind::SecondaryFindings,
        &["gene", "condition_en", "condition_ja", "zygosity", "note"],
        &["gene", "condition_en", "zygosity"],
        &["gene"],
    )
}

/// Hotspots: `gene codon kind note`; the codon may be a range such as `746-750`.
pub(super) fn hotspots(intake: &mut Intake<'_>, table: Table<'_>) -> Read {
    let [gene, codon, kind] = table.columns(["gene", "codon", "kind"])?;
    let note = table.optional("note");
    let width = table.width();
    for row in table {
        if !intake.has_width(&row, width, kind + 1) || !has_text(intake, &row, &[(gene, "gene")]) {
            continue;
        }
        let (first, last) =
            row.get(codon).split_once('-').unwrap_or((row.get(codon), row.get(codon)));
        let valid = |number: &str| number.parse::<u32>().is_ok_and(|number| number > 0);
        if !valid(first) || !valid(last) {
            let problem = problems::wrong_value(row.line, "codon", row.get(codon), "12, 746-750");
            intake.skip(problem);
            continue;
        }
        intake.take(
            &Record::new(Kind::Hotspots)
                .with("gene", row.get(gene))
                .with("first", first)
                .with("last", last)
                .with("kind", row.get(kind))
                .with("note", row.text(note).unwrap_or_default()),
        );
    }
    Ok(())
}

/// Approvals: `drug region tumour_codes biomarker approved note`.
pub(super) fn approvals(intake: &mut Intake<'_>, table: Table<'_>) -> Read {
    let [drug, region, codes, biomarker, approved] =
        table.columns(["drug", "region", "tumour_codes", "biomarker", "approved"])?;
    let note = table.optional("note");
    let width = table.width();
    for row in table {
        if !intake.has_width(&row, width, biomarker + 1)
            || !has_text(intake, &row, &[(drug, "drug"), (region, "region")])
        {
            continue;
        }
        let text = row.get(biomarker);
        if !text.is_empty()
            && Biomarker::parse(text, None).readability() == Readability::NotUnderstood
        {
            intake.note(problems::not_understood(row.line, text));
        }
        intake.take(
            &Record::new(Kind::Approvals)
                .with("drug", row.get(drug))
                .with("region", row.get(region))
                .with("tumour_codes", any_solid_when_empty(&row, codes))
                .with("biomarker", text)
                .with("approved", row.get(approved))
                .with("note", row.text(note).unwrap_or_default()),
        );
    }
    Ok(())
}

/// An empty cell, or one that only leaves types out, means all solid tumours.
fn any_solid_when_empty(row: &Row<'_>, codes: usize) -> String {
    let codes: Vec<&str> = row.list(codes).collect();
    if codes.iter().all(|code| code.starts_with('!')) {
        let mut all = vec!["*solid"];
        all.extend(codes);
        return all.join("|");
    }
    codes.join("|")
}

/// Copies columns of the same names.
fn copy(
    intake: &mut Intake<'_>,
    table: Table<'_>,
    kind: Kind,
    columns: &[&'static str],
    needed: &[&'static str],
    key: &[&'static str],
) -> Read {
    let mut places = Vec::new();
    for name in columns {
        match table.optional(name) {
            Some(place) => places.push((*name, place)),
            None if needed.contains(name) => return Err(MissingColumnError((*name).to_owned())),
            None => {}
        }
    }
    let place_of = |name: &str| places.iter().find(|(column, _)| *column == name).map(|p| p.1);
    let needed: Vec<(usize, &str)> =
        needed.iter().filter_map(|name| Some((place_of(name)?, *name))).collect();
    let key: Vec<usize> = key.iter().filter_map(|name| place_of(name)).collect();
    let least = needed.iter().map(|(place, _)| place + 1).max().unwrap_or(1);
    let width = table.width();
    for row in table {
        let identity: Vec<&str> = key.iter().map(|place| row.get(*place)).collect();
        if !intake.has_width(&row, width, least)
            || !has_text(intake, &row, &needed)
            || !intake.is_new(row.line, &identity.join(" "))
        {
            continue;
        }
        let mut record = Record::new(kind);
        let mut wrong = None;
        for (name, place) in &places {
            let value = row.get(*place);
            if let Some(wanted) = wanted_words(name, value) {
                wrong = Some(problems::wrong_value(row.line, name, value, wanted));
            }
            record = record.with(name, value);
        }
        match wrong {
            Some(problem) => intake.skip(problem),
            None => intake.take(&record),
        }
    }
    Ok(())
}

/// Returns the words that a column may have when the value is none of them.
fn wanted_words(column: &str, value: &str) -> Option<&'static str> {
    let (allowed, shown): (&[&str], _) = match column {
        "role" => (&["", "oncogene", "tumourSuppressor", "both"], "oncogene tumourSuppressor both"),
        "zygosity" => (&["monoallelic", "biallelic"], "monoallelic biallelic"),
        "haematological" => (&["", "true", "false"], "true false"),
        _ => return None,
    };
    (!allowed.contains(&value)).then_some(shown)
}

fn has_text(intake: &mut Intake<'_>, row: &Row<'_>, columns: &[(usize, &str)]) -> bool {
    let empty = columns.iter().find(|(place, _)| row.get(*place).is_empty());
    if let Some((_, name)) = empty {
        intake.skip(problems::empty_value(row.line, name));
    }
    empty.is_none()
}
