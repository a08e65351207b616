//! Evidence as the report shows it: summarised by therapy in section 2, item by item in section 4.

use std::{cmp::Ordering, collections::HashMap};

use knowledge::{Evidence, EvidenceMatch, Interaction, Release, Specificity};
use model::{
    evidence::{
        ClinicalSignificance, DrugAccessibility, EvidenceDirection, EvidenceLevel, EvidenceType,
        SourceStrength, TumourRelation,
    },
    text::LocalizedText,
};
use serde::{Deserialize, Serialize};

use super::references::Citations;

/// A therapy of an evidence item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Therapy {
    /// Name; ` + ` joins drugs given together.
    pub name: LocalizedText,
    /// How it can be reached.
    pub accessibility: DrugAccessibility,
}

impl Therapy {
    /// Returns what is the same for the same drugs, in whatever order they are named.
    pub(super) fn key(&self) -> String {
        let name = self.name.en.to_lowercase();
        if !name.contains(TOGETHER) {
            return name;
        }
        let mut drugs: Vec<&str> = name.split(TOGETHER).collect();
        drugs.sort_unstable();
        drugs.join(TOGETHER)
    }
}

/// What joins the names of drugs given together.
const TOGETHER: &str = " + ";

/// What is known of one alteration for one therapy, or, without a therapy, of one evidence type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EvidenceGroup {
    /// Highest level of the group's items that support their claim.
    pub highest_level: Option<EvidenceLevel>,
    /// What the items are about.
    pub evidence_type: EvidenceType,
    /// The therapy; `null` for evidence that is not about one.
    pub therapy: Option<Therapy>,
    /// The items, summarised; highest level first.
    pub summaries: Vec<EvidenceSummary>,
}

/// Items of a group that say the same at the same level.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EvidenceSummary {
    /// Level.
    pub level: Option<EvidenceLevel>,
    /// The claim.
    pub significance: Option<ClinicalSignificance>,
    /// For or against the claim.
    pub direction: Option<EvidenceDirection>,
    /// How the evidence's tumour type stands to the patient's.
    pub relation: TumourRelation,
    /// Tumour types of the evidence, sorted by their English names.
    pub tumour_types: Vec<LocalizedText>,
    /// How many items say so.
    pub count: usize,
    /// Numbers of their references, ascending.
    pub references: Vec<u32>,
}

/// One evidence item in full.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EvidenceItem {
    /// Identifier within the knowledge release.
    pub id: String,
    /// Which source of section 6 it is from.
    pub source: String,
    /// Address of the item's own page.
    pub url: Option<String>,
    /// Items of the result that it matches, by their identifiers.
    pub alterations: Vec<String>,
    /// The biomarker as the source writes it.
    pub biomarker: String,
    /// How closely the alteration fits the biomarker.
    pub specificity: MatchSpecificity,
    /// Level.
    pub level: Option<EvidenceLevel>,
    /// The row of the level table that gave the level.
    pub level_rule: String,
    /// What it is about.
    pub evidence_type: EvidenceType,
    /// The claim.
    pub significance: Option<ClinicalSignificance>,
    /// For or against the claim.
    pub direction: Option<EvidenceDirection>,
    /// How strong the source itself calls it.
    pub strength: SourceStrength,
    /// Tumour type of the evidence; `null` where the source names none.
    pub tumour_type: Option<LocalizedText>,
    /// How that stands to the patient's tumour type.
    pub relation: TumourRelation,
    /// Therapies.
    pub therapies: Vec<Therapy>,
    /// How several therapies belong together.
    pub interaction: Option<TherapyInteraction>,
    /// Remark of the source.
    pub note: Option<LocalizedText>,
    /// Numbers of its references, ascending.
    pub references: Vec<u32>,
}

/// How closely an alteration fits a biomarker, closest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum MatchSpecificity {
    /// The same amino-acid change.
    ExactProtein,
    /// Another change at the same codon.
    Codon,
    /// A change within an exon, domain or range.
    Range,
    /// A change of the same class, such as loss of function.
    VariantClass,
    /// The same copy-number change.
    CopyNumber,
    /// A fusion of the gene.
    Fusion,
    /// Any alteration of the gene.
    Gene,
    /// A genome-wide marker.
    Biomarker,
    /// One part of a combination whose other parts were found too.
    Combination,
    /// The absence of an alteration.
    WildType,
}

