//! What a search may see of a case.

use std::sync::Arc;

use model::evidence::EvidenceLevel;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    day::CohortDay,
    panel::CohortPanel,
    tumour_change::TumourChange,
    word::{
        AlterationClass, AlterationKind, Answer, Msi, NotGivenReason, Origin, Response, SampleKind,
        Sex, Side, Stage, VitalStatus, Word as _,
    },
};

/// A name or code that many cases share, such as a gene's symbol.
pub type Name = Arc<str>;

/// What the patient allows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CaseConsent {
    /// Secondary use by academic bodies.
    pub academic: Option<Answer>,
    /// Secondary use by companies.
    pub company: Option<Answer>,
    /// Secondary use abroad.
    pub abroad: Option<Answer>,
}

/// What the expert panel led to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PanelOutcome {
    /// Day on which the panel was held.
    pub held: Option<CohortDay>,
    /// Whether a drug was proposed.
    pub option_proposed: Option<Answer>,
    /// Whether the proposed drug was given.
    pub option_given: Option<Answer>,
    /// Why it was not given.
    pub not_given_reason: Option<NotGivenReason>,
}

/// An alteration of one gene. A fusion is one for each of its genes, with the other as partner.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CohortAlteration {
    /// Gene.
    pub gene: Name,
    /// Kind.
    pub kind: AlterationKind,
    /// First and last codon that a short variant touches. Units: 1-based, inclusive.
    pub codons: Option<(u16, u16)>,
    /// Class.
    pub class: Option<AlterationClass>,
    /// Protein change in one-letter spelling without `p.`, such as `G12C`; of a short variant.
    pub change: Option<Name>,
    /// The other gene of a fusion.
    pub partner: Option<Name>,
    /// Origin.
    pub origin: Option<Origin>,
    /// Allele frequency of a short variant or rearrangement. Units: per ten thousand.
    pub allele_frequency: Option<u16>,
    /// Copies of a copy-number alteration. Units: tenths of a copy.
    pub copies: Option<u16>,
    /// Best evidence level in the case's tumour type.
    pub level: Option<EvidenceLevel>,
}

impl CohortAlteration {
    /// Makes an alteration of which nothing else is known.
    pub fn new(gene: Name, kind: AlterationKind) -> Self {
        Self {
            gene,
            kind,
            codons: None,
            class: None,
            change: None,
            partner: None,
            origin: None,
            allele_frequency: None,
            copies: None,
            level: None,
        }
    }
}

/// A line of therapy.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TherapyLine {
    /// First day.
    pub start: Option<CohortDay>,
    /// Last day.
    pub end: Option<CohortDay>,
    /// Before or after the panel.
    pub side: Side,
    /// Line of therapy. Units: 1-based.
    pub line: Option<u8>,
    /// Codes of the drugs, sorted.
    pub drugs: Vec<Name>,
    /// Classes of the drugs, sorted.
    pub classes: Vec<Name>,
    /// Best overall response.
    pub response: Option<Response>,
}

/// An adverse event.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AdverseEvent {
    /// Code of the event. Source: CTCAE v5.0.
    pub code: Name,
    /// Worst grade, 1 to 5.
    pub grade: Option<u8>,
    /// Before or after the panel.
    pub side: Side,
}

/// Whether absence means something: what was recorded completely on each side of the panel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TherapyRecorded {
    /// Therapies before the panel.
    pub before: bool,
    /// Therapies after the panel.
    pub after: bool,
    /// Adverse events.
    pub events: bool,
}

/// All that a search may see of a case: no direct identifier, no reference of a hospital.
///
/// Whatever is not known is `None`, which is never No. Lists are in the order of [`CohortCase::normalised`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CohortCase {
    /// Opaque identifier, which the clinical portal may link.
    pub id: Uuid,
    /// Whether the case is invented.
    pub synthetic: bool,
    /// Collection that it belongs to; registered cases are `registered`.
    pub collection: Name,
    /// Tumour type. Source: OncoTree.
    pub tumour: Option<Name>,
    /// Age at registration. Units: completed years, at most 120.
    pub age_years: Option<u8>,
    /// Sex.
    pub sex: Option<Sex>,
    /// Whether the patient has smoked.
    pub smoking: Option<Answer>,
    /// ECOG performance status, 0 to 4.
    pub performance_status: Option<u8>,
    /// Stage before the first treatment.
    pub stage: Option<Stage>,
    /// Metastasis at registration.
    pub metastasis: Option<Answer>,
    /// Cancer in the family.
    pub family_history: Option<Answer>,
    /// Panel; `None` where no test is known.
    pub panel: Option<Arc<CohortPanel>>,
    /// Kind of specimen.
    pub sample_kind: Option<SampleKind>,
    /// Code of the hospital, for the clinical portal alone.
    pub hospital: Option<Name>,
    /// Prefecture of the hospital. Source: JIS X 0401 number, 1 to 47.
    pub prefecture: Option<u8>,
    /// Day of diagnosis.
    pub diagnosed: Option<CohortDay>,
    /// Day of the test: of registration where the test's own is not known.
    pub tested: Option<CohortDay>,
    /// Last day known alive, or day of death.
    pub last_contact: Option<CohortDay>,
    /// Alive or dead on that day.
    pub vital_status: Option<VitalStatus>,
    /// What the expert panel led to.
    pub outcome: PanelOutcome,
    /// What the patient allows.
    pub consent: CaseConsent,
    /// How far the record is filled. Units: per cent.
    pub completeness: Option<u8>,
    /// Best evidence level of its alterations.
    pub level: Option<EvidenceLevel>,
    /// Tumour mutational burden. Units: hundredths of a mutation per megabase.
    pub tmb: Option<u16>,
    /// Microsatellite state.
    pub msi: Option<Msi>,
    /// Best change of the target lesions, where it was measured.
    pub change: Option<TumourChange>,
    /// Alterations.
    pub alterations: Vec<CohortAlteration>,
    /// Lines of therapy.
    pub therapies: Vec<TherapyLine>,
    /// Adverse events.
    pub events: Vec<AdverseEvent>,
    /// What of the therapies was recorded completely.
    pub recorded: TherapyRecorded,
}

