//! Where exons and domains lie in proteins, for the genes whose evidence speaks of them.
//!
//! Units: 1-based codon numbers, inclusive. A codon that is split between two exons belongs to both.
//! Source of the tables: `crates/knowledge/tables/exons.tsv` and `domains.tsv`, made by us of public
//! gene models and UniProt features; each row names its transcript or entry.

use std::sync::LazyLock;

const EXONS: &str = include_str!("../../tables/exons.tsv");
const DOMAINS: &str = include_str!("../../tables/domains.tsv");

/// One row of the exon table.
struct ExonRow {
    gene: &'static str,
    exon: u32,
    first: u32,
    last: u32,
}

/// One row of the domain table.
struct DomainRow {
    gene: &'static str,
    names: Vec<&'static str>,
    first: u32,
    last: u32,
    source: &'static str,
}

static EXON_ROWS: LazyLock<Vec<ExonRow>> = LazyLock::new(|| {
    rows(EXONS)
        .filter_map(|cells| {
            let mut cells = cells.into_iter();
            Some(ExonRow {
                gene: cells.next()?,
                exon: cells.next()?.parse().ok()?,
                first: cells.next()?.parse().ok()?,
                last: cells.next()?.parse().ok()?,
            })
        })
        .collect()
});

static DOMAIN_ROWS: LazyLock<Vec<DomainRow>> = LazyLock::new(|| {
    rows(DOMAINS)
        .filter_map(|cells| {
            let mut cells = cells.into_iter();
            Some(DomainRow {
                gene: cells.next()?,
                names: cells.next()?.split('|').collect(),
                first: cells.next()?.parse().ok()?,
                last: cells.next()?.parse().ok()?,
                source: cells.next()?,
            })
        })
        .collect()
});

fn rows(table: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    table.lines().skip(1).map(|line| line.split('\t').collect())
}

/// What is known of a domain's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Domain {
    /// The domain's codons.
    Known {
        /// First codon.
        first: u32,
        /// Last codon.
        last: u32,
    },
    /// A domain by its name, but its bounds in this gene are not in the table.
    Named,
    /// Not the name of a domain.
    Unknown,
}

/// Looks up a domain by gene and lower-case name without the word `domain`.
pub fn domain(gene: &str, name: &str) -> Domain {
    let row = DOMAIN_ROWS.iter().find(|row| row.gene == gene && row.names.contains(&name));
    if let Some(row) = row {
        return Domain::Known { first: row.first, last: row.last };
    }
    let is_name = DOMAIN_ROWS.iter().any(|row| row.names.contains(&name))
        || ["sh2", "b2", "sh3", "kinase", "conserved", "dna binding"].contains(&name);
    if is_name { Domain::Named } else { Domain::Unknown }
}

/// Returns the codons of an exon.
pub fn exon_codons(gene: &str, exon: u32) -> Option<(u32, u32)> {
    EXON_ROWS
        .iter()
        .find(|row| row.gene == gene && row.exon == exon)
        .map(|row| (row.first, row.last))
}

/// What a stretch of a protein is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RegionKind {
    /// A domain or another named feature of the protein.
    Domain,
    /// What an exon codes for.
    Exon,
}

/// A named stretch of a protein. Units: 1-based codon numbers, inclusive.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ProteinRegion {
    /// Domain or exon.
    pub kind: RegionKind,
    /// First codon.
    pub first: u32,
    /// Last codon.
    pub last: u32,
    /// The domain's name, or the exon's number.
    pub name: &'static str,
    /// Entry or transcript that says so.
    pub source: &'static str,
}

/// Returns the regions of a gene's protein that the tables have: domains first, each kind in the order of the codons.
///
/// Only genes whose evidence speaks of exons or domains are in the tables, and of those only what it speaks of.
///
/// ```
/// let regions = knowledge::protein_regions("EGFR");
/// assert_eq!((regions[0].name, regions[0].first, regions[0].last), ("protein kinase domain", 712, 979));
/// assert!(knowledge::protein_regions("NO-SUCH-GENE").is_empty());
/// ```
pub fn protein_regions(gene: &str) -> Vec<ProteinRegion> {
    let domains = DOMAIN_ROWS.iter().filter(|row| row.gene == gene).map(|row| {
        let (source, name) = row.source.split_once(", ").unwrap_or((row.source, row.source));
        let (first, last) = (row.first, row.last);
        ProteinRegion { kind: RegionKind::Domain, first, last, name, source }
    });
    let exons = rows(EXONS).filter_map(|cells| {
        let [own, name, first, last, source] = cells.as_slice() else { return None };
        let (first, last) = (first.parse().ok()?, last.parse().ok()?);
        let region = ProteinRegion { kind: RegionKind::Exon, first, last, name, source };
        (*own == gene).then_some(region)
    });
    let mut regions: Vec<ProteinRegion> = domains.chain(exons).collect();
    regions.sort_unstable();
    regions
}

/// Makes coding changes comparable: no prefix, no spaces, and no bases after `del` and `dup`.
pub fn coding_key(text: &str) -> String {
    let body = text.trim();
    let body = body.rsplit_once(':').map_or(body, |(_, after)| after);
    let body = body.strip_prefix("c.").unwrap_or(body);
    let mut key: String = body.chars().filter(|c| !c.is_whitespace()).collect();
    key.make_ascii_uppercase();
    for word in ["DEL", "DUP"] {
        if let Some(at) = key.find(word) {
            let tail = key.get(at + word.len()..).unwrap_or_default();
            if tail.bytes().all(|b| b"ACGTN0123456789".contains(&b)) {
                key.truncate(at + word.len());
            }
        }
    }
    key
}
