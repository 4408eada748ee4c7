//! Roles people have in an organization.
//!
//! Invariant: roles add up; none is a default.

use std::collections::BTreeSet;

crate::words! {
    /// A role in one organization.
    Role {
        Viewer = "viewer", "Viewer";
        Engineer = "engineer", "Engineer";
        Compliance = "compliance", "Compliance";
        Approver = "approver", "Approver";
        Auditor = "auditor", "Auditor";
        Administrator = "administrator", "Administrator";
    }
}

/// The roles somebody has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roles(BTreeSet<Role>);

impl Roles {
    /// Reads wire words separated by spaces or semicolons; the error says what would be right.
    pub fn parse(text: &str) -> Result<Self, String> {
        text.split([' ', ';']).filter(|word| !word.is_empty()).map(Role::parse).collect::<Result<_, _>>().map(Self)
    }

    pub fn iter(&self) -> impl Iterator<Item = Role> + '_ {
        self.0.iter().copied()
    }

    #[must_use]
    pub fn has(&self, role: Role) -> bool {
        self.0.contains(&role)
    }

    /// As [`Roles::has`], by wire word.
    #[must_use]
    pub fn holds(&self, word: &str) -> bool {
        self.iter().any(|role| role.word() == word)
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The words for people, separated by commas.
    #[must_use]
    pub fn labels(&self) -> String {
        self.iter().map(Role::label).collect::<Vec<_>>().join(", ")
    }
}

impl std::fmt::Display for Roles {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.iter().map(Role::word).collect::<Vec<_>>().join(" "))
    }
}
