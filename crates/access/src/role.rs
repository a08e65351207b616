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
        /// Administrator of one organisation's people.
        Administrator = "administrator", "施設の管理者", "Administrator of an organisation";
        /// Administrator of the whole site, in the organisation that operates it.
        SiteAdministrator = "site-administrator", "システム管理者", "Site administrator";
    }
}

impl Role {
    /// Roles that the administrator of a hospital may give to the hospital's people. Every other role is given by
    /// the site's administrator: it reaches beyond the hospital.
    pub const OF_A_HOSPITAL: [Self; 6] = [
        Self::Physician,
        Self::Coordinator,
        Self::Pathologist,
        Self::GeneticCounsellor,
        Self::PanelMember,
        Self::Administrator,
    ];

    /// Returns whether a second factor is asked for by default. Source: ours; every role is a role of staff.
    pub fn asks_for_second_factor(self) -> bool {
        true
    }
}
