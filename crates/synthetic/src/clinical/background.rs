//! Who the patient is, the specimen, the tumour.

use chrono::NaiveDate;
use model::{case::PatientCase, catalogue::Catalogue};

use super::{Course, HORIZON, Sheet, before, is_plasma, sex};
use crate::patient::Profile;

/// Organ of a specimen, by the first level of OncoTree; meanings of the list of organs.
const ORGANS: [(&str, &str); 17] = [
    ("LUNG", "lung"),
    ("BREAST", "breast"),
    ("BOWEL", "colon"),
    ("STOMACH", "stomach"),
    ("PANCREAS", "pancreas"),
    ("LIVER", "liver"),
    ("BILIARY_TRACT", "gallbladder"),
    ("OVARY", "ovary"),
    ("UTERUS", "uterus"),
    ("CERVIX", "cervix"),
    ("PROSTATE", "prostate"),
    ("KIDNEY", "kidney"),
    ("BLADDER", "bladder"),
    ("SKIN", "skin"),
    ("THYROID", "thyroid"),
    ("BRAIN", "brain"),
    ("BONE", "bone"),
];

/// Where tumours spread to.
const SITES: [&str; 6] = ["liver", "lung", "bone", "brain", "lymph_node", "peritoneum"];

/// Relatives and their cancers.
const RELATIVES: [(&str, u64); 5] =
    [("father", 25), ("mother", 25), ("sibling", 25), ("grandparent", 20), ("aunt_uncle", 5)];
const FAMILY_CANCERS: [(&str, u64); 6] =
    [("stomach", 25), ("colon", 20), ("lung", 20), ("breast", 15), ("pancreas", 10), ("liver", 10)];

pub(super) fn fill(sheet: &mut Sheet<'_>, case: &PatientCase, profile: &Profile) -> Course {
    let registered = case.registered.or(HORIZON).unwrap_or(NaiveDate::MIN);
    let age_years = u64::from(case.age_years.unwrap_or(60));
    let course =
        Course { diagnosed: diagnosed(sheet, case, registered, age_years), registered, age_years };
    identify(sheet, case, profile, &course);
    habits(sheet, &course, case);
    relatives_and_other_cancers(sheet);
    specimen(sheet, case, profile);
    metastases(sheet, case, profile);
    course
}

/// Draws a day of diagnosis before the specimen was taken and after the patient was born.
fn diagnosed(
    sheet: &mut Sheet<'_>,
    case: &PatientCase,
    registered: NaiveDate,
    age_years: u64,
) -> NaiveDate {
    let taken = case.specimen_collected.unwrap_or(registered);
    let most = (age_years * 300).min(1_200);
    before(taken, sheet.draw.below(most.max(1)))
}

fn identify(sheet: &mut Sheet<'_>, case: &PatientCase, profile: &Profile, course: &Course) {
    if let Some(hospital) = &case.hospital {
        sheet.put("facility_id", hospital.as_str());
    }
    sheet.put("registration_id", case.reference.as_str());
    sheet.put("hash_id", format!("HASH-{}", case.reference).as_str());
    sheet.put("sex", sex(case));
    sheet.put("age", course.age_years);
    sheet.put("registered_before", "no");
    sheet.put("tumour_type", profile.tumour.code);
    sheet.put("tumour_type_version", "2025_10_03");
    if let Some(organ) = Catalogue::get().organ_of(profile.tumour.code) {
        sheet.put("tumour_level1", organ);
    }
    sheet.put("childhood_cancer", "no");
    sheet.put("registered", course.registered);
    sheet.put("pathological_diagnosis", profile.tumour.diagnosis);
    sheet.put("clinical_diagnosis", profile.tumour.diagnosis);
    sheet.put("diagnosed", course.diagnosed);
    sheet.put("test_category", "insured");
    sheet.put("panel", "other");
    sheet.put("test_kind_other", profile.panel.name);
}

fn habits(sheet: &mut Sheet<'_>, course: &Course, case: &PatientCase) {
    let smoked = course.age_years > 22 && sheet.draw.happens(430);
    sheet.put("smoking", if smoked { "yes" } else { "no" });
    if smoked {
        let years = sheet.draw.between(1, course.age_years - 20);
        sheet.put("smoking_years", years);
        let cigarettes = sheet.draw.between(1, 8) * 5;
        sheet.put("smoking_per_day", cigarettes);
    }
    let alcohol = sheet.pick(&[("no", 80), ("yes", 12), ("unknown", 8)]);
    sheet.put("alcohol", alcohol);
    // A worse state would be told by a check; hardly anyone with one is tested.
    let status = case.performance_status.map_or(1, |status| u64::from(status.min(2)));
    sheet.put("performance_status", status);
}

