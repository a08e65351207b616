//! The registry of the synthetic nation: what its hospitals are, to whom they are linked, its laboratories and
//! its panels. Everything is invented but the numbers of hospitals.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use model::{
    gene::GeneSymbol,
    organisation::OrganisationCode,
    programme::{
        Application, ApplicationEvent, ApplicationId, ApplicationKind, AssessmentOutcome, Decision,
        Designation, DesignationHistory, DesignationKind, IntakeRound, Laboratory, LaboratoryKind,
        LaboratoryPaper, Link, LinkHistory, Opinion, PanelProduct, PanelVersion, PaperKind, Period,
        Registry, ReportedThing, Requirement, RequirementChecklist, RequirementFinding,
        RequirementState, SampleKind,
    },
    text::LocalizedText,
};

use crate::{Hospital, hospitals, tables::Tables};

/// Partners that may hold their own expert panel: the first one in so many.
const PANEL_PARTNER_EVERY: u64 = 6;
/// What an entry says of where it comes from.
const SOURCE: &str = "合成 synthetic";

/// Returns the registry of the synthetic nation; the same every time.
pub fn registry() -> Registry {
    let all = hospitals();
    let mut registry = Registry::default();
    for hospital in &all {
        registry.hospitals.insert(hospital.code.clone(), entry(hospital));
        registry.designations.insert(hospital.code.clone(), designations(hospital));
        if hospital.kind == DesignationKind::Partner {
            registry.links.insert(hospital.code.clone(), links(hospital, &all));
        } else {
            registry.requirements.insert(hospital.code.clone(), requirements(hospital));
        }
    }
    for application in applications() {
        registry.applications.insert(application.id, application);
    }
    for laboratory in laboratories() {
        registry.laboratories.insert(laboratory.code.clone(), laboratory);
    }
    for panel in panels() {
        registry.panels.insert(panel.code.clone(), panel);
    }
    registry
}

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default()
}

pub(crate) fn entry(hospital: &Hospital) -> model::programme::Hospital {
    let number = hospital.number;
    model::programme::Hospital {
        code: hospital.code.clone(),
        name: hospital.name.clone(),
        prefecture: Some(hospital.prefecture),
        contact: LocalizedText::new(
            format!("がんゲノム医療相談窓口（架空） 内線 {number:04}"),
            format!("Cancer genomic medicine desk (invented), extension {number:04}"),
        ),
        source: Some(SOURCE.to_owned()),
        synthetic: true,
    }
}

/// Every designation begins exactly; the first ten core and hub hospitals come up for renewal first.
fn designations(hospital: &Hospital) -> DesignationHistory {
    let last = day(2022, 3, 31);
    let ends = if hospital.number <= 5 { day(2027, 3, 31) } else { day(2030, 3, 31) };
    let able = hospital.number.is_multiple_of(PANEL_PARTNER_EVERY);
    let periods = match hospital.kind {
        DesignationKind::Core => vec![
            (DesignationKind::Core, Period::between(day(2018, 4, 1), last)),
            (DesignationKind::Core, Period::between(day(2022, 4, 1), ends)),
        ],
        DesignationKind::Hub => vec![
            (DesignationKind::Hub, Period::between(day(2019, 9, 1), last)),
            (DesignationKind::Hub, Period::between(day(2022, 4, 1), ends)),
        ],
        _ if able => vec![
            (DesignationKind::Partner, Period::between(day(2019, 10, 1), day(2023, 3, 31))),
            (DesignationKind::PanelPartner, Period::since(day(2023, 4, 1))),
        ],
        _ => vec![(DesignationKind::Partner, Period::since(day(2019, 10, 1)))],
    };
    let mut history = DesignationHistory::new(hospital.code.clone());
    for (kind, period) in periods {
        let designation =
            Designation { kind, period, seen_only: false, source: Some(SOURCE.to_owned()) };
        history
            .put(designation)
            .unwrap_or_else(|error| unreachable!("the periods are apart: {error}"));
    }
    history
}

