//! Hazard ratios in a cohort: a model of proportional hazards of its cases.
//!
//! That hazards are proportional is assumed, not tested: whoever tells the ratios tells that too.

use std::collections::HashMap;

use knowledge::Release;
use model::{
    problem::{Place, Problem},
    text::{Language, LocalizedText},
};
use serde_json::{Map, Value, json};
use stats::survival::{
    CheckCovariatesError, CheckObservationsError, Covariates, CoxCoefficient, CoxModel, CoxOptions,
    FitCoxError, GlobalTest, ObservationTable,
};
use table::{Cell, Kind, Table};
use uuid::Uuid;

use super::{AnswerError, survival::compared};
use crate::cohort::{
    Clock, Cohort, CohortCase, CohortView, Item, Query, SurvivalCounts, VitalStatus,
};

/// Most covariates that are asked for at once.
const ASKED_MAX: usize = 20;
/// Most cases of a model: each is read whole.
const CASES_MAX: u64 = 200_000;
/// Items that enter as numbers, as hazard for one unit more.
const NUMBERS: [Item; 2] = [Item::Age, Item::Tmb];

/// What is asked of a cohort's hazards.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CoxAsked {
    /// Covariates: `age` and `tmb` by their unit; another item, such as `stage`, each value beside the first; a query, such
    /// as `gene=TP53`, beside its opposite.
    pub covariates: Vec<String>,
    /// When the clock starts.
    pub clock: Clock,
    /// Whether cases count as observed from the day of their test: only who lived until then was registered.
    pub delayed_entry: bool,
}

