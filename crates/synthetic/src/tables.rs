//! The invented frequencies and the places of the variants, read once from the tables beside the sources.

use std::{collections::BTreeMap, sync::OnceLock};

/// A tumour type of the nation.
pub(crate) struct Tumour {
    /// OncoTree code.
    pub(crate) code: &'static str,
    /// How many cases it has, against the others.
    pub(crate) weight: u64,
    /// Share of women. Units: per cent.
    pub(crate) female_percent: u64,
    /// Usual age. Units: years.
    pub(crate) age_years: u64,
    /// Whether it is a tumour of blood or lymph.
    pub(crate) haematological: bool,
    /// Where the specimen is from.
    pub(crate) site: &'static str,
    /// The pathologist's diagnosis.
    pub(crate) diagnosis: &'static str,
    /// What may be altered.
    pub(crate) alterations: Vec<Likely>,
    /// Genome-wide markers.
    pub(crate) markers: Markers,
}

/// How genome-wide markers are distributed.
#[derive(Clone, Copy, Default)]
pub(crate) struct Markers {
    /// Usual tumour mutational burden. Units: mutations per megabase.
    pub(crate) tmb_median: u64,
    /// How often microsatellites are unstable. Units: per mille.
    pub(crate) msi_high_per_mille: u64,
    /// How often loss of heterozygosity is high. Units: per mille.
    pub(crate) loh_high_per_mille: u64,
}

/// Something that may be altered in a tumour type.
pub(crate) struct Likely {
    /// What kind of alteration.
    pub(crate) kind: Kind,
    /// The variant's id, the gene, or the two genes joined by `::`.
    pub(crate) name: &'static str,
    /// How often. Units: per mille.
    pub(crate) per_mille: u64,
}

/// A kind of alteration.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Short variant of the tumour.
    Somatic,
    /// Short variant of the germline.
    Germline,
    /// Amplification.
    Amplification,
    /// Loss of both copies.
    Deletion,
    /// Fusion.
    Fusion,
}

/// A short variant and where it lies on GRCh38.
pub(crate) struct Locus {
    pub(crate) gene: &'static str,
    pub(crate) chromosome: &'static str,
    pub(crate) position: u64,
    pub(crate) reference: &'static str,
    pub(crate) alternate: &'static str,
    pub(crate) transcript: &'static str,
    pub(crate) strand: &'static str,
    pub(crate) coding: &'static str,
    /// Empty where the protein is not changed or not foreseen.
    pub(crate) protein: &'static str,
    pub(crate) effect: &'static str,
}

/// Where a gene lies on GRCh38, rounded outward to a thousand bases. Units: 1-based.
pub(crate) struct Region {
    pub(crate) chromosome: &'static str,
    pub(crate) start: u64,
    pub(crate) end: u64,
}

/// A panel of the nation.
pub(crate) struct Panel {
    pub(crate) name: &'static str,
    pub(crate) version: &'static str,
    pub(crate) genes: Vec<&'static str>,
}

/// All tables.
pub(crate) struct Tables {
    pub(crate) tumours: Vec<Tumour>,
    pub(crate) loci: BTreeMap<&'static str, Locus>,
    pub(crate) regions: BTreeMap<&'static str, Region>,
    pub(crate) panels: BTreeMap<&'static str, Panel>,
    pub(crate) hospitals: Vec<crate::Hospital>,
}

impl Tables {
    /// Returns the tables; the first call reads them.
    pub(crate) fn get() -> &'static Self {
        static TABLES: OnceLock<Tables> = OnceLock::new();
        TABLES.get_or_init(Self::read)
    }

    fn read() -> Self {
        let markers = markers();
        let mut alterations = alterations();
        let usual = markers.get("*").copied().unwrap_or_default();
        let tumours = rows(include_str!("../tables/tumours.tsv"))
            .map(|[code, weight, female, age, haematological, site, diagnosis]| Tumour {
                code,
                weight: number(weight),
                female_percent: number(female),
                age_years: number(age),
                haematological: haematological == "true",
                site,
                diagnosis,
                alterations: alterations.remove(code).unwrap_or_default(),
                markers: markers.get(code).copied().unwrap_or(usual),
            })
            .collect();
        Self {
            tumours,
            loci: loci(),
            regions: regions(),
            panels: panels(),
            hospitals: crate::hospitals(),
        }
    }
}

