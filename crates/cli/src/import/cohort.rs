//! `tsumugi import cohort`.

use std::{
    io::Read as _,
    path::{Path, PathBuf},
    process::ExitCode,
};

use knowledge::AnnotateOptions;
use model::text::LocalizedText;
use research::collection::{CohortImport, FileProblems, Mapping};
use walkdir::WalkDir;

use super::{AboutCollection, Imported, REFUSED, Target, name_of, open, source_file, unreadable};
use crate::record::{Failure, Knowledge};

/// Most files that one import reads.
const FILES_MAX: usize = 10_000;
/// Largest mapping that is read. Units: bytes.
const MAPPING_MAX_BYTES: u64 = 2 << 20;
/// Endings of MAF files in a folder, before an ending of compression.
const MAF_ENDINGS: [&str; 2] = [".maf", ".maf.txt"];
/// Endings of compression.
const COMPRESSION_ENDINGS: [&str; 4] = [".gz", ".bgz", ".zst", ".zstd"];

/// Arguments of `tsumugi import cohort`.
#[derive(Debug, clap::Args)]
pub(crate) struct ImportCohort {
    /// MAF files, plain or compressed, or folders of them
    #[arg(long, value_name = "FILES", num_args = 1.., required = true)]
    maf: Vec<PathBuf>,
    /// The clinical table, separated by tabs or commas
    #[arg(long, value_name = "FILE")]
    clinical: PathBuf,
    /// What the columns mean; examples/collections/tcga.toml shows the form
    #[arg(long, value_name = "FILE")]
    mapping: PathBuf,
    #[command(flatten)]
    target: Target,
}

impl ImportCohort {
    /// Runs the command.
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        self.target.check_name()?;
        let knowledge = Knowledge::open(self.target.knowledge.as_ref())?;
        let release = knowledge.release();
        let mafs = list(&self.maf)?;
        let mapping_file = source_file(&self.mapping)?;
        let mapping = match Mapping::read(&read_text(&self.mapping)?, release) {
            Ok(mapping) => mapping,
            Err(problems) => {
                let file = name_of(&self.mapping);
                self.target.tell(None, &[FileProblems { file, problems }])?;
                return Ok(ExitCode::from(REFUSED));
            }
        };
        let mut files = vec![source_file(&self.clinical)?];
        let clinical = open(&self.clinical).map_err(|error| unreadable(&self.clinical, &error))?;
        let mut import = CohortImport::begin(
            self.target.collection.clone(),
            &mapping,
            release,
            AnnotateOptions::default(),
            &name_of(&self.clinical),
            clinical,
        );
        for (at, path) in mafs.iter().enumerate() {
            files.push(source_file(path)?);
            let source = open(path).map_err(|error| unreadable(path, &error))?;
            let counts = import.add_maf(&name_of(path), source);
            eprintln!(
                "{} / {} {}: 腫瘍 tumours {}, 変異 variants {} (+{} 対象外 not counted)",
                at + 1,
                mafs.len(),
                path.display(),
                counts.tumours,
                counts.reported,
                counts.not_reported
            );
        }
        eprintln!("索引を作っています。 Building the index.");
        let (view, problems) = import.finish();
        let about = AboutCollection {
            title: LocalizedText::new(
                mapping.collection.title_ja.clone(),
                mapping.collection.title_en.clone(),
            ),
            licence: mapping.collection.licence.clone(),
            source: mapping.collection.source.clone(),
            synthetic: mapping.collection.synthetic,
            research_use: mapping.collection.research_use,
            days: mapping.clinical.days,
        };
        let mapping = Some(mapping_file);
        self.target.keep(Imported { about, view, problems, files, mapping }, release)
    }
}

fn read_text(path: &Path) -> Result<String, Failure> {
    let mut text = String::new();
    let read = open(path).and_then(|file| file.take(MAPPING_MAX_BYTES).read_to_string(&mut text));
    read.map_err(|error| unreadable(path, &error))?;
    Ok(text)
}

/// Lists the files that were named, and those in folders that were named, each once and in order.
fn list(named: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    for path in named {
        let metadata = std::fs::metadata(path).map_err(|error| unreadable(path, &error))?;
        if !metadata.is_dir() {
            files.push(path.clone());
            continue;
        }
        for entry in WalkDir::new(path).sort_by_file_name() {
            let entry = entry.map_err(|error| unreadable(path, &error.into()))?;
            let is_maf = is_maf(&entry.file_name().to_string_lossy());
            if entry.file_type().is_file() && is_maf && files.len() <= FILES_MAX {
                files.push(entry.into_path());
            }
        }
    }
    files.sort_unstable();
    files.dedup();
    if files.is_empty() || files.len() > FILES_MAX {
        let count = files.len();
        return Err(Failure(LocalizedText::new(
            format!("MAFファイルが{count}個です。1個以上{FILES_MAX}個以下を指定してください。"),
            format!("There are {count} MAF files; name at least 1 and at most {FILES_MAX}."),
        )));
    }
    Ok(files)
}

fn is_maf(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let plain = COMPRESSION_ENDINGS.iter().find_map(|ending| name.strip_suffix(ending));
    let plain = plain.unwrap_or(&name);
    MAF_ENDINGS.iter().any(|ending| plain.ends_with(ending))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_gives_its_tables_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b.maf.zst", "A.MAF", "a.maf.txt.gz", "clinical.tsv", "a.maf.tbi"] {
            std::fs::write(folder.path().join(name), b"").unwrap();
        }
        let one = folder.path().join("A.MAF");
        let listed = list(&[folder.path().to_owned(), one]).unwrap();
        let names: Vec<String> = listed.iter().map(|path| name_of(path)).collect();
        assert_eq!(names, ["A.MAF", "a.maf.txt.gz", "b.maf.zst"]);
        assert!(list(&[folder.path().join("none")]).is_err());
    }
}
