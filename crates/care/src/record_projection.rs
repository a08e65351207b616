//! What the findings report must know of a patient, taken from the clinical record.
//!
//! One entry, many uses: whoever fills the record need not tell the report the same again. A field that is
//! contested, or whose value cannot be read, leaves what the case says as it is.

use model::{
    case::{PatientCase, Sex},
    catalogue::Catalogue,
    clinical_record::{CellAddress, CellValue, ClinicalRecord, RecordReader},
    text::Language,
    tumour::TumourTypeCode,
};

/// Items of the record that a case's document is made of.
const ITEMS: [&str; 10] = [
    "sex",
    "age",
    "tumour_type",
    "pathological_diagnosis",
    "performance_status",
    "sampling_organ",
    "specimen_kind",
    "specimen_collected",
    "tumour_content",
    "registered",
];

/// Returns the case's document with what the record says.
///
/// `settled` tells whether somebody entered something into an item and nobody contests it; only such an item
/// may empty what the case says.
pub fn project(
    document: &PatientCase,
    record: &ClinicalRecord,
    settled: impl Fn(&str) -> bool,
) -> PatientCase {
    let mut projected = document.clone();
    for item in ITEMS.into_iter().filter(|item| settled(item)) {
        match record.value(item) {
            None => clear(&mut projected, item),
            Some(_) => set(&mut projected, &RecordReader::new(record), item),
        }
    }
    projected
}

/// Returns the entries that would make the record say what the case's document says.
pub fn entries_of(document: &PatientCase) -> Vec<(CellAddress, CellValue)> {
    let code_of = |item: &str, meaning: &str| {
        let catalogue = Catalogue::get();
        let list = catalogue.lists().list(catalogue.item(item)?.list?)?;
        list.code_of(meaning).map(|code| code.code.to_string())
    };
    let sex = document.sex.and_then(|sex| {
        let meaning = match sex {
            Sex::Female => "female",
            Sex::Male => "male",
            Sex::Other => "other",
        };
        code_of("sex", meaning)
    });
    let day = |day: Option<chrono::NaiveDate>| day.map(|day| day.to_string());
    let values = [
        ("sex", sex),
        ("age", document.age_years.map(|age| age.to_string())),
        ("tumour_type", document.tumour_type.as_ref().map(|code| code.as_str().to_owned())),
        ("pathological_diagnosis", document.diagnosis.clone()),
        ("performance_status", document.performance_status.map(|grade| grade.to_string())),
        ("specimen_collected", day(document.specimen_collected)),
        ("tumour_content", document.tumour_content_percent.map(|percent| percent.to_string())),
        ("registered", day(document.registered)),
    ];
    values
        .into_iter()
        .filter_map(|(item, value)| Some((CellAddress::single(item), CellValue::written(value?))))
        .collect()
}

fn clear(document: &mut PatientCase, item: &str) {
    match item {
        "sex" => document.sex = None,
        "age" => document.age_years = None,
        "tumour_type" => document.tumour_type = None,
        "pathological_diagnosis" => document.diagnosis = None,
        "performance_status" => document.performance_status = None,
        "sampling_organ" => document.specimen_site = None,
        "specimen_kind" => document.specimen_kind = None,
        "specimen_collected" => document.specimen_collected = None,
        "tumour_content" => document.tumour_content_percent = None,
        "registered" => document.registered = None,
        _ => {}
    }
}

