//! The case list: a derived table with one row for each case, and the pages made of it.

use chrono::{DateTime, Utc};
use model::{
    case::Sex,
    evidence::EvidenceLevel,
    identity::{CaseId, ReportId, ResultId},
    organisation::OrganisationCode,
    tumour::TumourTypeCode,
};
use sqlx::QueryBuilder;
use uuid::Uuid;

use crate::{
    case::{sex_of, sex_word},
    db::{Batch, Store, on_batch, on_readers},
    document::like_anywhere,
    error::RecordError,
    page::{Cursor, Page, PageRequest},
    report::{count_of, level_of},
    row::{STATEMENT_ROWS_MAX, row},
};

/// What the case list shows of a case.
#[derive(Clone, Debug, PartialEq)]
pub struct CaseRow {
    /// The case.
    pub case: CaseId,
    /// Reference.
    pub reference: String,
    /// Hospital's code.
    pub hospital: Option<String>,
    /// Tumour type.
    pub tumour_type: Option<TumourTypeCode>,
    /// Sex.
    pub sex: Option<Sex>,
    /// Age. Units: completed years at registration.
    pub age_years: Option<u32>,
    /// Whether the case is invented.
    pub synthetic: bool,
    /// Name and version of the panel of the newest accepted result.
    pub panel: Option<String>,
    /// How many accepted results the case has.
    pub result_count: u32,
    /// How many rejected results the case has.
    pub rejected_count: u32,
    /// How many alterations the newest accepted result reports.
    pub reported_count: u32,
    /// How many warnings the newest accepted result has.
    pub warning_count: u32,
    /// The newest accepted result.
    pub latest_result: Option<ResultId>,
    /// The newest report on that result.
    pub latest_report: Option<ReportId>,
    /// The strongest evidence level in that report.
    pub highest_level: Option<EvidenceLevel>,
    /// How many findings that report has.
    pub finding_count: u32,
    /// When the newest result was received, or else when the case was first recorded.
    pub listed_at: DateTime<Utc>,
}

row! {
    struct SummaryRow {
        case_id: Uuid, reference: String, hospital: Option<String>, tumour_type: Option<String>,
        sex: Option<String>, age_years: Option<i64>, synthetic: bool, panel: Option<String>,
        result_count: i64, rejected_count: i64, reported_count: i64, warning_count: i64,
        latest_result_id: Option<Uuid>, latest_report_id: Option<Uuid>,
        highest_level: Option<String>, finding_count: i64, listed_at: DateTime<Utc>,
    }
}

impl SummaryRow {
    fn read(self) -> Result<CaseRow, RecordError> {
        Ok(CaseRow {
            case: CaseId(self.case_id),
            reference: self.reference,
            hospital: self.hospital,
            tumour_type: self.tumour_type.map(TumourTypeCode),
            sex: self.sex.as_deref().map(sex_of).transpose()?,
            age_years: self.age_years.map(count_of).transpose()?,
            synthetic: self.synthetic,
            panel: self.panel,
            result_count: count_of(self.result_count)?,
            rejected_count: count_of(self.rejected_count)?,
            reported_count: count_of(self.reported_count)?,
            warning_count: count_of(self.warning_count)?,
            latest_result: self.latest_result_id.map(ResultId),
            latest_report: self.latest_report_id.map(ReportId),
            highest_level: self.highest_level.as_deref().map(level_of).transpose()?,
            finding_count: count_of(self.finding_count)?,
            listed_at: self.listed_at,
        })
    }
}

/// Which cases a list has, by their strongest evidence level.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum LevelFilter {
    /// All cases.
    #[default]
    Any,
    /// Only cases whose newest report has this as its strongest level.
    Is(EvidenceLevel),
    /// Only cases without any evidence, or without a report.
    Nothing,
}

/// Why somebody should look at a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Attention {
    /// It has a rejected result.
    Rejected,
    /// It has no report.
    NoReport,
    /// Its newest accepted result has warnings.
    Warnings,
    /// Its tumour type is not known.
    NoTumourType,
}

impl Attention {
    /// Every reason, gravest first.
    pub const ALL: [Self; 4] = [Self::Rejected, Self::NoReport, Self::Warnings, Self::NoTumourType];

    /// Returns the condition on a row of the list.
    fn condition(self) -> &'static str {
        match self {
            Self::Rejected => "rejected_count > 0",
            Self::NoReport => "latest_report_id IS NULL",
            Self::Warnings => "warning_count > 0",
            Self::NoTumourType => "tumour_type IS NULL",
        }
    }
}

