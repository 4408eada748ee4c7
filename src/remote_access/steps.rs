//! What can be decided about a grant, and what each decision asks for beside its reason.
//!
//! Invariant: pages and the API read a decision here, so the two ask for the same.

use std::collections::BTreeMap;

use crate::register::{Problem, field};
use crate::vocabulary::{Date, Moment, TimeZone};

/// A decision by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deciding {
    Approve,
    Refuse,
    Extend,
    Revoke,
    Remove,
    Test,
}

/// A decision with what it asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    Approve,
    Refuse,
    /// Once, until then.
    Extend(Moment),
    Revoke,
    /// When the ability ceased, and what shows it.
    Remove(Moment, String),
    /// Switching it off was tried on that day.
    Test(Date),
}

impl Deciding {
    /// The resource under the grant's address.
    #[must_use]
    pub const fn resource(self) -> &'static str {
        match self {
            Deciding::Approve => "approval",
            Deciding::Refuse => "refusal",
            Deciding::Extend => "extension",
            Deciding::Revoke => "revocation",
            Deciding::Remove => "removal",
            Deciding::Test => "disable_test",
        }
    }

    /// The act's name in the journal.
    #[must_use]
    pub const fn act(self) -> &'static str {
        match self {
            Deciding::Approve => "approve",
            Deciding::Refuse => "refuse",
            Deciding::Extend => "extend",
            Deciding::Revoke => "revoke",
            Deciding::Remove => "remove",
            Deciding::Test => "test",
        }
    }

    /// Takes what the decision asks for out of what was sent; moments without an offset are read in the zone, where one is
    /// given.
    pub fn read(self, sent: &mut BTreeMap<String, String>, zone: Option<TimeZone>) -> Result<Step, Problem> {
        let mut moment = |name: &str| {
            let text = sent.remove(name).unwrap_or_default();
            field::moment_in(&text, zone).map_err(|problem| refused(name, &text, problem))
        };
        match self {
            Deciding::Approve => Ok(Step::Approve),
            Deciding::Refuse => Ok(Step::Refuse),
            Deciding::Revoke => Ok(Step::Revoke),
            Deciding::Extend => moment("until").map(Step::Extend),
            Deciding::Remove => {
                let at = moment("removed_at")?;
                let text = sent.remove("proof").unwrap_or_default();
                let proof = field::line(&text, 500).map_err(|problem| refused("proof", &text, problem))?;
                if proof.is_empty() {
                    return Err(refused("proof", "", "missing; say what shows that the ability ceased".to_owned()));
                }
                Ok(Step::Remove(at, proof))
            }
            Deciding::Test => {
                let text = sent.remove("tested_on").unwrap_or_default();
                Date::parse(&text).map(Step::Test).map_err(|problem| refused("tested_on", &text, problem))
            }
        }
    }
}

impl Step {
    #[must_use]
    pub const fn deciding(&self) -> Deciding {
        match self {
            Step::Approve => Deciding::Approve,
            Step::Refuse => Deciding::Refuse,
            Step::Extend(_) => Deciding::Extend,
            Step::Revoke => Deciding::Revoke,
            Step::Remove(..) => Deciding::Remove,
            Step::Test(_) => Deciding::Test,
        }
    }
}

fn refused(field: &str, value: &str, problem: String) -> Problem {
    Problem { field: field.to_owned(), value: value.to_owned(), problem }
}
