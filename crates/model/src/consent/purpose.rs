//! For what a patient is asked.

use super::word::consent_words;
use crate::text::LocalizedText;

consent_words! {
    /// One thing that a patient allows or does not allow. The wording is ours, for the demonstration.
    pub enum ConsentPurpose as "consent purpose" {
        /// Registration of the case with the national centre.
        Registration = "registration", "センターへの登録", "Registration with the national centre";
        /// Secondary use of the data by universities and other academic bodies.
        AcademicUse = "academic-use", "大学などの研究での利用", "Use in academic research";
        /// Secondary use of the data by companies.
        CompanyUse = "company-use", "企業の研究開発での利用", "Use by companies";
        /// Secondary use of the data outside the country.
        AbroadUse = "abroad-use", "外国での利用", "Use abroad";
        /// Being asked again, such as for a further study.
        Recontact = "recontact", "あらためての連絡", "Being contacted again";
        /// Being told of secondary findings.
        SecondaryFindings = "secondary-findings", "二次的所見の説明", "Being told of secondary findings";
        /// Keeping what is left of the specimen.
        SpecimenStorage = "specimen-storage", "残った検体の保管", "Keeping what is left of the specimen";
        /// Passing kept specimens on to research.
        SpecimenDistribution = "specimen-distribution", "検体の研究への提供", "Passing specimens on to research";
    }
}

impl ConsentPurpose {
    /// How many purposes there are.
    pub const COUNT: usize = Self::ALL.len();

    /// Returns the place in the list. Units: 0-based.
    pub fn index(self) -> usize {
        self as usize
    }

    /// Returns what the purpose means, in words for the patient.
    pub fn explanation(self) -> LocalizedText {
        match self {
            Self::Registration => LocalizedText::of(
                "診療の情報と検査の結果を、名前などを除いて全国のセンターに登録し、治療に役立つ知識を集めるために使います。同意しない場合、情報は病院の外に出ませんが、検査と治療は変わりなく受けられます。",
                "Your clinical data and test result, without your name, are registered with the national centre, which gathers knowledge that helps treatment. If you say no, the data stay at your hospital; your test and your treatment do not change.",
            ),
            Self::AcademicUse => LocalizedText::of(
                "登録した情報を、大学などの研究者が、審査を受けた研究に使います。",
                "Researchers at universities and similar bodies use the registered data in studies that a board has reviewed.",
            ),
            Self::CompanyUse => LocalizedText::of(
                "登録した情報を、製薬企業などが、審査を受けた薬や検査の開発に使います。",
                "Companies, such as makers of medicines, use the registered data in reviewed development of medicines and tests.",
            ),
            Self::AbroadUse => LocalizedText::of(
                "外国の研究者や企業も、審査を受けて使えるようにします。国によって個人情報の決まりが異なります。",
                "Researchers and companies in other countries may use the data after review. Rules on personal data differ between countries.",
            ),
            Self::Recontact => LocalizedText::of(
                "新しい治験や研究があるとき、病院から連絡を受けます。断っても不利益はありません。",
                "Your hospital may contact you about a new trial or study. Saying no then has no disadvantage.",
            ),
            Self::SecondaryFindings => LocalizedText::of(
                "がんの検査で、生まれつきの体質に関わる所見が見つかることがあります。その説明を受けるかどうかです。後で決めることもできます。",
                "The cancer test may find something about inherited risk. This is whether you wish to be told. You can decide later.",
            ),
            Self::SpecimenStorage => LocalizedText::of(
                "検査で使い切らなかった組織や血液を、将来の研究のために保管します。",
                "Tissue or blood that the test did not use up is kept for later research.",
            ),
            Self::SpecimenDistribution => LocalizedText::of(
                "保管した検体を、審査を受けた研究に渡します。",
                "Kept specimens are passed on to reviewed research.",
            ),
        }
    }

    /// Returns whether it is about using registered data or specimens for anything but the patient's care.
    pub fn is_secondary_use(self) -> bool {
        match self {
            Self::AcademicUse
            | Self::CompanyUse
            | Self::AbroadUse
            | Self::SpecimenStorage
            | Self::SpecimenDistribution => true,
            Self::Registration | Self::Recontact | Self::SecondaryFindings => false,
        }
    }

    /// Returns whether "decide later" is an answer that is offered.
    pub fn may_be_later(self) -> bool {
        matches!(self, Self::SecondaryFindings)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn purposes_keep_their_places_and_codes() {
        for (place, purpose) in ConsentPurpose::ALL.iter().enumerate() {
            assert_eq!(purpose.index(), place);
            assert_eq!(purpose.code().parse(), Ok(*purpose));
            assert!(purpose.explanation().ja.len() > 20 && purpose.explanation().en.len() > 20);
        }
        assert!("care".parse::<ConsentPurpose>().is_err());
    }
}
