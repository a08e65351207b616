//! Pages count what naive counting counts.

use std::collections::BTreeMap;

use research::cohort::{
    AlterationKind, Clock, CohortCase, CohortDay, CohortPage, Item, MeasuredCase, PageRequest,
    Response, Sex, Side, SurvivalCounts, Word,
};

use crate::{
    evaluate::{index, pairs},
    invented::{self, Lung, Stream},
    naive,
};

#[test]
fn pages_count_what_naive_counting_counts() {
    for round in 0..pairs().div_ceil(50) {
        let mut stream = Stream(round ^ 0xFACE);
        let count = 1 + stream.below(400);
        let cases = invented::cases(&mut stream, count);
        let view = index(&cases).view();
        // A query of many terms mostly finds few, which are counted in another way than many.
        let query = if stream.happens(30) {
            research::cohort::Query::Everything
        } else {
            invented::query(&mut stream, 3)
        };
        let clocks = [Clock::Diagnosis, Clock::Test, Clock::Treatment];
        let clock = clocks[stream.below(3)];
        let delayed = stream.happens(50);
        let request = PageRequest {
            genes: 1 + stream.below(6),
            survival: Some((clock, delayed)),
            ..PageRequest::default()
        };
        let cohort = view.evaluate(&query, &Lung).unwrap();
        let page = view.page(&cohort, &request);
        let found: Vec<_> = cases
            .into_iter()
            .map(CohortCase::normalised)
            .filter(|case| naive::holds(&query, case, &Lung) == Some(true))
            .collect();
        assert_eq!(page.cases as usize, found.len());
        facets(&page, &found);
        genes(&page, &found, request.genes);
        drugs(&page, &found);
        pyramid(&page, &found);
        survival(&page, &found, clock, delayed);
        measured(&view.measured(&cohort), &found);
    }
}

/// Whatever is measured comes from growth to shrinkage, and each case once.
fn measured(counted: &[MeasuredCase], cases: &[CohortCase]) {
    let own = |case: &CohortCase| Some((case.id, case.change?));
    let naive: BTreeMap<_, _> = cases.iter().filter_map(own).collect();
    assert_eq!(counted.len(), naive.len());
    assert!(counted.iter().all(|each| naive.get(&each.id) == Some(&each.change)));
    assert!(counted.is_sorted_by(|left, right| left.change.percent() >= right.change.percent()));
}

fn facets(page: &CohortPage, cases: &[CohortCase]) {
    assert_eq!(page.facets.len(), Item::coded().len());
    for facet in &page.facets {
        let mut naive = BTreeMap::<Option<String>, u64>::new();
        for case in cases {
            *naive.entry(naive::code(case, facet.item)).or_default() += 1;
        }
        let mut counted: BTreeMap<Option<String>, u64> =
            facet.values.iter().map(|value| (Some(value.code.to_string()), value.cases)).collect();
        assert_eq!(counted.len(), facet.values.len());
        if facet.unknown > 0 {
            counted.insert(None, facet.unknown);
        }
        assert_eq!(counted, naive, "{:?}", facet.item);
        for value in &facet.values {
            let query = facet.query(value);
            let holds = |case: &&CohortCase| naive::holds(&query, case, &Lung) == Some(true);
            if facet.item != Item::Tumour {
                assert_eq!(cases.iter().filter(holds).count() as u64, value.cases, "{query:?}");
            }
        }
    }
}

fn genes(page: &CohortPage, cases: &[CohortCase], at_most: usize) {
    let covers = |case: &CohortCase, gene: &str, kinds: &[AlterationKind]| {
        let panel = case.panel.as_ref();
        panel.is_some_and(|panel| kinds.iter().any(|kind| panel.covers(gene, *kind)))
    };
    let altered = |case: &CohortCase, gene: &str, kinds: &[AlterationKind]| {
        case.alterations.iter().any(|own| {
            *own.gene == *gene && kinds.contains(&own.kind) && covers(case, gene, &[own.kind])
        })
    };
    let count = |holds: &dyn Fn(&CohortCase) -> bool| {
        cases.iter().filter(|case| holds(case)).count() as u64
    };
    let all = AlterationKind::ALL;
    let mut naive: Vec<(u64, &str)> = invented::GENES
        .iter()
        .map(|gene| (count(&|case| altered(case, gene, all)), *gene))
        .filter(|(count, _)| *count > 0)
        .collect();
    naive.sort_by(|left, right| right.0.cmp(&left.0).then(left.1.cmp(right.1)));
    naive.truncate(at_most);
    let counted: Vec<_> = page.genes.iter().map(|row| (row.any.altered, &*row.gene)).collect();
    assert_eq!(counted, naive);
    for row in &page.genes {
        assert_eq!(row.any.covered, count(&|case| covers(case, &row.gene, all)));
        for (share, kind) in row.by_kind.iter().zip(all) {
            assert_eq!(share.altered, count(&|case| altered(case, &row.gene, &[*kind])));
            assert_eq!(share.covered, count(&|case| covers(case, &row.gene, &[*kind])));
            assert!(share.altered <= share.covered);
        }
    }
}

