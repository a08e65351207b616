//! Invented hospitals, named so that nobody takes them for real ones.
//!
//! Their numbers are those of the programme in June 2025; where they lie is invented.

use model::{
    organisation::OrganisationCode,
    programme::{DesignationKind, Prefecture},
    text::{Language, LocalizedText},
};

/// Prefectures of the core hospitals, by number.
const CORES: [u8; 13] = [1, 4, 12, 13, 13, 13, 22, 23, 26, 27, 33, 34, 40];
/// Prefectures of the hub hospitals, by number.
const HUBS: [u8; 32] = [
    1, 2, 6, 8, 11, 11, 12, 13, 13, 13, 13, 14, 14, 14, 15, 16, 17, 20, 23, 24, 27, 27, 27, 28, 28,
    34, 37, 38, 40, 42, 43, 46,
];
/// How many partners each prefecture has, from north to south.
const PARTNERS: [u8; 47] = [
    10, 3, 2, 4, 2, 3, 3, 5, 4, 4, 9, 9, 24, 13, 5, 3, 3, 3, 2, 5, 5, 7, 14, 3, 3, 6, 16, 9, 3, 2,
    2, 4, 4, 6, 3, 2, 2, 3, 2, 8, 2, 3, 3, 2, 2, 3, 2,
];

/// An invented hospital.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Hospital {
    /// What it is to the programme.
    pub kind: DesignationKind,
    /// Number among its kind. Units: 1-based.
    pub number: u64,
    /// Code, such as `SYN-P001`; cases name their hospital by it.
    pub code: OrganisationCode,
    /// Names, such as `合成北海道連携病院001`.
    pub name: LocalizedText,
    /// Where it is.
    pub prefecture: Prefecture,
}

impl Hospital {
    fn new(kind: DesignationKind, number: u64, prefecture: Prefecture) -> Self {
        let (letter, ja, en) = match kind {
            DesignationKind::Core => ('C', "中核病院", "Core Hospital"),
            DesignationKind::Hub => ('H', "拠点病院", "Hub Hospital"),
            _ => ('P', "連携病院", "Partner Hospital"),
        };
        let (place_ja, place_en) = (prefecture.short(Language::Ja), prefecture.short(Language::En));
        Self {
            kind,
            number,
            code: OrganisationCode::new(&format!("SYN-{letter}{number:03}")),
            name: LocalizedText::new(
                format!("合成{place_ja}{ja}{number:03}"),
                format!("Synthetic {place_en} {en} {number:03}"),
            ),
            prefecture,
        }
    }

    /// Returns how many cases it has against the others of its kind: the first of a kind have the most.
    pub(crate) fn weight(&self) -> u64 {
        10_000 / (self.number + 4)
    }
}

/// Returns every invented hospital: 13 core, 32 hub and 237 partner.
pub fn hospitals() -> Vec<Hospital> {
    let partners = Prefecture::all()
        .zip(PARTNERS)
        .flat_map(|(prefecture, count)| (0..count).map(move |_| prefecture.number()));
    let of_kind = |kind, places: Vec<u8>| {
        let places = places.into_iter().filter_map(Prefecture::of_number);
        (1..).zip(places).map(move |(number, place)| Hospital::new(kind, number, place))
    };
    of_kind(DesignationKind::Core, CORES.to_vec())
        .chain(of_kind(DesignationKind::Hub, HUBS.to_vec()))
        .chain(of_kind(DesignationKind::Partner, partners.collect()))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_nation_has_282_hospitals_in_every_prefecture() {
        let hospitals = hospitals();
        assert_eq!(hospitals.len(), 282);
        for (kind, count) in [
            (DesignationKind::Core, 13),
            (DesignationKind::Hub, 32),
            (DesignationKind::Partner, 237),
        ] {
            let of_kind = hospitals.iter().filter(|hospital| hospital.kind == kind);
            assert_eq!(of_kind.count(), count, "{kind:?}");
        }
        let prefectures: BTreeSet<_> = hospitals.iter().map(|each| each.prefecture).collect();
        assert_eq!(prefectures.len(), 47);
        let codes: BTreeSet<_> = hospitals.iter().map(|each| each.code.clone()).collect();
        assert_eq!(codes.len(), 282);
        assert!(hospitals.iter().all(|hospital| hospital.name.ja.starts_with("合成")));
    }
}
