//! Closed lists of words that a search knows, each with a code and a label in both languages.
//!
//! A word's place is its number from 1 in the order of its list; 0 stands for unknown in every column.

use model::text::LocalizedText;
use serde::{Deserialize, Serialize};

/// A word of a closed list.
pub trait Word: Copy + Eq + 'static {
    /// Every word, in the order of the list.
    const ALL: &'static [Self];

    /// Returns the code that queries and files use.
    fn code(self) -> &'static str;

    /// Returns the label in both languages.
    fn label(self) -> LocalizedText;

    /// Returns the place in the list. Units: 1-based.
    fn place(self) -> u8 {
        let at = Self::ALL.iter().position(|word| *word == self).unwrap_or_default();
        u8::try_from(at + 1).unwrap_or(u8::MAX)
    }

    /// Returns the word at a place (from 1); `None` for 0, which is unknown.
    fn at(place: u8) -> Option<Self> {
        Self::ALL.get(usize::from(place).checked_sub(1)?).copied()
    }

    /// Returns the word of a code.
    fn of_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|word| word.code() == code)
    }
}

macro_rules! words {
    (
        $(#[$meta:meta])* pub enum $name:ident {
            $($(#[$doc:meta])* $word:ident = $code:literal, $ja:literal, $en:literal;)*
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum $name { $($(#[$doc])* #[serde(rename = $code)] $word),* }

        impl Word for $name {
            const ALL: &'static [Self] = &[$(Self::$word),*];

            fn code(self) -> &'static str {
                match self { $(Self::$word => $code),* }
            }

            fn label(self) -> LocalizedText {
                match self { $(Self::$word => LocalizedText::of($ja, $en)),* }
            }

            fn place(self) -> u8 {
                self as u8 + 1
            }
        }
    };
}

words! {
    /// Yes or no; what is not known is no answer.
    pub enum Answer {
        /// Yes.
        Yes = "yes", "あり", "Yes";
        /// No.
        No = "no", "なし", "No";
    }
}

words! {
    /// Sex as registered.
    pub enum Sex {
        /// Female.
        Female = "female", "女", "Female";
        /// Male.
        Male = "male", "男", "Male";
        /// Registered as other.
        Other = "other", "その他", "Other";
    }
}

words! {
    /// Stage before the first treatment.
    pub enum Stage {
        /// Stage 0.
        Zero = "0", "0期", "Stage 0";
        /// Stage I.
        One = "1", "I期", "Stage I";
        /// Stage II.
        Two = "2", "II期", "Stage II";
        /// Stage III.
        Three = "3", "III期", "Stage III";
        /// Stage IV.
        Four = "4", "IV期", "Stage IV";
    }
}

words! {
    /// Kind of specimen that was tested.
    pub enum SampleKind {
        /// Formalin-fixed, paraffin-embedded tissue.
        Ffpe = "ffpe", "FFPE", "FFPE";
        /// Fresh frozen tissue.
        Frozen = "frozen", "新鮮凍結", "Fresh frozen";
        /// Plasma.
        Plasma = "plasma", "血漿", "Plasma";
        /// Blood.
        Blood = "blood", "血液", "Blood";
        /// Bone marrow.
        BoneMarrow = "bone_marrow", "骨髄液", "Bone marrow";
        /// Something else.
        Other = "other", "その他", "Other";
    }
}

words! {
    /// A part of the country. Source: the eight regions in common use.
    pub enum Region {
        /// Hokkaido.
        Hokkaido = "hokkaido", "北海道", "Hokkaido";
        /// Tohoku.
        Tohoku = "tohoku", "東北", "Tohoku";
        /// Kanto.
        Kanto = "kanto", "関東", "Kanto";
        /// Chubu.
        Chubu = "chubu", "中部", "Chubu";
        /// Kinki.
        Kinki = "kinki", "近畿", "Kinki";
        /// Chugoku.
        Chugoku = "chugoku", "中国", "Chugoku";
        /// Shikoku.
        Shikoku = "shikoku", "四国", "Shikoku";
        /// Kyushu and Okinawa.
        Kyushu = "kyushu", "九州・沖縄", "Kyushu and Okinawa";
    }
}

impl Region {
    /// Returns the region of a prefecture's number in JIS X 0401; `None` where no prefecture has it.
    pub fn of_prefecture(number: u8) -> Option<Self> {
        Some(match number {
            1 => Self::Hokkaido,
            2..=7 => Self::Tohoku,
            8..=14 => Self::Kanto,
            15..=23 => Self::Chubu,
            24..=30 => Self::Kinki,
            31..=35 => Self::Chugoku,
            36..=39 => Self::Shikoku,
            40..=47 => Self::Kyushu,
            _ => return None,
        })
    }
}

words! {
    /// Kind of alteration, as panels differ in what they report.
    pub enum AlterationKind {
        /// Substitution, insertion, deletion or delins of few bases.
        Short = "short", "塩基置換・挿入・欠失", "Short variant";
        /// Change of a copy number.
        CopyNumber = "copy_number", "コピー数変化", "Copy-number alteration";
        /// Fusion or other rearrangement.
        Rearrangement = "rearrangement", "遺伝子再構成", "Rearrangement";
    }
}

words! {
    /// Class of an alteration: what it does to the gene.
    pub enum AlterationClass {
        /// One amino acid for another.
        Missense = "missense", "ミスセンス", "Missense";
        /// A stop codon too early.
        Nonsense = "nonsense", "ナンセンス", "Nonsense";
        /// The reading frame is shifted.
        Frameshift = "frameshift", "フレームシフト", "Frameshift";
        /// Amino acids added, removed or replaced in frame.
        Inframe = "inframe", "インフレーム", "In-frame";
        /// At a splice site.
        Splice = "splice", "スプライス", "Splice site";
        /// Start or stop codon lost, promoter, silent, or not said.
        OtherShort = "other_short", "その他の短い変異", "Other short variant";
        /// Amplification.
        Amplification = "amplification", "増幅", "Amplification";
        /// Gain.
        Gain = "gain", "コピー数増加", "Gain";
        /// Loss of one copy.
        Loss = "loss", "コピー数減少", "Loss";
        /// Loss of both copies.
        Deletion = "deletion", "欠失", "Homozygous deletion";
        /// Fusion.
        Fusion = "fusion", "融合", "Fusion";
        /// Exons left out.
        ExonSkipping = "exon_skipping", "エクソンスキッピング", "Exon skipping";
        /// Another rearrangement.
        OtherRearrangement = "other_rearrangement", "その他の再構成", "Other rearrangement";
    }
}

impl AlterationClass {
    /// Returns the kind of alteration that the class belongs to.
    pub fn kind(self) -> AlterationKind {
        match self {
            Self::Missense
            | Self::Nonsense
            | Self::Frameshift
            | Self::Inframe
            | Self::Splice
            | Self::OtherShort => AlterationKind::Short,
            Self::Amplification | Self::Gain | Self::Loss | Self::Deletion => {
                AlterationKind::CopyNumber
            }
            Self::Fusion | Self::ExonSkipping | Self::OtherRearrangement => {
                AlterationKind::Rearrangement
            }
        }
    }
}

words! {
    /// Where an alteration comes from; likely counts as certain.
    pub enum Origin {
        /// Somatic or likely somatic.
        Somatic = "somatic", "体細胞", "Somatic";
        /// Germline or likely germline.
        Germline = "germline", "生殖細胞系列", "Germline";
    }
}

words! {
    /// Microsatellite state.
    pub enum Msi {
        /// High instability.
        High = "high", "MSI-High", "MSI high";
        /// Low instability.
        Low = "low", "MSI-Low", "MSI low";
        /// Stable.
        Stable = "stable", "MSS", "Stable";
        /// In between, as the laboratory says.
        Intermediate = "intermediate", "中間", "Intermediate";
    }
}

words! {
    /// Before or after the expert panel.
    pub enum Side {
        /// Before the panel.
        Before = "before", "パネル前", "Before the panel";
        /// After the panel.
        After = "after", "パネル後", "After the panel";
    }
}

words! {
    /// Best overall response to a line of therapy. Source: RECIST 1.1.
    pub enum Response {
        /// Complete response.
        Complete = "CR", "完全奏効 (CR)", "Complete response (CR)";
        /// Partial response.
        Partial = "PR", "部分奏効 (PR)", "Partial response (PR)";
        /// Stable disease.
        Stable = "SD", "安定 (SD)", "Stable disease (SD)";
        /// Progressive disease.
        Progressive = "PD", "進行 (PD)", "Progressive disease (PD)";
        /// Not evaluable.
        NotEvaluable = "NE", "評価不能 (NE)", "Not evaluable (NE)";
    }
}

words! {
    /// Why a drug that the panel proposed was not given.
    pub enum NotGivenReason {
        /// Another therapy was given.
        OtherTherapy = "other_therapy", "提示薬以外の治療", "Another therapy was given";
        /// Death.
        Death = "death", "死亡", "Death";
        /// The condition worsened.
        Condition = "condition", "全身状態の悪化", "Condition worsened";
        /// Not eligible for the trial.
        NotEligible = "not_eligible", "治験の条件に合わなかった", "Not eligible for the trial";
        /// No site within reach.
        NoAccess = "no_access", "受けられる施設がなかった", "No site within reach";
        /// The patient's wish.
        PatientWish = "patient_wish", "患者希望", "Patient's wish";
        /// Something else.
        Other = "other", "その他", "Other";
    }
}

words! {
    /// Whether the patient is known to be alive or dead at the last contact.
    pub enum VitalStatus {
        /// Alive.
        Alive = "alive", "生存", "Alive";
        /// Dead.
        Dead = "dead", "死亡", "Dead";
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places_are_the_order<W: Word + std::fmt::Debug>() {
        for (at, word) in W::ALL.iter().enumerate() {
            assert_eq!(usize::from(word.place()), at + 1);
            assert_eq!(W::at(word.place()), Some(*word));
            assert_eq!(W::of_code(word.code()), Some(*word));
        }
        assert_eq!(W::at(0), None);
        assert_eq!(W::of_code("no such word"), None);
    }

    #[test]
    fn every_list_is_in_order() {
        places_are_the_order::<Answer>();
        places_are_the_order::<Sex>();
        places_are_the_order::<AlterationClass>();
        places_are_the_order::<Response>();
        places_are_the_order::<Region>();
    }

    #[test]
    fn every_prefecture_has_a_region() {
        assert!((1..=47).all(|number| Region::of_prefecture(number).is_some()));
        assert_eq!(Region::of_prefecture(0), None);
        assert_eq!(Region::of_prefecture(48), None);
    }
}
