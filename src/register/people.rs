//! The names behind the actors of history.
//!
//! Invariant: a name is looked up for showing only; the record keeps the actor's label.

use std::collections::HashMap;

use crate::storage::{Result, Snapshot};

/// Names by actor label.
#[derive(Debug, Default)]
pub struct Names(HashMap<String, String>);

impl Names {
    /// The name of an actor, or what the label itself says.
    #[must_use]
    pub fn of(&self, label: &str) -> String {
        if let Some(name) = self.0.get(label) {
            return name.clone();
        }
        match label.split_once(':') {
            Some(("host", user)) => format!("{user} (on the host)"),
            Some(("job", job)) => format!("Glance ({job})"),
            Some(("token", id)) => format!("API token {id}"),
            _ => label.to_owned(),
        }
    }
}

/// The names of these actors.
pub async fn names<'l>(at: &mut Snapshot, labels: impl Iterator<Item = &'l str>) -> Result<Names> {
    let mut names = Names::default();
    for label in labels {
        let id = label.strip_prefix("user:").and_then(<crate::ids::UserId as crate::ids::Id>::parse);
        if let Some(id) = id.filter(|_| !names.0.contains_key(label))
            && let Some(user) = at.platform().user(id).await?
        {
            names.0.insert(label.to_owned(), user.name);
        }
    }
    Ok(names)
}
