//! Roles that a person may have in an organisation.

use crate::word::words;

words! {
    /// What a person is in an organisation.
    pub enum Role as "role" {
        /// Physician in charge of patients.
        Physician = "physician", "主治医", "Physician";
        /// Cancer genomic medicine coordinator, and whoever enters clinical items.
        Coordinator = "coordinator", "がんゲノム医療コーディネーター", "Coordinator";
        /// Pathologist.
        Pathologist = "pathologist", "病理医", "Pathologist";
        /// Genetic counsellor.
        GeneticCounsellor = "genetic-counsellor", "遺伝カウンセラー", "Genetic counsellor";
        /// Member of an expert panel.
        PanelMember = "panel-member", "エキスパートパネル構成員", "Expert panel member";
        /// Person of a testing laboratory or sequencing company.
        Laboratory = "laboratory", "検査機関", "Laboratory";
        /// Person of the national centre.
        CentreStaff = "centre-staff", "センター職員", "Centre staff";
        /// Curator of the knowledge base.
        Curator = "curator", "知識データベース担当", "Curator";
        /// Member of the data-use review board, or of its office.
        BoardMember = "board-member", "審査会委員・事務局", "Review board";
        /// Approved user of de-identified data.
        Researcher = "researcher", "利活用者", "Researcher";
        /// Programme office: designations, rules, statistics.
        ProgrammeOffice = "programme-office", "事業事務局", "Programme office";
        /// Patient desk.
        PatientDesk = "patient-desk", "患者相談窓口", "Patient desk";
        /// Administrator: of an organisation's people, or of the site.
        Administrator = "administrator", "管理者", "Administrator";
    }
}
