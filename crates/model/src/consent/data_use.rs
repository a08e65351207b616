//! Uses of data and specimens, and which purposes each needs.

use super::{answer::Answers, purpose::ConsentPurpose, word::consent_words};

consent_words! {
    /// One use of a patient's data or specimen.
    ///
    /// Care, the panel test and the findings report are no such use: they never ask the consent to
    /// secondary use.
    pub enum DataUse as "use of data" {
        /// Being seen by the centre and by other roles of the programme.
        Registration = "registration", "センターでの登録と閲覧", "Registration, and being seen at the centre";
        /// Search by designated hospitals, to care for the next patient.
        ClinicalSearch = "clinical-search", "診療検索ポータル", "Clinical search";
        /// Academic research within the country.
        Academic = "academic", "学術研究", "Academic research";
        /// Academic research abroad.
        AcademicAbroad = "academic-abroad", "外国の学術研究", "Academic research abroad";
        /// Research and development by companies within the country.
        Company = "company", "企業の研究開発", "Company research";
        /// Research and development by companies abroad.
        CompanyAbroad = "company-abroad", "外国の企業の研究開発", "Company research abroad";
        /// Contacting the patient again.
        Recontact = "recontact", "あらためての連絡", "Contact with the patient";
        /// Telling secondary findings.
        TellFindings = "tell-findings", "二次的所見の説明", "Telling secondary findings";
        /// Keeping specimens.
        StoreSpecimen = "store-specimen", "検体の保管", "Keeping specimens";
        /// Passing specimens on.
        DistributeSpecimen = "distribute-specimen", "検体の提供", "Passing specimens on";
    }
}

/// Why a use is not allowed: the first purpose that was not answered with yes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the patient did not say yes to {0}")]
pub struct Denied(pub ConsentPurpose);

impl DataUse {
    /// Returns the purposes that must all be answered with yes.
    ///
    /// Source: ours, after the programme's description of its consent items; not official.
    pub fn needs(self) -> &'static [ConsentPurpose] {
        use ConsentPurpose as P;
        match self {
            Self::Registration | Self::ClinicalSearch => &[P::Registration],
            Self::Academic => &[P::Registration, P::AcademicUse],
            Self::AcademicAbroad => &[P::Registration, P::AcademicUse, P::AbroadUse],
            Self::Company => &[P::Registration, P::CompanyUse],
            Self::CompanyAbroad => &[P::Registration, P::CompanyUse, P::AbroadUse],
            Self::Recontact => &[P::Recontact],
            Self::TellFindings => &[P::SecondaryFindings],
            Self::StoreSpecimen => &[P::SpecimenStorage],
            Self::DistributeSpecimen => &[P::SpecimenStorage, P::SpecimenDistribution],
        }
    }

    /// Says whether answers allow the use; what is unknown or undecided does not.
    ///
    /// Errors: the first purpose that was not answered with yes.
    pub fn decide(self, answers: &Answers) -> Result<(), Denied> {
        match self.needs().iter().find(|purpose| !answers.is_yes(**purpose)) {
            Some(purpose) => Err(Denied(*purpose)),
            None => Ok(()),
        }
    }

    /// Returns whether answers allow the use.
    pub fn is_allowed_by(self, answers: &Answers) -> bool {
        self.decide(answers).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::consent::Answer;

    #[test]
    fn nothing_is_allowed_where_nothing_is_known() {
        for data_use in DataUse::ALL {
            assert!(!data_use.is_allowed_by(&Answers::default()), "{data_use}");
            assert!(data_use.is_allowed_by(&Answers::all(Answer::Yes)), "{data_use}");
            assert!(!data_use.is_allowed_by(&Answers::all(Answer::Later)), "{data_use}");
        }
    }

    #[test]
    fn each_purpose_stops_the_uses_that_need_it_and_no_other() {
        for purpose in ConsentPurpose::ALL {
            let answers = Answers::all(Answer::Yes).with(*purpose, Answer::No);
            for data_use in DataUse::ALL {
                let needed = data_use.needs().contains(purpose);
                assert_eq!(
                    data_use.is_allowed_by(&answers),
                    !needed,
                    "{data_use} without {purpose}"
                );
            }
        }
    }

    #[test]
    fn the_reason_names_the_purpose() {
        let answers = Answers::all(Answer::Yes).with(ConsentPurpose::AbroadUse, Answer::No);
        assert_eq!(DataUse::CompanyAbroad.decide(&answers), Err(Denied(ConsentPurpose::AbroadUse)));
        assert_eq!(DataUse::Company.decide(&answers), Ok(()));
    }
}
