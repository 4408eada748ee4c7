//! Which classes of the catalog a BES Cyber System is in: what requirement parts apply to.
//!
//! Invariant: a class is held only when every answer it needs was given; an answer that is missing is told, not assumed.

use crate::vocabulary::Impact;

/// The answers that decide a system's classes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answers {
    pub impact: Option<Impact>,
    pub erc: Option<bool>,
    pub dial_up: Option<bool>,
    pub at_control_center: bool,
}

/// Codes of the classes the system holds (`applicability_codes` of the catalog), and the names of answers that are missing.
#[must_use]
pub fn classes(answers: Answers) -> (Vec<&'static str>, Vec<&'static str>) {
    let (mut held, mut missing) = (Vec::new(), Vec::new());
    let Some(impact) = answers.impact else { return (held, vec!["criterion"]) };
    match impact {
        Impact::Low => return (vec!["low"], missing),
        Impact::Medium => held.push("medium"),
        Impact::High => held.push("high"),
    }
    let medium = impact == Impact::Medium;
    match answers.erc {
        Some(true) => held.push(if medium { "medium_erc" } else { "high_erc" }),
        Some(false) if medium => held.push("medium_no_erc"),
        Some(false) => {}
        None => missing.push("erc"),
    }
    match answers.dial_up {
        Some(true) => held.push(if medium { "medium_dialup" } else { "high_dialup" }),
        Some(false) => {}
        None => missing.push("dial_up"),
    }
    if medium && answers.at_control_center {
        held.push("medium_cc");
    }
    (held, missing)
}

#[cfg(test)]
mod tests {
    use super::{Answers, classes};
    use crate::vocabulary::Impact;

    #[test]
    fn classes_are_a_set() {
        let answers =
            Answers { impact: Some(Impact::Medium), erc: Some(true), dial_up: Some(false), at_control_center: true };
        assert_eq!(classes(answers), (vec!["medium", "medium_erc", "medium_cc"], vec![]));
        let unknown = Answers { impact: Some(Impact::High), erc: None, dial_up: None, at_control_center: true };
        assert_eq!(classes(unknown), (vec!["high"], vec!["erc", "dial_up"]));
        let low = Answers { impact: Some(Impact::Low), erc: None, dial_up: None, at_control_center: false };
        assert_eq!(classes(low), (vec!["low"], vec![]));
        assert_eq!(classes(Answers { impact: None, ..low }).1, ["criterion"]);
    }
}
