//! Names, lengths and the text of files.

use super::{Complaint, tree::Tree};

/// A Rust file may not be longer. Units: lines.
const MAX_LINES: usize = 1000;
/// A crate's README may not be longer. Units: lines.
const MAX_README_LINES: usize = 20;
/// Names that say nothing of what is inside.
const EMPTY_NAMES: [&str; 8] =
    ["util", "utils", "common", "helper", "helpers", "misc", "manager", "managers"];
/// What may not stay in Rust code. Written in halves so that this file is not found.
const UNFINISHED: [&str; 4] = [
    concat!("to", "do!("),
    concat!("unimple", "mented!("),
    concat!("#[ig", "nore"),
    concat!("db", "g!("),
];

/// Refuses files that are too long, have a name that says nothing, or crates without a README.
pub(crate) fn names_and_lengths(tree: &Tree) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    for file in &tree.files {
        let parts = || file.path.split(['/', '.']);
        if let Some(name) = parts().find(|part| EMPTY_NAMES.contains(part)) {
            complaints.push(format!("{}: {name} says nothing; name the noun", file.path));
        }
        if file.path.ends_with("/mod.rs") {
            complaints.push(format!("{}: use NAME.rs beside the folder", file.path));
        }
        let lines = file.text.as_deref().map_or(0, |text| text.lines().count());
        if file.path.ends_with(".rs") && lines > MAX_LINES {
            complaints.push(format!("{}: {lines} lines; find the second noun in it", file.path));
        }
        let Some(room) =
            file.path.strip_prefix("crates/").and_then(|p| p.strip_suffix("/Cargo.toml"))
        else {
            continue;
        };
        match tree.text(&format!("crates/{room}/README.md")) {
            None => complaints.push(format!("crates/{room}: has no README.md")),
            Some(text) if text.lines().count() > MAX_README_LINES => {
                complaints.push(format!("crates/{room}/README.md: above {MAX_README_LINES} lines"));
            }
            Some(_) => {}
        }
    }
    complaints
}

/// Refuses carriage returns, trailing blanks, a missing last newline, and unfinished code.
pub(crate) fn text(tree: &Tree) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    for file in &tree.files {
        let Some(text) = file.text.as_deref() else { continue };
        // Golden inputs are broken on purpose; tables may end a line with an empty field.
        if file.path.contains("/golden/") || file.path.ends_with(".tsv") {
            continue;
        }
        if text.contains('\r') {
            complaints.push(format!("{}: has a carriage return", file.path));
        }
        if !text.is_empty() && !text.ends_with('\n') {
            complaints.push(format!("{}: does not end with a newline", file.path));
        }
        for (index, line) in text.lines().enumerate() {
            let number = index + 1;
            if line.ends_with([' ', '\t']) {
                complaints.push(format!("{}:{number}: ends with a blank", file.path));
            }
            if file.path.ends_with(".rs") && UNFINISHED.iter().any(|mark| line.contains(mark)) {
                complaints.push(format!("{}:{number}: is not finished", file.path));
            }
        }
    }
    complaints
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_empty_names_long_files_and_rooms_without_readme() {
        let long = "x\n".repeat(MAX_LINES + 1);
        let tree = Tree::of(&[
            ("crates/care/Cargo.toml", ""),
            ("crates/care/src/report.rs", &long),
            ("crates/care/src/utils.rs", ""),
            ("crates/care/src/panel/mod.rs", ""),
        ]);
        assert_eq!(names_and_lengths(&tree).len(), 4);
    }

    #[test]
    fn refuses_unclean_text() {
        let unfinished = format!("fn main() {{ {}) }}\n", UNFINISHED[0]);
        let tree = Tree::of(&[("a.md", "x \n"), ("b.md", "x\r\ny"), ("c.rs", &unfinished)]);
        assert_eq!(text(&tree).len(), 4);
        assert!(text(&Tree::of(&[("a.md", "x\n")])).is_empty());
    }
}
