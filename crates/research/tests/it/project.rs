//! What a project is told never tells of a few cases.

use std::collections::{BTreeSet, HashSet};

use model::{
    consent::DataUse,
    identity::ProjectId,
    organisation::OrganisationCode,
    research_project::{ProjectService, ResearchProject, THRESHOLD},
};
use research::{
    cohort::{
        Clock, Cohort, CohortCase, CohortIndex, CohortView, CompactionLimits, GenePair, Item,
        NoHierarchy, Query, Vocabulary,
    },
    project::{
        AskedBefore, Population, SafePage, SafePairs, SeenCase, Unanswered, askable,
        forbidden_items,
    },
};
use uuid::Uuid;

use crate::invented::Stream;

/// Cases of the nation that is attacked.
const CASES: usize = 3_000;
/// Pairs of questions of an attack.
const PAIRS: usize = 1_000;

fn project() -> ResearchProject {
    ResearchProject {
        id: ProjectId(Uuid::nil()),
        number: "R1".parse().unwrap(),
        title: "試験用".to_owned(),
        purpose: "試験用".to_owned(),
        organisation: OrganisationCode::new("UNI-1"),
        uses: BTreeSet::from([DataUse::Academic]),
        from: "2026-04-01".parse().unwrap(),
        until: "2027-03-31".parse().unwrap(),
        stopped: None,
        items: askable().map(ToOwned::to_owned).collect(),
        population: String::new(),
        services: BTreeSet::from([ProjectService::Counts]),
        threshold: THRESHOLD,
        members: Vec::new(),
    }
}

/// A nation with somebody who asks of it.
struct Portal {
    view: std::sync::Arc<CohortView>,
    population: Population,
    project: ResearchProject,
    asked: AskedBefore,
}

impl Portal {
    fn of(cases: impl IntoIterator<Item = CohortCase>, project: ResearchProject) -> Self {
        let index = CohortIndex::build(cases, CompactionLimits::default()).unwrap();
        let view = index.view();
        let vocabulary = Vocabulary::of(view.dictionaries());
        let population = Population::of(&project, "registered", &vocabulary).unwrap();
        let asked = AskedBefore::nothing(&population, &view, &NoHierarchy).unwrap();
        Self { view, population, project, asked }
    }

    fn query(&self, text: &str) -> Query {
        Query::from_text(text, &Vocabulary::of(self.view.dictionaries())).expect(text)
    }

    fn cohort(&self, query: &Query) -> Cohort {
        self.view.evaluate(&self.population.within(query), &NoHierarchy).unwrap()
    }

    fn ask(&mut self, query: &Query) -> Result<SafePage, Unanswered> {
        let cohort = self.cohort(query);
        self.asked.answer(&self.view, &self.project, &cohort)
    }

    fn ask_text(&mut self, text: &str) -> Result<SafePage, Unanswered> {
        self.ask(&self.query(text))
    }

    /// Asks for the pairs of the genes altered most often, as the portal does.
    fn ask_pairs(&mut self, query: &Query, genes: usize) -> Result<SafePairs, Unanswered> {
        let genes = SafePairs::genes(&self.ask(query)?, genes);
        let asked = genes.iter().take(genes.len().saturating_sub(1));
        let answers: Vec<_> = asked
            .map(|gene| SafePairs::questions(query, gene).map(|query| self.ask(&query).ok()))
            .collect();
        Ok(SafePairs::of(&genes, &answers))
    }

    fn ids(&self, query: &Query) -> HashSet<Uuid> {
        self.view.list(&self.cohort(query), 0, usize::MAX).iter().map(|case| case.id).collect()
    }
}

fn portal() -> Portal {
    Portal::of(synthetic::cohort_cases(7, CASES), project())
}

#[test]
fn nobody_is_counted_who_does_not_allow_every_use() {
    let mut company = project();
    company.uses = BTreeSet::from([DataUse::Academic, DataUse::CompanyAbroad]);
    company.population = "sex=female".to_owned();
    let portal = Portal::of(synthetic::cohort_cases(7, CASES), company);
    let counted = portal.asked.everybody().cases();
    let yes = Some(research::cohort::Answer::Yes);
    let naive = synthetic::cohort_cases(7, CASES)
        .filter(|case| {
            let consent = case.consent;
            (consent.academic, consent.company, consent.abroad) == (yes, yes, yes)
                && case.sex == Some(research::cohort::Sex::Female)
        })
        .count() as u64;
    assert_eq!(counted, naive);
    assert!(0 < naive && naive < CASES as u64 / 2);
    // A permission for no use at all, or for another kind of use, is for nobody.
    for uses in [
        BTreeSet::new(),
        BTreeSet::from([DataUse::Recontact]),
        BTreeSet::from([DataUse::ClinicalSearch]),
    ] {
        let portal =
            Portal::of(synthetic::cohort_cases(7, 200), ResearchProject { uses, ..project() });
        assert_eq!(portal.asked.everybody().cases(), 0);
    }
}