fn set(document: &mut PatientCase, reader: &RecordReader<'_>, item: &str) {
    let written = || reader.record.value(item).map(|value| value.written.trim().to_owned());
    let exact = || reader.day(item).filter(|day| day.is_exact()).map(|day| day.first);
    let whole = |most: f64| {
        let number = reader.number(item)?;
        // A whole number within the bounds of the field.
        (number.fract() == 0.0 && (0.0..=most).contains(&number)).then_some(number as u16)
    };
    match item {
        "sex" => match reader.meaning(item) {
            Some("female") => document.sex = Some(Sex::Female),
            Some("male") => document.sex = Some(Sex::Male),
            Some("other") => document.sex = Some(Sex::Other),
            _ => {}
        },
        "age" => document.age_years = whole(150.0).or(document.age_years),
        "tumour_type" => document.tumour_type = written().map(|code| TumourTypeCode::new(&code)),
        "pathological_diagnosis" => document.diagnosis = written(),
        "performance_status" => match reader.meaning(item).map(str::parse::<u8>) {
            Some(Ok(grade)) if grade <= 4 => document.performance_status = Some(grade),
            Some(Err(_)) => document.performance_status = None,
            _ => {}
        },
        "sampling_organ" => document.specimen_site = label(reader, item).or_else(written),
        "specimen_kind" => document.specimen_kind = label(reader, item).or_else(written),
        "specimen_collected" => {
            document.specimen_collected = exact().or(document.specimen_collected);
        }
        "tumour_content" => {
            let percent = whole(100.0).and_then(|percent| u8::try_from(percent).ok());
            document.tumour_content_percent = percent.or(document.tumour_content_percent);
        }
        "registered" => document.registered = exact().or(document.registered),
        _ => {}
    }
}

fn label(reader: &RecordReader<'_>, item: &str) -> Option<String> {
    let list = Catalogue::get().item(item)?.list?;
    let code = reader.record.value(item)?.written.trim();
    reader.lists.label(list, code, Language::Ja).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(cells: &[(&str, &str)]) -> ClinicalRecord {
        let mut record = ClinicalRecord::default();
        for (item, value) in cells {
            record.set(&CellAddress::single(*item), Some(CellValue::written(*value)));
        }
        record
    }

    #[test]
    fn every_projected_item_is_in_the_catalogue() {
        for item in ITEMS {
            assert!(Catalogue::get().item(item).is_some(), "{item}");
        }
    }

    #[test]
    fn what_the_record_says_reaches_the_case() {
        let before = PatientCase { reference: "R".to_owned(), ..PatientCase::default() };
        let said = record(&[
            ("sex", "2"),
            ("age", "64"),
            ("tumour_type", "LUAD"),
            ("performance_status", "1"),
            ("specimen_collected", "2026-10-02"),
            ("tumour_content", "140"),
        ]);
        let after = project(&before, &said, |_| true);
        assert_eq!(after.sex, Some(Sex::Female));
        assert_eq!((after.age_years, after.performance_status), (Some(64), Some(1)));
        assert_eq!(after.tumour_type, Some(TumourTypeCode::new("LUAD")));
        assert_eq!(after.specimen_collected, chrono::NaiveDate::from_ymd_opt(2026, 10, 2));
        assert_eq!(after.tumour_content_percent, None, "140 per cent is no share");
    }

    #[test]
    fn what_was_not_entered_stays_and_what_was_emptied_goes() {
        let before = PatientCase {
            reference: "R".to_owned(),
            age_years: Some(50),
            diagnosis: Some("x".to_owned()),
            ..PatientCase::default()
        };
        let after = project(&before, &record(&[]), |item| item == "pathological_diagnosis");
        assert_eq!((after.age_years, after.diagnosis), (Some(50), None));
    }

    #[test]
    fn taking_over_and_projecting_again_changes_nothing() {
        let case = PatientCase {
            reference: "R".to_owned(),
            age_years: Some(50),
            sex: Some(Sex::Male),
            performance_status: Some(0),
            diagnosis: Some("腺癌".to_owned()),
            tumour_type: Some(TumourTypeCode::new("COAD")),
            ..PatientCase::default()
        };
        let mut said = ClinicalRecord::default();
        for (address, value) in entries_of(&case) {
            said.set(&address, Some(value));
        }
        assert_eq!(project(&case, &said, |item| said.value(item).is_some()), case);
    }
}
