//! Tables in, typed values out.

use std::{collections::HashMap, rc::Rc, sync::Arc};

use model::{gene::GeneSymbol, text::LocalizedText, tumour::TumourTypeCode};

use super::{
    Release,
    files::{Kind, LEVELS, ReleaseFiles},
    names::DrugNames,
};
use crate::{
    biomarker::Biomarker,
    drug::{Approval, Drug},
    evidence::{Evidence, Interaction, Reference},
    facts::{GeneFacts, Hotspot, Panel, SecondaryFindingGene, Zygosity},
    level::{LevelTable, ReadLevelTableError, from_word},
    table::{MissingColumnError, Row, Table},
    tumour::{TumourScope, TumourType},
};

/// A release's table that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum LoadTableError {
    /// A column is missing.
    #[error("cannot read {table}: no column {column:?}")]
    Column {
        /// File name.
        table: &'static str,
        /// Column.
        column: String,
    },
    /// A value cannot be read.
    #[error("cannot read {table}, line {line}: {column} cannot be {value:?}")]
    Value {
        /// File name.
        table: &'static str,
        /// Line. Units: 1-based.
        line: u64,
        /// Column.
        column: &'static str,
        /// The value.
        value: String,
    },
    /// The level table cannot be read.
    #[error("cannot read levels.tsv")]
    Levels(#[source] ReadLevelTableError),
}

/// Biomarkers by gene and text, each parsed once, with genes under their present symbols.
struct Biomarkers<'a> {
    parsed: HashMap<(&'a str, &'a str), Arc<Biomarker>>,
    symbols: HashMap<&'a str, &'a GeneSymbol>,
}

impl<'a> Biomarkers<'a> {
    fn new(genes: &'a [GeneFacts]) -> Self {
        let mut symbols = HashMap::new();
        for gene in genes {
            for alias in &gene.aliases {
                symbols.entry(alias.as_str()).or_insert(&gene.symbol);
            }
        }
        for gene in genes {
            // A present symbol is never taken for another gene's alias.
            symbols.insert(gene.symbol.as_str(), &gene.symbol);
        }
        Self { parsed: HashMap::new(), symbols }
    }

    fn parse(&mut self, text: &'a str, gene: &'a str) -> Arc<Biomarker> {
        if let Some(known) = self.parsed.get(&(gene, text)) {
            return Arc::clone(known);
        }
        let mut biomarker = Biomarker::parse(text, Some(gene).filter(|gene| !gene.is_empty()));
        biomarker.rename(&|symbol| self.symbols.get(symbol).map(|present| (*present).clone()));
        let biomarker = Arc::new(biomarker);
        self.parsed.insert((gene, text), Arc::clone(&biomarker));
        biomarker
    }
}

struct Reader<'a> {
    kind: Kind,
    columns: Vec<usize>,
    table: Table<'a>,
}

struct Record<'a> {
    kind: Kind,
    columns: Rc<[usize]>,
    row: Row<'a>,
}

impl<'a> Reader<'a> {
    fn open(files: &'a ReleaseFiles, kind: Kind) -> Result<Self, LoadTableError> {
        let table = Table::read(files.table(kind.file_name()));
        let columns =
            kind.columns().iter().map(|name| table.column(name)).collect::<Result<_, _>>();
        let columns = columns.map_err(|error: MissingColumnError| LoadTableError::Column {
            table: kind.file_name(),
            column: error.0,
        })?;
        Ok(Self { kind, columns, table })
    }

    fn records(self) -> impl Iterator<Item = Record<'a>> {
        let Self { kind, columns, table } = self;
        let columns: Rc<[usize]> = columns.into();
        table.map(move |row| Record { kind, columns: Rc::clone(&columns), row })
    }
}

impl<'a> Record<'a> {
    fn place(&self, name: &str) -> usize {
        let at = self.kind.columns().iter().position(|column| *column == name);
        at.and_then(|at| self.columns.get(at).copied()).unwrap_or(usize::MAX)
    }

