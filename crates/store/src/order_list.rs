//! The lists of orders: a derived table with one row for each order, and what waits for whom.

use chrono::{Datelike, NaiveDate, NaiveTime};
use model::{
    identity::{CaseId, OrderId},
    order::{Interval, OrderStep, WaitsFor},
    organisation::OrganisationCode,
};
use sqlx::QueryBuilder;
use uuid::Uuid;

use crate::{
    db::{Batch, Store, on_batch, on_readers},
    document::{like_anywhere, without_nul},
    error::RecordError,
    order::StoredOrder,
    page::{Cursor, Page, PageRequest},
    row::{STATEMENT_ROWS_MAX, row},
};

/// What lists show of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderRow {
    /// The order.
    pub order: OrderId,
    /// Its case.
    pub case: CaseId,
    /// Reference of the case.
    pub reference: String,
    /// Which order of the case it is. Units: 1-based.
    pub ordinal: u16,
    /// The hospital that ordered.
    pub hospital: OrganisationCode,
    /// The laboratory that tests.
    pub laboratory: OrganisationCode,
    /// The test product.
    pub product: String,
    /// Where it stands.
    pub step: OrderStep,
    /// Whose turn it is.
    pub waits_for: Option<WaitsFor>,
    /// Whether a genetic counsellor is waited for beside that.
    pub counselling_waits: bool,
    /// Since when it stands there.
    pub since: NaiveDate,
    /// Day of the patient's consent, or else of the order.
    pub started_on: NaiveDate,
    /// Day of the order.
    pub ordered_on: NaiveDate,
    /// Day of the patient's consent.
    pub consented_on: Option<NaiveDate>,
    /// Day on which the patient was told, or on which the order was cancelled.
    pub ended_on: Option<NaiveDate>,
    /// Whether the patient was told.
    pub explained: bool,
    /// How many specimens were asked for.
    pub attempts: u32,
    /// How many events there are.
    pub events: u32,
}

row! {
    struct SummaryRow {
        order_id: Uuid, case_id: Uuid, reference: String, ordinal: i64, hospital: String,
        laboratory: String, product: String, step: String, waits_for: Option<String>,
        counselling_waits: bool, since_day: i64, start_day: i64, ordered_day: i64,
        consented_day: Option<i64>, ended_day: Option<i64>, explained: bool, attempts: i64,
        event_count: i64,
    }
}

const COLUMNS: &str = "order_id, case_id, reference, ordinal, hospital, laboratory, product, step, waits_for, \
     counselling_waits, since_day, start_day, ordered_day, consented_day, ended_day, explained, attempts, \
     event_count";

fn day_of(number: i64) -> Result<NaiveDate, RecordError> {
    let wrong = || RecordError::Value { what: "day", value: number.to_string() };
    let number = i32::try_from(number).map_err(|_| wrong())?;
    NaiveDate::from_num_days_from_ce_opt(number).ok_or_else(wrong)
}

fn number_of(day: NaiveDate) -> i64 {
    i64::from(day.num_days_from_ce())
}

fn small<T: TryFrom<i64>>(what: &'static str, value: i64) -> Result<T, RecordError> {
    T::try_from(value).map_err(|_| RecordError::Value { what, value: value.to_string() })
}

impl SummaryRow {
    fn read(self) -> Result<OrderRow, RecordError> {
        let wrong = |what, value: &str| RecordError::Value { what, value: value.to_owned() };
        let waits_for = match &self.waits_for {
            Some(word) => Some(word.parse().map_err(|_| wrong("whose turn", word))?),
            None => None,
        };
        Ok(OrderRow {
            order: OrderId(self.order_id),
            case: CaseId(self.case_id),
            reference: self.reference,
            ordinal: small("order ordinal", self.ordinal)?,
            hospital: OrganisationCode::new(&self.hospital),
            laboratory: OrganisationCode::new(&self.laboratory),
            product: self.product,
            step: self.step.parse().map_err(|_| wrong("order step", &self.step))?,
            waits_for,
            counselling_waits: self.counselling_waits,
            since: day_of(self.since_day)?,
            started_on: day_of(self.start_day)?,
            ordered_on: day_of(self.ordered_day)?,
            consented_on: self.consented_day.map(day_of).transpose()?,
            ended_on: self.ended_day.map(day_of).transpose()?,
            explained: self.explained,
            attempts: small("attempts", self.attempts)?,
            events: small("events", self.event_count)?,
        })
    }
}

