//! Whether everything in the record is whole.

use model::text::LocalizedText;

use crate::{
    case_list::{SUMMARY_COLUMNS, SUMMARY_OF_RECORD},
    db::{Db, Store, on_readers},
    document::is_json,
    error::RecordError,
    identifier::digest_of,
    keys::RecordCounts,
    migrate::MigrateError,
    person::PeopleFilter,
};

/// Most findings that are kept; more are only counted.
const FINDINGS_MAX: usize = 1_000;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckFinding {
    /// Stable code, such as `check.original.digest`.
    pub code: &'static str,
    /// What it is wrong with.
    pub subject: String,
    /// What is wrong.
    pub message: LocalizedText,
}

/// What a check found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CheckReport {
    /// How much was looked at.
    pub counts: RecordCounts,
    /// What is wrong; empty where everything is whole.
    pub findings: Vec<CheckFinding>,
    /// Findings beyond the limit.
    pub findings_left_out: u64,
}

impl CheckReport {
    pub(crate) fn add(
        &mut self,
        code: &'static str,
        subject: impl Into<String>,
        ja: &str,
        en: &str,
    ) {
        if self.findings.len() >= FINDINGS_MAX {
            self.findings_left_out += 1;
            return;
        }
        let subject = subject.into();
        let message = LocalizedText::new(format!("{subject}: {ja}"), format!("{subject}: {en}"));
        self.findings.push(CheckFinding { code, subject, message });
    }
}

/// A statement that counts what must not be, with what it means.
struct MustBeNone {
    code: &'static str,
    sql: &'static str,
    ja: &'static str,
    en: &'static str,
}

const MUST_BE_NONE: [MustBeNone; 13] = [
    MustBeNone {
        code: "check.case.revision",
        sql: "SELECT count(*) FROM patient_case c WHERE NOT EXISTS \
              (SELECT 1 FROM case_revision v WHERE v.case_id = c.id AND v.revision = 1)",
        ja: "最初の改訂がない症例があります。",
        en: "cases without a first revision.",
    },
    MustBeNone {
        code: "check.revision.gap",
        sql: "SELECT count(*) FROM case_revision v WHERE v.revision > 1 AND NOT EXISTS \
              (SELECT 1 FROM case_revision w WHERE w.case_id = v.case_id AND w.revision = v.revision - 1)",
        ja: "改訂番号が飛んでいる症例があります。",
        en: "revisions without the one before.",
    },
    MustBeNone {
        code: "check.revision.case",
        sql: "SELECT count(*) FROM case_revision v WHERE NOT EXISTS \
              (SELECT 1 FROM patient_case c WHERE c.id = v.case_id)",
        ja: "症例のない改訂があります。",
        en: "revisions without their case.",
    },
    MustBeNone {
        code: "check.result.original",
        sql: "SELECT count(*) FROM result r WHERE NOT EXISTS \
              (SELECT 1 FROM original o WHERE o.digest = r.digest)",
        ja: "原本のない結果があります。",
        en: "results without their file's bytes.",
    },
    MustBeNone {
        code: "check.result.case",
        sql: "SELECT count(*) FROM result r WHERE r.case_id IS NOT NULL AND NOT EXISTS \
              (SELECT 1 FROM patient_case c WHERE c.id = r.case_id)",
        ja: "症例のない結果があります。",
        en: "results without their case.",
    },
    MustBeNone {
        code: "check.original.result",
        sql: "SELECT count(*) FROM original o WHERE NOT EXISTS \
              (SELECT 1 FROM result r WHERE r.digest = o.digest)",
        ja: "結果のない原本があります。",
        en: "files' bytes without a result.",
    },
    MustBeNone {
        code: "check.report.references",
        sql: "SELECT count(*) FROM report p WHERE NOT EXISTS \
              (SELECT 1 FROM result r WHERE r.id = p.result_id AND r.case_id = p.case_id) \
              OR NOT EXISTS (SELECT 1 FROM knowledge_release k WHERE k.id = p.release_id) \
              OR NOT EXISTS (SELECT 1 FROM case_revision v WHERE v.case_id = p.case_id AND v.revision = p.case_revision)",
        ja: "結果、症例の改訂、知識リリースのいずれかがない報告書があります。",
        en: "reports without their result, their case's revision or their knowledge release.",
    },
    MustBeNone {
        code: "check.result.report",
        sql: "SELECT count(*) FROM result r WHERE r.status = 'accepted' AND NOT EXISTS \
              (SELECT 1 FROM report p WHERE p.result_id = r.id)",
        ja: "報告書のない結果があります。tsumugi reannotate で作成できます。",
        en: "accepted results without a report; `tsumugi reannotate` makes them.",
    },
    MustBeNone {
        code: "check.rejected.report",
        sql: "SELECT count(*) FROM report p WHERE EXISTS \
              (SELECT 1 FROM result r WHERE r.id = p.result_id AND r.status = 'rejected')",
        ja: "不受理の結果に報告書があります。",
        en: "reports on rejected results.",
    },
    MustBeNone {
        code: "check.person.revision",
        sql: "SELECT count(*) FROM person p WHERE NOT EXISTS \
              (SELECT 1 FROM person_revision v WHERE v.person_id = p.id AND v.revision = 1)",
        ja: "最初の改訂がない利用者がいます。",
        en: "people without a first revision.",
    },
    MustBeNone {
        code: "check.person.gap",
        sql: "SELECT count(*) FROM person_revision v WHERE v.revision > 1 AND NOT EXISTS \
              (SELECT 1 FROM person_revision w WHERE w.person_id = v.person_id AND w.revision = v.revision - 1)",
        ja: "改訂番号が飛んでいる利用者がいます。",
        en: "people's revisions without the one before.",
    },
    MustBeNone {
        code: "check.break_glass.references",
        sql: "SELECT count(*) FROM break_glass b WHERE NOT EXISTS \
              (SELECT 1 FROM person p WHERE p.id = b.person_id) \
              OR NOT EXISTS (SELECT 1 FROM patient_case c WHERE c.id = b.case_id)",
        ja: "人または症例のない緊急の閲覧があります。",
        en: "emergency openings without their person or their case.",
    },
    MustBeNone {
        code: "check.saved_cohort.references",
        sql: "SELECT (SELECT count(*) FROM saved_cohort s WHERE NOT EXISTS \
              (SELECT 1 FROM person p WHERE p.id = s.person_id)) \
              + (SELECT count(*) FROM saved_cohort_end e WHERE NOT EXISTS \
              (SELECT 1 FROM saved_cohort s WHERE s.id = e.saved_cohort_id))",
        ja: "利用者のない保存コホート、またはコホートのない削除の記録があります。",
        en: "saved cohorts without their person, or what takes off none.",
    },
];