/// Returns the rows of an embedded table that have as many columns as asked for, without the header.
fn rows<const N: usize>(text: &'static str) -> impl Iterator<Item = [&'static str; N]> {
    text.lines().skip(1).filter_map(|line| {
        let cells: Vec<&str> = line.split('\t').collect();
        cells.try_into().ok()
    })
}

fn number(text: &str) -> u64 {
    text.parse().unwrap_or_default()
}

fn markers() -> BTreeMap<&'static str, Markers> {
    rows(include_str!("../tables/markers.tsv"))
        .map(|[tumour, tmb, msi, loh]| {
            let markers = Markers {
                tmb_median: number(tmb),
                msi_high_per_mille: number(msi),
                loh_high_per_mille: number(loh),
            };
            (tumour, markers)
        })
        .collect()
}

fn alterations() -> BTreeMap<&'static str, Vec<Likely>> {
    let mut all = BTreeMap::<_, Vec<_>>::new();
    for [tumour, kind, name, per_mille] in rows(include_str!("../tables/alterations.tsv")) {
        let kind = match kind {
            "somatic" => Kind::Somatic,
            "germline" => Kind::Germline,
            "amplification" => Kind::Amplification,
            "deletion" => Kind::Deletion,
            "fusion" => Kind::Fusion,
            _ => continue,
        };
        all.entry(tumour).or_default().push(Likely { kind, name, per_mille: number(per_mille) });
    }
    all
}

fn loci() -> BTreeMap<&'static str, Locus> {
    rows(include_str!("../tables/loci.tsv"))
        .map(|row| {
            let [
                id,
                gene,
                chromosome,
                position,
                reference,
                alternate,
                transcript,
                strand,
                coding,
                protein,
                effect,
                _place,
            ] = row;
            let locus = Locus {
                gene,
                chromosome,
                position: number(position),
                reference,
                alternate,
                transcript,
                strand,
                coding,
                protein,
                effect,
            };
            (id, locus)
        })
        .collect()
}

fn regions() -> BTreeMap<&'static str, Region> {
    rows(include_str!("../tables/regions.tsv"))
        .map(|[gene, chromosome, start, end, _strand]| {
            (gene, Region { chromosome, start: number(start), end: number(end) })
        })
        .collect()
}

fn panels() -> BTreeMap<&'static str, Panel> {
    rows(include_str!("../tables/panels.tsv"))
        .map(|[id, name, version, genes]| {
            (id, Panel { name, version, genes: genes.split('|').collect() })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every line of every table is read, and every name in one is found in the others.
    #[test]
    fn tables_are_whole() {
        let tables = Tables::get();
        let lines = |text: &str| text.lines().count() - 1;
        assert_eq!(tables.tumours.len(), lines(include_str!("../tables/tumours.tsv")));
        assert_eq!(tables.loci.len(), lines(include_str!("../tables/loci.tsv")));
        assert_eq!(tables.regions.len(), lines(include_str!("../tables/regions.tsv")));
        assert_eq!(tables.panels.len(), 4);
        let alterations: usize = tables.tumours.iter().map(|tumour| tumour.alterations.len()).sum();
        assert_eq!(alterations, lines(include_str!("../tables/alterations.tsv")));
        for tumour in &tables.tumours {
            assert!(tumour.weight > 0 && tumour.markers.tmb_median > 0, "{}", tumour.code);
            for likely in &tumour.alterations {
                let known = match likely.kind {
                    Kind::Somatic | Kind::Germline => tables.loci.contains_key(likely.name),
                    Kind::Amplification | Kind::Deletion => {
                        tables.regions.contains_key(likely.name)
                    }
                    Kind::Fusion => {
                        likely.name.split("::").all(|gene| tables.regions.contains_key(gene))
                    }
                };
                assert!(known, "{} {}", tumour.code, likely.name);
                assert!(likely.per_mille <= 1000);
            }
        }
    }
}
