//! A performance: one doing of a periodic duty, in the one ledger of them all.
//!
//! Invariant: pure. A performance names what it was done for by links of one kind; the organization's own needs none.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::ids::{AssetId, Id, SiteId, SystemId};
use crate::vocabulary::{Date, Moment, Reference};

crate::words! {
    /// What a performance is a doing of.
    Duty {
        CategorizationReview = "categorization_review", "CIP-002 review";
        CategorizationApproval = "categorization_approval", "CIP-002 approval";
        PolicyReview = "policy_review", "Policy review and approval";
        Awareness = "awareness", "Security awareness";
        Training = "training", "Cyber security training";
        PersonnelRiskAssessment = "personnel_risk_assessment", "Personnel risk assessment";
        AccessVerification = "access_verification", "Authorization verification";
        AccessReview = "access_review", "Access privilege review";
        BcsiAccessReview = "bcsi_access_review", "BCSI access review";
        PacsTest = "pacs_test", "PACS maintenance test";
        PatchEvaluation = "patch_evaluation", "Patch evaluation";
        LogReview = "log_review", "Log review";
        PasswordChange = "password_change", "Password change";
        IncidentPlanTest = "incident_plan_test", "Incident response plan test";
        LowIncidentPlanTest = "low_incident_plan_test", "Low impact incident response plan test";
        RecoveryTest = "recovery_test", "Recovery plan test";
        RecoveryInformationTest = "recovery_information_test", "Recovery information test";
        RecoveryExercise = "recovery_exercise", "Operational recovery exercise";
        BaselineMonitoring = "baseline_monitoring", "Baseline monitoring";
        VulnerabilityAssessment = "vulnerability_assessment", "Vulnerability assessment";
        ActiveVulnerabilityAssessment = "active_vulnerability_assessment", "Active vulnerability assessment";
        TransientReview = "transient_review", "Transient device review";
        PlanReview = "plan_review", "Plan review";
        SupplyChainPlanReview = "supply_chain_plan_review", "Supply chain plan review and approval";
        TransmissionRiskAssessment = "transmission_risk_assessment", "Transmission risk assessment";
        MediaSanitization = "media_sanitization", "Media sanitization";
        Inspection = "inspection", "Inspection";
    }
}

crate::words! {
    /// What a duty is done for.
    SubjectKind {
        Organization = "organization", "The organization";
        Site = "site", "Sites";
        System = "system", "BES Cyber Systems";
        Asset = "asset", "Assets";
    }
}

crate::words! {
    /// How a performance ended. A failed one was not accomplished, so it starts no new interval.
    PerformanceResult {
        Done = "done", "Done";
        DoneWithFindings = "done_with_findings", "Done, with findings";
        Failed = "failed", "Failed";
    }
}

/// One doing of a duty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Performance {
    pub reference: Reference,
    pub kind: Option<Duty>,
    /// Requirement parts it serves, such as `CIP-010-4 R3.1`; none for every part its kind serves.
    pub parts: Vec<String>,
    pub subject: Option<SubjectKind>,
    pub sites: BTreeSet<SiteId>,
    pub systems: BTreeSet<SystemId>,
    pub assets: BTreeSet<AssetId>,
    pub performed_on: Option<Date>,
    /// The moment, where the hour matters.
    pub performed_at: Option<Moment>,
    pub performed_by: String,
    pub result: Option<PerformanceResult>,
    /// For a transmission risk assessment: whether it identified a station (CIP-014-3 R1.1: 30 months if so, else 60).
    pub identified: Option<bool>,
    pub notes: String,
    pub voided_on: Option<Date>,
    pub void_reason: String,
}

impl Performance {
    /// Ids of what it was done for; none for the organization itself.
    pub fn subjects(&self) -> impl Iterator<Item = Uuid> + '_ {
        let sites = self.sites.iter().map(|id| id.uuid());
        sites.chain(self.systems.iter().map(|id| id.uuid())).chain(self.assets.iter().map(|id| id.uuid()))
    }

    /// True when it starts a new interval: accomplished, and not taken back.
    #[must_use]
    pub fn counts(&self) -> bool {
        self.voided_on.is_none() && self.result.is_some_and(|result| result != PerformanceResult::Failed)
    }
}
