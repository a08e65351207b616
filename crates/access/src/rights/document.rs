//! The table of rights as a page of the documents.

use std::fmt::Write as _;

use super::{Right, Rights};
use crate::{action::Action, relation::Relation, role::Role};

const HEAD: &str = "\
# Rights

Made by `cargo xtask rights` of `crates/access/rights.tsv`; a test fails where the two differ. Whatever is not in
this table is refused, and what may not be known of is answered as if it were not there.

A role is held in an organisation from a day to a day. *How it stands* says how the subject of the action stands to
that organisation:

";

/// Writes the table as Markdown: for each action, who may, by how the subject stands to the organisation.
pub(super) fn markdown(rights: &Rights) -> String {
    let mut text = HEAD.to_owned();
    for relation in Relation::ALL {
        let label = relation.label();
        // Writing to a text cannot fail.
        let _ = writeln!(text, "- `{relation}` {} / {}", label.ja, label.en);
    }
    text.push_str("\n## Roles\n\n| code | 役割 | role |\n|---|---|---|\n");
    for role in Role::ALL {
        let label = role.label();
        let _ = writeln!(text, "| `{role}` | {} | {} |", label.ja, label.en);
    }
    text.push_str("\n## Who may do what\n\n| action | how it stands | roles |\n|---|---|---|\n");
    for action in Action::ALL {
        action_rows(&mut text, rights, *action);
    }
    text
}

fn action_rows(text: &mut String, rights: &Rights, action: Action) {
    let label = action.label();
    let mut any = false;
    for relation in Relation::ALL {
        let roles: Vec<String> = Role::ALL
            .iter()
            .flat_map(|role| {
                let of = |right: &&Right| {
                    right.role == *role && right.action == action && right.relation == *relation
                };
                rights.lines().iter().filter(of).map(words).collect::<Vec<_>>()
            })
            .collect();
        if !roles.is_empty() {
            any = true;
            let roles = roles.join(", ");
            let _ = writeln!(
                text,
                "| `{action}`<br>{} / {} | `{relation}` | {roles} |",
                label.ja, label.en
            );
        }
    }
    if !any {
        let _ = writeln!(text, "| `{action}`<br>{} / {} | – | nobody |", label.ja, label.en);
    }
}

fn words(right: &Right) -> String {
    let days = match (right.from, right.until) {
        (None, None) => String::new(),
        (Some(from), None) => format!(" (from {from})"),
        (None, Some(until)) => format!(" (until {until})"),
        (Some(from), Some(until)) => format!(" ({from} to {until})"),
    };
    format!("`{}`{days}", right.role)
}
