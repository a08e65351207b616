//! The table of rights, cell by cell, against what is expected of it in other words.

use std::collections::{BTreeMap, BTreeSet};

use access::{Action, Actor, Asked, Membership, Purpose, Relation, Rights, Role};
use chrono::NaiveDate;
use model::{identity::PersonId, organisation::OrganisationCode};
use uuid::Uuid;

const EXPECTED: &str = include_str!("rights.expected");

type Cell = (Relation, Role, Action);

/// Reads the expectation.
fn expected() -> BTreeSet<Cell> {
    let mut groups: BTreeMap<&str, Vec<Role>> = BTreeMap::new();
    let mut cells = BTreeSet::new();
    for line in EXPECTED.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (head, words) = line.split_once(": ").unwrap_or_else(|| panic!("{line}"));
        let (first, name) = head.split_once(' ').unwrap_or_else(|| panic!("{line}"));
        if first == "group" {
            groups.insert(name, words.split(' ').map(|role| role.parse().unwrap()).collect());
            continue;
        }
        let relation: Relation = first.parse().unwrap();
        let one = || vec![name.parse().unwrap_or_else(|_| panic!("{line}"))];
        for role in groups.get(name).cloned().unwrap_or_else(one) {
            for action in words.split(' ') {
                let cell = (relation, role, action.parse().unwrap_or_else(|_| panic!("{line}")));
                cells.insert(cell);
            }
        }
    }
    cells
}

fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 26).unwrap()
}

#[test]
fn every_cell_is_as_expected() {
    let (expected, rights, own) = (expected(), Rights::ours(), OrganisationCode::new("H1"));
    let mut cells = 0;
    for role in Role::ALL {
        let actor = Actor {
            person: PersonId(Uuid::nil()),
            name: "合成".to_owned(),
            memberships: vec![Membership {
                organisation: own.clone(),
                role: *role,
                from: day(),
                until: Some(day()),
            }],
            second_factor: true,
        };
        for action in Action::ALL {
            for relation in Relation::ALL {
                cells += 1;
                let cell = (*relation, *role, *action);
                let asked = |organisation| Asked {
                    action: *action,
                    relation: *relation,
                    organisation: Some(organisation),
                    purpose: Purpose::Care,
                    case: None,
                };
                let wanted = expected.contains(&cell);
                let given = rights.decide(&actor, &asked(&own), day()).is_some();
                assert_eq!(given, wanted, "{role} {action} {relation}: given {given}");
                let other = OrganisationCode::new("H2");
                assert!(
                    rights.decide(&actor, &asked(&other), day()).is_none(),
                    "{role} {action} {relation} in an organisation without the role"
                );
                for off in [day().pred_opt().unwrap(), day().succ_opt().unwrap()] {
                    assert!(
                        rights.decide(&actor, &asked(&own), off).is_none(),
                        "{role} {action} {relation} on {off}, a day without the role"
                    );
                }
            }
        }
    }
    assert_eq!(cells, Role::ALL.len() * Action::ALL.len() * Relation::ALL.len());
    assert!(cells > 2_000, "{cells}");
    assert_eq!(rights.lines().len(), expected.len(), "a line of the table that nothing expects");
}

#[test]
fn no_role_beyond_a_hospital_is_given_by_its_administrator() {
    let beyond = |role: &Role| {
        Action::ALL.iter().any(|action| {
            let patient_level = [
                Action::ReadCaseList,
                Action::ReadCase,
                Action::ReadResult,
                Action::ReadReport,
                Action::ManagePeople,
                Action::ReadAudit,
            ];
            patient_level.contains(action)
                && Rights::ours().allows(*role, *action, Relation::Programme, day())
        })
    };
    for role in Role::OF_A_HOSPITAL {
        assert!(!beyond(&role), "{role} reaches beyond the hospital");
    }
}

#[test]
fn the_page_in_the_documents_is_that_of_the_table() {
    let page = include_str!("../../../../docs/RIGHTS.md");
    assert_eq!(page, Rights::ours().to_markdown(), "run `cargo xtask rights`");
}
