//! Survival of a cohort, and of its groups beside each other.

use knowledge::Release;
use model::{
    problem::Problem,
    text::{Language, LocalizedText},
};
use serde_json::{Map, Value, json};
use stats::survival::{
    KaplanMeierCurve, KaplanMeierOptions, LogRankGroup, LogRankTest, LogRankWeight,
};

use super::AnswerError;
use crate::cohort::{
    Clock, Cohort, CohortView, Item, ItemKind, PageRequest, Query, SurvivalCounts, Vocabulary,
};

/// When those at risk are told, where nothing else is asked. Units: days; 0 to 5 years.
pub const AT_RISK_DAYS: [u32; 6] = [0, 365, 730, 1_095, 1_461, 1_826];
/// Most groups that are compared.
const GROUPS_MAX: usize = 50;

/// What is asked of a cohort's survival.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SurvivalAsked {
    /// What is compared: an item, such as `stage`, or a query, such as `gene=TP53`, and its opposite.
    pub by: Option<String>,
    /// When the clock starts.
    pub clock: Clock,
    /// Whether cases count as observed from the day of their test: only who lived until then was registered.
    pub delayed_entry: bool,
}

/// A group and its curve.
#[derive(Debug)]
pub struct SurvivalGroup {
    /// What its cases are beside the cohort's query.
    pub query: Query,
    /// The value of the item, or the query as text.
    pub label: String,
    /// Its days.
    pub counts: SurvivalCounts,
    /// Its curve; `None` where nobody can be counted.
    pub curve: Option<KaplanMeierCurve>,
}

/// Survival of a cohort's groups; of all its cases where nothing is compared.
#[derive(Debug)]
pub struct SurvivalAnswer {
    /// What was asked.
    pub asked: SurvivalAsked,
    /// At most 50 groups.
    pub groups: Vec<SurvivalGroup>,
    /// The log-rank test of the groups that have a curve, where they can be compared.
    pub test: Option<LogRankTest>,
}

impl SurvivalAnswer {
    /// Counts the survival of a query's cohort in a view.
    ///
    /// Errors: what is compared cannot be read, or the days cannot be counted.
    pub fn of(
        view: &CohortView,
        (query, cohort): (&Query, &Cohort),
        asked: SurvivalAsked,
        release: &Release,
        language: Language,
    ) -> Result<Self, AnswerError> {
        let compared = match &asked.by {
            None => {
                let all = LocalizedText::new("全体", "all");
                vec![(all.get(language).to_owned(), Query::Everything)]
            }
            Some(by) => {
                compared(view, cohort, by, release, language).map_err(AnswerError::Unread)?
            }
        };
        let request = PageRequest {
            survival: Some((asked.clock, asked.delayed_entry)),
            ..PageRequest::count()
        };
        let mut groups = Vec::with_capacity(compared.len());
        for (label, own) in compared {
            let both = Query::And(vec![query.clone(), own.clone()]);
            let cases = view.evaluate(&both, release)?;
            let counts = view.page(&cases, &request).survival.unwrap_or_default();
            let days = SurvivalCounts::to_day_counts(std::slice::from_ref(&counts))?;
            let curve = days.curve(0, &KaplanMeierOptions::default()).ok();
            groups.push(SurvivalGroup { query: own, label, counts, curve });
        }
        let tables: Vec<_> =
            groups.iter().filter_map(|own| Some(own.curve.as_ref()?.table().clone())).collect();
        let test = LogRankTest::of(&tables, LogRankWeight::default()).ok();
        Ok(Self { asked, groups, test })
    }