fn drugs(page: &CohortPage, cases: &[CohortCase]) {
    let given: Vec<_> = invented::DRUGS
        .iter()
        .filter(|drug| {
            let has = |case: &CohortCase| {
                case.therapies.iter().any(|line| line.drugs.iter().any(|own| **own == ***drug))
            };
            cases.iter().any(has)
        })
        .collect();
    assert_eq!(page.drugs.len(), given.len());
    for row in &page.drugs {
        let lines: Vec<_> = cases
            .iter()
            .flat_map(|case| &case.therapies)
            .filter(|line| line.drugs.contains(&row.drug))
            .collect();
        let with =
            |case: &&CohortCase| case.therapies.iter().any(|line| line.drugs.contains(&row.drug));
        assert_eq!(row.cases, cases.iter().filter(with).count() as u64);
        let responses = std::iter::once(None).chain(Response::ALL.iter().copied().map(Some));
        for (counted, response) in row.by_response.iter().zip(responses) {
            let naive = lines.iter().filter(|line| line.response == response).count() as u64;
            assert_eq!(*counted, naive);
        }
        for (number, counted) in row.by_line.iter().enumerate() {
            let own = |line: Option<u8>| usize::from(line.unwrap_or(0).min(5));
            assert_eq!(*counted, lines.iter().filter(|l| own(l.line) == number).count() as u64);
        }
        let before = lines.iter().filter(|line| line.side == Side::Before).count() as u64;
        assert_eq!(row.by_side, [before, lines.len() as u64 - before]);
    }
}

fn pyramid(page: &CohortPage, cases: &[CohortCase]) {
    assert_eq!(page.pyramid.len(), 20);
    for row in &page.pyramid {
        let is_in = |case: &&CohortCase| {
            case.age_years.is_some_and(|age| (age / 5).min(19) * 5 == row.from_years)
        };
        let of = |sex: Option<Sex>| {
            cases.iter().filter(is_in).filter(|case| case.sex == sex).count() as u64
        };
        assert_eq!((row.female, row.male), (of(Some(Sex::Female)), of(Some(Sex::Male))));
        assert_eq!(row.other, of(None) + of(Some(Sex::Other)));
    }
    let unknown = cases.iter().filter(|case| case.age_years.is_none()).count();
    assert_eq!(page.unknown_age as usize, unknown);
}

fn survival(page: &CohortPage, cases: &[CohortCase], clock: Clock, delayed: bool) {
    let counts = page.survival.as_ref().unwrap();
    let mut naive = [(); 3].map(|()| BTreeMap::<usize, u64>::new());
    let mut left_out = 0;
    for case in cases {
        let start = match clock {
            Clock::Diagnosis => case.diagnosed,
            Clock::Test => case.tested,
            Clock::Treatment => case.treated(),
        };
        let known = (start, case.last_contact, case.vital_status);
        let (Some(start), Some(last), Some(status)) = known else {
            left_out += 1;
            continue;
        };
        let test = case.tested.map(CohortDay::number);
        let entry = match (delayed, test) {
            (false, _) => Some(0),
            (true, None) => None,
            (true, Some(test)) => Some(test.saturating_sub(start.number())),
        };
        let end = last.number().checked_sub(start.number());
        match (entry, end) {
            (Some(entry), Some(end)) if entry == 0 || entry < end => {
                let is_dead = status == research::cohort::VitalStatus::Dead;
                *naive[0].entry(entry.into()).or_default() += 1;
                *naive[1 + usize::from(is_dead)].entry(end.into()).or_default() += 1;
            }
            _ => left_out += 1,
        }
    }
    let sparse = |counts: &[u64]| -> BTreeMap<usize, u64> {
        counts.iter().copied().enumerate().filter(|(_, count)| *count > 0).collect()
    };
    assert_eq!(sparse(&counts.entered), naive[0]);
    assert_eq!(sparse(&counts.censored), naive[1]);
    assert_eq!(sparse(&counts.died), naive[2]);
    assert_eq!(counts.left_out, left_out);
    let days = SurvivalCounts::to_day_counts(std::slice::from_ref(counts)).unwrap();
    assert_eq!(days.cases() + left_out, cases.len() as u64);
    assert!(Response::ALL.len() == 5 && Sex::ALL.len() == 3);
}