/// Links a partner to a core or hub hospital of its prefecture, or to one of the nearest by number.
fn links(partner: &Hospital, all: &[Hospital]) -> LinkHistory {
    let distance =
        |other: &Hospital| other.prefecture.number().abs_diff(partner.prefecture.number());
    let chooses = |other: &&Hospital| other.kind != DesignationKind::Partner;
    let least = all.iter().filter(chooses).map(distance).min().unwrap_or_default();
    let near: Vec<_> =
        all.iter().filter(chooses).filter(|other| distance(other) == least).collect();
    let chosen = near.iter().cycle().nth(usize::try_from(partner.number).unwrap_or_default());
    let mut history = LinkHistory::new(partner.code.clone());
    if let Some(to) = chosen {
        history.put(Link {
            to: to.code.clone(),
            period: Period::since(day(2019, 10, 1)),
            source: Some(SOURCE.to_owned()),
        });
    }
    history
}

fn requirements(hospital: &Hospital) -> RequirementChecklist {
    let mut checklist = RequirementChecklist::new(hospital.code.clone());
    for requirement in Requirement::ALL {
        // One hospital in nine has something still to show.
        let open = (hospital.number + u64::from(requirement.number())).is_multiple_of(9);
        let finding = RequirementFinding {
            state: if open { RequirementState::Unknown } else { RequirementState::Met },
            evidence: (!open).then(|| format!("合成の確認書類 {}", requirement.number())),
            checked: (!open).then(|| day(2025, 9, 1)),
        };
        checklist.findings.insert(requirement, finding);
    }
    checklist
}

fn application(number: u8, hospital: &str, wanted: DesignationKind) -> Application {
    let at = day(2026, 10, 1);
    let milliseconds = at.and_time(chrono::NaiveTime::MIN).and_utc().timestamp_millis();
    let milliseconds = u64::try_from(milliseconds).unwrap_or_default();
    let id = uuid::Builder::from_unix_timestamp_millis(milliseconds, &[number; 10]).into_uuid();
    Application {
        id: ApplicationId(id),
        hospital: OrganisationCode::new(hospital),
        wanted,
        kind: ApplicationKind::New,
        chosen_by: None,
        round: wanted.is_partner().then(|| IntakeRound::of(at)),
        events: vec![ApplicationEvent::Submitted {
            day: at, text: "合成の申請です。".to_owned()
        }],
    }
}

/// One application at each place of its way.
fn applications() -> Vec<Application> {
    let step = |application: &mut Application, event| {
        application
            .step(event)
            .unwrap_or_else(|error| unreachable!("the steps follow one another: {error}"));
    };
    let opinion = ApplicationEvent::OpinionGiven {
        day: day(2026, 11, 2),
        opinion: Opinion::Suitable,
        text: "要件を満たすと判断した（合成）。".to_owned(),
    };
    let waiting = application(1, "SYN-P003", DesignationKind::Hub);
    let mut considered = application(2, "SYN-H001", DesignationKind::Hub);
    considered.kind = ApplicationKind::Renewal;
    step(&mut considered, opinion.clone());
    let mut able = application(3, "SYN-P008", DesignationKind::PanelPartner);
    able.chosen_by = Some(OrganisationCode::new("SYN-C001"));
    let mut refused = application(4, "SYN-P020", DesignationKind::Hub);
    step(&mut refused, opinion);
    step(
        &mut refused,
        ApplicationEvent::Decided {
            day: day(2026, 11, 10),
            decision: Decision::Refused,
            text: "症例数が足りない（合成）。".to_owned(),
        },
    );
    vec![waiting, considered, able, refused]
}