#[test]
fn what_the_permission_does_not_name_is_neither_asked_nor_told() {
    let mut narrow = project();
    narrow.items = BTreeSet::from(["tumour".to_owned(), "hospital".to_owned()]);
    let mut portal = Portal::of(synthetic::cohort_cases(7, CASES), narrow);
    let query = portal.query("tumour=LUAD and (sex=female or gene=KRAS) and not unknown(hospital)");
    let problems = forbidden_items(&portal.project, &query);
    let named: Vec<_> = problems.iter().map(|problem| problem.message.en.clone()).collect();
    let expected = ["alteration", "hospital", "sex"]
        .map(|code| format!("“{code}” is not in the project's permission."));
    assert_eq!(named, expected, "a hospital is never askable, whatever a permission names");
    let page = portal.ask(&Query::Everything).unwrap();
    assert_eq!(page.facets.iter().map(|facet| facet.item).collect::<Vec<_>>(), [Item::Tumour]);
    assert!(page.genes.is_empty() && page.drugs.is_empty());
    let everybody = portal.cohort(&Query::Everything);
    let survival =
        portal.asked.survival(&portal.view, &portal.project, &everybody, Clock::Test, false);
    assert_eq!(survival, None);
}

#[test]
fn few_cases_get_no_count_and_none_gets_none() {
    let mut portal = portal();
    assert_eq!(portal.ask_text("age<15 and gene=KRAS and stage=1"), Err(Unanswered::Few));
    let few = "tumour=LUAD and gene=BRAF and age>=80";
    assert!((1..10).contains(&portal.ids(&portal.query(few)).len()));
    assert_eq!(portal.ask_text(few), Err(Unanswered::Few));
    let almost_all = format!("not ({few}) or unknown(age) or unknown(tumour)");
    let rest = CASES - portal.ids(&portal.query(&almost_all)).len();
    assert!(rest > 0);
}

#[test]
fn the_same_question_gets_the_same_answer_whatever_was_asked_between() {
    let mut portal = portal();
    let first = portal.ask_text("gene=KRAS").unwrap();
    for text in ["gene=TP53", "tumour=COADREAD", "sex=male and gene=KRAS", "age>=60"] {
        let _ = portal.ask_text(text);
    }
    assert_eq!(portal.ask_text("gene=KRAS"), Ok(first.clone()));
    assert_eq!(portal.ask_text("gene=KRAS and (gene=KRAS or sex=male)"), Ok(first));
}

#[test]
fn shown_counts_are_right() {
    let mut portal = portal();
    let page = portal.ask_text("gene=KRAS").unwrap();
    let found: Vec<CohortCase> =
        portal.view.list(&portal.cohort(&portal.query("gene=KRAS")), 0, usize::MAX);
    assert_eq!(page.cases, found.len() as u64);
    let sex = page.facets.iter().find(|facet| facet.item == Item::Sex).unwrap();
    for value in &sex.values {
        let code = value.code.as_deref();
        let naive = found.iter().filter(|case| case.sex.map(research::cohort::Word::code) == code);
        assert_eq!(value.cases, Some(naive.count() as u64));
    }
    let tumours = page.facets.iter().find(|facet| facet.item == Item::Tumour).unwrap();
    assert!(tumours.values.iter().any(|value| value.cases.is_none()), "rare tumours are hidden");
    assert!(tumours.values.iter().flat_map(|value| value.cases).all(|cases| cases >= 10));
    let curve = portal
        .asked
        .survival(
            &portal.view,
            &portal.project,
            &portal.cohort(&portal.query("gene=KRAS")),
            Clock::Test,
            false,
        )
        .unwrap();
    assert!(curve.points.windows(2).all(|pair| pair[0].survival >= pair[1].survival));
    assert!(curve.points.len() > 3, "{curve:?}");
}

