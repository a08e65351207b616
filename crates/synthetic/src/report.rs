//! Draws what the findings report of a synthetic patient says, as the portal's report CSV has it.
//!
//! The alterations are those of the same patient's result, as far as it reports them. Evidence is left empty: which
//! there is, a knowledge release says, and an invented one would be taken for it.

use chrono::Datelike;
use model::clinical_record::{CellAddress, CellValue, ClinicalRecord, RowId};
use serde_json::Value;

use crate::{clinical::cell_of_meaning, draw::Draw, patient_of, result, tables::Tables};

/// The repeated block of alterations.
const ALTERATION: &str = "alteration";

/// Returns the findings report of the patient of one number (from 0), who is that of [`crate::nation`].
///
/// ```
/// let (report, case) = (synthetic::report_record(1, 0), synthetic::nation(1, 1).next().unwrap().case);
/// assert_eq!(report.value("registration_id").unwrap().written, case.reference);
/// ```
pub fn report_record(seed: u64, index: u64) -> ClinicalRecord {
    let tables = Tables::get();
    let mut draw = Draw::new(seed, index);
    let (case, profile) = patient_of(&mut draw, seed, index);
    let document = result::draw(&mut draw, tables, &profile, &case.reference);
    let mut report = Report::default();
    report.put("facility_id", case.hospital.clone());
    report.put("registration_id", Some(case.reference.clone()));
    report.put("hash_id", Some(format!("HASH-{}", case.reference)));
    report.put("report_tumour", case.diagnosis.clone());
    report.put("report_tumour_lowest", case.tumour_type.as_ref().map(ToString::to_string));
    report.put("report_panel", Some(profile.panel.name.to_owned()));
    report.put("report_age_years", case.age_years.map(|age| age.to_string()));
    let taken = case.specimen_collected;
    let day = |day: chrono::NaiveDate| format!("{}/{}/{}", day.year(), day.month(), day.day());
    report.put("report_specimen_collected", taken.map(day));
    let variants = &document["variants"];
    reported(&variants["shortVariants"]).for_each(|variant| report.short_variant(variant));
    reported(&variants["copyNumberAlterations"]).for_each(|variant| report.copy_number(variant));
    reported(&variants["rearrangements"]).for_each(|variant| report.fusion(variant, profile.rna));
    reported(&document["otherBiomarkers"]).for_each(|marker| report.marker(marker));
    report.counts();
    report.record
}

