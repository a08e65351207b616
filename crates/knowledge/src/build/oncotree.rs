//! OncoTree's tree of any date: nodes with `code`, `name`, `tissue`, `parent` and `children`.

use model::text::LocalizedText;
use serde_json::{Map, Value};

use super::{Record, problems, source::Intake};
use crate::release::files::Kind;

/// Deepest nesting that is read.
const MAX_DEPTH: usize = 32;
/// Most nodes that are read.
const MAX_NODES: u64 = 20_000;
/// Tissues whose tumours are of blood or lymph.
const HAEMATOLOGICAL: [&str; 2] = ["Lymphoid", "Myeloid"];

pub(super) fn read(intake: &mut Intake<'_>, bytes: &[u8]) {
    let tree: Value = match serde_json::from_slice(bytes) {
        Ok(tree) => tree,
        Err(error) => return intake.note(problems::not_json(&error)),
    };
    let Some(roots) = tree.as_object().filter(|roots| !roots.is_empty()) else {
        let wanted = LocalizedText::of(
            "最上位が木構造のオブジェクトではありません。",
            "The document is not an object of trees.",
        );
        return intake.note(problems::wrong_json(String::new(), wanted));
    };
    let mut nodes = 0;
    for (code, node) in roots {
        walk(intake, &mut nodes, &format!("/{code}"), node, None, 0);
    }
}

fn walk(
    intake: &mut Intake<'_>,
    nodes: &mut u64,
    pointer: &str,
    node: &Value,
    parent: Option<&str>,
    depth: usize,
) {
    *nodes += 1;
    if depth > MAX_DEPTH || *nodes > MAX_NODES {
        let wanted = LocalizedText::of(
            "木が深すぎるか大きすぎるため、ここから先は読みませんでした。",
            "The tree is too deep or too large; the rest was not read.",
        );
        return intake.skip(problems::wrong_json(pointer.to_owned(), wanted));
    }
    let text = |key: &str| node.get(key).and_then(Value::as_str).map(str::trim);
    let (Some(code), Some(name)) = (text("code"), text("name")) else {
        let wanted = LocalizedText::of(
            "code または name のない節点です。",
            "This node has no code or no name.",
        );
        return intake.skip(problems::wrong_json(pointer.to_owned(), wanted));
    };
    // The root only holds the tissues.
    let is_root = parent.is_none() && code == "TISSUE";
    let tissue = text("tissue").unwrap_or(if depth == 1 { name } else { "" });
    if !is_root {
        let haematological = HAEMATOLOGICAL.contains(&tissue);
        intake.take(
            &Record::new(Kind::TumourTypes)
                .with("code", code)
                .with("name_en", name)
                .with("parent", parent.filter(|code| *code != "TISSUE").unwrap_or_default())
                .with("tissue", tissue)
                .with("haematological", if haematological { "true" } else { "false" }),
        );
    }
    let none = Map::new();
    let children = node.get("children").and_then(Value::as_object).unwrap_or(&none);
    for (key, child) in children {
        walk(intake, nodes, &format!("{pointer}/children/{key}"), child, Some(code), depth + 1);
    }
}
