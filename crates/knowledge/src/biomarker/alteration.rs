//! Reading what must have happened to a gene.

use model::{
    gene::GeneSymbol,
    hgvs::protein::{AminoAcid, ProteinChange},
};

use super::{
    Alteration, Biomarker, Condition, NotMeasurable, Partner, RangeClass,
    parse::is,
    ranges::{self, Domain},
};

/// Reads a fusion whose partners are named, such as `EML4::ALK Fusion` or `EML4::ALK e6::e20`.
pub(super) fn fusion(pair: &str, rest: &str) -> Biomarker {
    let Some((five, three)) = pair.split_once("::") else {
        return is(pair, Alteration::NotUnderstood(rest.to_owned()));
    };
    let alteration = if rest.is_empty() || is_fusion_word(&rest.to_ascii_lowercase()) {
        Alteration::Fusion { five: partner(five), three: partner(three) }
    } else if rest.contains("::") {
        // Results do not say at which exons the partners join.
        Alteration::NotMeasurable(NotMeasurable::TranscriptForm)
    } else {
        Alteration::NotUnderstood(rest.to_owned())
    };
    let gene = [three, five].into_iter().find_map(|side| match partner(side) {
        Partner::Gene(gene) => Some(gene),
        Partner::Any | Partner::Unknown => None,
    });
    let fused = matches!(alteration, Alteration::Fusion { .. });
    Biomarker::Is(Condition { gene: if fused { None } else { gene }, alteration })
}

fn partner(text: &str) -> Partner {
    match text {
        "v" | "V" => Partner::Any,
        "?" => Partner::Unknown,
        // A regulatory element of a gene, such as `reg_e@[IGH]`, brings that gene's locus.
        _ => match text.split_once("@[").and_then(|(_, gene)| gene.strip_suffix(']')) {
            Some(gene) => Partner::Gene(GeneSymbol::new(gene)),
            None => Partner::Gene(GeneSymbol::new(text)),
        },
    }
}

fn is_fusion_word(lower: &str) -> bool {
    matches!(
        lower,
        "fusion" | "fusions" | "fsuion" | "rearrangement" | "rearrangements" | "translocation"
    )
}

/// Returns whether text begins an alteration rather than naming a gene.
pub(super) fn begins_alteration(word: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    word.starts_with("c.")
        || word.starts_with("p.")
        || protein(word).is_some()
        || codon(word).is_some()
        || matches!(
            lower.as_str(),
            "exon" | "splice" | "copy" | "promoter" | "kinase" | "rare" | "truncating" | "loss"
        )
}

/// Reads what must have happened to a gene.
pub(super) fn of_gene(gene: &str, text: &str) -> Biomarker {
    let text = text.trim();
    // Sources sometimes repeat the gene.
    let text =
        text.strip_prefix(gene).filter(|rest| rest.starts_with(' ')).map_or(text, str::trim_start);
    if let Some(pair) = text.split_whitespace().next().filter(|word| word.contains("::")) {
        let rest = text.get(pair.len()..).unwrap_or_default().trim();
        return fusion(pair, rest);
    }
    if let Some(several) = several(gene, text) {
        return several;
    }
    is(gene, alteration(gene, text))
}

/// Reads `G12/G13`, `Q157P/R` and `S310F/Y`.
fn several(gene: &str, text: &str) -> Option<Biomarker> {
    let (first, rest) = text.split_once('/')?;
    if text.contains(' ') {
        return None;
    }
    let mut parts = vec![is(gene, protein(first).or_else(|| codon(first))?)];
    for other in rest.split('/') {
        let alteration = match codon(other).or_else(|| protein(other)) {
            Some(alteration) => alteration,
            None => {
                let stem = first.trim_end_matches(|c: char| !c.is_ascii_digit());
                protein(&format!("{stem}{other}"))?
            }
        };
        parts.push(is(gene, alteration));
    }
    Some(Biomarker::Any(parts))
}