/// How several therapies of one item belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum TherapyInteraction {
    /// Given together.
    Combination,
    /// Given one after the other.
    Sequential,
    /// Any one of them.
    Substitutes,
}

impl From<Specificity> for MatchSpecificity {
    fn from(specificity: Specificity) -> Self {
        match specificity {
            Specificity::ExactProtein => Self::ExactProtein,
            Specificity::Codon => Self::Codon,
            Specificity::Range => Self::Range,
            Specificity::VariantClass => Self::VariantClass,
            Specificity::CopyNumber => Self::CopyNumber,
            Specificity::Fusion => Self::Fusion,
            Specificity::Gene => Self::Gene,
            Specificity::Biomarker => Self::Biomarker,
            Specificity::Combination => Self::Combination,
            Specificity::WildType => Self::WildType,
        }
    }
}

impl From<Interaction> for TherapyInteraction {
    fn from(interaction: Interaction) -> Self {
        match interaction {
            Interaction::Combination => Self::Combination,
            Interaction::Sequential => Self::Sequential,
            Interaction::Substitutes => Self::Substitutes,
        }
    }
}

/// Orders levels strongest first, and the absence of a level last.
pub(super) fn compare_levels(a: Option<EvidenceLevel>, b: Option<EvidenceLevel>) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) => a.cmp(&b),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => Ordering::Equal,
    }
}

/// Says what an item says, at which level; items that agree in all of it are counted together.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Claim {
    level: Option<EvidenceLevel>,
    significance: Option<ClinicalSignificance>,
    direction: Option<EvidenceDirection>,
    relation: TumourRelation,
}

impl Claim {
    fn of(matched: &EvidenceMatch<'_>) -> Self {
        Self {
            level: matched.level,
            significance: matched.evidence.significance,
            direction: matched.evidence.direction,
            relation: matched.relation,
        }
    }

    fn compare(&self, other: &Self) -> Ordering {
        compare_levels(self.level, other.level)
            .then_with(|| self.relation.cmp(&other.relation))
            .then_with(|| self.direction.cmp(&other.direction))
            .then_with(|| self.significance.cmp(&other.significance))
    }
}

/// A group whose references have no numbers yet.
struct Draft<'m, 'r> {
    evidence_type: EvidenceType,
    therapy: Option<Therapy>,
    claims: Vec<(Claim, Vec<&'m EvidenceMatch<'r>>)>,
}

/// Summarises matches by therapy, strongest group first, and cites their literature in that order.
pub(super) fn group<'m, 'r: 'm>(
    matches: impl IntoIterator<Item = &'m EvidenceMatch<'r>>,
    citations: &mut Citations<'r>,
    release: &Release,
) -> Vec<EvidenceGroup> {
    let mut drafts: Vec<Draft<'m, 'r>> = Vec::new();
    let mut places: HashMap<(EvidenceType, String), usize> = HashMap::new();
    for matched in matches {
        for therapy in therapies_for_grouping(matched) {
            let name = therapy.as_ref().map(Therapy::key).unwrap_or_default();
            let place =
                *places.entry((matched.evidence.evidence_type, name)).or_insert_with(|| {
                    drafts.push(Draft {
                        evidence_type: matched.evidence.evidence_type,
                        therapy: therapy.clone(),
                        claims: Vec::new(),
                    });
                    drafts.len() - 1
                });
            if let Some(draft) = drafts.get_mut(place) {
                draft.add(matched, therapy);
            }
        }
    }
    for draft in &mut drafts {
        draft.claims.sort_by(|a, b| a.0.compare(&b.0));
    }
    drafts.sort_by(Draft::compare);
    drafts.into_iter().map(|draft| draft.finish(citations, release)).collect()
}

