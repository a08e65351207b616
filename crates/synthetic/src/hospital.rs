//! Invented hospitals, named so that nobody takes them for real ones.

/// What a hospital is to the programme.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HospitalKind {
    /// Core hospital (がんゲノム医療中核拠点病院).
    Core,
    /// Hub hospital (がんゲノム医療拠点病院).
    Hub,
    /// Partner hospital (がんゲノム医療連携病院).
    Partner,
}

impl HospitalKind {
    /// Every kind with how many hospitals there are of it.
    ///
    /// Source: the programme's counts of June 2025.
    const COUNTS: [(Self, &'static str, u64); 3] = [
        (Self::Core, "合成中核病院", 13),
        (Self::Hub, "合成拠点病院", 32),
        (Self::Partner, "合成連携病院", 237),
    ];
}

/// An invented hospital.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Hospital {
    /// What it is to the programme.
    pub kind: HospitalKind,
    /// Name, such as `合成連携病院 001`.
    pub name: String,
}

/// Returns every invented hospital: 13 core, 32 hub and 237 partner.
pub fn hospitals() -> Vec<Hospital> {
    HospitalKind::COUNTS
        .into_iter()
        .flat_map(|(kind, word, count)| {
            (1..=count).map(move |number| Hospital { kind, name: format!("{word} {number:03}") })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nation_has_282_hospitals() {
        let hospitals = hospitals();
        assert_eq!(hospitals.len(), 282);
        assert!(hospitals.iter().all(|hospital| hospital.name.starts_with("合成")));
    }
}