impl OrderRow {
    /// Makes the row of an order; the one definition, for keeping the table up to date and for rebuilding it.
    ///
    /// Errors: the events cannot follow each other, which the programme never writes.
    pub(crate) fn of(stored: &StoredOrder) -> Result<Self, RecordError> {
        let state = stored.state().map_err(|refusal| RecordError::Value {
            what: "order",
            value: format!("{}: {refusal}", stored.id),
        })?;
        let order = &stored.order;
        Ok(Self {
            order: stored.id,
            case: order.case,
            reference: stored.reference.clone(),
            ordinal: order.ordinal,
            hospital: OrganisationCode::new(&without_nul(order.hospital.as_str())),
            laboratory: OrganisationCode::new(&without_nul(order.laboratory.as_str())),
            product: without_nul(&order.product),
            step: state.step,
            waits_for: state.waits_for(),
            counselling_waits: state.counselling_waits(),
            since: state.since,
            started_on: order.consented_on.unwrap_or(order.ordered_on),
            ordered_on: order.ordered_on,
            consented_on: order.consented_on,
            ended_on: state.way_ended_on(),
            explained: state.explained_on.is_some(),
            attempts: u32::from(state.attempts),
            events: u32::try_from(stored.events.len()).unwrap_or(u32::MAX),
        })
    }
}

/// Which orders a list has. The default is all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OrderFilter {
    /// Only orders of one of these hospitals; `None` for all. At most 256 are looked at.
    pub hospitals: Option<Vec<OrganisationCode>>,
    /// Only orders from one of these laboratories; `None` for all. At most 256 are looked at.
    pub laboratories: Option<Vec<OrganisationCode>>,
    /// Only orders of this case.
    pub case: Option<CaseId>,
    /// Only orders that wait for this one.
    pub waits_for: Option<WaitsFor>,
    /// Only orders that wait for anybody.
    pub open: bool,
    /// Only orders whose case reference or product has this text.
    pub text: Option<String>,
}

/// Adds the conditions of a filter to a statement of either engine.
macro_rules! push_filter {
    ($query:ident, $filter:expr, $text:expr) => {
        $query.push(" WHERE 1 = 1");
        for (column, codes) in
            [("hospital", &$filter.hospitals), ("laboratory", &$filter.laboratories)]
        {
            let Some(codes) = codes else { continue };
            // Nobody's orders are none: an empty list is not "all".
            $query.push(" AND ").push(column).push(" IN (''");
            for code in codes.iter().take(STATEMENT_ROWS_MAX) {
                $query.push(", ").push_bind(without_nul(code.as_str()));
            }
            $query.push(")");
        }
        if let Some(case) = $filter.case {
            $query.push(" AND case_id = ").push_bind(case.0);
        }
        match $filter.waits_for {
            Some(WaitsFor::GeneticCounsellor) => {
                $query.push(" AND counselling_waits = ").push_bind(true);
            }
            Some(word) => {
                $query.push(" AND waits_for = ").push_bind(word.code());
            }
            None => {}
        }
        if $filter.open {
            // As the indexes of open orders say it.
            $query.push(" AND (waits_for IS NOT NULL OR counselling_waits)");
        }
        if let Some(pattern) = &$text {
            $query.push(" AND lower(reference || ' ' || product) LIKE ");
            $query.push_bind(pattern).push(" ESCAPE '\\'");
        }
    };
}

impl OrderFilter {
    fn pattern(&self) -> Option<String> {
        self.text.as_deref().filter(|text| !text.trim().is_empty()).map(like_anywhere)
    }
}

impl Batch {
    /// Brings the list up to date for an order that was written to in this batch.
    ///
    /// Errors: the engine fails, or the order's events cannot follow each other.
    pub async fn refresh_order(&mut self, stored: &StoredOrder) -> Result<(), RecordError> {
        self.refresh_orders(std::slice::from_ref(stored)).await
    }