#[test]
fn parts_that_were_told_count_as_numbers_that_are_known() {
    // Everybody without a gene's alteration is told by the page of everybody; so is everybody of two tumour types.
    let nation = portal();
    let mut tried = 0;
    for base in ["not gene=KRAS", "not gene=TP53", "tumour=LUAD|COADREAD", "sex=female|male"] {
        let few = ["GBC", "PRAD", "COADREAD", "LUAD"].into_iter().flat_map(|tumour| {
            [60, 70, 75, 80].map(|age| format!("tumour={tumour} and age>={age} and ps=2"))
        });
        for few in few {
            let without = format!("({base}) and not ({few})");
            // Those of whom it is not known are not among those without either.
            let rest = nation.ids(&nation.query(&without)).len();
            if !is_few(nation.ids(&nation.query(base)).len() - rest) {
                continue;
            }
            tried += 1;
            let mut portal = portal();
            portal.ask(&Query::Everything).unwrap();
            let without = portal.ask_text(&without);
            assert_eq!(without, Err(Unanswered::Differs), "{base} without {few}");
        }
    }
    assert!(tried > 10, "{tried}");
}

#[test]
fn bounds_that_could_close_in_on_one_case_are_refused() {
    let portal = portal();
    for (text, refused) in [
        ("age>=70 and age<75", false),
        ("age>=71", true),
        ("age<=75", true),
        ("tmb>=10", false),
        ("tmb>=10.5", true),
        ("diagnosed>=2024-01-01 and diagnosed<=2024-06-30", false),
        ("diagnosed>=2024-01-02", true),
        ("not (sex=male or tested<=2024-06-29)", true),
        ("gene=BRCA2", false),
        ("alteration(gene=BRCA2 origin=germline)", true),
    ] {
        let problems = forbidden_items(&portal.project, &portal.query(text));
        assert_eq!(!problems.is_empty(), refused, "{text}: {problems:?}");
    }
}

/// A random term that many cases or few have.
fn term(stream: &mut Stream) -> String {
    let genes =
        ["TP53", "KRAS", "EGFR", "APC", "PIK3CA", "BRCA2", "ERBB2", "BRAF", "SMAD4", "ARID1A"];
    let tumours = ["LUAD", "COADREAD", "PAAD", "IDC", "STAD", "PRAD"];
    match stream.below(8) {
        0 | 1 => format!("gene={}", genes[stream.below(genes.len())]),
        2 => format!("tumour={}", tumours[stream.below(tumours.len())]),
        3 => format!("sex={}", ["male", "female"][stream.below(2)]),
        4 => format!("age>={}", 30 + 5 * stream.below(11)),
        5 => format!("ps={}", stream.below(4)),
        6 => format!("year={}", 2019 + stream.below(8)),
        _ => format!("stage={}", 1 + stream.below(4)),
    }
}

fn terms(stream: &mut Stream, most: usize) -> String {
    let count = 1 + stream.below(most);
    (0..count).map(|_| term(stream)).collect::<Vec<_>>().join(" and ")
}

/// What an attacker knows: what every answered question found, and was told of it.
struct Known {
    ids: HashSet<Uuid>,
    page: SafePage,
}

fn is_few(count: usize) -> bool {
    (1..10).contains(&count)
}

#[test]
fn an_attack_by_a_thousand_pairs_recovers_no_small_count() {
    let mut portal = portal();
    let mut stream = Stream(4);
    let mut known: Vec<Known> = Vec::new();
    let (mut tried, mut refused) = (0, 0);
    for _ in 0..PAIRS {
        // Everybody of something, and the same without a few.
        let (base, few) = (terms(&mut stream, 2), terms(&mut stream, 4));
        let [whole, without] =
            [base.clone(), format!("({base}) and not ({few})")].map(|text| portal.query(&text));
        let target = portal.ids(&portal.query(&format!("({base}) and ({few})")));
        tried += usize::from(is_few(target.len()));
        for query in [&whole, &without] {
            match portal.ask(query) {
                Ok(page) => known.push(Known { ids: portal.ids(query), page }),
                Err(_) => refused += 1,
            }
        }
    }
    assert!(tried > 150 && refused > 200 && known.len() > 300, "{tried} {refused} {}", known.len());
    for (at, one) in known.iter().enumerate() {
        for other in &known[at + 1..] {
            let (more, less) =
                if one.ids.len() >= other.ids.len() { (one, other) } else { (other, one) };
            if less.ids.is_subset(&more.ids) {
                let difference = more.ids.len() - less.ids.len();
                assert!(!is_few(difference), "{difference} cases were told apart");
                assert_eq!(more.page.cases - less.page.cases, difference as u64);
                assert_no_part_tells(more, less);
            }
        }
    }
}

