//! What can be allowed: one word for each kind of thing somebody may do in an organization.
//!
//! Invariant: every route of an organization names one of these.

crate::words! {
    /// Something a role may allow.
    Action {
        ReadInventory = "read_inventory", "Read the inventory";
        EditInventory = "edit_inventory", "Edit the inventory";
        ImportInventory = "import_inventory", "Import into the inventory";
        VerifyAsset = "verify_asset", "Verify assets";
        ExportInventory = "export_inventory", "Export the inventory";
        ReviewDiscoveries = "review_discoveries", "Review discovered hosts";
        ReadTimeline = "read_timeline", "Read the timeline";
        ReadControls = "read_controls", "Read frameworks, controls and status";
        EditControls = "edit_controls", "Edit controls and narratives";
        RecordPerformance = "record_performance", "Record performances of periodic duties";
        Attest = "attest", "Attest that a requirement part is met";
        ReadFindings = "read_findings", "Read findings and exceptions";
        WorkFindings = "work_findings", "Triage findings and log remediation";
        VerifyFinding = "verify_finding", "Verify that a finding is remediated";
        RequestException = "request_exception", "Request exceptions";
        ApproveException = "approve_exception", "Approve, refuse and revoke exceptions";
        ApproveBoundary = "approve_boundary", "Approve zones, conduits and permitted flows";
        ReadAccess = "read_access", "Read personnel, grants, sessions and reviews";
        EditAccess = "edit_access", "Keep personnel and accounts, request and revoke access";
        ImportAccess = "import_access", "Import personnel, access and sessions";
        ApproveAccess = "approve_access", "Approve, refuse and extend access";
        ReviewAccess = "review_access", "Decide and sign access reviews";
        ReadArtifacts = "read_artifacts", "See evidence files";
        AddArtifact = "add_artifact", "Add and attach evidence files";
        DownloadArtifact = "download_artifact", "Download evidence files";
        ReadEvidence = "read_evidence", "Read evidence packages";
        OrderPackage = "order_package", "Order evidence packages";
        DownloadPackage = "download_package", "Download evidence packages";
        ReadPeople = "read_people", "Read who has access";
        ManagePeople = "manage_people", "Invite people and set their roles";
        ManageTokens = "manage_tokens", "Manage API tokens";
        ReadSettings = "read_settings", "Read the settings";
        ManageOrganization = "manage_organization", "Change the organization's settings";
    }
}
