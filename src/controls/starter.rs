//! The starter set: controls a utility may adopt and make its own.
//!
//! Invariant: every requirement it names exists; the shipped set is read by a test.

use std::sync::LazyLock;

use serde::Deserialize;

use super::model::{Control, Frequency, Method, State};
use crate::frameworks::RequirementId;
use crate::vocabulary::Reference;

/// A control on offer.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Offer {
    pub group: String,
    pub reference: Reference,
    pub name: String,
    pub statement: String,
    pub owner: String,
    pub method: Method,
    pub frequency: Frequency,
    pub requirements: Vec<RequirementId>,
}

/// The set as its file has it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Set {
    pub source: String,
    pub controls: Vec<Offer>,
}

static SET: LazyLock<Set> = LazyLock::new(|| {
    read(include_str!("../../seed-data/catalogs/starter-controls.json"))
        .expect("the starter set compiled into Glance is whole; a test reads it")
});

/// The starter set of this Glance.
#[must_use]
pub fn set() -> &'static Set {
    &SET
}

fn read(text: &str) -> Result<Set, String> {
    let set: Set = serde_json::from_str(text).map_err(|error| error.to_string())?;
    for (n, offer) in set.controls.iter().enumerate() {
        if set.controls[..n].iter().any(|known| known.reference == offer.reference) {
            return Err(format!("{} stands twice", offer.reference));
        }
        for id in &offer.requirements {
            RequirementId::parse(id.as_str()).map_err(|problem| format!("{}: {id}: {problem}", offer.reference))?;
        }
    }
    Ok(set)
}

impl Offer {
    /// The control it becomes: planned, until the organization says that it is carried out.
    #[must_use]
    pub fn control(&self) -> Control {
        Control {
            reference: self.reference.clone(),
            name: self.name.clone(),
            statement: self.statement.clone(),
            owner: self.owner.clone(),
            method: Some(self.method),
            frequency: Some(self.frequency),
            state: Some(State::Planned),
            requirements: self.requirements.clone(),
            retired_on: None,
            notes: String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{read, set};

    #[test]
    fn the_shipped_set_is_whole() {
        assert_eq!(set().controls.len(), 40);
        let broken = r#"{"source":"","controls":[{"group":"","reference":"A","name":"","statement":"","owner":"","method":"manual","frequency":"daily","requirements":["CIP-999"]}]}"#;
        assert!(read(broken).is_err_and(|problem| problem.contains("CIP-999")));
    }
}
