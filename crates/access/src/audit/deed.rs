//! What is written down beyond what the table of rights names.

use crate::word::words;

words! {
    /// One thing that happens to the site or at its door, which no right allows or forbids.
    pub enum Deed as "deed" {
        /// Somebody signed in, or tried to.
        SignIn = "sign-in", "サインイン", "Sign in";
        /// Somebody signed out.
        SignOut = "sign-out", "サインアウト", "Sign out";
        /// Something was taken out as a file.
        Export = "export", "書き出し", "Export";
        /// The audit log was verified.
        VerifyAudit = "verify-audit", "監査記録の検証", "Verify the audit log";
        /// The server began to answer.
        StartServer = "start-server", "サーバーの開始", "Start of the server";
        /// The server stopped answering.
        StopServer = "stop-server", "サーバーの停止", "Stop of the server";
        /// Results were taken in from a folder or a laboratory.
        TakeIn = "take-in", "検査結果の受け入れ", "Taking in results";
    }
}
