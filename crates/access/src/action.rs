//! What can be done.

use crate::word::words;

words! {
    /// One thing that can be done, each a verb and its object.
    pub enum Action as "action" {
        /// See the case list.
        ReadCaseList = "read-case-list", "症例一覧を見る", "See the case list";
        /// Search all cases, de-identified.
        SearchCases = "search-cases", "全症例を検索する", "Search all cases";
        /// Search the cases of a research project.
        SearchProject = "search-project", "利活用課題で検索する", "Search within a research project";
        /// See the research projects and what was asked under them.
        ReadProjects = "read-projects", "利活用課題を見る", "See research projects";
        /// Record what a research project is permitted.
        ManageProjects = "manage-projects", "利活用課題の許可を記録する", "Record research permissions";
        /// Read a case.
        ReadCase = "read-case", "症例を見る", "Read a case";
        /// Register a case.
        RegisterCase = "register-case", "症例を登録する", "Register a case";
        /// Change a case's clinical record.
        WriteCase = "write-case", "臨床情報を入力する", "Enter clinical items";
        /// Read a test result.
        ReadResult = "read-result", "検査結果を見る", "Read a test result";
        /// Send a test result.
        SendResult = "send-result", "検査結果を送る", "Send a test result";
        /// Read a findings report.
        ReadReport = "read-report", "調査結果を見る", "Read a findings report";
        /// Check a file without keeping it.
        CheckFile = "check-file", "ファイルを確かめる", "Check a file";
        /// Read the knowledge release.
        ReadKnowledge = "read-knowledge", "知識リリースを見る", "Read the knowledge release";
        /// Read test orders.
        ReadOrder = "read-order", "検査依頼を見る", "Read test orders";
        /// Order a test.
        OrderTest = "order-test", "検査を依頼する", "Order a test";
        /// Record a step of a test order.
        AdvanceOrder = "advance-order", "検査の進みを記録する", "Record progress of a test";
        /// Read a patient's consent.
        ReadConsent = "read-consent", "同意を見る", "Read consent";
        /// Record a patient's consent or its change.
        RecordConsent = "record-consent", "同意を記録する", "Record consent";
        /// Manage consent documents.
        ManageConsentDocuments = "manage-consent-documents", "同意文書を管理する", "Manage consent documents";
        /// Read who the patient is.
        ReadIdentifier = "read-identifier", "氏名等を見る", "Read who the patient is";
        /// Record who the patient is.
        WriteIdentifier = "write-identifier", "氏名等を記録する", "Record who the patient is";
        /// Read what the public does not see of the programme registry.
        ReadProgramme = "read-programme", "事業の登録簿を見る", "Read the programme registry";
        /// Change the programme registry.
        ManageProgramme = "manage-programme", "事業の登録簿を管理する", "Manage the programme registry";
        /// Decide on a designation.
        DecideDesignation = "decide-designation", "指定を決める", "Decide on a designation";
        /// Apply for a designation, and keep the requirements' evidence.
        ApplyDesignation = "apply-designation", "指定を申請する", "Apply for a designation";
        /// Manage people and their roles.
        ManagePeople = "manage-people", "利用者を管理する", "Manage people";
        /// Read the audit log.
        ReadAudit = "read-audit", "監査記録を見る", "Read the audit log";
        /// Answer patients' inquiries.
        AnswerInquiry = "answer-inquiry", "問い合わせに答える", "Answer inquiries";
        /// Open a case in an emergency.
        BreakGlass = "break-glass", "緊急に症例を開く", "Open a case in an emergency";
        /// Review emergency openings.
        ReviewBreakGlass = "review-break-glass", "緊急の閲覧を点検する", "Review emergency openings";
        /// Operate the site.
        Operate = "operate", "システムを運用する", "Operate the site";
        /// Manage one's own sessions, factors and tokens.
        ManageSelf = "manage-self", "自分の設定を管理する", "Manage one's own settings";
    }
}
