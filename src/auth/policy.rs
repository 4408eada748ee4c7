//! Which role allows which action, what needs the step-up window, and what a token may do.
//!
//! Invariant: pure, and closed by default: what the table does not allow is refused.

use super::{Action, Role, Roles};

crate::words! {
    /// What an API token was made for.
    Scope {
        Read = "read", "Read";
        Write = "write", "Write";
        Import = "import", "Import";
        Export = "export", "Export";
        Admin = "admin", "Administer";
    }
}

/// True when the role allows the action.
#[must_use]
pub fn allows(role: Role, action: Action) -> bool {
    use Action as A;
    let reads = matches!(action, A::ReadInventory | A::ReadTimeline);
    match role {
        Role::Viewer => reads,
        Role::Engineer => {
            let edits = matches!(
                action,
                A::EditInventory | A::ImportInventory | A::VerifyAsset | A::ExportInventory | A::ReviewDiscoveries
            );
            reads || edits
        }
        Role::Approver | Role::Auditor => {
            reads || matches!(action, A::ReadEvidence | A::DownloadPackage | A::ReadPeople | A::ExportInventory)
        }
        Role::Compliance => !matches!(action, A::ManagePeople | A::ManageTokens | A::ManageOrganization),
        Role::Administrator => true,
    }
}

/// True when any of the roles allows the action.
#[must_use]
pub fn permits(roles: &Roles, action: Action) -> bool {
    roles.iter().any(|role| allows(role, action))
}

/// True when a person needs a one-time code from the last ten minutes: what takes records out of the house, and what
/// opens doors.
#[must_use]
pub fn needs_step_up(action: Action) -> bool {
    matches!(
        action,
        Action::ExportInventory
            | Action::OrderPackage
            | Action::DownloadPackage
            | Action::ManagePeople
            | Action::ManageTokens
            | Action::ManageOrganization
    )
}

/// The scope a token needs; none where only a person may act: tokens never verify, never accept, and never make tokens.
#[must_use]
pub fn scope_for(action: Action) -> Option<Scope> {
    match action {
        Action::ReadInventory
        | Action::ReadTimeline
        | Action::ReadEvidence
        | Action::ReadPeople
        | Action::ReadSettings => Some(Scope::Read),
        Action::EditInventory => Some(Scope::Write),
        Action::ImportInventory => Some(Scope::Import),
        Action::ExportInventory | Action::OrderPackage | Action::DownloadPackage => Some(Scope::Export),
        Action::ManagePeople | Action::ManageOrganization => Some(Scope::Admin),
        Action::VerifyAsset | Action::ReviewDiscoveries | Action::ManageTokens => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{allows, scope_for};
    use crate::auth::{Action, Role};

    /// Written by hand: a row per action, a column per role in the order of `Role::ALL`.
    const EXPECTED: &[(Action, &str)] = &[
        //                           V E C P A Ad
        (Action::ReadInventory, "111111"),
        (Action::EditInventory, "011001"),
        (Action::ImportInventory, "011001"),
        (Action::VerifyAsset, "011001"),
        (Action::ExportInventory, "011111"),
        (Action::ReviewDiscoveries, "011001"),
        (Action::ReadTimeline, "111111"),
        (Action::ReadEvidence, "001111"),
        (Action::OrderPackage, "001001"),
        (Action::DownloadPackage, "001111"),
        (Action::ReadPeople, "001111"),
        (Action::ManagePeople, "000001"),
        (Action::ManageTokens, "000001"),
        (Action::ReadSettings, "001001"),
        (Action::ManageOrganization, "000001"),
    ];

    #[test]
    fn the_table() {
        assert_eq!(EXPECTED.len(), Action::ALL.len());
        for (action, row) in EXPECTED {
            let found: String = Role::ALL.iter().map(|role| if allows(*role, *action) { '1' } else { '0' }).collect();
            assert_eq!(&found, row, "{action}");
        }
        assert_eq!(scope_for(Action::VerifyAsset), None);
    }
}
