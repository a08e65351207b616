//! Hazard ratios of the same cases are the same, however they are counted, and tell the same as their survival.

use knowledge::Release;
use model::text::Language;
use research::{
    answer::{AnswerError, CoxAnswer, CoxAsked, SurvivalAnswer, SurvivalAsked, hazard_ratio},
    cohort::{Clock, CohortIndex, CohortView, CompactionLimits, Query, SurvivalCounts},
};
use std::sync::Arc;

fn view() -> Arc<CohortView> {
    let cases: Vec<_> = synthetic::cohort_cases(7, 4_000).collect();
    CohortIndex::build(cases, CompactionLimits::default()).unwrap().view()
}

fn fitted(view: &CohortView, covariates: &[&str], clock: Clock, delayed_entry: bool) -> CoxAnswer {
    let cohort = view.evaluate(&Query::Everything, Release::starter()).unwrap();
    let covariates = covariates.iter().map(|text| (*text).to_owned()).collect();
    let asked = CoxAsked { covariates, clock, delayed_entry };
    CoxAnswer::of(view, (&Query::Everything, &cohort), asked, Release::starter()).unwrap()
}

#[test]
fn two_groups_have_one_ratio_case_by_case_and_day_by_day() {
    let view = view();
    let (all, release) = (Query::Everything, Release::starter());
    let cohort = view.evaluate(&all, release).unwrap();
    for (clock, delayed) in [
        (Clock::Diagnosis, true),
        (Clock::Diagnosis, false),
        (Clock::Test, true),
        (Clock::Treatment, true),
    ] {
        let by_case = fitted(&view, &["gene=TP53"], clock, delayed);
        let asked = SurvivalAsked { by: Some("gene=TP53".into()), clock, delayed_entry: delayed };
        let survival =
            SurvivalAnswer::of(&view, (&all, &cohort), asked, release, Language::En).unwrap();
        let [with, without] = survival.groups.as_slice() else { panic!("two groups") };
        let model = by_case.model.as_ref().unwrap();
        let curve = |at: usize| survival.groups[at].curve.as_ref().unwrap().table();
        assert_eq!(model.cases as f64, curve(0).cases() + curve(1).cases());
        assert_eq!(model.events as f64, curve(0).events() + curve(1).events());
        let all_left_out = by_case.left_out + by_case.unknown + model.cases as u64;
        assert_eq!(all_left_out, cohort.cases(), "every case is somewhere");
        assert!(with.counts.left_out + without.counts.left_out <= by_case.left_out);
        let counts: [&SurvivalCounts; 2] = [&without.counts, &with.counts];
        let by_day = hazard_ratio(counts).unwrap();
        let (own, other) = (&model.coefficients[0], &by_day.coefficients[0]);
        assert!((own.coefficient - other.coefficient).abs() < 1e-9, "{own:?} {other:?}");
        assert!((own.standard_error - other.standard_error).abs() < 1e-9);
        assert_eq!(
            (own.covariate.as_str(), by_case.references[0].as_str()),
            ("gene=TP53", "not gene=TP53")
        );
        // The score test of two groups is the log-rank test, but for how ties at one day are shared.
        let log_rank = survival.test.unwrap().chi_square;
        assert!((model.score.chi_square - log_rank).abs() < 0.02 * log_rank.max(1.0), "{log_rank}");
    }
}

#[test]
fn what_is_asked_is_a_number_an_item_or_a_query_and_unknown_is_none_of_them() {
    let view = view();
    let answer = fitted(&view, &[" age", "sex", "stage", ""], Clock::Diagnosis, true);
    let model = answer.model.as_ref().unwrap();
    let names: Vec<&str> = model.coefficients.iter().map(|own| own.covariate.as_str()).collect();
    assert_eq!(names[..2], ["age", "sex=male"]);
    assert!(names[2..].iter().all(|name| name.starts_with("stage=")), "{names:?}");
    assert_eq!(answer.references[0], "");
    assert_eq!(answer.references[1], "sex=female");
    assert!(answer.unknown > 0, "the stage of some is not known");
    let table = answer.to_table().to_csv().unwrap();
    assert_eq!(table.iter().filter(|byte| **byte == b'\n').count(), names.len() + 1);
    let json = answer.to_json();
    assert_eq!(json["covariates"][1]["reference"], "sex=female");
    assert!(json["covariates"][0]["reference"].is_null());
    // What is no item is told; what tells nothing apart has no model, and says why.
    let cohort = view.evaluate(&Query::Everything, Release::starter()).unwrap();
    let asked = CoxAsked { covariates: vec!["stag".to_owned()], ..CoxAsked::default() };
    let refused = CoxAnswer::of(&view, (&Query::Everything, &cohort), asked, Release::starter());
    assert!(matches!(refused, Err(AnswerError::Unread(problems)) if problems.len() == 1));
    for none in [&["not everything"][..], &[], &["synthetic"]] {
        let answer = fitted(&view, none, Clock::Diagnosis, false);
        assert!(answer.model.is_err(), "{none:?}");
        assert!(answer.to_json()["withoutModel"].is_string());
    }
    let nobody = SurvivalCounts::default();
    assert!(hazard_ratio([&nobody, &nobody]).is_err());
}
