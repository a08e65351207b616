//! Migrations: the same number and name for both engines.

use std::collections::BTreeSet;

use super::{Complaint, tree::Tree};

/// Refuses a migration that only one engine has.
pub(crate) fn twins(tree: &Tree) -> Vec<Complaint> {
    let of = |engine: &str| -> BTreeSet<&str> {
        let folder = format!("crates/store/migrations/{engine}/");
        tree.files.iter().filter_map(|file| file.path.strip_prefix(&folder)).collect()
    };
    let (sqlite, postgres) = (of("sqlite"), of("postgres"));
    sqlite
        .symmetric_difference(&postgres)
        .map(|name| format!("crates/store/migrations: {name} has no twin"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_a_lone_migration() {
        let tree = Tree::of(&[
            ("crates/store/migrations/sqlite/0001_case.sql", ""),
            ("crates/store/migrations/postgres/0001_case.sql", ""),
            ("crates/store/migrations/sqlite/0002_result.sql", ""),
        ]);
        assert_eq!(twins(&tree).len(), 1);
    }
}