fn alteration(gene: &str, text: &str) -> Alteration {
    // `N150fs (c.448delA)`: the coding change in brackets only explains.
    let (head, explained) = match text.split_once(" (") {
        Some((head, rest)) => (head.trim(), rest.trim_end_matches(')').trim()),
        None => (text, ""),
    };
    let first = head.split_whitespace().next().unwrap_or_default();
    let second = head.split_whitespace().nth(1).unwrap_or_default();
    if (second.is_empty() || second.starts_with("c."))
        && let Some(change) = protein(first).or_else(|| codon(first))
    {
        return change;
    }
    if head.starts_with("p.") && explained.starts_with("c.") {
        return coding(explained);
    }
    if second.is_empty() && (head.starts_with("c.") || looks_coding(head)) {
        return coding(head);
    }
    let lower = head.to_ascii_lowercase();
    if head.starts_with("c.") {
        return Alteration::NotMeasurable(NotMeasurable::Noncoding);
    }
    if lower.starts_with("splice") {
        return match explained.strip_prefix("c.") {
            Some(_) => coding(explained),
            None => Alteration::SpliceSite,
        };
    }
    by_words(gene, &lower, explained)
}

fn by_words(gene: &str, lower: &str, explained: &str) -> Alteration {
    if let Some(alteration) = fixed(lower) {
        return alteration;
    }
    if let Some(codon) = lower.strip_prefix("non-")
        && let Some(Alteration::Codon { position, .. }) = self::codon(&codon.to_ascii_uppercase())
    {
        return Alteration::NotCodon { position };
    }
    if let Some(reason) = not_measurable(lower) {
        return Alteration::NotMeasurable(reason);
    }
    if lower.contains("exon ") {
        return exon(lower).unwrap_or(Alteration::NotMeasurable(NotMeasurable::UnknownRange));
    }
    if lower.starts_with("null") || explained.to_ascii_lowercase().contains("large deletion") {
        return Alteration::LossOfFunction;
    }
    domain(gene, lower).unwrap_or_else(|| Alteration::NotUnderstood(lower.to_owned()))
}

/// Reads the words that mean one thing each.
fn fixed(lower: &str) -> Option<Alteration> {
    let spaced = lower.replace('-', " ");
    Some(match spaced.trim() {
        "mutation" | "mutations" | "any mutation" => Alteration::AnyMutation,
        "alteration" | "alterations" => Alteration::AnyAlteration,
        "wildtype" | "wild type" => Alteration::WildType,
        "amplification" | "amp" => Alteration::Amplification,
        "loss" | "deletion" | "homozygous deletion" | "homdel" | "copy number loss" => {
            Alteration::CopyLoss
        }
        "copy number variation" | "copy number alteration" => Alteration::CopyNumber,
        "loss of function"
        | "loss of function mutation"
        | "inactivating mutation"
        | "deleterious mutation"
        | "inactivation"
        | "pathogenic variant" => Alteration::LossOfFunction,
        "biallelic inactivation" | "biallelic loss" | "biallelic loss of function" => {
            Alteration::BiallelicLoss
        }
        "truncating mutation" | "truncation" | "nonsense mutation" => Alteration::Truncating,
        "frameshift" | "frameshift mutation" | "frameshift truncation" => Alteration::Frameshift,
        "splice site mutation" => Alteration::SpliceSite,
        "gain of function" | "activating mutation" => Alteration::Activating,
        "itd" | "internal tandem duplication" | "internal duplication" => {
            Alteration::InternalDuplication
        }
        "viii" | "egfrviii" => Alteration::EgfrVariantIii,
        "promoter mutation" => Alteration::Promoter,
        word if is_fusion_word(word) => Alteration::Rearranged,
        _ => return None,
    })
}

/// Recognises what results cannot show, by what it is.
fn not_measurable(lower: &str) -> Option<NotMeasurable> {
    let has = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    if has(&["methylat", "phosphorylation", "acetylat"]) {
        return Some(NotMeasurable::Modification);
    }
    if has(&["serum"]) {
        return Some(NotMeasurable::Serum);
    }
    if has(&["polymorphism", "homozygosity", "snp"]) || is_polymorphism(lower) {
        return Some(NotMeasurable::Polymorphism);
    }
    if has(&["expression", "mislocal", "nuclear translocation"]) {
        return Some(NotMeasurable::Expression);
    }
    if has(&["alternative transcript", "isoform"]) || is_isoform(lower) {
        return Some(NotMeasurable::TranscriptForm);
    }
    if has(&["heterozygosity"]) || lower == "loh" {
        return Some(NotMeasurable::AlleleCopy);
    }
    if has(&["intron ", "utr", "3' exon", "5' exon", "alu insertion"]) {
        return Some(NotMeasurable::Noncoding);
    }
    // Sources do not say which mutations they call rare.
    lower.starts_with("rare ").then_some(NotMeasurable::UnknownRange)
}

