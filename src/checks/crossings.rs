//! Does what flows between zones flow as permitted.
//!
//! Invariant: one crossing fails one check, the one its verdict names, so one fact is one finding. What an Electronic Security
//! Perimeter lets in or out without a permission is a mandatory failure, for CIP-005-7 R1.3 asks for the reason of each.

use super::facts::{Facts, Over};
use super::model::{Check, Class, Severity};
use super::rule::{Judgement, Rule, Sighted};
use crate::conduits::judging::Call;
use crate::flows::crossings::{Crossing, Gravity};

/// Days of silence, while its sensor looks on, after which what was seen is no fact any more.
const SEEN_DAYS: i64 = 30;

fn counted(number: i64, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

fn severity(gravity: Gravity) -> Severity {
    match gravity {
        Gravity::Critical => Severity::Critical,
        Gravity::High => Severity::High,
        Gravity::Medium => Severity::Medium,
        Gravity::Low => Severity::Low,
    }
}

/// Whose check it is: mandatory where it goes in or out of an ESP, or where the organization's own policy says so.
fn is_mandatory(facts: &Facts, crossing: &Crossing) -> bool {
    crossing.esp || (facts.limits.dmz_required && crossing.call == Call::DmzBypass)
}

fn judge(facts: &Facts, place: usize, calls: &[Call], mandatory: bool) -> Judgement {
    let crossing = &facts.crossings.at(place).record;
    if crossing.flows == 0 {
        return Judgement::not_applicable("no flow comes under it any more");
    }
    if crossing.call == Call::Permitted {
        let whose = calls.contains(&Call::NotPermitted) && mandatory == crossing.esp;
        return if whose { Judgement::pass(crossing.because.clone()) } else { Judgement::not_applicable("permitted") };
    }
    if !calls.contains(&crossing.call) || is_mandatory(facts, crossing) != mandatory {
        return Judgement::not_applicable("another check judges it");
    }
    if crossing.watched_until.micros_since(crossing.last) > SEEN_DAYS * 86_400_000_000 {
        let (last, until) = (facts.zone.date(crossing.last), facts.zone.date(crossing.watched_until));
        return Judgement::pass(format!(
            "not seen from {last} to {until}, more than {SEEN_DAYS} days, by the sensor that saw it"
        ));
    }
    let reached = crossing.reached.label().to_lowercase();
    let (first, last) = (facts.zone.told(crossing.first), facts.zone.told(crossing.last));
    let said = format!(
        "{} ({reached}): {} in {} from {first} to {last}; {}",
        crossing.call.label(),
        counted(crossing.count, "conversation"),
        counted(i64::try_from(crossing.flows).unwrap_or(i64::MAX), "flow"),
        crossing.because
    );
    Judgement::fail(said).caused_by(crossing.words()).weighing(severity(crossing.gravity)).seen(Sighted {
        count: crossing.count,
        first: crossing.first,
        last: crossing.last,
    })
}

macro_rules! crossing_rule {
    ($(#[$meta:meta])* $name:ident, $code:literal, $class:ident, $severity:ident, $calls:expr, $sentence:literal, $source:literal, [$($id:literal),+]) => {
        $(#[$meta])*
        pub static $name: Rule = Rule {
            check: Check {
                code: $code,
                sentence: $sentence,
                class: Class::$class,
                severity: Severity::$severity,
                requirements: &[$($id),+],
                source: $source,
            },
            over: Over::Crossing,
            clocked: false,
            gaps: None,
            judge: |facts, place| judge(facts, place, $calls, matches!(Class::$class, Class::Mandatory)),
        };
    };
}

/// What other checks than the bypass and the interactive one judge.
const OTHERS: &[Call] =
    &[Call::UnknownEnd, Call::TunnelOrPublic, Call::WrongInitiator, Call::LegacyUnprotected, Call::NotPermitted];

crossing_rule!(
    BYPASS,
    "GL-CON-02",
    Advisory,
    High,
    &[Call::DmzBypass],
    "Nothing passes between IT and OT without ending in the DMZ",
    "NIST SP 800-82r3 5.4.1; IEC 62443-3-3 SR 5.2; CIP-003-9 R2 Attachment 1 section 3.1",
    ["CIP-003-9 R2 Att1 S3.1", "SR 5.1", "SR 5.2", "ZCR 3.2", "AC-4", "SC-7", "SC-7(8)", "800-82r3:5.4.1", "NET 1.1"]
);
crossing_rule!(
    BYPASS_M,
    "GL-CON-02-M",
    Mandatory,
    Critical,
    &[Call::DmzBypass],
    "Nothing passes between an Electronic Security Perimeter and IT without ending in the DMZ",
    "CIP-005-7 R1 parts 1.2 and 1.3",
    ["CIP-005-7 R1.2", "CIP-005-7 R1.3", "SR 5.1", "SR 5.2", "AC-4", "SC-7", "SC-7(8)"]
);
crossing_rule!(
    INTERACTIVE,
    "GL-RA-15",
    Advisory,
    High,
    &[Call::NotIntermediate],
    "Interactive sessions into OT come from an Intermediate System",
    "IEC 62443-3-3 SR 1.13; NIST SP 800-82r3 AC-17(3)",
    ["SR 1.13", "AC-17(3)", "ZCR 3.6", "NET 3.1"]
);
crossing_rule!(
    INTERACTIVE_M,
    "GL-RA-15-M",
    Mandatory,
    Critical,
    &[Call::NotIntermediate],
    "Interactive sessions into an Electronic Security Perimeter come from an Intermediate System",
    "CIP-005-7 R2 part 2.1",
    ["CIP-005-7 R2.1", "SR 1.13", "AC-17(3)"]
);
crossing_rule!(
    EVERYTHING_M,
    "GL-CON-13-M",
    Mandatory,
    High,
    OTHERS,
    "Whatever goes in or out of an Electronic Security Perimeter is permitted, with its reason",
    "CIP-005-7 R1 part 1.3; CIP-015-1 R1 part 1.3",
    ["CIP-005-7 R1.3", "CIP-015-1 R1.3", "SR 5.2", "AC-4", "CM-8(3)"]
);
crossing_rule!(
    PERMITTED,
    "GL-CON-13",
    Advisory,
    Medium,
    &[Call::NotPermitted],
    "Whatever flows between zones is permitted by a conduit",
    "IEC 62443-3-3 SR 5.2; NIST SP 800-82r3 AC-4",
    ["SR 5.2", "AC-4", "CM-8(3)", "ZCR 3.1", "CIP-003-9 R2 Att1 S3.1"]
);
crossing_rule!(
    TUNNEL,
    "GL-CON-16",
    Advisory,
    High,
    &[Call::TunnelOrPublic],
    "No tunnel leaves a zone and no public address is reached without a permission",
    "NIST SP 800-82r3 SC-7(28); IEC 62443-3-3 SR 1.13",
    ["SC-7(7)", "SC-7(28)", "SR 1.13", "SR 5.2", "AC-4"]
);
crossing_rule!(
    INITIATOR,
    "GL-CON-17",
    Advisory,
    Medium,
    &[Call::WrongInitiator],
    "A conversation is begun by the side its permission names",
    "NIST SP 800-82r3 6.2.10",
    ["AC-4", "800-82r3:6.2.10", "SR 5.2"]
);
crossing_rule!(
    LEGACY,
    "GL-CON-18",
    Advisory,
    High,
    &[Call::LegacyUnprotected],
    "Protocols without authentication do not cross the boundary unpermitted and unprotected",
    "NIST SP 800-82r3 6.2.1.3; IEC 62443-3-3 SR 3.1",
    ["SR 1.2", "SR 3.1", "IA-3", "SC-8", "800-82r3:6.2.1.3"]
);
crossing_rule!(
    UNKNOWN,
    "GL-CON-19",
    Advisory,
    Medium,
    &[Call::UnknownEnd],
    "Each end of what was observed lies in a recorded zone",
    "IEC 62443-3-2 ZCR 3.1; NIST SP 800-82r3 CM-8(3)",
    ["ZCR 3.1", "CM-8(3)", "SR 7.8"]
);
