//! How often, by when or for how long a requirement part asks for something: the clock a catalog names.
//!
//! Invariant: pure. A cadence says what the standard says and computes no date; what a standard does not time is `None`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

crate::words! {
    /// Whether a clock repeats or runs once from its trigger.
    CadenceMode {
        Interval = "interval", "Interval";
        Deadline = "deadline", "Deadline";
    }
}

/// A clock of a catalog.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Cadence {
    pub rule: CadenceRule,
    /// None where nothing runs out: no clock, a look-back, a retention, an order of events.
    pub mode: Option<CadenceMode>,
    /// What starts the clock, in the catalog's words; empty where nothing does.
    pub trigger: String,
    /// Where the clock comes from when the text does not state it, such as `audit practice`.
    pub basis: Option<String>,
    /// The clock that may be taken instead, with its own trigger (CIP-004-7 R5.4).
    pub alternate: Option<Box<Cadence>>,
}

/// What a clock counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CadenceRule {
    None,
    CalendarMonths(u16),
    CalendarDays(u16),
    /// One performance in each calendar quarter.
    CalendarQuarter,
    Hours(u16),
    Minutes(u16),
    EndOfNextCalendarDay,
    Years(u16),
    /// So many years back from the trigger.
    LookbackYears(u16),
    /// Kept for so many days.
    RetentionDays(u16),
    /// Done before the event.
    BeforeEvent(String),
    /// By the date a plan of the entity names.
    PlanDate,
    /// Kept until the event.
    UntilEvent(String),
    /// One interval when the last performance identified something, another when it did not (CIP-014-3 R1.1).
    Conditional {
        if_previous_identified: Box<Cadence>,
        otherwise: Box<Cadence>,
    },
    /// One of several clocks, picked by a field of the record (CIP-008-6 R4.2).
    Compound {
        one_of_by: String,
        cases: BTreeMap<String, Cadence>,
    },
}

/// A cadence as the catalog writes it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    kind: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    value: Option<u16>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    mode: Option<CadenceMode>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    trigger: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    event: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    basis: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    alternate: Option<Box<Cadence>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    if_previous_identified: Option<Box<Cadence>>,
    #[serde(default, skip_serializing_if = "Option::is_none", rename = "else")]
    otherwise: Option<Box<Cadence>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    one_of_by: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cases: Option<BTreeMap<String, Cadence>>,
}

impl Written {
    fn value(&self) -> Result<u16, String> {
        self.value
            .filter(|value| *value > 0)
            .ok_or_else(|| format!("cadence {}: a value above 0 is missing", self.kind))
    }

    fn event(&self) -> Result<String, String> {
        self.event.clone().ok_or_else(|| format!("cadence {}: the event is missing", self.kind))
    }

    fn one(&self) -> Result<(), String> {
        if self.value()? == 1 { Ok(()) } else { Err(format!("cadence {}: only the value 1 has a meaning", self.kind)) }
    }

    fn rule(&self) -> Result<CadenceRule, String> {
        Ok(match self.kind.as_str() {
            "none" => CadenceRule::None,
            "calendar_months" => CadenceRule::CalendarMonths(self.value()?),
            "calendar_days" => CadenceRule::CalendarDays(self.value()?),
            "calendar_quarter" => self.one().map(|()| CadenceRule::CalendarQuarter)?,
            "hours" => CadenceRule::Hours(self.value()?),
            "minutes" => CadenceRule::Minutes(self.value()?),
            "end_of_next_calendar_day" => self.one().map(|()| CadenceRule::EndOfNextCalendarDay)?,
            "years" => CadenceRule::Years(self.value()?),
            "lookback_years" => CadenceRule::LookbackYears(self.value()?),
            "retention_days" => CadenceRule::RetentionDays(self.value()?),
            "before_event" => CadenceRule::BeforeEvent(self.event()?),
            "plan_date" => CadenceRule::PlanDate,
            "until_event" => CadenceRule::UntilEvent(self.event()?),
            "conditional" => CadenceRule::Conditional {
                if_previous_identified: self
                    .if_previous_identified
                    .clone()
                    .ok_or("cadence conditional: one case is missing")?,
                otherwise: self.otherwise.clone().ok_or("cadence conditional: the other case is missing")?,
            },
            "compound" => CadenceRule::Compound {
                one_of_by: self.one_of_by.clone().ok_or("cadence compound: what picks a case is missing")?,
                cases: self
                    .cases
                    .clone()
                    .filter(|cases| cases.len() > 1)
                    .ok_or("cadence compound: cases are missing")?,
            },
            other => return Err(format!("cadence {other}: not a kind")),
        })
    }
}