impl Store {
    /// Looks at everything: migrations, the engine's own integrity, references, each file's and each
    /// report's digest, that documents can be read, and that the case list says what the record says.
    ///
    /// Errors: the engine fails in a way that makes checking impossible.
    pub async fn check(&self) -> Result<CheckReport, RecordError> {
        let mut report = CheckReport { counts: self.counts().await?, ..CheckReport::default() };
        self.check_form(&mut report).await?;
        for rule in &MUST_BE_NONE {
            let count = self.count(rule.sql).await?;
            if count > 0 {
                report.add(rule.code, count.to_string(), rule.ja, rule.en);
            }
        }
        self.check_case_list(&mut report).await?;
        self.check_originals(&mut report).await?;
        self.check_cases(&mut report).await?;
        self.check_results(&mut report).await?;
        self.check_reports(&mut report).await?;
        self.check_consents(&mut report).await?;
        if let Err(error) = self.projects().await {
            unreadable(&mut report, "check.project.document", "research_project", error)?;
        }
        self.check_registry(&mut report).await?;
        self.check_orders(&mut report).await?;
        self.check_identifiers(&mut report).await?;
        if let Err(error) = self.people(&PeopleFilter::default()).await {
            unreadable(&mut report, "check.person.roles", "membership", error)?;
        }
        self.check_fields(&mut report).await?;
        if let Err(error) = self.releases().await {
            unreadable(&mut report, "check.release.document", "knowledge_release", error)?;
        }
        self.check_audit(&mut report).await?;
        Ok(report)
    }

    /// Looks whether the audit log agrees with itself and its heads. Signatures need the key: `audit verify`.
    async fn check_audit(&self, report: &mut CheckReport) -> Result<(), RecordError> {
        let found = self.verify_audit(None, Vec::new()).await?;
        for flaw in found.flaws {
            let text = flaw.explain();
            report.add("check.audit", flaw.code(), &text.ja, &text.en);
        }
        Ok(())
    }

    async fn check_form(&self, report: &mut CheckReport) -> Result<(), RecordError> {
        match self.require_migrated().await {
            Ok(()) => {}
            Err(MigrateError::Record(error)) => return Err(error),
            Err(error) => {
                let text = error.explain();
                report.add("check.migrations", "schema_migration", &text.ja, &text.en);
            }
        }
        if let Db::Sqlite { readers, .. } = &self.db {
            let lines: Vec<String> = sqlx::query_scalar("PRAGMA integrity_check")
                .fetch_all(readers)
                .await
                .map_err(RecordError::attempt("check the engine's integrity"))?;
            for line in lines.iter().filter(|line| *line != "ok") {
                let (ja, en) = ("SQLite が破損を報告しています。", "SQLite reports damage.");
                report.add("check.engine", line.clone(), ja, en);
            }
        }
        Ok(())
    }