    fn get(&self, name: &str) -> &'a str {
        self.row.get(self.place(name))
    }

    fn owned(&self, name: &str) -> String {
        self.get(name).to_owned()
    }

    fn text(&self, name: &str) -> Option<String> {
        Some(self.get(name)).filter(|text| !text.is_empty()).map(str::to_owned)
    }

    fn list(&self, name: &str) -> Vec<String> {
        self.row.list(self.place(name)).map(str::to_owned).collect()
    }

    fn genes(&self, name: &str) -> Vec<GeneSymbol> {
        self.row.list(self.place(name)).map(GeneSymbol::new).collect()
    }

    fn localized(&self, ja: &str, en: &str) -> LocalizedText {
        let (ja, en) = (self.get(ja), self.get(en));
        let ja = if ja.is_empty() { en } else { ja };
        let en = if en.is_empty() { ja } else { en };
        LocalizedText::new(ja.to_owned(), en.to_owned())
    }

    fn scope(&self) -> TumourScope {
        TumourScope::parse(self.row.list(self.place("tumour_codes")))
    }

    fn wrong(&self, column: &'static str) -> LoadTableError {
        LoadTableError::Value {
            table: self.kind.file_name(),
            line: self.row.line,
            column,
            value: self.get(column).chars().take(80).collect(),
        }
    }

    fn word<T: serde::de::DeserializeOwned>(
        &self,
        column: &'static str,
    ) -> Result<T, LoadTableError> {
        from_word(self.get(column)).ok_or_else(|| self.wrong(column))
    }

    fn optional_word<T: serde::de::DeserializeOwned>(
        &self,
        column: &'static str,
    ) -> Result<Option<T>, LoadTableError> {
        if self.get(column).is_empty() { Ok(None) } else { self.word(column).map(Some) }
    }

    fn number<T: std::str::FromStr>(&self, column: &'static str) -> Result<T, LoadTableError> {
        self.get(column).parse().map_err(|_| self.wrong(column))
    }
}

/// Makes a release of its files.
///
/// Errors: a table that cannot be read.
pub(super) fn load(files: &ReleaseFiles) -> Result<Release, LoadTableError> {
    let genes = genes(files)?;
    let mut biomarkers = Biomarkers::new(&genes);
    let drugs = drugs(files)?;
    let mut names = DrugNames::new(&drugs);
    let approvals = approvals(files, &mut names, &mut biomarkers)?;
    let evidence = evidence(files, &mut names, &mut biomarkers)?;
    let levels = LevelTable::parse(files.table(LEVELS)).map_err(LoadTableError::Levels)?;
    Ok(Release::assemble(
        files.manifest.clone(),
        super::Parts {
            tumour_types: tumour_types(files)?,
            genes,
            panels: panels(files)?,
            drugs,
            approvals,
            evidence,
            hotspots: hotspots(files)?,
            secondary_findings: secondary_findings(files)?,
            levels,
        },
    ))
}

fn evidence<'a>(
    files: &'a ReleaseFiles,
    names: &mut DrugNames<'_>,
    biomarkers: &mut Biomarkers<'a>,
) -> Result<Vec<Evidence>, LoadTableError> {
    let mut items = Vec::new();
    for record in Reader::open(files, Kind::Evidence)?.records() {
        let mut tumours = record.scope();
        let requires = record.get("tumour_requires");
        if !requires.is_empty() {
            tumours.requires = Some(biomarkers.parse(requires, ""));
        }
        let drugs = record.list("drugs");
        let source = record.number("source")?;
        if source >= files.manifest.sources.len() {
            return Err(record.wrong("source"));
        }
        let note = record.localized("note_ja", "note_en");
        items.push(Evidence {
            id: record.owned("id"),
            source,
            biomarker: biomarkers.parse(record.get("biomarker"), record.get("gene")),
            biomarker_label: record.owned("biomarker"),
            tumour_type_name: record.owned("tumour_name"),
            doid: record.text("doid"),
            tumours,
            regimens: drugs.iter().map(|regimen| names.regimen(regimen)).collect(),
            drugs,
            interaction: match record.get("interaction") {
                "" => None,
                "combination" => Some(Interaction::Combination),
                "sequential" => Some(Interaction::Sequential),
                "substitutes" => Some(Interaction::Substitutes),
                _ => return Err(record.wrong("interaction")),
            },
            evidence_type: record.word("evidence_type")?,
            direction: record.optional_word("direction")?,
            significance: record.optional_word("significance")?,
            strength: record.word("strength")?,
            references: record.list("references").into_iter().map(Reference::new).collect(),
            url: record.text("url"),
            note: Some(note).filter(|note| !note.en.is_empty()),
        });
    }
    Ok(items)
}

