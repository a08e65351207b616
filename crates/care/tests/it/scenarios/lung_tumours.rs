//! Twenty lung adenocarcinomas of TCGA (Firehose, GRCh37): nineteen with changes of a known driver and one without.
//!
//! The tumours were chosen, their rows counted and their therapies with the starter tables derived by a
//! separate script over the MAF and the tables, written without looking at this program's matching. The
//! levels with CIViC alone are the highest levels of supporting sensitivity items for the driver.

use std::collections::{BTreeMap, BTreeSet};

use ingest::detect::{ReadOptions, read_any};
use knowledge::Release;
use model::{evidence::EvidenceLevel, result::TestResult};

use super::{civic_release, level_of, lines, report, therapies};

struct Tumour {
    barcode: &'static str,
    /// Rows of the table: every variant, silent ones too.
    rows: usize,
    starter: &'static [&'static str],
    civic: &'static [(&'static str, &'static str)],
}

const TUMOURS: [Tumour; 20] = [
    // EGFR L858R.
    Tumour {
        barcode: "TCGA-17-Z047",
        rows: 43,
        starter: &[
            "A: Afatinib; Amivantamab + Lazertinib; Dacomitinib; Erlotinib; Gefitinib; Osimertinib",
        ],
        civic: &[("Gefitinib", "A"), ("Osimertinib", "A")],
    },
    // EGFR L858R and L62R.
    Tumour {
        barcode: "TCGA-38-4627",
        rows: 37,
        starter: &[
            "A: Afatinib; Amivantamab + Lazertinib; Dacomitinib; Erlotinib; Gefitinib; Osimertinib",
        ],
        civic: &[("Gefitinib", "A"), ("Osimertinib", "A")],
    },
    // EGFR exon 19 deletion.
    Tumour {
        barcode: "TCGA-17-Z032",
        rows: 167,
        starter: &[
            "A: Afatinib; Amivantamab + Lazertinib; Dacomitinib; Erlotinib; Gefitinib; Osimertinib",
        ],
        civic: &[("Erlotinib", "A"), ("Osimertinib", "A")],
    },
    // EGFR exon 19 deletion.
    Tumour {
        barcode: "TCGA-38-4628",
        rows: 161,
        starter: &[
            "A: Afatinib; Amivantamab + Lazertinib; Dacomitinib; Erlotinib; Gefitinib; Osimertinib",
        ],
        civic: &[("Erlotinib", "A"), ("Osimertinib", "A")],
    },
    // EGFR exon 19 deletion and K754E.
    Tumour {
        barcode: "TCGA-55-7573",
        rows: 62,
        starter: &[
            "A: Afatinib; Amivantamab + Lazertinib; Dacomitinib; Erlotinib; Gefitinib; Osimertinib",
        ],
        civic: &[("Erlotinib", "A"), ("Osimertinib", "A")],
    },
    // EGFR L861Q and L833F.
    Tumour {
        barcode: "TCGA-05-5423",
        rows: 172,
        starter: &["A: Afatinib"],
        civic: &[("Afatinib", "A")],
    },
    // EGFR S768I and V769L.
    Tumour {
        barcode: "TCGA-44-6147",
        rows: 242,
        starter: &["A: Afatinib"],
        civic: &[("Afatinib", "A")],
    },
    // EGFR G719A and S768I.
    Tumour {
        barcode: "TCGA-50-6595",
        rows: 123,
        starter: &["A: Afatinib"],
        civic: &[("Afatinib", "A")],
    },
    // EGFR E709_T710delinsD, for which the starter has nothing.
    Tumour { barcode: "TCGA-55-6980", rows: 21, starter: &[], civic: &[] },
    // KRAS G12C, ATM truncated.
    Tumour {
        barcode: "TCGA-05-4244",
        rows: 238,
        starter: &[
            "A: Adagrasib; Sotorasib",
            "C: Adagrasib + Cetuximab; Olaparib; Sotorasib + Panitumumab",
            "R: Cetuximab; Panitumumab",
        ],
        civic: &[("Sotorasib", "A")],
    },
    // KRAS G12C, PIK3CA E545K.
    Tumour {
        barcode: "TCGA-05-4249",
        rows: 360,
        starter: &[
            "A: Adagrasib; Sotorasib",
            "C: Adagrasib + Cetuximab; Alpelisib + Fulvestrant; Capivasertib + Fulvestrant; Sotorasib + Panitumumab",
            "R: Cetuximab; Panitumumab",
        ],
        civic: &[("Sotorasib", "A")],
    },
    // KRAS G12V.
    Tumour {
        barcode: "TCGA-05-4390",
        rows: 644,
        starter: &["C: Olaparib", "R: Cetuximab; Panitumumab"],
        civic: &[],
    },
    // KRAS G13D, NF1 truncated.
    Tumour {
        barcode: "TCGA-62-A46S",
        rows: 141,
        starter: &["C: Selumetinib", "R: Cetuximab; Panitumumab"],
        civic: &[],
    },
    // BRAF V600E.
    Tumour {
        barcode: "TCGA-50-5942",
        rows: 84,
        starter: &[
            "A: Dabrafenib + Trametinib; Encorafenib + Binimetinib",
            "C: Encorafenib + Cetuximab; Vemurafenib",
            "R: Vemurafenib",
        ],
        civic: &[("Dabrafenib + Trametinib", "A")],
    },
    // BRAF V600E.
    Tumour {
        barcode: "TCGA-55-7903",
        rows: 187,
        starter: &[
            "A: Dabrafenib + Trametinib; Encorafenib + Binimetinib",
            "C: Encorafenib + Cetuximab; Vemurafenib",
            "R: Vemurafenib",
        ],
        civic: &[("Dabrafenib + Trametinib", "A")],
    },
    // BRAF G466V, not V600.
    Tumour { barcode: "TCGA-50-6594", rows: 577, starter: &[], civic: &[] },
    // ERBB2 exon 20 insertion.
    Tumour {
        barcode: "TCGA-05-5715",
        rows: 138,
        starter: &["A: Trastuzumab deruxtecan"],
        civic: &[("Trastuzumab Deruxtecan", "A")],
    },
    // MET exon 14 splice donor.
    Tumour {
        barcode: "TCGA-44-A47G",
        rows: 94,
        starter: &["A: Capmatinib; Tepotinib", "D: Crizotinib"],
        civic: &[("Capmatinib", "A")],
    },
    // MET exon 14 splice donor, RET truncated.
    Tumour {
        barcode: "TCGA-49-6745",
        rows: 170,
        starter: &["A: Capmatinib; Tepotinib", "D: Crizotinib"],
        civic: &[("Capmatinib", "A")],
    },
    // No driver.
    Tumour { barcode: "TCGA-05-4422", rows: 58, starter: &[], civic: &[] },
];

