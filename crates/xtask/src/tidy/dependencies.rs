//! Which room may use which.

use toml::{Table, Value};

use super::{Complaint, tree::Tree};

/// Libraries that only one room may use, so that SQL and HTTP stay in one place.
const CONFINED: [(&str, &str); 4] =
    [("sqlx", "store"), ("axum", "server"), ("askama", "care server"), ("typst", "care")];

/// Rooms that any test may use though they stand further down.
const FOR_TESTS: [&str; 2] = ["testkit", "synthetic"];

/// A crate's manifest with its place in the flow.
struct Room {
    name: String,
    place: usize,
    manifest: Table,
}

fn rooms(tree: &Tree) -> Result<Vec<Room>, Complaint> {
    let root: Table = parse(tree, "Cargo.toml")?;
    let members = root
        .get("workspace")
        .and_then(|workspace| workspace.get("members"))
        .and_then(Value::as_array)
        .ok_or("Cargo.toml: has no workspace.members")?;
    let mut rooms = Vec::new();
    for (place, member) in members.iter().enumerate() {
        let folder = member.as_str().ok_or("Cargo.toml: a member is not a text")?;
        let manifest = parse(tree, &format!("{folder}/Cargo.toml"))?;
        let name = folder.rsplit('/').next().unwrap_or(folder).to_owned();
        rooms.push(Room { name, place, manifest });
    }
    Ok(rooms)
}

fn parse(tree: &Tree, path: &str) -> Result<Table, Complaint> {
    let text = tree.text(path).ok_or_else(|| format!("{path}: is missing"))?;
    text.parse().map_err(|error| format!("{path}: {error}"))
}

fn names(manifest: &Table, section: &str) -> Vec<String> {
    let table = manifest.get(section).and_then(Value::as_table);
    table.map(|table| table.keys().cloned().collect()).unwrap_or_default()
}

/// Refuses a dependency on a room further down the flow, and a folder named unlike its crate.
pub(crate) fn order(tree: &Tree) -> Vec<Complaint> {
    let rooms = match rooms(tree) {
        Ok(rooms) => rooms,
        Err(complaint) => return vec![complaint],
    };
    let place = |name: &str| rooms.iter().find(|room| room.name == name).map(|room| room.place);
    let mut complaints = Vec::new();
    for room in &rooms {
        let named =
            room.manifest.get("package").and_then(|p| p.get("name")).and_then(Value::as_str);
        if named != Some(&room.name) {
            complaints.push(format!("crates/{}: the crate is named {named:?}", room.name));
        }
        for (section, for_tests) in
            [("dependencies", false), ("build-dependencies", false), ("dev-dependencies", true)]
        {
            for used in names(&room.manifest, section) {
                let Some(used_place) = place(&used) else { continue };
                let excused = for_tests && FOR_TESTS.contains(&used.as_str());
                if used_place > room.place && !excused {
                    complaints.push(format!(
                        "crates/{}: uses {used}, which stands further down in Cargo.toml's members",
                        room.name
                    ));
                }
                if used == "testkit" && !for_tests {
                    complaints.push(format!("crates/{}: ships testkit", room.name));
                }
            }
        }
    }
    complaints
}

/// Refuses a version that is not pinned in the workspace manifest.
pub(crate) fn pinned(tree: &Tree) -> Vec<Complaint> {
    let rooms = match rooms(tree) {
        Ok(rooms) => rooms,
        Err(complaint) => return vec![complaint],
    };
    let mut complaints = Vec::new();
    for room in &rooms {
        for section in ["dependencies", "build-dependencies", "dev-dependencies"] {
            let Some(table) = room.manifest.get(section).and_then(Value::as_table) else {
                continue;
            };
            for (name, value) in table {
                if value.get("workspace").and_then(Value::as_bool) != Some(true) {
                    complaints.push(format!(
                        "crates/{}: pins {name} itself; pin it in [workspace.dependencies]",
                        room.name
                    ));
                }
            }
        }
    }
    complaints
}

/// Refuses SQL, HTTP and page libraries outside their rooms.
pub(crate) fn confined(tree: &Tree) -> Vec<Complaint> {
    let rooms = match rooms(tree) {
        Ok(rooms) => rooms,
        Err(complaint) => return vec![complaint],
    };
    let mut complaints = Vec::new();
    for room in &rooms {
        for used in names(&room.manifest, "dependencies") {
            let Some((_, allowed)) = CONFINED.iter().find(|(library, _)| *library == used) else {
                continue;
            };
            if !allowed.split(' ').any(|name| name == room.name) {
                complaints.push(format!("crates/{}: uses {used}; only {allowed} may", room.name));
            }
        }
    }
    complaints
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(upper: &str, lower: &str) -> Tree {
        let manifest = |name: &str, rest: &str| format!("[package]\nname = \"{name}\"\n{rest}");
        Tree::of(&[
            ("Cargo.toml", "[workspace]\nmembers = [\"crates/model\", \"crates/care\"]"),
            ("crates/model/Cargo.toml", &manifest("model", upper)),
            ("crates/care/Cargo.toml", &manifest("care", lower)),
        ])
    }

    #[test]
    fn a_room_may_use_only_rooms_above() {
        assert!(order(&tree("", "[dependencies]\nmodel.workspace = true")).is_empty());
        assert_eq!(order(&tree("[dependencies]\ncare.workspace = true", "")).len(), 1);
    }

    #[test]
    fn versions_are_pinned_in_the_workspace() {
        assert_eq!(pinned(&tree("[dependencies]\nserde = \"1\"", "")).len(), 1);
        assert!(pinned(&tree("[dependencies]\nserde.workspace = true", "")).is_empty());
    }

    #[test]
    fn only_the_store_knows_sql() {
        assert_eq!(confined(&tree("", "[dependencies]\nsqlx.workspace = true")).len(), 1);
    }
}