    /// Brings the list up to date for several orders.
    pub(crate) async fn refresh_orders(
        &mut self,
        stored: &[StoredOrder],
    ) -> Result<(), RecordError> {
        let rows = stored.iter().map(OrderRow::of).collect::<Result<Vec<_>, _>>()?;
        for chunk in rows.chunks(STATEMENT_ROWS_MAX) {
            on_batch!(self, |connection| {
                let mut query = QueryBuilder::new("INSERT INTO order_summary (");
                query.push(COLUMNS).push(") ");
                query.push_values(chunk, |mut values, row| {
                    values.push_bind(row.order.0);
                    values.push_bind(row.case.0);
                    values.push_bind(&row.reference);
                    values.push_bind(i64::from(row.ordinal));
                    values.push_bind(row.hospital.as_str());
                    values.push_bind(row.laboratory.as_str());
                    values.push_bind(&row.product);
                    values.push_bind(row.step.code());
                    values.push_bind(row.waits_for.map(WaitsFor::code));
                    values.push_bind(row.counselling_waits);
                    values.push_bind(number_of(row.since));
                    values.push_bind(number_of(row.started_on));
                    values.push_bind(number_of(row.ordered_on));
                    values.push_bind(row.consented_on.map(number_of));
                    values.push_bind(row.ended_on.map(number_of));
                    values.push_bind(row.explained);
                    values.push_bind(i64::from(row.attempts));
                    values.push_bind(i64::from(row.events));
                });
                query.push(
                    " ON CONFLICT (order_id) DO UPDATE SET step = excluded.step, \
                     waits_for = excluded.waits_for, counselling_waits = excluded.counselling_waits, \
                     since_day = excluded.since_day, ended_day = excluded.ended_day, \
                     explained = excluded.explained, attempts = excluded.attempts, \
                     event_count = excluded.event_count",
                );
                query.build().execute(connection).await.map(drop)
            })
            .map_err(RecordError::attempt("bring the list of orders up to date"))?;
        }
        Ok(())
    }
}

impl Store {
    /// Throws the list of orders away and makes it again from the record, page by page; a list that is being
    /// rebuilt is never seen half made.
    ///
    /// Errors: the engine fails, or an order's events cannot follow each other.
    pub async fn rebuild_order_list(&self) -> Result<(), RecordError> {
        let mut batch = self.begin().await?;
        on_batch!(batch, |connection| {
            sqlx::query("DELETE FROM order_summary").execute(connection).await.map(drop)
        })
        .map_err(RecordError::attempt("rebuild the list of orders"))?;
        let mut after = None;
        loop {
            let keys = self.order_keys(after).await?;
            let Some(last) = keys.last().copied() else { return batch.commit().await };
            after = Some(last);
            for id in keys {
                let Some(stored) = batch.order(id).await? else { continue };
                batch.refresh_order(&stored).await?;
            }
        }
    }

    /// Returns a page of the orders that a filter leaves, those begun longest ago first.
    ///
    /// Errors: the engine fails.
    pub async fn list_orders(
        &self,
        filter: &OrderFilter,
        page: PageRequest,
    ) -> Result<Page<OrderRow>, RecordError> {
        let text = filter.pattern();
        let attempt = RecordError::attempt("list the orders");
        let total: i64 = on_readers!(self, |pool| {
            let mut query = QueryBuilder::new("SELECT count(*) FROM order_summary");
            push_filter!(query, filter, text);
            query.build_query_scalar().fetch_one(pool).await
        })
        .map_err(attempt)?;
        let rows: Vec<SummaryRow> = on_readers!(self, |pool| {
            let mut query = QueryBuilder::new("SELECT ");
            query.push(COLUMNS).push(" FROM order_summary");
            push_filter!(query, filter, text);
            if let Some(after) = page.after {
                query.push(" AND (start_day, order_id) > (");
                query.push_bind(number_of(after.at.date_naive()));
                query.push(", ").push_bind(after.id).push(")");
            }
            query.push(" ORDER BY start_day, order_id LIMIT ");
            query.push_bind(i64::from(page.rows_bounded()) + 1);
            query.build_query_as().fetch_all(pool).await
        })
        .map_err(attempt)?;
        let rows = rows.into_iter().map(SummaryRow::read).collect::<Result<Vec<_>, _>>()?;
        let cursor = |row: &OrderRow| Cursor {
            at: row.started_on.and_time(NaiveTime::MIN).and_utc(),
            id: row.order.0,
        };
        Ok(Page::of(rows, page, u64::try_from(total).unwrap_or(0), cursor))
    }

    /// Returns what lists show of one order.
    ///
    /// Errors: the engine fails.
    pub async fn order_row(&self, id: OrderId) -> Result<Option<OrderRow>, RecordError> {
        let row: Option<SummaryRow> = on_readers!(self, |pool| {
            let mut query = QueryBuilder::new("SELECT ");
            query.push(COLUMNS).push(" FROM order_summary WHERE order_id = ").push_bind(id.0);
            query.build_query_as().fetch_optional(pool).await
        })
        .map_err(RecordError::attempt("read an order"))?;
        row.map(SummaryRow::read).transpose()
    }