fn approvals<'a>(
    files: &'a ReleaseFiles,
    names: &mut DrugNames<'_>,
    biomarkers: &mut Biomarkers<'a>,
) -> Result<Vec<Approval>, LoadTableError> {
    let records = Reader::open(files, Kind::Approvals)?.records();
    records
        .map(|record| {
            let biomarker = record.get("biomarker");
            Ok(Approval {
                regimen: names.regimen(record.get("drug")),
                region: record.owned("region"),
                tumours: record.scope(),
                biomarker: (!biomarker.is_empty()).then(|| biomarkers.parse(biomarker, "")),
                biomarker_label: biomarker.to_owned(),
                approved: record.owned("approved"),
                note: record.owned("note"),
            })
        })
        .collect()
}

fn drugs(files: &ReleaseFiles) -> Result<Vec<Drug>, LoadTableError> {
    let records = Reader::open(files, Kind::Drugs)?.records();
    Ok(records
        .map(|record| Drug {
            id: record.owned("id"),
            name: record.localized("name_ja", "name_en"),
            classes: record.list("classes"),
            aliases: record.list("aliases"),
        })
        .collect())
}

fn tumour_types(files: &ReleaseFiles) -> Result<Vec<TumourType>, LoadTableError> {
    let records = Reader::open(files, Kind::TumourTypes)?.records();
    Ok(records
        .map(|record| TumourType {
            code: TumourTypeCode::new(record.get("code")),
            name: record.localized("name_ja", "name_en"),
            parent: record.text("parent").map(TumourTypeCode::new),
            tissue: record.owned("tissue"),
            doids: record.list("doids"),
            haematological: record.get("haematological") == "true",
        })
        .collect())
}

fn genes(files: &ReleaseFiles) -> Result<Vec<GeneFacts>, LoadTableError> {
    let records = Reader::open(files, Kind::Genes)?.records();
    records
        .map(|record| {
            Ok(GeneFacts {
                symbol: GeneSymbol::new(record.get("symbol")),
                aliases: record.list("aliases"),
                role: record.optional_word("role")?,
                name: record.localized("name_ja", "name_en"),
                location: record.text("location"),
            })
        })
        .collect()
}

fn panels(files: &ReleaseFiles) -> Result<Vec<Panel>, LoadTableError> {
    let records = Reader::open(files, Kind::Panels)?.records();
    Ok(records
        .map(|record| Panel {
            name: record.owned("name"),
            version: record.text("version"),
            haematological: match record.get("kind") {
                "haematological" => Some(true),
                "solid" => Some(false),
                _ => None,
            },
            sample: record.text("sample"),
            test_type: record.text("test_type"),
            genes: record.genes("genes"),
            aliases: record.list("aliases"),
            note: record.text("note"),
        })
        .collect())
}

fn hotspots(files: &ReleaseFiles) -> Result<Vec<Hotspot>, LoadTableError> {
    let records = Reader::open(files, Kind::Hotspots)?.records();
    records
        .map(|record| {
            Ok(Hotspot {
                gene: GeneSymbol::new(record.get("gene")),
                first: record.number("first")?,
                last: record.number("last")?,
                kind: record.owned("kind"),
                tumours: record.text("tumours").and_then(|number| number.parse().ok()),
                note: record.text("note"),
            })
        })
        .collect()
}

fn secondary_findings(files: &ReleaseFiles) -> Result<Vec<SecondaryFindingGene>, LoadTableError> {
    let records = Reader::open(files, Kind::SecondaryFindings)?.records();
    records
        .map(|record| {
            Ok(SecondaryFindingGene {
                gene: GeneSymbol::new(record.get("gene")),
                condition: record.localized("condition_ja", "condition_en"),
                zygosity: match record.get("zygosity") {
                    "biallelic" => Zygosity::Biallelic,
                    "monoallelic" => Zygosity::Monoallelic,
                    _ => return Err(record.wrong("zygosity")),
                },
                note: record.text("note"),
            })
        })
        .collect()
}