impl<'m, 'r> Draft<'m, 'r> {
    fn add(&mut self, matched: &'m EvidenceMatch<'r>, therapy: Option<Therapy>) {
        // The nearest way to the drug is shown; it differs when an approval asks for the exact biomarker.
        if let (Some(own), Some(other)) = (&mut self.therapy, therapy) {
            own.accessibility = own.accessibility.min(other.accessibility);
        }
        let claim = Claim::of(matched);
        match self.claims.iter_mut().find(|(known, _)| *known == claim) {
            Some((_, items)) => items.push(matched),
            None => self.claims.push((claim, vec![matched])),
        }
    }

    fn best(&self) -> Option<&Claim> {
        self.claims.first().map(|(claim, _)| claim)
    }

    fn compare(&self, other: &Self) -> Ordering {
        let level = |draft: &Self| draft.best().and_then(|claim| claim.level);
        let relation = |draft: &Self| draft.best().map(|claim| claim.relation);
        let name = |draft: &Self| draft.therapy.as_ref().map(|t| t.name.en.to_lowercase());
        let access = |draft: &Self| draft.therapy.as_ref().map(|t| t.accessibility);
        compare_levels(level(self), level(other))
            .then_with(|| self.evidence_type.cmp(&other.evidence_type))
            .then_with(|| relation(self).cmp(&relation(other)))
            .then_with(|| access(self).cmp(&access(other)))
            .then_with(|| name(self).cmp(&name(other)))
    }

    fn finish(self, citations: &mut Citations<'r>, release: &Release) -> EvidenceGroup {
        let highest_level = self.best().and_then(|claim| claim.level);
        let summaries = self.claims.into_iter().map(|(claim, items)| {
            let mut references = Vec::new();
            let mut tumour_types: Vec<LocalizedText> = Vec::new();
            for item in &items {
                citations.cite(item.evidence, &mut references);
                let name = tumour_type(item.evidence, release);
                tumour_types.extend(name.filter(|name| !tumour_types.contains(name)));
            }
            references.sort_unstable();
            tumour_types.sort_unstable_by(|a, b| a.en.cmp(&b.en).then_with(|| a.ja.cmp(&b.ja)));
            EvidenceSummary {
                level: claim.level,
                significance: claim.significance,
                direction: claim.direction,
                relation: claim.relation,
                tumour_types,
                count: items.len(),
                references,
            }
        });
        EvidenceGroup {
            highest_level,
            evidence_type: self.evidence_type,
            summaries: summaries.collect(),
            therapy: self.therapy,
        }
    }
}

/// Returns the therapies under which a match is listed: each alternative on its own, a sequence as one.
fn therapies_for_grouping(matched: &EvidenceMatch<'_>) -> Vec<Option<Therapy>> {
    if matched.evidence.evidence_type != EvidenceType::Predictive || matched.drugs.is_empty() {
        return vec![None];
    }
    let mut therapies = therapies(matched);
    if matched.evidence.interaction == Some(Interaction::Sequential) && therapies.len() > 1 {
        let names =
            |pick: fn(&Therapy) -> &str| therapies.iter().map(pick).collect::<Vec<_>>().join(" → ");
        let name = LocalizedText::new(names(|t| &t.name.ja), names(|t| &t.name.en));
        let accessibility = therapies.iter().map(|t| t.accessibility).max();
        return vec![Some(Therapy {
            name,
            accessibility: accessibility.unwrap_or(DrugAccessibility::Unknown),
        })];
    }
    therapies.drain(..).map(Some).collect()
}

/// Names the tumour type of an item: as its source does, or else by the release's names of its codes.
///
/// The Japanese name is the release's where the item has exactly one code.
pub(super) fn tumour_type(evidence: &Evidence, release: &Release) -> Option<LocalizedText> {
    let scope = &evidence.tumours;
    let known = || scope.codes.iter().filter_map(|code| release.tumour_type(code));
    let written = evidence.tumour_type_name.as_str();
    if !written.is_empty() {
        let mut known = known();
        let ja = match (known.next(), known.next()) {
            (Some(only), None) => only.name.ja.clone(),
            _ => written.to_owned().into(),
        };
        return Some(LocalizedText { ja, en: written.to_owned().into() });
    }
    let mut names = LocalizedText::default();
    let broad = [(scope.any_solid, ALL_SOLID), (scope.any_haematological, ALL_HAEMATOLOGICAL)];
    let broad = broad.into_iter().filter_map(|(holds, name)| holds.then_some(name));
    for name in broad.chain(known().map(|tumour| tumour.name.clone())) {
        if !names.en.is_empty() {
            names.ja += "、";
            names.en += ", ";
        }
        names.ja += name.ja;
        names.en += name.en;
    }
    (!names.en.is_empty()).then_some(names)
}

