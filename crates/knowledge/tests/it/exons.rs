//! The table of exons, against gene models of Ensembl and GENCODE wherever these hold the transcript.

use std::{collections::BTreeMap, fs::File, io::BufReader, io::Read as _, path::Path};

use flate2::bufread::GzDecoder;

/// First and last codon of each exon, by transcript and exon number.
type Codons = BTreeMap<(String, u32), (u64, u64)>;

/// Returns the codons of each coding exon of a GTF file; a codon that two exons share belongs to both.
fn codons(relative: &str) -> Option<Codons> {
    let file = File::open(testkit::public_data::path(relative)?).unwrap();
    let mut text = String::new();
    GzDecoder::new(BufReader::new(file)).read_to_string(&mut text).unwrap();
    let mut lengths: BTreeMap<String, BTreeMap<u32, u64>> = BTreeMap::new();
    for line in text.lines().filter(|line| line.contains("\tCDS\t")) {
        let fields: Vec<&str> = line.split('\t').collect();
        let value = |name: &str| {
            let rest = fields[8].split_once(&format!("{name} ")).unwrap().1;
            rest.split(';').next().unwrap().trim_matches('"').to_owned()
        };
        let transcript = value("transcript_id").split('.').next().unwrap().to_owned();
        let length = fields[4].parse::<u64>().unwrap() - fields[3].parse::<u64>().unwrap() + 1;
        let exons = lengths.entry(transcript).or_default();
        exons.insert(value("exon_number").parse().unwrap(), length);
    }
    let mut codons = Codons::new();
    for (transcript, exons) in lengths {
        let mut before = 0;
        for (exon, length) in exons {
            let (first, last) = (before / 3 + 1, (before + length - 1) / 3 + 1);
            codons.insert((transcript.clone(), exon), (first, last));
            before += length;
        }
    }
    Some(codons)
}

#[test]
fn exons_hold_the_codons_that_gene_models_give_them() {
    let models = [
        "genemodels/ensembl112_grch38_KRAS_MYC_TP53_EGFR.gtf.gz",
        "genemodels/gencode_v19/gencode.v19.PIK3CA.gtf.gz",
    ];
    let Some(models) = models.into_iter().map(codons).collect::<Option<Vec<_>>>() else { return };
    let table = Path::new(env!("CARGO_MANIFEST_DIR")).join("tables/exons.tsv");
    let table = std::fs::read_to_string(table).unwrap();
    let mut compared = 0;
    for line in table.lines().skip(1) {
        let fields: Vec<&str> = line.split('\t').collect();
        let [_, exon, first, last, transcript] = fields[..] else { panic!("{line}") };
        let transcript = transcript.split("= ").nth(1).unwrap().to_owned();
        let key = (transcript, exon.parse().unwrap());
        let Some(range) = models.iter().find_map(|model| model.get(&key)) else { continue };
        assert_eq!((first.parse().unwrap(), last.parse().unwrap()), *range, "{line}");
        compared += 1;
    }
    assert_eq!(compared, 9, "EGFR 18 to 21, KRAS 2 to 4, PIK3CA 10 and 21");
}
