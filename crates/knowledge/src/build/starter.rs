//! The tables that ship in the binary.

use super::{Draft, SourceFile, SourceKind};
use crate::release::{ONCOTREE, STARTER_NAME};

/// The tables; made by us.
const TABLES: [(SourceKind, &str, &str); 8] = [
    (SourceKind::TumourTypes, "tumour_types.tsv", include_str!("../../starter/tumour_types.tsv")),
    (SourceKind::Drugs, "drugs.tsv", include_str!("../../starter/drugs.tsv")),
    (SourceKind::Genes, "genes.tsv", include_str!("../../starter/genes.tsv")),
    (SourceKind::Panels, "panels.tsv", include_str!("../../starter/panels.tsv")),
    (SourceKind::Hotspots, "hotspots.tsv", include_str!("../../starter/hotspots.tsv")),
    (
        SourceKind::SecondaryFindings,
        "secondary_findings.tsv",
        include_str!("../../starter/secondary_findings.tsv"),
    ),
    (SourceKind::Approvals, "approvals.tsv", include_str!("../../starter/approvals.tsv")),
    (SourceKind::Evidence, "evidence.tsv", include_str!("../../starter/evidence.tsv")),
];

pub(super) fn add(draft: &mut Draft) {
    for (kind, file, text) in TABLES {
        let mut source = SourceFile::new(kind, file, text.as_bytes());
        source.name = format!("{STARTER_NAME}{}", file.trim_end_matches(".tsv"));
        source.version = env!("CARGO_PKG_VERSION").to_owned();
        // Codes, parents and English names of tumour types are OncoTree's.
        let of_oncotree = kind == SourceKind::TumourTypes;
        let licence = if of_oncotree { "Apache-2.0 AND CC-BY-4.0" } else { "Apache-2.0" };
        source.licence = licence.to_owned();
        source.url = of_oncotree.then(|| ONCOTREE.to_owned());
        draft.add(&source);
    }
}