    /// Counts the orders that a filter leaves, by whose turn it is.
    ///
    /// Errors: the engine fails.
    pub async fn orders_waiting(
        &self,
        filter: &OrderFilter,
    ) -> Result<Vec<(WaitsFor, u64)>, RecordError> {
        let text = filter.pattern();
        let attempt = RecordError::attempt("count what waits");
        let rows: Vec<(Option<String>, i64, i64)> = on_readers!(self, |pool| {
            let mut query = QueryBuilder::new("SELECT waits_for, count(*), ");
            query.push("count(CASE WHEN counselling_waits THEN 1 END) FROM order_summary");
            push_filter!(query, filter, text);
            query.push(" GROUP BY waits_for");
            query.build_query_as().fetch_all(pool).await
        })
        .map_err(attempt)?;
        let count = |count: i64| u64::try_from(count).unwrap_or(0);
        let counselling = rows.iter().map(|(.., asked)| count(*asked)).sum::<u64>();
        let of = |word: &WaitsFor| match word {
            WaitsFor::GeneticCounsellor => counselling,
            word => rows
                .iter()
                .find(|(code, ..)| code.as_deref() == Some(word.code()))
                .map_or(0, |(_, orders, _)| count(*orders)),
        };
        Ok(WaitsFor::ALL.iter().map(|word| (*word, of(word))).collect())
    }

    /// Returns how long the orders took that were begun since a day, or have taken until today, of one product
    /// and one hospital where these are given. Orders without a day of consent are not counted.
    ///
    /// Errors: the engine fails.
    pub async fn order_intervals(
        &self,
        since: NaiveDate,
        today: NaiveDate,
        product: Option<&str>,
        hospital: Option<&OrganisationCode>,
    ) -> Result<Vec<Interval>, RecordError> {
        let rows: Vec<(i64, bool, i64)> = on_readers!(self, |pool| {
            let mut query = QueryBuilder::new("SELECT coalesce(ended_day, ");
            query.push_bind(number_of(today));
            query.push(") - consented_day AS days, explained, count(*) FROM order_summary");
            query.push(" WHERE consented_day >= ").push_bind(number_of(since));
            if let Some(product) = product {
                query.push(" AND product = ").push_bind(without_nul(product));
            }
            if let Some(hospital) = hospital {
                query.push(" AND hospital = ").push_bind(without_nul(hospital.as_str()));
            }
            query.push(" GROUP BY 1, 2");
            query.build_query_as().fetch_all(pool).await
        })
        .map_err(RecordError::attempt("read how long orders take"))?;
        let interval = |(days, ended, orders): (i64, bool, i64)| Interval {
            // An order of the future, as a wrong clock may leave, has taken no days.
            days: u32::try_from(days).unwrap_or(0),
            ended,
            orders: u64::try_from(orders).unwrap_or(0),
        };
        Ok(rows.into_iter().map(interval).collect())
    }

    /// Counts the accepted results that no order is known for.
    ///
    /// Errors: the engine fails.
    pub async fn count_results_without_order(&self) -> Result<u64, RecordError> {
        self.count(
            "SELECT count(*) FROM result r WHERE r.status = 'accepted' AND NOT EXISTS \
             (SELECT 1 FROM order_event e WHERE e.result_id = r.id AND e.kind = 'result-received')",
        )
        .await
    }
}

row! {
    struct ReportTimeRow { consented_day: i64, document: String }
}

impl Store {
    /// Returns the days of the patient's consent and of the first report of every order that has both.
    ///
    /// Errors: the engine fails, or a document cannot be read.
    pub async fn report_times(&self) -> Result<Vec<(NaiveDate, NaiveDate)>, RecordError> {
        const TIMES: &str = "SELECT s.consented_day, e.document FROM order_event e \
             JOIN order_summary s ON s.order_id = e.order_id \
             WHERE e.report_id IS NOT NULL AND s.consented_day IS NOT NULL AND e.sequence = \
             (SELECT min(f.sequence) FROM order_event f \
              WHERE f.order_id = e.order_id AND f.report_id IS NOT NULL)";
        let rows: Vec<ReportTimeRow> =
            on_readers!(self, |pool| sqlx::query_as(TIMES).fetch_all(pool).await)
                .map_err(RecordError::attempt("read times until reports"))?;
        let times = |row: ReportTimeRow| {
            let event: model::order::OrderEvent =
                crate::document::of_json_text(|| "event of an order".to_owned(), &row.document)?;
            Ok((day_of(row.consented_day)?, event.on))
        };
        rows.into_iter().map(times).collect()
    }
}