/// Asserts that no value of an item that both pages show differs by a few cases.
fn assert_no_part_tells(more: &Known, less: &Known) {
    for facet in &more.page.facets {
        let Some(other) = less.page.facets.iter().find(|other| other.item == facet.item) else {
            continue;
        };
        for value in &facet.values {
            let same = other.values.iter().find(|each| each.code == value.code);
            if let (Some(many), Some(few)) = (value.cases, same.and_then(|each| each.cases)) {
                assert!(!is_few((many - few) as usize), "{:?} {:?}", facet.item, value.code);
            }
        }
    }
    for gene in &more.page.genes {
        let other = less.page.genes.iter().find(|other| other.gene == gene.gene);
        if let (Some(many), Some(few)) = (gene.share, other.and_then(|other| other.share)) {
            for (many, few) in [(many.altered, few.altered), (many.covered, few.covered)] {
                let told = format!("{}: {many} less {few}", gene.gene);
                assert!(!is_few(many.checked_sub(few).expect(&told) as usize), "{told}");
            }
        }
    }
}

/// The four counts of a pair.
fn cells(pair: &GenePair) -> [u64; 4] {
    [pair.both, pair.only_first, pair.only_second, pair.neither]
}

#[test]
fn pairs_that_are_told_are_right_and_no_count_of_them_is_small() {
    let mut portal = portal();
    let (mut told, mut hidden) = (0, 0);
    for text in ["everything", "tumour=COADREAD", "sex=male", "tumour=LUAD", "tumour=PAAD"] {
        let query = portal.query(text);
        let pairs = portal.ask_pairs(&query, 8).unwrap();
        let count = pairs.genes.len();
        assert_eq!(pairs.told.len() + pairs.hidden.len(), count * (count - 1) / 2, "{text}");
        let found = portal.view.list(&portal.cohort(&query), 0, usize::MAX);
        for pair in &pairs.told {
            let tested = || {
                found.iter().filter(|case| case.covers(&pair.first) && case.covers(&pair.second))
            };
            let count = |first: bool, second: bool| {
                let holds = |case: &&CohortCase| {
                    case.is_altered(&pair.first) == first && case.is_altered(&pair.second) == second
                };
                tested().filter(holds).count() as u64
            };
            let by_hand =
                [count(true, true), count(true, false), count(false, true), count(false, false)];
            assert_eq!(cells(pair), by_hand, "{text}: {pair:?}");
            assert!(by_hand.iter().all(|cases| !is_few(*cases as usize)), "{text}: {pair:?}");
        }
        told += pairs.told.len();
        hidden += pairs.hidden.len();
    }
    assert!(told > 20 && hidden > 20, "{told} told, {hidden} hidden");
}

#[test]
fn an_attack_by_pairs_recovers_no_small_count() {
    let mut portal = portal();
    let mut stream = Stream(31);
    let mut known: Vec<(HashSet<Uuid>, SafePairs)> = Vec::new();
    let mut tried = 0;
    for _ in 0..60 {
        // The pairs of everybody of something, and of the same without a few.
        let (base, few) = (term(&mut stream), terms(&mut stream, 4));
        let [whole, without] =
            [base.clone(), format!("({base}) and not ({few})")].map(|text| portal.query(&text));
        tried += usize::from(is_few(portal.ids(&whole).len() - portal.ids(&without).len()));
        for query in [whole, without] {
            if let Ok(pairs) = portal.ask_pairs(&query, 6) {
                known.push((portal.ids(&query), pairs));
            }
        }
    }
    let mut compared = 0;
    for (at, (ids, pairs)) in known.iter().enumerate() {
        for (others, other) in &known[at + 1..] {
            let (more, less) =
                if ids.len() >= others.len() { (pairs, other) } else { (other, pairs) };
            if !(ids.is_subset(others) || others.is_subset(ids)) {
                continue;
            }
            for many in &more.told {
                let same =
                    |pair: &&GenePair| (&pair.first, &pair.second) == (&many.first, &many.second);
                let Some(few) = less.told.iter().find(same) else { continue };
                for (many, few) in cells(many).into_iter().zip(cells(few)) {
                    compared += 1;
                    assert!(!is_few((many - few) as usize), "{many} less {few}: {less:?}");
                }
            }
        }
    }
    assert!(tried > 5 && known.len() > 40 && compared > 100, "{tried} {} {compared}", known.len());
}