impl TryFrom<Written> for Cadence {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        let rule = written.rule()?;
        let trigger = written.trigger.unwrap_or_default();
        Ok(Self { rule, mode: written.mode, trigger, basis: written.basis, alternate: written.alternate })
    }
}

impl From<Cadence> for Written {
    fn from(cadence: Cadence) -> Self {
        let (kind, value) = cadence.rule.kind();
        let mut written = Written {
            kind: kind.to_owned(),
            value,
            mode: cadence.mode,
            trigger: Some(cadence.trigger).filter(|trigger| !trigger.is_empty()),
            basis: cadence.basis,
            alternate: cadence.alternate,
            ..Written::default()
        };
        match cadence.rule {
            CadenceRule::BeforeEvent(event) | CadenceRule::UntilEvent(event) => written.event = Some(event),
            CadenceRule::Conditional { if_previous_identified, otherwise } => {
                (written.if_previous_identified, written.otherwise) = (Some(if_previous_identified), Some(otherwise));
            }
            CadenceRule::Compound { one_of_by, cases } => {
                (written.one_of_by, written.cases) = (Some(one_of_by), Some(cases));
            }
            _ => {}
        }
        written
    }
}

impl CadenceRule {
    /// The kind on the wire, and its value where it has one.
    #[must_use]
    pub const fn kind(&self) -> (&'static str, Option<u16>) {
        match self {
            CadenceRule::None => ("none", None),
            CadenceRule::CalendarMonths(months) => ("calendar_months", Some(*months)),
            CadenceRule::CalendarDays(days) => ("calendar_days", Some(*days)),
            CadenceRule::CalendarQuarter => ("calendar_quarter", Some(1)),
            CadenceRule::Hours(hours) => ("hours", Some(*hours)),
            CadenceRule::Minutes(minutes) => ("minutes", Some(*minutes)),
            CadenceRule::EndOfNextCalendarDay => ("end_of_next_calendar_day", Some(1)),
            CadenceRule::Years(years) => ("years", Some(*years)),
            CadenceRule::LookbackYears(years) => ("lookback_years", Some(*years)),
            CadenceRule::RetentionDays(days) => ("retention_days", Some(*days)),
            CadenceRule::BeforeEvent(_) => ("before_event", None),
            CadenceRule::PlanDate => ("plan_date", None),
            CadenceRule::UntilEvent(_) => ("until_event", None),
            CadenceRule::Conditional { .. } => ("conditional", None),
            CadenceRule::Compound { .. } => ("compound", None),
        }
    }
}

impl Cadence {
    /// True where the part asks for something on a clock or in an order.
    #[must_use]
    pub fn is_timed(&self) -> bool {
        self.rule != CadenceRule::None
    }

    /// The clock in words for people, empty where there is none.
    #[must_use]
    pub fn told(&self) -> String {
        let mut told = self.told_rule();
        if let Some(alternate) = &self.alternate {
            told = format!("{told}; or {}", alternate.told());
        }
        match &self.basis {
            Some(basis) => format!("{told} ({basis})"),
            None => told,
        }
    }

