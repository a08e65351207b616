//! Draws a patient and the kind of test.

use chrono::{Days, NaiveDate};
use model::{
    case::{PatientCase, Sex},
    programme::DesignationKind,
    tumour::TumourTypeCode,
};

use crate::{
    draw::Draw,
    tables::{Panel, Tables, Tumour},
};

/// Which test a patient has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Design {
    /// Tumour tissue and blood.
    Paired,
    /// Tumour tissue alone.
    TumourOnly,
    /// Plasma.
    CellFree,
}

impl Design {
    /// Returns how CATS names it.
    pub(crate) fn cats(self) -> &'static str {
        match self {
            Self::Paired => "tumor and matched-normal",
            Self::TumourOnly => "tumor-only",
            Self::CellFree => "tumor-only (cell-free)",
        }
    }
}

/// What the result is drawn from.
pub(crate) struct Profile {
    pub(crate) tumour: &'static Tumour,
    pub(crate) design: Design,
    pub(crate) panel: &'static Panel,
    /// Whether RNA was sequenced too.
    pub(crate) rna: bool,
    /// Tumour cell content. Units: per cent.
    pub(crate) content_percent: u64,
}

/// Sarcomas, whose fusions need RNA.
const WITH_RNA: [&str; 4] = ["SYNS", "ES", "LMS", "DDLS"];

/// First day on which a case is registered, and over how many days they spread.
const FIRST_DAY: Option<NaiveDate> = NaiveDate::from_ymd_opt(2024, 4, 1);
const SPREAD_DAYS: u64 = 900;

/// Draws a case and what its result is drawn from.
pub(crate) fn draw(
    draw: &mut Draw,
    tables: &'static Tables,
    reference: &str,
) -> (PatientCase, Profile) {
    let profile = profile(draw, tables);
    let tumour = profile.tumour;
    let female = draw.below(100) < tumour.female_percent;
    let age = (tumour.age_years as f64 + draw.bell() * 11.0).round().clamp(1.0, 94.0) as u16;
    let registered =
        FIRST_DAY.and_then(|day| day.checked_add_days(Days::new(draw.below(SPREAD_DAYS))));
    let taken_before = Days::new(draw.between(14, 260));
    let performance = draw.weighted(&[(0, 52), (1, 40), (2, 7), (3, 1)], |grade| grade.1);
    let metastasis = !tumour.haematological && draw.happens(180);
    let case = PatientCase {
        reference: reference.to_owned(),
        hospital: hospital(draw, tables),
        age_years: Some(age),
        sex: Some(if female { Sex::Female } else { Sex::Male }),
        tumour_type: Some(TumourTypeCode::new(tumour.code)),
        diagnosis: Some(tumour.diagnosis.to_owned()),
        performance_status: performance.map(|grade| grade.0),
        specimen_site: Some(match profile.design {
            Design::CellFree => "末梢血".to_owned(),
            Design::Paired | Design::TumourOnly if metastasis => "転移巣".to_owned(),
            Design::Paired | Design::TumourOnly => tumour.site.to_owned(),
        }),
        specimen_kind: Some(
            match profile.design {
                Design::CellFree => "血漿",
                _ if tumour.haematological => "骨髄液",
                Design::Paired | Design::TumourOnly => "FFPE",
            }
            .to_owned(),
        ),
        specimen_collected: registered.and_then(|day| day.checked_sub_days(taken_before)),
        tumour_content_percent: (profile.design != Design::CellFree)
            .then(|| u8::try_from(profile.content_percent).unwrap_or(u8::MAX)),
        registered,
        synthetic: true,
    };
    (case, profile)
}

fn profile(draw: &mut Draw, tables: &'static Tables) -> Profile {
    let tumour = draw
        .weighted(&tables.tumours, |tumour| tumour.weight)
        .unwrap_or_else(|| unreachable!("the embedded table has tumour types"));
    let (panel, design) = if tumour.haematological {
        ("haem", Design::Paired)
    } else if WITH_RNA.contains(&tumour.code) {
        ("rna", Design::Paired)
    } else {
        let choices = [
            ("tissue", Design::Paired, 34),
            ("rna", Design::Paired, 12),
            ("tissue", Design::TumourOnly, 38),
            ("liquid", Design::CellFree, 16),
        ];
        let choice = draw.weighted(&choices, |choice| choice.2);
        choice.map_or(("tissue", Design::Paired), |choice| (choice.0, choice.1))
    };
    Profile {
        tumour,
        design,
        rna: panel == "rna" || panel == "haem",
        panel: tables
            .panels
            .get(panel)
            .unwrap_or_else(|| unreachable!("the embedded table has the panel {panel}")),
        content_percent: draw.between(20, 90),
    }
}

/// Draws a hospital: each kind about as often as it tests, within a kind the first ones most often.
fn hospital(draw: &mut Draw, tables: &Tables) -> Option<String> {
    let kinds =
        [(DesignationKind::Core, 30), (DesignationKind::Hub, 34), (DesignationKind::Partner, 36)];
    let kind = draw.weighted(&kinds, |kind| kind.1)?.0;
    let of_kind: Vec<_> =
        tables.hospitals.iter().filter(|hospital| hospital.kind == kind).collect();
    let hospital = draw.weighted(&of_kind, |hospital| hospital.weight())?;
    Some(hospital.code.to_string())
}
