//! Releases as folders: the same twice, and never opened when changed.

use std::{fs, path::Path};

use knowledge::{
    Release, ReleaseFiles,
    build::{Draft, SourceFile, SourceKind, write},
    diff::diff,
};
use tempfile::TempDir;

fn write_starter(dir: &Path) {
    write::write(&Draft::starter().finish("starter", "1"), dir).unwrap();
}

fn error_of(dir: &Path) -> String {
    Release::open(dir).err().map_or_else(String::new, |error| error.to_string())
}

#[test]
fn a_release_made_twice_is_the_same_to_the_byte() {
    let home = TempDir::new().unwrap();
    let (one, two) = (home.path().join("one"), home.path().join("two"));
    write_starter(&one);
    write_starter(&two);
    let mut names: Vec<_> =
        fs::read_dir(&one).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names.len(), 10);
    for name in names {
        let (a, b) = (fs::read(one.join(&name)).unwrap(), fs::read(two.join(&name)).unwrap());
        assert_eq!(a, b, "{name:?}");
    }
    let (a, b) = (Release::open(&one).unwrap(), Release::open(&two).unwrap());
    assert_eq!(a.id(), b.id());
    assert_eq!(a.evidence().count(), Release::starter().evidence().count());
}

#[test]
fn a_flipped_byte_anywhere_keeps_a_release_from_opening() {
    let home = TempDir::new().unwrap();
    let dir = home.path().join("release");
    write_starter(&dir);
    for entry in fs::read_dir(&dir).unwrap() {
        let path = entry.unwrap().path();
        let bytes = fs::read(&path).unwrap();
        let places = if path.ends_with("release.json") { 150 } else { 5 };
        for at in (0..bytes.len()).step_by(bytes.len() / places + 1) {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            fs::write(&path, &changed).unwrap();
            let error = error_of(&dir);
            assert!(error.contains("release"), "byte {at} of {}: {error:?}", path.display());
        }
        fs::write(&path, &bytes).unwrap();
    }
    assert_eq!(error_of(&dir), "");
}

#[test]
fn a_missing_or_foreign_table_is_told() {
    let home = TempDir::new().unwrap();
    let dir = home.path().join("release");
    write_starter(&dir);
    fs::remove_file(dir.join("drugs.tsv")).unwrap();
    assert!(error_of(&dir).contains("drugs.tsv"));
    assert!(error_of(&home.path().join("nothing")).contains("release.json"));
    fs::write(dir.join("release.json"), "{").unwrap();
    assert!(error_of(&dir).contains("manifest"));
}

#[test]
fn a_release_is_written_whole_and_never_over_another() {
    let home = TempDir::new().unwrap();
    let dir = home.path().join("release");
    // What an interrupted writer left behind does not matter.
    fs::create_dir(home.path().join(".release.partial")).unwrap();
    fs::write(home.path().join(".release.partial/junk"), "x").unwrap();
    write_starter(&dir);
    assert_eq!(fs::read_dir(home.path()).unwrap().count(), 1);
    let again = write::write(&Draft::new().finish("other", "1"), &dir);
    assert!(again.unwrap_err().to_string().contains("is there already"));
    assert!(Release::open(&dir).is_ok());
}

#[test]
fn a_release_of_nothing_opens_and_annotates_nothing() {
    let release = Release::from_files(&Draft::new().finish("empty", "1")).unwrap();
    let result = crate::results::variant(crate::results::result(), "EGFR", "L858R");
    let annotation = release.annotate(&result, None);
    assert_eq!(annotation.findings.len(), 1);
    assert!(annotation.findings[0].matches.is_empty() && !annotation.tumour_known);
}

#[test]
fn a_diff_names_what_was_added_removed_and_changed() {
    let before = Draft::starter().finish("one", "1");
    let mut draft = Draft::starter();
    let drugs = "id\tname_en\tname_ja\tclasses\taliases\n\
                 gefitinib\tGefitinib\tゲフィチニブ\tchanged class\tIressa\n\
                 newdrug\tNewdrug\t新薬\tinvestigational\t\n";
    draft.add(&SourceFile::new(SourceKind::Drugs, "drugs.tsv", drugs.as_bytes()));
    let after = draft.finish("two", "2");
    let forward = diff(&before, &after);
    let table = &forward.tables["drugs"];
    assert_eq!((table.added.as_slice(), table.removed.len()), (&["newdrug".to_owned()][..], 0));
    let changed: Vec<&str> = table.changed.iter().map(|record| record.key.as_str()).collect();
    assert_eq!(changed, ["gefitinib"]);
    let columns: Vec<&str> = table.changed[0].fields.iter().map(|field| field.column).collect();
    assert!(columns.contains(&"classes") && columns.contains(&"source"), "{columns:?}");
    assert_eq!(forward.sources.added.len(), 1);
    assert_eq!(diff(&after, &before).tables["drugs"].removed, ["newdrug"]);
    assert!(diff(&before, &before).is_empty());
}

#[test]
fn a_folder_read_for_comparing_is_checked_too() {
    let home = TempDir::new().unwrap();
    let dir = home.path().join("release");
    write_starter(&dir);
    assert!(ReleaseFiles::read(&dir).is_ok());
    fs::write(dir.join("genes.tsv"), "symbol\n").unwrap();
    assert!(ReleaseFiles::read(&dir).is_err());
}
