//! The eighteen aggregation samples of the public CATS tools (their amino-acid labels are shuffled on purpose).
//!
//! Counts are those of reported items in the JSON. Therapies were derived by a separate script over the
//! samples and the starter tables, written without looking at this program's matching; the samples name no
//! tumour, so each is taken as a lung adenocarcinoma and as a colorectal cancer.

use ingest::detect::{ReadOptions, read_any};
use knowledge::Release;
use model::evidence::EvidenceLevel;

use super::{civic_release, level_of, lines, report, therapies};

struct Sample {
    id: &'static str,
    /// Short variants, copy-number alterations and rearrangements that are reported.
    counts: [usize; 3],
    markers: usize,
    lung: &'static [&'static str],
    colon: &'static [&'static str],
}

const SAMPLES: [Sample; 18] = [
    Sample {
        id: "20231211000001",
        counts: [58, 17, 4],
        markers: 2,
        lung: &[
            "A: Dabrafenib + Trametinib; Encorafenib + Binimetinib; Pembrolizumab",
            "C: Alpelisib + Fulvestrant; Capivasertib + Fulvestrant; Encorafenib + Cetuximab; Futibatinib; Niraparib; Nivolumab; Nivolumab + Ipilimumab; Olaparib; Pemigatinib; Rucaparib; Talazoparib; Vemurafenib",
            "R: Cetuximab; Panitumumab; Vemurafenib",
        ],
        colon: &[
            "A: Encorafenib + Cetuximab; Nivolumab; Nivolumab + Ipilimumab; Pembrolizumab",
            "C: Alpelisib + Fulvestrant; Capivasertib + Fulvestrant; Dabrafenib + Trametinib; Encorafenib + Binimetinib; Futibatinib; Niraparib; Olaparib; Pemigatinib; Rucaparib; Talazoparib; Vemurafenib",
            "R: Cetuximab; Panitumumab; Vemurafenib",
        ],
    },
    Sample {
        id: "20231211000003",
        counts: [32, 5, 3],
        markers: 2,
        lung: &[
            "A: Entrectinib; Larotrectinib; Pembrolizumab",
            "C: Bosutinib; Dasatinib; Imatinib; Nilotinib; Nivolumab; Nivolumab + Ipilimumab; Ponatinib; Selumetinib",
        ],
        colon: &[
            "A: Entrectinib; Larotrectinib; Nivolumab; Nivolumab + Ipilimumab; Pembrolizumab",
            "C: Bosutinib; Dasatinib; Imatinib; Nilotinib; Ponatinib; Selumetinib",
        ],
    },
    Sample {
        id: "20231211000005",
        counts: [30, 6, 0],
        markers: 2,
        lung: &["A: Pembrolizumab", "C: Nivolumab; Nivolumab + Ipilimumab"],
        colon: &["A: Nivolumab; Nivolumab + Ipilimumab; Pembrolizumab"],
    },
    Sample {
        id: "20231211000007",
        counts: [31, 12, 0],
        markers: 2,
        lung: &[
            "C: Lapatinib; Palbociclib; Trastuzumab; Trastuzumab + Pertuzumab; Trastuzumab deruxtecan; Trastuzumab emtansine; Tucatinib + Trastuzumab",
        ],
        colon: &[
            "A: Trastuzumab + Pertuzumab; Tucatinib + Trastuzumab",
            "C: Lapatinib; Palbociclib; Trastuzumab; Trastuzumab deruxtecan; Trastuzumab emtansine",
        ],
    },
    Sample {
        id: "20231211000009",
        counts: [36, 8, 0],
        markers: 2,
        lung: &[
            "A: Afatinib; Amivantamab + Lazertinib; Dacomitinib; Erlotinib; Gefitinib; Osimertinib",
        ],
        colon: &[
            "C: Afatinib; Amivantamab + Lazertinib; Dacomitinib; Erlotinib; Gefitinib; Osimertinib",
        ],
    },
    Sample {
        id: "20231211000011",
        counts: [35, 9, 0],
        markers: 2,
        lung: &[
            "C: Capivasertib + Fulvestrant; Lapatinib; Trastuzumab; Trastuzumab + Pertuzumab; Trastuzumab deruxtecan; Trastuzumab emtansine; Tucatinib + Trastuzumab",
            "R: Palbociclib",
        ],
        colon: &[
            "A: Trastuzumab + Pertuzumab; Tucatinib + Trastuzumab",
            "C: Capivasertib + Fulvestrant; Lapatinib; Trastuzumab; Trastuzumab deruxtecan; Trastuzumab emtansine",
            "R: Palbociclib",
        ],
    },
    Sample {
        id: "20231211000013",
        counts: [32, 7, 0],
        markers: 2,
        lung: &["C: Alpelisib + Fulvestrant; Capivasertib + Fulvestrant"],
        colon: &["C: Alpelisib + Fulvestrant; Capivasertib + Fulvestrant"],
    },
    Sample { id: "20231211000015", counts: [0, 0, 0], markers: 2, lung: &[], colon: &[] },
    Sample { id: "20231211000017", counts: [0, 0, 0], markers: 2, lung: &[], colon: &[] },
    Sample { id: "20231211000018", counts: [0, 0, 0], markers: 2, lung: &[], colon: &[] },
    Sample { id: "20231211000019", counts: [0, 0, 0], markers: 2, lung: &[], colon: &[] },
    Sample { id: "20231211000021", counts: [0, 0, 0], markers: 2, lung: &[], colon: &[] },
    Sample { id: "20231211000022", counts: [0, 0, 0], markers: 2, lung: &[], colon: &[] },
    Sample { id: "20231211000023", counts: [0, 0, 0], markers: 2, lung: &[], colon: &[] },
    Sample { id: "20231211000025", counts: [0, 0, 0], markers: 2, lung: &[], colon: &[] },
    Sample { id: "20231211000026", counts: [0, 0, 0], markers: 2, lung: &[], colon: &[] },
    Sample { id: "20231211000027", counts: [0, 0, 0], markers: 2, lung: &[], colon: &[] },
    Sample { id: "20231211000029", counts: [0, 0, 0], markers: 2, lung: &[], colon: &[] },
];