/// Reads the whole table and keeps the twenty tumours.
fn results() -> Option<BTreeMap<String, TestResult>> {
    let path = testkit::public_data::path("tcga/maf/LUAD.Firehose.maf.zst")?;
    let bytes = std::fs::read(path).unwrap();
    let read = read_any(&bytes, "LUAD.Firehose.maf.zst", &ReadOptions::default()).value.unwrap();
    let wanted: BTreeSet<&str> = TUMOURS.iter().map(|tumour| tumour.barcode).collect();
    let named = read.into_iter().filter_map(|read| Some((read.label?, read.result)));
    Some(named.filter(|(label, _)| wanted.contains(label.as_str())).collect())
}

#[test]
fn reports_of_twenty_lung_adenocarcinomas() {
    let Some(results) = results() else { return };
    let mut wrong = Vec::new();
    for tumour in &TUMOURS {
        let result = &results[tumour.barcode];
        let of_starter = report(result, "LUAD", Release::starter());
        let counts = &of_starter.findings.counts;
        assert_eq!(counts.alterations.total, tumour.rows, "{}", tumour.barcode);
        assert_eq!(counts.by_kind.short_variant.total, tumour.rows, "{}", tumour.barcode);
        let (found, wanted) = (therapies(&of_starter), lines(tumour.starter));
        if found != wanted {
            let missing: Vec<_> = wanted.difference(&found).collect();
            let extra: Vec<_> = found.difference(&wanted).collect();
            wrong.push(format!("{}: missing {missing:?}, extra {extra:?}", tumour.barcode));
        }
        let Some(civic) = civic_release() else { continue };
        let of_civic = report(result, "LUAD", civic);
        for (drug, level) in tumour.civic {
            let found = level_of(&of_civic, drug).map(EvidenceLevel::letter);
            if found != Some(*level) {
                wrong.push(format!("{}: {drug} {found:?}, not {level}", tumour.barcode));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