fn is_polymorphism(lower: &str) -> bool {
    let number = lower.strip_prefix("rs").and_then(|rest| rest.split_whitespace().next());
    let is_rs = number.is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()));
    is_rs
        || lower.split_whitespace().next().is_some_and(|word| {
            word.split_once('*').is_some_and(|(gene, allele)| {
                gene.len() >= 4 && allele.bytes().all(|b| b.is_ascii_digit())
            })
        })
}

/// Recognises `ar-v7`, `cd44v6` and `cd44s`.
fn is_isoform(lower: &str) -> bool {
    let tail = lower.trim_end_matches(|c: char| c.is_ascii_digit());
    tail.len() < lower.len() && (tail.ends_with("-v") || (tail.ends_with('v') && tail.len() >= 4))
}

/// Reads `exon 19 deletion`, `exon 14 skipping mutation`, `exon 12-22 deletion`, `rare exon 18-21 mutation`.
fn exon(lower: &str) -> Option<Alteration> {
    if lower.starts_with("rare ") {
        return None;
    }
    let rest = lower.strip_prefix("exon ")?;
    let (numbers, words) = rest.split_once(' ').unwrap_or((rest, "mutation"));
    let (first, last) = numbers.split_once('-').unwrap_or((numbers, numbers));
    let (first, last) = (first.parse().ok()?, last.parse().ok()?);
    if first > last {
        return None;
    }
    let class = match words.trim() {
        "deletion" | "del" | "deletions" if first == last => RangeClass::InframeDeletion,
        "deletion" | "del" | "skipping" | "skipping mutation" | "skipping variant" => {
            RangeClass::Skipping
        }
        "insertion" | "ins" | "insertions" | "in-frame insertion" => RangeClass::InframeInsertion,
        "frameshift" | "frameshift mutation" => RangeClass::Frameshift,
        "mutation" | "mutations" | "variant" => RangeClass::Mutation,
        _ => return None,
    };
    Some(Alteration::Exon { first, last, class })
}

/// Reads `kinase domain mutation`, `non-p-loop mutation`, `n-terminal frame shift`.
fn domain(gene: &str, lower: &str) -> Option<Alteration> {
    let (outside, name) = match lower.strip_prefix("non-") {
        Some(rest) => (true, rest),
        None => (false, lower),
    };
    let (name, class) = match name.strip_suffix("frame shift") {
        Some(name) => (name, RangeClass::Frameshift),
        None => (
            name.strip_suffix("mutation").or_else(|| name.strip_suffix("mut")).unwrap_or(name),
            RangeClass::Mutation,
        ),
    };
    let name = name.trim().trim_end_matches("domain").trim();
    match ranges::domain(gene, name) {
        Domain::Known { first, last } => Some(Alteration::Domain { first, last, class, outside }),
        Domain::Named => Some(Alteration::NotMeasurable(NotMeasurable::UnknownRange)),
        Domain::Unknown => None,
    }
}

fn protein(text: &str) -> Option<Alteration> {
    text.parse::<ProteinChange>().ok().map(Alteration::Protein)
}

/// Reads `V600` and `p.V600`.
fn codon(text: &str) -> Option<Alteration> {
    let text = text.strip_prefix("p.").unwrap_or(text);
    let mut letters = text.chars();
    let letter = letters.next().filter(char::is_ascii_uppercase)?;
    let reference = AminoAcid::from_letter(letter)?;
    let digits = letters.as_str();
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let position: u32 = digits.parse().ok()?;
    (position > 0).then_some(Alteration::Codon { reference, position })
}

/// Recognises `1100delC`, `393T>C` and `IVS2+1G>A`.
fn looks_coding(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    (lower.starts_with(|c: char| c.is_ascii_digit()) || lower.starts_with("ivs"))
        && ["del", "ins", "dup", ">"].iter().any(|word| lower.contains(word))
}

fn coding(text: &str) -> Alteration {
    let body = text.strip_prefix("c.").unwrap_or(text);
    // `IVS2+1G>A` counts from an intron, and `?` marks unknown bounds: neither can be compared.
    if body.to_ascii_lowercase().starts_with("ivs") || body.contains('?') || !body.is_ascii() {
        return Alteration::NotMeasurable(NotMeasurable::Noncoding);
    }
    Alteration::Coding(ranges::coding_key(body))
}