/// How many cases the record has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CaseCounts {
    /// All cases.
    pub cases: u64,
    /// Invented ones.
    pub synthetic: u64,
}

/// What cases can be counted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CaseFacet {
    /// Tumour type's code.
    TumourType,
    /// Hospital's code.
    Hospital,
    /// Strongest evidence level's letter.
    Level,
    /// Sex: `female`, `male` or `other`.
    Sex,
    /// Panel's name and version.
    Panel,
}

impl CaseFacet {
    fn column(self) -> &'static str {
        match self {
            Self::TumourType => "tumour_type",
            Self::Hospital => "hospital",
            Self::Level => "highest_level",
            Self::Sex => "sex",
            Self::Panel => "panel",
        }
    }
}

/// Of which hospitals a list may have cases, by what its reader may see.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum CaseScope {
    /// All cases, those without a hospital too.
    #[default]
    Everything,
    /// Only cases of these hospitals, of which there may be none (at most 256 are looked at), and, where
    /// `registered`, those whose patients agreed to registration with the centre.
    Seen {
        /// The hospitals.
        hospitals: Vec<OrganisationCode>,
        /// Whether registered cases of all hospitals are among them.
        registered: bool,
        /// Laboratories whose orders' results are among the results (at most 256 are looked at); they see no
        /// list of cases.
        laboratories: Vec<OrganisationCode>,
    },
}

/// Which cases a list has. The default is all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CaseFilter {
    /// Only cases that the reader may see.
    pub scope: CaseScope,
    /// Only cases of one of these tumour types; empty for all. At most 256 are looked at.
    pub tumour_types: Vec<TumourTypeCode>,
    /// Only cases of this hospital.
    pub hospital: Option<String>,
    /// Only cases of this sex.
    pub sex: Option<Sex>,
    /// Only cases whose newest accepted result is of this panel, by name and version.
    pub panel: Option<String>,
    /// Only cases that somebody should look at for this reason.
    pub attention: Option<Attention>,
    /// Only cases with this strongest level.
    pub level: LevelFilter,
    /// Only cases whose reference, diagnosis, panel, file name or label has this text, in any case.
    pub text: Option<String>,
}

/// One value of a facet, and how many cases have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FacetCount {
    /// The value; `None` where it is not known.
    pub value: Option<String>,
    /// How many cases.
    pub cases: u64,
}

/// What the cases of a filtered list are, by each facet; most frequent first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CaseFacets {
    /// By tumour type.
    pub tumour_types: Vec<FacetCount>,
    /// By hospital.
    pub hospitals: Vec<FacetCount>,
    /// By strongest evidence level.
    pub levels: Vec<FacetCount>,
}

/// Most values of one facet that are returned.
const FACET_VALUES_MAX: i64 = 500;

/// The one definition of the derived row: keeping it up to date and rebuilding it are the same statement.
pub(crate) const SUMMARY_OF_RECORD: &str = "SELECT c.id, v.revision, c.reference, v.hospital, v.tumour_type, v.sex, v.age_years, v.synthetic, \
     r.panel, \
     (SELECT count(*) FROM result x WHERE x.case_id = c.id AND x.status = 'accepted'), \
     (SELECT count(*) FROM result x WHERE x.case_id = c.id AND x.status = 'rejected'), \
     coalesce(r.reported_count, 0), coalesce(r.warning_count, 0), r.id, p.id, p.highest_level, \
     coalesce(p.finding_count, 0), v.search_text || ' ' || coalesce(r.search_text, ''), \
     coalesce((SELECT max(x.received_at) FROM result x WHERE x.case_id = c.id), c.created_at) \
     FROM patient_case c \
     JOIN case_revision v ON v.case_id = c.id \
         AND v.revision = (SELECT max(x.revision) FROM case_revision x WHERE x.case_id = c.id) \
     LEFT JOIN result r ON r.id = (SELECT x.id FROM result x WHERE x.case_id = c.id \
         AND x.status = 'accepted' ORDER BY x.received_at DESC, x.id DESC LIMIT 1) \
     LEFT JOIN report p ON p.id = (SELECT x.id FROM report x WHERE x.result_id = r.id \
         ORDER BY x.composed_at DESC, x.id DESC LIMIT 1) \
     WHERE 1 = 1";