fn relatives_and_other_cancers(sheet: &mut Sheet<'_>) {
    let other = sheet.draw.happens(90);
    sheet.put("other_organ_cancer", if other { "yes" } else { "no" });
    if other {
        let site = sheet.pick(&FAMILY_CANCERS);
        sheet.put_in(("other_cancer", 0), "other_cancer_site", site);
        sheet.put_in(("other_cancer", 0), "other_cancer_activity", "inactive");
    }
    sheet.put("same_organ_cancer", "no");
    let known = sheet.pick(&[("yes", 45), ("no", 50), ("unknown", 5)]);
    sheet.put("family_history", known);
    if known == "yes" {
        for row in 0..=u32::from(sheet.draw.happens(400)) {
            let row = ("family_member", row);
            let decade = sheet.draw.between(3, 8) * 10;
            sheet.put_in(row, "family_age", decade);
            let cancer = sheet.pick(&FAMILY_CANCERS);
            sheet.put_in(row, "family_cancer", cancer);
            let relative = sheet.pick(&RELATIVES);
            sheet.put_in(row, "family_relationship", relative);
        }
    }
}

fn specimen(sheet: &mut Sheet<'_>, case: &PatientCase, profile: &Profile) {
    let from_metastasis = case.specimen_site.as_deref() == Some("転移巣");
    let haematological = profile.tumour.haematological;
    let kind = match (is_plasma(profile), haematological) {
        (true, _) => "plasma",
        (false, true) => "bone_marrow",
        (false, false) => "ffpe",
    };
    sheet.put("specimen_kind", kind);
    if let Some(taken) = case.specimen_collected {
        sheet.put("specimen_collected", taken);
    }
    if let Some(content) = case.tumour_content_percent {
        sheet.put("tumour_content", u64::from(content));
    }
    let method = match kind {
        "ffpe" => sheet.pick(&[("biopsy", 55), ("surgery", 45)]),
        "plasma" => "blood_draw",
        _ => "biopsy",
    };
    sheet.put("sampling_method", method);
    let site = match (kind, from_metastasis) {
        ("plasma", _) => "unknown",
        (_, true) => "metastasis",
        (_, false) => "primary",
    };
    sheet.put("sampling_site", site);
    let level = Catalogue::get().organ_of(profile.tumour.code);
    let organ = ORGANS.iter().find(|(organ, _)| Some(*organ) == level).map(|(_, site)| *site);
    match (kind, organ) {
        ("ffpe", Some(organ)) if !from_metastasis => sheet.put("sampling_organ", organ),
        ("bone_marrow", _) => sheet.put("sampling_organ", "bone_marrow"),
        _ => {
            sheet.put("sampling_organ", "other");
            let site = case.specimen_site.as_deref().unwrap_or("不明");
            sheet.put("sampling_organ_other", site);
        }
    }
    let failed = sheet.draw.happens(30);
    sheet.put("test_failed", if failed { "yes" } else { "no" });
    if failed {
        let reason = sheet.pick(&[("low_tumour_content", 50), ("low_dna", 30), ("degraded", 20)]);
        sheet.put("test_failure_reason", reason);
    }
}

fn metastases(sheet: &mut Sheet<'_>, case: &PatientCase, profile: &Profile) {
    if profile.tumour.haematological {
        sheet.put("metastasis", "no");
        return;
    }
    let from_metastasis = case.specimen_site.as_deref() == Some("転移巣");
    let spread = from_metastasis || sheet.draw.happens(720);
    sheet.put("metastasis", if spread { "yes" } else { "no" });
    if !spread {
        return;
    }
    let first = sheet.draw.below(SITES.len() as u64) as usize;
    let count = sheet.draw.between(1, 3) as usize;
    for (row, site) in SITES.iter().cycle().skip(first).take(count).enumerate() {
        let row = u32::try_from(row).unwrap_or_default();
        sheet.put_in(("metastasis_site", row), "metastasis_site", *site);
    }
}