#[test]
fn pairs_of_genes_are_counted_among_the_cases_whose_test_covers_both() {
    for round in 0..20 {
        let mut stream = Stream(round ^ 0xBEEF);
        let cases = invented::cases(&mut stream, 300);
        let view = index(&cases).view();
        let query = invented::query(&mut stream, 1);
        let cohort = view.evaluate(&query, &Lung).unwrap();
        let genes: Vec<research::cohort::Name> =
            invented::GENES.iter().chain(&["NOSUCH"]).map(|gene| (*gene).into()).collect();
        let pairs = view.gene_pairs(&cohort, &genes);
        assert_eq!(pairs.len(), 15);
        let found: Vec<_> = view.list(&cohort, 0, usize::MAX);
        let covers = |case: &CohortCase, gene: &str| {
            let panel = case.panel.as_ref();
            panel.is_some_and(|own| AlterationKind::ALL.iter().any(|kind| own.covers(gene, *kind)))
        };
        let altered = |case: &CohortCase, gene: &str| {
            case.alterations.iter().any(|own| {
                let panel = case.panel.as_ref();
                *own.gene == *gene && panel.is_some_and(|panel| panel.covers(gene, own.kind))
            })
        };
        for pair in pairs {
            let both = |case: &&CohortCase| covers(case, &pair.first) && covers(case, &pair.second);
            let count = |first: bool, second: bool| {
                let is = |case: &&CohortCase| {
                    (altered(case, &pair.first), altered(case, &pair.second)) == (first, second)
                };
                found.iter().filter(both).filter(is).count() as u64
            };
            let naive = [(true, true), (true, false), (false, true), (false, false)]
                .map(|(first, second)| count(first, second));
            let own = [pair.both, pair.only_first, pair.only_second, pair.neither];
            assert_eq!(own, naive, "round {round}: {} {}", pair.first, pair.second);
        }
    }
}

#[test]
fn the_spectrum_of_a_gene_has_every_occurrence() {
    let mut stream = Stream(31);
    let cases = invented::cases(&mut stream, 300);
    let view = index(&cases).view();
    let cohort = view.evaluate(&research::cohort::Query::Everything, &Lung).unwrap();
    let rows = view.spectrum(&cohort, "KRAS");
    let own = cases.into_iter().map(CohortCase::normalised).flat_map(|case| case.alterations);
    let own: Vec<_> = own.filter(|own| &*own.gene == "KRAS").collect();
    assert_eq!(rows.iter().map(|row| row.occurrences).sum::<u64>() as usize, own.len());
    for row in &rows {
        let same = own.iter().filter(|own| {
            let (left, right) = ((&own.change, &own.partner), (&row.change, &row.partner));
            left == right && (own.kind, own.codons, own.class) == (row.kind, row.codons, row.class)
        });
        assert_eq!(same.count() as u64, row.occurrences);
    }
    assert!(rows.len() > 20 && rows.is_sorted_by(|a, b| a.occurrences >= b.occurrences));
    assert!(view.spectrum(&cohort, "NOSUCH").is_empty());
}

#[test]
fn some_genes_are_counted_as_the_page_counts_them() {
    let mut stream = Stream(77);
    let cases = invented::cases(&mut stream, 400);
    let view = index(&cases).view();
    for _ in 0..20 {
        let query = invented::query(&mut stream, 2);
        let cohort = view.evaluate(&query, &Lung).unwrap();
        let page = view.page(&cohort, &PageRequest { genes: 10, ..PageRequest::default() });
        let names: Vec<_> = page.genes.iter().rev().map(|row| row.gene.clone()).collect();
        let rows = view.gene_rows(&cohort, &names);
        assert!(rows.iter().eq(page.genes.iter().rev()), "{}", query.to_text());
    }
    let all = view.evaluate(&research::cohort::Query::Everything, &Lung).unwrap();
    assert!(view.gene_rows(&all, &["NOSUCH".into()]).is_empty());
}

#[test]
fn a_cascade_has_the_first_cases_of_the_whole_order() {
    let genes: Vec<research::cohort::Name> =
        invented::GENES.iter().map(|gene| (*gene).into()).collect();
    for round in 0..pairs().div_ceil(100) {
        let mut stream = Stream(round ^ 0xCA5C);
        let count = 1 + stream.below(300);
        let cases = invented::cases(&mut stream, count);
        let view = index(&cases).view();
        let query = invented::query(&mut stream, 2);
        let cohort = view.evaluate(&query, &Lung).unwrap();
        let found = cases
            .into_iter()
            .map(CohortCase::normalised)
            .filter(|case| naive::holds(&query, case, &Lung) == Some(true));
        let key = |case: &CohortCase| -> Vec<bool> {
            genes.iter().map(|gene| !case.is_altered(gene)).collect()
        };
        let mut naive: Vec<Vec<bool>> = found.map(|case| key(&case)).collect();
        naive.retain(|key| key.contains(&false));
        naive.sort();
        let at_most = stream.below(60);
        let cascade = view.cascade(&cohort, &genes, at_most);
        assert_eq!(cascade.altered as usize, naive.len());
        naive.truncate(at_most);
        let own: Vec<Vec<bool>> = cascade.cases.iter().map(key).collect();
        assert_eq!(own, naive, "round {round}");
    }
}