pub(crate) const SUMMARY_COLUMNS: &str = "case_id, revision, reference, hospital, tumour_type, sex, age_years, \
     synthetic, panel, result_count, rejected_count, reported_count, warning_count, latest_result_id, \
     latest_report_id, highest_level, finding_count, search_text, listed_at";
const SUMMARY_SUPERSEDES: &str = " ON CONFLICT (case_id) DO UPDATE SET revision = excluded.revision, \
     reference = excluded.reference, hospital = excluded.hospital, tumour_type = excluded.tumour_type, \
     sex = excluded.sex, age_years = excluded.age_years, synthetic = excluded.synthetic, \
     panel = excluded.panel, result_count = excluded.result_count, \
     rejected_count = excluded.rejected_count, reported_count = excluded.reported_count, \
     warning_count = excluded.warning_count, latest_result_id = excluded.latest_result_id, \
     latest_report_id = excluded.latest_report_id, highest_level = excluded.highest_level, \
     finding_count = excluded.finding_count, search_text = excluded.search_text, \
     listed_at = excluded.listed_at";

impl Batch {
    /// Brings the case list up to date for cases that were written to in this batch.
    ///
    /// Errors: the engine fails.
    pub async fn refresh_cases(&mut self, cases: &[CaseId]) -> Result<(), RecordError> {
        for chunk in cases.chunks(STATEMENT_ROWS_MAX) {
            on_batch!(self, |connection| {
                let mut query = QueryBuilder::new("INSERT INTO case_summary (");
                query.push(SUMMARY_COLUMNS).push(") ").push(SUMMARY_OF_RECORD);
                query.push(" AND c.id IN (");
                let mut ids = query.separated(", ");
                for case in chunk {
                    ids.push_bind(case.0);
                }
                query.push(")").push(SUMMARY_SUPERSEDES);
                query.build().execute(connection).await.map(drop)
            })
            .map_err(RecordError::attempt("bring the case list up to date"))?;
        }
        Ok(())
    }

    /// Throws the case list away and makes it again from the record.
    ///
    /// Errors: the engine fails.
    pub async fn rebuild_case_list(&mut self) -> Result<(), RecordError> {
        on_batch!(self, |connection| {
            let emptied = sqlx::query("DELETE FROM case_summary").execute(&mut *connection).await;
            match emptied {
                Ok(_) => {
                    let mut query = QueryBuilder::new("INSERT INTO case_summary (");
                    query.push(SUMMARY_COLUMNS).push(") ").push(SUMMARY_OF_RECORD);
                    query.build().execute(&mut *connection).await.map(drop)
                }
                Err(error) => Err(error),
            }
        })
        .map_err(RecordError::attempt("rebuild the case list"))
    }
}

/// Cases whose patients agreed to registration: the first of the answers that hold is the one on it.
pub(crate) const REGISTERED: &str =
    "(SELECT k.case_id FROM case_consent k WHERE substr(k.answers, 1, 1) = 'y')";

/// Adds the condition that a case is among those that the reader may see.
macro_rules! push_scope {
    ($query:ident, $scope:expr, $hospital:literal, $case:literal) => {
        if let $crate::case_list::CaseScope::Seen { hospitals, registered, .. } = &$scope {
            // A list that is empty finds nothing.
            $query.push(concat!(" AND (", $hospital, " IN (NULL"));
            for hospital in hospitals.iter().take($crate::row::STATEMENT_ROWS_MAX) {
                $query.push(", ").push_bind(hospital.as_str());
            }
            $query.push(")");
            if *registered {
                $query.push(concat!(" OR ", $case, " IN ")).push($crate::case_list::REGISTERED);
            }
            $query.push(")");
        }
    };
}

pub(crate) use push_scope;