#[test]
fn a_part_is_not_told_beside_the_number_of_nearly_the_same_cases() {
    // A page tells how many of those with a gene altered have another altered too: nearly those who were counted before.
    let nation = portal();
    let mut tried = 0;
    for (first, second) in [("TP53", "KRAS"), ("KRAS", "APC"), ("TP53", "APC"), ("APC", "PIK3CA")] {
        let both = format!("gene={first} and gene={second}");
        for few in ["GBC", "PRAD", "STAD", "LUAD"].into_iter().flat_map(|tumour| {
            [60, 70, 75, 80].map(|age| format!("tumour={tumour} and age>={age} and ps=2"))
        }) {
            let more = format!("({both}) or ({few})");
            let added =
                nation.ids(&nation.query(&more)).len() - nation.ids(&nation.query(&both)).len();
            if !is_few(added) {
                continue;
            }
            tried += 1;
            let mut portal = portal();
            let more = portal.ask_text(&more).unwrap();
            let with = portal.ask_text(&format!("gene={first}")).unwrap();
            let part = with.genes.iter().find(|gene| *gene.gene == *second);
            if let Some(share) = part.and_then(|gene| gene.share) {
                let differ = more.cases.abs_diff(share.altered);
                assert!(!is_few(differ as usize), "{both} with {few}: {differ}");
            }
        }
    }
    assert!(tried > 8, "{tried}");
}

#[test]
fn an_overlap_of_few_is_not_told_by_either() {
    let mut portal = portal();
    let mut stream = Stream(11);
    let mut tried = 0;
    for _ in 0..400 {
        let (one, two) = (terms(&mut stream, 2), terms(&mut stream, 2));
        let both = portal.ids(&portal.query(&format!("({one}) and ({two})"))).len();
        let told = [one.clone(), two.clone(), format!("({one}) or ({two})")]
            .map(|text| portal.ask_text(&text).map(|page| page.cases));
        if is_few(both) {
            tried += 1;
            assert!(told.iter().any(Result::is_err), "{one} | {two}: {both} in both");
        }
    }
    assert!(tried > 20, "{tried}");
}

#[test]
fn hidden_parts_cannot_be_worked_out_from_the_total() {
    let mut portal = portal();
    let mut stream = Stream(23);
    let mut lists = 0;
    for _ in 0..150 {
        let Ok(page) = portal.ask_text(&terms(&mut stream, 2)) else { continue };
        for facet in &page.facets {
            let hidden = facet.values.iter().filter(|value| value.cases.is_none()).count();
            lists += usize::from(hidden > 0);
            assert_ne!(hidden, 1, "{:?} of {} cases", facet.item, page.cases);
            let shown: u64 = facet.values.iter().filter_map(|value| value.cases).sum();
            // The hidden ones make up at least as much as leaves each uncertain.
            assert!(hidden == 0 || page.cases - shown >= 10, "{:?}", facet.item);
        }
    }
    assert!(lists > 100, "{lists}");
}

#[test]
fn a_case_is_seen_with_what_the_permission_names_alone() {
    let case = synthetic::cohort_cases(7, 400)
        .find(|case| {
            !case.therapies.is_empty() && !case.alterations.is_empty() && case.hospital.is_some()
        })
        .unwrap();
    let mut narrow = project();
    narrow.services = BTreeSet::from([ProjectService::Counts, ProjectService::List]);
    let seen = SeenCase::of(&case, &narrow, "A1".to_owned());
    let text = serde_json::to_string(&seen).unwrap();
    for secret in [
        case.id.to_string(),
        case.hospital.clone().unwrap().to_string(),
        case.tested.unwrap().to_string(),
    ] {
        assert!(!text.contains(&secret), "{secret} in {text}");
    }
    assert!(seen.alterations.is_empty() && seen.therapies.is_empty());
    narrow.services.insert(ProjectService::Records);
    let seen = SeenCase::of(&case, &narrow, "A1".to_owned());
    assert_eq!(seen.therapies.len(), case.therapies.len());
    assert!(!seen.alterations.is_empty());
    narrow.items = BTreeSet::from(["sex".to_owned()]);
    let seen = SeenCase::of(&case, &narrow, "A1".to_owned());
    assert_eq!(seen.items.iter().map(|(code, _)| *code).collect::<Vec<_>>(), ["sex"]);
    assert!(seen.alterations.is_empty() && seen.therapies.is_empty());
}
