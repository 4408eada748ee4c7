//! Which duty serves which periodic requirement part, and for what its clock runs.
//!
//! Invariant: parts are named without the version of their standard, so a clock carries over when a version is replaced
//! (timers 4). What runs for each person and each account is judged by the checks of these; clocks of patch sources and BCSI
//! locations wait until those are records, and the organization's whole BCSI is one until then.

use crate::obligations::model::{Duty, SubjectKind};

/// A periodic part and the duties that serve it.
#[derive(Debug, PartialEq, Eq)]
pub struct Served {
    /// Standard and part without version, such as `CIP-010 R3.1`.
    pub part: &'static str,
    /// What a clock of its own runs for.
    pub each: SubjectKind,
    pub duties: &'static [Duty],
}

const fn served(part: &'static str, each: SubjectKind, duties: &'static [Duty]) -> Served {
    Served { part, each, duties }
}

/// Every periodic part whose clock today's records can carry.
pub const SERVED: &[Served] = &[
    served("CIP-002 R2.1", SubjectKind::Organization, &[Duty::CategorizationReview]),
    served("CIP-002 R2.2", SubjectKind::Organization, &[Duty::CategorizationApproval]),
    served("CIP-003 R1", SubjectKind::Organization, &[Duty::PolicyReview]),
    served("CIP-003 R1.1", SubjectKind::Organization, &[Duty::PolicyReview]),
    served("CIP-003 R1.2", SubjectKind::Organization, &[Duty::PolicyReview]),
    served("CIP-003 R2 Att1 S1", SubjectKind::Organization, &[Duty::Awareness]),
    served("CIP-003 R2 Att1 S4.5", SubjectKind::Organization, &[Duty::LowIncidentPlanTest]),
    served("CIP-004 R1.1", SubjectKind::Organization, &[Duty::Awareness]),
    served("CIP-004 R4.2", SubjectKind::System, &[Duty::AccessVerification]),
    served("CIP-004 R4.3", SubjectKind::System, &[Duty::AccessReview]),
    served("CIP-004 R6.2", SubjectKind::Organization, &[Duty::BcsiAccessReview]),
    served("CIP-006 R3.1", SubjectKind::Asset, &[Duty::PacsTest]),
    served("CIP-007 R2.2", SubjectKind::System, &[Duty::PatchEvaluation]),
    served("CIP-007 R4.4", SubjectKind::System, &[Duty::LogReview]),
    served("CIP-007 R5.6", SubjectKind::System, &[Duty::PasswordChange]),
    served("CIP-008 R2.1", SubjectKind::Organization, &[Duty::IncidentPlanTest]),
    // An operational exercise is one of the ways to test the plan (CIP-009-6 R2.1).
    served("CIP-009 R2.1", SubjectKind::System, &[Duty::RecoveryTest, Duty::RecoveryExercise]),
    served("CIP-009 R2.2", SubjectKind::System, &[Duty::RecoveryInformationTest]),
    served("CIP-009 R2.3", SubjectKind::System, &[Duty::RecoveryExercise]),
    served("CIP-010 R2.1", SubjectKind::System, &[Duty::BaselineMonitoring]),
    // Paper or active (CIP-010-4 R3.1); only an active one serves R3.2.
    served("CIP-010 R3.1", SubjectKind::System, &[Duty::VulnerabilityAssessment, Duty::ActiveVulnerabilityAssessment]),
    served("CIP-010 R3.2", SubjectKind::System, &[Duty::ActiveVulnerabilityAssessment]),
    served("CIP-013 R3", SubjectKind::Organization, &[Duty::SupplyChainPlanReview]),
    served("CIP-014 R1.1", SubjectKind::Organization, &[Duty::TransmissionRiskAssessment]),
];

/// Periodic parts that no clock here judges, and what is missing.
pub const WITHOUT_CLOCK: &[(&str, &str)] = &[
    ("CIP-004 R2.3", "judged for each person by their trainings (GL-PER-06)"),
    ("CIP-004 R3.5", "judged for each person by their personnel risk assessments (GL-PER-07)"),
];

/// The standards that have periodic parts here, for filters.
pub const STANDARDS: [(&str, &str); 10] = [
    ("CIP-002", "CIP-002"),
    ("CIP-003", "CIP-003"),
    ("CIP-004", "CIP-004"),
    ("CIP-006", "CIP-006"),
    ("CIP-007", "CIP-007"),
    ("CIP-008", "CIP-008"),
    ("CIP-009", "CIP-009"),
    ("CIP-010", "CIP-010"),
    ("CIP-013", "CIP-013"),
    ("CIP-014", "CIP-014"),
];

/// A part without the version of its standard: `CIP-010-4 R3.1` and `CIP-010 R3.1` are `CIP-010 R3.1`.
#[must_use]
pub fn family(part: &str) -> String {
    let part = part.trim();
    let (standard, rest) = part.split_once(' ').unwrap_or((part, ""));
    let short: Vec<&str> = standard.splitn(3, '-').take(2).collect();
    let standard = short.join("-");
    if rest.is_empty() { standard } else { format!("{standard} {rest}") }
}

/// What serves a part, by its id with or without version. A topic of a policy (R1.1.4) is served as its group (R1.1).
#[must_use]
pub fn serving(part: &str) -> Option<&'static Served> {
    let wanted = family(part);
    let group = wanted.rsplit_once('.').map(|(group, _)| group);
    let find = |name: &str| SERVED.iter().find(|served| served.part == name);
    find(&wanted).or_else(|| group.filter(|group| matches!(*group, "CIP-003 R1.1" | "CIP-003 R1.2")).and_then(find))
}

impl Duty {
    /// The periodic parts it serves, without versions.
    pub fn serves(self) -> impl Iterator<Item = &'static Served> {
        SERVED.iter().filter(move |served| served.duties.contains(&self))
    }

    /// True when a performance of it may name the part.
    #[must_use]
    pub fn may_serve(self, part: &str) -> bool {
        serving(part).is_some_and(|served| served.duties.contains(&self))
    }
}

#[cfg(test)]
mod tests {
    use super::{SERVED, STANDARDS, family, serving};
    use crate::obligations::model::Duty;

    #[test]
    fn parts_lose_their_version() {
        for (part, short) in [
            ("CIP-010-4 R3.1", "CIP-010 R3.1"),
            ("CIP-002-5.1a R2.2", "CIP-002 R2.2"),
            ("CIP-003-9 R2 Att1 S4.5", "CIP-003 R2 Att1 S4.5"),
            ("CIP-014 R1.1", "CIP-014 R1.1"),
            ("CIP-004", "CIP-004"),
            ("", ""),
        ] {
            assert_eq!(family(part), short);
        }
    }

    #[test]
    fn each_part_stands_once_and_is_found() {
        for (n, served) in SERVED.iter().enumerate() {
            assert!(SERVED[..n].iter().all(|other| other.part != served.part), "{}", served.part);
            assert!(served.duties.iter().all(|duty| duty.may_serve(served.part)));
            assert!(STANDARDS.iter().any(|(standard, _)| served.part.starts_with(standard)), "{}", served.part);
        }
        assert_eq!(serving("CIP-003-9 R1.2.6").map(|served| served.part), Some("CIP-003 R1.2"));
        assert!(Duty::RecoveryExercise.may_serve("CIP-009-6 R2.1"));
        assert!(!Duty::VulnerabilityAssessment.may_serve("CIP-010-4 R3.2"));
        assert!(serving("CIP-010-4 R1.3").is_none());
    }
}
