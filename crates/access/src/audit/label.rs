//! Labels of the codes in entries, which outlive the lists they came from.

use model::text::LocalizedText;

use super::Deed;
use crate::{action::Action, purpose::Purpose, role::Role};

fn or_code(label: Option<LocalizedText>, code: &str) -> LocalizedText {
    label.unwrap_or_else(|| LocalizedText::new(code.to_owned(), code.to_owned()))
}

/// Returns the label of an action's or a deed's code; the code itself where no list has it any more.
pub fn action_label(code: &str) -> LocalizedText {
    let action = code.parse::<Action>().map(Action::label).ok();
    or_code(action.or_else(|| code.parse::<Deed>().map(Deed::label).ok()), code)
}

/// Returns the label of a purpose's code; the code itself where no list has it any more.
pub fn purpose_label(code: &str) -> LocalizedText {
    or_code(code.parse::<Purpose>().map(Purpose::label).ok(), code)
}

/// Returns the label of a role's code; the code itself where no list has it any more.
pub fn role_label(code: &str) -> LocalizedText {
    or_code(code.parse::<Role>().map(Role::label).ok(), code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_without_a_list_stands_for_itself() {
        assert_eq!(action_label("sign-in").en, "Sign in");
        assert_eq!(action_label("read-case").en, "Read a case");
        assert_eq!(action_label("gone").ja, "gone");
        assert_eq!(purpose_label("care").en, "Care");
        assert_eq!(role_label("gone").en, "gone");
    }

    #[test]
    fn no_deed_has_the_code_of_an_action() {
        for deed in Deed::ALL {
            assert!(deed.code().parse::<Action>().is_err(), "{deed}");
        }
    }
}
