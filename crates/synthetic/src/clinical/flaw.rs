//! Spoils a few records on purpose, so that checks have something to find.

use model::clinical_record::{CellAddress, CellValue, ClinicalRecord, RecordReader, RowId};

use crate::draw::Draw;

/// What is spoilt in a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RecordFlaw {
    /// The patient died before the last contact.
    DeathBeforeLastContact,
    /// The sex does not go with the organ.
    OtherSex,
    /// A regimen ends before it begins.
    EndBeforeStart,
    /// The tumour cell content is above 100 per cent.
    ContentAboveHundred,
    /// A date cannot be read.
    DateInWords,
    /// The patient never smoked, for more years than none.
    SmokingDenied,
}

impl RecordFlaw {
    /// All flaws.
    pub const ALL: [Self; 6] = [
        Self::DeathBeforeLastContact,
        Self::OtherSex,
        Self::EndBeforeStart,
        Self::ContentAboveHundred,
        Self::DateInWords,
        Self::SmokingDenied,
    ];

    /// Returns the code of the check that finds it.
    pub fn check_code(self) -> &'static str {
        match self {
            Self::DeathBeforeLastContact => "record.outcome.died_before_last_contact",
            Self::OtherSex => "record.tumour.organ_of_women",
            Self::EndBeforeStart => "record.therapy.end_before_start",
            Self::ContentAboveHundred => "record.value.range",
            Self::DateInWords => "record.value.unreadable",
            Self::SmokingDenied => "record.background.smoking_denied",
        }
    }

    /// Draws a flaw: four records in a hundred may get one.
    pub(super) fn draw(draw: &mut Draw) -> Option<Self> {
        if !draw.happens(40) {
            return None;
        }
        draw.weighted(&Self::ALL, |_| 1).copied()
    }

    /// Spoils a record; returns whether it could be.
    pub(super) fn spoil(self, record: &mut ClinicalRecord) -> bool {
        let reader = RecordReader::new(record);
        let (fits, cell, written) = match self {
            Self::DeathBeforeLastContact => {
                (reader.day("died").is_some(), single("last_contact"), "2026/10/1")
            }
            Self::OtherSex => {
                let of_women = matches!(reader.organ(), Some("OVARY" | "UTERUS" | "CERVIX"));
                (of_women, single("sex"), "1")
            }
            Self::EndBeforeStart => {
                let row = RowId::numbered(0);
                let fits = record.row("regimen_before", row).is_some();
                (fits, CellAddress::in_row("regimen_before", row, "before_end"), "2000/1/1")
            }
            Self::ContentAboveHundred => {
                (record.value("tumour_content").is_some(), single("tumour_content"), "300")
            }
            Self::DateInWords => (true, single("diagnosed"), "昨年の春"),
            Self::SmokingDenied => {
                (reader.meaning("smoking") == Some("yes"), single("smoking"), "0")
            }
        };
        if fits {
            record.set(&cell, Some(CellValue::written(written)));
        }
        fits
    }
}

fn single(item: &str) -> CellAddress {
    CellAddress::single(item)
}