/// Adds the conditions of a filter to a statement of either engine.
macro_rules! push_filter {
    ($query:ident, $filter:expr, $text:expr) => {
        $query.push(" WHERE 1 = 1");
        push_scope!($query, $filter.scope, "hospital", "case_id");
        if !$filter.tumour_types.is_empty() {
            $query.push(" AND tumour_type IN (");
            let mut codes = $query.separated(", ");
            for code in $filter.tumour_types.iter().take(STATEMENT_ROWS_MAX) {
                codes.push_bind(code.as_str());
            }
            $query.push(")");
        }
        if let Some(hospital) = &$filter.hospital {
            $query.push(" AND hospital = ").push_bind(hospital);
        }
        if let Some(sex) = $filter.sex {
            $query.push(" AND sex = ").push_bind(sex_word(sex));
        }
        if let Some(panel) = &$filter.panel {
            $query.push(" AND panel = ").push_bind(panel);
        }
        if let Some(attention) = $filter.attention {
            $query.push(" AND ").push(attention.condition());
        }
        match $filter.level {
            LevelFilter::Any => {}
            LevelFilter::Is(level) => {
                $query.push(" AND highest_level = ").push_bind(level.letter());
            }
            LevelFilter::Nothing => {
                $query.push(" AND highest_level IS NULL");
            }
        }
        if let Some(pattern) = &$text {
            $query.push(" AND search_text LIKE ").push_bind(pattern).push(" ESCAPE '\\'");
        }
    };
}

impl CaseFilter {
    fn pattern(&self) -> Option<String> {
        self.text.as_deref().filter(|text| !text.trim().is_empty()).map(like_anywhere)
    }

    /// Returns the filter with text that both engines take.
    fn without_nul(&self) -> Self {
        let clean = |text: &str| crate::document::without_nul(text);
        Self {
            scope: self.scope.clone(),
            tumour_types: self
                .tumour_types
                .iter()
                .map(|code| TumourTypeCode(clean(code.as_str())))
                .collect(),
            hospital: self.hospital.as_deref().map(clean),
            sex: self.sex,
            panel: self.panel.as_deref().map(clean),
            attention: self.attention,
            level: self.level,
            text: self.text.clone(),
        }
    }
}

impl Store {
    /// Returns a page of the case list, newest first.
    ///
    /// Errors: the engine fails.
    pub async fn list_cases(
        &self,
        filter: &CaseFilter,
        page: PageRequest,
    ) -> Result<Page<CaseRow>, RecordError> {
        let filter = filter.without_nul();
        let text = filter.pattern();
        let attempt = RecordError::attempt("list the cases");
        let total: i64 = on_readers!(self, |pool| {
            let mut query = QueryBuilder::new("SELECT count(*) FROM case_summary");
            push_filter!(query, filter, text);
            query.build_query_scalar().fetch_one(pool).await
        })
        .map_err(attempt)?;
        let rows: Vec<SummaryRow> = on_readers!(self, |pool| {
            let mut query = QueryBuilder::new("SELECT ");
            query.push(SUMMARY_COLUMNS).push(" FROM case_summary");
            push_filter!(query, filter, text);
            if let Some(after) = page.after {
                query.push(" AND (listed_at, case_id) < (").push_bind(after.at);
                query.push(", ").push_bind(after.id).push(")");
            }
            query.push(" ORDER BY listed_at DESC, case_id DESC LIMIT ");
            query.push_bind(i64::from(page.rows_bounded()) + 1);
            query.build_query_as().fetch_all(pool).await
        })
        .map_err(attempt)?;
        let rows = rows.into_iter().map(SummaryRow::read).collect::<Result<Vec<_>, _>>()?;
        let total = u64::try_from(total).unwrap_or(0);
        Ok(Page::of(rows, page, total, |row| Cursor { at: row.listed_at, id: row.case.0 }))
    }

    /// Returns what the case list shows of one case.
    ///
    /// Errors: the engine fails.
    pub async fn case_row(&self, case: CaseId) -> Result<Option<CaseRow>, RecordError> {
        let row: Option<SummaryRow> = on_readers!(self, |pool| {
            let mut query = QueryBuilder::new("SELECT ");
            query.push(SUMMARY_COLUMNS).push(" FROM case_summary WHERE case_id = ");
            query.push_bind(case.0);
            query.build_query_as().fetch_optional(pool).await
        })
        .map_err(RecordError::attempt("read a case's row"))?;
        row.map(SummaryRow::read).transpose()
    }

    /// Returns what the cases of a filtered list are, by tumour type, hospital and strongest level.
    ///
    /// Errors: the engine fails.
    pub async fn case_facets(&self, filter: &CaseFilter) -> Result<CaseFacets, RecordError> {
        Ok(CaseFacets {
            tumour_types: self.case_facet(CaseFacet::TumourType, filter).await?,
            hospitals: self.case_facet(CaseFacet::Hospital, filter).await?,
            levels: self.case_facet(CaseFacet::Level, filter).await?,
        })
    }

