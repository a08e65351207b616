//! How far target lesions changed in the cases of which that is known.

use serde_json::{Map, Value, json};
use table::{Cell, Kind, Table};

use crate::cohort::{ChangeClass, Cohort, CohortView, MeasuredCase, Response, Word as _};

/// The measured cases of a cohort, from growth to shrinkage.
#[derive(Clone, Debug, Default)]
pub struct WaterfallAnswer {
    /// Cases of the cohort.
    pub cases: u64,
    /// Those whose change is known.
    pub measured: Vec<MeasuredCase>,
}

impl WaterfallAnswer {
    /// Finds the measured cases of a cohort of a view.
    pub fn of(view: &CohortView, cohort: &Cohort) -> Self {
        Self { cases: cohort.cases(), measured: view.measured(cohort) }
    }

    /// Returns how many changes are in a class, of all responses or of one, `None` being unknown.
    pub fn count(&self, class: ChangeClass, response: Option<Option<Response>>) -> u64 {
        let changes = self.measured.iter().map(|own| own.change);
        let of_class = changes.filter(|change| change.class() == class);
        of_class.filter(|own| response.is_none_or(|asked| own.response == asked)).count() as u64
    }

    /// Returns the change in the middle. Units: per cent.
    pub fn median_percent(&self) -> Option<f64> {
        let at = |place: usize| self.measured.get(place).map(|own| own.change.percent());
        let last = self.measured.len().checked_sub(1)?;
        Some(f64::midpoint(at(last / 2)?, at(last.div_ceil(2))?))
    }

    /// Returns the answer as JSON.
    ///
    /// Shape: `{measured, unmeasured, medianPercent, classes: {growth, between, shrinkage}, changes: [{case, percent, response,
    /// class}]}`, changes from growth to shrinkage.
    pub fn to_json(&self) -> Map<String, Value> {
        let measured = self.measured.len() as u64;
        let classes =
            ChangeClass::ALL.map(|class| (class.code().to_owned(), self.count(class, None).into()));
        let change = |own: &MeasuredCase| {
            json!({
                "case": own.id,
                "percent": own.change.percent(),
                "response": own.change.response.map(Response::code),
                "class": own.change.class().code(),
            })
        };
        let mut answer = Map::new();
        answer.insert("measured".to_owned(), measured.into());
        answer.insert("unmeasured".to_owned(), self.cases.saturating_sub(measured).into());
        answer.insert("medianPercent".to_owned(), json!(self.median_percent()));
        answer.insert("classes".to_owned(), classes.into_iter().collect::<Map<_, _>>().into());
        answer.insert("changes".to_owned(), self.measured.iter().map(change).collect());
        answer
    }

    /// Returns the changes, a row for each measured case, from growth to shrinkage.
    pub fn to_table(&self) -> Table {
        let columns = [
            ("place", Kind::Integer),
            ("case", Kind::Words),
            ("change_percent", Kind::Number),
            ("response", Kind::Words),
            ("class", Kind::Words),
        ];
        let row = |(at, own): (usize, &MeasuredCase)| -> Vec<Cell> {
            vec![
                (at as u64 + 1).into(),
                own.id.to_string().into(),
                own.change.percent().into(),
                own.change.response.map_or("unknown", Response::code).into(),
                own.change.class().code().into(),
            ]
        };
        Table::of_columns(columns).with_rows(self.measured.iter().enumerate().map(row))
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::cohort::TumourChange;

    fn answer(percents: &[f64]) -> WaterfallAnswer {
        let case = |(at, percent): (usize, &f64)| MeasuredCase {
            id: Uuid::from_u128(at as u128),
            change: TumourChange::of_percent(*percent, Some(Response::Stable)).unwrap(),
        };
        WaterfallAnswer { cases: 9, measured: percents.iter().enumerate().map(case).collect() }
    }

    #[test]
    fn classes_and_the_middle_are_those_of_the_measured() {
        let own = answer(&[40.0, 20.0, 0.0, -31.5]);
        let counts = ChangeClass::ALL.map(|class| own.count(class, None));
        assert_eq!(counts, [2, 1, 1]);
        assert_eq!(own.count(ChangeClass::Growth, Some(None)), 0);
        assert_eq!(own.count(ChangeClass::Growth, Some(Some(Response::Stable))), 2);
        assert_eq!(own.median_percent(), Some(10.0));
        assert_eq!(answer(&[7.0, 1.0, -100.0]).median_percent(), Some(1.0));
        assert_eq!(answer(&[]).median_percent(), None);
        let json = own.to_json();
        assert_eq!((json["measured"].as_u64(), json["unmeasured"].as_u64()), (Some(4), Some(5)));
        assert_eq!(json["changes"][3]["percent"], -31.5);
        let csv = String::from_utf8(own.to_table().to_csv().unwrap()).unwrap();
        assert!(csv.lines().nth(4).unwrap().ends_with(",-31.5,SD,shrinkage"), "{csv}");
    }
}
