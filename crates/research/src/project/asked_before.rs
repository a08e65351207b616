//! What a project was told, in the order in which it was told, and what it may be told next.

use model::research_project::ResearchProject;
use rayon::prelude::*;

use super::{
    Population, SafeCurve, SafePage, Unanswered,
    cells::{Cells, Hiding},
    totals,
};
use crate::cohort::{
    Clock, Cohort, CohortView, Item, PageRequest, Query, SurvivalCounts, TumourHierarchy,
};

/// Genes that are counted.
const GENES: usize = 50;

/// A cohort of which counts were told.
#[derive(Clone, Debug)]
pub(super) struct Told {
    pub(super) cohort: Cohort,
    pub(super) cells: Cells,
    page: SafePage,
}

/// What a project was told of the cases of one view.
///
/// Of another view it is made anew, by asking everything again in the order in which it was asked: what was told then of cases that
/// have changed since told nothing that still holds.
#[derive(Clone, Debug)]
pub struct AskedBefore {
    everybody: Cohort,
    told: Vec<Told>,
    /// Cohorts that were told once and could not be told now: their numbers are known all the same, or nearly.
    known: Vec<Cohort>,
}

impl AskedBefore {
    /// Begins with nothing told of a population.
    ///
    /// Errors: the population's query cannot be evaluated.
    pub fn nothing(
        population: &Population,
        view: &CohortView,
        hierarchy: &dyn TumourHierarchy,
    ) -> Result<Self, crate::cohort::EvaluateError> {
        let everybody = view.evaluate(population.everybody(), hierarchy)?;
        Ok(Self { everybody, told: Vec::new(), known: Vec::new() })
    }

    /// Returns the project's population.
    pub fn everybody(&self) -> &Cohort {
        &self.everybody
    }

    /// Counts a cohort for a project, and keeps in mind that it was told; what was told of the same cases is told again.
    ///
    /// Errors: why there is no count.
    pub fn answer(
        &mut self,
        view: &CohortView,
        project: &ResearchProject,
        cohort: &Cohort,
    ) -> Result<SafePage, Unanswered> {
        let threshold = u64::from(project.threshold);
        let cases = cohort.cases();
        // None is as secret as few: whoever could tell them apart could close in on one case by one bound after the other.
        if cases < threshold {
            return Err(Unanswered::Few);
        }
        if let Some(told) = self.told.iter().find(|told| told.cohort == *cohort) {
            return Ok(told.page.clone());
        }
        let told = self.told.iter().map(|told| &told.cohort).chain(&self.known);
        let with_parts = |told: &Told| {
            let page = (&told.cohort, &told.cells);
            totals::would_tell_with_parts(view, cohort, &self.everybody, page, threshold)
        };
        // The number of everybody is known anyway, and is in each of these sums already.
        if *cohort != self.everybody
            && (totals::would_tell(cohort, &self.everybody, told, threshold)
                || self.told.par_iter().any(with_parts))
        {
            return Err(Unanswered::Differs);
        }
        let counted = view.page(cohort, &page_request(project));
        let hiding = Hiding { view, cohort, told: &self.told, threshold };
        let (page, cells) = hiding.page(&counted)?;
        self.told.push(Told { cohort: cohort.clone(), cells, page: page.clone() });
        Ok(page)
    }

    /// Returns the survival of a cohort that was told; `None` where it was not, the items that it needs are not permitted, or
    /// too little is known.
    pub fn survival(
        &self,
        view: &CohortView,
        project: &ResearchProject,
        cohort: &Cohort,
        clock: Clock,
        delayed: bool,
    ) -> Option<SafeCurve> {
        self.told.iter().find(|told| told.cohort == *cohort)?;
        let start = match clock {
            Clock::Diagnosis => Item::Diagnosed,
            Clock::Test => Item::Tested,
            Clock::Treatment => Item::Treated,
        };
        let needed = [start, Item::Tested, Item::LastContact, Item::VitalStatus];
        if !needed.iter().all(|item| project.may_see(item.code())) {
            return None;
        }
        let request = PageRequest { survival: Some((clock, delayed)), ..PageRequest::count() };
        let counts: SurvivalCounts = view.page(cohort, &request).survival?;
        SafeCurve::of(&counts, project.threshold.into())
    }

    /// Returns how many different cohorts were told.
    pub fn count(&self) -> usize {
        self.told.len()
    }

    /// Asks again what was told, in its order; of what could not be told any more it is kept in mind that it was.
    pub fn ask_again<'a>(
        &mut self,
        queries: impl IntoIterator<Item = &'a Query>,
        population: &Population,
        view: &CohortView,
        project: &ResearchProject,
        hierarchy: &dyn TumourHierarchy,
    ) {
        for query in queries {
            if let Ok(cohort) = view.evaluate(&population.within(query), hierarchy)
                && self.answer(view, project, &cohort).is_err()
                && cohort.cases() > 0
            {
                self.known.push(cohort);
            }
        }
    }
}

fn page_request(project: &ResearchProject) -> PageRequest {
    let may = |item: &&Item| super::may_ask(project, item.code());
    PageRequest {
        facets: Item::coded().iter().filter(may).copied().collect(),
        genes: if project.may_see("alteration") { GENES } else { 0 },
        gene_kinds: false,
        drugs: project.may_see("therapy"),
        pyramid: false,
        survival: None,
    }
}