    /// Returns the answer as JSON, with those at risk on some days.
    pub fn to_json(&self, at_risk: &[u32]) -> Map<String, Value> {
        let groups: Vec<Value> = self.groups.iter().map(|group| group.to_json(at_risk)).collect();
        let mut outcome = Map::new();
        outcome.insert("start".to_owned(), self.asked.clock.code().into());
        outcome.insert("delayedEntry".to_owned(), self.asked.delayed_entry.into());
        outcome.insert("by".to_owned(), json!(self.asked.by));
        outcome.insert("groups".to_owned(), groups.into());
        outcome.insert("logRank".to_owned(), json!(self.test.as_ref().map(log_rank)));
        outcome
    }
}

/// Returns the queries that are compared, each with its label.
pub(super) fn compared(
    view: &CohortView,
    cohort: &Cohort,
    by: &str,
    release: &Release,
    language: Language,
) -> Result<Vec<(String, Query)>, Vec<Problem>> {
    let coded =
        Item::of_code(by).filter(|item| matches!(item.kind(), ItemKind::Word | ItemKind::Name));
    if let Some(item) = coded {
        let request = PageRequest { facets: vec![item], ..PageRequest::count() };
        let page = view.page(cohort, &request);
        let groups = page.facets.iter().flat_map(|facet| {
            facet.values.iter().map(|value| {
                let label = item.word_label(value.place);
                let label = label.map(|label| label.get(language).to_owned());
                (label.unwrap_or_else(|| value.code.to_string()), facet.query(value))
            })
        });
        return Ok(groups.take(GROUPS_MAX).collect());
    }
    let vocabulary = Vocabulary::of(view.dictionaries()).with_release(release);
    let is_word = by.chars().all(|sign| sign.is_alphanumeric() || sign == '_');
    let query = if is_word {
        // A word alone is an item that does not exist; as a term it is answered with those that do.
        Query::from_text(&format!("{by}=1"), &vocabulary)
    } else if by.starts_with('{') {
        Query::from_json(by, &vocabulary)
    } else {
        Query::from_text(by, &vocabulary)
    }?;
    let other = query.clone().negated();
    Ok(vec![(query.to_text(), query), (other.to_text(), other)])
}

impl SurvivalGroup {
    fn to_json(&self, at_risk: &[u32]) -> Value {
        let mut value = json!({
            "label": self.label,
            "query": self.query.to_text(),
            "leftOut": self.counts.left_out,
            "cases": 0,
        });
        if let (Some(curve), Some(value)) = (&self.curve, value.as_object_mut()) {
            let median = curve.median();
            let at_risk: Vec<Value> = at_risk
                .iter()
                .map(|day| json!({ "day": day, "cases": curve.at_risk(f64::from(*day)) }))
                .collect();
            let points: Vec<Value> = curve
                .points()
                .iter()
                .map(|point| {
                    json!({
                        "day": point.time,
                        "atRisk": point.at_risk,
                        "deaths": point.events,
                        "censored": point.censored,
                        "survival": point.survival,
                        "standardError": point.standard_error,
                        "lower": point.interval.map(|interval| interval.lower),
                        "upper": point.interval.map(|interval| interval.upper),
                    })
                })
                .collect();
            value.insert("cases".to_owned(), curve.table().cases().into());
            value.insert("deaths".to_owned(), curve.table().events().into());
            value.insert("medianDays".to_owned(), json!(median.time));
            value.insert("medianLowerDays".to_owned(), json!(median.lower));
            value.insert("medianUpperDays".to_owned(), json!(median.upper));
            value.insert("atRisk".to_owned(), at_risk.into());
            value.insert("points".to_owned(), points.into());
            let collapse = curve.collapse().map(|own| own.time);
            value.insert("zeroFromDayThoughObservedLater".to_owned(), json!(collapse));
        }
        value
    }
}

fn log_rank(test: &LogRankTest) -> Value {
    let group = |group: &LogRankGroup| json!({ "cases": group.cases, "observed": group.observed, "expected": group.expected });
    json!({
        "chiSquare": test.chi_square,
        "degrees": test.degrees,
        "p": test.p,
        "groups": test.groups.iter().map(group).collect::<Vec<_>>(),
    })
}