    async fn check_case_list(&self, report: &mut CheckReport) -> Result<(), RecordError> {
        let kept = format!("SELECT {SUMMARY_COLUMNS} FROM case_summary");
        let mut differing = 0;
        for (one, other) in [(kept.as_str(), SUMMARY_OF_RECORD), (SUMMARY_OF_RECORD, kept.as_str())]
        {
            let sql = format!("SELECT count(*) FROM ({one} EXCEPT {other}) d");
            let count: i64 = on_readers!(self, |pool| {
                sqlx::query_scalar(sqlx::AssertSqlSafe(sql.as_str())).fetch_one(pool).await
            })
            .map_err(RecordError::attempt("compare the case list with the record"))?;
            differing = differing.max(count);
        }
        if differing > 0 {
            report.add(
                "check.case_list",
                differing.to_string(),
                "症例一覧が記録と一致しない症例があります。",
                "cases whose row in the case list does not say what the record says.",
            );
        }
        Ok(())
    }

    async fn check_originals(&self, report: &mut CheckReport) -> Result<(), RecordError> {
        let mut after = None;
        loop {
            let keys = self.original_keys(after.as_ref()).await?;
            let Some(last) = keys.last().cloned() else { return Ok(()) };
            for digest in &keys {
                match self.original(digest).await {
                    Ok(Some(original)) => {
                        let Some(bytes) = &original.bytes else { continue };
                        let whole = bytes.len() as u64 == original.size_bytes;
                        if !whole || digest_of(bytes) != original.digest {
                            let (ja, en) = (
                                "原本の内容がダイジェストと一致しません。",
                                "the file's bytes are not those of the digest.",
                            );
                            report.add("check.original.digest", digest.0.clone(), ja, en);
                        }
                    }
                    Ok(None) => {}
                    Err(error) => unreadable(report, "check.original.bytes", &digest.0, error)?,
                }
            }
            after = Some(last);
        }
    }

    async fn check_cases(&self, report: &mut CheckReport) -> Result<(), RecordError> {
        let mut after = None;
        loop {
            let keys = self.case_keys(after).await?;
            let Some(last) = keys.last().copied() else { return Ok(()) };
            for case in keys {
                if let Err(error) = self.case_revisions(case).await {
                    unreadable(report, "check.case.document", &case.to_string(), error)?;
                }
            }
            after = Some(last);
        }
    }

    async fn check_results(&self, report: &mut CheckReport) -> Result<(), RecordError> {
        let mut after = None;
        loop {
            let keys = self.result_keys(after).await?;
            let Some(last) = keys.last().copied() else { return Ok(()) };
            for result in keys {
                if let Err(error) = self.result(result).await {
                    unreadable(report, "check.result.document", &result.to_string(), error)?;
                }
            }
            after = Some(last);
        }
    }

    async fn check_reports(&self, report: &mut CheckReport) -> Result<(), RecordError> {
        let mut after = None;
        loop {
            let keys = self.report_keys(after).await?;
            let Some(last) = keys.last().copied() else { return Ok(()) };
            for id in keys {
                match self.report(id).await {
                    Ok(Some(stored)) if !stored.is_intact() => {
                        let (ja, en) = (
                            "報告書の内容がダイジェストと一致しません。",
                            "the report's bytes are not those of the digest.",
                        );
                        report.add("check.report.digest", id.to_string(), ja, en);
                    }
                    Ok(Some(stored)) if !is_json(&stored.json) => {
                        let (ja, en) =
                            ("報告書が JSON として読めません。", "the report is not JSON.");
                        report.add("check.report.document", id.to_string(), ja, en);
                    }
                    Ok(_) => {}
                    Err(error) => {
                        unreadable(report, "check.report.document", &id.to_string(), error)?;
                    }
                }
            }
            after = Some(last);
        }
    }
}

/// Takes a document that cannot be read as a finding; any other error ends the check.
pub(crate) fn unreadable(
    report: &mut CheckReport,
    code: &'static str,
    subject: &str,
    error: RecordError,
) -> Result<(), RecordError> {
    match error {
        RecordError::Document { .. } | RecordError::Unpack { .. } | RecordError::Value { .. } => {
            let (ja, en) = ("文書を読めません。", "the document cannot be read.");
            report.add(code, subject, ja, en);
            Ok(())
        }
        // A value of the wrong type in a column is damage as well.
        RecordError::Engine { source: sqlx::Error::ColumnDecode { .. }, .. } => {
            let (ja, en) = ("値の型が正しくありません。", "a value has the wrong type.");
            report.add(code, subject, ja, en);
            Ok(())
        }
        other => Err(other),
    }
}
