//! The markers that a tumour's organ asks for.

use model::{catalogue::Catalogue, clinical_record::RecordReader};

use super::Sheet;

pub(super) fn fill(sheet: &mut Sheet<'_>) {
    let catalogue = Catalogue::get();
    for section in catalogue.sections() {
        let applies = RecordReader::new(&sheet.record).section_applies(section.code);
        if !applies || !section.code.starts_with("marker_") {
            continue;
        }
        for item in catalogue.items_of_section(section.code) {
            let result = match item.list {
                Some("marker_result") => {
                    sheet.pick(&[("positive", 15), ("negative", 55), ("unknown", 30)])
                }
                Some("her2_ihc") => {
                    sheet.pick(&[("0", 40), ("1+", 30), ("2+", 12), ("3+", 10), ("unknown", 8)])
                }
                _ => continue,
            };
            sheet.put(item.code, result);
            let method = catalogue
                .items_of_section(section.code)
                .find(|other| other.code.strip_suffix("_method") == Some(item.code));
            if let Some(method) = method.filter(|_| result != "unknown") {
                let word = sheet.pick(&[("pcr", 40), ("sequencing", 40), ("other", 20)]);
                sheet.put(method.code, word);
            }
        }
    }
    if RecordReader::new(&sheet.record).meaning("lung_egfr") == Some("positive") {
        let kind = sheet.pick(&[("exon19_deletion", 45), ("l858r", 45), ("exon20", 10)]);
        sheet.put("lung_egfr_type", kind);
    }
}
