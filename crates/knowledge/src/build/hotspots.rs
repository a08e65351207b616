//! Hotspots: Cancer Hotspots (residues, with 3D ones; or one variant a line), or our own table.

use std::collections::BTreeMap;

use model::hgvs::protein::ProteinChange;

use super::{Record, own, problems, source::Intake};
use crate::{
    release::files::Kind,
    table::{MissingColumnError, Table},
};

pub(super) fn read(intake: &mut Intake<'_>, text: &str) -> Result<(), MissingColumnError> {
    if variants(intake, text) {
        return Ok(());
    }
    let table = Table::read(text);
    if table.optional("hugo_symbol").is_some() {
        return residues(intake, table);
    }
    if table.optional("codon").is_some() {
        return own::hotspots(intake, table);
    }
    Err(MissingColumnError("hugo_symbol".to_owned()))
}

/// Reads the table without header that has one variant a line: chromosome, position, reference, alternate,
/// gene, class, amino-acid change. Returns whether it is one.
fn variants(intake: &mut Intake<'_>, text: &str) -> bool {
    const COLUMNS: usize = 7;
    let cells = |line: &'_ str| line.split('\t').map(str::to_owned).collect::<Vec<_>>();
    let is_record = |cells: &[String]| {
        cells.len() >= COLUMNS && cells.get(1).is_some_and(|cell| cell.parse::<u64>().is_ok())
    };
    if !text.lines().next().is_some_and(|line| is_record(&cells(line))) {
        return false;
    }
    let mut rows = std::collections::BTreeSet::new();
    for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let line_number = at as u64 + 1;
        let cells = cells(line);
        if !is_record(&cells) {
            intake.skip(problems::wrong_width(line_number, cells.len(), COLUMNS + 1));
            continue;
        }
        let cell = |at: usize| cells.get(at).map_or("", |cell| cell.trim());
        let (gene, class, change) = (cell(4), cell(5), cell(6));
        let Ok(parsed) = change.parse::<ProteinChange>() else {
            intake.skip(problems::wrong_value(line_number, "7", change, "V600E"));
            continue;
        };
        let (first, last) = parsed.codons();
        let kind = match class {
            "DEL" | "INS" => "inframe",
            "Nonsense_Mutation" => "nonsense",
            "Splice_Site" => "splice",
            _ => "missense",
        };
        rows.insert((gene.to_owned(), first, last, kind));
    }
    for (gene, first, last, kind) in rows {
        intake.take(
            &Record::new(Kind::Hotspots)
                .with("gene", gene)
                .with("first", first.to_string())
                .with("last", last.to_string())
                .with("kind", kind),
        );
    }
    true
}

/// Reads the table with one residue or stretch of residues a line.
fn residues(intake: &mut Intake<'_>, table: Table<'_>) -> Result<(), MissingColumnError> {
    let [gene, position, kind] = table.columns(["hugo_symbol", "amino_acid_position", "type"])?;
    let (tumours, transcript) = (table.optional("tumor_count"), table.optional("transcript_id"));
    let width = table.width();
    let mut rows: BTreeMap<(String, u32, u32, &'static str), (u64, String)> = BTreeMap::new();
    for row in table {
        if !intake.has_width(&row, width, position + 1) {
            continue;
        }
        // The stop codon's row is written `*418`.
        let text = row.get(position).trim_start_matches('*');
        let (first, last) = text.split_once('-').unwrap_or((text, text));
        let codon = |number: &str| number.parse::<u32>().ok().filter(|number| *number > 0);
        let (Some(first), Some(last)) = (codon(first), codon(last)) else {
            intake.skip(problems::wrong_value(
                row.line,
                "amino_acid_position",
                text,
                "12, 746-750",
            ));
            continue;
        };
        let kind = match row.get(kind) {
            "in-frame indel" => "inframe",
            "splice site" => "splice",
            "3d" => "3d",
            _ => "missense",
        };
        if row.get(gene).is_empty() {
            intake.skip(problems::empty_value(row.line, "hugo_symbol"));
            continue;
        }
        let count = row.text(tumours).and_then(|count| count.parse::<f64>().ok());
        let count = count.filter(|count| *count >= 0.0).map_or(0, |count| count as u64);
        let note = row.text(transcript).unwrap_or_default().to_owned();
        let entry = rows.entry((row.get(gene).to_owned(), first, last, kind)).or_insert((0, note));
        entry.0 = entry.0.max(count);
    }
    for ((gene, first, last, kind), (tumours, note)) in rows {
        let tumours = if tumours == 0 { String::new() } else { tumours.to_string() };
        intake.take(
            &Record::new(Kind::Hotspots)
                .with("gene", gene)
                .with("first", first.to_string())
                .with("last", last.to_string())
                .with("kind", kind)
                .with("tumours", tumours)
                .with("note", note),
        );
    }
    Ok(())
}