impl CohortCase {
    /// Makes a case of which nothing is known.
    pub fn unknown(id: Uuid, collection: Name) -> Self {
        Self {
            id,
            synthetic: false,
            collection,
            tumour: None,
            age_years: None,
            sex: None,
            smoking: None,
            performance_status: None,
            stage: None,
            metastasis: None,
            family_history: None,
            panel: None,
            sample_kind: None,
            hospital: None,
            prefecture: None,
            diagnosed: None,
            tested: None,
            last_contact: None,
            vital_status: None,
            outcome: PanelOutcome::default(),
            consent: CaseConsent::default(),
            completeness: None,
            level: None,
            tmb: None,
            msi: None,
            change: None,
            alterations: Vec::new(),
            therapies: Vec::new(),
            events: Vec::new(),
            recorded: TherapyRecorded::default(),
        }
    }

    /// Returns the case with its lists in order and what no search can hold left out.
    ///
    /// A number beyond its bounds becomes unknown; an allele frequency of a copy number, copies of anything
    /// else and a codon that is no codon are dropped. The index gives cases back in this form.
    #[must_use]
    pub fn normalised(mut self) -> Self {
        self.age_years = self.age_years.filter(|age| *age <= 120);
        self.performance_status = self.performance_status.filter(|grade| *grade <= 4);
        self.prefecture = self.prefecture.filter(|number| (1..=47).contains(number));
        self.completeness = self.completeness.filter(|percent| *percent <= 100);
        self.tmb = self.tmb.filter(|tmb| *tmb < u16::MAX);
        self.change = self.change.filter(|change| change.is_kept());
        for alteration in &mut self.alterations {
            normalise_alteration(alteration);
        }
        for therapy in &mut self.therapies {
            therapy.line = therapy.line.filter(|line| *line > 0);
            for names in [&mut therapy.drugs, &mut therapy.classes] {
                names.sort_unstable();
                names.dedup();
            }
        }
        for event in &mut self.events {
            event.grade = event.grade.filter(|grade| (1..=5).contains(grade));
        }
        self.alterations.sort_unstable();
        self.therapies.sort_unstable();
        self.events.sort_unstable();
        self
    }

    /// Returns whether the case's test is known to cover a gene, for any kind of alteration.
    pub fn covers(&self, gene: &str) -> bool {
        let covers = |panel: &Arc<CohortPanel>| {
            AlterationKind::ALL.iter().any(|kind| panel.covers(gene, *kind))
        };
        self.panel.as_ref().is_some_and(covers)
    }

    /// Returns the alterations of a gene of a kind that the case's test is known to cover.
    pub fn covered_alterations<'a>(
        &'a self,
        gene: &'a str,
    ) -> impl Iterator<Item = &'a CohortAlteration> + 'a {
        let covers = move |own: &CohortAlteration| {
            self.panel.as_ref().is_some_and(|panel| panel.covers(gene, own.kind))
        };
        self.alterations.iter().filter(move |own| *own.gene == *gene && covers(own))
    }

    /// Returns whether a gene is altered in a kind that the case's test is known to cover.
    pub fn is_altered(&self, gene: &str) -> bool {
        self.covered_alterations(gene).next().is_some()
    }

    /// Returns the first day on which a therapy is known to have been given.
    pub fn treated(&self) -> Option<CohortDay> {
        self.therapies.iter().filter_map(|therapy| therapy.start).min()
    }
}

fn normalise_alteration(alteration: &mut CohortAlteration) {
    let is_copy_number = alteration.kind == AlterationKind::CopyNumber;
    let is_short = alteration.kind == AlterationKind::Short;
    alteration.copies = alteration.copies.filter(|copies| is_copy_number && *copies < u16::MAX);
    alteration.allele_frequency =
        alteration.allele_frequency.filter(|share| !is_copy_number && *share <= 10_000);
    let is_range = |codons: &(u16, u16)| is_short && 0 < codons.0 && codons.0 <= codons.1;
    alteration.codons = alteration.codons.filter(is_range);
    alteration.change = alteration.change.take().filter(|_| is_short);
    alteration.class = alteration.class.filter(|class| class.kind() == alteration.kind);
    let is_rearrangement = alteration.kind == AlterationKind::Rearrangement;
    alteration.partner = alteration.partner.take().filter(|_| is_rearrangement);
}
