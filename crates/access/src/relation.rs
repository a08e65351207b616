//! How what is asked for stands to the person's organisation.

use crate::word::words;

words! {
    /// How a subject stands to the organisation in which the person has a role.
    pub enum Relation as "relation" {
        /// It belongs to the person's own organisation.
        OwnHospital = "own-hospital", "自施設", "Own organisation";
        /// It belongs to a partner hospital linked to the person's core or hub hospital.
        LinkedHospital = "linked-hospital", "連携施設", "Linked hospital";
        /// The person's laboratory was chosen for the test.
        ChosenLaboratory = "chosen-laboratory", "依頼先の検査機関", "Chosen laboratory";
        /// The person opened the case in an emergency, within the hour.
        Emergency = "emergency", "緊急に開いた症例", "Opened in an emergency";
        /// It is within a research project in which the person takes part.
        OwnProject = "own-project", "参加する利活用課題", "Own research project";
        /// Anything of the programme.
        Programme = "programme", "事業全体", "Whole programme";
        /// It is the person's own, such as a session.
        Own = "own", "本人", "One's own";
    }
}
