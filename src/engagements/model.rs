//! An audit engagement: the notice, the period, the due dates, the scope, the people.
//!
//! Invariant: pure. Due dates are days of the organization's calendar; the scope names only what a catalog knows.

use serde::{Deserialize, Serialize};

use crate::frameworks::ScopeName;
use crate::register::Member;
use crate::vocabulary::{Date, Reference};

crate::words! {
    /// Where an engagement stands (how an audit runs: domain document `audit-artifacts`, part 1).
    EngagementState {
        Planned = "planned", "Planned";
        Noticed = "noticed", "Notice received";
        Answering = "answering", "Answering requests";
        Fieldwork = "fieldwork", "Fieldwork";
        Reporting = "reporting", "Reporting";
        Closed = "closed", "Closed";
    }
}

crate::words! {
    /// How compliance is monitored (NERC Rules of Procedure, Appendix 4C, section 3).
    Monitoring {
        Audit = "audit", "Compliance audit";
        SpotCheck = "spot_check", "Spot check";
        SelfCertification = "self_certification", "Self-certification";
        PeriodicData = "periodic_data", "Periodic data submittal";
        Investigation = "investigation", "Compliance investigation";
        Internal = "internal", "Internal or mock audit";
    }
}

/// An audit engagement.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Engagement {
    pub reference: Reference,
    pub name: String,
    pub state: Option<EngagementState>,
    pub monitoring: Option<Monitoring>,
    /// The region's name, and the id it gave the audit.
    pub region: String,
    pub audit_id: String,
    pub notice_on: Option<Date>,
    pub period_from: Option<Date>,
    pub period_to: Option<Date>,
    pub level_1_due: Option<Date>,
    pub level_2_due: Option<Date>,
    pub fieldwork_from: Option<Date>,
    pub fieldwork_to: Option<Date>,
    pub report_due: Option<Date>,
    /// Empty for every part of NERC CIP.
    pub scope: Vec<ScopeName>,
    /// Auditors and observers, with their organizations.
    pub team: Vec<String>,
    /// Who gathers the evidence.
    pub lead: Option<Member>,
    pub retired_on: Option<Date>,
    pub notes: String,
}

impl Engagement {
    /// The dates on which something is due, in the order an audit runs.
    #[must_use]
    pub fn dates(&self) -> [(&'static str, Option<Date>); 4] {
        [
            ("Level 1 response", self.level_1_due),
            ("Level 2 response", self.level_2_due),
            ("Fieldwork", self.fieldwork_from),
            ("Report", self.report_due),
        ]
    }

    /// What is due next on or after a day; else what was due last.
    #[must_use]
    pub fn next_due(&self, today: Date) -> Option<(&'static str, Date)> {
        let dated: Vec<(&'static str, Date)> =
            self.dates().into_iter().filter_map(|(what, on)| on.map(|on| (what, on))).collect();
        let coming = dated.iter().copied().filter(|(_, on)| *on >= today).min_by_key(|(_, on)| *on);
        coming.or_else(|| dated.into_iter().max_by_key(|(_, on)| *on))
    }

    /// The scope in words.
    #[must_use]
    pub fn scope_told(&self) -> String {
        if self.scope.is_empty() {
            return "every part of NERC CIP".to_owned();
        }
        self.scope.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::Engagement;
    use crate::vocabulary::Date;

    #[test]
    fn what_is_due_next() {
        let date = |text| Date::parse(text).expect("a date");
        let engagement = Engagement {
            level_1_due: Some(date("2026-12-10")),
            fieldwork_from: Some(date("2027-02-01")),
            ..Engagement::default()
        };
        let due = |today| engagement.next_due(date(today)).map(|(what, _)| what);
        assert_eq!(due("2026-11-26"), Some("Level 1 response"));
        assert_eq!(due("2026-12-10"), Some("Level 1 response"));
        assert_eq!(due("2026-12-11"), Some("Fieldwork"));
        assert_eq!(due("2027-12-11"), Some("Fieldwork"));
        assert_eq!(Engagement::default().next_due(date("2026-11-26")), None);
    }
}