/// Therapies of two samples with CIViC alone, as a lung and as a colorectal tumour.
///
/// Samples 1 and 9 hold BRAF V600E, MSI-high, TMB-high (clinical evidence in lung cancer) and EGFR L858R.
const WITH_CIVIC: [(&str, &str, &str, &str); 6] = [
    ("20231211000001", "LUAD", "Dabrafenib + Trametinib", "A"),
    ("20231211000001", "COADREAD", "Encorafenib + Cetuximab", "A"),
    ("20231211000001", "COADREAD", "Ipilimumab + Nivolumab", "A"),
    ("20231211000001", "LUAD", "Ipilimumab + Nivolumab", "B"),
    ("20231211000009", "LUAD", "Osimertinib", "A"),
    ("20231211000009", "COADREAD", "Osimertinib", "C"),
];

fn read(id: &str) -> Option<model::result::TestResult> {
    let file = format!("cats/aggregation/input/{id}/cats_sample_{id}.cats");
    let bytes = std::fs::read(testkit::public_data::path(&file)?).unwrap();
    let reading = read_any(&bytes, &file, &ReadOptions::default());
    Some(reading.value.unwrap().remove(0).result)
}

#[test]
fn reports_of_the_aggregation_samples() {
    let mut wrong = Vec::new();
    for sample in &SAMPLES {
        let Some(result) = read(sample.id) else { return };
        for (tumour, wanted) in [("LUAD", sample.lung), ("COADREAD", sample.colon)] {
            let report = report(&result, tumour, Release::starter());
            let counts = &report.findings.counts;
            let kinds = &counts.by_kind;
            let found_counts = [
                kinds.short_variant.total,
                kinds.copy_number_alteration.total,
                kinds.fusion.total + kinds.other_rearrangement.total,
            ];
            assert_eq!(found_counts, sample.counts, "{}", sample.id);
            assert_eq!(counts.alterations.total, sample.counts.iter().sum::<usize>());
            assert_eq!(counts.biomarkers.total, sample.markers, "{}", sample.id);
            assert_eq!(counts.not_reported_items, 0, "{}", sample.id);
            let (found, wanted) = (therapies(&report), lines(wanted));
            if found != wanted {
                let missing: Vec<_> = wanted.difference(&found).collect();
                let extra: Vec<_> = found.difference(&wanted).collect();
                wrong.push(format!("{} {tumour}: missing {missing:?}, extra {extra:?}", sample.id));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn reports_of_the_aggregation_samples_with_civic() {
    let Some(civic) = civic_release() else { return };
    for (id, tumour, drug, level) in WITH_CIVIC {
        let Some(result) = read(id) else { return };
        let found = level_of(&report(&result, tumour, civic), drug);
        assert_eq!(found.map(EvidenceLevel::letter), Some(level), "{id}: {drug} in {tumour}");
    }
}