/// Why there is no model.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum NoModel {
    /// Nobody can be counted.
    #[error("no case can be counted")]
    NoCases,
    /// The observations cannot be used.
    #[error(transparent)]
    Observations(#[from] CheckObservationsError),
    /// The covariates cannot be used.
    #[error(transparent)]
    Covariates(#[from] CheckCovariatesError),
    /// It has no maximum.
    #[error(transparent)]
    Fit(#[from] FitCoxError),
}

/// A model of a cohort's cases.
#[derive(Clone, Debug)]
pub struct CoxAnswer {
    /// What was asked.
    pub asked: CoxAsked,
    /// For each covariate of the model, what it is compared with; empty for a number.
    pub references: Vec<String>,
    /// Cases whose days cannot be counted, as for survival.
    pub left_out: u64,
    /// Cases besides of which a covariate is not known.
    pub unknown: u64,
    /// The model, by Efron's method with intervals of 95 %; or why there is none.
    pub model: Result<CoxModel, NoModel>,
}

/// A covariate of the model.
enum Column {
    Number(Item),
    /// Whether a case is at a level, of those of which that is known.
    Level(HashMap<Uuid, bool>),
}

impl Column {
    fn value(&self, case: &CohortCase) -> Option<f64> {
        match self {
            Self::Number(Item::Age) => case.age_years.map(f64::from),
            // It is kept in hundredths.
            Self::Number(_) => case.tmb.map(|tmb| f64::from(tmb) / 100.0),
            Self::Level(known) => {
                known.get(&case.id).map(|is_there| f64::from(u8::from(*is_there)))
            }
        }
    }
}

/// The columns of a model, each with its name and what it is compared with.
#[derive(Default)]
struct Columns {
    names: Vec<String>,
    references: Vec<String>,
    columns: Vec<Column>,
}

impl CoxAnswer {
    /// Fits a model of the cases of a query's cohort in a view.
    ///
    /// Errors: a covariate cannot be read, or there are more cases than are read for a model.
    pub fn of(
        view: &CohortView,
        (query, cohort): (&Query, &Cohort),
        asked: CoxAsked,
        release: &Release,
    ) -> Result<Self, AnswerError> {
        if cohort.cases() > CASES_MAX {
            return Err(AnswerError::Unread(vec![too_many()]));
        }
        let columns = Columns::of(view, (query, cohort), &asked.covariates, release)?;
        let (mut left_out, mut unknown) = (0, 0);
        let (mut courses, mut cells) = (Vec::new(), vec![Vec::new(); columns.columns.len()]);
        for case in view.list(cohort, 0, usize::MAX) {
            let Some(course) = course(&case, asked.clock, asked.delayed_entry) else {
                left_out += 1;
                continue;
            };
            let row: Option<Vec<f64>> =
                columns.columns.iter().map(|column| column.value(&case)).collect();
            let Some(row) = row else {
                unknown += 1;
                continue;
            };
            courses.push(course);
            cells.iter_mut().zip(row).for_each(|(column, value)| column.push(value));
        }
        let model = fitted(&courses, columns.names, cells);
        Ok(Self { asked, references: columns.references, left_out, unknown, model })
    }

    /// Returns the answer as JSON.
    pub fn to_json(&self) -> Map<String, Value> {
        let mut outcome = Map::new();
        outcome.insert("start".to_owned(), self.asked.clock.code().into());
        outcome.insert("delayedEntry".to_owned(), self.asked.delayed_entry.into());
        outcome.insert("ties".to_owned(), "efron".into());
        outcome.insert("proportionalHazards".to_owned(), "assumed".into());
        outcome.insert("leftOut".to_owned(), self.left_out.into());
        outcome.insert("unknownCovariates".to_owned(), self.unknown.into());
        match &self.model {
            Ok(model) => outcome.extend(self.model_json(model)),
            Err(why) => {
                outcome.insert("withoutModel".to_owned(), why.to_string().into());
            }
        }
        outcome
    }

    fn model_json(&self, model: &CoxModel) -> Map<String, Value> {
        let covariates = model.coefficients.iter().zip(&self.references).map(|(own, reference)| {
            json!({
                "covariate": own.covariate,
                "reference": Some(reference).filter(|reference| !reference.is_empty()),
                "hazardRatio": own.hazard_ratio,
                "lower": own.interval.lower,
                "upper": own.interval.upper,
                "coefficient": own.coefficient,
                "standardError": own.standard_error,
                "z": own.z,
                "p": own.p,
            })
        });
        let test = |test: GlobalTest| json!({ "chiSquare": test.chi_square, "degrees": test.degrees, "p": test.p });
        let mut own = Map::new();
        own.insert("cases".to_owned(), model.cases.into());
        own.insert("deaths".to_owned(), model.events.into());
        own.insert("covariates".to_owned(), covariates.collect::<Vec<_>>().into());
        own.insert("logLikelihood".to_owned(), model.log_likelihood.into());
        own.insert("likelihoodRatio".to_owned(), test(model.likelihood_ratio));
        own.insert("wald".to_owned(), test(model.wald));
        own.insert("score".to_owned(), test(model.score));
        own
    }

    /// Returns the hazard ratios as a table; without a model it has no row.
    pub fn to_table(&self) -> Table {
        let numbers = ["hazard_ratio", "lower", "upper", "coefficient", "standard_error", "z", "p"];
        let columns = ["covariate", "reference"].map(|name| (name, Kind::Words));
        let columns = columns.into_iter().chain(numbers.map(|name| (name, Kind::Number)));
        let row = |(own, reference): (&CoxCoefficient, &String)| -> Vec<Cell> {
            let reference = Some(reference.clone()).filter(|reference| !reference.is_empty());
            vec![
                own.covariate.clone().into(),
                reference.into(),
                own.hazard_ratio.into(),
                own.interval.lower.into(),
                own.interval.upper.into(),
                own.coefficient.into(),
                own.standard_error.into(),
                own.z.into(),
                own.p.into(),
            ]
        };
        let coefficients = self.model.iter().flat_map(|model| &model.coefficients);
        Table::of_columns(columns).with_rows(coefficients.zip(&self.references).map(row))
    }
}

/// Fits the model of two groups that are counted by day: the hazard of the second beside that of the first.
///
/// Who came on which day does not matter to a model of groups, only how many were at risk: each that entered first is
/// taken to leave first.
///
/// Errors: nobody can be counted, or the likelihood has no maximum.
pub fn hazard_ratio(groups: [&SurvivalCounts; 2]) -> Result<CoxModel, NoModel> {
    let (mut courses, mut cells) = (Vec::new(), Vec::new());
    for (group, counts) in [0.0, 1.0].into_iter().zip(groups) {
        let mut entries = (0_u32..).zip(&counts.entered).flat_map(|(day, cases)| {
            std::iter::repeat_n(day, usize::try_from(*cases).unwrap_or(usize::MAX))
        });
        let days = counts.died.len().max(counts.censored.len());
        let on = |counts: &[u64], day: usize| counts.get(day).copied().unwrap_or(0);
        for (end, day) in (0_u32..).zip(0..days) {
            for (is_dead, cases) in
                [(true, on(&counts.died, day)), (false, on(&counts.censored, day))]
            {
                for _ in 0..cases {
                    let Some(entry) = entries.next() else { return Err(NoModel::NoCases) };
                    courses.push(Course { entry, end, is_dead });
                    cells.push(group);
                }
            }
        }
    }
    fitted(&courses, vec!["group".to_owned()], vec![cells])
}

fn fitted(
    courses: &[Course],
    names: Vec<String>,
    cells: Vec<Vec<f64>>,
) -> Result<CoxModel, NoModel> {
    if courses.is_empty() {
        return Err(NoModel::NoCases);
    }
    // A day later than they are, but for those observed from the start: who dies on the first day was at risk on it.
    let entry = courses.iter().map(|own| f64::from(own.entry) + f64::from(own.entry.min(1)));
    let table = ObservationTable::new(
        courses.iter().map(|own| f64::from(own.end) + 1.0).collect(),
        courses.iter().map(|own| own.is_dead).collect(),
    )?;
    let table = table.with_entry(entry.collect())?;
    let covariates = Covariates::new(names, cells)?;
    Ok(CoxModel::fit(&table, &covariates, &CoxOptions::default())?)
}

/// How a case was observed. Units: days since the start of the clock.
#[derive(Clone, Copy)]
struct Course {
    entry: u32,
    end: u32,
    is_dead: bool,
}

/// Returns how a case was observed, by the rules by which survival is counted.
fn course(case: &CohortCase, clock: Clock, delayed: bool) -> Option<Course> {
    let start = match clock {
        Clock::Diagnosis => case.diagnosed,
        Clock::Test => case.tested,
        Clock::Treatment => case.treated(),
    }?;
    let (start, last) = (start.number(), case.last_contact?.number());
    let is_dead = case.vital_status? == VitalStatus::Dead;
    let end = last.checked_sub(start)?;
    let mut entry = 0;
    if delayed {
        let test = case.tested?.number();
        if test > start && test >= last {
            return None;
        }
        entry = test.saturating_sub(start);
    }
    Some(Course { entry: entry.into(), end: end.into(), is_dead })
}

impl Columns {
    fn of(
        view: &CohortView,
        (query, cohort): (&Query, &Cohort),
        asked: &[String],
        release: &Release,
    ) -> Result<Self, AnswerError> {
        let mut columns = Self::default();
        let asked = asked.iter().map(|text| text.trim()).filter(|text| !text.is_empty());
        for text in asked.take(ASKED_MAX) {
            if let Some(item) = Item::of_code(text).filter(|item| NUMBERS.contains(item)) {
                columns.push(text.to_owned(), String::new(), Column::Number(item));
                continue;
            }
            let mut levels: Vec<Query> = compared(view, cohort, text, release, Language::En)
                .map_err(AnswerError::Unread)?
                .into_iter()
                .map(|(_, level)| level)
                .collect();
            let is_query = Item::of_code(text).is_none();
            // A query is beside its opposite, which comes last; an item's values are beside the first.
            if is_query {
                levels.reverse();
            }
            let mut known: HashMap<Uuid, usize> = HashMap::new();
            for (at, level) in levels.iter().enumerate() {
                let both = Query::And(vec![query.clone(), level.clone()]);
                let cases = view.evaluate(&both, release)?;
                known.extend(view.ids(&cases).map(|case| (case, at)));
            }
            let Some(reference) = levels.first().map(Query::to_text) else { continue };
            for (at, level) in levels.iter().enumerate().skip(1) {
                let own = known.iter().map(|(case, level)| (*case, *level == at)).collect();
                columns.push(level.to_text(), reference.clone(), Column::Level(own));
            }
        }
        Ok(columns)
    }

    fn push(&mut self, name: String, reference: String, column: Column) {
        self.names.push(name);
        self.references.push(reference);
        self.columns.push(column);
    }
}

fn too_many() -> Problem {
    let message = LocalizedText::new(
        format!("Cox 回帰は {CASES_MAX} 例までです。"),
        format!("A Cox model is made of at most {CASES_MAX} cases."),
    );
    let remedy = LocalizedText::of("検索条件で絞ってください。", "Narrow the query.");
    Problem::error("query.cox_cases", Place::file(), message, remedy).for_data_entry()
}