    fn told_rule(&self) -> String {
        match &self.rule {
            CadenceRule::None => String::new(),
            CadenceRule::CalendarQuarter => "at least once in each calendar quarter".to_owned(),
            CadenceRule::EndOfNextCalendarDay => format!("by the end of the calendar day after: {}", self.trigger),
            CadenceRule::LookbackYears(years) => format!("{years} years back from: {}", self.trigger),
            CadenceRule::RetentionDays(days) => format!("kept for {days} days from: {}", self.trigger),
            CadenceRule::BeforeEvent(event) => format!("before: {event}"),
            CadenceRule::PlanDate => format!("by the {}", self.trigger.replace("entity-set ", "entity's own ")),
            CadenceRule::UntilEvent(event) => format!("kept until: {event}"),
            CadenceRule::CalendarMonths(months) => self.counted(*months, "calendar month"),
            CadenceRule::CalendarDays(days) => self.counted(*days, "calendar day"),
            CadenceRule::Hours(hours) => self.counted(*hours, "hour"),
            CadenceRule::Minutes(minutes) => self.counted(*minutes, "minute"),
            CadenceRule::Years(years) => self.counted(*years, "year"),
            CadenceRule::Conditional { if_previous_identified, otherwise } => format!(
                "{} when the previous performance identified something, else {}",
                if_previous_identified.told(),
                otherwise.told()
            ),
            CadenceRule::Compound { one_of_by, cases } => {
                let told: Vec<String> =
                    cases.iter().map(|(case, cadence)| format!("{one_of_by} {case}: {}", cadence.told())).collect();
                told.join("; ")
            }
        }
    }

    fn counted(&self, value: u16, unit: &str) -> String {
        let many = if value == 1 { "" } else { "s" };
        match (self.mode, self.trigger.as_str()) {
            (Some(CadenceMode::Deadline), trigger) => format!("within {value} {unit}{many} of: {trigger}"),
            (_, "" | "last_performance") => format!("at least once every {value} {unit}{many}"),
            (_, trigger) => format!("at least once every {value} {unit}{many}, counted from: {trigger}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Cadence, CadenceRule};

    fn read(text: &str) -> Result<Cadence, String> {
        serde_json::from_str(text).map_err(|error| error.to_string())
    }

    #[test]
    fn cadences_read_and_tell() {
        for (text, told) in [
            (r#"{"kind":"none"}"#, ""),
            (
                r#"{"kind":"calendar_months","value":15,"mode":"interval","trigger":"last_performance"}"#,
                "at least once every 15 calendar months",
            ),
            (
                r#"{"kind":"calendar_days","value":30,"mode":"deadline","trigger":"change"}"#,
                "within 30 calendar days of: change",
            ),
            (r#"{"kind":"calendar_quarter","value":1,"mode":"interval"}"#, "at least once in each calendar quarter"),
            (r#"{"kind":"hours","value":1,"mode":"deadline","trigger":"it"}"#, "within 1 hour of: it"),
            (r#"{"kind":"retention_days","value":90,"trigger":"visit"}"#, "kept for 90 days from: visit"),
            (
                r#"{"kind":"before_event","event":"connection","basis":"audit practice"}"#,
                "before: connection (audit practice)",
            ),
            (r#"{"kind":"until_event","event":"done"}"#, "kept until: done"),
        ] {
            let cadence = read(text).expect(text);
            assert_eq!(cadence.told(), told);
            assert_eq!(cadence.is_timed(), cadence.rule != CadenceRule::None);
            let again = serde_json::to_string(&cadence).expect("writes");
            assert_eq!(read(&again), Ok(cadence), "{again}");
        }
    }

    #[test]
    fn broken_cadences_are_refused() {
        for bad in [
            r#"{"kind":"weekly"}"#,
            r#"{"kind":"calendar_months"}"#,
            r#"{"kind":"calendar_months","value":0}"#,
            r#"{"kind":"calendar_quarter","value":2}"#,
            r#"{"kind":"before_event"}"#,
            r#"{"kind":"conditional"}"#,
            r#"{"kind":"compound","one_of_by":"x","cases":{}}"#,
            r#"{"kind":"none","often":true}"#,
            r#"{"value":15}"#,
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