fn laboratories() -> Vec<Laboratory> {
    let names = [
        (
            "SYN-L01",
            LaboratoryKind::TestingLaboratory,
            "合成臨床検査センター",
            "Synthetic Clinical Laboratory",
        ),
        (
            "SYN-L02",
            LaboratoryKind::TestingLaboratory,
            "合成ゲノム検査所",
            "Synthetic Genome Laboratory",
        ),
        (
            "SYN-S01",
            LaboratoryKind::SequencingCompany,
            "合成シークエンス社",
            "Synthetic Sequencing Company",
        ),
        ("SYN-D01", LaboratoryKind::Developer, "合成パネル開発社", "Synthetic Panel Developer"),
    ];
    names
        .into_iter()
        .map(|(code, kind, ja, en)| {
            let mut laboratory = Laboratory {
                code: OrganisationCode::new(code),
                kind,
                name: LocalizedText::of(ja, en),
                contact: LocalizedText::of("品質保証部（架空）", "Quality department (invented)"),
                papers: Vec::new(),
                source: Some(SOURCE.to_owned()),
                synthetic: true,
            };
            if kind != LaboratoryKind::Developer {
                papers(code).into_iter().for_each(|paper| laboratory.put_paper(paper));
            }
            laboratory
        })
        .collect()
}

fn papers(code: &str) -> Vec<LaboratoryPaper> {
    let paper = |kind, period, title: &str, outcome| LaboratoryPaper {
        kind,
        period,
        title: title.to_owned(),
        number: Some(format!("{code}-{}", kind_letter(kind))),
        outcome,
    };
    vec![
        paper(
            PaperKind::Certification,
            Period::between(day(2024, 1, 1), day(2027, 12, 31)),
            "合成品質認定",
            None,
        ),
        paper(
            PaperKind::Contract,
            Period::between(day(2024, 4, 1), day(2027, 3, 31)),
            "検査データ転送の契約（合成）",
            None,
        ),
        paper(
            PaperKind::ExternalAssessment,
            Period::since(day(2025, 10, 1)),
            "合成外部精度評価 2025",
            Some(if code.ends_with('2') {
                AssessmentOutcome::Findings
            } else {
                AssessmentOutcome::Passed
            }),
        ),
    ]
}

fn kind_letter(kind: PaperKind) -> char {
    match kind {
        PaperKind::Certification => 'Q',
        PaperKind::Contract => 'K',
        PaperKind::ExternalAssessment => 'E',
    }
}

fn panels() -> Vec<PanelProduct> {
    use ReportedThing as R;
    use SampleKind as S;
    let tissue: [R; 5] = [R::ShortVariants, R::CopyNumber, R::Fusions, R::Tmb, R::Msi];
    let liquid: [R; 4] = [R::ShortVariants, R::CopyNumber, R::Fusions, R::Msi];
    let shapes: [(&str, &str, &[S], &[R]); 4] = [
        ("tissue", "合成パネル50", &[S::Ffpe, S::MatchedBlood], &tissue),
        ("rna", "合成DNA・RNAパネル70", &[S::Ffpe, S::MatchedBlood, S::Rna], &tissue),
        ("liquid", "合成リキッドパネル25", &[S::Plasma], &liquid),
        ("haem", "合成造血器パネル40", &[S::BloodOrMarrow, S::BuccalOrNail], &liquid),
    ];
    let tables = &Tables::get().panels;
    let panel = |(id, ja, samples, reports): (&str, &'static str, &[S], &[R])| {
        let panel = tables.get(id)?;
        let genes: BTreeSet<_> = panel.genes.iter().map(|gene| GeneSymbol::new(*gene)).collect();
        Some(PanelProduct {
            code: format!("SYN-{id}"),
            name: LocalizedText::of(ja, panel.name),
            maker: Some("合成パネル開発社".to_owned()),
            approved: "2020-04-01".parse().ok(),
            insured: "2020-06-01".parse().ok(),
            companion_diagnostic: Some(false),
            versions: vec![PanelVersion {
                version: panel.version.to_owned(),
                from: "2020-06-01".parse().ok(),
                until: None,
                gene_count: u32::try_from(genes.len()).ok(),
                genes: Some(genes),
                samples: samples.iter().copied().collect(),
                reports: reports.iter().copied().collect(),
                source: Some(SOURCE.to_owned()),
            }],
            synthetic: true,
        })
    };
    shapes.into_iter().filter_map(panel).collect()
}
