//! Purposes for which data are read or changed.

use crate::word::words;

words! {
    /// Why something of a patient is read or changed; kept in the audit log.
    pub enum Purpose as "purpose" {
        /// Care of this patient.
        Care = "care", "診療", "Care";
        /// Registration of the case.
        Registration = "registration", "症例登録", "Registration";
        /// The panel test.
        Testing = "testing", "検査", "Testing";
        /// The expert panel.
        PanelReview = "panel-review", "エキスパートパネル", "Expert panel";
        /// Quality of the data.
        Quality = "quality", "データの品質管理", "Data quality";
        /// The patient asked.
        PatientRequest = "patient-request", "本人の求め", "The patient's request";
        /// Search by designated hospitals, to care for the next patient.
        ClinicalSearch = "clinical-search", "診療検索", "Clinical search";
        /// Approved research.
        Research = "research", "利活用", "Research";
        /// Administration.
        Administration = "administration", "管理", "Administration";
        /// Audit.
        Audit = "audit", "監査", "Audit";
        /// Emergency, with a reason that is reviewed.
        Emergency = "emergency", "緊急", "Emergency";
    }
}
