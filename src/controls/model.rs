//! A control, a narrative and an attestation.
//!
//! Invariant: pure; none of them says that a requirement is met: a person attests to adequacy, records show the rest.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::frameworks::RequirementId;
use crate::ids::ArtifactId;
use crate::vocabulary::{Date, Moment, Reference};

crate::words! {
    /// How a control is carried out.
    Method {
        Automatic = "automatic", "Automatic";
        Manual = "manual", "Manual";
        Both = "both", "Automatic and manual";
    }
}

crate::words! {
    /// How often a control is carried out.
    Frequency {
        Continuous = "continuous", "Continuous";
        OnEvent = "on_event", "On event";
        Daily = "daily", "Daily";
        Weekly = "weekly", "Weekly";
        Every15Days = "every_15_days", "Every 15 days";
        Every35Days = "every_35_days", "Every 35 days";
        Quarterly = "quarterly", "Quarterly";
        Yearly = "yearly", "Yearly";
        Every15Months = "every_15_months", "Every 15 months";
        Every36Months = "every_36_months", "Every 36 months";
    }
}

crate::words! {
    /// Where a control stands.
    State {
        Planned = "planned", "Planned";
        InOperation = "in_operation", "In operation";
    }
}

/// Something the organization does.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Control {
    pub reference: Reference,
    pub name: String,
    /// What is done, in the organization's own words.
    pub statement: String,
    pub owner: String,
    pub method: Option<Method>,
    pub frequency: Option<Frequency>,
    pub state: Option<State>,
    pub requirements: Vec<RequirementId>,
    pub retired_on: Option<Date>,
    pub notes: String,
}

/// How the organization meets a requirement, told by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Narrative {
    pub requirement: RequirementId,
    pub text: String,
}

crate::words! {
    /// What somebody judged.
    Judgment {
        Adequate = "adequate", "Adequate";
        NotAdequate = "not_adequate", "Not adequate";
    }
}

/// Who took an attestation back, when and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withdrawal {
    pub by: String,
    pub at: Moment,
    pub reason: String,
}

/// A person's judgment of what was done about a requirement over a period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attestation {
    pub requirement: RequirementId,
    /// First and last day of the period.
    pub from: Date,
    pub to: Date,
    pub judgment: Judgment,
    /// The evidence it rests on.
    pub artifacts: BTreeSet<ArtifactId>,
    pub statement: String,
    /// Name of the person who judged.
    pub by: String,
    pub withdrawn: Option<Withdrawal>,
}

impl Attestation {
    /// True when it stands and covers the day.
    #[must_use]
    pub fn covers(&self, day: Date) -> bool {
        self.withdrawn.is_none() && self.from <= day && day <= self.to
    }

    /// True when it stands and covers all of the days from one to another.
    #[must_use]
    pub fn covers_all(&self, from: Date, to: Date) -> bool {
        self.covers(from) && self.covers(to)
    }
}
