//! The release that ships in the binary.

use knowledge::{Release, build::Draft};

#[test]
fn every_line_of_the_shipped_tables_is_used() {
    let draft = Draft::starter();
    assert_eq!(draft.problems(), &[]);
    let release = Release::starter();
    assert!(release.evidence().count() > 100, "{}", release.evidence().count());
    assert!(release.manifest().demonstration);
    assert!(release.id().starts_with("sha256:"));
}