const ALL_SOLID: LocalizedText = LocalizedText::of("固形がん全般", "all solid tumours");
const ALL_HAEMATOLOGICAL: LocalizedText =
    LocalizedText::of("造血器腫瘍全般", "all haematological tumours");

fn therapies(matched: &EvidenceMatch<'_>) -> Vec<Therapy> {
    matched
        .drugs
        .iter()
        .map(|drug| Therapy { name: drug.name.clone(), accessibility: drug.accessibility })
        .collect()
}

/// Lists matches in full, strongest first; the same item matched by several alterations comes once.
pub(super) fn list<'m, 'r: 'm>(
    matches: impl Iterator<Item = (Option<&'m str>, &'m EvidenceMatch<'r>)>,
    release: &Release,
    citations: &mut Citations<'r>,
) -> Vec<EvidenceItem> {
    let mut unique: Vec<(&EvidenceMatch<'r>, Vec<&str>)> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    for (alteration, matched) in matches {
        let place = *places.entry(matched.evidence.id.as_str()).or_insert(unique.len());
        match unique.get_mut(place) {
            None => unique.push((matched, alteration.into_iter().collect())),
            Some((known, alterations)) => {
                if compare_levels(matched.level, known.level).is_lt() {
                    *known = matched;
                }
                if let Some(alteration) = alteration.filter(|id| !alterations.contains(id)) {
                    alterations.push(alteration);
                }
            }
        }
    }
    unique.sort_by(|(a, _), (b, _)| compare_items(a, b));
    unique
        .into_iter()
        .map(|(matched, alterations)| item(matched, &alterations, release, citations))
        .collect()
}

fn compare_items(a: &EvidenceMatch<'_>, b: &EvidenceMatch<'_>) -> Ordering {
    let drug = |matched: &EvidenceMatch<'_>| matched.drugs.first().map(|d| d.name.en.clone());
    compare_levels(a.level, b.level)
        .then_with(|| a.evidence.evidence_type.cmp(&b.evidence.evidence_type))
        .then_with(|| a.relation.cmp(&b.relation))
        .then_with(|| drug(a).cmp(&drug(b)))
        .then_with(|| natural(a.evidence).cmp(&natural(b.evidence)))
}

/// Orders identifiers by length and then by text, so that `EID9` comes before `EID10`.
fn natural(evidence: &Evidence) -> (usize, &str) {
    (evidence.id.len(), evidence.id.as_str())
}

fn item<'r>(
    matched: &EvidenceMatch<'r>,
    alterations: &[&str],
    release: &Release,
    citations: &mut Citations<'r>,
) -> EvidenceItem {
    let evidence = matched.evidence;
    let mut references = Vec::new();
    citations.cite(evidence, &mut references);
    references.sort_unstable();
    let source = release.manifest().sources.get(evidence.source);
    EvidenceItem {
        id: evidence.id.clone(),
        source: source.map(|source| source.name.clone()).unwrap_or_default(),
        url: evidence.url.clone().filter(|url| url.starts_with("https://")),
        alterations: alterations.iter().map(|id| (*id).to_owned()).collect(),
        biomarker: evidence.biomarker_label.clone(),
        specificity: matched.specificity.into(),
        level: matched.level,
        level_rule: matched.level_rule.to_owned(),
        evidence_type: evidence.evidence_type,
        significance: evidence.significance,
        direction: evidence.direction,
        strength: evidence.strength,
        tumour_type: tumour_type(evidence, release),
        relation: matched.relation,
        therapies: therapies(matched),
        interaction: evidence.interaction.map(Into::into),
        note: evidence.note.clone(),
        references,
    }
}