fn reported(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten().filter(|one| one["reported"] == true)
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A report while it is filled.
#[derive(Default)]
struct Report {
    record: ClinicalRecord,
    rows: u32,
    somatic: u32,
    germline: u32,
    short_somatic: u32,
    copies: u32,
    rearranged: u32,
    fused: u32,
    markers: u32,
}

impl Report {
    fn put(&mut self, item: &'static str, written: Option<String>) {
        if let Some(written) = written {
            self.record.set(&CellAddress::single(item), Some(cell_of_meaning(item, &written)));
        }
    }

    /// Adds a row of what is written of an alteration.
    fn row<const N: usize>(&mut self, cells: [(&'static str, Option<String>); N]) {
        let row = RowId::numbered(self.rows);
        self.rows += 1;
        for (item, written) in cells {
            if let Some(written) = written {
                let address = CellAddress::in_row(ALTERATION, row, item);
                self.record.set(&address, Some(CellValue::written(written)));
            }
        }
    }

    /// Counts an alteration by its origin, and returns how the report writes that.
    fn origin(&mut self, variant: &Value) -> Option<String> {
        if variant["variantOrigin"] == "germline" {
            self.germline += 1;
            Some("Germline".to_owned())
        } else {
            self.somatic += 1;
            Some("Somatic".to_owned())
        }
    }

    fn short_variant(&mut self, variant: &Value) {
        let origin = self.origin(variant);
        self.short_somatic += u32::from(origin.as_deref() == Some("Somatic"));
        let transcript = &variant["transcripts"][0];
        let (depth, share) = (&variant["totalReadDepth"], &variant["alternateAlleleFrequency"]);
        let change =
            text(&transcript["aminoAcidsChange"]).or_else(|| text(&transcript["cdsChange"]));
        self.row([
            ("alteration_kind", Some("small_scale_variant".to_owned())),
            ("alteration_origin", origin),
            ("alteration_nucleic_acid", Some("DNA".to_owned())),
            ("alteration_marker", text(&transcript["geneSymbol"])),
            ("alteration_change", change),
            (
                "alteration_allele_frequency",
                Some(format!("{share} ({}/{depth})", variant["alternateAlleleReadDepth"])),
            ),
            ("alteration_transcript", text(&transcript["transcriptId"])),
            ("alteration_gene", text(&transcript["geneSymbol"])),
            ("alteration_chromosome", text(&variant["chromosome"])),
            ("alteration_position", text(&variant["position"])),
            ("alteration_reference", text(&variant["referenceAllele"])),
            ("alteration_alternate", text(&variant["alternateAllele"])),
        ]);
    }

    fn copy_number(&mut self, variant: &Value) {
        self.copies += 1;
        let gene = text(&variant["transcripts"][0]["geneSymbol"]);
        let origin = self.origin(variant);
        self.row([
            ("alteration_kind", Some("copy_number_alteration".to_owned())),
            ("alteration_origin", origin),
            ("alteration_nucleic_acid", Some("DNA".to_owned())),
            ("alteration_marker", gene.clone()),
            ("alteration_change", text(&variant["copyNumberAlterationType"])),
            ("alteration_copy_number", text(&variant["copyNumberMetrics"][0]["value"])),
            ("alteration_gene", gene),
            ("alteration_chromosome", text(&variant["chromosome"])),
        ]);
    }

    fn fusion(&mut self, variant: &Value, of_rna: bool) {
        let (count, acid) =
            if of_rna { (&mut self.fused, "RNA") } else { (&mut self.rearranged, "DNA") };
        *count += 1;
        let origin = self.origin(variant);
        self.row([
            ("alteration_kind", Some("fusion".to_owned())),
            ("alteration_origin", origin),
            ("alteration_nucleic_acid", Some(acid.to_owned())),
            ("alteration_marker", text(&variant["rearrangementNames"][0])),
            ("alteration_change", Some("fusion".to_owned())),
            ("alteration_reads", text(&variant["supportingReadCount"])),
        ]);
    }

    /// Writes a marker of the whole genome, which has a column of its own beside its row.
    fn marker(&mut self, marker: &Value) {
        self.markers += 1;
        let (value, state) = (&marker["biomarkerMetrics"][0]["value"], &marker["state"]);
        let state = state.as_str().unwrap_or_default();
        let (item, written) = match marker["biomarkerType"].as_str() {
            Some("TMB") => ("report_tmb", format!("{value}Muts/Mb")),
            Some("MSI") => ("report_msi", state.to_owned()),
            _ => ("report_loh", state.to_owned()),
        };
        self.put(item, Some(written));
        self.row([
            ("alteration_kind", Some("other_biomarker".to_owned())),
            ("alteration_marker", text(&marker["biomarkerType"])),
        ]);
    }

    fn counts(&mut self) {
        let short_germline = self.germline;
        for (item, count) in [
            ("somatic_count", self.somatic),
            ("germline_count", self.germline),
            ("dna_somatic_short_count", self.short_somatic),
            ("dna_somatic_copy_number_count", self.copies),
            ("dna_somatic_rearrangement_count", self.rearranged),
            ("dna_germline_short_count", short_germline),
            ("rna_fusion_count", self.fused),
            ("biomarker_count", self.markers),
        ] {
            self.put(item, Some(count.to_string()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_has_the_alterations_that_its_result_reports() {
        let mut alterations = 0;
        for (index, case) in crate::nation(3, 200).enumerate() {
            let report = report_record(3, index as u64);
            let result: Value = match serde_json::from_slice(&case.cats_json) {
                Ok(result) if case.flaw.is_none() => result,
                _ => continue,
            };
            let expected: usize = ["shortVariants", "copyNumberAlterations", "rearrangements"]
                .iter()
                .map(|kind| reported(&result["variants"][kind]).count())
                .sum();
            let rows = report
                .rows(ALTERATION)
                .filter(|(_, row)| row["alteration_kind"].written != "other_biomarker");
            assert_eq!(rows.count(), expected, "{}", case.case.reference);
            let counted =
                |item: &str| report.value(item).unwrap().written.parse::<usize>().unwrap();
            assert_eq!(counted("somatic_count") + counted("germline_count"), expected);
            alterations += expected;
        }
        assert!(alterations > 100, "{alterations}");
    }
}