    /// Counts the cases of a filtered list by one facet, most frequent first.
    ///
    /// Errors: the engine fails.
    pub async fn case_facet(
        &self,
        facet: CaseFacet,
        filter: &CaseFilter,
    ) -> Result<Vec<FacetCount>, RecordError> {
        let column = facet.column();
        let filter = filter.without_nul();
        let text = filter.pattern();
        let rows: Vec<(Option<String>, i64)> = on_readers!(self, |pool| {
            let mut query = QueryBuilder::new("SELECT ");
            query.push(column).push(", count(*) FROM case_summary");
            push_filter!(query, filter, text);
            query.push(" GROUP BY ").push(column);
            query.push(" ORDER BY count(*) DESC, ").push(column).push(" LIMIT ");
            query.push_bind(FACET_VALUES_MAX);
            query.build_query_as().fetch_all(pool).await
        })
        .map_err(RecordError::attempt("count the cases by facet"))?;
        let count = |(value, cases)| FacetCount { value, cases: u64::try_from(cases).unwrap_or(0) };
        Ok(rows.into_iter().map(count).collect())
    }

    /// Counts the cases of a filtered list that somebody should look at, by reason.
    ///
    /// Errors: the engine fails.
    pub async fn case_attention(
        &self,
        filter: &CaseFilter,
    ) -> Result<Vec<(Attention, u64)>, RecordError> {
        let filter = filter.without_nul();
        let text = filter.pattern();
        let row: (i64, i64, i64, i64) = on_readers!(self, |pool| {
            let mut query = QueryBuilder::new("SELECT ");
            let mut counts = query.separated(", ");
            for attention in Attention::ALL {
                counts.push("count(CASE WHEN ").push_unseparated(attention.condition());
                counts.push_unseparated(" THEN 1 END)");
            }
            query.push(" FROM case_summary");
            push_filter!(query, filter, text);
            query.build_query_as().fetch_one(pool).await
        })
        .map_err(RecordError::attempt("count the cases to look at"))?;
        let counts = [row.0, row.1, row.2, row.3].map(|count| u64::try_from(count).unwrap_or(0));
        Ok(Attention::ALL.into_iter().zip(counts).collect())
    }

    /// Counts the cases, and how many of them are invented.
    ///
    /// Errors: the engine fails.
    pub async fn case_counts(&self) -> Result<CaseCounts, RecordError> {
        let (cases, synthetic): (i64, i64) = on_readers!(self, |pool| {
            let mut query = QueryBuilder::new("SELECT count(*), count(CASE WHEN synthetic = ");
            query.push_bind(true).push(" THEN 1 END) FROM case_summary");
            query.build_query_as().fetch_one(pool).await
        })
        .map_err(RecordError::attempt("count the cases"))?;
        let count = |count: i64| u64::try_from(count).unwrap_or(0);
        Ok(CaseCounts { cases: count(cases), synthetic: count(synthetic) })
    }

    /// Counts the cases that a reader may see: by an index alone where these are all registered cases or those of some
    /// hospitals.
    ///
    /// Errors: the engine fails.
    pub async fn count_seen_cases(&self, scope: &CaseScope) -> Result<u64, RecordError> {
        let all_registered = matches!(
            scope,
            CaseScope::Seen { hospitals, registered: true, .. } if hospitals.is_empty()
        );
        let cases: i64 = on_readers!(self, |pool| {
            let mut query = QueryBuilder::new("SELECT count(*) FROM ");
            if all_registered {
                query.push(REGISTERED).push(" registered");
            } else {
                query.push("case_summary WHERE 1 = 1");
                push_scope!(query, *scope, "hospital", "case_id");
            }
            query.build_query_scalar().fetch_one(pool).await
        })
        .map_err(RecordError::attempt("count the cases"))?;
        Ok(u64::try_from(cases).unwrap_or(0))
    }

    /// Returns whether any of the cases that a reader may see is invented.
    ///
    /// Errors: the engine fails.
    pub async fn sees_synthetic_cases(&self, scope: &CaseScope) -> Result<bool, RecordError> {
        let found: Option<i64> = on_readers!(self, |pool| {
            let mut query =
                QueryBuilder::new("SELECT CAST(1 AS BIGINT) FROM case_summary WHERE synthetic = ");
            query.push_bind(true);
            push_scope!(query, *scope, "hospital", "case_id");
            query.push(" LIMIT 1").build_query_scalar().fetch_optional(pool).await
        })
        .map_err(RecordError::attempt("look for invented cases"))?;
        Ok(found.is_some())
    }
}
