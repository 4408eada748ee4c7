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
    let reads = matches!(action, A::ReadInventory | A::ReadTimeline | A::ReadControls | A::ReadFindings);
    let sees = matches!(action, A::ReadArtifacts | A::DownloadArtifact | A::ReadAccess);
    match role {
        Role::Viewer => reads,
        Role::Engineer => reads || sees || edits(action),
        Role::Auditor => reads || sees || takes_out(action),
        Role::Approver => {
            let decides = approves(action) || matches!(action, A::ReviewAccess | A::VerifyFinding | A::Attest);
            reads || sees || decides || takes_out(action)
        }
        Role::Compliance => {
            let manages = matches!(action, A::ManagePeople | A::ManageTokens | A::ManageOrganization);
            !manages && !approves(action)
        }
        Role::Administrator => true,
    }
}

/// What the field and the operations floor need.
fn edits(action: Action) -> bool {
    use Action as A;
    matches!(
        action,
        A::EditInventory
            | A::ImportInventory
            | A::VerifyAsset
            | A::ExportInventory
            | A::ReviewDiscoveries
            | A::RecordPerformance
            | A::WorkFindings
            | A::RequestException
            | A::AddArtifact
            | A::EditAccess
            | A::ImportAccess
    )
}

/// What another asked for and only an approver may grant.
fn approves(action: Action) -> bool {
    use Action as A;
    matches!(action, A::ApproveException | A::ApproveBoundary | A::ApproveAccess)
}

/// What an auditor needs: evidence, people, exports.
fn takes_out(action: Action) -> bool {
    use Action as A;
    matches!(action, A::ReadEvidence | A::DownloadPackage | A::ReadPeople | A::ExportInventory)
}

/// True when any of the roles allows the action.
#[must_use]
pub fn permits(roles: &Roles, action: Action) -> bool {
    roles.iter().any(|role| allows(role, action))
}

/// True when nothing but the auditor's role allows the action: then the auditor's eye decides what is seen.
#[must_use]
pub fn confines(roles: &Roles, action: Action) -> bool {
    !roles.iter().any(|role| role != Role::Auditor && allows(role, action))
}

/// True for somebody who is in the organization only to audit.
#[must_use]
pub fn only_audits(roles: &Roles) -> bool {
    roles.iter().all(|role| role == Role::Auditor)
}

/// True when a person needs a one-time code from the last ten minutes: what takes records out of the house, what
/// decides for the organization, and what opens doors.
#[must_use]
pub fn needs_step_up(action: Action) -> bool {
    matches!(
        action,
        Action::ExportInventory
            | Action::OrderPackage
            | Action::DownloadPackage
            | Action::DownloadArtifact
            | Action::Attest
            | Action::ApproveException
            | Action::ApproveBoundary
            | Action::ApproveAccess
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
        | Action::ReadControls
        | Action::ReadFindings
        | Action::ReadArtifacts
        | Action::ReadEvidence
        | Action::ReadAccess
        | Action::ReadPeople
        | Action::ReadSettings => Some(Scope::Read),
        Action::EditInventory
        | Action::EditControls
        | Action::RecordPerformance
        | Action::WorkFindings
        | Action::RequestException
        | Action::EditAccess
        | Action::AddArtifact => Some(Scope::Write),
        Action::ImportInventory | Action::ImportAccess => Some(Scope::Import),
        Action::ExportInventory | Action::OrderPackage | Action::DownloadPackage | Action::DownloadArtifact => {
            Some(Scope::Export)
        }
        Action::ManagePeople | Action::ManageOrganization => Some(Scope::Admin),
        Action::VerifyAsset
        | Action::ReviewDiscoveries
        | Action::ManageTokens
        | Action::Attest
        | Action::VerifyFinding
        | Action::ApproveException
        | Action::ApproveBoundary
        | Action::ApproveAccess
        | Action::ReviewAccess => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{allows, confines, only_audits, scope_for};
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
        (Action::ReadControls, "111111"),
        (Action::EditControls, "001001"),
        (Action::RecordPerformance, "011001"),
        (Action::Attest, "001101"),
        (Action::ReadFindings, "111111"),
        (Action::WorkFindings, "011001"),
        (Action::VerifyFinding, "001101"),
        (Action::RequestException, "011001"),
        (Action::ApproveException, "000101"),
        (Action::ApproveBoundary, "000101"),
        (Action::ReadAccess, "011111"),
        (Action::EditAccess, "011001"),
        (Action::ImportAccess, "011001"),
        (Action::ApproveAccess, "000101"),
        (Action::ReviewAccess, "001101"),
        (Action::ReadArtifacts, "011111"),
        (Action::AddArtifact, "011001"),
        (Action::DownloadArtifact, "011111"),
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
    fn an_auditor_is_confined_by_nothing_but_that_role() {
        let roles = |text| crate::auth::Roles::parse(text).unwrap();
        assert!(confines(&roles("auditor"), Action::ReadInventory));
        assert!(!confines(&roles("auditor viewer"), Action::ReadInventory));
        assert!(confines(&roles("auditor viewer"), Action::DownloadPackage));
        assert!(!confines(&roles("administrator"), Action::DownloadPackage));
        assert!(only_audits(&roles("auditor")) && !only_audits(&roles("auditor viewer")));
    }

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
